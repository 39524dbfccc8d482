/* SPDX-License-Identifier: MIT */
/*
 * Reporter: says on standard error how far the work is, while it goes on and
 * when it has ended, and on SIGUSR1.
 *
 * With --progress or --stats it is a thread of its own, so that it works while
 * the program waits in read or write.  Without them it is a signal handler, and
 * costs nothing.
 */
#ifndef REPORTER_H
#define REPORTER_H

#include <stdbool.h>

#include "../output/sink.h"
#include "meter.h"
#include "stats.h"

/* From now on SIGUSR1 is answered.  Returns the meter that the answer is read
 * from. */
struct meter *reporter_watch(void);

/* Does what --progress and --stats ask for (false and STATS_NONE: nothing): starts
 * the thread, and for --stats puts a sink around *sink that counts.  `total` is the
 * size of the input, or PROGRESS_UNKNOWN.  An exit status; a message was printed. */
enum exit_status reporter_start(bool progress, enum stats_form form, uint64_t total,
                                struct sink **sink);

/* Prints what is to be printed at the end. */
void reporter_stop(void);

#endif
