/* SPDX-License-Identifier: MIT */
/* Framings of the table, described once more by functions. */
#ifndef CB_TESTS_TWINS_H
#define CB_TESTS_TWINS_H

#include "reading.h"

extern const struct cb_own twin_padded, twin_summed, twin_digits, twin_lines, twin_dashes;

/* What twin_summed remembers. */
struct sums {
    uint32_t crc;
    unsigned resets;
};

extern struct sums twin_sums;

/* Each with the specification that says the same. */
struct twin {
    const struct cb_own *own;
    const char *decodes, *encodes;
    const char *alphabet; /* of inputs that may be anything, */
    size_t letters;       /* ... and its bytes */
};

enum { TWINS = 5 };

extern const struct twin twins[TWINS];

/* A stream of records in the framing, of which one byte may be wrong, and which may be
 * cut short. */
uint8_t *twin_stream(struct prng *prng, const struct twin *twin, size_t records, size_t most,
                     size_t *size);

#endif
