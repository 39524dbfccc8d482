/* SPDX-License-Identifier: MIT */
/* Reads an input in every way that pieces can be had: in blocks of any size, at once or as
 * they come, whole records or not, one piece or many at a time. */
#ifndef CB_TESTS_WAYS_H
#define CB_TESTS_WAYS_H

#include "expect.h"
#include "streams.h"

enum { WAYS = 8, WAYS_PIECES = 16 };

struct ways {
    const char *specification;
    const char *bytes;
    size_t size;
    bool trailers;   /* the option */
    size_t records;  /* that are in it */
    const void *arg; /* for this function, which sees each piece, in batches as they come */
    void (*see)(const void *arg, const struct cb_decoder *decoder, const struct cb_piece *piece);
};

/* All that there is. */
static inline void ways_read(const struct ways *ways, size_t max, struct cb_decoder *decoder,
                             struct cb_buffer *buffer)
{
    struct cb_piece pieces[WAYS_PIECES];
    ssize_t n;

    do {
        if (max == 1)
            n = cb_decoder_next(decoder, buffer, pieces);
        else
            n = cb_decoder_batch(decoder, buffer, pieces, max);
        ck_assert(n >= 0 || n == CB_END);
        for (ssize_t i = 0; i < n; i++)
            ways->see(ways->arg, decoder, &pieces[i]);
        if (max > 1)
            cb_decoder_release(decoder, buffer);
    } while (n > 0);
}

static inline void ways_try(const struct ways *ways, size_t block, unsigned way)
{
    const bool as_it_comes = way & 1;
    const size_t max = way & 4 ? WAYS_PIECES : 1;
    const struct cb_decoder_options options = {
        .size = sizeof options, .whole = way & 2 ? CB_WHOLE : 0, .trailers = ways->trailers};
    struct cb_buffer *buffer = new_buffer(NULL, 2048);
    struct cb_decoder *decoder;

    ck_assert_int_eq(cb_decoder_new(&decoder, ways->specification, &options, NULL), CB_OK);
    for (size_t at = 0; at < ways->size; at += block) {
        append_block(buffer, ways->bytes + at, ways->size - at < block ? ways->size - at : block);
        if (as_it_comes)
            ways_read(ways, max, decoder, buffer);
    }
    ways_read(ways, max, decoder, buffer);
    cb_decoder_finish(decoder);
    ways_read(ways, max, decoder, buffer);
    ck_assert_uint_eq(cb_decoder_record(decoder), ways->records + 1);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}

static inline void ways_try_all(const struct ways *ways)
{
    for (size_t block = 1; block <= ways->size; block++) {
        for (unsigned way = 0; way < WAYS; way++)
            ways_try(ways, block, way);
    }
}

#endif
