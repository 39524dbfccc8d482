/* SPDX-License-Identifier: MIT */
/* Encoders of a specification and records for them, for the tests of what goes into a buffer. */
#ifndef CB_TESTS_ENCODING_H
#define CB_TESTS_ENCODING_H

#include <string.h>

#include "expect.h"
#include "framing/framing.h"
#include "outputs.h"
#include "reading.h"

static inline struct cb_encoder *new_encoder(const char *specification, bool refuses,
                                             const struct cb_allocator *allocator)
{
    const struct cb_encoder_options options = {
        .size = sizeof options, .allocator = allocator, .refuse_collisions = refuses};
    struct cb_encoder *encoder = NULL;
    struct cb_error error = {.code = CB_OK};

    expect(cb_encoder_new(&encoder, specification, &options, &error) == CB_OK, "%s: %s",
           specification, error.text);
    return encoder;
}

static inline const uint8_t *record_at(const struct record_list *records, size_t i, size_t *n)
{
    size_t start = i ? records->ends[i - 1] : 0;

    *n = records->ends[i] - start;
    return records->bytes + start;
}

/* Random records: many short ones, of letters, of delimiters, of anything. */
static inline void make_records(struct prng *prng, size_t most, struct record_list *records)
{
    static const char *const alphabets[] = {"abcdefgh", "ab\r\n;:, \x1e\xc0\xdb", NULL};

    *records = (struct record_list){.count = 0};
    for (size_t i = prng_below(prng, 20) + 1; i > 0; i--) {
        static uint8_t bytes[5000];
        const char *alphabet = alphabets[prng_below(prng, COUNT(alphabets))];
        size_t n = prng_below(prng, prng_below(prng, 2) ? most : 40);

        if (prng_below(prng, 8) == 0)
            n = 16;
        if (alphabet)
            prng_fill(prng, bytes, n, alphabet, strlen(alphabet));
        else
            for (size_t b = 0; b < n; b++)
                bytes[b] = (uint8_t)prng_next(prng);
        list_add(records, bytes, n);
        list_end(records);
    }
}

/* What each of the records gives by itself: by an encoder that has seen no
 * other, with nothing refused before it. */
static inline void encode_each(const char *specification, bool refuses,
                               const struct record_list *records, struct record_list *wire)
{
    struct cb_encoder *encoder = new_encoder(specification, refuses, NULL);
    struct cb_buffer *out = new_buffer(NULL, 4096);
    uint64_t offset = 0;

    *wire = (struct record_list){.count = 0};
    for (size_t i = 0; i < records->count; i++) {
        size_t n, taken;
        const uint8_t *data = record_at(records, i, &n);
        const struct cb_piece piece = {.data = data,
                                       .length = n,
                                       .record = i + 1,
                                       .offset = offset,
                                       .total = n,
                                       .flags = CB_FIRST | CB_LAST};
        int status = cb_encode_pieces(encoder, &piece, 1, out, &taken);

        expect(taken == 1 && (status == CB_OK || (status == CB_EUNENCODABLE && !cb_length(out))),
               "%s: record %zu: %d", specification, i, status);
        list_add_buffer(wire, out);
        list_end(wire);
        offset += n;
    }
    expect(cb_encode_end(encoder, out) == CB_OK, "%s: the end", specification);
    list_add_buffer(wire, out);
    cb_buffer_free(out);
    cb_encoder_free(encoder);
}

/* The pieces of all records, from a buffer whose blocks have some size. */
struct cuts {
    struct cb_piece pieces[20000];
    size_t count;
};

static inline void cut_record(struct prng *prng, const struct cb_buffer *input, size_t i,
                              size_t start, size_t n, struct cuts *cuts)
{
    struct iovec chunks[5000];
    size_t count = cb_chunks(input, chunks, COUNT(chunks)), chunk = 0, at = start, done = 0;
    unsigned flags = CB_FIRST;

    ck_assert_uint_le(count, COUNT(chunks));
    while (chunk < count && at >= chunks[chunk].iov_len)
        at -= chunks[chunk++].iov_len;
    do {
        size_t part = n - done;

        if (chunk < count && part > chunks[chunk].iov_len - at)
            part = chunks[chunk].iov_len - at;
        if (part > 0 && prng_below(prng, 3) == 0)
            part = prng_below(prng, part + 1);
        const bool last = done + part == n && prng_below(prng, 4) != 0;
        ck_assert_uint_lt(cuts->count, COUNT(cuts->pieces));
        cuts->pieces[cuts->count++] = (struct cb_piece){
            .data = chunk < count ? (const uint8_t *)chunks[chunk].iov_base + at : NULL,
            .length = part,
            .record = i + 1,
            .offset = start + done,
            .total = n,
            .flags = flags | (last ? (unsigned)CB_LAST : 0),
        };
        flags = 0;
        done += part;
        at += part;
        if (chunk < count && at == chunks[chunk].iov_len) {
            chunk++;
            at = 0;
        }
        if (last)
            return;
    } while (true);
}

static inline void same(const char *specification, const struct record_list *got,
                        const struct record_list *expected)
{
    expect(got->size == expected->size &&
               (!got->size || memcmp(got->bytes, expected->bytes, got->size) == 0),
           "%s: %zu bytes: %.*s, not %zu: %.*s", specification, got->size, (int)got->size,
           (const char *)got->bytes, expected->size, (int)expected->size,
           (const char *)expected->bytes);
}

static inline void count_release(void *arg, const void *data, size_t size)
{
    (void)data;
    (void)size;
    ++*(size_t *)arg;
}

/* In each of the three ways. */
static inline int encode_whole(struct cb_encoder *encoder, const uint8_t *data, size_t n,
                               unsigned way, size_t *released, struct cb_buffer *out)
{
    if (way == 0)
        return cb_encode_bytes(encoder, data, n, NULL, NULL, out);
    if (way == 1)
        return cb_encode_bytes(encoder, data, n, count_release, released, out);
    struct cb_buffer *record = buffer_of(NULL, data, n, n / 3 + 1);
    int status = cb_encode(encoder, record, out);
    cb_buffer_free(record);
    return status;
}

#endif
