/* SPDX-License-Identifier: MIT */
/* Taking from the head: skips, moves to another buffer, and joins; and dropping the end. */
#include <limits.h>
#include <string.h>

#include "core/changes.h"

size_t cb_skip(struct cb_buffer *buffer, size_t n)
{
    n = cb__min(n, buffer->length);
    for (size_t left = n; left && buffer->count;) {
        struct cb__chunk *head = cb__buffer_chunk(buffer, 0);
        struct cb_memory *memory = head->memory;
        size_t part = cb__min(left, head->length);
        left -= part;
        buffer->length -= part;
        buffer->position += part;
        if (part < head->length) {
            cb__memory_released(memory, head->data, part, memory == buffer->tail);
            cb__chunk_advance(head, part);
            return n;
        }
        cb__buffer_drop_head(buffer);
        cb__memory_unref(memory); /* may call this function again */
    }
    if (buffer->release_fast)
        cb__buffer_settle(buffer);
    return n;
}

/* Moves the first n bytes to the tail of target, by reference. */
static int move(struct cb_buffer *source, size_t n, struct cb_buffer *target)
{
    int status = cb__buffer_check_limit(target, n);
    if (!status)
        status = cb__buffer_reserve(target, cb__buffer_count_chunks(source, 0, 0, n));
    if (status)
        return status;
    target->offered = 0;
    source->length -= n;
    source->position += n;
    for (size_t left = n; left;) {
        struct cb__chunk *head = cb__buffer_chunk(source, 0);
        if (left < head->length) {
            cb__buffer_push_ref(target, head->memory, head->data, left);
            cb__chunk_advance(head, left);
            break;
        }
        left -= head->length;
        cb__buffer_push(target, head);
        cb__buffer_drop_head(source);
    }
    return CB_OK;
}

ssize_t cb_take(struct cb_buffer *source, size_t n, struct cb_buffer *target)
{
    int status;
    if (source == target)
        return CB_EINVAL;
    n = cb__min(n, source->length);
    if (n < source->copy_below || !cb__buffer_may_show_part(source, 0, 0, n, target)) {
        status = cb__buffer_copy_part(source, 0, 0, n, target);
        return status ? status : (ssize_t)cb_skip(source, n);
    }
    status = move(source, n, target);
    if (status)
        return status;
    cb__buffer_settle(source);
    return (ssize_t)n;
}

/* A block for the n bytes to be joined.  If most of them are in one chunk already and
 * nothing follows, the block has the same amount of room again and becomes the tail:
 * otherwise a caller that asks for the whole contents while the buffer grows would have
 * all of it copied each time. */
static struct cb_memory *new_joined(struct cb_buffer *buffer, size_t n, bool *becomes_tail)
{
    struct cb_memory *memory = NULL;
    *becomes_tail =
        n == buffer->length && !buffer->offered && cb__buffer_chunk(buffer, 0)->length >= n / 2;
    if (*becomes_tail)
        memory = cb__pool_get(buffer->pool, 2 * n);
    if (memory) {
        memory->used = n;
        cb__pool_count_copied(buffer->pool, n);
        return memory;
    }
    *becomes_tail = false;
    return cb__buffer_new_sealed(buffer, n);
}

/* Has nobody else a window into the tail, whose first bytes are the head of the buffer, and
 * do no later bytes of it move back when all of the buffer is joined there? */
static bool may_rearrange(const struct cb_buffer *buffer)
{
    const struct cb__chunk *head = cb__buffer_chunk(buffer, 0);
    size_t refs = 2, place = head->length; /* the writer's, the head's */
    for (size_t i = 1; i < buffer->count; i++) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        place += chunk->length;
        if (chunk->memory != buffer->tail)
            continue;
        if (chunk->data < head->data || chunk->data + chunk->length > head->data + place)
            return false;
        refs++;
    }
    return cb__memory_all(buffer->tail, refs);
}

/* Can the first n bytes be joined where the first chunk is, in the tail?  Each byte of a buffer
 * that grows by references, or by both, is then copied once, as above. */
static bool fits_in_tail(const struct cb_buffer *buffer, size_t n)
{
    const struct cb__chunk *head = cb__buffer_chunk(buffer, 0);
    const struct cb_memory *tail = buffer->tail;
    if (head->memory != tail || buffer->offered ||
        n > (size_t)(tail->data + tail->capacity - head->data))
        return false;
    return head->data + head->length == tail->data + tail->used ||
           (n == buffer->length && may_rearrange(buffer));
}

/* Joins the parts where the first of them is; the last ones are moved first. */
static void join_in_tail(struct cb_buffer *buffer, const struct cb_buffer *parts)
{
    struct cb_memory *tail = buffer->tail;
    const struct cb__chunk *head = cb__buffer_chunk(parts, 0);
    uint8_t *const begin = tail->data + (head->data - tail->data), *to = begin + parts->length;
    tail->used = (size_t)(to - tail->data);
    for (size_t i = parts->count; --i;) {
        const struct cb__chunk *chunk = cb__buffer_chunk(parts, i);
        to -= chunk->length;
        memmove(to, chunk->data, chunk->length);
    }
    cb__pool_count_copied(buffer->pool, parts->length - head->length);
    cb__memory_ref(tail);
    cb__buffer_put_head(
        buffer, &(struct cb__chunk){.memory = tail, .data = begin, .length = parts->length});
}

static void join_in_block(struct cb_buffer *buffer, const struct cb_buffer *parts,
                          struct cb_memory *memory, bool becomes_tail)
{
    const size_t n = parts->length;
    cb_copyout(parts, 0, n, memory->data);
    cb__buffer_put_head(buffer,
                        &(struct cb__chunk){.memory = memory, .data = memory->data, .length = n});
    if (becomes_tail) {
        cb__memory_ref(memory);
        cb__buffer_set_tail(buffer, memory);
    }
}

/* Joins the first n bytes, which are in several chunks, into one, at *joined. */
static int join(struct cb_buffer *buffer, size_t n, const uint8_t **joined)
{
    bool becomes_tail = false;
    struct cb_buffer parts = {.mask = CB__RING_INLINE - 1, .limit = SSIZE_MAX};
    parts.ring = parts.inline_ring;
    parts.allocator = buffer->allocator;
    const bool in_tail = fits_in_tail(buffer, n);
    struct cb_memory *memory = in_tail ? NULL : new_joined(buffer, n, &becomes_tail);
    if (!in_tail && !memory)
        return CB_ENOMEM;
    int status = move(buffer, n, &parts);
    if (status) {
        if (memory)
            cb__memory_unref(memory);
        return status;
    }
    /* At least one whole chunk was removed, so there is room for one. */
    if (in_tail)
        join_in_tail(buffer, &parts);
    else
        join_in_block(buffer, &parts, memory, becomes_tail);
    buffer->position -= n;
    buffer->shape++;
    *joined = cb__buffer_chunk(buffer, 0)->data;
    cb_skip(&parts, CB_ALL); /* everything is in place when they are released */
    cb__buffer_free_ring(&parts);
    return CB_OK;
}

int cb_data(struct cb_buffer *buffer, size_t n, const void **data)
{
    static const uint8_t nothing[1];
    const uint8_t *joined = NULL;
    if (n > buffer->length)
        return CB_MORE;
    if (n && cb__buffer_chunk(buffer, 0)->length < n) {
        int status = join(buffer, n, &joined);
        if (status)
            return status;
    }
    *data = buffer->count ? cb__buffer_chunk(buffer, 0)->data : nothing;
    /* Whoever got bytes released may have put others before the joined ones. */
    for (size_t i = 0; joined && *data != joined && i < buffer->count; i++) {
        if (cb__buffer_chunk(buffer, i)->data == joined)
            *data = joined;
    }
    return CB_YES;
}

int cb__buffer_take_frame(struct cb_buffer *source, size_t lead, size_t size, size_t total,
                          struct cb_buffer *target)
{
    if (cb__buffer_take_fast(source, lead, size, total, target))
        return CB_OK;
    ssize_t n = cb_slice(source, lead, size, target);
    if (n < 0)
        return (int)n;
    cb_skip(source, total);
    return CB_OK;
}

/* Drops everything after the first n bytes; `seen`: somebody may know of these bytes. */
static size_t drop_after(struct cb_buffer *buffer, size_t n, bool seen)
{
    const size_t dropped = buffer->length - cb__min(n, buffer->length), limit = buffer->limit;
    const uint64_t end = buffer->position + (buffer->length - dropped);
    buffer->limit = 0; /* bytes released meanwhile must not add to it */
    while (buffer->count && cb__buffer_end(buffer) > end) {
        struct cb__chunk *last = cb__buffer_chunk(buffer, buffer->count - 1);
        struct cb_memory *memory = last->memory;
        size_t part = cb__min(cb__clamp_u64(cb__buffer_end(buffer) - end), last->length);
        last->length -= part;
        buffer->length -= part;
        if (seen)
            cb__buffer_reshaped(buffer, cb__buffer_end(buffer));
        if (last->length)
            break;
        buffer->count--;
        cb__memory_unref(memory);
    }
    buffer->limit = limit;
    cb__buffer_settle(buffer);
    return dropped;
}

size_t cb_truncate(struct cb_buffer *buffer, size_t n)
{
    return drop_after(buffer, n, true);
}

void cb__buffer_withdraw(struct cb_buffer *buffer, uint64_t end)
{
    drop_after(buffer, (size_t)(end - buffer->position), false);
}
