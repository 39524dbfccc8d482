/* SPDX-License-Identifier: MIT */
/* Processes and threads. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "preload.h"

UNSIZED(pid_t, waitpid, -1, (pid_t pid, int *status, int options), (pid, status, options))

/* Says so if it goes to a process that is no child: its number may be that of another by now. */
int kill(pid_t pid, int number)
{
    static int (*real)(pid_t, int);
    siginfo_t child;
    FIND_REAL(real, "kill");
    if (pid > 0 && waitid(P_PID, (id_t)pid, &child, WEXITED | WNOHANG | WNOWAIT))
        dprintf(STDERR_FILENO, "a signal for a process that is no child\n");
    return real(pid, number);
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const list[], char *const environment[])
{
    static int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                       const posix_spawnattr_t *, char *const[], char *const[]);
    const char *shell = strcmp(path, "/bin/sh") == 0 ? getenv("SHELL_IS") : NULL;
    size_t most = 1;
    FIND_REAL(real, "posix_spawn");
    if (!may_go_on(CALL_posix_spawn, &most))
        return errno;
    return real(pid, shell ? shell : path, actions, attributes, list, environment);
}

UNSIZED(int, pthread_create, errno,
        (pthread_t * thread, const pthread_attr_t *how, void *(*run)(void *), void *argument),
        (thread, how, run, argument))
