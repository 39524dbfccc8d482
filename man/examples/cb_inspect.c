/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <chunkedbuffer.h>

/* Where is the empty line, and what comes before it? */
int main(void)
{
    struct cb_buffer *buffer;
    size_t at;
    const void *head;
    if (cb_buffer_new(&buffer, NULL))
        return 1;
    int status = cb_append(buffer, "GET / HTTP/1.1\r\n\r\nbody", 22);
    if (!status &&
        cb_find(buffer, "\r\n\r\n", 4, 0, CB_ALL, &at) == CB_YES &&
        cb_data(buffer, at, &head) == CB_YES)
        printf("%.*s\n", (int)at, (const char *)head);
    cb_buffer_free(buffer);
    return status;
}
