/* SPDX-License-Identifier: MIT */
/*
 * Gather: bytes on their way to one place, as a rule a descriptor, collected so
 * that one writev takes many.
 *
 * Neighbours that touch in memory become one area; what is short is copied to
 * a stage, where it touches by itself; what is long goes by reference, and must
 * stay where it is until gather_flush.
 */
#ifndef GATHER_H
#define GATHER_H

#include <stdint.h>
#include <string.h>
#include <sys/uio.h>

enum {
    GATHER_STAGE = 256 << 10, /* bytes */
    GATHER_SLACK = 16,        /* bytes that may be written behind these */
    GATHER_AREAS = 1024,
    /* Below this a copy costs less than an area of its own in writev: on x86-64
     * the two meet at about 500 bytes (bench/README.md). */
    GATHER_COPY_BELOW = 512
};

/* Takes all of the areas, which it may change.  0, or an errno. */
typedef int gather_write_fn(void *arg, struct iovec *areas, size_t count);

struct gather {
    int fd;
    gather_write_fn *write; /* where bytes go in place of fd, or NULL */
    void *arg;              /* its first */
    size_t count;           /* areas in use */
    size_t used;            /* bytes of the stage in use */
    size_t run;             /* of these, the ones from here on are in no area yet */
    size_t lent;            /* bytes by reference */
    struct iovec areas[GATHER_AREAS];
    uint8_t stage[GATHER_STAGE + GATHER_SLACK];
};

/* One on the heap for a descriptor; NULL where memory is out. */
struct gather *gather_new(int fd);
void gather_free(struct gather *gather);

/* Writes all that was collected.  0, or an errno. */
int gather_flush(struct gather *gather);

/* Forgets it. */
static inline void gather_drop(struct gather *gather)
{
    gather->count = gather->used = gather->run = gather->lent = 0;
}

/* How many bytes that is. */
static inline size_t gather_size(const struct gather *gather)
{
    return gather->used + gather->lent;
}

/* Adds n bytes by reference.  0, or an errno. */
int gather_long(struct gather *gather, const void *data, size_t n);

/* Copies n < GATHER_COPY_BELOW bytes, for which memcpy would take longer to
 * find out how: 16 at a time, the last 16 overlapping those before. */
static inline void gather_copy(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n >= 16) {
        for (size_t i = 0; i + 16 < n; i += 16)
            memcpy(to + i, from + i, 16);
        memcpy(to + n - 16, from + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, from, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else if (n) {
        to[0] = from[0];
        to[n / 2] = from[n / 2];
        to[n - 1] = from[n - 1];
    }
}

/* Adds n bytes, by a copy if they are few.  0, or an errno. */
static inline int gather_add(struct gather *gather, const void *data, size_t n)
{
    if (n >= GATHER_COPY_BELOW)
        return gather_long(gather, data, n);
    if (gather->used + n > GATHER_STAGE) {
        int status = gather_flush(gather);
        if (status)
            return status;
    }
    gather_copy(gather->stage + gather->used, data, n);
    gather->used += n;
    return 0;
}

/* Room of at least `least` <= GATHER_STAGE bytes, to be filled in place. */
static inline int gather_room(struct gather *gather, size_t least, void **room, size_t *size)
{
    int status = gather->used + least > GATHER_STAGE ? gather_flush(gather) : 0;
    *room = gather->stage + gather->used;
    *size = GATHER_STAGE - gather->used;
    return status;
}

/* n bytes of it were filled. */
static inline void gather_fill(struct gather *gather, size_t n)
{
    gather->used += n;
}

#endif
