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
        *source = (struct source){.name = "stdin", .fd = STDIN_FILENO, .null = -1};
    } else {
        *source = (struct source){
            .name = path, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), .null = -1};
        if (source->fd < 0)
            return errno;
    }
    fd_grow_pipe(source->fd);
    return 0;
}

/* One read of at most `most` bytes. */
static ssize_t read_few(struct source *source, struct cb_buffer *buffer, size_t most)
{
    void *data;
    size_t size;
    int status = cb_get_chunk(buffer, most, &data, &size);
    if (status)
        return status;
    ssize_t n;
    do {
        n = read(source->fd, data, most < size ? most : size);
    } while (n < 0 && errno == EINTR);
    int number = errno;
    cb_chunk_written(buffer, n > 0 ? (size_t)n : 0);
    errno = number;
    if (n < 0)
        return number == EAGAIN || number == EWOULDBLOCK ? CB_EAGAIN : CB_EIO;
    return n;
}

ssize_t source_read(struct source *source, struct cb_buffer *buffer, size_t most)
{
    for (;;) {
        ssize_t n = most ? read_few(source, buffer, most) : cb_readinto(buffer, source->fd, 0);
        if (n != CB_EAGAIN)
            return n;
        fd_wait(source->fd, POLLIN);
    }
}

size_t source_discard(struct source *source, uint64_t n)
{
    if (source->null < 0)
        source->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    return source->null < 0 ? 0 : fd_discard(source->fd, source->null, n);
}

void source_close(struct source *source, uint64_t unused)
{
    if (unused)
        lseek(source->fd, -(off_t)unused, SEEK_CUR); /* pipes refuse */
    if (source->null >= 0)
        close(source->null);
    if (source->fd != STDIN_FILENO)
        close(source->fd);
    source->fd = -1;
}
