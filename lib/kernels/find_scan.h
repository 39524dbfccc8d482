/* SPDX-License-Identifier: MIT */
/*
 * The loop around a vector kernel, included once for each instruction set:
 *
 *     SCAN_NAME     name of the function to define that finds candidates,
 *     SCAN_COUNT    and of the one that counts them
 *     SCAN_TARGET   its function attribute
 *     SCAN_SETUP    constants made from `finder` before the loop
 *     SCAN_MASK(p, q)  64 bits: which of 64 places are candidates; p and q are
 *                   finder->offset[0] and [1] bytes after the first of them
 *     SCAN_NONE(q)  nonzero if none of 256 places is a match; q, a multiple of 64, is
 *                   finder->skim bytes after the first of them
 *     SCAN_INDEXES(mask, base, to)  as cb__bit_indexes, if there is a faster way
 *     SCAN_INDEXES_4(a, b, c, d, base, to)  the same for four masks, which returns how many
 *     SCAN_TALLY(p, n)  the number of candidates at n times 64 places from p on,
 *                   if that is less work than a mask for each
 *
 * One pass makes a mask for each 64 places and extracts its bits, without asking whether
 * there are any, which is predicted wrongly as often as not (the method of
 * G. Langdale and D. Lemire, "Parsing gigabytes of JSON per second", VLDB
 * Journal 28, 2019, section 3.1.4).
 */
#ifdef SCAN_NAME

#ifndef SCAN_INDEXES
#define SCAN_INDEXES cb__bit_indexes
#endif
#ifndef SCAN_INDEXES_4
#define SCAN_INDEXES_4 cb__bit_indexes_4
#endif

SCAN_TARGET static size_t SCAN_NAME(const struct cb__finder *finder, const uint8_t *data, size_t n,
                                    uint32_t *hits, size_t max, size_t *scanned)
{
    const uint8_t *const one = data + finder->offset[0], *const other = data + finder->offset[1];
    size_t places = n < finder->reach ? 0 : n - finder->reach + 1;
    size_t count = 0, at = 0, seen = 0, patience = 256, check = patience;
    if (places < 64)
        return cb__find_all_plain(finder, data, n, hits, max, scanned);
    SCAN_SETUP(void) other;
    while (at + 256 <= places && count < max) {
        const uint8_t *const p = cb__find_base(one + at), *const q = cb__find_base(other + at);
        (void)q;
        count +=
            SCAN_INDEXES_4(SCAN_MASK(p, q), SCAN_MASK(p + 64, q + 64), SCAN_MASK(p + 128, q + 128),
                           SCAN_MASK(p + 192, q + 192), (uint32_t)at, hits + count);
        at += 256;
        if (cb__likely(at < check))
            continue;
        if (count == seen) {
            /* After a stretch without candidates, continues in longer steps, from a
             * 64-byte boundary within the bytes already seen; where that does not help, it
             * is tried less and less often. */
            const size_t skim = finder->skim, last = cb__min(places, n - skim);
            size_t border = at - ((uintptr_t)(data + at + skim) & 63), step = border;
            while (step + 256 <= last && SCAN_NONE(data + step + skim))
                step += 256;
            at = cb__max(step, at);
            patience = step > border ? 256 : cb__min(2 * patience, 64 * 64);
        }
        seen = count;
        check = at + patience;
    }
    for (; at + 64 <= places && count < max; at += 64) {
        uint64_t mask = SCAN_MASK(one + at, other + at);
        SCAN_INDEXES(mask, (uint32_t)at, hits + count);
        count += (unsigned)__builtin_popcountll(mask);
    }
    if (at < places && count < max) {
        /* The last block moves back to where it is whole; what it sees for the second
         * time is masked out. */
        uint64_t mask =
            SCAN_MASK(one + places - 64, other + places - 64) & ~UINT64_C(0) << (at + 64 - places);
        SCAN_INDEXES(mask, (uint32_t)(places - 64), hits + count);
        count += (unsigned)__builtin_popcountll(mask);
        at = places;
    }
    *scanned = at;
    if (count >= max) {
        count = max;
        *scanned = hits[max - 1] + (size_t)1;
    }
    return count;
}

/* No branch depends on the contents of a block, and no bits of its mask are extracted:
 * the last candidate is searched for from the end. */
SCAN_TARGET static size_t SCAN_COUNT(const struct cb__finder *finder, const uint8_t *data, size_t n,
                                     size_t *last, size_t *scanned)
{
    const uint8_t *const one = data + finder->offset[0], *const other = data + finder->offset[1];
    size_t places = n < finder->reach ? 0 : n - finder->reach + 1;
    size_t count = 0, at = 0;
    uint64_t mask;
    if (places < 64)
        return cb__find_count_plain(finder, data, n, last, scanned);
    SCAN_SETUP(void) other;
#ifdef SCAN_TALLY
    count = SCAN_TALLY(data, places / 64);
    at = places & ~(size_t)63;
#endif
    for (; at + 64 <= places; at += 64)
        count += (unsigned)__builtin_popcountll(SCAN_MASK(one + at, other + at));
    if (at < places) {
        mask = SCAN_MASK(one + places - 64, other + places - 64) & ~UINT64_C(0)
                                                                       << (at + 64 - places);
        count += (unsigned)__builtin_popcountll(mask);
    }
    *scanned = places;
    if (!count)
        return 0;
    for (at = places - 64; !(mask = SCAN_MASK(one + at, other + at));)
        at = at > 64 ? at - 64 : 0;
    *last = at + 63 - (unsigned)__builtin_clzll(mask);
    return count;
}

#undef SCAN_NAME
#undef SCAN_COUNT
#undef SCAN_TARGET
#undef SCAN_SETUP
#undef SCAN_MASK
#undef SCAN_NONE
#undef SCAN_INDEXES
#undef SCAN_INDEXES_4
#undef SCAN_TALLY

#endif
