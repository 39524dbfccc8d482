/* SPDX-License-Identifier: MIT */
/*
 * Encode: records through an encoder to the tail of a buffer.
 * Layer: base -> ... -> appender, encoder -> encode.
 *
 * A piece goes through these steps, at each of which the work can stop where
 * the output is full, and go on in a later call:
 *
 *     look at it, begin its record -> header -> payload -> trailer
 *
 * A record that was refused is passed over up to its last piece.  An encoder
 * that must see a record whole before it begins gets the pieces of one that
 * comes in several from `held`.
 *
 * Short whole records are nearly all there are: they take a way of their own,
 * without steps (copy_constant, copy_framed), which stops at whatever it
 * cannot do and leaves that to the steps.
 */
#include "appender.h"
#include "encoder.h"

/* Below this a copy costs less than a reference and an area of its own in
 * writev: on x86-64 the two meet at about 500 bytes (bench/README.md). */
enum { COPY_BELOW = 512 };

/* The longest constant that is copied by one store. */
enum { SHORT = 8 };

/* The longest delimiter of the input in which the output's is looked for. */
enum { NEAR = 16 };

static bool is_whole(const struct cb_piece *piece)
{
    return piece->flags == (CB_FIRST | CB_LAST);
}

/* ------------------------------------------------------------------- steps */

/* What is left of a header or trailer. */
static int put_out(struct cb_encoder *encoder, struct cb__appender *appender)
{
    int status = CB_OK;
    while (encoder->out.length && status == CB_OK) {
        size_t n = encoder->out.length;
        status = encoder->out_block
                     ? cb__appender_refer(appender, encoder->out_block, encoder->out.data, &n)
                     : cb__appender_copy(appender, encoder->out.data, &n);
        if (status == CB_OK) {
            encoder->out.data += n;
            encoder->out.length -= n;
        }
    }
    return status;
}

/* The same, asking `give` for more until that is all. */
static int put_all(struct cb_encoder *encoder, struct cb__appender *appender,
                   int (*give)(struct cb_encoder *encoder))
{
    int status = put_out(encoder, appender);
    while (status == CB_OK && encoder->gives) {
        cb__encoder_give(encoder, "", 0);
        encoder->gives = give && give(encoder) == CB_MORE;
        status = put_out(encoder, appender);
    }
    return status;
}

/* Takes back what the output still has of the current record. */
static void take_back(const struct cb_encoder *encoder, struct cb__appender *appender)
{
    struct cb_buffer *out = appender->buffer;
    cb__appender_close(appender);
    if (encoder->start < out->position)
        cb_truncate(out, 0);
    else if (encoder->start < cb__buffer_end(out))
        cb_truncate(out, (size_t)(encoder->start - out->position));
}

/* The record is refused, for the reason in encoder->error. */
static int refuse(struct cb_encoder *encoder, struct cb__appender *appender,
                  const struct cb_piece *piece)
{
    encoder->error.record = piece->record;
    encoder->step = piece->flags & CB_LAST ? CB__ENCODE_RECORD : CB__ENCODE_PASS;
    if (encoder->held)
        cb_skip(encoder->held, CB_ALL);
    take_back(encoder, appender);
    return CB_EUNENCODABLE;
}

static int look(struct cb_encoder *encoder, struct cb__appender *appender,
                const struct cb_piece *piece)
{
    if (piece->flags & CB_FIRST) {
        encoder->start = cb__appender_position(appender);
        encoder->record = encoder->before + piece->record;
        encoder->offset = piece->offset;
    }
    if (!(encoder->traits & CB_LOOKS) || cb_encoder_look(encoder, piece) == CB_OK)
        return CB_OK;
    return refuse(encoder, appender, piece);
}

/* Begins the record of a piece: its header is next. */
static int begin(struct cb_encoder *encoder, struct cb__appender *appender,
                 const struct cb_piece *piece)
{
    encoder->done = 0;
    cb__encoder_give(encoder, "", 0);
    if (encoder->ops->begin && encoder->ops->begin(encoder, piece->total) != CB_OK)
        return refuse(encoder, appender, piece);
    encoder->step = CB__ENCODE_HEADER;
    return CB_OK;
}

static int put_transformed(struct cb_encoder *encoder, struct cb__appender *appender,
                           const struct cb_piece *piece)
{
    int status = CB_OK;
    while (encoder->done < piece->length && status == CB_OK) {
        status = cb__appender_room(appender, CB_TRANSFORM_ROOM);
        if (status != CB_OK)
            break;
        struct cb__transform t = {
            .in = piece->data + encoder->done,
            .in_end = piece->data + piece->length,
            .out = appender->to,
            .out_end = appender->end,
        };
        encoder->ops->payload(encoder, &t);
        encoder->done = (size_t)(t.in - piece->data);
        appender->to = t.out;
    }
    return status;
}

static int put_payload(struct cb_encoder *encoder, struct cb__appender *appender,
                       const struct cb_piece *piece)
{
    const bool refers = piece->length >= COPY_BELOW && cb__appender_takes(appender, piece->block);
    int status = CB_OK;
    if (encoder->traits & CB_NO_PAYLOAD)
        return CB_OK;
    if (encoder->traits & CB_TRANSFORMS)
        return put_transformed(encoder, appender, piece);
    while (encoder->done < piece->length && status == CB_OK) {
        const uint8_t *data = piece->data + encoder->done;
        size_t n = piece->length - encoder->done;
        status = refers ? cb__appender_refer(appender, piece->block, data, &n)
                        : cb__appender_copy(appender, data, &n);
        encoder->done += status == CB_OK ? n : 0;
    }
    return status;
}

/* A constant trailer as it stands in the input just before the next payload,
 * if it does (the LF of a CRLF): by reference the two become one chunk.  Else
 * NULL. */
static const uint8_t *tail_in_input(const struct cb_encoder *encoder, const struct cb_piece *piece,
                                    const struct cb_piece *next)
{
    const size_t n = encoder->tail.length;
    const uint64_t gap = next->offset - (piece->offset + piece->length);
    const bool follows = piece->block && piece->block == next->block && gap >= n && gap <= NEAR &&
                         next->data == piece->data + piece->length + gap;
    return follows && memcmp(next->data - n, encoder->tail.data, n) == 0 ? next->data - n : NULL;
}

/* The payload is over: its trailer is next. */
static void begin_trailer(struct cb_encoder *encoder, const struct cb__appender *appender,
                          const struct cb_piece *piece, const struct cb_piece *next)
{
    const bool is_constant = encoder->traits & CB_CONSTANT;
    encoder->step = CB__ENCODE_TRAILER;
    encoder->gives = !is_constant;
    encoder->out = encoder->tail;
    if (!is_constant || !next || next->length < COPY_BELOW || encoder->head.length ||
        !cb__appender_takes(appender, next->block))
        return;
    const uint8_t *data = tail_in_input(encoder, piece, next);
    if (data) {
        encoder->out.data = data;
        encoder->out_block = next->block;
    }
}

/* Goes on with a piece that was looked at, to its end; `next` stands after it,
 * or is NULL. */
static int put_piece(struct cb_encoder *encoder, struct cb__appender *appender,
                     const struct cb_piece *piece, const struct cb_piece *next)
{
    int status = CB_OK;
    if (encoder->step == CB__ENCODE_HEADER) {
        status = put_out(encoder, appender);
        if (status == CB_OK)
            encoder->step = CB__ENCODE_PAYLOAD;
    }
    if (encoder->step == CB__ENCODE_PAYLOAD) {
        status = put_payload(encoder, appender, piece);
        if (status != CB_OK)
            return status;
        encoder->done = 0;
        encoder->step = CB__ENCODE_PIECE;
        if (piece->flags & CB_LAST)
            begin_trailer(encoder, appender, piece, next);
    }
    if (encoder->step == CB__ENCODE_TRAILER) {
        status = put_all(encoder, appender, encoder->ops->end);
        if (status == CB_OK) {
            encoder->out_block = NULL;
            encoder->step = CB__ENCODE_RECORD;
        }
    }
    return status;
}

/* Is this the piece that must come now? */
static int check_piece(const struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const bool between = encoder->step == CB__ENCODE_RECORD;
    if (between != ((piece->flags & CB_FIRST) != 0) || encoder->step == CB__ENCODE_END)
        return CB_ESTATE;
    return piece->total == CB_UNKNOWN && encoder->traits & CB_NEEDS_LENGTH ? CB_ESTATE : CB_OK;
}

static int encode_piece(struct cb_encoder *encoder, struct cb__appender *appender,
                        const struct cb_piece *piece, const struct cb_piece *next)
{
    int status = CB_OK;
    if (encoder->step <= CB__ENCODE_PIECE) {
        status = check_piece(encoder, piece);
        if (status == CB_OK)
            status = look(encoder, appender, piece);
        if (status != CB_OK)
            return status;
        if (encoder->step == CB__ENCODE_PIECE)
            encoder->step = CB__ENCODE_PAYLOAD;
        else
            status = begin(encoder, appender, piece);
    }
    return status == CB_OK ? put_piece(encoder, appender, piece, next) : status;
}

/* ------------------------------------- records that are held until their end */

/* Keeps a piece, by reference where that can be. */
static int keep(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct cb__appender appender;
    size_t done = 0;
    if (!encoder->held) {
        const struct cb_buffer_options options = {.size = sizeof options,
                                                  .allocator = encoder->allocator};
        int status = cb_buffer_new(&encoder->held, &options);
        if (status != CB_OK)
            return status;
    }
    int status = cb__appender_open(&appender, encoder->held, false);
    if (status != CB_OK)
        return status;
    const bool refers = piece->length >= COPY_BELOW && cb__appender_takes(&appender, piece->block);
    while (done < piece->length && status == CB_OK) {
        size_t n = piece->length - done;
        status = refers ? cb__appender_refer(&appender, piece->block, piece->data + done, &n)
                        : cb__appender_copy(&appender, piece->data + done, &n);
        done += status == CB_OK ? n : 0;
    }
    cb__appender_close(&appender);
    if (status != CB_OK)
        cb_truncate(encoder->held, encoder->held->length - done);
    return status;
}

/* The record that is held goes out, chunk by chunk; `last` is its last piece. */
static int put_held(struct cb_encoder *encoder, struct cb__appender *appender,
                    const struct cb_piece *last)
{
    struct cb_buffer *held = encoder->held;
    struct cb_piece piece = *last;
    int status = CB_OK;
    while (encoder->step != CB__ENCODE_RECORD && status == CB_OK) {
        const struct cb__chunk *chunk = held->length ? cb__buffer_chunk(held, 0) : NULL;
        piece.data = chunk ? chunk->data : NULL;
        piece.length = chunk ? chunk->length : 0;
        piece.block = chunk ? chunk->memory : NULL;
        piece.flags = held->length == piece.length ? CB_LAST : 0;
        if (encoder->step == CB__ENCODE_PIECE)
            encoder->step = CB__ENCODE_PAYLOAD;
        status = put_piece(encoder, appender, &piece, NULL);
        if (status == CB_OK)
            cb_skip(held, piece.length);
    }
    return status;
}

/* For an encoder that must see a record whole before it begins. */
static int encode_whole(struct cb_encoder *encoder, struct cb__appender *appender,
                        const struct cb_piece *piece)
{
    const bool is_held =
        encoder->held && (encoder->step == CB__ENCODE_PIECE || encoder->held->length);
    if (is_whole(piece) && !is_held)
        return encode_piece(encoder, appender, piece, NULL);
    if (encoder->step <= CB__ENCODE_PIECE) {
        int status = check_piece(encoder, piece);
        if (status == CB_OK)
            status = keep(encoder, piece);
        if (status == CB_OK)
            status = look(encoder, appender, piece);
        if (status != CB_OK)
            return status;
        encoder->step = CB__ENCODE_PIECE;
        if (!(piece->flags & CB_LAST))
            return CB_OK;
        status = begin(encoder, appender, piece);
        if (status != CB_OK)
            return status;
    }
    return put_held(encoder, appender, piece);
}

/* ------------------------------------------------------ short whole records */

/* Copies n < COPY_BELOW bytes, for which memcpy would take longer to find out
 * how: 16 at a time, the last 16 overlapping those before.  It may write up to
 * CB__SLACK bytes, and reads no byte beyond the n. */
static inline void copy_short(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n >= 16) {
        for (size_t i = 0; i + 16 < n; i += 16)
            memcpy(to + i, from + i, 16);
        memcpy(to + n - 16, from + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, from, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else if (n) {
        to[0] = from[0];
        to[n / 2] = from[n / 2];
        to[n - 1] = from[n - 1];
    }
}

static inline bool is_short(const struct cb_piece *piece)
{
    return is_whole(piece) && piece->length < COPY_BELOW;
}

/* Is there nothing to be seen, or nothing wrong with it?  What is wrong will be
 * found again by the steps. */
static inline bool passes(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    return cb__likely(!(encoder->traits & CB_LOOKS)) || cb_encoder_look(encoder, piece) == CB_OK;
}

/* The same around every record, and short: one store each. */
static size_t copy_constant(struct cb_encoder *encoder, struct cb__appender *appender,
                            const struct cb_piece *pieces, size_t count)
{
    const size_t head_size = encoder->head.length, tail_size = encoder->tail.length;
    uint8_t head[SHORT] = {0}, tail[SHORT] = {0};
    uint8_t *to = appender->to;
    size_t i = 0;
    memcpy(head, encoder->head.data, head_size);
    memcpy(tail, encoder->tail.data, tail_size);
    while (i < count) {
        appender->to = to;
        if (cb__appender_room(appender, COPY_BELOW + 2 * SHORT) != CB_OK)
            break;
        to = appender->to;
        const uint8_t *end = appender->end - COPY_BELOW - 2 * SHORT;
        for (; i < count && to <= end; i++) {
            const struct cb_piece *piece = &pieces[i];
            if (!is_short(piece) || !passes(encoder, piece))
                goto out;
            memcpy(to, head, SHORT); /* its first bytes count */
            to += head_size;
            copy_short(to, piece->data, piece->length);
            to += piece->length;
            memcpy(to, tail, SHORT);
            to += tail_size;
        }
    }
out:
    appender->to = to;
    return i;
}

/* What the encoder gives before and after. */
static size_t copy_framed(struct cb_encoder *encoder, struct cb__appender *appender,
                          const struct cb_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cb_piece *piece = &pieces[i];
        if (!is_short(piece) || !passes(encoder, piece))
            return i;
        encoder->record = encoder->before + piece->record;
        encoder->offset = piece->offset;
        cb__encoder_give(encoder, "", 0);
        if (encoder->ops->begin && encoder->ops->begin(encoder, piece->length) != CB_OK)
            return i;
        const size_t n = encoder->out.length;
        if (n >= COPY_BELOW || cb__appender_room(appender, n + piece->length) != CB_OK)
            return i;
        encoder->start = cb__appender_position(appender);
        copy_short(appender->to, encoder->out.data, n);
        copy_short(appender->to + n, piece->data, piece->length);
        appender->to += n + piece->length;
        encoder->out.length = 0;
        encoder->gives = true;
        if (put_all(encoder, appender, encoder->ops->end) != CB_OK) {
            encoder->step = CB__ENCODE_TRAILER;
            return i;
        }
    }
    return count;
}

/* ------------------------------------------------------------ whole batches */

/* The way for short records that this encoder may take, or NULL. */
static cb__encode_fn *short_way(const struct cb_encoder *encoder)
{
    if (encoder->traits & (CB_NO_PAYLOAD | CB_TRANSFORMS | CB_NEEDS_WHOLE))
        return NULL;
    if (!(encoder->traits & CB_CONSTANT))
        return copy_framed;
    return encoder->head.length <= SHORT && encoder->tail.length <= SHORT ? copy_constant : NULL;
}

void cb__encode_init(struct cb_encoder *encoder)
{
    if (encoder->traits & CB_CONSTANT) {
        cb__encoder_give(encoder, "", 0);
        if (encoder->ops->begin)
            encoder->ops->begin(encoder, 0);
        encoder->head = encoder->out;
        cb__encoder_give(encoder, "", 0);
        if (encoder->ops->end)
            encoder->ops->end(encoder);
        encoder->tail = encoder->out;
    }
    encoder->copies = short_way(encoder);
}

void cb__encode_fini(struct cb_encoder *encoder)
{
    cb_buffer_free(encoder->held);
}

/* One piece, in whatever state the encoder is. */
static int encode_one(struct cb_encoder *encoder, struct cb__appender *appender,
                      const struct cb_piece *piece, const struct cb_piece *next)
{
    if (cb__unlikely(encoder->step == CB__ENCODE_PASS)) {
        if (piece->flags & CB_FIRST)
            return CB_ESTATE;
        encoder->step = piece->flags & CB_LAST ? CB__ENCODE_RECORD : CB__ENCODE_PASS;
        return CB_OK;
    }
    if (cb__unlikely(encoder->traits & CB_NEEDS_WHOLE))
        return encode_whole(encoder, appender, piece);
    return encode_piece(encoder, appender, piece, next);
}

static int encode_all(struct cb_encoder *encoder, struct cb__appender *appender,
                      const struct cb_piece *pieces, size_t count, size_t *taken)
{
    size_t i = 0;
    int status = CB_OK;
    while (status == CB_OK) {
        if (encoder->copies && encoder->step == CB__ENCODE_RECORD)
            i += encoder->copies(encoder, appender, pieces + i, count - i);
        if (i == count)
            break;
        status = encode_one(encoder, appender, &pieces[i], i + 1 < count ? &pieces[i + 1] : NULL);
        i += status == CB_OK || status == CB_EUNENCODABLE;
    }
    *taken = i;
    return status;
}

int cb_encode_pieces(struct cb_encoder *encoder, const struct cb_piece *pieces, size_t count,
                     struct cb_buffer *out, size_t *taken)
{
    struct cb__appender appender;
    const uint64_t before = cb__buffer_end(out);
    *taken = 0;
    int status = cb__appender_open(&appender, out, true);
    if (status != CB_OK)
        return status;
    status = encode_all(encoder, &appender, pieces, count, taken);
    cb__appender_close(&appender);
    if (status == CB__FULL && !out->length && cb__buffer_end(out) == before && !*taken)
        return CB_ELIMIT;
    return status;
}

/* ------------------------------------------------------------- whole records */

/* Forgets the record that was begun. */
static void abandon(struct cb_encoder *encoder)
{
    encoder->step = CB__ENCODE_RECORD;
    encoder->out_block = NULL;
    encoder->done = 0;
    if (encoder->held)
        cb_skip(encoder->held, CB_ALL);
}

void cb_encoder_reset(struct cb_encoder *encoder)
{
    abandon(encoder);
    encoder->before = encoder->records = encoder->bytes = 0;
}

void cb_encoder_number(struct cb_encoder *encoder, uint64_t first)
{
    encoder->before = first - 1;
    encoder->records = 0;
}

/* Ends a call for a whole record: all or nothing. */
static int end_whole(struct cb_encoder *encoder, struct cb__appender *appender, uint64_t length,
                     int status)
{
    cb__appender_close(appender);
    if (status == CB_OK) {
        encoder->bytes += length;
        return CB_OK;
    }
    encoder->records--;
    if (status != CB_EUNENCODABLE)
        take_back(encoder, appender);
    abandon(encoder);
    return status == CB__FULL ? CB_ELIMIT : status;
}

/* Begins one: *piece tells of all its parts. */
static int begin_whole(struct cb_encoder *encoder, struct cb__appender *appender,
                       struct cb_buffer *out, uint64_t length, struct cb_piece *piece)
{
    if (encoder->step != CB__ENCODE_RECORD)
        return CB_ESTATE;
    int status = cb__appender_open(appender, out, false);
    if (status != CB_OK)
        return status;
    encoder->start = cb__appender_position(appender);
    *piece =
        (struct cb_piece){.record = ++encoder->records, .offset = encoder->bytes, .total = length};
    return CB_OK;
}

int cb_encode(struct cb_encoder *encoder, const struct cb_buffer *record, struct cb_buffer *out)
{
    struct cb__appender appender;
    struct cb_piece piece;
    if (record == out)
        return CB_EINVAL;
    int status = begin_whole(encoder, &appender, out, record->length, &piece);
    if (status != CB_OK)
        return status;
    size_t i = 0;
    do {
        if (record->count) {
            const struct cb__chunk *chunk = cb__buffer_chunk(record, i);
            piece.data = chunk->data;
            piece.length = chunk->length;
            piece.block = chunk->memory;
        }
        piece.flags =
            (i ? 0U : (unsigned)CB_FIRST) | (i + 1 >= record->count ? (unsigned)CB_LAST : 0U);
        status = encode_one(encoder, &appender, &piece, NULL);
        piece.offset += piece.length;
    } while (status == CB_OK && ++i < record->count);
    return end_whole(encoder, &appender, record->length, status);
}

int cb_encode_bytes(struct cb_encoder *encoder, const void *data, size_t n, cb_release_fn release,
                    void *arg, struct cb_buffer *out)
{
    struct cb__appender appender;
    struct cb_piece piece;
    struct cb_memory *memory = NULL;
    int status = begin_whole(encoder, &appender, out, n, &piece);
    if (status == CB_OK && release) {
        memory = cb__pool_wrap(out->pool, data, n, release, arg);
        status = memory ? CB_OK : CB_ENOMEM;
    }
    if (status != CB_OK)
        return status;
    piece.data = data;
    piece.length = n;
    piece.block = memory;
    piece.flags = CB_FIRST | CB_LAST;
    status = end_whole(encoder, &appender, n, encode_one(encoder, &appender, &piece, NULL));
    if (memory && status != CB_OK)
        memory->release = NULL; /* the bytes are still the caller's */
    if (memory)
        cb__memory_unref(memory);
    return status;
}

int cb_encode_end(struct cb_encoder *encoder, struct cb_buffer *out)
{
    struct cb__appender appender;
    if (encoder->step != CB__ENCODE_RECORD && encoder->step != CB__ENCODE_END)
        return CB_ESTATE;
    int status = cb__appender_open(&appender, out, false);
    if (status != CB_OK)
        return status;
    if (encoder->step == CB__ENCODE_RECORD) {
        cb__encoder_give(encoder, "", 0);
        encoder->gives = true;
        encoder->step = CB__ENCODE_END;
    }
    status = put_all(encoder, &appender, encoder->ops->finish);
    cb__appender_close(&appender);
    if (status == CB_OK)
        cb_encoder_reset(encoder);
    return status == CB__FULL ? CB_ELIMIT : status;
}
