/* SPDX-License-Identifier: MIT */
/* The search for what is not there, in one piece of the work again and again. */
#include <string.h>

#include <chunkedbuffer.h>
#include "library.h"

static uint64_t by_memchr(struct work *work)
{
    uint64_t found = 0;
    /* Volatile, or one search would do for all rounds. */
    const char *volatile data = work->data;
    for (unsigned round = 0; round < work->rounds; round++)
        found += memchr(data, '\r', work->piece) != NULL;
    return (work->rounds - found) * work->piece;
}

static uint64_t by_memmem(struct work *work, const char *needle)
{
    uint64_t found = 0;
    const char *volatile data = work->data;
    for (unsigned round = 0; round < work->rounds; round++)
        found += memmem(data, work->piece, needle, strlen(needle)) != NULL;
    return (work->rounds - found) * work->piece;
}

static uint64_t by_find(struct work *work, const char *needle)
{
    struct cb_buffer *buffer;
    uint64_t found = 0;
    size_t at;
    if (cb_buffer_new(&buffer, NULL))
        fail("cb_buffer_new");
    for (unsigned round = 0; round < work->rounds; round++) {
        /* Fresh bytes: where the last search ended is remembered. */
        if (cb_append_ref(buffer, work->data, work->piece, NULL, NULL))
            fail("cb_append_ref");
        found += cb_find(buffer, needle, strlen(needle), 0, CB_ALL, &at) != CB_NO;
        cb_skip(buffer, CB_ALL);
    }
    cb_buffer_free(buffer);
    return (work->rounds - found) * work->piece;
}

static uint64_t memmem_two(struct work *work)
{
    return by_memmem(work, "\r\n");
}

static uint64_t memmem_eight(struct work *work)
{
    return by_memmem(work, "--END--\n");
}

static uint64_t find_one(struct work *work)
{
    return by_find(work, "\r");
}

static uint64_t find_two(struct work *work)
{
    return by_find(work, "\r\n");
}

static uint64_t find_eight(struct work *work)
{
    return by_find(work, "--END--\n");
}

const struct bench_case cases_search[] = {
    {"memchr", by_memchr, {0}, "", 0},
    {"memmem, 2 bytes", memmem_two, {0}, "", 0},
    {"memmem, 8 bytes", memmem_eight, {0}, "", 0},
    {"cb_find, 1 byte", find_one, {"memchr"}, "", 1},
    {"cb_find, 2 bytes", find_two, {"memchr", "memmem, 2 bytes"}, ">= 0.8 x memchr", 1},
    {"cb_find, 8 bytes", find_eight, {"memchr", "memmem, 8 bytes"}, ">= 4 x memmem", 1},
    {0},
};
