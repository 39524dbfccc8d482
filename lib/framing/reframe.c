/* SPDX-License-Identifier: MIT */
/*
 * Reframe: records from one buffer in one framing to another buffer in another.
 * Layer: base -> ... -> decoder, encode -> reframe.
 *
 * The pieces that the decoder has cut stay with it until the encoder has consumed
 * them, so a call can stop at any byte of the output.
 */
#include "core/appender.h"
#include "framing/decoder.h"
#include "framing/encoder.h"
#include "kernels/rewrite.h"

/* Frames to cut where `splice` left one; more and more until it finds something again. */
enum { CUTS_MIN = 4 };

/* Bytes to splice before it is known whether the frames are short on average. */
enum { SPLICE_MIN = 4096, SHORT_BELOW = 50 };

enum { PAGE = 4096, NEAR = 256 };

/* Input in one call: frames may be put by reference as one chunk, or not at all. */
enum { CALL_INPUT = 16 << 20 };

/* What an encoder needs and a decoder may not provide. */
static bool needs_whole(const struct cb_decoder *decoder, const struct cb_encoder *encoder)
{
    const bool tells = cb_decoder_traits(decoder) & CB_TELLS_LENGTH;
    return encoder->traits & CB_NEEDS_WHOLE || (encoder->traits & CB_NEEDS_LENGTH && !tells);
}

/* The number of records that end in these pieces.  Their numbers have no gaps. */
static size_t count_ended(const struct cb_piece *pieces, size_t count)
{
    if (!count)
        return 0;
    const struct cb_piece *last = &pieces[count - 1];
    return (size_t)(last->record - pieces->record) + ((last->flags & CB_LAST) != 0);
}

/* The number of pieces that belong to the first `records` records. */
static size_t count_pieces(const struct cb_piece *pieces, size_t count, size_t records)
{
    size_t n = 0;
    while (n < count && records)
        records -= (pieces[n++].flags & CB_LAST) != 0;
    return n;
}

/* One call of cb_reframe. */
struct reframing {
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb__appender appender;
    size_t max, ended; /* records */
    size_t part;       /* bytes in which `rewrite` may look for delimiters in vain */
    size_t pieces;     /* to cut if the fast path leaves a frame */
    size_t cuts;       /* ... and if `splice` does */
    size_t most;       /* of struct cb__splice; 0: not known yet */
    bool spent;        /* it has seen that it would leave the next one */
};

/* Passes cut pieces to the encoder, of no more records than are wanted. */
static int hand_over(struct reframing *work)
{
    struct cb__kept *kept = work->decoder->core.kept;
    const struct cb_piece *pieces = kept->pieces + kept->next;
    const size_t max = work->max - work->ended;
    size_t count = kept->count - kept->next, taken;
    if (cb__unlikely(count > max)) /* cut for a call with a larger max */
        count = count_pieces(pieces, count, max);
    int status = cb__encode_all(work->encoder, &work->appender, pieces, count, &taken);
    kept->next += taken;
    work->ended += count_ended(pieces, taken);
    if (kept->next == kept->count)
        cb__decoder_drop_kept(work->decoder);
    return status;
}

/* ------------------------------------------------------------- fast paths */

/* A span is rewritten in parts of at least the first size, if it has so many bytes.  Marked
 * bytes have an end. */
enum { REWRITE_MIN = 4096, REWRITE_MAX = 32768 };

/* Replaces delimiters by others, in few bytes as long as there was none, since all are copied
 * for nothing then.  Returns the number of records. */
static size_t rewrite(struct reframing *work)
{
    const struct cb__bytes *tail = &work->encoder->tail;
    struct cb__appender *appender = &work->appender;
    bool drop_cr;
    const uint8_t *data;
    size_t span, used, made;
    const struct cb__finder *finder = cb__decoder_finder(work->decoder, &drop_cr, &data, &span);
    if (!finder || !cb__rewrite_fits(finder, drop_cr, tail->length))
        return 0;
    /* No more records than bytes. */
    size_t n = cb__min(cb__min(span, work->part), work->max - work->ended);
    if (cb__appender_room(appender, cb__min(n, REWRITE_MIN)) != CB_OK)
        return 0;
    n = cb__min(n, (size_t)(appender->end - appender->to));
    size_t count =
        cb__rewrite(finder, drop_cr, tail->data, tail->length, data, n, appender->to, &used, &made);
    appender->to += made;
    cb__decoder_passed(work->decoder, used, count);
    work->part = count ? SIZE_MAX : REWRITE_MIN;
    work->spent = n == span;
    return count;
}

/* Puts frames that are lines already by reference, if the output has lines. */
static bool refer_lines(struct reframing *work, const uint8_t *data, struct cb__marked *marked)
{
    const struct cb__bytes *tail = &work->encoder->tail;
    struct cb__appender *appender = &work->appender;
    struct cb_memory *block = cb__decoder_block(work->decoder);
    const size_t n = marked->used - marked->from + marked->next;
    if (!marked->lf || n < CB__COPY_BELOW || !tail->length || tail->data[0] != '\n' ||
        !cb__appender_takes(appender, block) || !cb__appender_ready(appender, 1))
        return false;
    cb__appender_push(appender, block, data + marked->from, n);
    marked->open &= !marked->next;
    return true;
}

/* The same where the decoder marks them. */
static size_t rewrite_marked(struct reframing *work)
{
    const struct cb__bytes *tail = &work->encoder->tail;
    struct cb__appender *appender = &work->appender;
    uint64_t marks[REWRITE_MAX / 64 + 2];
    const uint8_t *data;
    struct cb__marked marked;
    if (tail->length > 1 || cb__appender_room(appender, REWRITE_MIN) != CB_OK)
        return 0;
    const size_t room = cb__min((size_t)(appender->end - appender->to), REWRITE_MAX);
    size_t count = cb__decoder_mark(work->decoder, cb__min(room - 1, work->max - work->ended),
                                    marks, &data, &marked);
    if (!count)
        return 0;
    if (!refer_lines(work, data, &marked))
        appender->to += cb__rewrite_marked(marks, tail->data, tail->length, data + marked.from,
                                           marked.used - marked.from, appender->to);
    if (marked.open && tail->length)
        *appender->to++ = tail->data[0];
    cb__decoder_passed(work->decoder, marked.used, count);
    return count;
}

/* Does the output follow the input by less than NEAR bytes, or the other way round, modulo
 * the size of a page? */
static bool is_near(const uint8_t *to, const uint8_t *data)
{
    return ((uintptr_t)to - (uintptr_t)data + NEAR) % PAGE < 2 * NEAR;
}

/* Copies short records while their frames are read, with the bytes around them.  Returns how
 * many. */
static size_t splice(struct reframing *work)
{
    struct cb__appender *appender = &work->appender;
    struct cb__splice splice;
    const uint8_t *data;
    size_t n, used = 0;
    if (!cb__decoder_splices(work->decoder, &data, &n))
        return 0;
    /* No more records than bytes. */
    n = cb__min(cb__min(n, work->most ? n : SPLICE_MIN), work->max - work->ended);
    if (n < CB__SPLICE_ROOM || cb__appender_room(appender, CB__APPEND_ROOM) != CB_OK)
        return 0;
    /* Processors compare the low bits of addresses to see whether a load waits for a store: if
     * both sides went on at the same place of their pages, each header would. */
    if (is_near(appender->to, data) && appender->end - appender->to > PAGE &&
        cb__appender_leave(appender, PAGE / 2) != CB_OK)
        return 0;
    if (!cb__encode_splice(work->encoder, appender, &splice))
        return 0;
    splice.most = work->most ? work->most : CB__SPLICE_STEP;
    splice.longest = cb__min(CB__COPY_BELOW - 1, cb__clamp_u64(work->decoder->max_record));
    const size_t count = work->decoder->ops->splice(work->decoder, data, n, &splice, &used);
    appender->to = splice.to;
    cb__decoder_passed(work->decoder, used, count);
    if (count)
        work->most = used / count < SHORT_BELOW ? CB__SPLICE_STEP / 2 : CB__SPLICE_STEP;
    return count;
}

/* The number of frames from the i-th on, at least one, that cb__encode_cuts does not
 * take. */
static size_t count_long(const struct cb__cuts *found, size_t i)
{
    size_t n = 1;
    while (i + n < found->count && found->cuts[i + n].length >= CB__COPY_BELOW)
        n++;
    return n;
}

/* Passes these frames, from the i-th on, to the encoder as pieces, as many as it does not
 * take otherwise; adds to *taken how many it consumed. */
static int put_pieces(struct reframing *work, struct cb__cuts *found, size_t i, size_t *taken)
{
    const size_t n = count_long(found, i);
    struct cb_piece *pieces = work->decoder->core.kept->pieces;
    size_t count;
    cb__decoder_build(work->decoder, found, i, n, pieces);
    int status = cb__encode_all(work->encoder, &work->appender, pieces, n, &count);
    *taken += count;
    return status;
}

/* Copies short records with the bytes around them, and puts the others as pieces.
 * A record that was begun is kept as a piece. */
static int copy_cuts(struct reframing *work)
{
    struct cb__appender *appender = &work->appender;
    struct cb__cuts found;
    const size_t max = cb__min(work->max - work->ended, work->cuts);
    size_t done = 0;
    int status = CB_OK;
    work->cuts = 4 * cb__min(work->cuts, CB__CUTS / 4);
    cb__decoder_cuts(work->decoder, &found, max);
    while (done < found.count && status == CB_OK) {
        const bool room = cb__appender_room(appender, CB__CUT_ROOM) == CB_OK;
        if (room)
            done += cb__encode_cuts(work->encoder, appender, &found, done);
        if (done == found.count || (room && (size_t)(appender->end - appender->to) < CB__CUT_ROOM))
            continue;
        status = put_pieces(work, &found, done, &done);
    }
    if (work->encoder->step != CB__ENCODE_RECORD)
        cb__decoder_keep(work->decoder, &found, done);
    else if (found.used)
        cb__decoder_took(work->decoder, &found, done);
    work->ended += done;
    work->spent = !found.all;
    return status;
}

/* Whole records, mostly short ones, as many as possible in one go. */
static int pass_frames(struct reframing *work)
{
    const struct cb_encoder *encoder = work->encoder;
    size_t done = 0;
    if (!cb__encode_takes_cuts(work->encoder))
        return CB_OK;
    const bool only_tail = encoder->traits & CB_CONSTANT && !encoder->head.length;
    if (only_tail)
        done = rewrite(work);
    if (only_tail && !done && !work->spent)
        done = rewrite_marked(work);
    if (!done && !work->spent) {
        done = splice(work);
        if (done)
            work->cuts = CUTS_MIN;
    }
    work->ended += done;
    return done || work->spent ? CB_OK : copy_cuts(work);
}

/* Cuts pieces by other means, more and more until the fast path finds something again.
 * Returns as cb_decoder_batch. */
static int cut_pieces(struct reframing *work)
{
    const size_t pieces = cb__min(work->max - work->ended, work->pieces);
    work->spent = false;
    work->pieces = 4 * cb__min(work->pieces, CB__KEPT / 4);
    return cb__decoder_refill(work->decoder, pieces);
}

static int pass_all(struct reframing *work)
{
    const struct cb__found *found = &work->decoder->found;
    const uint64_t start = found->scan;
    int status = CB_OK;
    while (work->ended < work->max) {
        if (cb__decoder_has_kept(work->decoder))
            status = hand_over(work);
        if (status != CB_OK || work->ended == work->max || found->scan - start >= CALL_INPUT)
            break;
        const size_t before = work->ended;
        if (!work->spent)
            status = pass_frames(work);
        if (status != CB_OK)
            break;
        if (work->ended > before) {
            work->pieces = 1; /* the next frame may be the only one */
            continue;
        }
        status = cut_pieces(work);
        if (status != CB_PIECE)
            break;
        status = CB_OK;
    }
    return status;
}

int cb_reframe(struct cb_decoder *decoder, struct cb_encoder *encoder, struct cb_buffer *in,
               struct cb_buffer *out, size_t max, size_t *count)
{
    struct reframing work = {
        .decoder = decoder,
        .encoder = encoder,
        .max = max,
        .part = REWRITE_MIN,
        .pieces = 1,
        .cuts = CB__CUTS,
    };
    if (count)
        *count = 0;
    if (in == out)
        return CB_EINVAL;
    const struct cb_decoder *const followed = encoder->followed;
    int status = cb__decoder_prepare(decoder, in, needs_whole(decoder, encoder));
    if (status == CB_OK)
        status = cb__appender_open(&work.appender, out, true);
    if (status != CB_OK)
        return cb__public(status);
    cb_encoder_follow(encoder, decoder);
    if (encoder->traits & CB_NEEDS_TRAILER)
        cb__decoder_tell_trailers(decoder);
    status = pass_all(&work);
    cb_encoder_follow(encoder, followed);
    cb__appender_close(&work.appender);
    cb__decoder_hold_kept(decoder);
    cb_decoder_release(decoder, in);
    if (count)
        *count = work.ended;
    if (status == CB__FULL && !out->length && !work.ended)
        return CB_ELIMIT;
    return status == CB_OK || status == CB__FULL ? CB_YES : cb__public(status);
}

uint64_t cb_reframe_ahead(const struct cb_decoder *decoder, const struct cb_encoder *encoder,
                          const struct cb_buffer *out)
{
    const unsigned sees = CB_NO_PAYLOAD | CB_LOOKS | CB_NEEDS_WHOLE | CB_TRANSFORMS;
    if (out->length || encoder->step != CB__ENCODE_PIECE || encoder->traits & sees)
        return 0;
    return cb_decoder_ahead(decoder);
}

int cb_reframe_pass(struct cb_decoder *decoder, const struct cb_encoder *encoder,
                    struct cb_buffer *in, uint64_t n)
{
    return encoder->step == CB__ENCODE_PIECE ? cb_decoder_pass(decoder, in, n) : CB_ESTATE;
}
