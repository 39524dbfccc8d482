/* SPDX-License-Identifier: MIT */
/* Deadline: the time up to which something is waited for; NULL stands for no limit. */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdint.h>
#include <time.h>

struct deadline {
    struct timespec at; /* of CLOCK_MONOTONIC */
};

/* So many nanoseconds from now. */
struct deadline deadline_in(uint64_t nanoseconds);

/* The time that is left, 0 at least, as a limit for waiting_poll: `room`, or NULL. */
const struct timespec *deadline_left(const struct deadline *deadline, struct timespec *room);

#endif
