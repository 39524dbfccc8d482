/* SPDX-License-Identifier: MIT */
/*
 * Progress: the line that says how far the work is.  It knows neither a clock
 * nor a terminal: times are seconds since any moment, widths are columns.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#define PROGRESS_UNKNOWN UINT64_MAX

enum { PROGRESS_LINE = 256 };

struct progress {
    uint64_t total; /* bytes of the input, or PROGRESS_UNKNOWN */
    double began;
    double drawn;   /* when it was looked at last, */
    uint64_t bytes; /* how many bytes had come in then, */
    double rate;    /* and how many did in each second lately */
};

void progress_begin(struct progress *progress, uint64_t total, double now);

/* While the work goes on.  Writes at most `width` columns to `line`: what is
 * most important, and of the rest what there is room for.  Returns the length. */
size_t progress_draw(struct progress *progress, double now, uint64_t bytes, uint64_t records,
                     unsigned width, char line[PROGRESS_LINE]);

/* The same for what has been done from the beginning on: time taken, not time
 * left, and the rate of all of it. */
size_t progress_sum_up(const struct progress *progress, double now, uint64_t bytes,
                       uint64_t records, unsigned width, char line[PROGRESS_LINE]);

#endif
