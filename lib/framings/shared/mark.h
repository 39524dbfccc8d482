/* SPDX-License-Identifier: MIT */
/*
 * The byte order mark, U+FEFF in UTF-8, that may precede a text.
 */
#ifndef CB_MARK_H
#define CB_MARK_H

#include "framing/decoder.h"
#include "framings/shared/json_text.h"

enum { CB__MARK_SIZE = 3 };
extern const uint8_t cb__mark[CB__MARK_SIZE];

/* At the beginning of a stream: skips a mark, which belongs to no record, even with
 * `keep`.  False if more bytes are needed to tell. */
bool cb__mark_pass(struct cb_decoder *decoder);

/* Before a JSON value: skips white space and one mark, of which *mark bytes have
 * arrived.  Returns how many of the n bytes that is; if not all, *why is the error in
 * the next byte, or NULL if a value begins there. */
size_t cb__mark_before(unsigned *mark, const uint8_t *data, size_t n, const char **why);

/* Is part of it there? */
static inline bool cb__mark_is_cut(unsigned mark)
{
    return mark && mark < CB__MARK_SIZE;
}

#endif
