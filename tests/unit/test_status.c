/* SPDX-License-Identifier: MIT */
/* The names of the status codes, and the version. */
#include <string.h>

#include "support.h"

START_TEST(every_status_has_a_phrase_of_its_own)
{
    for (int a = CB_EUNENCODABLE; a <= 0; a++) {
        ck_assert_uint_gt(strlen(cb_strerror(a)), 0);
        for (int b = CB_EUNENCODABLE; b < a; b++)
            ck_assert_str_ne(cb_strerror(a), cb_strerror(b));
    }
    ck_assert_str_eq(cb_strerror(CB_ENOMEM), "out of memory");
}
END_TEST

START_TEST(a_number_that_is_no_status_has_a_phrase_too)
{
    ck_assert_str_eq(cb_strerror(CB_EUNENCODABLE - 1), cb_strerror(-2147483647 - 1));
    ck_assert_str_eq(cb_strerror(2147483647), cb_strerror(CB_OK)); /* a count */
}
END_TEST

START_TEST(the_library_is_of_the_version_that_its_header_says)
{
    ck_assert_str_eq(cb_version(), CB_VERSION);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("status");
    TCase *all = add_case(suite, "all");
    tcase_add_test(all, every_status_has_a_phrase_of_its_own);
    tcase_add_test(all, a_number_that_is_no_status_has_a_phrase_too);
    tcase_add_test(all, the_library_is_of_the_version_that_its_header_says);
    return run_suite(suite);
}
