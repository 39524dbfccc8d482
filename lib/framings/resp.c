/* SPDX-License-Identifier: MIT */
/*
 * Values of the Redis serialization protocol, RESP2 and RESP3
 * (redis.io/docs/latest/develop/reference/protocol-spec): a record is a whole
 * value with all that is nested in it, as it stands.  How deep it is nested
 * does not matter: one number of values still to come tells its end.
 *
 * Streamed strings and aggregates, whose length is not told, are refused: no
 * server sends them.
 */
#include "digits.h"
#include "families.h"
#include "scanned.h"

enum { DIGITS_MAX = 18 }; /* twice such a number fits into 64 bits */

enum kind {
    UNKNOWN,
    LINE,     /* up to CRLF */
    BLOB,     /* so many bytes, then CRLF */
    LIST,     /* so many values */
    MAP,      /* so many pairs of values */
    ATTRIBUTE /* a map, and then the value it belongs to */
};

static const uint8_t kinds[256] = {
    ['+'] = LINE, ['-'] = LINE, [':'] = LINE, [','] = LINE, ['#'] = LINE,
    ['('] = LINE, ['_'] = LINE, ['$'] = BLOB, ['!'] = BLOB, ['='] = BLOB,
    ['*'] = LIST, ['~'] = LIST, ['>'] = LIST, ['%'] = MAP,  ['|'] = ATTRIBUTE,
};

enum phase {
    TYPE,      /* the first byte of a value */
    TEXT,      /* of a line */
    LENGTH,    /* digits */
    LENGTH_LF, /* behind the CR of a length */
    BLOB_CR,   /* behind the bytes of a blob */
    VALUE_LF   /* behind the last CR of a value */
};

struct resp_state {
    struct cb__scanned scanned;
    enum phase phase;
    uint8_t type;
    bool minus;
    unsigned digits;
    uint64_t number;
    uint64_t left; /* values still to come, with the current one */
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

static int type(struct resp_state *state, uint8_t c)
{
    if (c == ';' || c == '.')
        return fail(state, "streamed values are not supported");
    if (kinds[c] == UNKNOWN)
        return fail(state, "unknown type of value");
    state->type = c;
    state->phase = kinds[c] == LINE ? TEXT : LENGTH;
    state->minus = false;
    state->digits = 0;
    state->number = 0;
    return CB_OK;
}

static int length(struct resp_state *state, uint8_t c)
{
    const bool null = state->type == '$' || state->type == '*'; /* may be "-1" */
    const bool first = !state->digits && !state->minus;
    if (c >= '0' && c <= '9') {
        if (++state->digits > DIGITS_MAX)
            return fail(state, "length has more than 18 digits");
        state->number = 10 * state->number + c - '0';
    } else if (c == '-' && first && null) {
        state->minus = true;
    } else if (c == '?' && first) {
        return fail(state, "streamed values are not supported");
    } else if (c != '\r' || !state->digits) {
        return fail(state, "length is not a number");
    } else if (state->minus && (state->digits != 1 || state->number != 1)) {
        return fail(state, "length is less than -1");
    } else {
        state->phase = LENGTH_LF;
    }
    return CB_OK;
}

/* A length was read up to the position `end`. */
static int length_ends(struct cb_decoder *decoder, uint64_t end)
{
    struct resp_state *state = decoder->state;
    const enum kind kind = kinds[state->type];
    const uint64_t more = kind == LIST ? state->number : 2 * state->number;
    if (state->minus)
        return value_ends(state);
    if (kind == BLOB) {
        state->phase = BLOB_CR;
        if (!cb__add_u64(end, state->number, &decoder->payload_end))
            return fail(state, "length is longer than any stream");
        return CB_MORE;
    }
    if (!cb__add_u64(state->left, more, &state->left))
        return fail(state, "too many values in one");
    state->phase = TYPE;
    return kind == ATTRIBUTE ? CB_OK : value_ends(state);
}

/* The byte that ends at the position `end`: CB_OK, or what a scan tells. */
static int step(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct resp_state *state = decoder->state;
    switch (state->phase) {
    case TYPE:
        return type(state, c);
    case TEXT:
        state->phase = c == '\r' ? VALUE_LF : TEXT;
        return c == '\n' ? fail(state, "LF without CR") : CB_OK;
    case LENGTH:
        return length(state, c);
    case LENGTH_LF:
        return c == '\n' ? length_ends(decoder, end) : fail(state, "CR without LF");
    case BLOB_CR:
        state->phase = VALUE_LF;
        return c == '\r' ? CB_OK : fail(state, "string is not followed by CRLF");
    default:
        return c == '\n' ? value_ends(state) : fail(state, "CR without LF");
    }
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct resp_state *state = decoder->state;
    *used = 0;
    if (!decoder->begun) {
        state->left = 1;
        return CB__BEGINS;
    }
    for (size_t i = 0; i < n; i++) {
        int status = step(decoder, data[i], decoder->scan + i + 1);
        *used = status == CB_EMALFORMED ? i : i + 1;
        if (status != CB_OK)
            return status;
    }
    return CB_MORE;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct resp_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut = cb__scanned_cut,
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
    .begin = encode_begin,
    .end = encode_end,
};

const struct cb__family cb__resp_family = {
    .keys = keys,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
