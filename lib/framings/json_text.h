/* SPDX-License-Identifier: MIT */
/*
 * JSON texts (RFC 8259) as far as it takes to see where they end: brackets are
 * counted and strings passed over, whatever else stands between them.  A number
 * or a name at the top level, which has no end of its own, is checked in full.
 */
#ifndef CB_JSON_TEXT_H
#define CB_JSON_TEXT_H

#include "../base.h"

enum cb__json_class {
    CB__JSON_OTHER,
    CB__JSON_WORD, /* begins a number or a name */
    CB__JSON_SPACE,
    CB__JSON_QUOTE,
    CB__JSON_OPEN,
    CB__JSON_CLOSE,
    CB__JSON_POINT /* comma or colon */
};

extern const uint8_t cb__json_class[256];

/* Where in a value one is.  All zeros: in none. */
struct cb__json {
    uint64_t depth; /* of brackets */
    bool string, escaped;
    uint8_t word;     /* how far in a number, or that it is a name; 0: in neither */
    const char *rest; /* what is still to come of the name */
};

static inline bool cb__json_inside(const struct cb__json *json)
{
    return json->depth || json->string;
}

/* Has a value begun that is not over?  (One that ends as a word does is not
 * known to be: that is for the caller to settle.) */
static inline bool cb__json_open(const struct cb__json *json)
{
    return cb__json_inside(json) || json->word;
}

void cb__json_enter_word(struct cb__json *json, uint8_t byte);

static inline bool cb__json_begins(uint8_t byte)
{
    const uint8_t class = cb__json_class[byte];
    return class == CB__JSON_OPEN || class == CB__JSON_QUOTE || class == CB__JSON_WORD;
}

/* What is wrong with a byte that begins no value. */
const char *cb__json_first_fault(uint8_t byte);

/* Takes the first byte of a value; false if none begins so. */
static inline bool cb__json_enter(struct cb__json *json, uint8_t byte)
{
    const uint8_t class = cb__json_class[byte];
    json->depth = class == CB__JSON_OPEN;
    json->string = class == CB__JSON_QUOTE;
    if (class == CB__JSON_WORD)
        cb__json_enter_word(json, byte);
    return cb__json_open(json);
}

/* Goes on in a value that is open: returns how many of the n bytes belong to it,
 * up to its end, or to the first byte that is none of its word. */
size_t cb__json_pass(struct cb__json *json, const uint8_t *data, size_t n);

/* What is wrong with the word if it goes on no further, or NULL. */
const char *cb__json_word_fault(const struct cb__json *json);

#endif
