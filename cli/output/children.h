/* SPDX-License-Identifier: MIT */
/*
 * Children: a fixed number of places for commands that run at the same time.
 *
 * All waiting is done in children_wait, where queues are written too, and what commands
 * print is read.  While there are children, SIGPIPE is ignored and SIGCHLD is caught.
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include "child.h"

struct deadline;
struct pollfd;

struct children {
    struct child_plan plan; /* the caller sets the first `own` strings of its environment */
    size_t count;
    size_t enough;        /* bytes in all queues above which no more are added */
    struct cb_pool *pool; /* of the input and of all queues */
    struct child *child;
    pid_t *pids; /* 0: none runs in this place */
    struct pollfd *polls;
    bool ignores_pipe; /* SIGPIPE was ignored already */
    bool stopped;      /* by children_stop */
    void (*heard)(void *listener);
    void *listener;
};

/* Places for `count` commands, with room for `own` strings before the environment,
 * from which inherited CBSPLIT_... variables are removed.  An errno. */
int children_init(struct children *set, const char *command, size_t count, size_t own,
                  struct cb_pool *pool);
/* Stops the commands that still run. */
void children_fini(struct children *set);

/* Sets what is called at the end of each wait, when commands may have ended or printed
 * something.  It may stop commands, but not wait. */
void children_listen(struct children *set, void (*heard)(void *listener), void *listener);

/* Starts `sh -c command` in a free place: none runs there, `ended` was reset, and what it
 * printed is gone.  An errno. */
int children_start(struct children *set, size_t place);

/* Waits until a command takes input or ends.  At least one command must be running.  If the
 * system refuses to wait, all commands are stopped, each with the cause as its error. */
void children_wait(struct children *set);

/* Waits until fd has input for us, or (-1) nothing is queued; or until the deadline, or
 * they were stopped. */
void children_work(struct children *set, int fd, const struct deadline *deadline);

/* Does any command run, or is there more to read of what it printed? */
bool children_run(const struct children *set);

/* Stops all of them. */
void children_stop(struct children *set);

/* Gives a command the first n bytes of the buffer (CB_ALL: all), which leave it in
 * any case.  What the command does not take now is queued.  If enough is queued
 * already, or out of memory, this waits for the command, so that a long record takes
 * constant memory. */
void children_give(struct children *set, struct child *child, struct cb_buffer *buffer, size_t n);

/* If SIGPIPE killed a child and the reader of our standard output, which it wrote to, has gone
 * away, we end in the same way; unless we were told to ignore that signal. */
void children_end_if_unread(const struct children *set, int status);

#endif
