/* SPDX-License-Identifier: MIT */
/*
 * Hold: bytes kept longer than the buffer or decoder they came from, by a
 * reference to their block.
 * Layer: base -> ... -> buffer -> hold.
 */
#include "core/buffer.h"

static void hold(struct cb_held *held, const uint8_t *data, size_t n, struct cb_memory *block)
{
    *held = (struct cb_held){.data = data, .length = n, .block = n ? block : NULL};
    if (held->block)
        cb__memory_ref(block);
}

void cb_hold(const struct cb_piece *piece, struct cb_held *held)
{
    hold(held, piece->data, piece->length, piece->block);
}

int cb_hold_bytes(const struct cb_buffer *buffer, size_t offset, size_t n, struct cb_held *held)
{
    static const uint8_t nothing[1];
    struct cb__cursor cursor = {0};
    const uint64_t at = buffer->position + offset;
    const uint8_t *data = nothing;
    size_t there;
    if (offset > buffer->length)
        return CB_NO;
    if (!n) {
        hold(held, data, 0, NULL);
        return CB_YES;
    }
    if (!cb__buffer_span(buffer, &cursor, at, &data, &there) || n > there)
        return CB_NO;
    hold(held, data, n, cb__buffer_block(buffer, &cursor, at));
    return CB_YES;
}

void cb_held_copy(const struct cb_held *held, struct cb_held *copy)
{
    hold(copy, held->data, held->length, held->block);
}

int cb_append_held(struct cb_buffer *buffer, const struct cb_held *held)
{
    struct cb_memory *block = held->block;
    if (!block || !cb__buffer_may_show(buffer, block))
        return cb_append(buffer, held->data, held->length);
    return cb__buffer_append_block(buffer, block, held->data, held->length);
}

void cb_drop(struct cb_held *held)
{
    if (!held)
        return;
    struct cb_memory *block = held->block;
    *held = (struct cb_held){.data = NULL};
    if (block)
        cb__memory_unref(block); /* a release function may use *held */
}
