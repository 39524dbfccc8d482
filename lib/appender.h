/* SPDX-License-Identifier: MIT */
/*
 * Appender: many short runs of bytes and references, put at the tail of one
 * buffer in one go.
 * Layer: base -> ... -> buffer -> appender.
 *
 * While it is open, the place in the tail block is kept here instead of in the
 * buffer, so that a record costs a copy and an addition.  What was written
 * becomes a chunk when a reference follows, the block is full, or the appender
 * is closed; neighbours in one block become one chunk.
 *
 * What is always true while it is open:
 * - run <= to <= end, all in the tail block (or all NULL); [run, to) is written
 *   and not a chunk yet, [to, end) may be written.
 * - CB__SLACK bytes after `end` may be overwritten too: copies of a fixed size
 *   need not ask how much of it counts.
 * - Nobody else changes the buffer.
 */
#ifndef CB_APPENDER_H
#define CB_APPENDER_H

#include <limits.h>
#include <string.h>

#include "buffer.h"

/* The work of one bounded call: bytes copied, chunks added. */
enum { CB__APPEND_BYTES = 256 << 10, CB__APPEND_CHUNKS = 1024 };

/* Besides CB_OK and errors: nothing more can be added now. */
enum { CB__FULL = 1 };

/* The most room that can be asked for at a time. */
enum { CB__APPEND_ROOM = 4096 };

struct cb__appender {
    uint8_t *to, *end, *run;
    struct cb_buffer *buffer;
    size_t bytes;  /* may still be copied, beyond those up to `end` */
    size_t chunks; /* the most that the buffer may come to have */
};

/* Opens it at the tail of a buffer, whose open offer is taken back.  `bounded`:
 * for the work of one call, as above; else only the buffer's limit counts.  CB_ENOMEM. */
int cb__appender_open(struct cb__appender *appender, struct cb_buffer *buffer, bool bounded);

/* Shows all that was written as a part of the buffer. */
void cb__appender_close(struct cb__appender *appender);

/* Where the next byte goes: its position in the buffer's stream. */
static inline uint64_t cb__appender_position(const struct cb__appender *appender)
{
    return cb__buffer_end(appender->buffer) + (uint64_t)(appender->to - appender->run);
}

/* Makes room for n <= CB__APPEND_ROOM bytes at `to`.  CB_OK; CB__FULL where the
 * work of this call is done or the buffer is at its limit; CB_ENOMEM. */
int cb__appender_more(struct cb__appender *appender, size_t n);

static inline int cb__appender_room(struct cb__appender *appender, size_t n)
{
    if (cb__likely((size_t)(appender->end - appender->to) >= n))
        return CB_OK;
    return cb__appender_more(appender, n);
}

/* May a block be referred to from the buffer, or must its bytes be copied? */
static inline bool cb__appender_takes(const struct cb__appender *appender,
                                      const struct cb_memory *memory)
{
    return memory && cb__buffer_may_show(appender->buffer, memory);
}

/* Adds at most *n bytes of a block by reference, and sets *n to how many: 1 or
 * more with CB_OK.  CB__FULL as above; CB_ENOMEM. */
int cb__appender_refer(struct cb__appender *appender, struct cb_memory *memory, const uint8_t *data,
                       size_t *n);

/* Will cb__appender_push do now, and after it a copy of `n` bytes?  Not where the
 * buffer has a limit, so that nobody has to count. */
static inline bool cb__appender_ready(const struct cb__appender *appender, size_t n)
{
    const struct cb_buffer *buffer = appender->buffer;
    return (size_t)(appender->end - appender->to) >= n && buffer->limit == SSIZE_MAX &&
           buffer->count + 2 <= buffer->mask && buffer->count < appender->chunks;
}

/* Adds bytes of a block by reference, when that is ready. */
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
