/* SPDX-License-Identifier: MIT */
/*
 * Input and output: one readv in, as many writev as it takes out.
 * Layer: base -> ... -> buffer -> io.
 */
#include <errno.h>
#include <limits.h>

#include "buffer.h"

/* Entries given to one writev: the most that any system takes, so that many short
 * chunks cost few calls. */
#if defined IOV_MAX && IOV_MAX < 1024
enum { VECTORS = IOV_MAX };
#else
enum { VECTORS = 1024 };
#endif

static int io_error(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK ? CB_EAGAIN : CB_EIO;
}

ssize_t cb_readinto(struct cb_buffer *buffer, int fd, size_t hint)
{
    struct iovec areas[2];
    ssize_t count = cb_reserve(buffer, hint, areas, 2);
    if (count < 0)
        return count;
    ssize_t n;
    do {
        n = readv(fd, areas, (int)count);
    } while (n < 0 && errno == EINTR);
    int saved = errno;
    cb_commit(buffer, n > 0 ? (size_t)n : 0);
    errno = saved;
    return n < 0 ? io_error() : n;
}

/* The chunks of the first `most` bytes, as far as one call takes them. */
static int first_chunks(const struct cb_buffer *buffer, size_t most, struct iovec *chunks)
{
    const size_t count = cb__min(buffer->count, VECTORS);
    size_t i = 0;
    for (; i < count && most; i++) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        const size_t n = cb__min(most, chunk->length);
        chunks[i] = (struct iovec){.iov_base = (void *)chunk->data, .iov_len = n};
        most -= n;
    }
    return (int)i;
}

ssize_t cb_writev(struct cb_buffer *buffer, int fd, size_t most)
{
    struct iovec chunks[VECTORS];
    size_t written = 0;
    while (buffer->length && written < most) {
        ssize_t n = writev(fd, chunks, first_chunks(buffer, most - written, chunks));
        if (n >= 0) {
            written += cb_skip(buffer, (size_t)n);
            continue;
        }
        if (errno == EINTR)
            continue;
        int status = io_error();
        return status == CB_EAGAIN && written ? (ssize_t)written : status;
    }
    return (ssize_t)written;
}
