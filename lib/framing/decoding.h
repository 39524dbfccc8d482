/* SPDX-License-Identifier: MIT */
/*
 * Decoding: what decoder.c, pieces.c and take.c share of the core of a decoder.
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

/* Has the decoder examined nothing of the next frame? */
static inline bool cb__at_rest(const struct cb_decoder *decoder)
{
    return decoder->found.scan == decoder->found.frame_start && !cb__has_begun(decoder);
}

/* The next frame begins at a position, and has record number `record`. */
static inline void cb__begin_at(struct cb_decoder *decoder, uint64_t position, uint64_t record)
{
    struct cb__core *core = &decoder->core;
    decoder->found = (struct cb__found){
        .scan = position,
        .frame_start = position,
        .payload_start = position,
        .payload_seen = position,
        .payload_at = position,
        .total = CB_UNKNOWN,
        .needed = 1,
    };
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
    if (position > buffer->position)
        cb_skip(buffer, cb__clamp_u64(position - buffer->position));
}

/* Makes sure that the decoder reads this buffer and that nothing in it has moved. */
static inline int cb__attach(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    if (cb__likely(decoder->buffer == buffer && buffer->position <= cb__done_to(decoder)))
        return CB_OK;
    return cb__decoder_meet(decoder, buffer);
}

/* Drops what was given. */
static inline void cb__release(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    const struct cb__core *core = &decoder->core;
    if (cb__unlikely(core->assembled || core->too_long || core->aside || decoder->recovers))
        cb__decoder_release_held(decoder, buffer);
    else
        cb__skip_to(buffer, core->given_to - decoder->found.header);
}

static inline void cb__limit_to(struct cb_decoder *decoder, uint64_t limit)
{
    if (cb__unlikely(decoder->max_record != limit))
        cb__decoder_change_limit(decoder, limit);
}

#endif
