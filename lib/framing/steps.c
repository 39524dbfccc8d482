/* SPDX-License-Identifier: MIT */
/*
 * A piece goes through these steps.  At each of them the work can stop when the
 * output is full, and continue in a later call:
 *
 *     look at it, begin its record -> header -> payload -> trailer
 *
 * A rejected record is skipped up to its last piece.  An encoder that must see
 * the whole record first gets the pieces of a record that comes in several from
 * `held`.
 */
#include "framing/encoding.h"

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

int cb__encode_put_all(struct cb_encoder *encoder, struct cb__appender *appender,
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

void cb__encode_take_back(const struct cb_encoder *encoder, struct cb__appender *appender)
{
    struct cb_buffer *out = appender->buffer;
    cb__appender_close(appender);
    if (encoder->start >= appender->opened)
        cb__buffer_withdraw(out, encoder->start);
    else if (encoder->start < out->position)
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
    if (encoder->held)                  /* not taken: the only one that holds refuses none */
        cb_skip(encoder->held, CB_ALL); /* not reached: the same */
    cb__encode_take_back(encoder, appender);
    return CB_EUNENCODABLE;
}

static int look(struct cb_encoder *encoder, struct cb__appender *appender,
                const struct cb_piece *piece)
{
    if (piece->flags & CB_FIRST) {
        encoder->start = cb__appender_position(appender);
        encoder->record = encoder->before + piece->record;
        encoder->offset = piece->offset;
        encoder->frame = piece->offset - piece->header;
    }
    if (!(encoder->traits & CB_LOOKS) || cb__encode_show(encoder, piece) == CB_OK)
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
    encoder->gives = encoder->ops->head != NULL;
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

int cb__encode_put_payload(struct cb_encoder *encoder, struct cb__appender *appender,
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
        status = cb__encode_put_all(encoder, appender, encoder->ops->head);
        if (status == CB_OK)
            encoder->step = CB__ENCODE_PAYLOAD;
    }
    if (encoder->step == CB__ENCODE_PAYLOAD) {
        status = cb__encode_put_payload(encoder, appender, piece);
        if (status != CB_OK)
            return status;
        encoder->done = 0;
        encoder->gives = true;
        encoder->step = piece->flags & CB_LAST ? CB__ENCODE_TRAILER : CB__ENCODE_PIECE;
    }
    if (encoder->step == CB__ENCODE_TRAILER) {
        status = cb__encode_put_all(encoder, appender, encoder->ops->end);
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
    if (between != ((piece->flags & CB_FIRST) != 0))
        return CB_ESTATE;
    return piece->total == CB_UNKNOWN && encoder->traits & CB_NEEDS_LENGTH ? CB_ESTATE : CB_OK;
}

/* The piece is the next one, and what is needed of the record's frame was taken. */
static int admit(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    int status = check_piece(encoder, piece);
    if (status == CB_OK && encoder->traits & CB_NEEDS_HEADER && piece->flags & CB_FIRST)
        status = cb__encoder_take_header(encoder, piece);
    if (status == CB_OK && encoder->traits & CB_NEEDS_TRAILER && piece->flags & CB_LAST)
        status = cb__encoder_take_trailer(encoder, piece);
    return status;
}

static int encode_piece(struct cb_encoder *encoder, struct cb__appender *appender,
                        const struct cb_piece *piece)
{
    int status = CB_OK;
    if (encoder->step <= CB__ENCODE_PIECE) {
        status = admit(encoder, piece);
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
    if (cb__is_whole(piece))
        return encode_piece(encoder, appender, piece);
    if (encoder->step <= CB__ENCODE_PIECE) {
        int status = admit(encoder, piece);
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
        if (status != CB_OK) /* not taken: as in `refuse` */
            return status;   /* not reached: the same */
    }
    return put_held(encoder, appender, piece);
}

/* -------------------------------------------------------------------- both */

int cb__encode_one(struct cb_encoder *encoder, struct cb__appender *appender,
                   const struct cb_piece *piece)
{
    if (cb__unlikely(encoder->step >= CB__ENCODE_PASS)) {
        if (encoder->step == CB__ENCODE_END || piece->flags & CB_FIRST)
            return CB_ESTATE;
        encoder->step = piece->flags & CB_LAST ? CB__ENCODE_RECORD : CB__ENCODE_PASS;
        return CB_OK;
    }
    if (cb__unlikely(encoder->traits & CB_NEEDS_WHOLE))
        return encode_whole(encoder, appender, piece);
    return encode_piece(encoder, appender, piece);
}
