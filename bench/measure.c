/* SPDX-License-Identifier: MIT */
/*
 * Measures commands in the middle of   feeder | COMMAND | drain   and prints
 * the medians of their alternated runs, one line a command, between tabs:
 *
 *     workload  way  label  bytes in  bytes out  wall s  processor s  peak KiB  least wall s
 *     records in
 *
 * Wall time runs from the start of the command until the drain has seen its
 * last byte.  Processor time (user and system) and peak memory are those of
 * the command and the children it has waited for, and of nobody else.
 *
 * Usage: measure [OPTION VALUE | LABEL=COMMAND]...
 *
 *     -w NAME           the workload, for the first column
 *     -n RUNS           how often each command is run (5), after once to warm up
 *     -r RECORDS        how many records the input has (0: not known)
 *     -f FILE[:TIMES]   feed this, so many times; given again: then that
 *     -i pipe|file|socket|http, -o pipe|file|socket|null
 *                       what standard input and output of the commands that
 *                       follow are.  With http, BENCH_PORT is the port of a
 *                       server whose one answer has the files as its body, in
 *                       the chunked coding that they must be in.
 *
 * A COMMAND is split into words as the shell does it, but run without one.
 * One whose program is not installed is left out with a message.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wordexp.h>

#ifndef MAP_POPULATE
#define MAP_POPULATE 0
#endif

enum { MAX_FILES = 4, MAX_JOBS = 16, MAX_RUNS = 1000, FEED_SIZE = 128 << 10 };

enum way { BY_PIPE, BY_FILE, BY_SOCKET, BY_HTTP, TO_NULL };
static const char *const way_names[] = {"pipe", "file", "socket", "http", "null"};

struct input {
    char *path;
    long times;
    const char *data; /* mapped by the feeder alone, so that no child of ours
                         begins its life with these pages in its peak */
    size_t size;
};

struct sample {
    double wall, processor, peak;
};

struct job {
    const char *label, *command;
    enum way in, out;
    uint64_t written;
    bool failed;
    struct sample samples[MAX_RUNS];
};

static struct input inputs[MAX_FILES];
static size_t input_count;

static void die(const char *what)
{
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static int must(int result, const char *what)
{
    if (result < 0)
        die(what);
    return result;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ------------------------------------------------------------ descriptors */

/* A pair: what is written to [1] is read from [0]. */
static void make_pipe(int pair[2])
{
    must(pipe(pair), "pipe");
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    fcntl(pair[1], F_SETFD, FD_CLOEXEC);
}

/* Listens on a free port of the loopback interface. */
static int make_listener(struct sockaddr_in *address)
{
    socklen_t size = sizeof *address;
    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    must(bind(fd, (struct sockaddr *)address, size), "bind");
    must(listen(fd, 1), "listen");
    must(getsockname(fd, (struct sockaddr *)address, &size), "getsockname");
    return fd;
}

static void make_sockets(int pair[2])
{
    struct sockaddr_in address;
    int listener = make_listener(&address);
    pair[1] = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    must(connect(pair[1], (struct sockaddr *)&address, sizeof address), "connect");
    pair[0] = must(accept(listener, NULL, NULL), "accept");
    close(listener);
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    fcntl(pair[1], F_SETFD, FD_CLOEXEC);
}

/* For a helper, which must not hold the ends of other pipes open. */
static void close_all_but(int a, int b)
{
    for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
        if (fd != a && fd != b)
            close(fd);
}

/* ----------------------------------------------------- feeder and drain */

static bool write_all(int fd, const char *data, size_t n)
{
    while (n) {
        ssize_t written = write(fd, data, n < FEED_SIZE ? n : FEED_SIZE);
        if (written < 0 && errno != EINTR)
            return false; /* the reader has had enough */
        if (written > 0) {
            data += written;
            n -= (size_t)written;
        }
    }
    return true;
}

static void map_inputs(void)
{
    for (size_t i = 0; i < input_count; i++) {
        int fd = must(open(inputs[i].path, O_RDONLY | O_CLOEXEC), inputs[i].path);
        void *data = mmap(NULL, inputs[i].size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
        if (data == MAP_FAILED)
            die(inputs[i].path);
        inputs[i].data = data;
    }
}

static void write_inputs(int fd)
{
    for (size_t i = 0; i < input_count; i++)
        for (long n = 0; n < inputs[i].times; n++)
            if (!write_all(fd, inputs[i].data, inputs[i].size))
                return;
}

/* Takes the one request that comes, and gives the head of its answer. */
static int answer(int listener)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                               "Connection: close\r\n\r\n";
    char request[8192];
    size_t n = 0;
    int fd = must(accept(listener, NULL, NULL), "accept");
    while (n < 4 || memcmp(request + n - 4, "\r\n\r\n", 4) != 0) {
        ssize_t more = read(fd, request + n, sizeof request - n);
        if (more <= 0)
            _exit(EXIT_FAILURE);
        n += (size_t)more;
    }
    write_all(fd, head, sizeof head - 1);
    return fd;
}

/* Starts what writes the inputs to fd, and waits until they are in memory. */
static pid_t start_feeder(int fd, enum way way)
{
    int ready[2];
    make_pipe(ready);
    pid_t pid = must(fork(), "fork");
    if (pid == 0) {
        close_all_but(fd, ready[1]);
        signal(SIGPIPE, SIG_IGN);
        map_inputs();
        close(ready[1]);
        write_inputs(way == BY_HTTP ? answer(fd) : fd);
        _exit(EXIT_SUCCESS);
    }
    char byte;
    close(ready[1]);
    while (read(ready[0], &byte, 1) < 0 && errno == EINTR)
        continue;
    close(ready[0]);
    return pid;
}

/* Starts what reads fd up to its end, and then tells by `result` how many
 * bytes came. */
static pid_t start_drain(int fd, int result)
{
    static char data[FEED_SIZE];
    pid_t pid = must(fork(), "fork");
    if (pid)
        return pid;
    close_all_but(fd, result);
    uint64_t total = 0;
    ssize_t n;
    while ((n = read(fd, data, sizeof data)) != 0)
        total += n > 0 ? (uint64_t)n : 0;
    write_all(result, (const char *)&total, sizeof total);
    _exit(EXIT_SUCCESS);
}

/* -------------------------------------------------------------- one run */

/* One side of a command: its descriptor, and ours and the helper's. */
struct side {
    int fd;
    int other;    /* -1: nobody stands there */
    pid_t helper; /* 0: none */
};

static struct side open_input(const struct job *job)
{
    int pair[2];
    if (job->in == BY_FILE)
        return (struct side){must(open(inputs[0].path, O_RDONLY | O_CLOEXEC), inputs[0].path), -1,
                             0};
    if (job->in == BY_HTTP) {
        struct sockaddr_in address;
        char port[8];
        pair[0] = must(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
        pair[1] = make_listener(&address);
        snprintf(port, sizeof port, "%u", (unsigned)ntohs(address.sin_port));
        setenv("BENCH_PORT", port, 1);
    } else if (job->in == BY_SOCKET) {
        make_sockets(pair);
    } else {
        make_pipe(pair);
    }
    struct side side = {pair[0], pair[1], start_feeder(pair[1], job->in)};
    close(side.other);
    return side;
}

/* An output file stands beside the input, and has no name any more. */
static int open_output_file(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.out.XXXXXX", inputs[0].path);
    int fd = must(mkstemp(path), path);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    unlink(path);
    return fd;
}

static struct side open_output(const struct job *job, int result)
{
    int pair[2];
    if (job->out == TO_NULL)
        return (struct side){must(open("/dev/null", O_WRONLY | O_CLOEXEC), "/dev/null"), -1, 0};
    if (job->out == BY_FILE)
        return (struct side){open_output_file(), -1, 0};
    if (job->out == BY_SOCKET)
        make_sockets(pair);
    else
        make_pipe(pair);
    struct side side = {pair[1], pair[0], start_drain(pair[0], result)};
    close(side.other);
    return side;
}

static pid_t start(const struct job *job, char *const *words, int in, int out)
{
    pid_t pid = must(fork(), "fork");
    if (pid)
        return pid;
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    execvp(words[0], words);
    fprintf(stderr, "measure: %s: %s\n", job->label, strerror(errno));
    _exit(127);
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void await(pid_t helper)
{
    while (helper && waitpid(helper, NULL, 0) < 0 && errno == EINTR)
        continue;
}

/* Runs the job once; false if the command failed. */
static bool run(struct job *job, struct sample *sample)
{
    int result[2], status;
    struct rusage usage;
    struct stat output;
    wordexp_t words;

    make_pipe(result);
    struct side in = open_input(job);
    struct side out = open_output(job, result[1]);
    if (wordexp(job->command, &words, WRDE_NOCMD)) {
        errno = EINVAL;
        die(job->command);
    }
    double started = now();
    pid_t pid = start(job, words.we_wordv, in.fd, out.fd);
    close(in.fd);
    if (out.helper)
        close(out.fd);
    must(wait4(pid, &status, 0, &usage), "wait4");
    await(out.helper);
    sample->wall = now() - started;
    sample->processor = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    sample->peak = (double)usage.ru_maxrss;

    if (in.helper && job->in == BY_HTTP)
        kill(in.helper, SIGTERM); /* where nobody came */
    await(in.helper);
    wordfree(&words);
    close(result[1]);
    if (out.helper)
        must((int)read(result[0], &job->written, sizeof job->written), "read");
    else if (fstat(out.fd, &output) == 0 && S_ISREG(output.st_mode))
        job->written = (uint64_t)output.st_size;
    if (!out.helper)
        close(out.fd);
    close(result[0]);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* -------------------------------------------------------------- the report */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One member of the samples, which stands at `offset`: its median, and its
 * least in *least. */
static double median(const struct job *job, long runs, size_t offset, double *least)
{
    double values[MAX_RUNS];
    for (long i = 0; i < runs; i++)
        memcpy(&values[i], (const char *)&job->samples[i] + offset, sizeof values[i]);
    qsort(values, (size_t)runs, sizeof *values, compare);
    *least = values[0];
    return runs % 2 ? values[runs / 2] : (values[runs / 2 - 1] + values[runs / 2]) / 2;
}

static void report(const struct job *job, const char *workload, long runs, long records)
{
    uint64_t total = 0;
    for (size_t i = 0; i < input_count; i++)
        total += inputs[i].size * (uint64_t)inputs[i].times;
    double least, ignored;
    double processor = median(job, runs, offsetof(struct sample, processor), &ignored);
    double peak = median(job, runs, offsetof(struct sample, peak), &ignored);
    double wall = median(job, runs, offsetof(struct sample, wall), &least);
    printf("%s\t%s>%s\t%s\t%llu\t%llu\t%.6f\t%.6f\t%.0f\t%.6f\t%ld\n", workload, way_names[job->in],
           way_names[job->out], job->label, (unsigned long long)total,
           (unsigned long long)job->written, wall, processor, peak, least, records);
}

/* --------------------------------------------------------- the command line */

static bool is_installed(const char *command)
{
    char program[256], path[4096];
    snprintf(program, sizeof program, "%.*s", (int)strcspn(command, " "), command);
    if (strchr(program, '/'))
        return access(program, X_OK) == 0;
    const char *directory = getenv("PATH");
    while (directory) {
        int n = (int)strcspn(directory, ":");
        snprintf(path, sizeof path, "%.*s/%s", n, directory, program);
        if (access(path, X_OK) == 0)
            return true;
        directory = directory[n] ? directory + n + 1 : NULL;
    }
    return false;
}

static enum way parse_way(const char *name)
{
    for (size_t i = 0; i < sizeof way_names / sizeof *way_names; i++)
        if (strcmp(name, way_names[i]) == 0)
            return (enum way)i;
    errno = EINVAL;
    die(name);
    return BY_PIPE;
}

static void add_input(char *argument)
{
    struct stat file;
    if (input_count == MAX_FILES) {
        errno = E2BIG;
        die(argument);
    }
    char *colon = strrchr(argument, ':');
    long times = colon ? strtol(colon + 1, NULL, 10) : 1;
    if (colon)
        *colon = '\0';
    must(stat(argument, &file), argument);
    inputs[input_count++] =
        (struct input){.path = argument, .times = times, .size = (size_t)file.st_size};
}

int main(int argc, char **argv)
{
    static struct job jobs[MAX_JOBS];
    size_t count = 0;
    const char *workload = "";
    long runs = 5, records = 0;
    enum way in = BY_PIPE, out = BY_PIPE;

    for (int i = 1; i < argc; i++) {
        char *value = argv[i][0] == '-' && i + 1 < argc ? argv[i + 1] : NULL;
        char *equals = strchr(argv[i], '=');
        if (value) {
            switch (argv[i++][1]) {
            case 'w':
                workload = value;
                break;
            case 'n':
                runs = strtol(value, NULL, 10);
                break;
            case 'r':
                records = strtol(value, NULL, 10);
                break;
            case 'f':
                add_input(value);
                break;
            case 'i':
                in = parse_way(value);
                break;
            case 'o':
                out = parse_way(value);
                break;
            }
        } else if (equals && count < MAX_JOBS) {
            *equals = '\0';
            if (is_installed(equals + 1))
                jobs[count++] =
                    (struct job){.label = argv[i], .command = equals + 1, .in = in, .out = out};
            else
                fprintf(stderr, "%s: %s is not installed: left out\n", workload, argv[i]);
        }
    }
    if (runs < 1 || runs > MAX_RUNS || !input_count) {
        fprintf(stderr, "usage: measure -f FILE [OPTION VALUE | LABEL=COMMAND]...\n");
        return EXIT_FAILURE;
    }

    for (long n = -1; n < runs; n++)
        for (size_t i = 0; i < count; i++)
            if (!jobs[i].failed && !run(&jobs[i], &jobs[i].samples[n < 0 ? 0 : n])) {
                fprintf(stderr, "%s: %s failed: left out\n", workload, jobs[i].label);
                jobs[i].failed = true;
            }
    for (size_t i = 0; i < count; i++)
        if (!jobs[i].failed)
            report(&jobs[i], workload, runs, records);
    return count && !jobs[0].failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
