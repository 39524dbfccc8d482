/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdio_ext.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* What it may write to one file; to print of it; how many commands may run in all. */
enum { LONGEST_FILE = 1 << 20, SHOWN = 1 << 16, COMMANDS = 16 };

enum { SIGNALS = 32 };

/* Inside the program; see fuzz/inside.h. */
int cbsplit_main(int argc, char **argv);
int fuzz_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
               const posix_spawnattr_t *attributes, char *const arguments[],
               char *const environment[]);
int fuzz_sigaction(int number, const struct sigaction *action, struct sigaction *before);

/* Of the sanitizers, if there are any. */
void __sanitizer_set_report_fd(void *fd) __attribute__((weak));

/* What does not change from run to run. */
static struct inside {
    char name[256];     /* of the folder where it runs */
    int folder, before; /* that one, and the fuzzer's own */
    int in, out, err;   /* files in memory */
    int real[3];        /* the fuzzer's own standard descriptors */
    unsigned commands;  /* of this run */
    char printed[SHOWN], messages[SHOWN];
} inside;

/* ------------------------------------------------------- instead of the system */

/* One of a few commands, by what it was. */
int fuzz_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
               const posix_spawnattr_t *attributes, char *const arguments[],
               char *const environment[])
{
    static const char *const commands[] = {
        "cat",  "cat >&2",   "cat >/dev/null", "true",        "false",    "exit 126",
        "nope", "head -c 3", "kill -9 $$",     "echo x; cat", "exec cat", "echo a,b; cat; exit 3",
    };
    const uint64_t digest = digest_bytes(0, (const uint8_t *)arguments[2], strlen(arguments[2]));
    const char *command = commands[digest % COUNT(commands)];
    char *others[] = {arguments[0], arguments[1], (char *)(uintptr_t)command, NULL};
    if (inside.commands++ >= COMMANDS)
        return EAGAIN;
    return posix_spawn(pid, path, actions, attributes, others, environment);
}

/* The fuzzer itself needs these signals. */
int fuzz_sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    return sigaction(
        number, number == SIGALRM || number == SIGTERM || number == SIGINT ? NULL : action, before);
}

/* ------------------------------------------------------------------ one run */

struct signals {
    struct sigaction actions[SIGNALS];
    sigset_t mask;
};

static void keep_signals(struct signals *signals)
{
    for (int i = 1; i < SIGNALS; i++)
        sigaction(i, NULL, &signals->actions[i]);
    sigprocmask(SIG_SETMASK, NULL, &signals->mask);
}

static void restore_signals(const struct signals *signals)
{
    for (int i = 1; i < SIGNALS; i++)
        sigaction(i, &signals->actions[i], NULL);
    sigprocmask(SIG_SETMASK, &signals->mask, NULL);
}

static int memory_file(const char *name)
{
    const int fd = memfd_create(name, MFD_CLOEXEC);
    REQUIRE(fd > STDERR_FILENO);
    return fd;
}

/* Above the standard ones, which the program may find closed and fill. */
static int copy_of(int fd)
{
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    REQUIRE(copy >= 10);
    return copy;
}

/* Removes what a run has left in the working folder. */
static void empty_folder(void)
{
    DIR *folder = opendir(".");
    REQUIRE(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            REQUIRE(unlink(entry->d_name) == 0);
    }
    closedir(folder);
}

static void end(void)
{
    REQUIRE(fchdir(inside.folder) == 0);
    empty_folder();
    REQUIRE(fchdir(inside.before) == 0);
    rmdir(inside.name);
}

static void begin(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(inside.name, sizeof inside.name, "%s/fuzz-program-XXXXXX", parent ? parent : "/tmp");
    REQUIRE(mkdtemp(inside.name));
    atexit(end);
    inside.folder = open(inside.name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    inside.before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(inside.folder >= 0 && inside.before >= 0);
    for (int fd = 0; fd < 3; fd++)
        inside.real[fd] = copy_of(fd);
    inside.in = memory_file("in");
    inside.out = memory_file("out");
    inside.err = memory_file("err");
    signal(SIGXFSZ, SIG_IGN);
    if (__sanitizer_set_report_fd)
        __sanitizer_set_report_fd((void *)(intptr_t)inside.real[STDERR_FILENO]);
}

/* The fuzzer's own files may be longer. */
static void limit_files(rlim_t longest)
{
    struct rlimit limit;
    REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = longest < limit.rlim_max ? longest : limit.rlim_max;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void put_file(const char *name, const struct program *program)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(fd >= 0 && write(fd, program->data, program->size) == (ssize_t)program->size);
    close(fd);
}

static void enter_folder(const struct program *program)
{
    REQUIRE(fchdir(inside.folder) == 0);
    empty_folder();
    put_file("in", program);
}

static int open_input(const struct program *program)
{
    int ends[2];
    if (program->from_pipe && program->size <= 4096) {
        REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
        REQUIRE(write(ends[1], program->data, program->size) == (ssize_t)program->size);
        close(ends[1]);
        return ends[0];
    }
    REQUIRE(ftruncate(inside.in, 0) == 0);
    REQUIRE(pwrite(inside.in, program->data, program->size, 0) == (ssize_t)program->size);
    lseek(inside.in, 0, SEEK_SET);
    return copy_of(inside.in);
}

static void put_in_place(int fd, int standard)
{
    REQUIRE(dup2(fd, standard) == standard);
}

static void enter(const struct program *program)
{
    const int in = open_input(program);
    put_in_place(in, STDIN_FILENO);
    close(in);
    REQUIRE(ftruncate(inside.out, 0) == 0 && ftruncate(inside.err, 0) == 0);
    lseek(inside.out, 0, SEEK_SET);
    lseek(inside.err, 0, SEEK_SET);
    put_in_place(inside.out, STDOUT_FILENO);
    if (program->to_full) {
        const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
        REQUIRE(full >= 0);
        put_in_place(full, STDOUT_FILENO);
        close(full);
    }
    put_in_place(inside.err, STDERR_FILENO);
    limit_files(LONGEST_FILE);
    inside.commands = 0;
    optind = 0; /* GNU's way to begin anew */
}

static void leave(void)
{
    limit_files(RLIM_INFINITY);
    REQUIRE(fchdir(inside.before) == 0);
    for (int fd = 0; fd < 3; fd++)
        put_in_place(inside.real[fd], fd);
    __fpurge(stdout);
    clearerr(stdout);
}

static const char *read_back(int fd, char *text)
{
    const ssize_t n = pread(fd, text, SHOWN - 1, 0);
    REQUIRE(n >= 0);
    text[n] = '\0';
    return text;
}

static void check(const struct program *program)
{
    static const int statuses[] = {0, 1, 2, 3, 4, 5, 6, 123, 126, 127};
    bool documented = false;
    for (size_t i = 0; i < COUNT(statuses); i++)
        documented = documented || program->status == statuses[i];
    if (documented && (!program->status || strstr(program->messages, "cbsplit: ")))
        return;
    fprintf(stderr, "exit status %d, with this on standard error:\n%s\n", program->status,
            program->messages);
    abort();
}

void program_run(struct program *program)
{
    static bool begun;
    struct signals signals;
    if (!begun)
        begin();
    begun = true;
    enter_folder(program);
    keep_signals(&signals);
    enter(program);
    program->status = cbsplit_main(program->count, program->arguments);
    leave();
    restore_signals(&signals);
    program->printed = read_back(inside.out, inside.printed);
    program->messages = read_back(inside.err, inside.messages);
    check(program);
}
