/* SPDX-License-Identifier: MIT */
#include "workers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../common/diagnostics.h"

/* The most bytes in a group: more gains nothing, and what one worker has cannot go to
 * a faster one. */
enum { GROUP_BYTES = 16 << 10 };

enum { VARIABLE_SIZE = 48 };

/* ------------------------------------------------------------ how they ended */

static void report(struct workers *workers, size_t i, enum exit_status failure, const char *what)
{
    char text[ASSIGNED_TEXT];
    workers->worker[i].reported = true;
    complain("worker %zu: %s; it had been given %s", i + 1, what,
             assigned_describe(&workers->worker[i].assigned, text));
    if (failure > workers->failure)
        workers->failure = failure;
}

/* Says how many records it has printed, if that is wrong. */
static void describe_count(const struct workers *workers, size_t i, char *text, size_t size)
{
    *text = '\0';
    if (!collect_is_on(&workers->collect))
        return;
    const struct answers *answers = &workers->collect.answers[i];
    if (answers->printed < answers->wanted)
        snprintf(text, size, "printed %" PRIu64 " record%s for %" PRIu64, answers->printed,
                 plural(answers->printed), answers->wanted);
}

/* Reports a worker that has ended, if something is wrong with that.  One that has
 * read all its records has not ended early. */
static void judge(struct workers *workers, size_t i)
{
    const struct child *child = &workers->set.child[i];
    const struct worker *worker = &workers->worker[i];
    char how[64], count[96], text[256];
    enum exit_status failure = child_exit_status(child->status);
    bool is_early = child->error || child_unread(child) || worker->missed;
    if (child->error && child->error != EPIPE) {
        report(workers, i, EXIT_IO, strerror(child->error));
        return;
    }
    describe_count(workers, i, count, sizeof count);
    is_early = is_early && worker->assigned.count;
    if (!failure && !is_early && !*count)
        return;
    children_end_if_unread(&workers->set, child->status);
    child_describe(child->status, how, sizeof how);
    if (failure || is_early)
        snprintf(text, sizeof text, "%s%s%s%s", is_early ? "ended early, with " : "", how,
                 *count ? ", and " : "", count);
    report(workers, i, failure ? failure : EXIT_COMMAND, failure || is_early ? text : count);
}

/* After each wait. */
static void heard(void *listener)
{
    struct workers *workers = listener;
    const struct collect *collect = &workers->collect;
    collect_write(&workers->collect);
    for (size_t i = 0; i < workers->set.count && !collect->failure; i++) {
        if (workers->set.child[i].ended && !workers->worker[i].reported &&
            collect_is_over(collect, i))
            judge(workers, i);
    }
}

static void on_fault(void *listener, size_t place, const struct turn *turn, enum exit_status status,
                     const char *what)
{
    (void)turn;
    report(listener, place, status, what);
}

static void wait_for_all(struct workers *workers)
{
    while (children_run(&workers->set))
        children_wait(&workers->set);
    heard(workers);
}

enum exit_status workers_finish(struct workers *workers, bool whole)
{
    wait_for_all(workers);
    return collect_finish(&workers->collect, whole && !workers->failure);
}

void workers_give_up(struct workers *workers, uint64_t record)
{
    char text[96];
    if (workers_child(workers)->in < 0)
        return;
    child_stop(workers_child(workers));
    snprintf(text, sizeof text, "stopped inside record %" PRIu64 ", which is incomplete", record);
    report(workers, workers->target, EXIT_COMMAND, text);
}

/* ------------------------------------------------------ who gets the next bytes */

size_t workers_reading(const struct workers *workers)
{
    size_t n = 0;
    for (size_t i = 0; i < workers->set.count; i++)
        n += workers->set.child[i].in >= 0;
    return n;
}

void workers_note_record(struct workers *workers)
{
    for (size_t i = 0; i < workers->set.count; i++) {
        if (workers->set.child[i].in < 0)
            workers->worker[i].missed = true;
    }
}

/* The worker with the least to read, of those with an empty queue; the first that has
 * nothing is good enough.  -1: there is none now. */
static ptrdiff_t find_idle(const struct workers *workers)
{
    ptrdiff_t best = -1;
    size_t least = SIZE_MAX;
    for (size_t k = 0; k < workers->set.count && least; k++) {
        size_t i = (workers->next + k) % workers->set.count;
        const struct child *child = &workers->set.child[i];
        if (child->in < 0 || !child_is_idle(child) || !collect_has_room(&workers->collect, i))
            continue;
        size_t unread = child_unread(child);
        if (best < 0 || unread < least) {
            best = (ptrdiff_t)i;
            least = unread;
        }
    }
    return best;
}

/* No worker is left for this record. */
static enum exit_status fail_without_workers(struct workers *workers, uint64_t record)
{
    struct cb_error *error = &workers->sink->error;
    wait_for_all(workers);
    error->code = CB_EIO;
    snprintf(error->text, sizeof error->text,
             "all have ended; records from %" PRIu64 " on were not given to any", record);
    error->record = 0;
    return workers->failure > EXIT_COMMAND ? workers->failure : EXIT_COMMAND;
}

enum exit_status workers_choose(struct workers *workers, uint64_t record)
{
    ptrdiff_t i;
    while ((i = find_idle(workers)) < 0 && workers_reading(workers))
        children_wait(&workers->set);
    if (i < 0)
        return fail_without_workers(workers, record);
    workers->target = (size_t)i;
    workers->next = (size_t)i + 1;
    return EXIT_FINE;
}

void workers_assign(struct workers *workers, uint64_t first, uint64_t last)
{
    assigned_add(&workers->worker[workers->target].assigned, first, last);
    collect_expect(&workers->collect, workers->target, first, last);
}

size_t workers_grant(struct workers *workers)
{
    struct worker *worker = &workers->worker[workers->target];
    const size_t unread = child_unread(workers_child(workers));
    const size_t was_read = worker->filled > unread ? worker->filled - unread : 0;
    size_t grant = 2 * (unread ? was_read : worker->grant);
    grant = grant > unread ? grant : unread;
    worker->filled = unread;
    return grant < GROUP_BYTES ? grant : GROUP_BYTES;
}

/* ------------------------------------------------------------------- their life */

/* How many can there be?  Each has a pipe for its input, and perhaps one for what it prints. */
static uint64_t most_that_fit(const struct workers *workers)
{
    struct rlimit limit;
    const uint64_t standard = 3, each = workers->set.plan.collects ? 2 : 1;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    const uint64_t most = (uint64_t)limit.rlim_cur; /* it is signed on FreeBSD */
    return most < standard ? 0 : (most - standard) / each;
}

/* Starts all, or none that goes on: without its records none shall seem to have done its
 * work. */
static int start_all(struct workers *workers)
{
    char variable[VARIABLE_SIZE];
    uint64_t most = most_that_fit(workers);
    int number = workers->set.count <= most ? 0 : EMFILE;
    workers->set.plan.environment[0] = variable;
    for (size_t i = 0; i < workers->set.count && !number; i++) {
        snprintf(variable, sizeof variable, "CBSPLIT_WORKER=%zu", i + 1);
        number = children_start(&workers->set, i);
        if (number)
            most = i;
    }
    if (number)
        children_stop(&workers->set);
    if (number != EMFILE)
        return number;
    complain("worker: %s; no more than %" PRIu64 " fit", strerror(number), most);
    return WORKERS_SAID;
}

int workers_init(struct workers *workers, struct sink *sink, const char *command, size_t count,
                 const struct collecting *collecting, struct cb_pool *pool)
{
    *workers = (struct workers){.sink = sink, .worker = calloc(count, sizeof *workers->worker)};
    if (!workers->worker)
        return ENOMEM;
    int number = children_init(&workers->set, command, count, 1, pool);
    if (number)
        goto err0;
    children_listen(&workers->set, heard, workers);
    number =
        collect_init(&workers->collect, sink, collecting, true, &workers->set, on_fault, workers);
    if (number)
        goto err1;
    number = start_all(workers);
    if (!number)
        return 0;
    workers->collect.output.encoder = NULL; /* the caller still owns it */
    workers_fini(workers);
    return number;
err1:
    children_fini(&workers->set);
err0:
    free(workers->worker);
    return number;
}

void workers_fini(struct workers *workers)
{
    children_fini(&workers->set);
    collect_fini(&workers->collect);
    free(workers->worker);
}
