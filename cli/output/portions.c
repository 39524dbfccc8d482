/* SPDX-License-Identifier: MIT */
#include "portions.h"

#include <errno.h>

/* The longest that is held while it is open whether it fits. */
enum { HOLD_UNDECIDED = 64 << 20 };

/* Payload that is encoded at once. */
enum { BATCH_BYTES = 64 << 10 };

/* Where the next encoded byte will be, as a position in the buffer. */
static uint64_t output_end_at(const struct portions *portions)
{
    return cb_position(portions->output->buffer) + cb_length(portions->output->buffer);
}

/* ------------------------------------------------------------- the open portion */

/* Would it fit if it ended here? */
static bool fits(const struct portions *portions, uint64_t end)
{
    const uint64_t fixed = header_length(&portions->header) + cb_length(portions->ending);
    return !portions->grouping.size || end - portions->begin + fixed <= portions->grouping.size;
}

/* Sends the header or the ending. */
static enum exit_status send_copy(struct portions *portions, const struct cb_buffer *bytes)
{
    if (!bytes || !cb_length(bytes))
        return EXIT_FINE;
    if (cb_peek(bytes, CB_ALL, portions->copy) < 0)
        return output_failed(portions->output, ENOMEM);
    return portions->ops->send(portions->output->sink, portions->copy, CB_ALL);
}

/* Sends the whole records in the output. */
static enum exit_status send_whole(struct portions *portions)
{
    struct cb_buffer *buffer = portions->output->buffer;
    const uint64_t n = portions->end - cb_position(buffer);
    return n ? portions->ops->send(portions->output->sink, buffer, (size_t)n) : EXIT_FINE;
}

/* Begins a portion with the current record, which begins at `end`. */
static enum exit_status open_portion(struct portions *portions)
{
    struct sink *sink = portions->output->sink;
    portions->number++;
    portions->records = 0;
    portions->begin = portions->end;
    enum exit_status status = portions->ops->open(sink,
                                                  grouping_is_plain(&portions->grouping)
                                                      ? sink->before + portions->first.record
                                                      : portions->number,
                                                  &portions->first);
    portions->is_open = !status;
    return status ? status : send_copy(portions, portions->header.bytes);
}

/* Closes it; with the end mark of its stream if it is `whole`. */
static enum exit_status close_portion(struct portions *portions, bool whole)
{
    enum exit_status status = send_whole(portions);
    if (!status && whole)
        status = send_copy(portions, portions->ending);
    portions->is_open = false;
    return status ? status : portions->ops->close(portions->output->sink);
}

/* The current record does not fit: it begins the next portion. */
static enum exit_status cut(struct portions *portions)
{
    enum exit_status status = close_portion(portions, true);
    return status ? status : open_portion(portions);
}

/* Decides whether the current record, which is held, can be sent. */
static enum exit_status decide(struct portions *portions)
{
    const uint64_t end = output_end_at(portions);
    const uint64_t most = portions->grouping.size ? HOLD_UNDECIDED : HOLD_MOST;
    if (fits(portions, end) && end - portions->end <= most)
        return EXIT_FINE;
    portions->part = SENT;
    return portions->grouping.size ? cut(portions) : EXIT_FINE;
}

enum exit_status portions_flush(struct portions *portions)
{
    struct sink *sink = portions->output->sink;
    if (portions->header.left)
        return header_keep(&portions->header, portions->output);
    if (!portions->is_open || portions->in_batch)
        return EXIT_FINE;
    enum exit_status status = portions->part == HELD ? decide(portions) : EXIT_FINE;
    if (status)
        return status;
    if (portions->part == SENT)
        return portions->ops->send(sink, portions->output->buffer, CB_ALL);
    return send_whole(portions);
}

/* ----------------------------------------------------------------- its records */

/* `count` more records are complete; `last` is the number of the last one in its input. */
static enum exit_status add_records(struct portions *portions, uint64_t count, uint64_t last)
{
    struct sink *sink = portions->output->sink;
    portions->records += count;
    portions->end = output_end_at(portions);
    if (portions->ops->added)
        portions->ops->added(sink, sink->before + last);
    const bool is_full =
        portions->records >= portions->grouping.records || !fits(portions, portions->end);
    return is_full ? close_portion(portions, true) : EXIT_FINE;
}

/* A record begins. */
static enum exit_status begin_record(struct portions *portions, const struct cb_piece *piece)
{
    portions->first = *piece;
    if (portions->is_open)
        return EXIT_FINE;
    portions->end = output_end_at(portions);
    return open_portion(portions);
}

/* The pieces of one record, or a part of it. */
static enum exit_status put_record(struct portions *portions, const struct cb_piece *pieces,
                                   size_t count)
{
    enum exit_status status = EXIT_FINE;
    if (pieces->flags & CB_FIRST) {
        status = begin_record(portions, pieces);
        portions->part = portions->records ? HELD : SENT;
    }
    if (!status)
        status = output_put(portions->output, pieces, count);
    if (!status && portions->part == HELD)
        status = decide(portions);
    if (status || !(pieces[count - 1].flags & CB_LAST))
        return status;
    portions->part = NO_PART;
    return add_records(portions, 1, pieces->record);
}

/* How many of the pieces make whole records that can be encoded together. */
static size_t batch_pieces(const struct portions *portions, const struct cb_piece *pieces,
                           size_t count)
{
    uint64_t left = portions->grouping.records - (portions->is_open ? portions->records : 0);
    size_t n = 0;
    uint64_t bytes = 0;
    while (n < count && left-- && pieces[n].flags & CB_FIRST) {
        size_t end = n + output_record(pieces + n, count - n);
        if (!(pieces[end - 1].flags & CB_LAST))
            break;
        bytes += pieces[end - 1].total;
        if (bytes > BATCH_BYTES)
            break;
        n = end;
    }
    return n;
}

/* Whole records one by one: not all of them fit. */
static enum exit_status put_singly(struct portions *portions, const struct cb_piece *pieces,
                                   size_t count)
{
    enum exit_status status = EXIT_FINE;
    while (count && !status) {
        size_t n = output_record(pieces, count);
        status = put_record(portions, pieces, n);
        pieces += n;
        count -= n;
    }
    return status;
}

/* Whole records, at once. */
static enum exit_status put_batch(struct portions *portions, const struct cb_piece *pieces,
                                  size_t count)
{
    struct output *output = portions->output;
    enum exit_status status = begin_record(portions, pieces);
    if (status)
        return status;
    portions->in_batch = true;
    status = output_put(output, pieces, count);
    portions->in_batch = false;
    if (status && status != EXIT_UNENCODABLE)
        return status;
    if (!fits(portions, output_end_at(portions))) {
        cb_truncate(output->buffer, (size_t)(portions->end - cb_position(output->buffer)));
        return put_singly(portions, pieces, count);
    }
    const uint64_t first = pieces->record;
    uint64_t end = pieces[count - 1].record + 1;
    if (status == EXIT_UNENCODABLE)
        end = output->sink->error.record;
    if (end == first)
        return status;
    enum exit_status added = add_records(portions, end - first, end - 1);
    return added ? added : status;
}

enum exit_status portions_put(struct portions *portions, const struct cb_piece *pieces,
                              size_t count)
{
    struct sink *sink = portions->output->sink;
    enum exit_status status = EXIT_FINE;
    while (count && !status) {
        size_t n = header_pieces(&portions->header, pieces, count);
        if (n) {
            status = header_put(&portions->header, portions->output, pieces, n);
        } else if ((n = batch_pieces(portions, pieces, count))) {
            status = put_batch(portions, pieces, n);
        } else {
            n = output_record(pieces, count);
            status = put_record(portions, pieces, n);
        }
        if (status == EXIT_IO) {
            sink->failed = portions->first.record;
            sink->error.record = sink->before + sink->failed;
        }
        pieces += n;
        count -= n;
    }
    return status;
}

/* The current record will not be completed.  Whatever of it is in the output is dropped. */
static enum exit_status abandon_record(struct portions *portions)
{
    struct cb_buffer *buffer = portions->output->buffer;
    const bool is_sent = portions->part == SENT;
    portions->part = NO_PART;
    if (portions->records && !is_sent) {
        cb_truncate(buffer, (size_t)(portions->end - cb_position(buffer)));
        return close_portion(portions, false);
    }
    cb_skip(buffer, CB_ALL);
    portions->is_open = false;
    const uint64_t keep = portions->end - portions->begin + header_length(&portions->header);
    return portions->ops->abandon(portions->output->sink, portions->records ? keep : 0);
}

enum exit_status portions_finish(struct portions *portions, bool whole)
{
    if (!portions->is_open)
        return EXIT_FINE;
    return whole ? close_portion(portions, true) : abandon_record(portions);
}

/* ------------------------------------------------------------------- their life */

bool portions_init(struct portions *portions, const struct portion_ops *ops, struct output *output,
                   const struct grouping *grouping)
{
    *portions = (struct portions){.ops = ops, .output = output, .grouping = *grouping};
    if (header_init(&portions->header, grouping->header) &&
        cb_buffer_new(&portions->ending, NULL) == CB_OK &&
        cb_buffer_new(&portions->copy, NULL) == CB_OK &&
        cb_encode_end(output->encoder, portions->ending) == CB_OK)
        return true;
    portions_fini(portions);
    return false;
}

void portions_fini(struct portions *portions)
{
    header_fini(&portions->header);
    cb_buffer_free(portions->ending);
    cb_buffer_free(portions->copy);
}
