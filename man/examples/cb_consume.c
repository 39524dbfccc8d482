/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>
#include <chunkedbuffer.h>

/* The length of each line of standard input; 1,000 at most. */
int main(void)
{
    struct cb_buffer *buffer = NULL, *line = NULL;
    int status = cb_buffer_new(&buffer, NULL);
    if (!status)
        status = cb_buffer_new(&line, NULL);
    while (!status) {
        status = cb_takeline(buffer, 0, 1000, 0, line);
        if (status == CB_YES) {
            printf("%zu\n", cb_length(line));
            cb_skip(line, CB_ALL);
            status = 0;
        } else if (status == CB_MORE) {
            ssize_t n = cb_readinto(buffer, STDIN_FILENO, CB_ALL);
            status = n > 0 ? 0 : n < 0 ? (int)n : CB_END;
        }
    }
    cb_buffer_free(line);
    cb_buffer_free(buffer);
    return status != CB_END;
}
