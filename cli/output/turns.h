/* SPDX-License-Identifier: MIT */
/*
 * Turns: in which order the output of commands is written.
 *
 * A turn is for consecutive records, which one command was given.  The turns are in the
 * order of the input; only what is printed for the first of them is written, all else
 * waits.
 */
#ifndef TURNS_H
#define TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <chunkedbuffer.h>

/* More turns than these do not wait, unless they are for the command of the first one,
 * which needs one more at most. */
enum { TURNS_MOST = 16 << 10 };

/* Of a command that has none. */
#define NO_PLACE SIZE_MAX

struct turn {
    size_t place;            /* of the command; */
    struct cb_buffer *whole; /* or all that it has printed, when it has left its place */
    size_t held;             /* ... and counts as so many bytes */
    bool failed;             /* ... and has failed */
    uint64_t first, last;    /* numbers of the records it was given */
    uint64_t left;           /* records that it has still to print; UINT64_MAX: any number */
};

struct turns {
    struct turn *turn; /* a ring; NULL: no output has to wait */
    size_t first, count;
};

/* False if out of memory. */
bool turns_init(struct turns *turns);
void turns_fini(struct turns *turns);

/* The first turn; NULL if there is none. */
static inline struct turn *turns_first(const struct turns *turns)
{
    return turns->count ? &turns->turn[turns->first] : NULL;
}

/* Ends the first turn. */
void turns_next(struct turns *turns);

/* May the command in this place have another turn? */
bool turns_have_room(const struct turns *turns, size_t place);

/* Adds a turn for the command in this place: `left` records.  If it has the last turn
 * already, and these records follow the ones of that turn or there is no room, makes that
 * one longer. */
void turns_add(struct turns *turns, size_t place, uint64_t first, uint64_t last, uint64_t left);

/* The turn of a command in this place, for any number of records. */
struct turn *turns_find(const struct turns *turns, size_t place);

#endif
