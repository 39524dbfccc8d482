/* SPDX-License-Identifier: MIT */
#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#ifndef IOV_MAX
#define IOV_MAX 16 /* the least that POSIX allows */
#endif

enum { PIPE_SIZE = 1 << 20 };

void fd_wait(int fd, short events)
{
    struct pollfd entry = {.fd = fd, .events = events};
    while (poll(&entry, 1, -1) < 0 && errno == EINTR)
        continue;
}

int fd_write_all(int fd, struct iovec *areas, size_t count)
{
    while (count) {
        ssize_t n = writev(fd, areas, (int)(count < IOV_MAX ? count : IOV_MAX));
        if (n < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK)
                fd_wait(fd, POLLOUT);
            else if (errno != EINTR)
                return errno;
            continue;
        }
        size_t left = (size_t)n;
        while (count && left >= areas->iov_len) {
            left -= areas->iov_len;
            areas++;
            count--;
        }
        if (count) {
            areas->iov_base = (char *)areas->iov_base + left;
            areas->iov_len -= left;
        }
    }
    return 0;
}

void fd_grow_pipe(int fd)
{
#ifdef F_SETPIPE_SZ
    int size = fcntl(fd, F_GETPIPE_SZ);
    if (size > 0 && size < PIPE_SIZE)
        fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
#else
    (void)fd;
#endif
}
