/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 };

static struct counting counting;
static struct cb_pool *pool;
static struct cb_buffer *buffer; /* chunks of CHUNK bytes, cutoff 1 */
static struct cb_buffer *other;  /* the same */

static void setup(void)
{
    counting_init(&counting);
    pool = new_pool(&counting.hooks);
    buffer = new_buffer(pool, CHUNK);
    other = new_buffer(pool, CHUNK);
}

static void teardown(void)
{
    cb_buffer_free(buffer);
    cb_buffer_free(other);
    cb_pool_unref(pool);
    counting_fini(&counting);
}

static struct cb_buffer *buffer_with(struct cb_buffer_options options)
{
    struct cb_buffer *made = NULL;

    options.size = sizeof(options);
    if (options.pool == NULL)
        options.pool = pool;
    ck_assert_int_eq(cb_buffer_new(&made, &options), CB_OK);
    return made;
}

static struct cb_buffer *buffer_with_limit(size_t limit)
{
    return buffer_with((struct cb_buffer_options){
        .chunk_min = CHUNK, .chunk_max = CHUNK, .cutoff = 1, .limit = limit});
}

/* Asks for a chunk, and fails the test if there is none. */
static size_t offer(struct cb_buffer *of, size_t hint, uint8_t **data)
{
    void *place;
    size_t size;

    ck_assert_int_eq(cb_get_chunk(of, hint, &place, &size), CB_OK);
    ck_assert_uint_ge(size, 1);
    *data = place;
    return size;
}

/* Writes over everything that is offered, `size` bytes in all. */
static void scribble(struct cb_buffer *on, size_t size)
{
    for (size_t done = 0; done < size;) {
        uint8_t *data;
        size_t n = offer(on, 0, &data);

        memset(data, '#', n);
        ck_assert_int_eq(cb_chunk_written(on, n), CB_OK);
        done += n;
    }
}

/* 0, 1, 2 and so on, to be told apart by their places. */
static void count_up(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
}

/* What was released, and how often. */
struct released {
    unsigned times;
    const void *data;
    size_t size;
};

static void note_release(void *arg, const void *data, size_t size)
{
    struct released *released = arg;

    released->times++;
    released->data = data;
    released->size = size;
}

/* -------------------------------------------------------------------- making */

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
        {.size = sizeof(bad[0]), .chunk_min = 100, .chunk_max = 99},
        {.size = sizeof(bad[0]), .chunk_max = gib + 1},
        {.size = sizeof(bad[0]), .chunk_min = gib + 1, .chunk_max = gib + 1},
        {.size = sizeof(bad[0]), .chunk_min = SIZE_MAX, .chunk_max = SIZE_MAX},
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
    } options = {.known.size = sizeof(options)};
    const struct cb_allocator nothing = {.alloc = NULL};
    struct cb_buffer *new = NULL;

    ck_assert_int_eq(cb_buffer_new(&new, &options.known), CB_OK);
    cb_buffer_free(new);
    new = NULL;
    options.more[8] = 1;
    ck_assert_int_eq(cb_buffer_new(&new, &options.known), CB_EINVAL);
    options.known.size = sizeof(options.known);
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
        .size = sizeof(options),
        .chunk_min = CHUNK,
        .chunk_max = CHUNK,
        .allocator = &own.hooks,
    };
    struct cb_buffer *alone = NULL;
    uint8_t bytes[500];

    counting_init(&own);
    count_up(bytes, sizeof(bytes));
    ck_assert_int_eq(cb_buffer_new(&alone, &options), CB_OK);
    append_offered(alone, bytes, sizeof(bytes), 17);
    assert_holds(alone, bytes, sizeof(bytes));
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

    memset(&stats, 0x77, sizeof(stats));
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

    memset(&stats, 0x77, sizeof(stats));
    stats.known.size = sizeof(stats);
    ck_assert_int_eq(cb_buffer_stats(buffer, &stats.known), CB_OK);
    ck_assert_uint_eq(stats.known.chunks, 0);
    ck_assert_uint_eq(stats.more, 0);
}
END_TEST

/* ------------------------------------------------------------------- offers */

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

START_TEST(a_hint_of_chunk_max_is_honoured_behind_a_partly_used_tail)
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
    ck_assert_int_eq(cb_append(buffer, much, sizeof(much)), CB_ENOMEM);
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
            if (max >= 4)
                ck_assert_uint_ge(total, 3 * CHUNK);
            cb_buffer_free(fresh);
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

    count_up(bytes, sizeof(bytes));
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

/* ------------------------------------------------------------------ appending */

START_TEST(append_copies_across_chunks)
{
    uint8_t bytes[1000], copy[1000];

    count_up(bytes, sizeof(bytes));
    memcpy(copy, bytes, sizeof(bytes));
    for (size_t at = 0, n = 0; at < sizeof(bytes); at += n, n = n * 2 + 1) {
        n = n < sizeof(bytes) - at ? n : sizeof(bytes) - at;
        ck_assert_int_eq(cb_append(buffer, copy + at, n), CB_OK);
    }
    memset(copy, 0, sizeof(copy));
    assert_holds(buffer, bytes, sizeof(bytes));
}
END_TEST

START_TEST(appending_nothing_changes_nothing)
{
    append_block(buffer, "a", 1);
    ck_assert_int_eq(cb_append(buffer, "x", 0), CB_OK);
    ck_assert_int_eq(cb_append(buffer, NULL, 0), CB_OK);
    ck_assert_int_eq(cb_extend(buffer, NULL, 0, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append_buffer(buffer, other), CB_OK);
    ck_assert_int_eq(cb_merge(buffer, NULL, 0), CB_OK);
    ck_assert_int_eq(cb_prepend(buffer, NULL, 0), CB_OK);
    assert_holds(buffer, "a", 1);
    ck_assert_uint_eq(buffer_stats(buffer).chunks, 1);
}
END_TEST

START_TEST(append_ref_at_the_cutoff_does_not_copy)
{
    static char bytes[4096];
    struct cb_buffer *plain = buffer_with((struct cb_buffer_options){.limit = 0});
    struct released released = {0};
    struct iovec chunk;

    ck_assert_int_eq(cb_append_ref(plain, bytes, 4096, note_release, &released), CB_OK);
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
    ck_assert_uint_eq(cb_chunks(plain, &chunk, 1), 1);
    ck_assert_ptr_eq(chunk.iov_base, bytes);
    ck_assert_uint_eq(chunk.iov_len, 4096);
    ck_assert_uint_eq(released.times, 0);
    cb_buffer_free(plain);
    ck_assert_uint_eq(released.times, 1);
    ck_assert_ptr_eq(released.data, bytes);
    ck_assert_uint_eq(released.size, 4096);
}
END_TEST

START_TEST(append_ref_below_the_cutoff_copies_and_releases_at_once)
{
    char bytes[4095];
    struct cb_buffer *plain = buffer_with((struct cb_buffer_options){.limit = 0});
    struct released released = {0};

    memset(bytes, 'r', sizeof(bytes));
    ck_assert_int_eq(cb_append_ref(plain, bytes, 4095, note_release, &released), CB_OK);
    ck_assert_uint_eq(released.times, 1);
    ck_assert_ptr_eq(released.data, bytes);
    ck_assert_uint_eq(released.size, 4095);
    ck_assert_uint_eq(pool_stats(pool).copied, 4095);
    memset(bytes, 0, sizeof(bytes));
    const void *data;
    ck_assert_int_eq(cb_data(plain, 1, &data), CB_YES);
    ck_assert_int_eq(*(const char *)data, 'r');
    cb_buffer_free(plain);
    ck_assert_uint_eq(released.times, 1);
}
END_TEST

START_TEST(append_ref_of_nothing_releases_at_once)
{
    struct released released = {0};

    ck_assert_int_eq(cb_append_ref(buffer, "", 0, note_release, &released), CB_OK);
    ck_assert_uint_eq(released.times, 1);
    ck_assert_uint_eq(cb_length(buffer), 0);
}
END_TEST

START_TEST(append_ref_needs_no_release_function)
{
    ck_assert_int_eq(cb_append_ref(buffer, BYTES("constant"), NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append_ref(other, "", 0, NULL, NULL), CB_OK);
    assert_holds(buffer, "constant", 8);
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
}
END_TEST

START_TEST(referenced_bytes_are_released_when_the_last_view_goes)
{
    struct released released = {0};
    struct cb_buffer *view = new_buffer(pool, CHUNK);

    ck_assert_int_eq(cb_append_ref(buffer, BYTES("0123456789"), note_release, &released), CB_OK);
    ck_assert_int_eq(cb_slice(buffer, 3, 2, view), 2);
    ck_assert_int_eq(cb_take(buffer, 5, other), 5);
    cb_skip(buffer, 5);
    ck_assert_uint_eq(released.times, 0);
    cb_truncate(other, 0);
    ck_assert_uint_eq(released.times, 0);
    assert_holds(view, "34", 2);
    cb_buffer_free(view);
    ck_assert_uint_eq(released.times, 1);
    ck_assert_uint_eq(released.size, 10);
}
END_TEST

START_TEST(referenced_bytes_are_released_in_part_by_no_one)
{
    struct released released = {0};

    ck_assert_int_eq(cb_append_ref(buffer, BYTES("0123456789"), note_release, &released), CB_OK);
    cb_skip(buffer, 4);
    cb_truncate(buffer, 1);
    ck_assert_uint_eq(released.times, 0);
    assert_holds(buffer, "4", 1);
    cb_skip(buffer, 1);
    ck_assert_uint_eq(released.times, 1);
}
END_TEST

/* What a release callback does to the buffer that its bytes leave. */
struct caller {
    struct cb_buffer *buffer, *taken;
    int what;
    unsigned times;
};

static uint8_t block_of_caller[4096];

static void call_back(void *arg, const void *data, size_t size)
{
    struct caller *caller = arg;
    const void *bytes;
    size_t at;

    ck_assert_ptr_eq(data, block_of_caller);
    ck_assert_uint_eq(size, sizeof(block_of_caller));
    caller->times++;
    free(flatten(caller->buffer, &at)); /* all is as it should be */
    ck_assert_uint_eq(at, cb_length(caller->buffer));
    switch (caller->what) {
    case 0:
        cb_skip(caller->buffer, 5000);
        break;
    case 1:
        cb_truncate(caller->buffer, cb_length(caller->buffer) / 2);
        break;
    case 2:
        ck_assert_int_ge(cb_take(caller->buffer, 4097, caller->taken), 0);
        break;
    case 3:
        ck_assert_int_eq(cb_data(caller->buffer, cb_length(caller->buffer), &bytes), CB_YES);
        break;
    case 4:
        ck_assert_int_eq(cb_find(caller->buffer, "no such thing", 13, 0, CB_ALL, &at), CB_NO);
        break;
    case 5: /* it takes them, or says that it does not now */
        if (cb_append(caller->buffer, "abc", 3) == CB_OK)
            ck_assert_int_eq(cb_prepend(caller->buffer, "abc", 3), CB_OK);
        break;
    case 6: /* as who reads into the same block again and again */
        if (caller->times < 20) {
            int status = cb_append_ref(caller->buffer, data, size, call_back, arg);

            ck_assert(status == CB_OK || status == CB_ELIMIT);
        }
        break;
    default:
        break;
    }
}

enum { CALLS_BACK = 7, LOSES = 6 };

/* One of the ways in which a buffer loses a block. */
static void lose(struct cb_buffer *from, struct cb_buffer *taken, int way)
{
    const void *data;
    int fd;

    switch (way) {
    case 0:
        cb_skip(from, 9000);
        break;
    case 1:
        cb_truncate(from, 3000);
        break;
    case 2:
        ck_assert_int_eq(cb_data(from, 10000, &data), CB_YES);
        break;
    case 3: /* shorter than copy_below: a copy, and a skip */
        ck_assert_int_eq(cb_take(from, 9000, taken), 9000);
        break;
    case 4:
        fd = open("/dev/null", O_WRONLY);
        ck_assert_int_ge(fd, 0);
        ck_assert_int_ge(cb_writev(from, fd, CB_ALL), 9000);
        close(fd);
        break;
    default:
        break; /* by being freed */
    }
}

START_TEST(a_release_callback_may_use_the_buffer_that_its_bytes_leave)
{
    for (int what = 0; what < CALLS_BACK; what++) {
        for (int way = 0; way < LOSES; way++) {
            struct cb_buffer_options options = {
                .size = sizeof(options), .pool = pool, .copy_below = 9999, .chunk_min = 64};
            struct caller caller = {.what = what};
            struct cb_buffer *from = NULL, *taken = new_buffer(pool, 64);
            unsigned blocks = 0;

            ck_assert_int_eq(cb_buffer_new(&from, &options), CB_OK);
            caller.buffer = from;
            caller.taken = taken;
            for (int i = 0; i < 12; i++) {
                int status = i % 3 == 2
                                 ? cb_append(from, "between", 7)
                                 : cb_append_ref(from, block_of_caller, sizeof(block_of_caller),
                                                 call_back, &caller);
                ck_assert_int_eq(status, CB_OK);
                blocks += i % 3 != 2;
            }
            lose(from, taken, way);
            cb_buffer_free(from);
            caller.what = CALLS_BACK; /* nothing more */
            caller.buffer = taken;
            cb_buffer_free(taken);
            ck_assert_uint_ge(caller.times, blocks);
            if (what != 6)
                ck_assert_uint_eq(caller.times, blocks);
        }
    }
}
END_TEST

/* Does to a buffer that holds `n` read-only bytes what could write to them. */
static void try_to_write_on(struct cb_buffer *target, const uint8_t *bytes, size_t n)
{
    ck_assert_int_eq(cb_append_ref(target, bytes, n, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append(target, "abc", 3), CB_OK);
    scribble(target, 200);
    cb_truncate(target, n / 2);
    scribble(target, 200);
    ck_assert_int_eq(cb_append(target, "abc", 3), CB_OK);
    cb_skip(target, n / 4);
    ck_assert_int_eq(cb_prepend(target, "defg", 4), CB_OK);
    cb_skip(target, CB_ALL);
    scribble(target, 200);
    cb_skip(target, CB_ALL);

    ck_assert_int_eq(cb_append_ref(target, bytes, n, NULL, NULL), CB_OK);
    cb_skip(target, CB_ALL);
    ck_assert_int_eq(cb_append(target, "abc", 3), CB_OK);
    cb_truncate(target, 0);
    ck_assert_int_eq(cb_append_ref(target, bytes, n, NULL, NULL), CB_OK);
    cb_truncate(target, 0);
    scribble(target, 200);
    ck_assert_int_eq(cb_prepend(target, "abc", 3), CB_OK);
    cb_skip(target, CB_ALL);
}

START_TEST(referenced_bytes_are_never_written_to)
{
    uint8_t bytes[300];
    struct guard guard;

    memset(bytes, 'r', sizeof(bytes));
    guard_init(&guard, bytes, sizeof(bytes)); /* a write to it is fatal */
    try_to_write_on(buffer, guard.data, guard.size);
    ck_assert_int_eq(cb_append_ref(other, guard.data, guard.size, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_take(other, 100, buffer), 100);
    scribble(buffer, 100);
    scribble(other, 100);
    ck_assert_int_eq(memcmp(guard.data, bytes, sizeof(bytes)), 0);
    cb_skip(buffer, CB_ALL);
    cb_skip(other, CB_ALL);
    guard_fini(&guard);
}
END_TEST

START_TEST(append_buffer_copies_nothing_and_source_keeps_it)
{
    append_cut(other, BYTES("from the other"), (size_t[]){5}, 1);
    append_block(buffer, BYTES("first "));
    ck_assert_int_eq(cb_append_buffer(buffer, other), CB_OK);
    ck_assert_int_eq(cb_append_buffer(buffer, other), CB_OK);
    assert_holds(buffer, BYTES("first from the otherfrom the other"));
    assert_holds(other, BYTES("from the other"));
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
}
END_TEST

START_TEST(extend_copies_all_areas_in_order)
{
    char text[] = "onetwothree";
    struct iovec areas[] = {
        {.iov_base = text, .iov_len = 3},
        {.iov_base = NULL, .iov_len = 0},
        {.iov_base = text + 3, .iov_len = 3},
        {.iov_base = text + 6, .iov_len = 5},
    };

    ck_assert_int_eq(cb_extend(buffer, areas, COUNT(areas), NULL, NULL), CB_OK);
    memset(text, 0, sizeof(text));
    assert_holds(buffer, "onetwothree", 11);
}
END_TEST

/* Which of some areas were released, by their first bytes. */
static void note_area(void *arg, const void *data, size_t size)
{
    char *released = arg;

    (void)size;
    released[strlen(released)] = *(const char *)data;
}

static void check_references(struct cb_buffer *in, char *released)
{
    static char text[] = "a012345678b1C012345678D012345678e1";
    struct iovec areas[] = {
        {.iov_base = text, .iov_len = 9},       {.iov_base = text + 10, .iov_len = 2},
        {.iov_base = text + 12, .iov_len = 10}, {.iov_base = text + 22, .iov_len = 10},
        {.iov_base = text + 32, .iov_len = 2},
    };

    ck_assert_int_eq(cb_extend(in, areas, COUNT(areas), note_area, released), CB_OK);
    ck_assert_str_eq(released, "abe");
    assert_holds(in, BYTES("a01234567b1C012345678D012345678e1"));
    cb_skip(in, 12); /* into the first of those that were not copied */
    ck_assert_str_eq(released, "abe");
    cb_skip(in, 9);
    ck_assert_str_eq(released, "abeC");
}

START_TEST(extend_with_a_release_function_copies_below_the_cutoff_alone)
{
    struct cb_buffer_options options = {.size = sizeof(options), .pool = pool, .cutoff = 10};
    struct cb_buffer *in = NULL;
    char released[8] = "";

    ck_assert_int_eq(cb_buffer_new(&in, &options), CB_OK);
    check_references(in, released);
    ck_assert_uint_eq(pool_stats(pool).copied, 13);
    cb_buffer_free(in);
    ck_assert_str_eq(released, "abeCD");
}
END_TEST

START_TEST(extend_that_fails_releases_nothing)
{
    char text[100] = "x", released[8] = "";
    struct iovec areas[] = {
        {.iov_base = text, .iov_len = 50},
        {.iov_base = text, .iov_len = 9},
        {.iov_base = text, .iov_len = 100},
    };
    struct cb_buffer_options options = {
        .size = sizeof(options), .pool = pool, .cutoff = 10, .limit = 158};
    struct cb_buffer *in = NULL;

    ck_assert_int_eq(cb_buffer_new(&in, &options), CB_OK);
    ck_assert_int_eq(cb_extend(in, areas, 3, note_area, released), CB_ELIMIT);
    areas[2].iov_len = SIZE_MAX;
    ck_assert_int_eq(cb_extend(in, areas, 3, note_area, released), CB_ELIMIT);
    ck_assert_str_eq(released, "");
    ck_assert_uint_eq(cb_length(in), 0);
    cb_buffer_free(in);
    ck_assert_str_eq(released, "");
}
END_TEST

START_TEST(extend_refuses_areas_longer_than_memory)
{
    char byte = 'x';
    struct iovec areas[] = {
        {.iov_base = &byte, .iov_len = SIZE_MAX},
        {.iov_base = &byte, .iov_len = 2},
    };

    ck_assert_int_eq(cb_extend(buffer, areas, COUNT(areas), NULL, NULL), CB_ELIMIT);
    assert_holds(buffer, "", 0);
}
END_TEST

START_TEST(a_length_that_no_result_could_tell_is_refused)
{
    const size_t most = SIZE_MAX / 2; /* SSIZE_MAX */
    struct released released = {0};

    append_block(buffer, "a", 1);
    ck_assert_int_eq(cb_append_ref(buffer, "b", SIZE_MAX, note_release, &released), CB_ELIMIT);
    ck_assert_int_eq(cb_append_ref(buffer, "b", most, note_release, &released), CB_ELIMIT);
    ck_assert_uint_eq(released.times, 0);
    assert_holds(buffer, "a", 1);

    ck_assert_int_eq(cb_append_ref(other, "b", most, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append_buffer(buffer, other), CB_ELIMIT);
    ck_assert_int_eq(cb_merge(buffer, (struct cb_buffer *[]){other}, 1), CB_ELIMIT);
    ck_assert_int_eq(cb_peek(other, CB_ALL, buffer), CB_ELIMIT);
    ck_assert_int_eq(cb_take(other, CB_ALL, buffer), CB_ELIMIT);
    ck_assert_int_eq(cb_prepend(other, "c", 1), CB_ELIMIT);
    ck_assert_int_eq(cb_append(other, "c", 1), CB_ELIMIT);
    ck_assert_uint_eq(cb_length(other), most);
    assert_holds(buffer, "a", 1);
}
END_TEST

START_TEST(merge_takes_all_sources_in_order_and_copies_nothing)
{
    struct cb_buffer *third = new_buffer(pool, CHUNK);

    append_cut(other, BYTES("abcdef"), (size_t[]){2}, 1);
    append_block(third, BYTES("XYZ"));
    struct cb_buffer *sources[] = {other, third, other, third};
    ck_assert_int_eq(cb_merge(buffer, sources, COUNT(sources)), CB_OK);
    assert_holds(buffer, BYTES("abcdefXYZabcdefXYZ"));
    assert_holds(other, BYTES("abcdef"));
    assert_holds(third, BYTES("XYZ"));
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
    cb_buffer_free(third);
}
END_TEST

START_TEST(prepend_moves_the_position_back)
{
    append_cut(buffer, BYTES("0123456789abcdef"), (size_t[]){3}, 1);
    cb_skip(buffer, 10);
    ck_assert_uint_eq(cb_position(buffer), 10);
    ck_assert_int_eq(cb_prepend(buffer, "6789", 4), CB_OK);
    ck_assert_uint_eq(cb_position(buffer), 6);
    assert_holds(buffer, BYTES("6789abcdef"));
    ck_assert_int_eq(cb_prepend(buffer, "012345", 6), CB_OK);
    ck_assert_uint_eq(cb_position(buffer), 0);
    assert_holds(buffer, BYTES("0123456789abcdef"));
}
END_TEST

START_TEST(prepend_does_not_move_the_position_below_0)
{
    append_block(buffer, BYTES("abcdef"));
    cb_skip(buffer, 2);
    ck_assert_int_eq(cb_prepend(buffer, "12345", 5), CB_OK);
    ck_assert_uint_eq(cb_position(buffer), 0);
    assert_holds(buffer, BYTES("12345cdef"));
    cb_skip(buffer, 5);
    ck_assert_uint_eq(cb_position(buffer), 5);
}
END_TEST

START_TEST(the_position_is_set_where_nothing_is_held)
{
    void *data;
    size_t size;

    ck_assert_int_eq(cb_set_position(buffer, UINT64_C(1) << 40), CB_OK);
    ck_assert_uint_eq(cb_position(buffer), UINT64_C(1) << 40);
    ck_assert_int_eq(cb_get_chunk(buffer, 1, &data, &size), CB_OK);
    ck_assert_int_eq(cb_set_position(buffer, 0), CB_ESTATE);
    ck_assert_int_eq(cb_chunk_written(buffer, 0), CB_OK);
    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(cb_set_position(buffer, 0), CB_ESTATE);
    cb_skip(buffer, 1);
    ck_assert_uint_eq(cb_position(buffer), (UINT64_C(1) << 40) + 1);
    cb_skip(buffer, CB_ALL);
    ck_assert_int_eq(cb_set_position(buffer, 7), CB_OK);
    append_block(buffer, BYTES("defg"));
    cb_skip(buffer, 1);
    ck_assert_uint_eq(cb_position(buffer), 8);
    assert_holds(buffer, BYTES("efg"));
}
END_TEST

START_TEST(a_position_from_which_no_stream_can_go_on_is_refused)
{
    ck_assert_int_eq(cb_set_position(buffer, UINT64_MAX - 3), CB_EINVAL);
    ck_assert_int_eq(cb_set_position(buffer, UINT64_C(1) << 63), CB_EINVAL);
    ck_assert_uint_eq(cb_position(buffer), 0);
    ck_assert_int_eq(cb_set_position(buffer, INT64_MAX), CB_OK);
    append_block(buffer, BYTES("abc\n"));
    size_t at;
    ck_assert_int_eq(cb_find(buffer, "\n", 1, 0, CB_ALL, &at), CB_YES);
    ck_assert_uint_eq(at, 3);
    assert_holds(buffer, BYTES("abc\n"));
}
END_TEST

START_TEST(prepend_to_an_empty_buffer_is_like_append)
{
    ck_assert_int_eq(cb_prepend(buffer, "abc", 3), CB_OK);
    ck_assert_int_eq(cb_append(buffer, "def", 3), CB_OK);
    assert_holds(buffer, "abcdef", 6);
    ck_assert_uint_eq(cb_position(buffer), 0);
}
END_TEST

START_TEST(prepend_of_more_than_a_chunk_keeps_the_order)
{
    uint8_t bytes[5 * CHUNK];

    count_up(bytes, sizeof(bytes));
    append_block(buffer, bytes + 300, sizeof(bytes) - 300);
    ck_assert_int_eq(cb_prepend(buffer, bytes + 299, 1), CB_OK);
    ck_assert_int_eq(cb_prepend(buffer, bytes + 10, 289), CB_OK);
    ck_assert_int_eq(cb_prepend(buffer, bytes, 10), CB_OK);
    assert_holds(buffer, bytes, sizeof(bytes));
}
END_TEST

/* --------------------------------------------------------------------- limit */

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

/* ------------------------------------------------------------------- looking */

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

    count_up(bytes, sizeof(bytes));
    append_cut(buffer, bytes, sizeof(bytes), (size_t[]){7}, 1);
    ck_assert_int_eq(cb_data(buffer, 200, &data), CB_YES);
    ck_assert_int_eq(memcmp(data, bytes, 200), 0);
    ck_assert_uint_eq(pool_stats(pool).copied, 200);
    ck_assert_int_eq(cb_data(buffer, 200, &again), CB_YES);
    ck_assert_ptr_eq(again, data);
    ck_assert_int_eq(cb_data(buffer, 150, &again), CB_YES);
    ck_assert_ptr_eq(again, data);
    ck_assert_uint_eq(pool_stats(pool).copied, 200);
    assert_holds(buffer, bytes, sizeof(bytes));
    cb_skip(buffer, 199);
    assert_holds(buffer, bytes + 199, 101);
}
END_TEST

START_TEST(all_that_is_held_is_had_in_one_piece_again_and_again_in_linear_time)
{
    struct cb_buffer_options options = {.size = sizeof(options), .pool = pool, .chunk_min = 64};
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

START_TEST(data_may_be_longer_than_a_chunk_may_be)
{
    uint8_t bytes[10 * CHUNK];
    const void *data;

    count_up(bytes, sizeof(bytes));
    append_offered(buffer, bytes, sizeof(bytes), CHUNK);
    ck_assert_int_eq(cb_data(buffer, sizeof(bytes), &data), CB_YES);
    ck_assert_int_eq(memcmp(data, bytes, sizeof(bytes)), 0);
    assert_holds(buffer, bytes, sizeof(bytes));
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

    for (size_t a = 1; a < sizeof(text); a++) {
        struct cb_buffer *one = buffer_of(pool, BYTES(text), a);

        for (size_t b = 1; b < sizeof(text); b++) {
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
        ck_assert_int_eq(cb_equal_bytes(one, text, sizeof(text)), CB_NO);
        ck_assert_int_eq(cb_equal_bytes(one, text, sizeof(text) - 2), CB_NO);
        cb_buffer_free(one);
    }
}
END_TEST

START_TEST(one_differing_byte_anywhere_is_seen)
{
    uint8_t bytes[150];

    count_up(bytes, sizeof(bytes));
    append_cut(buffer, bytes, sizeof(bytes), (size_t[]){11, 40}, 2);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] ^= 0x80;
        append_cut(other, bytes, sizeof(bytes), (size_t[]){13, 3}, 2);
        ck_assert_int_eq(cb_equal(buffer, other), CB_NO);
        ck_assert_int_eq(cb_equal_bytes(buffer, bytes, sizeof(bytes)), CB_NO);
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

/* -------------------------------------------------------------------- taking */

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

    count_up(bytes, sizeof(bytes));
    append_offered(buffer, bytes, sizeof(bytes), 50);
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

    count_up(bytes, sizeof(bytes));
    append_offered(source, bytes, sizeof(bytes), sizeof(bytes));
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

/* ------------------------------------------------------------------- windows */

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

START_TEST(two_owners_of_a_window_do_not_both_append_behind_it)
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

START_TEST(appending_goes_on_behind_windows_in_the_same_block)
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

/* --------------------------------------------------------------------- steady */

enum { WARM = 2000, STEADY = 100000 };

/* One record through every call that a reader of records makes. */
static void pass_a_record(struct cb_buffer *source, struct cb_buffer *record, size_t number)
{
    char bytes[] = "0123456789 a record of some seventy bytes, that ends with a line end\r\n";
    size_t size = sizeof(bytes) - 1;
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
            memcpy(data, &number_in, sizeof(number_in));
            ck_assert_int_eq(cb_chunk_written(buffer, 16), CB_OK);
            number_in++;
        }
        ck_assert_int_eq(cb_data(buffer, 16, &head), CB_YES);
        ck_assert_int_eq(memcmp(head, &number_out, sizeof(number_out)), 0);
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

    count_up(bytes, sizeof(bytes));
    for (size_t i = 0; out < sizeof(bytes); i++) {
        size_t size = 1 + i % 5;
        size_t drop = i % 700 < 600 ? 1 + i % 3 : 13;

        size = size < sizeof(bytes) - in ? size : sizeof(bytes) - in;
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

/* ------------------------------------------------------------------- sharing */

/* What another thread may free must not come from a pool that is not shared: it
 * is copied, whichever call brings it. */
static const char *const bringers[] = {
    "take",      "peek",     "slice", "append_buffer", "merge",
    "takeuntil", "takeline", "split", "decoder_take",  "decoder_take, assembled"};

/* Brings "abcdef" from the source, which holds "abcdef\n" and more, to the target. */
static int bring(size_t how, struct cb_buffer *source, struct cb_buffer *target)
{
    struct cb_buffer *const sources[] = {source};
    struct cb_decoder *decoder;
    struct cb_split *split;
    ssize_t n = 0;

    switch (how) {
    case 0:
        return (int)cb_take(source, 6, target);
    case 1:
        return (int)cb_peek(source, 6, target);
    case 2:
        return (int)cb_slice(source, 0, 6, target);
    case 3:
        cb_truncate(source, 6);
        return cb_append_buffer(target, source);
    case 4:
        cb_truncate(source, 6);
        return cb_merge(target, sources, 1);
    case 5:
        return cb_takeuntil(source, "\n", 1, 0, 0, 0, target);
    case 6:
        return cb_takeline(source, 0, 0, 0, target);
    case 7:
        n = cb_split_new(&split, source, "\n", 1, CB_ALL);
        if (n == CB_OK) {
            n = cb_split_next(split, target);
            cb_split_free(split);
        }
        return (int)n;
    default:
        ck_assert_int_eq(cb_decoder_new(&decoder, how == 8 ? "line" : "slip", NULL, NULL), CB_OK);
        n = cb_decoder_take(decoder, source, target);
        cb_decoder_free(decoder);
        return (int)n;
    }
}

static struct cb_buffer *shared_buffer(struct cb_pool **shared, size_t limit)
{
    struct cb_pool_options options = {
        .size = sizeof(options), .shared = 1, .allocator = &counting.hooks};

    ck_assert_int_eq(cb_pool_new(shared, &options), CB_OK);
    return buffer_with((struct cb_buffer_options){
        .pool = *shared, .chunk_min = 4, .chunk_max = 4, .cutoff = 1, .limit = limit});
}

/* "abcdef\n" and an end mark of slip, in windows of two bytes. */
static void fill_source(void)
{
    static const size_t two = 2;

    cb_skip(buffer, CB_ALL);
    append_cut(buffer, BYTES("abcdef\n\xc0"), &two, 1);
}

START_TEST(a_shared_buffer_copies_what_comes_from_an_unshared_block)
{
    struct cb_pool *shared;
    struct cb_buffer *target = shared_buffer(&shared, 0);

    fill_source();
    ck_assert_msg(bring((size_t)_i, buffer, target) >= 0, "%s", bringers[_i]);
    cb_skip(buffer, CB_ALL);
    ck_assert_msg(pool_stats(pool).live_blocks == 0, "%s: a block went over", bringers[_i]);
    ck_assert_uint_ge(pool_stats(shared).copied, 6);
    assert_holds(target, "abcdef\n", _i == 9 ? 7 : 6);
    /* The other way round there is nothing to be afraid of. */
    const uint64_t copied = pool_stats(pool).copied;
    ck_assert_int_ge(cb_take(target, CB_ALL, buffer), 6);
    ck_assert_uint_eq(pool_stats(pool).copied, copied);
    cb_skip(buffer, CB_ALL);
    cb_buffer_free(target);
    cb_pool_unref(shared);
}
END_TEST

START_TEST(a_shared_buffer_copies_all_or_nothing)
{
    struct cb_pool *shared;
    struct cb_buffer *target = shared_buffer(&shared, 9);
    bool failed = true;

    fill_source();
    ck_assert_int_eq(cb_append(target, "1234", 4), CB_OK);
    ck_assert_int_eq(bring((size_t)_i, buffer, target), CB_ELIMIT);
    assert_holds(target, "1234", 4);
    cb_buffer_free(target);
    cb_pool_unref(shared);
    for (uint64_t n = 1; failed; n++) {
        target = shared_buffer(&shared, 0);
        fill_source();
        ck_assert_int_eq(cb_append(target, "1234", 4), CB_OK);
        const size_t length = cb_length(buffer);
        counting_fail(&counting, n, false);
        int status = bring((size_t)_i, buffer, target);
        failed = counting.failed;
        counting_fail(&counting, 0, false);
        ck_assert_int_eq(failed, status == CB_ENOMEM);
        ck_assert(n > 1 || failed);
        if (failed) {
            assert_holds(target, "1234", 4);
            ck_assert(_i == 3 || _i == 4 || cb_length(buffer) == length);
        }
        cb_buffer_free(target);
        cb_pool_unref(shared);
    }
}
END_TEST

START_TEST(of_several_sources_only_the_unshared_ones_are_copied)
{
    struct cb_pool *shared;
    struct cb_buffer *target = shared_buffer(&shared, 0);
    struct cb_buffer *friend = buffer_with((struct cb_buffer_options){.pool = shared, .cutoff = 1});
    struct cb_buffer *const sources[] = {friend, buffer, friend, buffer};
    static const char name[] = "friend";
    struct iovec chunks[8];

    fill_source();
    cb_truncate(buffer, 6);
    ck_assert_int_eq(cb_append_ref(friend, name, 6, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_merge(target, sources, COUNT(sources)), CB_OK);
    assert_holds(target, "friendabcdeffriendabcdef", 24);
    ck_assert_uint_eq(pool_stats(shared).copied, 12);
    ck_assert_uint_eq(cb_chunks(target, chunks, COUNT(chunks)), 6);
    ck_assert_ptr_eq(chunks[0].iov_base, name);
    cb_buffer_free(friend);
    cb_buffer_free(target);
    cb_pool_unref(shared);
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

static void add_offers(Suite *suite)
{
    TCase *tcase = add_case(suite, "offers");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_is_written_into_an_offer_is_held);
    tcase_add_test(tcase, an_offer_never_exceeds_chunk_max);
    tcase_add_test(tcase, a_hint_of_chunk_max_is_honoured_behind_a_partly_used_tail);
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
    tcase_add_test(tcase, at_most_eight_areas_are_reserved);
    tcase_add_test(tcase, commit_takes_the_first_bytes_of_the_areas_in_order);
    tcase_add_test(tcase, committing_more_than_was_reserved_is_refused);
}

static void add_appending(Suite *suite)
{
    TCase *tcase = add_case(suite, "appending");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, append_copies_across_chunks);
    tcase_add_test(tcase, appending_nothing_changes_nothing);
    tcase_add_test(tcase, append_ref_at_the_cutoff_does_not_copy);
    tcase_add_test(tcase, append_ref_below_the_cutoff_copies_and_releases_at_once);
    tcase_add_test(tcase, append_ref_of_nothing_releases_at_once);
    tcase_add_test(tcase, append_ref_needs_no_release_function);
    tcase_add_test(tcase, referenced_bytes_are_released_when_the_last_view_goes);
    tcase_add_test(tcase, referenced_bytes_are_released_in_part_by_no_one);
    tcase_add_test(tcase, a_release_callback_may_use_the_buffer_that_its_bytes_leave);
    tcase_add_test(tcase, referenced_bytes_are_never_written_to);
    tcase_add_test(tcase, append_buffer_copies_nothing_and_source_keeps_it);
    tcase_add_test(tcase, extend_copies_all_areas_in_order);
    tcase_add_test(tcase, extend_with_a_release_function_copies_below_the_cutoff_alone);
    tcase_add_test(tcase, extend_that_fails_releases_nothing);
    tcase_add_test(tcase, extend_refuses_areas_longer_than_memory);
    tcase_add_test(tcase, a_length_that_no_result_could_tell_is_refused);
    tcase_add_test(tcase, merge_takes_all_sources_in_order_and_copies_nothing);
    tcase_add_test(tcase, prepend_moves_the_position_back);
    tcase_add_test(tcase, prepend_does_not_move_the_position_below_0);
    tcase_add_test(tcase, the_position_is_set_where_nothing_is_held);
    tcase_add_test(tcase, a_position_from_which_no_stream_can_go_on_is_refused);
    tcase_add_test(tcase, prepend_to_an_empty_buffer_is_like_append);
    tcase_add_test(tcase, prepend_of_more_than_a_chunk_keeps_the_order);
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
    tcase_add_test(tcase, data_may_be_longer_than_a_chunk_may_be);
    tcase_add_test(tcase, data_asks_for_more_than_is_held);
    tcase_add_test(tcase, joining_does_not_touch_views);
    tcase_add_test(tcase, copyout_gives_what_there_is);
    tcase_add_test(tcase, remove_copies_out_and_drops);
    tcase_add_test(tcase, equality_does_not_depend_on_chunks);
    tcase_add_test(tcase, one_differing_byte_anywhere_is_seen);
    tcase_add_test(tcase, empty_buffers_are_equal_and_the_least);
}

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
    tcase_add_test(tcase, two_owners_of_a_window_do_not_both_append_behind_it);
    tcase_add_test(tcase, an_open_offer_is_not_given_away_with_a_taken_tail);
    tcase_add_test(tcase, a_view_of_a_view_does_not_become_writable);
    tcase_add_test(tcase, appending_goes_on_behind_windows_in_the_same_block);
    tcase_add_test(tcase, an_emptied_buffer_rewinds_its_block);
    tcase_add_test(tcase, a_block_is_rewound_once_the_last_view_of_it_is_gone);
    tcase_add_test(tcase, an_empty_buffer_keeps_its_block_unless_told_otherwise);
    tcase_add_test(tcase, release_fast_gives_back_what_was_offered_in_vain);
    tcase_add_test(tcase, skipped_blocks_go_back_while_the_rest_stays);
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

static void add_sharing(Suite *suite)
{
    TCase *tcase = add_case(suite, "sharing");
    const int n = (int)COUNT(bringers);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, a_shared_buffer_copies_what_comes_from_an_unshared_block, 0, n);
    tcase_add_loop_test(tcase, a_shared_buffer_copies_all_or_nothing, 0, n);
    tcase_add_test(tcase, of_several_sources_only_the_unshared_ones_are_copied);
}

int main(void)
{
    Suite *suite = suite_create("buffer");

    add_making(suite);
    add_offers(suite);
    add_appending(suite);
    add_limit(suite);
    add_looking(suite);
    add_taking(suite);
    add_windows(suite);
    add_steady(suite);
    add_sharing(suite);
    return run_suite(suite);
}
