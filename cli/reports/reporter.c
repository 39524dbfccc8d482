/* SPDX-License-Identifier: MIT */
#include "reporter.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "../common/diagnostics.h"
#include "../common/fd.h"
#include "../common/interrupt.h"
#include "progress.h"
#include "sink_stats.h"

/* Seconds between two lines. */
static const double TICK = 0.2;

/* If the terminal does not tell. */
enum { COLUMNS = 80 };

/* There is one, as there is one standard error, and signal handlers have no argument. */
static struct reporter {
    struct meter meter;
    bool has_progress;
    bool draws; /* redraws the line, on a terminal */
    enum stats_form form;
    pthread_t thread;
    atomic_int ask; /* write end of a pipe: a byte asks the thread for a report,
                       closing ends it; -1: no thread */
    int asked;      /* the read end */

    pthread_mutex_t screen; /* for standard error, and: */
    atomic_bool is_drawn;   /* the last line on it is ours, without its newline */
    struct progress progress;

    pthread_mutex_t lock; /* for: */
    struct stats stats;
} reporter = {
    .ask = -1,
    .screen = PTHREAD_MUTEX_INITIALIZER,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

/* ----------------------------------------------------------------- signals */

/* Writes a number before `end`, as a signal handler may; returns its beginning. */
static char *number_before(char *end, uint64_t number)
{
    do {
        *--end = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    return end;
}

static char *text_before(char *end, const char *text)
{
    size_t n = strlen(text);
    return memcpy(end - n, text, n);
}

/* "cbsplit: 3 records, 17 bytes so far" */
static void report_shortly(void)
{
    const uint64_t records = meter_records(&reporter.meter), bytes = meter_bytes(&reporter.meter);
    char line[128], *end = line + sizeof line, *at = text_before(end, " so far\n");
    at = text_before(at, bytes == 1 ? " byte" : " bytes");
    at = number_before(at, bytes);
    at = text_before(at, records == 1 ? " record, " : " records, ");
    at = number_before(at, records);
    at = text_before(at, "cbsplit: ");
    ssize_t ignored = write(STDERR_FILENO, at, (size_t)(end - at));
    (void)ignored;
}

static void on_request(int number)
{
    int saved = errno, ask = atomic_load(&reporter.ask);
    (void)number;
    if (ask < 0) {
        report_shortly();
    } else {
        ssize_t ignored = write(ask, "r", 1);
        (void)ignored;
    }
    errno = saved;
}

/* So that the shell's prompt does not continue our line. */
static void end_line(void)
{
    if (atomic_load(&reporter.is_drawn)) {
        ssize_t ignored = write(STDERR_FILENO, "\n", 1);
        (void)ignored;
    }
}

static void on_broken_pipe(int number)
{
    end_line();
    raise(number);
}

/* Handles a signal, unless it was ignored when we started. */
static void handle(int number, void (*handler)(int), unsigned flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = (int)flags}, before;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, &before) == 0 && before.sa_handler == SIG_IGN)
        sigaction(number, &before, NULL);
}

struct meter *reporter_watch(void)
{
    handle(SIGUSR1, on_request, SA_RESTART);
    return &reporter.meter;
}

/* ------------------------------------------------------------------- print */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static unsigned columns(void)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col;
    return known ? size.ws_col : COLUMNS;
}

/* Writes to standard error, over our line if there is one.  0, or an errno. */
static int write_over(const char *text, size_t n, bool is_drawn)
{
    static const char clear[] = "\r\033[K"; /* EL of ECMA-48 */
    struct iovec areas[] = {
        {.iov_base = (void *)clear, .iov_len = sizeof clear - 1},
        {.iov_base = (void *)text, .iov_len = n},
    };
    bool over = atomic_load(&reporter.is_drawn) || is_drawn;
    atomic_store(&reporter.is_drawn, is_drawn);
    return fd_write_all(STDERR_FILENO, over ? areas : areas + 1, over ? 2 : 1);
}

/* Prints whole lines.  0, or an errno. */
static int print(const char *text, size_t n)
{
    pthread_mutex_lock(&reporter.screen);
    int number = write_over(text, n, false);
    pthread_mutex_unlock(&reporter.screen);
    return number;
}

static void print_message(const char *line, size_t n)
{
    (void)print(line, n);
}

/* A background job does not draw. */
static bool in_foreground(void)
{
    pid_t group = tcgetpgrp(STDERR_FILENO);
    return group < 0 || group == getpgrp();
}

static void draw(void)
{
    char line[PROGRESS_LINE];
    if (!in_foreground())
        return;
    pthread_mutex_lock(&reporter.screen);
    uint64_t bytes = meter_bytes(&reporter.meter), records = meter_records(&reporter.meter);
    /* A line that fills the last column may wrap. */
    size_t n = progress_draw(&reporter.progress, seconds(), bytes, records, columns() - 1, line);
    write_over(line, n, true);
    pthread_mutex_unlock(&reporter.screen);
}

/* Prints the figures so far, or at the end.  0, or an errno. */
static int report(void)
{
    char text[PROGRESS_LINE + 1 + STATS_TEXT];
    size_t n = 0;
    if (reporter.has_progress) {
        n = progress_sum_up(&reporter.progress, seconds(), meter_bytes(&reporter.meter),
                            meter_records(&reporter.meter),
                            reporter.draws ? columns() - 1 : PROGRESS_LINE, text);
        text[n++] = '\n';
    }
    pthread_mutex_lock(&reporter.lock);
    n += stats_print(&reporter.stats, reporter.form, columns() - 1, text + n);
    pthread_mutex_unlock(&reporter.lock);
    return print(text, n);
}

/* ------------------------------------------------------------------ thread */

enum event { LINE_DUE, ASKED, ENDED };

static enum event wait_until(double when)
{
    struct pollfd entry = {.fd = reporter.asked, .events = POLLIN};
    double left = (when - seconds()) * 1e3;
    char byte;
    const int ready = poll(&entry, 1, !reporter.draws ? -1 : left > 0 ? (int)left + 1 : 0);
    if (ready == 0 || (ready < 0 && errno == EINTR))
        return LINE_DUE;
    /* If poll is refused, no line is drawn until somebody asks. */
    return read(reporter.asked, &byte, 1) == 1 ? ASKED : ENDED;
}

static void *run(void *nothing)
{
    double due = seconds() + TICK;
    for (enum event event; (event = wait_until(due)) != ENDED;) {
        if (event == ASKED) {
            report();
        } else if (reporter.draws && seconds() >= due) {
            draw();
            due = seconds() + TICK;
        }
    }
    return nothing;
}

/* All signals go to the main thread. */
static int start_thread(void)
{
    int ends[2];
    sigset_t all, before;
    int number = fd_pipe(ends, 1);
    if (number)
        return number;
    reporter.asked = ends[0];
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    number = pthread_create(&reporter.thread, NULL, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (number) {
        close(ends[0]);
        close(ends[1]);
    } else {
        atomic_store(&reporter.ask, ends[1]);
    }
    return number;
}

/* ------------------------------------------------------- beginning and end */

static enum exit_status fail(const char *name, int number)
{
    complain_errno(name, number);
    return EXIT_IO;
}

enum exit_status reporter_start(bool progress, enum stats_form form, uint64_t total,
                                struct sink **sink)
{
    if (!progress && !form)
        return EXIT_FINE;
    if (form) {
        stats_init(&reporter.stats);
        struct sink *counting = sink_stats_new(*sink, &reporter.stats, &reporter.lock);
        if (!counting)
            return fail("stdout", ENOMEM);
        *sink = counting;
    }
    reporter.form = form;
    reporter.has_progress = progress;
    reporter.draws = progress && fd_is_screen(STDERR_FILENO);
    progress_begin(&reporter.progress, total, seconds());
    int number = start_thread();
    if (number)
        return fail("thread", number);
    if (reporter.draws) {
        complain_by(print_message);
        handle(SIGPIPE, on_broken_pipe, SA_RESETHAND);
        interrupt_first(end_line);
        interrupt_catch();
    }
    return EXIT_FINE;
}

enum exit_status reporter_stop(void)
{
    int ask = atomic_exchange(&reporter.ask, -1);
    if (ask < 0)
        return EXIT_FINE;
    close(ask);
    pthread_join(reporter.thread, NULL);
    close(reporter.asked);
    int number = report();
    return number ? fail("stderr", number) : EXIT_FINE;
}
