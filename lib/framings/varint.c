/* SPDX-License-Identifier: MIT */
/*
 * An unsigned LEB128 length (DWARF 5 section 7.6; Protocol Buffers' delimited
 * messages), of at most ten bytes, behind `offset` bytes.
 *
 * payload = value + adjust - (offset and length field if inclusive)
 */
#include <inttypes.h>
#include <string.h>

#include "../encoder.h"
#include "counted.h"
#include "families.h"

enum { VARINT_MAX = 10 };

struct varint_config {
    uint64_t offset;
    struct cb__bytes lead; /* out: what stands there begins with it */
    int64_t adjust;
    bool inclusive;
};

struct varint_state {
    struct cb__counted counted;
    uint64_t value;
    size_t have; /* bytes of the header seen */
};

static const struct cb__key keys[] = {
    {"offset", CB__KEY_SIZE, offsetof(struct varint_config, offset)},
    {"lead", CB__KEY_BYTES, offsetof(struct varint_config, lead)},
    {"adjust", CB__KEY_SIGNED, offsetof(struct varint_config, adjust)},
    {"inclusive", CB__KEY_FLAG, offsetof(struct varint_config, inclusive)},
    {NULL, CB__KEY_FLAG, 0},
};

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct varint_config *config = data;
    if (config->offset > CB__HEADER_MAX - VARINT_MAX)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "offset"),
                             "the offset is more than %d", CB__HEADER_MAX - VARINT_MAX);
    if (config->lead.length > config->offset)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "lead"),
                             "the lead is longer than the offset, %" PRIu64, config->offset);
    return CB_OK;
}

/* What is added to a value, and taken from it, to get the payload. */
static void corrections(const struct varint_config *config, uint64_t header, uint64_t *plus,
                        uint64_t *minus)
{
    *plus = config->adjust > 0 ? (uint64_t)config->adjust : 0;
    *minus = config->adjust < 0 ? (uint64_t)-config->adjust : 0;
    if (config->inclusive)
        *minus += header;
}

static int fail(struct varint_state *state, const char *why)
{
    state->counted.why = why;
    return CB_EMALFORMED;
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct varint_config *config = decoder->config.data;
    struct varint_state *state = decoder->state;
    uint64_t plus, minus, *payload = &state->counted.frame.payload;
    size_t i = 0;
    for (;; i++) {
        *used = i;
        if (i == n)
            return CB_MORE;
        size_t at = state->have++;
        if (at < config->offset)
            continue;
        size_t digit = at - (size_t)config->offset;
        if (digit == VARINT_MAX - 1 && data[i] > 1)
            return fail(state, data[i] & 0x80 ? "length has more than ten bytes"
                                              : "length does not fit in 64 bits");
        state->value |= (uint64_t)(data[i] & 0x7f) << (7 * digit);
        if (!(data[i] & 0x80))
            break;
    }
    corrections(config, state->have, &plus, &minus);
    uint64_t value = state->value;
    state->value = 0;
    state->have = 0;
    *used = i + 1;
    if (!cb__add_u64(value, plus, payload) || __builtin_sub_overflow(*payload, minus, payload)) {
        state->counted.frame_is_wrong = true;
        return fail(state, "length is negative after its adjustment");
    }
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    cb__counted_reset(decoder, header);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct varint_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .batch = cb__counted_batch,
    .cut = cb__counted_cut,
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
    /* An inclusive value counts its own bytes: it has as many as were counted
     * in it, or there is no such value (127 counts 1, 128 would count 2). */
    for (size_t width = 1; width <= VARINT_MAX; width++) {
        uint64_t plus, minus, value;
        corrections(config, config->offset + width, &plus, &minus);
        if (!cb__add_u64(length, minus, &value) || __builtin_sub_overflow(value, plus, &value))
            break;
        size_t n = store(field, value);
        if (n == width || !config->inclusive)
            return cb__encoder_give(encoder, encoder->scratch, (size_t)config->offset + n);
    }
    return cb__encoder_fail(encoder, "a length of %" PRIu64 " cannot be said in this varint",
                            length);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .begin = begin,
};

const struct cb__family cb__varint_family = {
    .keys = keys,
    .config_size = sizeof(struct varint_config),
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
