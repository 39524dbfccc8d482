/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"

int source_open(struct source *source, const char *path)
{
    if (strcmp(path, "-") == 0) {
        *source = (struct source){.name = "stdin", .fd = STDIN_FILENO};
    } else {
        *source = (struct source){.name = path, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)};
        if (source->fd < 0)
            return errno;
    }
    fd_grow_pipe(source->fd);
    return 0;
}

ssize_t source_read(struct source *source, struct cb_buffer *buffer)
{
    ssize_t n;
    while ((n = cb_readinto(buffer, source->fd, 0)) == CB_EAGAIN)
        fd_wait(source->fd, POLLIN);
    return n;
}

void source_close(struct source *source, uint64_t unused)
{
    if (unused)
        lseek(source->fd, -(off_t)unused, SEEK_CUR); /* pipes refuse */
    if (source->fd != STDIN_FILENO)
        close(source->fd);
    source->fd = -1;
}
