/* SPDX-License-Identifier: MIT */
/* Whole frames of one span, many at a time: found by the family, and returned, skipped, or passed
 * on for cb_reframe. */
#include "framing/decoding.h"
#include "kernels/find.h"

/* Marks do not pay for records of so many bytes, nor where they end soon.  After that was
 * seen in so many bytes, it is taken to be so for a number of calls. */
enum { MARK_BELOW = 1024, UNMARKED_FROM = 4096, UNMARKED = 16 };

/* What `cuts` finds beyond a frame that is for the slow path is lost, and a kernel may look for
 * the end of such a frame in all that has arrived.  So after a try that did not get far, it is
 * asked for no more than twice as many frames as that found, in four times as many bytes as have
 * passed since.  If hardly any were found though so many bytes are left, it is not tried for a
 * number of frames, which doubles each time. */
enum { UNCUT_FROM = 256, UNCUT_MAX = 15, AT_ONCE_MIN = 2, REACH_MIN = 512 };

/* The available whole frames.  Cheap if there are none. */
static inline bool frames_at_hand(struct cb_decoder *decoder, const uint8_t **data, size_t *n)
{
    if (!cb__at_frame(decoder) || !cb__decoder_span(decoder, data, n))
        return false;
    *n = cb__min(*n, CB__FIND_MAX);
    return true;
}

/* Advances over `count` whole records, of `used` bytes including dropped ones. */
static inline void pass_frames(struct cb_decoder *decoder, size_t used, uint64_t count)
{
    cb__begin_at(decoder, decoder->found.scan + used, decoder->core.record + count);
}

/* May whole frames be searched for?  The end of one is not in its cut. */
static inline bool finds_cuts(const struct cb_decoder *decoder)
{
    return decoder->ops->cuts && !decoder->trailers;
}

/* Is it better not to try? */
static inline bool is_uncut(struct cb_decoder *decoder)
{
    if (cb__likely(!decoder->core.uncut))
        return false;
    decoder->core.uncut--;
    return true;
}

/* In how many bytes to look for frames, after so many have passed. */
static inline size_t reach_for(uint64_t bytes)
{
    return bytes < CB__FIND_MAX / 4 ? 4 * (size_t)bytes + REACH_MIN : CB__FIND_MAX;
}

/* Asks the family for frames: at most *max in *n bytes, or fewer, to which both are set.  Returns
 * how many it found; they take up *used bytes. */
static inline size_t try_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t *n,
                              struct cb__cut *cuts, size_t *max, size_t *used)
{
    struct cb__core *core = &decoder->core;
    const uint64_t place = decoder->found.scan;
    if (place > core->tried_to && reach_for(place - core->tried_to) > core->reach)
        core->reach = reach_for(place - core->tried_to);
    *n = cb__min(*n, core->reach);
    *max = cb__min(*max, core->at_once);
    const size_t count = decoder->ops->cuts(decoder, data, *n, cuts, *max, used);
    core->tried_to = place + *used;
    if (*used >= *n / 2)
        core->reach = cb__min(2 * core->reach, CB__FIND_MAX);
    else if (count < *max)
        core->reach = reach_for(*used);
    if (count == *max)
        core->at_once = cb__min(2 * core->at_once, CB__CUTS);
    else if (*n - *used >= UNCUT_FROM)
        core->at_once = count < AT_ONCE_MIN ? AT_ONCE_MIN : cb__min(2 * count, CB__CUTS);
    return count;
}

/* Decides when the next try is made: this one found `count` of the frames asked for, which take up
 * `used` of n bytes. */
static inline void note_try(struct cb_decoder *decoder, size_t asked, size_t count, size_t used,
                            size_t n)
{
    struct cb__core *core = &decoder->core;
    const bool stopped = count < asked && n - used >= UNCUT_FROM;
    if (used && (!stopped || count >= CB__BATCH_MIN || used >= UNCUT_FROM)) {
        core->uncut_next = 0;
    } else if (stopped) {
        core->uncut = core->uncut_next;
        core->uncut_next = core->uncut < UNCUT_MAX ? 2 * core->uncut + 1 : UNCUT_MAX;
    }
}

size_t cb__decoder_cuts(struct cb_decoder *decoder, struct cb__cuts *found, size_t max)
{
    const struct cb__decoder_ops *ops = decoder->ops;
    size_t n;
    found->count = found->used = 0;
    found->all = false;
    found->place = CB__CUTS_IN_SPAN;
    const bool unpacks = ops->unpack && decoder->core.assembled && !decoder->trailers;
    if (max < CB__BATCH_MIN || !(finds_cuts(decoder) || unpacks) ||
        !frames_at_hand(decoder, &found->data, &n))
        return 0;
    if (is_uncut(decoder))
        return 0;
    max = cb__min(max, CB__CUTS);
    found->base = decoder->found.scan;
    found->record = decoder->core.record;
    found->block = cb__decoder_block(decoder);
    size_t asked = max, searched = n;
    if (ops->cuts)
        found->count =
            try_cuts(decoder, found->data, &searched, found->cuts, &asked, &found->used);
    if (cb__unlikely(unpacks) && !found->used) {
        asked = max;
        searched = n;
        cb__decoder_unpack(decoder, found, n, max);
    }
    note_try(decoder, asked, found->count, found->used, searched);
    found->all = found->count == asked;
    return found->count;
}

void cb__decoder_took(struct cb_decoder *decoder, const struct cb__cuts *found, size_t count)
{
    const size_t part = count ? cb__cuts_end(found, count - 1) : 0;
    pass_frames(decoder, count == found->count ? found->used : part, count);
}

void cb__decoder_build(const struct cb_decoder *decoder, struct cb__cuts *found, size_t first,
                       size_t count, struct cb_piece *pieces)
{
    if (cb__unlikely(found->place != CB__CUTS_IN_SPAN)) {
        cb__decoder_build_unpacked(decoder, found, first, count, pieces);
        return;
    }
    const struct cb_piece span = cb__piece_at_span(found->data, found->block, decoder->found.scan,
                                                   decoder->core.record + first);
    cb__cuts_to_pieces(found->cuts + first, count, &span, pieces);
}

/* Continues with the frames found ahead, if the decoder has come over some of them by
 * other means. */
static bool catch_up(const struct cb_decoder *decoder, struct cb__lookahead *ahead)
{
    if (ahead->shape != decoder->buffer->shape)
        return false;
    while (ahead->place < decoder->found.scan)
        cb__pass_known(ahead);
    return ahead->place == decoder->found.scan;
}

bool cb__decoder_look_ahead(struct cb_decoder *decoder)
{
    struct cb__lookahead *ahead = &decoder->core.lookahead;
    const uint8_t *data;
    size_t n, used;
    if (!finds_cuts(decoder) || !frames_at_hand(decoder, &data, &n))
        return false;
    if (catch_up(decoder, ahead))
        return true;
    if (is_uncut(decoder))
        return false;
    const uint64_t place = decoder->found.scan;
    size_t max = CB__AHEAD_CUTS;
    n = cb__min(n, CB__AHEAD_BYTES);
    const size_t count = try_cuts(decoder, data, &n, ahead->cuts, &max, &used);
    note_try(decoder, max, count, used, n);
    ahead->next = ahead->cuts;
    ahead->end = ahead->cuts + count;
    ahead->place = count ? place : CB__NOWHERE;
    ahead->base = place;
    ahead->data = data;
    ahead->block = cb__decoder_block(decoder);
    ahead->shape = decoder->buffer->shape;
    cb__begin_at(decoder, place, decoder->core.record); /* `cuts` may have set `needed` */
    return count > 0;
}

size_t cb__decoder_give_frames(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max)
{
    struct cb__cuts found;
    size_t done = 0;
    do {
        cb__decoder_cuts(decoder, &found, max - done);
        if (found.count)
            cb__decoder_build(decoder, &found, 0, found.count, pieces + done);
        if (found.used)
            cb__decoder_took(decoder, &found, found.count);
        done += found.count;
    } while (found.all || (found.count && decoder->ops->unpack));
    return done;
}

void cb__decoder_skip_frames(struct cb_decoder *decoder, uint64_t max)
{
    struct cb__cuts found;
    const uint8_t *data;
    size_t n, used = 0;
    uint64_t count = 0;
    if (decoder->ops->skip && frames_at_hand(decoder, &data, &n))
        count = decoder->ops->skip(decoder, data, n, max, &used);
    if (used)
        pass_frames(decoder, used, count);
    if (count)
        return;
    do {
        cb__decoder_cuts(decoder, &found, cb__clamp_u64(max));
        if (found.used)
            cb__decoder_took(decoder, &found, found.count);
        max -= found.count;
    } while (found.used);
}

/* ------------------------------------------------------------ for cb_reframe */

void cb__decoder_keep(struct cb_decoder *decoder, struct cb__cuts *found, size_t count)
{
    struct cb__kept *kept = decoder->core.kept;
    kept->next = 0;
    kept->count = kept->held = 1;
    cb__decoder_build(decoder, found, count, 1, kept->pieces);
    cb__decoder_took(decoder, found, count + 1);
}

const struct cb__finder *cb__decoder_finder(struct cb_decoder *decoder, bool *drop_cr,
                                            const uint8_t **data, size_t *n)
{
    if (!decoder->ops->finder || decoder->whole || !frames_at_hand(decoder, data, n))
        return NULL;
    return decoder->ops->finder(decoder, drop_cr);
}

bool cb__decoder_splices(struct cb_decoder *decoder, const uint8_t **data, size_t *n)
{
    return decoder->ops->splice && !decoder->trailers && !decoder->config.keep &&
           frames_at_hand(decoder, data, n);
}

void cb__decoder_passed(struct cb_decoder *decoder, size_t used, size_t count)
{
    pass_frames(decoder, used, count);
}

size_t cb__decoder_mark(struct cb_decoder *decoder, size_t most, uint64_t *marks,
                        const uint8_t **data, struct cb__marked *marked)
{
    size_t n;
    if (!decoder->ops->mark || decoder->whole || !frames_at_hand(decoder, data, &n))
        return 0;
    if (decoder->core.unmarked) {
        decoder->core.unmarked--;
        return 0;
    }
    n = cb__min(n, most);
    marks[(n + 63) / 64] = 0;
    const size_t count = decoder->ops->mark(decoder, *data, n, marked, marks);
    const size_t done = count ? marked->used - marked->from : 0;
    if (n >= UNMARKED_FROM && (done < n / 2 || done / MARK_BELOW >= count))
        decoder->core.unmarked = UNMARKED;
    return count;
}

struct cb_memory *cb__decoder_block(struct cb_decoder *decoder)
{
    return cb__buffer_block(decoder->buffer, &decoder->scan_cursor, decoder->found.scan);
}
