/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { BLOCK = 4096 };

static struct counting counting;
static struct cb_pool *pool;

static void setup(void)
{
    counting_init(&counting);
    pool = new_pool(&counting.hooks);
}

static void teardown(void)
{
    cb_pool_unref(pool);
    counting_fini(&counting);
}

static struct cb_pool *pool_with_idle_limit(size_t limit)
{
    struct cb_pool_options options = {
        .size = sizeof options,
        .idle_limit = limit,
        .allocator = &counting.hooks,
    };
    struct cb_pool *made = NULL;

    ck_assert_int_eq(cb_pool_new(&made, &options), CB_OK);
    return made;
}

/* A buffer that holds one byte in a block of `size` bytes from the pool, and
 * where that byte stands. */
static struct cb_buffer *buffer_with_block(struct cb_pool *from, size_t size, void **place)
{
    struct cb_buffer *buffer = new_buffer(from, size);
    size_t offered;

    ck_assert_int_eq(cb_get_chunk(buffer, size, place, &offered), CB_OK);
    ck_assert_uint_eq(offered, size);
    memset(*place, 'x', 1);
    ck_assert_int_eq(cb_chunk_written(buffer, 1), CB_OK);
    return buffer;
}

/* Makes the pool own `count` blocks that are idle, as far as it keeps them. */
static void leave_idle(struct cb_pool *in, size_t count, size_t size)
{
    struct cb_buffer **buffers = calloc(count, sizeof(struct cb_buffer *));
    void *place;

    ck_assert_ptr_nonnull(buffers);
    for (size_t i = 0; i < count; i++)
        buffers[i] = buffer_with_block(in, size, &place);
    for (size_t i = 0; i < count; i++)
        cb_buffer_free(buffers[i]);
    free(buffers);
}

/* -------------------------------------------------------------------- reuse */

START_TEST(the_block_freed_last_is_used_first)
{
    void *first, *second, *third, *again;
    struct cb_buffer *a = buffer_with_block(pool, BLOCK, &first);
    struct cb_buffer *b = buffer_with_block(pool, BLOCK, &second);
    struct cb_buffer *c = buffer_with_block(pool, BLOCK, &third);

    cb_buffer_free(c);
    cb_buffer_free(a);
    cb_buffer_free(b);

    a = buffer_with_block(pool, BLOCK, &again);
    ck_assert_ptr_eq(again, second);
    b = buffer_with_block(pool, BLOCK, &again);
    ck_assert_ptr_eq(again, first);
    c = buffer_with_block(pool, BLOCK, &again);
    ck_assert_ptr_eq(again, third);
    ck_assert_uint_eq(pool_stats(pool).allocations, 3);

    cb_buffer_free(a);
    cb_buffer_free(b);
    cb_buffer_free(c);
}
END_TEST

START_TEST(an_idle_block_is_not_given_twice)
{
    struct cb_buffer *buffers[20];
    void *place;

    leave_idle(pool, 10, BLOCK);
    for (size_t i = 0; i < COUNT(buffers); i++) {
        uint8_t bytes[BLOCK];

        memset(bytes, (int)i + 1, sizeof bytes);
        buffers[i] = buffer_with_block(pool, BLOCK, &place);
        cb_skip(buffers[i], CB_ALL);
        append_offered(buffers[i], bytes, sizeof bytes, sizeof bytes);
    }
    for (size_t i = 0; i < COUNT(buffers); i++) {
        uint8_t bytes[BLOCK];

        memset(bytes, (int)i + 1, sizeof bytes);
        assert_holds(buffers[i], bytes, sizeof bytes);
        cb_buffer_free(buffers[i]);
    }
}
END_TEST

START_TEST(a_small_idle_block_does_not_serve_a_large_request)
{
    struct cb_buffer *buffer;
    void *place;

    leave_idle(pool, 4, 64);
    leave_idle(pool, 4, BLOCK);
    buffer = buffer_with_block(pool, 100000, &place);
    memset(place, 'y', 100000);
    cb_buffer_free(buffer);
}
END_TEST

START_TEST(a_block_that_was_lent_whole_comes_back_whole)
{
    void *place;

    for (int i = 0; i < 3; i++) {
        struct cb_buffer *buffer = buffer_with_block(pool, BLOCK, &place);

        memset(place, 'z', BLOCK);
        cb_buffer_free(buffer);
    }
    ck_assert_uint_eq(pool_stats(pool).allocations, 1);
}
END_TEST

START_TEST(a_block_of_more_than_64_mib_is_not_kept)
{
    struct cb_pool_stats stats = {.size = sizeof stats};
    void *place;

    cb_buffer_free(buffer_with_block(pool, (64u << 20) + 1, &place));
    ck_assert_int_eq(cb_pool_stats(pool, &stats), CB_OK);
    ck_assert_uint_eq(stats.idle_bytes, 0);
}
END_TEST

START_TEST(two_pools_do_not_mix_their_blocks)
{
    struct cb_pool *other = new_pool(&counting.hooks);

    leave_idle(pool, 3, BLOCK);
    ck_assert_uint_eq(pool_stats(other).idle_blocks, 0);
    leave_idle(other, 2, BLOCK);
    ck_assert_uint_eq(pool_stats(other).idle_blocks, 2);
    ck_assert_uint_eq(pool_stats(pool).idle_blocks, 3);
    cb_pool_unref(other);
}
END_TEST

/* -------------------------------------------------------------------- limits */

START_TEST(no_more_than_idle_limit_is_kept_idle)
{
    struct cb_pool *small = pool_with_idle_limit(3 * BLOCK);

    leave_idle(small, 10, BLOCK);
    ck_assert_uint_le(pool_stats(small).idle_bytes, 3 * BLOCK);
    ck_assert_uint_ge(pool_stats(small).idle_blocks, 1);
    leave_idle(small, 1, 16 * BLOCK);
    ck_assert_uint_le(pool_stats(small).idle_bytes, 3 * BLOCK);
    cb_pool_unref(small);
}
END_TEST

START_TEST(an_idle_limit_below_any_block_keeps_none)
{
    struct cb_pool *none = pool_with_idle_limit(1);

    leave_idle(none, 10, BLOCK);
    ck_assert_uint_eq(pool_stats(none).idle_blocks, 0);
    ck_assert_uint_eq(pool_stats(none).idle_bytes, 0);
    ck_assert_uint_eq(pool_stats(none).allocations, 10);
    cb_pool_unref(none);
}
END_TEST

START_TEST(the_default_idle_limit_is_16_mib)
{
    leave_idle(pool, 40, 1 << 20);
    ck_assert_uint_le(pool_stats(pool).idle_bytes, 16 << 20);
    ck_assert_uint_ge(pool_stats(pool).idle_bytes, 14 << 20);
}
END_TEST

START_TEST(an_unbounded_pool_keeps_everything)
{
    struct cb_pool *unbounded = pool_with_idle_limit(CB_ALL);

    leave_idle(unbounded, 40, 1 << 20);
    ck_assert_uint_eq(pool_stats(unbounded).idle_blocks, 40);
    ck_assert_uint_ge(pool_stats(unbounded).idle_bytes, 40 << 20);
    leave_idle(unbounded, 40, 1 << 20);
    ck_assert_uint_eq(pool_stats(unbounded).allocations, 40);
    cb_pool_unref(unbounded);
}
END_TEST

/* --------------------------------------------------------------------- reset */

START_TEST(reset_frees_what_is_idle)
{
    leave_idle(pool, 5, BLOCK);
    size_t before = counting.bytes;
    size_t idle = pool_stats(pool).idle_bytes;

    ck_assert_uint_ge(idle, 5 * BLOCK);
    cb_pool_reset(pool);
    ck_assert_uint_eq(pool_stats(pool).idle_blocks, 0);
    ck_assert_uint_eq(pool_stats(pool).idle_bytes, 0);
    ck_assert_uint_le(counting.bytes, before - 5 * BLOCK);
}
END_TEST

START_TEST(reset_frees_what_is_in_use_when_it_comes_back)
{
    void *place;
    struct cb_buffer *buffer = buffer_with_block(pool, BLOCK, &place);

    cb_pool_reset(pool);
    assert_holds(buffer, "x", 1);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 1);
    cb_buffer_free(buffer);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    ck_assert_uint_eq(pool_stats(pool).idle_blocks, 0);
}
END_TEST

START_TEST(blocks_made_after_a_reset_are_kept_again)
{
    void *place;
    struct cb_buffer *old = buffer_with_block(pool, BLOCK, &place);

    cb_pool_reset(pool);
    struct cb_buffer *new = buffer_with_block(pool, BLOCK, &place);
    cb_buffer_free(new);
    ck_assert_uint_eq(pool_stats(pool).idle_blocks, 1);
    cb_buffer_free(old);
    ck_assert_uint_eq(pool_stats(pool).idle_blocks, 1);
}
END_TEST

START_TEST(many_resets_leave_old_blocks_usable)
{
    struct cb_buffer *buffers[8];
    void *place;

    for (size_t i = 0; i < COUNT(buffers); i++) {
        buffers[i] = buffer_with_block(pool, BLOCK, &place);
        cb_pool_reset(pool);
    }
    for (size_t i = 0; i < COUNT(buffers); i++) {
        append_offered(buffers[i], BYTES("yz"), 2);
        assert_holds(buffers[i], "xyz", 3);
        cb_buffer_free(buffers[i]);
        ck_assert_uint_eq(pool_stats(pool).live_blocks, COUNT(buffers) - 1 - i);
        ck_assert_uint_eq(pool_stats(pool).idle_blocks, 0);
    }
}
END_TEST

/* ---------------------------------------------------------------- references */

START_TEST(a_pool_may_be_released_before_its_views)
{
    struct counting own;

    counting_init(&own);
    struct cb_pool *short_lived = new_pool(&own.hooks);
    struct cb_buffer *source = new_buffer(short_lived, BLOCK);
    struct cb_buffer *view = new_buffer(NULL, BLOCK);

    append_offered(source, BYTES("kept by a view"), 100);
    ck_assert_int_eq(cb_take(source, CB_ALL, view), 14);
    cb_pool_unref(short_lived);
    cb_buffer_free(source);
    assert_holds(view, "kept by a view", 14);
    ck_assert_uint_ge(own.bytes, BLOCK);
    cb_buffer_free(view);
    ck_assert_uint_eq(own.blocks, 0);
    counting_fini(&own);
}
END_TEST

START_TEST(a_pool_may_be_released_before_its_buffers)
{
    struct counting own;

    counting_init(&own);
    struct cb_pool *short_lived = new_pool(&own.hooks);
    struct cb_buffer *buffer = new_buffer(short_lived, BLOCK);

    cb_pool_unref(short_lived);
    append_offered(buffer, BYTES("still "), 100);
    cb_skip(buffer, CB_ALL);
    append_offered(buffer, BYTES("working"), 100);
    assert_holds(buffer, "working", 7);
    cb_buffer_free(buffer);
    ck_assert_uint_eq(own.blocks, 0);
    counting_fini(&own);
}
END_TEST

START_TEST(each_reference_to_a_pool_is_dropped_by_itself)
{
    ck_assert_ptr_eq(cb_pool_ref(pool), pool);
    cb_pool_unref(pool);
    leave_idle(pool, 1, BLOCK);
    ck_assert_uint_eq(pool_stats(pool).idle_blocks, 1);
}
END_TEST

START_TEST(no_pool_can_be_referenced_and_released)
{
    ck_assert_ptr_null(cb_pool_ref(NULL));
    cb_pool_unref(NULL);
}
END_TEST

/* --------------------------------------------------------------------- stats */

START_TEST(stats_follow_a_block_from_live_to_idle)
{
    void *place;
    struct cb_pool_stats stats = pool_stats(pool);

    ck_assert_uint_eq(stats.live_blocks + stats.idle_blocks, 0);
    ck_assert_uint_eq(stats.allocations, 0);

    struct cb_buffer *buffer = buffer_with_block(pool, BLOCK, &place);
    stats = pool_stats(pool);
    ck_assert_uint_eq(stats.live_blocks, 1);
    ck_assert_uint_ge(stats.live_bytes, BLOCK);
    ck_assert_uint_eq(stats.idle_blocks, 0);
    ck_assert_uint_eq(stats.idle_bytes, 0);
    ck_assert_uint_eq(stats.allocations, 1);
    size_t live_bytes = stats.live_bytes;

    cb_buffer_free(buffer);
    stats = pool_stats(pool);
    ck_assert_uint_eq(stats.live_blocks, 0);
    ck_assert_uint_eq(stats.live_bytes, 0);
    ck_assert_uint_eq(stats.pinned_bytes, 0);
    ck_assert_uint_eq(stats.idle_blocks, 1);
    ck_assert_uint_eq(stats.idle_bytes, live_bytes);
    ck_assert_uint_eq(stats.allocations, 1);
}
END_TEST

START_TEST(pinned_bytes_are_those_that_only_their_data_keeps)
{
    struct cb_buffer *source = new_buffer(pool, BLOCK);
    struct cb_buffer *record = new_buffer(pool, BLOCK);

    append_offered(source, BYTES("abcdef"), 100);
    ck_assert_uint_eq(pool_stats(pool).pinned_bytes, 0);
    ck_assert_int_eq(cb_take(source, 3, record), 3);
    ck_assert_uint_eq(pool_stats(pool).pinned_bytes, 0);

    cb_buffer_free(source);
    ck_assert_uint_ge(pool_stats(pool).pinned_bytes, BLOCK);
    ck_assert_uint_eq(pool_stats(pool).pinned_bytes, pool_stats(pool).live_bytes);

    cb_buffer_free(record);
    ck_assert_uint_eq(pool_stats(pool).pinned_bytes, 0);
}
END_TEST

START_TEST(blocks_of_copies_that_nobody_writes_after_are_pinned)
{
    struct cb_buffer *buffer = new_buffer(pool, BLOCK);
    const void *data;

    ck_assert_int_eq(cb_prepend(buffer, "abc", 3), CB_OK);
    ck_assert_uint_ge(pool_stats(pool).pinned_bytes, 3);
    cb_skip(buffer, CB_ALL);
    ck_assert_uint_eq(pool_stats(pool).pinned_bytes, 0);
    append_cut(buffer, BYTES("abcdef"), (size_t[]){3}, 1);
    ck_assert_int_eq(cb_data(buffer, 5, &data), CB_YES);
    ck_assert_uint_ge(pool_stats(pool).pinned_bytes, 5);
    cb_buffer_free(buffer);
    ck_assert_uint_eq(pool_stats(pool).pinned_bytes, 0);
}
END_TEST

START_TEST(copied_counts_what_append_copies)
{
    struct cb_buffer *buffer = new_buffer(pool, BLOCK);
    struct iovec areas[2] = {
        {.iov_base = (char[]){"ab"}, .iov_len = 2},
        {.iov_base = (char[]){"cde"}, .iov_len = 3},
    };

    ck_assert_int_eq(cb_append(buffer, "0123456789", 10), CB_OK);
    ck_assert_uint_eq(pool_stats(pool).copied, 10);
    ck_assert_int_eq(cb_extend(buffer, areas, 2, NULL, NULL), CB_OK);
    ck_assert_uint_eq(pool_stats(pool).copied, 15);
    append_offered(buffer, BYTES("written in place"), 100);
    ck_assert_uint_eq(pool_stats(pool).copied, 15);
    cb_buffer_free(buffer);
}
END_TEST

START_TEST(stats_are_filled_as_far_as_their_size_reaches)
{
    struct cb_pool_stats stats;

    leave_idle(pool, 1, BLOCK);
    memset(&stats, 0x77, sizeof stats);
    struct cb_pool_stats untouched = stats;
    stats.size = offsetof(struct cb_pool_stats, idle_bytes);
    ck_assert_int_eq(cb_pool_stats(pool, &stats), CB_OK);
    ck_assert_uint_eq(stats.live_bytes, 0);
    ck_assert_uint_eq(stats.idle_bytes, untouched.idle_bytes);
    ck_assert_uint_eq(stats.scanned, untouched.scanned);
}
END_TEST

START_TEST(stats_that_are_not_known_are_0)
{
    struct longer {
        struct cb_pool_stats known;
        uint64_t more[2];
    } stats;

    memset(&stats, 0x77, sizeof stats);
    stats.known.size = sizeof stats;
    ck_assert_int_eq(cb_pool_stats(pool, &stats.known), CB_OK);
    ck_assert_uint_eq(stats.known.size, sizeof stats);
    ck_assert_uint_eq(stats.known.scanned, 0);
    ck_assert_uint_eq(stats.more[0], 0);
    ck_assert_uint_eq(stats.more[1], 0);
    stats.known.size = SIZE_MAX;
    ck_assert_int_eq(cb_pool_stats(pool, &stats.known), CB_EINVAL);
}
END_TEST

START_TEST(stats_without_a_size_are_refused)
{
    struct cb_pool_stats stats = {.size = 0, .live_bytes = 77};

    ck_assert_int_eq(cb_pool_stats(pool, &stats), CB_EINVAL);
    ck_assert_uint_eq(stats.live_bytes, 77);
}
END_TEST

START_TEST(options_without_a_size_are_refused)
{
    struct cb_pool_options options = {.size = 0};
    struct cb_pool *none = NULL;

    ck_assert_int_eq(cb_pool_new(&none, &options), CB_EINVAL);
    ck_assert_ptr_null(none);
}
END_TEST

START_TEST(what_options_hold_that_is_not_known_is_refused)
{
    struct longer {
        struct cb_pool_options known;
        uint8_t more[9];
    } options = {.known.size = sizeof options};
    const struct cb_allocator no_alloc = {.free = counting.hooks.free};
    const struct cb_allocator no_free = {.alloc = counting.hooks.alloc};
    struct cb_pool *new = NULL;

    ck_assert_int_eq(cb_pool_new(&new, &options.known), CB_OK); /* it asks for nothing more */
    cb_pool_unref(new);
    new = NULL;
    for (size_t i = 0; i < sizeof options.more; i++) {
        options.more[i] = 1;
        ck_assert_int_eq(cb_pool_new(&new, &options.known), CB_EINVAL);
        options.more[i] = 0;
    }
    options.known.size = SIZE_MAX; /* none of it is looked at */
    ck_assert_int_eq(cb_pool_new(&new, &options.known), CB_EINVAL);
    options.known.size = sizeof options.known;
    options.known.shared = 2;
    ck_assert_int_eq(cb_pool_new(&new, &options.known), CB_EINVAL);
    options.known.shared = 0;
    options.known.allocator = &no_alloc;
    ck_assert_int_eq(cb_pool_new(&new, &options.known), CB_EINVAL);
    options.known.allocator = &no_free;
    ck_assert_int_eq(cb_pool_new(&new, &options.known), CB_EINVAL);
    ck_assert_ptr_null(new);
}
END_TEST

START_TEST(null_options_are_the_defaults)
{
    struct cb_pool *plain = NULL;

    ck_assert_int_eq(cb_pool_new(&plain, NULL), CB_OK);
    leave_idle(plain, 20, 1 << 20);
    ck_assert_uint_le(pool_stats(plain).idle_bytes, 16 << 20);
    ck_assert_uint_ge(pool_stats(plain).idle_bytes, 14 << 20);
    cb_pool_unref(plain);
}
END_TEST

/* ------------------------------------------------------------------- threads */

enum { RECORDS = 20000, RECORD = 50, SLOTS = 16 };

/* Records on their way from one thread to another. */
struct channel {
    struct cb_pool *pool;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct cb_buffer *slots[SLOTS];
    size_t sent, received;
    bool wrong;
};

static void record_bytes(size_t number, uint8_t *bytes)
{
    for (size_t i = 0; i < RECORD; i++)
        bytes[i] = (uint8_t)(number * 31 + i);
}

static void channel_send(struct channel *channel, struct cb_buffer *record)
{
    pthread_mutex_lock(&channel->lock);
    while (channel->sent - channel->received == SLOTS)
        pthread_cond_wait(&channel->changed, &channel->lock);
    channel->slots[channel->sent++ % SLOTS] = record;
    pthread_cond_broadcast(&channel->changed);
    pthread_mutex_unlock(&channel->lock);
}

static struct cb_buffer *channel_receive(struct channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    while (channel->sent == channel->received)
        pthread_cond_wait(&channel->changed, &channel->lock);
    struct cb_buffer *record = channel->slots[channel->received++ % SLOTS];
    pthread_cond_broadcast(&channel->changed);
    pthread_mutex_unlock(&channel->lock);
    return record;
}

static struct cb_buffer *shared_buffer(struct cb_pool *from)
{
    struct cb_buffer_options options = {.size = sizeof options, .pool = from};
    struct cb_buffer *buffer = NULL;

    return cb_buffer_new(&buffer, &options) == CB_OK ? buffer : NULL;
}

/* Reads records, keeps writing into blocks of which parts were sent away. */
static void *producer(void *arg)
{
    struct channel *channel = arg;
    struct cb_buffer *source = shared_buffer(channel->pool);

    for (size_t i = 0; i < RECORDS; i++) {
        struct cb_buffer *record = shared_buffer(channel->pool);
        uint8_t bytes[RECORD];

        record_bytes(i, bytes);
        if (cb_append(source, bytes, sizeof bytes) != CB_OK ||
            cb_take(source, RECORD, record) != RECORD)
            channel->wrong = true;
        channel_send(channel, record);
    }
    cb_buffer_free(source);
    return NULL;
}

START_TEST(blocks_of_a_shared_pool_cross_threads)
{
    struct cb_pool_options options = {
        .size = sizeof options,
        .shared = 1,
        .allocator = &counting.hooks,
    };
    struct channel channel = {.pool = NULL};
    pthread_t thread;

    ck_assert_int_eq(cb_pool_new(&channel.pool, &options), CB_OK);
    pthread_mutex_init(&channel.lock, NULL);
    pthread_cond_init(&channel.changed, NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, producer, &channel), 0);
    for (size_t i = 0; i < RECORDS; i++) {
        struct cb_buffer *record = channel_receive(&channel);
        uint8_t bytes[RECORD];

        record_bytes(i, bytes);
        ck_assert_int_eq(cb_equal_bytes(record, bytes, sizeof bytes), CB_YES);
        cb_buffer_free(record);
    }
    pthread_join(thread, NULL);
    ck_assert(!channel.wrong);
    ck_assert_uint_eq(pool_stats(channel.pool).live_blocks, 0);
    ck_assert_uint_eq(pool_stats(channel.pool).live_bytes, 0);
    cb_pool_unref(channel.pool);
    pthread_cond_destroy(&channel.changed);
    pthread_mutex_destroy(&channel.lock);
}
END_TEST

/* Fills and frees buffers, and now and then resets the pool. */
static void *churner(void *arg)
{
    struct channel *channel = arg;

    for (size_t i = 0; i < 2000; i++) {
        struct cb_buffer *buffer = shared_buffer(channel->pool);
        uint8_t bytes[RECORD];

        record_bytes(i, bytes);
        for (size_t n = 0; n < 100; n++)
            if (cb_append(buffer, bytes, sizeof bytes) != CB_OK)
                channel->wrong = true;
        if (i % 100 == 0)
            cb_pool_reset(channel->pool);
        cb_buffer_free(buffer);
    }
    return NULL;
}

START_TEST(a_shared_pool_serves_threads_at_once)
{
    struct cb_pool_options options = {
        .size = sizeof options,
        .shared = 1,
        .allocator = &counting.hooks,
    };
    struct channel channels[3];
    pthread_t threads[3];
    struct cb_pool *shared = NULL;

    ck_assert_int_eq(cb_pool_new(&shared, &options), CB_OK);
    for (size_t i = 0; i < COUNT(threads); i++) {
        channels[i] = (struct channel){.pool = shared};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, churner, &channels[i]), 0);
    }
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        ck_assert(!channels[i].wrong);
    }
    ck_assert_uint_eq(pool_stats(shared).live_blocks, 0);
    cb_pool_unref(shared);
}
END_TEST

enum { REFERRERS = 2 };
static atomic_int ready; /* referrers that have begun; macOS has no barriers */

/* Takes and drops references to a block that another thread refers to too. */
static void *referrer(void *arg)
{
    struct cb_buffer *view = arg;
    struct cb_buffer *scratch = new_buffer(NULL, BLOCK);

    atomic_fetch_add(&ready, 1);
    while (atomic_load(&ready) < REFERRERS)
        sched_yield();
    for (size_t i = 0; i < 2000000; i++) {
        if (cb_peek(view, CB_ALL, scratch) < 0)
            abort();
        cb_skip(scratch, CB_ALL);
    }
    cb_buffer_free(scratch);
    cb_buffer_free(view);
    return NULL;
}

START_TEST(references_to_a_shared_block_are_counted_right)
{
    struct cb_pool_options options = {
        .size = sizeof options,
        .shared = 1,
        .allocator = &counting.hooks,
    };
    struct cb_pool *shared = NULL;
    pthread_t threads[REFERRERS];
    struct cb_buffer *views[REFERRERS];
    void *place;

    ck_assert_int_eq(cb_pool_new(&shared, &options), CB_OK);
    struct cb_buffer *source = buffer_with_block(shared, BLOCK, &place);
    for (size_t i = 0; i < COUNT(views); i++)
        views[i] = new_buffer(NULL, BLOCK);
    for (size_t i = 0; i < COUNT(threads); i++)
        ck_assert_int_eq(cb_peek(source, 1, views[i]), 1);
    atomic_store(&ready, 0);
    for (size_t i = 0; i < COUNT(threads); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, referrer, views[i]), 0);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(pool_stats(shared).live_blocks, 1);
    assert_holds(source, "x", 1);
    cb_buffer_free(source);
    ck_assert_uint_eq(pool_stats(shared).live_blocks, 0);
    cb_pool_unref(shared);
}
END_TEST

static Suite *pool_suite(void)
{
    Suite *suite = suite_create("pool");
    TCase *reuse = add_case(suite, "reuse");
    TCase *limits = add_case(suite, "limits");
    TCase *reset = add_case(suite, "reset");
    TCase *references = add_case(suite, "references");
    TCase *stats = add_case(suite, "stats");
    TCase *threads = add_case(suite, "threads");

    tcase_add_checked_fixture(reuse, setup, teardown);
    tcase_add_test(reuse, the_block_freed_last_is_used_first);
    tcase_add_test(reuse, an_idle_block_is_not_given_twice);
    tcase_add_test(reuse, a_small_idle_block_does_not_serve_a_large_request);
    tcase_add_test(reuse, a_block_that_was_lent_whole_comes_back_whole);
    tcase_add_test(reuse, a_block_of_more_than_64_mib_is_not_kept);
    tcase_add_test(reuse, two_pools_do_not_mix_their_blocks);

    tcase_add_checked_fixture(limits, setup, teardown);
    tcase_add_test(limits, no_more_than_idle_limit_is_kept_idle);
    tcase_add_test(limits, an_idle_limit_below_any_block_keeps_none);
    tcase_add_test(limits, the_default_idle_limit_is_16_mib);
    tcase_add_test(limits, an_unbounded_pool_keeps_everything);

    tcase_add_checked_fixture(reset, setup, teardown);
    tcase_add_test(reset, reset_frees_what_is_idle);
    tcase_add_test(reset, reset_frees_what_is_in_use_when_it_comes_back);
    tcase_add_test(reset, blocks_made_after_a_reset_are_kept_again);
    tcase_add_test(reset, many_resets_leave_old_blocks_usable);

    tcase_add_checked_fixture(references, setup, teardown);
    tcase_add_test(references, a_pool_may_be_released_before_its_views);
    tcase_add_test(references, a_pool_may_be_released_before_its_buffers);
    tcase_add_test(references, each_reference_to_a_pool_is_dropped_by_itself);
    tcase_add_test(references, no_pool_can_be_referenced_and_released);

    tcase_add_checked_fixture(stats, setup, teardown);
    tcase_add_test(stats, stats_follow_a_block_from_live_to_idle);
    tcase_add_test(stats, pinned_bytes_are_those_that_only_their_data_keeps);
    tcase_add_test(stats, blocks_of_copies_that_nobody_writes_after_are_pinned);
    tcase_add_test(stats, copied_counts_what_append_copies);
    tcase_add_test(stats, stats_are_filled_as_far_as_their_size_reaches);
    tcase_add_test(stats, stats_that_are_not_known_are_0);
    tcase_add_test(stats, stats_without_a_size_are_refused);
    tcase_add_test(stats, options_without_a_size_are_refused);
    tcase_add_test(stats, what_options_hold_that_is_not_known_is_refused);
    tcase_add_test(stats, null_options_are_the_defaults);

    tcase_add_checked_fixture(threads, setup, teardown);
    tcase_add_test(threads, blocks_of_a_shared_pool_cross_threads);
    tcase_add_test(threads, references_to_a_shared_block_are_counted_right);
    tcase_add_test(threads, a_shared_pool_serves_threads_at_once);
    return suite;
}

int main(void)
{
    return run_suite(pool_suite());
}
