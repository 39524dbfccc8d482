/* SPDX-License-Identifier: MIT */
/* From the bottom up: ring, windows, offers, appending by copy and by reference,
 * access, taking. */
#include "core/buffer.h"

#include <limits.h>
#include <string.h>

#define CHUNK_MIN_DEFAULT 2048
#define CHUNK_MAX_DEFAULT 262144
#define CHUNK_BOUND ((size_t)1 << 30)
#define CUTOFF_DEFAULT 4096

/* -------------------------------------------------------------------- ring */

static void free_ring(struct cb_buffer *buffer)
{
    if (buffer->ring != buffer->inline_ring)
        buffer->allocator->free(buffer->allocator->arg, buffer->ring,
                                (buffer->mask + 1) * sizeof *buffer->ring);
}

static int ring_grow(struct cb_buffer *buffer, size_t more)
{
    size_t room = buffer->mask + 1, want, size;
    if (!cb__add_size(buffer->count, more, &want))
        return CB_ENOMEM;
    while (room < want) {
        if (!cb__mul_size(room, 2, &room))
            return CB_ENOMEM;
    }
    if (!cb__mul_size(room, sizeof *buffer->ring, &size))
        return CB_ENOMEM;
    struct cb__chunk *ring = buffer->allocator->alloc(buffer->allocator->arg, size);
    if (!ring)
        return CB_ENOMEM;
    for (size_t i = 0; i < buffer->count; i++)
        ring[(buffer->first + i) & (room - 1)] = *cb__buffer_chunk(buffer, i);
    free_ring(buffer);
    buffer->ring = ring;
    buffer->mask = room - 1;
    return CB_OK;
}

/* Makes sure that `more` chunks can be pushed without an allocation. */
static inline int ring_reserve(struct cb_buffer *buffer, size_t more)
{
    return more <= buffer->mask + 1 - buffer->count ? CB_OK : ring_grow(buffer, more);
}

/* Adds a window at the tail; its reference becomes the buffer's.  Room in the
 * ring must have been reserved. */
static inline void push(struct cb_buffer *buffer, const struct cb__chunk *chunk)
{
    if (!chunk->length) {
        cb__memory_unref(chunk->memory);
        return;
    }
    buffer->length += chunk->length;
    if (buffer->count) {
        struct cb__chunk *last = cb__buffer_chunk(buffer, buffer->count - 1);
        if (cb__chunk_touches(last, chunk)) {
            last->length += chunk->length;
            cb__memory_unref(chunk->memory);
            return;
        }
    }
    *cb__buffer_chunk(buffer, buffer->count++) = *chunk;
}

static inline void push_ref(struct cb_buffer *buffer, struct cb_memory *memory, const uint8_t *data,
                            size_t n)
{
    cb__memory_ref(memory);
    push(buffer, &(struct cb__chunk){.memory = memory, .data = data, .length = n});
}

void cb__buffer_set_reader(struct cb_buffer *buffer, struct cb_buffer **reader)
{
    if (buffer->reader)
        *buffer->reader = NULL;
    buffer->reader = reader;
    if (reader)
        *reader = buffer;
}

/* The bytes from `position` on have moved or changed: forgets remembered chunks and
 * what searches saw there, and the decoder loses its place. */
static void reshaped(struct cb_buffer *buffer, uint64_t position)
{
    buffer->shape++;
    if (position < buffer->unchanged)
        buffer->unchanged = position;
    cb__buffer_set_reader(buffer, NULL);
}

/* Is there room for n more bytes under the limit? */
static inline int check_limit(const struct cb_buffer *buffer, size_t n)
{
    return n <= buffer->limit && buffer->length <= buffer->limit - n ? CB_OK : CB_ELIMIT;
}

/* -------------------------------------------------------------- life, stats */

static void drop_tail(struct cb_buffer *buffer)
{
    if (buffer->tail)
        cb__pool_seal(buffer->tail);
    buffer->tail = NULL;
    while (buffer->spare_count)
        cb__memory_unref(buffer->spares[--buffer->spare_count]);
    buffer->offered = 0;
}

int cb_buffer_new(struct cb_buffer **result, const struct cb_buffer_options *options)
{
    struct cb_buffer_options o = {.size = sizeof o};
    if (!cb__options_read(options, &o, sizeof o) || !cb__flags_known(o.release_fast, 1) ||
        !cb__allocator_is_usable(o.allocator))
        return CB_EINVAL;
    if (!o.chunk_min)
        o.chunk_min =
            o.chunk_max && o.chunk_max < CHUNK_MIN_DEFAULT ? o.chunk_max : CHUNK_MIN_DEFAULT;
    if (!o.chunk_max)
        o.chunk_max = cb__max(o.chunk_min, CHUNK_MAX_DEFAULT);
    if (o.chunk_min > o.chunk_max || o.chunk_max > CHUNK_BOUND)
        return CB_EINVAL;
    const struct cb_allocator *allocator = o.allocator ? o.allocator
                                           : o.pool    ? cb__pool_allocator(o.pool)
                                                       : &cb__malloc_allocator;
    struct cb_buffer *buffer = allocator->alloc(allocator->arg, sizeof *buffer);
    if (!buffer)
        return CB_ENOMEM;
    memset(buffer, 0, sizeof *buffer);
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
    drop_tail(buffer);
    cb__buffer_forget_searches(buffer);
    free_ring(buffer);
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
    reshaped(buffer, 0);
    return CB_OK;
}

/* Releases the block of an empty buffer that should not keep one, but not while
 * somebody may be writing to it. */
static void settle(struct cb_buffer *buffer)
{
    if (buffer->release_fast && !buffer->length && !buffer->offered)
        drop_tail(buffer);
}

/* ------------------------------------------------------------------ offers */

/* The bytes still writable in the tail block, which is reused from its beginning if
 * nobody sees its contents. */
static size_t tail_room(struct cb_buffer *buffer)
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
    if (i < buffer->spare_count)
        buffer->spares[buffer->spare_count] = buffer->spares[i];
    buffer->spares[i] = memory;
    buffer->spare_count++;
    return CB_OK;
}

/* Should an offer begin in the `room` bytes of the tail?  With one area it must be
 * worth it; with several the next block adds the rest. */
static bool worth_offering(const struct cb_buffer *buffer, size_t room, size_t hint, size_t max)
{
    if (!room)
        return false;
    if (max > 1)
        return true;
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
    status = ring_reserve(buffer, max);
    if (status)
        return status;
    size_t room = tail_room(buffer);
    bool has_tail = worth_offering(buffer, room, hint, max);
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
    if (buffer->tail)
        cb__pool_seal(buffer->tail);
    buffer->tail = buffer->spares[0];
    buffer->spare_count--;
    memmove(buffer->spares, buffer->spares + 1, buffer->spare_count * sizeof *buffer->spares);
}

/* Adds the next n bytes of the tail block to the buffer. */
static void grow_tail(struct cb_buffer *buffer, size_t n)
{
    struct cb_memory *tail = buffer->tail;
    push_ref(buffer, tail, tail->data + tail->used, n);
    tail->used += n;
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
        settle(buffer);
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
        grow_tail(buffer, part);
        n -= part;
    }
    while (n) {
        next_tail(buffer);
        size_t part = cb__min(n, buffer->tail->capacity);
        grow_tail(buffer, part);
        n -= part;
    }
}

/* ------------------------------------------------------------- bytes copied */

/* Allocates blocks for n bytes to be copied in, so that the copy itself cannot fail. */
struct room {
    struct cb_memory *first, **end;
};

static void room_free(struct room *room)
{
    while (room->first) {
        struct cb_memory *memory = room->first;
        room->first = memory->next;
        cb__memory_unref(memory);
    }
}

/* Also reserves room in the ring for `chunks` more. */
static int room_make(struct cb_buffer *buffer, size_t n, size_t chunks, struct room *room)
{
    int status = check_limit(buffer, n);
    if (status)
        return status;
    size_t used = buffer->tail ? buffer->tail->used : 0;
    size_t left = tail_room(buffer);
    chunks++; /* in the tail */
    room->first = NULL;
    room->end = &room->first;
    for (n -= cb__min(n, left); n; chunks++) {
        size_t size = cb__min(cb__max(n, buffer->chunk_size), buffer->chunk_max);
        struct cb_memory *memory = cb__pool_get(buffer->pool, size);
        if (!memory)
            goto err;
        memory->next = NULL;
        *room->end = memory;
        room->end = &memory->next;
        n -= cb__min(n, size);
    }
    if (ring_reserve(buffer, chunks))
        goto err;
    buffer->offered = 0;
    return CB_OK;
err:
    room_free(room);
    if (buffer->tail)
        buffer->tail->used = used; /* where an open offer begins */
    return CB_ENOMEM;
}

/* Copies bytes to the tail, into the blocks allocated for them. */
static void room_fill(struct cb_buffer *buffer, struct room *room, const uint8_t *data, size_t n)
{
    cb__pool_count_copied(buffer->pool, n);
    while (n) {
        struct cb_memory *tail = buffer->tail;
        if (!tail || tail->used == tail->capacity) {
            if (tail)
                cb__pool_seal(tail);
            tail = room->first;
            room->first = tail->next;
            tail->next = NULL;
            buffer->tail = tail;
        }
        size_t part = cb__min(n, tail->capacity - tail->used);
        memcpy(tail->data + tail->used, data, part);
        grow_tail(buffer, part);
        data += part;
        n -= part;
    }
}

static int extend_by_copies(struct cb_buffer *buffer, const struct iovec *areas, size_t count)
{
    struct room room;
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        if (!cb__add_size(total, areas[i].iov_len, &total))
            return CB_ELIMIT;
    }
    int status = room_make(buffer, total, 0, &room);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        room_fill(buffer, &room, areas[i].iov_base, areas[i].iov_len);
    return CB_OK;
}

/* A new block with a copy of bytes, which nobody will write after; NULL if out of
 * memory. */
static struct cb_memory *new_sealed(struct cb_buffer *buffer, size_t size)
{
    struct cb_memory *memory = cb__pool_get(buffer->pool, size);
    if (!memory)
        return NULL;
    memory->used = size;
    cb__memory_ref(memory);
    cb__pool_seal(memory);
    cb__pool_count_copied(buffer->pool, size);
    return memory;
}

/* Puts a block before the head; its reference becomes the buffer's.  The ring has room. */
static void put_head(struct cb_buffer *buffer, struct cb_memory *memory, size_t size)
{
    buffer->first--;
    buffer->count++;
    *cb__buffer_chunk(buffer, 0) =
        (struct cb__chunk){.memory = memory, .data = memory->data, .length = size};
    buffer->length += size;
}

int cb_prepend(struct cb_buffer *buffer, const void *data, size_t size)
{
    int status = check_limit(buffer, size);
    if (status || !size)
        return status;
    status = ring_reserve(buffer, 1);
    if (status)
        return status;
    struct cb_memory *memory = new_sealed(buffer, size);
    if (!memory)
        return CB_ENOMEM;
    memcpy(memory->data, data, size);
    put_head(buffer, memory, size);
    buffer->position -= buffer->position < size ? buffer->position : size;
    buffer->offered = 0;
    reshaped(buffer, 0);
    return CB_OK;
}

/* ------------------------------------------------------ bytes by reference */

int cb_append_ref(struct cb_buffer *buffer, const void *data, size_t size, cb_release_fn release,
                  void *arg)
{
    if (size < buffer->cutoff) {
        int status = cb_append(buffer, data, size);
        if (!status && release)
            release(arg, data, size);
        return status;
    }
    int status = check_limit(buffer, size);
    if (!status)
        status = ring_reserve(buffer, 1);
    if (status)
        return status;
    struct cb_memory *memory = cb__pool_wrap(buffer->pool, data, size, release, arg);
    if (!memory)
        return CB_ENOMEM;
    buffer->offered = 0;
    push(buffer, &(struct cb__chunk){.memory = memory, .data = memory->data, .length = size});
    return CB_OK;
}

/* Headers for the areas that are long enough, without release functions as yet. */
static int wrap_long(struct cb_buffer *buffer, const struct iovec *areas, size_t count,
                     struct room *headers)
{
    headers->first = NULL;
    headers->end = &headers->first;
    for (size_t i = 0; i < count; i++) {
        if (areas[i].iov_len < buffer->cutoff)
            continue;
        struct cb_memory *memory =
            cb__pool_wrap(buffer->pool, areas[i].iov_base, areas[i].iov_len, NULL, NULL);
        if (!memory) {
            room_free(headers);
            return CB_ENOMEM;
        }
        memory->next = NULL;
        *headers->end = memory;
        headers->end = &memory->next;
    }
    return CB_OK;
}

/* Adds the next of the areas that have a header to the buffer. */
static void push_wrapped(struct cb_buffer *buffer, struct room *headers, cb_release_fn release,
                         void *arg)
{
    struct cb_memory *memory = headers->first;
    headers->first = memory->next;
    memory->release = release;
    memory->release_arg = arg;
    push(buffer,
         &(struct cb__chunk){.memory = memory, .data = memory->data, .length = memory->capacity});
}

static int extend_by_references(struct cb_buffer *buffer, const struct iovec *areas, size_t count,
                                cb_release_fn release, void *arg)
{
    struct room room, headers;
    size_t total = 0, copied = 0, wrapped = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t n = areas[i].iov_len;
        if (!cb__add_size(total, n, &total))
            return CB_ELIMIT;
        copied += n < buffer->cutoff ? n : 0;
        wrapped += n >= buffer->cutoff;
    }
    int status = check_limit(buffer, total);
    if (!status)
        status = wrap_long(buffer, areas, count, &headers);
    if (status)
        return status;
    /* There may be a copy before and after each of the referenced areas. */
    status = room_make(buffer, copied, 2 * wrapped, &room);
    if (status) {
        room_free(&headers);
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        if (areas[i].iov_len < buffer->cutoff)
            room_fill(buffer, &room, areas[i].iov_base, areas[i].iov_len);
        else
            push_wrapped(buffer, &headers, release, arg);
    }
    for (size_t i = 0; i < count; i++) {
        if (areas[i].iov_len < buffer->cutoff)
            release(arg, areas[i].iov_base, areas[i].iov_len);
    }
    return CB_OK;
}

int cb_extend(struct cb_buffer *buffer, const struct iovec *areas, size_t count,
              cb_release_fn release, void *arg)
{
    if (release)
        return extend_by_references(buffer, areas, count, release, arg);
    return extend_by_copies(buffer, areas, count);
}

int cb__buffer_append_block(struct cb_buffer *buffer, struct cb_memory *memory, const uint8_t *data,
                            size_t n)
{
    int status = check_limit(buffer, n);
    if (!status)
        status = ring_reserve(buffer, 1);
    if (status)
        return status;
    buffer->offered = 0;
    push_ref(buffer, memory, data, n);
    return CB_OK;
}

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

/* The chunk that contains the byte at `at`, and the offset of the byte in it. */
static size_t locate(const struct cb_buffer *buffer, struct cb__cursor *cursor, uint64_t at,
                     size_t *within)
{
    cursor_find(buffer, cursor, at);
    *within = (size_t)(at - cursor->start);
    return cursor->ordinal - buffer->first;
}

/* The number of chunks that contain n bytes, starting at `within` in chunk `index`. */
static inline size_t count_chunks(const struct cb_buffer *buffer, size_t index, size_t within,
                                  size_t n)
{
    size_t chunks = 0;
    for (n += n ? within : 0; n; chunks++)
        n -= cb__min(n, cb__buffer_chunk(buffer, index + chunks)->length);
    return chunks;
}

/* May all blocks of part of a buffer cross threads? */
static bool all_shared(const struct cb_buffer *source, size_t index, size_t within, size_t n)
{
    for (; n; index++, within = 0) {
        const struct cb__chunk *chunk = cb__buffer_chunk(source, index);
        if (!chunk->memory->shared)
            return false;
        n -= cb__min(n, chunk->length - within);
    }
    return true;
}

static inline bool may_show_part(const struct cb_buffer *source, size_t index, size_t within,
                                 size_t n, const struct cb_buffer *target)
{
    return cb__likely(!target->shared) || all_shared(source, index, within, n);
}

/* Copies part of one buffer to the tail of another, into the reserved room. */
static void fill_part(const struct cb_buffer *source, size_t index, size_t within, size_t n,
                      struct cb_buffer *target, struct room *room)
{
    for (; n; index++, within = 0) {
        const struct cb__chunk *chunk = cb__buffer_chunk(source, index);
        size_t part = cb__min(n, chunk->length - within);
        room_fill(target, room, chunk->data + within, part);
        n -= part;
    }
}

static int copy_part(const struct cb_buffer *source, size_t index, size_t within, size_t n,
                     struct cb_buffer *target)
{
    struct room room;
    int status = room_make(target, n, 0, &room);
    if (status)
        return status;
    fill_part(source, index, within, n, target, &room);
    return CB_OK;
}

/* Adds part of one buffer to the tail of another by reference; the ring has room. */
static void push_part(const struct cb_buffer *source, size_t index, size_t within, size_t n,
                      struct cb_buffer *target)
{
    target->offered = 0;
    for (; n; index++, within = 0) {
        const struct cb__chunk *chunk = cb__buffer_chunk(source, index);
        size_t part = cb__min(n, chunk->length - within);
        push_ref(target, chunk->memory, chunk->data + within, part);
        n -= part;
    }
}

ssize_t cb__buffer_slice(const struct cb_buffer *source, struct cb__cursor *cursor, uint64_t at,
                         size_t n, struct cb_buffer *target)
{
    const uint64_t offset = at - source->position;
    if (source == target)
        return CB_EINVAL;
    if (offset >= source->length || !n)
        return 0;
    n = cb__min(n, source->length - (size_t)offset);
    size_t within, index = locate(source, cursor, at, &within);
    int status;
    if (n < source->copy_below || !may_show_part(source, index, within, n, target)) {
        status = copy_part(source, index, within, n, target);
        return status ? status : (ssize_t)n;
    }
    status = check_limit(target, n);
    if (!status)
        status = ring_reserve(target, count_chunks(source, index, within, n));
    if (status)
        return status;
    push_part(source, index, within, n, target);
    return (ssize_t)n;
}

ssize_t cb_slice(const struct cb_buffer *source, size_t offset, size_t n, struct cb_buffer *target)
{
    struct cb__cursor cursor = {0};
    if (offset > source->length)
        offset = source->length;
    return cb__buffer_slice(source, &cursor, source->position + offset, n, target);
}

int cb_merge(struct cb_buffer *buffer, struct cb_buffer *const *sources, size_t count)
{
    size_t length = 0, chunks = 0, copied = 0;
    struct room room = {.first = NULL};
    for (size_t i = 0; i < count; i++) {
        const struct cb_buffer *source = sources[i];
        if (source == buffer)
            return CB_EINVAL;
        if (!cb__add_size(length, source->length, &length) ||
            !cb__add_size(chunks, source->count, &chunks))
            return CB_ELIMIT;
        if (!may_show_part(source, 0, 0, source->length, buffer))
            copied += source->length;
    }
    int status = check_limit(buffer, length);
    if (!status)
        status = copied ? room_make(buffer, copied, chunks, &room) : ring_reserve(buffer, chunks);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        const struct cb_buffer *source = sources[i];
        if (may_show_part(source, 0, 0, source->length, buffer))
            push_part(source, 0, 0, source->length, buffer);
        else
            fill_part(source, 0, 0, source->length, buffer, &room);
    }
    return CB_OK;
}

/* -------------------------------------------------------------------- looks */

size_t cb_chunks(const struct cb_buffer *buffer, struct iovec *chunks, size_t max)
{
    for (size_t i = 0; i < buffer->count && i < max; i++) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        chunks[i] = (struct iovec){.iov_base = (void *)chunk->data, .iov_len = chunk->length};
    }
    return buffer->count;
}

size_t cb_copyout(const struct cb_buffer *buffer, size_t offset, size_t n, void *out)
{
    if (offset >= buffer->length)
        return 0;
    n = cb__min(n, buffer->length - offset);
    uint8_t *to = out;
    struct cb__cursor cursor = {0};
    size_t within, index = locate(buffer, &cursor, buffer->position + offset, &within);
    for (size_t left = n; left; index++, within = 0) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, index);
        size_t part = cb__min(left, chunk->length - within);
        memcpy(to, chunk->data + within, part);
        to += part;
        left -= part;
    }
    return n;
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
    return cb__buffer_chunk(buffer, locate(buffer, cursor, at, &within))->memory;
}

/* -------------------------------------------------------------------- takes */

/* Removes the head chunk, or what is left of it, from the ring. */
static inline void drop_head(struct cb_buffer *buffer)
{
    buffer->first++;
    buffer->count--;
}

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
        drop_head(buffer);
        cb__memory_unref(memory); /* may call this function again */
    }
    settle(buffer);
    return n;
}

void cb__buffer_pass(struct cb_buffer *buffer, uint64_t n)
{
    buffer->position += n;
}

/* Moves the first n bytes to the tail of target, by reference. */
static int move(struct cb_buffer *source, size_t n, struct cb_buffer *target)
{
    int status = check_limit(target, n);
    if (!status)
        status = ring_reserve(target, count_chunks(source, 0, 0, n));
    if (status)
        return status;
    target->offered = 0;
    source->length -= n;
    source->position += n;
    for (size_t left = n; left;) {
        struct cb__chunk *head = cb__buffer_chunk(source, 0);
        if (left < head->length) {
            push_ref(target, head->memory, head->data, left);
            cb__chunk_advance(head, left);
            break;
        }
        left -= head->length;
        push(target, head);
        drop_head(source);
    }
    return CB_OK;
}

ssize_t cb_take(struct cb_buffer *source, size_t n, struct cb_buffer *target)
{
    int status;
    if (source == target)
        return CB_EINVAL;
    n = cb__min(n, source->length);
    if (n < source->copy_below || !may_show_part(source, 0, 0, n, target)) {
        status = copy_part(source, 0, 0, n, target);
        return status ? status : (ssize_t)cb_skip(source, n);
    }
    status = move(source, n, target);
    if (status)
        return status;
    settle(source);
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
    return new_sealed(buffer, n);
}

/* Joins the first n bytes, which are in several chunks, into one. */
static int join(struct cb_buffer *buffer, size_t n)
{
    bool becomes_tail;
    struct cb_buffer parts = {.mask = CB__RING_INLINE - 1, .limit = SSIZE_MAX};
    parts.ring = parts.inline_ring;
    parts.allocator = buffer->allocator;
    struct cb_memory *memory = new_joined(buffer, n, &becomes_tail);
    if (!memory)
        return CB_ENOMEM;
    int status = move(buffer, n, &parts);
    if (status) {
        cb__memory_unref(memory);
        return status;
    }
    cb_copyout(&parts, 0, n, memory->data);
    put_head(buffer, memory, n); /* at least one whole chunk was removed, so there is room */
    buffer->position -= n;
    buffer->shape++;
    if (becomes_tail) {
        cb__memory_ref(memory);
        cb__buffer_set_tail(buffer, memory);
    }
    cb_skip(&parts, CB_ALL); /* everything is in place when they are released */
    free_ring(&parts);
    return CB_OK;
}

int cb_data(struct cb_buffer *buffer, size_t n, const void **data)
{
    static const uint8_t nothing[1];
    if (n > buffer->length)
        return CB_MORE;
    if (n && cb__buffer_chunk(buffer, 0)->length < n) {
        int status = join(buffer, n);
        if (status)
            return status;
    }
    *data = buffer->count ? cb__buffer_chunk(buffer, 0)->data : nothing;
    return CB_YES;
}

int cb__buffer_take_frame(struct cb_buffer *source, size_t lead, size_t size, size_t total,
                          struct cb_buffer *target)
{
    struct cb__chunk *head = cb__buffer_chunk(source, 0);
    bool simple = source->length && total < head->length && size >= source->copy_below &&
                  cb__buffer_may_show(target, head->memory) && target->count <= target->mask &&
                  check_limit(target, size) == CB_OK;
    if (cb__unlikely(!simple)) {
        ssize_t n = cb_slice(source, lead, size, target);
        if (n < 0)
            return (int)n;
        cb_skip(source, total);
        return CB_OK;
    }
    target->offered = 0;
    if (size)
        push_ref(target, head->memory, head->data + lead, size);
    cb__chunk_advance(head, total);
    source->length -= total;
    source->position += total;
    return CB_OK;
}

size_t cb_truncate(struct cb_buffer *buffer, size_t n)
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
        reshaped(buffer, cb__buffer_end(buffer));
        if (last->length)
            break;
        buffer->count--;
        cb__memory_unref(memory);
    }
    buffer->limit = limit;
    settle(buffer);
    return dropped;
}

/* ------------------------------------------------------ for the appender */

int cb__buffer_reserve(struct cb_buffer *buffer, size_t more)
{
    return ring_reserve(buffer, more);
}

void cb__buffer_set_tail(struct cb_buffer *buffer, struct cb_memory *memory)
{
    if (buffer->tail)
        cb__pool_seal(buffer->tail);
    buffer->tail = memory;
}
