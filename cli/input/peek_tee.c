/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "peek.h"
#include "../common/fd.h"

/* One way for each kind of descriptor.  Each returns as read(2) does. */
struct peek_way {
    /* Copies the held bytes again, to the scratch, and those after them. */
    ssize_t (*look)(struct peek *peek, void *data, size_t size);
    /* Takes at most n bytes. */
    ssize_t (*take)(struct peek *peek, size_t n);
};

/* Reads all n bytes of the copy: what is left there would be taken for the next one.  0, or
 * -1 with errno set. */
static int read_copy(struct peek *peek, char *data, size_t n)
{
    const size_t held = peek->held < n ? peek->held : n;
    for (size_t done = 0; done < n;) {
        const size_t again = done < held ? done : held, more = done - again;
        struct iovec areas[] = {{peek->scratch + again, held - again},
                                {data + more, n - held - more}};
        ssize_t got = readv(peek->copy[0], areas, 2);
        if (got == 0)
            errno = EIO; /* it cannot be empty */
        if (got <= 0 && errno != EINTR && errno != EAGAIN)
            return -1; /* (it does not block, as there is something) */
        done += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

/* tee(2) copies a pipe without consuming it, and we read the copy, which is empty
 * before and after. */
static ssize_t look_pipe(struct peek *peek, void *data, size_t size)
{
    ssize_t n = tee(peek->fd, peek->copy[1], peek->held + size, 0);
    if (n <= 0)
        return n;
    return read_copy(peek, data, (size_t)n) < 0 ? -1 : n;
}

/* Held bytes are there, so read takes them as well, though by a copy. */
static ssize_t take_pipe(struct peek *peek, size_t n)
{
    ssize_t taken = splice(peek->fd, NULL, peek->null, NULL, n, 0);
    if (taken >= 0 || errno == EINTR)
        return taken;
    return read(peek->fd, peek->scratch, n < PEEK_MOST ? n : PEEK_MOST);
}

static ssize_t look_socket(struct peek *peek, void *data, size_t size)
{
    struct iovec areas[] = {{peek->scratch, peek->held}, {data, size}};
    struct msghdr message = {.msg_iov = areas, .msg_iovlen = 2};
    return recvmsg(peek->fd, &message, MSG_PEEK);
}

static ssize_t take_socket(struct peek *peek, size_t n)
{
    return recv(peek->fd, peek->scratch, n < PEEK_MOST ? n : PEEK_MOST, 0);
}

static const struct peek_way pipe_way = {look_pipe, take_pipe};
static const struct peek_way socket_way = {look_socket, take_socket};

static int find_way(struct peek *peek)
{
    struct stat status;
    int type = 0;
    socklen_t size = sizeof type;
    if (fstat(peek->fd, &status) < 0)
        return errno;
    if (S_ISFIFO(status.st_mode))
        peek->way = &pipe_way;
    if (!S_ISSOCK(status.st_mode))
        return 0;
    if (getsockopt(peek->fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0)
        return errno;
    if (type != SOCK_STREAM)
        return ESOCKTNOSUPPORT; /* a part of a datagram cannot be left */
    peek->way = &socket_way;
    return 0;
}

/* Does the system let us peek?  A sandbox may not. */
static bool can_tee(struct peek *peek)
{
    ssize_t n;
    do {
        n = tee(peek->fd, peek->copy[1], 1, SPLICE_F_NONBLOCK);
    } while (n < 0 && errno == EINTR);
    if (n > 0)
        return read_copy(peek, peek->scratch, (size_t)n) == 0;
    return n == 0 || errno == EAGAIN;
}

static int open_pipe(struct peek *peek)
{
    peek->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (peek->null < 0 || pipe2(peek->copy, O_CLOEXEC) < 0)
        return errno;
    /* The copy needs as many places as the pipe: each of them may hold a single byte. */
    fd_grow_pipe(peek->copy[1]);
    if (!can_tee(peek))
        peek_close(peek);
    return 0;
}

int peek_open(struct peek *peek, int fd)
{
    *peek = (struct peek){.fd = fd, .copy = {-1, -1}, .null = -1, .events = -1};
    int status = find_way(peek);
    if (status || !peek->way)
        return status;
    peek->scratch = malloc(PEEK_MOST);
    if (!peek->scratch)
        status = ENOMEM;
    else if (peek->way == &pipe_way)
        status = open_pipe(peek);
    if (status)
        peek_close(peek);
    return status;
}

/* poll would return at once, for the held bytes; an edge comes with each write.  0, or -1
 * with errno set. */
static int need_events(struct peek *peek)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET};
    if (peek->events >= 0)
        return 0;
    peek->events = epoll_create1(EPOLL_CLOEXEC);
    return peek->events < 0 ? -1 : epoll_ctl(peek->events, EPOLL_CTL_ADD, peek->fd, &event);
}

/* Waits for an edge, so many milliseconds or (-1) as long as that takes.  How many there
 * were, or -1 with errno set. */
static int take_edge(struct peek *peek, int milliseconds)
{
    struct epoll_event event;
    int n;
    do {
        n = epoll_wait(peek->events, &event, 1, milliseconds);
    } while (n < 0 && errno == EINTR);
    /* A last byte may have come with it. */
    if (n > 0)
        peek->ended = event.events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR);
    return n;
}

/* Waits for more than what is held, or the end.  0, or -1 with errno set. */
static int wait_for_more(struct peek *peek)
{
    return need_events(peek) < 0 || take_edge(peek, -1) < 0 ? -1 : 0;
}

int peek_pollable(struct peek *peek)
{
    char byte;
    if (!peek->held)
        return peek->fd;
    if (need_events(peek) < 0 || take_edge(peek, 0) < 0)
        return -1;
    /* An edge from now on is one of more bytes, unless they are there already. */
    const ssize_t n = peek->way->look(peek, &byte, 1);
    const bool is_more = n < 0 || (size_t)n > peek->held || peek->ended;
    return is_more ? peek->fd : peek->events;
}

/* There was nothing.  0 to try again, or -1 with errno set. */
static int wait_for_any(struct peek *peek)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        fd_wait(peek->fd, POLLIN);
    else if (errno != EINTR)
        return -1;
    return 0;
}

ssize_t peek_more(struct peek *peek, void *data, size_t size)
{
    if (peek->held >= PEEK_MOST) {
        errno = ENOBUFS;
        return -1;
    }
    size = size < PEEK_MOST - peek->held ? size : PEEK_MOST - peek->held;
    for (;;) {
        bool ended = peek->ended;
        ssize_t n = peek->way->look(peek, data, size);
        if (n > 0 && (size_t)n > peek->held) {
            size_t more = (size_t)n - peek->held;
            peek->held += more;
            return (ssize_t)more;
        }
        if (n == 0 || (n > 0 && ended))
            return 0;
        if ((n > 0 ? wait_for_more(peek) : wait_for_any(peek)) < 0)
            return -1;
    }
}

int peek_take(struct peek *peek, size_t left)
{
    while (peek->held > left) {
        ssize_t n = peek->way->take(peek, peek->held - left);
        if (n < 0 && errno != EINTR)
            return errno;
        if (n == 0)
            return EIO; /* somebody else took it */
        if (n > 0)
            peek->held -= (size_t)n;
    }
    return 0;
}

void peek_close(struct peek *peek)
{
    const int fds[] = {peek->copy[0], peek->copy[1], peek->null, peek->events};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
    free(peek->scratch);
    peek->scratch = NULL;
    peek->way = NULL;
}
