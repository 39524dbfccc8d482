/* SPDX-License-Identifier: MIT */
/* Processes and threads. */
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "preload.h"

UNSIZED(pid_t, waitpid, -1, (pid_t pid, int *status, int options), (pid, status, options))
UNSIZED(int, posix_spawn, errno,
        (pid_t * pid, const char *path, const posix_spawn_file_actions_t *actions,
         const posix_spawnattr_t *attributes, char *const list[], char *const environment[]),
        (pid, path, actions, attributes, list, environment))
UNSIZED(int, pthread_create, errno,
        (pthread_t * thread, const pthread_attr_t *how, void *(*run)(void *), void *argument),
        (thread, how, run, argument))
