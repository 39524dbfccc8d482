/* SPDX-License-Identifier: MIT */
/* A decoder and a buffer on one counted pool, for the tests of what every decoder
 * promises, whatever its framing. */
#ifndef CB_TESTS_DECODERS_H
#define CB_TESTS_DECODERS_H

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "support.h"

static struct counting counting;
static struct cb_pool *pool;
static struct cb_buffer *buffer;

static inline void setup(void)
{
    counting_init(&counting);
    pool = new_pool(&counting.hooks);
    buffer = new_buffer(pool, 4096);
}

static inline void teardown(void)
{
    cb_buffer_free(buffer);
    cb_pool_unref(pool);
    counting_fini(&counting);
}

static inline struct cb_decoder *new_decoder(const char *specification,
                                             struct cb_decoder_options options)
{
    struct cb_decoder *decoder = NULL;
    struct cb_error error = {.code = CB_OK};

    options.size = sizeof options;
    options.allocator = &counting.hooks;
    ck_assert_msg(cb_decoder_new(&decoder, specification, &options, &error) == CB_OK, "%s: %s",
                  specification, error.text);
    return decoder;
}

static inline struct cb_decoder *plain_decoder(const char *specification)
{
    return new_decoder(specification, (struct cb_decoder_options){.size = 0});
}

static inline void put(const char *text)
{
    append_block(buffer, text, strlen(text));
}

/* What a piece should be; `total` of the record. */
#define assert_piece(piece, text, number, at, whole, bits)                                         \
    do {                                                                                           \
        ck_assert_uint_eq((piece)->length, strlen(text));                                          \
        ck_assert(memcmp((piece)->data, text, strlen(text)) == 0);                                 \
        ck_assert_uint_eq((piece)->record, number);                                                \
        ck_assert_uint_eq((piece)->offset, at);                                                    \
        ck_assert_uint_eq((piece)->total, whole);                                                  \
        ck_assert_uint_eq((piece)->flags, bits);                                                   \
    } while (0)

/* The framings that the generic tests below run with, and three records in
 * them. */
static const struct sample {
    const char *specification;
    const char *input;
    size_t size;
    bool tells;
} samples[] = {
    {"line", BYTES("first\n\nthird\n"), false},
    {"delim:<>,or=<e>", BYTES("first<><>third<e>"), false},
    {"fixed:5", BYTES("firstAAAAAthird"), false},
    {"u16be", BYTES("\0\5first\0\0\0\5third"), true},
    {"varint", BYTES("\5first\0\5third"), true},
    {"netstring", BYTES("5:first,0:,5:third,"), true},
    {"chunked", BYTES("5\r\nfirst\r\n1\r\nx\r\n5;e\r\nthird\r\n0\r\n\r\n"), true},
};

/* All bytes and ends of records that batches of `max` pieces give. */
struct seen {
    char text[64];
    size_t size;
    size_t ends[16];
    uint64_t offsets[16];
    size_t records;
};

static inline void see(struct seen *seen, const struct cb_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_le(seen->size + pieces[i].length, sizeof seen->text);
        memcpy(seen->text + seen->size, pieces[i].data, pieces[i].length);
        seen->size += pieces[i].length;
        if (pieces[i].flags & CB_FIRST)
            seen->offsets[seen->records] = pieces[i].offset;
        ck_assert_uint_eq(pieces[i].record, seen->records + 1);
        if (pieces[i].flags & CB_LAST)
            seen->ends[seen->records++] = seen->size;
    }
}

static inline void batch_all(struct cb_decoder *decoder, size_t max, struct seen *seen)
{
    struct cb_piece pieces[16];
    size_t count;

    *seen = (struct seen){.size = 0};
    while (decode_batch(decoder, buffer, pieces, max, &count) == CB_PIECE) {
        ck_assert_uint_ge(count, 1);
        ck_assert_uint_le(count, max);
        see(seen, pieces, count);
        cb_decoder_release(decoder, buffer);
    }
    ck_assert_uint_eq(count, 0);
}

#endif
