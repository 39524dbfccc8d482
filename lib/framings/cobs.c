/* SPDX-License-Identifier: MIT */
/*
 * Consistent Overhead Byte Stuffing (S. Cheshire and M. Baker, IEEE/ACM
 * Transactions on Networking 7(2), 1999), with a zero byte after each frame.
 *
 * A frame is a sequence of blocks: a code byte, which is one more than the number
 * of bytes that follow, none of them zero.  Between two blocks the payload has a
 * zero, except after a block with the highest code.
 */
#include <string.h>

#include "framing/decoder.h"
#include "framing/encoder.h"
#include "framings/families.h"
#include "kernels/find.h"
#include "kernels/rewrite.h"

enum { CODE_MAX = CB__COBS_CODE_MAX, BLOCK_MAX = CB__COBS_BLOCK_MAX };

/* ---------------------------------------------------------------- decoding */

enum { HITS = 256 }; /* zeros to find at once */

struct cobs_state {
    struct cb__finder zero;
    size_t left;       /* bytes of the block still to come */
    bool zero_follows; /* the payload has a zero after the block, if another block follows */
};

static int cobs_open(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    struct cobs_state *state = decoder->state;
    (void)spec;
    cb__finder_init(&state->zero, (const uint8_t *)"", 1);
    decoder->assembles = true;
    return CB_OK;
}

static void cobs_reset(struct cb_decoder *decoder)
{
    struct cobs_state *state = decoder->state;
    state->left = 0;
    state->zero_follows = false;
}

/* Skips the zeros before a frame; false if there is nothing else. */
static bool find_frame(struct cb_decoder *decoder)
{
    const uint8_t *data;
    size_t n;
    while (cb__decoder_span(decoder, &data, &n)) {
        size_t zeros = 0;
        while (zeros < n && !data[zeros])
            zeros++;
        decoder->found.scan += zeros;
        cb__decoder_next_frame(decoder);
        if (zeros == n)
            continue;
        cb__decoder_begin(decoder, decoder->found.scan + 1);
        return true;
    }
    return false;
}

/* Adds bytes of a block. */
static int take_block(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    struct cobs_state *state = decoder->state;
    size_t part = cb__min(n, state->left);
    const uint8_t *zero = memchr(data, 0, part);
    if (zero)
        part = (size_t)(zero - data);
    int status = cb__decoder_add_span(decoder, decoder->found.scan, part);
    decoder->found.scan += part;
    state->left -= part;
    if (status || !zero)
        return status;
    return cb__decoder_fail(decoder, CB_EMALFORMED, decoder->found.scan,
                            "zero byte in a block, %zu byte%s before its end", state->left,
                            cb__plural(state->left));
}

/* Handles the byte after a block: the code of the next one, or the end. */
static int take_code(struct cb_decoder *decoder, uint8_t code)
{
    struct cobs_state *state = decoder->state;
    const bool zero = state->zero_follows && code;
    decoder->found.scan++;
    if (!code)
        decoder->found.state = CB__FOUND_COMPLETE;
    state->left = code ? code - 1U : 0;
    state->zero_follows = code && code != CODE_MAX;
    return zero ? cb__decoder_add(decoder, "", 1) : CB_OK;
}

static int cobs_advance(struct cb_decoder *decoder)
{
    const struct cobs_state *state = decoder->state;
    const uint8_t *data;
    size_t n;
    int status = CB_OK;
    decoder->found.needed = 1;
    if (!cb__has_begun(decoder) && !find_frame(decoder))
        return CB__MORE;
    while (status == CB_OK && !cb__is_complete(decoder)) {
        decoder->found.needed = state->left + 1;
        if (!cb__decoder_span(decoder, &data, &n))
            return CB__MORE;
        status = state->left ? take_block(decoder, data, n) : take_code(decoder, data[0]);
    }
    return status;
}

/* The frames of a span. */
struct frames {
    const uint8_t *data;
    size_t n, start; /* of the span, and of the next frame */
    uint8_t *out;
    size_t made; /* bytes of payload */
    struct cb__cut *cuts;
    struct cb__unpacked *places;
    size_t count;
    uint64_t max_record;
};

/* Unpacks the next frame, which ends at a zero; false if it is wrong or too long. */
static inline bool unpack_frame(struct frames *frames, size_t zero)
{
    const size_t start = frames->start, at = frames->made;
    if (zero > start) {
        uint8_t *to = frames->out + at;
        const uint8_t *end =
            cb__uncobs(frames->data + start, zero - start, frames->data + frames->n, to);
        const size_t length = end ? (size_t)(end - to) : 0;
        if (!end || length > frames->max_record)
            return false;
        frames->made = at + length;
        frames->places[frames->count] =
            (struct cb__unpacked){.payload = (uint32_t)start + 1, .end = (uint32_t)zero + 1};
        frames->cuts[frames->count++] = cb__cut_of(at, length, 0, frames->made);
    }
    frames->start = zero + 1;
    return true;
}

static size_t cobs_unpack(struct cb_decoder *decoder, const uint8_t *data, size_t n, uint8_t *out,
                          struct cb__cut *cuts, struct cb__unpacked *places, size_t max,
                          size_t *used)
{
    const struct cobs_state *state = decoder->state;
    struct frames frames = {
        .data = data,
        .n = n,
        .out = out,
        .cuts = cuts,
        .places = places,
        .max_record = decoder->max_record,
    };
    uint32_t zeros[HITS + CB__FIND_SLACK];
    size_t from = 0, found, scanned, i = 0;
    do {
        const size_t wanted = cb__min(HITS, max - frames.count);
        found = cb__find_all(&state->zero, data + from, n - from, zeros, wanted, &scanned);
        for (i = 0; i < found && unpack_frame(&frames, from + zeros[i]); i++)
            ;
        from += scanned;
    } while (i && i == found && frames.count < max);
    *used = frames.start;
    return frames.count;
}

static int cobs_cut_short(struct cb_decoder *decoder)
{
    (void)decoder;
    return CB__NO;
}

/* After damage: the next zero byte ends a frame. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    static const uint8_t mark[] = {0};
    (void)decoder;
    *how = (struct cb__recovery){.mark = {mark, sizeof mark}, .after = true};
    return true;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct cobs_state),
    .open = cobs_open,
    .reset = cobs_reset,
    .advance = cobs_advance,
    .unpack = cobs_unpack,
    .cut_short = cobs_cut_short,
    .recovery = recovery,
};

/* ---------------------------------------------------------------- encoding */

/* A block is written once its length is known.  The previous block is written out
 * before the next one is begun. */
struct cobs_encoder {
    uint8_t block[1 + BLOCK_MAX]; /* its code, and bytes */
    size_t n;                     /* number of these bytes */
    size_t out, out_end;          /* the part of `block` still to be written */
    bool full;                    /* the previous block was full, so no other need follow */
};

static int cobs_begin(struct cb_encoder *encoder, uint64_t length)
{
    struct cobs_encoder *state = encoder->state;
    (void)length;
    state->n = state->out = state->out_end = 0;
    state->full = false;
    return CB_OK;
}

static void end_block(struct cobs_encoder *state, bool full)
{
    state->block[0] = (uint8_t)(state->n + 1);
    state->out = 0;
    state->out_end = state->n + 1;
    state->n = 0;
    state->full = full;
}

/* Fills the block. */
static void collect(struct cobs_encoder *state, struct cb__transform *t)
{
    size_t most = cb__min((size_t)(t->in_end - t->in), BLOCK_MAX - state->n);
    const uint8_t *zero = memchr(t->in, 0, most);
    size_t n = zero ? (size_t)(zero - t->in) : most;
    memcpy(state->block + 1 + state->n, t->in, n);
    state->n += n;
    t->in += n + (zero != NULL);
    if (zero || state->n == BLOCK_MAX)
        end_block(state, !zero);
}

/* Writes as much of a block as there is room for. */
static void write_block(struct cobs_encoder *state, struct cb__transform *t)
{
    size_t n = cb__min(state->out_end - state->out, (size_t)(t->out_end - t->out));
    memcpy(t->out, state->block + state->out, n);
    t->out += n;
    state->out += n;
}

static void cobs_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    struct cobs_encoder *state = encoder->state;
    do {
        write_block(state, t);
        if (state->out == state->out_end && t->in < t->in_end)
            collect(state, t);
    } while (t->out < t->out_end && state->out < state->out_end);
}

/* The rest, and the zero. */
static int cobs_end(struct cb_encoder *encoder)
{
    struct cobs_encoder *state = encoder->state;
    struct cb__transform t = {.out = encoder->scratch,
                              .out_end = encoder->scratch + sizeof encoder->scratch};
    write_block(state, &t);
    if (state->n || !state->full) {
        end_block(state, false);
        write_block(state, &t);
    }
    *t.out++ = 0;
    return cb__encoder_give(encoder, encoder->scratch, (size_t)(t.out - encoder->scratch));
}

static uint8_t *cobs_whole(struct cb_encoder *encoder, const uint8_t *data, size_t n, uint8_t *to)
{
    (void)encoder;
    to = cb__stuffing()->cobs(data, n, to);
    *to = 0;
    return to + 1;
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_TRANSFORMS,
    .state_size = sizeof(struct cobs_encoder),
    .begin = cobs_begin,
    .end = cobs_end,
    .payload = cobs_payload,
    .whole = cobs_whole,
    .whole_times = 1,
    .whole_more = CB__WHOLE_ROOM / BLOCK_MAX + 2 + CB__SLACK,
};

const struct cb__family cb__cobs_family = {
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
