/* SPDX-License-Identifier: MIT */
/* Calls that open, close, ask about and change descriptors and files. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preload.h"

UNSIZED(off_t, lseek, -1, (int fd, off_t at, int from), (fd, at, from))
UNSIZED(int, fstat, -1, (int fd, struct stat *status), (fd, status))
UNSIZED(int, ftruncate, -1, (int fd, off_t size), (fd, size))
UNSIZED(int, unlink, -1, (const char *path), (path))
UNSIZED(int, pipe, -1, (int ends[2]), (ends))
#ifdef __linux__
UNSIZED(int, pipe2, -1, (int ends[2], int flags), (ends, flags))
#endif
UNSIZED(int, getsockopt, -1, (int fd, int level, int option, void *value, socklen_t *size),
        (fd, level, option, value, size))

/* fcntl and ioctl take a third argument or none.  None is larger than a pointer, so all are
 * passed on as one. */
int fcntl(int fd, int command, ...)
{
    static int (*real)(int, int, ...);
    size_t most = 1;
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    FIND_REAL(real, "fcntl");
#ifdef F_SETPIPE_SZ
    if (command == F_SETPIPE_SZ)
        return may_go_on(CALL_grow_pipe, &most) ? real(fd, command, argument) : -1;
#endif
    return may_go_on(CALL_fcntl, &most) ? real(fd, command, argument) : -1;
}

/* (musl differs from all others here.) */
#if defined __linux__ && !defined __GLIBC__
typedef int request_number;
#else
typedef unsigned long request_number;
#endif

int ioctl(int fd, request_number request, ...)
{
    static int (*real)(int, request_number, ...);
    size_t most = 1;
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    FIND_REAL(real, "ioctl");
    return may_go_on(CALL_ioctl, &most) ? real(fd, request, argument) : -1;
}

static bool is_hidden(const char *path)
{
    for (const char *at = started ? getenv("HIDE") : NULL; at && *at;) {
        size_t n = strcspn(at, ":");
        if (n && strncmp(path, at, n) == 0)
            return true;
        at += n + (at[n] == ':');
    }
    return false;
}

int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    size_t most = 1;
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(list, unsigned) : 0;
    va_end(list);
    FIND_REAL(real, "open");
    if (!may_go_on(CALL_open, &most))
        return -1;
    if (!is_hidden(path))
        return real(path, flags, mode);
    errno = ENOENT;
    return -1;
}

/* Where it is to fail, the descriptor is closed all the same, as the system does. */
int close(int fd)
{
    static int (*real)(int);
    size_t most = 1;
    FIND_REAL(real, "close");
    bool works = may_go_on(CALL_close, &most);
    if (fd == STDOUT_FILENO && works)
        works = output_may_close();
    int number = errno, result = real(fd);
    if (works)
        return result;
    errno = number;
    return -1;
}
