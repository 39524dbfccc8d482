/* SPDX-License-Identifier: MIT */
/*
 * Loaded into cbsplit by LD_PRELOAD: makes its calls fail, or do less than was
 * asked for, as environment variables say.
 *
 *     FAIL_READ=FAULT,...    faults of read and readv
 *     FAIL_WRITE=FAULT,...   ... of write and writev, but to standard error
 *     FAIL_MOVE=FAULT,...    ... of splice, copy_file_range and sendfile
 *     FAIL_TEE=FAULT,...     ... of tee
 *     FAIL_POLL=FAULT,...    ... of poll and ppoll
 *     FAIL_SPAWN=FAULT,...   ... of posix_spawn
 *     FAIL_CLOSE=FAULT,...   ... of close, of standard output
 *     FAIL_NAME=FAULT,...    ... of the call of that name alone: FAIL_readv, FAIL_lseek;
 *                            EACH_CALL has them all; FAIL_allocation is malloc and
 *                            all that is like it
 *
 * A FAULT is what goes wrong, a number of bytes that are the most to be read
 * or written or the name of an error, and when: @N in the N-th call, @N+ in that
 * and all after it, /N in every N-th.  FAIL_READ=1/1,EINTR/3 reads byte by byte and
 * is interrupted in every third call.
 *
 *     HIDE=PATH:PATH...      paths that begin so cannot be opened: HIDE=/proc/:/dev/shm/
 *     WAIT_BEFORE_POLL=FIFO  the first poll waits until somebody has written to it
 *     HANGUP=yes             a pipe that nobody reads is POLLHUP, not POLLERR, and only where
 *                            something is polled for, as on macOS
 *     TIME_RUNS=N            the clock runs N times as fast, and waits are as much shorter:
 *                            with 1440 a day is a minute
 *
 * What cbsplit runs is left alone.
 *
 * CALLS_REPORT=FILE writes how many of them there were to FILE, after main, one
 * line each: "move 23", and for each call by itself "call readv 7"; then "held 2", the
 * allocations since main that nobody has freed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#endif

/* ------------------------------------------------------------------ faults */

enum { FAULTS = 4, AREAS = 64 };

struct fault {
    int error; /* or 0: */
    size_t most;
    unsigned long at, every; /* either of them, the other is 0 */
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

/* The calls that can fail, and their kinds.  Those of close are only some of all. */
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

static struct {
    struct calls own, *kind;
} call_table[] = {
#define CALL_ROW(called, of) {{.name = #called, .variable = "FAIL_" #called}, &of},
    EACH_CALL(CALL_ROW)};

static bool started;
static atomic_long held;
static const char *hidden; /* from HIDE */
static bool hangs_up;      /* from HANGUP */

static void give_up(const struct calls *calls)
{
    fprintf(stderr, "preload: cannot read %s\n", calls->variable);
    abort();
}

static int error_number(const char *name, size_t n)
{
#define ERROR(name)                                                                                \
    {                                                                                              \
        #name, name                                                                                \
    }
    static const struct {
        const char *name;
        int number;
    } errors[] = {
        ERROR(EACCES), ERROR(EAGAIN), ERROR(EBADF), ERROR(EBUSY), ERROR(ECHILD),
        ERROR(ECONNREFUSED), ERROR(ECONNRESET), ERROR(EDESTADDRREQ), ERROR(EDQUOT),
        ERROR(EEXIST), ERROR(EFAULT), ERROR(EFBIG), ERROR(EINTR), ERROR(EINVAL), ERROR(EIO),
        ERROR(EISDIR), ERROR(ELOOP), ERROR(EMFILE), ERROR(ENAMETOOLONG), ERROR(ENFILE),
        ERROR(ENOBUFS), ERROR(ENODEV), ERROR(ENOENT), ERROR(ENOMEM), ERROR(ENOPROTOOPT),
        ERROR(ENOSPC), ERROR(ENOSYS), ERROR(ENOTCONN), ERROR(ENOTDIR), ERROR(ENOTSOCK),
        ERROR(ENOTTY), ERROR(ENXIO), ERROR(EOPNOTSUPP), ERROR(EOVERFLOW), ERROR(EPERM),
        ERROR(EPIPE), ERROR(EROFS), ERROR(ESPIPE), ERROR(ESRCH), ERROR(ETIMEDOUT),
        ERROR(ETXTBSY), ERROR(EXDEV),
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
    used += (size_t)snprintf(text + used, sizeof text - used, "held %ld\n", held);
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
    hidden = getenv("HIDE");
    hangs_up = getenv("HANGUP");
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

/* Counts a call.  False if it is to fail, with errno set; otherwise *most is
 * lowered to what it may do. */
static bool may_go_on(enum call call, size_t *most)
{
    return !started || (passes(&call_table[call].own, most) && passes(call_table[call].kind, most));
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
    size_t most = SIZE_MAX;
    return may_go_on(CALL_allocation, &most);
}

/* What main has allocated and not freed. */
static void *hold(void *memory)
{
    held += started && memory;
    return memory;
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
    return may_allocate() ? hold(real(size)) : NULL;
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
    return may_allocate() ? hold(real(count, size)) : NULL;
}

void *realloc(void *memory, size_t size)
{
    static void *(*real)(void *, size_t);
    FIND_REAL(real, "realloc");
    if (!may_allocate())
        return NULL;
    return memory ? real(memory, size) : hold(real(memory, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    static void *(*real)(size_t, size_t);
    FIND_REAL(real, "aligned_alloc");
    return may_allocate() ? hold(real(alignment, size)) : NULL;
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    static int (*real)(void **, size_t, size_t);
    FIND_REAL(real, "posix_memalign");
    if (!may_allocate())
        return ENOMEM;
    int error = real(memory, alignment, size);
    if (!error)
        hold(*memory);
    return error;
}

void free(void *memory)
{
    static void (*real)(void *);
    FIND_REAL(real, "free");
    held -= started && memory;
    real(memory);
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

/* A call that returns -1 if it fails.  Its parameter `size` is lowered to what it may do. */
#define SIZED(type, name, parameters, arguments)                                                   \
    type name parameters                                                                           \
    {                                                                                              \
        static type(*real) parameters;                                                             \
        FIND_REAL(real, #name);                                                                    \
        return may_go_on(CALL_##name, &size) ? real arguments : -1;                                \
    }

/* The same for one without a size, which then returns FAILED. */
#define UNSIZED(type, name, failed, parameters, arguments)                                         \
    type name parameters                                                                           \
    {                                                                                              \
        static type(*real) parameters;                                                             \
        size_t most = 1;                                                                           \
        FIND_REAL(real, #name);                                                                    \
        return may_go_on(CALL_##name, &most) ? real arguments : failed;                            \
    }

SIZED(ssize_t, read, (int fd, void *data, size_t size), (fd, data, size))
SIZED(ssize_t, pread, (int fd, void *data, size_t size, off_t at), (fd, data, size, at))
SIZED(ssize_t, recv, (int fd, void *data, size_t size, int flags), (fd, data, size, flags))
UNSIZED(ssize_t, recvmsg, -1, (int fd, struct msghdr *message, int flags), (fd, message, flags))

ssize_t readv(int fd, const struct iovec *areas, int count)
{
    static ssize_t (*real)(int, const struct iovec *, int);
    struct iovec cut[AREAS];
    size_t most = SSIZE_MAX;
    FIND_REAL(real, "readv");
    if (!may_go_on(CALL_readv, &most))
        return -1;
    return real(fd, cut, cut_areas(cut, areas, count, most));
}

ssize_t write(int fd, const void *data, size_t size)
{
    static ssize_t (*real)(int, const void *, size_t);
    FIND_REAL(real, "write");
    return fd == STDERR_FILENO || may_go_on(CALL_write, &size) ? real(fd, data, size) : -1;
}

ssize_t writev(int fd, const struct iovec *areas, int count)
{
    static ssize_t (*real)(int, const struct iovec *, int);
    struct iovec cut[AREAS];
    size_t most = SSIZE_MAX;
    FIND_REAL(real, "writev");
    if (fd != STDERR_FILENO && !may_go_on(CALL_writev, &most))
        return -1;
    return real(fd, cut, cut_areas(cut, areas, count, most));
}

#ifdef __linux__
SIZED(ssize_t, splice,
      (int in, loff_t *in_at, int out, loff_t *out_at, size_t size, unsigned flags),
      (in, in_at, out, out_at, size, flags))
SIZED(ssize_t, tee, (int in, int out, size_t size, unsigned flags), (in, out, size, flags))
SIZED(ssize_t, copy_file_range,
      (int in, loff_t *in_at, int out, loff_t *out_at, size_t size, unsigned flags),
      (in, in_at, out, out_at, size, flags))
SIZED(ssize_t, sendfile, (int out, int in, off_t *in_at, size_t size), (out, in, in_at, size))
SIZED(ssize_t, getrandom, (void *to, size_t size, unsigned flags), (to, size, flags))
UNSIZED(int, epoll_create1, -1, (int flags), (flags))
UNSIZED(int, epoll_ctl, -1, (int fd, int what, int other, struct epoll_event *event),
        (fd, what, other, event))
UNSIZED(int, epoll_wait, -1, (int fd, struct epoll_event *events, int count, int timeout),
        (fd, events, count, timeout))
UNSIZED(int, pipe2, -1, (int ends[2], int flags), (ends, flags))
#endif

/* ------------------------------------------------------------- descriptors */

UNSIZED(off_t, lseek, -1, (int fd, off_t at, int from), (fd, at, from))
UNSIZED(int, fstat, -1, (int fd, struct stat *status), (fd, status))
UNSIZED(int, ftruncate, -1, (int fd, off_t size), (fd, size))
UNSIZED(int, unlink, -1, (const char *path), (path))
UNSIZED(int, pipe, -1, (int ends[2]), (ends))
UNSIZED(int, getsockopt, -1, (int fd, int level, int option, void *value, socklen_t *size),
        (fd, level, option, value, size))

/* Both have one more argument or none; what has no size above that of a pointer is passed
 * on as it is. */
int fcntl(int fd, int command, ...)
{
    static int (*real)(int, int, ...);
    size_t most = 1;
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    FIND_REAL(real, "fcntl");
#ifdef F_SETPIPE_SZ
    if (command == F_SETPIPE_SZ)
        return may_go_on(CALL_grow_pipe, &most) ? real(fd, command, argument) : -1;
#endif
    return may_go_on(CALL_fcntl, &most) ? real(fd, command, argument) : -1;
}

/* (musl differs from all others here.) */
#if defined __linux__ && !defined __GLIBC__
typedef int request_number;
#else
typedef unsigned long request_number;
#endif

int ioctl(int fd, request_number request, ...)
{
    static int (*real)(int, request_number, ...);
    size_t most = 1;
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    FIND_REAL(real, "ioctl");
    return may_go_on(CALL_ioctl, &most) ? real(fd, request, argument) : -1;
}

static bool is_hidden(const char *path)
{
    for (const char *at = hidden; at && *at;) {
        size_t n = strcspn(at, ":");
        if (n && strncmp(path, at, n) == 0)
            return true;
        at += n + (at[n] == ':');
    }
    return false;
}

int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    size_t most = 1;
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(list, unsigned) : 0;
    va_end(list);
    FIND_REAL(real, "open");
    if (!may_go_on(CALL_open, &most))
        return -1;
    if (!is_hidden(path))
        return real(path, flags, mode);
    errno = ENOENT;
    return -1;
}

/* It is closed all the same. */
int close(int fd)
{
    static int (*real)(int);
    size_t most = 1;
    FIND_REAL(real, "close");
    bool works = may_go_on(CALL_close, &most);
    if (fd == STDOUT_FILENO && started && works)
        works = passes(&closes, &most);
    int number = errno, result = real(fd);
    if (works)
        return result;
    errno = number;
    return -1;
}

/* ----------------------------------------------------------------- waiting */

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

static long time_runs(void)
{
    static long runs;
    if (!runs) {
        const char *text = getenv("TIME_RUNS");
        runs = text ? strtol(text, NULL, 10) : 1;
    }
    return runs;
}

enum { SECOND = 1000000000 };

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    static struct timespec first;
    FIND_REAL(real, "clock_gettime");
    int result = real(clock, now);
    if (result || clock != CLOCK_MONOTONIC || time_runs() == 1)
        return result;
    if (!first.tv_sec)
        first = *now;
    const int64_t passed = (int64_t)(now->tv_sec - first.tv_sec) * SECOND + now->tv_nsec -
                           first.tv_nsec;
    now->tv_sec = first.tv_sec + (time_t)(passed * time_runs() / SECOND);
    now->tv_nsec = (long)(passed * time_runs() % SECOND);
    return 0;
}

/* With HANGUP, what is polled for nothing is left out (a negative descriptor is). */
static void leave_out(struct pollfd *entries, nfds_t count)
{
    for (nfds_t i = 0; hangs_up && i < count; i++) {
        if (!entries[i].events)
            entries[i].fd = ~entries[i].fd;
    }
}

static void put_back(struct pollfd *entries, nfds_t count)
{
    for (nfds_t i = 0; hangs_up && i < count; i++) {
        if (!entries[i].events)
            entries[i].fd = ~entries[i].fd;
        if (entries[i].revents & POLLERR)
            entries[i].revents = POLLHUP;
    }
}

typedef int ppoll_fn(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);

/* With a timeout that is so much shorter; NULL: none. */
static int poll_fast(ppoll_fn *real, struct pollfd *entries, nfds_t count,
                     const struct timespec *timeout, const sigset_t *mask)
{
    struct timespec shorter;
    if (timeout && time_runs() > 1) {
        const long runs = time_runs();
        const int64_t left = timeout->tv_sec % runs * SECOND + timeout->tv_nsec;
        shorter.tv_sec = timeout->tv_sec / runs;
        shorter.tv_nsec = (long)((left + runs - 1) / runs);
        timeout = &shorter;
    }
    leave_out(entries, count);
    const int ready = real(entries, count, timeout, mask);
    put_back(entries, count);
    return ready;
}

int poll(struct pollfd *entries, nfds_t count, int timeout)
{
    static ppoll_fn *real;
    struct timespec room = {.tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1000000L};
    size_t most = 1;
    FIND_REAL(real, "ppoll");
    wait_before_poll();
    return may_go_on(CALL_poll, &most)
               ? poll_fast(real, entries, count, timeout < 0 ? NULL : &room, NULL)
               : -1;
}

int ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
    static ppoll_fn *real;
    size_t most = 1;
    FIND_REAL(real, "ppoll");
    return may_go_on(CALL_ppoll, &most) ? poll_fast(real, entries, count, timeout, mask) : -1;
}
UNSIZED(pid_t, waitpid, -1, (pid_t pid, int *status, int options), (pid, status, options))

/* --------------------------------------------------- processes and threads */

UNSIZED(int, posix_spawn, errno,
        (pid_t * pid, const char *path, const posix_spawn_file_actions_t *actions,
         const posix_spawnattr_t *attributes, char *const list[], char *const environment[]),
        (pid, path, actions, attributes, list, environment))
UNSIZED(int, pthread_create, errno,
        (pthread_t * thread, const pthread_attr_t *how, void *(*run)(void *), void *argument),
        (thread, how, run, argument))
