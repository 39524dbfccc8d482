/* SPDX-License-Identifier: MIT */
#include "children.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/deadline.h"
#include "../common/interrupt.h"
#include "../system/waiting.h"

extern char **environ;

/* A record that is longer than what one command reads at a time must not keep the
 * others waiting; if there are no others, waiting loses nothing. */
enum { ENOUGH = 4 << 20, ENOUGH_ALONE = 256 << 10 };

/* Bytes that are queued before we check again whether that is enough. */
enum { QUEUE_STEP = 256 << 10 };

/* ------------------------------------------------------------- while they run */

void children_listen(struct children *set, void (*heard)(void *listener), void *listener)
{
    set->heard = heard;
    set->listener = listener;
}

int children_start(struct children *set, size_t place)
{
    return child_start(&set->child[place], &set->plan);
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
        if (have_enough(set) || !child_queue(child, buffer, left < QUEUE_STEP ? left : QUEUE_STEP))
            children_wait(set);
    }
}

static void note_end(struct children *set, pid_t pid, int status)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->pids[i] != pid)
            continue;
        child_ended(&set->child[i], status);
        return;
    }
}

/* The system does not tell what becomes of those that run, or of what others have printed
 * if that is lost as well. */
static void give_up(struct children *set, int error, bool loses_output)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->pids[i] || (loses_output && set->child[i].out >= 0))
            child_fail(&set->child[i], error);
    }
}

/* Takes note of one that has ended.  False if there was none. */
static bool reap(struct children *set)
{
    int status;
    pid_t pid;
    interrupt_hold();
    pid = waitpid(-1, &status, WNOHANG);
    if (pid > 0)
        note_end(set, pid, status); /* or it is not ours, but was inherited */
    const bool interrupted = pid < 0 && errno == EINTR;
    if (pid < 0 && !interrupted)
        give_up(set, errno, false); /* or none of them runs */
    interrupt_release();
    return pid > 0 || interrupted;
}

static bool have_queued(const struct children *set)
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
        if (set->pids[i] || set->child[i].out >= 0)
            return true;
    }
    return false;
}

/* What poll is to look for, for one command. */
static size_t add_polls(const struct child *child, struct pollfd *polls)
{
    size_t n = 0;
    const short events = child_is_idle(child) ? CHILD_HANGUP : POLLOUT;
    if (child->in >= 0)
        polls[n++] = (struct pollfd){.fd = child->in, .events = events};
    if (child->out >= 0 && !child->paused)
        polls[n++] = (struct pollfd){.fd = child->out, .events = POLLIN};
    return n;
}

/* What it found.  Returns how many entries are those of the command. */
static size_t take_polls(struct child *child, const struct pollfd *polls)
{
    size_t n = 0;
    const bool has_in = child->in >= 0, has_out = child->out >= 0 && !child->paused;
    if (has_in && polls[n++].revents)
        child_push(child, polls[n - 1].revents);
    if (has_out && polls[n++].revents)
        child_pull(child);
    return n;
}

/* Waits for the next event.  True if it is input in fd (-1: none), or the deadline. */
static bool wait_once(struct children *set, int fd, const struct deadline *deadline)
{
    struct timespec left;
    nfds_t n = 0;
    if (fd >= 0)
        set->polls[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
    for (size_t i = 0; i < set->count; i++)
        n += add_polls(&set->child[i], set->polls + n);
    int ready = waiting_for_child(set->polls, n, deadline_left(deadline, &left));
    bool done = ready == 0 || (ready > 0 && fd >= 0 && set->polls[0].revents);
    if (ready < 0 && errno != EINTR && errno != EAGAIN) {
        give_up(set, errno, true);
        done = fd >= 0; /* nobody is kept waiting by a read */
    }
    n = fd >= 0;
    for (size_t i = 0; i < set->count && ready > 0; i++)
        n += take_polls(&set->child[i], set->polls + n);
    while (reap(set))
        continue;
    if (set->heard)
        set->heard(set->listener);
    return done;
}

void children_wait(struct children *set)
{
    (void)wait_once(set, -1, NULL);
}

void children_work(struct children *set, int fd, const struct deadline *deadline)
{
    bool done = fd < 0 && !have_queued(set);
    while (!done && !set->stopped)
        done = wait_once(set, fd, deadline) || (fd < 0 && !have_queued(set));
}

void children_stop(struct children *set)
{
    set->stopped = true;
    for (size_t i = 0; i < set->count; i++)
        set->child[i].stopped = set->pids[i];
    interrupt_end(set->pids, set->count);
    for (size_t i = 0; i < set->count; i++) {
        if (set->child[i].stopped && !set->child[i].ended)
            child_was_stopped(&set->child[i]);
        child_close(&set->child[i]);
        child_close_output(&set->child[i]);
    }
}

/* ------------------------------------------------------------------- the set */

/* Whatever we inherited: waitpid works, and a write to a command that does not read
 * returns.  An errno. */
static int set_signals(struct children *set)
{
    struct sigaction action = {.sa_handler = SIG_IGN}, before = action;
    sigemptyset(&action.sa_mask);
    sigaction(SIGPIPE, &action, &before);
    set->ignores_pipe = before.sa_handler == SIG_IGN;
    return waiting_listen(&set->plan.mask);
}

/* Our environment after `own` places, without the variables that we set for commands. */
static char **make_environment(size_t own)
{
    static const char *const ours[] = {
        "CBSPLIT_RECORD=", "CBSPLIT_OFFSET=", "CBSPLIT_LENGTH=", "CBSPLIT_WORKER="};
    size_t n = 0;
    while (environ && environ[n])
        n++;
    char **environment = calloc(own + n + 1, sizeof *environment);
    for (size_t i = 0, to = own; environment && i < n; i++) {
        bool is_ours = false;
        for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
            is_ours = is_ours || strncmp(environ[i], ours[k], strlen(ours[k])) == 0;
        if (!is_ours)
            environment[to++] = environ[i];
    }
    return environment;
}

/* A copy that no shell takes for an option.  ("--" before it would be the command to FreeBSD's.) */
static char *make_command(const char *text)
{
    const size_t n = strlen(text), at = *text == '-' || *text == '+';
    char *command = malloc(at + n + 1);
    if (!command)
        return NULL;
    *command = ' ';
    memcpy(command + at, text, n + 1);
    return command;
}

int children_init(struct children *set, const char *command, size_t count, size_t own,
                  struct cb_pool *pool)
{
    *set = (struct children){.pool = pool};
    set->child = calloc(count, sizeof *set->child);
    set->pids = calloc(count, sizeof *set->pids);
    set->polls = count < SIZE_MAX / 2 - 1 ? calloc(2 * count + 2, sizeof *set->polls) : NULL;
    set->plan.command = make_command(command);
    set->plan.environment = make_environment(own);
    if (!set->child || !set->pids || !set->polls || !set->plan.command || !set->plan.environment) {
        children_fini(set);
        return ENOMEM;
    }
    set->count = count;
    set->enough = count > 1 ? ENOUGH : ENOUGH_ALONE;
    for (size_t i = 0; i < count; i++)
        child_init(&set->child[i], &set->pids[i], pool);
    const int number = set_signals(set);
    if (number) {
        children_fini(set);
        return number;
    }
    interrupt_children(set->pids, count);
    interrupt_catch();
    return 0;
}

void children_fini(struct children *set)
{
    /* Their end was not waited for, so there was an error before they got anything: an end of
     * their input would pass for that of the records. */
    if (children_run(set))
        children_stop(set);
    interrupt_children(NULL, 0);
    for (size_t i = 0; i < set->count; i++)
        child_fini(&set->child[i]);
    free(set->child);
    free(set->pids);
    free(set->polls);
    free(set->plan.command);
    free(set->plan.environment);
}

static bool is_closed_pipe(int status)
{
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGPIPE;
    return WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGPIPE; /* as a shell says it */
}

void children_end_if_unread(const struct children *set, int status)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (set->ignores_pipe || !is_closed_pipe(status) || poll(&output, 1, 0) <= 0)
        return;
    if (output.revents & (POLLERR | POLLHUP))
        interrupt_by(SIGPIPE);
}
