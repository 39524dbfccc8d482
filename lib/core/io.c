/* SPDX-License-Identifier: MIT */
/*
 * Input and output: one readv, and as many writev or sendmsg as needed.
 * Layer: base -> ... -> buffer -> io.
 */
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>

#include "core/buffer.h"

/* Entries passed to one writev: the maximum of every system, so that many short chunks
 * take few calls. */
#if defined IOV_MAX && IOV_MAX < 1024
enum { VECTORS = IOV_MAX };
#else
enum { VECTORS = 1024 };
#endif

static int io_error(void)
{
    /* not taken: Linux has one number for both */
    return errno == EAGAIN || errno == EWOULDBLOCK ? CB_EAGAIN : CB_EIO;
}

/* Reduces the areas to their first `most` bytes; returns how many areas are left. */
static int cut_areas(struct iovec *areas, size_t count, size_t most)
{
    size_t i = 0;
    for (; i < count && most; i++) {
        areas[i].iov_len = cb__min(areas[i].iov_len, most);
        most -= areas[i].iov_len;
    }
    return (int)i;
}

ssize_t cb_readinto(struct cb_buffer *buffer, int fd, size_t most)
{
    struct iovec areas[2];
    if (!most)
        return CB_EINVAL;
    ssize_t count = cb_reserve(buffer, cb__min(most, buffer->chunk_size), areas, 2);
    if (count < 0)
        return count;
    buffer->offered = cb__min(buffer->offered, most);
    const int used = cut_areas(areas, (size_t)count, most);
    ssize_t n;
    do {
        n = readv(fd, areas, used);
    } while (n < 0 && errno == EINTR);
    int saved = errno;
    if (n > 0 && (size_t)n == most)
        cb__buffer_show_offer(buffer, most); /* the chunk size does not depend on the caller's
                                                bound */
    else
        cb_commit(buffer, n > 0 ? (size_t)n : 0);
    errno = saved;
    return n < 0 ? io_error() : n;
}

/* The chunks of the first `most` bytes, as many as one call takes. */
static size_t first_chunks(const struct cb_buffer *buffer, size_t most, struct iovec *chunks)
{
    const size_t count = cb__min(buffer->count, VECTORS);
    for (size_t i = 0; i < count; i++) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        chunks[i] = (struct iovec){.iov_base = (void *)chunk->data, .iov_len = chunk->length};
    }
    return (size_t)cut_areas(chunks, count, most);
}

typedef ssize_t write_fn(int fd, struct iovec *chunks, size_t count);

static ssize_t write_file(int fd, struct iovec *chunks, size_t count)
{
    return writev(fd, chunks, (int)count);
}

static ssize_t write_socket(int fd, struct iovec *chunks, size_t count)
{
    struct msghdr message = {.msg_iov = chunks};
    message.msg_iovlen = (__typeof__(message.msg_iovlen))count; /* an int, or size_t with glibc */
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static ssize_t write_most(struct cb_buffer *buffer, write_fn *write_some, int fd, size_t most)
{
    struct iovec chunks[VECTORS];
    size_t written = 0;
    while (buffer->length && written < most) {
        ssize_t n = write_some(fd, chunks, first_chunks(buffer, most - written, chunks));
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

ssize_t cb_writev(struct cb_buffer *buffer, int fd, size_t most)
{
    return write_most(buffer, write_file, fd, most);
}

ssize_t cb_send(struct cb_buffer *buffer, int fd, size_t most)
{
    return write_most(buffer, write_socket, fd, most);
}
