/* SPDX-License-Identifier: MIT */
/* Buffers to search in, for the tests of what finds and takes. */
#ifndef CB_TESTS_SEARCHING_H
#define CB_TESTS_SEARCHING_H

#include <string.h>

#include "support.h"

static struct counting counting;
static struct cb_pool *pool;
static struct cb_buffer *buffer; /* takes all by reference: its chunks are known */
static struct cb_buffer *record;

static inline void setup(void)
{
    counting_init(&counting);
    pool = new_pool(&counting.hooks);
    buffer = new_buffer(pool, 64);
    record = new_buffer(pool, 64);
}

static inline void teardown(void)
{
    cb_buffer_free(buffer);
    cb_buffer_free(record);
    cb_pool_unref(pool);
    counting_fini(&counting);
}

enum { NOT_FOUND = -1 };

/* bytes.find of Python. */
static inline int64_t python_find(const char *data, size_t size, const char *needle, size_t n,
                                  size_t start, size_t end)
{
    if (end > size)
        end = size;
    for (size_t at = start; at <= end && n <= end - at; at++) {
        if (memcmp(data + at, needle, n) == 0)
            return (int64_t)at;
    }
    return NOT_FOUND;
}

static inline int64_t find(struct cb_buffer *in, const void *needle, size_t n, size_t start,
                           size_t end)
{
    size_t at = 12345;
    int status = cb_find(in, needle, n, start, end, &at);

    if (status == CB_YES)
        return (int64_t)at;
    ck_assert_int_eq(status, CB_NO);
    return NOT_FOUND;
}

#define NEEDLE(string)                                                                             \
    {                                                                                              \
        .iov_base = (char[]){string}, .iov_len = sizeof string - 1                                 \
    }
enum { IN_SET = 4, SETS = 7 };

#endif
