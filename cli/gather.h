/* SPDX-License-Identifier: MIT */
/*
 * Gather: bytes on their way to one descriptor, collected so that one writev
 * takes many.
 *
 * Neighbours that touch in memory become one area; what is short is copied to
 * a stage, where it touches by itself; what is long goes by reference, and must
 * stay where it is until gather_flush.
 */
#ifndef GATHER_H
#define GATHER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>

enum {
    GATHER_STAGE = 256 << 10, /* bytes */
    GATHER_AREAS = 1024,
    /* Below this a copy costs less than an area of its own in writev: on x86-64
     * the two meet between 128 and 256 bytes. */
    GATHER_COPY_BELOW = 256
};

struct gather {
    int fd;
    size_t count; /* areas in use */
    size_t used;  /* bytes of the stage in use */
    struct iovec areas[GATHER_AREAS];
    uint8_t stage[GATHER_STAGE];
};

/* One on the heap for a descriptor; NULL where memory is out. */
struct gather *gather_new(int fd);
void gather_free(struct gather *gather);

/* Writes all that was collected.  0, or an errno. */
int gather_flush(struct gather *gather);

/* Adds n bytes.  0, or an errno. */
int gather_long(struct gather *gather, const void *data, size_t n);
static inline int gather_add(struct gather *gather, const void *data, size_t n);

/* Does `data` go on where the last area ends? */
static inline bool gather_touches(const struct gather *gather, const void *data)
{
    if (!gather->count)
        return false;
    const struct iovec *last = &gather->areas[gather->count - 1];
    return (const uint8_t *)last->iov_base + last->iov_len == data;
}

/* Adds an area, for which there is room, or makes the last one longer. */
static inline void gather_area(struct gather *gather, const void *data, size_t n)
{
    if (gather_touches(gather, data))
        gather->areas[gather->count - 1].iov_len += n;
    else if (n)
        gather->areas[gather->count++] = (struct iovec){.iov_base = (void *)data, .iov_len = n};
}

/* Makes room for n <= GATHER_COPY_BELOW bytes and one more area. */
static inline int gather_room(struct gather *gather, size_t n)
{
    if (gather->used + n > GATHER_STAGE || gather->count == GATHER_AREAS)
        return gather_flush(gather);
    return 0;
}

static inline int gather_add(struct gather *gather, const void *data, size_t n)
{
    if (n >= GATHER_COPY_BELOW)
        return gather_long(gather, data, n);
    int status = gather_room(gather, n);
    if (status)
        return status;
    uint8_t *to = gather->stage + gather->used;
    memcpy(to, data, n);
    gather->used += n;
    gather_area(gather, to, n);
    return 0;
}

#endif
