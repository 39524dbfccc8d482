/* SPDX-License-Identifier: MIT */
/* Two buffers on one counted pool, for the tests of what a buffer does. */
#ifndef CB_TESTS_BUFFERS_H
#define CB_TESTS_BUFFERS_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

enum { CHUNK = 64 };

static struct counting counting;
static struct cb_pool *pool;
static struct cb_buffer *buffer; /* chunks of CHUNK bytes, cutoff 1 */
static struct cb_buffer *other;  /* the same */

static inline void setup(void)
{
    counting_init(&counting);
    pool = new_pool(&counting.hooks);
    buffer = new_buffer(pool, CHUNK);
    other = new_buffer(pool, CHUNK);
}

static inline void teardown(void)
{
    cb_buffer_free(buffer);
    cb_buffer_free(other);
    cb_pool_unref(pool);
    counting_fini(&counting);
}

static inline struct cb_buffer *buffer_with(struct cb_buffer_options options)
{
    struct cb_buffer *made = NULL;

    options.size = sizeof options;
    if (!options.pool)
        options.pool = pool;
    ck_assert_int_eq(cb_buffer_new(&made, &options), CB_OK);
    return made;
}

static inline struct cb_buffer *buffer_with_limit(size_t limit)
{
    return buffer_with((struct cb_buffer_options){
        .chunk_min = CHUNK, .chunk_max = CHUNK, .cutoff = 1, .limit = limit});
}

/* Asks for a chunk, and fails the test if there is none. */
static inline size_t offer(struct cb_buffer *of, size_t hint, uint8_t **data)
{
    void *place;
    size_t size;

    ck_assert_int_eq(cb_get_chunk(of, hint, &place, &size), CB_OK);
    ck_assert_uint_ge(size, 1);
    *data = place;
    return size;
}

/* Writes over everything that is offered, `size` bytes in all. */
static inline void scribble(struct cb_buffer *on, size_t size)
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
static inline void count_up(uint8_t *bytes, size_t size)
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

static inline void note_release(void *arg, const void *data, size_t size)
{
    struct released *released = arg;

    released->times++;
    released->data = data;
    released->size = size;
}

#endif
