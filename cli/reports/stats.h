/* SPDX-License-Identifier: MIT */
/*
 * Stats: statistics of record sizes, in constant memory.
 *
 * Sizes are counted in buckets, narrow ones for small sizes: as in a floating-point
 * number, the position of the highest bit and the next STATS_BITS bits select one.
 * So a size below STATS_EXACT has a bucket of its own, and a larger one shares it
 * with sizes that differ from it by less than one part in 128.  (G. Tene's
 * HdrHistogram does the same.)
 */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>
#include <stdint.h>

enum {
    STATS_BITS = 7,
    STATS_EXACT = 2 << STATS_BITS,
    STATS_BUCKETS = (64 - STATS_BITS + 1) << STATS_BITS,
    STATS_CLASSES = 65, /* 0, 1, 2 to 3, 4 to 7, ... */
    STATS_TEXT = 8192   /* longer than any text below */
};

enum stats_form { STATS_NONE, STATS_FOR_PEOPLE, STATS_JSON };

struct stats {
    uint64_t records, bytes;
    uint64_t smallest, largest; /* UINT64_MAX and 0 without records */
    uint64_t buckets[STATS_BUCKETS];
};

void stats_init(struct stats *stats);

/* The bucket of a size. */
static inline size_t stats_bucket(uint64_t size)
{
    if (size < STATS_EXACT)
        return (size_t)size;
    unsigned shift = 63 - STATS_BITS - (unsigned)__builtin_clzll(size);
    return ((size_t)shift << STATS_BITS) + (size_t)(size >> shift);
}

/* Counts a record.  A few nanoseconds. */
static inline void stats_add(struct stats *stats, uint64_t size)
{
    stats->records++;
    stats->bytes += size;
    if (size < stats->smallest)
        stats->smallest = size;
    if (size > stats->largest)
        stats->largest = size;
    stats->buckets[stats_bucket(size)]++;
}

/* The least size that no more than one record in `part` is longer than: 2 gives
 * the median, 100 the 99th percentile.  Exact below STATS_EXACT, and never off
 * by more than one part in 256.  0 without records. */
uint64_t stats_quantile(const struct stats *stats, uint64_t part);

/* How many records have sizes of each class: class 0 is the size 0, class k is
 * from 2^(k-1) to 2^k-1. */
void stats_classes(const struct stats *stats, uint64_t classes[STATS_CLASSES]);

/* Writes lines of at most `width` columns, as far as their numbers fit, or one
 * line with a JSON object, to `text`.  Returns the length. */
size_t stats_print(const struct stats *stats, enum stats_form form, unsigned width,
                   char text[STATS_TEXT]);

#endif
