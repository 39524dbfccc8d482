/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "waiting.h"

/* A pipe that holds a byte or more if a child has ended.  One for the process, like its
 * signals. */
static int told[2] = {-1, -1};

static void on_child(int signal)
{
    const int saved = errno;
    ssize_t ignored = write(told[1], "", 1); /* if it is full, one byte is as good */
    (void)ignored;
    (void)signal;
    errno = saved;
}

/* Makes the pipe: it is not inherited, and no end blocks.  An errno. */
static int open_pipe(void)
{
    if (told[0] >= 0)
        return 0;
    if (pipe(told) < 0)
        return errno;
    for (int i = 0; i < 2; i++) {
        if (fcntl(told[i], F_SETFD, FD_CLOEXEC) < 0 || fcntl(told[i], F_SETFL, O_NONBLOCK) < 0)
            return errno;
    }
    return 0;
}

int waiting_listen(sigset_t *mask)
{
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART};
    sigset_t child;
    const int number = open_pipe();
    if (number)
        return number;
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_UNBLOCK, &child, mask);
    sigdelset(mask, SIGCHLD);
    return 0;
}

/* What poll takes as a limit.  One of more than three weeks is cut to that. */
static int milliseconds(const struct timespec *limit)
{
    if (!limit)
        return -1;
    if (limit->tv_sec >= INT_MAX / 1000)
        return INT_MAX;
    return (int)limit->tv_sec * 1000 + (int)((limit->tv_nsec + 999999) / 1000000);
}

int waiting_poll(struct pollfd *polls, nfds_t n, const struct timespec *limit)
{
    const int most = milliseconds(limit), ready = poll(polls, n, most);
    if (ready != 0 || most != INT_MAX)
        return ready;
    errno = EINTR; /* what was cut goes on */
    return -1;
}

/* Empties the pipe. */
static void take_bytes(void)
{
    char bytes[64];
    while (read(told[0], bytes, sizeof bytes) > 0)
        continue;
}

int waiting_for_child(struct pollfd *polls, nfds_t n, const struct timespec *limit)
{
    polls[n] = (struct pollfd){.fd = told[0], .events = POLLIN};
    const int ready = waiting_poll(polls, n + 1, limit);
    if (ready <= 0 || !polls[n].revents)
        return ready;
    take_bytes(); /* the others will still be ready */
    errno = EINTR;
    return -1;
}
