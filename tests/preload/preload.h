/* SPDX-License-Identifier: MIT */
/*
 * Loaded into cbsplit by LD_PRELOAD: makes its calls fail, or do less than they were
 * asked to, as environment variables say.
 *
 *     FAIL_READ=FAULT,...    faults of read and readv
 *     FAIL_WRITE=FAULT,...   ... of write and writev, except to standard error
 *     FAIL_MOVE=FAULT,...    ... of splice, copy_file_range and sendfile
 *     FAIL_TEE=FAULT,...     ... of tee
 *     FAIL_POLL=FAULT,...    ... of poll and ppoll
 *     FAIL_SPAWN=FAULT,...   ... of posix_spawn
 *     FAIL_CLOSE=FAULT,...   ... of close, when it closes standard output
 *     FAIL_NAME=FAULT,...    ... of the one call of that name: FAIL_readv, FAIL_lseek;
 *                            EACH_CALL lists the names; "allocation" is malloc and its like
 *
 * A FAULT is what goes wrong, then when. What: the name of an error, or a number, the
 * most bytes that the call may move. When: @N in the N-th call, @N+ in that one and all
 * after it, /N in every N-th. FAIL_READ=1/1,EINTR/3 reads byte by byte and is interrupted
 * in every third call.
 *
 *     HIDE=PATH:PATH...      paths that begin with one of these cannot be opened:
 *                            HIDE=/proc/:/dev/shm/
 *     WAIT_BEFORE_POLL=FIFO  the first poll waits until somebody has written to it
 *     HANGUP=yes             poll reports POLLHUP instead of POLLERR for a pipe that nobody
 *                            reads, and nothing where no event was asked for, as on macOS
 *     GETOPT=bsd             getopt_long is that of the BSDs and macOS
 *     SHELL_IS=PROGRAM       is run in place of /bin/sh
 *     TIME_RUNS=N            the clock runs N times as fast, and waits are as much shorter:
 *                            with 1440 a day is a minute
 *     CALLS_REPORT=FILE      after main, writes the number of calls to FILE, one line for
 *                            each kind ("move 23") and each call ("call readv 7"), and then
 *                            the allocations that main left ("held 2")
 *
 * A signal for a process that is no child of cbsplit is told on standard error.
 *
 * The commands that cbsplit runs are left alone.
 */
#ifndef PRELOAD_H
#define PRELOAD_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

/* The calls that can fail, and their kinds.  FAIL_CLOSE is only for some calls of close. */
#define EACH_CALL(CALL)                                                                            \
    CALL(allocation, others)                                                                       \
    CALL(read, reads)                                                                              \
    CALL(readv, reads)                                                                             \
    CALL(pread, others)                                                                            \
    CALL(recv, others)                                                                             \
    CALL(recvmsg, others)                                                                          \
    CALL(write, writes)                                                                            \
    CALL(writev, writes)                                                                           \
    CALL(splice, moves)                                                                            \
    CALL(copy_file_range, moves)                                                                   \
    CALL(sendfile, moves)                                                                          \
    CALL(tee, tees)                                                                                \
    CALL(poll, polls)                                                                              \
    CALL(ppoll, polls)                                                                             \
    CALL(epoll_create1, others)                                                                    \
    CALL(epoll_ctl, others)                                                                        \
    CALL(epoll_wait, others)                                                                       \
    CALL(lseek, others)                                                                            \
    CALL(fstat, others)                                                                            \
    CALL(ftruncate, others)                                                                        \
    CALL(fcntl, others)                                                                            \
    CALL(grow_pipe, others) /* fcntl with F_SETPIPE_SZ */                                          \
    CALL(ioctl, others)                                                                            \
    CALL(open, others)                                                                             \
    CALL(close, others)                                                                            \
    CALL(unlink, others)                                                                           \
    CALL(pipe, others)                                                                             \
    CALL(pipe2, others)                                                                            \
    CALL(getrandom, others)                                                                        \
    CALL(getsockopt, others)                                                                       \
    CALL(posix_spawn, spawns)                                                                      \
    CALL(pthread_create, others)                                                                   \
    CALL(waitpid, others)

#define CALL_NUMBER(name, kind) CALL_##name,
enum call { EACH_CALL(CALL_NUMBER) CALLS };

/* Hidden: the program is to find only the calls themselves. */
#pragma GCC visibility push(hidden)

/* True while the program's main runs.  Before and after, nothing is counted and nothing fails. */
extern bool started;

/* Counts a call.  False if it is to fail, with errno set; otherwise *most is
 * lowered to what it may do. */
bool may_go_on(enum call call, size_t *most);

/* Counts a close of standard output, by FAIL_CLOSE.  False as above. */
bool output_may_close(void);

/* How many allocations of main nobody has freed. */
long allocations_held(void);

#pragma GCC visibility pop

/* Sets `real` to the function that the program would have called without us. */
#define FIND_REAL(real, name)                                                                      \
    do {                                                                                           \
        if (!(real))                                                                               \
            *(void **)&(real) = dlsym(RTLD_NEXT, name);                                            \
    } while (0)

/* Defines a call that returns -1 if it fails.  Its parameter `size` is lowered to what it
 * may do. */
#define SIZED(type, name, parameters, arguments)                                                   \
    type name parameters                                                                           \
    {                                                                                              \
        static type(*real) parameters;                                                             \
        FIND_REAL(real, #name);                                                                    \
        return may_go_on(CALL_##name, &size) ? real arguments : -1;                                \
    }

/* The same for a call without a size, which returns FAILED if it fails. */
#define UNSIZED(type, name, failed, parameters, arguments)                                         \
    type name parameters                                                                           \
    {                                                                                              \
        static type(*real) parameters;                                                             \
        size_t most = 1;                                                                           \
        FIND_REAL(real, #name);                                                                    \
        return may_go_on(CALL_##name, &most) ? real arguments : failed;                            \
    }

#endif
