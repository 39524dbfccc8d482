/* SPDX-License-Identifier: MIT */
/* The same records by libevent's evbuffer and by GLib, where they were found. */
#include <stdlib.h>

#include "library.h"

#ifdef HAVE_LIBEVENT
#include <event2/buffer.h>
#endif
#ifdef HAVE_GLIB
#include <gio/gio.h>
#endif

#ifdef HAVE_LIBEVENT

/* Takes all records that are in the buffer, and returns how many. */
typedef uint64_t records_fn(struct evbuffer *buffer, struct evbuffer *record);

static uint64_t run_evbuffer(struct work *work, records_fn *take_records)
{
    struct evbuffer *buffer = evbuffer_new(), *record = evbuffer_new();
    uint64_t records = 0;
    if (!buffer || !record)
        fail("evbuffer_new");
    for (unsigned round = 0; round < work->rounds; round++)
        for (size_t at = 0; at < work->size; at += work->piece) {
            size_t left = work->size - at;
            if (evbuffer_add_reference(buffer, work->data + at,
                                       left < work->piece ? left : work->piece, NULL, NULL))
                fail("evbuffer_add_reference");
            records += take_records(buffer, record);
        }
    evbuffer_free(record);
    evbuffer_free(buffer);
    return records;
}

static uint64_t in_place(struct evbuffer *buffer, struct evbuffer *record)
{
    (void)record;
    uint64_t records = 0;
    struct evbuffer_ptr end;
    size_t end_size;
    while (end = evbuffer_search_eol(buffer, NULL, &end_size, EVBUFFER_EOL_CRLF_STRICT),
           end.pos >= 0) {
        size_t length = (size_t)end.pos;
        records += length && evbuffer_pullup(buffer, (ssize_t)length) != NULL;
        evbuffer_drain(buffer, length + end_size);
    }
    return records;
}

static uint64_t by_remove(struct evbuffer *buffer, struct evbuffer *record)
{
    uint64_t records = 0;
    struct evbuffer_ptr end;
    size_t end_size;
    while (end = evbuffer_search_eol(buffer, NULL, &end_size, EVBUFFER_EOL_CRLF_STRICT),
           end.pos >= 0) {
        records += evbuffer_remove_buffer(buffer, record, (size_t)end.pos) == end.pos;
        evbuffer_drain(buffer, end_size);
        evbuffer_drain(record, (size_t)end.pos);
    }
    return records;
}

static uint64_t by_readln(struct evbuffer *buffer, struct evbuffer *record)
{
    (void)record;
    uint64_t records = 0;
    char *line;
    while ((line = evbuffer_readln(buffer, NULL, EVBUFFER_EOL_CRLF_STRICT)) != NULL) {
        records++;
        free(line);
    }
    return records;
}

static uint64_t run_in_place(struct work *work)
{
    return run_evbuffer(work, in_place);
}

static uint64_t run_remove(struct work *work)
{
    return run_evbuffer(work, by_remove);
}

static uint64_t run_readln(struct work *work)
{
    return run_evbuffer(work, by_readln);
}

#endif
#ifdef HAVE_GLIB

static uint64_t run_glib(struct work *work)
{
    uint64_t records = 0;
    for (unsigned round = 0; round < work->rounds; round++) {
        GInputStream *memory =
            g_memory_input_stream_new_from_data(work->data, (gssize)work->size, NULL);
        GDataInputStream *stream = g_data_input_stream_new(memory);
        g_data_input_stream_set_newline_type(stream, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
        g_buffered_input_stream_set_buffer_size(G_BUFFERED_INPUT_STREAM(stream), work->piece);
        char *line;
        while ((line = g_data_input_stream_read_line(stream, NULL, NULL, NULL)) != NULL) {
            records++;
            g_free(line);
        }
        g_object_unref(stream);
        g_object_unref(memory);
    }
    return records;
}

#endif

const struct bench_case cases_peers[] = {
#ifdef HAVE_LIBEVENT
    {"evbuffer, in place", run_in_place, {0}, "", 0},
    {"evbuffer_remove_buffer", run_remove, {0}, "", 0},
    {"evbuffer_readln", run_readln, {0}, "", 0},
#endif
#ifdef HAVE_GLIB
    {"GDataInputStream", run_glib, {0}, "", 0},
#endif
    {0},
};
