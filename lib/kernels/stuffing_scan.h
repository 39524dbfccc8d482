/* SPDX-License-Identifier: MIT */
/* The loops for escapes and COBS of a kernel that rewrites, part of rewrite_scan.h, where the
 * macros are explained. */
#include "kernels/stuffing.h"

#ifdef REWRITE_NAME

/* The first of n bytes. */
REWRITE_INLINE REWRITE_V REWRITE_NAME(first)(const uint8_t *data, size_t n)
{
    return cb__likely(n >= 64) ? REWRITE_LOAD(data) : REWRITE_PART(data, n);
}

REWRITE_INLINE uint64_t REWRITE_NAME(valid)(size_t n)
{
    return n >= 64 ? UINT64_MAX : ~(UINT64_MAX << n);
}

/* All of a block is stored; only the bytes before the first special one count. */
REWRITE_TARGET static uint8_t *REWRITE_NAME(escape)(const struct cb__escapes *escapes,
                                                    const uint8_t *data, size_t n, uint8_t *to)
{
    const struct cb__escapes e = *escapes;
    while (n) {
        const REWRITE_V bytes = REWRITE_NAME(first)(data, n);
        const uint64_t specials = (REWRITE_BITS(REWRITE_EQUAL(bytes, e.end)) |
                                   REWRITE_BITS(REWRITE_EQUAL(bytes, e.escape))) &
                                  REWRITE_NAME(valid)(n);
        size_t step = cb__min(n, 64);
        REWRITE_STORE(to, bytes);
        if (specials) {
            const unsigned at = (unsigned)__builtin_ctzll(specials);
            to[at] = e.escape;
            to[at + 1] = data[at] == e.end ? e.for_end : e.for_escape;
            step = at + 1;
            to++;
        }
        data += step;
        to += step;
        n -= step;
    }
    return to;
}

/* Replaces the escaped bytes of a block, of which none is END or ESC; false if one may not be
 * there. */
REWRITE_INLINE bool REWRITE_NAME(replace_escaped)(const struct cb__escapes *escapes,
                                                  REWRITE_V *bytes, uint64_t escaped)
{
    const REWRITE_K change = REWRITE_WHERE(escaped);
    if (escapes->inverted) {
        *bytes = REWRITE_INVERT(*bytes, change, escapes->inverted);
        return true;
    }
    const REWRITE_K is_end = REWRITE_EQUAL(*bytes, escapes->for_end);
    const REWRITE_K is_escape = REWRITE_EQUAL(*bytes, escapes->for_escape);
    *bytes = REWRITE_BLEND(*bytes, REWRITE_BOTH(is_end, change), escapes->end);
    *bytes = REWRITE_BLEND(*bytes, REWRITE_BOTH(is_escape, change), escapes->escape);
    return !(escaped & ~(REWRITE_BITS(is_end) | REWRITE_BITS(is_escape)));
}

REWRITE_TARGET static size_t REWRITE_NAME(unescape)(const struct cb__escapes *escapes,
                                                    const uint8_t *data, size_t n, uint8_t *to,
                                                    struct cb__packet_end *ends, size_t max)
{
    const struct cb__escapes e = *escapes;
    const uint8_t *const start = to;
    uint64_t carry = 0;
    size_t count = 0;
    for (size_t at = 0; at < n && count < max; at += 64) {
        const uint64_t valid = REWRITE_NAME(valid)(n - at);
        REWRITE_V bytes = REWRITE_NAME(first)(data + at, n - at);
        const uint64_t end = REWRITE_BITS(REWRITE_EQUAL(bytes, e.end)) & valid;
        const uint64_t escape = REWRITE_BITS(REWRITE_EQUAL(bytes, e.escape)) & valid;
        const uint64_t escaped = (escape << 1 | carry) & valid;
        carry = escape >> 63;
        if (escaped &&
            (escaped & (end | escape) || !REWRITE_NAME(replace_escaped)(&e, &bytes, escaped)))
            break;
        const uint64_t keep = ~(end | escape) & valid;
        const uint32_t base = (uint32_t)(to - start);
        for (uint64_t left = end; left; left &= left - 1) {
            const uint64_t before = keep & ((left & (0 - left)) - 1);
            ends[count++] = (struct cb__packet_end){
                .in = (uint32_t)at + (uint32_t)__builtin_ctzll(left),
                .out = base + (uint32_t)__builtin_popcountll(before),
            };
        }
        to = REWRITE_PACK(to, bytes, keep);
    }
    return cb__min(count, max);
}

/* A code is written where its block ends: `code` is its place. */
REWRITE_TARGET static uint8_t *REWRITE_NAME(cobs)(const uint8_t *data, size_t n, uint8_t *to)
{
    uint8_t *code = to++;
    while (n) {
        const size_t left = (size_t)(code + CB__COBS_CODE_MAX - to); /* of the block */
        const REWRITE_V bytes = REWRITE_NAME(first)(data, n);
        uint64_t zeros = REWRITE_BITS(REWRITE_EQUAL(bytes, 0)) & REWRITE_NAME(valid)(n);
        size_t step = cb__min(n, 64);
        REWRITE_STORE(to, bytes);
        if (zeros & REWRITE_NAME(valid)(left)) {
            for (; zeros; zeros &= zeros - 1) {
                uint8_t *zero = to + __builtin_ctzll(zeros);
                *code = (uint8_t)(zero - code);
                code = zero;
            }
        } else if (step >= left) {
            step = left;
            *code = CB__COBS_CODE_MAX;
            code = to + left;
            if (step == n)
                return code;
            to++;
        }
        data += step;
        to += step;
        n -= step;
    }
    *code = (uint8_t)(to - code);
    return to;
}

#endif
