/* SPDX-License-Identifier: MIT */
/*
 * Appender: adds many short runs of bytes and references to the tail of one
 * buffer in one go.
 * Layer: base -> ... -> buffer -> appender.
 *
 * While it is open, it keeps the place in the tail block instead of the
 * buffer, so a record costs a copy and an addition.  The bytes written become a
 * chunk when a reference follows, the block is full, or the appender is closed;
 * adjacent bytes in one block become one chunk.
 *
 * Invariants while it is open:
 * - run <= to <= end, all in the tail block (or all NULL); [run, to) is written
 *   and not a chunk yet, [to, end) may be written.
 * - CB__SLACK bytes after `end` may be overwritten too, so copies of a fixed size
 *   need not check how many bytes count.
 * - Nobody else changes the buffer.
 */
#ifndef CB_APPENDER_H
#define CB_APPENDER_H

#include <limits.h>
#include <string.h>

#include "core/buffer.h"

/* The work of one bounded call: bytes copied, chunks added. */
enum { CB__APPEND_BYTES = 256 << 10, CB__APPEND_CHUNKS = 1024 };

/* Besides CB_OK and errors: nothing more can be added now. */
enum { CB__FULL = 1 };

/* The maximum room for one request. */
enum { CB__APPEND_ROOM = 4096 };

struct cb__appender {
    uint8_t *to, *end, *run;
    struct cb_buffer *buffer;
    size_t bytes;    /* may still be copied, in addition to those up to `end` */
    size_t chunks;   /* the maximum number of chunks in the buffer */
    uint64_t opened; /* position of the end of the buffer at that time */
};

/* Opens it at the tail of a buffer and cancels an open offer.  `bounded`: for the work
 * of one call, as above; otherwise only the limit of the buffer applies.  CB_ENOMEM. */
int cb__appender_open(struct cb__appender *appender, struct cb_buffer *buffer, bool bounded);

/* Adds everything written to the buffer. */
void cb__appender_close(struct cb__appender *appender);

/* The position of the next byte in the buffer's stream. */
static inline uint64_t cb__appender_position(const struct cb__appender *appender)
{
    return cb__buffer_end(appender->buffer) + (uint64_t)(appender->to - appender->run);
}

/* Makes room for n <= CB__APPEND_ROOM bytes at `to`.  CB_OK; CB__FULL if the work of
 * this call is done or the buffer is at its limit; CB_ENOMEM. */
int cb__appender_more(struct cb__appender *appender, size_t n);

static inline int cb__appender_room(struct cb__appender *appender, size_t n)
{
    if (cb__likely((size_t)(appender->end - appender->to) >= n))
        return CB_OK;
    return cb__appender_more(appender, n);
}

/* May the buffer reference this block, or must its bytes be copied? */
static inline bool cb__appender_takes(const struct cb__appender *appender,
                                      const struct cb_memory *memory)
{
    return memory && cb__buffer_may_show(appender->buffer, memory);
}

/* Leaves n bytes of the room unused.  CB_OK; CB_ENOMEM: the room is as before. */
int cb__appender_leave(struct cb__appender *appender, size_t n);

/* Adds at most *n bytes of a block by reference, and sets *n to how many: 1 or more
 * with CB_OK.  CB__FULL as above; CB_ENOMEM. */
int cb__appender_refer(struct cb__appender *appender, struct cb_memory *memory, const uint8_t *data,
                       size_t *n);

/* Can cb__appender_push be called now, followed by a copy of `n` bytes?  Never if the
 * buffer has a limit, so that nobody has to count. */
static inline bool cb__appender_ready(const struct cb__appender *appender, size_t n)
{
    const struct cb_buffer *buffer = appender->buffer;
    return (size_t)(appender->end - appender->to) >= n && buffer->limit == SSIZE_MAX &&
           buffer->count + 2 <= buffer->mask && buffer->count < appender->chunks;
}

/* Adds bytes of a block by reference; only after the check above. */
static inline void cb__appender_push(struct cb__appender *appender, struct cb_memory *memory,
                                     const uint8_t *data, size_t n)
{
    if (appender->to != appender->run)
        cb__appender_close(appender);
    cb__buffer_push_ref(appender->buffer, memory, data, n);
}

/* Copies at most *n bytes, in the same way. */
int cb__appender_copy(struct cb__appender *appender, const uint8_t *data, size_t *n);

#endif
