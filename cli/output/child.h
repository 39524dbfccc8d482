/* SPDX-License-Identifier: MIT */
/*
 * Child: a command that runs while we do, in a process group of its own, and reads
 * what is written to it.  What it prints goes where ours goes, or is read by us.
 *
 * No write blocks: what the command does not take at once is queued.  It never sees
 * its input end inside a record: it is terminated before that.
 */
#ifndef CHILD_H
#define CHILD_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <chunkedbuffer.h>
#include "../common/exit_status.h"

/* What to poll `in` for to learn only that nothing reads it any more: macOS says so of none
 * that is polled for nothing. */
#define CHILD_HANGUP POLLHUP

struct child {
    pid_t *pid;  /* of its process; 0: none runs */
    int in;      /* its standard input; -1: closed */
    int error;   /* why it did not read all its input, or 0; EPIPE: nothing reads
                    any more */
    bool full;   /* it could take no more at the last try */
    bool within; /* its input so far ends inside a record; set by the caller */
    bool ending; /* its input ends with the queue */
    bool tells_rest;
    bool ended;                /* it was waited for: */
    int status;                /* from waitpid */
    bool is_left;              /* ... while a process that it had started was still reading */
    bool stopped;              /* by us */
    struct cb_pool *pool;      /* of the blocks in: */
    struct cb_buffer *queue;   /* NULL: not needed yet */
    struct cb_buffer *printed; /* what was read of what it prints; NULL: it is not read */
    int out;                   /* there is more of it here; -1: that was all */
    bool paused;               /* the caller has enough of it for now */
    int rest; /* with tells_rest: shows what was left in the pipe when we closed it; or -1 */
};

/* How commands are started. */
struct child_plan {
    char *command; /* for `sh -c`; no option */
    char **environment;
    sigset_t mask; /* signals blocked in the command */
    bool collects; /* we read what it prints */
};

/* *pid will be that of its process, or 0. */
void child_init(struct child *child, pid_t *pid, struct cb_pool *pool);
void child_fini(struct child *child);

/* Starts it, unless it runs or the end of the last run was not looked at.  What the last
 * run has printed must be gone.  An errno. */
int child_start(struct child *child, const struct child_plan *plan);

/* If its queue is empty, writes as many of the first n bytes as the command takes
 * now, and drops them from the buffer. */
void child_try(struct child *child, struct cb_buffer *buffer, size_t n);

/* Moves the first n bytes to the queue.  False if out of memory. */
bool child_queue(struct child *child, struct cb_buffer *buffer, size_t n);

/* poll returned these events for `in`: writes what is queued. */
void child_push(struct child *child, short events);

/* Reads some of what it has printed.  False if there is nothing now. */
bool child_pull(struct child *child);

/* Its input ends here; with `tells_rest`, child_unread still works afterwards. */
void child_end(struct child *child, bool tells_rest);

/* Closes its input now, and drops what is queued. */
void child_close(struct child *child);

/* Reads no more of what it prints. */
void child_close_output(struct child *child);

/* waitpid returned it, with this status. */
void child_ended(struct child *child, int status);

/* Terminates it with all that it has started, as a signal that ends us would, and
 * closes its input only then.  What it has printed by then is read. */
void child_stop(struct child *child);
/* The same for one that cannot be written to, or waited for: the error is why.  With EPIPE only
 * its input is closed. */
void child_fail(struct child *child, int error);
/* The same as child_stop for one that has been terminated. */
void child_was_stopped(struct child *child);

/* Has it ended, and is there nothing more to read of what it printed? */
static inline bool child_is_over(const struct child *child)
{
    return child->ended && child->out < 0;
}

static inline size_t child_queued(const struct child *child)
{
    return child->queue ? cb_length(child->queue) : 0;
}

/* Has it taken all its input so far? */
static inline bool child_is_idle(const struct child *child)
{
    return !child->full && !child_queued(child);
}

/* How many bytes were written and not read; 0 if the system does not tell. */
size_t child_unread(const struct child *child);

/* Our exit status for that of a child. */
enum exit_status child_exit_status(int status);

/* Describes how it ended: "exit status 1". */
void child_describe(int status, char *text, size_t size);

#endif
