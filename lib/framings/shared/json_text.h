/* SPDX-License-Identifier: MIT */
/*
 * JSON texts (RFC 8259), just far enough to find where they end: matches brackets
 * and skips strings, whatever else is between them.  A number or a name at the top
 * level, which has no end of its own, is checked in full.
 */
#ifndef CB_JSON_TEXT_H
#define CB_JSON_TEXT_H

#include "kernels/syntax.h"

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

/* The place in a value.  All zeros: outside. */
struct cb__json {
    struct cb__json_place place; /* in brackets and strings */
    uint8_t word;                /* place in a number, or in a name; 0: in neither */
    const char *rest;            /* the rest of the name */
};

static inline bool cb__json_inside(const struct cb__json *json)
{
    return cb__json_is_inside(&json->place);
}

/* Has a value begun but not ended? (The end of a number or name is not known here: the
 * caller decides.) */
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

/* The error for a byte that cannot begin a value. */
const char *cb__json_first_fault(uint8_t byte);

/* Consumes the first byte of a value; false if it cannot begin one. */
static inline bool cb__json_enter(struct cb__json *json, uint8_t byte)
{
    const uint8_t class = cb__json_class[byte];
    json->place = (struct cb__json_place){
        .depth = class == CB__JSON_OPEN,
        .kinds.squares = byte == '[',
        .string = class == CB__JSON_QUOTE,
    };
    if (class == CB__JSON_WORD)
        cb__json_enter_word(json, byte);
    return cb__json_open(json);
}

/* Continues in an open value: returns how many of the n bytes belong to it, up to its
 * end, or to the first byte that does not belong to its number or name, or is wrong. */
size_t cb__json_pass(struct cb__json *json, const uint8_t *data, size_t n);

/* The error in the next byte, by which cb__json_pass has stopped, or NULL. */
const char *cb__json_fault(const struct cb__json *json);

/* The error in the number or name if it ends here, or NULL. */
const char *cb__json_word_fault(const struct cb__json *json);

#endif
