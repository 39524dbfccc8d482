/* SPDX-License-Identifier: MIT */
/*
 * Assertions that cost little, so that they can be in loops.
 */
#ifndef CB_TESTS_EXPECT_H
#define CB_TESTS_EXPECT_H

#include <check.h>
#include <stdint.h>

/* For each assertion that holds, Check writes its place to a file, to tell the last one
 * before a crash, and its parent process reads them all.  In most tests that took longer
 * than what they check; a debugger (HACKING.md) shows the place of a crash, too. */
#define _mark_point(file, line) ((void)0)

/* Most assertions are one of these two.  As calls they compile in a third of the time: Check has
 * two variables, a branch and a message of its own for each. */
#undef ck_assert_int_eq
#define ck_assert_int_eq(a, b)                                                                     \
    expect_same_int(__FILE__, __LINE__, #a, (intmax_t)(a), #b, (intmax_t)(b))
#undef ck_assert_uint_eq
#define ck_assert_uint_eq(a, b)                                                                    \
    expect_same_uint(__FILE__, __LINE__, #a, (uintmax_t)(a), #b, (uintmax_t)(b))

void expect_same_int(const char *file, int line, const char *a_text, intmax_t a, const char *b_text,
                     intmax_t b);
void expect_same_uint(const char *file, int line, const char *a_text, uintmax_t a,
                      const char *b_text, uintmax_t b);

/* Fails the test with a message, as printf forms it, if the condition is
 * false. */
#define expect(condition, ...)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg(__VA_ARGS__);                                                             \
    } while (0)

#endif
