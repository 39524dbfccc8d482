/* SPDX-License-Identifier: MIT */
/*
 * Whole frames of a family that assembles, many at once: their payload goes to room at the
 * end of what is assembled, but only if a piece must refer to it do the bytes become part of
 * that.  So whoever copies them at once has the same room again for the next frames.
 */
#include "core/changes.h"
#include "framing/decoding.h"

/* Bytes to unpack at once: they are read again soon, from the nearest cache. */
enum { UNPACK = 16384 };

void cb__decoder_unpack(struct cb_decoder *decoder, struct cb__cuts *found, size_t n, size_t max)
{
    const uint8_t *data = found->data;
    size_t room;
    void *out;
    if (cb_get_chunk(decoder->core.assembled, UNPACK, &out, &room) != CB_OK)
        return; /* out of memory, as `advance` will find */
    found->place = CB__CUTS_UNPACKED;
    found->data = out;
    found->count = decoder->ops->unpack(decoder, data, cb__min(n, cb__min(room, UNPACK)), out,
                                        found->cuts, found->places, max, &found->used);
}

/* Unpacked bytes stay, until the next release. */
static void keep(const struct cb_decoder *decoder, struct cb__cuts *found)
{
    const struct cb__cut *last = &found->cuts[found->count - 1];
    const size_t size = (size_t)last->at + last->length;
    found->place = CB__CUTS_KEPT;
    found->block = NULL;
    if (!size)
        return;
    cb__buffer_show_offer(decoder->core.assembled, size);
    found->block = decoder->core.assembled->tail;
}

void cb__decoder_build_unpacked(const struct cb_decoder *decoder, struct cb__cuts *found,
                                size_t first, size_t count, struct cb_piece *pieces)
{
    if (count && found->place == CB__CUTS_UNPACKED)
        keep(decoder, found);
    for (size_t i = 0; i < count; i++) {
        const struct cb__cut *cut = &found->cuts[first + i];
        pieces[i] = (struct cb_piece){
            .data = found->data + cut->at,
            .length = cut->length,
            .record = found->record + first + i,
            .offset = cb__cuts_position(found, first + i),
            .total = cut->length,
            .block = found->block,
            .flags = CB_FIRST | CB_LAST,
        };
    }
}
