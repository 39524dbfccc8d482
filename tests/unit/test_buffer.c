/* SPDX-License-Identifier: MIT */
/* Life, limits and looks; and what is allocated once a buffer is warm. */
#include "buffers.h"

/* --------------------------------------------------------------------- making */

START_TEST(a_new_buffer_is_empty_and_stands_at_the_start)
{
    struct cb_buffer *plain = NULL;

    ck_assert_int_eq(cb_buffer_new(&plain, NULL), CB_OK);
    ck_assert_uint_eq(cb_length(plain), 0);
    ck_assert_uint_eq(cb_position(plain), 0);
    ck_assert_uint_eq(cb_skip(plain, CB_ALL), 0);
    assert_holds(plain, "", 0);
    cb_buffer_free(plain);
}
END_TEST

START_TEST(default_chunks_are_from_2048_to_262144_bytes)
{
    struct cb_buffer *plain = NULL;
    uint8_t *data;

    ck_assert_int_eq(cb_buffer_new(&plain, NULL), CB_OK);
    ck_assert_uint_eq(buffer_stats(plain).chunk_size, 2048);
    ck_assert_uint_eq(offer(plain, 262144, &data), 262144);
    ck_assert_uint_le(offer(plain, 262145, &data), 262144);
    cb_buffer_free(plain);
}
END_TEST

START_TEST(freeing_no_buffer_is_fine)
{
    cb_buffer_free(NULL);
}
END_TEST

START_TEST(bad_options_are_refused)
{
    const size_t gib = (size_t)1 << 30;
    const struct cb_buffer_options bad[] = {
        {.size = 0},
        {.size = sizeof bad[0], .chunk_min = 100, .chunk_max = 99},
        {.size = sizeof bad[0], .chunk_max = gib + 1},
        {.size = sizeof bad[0], .chunk_min = gib + 1, .chunk_max = gib + 1},
        {.size = sizeof bad[0], .chunk_min = SIZE_MAX, .chunk_max = SIZE_MAX},
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        struct cb_buffer *none = NULL;

        ck_assert_msg(cb_buffer_new(&none, &bad[i]) == CB_EINVAL, "options %zu are taken", i);
        ck_assert_ptr_null(none);
    }
}
END_TEST

START_TEST(what_options_hold_that_is_not_known_is_refused)
{
    struct longer {
        struct cb_buffer_options known;
        uint8_t more[9];
    } options = {.known.size = sizeof options};
    const struct cb_allocator nothing = {.alloc = NULL};
    struct cb_buffer *new = NULL;

    ck_assert_int_eq(cb_buffer_new(&new, &options.known), CB_OK);
    cb_buffer_free(new);
    new = NULL;
    options.more[8] = 1;
    ck_assert_int_eq(cb_buffer_new(&new, &options.known), CB_EINVAL);
    options.known.size = sizeof options.known;
    options.known.release_fast = 2;
    ck_assert_int_eq(cb_buffer_new(&new, &options.known), CB_EINVAL);
    options.known.release_fast = 1;
    options.known.allocator = &nothing;
    ck_assert_int_eq(cb_buffer_new(&new, &options.known), CB_EINVAL);
    ck_assert_ptr_null(new);
}
END_TEST

START_TEST(chunk_sizes_at_their_bounds_are_taken)
{
    const size_t gib = (size_t)1 << 30;
    struct cb_buffer *smallest = new_buffer(pool, 1);
    struct cb_buffer *largest = new_buffer(pool, gib);
    uint8_t *data;

    ck_assert_uint_eq(offer(smallest, 0, &data), 1);
    cb_buffer_free(smallest);
    cb_buffer_free(largest);
}
END_TEST

START_TEST(a_buffer_without_a_pool_works_and_leaks_nothing)
{
    struct counting own;
    struct cb_buffer_options options = {
        .size = sizeof options,
        .chunk_min = CHUNK,
        .chunk_max = CHUNK,
        .allocator = &own.hooks,
    };
    struct cb_buffer *alone = NULL;
    uint8_t bytes[500];

    counting_init(&own);
    count_up(bytes, sizeof bytes);
    ck_assert_int_eq(cb_buffer_new(&alone, &options), CB_OK);
    append_offered(alone, bytes, sizeof bytes, 17);
    assert_holds(alone, bytes, sizeof bytes);
    ck_assert_int_eq(cb_take(alone, 300, other), 300);
    cb_buffer_free(alone);
    assert_holds(other, bytes, 300);
    cb_skip(other, CB_ALL);
    ck_assert_uint_eq(own.blocks, 0);
    counting_fini(&own);
}
END_TEST

START_TEST(a_buffer_uses_the_allocator_of_its_pool)
{
    uint64_t calls = counting.calls;
    struct cb_buffer *more = new_buffer(pool, CHUNK);

    ck_assert_uint_gt(counting.calls, calls);
    cb_buffer_free(more);
}
END_TEST

START_TEST(buffer_stats_tell_what_is_held)
{
    struct cb_buffer_stats stats;

    append_cut(buffer, BYTES("abcdefghij"), (size_t[]){3, 4}, 2);
    stats = buffer_stats(buffer);
    ck_assert_uint_eq(stats.length, 10);
    ck_assert_uint_eq(stats.chunks, 3);
    ck_assert_uint_ge(stats.pinned_bytes, 10);
    ck_assert_uint_eq(stats.chunk_size, CHUNK);
    cb_skip(buffer, 5);
    ck_assert_uint_eq(buffer_stats(buffer).length, 5);
    ck_assert_uint_eq(buffer_stats(buffer).chunks, 2);
}
END_TEST

START_TEST(a_small_record_is_seen_to_pin_its_block)
{
    struct cb_buffer *reader = new_buffer(pool, 65536);

    append_offered(reader, BYTES("0123456789"), 10);
    ck_assert_int_eq(cb_take(reader, 4, buffer), 4);
    ck_assert_uint_eq(buffer_stats(buffer).length, 4);
    ck_assert_uint_ge(buffer_stats(buffer).pinned_bytes, 65536);
    cb_buffer_free(reader);
}
END_TEST

START_TEST(buffer_stats_are_filled_as_far_as_their_size_reaches)
{
    struct cb_buffer_stats stats;

    memset(&stats, 0x77, sizeof stats);
    size_t untouched = stats.chunk_size;
    stats.size = offsetof(struct cb_buffer_stats, chunk_size);
    ck_assert_int_eq(cb_buffer_stats(buffer, &stats), CB_OK);
    ck_assert_uint_eq(stats.length, 0);
    ck_assert_uint_eq(stats.chunk_size, untouched);

    stats.size = 0;
    ck_assert_int_eq(cb_buffer_stats(buffer, &stats), CB_EINVAL);
}
END_TEST

START_TEST(buffer_stats_that_are_not_known_are_0)
{
    struct longer {
        struct cb_buffer_stats known;
        uint64_t more;
    } stats;

    memset(&stats, 0x77, sizeof stats);
    stats.known.size = sizeof stats;
    ck_assert_int_eq(cb_buffer_stats(buffer, &stats.known), CB_OK);
    ck_assert_uint_eq(stats.known.chunks, 0);
    ck_assert_uint_eq(stats.more, 0);
}
END_TEST

/* ---------------------------------------------------------------------- limit */

START_TEST(a_limit_is_reached_and_not_passed)
{
    struct cb_buffer *limited = buffer_with_limit(10);
    struct cb_buffer *sources[] = {other, other};
    struct iovec areas[] = {
        {.iov_base = (char[]){"ab"}, .iov_len = 2},
        {.iov_base = (char[]){"cd"}, .iov_len = 2},
    };
    struct released released = {0};

    append_block(other, BYTES("xyz"));
    ck_assert_int_eq(cb_append(limited, "01234567", 8), CB_OK);
    ck_assert_int_eq(cb_append(limited, "abc", 3), CB_ELIMIT);
    ck_assert_int_eq(cb_append_ref(limited, "abc", 3, note_release, &released), CB_ELIMIT);
    ck_assert_uint_eq(released.times, 0);
    ck_assert_int_eq(cb_append_buffer(limited, other), CB_ELIMIT);
    ck_assert_int_eq(cb_extend(limited, areas, 2, NULL, NULL), CB_ELIMIT);
    ck_assert_int_eq(cb_prepend(limited, "abc", 3), CB_ELIMIT);
    ck_assert_int_eq(cb_merge(limited, sources, 1), CB_ELIMIT);
    ck_assert_int_eq(cb_take(other, CB_ALL, limited), CB_ELIMIT);
    ck_assert_int_eq(cb_peek(other, CB_ALL, limited), CB_ELIMIT);
    ck_assert_int_eq(cb_slice(other, 0, CB_ALL, limited), CB_ELIMIT);
    assert_holds(limited, "01234567", 8);
    assert_holds(other, "xyz", 3);
    ck_assert_uint_eq(cb_position(other), 0);

    ck_assert_int_eq(cb_extend(limited, areas, 1, NULL, NULL), CB_OK);
    assert_holds(limited, "01234567ab", 10);
    ck_assert_int_eq(cb_append(limited, "c", 1), CB_ELIMIT);
    ck_assert_int_eq(cb_append(limited, "", 0), CB_OK);
    cb_buffer_free(limited);
}
END_TEST

START_TEST(a_merge_that_would_pass_the_limit_takes_no_source)
{
    struct cb_buffer *limited = buffer_with_limit(5);
    struct cb_buffer *sources[] = {other, other};

    append_block(other, BYTES("xyz"));
    ck_assert_int_eq(cb_merge(limited, sources, 2), CB_ELIMIT);
    assert_holds(limited, "", 0);
    cb_buffer_free(limited);
}
END_TEST

START_TEST(at_the_limit_the_part_that_fits_can_be_taken)
{
    struct cb_buffer *limited = buffer_with_limit(4);

    append_block(other, BYTES("abcdef"));
    ck_assert_int_eq(cb_take(other, 5, limited), CB_ELIMIT);
    ck_assert_int_eq(cb_take(other, 4, limited), 4);
    ck_assert_int_eq(cb_take(other, 0, limited), 0);
    assert_holds(limited, "abcd", 4);
    assert_holds(other, "ef", 2);
    cb_buffer_free(limited);
}
END_TEST

START_TEST(offers_stop_at_the_limit)
{
    struct cb_buffer *limited = buffer_with_limit(CHUNK + 10);
    struct iovec areas[8];
    uint8_t *data;
    void *place;
    size_t size, total = 0;

    ssize_t count = cb_reserve(limited, 10 * CHUNK, areas, COUNT(areas));
    ck_assert_int_ge(count, 1);
    for (size_t i = 0; i < (size_t)count; i++)
        total += areas[i].iov_len;
    ck_assert_uint_le(total, CHUNK + 10);
    ck_assert_int_eq(cb_commit(limited, 0), CB_OK);

    scribble(limited, CHUNK + 10);
    ck_assert_uint_eq(cb_length(limited), CHUNK + 10);
    ck_assert_int_eq(cb_get_chunk(limited, 0, &place, &size), CB_ELIMIT);
    ck_assert_int_eq(cb_reserve(limited, 1, areas, COUNT(areas)), CB_ELIMIT);
    ck_assert_uint_eq(cb_length(limited), CHUNK + 10);

    cb_skip(limited, 3);
    ck_assert_uint_le(offer(limited, 0, &data), 3);
    cb_buffer_free(limited);
}
END_TEST

/* -------------------------------------------------------------------- looking */

START_TEST(chunks_tells_how_many_there_are_and_fills_what_fits)
{
    struct iovec chunks[4] = {{.iov_len = 99}, {.iov_len = 99}, {.iov_len = 99}, {.iov_len = 99}};

    ck_assert_uint_eq(cb_chunks(buffer, chunks, 4), 0);
    append_cut(buffer, BYTES("aabbcc"), (size_t[]){2}, 1);
    ck_assert_uint_eq(cb_chunks(buffer, NULL, 0), 3);
    ck_assert_uint_eq(cb_chunks(buffer, chunks, 2), 3);
    ck_assert_uint_eq(chunks[0].iov_len, 2);
    ck_assert_int_eq(memcmp(chunks[0].iov_base, "aa", 2), 0);
    ck_assert_int_eq(memcmp(chunks[1].iov_base, "bb", 2), 0);
    ck_assert_uint_eq(chunks[2].iov_len, 99);
    ck_assert_uint_eq(cb_chunks(buffer, chunks, 4), 3);
    ck_assert_int_eq(memcmp(chunks[2].iov_base, "cc", 2), 0);
    ck_assert_uint_eq(chunks[3].iov_len, 99);
}
END_TEST

START_TEST(looking_does_not_seal_the_tail)
{
    uint8_t *before, *after;
    struct iovec chunk;
    const void *data;
    size_t at;

    offer(buffer, 0, &before);
    memset(before, 'x', 10);
    ck_assert_int_eq(cb_chunk_written(buffer, 10), CB_OK);
    cb_chunks(buffer, NULL, 0);
    cb_chunks(buffer, &chunk, 1);
    ck_assert_int_eq(cb_data(buffer, 10, &data), CB_YES);
    ck_assert_int_eq(cb_find(buffer, "y", 1, 0, CB_ALL, &at), CB_NO);
    buffer_stats(buffer);
    offer(buffer, 0, &after);
    ck_assert_ptr_eq(after, before + 10);
}
END_TEST

START_TEST(data_within_a_chunk_is_borrowed_where_it_stands)
{
    const void *data;
    struct iovec chunk;

    append_cut(buffer, BYTES("abcdef"), (size_t[]){4}, 1);
    cb_chunks(buffer, &chunk, 1);
    for (size_t n = 1; n <= 4; n++) {
        ck_assert_int_eq(cb_data(buffer, n, &data), CB_YES);
        ck_assert_ptr_eq(data, chunk.iov_base);
    }
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
}
END_TEST

START_TEST(data_over_chunks_is_joined_once)
{
    const void *data, *again;
    uint8_t bytes[300];

    count_up(bytes, sizeof bytes);
    append_cut(buffer, bytes, sizeof bytes, (size_t[]){7}, 1);
    ck_assert_int_eq(cb_data(buffer, 200, &data), CB_YES);
    ck_assert_int_eq(memcmp(data, bytes, 200), 0);
    ck_assert_uint_eq(pool_stats(pool).copied, 200);
    ck_assert_int_eq(cb_data(buffer, 200, &again), CB_YES);
    ck_assert_ptr_eq(again, data);
    ck_assert_int_eq(cb_data(buffer, 150, &again), CB_YES);
    ck_assert_ptr_eq(again, data);
    ck_assert_uint_eq(pool_stats(pool).copied, 200);
    assert_holds(buffer, bytes, sizeof bytes);
    cb_skip(buffer, 199);
    assert_holds(buffer, bytes + 199, 101);
}
END_TEST

START_TEST(all_that_is_held_is_had_in_one_piece_again_and_again_in_linear_time)
{
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .chunk_min = 64};
    struct cb_buffer *all = NULL;
    const size_t total = 100000;
    const void *data = NULL;

    ck_assert_int_eq(cb_buffer_new(&all, &options), CB_OK);
    uint64_t before = pool_stats(pool).copied;
    for (size_t i = 0; i < total; i++) { /* a peer that sends single bytes */
        uint8_t byte = (uint8_t)(i * 7);

        ck_assert_int_eq(cb_append(all, &byte, 1), CB_OK);
        ck_assert_int_eq(cb_data(all, i + 1, &data), CB_YES);
    }
    ck_assert_uint_le(pool_stats(pool).copied - before, 5 * total);
    for (size_t i = 0; i < total; i++)
        ck_assert_uint_eq(((const uint8_t *)data)[i], (uint8_t)(i * 7));
    cb_buffer_free(all);
}
END_TEST

/* Of any 100 bytes that are added, so many come by reference, the others as a copy. */
static void grow_and_join(unsigned referenced, bool holds)
{
    static uint8_t bytes[100];
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .cutoff = 2};
    struct cb_buffer *all = NULL;
    struct cb_held held = {.data = NULL};
    const size_t rounds = 2000;
    const void *data = NULL;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    ck_assert_int_eq(cb_buffer_new(&all, &options), CB_OK);
    uint64_t before = pool_stats(pool).copied;
    for (size_t i = 0; i < rounds; i++) {
        ck_assert_int_eq(cb_append_ref(all, bytes, referenced, NULL, NULL), CB_OK);
        ck_assert_int_eq(cb_append(all, bytes + referenced, sizeof bytes - referenced), CB_OK);
        ck_assert_int_eq(cb_data(all, cb_length(all), &data), CB_YES);
        if (holds && held.data != data) {
            cb_drop(&held);
            ck_assert_int_eq(cb_hold_bytes(all, 0, 1, &held), CB_YES);
        }
    }
    cb_drop(&held);
    ck_assert_uint_le(pool_stats(pool).copied - before, 5 * rounds * sizeof bytes);
    for (size_t i = 0; i < rounds * sizeof bytes; i++)
        ck_assert_uint_eq(((const uint8_t *)data)[i], bytes[i % sizeof bytes]);
    cb_buffer_free(all);
}

START_TEST(so_it_is_where_the_buffer_grows_by_references)
{
    grow_and_join(100, false);
    grow_and_join(100, true);
    grow_and_join(60, false);
    grow_and_join(2, false);
}
END_TEST

/* The bytes after the first chunk would be moved in its block. */
START_TEST(bytes_that_others_see_stay_when_they_are_joined)
{
    static const char reference[] = "REFERENCE";
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .cutoff = 2};
    struct cb_buffer *joined = NULL;
    struct cb_held held;
    const void *data = NULL;

    ck_assert_int_eq(cb_buffer_new(&joined, &options), CB_OK);
    ck_assert_int_eq(cb_append(joined, "head", 4), CB_OK);
    ck_assert_int_eq(cb_append_ref(joined, reference, 9, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append(joined, "tail", 4), CB_OK);
    ck_assert_int_eq(cb_hold_bytes(joined, 13, 4, &held), CB_YES);
    ck_assert_int_eq(cb_data(joined, 17, &data), CB_YES);
    ck_assert_mem_eq(data, "headREFERENCEtail", 17);
    ck_assert_mem_eq(held.data, "tail", 4);
    cb_drop(&held);
    cb_buffer_free(joined);
}
END_TEST

/* Of the bytes in the block of the first chunk, some were dropped: the last ones are before
 * their place. */
START_TEST(bytes_are_joined_after_some_were_dropped_between_them)
{
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .cutoff = 2};
    struct cb_buffer *joined = NULL;
    const void *data = NULL;

    ck_assert_int_eq(cb_buffer_new(&joined, &options), CB_OK);
    ck_assert_int_eq(cb_append(joined, "head to be dropped", 18), CB_OK);
    ck_assert_uint_eq(cb_truncate(joined, 4), 14);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(cb_append_ref(joined, "REF", 3, NULL, NULL), CB_OK);
        ck_assert_int_eq(cb_append(joined, "tail", 4), CB_OK);
        ck_assert_int_eq(cb_data(joined, 4 + 7 * (i + 1), &data), CB_YES);
        ck_assert_mem_eq(data, "headREFtailREFtailREFtail", 4 + 7 * (i + 1));
    }
    cb_buffer_free(joined);
}
END_TEST

START_TEST(data_may_be_longer_than_a_chunk_may_be)
{
    uint8_t bytes[10 * CHUNK];
    const void *data;

    count_up(bytes, sizeof bytes);
    append_offered(buffer, bytes, sizeof bytes, CHUNK);
    ck_assert_int_eq(cb_data(buffer, sizeof bytes, &data), CB_YES);
    ck_assert_int_eq(memcmp(data, bytes, sizeof bytes), 0);
    assert_holds(buffer, bytes, sizeof bytes);
}
END_TEST

START_TEST(data_asks_for_more_than_is_held)
{
    const void *data;

    ck_assert_int_eq(cb_data(buffer, 1, &data), CB_MORE);
    append_cut(buffer, BYTES("abc"), (size_t[]){1}, 1);
    ck_assert_int_eq(cb_data(buffer, 4, &data), CB_MORE);
    ck_assert_int_eq(cb_data(buffer, SIZE_MAX, &data), CB_MORE);
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
    ck_assert_int_eq(cb_data(buffer, 0, &data), CB_YES);
    ck_assert_int_eq(cb_data(buffer, 3, &data), CB_YES);
    ck_assert_int_eq(memcmp(data, "abc", 3), 0);
}
END_TEST

START_TEST(joining_does_not_touch_views)
{
    const void *data;

    append_cut(buffer, BYTES("abcdefgh"), (size_t[]){3}, 1);
    ck_assert_int_eq(cb_peek(buffer, 7, other), 7);
    ck_assert_int_eq(cb_data(buffer, 5, &data), CB_YES);
    cb_skip(buffer, 2);
    scribble(buffer, 100);
    assert_holds(other, "abcdefg", 7);
}
END_TEST

START_TEST(copyout_gives_what_there_is)
{
    char out[11] = "----------";

    append_cut(buffer, BYTES("abcdef"), (size_t[]){2, 1}, 2);
    ck_assert_uint_eq(cb_copyout(buffer, 1, 4, out), 4);
    ck_assert_str_eq(out, "bcde------");
    ck_assert_uint_eq(cb_copyout(buffer, 4, 10, out), 2);
    ck_assert_str_eq(out, "efde------");
    ck_assert_uint_eq(cb_copyout(buffer, 5, CB_ALL, out), 1);
    ck_assert_str_eq(out, "ffde------");
    ck_assert_uint_eq(cb_copyout(buffer, 6, 10, out), 0);
    ck_assert_uint_eq(cb_copyout(buffer, SIZE_MAX, CB_ALL, out), 0);
    ck_assert_uint_eq(cb_copyout(buffer, 0, 0, out), 0);
    ck_assert_str_eq(out, "ffde------");
}
END_TEST

START_TEST(remove_copies_out_and_drops)
{
    char out[8] = "";

    append_cut(buffer, BYTES("abcdef"), (size_t[]){2}, 1);
    ck_assert_uint_eq(cb_remove(buffer, 3, out), 3);
    ck_assert_str_eq(out, "abc");
    assert_holds(buffer, BYTES("def"));
    ck_assert_uint_eq(cb_position(buffer), 3);
    ck_assert_uint_eq(cb_remove(buffer, 0, out), 0);
    ck_assert_uint_eq(cb_remove(buffer, 7, out), 3);
    ck_assert_str_eq(out, "def");
    ck_assert_uint_eq(cb_remove(buffer, CB_ALL, out), 0);
}
END_TEST

START_TEST(equality_does_not_depend_on_chunks)
{
    static const char text[] = "the same bytes in other pieces";

    for (size_t a = 1; a < sizeof text; a++) {
        struct cb_buffer *one = buffer_of(pool, BYTES(text), a);

        for (size_t b = 1; b < sizeof text; b++) {
            struct cb_buffer *two = buffer_of(pool, BYTES(text), b);

            ck_assert_int_eq(cb_equal(one, two), CB_YES);
            ck_assert_int_eq(cb_compare(one, two), 0);
            ck_assert_int_eq(cb_append(two, "x", 1), CB_OK);
            ck_assert_int_eq(cb_equal(one, two), CB_NO);
            ck_assert_int_lt(cb_compare(one, two), 0);
            ck_assert_int_gt(cb_compare(two, one), 0);
            cb_buffer_free(two);
        }
        ck_assert_int_eq(cb_equal_bytes(one, BYTES(text)), CB_YES);
        ck_assert_int_eq(cb_equal_bytes(one, text, sizeof text), CB_NO);
        ck_assert_int_eq(cb_equal_bytes(one, text, sizeof text - 2), CB_NO);
        cb_buffer_free(one);
    }
}
END_TEST

START_TEST(one_differing_byte_anywhere_is_seen)
{
    uint8_t bytes[150];

    count_up(bytes, sizeof bytes);
    append_cut(buffer, bytes, sizeof bytes, (size_t[]){11, 40}, 2);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 0x80;
        append_cut(other, bytes, sizeof bytes, (size_t[]){13, 3}, 2);
        ck_assert_int_eq(cb_equal(buffer, other), CB_NO);
        ck_assert_int_eq(cb_equal_bytes(buffer, bytes, sizeof bytes), CB_NO);
        if (bytes[i] > (bytes[i] ^ 0x80))
            ck_assert_int_lt(cb_compare(buffer, other), 0);
        else
            ck_assert_int_gt(cb_compare(buffer, other), 0);
        bytes[i] ^= 0x80;
        cb_skip(other, CB_ALL);
    }
}
END_TEST

START_TEST(empty_buffers_are_equal_and_the_least)
{
    ck_assert_int_eq(cb_equal(buffer, other), CB_YES);
    ck_assert_int_eq(cb_compare(buffer, other), 0);
    ck_assert_int_eq(cb_equal_bytes(buffer, NULL, 0), CB_YES);
    ck_assert_int_eq(cb_equal(buffer, buffer), CB_YES);
    append_block(other, "\0", 1);
    ck_assert_int_eq(cb_equal(buffer, other), CB_NO);
    ck_assert_int_lt(cb_compare(buffer, other), 0);
    ck_assert_int_gt(cb_compare(other, buffer), 0);
}
END_TEST

/* --------------------------------------------------------------------- steady */

enum { WARM = 2000, STEADY = 100000 };

/* One record through every call that a reader of records makes. */
static void pass_a_record(struct cb_buffer *source, struct cb_buffer *record, size_t number)
{
    char bytes[] = "0123456789 a record of some seventy bytes, that ends with a line end\r\n";
    size_t size = sizeof bytes - 1;
    const void *data;

    bytes[0] = (char)('0' + number % 10);
    ck_assert_int_eq(cb_append(source, bytes, size), CB_OK);
    switch (number % 5) {
    case 0:
        ck_assert_int_eq(cb_take(source, size, record), (ssize_t)size);
        break;
    case 1:
        ck_assert_int_eq(cb_peek(source, size, record), (ssize_t)size);
        cb_skip(source, size);
        break;
    case 2:
        ck_assert_int_eq(cb_takeline(source, 0, 0, 0, record), CB_YES);
        break;
    case 3:
        ck_assert_int_eq(cb_takeuntil(source, "\r\n", 2, 0, 0, CB_KEEP, record), CB_YES);
        break;
    default:
        ck_assert_int_eq(cb_slice(source, 0, CB_ALL, record), (ssize_t)size);
        ck_assert_int_eq(cb_data(source, size, &data), CB_YES);
        cb_skip(source, CB_ALL);
        break;
    }
    ck_assert_uint_eq(cb_length(source), 0);
    ck_assert_int_eq(cb_data(record, 1, &data), CB_YES);
    ck_assert_int_eq(*(const char *)data, bytes[0]);
}

START_TEST(nothing_is_allocated_for_a_record_once_warm)
{
    struct cb_buffer *source = buffer_with((struct cb_buffer_options){.limit = 0});
    struct cb_buffer *records[32]; /* the last ones stay alive for a while */
    uint64_t calls = 0;

    for (size_t i = 0; i < COUNT(records); i++)
        records[i] = new_buffer(pool, CHUNK);
    for (size_t i = 0; i < WARM + STEADY; i++) {
        if (i == WARM)
            calls = counting.calls;
        cb_skip(records[i % COUNT(records)], CB_ALL);
        pass_a_record(source, records[i % COUNT(records)], i);
    }
    ck_assert_uint_eq(counting.calls - calls, 0);
    for (size_t i = 0; i < COUNT(records); i++)
        cb_buffer_free(records[i]);
    cb_buffer_free(source);
}
END_TEST

START_TEST(nothing_is_allocated_for_a_long_delimiter_once_warm)
{
    struct cb_buffer *source = buffer_with((struct cb_buffer_options){.limit = 0});
    uint64_t calls = 0;

    for (size_t i = 0; i < WARM + STEADY; i++) {
        if (i == WARM)
            calls = counting.calls;
        ck_assert_int_eq(cb_append(source, BYTES("record--a long delimiter--")), CB_OK);
        ck_assert_int_eq(cb_takeuntil(source, BYTES("--a long delimiter--"), 0, 0, 0, buffer),
                         CB_YES);
        ck_assert_uint_eq(cb_skip(buffer, CB_ALL), 6);
    }
    ck_assert_uint_eq(counting.calls - calls, 0);
    cb_buffer_free(source);
}
END_TEST

START_TEST(nothing_is_allocated_for_a_queue_that_is_always_half_full)
{
    uint64_t calls = 0, number_in = 0, number_out = 0;

    for (size_t i = 0; i < WARM + STEADY; i++) {
        uint8_t *data;
        const void *head;

        if (i == WARM)
            calls = counting.calls;
        while (cb_length(buffer) < 50 * 16) {
            offer(buffer, 16, &data);
            memset(data, 0, 16);
            memcpy(data, &number_in, sizeof number_in);
            ck_assert_int_eq(cb_chunk_written(buffer, 16), CB_OK);
            number_in++;
        }
        ck_assert_int_eq(cb_data(buffer, 16, &head), CB_YES);
        ck_assert_int_eq(memcmp(head, &number_out, sizeof number_out), 0);
        number_out++;
        cb_skip(buffer, 16);
    }
    ck_assert_uint_eq(counting.calls - calls, 0);
    ck_assert_uint_eq(cb_position(buffer), (WARM + STEADY) * 16);
}
END_TEST

START_TEST(a_queue_of_many_chunks_keeps_its_order)
{
    static uint8_t bytes[20000];
    size_t in = 0, out = 0;

    count_up(bytes, sizeof bytes);
    for (size_t i = 0; out < sizeof bytes; i++) {
        size_t size = 1 + i % 5;
        size_t drop = i % 700 < 600 ? 1 + i % 3 : 13;

        size = size < sizeof bytes - in ? size : sizeof bytes - in;
        append_block(buffer, bytes + in, size);
        in += size;
        out += cb_skip(buffer, drop);
        ck_assert_uint_eq(cb_length(buffer), in - out);
        ck_assert_uint_eq(cb_position(buffer), out);
        if (i % 100 == 0)
            assert_holds(buffer, bytes + out, in - out);
    }
    assert_holds(buffer, "", 0);
}
END_TEST

static void add_making(Suite *suite)
{
    TCase *tcase = add_case(suite, "making");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_new_buffer_is_empty_and_stands_at_the_start);
    tcase_add_test(tcase, default_chunks_are_from_2048_to_262144_bytes);
    tcase_add_test(tcase, freeing_no_buffer_is_fine);
    tcase_add_test(tcase, bad_options_are_refused);
    tcase_add_test(tcase, what_options_hold_that_is_not_known_is_refused);
    tcase_add_test(tcase, chunk_sizes_at_their_bounds_are_taken);
    tcase_add_test(tcase, a_buffer_without_a_pool_works_and_leaks_nothing);
    tcase_add_test(tcase, a_buffer_uses_the_allocator_of_its_pool);
    tcase_add_test(tcase, buffer_stats_tell_what_is_held);
    tcase_add_test(tcase, a_small_record_is_seen_to_pin_its_block);
    tcase_add_test(tcase, buffer_stats_are_filled_as_far_as_their_size_reaches);
    tcase_add_test(tcase, buffer_stats_that_are_not_known_are_0);
}

static void add_limit(Suite *suite)
{
    TCase *tcase = add_case(suite, "limit");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_limit_is_reached_and_not_passed);
    tcase_add_test(tcase, a_merge_that_would_pass_the_limit_takes_no_source);
    tcase_add_test(tcase, at_the_limit_the_part_that_fits_can_be_taken);
    tcase_add_test(tcase, offers_stop_at_the_limit);
}

static void add_looking(Suite *suite)
{
    TCase *tcase = add_case(suite, "looking");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, chunks_tells_how_many_there_are_and_fills_what_fits);
    tcase_add_test(tcase, looking_does_not_seal_the_tail);
    tcase_add_test(tcase, data_within_a_chunk_is_borrowed_where_it_stands);
    tcase_add_test(tcase, data_over_chunks_is_joined_once);
    tcase_add_test(tcase, all_that_is_held_is_had_in_one_piece_again_and_again_in_linear_time);
    tcase_add_test(tcase, so_it_is_where_the_buffer_grows_by_references);
    tcase_add_test(tcase, bytes_that_others_see_stay_when_they_are_joined);
    tcase_add_test(tcase, bytes_are_joined_after_some_were_dropped_between_them);
    tcase_add_test(tcase, data_may_be_longer_than_a_chunk_may_be);
    tcase_add_test(tcase, data_asks_for_more_than_is_held);
    tcase_add_test(tcase, joining_does_not_touch_views);
    tcase_add_test(tcase, copyout_gives_what_there_is);
    tcase_add_test(tcase, remove_copies_out_and_drops);
    tcase_add_test(tcase, equality_does_not_depend_on_chunks);
    tcase_add_test(tcase, one_differing_byte_anywhere_is_seen);
    tcase_add_test(tcase, empty_buffers_are_equal_and_the_least);
}

static void add_steady(Suite *suite)
{
    TCase *tcase = add_case(suite, "steady");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, nothing_is_allocated_for_a_record_once_warm);
    tcase_add_test(tcase, nothing_is_allocated_for_a_long_delimiter_once_warm);
    tcase_add_test(tcase, nothing_is_allocated_for_a_queue_that_is_always_half_full);
    tcase_add_test(tcase, a_queue_of_many_chunks_keeps_its_order);
}

int main(void)
{
    Suite *suite = suite_create("buffer");

    add_making(suite);
    add_limit(suite);
    add_looking(suite);
    add_steady(suite);
    return run_suite(suite);
}
