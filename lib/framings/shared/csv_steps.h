/* SPDX-License-Identifier: MIT */
/*
 * Rows of CSV byte by byte, for dialects that the kernels do not know (syntax.h has them): with an
 * escape, or with rows that end at CR alone.  A table says where each kind of byte leads.
 */
#ifndef CB_CSV_STEPS_H
#define CB_CSV_STEPS_H

#include "kernels/syntax.h"

/* The place in a row: one of enum cb__csv_place, or one of these. */
enum {
    CB__CSV_TEXT_CR = CB__CSV_PLACES, /* in text, after a CR that may belong to the line end */
    CB__CSV_ESCAPED,                  /* outside quotes, after an escape */
    CB__CSV_ESCAPED_QUOTED,           /* inside */
    CB__CSV_ROW,                      /* after the byte that ends the row */
    CB__CSV_WRONG                     /* after a byte that no row has there */
};

enum { CB__CSV_KINDS = 6 };

struct cb__csv_steps {
    uint8_t kinds[256];                          /* of bytes */
    uint8_t next[2][CB__CSV_ROW][CB__CSV_KINDS]; /* strict, lazy (struct cb__csv) */
};

/* escape: the byte after which any byte is data, or NULL; cr: CR alone ends a row. */
void cb__csv_steps_make(struct cb__csv_steps *steps, const struct cb__csv *csv,
                        const uint8_t *escape, bool cr);

/* Continues in a row: returns the offset of the byte that is not part of it, n if all are; *end
 * is CB__CSV_ROW or CB__CSV_WRONG. */
size_t cb__csv_steps_find(const struct cb__csv_steps *steps, bool lazy, uint8_t *place,
                          const uint8_t *data, size_t n, uint8_t *end);

static inline bool cb__csv_is_after_cr(uint8_t place)
{
    return place == CB__CSV_TEXT_CR || place == CB__CSV_CR;
}

/* Must more follow? */
static inline bool cb__csv_is_inside(uint8_t place)
{
    return place == CB__CSV_QUOTED || place == CB__CSV_CR || place == CB__CSV_ESCAPED ||
           place == CB__CSV_ESCAPED_QUOTED;
}

#endif
