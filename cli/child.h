/* SPDX-License-Identifier: MIT */
/*
 * Child: commands that run at the same time and read what is written to them,
 * each in a process group of its own, and `children`, a fixed number of places
 * for them.
 *
 * No write blocks: what a command does not take at once stands in its queue,
 * and goes out in children_wait, where all waiting is done.  While there are
 * children, SIGPIPE is ignored and SIGCHLD blocked.
 *
 * No command sees its input end inside a record: it is ended before that.
 */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <chunkedbuffer.h>

#include "exit_status.h"

struct child {
    pid_t *pid;  /* its place in children.pids */
    int in;      /* its standard input; -1: closed */
    int error;   /* why not all was read that was given to it, or 0; EPIPE: nobody
                    reads any more */
    bool full;   /* at the last try it could take no more */
    bool within; /* what it was given ends inside a record; set by the caller */
    bool ending; /* its input ends where the queue does */
    bool tells_rest;
    bool ended;              /* it was waited for: */
    int status;              /* as waitpid tells it */
    bool is_left;            /* ... while something that it had started still read */
    struct cb_buffer *queue; /* NULL: none was needed yet */
    int rest; /* with tells_rest: shows what was in the pipe when we closed it; or -1 */
};

struct pollfd;

struct children {
    const char *command;
    size_t count;
    size_t enough;        /* bytes in all queues: no more is to be added then */
    struct cb_pool *pool; /* of the input, and of all queues */
    struct child *child;
    pid_t *pids;        /* 0: none runs in this place */
    char **environment; /* its first `own` strings are the caller's to set */
    struct pollfd *polls;
    sigset_t mask; /* while we wait, and for the commands */
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

/* Writes what the command takes now of the first n bytes, if its queue is empty;
 * they leave the buffer. */
void child_try(struct child *child, struct cb_buffer *buffer, size_t n);

/* Gives it the first n bytes of the buffer (CB_ALL: all), which leave the buffer in
 * any case.  What the command does not take now is queued.  Where enough is queued
 * already, or memory is out, this waits for the command: so a long record passes in
 * constant memory. */
void children_give(struct children *set, struct child *child, struct cb_buffer *buffer, size_t n);

/* Nothing more comes; `tells_rest`: child_unread is of interest after that. */
void child_end(struct child *child, bool tells_rest);

/* Ends it with all that it has started, as a signal that ends us would, and only
 * then its input. */
void child_stop(struct child *child);

static inline size_t child_queued(const struct child *child)
{
    return child->queue ? cb_length(child->queue) : 0;
}

/* Has it taken all that was given to it? */
static inline bool child_is_idle(const struct child *child)
{
    return !child->full && !child_queued(child);
}

/* How many bytes are on the way, written and not read; 0 where the system does
 * not tell. */
size_t child_unread(const struct child *child);

/* The exit status that follows from a child's. */
enum exit_status child_exit_status(int status);

/* Says how it ended: "exit status 1". */
void child_describe(int status, char *text, size_t size);

#endif
