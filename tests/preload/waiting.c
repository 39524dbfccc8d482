/* SPDX-License-Identifier: MIT */
/* Calls that wait, and the clock they wait by. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/epoll.h>
#endif

#include "preload.h"

static void wait_before_poll(void)
{
    static bool waited;
    char byte;
    const char *path = started && !waited ? getenv("WAIT_BEFORE_POLL") : NULL;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    waited = waited || path;
    while (fd >= 0 && read(fd, &byte, 1) > 0)
        continue;
    if (fd >= 0)
        close(fd);
}

static long time_runs(void)
{
    static long runs;
    if (!runs) {
        const char *text = getenv("TIME_RUNS");
        runs = text ? strtol(text, NULL, 10) : 1;
    }
    return runs;
}

enum { SECOND = 1000000000 };

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    static struct timespec first;
    FIND_REAL(real, "clock_gettime");
    int result = real(clock, now);
    if (result || clock != CLOCK_MONOTONIC || time_runs() == 1)
        return result;
    if (!first.tv_sec)
        first = *now;
    const int64_t passed =
        (int64_t)(now->tv_sec - first.tv_sec) * SECOND + now->tv_nsec - first.tv_nsec;
    now->tv_sec = first.tv_sec + (time_t)(passed * time_runs() / SECOND);
    now->tv_nsec = (long)(passed * time_runs() % SECOND);
    return 0;
}

static bool hangs_up(void)
{
    return started && getenv("HANGUP");
}

/* Entries without events become negative descriptors, which poll ignores. */
static void leave_out(struct pollfd *entries, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++) {
        if (!entries[i].events)
            entries[i].fd = ~entries[i].fd;
    }
}

static void put_back(struct pollfd *entries, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++) {
        if (!entries[i].events)
            entries[i].fd = ~entries[i].fd;
        if (entries[i].revents & POLLERR)
            entries[i].revents = POLLHUP;
    }
}

typedef int ppoll_fn(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);

/* With a timeout as much shorter as the clock is faster; NULL: none. */
static int poll_fast(ppoll_fn *real, struct pollfd *entries, nfds_t count,
                     const struct timespec *timeout, const sigset_t *mask)
{
    struct timespec shorter;
    if (timeout && time_runs() > 1) {
        const long runs = time_runs();
        const int64_t left = timeout->tv_sec % runs * SECOND + timeout->tv_nsec;
        shorter.tv_sec = timeout->tv_sec / runs;
        shorter.tv_nsec = (long)((left + runs - 1) / runs);
        timeout = &shorter;
    }
    if (!hangs_up())
        return real(entries, count, timeout, mask);
    leave_out(entries, count);
    const int ready = real(entries, count, timeout, mask);
    put_back(entries, count);
    return ready;
}

int poll(struct pollfd *entries, nfds_t count, int timeout)
{
    static ppoll_fn *real;
    struct timespec room = {.tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1000000L};
    size_t most = 1;
    FIND_REAL(real, "ppoll");
    wait_before_poll();
    return may_go_on(CALL_poll, &most)
               ? poll_fast(real, entries, count, timeout < 0 ? NULL : &room, NULL)
               : -1;
}

int ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
    static ppoll_fn *real;
    size_t most = 1;
    FIND_REAL(real, "ppoll");
    return may_go_on(CALL_ppoll, &most) ? poll_fast(real, entries, count, timeout, mask) : -1;
}

#ifdef __linux__
UNSIZED(int, epoll_create1, -1, (int flags), (flags))
UNSIZED(int, epoll_ctl, -1, (int fd, int what, int other, struct epoll_event *event),
        (fd, what, other, event))
UNSIZED(int, epoll_wait, -1, (int fd, struct epoll_event *events, int count, int timeout),
        (fd, events, count, timeout))
#endif
