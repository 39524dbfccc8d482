/* SPDX-License-Identifier: MIT */
#include "interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../system/orphans.h"

static const int signals[] = {SIGHUP,  SIGINT,  SIGQUIT,   SIGPIPE, SIGALRM,
                              SIGTERM, SIGXCPU, SIGVTALRM, SIGPROF};
enum { SIGNALS = sizeof signals / sizeof *signals };

/* How long the children have to end, and how often we check. */
enum { GRACE_MS = 2000, STEP_MS = 10 };

/* One for the process, like its signals. */
static volatile sig_atomic_t held, pending;
static void (*volatile first)(void);
static const char *volatile file;
static pid_t *children;
static size_t child_count;

/* Everything below must be safe in a signal handler. */

/* Is it still our child?  Once it has been waited for, another process may have its number. */
static bool is_child(pid_t pid)
{
    siginfo_t information;
    return waitid(P_PID, (id_t)pid, &information, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* (A leader may have moved to another group.) */
static void signal_group(pid_t leader, int signal)
{
    if (kill(-leader, signal) < 0 && is_child(leader))
        kill(leader, signal);
}

/* Passes it on; a stopped group must continue to notice it. */
static void signal_groups(const pid_t *leaders, size_t count, int signal)
{
    for (size_t i = 0; i < count; i++) {
        if (!leaders[i])
            continue;
        signal_group(leaders[i], signal);
        signal_group(leaders[i], SIGCONT);
    }
}

/* True if nothing is left of the groups.  (A group keeps its number as long as it
 * has a member, its leader or not.) */
static bool reap_groups(pid_t *leaders, size_t count, int options)
{
    bool gone = true;
    for (size_t i = 0; i < count; i++) {
        if (!leaders[i])
            continue;
        pid_t pid;
        do
            pid = waitpid(-leaders[i], NULL, options);
        while (pid > 0);
        if (pid == 0 || kill(-leaders[i], 0) == 0)
            gone = false;
        else
            leaders[i] = 0;
    }
    return gone;
}

static void end_groups(pid_t *leaders, size_t count, int signal)
{
    /* An orphan stays in its group, though it has ended, until its parent waits for it. */
    orphans_adopt();
    signal_groups(leaders, count, signal);
    for (int waited = 0; !reap_groups(leaders, count, WNOHANG); waited += STEP_MS) {
        if (waited >= GRACE_MS) {
            signal_groups(leaders, count, SIGKILL);
            reap_groups(leaders, count, 0);
            return;
        }
        poll(NULL, 0, STEP_MS);
    }
}

static void all_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(set, signals[i]);
}

/* Does not return, except in a handler: there the signal is delivered after it. */
static void die(int signal)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t set;
    all_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (first)
        first();
    if (file)
        unlink(file);
    end_groups(children, child_count, signal);
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
    raise(signal);
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void handle(int signal)
{
    if (held)
        pending = signal;
    else
        die(signal);
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART}, before;
    all_signals(&action.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++) {
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

void interrupt_hold(void)
{
    held = held + 1;
    atomic_signal_fence(memory_order_seq_cst);
}

void interrupt_release(void)
{
    atomic_signal_fence(memory_order_seq_cst);
    held = held - 1;
    if (!held && pending)
        die((int)pending);
}

void interrupt_by(int signal)
{
    die(signal);
}

void interrupt_first(void (*function)(void))
{
    first = function;
}

void interrupt_file(const char *path)
{
    file = path;
}

void interrupt_children(pid_t *pids, size_t count)
{
    interrupt_hold();
    children = pids;
    child_count = count;
    interrupt_release();
}

void interrupt_end(pid_t *pids, size_t count)
{
    interrupt_hold();
    end_groups(pids, count, SIGTERM);
    for (size_t i = 0; i < count; i++)
        pids[i] = 0;
    interrupt_release();
}
