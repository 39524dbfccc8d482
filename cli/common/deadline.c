/* SPDX-License-Identifier: MIT */
#include "deadline.h"

#include <stddef.h>

enum { SECOND = 1000000000 };

/* With the nanoseconds from 0 to below a second. */
static struct timespec normal(time_t seconds, long nanoseconds)
{
    if (nanoseconds < 0)
        return (struct timespec){.tv_sec = seconds - 1, .tv_nsec = nanoseconds + SECOND};
    if (nanoseconds >= SECOND)
        return (struct timespec){.tv_sec = seconds + 1, .tv_nsec = nanoseconds - SECOND};
    return (struct timespec){.tv_sec = seconds, .tv_nsec = nanoseconds};
}

struct deadline deadline_in(uint64_t nanoseconds)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (struct deadline){normal(now.tv_sec + (time_t)(nanoseconds / SECOND),
                                    now.tv_nsec + (long)(nanoseconds % SECOND))};
}

const struct timespec *deadline_left(const struct deadline *deadline, struct timespec *room)
{
    struct timespec now;
    if (!deadline)
        return NULL;
    clock_gettime(CLOCK_MONOTONIC, &now);
    *room = normal(deadline->at.tv_sec - now.tv_sec, deadline->at.tv_nsec - now.tv_nsec);
    if (room->tv_sec < 0)
        *room = (struct timespec){.tv_sec = 0};
    return room;
}
