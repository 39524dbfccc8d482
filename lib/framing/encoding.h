/* SPDX-License-Identifier: MIT */
/*
 * What the files of cb_encode share.
 * Layer: base -> ... -> appender, encoder -> encoding.
 *
 * - steps.c: a piece step by step, wherever the output is full; whole records that an
 *   encoder must see first
 * - short.c: short whole records, each in one go
 * - whole.c: the same, if the family does it
 * - encode.c: the calls
 */
#ifndef CB_ENCODING_H
#define CB_ENCODING_H

#include "core/appender.h"
#include "framing/encoder.h"

static inline bool cb__is_whole(const struct cb_piece *piece)
{
    const uint32_t both = CB_FIRST | CB_LAST;
    return (piece->flags & both) == both;
}

/* Shows a piece to an encoder that looks; the data of an empty piece may be NULL. */
static inline int cb__encode_show(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct cb_piece empty = *piece;
    if (cb__likely(piece->data))
        return encoder->ops->look(encoder, piece);
    empty.data = (const uint8_t *)"";
    return encoder->ops->look(encoder, &empty);
}

/* One piece, whatever the state of the encoder: CB_OK; CB__FULL, to be continued with the
 * same piece; CB_EUNENCODABLE; CB_ESTATE; CB_ENOMEM. */
int cb__encode_one(struct cb_encoder *encoder, struct cb__appender *appender,
                   const struct cb_piece *piece);

/* The rest of the payload of a piece, from encoder->done on. */
int cb__encode_put_payload(struct cb_encoder *encoder, struct cb__appender *appender,
                           const struct cb_piece *piece);

/* Writes the rest of a header or trailer, asking `give` for more until there is none. */
int cb__encode_put_all(struct cb_encoder *encoder, struct cb__appender *appender,
                       int (*give)(struct cb_encoder *encoder));

/* Removes what the output still has of the current record. */
void cb__encode_take_back(const struct cb_encoder *encoder, struct cb__appender *appender);

/* The function for short records that this encoder may use. */
cb__encode_fn *cb__encode_short_way(const struct cb_encoder *encoder);

/* The same if the family writes whole records, otherwise NULL; and cb__encode_cuts. */
cb__encode_fn *cb__encode_whole_way(const struct cb_encoder *encoder);
size_t cb__encode_whole_cuts(struct cb_encoder *encoder, struct cb__appender *appender,
                             const struct cb__cuts *found, size_t first);

#endif
