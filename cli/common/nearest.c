/* SPDX-License-Identifier: MIT */
#include "nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Longer words are not compared letter by letter. */
enum { WORD_MAX = 32 };

enum { PREFIX = 1, SWAPPED = 2, FORGOTTEN = 2, WRONG = 4, TOO_MANY = 6, FAR = 1000 };

/* One letter in two may be forgotten, one in three wrong. */
static size_t tolerance(size_t length)
{
    return length + 1;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The cost of the cheapest way to make `known` from `word` (Damerau and Levenshtein),
 * in three rows of a table: row i for the first i letters of the word. */
static size_t mistakes(const char *word, size_t n, const char *known, size_t m)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        row[j] = j * FORGOTTEN;
    for (size_t i = 1; i <= n; i++) {
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
        row[0] = i * TOO_MANY;
        for (size_t j = 1; j <= m; j++) {
            row[j] = above[j - 1] + (same_letter(word[i - 1], known[j - 1]) ? 0 : WRONG);
            row[j] = least(row[j], least(above[j] + TOO_MANY, row[j - 1] + FORGOTTEN));
            if (i > 1 && j > 1 && same_letter(word[i - 1], known[j - 2]) &&
                same_letter(word[i - 2], known[j - 1]))
                row[j] = least(row[j], before[j - 2] + SWAPPED);
        }
    }
    return row[m];
}

static size_t distance(const char *word, size_t n, const char *known, size_t m)
{
    const size_t shorter = least(n, m);
    if (n > WORD_MAX || m > WORD_MAX)
        return FAR;
    if (strncasecmp(word, known, shorter) == 0 && (n == m || shorter >= 2))
        return n == m ? 0 : PREFIX;
    return mistakes(word, n, known, m);
}

struct nearest nearest_to(const char *word, size_t length)
{
    return (struct nearest){.word = word, .length = length, .distance = tolerance(length) + 1};
}

static bool has_answer(const struct nearest *nearest, const char *answer)
{
    for (size_t i = 0; i < least(nearest->count, NEAREST_ANSWERS); i++) {
        if (strcmp(nearest->answers[i], answer) == 0)
            return true;
    }
    return false;
}

static void offer_one(struct nearest *nearest, const char *known, size_t length, const char *answer)
{
    const size_t cost = distance(nearest->word, nearest->length, known, length);
    if (cost > nearest->distance || cost > tolerance(nearest->length))
        return;
    if (cost < nearest->distance) {
        nearest->distance = cost;
        nearest->count = 0;
    }
    if (has_answer(nearest, answer))
        return;
    if (nearest->count < NEAREST_ANSWERS)
        nearest->answers[nearest->count] = answer;
    nearest->count++;
}

void nearest_offer(struct nearest *nearest, const char *words, const char *answer)
{
    while (words && *words) {
        const size_t n = strcspn(words, " ");
        offer_one(nearest, words, n, answer);
        words += n + strspn(words + n, " ");
    }
}

const char *nearest_hint(const struct nearest *nearest, const char *dashes, char room[NEAREST_ROOM])
{
    room[0] = '\0';
    if (nearest->count == 1)
        snprintf(room, NEAREST_ROOM, "; did you mean '%s%s'?", dashes, nearest->answers[0]);
    else if (nearest->count == NEAREST_ANSWERS)
        snprintf(room, NEAREST_ROOM, "; did you mean '%s%s' or '%s%s'?", dashes,
                 nearest->answers[0], dashes, nearest->answers[1]);
    return room;
}
