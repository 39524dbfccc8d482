/* SPDX-License-Identifier: MIT */
/*
 * Messages of HTTP/1.x (RFC 9112), one after another; the first line of each tells
 * requests from responses.  A record is the content of a message; section 6.3
 * determines its length (see `decide`).
 *
 * A response does not show which request it answers, so a response to HEAD, or a
 * 2xx response to CONNECT, is read as if it had content; with `head` all responses are
 * read as if they answered HEAD.
 *
 * Anything that two parsers may read differently (section 11.2: request
 * smuggling) is rejected, even where the RFC allows a recovery: both lengths at
 * once, empty elements in their lists, transfer codings with parameters.
 */
#include <string.h>

#include "framing/decoder.h"
#include "framings/families.h"
#include "framings/shared/fields.h"
#include "framings/shared/size_line.h"
#include "framings/shared/start_line.h"

struct http_config {
    bool lf;
    bool pad;
    bool head; /* responses answer HEAD */
};

enum phase {
    START,    /* in the start line, or in empty lines before it */
    FIELDS,   /* in the other lines of the header section */
    LENGTH,   /* in content of known length */
    CLOSE,    /* in content that ends with the input */
    SIZE,     /* in the size line of a chunk */
    DATA,     /* in the data of a chunk */
    DATA_END, /* in the CRLF after it */
    TRAILERS
};

struct http_state {
    enum phase phase;
    size_t seen; /* bytes examined of the header section, or of the first size line: all of it
                    stays in the buffer until it ends */
    struct cb__start_line start;
    struct cb__fields fields; /* of the header section, then the trailers */
    struct cb__size_line line;
    bool has_length, coded, chunked; /* from the header section */
    bool cr;                         /* the CR of the CRLF after a chunk was seen */
    bool switched;                   /* to another protocol */
    uint64_t length;
    size_t digits; /* of the length */
};

static const struct cb__key keys[] = {
    {"lf", CB__KEY_FLAG, offsetof(struct http_config, lf)},
    {"pad", CB__KEY_FLAG, offsetof(struct http_config, pad)},
    {"head", CB__KEY_FLAG, offsetof(struct http_config, head)},
    {NULL, CB__KEY_FLAG, 0},
};

enum { CONTENT_LENGTH, TRANSFER_ENCODING };
static const char *const wanted[] = {"content-length", "transfer-encoding", NULL};
static const char *const unwanted[] = {NULL};

static bool allows_lf(const struct cb_decoder *decoder)
{
    const struct http_config *config = decoder->config.data;
    return config->lf;
}

static int malformed(struct cb_decoder *decoder, uint64_t at, const char *why)
{
    struct http_state *state = decoder->state;
    decoder->found.scan += state->seen;
    state->seen = 0;
    return cb__decoder_fail(decoder, CB_EMALFORMED, at, "%s", why);
}

/* ---------------------------------------------------------------- the lengths */

/* "5", or "5, 5" (RFC 9110 section 8.6).  "5, 05" is refused, since not every parser takes
 * these for the same number. */
static const char *add_length(struct http_state *state, const struct cb__bytes *element)
{
    uint64_t length;
    if (!cb__bytes_number(element, &length))
        return "Content-Length is not a number below 2^64";
    if (state->has_length && (state->length != length || state->digits != element->length))
        return "Content-Length has two different values";
    state->has_length = true;
    state->length = length;
    state->digits = element->length;
    return NULL;
}

static bool is_chunked(const struct cb__bytes *name)
{
    static const char chunked[] = "chunked";
    if (name->length != sizeof chunked - 1)
        return false;
    for (size_t i = 0; i < name->length; i++) {
        if ((name->data[i] | 0x20) != chunked[i])
            return false;
    }
    return true;
}

/* "gzip, chunked".  No registered coding has parameters, and chunked must not have any
 * (RFC 9112 section 7.1). */
static const char *add_coding(struct http_state *state, const struct cb__bytes *element)
{
    size_t i = 0;
    while (i < element->length && cb__is_token(element->data[i]))
        i++;
    if (!i || i < element->length)
        return "transfer coding is not a token";
    if (state->chunked)
        return "transfer coding after chunked";
    state->coded = true;
    state->chunked = is_chunked(element);
    return NULL;
}

/* A field line with a length or with codings. */
static int add_field(struct cb_decoder *decoder)
{
    struct http_state *state = decoder->state;
    const struct cb__fields *fields = &state->fields;
    struct cb__bytes element;
    for (size_t at = 0; cb__field_element(fields, &at, &element);) {
        const char *why = fields->which == CONTENT_LENGTH ? add_length(state, &element)
                                                          : add_coding(state, &element);
        if (why)
            return malformed(decoder,
                             decoder->found.frame_start + fields->value_at +
                                 (size_t)(element.data - fields->text),
                             why);
    }
    return CB__MORE;
}

/* Does the start line alone determine that there is no content, whatever the fields?  The
 * first case of RFC 9112 section 6.3. */
static bool has_no_content(const struct cb_decoder *decoder)
{
    const struct http_config *config = decoder->config.data;
    const struct http_state *state = decoder->state;
    const unsigned status = state->start.status;
    return state->start.kind == CB__RESPONSE &&
           (config->head || status < 200 || status == 204 || status == 304);
}

/* Where the content ends, from the header section (RFC 9112 section 6.3); START: there
 * is none.  Or the reason in *why if that is unclear. */
static enum phase decide(const struct cb_decoder *decoder, const char **why)
{
    const struct http_state *state = decoder->state;
    const bool request = state->start.kind == CB__REQUEST;
    if (has_no_content(decoder))
        return START;
    if (state->coded && state->has_length)
        *why = "message has both Transfer-Encoding and Content-Length";
    else if (state->coded && !state->start.minor)
        *why = "HTTP/1.0 message has a Transfer-Encoding";
    else if (state->coded && request && !state->chunked)
        *why = "Transfer-Encoding of a request does not end in chunked";
    if (state->chunked)
        return SIZE;
    if (state->has_length)
        return state->length ? LENGTH : START;
    return request ? START : CLOSE;
}

/* --------------------------------------------------------------- the messages */

/* The message ends at `scan`. */
static int end_message(struct cb_decoder *decoder)
{
    struct http_state *state = decoder->state;
    state->phase = START;
    decoder->found.state = CB__FOUND_COMPLETE;
    return CB_OK;
}

/* n bytes from `scan` on are content.  Fails if they make the record too long. */
static int expect_content(struct cb_decoder *decoder, uint64_t n)
{
    /* All of it was before `scan`: what fits after `scan` fits after this, too. */
    const uint64_t so_far = cb__decoder_payload_place(decoder) - decoder->found.payload_start;
    if (!cb__add_u64(decoder->found.scan, n, &decoder->found.payload_end)) {
        decoder->found.payload_end = 0;
        return cb__decoder_fail_beyond(decoder, n);
    }
    return cb__decoder_check_length(decoder, so_far + n);
}

/* Everything before the content is the header. */
static void tell_header(struct cb_decoder *decoder)
{
    if (!decoder->config.keep)
        decoder->found.header = decoder->found.payload_at - decoder->found.frame_start;
}

/* At the end of the header section. */
static int begin_content(struct cb_decoder *decoder)
{
    struct http_state *state = decoder->state;
    const char *why = NULL;
    state->phase = decide(decoder, &why);
    if (why)
        return malformed(decoder, decoder->found.frame_start, why);
    state->switched = state->start.kind == CB__RESPONSE && state->start.status == 101;
    decoder->found.scan += state->seen;
    state->seen = 0;
    cb__decoder_begin(decoder, decoder->found.scan);
    tell_header(decoder);
    if (state->phase == START)
        return end_message(decoder);
    if (state->phase != LENGTH)
        return CB_OK;
    int status = expect_content(decoder, state->length);
    if (status == CB_OK)
        decoder->found.total = decoder->config.keep
                                   ? decoder->found.payload_end - decoder->found.frame_start
                                   : state->length;
    return status;
}

static int step_start(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    struct http_state *state = decoder->state;
    size_t used;
    int status = cb__start_line_read(&state->start, allows_lf(decoder), data, n, &used);
    if (status == CB_EMALFORMED)
        return malformed(decoder, decoder->found.scan + state->seen + used, state->start.why);
    state->seen += used;
    if (status == CB__MORE)
        return CB__MORE;
    if (state->start.kind == CB__EMPTY_LINE) {
        decoder->found.scan += state->seen;
        state->seen = 0;
        cb__decoder_next_frame(decoder);
        return CB__MORE;
    }
    cb__fields_begin(&state->fields, has_no_content(decoder) ? unwanted : wanted,
                     allows_lf(decoder), state->start.size);
    state->has_length = state->coded = state->chunked = false;
    state->phase = FIELDS;
    return CB__MORE;
}

static int step_fields(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    struct http_state *state = decoder->state;
    size_t used;
    int status = cb__fields_read(&state->fields, data, n, &used);
    if (status == CB_EMALFORMED)
        return malformed(decoder, decoder->found.scan + state->seen + used, state->fields.why);
    state->seen += used;
    if (status == CB__FIELD)
        return add_field(decoder);
    return status == CB_OK ? begin_content(decoder) : status;
}

/* Content that is in the input as it is. */
static int step_content(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    const struct http_state *state = decoder->state;
    uint64_t here = n;
    (void)data;
    if (state->phase != CLOSE && here > decoder->found.payload_end - decoder->found.scan)
        here = decoder->found.payload_end - decoder->found.scan;
    int status = cb__decoder_add_span(decoder, decoder->found.scan, here);
    decoder->found.scan += here;
    return status == CB_OK ? CB__MORE : status;
}

/* All known content has arrived. */
static int end_content(struct cb_decoder *decoder)
{
    struct http_state *state = decoder->state;
    decoder->found.payload_end = 0;
    if (state->phase == LENGTH)
        return end_message(decoder);
    state->phase = DATA_END;
    return CB__MORE;
}

static int step_size(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    struct http_state *state = decoder->state;
    size_t used;
    const bool in_header =
        !decoder->config.keep && cb__decoder_payload_place(decoder) == decoder->found.payload_start;
    int status = cb__size_line_read(&state->line, data, n, &used);
    if (in_header)
        state->seen += used;
    else
        decoder->found.scan += used;
    if (status == CB_EMALFORMED)
        return malformed(decoder, decoder->found.scan + state->seen, state->line.why);
    if (status == CB__MORE)
        return CB__MORE;
    decoder->found.scan += state->seen;
    state->seen = 0;
    if (!state->line.size) {
        state->phase = TRAILERS;
        cb__fields_begin_trailers(&state->fields, allows_lf(decoder));
        return CB__MORE;
    }
    state->phase = DATA;
    if (in_header) {
        cb__decoder_begin(decoder, decoder->found.scan); /* not after the header section */
        tell_header(decoder);
    }
    status = expect_content(decoder, state->line.size);
    return status == CB_OK ? CB__MORE : status;
}

static int step_data_end(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    struct http_state *state = decoder->state;
    (void)n;
    if (data[0] == '\r' && !state->cr) {
        state->cr = true;
        decoder->found.scan++;
        return CB__MORE;
    }
    if (data[0] != '\n' || !(state->cr || allows_lf(decoder)))
        return malformed(decoder, decoder->found.scan, "chunk data is not followed by CRLF");
    state->cr = false;
    decoder->found.scan++;
    state->phase = SIZE;
    return CB__MORE;
}

static int step_trailers(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    struct http_state *state = decoder->state;
    size_t used;
    int status = cb__fields_read(&state->fields, data, n, &used);
    decoder->found.scan += used;
    if (status == CB_EMALFORMED)
        return malformed(decoder, decoder->found.scan, state->fields.why);
    return status == CB_OK ? end_message(decoder) : status;
}

/* Each examines the n >= 1 bytes after those already seen, and advances `scan` or
 * `seen`.  CB__MORE: continue with the next function. */
static int (*const steps[])(struct cb_decoder *decoder, const uint8_t *data, size_t n) = {
    [START] = step_start,       [FIELDS] = step_fields,     [LENGTH] = step_content,
    [CLOSE] = step_content,     [SIZE] = step_size,         [DATA] = step_content,
    [DATA_END] = step_data_end, [TRAILERS] = step_trailers,
};

/* The least number of bytes missing when all available ones were examined. */
static uint64_t missing(const struct cb_decoder *decoder)
{
    const struct http_state *state = decoder->state;
    const size_t end = allows_lf(decoder) ? 4 : 7; /* "\r\n0\r\n\r\n" */
    const uint64_t left = decoder->found.payload_end - decoder->found.scan;
    if (state->phase == LENGTH)
        return left;
    /* (No overflow: the header before `scan` is longer than the end.) */
    return state->phase == DATA ? left + end : 1;
}

static int advance(struct cb_decoder *decoder)
{
    struct http_state *state = decoder->state;
    const uint8_t *data;
    size_t n = 0;
    int status = CB__MORE;
    if (state->switched)
        return CB__END;
    while (status == CB__MORE) {
        const uint64_t at = decoder->found.scan + state->seen;
        if (decoder->found.payload_end && decoder->found.scan == decoder->found.payload_end) {
            status = end_content(decoder);
            continue;
        }
        if (!n && !cb__buffer_span(decoder->buffer, &decoder->scan_cursor, at, &data, &n)) {
            decoder->found.needed = missing(decoder);
            break;
        }
        status = steps[state->phase](decoder, data, n);
        size_t used = (size_t)(decoder->found.scan + state->seen - at);
        data += used;
        n -= used;
    }
    return status;
}

static int cut_short(struct cb_decoder *decoder)
{
    struct http_state *state = decoder->state;
    if (state->phase == CLOSE) {
        end_message(decoder);
        return CB__YES;
    }
    if (state->phase == START && state->start.kind == CB__EMPTY_LINE)
        return CB__END; /* after the CR of an empty line */
    if (!cb__has_begun(decoder) && decoder->config.keep)
        decoder->found.payload_seen = cb__buffer_end(decoder->buffer);
    return CB__NO;
}

static int open_decoder(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    (void)spec;
    decoder->assembles = true;
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    const struct http_config *config = decoder->config.data;
    struct http_state *state = decoder->state;
    memset(state, 0, sizeof *state);
    state->line.lf = config->lf;
    state->line.pad = config->pad;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct http_state),
    .parts = true,
    .open = open_decoder,
    .reset = reset,
    .advance = advance,
    .cut_short = cut_short,
};

const struct cb__family cb__http_family = {
    .keys = keys,
    .config_size = sizeof(struct http_config),
    .decode = &decoder_ops,
};
