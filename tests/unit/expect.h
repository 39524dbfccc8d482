/* SPDX-License-Identifier: MIT */
/*
 * An assertion for the inside of loops.
 *
 * Check writes a note for every assertion that it passes, and its parent process
 * reads them all: a million of them take longer than what they check.
 */
#ifndef CB_TESTS_EXPECT_H
#define CB_TESTS_EXPECT_H

#include <check.h>

/* Fails the test with a message, as printf forms it, if the condition is
 * false. */
#define expect(condition, ...)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg(__VA_ARGS__);                                                             \
    } while (0)

#endif
