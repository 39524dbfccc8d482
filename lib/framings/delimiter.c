/* SPDX-License-Identifier: MIT */
/*
 * Records that end at a delimiter: delim and line, and the presets based on them.
 * A line ends at LF, and one CR before it is dropped too.
 */
#include <string.h>

#include "framing/decoder.h"
#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/ending.h"
#include "framings/shared/hits.h"
#include "search/matcher.h"

struct delimiter_config {
    bool line;
    bool skip_empty;
    struct cb__bytes first; /* written by the encoder */
};

struct delimiter_state {
    struct cb__matcher matcher; /* its `at` is the decoder's `scan`, except: */
    bool open;                  /* a record ended before `scan`, and its delimiter may become a
                                   longer one */
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

/* Records of several lines are another family. */
static const struct cb__family *line_choose(const struct cb__spec *spec)
{
    if (cb__spec_get(spec, "fold"))
        return &cb__fold_family;
    return cb__spec_get(spec, "lines") ? &cb__lines_family : &cb__line_family;
}

/* ---------------------------------------------------------------- decoding */

static bool is_delimiter(const struct cb__setting *setting)
{
    return cb__bytes_are(&setting->key, "") || cb__bytes_are(&setting->key, "or");
}

static int init_matcher(struct cb__matcher *matcher, const struct delimiter_config *config,
                        const struct cb__spec *spec, const struct cb_allocator *allocator)
{
    const struct cb__needle one = {.data = config->first.data, .length = config->first.length};
    if (config->line)
        return cb__matcher_init(matcher, &one, 1, allocator);

    size_t count = 0;
    struct cb__needle *needles = allocator->alloc(allocator->arg, spec->count * sizeof *needles);
    if (!needles)
        return CB_ENOMEM;
    for (size_t i = 0; i < spec->count; i++) {
        const struct cb__bytes *value = &spec->settings[i].value;
        if (is_delimiter(&spec->settings[i]))
            needles[count++] = (struct cb__needle){.data = value->data, .length = value->length};
    }
    int status = cb__matcher_init(matcher, needles, count, allocator);
    allocator->free(allocator->arg, needles, spec->count * sizeof *needles);
    return status;
}

static int delimiter_open(struct cb_decoder *decoder, const struct cb__spec *spec)
{
    struct delimiter_state *state = decoder->state;
    return init_matcher(&state->matcher, decoder->config.data, spec, decoder->allocator);
}

static void delimiter_close(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    cb__matcher_fini(&state->matcher);
}

static void delimiter_reset(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    cb__matcher_forget(&state->matcher);
    cb__matcher_start(&state->matcher, decoder->found.scan);
    state->open = false;
}

/* Is the byte before a position of the current record a CR? */
static bool follows_cr(struct cb_decoder *decoder, uint64_t position)
{
    const uint8_t *data;
    size_t n;
    struct cb__cursor cursor = decoder->scan_cursor;
    return position > decoder->found.frame_start &&
           cb__buffer_span(decoder->buffer, &cursor, position - 1, &data, &n) && data[0] == '\r';
}

/* A delimiter was found.  False if the record was an empty one that is dropped. */
static bool end_record(struct cb_decoder *decoder, const struct cb__match *match)
{
    const struct delimiter_config *config = decoder->config.data;
    uint64_t end = match->start;
    if (config->line && follows_cr(decoder, end))
        end--;
    decoder->found.scan = match->end;
    if (config->skip_empty && end == decoder->found.frame_start) {
        cb__decoder_next_frame(decoder);
        return false;
    }
    decoder->found.payload_seen = decoder->config.keep ? match->end : end;
    decoder->found.state = CB__FOUND_COMPLETE;
    return true;
}

/* Skips the bytes that a longer delimiter has beyond the one that ended a record. */
static int delimiter_rest(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    struct cb__matcher *matcher = &state->matcher;
    struct cb__match match;
    const uint8_t *data;
    size_t n;
    while (cb__unlikely(state->open)) {
        decoder->found.undecided = matcher->at - decoder->found.scan;
        if (!cb__buffer_span(decoder->buffer, &decoder->scan_cursor, matcher->at, &data, &n))
            return CB__MORE;
        state->open = cb__matcher_feed(matcher, data, n, &match) != CB__YES;
        if (state->open)
            cb__matcher_pending(matcher, &match);
        decoder->found.scan = match.end;
        cb__decoder_next_frame(decoder);
    }
    return CB_OK;
}

static int delimiter_advance(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    const struct delimiter_config *config = decoder->config.data;
    struct cb__matcher *matcher = &state->matcher;
    struct cb__match match;
    const uint8_t *data;
    size_t n;
    if (cb__unlikely(state->open) && delimiter_rest(decoder) == CB__MORE)
        return CB__MORE;
    if (matcher->at != decoder->found.scan) /* after the fast path */
        cb__matcher_start(matcher, decoder->found.scan);
    while (cb__matcher_known(matcher, cb__buffer_end(decoder->buffer), &match)) {
        if (end_record(decoder, &match))
            return CB_OK;
    }
    while (cb__decoder_span(decoder, &data, &n)) {
        if (cb__matcher_feed(matcher, data, n, &match) == CB__YES) {
            if (end_record(decoder, &match))
                return CB_OK;
            continue;
        }
        decoder->found.scan = matcher->at;
        decoder->found.state = CB__FOUND_BEGUN;
    }
    uint64_t safe = cb__matcher_safe(matcher);
    const bool pending = cb__matcher_pending(matcher, &match);
    /* No other match begins before it, but a longer one may begin where it does. */
    state->open = pending && match.start == safe && !cb__shows_end(decoder);
    if (state->open)
        return end_record(decoder, &match) ? CB_OK : delimiter_rest(decoder);
    if (config->line && follows_cr(decoder, safe))
        safe--; /* LF may follow */
    decoder->found.needed = cb__matcher_needed(matcher);
    decoder->found.undecided = pending ? matcher->at - match.end : 0;
    if (safe <= decoder->found.payload_seen)
        return CB__MORE;
    decoder->found.payload_seen = safe;
    return CB_OK;
}

static int delimiter_cut_short(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    struct cb__match match;
    if (state->open) {
        state->open = false;
        cb__matcher_start(&state->matcher, decoder->found.scan);
        return CB__YES;
    }
    if (cb__matcher_finish(&state->matcher, &match) == CB__YES) {
        end_record(decoder, &match);
        return CB__YES;
    }
    decoder->found.payload_seen = cb__buffer_end(decoder->buffer);
    return CB__NO;
}

/* A delimiter that may become longer is this one. */
static int delimiter_settle(struct cb_decoder *decoder)
{
    struct delimiter_state *state = decoder->state;
    struct cb__match match;
    if (state->open || cb__matcher_finish(&state->matcher, &match) != CB__YES)
        return CB__NO;
    end_record(decoder, &match);
    return CB__YES;
}

/* ---------------------------------------------------------- the fast path */

/* Candidates that are delimiters, all of `length` bytes, without overlaps: the common
 * case, with nothing else in its loop.  Uses all of the hits, of which there are `count`. */
static inline void cut_exact(struct cb__frames *frames, const struct cb__ends *ends)
{
    frames->start = cb__cuts_from_ends(ends, frames->start, frames->cuts + frames->count);
    frames->count += ends->count;
}

/* The same where a record may have a CR that is dropped, or may be too long, which is only
 * checked if `limited`.  Returns how many of the hits it used; the next one ends a record that
 * is too long. */
static inline size_t cut_checked(struct cb__frames *frames, const struct cb__ends *ends, bool line,
                                 bool limited)
{
    const uint8_t *const data = frames->data;
    const uint32_t length = (uint32_t)ends->kept + ends->dropped;
    struct cb__cut *cut = frames->cuts + frames->count;
    uint32_t start = (uint32_t)frames->start;
    const uint32_t *hit = ends->hits, *const hits_end = hit + ends->count;
    for (; hit < hits_end; hit++) {
        const uint32_t at = ends->from + *hit;
        uint32_t end = at + ends->kept;
        if (line)
            end -= data[at - (at > start)] == '\r';
        if (limited && end - start > frames->max_record)
            break;
        *cut++ = cb__cut_of(start, end - start, 0, at + length);
        start = at + length;
    }
    frames->start = start;
    frames->count = (size_t)(cut - frames->cuts);
    return (size_t)(hit - ends->hits);
}

/* Any candidates.  Returns as cut_checked; it also leaves a hit to the slow path if its
 * delimiter may continue in the next span, or if the automaton would be faster than
 * examining candidates has been. */
static size_t cut_any(struct cb__frames *frames, struct cb_decoder *decoder, const uint32_t *hits,
                      size_t count, size_t from)
{
    const struct delimiter_config *config = decoder->config.data;
    const struct delimiter_state *state = decoder->state;
    const struct cb__matcher *matcher = &state->matcher;
    const uint8_t *const data = frames->data;
    size_t examined = 0, i = 0;
    for (; i < count; i++) {
        const size_t at = from + hits[i], start = frames->start;
        size_t end = at;
        if (at < start)
            continue;
        const size_t budget = 4 * at + 64;
        const size_t n = cb__min(frames->n - at, budget - examined);
        ssize_t length = cb__matcher_at(matcher, data + at, n, &examined);
        if (!length)
            continue;
        if (config->line)
            end -= at > start && data[at - 1] == '\r';
        if (length == CB__UNDECIDED)
            break;
        const size_t next = at + (size_t)length;
        const bool empty = config->skip_empty && end == start;
        if (decoder->config.keep)
            end = next;
        if ((!empty && end - start > frames->max_record) || !cb__cut_fits(0, next - end))
            break;
        frames->cuts[frames->count] = cb__cut_of(start, end - start, 0, next);
        frames->count += !empty;
        frames->start = next;
    }
    return i;
}

/* Does every candidate end a record?  (Then none is open: no other is longer.) */
static bool is_exact(const struct cb_decoder *decoder)
{
    const struct delimiter_config *config = decoder->config.data;
    const struct delimiter_state *state = decoder->state;
    const struct cb__finder *finder = &state->matcher.finder;
    bool overlaps = finder->kind == CB__FIND_PAIR && finder->byte[0] == finder->byte[1];
    return finder->exact && !config->skip_empty && !overlaps;
}

static size_t cut_hits(struct cb__frames *frames, struct cb_decoder *decoder, const uint32_t *hits,
                       size_t count, size_t at)
{
    const struct delimiter_config *config = decoder->config.data;
    const struct delimiter_state *state = decoder->state;
    const size_t length = state->matcher.longest, kept = decoder->config.keep ? length : 0;
    const bool line = config->line && !decoder->config.keep;
    if (!is_exact(decoder))
        return cut_any(frames, decoder, hits, count, at);
    const struct cb__ends ends = {
        .hits = hits,
        .count = count,
        .from = (uint32_t)at,
        .kept = (uint16_t)kept,
        .dropped = (uint16_t)(length - kept),
    };
    if (frames->max_record < frames->n)
        return cut_checked(frames, &ends, line, true);
    if (line)
        return cut_checked(frames, &ends, true, false);
    cut_exact(frames, &ends);
    return count;
}

static size_t delimiter_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                             struct cb__cut *cuts, size_t max, size_t *used)
{
    struct delimiter_state *state = decoder->state;
    struct cb__frames frames = {
        .data = data,
        .n = n,
        .cuts = cuts,
        .max_record = decoder->max_record,
    };
    *used = 0;
    if (state->open)
        return 0;
    size_t from = cb__hits_cut(&frames, decoder, &state->matcher.finder, max, cut_hits);
    cb__matcher_clear(&state->matcher, decoder->found.scan + frames.start,
                      decoder->found.scan + from);
    *used = frames.start;
    return frames.count;
}

/* Counting is enough if every candidate ends a record, none is dropped, and lengths do
 * not matter. */
static uint64_t delimiter_skip(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                               uint64_t max, size_t *used)
{
    struct delimiter_state *state = decoder->state;
    size_t last = 0, scanned;
    n = cb__min(n, cb__clamp_u64(max)); /* no more records than bytes */
    if (!is_exact(decoder) || decoder->max_record != UINT64_MAX)
        return 0;
    size_t count = cb__find_count(&state->matcher.finder, data, n, &last, &scanned);
    *used = count ? last + state->matcher.longest : 0;
    cb__matcher_clear(&state->matcher, decoder->found.scan + *used, decoder->found.scan + scanned);
    return count;
}

/* A search for delimiters that begins at a seam finds what one from the beginning finds. */
static int delimiter_sync(const struct cb_decoder *decoder, const uint8_t *data, size_t n,
                          uint64_t position, uint64_t *place)
{
    const struct delimiter_state *state = decoder->state;
    size_t seam;
    if (!cb__matcher_seam(&state->matcher, data, n, !position, &seam))
        return CB__NO;
    *place = position + seam;
    return CB__YES;
}

static const struct cb__finder *delimiter_finder(const struct cb_decoder *decoder, bool *drop_cr)
{
    const struct delimiter_config *config = decoder->config.data;
    const struct delimiter_state *state = decoder->state;
    *drop_cr = config->line;
    if (!is_exact(decoder) || decoder->max_record != UINT64_MAX || decoder->config.keep)
        return NULL;
    return &state->matcher.finder;
}

static const struct cb__decoder_ops delimiter_decoder = {
    .state_size = sizeof(struct delimiter_state),
    .partial_is_record = true,
    .takes_all = true,
    .open = delimiter_open,
    .close = delimiter_close,
    .reset = delimiter_reset,
    .advance = delimiter_advance,
    .cuts = delimiter_cuts,
    .skip = delimiter_skip,
    .finder = delimiter_finder,
    .rest = delimiter_rest,
    .cut_short = delimiter_cut_short,
    .settle = delimiter_settle,
    .sync = delimiter_sync,
};

/* ---------------------------------------------------------------- encoding */

/* With `refuse_collisions`: what was seen of the current record. */
struct collision_state {
    struct cb__ending ending;
    uint64_t length;
    bool cr; /* its last byte is CR */
};

static int encoder_open(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    struct collision_state *state = encoder->state;
    if (!encoder->refuse_collisions)
        return CB_OK;
    encoder->traits |= CB_LOOKS;
    return init_matcher(&state->ending.matcher, encoder->config.data, spec, encoder->allocator);
}

static void encoder_close(struct cb_encoder *encoder)
{
    struct collision_state *state = encoder->state;
    if (encoder->refuse_collisions)
        cb__matcher_fini(&state->ending.matcher);
}

static int encoder_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const struct delimiter_config *config = encoder->config.data;
    struct collision_state *state = encoder->state;
    int status = cb__ending_look(encoder, &state->ending, &config->first, piece);
    if (status)
        return status;
    if (piece->flags & CB_FIRST) {
        state->length = 0;
        state->cr = false;
    }
    state->length += piece->length;
    if (piece->length)
        state->cr = piece->data[piece->length - 1] == '\r';
    if (config->line && state->cr && piece->flags & CB_LAST)
        return cb__encoder_fail_at(encoder, piece, (uint64_t)piece->length - 1,
                                   "the record ends in CR, which would join the line end");
    if (config->skip_empty && !state->length && piece->flags & CB_LAST)
        return cb__encoder_fail_at(encoder, piece, 0, "a reader would drop an empty record");
    return CB_OK;
}

static int delimiter_end(struct cb_encoder *encoder)
{
    const struct delimiter_config *config = encoder->config.data;
    return cb__encoder_give(encoder, config->first.data, config->first.length);
}

static const struct cb__encoder_ops delimiter_encoder = {
    .traits = CB_CONSTANT,
    .state_size = sizeof(struct collision_state),
    .open = encoder_open,
    .close = encoder_close,
    .end = delimiter_end,
    .look = encoder_look,
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
    .listed = cb__lines_keys,
    .config_size = sizeof(struct delimiter_config),
    .init = line_init,
    .choose = line_choose,
    .decode = &delimiter_decoder,
    .encode = &delimiter_encoder,
};
