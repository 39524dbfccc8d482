/* SPDX-License-Identifier: MIT */
/*
 * Ahead: candidates that a kernel has found beyond the requested ones.
 * Layer: base -> find -> ahead.
 *
 * The first search is for one candidate; as long as searches follow one another, the
 * next one is for twice as many.  So a few long calls scan a stream of small records, and
 * a search in bytes that nobody asks for again costs little.
 */
#ifndef CB_AHEAD_H
#define CB_AHEAD_H

#include "kernels/find.h"

struct cb__match {
    uint64_t start, end; /* stream positions of its first byte and after its last */
};

/* The length of a match that depends on the bytes that follow. */
enum { CB__UNDECIDED = -1 };

enum { CB__AHEAD_MAX = 64 };

/* All are stream positions unless noted otherwise: there are no candidates in
 * [from, to) except base + hits[next .. count). */
struct cb__ahead {
    uint64_t from, to, base;
    uint32_t next, count, most;
    uint32_t hits[CB__AHEAD_MAX + CB__FIND_SLACK];
};

/* Reports a search made elsewhere: no candidate is in [from, to). */
static inline void cb__ahead_clear(struct cb__ahead *ahead, uint64_t from, uint64_t to)
{
    ahead->from = from;
    ahead->to = to;
    ahead->next = ahead->count = 0;
    ahead->most = 1;
}

/* The bytes at the stream positions have changed. */
static inline void cb__ahead_forget(struct cb__ahead *ahead)
{
    cb__ahead_clear(ahead, UINT64_MAX, 0);
}

/* May a match begin at a candidate, with n bytes from it on? */
typedef bool (*cb__ahead_fn)(const void *arg, const uint8_t *data, uint64_t n);

/* The first candidate that `filter` accepts in the n bytes at position `from`: true with
 * its distance in *skip.  Otherwise false, and there is none before that distance.
 * `longest` is the size of the longest match; bytes examined are added to *scanned. */
cb__always_inline bool cb__ahead_next(struct cb__ahead *ahead, const struct cb__finder *finder,
                                      size_t longest, uint64_t from, const uint8_t *data, size_t n,
                                      cb__ahead_fn filter, const void *arg, size_t *skip,
                                      uint64_t *scanned)
{
    const uint64_t end = from + n;
    if (from < ahead->from || from > ahead->to) {
        /* A match may end beyond the place where the kernel stopped looking for its
         * beginning. */
        bool follows = from > ahead->to && from - ahead->to <= longest;
        ahead->most = follows ? ahead->most : 1;
        ahead->to = from;
        ahead->next = ahead->count = 0;
    }
    ahead->from = from;
    for (;;) {
        for (; ahead->next < ahead->count; ahead->next++) {
            uint64_t hit = ahead->base + ahead->hits[ahead->next];
            if (hit < from || (hit < end && !filter(arg, data + (hit - from), (size_t)(end - hit))))
                continue;
            *skip = hit < end ? (size_t)(hit - from) : n;
            return hit < end;
        }
        size_t known = cb__min((size_t)(ahead->to - from), n), used;
        *skip = known;
        if (n - known < finder->reach)
            return false;
        ahead->base = ahead->to;
        ahead->next = 0;
        ahead->count =
            (uint32_t)cb__find_all(finder, data + known, cb__min(n - known, CB__FIND_MAX),
                                   ahead->hits, ahead->most, &used);
        ahead->to += used;
        *scanned += used;
        ahead->most = (uint32_t)cb__min(2 * ahead->most, CB__AHEAD_MAX);
    }
}

#endif
