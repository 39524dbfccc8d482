/* SPDX-License-Identifier: MIT */
/* Room to read into, and what was read. */
#include "buffers.h"

START_TEST(what_is_written_into_an_offer_is_held)
{
    uint8_t *data;

    ck_assert_uint_ge(offer(buffer, 5, &data), 5);
    memcpy(data, "hello", 5);
    ck_assert_uint_eq(cb_length(buffer), 0);
    ck_assert_int_eq(cb_chunk_written(buffer, 5), CB_OK);
    assert_holds(buffer, "hello", 5);
}
END_TEST

START_TEST(an_offer_never_exceeds_chunk_max)
{
    const size_t sizes[] = {1, 2, 3, 63, 64, 65, 1000, 1024, 100000};

    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct cb_buffer *cut = new_buffer(pool, sizes[i]);

        for (size_t hint = 0; hint <= 3 * sizes[i]; hint += sizes[i] / 2 + 1) {
            uint8_t *data;
            size_t size = offer(cut, hint, &data);

            ck_assert_uint_le(size, sizes[i]);
            if (hint <= sizes[i])
                ck_assert_uint_ge(size, hint);
            memset(data, 'x', size);
            ck_assert_int_eq(cb_chunk_written(cut, size / 3), CB_OK);
        }
        ck_assert_uint_le(offer(cut, SIZE_MAX, &(uint8_t *){NULL}), sizes[i]);
        cb_buffer_free(cut);
    }
}
END_TEST

START_TEST(a_hint_of_chunk_max_is_honoured_after_a_partly_used_tail)
{
    uint8_t *data;

    append_offered(buffer, BYTES("some"), 4);
    ck_assert_uint_eq(offer(buffer, CHUNK, &data), CHUNK);
    memset(data, 'x', CHUNK);
    ck_assert_int_eq(cb_chunk_written(buffer, CHUNK), CB_OK);
    ck_assert_uint_eq(cb_length(buffer), 4 + CHUNK);
}
END_TEST

START_TEST(the_tail_is_filled_up_before_a_new_chunk_is_begun)
{
    uint8_t *first, *next;
    size_t size = offer(buffer, 0, &first);

    ck_assert_int_eq(cb_chunk_written(buffer, 10), CB_OK);
    ck_assert_uint_eq(offer(buffer, 0, &next), size - 10);
    ck_assert_ptr_eq(next, first + 10);
    ck_assert_int_eq(cb_chunk_written(buffer, size - 10), CB_OK);
    ck_assert_uint_eq(buffer_stats(buffer).chunks, 1);
}
END_TEST

START_TEST(writing_nothing_takes_the_offer_back)
{
    uint8_t *data;

    offer(buffer, 0, &data);
    ck_assert_int_eq(cb_chunk_written(buffer, 0), CB_OK);
    ck_assert_uint_eq(cb_length(buffer), 0);
    ck_assert_int_eq(cb_chunk_written(buffer, 1), CB_ESTATE);
    ck_assert_uint_eq(cb_length(buffer), 0);
}
END_TEST

START_TEST(writing_without_an_offer_is_refused)
{
    uint8_t *data;

    ck_assert_int_eq(cb_chunk_written(buffer, 1), CB_ESTATE);
    ck_assert_int_eq(cb_chunk_written(buffer, 0), CB_ESTATE);
    ck_assert_int_eq(cb_commit(buffer, 1), CB_ESTATE);
    offer(buffer, 0, &data);
    data[0] = 'a';
    ck_assert_int_eq(cb_chunk_written(buffer, 1), CB_OK);
    ck_assert_int_eq(cb_chunk_written(buffer, 1), CB_ESTATE);
    assert_holds(buffer, "a", 1);
}
END_TEST

START_TEST(writing_more_than_was_offered_is_refused_and_the_offer_stays)
{
    uint8_t *data;
    size_t size = offer(buffer, 0, &data);

    ck_assert_int_eq(cb_chunk_written(buffer, size + 1), CB_ESTATE);
    ck_assert_int_eq(cb_chunk_written(buffer, SIZE_MAX), CB_ESTATE);
    ck_assert_uint_eq(cb_length(buffer), 0);
    memset(data, 'a', size);
    ck_assert_int_eq(cb_chunk_written(buffer, size), CB_OK);
    ck_assert_uint_eq(cb_length(buffer), size);
}
END_TEST

START_TEST(a_new_offer_replaces_an_open_one)
{
    uint8_t *data;

    offer(buffer, 60, &data);
    size_t size = offer(buffer, 0, &data);
    ck_assert_int_eq(cb_chunk_written(buffer, size + 1), CB_ESTATE);
    memset(data, 'b', size);
    ck_assert_int_eq(cb_chunk_written(buffer, size), CB_OK);
    ck_assert_uint_eq(cb_length(buffer), size);
    ck_assert_int_eq(cb_chunk_written(buffer, 0), CB_ESTATE);
}
END_TEST

START_TEST(an_offer_is_closed_by_whatever_else_adds_bytes)
{
    struct iovec area = {.iov_base = (char[]){"x"}, .iov_len = 1};
    uint8_t *data;

    append_block(other, "x", 1);
    for (int call = 0; call < 8; call++) {
        int status = CB_OK;

        offer(buffer, 0, &data);
        switch (call) {
        case 0:
            status = cb_append(buffer, "x", 1);
            break;
        case 1:
            status = cb_append_ref(buffer, "x", 1, NULL, NULL);
            break;
        case 2:
            status = cb_append_buffer(buffer, other);
            break;
        case 3:
            status = cb_extend(buffer, &area, 1, NULL, NULL);
            break;
        case 4:
            status = cb_prepend(buffer, "x", 1);
            break;
        case 5:
            status = cb_merge(buffer, &other, 1);
            break;
        case 6:
            ck_assert_int_eq(cb_peek(other, 1, buffer), 1);
            break;
        default:
            ck_assert_int_eq(cb_take(other, 1, buffer), 1);
            break;
        }
        ck_assert_int_eq(status, CB_OK);
        ck_assert_msg(cb_chunk_written(buffer, 1) == CB_ESTATE, "call %d left the offer open",
                      call);
    }
    assert_holds(buffer, "xxxxxxxx", 8);
}
END_TEST

START_TEST(an_offer_stays_open_when_bytes_leave)
{
    uint8_t *data;

    append_offered(buffer, BYTES("abcdef"), 100);
    offer(buffer, 0, &data);
    memcpy(data, "xyz", 3);
    ck_assert_int_eq(cb_take(buffer, 2, other), 2);
    cb_truncate(buffer, 3);
    cb_skip(buffer, CB_ALL);
    scribble(other, 200);
    ck_assert_int_eq(cb_chunk_written(buffer, 3), CB_OK);
    assert_holds(buffer, "xyz", 3);
}
END_TEST

START_TEST(a_failed_append_leaves_an_open_offer_as_it_was)
{
    struct cb_buffer *limited = buffer_with_limit(10);
    uint8_t *data;

    append_offered(limited, BYTES("abc"), 100);
    cb_skip(limited, 3);
    append_offered(limited, BYTES("12345"), 100);
    offer(limited, 0, &data);
    memcpy(data, "678", 3);
    ck_assert_int_eq(cb_append(limited, "xxxxxx", 6), CB_ELIMIT);
    cb_skip(limited, CB_ALL);
    ck_assert_int_eq(cb_append(limited, "xxxxxxxxxxx", 11), CB_ELIMIT);
    ck_assert_int_eq(cb_chunk_written(limited, 3), CB_OK);
    assert_holds(limited, "678", 3);
    cb_buffer_free(limited);
}
END_TEST

START_TEST(an_append_without_memory_leaves_an_open_offer_as_it_was)
{
    uint8_t *data, much[200] = {0};

    append_offered(buffer, BYTES("1234567890"), 100);
    offer(buffer, 0, &data);
    memcpy(data, "abc", 3);
    cb_skip(buffer, CB_ALL);
    counting_fail(&counting, 1, true);
    ck_assert_int_eq(cb_append(buffer, much, sizeof much), CB_ENOMEM);
    counting_fail(&counting, 0, false);
    ck_assert_int_eq(cb_chunk_written(buffer, 3), CB_OK);
    assert_holds(buffer, "abc", 3);
}
END_TEST

START_TEST(a_failed_merge_leaves_an_open_offer_as_it_was)
{
    struct cb_buffer *limited = buffer_with_limit(10);
    struct cb_buffer *sources[] = {other, other};
    uint8_t *data;

    append_block(other, BYTES("123456"));
    offer(limited, 0, &data);
    memcpy(data, "abc", 3);
    ck_assert_int_eq(cb_merge(limited, sources, 2), CB_ELIMIT);
    ck_assert_int_eq(cb_chunk_written(limited, 3), CB_OK);
    assert_holds(limited, "abc", 3);
    cb_buffer_free(limited);
}
END_TEST

START_TEST(an_untaken_offer_is_given_back_with_the_buffer)
{
    uint8_t *data;
    struct cb_buffer *short_lived = new_buffer(pool, CHUNK);

    offer(short_lived, 0, &data);
    cb_buffer_free(short_lived);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
}
END_TEST

START_TEST(chunks_grow_while_offers_are_filled_and_stop_at_chunk_max)
{
    struct cb_buffer *growing =
        buffer_with((struct cb_buffer_options){.chunk_min = 64, .chunk_max = 1000});
    size_t largest = 0;

    ck_assert_uint_eq(buffer_stats(growing).chunk_size, 64);
    for (int i = 0; i < 100; i++) {
        uint8_t *data;
        size_t size = offer(growing, 0, &data);

        ck_assert_uint_ge(size, largest);
        ck_assert_uint_le(size, 1000);
        largest = size;
        ck_assert_int_eq(cb_chunk_written(growing, size), CB_OK);
    }
    ck_assert_uint_eq(largest, 1000);
    ck_assert_uint_eq(buffer_stats(growing).chunk_size, 1000);
    cb_buffer_free(growing);
}
END_TEST

static struct cb_buffer *grown_buffer(void)
{
    struct cb_buffer *grown =
        buffer_with((struct cb_buffer_options){.chunk_min = 64, .chunk_max = 1024});

    while (buffer_stats(grown).chunk_size < 1024)
        scribble(grown, 1);
    cb_skip(grown, CB_ALL);
    return grown;
}

static void use_little(struct cb_buffer *of)
{
    uint8_t *data;

    offer(of, 0, &data);
    ck_assert_int_eq(cb_chunk_written(of, 1), CB_OK);
    cb_skip(of, CB_ALL);
}

START_TEST(chunks_shrink_while_offers_are_hardly_used_and_stop_at_chunk_min)
{
    struct cb_buffer *shrinking = grown_buffer();
    size_t size = 1024;

    for (int i = 0; i < 100; i++) {
        use_little(shrinking);
        size_t now = buffer_stats(shrinking).chunk_size;
        ck_assert_uint_le(now, size);
        ck_assert_uint_ge(now, 64);
        size = now;
    }
    ck_assert_uint_eq(size, 64);
    cb_buffer_free(shrinking);
}
END_TEST

START_TEST(chunks_shrink_after_two_small_offers_not_after_one)
{
    struct cb_buffer *shrinking = grown_buffer();

    use_little(shrinking);
    ck_assert_uint_eq(buffer_stats(shrinking).chunk_size, 1024);
    use_little(shrinking);
    ck_assert_uint_lt(buffer_stats(shrinking).chunk_size, 1024);
    cb_buffer_free(shrinking);
}
END_TEST

START_TEST(a_well_used_offer_between_small_ones_keeps_chunks_large)
{
    struct cb_buffer *steady = grown_buffer();

    for (int i = 0; i < 10; i++) {
        uint8_t *data;

        use_little(steady);
        size_t size = offer(steady, 0, &data);
        ck_assert_int_eq(cb_chunk_written(steady, size / 2), CB_OK);
        cb_skip(steady, CB_ALL);
    }
    ck_assert_uint_eq(buffer_stats(steady).chunk_size, 1024);
    cb_buffer_free(steady);
}
END_TEST

START_TEST(reserved_areas_hold_what_was_hinted_if_they_may)
{
    struct iovec areas[8];

    for (size_t used = 0; used < CHUNK; used += 21) {
        for (size_t max = 1; max <= COUNT(areas); max++) {
            struct cb_buffer *fresh = new_buffer(pool, CHUNK);
            size_t total = 0;

            if (used > 0)
                scribble(fresh, 1);
            cb_skip(fresh, CHUNK - used);
            ssize_t count = cb_reserve(fresh, 3 * CHUNK, areas, max);
            ck_assert_int_ge(count, 1);
            ck_assert_int_le(count, (ssize_t)max);
            for (size_t i = 0; i < (size_t)count; i++) {
                ck_assert_uint_ge(areas[i].iov_len, 1);
                ck_assert_uint_le(areas[i].iov_len, CHUNK);
                total += areas[i].iov_len;
            }
            ck_assert_uint_ge(total, (max < 3 ? max : 3) * CHUNK);
            cb_buffer_free(fresh);
        }
    }
}
END_TEST

/* As many full chunks as there may be areas; or less, in which the tail is one of them. */
START_TEST(the_rest_of_the_tail_does_not_take_an_area_that_is_needed)
{
    uint8_t bytes[CHUNK] = {0};
    struct iovec areas[8];

    for (size_t used = 1; used < CHUNK; used++) {
        for (size_t max = 1; max <= COUNT(areas); max++) {
            for (size_t hint = max * CHUNK; hint + CHUNK > max * CHUNK; hint -= 21) {
                struct cb_buffer *fresh = new_buffer(pool, CHUNK);
                size_t total = 0;

                ck_assert_int_eq(cb_append(fresh, bytes, used), CB_OK);
                ssize_t count = cb_reserve(fresh, hint, areas, max);
                for (ssize_t i = 0; i < count; i++)
                    total += areas[i].iov_len;
                ck_assert_uint_ge(total, hint);
                if (max > 1 && hint <= (max - 1) * CHUNK + CHUNK - used)
                    ck_assert_uint_eq(areas[0].iov_len, CHUNK - used);
                cb_buffer_free(fresh);
            }
        }
    }
}
END_TEST

START_TEST(at_most_eight_areas_are_reserved)
{
    struct iovec areas[20];
    ssize_t count = cb_reserve(buffer, 20 * CHUNK, areas, COUNT(areas));

    ck_assert_int_ge(count, 1);
    ck_assert_int_le(count, 8);
}
END_TEST

START_TEST(commit_takes_the_first_bytes_of_the_areas_in_order)
{
    uint8_t bytes[5 * CHUNK];
    struct iovec areas[8];

    count_up(bytes, sizeof bytes);
    for (size_t n = 0; n <= 4 * CHUNK; n++) {
        struct cb_buffer *fresh = new_buffer(pool, CHUNK);
        size_t at = 10, total = 10;

        append_offered(fresh, bytes, 10, 10);
        ssize_t count = cb_reserve(fresh, 4 * CHUNK, areas, COUNT(areas));
        ck_assert_int_ge(count, 1);
        for (size_t i = 0; i < (size_t)count; i++) {
            memset(areas[i].iov_base, '#', areas[i].iov_len);
            total += areas[i].iov_len;
        }
        ck_assert_uint_ge(total, 10 + 4 * CHUNK);
        for (size_t i = 0; i < (size_t)count && at < 10 + n; i++) {
            size_t part = 10 + n - at < areas[i].iov_len ? 10 + n - at : areas[i].iov_len;

            memcpy(areas[i].iov_base, bytes + at, part);
            at += part;
        }
        ck_assert_int_eq(cb_commit(fresh, n), CB_OK);
        assert_holds(fresh, bytes, 10 + n);
        ck_assert_int_eq(cb_append(fresh, bytes + 10 + n, 7), CB_OK);
        assert_holds(fresh, bytes, 17 + n);
        cb_buffer_free(fresh);
    }
}
END_TEST

START_TEST(committing_more_than_was_reserved_is_refused)
{
    struct iovec areas[2];
    size_t total = 0;
    ssize_t count = cb_reserve(buffer, 2 * CHUNK, areas, 2);

    ck_assert_int_ge(count, 1);
    for (size_t i = 0; i < (size_t)count; i++)
        total += areas[i].iov_len;
    ck_assert_int_eq(cb_commit(buffer, total + 1), CB_ESTATE);
    ck_assert_uint_eq(cb_length(buffer), 0);
    ck_assert_int_eq(cb_commit(buffer, 0), CB_OK);
    ck_assert_int_eq(cb_commit(buffer, 1), CB_ESTATE);
    assert_holds(buffer, "", 0);
}
END_TEST

START_TEST(no_areas_are_no_reservation)
{
    struct iovec area;

    ck_assert_int_eq(cb_reserve(buffer, 10, &area, 0), CB_EINVAL);
}
END_TEST

static void add_offers(Suite *suite)
{
    TCase *tcase = add_case(suite, "offers");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_is_written_into_an_offer_is_held);
    tcase_add_test(tcase, an_offer_never_exceeds_chunk_max);
    tcase_add_test(tcase, a_hint_of_chunk_max_is_honoured_after_a_partly_used_tail);
    tcase_add_test(tcase, the_tail_is_filled_up_before_a_new_chunk_is_begun);
    tcase_add_test(tcase, writing_nothing_takes_the_offer_back);
    tcase_add_test(tcase, writing_without_an_offer_is_refused);
    tcase_add_test(tcase, writing_more_than_was_offered_is_refused_and_the_offer_stays);
    tcase_add_test(tcase, a_new_offer_replaces_an_open_one);
    tcase_add_test(tcase, an_offer_is_closed_by_whatever_else_adds_bytes);
    tcase_add_test(tcase, an_offer_stays_open_when_bytes_leave);
    tcase_add_test(tcase, a_failed_append_leaves_an_open_offer_as_it_was);
    tcase_add_test(tcase, an_append_without_memory_leaves_an_open_offer_as_it_was);
    tcase_add_test(tcase, a_failed_merge_leaves_an_open_offer_as_it_was);
    tcase_add_test(tcase, an_untaken_offer_is_given_back_with_the_buffer);
    tcase_add_test(tcase, chunks_grow_while_offers_are_filled_and_stop_at_chunk_max);
    tcase_add_test(tcase, chunks_shrink_while_offers_are_hardly_used_and_stop_at_chunk_min);
    tcase_add_test(tcase, chunks_shrink_after_two_small_offers_not_after_one);
    tcase_add_test(tcase, a_well_used_offer_between_small_ones_keeps_chunks_large);
    tcase_add_test(tcase, reserved_areas_hold_what_was_hinted_if_they_may);
    tcase_add_test(tcase, the_rest_of_the_tail_does_not_take_an_area_that_is_needed);
    tcase_add_test(tcase, at_most_eight_areas_are_reserved);
    tcase_add_test(tcase, commit_takes_the_first_bytes_of_the_areas_in_order);
    tcase_add_test(tcase, no_areas_are_no_reservation);
    tcase_add_test(tcase, committing_more_than_was_reserved_is_refused);
}

int main(void)
{
    Suite *suite = suite_create("offer");

    add_offers(suite);
    return run_suite(suite);
}
