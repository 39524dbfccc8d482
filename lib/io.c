/* SPDX-License-Identifier: MIT */
/*
 * Input and output: one readv in, as many writev as it takes out.
 * Layer: base -> ... -> buffer -> io.
 */
#include <errno.h>
#include <limits.h>

#include "buffer.h"

/* Entries given to one writev: enough for 256 KiB of chunks of 1 KiB, and no
 * more than any system takes. */
#if defined IOV_MAX && IOV_MAX < 256
enum { VECTORS = IOV_MAX };
#else
enum { VECTORS = 256 };
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

ssize_t cb_writev(struct cb_buffer *buffer, int fd)
{
    struct iovec chunks[VECTORS];
    size_t written = 0;
    while (buffer->length) {
        size_t count = cb__min(cb_chunks(buffer, chunks, VECTORS), VECTORS);
        ssize_t n = writev(fd, chunks, (int)count);
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
