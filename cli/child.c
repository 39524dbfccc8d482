/* SPDX-License-Identifier: MIT */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diagnostics.h"
#include "fd.h"
#include "interrupt.h"

extern char **environ;

/* A record that is longer than what one command reads at a time must not keep the
 * others from theirs; where there are no others, waiting loses nothing. */
enum { ENOUGH = 4 << 20, ENOUGH_ALONE = 256 << 10 };

/* As the blocks of the input, whose pool it is: one that a queue has let go is
 * taken for what comes next. */
enum { QUEUE_BLOCK = 128 << 10 };

/* So long, in milliseconds, a process that a command has started may have the
 * command's input open, though it will not read: until it has run, and closed it. */
enum { SETTLES = 1000 };

/* Bytes that are queued at once, before it is asked again whether that is enough. */
enum { QUEUE_STEP = 256 << 10 };

/* ---------------------------------------------------------------- its input */

static void close_input(struct child *child)
{
    if (child->in >= 0)
        close(child->in);
    child->in = -1;
    child->full = false;
    if (child->queue)
        cb_skip(child->queue, CB_ALL);
}

void child_stop(struct child *child)
{
    if (*child->pid) {
        interrupt_end(child->pid, 1);
        child->ended = true;
    }
    close_input(child);
}

size_t child_unread(const struct child *child)
{
    int fd = child->in >= 0 ? child->in : child->rest;
    int n = 0; /* what the call wants */
    return fd >= 0 && ioctl(fd, FIONREAD, &n) == 0 && n > 0 ? (size_t)n : 0;
}

/* Nobody reads it any more: was it read to the end? */
static void leave(struct child *child)
{
    if (child->in >= 0 && (child->within || child_queued(child) || child_unread(child)))
        child->error = EPIPE;
    close_input(child);
}

static void fail(struct child *child, int error)
{
    if (error == EPIPE) {
        child->error = EPIPE;
        close_input(child);
        return;
    }
    child_stop(child);
    child->error = error;
}

void child_try(struct child *child, struct cb_buffer *buffer, size_t n)
{
    if (child->in < 0 || !child_is_idle(child) || !n)
        return;
    ssize_t written = cb_writev(buffer, child->in, n);
    child->full = written == CB_EAGAIN || (written >= 0 && (size_t)written < n);
    if (written == CB_EIO)
        fail(child, errno);
}

/* False if out of memory. */
static bool add_to_queue(const struct children *set, struct child *child, struct cb_buffer *buffer,
                         size_t n)
{
    const struct cb_buffer_options options = {
        .size = sizeof options,
        .pool = set->pool,
        .chunk_min = QUEUE_BLOCK,
        .chunk_max = QUEUE_BLOCK,
        .release_fast = true,
    };
    if (!child->queue && cb_buffer_new(&child->queue, &options))
        return false;
    return cb_take(buffer, n < QUEUE_STEP ? n : QUEUE_STEP, child->queue) >= 0;
}

static bool have_enough(const struct children *set)
{
    size_t queued = 0;
    for (size_t i = 0; i < set->count; i++)
        queued += child_queued(&set->child[i]);
    return queued > set->enough;
}

void children_give(struct children *set, struct child *child, struct cb_buffer *buffer, size_t n)
{
    const size_t length = cb_length(buffer);
    const uint64_t end = cb_position(buffer) + (n < length ? n : length);
    for (;;) {
        child_try(child, buffer, (size_t)(end - cb_position(buffer)));
        const size_t left = (size_t)(end - cb_position(buffer));
        if (child->in < 0)
            cb_skip(buffer, left);
        if (!left || child->in < 0)
            return;
        if (have_enough(set) || !add_to_queue(set, child, buffer, left))
            children_wait(set, -1);
    }
}

/* What is in a pipe can be read from its other end only, and whoever has that
 * open keeps us from being told that nobody reads: so not before the end. */
static void open_rest(struct child *child)
{
#ifdef __linux__
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", child->in);
    child->rest = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
#else
    (void)child;
#endif
}

/* Is somebody there who may read what is written, now and for so many milliseconds? */
static bool is_read(const struct child *child, int milliseconds)
{
    struct pollfd entry = {.fd = child->in};
    int n;
    do
        n = poll(&entry, 1, milliseconds);
    while (n < 0 && errno == EINTR);
    return n <= 0 || !(entry.revents & POLLERR);
}

/* Ends the input if everything was written. */
static void end_if_empty(struct child *child)
{
    if (child->in < 0 || !child->ending || child_queued(child))
        return;
    if (child->tells_rest && is_read(child, 0))
        open_rest(child);
    else if (child->tells_rest)
        leave(child);
    close_input(child);
}

void child_end(struct child *child, bool tells_rest)
{
    child->ending = true;
    child->within = false;
    child->tells_rest = tells_rest;
    end_if_empty(child);
}

/* It can take something, or nobody reads. */
static void push(struct child *child, short events)
{
    if (events & POLLERR) {
        leave(child);
        return;
    }
    child->full = false;
    if (child_queued(child) && cb_writev(child->queue, child->in, CB_ALL) == CB_EIO)
        fail(child, errno);
    end_if_empty(child);
}

/* ------------------------------------------------------------------ its life */

/* In a process group of its own, and with signals as a command expects them. */
static int set_attributes(const struct children *set, posix_spawnattr_t *attributes)
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
    return number ? number : posix_spawnattr_setsigmask(attributes, &set->mask);
}

static int spawn(const struct children *set, int in, pid_t *pid)
{
    static char sh[] = "sh", c[] = "-c", end[] = "--";
    char *arguments[] = {sh, c, end, (char *)set->command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int number = posix_spawn_file_actions_init(&actions);
    if (number)
        return number;
    number = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (number)
        goto err0;
    number = posix_spawnattr_init(&attributes);
    if (number)
        goto err0;
    number = set_attributes(set, &attributes);
    if (!number)
        number = posix_spawn(pid, "/bin/sh", &actions, &attributes, arguments, set->environment);
    posix_spawnattr_destroy(&attributes);
err0:
    posix_spawn_file_actions_destroy(&actions);
    return number;
}

/* No other thread can start anything between these calls. */
static int make_pipe(int ends[2])
{
    if (pipe(ends) < 0)
        return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    return 0;
}

static void forget(struct child *child)
{
    if (child->rest >= 0)
        close(child->rest);
    *child = (struct child){.pid = child->pid, .in = -1, .rest = -1, .queue = child->queue};
}

int children_start(struct children *set, size_t place)
{
    int ends[2];
    int number = make_pipe(ends);
    if (number)
        return number;
    pid_t pid;
    interrupt_hold();
    number = spawn(set, ends[0], &pid);
    if (!number)
        set->pids[place] = pid;
    interrupt_release();
    close(ends[0]);
    if (number) {
        close(ends[1]);
        return number;
    }
    forget(&set->child[place]);
    set->child[place].in = ends[1];
    return 0;
}

/* What it had started may still read, and must not take a part for the whole. */
static void end_rest_of_group(struct child *child, pid_t leader)
{
    if (child->in < 0 || (!child->within && !child_queued(child)) || !is_read(child, SETTLES))
        return;
    child->is_left = true;
    interrupt_end(&leader, 1);
}

static void ended(struct children *set, pid_t pid, int status)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->pids[i] != pid)
            continue;
        struct child *child = &set->child[i];
        set->pids[i] = 0;
        child->ended = true;
        child->status = status;
        end_rest_of_group(child, pid);
        leave(child);
        return;
    }
}

/* Waits for one.  False if none was there: with WNOHANG, none that has ended. */
static bool reap(struct children *set, int options)
{
    int status;
    pid_t pid;
    interrupt_hold();
    pid = waitpid(-1, &status, options);
    if (pid > 0)
        ended(set, pid, status); /* or it was no child of ours, but inherited */
    interrupt_release();
    return pid > 0 || (pid < 0 && errno == EINTR);
}

bool children_are_behind(const struct children *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (child_queued(&set->child[i]))
            return true;
    }
    return false;
}

bool children_run(const struct children *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->pids[i])
            return true;
    }
    return false;
}

bool children_wait(struct children *set, int fd)
{
    nfds_t n = 0;
    if (fd >= 0)
        set->polls[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
    for (size_t i = 0; i < set->count; i++) {
        const struct child *child = &set->child[i];
        short events = child_is_idle(child) ? 0 : POLLOUT;
        if (child->in >= 0)
            set->polls[n++] = (struct pollfd){.fd = child->in, .events = events};
    }
    int ready = ppoll(set->polls, n, NULL, &set->mask);
    bool has_input = ready > 0 && fd >= 0 && set->polls[0].revents;
    n = fd >= 0;
    for (size_t i = 0; i < set->count && ready > 0; i++) {
        if (set->child[i].in < 0)
            continue;
        short events = set->polls[n++].revents;
        if (events)
            push(&set->child[i], events);
    }
    while (reap(set, WNOHANG))
        continue;
    return has_input;
}

/* ------------------------------------------------------------------- the set */

static void on_child(int signal)
{
    (void)signal; /* to be interrupted by it is enough */
}

/* Whatever we inherited: children can be waited for, and a write to one that
 * does not read returns. */
static void set_signals(struct children *set)
{
    struct sigaction action = {.sa_handler = on_child};
    sigset_t child;
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &set->mask);
    sigdelset(&set->mask, SIGCHLD);
}

/* Our environment behind `own` places, without what the commands are told. */
static char **make_environment(size_t own)
{
    static const char *const told[] = {
        "CBSPLIT_RECORD=", "CBSPLIT_OFFSET=", "CBSPLIT_LENGTH=", "CBSPLIT_WORKER="};
    size_t n = 0;
    while (environ && environ[n])
        n++;
    char **environment = calloc(own + n + 1, sizeof *environment);
    for (size_t i = 0, to = own; environment && i < n; i++) {
        bool is_told = false;
        for (size_t k = 0; k < sizeof told / sizeof *told; k++)
            is_told = is_told || strncmp(environ[i], told[k], strlen(told[k])) == 0;
        if (!is_told)
            environment[to++] = environ[i];
    }
    return environment;
}

int children_init(struct children *set, const char *command, size_t count, size_t own,
                  struct cb_pool *pool)
{
    *set = (struct children){.command = command, .pool = pool};
    set->child = calloc(count, sizeof *set->child);
    set->pids = calloc(count, sizeof *set->pids);
    set->polls = count < SIZE_MAX ? calloc(count + 1, sizeof *set->polls) : NULL;
    set->environment = make_environment(own);
    if (!set->child || !set->pids || !set->polls || !set->environment) {
        children_fini(set);
        return ENOMEM;
    }
    set->count = count;
    set->enough = count > 1 ? ENOUGH : ENOUGH_ALONE;
    for (size_t i = 0; i < count; i++)
        set->child[i] = (struct child){.pid = &set->pids[i], .in = -1, .rest = -1};
    set_signals(set);
    interrupt_children(set->pids, count);
    interrupt_catch();
    return 0;
}

void children_fini(struct children *set)
{
    for (size_t i = 0; i < set->count; i++)
        close_input(&set->child[i]);
    while (children_run(set) && reap(set, 0))
        continue;
    interrupt_children(NULL, 0);
    for (size_t i = 0; i < set->count; i++) {
        forget(&set->child[i]);
        cb_buffer_free(set->child[i].queue);
    }
    free(set->child);
    free(set->pids);
    free(set->polls);
    free(set->environment);
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
        return WEXITSTATUS(status);
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
