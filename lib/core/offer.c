/* SPDX-License-Identifier: MIT */
/* Offers: room to read into, and what was read. */
#include <string.h>

#include "core/changes.h"

size_t cb__buffer_tail_room(struct cb_buffer *buffer)
{
    if (!buffer->tail)
        return 0;
    cb__memory_rewind(buffer->tail);
    return buffer->tail->capacity - buffer->tail->used;
}

/* Makes sure that spare i has at least n bytes, or the chunk size if that is more. */
static int prepare_spare(struct cb_buffer *buffer, size_t i, size_t n)
{
    size_t size = cb__min(cb__max(n, buffer->chunk_size), buffer->chunk_max);
    if (i < buffer->spare_count) {
        if (buffer->spares[i]->capacity >= size)
            return CB_OK;
        cb__memory_unref(buffer->spares[i]);
        buffer->spares[i] = buffer->spares[--buffer->spare_count];
    }
    struct cb_memory *memory = cb__pool_get(buffer->pool, size);
    if (!memory)
        return CB_ENOMEM;
    if (i < buffer->spare_count) { /* not taken: see below */
        /* not reached: only the last is below chunk_max */
        buffer->spares[buffer->spare_count] = buffer->spares[i];
    }
    buffer->spares[i] = memory;
    buffer->spare_count++;
    return CB_OK;
}

/* Should an offer of `want` bytes begin in the `room` bytes of the tail?  With one area it
 * must be worth it; with several the next blocks add the rest, if they are enough. */
static bool worth_offering(const struct cb_buffer *buffer, size_t room, size_t hint, size_t want,
                           size_t max)
{
    if (!room)
        return false;
    if (max > 1)
        return room >= buffer->chunk_max ||
               want <= room + (uint64_t)(max - 1) * buffer->chunk_max;
    return hint ? room >= cb__min(hint, buffer->chunk_max) : room >= buffer->chunk_size / 4;
}

ssize_t cb_reserve(struct cb_buffer *buffer, size_t hint, struct iovec *areas, size_t max)
{
    size_t allowed = buffer->limit - cb__min(buffer->limit, buffer->length);
    size_t want = cb__min(hint ? hint : buffer->chunk_size, allowed);
    size_t total = 0, n = 0, spare = 0;
    int status;
    buffer->offered = 0;
    if (!max)
        return CB_EINVAL;
    if (!allowed)
        return CB_ELIMIT;
    max = cb__min(max, CB__AREAS);
    status = cb__buffer_reserve(buffer, max);
    if (status)
        return status;
    size_t room = cb__buffer_tail_room(buffer);
    bool has_tail = worth_offering(buffer, room, hint, want, max);
    if (has_tail) {
        areas[n++] = (struct iovec){.iov_base = buffer->tail->data + buffer->tail->used,
                                    .iov_len = cb__min(room, allowed)};
        total = areas[0].iov_len;
    }
    for (; n < max && total < want; n++, spare++) {
        status = prepare_spare(buffer, spare, want - total);
        if (status)
            return status;
        size_t size = cb__min(buffer->spares[spare]->capacity, allowed - total);
        areas[n] = (struct iovec){.iov_base = buffer->spares[spare]->data, .iov_len = size};
        total += size;
    }
    buffer->offered = total;
    buffer->offer_has_tail = has_tail;
    return (ssize_t)n;
}

int cb_get_chunk(struct cb_buffer *buffer, size_t hint, void **data, size_t *size)
{
    struct iovec area;
    ssize_t n = cb_reserve(buffer, hint, &area, 1);
    if (n < 0)
        return (int)n;
    *data = area.iov_base;
    *size = area.iov_len;
    return CB_OK;
}

/* The tail is full: the first spare replaces it. */
static void next_tail(struct cb_buffer *buffer)
{
    cb__buffer_set_tail(buffer, buffer->spares[0]);
    buffer->spare_count--;
    memmove(buffer->spares, buffer->spares + 1, buffer->spare_count * sizeof *buffer->spares);
}

/* Adapts the chunk size to the input: larger after a full offer, smaller after two
 * nearly empty ones. */
static void adapt(struct cb_buffer *buffer, size_t n, size_t offered)
{
    if (n == offered) {
        buffer->small_commits = 0;
        buffer->chunk_size = cb__min(buffer->chunk_size * 2, buffer->chunk_max);
    } else if (n >= offered / 4) {
        buffer->small_commits = 0;
    } else if (++buffer->small_commits == 2) {
        buffer->small_commits = 0;
        buffer->chunk_size = cb__max(buffer->chunk_size / 2, buffer->chunk_min);
    }
}

int cb_commit(struct cb_buffer *buffer, size_t n)
{
    size_t offered = buffer->offered;
    if (!offered || n > offered)
        return CB_ESTATE;
    if (!n) {
        buffer->offered = 0;
        cb__buffer_settle(buffer);
        return CB_OK;
    }
    adapt(buffer, n, offered);
    cb__buffer_show_offer(buffer, n);
    return CB_OK;
}

void cb__buffer_show_offer(struct cb_buffer *buffer, size_t n)
{
    buffer->offered = 0;
    if (buffer->offer_has_tail) {
        size_t part = cb__min(n, buffer->tail->capacity - buffer->tail->used);
        cb__buffer_grow_tail(buffer, part);
        n -= part;
    }
    while (n) {
        next_tail(buffer);
        size_t part = cb__min(n, buffer->tail->capacity);
        cb__buffer_grow_tail(buffer, part);
        n -= part;
    }
}
