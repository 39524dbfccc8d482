/* SPDX-License-Identifier: MIT */
/* Records of a fixed number of bytes; shorter ones may be padded. */
#include <inttypes.h>
#include <string.h>

#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/counted.h"

struct fixed_config {
    uint64_t size;
    struct cb__bytes pad; /* one byte, or none */
    struct cb__byte_rules rules;
};

struct fixed_state {
    struct cb__counted counted;
    uint64_t have; /* bytes seen of those that the rules refer to */
};

static const struct cb__key keys[] = {
    {"", CB__KEY_SIZE, offsetof(struct fixed_config, size)},
    {"pad", CB__KEY_BYTE | CB__KEY_OUT, offsetof(struct fixed_config, pad)},
    {"byte", CB__KEY_RULE | CB__KEY_IN, offsetof(struct fixed_config, rules)},
    {"only", CB__KEY_SELECT | CB__KEY_IN, offsetof(struct fixed_config, rules)},
    {NULL, CB__KEY_FLAG, 0},
};

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct fixed_config *config = data;
    static const struct cb__bytes no_lead;
    if (config->size)
        return cb__byte_rules_check(&config->rules, config->size, "record", &no_lead, spec, error);
    const struct cb__setting *size = cb__spec_get(spec, "");
    return cb__error_set(error, CB_EINVAL, size ? size->column : spec->name.length,
                         "'fixed' needs a size of one byte or more, as in 'fixed:188'");
}

static int no_header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct fixed_config *config = decoder->config.data;
    struct fixed_state *state = decoder->state;
    (void)data;
    (void)n;
    *used = 0;
    state->counted.frame.payload = config->size;
    return CB_OK;
}

/* The bytes that rules refer to are treated as a header that is part of the record, as
 * with `keep`. */
static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct fixed_config *config = decoder->config.data;
    struct fixed_state *state = decoder->state;
    const uint64_t size = cb__byte_rules_reach(&config->rules);
    (void)data;
    *used = cb__min(n, cb__clamp_u64(size - state->have));
    state->have += *used;
    decoder->found.needed = size - state->have;
    if (decoder->found.needed)
        return CB__MORE;
    state->have = 0;
    state->counted.frame.payload = config->size - size;
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    const struct fixed_config *config = decoder->config.data;
    cb__counted_reset(decoder, config->rules.count ? header : no_header);
    cb__counted_apply(decoder, &config->rules, "record");
    decoder->config.keep |= config->rules.count > 0;
}

/* The size does not depend on the bytes. */
static int sync(const struct cb_decoder *decoder, const uint8_t *data, size_t n, uint64_t position,
                uint64_t *place)
{
    const struct fixed_config *config = decoder->config.data;
    (void)data;
    *place = position + (n - 1);
    *place -= *place % config->size;
    return CB__YES;
}

/* After damage: constant bytes. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct fixed_config *config = decoder->config.data;
    how->frames = 2;
    how->header = true;
    return cb__byte_rules_any_checks(&config->rules);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct fixed_state),
    .tells_length = true,
    .partial_is_record = true,
    .takes_all = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cb__counted_cuts,
    .cut_short = cb__counted_cut_short,
    .sync = sync,
    .recovery = recovery,
};

struct padding_state {
    uint64_t left; /* padding bytes still to be written */
};

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct fixed_config *config = encoder->config.data;
    struct padding_state *state = encoder->state;
    state->left = 0;
    if (length > config->size)
        return cb__encoder_fail(encoder, "%" PRIu64 " bytes do not fit in a record of %" PRIu64,
                                length, config->size);
    if (length < config->size && !config->pad.length)
        return cb__encoder_fail(
            encoder, "%" PRIu64 " byte%s cannot fill a record of %" PRIu64 " (pad=BYTE pads it)",
            length, cb__plural(length), config->size);
    state->left = config->size - length;
    return CB_OK;
}

static int end(struct cb_encoder *encoder)
{
    const struct fixed_config *config = encoder->config.data;
    struct padding_state *state = encoder->state;
    return state->left ? cb__encoder_pad(encoder, &state->left, config->pad.data[0]) : CB_OK;
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .state_size = sizeof(struct padding_state),
    .begin = begin,
    .end = end,
};

const struct cb__family cb__fixed_family = {
    .keys = keys,
    .config_size = sizeof(struct fixed_config),
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
