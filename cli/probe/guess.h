/* SPDX-License-Identifier: MIT */
/* Guess: a specification that --probe tries, and the bits to name it among all others. */
#ifndef PROBE_GUESS_H
#define PROBE_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample.h"

enum { GUESS_ROOM = 120 };

struct guess {
    char text[GUESS_ROOM];   /* as it is printed */
    char decode[GUESS_ROOM]; /* the same, without `keep` of a preset */
    char encode[GUESS_ROOM]; /* or "" */
    double settings;         /* bits of its keys and of its argument */
    double known;            /* bits of each record that it says in advance */
    char separator;          /* of fields, of which all records have as many; 0: no fields */
    bool swept;              /* one of very many */
    bool text_only;          /* unlikely unless records are text */
    bool fixed;              /* all records have the same length */
    bool strict;             /* a preset that says which values certain bytes have */
};

typedef void guess_fn(void *arg, const struct guess *guess);

/* Calls `try` for each: the rows of the table, also with each key that takes no value;
 * what needs an argument, with usual ones and those that the sample suggests; last, binary
 * lengths with other headers. */
void guess_all(const struct sample *sample, guess_fn *try, void *arg);

#endif
