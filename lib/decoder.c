/* SPDX-License-Identifier: MIT */
#include "decoder.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WHOLE_LIMIT_DEFAULT ((uint64_t)64 << 20)
enum {
    SHOWN_BYTES = 4, /* of malformed input, in a message */
    BATCH_MIN = 4    /* pieces that are worth the start of a fast path */
};

/* ------------------------------------------------------------------ errors */

/* Appends the bytes that stand at `offset`, as ": 7a 7a 0d 0a". */
static void show_bytes(struct cb_decoder *decoder, uint64_t offset)
{
    uint8_t bytes[SHOWN_BYTES];
    uint64_t head = decoder->buffer->position;
    if (offset < head)
        return;
    size_t n = cb_copyout(decoder->buffer, cb__clamp_u64(offset - head), bytes, sizeof bytes);
    char *text = decoder->error.text;
    size_t used = strlen(text), room = sizeof decoder->error.text;
    for (size_t i = 0; i < n && used < room; i++)
        used += (size_t)snprintf(text + used, room - used, "%s%02x", i ? " " : ": ", bytes[i]);
}

int cb__decoder_fail(struct cb_decoder *decoder, int code, uint64_t offset, const char *format, ...)
{
    va_list arguments;
    struct cb_error *error = &decoder->error;
    error->code = code;
    error->record = decoder->record;
    error->offset = offset;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    if (code == CB_EMALFORMED)
        show_bytes(decoder, offset);
    return code;
}

int cb__decoder_check_length(struct cb_decoder *decoder, uint64_t length)
{
    if (cb__likely(length <= decoder->max_record))
        return CB_OK;
    return cb__decoder_fail(decoder, CB_EOVERFLOW, decoder->frame_start,
                            "record is longer than %" PRIu64 " bytes", decoder->max_record);
}

/* -------------------------------------------------------------------- life */

int cb_decoder_new(struct cb_decoder **result, const char *specification,
                   const struct cb_decoder_options *options, struct cb_error *error)
{
    struct cb_decoder_options o = {.size = sizeof o};
    size_t n = 0;
    if (options && !cb__options_size(options->size, sizeof o, &n))
        return cb__error_set(error, CB_EINVAL, 0, "the options have no size");
    if (options)
        memcpy(&o, options, n);
    if (o.on_partial > CB_PARTIAL_DROP)
        return cb__error_set(error, CB_EINVAL, 0, "unknown value for on_partial");
    const struct cb_allocator *allocator = o.allocator ? o.allocator : &cb__malloc_allocator;
    struct cb_decoder *decoder = allocator->alloc(allocator->arg, sizeof *decoder);
    if (!decoder)
        return cb__error_set(error, CB_ENOMEM, 0, "out of memory");
    memset(decoder, 0, sizeof *decoder);
    decoder->allocator = allocator;
    int status = cb__config_init(&decoder->config, specification, CB_DECODES, allocator, error);
    if (status)
        goto err0;
    decoder->ops = decoder->config.family->decode;
    decoder->tells_length = decoder->ops->tells_length;
    decoder->state = allocator->alloc(allocator->arg, cb__max(decoder->ops->state_size, 1));
    if (!decoder->state) {
        status = cb__error_set(error, CB_ENOMEM, 0, "out of memory");
        goto err1;
    }
    memset(decoder->state, 0, cb__max(decoder->ops->state_size, 1));
    if (decoder->ops->open) {
        status = decoder->ops->open(decoder, cb__config_spec(&decoder->config));
        if (status) {
            cb__error_set(error, status, 0, "%s", cb_strerror(status));
            goto err2;
        }
    }
    decoder->on_partial = o.on_partial;
    if (o.on_partial == CB_PARTIAL_DEFAULT)
        decoder->on_partial = decoder->ops->partial_is_record ? CB_PARTIAL_EMIT : CB_PARTIAL_FAIL;
    decoder->whole = o.whole || o.on_partial == CB_PARTIAL_DROP;
    decoder->max_record = o.max_record     ? o.max_record
                          : decoder->whole ? WHOLE_LIMIT_DEFAULT
                                           : UINT64_MAX;
    cb_decoder_reset(decoder);
    *result = decoder;
    return CB_OK;
err2:
    allocator->free(allocator->arg, decoder->state, cb__max(decoder->ops->state_size, 1));
err1:
    cb__config_fini(&decoder->config);
err0:
    allocator->free(allocator->arg, decoder, sizeof *decoder);
    return status;
}

void cb_decoder_free(struct cb_decoder *decoder)
{
    if (!decoder)
        return;
    const struct cb_allocator *allocator = decoder->allocator;
    if (decoder->ops->close)
        decoder->ops->close(decoder);
    allocator->free(allocator->arg, decoder->state, cb__max(decoder->ops->state_size, 1));
    cb__config_fini(&decoder->config);
    allocator->free(allocator->arg, decoder, sizeof *decoder);
}

/* Sets the place to a position, for record number `record`. */
static void begin_at(struct cb_decoder *decoder, uint64_t position, uint64_t record)
{
    decoder->frame_start = decoder->payload_start = position;
    decoder->given = decoder->until = decoder->scan = position;
    decoder->record = record;
    decoder->total = CB_UNKNOWN;
    decoder->payload_end = 0;
    decoder->needed = 1;
    decoder->begun = decoder->open = decoder->complete = false;
}

void cb__decoder_next_record(struct cb_decoder *decoder)
{
    begin_at(decoder, decoder->scan, decoder->record + 1);
}

void cb_decoder_reset(struct cb_decoder *decoder)
{
    decoder->buffer = NULL;
    decoder->finished = decoder->ended = false;
    decoder->error = (struct cb_error){.code = CB_OK};
    begin_at(decoder, 0, 1);
}

static void attach_new(struct cb_decoder *decoder, const struct cb_buffer *buffer)
{
    if (!decoder->buffer) {
        begin_at(decoder, buffer->position, 1);
        decoder->ops->reset(decoder);
    }
    decoder->buffer = buffer;
    decoder->scan_cursor = decoder->give_cursor = (struct cb__cursor){0};
}

/* The first call for a stream: it begins where the buffer's head is. */
static inline void attach(struct cb_decoder *decoder, const struct cb_buffer *buffer)
{
    if (cb__unlikely(decoder->buffer != buffer))
        attach_new(decoder, buffer);
}

/* Drops what was given. */
static inline void release(const struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    if (decoder->given > buffer->position)
        cb_skip(buffer, cb__clamp_u64(decoder->given - buffer->position));
}

unsigned cb_decoder_traits(const struct cb_decoder *decoder)
{
    /* A record that may be cut short by the end of input keeps its length to
     * itself until then. */
    bool tells = decoder->tells_length && decoder->on_partial != CB_PARTIAL_EMIT;
    return (tells ? (unsigned)CB_TELLS_LENGTH : 0) | (decoder->ops->parts ? (unsigned)CB_PARTS : 0);
}

void cb_decoder_finish(struct cb_decoder *decoder)
{
    decoder->finished = true;
}

uint64_t cb_decoder_needed(const struct cb_decoder *decoder)
{
    return decoder->needed;
}

uint64_t cb_decoder_position(const struct cb_decoder *decoder)
{
    return decoder->open ? decoder->given : decoder->frame_start;
}

uint64_t cb_decoder_record(const struct cb_decoder *decoder)
{
    return decoder->record;
}

const struct cb_error *cb_decoder_error(const struct cb_decoder *decoder)
{
    return &decoder->error;
}

/* ------------------------------------------------------------------ pieces */

/* The length of the current record as far as a piece may tell it. */
static uint64_t known_total(const struct cb_decoder *decoder)
{
    if (decoder->complete)
        return decoder->until - decoder->payload_start;
    return decoder->on_partial == CB_PARTIAL_EMIT ? CB_UNKNOWN : decoder->total;
}

/* Cuts pieces from [given, until), and ends the record if it is complete. */
static size_t give(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max)
{
    static const uint8_t nothing[1];
    size_t count = 0;
    while (count < max) {
        const uint8_t *data = nothing;
        size_t n = 0;
        if (decoder->given < decoder->until) {
            cb__buffer_span(decoder->buffer, &decoder->give_cursor, decoder->given, &data, &n);
            n = cb__min(n, cb__clamp_u64(decoder->until - decoder->given));
        }
        bool last = decoder->complete && decoder->given + n == decoder->until;
        pieces[count++] = (struct cb_piece){
            .data = data,
            .length = n,
            .record = decoder->record,
            .offset = decoder->given,
            .total = known_total(decoder),
            .flags = (decoder->open ? 0 : (unsigned)CB_FIRST) | (last ? (unsigned)CB_LAST : 0),
        };
        decoder->open = true;
        decoder->given += n;
        if (last) {
            cb__decoder_next_record(decoder);
            break;
        }
        if (decoder->given == decoder->until)
            break;
    }
    return count;
}

/* The family wants more input than there will be. */
static int handle_end(struct cb_decoder *decoder)
{
    uint64_t end = cb__buffer_end(decoder->buffer);
    uint64_t missing_from = decoder->payload_end;
    if (decoder->frame_start == end && !decoder->begun) {
        if (decoder->ops->needs_end && decoder->on_partial == CB_PARTIAL_FAIL)
            return cb__decoder_fail(decoder, CB_ETRUNCATED, end, "input ends before its end mark");
        return CB_END;
    }
    int cut = decoder->ops->cut(decoder);
    if (cut == CB_YES)
        return CB_OK;
    if (decoder->on_partial == CB_PARTIAL_EMIT && cut == CB_NO) {
        decoder->begun = decoder->complete = true;
        decoder->scan = end;
        decoder->ended = true; /* behind this record */
        return CB_OK;
    }
    if (decoder->on_partial != CB_PARTIAL_FAIL) {
        decoder->scan = end;
        cb__decoder_next_record(decoder);
        decoder->record--;
        return CB_END;
    }
    if (missing_from > end)
        return cb__decoder_fail(decoder, CB_ETRUNCATED, end,
                                "input ends inside a record: %" PRIu64
                                " bytes of its payload are missing",
                                missing_from - end);
    return cb__decoder_fail(decoder, CB_ETRUNCATED, end, "input ends inside a record");
}

/* One step further: CB_OK if there may be something to give. */
static int advance(struct cb_decoder *decoder)
{
    if (decoder->error.code)
        return decoder->error.code;
    if (decoder->ended)
        return CB_END;
    int status = decoder->ops->advance(decoder);
    if (status == CB_MORE && decoder->finished)
        status = handle_end(decoder);
    if (status == CB_OK)
        return cb__decoder_check_length(decoder, decoder->until - decoder->payload_start);
    if (status == CB_END)
        decoder->ended = true;
    return status;
}

/* Is there something that pieces can be cut from?  The beginning of a record
 * whose payload is all still to come is given as an empty piece. */
static bool can_give(const struct cb_decoder *decoder)
{
    if (decoder->error.code)
        return false;
    if (decoder->complete || decoder->whole)
        return decoder->complete;
    return decoder->given < decoder->until ||
           (decoder->begun && !decoder->open && decoder->payload_end > decoder->until);
}

/* Is the decoder at the beginning of a frame that it has not looked at? */
static bool at_frame(const struct cb_decoder *decoder)
{
    return decoder->scan == decoder->frame_start && !decoder->begun && !decoder->ended &&
           !decoder->error.code;
}

int cb_decoder_batch(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_piece *pieces,
                     size_t max, size_t *count)
{
    const uint8_t *data;
    size_t done = 0, n;
    int status = CB_OK;
    attach(decoder, buffer);
    while (done < max) {
        if (max - done >= BATCH_MIN && decoder->ops->batch && at_frame(decoder) &&
            cb__decoder_span(decoder, &data, &n)) {
            done += decoder->ops->batch(decoder, data, n, pieces + done, max - done);
            if (done == max)
                break;
        }
        if (can_give(decoder)) {
            done += give(decoder, pieces + done, max - done);
            continue;
        }
        status = advance(decoder);
        if (status != CB_OK)
            break;
    }
    *count = done;
    return done ? CB_PIECE : status;
}

int cb_decoder_skip(struct cb_decoder *decoder, struct cb_buffer *buffer, uint64_t max,
                    uint64_t *count)
{
    const uint8_t *data;
    size_t n;
    int status = CB_OK;
    *count = 0;
    attach(decoder, buffer);
    while (*count < max && status == CB_OK) {
        if (decoder->ops->skip && at_frame(decoder) && !decoder->whole &&
            cb__decoder_span(decoder, &data, &n))
            *count += decoder->ops->skip(decoder, data, n, max - *count);
        if (*count < max && !can_give(decoder))
            status = advance(decoder);
        if (status == CB_OK && can_give(decoder)) {
            decoder->given = decoder->until;
            decoder->open = true;
            if (decoder->complete) {
                cb__decoder_next_record(decoder);
                ++*count;
            }
        }
    }
    release(decoder, buffer);
    return *count ? CB_PIECE : status;
}

void cb_decoder_release(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    attach(decoder, buffer);
    release(decoder, buffer);
}

int cb_decoder_next(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_piece *piece)
{
    size_t count;
    attach(decoder, buffer);
    release(decoder, buffer);
    return cb_decoder_batch(decoder, buffer, piece, 1, &count);
}

int cb_decoder_take(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_buffer *record)
{
    uint64_t max_record = decoder->max_record;
    int status = CB_OK;
    attach(decoder, buffer);
    if (decoder->error.code)
        return decoder->error.code;
    if (decoder->open || buffer == record)
        return CB_ESTATE;
    release(decoder, buffer);
    if (max_record == UINT64_MAX)
        decoder->max_record = WHOLE_LIMIT_DEFAULT;
    while (!decoder->complete && status == CB_OK)
        status = advance(decoder);
    decoder->max_record = max_record;
    if (status != CB_OK)
        return status;
    uint64_t head = buffer->position;
    status = cb__buffer_take_frame(buffer, cb__clamp_u64(decoder->payload_start - head),
                                   cb__clamp_u64(decoder->until - decoder->payload_start),
                                   cb__clamp_u64(decoder->scan - head), record);
    if (status)
        return status;
    cb__decoder_next_record(decoder);
    return CB_PIECE;
}

/* ---------------------------------------------- payload that goes elsewhere */

uint64_t cb_decoder_ahead(const struct cb_decoder *decoder)
{
    bool streaming = decoder->buffer && decoder->open && !decoder->complete && !decoder->whole &&
                     !decoder->error.code && decoder->given == decoder->until;
    if (!streaming || decoder->scan != cb__buffer_end(decoder->buffer))
        return 0;
    return decoder->payload_end > decoder->scan ? decoder->payload_end - decoder->scan : 0;
}

int cb_decoder_pass(struct cb_decoder *decoder, struct cb_buffer *buffer, uint64_t n)
{
    if (n > cb_decoder_ahead(decoder) || buffer != decoder->buffer)
        return CB_EINVAL;
    release(decoder, buffer);
    cb__buffer_pass(buffer, n);
    decoder->given = decoder->until = decoder->scan = decoder->scan + n;
    return CB_OK;
}
