/* SPDX-License-Identifier: MIT */
#include "framings/shared/resp_scalar.h"

/* Places in a number, and in a word. */
enum place {
    WRONG,
    SIGN,     /* or the first digit */
    UNSIGNED, /* the first digit */
    DIGITS,
    FRACTION_FIRST, /* after the point */
    FRACTION,
    POWER_SIGN, /* after e, or the first digit */
    POWER_FIRST,
    POWER,
    END, /* after CR */
    BOOLEAN,
    WORD /* `rest`, and then CR */
};

/* The place after a byte of a number; WRONG if it is invalid.  An integer and a big
 * number end with their first digits; a double may have a fraction and an exponent. */
enum letter { OTHER, DIGIT, PLUS_OR_MINUS, POINT, E, CR, LETTERS };

static const uint8_t letters[256] = {
    ['0'] = DIGIT,         ['1'] = DIGIT,         ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT,
    ['5'] = DIGIT,         ['6'] = DIGIT,         ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT,
    ['+'] = PLUS_OR_MINUS, ['-'] = PLUS_OR_MINUS, ['.'] = POINT, ['e'] = E,     ['E'] = E,
    ['\r'] = CR,
};

static const uint8_t grammar[END][LETTERS] = {
    [SIGN] = {[DIGIT] = DIGITS, [PLUS_OR_MINUS] = UNSIGNED},
    [UNSIGNED] = {[DIGIT] = DIGITS},
    [DIGITS] = {[DIGIT] = DIGITS, [POINT] = FRACTION_FIRST, [E] = POWER_SIGN, [CR] = END},
    [FRACTION_FIRST] = {[DIGIT] = FRACTION},
    [FRACTION] = {[DIGIT] = FRACTION, [E] = POWER_SIGN, [CR] = END},
    [POWER_SIGN] = {[DIGIT] = POWER, [PLUS_OR_MINUS] = POWER_FIRST},
    [POWER_FIRST] = {[DIGIT] = POWER},
    [POWER] = {[DIGIT] = POWER, [CR] = END},
};

static int fail(struct cb__resp_scalar *scalar, const char *why)
{
    scalar->why = why;
    return CB_EMALFORMED;
}

/* The byte is not valid here. */
static int wrong(struct cb__resp_scalar *scalar)
{
    switch (scalar->type) {
    case ':':
        return fail(scalar, "invalid byte in an integer");
    case ',':
        return fail(scalar, "invalid byte in a double");
    case '(':
        return fail(scalar, "invalid byte in a big number");
    case '#':
        return fail(scalar, "boolean must be t or f");
    default:
        return fail(scalar, "null is not empty");
    }
}

static int begin_word(struct cb__resp_scalar *scalar, const char *rest)
{
    scalar->rest = rest;
    scalar->place = WORD;
    return CB__MORE;
}

static int step_word(struct cb__resp_scalar *scalar, uint8_t c)
{
    if (c != (*scalar->rest ? *scalar->rest : '\r'))
        return wrong(scalar);
    if (!*scalar->rest)
        return CB_OK;
    scalar->rest++;
    return CB__MORE;
}

/* Is it still a signed 64-bit integer with one more digit? */
static bool add_digit(struct cb__resp_scalar *scalar, uint8_t c)
{
    const uint64_t most = (uint64_t)INT64_MAX + scalar->minus, digit = c - (uint64_t)'0';
    if (scalar->number > (most - digit) / 10)
        return false;
    scalar->number = 10 * scalar->number + digit;
    return true;
}

/* A double may be inf, -inf, nan, and the -nan of Redis before 7.2. */
static int not_a_number(struct cb__resp_scalar *scalar, uint8_t c)
{
    const bool first = scalar->place == SIGN || (scalar->place == UNSIGNED && scalar->minus);
    if (scalar->type != ',' || !first || (c != 'i' && c != 'n'))
        return wrong(scalar);
    return begin_word(scalar, c == 'i' ? "nf" : "an");
}

static int step_number(struct cb__resp_scalar *scalar, uint8_t c)
{
    const enum letter letter = letters[c];
    const uint8_t next = grammar[scalar->place][letter];
    const bool in_double = letter == POINT || letter == E;
    if (next == WRONG || (in_double && scalar->type != ','))
        return not_a_number(scalar, c);
    if (scalar->type == ':' && letter == DIGIT && !add_digit(scalar, c))
        return fail(scalar, "integer does not fit in 64 bits");
    if (scalar->place == SIGN)
        scalar->minus = c == '-';
    scalar->place = next;
    return next == END ? CB_OK : CB__MORE;
}

void cb__resp_scalar_begin(struct cb__resp_scalar *scalar, uint8_t type)
{
    scalar->type = type;
    scalar->place = type == '#' ? BOOLEAN : type == '_' ? WORD : SIGN;
    scalar->minus = false;
    scalar->number = 0;
    scalar->rest = "";
}

static int step(struct cb__resp_scalar *scalar, uint8_t c)
{
    if (scalar->place < END)
        return step_number(scalar, c);
    if (scalar->place == WORD)
        return step_word(scalar, c);
    return c == 't' || c == 'f' ? begin_word(scalar, "") : wrong(scalar);
}

int cb__resp_scalar_read(struct cb__resp_scalar *scalar, const uint8_t *data, size_t n,
                         size_t *used)
{
    int status = CB__MORE;
    size_t i = 0;
    while (status == CB__MORE && i < n) {
        status = step(scalar, data[i]);
        i += status != CB_EMALFORMED;
    }
    *used = i;
    return status;
}
