/* SPDX-License-Identifier: MIT */
#include "reframe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnostics.h"
#include "quote.h"

/* Pieces in a batch, and bytes in a read: together what fits into the first
 * and second level of the cache. */
enum { PIECES = 512, READ_SIZE = 128 << 10 };

/* A payload of which so much has not been read yet is moved by the kernel; less
 * is read and written in the time that the calls for that take.
 * While records are as long as that, a read brings the rest of one, and with
 * it the next header and no more of the payload behind it than it must. */
enum { MOVE_MIN = 32 << 10, HEADER_READ = 64 };

/* So many records that are left out in a row are worth a way of their own; fewer
 * are decoded with those around them. */
enum { LONG_GAP = PIECES };

/* What a step tells besides an exit status that is an error. */
enum { GO_ON = -1 };

/* The work on one input. */
struct run {
    struct reframe *reframe;
    struct source *source;
    struct cb_buffer *buffer;
    bool looks_ahead; /* the framing tells what is payload beforehand */
    bool is_long;     /* ... and records were long since the last read, which */
    uint64_t record;  /* was at this record */
    uint64_t at;      /* and at this position */
    bool cannot_move; /* the kernel said no */
};

bool reframe_done(const struct reframe *reframe)
{
    const struct selection *selection = reframe->selection;
    return !selection->count || reframe->before >= selection->ranges[selection->count - 1].last;
}

static int sink_failed(const struct sink *sink, const char *input, int status)
{
    if (sink->error.code == CB_EUNENCODABLE)
        complain_at(input, &sink->error);
    else if (sink->error.code && sink->error.record)
        complain("%s: record %" PRIu64 ": %s", QUOTED_NAME(sink->name), sink->error.record,
                 sink->error.text);
    else if (sink->error.code)
        complain("%s: %s", QUOTED_NAME(sink->name), sink->error.text);
    return status;
}

/* The range that a record is in, or else the next one; NULL behind the last. */
static const struct range *range_at(struct reframe *reframe, uint64_t number)
{
    const struct selection *selection = reframe->selection;
    while (reframe->range < selection->count && selection->ranges[reframe->range].last < number)
        reframe->range++;
    return reframe->range < selection->count ? &selection->ranges[reframe->range] : NULL;
}

/* The number of the record being read, over all inputs. */
static uint64_t current(const struct reframe *reframe)
{
    return reframe->before + cb_decoder_record(reframe->decoder);
}

/* How many records are to be left out now, that being read included. */
static uint64_t unwanted(struct reframe *reframe)
{
    const struct range *range = range_at(reframe, current(reframe));
    return range && range->first > current(reframe) ? range->first - current(reframe) : 0;
}

/* Everything decoded leaves for the sink. */
static int drain(const struct run *run)
{
    struct sink *sink = run->reframe->sink;
    int status = sink->ops->flush(sink);
    if (status)
        return sink_failed(sink, run->source->name, status);
    cb_decoder_release(run->reframe->decoder, run->buffer);
    return GO_ON;
}

/* Moves payload on that need not be looked at.  False if it must be read. */
static bool pass(struct run *run)
{
    struct reframe *reframe = run->reframe;
    struct sink *sink = reframe->sink;
    uint64_t ahead = source_allows(run->source, cb_decoder_ahead(reframe->decoder));
    run->looks_ahead = run->looks_ahead || ahead;
    if (ahead < MOVE_MIN || run->cannot_move)
        return false;
    size_t n = 0;
    if (unwanted(reframe) || sink->ops->ignores_payload)
        n = source_discard(run->source, ahead);
    else if (sink->ops->move)
        n = sink->ops->move(sink, run->source->fd, ahead);
    if (!n) {
        run->cannot_move = true;
        return false;
    }
    source_moved(run->source, n);
    cb_decoder_pass(reframe->decoder, run->buffer, n);
    return true;
}

/* Are the records so long that their payload is better moved than read? */
static bool records_are_long(struct run *run)
{
    const struct cb_decoder *decoder = run->reframe->decoder;
    uint64_t records = cb_decoder_record(decoder) - run->record;
    uint64_t bytes = cb_decoder_position(decoder) - run->at;
    run->record += records;
    run->at += bytes;
    if (records)
        run->is_long = bytes / records >= MOVE_MIN;
    return run->is_long && run->looks_ahead && !run->cannot_move;
}

/* What was read belongs to the record that more input is needed for. */
static int settle(const struct run *run)
{
    int number = source_settle(run->source, cb_decoder_undecided(run->reframe->decoder));
    if (!number)
        return GO_ON;
    complain_errno(run->source->name, number);
    return EXIT_IO;
}

/* Lets the sink get on until there is input.  With bytes that are held there always
 * seems to be. */
static void let_sink_work(const struct run *run)
{
    struct sink *sink = run->reframe->sink;
    if (sink->ops->wait)
        sink->ops->wait(sink, run->source->peek.held ? -1 : run->source->fd);
}

/* What is wrong is no matter of the framing. */
static void complain_here(const struct run *run, uint64_t at, const char *text)
{
    struct cb_error error = {.record = cb_decoder_record(run->reframe->decoder), .offset = at};
    snprintf(error.text, sizeof error.text, "%s", text);
    complain_at(run->source->name, &error);
}

/* Brings more input. */
static int fill(struct run *run)
{
    struct cb_decoder *decoder = run->reframe->decoder;
    size_t most = records_are_long(run) ? (size_t)cb_decoder_ahead(decoder) + HEADER_READ : CB_ALL;
    if (run->source->by_need)
        most = (size_t)cb_decoder_needed(decoder);
    ssize_t n = source_read(run->source, run->buffer, most);
    if (n == 0)
        cb_decoder_finish(decoder);
    if (n >= 0)
        return GO_ON;
    complain_here(run, cb_position(run->buffer) + cb_length(run->buffer),
                  n == CB_EIO ? strerror(errno) : cb_strerror((int)n));
    return EXIT_IO;
}

/* How many of the pieces are of records before the one with this number. */
static size_t count_before(const struct reframe *reframe, const struct cb_piece *pieces,
                           size_t count, uint64_t number)
{
    if (!count || reframe->before + pieces[count - 1].record < number)
        return count;
    size_t i = 0;
    while (reframe->before + pieces[i].record < number)
        i++;
    return i;
}

/* Gives those of the pieces to the sink that are selected. */
static int put_selected(struct reframe *reframe, const struct cb_piece *pieces, size_t count)
{
    int status = EXIT_FINE;
    while (count && !status) {
        const struct range *range = range_at(reframe, reframe->before + pieces->record);
        size_t n = count_before(reframe, pieces, count, range->first);
        pieces += n;
        count -= n;
        /* No number is beyond UINT64_MAX. */
        n = range->last == UINT64_MAX ? count
                                      : count_before(reframe, pieces, count, range->last + 1);
        if (n)
            status = reframe->sink->ops->put(reframe->sink, pieces, n);
        pieces += n;
        count -= n;
    }
    return status;
}

/* Gives a batch to the sink.  A decoder's status, or GO_ON or an exit status in
 * *next with CB_PIECE. */
static int put_batch(struct run *run, int *next)
{
    struct reframe *reframe = run->reframe;
    const struct selection *selection = reframe->selection;
    struct cb_piece pieces[PIECES];
    /* A record has at least one piece: so none beyond the last is decoded. */
    uint64_t most = selection->ranges[selection->count - 1].last - current(reframe) + 1;
    ssize_t count = cb_decoder_batch(reframe->decoder, run->buffer, pieces,
                                     most < PIECES ? (size_t)most : PIECES);
    if (count <= 0)
        return (int)count;
    int put = put_selected(reframe, pieces, (size_t)count);
    *next = GO_ON;
    if (put) {
        /* What came before goes out before that is said. */
        *next = put == EXIT_UNENCODABLE ? drain(run) : GO_ON;
        *next = *next == GO_ON ? sink_failed(reframe->sink, run->source->name, put) : *next;
    }
    return CB_PIECE;
}

/* The same for records that nobody looks at: those that are left out before the
 * next range, or those of a range, which are counted. */
static int count_batch(struct run *run, uint64_t gap)
{
    struct reframe *reframe = run->reframe;
    const struct range *range = range_at(reframe, current(reframe));
    uint64_t most = gap ? gap : range->last - current(reframe) + 1, count;
    int status = cb_decoder_skip(reframe->decoder, run->buffer, most, &count);
    if (!gap && status == CB_PIECE)
        reframe->sink->ops->tally(reframe->sink, count);
    return status;
}

/* Passes a batch on, or brings what the next one needs. */
static int step(struct run *run)
{
    struct reframe *reframe = run->reframe;
    const bool looks = !reframe->sink->ops->tally;
    const uint64_t gap = unwanted(reframe);
    int next = GO_ON, status;
    if (looks && gap < LONG_GAP) {
        status = put_batch(run, &next);
    } else {
        if (looks)
            next = drain(run); /* what was put is still in the buffer */
        if (next != GO_ON)
            return next;
        status = count_batch(run, gap);
    }
    if (status == CB_PIECE)
        return next;
    next = drain(run);
    if (next != GO_ON || status == CB_END)
        return next == GO_ON ? EXIT_FINE : next;
    if (status == CB_MORE) {
        next = settle(run);
        if (next != GO_ON)
            return next;
        let_sink_work(run);
        return pass(run) ? GO_ON : fill(run);
    }
    if (cb_decoder_error(reframe->decoder)->code)
        complain_at(run->source->name, cb_decoder_error(reframe->decoder));
    else /* memory was out before it began */
        complain_here(run, cb_decoder_position(reframe->decoder), cb_strerror(status));
    return exit_status_of(status);
}

/* An input has ended, after so many bytes. */
static void tell_input(struct reframe *reframe, uint64_t bytes, bool whole)
{
    if (reframe->sink->ops->input)
        reframe->sink->ops->input(reframe->sink, bytes, whole);
}

void reframe_missing(struct reframe *reframe)
{
    tell_input(reframe, 0, false);
}

static uint64_t bytes_read(const struct run *run)
{
    return cb_position(run->buffer) + cb_length(run->buffer) - run->source->start;
}

/* Says how far it is. */
static void show(const struct run *run)
{
    const struct reframe *reframe = run->reframe;
    meter_set(reframe->meter, reframe->read + bytes_read(run),
              reframe->before + cb_decoder_record(reframe->decoder) - 1);
}

/* Takes what else belongs to the last record, if that is for somebody to see: the
 * LF of a CRLF where CR was enough to end it. */
static int take_rest(struct run *run)
{
    uint64_t none;
    int next = drain(run);
    while (next == GO_ON &&
           cb_decoder_skip(run->reframe->decoder, run->buffer, 0, &none) == CB_MORE &&
           source_can_leave(run->source)) {
        next = settle(run);
        let_sink_work(run);
        next = next == GO_ON ? fill(run) : next;
    }
    return next;
}

int reframe_run(struct reframe *reframe, struct source *source)
{
    const struct cb_buffer_options options = {
        .size = sizeof options,
        .pool = reframe->pool,
        .chunk_min = READ_SIZE,
        .chunk_max = READ_SIZE,
    };
    struct run run = {.reframe = reframe, .source = source, .record = 1, .at = source->start};
    if (cb_buffer_new(&run.buffer, &options)) {
        complain_errno(source->name, ENOMEM);
        (void)source_close(source, 0);
        return EXIT_IO;
    }
    cb_set_position(run.buffer, source->start);
    cb_decoder_reset(reframe->decoder);
    reframe->sink->before = reframe->before;
    int status = GO_ON;
    while (status == GO_ON && range_at(reframe, current(reframe))) {
        status = step(&run);
        show(&run);
    }
    if (status == GO_ON) {
        status = take_rest(&run);
        status = status == GO_ON ? EXIT_FINE : status;
    }
    reframe->before += cb_decoder_record(reframe->decoder) - 1;
    uint64_t read = bytes_read(&run);
    uint64_t used = cb_decoder_position(reframe->decoder) - source->start;
    reframe->read += read;
    int number = source_close(source, read - used);
    if (number && status == EXIT_FINE) {
        complain_errno(source->name, number);
        status = EXIT_IO;
    }
    tell_input(reframe, used, status == EXIT_FINE);
    cb_buffer_free(run.buffer);
    return status;
}

int reframe_finish(struct reframe *reframe, int status)
{
    int ended = reframe->sink->ops->finish(reframe->sink, status == EXIT_FINE);
    if (ended)
        sink_failed(reframe->sink, "", ended);
    return status ? status : ended;
}
