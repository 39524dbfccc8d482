/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <chunkedbuffer.h>

/* A number in network byte order, and as LEB128; and back. */
int main(void)
{
    struct cb_buffer *buffer;
    uint64_t port, id;
    if (cb_buffer_new(&buffer, NULL))
        return 1;
    int status = cb_append_uint(buffer, 8080, 2, CB_BIG_ENDIAN);
    if (!status)
        status = cb_append_varint(buffer, 300);
    printf("%zu bytes\n", cb_length(buffer));
    if (!status &&
        cb_read_uint(buffer, 2, CB_BIG_ENDIAN, &port) == CB_YES &&
        cb_read_varint(buffer, &id) == CB_YES)
        printf("%llu %llu\n", (unsigned long long)port,
               (unsigned long long)id);
    cb_buffer_free(buffer);
    return status;
}
