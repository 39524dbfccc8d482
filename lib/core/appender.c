/* SPDX-License-Identifier: MIT */
#include "core/appender.h"

#include "core/changes.h"

/* How many more bytes the limit of the buffer allows. */
static size_t allowed(const struct cb__appender *appender)
{
    const struct cb_buffer *buffer = appender->buffer;
    const size_t length = buffer->length + (size_t)(appender->to - appender->run);
    return buffer->limit - cb__min(buffer->limit, length);
}

/* Moves `end` back to the limit of the buffer, or of the work of this call. */
static void bound_end(struct cb__appender *appender)
{
    const size_t room = (size_t)(appender->end - appender->to);
    const size_t most = cb__min(cb__min(room, appender->bytes), allowed(appender));
    appender->bytes -= most;
    if (most < room)
        appender->end = appender->to + most;
}

static void set_tail(struct cb__appender *appender)
{
    struct cb_memory *tail = appender->buffer->tail;
    cb__memory_rewind(tail);
    appender->to = appender->run = tail->data + tail->used;
    appender->end = tail->data + tail->capacity;
    bound_end(appender);
}

/* Room in the ring for the bytes written, and for a reference after them. */
static int reserve(struct cb_buffer *buffer)
{
    return cb__buffer_reserve(buffer, 2);
}

int cb__appender_open(struct cb__appender *appender, struct cb_buffer *buffer, bool bounded)
{
    *appender = (struct cb__appender){
        .buffer = buffer,
        .bytes = bounded ? CB__APPEND_BYTES : SIZE_MAX,
        .chunks = bounded ? buffer->count + CB__APPEND_CHUNKS : SIZE_MAX,
        .opened = cb__buffer_end(buffer),
    };
    if (reserve(buffer))
        return CB_ENOMEM;
    buffer->offered = 0;
    if (buffer->tail)
        set_tail(appender);
    return CB_OK;
}

/* Makes a chunk of the bytes written since the last one.  The ring has room for it. */
static void show_run(struct cb__appender *appender)
{
    struct cb_buffer *buffer = appender->buffer;
    const size_t n = (size_t)(appender->to - appender->run);
    if (!n)
        return;
    cb__buffer_push_ref(buffer, buffer->tail, appender->run, n);
    cb__pool_count_copied(buffer->pool, n);
    buffer->tail->used = (size_t)(appender->to - buffer->tail->data);
    appender->run = appender->to;
}

void cb__appender_close(struct cb__appender *appender)
{
    show_run(appender);
}

int cb__appender_more(struct cb__appender *appender, size_t n)
{
    struct cb_buffer *buffer = appender->buffer;
    const struct cb_memory *tail = buffer->tail;
    const bool was_full = tail && appender->end == tail->data + tail->capacity;
    const bool may_copy = !tail || was_full;
    if (!may_copy || appender->bytes < n || allowed(appender) < n ||
        buffer->count >= appender->chunks)
        return CB__FULL;
    const size_t size = cb__max(n, buffer->chunk_size);
    struct cb_memory *memory = cb__pool_get(buffer->pool, size);
    if (!memory)
        return CB_ENOMEM;
    show_run(appender);
    if (reserve(buffer)) {
        cb__memory_unref(memory);
        return CB_ENOMEM;
    }
    if (was_full)
        buffer->chunk_size = cb__min(buffer->chunk_size * 2, buffer->chunk_max);
    cb__buffer_set_tail(buffer, memory);
    set_tail(appender);
    return CB_OK;
}

int cb__appender_leave(struct cb__appender *appender, size_t n)
{
    show_run(appender);
    if (reserve(appender->buffer))
        return CB_ENOMEM;
    appender->to += n;
    appender->run = appender->to;
    return CB_OK;
}

int cb__appender_refer(struct cb__appender *appender, struct cb_memory *memory, const uint8_t *data,
                       size_t *n)
{
    struct cb_buffer *buffer = appender->buffer;
    const size_t most = allowed(appender);
    if (!most || buffer->count >= appender->chunks)
        return CB__FULL;
    show_run(appender);
    if (reserve(buffer))
        return CB_ENOMEM;
    *n = cb__min(*n, most);
    cb__buffer_push_ref(buffer, memory, data, *n);
    if ((size_t)(appender->end - appender->to) > most - *n)
        appender->end = appender->to + (most - *n);
    return CB_OK;
}

int cb__appender_copy(struct cb__appender *appender, const uint8_t *data, size_t *n)
{
    int status = cb__appender_room(appender, 1);
    if (status != CB_OK)
        return status;
    *n = cb__min(*n, (size_t)(appender->end - appender->to));
    memcpy(appender->to, data, *n);
    appender->to += *n;
    return CB_OK;
}
