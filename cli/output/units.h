/* SPDX-License-Identifier: MIT */
/*
 * Units: complete records at hand, encoded one after another, on their way to workers.
 *
 * A unit is one record, or a few short ones that were encoded together: one worker gets
 * all of it.  Units go in groups to the worker with the least left to read, as far as its
 * pipe takes them: what does not fit goes to another, except the rest of a unit that was
 * begun, which is queued.
 */
#ifndef UNITS_H
#define UNITS_H

#include "workers.h"

enum { UNITS_MOST = 512 };

struct unit {
    uint64_t first, last; /* numbers of its records */
    uint64_t end;         /* position in the buffer */
};

struct units {
    size_t count;
    struct unit unit[UNITS_MOST];
};

static inline bool units_are_full(const struct units *units)
{
    return units->count == UNITS_MOST;
}

/* Adds records first...last, which are what the buffer has after the units before. */
void units_add(struct units *units, uint64_t first, uint64_t last, const struct cb_buffer *buffer);

/* Gives all units, which are at the head of the buffer, to workers.  An exit status, with
 * the sink's error filled. */
enum exit_status units_send(struct units *units, struct workers *workers, struct cb_buffer *buffer);

#endif
