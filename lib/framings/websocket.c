/* SPDX-License-Identifier: MIT */
/*
 * Frames of the WebSocket protocol (RFC 6455, section 5), one by one:
 *
 *     FIN, reserved bits, opcode | MASK, length | long length | key | payload
 *
 * A message is one frame or several fragments: the last one has FIN, all but the
 * first have opcode 0 (section 5.4).  With `message` a record is the payload of all of
 * them; control frames may come between (section 5.5).
 *
 * No extensions are supported, but `rsv1` allows the bit that permessage-deflate sets in
 * the first frame of a compressed message (RFC 7692 section 6).
 */
#include <string.h>

#include "core/byte_order.h"
#include "framing/decoder.h"
#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/random.h"

enum {
    FIN = 0x80,
    RESERVED = 0x70,
    RSV1 = 0x40,
    OPCODE = 0x0f,
    MASKED = 0x80,
    LENGTH = 0x7f,
    LENGTH_16 = 126, /* the length is in the next two bytes, */
    LENGTH_64 = 127  /* or in eight */
};

enum { CONTINUATION = 0, TEXT = 1, BINARY = 2, CONTROL = 8, CLOSE = 8, CONTROL_MAX = 125 };
enum { KEY_SIZE = 4, HEADER_MAX = 2 + 8 + KEY_SIZE };
enum { UNKNOWN = 1 };

struct websocket_config {
    bool data;    /* input: without control frames */
    bool message; /* input: the same, and fragments joined */
    bool rsv1;    /* input: allow this bit */
    bool text;    /* output: text frames, not binary ones */
    bool mask;    /* output: as a client sends them */
};

static const struct cb__key keys[] = {
    {"data", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct websocket_config, data)},
    {"message", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct websocket_config, message)},
    {"rsv1", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct websocket_config, rsv1)},
    {"text", CB__KEY_FLAG | CB__KEY_OUT, offsetof(struct websocket_config, text)},
    {"mask", CB__KEY_FLAG | CB__KEY_OUT, offsetof(struct websocket_config, mask)},
    {NULL, CB__KEY_FLAG, 0},
};

/* Masks or unmasks n bytes at `at` in their payload (section 5.3). */
static void apply_key(uint8_t *to, const uint8_t *from, size_t n, const uint8_t *key, uint64_t at)
{
    uint8_t pattern[8];
    uint64_t word, mask;
    size_t i = 0;
    for (size_t k = 0; k < sizeof pattern; k++)
        pattern[k] = key[(at + k) % KEY_SIZE];
    memcpy(&mask, pattern, sizeof mask);
    for (; n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, from + i, sizeof word);
        word ^= mask;
        memcpy(to + i, &word, sizeof word);
    }
    for (; i < n; i++)
        to[i] = from[i] ^ pattern[i % sizeof pattern];
}

/* ---------------------------------------------------------------- decoding */

struct websocket_state {
    uint8_t header[HEADER_MAX];
    size_t have;       /* bytes of it seen */
    size_t wrong;      /* the byte at which a malformed header is reported */
    const char *why;   /* ... and the reason */
    uint64_t payload;  /* its length */
    uint64_t from, to; /* the payload, once the header was read; otherwise 0 */
    bool closed;       /* there was a Close frame */
    unsigned masked;   /* MASKED or 0, as in all frames; UNKNOWN before the first one ends */
};

static int websocket_open(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    const struct websocket_config *config = decoder->config.data;
    (void)spec;
    decoder->assembles = true;
    decoder->tells_length = !config->message;
    return CB_OK;
}

static void websocket_reset(struct cb_decoder *decoder)
{
    struct websocket_state *state = decoder->state;
    *state = (struct websocket_state){.masked = UNKNOWN};
}

/* The size of the long length. */
static size_t long_length(const uint8_t *header)
{
    unsigned length = header[1] & LENGTH;
    return length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
}

/* The size of the header, as far as the available bytes tell. */
static size_t header_size(const struct websocket_state *state)
{
    if (state->have < 2)
        return 2;
    return 2 + long_length(state->header) + (state->header[1] & MASKED ? (size_t)KEY_SIZE : 0);
}

static bool is_close(const struct websocket_state *state)
{
    return (state->header[0] & OPCODE) == CLOSE;
}

static int wrong(struct websocket_state *state, size_t at, const char *why)
{
    state->wrong = at;
    state->why = why;
    return CB_EMALFORMED;
}

/* (The message before goes on if the decoder `expects_more`.) */
static int check_first(const struct cb_decoder *decoder)
{
    const struct websocket_config *config = decoder->config.data;
    struct websocket_state *state = decoder->state;
    const unsigned first = state->header[0], opcode = first & OPCODE;
    const unsigned reserved = first & RESERVED & (config->rsv1 ? ~(unsigned)RSV1 : ~0U);
    if (reserved)
        return wrong(state, 0, "a reserved bit is set");
    if ((opcode & ~(unsigned)CONTROL) > BINARY)
        return wrong(state, 0, "unknown opcode");
    if (opcode & CONTROL && !(first & FIN))
        return wrong(state, 0, "fragmented control frame");
    if (opcode == CONTINUATION && !decoder->expects_more)
        return wrong(state, 0, "continuation outside a message");
    if (decoder->expects_more && (opcode == TEXT || opcode == BINARY))
        return wrong(state, 0, "new message inside a fragmented one");
    if (first & RSV1 && opcode != TEXT && opcode != BINARY)
        return wrong(state, 0, "RSV1 is set, but not in the first frame of a message");
    if (state->closed && !(opcode & CONTROL))
        return wrong(state, 0, "message after a Close frame");
    return CB_OK;
}

/* After a frame that begins with this byte, must more of its message follow, or of the
 * message around it?  Nothing follows Close (section 5.5.1). */
static bool expects_more_after(const struct cb_decoder *decoder, unsigned first)
{
    const unsigned opcode = first & OPCODE;
    if (!(opcode & CONTROL))
        return !(first & FIN);
    return decoder->expects_more && opcode != CLOSE;
}

/* A client masks all its frames, a server none (section 5.1).  The body of a Close frame is
 * empty or begins with a status of two bytes (section 5.5.1). */
static int check_second(struct websocket_state *state)
{
    const unsigned masked = state->header[1] & MASKED;
    state->payload = state->header[1] & LENGTH;
    if (masked != state->masked && state->masked != UNKNOWN)
        return wrong(state, 1,
                     masked ? "masked frame after an unmasked one"
                            : "unmasked frame after a masked one");
    if (state->header[0] & CONTROL && state->payload > CONTROL_MAX)
        return wrong(state, 1, "control frame of more than 125 bytes");
    if (is_close(state) && state->payload == 1)
        return wrong(state, 1, "Close frame of 1 byte");
    return CB_OK;
}

static int check_length(struct websocket_state *state, size_t size)
{
    state->payload = cb__load_big(state->header + 2, size);
    if (state->payload > INT64_MAX)
        return wrong(state, 2, "length does not fit in 63 bits");
    if (state->payload < (size == 2 ? LENGTH_16 : UINT64_C(1) << 16))
        return wrong(state, 2, "length has more bytes than needed");
    return CB_OK;
}

/* Reads a header, as cb__header_fn (counted.h). */
static int read_header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct websocket_state *state = decoder->state;
    for (size_t i = 0; i < n;) {
        int status = CB_OK;
        state->header[state->have++] = data[i++];
        *used = i;
        if (state->have == 1)
            status = check_first(decoder);
        else if (state->have == 2)
            status = check_second(state);
        else if (state->have == 2 + long_length(state->header))
            status = check_length(state, state->have - 2);
        if (status || state->have == header_size(state))
            return status;
    }
    return CB__MORE;
}

static bool is_masked(const struct websocket_state *state)
{
    return state->header[1] & MASKED;
}

/* Is the frame to be dropped? */
static bool is_left_out(const struct cb_decoder *decoder)
{
    const struct websocket_config *config = decoder->config.data;
    const struct websocket_state *state = decoder->state;
    return (config->data || config->message) && state->header[0] & CONTROL;
}

/* Does the record end with the frame, which is not dropped? */
static bool ends_record(const struct cb_decoder *decoder)
{
    const struct websocket_config *config = decoder->config.data;
    const struct websocket_state *state = decoder->state;
    return !config->message || state->header[0] & FIN;
}

/* The header ends at `scan`. */
static int begin_payload(struct cb_decoder *decoder)
{
    struct websocket_state *state = decoder->state;
    const bool keep = decoder->config.keep;
    /* All of it was before `scan`: what fits after `scan` fits after this, too. */
    const uint64_t so_far = cb__decoder_payload_place(decoder) - decoder->found.payload_start;
    const uint64_t length = so_far + state->payload;
    state->from = decoder->found.scan;
    if (!cb__add_u64(decoder->found.scan, state->payload, &state->to))
        return cb__decoder_fail_beyond(decoder, state->payload);
    if (is_left_out(decoder))
        return CB_OK;
    int status = cb__decoder_check_length(decoder, length);
    if (status)
        return status;
    if (!cb__has_begun(decoder)) {
        cb__decoder_begin(decoder, decoder->found.scan);
        decoder->found.header = keep ? 0 : state->have;
        decoder->found.total = ends_record(decoder) ? length : CB_UNKNOWN;
    }
    if (keep || !is_masked(state))
        decoder->found.payload_end = state->to;
    return CB_OK;
}

/* Consumes a header if all of it has arrived: until then it stays. */
static int take_header(struct cb_decoder *decoder)
{
    struct websocket_state *state = decoder->state;
    const uint64_t start = decoder->found.scan;
    const uint8_t *data;
    size_t n, used;
    int status = CB__MORE;
    state->have = 0;
    while (status == CB__MORE &&
           cb__buffer_span(decoder->buffer, &decoder->scan_cursor, start + state->have, &data, &n))
        status = read_header(decoder, data, n, &used);
    if (status != CB__MORE)
        decoder->found.scan += state->have;
    if (status == CB_EMALFORMED)
        return cb__decoder_fail(decoder, status, start + state->wrong, "%s", state->why);
    return status == CB_OK ? begin_payload(decoder) : status;
}

static int unmask(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    const struct websocket_state *state = decoder->state;
    const uint8_t *key = state->header + state->have - KEY_SIZE;
    const uint64_t at = decoder->found.scan - state->from;
    uint8_t clear[2048];
    int status = CB_OK;
    for (size_t i = 0, part; i < n && !status; i += part) {
        part = cb__min(n - i, sizeof clear);
        apply_key(clear, data + i, part, key, at + i);
        status = cb__decoder_add(decoder, clear, part);
    }
    return status;
}

/* Consumes as much of a payload as has arrived. */
static int take_payload(struct cb_decoder *decoder)
{
    const struct websocket_state *state = decoder->state;
    const bool adds = !decoder->config.keep && !is_left_out(decoder);
    const uint8_t *data;
    size_t n;
    int status = CB_OK;
    while (decoder->found.scan < state->to && !status) {
        if (!cb__decoder_span(decoder, &data, &n))
            return CB__MORE;
        n = cb__min(n, cb__clamp_u64(state->to - decoder->found.scan));
        if (adds)
            status = is_masked(state) ? unmask(decoder, data, n)
                                      : cb__decoder_add_span(decoder, decoder->found.scan, n);
        decoder->found.scan += n;
    }
    return status;
}

/* The next frame begins at `scan`. */
static void end_frame(struct cb_decoder *decoder)
{
    struct websocket_state *state = decoder->state;
    decoder->expects_more = expects_more_after(decoder, state->header[0]);
    state->closed = state->closed || is_close(state);
    state->masked = state->header[1] & MASKED;
    state->have = 0;
    state->to = 0;
    decoder->found.payload_end = 0;
    if (!cb__has_begun(decoder))
        cb__decoder_next_frame(decoder);
    else if (!is_left_out(decoder) && ends_record(decoder))
        decoder->found.state = CB__FOUND_COMPLETE;
}

static int websocket_advance(struct cb_decoder *decoder)
{
    struct websocket_state *state = decoder->state;
    const bool begun = cb__has_begun(decoder);
    int status = CB_OK;
    while (status == CB_OK && !cb__is_complete(decoder)) {
        if (!state->to)
            status = take_header(decoder);
        if (status == CB_OK)
            status = take_payload(decoder);
        if (status == CB_OK)
            end_frame(decoder);
    }
    decoder->found.needed =
        state->to ? state->to - decoder->found.scan : header_size(state) - state->have;
    return status == CB__MORE && cb__has_begun(decoder) && !begun ? CB_OK : status;
}

/* Does this frame change which frames may follow? */
static bool changes_what_may_follow(const struct cb_decoder *decoder)
{
    const struct websocket_state *state = decoder->state;
    return is_close(state) || state->masked == UNKNOWN ||
           decoder->expects_more != expects_more_after(decoder, state->header[0]);
}

/* Frames whose payload is returned as it is in the input, and that do not change which
 * frames may follow. */
static size_t websocket_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                             struct cb__cut *cuts, size_t max, size_t *used)
{
    struct websocket_state *state = decoder->state;
    const bool keep = decoder->config.keep;
    size_t count = 0, at = 0, header = 0;
    for (; count < max && at < n; count++) {
        state->have = 0;
        int status = read_header(decoder, data + at, n - at, &header);
        bool stands = keep || !is_masked(state);
        if (status || !stands || is_left_out(decoder) || changes_what_may_follow(decoder) ||
            state->payload > n - at - header)
            break;
        size_t payload = (size_t)state->payload, length = payload + (keep ? header : 0);
        if (length > decoder->max_record)
            break;
        const size_t next = at + header + payload;
        cuts[count] = keep ? cb__cut_of(at, length, 0, next)
                           : cb__cut_of(at + header, length, header, next);
        at = next;
    }
    state->have = 0; /* what is not consumed here is read again */
    *used = at;
    return count;
}

static int websocket_cut_short(struct cb_decoder *decoder)
{
    if (!cb__has_begun(decoder) && is_left_out(decoder))
        return CB__END;
    if (decoder->config.keep)
        decoder->found.payload_seen = cb__buffer_end(decoder->buffer);
    return CB__NO;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct websocket_state),
    .tells_length = true,
    .in_order = true,
    .open = websocket_open,
    .reset = websocket_reset,
    .advance = websocket_advance,
    .cuts = websocket_cuts,
    .cut_short = websocket_cut_short,
};

/* ---------------------------------------------------------------- encoding */

struct websocket_encoder {
    uint8_t keys[256]; /* random bytes, requested in one call */
    size_t left;       /* how many are left, at the end */
    const uint8_t *key;
    uint64_t at; /* number of payload bytes masked so far */
};

static int websocket_encoder_open(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    const struct websocket_config *config = encoder->config.data;
    (void)spec;
    if (config->mask)
        encoder->traits |= CB_TRANSFORMS;
    return CB_OK;
}

/* An unpredictable key (section 5.3). */
static bool next_key(struct websocket_encoder *state)
{
    if (!state->left && !cb__random(state->keys, sizeof state->keys))
        return false;
    if (!state->left)
        state->left = sizeof state->keys;
    state->left -= KEY_SIZE;
    state->key = state->keys + state->left;
    state->at = 0;
    return true;
}

/* Writes the length in as few bytes as possible, and returns how many. */
static size_t put_length(uint8_t *to, uint64_t length)
{
    size_t size = length < LENGTH_16 ? 0 : length <= UINT16_MAX ? 2 : 8;
    to[0] = size == 0 ? (uint8_t)length : size == 2 ? LENGTH_16 : LENGTH_64;
    cb__store_uint(to + 1, size, false, length);
    return 1 + size;
}

static int websocket_begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct websocket_config *config = encoder->config.data;
    struct websocket_encoder *state = encoder->state;
    uint8_t *header = encoder->scratch;
    if (length > INT64_MAX)
        return cb__encoder_fail(encoder, "the length does not fit in 63 bits");
    header[0] = FIN | (config->text ? TEXT : BINARY);
    size_t size = 1 + put_length(header + 1, length);
    if (config->mask) {
        if (!next_key(state))
            return cb__encoder_fail(encoder, "no random bytes for the mask");
        header[1] |= MASKED;
        memcpy(header + size, state->key, KEY_SIZE);
        size += KEY_SIZE;
    }
    return cb__encoder_give(encoder, header, size);
}

static void websocket_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    struct websocket_encoder *state = encoder->state;
    size_t n = cb__min((size_t)(t->in_end - t->in), (size_t)(t->out_end - t->out));
    apply_key(t->out, t->in, n, state->key, state->at);
    state->at += n;
    t->in += n;
    t->out += n;
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .state_size = sizeof(struct websocket_encoder),
    .open = websocket_encoder_open,
    .begin = websocket_begin,
    .payload = websocket_payload,
};

const struct cb__family cb__websocket_family = {
    .keys = keys,
    .config_size = sizeof(struct websocket_config),
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
