/* SPDX-License-Identifier: MIT */
#include "kernels/rewrite.h"

#include <string.h>

#include "kernels/choose.h"

bool cb__rewrite_fits(const struct cb__finder *finder, bool drop_cr, size_t tail_size)
{
    const bool pair = finder->kind == CB__FIND_PAIR;
    if (!finder->exact || (pair && finder->byte[0] == finder->byte[1]))
        return false;
    if (drop_cr && (finder->kind != CB__FIND_BYTE || finder->byte[0] != '\n'))
        return false;
    return tail_size <= (pair ? 2 : 1);
}

/* ------------------------------------------------------------------- plain */

/* Copies the bytes before `end`, which is at most `left` bytes before the end of the
 * readable bytes; `to` has room for 32 more. */
static inline uint8_t *copy(uint8_t *to, const uint8_t *from, size_t n, size_t left)
{
    if (n <= 32 && left >= 32)
        memcpy(to, from, 32);
    else
        memcpy(to, from, n);
    return to + n;
}

/* Uses the matches that the search finds; a short record costs a copy of 32 bytes,
 * whatever its length. */
static inline size_t plain(const struct cb__finder *finder, const uint8_t *tail,
                           const uint8_t *data, size_t n, uint8_t *to, size_t *made, bool line,
                           size_t tail_size)
{
    enum { HITS = 256 };
    uint32_t hits[HITS + CB__FIND_SLACK];
    const size_t match = finder->kind == CB__FIND_PAIR ? 2 : 1;
    size_t from = 0, records = 0, found, scanned, looked = 0;
    uint8_t *out = to;
    do {
        found = cb__find_all(finder, data + looked, cb__min(n - looked, CB__FIND_MAX), hits, HITS,
                             &scanned);
        for (size_t i = 0; i < found; i++) {
            size_t at = looked + hits[i];
            size_t end = at - (line && at > from && data[at - 1] == '\r');
            out = copy(out, data + from, end - from, n - from);
            for (size_t t = 0; t < tail_size; t++)
                *out++ = tail[t];
            from = at + match;
        }
        looked += scanned;
        records += found;
    } while (scanned && looked < n);
    memcpy(out, data + from, n - from);
    *made = (size_t)(out - to) + n - from;
    return records;
}

#define PLAIN(name, line, tail_size)                                                               \
    static size_t name(const struct cb__finder *finder, const uint8_t *tail, const uint8_t *data,  \
                       size_t n, uint8_t *to, size_t *made)                                        \
    {                                                                                              \
        return plain(finder, tail, data, n, to, made, line, tail_size);                            \
    }

PLAIN(plain_0, false, 0)
PLAIN(plain_1, false, 1)
PLAIN(plain_2, false, 2)
PLAIN(line_0, true, 0)
PLAIN(line_1, true, 1)

/* The same for marked bytes, with the CR before each. */
static inline size_t plain_marked(const uint64_t *marks, const uint8_t *tail, const uint8_t *data,
                                  size_t n, uint8_t *to, size_t tail_size)
{
    size_t from = 0;
    uint8_t *out = to;
    for (size_t block = 0; block < n; block += 64) {
        for (uint64_t bits = marks[block / 64]; bits; bits &= bits - 1) {
            const size_t at = block + (unsigned)__builtin_ctzll(bits);
            const size_t end = at - (at > from && data[at - 1] == '\r');
            out = copy(out, data + from, end - from, n - from);
            if (tail_size)
                *out++ = tail[0];
            from = at + 1;
        }
    }
    memcpy(out, data + from, n - from);
    return (size_t)(out - to) + n - from;
}

static size_t marked_0(const uint64_t *marks, const uint8_t *tail, const uint8_t *data, size_t n,
                       uint8_t *to)
{
    return plain_marked(marks, tail, data, n, to, 0);
}

static size_t marked_1(const uint64_t *marks, const uint8_t *tail, const uint8_t *data, size_t n,
                       uint8_t *to)
{
    return plain_marked(marks, tail, data, n, to, 1);
}

/* ----------------------------------------------------------------- kernels */

static const struct cb__rewrite_kernel plain_kernel = {
    .name = "plain",
    .rewrite = {[CB__REWRITE_BYTE] = {plain_0, plain_1},
                [CB__REWRITE_PAIR] = {plain_0, plain_1, plain_2},
                [CB__REWRITE_SET] = {plain_0, plain_1},
                [CB__REWRITE_LINE] = {line_0, line_1}},
    .marked = {marked_0, marked_1},
    .stuffing = {cb__escape_packet_plain, cb__unescape_plain, cb__cobs_plain},
};

CB__CHOOSE_KERNEL(cb__rewrite_kernel, &plain_kernel);

size_t cb__rewrite(const struct cb__finder *finder, bool drop_cr, const uint8_t *tail,
                   size_t tail_size, const uint8_t *data, size_t n, uint8_t *to, size_t *used,
                   size_t *made)
{
    size_t shape = drop_cr ? (size_t)CB__REWRITE_LINE : (size_t)finder->kind;
    size_t records = kernel_now()->rewrite[shape][tail_size](finder, tail, data, n, to, made),
           last = 0;
    *used = 0;
    if (records && cb__find_last(finder, data, n, &last)) /* not taken: records have ends */
        *used = last + (finder->kind == CB__FIND_PAIR ? 2 : 1);
    *made = records ? *made - (n - *used) : 0;
    return records;
}

size_t cb__rewrite_marked(const uint64_t *marks, const uint8_t *tail, size_t tail_size,
                          const uint8_t *data, size_t n, uint8_t *to)
{
    return kernel_now()->marked[tail_size](marks, tail, data, n, to);
}

const struct cb__stuffing *cb__stuffing(void)
{
    return &kernel_now()->stuffing;
}

/* ------------------------------------------------------------------ shuffles */

/* Bit b of mask m, if it is the i-th set bit. */
#define NTH(m, i, b) (((m) >> (b)&1) && __builtin_popcount((m) & ((1 << (b)) - 1)) == (i) ? (b) : 0)
#define ENTRY(m, i)                                                                                \
    (NTH(m, i, 1) | NTH(m, i, 2) | NTH(m, i, 3) | NTH(m, i, 4) | NTH(m, i, 5) | NTH(m, i, 6) |     \
     NTH(m, i, 7))
#define ROW(m)                                                                                     \
    {                                                                                              \
        ENTRY(m, 0), ENTRY(m, 1), ENTRY(m, 2), ENTRY(m, 3), ENTRY(m, 4), ENTRY(m, 5), ENTRY(m, 6), \
            ENTRY(m, 7)                                                                            \
    }
#define ROWS4(m) ROW(m), ROW(m + 1), ROW(m + 2), ROW(m + 3)
#define ROWS16(m) ROWS4(m), ROWS4(m + 4), ROWS4(m + 8), ROWS4(m + 12)
#define ROWS64(m) ROWS16(m), ROWS16(m + 16), ROWS16(m + 32), ROWS16(m + 48)

const uint8_t cb__rewrite_shuffles[256][8] = {ROWS64(0), ROWS64(64), ROWS64(128), ROWS64(192)};
