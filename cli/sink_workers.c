/* SPDX-License-Identifier: MIT */
/*
 * Commands that run as long as there are records, each record to one of them.
 *
 * Whole records that are at hand go in groups to the worker that has least left
 * to read, only as far as its pipe takes them: what does not fit goes to
 * another, but for the rest of a record that was begun, which is queued.  A
 * record that is not whole at hand goes to one worker as it comes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "diagnostics.h"
#include "framer.h"
#include "given.h"
#include "sink.h"

/* The most in a group: more gains nothing, and what is given to a worker cannot
 * be given to one that is faster. */
enum { GROUP_RECORDS = 512, GROUP_BYTES = 16 << 10, FEW_RECORDS = 256 };

enum { VARIABLE_SIZE = 48 };

struct worker {
    struct given given;
    size_t grant;  /* bytes in its last group */
    size_t filled; /* bytes that were on their way to it behind that */
    bool was_told; /* it ended, and what is wrong with that was said */
};

struct sink_workers {
    struct sink sink;
    struct framer framer;
    struct children set;
    struct worker *workers; /* one for each child */
    size_t next;            /* the worker to begin the search with */
    size_t target;          /* the one that gets what the framer writes */
    int failure;            /* the exit status that follows from what failed */
    size_t share;           /* records at hand that one worker may have */
    /* The group that is being made: */
    size_t records;
    size_t sent;                /* bytes that have left the framer */
    bool is_cut;                /* nothing but a record that was begun is queued */
    size_t ends[GROUP_RECORDS]; /* of its records, in bytes */
};

static size_t areas_size(const struct iovec *areas, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += areas[i].iov_len;
    return n;
}

/* Of a group of which so many bytes were written: what is missing of the record
 * in which they end. */
static size_t rest_of_record(const struct sink_workers *out, size_t sent)
{
    size_t begin = 0;
    for (size_t i = 0; i < out->records; i++) {
        if (sent < out->ends[i])
            return sent > begin ? out->ends[i] - sent : 0;
        begin = out->ends[i];
    }
    return 0;
}

/* Where the framer's bytes go. */
static int deliver(void *arg, struct iovec *areas, size_t count)
{
    struct sink_workers *out = arg;
    struct child *child = &out->set.child[out->target];
    const size_t all = areas_size(areas, count);
    child_try(child, &areas, &count);
    size_t left = areas_size(areas, count);
    out->sent += all - left;
    size_t queued = out->is_cut ? rest_of_record(out, out->sent) : left;
    out->sent += queued;
    return child_queue(child, areas, queued);
}

/* ----------------------------------------------------------------- its workers */

/* Says what became of a worker that has ended, if that is nothing good. */
static void judge(struct sink_workers *out, size_t i)
{
    const struct child *child = &out->set.child[i];
    struct worker *worker = &out->workers[i];
    char how[64], given[GIVEN_TEXT];
    int failure = child_exit_status(child->status);
    bool is_early = !child->ending || child->error || child_unread(child);
    worker->was_told = true;
    if (!failure && (!is_early || !worker->given.count))
        return;
    child_describe(child->status, how, sizeof how);
    complain("worker %zu: %s%s; it had been given %s", i + 1, is_early ? "ended early, with " : "",
             how, given_describe(&worker->given, given));
    failure = failure ? failure : EXIT_COMMAND;
    if (failure > out->failure)
        out->failure = failure;
}

static bool work(struct sink_workers *out, int fd)
{
    bool has_input = children_wait(&out->set, fd);
    for (size_t i = 0; i < out->set.count; i++) {
        if (out->set.child[i].ended && !out->workers[i].was_told)
            judge(out, i);
    }
    return has_input;
}

/* The worker that has least to read, of those whose queue is empty; the first
 * that has nothing is good enough.  -1: there is none now. */
static ptrdiff_t find_idle(struct sink_workers *out)
{
    ptrdiff_t best = -1;
    size_t least = SIZE_MAX;
    for (size_t k = 0; k < out->set.count && least; k++) {
        size_t i = (out->next + k) % out->set.count;
        const struct child *child = &out->set.child[i];
        if (child->in < 0 || !child_is_idle(child))
            continue;
        size_t unread = child_unread(child);
        if (best < 0 || unread < least) {
            best = (ptrdiff_t)i;
            least = unread;
        }
    }
    return best;
}

static size_t count_open(const struct sink_workers *out)
{
    size_t n = 0;
    for (size_t i = 0; i < out->set.count; i++)
        n += out->set.child[i].in >= 0;
    return n;
}

/* Nobody is left to give this record to. */
static int fail_without_workers(struct sink_workers *out, uint64_t record)
{
    while (children_run(&out->set))
        work(out, -1);
    out->sink.error.code = CB_EIO;
    snprintf(out->sink.error.text, sizeof out->sink.error.text,
             "all have ended: from record %" PRIu64 " on nothing was given to any", record);
    return out->failure ? out->failure : EXIT_COMMAND;
}

/* Finds a worker for this record, waiting for one. */
static int choose(struct sink_workers *out, uint64_t record)
{
    ptrdiff_t i;
    while ((i = find_idle(out)) < 0) {
        if (!count_open(out))
            return fail_without_workers(out, record);
        work(out, -1);
    }
    out->target = (size_t)i;
    out->next = (size_t)i + 1;
    return EXIT_FINE;
}

/* ----------------------------------------------------------------- its records */

/* How many bytes the next group may have: twice those of the last where all were
 * read, else twice what was read since then, or as many as are waiting there.  So
 * it is as much as the worker takes at a time. */
static size_t next_grant(struct sink_workers *out)
{
    struct worker *worker = &out->workers[out->target];
    const size_t unread = child_unread(&out->set.child[out->target]);
    const size_t was_read = worker->filled > unread ? worker->filled - unread : 0;
    size_t grant = 2 * (unread ? was_read : worker->grant);
    grant = grant > unread ? grant : unread;
    worker->filled = unread;
    return grant < GROUP_BYTES ? grant : GROUP_BYTES;
}

static size_t count_records(const struct cb_piece *pieces, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += (pieces[i].flags & CB_LAST) != 0;
    return n;
}

/* How many of those at hand one worker may have: where they are few, no more than
 * the others. */
static size_t share(const struct sink_workers *out, size_t records)
{
    const size_t open = count_open(out);
    return open && records < FEW_RECORDS ? (records + open - 1) / open : GROUP_RECORDS;
}

/* Puts whole records into the framer, one at least; *used is how many pieces
 * that is. */
static int make_group(struct sink_workers *out, const struct cb_piece *pieces, size_t count,
                      size_t *used)
{
    const size_t grant = next_grant(out);
    int status = EXIT_FINE;
    size_t bytes = 0;
    out->records = 0;
    for (*used = 0; *used < count;) {
        size_t n = framer_record(pieces + *used, count - *used);
        if (!(pieces[*used + n - 1].flags & CB_LAST))
            break;
        status = framer_put(&out->framer, pieces + *used, n);
        if (status)
            break;
        *used += n;
        bytes = out->sent + gather_size(out->framer.gather);
        out->ends[out->records++] = bytes;
        if (out->records == out->share || bytes >= grant)
            break;
    }
    out->workers[out->target].grant = bytes;
    return status;
}

/* Counts what the worker got of the group; *used becomes how many pieces that
 * is. */
static void count_given(struct sink_workers *out, const struct cb_piece *pieces, size_t *used)
{
    size_t records = 0, n = 0;
    while (records < out->records && out->ends[records] <= out->sent)
        records++;
    for (size_t left = records; left; n++)
        left -= (pieces[n].flags & CB_LAST) != 0;
    *used = n;
    if (records)
        given_add(&out->workers[out->target].given, out->sink.before + pieces[0].record,
                  out->sink.before + pieces[n - 1].record);
}

/* Gives a group of whole records to a worker. */
static int put_group(struct sink_workers *out, const struct cb_piece *pieces, size_t count,
                     size_t *used)
{
    out->sent = 0;
    int status = make_group(out, pieces, count, used);
    /* After one that is refused there is no other time for those before it. */
    out->is_cut = !status;
    int flushed = framer_flush(&out->framer);
    out->is_cut = false;
    out->workers[out->target].filled += out->sent;
    if (flushed)
        return flushed;
    count_given(out, pieces, used);
    return status;
}

/* Begins with a record that is not whole, or goes on with it. */
static int put_part(struct sink_workers *out, const struct cb_piece *pieces, size_t count)
{
    const uint64_t record = out->sink.before + pieces->record;
    const struct child *child = &out->set.child[out->target];
    const bool has_enough = child_has_enough(child);
    if (pieces->flags & CB_FIRST)
        given_add(&out->workers[out->target].given, record, record);
    while (has_enough && !child_is_idle(child))
        work(out, -1);
    int status = framer_put(&out->framer, pieces, count);
    bool is_last = pieces[count - 1].flags & CB_LAST;
    return status || !is_last ? status : framer_flush(&out->framer);
}

static int put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    int status = EXIT_FINE;
    out->share = share(out, count_records(pieces, count));
    while (count && !status) {
        size_t n = framer_record(pieces, count);
        bool is_whole = pieces->flags & CB_FIRST && pieces[n - 1].flags & CB_LAST;
        if (pieces->flags & CB_FIRST)
            status = choose(out, sink->before + pieces->record);
        if (!status)
            status = is_whole ? put_group(out, pieces, count, &n) : put_part(out, pieces, n);
        pieces += n;
        count -= n;
    }
    return status;
}

static int flush(struct sink *sink)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    return framer_flush(&out->framer);
}

static void wait_for_input(struct sink *sink, int fd)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    bool done = fd < 0 && !children_are_behind(&out->set);
    while (!done) {
        bool has_input = work(out, fd);
        done = fd < 0 ? !children_are_behind(&out->set) : has_input;
    }
}

/* Each worker's input is a stream of its own. */
static int end_inputs(struct sink_workers *out, bool whole)
{
    int status = EXIT_FINE;
    for (size_t i = 0; i < out->set.count; i++) {
        out->target = i;
        if (whole && !status)
            status = framer_finish(&out->framer);
        if (!status)
            status = framer_flush(&out->framer);
        child_end(&out->set.child[i], true);
    }
    return status;
}

static int finish(struct sink *sink, bool whole)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    gather_drop(out->framer.gather);
    int status = end_inputs(out, whole);
    while (children_run(&out->set))
        work(out, -1);
    if (!status)
        out->sink.error.code = CB_OK;
    status = status ? status : out->failure;
    return status;
}

static void free_sink(struct sink *sink)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    children_fini(&out->set);
    framer_fini(&out->framer);
    free(out->workers);
    free(out);
}

static const struct sink_ops ops = {
    .put = put, .flush = flush, .wait = wait_for_input, .finish = finish, .free = free_sink};

static int start_all(struct sink_workers *out)
{
    char variable[VARIABLE_SIZE];
    int number = 0;
    out->set.environment[0] = variable;
    for (size_t i = 0; i < out->set.count && !number; i++) {
        snprintf(variable, sizeof variable, "CBSPLIT_WORKER=%zu", i + 1);
        number = children_start(&out->set, i);
    }
    return number;
}

struct sink *sink_workers_new(struct cb_encoder *encoder, const char *command, size_t jobs)
{
    int number = ENOMEM;
    struct sink_workers *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    out->workers = calloc(jobs, sizeof *out->workers);
    if (!out->workers || children_init(&out->set, command, jobs, 1))
        goto err0;
    number = framer_init(&out->framer, &out->sink, encoder, -1);
    if (number)
        goto err1;
    number = start_all(out);
    if (number)
        goto err2;
    out->framer.gather->write = deliver;
    out->framer.gather->arg = out;
    out->sink.ops = &ops;
    out->sink.name = "workers";
    return &out->sink;
err2:
    out->framer.encoder = NULL; /* it is still the caller's */
    framer_fini(&out->framer);
err1:
    children_fini(&out->set);
err0:
    free(out->workers);
    free(out);
    errno = number;
    return NULL;
}
