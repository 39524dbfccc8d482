/* SPDX-License-Identifier: MIT */
/*
 * Children: a fixed number of places for commands that run at the same time.
 *
 * All waiting is done in children_wait, where queues are written too.  While there
 * are children, SIGPIPE is ignored and SIGCHLD blocked.
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include "child.h"

struct pollfd;

struct children {
    struct child_plan plan; /* the first `own` strings of its environment are the caller's */
    size_t count;
    size_t enough;        /* bytes in all queues: no more is to be added then */
    struct cb_pool *pool; /* of the input, and of all queues */
    struct child *child;
    pid_t *pids; /* 0: none runs in this place */
    struct pollfd *polls;
};

/* Places for `count` commands, with room for `own` strings in front of the
 * environment; of what we inherited, CBSPLIT_... is left out.  An errno. */
int children_init(struct children *set, const char *command, size_t count, size_t own,
                  struct cb_pool *pool);
/* Waits for those that still run. */
void children_fini(struct children *set);

/* Starts `sh -c command` in a place that is free: none runs there, and what has
 * ended there was looked at.  An errno. */
int children_start(struct children *set, size_t place);

/* Waits until something happens: a command takes input, or has ended, or a
 * descriptor has input for us (true; -1: none is asked for).  Something must run
 * then. */
bool children_wait(struct children *set, int fd);

/* Is something queued for any of them? */
bool children_are_behind(const struct children *set);

/* Does something run? */
bool children_run(const struct children *set);

/* Gives it the first n bytes of the buffer (CB_ALL: all), which leave the buffer in
 * any case.  What the command does not take now is queued.  Where enough is queued
 * already, or memory is out, this waits for the command: so a long record passes in
 * constant memory. */
void children_give(struct children *set, struct child *child, struct cb_buffer *buffer, size_t n);

#endif
