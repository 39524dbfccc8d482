/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "../common/deadline.h"
#include "../common/fd.h"

/* Nanoseconds after the first bytes when what is here must do. */
enum { PATIENCE = 400000000 };

/* Will there be more bytes, or the end, in time? */
static bool comes_in_time(struct source *source, const struct deadline *deadline)
{
    const int fd = source_pollable(source);
    return fd < 0 || fd_wait_until(fd, POLLIN, deadline);
}

static int read_into(struct cb_buffer *buffer, struct source *source, bool *whole)
{
    struct deadline deadline;
    while (cb_length(buffer) < SAMPLE_MOST) {
        if (cb_length(buffer) && !comes_in_time(source, &deadline))
            return 0;
        const bool is_first = !cb_length(buffer);
        const ssize_t n = source_read(source, buffer, SAMPLE_MOST - cb_length(buffer));
        if (n < 0)
            return n == CB_EIO ? errno : ENOMEM;
        if (!n) {
            *whole = true;
            return 0;
        }
        if (is_first)
            deadline = deadline_in(PATIENCE);
    }
    return 0;
}

int sample_read(struct sample *sample, struct source *source)
{
    struct cb_buffer *buffer;
    *sample = (struct sample){.data = NULL};
    if (cb_buffer_new(&buffer, NULL))
        return ENOMEM;
    int number = read_into(buffer, source, &sample->whole);
    sample->size = cb_length(buffer);
    sample->data = malloc(sample->size + 1);
    if (sample->data)
        cb_copyout(buffer, 0, sample->size, sample->data);
    else
        number = number ? number : ENOMEM;
    cb_buffer_free(buffer);
    return number;
}
