/* SPDX-License-Identifier: MIT */
/* Payload that goes by elsewhere. */
#include "decoders.h"

/* Reads an input as a program does that moves payload past the decoder
 * wherever it may: the bytes of all records, in order. */
static size_t read_past(const char *specification, const uint8_t *input, size_t size, size_t step,
                        size_t most, uint8_t *out, size_t *passed, size_t *records)
{
    struct cb_decoder *decoder = plain_decoder(specification);
    struct cb_piece piece;
    size_t arrived = 0, n = 0;

    cb_skip(buffer, CB_ALL);
    uint64_t base = cb_position(buffer);
    *passed = *records = 0;
    for (;;) {
        int status = cb_decoder_next(decoder, buffer, &piece);

        if (status == CB_END)
            break;
        expect(status == CB_PIECE || status == CB_MORE, "%s: %s", specification,
               cb_decoder_error(decoder)->text);
        if (status == CB_PIECE) {
            memcpy(out + n, piece.data, piece.length);
            expect(piece.offset + piece.length <= base + arrived, "a piece of what is not here");
            expect(memcmp(input + (piece.offset - base), piece.data, piece.length) == 0,
                   "another place");
            n += piece.length;
            *records += (piece.flags & CB_LAST) != 0;
            continue;
        }
        uint64_t ahead = cb_decoder_ahead(decoder);
        size_t left = size - arrived;
        expect(ahead == 0 || cb_length(buffer) == 0 ||
                   cb_decoder_position(decoder) == cb_position(buffer) + cb_length(buffer),
               "payload ahead, but not of all here");
        if (left == 0) {
            cb_decoder_finish(decoder);
        } else if (ahead > 0) {
            size_t part = ahead < left ? (size_t)ahead : left;

            part = part < most ? part : most;
            memcpy(out + n, input + arrived, part);
            expect(cb_decoder_pass(decoder, buffer, ahead + 1) == CB_EINVAL, "too much is passed");
            expect(cb_decoder_pass(decoder, buffer, part) == CB_OK, "pass is refused");
            expect(cb_position(buffer) == base + arrived + part, "the buffer is elsewhere");
            expect(cb_decoder_position(decoder) == base + arrived + part, "the decoder too");
            expect(cb_decoder_ahead(decoder) == ahead - part, "ahead is wrong");
            n += part;
            *passed += part;
            arrived += part;
        } else {
            size_t part = step < left ? step : left;

            append_block(buffer, input + arrived, part);
            arrived += part;
        }
    }
    expect(cb_decoder_position(decoder) == base + size, "not at the end");
    cb_decoder_free(decoder);
    return n;
}

START_TEST(payload_that_goes_by_elsewhere_leaves_the_records_as_they_are)
{
    static const struct {
        const char *specification;
        const char *input;
        size_t size;
        const char *payload;
        size_t records;
    } inputs[] = {
        {"u8", BYTES("\xahelloworld\0\3abc"), "helloworldabc", 3},
        {"u8,trailer=;", BYTES("\xahelloworld;\0;\3abc;"), "helloworldabc", 3},
        {"u8,keep", BYTES("\xahelloworld\0\3abc"), "\xahelloworld\0\3abc", 3},
        {"fixed:7", BYTES("helloworldabc"), "helloworldabc", 2},
        {"netstring", BYTES("10:helloworld,0:,3:abc,"), "helloworldabc", 3},
        {"u8,header=2,padding=1", BYTES("\xa\3helloworld???\0\1?\3\0abc"), "helloworldabc", 3},
        {"dec,digits=2", BYTES("10helloworld0003abc"), "helloworldabc", 3},
        {"chunked", BYTES("a\r\nhelloworld\r\n3\r\nabc\r\n0\r\n\r\n"), "helloworldabc", 2},
        {"http",
         BYTES("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
               "a\r\nhelloworld\r\n0\r\n\r\n\r\n"
               "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
         "helloworldabc", 2},
        {"http,keep",
         BYTES("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
               "a\r\nhelloworld\r\n0\r\n\r\n"),
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhelloworld\r\n0\r\n\r\n", 1},
    };

    for (size_t i = 0; i < COUNT(inputs); i++) {
        for (size_t step = 1; step <= 8; step++) {
            for (size_t most = 1; most <= 11; most += 3) {
                uint8_t out[256];
                size_t passed, records;
                bool keep = strstr(inputs[i].specification, "keep") != NULL;
                size_t n = read_past(inputs[i].specification, (const uint8_t *)inputs[i].input,
                                     inputs[i].size, step, most, out, &passed, &records);

                ck_assert_uint_eq(n, keep ? inputs[i].size : strlen(inputs[i].payload));
                ck_assert(memcmp(out, inputs[i].payload, n) == 0);
                ck_assert_uint_eq(records, inputs[i].records);
                ck_assert(passed > 0 || step > 3);
            }
        }
    }
}
END_TEST

START_TEST(all_of_a_payload_is_ahead_after_its_header)
{
    struct cb_decoder *decoder = plain_decoder("u64be");
    struct cb_piece piece;

    append_block(buffer, BYTES("\x10\0\0\0\0\0\0\0"));
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.length, 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), UINT64_C(1) << 60);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, (UINT64_C(1) << 60) - 1), CB_OK);
    ck_assert_uint_eq(cb_position(buffer), (UINT64_C(1) << 60) + 7);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 1);
    put("x");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "x", 1, (UINT64_C(1) << 60) + 7, UINT64_C(1) << 60, CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(nothing_is_ahead_of_bytes_that_are_here_or_after_an_error)
{
    struct cb_decoder *decoder = plain_decoder("u8");
    struct cb_piece piece;

    append_block(buffer, BYTES("\x9"
                               "xy"));
    put("zz");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.length, 2);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 1), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 5);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_ETRUNCATED);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 1), CB_EINVAL);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(nothing_is_passed_beyond_the_last_position_of_a_stream)
{
    struct cb_decoder *decoder = plain_decoder("u64be");
    struct cb_piece piece;

    append_block(buffer, BYTES("\xff\xff\xff\xff\xff\xff\xff\x00"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    const uint64_t ahead = cb_decoder_ahead(decoder);
    ck_assert_uint_eq(ahead, UINT64_MAX - 255);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, ahead), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, INT64_MAX - 8 + 1), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, INT64_MAX - 8), CB_OK);
    ck_assert_uint_eq(cb_position(buffer), INT64_MAX);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(nothing_is_ahead_where_the_next_byte_must_be_seen)
{
    static const char *const inputs[][2] = {
        {"line", "abc"},
        {"delim:ab", "abc"},
        {"netstring", "5"},
        {"netstring", "2:ab"},
        {"chunked", "2\r\nab"},
        {"chunked", "2\r\nab\r\n"},
        {"u8", "\2ab"},
        {"dec", "2\nab"},
        {"u16be,offset=2", "abc"},
        {"pkt-line", "0006a\n"},
        {"u8,header=2,padding=1", "\2\1ab"},
    };
    struct cb_piece piece;

    for (size_t i = 0; i < COUNT(inputs); i++) {
        struct cb_decoder *decoder = plain_decoder(inputs[i][0]);

        cb_skip(buffer, CB_ALL);
        put(inputs[i][1]);
        while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE)
            ck_assert_uint_ge(piece.flags + piece.length, 1);
        ck_assert_msg(cb_decoder_ahead(decoder) == 0, "%s", inputs[i][0]);
        ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 1), CB_EINVAL);
        cb_decoder_free(decoder);
    }
}
END_TEST

/* Its checksum must be made. */
START_TEST(nothing_is_ahead_of_a_tfrecord)
{
    static const char begun[] = "\2\0\0\0\0\0\0\0\x78\x27\x0b\x34h";
    struct cb_decoder *decoder = plain_decoder("tfrecord");
    struct cb_piece piece;

    ck_assert_uint_ne(cb_decoder_traits(decoder) & CB_TELLS_LENGTH, 0);
    for (size_t n = 0; n < sizeof begun - 1; n++) {
        append_block(buffer, begun + n, 1);
        while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE)
            ck_assert_uint_eq(piece.total, 2);
        ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
        ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 1), CB_EINVAL);
    }
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(nothing_is_ahead_where_records_are_held_whole)
{
    struct cb_decoder *decoder = new_decoder("u8", (struct cb_decoder_options){.whole = 1});
    struct cb_piece piece;

    append_block(buffer, BYTES("\5ab"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    cb_decoder_free(decoder);
}
END_TEST

/* line tells no length before the end, u8 does. */
START_TEST(records_whose_length_is_not_told_are_held_where_that_is_asked_for)
{
    const struct cb_decoder_options untold = {.whole = CB_WHOLE_UNTOLD};
    struct cb_decoder *line = new_decoder("line", untold), *u8 = new_decoder("u8", untold);
    struct cb_piece piece;

    append_block(buffer, BYTES("\5ab"));
    ck_assert_int_eq(cb_decoder_next(line, buffer, &piece), CB_MORE);
    cb_decoder_free(line);
    ck_assert_int_eq(cb_decoder_next(u8, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.length, 2);
    ck_assert_uint_eq(piece.total, 5);
    cb_decoder_free(u8);
}
END_TEST

/* Parts whose length is told, of a record whose length is not. */
START_TEST(payload_is_ahead_only_up_to_the_longest_record)
{
    static const struct {
        const char *specification, *begun;
    } inputs[] = {
        {"cbor", "\x4a"
                 "abc"},
        {"msgpack", "\xaa"
                    "abc"},
        {"der", "\4\xa"
                "ab"},
        {"resp", "$10\r\n"},
        {"http,keep", "GET / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"},
    };

    for (size_t i = 0; i < 2 * COUNT(inputs); i++) {
        const enum cb_overflow on_overflow = i % 2 ? CB_OVERFLOW_FAIL : CB_OVERFLOW_TRUNCATE;
        const char *begun = inputs[i / 2].begun;
        const uint64_t most = strlen(begun) + 2;
        struct cb_decoder *decoder = new_decoder(
            inputs[i / 2].specification,
            (struct cb_decoder_options){.max_record = most, .on_overflow = on_overflow});
        struct cb_piece piece;
        int status;

        cb_skip(buffer, CB_ALL);
        put(begun);
        while ((status = cb_decoder_next(decoder, buffer, &piece)) == CB_PIECE)
            ck_assert_uint_ge(piece.flags + piece.length, 1);
        if (status == CB_MORE) { /* or it is known to be too long */
            ck_assert_msg(cb_decoder_ahead(decoder) == 2, "%s", inputs[i / 2].specification);
            ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 2), CB_OK);
            ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
        }
        put("x");
        while ((status = cb_decoder_next(decoder, buffer, &piece)) == CB_PIECE)
            ck_assert_uint_eq(piece.length, 0);
        ck_assert_int_eq(status, on_overflow == CB_OVERFLOW_FAIL ? CB_EOVERFLOW : CB_MORE);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(input_that_ends_after_a_pass_is_truncated)
{
    struct cb_decoder *decoder = plain_decoder("u8");
    struct cb_piece piece;

    append_block(buffer, BYTES("\5"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 3), CB_OK);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_ETRUNCATED);
    ck_assert_uint_eq(cb_decoder_error(decoder)->offset, 4);
    cb_decoder_free(decoder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ahead");
    TCase *ahead = add_case(suite, "ahead");

    tcase_add_checked_fixture(ahead, setup, teardown);
    tcase_add_test(ahead, payload_that_goes_by_elsewhere_leaves_the_records_as_they_are);
    tcase_add_test(ahead, all_of_a_payload_is_ahead_after_its_header);
    tcase_add_test(ahead, nothing_is_passed_beyond_the_last_position_of_a_stream);
    tcase_add_test(ahead, nothing_is_ahead_of_bytes_that_are_here_or_after_an_error);
    tcase_add_test(ahead, nothing_is_ahead_where_the_next_byte_must_be_seen);
    tcase_add_test(ahead, nothing_is_ahead_of_a_tfrecord);
    tcase_add_test(ahead, nothing_is_ahead_where_records_are_held_whole);
    tcase_add_test(ahead, records_whose_length_is_not_told_are_held_where_that_is_asked_for);
    tcase_add_test(ahead, payload_is_ahead_only_up_to_the_longest_record);
    tcase_add_test(ahead, input_that_ends_after_a_pass_is_truncated);
    return run_suite(suite);
}
