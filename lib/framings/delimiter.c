/* SPDX-License-Identifier: MIT */
/*
 * Records that end at a delimiter: delim and line, and the presets on them.
 * A line ends at LF, and one CR before it is dropped with it.
 */
#include <string.h>

#include "../decoder.h"
#include "../encoder.h"
#include "families.h"

struct delimiter_config {
    bool line;
    bool skip_empty;
    struct cb__bytes first; /* what the encoder writes */
};

struct delimiter_state {
    struct cb__matcher matcher; /* its `at` is the decoder's `scan` */
};

static const struct cb__key line_keys[] = {
    {"skip-empty", CB__KEY_FLAG, offsetof(struct delimiter_config, skip_empty)},
    {NULL, CB__KEY_FLAG, 0},
};

static const struct cb__key delimiter_keys[] = {
    {"", CB__KEY_LIST, 0},
    {"or", CB__KEY_LIST, 0},
    {"skip-empty", CB__KEY_FLAG, offsetof(struct delimiter_config, skip_empty)},
    {NULL, CB__KEY_FLAG, 0},
};

static void line_init(void *data, unsigned variant)
{
    (void)variant;
    struct delimiter_config *config = data;
    config->line = true;
    config->first = (struct cb__bytes){.data = (const uint8_t *)"\n", .length = 1};
}

static int delimiter_check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    struct delimiter_config *config = data;
    const struct cb__setting *first = cb__spec_get(spec, "");
    if (!first)
        return cb__error_set(error, CB_EINVAL, spec->name.length,
                             "'delim' needs a delimiter, as in 'delim:;'");
    config->first = first->value;
    return CB_OK;
}

/* ---------------------------------------------------------------- decoding */

static bool is_delimiter(const struct cb__setting *setting)
{
    return cb__bytes_are(&setting->key, "") || cb__bytes_are(&setting->key, "or");
}

static int delimiter_open(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    const struct delimiter_config *config = decoder->config.data;
    struct delimiter_state *state = decoder->state;
    const struct cb_allocator *allocator = decoder->allocator;
    const struct cb__needle one = {.data = config->first.data, .length = config->first.length};
    if (config->line || spec->count <= 1)
        return cb__matcher_init(&state->matcher, &one, 1, allocator);

    size_t count = 0;
    struct cb__needle *needles = allocator->alloc(allocator->arg, spec->count * sizeof *needles);
    if (!needles)
        return CB_ENOMEM;
    for (size_t i = 0; i < spec->count; i++) {
        const struct cb__bytes *value = &spec->settings[i].value;
        if (is_delimiter(&spec->settings[i]))
            needles[count++] = (struct cb__needle){.data = value->data, .length = value->length};
    }
    int status = cb__matcher_init(&state->matcher, needles, count, allocator);
    allocator->free(allocator->arg, needles, spec->count * sizeof *needles);
    return status;
}

static void delimiter_close(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    cb__matcher_fini(&state->matcher);
}

static void delimiter_reset(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    cb__matcher_start(&state->matcher, decoder->scan);
}

/* Is the byte before a position of the current record a CR? */
static bool follows_cr(struct cb_decoder *decoder, uint64_t position)
{
    const uint8_t *data;
    size_t n;
    struct cb__cursor cursor = decoder->scan_cursor;
    return position > decoder->frame_start &&
           cb__buffer_span(decoder->buffer, &cursor, position - 1, &data, &n) && data[0] == '\r';
}

/* A delimiter was found.  False if the record was an empty one that is left
 * out. */
static bool end_record(struct cb_decoder *decoder, const struct cb__match *match)
{
    const struct delimiter_config *config = decoder->config.data;
    uint64_t end = match->start;
    if (config->line && follows_cr(decoder, end))
        end--;
    decoder->scan = match->end;
    if (config->skip_empty && end == decoder->frame_start) {
        cb__decoder_next_record(decoder);
        decoder->record--;
        return false;
    }
    decoder->until = decoder->config.keep ? match->end : end;
    decoder->begun = decoder->complete = true;
    return true;
}

static int delimiter_advance(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    const struct delimiter_config *config = decoder->config.data;
    struct cb__matcher *matcher = &state->matcher;
    struct cb__match match;
    const uint8_t *data;
    size_t n;
    while (cb__decoder_span(decoder, &data, &n)) {
        if (cb__matcher_feed(matcher, data, n, &match) == CB_YES) {
            if (end_record(decoder, &match))
                return CB_OK;
            continue;
        }
        decoder->scan = matcher->at;
        decoder->begun = true;
    }
    uint64_t safe = cb__matcher_safe(matcher);
    if (config->line && follows_cr(decoder, safe))
        safe--; /* LF may follow */
    decoder->needed = cb__matcher_needed(matcher);
    if (safe <= decoder->until)
        return CB_MORE;
    decoder->until = safe;
    return CB_OK;
}

static int delimiter_cut(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    struct cb__match match;
    if (cb__matcher_finish(&state->matcher, &match) == CB_YES) {
        end_record(decoder, &match);
        return CB_YES;
    }
    decoder->until = cb__buffer_end(decoder->buffer);
    return CB_NO;
}

/* Sets the decoder behind the whole records of a span: the next one begins at
 * `start`, and there is no delimiter before `scanned`. */
static void leave_span(struct cb_decoder *decoder, uint64_t start, uint64_t scanned, size_t count)
{
    struct delimiter_state *state = decoder->state;
    if (count) {
        decoder->scan = start;
        decoder->record += count - 1;
        cb__decoder_next_record(decoder);
    } else if (start > decoder->frame_start) { /* empty ones were left out */
        decoder->scan = start;
        cb__decoder_next_record(decoder);
        decoder->record--;
    }
    decoder->scan = scanned > start ? scanned : start;
    decoder->begun = scanned > start;
    cb__matcher_start(&state->matcher, decoder->scan);
}

enum { HITS = 256 };

static size_t delimiter_batch(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                              struct cb_piece *pieces, size_t max)
{
    const struct delimiter_config *config = decoder->config.data;
    const struct delimiter_state *state = decoder->state;
    const struct cb__matcher *matcher = &state->matcher;
    const bool line = config->line, keep = decoder->config.keep;
    const bool exact = matcher->finder.exact;
    const uint64_t base = decoder->scan, first = decoder->record;
    uint32_t hits[HITS];
    size_t count = 0, start = 0, from = 0, wasted = 0;
    n = cb__min(n, CB__FIND_MAX);
    while (count < max) {
        size_t wanted = cb__min(HITS, max - count), scanned;
        size_t found =
            cb__find_all(&matcher->finder, data + from, n - from, hits, wanted, &scanned);
        for (size_t i = 0; i < found; i++) {
            size_t at = from + hits[i];
            if (at < start)
                continue;
            ssize_t length =
                exact ? (ssize_t)matcher->longest : cb__matcher_at(matcher, data + at, n - at);
            wasted += exact ? 0 : matcher->longest;
            if (length == 0 && wasted <= 4 * at + 64)
                continue;
            size_t end = at;
            if (line && end > start && data[end - 1] == '\r')
                end--;
            /* What only the slow path can do: a delimiter that may go on in the
             * next span, one that the automaton finds in less time, and a
             * record that is too long. */
            if (length <= 0 || end - start > decoder->max_record) {
                leave_span(decoder, base + start, base + at, count);
                return count;
            }
            size_t next = at + (size_t)length;
            if (!config->skip_empty || end > start) {
                size_t size = (keep ? next : end) - start;
                pieces[count] = (struct cb_piece){
                    .data = data + start,
                    .length = size,
                    .record = first + count,
                    .offset = base + start,
                    .total = size,
                    .flags = CB_FIRST | CB_LAST,
                };
                count++;
            }
            start = next;
        }
        from += scanned;
        if (found < wanted)
            break;
    }
    leave_span(decoder, base + start, base + from, count);
    return count;
}

static const struct cb__decoder_ops delimiter_decoder = {
    .state_size = sizeof(struct delimiter_state),
    .partial_is_record = true,
    .open = delimiter_open,
    .close = delimiter_close,
    .reset = delimiter_reset,
    .advance = delimiter_advance,
    .batch = delimiter_batch,
    .cut = delimiter_cut,
};

/* ---------------------------------------------------------------- encoding */

static int delimiter_end(struct cb_encoder *encoder)
{
    const struct delimiter_config *config = encoder->config.data;
    return cb__encoder_give(encoder, config->first.data, config->first.length);
}

static const struct cb__encoder_ops delimiter_encoder = {
    .traits = CB_CONSTANT,
    .end = delimiter_end,
};

const struct cb__family cb__delimiter_family = {
    .keys = delimiter_keys,
    .config_size = sizeof(struct delimiter_config),
    .check = delimiter_check,
    .decode = &delimiter_decoder,
    .encode = &delimiter_encoder,
};

const struct cb__family cb__line_family = {
    .keys = line_keys,
    .config_size = sizeof(struct delimiter_config),
    .init = line_init,
    .decode = &delimiter_decoder,
    .encode = &delimiter_encoder,
};
