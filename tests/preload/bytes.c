/* SPDX-License-Identifier: MIT */
/* Calls that move bytes: each can fail, or move fewer than it was asked for. */
#include <limits.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef __linux__
#include <fcntl.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#endif

#include "preload.h"

/* No call of readv or writev gets more of them. */
enum { AREAS = 64 };

/* Copies the areas as far as `most` bytes go, AREAS of them at most; returns how
 * many there are. */
static int cut_areas(struct iovec *cut, const struct iovec *areas, int count, size_t most)
{
    int n = 0;
    for (; n < count && n < AREAS && most; n++) {
        cut[n] = areas[n];
        if (cut[n].iov_len > most)
            cut[n].iov_len = most;
        most -= cut[n].iov_len;
    }
    return n;
}

SIZED(ssize_t, read, (int fd, void *data, size_t size), (fd, data, size))
SIZED(ssize_t, pread, (int fd, void *data, size_t size, off_t at), (fd, data, size, at))
SIZED(ssize_t, recv, (int fd, void *data, size_t size, int flags), (fd, data, size, flags))
UNSIZED(ssize_t, recvmsg, -1, (int fd, struct msghdr *message, int flags), (fd, message, flags))

ssize_t readv(int fd, const struct iovec *areas, int count)
{
    static ssize_t (*real)(int, const struct iovec *, int);
    struct iovec cut[AREAS];
    size_t most = SSIZE_MAX;
    FIND_REAL(real, "readv");
    if (!may_go_on(CALL_readv, &most))
        return -1;
    return real(fd, cut, cut_areas(cut, areas, count, most));
}

ssize_t write(int fd, const void *data, size_t size)
{
    static ssize_t (*real)(int, const void *, size_t);
    FIND_REAL(real, "write");
    return fd == STDERR_FILENO || may_go_on(CALL_write, &size) ? real(fd, data, size) : -1;
}

ssize_t writev(int fd, const struct iovec *areas, int count)
{
    static ssize_t (*real)(int, const struct iovec *, int);
    struct iovec cut[AREAS];
    size_t most = SSIZE_MAX;
    FIND_REAL(real, "writev");
    if (fd != STDERR_FILENO && !may_go_on(CALL_writev, &most))
        return -1;
    return real(fd, cut, cut_areas(cut, areas, count, most));
}

#ifdef __linux__
SIZED(ssize_t, splice,
      (int in, loff_t *in_at, int out, loff_t *out_at, size_t size, unsigned flags),
      (in, in_at, out, out_at, size, flags))
SIZED(ssize_t, tee, (int in, int out, size_t size, unsigned flags), (in, out, size, flags))
SIZED(ssize_t, copy_file_range,
      (int in, loff_t *in_at, int out, loff_t *out_at, size_t size, unsigned flags),
      (in, in_at, out, out_at, size, flags))
SIZED(ssize_t, sendfile, (int out, int in, off_t *in_at, size_t size), (out, in, in_at, size))
SIZED(ssize_t, getrandom, (void *to, size_t size, unsigned flags), (to, size, flags))
#endif
