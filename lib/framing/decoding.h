/* SPDX-License-Identifier: MIT */
/*
 * Decoding: what decoder.c, pieces.c, spans.c and take.c share of the core of a decoder.
 * Layer: base -> ... -> decoder -> decoding.
 */
#ifndef CB_DECODING_H
#define CB_DECODING_H

#include "framing/decoder.h"

/* The first call for a stream, or one with another buffer; see cb__attach. */
int cb__decoder_meet(struct cb_decoder *decoder, struct cb_buffer *buffer);

/* Drops what was returned, if something is kept in place of the input. */
void cb__decoder_release_held(struct cb_decoder *decoder, struct cb_buffer *buffer);

/* One step further: CB_OK if there may be something to return. */
int cb__decoder_advance(struct cb_decoder *decoder);

/* If a truncated record that is held until its frame ends has arrived as far as it will
 * be returned, keeps that, so the rest need not be kept.  CB__MORE, or CB_ENOMEM. */
int cb__decoder_put_aside(struct cb_decoder *decoder);

/* How this decoder finds the next frame after damage; false if it cannot. */
bool cb__decoder_recovery(const struct cb_decoder *decoder, struct cb__recovery *recovery);

/* For cb__decoder_cuts: unpacks frames of the span, which has n bytes, at most `max`. */
void cb__decoder_unpack(struct cb_decoder *decoder, struct cb__cuts *found, size_t n, size_t max);

/* For cb__decoder_build: the pieces of those. */
void cb__decoder_build_unpacked(const struct cb_decoder *decoder, struct cb__cuts *found,
                                size_t first, size_t count, struct cb_piece *pieces);

/* The least number of pieces for which whole frames are searched for. */
enum { CB__BATCH_MIN = 4 };

/* The fast path: the pieces of whole records in the span where the frame begins, or skips them,
 * at most `max`. */
size_t cb__decoder_give_frames(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max);
void cb__decoder_skip_frames(struct cb_decoder *decoder, uint64_t max);

/* What cb__cut_piece needs for the cuts of a span. */
static inline struct cb_piece cb__piece_at_span(const uint8_t *data, struct cb_memory *block,
                                                uint64_t base, uint64_t record)
{
    return (struct cb_piece){
        .data = data,
        .record = record,
        .offset = base,
        .block = block,
        .flags = CB_FIRST | CB_LAST,
    };
}

/* See cb__limit_to. */
void cb__decoder_change_limit(struct cb_decoder *decoder, uint64_t limit);

static inline bool cb__has_given(const struct cb_decoder *decoder)
{
    return decoder->core.given == CB__GIVEN_SOME;
}

static inline bool cb__has_ended(const struct cb_decoder *decoder)
{
    return decoder->core.stream == CB__STREAM_ENDED;
}

/* Is the current frame held from its beginning, so that after damage what is in it can be
 * searched? */
static inline bool cb__holds_frame(const struct cb_decoder *decoder)
{
    return decoder->recovers && !decoder->core.too_long && !decoder->core.assembled;
}

/* Has the decoder examined nothing of the next frame? */
static inline bool cb__at_rest(const struct cb_decoder *decoder)
{
    return decoder->found.scan == decoder->found.frame_start && !cb__has_begun(decoder);
}

/* The next frame begins at a position, and has record number `record`. */
static inline void cb__begin_at(struct cb_decoder *decoder, uint64_t position, uint64_t record)
{
    struct cb__core *core = &decoder->core;
    struct cb__found *found = &decoder->found;
    /* (One by one: to clear the struct first, compilers use an instruction that takes as
     * long as all the rest.) */
    found->state = CB__FOUND_NOTHING;
    found->scan = found->frame_start = position;
    found->payload_start = found->payload_seen = found->payload_at = position;
    found->payload_end = found->header = found->undecided = 0;
    found->total = CB_UNKNOWN;
    found->needed = 1;
    core->record = record;
    core->given = CB__GIVEN_NOTHING;
    core->given_to = position;
    core->too_long = false;
    core->aside_at = CB_UNKNOWN;
    if (cb__unlikely(core->assembled)) {
        const uint64_t end = cb__buffer_end(core->assembled);
        decoder->found.payload_start = decoder->found.payload_seen = core->given_to = end;
    }
}

/* Where a record of maximum length would end. */
static inline uint64_t cb__limit_of(const struct cb_decoder *decoder)
{
    uint64_t limit;
    return cb__add_u64(decoder->found.payload_start, decoder->max_record, &limit) ? limit
                                                                                  : UINT64_MAX;
}

/* Was the beginning of the current, truncated record put aside? */
static inline bool cb__is_aside(const struct cb_decoder *decoder)
{
    return decoder->core.aside_at != CB_UNKNOWN;
}

/* The position of the next byte to return among those put aside. */
static inline uint64_t cb__given_aside(const struct cb_decoder *decoder)
{
    return decoder->core.aside_at + (decoder->core.given_to - decoder->found.payload_start);
}

/* The payload before this is no longer needed at its source. */
static inline uint64_t cb__payload_done(const struct cb_decoder *decoder)
{
    if (cb__likely(!decoder->core.too_long))
        return decoder->core.given_to - (decoder->core.assembled ? 0 : decoder->found.header);
    return cb__is_aside(decoder) || decoder->core.given_to >= cb__limit_of(decoder)
               ? decoder->found.payload_seen
               : decoder->core.given_to;
}

/* The input bytes before this are no longer needed. */
static inline uint64_t cb__done_to(const struct cb_decoder *decoder)
{
    return cb__unlikely(decoder->core.assembled) ? decoder->found.scan : cb__payload_done(decoder);
}

/* The end of the bytes to return from the current record: nothing beyond its maximum
 * length. */
static inline uint64_t cb__end_of_given(const struct cb_decoder *decoder)
{
    if (cb__likely(!decoder->core.too_long && !decoder->error.code))
        return decoder->found.payload_seen;
    return decoder->found.payload_seen < cb__limit_of(decoder) ? decoder->found.payload_seen
                                                               : cb__limit_of(decoder);
}

/* Where the payload of the current record begins in the input. */
static inline uint64_t cb__payload_in_input(const struct cb_decoder *decoder)
{
    return decoder->core.assembled ? decoder->found.payload_at : decoder->found.payload_start;
}

static inline void cb__skip_to(struct cb_buffer *buffer, uint64_t position)
{
    if (position <= buffer->position)
        return;
    const size_t n = cb__clamp_u64(position - buffer->position);
    if (n >= buffer->length || !cb__buffer_drop(buffer, n))
        cb_skip(buffer, n);
}

/* Makes sure that the decoder reads this buffer and that nothing in it has moved. */
static inline int cb__attach(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    if (cb__likely(decoder->buffer == buffer && buffer->position <= cb__done_to(decoder)))
        return CB_OK;
    return cb__decoder_meet(decoder, buffer);
}

/* Do returned pieces hold their blocks? */
static inline bool cb__holds_given(const struct cb_decoder *decoder)
{
    const struct cb__kept *kept = decoder->core.kept;
    return cb__unlikely(kept != NULL) && kept->held < kept->count && kept->next == kept->count;
}

/* Drops what was given. */
static inline void cb__release(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    const struct cb__core *core = &decoder->core;
    if (cb__holds_given(decoder))
        cb__decoder_drop_kept(decoder);
    if (cb__unlikely(core->assembled || core->too_long || core->aside || decoder->recovers))
        cb__decoder_release_held(decoder, buffer);
    else
        cb__skip_to(buffer, core->given_to - decoder->found.header);
}

/* May `cuts` be called here? */
static inline bool cb__at_frame(const struct cb_decoder *decoder)
{
    return cb__at_rest(decoder) && !cb__has_ended(decoder) && !decoder->error.code;
}

/* Forgets the frames that were found ahead. */
static inline void cb__forget_ahead(struct cb_decoder *decoder)
{
    decoder->core.lookahead.place = CB__NOWHERE;
}

/* Finds frames ahead, unless they are known: false if the next one is for `advance`.
 * What was returned has been released. */
bool cb__decoder_look_ahead(struct cb_decoder *decoder);

/* Was the next frame found ahead in this buffer?  (The buffer may have lost it
 * meanwhile.) */
static inline bool cb__decoder_knows(const struct cb_decoder *decoder,
                                     const struct cb_buffer *buffer)
{
    const struct cb__lookahead *ahead = &decoder->core.lookahead;
    return decoder->buffer == buffer && ahead->place == decoder->found.scan &&
           ahead->shape == buffer->shape && !cb__has_begun(decoder);
}

/* Releases what was returned before the next frame, which is known; false if that needs
 * more than a few instructions, or the frame is not there any more: then it is
 * in no chunk, however far the head has moved. */
static inline bool cb__decoder_drop_fast(const struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    return cb__buffer_drop(buffer, cb__clamp_u64(decoder->found.scan - buffer->position));
}

/* The bytes of the buffer before the payload of the next frame, which is known. */
static inline size_t cb__lead_of_known(const struct cb_decoder *decoder,
                                       const struct cb_buffer *buffer)
{
    const struct cb__lookahead *ahead = &decoder->core.lookahead;
    return cb__clamp_u64(ahead->base + ahead->next->at - buffer->position);
}

/* Goes on to the frame after the next one. */
static inline uint64_t cb__pass_known(struct cb__lookahead *ahead)
{
    const uint64_t end = ahead->base + cb__cut_end(ahead->next);
    ahead->place = ++ahead->next < ahead->end ? end : CB__NOWHERE;
    return end;
}

/* The next frame, which is known, was returned: as cb__begin_at, where most is as it
 * should be already. */
static inline void cb__decoder_took_known(struct cb_decoder *decoder)
{
    struct cb__found *found = &decoder->found;
    const uint64_t end = cb__pass_known(&decoder->core.lookahead);
    if (cb__unlikely(decoder->core.assembled)) {
        cb__begin_at(decoder, end, decoder->core.record + 1);
        return;
    }
    found->scan = found->frame_start = end;
    found->payload_start = found->payload_seen = found->payload_at = end;
    decoder->core.given_to = end;
    decoder->core.record++;
}

static inline void cb__limit_to(struct cb_decoder *decoder, uint64_t limit)
{
    if (cb__unlikely(decoder->max_record != limit))
        cb__decoder_change_limit(decoder, limit);
}

#endif
