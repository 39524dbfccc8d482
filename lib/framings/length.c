/* SPDX-License-Identifier: MIT */
/*
 * A binary length field of 1 to 8 bytes (shared/layout.h).  Padding may follow the
 * payload; its length is in the byte of the header at `padding`, if given.
 */
#include <inttypes.h>
#include <string.h>

#include "core/byte_order.h"
#include "framings/families.h"
#include "framings/shared/layout.h"

#define NOT_GIVEN UINT64_MAX

struct length_config {
    size_t width;
    bool little;
    struct cb__layout layout;
    uint64_t padding; /* place of the padding length in the header */
};

struct length_state {
    struct cb__counted counted;
    size_t have; /* bytes of the header seen */
    uint8_t field[8];
};

static const struct cb__key keys[] = {
    CB__LAYOUT_KEYS(struct length_config),
    {"padding", CB__KEY_SIZE | CB__KEY_IN, offsetof(struct length_config, padding)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct length_config *config = data;
    config->width = CB__LENGTH_WIDTH(variant);
    config->little = CB__LENGTH_IS_LITTLE(variant);
    config->padding = NOT_GIVEN;
    cb__layout_init(&config->layout, UINT64_MAX >> (64 - 8 * config->width));
}

static bool has_padding(const struct length_config *config)
{
    return config->padding != NOT_GIVEN || config->layout.align > 1;
}

/* Checks that the padding byte is in the header, outside the length field. */
static int check_padding(const struct length_config *config, const struct cb__spec *spec,
                         struct cb_error *error)
{
    const struct cb__layout *layout = &config->layout;
    const uint64_t at = config->padding;
    const char *what = NULL;
    if (at == NOT_GIVEN)
        return CB_OK;
    if (at >= layout->header)
        what = "is outside the header";
    else if (at >= layout->offset && at - layout->offset < config->width)
        what = "is in the length field";
    else if (layout->align > 1)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "align"),
                             "'align' and 'padding' cannot be combined");
    if (!what)
        return CB_OK;
    return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "padding"),
                         "the padding byte, at %" PRIu64 ", %s", at, what);
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    struct length_config *config = data;
    int status = cb__layout_check(&config->layout, config->width, config->width, spec, error);
    return status ? status : check_padding(config, spec, error);
}

/* Copies the part of the length field among n bytes of a header, starting with byte
 * `have`. */
static void keep_field(const struct length_config *config, size_t have, const uint8_t *data,
                       size_t n, uint8_t *field)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t at = have + i;
        if (at >= config->layout.offset && at - config->layout.offset < config->width)
            field[at - config->layout.offset] = data[i];
    }
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct length_config *config = decoder->config.data;
    struct length_state *state = decoder->state;
    struct cb__frame *frame = &state->counted.frame;
    const size_t header_size = (size_t)config->layout.header,
                 offset = (size_t)config->layout.offset;
    const uint8_t *field = data + offset;
    if (state->have || n < header_size) {
        size_t part = cb__min(n, header_size - state->have);
        keep_field(config, state->have, data, part, state->field);
        state->have += part;
        *used = part;
        decoder->found.needed = header_size - state->have;
        if (decoder->found.needed)
            return CB__MORE;
        field = state->field;
    } else {
        *used = header_size;
    }
    state->have = 0;
    const uint64_t value = cb__load_uint(field, config->width, config->little);
    if (cb__likely(cb__length_payload(&config->layout.bounds, value, &frame->payload)))
        return CB_OK;
    state->counted.frame_is_wrong = true;
    state->counted.why = cb__length_why(&config->layout.field, value);
    return CB_EMALFORMED;
}

/* Also finds out how long the padding is. */
static int padded_header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct length_config *config = decoder->config.data;
    struct length_state *state = decoder->state;
    struct cb__frame *frame = &state->counted.frame;
    const size_t before = state->have, at = (size_t)config->padding;
    int status = header(decoder, data, n, used);
    if (config->padding == NOT_GIVEN)
        frame->padding =
            cb__layout_padding(&config->layout, config->layout.header + frame->payload);
    else if (at >= before && at - before < *used)
        frame->padding = data[at - before];
    return status;
}

static void reset(struct cb_decoder *decoder)
{
    const struct length_config *config = decoder->config.data;
    cb__layout_reset(decoder, &config->layout, has_padding(config) ? padded_header : header);
}

/* The length field at data + offset, with one load if eight bytes are available. */
static inline uint64_t load_field(const struct length_config *config, const uint8_t *data, size_t n)
{
    const uint8_t *field = data + config->layout.offset;
    const unsigned rest = 64 - 8 * (unsigned)config->width;
    if (cb__unlikely(n - (size_t)config->layout.offset < 8))
        return cb__load_uint(field, config->width, config->little);
    return config->little ? cb__load_little8(field) << rest >> rest : cb__load_big8(field) >> rest;
}

/* Frames of just a header and a payload. */
static size_t plain_cuts(const struct cb_decoder *decoder, const uint8_t *data, size_t n,
                         struct cb__cut *cuts, size_t max, size_t *used)
{
    const struct length_config *config = decoder->config.data;
    const size_t header_size = (size_t)config->layout.header;
    const size_t kept = decoder->config.keep ? header_size : 0;
    const uint64_t max_record = decoder->max_record;
    size_t count = 0, at = 0;
    for (; count < max && n - at >= header_size; count++) {
        uint64_t payload;
        const uint64_t value = load_field(config, data + at, n - at);
        if (!cb__length_unscaled(&config->layout.bounds, value, &payload) ||
            payload > n - at - header_size || payload + kept > max_record)
            break;
        cuts[count] = (struct cb__cut){.at = (uint32_t)(at + header_size - kept),
                                       .length = (uint32_t)(payload + kept),
                                       .header = (uint32_t)(header_size - kept)};
        at += header_size + (size_t)payload;
    }
    *used = at;
    return count;
}

static size_t length_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                          struct cb__cut *cuts, size_t max, size_t *used)
{
    const struct length_config *config = decoder->config.data;
    const struct cb__layout *layout = &config->layout;
    if (layout->plain && config->padding == NOT_GIVEN && !layout->trailer.length &&
        !layout->rules.count)
        return plain_cuts(decoder, data, n, cuts, max, used);
    return cb__counted_cuts(decoder, data, n, cuts, max, used);
}

/* After damage: constant bytes around the payload. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct length_config *config = decoder->config.data;
    (void)how;
    return config->layout.trailer.length || cb__byte_rules_any_checks(&config->layout.rules);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct length_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = length_cuts,
    .cut_short = cb__counted_cut_short,
    .recovery = recovery,
};

/* Records that keep their framing are written unchanged, if their header has the right
 * length and they end with the trailer. */
struct kept_state {
    struct cb__layout_encoder layout;
    uint64_t seen; /* bytes of the record */
    size_t have;   /* how many of these are in the header */
    uint8_t field[8];
};

static int open_encoder(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    const struct length_config *config = encoder->config.data;
    (void)spec;
    cb__layout_open(encoder, &config->layout);
    encoder->traits |= encoder->config.keep ? (unsigned)CB_LOOKS : 0;
    return CB_OK;
}

/* Does a frame with this length field have this many bytes? (There is no padding byte:
 * no preset has both.) */
static bool tells(const struct length_config *config, const uint8_t *field, uint64_t total)
{
    const struct cb__layout *layout = &config->layout;
    uint64_t size;
    const uint64_t value = cb__load_uint(field, config->width, config->little);
    return cb__length_payload(&layout->bounds, value, &size) &&
           cb__add_u64(size, layout->header, &size) &&
           cb__add_u64(size, cb__layout_padding(layout, size) + layout->trailer.length, &size) &&
           size == total;
}

/* The n bytes at `at` in a record: are those in its trailer correct? */
static bool ends_right(const struct length_config *config, uint64_t total, uint64_t at,
                       const uint8_t *data, size_t n)
{
    const struct cb__bytes *trailer = &config->layout.trailer;
    const uint64_t from = total - trailer->length;
    size_t i = at < from ? cb__min(n, cb__clamp_u64(from - at)) : 0;
    while (i < n && data[i] == trailer->data[at + i - from])
        i++;
    return i == n;
}

static int look_at_header(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const struct length_config *config = encoder->config.data;
    struct kept_state *state = encoder->state;
    const size_t header_size = (size_t)config->layout.header;
    const size_t before = state->have, n = cb__min(piece->length, header_size - before);
    keep_field(config, before, piece->data, n, state->field);
    state->have += n;
    if (before == header_size || (state->have < header_size && !(piece->flags & CB_LAST)))
        return CB_OK;
    if (state->have == header_size && tells(config, state->field, piece->total))
        return CB_OK;
    return cb__encoder_fail_at(encoder, piece, 0 - (uint64_t)before,
                               "the record does not begin with its own length, %" PRIu64,
                               piece->total);
}

static int look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const struct length_config *config = encoder->config.data;
    struct kept_state *state = encoder->state;
    if (piece->flags & CB_FIRST)
        *state = (struct kept_state){0};
    int status = look_at_header(encoder, piece);
    if (status)
        return status;
    const uint64_t at = state->seen;
    state->seen += piece->length;
    if (ends_right(config, piece->total, at, piece->data, piece->length))
        return CB_OK;
    return cb__encoder_fail_at(encoder, piece, piece->total - config->layout.trailer.length - at,
                               "the record does not end with its trailer");
}

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct length_config *config = encoder->config.data;
    const struct cb__layout *layout = &config->layout;
    uint64_t value;
    if (encoder->config.keep)
        return CB_OK;
    int status = cb__length_encode(encoder, &layout->field, layout->header, length, &value);
    if (status)
        return status;
    cb__store_uint(cb__layout_place(encoder, layout), config->width, config->little, value);
    return cb__layout_begin(encoder, layout, config->width, length);
}

static int end(struct cb_encoder *encoder)
{
    const struct length_config *config = encoder->config.data;
    return encoder->config.keep ? CB_OK : cb__layout_end(encoder, &config->layout);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .by_length = true,
    .state_size = sizeof(struct kept_state),
    .open = open_encoder,
    .begin = begin,
    .end = end,
    .look = look,
};

const struct cb__family cb__length_family = {
    .keys = keys,
    .config_size = sizeof(struct length_config),
    .init = init,
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
