/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include "eight.h"

const uint8_t cb__json_class[256] = {
    [' '] = CB__JSON_SPACE,  ['\t'] = CB__JSON_SPACE, ['\n'] = CB__JSON_SPACE,
    ['\r'] = CB__JSON_SPACE, ['"'] = CB__JSON_QUOTE,  ['['] = CB__JSON_OPEN,
    ['{'] = CB__JSON_OPEN,   [']'] = CB__JSON_CLOSE,  ['}'] = CB__JSON_CLOSE,
    [','] = CB__JSON_POINT,  [':'] = CB__JSON_POINT,
};

/* The first quote or backslash from `i` on, or n. */
static size_t find_special(const uint8_t *data, size_t i, size_t n)
{
    for (; n - i >= 8; i += 8) {
        uint64_t bytes = cb__load8(data + i);
        if (cb__any_is(bytes, '"') || cb__any_is(bytes, '\\'))
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
