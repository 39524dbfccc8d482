/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "buffers.h"

START_TEST(text_is_formatted_as_printf_does_it)
{
    ck_assert_int_eq(cb_printf(buffer, "%s: %d%%, %05.1f, %c|%-4s|", "a", -7, 3.25, 'x', "b"),
                     CB_OK);
    assert_holds(buffer, BYTES("a: -7%, 003.2, x|b   |"));
    ck_assert_int_eq(cb_printf(buffer, "%c%s", 0, "z"), CB_OK);
    assert_holds(buffer, BYTES("a: -7%, 003.2, x|b   |\0z"));
}
END_TEST

/* The tail has any room when text of any length comes, so that it fits, or just
 * fits, or not. */
START_TEST(text_of_every_length_fits_in_every_tail)
{
    char expected[4 * CHUNK];

    for (size_t before = 0; before <= CHUNK; before++) {
        for (int n = 0; n < 3 * CHUNK - 5; n++) {
            memset(expected, '-', before);
            memset(expected + before, ' ', (size_t)n);
            memcpy(expected + before + n, "end", 3);
            ck_assert_int_eq(cb_append(buffer, expected, before), CB_OK);
            ck_assert_int_eq(cb_printf(buffer, "%*s", n, ""), CB_OK);
            ck_assert_int_eq(cb_append(buffer, "end", 3), CB_OK);
            if (!cb_equal_bytes(buffer, expected, before + (size_t)n + 3))
                ck_abort_msg("%d bytes after %zu", n, before);
            cb_skip(buffer, CB_ALL);
        }
    }
}
END_TEST

START_TEST(text_may_be_longer_than_any_chunk)
{
    enum { LONG = 1000000 };
    char *expected = malloc(LONG + 1);

    ck_assert_ptr_nonnull(expected);
    snprintf(expected, LONG + 1, "%0*d", LONG, 7);
    ck_assert_int_eq(cb_printf(buffer, "%0*d", LONG, 7), CB_OK);
    assert_holds(buffer, expected, LONG);
    free(expected);
}
END_TEST

START_TEST(what_is_seen_elsewhere_is_not_written_over)
{
    struct cb_buffer *view = new_buffer(pool, CHUNK);

    ck_assert_int_eq(cb_printf(buffer, "%s", "seen"), CB_OK);
    ck_assert_int_eq(cb_take(buffer, 4, view), 4);
    ck_assert_int_eq(cb_printf(buffer, "%s", "XXXX"), CB_OK);
    assert_holds(view, BYTES("seen"));
    cb_buffer_free(view);
}
END_TEST

START_TEST(short_texts_cost_no_allocation_each)
{
    ck_assert_int_eq(cb_printf(buffer, "%d", 1), CB_OK);
    uint64_t calls = counting.calls;
    for (int i = 0; i < 1000; i++) {
        cb_skip(buffer, CB_ALL);
        ck_assert_int_eq(cb_printf(buffer, "%d", i), CB_OK);
    }
    ck_assert_uint_eq(counting.calls, calls);
}
END_TEST

START_TEST(print_obeys_the_limit)
{
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .limit = 6};
    struct cb_buffer *small = NULL;

    ck_assert_int_eq(cb_buffer_new(&small, &options), CB_OK);
    ck_assert_int_eq(cb_printf(small, "%s", "1234567"), CB_ELIMIT);
    ck_assert_int_eq(cb_printf(small, "%s", "123"), CB_OK);
    ck_assert_int_eq(cb_printf(small, "%s", "1234"), CB_ELIMIT);
    assert_holds(small, BYTES("123"));
    ck_assert_int_eq(cb_printf(small, "%s", "456"), CB_OK);
    ck_assert_int_eq(cb_printf(small, "%s", ""), CB_OK);
    assert_holds(small, BYTES("123456"));
    cb_buffer_free(small);
}
END_TEST

START_TEST(a_failed_print_leaves_an_open_offer_and_its_bytes)
{
    void *data;
    size_t size;

    ck_assert_int_eq(cb_get_chunk(buffer, 10, &data, &size), CB_OK);
    memcpy(data, "0123456789", 10);
    counting_fail(&counting, 1, true);
    ck_assert_int_eq(cb_printf(buffer, "%080d", 1), CB_ENOMEM);
    counting_fail(&counting, 0, false);
    ck_assert_int_eq(cb_chunk_written(buffer, 10), CB_OK);
    assert_holds(buffer, BYTES("0123456789"));
    ck_assert_int_eq(cb_get_chunk(buffer, 10, &data, &size), CB_OK);
    ck_assert_int_eq(cb_printf(buffer, "%s", "abc"), CB_OK);
    ck_assert_int_eq(cb_chunk_written(buffer, 1), CB_ESTATE); /* it takes its place */
    assert_holds(buffer, BYTES("0123456789abc"));
}
END_TEST

START_TEST(what_printf_refuses_is_refused)
{
    static const wchar_t none[] = {0x20ac, 0}; /* no byte in the C locale */

    errno = 0;
    ck_assert_int_eq(cb_printf(buffer, "x%ls", none), CB_EINVAL);
    ck_assert_int_eq(errno, EILSEQ);
    assert_holds(buffer, "", 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("print");
    TCase *tcase = add_case(suite, "print");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, text_is_formatted_as_printf_does_it);
    tcase_add_test(tcase, text_of_every_length_fits_in_every_tail);
    tcase_add_test(tcase, text_may_be_longer_than_any_chunk);
    tcase_add_test(tcase, what_is_seen_elsewhere_is_not_written_over);
    tcase_add_test(tcase, short_texts_cost_no_allocation_each);
    tcase_add_test(tcase, print_obeys_the_limit);
    tcase_add_test(tcase, a_failed_print_leaves_an_open_offer_and_its_bytes);
    tcase_add_test(tcase, what_printf_refuses_is_refused);
    return run_suite(suite);
}
