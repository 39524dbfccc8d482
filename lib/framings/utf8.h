/* SPDX-License-Identifier: MIT */
/* Whether what comes in parts is UTF-8 (RFC 3629). */
#ifndef CB_UTF8_H
#define CB_UTF8_H

#include "../base.h"

/* Continuation bytes that are still to come, and between what the next one has
 * to be: the first one also keeps out what is too long or no character.  All zeros
 * at first. */
struct cb__utf8 {
    uint8_t left, least, most;
    bool wrong;
};

void cb__utf8_look(struct cb__utf8 *utf8, const uint8_t *data, size_t n);

/* Was all of it UTF-8, and is no character cut short at its end? */
static inline bool cb__utf8_is_whole(const struct cb__utf8 *utf8)
{
    return !utf8->wrong && !utf8->left;
}

#endif
