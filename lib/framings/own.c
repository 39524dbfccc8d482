/* SPDX-License-Identifier: MIT */
/*
 * Custom framings: the caller's functions for the header of counted frames, or for the
 * end of scanned ones, and for what an encoder writes.
 *
 * The results of the caller's functions are checked here, and nowhere else.
 */
#include <string.h>

#include "framing/encoder.h"
#include "framings/shared/counted.h"
#include "framings/shared/scanned.h"

enum { PADDING_MAX = INT32_MAX };

/* Sets *data to the bytes from `scan` on, in one piece, and returns how many: at least those that
 * were shown before and the n that follow in their chunk, up to CB_OWN_HEADER.  If they are in
 * several chunks, they are copied to `joined`, which has room for CB_OWN_HEADER; and with them some
 * that follow, so that a long header takes few calls.  (Not all: most headers are short.) */
static size_t join(struct cb_decoder *decoder, size_t shown, size_t n, uint8_t *joined,
                   const uint8_t **data)
{
    const uint64_t at = decoder->found.scan;
    const size_t wanted = shown + n, some = 4 * shown + 64;
    cb__decoder_span(decoder, data, &n);
    if (n >= wanted)
        return n;
    *data = joined;
    return cb__buffer_copyout(decoder->buffer, &decoder->scan_cursor, at,
                              cb__min(wanted > some ? wanted : some, CB_OWN_HEADER), joined);
}

static void reset_arg(const struct cb_own *own)
{
    if (own->reset)
        own->reset(own->arg);
}

static int open_decoder(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    const struct cb_own *own = decoder->config.data;
    (void)spec;
    if (own->flags & CB_OWN_UNENDED)
        decoder->on_partial = CB_PARTIAL_EMIT;
    return CB_OK;
}

/* --------------------------------------------------- frames with a length */

struct own_counted {
    struct cb__counted counted;   /* must come first */
    const char *lie;              /* the error of the custom framing in the last frame tried */
    uint8_t trailer[CB_OWN_ROOM]; /* the expected trailer */
};

/* The error if this cannot describe a frame of which n bytes were shown, or NULL. */
static const char *find_lie(const struct cb_own *own, const struct cb_frame *frame, size_t n)
{
    if (frame->header > n)
        return "header() returned a header longer than its data";
    if (frame->padding > PADDING_MAX)
        return "header() returned more than 2^31 - 1 bytes of padding";
    if (frame->trailer > CB_OWN_ROOM || (frame->trailer && !own->tail))
        return "header() returned a trailer that tail() cannot write";
    if (!frame->header && !frame->payload && !frame->padding && !frame->trailer)
        return "header() returned an empty frame";
    return NULL;
}

static int lie(struct own_counted *state, const char *why)
{
    state->lie = why;
    return CB_EINVAL;
}

/* Gets the expected trailer, once everything that it depends on was seen. */
static int make_trailer(const struct cb_own *own, struct own_counted *state)
{
    memset(state->trailer, 0, sizeof state->trailer);
    if (own->tail(own->arg, state->trailer) == state->counted.frame.trailer.length)
        return CB_OK;
    return lie(state, "tail() wrote a different number of bytes than header() returned");
}

static int take_frame(const struct cb_own *own, struct own_counted *state,
                      const struct cb_frame *frame, size_t n, size_t *used)
{
    struct cb__counted *counted = &state->counted;
    const char *why = find_lie(own, frame, n);
    if (cb__unlikely(why != NULL))
        return lie(state, why);
    counted->frame.payload = frame->payload;
    counted->frame.padding = frame->padding;
    counted->frame.trailer = (struct cb__bytes){.data = state->trailer, .length = frame->trailer};
    counted->trailer_error = frame->why ? frame->why : "payload is not followed by its trailer";
    *used = frame->header;
    return frame->trailer && !own->look ? make_trailer(own, state) : CB_OK;
}

static int is_malformed(struct own_counted *state, const char *why)
{
    state->counted.why = why ? why : "header is wrong";
    return CB_EMALFORMED;
}

/* The frame needs more than the n bytes shown. */
static int wait_for(struct cb_decoder *decoder, size_t needed, size_t n, size_t *used)
{
    if (needed <= n)
        return lie(decoder->state, "header() asked for no more bytes than it was given");
    if (needed > CB_OWN_HEADER)
        return is_malformed(decoder->state, "header is longer than 4096 bytes");
    decoder->found.needed = needed - n;
    *used = n;
    return CB__MORE;
}

/* Asks about the frame whose first n bytes are at `data`. */
static int ask(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct cb_own *own = decoder->config.data;
    struct own_counted *state = decoder->state;
    struct cb_frame frame = {0};
    state->lie = NULL;
    *used = 0;
    n = cb__min(n, CB_OWN_HEADER);
    switch (own->header(own->arg, data, n, &frame)) {
    case CB_YES:
        return take_frame(own, state, &frame, n, used);
    case CB_MORE:
        return wait_for(decoder, frame.needed, n, used);
    case CB_END:
        if (frame.header > n)
            return lie(state, "header() returned an end mark longer than its data");
        *used = frame.header;
        return CB__END;
    case CB_EMALFORMED:
        *used = cb__min(frame.at, n - 1);
        return is_malformed(state, frame.why);
    default:
        return lie(state, "header() returned an unknown result");
    }
}

/* A frame of which part was seen is examined again from its beginning, once enough of
 * it has arrived. (Not on the fast path: there the decoder is at the beginning of a
 * frame.) */
static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    uint8_t joined[CB_OWN_HEADER];
    const uint64_t seen = decoder->found.scan - decoder->found.frame_start;
    if (cb__likely(!seen))
        return ask(decoder, data, n, used);
    if (n < decoder->found.needed) {
        decoder->found.needed -= n;
        *used = n;
        return CB__MORE;
    }
    decoder->found.scan = decoder->found.frame_start;
    n = join(decoder, (size_t)seen, n, joined, &data);
    return ask(decoder, data, n, used);
}

static int look_at_payload(struct cb_decoder *decoder, uint64_t at, const uint8_t *data, size_t n)
{
    const struct cb_own *own = decoder->config.data;
    struct own_counted *state = decoder->state;
    const struct cb__frame *frame = &state->counted.frame;
    own->look(own->arg, at, data, n);
    if (at + n < frame->payload || !frame->trailer.length)
        return CB_OK;
    return make_trailer(own, state);
}

static int advance(struct cb_decoder *decoder)
{
    const struct own_counted *state = decoder->state;
    const int status = cb__counted_advance(decoder);
    if (cb__likely(status != CB_EINVAL))
        return status;
    return cb__decoder_fail(decoder, CB_EINVAL, decoder->found.frame_start, "%s", state->lie);
}

static void reset_counted(struct cb_decoder *decoder)
{
    const struct cb_own *own = decoder->config.data;
    struct own_counted *state = decoder->state;
    cb__counted_reset(decoder, header);
    state->counted.look = own->look ? look_at_payload : NULL;
    state->counted.stateless = true;
    reset_arg(own);
}

static const struct cb__decoder_ops counted_ops = {
    .state_size = sizeof(struct own_counted),
    .tells_length = true,
    .open = open_decoder,
    .reset = reset_counted,
    .advance = advance,
    .cuts = cb__counted_cuts,
    .cut_short = cb__counted_cut_short,
};

/* ------------------------------------------------ records that are scanned */

static int scan_lies(struct cb__scanned *scanned, const char *why)
{
    scanned->why = why;
    return CB_EINVAL;
}

static int ends(const struct cb_decoder *decoder, const struct cb_span *span, size_t n,
                size_t *used)
{
    struct cb__scanned *scanned = decoder->state;
    if (span->used > n || span->tail > span->used)
        return scan_lies(scanned, "scan() returned an end beyond its data");
    if (decoder->found.scan + span->used == decoder->found.frame_start)
        return scan_lies(scanned, "scan() returned an empty frame");
    scanned->tail = span->tail;
    *used = span->used;
    return CB__ENDS;
}

static int goes_on(struct cb_decoder *decoder, const struct cb_span *span, size_t n, size_t *used)
{
    struct cb__scanned *scanned = decoder->state;
    uint64_t end = decoder->found.scan + n;
    if (span->again > n || span->again >= CB_OWN_HEADER)
        return scan_lies(scanned, "scan() asked to see too many bytes again");
    if (span->skip && span->again)
        return scan_lies(scanned, "scan() asked both to see bytes again and to skip some");
    if (!cb__add_u64(end, span->skip, &end)) {
        scanned->why = "record is longer than any stream";
        return CB_EOVERFLOW;
    }
    if (span->skip)
        decoder->found.payload_end = end;
    scanned->held = span->again;
    *used = n;
    return CB__MORE;
}

static int end_of_stream(const struct cb_decoder *decoder, const struct cb_span *span, size_t n,
                         size_t *used)
{
    struct cb__scanned *scanned = decoder->state;
    if (decoder->found.scan != decoder->found.frame_start)
        return scan_lies(scanned, "scan() ended the stream inside a record");
    if (span->used > n)
        return scan_lies(scanned, "scan() returned an end beyond its data");
    *used = span->used;
    return CB__END;
}

static int is_wrong(struct cb__scanned *scanned, const struct cb_span *span, size_t n, size_t *used)
{
    *used = cb__min(span->used, n - 1);
    scanned->held = cb__min(span->tail, *used);
    return cb__scanned_fail(scanned, span->why ? span->why : "record is wrong");
}

static int step(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct cb_own *own = decoder->config.data;
    struct cb__scanned *scanned = decoder->state;
    struct cb_span span = {0};
    uint8_t joined[CB_OWN_HEADER];
    *used = 0;
    if (!cb__has_begun(decoder))
        return CB__BEGINS;
    if (scanned->held) { /* they are shown again */
        decoder->found.scan -= scanned->held;
        n = join(decoder, scanned->held, n, joined, &data);
        scanned->held = 0;
    }
    switch (own->scan(own->arg, data, n, &span)) {
    case CB_YES:
        return ends(decoder, &span, n, used);
    case CB_MORE:
        return goes_on(decoder, &span, n, used);
    case CB_END:
        return end_of_stream(decoder, &span, n, used);
    case CB_EMALFORMED:
        return is_wrong(scanned, &span, n, used);
    default:
        return scan_lies(scanned, "scan() returned an unknown result");
    }
}

static void reset_scanned(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, step);
    reset_arg(decoder->config.data);
}

static const struct cb__decoder_ops scanned_ops = {
    .state_size = sizeof(struct cb__scanned),
    .open = open_decoder,
    .reset = reset_scanned,
    .advance = cb__scanned_advance,
    .cut_short = cb__scanned_cut_short,
};

/* ------------------------------------------------------------------- encoder */

/* In encoder->scratch, which is larger. */
enum { HEAD_AT = 0, TAIL_AT = CB_OWN_ROOM, FINISH_AT = 2 * CB_OWN_ROOM };

struct own_encoder {
    bool has_head; /* `look` had it made for the record that `begin` begins */
    size_t head;   /* bytes of the last one that was made */
    size_t tail;   /* with CB_CONSTANT, its length */
    uint64_t seen; /* bytes of the payload that were shown */
};

static int make_head(struct cb_encoder *encoder, uint64_t length)
{
    const struct cb_own *own = encoder->config.data;
    struct own_encoder *state = encoder->state;
    const char *why = NULL;
    const ssize_t n = own->head ? own->head(own->arg, length, encoder->scratch + HEAD_AT, &why) : 0;
    if (n == CB_EUNENCODABLE)
        return cb__encoder_fail(encoder, "%s", why ? why : "the record has no header");
    if (n < 0 || n > CB_OWN_ROOM)
        return cb__encoder_fail(encoder, "head() returned an unknown result");
    state->head = (size_t)n;
    return CB_OK;
}

/* The same for a function that cannot reject. */
static int make(struct cb_encoder *encoder, size_t (*function)(void *arg, uint8_t *to), size_t at,
                size_t *n)
{
    const struct cb_own *own = encoder->config.data;
    *n = function ? function(own->arg, encoder->scratch + at) : 0;
    if (*n <= CB_OWN_ROOM)
        return CB_OK;
    return cb__encoder_fail(encoder, "tail() or finish() wrote more than 64 bytes");
}

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    struct own_encoder *state = encoder->state;
    const bool made = encoder->traits & CB_CONSTANT || state->has_head;
    int status = made ? CB_OK : make_head(encoder, length);
    state->has_head = false;
    if (status == CB_OK)
        cb__encoder_give(encoder, encoder->scratch + HEAD_AT, state->head);
    return status;
}

static int end(struct cb_encoder *encoder)
{
    const struct cb_own *own = encoder->config.data;
    struct own_encoder *state = encoder->state;
    int status = CB_OK;
    if (!(encoder->traits & CB_CONSTANT))
        status = make(encoder, own->tail, TAIL_AT, &state->tail);
    if (status == CB_OK)
        cb__encoder_give(encoder, encoder->scratch + TAIL_AT, state->tail);
    return status;
}

static int finish(struct cb_encoder *encoder)
{
    const struct cb_own *own = encoder->config.data;
    size_t n;
    int status = make(encoder, own->finish, FINISH_AT, &n);
    if (status == CB_OK)
        cb__encoder_give(encoder, encoder->scratch + FINISH_AT, n);
    return status;
}

static int find_collision(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const struct cb_own *own = encoder->config.data;
    size_t at = 0;
    const char *why = own->collides(own->arg, piece, &at);
    return why ? cb__encoder_fail_at(encoder, piece, (uint64_t)(ptrdiff_t)at, "%s", why) : CB_OK;
}

/* The head is made before the payload is shown. */
static int look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const struct cb_own *own = encoder->config.data;
    struct own_encoder *state = encoder->state;
    int status = CB_OK;
    if (own->collides && encoder->refuse_collisions)
        status = find_collision(encoder, piece);
    if (status != CB_OK || !own->look)
        return status;
    if (piece->flags & CB_FIRST) {
        state->seen = 0;
        status = make_head(encoder, piece->total);
        state->has_head = status == CB_OK;
    }
    if (status != CB_OK)
        return status;
    own->look(own->arg, state->seen, piece->data, piece->length);
    state->seen += piece->length;
    return CB_OK;
}

static void reset_encoder(struct cb_encoder *encoder)
{
    reset_arg(encoder->config.data);
}

static int open_encoder(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    const struct cb_own *own = encoder->config.data;
    struct own_encoder *state = encoder->state;
    const bool constant = own->flags & CB_OWN_CONSTANT;
    (void)spec;
    reset_arg(own);
    if (own->look || (own->collides && encoder->refuse_collisions))
        encoder->traits |= CB_LOOKS;
    if (own->head && !constant)
        encoder->traits |= CB_NEEDS_LENGTH;
    if (!constant)
        return CB_OK;
    encoder->traits |= CB_CONSTANT;
    if (make_head(encoder, 0) != CB_OK || make(encoder, own->tail, TAIL_AT, &state->tail) != CB_OK)
        return CB_EINVAL;
    return CB_OK;
}

static const struct cb__encoder_ops encoder_ops = {
    .state_size = sizeof(struct own_encoder),
    .open = open_encoder,
    .reset = reset_encoder,
    .begin = begin,
    .end = end,
    .finish = finish,
    .look = look,
};

/* --------------------------------------------------------------- both ways */

static const struct cb__family counted_family = {
    .config_size = sizeof(struct cb_own),
    .decode = &counted_ops,
    .encode = &encoder_ops,
};

static const struct cb__family scanned_family = {
    .config_size = sizeof(struct cb_own),
    .decode = &scanned_ops,
    .encode = &encoder_ops,
};

/* Copies the caller's framing; rejects what this version does not know. */
static int read_own(const struct cb_own *theirs, struct cb_own *ours, struct cb_error *error)
{
    const unsigned known = CB_OWN_KEEP | CB_OWN_UNENDED | CB_OWN_CONSTANT;
    *ours = (struct cb_own){.size = sizeof *ours};
    if (theirs && cb__options_read(theirs, ours, sizeof *ours) &&
        cb__flags_known(ours->flags, known))
        return CB_OK;
    return cb__error_set(error, CB_EINVAL, 0, "the framing contains an unknown value");
}

int cb_decoder_new_own(struct cb_decoder **decoder, const struct cb_own *own,
                       const struct cb_decoder_options *options, struct cb_error *error)
{
    struct cb_own ours;
    int status = read_own(own, &ours, error);
    if (status != CB_OK)
        return status;
    if (!ours.header == !ours.scan)
        return cb__error_set(error, CB_EINVAL, 0, "a framing needs either header or scan");
    const struct cb__source source = {
        .family = ours.scan ? &scanned_family : &counted_family,
        .config = &ours,
        .keep = ours.flags & CB_OWN_KEEP,
    };
    return cb__decoder_make(decoder, &source, options, error);
}

int cb_encoder_new_own(struct cb_encoder **encoder, const struct cb_own *own,
                       const struct cb_encoder_options *options, struct cb_error *error)
{
    struct cb_own ours;
    const struct cb__source source = {.family = &counted_family, .config = &ours};
    int status = read_own(own, &ours, error);
    if (status != CB_OK)
        return status;
    if (!ours.head && !ours.tail)
        return cb__error_set(error, CB_EINVAL, 0, "an output framing needs head or tail");
    if (ours.look && ours.flags & CB_OWN_CONSTANT)
        return cb__error_set(error, CB_EINVAL, 0, "a constant framing cannot have look");
    return cb__encoder_make(encoder, &source, options, error);
}
