/* SPDX-License-Identifier: MIT */
/* Take: whole records into buffers of their own. */
#include "framing/decoding.h"

/* Moves the current record, which is long enough to be truncated or was assembled, to
 * `record`. */
static int take_held(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_buffer *record)
{
    const uint64_t head = buffer->position;
    const uint64_t size = cb__end_of_given(decoder) - decoder->found.payload_start;
    struct cb_buffer *source =
        cb__is_aside(decoder) ? decoder->core.aside : decoder->core.assembled;
    int status;
    if (source) {
        /* Skips dropped records. */
        cb__skip_to(source,
                    cb__is_aside(decoder) ? decoder->core.aside_at : decoder->found.payload_start);
        ssize_t n = cb_take(source, cb__clamp_u64(size), record);
        status = n < 0 ? (int)n : CB_OK;
    } else {
        status = cb__buffer_take_frame(buffer, cb__clamp_u64(decoder->found.payload_start - head),
                                       cb__clamp_u64(size),
                                       cb__clamp_u64(decoder->found.scan - head), record);
    }
    if (status != CB_OK)
        return status;
    cb__decoder_next_record(decoder);
    cb__release(decoder, buffer);
    return CB_PIECE;
}

/* The same for a complete record in the input: the common case. */
static inline int take_whole(struct cb_decoder *decoder, struct cb_buffer *buffer,
                             struct cb_buffer *record)
{
    const uint64_t head = buffer->position;
    int status = cb__buffer_take_frame(
        buffer, cb__clamp_u64(decoder->found.payload_start - head),
        cb__clamp_u64(decoder->found.payload_seen - decoder->found.payload_start),
        cb__clamp_u64(decoder->found.scan - head), record);
    if (status != CB_OK)
        return status;
    cb__begin_at(decoder, decoder->found.scan, decoder->core.record + 1);
    return CB_PIECE;
}

/* The same for a frame that was found ahead. */
static int take_known(struct cb_decoder *decoder, struct cb_buffer *buffer,
                      struct cb_buffer *record)
{
    const struct cb__cut *cut = decoder->core.lookahead.next;
    const size_t lead = cb__lead_of_known(decoder, buffer);
    int status =
        cb__buffer_take_frame(buffer, lead, cut->length, lead + cut->length + cut->trailer, record);
    if (status != CB_OK)
        return status;
    cb__decoder_took_known(decoder);
    return CB_PIECE;
}

/* cb_decoder_take with all that is rare. */
static __attribute__((noinline)) int find_record(struct cb_decoder *decoder,
                                                 struct cb_buffer *buffer, struct cb_buffer *record)
{
    int status = cb__attach(decoder, buffer);
    if (status)
        return cb__public(status);
    if (decoder->error.code)
        return decoder->error.code;
    if (cb__has_given(decoder) || buffer == record || cb__decoder_has_kept(decoder))
        return CB_ESTATE;
    cb__limit_to(decoder, decoder->core.max_taken);
    cb__release(decoder, buffer);
    if (cb__decoder_look_ahead(decoder))
        return take_known(decoder, buffer, record);
    while (status == CB_OK && !cb__is_complete(decoder))
        status = cb__decoder_advance(decoder);
    if (cb__unlikely(decoder->core.too_long) && status == CB__MORE)
        status = cb__decoder_put_aside(decoder);
    if (cb__likely(status == CB_OK))
        return decoder->core.too_long || decoder->core.assembled
                   ? take_held(decoder, buffer, record)
                   : take_whole(decoder, buffer, record);
    if (status == CB__END)
        cb__release(decoder, buffer); /* the end marker */
    return cb__public(status);
}

int cb_decoder_take(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_buffer *record)
{
    const struct cb__cut *cut = decoder->core.lookahead.next;
    if (cb__unlikely(!cb__decoder_knows(decoder, buffer) || buffer->position > decoder->found.scan))
        return find_record(decoder, buffer, record);
    const size_t lead = cb__lead_of_known(decoder, buffer);
    if (!cb__buffer_take_fast(buffer, lead, cut->length, lead + cut->length + cut->trailer, record))
        return find_record(decoder, buffer, record);
    cb__decoder_took_known(decoder);
    return CB_PIECE;
}
