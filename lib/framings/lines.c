/* SPDX-License-Identifier: MIT */
/*
 * Records of several lines, each ended by LF or CRLF:
 *
 *     line,fold     a line that begins with a space or tab continues the record before,
 *                   as in headers (RFC 5322 section 2.2.3)
 *     line,lines=N  N lines, as in FASTQ
 *     paragraph     lines up to an empty one; empty lines before the first are dropped,
 *                   as by awk with RS=""
 *
 * A record has its lines as they are, without the end of the last one.  So the end of a
 * line is held back until the next byte shows whether it is the last one.
 */
#include "framing/decoder.h"
#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/hits.h"

struct lines_config {
    bool fold;
    bool skip_empty;
    uint64_t lines; /* 0: not counted */
};

/* Where the next byte is. */
enum phase {
    LINE, /* in a line */
    NEXT, /* after the end of a line, or before the first */
    CR    /* after a CR there */
};

struct lines_state {
    struct cb__finder finder; /* of LF */
    enum phase phase;
    size_t held;    /* bytes before `scan` that may be no payload */
    uint64_t lines; /* complete ones of the record */
};

const struct cb__key cb__lines_keys[] = {
    {"fold", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct lines_config, fold)},
    {"lines", CB__KEY_SIZE | CB__KEY_IN, offsetof(struct lines_config, lines)},
    {"skip-empty", CB__KEY_FLAG, offsetof(struct lines_config, skip_empty)},
    {NULL, CB__KEY_FLAG, 0},
};

static const struct cb__key paragraph_keys[] = {{NULL, CB__KEY_FLAG, 0}};

static int lines_check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct lines_config *config = data;
    const bool counts = cb__spec_get(spec, "lines") != NULL;
    const struct cb__conflict conflicts[] = {
        {counts && !config->lines, "lines", "'lines' must be 1 or more"},
        {counts && config->fold, "lines", "'fold' and 'lines' cannot be combined"},
        {counts && config->skip_empty, "skip-empty", "'skip-empty' and 'lines' cannot be combined"},
    };
    return cb__spec_refuse(spec, conflicts, sizeof conflicts / sizeof *conflicts, error);
}

/* ---------------------------------------------------------------- decoding */

/* What a byte means. */
enum verdict { GOES_ON, ENDS };

/* For each of the three: what the byte after the end of a line means. */
typedef enum verdict next_fn(struct cb_decoder *decoder, uint8_t byte);

static int lines_open(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    struct lines_state *state = decoder->state;
    (void)spec;
    cb__finder_init(&state->finder, (const uint8_t *)"\n", 1);
    return CB_OK;
}

/* Before the first line of a record. */
static void begin(struct cb_decoder *decoder, enum phase phase)
{
    struct lines_state *state = decoder->state;
    state->phase = phase;
    state->held = 0;
    state->lines = 0;
}

/* In a line: continues to its end. */
static enum verdict pass_line(struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    const struct lines_config *config = decoder->config.data;
    struct lines_state *state = decoder->state;
    const uint8_t *end = memchr(data, '\n', n);
    decoder->found.state = CB__FOUND_BEGUN;
    if (!end) {
        decoder->found.scan += n;
        state->held = data[n - 1] == '\r';
        return GOES_ON;
    }
    const size_t at = (size_t)(end - data);
    decoder->found.scan += at + 1;
    state->held = 1 + (at ? data[at - 1] == '\r' : state->held);
    state->phase = NEXT;
    return ++state->lines == config->lines ? ENDS : GOES_ON;
}

/* The byte belongs to a line of the record, and so does all before it. */
static enum verdict go_on(struct cb_decoder *decoder)
{
    struct lines_state *state = decoder->state;
    state->phase = LINE;
    state->held = 0;
    return GOES_ON;
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static enum verdict next_of_fold(struct cb_decoder *decoder, uint8_t byte)
{
    return is_blank(byte) ? go_on(decoder) : ENDS;
}

static enum verdict next_of_lines(struct cb_decoder *decoder, uint8_t byte)
{
    (void)byte;
    return go_on(decoder);
}

static enum verdict next_of_paragraph(struct cb_decoder *decoder, uint8_t byte)
{
    struct lines_state *state = decoder->state;
    if (byte != '\n' && (byte != '\r' || state->phase == CR))
        return go_on(decoder);
    decoder->found.scan++;
    state->held++;
    state->phase = CR;
    return byte == '\n' ? ENDS : GOES_ON;
}

/* Is the record empty, as far as it is known? */
static bool is_empty(const struct cb_decoder *decoder)
{
    const struct lines_state *state = decoder->state;
    return decoder->found.scan - state->held == decoder->found.frame_start;
}

/* The record ends at `scan`, after the held bytes.  False if it was an empty one that is
 * dropped: then another one begins, in this phase. */
static bool end_record(struct cb_decoder *decoder, enum phase phase)
{
    const struct lines_config *config = decoder->config.data;
    const struct lines_state *state = decoder->state;
    if (!cb__has_begun(decoder) || (config->skip_empty && is_empty(decoder))) {
        cb__decoder_next_frame(decoder);
        begin(decoder, phase);
        return false;
    }
    decoder->found.payload_seen = decoder->found.scan - (decoder->config.keep ? 0 : state->held);
    decoder->found.state = CB__FOUND_COMPLETE;
    return true;
}

/* The record goes on.  True if there is more of its payload. */
static bool show(struct cb_decoder *decoder)
{
    const struct lines_config *config = decoder->config.data;
    const struct lines_state *state = decoder->state;
    const bool holds = !decoder->config.keep || (config->skip_empty && is_empty(decoder));
    const uint64_t seen = decoder->found.scan - (holds ? state->held : 0);
    if (!cb__has_begun(decoder) || seen <= decoder->found.payload_seen)
        return false;
    decoder->found.payload_seen = seen;
    return true;
}

cb__always_inline int advance(struct cb_decoder *decoder, enum phase first, next_fn *next)
{
    const struct lines_config *config = decoder->config.data;
    const struct lines_state *state = decoder->state;
    const uint8_t *data;
    size_t n;
    if (decoder->found.scan == decoder->found.frame_start)
        begin(decoder, first);
    while (cb__decoder_span(decoder, &data, &n)) {
        enum verdict verdict =
            state->phase == LINE ? pass_line(decoder, data, n) : next(decoder, data[0]);
        if (verdict == ENDS && end_record(decoder, first))
            return CB_OK;
    }
    decoder->found.needed = config->lines ? config->lines - state->lines : 1;
    return show(decoder) ? CB_OK : CB__MORE;
}

static int fold_advance(struct cb_decoder *decoder)
{
    return advance(decoder, LINE, next_of_fold);
}

static int lines_advance(struct cb_decoder *decoder)
{
    return advance(decoder, LINE, next_of_lines);
}

static int paragraph_advance(struct cb_decoder *decoder)
{
    return advance(decoder, NEXT, next_of_paragraph);
}

static void reset(struct cb_decoder *decoder)
{
    begin(decoder, LINE);
}

/* The input ends in a record: if not after a whole line, it is truncated. */
static int cut_short(struct cb_decoder *decoder)
{
    const struct lines_config *config = decoder->config.data;
    const struct lines_state *state = decoder->state;
    const bool held = state->phase == NEXT && !decoder->config.keep;
    if (state->phase == NEXT && !config->lines) {
        end_record(decoder, LINE);
        return CB__YES;
    }
    decoder->found.payload_seen = cb__buffer_end(decoder->buffer) - (held ? state->held : 0);
    return CB__NO;
}

/* No line that continues the record came. */
static int fold_settle(struct cb_decoder *decoder)
{
    const struct lines_state *state = decoder->state;
    if (state->phase != NEXT)
        return CB__NO;
    end_record(decoder, LINE);
    return CB__YES;
}

/* ---------------------------------------------------------- the fast path */

/* The last line of a frame ends at the LF at `at`, and the frame before `next`.  False if
 * its record is too long. */
static inline bool cut_frame(struct cb__frames *frames, const struct cb_decoder *decoder, size_t at,
                             size_t next)
{
    const struct lines_config *config = decoder->config.data;
    const size_t start = frames->start;
    const size_t end = at - (at > start && frames->data[at - 1] == '\r');
    const size_t length = (decoder->config.keep ? next : end) - start;
    const bool empty = config->skip_empty && end == start;
    if (!empty && length > frames->max_record)
        return false;
    if (!empty)
        cb__hits_add(frames, length, next);
    frames->start = next;
    return true;
}

static size_t use_fold(struct cb__frames *frames, struct cb_decoder *decoder, const uint32_t *hits,
                       size_t count, size_t from)
{
    size_t i = 0;
    for (; i < count; i++) {
        const size_t at = from + hits[i], next = at + 1;
        if (next == frames->n)
            break;
        if (!is_blank(frames->data[next]) && !cut_frame(frames, decoder, at, next))
            break;
    }
    return i;
}

/* (The state is that of a record which has not begun: it counts here.) */
static size_t use_lines(struct cb__frames *frames, struct cb_decoder *decoder, const uint32_t *hits,
                        size_t count, size_t from)
{
    const struct lines_config *config = decoder->config.data;
    struct lines_state *state = decoder->state;
    size_t i = 0;
    for (; i < count; i++) {
        const size_t at = from + hits[i];
        if (++state->lines < config->lines)
            continue;
        if (!cut_frame(frames, decoder, at, at + 1))
            break;
        state->lines = 0;
    }
    return i;
}

static size_t use_paragraph(struct cb__frames *frames, struct cb_decoder *decoder,
                            const uint32_t *hits, size_t count, size_t from)
{
    const uint8_t *const data = frames->data;
    size_t i = 0;
    for (; i < count; i++) {
        const size_t at = from + hits[i], start = frames->start;
        size_t next = at + 1;
        if (at < start)
            continue; /* the empty line that ended a record */
        if (at == start || (at == start + 1 && data[start] == '\r')) {
            frames->start = next;
            continue;
        }
        next += next < frames->n && data[next] == '\r';
        if (next == frames->n)
            break;
        if (data[next] == '\n' && !cut_frame(frames, decoder, at, next + 1))
            break;
    }
    return i;
}

cb__always_inline size_t cut(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                             struct cb__cut *cuts, size_t max, size_t *used, cb__hits_fn use)
{
    struct lines_state *state = decoder->state;
    struct cb__frames frames = {
        .data = data,
        .n = n,
        .cuts = cuts,
        .max_record = decoder->max_record,
    };
    state->lines = 0;
    cb__hits_cut(&frames, decoder, &state->finder, max, use);
    *used = frames.start;
    return frames.count;
}

static size_t fold_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                        struct cb__cut *cuts, size_t max, size_t *used)
{
    return cut(decoder, data, n, cuts, max, used, use_fold);
}

static size_t lines_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                         struct cb__cut *cuts, size_t max, size_t *used)
{
    return cut(decoder, data, n, cuts, max, used, use_lines);
}

static size_t paragraph_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                             struct cb__cut *cuts, size_t max, size_t *used)
{
    return cut(decoder, data, n, cuts, max, used, use_paragraph);
}

/* ------------------------------------- where decoding may begin (cb_decoder_sync) */

/* Does the byte at `i` begin a record, as far as the bytes before it show? */
typedef bool begins_fn(const uint8_t *data, size_t i);

static bool fold_begins(const uint8_t *data, size_t i)
{
    return i >= 1 && data[i - 1] == '\n' && !is_blank(data[i]);
}

static bool paragraph_begins(const uint8_t *data, size_t i)
{
    if (i < 2 || data[i - 1] != '\n')
        return false;
    return data[i - 2] == '\n' || (i >= 3 && data[i - 2] == '\r' && data[i - 3] == '\n');
}

cb__always_inline int sync_back(const uint8_t *data, size_t n, uint64_t position, uint64_t *place,
                                begins_fn *begins)
{
    size_t i = n;
    while (i-- > 0) {
        if (begins(data, i) || position + i == 0) {
            *place = position + i;
            return CB__YES;
        }
    }
    return CB__NO;
}

static int fold_sync(const struct cb_decoder *decoder, const uint8_t *data, size_t n,
                     uint64_t position, uint64_t *place)
{
    (void)decoder;
    return sync_back(data, n, position, place, fold_begins);
}

static int paragraph_sync(const struct cb_decoder *decoder, const uint8_t *data, size_t n,
                          uint64_t position, uint64_t *place)
{
    (void)decoder;
    return sync_back(data, n, position, place, paragraph_begins);
}

#define DECODER(KIND)                                                                              \
    .state_size = sizeof(struct lines_state), .partial_is_record = true, .takes_all = true,        \
    .open = lines_open, .reset = reset, .advance = KIND##_advance, .cuts = KIND##_cuts,            \
    .cut_short = cut_short

static const struct cb__decoder_ops fold_decoder = {
    DECODER(fold),
    .settle = fold_settle,
    .sync = fold_sync,
};
static const struct cb__decoder_ops lines_decoder = {DECODER(lines)};
static const struct cb__decoder_ops paragraph_decoder = {DECODER(paragraph),
                                                         .sync = paragraph_sync};

/* ---------------------------------------------------------------- encoding */

/* With `refuse_collisions`: what was seen of the current record. */
struct paragraph_encoder {
    uint8_t last; /* byte seen; LF before the first */
    bool cr;      /* the current line is one CR, so far */
};

static int paragraph_encoder_open(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    (void)spec;
    if (encoder->refuse_collisions)
        encoder->traits |= CB_LOOKS;
    return CB_OK;
}

/* A reader would end the record at an empty line, or drop it. */
static int paragraph_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct paragraph_encoder *state = encoder->state;
    if (piece->flags & CB_FIRST)
        *state = (struct paragraph_encoder){.last = '\n'};
    for (size_t i = 0; i < piece->length; i++) {
        const uint8_t byte = piece->data[i];
        if (byte == '\n' && (state->last == '\n' || state->cr))
            return cb__encoder_fail_at(encoder, piece, i, "the record contains an empty line");
        state->cr = byte == '\r' && state->last == '\n';
        state->last = byte;
    }
    if (piece->flags & CB_LAST && (state->last == '\n' || state->last == '\r'))
        return cb__encoder_fail_at(encoder, piece, (uint64_t)piece->length - (piece->total > 0),
                                   "the record is empty or ends in a line end, which a reader "
                                   "would drop");
    return CB_OK;
}

static int paragraph_end(struct cb_encoder *encoder)
{
    return cb__encoder_give(encoder, "\n\n", 2);
}

static const struct cb__encoder_ops paragraph_encoder = {
    .traits = CB_CONSTANT,
    .state_size = sizeof(struct paragraph_encoder),
    .open = paragraph_encoder_open,
    .end = paragraph_end,
    .look = paragraph_look,
};

const struct cb__family cb__fold_family = {
    .keys = cb__lines_keys,
    .config_size = sizeof(struct lines_config),
    .check = lines_check,
    .decode = &fold_decoder,
};

const struct cb__family cb__lines_family = {
    .keys = cb__lines_keys,
    .config_size = sizeof(struct lines_config),
    .check = lines_check,
    .decode = &lines_decoder,
};

const struct cb__family cb__paragraph_family = {
    .keys = paragraph_keys,
    .config_size = sizeof(struct lines_config),
    .decode = &paragraph_decoder,
    .encode = &paragraph_encoder,
};
