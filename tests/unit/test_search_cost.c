/* SPDX-License-Identifier: MIT */
/* What searches cost: no byte is looked at again and again, whatever the needle and however the
 * bytes arrive. */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "support.h"
#include "searching.h"

/* ------------------------------------------------------------------- linear */

enum { HAY = 4 << 20, LONG_NEEDLE = 64 << 10 };

/* Searches a needle that is not in the hay; a search whose time is the product
 * of the two would take minutes, one that counts honestly shows it. */
static void search_in_vain(const uint8_t *hay, const uint8_t *needle, size_t n, size_t block)
{
    uint64_t before = pool_stats(pool).scanned;

    append_cut(buffer, hay, HAY, &block, 1);
    ck_assert_int_eq(find(buffer, needle, n, 0, CB_ALL), NOT_FOUND);
    uint64_t scanned = pool_stats(pool).scanned - before;
    ck_assert_uint_le(scanned, 3 * (uint64_t)HAY);
    cb_skip(buffer, CB_ALL);
}

START_TEST(search_is_linear_whatever_the_needle)
{
    uint8_t *hay = malloc(HAY), *needle = malloc(LONG_NEEDLE);
    const size_t blocks[] = {HAY, 1460};

    ck_assert(hay && needle);
    for (size_t i = 0; i < COUNT(blocks); i++) {
        memset(hay, 'a', HAY);
        memset(needle, 'a', LONG_NEEDLE);
        needle[LONG_NEEDLE - 1] = 'b'; /* aaa...ab */
        search_in_vain(hay, needle, LONG_NEEDLE, blocks[i]);
        needle[LONG_NEEDLE - 1] = 'a';
        needle[0] = 'b'; /* baaa...a */
        search_in_vain(hay, needle, LONG_NEEDLE, blocks[i]);
        needle[0] = 'a';
        needle[LONG_NEEDLE / 2] = 'b'; /* a...aba...a */
        search_in_vain(hay, needle, LONG_NEEDLE, blocks[i]);
        for (size_t at = 0; at < HAY; at += 2)
            hay[at] = 'b'; /* baba... */
        for (size_t at = 0; at < LONG_NEEDLE; at++)
            needle[at] = at % 2 == 0 ? 'a' : 'b';
        needle[LONG_NEEDLE - 1] = 'a'; /* abab...aa */
        search_in_vain(hay, needle, LONG_NEEDLE, blocks[i]);
    }
    free(hay);
    free(needle);
}
END_TEST

START_TEST(a_long_needle_is_found_after_many_near_misses)
{
    size_t n = 1000, at = 100 * 999;
    uint8_t *hay = malloc(HAY), needle[1000];

    ck_assert_ptr_nonnull(hay);
    memset(hay, 'a', HAY);
    for (size_t i = 999; i < at + n - 1; i += 999)
        hay[i - 1] = 'c'; /* runs of 998 */
    memset(hay + at, 'a', 999);
    hay[at + 999] = 'b';
    memset(needle, 'a', 999);
    needle[999] = 'b';
    append_cut(buffer, hay, HAY, (size_t[]){1460, 7, 300}, 3);
    ck_assert_int_eq(find(buffer, needle, n, 0, CB_ALL), (int64_t)at);
    free(hay);
}
END_TEST

/* ------------------------------------------------------------------- resume */

enum { RECORD = 8 << 20, SEGMENT = 1460 };

/* Lets one long record arrive in segments, and asks for it after each. */
static void receive_long_record(const char *delimiter, size_t n, const char *filling)
{
    char segment[SEGMENT];
    uint64_t before = pool_stats(pool).scanned;
    size_t total = 0;

    for (size_t i = 0; i < sizeof segment; i++)
        segment[i] = filling[i % strlen(filling)];
    while (total < RECORD) {
        ck_assert_int_eq(cb_append_ref(buffer, segment, sizeof segment, NULL, NULL), CB_OK);
        total += sizeof segment;
        int status = delimiter == NULL ? cb_takeline(buffer, 0, 0, 0, record)
                                       : cb_takeuntil(buffer, delimiter, n, 0, 0, 0, record);
        ck_assert_int_eq(status, CB_MORE);
    }
    ck_assert_int_eq(cb_append(buffer, delimiter == NULL ? "\n" : delimiter, n), CB_OK);
    ck_assert_int_eq(!delimiter ? cb_takeline(buffer, 0, 0, 0, record)
                                : cb_takeuntil(buffer, delimiter, n, 0, 0, 0, record),
                     CB_YES);
    ck_assert_uint_eq(cb_length(record), total);
    cb_skip(record, CB_ALL);

    uint64_t scanned = pool_stats(pool).scanned - before;
    ck_assert_uint_ge(scanned, total / n); /* a search may skip, but not by more */
    ck_assert_uint_le(scanned, 2 * total);
}

START_TEST(a_record_that_arrives_in_pieces_is_scanned_at_most_twice)
{
    receive_long_record(";", 1, "abc");
    receive_long_record("\r\n", 2, "abc\r");
    receive_long_record("\r\n\r\n", 4, "\r\n\rx");
    receive_long_record("--boundary of some length--", 27, "--boundary of some length-x");
    receive_long_record(NULL, 1, "ab\rc");
}
END_TEST

enum { TRICKLE = 4000, NEEDLES = 8 }; /* the header promises this many needles */

/* Asks for a record in one of several ways; there is none. */
static void ask_in_vain(size_t way)
{
    static const char *const needles[] = {"\r\n", "\n\n", "--boundary of some length--", ";", "END",
                                          "ab;",  "z"};

    if (way == 0)
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_MORE);
    else if (way % 2)
        ck_assert_int_eq(
            cb_takeuntil(buffer, needles[way - 1], strlen(needles[way - 1]), 0, 0, 0, record),
            CB_MORE);
    else
        ck_assert_int_eq(find(buffer, needles[way - 1], strlen(needles[way - 1]), 0, CB_ALL),
                         NOT_FOUND);
}

START_TEST(each_of_several_needles_is_looked_for_where_its_search_stopped)
{
    for (size_t first = 0; first < NEEDLES; first++) {
        for (size_t count = 1; first + count <= NEEDLES; count++) {
            uint64_t before = pool_stats(pool).scanned;

            for (size_t i = 0; i < TRICKLE; i++) {
                append_block(buffer, &"ab-\rc"[i % 5], 1);
                for (size_t way = 0; way < count; way++)
                    ask_in_vain(first + way);
            }
            uint64_t scanned = pool_stats(pool).scanned - before;
            ck_assert_uint_le(scanned, 2 * (uint64_t)TRICKLE * count);
            cb_skip(buffer, CB_ALL);
        }
    }
}
END_TEST

START_TEST(a_needle_that_was_found_is_not_looked_for_again)
{
    /* The head of a message is here, and its body comes byte by byte. */
    uint64_t before = pool_stats(pool).scanned;

    for (size_t i = 0; i < TRICKLE; i++)
        append_block(buffer, &"ab-\rc"[i % 5], 1);
    append_block(buffer, BYTES("\r\n\r\n"));
    for (size_t i = 0; i < TRICKLE; i++) {
        ck_assert_int_eq(find(buffer, "\r\n\r\n", 4, 0, CB_ALL), TRICKLE);
        ck_assert_int_eq(find(buffer, "\r\n\r\n", 4, 7, CB_ALL), TRICKLE);
        ck_assert_int_eq(find(buffer, "\r\n\r\n", 4, 7, TRICKLE + 3), NOT_FOUND);
        ck_assert_int_eq(find(buffer, "\r\n\r\n", 4, 7, 100), NOT_FOUND);
        append_block(buffer, "x", 1);
    }
    ck_assert_uint_le(pool_stats(pool).scanned - before, 3 * TRICKLE);
}
END_TEST

START_TEST(a_nearer_end_does_not_make_a_search_begin_anew)
{
    uint64_t before = pool_stats(pool).scanned;

    for (size_t i = 0; i < TRICKLE; i++) {
        append_block(buffer, "x", 1);
        ck_assert_int_eq(find(buffer, "--", 2, 0, CB_ALL), NOT_FOUND);
        ck_assert_int_eq(find(buffer, "--", 2, 0, i / 2), NOT_FOUND);
    }
    ck_assert_uint_le(pool_stats(pool).scanned - before, 2 * TRICKLE);
}
END_TEST

START_TEST(stripping_between_two_calls_does_not_make_a_search_begin_anew)
{
    uint64_t before = pool_stats(pool).scanned;

    for (size_t i = 0; i < TRICKLE; i++) {
        append_block(buffer, "x ", 2);
        ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_MORE);
        ck_assert_uint_eq(cb_strip(buffer, NULL, 0), 1);
    }
    ck_assert_uint_le(pool_stats(pool).scanned - before, 8 * TRICKLE);
}
END_TEST

START_TEST(a_walk_from_match_to_match_is_linear)
{
    /* A quarter of a million matches, each in four chunks: a search that looks
     * for its place from the head on would take minutes. */
    struct cb_buffer *source = buffer_of(pool, BYTES("abc,"), 1);
    size_t at = 0;

    for (int i = 0; i < 18; i++) {
        struct cb_buffer *twice = new_buffer(pool, 64);

        ck_assert_int_eq(cb_merge(twice, (struct cb_buffer *[]){source, source}, 2), CB_OK);
        cb_buffer_free(source);
        source = twice;
    }
    for (size_t from = 0; cb_find(source, ",", 1, from, CB_ALL, &at) == CB_YES; from = at + 1)
        ck_assert_uint_eq(at, from + 3);
    ck_assert_uint_eq(at, (size_t)(4 << 18) - 1);
    cb_buffer_free(source);
}
END_TEST

/* -------------------------------------------------------- several needles */

START_TEST(a_set_goes_on_where_its_search_stopped)
{
    const struct iovec needles[] = {NEEDLE("--b"), NEEDLE("\r\n"), NEEDLE("END")};
    uint64_t before = pool_stats(pool).scanned;
    size_t at, which;

    for (size_t i = 0; i < TRICKLE; i++) {
        append_block(buffer, &"ab-\rc"[i % 5], 1);
        expect(cb_find_any(buffer, needles, 3, 0, CB_ALL, &at, &which) == CB_NO, "found");
        expect(find(buffer, "\n\n", 2, 0, CB_ALL) == NOT_FOUND, "found"); /* takes turns */
    }
    ck_assert_uint_le(pool_stats(pool).scanned - before, 2 * 2 * TRICKLE);
}
END_TEST

static Suite *search_cost_suite(void)
{
    Suite *suite = suite_create("search_cost");
    TCase *find_case = add_case(suite, "find");
    TCase *resume_case = add_case(suite, "resume");

    tcase_add_checked_fixture(find_case, setup, teardown);
    tcase_add_checked_fixture(resume_case, setup, teardown);
    tcase_add_test(find_case, search_is_linear_whatever_the_needle);
    tcase_add_test(find_case, a_long_needle_is_found_after_many_near_misses);
    tcase_add_test(resume_case, a_record_that_arrives_in_pieces_is_scanned_at_most_twice);
    tcase_add_test(resume_case, each_of_several_needles_is_looked_for_where_its_search_stopped);
    tcase_add_test(resume_case, a_needle_that_was_found_is_not_looked_for_again);
    tcase_add_test(resume_case, a_nearer_end_does_not_make_a_search_begin_anew);
    tcase_add_test(resume_case, stripping_between_two_calls_does_not_make_a_search_begin_anew);
    tcase_add_test(resume_case, a_walk_from_match_to_match_is_linear);
    tcase_add_test(resume_case, a_set_goes_on_where_its_search_stopped);
    return suite;
}

int main(void)
{
    return run_suite(search_cost_suite());
}
