/* SPDX-License-Identifier: MIT */
/*
 * What the files of a buffer share: its ring, its limit, its tail.  All other files change
 * a buffer only through buffer.h.
 *
 * - buffer.c: the ring, creation and destruction, which chunk has a position, reading
 *   without taking
 * - offer.c: room to read into
 * - append.c: bytes, blocks and parts of other buffers are added
 * - consume.c: bytes leave
 */
#ifndef CB_CHANGES_H
#define CB_CHANGES_H

#include "core/buffer.h"

/* -------------------------------------------------------------------- ring */

void cb__buffer_free_ring(struct cb_buffer *buffer);
int cb__buffer_grow_ring(struct cb_buffer *buffer, size_t more);

/* Makes sure that `more` chunks can be pushed without an allocation. */
static inline int cb__buffer_reserve(struct cb_buffer *buffer, size_t more)
{
    return more <= buffer->mask + 1 - buffer->count ? CB_OK : cb__buffer_grow_ring(buffer, more);
}

/* Adds a window at the tail; its reference becomes the buffer's.  Room in the
 * ring must have been reserved. */
static inline void cb__buffer_push(struct cb_buffer *buffer, const struct cb__chunk *chunk)
{
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

/* Puts a window before the head; its reference becomes the buffer's.  The ring has room. */
static inline void cb__buffer_put_head(struct cb_buffer *buffer, const struct cb__chunk *chunk)
{
    buffer->first--;
    buffer->count++;
    *cb__buffer_chunk(buffer, 0) = *chunk;
    buffer->length += chunk->length;
}

/* Removes the head chunk, or what is left of it, from the ring. */
static inline void cb__buffer_drop_head(struct cb_buffer *buffer)
{
    buffer->first++;
    buffer->count--;
}

/* --------------------------------------------------------------- positions */

/* The chunk that contains the byte at `at`, and the offset of the byte in it. */
size_t cb__buffer_locate(const struct cb_buffer *buffer, struct cb__cursor *cursor, uint64_t at,
                         size_t *within);

/* The number of chunks that contain n bytes, starting at `within` in chunk `index`. */
static inline size_t cb__buffer_count_chunks(const struct cb_buffer *buffer, size_t index,
                                             size_t within, size_t n)
{
    size_t chunks = 0;
    for (n += n ? within : 0; n; chunks++)
        n -= cb__min(n, cb__buffer_chunk(buffer, index + chunks)->length);
    return chunks;
}

/* The bytes from `position` on have moved or changed: forgets remembered chunks and
 * what searches saw there, and the decoder loses its place. */
void cb__buffer_reshaped(struct cb_buffer *buffer, uint64_t position);

/* Is there room for n more bytes under the limit? */
static inline int cb__buffer_check_limit(const struct cb_buffer *buffer, size_t n)
{
    return n <= buffer->limit && buffer->length <= buffer->limit - n ? CB_OK : CB_ELIMIT;
}

/* -------------------------------------------------------------------- tail */

/* Forgets the open offer, and the blocks for it. */
void cb__buffer_drop_tail(struct cb_buffer *buffer);

/* Releases the block of an empty buffer that should not keep one, but not while
 * somebody may be writing to it. */
void cb__buffer_settle(struct cb_buffer *buffer);

/* The bytes still writable in the tail block, which is reused from its beginning if
 * nobody sees its contents. */
size_t cb__buffer_tail_room(struct cb_buffer *buffer);

/* Adds the next n bytes of the tail block to the buffer. */
static inline void cb__buffer_grow_tail(struct cb_buffer *buffer, size_t n)
{
    struct cb_memory *tail = buffer->tail;
    cb__buffer_push_ref(buffer, tail, tail->data + tail->used, n);
    tail->used += n;
}

/* ------------------------------------------------------------------- parts */

/* A new block for `size` bytes, which the caller copies there at once, and nobody writes
 * later; they are counted as copied.  NULL if out of memory. */
struct cb_memory *cb__buffer_new_sealed(struct cb_buffer *buffer, size_t size);

/* May all blocks of part of a buffer cross threads? */
bool cb__buffer_all_shared(const struct cb_buffer *source, size_t index, size_t within, size_t n);

/* May target reference the blocks of part of a buffer? */
static inline bool cb__buffer_may_show_part(const struct cb_buffer *source, size_t index,
                                            size_t within, size_t n, const struct cb_buffer *target)
{
    return cb__likely(!target->shared) || cb__buffer_all_shared(source, index, within, n);
}

/* Copies part of one buffer to the tail of another: CB_ENOMEM, CB_ELIMIT. */
int cb__buffer_copy_part(const struct cb_buffer *source, size_t index, size_t within, size_t n,
                         struct cb_buffer *target);

#endif
