/* SPDX-License-Identifier: MIT */
/*
 * Records that begin with a mark, which is part of them; bytes before the first
 * mark are a record too.  A record ends when the whole next mark has arrived, or
 * with the input.
 */
#include "framing/decoder.h"
#include "framings/families.h"
#include "search/matcher.h"

struct start_config {
    struct cb__bytes mark;
};

/* The matcher is after the mark of the current record, at the next byte to examine; the
 * decoder's `scan` follows it. */
struct start_state {
    struct cb__matcher matcher;
};

static const struct cb__key keys[] = {
    {"", CB__KEY_BYTES, offsetof(struct start_config, mark)},
    {NULL, CB__KEY_FLAG, 0},
};

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct start_config *config = data;
    if (config->mark.length)
        return CB_OK;
    return cb__error_set(error, CB_EINVAL, spec->name.length,
                         "'start' needs the mark that begins a record, as in 'start:From '");
}

static int open_decoder(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    const struct start_config *config = decoder->config.data;
    struct start_state *state = decoder->state;
    const struct cb__needle mark = {.data = config->mark.data, .length = config->mark.length};
    (void)spec;
    return cb__matcher_init(&state->matcher, &mark, 1, decoder->allocator);
}

static void close_decoder(struct cb_decoder *decoder)
{
    struct start_state *state = decoder->state;
    cb__matcher_fini(&state->matcher);
}

static void reset(struct cb_decoder *decoder)
{
    struct start_state *state = decoder->state;
    cb__matcher_forget(&state->matcher);
    cb__matcher_start(&state->matcher, decoder->found.scan);
}

/* The next mark that begins after the first byte of the record: its position, or
 * UINT64_MAX if it has not arrived. */
static uint64_t next_mark(struct cb_decoder *decoder)
{
    struct start_state *state = decoder->state;
    struct cb__match match;
    const uint8_t *data;
    size_t n;
    if (state->matcher.at < decoder->found.scan) /* after the fast path: there is one here */
        cb__matcher_start(&state->matcher, decoder->found.scan + state->matcher.longest);
    for (;;) {
        decoder->found.scan = state->matcher.at;
        if (!cb__decoder_span(decoder, &data, &n))
            return UINT64_MAX;
        if (cb__matcher_feed(&state->matcher, data, n, &match) == CB__YES &&
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
    uint64_t safe = cb__matcher_safe(&state->matcher);
    decoder->found.needed = cb__matcher_needed(&state->matcher);
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

/* The fast path: the whole records of one span that begins with one. */
struct frames {
    const uint8_t *data;
    size_t n, start; /* of the current record */
    size_t behind;   /* after its mark */
    struct cb__cut *cuts;
    size_t count;
};

/* There is a mark at `at`. */
static void cut_record(struct frames *frames, size_t at)
{
    frames->cuts[frames->count] =
        (struct cb__cut){.at = (uint32_t)frames->start, .length = (uint32_t)(at - frames->start)};
    frames->count += at > frames->start;
    frames->start = at;
}

enum { HITS = 256 };

/* Processes candidates; returns how many of them it used.  The next one is for the slow
 * path: its mark may continue in the next span, its record is too long, or the
 * automaton would be faster than examining candidates has been. */
static size_t cut_hits(struct frames *frames, const struct cb_decoder *decoder,
                       const uint32_t *hits, size_t count, size_t from)
{
    const struct start_state *state = decoder->state;
    const struct cb__matcher *matcher = &state->matcher;
    size_t wasted = 0, i = 0;
    for (; i < count; i++) {
        const size_t at = from + hits[i];
        if (at < frames->behind)
            continue;
        if (!matcher->finder.exact) {
            ssize_t length = cb__matcher_at(matcher, frames->data + at, frames->n - at);
            wasted += matcher->longest;
            if (!length && wasted <= 4 * at + 64)
                continue;
            if (length <= 0)
                break;
        }
        if (at - frames->start > decoder->max_record)
            break;
        cut_record(frames, at);
        frames->behind = at + matcher->longest;
    }
    return i;
}

static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    struct start_state *state = decoder->state;
    struct frames frames = {.data = data, .n = n, .cuts = cuts};
    uint32_t hits[HITS + CB__FIND_SLACK];
    size_t from = 0;
    while (frames.count < max) {
        size_t wanted = cb__min(HITS, max - frames.count), scanned;
        size_t found =
            cb__find_all(&state->matcher.finder, data + from, n - from, hits, wanted, &scanned);
        size_t taken = cut_hits(&frames, decoder, hits, found, from);
        from += taken < found ? hits[taken] : scanned;
        if (taken < found || found < wanted)
            break;
    }
    if (frames.start)
        cb__matcher_clear(&state->matcher, decoder->found.scan + frames.behind,
                          decoder->found.scan + cb__max(from, frames.behind));
    *used = frames.start;
    return frames.count;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct start_state),
    .partial_is_record = true,
    .open = open_decoder,
    .close = close_decoder,
    .reset = reset,
    .advance = advance,
    .cuts = cuts,
    .cut_short = cut_short,
};

const struct cb__family cb__start_family = {
    .keys = keys,
    .config_size = sizeof(struct start_config),
    .check = check,
    .decode = &decoder_ops,
};
