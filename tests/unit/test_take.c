/* SPDX-License-Identifier: MIT */
/* Records taken into a buffer. */
#include "decoders.h"

START_TEST(take_moves_whole_records_without_a_copy)
{
    const struct sample *sample = &samples[_i];

    for (size_t block = 1; block <= sample->size; block++) {
        struct cb_decoder *decoder = plain_decoder(sample->specification);
        struct cb_buffer *record = new_buffer(pool, 4096);

        cb_skip(buffer, CB_ALL);
        append_cut(buffer, sample->input, sample->size, &block, 1);
        uint64_t copied = pool_stats(pool).copied;
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
        assert_holds(record, "first", 5);
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
        cb_skip(record, CB_ALL);
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
        assert_holds(record, "third", 5);
        ck_assert_uint_eq(cb_decoder_record(decoder), 4);
        ck_assert_uint_eq(pool_stats(pool).copied, copied);
        cb_buffer_free(record);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(take_appends_to_what_the_target_holds)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer *record = buffer_of(pool, BYTES("before "), 3);

    put("one\n");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    assert_holds(record, "before one", 10);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(the_whole_frame_leaves_with_its_record)
{
    static const size_t left[] = {8, 3, 0};

    for (int empties = 0; empties < 2; empties++) { /* an empty target is faster */
        struct cb_decoder *decoder = plain_decoder("crlf");
        struct cb_buffer *record = new_buffer(pool, 4096);

        put("one\r\ntwo\r\n3\r\n");
        for (size_t i = 0; i < COUNT(left); i++) {
            if (empties)
                cb_skip(record, CB_ALL);
            ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
            ck_assert_uint_eq(cb_length(buffer), left[i]);
        }
        assert_holds(record, empties ? "3" : "onetwo3", empties ? 1 : 7);
        cb_buffer_free(record);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(take_waits_for_the_whole_record)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer *record = new_buffer(pool, 4096);

    put("on");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    put("e");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    ck_assert_uint_eq(cb_length(record), 0);
    put("\n");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    assert_holds(record, "one", 3);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(take_is_refused_inside_a_record)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer *record = new_buffer(pool, 4096);
    struct cb_piece piece;

    put("one\ntw");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_FIRST);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_ESTATE);
    put("o\nthree\n");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_ESTATE);
    ck_assert_uint_eq(cb_length(record), 0);
    /* Afterwards it goes on. */
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "o", 2, 6, 3, CB_LAST);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    assert_holds(record, "three", 5);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(take_and_next_may_take_turns)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_buffer *record = new_buffer(pool, 4096);
    struct cb_piece piece;

    put("1:a,1:b,1:c,1:d,");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        assert_piece(&piece, i == 0 ? "a" : "c", (uint64_t)(2 * i + 1), (uint64_t)(8 * i + 2), 1,
                     CB_FIRST | CB_LAST);
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    }
    assert_holds(record, "bd", 2);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_record_is_not_taken_to_its_own_buffer)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_buffer *record = new_buffer(pool, 4096);

    put("1:a,2:bc,1:d,");
    for (int i = 0; i < 3; i++) {
        const size_t length = cb_length(buffer);

        ck_assert_int_eq(cb_decoder_take(decoder, buffer, buffer), CB_ESTATE);
        ck_assert_uint_eq(cb_length(buffer), length);
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    }
    assert_holds(record, BYTES("abcd"));
    cb_decoder_free(decoder);
    cb_buffer_free(record);
}
END_TEST

START_TEST(a_take_that_fails_can_be_tried_again)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer_options small = {.size = sizeof small, .pool = pool, .limit = 2};
    struct cb_buffer *record = NULL;

    ck_assert_int_eq(cb_buffer_new(&record, &small), CB_OK);
    put("one\ntwo\n");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_ELIMIT);
    ck_assert_uint_eq(cb_length(record), 0);
    cb_buffer_free(record);
    record = new_buffer(pool, 4096);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    assert_holds(record, "onetwo", 6);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(take_is_bounded_at_64_mib_without_a_limit)
{
    struct cb_decoder *decoder = plain_decoder("u32be");
    struct cb_buffer *record = new_buffer(pool, 4096);

    append_block(buffer, BYTES("\x04\0\0\0")); /* 64 MiB exactly */
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    ck_assert_uint_eq(cb_decoder_needed(decoder), UINT64_C(64) << 20);
    cb_decoder_reset(decoder);
    cb_skip(buffer, CB_ALL);
    append_block(buffer, BYTES("\x04\0\0\1"));
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_EOVERFLOW);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_record_too_long_to_be_taken_can_still_be_given)
{
    const uint64_t size = UINT64_C(100) << 20;

    for (int have = 0; have < 2; have++) {
        for (enum cb_overflow how = CB_OVERFLOW_SKIP; how <= CB_OVERFLOW_TRUNCATE; how++) {
            struct cb_decoder *decoder =
                new_decoder("u32be", (struct cb_decoder_options){.on_overflow = how});
            struct cb_buffer *record = new_buffer(pool, 4096);
            struct cb_piece piece;

            cb_skip(buffer, CB_ALL);
            append_block(buffer, BYTES("\x06\x40\0\0"));
            append_block(buffer, "abc", have ? 3 : 0);
            ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
            /* What is cut is over with its frame. */
            ck_assert_uint_eq(cb_decoder_needed(decoder), size - (have ? 3 : 0));
            append_block(buffer, "abc", have ? 0 : 3);
            ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
            ck_assert_uint_eq(piece.total, size);
            ck_assert_uint_eq(piece.flags & (CB_FIRST | CB_LAST), CB_FIRST);
            if (piece.length == 0)
                ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
            ck_assert_uint_eq(piece.length, 3);
            ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
            ck_assert_uint_eq(cb_decoder_needed(decoder), size - 3);
            ck_assert_uint_eq(cb_decoder_ahead(decoder), size - 3);
            cb_buffer_free(record);
            cb_decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(what_take_has_begun_to_leave_out_stays_out)
{
    struct cb_decoder *decoder =
        new_decoder("u32be", (struct cb_decoder_options){.on_overflow = CB_OVERFLOW_SKIP});
    struct cb_buffer *record = new_buffer(pool, 4096);
    struct cb_piece piece;
    uint64_t left = (UINT64_C(64) << 20) + 1;
    static uint8_t zeros[1 << 20];

    append_block(buffer, BYTES("\x04\0\0\1"));
    while (left > 0) {
        size_t n = left < sizeof zeros ? (size_t)left : sizeof zeros;

        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
        ck_assert_int_eq(cb_append_ref(buffer, zeros, n, NULL, NULL), CB_OK);
        left -= n;
    }
    append_block(buffer, BYTES("\0\0\0\1x"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "x", 1, (UINT64_C(64) << 20) + 9, 1, CB_FIRST | CB_LAST);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(what_take_has_begun_to_truncate_stays_truncated)
{
    struct cb_decoder *decoder =
        new_decoder("u32be", (struct cb_decoder_options){.on_overflow = CB_OVERFLOW_TRUNCATE});
    struct cb_buffer *record = new_buffer(pool, 4096);
    const uint64_t most = UINT64_C(64) << 20;
    static uint8_t zeros[1 << 20];
    struct cb_piece piece;
    uint64_t given = 0;
    size_t begun = 0, ended = 0;

    append_block(buffer, BYTES("\x04\0\0\2"));
    for (uint64_t at = 0; at <= most; at += sizeof zeros) {
        ck_assert_int_eq(cb_append_ref(buffer, zeros, at < most ? sizeof zeros : 1, NULL, NULL),
                         CB_OK);
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    }
    append_block(buffer, BYTES("\0\0\0\0\1x"));
    while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE && piece.record == 1) {
        ck_assert_uint_eq(piece.total, most);
        given += piece.length;
        begun += piece.flags & CB_FIRST ? 1 : 0;
        ended += piece.flags & CB_LAST ? 1 : 0;
    }
    ck_assert_uint_eq(given, most);
    ck_assert_uint_eq(begun, 1);
    ck_assert_uint_eq(ended, 1);
    assert_piece(&piece, "x", 2, most + 10, 1, CB_FIRST | CB_LAST);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(pieces_are_not_bounded_without_a_limit)
{
    struct cb_decoder *decoder = plain_decoder("u64be");
    struct cb_piece piece;

    append_block(buffer, BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.total, INT64_MAX);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_promised_length_reserves_nothing)
{
    struct cb_decoder *decoder = plain_decoder("u32be");
    struct cb_buffer *record = new_buffer(pool, 4096);

    append_block(buffer, BYTES("\x03\xff\xff\xff"
                               "abc"));
    size_t bytes = counting.bytes;
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    ck_assert_uint_le(counting.bytes, bytes);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("take");
    TCase *take = add_case(suite, "take");
    int n = (int)COUNT(samples);

    tcase_add_checked_fixture(take, setup, teardown);
    tcase_add_loop_test(take, take_moves_whole_records_without_a_copy, 0, n);
    tcase_add_test(take, take_appends_to_what_the_target_holds);
    tcase_add_test(take, the_whole_frame_leaves_with_its_record);
    tcase_add_test(take, take_waits_for_the_whole_record);
    tcase_add_test(take, take_is_refused_inside_a_record);
    tcase_add_test(take, take_and_next_may_take_turns);
    tcase_add_test(take, a_record_is_not_taken_to_its_own_buffer);
    tcase_add_test(take, a_take_that_fails_can_be_tried_again);
    tcase_add_test(take, take_is_bounded_at_64_mib_without_a_limit);
    tcase_add_test(take, a_record_too_long_to_be_taken_can_still_be_given);
    tcase_add_test(take, what_take_has_begun_to_leave_out_stays_out);
    tcase_add_test(take, what_take_has_begun_to_truncate_stays_truncated);
    tcase_add_test(take, pieces_are_not_bounded_without_a_limit);
    tcase_add_test(take, a_promised_length_reserves_nothing);
    return run_suite(suite);
}
