/* SPDX-License-Identifier: MIT */
/*
 * Progress: the progress line.  It knows neither a clock nor a terminal: times are
 * seconds since any moment, widths are columns.
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
    double drawn;   /* time of the last line, */
    uint64_t bytes; /* bytes read by then, */
    double rate;    /* and a moving average of bytes per second */
};

void progress_begin(struct progress *progress, uint64_t total, double now);

/* Writes a line of at most `width` columns to `line`: the most important parts, and
 * of the rest what there is room for.  Returns the length. */
size_t progress_draw(struct progress *progress, double now, uint64_t bytes, uint64_t records,
                     unsigned width, char text[PROGRESS_LINE]);

/* The same for all the work since the beginning: time taken instead of time left,
 * and the average rate. */
size_t progress_sum_up(const struct progress *progress, double now, uint64_t bytes,
                       uint64_t records, unsigned width, char text[PROGRESS_LINE]);

#endif
