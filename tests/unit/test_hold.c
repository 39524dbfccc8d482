/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "buffers.h"

static void count_release(void *arg, const void *data, size_t size)
{
    (void)data;
    (void)size;
    ++*(unsigned *)arg;
}

static struct cb_decoder *new_decoder(const char *specification)
{
    struct cb_decoder_options options = {.size = sizeof options, .allocator = &counting.hooks};
    struct cb_decoder *decoder = NULL;

    ck_assert_int_eq(cb_decoder_new(&decoder, specification, &options, NULL), CB_OK);
    return decoder;
}

static void check_held(const struct cb_held *held, const char *text)
{
    ck_assert_uint_eq(held->length, strlen(text));
    ck_assert_int_eq(memcmp(held->data, text, held->length), 0);
}

/* Everything that was made is freed before the bytes are looked at: memory that
 * comes back is overwritten by the allocator of these tests. */
static void check_outlives(const char *specification, const char *input, size_t size,
                           const char *payload)
{
    struct cb_pool *own = new_pool(&counting.hooks);
    struct cb_buffer *in = new_buffer(own, CHUNK);
    struct cb_decoder *decoder = new_decoder(specification);
    struct cb_piece piece;
    struct cb_held held;

    append_offered(in, input, size, CHUNK);
    ck_assert_int_eq(cb_decoder_next(decoder, in, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_FIRST | CB_LAST);
    cb_hold(&piece, &held);
    ck_assert_ptr_eq(held.data, piece.data);
    cb_decoder_free(decoder);
    cb_buffer_free(in);
    cb_pool_unref(own);
    check_held(&held, payload);
    cb_drop(&held);
}

START_TEST(a_held_piece_outlives_buffer_decoder_and_pool)
{
    check_outlives("line", BYTES("one\ntwo\n"), "one");
    check_outlives("u8", BYTES("\003onetwo"), "one");
    /* Payload that the decoder assembles: an escaped byte, and two data lines. */
    check_outlives("slip", BYTES("a\333\334b\300"), "a\300b");
    check_outlives("sse,data", BYTES("data: one\ndata: two\n\n"), "one\ntwo");
}
END_TEST

START_TEST(held_bytes_stay_whatever_is_done_to_the_buffer)
{
    struct cb_held held[3];
    const void *data;

    append_offered(buffer, BYTES("0123456789"), CHUNK);
    append_block(buffer, BYTES("abcdefghij"));
    append_offered(buffer, BYTES("ABCDEFGHIJ"), CHUNK);
    ck_assert_int_eq(cb_hold_bytes(buffer, 2, 5, &held[0]), CB_YES);
    ck_assert_int_eq(cb_hold_bytes(buffer, 10, 10, &held[1]), CB_YES);
    ck_assert_int_eq(cb_hold_bytes(buffer, 29, 1, &held[2]), CB_YES);
    ck_assert_int_eq(cb_data(buffer, 30, &data), CB_YES); /* joins them elsewhere */
    cb_truncate(buffer, 3);
    cb_skip(buffer, CB_ALL);
    for (int i = 0; i < 20; i++) {
        append_offered(buffer, BYTES("################################"), CHUNK);
        cb_skip(buffer, CB_ALL); /* so that the tail is written to again and again */
    }
    check_held(&held[0], "23456");
    check_held(&held[1], "abcdefghij");
    check_held(&held[2], "J");
    for (size_t i = 0; i < COUNT(held); i++)
        cb_drop(&held[i]);
}
END_TEST

START_TEST(holding_costs_a_reference_and_no_bytes)
{
    struct cb_held held, copy;

    append_block(buffer, BYTES("abc"));
    uint64_t calls = counting.calls, copied = pool_stats(pool).copied;
    ck_assert_int_eq(cb_hold_bytes(buffer, 0, 3, &held), CB_YES);
    cb_held_copy(&held, &copy);
    ck_assert_ptr_eq(copy.data, held.data);
    cb_skip(buffer, CB_ALL);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 1);
    cb_drop(&held);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 1);
    check_held(&copy, "abc");
    cb_drop(&copy);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    ck_assert_uint_eq(counting.calls, calls);
    ck_assert_uint_eq(pool_stats(pool).copied, copied);
}
END_TEST

START_TEST(bytes_of_the_callers_are_released_by_the_last_drop)
{
    struct cb_held held, copy;
    unsigned released = 0;

    ck_assert_int_eq(cb_append_ref(buffer, "the caller's", 12, count_release, &released), CB_OK);
    ck_assert_int_eq(cb_hold_bytes(buffer, 4, 6, &held), CB_YES);
    cb_held_copy(&held, &copy);
    cb_skip(buffer, CB_ALL);
    cb_drop(&held);
    ck_assert_uint_eq(released, 0);
    check_held(&copy, "caller");
    cb_drop(&copy);
    ck_assert_uint_eq(released, 1);
}
END_TEST

START_TEST(bytes_in_several_chunks_or_none_cannot_be_held)
{
    struct cb_held held = {.length = 77};

    append_cut(buffer, BYTES("abcdef"), (size_t[]){3}, 1);
    ck_assert_int_eq(cb_hold_bytes(buffer, 2, 2, &held), CB_NO);
    ck_assert_int_eq(cb_hold_bytes(buffer, 3, 4, &held), CB_NO);
    ck_assert_int_eq(cb_hold_bytes(buffer, 6, 1, &held), CB_NO);
    ck_assert_int_eq(cb_hold_bytes(buffer, 7, 0, &held), CB_NO);
    ck_assert_int_eq(cb_hold_bytes(buffer, 1, SIZE_MAX, &held), CB_NO);
    ck_assert_int_eq(cb_hold_bytes(buffer, SIZE_MAX, 1, &held), CB_NO);
    ck_assert_int_eq(cb_hold_bytes(buffer, 0, CB_ALL, &held), CB_NO);
    ck_assert_uint_eq(held.length, 77);
    ck_assert_int_eq(cb_hold_bytes(buffer, 3, 3, &held), CB_YES);
    check_held(&held, "def");
    cb_drop(&held);
}
END_TEST

START_TEST(no_bytes_are_held_without_a_block)
{
    struct cb_decoder *decoder = new_decoder("lf");
    struct cb_held held;
    struct cb_piece piece;

    ck_assert_int_eq(cb_hold_bytes(buffer, 0, 0, &held), CB_YES);
    ck_assert_uint_eq(held.length, 0);
    ck_assert_ptr_null(held.block);
    append_block(buffer, BYTES("\n"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    cb_hold(&piece, &held);
    ck_assert_uint_eq(held.length, 0);
    ck_assert_ptr_null(held.block);
    cb_drop(&held);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_piece_of_ones_own_making_stays_its_makers)
{
    char text[] = "mine";
    const struct cb_piece piece = {.data = (uint8_t *)text, .length = 4};
    struct cb_held held, copy;

    cb_hold(&piece, &held);
    ck_assert_ptr_eq(held.data, text);
    ck_assert_ptr_null(held.block);
    cb_held_copy(&held, &copy);
    cb_drop(&held);
    ck_assert_int_eq(cb_append_held(buffer, &copy), CB_OK);
    text[0] = 'X'; /* it was copied */
    assert_holds(buffer, BYTES("mine"));
    cb_drop(&copy);
}
END_TEST

START_TEST(dropping_twice_or_nothing_is_fine)
{
    struct cb_held held;

    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(cb_hold_bytes(buffer, 0, 3, &held), CB_YES);
    cb_drop(&held);
    ck_assert_ptr_null(held.data);
    ck_assert_ptr_null(held.block);
    ck_assert_uint_eq(held.length, 0);
    cb_drop(&held);
    cb_drop(NULL);
    assert_holds(buffer, BYTES("abc"));
}
END_TEST

START_TEST(held_bytes_are_appended_by_reference)
{
    struct cb_held held;
    struct iovec chunk;

    append_block(buffer, BYTES("abcdef"));
    ck_assert_int_eq(cb_hold_bytes(buffer, 0, 2, &held), CB_YES);
    cb_skip(buffer, 2);
    uint64_t copied = pool_stats(pool).copied;
    ck_assert_int_eq(cb_append_held(other, &held), CB_OK);
    ck_assert_uint_eq(cb_chunks(other, &chunk, 1), 1);
    ck_assert_ptr_eq(chunk.iov_base, held.data);
    cb_drop(&held);
    ck_assert_int_eq(cb_hold_bytes(buffer, 0, 4, &held), CB_YES);
    ck_assert_int_eq(cb_append_held(other, &held), CB_OK);
    cb_drop(&held);
    ck_assert_uint_eq(cb_chunks(other, &chunk, 1), 1); /* neighbours are one chunk again */
    assert_holds(other, BYTES("abcdef"));
    ck_assert_uint_eq(pool_stats(pool).copied, copied);
}
END_TEST

START_TEST(a_buffer_of_a_shared_pool_copies_held_bytes_of_another)
{
    struct cb_pool_options options = {
        .size = sizeof options, .shared = 1, .allocator = &counting.hooks};
    struct cb_pool *shared = NULL;
    struct cb_held held;

    ck_assert_int_eq(cb_pool_new(&shared, &options), CB_OK);
    struct cb_buffer *target = new_buffer(shared, CHUNK);
    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(cb_hold_bytes(buffer, 0, 3, &held), CB_YES);
    ck_assert_int_eq(cb_append_held(target, &held), CB_OK);
    ck_assert_uint_eq(pool_stats(shared).copied, 3);
    cb_skip(buffer, CB_ALL);
    cb_drop(&held);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    assert_holds(target, BYTES("abc"));
    cb_buffer_free(target);
    cb_pool_unref(shared);
}
END_TEST

START_TEST(append_held_obeys_the_limit)
{
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .limit = 4};
    struct cb_buffer *small = NULL;
    struct cb_held held;

    ck_assert_int_eq(cb_buffer_new(&small, &options), CB_OK);
    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(cb_hold_bytes(buffer, 0, 3, &held), CB_YES);
    ck_assert_int_eq(cb_append_held(small, &held), CB_OK);
    ck_assert_int_eq(cb_append_held(small, &held), CB_ELIMIT);
    assert_holds(small, BYTES("abc"));
    cb_drop(&held);
    cb_buffer_free(small);
}
END_TEST

/* Looked at by the release function that the drop calls. */
static struct cb_held *dropped;

static void look_at_dropped(void *arg, const void *data, size_t size)
{
    (void)data;
    (void)size;
    ck_assert_ptr_null(dropped->block);
    ++*(unsigned *)arg;
}

START_TEST(a_release_function_finds_what_was_dropped_empty)
{
    struct cb_held held;
    unsigned released = 0;

    dropped = &held;
    ck_assert_int_eq(cb_append_ref(buffer, "abc", 3, look_at_dropped, &released), CB_OK);
    ck_assert_int_eq(cb_hold_bytes(buffer, 0, 3, &held), CB_YES);
    cb_skip(buffer, CB_ALL);
    cb_drop(&held);
    ck_assert_uint_eq(released, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hold");
    TCase *tcase = add_case(suite, "hold");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_held_piece_outlives_buffer_decoder_and_pool);
    tcase_add_test(tcase, held_bytes_stay_whatever_is_done_to_the_buffer);
    tcase_add_test(tcase, holding_costs_a_reference_and_no_bytes);
    tcase_add_test(tcase, bytes_of_the_callers_are_released_by_the_last_drop);
    tcase_add_test(tcase, bytes_in_several_chunks_or_none_cannot_be_held);
    tcase_add_test(tcase, no_bytes_are_held_without_a_block);
    tcase_add_test(tcase, a_piece_of_ones_own_making_stays_its_makers);
    tcase_add_test(tcase, dropping_twice_or_nothing_is_fine);
    tcase_add_test(tcase, held_bytes_are_appended_by_reference);
    tcase_add_test(tcase, a_buffer_of_a_shared_pool_copies_held_bytes_of_another);
    tcase_add_test(tcase, append_held_obeys_the_limit);
    tcase_add_test(tcase, a_release_function_finds_what_was_dropped_empty);
    return run_suite(suite);
}
