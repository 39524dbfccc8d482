/* SPDX-License-Identifier: MIT */
/* Appending by copy and by reference, and between shared and unshared pools. */
#include <limits.h>

#include "buffers.h"

/* ------------------------------------------------------------------ appending */

START_TEST(append_copies_across_chunks)
{
    uint8_t bytes[1000], copy[1000];

    count_up(bytes, sizeof bytes);
    memcpy(copy, bytes, sizeof bytes);
    for (size_t at = 0, n = 0; at < sizeof bytes; at += n, n = n * 2 + 1) {
        n = n < sizeof bytes - at ? n : sizeof bytes - at;
        ck_assert_int_eq(cb_append(buffer, copy + at, n), CB_OK);
    }
    memset(copy, 0, sizeof copy);
    assert_holds(buffer, bytes, sizeof bytes);
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

    memset(bytes, 'r', sizeof bytes);
    ck_assert_int_eq(cb_append_ref(plain, bytes, 4095, note_release, &released), CB_OK);
    ck_assert_uint_eq(released.times, 1);
    ck_assert_ptr_eq(released.data, bytes);
    ck_assert_uint_eq(released.size, 4095);
    ck_assert_uint_eq(pool_stats(pool).copied, 4095);
    memset(bytes, 0, sizeof bytes);
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
    ck_assert_uint_eq(size, sizeof block_of_caller);
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
    case 5: /* both work, or the first fails */
        if (cb_append(caller->buffer, "abc", 3) == CB_OK)
            ck_assert_int_eq(cb_prepend(caller->buffer, "abc", 3), CB_OK);
        break;
    case 6: /* as a caller that reads into the same block again and again */
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
                .size = sizeof options, .pool = pool, .copy_below = 9999, .chunk_min = 64};
            struct caller caller = {.what = what};
            struct cb_buffer *from = NULL, *taken = new_buffer(pool, 64);
            unsigned blocks = 0;

            ck_assert_int_eq(cb_buffer_new(&from, &options), CB_OK);
            caller.buffer = from;
            caller.taken = taken;
            for (int i = 0; i < 12; i++) {
                int status = i % 3 == 2 ? cb_append(from, "between", 7)
                                        : cb_append_ref(from, block_of_caller,
                                                        sizeof block_of_caller, call_back, &caller);
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

static void prepend_on_release(void *arg, const void *data, size_t size)
{
    (void)data;
    (void)size;
    ck_assert_int_eq(cb_prepend(arg, "before", 6), CB_OK);
}

START_TEST(joined_bytes_stay_what_was_asked_for_if_others_come_before_them)
{
    static uint8_t bytes[2][5000];
    struct cb_buffer *plain = new_buffer(NULL, 64);
    const void *data = NULL;

    count_up(bytes[0], sizeof bytes);
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(
            cb_append_ref(plain, bytes[i], sizeof bytes[i], prepend_on_release, plain), CB_OK);
    ck_assert_int_eq(cb_data(plain, sizeof bytes, &data), CB_YES);
    ck_assert_mem_eq(data, bytes, sizeof bytes);
    ck_assert_uint_eq(cb_length(plain), sizeof bytes + 12);
    cb_buffer_free(plain);
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

    memset(bytes, 'r', sizeof bytes);
    guard_init(&guard, bytes, sizeof bytes); /* a write to it is fatal */
    try_to_write_on(buffer, guard.data, guard.size);
    ck_assert_int_eq(cb_append_ref(other, guard.data, guard.size, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_take(other, 100, buffer), 100);
    scribble(buffer, 100);
    scribble(other, 100);
    ck_assert_int_eq(memcmp(guard.data, bytes, sizeof bytes), 0);
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
    memset(text, 0, sizeof text);
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
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .cutoff = 10};
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
        .size = sizeof options, .pool = pool, .cutoff = 10, .limit = 158};
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

    count_up(bytes, sizeof bytes);
    append_block(buffer, bytes + 300, sizeof bytes - 300);
    ck_assert_int_eq(cb_prepend(buffer, bytes + 299, 1), CB_OK);
    ck_assert_int_eq(cb_prepend(buffer, bytes + 10, 289), CB_OK);
    ck_assert_int_eq(cb_prepend(buffer, bytes, 10), CB_OK);
    assert_holds(buffer, bytes, sizeof bytes);
}
END_TEST

/* -------------------------------------------------------------------- sharing */

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
        .size = sizeof options, .shared = 1, .allocator = &counting.hooks};

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
    /* The other way round nothing can go wrong. */
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

/* Wherever a part begins and ends among blocks of both kinds. */
START_TEST(a_part_with_any_byte_of_an_unshared_block_is_copied)
{
    struct cb_pool *shared;
    struct cb_buffer *target = shared_buffer(&shared, 0);
    struct cb_buffer *friend = buffer_with((struct cb_buffer_options){.pool = shared, .cutoff = 1});

    ck_assert_int_eq(cb_append_ref(friend, BYTES("friend"), NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append_buffer(buffer, friend), CB_OK);
    ck_assert_int_eq(cb_append(buffer, "own", 3), CB_OK);
    ck_assert_int_eq(cb_append_buffer(buffer, friend), CB_OK);
    const char all[] = "friendownfriend";
    for (size_t from = 0; from < 15; from++) {
        for (size_t n = 1; n <= 15 - from; n++) {
            const bool foreign = from < 9 && from + n > 6;
            const uint64_t before = pool_stats(shared).copied;

            ck_assert_int_eq(cb_slice(buffer, from, n, target), (ssize_t)n);
            assert_holds(target, all + from, n);
            ck_assert_uint_eq(pool_stats(shared).copied - before, foreign ? n : 0);
            cb_skip(target, CB_ALL);
        }
    }
    cb_skip(buffer, CB_ALL);
    cb_buffer_free(friend);
    cb_buffer_free(target);
    cb_pool_unref(shared);
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

START_TEST(a_buffer_is_not_merged_into_itself)
{
    struct cb_buffer *sources[] = {other, buffer};

    ck_assert_int_eq(cb_append(buffer, "ab", 2), CB_OK);
    ck_assert_int_eq(cb_append(other, "cd", 2), CB_OK);
    ck_assert_int_eq(cb_merge(buffer, sources, 2), CB_EINVAL);
    assert_holds(buffer, "ab", 2);
}
END_TEST

/* (Nothing reads those bytes.) */
START_TEST(more_bytes_than_a_size_can_count_are_not_merged)
{
    struct cb_buffer *sources[] = {other, other, other};

    ck_assert_int_eq(cb_append_ref(other, "", SSIZE_MAX, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_merge(buffer, sources, 3), CB_ELIMIT);
    ck_assert_uint_eq(cb_length(buffer), 0);
}
END_TEST

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
    tcase_add_test(tcase, joined_bytes_stay_what_was_asked_for_if_others_come_before_them);
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
    tcase_add_test(tcase, a_buffer_is_not_merged_into_itself);
    tcase_add_test(tcase, more_bytes_than_a_size_can_count_are_not_merged);
}

static void add_sharing(Suite *suite)
{
    TCase *tcase = add_case(suite, "sharing");
    const int n = (int)COUNT(bringers);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, a_shared_buffer_copies_what_comes_from_an_unshared_block, 0, n);
    tcase_add_loop_test(tcase, a_shared_buffer_copies_all_or_nothing, 0, n);
    tcase_add_test(tcase, a_part_with_any_byte_of_an_unshared_block_is_copied);
    tcase_add_test(tcase, of_several_sources_only_the_unshared_ones_are_copied);
}

int main(void)
{
    Suite *suite = suite_create("append");

    add_appending(suite);
    add_sharing(suite);
    return run_suite(suite);
}
