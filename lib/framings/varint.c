/* SPDX-License-Identifier: MIT */
/*
 * An unsigned LEB128 length (DWARF 5 section 7.6; Protocol Buffers' delimited
 * messages), of at most ten bytes (shared/layout.h).
 */
#include <inttypes.h>

#include "framings/families.h"
#include "framings/shared/layout.h"

enum { VARINT_MAX = 10 };

struct varint_config {
    struct cb__layout layout;
    uint64_t max_width; /* bytes of the number */
    bool simple;        /* what the number says does not depend on the header */
};

/* A number of which the first bytes were read. */
struct number {
    uint64_t value;
    size_t width; /* how many */
};

struct varint_state {
    struct cb__counted counted;
    struct number number;
    size_t have; /* bytes of the header seen */
    size_t end;  /* how many it has, once the number was read; otherwise 0 */
};

static const struct cb__key keys[] = {
    CB__LAYOUT_KEYS(struct varint_config),
    {"max-width", CB__KEY_SIZE, offsetof(struct varint_config, max_width)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct varint_config *config = data;
    (void)variant;
    config->max_width = VARINT_MAX;
    cb__layout_init(&config->layout, UINT64_MAX);
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    struct varint_config *config = data;
    if (!config->max_width || config->max_width > VARINT_MAX)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "max-width"),
                             "the max-width must be from 1 to %d", VARINT_MAX);
    int status = cb__layout_check(&config->layout, 1, VARINT_MAX, spec, error);
    config->simple = config->layout.plain && !config->layout.field.inclusive;
    return status;
}

static int fail(struct varint_state *state, const char *why)
{
    state->counted.why = why;
    return CB_EMALFORMED;
}

/* Takes the next byte of a number: CB_OK if it is the last one, CB__MORE, or
 * CB_EMALFORMED. */
static inline int take(const struct varint_config *config, struct varint_state *state,
                       struct number *number, uint8_t byte)
{
    const size_t digit = number->width++;
    if (cb__unlikely(digit + 1 == config->max_width && byte & 0x80))
        return fail(state, config->max_width == VARINT_MAX
                               ? "length has more than ten bytes"
                               : "length has more bytes than max-width");
    if (cb__unlikely(digit == VARINT_MAX - 1 && byte > 1))
        return fail(state, "length does not fit in 64 bits");
    number->value |= (uint64_t)(byte & 0x7f) << (7 * digit);
    return byte & 0x80 ? CB__MORE : CB_OK;
}

/* The header is complete, and has this many bytes.  An inclusive value counts them. */
static bool end_header(const struct varint_config *config, struct cb__frame *frame, uint64_t size,
                       uint64_t value)
{
    const struct cb__layout *layout = &config->layout;
    struct cb__length_bounds own = layout->bounds;
    if (layout->field.inclusive && !cb__length_bounds(&layout->field, size, &own))
        return false;
    bool valid = cb__length_payload(&own, value, &frame->payload);
    frame->padding = cb__layout_padding(layout, size + frame->payload);
    return valid;
}

static int refuse(const struct varint_config *config, struct varint_state *state, uint64_t value)
{
    state->counted.frame_is_wrong = true;
    return fail(state, cb__length_why(&config->layout.field, value));
}

/* Reads a header that may arrive in parts. */
static int read_slowly(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct varint_config *config = decoder->config.data;
    struct varint_state *state = decoder->state;
    const size_t offset = (size_t)config->layout.offset, rest = config->layout.rest;
    int status = CB__MORE;
    for (*used = 0; *used < n && !state->end; ++*used, ++state->have) {
        if (state->have >= offset)
            status = take(config, state, &state->number, data[*used]);
        if (status == CB_EMALFORMED)
            return status;
        if (status == CB_OK)
            state->end = state->have + 1 + rest;
    }
    const size_t least = cb__max(state->have, offset) + 1 + rest;
    const size_t end = state->end ? state->end : least;
    const size_t part = state->end ? cb__min(n - *used, end - state->have) : 0;
    *used += part;
    state->have += part;
    decoder->found.needed = end - state->have;
    if (state->have < end)
        return CB__MORE;
    const uint64_t value = state->number.value;
    state->number = (struct number){0};
    state->have = state->end = 0;
    return end_header(config, &state->counted.frame, end, value) ? CB_OK
                                                                 : refuse(config, state, value);
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct varint_config *config = decoder->config.data;
    struct varint_state *state = decoder->state;
    const struct cb__layout *layout = &config->layout;
    const uint8_t *at = data + layout->offset;
    struct number number = {0};
    int status;
    if (cb__unlikely(state->have || n < layout->header + VARINT_MAX))
        return read_slowly(decoder, data, n, used);
    do
        status = take(config, state, &number, *at++);
    while (status == CB__MORE);
    if (cb__unlikely(status))
        return read_slowly(decoder, data, n, used);
    *used = (size_t)(at - data) + layout->rest;
    struct cb__frame *frame = &state->counted.frame;
    bool valid = cb__likely(config->simple)
                     ? cb__length_unscaled(&layout->bounds, number.value, &frame->payload)
                     : end_header(config, frame, *used, number.value);
    return cb__likely(valid) ? CB_OK : refuse(config, state, number.value);
}

static void reset(struct cb_decoder *decoder)
{
    const struct varint_config *config = decoder->config.data;
    cb__layout_reset(decoder, &config->layout, header);
}

/* After damage: constant bytes around the payload. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct varint_config *config = decoder->config.data;
    (void)how;
    return config->layout.trailer.length || cb__byte_rules_any_checks(&config->layout.rules);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct varint_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cb__counted_cuts,
    .cut_short = cb__counted_cut_short,
    .recovery = recovery,
};

static size_t store(uint8_t *to, uint64_t value)
{
    size_t n = 0;
    for (; value > 0x7f; value >>= 7)
        to[n++] = (uint8_t)(value | 0x80);
    to[n++] = (uint8_t)value;
    return n;
}

static int open_encoder(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    const struct varint_config *config = encoder->config.data;
    (void)spec;
    cb__layout_open(encoder, &config->layout);
    return CB_OK;
}

/* How many bytes an inclusive length has: as many as it counts (127 counts 1, 128 would
 * count 2).  1 if there is no such length. */
static size_t inclusive_width(const struct varint_config *config, uint64_t length)
{
    const struct cb__layout *layout = &config->layout;
    uint8_t number[VARINT_MAX];
    uint64_t value;
    for (size_t width = 1; width <= config->max_width; width++) {
        if (cb__length_value(&layout->field, layout->header - 1 + width, length, &value) &&
            store(number, value) == width)
            return width;
    }
    return 1;
}

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct varint_config *config = encoder->config.data;
    const struct cb__layout *layout = &config->layout;
    const bool inclusive = layout->field.inclusive;
    const size_t width = inclusive ? inclusive_width(config, length) : 1;
    uint64_t value;
    int status =
        cb__length_encode(encoder, &layout->field, layout->header - 1 + width, length, &value);
    if (status)
        return status;
    const size_t n = store(cb__layout_place(encoder, layout), value);
    if (n <= config->max_width && (!inclusive || n == width))
        return cb__layout_begin(encoder, layout, n, length);
    return cb__encoder_fail(encoder, "a length of %" PRIu64 " does not fit in this varint", length);
}

static int end(struct cb_encoder *encoder)
{
    const struct varint_config *config = encoder->config.data;
    return cb__layout_end(encoder, &config->layout);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .by_length = true,
    .state_size = sizeof(struct cb__layout_encoder),
    .open = open_encoder,
    .begin = begin,
    .end = end,
};

const struct cb__family cb__varint_family = {
    .keys = keys,
    .config_size = sizeof(struct varint_config),
    .init = init,
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
