/* SPDX-License-Identifier: MIT */
#include "framings/shared/csv_steps.h"

#include <string.h>

/* What bytes are. */
enum { OTHER, QUOTE, SEPARATOR, LF, CR, ESCAPE };

/* Shorter, for the table. */
enum {
    FIELD = CB__CSV_FIELD,
    TEXT = CB__CSV_TEXT,
    TEXT_CR = CB__CSV_TEXT_CR,
    QUOTED = CB__CSV_QUOTED,
    CLOSED = CB__CSV_CLOSED,
    ESC = CB__CSV_ESCAPED,
    ESC_QUOTED = CB__CSV_ESCAPED_QUOTED,
    ROW = CB__CSV_ROW,
    WRONG = CB__CSV_WRONG
};

/* Where nothing ends a row but LF, and quotes are no text. */
static const uint8_t strict[CB__CSV_ROW][CB__CSV_KINDS] = {
    /* OTHER, QUOTE, SEPARATOR, LF, CR, ESCAPE */
    [FIELD] = {TEXT, QUOTED, FIELD, ROW, TEXT_CR, ESC},
    [TEXT] = {TEXT, WRONG, FIELD, ROW, TEXT_CR, ESC},
    [TEXT_CR] = {TEXT, WRONG, FIELD, ROW, TEXT_CR, ESC},
    [QUOTED] = {QUOTED, CLOSED, QUOTED, QUOTED, QUOTED, ESC_QUOTED},
    [CLOSED] = {WRONG, QUOTED, FIELD, ROW, CB__CSV_CR, WRONG},
    [CB__CSV_CR] = {WRONG, WRONG, WRONG, ROW, WRONG, WRONG},
    [ESC] = {TEXT, TEXT, TEXT, TEXT, TEXT, TEXT},
    [ESC_QUOTED] = {QUOTED, QUOTED, QUOTED, QUOTED, QUOTED, QUOTED},
};

/* After what is wrong the row goes on as text: so `lazy-quotes` has it.  (An escape right after a
 * closing quote is data, as in Python.) */
static void be_lazy(uint8_t next[CB__CSV_ROW][CB__CSV_KINDS])
{
    memcpy(next[CB__CSV_CR], next[TEXT_CR], CB__CSV_KINDS);
    next[CLOSED][CR] = TEXT_CR;
    for (size_t place = 0; place < CB__CSV_ROW; place++) {
        for (size_t kind = 0; kind < CB__CSV_KINDS; kind++) {
            if (next[place][kind] == WRONG)
                next[place][kind] = TEXT;
        }
    }
}

void cb__csv_steps_make(struct cb__csv_steps *steps, const struct cb__csv *csv,
                        const uint8_t *escape, bool cr)
{
    static const uint8_t outside[] = {FIELD, TEXT, TEXT_CR, CLOSED};
    if (escape)
        steps->kinds[*escape] = ESCAPE;
    steps->kinds['\n'] = LF;
    steps->kinds['\r'] = CR;
    steps->kinds[csv->separator] = SEPARATOR;
    steps->kinds[csv->quote] = QUOTE;
    for (int lazy = 0; lazy < 2; lazy++) {
        memcpy(steps->next[lazy], strict, sizeof strict);
        if (lazy)
            be_lazy(steps->next[lazy]);
        for (size_t i = 0; cr && i < sizeof outside; i++)
            steps->next[lazy][outside[i]][CR] = ROW;
    }
}

size_t cb__csv_steps_find(const struct cb__csv_steps *steps, bool lazy, uint8_t *place,
                          const uint8_t *data, size_t n, uint8_t *end)
{
    const uint8_t(*next)[CB__CSV_KINDS] = steps->next[lazy];
    uint8_t now = *place;
    size_t i = 0;
    for (; i < n; i++) {
        *end = next[now][steps->kinds[data[i]]];
        if (*end >= CB__CSV_ROW)
            break;
        now = *end;
    }
    *place = now;
    return i;
}
