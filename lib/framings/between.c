/* SPDX-License-Identifier: MIT */
/*
 * Records between two strings: START, the record, END.  Between records there may be
 * spaces, tabs and line ends, which are dropped; anything else is malformed.  A record
 * may contain START, but not END.
 *
 * As mllp: HL7's Minimal Lower Layer Protocol (HL7 Version 2.5 appendix C, section C.4).
 */
#include "framing/decoder.h"
#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/ending.h"
#include "framings/shared/hits.h"

struct between_config {
    struct cb__bytes start, end;
};

struct between_state {
    struct cb__matcher start, end; /* `at` of the one that is wanted next is `scan` */
};

static const struct cb__key keys[] = {
    {"", CB__KEY_BYTES, offsetof(struct between_config, start)},
    {"end", CB__KEY_BYTES, offsetof(struct between_config, end)},
    {NULL, CB__KEY_FLAG, 0},
};

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct between_config *config = data;
    if (config->start.length && config->end.length)
        return CB_OK;
    return cb__error_set(error, CB_EINVAL, spec->name.length,
                         "'between' needs the strings around a record, as in 'between:<,end=>'");
}

static int init_matcher(struct cb__matcher *matcher, const struct cb__bytes *bytes,
                        const struct cb_allocator *allocator)
{
    const struct cb__needle needle = {.data = bytes->data, .length = bytes->length};
    return cb__matcher_init(matcher, &needle, 1, allocator);
}

/* ---------------------------------------------------------------- decoding */

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || cb__is_line_end(byte);
}

static int open_decoder(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    const struct between_config *config = decoder->config.data;
    struct between_state *state = decoder->state;
    (void)spec;
    int status = init_matcher(&state->start, &config->start, decoder->allocator);
    if (!status)
        status = init_matcher(&state->end, &config->end, decoder->allocator);
    if (status)
        cb__matcher_fini(&state->start);
    return status;
}

static void close_decoder(struct cb_decoder *decoder)
{
    struct between_state *state = decoder->state;
    cb__matcher_fini(&state->start);
    cb__matcher_fini(&state->end);
}

static void reset(struct cb_decoder *decoder)
{
    struct between_state *state = decoder->state;
    cb__matcher_forget(&state->start);
    cb__matcher_forget(&state->end);
    cb__matcher_start(&state->start, decoder->found.scan);
}

/* The bytes from `from` to `to` are not part of START: they looked like its beginning, up to
 * the byte before `scan`, which did not fit.  CB_OK if they are all white space. */
static int drop(struct cb_decoder *decoder, uint64_t from, uint64_t to, uint8_t last)
{
    const struct between_config *config = decoder->config.data;
    const uint64_t end = decoder->found.scan;
    for (uint64_t at = from; at < to; at++) {
        if (!is_space(at + 1 == end ? last : config->start.data[at - from]))
            return cb__decoder_fail(decoder, CB_EMALFORMED, at,
                                    "neither white space nor the beginning of a record");
    }
    if (to == from)
        return CB_OK;
    decoder->found.scan = to;
    cb__decoder_next_frame(decoder);
    decoder->found.scan = end;
    return CB_OK;
}

/* Before a record: passes over white space that cannot begin START.  False if there is none. */
static bool pass_spaces(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    const struct between_config *config = decoder->config.data;
    struct between_state *state = decoder->state;
    size_t spaces = 0;
    if (decoder->found.scan != decoder->found.frame_start)
        return false; /* a part of START is there */
    while (spaces < n && is_space(data[spaces]) && data[spaces] != config->start.data[0])
        spaces++;
    decoder->found.scan += spaces;
    cb__decoder_next_frame(decoder);
    cb__matcher_start(&state->start, decoder->found.scan);
    return spaces > 0;
}

/* Before a record: one byte further, or all white space. */
static int find_start(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    const struct between_config *config = decoder->config.data;
    struct between_state *state = decoder->state;
    struct cb__match match;
    const uint8_t byte = data[0];
    if (pass_spaces(decoder, data, n))
        return CB_OK;
    decoder->found.scan++;
    if (cb__matcher_feed(&state->start, &byte, 1, &match) != CB__YES)
        return drop(decoder, decoder->found.frame_start, cb__matcher_safe(&state->start), byte);
    /* Nothing is before the match: that was dropped at the byte before. */
    decoder->found.state = CB__FOUND_BEGUN;
    if (!decoder->config.keep) {
        decoder->found.payload_start = decoder->found.payload_seen = match.end;
        decoder->found.header = config->start.length;
    }
    cb__matcher_start(&state->end, match.end);
    return CB_OK;
}

static void end_record(struct cb_decoder *decoder, const struct cb__match *match)
{
    decoder->found.scan = match->end;
    decoder->found.payload_seen = decoder->config.keep ? match->end : match->start;
    decoder->found.state = CB__FOUND_COMPLETE;
}

/* All bytes were examined.  True if there is more of the payload. */
static bool wait(struct cb_decoder *decoder)
{
    const struct between_state *state = decoder->state;
    const bool begun = cb__has_begun(decoder);
    decoder->found.needed = cb__matcher_needed(begun ? &state->end : &state->start);
    const uint64_t seen =
        decoder->config.keep ? decoder->found.scan : cb__matcher_safe(&state->end);
    if (!begun || seen <= decoder->found.payload_seen)
        return false;
    decoder->found.payload_seen = seen;
    return true;
}

static int advance(struct cb_decoder *decoder)
{
    struct between_state *state = decoder->state;
    struct cb__match match;
    const uint8_t *data;
    size_t n;
    if (decoder->found.scan == decoder->found.frame_start)
        cb__matcher_start(&state->start, decoder->found.scan);
    while (cb__decoder_span(decoder, &data, &n)) {
        if (!cb__has_begun(decoder)) {
            int status = find_start(decoder, data, n);
            if (status)
                return status;
        } else if (cb__matcher_feed(&state->end, data, n, &match) == CB__YES) {
            end_record(decoder, &match);
            return CB_OK;
        } else {
            decoder->found.scan = state->end.at;
        }
    }
    return wait(decoder) ? CB_OK : CB__MORE;
}

/* White space at the end may look like the beginning of START. */
static int cut_short(struct cb_decoder *decoder)
{
    const struct between_config *config = decoder->config.data;
    size_t spaces = 0;
    if (cb__has_begun(decoder)) {
        decoder->found.payload_seen = cb__buffer_end(decoder->buffer);
        return CB__NO;
    }
    const uint64_t part = decoder->found.scan - decoder->found.frame_start;
    while (spaces < part && is_space(config->start.data[spaces]))
        spaces++;
    if (spaces < part)
        return CB__END;
    cb__decoder_next_frame(decoder);
    return CB__MORE;
}

/* After damage: the next START. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct between_config *config = decoder->config.data;
    *how = (struct cb__recovery){.mark = config->start, .after = false};
    return true;
}

/* ---------------------------------------------------------- the fast path */

/* Passes over white space to the next START.  False if it is not there, or not whole. */
static bool find_frame(struct cb__frames *frames, const struct cb__bytes *start)
{
    size_t at = frames->start, left;
    for (;; at++) {
        left = frames->n - at;
        if (!left || memcmp(frames->data + at, start->data, cb__min(left, start->length)) == 0)
            break;
        if (!is_space(frames->data[at]))
            return false;
    }
    frames->start = at;
    frames->next = at + start->length;
    return left >= start->length;
}

/* Where END may stand.  (`next` is the beginning of the payload; 0: not known yet.) */
static size_t use_hits(struct cb__frames *frames, struct cb_decoder *decoder, const uint32_t *hits,
                       size_t count, size_t from)
{
    const struct between_config *config = decoder->config.data;
    const struct between_state *state = decoder->state;
    const bool keep = decoder->config.keep;
    size_t examined = 0, i = 0;
    for (; i < count; i++) {
        const size_t at = from + hits[i], next = at + config->end.length;
        if (!frames->next && !find_frame(frames, &config->start))
            break;
        if (at < frames->next)
            continue;
        ssize_t length = cb__matcher_at(&state->end, frames->data + at, frames->n - at, &examined);
        if (!length && examined <= 4 * at + 64)
            continue;
        const size_t first = keep ? frames->start : frames->next, end = keep ? next : at;
        if (length <= 0 || end - first > frames->max_record)
            break;
        frames->cuts[frames->count++] =
            cb__cut_of(first, end - first, keep ? 0 : config->start.length, next);
        frames->start = next;
        frames->next = 0;
    }
    return i;
}

static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    const struct between_config *config = decoder->config.data;
    const struct between_state *state = decoder->state;
    struct cb__frames frames = {
        .data = data,
        .n = n,
        .cuts = cuts,
        .max_record = decoder->max_record,
    };
    if (cb__cut_fits(config->start.length, config->end.length))
        cb__hits_cut(&frames, decoder, &state->end.finder, max, use_hits);
    *used = frames.start;
    return frames.count;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct between_state),
    .open = open_decoder,
    .close = close_decoder,
    .reset = reset,
    .advance = advance,
    .cuts = cuts,
    .cut_short = cut_short,
    .recovery = recovery,
};

/* ---------------------------------------------------------------- encoding */

static int encoder_open(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    const struct between_config *config = encoder->config.data;
    struct cb__ending *ending = encoder->state;
    (void)spec;
    if (!encoder->refuse_collisions)
        return CB_OK;
    encoder->traits |= CB_LOOKS;
    return init_matcher(&ending->matcher, &config->end, encoder->allocator);
}

static void encoder_close(struct cb_encoder *encoder)
{
    struct cb__ending *ending = encoder->state;
    if (encoder->refuse_collisions)
        cb__matcher_fini(&ending->matcher);
}

static int look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const struct between_config *config = encoder->config.data;
    return cb__ending_look(encoder, encoder->state, &config->end, piece);
}

static int encoder_begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct between_config *config = encoder->config.data;
    (void)length;
    return cb__encoder_give(encoder, config->start.data, config->start.length);
}

static int encoder_end(struct cb_encoder *encoder)
{
    const struct between_config *config = encoder->config.data;
    return cb__encoder_give(encoder, config->end.data, config->end.length);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_CONSTANT,
    .state_size = sizeof(struct cb__ending),
    .open = encoder_open,
    .close = encoder_close,
    .begin = encoder_begin,
    .end = encoder_end,
    .look = look,
};

const struct cb__family cb__between_family = {
    .keys = keys,
    .config_size = sizeof(struct between_config),
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
