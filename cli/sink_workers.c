/* SPDX-License-Identifier: MIT */
/*
 * Commands that run as long as there are records, each record to one of them.
 *
 * Whole records that are at hand go in groups to the worker that has least left
 * to read, only as far as its pipe takes them: what does not fit goes to
 * another, but for the rest of a record that was begun, which is queued.  A
 * record that is not whole at hand is held until it is, so that no worker has to
 * do with one that never comes whole; a long one goes to one worker as it comes.
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

/* The longest record that is held until it is whole, and areas that are written
 * of it at once. */
enum { HOLD_MOST = 64 << 10, HELD_AREAS = 16 };

enum { VARIABLE_SIZE = 48 };

struct worker {
    struct given given;
    size_t grant;  /* bytes in its last group */
    size_t filled; /* bytes that were on their way to it behind that */
    bool missed;   /* a record came when it did not read any more */
    bool was_told; /* it ended, and what is wrong with that was said */
};

/* A record that is not whole at hand: */
enum part {
    NO_PART,
    HELD, /* no worker has anything of it */
    SENT  /* the target has all that came */
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
    enum part part;
    uint64_t part_record;
    struct cb_buffer *held; /* of it */
    /* The group that is being made: */
    size_t records;
    size_t sent;                /* bytes that have left the framer */
    size_t most;                /* of these that may go out */
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

/* Leaves out what is beyond the first n bytes. */
static void cut_areas(struct iovec *areas, size_t *count, size_t n)
{
    size_t i = 0;
    for (; i < *count && n; i++) {
        areas[i].iov_len = areas[i].iov_len < n ? areas[i].iov_len : n;
        n -= areas[i].iov_len;
    }
    *count = i;
}

/* Gives a group, or a part of one, to the target. */
static void send_group(struct sink_workers *out, struct iovec *areas, size_t count)
{
    struct child *child = &out->set.child[out->target];
    cut_areas(areas, &count, out->most > out->sent ? out->most - out->sent : 0);
    const size_t all = areas_size(areas, count);
    child_try(child, &areas, &count);
    size_t left = areas_size(areas, count);
    out->sent += all - left;
    size_t queued = out->is_cut ? rest_of_record(out, out->sent) : left;
    out->sent += queued;
    cut_areas(areas, &count, queued);
    children_give(&out->set, child, areas, count);
}

static int hold(struct sink_workers *out, const struct iovec *areas, size_t count)
{
    int status = CB_OK;
    for (size_t i = 0; i < count && !status; i++)
        status = cb_append(out->held, areas[i].iov_base, areas[i].iov_len);
    return status ? ENOMEM : 0;
}

/* Where the framer's bytes go. */
static int deliver(void *arg, struct iovec *areas, size_t count)
{
    struct sink_workers *out = arg;
    if (out->part == HELD)
        return hold(out, areas, count);
    if (out->part == SENT)
        children_give(&out->set, &out->set.child[out->target], areas, count);
    else
        send_group(out, areas, count);
    return 0;
}

/* ----------------------------------------------------------------- its workers */

static void tell(struct sink_workers *out, size_t i, int failure, const char *what)
{
    char given[GIVEN_TEXT];
    out->workers[i].was_told = true;
    complain("worker %zu: %s; it had been given %s", i + 1, what,
             given_describe(&out->workers[i].given, given));
    if (failure > out->failure)
        out->failure = failure;
}

/* Says what became of a worker that has ended, if that is nothing good.  One that
 * has read all that there was for it has not ended early. */
static void judge(struct sink_workers *out, size_t i)
{
    const struct child *child = &out->set.child[i];
    const struct worker *worker = &out->workers[i];
    char how[64], text[96];
    int failure = child_exit_status(child->status);
    bool is_early = child->error || child_unread(child) || worker->missed;
    if (child->error && child->error != EPIPE) {
        tell(out, i, EXIT_IO, strerror(child->error));
        return;
    }
    if (!failure && (!is_early || !worker->given.count))
        return;
    child_describe(child->status, how, sizeof how);
    snprintf(text, sizeof text, "%s%s", is_early ? "ended early, with " : "", how);
    tell(out, i, failure ? failure : EXIT_COMMAND, text);
}

static void judge_all(struct sink_workers *out)
{
    for (size_t i = 0; i < out->set.count; i++) {
        if (out->set.child[i].ended && !out->workers[i].was_told)
            judge(out, i);
    }
}

static bool work(struct sink_workers *out, int fd)
{
    bool has_input = children_wait(&out->set, fd);
    judge_all(out);
    return has_input;
}

/* There is a record for those that still read. */
static void note_missing(struct sink_workers *out)
{
    for (size_t i = 0; i < out->set.count; i++) {
        if (out->set.child[i].in < 0)
            out->workers[i].missed = true;
    }
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
    judge_all(out);
    out->sink.error.code = CB_EIO;
    snprintf(out->sink.error.text, sizeof out->sink.error.text,
             "all have ended: from record %" PRIu64 " on nothing was given to any", record);
    out->sink.error.record = 0;
    return out->failure > EXIT_COMMAND ? out->failure : EXIT_COMMAND;
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

static void begin_part(struct sink_workers *out, enum part part, uint64_t record)
{
    out->part = part;
    out->part_record = record;
    out->set.child[out->target].within = part == SENT;
    if (part == SENT)
        given_add(&out->workers[out->target].given, record, record);
}

/* Gives a group of whole records to a worker. */
static int put_group(struct sink_workers *out, const struct cb_piece *pieces, size_t count,
                     size_t *used)
{
    out->sent = 0;
    out->most = SIZE_MAX;
    int status = make_group(out, pieces, count, used);
    /* After one that is refused there is no other time for those before it. */
    out->is_cut = !status;
    if (status)
        out->most = out->records ? out->ends[out->records - 1] : 0;
    int flushed = framer_flush(&out->framer);
    out->is_cut = false;
    out->workers[out->target].filled += out->sent;
    if (flushed)
        return flushed;
    const uint64_t refused = out->sink.before + pieces[*used < count ? *used : 0].record;
    count_given(out, pieces, used);
    if (out->sent > out->most)
        begin_part(out, SENT, refused);
    return status;
}

/* Finds a worker for the record that was held. */
static int send_held(struct sink_workers *out)
{
    struct iovec areas[HELD_AREAS];
    int status = choose(out, out->part_record);
    if (status)
        return status;
    begin_part(out, SENT, out->part_record);
    while (cb_length(out->held)) {
        size_t count = cb_chunks(out->held, areas, HELD_AREAS), n;
        count = count < HELD_AREAS ? count : HELD_AREAS;
        n = areas_size(areas, count);
        children_give(&out->set, &out->set.child[out->target], areas, count);
        cb_skip(out->held, n);
    }
    return EXIT_FINE;
}

/* The record is whole. */
static int end_part(struct sink_workers *out)
{
    int status = framer_flush(&out->framer);
    if (!status && out->part == HELD)
        status = send_held(out);
    if (status)
        return status;
    out->set.child[out->target].within = false;
    out->part = NO_PART;
    return EXIT_FINE;
}

/* Is the record, with these pieces, too long to be held? */
static bool is_long(const struct sink_workers *out, const struct cb_piece *pieces, size_t count)
{
    size_t n = cb_length(out->held) + gather_size(out->framer.gather);
    for (size_t i = 0; i < count; i++)
        n += pieces[i].length;
    return n > HOLD_MOST || (pieces->total != CB_UNKNOWN && pieces->total > HOLD_MOST);
}

/* Begins with a record that is not whole, or goes on with it. */
static int put_part(struct sink_workers *out, const struct cb_piece *pieces, size_t count)
{
    int status = EXIT_FINE;
    if (pieces->flags & CB_FIRST)
        begin_part(out, HELD, out->sink.before + pieces->record);
    if (out->part == HELD && is_long(out, pieces, count))
        status = send_held(out);
    if (!status)
        status = framer_put(&out->framer, pieces, count);
    bool is_last = pieces[count - 1].flags & CB_LAST;
    return status || !is_last ? status : end_part(out);
}

static int put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    int status = EXIT_FINE;
    out->share = share(out, count_records(pieces, count));
    note_missing(out);
    while (count && !status) {
        size_t n = framer_record(pieces, count);
        const uint64_t record = sink->before + pieces->record;
        bool is_whole = pieces->flags & CB_FIRST && pieces[n - 1].flags & CB_LAST;
        if (is_whole)
            status = choose(out, record);
        if (!status)
            status = is_whole ? put_group(out, pieces, count, &n) : put_part(out, pieces, n);
        if (status == EXIT_IO)
            sink->error.record = record;
        pieces += n;
        count -= n;
    }
    return status;
}

static int flush(struct sink *sink)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    int status = framer_flush(&out->framer);
    if (status)
        sink->error.record = out->part_record;
    return status;
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
    out->most = SIZE_MAX;
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

/* The rest of a record will not come.  Nobody must take a part for the whole. */
static void give_up_part(struct sink_workers *out)
{
    char text[96];
    struct child *child = &out->set.child[out->target];
    if (out->part == SENT && child->in >= 0) {
        child_stop(child);
        snprintf(text, sizeof text, "stopped inside record %" PRIu64 ", which is not whole",
                 out->part_record);
        tell(out, out->target, EXIT_COMMAND, text);
    }
    out->part = NO_PART;
}

static int finish(struct sink *sink, bool whole)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    gather_drop(out->framer.gather);
    give_up_part(out);
    int status = end_inputs(out, whole);
    while (children_run(&out->set))
        work(out, -1);
    judge_all(out);
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
    cb_buffer_free(out->held);
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
    const struct cb_buffer_options options = {.size = sizeof options, .release_fast = true};
    int number = ENOMEM;
    struct sink_workers *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    out->workers = calloc(jobs, sizeof *out->workers);
    if (!out->workers || cb_buffer_new(&out->held, &options) ||
        children_init(&out->set, command, jobs, 1))
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
    cb_buffer_free(out->held);
    free(out->workers);
    free(out);
    errno = number;
    return NULL;
}
