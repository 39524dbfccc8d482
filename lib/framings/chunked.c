/* SPDX-License-Identifier: MIT */
/*
 * The chunked transfer coding of HTTP/1.1 (RFC 9112 section 7.1):
 *
 *     chunked-body = *chunk last-chunk trailer-section CRLF
 *     chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
 *     last-chunk   = 1*("0") [ chunk-ext ] CRLF
 *
 * A record is a chunk's data.  What two parsers may read differently is
 * refused (section 7.1.1 and 11.2: request smuggling): anything but hex digits
 * up to ';' or CRLF, control bytes in extensions and trailers, folded trailer
 * lines, and LF without CR unless `lf` allows it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../encoder.h"
#include "counted.h"
#include "families.h"

/* Bytes in one size line with its extensions, and in the whole trailer
 * section.  RFC 9112 wants the first limited; 8 KiB is what servers take for a
 * line, 64 KiB is what they take for a head. */
enum { SIZE_LINE_MAX = 8192, TRAILER_MAX = 65536, SIZE_DIGITS = 16 };

struct chunked_config {
    bool lf;
};

enum phase {
    SIZE,      /* in the digits */
    EXTENSION, /* behind ';' */
    SIZE_LF,   /* behind the CR of the size line */
    LINE,      /* at the beginning of a trailer line */
    NAME,      /* in its name */
    VALUE,     /* behind ':' */
    VALUE_LF,  /* behind its CR */
    LAST_LF,   /* behind the CR of the empty line that ends it all */
};

struct chunked_state {
    struct cb__counted counted;
    enum phase phase;
    uint64_t size;
    unsigned digits;
    size_t line; /* bytes seen of the size line, or of the trailer section */
};

static const struct cb__key keys[] = {
    {"lf", CB__KEY_FLAG, offsetof(struct chunked_config, lf)},
    {NULL, CB__KEY_FLAG, 0},
};

/* What a step gives beside CB_OK ("go on") and an error. */
enum { SIZE_DONE = 1, ALL_DONE = 2 };

static int fail(struct chunked_state *state, const char *why)
{
    state->counted.why = why;
    return CB_EMALFORMED;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 9110 section 5.6.2. */
static bool is_token(uint8_t c)
{
    return c > 0x20 && c < 0x7f && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

static bool is_control(uint8_t c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

/* The end of the size line. */
static int end_size(struct chunked_state *state)
{
    state->line = 0;
    state->digits = 0;
    if (state->size)
        return SIZE_DONE;
    state->phase = LINE;
    return CB_OK;
}

static int step_size(struct chunked_state *state, bool lf, uint8_t c)
{
    int digit = hex_value(c);
    if (digit >= 0) {
        if (state->digits++ == SIZE_DIGITS)
            return fail(state, "chunk size has more than 16 digits");
        state->size = state->size << 4 | (uint64_t)digit;
        return CB_OK;
    }
    if (!state->digits)
        return fail(state, "chunk size is not a number");
    if (c == ';')
        state->phase = EXTENSION;
    else if (c == '\r')
        state->phase = SIZE_LF;
    else if (c == '\n')
        return lf ? end_size(state) : fail(state, "chunk size line ends in LF without CR");
    else
        return fail(state, "chunk size is followed by neither ';' nor CRLF");
    return CB_OK;
}

static int step_extension(struct chunked_state *state, bool lf, uint8_t c)
{
    if (c == '\r')
        state->phase = SIZE_LF;
    else if (c == '\n')
        return lf ? end_size(state) : fail(state, "chunk extension ends in LF without CR");
    else if (is_control(c))
        return fail(state, "control byte in a chunk extension");
    return CB_OK;
}

static int step_line(struct chunked_state *state, bool lf, uint8_t c)
{
    if (c == '\r')
        state->phase = LAST_LF;
    else if (c == '\n')
        return lf ? ALL_DONE : fail(state, "trailer section ends in LF without CR");
    else if (is_token(c))
        state->phase = NAME;
    else
        return fail(state, "trailer line does not begin with a field name");
    return CB_OK;
}

static int step_value(struct chunked_state *state, bool lf, uint8_t c)
{
    if (c == '\r')
        state->phase = VALUE_LF;
    else if (c == '\n' && lf)
        state->phase = LINE;
    else if (c == '\n')
        return fail(state, "trailer line ends in LF without CR");
    else if (is_control(c))
        return fail(state, "control byte in a trailer line");
    return CB_OK;
}

static int step(struct chunked_state *state, bool lf, uint8_t c)
{
    switch (state->phase) {
    case SIZE:
        return step_size(state, lf, c);
    case EXTENSION:
        return step_extension(state, lf, c);
    case SIZE_LF:
        return c == '\n' ? end_size(state) : fail(state, "CR in a chunk size line without LF");
    case LINE:
        return step_line(state, lf, c);
    case NAME:
        if (c == ':')
            state->phase = VALUE;
        else if (!is_token(c))
            return fail(state, "trailer line has no field name");
        return CB_OK;
    case VALUE:
        return step_value(state, lf, c);
    case VALUE_LF:
        state->phase = LINE;
        return c == '\n' ? CB_OK : fail(state, "CR in a trailer line without LF");
    case LAST_LF:
        break;
    }
    return c == '\n' ? ALL_DONE : fail(state, "CR without LF at the end of the trailer section");
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct chunked_config *config = decoder->config.data;
    struct chunked_state *state = decoder->state;
    struct cb__frame *frame = &state->counted.frame;
    for (size_t i = 0; i < n; i++) {
        *used = i;
        if (++state->line > (state->phase < LINE ? SIZE_LINE_MAX : TRAILER_MAX))
            return fail(state, state->phase < LINE ? "chunk size line is longer than 8192 bytes"
                                                   : "trailer section is longer than 65536 bytes");
        int status = step(state, config->lf, data[i]);
        if (status < 0)
            return status;
        if (status == CB_OK)
            continue;
        *used = i + 1;
        if (status == ALL_DONE)
            return CB_END;
        frame->payload = state->size;
        frame->trailer = (struct cb__bytes){.data = (const uint8_t *)"\r\n", .length = 2};
        frame->bare_lf = config->lf;
        state->size = 0;
        state->phase = SIZE;
        return CB_OK;
    }
    *used = n;
    return CB_MORE;
}

static int open_decoder(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    const struct chunked_config *config = decoder->config.data;
    (void)spec;
    /* The line end that is kept may have one byte or two. */
    if (config->lf && decoder->config.keep)
        decoder->tells_length = false;
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    struct chunked_state *state = decoder->state;
    cb__counted_reset(decoder, header);
    state->counted.trailer_error = "chunk data is not followed by CRLF";
}

static int cut(struct cb_decoder *decoder)
{
    const struct chunked_state *state = decoder->state;
    bool trailers = state->counted.phase == CB__COUNTED_HEADER && state->phase >= LINE;
    return trailers ? CB_END : cb__counted_cut(decoder);
}

/* Without its last chunk a chunked body is cut short, also between chunks. */
static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct chunked_state),
    .tells_length = true,
    .parts = true,
    .needs_end = true,
    .open = open_decoder,
    .reset = reset,
    .advance = cb__counted_advance,
    .batch = cb__counted_batch,
    .cut = cut,
};

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    char *text = (char *)encoder->scratch;
    if (!length)
        return cb__encoder_fail(encoder, "an empty record would be the last chunk");
    int n = snprintf(text, sizeof encoder->scratch, "%" PRIx64 "\r\n", length);
    return cb__encoder_give(encoder, text, (size_t)n);
}

static int end(struct cb_encoder *encoder)
{
    return cb__encoder_give(encoder, "\r\n", 2);
}

static int finish(struct cb_encoder *encoder)
{
    return cb__encoder_give(encoder, "0\r\n\r\n", 5);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .begin = begin,
    .end = end,
    .finish = finish,
};

const struct cb__family cb__chunked_family = {
    .keys = keys,
    .config_size = sizeof(struct chunked_config),
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
