/* SPDX-License-Identifier: MIT */
/* A command for each record, or group of records, which is its standard input. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/diagnostics.h"
#include "collect.h"
#include "portions.h"

enum { VARIABLES = 3, VARIABLE_SIZE = 48, NAMES_SIZE = 64 };

/* Which records a command was given. */
struct given {
    uint64_t first, last; /* 0: we stopped it */
};

struct sink_exec {
    struct sink sink;
    struct output output;
    struct portions portions;
    struct children set;
    struct collect collect;
    struct given *given;      /* to each child */
    struct child *current;    /* the one whose input is not complete, or NULL */
    enum exit_status failure; /* the exit status for what failed */
    char variables[VARIABLES][VARIABLE_SIZE];
};

/* "record 5", or "records 5-7". */
static const char *name_records(const struct given *given, char text[NAMES_SIZE])
{
    if (given->first == given->last)
        snprintf(text, NAMES_SIZE, "record %" PRIu64, given->first);
    else
        snprintf(text, NAMES_SIZE, "records %" PRIu64 "-%" PRIu64, given->first, given->last);
    return text;
}

/* Reports what went wrong with a command. */
static void report(struct sink_exec *out, const struct given *given, enum exit_status failure,
                   const char *what)
{
    char names[NAMES_SIZE];
    complain("exec: %s: %s", name_records(given, names), what);
    /* A command that cannot be run is worse than one that failed. */
    if (failure > out->failure)
        out->failure = failure;
}

static void on_fault(void *listener, size_t place, const struct turn *turn, enum exit_status status,
                     const char *what)
{
    struct sink_exec *out = listener;
    const struct given given = turn ? (struct given){turn->first, turn->last} : out->given[place];
    if (given.first)
        report(out, &given, status, what);
}

/* Reports a command that failed, unless we stopped it. */
static void judge(struct sink_exec *out, size_t place)
{
    const struct child *child = &out->set.child[place];
    const struct given *given = &out->given[place];
    char how[64], text[96];
    if (!given->first)
        return;
    enum exit_status failure = child_exit_status(child->status);
    if (child->error && child->error != EPIPE) {
        report(out, given, EXIT_IO, strerror(child->error));
    } else if (failure) {
        children_end_if_unread(&out->set, child->status);
        child_describe(child->status, how, sizeof how);
        snprintf(text, sizeof text, "the command failed: %s", how);
        report(out, given, failure, text);
    } else if (child->is_left) {
        report(out, given, EXIT_COMMAND,
               "the command ended while a process that it had started was still reading");
    }
}

/* Can nothing more become of it?  A command that gets several records is done when they
 * are. */
static bool is_over(const struct sink_exec *out, const struct child *child)
{
    const bool has_all = child != out->current || grouping_is_plain(&out->portions.grouping);
    return child_is_over(child) && has_all;
}

/* After each wait: reports those that have ended, and frees their places. */
static void heard(void *listener)
{
    struct sink_exec *out = listener;
    for (size_t i = 0; i < out->set.count && !out->collect.failure; i++) {
        struct child *child = &out->set.child[i];
        if (!is_over(out, child))
            continue;
        judge(out, i);
        collect_leave(&out->collect, i, out->given[i].first, out->given[i].last);
        child->ended = false;
    }
    collect_write(&out->collect);
}

static bool must_stop(const struct sink_exec *out)
{
    return out->failure == EXIT_CANNOT_RUN || out->failure == EXIT_NOT_FOUND;
}

/* How many variables a command gets: nobody knows the length of a group. */
static size_t count_variables(const struct grouping *grouping)
{
    return grouping_is_plain(grouping) ? VARIABLES : VARIABLES - 1;
}

static void set_variables(struct sink_exec *out, uint64_t record, const struct cb_piece *piece)
{
    const struct {
        const char *name;
        uint64_t value;
    } variables[VARIABLES] = {
        {"RECORD", record}, {"OFFSET", piece->offset}, {"LENGTH", piece->total}};
    for (size_t i = 0; i < count_variables(&out->portions.grouping); i++) {
        snprintf(out->variables[i], VARIABLE_SIZE, "CBSPLIT_%s=%" PRIu64, variables[i].name,
                 variables[i].value);
        out->set.plan.environment[i] = out->variables[i];
    }
}

/* The first free place, if another command may be started; else the number of places. */
static size_t find_place(const struct sink_exec *out)
{
    size_t i = 0;
    if (!collect_has_room(&out->collect, NO_PLACE))
        return out->set.count;
    while (i < out->set.count && (out->set.pids[i] || out->set.child[i].ended))
        i++;
    return i;
}

/* Waits for a free place. */
static size_t free_place(struct sink_exec *out)
{
    size_t place;
    heard(out);
    while ((place = find_place(out)) == out->set.count && !out->collect.failure)
        children_wait(&out->set);
    return place;
}

/* Starts the command for a record and those that go with it.  If the system is short of
 * something, waits for a running command to end. */
static enum exit_status start(struct sink *sink, uint64_t number, const struct cb_piece *piece)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    const uint64_t record = sink->before + piece->record;
    int error = EAGAIN;
    (void)number;
    while (error == EAGAIN || error == EMFILE || error == ENFILE) {
        size_t place = free_place(out);
        if (out->collect.failure || must_stop(out))
            return out->collect.failure ? EXIT_IO : out->failure;
        set_variables(out, record, piece);
        error = children_start(&out->set, place);
        out->given[place] = (struct given){.first = record, .last = record};
        out->current = &out->set.child[place];
        out->current->within = true;
        if (!error)
            collect_expect(&out->collect, place, record, record);
        if (error && !children_run(&out->set))
            break;
        if (error)
            children_wait(&out->set);
    }
    return output_failed(&out->output, error);
}

static enum exit_status send(struct sink *sink, struct cb_buffer *buffer, size_t n)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    children_give(&out->set, out->current, buffer, n);
    return EXIT_FINE;
}

static void added(struct sink *sink, uint64_t record)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    out->given[out->current - out->set.child].last = record;
}

static enum exit_status end_input(struct sink *sink)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    child_end(out->current, false);
    out->current = NULL;
    return EXIT_FINE;
}

/* The command must not mistake a part of a record for the whole. */
static enum exit_status stop_current(struct sink *sink, uint64_t keep)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    const size_t place = (size_t)(out->current - out->set.child);
    if (keep && out->set.pids[place])
        report(out, &out->given[place], EXIT_COMMAND,
               "stopped inside the next record, which is incomplete");
    if (out->set.pids[place])
        out->given[place].first = 0;
    child_stop(out->current);
    out->current = NULL;
    return EXIT_FINE;
}

static const struct portion_ops command_ops = {
    .open = start, .send = send, .added = added, .close = end_input, .abandon = stop_current};

static enum exit_status put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    return collect_status(&out->collect, portions_put(&out->portions, pieces, count));
}

static enum exit_status flush(struct sink *sink)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    return collect_status(&out->collect, portions_flush(&out->portions));
}

static enum exit_status wait_for_input(struct sink *sink, int fd,
                                       const struct deadline *deadline)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    children_work(&out->set, fd, deadline);
    return collect_status(&out->collect, EXIT_FINE);
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    enum exit_status status = portions_finish(&out->portions, whole);
    while (children_run(&out->set))
        children_wait(&out->set);
    heard(out);
    const enum exit_status finished = collect_finish(&out->collect, whole && !out->failure);
    if (status || finished)
        return finished ? finished : status;
    sink->error.code = CB_OK;
    return out->failure;
}

static void free_sink(struct sink *sink)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    children_fini(&out->set);
    collect_fini(&out->collect);
    portions_fini(&out->portions);
    output_fini(&out->output);
    free(out->given);
    free(out);
}

static const struct sink_ops ops = {
    .put = put, .flush = flush, .wait = wait_for_input, .finish = finish, .free = free_sink};

struct sink *sink_exec_new(struct cb_encoder *encoder, const char *command, size_t jobs,
                           const struct grouping *grouping, const struct collecting *collecting,
                           struct cb_pool *pool)
{
    struct sink_exec *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    out->given = calloc(jobs, sizeof *out->given);
    if (!out->given)
        goto err0;
    if (!output_init(&out->output, &out->sink, encoder))
        goto err1;
    if (!portions_init(&out->portions, &command_ops, &out->output, grouping))
        goto err2;
    if (children_init(&out->set, command, jobs, count_variables(grouping), pool))
        goto err3;
    children_listen(&out->set, heard, out);
    if (collect_init(&out->collect, &out->sink, collecting, false, &out->set, on_fault, out))
        goto err4;
    out->sink.ops = &ops;
    out->sink.name = "exec";
    return &out->sink;
err4:
    children_fini(&out->set);
err3:
    portions_fini(&out->portions);
err2:
    out->output.encoder = NULL; /* the caller still owns it */
    output_fini(&out->output);
err1:
    free(out->given);
err0:
    free(out);
    errno = ENOMEM;
    return NULL;
}
