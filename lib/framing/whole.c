/* SPDX-License-Identifier: MIT */
/* Records that their family writes whole, with all that is around them: each in one go, as
 * pieces or as cuts.  A record for which it cannot be is left to the steps. */
#include "framing/decoder.h"
#include "framing/encoding.h"

_Static_assert((int)CB__WHOLE_ROOM <= (int)CB__APPEND_ROOM, "an appender has no more room at once");

/* Writes one record; false if it is left to the steps. */
static inline bool put_whole(struct cb_encoder *encoder, struct cb__appender *appender,
                             const uint8_t *data, size_t n)
{
    const struct cb__encoder_ops *ops = encoder->ops;
    const size_t room = n * ops->whole_times + ops->whole_more;
    if (n > CB__WHOLE_ROOM || room > CB__WHOLE_ROOM || cb__appender_room(appender, room) != CB_OK)
        return false;
    uint8_t *end = ops->whole(encoder, data, n, appender->to);
    if (!end)
        return false;
    appender->to = end;
    return true;
}

/* Leading whole records. */
static size_t put_pieces(struct cb_encoder *encoder, struct cb__appender *appender,
                         const struct cb_piece *pieces, size_t count)
{
    size_t i = 0;
    for (; i < count; i++) {
        const struct cb_piece *piece = &pieces[i];
        encoder->record = encoder->before + piece->record;
        encoder->offset = piece->offset;
        if (!cb__is_whole(piece) ||
            !put_whole(encoder, appender, piece->length ? piece->data : (const uint8_t *)"",
                       piece->length))
            break;
    }
    return i;
}

cb__encode_fn *cb__encode_whole_way(const struct cb_encoder *encoder)
{
    /* (Headers are taken one by one.) */
    return encoder->ops->whole && !(encoder->traits & CB_NEEDS_HEADER) ? put_pieces : NULL;
}

size_t cb__encode_whole_cuts(struct cb_encoder *encoder, struct cb__appender *appender,
                             const struct cb__cuts *found, size_t first)
{
    size_t i = first;
    for (; i < found->count; i++) {
        const struct cb__cut *cut = &found->cuts[i];
        encoder->record = encoder->before + found->record + i;
        encoder->offset = cb__cuts_position(found, i);
        if (!put_whole(encoder, appender, found->data + cut->at, cut->length))
            break;
    }
    return i - first;
}
