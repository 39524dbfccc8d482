/* SPDX-License-Identifier: MIT */
/*
 * Reporter: prints the progress and statistics on standard error, during the work,
 * at its end, and on SIGUSR1.
 *
 * With --progress or --stats it is a thread, so that it works while the program waits
 * in read or write.  Without them it is a signal handler, and costs nothing.
 */
#ifndef REPORTER_H
#define REPORTER_H

#include <stdbool.h>

#include "../output/sink.h"
#include "meter.h"
#include "stats.h"

/* Answers SIGUSR1 from now on.  Returns the meter that it reads. */
struct meter *reporter_watch(void);

/* Does what --progress and --stats ask for (false and STATS_NONE: nothing): starts
 * the thread, and for --stats puts a sink around *sink that counts.  `total` is the
 * size of the input, or PROGRESS_UNKNOWN.  An exit status; errors are printed. */
enum exit_status reporter_start(bool progress, enum stats_form form, uint64_t total,
                                struct sink **sink);

/* Prints the last report.  An exit status; an error is printed, if it can be. */
enum exit_status reporter_stop(void);

#endif
