/* SPDX-License-Identifier: MIT */
#include "search/patterns.h"

#include <string.h>

/* Rows of the table for byte values; and after them first, last, live and run.  The finder
 * needs only the beginning of a pattern. */
enum { BITS = 64, ROWS = 256, OTHERS = 4, NEEDLE = 64 };

/* As if the stream came after empty lines. */
static const uint32_t line_ends = 0x0a0a0a;

bool cb__patterns_may_begin(const struct cb__patterns *patterns, uint32_t before)
{
    switch (patterns->place) { /* not taken: there is no other place */
    case CB__AT_LINE:
        return (before & 0xff) == '\n';
    case CB__AFTER_EMPTY_LINE:
        return (before & 0xffff) == 0x0a0a || (before & 0xffffff) == 0x0a0d0a;
    case CB__ANYWHERE:
        break;
    }
    return true;
}

/* --------------------------------------------------------------- the automaton */

struct stepped {
    bool lives, ends; /* a pattern has begun; one has ended */
};

/* One more byte, with this row of the table; a pattern may begin with it if `begins`. */
cb__always_inline struct stepped step(const struct cb__patterns *patterns, uint64_t *live,
                                      size_t words, const uint64_t *match, bool begins)
{
    uint64_t carry = 0, lives = 0, ends = 0;
    for (size_t w = 0; w < words; w++) {
        const uint64_t went_on = live[w] & ~patterns->last[w];
        const uint64_t begun = begins ? patterns->first[w] : 0;
        live[w] = (went_on << 1 | carry | begun) & match[w];
        carry = went_on >> (BITS - 1);
        lives |= live[w];
        ends |= live[w] & patterns->last[w];
    }
    return (struct stepped){.lives = lives != 0, .ends = ends != 0};
}

/* Which byte of its pattern a bit is, counted from 1. */
static size_t depth_of(const struct cb__patterns *patterns, size_t bit)
{
    size_t w = bit / BITS;
    uint64_t first = patterns->first[w] & (UINT64_MAX >> (BITS - 1 - bit % BITS));
    while (!first)
        first = patterns->first[--w];
    return bit - (w * BITS + BITS - 1 - (size_t)__builtin_clzll(first)) + 1;
}

/* The highest bit below `end` that is set in `live`, and in `mask` unless it is NULL.  False if
 * there is none. */
static bool bit_below(const uint64_t *live, const uint64_t *mask, size_t end, size_t *bit)
{
    while (end) {
        const size_t w = (end - 1) / BITS;
        uint64_t bits = live[w] & (UINT64_MAX >> (BITS - 1 - (end - 1) % BITS));
        bits &= mask ? mask[w] : UINT64_MAX;
        *bit = w * BITS + BITS - 1;
        if (bits) {
            *bit -= (size_t)__builtin_clzll(bits);
            return true;
        }
        end = w * BITS;
    }
    return false;
}

/* The greatest depth among bits that are also in `mask` (NULL: all).  Of each pattern only
 * its highest bit counts; of a long one all may be set. */
static size_t deepest(const struct cb__patterns *patterns, const uint64_t *live,
                      const uint64_t *mask)
{
    size_t depth = 0;
    for (size_t end = patterns->words * BITS, bit; bit_below(live, mask, end, &bit);) {
        const size_t here = depth_of(patterns, bit);
        depth = cb__max(depth, here);
        end = bit + 1 - here;
    }
    return depth;
}

/* The length of the longest pattern that ends. */
static inline size_t length_of_match(const struct cb__patterns *patterns, const uint64_t *live)
{
    if (patterns->shortest == patterns->longest)
        return patterns->longest;
    return deepest(patterns, live, patterns->last);
}

/* How many bytes of its pattern follow a bit. */
static size_t left_of(const struct cb__patterns *patterns, size_t bit)
{
    size_t w = bit / BITS;
    uint64_t last = patterns->last[w] & (UINT64_MAX << bit % BITS);
    while (!last)
        last = patterns->last[++w];
    return w * BITS + (size_t)__builtin_ctzll(last) - bit;
}

static uint32_t push(uint32_t before, const uint8_t *data, size_t n)
{
    if (n >= 3)
        return (uint32_t)data[n - 3] << 16 | (uint32_t)data[n - 2] << 8 | data[n - 1];
    for (size_t i = 0; i < n; i++)
        before = before << 8 | data[i];
    return before;
}

/* A single pattern is compared with the bytes at once.  If it fits with many of them but not
 * all, it may do so again at the next byte: that is for the automaton. */
enum { MANY = 8 };

/* Does the single pattern stand at the beginning of these bytes, of which there are enough?
 * Its length; 0 if not; or CB__UNDECIDED, for the automaton. */
static inline ssize_t compare(const struct cb__patterns *patterns, const uint8_t *data, size_t n)
{
    uint64_t bytes;
    size_t i = 0;
    if (n >= sizeof bytes) {
        memcpy(&bytes, data, sizeof bytes);
        if ((bytes ^ patterns->prefix) & patterns->prefix_mask)
            return 0;
        if (patterns->prefix_is_all)
            return (ssize_t)patterns->longest;
    }
    while (i < patterns->longest && patterns->table[data[i]] >> i & 1)
        i++;
    if (i == patterns->longest)
        return (ssize_t)i;
    return i < MANY ? 0 : CB__UNDECIDED;
}

/* ------------------------------------------------------------ construction */

static uint8_t wild_at(const struct cb__pattern *pattern, size_t i)
{
    return pattern->wild ? pattern->wild[i] : CB__WILD_NONE;
}

/* Adds a pattern from a bit on. */
static void add(struct cb__patterns *patterns, const struct cb__pattern *pattern, size_t bit)
{
    const size_t last = bit + pattern->length - 1;
    patterns->first[bit / BITS] |= UINT64_C(1) << bit % BITS;
    patterns->last[last / BITS] |= UINT64_C(1) << last % BITS;
    for (size_t i = 0; i < pattern->length; i++, bit++) {
        const uint8_t wild = wild_at(pattern, i);
        for (unsigned byte = 0; byte < ROWS; byte++) {
            if (cb__wild_is(wild, pattern->data[i], (uint8_t)byte))
                patterns->table[byte * patterns->words + bit / BITS] |= UINT64_C(1) << bit % BITS;
        }
    }
    patterns->shortest = cb__min(patterns->shortest, pattern->length);
    patterns->longest = cb__max(patterns->longest, pattern->length);
}

static void set_prefix(struct cb__patterns *patterns, const struct cb__pattern *pattern)
{
    const size_t n = cb__min(pattern->length, sizeof patterns->prefix);
    uint8_t bytes[sizeof patterns->prefix] = {0}, mask[sizeof patterns->prefix] = {0};
    patterns->prefix_is_all = pattern->length == n;
    for (size_t i = 0; i < n; i++) {
        const uint8_t wild = wild_at(pattern, i);
        bytes[i] = pattern->data[i];
        mask[i] = wild == CB__WILD_NONE ? 0xff : 0;
        patterns->prefix_is_all = patterns->prefix_is_all && wild != CB__WILD_DIGIT;
    }
    memcpy(&patterns->prefix, bytes, sizeof bytes);
    memcpy(&patterns->prefix_mask, mask, sizeof mask);
}

/* Adds what the finder looks for: the pattern, after LF if it must be at a line. */
static void add_needle(struct cb__patterns *patterns, const struct cb__pattern *pattern, bool more)
{
    const size_t lead = patterns->place != CB__ANYWHERE, n = cb__min(pattern->length, NEEDLE);
    uint8_t needle[NEEDLE + 1] = "\n", wild[NEEDLE + 1] = {CB__WILD_NONE};
    memcpy(needle + lead, pattern->data, n);
    if (pattern->wild)
        memcpy(wild + lead, pattern->wild, n);
    if (more)
        cb__finder_add_wild(&patterns->finder, needle, wild, n + lead);
    else
        cb__finder_init_wild(&patterns->finder, needle, wild, n + lead);
}

static int allocate(struct cb__patterns *patterns, size_t bits)
{
    const struct cb_allocator *allocator = patterns->allocator;
    patterns->words = (bits + BITS - 1) / BITS;
    patterns->size = (ROWS + OTHERS) * patterns->words * sizeof *patterns->table;
    patterns->table = cb__alloc_zeroed(allocator, patterns->size);
    if (!patterns->table)
        return CB_ENOMEM;
    patterns->first = patterns->table + ROWS * patterns->words;
    patterns->last = patterns->first + patterns->words;
    patterns->live = patterns->last + patterns->words;
    patterns->run = patterns->live + patterns->words;
    return CB_OK;
}

int cb__patterns_init(struct cb__patterns *patterns, const struct cb__pattern *list, size_t count,
                      enum cb__place place, const struct cb_allocator *allocator)
{
    size_t bits = 0;
    *patterns = (struct cb__patterns){.place = place, .allocator = allocator};
    patterns->shortest = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        if (list[i].length > CB__PATTERNS_MAX - bits)
            return CB_EINVAL;
        bits += list[i].length;
    }
    int status = allocate(patterns, bits);
    if (status)
        return status;
    bits = 0;
    for (size_t i = 0; i < count; i++) {
        add(patterns, &list[i], bits);
        add_needle(patterns, &list[i], i > 0);
        bits += list[i].length;
    }
    patterns->single = count == 1 && patterns->words == 1;
    set_prefix(patterns, &list[0]);
    cb__ahead_forget(&patterns->ahead);
    cb__patterns_start(patterns, 0);
    return CB_OK;
}

void cb__patterns_fini(struct cb__patterns *patterns)
{
    if (patterns->table)
        patterns->allocator->free(patterns->allocator->arg, patterns->table, patterns->size);
    patterns->table = NULL;
}

/* ----------------------------------------------------------------- searching */

static void clear(struct cb__patterns *patterns)
{
    memset(patterns->live, 0, patterns->words * sizeof *patterns->live);
    patterns->is_live = false;
}

void cb__patterns_start(struct cb__patterns *patterns, uint64_t at)
{
    clear(patterns);
    patterns->at = at;
    patterns->before = line_ends;
}

static bool any(const void *arg, const uint8_t *data, uint64_t n)
{
    (void)arg, (void)data, (void)n;
    return true;
}

/* Moves over bytes.  (Here and below, `placed`: not CB__ANYWHERE.) */
static inline void advance(struct cb__patterns *patterns, bool placed, const uint8_t *data,
                           size_t n)
{
    patterns->at += n;
    if (placed)
        patterns->before = push(patterns->before, data, n);
}

static inline bool may_begin(const struct cb__patterns *patterns, bool placed)
{
    return !placed || cb__patterns_may_begin(patterns, patterns->before);
}

/* No pattern has begun: passes over bytes with which none does.  Returns how many. */
static inline size_t pass_over(struct cb__patterns *patterns, bool placed, const uint8_t *data,
                               size_t n)
{
    size_t skip;
    if (placed && may_begin(patterns, placed))
        return 0;
    if (cb__ahead_next(&patterns->ahead, &patterns->finder, patterns->longest + placed,
                       patterns->at, data, n, any, NULL, &skip, &patterns->scanned))
        skip += placed;
    advance(patterns, placed, data, skip);
    return skip;
}

/* No pattern has begun before these n bytes.  Compares the single pattern with them: its
 * length, 0 after the first of them, or CB__UNDECIDED at it. */
static inline ssize_t try_single(struct cb__patterns *patterns, bool placed, const uint8_t *data,
                                 size_t n)
{
    if (!patterns->single || n < patterns->longest || !may_begin(patterns, placed))
        return CB__UNDECIDED;
    ssize_t length = compare(patterns, data, n);
    if (length >= 0)
        advance(patterns, placed, data, length ? (size_t)length : 1);
    return length;
}

static int accept(struct cb__patterns *patterns, size_t length, struct cb__match *match)
{
    match->start = patterns->at - length;
    match->end = patterns->at;
    return CB__YES;
}

cb__always_inline int feed(struct cb__patterns *patterns, const uint8_t *data, size_t n,
                           size_t words, bool placed, struct cb__match *match)
{
    for (size_t i = 0; i < n;) {
        if (!patterns->is_live) {
            i += pass_over(patterns, placed, data + i, n - i);
            ssize_t length = try_single(patterns, placed, data + i, n - i);
            if (length > 0)
                return accept(patterns, (size_t)length, match);
            i += length == 0;
            if (i == n || length == 0)
                continue;
        }
        const struct stepped stepped =
            step(patterns, patterns->live, words, patterns->table + data[i] * words,
                 may_begin(patterns, placed));
        advance(patterns, placed, data + i++, 1);
        patterns->is_live = stepped.lives;
        if (stepped.ends) {
            const size_t length = length_of_match(patterns, patterns->live);
            clear(patterns);
            return accept(patterns, length, match);
        }
    }
    return CB__MORE;
}

int cb__patterns_feed(struct cb__patterns *patterns, const uint8_t *data, size_t n,
                      struct cb__match *match)
{
    const bool placed = patterns->place != CB__ANYWHERE;
    if (patterns->words == 1 && !placed)
        return feed(patterns, data, n, 1, false, match);
    return feed(patterns, data, n, patterns->words, placed, match);
}

uint64_t cb__patterns_safe(const struct cb__patterns *patterns)
{
    return patterns->at - deepest(patterns, patterns->live, NULL);
}

size_t cb__patterns_needed(const struct cb__patterns *patterns)
{
    const bool lead = !cb__patterns_may_begin(patterns, patterns->before);
    size_t needed = patterns->shortest + lead;
    for (size_t end = patterns->words * BITS, bit; bit_below(patterns->live, NULL, end, &bit);) {
        needed = cb__min(needed, left_of(patterns, bit));
        end = bit + 1 - depth_of(patterns, bit); /* before this pattern */
    }
    return needed;
}

/* May a pattern begin at data[i]? */
static inline bool may_begin_in(const struct cb__patterns *patterns, const uint8_t *data, size_t i)
{
    if (patterns->place == CB__AT_LINE)
        return !i || data[i - 1] == '\n';
    return patterns->place == CB__ANYWHERE ||
           cb__patterns_may_begin(patterns, push(line_ends, data, i));
}

cb__always_inline ssize_t run(const struct cb__patterns *patterns, uint64_t *live, size_t words,
                              const uint8_t *data, size_t n, size_t *from)
{
    memset(live, 0, words * sizeof *live);
    for (size_t i = *from; i < n; i++) {
        const struct stepped stepped =
            step(patterns, live, words, patterns->table + data[i] * words,
                 may_begin_in(patterns, data, i));
        *from = i + 1;
        if (stepped.ends)
            return (ssize_t)length_of_match(patterns, live);
        if (!stepped.lives)
            return 0;
    }
    return CB__UNDECIDED;
}

ssize_t cb__patterns_run(const struct cb__patterns *patterns, const uint8_t *data, size_t n,
                         size_t *from)
{
    const size_t i = *from;
    uint64_t one;
    if (patterns->single && n - i >= patterns->longest) {
        ssize_t length = may_begin_in(patterns, data, i) ? compare(patterns, data + i, n - i) : 0;
        *from += length > 0 ? (size_t)length : length == 0;
        if (length >= 0)
            return length;
    }
    return patterns->words == 1 ? run(patterns, &one, 1, data, n, from)
                                : run(patterns, patterns->run, patterns->words, data, n, from);
}

/* ----------------------------------------------------------------------- seams */

/* What is before the span is not known; what it begins with may be the beginning of a stream. */
static void seams_start(void *arg, const uint8_t *data, size_t at)
{
    struct cb__patterns *own = arg;
    clear(own);
    own->before = at ? push(line_ends, data, at) : line_ends;
}

static bool seams_may_begin(const void *arg)
{
    const struct cb__patterns *own = arg;
    return cb__patterns_may_begin(own, own->before);
}

static size_t seams_step(void *arg, uint8_t byte)
{
    struct cb__patterns *own = arg;
    const uint64_t *const match = own->table + byte * own->words;
    const struct stepped stepped = step(own, own->live, own->words, match, seams_may_begin(own));
    own->before = own->before << 8 | byte;
    return stepped.ends ? length_of_match(own, own->live) : 0;
}

static size_t seams_begun(const void *arg)
{
    const struct cb__patterns *own = arg;
    return deepest(own, own->live, NULL);
}

bool cb__patterns_seam(const struct cb__patterns *patterns, const uint8_t *data, size_t n,
                       bool first, size_t *place)
{
    struct cb__patterns own = *patterns;
    own.live = patterns->run;
    const struct cb__seams seams = {
        .reach = patterns->longest - 1 + (patterns->place == CB__ANYWHERE ? 0 : 3),
        .arg = &own,
        .start = seams_start,
        .may_begin = seams_may_begin,
        .step = seams_step,
        .begun = seams_begun,
    };
    return cb__seams_last(&seams, data, n, first, place);
}
