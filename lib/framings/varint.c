/* SPDX-License-Identifier: MIT */
/*
 * An unsigned LEB128 length (DWARF 5 section 7.6; Protocol Buffers' delimited
 * messages), of at most ten bytes, after `offset` bytes.
 */
#include <inttypes.h>
#include <string.h>

#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/counted.h"
#include "framings/shared/length_field.h"

enum { VARINT_MAX = 10 };

struct varint_config {
    uint64_t offset;
    struct cb__bytes lead; /* output: the beginning of the bytes before the number */
    struct cb__length_field field;
    struct cb__length_bounds bounds; /* for a number of one byte */
    uint64_t max_width;              /* bytes of the number */
    struct cb__byte_rules rules;
};

struct varint_state {
    struct cb__counted counted;
    uint64_t value;
    size_t have; /* bytes of the header seen */
};

static const struct cb__key keys[] = {
    {"offset", CB__KEY_SIZE, offsetof(struct varint_config, offset)},
    {"lead", CB__KEY_BYTES | CB__KEY_OUT | CB__KEY_REPLACES, offsetof(struct varint_config, lead)},
    CB__LENGTH_FIELD_KEYS(struct varint_config),
    {"max-width", CB__KEY_SIZE, offsetof(struct varint_config, max_width)},
    {"byte", CB__KEY_RULE | CB__KEY_IN, offsetof(struct varint_config, rules)},
    {"only", CB__KEY_SELECT | CB__KEY_IN, offsetof(struct varint_config, rules)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct varint_config *config = data;
    (void)variant;
    config->max_width = VARINT_MAX;
    config->field.max = UINT64_MAX;
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    struct varint_config *config = data;
    if (config->offset > CB__HEADER_MAX - VARINT_MAX)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "offset"),
                             "the offset is greater than %d", CB__HEADER_MAX - VARINT_MAX);
    if (config->lead.length > config->offset)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "lead"),
                             "the lead is longer than the offset, %" PRIu64, config->offset);
    if (!config->max_width || config->max_width > VARINT_MAX)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "max-width"),
                             "the max-width must be from 1 to %d", VARINT_MAX);
    int status = cb__length_check(&config->field, config->offset + 1, &config->bounds, spec, error);
    /* Only the first byte of the number always exists. */
    return status ? status
                  : cb__byte_rules_check(&config->rules, config->offset + 1, "header",
                                         &config->lead, spec, error);
}

static int fail(struct varint_state *state, const char *why)
{
    state->counted.why = why;
    return CB_EMALFORMED;
}

/* An inclusive value counts its own bytes, whose number varies. */
static bool payload_of(const struct varint_config *config, uint64_t header, uint64_t value,
                       uint64_t *payload)
{
    struct cb__length_bounds bounds;
    if (!config->field.inclusive)
        return cb__length_payload(&config->bounds, value, payload);
    return cb__length_bounds(&config->field, header, &bounds) &&
           cb__length_payload(&bounds, value, payload);
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct varint_config *config = decoder->config.data;
    struct varint_state *state = decoder->state;
    size_t i = 0;
    for (;; i++) {
        *used = i;
        if (i == n)
            return CB__MORE;
        size_t at = state->have++;
        if (at < config->offset)
            continue;
        size_t digit = at - (size_t)config->offset;
        if (digit + 1 == config->max_width && data[i] & 0x80)
            return fail(state, config->max_width == VARINT_MAX
                                   ? "length has more than ten bytes"
                                   : "length has more bytes than max-width");
        if (digit == VARINT_MAX - 1 && data[i] > 1)
            return fail(state, "length does not fit in 64 bits");
        state->value |= (uint64_t)(data[i] & 0x7f) << (7 * digit);
        if (!(data[i] & 0x80))
            break;
    }
    const uint64_t value = state->value, size = state->have;
    state->value = 0;
    state->have = 0;
    *used = i + 1;
    if (!payload_of(config, size, value, &state->counted.frame.payload)) {
        state->counted.frame_is_wrong = true;
        return fail(state, cb__length_why(&config->field, value));
    }
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    const struct varint_config *config = decoder->config.data;
    cb__counted_reset(decoder, header);
    cb__counted_apply(decoder, &config->rules, "header");
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct varint_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cb__counted_cuts,
    .cut_short = cb__counted_cut_short,
};

static size_t store(uint8_t *to, uint64_t value)
{
    size_t n = 0;
    for (; value > 0x7f; value >>= 7)
        to[n++] = (uint8_t)(value | 0x80);
    to[n++] = (uint8_t)value;
    return n;
}

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct varint_config *config = encoder->config.data;
    uint8_t *field = encoder->scratch + config->offset;
    memset(encoder->scratch, 0, (size_t)config->offset);
    if (config->lead.length)
        memcpy(encoder->scratch, config->lead.data, config->lead.length);
    /* An inclusive value counts its own bytes: it must have as many as it counts, or
     * there is no such value (127 counts 1, 128 would count 2). */
    for (size_t width = 1; width <= config->max_width; width++) {
        uint64_t value;
        if (!cb__length_value(&config->field, config->offset + width, length, &value))
            break;
        if (value < config->field.min || value > config->field.max)
            return cb__length_refuse(encoder, length, config->field.min, config->field.max);
        size_t n = store(field, value);
        if (n == width || (!config->field.inclusive && n <= config->max_width))
            return cb__encoder_give(encoder, encoder->scratch, (size_t)config->offset + n);
    }
    return cb__encoder_fail(encoder, "a length of %" PRIu64 " does not fit in this varint", length);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .by_length = true,
    .begin = begin,
};

const struct cb__family cb__varint_family = {
    .keys = keys,
    .config_size = sizeof(struct varint_config),
    .init = init,
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
