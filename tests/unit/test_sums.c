/* SPDX-License-Identifier: MIT */
/* Checksums of any bytes of a buffer, against those of a flat array. */
#include <string.h>

#include "framing/sums.h"
#include "kernels/crc32c.h"
#include "support.h"

enum { SIZE = 40000, ASKED = 3000, MOST_ADDED = 2 * CB__SUMS_SPACING };

static uint64_t added; /* bytes */

static uint32_t add_crc(uint32_t sum, const void *data, size_t n)
{
    added += n;
    return cb__crc32c(sum, data, n);
}

static uint32_t add_bytes(uint32_t sum, const void *data, size_t n)
{
    const uint8_t *bytes = data;
    added += n;
    for (size_t i = 0; i < n; i++)
        sum += bytes[i];
    return sum;
}

static uint32_t replace_bytes(uint32_t all, uint32_t old, uint32_t now, uint64_t n)
{
    (void)n;
    return all - old + now;
}

static const struct cb__checksum checksums[] = {
    {.add = add_crc, .replace = cb__crc32c_replace},
    {.add = add_bytes, .replace = replace_bytes},
};

/* A stream that comes and goes, with chunks of all lengths. */
struct stream {
    struct prng prng;
    struct cb_buffer *buffer;
    uint8_t bytes[SIZE];
    size_t come;
};

static void stream_init(struct stream *stream, struct cb_pool *pool)
{
    stream->prng = (struct prng){17};
    stream->buffer = new_buffer(pool, 4096);
    stream->come = 0;
    prng_bytes(&stream->prng, stream->bytes, SIZE);
}

static void go_on(struct stream *stream)
{
    struct prng *prng = &stream->prng;
    const size_t n = prng_below(prng, 2000) + 1;
    if (stream->come + n <= SIZE) {
        append_block(stream->buffer, stream->bytes + stream->come, n);
        stream->come += n;
    }
    if (prng_below(prng, 4) == 0)
        cb_skip(stream->buffer, prng_below(prng, 3000));
}

/* Two positions of bytes that are there. */
static void choose(struct stream *stream, size_t *from, size_t *to)
{
    const size_t head = (size_t)cb_position(stream->buffer);
    *from = head + prng_below(&stream->prng, stream->come - head + 1);
    *to = *from + prng_below(&stream->prng, stream->come - *from + 1);
}

START_TEST(they_are_those_of_the_bytes_and_each_byte_is_added_once)
{
    const struct cb__checksum *checksum = &checksums[_i / 2];
    struct counting counting;
    struct cb_pool *pool = new_pool(NULL);
    struct cb__sums sums = {.checksum = checksum, .allocator = &counting.hooks};
    struct stream stream;
    counting_init(&counting);
    stream_init(&stream, pool);
    if (_i % 2)
        counting_fail(&counting, 2, true);
    uint64_t all = 0;
    for (int i = 0; i < ASKED; i++) {
        size_t from, to;
        go_on(&stream);
        choose(&stream, &from, &to);
        const uint32_t expected = checksum->add(0, stream.bytes + from, to - from);
        added = 0;
        ck_assert_uint_eq(cb__sums_of(&sums, stream.buffer, from, to), expected);
        all += added > MOST_ADDED ? added - MOST_ADDED : 0;
    }
    if (!(_i % 2))
        ck_assert_uint_le(all, SIZE);
    cb__sums_clear(&sums);
    counting_fini(&counting);
    cb_buffer_free(stream.buffer);
    cb_pool_unref(pool);
}
END_TEST

START_TEST(without_memory_they_are_right_all_the_same)
{
    static uint8_t bytes[200000];
    struct prng prng = {18};

    prng_bytes(&prng, bytes, sizeof bytes);
    for (uint64_t n = 1; n < 4; n++) {
        struct counting counting;
        struct cb_buffer *buffer = buffer_of(NULL, bytes, sizeof bytes, 30000);
        struct cb__sums sums = {.checksum = &checksums[0], .allocator = &counting.hooks};

        counting_init(&counting);
        counting_fail(&counting, n, true);
        for (size_t to = 0; to <= sizeof bytes; to += 9999)
            ck_assert_uint_eq(cb__sums_of(&sums, buffer, 77 % (to + 1), to),
                              add_crc(0, bytes + 77 % (to + 1), to - 77 % (to + 1)));
        ck_assert(counting.failed);
        cb__sums_clear(&sums);
        counting_fini(&counting);
        cb_buffer_free(buffer);
    }
}
END_TEST

START_TEST(only_those_of_bytes_that_are_there_are_kept)
{
    static const uint8_t bytes[10000] = {0};
    struct counting counting;
    struct cb_pool *pool = new_pool(NULL);
    struct cb_buffer *buffer = new_buffer(pool, 4096);
    counting_init(&counting);
    struct cb__sums sums = {.checksum = &checksums[0], .allocator = &counting.hooks};
    for (int i = 0; i < 1000; i++) {
        append_block(buffer, bytes, sizeof bytes);
        cb__sums_of(&sums, buffer, cb_position(buffer), cb_position(buffer) + cb_length(buffer));
        cb_skip(buffer, sizeof bytes - 1);
        ck_assert_uint_le(counting.bytes, 1024);
    }
    cb__sums_clear(&sums);
    counting_fini(&counting);
    cb_buffer_free(buffer);
    cb_pool_unref(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sums");
    TCase *sums = add_case(suite, "sums");
    tcase_add_loop_test(sums, they_are_those_of_the_bytes_and_each_byte_is_added_once, 0, 4);
    tcase_add_test(sums, only_those_of_bytes_that_are_there_are_kept);
    tcase_add_test(sums, without_memory_they_are_right_all_the_same);
    return run_suite(suite);
}
