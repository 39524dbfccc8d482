/* SPDX-License-Identifier: MIT */
/*
 * Records to workers.
 *
 * Whole records that are at hand are encoded once, one after another, and are units.  A
 * record that is incomplete so far is held until it is complete, so that no worker gets
 * one that never is; a long one goes to one worker as it arrives.
 */
#include <errno.h>
#include <stdlib.h>

#include "header.h"
#include "units.h"
#include "workers.h"

/* Short records are encoded together: a worker gets all of these or none.  That is
 * little compared to a pipe, and at most one in UNIT_SHARE of the records that each
 * worker gets if they are shared evenly. */
enum { UNIT_BYTES = 4 << 10, UNIT_SHARE = 8 };

struct sink_workers {
    struct sink sink;
    struct output output;
    struct header header; /* is given to each worker when it is complete */
    struct workers workers;
    enum part part;
    uint64_t part_record;
    struct units units; /* the complete records in the output */
};

static enum exit_status send_units(struct sink_workers *out)
{
    return units_send(&out->units, &out->workers, out->output.buffer);
}

/* More complete records are in the output. */
static enum exit_status add_unit(struct sink_workers *out, uint64_t first, uint64_t last)
{
    units_add(&out->units, first, last, out->output.buffer);
    return units_are_full(&out->units) ? send_units(out) : EXIT_FINE;
}

/* ------------------------------------------------- incomplete and long records */

static void begin_part(struct sink_workers *out, enum part part, uint64_t record)
{
    out->part = part;
    out->part_record = record;
    workers_child(&out->workers)->within = part == SENT;
    if (part == SENT)
        workers_assign(&out->workers, record, record);
}

static enum exit_status flush(struct sink *sink)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    if (out->header.left)
        return header_keep(&out->header, &out->output);
    if (out->part == SENT)
        children_give(&out->workers.set, workers_child(&out->workers), out->output.buffer, CB_ALL);
    return EXIT_FINE;
}

/* Sends the held record to a worker. */
static enum exit_status send_held(struct sink_workers *out)
{
    enum exit_status status = workers_choose(&out->workers, out->part_record);
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
    workers_child(&out->workers)->within = false;
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
        status = send_units(out);
        begin_part(out, HELD, out->sink.before + pieces->record);
    }
    if (!status && out->part == HELD && is_long(out, pieces, count))
        status = send_held(out);
    if (!status)
        status = output_put(&out->output, pieces, count);
    bool is_last = pieces[count - 1].flags & CB_LAST;
    return status || !is_last ? status : end_part(out);
}

/* The rest of a record will not arrive, and the worker must not mistake a part for
 * the whole. */
static void give_up_part(struct sink_workers *out)
{
    if (out->part == SENT)
        workers_give_up(&out->workers, out->part_record);
    out->part = NO_PART;
}

/* ------------------------------------------------------- complete short records */

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
    const size_t n = count / (UNIT_SHARE * (workers_reading(&out->workers) + 1));
    return n ? n : 1;
}

/* Gives the header to all workers. */
static enum exit_status give_header(struct sink_workers *out)
{
    struct cb_buffer *buffer = out->output.buffer;
    out->header.left = 0;
    for (size_t i = 0; i < out->workers.set.count && header_length(&out->header); i++) {
        if (cb_peek(out->header.bytes, CB_ALL, buffer) < 0)
            return output_failed(&out->output, ENOMEM);
        children_give(&out->workers.set, &out->workers.set.child[i], buffer, CB_ALL);
    }
    return EXIT_FINE;
}

/* The pieces of the header; the others if it is complete. */
static enum exit_status put_header(struct sink_workers *out, const struct cb_piece *pieces,
                                   size_t count)
{
    enum exit_status status = header_put(&out->header, &out->output, pieces, count);
    return status || out->header.left ? status : give_header(out);
}

static enum exit_status put_all(struct sink_workers *out, const struct cb_piece *pieces,
                                size_t count)
{
    struct sink *sink = &out->sink;
    const size_t in_header = header_pieces(&out->header, pieces, count);
    enum exit_status status = EXIT_FINE;
    if (in_header)
        status = put_header(out, pieces, in_header);
    pieces += in_header;
    count -= in_header;
    if (!count)
        return status;
    const size_t records = unit_size(out, count);
    workers_note_record(&out->workers);
    while (count && !status) {
        const uint64_t record = pieces->record;
        size_t n = unit_pieces(pieces, count, records);
        if (n) {
            status = put_unit(out, pieces, n);
        } else {
            n = output_record(pieces, count);
            status = put_part(out, pieces, n);
        }
        if (status == EXIT_IO) {
            sink->failed = record;
            sink->error.record = sink->before + record;
        }
        pieces += n;
        count -= n;
    }
    /* The records before one that is refused must go out now. */
    if (!status || status == EXIT_UNENCODABLE) {
        enum exit_status sent = send_units(out);
        status = sent ? sent : status;
    }
    return status;
}

static enum exit_status put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    return collect_status(&out->workers.collect, put_all(out, pieces, count));
}

/* -------------------------------------------------------------------- the sink */

static enum exit_status wait_for_input(struct sink *sink, int fd,
                                       const struct deadline *deadline)
{
    struct workers *workers = &((struct sink_workers *)sink)->workers;
    children_work(&workers->set, fd, deadline);
    return collect_status(&workers->collect, EXIT_FINE);
}

/* Each worker's input is a stream of its own. */
static enum exit_status end_inputs(struct sink_workers *out, bool whole)
{
    enum exit_status status = EXIT_FINE;
    for (size_t i = 0; i < out->workers.set.count; i++) {
        struct child *child = &out->workers.set.child[i];
        if (whole && !status)
            status = output_end(&out->output);
        if (whole && !status)
            children_give(&out->workers.set, child, out->output.buffer, CB_ALL);
        child_end(child, true);
    }
    return status;
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    give_up_part(out);
    enum exit_status status = whole && out->header.left ? give_header(out) : EXIT_FINE;
    const enum exit_status ended = end_inputs(out, whole && !status);
    const enum exit_status finished = workers_finish(&out->workers, whole);
    status = status ? status : ended;
    status = finished ? finished : status;
    if (status)
        return status;
    out->sink.error.code = CB_OK;
    return out->workers.failure;
}

static void free_sink(struct sink *sink)
{
    struct sink_workers *out = (struct sink_workers *)sink;
    workers_fini(&out->workers);
    header_fini(&out->header);
    output_fini(&out->output);
    free(out);
}

static const struct sink_ops ops = {
    .put = put, .flush = flush, .wait = wait_for_input, .finish = finish, .free = free_sink};

struct sink *sink_workers_new(struct cb_encoder *encoder, const char *command, size_t jobs,
                              uint64_t header, const struct collecting *collecting,
                              struct cb_pool *pool)
{
    int number = ENOMEM;
    struct sink_workers *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    if (!output_init(&out->output, &out->sink, encoder))
        goto err0;
    if (!header_init(&out->header, header))
        goto err1;
    number = workers_init(&out->workers, &out->sink, command, jobs, collecting, pool);
    if (number)
        goto err2;
    out->sink.ops = &ops;
    out->sink.name = "workers";
    return &out->sink;
err2:
    header_fini(&out->header);
err1:
    out->output.encoder = NULL; /* the caller still owns it */
    output_fini(&out->output);
err0:
    free(out);
    errno = number == WORKERS_SAID ? 0 : number;
    return NULL;
}
