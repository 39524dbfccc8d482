/* SPDX-License-Identifier: MIT */
/* Validates UTF-8 (RFC 3629) that arrives in parts. */
#ifndef CB_UTF8_H
#define CB_UTF8_H

#include "core/base.h"

/* Continuation bytes still to come, and the bounds of the next one: the bounds of the
 * first continuation also exclude overlong forms and values that are not characters.
 * Initially all zeros. */
struct cb__utf8 {
    uint8_t left, least, most;
    bool wrong;
};

void cb__utf8_look(struct cb__utf8 *utf8, const uint8_t *data, size_t n);

/* Was all of it UTF-8, without a truncated character at the end? */
static inline bool cb__utf8_is_whole(const struct cb__utf8 *utf8)
{
    return !utf8->wrong && !utf8->left;
}

#endif
