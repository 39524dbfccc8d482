/* SPDX-License-Identifier: MIT */
/*
 * A binary length field of 1 to 8 bytes (shared/layout.h).  Padding may follow the
 * payload; its length is in the byte of the header at `padding`, if given.
 *
 * With `more` that is the largest value; a record continues in the frame after one with
 * it, so a frame with another value ends each record.  The byte of the header at
 * `sequence`, if given, counts the frames of a record.  The packets of MySQL are an
 * example ("MySQL Packets" in the documentation of its source).
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
    uint64_t padding;  /* place of the padding length in the header */
    uint64_t sequence; /* place of the number of the frame in its record */
    uint64_t more;
    uint64_t full;                 /* payload of a frame after which the record continues */
    struct cb__length_bounds last; /* for the last frame of a record */
};

struct length_state {
    struct cb__counted counted;
    size_t have; /* bytes of the header seen */
    uint8_t field[8];
    uint8_t sequence, next; /* of this frame, and of the next one of its record */
};

static const struct cb__key keys[] = {
    CB__LAYOUT_KEYS(struct length_config),
    {"padding", CB__KEY_SIZE | CB__KEY_IN, offsetof(struct length_config, padding)},
    {"more", CB__KEY_SIZE, offsetof(struct length_config, more)},
    {"sequence", CB__KEY_SIZE, offsetof(struct length_config, sequence)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct length_config *config = data;
    config->width = CB__LENGTH_WIDTH(variant);
    config->little = CB__LENGTH_IS_LITTLE(variant);
    config->padding = config->sequence = config->more = NOT_GIVEN;
    cb__layout_init(&config->layout, UINT64_MAX >> (64 - 8 * config->width));
}

/* Checks that a byte of the header is there, and outside the length field. */
static int check_byte(const struct length_config *config, const char *key, uint64_t at,
                      const struct cb__spec *spec, struct cb_error *error)
{
    const struct cb__layout *layout = &config->layout;
    const char *what = NULL;
    if (!cb__spec_has(spec, key))
        return CB_OK;
    if (at >= layout->header)
        what = "is outside the header";
    else if (at >= layout->offset && at - layout->offset < config->width)
        what = "is in the length field";
    if (!what)
        return CB_OK;
    const char *const at_fault = cb__spec_column(spec, key) ? key : "offset header";
    return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, at_fault),
                         "the %s byte, at %" PRIu64 ", %s", key, at, what);
}

/* Rejects keys that cannot be combined. */
static int check_pairs(const struct length_config *config, const struct cb__spec *spec,
                       struct cb_error *error)
{
    const struct cb__layout *layout = &config->layout;
    const uint64_t max = layout->field.max;
    const bool align = layout->align > 1, padding = cb__spec_has(spec, "padding");
    const bool more = cb__spec_has(spec, "more"), sequence = cb__spec_has(spec, "sequence");
    const struct cb__conflict conflicts[] = {
        {align && padding, "align padding", "'align' and 'padding' cannot be combined"},
        {more && align, "more align", "'more' and 'align' cannot be combined"},
        {more && padding, "more padding", "'more' and 'padding' cannot be combined"},
        {more && layout->trailer.length, "more trailer", "'more' and 'trailer' cannot be combined"},
        {more && max != layout->largest, "max more", "'more' and 'max' cannot be combined"},
        {more && config->more > layout->largest, "more",
         "the more does not fit in the length field"},
        {more && config->more == NOT_GIVEN, "more", "the more is not less than 2^64 - 1"},
        {more && config->more <= layout->field.min, "more min",
         "the more is not greater than the min"},
        {sequence && !more, "sequence", "'sequence' needs 'more'"},
    };
    return cb__spec_refuse(spec, conflicts, sizeof conflicts / sizeof *conflicts, error);
}

/* Finds out which lengths end a record, and which does not. */
static int set_last(struct length_config *config, const struct cb__spec *spec,
                    struct cb_error *error)
{
    const struct cb__layout *layout = &config->layout;
    struct cb__length_field last = layout->field;
    config->last = layout->bounds;
    if (config->more == NOT_GIVEN)
        return CB_OK;
    last.max = config->more - 1;
    if (cb__length_bounds(&last, layout->header, &config->last) &&
        cb__length_payload(&layout->bounds, config->more, &config->full))
        return CB_OK;
    return cb__error_set(error, CB_EINVAL,
                         cb__spec_column(spec, "more adjust inclusive header offset scale min"),
                         "no length ends a record after this adjustment");
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    struct length_config *config = data;
    struct cb__layout *layout = &config->layout;
    int status = check_pairs(config, spec, error);
    if (!status && config->more != NOT_GIVEN)
        layout->field.max = config->more;
    if (!status)
        status = cb__layout_check(layout, config->width, config->width, spec, error);
    if (!status)
        status = check_byte(config, "padding", config->padding, spec, error);
    if (!status)
        status = check_byte(config, "sequence", config->sequence, spec, error);
    return status ? status : set_last(config, spec, error);
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

/* Finds byte `at` of a header among n bytes, starting with byte `have`. */
static void keep_byte(uint64_t at, size_t have, const uint8_t *data, size_t n, uint8_t *byte)
{
    if (at >= have && at - have < n)
        *byte = data[at - have];
}

/* Also finds out how long the padding is. */
static int padded_header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct length_config *config = decoder->config.data;
    struct length_state *state = decoder->state;
    struct cb__frame *frame = &state->counted.frame;
    const size_t before = state->have;
    uint8_t padding = (uint8_t)frame->padding;
    int status = header(decoder, data, n, used);
    keep_byte(config->padding, before, data, *used, &padding);
    frame->padding = padding;
    if (config->padding == NOT_GIVEN)
        frame->padding =
            cb__layout_padding(&config->layout, config->layout.header + frame->payload);
    return status;
}

/* Also finds out whether the record continues, and whether this is its next frame. */
static int header_of_part(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct length_config *config = decoder->config.data;
    struct length_state *state = decoder->state;
    struct cb__counted *counted = &state->counted;
    const size_t before = state->have;
    int status = header(decoder, data, n, used);
    keep_byte(config->sequence, before, data, *used, &state->sequence);
    if (status)
        return status;
    counted->frame.more = counted->frame.payload == config->full;
    if (counted->continues && config->sequence != NOT_GIVEN && state->sequence != state->next) {
        counted->frame_is_wrong = true;
        counted->why = "frame is not the next one of its record";
        return CB_EMALFORMED;
    }
    state->next = (uint8_t)(state->sequence + 1);
    return CB_OK;
}

static int open_decoder(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    const struct length_config *config = decoder->config.data;
    (void)spec;
    if (config->more == NOT_GIVEN)
        return CB_OK;
    decoder->assembles = true;
    decoder->tells_length = false;
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    const struct length_config *config = decoder->config.data;
    const bool padded = config->padding != NOT_GIVEN || config->layout.align > 1;
    cb__layout_reset(decoder, &config->layout,
                     config->more != NOT_GIVEN ? header_of_part
                     : padded                  ? padded_header
                                               : header);
}

/* A length field in a header with nothing else to look at: with one load if eight bytes are
 * available. */
cb__always_inline bool glance(const struct cb__glance_rules *rules, const uint8_t *data, size_t n,
                              struct cb__glance *frame, bool little)
{
    const uint8_t *field = data + rules->offset;
    const unsigned rest = 64 - 8 * (unsigned)rules->width;
    if (cb__unlikely(n < rules->header))
        return false;
    const uint64_t value = cb__unlikely(n - rules->offset < 8)
                               ? cb__load_uint(field, rules->width, little)
                           : little ? cb__load_little8(field) << rest >> rest
                                    : cb__load_big8(field) >> rest;
    const bool right = cb__length_unscaled(&rules->bounds, value, &frame->payload);
    frame->header = rules->header;
    frame->both = frame->header + frame->payload;
    return right;
}

cb__always_inline bool glance_big(const struct cb__glance_rules *rules, const uint8_t *data,
                                  size_t n, struct cb__glance *frame)
{
    return glance(rules, data, n, frame, false);
}

cb__always_inline bool glance_little(const struct cb__glance_rules *rules, const uint8_t *data,
                                     size_t n, struct cb__glance *frame)
{
    return glance(rules, data, n, frame, true);
}

static bool glances(const struct cb_decoder *decoder, struct cb__glance_rules *rules)
{
    const struct length_config *config = decoder->config.data;
    const struct length_state *state = decoder->state;
    if (state->have || config->padding != NOT_GIVEN ||
        !cb__layout_glances(&config->layout, &config->last, rules))
        return false;
    rules->width = config->width;
    return true;
}

static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    const struct length_config *config = decoder->config.data;
    struct cb__glance_rules rules = {0};
    if (!glances(decoder, &rules))
        return cb__counted_cuts(decoder, data, n, cuts, max, used);
    return config->little
               ? cb__glance_cuts(decoder, data, n, cuts, max, used, glance_little, &rules)
               : cb__glance_cuts(decoder, data, n, cuts, max, used, glance_big, &rules);
}

static size_t splice(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                     struct cb__splice *splice, size_t *used)
{
    const struct length_config *config = decoder->config.data;
    struct cb__glance_rules rules = {0};
    if (!glances(decoder, &rules))
        return 0;
    return config->little ? cb__glance_splice(data, n, splice, used, glance_little, &rules)
                          : cb__glance_splice(data, n, splice, used, glance_big, &rules);
}

/* After damage: constant bytes around the payload.  They do not show whether a frame
 * begins a record or continues one. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct length_config *config = decoder->config.data;
    how->frames = 2;
    how->header = cb__byte_rules_any_checks(&config->layout.rules);
    return config->more == NOT_GIVEN &&
           (config->layout.trailer.length || cb__byte_rules_any_checks(&config->layout.rules));
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct length_state),
    .tells_length = true,
    .open = open_decoder,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cuts,
    .splice = splice,
    .cut_short = cb__counted_cut_short,
    .recovery = recovery,
};

/* Records that keep their framing are written unchanged, if their header has the right
 * length and they end with the trailer. */
struct kept_state {
    uint64_t seen; /* bytes of the record */
    size_t have;   /* how many of these are in the header */
    uint8_t field[8];
};

/* A record in several frames: headers are written in the midst of its payload. */
struct part_state {
    uint64_t left, rest;     /* payload still to come in this frame, and in those after it */
    bool continues;          /* in another frame, even if nothing is left for it */
    uint8_t sequence;        /* of the next frame */
    struct cb__bytes header; /* what is still to be written of a header */
};

struct length_encoder {
    struct cb__layout_encoder layout;
    struct kept_state kept;
    struct part_state part;
};

static int open_encoder(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    const struct length_config *config = encoder->config.data;
    (void)spec;
    cb__layout_open(encoder, &config->layout);
    if (encoder->config.keep)
        encoder->traits |= CB_LOOKS;
    else if (config->more != NOT_GIVEN)
        encoder->traits |= CB_TRANSFORMS;
    return CB_OK;
}

/* Does a frame with this length field have this many bytes? (There is no padding byte, and
 * no length of 64 bits: no preset has that and `keep`.) */
static bool has_size(const struct length_config *config, const uint8_t *field, uint64_t total)
{
    const struct cb__layout *layout = &config->layout;
    uint64_t size;
    const uint64_t value = cb__load_uint(field, config->width, config->little);
    if (!cb__length_payload(&config->last, value, &size) || size > total)
        return false;
    size += layout->header;
    return size + cb__layout_padding(layout, size) + layout->trailer.length == total;
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

static struct kept_state *kept_of(const struct cb_encoder *encoder)
{
    struct length_encoder *state = encoder->state;
    return &state->kept;
}

static int look_at_header(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const struct length_config *config = encoder->config.data;
    struct kept_state *state = kept_of(encoder);
    const size_t header_size = (size_t)config->layout.header;
    const size_t before = state->have, n = cb__min(piece->length, header_size - before);
    keep_field(config, before, piece->data, n, state->field);
    state->have += n;
    if (before == header_size || (state->have < header_size && !(piece->flags & CB_LAST)))
        return CB_OK;
    if (state->have == header_size && has_size(config, state->field, piece->total))
        return CB_OK;
    return cb__encoder_fail_at(encoder, piece, 0 - (uint64_t)before,
                               "the record does not begin with its own length, %" PRIu64,
                               piece->total);
}

static int look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const struct length_config *config = encoder->config.data;
    struct kept_state *state = kept_of(encoder);
    if (piece->flags & CB_FIRST)
        *state = (struct kept_state){0};
    int status = look_at_header(encoder, piece);
    if (status)
        return status;
    const uint64_t at = state->seen;
    state->seen += piece->length;
    if (state->have < config->layout.header) /* its trailer is after that */
        return CB_OK;
    if (ends_right(config, piece->total, at, piece->data, piece->length))
        return CB_OK;
    return cb__encoder_fail_at(encoder, piece, piece->total - config->layout.trailer.length - at,
                               "the record does not end with its trailer");
}

/* Gives the header of a frame. */
static int give_header(struct cb_encoder *encoder, uint64_t payload)
{
    const struct length_config *config = encoder->config.data;
    const struct cb__layout *layout = &config->layout;
    uint64_t value;
    int status = cb__length_encode(encoder, &layout->field, layout->header, payload, &value);
    if (status)
        return status;
    cb__store_uint(cb__layout_place(encoder, layout), config->width, config->little, value);
    return cb__layout_begin(encoder, layout, config->width, payload);
}

/* Gives the header of the next frame of a record. */
static int give_part(struct cb_encoder *encoder)
{
    const struct length_config *config = encoder->config.data;
    struct length_encoder *state = encoder->state;
    struct part_state *part = &state->part;
    part->continues = part->rest >= config->full;
    part->left = part->continues ? config->full : part->rest;
    part->rest -= part->left;
    int status = give_header(encoder, part->left);
    if (config->sequence != NOT_GIVEN)
        encoder->scratch[config->sequence] = part->sequence++;
    return status;
}

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct length_config *config = encoder->config.data;
    struct length_encoder *state = encoder->state;
    if (encoder->config.keep)
        return CB_OK;
    if (cb__likely(config->more == NOT_GIVEN))
        return give_header(encoder, length);
    state->part = (struct part_state){.rest = length};
    int status = give_header(encoder, length % config->full); /* of the last frame */
    return status ? status : give_part(encoder);
}

/* Writes as much of a header in the midst of a payload as there is room for. */
static void put_header(struct cb__bytes *header, struct cb__transform *t)
{
    const size_t n = cb__min(header->length, (size_t)(t->out_end - t->out));
    memcpy(t->out, header->data, n);
    t->out += n;
    header->data += n;
    header->length -= n;
}

static void payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    struct length_encoder *state = encoder->state;
    struct part_state *part = &state->part;
    while (t->in < t->in_end && t->out < t->out_end) {
        if (!part->left && !part->continues)
            part->left = UINT64_MAX; /* more than the total: it goes where it can */
        if (!part->left) {
            give_part(encoder);
            part->header = encoder->out;
            cb__encoder_give(encoder, "", 0);
        }
        if (part->header.length)
            put_header(&part->header, t);
        const size_t room = cb__min((size_t)(t->in_end - t->in), (size_t)(t->out_end - t->out));
        const size_t n = cb__min(room, cb__clamp_u64(part->left));
        memcpy(t->out, t->in, n);
        t->in += n;
        t->out += n;
        part->left -= n;
    }
}

static int end(struct cb_encoder *encoder)
{
    const struct length_config *config = encoder->config.data;
    const struct length_encoder *state = encoder->state;
    if (encoder->config.keep)
        return CB_OK;
    if (state->part.continues)
        return give_part(encoder);
    return cb__layout_end(encoder, &config->layout);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .by_length = true,
    .state_size = sizeof(struct length_encoder),
    .open = open_encoder,
    .begin = begin,
    .end = end,
    .look = look,
    .payload = payload,
};

const struct cb__family cb__length_family = {
    .keys = keys,
    .config_size = sizeof(struct length_config),
    .init = init,
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
