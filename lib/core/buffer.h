/* SPDX-License-Identifier: MIT */
/*
 * Buffer: a queue of chunks.
 * Layer: base -> memory -> pool -> chunk, find -> matcher -> buffer.
 *
 * The chunks are in a ring whose size is a power of two: a few places inside
 * the struct, more of them allocated when needed and then kept.
 * Chunks have ordinals that only grow, and are at ring[ordinal & mask]; so
 * nothing moves when chunks come and go, and an ordinal remains a good hint.
 *
 * Invariants:
 * - length is the sum of the lengths of all chunks, and no chunk is empty.
 * - position + length is the stream position of the tail.
 * - `tail`, if not NULL, is the block this buffer writes to, and nobody
 *   else does: chunks of it may be anywhere.
 * - spares[0 .. spare_count) are empty blocks, offered after the tail.
 * - offered > 0 exactly while an offer is open.
 * - All blocks are `shared` if the pool is: bytes in other blocks are copied
 *   instead of referenced.  So any thread may have what is taken from here.
 * - *reader is this buffer, if there is a reader.
 */
#ifndef CB_BUFFER_H
#define CB_BUFFER_H

#include "core/chunk.h"
#include "core/pool.h"

enum { CB__RING_INLINE = 8, CB__AREAS = 8, CB__SEARCHES = 8 };

/* The highest position that can be set, the maximum size of a file.  From there a
 * stream can grow by as much again, which none does. */
#define CB__POSITION_MAX ((uint64_t)INT64_MAX)

/* A stream position that no byte has. */
#define CB__NOWHERE UINT64_MAX

struct cb__search;

struct cb_buffer {
    /* (Fields that change together are kept apart: compilers would update neighbours as a
     * vector, which takes longer than two additions.) */
    size_t first; /* ordinal of the head */
    struct cb__chunk *ring;
    size_t length;
    size_t mask; /* ring size - 1 */
    size_t count;
    size_t shape; /* counts the changes that are neither a push nor a skip */
    uint64_t position;

    struct cb_memory *tail;
    struct cb_memory *spares[CB__AREAS];
    size_t spare_count;
    size_t offered;      /* bytes in the open offer */
    bool offer_has_tail; /* its first area is in the tail */

    size_t chunk_size; /* of the next chunk to read into */
    unsigned small_commits;

    struct cb_pool *pool;
    bool shared; /* that of the pool */
    const struct cb_allocator *allocator;

    struct cb_buffer **reader; /* where the decoder of this buffer keeps its address; or NULL */

    /* For the last needles searched for, the latest first; kept by search.c. */
    struct cb__search *searches[CB__SEARCHES];
    uint64_t unchanged; /* bytes before this position have not changed since the searches;
                           CB__NOWHERE: no byte has */

    size_t chunk_min, chunk_max;
    size_t cutoff, copy_below;
    size_t limit; /* SSIZE_MAX if there is none */
    bool release_fast;

    struct cb__chunk inline_ring[CB__RING_INLINE];
};

static inline struct cb__chunk *cb__buffer_chunk(const struct cb_buffer *buffer, size_t index)
{
    return &buffer->ring[(buffer->first + index) & buffer->mask];
}

/* May the buffer reference this block?  If the buffer's pool is shared, bytes taken
 * from it may be freed on any thread, which only shared blocks allow. */
static inline bool cb__buffer_may_show(const struct cb_buffer *target,
                                       const struct cb_memory *memory)
{
    return cb__likely(!target->shared) || memory->shared;
}

/* Remembers a chunk, so that looking up a position near it is O(1).  Initially all
 * zeros; stays valid when the buffer changes. */
struct cb__cursor {
    size_t ordinal;
    size_t shape;
    uint64_t start; /* position of the chunk's first byte */
};

/* The bytes from stream position `at` to the end of their chunk; false if the buffer
 * does not contain that position. */
bool cb__buffer_span(const struct cb_buffer *buffer, struct cb__cursor *cursor, uint64_t at,
                     const uint8_t **data, size_t *n);

/* The block that contains these bytes. */
struct cb_memory *cb__buffer_block(const struct cb_buffer *buffer, struct cb__cursor *cursor,
                                   uint64_t at);

/* cb_copyout and cb_slice from a stream position, with a cursor to find it. */
size_t cb__buffer_copyout(const struct cb_buffer *buffer, struct cb__cursor *cursor, uint64_t at,
                          size_t n, void *out);
ssize_t cb__buffer_slice(const struct cb_buffer *source, struct cb__cursor *cursor, uint64_t at,
                         size_t n, struct cb_buffer *target);

/* Adds n >= 1 bytes of a block, which the buffer may reference, at the tail.
 * CB_ENOMEM, CB_ELIMIT. */
int cb__buffer_append_block(struct cb_buffer *buffer, struct cb_memory *memory, const uint8_t *data,
                            size_t n);

/* Takes a frame of `total` bytes from the head: moves the `size` bytes after the first
 * `lead` to target and drops the others.  All or nothing: CB_ENOMEM, CB_ELIMIT.  The
 * two buffers are different, and source contains the frame. */
int cb__buffer_take_frame(struct cb_buffer *source, size_t lead, size_t size, size_t total,
                          struct cb_buffer *target);

/* cb_commit of 1 or more bytes, without adapting the chunk size. */
void cb__buffer_show_offer(struct cb_buffer *buffer, size_t n);

/* Drops the bytes from this position on, which were added in the same call: neither the
 * decoder of the buffer nor a search has seen them. */
void cb__buffer_withdraw(struct cb_buffer *buffer, uint64_t end);

/* Continues in a new block, whose reference becomes the buffer's. */
void cb__buffer_set_tail(struct cb_buffer *buffer, struct cb_memory *memory);

/* Makes *reader the address of the buffer as long as its bytes stay in place, except
 * for those that leave at the head.  When they change, or another reader replaces this
 * one, *reader becomes NULL.  NULL for no reader. */
void cb__buffer_set_reader(struct cb_buffer *buffer, struct cb_buffer **reader);

/* Adds a window of n >= 1 bytes at the tail, with its own reference.  Room in the ring
 * must have been reserved. */
static inline void cb__buffer_push_ref(struct cb_buffer *buffer, struct cb_memory *memory,
                                       const uint8_t *data, size_t n)
{
    const struct cb__chunk chunk = {.memory = memory, .data = data, .length = n};
    buffer->length += n;
    if (buffer->count) {
        struct cb__chunk *last = cb__buffer_chunk(buffer, buffer->count - 1);
        if (cb__chunk_touches(last, &chunk)) {
            last->length += n;
            return;
        }
    }
    cb__memory_ref(memory);
    *cb__buffer_chunk(buffer, buffer->count++) = chunk;
}

/* Drops the first n bytes of a buffer that is not empty, if its first chunk has more;
 * otherwise false. */
static inline bool cb__buffer_drop(struct cb_buffer *buffer, size_t n)
{
    struct cb__chunk *head = cb__buffer_chunk(buffer, 0);
    if (cb__unlikely(n >= head->length || CB__HAS_ASAN))
        return false;
    cb__chunk_advance(head, n);
    buffer->length -= n;
    buffer->position += n;
    return true;
}

/* cb__buffer_take_frame in the common case: the frame is in the first chunk of `source`,
 * which has more and may be referenced, and target is empty.  Otherwise false. */
static inline bool cb__buffer_take_fast(struct cb_buffer *source, size_t lead, size_t size,
                                        size_t total, struct cb_buffer *target)
{
    struct cb__chunk *head = cb__buffer_chunk(source, 0);
    struct cb_memory *memory = head->memory;
    if (cb__unlikely(target->count || total >= source->length || total >= head->length ||
                     size < source->copy_below || size > target->limit ||
                     !cb__buffer_may_show(target, memory)))
        return false;
    target->offered = 0;
    if (cb__likely(size)) {
        *cb__buffer_chunk(target, 0) =
            (struct cb__chunk){.memory = memory, .data = head->data + lead, .length = size};
        target->count = 1;
        target->length = size;
        cb__memory_ref(memory);
    }
    cb__chunk_advance(head, total);
    source->length -= total;
    source->position += total;
    return true;
}

/* The stream position of the tail. */
static inline uint64_t cb__buffer_end(const struct cb_buffer *buffer)
{
    return buffer->position + buffer->length;
}

/* Frees the remembered searches. (search.c) */
void cb__buffer_forget_searches(struct cb_buffer *buffer);

/* Advances the position of an empty buffer. */
void cb__buffer_pass(struct cb_buffer *buffer, uint64_t n);

#endif
