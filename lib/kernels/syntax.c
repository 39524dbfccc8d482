/* SPDX-License-Identifier: MIT */
#include "kernels/syntax.h"

#include "core/byte_order.h"
#include "core/eight.h"
#include "kernels/choose.h"

const uint8_t cb__syntax_spaces[16] = {[0] = ' ', [9] = '\t', [10] = '\n', [13] = '\r'};

/* --------------------------------------------------- blocks that are not simple */

uint64_t cb__csv_last_run(uint64_t quotes, uint64_t inside, uint64_t may_open, bool quoted,
                          unsigned size, uint64_t *opens)
{
    const uint64_t others = ~(quotes << (64 - size));
    const unsigned length = others ? (unsigned)__builtin_clzll(others) : 64, start = size - length;
    const bool before = start ? inside >> (start - 1) & 1 : quoted;
    const bool counts = before || (may_open >> start & 1);
    const bool after = counts && before != (length % 2 != 0);
    *opens = counts && !after;
    return (inside & UINT64_MAX >> 1) | (uint64_t)after << 63;
}

uint64_t cb__json_resolve(uint64_t quotes, uint64_t backslashes, bool string, bool escaped,
                          uint64_t *escapes)
{
    uint64_t good = 0, specials = quotes | backslashes, after = escaped;
    *escapes = 0;
    for (; specials; specials &= specials - 1) {
        const uint64_t bit = specials & (0 - specials);
        if (bit & after)
            continue;
        if (bit & quotes) {
            good |= bit;
            string = !string;
        } else if (string) {
            *escapes |= bit;
            after = bit << 1;
        }
    }
    return good;
}

uint64_t cb__json_match(struct cb__json_kinds *kinds, uint64_t opens, uint64_t closes,
                        uint64_t squares, uint64_t depth)
{
    struct cb__json_kinds now = *kinds;
    uint64_t wrong = 0;
    for (uint64_t brackets = opens | closes; brackets && !wrong; brackets &= brackets - 1) {
        const uint64_t bit = brackets & (0 - brackets), square = (squares & bit) != 0;
        if (bit & opens) {
            if (now.squares >> 63)
                now.unknown = depth - 63;
            now.squares = now.squares << 1 | square;
            depth++;
        } else if (!depth || (depth > now.unknown && (now.squares & 1) != square)) {
            wrong = bit;
        } else {
            now.squares >>= 1;
            depth--;
            now.unknown = now.unknown < depth ? now.unknown : depth;
        }
    }
    *kinds = now;
    return wrong;
}

/* -------------------------------------------------------------------- depths */

/* A number modulo 128 for each of 64 places: bit i of planes[k] is bit k of number i. */
enum { PLANES = 7 };

/* Adds to each number the one `shift` places before it.  All are sums of `shift` numbers
 * from -1 to 1: `size` planes are enough for them, and for the result one more. */
static inline void add_before(uint64_t planes[PLANES], unsigned shift, unsigned size)
{
    const uint64_t sign = planes[size - 1];
    uint64_t carry = 0;
    for (unsigned k = 0; k < cb__min(size + 1, PLANES); k++) {
        const uint64_t a = k < size ? planes[k] : sign, b = a << shift;
        planes[k] = a ^ b ^ carry;
        carry = (a & b) | ((a ^ b) & carry);
    }
}

static inline uint64_t equals(const uint64_t planes[PLANES], uint64_t number)
{
    uint64_t equal = ~UINT64_C(0);
    for (unsigned k = 0; k < PLANES; k++)
        equal &= planes[k] ^ ((number >> k & 1) - 1);
    return equal;
}

/* All prefix sums at once, in six steps. */
struct cb__json_depths cb__json_depths(uint64_t opens, uint64_t closes, uint64_t depth)
{
    /* The sum before a place has the numbers of the places before it. */
    uint64_t planes[PLANES] = {(opens | closes) << 1, closes << 1};
    add_before(planes, 1, 2);
    add_before(planes, 2, 3);
    add_before(planes, 4, 4);
    add_before(planes, 8, 5);
    add_before(planes, 16, 6);
    add_before(planes, 32, 7);
    return (struct cb__json_depths){equals(planes, 0 - depth), equals(planes, 1 - depth)};
}

/* ------------------------------------------------------------------- plain */

/* Eight bytes in each number, the first in the lowest one. */
struct block {
    uint64_t eights[8];
};

static inline struct block load(const uint8_t *data)
{
    struct block block;
    for (size_t i = 0; i < 8; i++)
        block.eights[i] = cb__load_little8(data + 8 * i);
    return block;
}

/* The high bit of each byte that is 0, in one byte: the multiplication moves bit 8 i + 7 to
 * 56 + i. */
static inline uint64_t zeros(uint64_t bytes)
{
    const uint64_t low = ~CB__EIGHT_HIGH;
    const uint64_t high = ~(((bytes & low) + low) | bytes) & CB__EIGHT_HIGH;
    return (high >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline uint64_t equal(struct block block, uint8_t byte)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < 8; i++)
        mask |= zeros(block.eights[i] ^ CB__EIGHT(byte)) << 8 * i;
    return mask;
}

static inline uint64_t bit5(struct block block)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < 8; i++)
        mask |= (block.eights[i] >> 5 & CB__EIGHT(1)) * UINT64_C(0x0102040810204080) >> 56 << 8 * i;
    return mask;
}

static inline struct block lower(struct block block)
{
    for (size_t i = 0; i < 8; i++)
        block.eights[i] |= CB__EIGHT(0x20);
    return block;
}

#define SYNTAX_TARGET
#define SYNTAX_NAME(name) plain_##name
#define SYNTAX_V struct block
#define SYNTAX_LOAD(p) load(p)
#define SYNTAX_EQUAL(v, b) equal(v, b)
#define SYNTAX_LOWER(v) lower(v)
#define SYNTAX_BIT5(v) bit5(v)
#define SYNTAX_SOLID(p, mask) cb__syntax_solid(p, mask)
#define SYNTAX_PREFIX(mask) cb__syntax_prefix(mask)
#define SYNTAX_COUNT(mask) cb__syntax_count(mask)
#define SYNTAX_DEPTHS(opens, closes, depth) cb__json_depths(opens, closes, depth)
#define SYNTAX_SKIPS 1
#include "kernels/syntax_scan.h"

static const struct cb__syntax_kernel plain = {.name = "plain", SYNTAX_TABLE(plain)};

/* ----------------------------------------------------------------- kernels */

CB__CHOOSE_KERNEL(cb__syntax_kernel, &plain);

size_t cb__csv_find(const struct cb__csv *csv, enum cb__csv_place *place, const uint8_t *data,
                    size_t n, uint32_t *hits, size_t max, size_t *scanned)
{
    return kernel_now()->csv_find[csv->lazy](csv, place, data, n, hits, max, scanned);
}

size_t cb__csv_count(const struct cb__csv *csv, const uint8_t *data, size_t n, size_t *last)
{
    return kernel_now()->csv_count[csv->lazy](csv, data, n, last);
}

size_t cb__csv_mark(const struct cb__csv *csv, const uint8_t *data, size_t n, size_t *last,
                    uint64_t *marks)
{
    return kernel_now()->csv_mark[csv->lazy](csv, data, n, last, marks);
}

size_t cb__json_find(struct cb__json_place *place, bool commas, const uint8_t *data, size_t n,
                     uint32_t *hits, size_t max, size_t *scanned)
{
    return kernel_now()->json_find[commas](place, data, n, hits, max, scanned);
}

static size_t highest(uint64_t mask)
{
    return 63 - (size_t)__builtin_clzll(mask);
}

/* The last marked byte before `end`; there is one. */
static size_t last_marked(const uint64_t *marks, size_t end)
{
    size_t i = end / 64;
    uint64_t mask = marks[i] & ~(UINT64_MAX << end % 64);
    while (!mask)
        mask = marks[--i];
    return 64 * i + highest(mask);
}

size_t cb__json_mark(bool lines, const uint8_t *data, size_t n, size_t *used, uint64_t *marks)
{
    size_t last = 0, count = kernel_now()->json_mark[lines](data, n, &last, marks);
    size_t end = last + 1;
    *used = 0;
    if (lines && count && (end == n || !(marks[end / 64] >> end % 64 & 1))) {
        if (--count)
            end = last_marked(marks, last);
    }
    if (!count)
        return 0;
    end += lines;
    marks[end / 64] &= ~(UINT64_MAX << end % 64);
    marks[end / 64 + 1] = 0;
    *used = end;
    return count;
}
