/* SPDX-License-Identifier: MIT */
/*
 * Commands that run as long as there are records, each record to one of them.
 *
 * Whole records that are at hand are encoded once, one after another.  They go in
 * groups to the worker with the least left to read, as far as its pipe takes them:
 * what does not fit goes to another, except the rest of a record that was begun,
 * which is queued.  A record that is incomplete so far is held until it is complete,
 * so that no worker gets one that never is; a long one goes to one worker as it
 * arrives.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/diagnostics.h"
#include "assigned.h"
#include "children.h"
#include "output.h"

/* The most bytes in a group: more gains nothing, and what one worker has cannot go to
 * a faster one. */
enum { GROUP_BYTES = 16 << 10, FEW_RECORDS = 256, MOST_UNITS = 512 };

/* Short records are encoded together: a worker gets all of these or none.  That is
 * little compared to a pipe, and at most one in UNIT_SHARE of the records that each
 * worker gets if they are shared evenly. */
enum { UNIT_BYTES = 4 << 10, UNIT_SHARE = 8 };

/* The longest record that is held until it is complete. */
enum { HOLD_MOST = 64 << 10 };

enum { VARIABLE_SIZE = 48 };

struct worker {
    struct assigned assigned;
    size_t grant;  /* bytes in its last group */
    size_t filled; /* bytes in its pipe and queue after that */
    bool missed;   /* there was a record after it had stopped reading */
    bool reported; /* it ended, and a message about that was printed */
};

/* Consecutive complete records. */
struct unit {
    uint64_t first, last; /* their numbers */
    uint64_t end;         /* position in the buffer of the output */
};

/* A record that is incomplete so far, or long: */
enum part {
    NO_PART,
    HELD, /* no worker has any of it: it is at the end of the output */
    SENT  /* the target has all that has arrived */
};

struct sink_workers {
    struct sink sink;
    struct output output;
    struct children set;
    struct worker *workers;   /* one for each child */
    size_t next;              /* the worker to begin the search with */
    size_t target;            /* the one that gets the next bytes */
    enum exit_status failure; /* the exit status for what failed */
    enum part part;
    uint64_t part_record;
    /* The complete records in the output: */
    size_t count;
    struct unit units[MOST_UNITS];
};

/* ----------------------------------------------------------------- its workers */

static void report(struct sink_workers *out, size_t i, enum exit_status failure, const char *what)
{
    char text[ASSIGNED_TEXT];
    out->workers[i].reported = true;
    complain("worker %zu: %s; it had been given %s", i + 1, what,
             assigned_describe(&out->workers[i].assigned, text));
    if (failure > out->failure)
        out->failure = failure;
}

/* Reports a worker that has ended, if something is wrong with that.  One that has
 * read all its records has not ended early. */
static void judge(struct sink_workers *out, size_t i)
{
    const struct child *child = &out->set.child[i];
    const struct worker *worker = &out->workers[i];
    char how[64], text[96];
    enum exit_status failure = child_exit_status(child->status);
    bool is_early = child->error || child_unread(child) || worker->missed;
    if (child->error && child->error != EPIPE) {
        report(out, i, EXIT_IO, strerror(child->error));
        return;
    }
    if (!failure && (!is_early || !worker->assigned.count))
        return;
    child_describe(child->status, how, sizeof how);
    snprintf(text, sizeof text, "%s%s", is_early ? "ended early, with " : "", how);
    report(out, i, failure ? failure : EXIT_COMMAND, text);
}

static void judge_all(struct sink_workers *out)
{
    for (size_t i = 0; i < out->set.count; i++) {
        if (out->set.child[i].ended && !out->workers[i].reported)
            judge(out, i);
    }
}

static bool work(struct sink_workers *out, int fd)
{
    bool has_input = children_wait(&out->set, fd);
    judge_all(out);
    return has_input;
}

/* There is another record, for those that still read. */
static void note_missing(struct sink_workers *out)
{
    for (size_t i = 0; i < out->set.count; i++) {
        if (out->set.child[i].in < 0)
            out->workers[i].missed = true;
    }
}

/* The worker with the least to read, of those with an empty queue; the first that has
 * nothing is good enough.  -1: there is none now. */
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

/* No worker is left for this record. */
static enum exit_status fail_without_workers(struct sink_workers *out, uint64_t record)
{
    while (children_run(&out->set))
        work(out, -1);
    judge_all(out);
    out->sink.error.code = CB_EIO;
    snprintf(out->sink.error.text, sizeof out->sink.error.text,
             "all have ended; records from %" PRIu64 " on were not given to any", record);
    out->sink.error.record = 0;
    return out->failure > EXIT_COMMAND ? out->failure : EXIT_COMMAND;
}

/* Waits for a worker that can take this record. */
static enum exit_status choose(struct sink_workers *out, uint64_t record)
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

/* How many bytes the next group may have: twice as many as the last if all were read,
 * else twice what was read since then, or as many as are unread.  So it follows how
 * much the worker reads at a time. */
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

/* How many of the records at hand one worker may have: if they are few, an even
 * share. */
static size_t share(const struct sink_workers *out, size_t records)
{
    const size_t open = count_open(out);
    return open && records < FEW_RECORDS ? (records + open - 1) / open : records;
}

static size_t unit_records(const struct unit *unit)
{
    return (size_t)(unit->last - unit->first) + 1;
}

/* How many of the units from `first` on make the next group for the target, with at
 * most `most` records if possible. */
static size_t group_size(struct sink_workers *out, size_t first, size_t most)
{
    const struct unit *units = out->units + first;
    const uint64_t begin = cb_position(out->output.buffer), grant = next_grant(out);
    size_t records = unit_records(units), n = 1;
    while (first + n < out->count && units[n - 1].end - begin < grant) {
        records += unit_records(&units[n]);
        if (records > most)
            break;
        n++;
    }
    out->workers[out->target].grant = (size_t)(units[n - 1].end - begin);
    return n;
}

/* Gives the target as many bytes of n units as it takes now, and the rest of the last
 * unit among them.  Returns how many units it got. */
static size_t send_group(struct sink_workers *out, size_t first, size_t n)
{
    const struct unit *units = out->units + first;
    struct cb_buffer *buffer = out->output.buffer;
    struct child *child = &out->set.child[out->target];
    struct worker *worker = &out->workers[out->target];
    const uint64_t begin = cb_position(buffer);
    uint64_t end = begin;
    size_t sent = 0;
    child_try(child, buffer, (size_t)(units[n - 1].end - begin));
    while (sent < n && end < cb_position(buffer))
        end = units[sent++].end;
    children_give(&out->set, child, buffer, (size_t)(end - cb_position(buffer)));
    while (sent < n && units[sent].end == end)
        sent++; /* it has no bytes */
    worker->filled += (size_t)(end - begin);
    for (size_t i = 0; i < sent; i++)
        assigned_add(&worker->assigned, units[i].first, units[i].last);
    return sent;
}

/* Gives all complete records to the workers. */
static enum exit_status send_records(struct sink_workers *out)
{
    size_t records = 0;
    enum exit_status status = EXIT_FINE;
    for (size_t i = 0; i < out->count; i++)
        records += unit_records(&out->units[i]);
    const size_t most = share(out, records);
    for (size_t first = 0; first < out->count && !status;) {
        status = choose(out, out->units[first].first);
        if (!status)
            first += send_group(out, first, group_size(out, first, most));
    }
    out->count = 0;
    return status;
}

/* More complete records are in the output. */
static enum exit_status add_unit(struct sink_workers *out, uint64_t first, uint64_t last)
{
    const struct cb_buffer *buffer = out->output.buffer;
    out->units[out->count++] =
        (struct unit){.first = first, .last = last, .end = cb_position(buffer) + cb_length(buffer)};
    return out->count == MOST_UNITS ? send_records(out) : EXIT_FINE;
}

static void begin_part(struct sink_workers *out, enum part part, uint64_t record)
{
    out->part = part;
    out->part_record = record;
    out->set.child[out->target].within = part == SENT;
    if (part == SENT)
        assigned_add(&out->workers[out->target].assigned, record, record);
}

static enum exit_status flush(struct sink *sink)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    if (out->part == SENT)
        children_give(&out->set, &out->set.child[out->target], out->output.buffer, CB_ALL);
    return EXIT_FINE;
}

/* Sends the held record to a worker. */
static enum exit_status send_held(struct sink_workers *out)
{
    enum exit_status status = choose(out, out->part_record);
    if (status)
        return status;
    begin_part(out, SENT, out->part_record);
    return flush(&out->sink);
}

/* The record is complete. */
static enum exit_status end_part(struct sink_workers *out)
{
    enum part part = out->part;
    flush(&out->sink);
    out->part = NO_PART;
    if (part == HELD)
        return add_unit(out, out->part_record, out->part_record);
    out->set.child[out->target].within = false;
    return EXIT_FINE;
}

/* Is the record, with these pieces, too long to be held? */
static bool is_long(const struct sink_workers *out, const struct cb_piece *pieces, size_t count)
{
    size_t n = out->part == HELD ? cb_length(out->output.buffer) : 0;
    for (size_t i = 0; i < count; i++)
        n += pieces[i].length;
    return n > HOLD_MOST || (pieces->total != CB_UNKNOWN && pieces->total > HOLD_MOST);
}

/* Begins or continues a record that is incomplete so far, or long. */
static enum exit_status put_part(struct sink_workers *out, const struct cb_piece *pieces,
                                 size_t count)
{
    enum exit_status status = EXIT_FINE;
    if (pieces->flags & CB_FIRST) {
        status = send_records(out);
        begin_part(out, HELD, out->sink.before + pieces->record);
    }
    if (!status && out->part == HELD && is_long(out, pieces, count))
        status = send_held(out);
    if (!status)
        status = output_put(&out->output, pieces, count);
    bool is_last = pieces[count - 1].flags & CB_LAST;
    return status || !is_last ? status : end_part(out);
}

/* How many of the pieces make the next unit, of at most this many records; 0 if the
 * first record is incomplete or long. */
static size_t unit_pieces(const struct cb_piece *pieces, size_t count, size_t records)
{
    size_t n = 0, bytes = 0;
    while (n < count && records-- && pieces[n].flags & CB_FIRST && bytes < UNIT_BYTES) {
        size_t end = n + output_record(pieces + n, count - n);
        const struct cb_piece *last = &pieces[end - 1];
        if (!(last->flags & CB_LAST) || last->total > HOLD_MOST)
            break;
        bytes += (size_t)last->total;
        n = end;
    }
    return n;
}

static enum exit_status put_unit(struct sink_workers *out, const struct cb_piece *pieces,
                                 size_t count)
{
    const uint64_t first = pieces[0].record, before = out->sink.before;
    uint64_t last = pieces[count - 1].record;
    enum exit_status status = output_put(&out->output, pieces, count);
    if (status == EXIT_UNENCODABLE)
        last = out->sink.error.record - 1;
    if (status && (status != EXIT_UNENCODABLE || last < first))
        return status;
    enum exit_status sent = add_unit(out, before + first, before + last);
    return sent ? sent : status;
}

/* The most records in a unit, if there are this many pieces. */
static size_t unit_size(const struct sink_workers *out, size_t count)
{
    const size_t n = count / (UNIT_SHARE * (count_open(out) + 1));
    return n ? n : 1;
}

static enum exit_status put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    const size_t records = unit_size(out, count);
    enum exit_status status = EXIT_FINE;
    note_missing(out);
    while (count && !status) {
        const uint64_t record = sink->before + pieces->record;
        size_t n = unit_pieces(pieces, count, records);
        if (n) {
            status = put_unit(out, pieces, n);
        } else {
            n = output_record(pieces, count);
            status = put_part(out, pieces, n);
        }
        if (status == EXIT_IO)
            sink->error.record = record;
        pieces += n;
        count -= n;
    }
    /* The records before one that is refused must go out now. */
    if (!status || status == EXIT_UNENCODABLE) {
        enum exit_status sent = send_records(out);
        status = sent ? sent : status;
    }
    return status;
}

static void wait_for_input(struct sink *sink, int fd)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    bool done = fd < 0 && !children_have_queued(&out->set);
    while (!done) {
        bool has_input = work(out, fd);
        done = fd < 0 ? !children_have_queued(&out->set) : has_input;
    }
}

/* Each worker's input is a stream of its own. */
static enum exit_status end_inputs(struct sink_workers *out, bool whole)
{
    enum exit_status status = EXIT_FINE;
    for (size_t i = 0; i < out->set.count; i++) {
        struct child *child = &out->set.child[i];
        if (whole && !status)
            status = output_end(&out->output);
        if (whole && !status)
            children_give(&out->set, child, out->output.buffer, CB_ALL);
        child_end(child, true);
    }
    return status;
}

/* The rest of a record will not arrive, and the worker must not mistake a part for
 * the whole. */
static void give_up_part(struct sink_workers *out)
{
    char text[96];
    struct child *child = &out->set.child[out->target];
    if (out->part == SENT && child->in >= 0) {
        child_stop(child);
        snprintf(text, sizeof text, "stopped inside record %" PRIu64 ", which is incomplete",
                 out->part_record);
        report(out, out->target, EXIT_COMMAND, text);
    }
    out->part = NO_PART;
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    give_up_part(out);
    enum exit_status status = end_inputs(out, whole);
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
    output_fini(&out->output);
    free(out->workers);
    free(out);
}

static const struct sink_ops ops = {
    .put = put, .flush = flush, .wait = wait_for_input, .finish = finish, .free = free_sink};

static int start_all(struct sink_workers *out)
{
    char variable[VARIABLE_SIZE];
    int number = 0;
    out->set.plan.environment[0] = variable;
    for (size_t i = 0; i < out->set.count && !number; i++) {
        snprintf(variable, sizeof variable, "CBSPLIT_WORKER=%zu", i + 1);
        number = children_start(&out->set, i);
    }
    return number;
}

struct sink *sink_workers_new(struct cb_encoder *encoder, const char *command, size_t jobs,
                              struct cb_pool *pool)
{
    int number = ENOMEM;
    struct sink_workers *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    out->workers = calloc(jobs, sizeof *out->workers);
    if (!out->workers || children_init(&out->set, command, jobs, 1, pool))
        goto err0;
    if (!output_init(&out->output, &out->sink, encoder))
        goto err1;
    number = start_all(out);
    if (number)
        goto err2;
    out->sink.ops = &ops;
    out->sink.name = "workers";
    return &out->sink;
err2:
    out->output.encoder = NULL; /* the caller still owns it */
    output_fini(&out->output);
err1:
    children_fini(&out->set);
err0:
    free(out->workers);
    free(out);
    errno = number;
    return NULL;
}
