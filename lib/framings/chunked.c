/* SPDX-License-Identifier: MIT */
/*
 * The chunked transfer coding of HTTP/1.1 (RFC 9112 section 7.1):
 *
 *     chunked-body = *chunk last-chunk trailer-section CRLF
 *     chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
 *     last-chunk   = 1*("0") [ chunk-ext ] CRLF
 *
 * A record is a chunk's data.
 */
#include "framings/families.h"
#include "framings/shared/counted.h"
#include "framings/shared/digits.h"
#include "framings/shared/fields.h"
#include "framings/shared/glance.h"
#include "framings/shared/short_number.h"
#include "framings/shared/size_line.h"

struct chunked_config {
    bool lf;
    bool pad;
};

struct chunked_state {
    struct cb__counted counted;
    struct cb__size_line line;
    bool in_trailers;
    struct cb__fields trailers;
};

static const struct cb__key keys[] = {
    {"lf", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct chunked_config, lf)},
    {"pad", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct chunked_config, pad)},
    {NULL, CB__KEY_FLAG, 0},
};

/* After the last chunk: the trailers, or none. */
static int read_trailers(struct chunked_state *state, const uint8_t *data, size_t n, size_t *used)
{
    int status = cb__fields_read(&state->trailers, data, n, used);
    state->counted.why = state->trailers.why;
    return status == CB_OK ? CB__END : status;
}

static int begin_trailers(struct cb_decoder *decoder)
{
    const struct chunked_config *config = decoder->config.data;
    struct chunked_state *state = decoder->state;
    state->in_trailers = true;
    cb__fields_begin_trailers(&state->trailers, config->lf);
    return CB__MORE;
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct chunked_config *config = decoder->config.data;
    struct chunked_state *state = decoder->state;
    struct cb__frame *frame = &state->counted.frame;
    if (state->in_trailers)
        return read_trailers(state, data, n, used);
    int status = cb__size_line_read(&state->line, data, n, used);
    if (status != CB_OK) {
        state->counted.why = state->line.why;
        return status;
    }
    if (!state->line.size)
        return begin_trailers(decoder);
    frame->payload = state->line.size;
    frame->trailer = (struct cb__bytes){.data = (const uint8_t *)"\r\n", .length = 2};
    frame->bare_lf = config->lf;
    return CB_OK;
}

static int open_decoder(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    const struct chunked_config *config = decoder->config.data;
    (void)spec;
    /* The line end that is kept may be one or two bytes. */
    if (config->lf && decoder->config.keep)
        decoder->tells_length = false;
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    const struct chunked_config *config = decoder->config.data;
    struct chunked_state *state = decoder->state;
    cb__counted_reset(decoder, header);
    state->line.lf = config->lf;
    state->line.pad = config->pad;
    state->counted.trailer_error = "chunk data is not followed by CRLF";
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct chunked_state *state = decoder->state;
    return state->in_trailers ? CB__END : cb__counted_cut_short(decoder);
}

/* A size of one to three digits and nothing else in its line. */
cb__always_inline bool glance(const struct cb__glance_rules *rules, const uint8_t *data, size_t n,
                              struct cb__glance *frame)
{
    uint64_t with_digits;
    size_t digits;
    if (cb__unlikely(n < CB__SHORT_NUMBER + 1))
        return false;
    const bool right = cb__short_number(data, 16, '\r', &with_digits, &digits);
    frame->header = digits + 2;
    frame->payload = with_digits - digits;
    frame->both = with_digits + 2;
    return right && data[digits + 1] == '\n' &&
           frame->payload - rules->bounds.least <= rules->bounds.span;
}

/* CRLF after the data. */
static const struct cb__glance_rules glance_rules = {
    .bounds = {.least = 1, .span = UINT64_MAX - 1},
    .trailer = 2,
    .trailer_bytes = '\r' | '\n' << 8,
    .trailer_mask = 0xffff,
};

static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    return cb__glance_cuts(decoder, data, n, cuts, max, used, glance, &glance_rules);
}

static size_t splice(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                     struct cb__splice *splice, size_t *used)
{
    (void)decoder;
    return cb__glance_splice(data, n, splice, used, glance, &glance_rules);
}

/* A chunked body without its last chunk is truncated, even between chunks. */
static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct chunked_state),
    .tells_length = true,
    .parts = true,
    .needs_end = true,
    .open = open_decoder,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cuts,
    .splice = splice,
    .cut_short = cut_short,
};

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    if (!length)
        return cb__encoder_fail(encoder, "an empty record would be the last chunk");
    return cb__give_number(encoder, "", length, 16, "\r\n");
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
    .by_length = true,
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
