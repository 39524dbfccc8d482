/* SPDX-License-Identifier: MIT */
/*
 * Score: by how many bits a guess makes the shortest description of a sample shorter
 * (minimum description length: Rissanen, Automatica 14, 1978).
 *
 *   without a framing   all bytes, in the shortest of a few simple codes (bits.h)
 *   with a framing      the payload and, apart from it, those bytes of the framing that
 *                       the encoder would not write by itself, and where these are; where
 *                       among the payload the records end; a price for each key and
 *                       argument, and one for an input that ends inside a frame
 *
 * So a framing gains what it says twice: where a record ends is in its length, and there.
 * Some framings have *rules* besides, which noise breaks (noise.h); then they count for
 * more than all that bytes may have in common by accident: for the gain of the best guess,
 * and for what share of noise passes.  Rows of a table, which have the same number of
 * fields, and records that begin with a well-known mark count in the same way.
 *
 * A text is lines before it is anything else: `line` gets what a code for text saves, at
 * most TEXT bits, and everything else the same, and what it gains more than `line`.
 *
 * Guesses that are swept are so many that only those are tried in full which gain most in their
 * first records.
 *
 * Where two have the same score, that comes first which says what certain bytes are.
 *
 * A score of less than ENOUGH bits is none: each row of the table gets that for one
 * random input in 2^ENOUGH.  Equal scores otherwise keep the order of the guesses.
 */
#ifndef PROBE_SCORE_H
#define PROBE_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guess.h"
#include "sample.h"
#include "trial.h"

enum { SCORE_KEPT = 128, SCORE_SWEPT = 16 };

/* A guess that the sample does not refute. */
struct finding {
    struct guess guess;
    struct outcome outcome;
    double gain;  /* bits, less the prices */
    double rules; /* bits, less the prices; 0 if they count for nothing */
    double score; /* from both, and from the best gain of all */
};

struct scores {
    const struct sample *sample;
    double text;  /* bits that say the sample is a text; 0: it is none */
    double lines; /* bits that `line` gains in it */
    uint64_t line_count;
    bool has_lines;      /* these two are known */
    uint64_t work;       /* records and KiB that trials may still decode, */
    uint64_t work_swept; /* ... and trials of guesses that are swept */
    bool no_memory;
    size_t swept_count;
    struct finding swept[SCORE_SWEPT]; /* to be tried in full, best first */
    size_t count;
    struct finding findings[SCORE_KEPT]; /* best first */
};

/* Tries all guesses on a sample, which must stay as long as the scores. */
void score_all(struct scores *scores, const struct sample *sample);

#endif
