/* SPDX-License-Identifier: MIT */
/*
 * Recovery: after damage, the next place where a record can begin.
 *
 * A family says how that place is found (`recovery`): before or after a mark, or anywhere; or
 * reads on in the bad frame itself, to where that ends (`pass`).
 * If the mark is enough it is searched from the byte on that showed the damage, otherwise
 * from the one on that follows the beginning of the bad frame: its length may be wrong, so
 * right ones may be in it.  Such a place is tried like the beginning of a stream: a right
 * frame must begin there, and if that may be chance, another one after it, or at least the
 * header of one, unless the input ends.  So a payload that looks like the beginning of a
 * frame is not taken for one.
 *
 * What is held for this is bounded, and what comes out does not depend on how the input is
 * cut.  A frame is held from its beginning (hold_from), until its record is too long, from
 * its length or as it arrives.  Such a frame is believed from then on: no more of it is held
 * than of any record, and if it turns out to be wrong, the search begins at the byte that
 * shows it, so none of its payload is searched.  A frame that is tried is held all the while,
 * so it must not be much longer than a record may be (TRIED_BEYOND); if it is, it is refused
 * as soon as its length is known.
 *
 * Until the place is found the error stays, so that every other call returns it; what
 * cannot be the place leaves the buffer.
 */
#include "framing/decoding.h"

/* The records of a frame that is tried may be so much longer than allowed, if that is no error. */
enum { TRIED_BEYOND = 1 << 20 };

/* The next place to try, or to search from.  It is not after the end of the buffer: damage
 * shows in a byte of the frame, after all payload that was seen, and bytes leave only at the
 * head. */
static uint64_t begin_search(struct cb_decoder *decoder, const struct cb__recovery *recovery)
{
    const struct cb__found *found = &decoder->found;
    const uint64_t head = decoder->buffer->position;
    uint64_t from = decoder->error.offset;
    if (recovery->frames && cb__holds_frame(decoder))
        from = found->frame_start + !recovery->after;
    decoder->core.lost_from = found->frame_start;
    return from > head ? from : head;
}

/* Looks for the mark from *place on. */
static int find_mark(const struct cb_decoder *decoder, struct cb_buffer *buffer,
                     const struct cb__recovery *recovery, uint64_t *place)
{
    const struct cb__bytes *mark = &recovery->mark;
    const size_t from = cb__clamp_u64(*place - buffer->position);
    size_t at;
    const int status = cb_find(buffer, mark->data, mark->length, from, CB_ALL, &at);
    if (status < 0)
        return status;
    if (status == CB_YES) {
        *place = buffer->position + at + (recovery->after ? mark->length : 0);
        return CB__YES;
    }
    /* The mark may have begun. */
    const uint64_t end = cb__buffer_end(buffer), kept = mark->length - 1;
    if (end - *place > kept)
        *place = end - kept;
    return decoder->finished ? CB__END : CB__MORE;
}

/* Is the payload of the current frame longer than allowed, as far as it is known? */
static bool is_too_long(const struct cb_decoder *decoder)
{
    const struct cb__found *found = &decoder->found;
    const uint64_t end =
        found->payload_end > found->payload_seen ? found->payload_end : found->payload_seen;
    return decoder->core.too_long || end - found->payload_start > decoder->max_record;
}

static void resume(struct cb_decoder *decoder)
{
    if (decoder->ops->resume)
        decoder->ops->resume(decoder);
    else
        decoder->ops->reset(decoder);
}

/* Is a header enough, and there, after so many frames? */
static bool has_begun_right(const struct cb_decoder *decoder, const struct cb__recovery *recovery,
                            uint64_t frames)
{
    return recovery->header && frames && frames + 1 >= recovery->frames && cb__has_begun(decoder);
}

/* Decodes frames one after another without returning anything: as many as are needed, those
 * that are no records included.  CB__YES, CB__NO, CB__MORE. */
static int try_frames(struct cb_decoder *decoder, const struct cb__recovery *recovery)
{
    uint64_t *records = &decoder->core.trial.records;
    while (*records + decoder->left_out < recovery->frames) {
        const int status = decoder->ops->advance(decoder);
        if (has_begun_right(decoder, recovery, *records + decoder->left_out))
            return is_too_long(decoder) ? CB__NO : CB__YES;
        if ((status != CB_OK && status != CB__MORE) || is_too_long(decoder))
            return CB__NO;
        if (status == CB__MORE && !decoder->finished)
            return CB__MORE;
        if (status == CB__MORE)
            return *records + decoder->left_out ? CB__YES : CB__NO;
        if (cb__is_complete(decoder)) {
            cb__decoder_next_frame(decoder);
            ++*records;
        }
    }
    return CB__YES;
}

/* Tries a place like the beginning of a stream, or goes on where the bytes had not come. */
static int try_place(struct cb_decoder *decoder, uint64_t place,
                     const struct cb__recovery *recovery)
{
    struct cb__trial *trial = &decoder->core.trial;
    const uint64_t max_record = decoder->max_record;
    if (decoder->on_overflow != CB_OVERFLOW_FAIL &&
        !cb__add_u64(max_record, TRIED_BEYOND, &decoder->max_record))
        decoder->max_record = UINT64_MAX;
    if (trial->begun) {
        decoder->found = trial->found;
    } else {
        decoder->found.scan = place;
        cb__decoder_next_frame(decoder);
        resume(decoder);
        decoder->left_out = trial->records = 0;
    }
    decoder->trying = true;
    const int status = try_frames(decoder, recovery);
    decoder->trying = false;
    decoder->max_record = max_record;
    trial->begun = status == CB__MORE;
    trial->found = decoder->found;
    return status;
}

/* The next place to try, at or after *place. */
static int next_place(struct cb_decoder *decoder, struct cb_buffer *buffer,
                      const struct cb__recovery *recovery, uint64_t *place)
{
    if (recovery->mark.length)
        return find_mark(decoder, buffer, recovery, place);
    if (*place < cb__buffer_end(buffer))
        return CB__YES;
    return decoder->finished ? CB__END : CB__MORE;
}

/* The place is where the bad frame ends, as the family reads it. */
static int pass_frame(struct cb_decoder *decoder, const struct cb__recovery *recovery,
                      uint64_t *place)
{
    const uint8_t *data;
    size_t n, used;
    int status = CB__MORE;
    for (decoder->found.scan = *place; status == CB__MORE; decoder->found.scan += used) {
        if (!cb__decoder_span(decoder, &data, &n))
            break;
        status = recovery->pass(decoder, data, n, &used);
    }
    *place = decoder->found.scan;
    return status == CB__MORE && decoder->finished ? CB__END : status;
}

/* Finds the place, or sets *place to where the search goes on. */
static int find_place(struct cb_decoder *decoder, struct cb_buffer *buffer,
                      const struct cb__recovery *recovery, uint64_t *place)
{
    if (recovery->pass)
        return pass_frame(decoder, recovery, place);
    const uint64_t back = recovery->after ? recovery->mark.length : 0;
    int status = CB__YES;
    if (decoder->core.trial.begun)
        *place += back;
    while (decoder->core.trial.begun ||
           (status = next_place(decoder, buffer, recovery, place)) == CB__YES) {
        status = try_place(decoder, *place, recovery);
        if (status == CB__YES)
            break;
        *place -= back; /* to the mark */
        if (status == CB__MORE)
            break;
        ++*place;
    }
    return status;
}

bool cb__decoder_recovery(const struct cb_decoder *decoder, struct cb__recovery *recovery)
{
    *recovery = (struct cb__recovery){.after = false};
    return decoder->ops->recovery && decoder->ops->recovery(decoder, recovery);
}

/* Right frames and bad ones may overlap from now on. */
static void begin_sums(struct cb_decoder *decoder, const struct cb__recovery *recovery)
{
    decoder->sums.checksum = recovery->checksum;
    decoder->sums.allocator = decoder->allocator;
}

int cb_decoder_recover(struct cb_decoder *decoder, struct cb_buffer *buffer, uint64_t *lost)
{
    struct cb__recovery recovery;
    const struct cb_error error = decoder->error;
    *lost = 0;
    if (error.code != CB_EMALFORMED || !decoder->recovers || buffer != decoder->buffer ||
        buffer->position > decoder->core.lost_to || cb__decoder_has_kept(decoder) ||
        !cb__decoder_recovery(decoder, &recovery))
        return CB_ESTATE;
    cb__release(decoder, buffer);
    if (decoder->core.assembled)
        cb_skip(decoder->core.assembled, CB_ALL);
    begin_sums(decoder, &recovery);
    uint64_t place = decoder->core.lost_to;
    if (place == CB_UNKNOWN)
        place = begin_search(decoder, &recovery);
    int status = find_place(decoder, buffer, &recovery, &place);
    decoder->error = error;
    if (status == CB__END)
        place = cb__buffer_end(buffer);
    *lost = place - decoder->core.lost_from;
    decoder->found.scan = place;
    cb__decoder_next_frame(decoder);
    cb__skip_to(buffer, place);
    if (status == CB__MORE || status < 0) {
        decoder->core.lost_to = place;
        decoder->found.undecided = cb__buffer_end(buffer) - place;
        return cb__public(status);
    }
    decoder->core.lost_to = CB_UNKNOWN;
    decoder->error = (struct cb_error){.code = CB_OK};
    decoder->scan_cursor = decoder->core.cursor = (struct cb__cursor){0};
    if (status == CB__END)
        decoder->core.stream = CB__STREAM_ENDED;
    else
        resume(decoder);
    return cb__public(status);
}
