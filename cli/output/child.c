/* SPDX-License-Identifier: MIT */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/fd.h"
#include "../common/interrupt.h"

/* Blocks of the same size as those of the input, whose pool it is: one that a queue
 * has released is reused for what comes next.  What a command prints may be short. */
enum { QUEUE_BLOCK = 128 << 10, PRINTED_BLOCK = 4 << 10 };

/* A process that a command has started may keep the command's input open for this
 * many milliseconds without reading it: until it runs, and closes it. */
enum { SETTLES = 1000 };

/* ---------------------------------------------------------------- its input */

void child_close_output(struct child *child)
{
    if (child->out >= 0)
        close(child->out);
    child->out = -1;
}

void child_close(struct child *child)
{
    if (child->in >= 0)
        close(child->in);
    child->in = -1;
    child->full = false;
    if (child->queue)
        cb_skip(child->queue, CB_ALL);
}

/* Nothing is left that could print more. */
void child_was_stopped(struct child *child)
{
    child->ended = true;
    child->stopped = true;
    while (child_pull(child))
        continue;
    child_close_output(child);
    child_close(child);
}

void child_stop(struct child *child)
{
    if (*child->pid) {
        interrupt_end(child->pid, 1);
        child_was_stopped(child);
    }
    child_close(child);
}

size_t child_unread(const struct child *child)
{
    int fd = child->in >= 0 ? child->in : child->rest;
    int n = 0; /* the type that the call wants */
    return fd >= 0 && ioctl(fd, FIONREAD, &n) == 0 && n > 0 ? (size_t)n : 0;
}

/* Nothing reads its input any more: was it read to the end? */
static void leave(struct child *child)
{
    if (child->in >= 0 && (child->within || child_queued(child) || child_unread(child)))
        child->error = EPIPE;
    child_close(child);
}

void child_fail(struct child *child, int error)
{
    if (error == EPIPE) {
        child->error = EPIPE;
        child_close(child);
        return;
    }
    child_stop(child);
    child_close_output(child);
    child->error = error;
}

void child_try(struct child *child, struct cb_buffer *buffer, size_t n)
{
    if (child->in < 0 || !child_is_idle(child) || !n)
        return;
    ssize_t written = cb_writev(buffer, child->in, n);
    child->full = written == CB_EAGAIN || (written >= 0 && (size_t)written < n);
    if (written == CB_EIO)
        child_fail(child, errno);
}

/* Makes a buffer with blocks of this size and larger, unless there is one.  False if out
 * of memory. */
static bool need_buffer(const struct child *child, struct cb_buffer **buffer, size_t block)
{
    const struct cb_buffer_options options = {
        .size = sizeof options,
        .pool = child->pool,
        .chunk_min = block,
        .chunk_max = QUEUE_BLOCK,
        .release_fast = true,
    };
    return *buffer || cb_buffer_new(buffer, &options) == CB_OK;
}

bool child_queue(struct child *child, struct cb_buffer *buffer, size_t n)
{
    return need_buffer(child, &child->queue, QUEUE_BLOCK) && cb_take(buffer, n, child->queue) >= 0;
}

/* Only the read end of a pipe shows how much is in it, and as long as we have it
 * open we do not notice that nothing reads: so open it only at the end. */
static void open_rest(struct child *child)
{
    char path[32]; /* of Linux */
    snprintf(path, sizeof path, "/proc/self/fd/%d", child->in);
    child->rest = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

/* Do these events of the write end of a pipe say that nothing reads it?  Linux says so by
 * POLLERR, the BSDs and macOS by POLLHUP. */
static bool is_hung_up(short events)
{
    return events & (POLLERR | POLLHUP);
}

/* Does any process have the read end open, now and for this many milliseconds? */
static bool is_read(const struct child *child, int milliseconds)
{
    struct pollfd entry = {.fd = child->in, .events = CHILD_HANGUP};
    int n;
    do
        n = poll(&entry, 1, milliseconds);
    while (n < 0 && errno == EINTR);
    return n <= 0 || !is_hung_up(entry.revents);
}

/* Closes the input if everything was written. */
static void end_if_empty(struct child *child)
{
    if (child->in < 0 || !child->ending || child_queued(child))
        return;
    if (child->tells_rest && is_read(child, 0))
        open_rest(child);
    else if (child->tells_rest)
        leave(child);
    child_close(child);
}

void child_end(struct child *child, bool tells_rest)
{
    child->ending = true;
    child->within = false;
    child->tells_rest = tells_rest;
    end_if_empty(child);
}

void child_push(struct child *child, short events)
{
    if (is_hung_up(events)) {
        leave(child);
        return;
    }
    child->full = false;
    if (child_queued(child) && cb_writev(child->queue, child->in, CB_ALL) == CB_EIO)
        child_fail(child, errno);
    end_if_empty(child);
}

/* --------------------------------------------------------------- its output */

bool child_pull(struct child *child)
{
    const ssize_t n = child->out < 0 ? CB_EAGAIN : cb_readinto(child->printed, child->out, CB_ALL);
    if (n == 0)
        child_close_output(child);
    if (n == CB_EIO)
        child_fail(child, errno);
    if (n == CB_ENOMEM)
        child_fail(child, ENOMEM);
    return n > 0;
}

/* ------------------------------------------------------------------ its life */

void child_init(struct child *child, pid_t *pid, struct cb_pool *pool)
{
    *child = (struct child){.pid = pid, .in = -1, .out = -1, .rest = -1, .pool = pool};
}

/* A process group of its own, and the signals that a command expects. */
static int set_attributes(const struct child_plan *plan, posix_spawnattr_t *attributes)
{
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGCHLD);
    int number = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (!number)
        number = posix_spawnattr_setpgroup(attributes, 0);
    if (!number)
        number = posix_spawnattr_setsigdefault(attributes, &defaults);
    return number ? number : posix_spawnattr_setsigmask(attributes, &plan->mask);
}

/* With these as its standard input and output; -1: it has ours. */
static int spawn(const struct child_plan *plan, int in, int out, pid_t *pid)
{
    static char sh[] = "sh", c[] = "-c";
    char *arguments[] = {sh, c, plan->command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int number = posix_spawn_file_actions_init(&actions);
    if (number)
        return number;
    number = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (!number && out >= 0)
        number = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (number)
        goto err0;
    number = posix_spawnattr_init(&attributes);
    if (number)
        goto err0;
    number = set_attributes(plan, &attributes);
    if (!number)
        number = posix_spawn(pid, "/bin/sh", &actions, &attributes, arguments, plan->environment);
    posix_spawnattr_destroy(&attributes);
err0:
    posix_spawn_file_actions_destroy(&actions);
    return number;
}

static void close_pipe(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* Resets it for another start. */
static void forget(struct child *child)
{
    if (child->rest >= 0)
        close(child->rest);
    child_close_output(child);
    *child = (struct child){.pid = child->pid,
                            .in = -1,
                            .out = -1,
                            .rest = -1,
                            .pool = child->pool,
                            .queue = child->queue,
                            .printed = child->printed};
}

static int start(struct child *child, const struct child_plan *plan, int in, int out)
{
    pid_t pid;
    interrupt_hold();
    int number = spawn(plan, in, out, &pid);
    if (!number)
        *child->pid = pid;
    interrupt_release();
    return number;
}

int child_start(struct child *child, const struct child_plan *plan)
{
    int in[2], out[2] = {-1, -1};
    if (plan->collects && !need_buffer(child, &child->printed, PRINTED_BLOCK))
        return ENOMEM;
    int number = fd_pipe(in, 1);
    if (number)
        return number;
    number = plan->collects ? fd_pipe(out, 0) : 0;
    if (number)
        goto err0;
    number = start(child, plan, in[0], out[1]);
    if (number)
        goto err1;
    forget(child);
    child->in = in[1];
    child->out = out[0];
    close(in[0]);
    if (plan->collects)
        close(out[1]);
    return 0;
err1:
    if (plan->collects)
        close_pipe(out);
err0:
    close_pipe(in);
    return number;
}

/* A process that it had started may still read, and must not mistake a part of a
 * record for the whole. */
static void end_rest_of_group(struct child *child, pid_t leader)
{
    if (child->in < 0 || (!child->within && !child_queued(child)) || !is_read(child, SETTLES))
        return;
    child->is_left = true;
    interrupt_end(&leader, 1);
}

void child_ended(struct child *child, int status)
{
    const pid_t leader = *child->pid;
    *child->pid = 0;
    child->ended = true;
    child->status = status;
    end_rest_of_group(child, leader);
    leave(child);
}

void child_fini(struct child *child)
{
    forget(child);
    cb_buffer_free(child->queue);
    cb_buffer_free(child->printed);
}

enum exit_status child_exit_status(int status)
{
    if (!WIFEXITED(status))
        return EXIT_COMMAND;
    switch (WEXITSTATUS(status)) {
    case 0:
        return EXIT_FINE;
    case EXIT_CANNOT_RUN:
    case EXIT_NOT_FOUND:
        return (enum exit_status)WEXITSTATUS(status);
    default:
        return EXIT_COMMAND;
    }
}

void child_describe(int status, char *text, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(text, size, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(text, size, "exit status %d", WEXITSTATUS(status));
}
