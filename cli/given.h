/* SPDX-License-Identifier: MIT */
/* Given: which records went to a worker, for a message. */
#ifndef GIVEN_H
#define GIVEN_H

#include <stddef.h>
#include <stdint.h>

/* Ranges that are kept; of the records behind them, how many. */
enum { GIVEN_RANGES = 64, GIVEN_TEXT = 1536 };

struct given {
    struct {
        uint64_t first, last;
    } range[GIVEN_RANGES];
    size_t count;
    uint64_t more;
};

/* Adds records first...last, which come after all that were added before. */
void given_add(struct given *given, uint64_t first, uint64_t last);

/* Writes "records 3, 7-9 and 120 more" there; returns `text`. */
const char *given_describe(const struct given *given, char text[GIVEN_TEXT]);

#endif
