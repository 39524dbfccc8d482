/* SPDX-License-Identifier: MIT */
/* A search goes on where the one before stopped, and is not misled by what happened in between. */
#include <string.h>

#include "expect.h"
#include "support.h"
#include "searching.h"

/* -------------------------------------------------------- several needles */

/* (If each place were looked up from the end of the buffer, this would take minutes.) */
START_TEST(a_walk_from_match_to_match_over_many_chunks_is_linear)
{
    enum { CHUNKS = 400000 };
    const struct iovec needles[] = {NEEDLE("\n"), NEEDLE("\r")};
    struct cb_buffer *one = new_buffer(NULL, 64), *many = new_buffer(NULL, 64);
    struct cb_held held;
    size_t at, which, count = 0;

    ck_assert_int_eq(cb_append(one, "line\n", 5), CB_OK);
    ck_assert_int_eq(cb_hold_bytes(one, 0, 5, &held), CB_YES);
    for (size_t i = 0; i < CHUNKS; i++)
        ck_assert_int_eq(cb_append_held(many, &held), CB_OK);
    for (size_t start = 0; cb_find_any(many, needles, 2, start, CB_ALL, &at, &which) == CB_YES;
         start = at + 1) {
        ck_assert_uint_eq(at, 5 * count++ + 4);
        ck_assert_uint_eq(which, 0);
    }
    ck_assert_uint_eq(count, CHUNKS);
    cb_drop(&held);
    cb_buffer_free(one);
    cb_buffer_free(many);
}
END_TEST

/* After a longer needle that did not come, the next search may begin after where this one would
 * go on. */
START_TEST(bytes_skipped_between_two_searches_for_several_do_not_mislead_them)
{
    const struct iovec sets[][3] = {
        {NEEDLE("a"), NEEDLE("abb"), NEEDLE("abb")},
        {NEEDLE("a"), NEEDLE("aaab"), NEEDLE("ba")},
        {NEEDLE("b"), NEEDLE("baab"), NEEDLE("aab")},
    };
    struct prng prng = {(uint64_t)_i};
    char text[64];
    size_t size = 0, at, which;

    for (size_t round = rounds(3000, 30000); round > 0; round--) {
        const struct iovec *set = sets[_i];
        const size_t more = prng_below(&prng, 5), skip = prng_below(&prng, 5);
        int64_t first = NOT_FOUND;
        size_t longest = 0;

        for (size_t i = 0; i < more && size < sizeof text; i++) {
            text[size] = (char)('a' + prng_below(&prng, 2));
            ck_assert_int_eq(cb_append(buffer, &text[size++], 1), CB_OK);
        }
        const size_t start = prng_below(&prng, 3);
        const size_t end = prng_below(&prng, 4) ? size : prng_below(&prng, size + 1);

        for (size_t i = 0; i < 3; i++) {
            const size_t n = set[i].iov_len;
            const int64_t place = python_find(text, size, set[i].iov_base, n, start, end);

            if (place == NOT_FOUND || (first != NOT_FOUND && place > first))
                continue;
            longest = place == first && longest > n ? longest : n;
            first = place;
        }
        int status = cb_find_any(buffer, set, 3, start, end, &at, &which);
        expect(status == (first == NOT_FOUND ? CB_NO : CB_YES), "%.*s from %zu to %zu: %d",
               (int)size, text, start, end, status);
        if (status == CB_YES) {
            ck_assert_int_eq((int64_t)at, first);
            ck_assert_uint_eq(set[which].iov_len, longest);
        }
        const size_t skipped = cb_skip(buffer, skip);
        size -= skipped;
        memmove(text, text + skipped, size);
    }
}
END_TEST

START_TEST(bytes_skipped_between_two_calls_do_not_mislead_them)
{
    for (size_t skip = 0; skip <= 10; skip++) {
        append_cut(buffer, BYTES("xxxxxxxxEN"), (size_t[]){3}, 1);
        ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_MORE);
        cb_skip(buffer, skip);
        append_block(buffer, BYTES("DzEND"));
        ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_YES);
        if (skip <= 8)
            assert_holds(record, "xxxxxxxx", 8 - skip);
        else
            assert_holds(record, &"xxxxxxxxENDz"[skip], 12 - skip);
        cb_skip(record, CB_ALL);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(bytes_prepended_between_two_calls_are_looked_at)
{
    append_block(buffer, BYTES("Dxxxxx"));
    ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_prepend(buffer, "aEN", 3), CB_OK);
    ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_YES);
    assert_holds(record, "a", 1);
    assert_holds(buffer, "xxxxx", 5);

    ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_prepend(buffer, "bENDc", 5), CB_OK);
    ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_YES);
    assert_holds(record, "ab", 2);
    assert_holds(buffer, "cxxxxx", 6);
}
END_TEST

/* Bytes that begin a needle are replaced by others, and then its rest comes; also where the stream
 * begins, with less before them than a needle has. */
START_TEST(the_beginning_of_a_match_that_is_truncated_counts_no_more)
{
    static const char *const needles[] = {"ab", "aab", "abab", "abcdefgh"};

    for (size_t i = 0; i < COUNT(needles); i++) {
        const size_t n = strlen(needles[i]);

        for (size_t before = 0; before < 12; before++) {
            for (size_t begun = 1; begun < n; begun++) {
                for (size_t keep = 0; keep < begun; keep++) {
                    struct cb_buffer *in = new_buffer(NULL, 64), *out = new_buffer(NULL, 64);
                    const struct iovec set[] = {{(void *)(uintptr_t)needles[i], n},
                                                {(void *)(uintptr_t) "##", 2}};
                    size_t at, which;

                    ck_assert_int_eq(cb_append(in, "xxxxxxxxxxxx", before), CB_OK);
                    ck_assert_int_eq(cb_append(in, needles[i], begun), CB_OK);
                    ck_assert_int_eq(cb_takeuntil(in, needles[i], n, 0, 0, 0, out), CB_MORE);
                    ck_assert_int_eq(cb_find_any(in, set, COUNT(set), 0, CB_ALL, &at, &which),
                                     CB_NO);
                    cb_truncate(in, before + keep);
                    ck_assert_int_eq(cb_append(in, "????????", begun - keep), CB_OK);
                    ck_assert_int_eq(cb_append(in, needles[i] + begun, n - begun), CB_OK);
                    expect(cb_takeuntil(in, needles[i], n, 0, 0, 0, out) == CB_MORE,
                           "%s, %zu of it, %zu kept, after %zu", needles[i], begun, keep, before);
                    ck_assert_int_eq(cb_find_any(in, set, COUNT(set), 0, CB_ALL, &at, &which),
                                     CB_NO);
                    cb_buffer_free(in);
                    cb_buffer_free(out);
                }
            }
        }
    }
}
END_TEST

START_TEST(bytes_truncated_between_two_calls_do_not_mislead_them)
{
    for (size_t keep = 0; keep <= 10; keep++) {
        append_cut(buffer, BYTES("xxxxxxxxEN"), (size_t[]){4}, 1);
        ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_MORE);
        cb_truncate(buffer, keep);
        ck_assert_int_eq(cb_append(buffer, "DEND", 4), CB_OK);
        ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_YES);
        if (keep == 10) {
            assert_holds(record, "xxxxxxxx", 8);
            assert_holds(buffer, "END", 3);
        } else {
            ck_assert_uint_eq(cb_length(record), keep + 1);
            assert_holds(buffer, "", 0);
        }
        cb_skip(record, CB_ALL);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(records_after_the_one_taken_are_not_remembered_wrongly)
{
    /* A search may look ahead; what it saw there is void when bytes move. */
    for (size_t taken = 0; taken < 20; taken++) {
        for (int way = 0; way < 3; way++) {
            struct cb_buffer *in = new_buffer(pool, 64);

            for (int i = 0; i < 30; i++)
                ck_assert_int_eq(cb_append(in, "ab\r\n", 4), CB_OK);
            for (size_t i = 0; i < taken; i++) {
                ck_assert_int_eq(cb_takeuntil(in, "\r\n", 2, 0, 0, 0, record), CB_YES);
                ck_assert_uint_eq(cb_skip(record, CB_ALL), 2);
            }
            if (way == 0) {
                ck_assert_int_eq(cb_prepend(in, "a longer record\r\n ", 18), CB_OK);
            } else {
                cb_truncate(in, way == 1 ? 1 : 0);
                ck_assert_int_eq(cb_append(in, " longer record\r\n ", 17), CB_OK);
            }
            ck_assert_int_eq(cb_takeuntil(in, "\r\n", 2, 0, 0, 0, record), CB_YES);
            if (way == 2)
                assert_holds(record, BYTES(" longer record"));
            else
                assert_holds(record, BYTES("a longer record"));
            cb_skip(record, CB_ALL);
            cb_buffer_free(in);
        }
    }
}
END_TEST

START_TEST(a_delimiter_changed_in_place_is_a_new_delimiter)
{
    char delimiter[13] = "a delimiter!";

    append_cut(buffer, BYTES("one;two;;;three4567890ab"), (size_t[]){4}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, delimiter, 12, 0, 0, 0, record), CB_MORE);
    memcpy(delimiter, "three4567890", 12);
    ck_assert_int_eq(cb_takeuntil(buffer, delimiter, 12, 0, 0, 0, record), CB_YES);
    assert_holds(record, "one;two;;;", 10);
    assert_holds(buffer, "ab", 2);

    memcpy(delimiter, "c", 1);
    ck_assert_int_eq(cb_takeuntil(buffer, delimiter, 1, 0, 0, 0, record), CB_MORE);
    delimiter[0] = 'a';
    ck_assert_int_eq(cb_takeuntil(buffer, delimiter, 1, 0, 0, 0, record), CB_YES);
    assert_holds(buffer, "b", 1);
}
END_TEST

START_TEST(a_delimiter_that_begins_like_the_one_before_is_a_new_one)
{
    append_block(buffer, BYTES("x\ry\r\nz"));
    ck_assert_int_eq(cb_takeuntil(buffer, "\r\n\r", 3, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, "\r\n", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "x\ry", 3);
    ck_assert_int_eq(cb_prepend(buffer, "x\ry\r\n", 5), CB_OK);
    ck_assert_int_eq(cb_takeuntil(buffer, "\r\n\r\n", 4, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, "\r", 1, 0, 0, 0, record), CB_YES);
    assert_holds(record, "x\ryx", 4);
}
END_TEST

START_TEST(a_smaller_start_than_before_is_respected)
{
    append_block(buffer, BYTES("a;bcdefgh"));
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 5, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 0, 0, 0, record), CB_YES);
    assert_holds(record, "a", 1);
}
END_TEST

START_TEST(a_larger_start_than_before_is_respected)
{
    append_block(buffer, BYTES("abcde"));
    ck_assert_int_eq(cb_takeuntil(buffer, ";;", 2, 0, 0, 0, record), CB_MORE);
    append_block(buffer, BYTES(";;;f;;"));
    ck_assert_int_eq(cb_takeuntil(buffer, ";;", 2, 6, 0, 0, record), CB_YES);
    assert_holds(record, "abcde;", 6);
    assert_holds(buffer, "f;;", 3);
    cb_skip(record, CB_ALL);
    ck_assert_int_eq(cb_takeuntil(buffer, ";;", 2, 2, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";;", 2, 1, 0, 0, record), CB_YES);
    assert_holds(record, "f", 1);
}
END_TEST

START_TEST(find_and_takeline_between_two_calls_do_not_mislead_them)
{
    size_t at;

    append_block(buffer, BYTES("ab;\ncd"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_find(buffer, "--", 2, 1, 3, &at), CB_NO);
    ck_assert_int_eq(cb_find(buffer, ";", 1, 0, CB_ALL, &at), CB_YES);
    ck_assert_uint_eq(at, 2);
    append_block(buffer, BYTES("-"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_YES);
    assert_holds(record, "ab;", 3);
    append_block(buffer, BYTES("-e"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "ab;cd", 5);
    assert_holds(buffer, "e", 1);
}
END_TEST

START_TEST(taking_by_length_between_two_calls_does_not_mislead_them)
{
    append_block(buffer, BYTES("12345-"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_take(buffer, 5, record), 5);
    append_block(buffer, BYTES("-6--"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "12345", 5);
    assert_holds(buffer, "6--", 3);
}
END_TEST

static Suite *search_resume_suite(void)
{
    Suite *suite = suite_create("search_resume");
    TCase *tcase = add_case(suite, "resume");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_walk_from_match_to_match_over_many_chunks_is_linear);
    tcase_add_loop_test(tcase, bytes_skipped_between_two_searches_for_several_do_not_mislead_them,
                        0, 3);
    tcase_add_test(tcase, bytes_skipped_between_two_calls_do_not_mislead_them);
    tcase_add_test(tcase, bytes_prepended_between_two_calls_are_looked_at);
    tcase_add_test(tcase, the_beginning_of_a_match_that_is_truncated_counts_no_more);
    tcase_add_test(tcase, bytes_truncated_between_two_calls_do_not_mislead_them);
    tcase_add_test(tcase, records_after_the_one_taken_are_not_remembered_wrongly);
    tcase_add_test(tcase, a_delimiter_changed_in_place_is_a_new_delimiter);
    tcase_add_test(tcase, a_delimiter_that_begins_like_the_one_before_is_a_new_one);
    tcase_add_test(tcase, a_smaller_start_than_before_is_respected);
    tcase_add_test(tcase, a_larger_start_than_before_is_respected);
    tcase_add_test(tcase, find_and_takeline_between_two_calls_do_not_mislead_them);
    tcase_add_test(tcase, taking_by_length_between_two_calls_does_not_mislead_them);
    return suite;
}

int main(void)
{
    return run_suite(search_resume_suite());
}
