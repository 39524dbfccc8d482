/* SPDX-License-Identifier: MIT */
#include "reframe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/deadline.h"
#include "common/diagnostics.h"
#include "common/fd.h"
#include "common/quote.h"
#include "input/looks.h"
#include "output/output.h"

/* Pieces in a batch, and bytes in a read: together what fits into the first
 * and second level of the cache. */
enum { PIECES = 512, READ_SIZE = 128 << 10 };

/* If this much of a payload is unread, the kernel moves it; less is read and written
 * in the time that those calls take.  While records are that long, a read brings the
 * rest of one and the next header, and little of the payload after it. */
enum { MOVE_MIN = 32 << 10, HEADER_READ = 64 };

/* This many unselected records in a row are skipped, this many selected ones go the
 * fast way; fewer are decoded with those around them. */
enum { LONG_GAP = PIECES, LONG_RANGE = 64 };

/* So many malformed places that were left out have a message each; the rest are counted. */
enum { DAMAGES_TOLD = 10 };

/* The work on one input. */
struct run {
    struct reframe *reframe;
    struct source *source;
    struct cb_buffer *buffer;
    uint64_t next;    /* number in this input of the current or next record */
    bool ended;       /* no more input will arrive */
    bool is_damaged;  /* malformed input was left out */
    bool looks_ahead; /* the framing tells lengths beforehand */
    bool is_long;     /* ... and records were long since the last read, which */
    uint64_t record;  /* was at this record */
    uint64_t at;      /* and at this position */
    bool cannot_move; /* the kernel cannot */
    uint64_t settled; /* with so many bytes read the decoder knows that none came for a while */
};

bool reframe_done(const struct reframe *reframe)
{
    const struct selection *selection = reframe->selection;
    return !selection->count || reframe->before >= selection->ranges[selection->count - 1].last;
}

static enum exit_status sink_failed(const struct sink *sink, const char *input,
                                    enum exit_status status)
{
    if (sink->error.code == CB_EUNENCODABLE)
        complain_at(input, &sink->error, "");
    else if (sink->error.code && sink->error.record)
        complain("%s: record %" PRIu64 ": %s", QUOTED_NAME(sink->name), sink->error.record,
                 sink->error.text);
    else if (sink->error.code)
        complain("%s: %s", QUOTED_NAME(sink->name), sink->error.text);
    return status;
}

/* The range that contains a record, or the next one; NULL after the last. */
static const struct range *range_at(struct reframe *reframe, uint64_t number)
{
    const struct selection *selection = reframe->selection;
    while (reframe->range < selection->count && selection->ranges[reframe->range].last < number)
        reframe->range++;
    return reframe->range < selection->count ? &selection->ranges[reframe->range] : NULL;
}

/* The number of the current record, over all inputs. */
static uint64_t current(const struct run *run)
{
    return run->reframe->before + run->next;
}

/* How many records to skip now, including the current one. */
static uint64_t unwanted(const struct run *run)
{
    const struct range *range = range_at(run->reframe, current(run));
    return range && range->first > current(run) ? range->first - current(run) : 0;
}

/* How many records of the range are left. */
static uint64_t wanted(const struct run *run)
{
    return range_at(run->reframe, current(run))->last - current(run) + 1;
}

/* Writes everything that was decoded. */
static enum exit_status drain(const struct run *run)
{
    struct sink *sink = run->reframe->sink;
    enum exit_status status = sink->ops->flush(sink);
    if (status)
        return sink_failed(sink, run->source->name, status);
    cb_decoder_release(run->reframe->decoder, run->buffer);
    return EXIT_FINE;
}

static uint64_t bytes_read(const struct run *run)
{
    return cb_position(run->buffer) + cb_length(run->buffer) - run->source->start;
}

/* How many of the next bytes need not go through this process. */
static uint64_t count_ahead(const struct run *run, bool discards)
{
    const struct reframe *reframe = run->reframe;
    const struct output *output = reframe->sink->stream;
    if (output && !discards)
        return cb_reframe_ahead(reframe->decoder, output->encoder, output->buffer);
    return cb_decoder_ahead(reframe->decoder);
}

/* Moves or discards payload that need not be looked at.  False if it must be read. */
static bool pass(struct run *run)
{
    struct reframe *reframe = run->reframe;
    struct sink *sink = reframe->sink;
    const bool discards = unwanted(run) || sink->ops->ignores_payload;
    uint64_t ahead = source_allows(run->source, count_ahead(run, discards));
    run->looks_ahead = run->looks_ahead || ahead;
    if (ahead < MOVE_MIN || run->cannot_move)
        return false;
    size_t n = 0;
    if (discards)
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

/* Are records so long that moving their payload is faster than reading it? */
static bool records_are_long(struct run *run)
{
    uint64_t records = run->next - run->record;
    uint64_t bytes = cb_decoder_position(run->reframe->decoder) - run->at;
    run->record += records;
    run->at += bytes;
    if (records)
        run->is_long = bytes / records >= MOVE_MIN;
    return run->is_long && run->looks_ahead && !run->cannot_move;
}

/* All that was read belongs to the current record. */
static enum exit_status take_read(const struct run *run)
{
    int number = source_take(run->source, cb_decoder_undecided(run->reframe->decoder));
    if (!number)
        return EXIT_FINE;
    complain_errno(run->source->name, number);
    return EXIT_IO;
}

/* Lets the sink work until there is input, or the deadline. */
static enum exit_status let_sink_work(const struct run *run, const struct deadline *deadline)
{
    struct sink *sink = run->reframe->sink;
    if (!sink->ops->wait)
        return EXIT_FINE;
    enum exit_status status = sink->ops->wait(sink, source_pollable(run->source), deadline);
    return status ? sink_failed(sink, run->source->name, status) : EXIT_FINE;
}

/* Waits for input, but only for so long, and then tells the decoder that none came.
 * *came is false then. */
static enum exit_status wait_or_settle(struct run *run, bool *came)
{
    const struct deadline deadline = deadline_in(run->reframe->idle);
    enum exit_status status = let_sink_work(run, &deadline);
    if (status)
        return status;
    const int fd = source_pollable(run->source);
    *came = fd < 0 || fd_wait_until(fd, POLLIN, &deadline);
    if (*came)
        return EXIT_FINE;
    cb_decoder_settle(run->reframe->decoder);
    run->settled = bytes_read(run);
    return EXIT_FINE;
}

/* Reports an error that the decoder does not know. */
static void complain_here(const struct run *run, uint64_t at, const char *text)
{
    struct cb_error error = {.record = run->next, .offset = at, .start = at};
    snprintf(error.text, sizeof error.text, "%s", text);
    complain_at(run->source->name, &error, "");
}

/* Reads more input. */
static enum exit_status fill(struct run *run)
{
    struct cb_decoder *decoder = run->reframe->decoder;
    size_t most = records_are_long(run) ? (size_t)cb_decoder_ahead(decoder) + HEADER_READ : CB_ALL;
    if (run->source->by_need)
        most = (size_t)cb_decoder_needed(decoder);
    ssize_t n = source_read(run->source, run->buffer, most);
    if (n == 0 && run->source->goes_on)
        cb_decoder_settle(decoder); /* a record begins there */
    if (n == 0)
        cb_decoder_finish(decoder);
    if (n >= 0)
        return EXIT_FINE;
    complain_here(run, cb_position(run->buffer) + cb_length(run->buffer),
                  n == CB_EIO ? strerror(errno) : cb_strerror((int)n));
    return EXIT_IO;
}

/* Goes back to the beginning of a record's frame, if the input can be read again.  The
 * decoder is past it, so this decodes the records before it again. */
static void go_back(struct run *run, uint64_t record)
{
    struct cb_decoder *decoder = run->reframe->decoder;
    uint64_t left, count;
    int got;
    if (!source_go_back(run->source, bytes_read(run)))
        return;
    cb_skip(run->buffer, CB_ALL);
    cb_set_position(run->buffer, run->source->start);
    cb_decoder_reset(decoder);
    run->next = run->record = 1;
    run->at = run->source->start;
    do {
        left = record - run->next;
        got = cb_decoder_skip(decoder, run->buffer, left, &count);
        run->next += count;
        if (got == CB_EMALFORMED && run->reframe->skips_damage)
            got = cb_decoder_recover(decoder, run->buffer, &count);
    } while (got == CB_MORE ? !fill(run) : got > 0 && left);
}

/* The sink did not take a record.  Writes the records before one that cannot be
 * represented, then reports it, and leaves a file where it begins. */
static enum exit_status refused(struct run *run, enum exit_status status)
{
    const struct sink *sink = run->reframe->sink;
    if (status == EXIT_UNENCODABLE) {
        enum exit_status drained = drain(run);
        if (drained)
            return drained;
        go_back(run, sink->error.record);
    }
    return sink_failed(sink, run->source->name, status);
}

/* How many of the pieces belong to records before this number. */
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

/* Gives the selected pieces to the sink. */
static enum exit_status put_selected(struct reframe *reframe, const struct cb_piece *pieces,
                                     size_t count)
{
    enum exit_status status = EXIT_FINE;
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

/*
 * Three ways to process the records at hand.  Each sets *got: more than 0 if there may
 * be more at hand, else the result of cb_decoder_batch.
 */

/* Gives pieces to the sink. */
static enum exit_status put_batch(struct run *run, int *got)
{
    struct reframe *reframe = run->reframe;
    const struct selection *selection = reframe->selection;
    struct cb_piece pieces[PIECES];
    /* A record has at least one piece, so this decodes none after the last. */
    uint64_t most = selection->ranges[selection->count - 1].last - current(run) + 1;
    ssize_t count = cb_decoder_batch(reframe->decoder, run->buffer, pieces,
                                     most < PIECES ? (size_t)most : PIECES);
    *got = (int)count;
    if (count <= 0)
        return EXIT_FINE;
    run->next = cb_decoder_record(reframe->decoder);
    enum exit_status status = put_selected(reframe, pieces, (size_t)count);
    return status ? refused(run, status) : EXIT_FINE;
}

/* Skips the records before the next range, or counts those of a range. */
static enum exit_status count_batch(struct run *run, int *got)
{
    struct reframe *reframe = run->reframe;
    const uint64_t gap = unwanted(run);
    uint64_t count;
    *got = cb_decoder_skip(reframe->decoder, run->buffer, gap ? gap : wanted(run), &count);
    if (*got > 0 && !gap)
        reframe->sink->ops->tally(reframe->sink, count);
    run->next = cb_decoder_record(reframe->decoder);
    return EXIT_FINE;
}

/* Encodes directly into the output. */
static enum exit_status encode_batch(struct run *run, int *got)
{
    struct sink *sink = run->reframe->sink;
    const struct output *output = sink->stream;
    const uint64_t most = wanted(run);
    size_t count;
    *got = cb_reframe(run->reframe->decoder, output->encoder, run->buffer, output->buffer,
                      most < CB_ALL ? (size_t)most : CB_ALL, &count);
    run->next += count;
    if (*got == CB_EUNENCODABLE) {
        sink->error = *cb_encoder_error(output->encoder);
        return refused(run, EXIT_UNENCODABLE);
    }
    return *got > 0 && cb_length(output->buffer) >= OUTPUT_ENOUGH ? drain(run) : EXIT_FINE;
}

/* Chooses the cheapest way for the next records. */
static enum exit_status process(struct run *run, int *got)
{
    const struct sink *sink = run->reframe->sink;
    const struct range *range = range_at(run->reframe, current(run));
    const uint64_t gap = unwanted(run);
    if (sink->ops->tally || gap >= LONG_GAP)
        return count_batch(run, got);
    if (sink->stream && !gap && range->last - range->first >= LONG_RANGE)
        return encode_batch(run, got);
    return put_batch(run, got);
}

/* Gets more input, and lets the sink work until there is some; or settles without it. */
static enum exit_status bring_more(struct run *run)
{
    bool came = true;
    enum exit_status status = take_read(run);
    if (!status && run->reframe->idle && run->settled != bytes_read(run))
        status = wait_or_settle(run, &came);
    else if (!status)
        status = let_sink_work(run, NULL);
    if (status || !came)
        return status;
    return pass(run) ? EXIT_FINE : fill(run);
}

/* Reports malformed input that was left out, or counts it after many reports. */
static void tell_damage(struct run *run, const struct cb_error *error, uint64_t lost)
{
    struct reframe *reframe = run->reframe;
    char more[48];
    run->is_damaged = true;
    if (++reframe->damages > DAMAGES_TOLD) {
        reframe->unreported++;
        reframe->lost += lost;
        return;
    }
    snprintf(more, sizeof more, "; left out: %" PRIu64 " byte%s", lost, plural(lost));
    complain_at(run->source->name, error, more);
}

/* Goes on after malformed input, where the next frame can begin. */
static enum exit_status recover(struct run *run)
{
    struct cb_decoder *decoder = run->reframe->decoder;
    const struct cb_error error = *cb_decoder_error(decoder);
    uint64_t lost;
    int got;
    while ((got = cb_decoder_recover(decoder, run->buffer, &lost)) == CB_MORE) {
        enum exit_status status = bring_more(run);
        if (status)
            return status;
    }
    tell_damage(run, &error, lost);
    if (got == CB_YES || got == CB_END)
        return EXIT_FINE;
    complain_here(run, cb_decoder_position(decoder), cb_strerror(got));
    return exit_status_of(got);
}

/* Reports an error of the decoder; of the first record with a hint, if what the input
 * begins with is known. */
static void complain_of(const struct run *run, const struct cb_error *error)
{
    const struct source *source = run->source;
    char room[LOOKS_ROOM] = "";
    if (error->code == CB_EMALFORMED && cb_position(run->buffer) == source->start &&
        error->start == source->start)
        looks_hint(run->source, run->buffer, run->reframe->from, room);
    complain_at(source->name, error, room);
}

/* Updates the meter. */
static void show(const struct run *run)
{
    const struct reframe *reframe = run->reframe;
    meter_set(reframe->meter, reframe->read + bytes_read(run), reframe->before + run->next - 1);
}

/* Processes a batch, or gets input for the next one. */
static enum exit_status step(struct run *run)
{
    const struct cb_decoder *decoder = run->reframe->decoder;
    int got;
    enum exit_status status = process(run, &got);
    show(run);
    if (status || got > 0)
        return status;
    status = drain(run);
    if (status)
        return status;
    if (got == CB_MORE)
        return bring_more(run);
    if (got == CB_EMALFORMED && run->reframe->skips_damage)
        return recover(run);
    run->ended = true;
    if (got == CB_END)
        return EXIT_FINE;
    if (cb_decoder_error(decoder)->code)
        complain_of(run, cb_decoder_error(decoder));
    else /* out of memory before it began */
        complain_here(run, cb_decoder_position(decoder), cb_strerror(got));
    return exit_status_of(got);
}

static void tell_input(struct reframe *reframe, const struct sink_input *input)
{
    if (reframe->sink->ops->input)
        reframe->sink->ops->input(reframe->sink, input);
}

void reframe_missing(struct reframe *reframe, const char *path)
{
    tell_input(reframe, &(struct sink_input){.path = path});
}

/* If the next reader could see it, takes what else belongs to the last record: the LF
 * of a CRLF, if CR was enough to end it. */
static enum exit_status take_rest(struct run *run)
{
    uint64_t none;
    enum exit_status status = drain(run);
    while (!status && !run->ended &&
           cb_decoder_skip(run->reframe->decoder, run->buffer, 0, &none) == CB_MORE &&
           source_can_leave(run->source))
        status = bring_more(run);
    return status;
}

enum exit_status reframe_run(struct reframe *reframe, struct source *source)
{
    const struct cb_buffer_options options = {
        .size = sizeof options,
        .pool = reframe->pool,
        .chunk_min = READ_SIZE,
        .chunk_max = READ_SIZE,
    };
    struct run run = {
        .reframe = reframe, .source = source, .next = 1, .record = 1, .at = source->start};
    if (cb_buffer_new(&run.buffer, &options)) {
        complain_errno(source->name, ENOMEM);
        (void)source_close(source, 0);
        reframe_missing(reframe, source->path);
        return EXIT_IO;
    }
    cb_set_position(run.buffer, source->start);
    cb_decoder_reset(reframe->decoder);
    reframe->sink->before = reframe->before;
    if (reframe->sink->stream)
        cb_encoder_number(reframe->sink->stream->encoder, reframe->before + 1);
    enum exit_status status = EXIT_FINE;
    while (!status && !run.ended && range_at(reframe, current(&run))) {
        status = step(&run);
        show(&run);
    }
    if (!status)
        status = take_rest(&run);
    reframe->before += run.next - 1;
    uint64_t read = bytes_read(&run);
    uint64_t used = cb_decoder_position(reframe->decoder) - source->start;
    reframe->read += read;
    int number = source_close(source, read - used);
    if (number && status == EXIT_FINE) {
        complain_errno(source->name, number);
        status = EXIT_IO;
    }
    const struct sink_input input = {.path = source->path,
                                     .bytes = used,
                                     .opened = true,
                                     .whole = status == EXIT_FINE && !run.is_damaged};
    tell_input(reframe, &input);
    cb_buffer_free(run.buffer);
    return status;
}

enum exit_status reframe_finish(struct reframe *reframe, enum exit_status status)
{
    enum exit_status ended = reframe->sink->ops->finish(reframe->sink, status == EXIT_FINE);
    if (ended)
        sink_failed(reframe->sink, "", ended);
    if (reframe->unreported)
        complain("%" PRIu64 " more damaged place%s; left out: %" PRIu64 " byte%s",
                 reframe->unreported, plural(reframe->unreported), reframe->lost,
                 plural(reframe->lost));
    if (!status)
        status = ended;
    return !status && reframe->damages ? EXIT_MALFORMED : status;
}
