/* SPDX-License-Identifier: MIT */
/*
 * Find: candidates for a delimiter in one contiguous span.
 * Layer: base -> find.  The kernels know nothing of chunks or framings.
 *
 * A finder says where a delimiter *may* begin, cheaply: at a place where one
 * byte, two bytes a fixed distance apart, or one byte of a set stand.  It never
 * misses a place.  When the delimiter is one or two bytes long, or a set of
 * single bytes, each candidate is one (`exact`).
 */
#ifndef CB_FIND_H
#define CB_FIND_H

#include "base.h"

enum cb__finder_kind {
    CB__FIND_BYTE, /* byte[0] at offset[0] */
    CB__FIND_PAIR, /* the same, and byte[1] at offset[1] > offset[0] */
    CB__FIND_SET   /* a member of the set at offset 0 */
};

struct cb__finder {
    enum cb__finder_kind kind;
    bool exact;
    uint8_t byte[2];
    size_t offset[2];
    size_t reach;        /* bytes that must be there from a candidate on to see it */
    uint8_t member[256]; /* SET: nonzero for members */
};

/* Sets up a finder for one needle of n >= 1 bytes. */
void cb__finder_init(struct cb__finder *finder, const uint8_t *needle, size_t n);
/* Adds a needle that may stand in place of those before it. */
void cb__finder_add(struct cb__finder *finder, const uint8_t *needle, size_t n);

/* hits are 32-bit: longer spans are looked at in parts by the caller. */
#define CB__FIND_MAX ((size_t)1 << 30)

/*
 * Writes the offsets of at most `max` candidates in data[0 .. n), in order, to
 * hits and returns how many.  *scanned is the first offset not decided: the
 * next call goes on there, and it is beyond n - reach if max was not the end.
 * n <= CB__FIND_MAX.
 */
size_t cb__find_all(const struct cb__finder *finder, const uint8_t *data, size_t n, uint32_t *hits,
                    size_t max, size_t *scanned);

/* The first candidate in data[0 .. n), any n: true with *at set; else false
 * with *at the first offset not decided. */
bool cb__find_first(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *at);

#endif
