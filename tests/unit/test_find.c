/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "kernels/find.h"
#include "kernels.h"
#include "support.h"

/* ------------------------------------------------------------------ kernels */

EACH_KERNEL(cb__kernel);

/* ------------------------------------------------------------------ finders */

/* The needles that a finder is made for, separated by '|'. */
struct finder_case {
    const char *needles;
    enum cb__finder_kind kind;
    bool exact;
};

static const struct finder_case cases[] = {
    {"a", CB__FIND_BYTE, true},
    {"ab", CB__FIND_PAIR, true},
    {"aa", CB__FIND_PAIR, true},
    {"abc", CB__FIND_PAIR, false},
    {"aaaa", CB__FIND_PAIR, false},
    {"aab\n", CB__FIND_PAIR, false},
    {"\nabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r", CB__FIND_PAIR, false},
    {"aaaaaaa", CB__FIND_PAIR, false},
    {"bababababab", CB__FIND_PAIR, false},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", CB__FIND_PAIR, false},
    {"a|b", CB__FIND_SET, true},
    {"a|b|\n|\r", CB__FIND_SET, true},
    {"a|a", CB__FIND_BYTE, true},
    {"a|ab", CB__FIND_BYTE, false},
    {"ab|a", CB__FIND_BYTE, false},
    {"abc|ab", CB__FIND_BYTE, false},
    {"ab|ba", CB__FIND_SET, false},
    {"a|bb", CB__FIND_SET, false},
    {"bb|a|a", CB__FIND_SET, false},
};

/* Calls fn for each needle in a list. */
static void each_needle(const char *list, void (*fn)(const uint8_t *needle, size_t n, void *arg),
                        void *arg)
{
    for (;;) {
        size_t n = strcspn(list, "|");

        fn((const uint8_t *)list, n, arg);
        if (!list[n])
            return;
        list += n + 1;
    }
}

struct setup {
    struct cb__finder *finder;
    bool begun;
};

static void add_needle(const uint8_t *needle, size_t n, void *arg)
{
    struct setup *setup = arg;

    if (setup->begun)
        cb__finder_add(setup->finder, needle, n);
    else
        cb__finder_init(setup->finder, needle, n);
    setup->begun = true;
}

static void make_finder(struct cb__finder *finder, const char *needles)
{
    struct setup setup = {.finder = finder};

    each_needle(needles, add_needle, &setup);
}

struct place {
    const uint8_t *data;
    size_t n;
    bool found;
};

static void compare_needle(const uint8_t *needle, size_t n, void *arg)
{
    struct place *place = arg;

    place->found |= n <= place->n && memcmp(place->data, needle, n) == 0;
}

/* Does one of the needles stand at the beginning of data? */
static bool naive_occurs(const char *needles, const uint8_t *data, size_t n)
{
    struct place place = {.data = data, .n = n};

    each_needle(needles, compare_needle, &place);
    return place.found;
}

/* What the finder's own description says of a place. */
static bool naive_candidate(const struct cb__finder *finder, const uint8_t *data, size_t n)
{
    if (n < finder->reach)
        return false;
    switch (finder->kind) {
    case CB__FIND_BYTE:
        return data[finder->offset[0]] == finder->byte[0];
    case CB__FIND_PAIR:
        return data[finder->offset[0]] == finder->byte[0] &&
               data[finder->offset[1]] == finder->byte[1];
    case CB__FIND_SET:
        break;
    }
    return finder->member[data[0]] != 0;
}

/* ------------------------------------------------------------------- checks */

enum { MOST = 4096 };

/* All candidates of a span, by calls for at most `max` at a time. */
static size_t collect(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t max,
                      size_t *places)
{
    uint32_t *hits = malloc((max + CB__FIND_SLACK) * sizeof *hits);
    size_t count = 0, base = 0;

    expect(hits, "out of memory");
    for (;;) {
        size_t scanned = SIZE_MAX, left = n - base;
        size_t found = cb__find_all(finder, data + base, left, hits, max, &scanned);

        expect(found <= max, "%zu of %zu", found, max);
        expect(scanned <= left, "%zu of %zu bytes decided", scanned, left);
        for (size_t i = 0; i < found; i++) {
            expect(hits[i] < scanned, "%u was not decided", hits[i]);
            expect(count < MOST, "too many places");
            places[count++] = base + hits[i];
        }
        base += scanned;
        if (found == max)
            continue;
        expect(scanned + finder->reach > left, "%zu of %zu bytes decided, reach %zu", scanned, left,
               finder->reach);
        break;
    }
    free(hits);
    return count;
}

/* Are these the candidates?  With groups, some that are no match may be left out. */
static void check_places(const struct cb__finder *finder, const char *needles, const uint8_t *data,
                         size_t n, const size_t *places, size_t found, const size_t *expected,
                         size_t count)
{
    size_t i = 0;

    for (size_t e = 0; e < count; e++) {
        const size_t at = expected[e];

        if (i < found && places[i] == at)
            i++;
        else
            expect(finder->groups && !naive_occurs(needles, data + at, n - at),
                   "'%s' in %zu bytes: a candidate at %zu is missed", needles, n, at);
    }
    expect(i == found, "'%s' in %zu bytes: %zu is no candidate", needles, n, places[i]);
}

/* find_all, with every size of its array, gives just the candidates of a naive
 * loop, and these are right. */
static void check_span(const struct cb__finder *finder, const char *needles, const uint8_t *data,
                       size_t n)
{
    static const size_t sizes[] = {1, 2, 3, 7, 64, MOST};
    size_t expected[MOST], places[MOST], count = 0, at;

    expect(n <= MOST, "too long");
    for (size_t i = 0; i < n; i++) {
        bool candidate = naive_candidate(finder, data + i, n - i);
        bool occurs = naive_occurs(needles, data + i, n - i);

        expect(candidate || !occurs, "'%s' at %zu is missed", needles, i);
        expect(!finder->exact || candidate == occurs, "'%s' at %zu is none", needles, i);
        if (candidate)
            expected[count++] = i;
    }
    for (size_t s = 0; s < COUNT(sizes); s++) {
        size_t found = collect(finder, data, n, sizes[s], places);

        check_places(finder, needles, data, n, places, found, expected, count);
    }
    size_t last = SIZE_MAX, scanned = SIZE_MAX;
    size_t counted = cb__find_count(finder, data, n, &last, &scanned);
    expect(counted == count, "'%s' in %zu bytes: %zu counted, %zu there are", needles, n, counted,
           count);
    expect(!count || last == expected[count - 1], "the last at %zu, expected %zu", last,
           expected[count ? count - 1 : 0]);
    expect(scanned <= n && scanned + finder->reach > n, "%zu of %zu bytes decided", scanned, n);
    bool any = cb__find_last(finder, data, n, &at);
    expect(any == (count > 0), "'%s' in %zu bytes", needles, n);
    if (any)
        expect(at == expected[count - 1], "the last at %zu, expected %zu", at, expected[count - 1]);
    bool first = cb__find_first(finder, data, n, &at);
    expect(first == (count > 0), "'%s' in %zu bytes", needles, n);
    if (first)
        expect(at == expected[0], "first at %zu, expected %zu", at, expected[0]);
    else
        expect(at <= n && at + finder->reach > n, "%zu of %zu bytes decided", at, n);
}

/* -------------------------------------------------------------------- tests */

/* Its two bytes are farther apart than the bytes that are looked at first. */
START_TEST(the_last_place_of_a_long_needle_is_found_within_the_bytes)
{
    uint8_t text[2000], needle[1000];
    struct cb__finder finder;
    struct guard guard;
    size_t at = 0;

    memset(text, 'e', sizeof text);
    memset(needle, 'e', sizeof needle);
    needle[0] = '~';
    cb__finder_init(&finder, needle, sizeof needle);
    ck_assert_uint_gt(finder.reach, 512);
    guard_init(&guard, text, sizeof text);
    ck_assert(!cb__find_last(&finder, guard.data, sizeof text, &at));
    guard_fini(&guard);
    memcpy(text + 300, needle, sizeof needle);
    guard_init(&guard, text, sizeof text);
    ck_assert(cb__find_last(&finder, guard.data, sizeof text, &at));
    ck_assert_uint_eq(at, 300);
    guard_fini(&guard);
}
END_TEST

START_TEST(a_finder_is_of_the_kind_that_its_needles_allow)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cb__finder finder;

        make_finder(&finder, cases[i].needles);
        ck_assert_msg(finder.kind == cases[i].kind, "'%s'", cases[i].needles);
        ck_assert_msg(finder.exact == cases[i].exact, "'%s'", cases[i].needles);
    }
}
END_TEST

START_TEST(a_pair_looks_at_two_places_of_its_needle)
{
    static const char needle[] = "content\r\n\r\nlength";
    struct cb__finder finder;

    for (size_t n = 2; n < sizeof needle; n++) {
        cb__finder_init(&finder, (const uint8_t *)needle, n);
        ck_assert_int_eq(finder.kind, CB__FIND_PAIR);
        ck_assert_uint_lt(finder.offset[0], finder.offset[1]);
        ck_assert_uint_lt(finder.offset[1], n);
        ck_assert_uint_eq(finder.reach, finder.offset[1] + 1);
        ck_assert_int_eq(finder.byte[0], needle[finder.offset[0]]);
        ck_assert_int_eq(finder.byte[1], needle[finder.offset[1]]);
    }
}
END_TEST

START_TEST(a_pair_is_of_the_rarest_two_different_bytes)
{
    static const struct {
        const char *needle, *pair;
    } pairs[] = {
        {"aaaa", "aa"},       {"--END--\n", "ND"}, {"e the q", "qh"},   {"zzzz e", "ze"},
        {"\r\n\r\n", "\r\n"}, {"  \n  ", "\n "},   {"as a z\r", "\rz"}, {"aab", "ba"},
    };

    for (size_t i = 0; i < COUNT(pairs); i++) {
        const char *needle = pairs[i].needle, *pair = pairs[i].pair;
        struct cb__finder finder;

        cb__finder_init(&finder, (const uint8_t *)needle, strlen(needle));
        ck_assert_msg(finder.byte[finder.rarest] == (uint8_t)pair[0] &&
                          finder.byte[!finder.rarest] == (uint8_t)pair[1],
                      "'%s': %c%c", needle, finder.byte[0], finder.byte[1]);
    }
}
END_TEST

/* Four bytes of each match are found in whole vectors, wherever it stands; whatever else
 * does not let the kernel stop is no match. */
START_TEST(a_needle_of_one_or_two_bytes_is_found_among_parts_of_it)
{
    static const struct {
        const char *needle;
        unsigned groups;
    } repeated[] = {
        {"aaaaaa", 0}, {"aaaaaaa", 1}, {"bababab", 2}, {"aaaaaaab", 0}, {"abababababababab", 2},
    };
    struct prng prng = {9};
    uint8_t text[1400];

    use_kernel(_i);
    for (size_t c = 0; c < COUNT(repeated); c++) {
        const char *needle = repeated[c].needle;
        const size_t length = strlen(needle);
        struct cb__finder finder;

        make_finder(&finder, needle);
        ck_assert_uint_eq(finder.groups, repeated[c].groups);
        for (size_t at = 0; at < 600; at++) {
            const size_t n = 700 + prng_below(&prng, 600), part = 1 + prng_below(&prng, length);
            memset(text, 'z', sizeof text);
            memcpy(text + prng_below(&prng, n), needle, part);
            memcpy(text + at, needle, length);
            memcpy(text + n - part, needle, part);
            check_span(&finder, needle, text, n);
        }
    }
}
END_TEST

/* Where a byte stands for several, no place is missed and none found that cannot be. */
START_TEST(needles_with_bytes_that_stand_for_several_are_found)
{
    static const struct {
        const char *needle, *wild;
        enum cb__finder_kind kind;
        bool exact;
    } wilds[] = {
        {"d", "1", CB__FIND_SET, true},       {".", "2", CB__FIND_SET, true},
        {"da", "10", CB__FIND_PAIR, false},   {"ad", "01", CB__FIND_BYTE, false},
        {"dd", "11", CB__FIND_SET, false},    {"\ndd-d", "01101", CB__FIND_PAIR, false},
        {"a.b", "020", CB__FIND_PAIR, false}, {"ab", "00", CB__FIND_PAIR, true},
        {".da", "210", CB__FIND_PAIR, false},
    };
    struct prng prng = {8};
    uint8_t text[500], wild[8];
    size_t places[MOST];

    use_kernel(_i);
    for (size_t w = 0; w < COUNT(wilds); w++) {
        const char *needle = wilds[w].needle;
        const size_t n = strlen(needle);
        struct cb__finder finder;

        for (size_t i = 0; i < n; i++)
            wild[i] = (uint8_t)(wilds[w].wild[i] - '0');
        cb__finder_init_wild(&finder, (const uint8_t *)needle, wild, n);
        expect(finder.kind == wilds[w].kind && finder.exact == wilds[w].exact, "'%s'", needle);
        prng_fill(&prng, text, sizeof text, "ab1-\n5", 6);
        size_t count = collect(&finder, text, sizeof text, 7, places), next = 0;
        for (size_t at = 0; at + n <= sizeof text; at++) {
            bool fits = true;

            for (size_t i = 0; i < n; i++)
                fits = fits && cb__wild_is(wild[i], (uint8_t)needle[i], text[at + i]);
            const bool found = next < count && places[next] == at;
            next += found;
            expect(found || !fits, "'%s' at %zu is missed", needle, at);
            expect(!finder.exact || found == fits, "'%s' at %zu is none", needle, at);
        }
    }
}
END_TEST

START_TEST(every_span_before_an_unreadable_page_gives_what_a_loop_gives)
{
    struct prng prng = {1};
    uint8_t text[300];

    use_kernel(_i);
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cb__finder finder;
        struct guard guard;

        make_finder(&finder, cases[c].needles);
        prng_fill(&prng, text, sizeof text, "ab\n\r", 4);
        guard_init(&guard, text, sizeof text);
        for (size_t n = 0; n <= sizeof text; n++)
            check_span(&finder, cases[c].needles, guard.data + sizeof text - n, n);
        guard_fini(&guard);
    }
}
END_TEST

START_TEST(every_alignment_and_length_gives_what_a_loop_gives)
{
    struct prng prng = {2};
    uint8_t text[256];

    use_kernel(_i);
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cb__finder finder;

        make_finder(&finder, cases[c].needles);
        prng_fill(&prng, text, sizeof text, "abc", 3);
        for (size_t from = 0; from < 65; from += 65 / rounds(16, 65)) {
            for (size_t n = 0; n <= 132; n += 1 + from % 3)
                check_span(&finder, cases[c].needles, text + from, n);
        }
    }
}
END_TEST

START_TEST(sparse_and_dense_spans_give_what_a_loop_gives)
{
    static const char *const alphabets[] = {"a",     "ab",  "aaaaaaab", "bbbbbbbbbbbbbbba",
                                            "xyz\n", "\r\n"};
    struct prng prng = {3};
    uint8_t text[1500];

    use_kernel(_i);
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cb__finder finder;

        make_finder(&finder, cases[c].needles);
        for (size_t a = 0; a < COUNT(alphabets); a++) {
            prng_fill(&prng, text, sizeof text, alphabets[a], strlen(alphabets[a]));
            check_span(&finder, cases[c].needles, text, sizeof text);
        }
    }
}
END_TEST

/* Kernels go faster through what has no candidate. */
START_TEST(a_lone_needle_in_a_long_span_is_found_wherever_it_stands)
{
    enum { SIZE = 2500 };
    struct prng prng = {6};
    uint8_t text[SIZE];

    use_kernel(_i);
    for (size_t c = 0; c < COUNT(cases); c++) {
        size_t length = strcspn(cases[c].needles, "|");
        struct cb__finder finder;

        make_finder(&finder, cases[c].needles);
        for (int round = 0; round < 60; round++) {
            size_t n = SIZE - prng_below(&prng, 600), from = prng_below(&prng, 64);
            size_t at = from + prng_below(&prng, n - from);

            /* Also parts of it: what is left of it at the end, and a byte alone. */
            memset(text, 'z', sizeof text);
            memcpy(text + at, cases[c].needles, length < n - at ? length : n - at);
            text[prng_below(&prng, n)] = (uint8_t)cases[c].needles[prng_below(&prng, length)];
            check_span(&finder, cases[c].needles, text + from, n - from);
        }
    }
}
END_TEST

START_TEST(every_byte_is_found_among_all_others)
{
    uint8_t text[1024];

    use_kernel(_i);
    for (unsigned byte = 0; byte < 256; byte++) {
        const uint8_t needle[3] = {(uint8_t)byte, (uint8_t)(byte ^ 0x80), (uint8_t)(byte ^ 1)};
        size_t places[MOST];

        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (uint8_t)(i + 77);
        for (size_t n = 1; n <= 3; n++) {
            struct cb__finder finder;

            cb__finder_init(&finder, needle, n);
            memcpy(text + 500, needle, n);
            size_t count = collect(&finder, text, sizeof text, 5, places), found = 0;
            for (size_t i = 0; i < count; i++) {
                found += places[i] == 500;
                expect(naive_candidate(&finder, text + places[i], sizeof text - places[i]),
                       "%zu is no candidate", places[i]);
            }
            ck_assert_uint_eq(found, 1);
        }
    }
}
END_TEST

/* Swaps a random one of set[i .. 256) to place i. */
static void draw(struct prng *prng, uint8_t *set, size_t i)
{
    size_t other = i + prng_below(prng, 256 - i);
    uint8_t swap = set[i];

    set[i] = set[other];
    set[other] = swap;
}

static void make_set(struct cb__finder *finder, const uint8_t *set, size_t members)
{
    cb__finder_init(finder, set, 1);
    for (size_t i = 1; i < members; i++)
        cb__finder_add(finder, set + i, 1);
}

/* A set that is not exact may give too many, but none too few. */
static void check_set(const struct cb__finder *finder, const uint8_t *set, size_t members,
                      const uint8_t *text, size_t n)
{
    size_t places[MOST], count = collect(finder, text, n, 9, places), next = 0;

    for (size_t i = 0; i < n; i++) {
        bool member = memchr(set, text[i], members) != NULL;
        bool found = next < count && places[next] == i;

        expect(found || !member, "%02x is a member", text[i]);
        expect(!found || member || !finder->exact, "%02x is no member", text[i]);
        next += found;
    }
    ck_assert_uint_eq(next, count);
}

START_TEST(random_sets_find_each_member)
{
    struct prng prng = {4};
    uint8_t text[700], set[256];

    use_kernel(_i);
    for (size_t i = 0; i < sizeof set; i++)
        set[i] = (uint8_t)i;
    for (size_t members = 2; members <= 256; members++) {
        struct cb__finder finder;

        for (size_t i = 0; i < members; i++)
            draw(&prng, set, i);
        make_set(&finder, set, members);
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (uint8_t)prng_next(&prng);
        check_set(&finder, set, members, text, sizeof text);
    }
}
END_TEST

START_TEST(sets_of_few_bytes_are_exact)
{
    struct prng prng = {5};
    uint8_t text[512], set[256];

    use_kernel(_i);
    for (size_t i = 0; i < sizeof set; i++)
        set[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)i;
    for (int round = 0; round < 200; round++) {
        size_t members = 2 + prng_below(&prng, 7);
        struct cb__finder finder;

        for (size_t i = 0; i < members; i++)
            draw(&prng, set, i);
        make_set(&finder, set, members);
        ck_assert(finder.exact);
        check_set(&finder, set, members, text, sizeof text);
    }
}
END_TEST

START_TEST(half_a_pair_is_no_candidate)
{
    struct cb__finder finder;
    uint8_t text[257];
    uint32_t hits[8 + CB__FIND_SLACK];
    size_t scanned, at;

    use_kernel(_i);
    cb__finder_init(&finder, (const uint8_t *)"\r\n", 2);
    memset(text, '\r', sizeof text);
    ck_assert_uint_eq(cb__find_all(&finder, text, sizeof text, hits, 8, &scanned), 0);
    ck_assert_uint_eq(scanned, 256); /* the last CR may begin one */
    memset(text, '\n', sizeof text);
    ck_assert_uint_eq(cb__find_all(&finder, text, sizeof text, hits, 8, &scanned), 0);
    ck_assert(!cb__find_first(&finder, text, 1, &at));
    ck_assert_uint_eq(at, 0);
}
END_TEST

START_TEST(the_last_place_of_a_large_span_is_found)
{
    const size_t size = (size_t)3 << 20;
    uint8_t *text = calloc(size, 1);

    ck_assert_ptr_nonnull(text);
    use_kernel(_i);
    for (size_t n = 1; n <= 5; n++) {
        struct cb__finder finder;
        uint32_t hits[4 + CB__FIND_SLACK];
        size_t scanned, at;

        cb__finder_init(&finder, (const uint8_t *)"\nx\ny\r", n);
        memcpy(text + size - n, "\nx\ny\r", n);
        ck_assert(cb__find_first(&finder, text, size, &at));
        ck_assert_uint_eq(at, size - n);
        ck_assert_uint_eq(cb__find_all(&finder, text, size, hits, 4, &scanned), 1);
        ck_assert_uint_eq(hits[0], size - n);
        ck_assert_uint_gt(scanned, size - n);
        memset(text + size - n, 0, n);
    }
    free(text);
}
END_TEST

static Suite *find_suite(void)
{
    Suite *suite = suite_create("find");
    TCase *setup = add_case(suite, "setup");
    TCase *runs = add_case(suite, "kernels");
    int n = count_kernels();

    tcase_add_test(setup, a_finder_is_of_the_kind_that_its_needles_allow);
    tcase_add_test(setup, a_pair_is_of_the_rarest_two_different_bytes);
    tcase_add_test(setup, a_pair_looks_at_two_places_of_its_needle);

    tcase_add_loop_test(runs, needles_with_bytes_that_stand_for_several_are_found, 0, n);
    tcase_add_test(setup, the_last_place_of_a_long_needle_is_found_within_the_bytes);
    tcase_add_loop_test(runs, every_span_before_an_unreadable_page_gives_what_a_loop_gives, 0, n);
    tcase_add_loop_test(runs, every_alignment_and_length_gives_what_a_loop_gives, 0, n);
    tcase_add_loop_test(runs, sparse_and_dense_spans_give_what_a_loop_gives, 0, n);
    tcase_add_loop_test(runs, a_lone_needle_in_a_long_span_is_found_wherever_it_stands, 0, n);
    tcase_add_loop_test(runs, a_needle_of_one_or_two_bytes_is_found_among_parts_of_it, 0, n);
    tcase_add_loop_test(runs, every_byte_is_found_among_all_others, 0, n);
    tcase_add_loop_test(runs, random_sets_find_each_member, 0, n);
    tcase_add_loop_test(runs, sets_of_few_bytes_are_exact, 0, n);
    tcase_add_loop_test(runs, half_a_pair_is_no_candidate, 0, n);
    tcase_add_loop_test(runs, the_last_place_of_a_large_span_is_found, 0, n);
    return suite;
}

int main(void)
{
    return run_suite(find_suite());
}
