/* SPDX-License-Identifier: MIT */
/*
 * Values of the Redis serialization protocol, RESP2 and RESP3
 * (redis.io/docs/latest/develop/reference/protocol-spec): a record is a whole
 * value, with everything nested in it, unchanged.
 *
 * Scalars are checked, since an invalid byte there means that the decoder has lost
 * its place.
 *
 * Streamed strings and aggregates do not declare their length (RESP3.md at
 * github.com/redis/redis-specifications): the parts of a string follow, up to an empty
 * one, or values up to the type `.`.
 *
 * What a client sends (`inline`) may also be a line of words (redis.io/docs/latest/develop/
 * reference/protocol-spec, "Inline commands"), and LF alone keeps the link to a replica
 * alive.  An append-only file (`aof`) has only commands, and lines that begin with # between
 * them.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/digits.h"
#include "framings/shared/glance.h"
#include "framings/shared/nesting.h"
#include "framings/shared/resp_scalar.h"
#include "framings/shared/short_number.h"

enum {
    DIGITS_MAX = 18,  /* twice such a number fits in 64 bits */
    ENCODING_SIZE = 4 /* of a verbatim string: "txt:" */
};

struct resp_config {
    bool inlines; /* input: lines of words are commands */
    bool aof;     /* input: commands of an append-only file */
};

enum kind {
    UNKNOWN,
    LINE,     /* up to CRLF */
    SCALAR,   /* a line with a number, a boolean or null */
    BLOB,     /* a number of bytes, then CRLF; from here on with a length */
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
    TYPE,      /* the first byte of a value */
    TEXT,      /* of a line */
    INLINE,    /* in an inline command */
    NOTE,      /* in a line that belongs to no command */
    NUMBER,    /* in a scalar of any kind */
    LENGTH,    /* digits */
    MINUS,     /* the rest of a length of -1 */
    QUESTION,  /* after `?` in place of a length */
    LENGTH_LF, /* after the CR of a length */
    PART,      /* where a part of a streamed string begins */
    ENCODING,  /* of a verbatim string: three bytes and a colon */
    BLOB_CR,   /* after the bytes of a blob */
    VALUE_CR,  /* after a value that is complete */
    VALUE_LF
};

struct resp_state {
    struct cb__scanned scanned;
    enum phase phase;
    uint8_t type;
    bool streamed;   /* the value has no length */
    unsigned digits; /* of a length; bytes of an encoding */
    uint64_t number; /* a length */
    struct cb__resp_scalar scalar;
    struct cb__nesting nesting;
};

static const struct cb__key keys[] = {
    {"inline", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct resp_config, inlines)},
    {"aof", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct resp_config, aof)},
    {NULL, CB__KEY_FLAG, 0},
};

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct resp_config *config = data;
    if (!config->inlines || !config->aof)
        return CB_OK;
    return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "aof"),
                         "'inline' and 'aof' cannot be combined");
}

static int fail(struct resp_state *state, const char *why)
{
    return cb__scanned_fail(&state->scanned, why);
}

/* At the end of a value, of a part of one, or of the mark after an open one. */
static int value_ends(struct resp_state *state)
{
    state->phase = TYPE;
    if (kinds[state->type] != UNKNOWN)
        return cb__nesting_end(&state->nesting);
    if (state->type == '.')
        return cb__nesting_close(&state->nesting);
    state->phase = PART;
    return CB_OK;
}

/* The end of a streamed aggregate. */
static int stream_ends(struct resp_state *state)
{
    if (!cb__nesting_is_open(&state->nesting))
        return fail(state, "end of a streamed value outside one");
    if (!cb__nesting_may_close(&state->nesting))
        return fail(state, "streamed value ends where a value must follow");
    state->phase = VALUE_CR;
    return CB_OK;
}

static void begin_length(struct resp_state *state)
{
    state->streamed = false;
    state->digits = 0;
    state->number = 0;
    state->phase = LENGTH;
}

/* A command of a file is an array of strings. */
static bool is_of_file(const struct resp_state *state, uint8_t c)
{
    return c == (cb__nesting_has_begun(&state->nesting) ? '$' : '*');
}

static int type(struct cb_decoder *decoder, uint8_t c)
{
    const struct resp_config *config = decoder->config.data;
    struct resp_state *state = decoder->state;
    state->type = c;
    if (config->aof && !is_of_file(state, c))
        return fail(state, "command is not an array of strings");
    if (config->inlines && kinds[c] == UNKNOWN && c >= ' ' &&
        !cb__nesting_has_begun(&state->nesting)) {
        state->phase = INLINE;
        return CB_OK;
    }
    if (c == '.')
        return stream_ends(state);
    if (kinds[c] == UNKNOWN)
        return fail(state, "unknown type of value");
    cb__nesting_begin(&state->nesting);
    if (kinds[c] >= BLOB) {
        begin_length(state);
        return CB_OK;
    }
    state->phase = kinds[c] == LINE ? TEXT : NUMBER;
    cb__resp_scalar_begin(&state->scalar, c);
    return CB_OK;
}

/* The next part of a streamed string. */
static int part(struct resp_state *state, uint8_t c)
{
    if (c != ';')
        return fail(state, "streamed string goes on with another type");
    state->type = c;
    begin_length(state);
    return CB_OK;
}

/* Blob strings, arrays, sets and maps. */
static bool may_stream(uint8_t type)
{
    return memchr("$*~%", type, 4) != NULL;
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
        state->phase = MINUS;
    } else if (c == '?' && !state->digits && may_stream(state->type)) {
        state->streamed = true;
        state->phase = QUESTION;
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
    decoder->found.payload_end = end + left; /* of 18 digits */
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

/* A streamed value has begun. */
static int begin_stream(struct cb_decoder *decoder)
{
    struct resp_state *state = decoder->state;
    state->phase = state->type == '$' ? PART : TYPE;
    if (state->type == '$')
        return CB_OK;
    int status = cb__nesting_open(&state->nesting, kinds[state->type] == MAP, decoder->allocator);
    state->scanned.why =
        status == CB_ENOMEM ? "out of memory" : "streamed values are nested too deeply";
    return status;
}

/* A length was read up to position `end`. */
static int length_ends(struct cb_decoder *decoder, uint64_t end)
{
    struct resp_state *state = decoder->state;
    const enum kind kind = kinds[state->type];
    if (state->streamed)
        return begin_stream(decoder);
    if (state->type == '=') {
        state->phase = ENCODING;
        state->digits = 0;
        return CB_OK;
    }
    if (state->type == ';' && !state->number) {
        state->type = '$';
        return value_ends(state);
    }
    if (kind == BLOB || state->type == ';')
        return begin_bytes(decoder, end, state->number);
    if (!cb__nesting_expect(&state->nesting, kind == LIST ? state->number : 2 * state->number))
        return fail(state, "too many nested values");
    state->phase = TYPE;
    return kind == ATTRIBUTE ? CB_OK : value_ends(state);
}

/* Only the byte `expected` may come here: goes to the next phase, or fails. */
static int expect(struct resp_state *state, uint8_t c, uint8_t expected, enum phase next,
                  const char *why)
{
    state->phase = next;
    return c == expected ? CB_OK : fail(state, why);
}

/* Handles the byte that ends at position `end`: CB_OK, or the result of a scan. */
static int step(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    static const char null[] = "length is negative, but not -1";
    struct resp_state *state = decoder->state;
    switch (state->phase) {
    case TYPE:
        return type(decoder, c);
    case INLINE:
        state->phase = TYPE;
        return CB__ENDS;
    case TEXT:
        state->phase = c == '\r' ? VALUE_LF : TEXT;
        return c == '\n' ? fail(state, "LF without CR") : CB_OK;
    case LENGTH:
        return length(state, c);
    case MINUS:
        return expect(state, c, '1', VALUE_CR, null);
    case QUESTION:
        return expect(state, c, '\r', LENGTH_LF, "'?' is not followed by CRLF");
    case LENGTH_LF:
        return c == '\n' ? length_ends(decoder, end) : fail(state, "CR without LF");
    case PART:
        return part(state, c);
    case ENCODING:
        return encoding(decoder, c, end);
    case BLOB_CR:
        return expect(state, c, '\r', VALUE_LF, "string is not followed by CRLF");
    case VALUE_CR:
        return expect(state, c, '\r', VALUE_LF,
                      state->type == '.' ? "end of a streamed value is not empty" : null);
    case VALUE_LF:
        return c == '\n' ? value_ends(state) : fail(state, "CR without LF");
    default: /* read by `leap` */
        return fail(state, state->scalar.why);
    }
}

static bool begins_with_crlf(const uint8_t *data, size_t n)
{
    return n >= 2 && data[0] == '\r' && data[1] == '\n';
}

/* A length with its CRLF in one go, if all of it is here and right; otherwise 0. */
static size_t whole_length(struct resp_state *state, const uint8_t *data, size_t n)
{
    const size_t most = cb__min(n, DIGITS_MAX);
    uint64_t number = 0;
    size_t i = 0;
    for (; i < most && cb__is_digit(data[i]); i++)
        number = 10 * number + data[i] - '0';
    if (!i || (i > 1 && data[0] == '0') || !begins_with_crlf(data + i, n - i) ||
        (state->type == '=' && number < ENCODING_SIZE))
        return 0;
    state->number = number;
    return i + 2;
}

/* How many bytes come before the end of a line, which in an inline command is LF. */
static size_t text_size(enum phase phase, const uint8_t *data, size_t n)
{
    size_t i = 0;
    if (phase == INLINE) {
        const uint8_t *lf = memchr(data, '\n', n);
        return lf ? (size_t)(lf - data) : n;
    }
    while (i < n && data[i] != '\r' && data[i] != '\n')
        i++;
    return i;
}

/* Up to the end of a scalar, perhaps with its LF: returns how many bytes. */
static size_t read_scalar(struct resp_state *state, const uint8_t *data, size_t n, int *status)
{
    size_t used;
    if (cb__resp_scalar_read(&state->scalar, data, n, &used) != CB_OK)
        return used;
    state->phase = VALUE_LF;
    if (used == n || data[used] != '\n')
        return used;
    *status = value_ends(state);
    return used + 1;
}

/* The text of a line, perhaps with its end. */
static size_t read_text(struct resp_state *state, const uint8_t *data, size_t n, int *status)
{
    const size_t size = text_size(state->phase, data, n);
    if (state->phase == INLINE || !begins_with_crlf(data + size, n - size))
        return size;
    *status = value_ends(state);
    return size + 2;
}

/* Does what `step` would do with each of the next bytes, in one go: returns with how many,
 * perhaps none. */
static size_t leap(struct cb_decoder *decoder, const uint8_t *data, size_t n, uint64_t at,
                   int *status)
{
    struct resp_state *state = decoder->state;
    size_t used = 0;
    switch (state->phase) {
    case TEXT:
    case INLINE:
        return read_text(state, data, n, status);
    case NUMBER:
        return read_scalar(state, data, n, status);
    case LENGTH:
        if (!state->digits)
            used = whole_length(state, data, n);
        if (used)
            *status = length_ends(decoder, at + used);
        return used - (*status == CB_EMALFORMED); /* at LF */
    case BLOB_CR:
        if (!begins_with_crlf(data, n))
            return 0;
        *status = value_ends(state);
        return 2;
    default:
        return 0;
    }
}

/* A line between two commands of a file. */
static int drop_note(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct resp_state *state = decoder->state;
    const uint8_t *lf = memchr(data, '\n', n);
    state->phase = lf ? TYPE : NOTE;
    *used = n;
    if (lf) {
        decoder->found.scan += (size_t)(lf - data) + 1;
        cb__decoder_next_frame(decoder);
        *used = 0;
    }
    return CB__MORE;
}

/* Between two values. */
static int between(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct resp_config *config = decoder->config.data;
    const struct resp_state *state = decoder->state;
    if (state->phase == NOTE || (config->aof && data[0] == '#'))
        return drop_note(decoder, data, n, used);
    int status = config->inlines ? cb__scanned_drop_lines(decoder, data, n, used) : CB_OK;
    return status == CB_OK ? CB__BEGINS : status;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    size_t i = 0;
    int status = CB_OK;
    *used = 0;
    if (!cb__has_begun(decoder))
        return between(decoder, data, n, used);
    while (status == CB_OK && i < n) {
        const uint64_t at = decoder->found.scan + i;
        const size_t leapt = leap(decoder, data + i, n - i, at, &status);
        i += leapt;
        if (!leapt) {
            status = step(decoder, data[i], at + 1);
            i += status >= CB_OK;
        }
        if (status == CB__MORE)
            status = cb__scanned_jump(decoder, n, &i);
    }
    *used = i;
    return status ? status : CB__MORE;
}

static void reset(struct cb_decoder *decoder)
{
    struct resp_state *state = decoder->state;
    struct cb__nesting nesting = state->nesting;
    cb__scanned_reset(decoder, scan);
    cb__nesting_reset(&nesting);
    state->nesting = nesting;
}

static void close_decoder(struct cb_decoder *decoder)
{
    struct resp_state *state = decoder->state;
    cb__nesting_free(&state->nesting, decoder->allocator);
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct resp_state *state = decoder->state;
    return state->phase == NOTE ? CB__END : cb__scanned_cut_short(decoder);
}

/* A type and a number of one to three digits: returns the bytes with their CRLF, with the number
 * added to them in *end; or 0 for anything else. */
cb__always_inline size_t glance_number(const uint8_t *data, size_t n, uint8_t type, uint64_t *end)
{
    if (cb__unlikely(n < 1 + CB__SHORT_NUMBER + 1 || data[0] != type))
        return 0;
    size_t digits;
    const bool right = cb__short_number(data + 1, 10, '\r', end, &digits);
    const bool padded = data[1] == '0' && digits > 1;
    if (!right || padded || data[2 + digits] != '\n')
        return 0;
    *end += 3;
    return digits + 3;
}

/* The size of a whole string with its CRLF, or 0 for anything else. */
cb__always_inline size_t glance_string(const uint8_t *data, size_t n)
{
    uint64_t end;
    const size_t head = glance_number(data, n, '$', &end);
    if (!head || n < end + 2 || !begins_with_crlf(data + end, 2))
        return 0;
    return (size_t)end + 2;
}

/* The same for an array of strings, as commands are. */
static size_t glance_command(const uint8_t *data, size_t n)
{
    uint64_t count = 0;
    size_t at = glance_number(data, n, '*', &count), size = at;
    count -= at;
    for (; size && count; count--) {
        size = glance_string(data + at, n - at);
        at += size;
    }
    return size ? at : 0;
}

cb__always_inline bool glance(const struct cb__glance_rules *rules, const uint8_t *data, size_t n,
                              struct cb__glance *frame)
{
    size_t size = rules->end == '*' ? 0 : glance_string(data, n);
    if (!size)
        size = glance_command(data, n);
    *frame = (struct cb__glance){.payload = size, .both = size};
    return size && size <= rules->bounds.span;
}

/* `end` is the type of all values if only commands are allowed, as in an append-only file. */
static struct cb__glance_rules glance_rules(const struct cb_decoder *decoder)
{
    const struct resp_config *config = decoder->config.data;
    return (struct cb__glance_rules){.end = config->aof ? '*' : 0, .bounds = {.span = UINT64_MAX}};
}

static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    const struct cb__glance_rules rules = glance_rules(decoder);
    *used = 0;
    return cb__glance_on(decoder, data, n, cuts, 0, max, used, glance, &rules);
}

static size_t splice(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                     struct cb__splice *splice, size_t *used)
{
    const struct cb__glance_rules rules = glance_rules(decoder);
    return cb__glance_splice(data, n, splice, used, glance, &rules);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct resp_state),
    .close = close_decoder,
    .reset = reset,
    .advance = cb__scanned_advance,
    .cuts = cuts,
    .splice = splice,
    .cut_short = cut_short,
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
    .config_size = sizeof(struct resp_config),
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
