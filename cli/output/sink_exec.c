/* SPDX-License-Identifier: MIT */
/* A command for each record, which is its standard input. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/diagnostics.h"
#include "children.h"
#include "output.h"

enum { VARIABLES = 3, VARIABLE_SIZE = 48 };

struct sink_exec {
    struct sink sink;
    struct output output;
    struct children set;
    uint64_t *records;        /* of each child; 0: we stopped it */
    struct child *current;    /* the one whose record is not complete, or NULL */
    enum exit_status failure; /* the exit status for what failed */
    char variables[VARIABLES][VARIABLE_SIZE];
};

/* Reports a command that failed, unless we stopped it. */
static void judge(struct sink_exec *out, size_t place)
{
    const struct child *child = &out->set.child[place];
    const uint64_t record = out->records[place];
    char text[64];
    if (!record)
        return;
    enum exit_status failure = child_exit_status(child->status);
    if (child->error && child->error != EPIPE) {
        failure = EXIT_IO;
        complain("exec: record %" PRIu64 ": %s", record, strerror(child->error));
    } else if (failure) {
        child_describe(child->status, text, sizeof text);
        complain("exec: record %" PRIu64 ": the command failed: %s", record, text);
    } else if (child->is_left) {
        failure = EXIT_COMMAND;
        complain("exec: record %" PRIu64
                 ": the command ended while a process that it had started was still reading",
                 record);
    }
    /* A command that cannot be run is worse than one that failed. */
    if (failure > out->failure)
        out->failure = failure;
}

/* Reports those that have ended, and frees their places. */
static void judge_all(struct sink_exec *out)
{
    for (size_t i = 0; i < out->set.count; i++) {
        struct child *child = &out->set.child[i];
        if (!child->ended)
            continue;
        judge(out, i);
        child->ended = false;
    }
}

static bool must_stop(const struct sink_exec *out)
{
    return out->failure == EXIT_CANNOT_RUN || out->failure == EXIT_NOT_FOUND;
}

static void set_variables(struct sink_exec *out, uint64_t record, const struct cb_piece *piece)
{
    const struct {
        const char *name;
        uint64_t value;
    } variables[VARIABLES] = {
        {"RECORD", record}, {"OFFSET", piece->offset}, {"LENGTH", piece->total}};
    for (size_t i = 0; i < VARIABLES; i++) {
        snprintf(out->variables[i], VARIABLE_SIZE, "CBSPLIT_%s=%" PRIu64, variables[i].name,
                 variables[i].value);
        out->set.plan.environment[i] = out->variables[i];
    }
}

/* Waits for a free place. */
static size_t free_place(struct sink_exec *out)
{
    for (;;) {
        judge_all(out);
        for (size_t i = 0; i < out->set.count; i++) {
            if (!out->set.pids[i])
                return i;
        }
        children_wait(&out->set, -1);
    }
}

/* Starts the command for a record.  If the system is short of something, waits for a
 * running command to end. */
static enum exit_status start(struct sink_exec *out, uint64_t record, const struct cb_piece *piece)
{
    int number = EAGAIN;
    while (number == EAGAIN || number == EMFILE || number == ENFILE) {
        size_t place = free_place(out);
        if (must_stop(out))
            return out->failure;
        set_variables(out, record, piece);
        number = children_start(&out->set, place);
        out->records[place] = record;
        out->current = &out->set.child[place];
        out->current->within = true;
        if (number && !children_run(&out->set))
            break;
        if (number)
            children_wait(&out->set, -1);
    }
    return output_failed(&out->output, number);
}

static enum exit_status flush(struct sink *sink)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    if (out->current)
        children_give(&out->set, out->current, out->output.buffer, CB_ALL);
    return EXIT_FINE;
}

/* Each command's input is a stream of one record. */
static enum exit_status end_record(struct sink_exec *out)
{
    enum exit_status status = output_end(&out->output);
    if (status)
        return status;
    flush(&out->sink);
    child_end(out->current, false);
    out->current = NULL;
    return EXIT_FINE;
}

/* The pieces of one record. */
static enum exit_status put_record(struct sink_exec *out, const struct cb_piece *pieces,
                                   size_t count)
{
    const uint64_t record = out->sink.before + pieces->record;
    enum exit_status status = EXIT_FINE;
    if (pieces->flags & CB_FIRST)
        status = start(out, record, pieces);
    if (!status)
        status = output_put(&out->output, pieces, count);
    if (!status && pieces[count - 1].flags & CB_LAST)
        status = end_record(out);
    if (status == EXIT_IO)
        out->sink.error.record = record;
    return status;
}

static enum exit_status put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    enum exit_status status = EXIT_FINE;
    while (count && !status) {
        size_t n = output_record(pieces, count);
        status = put_record(out, pieces, n);
        pieces += n;
        count -= n;
    }
    return status;
}

static void wait_for_input(struct sink *sink, int fd)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    bool done = fd < 0 && !children_have_queued(&out->set);
    while (!done) {
        bool has_input = children_wait(&out->set, fd);
        judge_all(out);
        done = fd < 0 ? !children_have_queued(&out->set) : has_input;
    }
}

/* The command must not mistake a part of a record for the whole. */
static void stop_current(struct sink_exec *out)
{
    const size_t place = (size_t)(out->current - out->set.child);
    if (out->set.pids[place])
        out->records[place] = 0;
    child_stop(out->current);
    out->current = NULL;
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    if (!whole && out->current)
        stop_current(out);
    while (children_run(&out->set))
        children_wait(&out->set, -1);
    judge_all(out);
    sink->error.code = CB_OK;
    return out->failure;
}

static void free_sink(struct sink *sink)
{
    struct sink_exec *out = (struct sink_exec *)sink;
    children_fini(&out->set);
    output_fini(&out->output);
    free(out->records);
    free(out);
}

static const struct sink_ops ops = {
    .put = put, .flush = flush, .wait = wait_for_input, .finish = finish, .free = free_sink};

struct sink *sink_exec_new(struct cb_encoder *encoder, const char *command, size_t jobs,
                           struct cb_pool *pool)
{
    struct sink_exec *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    out->records = calloc(jobs, sizeof *out->records);
    if (!out->records)
        goto err0;
    if (children_init(&out->set, command, jobs, VARIABLES, pool))
        goto err1;
    if (!output_init(&out->output, &out->sink, encoder))
        goto err2;
    out->sink.ops = &ops;
    out->sink.name = "exec";
    return &out->sink;
err2:
    children_fini(&out->set);
err1:
    free(out->records);
err0:
    free(out);
    errno = ENOMEM;
    return NULL;
}
