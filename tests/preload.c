/* SPDX-License-Identifier: MIT */
/*
 * Loaded into cbsplit by LD_PRELOAD: makes its calls fail, or do less than was
 * asked for, as environment variables say.
 *
 *     FAIL_ALLOCATION=N      the N-th allocation since main fails
 *     FAIL_ALLOCATION=N+     and all that come after it
 *     FAIL_READ=FAULT,...    faults of read and readv
 *     FAIL_WRITE=FAULT,...   ... of write and writev, but to standard error
 *     FAIL_MOVE=FAULT,...    ... of splice, copy_file_range and sendfile
 *     FAIL_TEE=FAULT,...     ... of tee
 *     FAIL_POLL=FAULT,...    ... of poll and ppoll
 *     FAIL_SPAWN=FAULT,...   ... of posix_spawn
 *     FAIL_CLOSE=FAULT,...   ... of close, of standard output
 *
 * A FAULT is what goes wrong, a number of bytes that are the most to be read
 * or written or the name of an error, and when: @N in the N-th call, /N in
 * every N-th.  FAIL_READ=1/1,EINTR/3 reads byte by byte and is interrupted in
 * every third call.
 *
 *     WAIT_BEFORE_POLL=FIFO  the first poll waits until somebody has written to it
 *
 * What cbsplit runs is left alone.
 *
 * CALLS_REPORT=FILE writes how many of them there were to FILE, after main, one
 * line each: "allocation 23".
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/sendfile.h>
#endif

/* ------------------------------------------------------------------ faults */

enum { FAULTS = 4, AREAS = 64 };

struct fault {
    int error; /* or 0: */
    size_t most;
    unsigned long at, every; /* either of them, the other is 0 */
};

/* One kind of calls. */
struct calls {
    const char *name, *variable;
    unsigned long count;
    size_t faults;
    struct fault fault[FAULTS];
};

static struct calls allocations = {.name = "allocation", .variable = "FAIL_ALLOCATION"};
static struct calls reads = {.name = "read", .variable = "FAIL_READ"};
static struct calls writes = {.name = "write", .variable = "FAIL_WRITE"};
static struct calls moves = {.name = "move", .variable = "FAIL_MOVE"};
static struct calls tees = {.name = "tee", .variable = "FAIL_TEE"};
static struct calls polls = {.name = "poll", .variable = "FAIL_POLL"};

static struct calls closes = {.name = "close", .variable = "FAIL_CLOSE"};

static struct calls spawns = {.name = "spawn", .variable = "FAIL_SPAWN"};

static struct calls *const kinds[] = {&allocations, &reads, &writes, &moves,
                                      &tees,        &polls, &closes, &spawns};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool started;
static unsigned long failing_allocation;
static bool and_all_after_it;

static void give_up(const struct calls *calls)
{
    fprintf(stderr, "preload: cannot read %s\n", calls->variable);
    abort();
}

static int error_number(const char *name, size_t n)
{
    static const struct {
        const char *name;
        int number;
    } errors[] = {{"EINTR", EINTR},   {"EAGAIN", EAGAIN}, {"EIO", EIO},     {"ENOSPC", ENOSPC},
                  {"EINVAL", EINVAL}, {"ENOMEM", ENOMEM}, {"EPERM", EPERM}, {"ENOSYS", ENOSYS}};
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
        if ((!fault->at && !fault->every) || (*end && *end != ',') || calls->faults == FAULTS)
            give_up(calls);
        text = *end ? end + 1 : end;
    }
}

static void report(void)
{
    char text[256];
    size_t used = 0;
    const char *path = getenv("CALLS_REPORT");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    if (fd < 0)
        return;
    for (size_t i = 0; i < KINDS; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s %lu\n", kinds[i]->name,
                                 kinds[i]->count);
    if (write(fd, text, used) != (ssize_t)used)
        abort();
    close(fd);
}

static void read_variables(void)
{
    const char *text = getenv(allocations.variable);
    if (text) {
        char *end;
        failing_allocation = strtoul(text, &end, 10);
        and_all_after_it = *end == '+';
        if (!failing_allocation)
            give_up(&allocations);
    }
    for (size_t i = 1; i < KINDS; i++)
        read_faults(kinds[i]);
    unsetenv("LD_PRELOAD");
}

/* Counts a call.  False if it is to fail, with errno set; otherwise *most is
 * lowered to what it may do. */
static bool may_go_on(struct calls *calls, size_t *most)
{
    if (!started)
        return true;
    calls->count++;
    for (size_t i = 0; i < calls->faults; i++) {
        const struct fault *fault = &calls->fault[i];
        if (fault->at ? calls->count != fault->at : calls->count % fault->every != 0)
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

/* Sets `real` to what the program would have called. */
#define FIND_REAL(real, name)                                                                      \
    do {                                                                                           \
        if (!(real))                                                                               \
            *(void **)&(real) = dlsym(RTLD_NEXT, name);                                            \
    } while (0)

/* -------------------------------------------------------------------- main */

typedef int main_fn(int, char **, char **);

static main_fn *real_main;

/* What is done before main and after it is not the program's work. */
static int counted_main(int argc, char **argv, char **environment)
{
    read_variables();
    started = true;
    int status = real_main(argc, argv, environment);
    started = false;
    report();
    return status;
}

/* What the start files of a program call to have main called. */
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

/* ------------------------------------------------------------- allocations */

static bool may_allocate(void)
{
    if (!started)
        return true;
    unsigned long n = ++allocations.count;
    if (n != failing_allocation && !(and_all_after_it && n > failing_allocation))
        return true;
    errno = ENOMEM;
    return false;
}

/* dlsym may itself call calloc, before there is one to be called. */
static void *early_calloc(size_t size)
{
    static union {
        max_align_t align;
        char bytes[4096];
    } memory;
    static size_t used;
    size_t at = used;
    used += (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    return used <= sizeof memory ? memory.bytes + at : NULL;
}

void *malloc(size_t size)
{
    static void *(*real)(size_t);
    FIND_REAL(real, "malloc");
    return may_allocate() ? real(size) : NULL;
}

void *calloc(size_t count, size_t size)
{
    static void *(*real)(size_t, size_t);
    static bool searching;
    if (searching)
        return early_calloc(count * size);
    searching = !real;
    FIND_REAL(real, "calloc");
    searching = false;
    return may_allocate() ? real(count, size) : NULL;
}

void *realloc(void *memory, size_t size)
{
    static void *(*real)(void *, size_t);
    FIND_REAL(real, "realloc");
    return may_allocate() ? real(memory, size) : NULL;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    static void *(*real)(size_t, size_t);
    FIND_REAL(real, "aligned_alloc");
    return may_allocate() ? real(alignment, size) : NULL;
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    static int (*real)(void **, size_t, size_t);
    FIND_REAL(real, "posix_memalign");
    return may_allocate() ? real(memory, alignment, size) : ENOMEM;
}

/* ------------------------------------------------------------------- bytes */

/* Copies the areas as far as `most` bytes go, AREAS of them at most; returns how
 * many there are. */
static int cut_areas(struct iovec *cut, const struct iovec *areas, int count, size_t most)
{
    int n = 0;
    for (; n < count && n < AREAS && most; n++) {
        cut[n] = areas[n];
        if (cut[n].iov_len > most)
            cut[n].iov_len = most;
        most -= cut[n].iov_len;
    }
    return n;
}

ssize_t read(int fd, void *data, size_t size)
{
    static ssize_t (*real)(int, void *, size_t);
    FIND_REAL(real, "read");
    return may_go_on(&reads, &size) ? real(fd, data, size) : -1;
}

ssize_t readv(int fd, const struct iovec *areas, int count)
{
    static ssize_t (*real)(int, const struct iovec *, int);
    struct iovec cut[AREAS];
    size_t most = SSIZE_MAX;
    FIND_REAL(real, "readv");
    if (!may_go_on(&reads, &most))
        return -1;
    return real(fd, cut, cut_areas(cut, areas, count, most));
}

ssize_t write(int fd, const void *data, size_t size)
{
    static ssize_t (*real)(int, const void *, size_t);
    FIND_REAL(real, "write");
    return fd == STDERR_FILENO || may_go_on(&writes, &size) ? real(fd, data, size) : -1;
}

ssize_t writev(int fd, const struct iovec *areas, int count)
{
    static ssize_t (*real)(int, const struct iovec *, int);
    struct iovec cut[AREAS];
    size_t most = SSIZE_MAX;
    FIND_REAL(real, "writev");
    if (fd != STDERR_FILENO && !may_go_on(&writes, &most))
        return -1;
    return real(fd, cut, cut_areas(cut, areas, count, most));
}

#ifdef __linux__

ssize_t splice(int in, loff_t *in_at, int out, loff_t *out_at, size_t size, unsigned flags)
{
    static ssize_t (*real)(int, loff_t *, int, loff_t *, size_t, unsigned);
    FIND_REAL(real, "splice");
    return may_go_on(&moves, &size) ? real(in, in_at, out, out_at, size, flags) : -1;
}

ssize_t tee(int in, int out, size_t size, unsigned flags)
{
    static ssize_t (*real)(int, int, size_t, unsigned);
    FIND_REAL(real, "tee");
    return may_go_on(&tees, &size) ? real(in, out, size, flags) : -1;
}

ssize_t copy_file_range(int in, loff_t *in_at, int out, loff_t *out_at, size_t size, unsigned flags)
{
    static ssize_t (*real)(int, loff_t *, int, loff_t *, size_t, unsigned);
    FIND_REAL(real, "copy_file_range");
    return may_go_on(&moves, &size) ? real(in, in_at, out, out_at, size, flags) : -1;
}

ssize_t sendfile(int out, int in, off_t *in_at, size_t size)
{
    static ssize_t (*real)(int, int, off_t *, size_t);
    FIND_REAL(real, "sendfile");
    return may_go_on(&moves, &size) ? real(out, in, in_at, size) : -1;
}

#endif

static void wait_before_poll(void)
{
    static bool waited;
    char byte;
    const char *path = started && !waited ? getenv("WAIT_BEFORE_POLL") : NULL;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    waited = waited || path;
    while (fd >= 0 && read(fd, &byte, 1) > 0)
        continue;
    if (fd >= 0)
        close(fd);
}

int poll(struct pollfd *entries, nfds_t count, int timeout)
{
    static int (*real)(struct pollfd *, nfds_t, int);
    size_t most = 1;
    FIND_REAL(real, "poll");
    wait_before_poll();
    return may_go_on(&polls, &most) ? real(entries, count, timeout) : -1;
}

int ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
    static int (*real)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
    size_t most = 1;
    FIND_REAL(real, "ppoll");
    return may_go_on(&polls, &most) ? real(entries, count, timeout, mask) : -1;
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[],
                char *const environment[])
{
    static int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                       const posix_spawnattr_t *, char *const[], char *const[]);
    size_t most = 1;
    FIND_REAL(real, "posix_spawn");
    if (!may_go_on(&spawns, &most))
        return errno;
    return real(pid, path, actions, attributes, arguments, environment);
}

int close(int fd)
{
    static int (*real)(int);
    size_t most = 1;
    FIND_REAL(real, "close");
    if (fd != STDOUT_FILENO || may_go_on(&closes, &most))
        return real(fd);
    int number = errno;
    real(fd);
    errno = number;
    return -1;
}
