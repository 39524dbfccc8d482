/* SPDX-License-Identifier: MIT */
/*
 * Names and arguments from the command line, as messages show them: bytes that
 * a terminal would act on are escaped, so that the result can be pasted into a
 * shell ('no'$'\n''file'), as by `ls`.
 */
#ifndef QUOTE_H
#define QUOTE_H

#include <stdbool.h>

enum { QUOTE_SIZE = 1600 };

/* The text in quotes; with `only_if_needed` unchanged if no byte needs an escape.
 * If it is too long for `room` it ends in "...". */
const char *quote(char room[QUOTE_SIZE], const char *text, bool only_if_needed);

/* The same, as an argument of a call that prints it. */
#define QUOTED(text) quote((char[QUOTE_SIZE]){0}, (text), false)
#define QUOTED_NAME(text) quote((char[QUOTE_SIZE]){0}, (text), true)

#endif
