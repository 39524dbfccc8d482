/* SPDX-License-Identifier: MIT */
/*
 * Names and arguments from the command line, as messages show them: bytes that
 * a terminal would act on are escaped, so that what is shown can be given to a
 * shell again ('no'$'\n''file'), as by `ls`.
 */
#ifndef QUOTE_H
#define QUOTE_H

#include <stdbool.h>

enum { QUOTE_SIZE = 1600 };

/* The text between quotes, or with `only_if_needed` as it is where no byte needs
 * an escape.  What is too long for `room` ends in "...". */
const char *quote(char room[QUOTE_SIZE], const char *text, bool only_if_needed);

/* The same, for an argument of a call that prints it. */
#define QUOTED(text) quote((char[QUOTE_SIZE]){0}, (text), false)
#define QUOTED_NAME(text) quote((char[QUOTE_SIZE]){0}, (text), true)

#endif
