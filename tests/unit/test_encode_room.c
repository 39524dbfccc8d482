/* SPDX-License-Identifier: MIT */
/* Records into a buffer that has little memory or room left, or none: the same call may be made
 * again, and what is long goes by reference. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "framing/framing.h"
#include "outputs.h"
#include "reading.h"
#include "encoding.h"

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

static Suite *encode_room_suite(void)
{
    Suite *suite = suite_create("encode_room");
    TCase *tcase = add_case(suite, "memory");

    tcase_add_loop_test(tcase, when_memory_is_out_the_same_call_may_be_made_again, 0,
                        (int)COUNT(outputs));
    tcase_add_loop_test(tcase, a_whole_record_for_which_memory_was_out_counts_once, 0,
                        (int)COUNT(outputs));
    tcase_add_loop_test(tcase, a_record_is_held_in_full_or_the_call_made_again, 0,
                        (int)COUNT(held_parts));
    tcase_add_loop_test(tcase, long_records_are_alike_whatever_is_between_them, 0,
                        (int)COUNT(between));
    tcase_add_loop_test(tcase, no_record_exceeds_the_room_of_the_output, 0, (int)COUNT(constants));
    tcase_add_loop_test(tcase, the_rest_of_a_record_begins_in_any_room, 0, (int)COUNT(outputs));
    tcase_add_test(tcase, long_payload_goes_by_reference);
    tcase_add_test(tcase, one_call_adds_no_more_than_its_share_of_chunks);
    tcase_add_test(tcase, blocks_that_cannot_cross_threads_are_copied_into_a_shared_pool);
    return suite;
}

int main(void)
{
    return run_suite(encode_room_suite());
}
