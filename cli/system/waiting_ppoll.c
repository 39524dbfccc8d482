/* SPDX-License-Identifier: MIT */
#include "waiting.h"

static sigset_t while_waiting; /* the signals that are blocked then */

static void on_child(int signal)
{
    (void)signal; /* it only has to interrupt ppoll */
}

int waiting_poll(struct pollfd *polls, nfds_t n, const struct timespec *limit)
{
    return ppoll(polls, n, limit, NULL);
}

int waiting_listen(sigset_t *mask)
{
    struct sigaction action = {.sa_handler = on_child};
    sigset_t child;
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, mask);
    sigdelset(mask, SIGCHLD);
    while_waiting = *mask;
    return 0;
}

int waiting_for_child(struct pollfd *polls, nfds_t n, const struct timespec *limit)
{
    return ppoll(polls, n, limit, &while_waiting);
}
