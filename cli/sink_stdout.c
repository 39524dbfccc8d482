/* SPDX-License-Identifier: MIT */
/* Records in any framing, to standard output. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnostics.h"
#include "fd.h"
#include "gather.h"
#include "sink.h"

/* The longest end of a record for which there is a shorter way. */
enum { SHORT_END = 8 };

/* The longest delimiter for which the output's is looked for in it. */
enum { NEAR = 16 };

struct sink_stdout {
    struct sink sink;
    struct cb_encoder *encoder;
    struct gather *gather;
    /* With an encoder that does the same for every record: */
    const void *before, *after;
    size_t before_size, after_size;
    bool is_short; /* nothing before, and after it at most SHORT_END bytes: */
    uint8_t short_end[SHORT_END];
};

static int failed(struct sink_stdout *out, int number)
{
    if (!number)
        return EXIT_FINE;
    out->sink.error.code = CB_EIO;
    snprintf(out->sink.error.text, sizeof out->sink.error.text, "%s", strerror(number));
    return EXIT_IO;
}

/* Copies the short whole records that pieces begin with, as far as the stage
 * has room, and returns how many.  The usual case of small records: it does
 * nothing else, and keeps its place in registers. */
static size_t copy_records(struct sink_stdout *out, const struct cb_piece *pieces, size_t count)
{
    struct gather *gather = out->gather;
    uint8_t *to = gather->stage + gather->used;
    const uint8_t *end = gather->stage + GATHER_STAGE - GATHER_COPY_BELOW;
    const size_t after = out->after_size;
    uint8_t tail[SHORT_END];
    memcpy(tail, out->short_end, sizeof tail);
    size_t i = 0;
    for (; i < count && to < end; i++) {
        const struct cb_piece *piece = &pieces[i];
        if (piece->flags != (CB_FIRST | CB_LAST) || piece->length >= GATHER_COPY_BELOW - SHORT_END)
            break;
        gather_copy(to, piece->data, piece->length);
        to += piece->length;
        memcpy(to, tail, sizeof tail); /* its first bytes count */
        to += after;
    }
    gather->used = (size_t)(to - gather->stage);
    return i;
}

/* The end of a record as it stands in the input before the next one, if it does
 * (the LF of a CRLF): by reference the two become one area.  Else NULL. */
static const uint8_t *end_in_input(const struct sink_stdout *out, const struct cb_piece *piece,
                                   const struct cb_piece *next)
{
    const size_t n = out->after_size;
    uint64_t gap = next->offset - (piece->offset + piece->length);
    /* Then both stand in one block of the library's: two blocks are never so
     * near to each other, as each begins with a header longer than that. */
    bool follows = gap >= n && gap <= NEAR && next->data == piece->data + piece->length + gap;
    return follows && memcmp(next->data - n, out->after, n) == 0 ? next->data - n : NULL;
}

/* The end of pieces[i]. */
static int put_end(struct sink_stdout *out, const struct cb_piece *pieces, size_t i, size_t count)
{
    const uint8_t *end = NULL;
    if (i + 1 < count && pieces[i + 1].length >= GATHER_COPY_BELOW && !out->before_size)
        end = end_in_input(out, &pieces[i], &pieces[i + 1]);
    return end ? gather_long(out->gather, end, out->after_size)
               : gather_add(out->gather, out->after, out->after_size);
}

static int put_constant(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    struct gather *gather = out->gather;
    int status = 0;
    for (size_t i = 0; i < count && !status; i++) {
        if (out->is_short)
            i += copy_records(out, pieces + i, count - i);
        if (i == count)
            break;
        const struct cb_piece *piece = &pieces[i];
        if (piece->flags & CB_FIRST)
            status = gather_add(gather, out->before, out->before_size);
        if (!status)
            status = gather_add(gather, piece->data, piece->length);
        if (!status && piece->flags & CB_LAST)
            status = put_end(out, pieces, i, count);
    }
    return failed(out, status);
}

static int put_nothing(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    (void)sink;
    (void)pieces;
    (void)count;
    return EXIT_FINE;
}

/* Adds what the encoder gave.  It is good until the next call of the encoder,
 * so what is not copied must leave now. */
static int add_framing(struct sink_stdout *out, const void *data, size_t n)
{
    int status = gather_add(out->gather, data, n);
    return status || n < GATHER_COPY_BELOW ? status : gather_flush(out->gather);
}

/* The bytes that one of the encoder's functions gives at the end of a record
 * or of the stream. */
static int add_end(struct sink_stdout *out,
                   int (*give)(struct cb_encoder *, const void **, size_t *))
{
    const void *data;
    size_t n;
    int more, status;
    do {
        more = give(out->encoder, &data, &n);
        status = add_framing(out, data, n);
    } while (more == CB_MORE && !status);
    return status;
}

static int begin_record(struct sink_stdout *out, const struct cb_piece *piece)
{
    const void *data;
    size_t n;
    if (cb_encoder_begin(out->encoder, piece->total, &data, &n) == CB_OK)
        return failed(out, add_framing(out, data, n));
    out->sink.error = *cb_encoder_error(out->encoder);
    out->sink.error.record = piece->record;
    out->sink.error.offset = piece->offset;
    return EXIT_UNENCODABLE;
}

static int put_framed(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    for (size_t i = 0; i < count; i++) {
        const struct cb_piece *piece = &pieces[i];
        if (piece->flags & CB_FIRST) {
            int status = begin_record(out, piece);
            if (status)
                return status;
        }
        int number = gather_add(out->gather, piece->data, piece->length);
        if (!number && piece->flags & CB_LAST)
            number = add_end(out, cb_encoder_end);
        if (number)
            return failed(out, number);
    }
    return EXIT_FINE;
}

static size_t move(struct sink *sink, int fd, uint64_t n)
{
    (void)sink;
    return fd_move(fd, STDOUT_FILENO, n);
}

static int flush(struct sink *sink)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    return failed(out, gather_flush(out->gather));
}

static int finish(struct sink *sink, bool whole)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    int number = whole ? add_end(out, cb_encoder_finish) : 0;
    if (!number)
        number = gather_flush(out->gather);
    /* Some file systems tell only now that the bytes found no place. */
    if (!number && close(STDOUT_FILENO) < 0 && errno != EBADF)
        number = errno;
    return failed(out, number);
}

static void free_sink(struct sink *sink)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    cb_encoder_free(out->encoder);
    gather_free(out->gather);
    free(out);
}

#define STDOUT_OPS(put_function, move_function)                                                    \
    {                                                                                              \
        .put = (put_function), .move = (move_function), .flush = flush, .finish = finish,          \
        .free = free_sink                                                                          \
    }

static const struct sink_ops framed = STDOUT_OPS(put_framed, move);
static const struct sink_ops constant = STDOUT_OPS(put_constant, move);
static const struct sink_ops nothing = STDOUT_OPS(put_nothing, NULL);

struct sink *sink_stdout_new(struct cb_encoder *encoder)
{
    struct sink_stdout *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    out->gather = gather_new(STDOUT_FILENO);
    if (!out->gather) {
        free(out);
        return NULL;
    }
    unsigned traits = cb_encoder_traits(encoder);
    out->encoder = encoder;
    out->sink.name = "stdout";
    out->sink.ops = traits & CB_NO_PAYLOAD ? &nothing : traits & CB_CONSTANT ? &constant : &framed;
    if (traits & CB_CONSTANT) {
        cb_encoder_begin(encoder, CB_UNKNOWN, &out->before, &out->before_size);
        cb_encoder_end(encoder, &out->after, &out->after_size);
        out->is_short = !out->before_size && out->after_size <= SHORT_END;
        if (out->is_short)
            memcpy(out->short_end, out->after, out->after_size);
    }
    fd_grow_pipe(STDOUT_FILENO);
    return &out->sink;
}
