/* SPDX-License-Identifier: MIT */
/*
 * The byte order mark, U+FEFF in UTF-8, that may precede a text.
 */
#ifndef CB_BOM_H
#define CB_BOM_H

#include "framing/decoder.h"
#include "framings/shared/json_text.h"

enum { CB__BOM_SIZE = 3 };
extern const uint8_t cb__bom[CB__BOM_SIZE];

/* At the beginning of a stream: skips a mark, which belongs to no record, even with
 * `keep`.  False if more bytes are needed to tell. */
bool cb__bom_skip(struct cb_decoder *decoder);

/* Before a JSON value: skips white space and one mark, of which *bom bytes have
 * arrived.  Returns how many of the n bytes that is; if not all, *why is the error in
 * the next byte, or NULL if a value begins there. */
size_t cb__bom_before(unsigned *bom, const uint8_t *data, size_t n, const char **why);

/* Has only part of it arrived? */
static inline bool cb__bom_is_cut(unsigned bom)
{
    return bom && bom < CB__BOM_SIZE;
}

#endif
