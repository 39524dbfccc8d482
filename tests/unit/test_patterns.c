/* SPDX-License-Identifier: MIT */
/*
 * Patterns: what they find in random texts, in spans of any size, is what a simple search
 * finds, and they say how far that is certain.
 */
#include <string.h>

#include "expect.h"
#include "reading.h"
#include "search/patterns.h"
#include "support.h"

enum { TEXT = 400, MOST = 40 };

/* Patterns as in a specification: "\1" is any digit, "\2" any byte; separated by "|". */
static const struct set {
    const char *patterns, *alphabet;
} sets[] = {
    {"a", "ab\n"},
    {"ab", "ab\n"},
    {"aa", "ab"},
    {"aba", "ab\n"},
    {"abcdefgh", "abcdefgh"},
    {"aaaaaaaaaaab", "aaaaaab"},
    {"a|b", "abc\n"},
    {"ab|abab", "ab"},
    {"abcd|bc", "abcd"},
    {"bc|abcd|d", "abcd\n"},
    {"\1", "a1\n"},
    {"\1\1-\1", "12-\n"},
    {"\2", "ab\n"},
    {"\2\2a", "ab\n"},
    {"a\2\1", "ab1\n"},
    {"\1a|b\2\2|\n", "ab1\n"},
    {"\n", "ab\n"},
    {"\n\n", "a\n"},
    {"\r", "a\r\n\n"},
    {"a\na", "a\n"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "aaaaaaaaaaab\n"},
    {"\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a\2a"
     "\2a"
     "|bbbbbbbbbbbbbbbb|b",
     "aaaab\n"},
};

struct made {
    struct cb__pattern list[8];
    uint8_t bytes[256], wild[256];
    size_t count;
};

static void make(struct made *made, const char *text)
{
    size_t n = 0;

    *made = (struct made){.count = 0};
    for (;; text++) {
        struct cb__pattern *pattern = &made->list[made->count];

        if (pattern->length == 0)
            *pattern = (struct cb__pattern){.data = made->bytes + n, .wild = made->wild + n};
        if (*text == '|' || *text == '\0') {
            made->count++;
            if (*text == '\0')
                return;
            continue;
        }
        made->bytes[n] = (uint8_t)*text;
        made->wild[n++] = *text == 1 ? CB__WILD_DIGIT : *text == 2 ? CB__WILD_ANY : CB__WILD_NONE;
        pattern->length++;
    }
}

static bool fits(const struct cb__pattern *pattern, const uint8_t *text)
{
    for (size_t i = 0; i < pattern->length; i++) {
        if (!cb__wild_is(pattern->wild[i], pattern->data[i], text[i]))
            return false;
    }
    return true;
}

static bool may_begin(enum cb__place place, const uint8_t *text, size_t at)
{
    const bool line = at == 0 || text[at - 1] == '\n';

    if (place == CB__ANYWHERE || !line || place == CB__AT_LINE || at == 0)
        return line || place == CB__ANYWHERE;
    at--;
    if (at > 0 && text[at - 1] == '\r')
        at--;
    return at == 0 || text[at - 1] == '\n';
}

/* The pattern that is complete first, from a place on; of several, the longest. */
static bool naive(const struct made *made, enum cb__place place, const uint8_t *text, size_t n,
                  size_t from, struct cb__match *match)
{
    for (size_t end = from + 1; end <= n; end++) {
        bool found = false;

        for (size_t i = 0; i < made->count; i++) {
            const struct cb__pattern *pattern = &made->list[i];
            const size_t length = pattern->length;

            if (length > end - from || !fits(pattern, text + end - length) ||
                !may_begin(place, text, end - length) || (found && match->start <= end - length))
                continue;
            *match = (struct cb__match){.start = end - length, .end = end};
            found = true;
        }
        if (found)
            return true;
    }
    return false;
}

/* Compares all matches, and what is said on the way. */
static void check(struct cb__patterns *patterns, const struct made *made, const uint8_t *text,
                  size_t n, size_t most, struct prng *prng)
{
    size_t last = 0, at = 0, step;
    struct cb__match match, next;

    cb__ahead_forget(&patterns->ahead);
    cb__patterns_start(patterns, 0);
    for (; at < n; at += step) {
        step = 1 + prng_below(prng, most);
        step = step < n - at ? step : n - at;
        while (patterns->at < at + step) {
            const bool follows = naive(made, patterns->place, text, n, last, &next);

            if (follows) {
                ck_assert_uint_ge(next.start, cb__patterns_safe(patterns));
                ck_assert_uint_ge(next.end, patterns->at + cb__patterns_needed(patterns));
            }
            const size_t from = (size_t)patterns->at;
            int status = cb__patterns_feed(patterns, text + from, at + step - from, &match);
            ck_assert_uint_eq(patterns->at, status == CB__YES ? match.end : at + step);
            ck_assert_int_eq(status, follows && next.end <= at + step ? CB__YES : CB__MORE);
            if (status != CB__YES)
                break;
            ck_assert_uint_eq(match.start, next.start);
            ck_assert_uint_eq(match.end, next.end);
            last = (size_t)match.end;
        }
    }
}

START_TEST(matches_are_those_of_a_simple_search)
{
    const struct set *set = &sets[_i / 3];
    struct prng prng = {(uint64_t)_i};
    struct counting counting;
    struct cb__patterns patterns;
    struct made made;
    uint8_t text[TEXT];

    counting_init(&counting);
    make(&made, set->patterns);
    ck_assert_int_eq(cb__patterns_init(&patterns, made.list, made.count, (enum cb__place)(_i % 3),
                                       &counting.hooks),
                     CB_OK);
    for (int round = 0; round < 60; round++) {
        const size_t n = prng_below(&prng, TEXT);

        prng_fill(&prng, text, n, set->alphabet, strlen(set->alphabet));
        check(&patterns, &made, text, n, (size_t[]){1, 3, MOST, TEXT}[round % 4], &prng);
    }
    cb__patterns_fini(&patterns);
    counting_fini(&counting);
}
END_TEST

/* From where a pattern may begin, in a span that begins so, too. */
START_TEST(a_run_finds_what_begins_where_it_does)
{
    const struct set *set = &sets[_i / 3];
    const enum cb__place place = (enum cb__place)(_i % 3);
    struct prng prng = {100 + (uint64_t)_i};
    struct counting counting;
    struct cb__patterns patterns;
    struct made made;
    uint8_t text[TEXT];

    counting_init(&counting);
    make(&made, set->patterns);
    ck_assert_int_eq(cb__patterns_init(&patterns, made.list, made.count, place, &counting.hooks),
                     CB_OK);
    for (int round = 0; round < 400; round++) {
        const size_t n = 1 + prng_below(&prng, 2 * MOST), from = prng_below(&prng, n);
        size_t at = from;
        struct cb__match match;

        prng_fill(&prng, text, n, set->alphabet, strlen(set->alphabet));
        const bool found = naive(&made, place, text, n, from, &match);
        ssize_t length = cb__patterns_run(&patterns, text, n, &at);
        if (length > 0) {
            ck_assert(found);
            ck_assert_uint_eq(match.end, at);
            ck_assert_uint_eq(match.start, at - (size_t)length);
        } else if (length == 0) {
            ck_assert_uint_gt(at, from);
            ck_assert(!found || match.start >= at);
        } else {
            ck_assert(!found);
        }
    }
    cb__patterns_fini(&patterns);
    counting_fini(&counting);
}
END_TEST

/* Is the place inside no occurrence?  What may end after the text counts, too. */
static bool is_seam(const struct made *made, enum cb__place place, const uint8_t *text, size_t n,
                    size_t at)
{
    for (size_t i = 0; i < made->count; i++) {
        const struct cb__pattern *pattern = &made->list[i];

        for (size_t start = 0; start < at; start++) {
            struct cb__pattern shown = *pattern;

            if (shown.length > n - start)
                shown.length = n - start;
            if (at < start + pattern->length && may_begin(place, text, start) &&
                fits(&shown, text + start))
                return false;
        }
    }
    return may_begin(place, text, at);
}

/* The text up to a place is shown, from the beginning and without it. */
START_TEST(the_last_seam_is_that_of_a_simple_search)
{
    const struct set *set = &sets[_i / 3];
    const enum cb__place place = (enum cb__place)(_i % 3);
    struct prng prng = {.state = (uint64_t)_i + 5};
    struct counting counting;
    struct cb__patterns patterns;
    struct made made;
    uint8_t text[TEXT];

    counting_init(&counting);
    make(&made, set->patterns);
    ck_assert_int_eq(cb__patterns_init(&patterns, made.list, made.count, place, &counting.hooks),
                     CB_OK);
    for (int run = 0; run < 40; run++) {
        const size_t n = 1 + prng_below(&prng, sizeof text);
        const size_t from = prng_below(&prng, n);
        size_t wanted = n, found = 0;

        prng_fill(&prng, text, n, set->alphabet, strlen(set->alphabet));
        while (wanted-- && !is_seam(&made, place, text, n, wanted))
            continue;
        ck_assert(cb__patterns_seam(&patterns, text, n, true, &found));
        ck_assert_msg(found == wanted, "%zu, not %zu", found, wanted);
        const size_t reach = patterns.longest - 1 + (place == CB__ANYWHERE ? 0 : 3);
        const bool shown = wanted >= from + reach;
        ck_assert_int_eq(cb__patterns_seam(&patterns, text + from, n - from, false, &found), shown);
        ck_assert(!shown || found == wanted - from);
    }
    cb__patterns_fini(&patterns);
    counting_fini(&counting);
}
END_TEST

/* What of it may have begun is in another word than its first byte. */
START_TEST(a_pattern_of_many_bytes_is_found_in_every_cut)
{
#define DIGITS "0123456789"
#define SEVENTY DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS
#define TEN_WILD "\\d\\d\\d\\d\\d\\d\\d\\d\\d\\d"
    static const struct example example = {
        "start:" TEN_WILD TEN_WILD TEN_WILD TEN_WILD TEN_WILD TEN_WILD TEN_WILD,
        BYTES("x" SEVENTY "y" SEVENTY DIGITS "z" DIGITS),
        GIVES("[x][" SEVENTY "y][" SEVENTY DIGITS "z" DIGITS "]")};

    check_example(&example, false);
}
END_TEST

START_TEST(too_many_bytes_and_no_memory_are_refused)
{
    static uint8_t bytes[CB__PATTERNS_MAX];
    struct cb__pattern list[2] = {{.data = bytes, .length = 1},
                                  {.data = bytes, .length = CB__PATTERNS_MAX}};
    struct counting counting;
    struct cb__patterns patterns;

    counting_init(&counting);
    ck_assert_int_eq(cb__patterns_init(&patterns, list, 2, CB__ANYWHERE, &counting.hooks),
                     CB_EINVAL);
    cb__patterns_fini(&patterns);
    list[1].length--;
    counting_fail(&counting, 1, false);
    ck_assert_int_eq(cb__patterns_init(&patterns, list, 2, CB__ANYWHERE, &counting.hooks),
                     CB_ENOMEM);
    cb__patterns_fini(&patterns);
    counting_fail(&counting, 0, false);
    ck_assert_int_eq(cb__patterns_init(&patterns, list, 2, CB__ANYWHERE, &counting.hooks), CB_OK);
    cb__patterns_fini(&patterns);
    counting_fini(&counting);
}
END_TEST

static Suite *patterns_suite(void)
{
    Suite *suite = suite_create("patterns");
    TCase *matches = add_case(suite, "matches");
    TCase *construction = add_case(suite, "construction");

    tcase_add_loop_test(matches, matches_are_those_of_a_simple_search, 0, 3 * (int)COUNT(sets));
    tcase_add_loop_test(matches, a_run_finds_what_begins_where_it_does, 0, 3 * (int)COUNT(sets));
    tcase_add_loop_test(matches, the_last_seam_is_that_of_a_simple_search, 0, 3 * (int)COUNT(sets));
    tcase_add_test(construction, too_many_bytes_and_no_memory_are_refused);
    tcase_add_test(construction, a_pattern_of_many_bytes_is_found_in_every_cut);
    return suite;
}

int main(void)
{
    return run_suite(patterns_suite());
}
