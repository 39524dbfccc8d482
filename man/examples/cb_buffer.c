/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <chunkedbuffer.h>

/* A buffer with room for 8 bytes, and its place in the stream. */
int main(void)
{
    struct cb_buffer *buffer;
    const struct cb_buffer_options options = {.size = sizeof options,
                                              .limit = 8};
    if (cb_buffer_new(&buffer, &options))
        return 1;
    int status = cb_append(buffer, "hello", 5);
    if (!status && cb_append(buffer, "world", 5) == CB_ELIMIT)
        printf("full with %zu bytes\n", cb_length(buffer));
    cb_skip(buffer, 2);
    printf("byte %llu is next\n",
           (unsigned long long)cb_position(buffer));
    cb_buffer_free(buffer);
    return status;
}
