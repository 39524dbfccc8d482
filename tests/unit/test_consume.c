/* SPDX-License-Identifier: MIT */
/* Taking from the head; and that what was taken never becomes writable. */
#include "buffers.h"

/* --------------------------------------------------------------------- taking */

START_TEST(take_moves_at_most_n_bytes)
{
    append_cut(buffer, BYTES("abcdefghij"), (size_t[]){3}, 1);
    append_block(other, "<", 1);
    ck_assert_int_eq(cb_take(buffer, 0, other), 0);
    ck_assert_int_eq(cb_take(buffer, 4, other), 4);
    assert_holds(other, "<abcd", 5);
    assert_holds(buffer, "efghij", 6);
    ck_assert_uint_eq(cb_position(buffer), 4);
    ck_assert_uint_eq(cb_position(other), 0);
    ck_assert_int_eq(cb_take(buffer, 100, other), 6);
    ck_assert_int_eq(cb_take(buffer, CB_ALL, other), 0);
    assert_holds(other, "<abcdefghij", 11);
    assert_holds(buffer, "", 0);
    ck_assert_uint_eq(cb_position(buffer), 10);
}
END_TEST

START_TEST(peek_and_slice_leave_the_source_as_it_was)
{
    append_cut(buffer, BYTES("abcdefghij"), (size_t[]){3}, 1);
    ck_assert_int_eq(cb_peek(buffer, 4, other), 4);
    ck_assert_int_eq(cb_peek(buffer, CB_ALL, other), 10);
    ck_assert_int_eq(cb_slice(buffer, 2, 5, other), 5);
    ck_assert_int_eq(cb_slice(buffer, 9, 5, other), 1);
    ck_assert_int_eq(cb_slice(buffer, 1, CB_ALL, other), 9);
    ck_assert_int_eq(cb_slice(buffer, 10, 5, other), 0);
    ck_assert_int_eq(cb_slice(buffer, SIZE_MAX, CB_ALL, other), 0);
    assert_holds(other, BYTES("abcdabcdefghijcdefgjbcdefghij"));
    assert_holds(buffer, "abcdefghij", 10);
    ck_assert_uint_eq(cb_position(buffer), 0);
}
END_TEST

START_TEST(nothing_is_taken_into_the_buffer_itself)
{
    append_block(buffer, "abc", 3);
    ck_assert_int_eq(cb_take(buffer, 1, buffer), CB_EINVAL);
    ck_assert_int_eq(cb_peek(buffer, 1, buffer), CB_EINVAL);
    ck_assert_int_eq(cb_slice(buffer, 1, 1, buffer), CB_EINVAL);
    assert_holds(buffer, "abc", 3);
    ck_assert_uint_eq(cb_position(buffer), 0);
}
END_TEST

START_TEST(taking_and_looking_copies_no_byte)
{
    uint8_t bytes[1000];
    struct iovec chunks[40];

    count_up(bytes, sizeof bytes);
    append_offered(buffer, bytes, sizeof bytes, 50);
    ck_assert_int_eq(cb_peek(buffer, 777, other), 777);
    ck_assert_int_eq(cb_slice(buffer, 100, 1, other), 1);
    cb_skip(other, 333);
    cb_truncate(other, 200);
    ck_assert_int_eq(cb_take(buffer, 500, other), 500);
    ck_assert_int_eq(cb_append_buffer(other, buffer), CB_OK);
    ck_assert_int_eq(cb_merge(buffer, (struct cb_buffer *[]){other}, 1), CB_OK);
    cb_chunks(buffer, chunks, COUNT(chunks));
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
    ck_assert_uint_eq(cb_length(buffer), 1700);
}
END_TEST

START_TEST(skip_and_truncate_tell_how_much_they_dropped)
{
    append_cut(buffer, BYTES("abcdefghij"), (size_t[]){3}, 1);
    ck_assert_uint_eq(cb_skip(buffer, 0), 0);
    ck_assert_uint_eq(cb_skip(buffer, 3), 3);
    ck_assert_uint_eq(cb_position(buffer), 3);
    ck_assert_uint_eq(cb_truncate(buffer, 7), 0);
    ck_assert_uint_eq(cb_truncate(buffer, CB_ALL), 0);
    ck_assert_uint_eq(cb_truncate(buffer, 5), 2);
    ck_assert_uint_eq(cb_position(buffer), 3);
    assert_holds(buffer, "defgh", 5);
    ck_assert_uint_eq(cb_skip(buffer, 6), 5);
    ck_assert_uint_eq(cb_position(buffer), 8);
    ck_assert_uint_eq(cb_skip(buffer, CB_ALL), 0);
    ck_assert_uint_eq(cb_truncate(buffer, 0), 0);
    ck_assert_int_eq(cb_append(buffer, "k", 1), CB_OK);
    assert_holds(buffer, "k", 1);
    ck_assert_uint_eq(cb_position(buffer), 8);
}
END_TEST

START_TEST(what_is_shorter_than_copy_below_is_copied)
{
    struct cb_buffer *source = buffer_with(
        (struct cb_buffer_options){.chunk_min = 65536, .chunk_max = 65536, .copy_below = 10});
    uint8_t bytes[100];

    count_up(bytes, sizeof bytes);
    append_offered(source, bytes, sizeof bytes, sizeof bytes);
    ck_assert_int_eq(cb_peek(source, 10, other), 10);
    ck_assert_int_eq(cb_slice(source, 5, 10, other), 10);
    ck_assert_int_eq(cb_take(source, 10, other), 10);
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
    cb_skip(other, CB_ALL);

    ck_assert_int_eq(cb_take(source, 9, other), 9);
    ck_assert_uint_eq(pool_stats(pool).copied, 9);
    ck_assert_int_eq(cb_peek(source, 8, other), 8);
    ck_assert_uint_eq(pool_stats(pool).copied, 17);
    ck_assert_int_eq(cb_slice(source, 8, 7, other), 7);
    ck_assert_uint_eq(pool_stats(pool).copied, 24);
    assert_holds(other, bytes + 10, 24);
    ck_assert_uint_lt(buffer_stats(other).pinned_bytes, 65536);
    cb_buffer_free(source);
    assert_holds(other, bytes + 10, 24);
}
END_TEST

START_TEST(copy_below_is_for_take_peek_and_slice_alone)
{
    struct cb_buffer *source = buffer_with((struct cb_buffer_options){.copy_below = 100});

    append_offered(source, BYTES("abc"), 3);
    ck_assert_int_eq(cb_append_buffer(other, source), CB_OK);
    ck_assert_int_eq(cb_merge(other, (struct cb_buffer *[]){source, source}, 2), CB_OK);
    assert_holds(other, BYTES("abcabcabc"));
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
    cb_buffer_free(source);
}
END_TEST

/* -------------------------------------------------------------------- windows */

START_TEST(a_taken_window_does_not_become_writable)
{
    append_offered(buffer, BYTES("abcdefghij"), 100);
    ck_assert_int_eq(cb_take(buffer, CB_ALL, other), 10);
    scribble(buffer, 1000);
    cb_skip(buffer, CB_ALL);
    scribble(buffer, 1000);
    assert_holds(other, "abcdefghij", 10);
}
END_TEST

START_TEST(a_truncated_tail_that_is_seen_elsewhere_does_not_become_writable)
{
    append_offered(buffer, BYTES("abcdefghij"), 100);
    ck_assert_int_eq(cb_peek(buffer, CB_ALL, other), 10);
    cb_truncate(buffer, 3);
    ck_assert_int_eq(cb_append(buffer, "XYZ", 3), CB_OK);
    assert_holds(buffer, "abcXYZ", 6);
    scribble(buffer, 1000);
    assert_holds(other, "abcdefghij", 10);
    cb_truncate(buffer, 0);
    scribble(buffer, 1000);
    assert_holds(other, "abcdefghij", 10);
}
END_TEST

START_TEST(a_skipped_head_that_is_seen_elsewhere_is_not_prepended_to)
{
    append_offered(buffer, BYTES("abcdefghij"), 100);
    ck_assert_int_eq(cb_take(buffer, 5, other), 5);
    ck_assert_int_eq(cb_prepend(buffer, "12345", 5), CB_OK);
    assert_holds(buffer, "12345fghij", 10);
    assert_holds(other, "abcde", 5);
}
END_TEST

START_TEST(two_owners_of_a_window_do_not_both_append_after_it)
{
    append_offered(buffer, BYTES("abc"), 100);
    ck_assert_int_eq(cb_peek(buffer, CB_ALL, other), 3);
    ck_assert_int_eq(cb_append(buffer, "BUFFER", 6), CB_OK);
    ck_assert_int_eq(cb_append(other, "OTHER", 5), CB_OK);
    ck_assert_int_eq(cb_append(buffer, "buffer", 6), CB_OK);
    ck_assert_int_eq(cb_append(other, "other", 5), CB_OK);
    assert_holds(buffer, BYTES("abcBUFFERbuffer"));
    assert_holds(other, BYTES("abcOTHERother"));
}
END_TEST

START_TEST(an_open_offer_is_not_given_away_with_a_taken_tail)
{
    uint8_t *data;

    append_offered(buffer, BYTES("abc"), 100);
    ck_assert_int_eq(cb_take(buffer, CB_ALL, other), 3);
    offer(buffer, 0, &data);
    memcpy(data, "mine", 4);
    ck_assert_int_eq(cb_append(other, "theirs", 6), CB_OK);
    scribble(other, 200);
    ck_assert_int_eq(cb_chunk_written(buffer, 4), CB_OK);
    assert_holds(buffer, "mine", 4);
}
END_TEST

START_TEST(a_view_of_a_view_does_not_become_writable)
{
    struct cb_buffer *third = new_buffer(pool, CHUNK);

    append_offered(buffer, BYTES("abcdefghij"), 100);
    ck_assert_int_eq(cb_take(buffer, CB_ALL, other), 10);
    ck_assert_int_eq(cb_slice(other, 2, 3, third), 3);
    cb_skip(other, CB_ALL);
    cb_skip(buffer, CB_ALL);
    scribble(buffer, 300);
    scribble(other, 300);
    assert_holds(third, "cde", 3);
    cb_buffer_free(third);
}
END_TEST

START_TEST(appending_goes_on_after_windows_in_the_same_block)
{
    struct cb_buffer *records[20];
    struct cb_buffer *reader = new_buffer(pool, 4096);

    for (size_t i = 0; i < COUNT(records); i++) {
        records[i] = new_buffer(pool, CHUNK);
        append_offered(reader, BYTES("record"), 100);
        ck_assert_int_eq(cb_take(reader, 6, records[i]), 6);
    }
    ck_assert_uint_eq(pool_stats(pool).allocations, 1);
    for (size_t i = 0; i < COUNT(records); i++) {
        assert_holds(records[i], "record", 6);
        cb_buffer_free(records[i]);
    }
    cb_buffer_free(reader);
}
END_TEST

START_TEST(an_emptied_buffer_rewinds_its_block)
{
    uint8_t *first, *again;
    size_t size = offer(buffer, 0, &first);

    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(cb_chunk_written(buffer, 40), CB_OK);
        cb_skip(buffer, 40);
        ck_assert_uint_eq(offer(buffer, 0, &again), size);
        ck_assert_ptr_eq(again, first);
    }
    ck_assert_uint_eq(pool_stats(pool).allocations, 1);
}
END_TEST

START_TEST(a_block_is_rewound_once_the_last_view_of_it_is_gone)
{
    uint8_t *first, *again;
    size_t size = offer(buffer, 0, &first);

    ck_assert_int_eq(cb_chunk_written(buffer, 40), CB_OK);
    ck_assert_int_eq(cb_take(buffer, 40, other), 40);
    cb_skip(other, CB_ALL);
    ck_assert_uint_eq(offer(buffer, 0, &again), size);
    ck_assert_ptr_eq(again, first);
}
END_TEST

START_TEST(an_empty_buffer_keeps_its_block_unless_told_otherwise)
{
    struct cb_buffer *fast = buffer_with(
        (struct cb_buffer_options){.chunk_min = CHUNK, .chunk_max = CHUNK, .release_fast = 1});

    append_offered(buffer, BYTES("abc"), 3);
    cb_skip(buffer, 3);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 1);
    append_offered(fast, BYTES("abc"), 3);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 2);
    cb_skip(fast, 2);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 2);
    cb_skip(fast, 1);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 1);
    append_offered(fast, BYTES("abc"), 3);
    ck_assert_int_eq(cb_take(fast, 3, other), 3);
    cb_skip(other, CB_ALL);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 1);
    append_offered(fast, BYTES("abc"), 3);
    cb_truncate(fast, 0);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 1);
    cb_buffer_free(fast);
}
END_TEST

START_TEST(release_fast_gives_back_what_was_offered_in_vain)
{
    struct cb_buffer *fast = buffer_with(
        (struct cb_buffer_options){.chunk_min = CHUNK, .chunk_max = CHUNK, .release_fast = 1});
    struct iovec areas[4];
    uint8_t *data;

    offer(fast, 0, &data);
    ck_assert_int_eq(cb_chunk_written(fast, 0), CB_OK);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    ck_assert_int_ge(cb_reserve(fast, 4 * CHUNK, areas, COUNT(areas)), 1);
    ck_assert_int_eq(cb_commit(fast, 1), CB_OK);
    cb_skip(fast, 1);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    cb_buffer_free(fast);
}
END_TEST

START_TEST(skipped_blocks_go_back_while_the_rest_stays)
{
    append_offered(buffer, (uint8_t[10 * CHUNK]){0}, 10 * CHUNK, CHUNK);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 10);
    cb_skip(buffer, 8 * CHUNK + 1);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 2);
}
END_TEST

static void add_taking(Suite *suite)
{
    TCase *tcase = add_case(suite, "taking");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, take_moves_at_most_n_bytes);
    tcase_add_test(tcase, peek_and_slice_leave_the_source_as_it_was);
    tcase_add_test(tcase, nothing_is_taken_into_the_buffer_itself);
    tcase_add_test(tcase, taking_and_looking_copies_no_byte);
    tcase_add_test(tcase, skip_and_truncate_tell_how_much_they_dropped);
    tcase_add_test(tcase, what_is_shorter_than_copy_below_is_copied);
    tcase_add_test(tcase, copy_below_is_for_take_peek_and_slice_alone);
}

static void add_windows(Suite *suite)
{
    TCase *tcase = add_case(suite, "windows");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_taken_window_does_not_become_writable);
    tcase_add_test(tcase, a_truncated_tail_that_is_seen_elsewhere_does_not_become_writable);
    tcase_add_test(tcase, a_skipped_head_that_is_seen_elsewhere_is_not_prepended_to);
    tcase_add_test(tcase, two_owners_of_a_window_do_not_both_append_after_it);
    tcase_add_test(tcase, an_open_offer_is_not_given_away_with_a_taken_tail);
    tcase_add_test(tcase, a_view_of_a_view_does_not_become_writable);
    tcase_add_test(tcase, appending_goes_on_after_windows_in_the_same_block);
    tcase_add_test(tcase, an_emptied_buffer_rewinds_its_block);
    tcase_add_test(tcase, a_block_is_rewound_once_the_last_view_of_it_is_gone);
    tcase_add_test(tcase, an_empty_buffer_keeps_its_block_unless_told_otherwise);
    tcase_add_test(tcase, release_fast_gives_back_what_was_offered_in_vain);
    tcase_add_test(tcase, skipped_blocks_go_back_while_the_rest_stays);
}

int main(void)
{
    Suite *suite = suite_create("consume");

    add_taking(suite);
    add_windows(suite);
    return run_suite(suite);
}
