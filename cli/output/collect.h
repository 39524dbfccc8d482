/* SPDX-License-Identifier: MIT */
/*
 * Collect: what commands print, on its way to standard output.
 *
 * Each command prints a stream of its own.  It is read as records in a framing, of which
 * only whole ones are written; or, without a framing, as it stands.
 *
 * In no order, a record is written as soon as it is whole.  In order, each command has
 * turns: what it prints before its turn is held, at most HELD_MOST bytes (collect.c) of all
 * commands together.  After that only the command whose turn it is is listened to; the
 * others wait in their writes, and so take no more input.  So they cannot be further ahead
 * than that, and the one that all wait for never waits for another.
 *
 * The caller calls collect_write after each wait for the commands.
 */
#ifndef COLLECT_H
#define COLLECT_H

#include "children.h"
#include "output.h"
#include "turns.h"

/* What a command has printed turns out to be wrong; the rest of it is dropped, and the
 * command is stopped next.  `turn` has the records if it has left its place. */
typedef void collect_fault_fn(void *listener, size_t place, const struct turn *turn,
                              enum exit_status status, const char *what);

/* One stream. */
struct answers {
    struct cb_decoder *decoder; /* NULL: not needed yet, or there is no framing */
    uint64_t decoded;           /* records from it */
    bool over;                  /* no more of it will be written */
    /* With one_each: */
    uint64_t wanted;  /* records that the command was given, and */
    uint64_t printed; /* ... has printed in their places */
};

struct collect {
    struct output output; /* standard output */
    struct collecting how;
    bool one_each; /* in order, commands print a record for each record they were given */
    struct children *set;
    struct answers *answers; /* of the command in each place; in order and without one_each */
    struct answers first;    /* ... of the command that has the first turn */
    struct turns turns;
    uint64_t written; /* records */
    size_t held;      /* bytes of commands that have left their places */
    size_t preferred; /* the place that is listened to whatever is held */
    collect_fault_fn *fault;
    void *listener;
    int failure; /* errno: standard output failed, and all commands were stopped; or 0 */
    bool was_told;
};

/* If `how` has no encoder, nothing is collected, and all calls do nothing.  The children
 * must outlive this, and none of them run yet.  With one_each, a command is in its place for
 * as long as there are records, and leaves it never.  An errno; then the caller still owns
 * the encoder. */
int collect_init(struct collect *collect, struct sink *sink, const struct collecting *how,
                 bool one_each, struct children *set, collect_fault_fn *fault, void *listener);
void collect_fini(struct collect *collect);

/* Are records collected from commands? */
static inline bool collect_is_on(const struct collect *collect)
{
    return collect->answers;
}

/* `status`, which a function of the sink is about to return; or the exit status for
 * standard output if that has failed, with the sink's error filled the first time. */
enum exit_status collect_status(struct collect *collect, enum exit_status status);

/* Is this all that will be written of what the command in this place prints? */
static inline bool collect_is_over(const struct collect *collect, size_t place)
{
    return !collect->answers || collect->answers[place].over;
}

/* May this command be given more records, or (NO_PLACE) a new one be started? */
bool collect_has_room(const struct collect *collect, size_t place);

/* The command in this place is about to get these records. */
void collect_expect(struct collect *collect, size_t place, uint64_t first, uint64_t last);

/* Writes all that can be written. */
void collect_write(struct collect *collect);

/* The command in this place is over, and leaves it to another one; it had these records. */
void collect_leave(struct collect *collect, size_t place, uint64_t first, uint64_t last);

/* No command runs any more: ends standard output, with the end mark if it is `whole`: the
 * input was, and no command has failed.  An exit status, as from collect_status. */
enum exit_status collect_finish(struct collect *collect, bool whole);

#endif
