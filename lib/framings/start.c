/* SPDX-License-Identifier: MIT */
/*
 * Records that begin with a mark, one of several, which is part of them; bytes before the
 * first mark are a record too.  A record ends when the whole next mark has arrived, or
 * with the input.
 *
 * With `line` a mark counts only at the beginning of a line, with `blank` only after an
 * empty line, as the From lines of mbox files (RFC 4155 appendix A).
 */
#include "framing/decoder.h"
#include "framings/families.h"
#include "framings/shared/hits.h"
#include "search/patterns.h"

struct start_config {
    bool line, blank;
};

/* A record always begins where a mark may. */
struct start_state {
    struct cb__patterns marks; /* at the next byte to examine, which is in the record after
                                  its own mark, or in the next mark; `scan` follows it */
};

static const struct cb__key keys[] = {
    {"", CB__KEY_LIST | CB__KEY_PATTERN, 0},
    {"or", CB__KEY_LIST | CB__KEY_PATTERN, 0},
    {"line", CB__KEY_FLAG, offsetof(struct start_config, line)},
    {"blank", CB__KEY_FLAG, offsetof(struct start_config, blank)},
    {NULL, CB__KEY_FLAG, 0},
};

static bool is_mark(const struct cb__setting *setting)
{
    return cb__bytes_are(&setting->key, "") || cb__bytes_are(&setting->key, "or");
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    size_t bytes = 0;
    (void)data;
    if (!cb__spec_get(spec, ""))
        return cb__error_set(error, CB_EINVAL, spec->name.length,
                             "'start' needs the mark that begins a record, as in 'start:From '");
    for (size_t i = 0; i < spec->count; i++) {
        const struct cb__setting *setting = &spec->settings[i];
        bytes += is_mark(setting) ? setting->value.length : 0;
        if (bytes > CB__PATTERNS_MAX)
            return cb__error_set(error, CB_EINVAL, setting->column,
                                 "the marks have more than %d bytes together", CB__PATTERNS_MAX);
    }
    return CB_OK;
}

/* ---------------------------------------------------------------- decoding */

static enum cb__place place_of(const struct start_config *config)
{
    if (config->blank)
        return CB__AFTER_EMPTY_LINE;
    return config->line ? CB__AT_LINE : CB__ANYWHERE;
}

static int open_decoder(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    struct start_state *state = decoder->state;
    const struct cb_allocator *allocator = decoder->allocator;
    const size_t size = spec->count * sizeof(struct cb__pattern);
    struct cb__pattern *marks = allocator->alloc(allocator->arg, size);
    size_t count = 0;
    if (!marks)
        return CB_ENOMEM;
    for (size_t i = 0; i < spec->count; i++) {
        const struct cb__setting *setting = &spec->settings[i];
        if (is_mark(setting))
            marks[count++] = (struct cb__pattern){
                .data = setting->value.data,
                .wild = setting->wild,
                .length = setting->value.length,
            };
    }
    int status =
        cb__patterns_init(&state->marks, marks, count, place_of(decoder->config.data), allocator);
    allocator->free(allocator->arg, marks, size);
    return status;
}

static void close_decoder(struct cb_decoder *decoder)
{
    struct start_state *state = decoder->state;
    cb__patterns_fini(&state->marks);
}

static void reset(struct cb_decoder *decoder)
{
    struct start_state *state = decoder->state;
    cb__ahead_forget(&state->marks.ahead);
    cb__patterns_start(&state->marks, decoder->found.scan);
}

/* The next mark that begins after the first byte of the record: its position, or
 * UINT64_MAX if it has not arrived. */
static uint64_t next_mark(struct cb_decoder *decoder)
{
    struct start_state *state = decoder->state;
    struct cb__match match;
    const uint8_t *data;
    size_t n;
    if (state->marks.at < decoder->found.scan) /* after the fast path */
        cb__patterns_start(&state->marks, decoder->found.scan);
    for (;;) {
        decoder->found.scan = state->marks.at;
        if (!cb__decoder_span(decoder, &data, &n))
            return UINT64_MAX;
        if (cb__patterns_feed(&state->marks, data, n, &match) == CB__YES &&
            match.start > decoder->found.frame_start)
            return match.start;
    }
}

static int advance(struct cb_decoder *decoder)
{
    const struct start_state *state = decoder->state;
    uint64_t mark = next_mark(decoder);
    if (decoder->found.scan > decoder->found.frame_start)
        decoder->found.state = CB__FOUND_BEGUN;
    if (mark != UINT64_MAX) {
        decoder->found.state = CB__FOUND_COMPLETE;
        decoder->found.scan = decoder->found.payload_seen = mark;
        return CB_OK;
    }
    uint64_t safe = cb__patterns_safe(&state->marks);
    decoder->found.needed = cb__patterns_needed(&state->marks);
    decoder->found.undecided = decoder->found.scan - safe;
    if (safe <= decoder->found.payload_seen)
        return CB__MORE;
    decoder->found.payload_seen = safe;
    return CB_OK;
}

/* No mark ends the last record, so nobody can tell whether it is complete. */
static int cut_short(struct cb_decoder *decoder)
{
    decoder->found.payload_seen = cb__buffer_end(decoder->buffer);
    return CB__NO;
}

/* The record ends here, if a mark could follow. */
static int settle(struct cb_decoder *decoder)
{
    struct start_state *state = decoder->state;
    struct cb__patterns *marks = &state->marks;
    if (marks->at == decoder->found.frame_start || !cb__patterns_may_begin(marks, marks->before))
        return CB__NO;
    decoder->found.scan = decoder->found.payload_seen = marks->at;
    decoder->found.state = CB__FOUND_COMPLETE;
    cb__patterns_start(marks, marks->at);
    return CB__YES;
}

/* ---------------------------------------------------------- the fast path */

/* A mark may begin at `at`.  False if that is for the slow path: the mark may continue in
 * the next span, or its record is too long. */
static inline bool use_candidate(struct cb__frames *frames, const struct cb__patterns *marks,
                                 size_t at, bool exact)
{
    size_t end = exact ? at + marks->longest : at;
    if (!exact) {
        ssize_t length = cb__patterns_run(marks, frames->data, frames->n, &end);
        if (length == CB__UNDECIDED)
            return false;
        at = end - (size_t)length;
        if (!length) {
            frames->next = end;
            return true;
        }
    }
    if (at - frames->start > frames->max_record)
        return false;
    cb__hits_add_some(frames, at - frames->start, at);
    frames->start = at;
    frames->next = end;
    return true;
}

static size_t use_hits(struct cb__frames *frames, struct cb_decoder *decoder, const uint32_t *hits,
                       size_t count, size_t from)
{
    const struct start_state *state = decoder->state;
    const struct cb__patterns *marks = &state->marks;
    const size_t lead = marks->place != CB__ANYWHERE;
    const bool exact = marks->finder.exact && marks->place != CB__AFTER_EMPTY_LINE;
    size_t i = 0;
    for (; i < count; i++) {
        const size_t at = from + hits[i] + lead;
        if (at >= frames->next && !use_candidate(frames, marks, at, exact))
            break;
    }
    return i;
}

static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    struct start_state *state = decoder->state;
    struct cb__patterns *marks = &state->marks;
    struct cb__frames frames = {
        .data = data,
        .n = n,
        .cuts = cuts,
        .max_record = decoder->max_record,
    };
    const size_t lead = marks->place != CB__ANYWHERE;
    /* The LF before the record's own mark is not in the span. */
    *used = 0;
    if (lead && !use_candidate(&frames, marks, 0, false))
        return 0;
    size_t from = cb__hits_cut(&frames, decoder, &marks->finder, max, use_hits);
    if (frames.start)
        cb__ahead_clear(&marks->ahead, decoder->found.scan + frames.start,
                        decoder->found.scan + cb__max(from + lead, frames.next) - lead);
    *used = frames.start;
    return frames.count;
}

/* A search for marks that begins at a seam finds what one from the beginning finds. */
static int sync(const struct cb_decoder *decoder, const uint8_t *data, size_t n, uint64_t position,
                uint64_t *place)
{
    const struct start_state *state = decoder->state;
    size_t seam;
    if (!cb__patterns_seam(&state->marks, data, n, !position, &seam))
        return CB__NO;
    *place = position + seam;
    return CB__YES;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct start_state),
    .partial_is_record = true,
    .takes_all = true,
    .open = open_decoder,
    .close = close_decoder,
    .reset = reset,
    .advance = advance,
    .cuts = cuts,
    .cut_short = cut_short,
    .settle = settle,
    .sync = sync,
};

const struct cb__family cb__start_family = {
    .keys = keys,
    .config_size = sizeof(struct start_config),
    .check = check,
    .decode = &decoder_ops,
};
