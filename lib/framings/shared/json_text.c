/* SPDX-License-Identifier: MIT */
#include "framings/shared/json_text.h"

const uint8_t cb__json_class[256] = {
    [' '] = CB__JSON_SPACE,  ['\t'] = CB__JSON_SPACE, ['\n'] = CB__JSON_SPACE,
    ['\r'] = CB__JSON_SPACE, ['"'] = CB__JSON_QUOTE,  ['['] = CB__JSON_OPEN,
    ['{'] = CB__JSON_OPEN,   [']'] = CB__JSON_CLOSE,  ['}'] = CB__JSON_CLOSE,
    [','] = CB__JSON_POINT,  [':'] = CB__JSON_POINT,  ['-'] = CB__JSON_WORD,
    ['0'] = CB__JSON_WORD,   ['1'] = CB__JSON_WORD,   ['2'] = CB__JSON_WORD,
    ['3'] = CB__JSON_WORD,   ['4'] = CB__JSON_WORD,   ['5'] = CB__JSON_WORD,
    ['6'] = CB__JSON_WORD,   ['7'] = CB__JSON_WORD,   ['8'] = CB__JSON_WORD,
    ['9'] = CB__JSON_WORD,   ['t'] = CB__JSON_WORD,   ['f'] = CB__JSON_WORD,
    ['n'] = CB__JSON_WORD,
};

const char *cb__json_first_fault(uint8_t byte)
{
    switch (cb__json_class[byte]) {
    case CB__JSON_CLOSE:
        return "closing bracket without an opening one";
    case CB__JSON_POINT:
        return "comma or colon outside brackets";
    default:
        return "this byte cannot begin a JSON value";
    }
}

/* ----------------------------------------------------- numbers and names */

/* The place in a number (RFC 8259, section 6), by its last byte. */
enum { START, MINUS, ZERO, INTEGER, POINT, FRACTION, E, SIGN, EXPONENT, NAME };

enum { OTHER, DIGIT_0, DIGIT, HYPHEN, PLUS, DOT, LETTER_E, SYMBOLS = 8 };

static const uint8_t symbols[256] = {
    ['0'] = DIGIT_0,  ['1'] = DIGIT,    ['2'] = DIGIT,  ['3'] = DIGIT, ['4'] = DIGIT,
    ['5'] = DIGIT,    ['6'] = DIGIT,    ['7'] = DIGIT,  ['8'] = DIGIT, ['9'] = DIGIT,
    ['e'] = LETTER_E, ['E'] = LETTER_E, ['-'] = HYPHEN, ['+'] = PLUS,  ['.'] = DOT,
};

/* The next state; 0: the byte does not belong to the number. */
static const uint8_t next_word[NAME][SYMBOLS] = {
    [START] = {[DIGIT_0] = ZERO, [DIGIT] = INTEGER, [HYPHEN] = MINUS},
    [MINUS] = {[DIGIT_0] = ZERO, [DIGIT] = INTEGER},
    [ZERO] = {[DOT] = POINT, [LETTER_E] = E},
    [INTEGER] = {[DIGIT_0] = INTEGER, [DIGIT] = INTEGER, [DOT] = POINT, [LETTER_E] = E},
    [POINT] = {[DIGIT_0] = FRACTION, [DIGIT] = FRACTION},
    [FRACTION] = {[DIGIT_0] = FRACTION, [DIGIT] = FRACTION, [LETTER_E] = E},
    [E] = {[DIGIT_0] = EXPONENT, [DIGIT] = EXPONENT, [HYPHEN] = SIGN, [PLUS] = SIGN},
    [SIGN] = {[DIGIT_0] = EXPONENT, [DIGIT] = EXPONENT},
    [EXPONENT] = {[DIGIT_0] = EXPONENT, [DIGIT] = EXPONENT},
};

void cb__json_enter_word(struct cb__json *json, uint8_t byte)
{
    json->rest = byte == 't' ? "rue" : byte == 'f' ? "alse" : "ull";
    json->word = next_word[START][symbols[byte]];
    if (!json->word)
        json->word = NAME;
}

static size_t pass_name(struct cb__json *json, const uint8_t *data, size_t n)
{
    const char *rest = json->rest;
    size_t i = 0;
    while (i < n && *rest && data[i] == (uint8_t)*rest) {
        rest++;
        i++;
    }
    json->rest = rest;
    return i;
}

static size_t pass_number(struct cb__json *json, const uint8_t *data, size_t n)
{
    uint8_t word = json->word;
    size_t i = 0;
    for (;;) {
        if (word == INTEGER || word == FRACTION) /* most are digits in a row */
            while (i < n && (uint8_t)(data[i] - '0') <= 9)
                i++;
        const uint8_t next = i < n ? next_word[word][symbols[data[i]]] : 0;
        if (!next)
            break;
        word = next;
        i++;
    }
    json->word = word;
    return i;
}

const char *cb__json_word_fault(const struct cb__json *json)
{
    switch (json->word) {
    case NAME:
        return *json->rest ? "name must be true, false or null" : NULL;
    case START:
    case ZERO:
    case INTEGER:
    case FRACTION:
    case EXPONENT:
        return NULL;
    default:
        return "number is incomplete";
    }
}

const char *cb__json_fault(const struct cb__json *json)
{
    return json->place.mismatched ? "closing bracket does not match the opening one" : NULL;
}

size_t cb__json_pass(struct cb__json *json, const uint8_t *data, size_t n)
{
    uint32_t hits[1 + CB__FIND_SLACK];
    size_t scanned;
    if (json->word)
        return json->word == NAME ? pass_name(json, data, n) : pass_number(json, data, n);
    cb__json_find(&json->place, false, data, cb__min(n, CB__FIND_MAX), hits, 1, &scanned);
    return scanned;
}
