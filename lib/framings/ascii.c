/* SPDX-License-Identifier: MIT */
/*
 * A length in ASCII digits, a terminator, the payload, and perhaps a trailer.
 * Netstrings (D. J. Bernstein, "Netstrings", 1997) are one of these.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../encoder.h"
#include "counted.h"
#include "families.h"

struct ascii_config {
    unsigned base;
    struct cb__bytes term;
    struct cb__bytes trailer;
    bool canonical; /* no leading zeros */
};

struct ascii_state {
    struct cb__counted counted;
    uint64_t value;
    unsigned digits;
    size_t term_at; /* bytes of the terminator seen */
};

static const struct cb__key keys[] = {
    {"", CB__KEY_BYTES, offsetof(struct ascii_config, term)},
    {"trailer", CB__KEY_BYTES, offsetof(struct ascii_config, trailer)},
    {"canonical", CB__KEY_FLAG, offsetof(struct ascii_config, canonical)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct ascii_config *config = data;
    config->base = variant;
    config->term = (struct cb__bytes){.data = (const uint8_t *)"\n", .length = 1};
}

/* The value of a digit; the base or more where it is none. */
static unsigned digit_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - (unsigned)'0';
    if (c >= 'a' && c <= 'f')
        return c - (unsigned)'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - (unsigned)'A' + 10;
    return 16;
}

/* The most digits that a number of 64 bits has. */
static unsigned most_digits(const struct ascii_config *config)
{
    return config->base == CB__ASCII_DECIMAL ? 20 : 16;
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct ascii_config *config = data;
    if (digit_value(config->term.data[0]) >= config->base)
        return CB_OK;
    return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, ""),
                         "the terminator begins with a digit");
}

static int fail(struct ascii_state *state, const char *why)
{
    state->counted.why = why;
    return CB_EMALFORMED;
}

static int add_digit(const struct ascii_config *config, struct ascii_state *state, unsigned digit)
{
    if (config->canonical && state->digits == 1 && !state->value)
        return fail(state, "length has a leading zero");
    if (state->digits++ == most_digits(config))
        return fail(state, "length has too many digits");
    if (!cb__mul_u64(state->value, config->base, &state->value) ||
        !cb__add_u64(state->value, digit, &state->value))
        return fail(state, "length does not fit in 64 bits");
    return CB_OK;
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct ascii_config *config = decoder->config.data;
    struct ascii_state *state = decoder->state;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = state->term_at ? 16 : digit_value(data[i]);
        *used = i;
        if (digit < config->base) {
            int status = add_digit(config, state, digit);
            if (status)
                return status;
            continue;
        }
        if (!state->digits)
            return fail(state, "length is not a number");
        if (data[i] != config->term.data[state->term_at])
            return fail(state, "length is not followed by its terminator");
        if (++state->term_at < config->term.length)
            continue;
        state->counted.frame.payload = state->value;
        state->value = 0;
        state->digits = 0;
        state->term_at = 0;
        *used = i + 1;
        return CB_OK;
    }
    *used = n;
    return CB_MORE;
}

static void reset(struct cb_decoder *decoder)
{
    const struct ascii_config *config = decoder->config.data;
    struct ascii_state *state = decoder->state;
    cb__counted_reset(decoder, header);
    state->counted.frame.trailer = config->trailer;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct ascii_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .batch = cb__counted_batch,
    .cut = cb__counted_cut,
};

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct ascii_config *config = encoder->config.data;
    char *text = (char *)encoder->scratch;
    size_t room = sizeof encoder->scratch;
    int n = config->base == CB__ASCII_DECIMAL ? snprintf(text, room, "%" PRIu64, length)
                                              : snprintf(text, room, "%" PRIx64, length);
    if (config->term.length > room - (size_t)n)
        return cb__encoder_fail(encoder, "the terminator is longer than %zu bytes",
                                room - (size_t)n);
    memcpy(text + n, config->term.data, config->term.length);
    return cb__encoder_give(encoder, text, (size_t)n + config->term.length);
}

static int end(struct cb_encoder *encoder)
{
    const struct ascii_config *config = encoder->config.data;
    return cb__encoder_give(encoder, config->trailer.data, config->trailer.length);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .begin = begin,
    .end = end,
};

const struct cb__family cb__ascii_family = {
    .keys = keys,
    .config_size = sizeof(struct ascii_config),
    .init = init,
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
