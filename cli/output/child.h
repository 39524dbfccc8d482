/* SPDX-License-Identifier: MIT */
/*
 * Child: a command that runs while we do, in a process group of its own, and reads
 * what is written to it.
 *
 * No write blocks: what the command does not take at once stands in its queue.
 * It does not see its input end inside a record: it is ended before that.
 */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <chunkedbuffer.h>

#include "../common/exit_status.h"

struct child {
    pid_t *pid;  /* where its process is noted; 0: none runs */
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

/* How commands are started. */
struct child_plan {
    const char *command; /* for `sh -c` */
    char **environment;
    sigset_t mask; /* of its signals */
};

/* `pid` is where its process is noted; 0: none. */
void child_init(struct child *child, pid_t *pid);
void child_fini(struct child *child);

/* Starts one where none runs, and the end of the last was looked at.  An errno. */
int child_start(struct child *child, const struct child_plan *plan);

/* Writes what the command takes now of the first n bytes, if its queue is empty;
 * they leave the buffer. */
void child_try(struct child *child, struct cb_buffer *buffer, size_t n);

/* Queues the first n bytes, as long as it does not take them.  False if out of memory. */
bool child_queue(struct child *child, struct cb_buffer *buffer, size_t n, struct cb_pool *pool);

/* poll has told of these events on `in`: writes what is queued. */
void child_push(struct child *child, short events);

/* Nothing more comes; `tells_rest`: child_unread is of interest after that. */
void child_end(struct child *child, bool tells_rest);

/* Closes its input now, whatever is queued. */
void child_close(struct child *child);

/* It was waited for. */
void child_ended(struct child *child, int status);

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
