/* SPDX-License-Identifier: MIT */
/*
 * The loops of a kernel that finds where records end, included once for each instruction
 * set:
 *
 *     SYNTAX_TARGET       its function attribute
 *     SYNTAX_NAME(name)   a distinct name for each function
 *     SYNTAX_V            64 bytes
 *     SYNTAX_LOAD(p)      loads them
 *     SYNTAX_EQUAL(v, b)  64 bits: which of the bytes are b
 *     SYNTAX_LOWER(v)     the bytes with bit 5 set, which makes { of [ and } of ]
 *     SYNTAX_BIT5(v)      64 bits: which of the bytes have bit 5 set
 *     SYNTAX_SOLID(p, m)  the bits of m whose byte from p on is not white space: space, tab,
 *                         LF or CR
 *     SYNTAX_DEPTHS(o, c, d)  cb__json_depths(o, c, d)
 *     SYNTAX_PREFIX(m)    each bit the XOR of all bits of m up to it
 *     SYNTAX_COUNT(m)     the number of bits set
 *     SYNTAX_SKIPS        nonzero if a mask costs more than a branch
 *
 * The methods are those of G. Langdale and D. Lemire, "Parsing gigabytes of JSON per
 * second", VLDB Journal 28, 2019, sections 3.1.1 (escapes, in the form that simdjson has
 * now) and 3.1.2 (quotes).
 */
#include <string.h>

#include "kernels/syntax.h"

#ifndef SYNTAX_INLINE
#define SYNTAX_INLINE SYNTAX_TARGET static inline __attribute__((always_inline))

/* All ones if the highest bit is set, otherwise all zeros. */
#define SYNTAX_SPREAD(mask) ((uint64_t)0 - ((mask) >> 63))

/* How rows are read.  Quick and exact stop before a block that is not right. */
enum syntax_how {
    SYNTAX_LAZY,  /* quotes may be text: no block is wrong */
    SYNTAX_QUICK, /* nothing follows a closing quote but a separator or LF */
    SYNTAX_EXACT, /* or a CR and LF */
    SYNTAX_LAST   /* a block with something wrong: up to that */
};

/* What is noted of line ends. */
enum syntax_what { SYNTAX_HITS, SYNTAX_NUMBER, SYNTAX_MARKS };

/* Between two blocks of rows. */
struct syntax_rows {
    struct cb__csv csv;
    const uint8_t *data;
    size_t n, at;       /* the next block begins at `at` */
    size_t count;       /* of the line ends found so far */
    size_t max;         /* no block is read after so many */
    uint32_t *hits;     /* where they are ... */
    uint64_t *marks;    /* ... or a bit for each byte ... */
    uint64_t last_ends; /* ... or those of the last block that has some, */
    size_t last_at;     /* and its offset */
    uint64_t quoted;    /* all ones inside quotes */
    uint64_t opens;     /* 1 where a quote would open */
    uint64_t odd;       /* quick: not 0 before a block that is not read in this way; lazy: after a
                        quote that is text: where one is, more will be, and a branch for each
                        block would cost more than to expect them */
    /* If not lazy: */
    uint64_t closed;               /* 1 after any quote */
    uint64_t cr;                   /* 1 after a CR that follows a closing quote */
    uint64_t strays, texts, wrong; /* the wrong bytes of the last block: quotes in text, text
                                      after a closing quote, and all */
};

static inline struct syntax_rows syntax_rows_at(enum cb__csv_place place, const struct cb__csv *csv,
                                                const uint8_t *data, size_t n)
{
    return (struct syntax_rows){
        .csv = *csv,
        .data = data,
        .n = n,
        .max = SIZE_MAX,
        .quoted = (uint64_t)0 - (place == CB__CSV_QUOTED),
        .opens = place == CB__CSV_FIELD || place == CB__CSV_CLOSED,
        .odd = place == CB__CSV_CR && !csv->lazy,
        .closed = place == CB__CSV_CLOSED && !csv->lazy,
        .cr = place == CB__CSV_CR && !csv->lazy,
    };
}

/* After the last block, or before the first wrong byte in it. */
static inline enum cb__csv_place syntax_rows_place(const struct syntax_rows *rows)
{
    const uint64_t bit = rows->wrong & (0 - rows->wrong);
    if (bit & rows->strays)
        return CB__CSV_TEXT;
    if (bit)
        return (bit & rows->texts) ? CB__CSV_CLOSED : CB__CSV_CR;
    if (rows->quoted)
        return CB__CSV_QUOTED;
    if (rows->cr)
        return CB__CSV_CR;
    if (rows->closed)
        return CB__CSV_CLOSED;
    return rows->opens ? CB__CSV_FIELD : CB__CSV_TEXT;
}

/* What cb__csv_find returns after the last block. */
static inline size_t syntax_rows_found(const struct syntax_rows *rows, enum cb__csv_place *place,
                                       size_t *scanned)
{
    if (rows->count >= rows->max) {
        *place = CB__CSV_FIELD;
        *scanned = rows->hits[rows->max - 1] + (size_t)1;
        return rows->max;
    }
    *place = syntax_rows_place(rows);
    *scanned = rows->n;
    if (rows->wrong)
        *scanned = (rows->at - 1) / 64 * 64 + (unsigned)__builtin_ctzll(rows->wrong);
    return rows->count;
}

/* Values that are marked, between two blocks. */
struct syntax_marking {
    uint64_t *marks;
    uint64_t depth, string, escaped; /* as in struct cb__json_place; string: all ones in one */
    struct cb__json_kinds kinds;
    uint64_t ended;                  /* 1 if the last byte ended a value */
    size_t count, last;              /* the values that ended, and the last byte of the last */
};

enum { SYNTAX_GROUP = 32 };

#define SYNTAX_BLOCK struct SYNTAX_NAME(json_block)
#define SYNTAX_ROWS struct SYNTAX_NAME(csv_bytes)

#define SYNTAX_TABLE(kernel)                                                                       \
    .csv_find = {kernel##_find_strict, kernel##_find_lazy},                                        \
    .csv_count = {kernel##_count_strict, kernel##_count_lazy},                                     \
    .csv_mark = {kernel##_mark_strict, kernel##_mark_lazy},                                        \
    .json_find = {kernel##_json_values, kernel##_json_elements},                                   \
    .json_mark = {kernel##_mark_values, kernel##_mark_lines}
#endif

#ifdef SYNTAX_NAME

/* The last block is a copy, with zeros after its bytes. */
SYNTAX_INLINE const uint8_t *SYNTAX_NAME(part)(uint8_t part[64], const uint8_t *data, size_t n)
{
    memset(part, 0, 64);
    return memcpy(part, data, n);
}

/* ----------------------------------------------------------------------- CSV */

/* Where a quote opens only at the beginning of a field, and there are others: the bytes
 * inside quotes.  Runs of quotes that begin where one may open always turn inside to outside
 * and back.  Of the other runs only those with an odd number of quotes count: after them it
 * is outside, whether the first quote closed or was text. */
SYNTAX_INLINE uint64_t SYNTAX_NAME(csv_inside)(uint64_t quotes, uint64_t may_open, uint64_t quoted)
{
    const uint64_t even = UINT64_C(0x5555555555555555), odd = even << 1;
    const uint64_t starts = quotes & ~(quotes << 1) & ~may_open;
    const uint64_t turns = quotes & (quotes + starts);
    const uint64_t closed =
        ~quotes & (((quotes + (starts & even)) & odd) | ((quotes + (starts & odd)) & even));
    const uint64_t parity = SYNTAX_PREFIX(turns) ^ quoted;
    /* After `closed`, and up to the next one, the parity there does not count. */
    const uint64_t wrong = closed & parity;
    const uint64_t filled = ((~closed + (wrong << 1)) ^ ~closed) & ~closed;
    return parity ^ (wrong | filled);
}

/* A block of at most 64 bytes: its line ends, quotes, and the bytes after which a quote opens. */
struct SYNTAX_NAME(csv_bytes) {
    SYNTAX_V bytes;
    uint64_t ends, quotes, borders;
};

/* The line ends of rows in a block, where quotes may be text. */
SYNTAX_INLINE uint64_t SYNTAX_NAME(csv_lazy)(const SYNTAX_ROWS *block, size_t size,
                                             struct syntax_rows *rows)
{
    const uint64_t quotes = block->quotes, may_open = block->borders << 1 | rows->opens;
    uint64_t inside = SYNTAX_PREFIX(quotes) ^ rows->quoted;
    rows->opens = (block->borders | quotes) >> (size - 1) & 1;
    rows->odd |= quotes & inside & ~(may_open | quotes << 1);
    if (cb__unlikely(rows->odd)) {
        inside = SYNTAX_NAME(csv_inside)(quotes, may_open, rows->quoted);
        if (quotes >> (size - 1)) {
            uint64_t opens;
            inside =
                cb__csv_last_run(quotes, inside, may_open, rows->quoted, (unsigned)size, &opens);
            rows->opens = opens;
        }
    }
    rows->quoted = SYNTAX_SPREAD(inside);
    return block->ends & ~inside;
}

/* The same where they may not.  Up to the first wrong byte the prefix XOR is right: wrong is a
 * quote that opens after text, and what follows a closing one, unless that is a separator, a line
 * end, or a CR with a LF after it. */
SYNTAX_INLINE uint64_t SYNTAX_NAME(csv_strict)(const SYNTAX_ROWS *block, size_t size,
                                               struct syntax_rows *rows, enum syntax_how how)
{
    const uint64_t valid = UINT64_MAX >> (64 - size);
    const uint64_t quotes = block->quotes, borders = block->borders | quotes;
    const uint64_t inside = SYNTAX_PREFIX(quotes) ^ rows->quoted;
    const uint64_t strays = quotes & inside & ~(borders << 1 | rows->opens);
    const uint64_t texts = (quotes << 1 | rows->closed) & ~(inside | borders) & valid;
    uint64_t wrong = strays | texts;
    if (how != SYNTAX_QUICK) {
        const uint64_t crs = SYNTAX_EQUAL(block->bytes, '\r'), after = texts << 1 | rows->cr;
        wrong = strays | (texts & ~crs) | (after & ~block->ends & valid);
        if (how == SYNTAX_LAST) {
            rows->wrong = wrong;
            rows->strays = strays & ~after;
            rows->texts = texts & ~crs;
        }
    }
    rows->odd = wrong;
    if (how != SYNTAX_LAST && cb__unlikely(wrong))
        return 0;
    rows->cr = texts >> (size - 1) & 1;
    rows->opens = borders >> (size - 1) & 1;
    rows->closed = quotes >> (size - 1) & 1;
    rows->quoted = SYNTAX_SPREAD(inside);
    return block->ends & ~inside & ((wrong & (0 - wrong)) - 1);
}

SYNTAX_INLINE uint64_t SYNTAX_NAME(csv_block)(struct syntax_rows *rows, size_t size,
                                              enum syntax_how how)
{
    const uint8_t *data = rows->data + rows->at;
    uint8_t part[64];
    SYNTAX_ROWS block = {
        .bytes = SYNTAX_LOAD(size == 64 ? data : SYNTAX_NAME(part)(part, data, size)),
    };
    block.ends = SYNTAX_EQUAL(block.bytes, '\n');
    block.quotes = SYNTAX_EQUAL(block.bytes, rows->csv.quote) & UINT64_MAX >> (64 - size);
    if (SYNTAX_SKIPS && !(block.quotes | rows->closed | rows->cr)) {
        rows->opens = data[size - 1] == '\n' || data[size - 1] == rows->csv.separator;
        return block.ends & ~rows->quoted;
    }
    block.borders = block.ends | SYNTAX_EQUAL(block.bytes, rows->csv.separator);
    return how == SYNTAX_LAZY ? SYNTAX_NAME(csv_lazy)(&block, size, rows)
                              : SYNTAX_NAME(csv_strict)(&block, size, rows, how);
}

/* A block was read: notes its line ends. */
SYNTAX_INLINE void SYNTAX_NAME(csv_note)(struct syntax_rows *rows, uint64_t ends,
                                         enum syntax_what what)
{
    if (what == SYNTAX_HITS)
        cb__bit_indexes(ends, (uint32_t)rows->at, rows->hits + rows->count);
    if (what == SYNTAX_MARKS)
        rows->marks[rows->at / 64] = ends;
    if (what == SYNTAX_NUMBER) {
        rows->last_ends = ends ? ends : rows->last_ends;
        rows->last_at = ends ? rows->at : rows->last_at;
    }
    rows->count += SYNTAX_COUNT(ends);
}

/* Reads a block; false if it was not read. */
SYNTAX_INLINE bool SYNTAX_NAME(csv_step)(struct syntax_rows *rows, size_t size,
                                         enum syntax_what what, enum syntax_how how)
{
    const uint64_t ends = SYNTAX_NAME(csv_block)(rows, size, how);
    if ((how == SYNTAX_QUICK || how == SYNTAX_EXACT) && rows->odd)
        return false;
    SYNTAX_NAME(csv_note)(rows, ends, what);
    rows->at += size;
    return true;
}

/* Reads blocks, as far as that goes.  (The size of whole ones is a constant.) */
SYNTAX_INLINE void SYNTAX_NAME(csv_read)(struct syntax_rows *rows, enum syntax_what what,
                                         enum syntax_how how)
{
    struct syntax_rows now = *rows; /* in registers */
    const size_t whole = now.n / 64 * 64;
    bool on = true;
    while (on && now.at < whole && (what != SYNTAX_HITS || now.count < now.max))
        on = SYNTAX_NAME(csv_step)(&now, 64, what, how);
    if (on && now.at < now.n && (what != SYNTAX_HITS || now.count < now.max))
        SYNTAX_NAME(csv_step)(&now, now.n - now.at, what, how);
    *rows = now;
}

/* (Not inlined, so that the loops have the registers.) */
SYNTAX_TARGET static __attribute__((noinline)) void
SYNTAX_NAME(csv_read_last)(struct syntax_rows *rows, enum syntax_what what)
{
    SYNTAX_NAME(csv_step)(rows, cb__min(rows->n - rows->at, 64), what, SYNTAX_LAST);
}

SYNTAX_INLINE void SYNTAX_NAME(csv_read_all)(struct syntax_rows *rows, enum syntax_what what,
                                             bool lazy)
{
    if (lazy)
        SYNTAX_NAME(csv_read)(rows, what, SYNTAX_LAZY);
    else if (!rows->odd)
        SYNTAX_NAME(csv_read)(rows, what, SYNTAX_QUICK);
    if (lazy || !rows->odd)
        return;
    rows->odd = 0;
    SYNTAX_NAME(csv_read)(rows, what, SYNTAX_EXACT);
    if (rows->odd)
        SYNTAX_NAME(csv_read_last)(rows, what);
}

SYNTAX_INLINE size_t SYNTAX_NAME(csv_find)(const struct cb__csv *csv, enum cb__csv_place *place,
                                           const uint8_t *data, size_t n, uint32_t *hits,
                                           size_t max, size_t *scanned, bool lazy)
{
    struct syntax_rows rows = syntax_rows_at(*place, csv, data, n);
    rows.hits = hits;
    rows.max = max;
    SYNTAX_NAME(csv_read_all)(&rows, SYNTAX_HITS, lazy);
    return syntax_rows_found(&rows, place, scanned);
}

SYNTAX_INLINE size_t SYNTAX_NAME(csv_count)(const struct cb__csv *csv, const uint8_t *data,
                                            size_t n, size_t *last, bool lazy)
{
    struct syntax_rows rows = syntax_rows_at(CB__CSV_FIELD, csv, data, n);
    SYNTAX_NAME(csv_read_all)(&rows, SYNTAX_NUMBER, lazy);
    if (rows.count)
        *last = rows.last_at + 63 - (unsigned)__builtin_clzll(rows.last_ends);
    return rows.count;
}

SYNTAX_INLINE size_t SYNTAX_NAME(csv_mark)(const struct cb__csv *csv, const uint8_t *data, size_t n,
                                           size_t *last, uint64_t *marks, bool lazy)
{
    struct syntax_rows rows = syntax_rows_at(CB__CSV_FIELD, csv, data, n);
    rows.marks = marks;
    SYNTAX_NAME(csv_read_all)(&rows, SYNTAX_MARKS, lazy);
    if (rows.count)
        *last = cb__syntax_last(marks, (rows.at + 63) / 64);
    return rows.count;
}

SYNTAX_TARGET static size_t SYNTAX_NAME(find_strict)(const struct cb__csv *csv,
                                                     enum cb__csv_place *place, const uint8_t *data,
                                                     size_t n, uint32_t *hits, size_t max,
                                                     size_t *scanned)
{
    return SYNTAX_NAME(csv_find)(csv, place, data, n, hits, max, scanned, false);
}

SYNTAX_TARGET static size_t SYNTAX_NAME(count_strict)(const struct cb__csv *csv,
                                                      const uint8_t *data, size_t n, size_t *last)
{
    return SYNTAX_NAME(csv_count)(csv, data, n, last, false);
}

SYNTAX_TARGET static size_t SYNTAX_NAME(mark_strict)(const struct cb__csv *csv, const uint8_t *data,
                                                     size_t n, size_t *last, uint64_t *marks)
{
    return SYNTAX_NAME(csv_mark)(csv, data, n, last, marks, false);
}

SYNTAX_TARGET static size_t SYNTAX_NAME(find_lazy)(const struct cb__csv *csv,
                                                   enum cb__csv_place *place, const uint8_t *data,
                                                   size_t n, uint32_t *hits, size_t max,
                                                   size_t *scanned)
{
    return SYNTAX_NAME(csv_find)(csv, place, data, n, hits, max, scanned, true);
}

SYNTAX_TARGET static size_t SYNTAX_NAME(count_lazy)(const struct cb__csv *csv, const uint8_t *data,
                                                    size_t n, size_t *last)
{
    return SYNTAX_NAME(csv_count)(csv, data, n, last, true);
}

SYNTAX_TARGET static size_t SYNTAX_NAME(mark_lazy)(const struct cb__csv *csv, const uint8_t *data,
                                                   size_t n, size_t *last, uint64_t *marks)
{
    return SYNTAX_NAME(csv_mark)(csv, data, n, last, marks, true);
}

/* ---------------------------------------------------------------------- JSON */

/* A block: its bytes, the quotes around strings, what is inside of them including the first
 * quote, and the brackets outside. */
struct SYNTAX_NAME(json_block) {
    const uint8_t *bytes;
    size_t at;      /* its offset */
    uint64_t depth; /* of brackets, before it */
    uint64_t valid, quotes, inside, opens, closes, squares;
};

/* Looks at the first of n bytes.  *string: all ones inside a string; *escaped: 1 if the byte
 * after the block is escaped. */
SYNTAX_INLINE void SYNTAX_NAME(json_look)(SYNTAX_BLOCK *block, size_t n, uint64_t *string,
                                          uint64_t *escaped)
{
    const uint64_t odd = UINT64_C(0xaaaaaaaaaaaaaaaa), first = *escaped;
    const unsigned size = (unsigned)cb__min(n, 64);
    const SYNTAX_V bytes = SYNTAX_LOAD(block->bytes), lowered = SYNTAX_LOWER(bytes);
    const uint64_t backslashes = SYNTAX_EQUAL(bytes, '\\'), all = SYNTAX_EQUAL(bytes, '"');
    const uint64_t may_escape = backslashes & ~first;
    const uint64_t codes = ((may_escape << 1 | odd) - may_escape) ^ odd;
    uint64_t escapes = codes & backslashes, quotes = all & ~(codes ^ (backslashes | first));
    uint64_t inside = SYNTAX_PREFIX(quotes) ^ *string;
    if (cb__unlikely(escapes & ~inside)) {
        quotes = cb__json_resolve(all, backslashes, *string, first, &escapes);
        inside = SYNTAX_PREFIX(quotes) ^ *string;
    }
    *string = SYNTAX_SPREAD(inside);
    *escaped = escapes >> (size - 1) & 1;
    block->valid = UINT64_MAX >> (64 - size);
    block->quotes = quotes;
    block->inside = inside;
    block->opens = SYNTAX_EQUAL(lowered, '{') & ~inside;
    block->closes = SYNTAX_EQUAL(lowered, '}') & ~inside;
    block->squares = (block->opens | block->closes) & ~SYNTAX_BIT5(bytes);
}

/* Do its brackets close those of their kind?  Returns the bit of the first one that does not, or 0.
 * In the common case, nothing is square but pairs with no other bracket between them. */
SYNTAX_INLINE uint64_t SYNTAX_NAME(json_mismatch)(const SYNTAX_BLOCK *block,
                                                  struct cb__json_kinds *kinds, uint64_t depth)
{
    const uint64_t brackets = block->opens | block->closes;
    const uint64_t opens = block->squares & block->opens, closes = block->squares & block->closes;
    /* The bracket after each that opens: a carry runs through what is between. */
    const uint64_t next = ((opens << 1) + ~brackets) & brackets;
    const uint64_t others = (next ^ closes) | (SYNTAX_COUNT(opens) - SYNTAX_COUNT(closes));
    if (cb__likely(!(others | kinds->squares | kinds->unknown)))
        return 0;
    return cb__json_match(kinds, block->opens, block->closes, block->squares, depth);
}

/* Takes all from this bit on away. */
SYNTAX_INLINE void SYNTAX_NAME(json_end)(SYNTAX_BLOCK *block, uint64_t bit)
{
    block->valid &= bit - 1;
    block->quotes &= bit - 1;
    block->opens &= bit - 1;
    block->closes &= bit - 1;
}

/* The first and last bytes of values in a block, and what is between values. */
struct SYNTAX_NAME(json_bounds) {
    uint64_t begins, ends, others;
};

SYNTAX_INLINE struct SYNTAX_NAME(json_bounds) SYNTAX_NAME(json_bound)(const SYNTAX_BLOCK *block)
{
    const struct cb__json_depths before = SYNTAX_DEPTHS(block->opens, block->closes, block->depth);
    const uint64_t quotes = block->quotes & before.zero, outside = before.zero & ~block->inside;
    const uint64_t begins = (block->opens & before.zero) | (quotes & block->inside);
    const uint64_t ends = (block->closes & before.one) | (quotes & ~block->inside);
    const uint64_t others = outside & block->valid & ~begins & ~ends;
    return (struct SYNTAX_NAME(json_bounds)){begins, ends, others};
}

/* The first and last bytes of values in a block.  *comma: all ones after the comma before a
 * value.  *stop: the lowest bit is where the scan stops, 0: nowhere here. */
SYNTAX_INLINE uint64_t SYNTAX_NAME(json_events)(const SYNTAX_BLOCK *block, bool commas,
                                                uint64_t *comma, uint64_t *stop)
{
    const struct SYNTAX_NAME(json_bounds) bounds = SYNTAX_NAME(json_bound)(block);
    const uint64_t begins = bounds.begins, ends = bounds.ends;
    uint64_t others = bounds.others;
    *stop = 0;
    if (commas) {
        /* They and beginnings come in turn. */
        const uint64_t points = SYNTAX_EQUAL(SYNTAX_LOAD(block->bytes), ',') & others;
        const uint64_t after = SYNTAX_PREFIX(points | begins) ^ *comma;
        *comma = SYNTAX_SPREAD(after);
        *stop = (points & ~after) | (begins & after);
        others &= ~points;
    }
    *stop |= SYNTAX_SOLID(block->bytes, others);
    return (begins | ends) & ((*stop & (0 - *stop)) - 1);
}

/* Some blocks at a time, each step for all of them, since a branch that was not predicted
 * costs less the sooner it is known: looks at the blocks and lists those that are not deep
 * in a value, then finds what begins and ends in these, then writes that. */
SYNTAX_INLINE size_t SYNTAX_NAME(json_find)(struct cb__json_place *place, const uint8_t *data,
                                            size_t n, uint32_t *hits, size_t max, size_t *scanned,
                                            bool commas)
{
    SYNTAX_BLOCK blocks[SYNTAX_GROUP + 1];
    uint64_t events[SYNTAX_GROUP];
    uint64_t depth = place->depth, string = (uint64_t)0 - place->string, escaped = place->escaped;
    uint64_t comma = 0, stop = 0, mismatch = 0;
    struct cb__json_kinds kinds = place->kinds;
    uint8_t part[64];
    size_t count = 0, group = 1;
    for (size_t at = 0; at < n && count < max && !stop; group = cb__min(2 * group, SYNTAX_GROUP)) {
        size_t listed = 0, found = 0;
        for (const size_t end = cb__min(n, at + 64 * group); at < end && !mismatch; at += 64) {
            SYNTAX_BLOCK *block = &blocks[listed];
            block->at = at;
            block->bytes = data + at;
            if (cb__unlikely(n - at < 64))
                block->bytes = SYNTAX_NAME(part)(part, data + at, n - at);
            block->depth = depth;
            SYNTAX_NAME(json_look)(block, n - at, &string, &escaped);
            mismatch = SYNTAX_NAME(json_mismatch)(block, &kinds, depth);
            if (cb__unlikely(mismatch)) {
                SYNTAX_NAME(json_end)(block, mismatch);
                n = at + (unsigned)__builtin_ctzll(mismatch);
                string = escaped = 0;
            }
            const uint64_t opens = SYNTAX_COUNT(block->opens), closes = SYNTAX_COUNT(block->closes);
            listed += depth <= closes;
            depth += opens - closes;
        }
        while (found < listed && !stop) {
            events[found] = SYNTAX_NAME(json_events)(&blocks[found], commas, &comma, &stop);
            found++;
        }
        for (size_t i = 0; i < found && count < max; i++) {
            cb__bit_indexes(events[i], (uint32_t)blocks[i].at, hits + count);
            count += SYNTAX_COUNT(events[i]);
        }
    }
    *scanned = n;
    if (count >= max || stop || !(depth || string)) {
        count = cb__min(count, max);
        *scanned = count ? hits[count - 1] + (size_t)1 : 0;
        *place = (struct cb__json_place){.depth = 0};
        return count;
    }
    *place = (struct cb__json_place){depth, kinds, string != 0, escaped != 0, mismatch != 0};
    return count;
}

SYNTAX_TARGET static size_t SYNTAX_NAME(json_values)(struct cb__json_place *place,
                                                     const uint8_t *data, size_t n, uint32_t *hits,
                                                     size_t max, size_t *scanned)
{
    return SYNTAX_NAME(json_find)(place, data, n, hits, max, scanned, false);
}

SYNTAX_TARGET static size_t SYNTAX_NAME(json_elements)(struct cb__json_place *place,
                                                       const uint8_t *data, size_t n,
                                                       uint32_t *hits, size_t max, size_t *scanned)
{
    return SYNTAX_NAME(json_find)(place, data, n, hits, max, scanned, true);
}

/* What is wrong: right after a value there is one LF, with `lines` no LF elsewhere, and nothing
 * else between values. */
SYNTAX_INLINE uint64_t SYNTAX_NAME(json_wrong)(const struct SYNTAX_NAME(json_bounds) * bounds,
                                               uint64_t ended, uint64_t lf, bool lines)
{
    const uint64_t after = bounds->ends << 1 | ended;
    return (bounds->others ^ after) | (lines ? bounds->others ^ lf : bounds->others & ~lf);
}

/* The whole blocks of values that are as most are: not nested, and each with a LF right after it.
 * Returns where something else is.  The brackets of such values open and close in turn, and a
 * prefix XOR tells the depths. */
SYNTAX_INLINE size_t SYNTAX_NAME(json_mark_flat)(struct syntax_marking *marking,
                                                 const uint8_t *data, size_t n, bool lines)
{
    uint64_t string = 0, escaped = 0, within = 0, ended = 0, square = 0;
    size_t at = 0, count = 0;
    for (; n - at >= 64; at += 64) {
        SYNTAX_BLOCK block = {.bytes = data + at};
        uint64_t string_after = string, escaped_after = escaped;
        SYNTAX_NAME(json_look)(&block, 64, &string_after, &escaped_after);
        const uint64_t brackets = block.opens | block.closes;
        const uint64_t after = SYNTAX_PREFIX(brackets) ^ within, before = after ^ brackets;
        const struct SYNTAX_NAME(json_bounds) bounds = {
            .ends = (block.closes & before) | (block.quotes & ~(before | block.inside)),
            .others = ~(before | after | block.inside | block.quotes),
        };
        const uint64_t lf = SYNTAX_EQUAL(SYNTAX_LOAD(block.bytes), '\n');
        const uint64_t nested = (after ^ block.opens) & brackets;
        uint64_t squares = 0;
        if (cb__unlikely(block.squares | square))
            squares = SYNTAX_PREFIX(block.squares) ^ square; /* up to the second one of two */
        if (cb__unlikely(nested | (block.closes & squares) |
                         SYNTAX_NAME(json_wrong)(&bounds, ended, lf, lines)))
            break;
        square = SYNTAX_SPREAD(squares);
        marking->marks[at / 64] = bounds.others;
        count += SYNTAX_COUNT(bounds.ends);
        string = string_after;
        escaped = escaped_after;
        within = SYNTAX_SPREAD(after);
        ended = bounds.ends >> 63;
    }
    marking->depth = within & 1;
    marking->kinds.squares = square & 1;
    marking->string = string;
    marking->escaped = escaped;
    marking->ended = ended;
    marking->count = count;
    return at;
}

/* Whole groups of blocks, as in json_find, of values that are nested and right; with `lines` also
 * the blocks that have a LF.  (A block that is deeper than 64 and has one ends no value.)  Returns
 * where the first group is that is not right. */
SYNTAX_INLINE size_t SYNTAX_NAME(json_mark_nested)(struct syntax_marking *marking,
                                                   const uint8_t *data, size_t n, size_t from,
                                                   bool lines)
{
    SYNTAX_BLOCK blocks[SYNTAX_GROUP + 1];
    uint64_t lfs[SYNTAX_GROUP + 1], wrong = 0;
    struct syntax_marking m = *marking;
    for (; n - from >= SYNTAX_GROUP * 64; from += SYNTAX_GROUP * 64) {
        size_t listed = 0;
        for (size_t at = from; at < from + SYNTAX_GROUP * 64; at += 64) {
            SYNTAX_BLOCK *block = &blocks[listed];
            block->at = at;
            block->bytes = data + at;
            block->depth = m.depth < 64 ? m.depth : 64;
            SYNTAX_NAME(json_look)(block, 64, &m.string, &m.escaped);
            lfs[listed] = SYNTAX_EQUAL(SYNTAX_LOAD(block->bytes), '\n');
            const uint64_t opens = SYNTAX_COUNT(block->opens), closes = SYNTAX_COUNT(block->closes);
            m.marks[at / 64] = 0;
            wrong |= SYNTAX_NAME(json_mismatch)(block, &m.kinds, m.depth);
            listed += (m.depth <= closes) | (lines && lfs[listed]);
            m.depth += opens - closes;
        }
        for (size_t i = 0; i < listed; i++) {
            const struct SYNTAX_NAME(json_bounds) bounds = SYNTAX_NAME(json_bound)(&blocks[i]);
            wrong |= SYNTAX_NAME(json_wrong)(&bounds, m.ended, lfs[i], lines);
            m.marks[blocks[i].at / 64] = bounds.others;
            m.count += SYNTAX_COUNT(bounds.ends);
            m.ended = bounds.ends >> 63;
        }
        if (wrong)
            break;
        *marking = m;
    }
    return from;
}

/* One block at a time, up to what is wrong. */
SYNTAX_INLINE void SYNTAX_NAME(json_mark_rest)(struct syntax_marking *m, const uint8_t *data,
                                               size_t n, size_t at, bool lines)
{
    uint64_t wrong = 0;
    uint8_t part[64];
    for (; at < n && !wrong; at += 64) {
        SYNTAX_BLOCK block = {.bytes = data + at, .depth = m->depth};
        struct SYNTAX_NAME(json_bounds) bounds = {.ends = 0};
        if (n - at < 64)
            block.bytes = SYNTAX_NAME(part)(part, data + at, n - at);
        SYNTAX_NAME(json_look)(&block, n - at, &m->string, &m->escaped);
        const uint64_t mismatch = SYNTAX_NAME(json_mismatch)(&block, &m->kinds, m->depth);
        const uint64_t opens = SYNTAX_COUNT(block.opens), closes = SYNTAX_COUNT(block.closes);
        if (m->depth <= closes)
            bounds = SYNTAX_NAME(json_bound)(&block);
        const uint64_t lf = SYNTAX_EQUAL(SYNTAX_LOAD(block.bytes), '\n');
        wrong = mismatch | (SYNTAX_NAME(json_wrong)(&bounds, m->ended, lf, lines) & block.valid);
        const uint64_t right = (wrong & (0 - wrong)) - 1, ends = bounds.ends & right;
        m->marks[at / 64] = bounds.others & right;
        m->depth += opens - closes;
        m->ended = bounds.ends >> 63;
        m->count += SYNTAX_COUNT(ends);
        if (ends)
            m->last = at + 63 - (unsigned)__builtin_clzll(ends);
    }
}

SYNTAX_INLINE size_t SYNTAX_NAME(json_mark)(const uint8_t *data, size_t n, size_t *last,
                                            uint64_t *marks, bool lines)
{
    struct syntax_marking marking = {.marks = marks};
    size_t at = SYNTAX_NAME(json_mark_flat)(&marking, data, n, lines);
    at = SYNTAX_NAME(json_mark_nested)(&marking, data, n, at, lines);
    if (marking.count)
        marking.last = (marking.ended ? at : cb__syntax_last(marks, at / 64)) - 1;
    SYNTAX_NAME(json_mark_rest)(&marking, data, n, at, lines);
    *last = marking.last;
    return marking.count;
}

SYNTAX_TARGET static size_t SYNTAX_NAME(mark_values)(const uint8_t *data, size_t n, size_t *last,
                                                     uint64_t *marks)
{
    return SYNTAX_NAME(json_mark)(data, n, last, marks, false);
}

SYNTAX_TARGET static size_t SYNTAX_NAME(mark_lines)(const uint8_t *data, size_t n, size_t *last,
                                                    uint64_t *marks)
{
    return SYNTAX_NAME(json_mark)(data, n, last, marks, true);
}

#undef SYNTAX_TARGET
#undef SYNTAX_NAME
#undef SYNTAX_V
#undef SYNTAX_LOAD
#undef SYNTAX_EQUAL
#undef SYNTAX_LOWER
#undef SYNTAX_BIT5
#undef SYNTAX_SOLID
#undef SYNTAX_DEPTHS
#undef SYNTAX_PREFIX
#undef SYNTAX_COUNT
#undef SYNTAX_SKIPS

#endif
