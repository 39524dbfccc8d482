/* SPDX-License-Identifier: MIT */
/*
 * A length in ASCII digits, a terminator, the payload, and perhaps a trailer.
 * Netstrings (D. J. Bernstein, "Netstrings", 1997) are one example.
 *
 * With `digits` the number of digits is fixed and there is no terminator; the
 * value may then be `inclusive` and count the digits too.  Values below `control`
 * are frames of the digits alone.  The pkt-lines of git (gitprotocol-common(5))
 * are an example: 0000, 0001 and 0002 are markers, 0004 is empty.
 */
#include <inttypes.h>
#include <string.h>

#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/counted.h"
#include "framings/shared/digits.h"
#include "framings/shared/glance.h"
#include "framings/shared/length_field.h"
#include "framings/shared/short_number.h"

struct ascii_config {
    unsigned base;
    struct cb__bytes term; /* without `digits` */
    struct cb__bytes trailer;
    bool canonical;  /* no leading zeros */
    uint64_t digits; /* 0: up to the terminator */
    bool inclusive;
    uint64_t control;
    uint64_t min, max; /* the smallest and the largest value */
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
    {"digits", CB__KEY_SIZE, offsetof(struct ascii_config, digits)},
    {"inclusive", CB__KEY_FLAG, offsetof(struct ascii_config, inclusive)},
    {"control", CB__KEY_SIZE, offsetof(struct ascii_config, control)},
    {"min", CB__KEY_SIZE, offsetof(struct ascii_config, min)},
    {"max", CB__KEY_SIZE, offsetof(struct ascii_config, max)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct ascii_config *config = data;
    config->base = variant;
}

/* The maximum number of digits of a 64-bit number. */
static unsigned most_digits(const struct ascii_config *config)
{
    return config->base == CB__ASCII_DECIMAL ? 20 : 16;
}

/* The largest value that fits in the digits. */
static uint64_t largest(const struct ascii_config *config)
{
    uint64_t power = 1;
    for (uint64_t i = 0; i < config->digits; i++) {
        if (!cb__mul_u64(power, config->base, &power))
            return UINT64_MAX;
    }
    return power - 1;
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    struct ascii_config *config = data;
    const bool fixed = cb__spec_has(spec, "digits"), term = config->term.length > 0;
    const bool possible = fixed && config->digits && config->digits <= most_digits(config);
    const uint64_t most = possible ? largest(config) : UINT64_MAX;
    if (!cb__spec_has(spec, "max"))
        config->max = most;
    const struct cb__conflict conflicts[] = {
        {term && cb__digit_value(config->term.data[0]) < config->base, "",
         "the terminator begins with a digit"},
        {fixed && !possible, "digits", "a length cannot have that many digits"},
        {fixed && term, "digits", "a terminator and 'digits' cannot be combined"},
        {fixed && config->canonical, "canonical", "'canonical' and 'digits' cannot be combined"},
        {!fixed && config->inclusive, "inclusive", "'inclusive' needs 'digits'"},
        {!fixed && config->control, "control", "'control' needs 'digits'"},
        {config->max > most, "max digits", "the max does not fit in 'digits' digits"},
        {config->inclusive && config->max < config->digits, "max inclusive digits",
         "the max is less than the header alone"},
        {config->control > config->max, "control max digits",
         "the control is greater than the max"},
        {config->control && config->min, "min control", "'min' and 'control' cannot be combined"},
        {config->min > config->max, "min max digits", "the min is greater than the max"},
        {config->control && config->trailer.length, "trailer control",
         "'trailer' and 'control' cannot be combined"},
    };
    int status = cb__spec_refuse(spec, conflicts, sizeof conflicts / sizeof *conflicts, error);
    if (status)
        return status;
    if (!fixed && !term)
        config->term = (struct cb__bytes){.data = (const uint8_t *)"\n", .length = 1};
    return CB_OK;
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

/* Valid digits can still make an invalid number. */
static int check_value(const struct ascii_config *config, struct ascii_state *state, uint64_t value)
{
    if (cb__likely(value >= config->min && value <= config->max))
        return CB_OK;
    state->counted.frame_is_wrong = true;
    return fail(state, value < config->min ? cb__length_too_small : cb__length_too_large);
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct ascii_config *config = decoder->config.data;
    struct ascii_state *state = decoder->state;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = state->term_at ? 16 : cb__digit_value(data[i]);
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
        return check_value(config, state, state->counted.frame.payload);
    }
    *used = n;
    return CB__MORE;
}

/* All `digits` digits were read. */
static int end_digits(const struct ascii_config *config, struct ascii_state *state)
{
    const uint64_t value = state->value, counted = config->inclusive ? config->digits : 0;
    const bool control = value < config->control;
    state->value = 0;
    state->digits = 0;
    state->counted.frame.payload = control ? 0 : value - counted;
    if (control || value >= counted)
        return check_value(config, state, value);
    state->counted.frame_is_wrong = true;
    return fail(state, "length is less than the header that it includes");
}

static int digits_header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct ascii_config *config = decoder->config.data;
    struct ascii_state *state = decoder->state;
    for (*used = 0; *used < n; ++*used) {
        unsigned digit = cb__digit_value(data[*used]);
        if (digit >= config->base)
            return fail(state, "length is not a number");
        int status = add_digit(config, state, digit);
        if (status)
            return status;
        if (state->digits == config->digits) {
            ++*used;
            return end_digits(config, state);
        }
    }
    decoder->found.needed = config->digits - state->digits;
    return CB__MORE;
}

static void reset(struct cb_decoder *decoder)
{
    const struct ascii_config *config = decoder->config.data;
    struct ascii_state *state = decoder->state;
    cb__counted_reset(decoder, config->digits ? digits_header : header);
    state->counted.frame.trailer = config->trailer;
}

/* After damage: digits before the payload, and the trailer after it. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct ascii_config *config = decoder->config.data;
    how->frames = 2;
    how->header = true;
    return config->trailer.length > 0;
}

/* A number of one to three digits before a terminator of one byte. */
cb__always_inline bool glance(const struct cb__glance_rules *rules, const uint8_t *data, size_t n,
                              struct cb__glance *frame, unsigned base)
{
    uint64_t with_digits;
    size_t digits;
    if (cb__unlikely(n < CB__SHORT_NUMBER))
        return false;
    const bool right = cb__short_number(data, base, rules->end, &with_digits, &digits);
    frame->header = digits + 1;
    frame->payload = with_digits - digits;
    frame->both = with_digits + 1;
    /* (Zero first, as it is rare: a branch on the number of digits would not be foreseen.) */
    if (cb__unlikely(data[0] == rules->zero) && digits > 1)
        return false;
    return right && frame->payload - rules->bounds.least <= rules->bounds.span;
}

cb__always_inline bool glance_decimal(const struct cb__glance_rules *rules, const uint8_t *data,
                                      size_t n, struct cb__glance *frame)
{
    return glance(rules, data, n, frame, 10);
}

cb__always_inline bool glance_hex(const struct cb__glance_rules *rules, const uint8_t *data,
                                  size_t n, struct cb__glance *frame)
{
    return glance(rules, data, n, frame, 16);
}

static bool glances(const struct ascii_config *config, struct cb__glance_rules *rules)
{
    if (config->term.length != 1 || config->trailer.length > CB__GLANCE_TRAILER)
        return false;
    rules->end = config->term.data[0];
    rules->zero = config->canonical ? '0' : CB__GLANCE_NO_ZERO;
    rules->bounds.least = config->min;
    rules->bounds.span = config->max - config->min;
    cb__glance_set_trailer(rules, &config->trailer);
    return true;
}

static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    const struct ascii_config *config = decoder->config.data;
    struct cb__glance_rules rules = {0};
    if (!glances(config, &rules))
        return cb__counted_cuts(decoder, data, n, cuts, max, used);
    return config->base == 16
               ? cb__glance_cuts(decoder, data, n, cuts, max, used, glance_hex, &rules)
               : cb__glance_cuts(decoder, data, n, cuts, max, used, glance_decimal, &rules);
}

static size_t splice(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                     struct cb__splice *splice, size_t *used)
{
    const struct ascii_config *config = decoder->config.data;
    struct cb__glance_rules rules = {0};
    if (!glances(config, &rules))
        return 0;
    return config->base == 16 ? cb__glance_splice(data, n, splice, used, glance_hex, &rules)
                              : cb__glance_splice(data, n, splice, used, glance_decimal, &rules);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct ascii_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cuts,
    .splice = splice,
    .cut_short = cb__counted_cut_short,
    .recovery = recovery,
};

/* The value that decodes to a payload; false if there is none. */
static bool value_of(const struct ascii_config *config, uint64_t payload, uint64_t *value)
{
    *value = 0;
    if (!payload && config->control)
        return true;
    return cb__add_u64(payload, config->inclusive ? config->digits : 0, value) &&
           *value >= config->control && *value >= config->min && *value <= config->max;
}

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct ascii_config *config = encoder->config.data;
    uint8_t *text = encoder->scratch;
    const size_t room = sizeof encoder->scratch;
    uint64_t value;
    if (!value_of(config, length, &value))
        return cb__length_refuse(encoder, length, config->control + config->min, config->max);
    size_t n = cb__put_number(text, value, config->base, (size_t)config->digits);
    if (config->term.length > room - n)
        return cb__encoder_fail(encoder, "the terminator is longer than %zu bytes", room - n);
    if (config->term.length)
        memcpy(text + n, config->term.data, config->term.length);
    return cb__encoder_give(encoder, text, n + config->term.length);
}

static int end(struct cb_encoder *encoder)
{
    const struct ascii_config *config = encoder->config.data;
    return cb__encoder_give(encoder, config->trailer.data, config->trailer.length);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .by_length = true,
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
