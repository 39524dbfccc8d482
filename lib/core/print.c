/* SPDX-License-Identifier: MIT */
/*
 * Print: formatted text at the tail of a buffer.
 * Layer: base -> ... -> buffer -> print.
 */
#include <limits.h>
#include <stdio.h>

#include "core/buffer.h"

/* The block to write to, from its beginning if nobody sees its contents; NULL while an
 * offer is open, which must not be overwritten in case this fails. */
static struct cb_memory *free_tail(struct cb_buffer *buffer)
{
    struct cb_memory *tail = buffer->offered ? NULL : buffer->tail;
    if (tail)
        cb__memory_rewind(tail);
    return tail;
}

/* The terminating NUL goes into the next byte of the block, or into its slack. */
static int print_into(struct cb_memory *memory, const char *format, va_list arguments)
{
    if (!memory)
        return vsnprintf(NULL, 0, format, arguments);
    const size_t room = cb__min(memory->capacity - memory->used, INT_MAX - 1);
    return vsnprintf((char *)memory->data + memory->used, room + 1, format, arguments);
}

/* Adds the next n bytes of a block that is, or becomes, the tail. */
static int show(struct cb_buffer *buffer, struct cb_memory *memory, size_t n)
{
    int status = cb__buffer_append_block(buffer, memory, memory->data + memory->used, n);
    if (!status)
        memory->used += n;
    return status;
}

static int print_to_new_block(struct cb_buffer *buffer, size_t n, const char *format,
                              va_list arguments)
{
    struct cb_memory *memory = cb__pool_get(buffer->pool, cb__max(n, buffer->chunk_size));
    if (!memory)
        return CB_ENOMEM;
    print_into(memory, format, arguments);
    int status = show(buffer, memory, n);
    if (status)
        cb__memory_unref(memory);
    else
        cb__buffer_set_tail(buffer, memory);
    return status;
}

int cb_vprintf(struct cb_buffer *buffer, const char *format, va_list arguments)
{
    struct cb_memory *tail = free_tail(buffer);
    va_list again;
    va_copy(again, arguments);
    const int n = print_into(tail, format, arguments);
    int status = CB_OK;
    if (n < 0)
        status = CB_EINVAL;
    else if (n && tail && (size_t)n <= tail->capacity - tail->used)
        status = show(buffer, tail, (size_t)n);
    else if (n)
        status = print_to_new_block(buffer, (size_t)n, format, again);
    va_end(again);
    return status;
}

int cb_printf(struct cb_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = cb_vprintf(buffer, format, arguments);
    va_end(arguments);
    return status;
}
