/* SPDX-License-Identifier: MIT */
/*
 * The byte order mark, U+FEFF in UTF-8, that may stand before a text.
 */
#ifndef CB_MARK_H
#define CB_MARK_H

#include "../decoder.h"
#include "json_text.h"

enum { CB__MARK_SIZE = 3 };
extern const uint8_t cb__mark[CB__MARK_SIZE];

/* At the beginning of a stream: passes over a mark, which belongs to no record,
 * also with `keep`.  False if that takes more bytes to tell. */
bool cb__mark_pass(struct cb_decoder *decoder);

/* Before a JSON value: passes over white space and one mark, of which *mark bytes have
 * come.  Returns how many of the n bytes that is; if not all, *why says what is wrong
 * with the next one, or that a value begins with it: NULL. */
size_t cb__mark_before(unsigned *mark, const uint8_t *data, size_t n, const char **why);

/* Is a part of it there? */
static inline bool cb__mark_is_cut(unsigned mark)
{
    return mark && mark < CB__MARK_SIZE;
}

#endif
