/* SPDX-License-Identifier: MIT */
/* Specifications and buffers for the tests of what holds for every framing. */
#ifndef CB_TESTS_EVERY_H
#define CB_TESTS_EVERY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outputs.h"
#include "reading.h"
#include "steps.h"
#include "streams.h"

/* The specification of a test that is made twice, the second time with `keep`. */
static inline const char *specification_of(const struct stream *stream, int i, char *text,
                                           size_t size)
{
    snprintf(text, size, "%s%s", stream->specification, i % 2 ? ",keep" : "");
    return text;
}

/* A decoder at work, and a buffer, with allocations that may fail. */
struct work {
    struct cb_decoder *decoder;
    struct cb_buffer *buffer, *taken;
    struct record_list records;
};

/* Brings the input in parts of `step` bytes and reads all of it; with `taking`
 * by cb_decoder_take.  Returns how it ended. */
static inline int read_stream(struct work *work, const char *bytes, size_t size, size_t step,
                              bool taking)
{
    size_t at = 0;
    bool finished = false;

    for (;;) {
        struct cb_piece piece;
        int status = taking ? cb_decoder_take(work->decoder, work->buffer, work->taken)
                            : cb_decoder_next(work->decoder, work->buffer, &piece);

        if (status == CB_PIECE && taking) {
            size_t n;
            uint8_t *data = flatten(work->taken, &n);

            list_add(&work->records, data, n);
            list_end(&work->records);
            free(data);
            cb_skip(work->taken, CB_ALL);
        } else if (status == CB_PIECE) {
            list_add(&work->records, piece.data, piece.length);
            if (piece.flags & CB_LAST)
                list_end(&work->records);
        } else if (status == CB_MORE && at < size) {
            size_t n = size - at < step ? size - at : step;

            if (cb_append(work->buffer, bytes + at, n) != CB_OK)
                return CB_ENOMEM;
            at += n;
        } else if (status == CB_MORE && !finished) {
            cb_decoder_finish(work->decoder);
            finished = true;
        } else {
            return status;
        }
    }
}

static inline void empty(struct record_list *list)
{
    list->size = list->count = 0;
}

static inline bool same_lists(const struct record_list *a, const struct record_list *b)
{
    return a->count == b->count && a->size == b->size &&
           (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0) &&
           (a->count == 0 || memcmp(a->ends, b->ends, a->count * sizeof *a->ends) == 0);
}

static inline int make_work(struct work *work, const char *specification,
                            const struct cb_allocator *allocator)
{
    struct cb_buffer_options plain = {
        .size = sizeof plain, .allocator = allocator, .chunk_min = 16, .chunk_max = 64};
    struct cb_decoder_options options = {.size = sizeof options, .allocator = allocator};

    *work = (struct work){.decoder = NULL};
    if (cb_buffer_new(&work->buffer, &plain) != CB_OK ||
        cb_buffer_new(&work->taken, &plain) != CB_OK)
        return CB_ENOMEM;
    return cb_decoder_new(&work->decoder, specification, &options, NULL);
}

static inline void free_work(struct work *work)
{
    cb_decoder_free(work->decoder);
    cb_buffer_free(work->buffer);
    cb_buffer_free(work->taken);
    list_free(&work->records);
}

/* What the stream gives when all is well. */
static inline int read_well(const char *specification, const struct stream *stream,
                            struct record_list *records)
{
    struct work work;

    ck_assert_int_eq(make_work(&work, specification, NULL), CB_OK);
    int status = read_stream(&work, stream->bytes, stream->size, 100, false);
    *records = work.records;
    work.records = (struct record_list){.count = 0};
    free_work(&work);
    return status;
}

#endif
