/* SPDX-License-Identifier: MIT */
/*
 * Nearest: what somebody may have meant by a word that is not known.
 *
 * A word that is the beginning of another, or begins with it, is near; so is one that
 * a few mistakes turn into it.  Forgotten letters and letters in the wrong order are
 * the most common ones (git's help.c gives them the same weights).
 */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

enum { NEAREST_ANSWERS = 2 };

struct nearest {
    const char *word; /* the unknown one, */
    size_t length;    /* ... which may be followed by something else */
    size_t distance;  /* of the answers */
    size_t count;     /* of all that are so near */
    const char *answers[NEAREST_ANSWERS];
};

struct nearest nearest_to(const char *word, size_t length);

/* Offers known words, separated by spaces (NULL: none); `answer`, which must stay valid,
 * is what to propose if one of them is near.  The case of letters does not matter. */
void nearest_offer(struct nearest *nearest, const char *words, const char *answer);

enum { NEAREST_ROOM = 128 };

/* "; did you mean 'a' or 'b'?", each with the dashes before it, or "" if nothing is near,
 * or more than two words are. */
const char *nearest_hint(const struct nearest *nearest, const char *dashes,
                         char room[NEAREST_ROOM]);

#endif
