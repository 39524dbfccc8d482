/* SPDX-License-Identifier: MIT */
/*
 * Ending: does a payload contain the delimiter that is written after it, or another one
 * that ends a record too?  A reader would end the record too early.
 */
#ifndef CB_ENDING_H
#define CB_ENDING_H

#include "framing/encoder.h"
#include "search/matcher.h"

struct cb__ending {
    struct cb__matcher matcher; /* for all delimiters; its positions are relative to the
                                   record */
};

/* Examines the next piece of a record; `written` is the delimiter that will follow the last.
 * CB_OK, or CB_EUNENCODABLE with the encoder's error filled. */
int cb__ending_look(struct cb_encoder *encoder, struct cb__ending *ending,
                    const struct cb__bytes *written, const struct cb_piece *piece);

#endif
