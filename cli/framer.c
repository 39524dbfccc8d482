/* SPDX-License-Identifier: MIT */
#include "framer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"

enum { SHORT_TAIL = sizeof((struct framer *)NULL)->short_tail };

/* The longest delimiter for which the output's is looked for in it. */
enum { NEAR = 16 };

int framer_failed(struct framer *framer, int number)
{
    if (!number)
        return EXIT_FINE;
    framer->sink->error.code = CB_EIO;
    framer->sink->error.record = 0;
    snprintf(framer->sink->error.text, sizeof framer->sink->error.text, "%s", strerror(number));
    return EXIT_IO;
}

/* The encoder refuses something that it has looked at. */
static int refused(struct framer *framer, const struct cb_piece *piece)
{
    framer->sink->error = *cb_encoder_error(framer->encoder);
    framer->sink->error.record = piece->record;
    return EXIT_UNENCODABLE;
}

static bool looks_good(struct framer *framer, const struct cb_piece *piece)
{
    return cb_encoder_look(framer->encoder, piece) == CB_OK;
}

/* ------------------------------------- the same around every record: copies */

/* Copies the short whole records that pieces begin with, as far as the stage
 * has room, and returns how many.  The usual case of small records: it does
 * nothing else, and keeps its place in registers. */
static size_t copy_records(struct framer *framer, const struct cb_piece *pieces, size_t count)
{
    struct gather *gather = framer->gather;
    uint8_t *to = gather->stage + gather->used;
    const uint8_t *end = gather->stage + GATHER_STAGE - GATHER_COPY_BELOW;
    const size_t tail_size = framer->tail_size;
    uint8_t tail[SHORT_TAIL];
    memcpy(tail, framer->short_tail, sizeof tail);
    size_t i = 0;
    for (; i < count && to < end; i++) {
        const struct cb_piece *piece = &pieces[i];
        if (piece->flags != (CB_FIRST | CB_LAST) || piece->length >= GATHER_COPY_BELOW - SHORT_TAIL)
            break;
        gather_copy(to, piece->data, piece->length);
        to += piece->length;
        memcpy(to, tail, sizeof tail); /* its first bytes count */
        to += tail_size;
    }
    gather->used = (size_t)(to - gather->stage);
    return i;
}

/* The end of a record as it stands in the input before the next one, if it does
 * (the LF of a CRLF): by reference the two become one area.  Else NULL. */
static const uint8_t *tail_in_input(const struct framer *framer, const struct cb_piece *piece,
                                    const struct cb_piece *next)
{
    const size_t n = framer->tail_size;
    uint64_t gap = next->offset - (piece->offset + piece->length);
    /* Then both stand in one block of the library's: two blocks are never so
     * near to each other, as each begins with a header longer than that. */
    bool follows = gap >= n && gap <= NEAR && next->data == piece->data + piece->length + gap;
    return follows && memcmp(next->data - n, framer->tail, n) == 0 ? next->data - n : NULL;
}

/* The end of pieces[i]. */
static int put_tail(struct framer *framer, const struct cb_piece *pieces, size_t i, size_t count)
{
    const uint8_t *tail = NULL;
    if (i + 1 < count && pieces[i + 1].length >= GATHER_COPY_BELOW && !framer->head_size)
        tail = tail_in_input(framer, &pieces[i], &pieces[i + 1]);
    return tail ? gather_long(framer->gather, tail, framer->tail_size)
                : gather_add(framer->gather, framer->tail, framer->tail_size);
}

static int put_constant(struct framer *framer, const struct cb_piece *pieces, size_t count)
{
    struct gather *gather = framer->gather;
    int number = 0;
    for (size_t i = 0; i < count && !number; i++) {
        if (framer->is_short)
            i += copy_records(framer, pieces + i, count - i);
        if (i == count)
            break;
        const struct cb_piece *piece = &pieces[i];
        if (piece->flags & CB_FIRST)
            number = gather_add(gather, framer->head, framer->head_size);
        if (!number)
            number = gather_add(gather, piece->data, piece->length);
        if (!number && piece->flags & CB_LAST)
            number = put_tail(framer, pieces, i, count);
    }
    return framer_failed(framer, number);
}

/* The same with a look at them first: those before the one that is refused go
 * out. */
static int put_checked(struct framer *framer, const struct cb_piece *pieces, size_t count)
{
    size_t good = 0;
    while (good < count && looks_good(framer, &pieces[good]))
        good++;
    int status = put_constant(framer, pieces, good);
    return status || good == count ? status : refused(framer, &pieces[good]);
}

static int put_nothing(struct framer *framer, const struct cb_piece *pieces, size_t count)
{
    (void)framer;
    (void)pieces;
    (void)count;
    return EXIT_FINE;
}

/* -------------------------------------------- what differs for each record */

/* Adds what the encoder gave.  It is good until the next call of the encoder,
 * so what is not copied must leave now. */
static int add_framing(struct framer *framer, const void *data, size_t n)
{
    int number = gather_add(framer->gather, data, n);
    return number || n < GATHER_COPY_BELOW ? number : gather_flush(framer->gather);
}

/* The bytes that one of the encoder's functions gives at the end of a record
 * or of the stream. */
static int add_end(struct framer *framer, int (*give)(struct cb_encoder *, const void **, size_t *))
{
    const void *data;
    size_t n;
    int more, number;
    do {
        more = give(framer->encoder, &data, &n);
        number = add_framing(framer, data, n);
    } while (more == CB_YES && !number);
    return number;
}

static int begin_record(struct framer *framer, const struct cb_piece *piece)
{
    const void *data;
    size_t n;
    if (framer->traits & CB_NEEDS_PLACE)
        cb_encoder_place(framer->encoder, framer->sink->before + piece->record, piece->offset);
    if (cb_encoder_begin(framer->encoder, piece->total, &data, &n) == CB_OK)
        return framer_failed(framer, add_framing(framer, data, n));
    refused(framer, piece);
    framer->sink->error.offset = piece->offset;
    return EXIT_UNENCODABLE;
}

/* What stands for the payload is made where it is collected. */
static int add_transformed(struct framer *framer, const struct cb_piece *piece)
{
    const uint8_t *data = piece->data;
    size_t left = piece->length;
    int more;
    do {
        void *room;
        size_t n = left, size;
        int number = gather_room(framer->gather, CB_TRANSFORM_ROOM, &room, &size);
        if (number)
            return number;
        more = cb_encoder_payload(framer->encoder, data, &n, room, &size);
        gather_fill(framer->gather, size);
        data += n;
        left -= n;
    } while (left && more == CB_YES);
    return 0;
}

static int add_payload(struct framer *framer, const struct cb_piece *piece)
{
    if (framer->traits & CB_NO_PAYLOAD)
        return 0;
    if (framer->traits & CB_TRANSFORMS)
        return add_transformed(framer, piece);
    return gather_add(framer->gather, piece->data, piece->length);
}

/* Pieces that need no look, or had it. */
static int put_framed(struct framer *framer, const struct cb_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cb_piece *piece = &pieces[i];
        if (piece->flags & CB_FIRST) {
            int status = begin_record(framer, piece);
            if (status)
                return status;
        }
        int number = add_payload(framer, piece);
        if (!number && piece->flags & CB_LAST)
            number = add_end(framer, cb_encoder_end);
        if (number)
            return framer_failed(framer, number);
    }
    return EXIT_FINE;
}

static int put_looking(struct framer *framer, const struct cb_piece *pieces, size_t count)
{
    int status = EXIT_FINE;
    for (size_t i = 0; i < count && !status; i++)
        status = looks_good(framer, &pieces[i]) ? put_framed(framer, &pieces[i], 1)
                                                : refused(framer, &pieces[i]);
    return status;
}

/* Keeps a piece until its record is whole.  An errno. */
static int hold(struct framer *framer, const struct cb_piece *piece)
{
    if (framer->held_count == framer->held_room) {
        size_t room = framer->held_room ? 2 * framer->held_room : 16;
        struct cb_piece *held = realloc(framer->held, room * sizeof *held);
        if (!held)
            return ENOMEM;
        framer->held = held;
        framer->held_room = room;
    }
    framer->held[framer->held_count++] = *piece;
    return 0;
}

static int put_whole(struct framer *framer, const struct cb_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int number = hold(framer, &pieces[i]);
        if (number)
            return framer_failed(framer, number);
        if (!looks_good(framer, &pieces[i]))
            return refused(framer, &pieces[i]);
        if (!(pieces[i].flags & CB_LAST))
            continue;
        int status = put_framed(framer, framer->held, framer->held_count);
        framer->held_count = 0;
        if (status)
            return status;
    }
    return EXIT_FINE;
}

/* --------------------------------------------------------------------- life */

int framer_put(struct framer *framer, const struct cb_piece *pieces, size_t count)
{
    return framer->put(framer, pieces, count);
}

int framer_finish(struct framer *framer)
{
    return framer_failed(framer, add_end(framer, cb_encoder_finish));
}

int framer_flush(struct framer *framer)
{
    return framer_failed(framer, gather_flush(framer->gather));
}

/* Asks once for what is the same for every record. */
static void ask_constants(struct framer *framer)
{
    cb_encoder_begin(framer->encoder, CB_UNKNOWN, &framer->head, &framer->head_size);
    cb_encoder_end(framer->encoder, &framer->tail, &framer->tail_size);
    framer->is_short = !framer->head_size && framer->tail_size <= SHORT_TAIL;
    if (framer->is_short)
        memcpy(framer->short_tail, framer->tail, framer->tail_size);
}

static int (*way_to_put(unsigned traits))(struct framer *, const struct cb_piece *, size_t)
{
    if (traits & CB_NEEDS_WHOLE)
        return put_whole;
    if (!(traits & CB_CONSTANT))
        return traits & CB_LOOKS ? put_looking : put_framed;
    if (traits & CB_NO_PAYLOAD)
        return put_nothing;
    return traits & CB_LOOKS ? put_checked : put_constant;
}

int framer_init(struct framer *framer, struct sink *sink, struct cb_encoder *encoder, int fd)
{
    *framer = (struct framer){.sink = sink, .traits = cb_encoder_traits(encoder)};
    framer->gather = gather_new(fd);
    if (!framer->gather)
        return ENOMEM;
    framer->encoder = encoder;
    framer->put = way_to_put(framer->traits);
    if (framer->traits & CB_CONSTANT)
        ask_constants(framer);
    return 0;
}

void framer_fini(struct framer *framer)
{
    cb_encoder_free(framer->encoder);
    gather_free(framer->gather);
    free(framer->held);
}
