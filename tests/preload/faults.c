/* SPDX-License-Identifier: MIT */
/* Reads from the environment which calls are to fail, counts calls, and reports how many
 * there were.  Stands around the program's main, outside of which nothing fails. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload.h"

enum { FAULTS = 4 };

struct fault {
    int error;               /* if 0, the call moves at most */
    size_t most;             /* ... so many bytes */
    unsigned long at, every; /* one of them; the other is 0 */
    bool and_after;          /* with `at` */
};

/* One call, or one kind of calls. */
struct calls {
    const char *name, *variable;
    atomic_ulong count;
    size_t faults;
    struct fault fault[FAULTS];
};

#define KIND(kind, called, set_by) static struct calls kind = {.name = called, .variable = set_by}
KIND(reads, "read", "FAIL_READ");
KIND(writes, "write", "FAIL_WRITE");
KIND(moves, "move", "FAIL_MOVE");
KIND(tees, "tee", "FAIL_TEE");
KIND(polls, "poll", "FAIL_POLL");
KIND(closes, "close", "FAIL_CLOSE");
KIND(spawns, "spawn", "FAIL_SPAWN");
KIND(others, "other", "FAIL_OTHER");

static struct calls *const kinds[] = {&reads, &writes, &moves,  &tees,
                                      &polls, &closes, &spawns, &others};
enum { KINDS = sizeof kinds / sizeof *kinds };

static struct {
    struct calls own, *kind;
} call_table[] = {
#define CALL_ROW(called, of) {{.name = #called, .variable = "FAIL_" #called}, &of},
    EACH_CALL(CALL_ROW)};

bool started;

static void give_up(const struct calls *calls)
{
    fprintf(stderr, "preload: cannot read %s\n", calls->variable);
    abort();
}

static int error_number(const char *name, size_t n)
{
#define ERROR(e)                                                                                   \
    {                                                                                              \
        .name = #e, .number = (e)                                                                  \
    }
    static const struct {
        const char *name;
        int number;
    } errors[] = {
        ERROR(EACCES),      ERROR(EAGAIN),       ERROR(EBADF),        ERROR(EBUSY),
        ERROR(ECHILD),      ERROR(ECONNREFUSED), ERROR(ECONNRESET),   ERROR(EDESTADDRREQ),
        ERROR(EDQUOT),      ERROR(EEXIST),       ERROR(EFAULT),       ERROR(EFBIG),
        ERROR(EINTR),       ERROR(EINVAL),       ERROR(EIO),          ERROR(EISDIR),
        ERROR(ELOOP),       ERROR(EMFILE),       ERROR(ENAMETOOLONG), ERROR(ENFILE),
        ERROR(ENOBUFS),     ERROR(ENODEV),       ERROR(ENOENT),       ERROR(ENOMEM),
        ERROR(ENOPROTOOPT), ERROR(ENOSPC),       ERROR(ENOSYS),       ERROR(ENOTCONN),
        ERROR(ENOTDIR),     ERROR(ENOTSOCK),     ERROR(ENOTTY),       ERROR(ENXIO),
        ERROR(EOPNOTSUPP),  ERROR(EOVERFLOW),    ERROR(EPERM),        ERROR(EPIPE),
        ERROR(EROFS),       ERROR(ESPIPE),       ERROR(ESRCH),        ERROR(ETIMEDOUT),
        ERROR(ETXTBSY),     ERROR(EXDEV),
    };
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (strlen(errors[i].name) == n && memcmp(name, errors[i].name, n) == 0)
            return errors[i].number;
    }
    return 0;
}

static void read_faults(struct calls *calls)
{
    const char *text = getenv(calls->variable);
    while (text && *text) {
        struct fault *fault = &calls->fault[calls->faults++];
        size_t n = strcspn(text, "@/");
        char *end = (char *)text + n;
        fault->error = error_number(text, n);
        if (!fault->error)
            fault->most = strtoul(text, &end, 10);
        char when = *end;
        if ((!fault->error && !fault->most) || end != text + n || !when)
            give_up(calls);
        *(when == '@' ? &fault->at : &fault->every) = strtoul(end + 1, &end, 10);
        fault->and_after = when == '@' && *end == '+';
        end += fault->and_after;
        if ((!fault->at && !fault->every) || (*end && *end != ',') || calls->faults == FAULTS)
            give_up(calls);
        text = *end ? end + 1 : end;
    }
}

static void report(void)
{
    char text[2048];
    size_t used = 0;
    const char *path = getenv("CALLS_REPORT");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    if (fd < 0)
        return;
    for (size_t i = 0; i < KINDS; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s %lu\n", kinds[i]->name,
                                 kinds[i]->count);
    for (size_t i = 0; i < CALLS; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "call %s %lu\n",
                                 call_table[i].own.name, call_table[i].own.count);
    used += (size_t)snprintf(text + used, sizeof text - used, "held %ld\n", allocations_held());
    if (write(fd, text, used) != (ssize_t)used)
        abort();
    close(fd);
}

static void read_variables(void)
{
    for (size_t i = 0; i < KINDS; i++)
        read_faults(kinds[i]);
    for (size_t i = 0; i < CALLS; i++)
        read_faults(&call_table[i].own);
    unsetenv("LD_PRELOAD");
}

static bool happens(const struct fault *fault, unsigned long n)
{
    if (fault->every)
        return n % fault->every == 0;
    return n == fault->at || (fault->and_after && n > fault->at);
}

static bool passes(struct calls *calls, size_t *most)
{
    const unsigned long n = ++calls->count;
    for (size_t i = 0; i < calls->faults; i++) {
        const struct fault *fault = &calls->fault[i];
        if (!happens(fault, n))
            continue;
        if (fault->error) {
            errno = fault->error;
            return false;
        }
        if (fault->most < *most)
            *most = fault->most;
    }
    return true;
}

bool may_go_on(enum call call, size_t *most)
{
    return !started || (passes(&call_table[call].own, most) && passes(call_table[call].kind, most));
}

bool output_may_close(void)
{
    size_t most = 1;
    return !started || passes(&closes, &most);
}

typedef int main_fn(int, char **, char **);

static main_fn *real_main;

static int counted_main(int argc, char **argv, char **environment)
{
    read_variables();
    started = true;
    int status = real_main(argc, argv, environment);
    started = false;
    report();
    return status;
}

/* The start files of a program call this to have main called. */
int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*loader_fini)(void), void *stack_end);

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*loader_fini)(void), void *stack_end)
{
    static int (*real)(main_fn *, int, char **, void (*)(void), void (*)(void), void (*)(void),
                       void *);
    FIND_REAL(real, "__libc_start_main");
    real_main = main;
    return real(counted_main, argc, argv, init, fini, loader_fini, stack_end);
}
