/* SPDX-License-Identifier: MIT */
/*
 * Waiting: poll(2) with a limit to the nanosecond, and for the end of a child as well.
 *
 * waiting_ppoll.c is for systems that have ppoll: SIGCHLD is blocked but while it waits.
 * waiting_poll.c is for others (macOS): the handler of SIGCHLD writes to a pipe that is polled
 * too, and limits are rounded up to milliseconds.
 */
#ifndef WAITING_H
#define WAITING_H

#include <poll.h>
#include <signal.h>
#include <time.h>

/* As poll(2), with such a limit; NULL: none. */
int waiting_poll(struct pollfd *polls, nfds_t n, const struct timespec *limit);

/* From now on waiting_for_child can be called.  *mask: the signals that children are to have
 * blocked, which are those that were.  An errno. */
int waiting_listen(sigset_t *mask);

/* As waiting_poll, but fails with EINTR when a child has ended: before it is called too, unless
 * that was noticed by an earlier call.  `polls` has room for one entry more. */
int waiting_for_child(struct pollfd *polls, nfds_t n, const struct timespec *limit);

#endif
