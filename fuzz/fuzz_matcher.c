/* SPDX-License-Identifier: MIT */
/*
 * The matcher against a naive search.
 *
 * Byte 0: how many needles; a byte of length and the bytes for each; a byte
 * that says in which sizes the text arrives; the text.
 */
#include "search/matcher.h"
#include "fuzz.h"

static void *plain_alloc(void *arg, size_t size)
{
    (void)arg;
    return malloc(size);
}

static void plain_free(void *arg, void *memory, size_t size)
{
    (void)arg;
    (void)size;
    free(memory);
}

static const struct cb_allocator plain = {.alloc = plain_alloc, .free = plain_free};

enum { NEEDLES = 6, LONGEST = 24 };

struct set {
    struct cb__needle needles[NEEDLES];
    size_t count;
};

static size_t longest_at(const struct set *set, const uint8_t *data, size_t n)
{
    size_t longest = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct cb__needle *needle = &set->needles[i];
        if (needle->length <= n && needle->length > longest &&
            !memcmp(data, needle->data, needle->length))
            longest = needle->length;
    }
    return longest;
}

/* The first match from *at on, leftmost and longest. */
static bool naive_next(const struct set *set, const uint8_t *text, size_t n, size_t *at,
                       struct cb__match *match)
{
    for (size_t i = *at; i < n; i++) {
        size_t length = longest_at(set, text + i, n - i);
        if (length) {
            *match = (struct cb__match){.start = i, .end = i + length};
            *at = i + length;
            return true;
        }
    }
    return false;
}

/* Reads the needles; returns what follows them. */
static const uint8_t *read_set(struct set *set, const uint8_t *data, const uint8_t *end)
{
    size_t count = 1 + *data++ % NEEDLES;
    set->count = 0;
    while (set->count < count && end - data > 1) {
        size_t length = 1 + *data++ % LONGEST;
        if (length > (size_t)(end - data))
            length = (size_t)(end - data);
        set->needles[set->count++] = (struct cb__needle){.data = data, .length = length};
        data += length;
    }
    return data;
}

struct search {
    const struct set *set;
    const uint8_t *text;
    size_t size;
    struct cb__matcher matcher;
    size_t naive_at;
    uint64_t safe;
};

static void expect_match(struct search *search, const struct cb__match *match)
{
    struct cb__match expected;
    REQUIRE(naive_next(search->set, search->text, search->size, &search->naive_at, &expected));
    REQUIRE(match->start == expected.start && match->end == expected.end);
    REQUIRE(match->start >= search->safe);
    REQUIRE(search->matcher.at == match->end);
    search->safe = match->end;
}

/* From a copy that ends with the span, so that reading beyond it is found. */
static void feed(struct search *search, size_t arrived)
{
    struct cb__match match;
    int status = CB__YES;
    while (status == CB__YES) {
        size_t at = (size_t)search->matcher.at, n = arrived - at;
        uint8_t *copy = malloc(n ? n : 1);
        REQUIRE(copy);
        memcpy(copy, search->text + at, n);
        status = cb__matcher_feed(&search->matcher, copy, n, &match);
        free(copy);
        if (status == CB__YES)
            expect_match(search, &match);
    }
    REQUIRE(status == CB__MORE && search->matcher.at == arrived);
    uint64_t safe = cb__matcher_safe(&search->matcher);
    REQUIRE(safe >= search->safe && safe <= arrived);
    search->safe = safe;
    REQUIRE(cb__matcher_needed(&search->matcher) >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    struct set set;
    struct cb__match match;
    if (size < 5)
        return 0;
    data = read_set(&set, data, end);
    if (!set.count || end - data < 2)
        return 0;
    size_t step = 1 + *data++ % 32;
    struct search search = {.set = &set, .text = data, .size = (size_t)(end - data)};
    REQUIRE(cb__matcher_init(&search.matcher, set.needles, set.count, &plain) == CB_OK);
    cb__matcher_start(&search.matcher, 0);
    for (size_t arrived = 0; arrived < search.size;) {
        arrived = step < search.size - arrived ? arrived + step : search.size;
        feed(&search, arrived);
    }
    while (cb__matcher_finish(&search.matcher, &match) == CB__YES) {
        expect_match(&search, &match);
        feed(&search, search.size);
    }
    REQUIRE(!naive_next(&set, search.text, search.size, &search.naive_at, &match));
    REQUIRE(search.matcher.scanned <= 3 * search.size);
    cb__matcher_fini(&search.matcher);
    return 0;
}
