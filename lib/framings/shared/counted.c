/* SPDX-License-Identifier: MIT */
#include "framings/shared/counted.h"

#include <inttypes.h>
#include <string.h>

void cb__counted_reset(struct cb_decoder *decoder, cb__header_fn header)
{
    struct cb__counted *counted = decoder->state;
    memset(decoder->state, 0, decoder->ops->state_size);
    counted->header = header;
    counted->trailer_error = "payload is not followed by its trailer";
}

void cb__counted_apply(struct cb_decoder *decoder, const struct cb__byte_rules *rules,
                       const char *what)
{
    struct cb__counted *counted = decoder->state;
    counted->rules = rules->count ? rules : NULL;
    counted->rules_of = what;
}

/* Where the current frame begins; a record may begin before it. */
static uint64_t frame_at(const struct cb_decoder *decoder)
{
    const struct cb__counted *counted = decoder->state;
    return counted->continues ? counted->frame_at : decoder->found.frame_start;
}

static int breaks_rule(struct cb_decoder *decoder)
{
    const struct cb__counted *counted = decoder->state;
    const struct cb__byte_rule *rule = counted->broken;
    const int n = (int)cb__min(rule->text.length, 80);
    const char *text = (const char *)rule->text.data;
    decoder->found.scan = frame_at(decoder) + rule->at;
    return cb__decoder_fail(decoder, CB_EMALFORMED, decoder->found.scan,
                            "byte %" PRIu64 " of the %s is not %s%.*s", rule->at, counted->rules_of,
                            cb__byte_rule_article(rule), n, text);
}

static int malformed(struct cb_decoder *decoder, size_t used)
{
    const struct cb__counted *counted = decoder->state;
    if (counted->broken)
        return breaks_rule(decoder);
    decoder->found.scan += used;
    uint64_t where =
        counted->frame_is_wrong ? frame_at(decoder) + counted->wrong_at : decoder->found.scan;
    return cb__decoder_fail(decoder, CB_EMALFORMED, where, "%s", counted->why);
}

/* The least number of bytes in the trailer. */
static size_t least_trailer(const struct cb__frame *frame)
{
    return frame->bare_lf ? 1 : frame->trailer.length;
}

/* Applies the rules to n bytes of a header, starting at byte `at`. */
static int apply_rules(struct cb__counted *counted, uint64_t at, const uint8_t *data, size_t n)
{
    const struct cb__byte_rules *rules = counted->rules;
    for (size_t i = 0; i < rules->count; i++) {
        const struct cb__byte_rule *rule = &rules->rules[i];
        const uint64_t place = rule->at - at;
        if (rule->at < at || place >= n || cb__byte_rule_holds(rule, data[place]))
            continue;
        if (!rule->selects) {
            counted->broken = rule;
            return CB_EMALFORMED;
        }
        counted->left_out |= !counted->continues;
    }
    return CB_OK;
}

/* Reads a header, of which `at` bytes came before, and applies the rules first: a byte
 * is reported as soon as it arrives. */
static int take_header(struct cb_decoder *decoder, uint64_t at, const uint8_t *data, size_t n,
                       size_t *used)
{
    struct cb__counted *counted = decoder->state;
    if (counted->rules && apply_rules(counted, at, data, n))
        return CB_EMALFORMED;
    return counted->header(decoder, data, n, used);
}

/* Is the payload of a record in the input as it is? */
static bool in_place(const struct cb_decoder *decoder)
{
    return !decoder->assembles || decoder->config.keep;
}

/* The bytes of a dropped frame up to `end` are no longer needed. */
static void pass_over(struct cb_decoder *decoder, uint64_t end)
{
    if (in_place(decoder))
        decoder->found.payload_start = decoder->found.payload_seen = end;
}

/* Begins the record, with a header of this many bytes before `scan`. */
static void begin_record(struct cb_decoder *decoder, uint64_t header)
{
    const bool keep = decoder->config.keep;
    if (!keep && in_place(decoder))
        decoder->found.payload_start = decoder->found.scan;
    decoder->found.header = keep ? 0 : header;
    cb__decoder_begin(decoder, decoder->found.scan);
}

/*
 * The header ends at `scan`.
 *
 * A length is believed if the record ends at a position that there is, so up to 2^64 - 1: what
 * is there of the record is given out, and the end of the input says how much is missing.  To
 * refuse all that ends beyond 2^63 - 1, the largest file, would not be right for a buffer whose
 * position begins there (CB__POSITION_MAX).  Beyond 2^64 - 1 there is no position to count up to:
 * CB_EOVERFLOW, at the header.  Both follow from the header alone, however the input is cut.
 */
static int begin_payload(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    const struct cb__frame *frame = &counted->frame;
    const bool keep = decoder->config.keep;
    decoder->found.scan -= frame->examined;
    uint64_t header = decoder->found.scan - frame_at(decoder);
    uint64_t end, total = counted->before + frame->payload;
    bool fits = cb__add_u64(decoder->found.scan, frame->payload, &end); /* then `total` does */
    if (fits && keep)
        fits = cb__add_u64(header + frame->padding + frame->trailer.length, total, &total);
    /* A trailer that turns out to be longer is counted when it has arrived. */
    const size_t spare = keep ? frame->trailer.length - least_trailer(frame) : 0;
    const uint64_t length = fits ? total - spare : UINT64_MAX;
    const int status = counted->left_out ? cb__decoder_leave_out(decoder, length)
                                         : cb__decoder_check_length(decoder, length);
    if (status)
        return status;
    if (!fits)
        return cb__decoder_fail_beyond(decoder, frame->payload);
    counted->phase = CB__COUNTED_PAYLOAD;
    counted->trailer_at = 0;
    counted->payload_end = end;
    if (counted->left_out)
        return CB_OK;
    if (!counted->continues)
        begin_record(decoder, header);
    /* Bytes that must be examined cannot bypass the buffer. */
    decoder->found.payload_end = counted->look ? 0 : end;
    decoder->found.total = frame->more || (keep && frame->bare_lf) ? CB_UNKNOWN : total;
    return CB_OK;
}

static int read_header(struct cb_decoder *decoder)
{
    const uint8_t *data;
    struct cb__counted *counted = decoder->state;
    size_t n, used = 0;
    int status = CB__MORE;
    decoder->found.scan += counted->header_seen;
    counted->header_seen = 0;
    while (status == CB__MORE && cb__decoder_span(decoder, &data, &n)) {
        status = take_header(decoder, decoder->found.scan - frame_at(decoder), data, n, &used);
        if (status == CB_EMALFORMED)
            return malformed(decoder, used);
        decoder->found.scan += used;
        if (status == CB__END || status == CB__DROPPED)
            cb__decoder_next_frame(decoder);
        if (status == CB__DROPPED)
            status = CB__MORE;
    }
    if (status == CB__MORE && (counted->continues || !in_place(decoder))) {
        counted->header_seen = decoder->found.scan - frame_at(decoder);
        decoder->found.scan -= counted->header_seen;
    }
    return status == CB_OK ? begin_payload(decoder) : status;
}

/* The bytes missing if the payload and padding before the trailer have this length. */
static uint64_t missing(uint64_t payload, size_t padding, const struct cb__frame *frame)
{
    uint64_t sum;
    return cb__add_u64(payload, padding + least_trailer(frame), &sum) ? sum : UINT64_MAX;
}

/* Shows the payload up to `end` to `look`.  After damage frames may overlap: their payload
 * is not looked at until it is whole, and then through sums; but for one that is not held. */
static int look_at_payload(struct cb_decoder *decoder, uint64_t end)
{
    struct cb__counted *counted = decoder->state;
    uint64_t start = counted->payload_end - counted->frame.payload;
    int status = CB_OK;
    const bool sums = cb__decoder_keeps_sums(decoder);
    if (sums && end < counted->payload_end)
        return CB_OK;
    if (sums) {
        counted->expect(decoder, cb__sums_of(&decoder->sums, decoder->buffer, start, end));
        return CB_OK;
    }
    const uint8_t *data = (const uint8_t *)"";
    size_t n = 0;
    if (decoder->found.scan == start)
        status = counted->look(decoder, 0, data, 0);
    while (status == CB_OK && decoder->found.scan < end) {
        cb__decoder_span(decoder, &data, &n);
        n = cb__min(n, cb__clamp_u64(end - decoder->found.scan));
        status = counted->look(decoder, decoder->found.scan - start, data, n);
        decoder->found.scan += n;
    }
    return status;
}

/* Advances to the end of the payload, or of the input. */
static int read_payload(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    const uint64_t from = decoder->found.scan;
    uint64_t end = cb__buffer_end(decoder->buffer);
    int status = CB_OK;
    if (end > counted->payload_end)
        end = counted->payload_end;
    if (counted->look)
        status = look_at_payload(decoder, end);
    decoder->found.scan = end;
    if (in_place(decoder))
        decoder->found.payload_seen = end;
    else if (!counted->left_out && status == CB_OK)
        status = cb__decoder_add_span(decoder, from, end - from);
    if (end == counted->payload_end)
        counted->phase = CB__COUNTED_PADDING;
    else
        decoder->found.needed =
            missing(counted->payload_end - end, counted->frame.padding, &counted->frame);
    return status;
}

/* The same for the padding; no overflow, since the stream has come this far. */
static void read_padding(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    uint64_t padding_end = counted->payload_end + counted->frame.padding;
    uint64_t end = cb__buffer_end(decoder->buffer);
    decoder->found.scan = end < padding_end ? end : padding_end;
    if (decoder->found.scan == padding_end)
        counted->phase = CB__COUNTED_TRAILER;
    else
        decoder->found.needed = missing(0, (size_t)(padding_end - end), &counted->frame);
}

/* The frame ends at `scan`, and so does the record, unless it continues. */
static void end_frame(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    const uint64_t size = decoder->found.scan - frame_at(decoder);
    counted->phase = CB__COUNTED_HEADER;
    counted->continues = counted->frame.more;
    counted->frame_at = decoder->found.scan;
    counted->before += decoder->config.keep ? size : counted->frame.payload;
    if (counted->continues) {
        decoder->found.needed = 1;
        if (counted->left_out)
            pass_over(decoder, decoder->found.scan);
        return;
    }
    counted->before = 0;
    if (counted->left_out) {
        counted->left_out = false;
        decoder->left_out++;
        cb__decoder_next_frame(decoder);
        return;
    }
    if (decoder->config.keep)
        decoder->found.payload_seen = decoder->found.scan;
    decoder->found.state = CB__FOUND_COMPLETE;
}

/* Compares the trailer with the available bytes. */
static int read_trailer(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    const struct cb__bytes *trailer = &counted->frame.trailer;
    const uint8_t *data;
    size_t n;
    while (counted->trailer_at < trailer->length) {
        if (!cb__decoder_span(decoder, &data, &n)) {
            decoder->found.needed = counted->trailer_at ? trailer->length - counted->trailer_at
                                                        : least_trailer(&counted->frame);
            return CB__MORE;
        }
        bool short_end = counted->frame.bare_lf && !counted->trailer_at && data[0] == '\n';
        uint64_t start = decoder->found.scan++ - counted->trailer_at;
        if (!short_end && data[0] != trailer->data[counted->trailer_at])
            return cb__decoder_fail(decoder, CB_EMALFORMED, start, "%s", counted->trailer_error);
        counted->trailer_at += short_end ? trailer->length : 1;
    }
    end_frame(decoder);
    return CB_OK;
}

/* Goes on to the end of a frame, or of the input. */
static int read_frame(struct cb_decoder *decoder)
{
    struct cb__counted *counted = decoder->state;
    int status = CB_OK;
    if (counted->phase == CB__COUNTED_HEADER)
        status = read_header(decoder);
    if (status == CB_OK && counted->phase == CB__COUNTED_PAYLOAD)
        status = read_payload(decoder);
    if (status == CB_OK && counted->phase == CB__COUNTED_PADDING)
        read_padding(decoder);
    if (status == CB_OK)
        status = counted->phase == CB__COUNTED_TRAILER ? read_trailer(decoder) : CB__MORE;
    return status;
}

int cb__counted_advance(struct cb_decoder *decoder)
{
    const struct cb__counted *counted = decoder->state;
    const uint64_t before = decoder->found.payload_seen;
    const bool begun = cb__has_begun(decoder);
    int status = CB_OK;
    do
        status = read_frame(decoder);
    while (status == CB_OK && counted->continues);
    if (counted->left_out && counted->phase == CB__COUNTED_TRAILER)
        pass_over(decoder, counted->payload_end + counted->frame.padding);
    else if (counted->left_out && counted->phase != CB__COUNTED_HEADER)
        pass_over(decoder, decoder->found.scan);
    bool progress = decoder->found.payload_seen > before || cb__has_begun(decoder) != begun;
    return status == CB__MORE && progress ? CB_OK : status;
}

/* Does the correct trailer follow the payload?  It usually has one or two bytes, for
 * which memcmp would be slow. */
static bool right_trailer(const struct cb__frame *frame, const uint8_t *payload)
{
    const uint8_t *end = payload + frame->payload + frame->padding;
    size_t i = 0;
    while (i < frame->trailer.length && end[i] == frame->trailer.data[i])
        i++;
    return i == frame->trailer.length;
}

/* Is the payload complete, with n bytes of the frame available, and followed by the
 * correct trailer? */
static inline bool ends_right(struct cb_decoder *decoder, const uint8_t *payload, size_t n)
{
    struct cb__counted *counted = decoder->state;
    const struct cb__frame *frame = &counted->frame;
    const size_t trailer = frame->trailer.length;
    if (frame->payload > n || frame->padding + trailer > n - (size_t)frame->payload)
        return false;
    if (cb__unlikely(counted->look != NULL)) {
        if (decoder->sums.checksum ||
            counted->look(decoder, 0, payload, (size_t)frame->payload) != CB_OK)
            return false; /* for `advance` */
    }
    return !trailer || right_trailer(frame, payload);
}

size_t cb__counted_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                        struct cb__cut *cuts, size_t max, size_t *used)
{
    struct cb__counted *counted = decoder->state;
    const struct cb__frame *frame = &counted->frame;
    const bool keep = decoder->config.keep, rules = counted->rules;
    const uint64_t max_record = decoder->max_record;
    size_t count = 0, at = 0, header = 0;
    if (cb__unlikely(counted->header_seen))
        n = 0;
    while (count < max && at < n) {
        int status = rules ? take_header(decoder, 0, data + at, n - at, &header)
                           : counted->header(decoder, data + at, n - at, &header);
        const size_t payload = at + header;
        if (cb__unlikely(status != CB_OK || frame->more ||
                         !ends_right(decoder, data + payload, n - payload))) {
            if (status != CB__DROPPED)
                break;
            at = payload;
            continue;
        }
        const size_t length = (size_t)frame->payload;
        const size_t trailer = frame->padding + frame->trailer.length;
        const size_t next = payload + length + trailer;
        if (cb__unlikely(!keep && !cb__cut_fits(header, trailer)))
            break;
        cuts[count] =
            keep ? cb__cut_of(at, next - at, 0, next) : cb__cut_of(payload, length, header, next);
        if (cb__unlikely(rules && counted->left_out)) {
            counted->left_out = false;
            at = next;
            continue;
        }
        if (cb__unlikely(cuts[count].length > max_record))
            break;
        count++;
        at = next;
    }
    /* Forgets what that header has left. */
    if (count < max && at < n && !counted->stateless)
        decoder->ops->reset(decoder);
    *used = at;
    return count;
}

int cb__counted_cut_short(struct cb_decoder *decoder)
{
    const struct cb__counted *counted = decoder->state;
    uint64_t end = cb__buffer_end(decoder->buffer);
    if (counted->left_out)
        return CB__END;
    /* Is not even the header complete? */
    const bool begun = cb__has_begun(decoder), keep = decoder->config.keep;
    if (!begun && !keep)
        decoder->found.payload_at = end;
    if (!begun && !keep && in_place(decoder))
        decoder->found.payload_start = end;
    if ((!begun && in_place(decoder)) || keep)
        decoder->found.payload_seen = end;
    return CB__NO;
}
