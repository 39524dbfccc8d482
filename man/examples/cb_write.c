/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>
#include <chunkedbuffer.h>

/* Copies standard input to standard output. */
int main(void)
{
    struct cb_buffer *buffer;
    ssize_t n;
    if (cb_buffer_new(&buffer, NULL))
        return 1;
    while ((n = cb_readinto(buffer, STDIN_FILENO, CB_ALL)) > 0)
        if ((n = cb_writev(buffer, STDOUT_FILENO, CB_ALL)) < 0)
            break;
    if (n < 0)
        perror("copy");
    cb_buffer_free(buffer);
    return n < 0;
}
