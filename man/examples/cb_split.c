/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <chunkedbuffer.h>

/* The parts between commas, without the blanks around them. */
int main(void)
{
    struct cb_buffer *buffer = NULL, *part = NULL;
    struct cb_split *split = NULL;
    const void *data;
    int status = cb_buffer_new(&buffer, NULL);
    if (!status)
        status = cb_buffer_new(&part, NULL);
    if (!status)
        status = cb_append(buffer, "red, green ,blue", 16);
    if (!status)
        status = cb_split_new(&split, buffer, ",", 1, CB_ALL);
    while (!status && (status = cb_split_next(split, part)) == CB_YES) {
        cb_strip(part, NULL, 0);
        status = cb_data(part, cb_length(part), &data);
        if (status == CB_YES)
            printf("<%.*s>\n", (int)cb_length(part),
                   (const char *)data);
        cb_skip(part, CB_ALL);
        status = status < 0 ? status : 0;
    }
    cb_split_free(split);
    cb_buffer_free(part);
    cb_buffer_free(buffer);
    return status != CB_END;
}
