/* SPDX-License-Identifier: MIT */
/* Bits: how many of them it takes to write something down, the measure of --probe. */
#ifndef PROBE_BITS_H
#define PROBE_BITS_H

#include <stddef.h>
#include <stdint.h>

/* How often each byte occurs, and how often at the beginning or after a zero: what begins is
 * different, and zeros come in runs. */
struct counts {
    uint32_t of[256], after_zero[256];
    uint64_t total;
};

/* Adds bytes that follow each other. */
void counts_add(struct counts *counts, const uint8_t *data, size_t n);

/* Adds what `more` has more of than `less`. */
void counts_add_more(struct counts *counts, const struct counts *more, const struct counts *less);

double bits_log2(double x);

static inline double bits_lesser(double a, double b)
{
    return a < b ? a : b;
}

/* Bytes without any framing, by the shortest of four codes: 8 bits for each; text, which
 * has no control characters and few bytes above 127; their frequencies, and which of the
 * possible orders they are in, or that only for the commonest byte; or this apart for those
 * at the beginning or after a zero and for all others. */
double bits_of_bytes(const struct counts *counts);

/* What the second of these saves, or less than 0; at most 0 for anything but text. */
double bits_saved_by_text(const struct counts *counts);

/* Which of all the ways to put `dividers` dividers among n bytes. */
double bits_of_dividers(uint64_t n, uint64_t dividers);

#endif
