/* SPDX-License-Identifier: MIT */
/*
 * Values of the Redis serialization protocol, RESP2 and RESP3
 * (redis.io/docs/latest/develop/reference/protocol-spec): a record is a whole
 * value, with everything nested in it, unchanged.  Nesting depth does not matter:
 * a single count of outstanding values finds its end.
 *
 * Scalars are checked, since an invalid byte there means that the decoder has lost
 * its place.
 *
 * Streamed strings and aggregates, whose length is not declared, are rejected: no
 * server sends them.
 */
#include "framings/families.h"
#include "framings/shared/digits.h"
#include "framings/shared/scanned.h"

enum {
    DIGITS_MAX = 18,  /* twice such a number fits in 64 bits */
    ENCODING_SIZE = 4 /* of a verbatim string: "txt:" */
};

enum kind {
    UNKNOWN,
    LINE,     /* up to CRLF */
    SCALAR,   /* a line with a number, a boolean or null */
    BLOB,     /* a number of bytes, then CRLF */
    LIST,     /* a number of values */
    MAP,      /* a number of pairs of values */
    ATTRIBUTE /* a map, then the value it belongs to */
};

static const uint8_t kinds[256] = {
    ['+'] = LINE,   ['-'] = LINE,   [':'] = SCALAR, [','] = SCALAR, ['#'] = SCALAR,
    ['('] = SCALAR, ['_'] = SCALAR, ['$'] = BLOB,   ['!'] = BLOB,   ['='] = BLOB,
    ['*'] = LIST,   ['~'] = LIST,   ['>'] = LIST,   ['%'] = MAP,    ['|'] = ATTRIBUTE,
};

enum phase {
    TYPE, /* the first byte of a value */
    TEXT, /* of a line */
    /* A number (see `grammar`). */
    SIGN,     /* or the first digit */
    UNSIGNED, /* the first digit */
    DIGITS,
    FRACTION_FIRST, /* after the point */
    FRACTION,
    POWER_SIGN, /* after e, or the first digit */
    POWER_FIRST,
    POWER,
    BOOLEAN,
    WORD,      /* `rest`, and then CR */
    LENGTH,    /* digits */
    LENGTH_LF, /* after the CR of a length */
    ENCODING,  /* of a verbatim string: three bytes and a colon */
    BLOB_CR,   /* after the bytes of a blob */
    VALUE_LF   /* after the last CR of a value */
};

struct resp_state {
    struct cb__scanned scanned;
    enum phase phase;
    uint8_t type;
    bool minus;
    unsigned digits;  /* of a length; bytes of an encoding */
    uint64_t number;  /* a length, or an integer without its sign */
    const char *rest; /* of a word */
    uint64_t left;    /* outstanding values, including the current one */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

static int fail(struct resp_state *state, const char *why)
{
    return cb__scanned_fail(&state->scanned, why);
}

static int value_ends(struct resp_state *state)
{
    state->phase = TYPE;
    return --state->left ? CB_OK : CB__ENDS;
}

static int begin_word(struct resp_state *state, const char *rest)
{
    state->rest = rest;
    state->phase = WORD;
    return CB_OK;
}

static int type(struct resp_state *state, uint8_t c)
{
    if (c == ';' || c == '.')
        return fail(state, "streamed values are not supported");
    if (kinds[c] == UNKNOWN)
        return fail(state, "unknown type of value");
    state->type = c;
    state->minus = false;
    state->digits = 0;
    state->number = 0;
    if (c == '_')
        return begin_word(state, "");
    if (kinds[c] == SCALAR)
        state->phase = c == '#' ? BOOLEAN : SIGN;
    else
        state->phase = kinds[c] == LINE ? TEXT : LENGTH;
    return CB_OK;
}

/* The byte is not valid here. */
static int wrong(struct resp_state *state)
{
    switch (state->type) {
    case ':':
        return fail(state, "invalid byte in an integer");
    case ',':
        return fail(state, "invalid byte in a double");
    case '(':
        return fail(state, "invalid byte in a big number");
    case '#':
        return fail(state, "boolean must be t or f");
    case '_':
        return fail(state, "null is not empty");
    default:
        return fail(state, "length is negative, but not -1");
    }
}

static int word(struct resp_state *state, uint8_t c)
{
    if (c != (*state->rest ? *state->rest : '\r'))
        return wrong(state);
    if (*state->rest)
        state->rest++;
    else
        state->phase = VALUE_LF;
    return CB_OK;
}

static int boolean(struct resp_state *state, uint8_t c)
{
    return c == 't' || c == 'f' ? begin_word(state, "") : wrong(state);
}

/* The phase after a byte of a number; TYPE if it is invalid.  An integer and a big
 * number end with their first digits; a double may have a fraction and an exponent. */
enum letter { OTHER, DIGIT, PLUS_OR_MINUS, POINT, E, CR, LETTERS };

static const uint8_t letters[256] = {
    ['0'] = DIGIT,         ['1'] = DIGIT,         ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT,
    ['5'] = DIGIT,         ['6'] = DIGIT,         ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT,
    ['+'] = PLUS_OR_MINUS, ['-'] = PLUS_OR_MINUS, ['.'] = POINT, ['e'] = E,     ['E'] = E,
    ['\r'] = CR,
};

static const uint8_t grammar[][LETTERS] = {
    [SIGN] = {[DIGIT] = DIGITS, [PLUS_OR_MINUS] = UNSIGNED},
    [UNSIGNED] = {[DIGIT] = DIGITS},
    [DIGITS] = {[DIGIT] = DIGITS, [POINT] = FRACTION_FIRST, [E] = POWER_SIGN, [CR] = VALUE_LF},
    [FRACTION_FIRST] = {[DIGIT] = FRACTION},
    [FRACTION] = {[DIGIT] = FRACTION, [E] = POWER_SIGN, [CR] = VALUE_LF},
    [POWER_SIGN] = {[DIGIT] = POWER, [PLUS_OR_MINUS] = POWER_FIRST},
    [POWER_FIRST] = {[DIGIT] = POWER},
    [POWER] = {[DIGIT] = POWER, [CR] = VALUE_LF},
};

/* Is it still a signed 64-bit integer with one more digit? */
static bool add_digit(struct resp_state *state, uint8_t c)
{
    const uint64_t most = (uint64_t)INT64_MAX + state->minus, digit = c - (uint64_t)'0';
    if (state->number > (most - digit) / 10)
        return false;
    state->number = 10 * state->number + digit;
    return true;
}

/* A double may be inf, -inf, nan, and the -nan of Redis before 7.2. */
static int not_a_number(struct resp_state *state, uint8_t c)
{
    const bool first = state->phase == SIGN || (state->phase == UNSIGNED && state->minus);
    if (state->type != ',' || !first || (c != 'i' && c != 'n'))
        return wrong(state);
    return begin_word(state, c == 'i' ? "nf" : "an");
}

static int number(struct resp_state *state, uint8_t c)
{
    const enum letter letter = letters[c];
    const enum phase next = grammar[state->phase][letter];
    const bool in_double = letter == POINT || letter == E;
    if (next == TYPE || (in_double && state->type != ','))
        return not_a_number(state, c);
    if (state->type == ':' && letter == DIGIT && !add_digit(state, c))
        return fail(state, "integer does not fit in 64 bits");
    if (state->phase == SIGN)
        state->minus = c == '-';
    state->phase = next;
    return CB_OK;
}

static int length(struct resp_state *state, uint8_t c)
{
    const bool null = state->type == '$' || state->type == '*'; /* may be "-1" */
    if (cb__is_digit(c)) {
        if (state->digits == 1 && !state->number)
            return fail(state, "length begins with a zero");
        if (++state->digits > DIGITS_MAX)
            return fail(state, "length has more than 18 digits");
        state->number = 10 * state->number + c - '0';
    } else if (c == '-' && !state->digits && null) {
        return begin_word(state, "1");
    } else if (c == '?' && !state->digits) {
        return fail(state, "streamed values are not supported");
    } else if (c != '\r' || !state->digits) {
        return fail(state, "length is not a number");
    } else if (state->type == '=' && state->number < ENCODING_SIZE) {
        return fail(state, "verbatim string has less than 4 bytes");
    } else {
        state->phase = LENGTH_LF;
    }
    return CB_OK;
}

/* The length of a blob ends at position `end`, with `left` of its bytes still to come. */
static int begin_bytes(struct cb_decoder *decoder, uint64_t end, uint64_t left)
{
    struct resp_state *state = decoder->state;
    state->phase = BLOB_CR;
    if (!cb__add_u64(end, left, &decoder->found.payload_end))
        return fail(state, "length is longer than a stream can be");
    return CB__MORE;
}

static int encoding(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct resp_state *state = decoder->state;
    if (++state->digits < ENCODING_SIZE)
        return CB_OK;
    if (c != ':')
        return fail(state, "type of a verbatim string is not followed by a colon");
    return begin_bytes(decoder, end, state->number - ENCODING_SIZE);
}

/* A length was read up to position `end`. */
static int length_ends(struct cb_decoder *decoder, uint64_t end)
{
    struct resp_state *state = decoder->state;
    const enum kind kind = kinds[state->type];
    const uint64_t more = kind == LIST ? state->number : 2 * state->number;
    if (state->type == '=') {
        state->phase = ENCODING;
        state->digits = 0;
        return CB_OK;
    }
    if (kind == BLOB)
        return begin_bytes(decoder, end, state->number);
    if (!cb__add_u64(state->left, more, &state->left))
        return fail(state, "too many nested values");
    state->phase = TYPE;
    return kind == ATTRIBUTE ? CB_OK : value_ends(state);
}

/* Handles the byte that ends at position `end`: CB_OK, or the result of a scan. */
static int step(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct resp_state *state = decoder->state;
    switch (state->phase) {
    case TYPE:
        return type(state, c);
    case TEXT:
        state->phase = c == '\r' ? VALUE_LF : TEXT;
        return c == '\n' ? fail(state, "LF without CR") : CB_OK;
    case BOOLEAN:
        return boolean(state, c);
    case WORD:
        return word(state, c);
    case LENGTH:
        return length(state, c);
    case LENGTH_LF:
        return c == '\n' ? length_ends(decoder, end) : fail(state, "CR without LF");
    case ENCODING:
        return encoding(decoder, c, end);
    case BLOB_CR:
        state->phase = VALUE_LF;
        return c == '\r' ? CB_OK : fail(state, "string is not followed by CRLF");
    case VALUE_LF:
        return c == '\n' ? value_ends(state) : fail(state, "CR without LF");
    default:
        return number(state, c);
    }
}

/* How many bytes come before the end of a line. */
static size_t text_size(const uint8_t *data, size_t n)
{
    size_t i = 0;
    while (i < n && data[i] != '\r' && data[i] != '\n')
        i++;
    return i;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct resp_state *state = decoder->state;
    size_t i = 0;
    int status = CB_OK;
    *used = 0;
    if (!cb__has_begun(decoder)) {
        state->left = 1;
        return CB__BEGINS;
    }
    while (status == CB_OK) {
        if (state->phase == TEXT)
            i += text_size(data + i, n - i);
        if (i == n)
            break;
        status = step(decoder, data[i], decoder->found.scan + i + 1);
        i += status != CB_EMALFORMED;
    }
    *used = i;
    return status ? status : CB__MORE;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct resp_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut_short = cb__scanned_cut_short,
};

static int encode_begin(struct cb_encoder *encoder, uint64_t bytes)
{
    return cb__give_number(encoder, "$", bytes, 10, "\r\n");
}

static int encode_end(struct cb_encoder *encoder)
{
    return cb__encoder_give(encoder, "\r\n", 2);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .by_length = true,
    .begin = encode_begin,
    .end = encode_end,
};

const struct cb__family cb__resp_family = {
    .keys = keys,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
