/* SPDX-License-Identifier: MIT */
/* Sample: the beginning of an input. */
#ifndef PROBE_SAMPLE_H
#define PROBE_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../input/source.h"

enum { SAMPLE_MOST = 256 << 10 };

struct sample {
    uint8_t *data;
    size_t size;
    bool whole; /* the input ends here */
};

/* Reads it; waits for the first bytes, but not long for more.  0, or an errno.  The caller
 * frees `data`. */
int sample_read(struct sample *sample, struct source *source);

#endif
