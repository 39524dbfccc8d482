/* SPDX-License-Identifier: MIT */
/*
 * Find: candidates for a delimiter in one contiguous span.
 * Layer: base -> find.  The kernels know nothing of chunks or framings.
 *
 * A finder tells cheaply where a delimiter *may* begin: at one byte, at two bytes a
 * fixed distance apart, or at a byte of a set.  It never misses a place.  If the
 * delimiter has one or two bytes, or is a set of single bytes, every candidate is
 * a match (`exact`).
 *
 * Where there are no candidates, kernels examine 256 places at a time, in whole vectors,
 * for something that every match has: the rarer of the two bytes.  A needle that repeats one
 * or two bytes, such as "eeeeeeee", has no rare byte; there it is a group of four bytes.  A
 * match of seven bytes or more has such a group at an address that is a multiple of four,
 * and it is always the same group, or one of two.
 */
#ifndef CB_FIND_H
#define CB_FIND_H

#include "core/base.h"

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
    unsigned rarest;     /* which of the two is better to search for alone */
    size_t skim;         /* long steps look from this offset on ... */
    unsigned groups;     /* ... for so many groups of four bytes; 0: for the rarest byte */
    uint32_t group[2];   /* as they are in memory */
    size_t reach;        /* bytes needed from a candidate on to recognize it */
    uint8_t member[256]; /* SET: nonzero for members */
    /* SET, for look-ups by half bytes: a byte may be a member if the entries for its
     * low and its high half have a bit in common. */
    uint8_t low[16], high[16];
    bool halves_exact; /* ... and then it is a member */
};

/* Sets up a finder for one needle of n >= 1 bytes. */
void cb__finder_init(struct cb__finder *finder, const uint8_t *needle, size_t n);
/* Adds a needle as an alternative to the previous ones. */
void cb__finder_add(struct cb__finder *finder, const uint8_t *needle, size_t n);
/* The same for a needle whose bytes may stand for several: wild[i] says what needle[i]
 * stands for (enum cb__wild); NULL: each for itself. */
void cb__finder_init_wild(struct cb__finder *finder, const uint8_t *needle, const uint8_t *wild,
                          size_t n);
void cb__finder_add_wild(struct cb__finder *finder, const uint8_t *needle, const uint8_t *wild,
                         size_t n);

/* Hits have 32 bits: the caller searches longer spans in parts. */
#define CB__FIND_MAX ((size_t)1 << 30)

/* Entries that an array of hits needs beyond `max`: kernels write ahead. */
enum { CB__FIND_SLACK = 260 };

/*
 * Writes the offsets of at most `max` >= 1 candidates in data[0 .. n), in order, to
 * hits, and returns how many.  *scanned is the first undecided offset, where the next
 * call continues; it is beyond n - reach if the search did not stop at max. hits has
 * room for max + CB__FIND_SLACK. n <= CB__FIND_MAX.
 */
size_t cb__find_all(const struct cb__finder *finder, const uint8_t *data, size_t n, uint32_t *hits,
                    size_t max, size_t *scanned);

/* The first candidate in data[0 .. n), any n: true with *at set; otherwise false with
 * *at the first undecided offset. */
bool cb__find_first(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *at);

/* The number of candidates in data[0 .. n), with *last the last one of them, if any,
 * and *scanned as above. n <= CB__FIND_MAX. */
size_t cb__find_count(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *last,
                      size_t *scanned);

/* The last candidate in data[0 .. n): true with *at set; otherwise false. */
bool cb__find_last(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *at);

/* ----------------------------------------------------------------- kernels */

typedef size_t cb__find_fn(const struct cb__finder *finder, const uint8_t *data, size_t n,
                           uint32_t *hits, size_t max, size_t *scanned);

typedef size_t cb__count_fn(const struct cb__finder *finder, const uint8_t *data, size_t n,
                            size_t *last, size_t *scanned);

/* One implementation: functions for each kind of finder, by enum cb__finder_kind. */
struct cb__kernel {
    const char *name;
    cb__find_fn *find[3];
    cb__count_fn *count[3];
};

/* The kernels that this machine can run, the fastest first, plain C last; NULL after
 * the last. */
const struct cb__kernel *cb__kernel_get(size_t i);

/* Selects a kernel, for tests. */
void cb__kernel_use(const struct cb__kernel *kernel);

/* The kernels of one instruction set that this machine supports, the fastest first;
 * returns how many, at most CB__KERNELS. (find_x86.c, find_neon.c, or find_none.c) */
size_t cb__kernels_here(const struct cb__kernel **kernels);

/* For spans shorter than a vector. */
cb__find_fn cb__find_all_plain;
cb__count_fn cb__find_count_plain;

/* An address from which others are computed.  The compiler must not know where it comes
 * from: it would keep each of the others in a register of its own, and run out of them. */
cb__always_inline const uint8_t *cb__find_base(const uint8_t *p)
{
    __asm__("" : "+r"(p));
    return p;
}

/* Writes `base` plus the index of each set bit, and perhaps up to four entries more.  Four
 * at a time: a branch on how many bits are set is often predicted wrongly. */
static inline void cb__bit_indexes(uint64_t mask, uint32_t base, uint32_t *to)
{
    const uint64_t any = UINT64_C(1) << 63; /* if there is none */
    do {
        for (int i = 0; i < 4; i++) {
            to[i] = base + (uint32_t)__builtin_ctzll(mask | any);
            mask &= mask - 1;
        }
        to += 4;
    } while (mask);
}

/* The same for four masks of 64 bits, the first of which begins at `base`.  Returns how many
 * indexes there are. */
cb__always_inline size_t cb__bit_indexes_4(uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                           uint32_t base, uint32_t *to)
{
    uint32_t *const begin = to;
    cb__bit_indexes(a, base, to);
    to += __builtin_popcountll(a);
    cb__bit_indexes(b, base + 64, to);
    to += __builtin_popcountll(b);
    cb__bit_indexes(c, base + 128, to);
    to += __builtin_popcountll(c);
    cb__bit_indexes(d, base + 192, to);
    to += __builtin_popcountll(d);
    return (size_t)(to - begin);
}

#endif
