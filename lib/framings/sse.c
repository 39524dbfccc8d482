/* SPDX-License-Identifier: MIT */
/*
 * Server-sent events (WHATWG HTML, section 9.2): blocks of lines, each ended by
 * an empty line.  Lines end at LF, CR or CRLF.
 *
 * A block ends with the CR of its empty line: an LF that follows belongs to it, but
 * is not awaited.  Where the end of a block is shown (`keep`, trailers) it is if lines end in
 * CRLF; else it is no part of the block, whether it is here or not.
 */
#include <string.h>

#include "framing/decoder.h"
#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/bom.h"
#include "kernels/find.h"

struct sse_config {
    bool data; /* a record is the data of an event instead of its lines */
};

static const struct cb__key keys[] = {
    {"data", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct sse_config, data)},
    {NULL, CB__KEY_FLAG, 0},
};

static void find_line_ends(struct cb__finder *finder)
{
    cb__finder_init(finder, (const uint8_t *)"\n", 1);
    cb__finder_add(finder, (const uint8_t *)"\r", 1);
}

/* How many of n bytes come before the first line end, if there is one. */
static size_t text_size(const struct cb__finder *finder, const uint8_t *data, size_t n, bool *found)
{
    uint32_t hits[1 + CB__FIND_SLACK];
    size_t scanned;
    *found = cb__find_all(finder, data, cb__min(n, CB__FIND_MAX), hits, 1, &scanned) > 0;
    return *found ? hits[0] : scanned;
}

/* ---------------------------------------------------------------- decoding */

enum phase {
    STREAM, /* nothing was seen yet: there may be a byte order mark */
    BLOCK,  /* a block may begin here */
    LINE,   /* the next line of a block */
    NAME,   /* the line may be a `data` line */
    SPACE,  /* it is; one space may precede its value */
    VALUE,  /* bytes of the payload, up to the end of the line */
    OTHER,  /* bytes that are not payload */
    LAST    /* the block has ended, except for an LF that may follow */
};

static const char data_field[] = "data";
enum { NAME_LENGTH = sizeof data_field - 1 };

struct sse_state {
    struct cb__finder finder; /* LF and CR */
    enum phase phase;
    bool cr;           /* before BLOCK, LINE and LAST: the line ended in CR */
    bool fields;       /* the block has more than comments */
    size_t name_at;    /* bytes of the name seen */
    uint64_t text_end; /* where the last line ended, without its line end */
};

static int sse_open(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    const struct sse_config *config = decoder->config.data;
    struct sse_state *state = decoder->state;
    (void)spec;
    find_line_ends(&state->finder);
    decoder->assembles = config->data && !decoder->config.keep;
    /* "Once the end of the file is reached, any pending data must be discarded"
     * (section 9.2.6). */
    if (config->data)
        decoder->on_partial = CB_PARTIAL_DROP;
    return CB_OK;
}

static void sse_reset(struct cb_decoder *decoder)
{
    struct sse_state *state = decoder->state;
    state->phase = STREAM;
    state->cr = state->fields = false;
}

/* The bytes before `scan` are not part of a record. */
static void drop(struct cb_decoder *decoder)
{
    cb__decoder_next_frame(decoder);
}

/* The next bytes are payload. */
static int begin_value(struct cb_decoder *decoder)
{
    struct sse_state *state = decoder->state;
    state->phase = VALUE;
    if (cb__has_begun(decoder))
        return cb__decoder_add(decoder, "\n", 1);
    cb__decoder_begin(decoder, decoder->found.scan);
    return CB_OK;
}

static int begin_line(struct cb_decoder *decoder, uint8_t c)
{
    const struct sse_config *config = decoder->config.data;
    struct sse_state *state = decoder->state;
    state->cr = false;
    state->fields |= c != ':';
    state->name_at = 0;
    state->phase = config->data ? NAME : VALUE;
    if (!config->data && !cb__has_begun(decoder))
        cb__decoder_begin(decoder, decoder->found.scan);
    return CB_OK;
}

/* Ends a block; without a payload it is not a record. */
static void end_block(struct cb_decoder *decoder)
{
    struct sse_state *state = decoder->state;
    const uint8_t *data;
    size_t n;
    if (!decoder->assembles)
        decoder->found.payload_seen = decoder->config.keep ? decoder->found.scan : state->text_end;
    if (state->cr && !cb__shows_end(decoder) && cb__decoder_span(decoder, &data, &n) &&
        data[0] == '\n') {
        decoder->found.scan++;
        state->cr = false;
    }
    state->phase = BLOCK;
    state->fields = false;
    if (cb__has_begun(decoder))
        decoder->found.state = CB__FOUND_COMPLETE;
    else
        drop(decoder);
}

/* An empty line ends at CR or LF. */
static int take_empty_line(struct cb_decoder *decoder, uint8_t c)
{
    struct sse_state *state = decoder->state;
    const bool alone = state->cr; /* the line before ended in CR alone */
    decoder->found.scan++;
    state->cr = c == '\r';
    if (state->cr && !alone && cb__shows_end(decoder))
        state->phase = LAST;
    else
        end_block(decoder);
    return CB_OK;
}

/* Checks whether a line is a `data` line; its end is not consumed here. */
static int take_name(struct cb_decoder *decoder, uint8_t c)
{
    struct sse_state *state = decoder->state;
    if (state->name_at < NAME_LENGTH && c == (uint8_t)data_field[state->name_at]) {
        state->name_at++;
        decoder->found.scan++;
        return CB_OK;
    }
    bool ends = c == '\n' || c == '\r';
    if (state->name_at == NAME_LENGTH && ends)
        return begin_value(decoder);
    state->phase = OTHER;
    if (state->name_at == NAME_LENGTH && c == ':') {
        state->phase = SPACE;
        decoder->found.scan++;
    }
    return CB_OK;
}

/* Advances to the end of a line. */
static int take_text(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    struct sse_state *state = decoder->state;
    bool found;
    size_t size = text_size(&state->finder, data, n, &found);
    int status = CB_OK;
    if (state->phase == VALUE)
        status = cb__decoder_add_span(decoder, decoder->found.scan, size);
    decoder->found.scan += size;
    if (!found)
        return status;
    state->text_end = decoder->found.scan++;
    state->phase = LINE;
    state->cr = data[size] == '\r';
    return status;
}

/* Examines one byte or more. */
static int step(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    struct sse_state *state = decoder->state;
    const uint8_t c = data[0];
    if (state->phase >= NAME && state->phase != LAST) {
        if (state->phase == NAME)
            return take_name(decoder, c);
        if (state->phase != SPACE)
            return take_text(decoder, data, n);
        decoder->found.scan += c == ' ';
        return begin_value(decoder);
    }
    if (c == '\n' && state->cr) {
        decoder->found.scan++;
        state->cr = false;
    } else if (state->phase != LAST) {
        return c == '\n' || c == '\r' ? take_empty_line(decoder, c) : begin_line(decoder, c);
    }
    if (state->phase == LAST)
        end_block(decoder);
    else if (state->phase == BLOCK)
        drop(decoder);
    return CB_OK;
}

static int sse_advance(struct cb_decoder *decoder)
{
    struct sse_state *state = decoder->state;
    const uint64_t before = decoder->found.payload_seen;
    const uint8_t *data;
    size_t n;
    int status = CB_OK;
    decoder->found.needed = 1;
    if (state->phase == STREAM) {
        if (!cb__bom_skip(decoder))
            return CB__MORE;
        state->phase = BLOCK;
    }
    while (status == CB_OK && !cb__is_complete(decoder) && cb__decoder_span(decoder, &data, &n))
        status = step(decoder, data, n);
    if (status || cb__is_complete(decoder))
        return status;
    const bool after_text = state->phase == LINE || state->phase == LAST;
    if (cb__has_begun(decoder) && !decoder->assembles)
        decoder->found.payload_seen =
            after_text && !decoder->config.keep ? state->text_end : decoder->found.scan;
    return decoder->found.payload_seen > before ? CB_OK : CB__MORE;
}

/* Skips the LF that may follow the last block's CR. */
static int sse_rest(struct cb_decoder *decoder)
{
    struct sse_state *state = decoder->state;
    const uint8_t *data;
    size_t n;
    if (state->phase != BLOCK || !state->cr)
        return CB_OK;
    if (!cb__decoder_span(decoder, &data, &n))
        return CB__MORE;
    if (data[0] == '\n') {
        decoder->found.scan++;
        state->cr = false;
        drop(decoder);
    }
    return CB_OK;
}

/* The LF that may follow the block does not come. */
static int sse_settle(struct cb_decoder *decoder)
{
    const struct sse_state *state = decoder->state;
    if (state->phase != LAST)
        return CB__NO;
    end_block(decoder);
    return CB__YES;
}

static int sse_cut_short(struct cb_decoder *decoder)
{
    const struct sse_state *state = decoder->state;
    if (sse_settle(decoder))
        return cb__is_complete(decoder) ? CB__YES : CB__MORE;
    if (cb__has_begun(decoder))
        return CB__NO;
    if (state->fields)
        return CB__END;
    drop(decoder);
    return CB__MORE;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct sse_state),
    .open = sse_open,
    .reset = sse_reset,
    .advance = sse_advance,
    .cut_short = sse_cut_short,
    .settle = sse_settle,
    .rest = sse_rest,
};

/* ---------------------------------------------------------------- encoding */

struct sse_encoder {
    struct cb__finder finder;
    bool cr; /* the previous byte was a CR: an LF belongs to it */
};

static int sse_encoder_open(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    struct sse_encoder *state = encoder->state;
    (void)spec;
    find_line_ends(&state->finder);
    if (encoder->refuse_collisions)
        encoder->traits |= CB_LOOKS;
    return CB_OK;
}

static int sse_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const uint8_t *cr = memchr(piece->data, '\r', piece->length);
    if (!cr)
        return CB_OK;
    return cb__encoder_fail_at(encoder, piece, (size_t)(cr - piece->data),
                               "a reader would turn a CR into LF");
}

static const char line_start[] = "data: ", next_line[] = "\ndata: ";

static int sse_begin(struct cb_encoder *encoder, uint64_t length)
{
    struct sse_encoder *state = encoder->state;
    (void)length;
    state->cr = false;
    return cb__encoder_give(encoder, line_start, sizeof line_start - 1);
}

static int sse_end(struct cb_encoder *encoder)
{
    return cb__encoder_give(encoder, "\n\n", 2);
}

static void sse_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    struct sse_encoder *state = encoder->state;
    const size_t start = sizeof next_line - 1;
    while (t->in < t->in_end && t->out < t->out_end) {
        size_t room = (size_t)(t->out_end - t->out);
        size_t n = cb__min((size_t)(t->in_end - t->in), room);
        bool found;
        size_t size = text_size(&state->finder, t->in, n, &found);
        if (size) {
            memcpy(t->out, t->in, size);
            t->in += size;
            t->out += size;
            state->cr = false;
            continue;
        }
        bool belongs = state->cr && *t->in == '\n';
        if (!belongs && room < start)
            return;
        state->cr = *t->in++ == '\r';
        if (belongs)
            continue;
        memcpy(t->out, next_line, start);
        t->out += start;
    }
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_TRANSFORMS,
    .state_size = sizeof(struct sse_encoder),
    .open = sse_encoder_open,
    .begin = sse_begin,
    .end = sse_end,
    .look = sse_look,
    .payload = sse_payload,
};

const struct cb__family cb__sse_family = {
    .keys = keys,
    .config_size = sizeof(struct sse_config),
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
