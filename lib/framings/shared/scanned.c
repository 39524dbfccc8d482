/* SPDX-License-Identifier: MIT */
#include "framings/shared/scanned.h"

#include <string.h>

void cb__scanned_reset(struct cb_decoder *decoder, cb__scan_fn scan)
{
    struct cb__scanned *scanned = decoder->state;
    memset(decoder->state, 0, decoder->ops->state_size);
    scanned->scan = scan;
}

/* The payload begins at `scan`. */
static void begin(struct cb_decoder *decoder)
{
    decoder->found.state = CB__FOUND_BEGUN;
    if (!decoder->config.keep)
        decoder->found.payload_start = decoder->found.scan;
    decoder->found.payload_seen = decoder->found.payload_start;
}

static int end(struct cb_decoder *decoder, size_t tail)
{
    struct cb__scanned *scanned = decoder->state;
    decoder->found.payload_seen =
        decoder->config.keep ? decoder->found.scan : decoder->found.scan - tail;
    decoder->found.state = CB__FOUND_COMPLETE;
    scanned->tail = scanned->held = 0;
    scanned->ends_there = false;
    return CB_OK;
}

/* Skips bytes that need not be examined; false if not all of them have arrived. */
static bool jump(struct cb_decoder *decoder)
{
    uint64_t here = cb__buffer_end(decoder->buffer);
    if (decoder->found.payload_end > decoder->found.scan)
        decoder->found.scan = decoder->found.payload_end < here ? decoder->found.payload_end : here;
    return decoder->found.scan >= decoder->found.payload_end;
}

/* All available bytes were examined. */
static int wait(struct cb_decoder *decoder, uint64_t before)
{
    const struct cb__scanned *scanned = decoder->state;
    decoder->found.needed = 1;
    if (decoder->found.payload_end > decoder->found.scan)
        decoder->found.needed = decoder->found.payload_end - decoder->found.scan;
    if (cb__has_begun(decoder))
        decoder->found.payload_seen = decoder->found.scan - scanned->held;
    else if (!decoder->config.keep)
        decoder->found.payload_seen = decoder->found.payload_start = decoder->found.scan;
    return cb__has_begun(decoder) && decoder->found.payload_seen > before ? CB_OK : CB__MORE;
}

/* The byte at `scan` is wrong.  A record that was already too long before it has failed
 * for that reason, as if its bytes had arrived one by one. */
static int fail(struct cb_decoder *decoder, int code)
{
    const struct cb__scanned *scanned = decoder->state;
    int status = CB_OK;
    if (cb__has_begun(decoder)) {
        decoder->found.payload_seen = decoder->found.scan - scanned->held;
        status = cb__decoder_check_length(decoder, decoder->found.payload_seen -
                                                       decoder->found.payload_start);
    }
    return status ? status
                  : cb__decoder_fail(decoder, code, decoder->found.scan, "%s", scanned->why);
}

/* The record is cut short before `scan`, though the input goes on: treats it like an
 * unfinished last record.  CB__MORE: it was dropped. */
static int cut_short(struct cb_decoder *decoder)
{
    const struct cb__scanned *scanned = decoder->state;
    decoder->found.payload_seen = decoder->found.scan;
    int status =
        cb__decoder_check_length(decoder, decoder->found.scan - decoder->found.payload_start);
    if (status)
        return status;
    if (decoder->on_partial == CB_PARTIAL_EMIT)
        return end(decoder, 0);
    if (decoder->on_partial == CB_PARTIAL_FAIL)
        return cb__decoder_fail(decoder, CB_ETRUNCATED, decoder->found.scan, "%s", scanned->why);
    cb__decoder_next_frame(decoder);
    return CB__MORE;
}

int cb__scanned_advance(struct cb_decoder *decoder)
{
    struct cb__scanned *scanned = decoder->state;
    const uint64_t before = decoder->found.payload_seen;
    const uint8_t *data;
    size_t n, used;
    for (;;) {
        if (!jump(decoder))
            return wait(decoder, before);
        if (scanned->ends_there)
            return end(decoder, 0);
        if (!cb__decoder_span(decoder, &data, &n))
            return wait(decoder, before);
        int status = scanned->scan(decoder, data, n, &used);
        decoder->found.scan += used;
        if (status == CB__BEGINS) {
            begin(decoder);
        } else if (status == CB__ENDS) {
            return end(decoder, scanned->tail);
        } else if (status == CB__CUT_SHORT) {
            status = cut_short(decoder);
            if (status != CB__MORE)
                return status;
        } else if (status == CB__END) {
            cb__decoder_next_frame(decoder);
            return CB__END;
        } else if (status != CB__MORE) {
            return fail(decoder, status);
        }
    }
}

int cb__scanned_drop_lines(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct cb__scanned *scanned = decoder->state;
    size_t i = 0, lines = 0;
    for (; i < n && (data[i] == '\n' || (data[i] == '\r' && !scanned->cr)); i++) {
        scanned->cr = data[i] == '\r';
        lines = scanned->cr ? lines : i + 1;
    }
    if (lines) {
        decoder->found.scan += lines;
        cb__decoder_next_frame(decoder);
    }
    *used = i - lines;
    if (i == n || lines)
        return CB__MORE;
    return scanned->cr ? cb__scanned_fail(scanned, "CR without LF between two records") : CB_OK;
}

/* Skips what has arrived since the last record. */
static int drop_rest(struct cb_decoder *decoder)
{
    cb__decoder_next_frame(decoder);
    return CB__MORE;
}

int cb__scanned_cut_short(struct cb_decoder *decoder)
{
    const struct cb__scanned *scanned = decoder->state;
    if (!cb__has_begun(decoder))
        return scanned->cr ? CB__END : drop_rest(decoder);
    decoder->found.payload_seen = cb__buffer_end(decoder->buffer);
    return CB__NO;
}

int cb__scanned_unended(struct cb_decoder *decoder)
{
    int status = cb__scanned_cut_short(decoder);
    return status == CB__NO ? CB__UNENDED : status;
}

int cb__scanned_end(struct cb_decoder *decoder, size_t tail)
{
    if (!cb__has_begun(decoder))
        return drop_rest(decoder);
    end(decoder, tail);
    return CB__YES;
}
