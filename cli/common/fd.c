/* SPDX-License-Identifier: MIT */
#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../system/moving.h"
#include "../system/waiting.h"

#ifndef IOV_MAX
#define IOV_MAX 16 /* the minimum of POSIX */
#endif

enum { PIPE_SIZE = 1 << 20 };

bool fd_fill_standard(void)
{
    bool has_output = true;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        has_output = has_output && fd != STDOUT_FILENO;
        open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY); /* takes the lowest */
    }
    return has_output;
}

static void on_limit(int signal)
{
    (void)signal; /* the call fails */
}

/* By a handler, as signals that are ignored stay so in the commands that we run. */
void fd_catch_limit(void)
{
    struct sigaction action = {.sa_handler = on_limit, .sa_flags = SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGXFSZ, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGXFSZ, &action, NULL);
}

int fd_pipe(int ends[2], int own)
{
    if (pipe(ends) < 0)
        return errno;
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 &&
        fcntl(ends[own], F_SETFL, O_NONBLOCK) == 0)
        return 0;
    int number = errno;
    close(ends[0]);
    close(ends[1]);
    return number;
}

bool fd_wait_until(int fd, short events, const struct deadline *deadline)
{
    struct pollfd entry = {.fd = fd, .events = events};
    struct timespec left;
    int ready;
    do {
        ready = waiting_poll(&entry, 1, deadline_left(deadline, &left));
    } while (ready < 0 && errno == EINTR);
    return ready != 0; /* after an error, what needs the descriptor reports it */
}

void fd_wait(int fd, short events)
{
    (void)fd_wait_until(fd, events, NULL);
}

bool fd_is_screen(int fd)
{
    const char *terminal = getenv("TERM");
    return isatty(fd) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

bool fd_takes_color(int fd)
{
    const char *no = getenv("NO_COLOR");
    return fd_is_screen(fd) && (!no || !*no);
}

/* Drops the first n bytes. */
static void skip_bytes(struct iovec **areas, size_t *count, size_t n)
{
    while (*count && n >= (*areas)->iov_len) {
        n -= (*areas)->iov_len;
        ++*areas;
        --*count;
    }
    if (*count) {
        (*areas)->iov_base = (char *)(*areas)->iov_base + n;
        (*areas)->iov_len -= n;
    }
}

/* Writes as much as can be written now, and changes the areas to what is left.  0 if
 * that is nothing, or an errno, EAGAIN among them. */
static int write_some(int fd, struct iovec **areas, size_t *count)
{
    while (*count) {
        ssize_t n = writev(fd, *areas, (int)(*count < IOV_MAX ? *count : IOV_MAX));
        if (n >= 0)
            skip_bytes(areas, count, (size_t)n);
        else if (errno != EINTR)
            return errno == EWOULDBLOCK ? EAGAIN : errno;
    }
    return 0;
}

int fd_write_all(int fd, struct iovec *areas, size_t count)
{
    int number;
    while ((number = write_some(fd, &areas, &count)) == EAGAIN)
        fd_wait(fd, POLLOUT);
    return number;
}

/* The most for one call, so that --progress has something new to show several times
 * a second, even from and to a disk. */
enum { MOVE_MAX = 1 << 26 };

/* Waits for the side that is not ready: the input, if it has nothing. */
static void wait_either(int in, int out)
{
    struct pollfd entry = {.fd = in, .events = POLLIN};
    if (poll(&entry, 1, 0) == 0)
        fd_wait(in, POLLIN);
    else
        fd_wait(out, POLLOUT);
}

size_t fd_move(int in, int out, uint64_t n)
{
    const size_t most = n < MOVE_MAX ? (size_t)n : MOVE_MAX;
    ssize_t moved;
    while ((moved = moving_some(in, out, most)) < 0)
        wait_either(in, out);
    return (size_t)moved;
}

size_t fd_discard(int in, int null, uint64_t n)
{
    struct stat status;
    if (fstat(in, &status) < 0 || !S_ISREG(status.st_mode))
        return fd_move(in, null, n);
    /* Seeking beyond the end would succeed. */
    off_t at = lseek(in, 0, SEEK_CUR);
    if (at < 0 || at >= status.st_size)
        return 0;
    uint64_t left = (uint64_t)(status.st_size - at);
    uint64_t step = n < left ? n : left;
    if (step > SIZE_MAX / 2)
        step = SIZE_MAX / 2;
    return lseek(in, (off_t)step, SEEK_CUR) < 0 ? 0 : (size_t)step;
}

bool fd_chases(int in, int out, bool ends)
{
    struct stat from, to;
    if (fstat(in, &from) < 0 || !S_ISREG(from.st_mode) || fstat(out, &to) < 0 ||
        from.st_dev != to.st_dev || from.st_ino != to.st_ino ||
        lseek(in, 0, SEEK_CUR) >= from.st_size)
        return false;
    const bool appends = fcntl(out, F_GETFL) & O_APPEND;
    return !ends || (!appends && lseek(out, 0, SEEK_CUR) < to.st_size);
}

bool fd_has_datagrams(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type != SOCK_STREAM;
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
