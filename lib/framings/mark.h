/* SPDX-License-Identifier: MIT */
/*
 * The byte order mark, U+FEFF in UTF-8, that may stand before a text.
 */
#ifndef CB_MARK_H
#define CB_MARK_H

#include "../decoder.h"

enum { CB__MARK_SIZE = 3 };
extern const uint8_t cb__mark[CB__MARK_SIZE];

/* At the beginning of a stream: passes over a mark, which belongs to no record,
 * also with `keep`.  False if that takes more bytes to tell. */
bool cb__mark_pass(struct cb_decoder *decoder);

#endif
