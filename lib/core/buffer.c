/* SPDX-License-Identifier: MIT */
/* The ring, creation and destruction, which chunk has a position, reading without taking. */
#include <limits.h>
#include <string.h>

#include "core/changes.h"

#define CHUNK_MIN_DEFAULT 2048
#define CHUNK_MAX_DEFAULT 262144
#define CHUNK_BOUND ((size_t)1 << 30)
#define CUTOFF_DEFAULT 4096

/* -------------------------------------------------------------------- ring */

void cb__buffer_free_ring(struct cb_buffer *buffer)
{
    if (buffer->ring != buffer->inline_ring)
        buffer->allocator->free(buffer->allocator->arg, buffer->ring,
                                (buffer->mask + 1) * sizeof *buffer->ring);
}

int cb__buffer_grow_ring(struct cb_buffer *buffer, size_t more)
{
    size_t room = buffer->mask + 1, want, size;
    bool fits = cb__add_size(buffer->count, more, &want);
    while (fits && room < want) /* not taken: so many chunks do not fit in memory */
        fits = cb__mul_size(room, 2, &room);
    if (!fits || !cb__mul_size(room, sizeof *buffer->ring, &size)) /* not taken: the same */
        return CB_ENOMEM;                                          /* not reached: the same */
    struct cb__chunk *ring = buffer->allocator->alloc(buffer->allocator->arg, size);
    if (!ring)
        return CB_ENOMEM;
    for (size_t i = 0; i < buffer->count; i++)
        ring[(buffer->first + i) & (room - 1)] = *cb__buffer_chunk(buffer, i);
    cb__buffer_free_ring(buffer);
    buffer->ring = ring;
    buffer->mask = room - 1;
    return CB_OK;
}

void cb__buffer_set_reader(struct cb_buffer *buffer, struct cb_buffer **reader)
{
    if (buffer->reader)
        *buffer->reader = NULL;
    buffer->reader = reader;
    if (reader)
        *reader = buffer;
}

void cb__buffer_reshaped(struct cb_buffer *buffer, uint64_t position)
{
    buffer->shape++;
    if (position < buffer->unchanged)
        buffer->unchanged = position;
    cb__buffer_set_reader(buffer, NULL);
}

/* ------------------------------------------- creation, destruction, statistics */

void cb__buffer_drop_tail(struct cb_buffer *buffer)
{
    if (buffer->tail)
        cb__pool_seal(buffer->tail);
    buffer->tail = NULL;
    while (buffer->spare_count)
        cb__memory_unref(buffer->spares[--buffer->spare_count]);
    buffer->offered = 0;
}

/* Completes the limits of chunks: false if they contradict each other. */
static bool chunk_limits(struct cb_buffer_options *o)
{
    if (!o->chunk_min)
        o->chunk_min = o->chunk_max ? cb__min(o->chunk_max, CHUNK_MIN_DEFAULT) : CHUNK_MIN_DEFAULT;
    if (!o->chunk_max)
        o->chunk_max = cb__max(o->chunk_min, CHUNK_MAX_DEFAULT);
    return o->chunk_min <= o->chunk_max && o->chunk_max <= CHUNK_BOUND;
}

int cb_buffer_new(struct cb_buffer **result, const struct cb_buffer_options *options)
{
    struct cb_buffer_options o = {.size = sizeof o};
    if (!cb__options_read(options, &o, sizeof o) || !cb__flags_known(o.release_fast, 1) ||
        !cb__allocator_is_usable(o.allocator) || !chunk_limits(&o))
        return CB_EINVAL;
    const struct cb_allocator *allocator = o.allocator ? o.allocator
                                           : o.pool    ? cb__pool_allocator(o.pool)
                                                       : &cb__malloc_allocator;
    struct cb_buffer *buffer = cb__alloc_zeroed(allocator, sizeof *buffer);
    if (!buffer)
        return CB_ENOMEM;
    buffer->pool = o.pool ? cb_pool_ref(o.pool) : cb__pool_new_empty(allocator);
    if (!buffer->pool) {
        allocator->free(allocator->arg, buffer, sizeof *buffer);
        return CB_ENOMEM;
    }
    buffer->shared = cb__pool_is_shared(buffer->pool);
    buffer->allocator = allocator;
    buffer->ring = buffer->inline_ring;
    buffer->mask = CB__RING_INLINE - 1;
    buffer->chunk_size = o.chunk_min;
    buffer->unchanged = CB__NOWHERE;
    buffer->chunk_min = o.chunk_min;
    buffer->chunk_max = o.chunk_max;
    buffer->cutoff = o.cutoff ? o.cutoff : CUTOFF_DEFAULT;
    buffer->copy_below = o.copy_below;
    buffer->limit = o.limit ? cb__min(o.limit, SSIZE_MAX) : SSIZE_MAX;
    buffer->release_fast = o.release_fast;
    *result = buffer;
    return CB_OK;
}

void cb_buffer_free(struct cb_buffer *buffer)
{
    if (!buffer)
        return;
    const struct cb_allocator *allocator = buffer->allocator;
    cb__buffer_set_reader(buffer, NULL);
    buffer->limit = 0; /* bytes released now must not add to it */
    cb_skip(buffer, CB_ALL);
    cb__buffer_drop_tail(buffer);
    cb__buffer_forget_searches(buffer);
    cb__buffer_free_ring(buffer);
    cb_pool_unref(buffer->pool);
    allocator->free(allocator->arg, buffer, sizeof *buffer);
}

int cb_buffer_stats(const struct cb_buffer *buffer, struct cb_buffer_stats *stats)
{
    size_t pinned = 0;
    const struct cb_memory *before = NULL;
    for (size_t i = 0; i < buffer->count; i++) {
        const struct cb_memory *memory = cb__buffer_chunk(buffer, i)->memory;
        if (memory != before)
            pinned += memory->capacity;
        before = memory;
    }
    const struct cb_buffer_stats now = {
        .size = sizeof now,
        .length = buffer->length,
        .chunks = buffer->count,
        .pinned_bytes = pinned,
        .chunk_size = buffer->chunk_size,
    };
    return cb__stats_write(stats, &now, sizeof now) ? CB_OK : CB_EINVAL;
}

size_t cb_length(const struct cb_buffer *buffer)
{
    return buffer->length;
}

uint64_t cb_position(const struct cb_buffer *buffer)
{
    return buffer->position;
}

int cb_set_position(struct cb_buffer *buffer, uint64_t position)
{
    if (position > CB__POSITION_MAX)
        return CB_EINVAL;
    if (buffer->length || buffer->offered)
        return CB_ESTATE;
    buffer->position = position;
    cb__buffer_reshaped(buffer, 0);
    return CB_OK;
}

void cb__buffer_settle(struct cb_buffer *buffer)
{
    if (buffer->release_fast && !buffer->length && !buffer->offered)
        cb__buffer_drop_tail(buffer);
}

void cb__buffer_set_tail(struct cb_buffer *buffer, struct cb_memory *memory)
{
    if (buffer->tail)
        cb__pool_seal(buffer->tail);
    buffer->tail = memory;
}

void cb__buffer_pass(struct cb_buffer *buffer, uint64_t n)
{
    buffer->position += n;
}

/* ---------------------------------------------------------- chunks by position */

/* Moves the cursor to the chunk with position `at`, which is in the buffer. */
static void cursor_find(const struct cb_buffer *buffer, struct cb__cursor *cursor, uint64_t at)
{
    size_t index = cursor->ordinal - buffer->first;
    if (cursor->shape != buffer->shape || index >= buffer->count) {
        bool near_head = at - buffer->position < buffer->length / 2;
        index = near_head ? 0 : buffer->count - 1;
        cursor->start = cb__buffer_end(buffer) - cb__buffer_chunk(buffer, index)->length;
        cursor->shape = buffer->shape;
    }
    if (!index)
        cursor->start = buffer->position;
    while (at - cursor->start >= cb__buffer_chunk(buffer, index)->length && at >= cursor->start)
        cursor->start += cb__buffer_chunk(buffer, index++)->length;
    while (at < cursor->start)
        cursor->start -= cb__buffer_chunk(buffer, --index)->length;
    cursor->ordinal = buffer->first + index;
}

size_t cb__buffer_locate(const struct cb_buffer *buffer, struct cb__cursor *cursor, uint64_t at,
                         size_t *within)
{
    cursor_find(buffer, cursor, at);
    *within = (size_t)(at - cursor->start);
    return cursor->ordinal - buffer->first;
}

bool cb__buffer_span(const struct cb_buffer *buffer, struct cb__cursor *cursor, uint64_t at,
                     const uint8_t **data, size_t *n)
{
    const uint64_t offset = at - buffer->position; /* huge if it is before the head */
    if (offset >= buffer->length)
        return false;
    const struct cb__chunk *head = cb__buffer_chunk(buffer, 0);
    if (offset < head->length) {
        *data = head->data + offset;
        *n = head->length - (size_t)offset;
        return true;
    }
    cursor_find(buffer, cursor, at);
    const struct cb__chunk *chunk = cb__buffer_chunk(buffer, cursor->ordinal - buffer->first);
    size_t within = (size_t)(at - cursor->start);
    *data = chunk->data + within;
    *n = chunk->length - within;
    return true;
}

struct cb_memory *cb__buffer_block(const struct cb_buffer *buffer, struct cb__cursor *cursor,
                                   uint64_t at)
{
    size_t within;
    if (at - buffer->position < cb__buffer_chunk(buffer, 0)->length)
        return cb__buffer_chunk(buffer, 0)->memory;
    return cb__buffer_chunk(buffer, cb__buffer_locate(buffer, cursor, at, &within))->memory;
}

/* -------------------------------------------------- reading without taking */

size_t cb_chunks(const struct cb_buffer *buffer, struct iovec *chunks, size_t max)
{
    for (size_t i = 0; i < buffer->count && i < max; i++) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        chunks[i] = (struct iovec){.iov_base = (void *)chunk->data, .iov_len = chunk->length};
    }
    return buffer->count;
}

size_t cb__buffer_copyout(const struct cb_buffer *buffer, struct cb__cursor *cursor, uint64_t at,
                          size_t n, void *out)
{
    const uint64_t offset = at - buffer->position; /* huge if it is before the head */
    if (offset >= buffer->length)
        return 0;
    n = cb__min(n, buffer->length - (size_t)offset);
    uint8_t *to = out;
    size_t within, index = cb__buffer_locate(buffer, cursor, at, &within);
    for (size_t left = n; left; index++, within = 0) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, index);
        size_t part = cb__min(left, chunk->length - within);
        memcpy(to, chunk->data + within, part);
        to += part;
        left -= part;
    }
    return n;
}

size_t cb_copyout(const struct cb_buffer *buffer, size_t offset, size_t n, void *out)
{
    struct cb__cursor cursor = {0};
    return cb__buffer_copyout(buffer, &cursor, buffer->position + offset, n, out);
}

int cb_compare(const struct cb_buffer *a, const struct cb_buffer *b)
{
    size_t common = cb__min(a->length, b->length);
    size_t i = 0, j = 0, in_a = 0, in_b = 0;
    while (common) {
        const struct cb__chunk *x = cb__buffer_chunk(a, i), *y = cb__buffer_chunk(b, j);
        size_t part = cb__min(common, cb__min(x->length - in_a, y->length - in_b));
        int order = memcmp(x->data + in_a, y->data + in_b, part);
        if (order)
            return order;
        common -= part;
        in_a += part;
        in_b += part;
        if (in_a == x->length)
            i++, in_a = 0;
        if (in_b == y->length)
            j++, in_b = 0;
    }
    return (a->length > b->length) - (a->length < b->length);
}

int cb_equal_bytes(const struct cb_buffer *buffer, const void *data, size_t n)
{
    const uint8_t *bytes = data;
    if (buffer->length != n)
        return CB__NO;
    for (size_t i = 0; i < buffer->count; i++) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        if (memcmp(chunk->data, bytes, chunk->length) != 0)
            return CB__NO;
        bytes += chunk->length;
    }
    return CB__YES;
}
