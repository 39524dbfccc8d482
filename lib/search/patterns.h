/* SPDX-License-Identifier: MIT */
/*
 * Patterns: where one of a set of short patterns stands in a stream that arrives in
 * spans, perhaps only at the beginning of a line.
 * Layer: base -> find -> ahead, seams -> patterns.
 *
 * Each byte of a pattern stands for itself, for any digit, or for any byte.  The pattern
 * that is complete first is found; of several complete at the same byte, the one that
 * begins first; then the search goes on after it, so matches do not overlap.  (A matcher
 * prefers the match that begins first, and must wait for it.)
 *
 * All patterns are matched at once by an automaton of one bit for each of their bytes
 * (R. Baeza-Yates and G. Gonnet, "A new approach to text searching", CACM 35(10), 1992,
 * section 3, for sets of bytes section 4): linear in the input, whatever it is.  Between
 * candidates the kernels of find.h run.
 */
#ifndef CB_PATTERNS_H
#define CB_PATTERNS_H

#include "search/ahead.h"
#include "search/seams.h"

/* The most bytes that all patterns together have. */
enum { CB__PATTERNS_MAX = 4096 };

struct cb__pattern {
    const uint8_t *data;
    const uint8_t *wild; /* what each byte stands for (enum cb__wild); NULL: itself */
    size_t length;       /* 1 or more */
};

/* Where a pattern may begin.  The beginning of a stream is such a place. */
enum cb__place {
    CB__ANYWHERE,
    CB__AT_LINE,         /* after LF */
    CB__AFTER_EMPTY_LINE /* after LF LF, or LF CR LF */
};

struct cb__patterns {
    struct cb__finder finder; /* with a place: its candidates are the LF before a pattern */
    enum cb__place place;
    size_t shortest, longest;
    size_t words;    /* of 64 bits, one bit for each byte of the patterns */
    uint64_t *table; /* for each byte value, `words` words: which bytes stand for it */
    uint64_t *first; /* the first bytes of patterns, */
    uint64_t *last;  /* and their last bytes */
    uint64_t *live;  /* the bytes that a pattern may have reached before `at` */
    uint64_t *run;   /* the same for cb__patterns_run and cb__patterns_seam */
    const struct cb_allocator *allocator;
    size_t size;                  /* of all these words, in bytes */
    bool single;                  /* one pattern, of one word; then: */
    uint64_t prefix, prefix_mask; /* its first eight bytes, or all that it has, and which of
                                     them stand for themselves only */
    bool prefix_is_all;           /* nothing else has to fit */

    uint64_t at;      /* stream position of the next byte wanted */
    uint32_t before;  /* the three bytes before, the last one lowest, for a place */
    bool is_live;     /* a bit of `live` is set */
    uint64_t scanned; /* bytes the kernels examined, in total */
    struct cb__ahead ahead;
};

/* Builds them from `count` >= 1 patterns, whose bytes are not needed afterwards.
 * CB_ENOMEM; CB_EINVAL for more than CB__PATTERNS_MAX bytes. */
int cb__patterns_init(struct cb__patterns *patterns, const struct cb__pattern *list, size_t count,
                      enum cb__place place, const struct cb_allocator *allocator);
void cb__patterns_fini(struct cb__patterns *patterns);

/* Starts at a stream position where a pattern may begin. */
void cb__patterns_start(struct cb__patterns *patterns, uint64_t at);

/* Examines the n bytes at `at`: CB__YES with *match set, and `at` after the match;
 * CB__MORE with all n examined. */
int cb__patterns_feed(struct cb__patterns *patterns, const uint8_t *data, size_t n,
                      struct cb__match *match);

/* No match still to be found begins before this position. */
uint64_t cb__patterns_safe(const struct cb__patterns *patterns);

/* The least number of bytes that are missing to find a match. */
size_t cb__patterns_needed(const struct cb__patterns *patterns);

/* May a pattern begin after these three bytes? */
bool cb__patterns_may_begin(const struct cb__patterns *patterns, uint32_t before);

/*
 * Searches in one span without changing the state: runs from *from on, where a pattern may
 * begin, until one ends, or none is left that has begun.  Returns the length of the match,
 * 0 if there is none, or CB__UNDECIDED if that depends on the bytes that follow.  *from is
 * then after all that was examined.  The span begins where a pattern may begin.
 */
ssize_t cb__patterns_run(const struct cb__patterns *patterns, const uint8_t *data, size_t n,
                         size_t *from);

/* The last seam in one span where a pattern may begin, as cb__seams_last.  The state is not
 * changed. */
bool cb__patterns_seam(const struct cb__patterns *patterns, const uint8_t *data, size_t n,
                       bool first, size_t *place);

#endif
