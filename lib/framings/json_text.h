/* SPDX-License-Identifier: MIT */
/*
 * JSON texts (RFC 8259) as far as it takes to see where they end: brackets are
 * counted and strings passed over, whatever else stands between them.
 */
#ifndef CB_JSON_TEXT_H
#define CB_JSON_TEXT_H

#include "../base.h"

enum cb__json_class {
    CB__JSON_WORD, /* of a number or a name, or what takes its place */
    CB__JSON_SPACE,
    CB__JSON_QUOTE,
    CB__JSON_OPEN,
    CB__JSON_CLOSE,
    CB__JSON_POINT /* comma or colon */
};

extern const uint8_t cb__json_class[256];

/* Where in a text one is.  All zeros: at the top level. */
struct cb__json {
    uint64_t depth; /* of brackets */
    bool string, escaped;
};

static inline bool cb__json_inside(const struct cb__json *json)
{
    return json->depth || json->string;
}

/* Takes a byte of the top level: true if brackets or a string open there. */
static inline bool cb__json_enter(struct cb__json *json, uint8_t byte)
{
    json->depth = cb__json_class[byte] == CB__JSON_OPEN;
    json->string = cb__json_class[byte] == CB__JSON_QUOTE;
    return cb__json_inside(json);
}

/* Passes over bytes inside brackets or a string: returns how many of the n, up
 * to where the top level is reached again. */
size_t cb__json_pass(struct cb__json *json, const uint8_t *data, size_t n);

#endif
