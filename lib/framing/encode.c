/* SPDX-License-Identifier: MIT */
/*
 * Encode: records through an encoder to the tail of a buffer.
 * Layer: base -> ... -> appender, encoder -> encoding -> encode.
 *
 * Nearly all records are short and whole: they take a fast path that does each
 * step in one go (short.c), or stops where the steps continue (steps.c).
 */
#include "framing/encoding.h"

/* ------------------------------------------------------------ whole batches */

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
    if (encoder->traits & CB_CONSTANT || encoder->by_length)
        encoder->tail = ask(encoder, encoder->ops->end);
    encoder->copies = cb__encode_whole_way(encoder);
    encoder->whole = encoder->copies;
    if (!encoder->whole)
        encoder->copies = cb__encode_short_way(encoder);
}

void cb__encode_fini(struct cb_encoder *encoder)
{
    cb_buffer_free(encoder->held);
    if (encoder->heads)
        encoder->allocator->free(encoder->allocator->arg, encoder->heads,
                                 CB__COPY_BELOW * sizeof *encoder->heads);
}

/* One piece step by step.  A whole record has the length of its piece, whatever its
 * `total`: the fast path does not look at that either. */
static int encode_one(struct cb_encoder *encoder, struct cb__appender *appender,
                      const struct cb_piece *piece)
{
    struct cb_piece whole = *piece;
    if (cb__is_whole(piece))
        whole.total = piece->length;
    return cb__encode_one(encoder, appender, &whole);
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
    *taken = 0;
    int status = cb__appender_open(&appender, out, true);
    if (status != CB_OK)
        return status;
    status = cb__encode_all(encoder, &appender, pieces, count, taken);
    cb__appender_close(&appender);
    if (status == CB__FULL && !out->length && !*taken)
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
    if (status == CB_EUNENCODABLE)
        encoder->error.record = encoder->before + encoder->records;
    encoder->records--;
    if (status != CB_EUNENCODABLE)
        cb__encode_take_back(encoder, appender);
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
        status = cb__encode_one(encoder, &appender, &piece);
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
    if (status != CB_OK)
        return status;
    if (release) {
        memory = cb__pool_wrap(out->pool, data, n, release, arg);
        if (!memory)
            return end_whole(encoder, &appender, n, CB_ENOMEM);
    }
    piece.data = data;
    piece.length = n;
    piece.block = memory;
    piece.flags = CB_FIRST | CB_LAST;
    status = end_whole(encoder, &appender, n, cb__encode_one(encoder, &appender, &piece));
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
    status = cb__encode_put_all(encoder, &appender, encoder->ops->finish);
    cb__appender_close(&appender);
    if (status == CB_OK)
        cb_encoder_reset(encoder);
    return status == CB__FULL ? CB_ELIMIT : status;
}
