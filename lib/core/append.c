/* SPDX-License-Identifier: MIT */
/* Appending by copy and by reference: bytes, and parts of other buffers. */
#include <string.h>

#include "core/changes.h"

/* ------------------------------------------------------------- bytes copied */

/* A list of blocks that were allocated before anything is changed, so that what follows
 * cannot fail. */
struct blocks {
    struct cb_memory *first, **end;
};

static void free_blocks(struct blocks *blocks)
{
    while (blocks->first) {
        struct cb_memory *memory = blocks->first;
        blocks->first = memory->next;
        cb__memory_unref(memory);
    }
}

/* Allocates the blocks that n bytes need besides the tail, and reserves room in the ring for
 * them and for `chunks` more. */
static int make_room(struct cb_buffer *buffer, size_t n, size_t chunks, struct blocks *room)
{
    int status = cb__buffer_check_limit(buffer, n);
    if (status)
        return status;
    size_t used = buffer->tail ? buffer->tail->used : 0;
    size_t left = cb__buffer_tail_room(buffer);
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
    if (cb__buffer_reserve(buffer, chunks))
        goto err;
    buffer->offered = 0;
    return CB_OK;
err:
    free_blocks(room);
    if (buffer->tail)
        buffer->tail->used = used; /* where an open offer begins */
    return CB_ENOMEM;
}

/* Copies bytes to the tail, into the blocks allocated for them. */
static void fill_room(struct cb_buffer *buffer, struct blocks *room, const uint8_t *data, size_t n)
{
    cb__pool_count_copied(buffer->pool, n);
    while (n) {
        struct cb_memory *tail = buffer->tail;
        if (!tail || tail->used == tail->capacity) {
            tail = room->first;
            room->first = tail->next;
            tail->next = NULL;
            cb__buffer_set_tail(buffer, tail);
        }
        size_t part = cb__min(n, tail->capacity - tail->used);
        memcpy(tail->data + tail->used, data, part);
        cb__buffer_grow_tail(buffer, part);
        data += part;
        n -= part;
    }
}

static int extend_by_copies(struct cb_buffer *buffer, const struct iovec *areas, size_t count)
{
    struct blocks room;
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        if (!cb__add_size(total, areas[i].iov_len, &total))
            return CB_ELIMIT;
    }
    int status = make_room(buffer, total, 0, &room);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        fill_room(buffer, &room, areas[i].iov_base, areas[i].iov_len);
    return CB_OK;
}

struct cb_memory *cb__buffer_new_sealed(struct cb_buffer *buffer, size_t size)
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

int cb_prepend(struct cb_buffer *buffer, const void *data, size_t size)
{
    int status = cb__buffer_check_limit(buffer, size);
    if (status || !size)
        return status;
    status = cb__buffer_reserve(buffer, 1);
    if (status)
        return status;
    struct cb_memory *memory = cb__buffer_new_sealed(buffer, size);
    if (!memory)
        return CB_ENOMEM;
    memcpy(memory->data, data, size);
    cb__buffer_put_head(
        buffer, &(struct cb__chunk){.memory = memory, .data = memory->data, .length = size});
    buffer->position -= buffer->position < size ? buffer->position : size;
    buffer->offered = 0;
    cb__buffer_reshaped(buffer, 0);
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
    int status = cb__buffer_check_limit(buffer, size);
    if (!status)
        status = cb__buffer_reserve(buffer, 1);
    if (status)
        return status;
    struct cb_memory *memory = cb__pool_wrap(buffer->pool, data, size, release, arg);
    if (!memory)
        return CB_ENOMEM;
    buffer->offered = 0;
    cb__buffer_push(buffer,
                    &(struct cb__chunk){.memory = memory, .data = memory->data, .length = size});
    return CB_OK;
}

/* Headers for the areas that are long enough, without release functions as yet. */
static int wrap_long(struct cb_buffer *buffer, const struct iovec *areas, size_t count,
                     struct blocks *headers)
{
    headers->first = NULL;
    headers->end = &headers->first;
    for (size_t i = 0; i < count; i++) {
        if (areas[i].iov_len < buffer->cutoff)
            continue;
        struct cb_memory *memory =
            cb__pool_wrap(buffer->pool, areas[i].iov_base, areas[i].iov_len, NULL, NULL);
        if (!memory) {
            free_blocks(headers);
            return CB_ENOMEM;
        }
        memory->next = NULL;
        *headers->end = memory;
        headers->end = &memory->next;
    }
    return CB_OK;
}

/* Adds the next of the areas that have a header to the buffer. */
static void push_wrapped(struct cb_buffer *buffer, struct blocks *headers, cb_release_fn release,
                         void *arg)
{
    struct cb_memory *memory = headers->first;
    headers->first = memory->next;
    memory->release = release;
    memory->release_arg = arg;
    cb__buffer_push(
        buffer,
        &(struct cb__chunk){.memory = memory, .data = memory->data, .length = memory->capacity});
}

static int extend_by_references(struct cb_buffer *buffer, const struct iovec *areas, size_t count,
                                cb_release_fn release, void *arg)
{
    struct blocks room, headers;
    size_t total = 0, copied = 0, wrapped = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t n = areas[i].iov_len;
        if (!cb__add_size(total, n, &total))
            return CB_ELIMIT;
        copied += n < buffer->cutoff ? n : 0;
        wrapped += n >= buffer->cutoff;
    }
    int status = cb__buffer_check_limit(buffer, total);
    if (!status)
        status = wrap_long(buffer, areas, count, &headers);
    if (status)
        return status;
    /* There may be a copy before and after each of the referenced areas. */
    status = make_room(buffer, copied, 2 * wrapped, &room);
    if (status) {
        free_blocks(&headers);
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        if (areas[i].iov_len < buffer->cutoff)
            fill_room(buffer, &room, areas[i].iov_base, areas[i].iov_len);
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
    int status = cb__buffer_check_limit(buffer, n);
    if (!status)
        status = cb__buffer_reserve(buffer, 1);
    if (status)
        return status;
    buffer->offered = 0;
    cb__buffer_push_ref(buffer, memory, data, n);
    return CB_OK;
}

/* -------------------------------------------------------- parts of buffers */

bool cb__buffer_all_shared(const struct cb_buffer *source, size_t index, size_t within, size_t n)
{
    for (; n; index++, within = 0) {
        const struct cb__chunk *chunk = cb__buffer_chunk(source, index);
        if (!chunk->memory->shared)
            return false;
        n -= cb__min(n, chunk->length - within);
    }
    return true;
}

/* Copies part of one buffer to the tail of another, into the reserved room. */
static void fill_part(const struct cb_buffer *source, size_t index, size_t within, size_t n,
                      struct cb_buffer *target, struct blocks *room)
{
    for (; n; index++, within = 0) {
        const struct cb__chunk *chunk = cb__buffer_chunk(source, index);
        size_t part = cb__min(n, chunk->length - within);
        fill_room(target, room, chunk->data + within, part);
        n -= part;
    }
}

int cb__buffer_copy_part(const struct cb_buffer *source, size_t index, size_t within, size_t n,
                         struct cb_buffer *target)
{
    struct blocks room;
    int status = make_room(target, n, 0, &room);
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
        cb__buffer_push_ref(target, chunk->memory, chunk->data + within, part);
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
    size_t within, index = cb__buffer_locate(source, cursor, at, &within);
    int status;
    if (n < source->copy_below || !cb__buffer_may_show_part(source, index, within, n, target)) {
        status = cb__buffer_copy_part(source, index, within, n, target);
        return status ? status : (ssize_t)n;
    }
    status = cb__buffer_check_limit(target, n);
    if (!status)
        status = cb__buffer_reserve(target, cb__buffer_count_chunks(source, index, within, n));
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
    struct blocks room = {.first = NULL};
    for (size_t i = 0; i < count; i++) {
        const struct cb_buffer *source = sources[i];
        if (source == buffer)
            return CB_EINVAL;
        if (!cb__add_size(length, source->length, &length) ||
            !cb__add_size(chunks, source->count, &chunks)) /* not taken: they are in memory */
            return CB_ELIMIT;
        if (!cb__buffer_may_show_part(source, 0, 0, source->length, buffer))
            copied += source->length;
    }
    int status = cb__buffer_check_limit(buffer, length);
    if (!status)
        status =
            copied ? make_room(buffer, copied, chunks, &room) : cb__buffer_reserve(buffer, chunks);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        const struct cb_buffer *source = sources[i];
        if (cb__buffer_may_show_part(source, 0, 0, source->length, buffer))
            push_part(source, 0, 0, source->length, buffer);
        else
            fill_part(source, 0, 0, source->length, buffer, &room);
    }
    return CB_OK;
}
