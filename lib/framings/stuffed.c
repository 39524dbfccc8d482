/* SPDX-License-Identifier: MIT */
/*
 * Byte stuffing: END after a packet, and before it to flush line noise; inside a packet,
 * ESC and another byte stand for each of these two.  Empty packets are dropped.
 *
 * slip: Serial Line IP (RFC 1055).
 *
 * hdlc: octet-stuffed HDLC, as in PPP (RFC 1662 section 4).  END is the flag, and the first
 * packet must have one before it.  After ESC any byte may follow, with one bit inverted;
 * END there cancels the packet.
 */
#include <string.h>

#include "framing/decoder.h"
#include "framing/encoder.h"
#include "framings/families.h"
#include "kernels/find.h"
#include "kernels/rewrite.h"

struct stuffing {
    const char *name;
    struct cb__escapes bytes; /* END, ESC, and what stands for them; `inverted` only in hdlc */
};

enum { INVERTED = 0x20 };

enum {
    HITS = 256,    /* places of END and ESC to find at once, on the fast path */
    FEW_HITS = 8,  /* ... and on the slow one */
    UNPACKED = 256 /* ends of packets to find at once */
};

/* Searches for END and ESC. */
static void find_both(struct cb__finder *finder, const struct stuffing *stuffing)
{
    cb__finder_init(finder, &stuffing->bytes.end, 1);
    cb__finder_add(finder, &stuffing->bytes.escape, 1);
}

static void slip_init(void *data, unsigned variant)
{
    (void)variant;
    *(struct stuffing *)data = (struct stuffing){
        .name = "slip",
        .bytes = {.end = 0xc0, .escape = 0xdb, .for_end = 0xdc, .for_escape = 0xdd},
    };
}

static void hdlc_init(void *data, unsigned variant)
{
    (void)variant;
    *(struct stuffing *)data = (struct stuffing){
        .name = "hdlc",
        .bytes = {.end = 0x7e,
                  .escape = 0x7d,
                  .for_end = 0x7e ^ INVERTED,
                  .for_escape = 0x7d ^ INVERTED,
                  .inverted = INVERTED},
    };
}

/* ---------------------------------------------------------------- decoding */

struct stuffed_state {
    struct cb__finder finder;
    bool escaped;   /* the previous byte was ESC */
    uint64_t begin; /* of the stream */
};

static int open_decoder(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    struct stuffed_state *state = decoder->state;
    const struct stuffing *stuffing = decoder->config.data;
    (void)spec;
    find_both(&state->finder, stuffing);
    decoder->assembles = true;
    decoder->whole = stuffing->bytes.inverted; /* until its end a packet may be cancelled */
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    struct stuffed_state *state = decoder->state;
    state->escaped = false;
    state->begin = decoder->found.scan;
}

/* Is an END missing before a packet? */
static bool lacks_end(const struct cb_decoder *decoder, uint8_t first)
{
    const struct stuffing *stuffing = decoder->config.data;
    const struct stuffed_state *state = decoder->state;
    return stuffing->bytes.inverted && decoder->found.scan == state->begin &&
           first != stuffing->bytes.end;
}

/* A frame begins at `start`, its packet at `packet`: the two differ by the END that a
 * frame may begin with, which `keep` keeps. */
static void begin_frame(struct cb_decoder *decoder, uint64_t start, uint64_t packet)
{
    decoder->found.scan = start;
    cb__decoder_next_frame(decoder);
    decoder->found.scan = packet;
}

/* Skips the ENDs before a packet.  CB__MORE if there is nothing else. */
static int find_packet(struct cb_decoder *decoder)
{
    const struct stuffing *stuffing = decoder->config.data;
    const uint8_t *data;
    size_t n;
    while (cb__decoder_span(decoder, &data, &n)) {
        size_t ends = 0;
        if (lacks_end(decoder, data[0]))
            return cb__decoder_fail(decoder, CB_EMALFORMED, decoder->found.scan,
                                    "no flag before the first frame");
        while (ends < n && data[ends] == stuffing->bytes.end)
            ends++;
        if (ends)
            begin_frame(decoder, decoder->found.scan + ends - decoder->config.keep,
                        decoder->found.scan + ends);
        if (ends == n)
            continue;
        cb__decoder_begin(decoder, decoder->found.scan);
        return CB_OK;
    }
    return CB__MORE;
}

/* The byte that the byte after ESC stands for. */
static int unescape(struct cb_decoder *decoder, uint8_t c, uint8_t *literal)
{
    const struct stuffing *stuffing = decoder->config.data;
    *literal = c ^ INVERTED;
    if (stuffing->bytes.inverted)
        return CB_OK;
    *literal = c == stuffing->bytes.for_end ? stuffing->bytes.end : stuffing->bytes.escape;
    if (c == stuffing->bytes.for_end || c == stuffing->bytes.for_escape)
        return CB_OK;
    return cb__decoder_fail(decoder, CB_EMALFORMED, decoder->found.scan,
                            "ESC is not followed by ESC_END or ESC_ESC");
}

/* The packet is no record.  If it is too long, that is an error all the same: it would
 * be one if less had arrived. */
static int cancel(struct cb_decoder *decoder)
{
    const uint64_t seen = cb__decoder_payload_place(decoder) - decoder->found.payload_start;
    int status = cb__decoder_check_length(decoder, seen);
    if (status == CB_OK)
        cb__decoder_next_frame(decoder);
    return status;
}

/* Decodes the byte after ESC. */
static int take_escaped(struct cb_decoder *decoder, uint8_t c)
{
    const struct stuffing *stuffing = decoder->config.data;
    struct stuffed_state *state = decoder->state;
    uint8_t literal;
    int status = unescape(decoder, c, &literal);
    if (status)
        return status;
    state->escaped = false;
    if (stuffing->bytes.inverted && c == stuffing->bytes.end)
        return cancel(decoder);
    decoder->found.scan++;
    return cb__decoder_add(decoder, &literal, 1);
}

/* Adds n bytes without END and ESC. */
static int take_run(struct cb_decoder *decoder, size_t n)
{
    int status = cb__decoder_add_span(decoder, decoder->found.scan, n);
    decoder->found.scan += n;
    return status;
}

/* Continues in a packet, up to its end or that of the examined bytes. */
static int take_bytes(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    const struct stuffing *stuffing = decoder->config.data;
    struct stuffed_state *state = decoder->state;
    uint32_t hits[FEW_HITS + CB__FIND_SLACK];
    size_t at = 0, scanned;
    n = cb__min(n, CB__FIND_MAX);
    if (state->escaped)
        return take_escaped(decoder, data[0]);
    size_t found = cb__find_all(&state->finder, data, n, hits, FEW_HITS, &scanned);
    for (size_t i = 0; i < found; i++) {
        if (hits[i] < at)
            continue; /* it was escaped */
        int status = take_run(decoder, hits[i] - at);
        if (status)
            return status;
        at = hits[i] + 1;
        decoder->found.scan++;
        if (data[hits[i]] == stuffing->bytes.end) {
            decoder->found.state = CB__FOUND_COMPLETE;
            return CB_OK;
        }
        state->escaped = true;
        if (at == n)
            return CB_OK;
        status = take_escaped(decoder, data[at++]);
        if (status || !cb__has_begun(decoder))
            return status;
    }
    return take_run(decoder, cb__max(scanned, at) - at);
}

static int advance(struct cb_decoder *decoder)
{
    const uint8_t *data;
    size_t n;
    int status = CB_OK;
    decoder->found.needed = 1;
    while (status == CB_OK && !cb__is_complete(decoder)) {
        if (!cb__has_begun(decoder))
            status = find_packet(decoder);
        else if (cb__decoder_span(decoder, &data, &n))
            status = take_bytes(decoder, data, n);
        else
            status = CB__MORE;
    }
    return status;
}

/* The frames of a span whose packets have no escapes. */
struct frames {
    size_t start, packet; /* of the current one, as in begin_frame */
    struct cb__cut *cuts;
    size_t count;
    uint8_t end;
    bool keep;
    uint64_t max_record;
};

/* Returns how many of the hits it used: the next one is for `advance`. */
static size_t cut_hits(struct frames *frames, const uint8_t *data, const uint32_t *hits,
                       size_t count, size_t from)
{
    size_t i = 0;
    for (; i < count; i++) {
        const size_t hit = from + hits[i], first = frames->keep ? frames->start : frames->packet;
        const size_t length = hit + frames->keep - first;
        const bool empty = hit == frames->packet;
        if (data[hit] != frames->end || (!empty && length > frames->max_record))
            break;
        frames->cuts[frames->count] = cb__cut_of(first, length, 0, hit + 1);
        frames->count += !empty;
        frames->packet = hit + 1;
        frames->start = empty && frames->keep ? hit : hit + 1;
    }
    return i;
}

/* Packets without an escape are returned as they are in the input. */
static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    const struct stuffing *stuffing = decoder->config.data;
    const struct stuffed_state *state = decoder->state;
    struct frames frames = {
        .cuts = cuts,
        .end = stuffing->bytes.end,
        .keep = decoder->config.keep,
        .max_record = decoder->max_record,
    };
    uint32_t hits[HITS + CB__FIND_SLACK];
    size_t at = 0, most = FEW_HITS;
    if (lacks_end(decoder, data[0]))
        at = n;
    while (frames.count < max && at < n) {
        size_t wanted = cb__min(most, max - frames.count), scanned;
        size_t found = cb__find_all(&state->finder, data + at, n - at, hits, wanted, &scanned);
        size_t taken = cut_hits(&frames, data, hits, found, at);
        if (taken < found)
            break;
        at += scanned;
        most = cb__min(2 * most, HITS); /* it may be in vain, if an escape follows */
    }
    *used = frames.start;
    return frames.count;
}

/* The packets that end there, but for empty ones; those up to the first too long one. */
static size_t unpack(struct cb_decoder *decoder, const uint8_t *data, size_t n, uint8_t *out,
                     struct cb__cut *cuts, struct cb__unpacked *places, size_t max, size_t *used)
{
    const struct stuffing *stuffing = decoder->config.data;
    struct cb__packet_end ends[UNPACKED + CB__PACKETS_SLACK], last = {.in = 0};
    size_t count = 0, found = 0;
    max = cb__min(max, UNPACKED);
    if (!lacks_end(decoder, data[0]))
        found = cb__stuffing()->unescape(&stuffing->bytes, data, n, out, ends, max);
    for (size_t i = 0; i < found; i++) {
        const size_t at = last.out, length = ends[i].out - at;
        if (length > decoder->max_record)
            break;
        places[count] = (struct cb__unpacked){.payload = last.in, .end = ends[i].in + 1};
        cuts[count] = cb__cut_of(at, length, 0, ends[i].out);
        count += ends[i].in > last.in;
        last = (struct cb__packet_end){.in = ends[i].in + 1, .out = ends[i].out};
    }
    *used = last.in;
    return count;
}

/* An END before a packet that never came is not a record. */
static int cut_short(struct cb_decoder *decoder)
{
    if (cb__has_begun(decoder))
        return CB__NO;
    begin_frame(decoder, decoder->found.scan, decoder->found.scan);
    return CB__MORE;
}

/* After damage: the next END begins a packet, or is before it. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct stuffing *stuffing = decoder->config.data;
    *how = (struct cb__recovery){.mark = {&stuffing->bytes.end, 1},
                                 .after = !stuffing->bytes.inverted};
    return true;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct stuffed_state),
    .open = open_decoder,
    .reset = reset,
    .advance = advance,
    .cuts = cuts,
    .unpack = unpack,
    .cut_short = cut_short,
    .recovery = recovery,
};

/* ---------------------------------------------------------------- encoding */

struct stuffed_encoder {
    struct cb__finder finder;
    bool has_bytes; /* of the current record */
};

static int encoder_open(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    struct stuffed_encoder *state = encoder->state;
    (void)spec;
    find_both(&state->finder, encoder->config.data);
    return CB_OK;
}

static int look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const struct stuffing *stuffing = encoder->config.data;
    struct stuffed_encoder *state = encoder->state;
    if (piece->flags & CB_FIRST)
        state->has_bytes = false;
    state->has_bytes |= piece->length > 0;
    if (piece->flags & CB_LAST && !state->has_bytes)
        return cb__encoder_fail(encoder, "%s cannot represent an empty record", stuffing->name);
    return CB_OK;
}

static int encoder_end(struct cb_encoder *encoder)
{
    const struct stuffing *stuffing = encoder->config.data;
    return cb__encoder_give(encoder, &stuffing->bytes.end, 1);
}

static int encoder_begin(struct cb_encoder *encoder, uint64_t length)
{
    (void)length;
    return encoder_end(encoder);
}

/* Copies n bytes unchanged; false if there is not room for all. */
static bool copy_run(struct cb__transform *t, size_t n)
{
    size_t part = cb__min(n, (size_t)(t->out_end - t->out));
    memcpy(t->out, t->in, part);
    t->in += part;
    t->out += part;
    return part == n;
}

static bool copy_escaped(struct cb__transform *t, const struct stuffing *stuffing)
{
    if (t->out_end - t->out < 2)
        return false;
    *t->out++ = stuffing->bytes.escape;
    *t->out++ =
        *t->in++ == stuffing->bytes.end ? stuffing->bytes.for_end : stuffing->bytes.for_escape;
    return true;
}

static void encoder_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    const struct stuffing *stuffing = encoder->config.data;
    const struct stuffed_encoder *state = encoder->state;
    uint32_t hits[FEW_HITS + CB__FIND_SLACK];
    bool room = true;
    while (room && t->in < t->in_end) {
        /* Examines no more bytes than there is room for. */
        const uint8_t *from = t->in;
        size_t n = cb__min((size_t)(t->in_end - from), (size_t)(t->out_end - t->out));
        size_t scanned;
        n = cb__min(n, CB__FIND_MAX);
        room = n > 0;
        size_t found = cb__find_all(&state->finder, from, n, hits, FEW_HITS, &scanned);
        for (size_t i = 0; room && i < found; i++)
            room = copy_run(t, hits[i] - (size_t)(t->in - from)) && copy_escaped(t, stuffing);
        room = room && copy_run(t, scanned - (size_t)(t->in - from));
    }
}

static uint8_t *encoder_whole(struct cb_encoder *encoder, const uint8_t *data, size_t n,
                              uint8_t *to)
{
    const struct stuffing *stuffing = encoder->config.data;
    if (!n)
        return NULL; /* it is refused */
    *to = stuffing->bytes.end;
    to = cb__stuffing()->escape(&stuffing->bytes, data, n, to + 1);
    *to = stuffing->bytes.end;
    return to + 1;
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_LOOKS | CB_TRANSFORMS,
    .state_size = sizeof(struct stuffed_encoder),
    .open = encoder_open,
    .begin = encoder_begin,
    .end = encoder_end,
    .look = look,
    .payload = encoder_payload,
    .whole = encoder_whole,
    .whole_times = 2,
    .whole_more = 2 + CB__SLACK,
};

const struct cb__family cb__slip_family = {
    .config_size = sizeof(struct stuffing),
    .init = slip_init,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};

const struct cb__family cb__hdlc_family = {
    .config_size = sizeof(struct stuffing),
    .init = hdlc_init,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
