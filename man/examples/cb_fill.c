/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <chunkedbuffer.h>

/* Three ways in: memory to write into, a copy, formatted text. */
int main(void)
{
    struct cb_buffer *buffer;
    void *data;
    size_t size;
    const void *all;
    if (cb_buffer_new(&buffer, NULL))
        return 1;
    int status =
        cb_get_chunk(buffer, 100, &data, &size); /* 100 bytes or more */
    if (!status) {
        memcpy(data, "red, ", 5);
        status = cb_chunk_written(buffer, 5);
    }
    if (!status)
        status = cb_append(buffer, "green, ", 7);
    if (!status)
        status = cb_printf(buffer, "%s %d", "blue", 3);
    if (!status && cb_data(buffer, cb_length(buffer), &all) == CB_YES)
        printf("%.*s\n", (int)cb_length(buffer), (const char *)all);
    cb_buffer_free(buffer);
    return status;
}
