/* SPDX-License-Identifier: MIT */
#include "counted.h"

#include <string.h>

void cb__counted_reset(struct cb_decoder *decoder, cb__header_fn header)
{
    struct cb__counted *counted = decoder->state;
    memset(decoder->state, 0, decoder->ops->state_size);
    counted->header = header;
    counted->trailer_error = "payload is not followed by its trailer";
}

static int malformed(struct cb_decoder *decoder, size_t used)
{
    const struct cb__counted *counted = decoder->state;
    uint64_t where = counted->frame_is_wrong ? decoder->frame_start : decoder->scan + used;
    return cb__decoder_fail(decoder, CB_EMALFORMED, where, "%s", counted->why);
}

/* The header ends at `scan`. */
static int begin_payload(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    const struct cb__frame *frame = &counted->frame;
    const bool keep = decoder->config.keep;
    uint64_t header = decoder->scan - decoder->frame_start;
    uint64_t end, total = frame->payload;
    bool fits = cb__add_u64(decoder->scan, frame->payload, &end);
    if (fits && keep)
        fits = cb__add_u64(header + frame->trailer.length, total, &total);
    int status = cb__decoder_check_length(decoder, fits ? total : UINT64_MAX);
    if (status)
        return status;
    if (!fits)
        return cb__decoder_fail(decoder, CB_EOVERFLOW, decoder->frame_start,
                                "record is longer than any stream");
    counted->phase = CB__COUNTED_PAYLOAD;
    counted->trailer_at = 0;
    if (!keep)
        decoder->given = decoder->payload_start = decoder->scan;
    decoder->until = decoder->scan;
    decoder->payload_end = end;
    decoder->total = keep && frame->bare_lf ? CB_UNKNOWN : total;
    decoder->begun = true;
    return CB_OK;
}

static int read_header(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    const uint8_t *data;
    size_t n, used;
    int status = CB_MORE;
    while (status == CB_MORE && cb__decoder_span(decoder, &data, &n)) {
        status = counted->header(decoder, data, n, &used);
        if (status == CB_EMALFORMED)
            return malformed(decoder, used);
        decoder->scan += used;
    }
    if (status == CB_END) {
        cb__decoder_next_record(decoder);
        decoder->record--;
    }
    return status == CB_OK ? begin_payload(decoder) : status;
}

/* The bytes that the trailer has at least. */
static size_t least_trailer(const struct cb__frame *frame)
{
    return frame->bare_lf ? 1 : frame->trailer.length;
}

/* What is missing with this much of the payload. */
static uint64_t missing(uint64_t payload, const struct cb__frame *frame)
{
    uint64_t sum;
    return cb__add_u64(payload, least_trailer(frame), &sum) ? sum : UINT64_MAX;
}

/* Compares the trailer with the bytes at hand. */
static int read_trailer(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    const struct cb__bytes *trailer = &counted->frame.trailer;
    const uint8_t *data;
    size_t n;
    while (counted->trailer_at < trailer->length) {
        if (!cb__decoder_span(decoder, &data, &n)) {
            decoder->needed = counted->trailer_at ? trailer->length - counted->trailer_at
                                                  : least_trailer(&counted->frame);
            return CB_MORE;
        }
        bool short_end = counted->frame.bare_lf && !counted->trailer_at && data[0] == '\n';
        if (!short_end && data[0] != trailer->data[counted->trailer_at])
            return cb__decoder_fail(decoder, CB_EMALFORMED, decoder->scan - counted->trailer_at,
                                    "%s", counted->trailer_error);
        counted->trailer_at += short_end ? trailer->length : 1;
        decoder->scan++;
    }
    decoder->until = decoder->config.keep ? decoder->scan : decoder->payload_end;
    decoder->complete = true;
    counted->phase = CB__COUNTED_HEADER;
    return CB_OK;
}

int cb__counted_advance(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    uint64_t before = decoder->until, end = cb__buffer_end(decoder->buffer);
    bool begun = decoder->begun;
    if (counted->phase == CB__COUNTED_HEADER) {
        int status = read_header(decoder);
        if (status)
            return status;
    }
    if (counted->phase == CB__COUNTED_PAYLOAD) {
        decoder->scan = end < decoder->payload_end ? end : decoder->payload_end;
        decoder->until = decoder->scan;
        if (decoder->scan == decoder->payload_end)
            counted->phase = CB__COUNTED_TRAILER;
        else
            decoder->needed = missing(decoder->payload_end - end, &counted->frame);
    }
    int status = CB_MORE;
    if (counted->phase == CB__COUNTED_TRAILER)
        status = read_trailer(decoder);
    bool progress = decoder->until > before || !begun;
    return status == CB_MORE && progress ? CB_OK : status;
}

/* Sets the decoder behind `count` whole records. */
static void leave_frames(struct cb_decoder *decoder, uint64_t scan, size_t count)
{
    if (!count)
        return;
    decoder->scan = scan;
    decoder->record += count - 1;
    cb__decoder_next_record(decoder);
}

/* Is the payload here, with the trailer behind it? */
static bool whole_frame(const struct cb__frame *frame, const uint8_t *payload, size_t n)
{
    const struct cb__bytes *trailer = &frame->trailer;
    if (frame->payload > n || trailer->length > n - (size_t)frame->payload)
        return false;
    return !trailer->length ||
           memcmp(payload + frame->payload, trailer->data, trailer->length) == 0;
}

size_t cb__counted_batch(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                         struct cb_piece *pieces, size_t max)
{
    struct cb__counted *counted = decoder->state;
    const struct cb__frame *frame = &counted->frame;
    const uint64_t base = decoder->scan, first = decoder->record;
    const bool keep = decoder->config.keep;
    size_t count = 0, at = 0, used;
    while (count < max && at < n) {
        int status = counted->header(decoder, data + at, n - at, &used);
        size_t payload = at + used;
        size_t size = (size_t)frame->payload + (keep ? used + frame->trailer.length : 0);
        if (cb__unlikely(status != CB_OK || !whole_frame(frame, data + payload, n - payload) ||
                         size > decoder->max_record)) {
            /* The slow path goes on behind the header. */
            leave_frames(decoder, base + at, count);
            if (status == CB_EMALFORMED) {
                malformed(decoder, used);
                return count;
            }
            decoder->scan += used;
            if (status == CB_OK)
                begin_payload(decoder);
            if (status == CB_END) {
                cb__decoder_next_record(decoder);
                decoder->record--;
                decoder->ended = true;
            }
            return count;
        }
        size_t from = keep ? at : payload;
        pieces[count] = (struct cb_piece){
            .data = data + from,
            .length = size,
            .record = first + count,
            .offset = base + from,
            .total = size,
            .flags = CB_FIRST | CB_LAST,
        };
        count++;
        at = payload + (size_t)frame->payload + frame->trailer.length;
    }
    leave_frames(decoder, base + at, count);
    return count;
}

int cb__counted_cut(struct cb_decoder *decoder)
{
    uint64_t end = cb__buffer_end(decoder->buffer);
    if (!decoder->begun && !decoder->config.keep)
        decoder->given = decoder->payload_start = end; /* not even the header is whole */
    if (!decoder->begun || decoder->config.keep)
        decoder->until = end;
    return CB_NO;
}
