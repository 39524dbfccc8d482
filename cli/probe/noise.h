/* SPDX-License-Identifier: MIT */
/* Noise: the bytes of a sample in a random order, which a framing with rules refuses. */
#ifndef PROBE_NOISE_H
#define PROBE_NOISE_H

#include "guess.h"
#include "sample.h"

enum { NOISE_MOST = 256, NOISE_BITS = 12 };

/* How many bits of evidence it is that n bytes of the sample (or NOISE_MOST, if that is less)
 * are not refused: the logarithm of the share of random strings of that length that are
 * accepted as the beginning of an input.  At most about NOISE_BITS; 0 if a fourth is
 * accepted.  With `most` only those are that have at most so many records and end where the
 * last one does.  Less than 0 if out of memory. */
double noise_evidence(const struct guess *guess, const struct sample *sample, size_t n,
                      uint64_t most);

#endif
