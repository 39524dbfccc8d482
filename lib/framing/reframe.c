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

/* Passes the cut pieces of at most `max` records to the encoder; adds to *ended the
 * number of records that ended. */
static int hand_over(struct cb_decoder *decoder, struct cb_encoder *encoder,
                     struct cb__appender *appender, size_t max, size_t *ended)
{
    struct cb__kept *kept = decoder->core.kept;
    const struct cb_piece *pieces = kept->pieces + kept->next;
    size_t count = kept->count - kept->next, taken;
    if (cb__unlikely(count > max)) /* cut for a call with a larger max */
        count = count_pieces(pieces, count, max);
    int status = cb__encode_all(encoder, appender, pieces, count, &taken);
    kept->next += taken;
    *ended += count_ended(pieces, taken);
    return status;
}

/* ------------------------------------------------------------- fast paths */

/* A span is rewritten in parts of at least the first size, if it has so many bytes.  Marked
 * bytes have an end. */
enum { REWRITE_MIN = 4096, REWRITE_MAX = 32768 };

/* Replaces delimiters by others.  Returns the number of records. */
static size_t rewrite(struct cb_decoder *decoder, const struct cb_encoder *encoder,
                      struct cb__appender *appender, size_t max)
{
    bool drop_cr;
    const uint8_t *data;
    size_t n, used, made;
    const struct cb__finder *finder = cb__decoder_finder(decoder, &drop_cr, &data, &n);
    if (!finder || !cb__rewrite_fits(finder, drop_cr, encoder->tail.length))
        return 0;
    n = cb__min(n, max); /* no more records than bytes */
    if (cb__appender_room(appender, cb__min(n, REWRITE_MIN)) != CB_OK)
        return 0;
    n = cb__min(n, (size_t)(appender->end - appender->to));
    size_t count = cb__rewrite(finder, drop_cr, encoder->tail.data, encoder->tail.length, data, n,
                               appender->to, &used, &made);
    appender->to += made;
    cb__decoder_passed(decoder, used, count);
    return count;
}

/* The same where the decoder marks them. */
static size_t rewrite_marked(struct cb_decoder *decoder, const struct cb_encoder *encoder,
                             struct cb__appender *appender, size_t max)
{
    uint64_t marks[REWRITE_MAX / 64 + 2];
    const struct cb__bytes *tail = &encoder->tail;
    const uint8_t *data;
    struct cb__marked marked;
    if (tail->length > 1 || cb__appender_room(appender, REWRITE_MIN) != CB_OK)
        return 0;
    const size_t room = cb__min((size_t)(appender->end - appender->to), REWRITE_MAX);
    size_t count = cb__decoder_mark(decoder, cb__min(room - 1, max), marks, &data, &marked);
    if (!count)
        return 0;
    appender->to += cb__rewrite_marked(marks, tail->data, tail->length, data + marked.from,
                                       marked.used - marked.from, appender->to);
    if (marked.open && tail->length)
        *appender->to++ = tail->data[0];
    cb__decoder_passed(decoder, marked.used, count);
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

/* Passes n frames, from the i-th on, to the encoder as pieces; adds to *taken how many
 * it consumed. */
static int put_pieces(struct cb_decoder *decoder, struct cb_encoder *encoder,
                      struct cb__appender *appender, struct cb__cuts *found, size_t i,
                      size_t n, size_t *taken)
{
    struct cb_piece *pieces = decoder->core.kept->pieces;
    size_t count;
    cb__decoder_build(decoder, found, i, n, pieces);
    int status = cb__encode_all(encoder, appender, pieces, n, &count);
    *taken += count;
    return status;
}

/* Copies short records with the bytes around them, and puts the others as pieces.
 * A record that was begun is kept as a piece. */
static int copy_cuts(struct cb_decoder *decoder, struct cb_encoder *encoder,
                     struct cb__appender *appender, size_t max, size_t *ended)
{
    struct cb__cuts found;
    size_t done = 0;
    int status = CB_OK;
    cb__decoder_cuts(decoder, &found, max);
    while (done < found.count && status == CB_OK) {
        const bool room = cb__appender_room(appender, CB__CUT_ROOM) == CB_OK;
        if (room)
            done += cb__encode_cuts(encoder, appender, &found, done);
        if (done == found.count || (room && (size_t)(appender->end - appender->to) < CB__CUT_ROOM))
            continue;
        status =
            put_pieces(decoder, encoder, appender, &found, done, count_long(&found, done), &done);
    }
    if (encoder->step != CB__ENCODE_RECORD)
        cb__decoder_keep(decoder, &found, done);
    else if (found.used)
        cb__decoder_took(decoder, &found, done);
    *ended += done;
    return status;
}

/* Whole short records, as many as possible in one go. */
static int pass_short(struct cb_decoder *decoder, struct cb_encoder *encoder,
                      struct cb__appender *appender, size_t max, size_t *ended)
{
    size_t done = 0;
    if (!cb__encode_takes_cuts(encoder))
        return CB_OK;
    const bool only_tail = encoder->traits & CB_CONSTANT && !encoder->head.length;
    if (only_tail)
        done = rewrite(decoder, encoder, appender, max);
    if (only_tail && !done)
        done = rewrite_marked(decoder, encoder, appender, max);
    *ended += done;
    return done ? CB_OK : copy_cuts(decoder, encoder, appender, max, ended);
}

int cb_reframe(struct cb_decoder *decoder, struct cb_encoder *encoder, struct cb_buffer *in,
               struct cb_buffer *out, size_t max, size_t *count)
{
    struct cb__appender appender;
    const uint64_t out_end = cb__buffer_end(out);
    size_t ended = 0, pieces = 1;
    if (count)
        *count = 0;
    if (in == out)
        return CB_EINVAL;
    const struct cb_decoder *const followed = encoder->followed;
    int status = cb__decoder_prepare(decoder, in, needs_whole(decoder, encoder));
    if (status == CB_OK)
        status = cb__appender_open(&appender, out, true);
    if (status != CB_OK)
        return cb__public(status);
    cb_encoder_follow(encoder, decoder);
    if (encoder->traits & CB_NEEDS_TRAILER)
        cb__decoder_tell_trailers(decoder);
    while (ended < max) {
        if (cb__decoder_has_kept(decoder))
            status = hand_over(decoder, encoder, &appender, max - ended, &ended);
        if (status != CB_OK || ended == max)
            break;
        const size_t before = ended;
        status = pass_short(decoder, encoder, &appender, max - ended, &ended);
        if (status != CB_OK)
            break;
        if (ended > before) {
            pieces = 1; /* the next frame may be the only one that needs another way */
            continue;
        }
        status = cb__decoder_refill(decoder, cb__min(max - ended, pieces));
        if (status != CB_PIECE)
            break;
        status = CB_OK;
        pieces = 4 * cb__min(pieces, CB__KEPT / 4);
    }
    cb_encoder_follow(encoder, followed);
    cb__appender_close(&appender);
    cb_decoder_release(decoder, in);
    if (count)
        *count = ended;
    if (status == CB__FULL && !out->length && !ended && cb__buffer_end(out) == out_end)
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
