/* SPDX-License-Identifier: MIT */
/* Records by libchunkedbuffer, in each of the ways that it has. */
#include <stdlib.h>
#include <string.h>

#include <chunkedbuffer.h>
#include "library.h"

enum { BATCH = 512 };

/* Counts what is allocated for anything at all, not only for blocks. */
static void *counting_alloc(void *arg, size_t size)
{
    ++*(uint64_t *)arg;
    return malloc(size);
}

static void counting_free(void *arg, void *memory, size_t size)
{
    (void)arg;
    (void)size;
    free(memory);
}

struct tools {
    struct cb_allocator allocator;
    struct cb_pool *pool;
    struct cb_buffer *buffer, *record;
    struct cb_decoder *decoder;
};

static void setup(struct tools *tools, struct work *work)
{
    tools->allocator = (struct cb_allocator){counting_alloc, counting_free, &work->allocations};
    work->allocations = 0;
    const struct cb_pool_options pool = {.size = sizeof pool, .allocator = &tools->allocator};
    if (cb_pool_new(&tools->pool, &pool))
        fail("cb_pool_new");
    const struct cb_buffer_options buffer = {
        .size = sizeof buffer,
        .pool = tools->pool,
        .chunk_min = work->piece,
        .chunk_max = work->piece,
    };
    const struct cb_decoder_options decoder = {.size = sizeof decoder,
                                               .allocator = &tools->allocator};
    if (cb_buffer_new(&tools->buffer, &buffer) || cb_buffer_new(&tools->record, &buffer))
        fail("cb_buffer_new");
    if (cb_decoder_new(&tools->decoder, "crlf", &decoder, NULL))
        fail("cb_decoder_new");
}

static void teardown(struct tools *tools, struct work *work)
{
    struct cb_pool_stats stats = {.size = sizeof stats};
    cb_pool_stats(tools->pool, &stats);
    work->bytes_copied = stats.copied;
    cb_decoder_free(tools->decoder);
    cb_buffer_free(tools->record);
    cb_buffer_free(tools->buffer);
    cb_pool_unref(tools->pool);
}

static void feed(struct cb_buffer *buffer, const struct work *work, const char *data, size_t n)
{
    if (!work->copied) {
        if (cb_append_ref(buffer, data, n, NULL, NULL))
            fail("cb_append_ref");
        return;
    }
    while (n) {
        void *to;
        size_t size;
        if (cb_get_chunk(buffer, n, &to, &size))
            fail("cb_get_chunk");
        size = size < n ? size : n;
        memcpy(to, data, size);
        cb_chunk_written(buffer, size);
        data += size;
        n -= size;
    }
}

/* Takes all records that are in the buffer, and returns how many. */
typedef uint64_t records_fn(struct tools *tools);

static uint64_t run(struct work *work, records_fn *take_records)
{
    struct tools tools;
    uint64_t records = 0;
    setup(&tools, work);
    for (unsigned round = 0; round < work->rounds; round++)
        for (size_t at = 0; at < work->size; at += work->piece) {
            size_t left = work->size - at;
            feed(tools.buffer, work, work->data + at, left < work->piece ? left : work->piece);
            records += take_records(&tools);
        }
    teardown(&tools, work);
    return records;
}

static uint64_t by_batch(struct tools *tools)
{
    struct cb_piece pieces[BATCH];
    uint64_t records = 0;
    ssize_t count;
    while ((count = cb_decoder_batch(tools->decoder, tools->buffer, pieces, BATCH)) > 0)
        for (ssize_t i = 0; i < count; i++)
            records += pieces[i].flags >> 1; /* CB_LAST */
    cb_decoder_release(tools->decoder, tools->buffer);
    return records;
}

static uint64_t by_next(struct tools *tools)
{
    struct cb_piece piece;
    uint64_t records = 0;
    while (cb_decoder_next(tools->decoder, tools->buffer, &piece) > 0)
        records += piece.flags >> 1; /* CB_LAST */
    return records;
}

static uint64_t by_take(struct tools *tools)
{
    uint64_t records = 0;
    while (cb_decoder_take(tools->decoder, tools->buffer, tools->record) > 0) {
        records++;
        cb_skip(tools->record, CB_ALL);
    }
    return records;
}

static uint64_t by_takeuntil(struct tools *tools)
{
    uint64_t records = 0;
    while (cb_takeuntil(tools->buffer, "\r\n", 2, 0, 0, 0, tools->record) == CB_YES) {
        records++;
        cb_skip(tools->record, CB_ALL);
    }
    return records;
}

static uint64_t by_takeline(struct tools *tools)
{
    uint64_t records = 0;
    while (cb_takeline(tools->buffer, 0, 0, 0, tools->record) == CB_YES) {
        records++;
        cb_skip(tools->record, CB_ALL);
    }
    return records;
}

static uint64_t run_batch(struct work *work)
{
    return run(work, by_batch);
}

static uint64_t run_next(struct work *work)
{
    return run(work, by_next);
}

static uint64_t run_take(struct work *work)
{
    return run(work, by_take);
}

static uint64_t run_takeuntil(struct work *work)
{
    return run(work, by_takeuntil);
}

static uint64_t run_takeline(struct work *work)
{
    return run(work, by_takeline);
}

#define IN_PLACE                                                                                   \
    {                                                                                              \
        "evbuffer, in place"                                                                       \
    }
#define TAKEN                                                                                      \
    {                                                                                              \
        "evbuffer_remove_buffer", "evbuffer_readln", "GDataInputStream"                            \
    }

const struct bench_case cases_records[] = {
    {"cb_decoder_batch", run_batch, IN_PLACE, "<= 3 ns", 1},
    {"cb_decoder_next", run_next, IN_PLACE, "<= 6 ns", 1},
    {"cb_decoder_take", run_take, TAKEN, "<= 10 ns", 1},
    {"cb_takeuntil", run_takeuntil, TAKEN, "<= 10 ns", 1},
    {"cb_takeline", run_takeline, TAKEN, "<= 10 ns", 1},
    {0},
};
