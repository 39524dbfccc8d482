/* SPDX-License-Identifier: MIT */
/*
 * Records into a buffer: whatever the pieces, the room and the memory, the
 * bytes are those that the encoder gives for each record on its own.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "framing/framing.h"
#include "outputs.h"
#include "reading.h"

static struct cb_encoder *new_encoder(const char *specification, bool refuses,
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

static const uint8_t *record_at(const struct record_list *records, size_t i, size_t *n)
{
    size_t start = i ? records->ends[i - 1] : 0;

    *n = records->ends[i] - start;
    return records->bytes + start;
}

/* Random records: many short ones, of letters, of delimiters, of anything. */
static void make_records(struct prng *prng, size_t most, struct record_list *records)
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
static void encode_each(const char *specification, bool refuses, const struct record_list *records,
                        struct record_list *wire)
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

/* ------------------------------------------------- pieces cut in any way */

/* The pieces of all records, from a buffer whose blocks have some size. */
struct cuts {
    struct cb_piece pieces[20000];
    size_t count;
};

static void cut_record(struct prng *prng, const struct cb_buffer *input, size_t i, size_t start,
                       size_t n, struct cuts *cuts)
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

static void same(const char *specification, const struct record_list *got,
                 const struct record_list *expected)
{
    expect(got->size == expected->size &&
               (!got->size || memcmp(got->bytes, expected->bytes, got->size) == 0),
           "%s: %zu bytes: %.*s, not %zu: %.*s", specification, got->size, (int)got->size,
           (const char *)got->bytes, expected->size, (int)expected->size,
           (const char *)expected->bytes);
}

/* Encodes them with so many at a call and a limit on the output, which is written
 * now and then.  Returns how many records were refused. */
static size_t encode_cuts(struct prng *prng, struct cb_encoder *encoder, const struct cuts *cuts,
                          size_t limit, struct record_list *wire)
{
    const struct cb_buffer_options options = {
        .size = sizeof options, .chunk_min = 32, .chunk_max = 4096, .limit = limit};
    struct cb_buffer *out = NULL;
    size_t refused = 0;

    ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
    *wire = (struct record_list){.count = 0};
    for (size_t i = 0; i < cuts->count;) {
        size_t taken, n = prng_below(prng, cuts->count - i + 1);
        int status = cb_encode_pieces(encoder, cuts->pieces + i, n, out, &taken);

        i += taken;
        expect(taken <= n && (status != CB_OK || taken == n), "%zu of %zu taken", taken, n);
        expect(limit == 0 || cb_length(out) <= limit, "beyond the limit");
        refused += status == CB_EUNENCODABLE;
        if (status == 1 || (limit && prng_below(prng, 2)))
            list_add_buffer(wire, out);
        else
            expect(status == CB_OK || status == CB_EUNENCODABLE, "%d", status);
    }
    int status;
    while ((status = cb_encode_end(encoder, out)) == CB_ELIMIT)
        list_add_buffer(wire, out);
    ck_assert_int_eq(status, CB_OK);
    list_add_buffer(wire, out);
    cb_buffer_free(out);
    return refused;
}

START_TEST(pieces_are_encoded_alike_however_they_are_cut)
{
    const char *specification = outputs[_i];
    static struct cuts cuts;

    for (uint64_t seed = 0; seed < 24; seed++) {
        struct prng prng = {.state = seed * 977 + (uint64_t)_i};
        struct record_list records, expected, wire;
        const bool refuses = seed % 2;

        make_records(&prng, seed % 3 ? 100 : 2500, &records);
        encode_each(specification, refuses, &records, &expected);
        struct cb_buffer *input =
            buffer_of(NULL, records.bytes, records.size, prng_below(&prng, 700) + 64);
        cuts.count = 0;
        for (size_t i = 0, start = 0; i < records.count; start = records.ends[i++])
            cut_record(&prng, input, i, start, records.ends[i] - start, &cuts);
        struct cb_encoder *encoder = new_encoder(specification, refuses, NULL);
        size_t refused = encode_cuts(&prng, encoder, &cuts, 0, &wire);
        same(specification, &wire, &expected);
        list_free(&wire);
        if (!refused) { /* of one that is refused later some may have been written */
            encode_cuts(&prng, encoder, &cuts, 64 + prng_below(&prng, 3000), &wire);
            same(specification, &wire, &expected);
            list_free(&wire);
        }
        cb_encoder_free(encoder);
        cb_buffer_free(input);
        list_free(&records);
        list_free(&expected);
    }
}
END_TEST

/* ------------------------------------------------------------- whole records */

static void count_release(void *arg, const void *data, size_t size)
{
    (void)data;
    (void)size;
    ++*(size_t *)arg;
}

/* In each of the three ways. */
static int encode_whole(struct cb_encoder *encoder, const uint8_t *data, size_t n, unsigned way,
                        size_t *released, struct cb_buffer *out)
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

START_TEST(whole_records_are_encoded_as_their_pieces_are)
{
    const char *specification = outputs[_i];

    for (uint64_t seed = 0; seed < 24; seed++) {
        struct prng prng = {.state = seed * 31 + (uint64_t)_i};
        struct record_list records, expected, wire = {.count = 0};
        const bool refuses = seed % 2;
        size_t released = 0, given = 0;

        make_records(&prng, 2500, &records);
        encode_each(specification, refuses, &records, &expected);
        struct cb_encoder *encoder = new_encoder(specification, refuses, NULL);
        struct cb_buffer *out = new_buffer(NULL, 4096);
        bool has_places = false;
        for (size_t i = 0; i < records.count; i++) {
            size_t n, before = cb_length(out);
            const uint8_t *data = record_at(&records, i, &n);
            unsigned way = (unsigned)prng_below(&prng, 3);
            int status = encode_whole(encoder, data, n, way, &released, out);

            given += way == 1 && status == CB_OK;
            expect(status == CB_OK || (status == CB_EUNENCODABLE && cb_length(out) == before),
                   "%s: %d", specification, status);
            has_places |= status != CB_OK; /* those after it are numbered otherwise */
        }
        ck_assert_int_eq(cb_encode_end(encoder, out), CB_OK);
        list_add_buffer(&wire, out);
        cb_buffer_free(out);
        expect(released == given, "%zu of %zu released", released, given);
        if (!has_places || !(cb_encoder_traits(encoder) & CB_NEEDS_PLACE))
            same(specification, &wire, &expected);
        cb_encoder_free(encoder);
        list_free(&wire);
        list_free(&records);
        list_free(&expected);
    }
}
END_TEST

START_TEST(a_whole_record_that_does_not_fit_leaves_the_output_as_it_was)
{
    const char *specification = outputs[_i];
    struct record_list expected;
    struct record_list records = {.count = 0};

    list_add(&records, "abcdefghijklmnop", 16);
    list_end(&records);
    encode_each(specification, false, &records, &expected);
    const size_t frame = expected.ends[0];
    for (size_t limit = 1; limit <= frame + 64; limit++) {
        const struct cb_buffer_options options = {.size = sizeof options, .limit = limit};
        struct cb_encoder *encoder = new_encoder(specification, false, NULL);
        struct cb_buffer *out = NULL;

        ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
        int status = cb_encode_bytes(encoder, "abcdefghijklmnop", 16, NULL, NULL, out);
        if (status == CB_EUNENCODABLE && !frame)
            status = CB_ELIMIT; /* bson wants its own length in it */
        expect(status == CB_OK || (status == CB_ELIMIT && cb_length(out) == 0),
               "%s: %d with %zu bytes", specification, status, cb_length(out));
        expect(status == CB_OK || limit < frame + CB__TRANSFORM_ROOM || !frame,
               "%s: a limit of %zu is enough", specification, limit);
        if (status == CB_OK && frame)
            assert_holds(out, expected.bytes, frame);
        cb_buffer_free(out);
        cb_encoder_free(encoder);
    }
    list_free(&records);
    list_free(&expected);
}
END_TEST

/* A queue with a limit, for which a record is too much now and then. */
START_TEST(a_record_that_does_not_fit_does_not_disturb_the_reader_of_the_output)
{
    const struct cb_buffer_options options = {.size = sizeof options, .limit = 100};
    struct cb_buffer *queue,
        *record = buffer_of(NULL, BYTES("two of these, and no more, have room"), 8);
    struct cb_encoder *encoder = new_encoder("lf", true, NULL);
    struct cb_decoder *decoder;
    struct cb_piece pieces[4];
    size_t records = 0;

    ck_assert_int_eq(cb_buffer_new(&queue, &options), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "lf", NULL, NULL), CB_OK);
    ck_assert_int_eq((int)cb_decoder_batch(decoder, queue, pieces, 4), CB_MORE);
    for (int round = 0; round < 10; round++) {
        int status;

        while ((status = cb_encode(encoder, record, queue)) == CB_OK)
            records++;
        ck_assert_int_eq(status, CB_ELIMIT);
        ck_assert_int_eq(cb_encode_bytes(encoder, "a\nb", 3, NULL, NULL, queue), CB_EUNENCODABLE);
        const ssize_t n = cb_decoder_batch(decoder, queue, pieces, 4);
        ck_assert_int_eq((int)n, 2);
        cb_decoder_release(decoder, queue);
    }
    ck_assert_uint_eq(records, 20);
    cb_encoder_free(encoder);
    cb_decoder_free(decoder);
    cb_buffer_free(queue);
    cb_buffer_free(record);
}
END_TEST

/* ---------------------------------------------------------------- memory */

START_TEST(when_memory_is_out_the_same_call_may_be_made_again)
{
    const char *specification = outputs[_i];
    struct prng prng = {.state = (uint64_t)_i};
    struct record_list records, expected;
    static struct cuts cuts;

    make_records(&prng, 2500, &records);
    encode_each(specification, false, &records, &expected);
    struct cb_buffer *input = buffer_of(NULL, records.bytes, records.size, 700);
    cuts.count = 0;
    for (size_t i = 0, start = 0; i < records.count; start = records.ends[i++])
        cut_record(&prng, input, i, start, records.ends[i] - start, &cuts);
    for (uint64_t at = 1;; at++) {
        struct counting counting;
        struct record_list wire = {.count = 0};
        struct cb_buffer *out = NULL;

        counting_init(&counting);
        const struct cb_buffer_options options = {
            .size = sizeof options, .chunk_min = 32, .chunk_max = 64, .allocator = &counting.hooks};
        struct cb_encoder *encoder = new_encoder(specification, false, &counting.hooks);
        ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
        counting_fail(&counting, at, false);
        for (size_t i = 0; i < cuts.count;) {
            size_t taken;
            int status = cb_encode_pieces(encoder, cuts.pieces + i, cuts.count - i, out, &taken);

            expect(status == CB_OK || status == 1 || status == CB_EUNENCODABLE ||
                       (status == CB_ENOMEM && counting.failed),
                   "%s: %d", specification, status);
            i += taken;
        }
        int status = cb_encode_end(encoder, out);
        if (status == CB_ENOMEM)
            status = cb_encode_end(encoder, out);
        ck_assert_int_eq(status, CB_OK);
        list_add_buffer(&wire, out);
        same(specification, &wire, &expected);
        const bool failed = counting.failed;
        cb_buffer_free(out);
        cb_encoder_free(encoder);
        counting_fini(&counting);
        list_free(&wire);
        if (!failed)
            break;
    }
    cb_buffer_free(input);
    list_free(&records);
    list_free(&expected);
}
END_TEST

/* *released counts until `out` is freed, since it may refer to the bytes. */
static int encode_again(struct cb_encoder *encoder, const uint8_t *data, size_t n, unsigned way,
                        size_t *released, struct cb_buffer *out)
{
    const size_t before = cb_length(out), released_before = *released;
    int status = encode_whole(encoder, data, n, way, released, out);

    if (status != CB_ENOMEM)
        return status;
    ck_assert_uint_eq(cb_length(out), before);
    ck_assert_uint_eq(*released, released_before);
    return encode_whole(encoder, data, n, way, released, out);
}

START_TEST(a_whole_record_for_which_memory_was_out_counts_once)
{
    const char *specification = outputs[_i];
    struct prng prng = {.state = (uint64_t)_i};
    struct record_list records, expected;

    make_records(&prng, 2500, &records);
    encode_each(specification, false, &records, &expected);
    for (unsigned way = 0; way < 3; way++) {
        bool failed = true;

        for (uint64_t at = 1; failed; at++) {
            struct counting counting;
            struct record_list wire = {.count = 0};
            struct cb_buffer *out = NULL;
            size_t released = 0;

            counting_init(&counting);
            const struct cb_buffer_options options = {.size = sizeof options,
                                                      .allocator = &counting.hooks};
            struct cb_encoder *encoder = new_encoder(specification, false, &counting.hooks);
            ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
            counting_fail(&counting, at, false);
            for (size_t i = 0; i < records.count; i++) {
                size_t n;
                const uint8_t *data = record_at(&records, i, &n);
                int status = encode_again(encoder, data, n, way, &released, out);

                expect(status == CB_OK || status == CB_EUNENCODABLE, "%s: %d", specification,
                       status);
            }
            failed = counting.failed;
            counting_fail(&counting, 0, false);
            ck_assert_int_eq(cb_encode_end(encoder, out), CB_OK);
            list_add_buffer(&wire, out);
            same(specification, &wire, &expected);
            cb_buffer_free(out);
            cb_encoder_free(encoder);
            counting_fini(&counting);
            list_free(&wire);
        }
    }
    list_free(&records);
    list_free(&expected);
}
END_TEST

static void fill(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)('a' + i % 26);
}

START_TEST(long_payload_goes_by_reference)
{
    static uint8_t bytes[5000];
    struct cb_pool *pool = new_pool(NULL);
    struct cb_buffer *record = new_buffer(pool, 8192), *out = new_buffer(pool, 8192);
    struct cb_encoder *encoder = new_encoder("u32be", false, NULL);

    fill(bytes, sizeof bytes);
    append_offered(record, bytes, sizeof bytes, sizeof bytes);
    const uint64_t before = pool_stats(pool).copied;
    ck_assert_int_eq(cb_encode(encoder, record, out), CB_OK);
    ck_assert_uint_eq(pool_stats(pool).copied - before, 4); /* the header */
    cb_buffer_free(record);
    ck_assert_uint_eq(cb_length(out), 4 + sizeof bytes);
    cb_skip(out, 4);
    assert_holds(out, bytes, sizeof bytes);
    cb_buffer_free(out);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    cb_pool_unref(pool);
    cb_encoder_free(encoder);
}
END_TEST

/* Each record is two chunks: its length, and its payload by reference. */
START_TEST(one_call_adds_no_more_than_its_share_of_chunks)
{
    enum { RECORDS = 700, LONG = 600, MOST = 1024 };
    static uint8_t text[RECORDS * LONG];
    static struct cb_piece pieces[RECORDS];
    struct cb_encoder *encoder = new_encoder("u16be", false, NULL);
    struct cb_buffer *in = new_buffer(NULL, 4096), *out = new_buffer(NULL, 4096);
    struct cb_decoder *decoder;
    size_t at = 0, taken;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i / LONG);
    ck_assert_int_eq(cb_append_ref(in, text, sizeof text, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "fixed:600", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_batch(decoder, in, pieces, RECORDS), RECORDS);
    ck_assert_int_eq(cb_encode_pieces(encoder, pieces, RECORDS, out, &taken), 1);
    ck_assert_uint_ge(taken, MOST / 2 - 1);
    ck_assert_uint_le(taken, MOST / 2 + 1);
    ck_assert_uint_le(buffer_stats(out).chunks, MOST + 1);
    ck_assert_int_eq(cb_encode_pieces(encoder, pieces + taken, RECORDS - taken, out, &at), CB_OK);
    ck_assert_uint_eq(taken + at, RECORDS);
    for (size_t i = 0; i < RECORDS; i++) {
        uint8_t record[2 + LONG];

        ck_assert_uint_eq(cb_copyout(out, 0, sizeof record, record), sizeof record);
        ck_assert(record[0] == LONG >> 8 && record[1] == (LONG & 255));
        ck_assert(memcmp(record + 2, text + i * LONG, LONG) == 0);
        cb_skip(out, sizeof record);
    }
    ck_assert_uint_eq(cb_length(out), 0);
    cb_encoder_free(encoder);
    cb_decoder_free(decoder);
    cb_buffer_free(in);
    cb_buffer_free(out);
}
END_TEST

START_TEST(blocks_that_cannot_cross_threads_are_copied_into_a_shared_pool)
{
    static uint8_t bytes[5000];
    const struct cb_pool_options options = {.size = sizeof options, .shared = 1};
    struct cb_pool *pool = NULL;
    size_t released = 0;

    ck_assert_int_eq(cb_pool_new(&pool, &options), CB_OK);
    struct cb_buffer *record = new_buffer(NULL, 8192), *out = new_buffer(pool, 8192);
    struct cb_encoder *encoder = new_encoder("u32be", false, NULL);
    fill(bytes, sizeof bytes);
    ck_assert_int_eq(cb_append_ref(record, bytes, sizeof bytes, count_release, &released), CB_OK);
    ck_assert_int_eq(cb_encode(encoder, record, out), CB_OK);
    cb_buffer_free(record);
    ck_assert_uint_eq(released, 1); /* nothing refers to it */
    cb_skip(out, 4);
    assert_holds(out, bytes, sizeof bytes);
    cb_buffer_free(out);
    cb_pool_unref(pool);
    cb_encoder_free(encoder);
}
END_TEST

/* A record that is held until its end comes in many parts, which are copied or referenced. */
static const size_t held_parts[] = {200, 600};

START_TEST(a_record_is_held_in_full_or_the_call_made_again)
{
    enum { PARTS = 40 };
    static uint8_t text[PARTS * 600];
    const size_t size = PARTS * held_parts[_i];
    struct cb_buffer *in = new_buffer(NULL, 4096), *expected = new_buffer(NULL, 4096);
    struct cb_piece pieces[PARTS];
    char specification[20];
    bool failed = true;
    size_t taken;

    memset(text, 'x', sizeof text);
    append_cut(in, text, size, &held_parts[_i], 1);
    struct cb_decoder *decoder;
    snprintf(specification, sizeof specification, "fixed:%zu", size);
    ck_assert_int_eq(cb_decoder_new(&decoder, specification, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_batch(decoder, in, pieces, PARTS), PARTS);
    struct cb_encoder *plain = new_encoder("json", false, NULL);
    ck_assert_int_eq(cb_encode_bytes(plain, text, size, NULL, NULL, expected), CB_OK);
    for (uint64_t n = 1; failed; n++) {
        struct counting counting;
        struct cb_buffer *out = new_buffer(NULL, 4096);
        size_t at = 0;

        counting_init(&counting);
        struct cb_encoder *encoder = new_encoder("json", false, &counting.hooks);
        counting_fail(&counting, n, false);
        for (int i = 0; i < 3 && at < PARTS; i++) {
            const int status = cb_encode_pieces(encoder, pieces + at, PARTS - at, out, &taken);
            ck_assert(status == CB_OK || (i == 0 && status == CB_ENOMEM));
            at += taken;
        }
        failed = counting.failed;
        ck_assert(failed || n > 2);
        ck_assert_uint_eq(at, PARTS);
        ck_assert_int_eq(cb_equal(out, expected), CB_YES);
        cb_encoder_free(encoder);
        cb_buffer_free(out);
        counting_fini(&counting);
    }
    cb_encoder_free(plain);
    cb_decoder_free(decoder);
    cb_buffer_free(in);
    cb_buffer_free(expected);
}
END_TEST

/* Also where the delimiter of the output is not what precedes the next record, nor is there
 * memory after the last piece. */
static const struct between {
    const char *from, *to, *delimiter, *tail;
} between[] = {
    {"lf", "lf", "\n", "\n"},         {"delim:\\r\\n", "lf", "\r\n", "\n"},
    {"delim:--", "lf", "--", "\n"},   {"delim:--", "crlf", "--", "\r\n"},
    {"delim:;", "crlf", ";", "\r\n"},
};

START_TEST(long_records_are_alike_whatever_is_between_them)
{
    enum { RECORDS = 3, SIZE = 600 };
    const struct between *row = &between[_i];
    struct cb_buffer *in = new_buffer(NULL, 8192), *out = new_buffer(NULL, 8192);
    struct cb_encoder *encoder = new_encoder(row->to, false, NULL);
    struct cb_piece pieces[RECORDS];
    uint8_t bytes[RECORDS * (SIZE + 2)], expected[RECORDS * (SIZE + 2)];
    size_t n = 0, made = 0, taken;
    struct cb_decoder *decoder;
    struct guard guard;

    for (size_t i = 0; i < RECORDS; i++) {
        memset(bytes + n, 'a' + (int)i, SIZE);
        memcpy(bytes + n + SIZE, row->delimiter, strlen(row->delimiter));
        n += SIZE + strlen(row->delimiter);
        memset(expected + made, 'a' + (int)i, SIZE);
        memcpy(expected + made + SIZE, row->tail, strlen(row->tail));
        made += SIZE + strlen(row->tail);
    }
    append_offered(in, bytes, n, n);
    ck_assert_int_eq(cb_decoder_new(&decoder, row->from, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_batch(decoder, in, pieces, RECORDS), RECORDS);
    guard_init(&guard, pieces, sizeof pieces);
    ck_assert_int_eq(cb_encode_pieces(encoder, (const void *)guard.data, RECORDS, out, &taken),
                     CB_OK);
    ck_assert_uint_eq(taken, RECORDS);
    assert_holds(out, expected, made);
    guard_fini(&guard);
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
    cb_buffer_free(in);
    cb_buffer_free(out);
}
END_TEST

static const char *const constants[] = {"lf", "between:12345678,end=12345678"};

START_TEST(no_record_exceeds_the_room_of_the_output)
{
    static uint8_t text[511];
    struct cb_piece pieces[2];

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < COUNT(pieces); i++)
        pieces[i] = (struct cb_piece){.data = text,
                                      .length = sizeof text,
                                      .record = i + 1,
                                      .total = sizeof text,
                                      .flags = CB_FIRST | CB_LAST};
    for (size_t limit = 480; limit < 560; limit++) {
        const struct cb_buffer_options options = {
            .size = sizeof options, .chunk_min = 4096, .limit = limit};
        struct cb_encoder *encoder = new_encoder(constants[_i], false, NULL);
        struct cb_buffer *expected = new_buffer(NULL, 4096), *all = new_buffer(NULL, 4096), *out;
        size_t at = 0, taken;

        for (size_t i = 0; i < COUNT(pieces); i++)
            ck_assert_int_eq(cb_encode_bytes(encoder, text, sizeof text, NULL, NULL, expected),
                             CB_OK);
        ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
        while (at < COUNT(pieces)) {
            ck_assert_int_ge(
                cb_encode_pieces(encoder, pieces + at, COUNT(pieces) - at, out, &taken), 0);
            at += taken;
            ck_assert_uint_le(cb_length(out), limit);
            ck_assert_int_ge(cb_take(out, cb_length(out), all), 0);
        }
        ck_assert_int_eq(cb_equal(all, expected), CB_YES);
        cb_buffer_free(out);
        cb_buffer_free(all);
        cb_buffer_free(expected);
        cb_encoder_free(encoder);
    }
}
END_TEST

/* Encodes a piece, to be drained as often as there is no room. */
static void put_drained(struct cb_encoder *encoder, const struct cb_piece *piece, size_t limit,
                        struct cb_buffer *out, struct cb_buffer *all)
{
    size_t taken;

    do {
        expect(cb_encode_pieces(encoder, piece, 1, out, &taken) >= 0, "an error");
        expect(cb_length(out) <= limit, "%zu bytes, more than %zu", cb_length(out), limit);
        ck_assert_int_ge(cb_take(out, cb_length(out), all), 0);
    } while (!taken);
}

START_TEST(the_rest_of_a_record_begins_in_any_room)
{
    enum { LIMIT = 200 };
    static const uint8_t filler[LIMIT];
    const bool is_bson = strcmp(outputs[_i], "bson") == 0;
    const char *text = is_bson ? "\20\0\0\0a document\0" : "abcdefghijklmnop";

    for (size_t room = 0; room < 70; room++) {
        const struct cb_buffer_options options = {.size = sizeof options, .limit = LIMIT};
        struct cb_encoder *encoder = new_encoder(outputs[_i], false, NULL);
        struct cb_buffer *expected = new_buffer(NULL, 4096), *all = new_buffer(NULL, 4096);
        struct cb_buffer *part = new_buffer(NULL, 4096), *out;
        const size_t cut = 1 + room % 4;
        struct cb_piece piece = {.data = (const uint8_t *)text,
                                 .length = cut,
                                 .record = 1,
                                 .total = 16,
                                 .flags = CB_FIRST};

        ck_assert_int_eq(cb_encode_bytes(encoder, text, 16, NULL, NULL, expected), CB_OK);
        cb_encoder_reset(encoder);
        ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
        put_drained(encoder, &piece, LIMIT, out, all);
        ck_assert_int_eq(cb_append(out, filler, LIMIT - room), CB_OK);
        piece.data += cut;
        piece.offset = cut;
        piece.length = 16 - cut;
        piece.flags = CB_LAST;
        put_drained(encoder, &piece, LIMIT, out, part);
        cb_skip(part, LIMIT - room);
        ck_assert_int_eq(cb_append_buffer(all, part), CB_OK);
        expect(cb_equal(all, expected) == CB_YES, "%s, room for %zu", outputs[_i], room);
        cb_buffer_free(out);
        cb_buffer_free(all);
        cb_buffer_free(part);
        cb_buffer_free(expected);
        cb_encoder_free(encoder);
    }
}
END_TEST

/* ---------------------------------------------------------------- states */

static int put(struct cb_encoder *encoder, struct cb_buffer *out, unsigned flags, uint64_t total)
{
    const struct cb_piece piece = {
        .data = (const uint8_t *)"ab", .length = 2, .record = 1, .total = total, .flags = flags};
    size_t taken;

    return cb_encode_pieces(encoder, &piece, 1, out, &taken);
}

START_TEST(a_call_that_cannot_be_now_is_refused)
{
    struct cb_encoder *encoder = new_encoder("u8", false, NULL);
    struct cb_buffer *out = new_buffer(NULL, 4096), *record = buffer_of(NULL, "x", 1, 1);

    ck_assert_int_eq(put(encoder, out, CB_LAST, 4), CB_ESTATE); /* nothing was begun */
    ck_assert_int_eq(put(encoder, out, CB_FIRST, CB_UNKNOWN), CB_ESTATE);
    ck_assert_int_eq(put(encoder, out, CB_FIRST, 4), CB_OK);
    ck_assert_int_eq(put(encoder, out, CB_FIRST, 4), CB_ESTATE);
    ck_assert_int_eq(cb_encode(encoder, record, out), CB_ESTATE);
    ck_assert_int_eq(cb_encode_bytes(encoder, "x", 1, NULL, NULL, out), CB_ESTATE);
    ck_assert_int_eq(cb_encode_end(encoder, out), CB_ESTATE);
    ck_assert_int_eq(put(encoder, out, CB_LAST, 4), CB_OK);
    ck_assert_int_eq(cb_encode(encoder, out, out), CB_EINVAL);
    ck_assert_int_eq(cb_encode_end(encoder, out), CB_OK);
    assert_holds(out, BYTES("\4abab"));
    cb_buffer_free(record);
    cb_buffer_free(out);
    cb_encoder_free(encoder);
}
END_TEST

START_TEST(a_trailer_of_any_length_is_written)
{
    for (size_t n = 500; n < 530; n++) {
        struct cb_buffer *out = new_buffer(NULL, 4096);
        char specification[600] = "delim:", expected[1200] = "ab";

        memset(specification + 6, 'd', n);
        memcpy(expected + 2, specification + 6, n);
        memcpy(expected + 2 + n, expected, 2 + n);
        struct cb_encoder *encoder = new_encoder(specification, false, NULL);
        ck_assert_int_eq(put(encoder, out, CB_FIRST | CB_LAST, 2), CB_OK);
        ck_assert_int_eq(put(encoder, out, CB_FIRST | CB_LAST, 2), CB_OK);
        assert_holds(out, expected, 2 * (2 + n));
        cb_encoder_free(encoder);
        cb_buffer_free(out);
    }
}
END_TEST

START_TEST(a_record_of_any_length_is_alike_as_a_piece)
{
    static const size_t lengths[] = {600, 2000, 4095, 4096, 4097, 9000, 100000};
    static uint8_t text[100000];

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const struct cb_piece piece = {.data = text,
                                       .length = lengths[i],
                                       .record = 1,
                                       .total = lengths[i],
                                       .flags = CB_FIRST | CB_LAST};
        struct cb_buffer *out = new_buffer(NULL, 4096), *expected = new_buffer(NULL, 4096);
        struct cb_encoder *encoder = new_encoder(outputs[_i], false, NULL);
        size_t taken = 0;

        const int status = cb_encode_bytes(encoder, text, lengths[i], NULL, NULL, expected);
        cb_encoder_reset(encoder);
        int got = 1;
        while (!taken && got == 1)
            got = cb_encode_pieces(encoder, &piece, 1, out, &taken);
        ck_assert_int_eq(got, status);
        expect(cb_equal(out, expected) == CB_YES, "%s, %zu bytes", outputs[_i], lengths[i]);
        cb_encoder_free(encoder);
        cb_buffer_free(out);
        cb_buffer_free(expected);
    }
}
END_TEST

static int put_text(struct cb_encoder *encoder, struct cb_buffer *out, const char *text,
                    unsigned flags)
{
    const struct cb_piece piece = {.data = (const uint8_t *)text,
                                   .length = strlen(text),
                                   .record = 1,
                                   .total = CB_UNKNOWN,
                                   .flags = flags};
    size_t taken;
    const int status = cb_encode_pieces(encoder, &piece, 1, out, &taken);

    ck_assert_uint_eq(taken, status == CB_OK || status == CB_EUNENCODABLE);
    return status;
}

START_TEST(a_rejected_record_leaves_as_far_as_it_is_still_there)
{
    for (size_t sent = 0; sent <= 5; sent++) {
        struct cb_encoder *encoder = new_encoder("line", true, NULL);
        struct cb_buffer *out = new_buffer(NULL, 4096);

        ck_assert_int_eq(put_text(encoder, out, "1", CB_FIRST | CB_LAST), CB_OK);
        ck_assert_int_eq(put_text(encoder, out, "abc", CB_FIRST), CB_OK);
        ck_assert_uint_eq(cb_skip(out, sent), sent);
        ck_assert_int_eq(put_text(encoder, out, "d\n", CB_LAST), CB_EUNENCODABLE);
        assert_holds(out, &"1\n"[sent < 2 ? sent : 2], sent < 2 ? 2 - sent : 0);
        ck_assert_int_eq(put_text(encoder, out, "e", CB_FIRST | CB_LAST), CB_OK);
        cb_skip(out, sent < 2 ? 2 - sent : 0);
        assert_holds(out, BYTES("e\n"));
        cb_buffer_free(out);
        cb_encoder_free(encoder);
    }
}
END_TEST

START_TEST(the_rest_of_a_rejected_record_is_passed_over)
{
    struct cb_encoder *encoder = new_encoder("line", true, NULL);
    struct cb_buffer *out = new_buffer(NULL, 4096);

    ck_assert_int_eq(put_text(encoder, out, "a\n", CB_FIRST), CB_EUNENCODABLE);
    ck_assert_int_eq(put_text(encoder, out, "b", 0), CB_OK);
    ck_assert_int_eq(put_text(encoder, out, "c", CB_FIRST), CB_ESTATE); /* it is not over */
    ck_assert_int_eq(cb_encode_end(encoder, out), CB_ESTATE);
    ck_assert_int_eq(put_text(encoder, out, "d\n", CB_LAST), CB_OK);
    ck_assert_uint_eq(cb_length(out), 0);
    ck_assert_int_eq(put_text(encoder, out, "e", CB_FIRST | CB_LAST), CB_OK);
    assert_holds(out, BYTES("e\n"));
    cb_buffer_free(out);
    cb_encoder_free(encoder);
}
END_TEST

START_TEST(nothing_comes_into_the_end_of_a_stream)
{
    const struct cb_buffer_options small = {.size = sizeof small, .limit = 3};
    struct cb_encoder *encoder = new_encoder("chunked", false, NULL);
    struct cb_buffer *out;

    ck_assert_int_eq(cb_buffer_new(&out, &small), CB_OK);
    ck_assert_int_eq(cb_encode_end(encoder, out), CB_ELIMIT);
    ck_assert_int_eq(put(encoder, out, CB_FIRST | CB_LAST, 2), CB_ESTATE);
    ck_assert_int_eq(cb_encode_bytes(encoder, "x", 1, NULL, NULL, out), CB_ESTATE);
    assert_holds(out, BYTES("0\r\n"));
    cb_skip(out, CB_ALL);
    ck_assert_int_eq(cb_encode_end(encoder, out), CB_OK);
    assert_holds(out, BYTES("\r\n"));
    cb_buffer_free(out);
    cb_encoder_free(encoder);
}
END_TEST

START_TEST(a_reset_forgets_the_record_that_was_begun)
{
    for (size_t i = 0; i < COUNT(outputs); i++) {
        struct cb_encoder *encoder = new_encoder(outputs[i], false, NULL);
        struct cb_buffer *out = new_buffer(NULL, 4096), *fresh = new_buffer(NULL, 4096);
        const char *text = "abcdefghijklmnop";

        const int status = cb_encode_bytes(encoder, text, 16, NULL, NULL, fresh);
        cb_encoder_reset(encoder);
        put(encoder, out, CB_FIRST, 16);
        cb_skip(out, CB_ALL);
        cb_encoder_reset(encoder);
        ck_assert_int_eq(cb_encode_bytes(encoder, text, 16, NULL, NULL, out), status);
        expect(cb_equal(out, fresh) == CB_YES, "%s", outputs[i]);
        cb_buffer_free(out);
        cb_buffer_free(fresh);
        cb_encoder_free(encoder);
    }
}
END_TEST

START_TEST(records_are_numbered_as_the_caller_says)
{
    struct cb_encoder *encoder = new_encoder("index", false, NULL);
    struct cb_buffer *out = new_buffer(NULL, 4096);

    ck_assert_int_eq(cb_encode_bytes(encoder, "abc", 3, NULL, NULL, out), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "de", 2, NULL, NULL, out), CB_OK);
    assert_holds(out, BYTES("1\t0\t3\n2\t3\t2\n"));
    cb_skip(out, CB_ALL);
    cb_encoder_number(encoder, 41);
    ck_assert_int_eq(put(encoder, out, CB_FIRST | CB_LAST, 2), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "f", 1, NULL, NULL, out), CB_OK);
    assert_holds(out, BYTES("41\t0\t2\n41\t5\t1\n"));
    cb_buffer_free(out);
    cb_encoder_free(encoder);
}
END_TEST

START_TEST(a_refused_record_has_the_number_that_it_would_have_had)
{
    static const char text[256];
    struct cb_encoder *encoder = new_encoder("u8", false, NULL);
    struct cb_buffer *out = new_buffer(NULL, 4096);

    cb_encoder_number(encoder, 41);
    ck_assert_int_eq(cb_encode_bytes(encoder, text, 255, NULL, NULL, out), CB_OK);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(cb_encode_bytes(encoder, text, 256, NULL, NULL, out), CB_EUNENCODABLE);
        ck_assert_uint_eq(cb_encoder_error(encoder)->record, 42);
    }
    cb_buffer_free(out);
    cb_encoder_free(encoder);
}
END_TEST

START_TEST(the_place_of_a_fault_counts_all_chunks_of_a_record)
{
    static const char text[] = "no fault here\nbut there is one";
    struct cb_encoder *encoder = new_encoder("line", true, NULL);
    struct cb_buffer *out = new_buffer(NULL, 4096);

    ck_assert_int_eq(cb_encode_bytes(encoder, "first", 5, NULL, NULL, out), CB_OK);
    for (size_t chunk = 1; chunk < sizeof text; chunk++) {
        struct cb_buffer *record = buffer_of(NULL, BYTES(text), chunk);

        ck_assert_int_eq(cb_encode(encoder, record, out), CB_EUNENCODABLE);
        ck_assert_uint_eq(cb_encoder_error(encoder)->offset, 5 + 13);
        ck_assert_uint_eq(cb_encoder_error(encoder)->start, 5);
        assert_holds(out, BYTES("first\n"));
        cb_buffer_free(record);
    }
    cb_buffer_free(out);
    cb_encoder_free(encoder);
}
END_TEST

/* The caller broke a rule, and gets a wrong frame, but not one after another. */
START_TEST(a_total_that_is_too_small_writes_no_frames_without_end)
{
    static const uint8_t text[100];
    struct cb_encoder *encoder = new_encoder("u8,more=10", false, NULL);
    struct cb_buffer *out = new_buffer(NULL, 4096);

    for (uint64_t total = 0; total < 50; total++) {
        const struct cb_piece piece = {.data = text,
                                       .length = sizeof text,
                                       .record = 1,
                                       .total = total,
                                       .flags = CB_FIRST | CB_LAST};
        const struct cb_piece parts[] = {{.data = text,
                                          .length = 1,
                                          .record = 1,
                                          .total = total,
                                          .flags = CB_FIRST},
                                         {.data = text,
                                          .length = sizeof text,
                                          .record = 1,
                                          .total = total,
                                          .flags = CB_LAST}};
        size_t taken;
        ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_OK);
        ck_assert_int_eq(cb_encode_pieces(encoder, parts, 2, out, &taken), CB_OK);
        ck_assert_uint_le(cb_length(out), 300);
        cb_skip(out, CB_ALL);
    }
    cb_buffer_free(out);
    cb_encoder_free(encoder);
}
END_TEST

/* Whichever was written before it: most digits are those of that one, as a rule. */
START_TEST(a_place_of_any_size_is_written)
{
    static const uint64_t places[] = {1,
                                      9999,
                                      10000,
                                      10001,
                                      9999,
                                      19999,
                                      20000,
                                      UINT64_MAX / 10000 * 10000 - 1,
                                      UINT64_MAX / 10000 * 10000,
                                      UINT64_MAX - 1,
                                      3,
                                      99990000,
                                      100000001,
                                      0};
    struct cb_encoder *encoder = new_encoder("index", false, NULL);
    struct cb_buffer *out = new_buffer(NULL, 4096);

    for (size_t i = 0; i < COUNT(places); i++) {
        const struct cb_piece piece = {.data = (const uint8_t *)"",
                                       .record = 1,
                                       .offset = places[i],
                                       .flags = CB_FIRST | CB_LAST};
        char expected[64];
        size_t taken;

        const int n = snprintf(expected, sizeof expected, "1\t%" PRIu64 "\t0\n", places[i]);
        ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_OK);
        assert_holds(out, expected, (size_t)n);
        cb_skip(out, CB_ALL);
    }
    cb_buffer_free(out);
    cb_encoder_free(encoder);
}
END_TEST

/* Two digits or bytes go together. */
START_TEST(an_output_without_room_for_anything_is_an_error)
{
    static const char *const framings[] = {"hex", "base64", "cobs"};
    const struct cb_buffer_options options = {.size = sizeof options, .limit = 1};
    struct cb_piece piece = {.data = (const uint8_t *)"ab",
                             .length = 2,
                             .record = 1,
                             .total = 2,
                             .flags = CB_FIRST | CB_LAST};
    struct cb_buffer *in = new_buffer(NULL, 64), *out = NULL;
    struct cb_encoder *encoder = NULL;
    struct cb_decoder *decoder = NULL;
    size_t count;

    ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
    ck_assert_int_eq(cb_append(in, "ab\n", 3), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&encoder, framings[_i], NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &count), CB_ELIMIT);
    ck_assert_uint_eq(count, 0);
    cb_encoder_free(encoder);
    ck_assert_int_eq(cb_encoder_new(&encoder, framings[_i], NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_reframe(decoder, encoder, in, out, 1, &count), CB_ELIMIT);
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(cb_length(out), 0);
    cb_encoder_free(encoder);
    cb_decoder_free(decoder);
    cb_buffer_free(out);
    cb_buffer_free(in);
}
END_TEST

static Suite *encode_suite(void)
{
    Suite *suite = suite_create("encode");
    TCase *bytes = add_case(suite, "bytes"), *memory = add_case(suite, "memory");
    TCase *states = add_case(suite, "states");
    const int all = (int)COUNT(outputs);

    tcase_add_loop_test(bytes, pieces_are_encoded_alike_however_they_are_cut, 0, all);
    tcase_add_loop_test(bytes, whole_records_are_encoded_as_their_pieces_are, 0, all);
    tcase_add_test(bytes, a_record_that_does_not_fit_does_not_disturb_the_reader_of_the_output);
    tcase_add_loop_test(bytes, a_whole_record_that_does_not_fit_leaves_the_output_as_it_was, 0,
                        all);
    tcase_add_loop_test(memory, when_memory_is_out_the_same_call_may_be_made_again, 0, all);
    tcase_add_loop_test(memory, a_whole_record_for_which_memory_was_out_counts_once, 0, all);
    tcase_add_loop_test(memory, a_record_is_held_in_full_or_the_call_made_again, 0,
                        (int)COUNT(held_parts));
    tcase_add_loop_test(memory, long_records_are_alike_whatever_is_between_them, 0,
                        (int)COUNT(between));
    tcase_add_loop_test(memory, no_record_exceeds_the_room_of_the_output, 0, (int)COUNT(constants));
    tcase_add_loop_test(memory, the_rest_of_a_record_begins_in_any_room, 0, (int)COUNT(outputs));
    tcase_add_test(memory, long_payload_goes_by_reference);
    tcase_add_test(memory, one_call_adds_no_more_than_its_share_of_chunks);
    tcase_add_test(memory, blocks_that_cannot_cross_threads_are_copied_into_a_shared_pool);
    tcase_add_test(states, a_call_that_cannot_be_now_is_refused);
    tcase_add_test(states, a_rejected_record_leaves_as_far_as_it_is_still_there);
    tcase_add_test(states, the_rest_of_a_rejected_record_is_passed_over);
    tcase_add_test(states, nothing_comes_into_the_end_of_a_stream);
    tcase_add_test(states, a_reset_forgets_the_record_that_was_begun);
    tcase_add_test(states, a_trailer_of_any_length_is_written);
    tcase_add_loop_test(states, a_record_of_any_length_is_alike_as_a_piece, 0, all);
    tcase_add_loop_test(states, an_output_without_room_for_anything_is_an_error, 0, 3);
    tcase_add_test(states, records_are_numbered_as_the_caller_says);
    tcase_add_test(states, a_refused_record_has_the_number_that_it_would_have_had);
    tcase_add_test(states, the_place_of_a_fault_counts_all_chunks_of_a_record);
    tcase_add_test(states, a_total_that_is_too_small_writes_no_frames_without_end);
    tcase_add_test(states, a_place_of_any_size_is_written);
    return suite;
}

int main(void)
{
    return run_suite(encode_suite());
}
