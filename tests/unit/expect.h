/* SPDX-License-Identifier: MIT */
/*
 * Assertions that cost little, so that they can be in loops.
 */
#ifndef CB_TESTS_EXPECT_H
#define CB_TESTS_EXPECT_H

#include <check.h>

/* For each assertion that holds, Check writes its place to a file, to tell the last one
 * before a crash, and its parent process reads them all.  In most tests that took longer
 * than what they check; a debugger (HACKING.md) shows the place of a crash, too. */
#define _mark_point(file, line) ((void)0)

/* Fails the test with a message, as printf forms it, if the condition is
 * false. */
#define expect(condition, ...)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg(__VA_ARGS__);                                                             \
    } while (0)

#endif
