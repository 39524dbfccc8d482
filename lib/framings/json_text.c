/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include <string.h>

const uint8_t cb__json_class[256] = {
    [' '] = CB__JSON_SPACE,  ['\t'] = CB__JSON_SPACE, ['\n'] = CB__JSON_SPACE,
    ['\r'] = CB__JSON_SPACE, ['"'] = CB__JSON_QUOTE,  ['['] = CB__JSON_OPEN,
    ['{'] = CB__JSON_OPEN,   [']'] = CB__JSON_CLOSE,  ['}'] = CB__JSON_CLOSE,
    [','] = CB__JSON_POINT,  [':'] = CB__JSON_POINT,
};

#define EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Is one of eight bytes zero? */
static inline bool has_zero(uint64_t bytes)
{
    return ((bytes - EVERY(0x01)) & ~bytes & EVERY(0x80)) != 0;
}

/* The first quote or backslash from `i` on, or n. */
static size_t find_special(const uint8_t *data, size_t i, size_t n)
{
    uint64_t bytes;
    for (; n - i >= sizeof bytes; i += sizeof bytes) {
        memcpy(&bytes, data + i, sizeof bytes);
        if (has_zero(bytes ^ EVERY('"')) || has_zero(bytes ^ EVERY('\\')))
            break;
    }
    while (i < n && data[i] != '"' && data[i] != '\\')
        i++;
    return i;
}

/* Goes on in a string from `i` < n. */
static size_t pass_string(struct cb__json *json, const uint8_t *data, size_t i, size_t n)
{
    if (json->escaped) {
        json->escaped = false;
        i++;
    }
    i = find_special(data, i, n);
    if (i == n)
        return n;
    if (data[i] == '"')
        json->string = false;
    else
        json->escaped = true;
    return i + 1;
}

/* Goes on in brackets from `i` to a string, or to their end. */
static size_t pass_brackets(struct cb__json *json, const uint8_t *data, size_t i, size_t n)
{
    while (i < n && json->depth) {
        switch (cb__json_class[data[i++]]) {
        case CB__JSON_OPEN:
            json->depth++;
            break;
        case CB__JSON_CLOSE:
            json->depth--;
            break;
        case CB__JSON_QUOTE:
            json->string = true;
            return i;
        default:
            break;
        }
    }
    return i;
}

size_t cb__json_pass(struct cb__json *json, const uint8_t *data, size_t n)
{
    size_t i = 0;
    while (i < n && cb__json_inside(json))
        i = json->string ? pass_string(json, data, i, n) : pass_brackets(json, data, i, n);
    return i;
}
