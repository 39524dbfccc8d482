/* SPDX-License-Identifier: MIT */
/*
 * A length of varying size (shared/layout.h), in one of three notations:
 *
 * - LEB128: seven bits a byte, lowest first, and a bit that is set if more follow
 *   (DWARF 5 section 7.6; Protocol Buffers' delimited messages)
 * - variable-length quantities: the same, highest first (Standard MIDI Files 1.0)
 * - QUIC: the first two bits are the size, the rest is big-endian (RFC 9000 section 16)
 */
#include <inttypes.h>

#include "core/byte_order.h"
#include "framings/families.h"
#include "framings/shared/glance.h"
#include "framings/shared/layout.h"

enum { WIDTH_MAX = CB__LEB128_MAX, QUIC_MAX = 8 };

struct varint_config {
    const struct notation *notation;
    struct cb__layout layout;
    uint64_t max_width; /* bytes of the number */
    bool canonical;     /* no more bytes than needed */
    bool simple;        /* what the number says does not depend on the header */
};

/* A number of which the first bytes were read. */
struct number {
    uint64_t value;
    size_t width; /* how many */
    size_t size;  /* in QUIC: how many there are in all */
};

struct varint_state;

/* Takes the next byte of a number: CB_OK if it is the last one, CB__MORE, or
 * CB_EMALFORMED. */
typedef int take_fn(const struct varint_config *config, struct varint_state *state,
                    struct number *number, uint8_t byte);

struct notation {
    const char *name;
    size_t most; /* bytes */
    uint64_t largest;
    take_fn *take;
    cb__header_fn header;
    /* As in struct cb__decoder_ops, of frames with nothing special. */
    size_t (*cuts)(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used, const struct cb__glance_rules *rules);
    size_t (*splice)(const uint8_t *data, size_t n, struct cb__splice *splice, size_t *used,
                     const struct cb__glance_rules *rules);
    /* Stores a number in as few bytes as possible, and returns how many. */
    size_t (*store)(uint8_t *to, uint64_t value);
};

struct varint_state {
    struct cb__counted counted;
    struct number number;
    size_t have; /* bytes of the header seen */
    size_t end;  /* how many it has, once the number was read; otherwise 0 */
};

static int fail(struct varint_state *state, const char *why)
{
    state->counted.why = why;
    return CB_EMALFORMED;
}

static const char too_wide[] = "length has more bytes than max-width";
static const char needless[] = "length has more bytes than needed";
static const char too_large[] = "length does not fit in 64 bits";

/* Is there a byte after this one, where there cannot be? */
static inline bool is_too_wide(const struct varint_config *config, const struct number *number,
                               uint8_t byte)
{
    return number->width == config->max_width && byte & 0x80;
}

static int fail_wide(const struct varint_config *config, struct varint_state *state)
{
    return fail(state,
                config->max_width == WIDTH_MAX ? "length has more than ten bytes" : too_wide);
}

static inline int take_leb128(const struct varint_config *config, struct varint_state *state,
                              struct number *number, uint8_t byte)
{
    const size_t before = number->width++;
    if (cb__unlikely(is_too_wide(config, number, byte)))
        return fail_wide(config, state);
    if (cb__unlikely(before == WIDTH_MAX - 1 && byte > 1))
        return fail(state, too_large);
    if (cb__unlikely(!byte && before && config->canonical))
        return fail(state, needless);
    number->value |= (uint64_t)(byte & 0x7f) << (7 * before);
    return byte & 0x80 ? CB__MORE : CB_OK;
}

static inline int take_vlq(const struct varint_config *config, struct varint_state *state,
                           struct number *number, uint8_t byte)
{
    const size_t before = number->width++;
    if (cb__unlikely(is_too_wide(config, number, byte)))
        return fail_wide(config, state);
    if (cb__unlikely(number->value >> 57))
        return fail(state, too_large);
    if (cb__unlikely(byte == 0x80 && !before && config->canonical))
        return fail(state, needless);
    number->value = number->value << 7 | (byte & 0x7f);
    return byte & 0x80 ? CB__MORE : CB_OK;
}

static size_t store_quic(uint8_t *to, uint64_t value);

static inline int take_quic(const struct varint_config *config, struct varint_state *state,
                            struct number *number, uint8_t byte)
{
    uint8_t shortest[QUIC_MAX];
    if (!number->width++) {
        number->size = (size_t)1 << (byte >> 6);
        number->value = byte & 0x3f;
        if (cb__unlikely(number->size > config->max_width))
            return fail(state, too_wide);
    } else {
        number->value = number->value << 8 | byte;
    }
    if (number->width < number->size)
        return CB__MORE;
    if (cb__unlikely(config->canonical) && store_quic(shortest, number->value) < number->size)
        return fail(state, needless);
    return CB_OK;
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
            status = config->notation->take(config, state, &state->number, data[*used]);
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

/* Reads a header, with the function of its notation; a first byte below `least` is the
 * whole number. */
cb__always_inline int read_header(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                                  size_t *used, take_fn *take, uint8_t least)
{
    const struct varint_config *config = decoder->config.data;
    struct varint_state *state = decoder->state;
    const struct cb__layout *layout = &config->layout;
    const uint8_t *at = data + layout->offset;
    struct number number = {0};
    int status = CB_OK;
    if (cb__unlikely(state->have || n < layout->header + WIDTH_MAX))
        return read_slowly(decoder, data, n, used);
    if (cb__likely(*at < least)) {
        number.value = *at++;
    } else {
        do
            status = take(config, state, &number, *at++);
        while (status == CB__MORE);
    }
    if (cb__unlikely(status))
        return read_slowly(decoder, data, n, used);
    *used = (size_t)(at - data) + layout->rest;
    struct cb__frame *frame = &state->counted.frame;
    bool valid = cb__likely(config->simple)
                     ? cb__length_unscaled(&layout->bounds, number.value, &frame->payload)
                     : end_header(config, frame, *used, number.value);
    return cb__likely(valid) ? CB_OK : refuse(config, state, number.value);
}

static int header_leb128(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    return read_header(decoder, data, n, used, take_leb128, 0x80);
}

static int header_vlq(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    return read_header(decoder, data, n, used, take_vlq, 0x80);
}

static int header_quic(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    return read_header(decoder, data, n, used, take_quic, 0x40);
}

static void reset(struct cb_decoder *decoder)
{
    const struct varint_config *config = decoder->config.data;
    cb__layout_reset(decoder, &config->layout, config->notation->header);
}

/* After damage: constant bytes around the payload. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct varint_config *config = decoder->config.data;
    how->frames = 2;
    how->header = cb__byte_rules_any_checks(&config->layout.rules);
    return config->layout.trailer.length || cb__byte_rules_any_checks(&config->layout.rules);
}

/* A number of one or two bytes: *value, and whether it has two.  False for any other. */
typedef bool glance_fn(const uint8_t *number, bool canonical, uint64_t *value, size_t *two);

cb__always_inline bool glance_leb128(const uint8_t *number, bool canonical, uint64_t *value,
                                     size_t *two)
{
    const uint64_t low = number[0], high = number[1];
    *two = (size_t)(low >> 7);
    *value = (low & 0x7f) | ((high << 7) & -(uint64_t)*two);
    const size_t wrong = (size_t)(high >> 7) | (size_t)(canonical & !high);
    return !(*two & wrong);
}

cb__always_inline bool glance_vlq(const uint8_t *number, bool canonical, uint64_t *value,
                                  size_t *two)
{
    const uint64_t high = number[0] & 0x7f, low = number[1];
    *two = number[0] >> 7;
    *value = high << (7 * *two) | (low & 0x7f & -(uint64_t)*two);
    const size_t wrong = (size_t)(low >> 7) | (size_t)(canonical & !high);
    return !(*two & wrong);
}

cb__always_inline bool glance_quic(const uint8_t *number, bool canonical, uint64_t *value,
                                   size_t *two)
{
    const uint64_t high = number[0] & 0x3f;
    *two = number[0] >> 6;
    *value = high << (8 * (*two & 1)) | (number[1] & -(uint64_t)(*two & 1));
    const size_t wrong = (size_t)(canonical & (*value < 0x40));
    return *two < 2 && !(*two & wrong);
}

/* A header around such a number. */
cb__always_inline bool glance(const struct cb__glance_rules *rules, const uint8_t *data, size_t n,
                              struct cb__glance *frame, glance_fn *number)
{
    uint64_t value;
    size_t two;
    if (cb__unlikely(n < rules->header + 1))
        return false;
    const bool right = number(data + rules->offset, rules->canonical, &value, &two);
    const bool fits = cb__length_unscaled(&rules->bounds, value, &frame->payload);
    frame->header = rules->header + two;
    frame->both = frame->header + frame->payload;
    return right && two < rules->width && fits;
}

#define GLANCE(NOTATION)                                                                           \
    cb__always_inline bool frame_##NOTATION(const struct cb__glance_rules *rules,                  \
                                            const uint8_t *data, size_t n,                         \
                                            struct cb__glance *frame)                              \
    {                                                                                              \
        return glance(rules, data, n, frame, glance_##NOTATION);                                   \
    }                                                                                              \
    static size_t cuts_##NOTATION(struct cb_decoder *decoder, const uint8_t *data, size_t n,       \
                                  struct cb__cut *cuts, size_t max, size_t *used,                  \
                                  const struct cb__glance_rules *rules)                            \
    {                                                                                              \
        return cb__glance_cuts(decoder, data, n, cuts, max, used, frame_##NOTATION, rules);        \
    }                                                                                              \
    static size_t splice_##NOTATION(const uint8_t *data, size_t n, struct cb__splice *splice,      \
                                    size_t *used, const struct cb__glance_rules *rules)            \
    {                                                                                              \
        return cb__glance_splice(data, n, splice, used, frame_##NOTATION, rules);                  \
    }

GLANCE(leb128)
GLANCE(vlq)
GLANCE(quic)

static bool glances(const struct varint_config *config, struct cb__glance_rules *rules)
{
    const struct cb__layout *layout = &config->layout;
    if (!config->simple || !cb__layout_glances(layout, &layout->bounds, rules))
        return false;
    rules->width = (size_t)config->max_width;
    rules->canonical = config->canonical;
    return true;
}

static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    const struct varint_config *config = decoder->config.data;
    struct cb__glance_rules rules = {0};
    return glances(config, &rules)
               ? config->notation->cuts(decoder, data, n, cuts, max, used, &rules)
               : cb__counted_cuts(decoder, data, n, cuts, max, used);
}

static size_t splice(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                     struct cb__splice *splice, size_t *used)
{
    const struct varint_config *config = decoder->config.data;
    struct cb__glance_rules rules = {0};
    return glances(config, &rules) ? config->notation->splice(data, n, splice, used, &rules) : 0;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct varint_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cuts,
    .splice = splice,
    .cut_short = cb__counted_cut_short,
    .recovery = recovery,
};

static size_t store_vlq(uint8_t *to, uint64_t value)
{
    size_t n = 1;
    for (uint64_t rest = value >> 7; rest; rest >>= 7)
        n++;
    for (size_t i = n; i; i--, value >>= 7)
        to[i - 1] = (uint8_t)((value & 0x7f) | (i < n ? 0x80 : 0));
    return n;
}

static size_t store_quic(uint8_t *to, uint64_t value)
{
    const unsigned code = value < 1u << 6 ? 0 : value < 1u << 14 ? 1 : value < 1u << 30 ? 2 : 3;
    const size_t n = (size_t)1 << code;
    cb__store_uint(to, n, false, value);
    to[0] = (uint8_t)(to[0] | code << 6);
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
    uint8_t number[WIDTH_MAX];
    uint64_t value;
    for (size_t width = 1; width <= config->max_width; width++) {
        if (cb__length_value(&layout->field, layout->header - 1 + width, length, &value) &&
            config->notation->store(number, value) == width)
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
    const size_t n = config->notation->store(cb__layout_place(encoder, layout), value);
    if (n <= config->max_width && (!inclusive || n == width))
        return cb__layout_begin(encoder, layout, n, length);
    return cb__encoder_fail(encoder, "a length of %" PRIu64 " does not fit in this %s", length,
                            config->notation->name);
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

/* ---------------------------------------------------------------- the family */

static const struct notation notations[] = {
    [CB__VARINT_LEB128] =
        {
            .name = "varint",
            .most = WIDTH_MAX,
            .largest = UINT64_MAX,
            .take = take_leb128,
            .header = header_leb128,
            .cuts = cuts_leb128,
            .splice = splice_leb128,
            .store = cb__store_leb128,
        },
    [CB__VARINT_VLQ] =
        {
            .name = "vlq",
            .most = WIDTH_MAX,
            .largest = UINT64_MAX,
            .take = take_vlq,
            .header = header_vlq,
            .cuts = cuts_vlq,
            .splice = splice_vlq,
            .store = store_vlq,
        },
    [CB__VARINT_QUIC] =
        {
            .name = "quic",
            .most = QUIC_MAX,
            .largest = (UINT64_C(1) << 62) - 1,
            .take = take_quic,
            .header = header_quic,
            .cuts = cuts_quic,
            .splice = splice_quic,
            .store = store_quic,
        },
};

static const struct cb__key keys[] = {
    CB__LAYOUT_KEYS(struct varint_config),
    {"max-width", CB__KEY_SIZE, offsetof(struct varint_config, max_width)},
    {"canonical", CB__KEY_FLAG, offsetof(struct varint_config, canonical)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct varint_config *config = data;
    config->notation = &notations[variant];
    config->max_width = config->notation->most;
    cb__layout_init(&config->layout, config->notation->largest);
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    struct varint_config *config = data;
    const size_t most = config->notation->most;
    if (!config->max_width || config->max_width > most)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "max-width"),
                             "the max-width must be from 1 to %zu", most);
    int status = cb__layout_check(&config->layout, 1, WIDTH_MAX, spec, error);
    config->simple = config->layout.plain && !config->layout.field.inclusive;
    return status;
}

const struct cb__family cb__varint_family = {
    .keys = keys,
    .config_size = sizeof(struct varint_config),
    .init = init,
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
