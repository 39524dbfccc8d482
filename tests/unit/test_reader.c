/* SPDX-License-Identifier: MIT */
/* A decoder reads one buffer, and notices when that changes under it. */
#include "decoders.h"

/* Every call is refused, and changes nothing; a reset ends that. */
static void assert_lost(struct cb_decoder *decoder, struct cb_buffer *from)
{
    struct cb_buffer *record = new_buffer(pool, 4096);
    const size_t length = cb_length(from);
    struct cb_piece pieces[8];
    uint64_t skipped = 7;
    size_t count = 7;

    ck_assert_int_eq(cb_decoder_next(decoder, from, pieces), CB_ESTATE);
    ck_assert_int_eq(decode_batch(decoder, from, pieces, 8, &count), CB_ESTATE);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(cb_decoder_skip(decoder, from, 8, &skipped), CB_ESTATE);
    ck_assert_uint_eq(skipped, 0);
    ck_assert_int_eq(cb_decoder_take(decoder, from, record), CB_ESTATE);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    ck_assert_int_ne(cb_decoder_pass(decoder, from, 1), CB_OK);
    ck_assert_uint_eq(cb_length(from), length);
    ck_assert_uint_eq(cb_length(record), 0);
    cb_buffer_free(record);
}

/* Has it lost its buffer?  A reset helps. */
static void assert_lost_and_found(struct cb_decoder *decoder, struct cb_buffer *from)
{
    struct cb_piece piece;

    assert_lost(decoder, from);
    cb_decoder_reset(decoder);
    cb_skip(from, CB_ALL);
    append_block(from, BYTES("3:new,"));
    ck_assert_int_eq(cb_decoder_next(decoder, from, &piece), CB_PIECE);
    assert_piece(&piece, "new", 1, cb_position(from) + 2, 3, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
    cb_skip(from, CB_ALL);
}

/* A decoder that has given one record of two and a half. */
static struct cb_decoder *busy_decoder(void)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece piece;

    put("1:a,2:bc,5:de");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    return decoder;
}

START_TEST(a_second_buffer_in_mid_stream_is_refused)
{
    struct cb_decoder *decoder = busy_decoder();
    struct cb_buffer *other = new_buffer(pool, 4096);
    struct cb_piece piece;

    append_block(other, BYTES("1:x,2:yz,"));
    assert_lost(decoder, other);
    /* In its own one it goes on. */
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "bc", 2, 6, 2, CB_FIRST | CB_LAST);
    assert_lost_and_found(decoder, other);
    cb_buffer_free(other);
}
END_TEST

START_TEST(a_buffer_that_was_freed_is_not_taken_for_a_new_one)
{
    struct cb_decoder *decoder = busy_decoder();

    /* It may well be in the same place of memory. */
    cb_buffer_free(buffer);
    buffer = new_buffer(pool, 4096);
    put("1:a,2:xx,5:de");
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(a_decoder_may_outlive_its_buffer)
{
    struct cb_decoder *decoder = busy_decoder();

    cb_buffer_free(buffer);
    buffer = new_buffer(pool, 4096);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    ck_assert_uint_eq(cb_decoder_position(decoder), 4);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(bytes_put_before_the_head_are_not_read_in_mid_stream)
{
    struct cb_decoder *decoder = busy_decoder();

    cb_decoder_release(decoder, buffer);
    ck_assert_int_eq(cb_prepend(buffer, "3:new,", 6), CB_OK);
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(bytes_that_take_the_place_of_others_are_not_read_in_mid_stream)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece pieces[8];
    size_t count;

    for (int released = 0; released < 2; released++) {
        cb_decoder_reset(decoder);
        put("one\ntwo\nthr");
        ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 2, &count), CB_PIECE);
        ck_assert_uint_eq(count, 2);
        if (released)
            cb_decoder_release(decoder, buffer);
        cb_truncate(buffer, 0);
        put("other\n");
        assert_lost(decoder, buffer);
        cb_skip(buffer, CB_ALL);
    }
    cb_decoder_free(decoder);

    decoder = busy_decoder();
    put("  ");
    cb_strip(buffer, NULL, 0);
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(a_position_that_is_set_is_another_stream)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece piece;

    put("1:a,");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    cb_decoder_release(decoder, buffer);
    ck_assert_int_eq(cb_set_position(buffer, 1000), CB_OK);
    put("2:bc,");
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(what_was_given_may_be_skipped_and_no_more)
{
    struct cb_decoder *decoder = busy_decoder();
    struct cb_piece piece;

    cb_skip(buffer, 3);
    cb_skip(buffer, 1);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "bc", 2, 6, 2, CB_FIRST | CB_LAST);
    cb_skip(buffer, 6); /* one byte of the record after that */
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(an_error_stays_the_same_whatever_becomes_of_the_buffer)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece piece;

    put("x");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    cb_skip(buffer, 1);
    put("1:a,");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    cb_truncate(buffer, 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(two_decoders_may_read_one_buffer_in_turn)
{
    struct cb_decoder *head = plain_decoder("delim:\\n\\n"), *body = plain_decoder("netstring");
    struct cb_piece piece;

    put("length=1\n\n1:a,next\n\n1:b,");
    for (uint64_t i = 0; i < 2; i++) {
        ck_assert_int_eq(cb_decoder_next(head, buffer, &piece), CB_PIECE);
        /* What was given is still in the buffer. */
        ck_assert_int_eq(cb_decoder_next(body, buffer, &piece), CB_ESTATE);
        cb_decoder_release(head, buffer);
        ck_assert_int_eq(cb_decoder_next(body, buffer, &piece), CB_PIECE);
        assert_piece(&piece, i ? "b" : "a", 1, i ? 22 : 12, 1, CB_FIRST | CB_LAST);
        cb_decoder_release(body, buffer);
        /* The first has lost it. */
        ck_assert_int_eq(cb_decoder_next(head, buffer, &piece), CB_ESTATE);
        cb_decoder_reset(head);
        if (i == 0) {
            ck_assert_int_eq(cb_decoder_next(head, buffer, &piece), CB_PIECE);
            ck_assert_int_eq(cb_decoder_next(body, buffer, &piece), CB_ESTATE);
            cb_decoder_reset(body);
            cb_decoder_reset(head);
        }
    }
    ck_assert_uint_eq(cb_length(buffer), 0);
    cb_decoder_free(head);
    cb_decoder_free(body);
}
END_TEST

START_TEST(no_decoder_begins_inside_the_record_of_another)
{
    struct cb_decoder *decoder = busy_decoder(), *other = plain_decoder("netstring");
    struct cb_piece piece;

    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_FIRST);
    cb_decoder_release(decoder, buffer);
    assert_lost(other, buffer);
    put("fgh,2:ij,");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "fgh", 3, 13, 5, CB_LAST);
    /* It has come to the record's end: they may take turns now. */
    cb_decoder_release(decoder, buffer);
    ck_assert_int_eq(cb_decoder_next(other, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "ij", 1, 19, 2, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
    cb_decoder_free(other);
}
END_TEST

START_TEST(a_decoder_that_is_gone_leaves_the_buffer_to_others)
{
    struct cb_decoder *decoder = busy_decoder(), *other = plain_decoder("netstring");
    struct cb_piece piece;

    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    cb_decoder_free(decoder);
    ck_assert_int_eq(cb_decoder_next(other, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "bc", 1, 6, 2, CB_FIRST | CB_LAST);
    cb_decoder_free(other);
}
END_TEST

START_TEST(a_record_of_which_bytes_have_left_is_not_returned)
{
    for (size_t lost = 1; lost <= 5; lost++) {
        struct cb_decoder *decoder = plain_decoder("netstring");
        struct cb_piece piece;

        put("1:a,2:bc,2:de,3:fgh,");
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        cb_skip(buffer, 4 + lost);
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, buffer), CB_ESTATE);
        assert_lost_and_found(decoder, buffer);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reader");
    TCase *its_buffer = add_case(suite, "buffer");

    tcase_add_checked_fixture(its_buffer, setup, teardown);
    tcase_add_test(its_buffer, a_second_buffer_in_mid_stream_is_refused);
    tcase_add_test(its_buffer, a_buffer_that_was_freed_is_not_taken_for_a_new_one);
    tcase_add_test(its_buffer, a_decoder_may_outlive_its_buffer);
    tcase_add_test(its_buffer, bytes_put_before_the_head_are_not_read_in_mid_stream);
    tcase_add_test(its_buffer, bytes_that_take_the_place_of_others_are_not_read_in_mid_stream);
    tcase_add_test(its_buffer, a_position_that_is_set_is_another_stream);
    tcase_add_test(its_buffer, what_was_given_may_be_skipped_and_no_more);
    tcase_add_test(its_buffer, a_record_of_which_bytes_have_left_is_not_returned);
    tcase_add_test(its_buffer, an_error_stays_the_same_whatever_becomes_of_the_buffer);
    tcase_add_test(its_buffer, two_decoders_may_read_one_buffer_in_turn);
    tcase_add_test(its_buffer, no_decoder_begins_inside_the_record_of_another);
    tcase_add_test(its_buffer, a_decoder_that_is_gone_leaves_the_buffer_to_others);
    return run_suite(suite);
}
