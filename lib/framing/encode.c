/* SPDX-License-Identifier: MIT */
/*
 * Encode: records through an encoder to the tail of a buffer.
 * Layer: base -> ... -> appender, encoder -> encode.
 *
 * A piece goes through these steps.  At each of them the work can stop when the
 * output is full, and continue in a later call:
 *
 *     look at it, begin its record -> header -> payload -> trailer
 *
 * A rejected record is skipped up to its last piece.  An encoder that must see
 * the whole record first gets the pieces of a record that comes in several from
 * `held`.
 *
 * Nearly all records are short and whole: they take a fast path that does each
 * step in one go, or stops where the steps continue (put_constants, put_framed).
 */
#include "core/appender.h"
#include "framing/decoder.h"
#include "framing/encoder.h"

/* The longest constant copied by one store. */
enum { SHORT = 8 };

/* The longest input delimiter that is searched for the output delimiter. */
enum { NEAR = 16 };

static bool is_whole(const struct cb_piece *piece)
{
    const uint32_t both = CB_FIRST | CB_LAST;
    return (piece->flags & both) == both;
}

/* ------------------------------------------------------------------- steps */

/* Writes the rest of a header or trailer. */
static int put_out(struct cb_encoder *encoder, struct cb__appender *appender)
{
    int status = CB_OK;
    while (encoder->out.length && status == CB_OK) {
        size_t n = encoder->out.length;
        status = cb__appender_copy(appender, encoder->out.data, &n);
        if (status == CB_OK) {
            encoder->out.data += n;
            encoder->out.length -= n;
        }
    }
    return status;
}

/* The same, asking `give` for more until there is none. */
static int put_all(struct cb_encoder *encoder, struct cb__appender *appender,
                   int (*give)(struct cb_encoder *encoder))
{
    int status = put_out(encoder, appender);
    while (status == CB_OK && encoder->gives) {
        cb__encoder_give(encoder, "", 0);
        int answer = give ? give(encoder) : CB_OK;
        encoder->gives = answer == CB__MORE;
        status = answer == CB_EUNENCODABLE ? answer : put_out(encoder, appender);
    }
    return status;
}

/* Removes what the output still has of the current record. */
static void take_back(const struct cb_encoder *encoder, struct cb__appender *appender)
{
    struct cb_buffer *out = appender->buffer;
    cb__appender_close(appender);
    if (encoder->start < out->position)
        cb_truncate(out, 0);
    else if (encoder->start < cb__buffer_end(out))
        cb_truncate(out, (size_t)(encoder->start - out->position));
}

/* Rejects the record, for the reason in encoder->error. */
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

/* Shows a piece to an encoder that looks; the data of an empty piece may be NULL. */
static int show(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct cb_piece empty = *piece;
    if (cb__likely(piece->data))
        return encoder->ops->look(encoder, piece);
    empty.data = (const uint8_t *)"";
    return encoder->ops->look(encoder, &empty);
}

static int look(struct cb_encoder *encoder, struct cb__appender *appender,
                const struct cb_piece *piece)
{
    if (piece->flags & CB_FIRST) {
        encoder->start = cb__appender_position(appender);
        encoder->record = encoder->before + piece->record;
        encoder->offset = piece->offset;
    }
    if (!(encoder->traits & CB_LOOKS) || show(encoder, piece) == CB_OK)
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
        status = cb__appender_room(appender, CB__TRANSFORM_ROOM);
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

/* Appends the bytes of a piece as they are, from *done on: by reference if it is long. */
static int put_bytes(struct cb__appender *appender, const struct cb_piece *piece, size_t *done)
{
    const bool refers =
        piece->length >= CB__COPY_BELOW && cb__appender_takes(appender, piece->block);
    int status = CB_OK;
    while (*done < piece->length && status == CB_OK) {
        const uint8_t *data = piece->data + *done;
        size_t n = piece->length - *done;
        status = refers ? cb__appender_refer(appender, piece->block, data, &n)
                        : cb__appender_copy(appender, data, &n);
        *done += status == CB_OK ? n : 0;
    }
    return status;
}

static int put_payload(struct cb_encoder *encoder, struct cb__appender *appender,
                       const struct cb_piece *piece)
{
    if (encoder->traits & CB_NO_PAYLOAD)
        return CB_OK;
    if (encoder->traits & CB_TRANSFORMS)
        return put_transformed(encoder, appender, piece);
    return put_bytes(appender, piece, &encoder->done);
}

/* Continues with an examined piece, to its end. */
static int put_piece(struct cb_encoder *encoder, struct cb__appender *appender,
                     const struct cb_piece *piece)
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
        encoder->gives = true;
        encoder->step = piece->flags & CB_LAST ? CB__ENCODE_TRAILER : CB__ENCODE_PIECE;
    }
    if (encoder->step == CB__ENCODE_TRAILER) {
        status = put_all(encoder, appender, encoder->ops->end);
        if (status == CB_OK)
            encoder->step = CB__ENCODE_RECORD;
        if (status == CB_EUNENCODABLE)
            return refuse(encoder, appender, piece);
    }
    return status;
}

/* Is this the expected next piece? */
static int check_piece(const struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const bool between = encoder->step == CB__ENCODE_RECORD;
    if (between != ((piece->flags & CB_FIRST) != 0) || encoder->step == CB__ENCODE_END)
        return CB_ESTATE;
    return piece->total == CB_UNKNOWN && encoder->traits & CB_NEEDS_LENGTH ? CB_ESTATE : CB_OK;
}

static int encode_piece(struct cb_encoder *encoder, struct cb__appender *appender,
                        const struct cb_piece *piece)
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
    return status == CB_OK ? put_piece(encoder, appender, piece) : status;
}

/* ------------------------------------- records that are held until their end */

/* Keeps a piece, by reference if possible. */
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
    status = put_bytes(&appender, piece, &done);
    cb__appender_close(&appender);
    if (status != CB_OK)
        cb_truncate(encoder->held, encoder->held->length - done);
    return status;
}

/* Writes the held record chunk by chunk; `last` is its last piece. */
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
        status = put_piece(encoder, appender, &piece);
        if (status == CB_OK)
            cb_skip(held, piece.length);
    }
    return status;
}

/* For an encoder that must see the whole record first. */
static int encode_whole(struct cb_encoder *encoder, struct cb__appender *appender,
                        const struct cb_piece *piece)
{
    const bool is_held =
        encoder->held && (encoder->step == CB__ENCODE_PIECE || encoder->held->length);
    if (is_whole(piece) && !is_held)
        return encode_piece(encoder, appender, piece);
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

/* Copies n < CB__COPY_BELOW bytes, for which memcpy would take longer to choose a
 * method: 16 at a time, the last 16 overlapping the ones before.  It reads and writes
 * no byte beyond the n. */
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
    return is_whole(piece) && piece->length < CB__COPY_BELOW;
}

/* Does nothing need checking, or nothing fail the check?  The steps will find an error
 * again. */
static inline bool passes(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    return cb__likely(!(encoder->traits & CB_LOOKS)) || show(encoder, piece) == CB_OK;
}

static inline bool is_long(const struct cb_piece *piece)
{
    return is_whole(piece) && piece->length >= CB__COPY_BELOW;
}

/* One store of a short constant, of which the first bytes count. */
struct constant {
    uint8_t bytes[SHORT];
    size_t length;
};

static struct constant constant_of(const struct cb__bytes *bytes)
{
    struct constant constant = {.length = bytes->length};
    memcpy(constant.bytes, bytes->data, bytes->length);
    return constant;
}

static inline uint8_t *put_constant(uint8_t *to, const struct constant *constant)
{
    memcpy(to, constant->bytes, SHORT);
    return to + constant->length;
}

/* Copies leading short records. */
static size_t copy_constant(struct cb_encoder *encoder, struct cb__appender *appender,
                            const struct cb_piece *pieces, size_t count)
{
    const struct constant head = constant_of(&encoder->head), tail = constant_of(&encoder->tail);
    const bool looks = encoder->traits & CB_LOOKS;
    const uint8_t *end = appender->end;
    uint8_t *to = appender->to;
    size_t i = 0;
    for (; i < count && end - to >= CB__COPY_BELOW + 2 * SHORT; i++) {
        const struct cb_piece *piece = &pieces[i];
        if (!is_short(piece) || (looks && !passes(encoder, piece)))
            break;
        if (head.length)
            to = put_constant(to, &head);
        copy_short(to, piece->data, piece->length);
        to = put_constant(to + piece->length, &tail);
    }
    appender->to = to;
    return i;
}

/* Is the constant trailer between a payload and the next one, in one block, like the LF
 * of a CRLF?  By reference it becomes one chunk with the next payload. */
static inline bool tail_precedes(const struct cb_encoder *encoder, const struct cb_piece *piece,
                                 const struct cb_piece *next)
{
    const size_t n = encoder->tail.length;
    if (!is_long(next) || next->block != piece->block)
        return false;
    const size_t gap = (size_t)(next->data - (piece->data + piece->length));
    return gap >= n && gap <= NEAR && memcmp(next->data - n, encoder->tail.data, n) == 0;
}

/* References leading long records, which have no header. */
static size_t refer_constant(struct cb_encoder *encoder, struct cb__appender *appender,
                             const struct cb_piece *pieces, size_t count)
{
    const struct constant tail = constant_of(&encoder->tail);
    size_t i = 0, lead = 0; /* bytes of the last trailer that are in the input */
    for (; i < count && cb__appender_ready(appender, SHORT); i++) {
        const struct cb_piece *piece = &pieces[i];
        if (!is_long(piece) || !cb__appender_takes(appender, piece->block) ||
            !passes(encoder, piece))
            break;
        cb__appender_push(appender, piece->block, piece->data - lead, piece->length + lead);
        lead = i + 1 < count && tail_precedes(encoder, piece, piece + 1) ? tail.length : 0;
        if (!lead)
            appender->to = put_constant(appender->to, &tail);
    }
    if (lead)
        appender->to = put_constant(appender->to, &tail);
    return i;
}

static size_t put_constants(struct cb_encoder *encoder, struct cb__appender *appender,
                            const struct cb_piece *pieces, size_t count)
{
    size_t done = 0, before;
    do {
        before = done;
        done += copy_constant(encoder, appender, pieces + done, count - done);
        if (!encoder->head.length)
            done += refer_constant(encoder, appender, pieces + done, count - done);
    } while (done > before);
    return done;
}

/* Writes the payload of a whole record, if possible in one go. */
static inline bool put_at_once(struct cb_encoder *encoder, struct cb__appender *appender,
                               const struct cb_piece *piece)
{
    if (cb__unlikely(encoder->traits & (CB_NO_PAYLOAD | CB_TRANSFORMS)))
        return put_payload(encoder, appender, piece) == CB_OK;
    if (!piece->length)
        return true;
    if (is_short(piece) && (size_t)(appender->end - appender->to) >= piece->length) {
        copy_short(appender->to, piece->data, piece->length);
        appender->to += piece->length;
        return true;
    }
    if (!is_long(piece) || !cb__appender_ready(appender, 0) ||
        !cb__appender_takes(appender, piece->block))
        return false;
    cb__appender_push(appender, piece->block, piece->data, piece->length);
    return true;
}

/* Writes a header or trailer in one go. */
static inline bool put_out_at_once(struct cb_encoder *encoder, struct cb__appender *appender)
{
    const size_t n = encoder->out.length;
    if (!n)
        return true;
    if (n >= CB__COPY_BELOW || (size_t)(appender->end - appender->to) < n)
        return false;
    copy_short(appender->to, encoder->out.data, n);
    appender->to += n;
    encoder->out.length = 0;
    return true;
}

/* Whole records, each with the bytes that the encoder puts around it.  What cannot be
 * done in one go is left where put_piece continues. */
static size_t put_framed(struct cb_encoder *encoder, struct cb__appender *appender,
                         const struct cb_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cb_piece *piece = &pieces[i];
        if (!is_whole(piece) || !passes(encoder, piece))
            return i;
        encoder->record = encoder->before + piece->record;
        encoder->offset = piece->offset;
        encoder->start = cb__appender_position(appender);
        cb__encoder_give(encoder, "", 0);
        if (encoder->ops->begin && encoder->ops->begin(encoder, piece->length) != CB_OK)
            return i;
        encoder->done = 0;
        encoder->step = CB__ENCODE_HEADER;
        if (!put_out_at_once(encoder, appender))
            return i;
        encoder->step = CB__ENCODE_PAYLOAD;
        if (!put_at_once(encoder, appender, piece))
            return i;
        encoder->step = CB__ENCODE_TRAILER;
        encoder->gives = encoder->ops->end && encoder->ops->end(encoder) != CB_OK;
        if (!put_out_at_once(encoder, appender) || encoder->gives)
            return i;
        encoder->step = CB__ENCODE_RECORD;
    }
    return count;
}

/* ------------------------------------------------- records that are only cuts */

/* Copies n < CB__COPY_BELOW bytes with one branch for most lengths: 32 at once, and
 * then 128.  It may write up to 128 bytes more, and reads no byte from `end` on. */
static inline void copy_ahead(uint8_t *to, const uint8_t *from, size_t n, const uint8_t *end)
{
    if (cb__unlikely((size_t)(end - from) < n + 160)) {
        copy_short(to, from, n);
        return;
    }
    memcpy(to, from, 32);
    for (size_t i = 32; i < n; i += 128)
        memcpy(to + i, from + i, 128);
}

/* Asks for the head of a record of this length.  False if there is none. */
static bool fill_head(struct cb_encoder *encoder, size_t length)
{
    struct cb__head *head = &encoder->heads[length];
    if (head->size == CB__HEAD_NONE)
        return false;
    head->size = CB__HEAD_NONE;
    cb__encoder_give(encoder, "", 0);
    if (encoder->ops->begin(encoder, length) != CB_OK || encoder->out.length > sizeof head->bytes)
        return false;
    memcpy(head->bytes, encoder->out.data, encoder->out.length);
    head->size = (uint8_t)encoder->out.length;
    return true;
}

static inline size_t emit(struct cb_encoder *encoder, struct cb__appender *appender,
                          const struct cb__cuts *found, size_t first, const struct cb__head *heads)
{
    const struct constant head = constant_of(heads ? &encoder->tail : &encoder->head);
    const struct constant tail = constant_of(&encoder->tail);
    const uint8_t *const data = found->data, *const data_end = data + found->used;
    const uint8_t *const end = appender->end;
    uint8_t *to = appender->to;
    size_t i = first;
    for (; i < found->count && end - to >= CB__CUT_ROOM; i++) {
        const size_t length = found->cuts[i].length;
        if (cb__unlikely(length >= CB__COPY_BELOW))
            break;
        if (heads) {
            if (cb__unlikely(heads[length].size >= CB__HEAD_NONE) && !fill_head(encoder, length))
                break;
            memcpy(to, heads[length].bytes, sizeof *heads);
            to += heads[length].size;
        } else if (head.length) {
            to = put_constant(to, &head);
        }
        copy_ahead(to, data + found->cuts[i].at, length, data_end);
        to = put_constant(to + length, &tail);
    }
    appender->to = to;
    return i - first;
}

size_t cb__encode_cuts(struct cb_encoder *encoder, struct cb__appender *appender,
                       const struct cb__cuts *found, size_t first)
{
    return encoder->heads ? emit(encoder, appender, found, first, encoder->heads)
                          : emit(encoder, appender, found, first, NULL);
}

static bool make_heads(struct cb_encoder *encoder)
{
    const size_t size = CB__COPY_BELOW * sizeof *encoder->heads;
    encoder->heads = encoder->allocator->alloc(encoder->allocator->arg, size);
    if (!encoder->heads)
        return false;
    for (size_t i = 0; i < CB__COPY_BELOW; i++)
        encoder->heads[i].size = CB__HEAD_NEW;
    return true;
}

bool cb__encode_takes_cuts(struct cb_encoder *encoder)
{
    const unsigned sees = CB_NO_PAYLOAD | CB_LOOKS | CB_TRANSFORMS | CB_NEEDS_WHOLE;
    if (encoder->step != CB__ENCODE_RECORD || encoder->traits & sees)
        return false;
    if (encoder->traits & CB_CONSTANT)
        return encoder->copies == put_constants;
    return encoder->heads ||
           (encoder->ops->by_length && encoder->tail.length <= SHORT && make_heads(encoder));
}

/* ------------------------------------------------------------ whole batches */

/* The fast path for short records that this encoder may use, or NULL. */
static cb__encode_fn *short_way(const struct cb_encoder *encoder)
{
    const bool is_short = encoder->head.length <= SHORT && encoder->tail.length <= SHORT;
    if (!(encoder->traits & CB_CONSTANT))
        return put_framed;
    return is_short && !(encoder->traits & CB_NO_PAYLOAD) ? put_constants : put_framed;
}

/* The bytes that the encoder puts around every record, for its whole life. */
static struct cb__bytes ask(struct cb_encoder *encoder, int (*give)(struct cb_encoder *encoder))
{
    cb__encoder_give(encoder, "", 0);
    if (give)
        give(encoder);
    return encoder->out;
}

static int begin_any(struct cb_encoder *encoder)
{
    return encoder->ops->begin ? encoder->ops->begin(encoder, 0) : CB_OK;
}

void cb__encode_init(struct cb_encoder *encoder)
{
    if (encoder->traits & CB_CONSTANT)
        encoder->head = ask(encoder, begin_any);
    if (encoder->traits & CB_CONSTANT || encoder->ops->by_length)
        encoder->tail = ask(encoder, encoder->ops->end);
    encoder->copies = short_way(encoder);
}

void cb__encode_fini(struct cb_encoder *encoder)
{
    cb_buffer_free(encoder->held);
    if (encoder->heads)
        encoder->allocator->free(encoder->allocator->arg, encoder->heads,
                                 CB__COPY_BELOW * sizeof *encoder->heads);
}

/* One piece, whatever the state of the encoder. */
static int encode_one(struct cb_encoder *encoder, struct cb__appender *appender,
                      const struct cb_piece *piece)
{
    if (cb__unlikely(encoder->step == CB__ENCODE_PASS)) {
        if (piece->flags & CB_FIRST)
            return CB_ESTATE;
        encoder->step = piece->flags & CB_LAST ? CB__ENCODE_RECORD : CB__ENCODE_PASS;
        return CB_OK;
    }
    if (cb__unlikely(encoder->traits & CB_NEEDS_WHOLE))
        return encode_whole(encoder, appender, piece);
    return encode_piece(encoder, appender, piece);
}

int cb__encode_all(struct cb_encoder *encoder, struct cb__appender *appender,
                   const struct cb_piece *pieces, size_t count, size_t *taken)
{
    size_t i = 0;
    int status = CB_OK;
    while (status == CB_OK) {
        if (encoder->copies && encoder->step == CB__ENCODE_RECORD)
            i += encoder->copies(encoder, appender, pieces + i, count - i);
        if (i == count)
            break;
        status = encode_one(encoder, appender, &pieces[i]);
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
    status = cb__encode_all(encoder, &appender, pieces, count, taken);
    cb__appender_close(&appender);
    if (status == CB__FULL && !out->length && cb__buffer_end(out) == before && !*taken)
        return CB_ELIMIT;
    return status;
}

/* ------------------------------------------------------------- whole records */

/* Forgets the unfinished record. */
static void abandon(struct cb_encoder *encoder)
{
    encoder->step = CB__ENCODE_RECORD;
    encoder->done = 0;
    if (encoder->held)
        cb_skip(encoder->held, CB_ALL);
}

void cb_encoder_reset(struct cb_encoder *encoder)
{
    abandon(encoder);
    encoder->before = encoder->records = encoder->bytes = 0;
    if (encoder->ops->reset)
        encoder->ops->reset(encoder);
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

/* Begins a record; *piece describes all its parts. */
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
        status = encode_one(encoder, &appender, &piece);
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
    status = end_whole(encoder, &appender, n, encode_one(encoder, &appender, &piece));
    if (memory && status != CB_OK)
        memory->release = NULL; /* the caller still owns the bytes */
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
