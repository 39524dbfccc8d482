/* SPDX-License-Identifier: MIT */
#include "reframe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diagnostics.h"

/* Pieces in a batch, and bytes in a read: together what fits into the first
 * and second level of the cache. */
enum { PIECES = 512, READ_SIZE = 128 << 10 };

/* A payload of which so much has not been read yet is moved by the kernel; less
 * is read and written in the time that the calls for that take.
 * While records are as long as that, a read brings the rest of one, and with
 * it the next header and no more of the payload behind it than it must. */
enum { MOVE_MIN = 32 << 10, HEADER_READ = 64 };

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
    return reframe->before >= reframe->last;
}

static int sink_failed(const struct sink *sink, const char *input, int status)
{
    if (sink->error.code == CB_EUNENCODABLE)
        complain_at(input, &sink->error);
    else
        complain("%s: %s", sink->name, sink->error.text);
    return status;
}

/* How many records are still wanted of this input, that being read included. */
static uint64_t wanted(const struct reframe *reframe)
{
    return reframe->last - reframe->before - (cb_decoder_record(reframe->decoder) - 1);
}

/* How many records are to be left out yet, that being read included. */
static uint64_t unwanted(const struct reframe *reframe)
{
    uint64_t seen = reframe->before + cb_decoder_record(reframe->decoder) - 1;
    return seen < reframe->skip ? reframe->skip - seen : 0;
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
    uint64_t ahead = cb_decoder_ahead(reframe->decoder);
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

/* Brings more input. */
static int fill(struct run *run)
{
    struct cb_decoder *decoder = run->reframe->decoder;
    size_t most = records_are_long(run) ? (size_t)cb_decoder_ahead(decoder) + HEADER_READ : 0;
    ssize_t n = source_read(run->source, run->buffer, most);
    if (n == 0)
        cb_decoder_finish(decoder);
    if (n >= 0)
        return GO_ON;
    struct cb_error error = {
        .record = cb_decoder_record(decoder),
        .offset = cb_position(run->buffer) + cb_length(run->buffer),
    };
    snprintf(error.text, sizeof error.text, "%s",
             n == CB_EIO ? strerror(errno) : cb_strerror((int)n));
    complain_at(run->source->name, &error);
    return EXIT_IO;
}

/* Gives a batch to the sink.  A decoder's status, or GO_ON or an exit status in
 * *next with CB_PIECE. */
static int put_batch(struct run *run, int *next)
{
    struct reframe *reframe = run->reframe;
    struct sink *sink = reframe->sink;
    struct cb_piece pieces[PIECES];
    size_t count;
    /* A record has at least one piece: so none beyond the last is decoded. */
    uint64_t most = wanted(reframe);
    int status = cb_decoder_batch(reframe->decoder, run->buffer, pieces,
                                  most < PIECES ? (size_t)most : PIECES, &count);
    if (status != CB_PIECE)
        return status;
    int put = sink->ops->put(sink, pieces, count);
    *next = GO_ON;
    if (put) {
        /* What came before goes out before that is said. */
        *next = put == EXIT_UNENCODABLE ? drain(run) : GO_ON;
        *next = *next == GO_ON ? sink_failed(sink, run->source->name, put) : *next;
    }
    return CB_PIECE;
}

/* The same for records that nobody looks at. */
static int count_batch(struct run *run, uint64_t most, bool tell)
{
    struct sink *sink = run->reframe->sink;
    uint64_t count;
    int status = cb_decoder_skip(run->reframe->decoder, run->buffer, most, &count);
    if (tell && status == CB_PIECE)
        sink->ops->tally(sink, count);
    return status;
}

/* Passes a batch on, or brings what the next one needs. */
static int step(struct run *run)
{
    struct reframe *reframe = run->reframe;
    uint64_t skip = unwanted(reframe);
    int next = GO_ON, status;
    if (skip)
        status = count_batch(run, skip, false);
    else if (reframe->sink->ops->tally)
        status = count_batch(run, wanted(reframe), true);
    else
        status = put_batch(run, &next);
    if (status == CB_PIECE)
        return next;
    next = drain(run);
    if (next != GO_ON || status == CB_END)
        return next == GO_ON ? EXIT_FINE : next;
    if (status == CB_MORE)
        return pass(run) ? GO_ON : fill(run);
    complain_at(run->source->name, cb_decoder_error(reframe->decoder));
    return exit_status_of(status);
}

/* Says how far it is. */
static void show(const struct run *run)
{
    const struct reframe *reframe = run->reframe;
    meter_set(reframe->meter, reframe->read + cb_position(run->buffer) + cb_length(run->buffer),
              reframe->before + cb_decoder_record(reframe->decoder) - 1);
}

int reframe_run(struct reframe *reframe, struct source *source)
{
    const struct cb_buffer_options options = {
        .size = sizeof options,
        .pool = reframe->pool,
        .chunk_min = READ_SIZE,
        .chunk_max = READ_SIZE,
    };
    struct run run = {.reframe = reframe, .source = source, .record = 1};
    if (cb_buffer_new(&run.buffer, &options)) {
        complain_errno(source->name, ENOMEM);
        source_close(source, 0);
        return EXIT_IO;
    }
    cb_decoder_reset(reframe->decoder);
    reframe->sink->before = reframe->before;
    int status = GO_ON;
    while (status == GO_ON && wanted(reframe)) {
        status = step(&run);
        show(&run);
    }
    if (status == GO_ON) {
        status = drain(&run);
        status = status == GO_ON ? EXIT_FINE : status;
    }
    reframe->before += cb_decoder_record(reframe->decoder) - 1;
    uint64_t read = cb_position(run.buffer) + cb_length(run.buffer);
    reframe->read += read;
    source_close(source, read - cb_decoder_position(reframe->decoder));
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
