/* SPDX-License-Identifier: MIT */
/*
 * How a program of tests reports: in the Test Anything Protocol, a line for each of its
 * tests, which Automake counts as a case.
 *
 * Check can write such a report too, with a line for each run of a test that is run many
 * times ("ok 1 - FILE:PART:NAME: Passed"); here all runs of a test are one case, and its
 * name is read as words.
 */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <check.h>

/* Runs all tests and prints the cases; Check's own summary goes before them.  Returns how many
 * there were; none is an error, and not a test that was skipped. */
unsigned run_cases(SRunner *runner);

#endif
