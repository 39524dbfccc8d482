/* SPDX-License-Identifier: MIT */
/* cb_find and cb_skip_if_startswith: what they find, within which bounds. */
#include <string.h>

#include "support.h"
#include "searching.h"

/* --------------------------------------------------------------------- find */

/* Each line was made by Python 3. */
static const struct {
    const char *data, *needle;
    size_t start, end;
    int64_t at;
} python_cases[] = {
    {"", "", 0, 0, 0},
    {"", "", 1, 1, -1},
    {"", "a", 0, CB_ALL, -1},
    {"abc", "", 0, 3, 0},
    {"abc", "", 2, 3, 2},
    {"abc", "", 3, 3, 3},
    {"abc", "", 3, CB_ALL, 3},
    {"abc", "", 4, CB_ALL, -1},
    {"abc", "", 2, 1, -1},
    {"abc", "", 3, 2, -1},
    {"abc", "", 0, 0, 0},
    {"abc", "c", 0, 2, -1},
    {"abc", "c", 0, 3, 2},
    {"abc", "c", 2, 3, 2},
    {"abc", "c", 3, 3, -1},
    {"abcabc", "abc", 1, 6, 3},
    {"abcabc", "abc", 1, 5, -1},
    {"abcabc", "abc", 3, CB_ALL, 3},
    {"abcabc", "abcabca", 0, CB_ALL, -1},
    {"aaaaab", "aab", 0, CB_ALL, 3},
    {"mississippi", "issip", 0, CB_ALL, 4},
    {"mississippi", "issip", 2, 9, 4},
    {"mississippi", "issip", 2, 8, -1},
    {"abababac", "abac", 0, CB_ALL, 4},
};

START_TEST(find_agrees_with_pythons_bytes_find)
{
    for (size_t i = 0; i < COUNT(python_cases); i++) {
        const char *data = python_cases[i].data, *needle = python_cases[i].needle;

        for (size_t block = 1; block <= strlen(data) + 1; block++) {
            append_cut(buffer, data, strlen(data), &block, 1);
            ck_assert_msg(find(buffer, needle, strlen(needle), python_cases[i].start,
                               python_cases[i].end) == python_cases[i].at,
                          "case %zu in chunks of %zu", i, block);
            cb_skip(buffer, CB_ALL);
        }
    }
}
END_TEST

/* Tries all needles of at most 3 bytes, all bounds, in the buffer as it is. */
static void try_all_needles(struct cb_buffer *in, const char *data, size_t size)
{
    char needle[3];

    for (unsigned code = 1; code < 16; code++) { /* its bits after the first one are bytes */
        size_t n = 0;

        for (unsigned bits = code; bits > 1; bits >>= 1)
            needle[n++] = bits & 1 ? 'a' : 'b';
        for (size_t start = 0; start <= size + 1; start++)
            for (size_t end = 0; end <= size + 1; end++) {
                int64_t expected = python_find(data, size, needle, n, start, end);
                int64_t at = find(in, needle, n, start, end);

                ck_assert_msg(at == expected, "%.*s in %.*s from %d to %d: %d, expected %d", (int)n,
                              needle, (int)size, data, (int)start, (int)end, (int)at,
                              (int)expected);
            }
    }
}

START_TEST(find_is_right_for_all_short_strings_bounds_and_chunks)
{
    char data[5];

    for (unsigned code = 1; code < 64; code++) {
        size_t size = 0;

        for (unsigned bits = code; bits > 1; bits >>= 1)
            data[size++] = bits & 1 ? 'a' : 'b';
        unsigned ways = size > 0 ? 1U << (size - 1) : 1; /* to cut or not after each byte */
        for (unsigned cuts = 0; cuts < ways; cuts++) {
            struct cb_buffer *in = new_buffer(NULL, 64);

            for (size_t from = 0, to = 1; to <= size; to++) {
                if (to == size || (cuts >> (to - 1) & 1) != 0) {
                    ck_assert_int_eq(cb_append_ref(in, data + from, to - from, NULL, NULL), CB_OK);
                    from = to;
                }
            }
            try_all_needles(in, data, size);
            cb_buffer_free(in);
        }
    }
}
END_TEST

START_TEST(find_is_right_for_long_needles_over_many_chunks)
{
    struct prng prng = {.state = 1};

    for (int round = 0; round < 20000; round++) {
        char data[400], needle[70];
        size_t size = prng_below(&prng, sizeof data + 1);
        size_t n = 1 + prng_below(&prng, sizeof needle);
        size_t letters = 1 + prng_below(&prng, 3);
        const size_t sizes[] = {1 + prng_below(&prng, 40), 1 + prng_below(&prng, 3),
                                1 + prng_below(&prng, 150)};
        size_t start = round % 2 ? prng_below(&prng, sizeof data) : 0;
        size_t end = round % 3 ? prng_below(&prng, sizeof data) : CB_ALL;

        prng_fill(&prng, data, size, "abc", letters);
        prng_fill(&prng, needle, n, "abc", letters);
        if (n <= size && round % 5 > 0) /* mostly it is there somewhere */
            memcpy(data + prng_below(&prng, size - n + 1), needle, n);
        append_cut(buffer, data, size, sizes, COUNT(sizes));
        int64_t expected = python_find(data, size, needle, n, start, end);
        int64_t at = find(buffer, needle, n, start, end);
        ck_assert_msg(at == expected, "round %d: found at %d, expected %d", round, (int)at,
                      (int)expected);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(a_needle_is_found_at_every_place_before_an_unreadable_page)
{
    static const char *needles[] = {"\n", "\r\n", "\r\n\r\n", "a\nb", "0123456789\r\n"};
    char data[300];
    struct guard guard;

    for (size_t i = 0; i < COUNT(needles); i++) {
        size_t n = strlen(needles[i]);

        for (size_t size = n; size <= 200; size++) {
            memset(data, 'x', size);
            guard_init(&guard, data, size);
            ck_assert_int_eq(cb_append_ref(buffer, guard.data, size, NULL, NULL), CB_OK);
            ck_assert_int_eq(find(buffer, needles[i], n, 0, CB_ALL), NOT_FOUND);
            cb_skip(buffer, CB_ALL);
            guard_fini(&guard);
        }
        for (size_t at = 0; at + n <= 200; at++) {
            memset(data, 'x', 200);
            memcpy(data + at, needles[i], n);
            guard_init(&guard, data, 200);
            ck_assert_int_eq(cb_append_ref(buffer, guard.data, 200, NULL, NULL), CB_OK);
            ck_assert_int_eq(find(buffer, needles[i], n, 0, CB_ALL), (int64_t)at);
            ck_assert_int_eq(find(buffer, needles[i], n, at + 1, CB_ALL), NOT_FOUND);
            ck_assert_int_eq(find(buffer, needles[i], n, 0, at + n - 1), NOT_FOUND);
            cb_skip(buffer, CB_ALL);
            guard_fini(&guard);
        }
    }
}
END_TEST

START_TEST(all_byte_values_can_be_found)
{
    uint8_t data[256];

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    append_cut(buffer, data, sizeof data, (size_t[]){100}, 1);
    for (size_t i = 0; i < sizeof data; i++) {
        ck_assert_int_eq(find(buffer, data + i, 1, 0, CB_ALL), (int64_t)i);
        if (i < 255)
            ck_assert_int_eq(find(buffer, data + i, 2, 0, CB_ALL), (int64_t)i);
    }
}
END_TEST

START_TEST(bounds_far_beyond_the_end_are_cut)
{
    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(find(buffer, "c", 1, 0, CB_ALL), 2);
    ck_assert_int_eq(find(buffer, "c", 1, CB_ALL, CB_ALL), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "", 0, CB_ALL, CB_ALL), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "c", 1, CB_ALL - 1, 3), NOT_FOUND);
}
END_TEST

START_TEST(find_counts_from_the_head_wherever_that_is)
{
    append_cut(buffer, BYTES("abcabcabc"), (size_t[]){2}, 1);
    for (int64_t skipped = 0; skipped < 7; skipped++) {
        ck_assert_int_eq(find(buffer, "ca", 2, 0, CB_ALL),
                         python_find(&"abcabcabc"[skipped], 9 - (size_t)skipped, "ca", 2, 0, 9));
        cb_skip(buffer, 1);
    }
}
END_TEST

START_TEST(the_first_search_of_a_buffer_may_begin_anywhere)
{
    static const char data[] = "xxxxxxxxxxxxxxxxxxxx\r\n\r\n0123456789";

    for (size_t n = 1; n <= 12; n++) {
        const char *needle = data + 20;

        for (size_t start = 0; start <= sizeof data; start++) {
            struct cb_buffer *fresh = buffer_of(pool, BYTES(data), 50);

            ck_assert_int_eq(find(fresh, needle, n, start, CB_ALL),
                             python_find(BYTES(data), needle, n, start, CB_ALL));
            cb_buffer_free(fresh);
        }
    }
}
END_TEST

START_TEST(find_after_find_is_not_misled)
{
    append_cut(buffer, BYTES("xaxbxaxb"), (size_t[]){3}, 1);
    ck_assert_int_eq(find(buffer, "a", 1, 0, CB_ALL), 1);
    ck_assert_int_eq(find(buffer, "a", 1, 2, CB_ALL), 5);
    ck_assert_int_eq(find(buffer, "a", 1, 6, CB_ALL), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "a", 1, 0, CB_ALL), 1);
    ck_assert_int_eq(find(buffer, "a", 1, 0, 1), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "a", 1, 0, 2), 1);
    ck_assert_int_eq(find(buffer, "xb", 2, 0, 3), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "xb", 2, 0, 4), 2);
    ck_assert_int_eq(find(buffer, "xb", 2, 3, 7), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "xb", 2, 1, 8), 2);
}
END_TEST

START_TEST(a_match_that_was_seen_before_must_still_end_before_the_end)
{
    append_block(buffer, BYTES("abxabxab"));
    ck_assert_int_eq(find(buffer, "ab", 2, 0, CB_ALL), 0);
    ck_assert_int_eq(find(buffer, "ab", 2, 1, CB_ALL), 3); /* and sees the last one */
    ck_assert_int_eq(find(buffer, "ab", 2, 4, 7), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "ab", 2, 4, 8), 6);
}
END_TEST

/* --------------------------------------------------------------- startswith */

/* Tries to drop a prefix; how many bytes are missing must be as expected. */
static int skip_prefix(struct cb_buffer *from, const void *prefix, size_t n, size_t expected)
{
    size_t missing = 99;
    int status = cb_skip_if_startswith(from, prefix, n, &missing);

    ck_assert_uint_eq(missing, expected);
    return status;
}

START_TEST(a_prefix_is_dropped_if_it_is_there)
{
    static const char text[] = "prefix and more";

    for (size_t block = 1; block < sizeof text; block++) {
        append_cut(buffer, BYTES(text), &block, 1);
        ck_assert_int_eq(skip_prefix(buffer, BYTES("prefiy"), 0), CB_NO);
        ck_assert_int_eq(skip_prefix(buffer, BYTES("xrefix and more and more"), 0), CB_NO);
        ck_assert_int_eq(skip_prefix(buffer, BYTES("prefix and more."), 1), CB_NO);
        assert_holds(buffer, BYTES(text));
        ck_assert_int_eq(skip_prefix(buffer, BYTES("prefix"), 0), CB_YES);
        assert_holds(buffer, BYTES(" and more"));
        ck_assert_uint_eq(cb_position(buffer) % (sizeof text - 1), 6);
        ck_assert_int_eq(skip_prefix(buffer, BYTES(" and more"), 0), CB_YES);
        assert_holds(buffer, "", 0);
    }
}
END_TEST

START_TEST(an_empty_prefix_is_always_there)
{
    ck_assert_int_eq(skip_prefix(buffer, "", 0, 0), CB_YES);
    append_block(buffer, BYTES("a"));
    ck_assert_int_eq(skip_prefix(buffer, "", 0, 0), CB_YES);
    assert_holds(buffer, "a", 1);
}
END_TEST

static void expect_prefix_when_known(struct feed *feed, void *arg)
{
    struct cb_buffer *in = new_buffer(pool, 64);
    size_t differs = *(size_t *)arg; /* first byte that is not the prefix's */

    while (feed_next(feed, in)) {
        size_t missing;
        int status = cb_skip_if_startswith(in, BYTES("HTTP/1.1"), &missing);

        if (feed->at > differs) {
            ck_assert_uint_eq(missing, 0);
            ck_assert_int_eq(status, CB_NO);
            break;
        }
        if (feed->at >= 8) {
            ck_assert_int_eq(status, CB_YES);
            break;
        }
        ck_assert_int_eq(status, CB_NO);
        ck_assert_uint_eq(missing, 8 - feed->at);
        ck_assert_uint_eq(cb_length(in), feed->at);
    }
    cb_buffer_free(in);
}

START_TEST(a_prefix_is_judged_as_soon_as_it_can_be)
{
    size_t never = SIZE_MAX, seventh = 7, first = 0;

    feed_every_way(BYTES("HTTP/1.1 200"), expect_prefix_when_known, &never);
    feed_every_way(BYTES("HTTP/1.0 200"), expect_prefix_when_known, &seventh);
    feed_every_way(BYTES("SIP/2.0 200"), expect_prefix_when_known, &first);
}
END_TEST

static Suite *search_suite(void)
{
    Suite *suite = suite_create("search");
    TCase *find_case = add_case(suite, "find");
    TCase *startswith_case = add_case(suite, "startswith");

    tcase_add_checked_fixture(find_case, setup, teardown);
    tcase_add_checked_fixture(startswith_case, setup, teardown);
    tcase_add_test(find_case, find_agrees_with_pythons_bytes_find);
    tcase_add_test(find_case, find_is_right_for_all_short_strings_bounds_and_chunks);
    tcase_add_test(find_case, find_is_right_for_long_needles_over_many_chunks);
    tcase_add_test(find_case, a_needle_is_found_at_every_place_before_an_unreadable_page);
    tcase_add_test(find_case, all_byte_values_can_be_found);
    tcase_add_test(find_case, bounds_far_beyond_the_end_are_cut);
    tcase_add_test(find_case, find_counts_from_the_head_wherever_that_is);
    tcase_add_test(find_case, the_first_search_of_a_buffer_may_begin_anywhere);
    tcase_add_test(find_case, find_after_find_is_not_misled);
    tcase_add_test(find_case, a_match_that_was_seen_before_must_still_end_before_the_end);
    tcase_add_test(startswith_case, a_prefix_is_dropped_if_it_is_there);
    tcase_add_test(startswith_case, an_empty_prefix_is_always_there);
    tcase_add_test(startswith_case, a_prefix_is_judged_as_soon_as_it_can_be);
    return suite;
}

int main(void)
{
    return run_suite(search_suite());
}
