/* SPDX-License-Identifier: MIT */
/*
 * The loop of a kernel that rewrites delimiters, included once for each
 * instruction set:
 *
 *     REWRITE_TARGET       its function attribute
 *     REWRITE_NAME(name)   a distinct name for each function
 *     REWRITE_V            64 bytes, and a truth value for each: REWRITE_K
 *     REWRITE_LOAD(p)      loads 64 bytes, REWRITE_STORE(to, v) stores them
 *     REWRITE_PART(p, n)   loads n < 64 bytes, with any bytes after them
 *     REWRITE_EQUAL(v, b)  which of the bytes are b
 *     REWRITE_MEMBER(v, f) which are in the set of the finder f
 *     REWRITE_WHERE(m)     where 64 bits are set
 *     REWRITE_BOTH(k, l)   where both truth values are true
 *     REWRITE_BITS(k)      the same as 64 bits
 *     REWRITE_BLEND(v, k, b)  v, with b where k is true
 *     REWRITE_INVERT(v, k, b)  v, with the bits of b inverted where k is true
 *     REWRITE_PACK(to, v, keep)  stores the bytes whose bit is set, one after the
 *                          other, up to 64 bytes in total with garbage after
 *                          them, and returns the end of the valid ones
 *
 * It is D. Lemire and W. Muła's removal of characters ("Removing spaces from
 * strings with SIMD", 2017; with AVX-512 VBMI2, 2022), after a blend.
 */
#include <string.h>

#include "kernels/rewrite.h"

#ifndef REWRITE_INLINE
#define REWRITE_INLINE REWRITE_TARGET static inline __attribute__((always_inline))

#define REWRITE_DEFINE(name, shape, tail_size)                                                     \
    REWRITE_TARGET static size_t REWRITE_NAME(name)(const struct cb__finder *finder,               \
                                                    const uint8_t *tail, const uint8_t *data,      \
                                                    size_t n, uint8_t *to, size_t *made)           \
    {                                                                                              \
        return REWRITE_NAME(rewrite)(finder, tail, data, n, to, made, shape, tail_size);           \
    }

#define REWRITE_TABLE(kernel)                                                                      \
    .rewrite =                                                                                     \
        {                                                                                          \
            [CB__REWRITE_BYTE] = {kernel##_byte_0, kernel##_byte_1},                               \
            [CB__REWRITE_PAIR] = {kernel##_pair_0, kernel##_pair_1, kernel##_pair_2},              \
            [CB__REWRITE_SET] = {kernel##_set_0, kernel##_set_1},                                  \
            [CB__REWRITE_LINE] = {kernel##_line_0, kernel##_line_1},                               \
    },                                                                                             \
    .marked = {kernel##_marked_0, kernel##_marked_1},                                              \
    .stuffing = {kernel##_escape, kernel##_unescape, kernel##_cobs}

/* What a match is, and what is written instead.  A copy of its own: a compiler must assume
 * that each store to the output changes what is elsewhere. */
struct rewrite_bytes {
    uint8_t one, other, tail[2];
};

static inline struct rewrite_bytes rewrite_bytes(const struct cb__finder *finder,
                                                 const uint8_t *tail, size_t tail_size)
{
    struct rewrite_bytes b = {.one = finder->byte[0], .other = finder->byte[1]};
    for (size_t i = 0; i < tail_size; i++)
        b.tail[i] = tail[i];
    return b;
}
#endif

#ifdef REWRITE_NAME

/* The 64 bytes at `from` with the tail instead of each match: *ends are the last bytes
 * of matches, *drop the bytes to leave out.  *carry: the last byte of the previous
 * block was the first one of a pair.  `shape` and `tail_size` are constants at each
 * call. */
REWRITE_INLINE REWRITE_V REWRITE_NAME(replace)(const struct cb__finder *finder,
                                               struct rewrite_bytes b, const uint8_t *from,
                                               uint64_t *carry, uint64_t *ends, uint64_t *drop,
                                               enum cb__rewrite_shape shape, size_t tail_size)
{
    REWRITE_V bytes = REWRITE_LOAD(from);
    REWRITE_K match =
        shape == CB__REWRITE_SET ? REWRITE_MEMBER(bytes, finder) : REWRITE_EQUAL(bytes, b.one);
    *drop = 0;
    if (shape == CB__REWRITE_PAIR) {
        match = REWRITE_BOTH(match, REWRITE_EQUAL(REWRITE_LOAD(from + 1), b.other));
        uint64_t starts = REWRITE_BITS(match);
        *ends = starts << 1 | *carry;
        *carry = starts >> 63;
        if (tail_size == 2) {
            REWRITE_K second = REWRITE_BOTH(REWRITE_EQUAL(bytes, b.other),
                                            REWRITE_EQUAL(REWRITE_LOAD(from - 1), b.one));
            bytes = REWRITE_BLEND(bytes, second, b.tail[1]);
        } else {
            *drop = tail_size ? *ends : starts | *ends;
        }
    } else {
        *ends = REWRITE_BITS(match);
        if (shape == CB__REWRITE_LINE)
            *drop = REWRITE_BITS(REWRITE_BOTH(REWRITE_EQUAL(bytes, '\r'),
                                              REWRITE_EQUAL(REWRITE_LOAD(from + 1), b.one)));
        if (!tail_size)
            *drop |= *ends;
    }
    return tail_size ? REWRITE_BLEND(bytes, match, b.tail[0]) : bytes;
}

/* Blocks look at the byte before and after them: the very first byte, if it matters, is
 * handled alone, and the last block is a copy followed by a byte that ends no match. */
REWRITE_INLINE size_t REWRITE_NAME(rewrite)(const struct cb__finder *finder, const uint8_t *tail,
                                            const uint8_t *data, size_t n, uint8_t *to,
                                            size_t *made, enum cb__rewrite_shape shape,
                                            size_t tail_size)
{
    const bool whole =
        tail_size == (shape == CB__REWRITE_PAIR ? 2 : 1) && shape != CB__REWRITE_LINE;
    const struct rewrite_bytes b = rewrite_bytes(finder, tail, tail_size);
    uint8_t edge[1 + 64 + 1], *out = to;
    size_t done = 0, step = 64, records = 0;
    uint64_t valid = ~UINT64_C(0), carry = 0, ends, drop;

    if (tail_size == 2 && n) {
        carry = n > 1 && data[0] == b.one && data[1] == b.other;
        *out++ = carry ? b.tail[0] : data[0];
        done = 1;
    }
    const uint8_t *from = data + done;
    size_t blocks = n > done ? (n - done - 1) / 64 : 0;
    for (unsigned pass = 0; pass < 2 && done < n; pass++) {
        if (pass) {
            step = n - done;
            valid >>= 64 - step;
            memset(edge, finder->byte[shape == CB__REWRITE_PAIR] ^ 1, sizeof edge);
            memcpy(edge + 1, data + done, step);
            edge[0] = done ? data[done - 1] : 0;
            from = edge + 1;
            blocks = 1;
        }
        for (; blocks; blocks--, from += 64, done += step) {
            REWRITE_V bytes =
                REWRITE_NAME(replace)(finder, b, from, &carry, &ends, &drop, shape, tail_size);
            records += (unsigned)__builtin_popcountll(ends & valid);
            if (whole)
                REWRITE_STORE(out, bytes);
            out = whole ? out + step : REWRITE_PACK(out, bytes, ~drop & valid);
        }
    }
    *made = (size_t)(out - to);
    return records;
}

REWRITE_DEFINE(byte_0, CB__REWRITE_BYTE, 0)
REWRITE_DEFINE(byte_1, CB__REWRITE_BYTE, 1)
REWRITE_DEFINE(pair_0, CB__REWRITE_PAIR, 0)
REWRITE_DEFINE(pair_1, CB__REWRITE_PAIR, 1)
REWRITE_DEFINE(pair_2, CB__REWRITE_PAIR, 2)
REWRITE_DEFINE(set_0, CB__REWRITE_SET, 0)
REWRITE_DEFINE(set_1, CB__REWRITE_SET, 1)
REWRITE_DEFINE(line_0, CB__REWRITE_LINE, 0)
REWRITE_DEFINE(line_1, CB__REWRITE_LINE, 1)

REWRITE_INLINE size_t REWRITE_NAME(marked)(const uint64_t *marks, const uint8_t *tail,
                                           const uint8_t *data, size_t n, uint8_t *to,
                                           size_t tail_size)
{
    const uint8_t instead = tail_size ? tail[0] : 0;
    uint8_t *out = to, part[64] = {0};
    for (size_t at = 0; at < n; at += 64, marks++) {
        const bool whole = n - at >= 64;
        const uint64_t valid = whole ? UINT64_MAX : UINT64_MAX >> (64 - (n - at));
        if (cb__unlikely(!whole))
            memcpy(part, data + at, n - at);
        REWRITE_V bytes = REWRITE_LOAD(whole ? data + at : part);
        const uint64_t before = (marks[0] >> 1 | marks[1] << 63) & ~marks[0];
        uint64_t drop = REWRITE_BITS(REWRITE_EQUAL(bytes, '\r')) & before;
        if (tail_size)
            bytes = REWRITE_BLEND(bytes, REWRITE_WHERE(marks[0]), instead);
        else
            drop |= marks[0];
        out = REWRITE_PACK(out, bytes, ~drop & valid);
    }
    return (size_t)(out - to);
}

REWRITE_TARGET static size_t REWRITE_NAME(marked_0)(const uint64_t *marks, const uint8_t *tail,
                                                    const uint8_t *data, size_t n, uint8_t *to)
{
    return REWRITE_NAME(marked)(marks, tail, data, n, to, 0);
}

REWRITE_TARGET static size_t REWRITE_NAME(marked_1)(const uint64_t *marks, const uint8_t *tail,
                                                    const uint8_t *data, size_t n, uint8_t *to)
{
    return REWRITE_NAME(marked)(marks, tail, data, n, to, 1);
}

#include "kernels/stuffing_scan.h"

#undef REWRITE_TARGET
#undef REWRITE_NAME
#undef REWRITE_V
#undef REWRITE_K
#undef REWRITE_LOAD
#undef REWRITE_PART
#undef REWRITE_STORE
#undef REWRITE_EQUAL
#undef REWRITE_MEMBER
#undef REWRITE_WHERE
#undef REWRITE_BOTH
#undef REWRITE_BITS
#undef REWRITE_BLEND
#undef REWRITE_INVERT
#undef REWRITE_PACK

#endif
