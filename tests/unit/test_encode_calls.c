/* SPDX-License-Identifier: MIT */
/* Records into a buffer: which call may be made when, and what it does with a record that is
 * rejected, begun, too long or too short. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "framing/framing.h"
#include "outputs.h"
#include "reading.h"
#include "encoding.h"

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
        const struct cb_piece parts[] = {
            {.data = text, .length = 1, .record = 1, .total = total, .flags = CB_FIRST},
            {.data = text, .length = sizeof text, .record = 1, .total = total, .flags = CB_LAST}};
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

static Suite *encode_calls_suite(void)
{
    Suite *suite = suite_create("encode_calls");
    TCase *tcase = add_case(suite, "states");

    tcase_add_test(tcase, a_call_that_cannot_be_now_is_refused);
    tcase_add_test(tcase, a_rejected_record_leaves_as_far_as_it_is_still_there);
    tcase_add_test(tcase, the_rest_of_a_rejected_record_is_passed_over);
    tcase_add_test(tcase, nothing_comes_into_the_end_of_a_stream);
    tcase_add_test(tcase, a_reset_forgets_the_record_that_was_begun);
    tcase_add_test(tcase, a_trailer_of_any_length_is_written);
    tcase_add_loop_test(tcase, a_record_of_any_length_is_alike_as_a_piece, 0, (int)COUNT(outputs));
    tcase_add_loop_test(tcase, an_output_without_room_for_anything_is_an_error, 0, 3);
    tcase_add_test(tcase, records_are_numbered_as_the_caller_says);
    tcase_add_test(tcase, a_refused_record_has_the_number_that_it_would_have_had);
    tcase_add_test(tcase, the_place_of_a_fault_counts_all_chunks_of_a_record);
    tcase_add_test(tcase, a_total_that_is_too_small_writes_no_frames_without_end);
    tcase_add_test(tcase, a_place_of_any_size_is_written);
    return suite;
}

int main(void)
{
    return run_suite(encode_calls_suite());
}
