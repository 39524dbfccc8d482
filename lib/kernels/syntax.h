/* SPDX-License-Identifier: MIT */
/*
 * Syntax: finds the ends of records that end where their syntax says, rows of CSV and JSON
 * values, in one contiguous span.
 * Layer: base -> find -> syntax.  The kernels know nothing of chunks or framings.
 *
 * 64 bytes at a time become masks: one bit for each byte that is a quote, a line end, a
 * bracket.  The bytes inside quotes are those with an odd number of quotes up to them: a
 * prefix XOR of the mask of quotes.  A place has all that a scan must remember between two
 * bytes, so a stream may be cut anywhere.
 */
#ifndef CB_SYNTAX_H
#define CB_SYNTAX_H

#include "kernels/find.h"

/* ----------------------------------------------------------------------- CSV */

/* A row ends at LF outside quotes.  A quote opens at the beginning of a field; inside, two stand
 * for one.  After the closing one comes a separator or the line end.  With `lazy`, any other
 * quote is text, and more text may follow a closing one, also in quotes.  The two bytes differ,
 * and are neither LF nor CR. */
struct cb__csv {
    uint8_t quote, separator;
    bool lazy;
};

/* Between two bytes of a row. */
enum cb__csv_place {
    CB__CSV_FIELD,  /* at the beginning of a field: a quote would open (lazy: or after quotes) */
    CB__CSV_TEXT,   /* in text outside quotes */
    CB__CSV_QUOTED, /* inside quotes */
    CB__CSV_CLOSED, /* after a quote that closes, unless another one follows (not lazy) */
    CB__CSV_CR,     /* after that and a CR: LF must follow (not lazy) */
    CB__CSV_PLACES
};

/*
 * Continues at *place, and writes the offsets of at most `max` >= 1 line ends of rows in
 * data[0 .. n), in order, to hits, and returns how many.  *scanned is where the next call
 * continues, with *place: right after the last hit if there are `max` of them, otherwise n, or
 * before the first byte that is wrong there.  hits has room for max + CB__FIND_SLACK.
 * n <= CB__FIND_MAX.
 */
size_t cb__csv_find(const struct cb__csv *csv, enum cb__csv_place *place, const uint8_t *data,
                    size_t n, uint32_t *hits, size_t max, size_t *scanned);

/* The number of rows that end in data[0 .. n), which begins with a row, before the first wrong
 * byte, with *last the offset of the last line end of one, if any. */
size_t cb__csv_count(const struct cb__csv *csv, const uint8_t *data, size_t n, size_t *last);

/* The same, with a bit in marks for each byte: those of the line ends are set, the first byte is
 * the lowest bit of marks[0].  (After a wrong byte marks may be as they were, but for those of
 * its 64 bytes.) */
size_t cb__csv_mark(const struct cb__csv *csv, const uint8_t *data, size_t n, size_t *last,
                    uint64_t *marks);

/* ---------------------------------------------------------------------- JSON */

/* Of which kind the open brackets are: the innermost 64 are known, or more as long as those further
 * out are curly. */
struct cb__json_kinds {
    uint64_t squares; /* a bit for each, the innermost in the lowest: is it square? */
    uint64_t unknown; /* so many levels from the outermost one on are not known */
};

/* Between two bytes of JSON values (RFC 8259) one after another.  All zeros: between two
 * values.  Whatever is between brackets and outside of strings is not examined. */
struct cb__json_place {
    uint64_t depth; /* of brackets */
    struct cb__json_kinds kinds;
    bool string;     /* in a string */
    bool escaped;    /* ... after a backslash */
    bool mismatched; /* before a bracket that closes one of another kind */
};

static inline bool cb__json_is_inside(const struct cb__json_place *place)
{
    return place->depth || place->string;
}

/*
 * Continues at *place, and writes the offsets of at most `max` >= 1 first and last bytes of
 * arrays, objects and strings that are values, in turn, to hits, and returns how many: a
 * last byte comes first if the scan continues inside a value.  `max` is even between values
 * and odd inside of one, so a scan that finds so many stops at the end of a value.
 *
 * *scanned is where the next call continues, with *place: n inside of a value, otherwise the
 * end of the last one, or 0.  The scan stops at a byte between values that is neither white
 * space nor begins one of these.  It also stops inside of a value, at a bracket that closes one
 * of another kind, if that is known: `mismatched`.  With `commas` there is one comma before each
 * value.
 *
 * hits has room for max + CB__FIND_SLACK. n <= CB__FIND_MAX.
 */
size_t cb__json_find(struct cb__json_place *place, bool commas, const uint8_t *data, size_t n,
                     uint32_t *hits, size_t max, size_t *scanned);

/*
 * Marks the LF between values that are arrays, objects or strings in data[0 .. n), which begins
 * with a value, as cb__rewrite_marked needs it, and returns the number of whole values, with
 * *used the end of the last one, or 0.  It stops at whatever else is between two of them, and
 * at a bracket that closes one of another kind;
 * with `lines`, also at a LF inside one, and before a value that no LF follows: *used is after
 * that LF. n > 0; marks has room for n / 64 + 2 numbers.
 */
size_t cb__json_mark(bool lines, const uint8_t *data, size_t n, size_t *used, uint64_t *marks);

/* ------------------------------------------------------------------- kernels */

typedef size_t cb__csv_find_fn(const struct cb__csv *csv, enum cb__csv_place *place,
                               const uint8_t *data, size_t n, uint32_t *hits, size_t max,
                               size_t *scanned);
typedef size_t cb__csv_count_fn(const struct cb__csv *csv, const uint8_t *data, size_t n,
                                size_t *last);
typedef size_t cb__csv_mark_fn(const struct cb__csv *csv, const uint8_t *data, size_t n,
                               size_t *last, uint64_t *marks);
typedef size_t cb__json_find_fn(struct cb__json_place *place, const uint8_t *data, size_t n,
                                uint32_t *hits, size_t max, size_t *scanned);

/* As cb__json_mark; *last is the last byte of the last value, and marks may be set after
 * it. */
typedef size_t cb__json_mark_fn(const uint8_t *data, size_t n, size_t *last, uint64_t *marks);

/* One implementation. */
struct cb__syntax_kernel {
    const char *name;
    cb__csv_find_fn *csv_find[2]; /* strict, lazy */
    cb__csv_count_fn *csv_count[2];
    cb__csv_mark_fn *csv_mark[2];
    cb__json_find_fn *json_find[2]; /* without commas, with commas */
    cb__json_mark_fn *json_mark[2]; /* of any values, of lines */
};

/* The kernels that this machine can run, the fastest first, plain C last; NULL after
 * the last. */
const struct cb__syntax_kernel *cb__syntax_kernel_get(size_t i);

/* Selects a kernel, for tests. */
void cb__syntax_kernel_use(const struct cb__syntax_kernel *kernel);

/* The kernels of one instruction set that this machine supports, the fastest first;
 * returns how many, at most CB__KERNELS. (syntax_x86.c, syntax_neon.c, or syntax_none.c) */
size_t cb__syntax_kernels_here(const struct cb__syntax_kernel **kernels);

/* Each bit the XOR of all bits up to it, where no instruction does that. */
static inline uint64_t cb__syntax_prefix(uint64_t mask)
{
    for (unsigned shift = 1; shift < 64; shift *= 2)
        mask ^= mask << shift;
    return mask;
}

/* How many bits are set, where no instruction tells (Warren, "Hacker's Delight", section
 * 5-1). */
static inline unsigned cb__syntax_count(uint64_t mask)
{
    mask -= mask >> 1 & UINT64_C(0x5555555555555555);
    mask = (mask & UINT64_C(0x3333333333333333)) + (mask >> 2 & UINT64_C(0x3333333333333333));
    mask = (mask + (mask >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(mask * UINT64_C(0x0101010101010101) >> 56);
}

/* The highest of the first n * 64 bits that is set; one is. */
static inline size_t cb__syntax_last(const uint64_t *bits, size_t n)
{
    while (!bits[n - 1])
        n--;
    return 64 * n - 1 - (unsigned)__builtin_clzll(bits[n - 1]);
}

/* Which of these bytes are not white space, byte by byte. */
static inline uint64_t cb__syntax_solid(const uint8_t *bytes, uint64_t mask)
{
    uint64_t solid = 0;
    for (; mask; mask &= mask - 1) {
        const uint8_t c = bytes[__builtin_ctzll(mask)];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            solid |= mask & (0 - mask);
    }
    return solid;
}

/* Before which bytes the depth of brackets is 0, and before which it is 1. */
struct cb__json_depths {
    uint64_t zero, one;
};

/* Passes brackets at a depth that kinds belong to: `squares` are those of them that are square.
 * Returns the bit of the first one that closes another kind, which was not passed, or 0. */
uint64_t cb__json_match(struct cb__json_kinds *kinds, uint64_t opens, uint64_t closes,
                        uint64_t squares, uint64_t depth);

/* For a block that begins at a depth of at most 64. */
struct cb__json_depths cb__json_depths(uint64_t opens, uint64_t closes, uint64_t depth);

/* Space, tab, LF and CR, each where its low half is the index; elsewhere a byte with
 * another low half. */
extern const uint8_t cb__syntax_spaces[16];

/* For a block of `size` bytes where some quotes are text, and whose last bytes are quotes that
 * may go on in the next block.  Returns `inside` with the byte after the block in the highest
 * bit; *opens: whether a quote would open there. */
uint64_t cb__csv_last_run(uint64_t quotes, uint64_t inside, uint64_t may_open, bool quoted,
                          unsigned size, uint64_t *opens);

/* For the rare block where a backslash outside a string seems to escape something: the quotes
 * around strings, and in *escapes the backslashes that escape the next byte. */
uint64_t cb__json_resolve(uint64_t quotes, uint64_t backslashes, bool string, bool escaped,
                          uint64_t *escapes);

#endif
