/* SPDX-License-Identifier: MIT */
/* Pieces: from what was found to what is returned. */
#include <string.h>

#include "framing/decoding.h"
#include "kernels/find.h"

/* ---------------------------------------------------------------- one record */

/* The length of the current record, if a piece may reveal it. */
static uint64_t known_total(const struct cb_decoder *decoder)
{
    const uint64_t end = cb__end_of_given(decoder);
    if (cb__is_complete(decoder) || (decoder->core.too_long && end == cb__limit_of(decoder)))
        return end - decoder->found.payload_start;
    if (decoder->on_partial == CB_PARTIAL_EMIT)
        return CB_UNKNOWN;
    return decoder->core.too_long ? decoder->max_record : decoder->found.total;
}

/* Bytes to return: from given_to on, at most `most`. */
static const uint8_t *next_to_give(struct cb_decoder *decoder, uint64_t most, size_t *n,
                                   struct cb_memory **block)
{
    const uint8_t *data;
    struct cb__cursor start = {0}, *cursor = &decoder->core.cursor;
    const struct cb_buffer *source =
        decoder->core.assembled ? decoder->core.assembled : decoder->buffer;
    uint64_t at = decoder->core.given_to;
    if (cb__unlikely(cb__is_aside(decoder))) {
        source = decoder->core.aside;
        cursor = &start;
        at = cb__given_aside(decoder);
    }
    cb__buffer_span(source, cursor, at, &data, n);
    *block = cb__buffer_block(source, cursor, at);
    *n = cb__min(*n, cb__clamp_u64(most));
    return data;
}

/* The header fields of a record's first piece: the length, and CB_APART if the header
 * does not end at the piece's data.  An empty piece is moved to begin there. */
static void tell_header(struct cb_decoder *decoder, struct cb_piece *piece)
{
    struct cb__cursor cursor = decoder->scan_cursor;
    const uint64_t header = decoder->found.header;
    const uint8_t *data;
    size_t n;
    if (!header || header > UINT32_MAX) /* not taken: no test has a header of 4 GiB */
        return;
    const uint64_t at = cb__payload_in_input(decoder) - header;
    piece->header = (uint32_t)header;
    piece->flags |= CB_APART;
    if (decoder->core.header_at == at ||
        !cb__buffer_span(decoder->buffer, &cursor, at, &data, &n) || n < header)
        return;
    struct cb_memory *block = cb__buffer_block(decoder->buffer, &cursor, at);
    if (!piece->length) {
        piece->data = data + header;
        piece->block = block;
    }
    if (piece->data == data + header && piece->block == block)
        piece->flags &= ~(unsigned)CB_APART;
}

/* The bytes of a complete frame after its payload, if they are asked for. */
static uint64_t trailer_of(const struct cb_decoder *decoder)
{
    const uint64_t n = decoder->found.scan - decoder->found.payload_seen;
    const bool stands = !decoder->core.assembled && !decoder->core.too_long;
    /* not taken: no test has a trailer of 4 GiB */
    return decoder->trailers && stands && n <= UINT32_MAX ? n : 0;
}

/* The same for the trailer of a last piece.  An empty piece may be moved to it. */
static void tell_trailer(struct cb_decoder *decoder, struct cb_piece *piece)
{
    struct cb__cursor cursor = decoder->scan_cursor;
    const uint8_t *data;
    size_t n;
    piece->trailer = (uint32_t)trailer_of(decoder);
    if (!piece->trailer)
        return;
    piece->flags |= CB_TRAILER_APART;
    if (!cb__buffer_span(decoder->buffer, &cursor, decoder->found.payload_seen, &data, &n) ||
        n < piece->trailer)
        return;
    struct cb_memory *block =
        cb__buffer_block(decoder->buffer, &cursor, decoder->found.payload_seen);
    if (!piece->length && !piece->header) {
        piece->data = data;
        piece->block = block;
    }
    if (piece->data + piece->length == data && piece->block == block)
        piece->flags &= ~(unsigned)CB_TRAILER_APART;
}

/* Cuts pieces from [given_to, payload_seen), and ends the record if it is complete. */
static size_t give(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max)
{
    static const uint8_t nothing[1];
    const uint64_t end = cb__end_of_given(decoder);
    const uint64_t shift =
        decoder->core.assembled ? decoder->found.payload_at - decoder->found.payload_start : 0;
    size_t count = 0;
    while (count < max) {
        const uint8_t *data = nothing;
        struct cb_memory *block = NULL;
        size_t n = 0;
        if (decoder->core.given_to < end)
            data = next_to_give(decoder, end - decoder->core.given_to, &n, &block);
        bool last = cb__is_complete(decoder) && decoder->core.given_to + n >= end;
        pieces[count] = (struct cb_piece){
            .data = data,
            .length = n,
            .record = decoder->core.record,
            .offset = decoder->core.given_to + shift,
            .total = known_total(decoder),
            .block = block,
            .flags =
                (cb__has_given(decoder) ? 0 : (unsigned)CB_FIRST) | (last ? (unsigned)CB_LAST : 0),
        };
        if (!cb__has_given(decoder))
            tell_header(decoder, &pieces[count]);
        if (last)
            tell_trailer(decoder, &pieces[count]);
        decoder->found.header = 0;
        count++;
        decoder->core.given = CB__GIVEN_SOME;
        decoder->core.given_to += n;
        if (last)
            cb__decoder_next_record(decoder);
        if (last || decoder->core.given_to >= end)
            break;
    }
    return count;
}

/* The common case of that: the whole record in one span of the input. */
static inline bool give_whole(struct cb_decoder *decoder, struct cb_piece *piece)
{
    const uint64_t header = decoder->found.header;
    const uint64_t from = decoder->core.given_to, size = decoder->found.payload_seen - from;
    const uint64_t trailer = trailer_of(decoder);
    const uint8_t *data;
    size_t n;
    if (!cb__is_complete(decoder) || cb__has_given(decoder) || decoder->core.assembled ||
        decoder->core.too_long || decoder->error.code || header > UINT32_MAX ||
        !cb__buffer_span(decoder->buffer, &decoder->core.cursor, from - header, &data, &n) ||
        n < header + size + trailer)
        return false;
    *piece = (struct cb_piece){
        .data = data + header,
        .length = (size_t)size,
        .record = decoder->core.record,
        .offset = from,
        .total = size,
        .block = cb__buffer_block(decoder->buffer, &decoder->core.cursor, from - header),
        .flags = CB_FIRST | CB_LAST,
        .header = (uint32_t)header,
        .trailer = (uint32_t)trailer,
    };
    cb__begin_at(decoder, decoder->found.scan, decoder->core.record + 1);
    return true;
}

/* Copies n bytes of the input, as far as they are there, and returns how many.  Goes to their chunk
 * from the head or from where the last piece was cut, whichever is nearer. */
static size_t copy_out(const struct cb_decoder *decoder, uint64_t at, size_t n, void *out)
{
    const struct cb_buffer *source = decoder->buffer;
    struct cb__cursor cursor = decoder->core.cursor;
    if (at < cursor.start && at - source->position < cursor.start - at)
        cursor = (struct cb__cursor){0};
    return cb__buffer_copyout(source, &cursor, at, n, out);
}

size_t cb_decoder_header(const struct cb_decoder *decoder, const struct cb_piece *piece, void *out,
                         size_t room)
{
    const struct cb_buffer *source = decoder->buffer;
    const size_t n = cb__min(piece->header, room);
    uint64_t at = piece->offset - piece->header;
    size_t aside = 0;
    if (!(piece->flags & CB_APART)) {
        if (n)
            memcpy(out, piece->data - piece->header, n);
        return n;
    }
    if (at == decoder->core.header_at)
        aside = cb_copyout(decoder->core.header_aside, 0, n, out);
    at += aside;
    if (!source || aside == n)
        return aside;
    return aside + copy_out(decoder, at, n - aside, (uint8_t *)out + aside);
}

size_t cb_decoder_trailer(const struct cb_decoder *decoder, const struct cb_piece *piece, void *out,
                          size_t room)
{
    const struct cb_buffer *source = decoder->buffer;
    const size_t n = cb__min(piece->trailer, room);
    const uint64_t at = piece->offset + piece->length;
    if (!(piece->flags & CB_TRAILER_APART)) {
        if (n)
            memcpy(out, piece->data + piece->length, n);
        return n;
    }
    return source ? copy_out(decoder, at, n, out) : 0;
}

/* Is there something to cut pieces from?  The beginning of a record whose payload has
 * not arrived is returned as an empty piece. */
static bool can_give(const struct cb_decoder *decoder)
{
    /* Bytes before the error are returned first, as if they had arrived alone. */
    if (cb__unlikely(decoder->error.code))
        return !decoder->whole && cb__has_begun(decoder) &&
               decoder->core.given_to < cb__end_of_given(decoder);
    if (cb__is_complete(decoder) || decoder->whole)
        return cb__is_complete(decoder);
    if (cb__unlikely(decoder->core.too_long))
        return decoder->on_overflow == CB_OVERFLOW_TRUNCATE &&
               (decoder->core.given_to < cb__end_of_given(decoder) || !cb__has_given(decoder));
    return decoder->core.given_to < decoder->found.payload_seen ||
           (cb__has_begun(decoder) && !cb__has_given(decoder) &&
            decoder->found.payload_end > decoder->found.scan);
}

/* ----------------------------------------------------------------- the calls */

static int give_batch(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max,
                      size_t *count)
{
    size_t done = 0;
    int status = CB_OK;
    while (done < max) {
        if (cb__has_begun(decoder)) {
            if (give_whole(decoder, &pieces[done])) {
                done++;
                continue;
            }
            if (can_give(decoder)) {
                done += give(decoder, pieces + done, max - done);
                continue;
            }
        } else if (max - done >= CB__BATCH_MIN) {
            done += cb__decoder_give_frames(decoder, pieces + done, max - done);
            if (done == max)
                break;
        }
        status = cb__decoder_advance(decoder);
        if (status != CB_OK && !can_give(decoder))
            break;
    }
    if (cb__unlikely(decoder->core.too_long) && status == CB__MORE && decoder->whole)
        status = cb__decoder_put_aside(decoder);
    *count = done;
    return done ? CB_PIECE : status;
}

/* Has the caller dropped bytes of pieces that were not returned yet? */
static bool has_lost_kept(const struct cb_decoder *decoder)
{
    const struct cb__kept *kept = decoder->core.kept;
    const uint64_t head = decoder->buffer->position;
    return cb__decoder_has_kept(decoder) && !decoder->core.assembled && head > kept->place &&
           head > kept->pieces[kept->next].offset;
}

/* cb__attach, for calls that return pieces. */
static int attach(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    int status = cb__attach(decoder, buffer);
    return status == CB_OK && cb__unlikely(has_lost_kept(decoder)) ? CB_ESTATE : status;
}

/* Returns pieces that were cut for cb_reframe. */
static int hand_over(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max, size_t *count)
{
    struct cb__kept *kept = decoder->core.kept;
    *count = cb__min(max, kept->count - kept->next);
    memcpy(pieces, kept->pieces + kept->next, *count * sizeof *pieces);
    kept->next += *count;
    return *count ? CB_PIECE : CB_OK;
}

ssize_t cb_decoder_batch(struct cb_decoder *decoder, struct cb_buffer *buffer,
                         struct cb_piece *pieces, size_t max)
{
    size_t count = 0;
    int status = attach(decoder, buffer);
    if (status)
        return cb__public(status);
    cb__limit_to(decoder, decoder->core.max_given);
    if (cb__unlikely(cb__decoder_has_kept(decoder)))
        status = hand_over(decoder, pieces, max, &count);
    else
        status = give_batch(decoder, pieces, max, &count);
    return count ? (ssize_t)count : cb__public(status);
}

int cb_decoder_skip(struct cb_decoder *decoder, struct cb_buffer *buffer, uint64_t max,
                    uint64_t *count)
{
    *count = 0;
    int status = cb__attach(decoder, buffer);
    if (status)
        return cb__public(status);
    if (cb__unlikely(cb__decoder_has_kept(decoder)))
        return CB_ESTATE;
    cb__limit_to(decoder, decoder->core.max_given);
    const uint64_t first = decoder->core.record;
    if (!max && decoder->ops->rest && cb__at_frame(decoder) && !decoder->finished)
        status = decoder->ops->rest(decoder);
    while (decoder->core.record - first < max && status == CB_OK) {
        cb__decoder_skip_frames(decoder, max - (decoder->core.record - first));
        if (decoder->core.record - first == max)
            break;
        if (!can_give(decoder))
            status = cb__decoder_advance(decoder);
        /* (Bytes beyond the maximum length are not held.) */
        if (status == CB_OK &&
            (can_give(decoder) ||
             (decoder->core.too_long && decoder->found.payload_seen >= cb__limit_of(decoder)))) {
            decoder->core.given_to = decoder->found.payload_seen;
            decoder->found.header = 0;
            decoder->core.given = CB__GIVEN_SOME;
            if (cb__is_complete(decoder))
                cb__decoder_next_record(decoder);
        }
    }
    *count = decoder->core.record - first;
    cb__release(decoder, buffer);
    if (*count || (!max && status == CB_OK))
        return CB_YES;
    return cb__public(status);
}

void cb_decoder_release(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    if (decoder->buffer == buffer && !cb__decoder_has_kept(decoder))
        cb__release(decoder, buffer);
}

/* Returns the next frame, which is known, after a release. */
static inline int give_known(struct cb_decoder *decoder, struct cb_piece *piece)
{
    const struct cb__lookahead *ahead = &decoder->core.lookahead;
    const struct cb_piece span =
        cb__piece_at_span(ahead->data, ahead->block, ahead->base, decoder->core.record);
    cb__cut_piece(ahead->next, 0, &span, piece);
    cb__decoder_took_known(decoder);
    return CB_PIECE;
}

/* cb_decoder_next with all that is rare.  (Inlined, it would make the common case save
 * registers.) */
static __attribute__((noinline)) int find_next(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                               struct cb_piece *piece)
{
    size_t count;
    int status = attach(decoder, buffer);
    if (status)
        return cb__public(status);
    cb__limit_to(decoder, decoder->core.max_given);
    if (cb__unlikely(cb__decoder_has_kept(decoder)))
        return hand_over(decoder, piece, 1, &count);
    cb__release(decoder, buffer);
    if (cb__decoder_look_ahead(decoder))
        return give_known(decoder, piece);
    status = give_batch(decoder, piece, 1, &count);
    if (cb__unlikely(status == CB__END))
        cb__release(decoder, buffer); /* the end marker */
    return cb__public(status);
}

int cb_decoder_next(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_piece *piece)
{
    if (cb__likely(cb__decoder_knows(decoder, buffer) && cb__decoder_drop_fast(decoder, buffer)))
        return give_known(decoder, piece);
    return find_next(decoder, buffer, piece);
}

/* ------------------------------------------------------------ for cb_reframe */

int cb__decoder_prepare(struct cb_decoder *decoder, struct cb_buffer *buffer, bool whole)
{
    int status = attach(decoder, buffer);
    if (status)
        return status;
    if (cb__unlikely(!decoder->core.kept)) {
        decoder->core.kept =
            decoder->allocator->alloc(decoder->allocator->arg, sizeof *decoder->core.kept);
        if (!decoder->core.kept)
            return CB_ENOMEM;
        decoder->core.kept->next = decoder->core.kept->count = decoder->core.kept->held = 0;
    }
    if (cb__holds_given(decoder))
        cb__decoder_drop_kept(decoder);
    if (cb__unlikely(whole && !decoder->whole && !cb__has_given(decoder))) {
        decoder->whole = true;
        decoder->core.max_given = decoder->core.max_taken;
    }
    cb__limit_to(decoder, decoder->core.max_given);
    return CB_OK;
}

void cb__decoder_tell_trailers(struct cb_decoder *decoder)
{
    if (decoder->trailers || !cb__at_rest(decoder))
        return;
    decoder->trailers = true;
    cb__forget_ahead(decoder); /* it has none */
}

void cb__decoder_hold_kept(struct cb_decoder *decoder)
{
    struct cb__kept *kept = decoder->core.kept;
    if (cb__likely(kept->next == kept->count)) {
        cb__decoder_drop_kept(decoder);
        return;
    }
    kept->place = decoder->buffer->position;
    if (kept->held < kept->count) /* since an earlier call */
        return;
    kept->held = kept->next;
    for (size_t i = kept->next; i < kept->count; i++) {
        if (kept->pieces[i].block)
            cb__memory_ref(kept->pieces[i].block);
    }
}

void cb__decoder_drop_kept(struct cb_decoder *decoder)
{
    struct cb__kept *kept = decoder->core.kept;
    if (!kept)
        return;
    const size_t from = kept->held, to = kept->count;
    kept->next = kept->count = kept->held = 0; /* a release function may make calls */
    for (size_t i = from; i < to; i++) {
        if (kept->pieces[i].block)
            cb__memory_unref(kept->pieces[i].block);
    }
}

int cb__decoder_refill(struct cb_decoder *decoder, size_t max)
{
    struct cb__kept *kept = decoder->core.kept;
    cb__decoder_drop_kept(decoder);
    cb__release(decoder, decoder->buffer);
    const int status = give_batch(decoder, kept->pieces, cb__min(max, CB__KEPT), &kept->count);
    kept->held = kept->count;
    return status;
}
