/* SPDX-License-Identifier: MIT */
/* Pieces: what a decoder gives, and how long it stays. */
#include "decoders.h"

START_TEST(a_whole_record_is_one_piece)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece piece;

    put("one\n\ntwo\n");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "one", 1, 0, 3, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "", 2, 4, 0, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "two", 3, 5, 3, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_END);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_END);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_whole_record_is_not_skipped_in_part)
{
    struct cb_decoder *decoder =
        new_decoder("netstring", (struct cb_decoder_options){.whole = CB_WHOLE, .max_record = 3});
    struct cb_piece piece;
    uint64_t count;

    put("3:abc");
    ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 1, &count), CB_MORE);
    put(",");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "abc", 1, 2, 3, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_record_that_arrives_in_parts_is_given_in_parts)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece piece;

    put("ab");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "ab", 1, 0, CB_UNKNOWN, CB_FIRST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    put("cd");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "cd", 1, 2, CB_UNKNOWN, 0);
    put("e\nf");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "e", 1, 4, 5, CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "f", 2, 6, CB_UNKNOWN, CB_FIRST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_length_is_told_from_the_first_piece_on)
{
    struct cb_decoder *decoder = plain_decoder("u8");
    struct cb_piece piece;

    append_block(buffer, BYTES("\5"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "", 1, 1, 5, CB_FIRST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    put("ab");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "ab", 1, 1, 5, 0);
    put("cde");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "cde", 1, 3, 5, CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_record_over_chunks_is_a_piece_for_each)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece pieces[8];
    size_t count;

    put("ab");
    put("cd");
    put("e\nfg\nh");
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_PIECE);
    ck_assert_uint_eq(count, 5);
    assert_piece(&pieces[0], "ab", 1, 0, 5, CB_FIRST);
    assert_piece(&pieces[1], "cd", 1, 2, 5, 0);
    assert_piece(&pieces[2], "e", 1, 4, 5, CB_LAST);
    assert_piece(&pieces[3], "fg", 2, 6, 2, CB_FIRST | CB_LAST);
    assert_piece(&pieces[4], "h", 3, 9, CB_UNKNOWN, CB_FIRST);
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_MORE);
    ck_assert_uint_eq(count, 0);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(batches_of_any_size_give_the_same)
{
    const struct sample *sample = &samples[_i];

    for (size_t block = 1; block <= sample->size; block++) {
        for (size_t max = 1; max <= 16; max++) {
            struct cb_decoder *decoder = plain_decoder(sample->specification);
            struct seen seen;

            cb_skip(buffer, CB_ALL);
            uint64_t base = cb_position(buffer);
            append_cut(buffer, sample->input, sample->size, &block, 1);
            batch_all(decoder, max, &seen);
            ck_assert_uint_eq(seen.records, 3);
            ck_assert_uint_eq(seen.ends[0], 5);
            ck_assert_uint_eq(seen.ends[2] - seen.ends[1], 5);
            ck_assert(memcmp(seen.text, "first", 5) == 0);
            ck_assert(memcmp(seen.text + seen.ends[1], "third", 5) == 0);
            ck_assert_uint_ge(seen.offsets[0], base);
            ck_assert(memcmp(sample->input + (seen.offsets[2] - base), "third", 5) == 0);
            cb_decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(records_that_are_skipped_are_counted_and_the_next_is_the_right_one)
{
    const struct sample *sample = &samples[_i];

    for (size_t block = 1; block <= sample->size; block++) {
        for (uint64_t skip = 1; skip <= 4; skip++) {
            struct cb_decoder *decoder = plain_decoder(sample->specification);
            uint64_t skipped = 0, count;
            int status = CB_PIECE;
            struct seen seen = {.records = 0};
            struct cb_piece piece;

            cb_skip(buffer, CB_ALL);
            append_cut(buffer, sample->input, sample->size, &block, 1);
            while (skipped < skip && status == CB_PIECE) {
                status = cb_decoder_skip(decoder, buffer, skip - skipped, &count);
                ck_assert_uint_le(count, skip - skipped);
                ck_assert_int_eq(status == CB_PIECE, count > 0);
                skipped += count;
            }
            ck_assert_uint_eq(skipped, skip > 3 ? 3 : skip);
            ck_assert_uint_eq(cb_decoder_record(decoder), skipped + 1);
            ck_assert_uint_eq(cb_decoder_position(decoder), cb_position(buffer));
            while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE) {
                ck_assert_uint_eq(piece.record, seen.records + skipped + 1);
                memcpy(seen.text + seen.size, piece.data, piece.length);
                seen.size += piece.length;
                if (piece.flags & CB_LAST)
                    seen.ends[seen.records++] = seen.size;
            }
            ck_assert_uint_eq(seen.records, 3 - skipped);
            if (skipped < 3)
                ck_assert(memcmp(seen.text + seen.size - 5, "third", 5) == 0);
            cb_decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(nothing_is_held_of_what_was_skipped_in_part)
{
    struct cb_decoder *decoder = plain_decoder("u8");
    uint64_t count;

    put("\5ab");
    ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 1, &count), CB_MORE);
    ck_assert_uint_eq(cb_length(buffer), 0);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_skipped_record_is_no_longer_than_allowed)
{
    struct cb_decoder *decoder = new_decoder("line", (struct cb_decoder_options){.max_record = 3});
    uint64_t count;

    put("abc\nabcd\nabc\n");
    ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 3, &count), CB_PIECE);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 2, &count), CB_EOVERFLOW);
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(cb_decoder_error(decoder)->record, 2);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(pieces_stay_good_while_input_is_appended)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece pieces[4];
    size_t count;

    append_offered(buffer, BYTES("one\ntwo\nthr"), 5);
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 2, &count), CB_PIECE);
    ck_assert_uint_eq(count, 2);
    for (int i = 0; i < 2000; i++)
        append_offered(buffer, BYTES("more and more and more"), 1 + (size_t)i % 9);
    for (int i = 0; i < 100; i++)
        put("by reference");
    assert_piece(&pieces[0], "one", 1, 0, 3, CB_FIRST | CB_LAST);
    assert_piece(&pieces[1], "two", 2, 4, 3, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(nothing_leaves_the_buffer_before_release)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece pieces[4];
    size_t count;

    put("3:one,3:two,3:th");
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 2, &count), CB_PIECE);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(cb_position(buffer), 0);
    ck_assert_uint_eq(cb_length(buffer), 16);
    cb_decoder_release(decoder, buffer);
    ck_assert_uint_eq(cb_position(buffer), 12);
    assert_holds(buffer, "3:th", 4);
    cb_decoder_release(decoder, buffer);
    ck_assert_uint_eq(cb_position(buffer), 12);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(two_batches_may_be_held_before_one_release)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece first[2], second[2];
    size_t count;

    put("a\nb\nc\nd\n");
    ck_assert_int_eq(decode_batch(decoder, buffer, first, 2, &count), CB_PIECE);
    ck_assert_int_eq(decode_batch(decoder, buffer, second, 2, &count), CB_PIECE);
    assert_piece(&first[0], "a", 1, 0, 1, CB_FIRST | CB_LAST);
    assert_piece(&second[1], "d", 4, 6, 1, CB_FIRST | CB_LAST);
    cb_decoder_release(decoder, buffer);
    ck_assert_uint_eq(cb_length(buffer), 0);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(next_releases_the_piece_before)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece piece;

    put("one\ntwo\n");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(cb_position(buffer), 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(cb_position(buffer), 4);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_position(buffer), 8);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(offsets_count_from_where_the_stream_stands)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece piece;

    put("0123456789");
    cb_skip(buffer, 10);
    put("one\ntwo\n");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "one", 1, 10, 3, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "two", 2, 14, 3, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pieces");
    TCase *pieces = add_case(suite, "pieces");
    int n = (int)COUNT(samples);

    tcase_add_checked_fixture(pieces, setup, teardown);
    tcase_add_test(pieces, a_whole_record_is_one_piece);
    tcase_add_test(pieces, a_whole_record_is_not_skipped_in_part);
    tcase_add_loop_test(pieces, records_that_are_skipped_are_counted_and_the_next_is_the_right_one,
                        0, n);
    tcase_add_test(pieces, nothing_is_held_of_what_was_skipped_in_part);
    tcase_add_test(pieces, a_skipped_record_is_no_longer_than_allowed);
    tcase_add_test(pieces, a_record_that_arrives_in_parts_is_given_in_parts);
    tcase_add_test(pieces, a_length_is_told_from_the_first_piece_on);
    tcase_add_test(pieces, a_record_over_chunks_is_a_piece_for_each);
    tcase_add_loop_test(pieces, batches_of_any_size_give_the_same, 0, n);
    tcase_add_test(pieces, pieces_stay_good_while_input_is_appended);
    tcase_add_test(pieces, nothing_leaves_the_buffer_before_release);
    tcase_add_test(pieces, two_batches_may_be_held_before_one_release);
    tcase_add_test(pieces, next_releases_the_piece_before);
    tcase_add_test(pieces, offsets_count_from_where_the_stream_stands);
    return run_suite(suite);
}
