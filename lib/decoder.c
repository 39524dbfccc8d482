/* SPDX-License-Identifier: MIT */
#include "decoder.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WHOLE_LIMIT_DEFAULT ((uint64_t)64 << 20)
enum {
    SHOWN_BYTES = 4, /* bytes of malformed input in a message */
    BATCH_MIN = 4    /* least number of pieces worth starting the fast path */
};

/* ------------------------------------------------------------------ errors */

/* Appends the bytes from `offset` on, as ": 0d 78": only those needed to detect the
 * error, since what else is available depends on how the input arrived. */
static void show_bytes(struct cb_decoder *decoder, uint64_t offset)
{
    uint8_t bytes[SHOWN_BYTES];
    uint64_t head = decoder->buffer->position;
    size_t most = decoder->found.scan > offset ? cb__clamp_u64(decoder->found.scan - offset) : 1;
    if (offset < head)
        return;
    size_t n = cb_copyout(decoder->buffer, cb__clamp_u64(offset - head),
                          cb__min(most, sizeof bytes), bytes);
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
    error->record = decoder->core.record;
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
    if (decoder->on_overflow != CB_OVERFLOW_FAIL) {
        decoder->core.too_long = true;
        return CB_OK;
    }
    return cb__decoder_fail(decoder, CB_EOVERFLOW, decoder->found.frame_start,
                            "record is longer than %" PRIu64 " bytes", decoder->max_record);
}

/* ---------------------------------------------------------------- assembly */

/* Below this a copy costs less than a reference. */
enum { COPY_BELOW = 128 };

void cb__decoder_begin(struct cb_decoder *decoder, uint64_t at)
{
    decoder->found.payload_at = at;
    decoder->found.state = CB__FOUND_BEGUN;
}

uint64_t cb__decoder_payload_place(const struct cb_decoder *decoder)
{
    const struct cb_buffer *assembled = decoder->core.assembled;
    return assembled ? cb__buffer_end(assembled) : decoder->found.scan;
}

int cb__decoder_add(struct cb_decoder *decoder, const void *data, size_t n)
{
    if (!decoder->core.assembled || cb_append(decoder->core.assembled, data, n) == CB_OK)
        return CB_OK;
    return cb__decoder_fail(decoder, CB_ENOMEM, decoder->found.scan, "out of memory");
}

int cb__decoder_add_span(struct cb_decoder *decoder, uint64_t at, uint64_t n)
{
    const uint8_t *data;
    size_t size;
    if (!decoder->core.assembled || !n)
        return CB_OK;
    if (cb__buffer_span(decoder->buffer, &decoder->scan_cursor, at, &data, &size) &&
        n <= cb__min(size, COPY_BELOW))
        return cb__decoder_add(decoder, data, (size_t)n);
    if (cb__buffer_slice(decoder->buffer, &decoder->scan_cursor, at, cb__clamp_u64(n),
                         decoder->core.assembled) >= 0)
        return CB_OK;
    return cb__decoder_fail(decoder, CB_ENOMEM, at, "out of memory");
}

/* -------------------------------------------------------------------- life */

static int read_options(struct cb_decoder_options *o, const struct cb_decoder_options *options,
                        struct cb_error *error)
{
    if (!cb__options_read(options, o, sizeof *o) || o->whole > CB_WHOLE_UNTOLD)
        return cb__error_set(error, CB_EINVAL, 0, "the options contain an unknown value");
    if (o->on_partial > CB_PARTIAL_DROP)
        return cb__error_set(error, CB_EINVAL, 0, "unknown value for on_partial");
    if (o->on_overflow > CB_OVERFLOW_TRUNCATE)
        return cb__error_set(error, CB_EINVAL, 0, "unknown value for on_overflow");
    return CB_OK;
}

/* (`open` may have set the default of on_partial.) */
static void apply_options(struct cb_decoder *decoder, const struct cb_decoder_options *o)
{
    decoder->on_overflow = o->on_overflow;
    decoder->partial_asked = o->on_partial != CB_PARTIAL_DEFAULT;
    if (decoder->partial_asked)
        decoder->on_partial = o->on_partial;
    const bool tells = cb_decoder_traits(decoder) & CB_TELLS_LENGTH;
    const bool asked = o->whole == CB_WHOLE || (o->whole == CB_WHOLE_UNTOLD && !tells);
    /* Return nothing of a record that may still turn out to be dropped. */
    decoder->whole = asked || decoder->on_partial == CB_PARTIAL_DROP ||
                     (o->on_overflow == CB_OVERFLOW_SKIP && !decoder->tells_length);
    decoder->core.max_taken = o->max_record ? o->max_record : WHOLE_LIMIT_DEFAULT;
    decoder->core.max_given =
        o->max_record || decoder->whole ? decoder->core.max_taken : UINT64_MAX;
    decoder->max_record = decoder->core.max_given;
}

int cb__decoder_make(struct cb_decoder **result, const struct cb__source *source,
                     const struct cb_decoder_options *options, struct cb_error *error)
{
    struct cb_decoder_options o = {.size = sizeof o};
    struct cb__coder coder;
    int status = read_options(&o, options, error);
    if (!status)
        status = cb__coder_new(&coder, sizeof **result, source, CB_DECODES, o.allocator, error);
    if (status)
        return status;
    struct cb_decoder *decoder = coder.self;
    decoder->config = coder.config;
    decoder->allocator = coder.config.allocator;
    decoder->state = coder.state;
    decoder->ops = coder.config.family->decode;
    decoder->tells_length = decoder->ops->tells_length;
    decoder->on_partial = decoder->ops->partial_is_record ? CB_PARTIAL_EMIT : CB_PARTIAL_FAIL;
    if (decoder->ops->open)
        status = decoder->ops->open(decoder, cb__config_spec(&decoder->config));
    if (status) {
        cb__coder_free(&coder);
        return cb__error_set(error, status, 0, "%s", cb_strerror(status));
    }
    apply_options(decoder, &o);
    cb_decoder_reset(decoder);
    *result = decoder;
    return CB_OK;
}

int cb_decoder_new(struct cb_decoder **result, const char *specification,
                   const struct cb_decoder_options *options, struct cb_error *error)
{
    const struct cb__source source = {.specification = specification};
    return cb__decoder_make(result, &source, options, error);
}

/* Detaches the decoder from its buffer. */
static void leave(struct cb_decoder *decoder)
{
    if (decoder->buffer)
        cb__buffer_set_reader(decoder->buffer, NULL);
    if (decoder->core.kept)
        decoder->core.kept->next = decoder->core.kept->count = 0;
    cb_buffer_free(decoder->core.assembled);
    cb_buffer_free(decoder->core.aside);
    cb_buffer_free(decoder->core.header_aside);
    decoder->core.assembled = decoder->core.aside = decoder->core.header_aside = NULL;
    decoder->core.header_at = CB_UNKNOWN;
    decoder->core.stream = CB__STREAM_NONE;
}

void cb_decoder_free(struct cb_decoder *decoder)
{
    if (!decoder)
        return;
    const struct cb_allocator *allocator = decoder->allocator;
    leave(decoder);
    if (decoder->core.kept)
        allocator->free(allocator->arg, decoder->core.kept, sizeof *decoder->core.kept);
    if (decoder->ops->close)
        decoder->ops->close(decoder);
    cb__coder_free(&(struct cb__coder){
        .self = decoder,
        .size = sizeof *decoder,
        .state = decoder->state,
        .state_size = cb__max(decoder->ops->state_size, 1),
        .config = decoder->config,
    });
}

/* The next frame begins at a position, and has record number `record`. */
static inline void begin_at(struct cb_decoder *decoder, uint64_t position, uint64_t record)
{
    struct cb__core *core = &decoder->core;
    decoder->found = (struct cb__found){
        .scan = position,
        .frame_start = position,
        .payload_start = position,
        .payload_seen = position,
        .payload_at = position,
        .total = CB_UNKNOWN,
        .needed = 1,
    };
    core->record = record;
    core->given = CB__GIVEN_NOTHING;
    core->given_to = position;
    core->too_long = false;
    core->aside_at = CB_UNKNOWN;
    if (cb__unlikely(core->assembled)) {
        const uint64_t end = cb__buffer_end(core->assembled);
        decoder->found.payload_start = decoder->found.payload_seen = core->given_to = end;
    }
}

void cb__decoder_next_record(struct cb_decoder *decoder)
{
    begin_at(decoder, decoder->found.scan, decoder->core.record + 1);
}

void cb__decoder_next_frame(struct cb_decoder *decoder)
{
    begin_at(decoder, decoder->found.scan, decoder->core.record);
}

void cb_decoder_reset(struct cb_decoder *decoder)
{
    leave(decoder);
    decoder->finished = decoder->expects_more = false;
    decoder->error = (struct cb_error){.code = CB_OK};
    begin_at(decoder, 0, 1);
}

static inline bool has_given(const struct cb_decoder *decoder)
{
    return decoder->core.given == CB__GIVEN_SOME;
}

static inline bool has_ended(const struct cb_decoder *decoder)
{
    return decoder->core.stream == CB__STREAM_ENDED;
}

/* Has the decoder examined nothing of the next frame? */
static bool at_rest(const struct cb_decoder *decoder)
{
    return decoder->found.scan == decoder->found.frame_start && !cb__has_begun(decoder);
}

/* Is another decoder of this buffer at a place where it may be replaced?  Everything
 * that it returned has left the buffer, and nothing else. */
static bool is_free(const struct cb_buffer *buffer)
{
    const struct cb_decoder *other = (const void *)buffer->reader;
    if (!other)
        return true;
    return !has_given(other) && (buffer->position == other->found.frame_start ||
                                 (buffer->position > other->found.frame_start && at_rest(other)));
}

/* A buffer whose blocks may go wherever those of the input may. */
static int make_alike(struct cb_buffer **result, const struct cb_decoder *decoder,
                      const struct cb_buffer *buffer)
{
    const struct cb_buffer_options options = {
        .size = sizeof options,
        .pool = buffer->pool,
        .copy_below = buffer->copy_below,
        .allocator = decoder->allocator,
    };
    return cb_buffer_new(result, &options);
}

/* The result if the buffer is not the expected one, without looking at it. */
static int last_word(const struct cb_decoder *decoder)
{
    if (decoder->error.code)
        return decoder->error.code;
    return has_ended(decoder) && !cb__is_complete(decoder) ? CB__END : CB_ESTATE;
}

/* The first call for a stream, which begins at the head of the buffer. */
static int meet(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    if (decoder->core.stream != CB__STREAM_NONE)
        return last_word(decoder);
    if (!is_free(buffer))
        return CB_ESTATE;
    int status = CB_OK;
    if (decoder->assembles && !decoder->config.keep)
        status = make_alike(&decoder->core.assembled, decoder, buffer);
    if (status)
        return status;
    cb__buffer_set_reader(buffer, &decoder->buffer);
    decoder->core.stream = CB__STREAM_BEGUN;
    begin_at(decoder, buffer->position, 1);
    decoder->ops->reset(decoder);
    decoder->scan_cursor = decoder->core.cursor = (struct cb__cursor){0};
    return CB_OK;
}

/* Where a record of maximum length would end. */
static uint64_t limit_of(const struct cb_decoder *decoder)
{
    uint64_t limit;
    return cb__add_u64(decoder->found.payload_start, decoder->max_record, &limit) ? limit
                                                                                  : UINT64_MAX;
}

/* Was the beginning of the current, truncated record put aside? */
static inline bool is_aside(const struct cb_decoder *decoder)
{
    return decoder->core.aside_at != CB_UNKNOWN;
}

/* The payload before this is no longer needed at its source. */
static inline uint64_t payload_done(const struct cb_decoder *decoder)
{
    if (cb__likely(!decoder->core.too_long))
        return decoder->core.given_to - (decoder->core.assembled ? 0 : decoder->found.header);
    return is_aside(decoder) || decoder->core.given_to >= limit_of(decoder)
               ? decoder->found.payload_seen
               : decoder->core.given_to;
}

/* The input bytes before this are no longer needed. */
static inline uint64_t done_to(const struct cb_decoder *decoder)
{
    return cb__unlikely(decoder->core.assembled) ? decoder->found.scan : payload_done(decoder);
}

/* Makes sure that the decoder reads this buffer and that nothing in it has moved. */
static inline int attach(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    if (cb__likely(decoder->buffer == buffer && buffer->position <= done_to(decoder)))
        return CB_OK;
    return meet(decoder, buffer);
}

static inline void skip_to(struct cb_buffer *buffer, uint64_t position)
{
    if (position > buffer->position)
        cb_skip(buffer, cb__clamp_u64(position - buffer->position));
}

/* The position of the next byte to return among those put aside. */
static uint64_t given_aside(const struct cb_decoder *decoder)
{
    return decoder->core.aside_at + (decoder->core.given_to - decoder->found.payload_start);
}

/* Where the payload of the current record begins in the input. */
static uint64_t payload_in_input(const struct cb_decoder *decoder)
{
    return decoder->core.assembled ? decoder->found.payload_at : decoder->found.payload_start;
}

/* Keeps the header of the current record, of which nothing was returned yet. */
static int put_header_aside(struct cb_decoder *decoder)
{
    const uint64_t at = payload_in_input(decoder) - decoder->found.header;
    struct cb__cursor cursor = {0};
    if (!decoder->core.header_aside &&
        make_alike(&decoder->core.header_aside, decoder, decoder->buffer) != CB_OK)
        return CB_ENOMEM;
    if (decoder->core.header_at != at)
        cb_skip(decoder->core.header_aside, CB_ALL);
    decoder->core.header_at = at;
    const uint64_t have = decoder->core.header_aside->length;
    if (have == decoder->found.header)
        return CB_OK;
    ssize_t n =
        cb__buffer_slice(decoder->buffer, &cursor, at + have,
                         cb__clamp_u64(decoder->found.header - have), decoder->core.header_aside);
    return n < 0 ? CB_ENOMEM : CB_OK;
}

/* Drops what was returned, if something is kept in place of the input: so is the header
 * of the current record, if nothing of that was returned.  If out of memory for this,
 * nothing is dropped. */
static void release_held(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    struct cb__core *core = &decoder->core;
    if (decoder->found.header && (core->assembled || core->too_long) &&
        put_header_aside(decoder) != CB_OK)
        return;
    skip_to(buffer, done_to(decoder));
    if (core->assembled)
        skip_to(core->assembled, payload_done(decoder));
    if (core->aside)
        skip_to(core->aside,
                is_aside(decoder) ? given_aside(decoder) : cb__buffer_end(core->aside));
}

/* Drops what was given. */
static inline void release(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    const struct cb__core *core = &decoder->core;
    if (cb__unlikely(core->assembled || core->too_long || core->aside))
        release_held(decoder, buffer);
    else
        skip_to(buffer, core->given_to - decoder->found.header);
}

unsigned cb_decoder_traits(const struct cb_decoder *decoder)
{
    /* A record that the end of input may truncate does not reveal its length until
     * then. */
    const struct cb__decoder_ops *ops = decoder->ops;
    bool tells = decoder->tells_length && decoder->on_partial != CB_PARTIAL_EMIT;
    bool independent = decoder->tells_length && !ops->parts && !ops->needs_end && !ops->in_order;
    return (tells ? (unsigned)CB_TELLS_LENGTH : 0) | (ops->parts ? (unsigned)CB_PARTS : 0) |
           (ops->sync ? (unsigned)CB_SYNC : 0) | (independent ? (unsigned)CB_INDEPENDENT : 0);
}

int cb_decoder_sync(const struct cb_decoder *decoder, const void *data, size_t n, uint64_t position,
                    uint64_t *place)
{
    if (!decoder->ops->sync || !n)
        return CB_EINVAL;
    return decoder->ops->sync(decoder, data, n, position, place);
}

void cb_decoder_finish(struct cb_decoder *decoder)
{
    decoder->finished = true;
}

uint64_t cb_decoder_undecided(const struct cb_decoder *decoder)
{
    return decoder->found.undecided;
}

uint64_t cb_decoder_position(const struct cb_decoder *decoder)
{
    if (!has_given(decoder) || decoder->error.code)
        return decoder->found.frame_start;
    return done_to(decoder);
}

uint64_t cb_decoder_record(const struct cb_decoder *decoder)
{
    return decoder->core.record;
}

const struct cb_error *cb_decoder_error(const struct cb_decoder *decoder)
{
    return &decoder->error;
}

/* ------------------------------------------------------------------ pieces */

/* The end of the bytes to return from the current record: nothing beyond its maximum
 * length. */
static uint64_t end_of_given(const struct cb_decoder *decoder)
{
    if (cb__likely(!decoder->core.too_long && !decoder->error.code))
        return decoder->found.payload_seen;
    return decoder->found.payload_seen < limit_of(decoder) ? decoder->found.payload_seen
                                                           : limit_of(decoder);
}

/* The length of the current record, if a piece may reveal it. */
static uint64_t known_total(const struct cb_decoder *decoder)
{
    const uint64_t end = end_of_given(decoder);
    if (cb__is_complete(decoder) || (decoder->core.too_long && end == limit_of(decoder)))
        return end - decoder->found.payload_start;
    if (decoder->on_partial == CB_PARTIAL_EMIT)
        return CB_UNKNOWN;
    return decoder->core.too_long ? decoder->max_record : decoder->found.total;
}

uint64_t cb_decoder_needed(const struct cb_decoder *decoder)
{
    return decoder->found.needed;
}

/* Bytes to return: from `given` on, at most `most`. */
static const uint8_t *next_to_give(struct cb_decoder *decoder, uint64_t most, size_t *n,
                                   struct cb_memory **block)
{
    const uint8_t *data;
    struct cb__cursor start = {0}, *cursor = &decoder->core.cursor;
    const struct cb_buffer *source =
        decoder->core.assembled ? decoder->core.assembled : decoder->buffer;
    uint64_t at = decoder->core.given_to;
    if (cb__unlikely(is_aside(decoder))) {
        source = decoder->core.aside;
        cursor = &start;
        at = given_aside(decoder);
    }
    cb__buffer_span(source, cursor, at, &data, n);
    *block = cb__buffer_block(source, cursor, at);
    *n = cb__min(*n, cb__clamp_u64(most));
    return data;
}

/* The header fields of a record's first piece: the length, and CB_APART if the header
 * does not end at the piece's data.  An empty piece is moved to begin there. */
static void tell_header(struct cb_decoder *decoder, struct cb_piece *piece)
{
    struct cb__cursor cursor = {0};
    const uint64_t header = decoder->found.header;
    const uint8_t *data;
    size_t n;
    if (!header || header > UINT32_MAX)
        return;
    const uint64_t at = payload_in_input(decoder) - header;
    piece->header = (uint32_t)header;
    piece->flags |= CB_APART;
    if (decoder->core.header_at == at ||
        !cb__buffer_span(decoder->buffer, &cursor, at, &data, &n) || n < header)
        return;
    if (!piece->length)
        piece->data = data + header;
    if (piece->data == data + header)
        piece->flags &= ~(unsigned)CB_APART;
}

/* Cuts pieces from [given, until), and ends the record if it is complete. */
static size_t give(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max)
{
    static const uint8_t nothing[1];
    const uint64_t end = end_of_given(decoder);
    const uint64_t shift =
        decoder->core.assembled ? decoder->found.payload_at - decoder->found.payload_start : 0;
    size_t count = 0;
    while (count < max) {
        const uint8_t *data = nothing;
        struct cb_memory *block = NULL;
        size_t n = 0;
        if (decoder->core.given_to < end)
            data = next_to_give(decoder, end - decoder->core.given_to, &n, &block);
        bool last = cb__is_complete(decoder) && decoder->core.given_to + n >= end;
        pieces[count] = (struct cb_piece){
            .data = data,
            .length = n,
            .record = decoder->core.record,
            .offset = decoder->core.given_to + shift,
            .total = known_total(decoder),
            .block = block,
            .flags = (has_given(decoder) ? 0 : (unsigned)CB_FIRST) | (last ? (unsigned)CB_LAST : 0),
        };
        if (!has_given(decoder))
            tell_header(decoder, &pieces[count]);
        decoder->found.header = 0;
        count++;
        decoder->core.given = CB__GIVEN_SOME;
        decoder->core.given_to += n;
        if (last)
            cb__decoder_next_record(decoder);
        if (last || decoder->core.given_to >= end)
            break;
    }
    return count;
}

/* The common case of that: the whole record in one span of the input. */
static inline bool give_whole(struct cb_decoder *decoder, struct cb_piece *piece)
{
    const uint64_t header = decoder->found.header;
    const uint64_t from = decoder->core.given_to, size = decoder->found.payload_seen - from;
    const uint8_t *data;
    size_t n;
    if (!cb__is_complete(decoder) || has_given(decoder) || decoder->core.assembled ||
        decoder->core.too_long || decoder->error.code || header > UINT32_MAX ||
        !cb__buffer_span(decoder->buffer, &decoder->core.cursor, from - header, &data, &n) ||
        n < header + size)
        return false;
    *piece = (struct cb_piece){
        .data = data + header,
        .length = (size_t)size,
        .record = decoder->core.record,
        .offset = from,
        .total = size,
        .block = cb__buffer_block(decoder->buffer, &decoder->core.cursor, from - header),
        .flags = CB_FIRST | CB_LAST,
        .header = (uint32_t)header,
    };
    begin_at(decoder, decoder->found.scan, decoder->core.record + 1);
    return true;
}

size_t cb_decoder_header(const struct cb_decoder *decoder, const struct cb_piece *piece, void *out,
                         size_t room)
{
    const struct cb_buffer *source = decoder->buffer;
    const size_t n = cb__min(piece->header, room);
    uint64_t at = piece->offset - piece->header;
    size_t aside = 0;
    if (!(piece->flags & CB_APART)) {
        if (n)
            memcpy(out, piece->data - piece->header, n);
        return n;
    }
    if (at == decoder->core.header_at)
        aside = cb_copyout(decoder->core.header_aside, 0, n, out);
    at += aside;
    if (!source || at < source->position || aside == n)
        return aside;
    return aside + cb_copyout(source, cb__clamp_u64(at - source->position), n - aside,
                              (uint8_t *)out + aside);
}

/* The family needs more input, but the input has ended. */
static int handle_end(struct cb_decoder *decoder)
{
    uint64_t end = cb__buffer_end(decoder->buffer);
    uint64_t missing_from = decoder->found.payload_end;
    if (decoder->found.frame_start == end && !cb__has_begun(decoder)) {
        if (decoder->ops->needs_end && decoder->on_partial == CB_PARTIAL_FAIL)
            return cb__decoder_fail(decoder, CB_ETRUNCATED, end,
                                    "input ends before its end marker");
        if (decoder->expects_more && decoder->on_partial == CB_PARTIAL_FAIL)
            return cb__decoder_fail(decoder, CB_ETRUNCATED, end,
                                    "input ends where more must follow");
        return CB__END;
    }
    const uint64_t until = decoder->found.payload_seen;
    int cut = decoder->ops->cut_short(decoder);
    if (cut == CB__YES)
        return CB_OK;
    if (cut == CB__MORE)
        return CB__END;
    const bool asked = decoder->partial_asked || cut != CB__UNENDED;
    const enum cb_partial how = asked ? decoder->on_partial : CB_PARTIAL_EMIT;
    if (how == CB_PARTIAL_EMIT && cut != CB__END) {
        decoder->found.state = CB__FOUND_COMPLETE;
        decoder->found.scan = end;
        decoder->core.stream = CB__STREAM_ENDED; /* after this record */
        return CB_OK;
    }
    if (how != CB_PARTIAL_FAIL) {
        decoder->found.scan = end;
        cb__decoder_next_frame(decoder);
        return CB__END;
    }
    decoder->found.payload_seen = until;
    if (missing_from > end)
        return cb__decoder_fail(decoder, CB_ETRUNCATED, end,
                                "input ends inside a record: %" PRIu64
                                " bytes of its payload are missing",
                                missing_from - end);
    return cb__decoder_fail(decoder, CB_ETRUNCATED, end, "input ends inside a record");
}

/* Skips what has arrived of a record that is too long. */
static void pass_over(struct cb_decoder *decoder)
{
    decoder->core.given_to = decoder->found.payload_seen;
    decoder->found.header = 0;
    if (cb__is_complete(decoder))
        cb__decoder_next_frame(decoder);
}

/* A record that is held until the end of its frame, and truncated, has reached its
 * maximum length: keeps that part, so that the rest need not be held. */
static int put_aside(struct cb_decoder *decoder)
{
    const struct cb_buffer *source =
        decoder->core.assembled ? decoder->core.assembled : decoder->buffer;
    struct cb__cursor start = {0};
    if (decoder->on_overflow != CB_OVERFLOW_TRUNCATE || is_aside(decoder) ||
        decoder->found.payload_seen < limit_of(decoder))
        return CB__MORE;
    if ((!decoder->core.aside && make_alike(&decoder->core.aside, decoder, decoder->buffer)) ||
        cb__buffer_slice(source, &start, decoder->found.payload_start,
                         cb__clamp_u64(decoder->max_record), decoder->core.aside) < 0)
        return cb__decoder_fail(decoder, CB_ENOMEM, decoder->found.scan, "out of memory");
    decoder->core.aside_at = cb__buffer_end(decoder->core.aside) - decoder->max_record;
    return CB__MORE;
}

/* Moves payload_seen for a family that assembles; false if there is nothing new. */
static bool show_assembled(struct cb_decoder *decoder)
{
    uint64_t before = decoder->found.payload_seen;
    if (decoder->core.assembled)
        decoder->found.payload_seen = cb__buffer_end(decoder->core.assembled);
    else if (cb__has_begun(decoder))
        decoder->found.payload_seen = decoder->found.scan;
    return decoder->found.payload_seen > before;
}

/* Interprets the result of a step of the family, if that is more than payload. */
static int finish_step(struct cb_decoder *decoder, int status)
{
    if (decoder->assembles && show_assembled(decoder) && status == CB__MORE)
        status = CB_OK;
    if (status == CB__MORE && decoder->finished)
        status = handle_end(decoder);
    if (status == CB_OK || status == CB_EMALFORMED) {
        /* Errors beyond the maximum length would not be seen if the input arrived in
         * small parts, so never report them. */
        int length = cb__decoder_check_length(decoder, decoder->found.payload_seen -
                                                           decoder->found.payload_start);
        status = length ? length : status;
        if (length && cb__is_complete(decoder))
            decoder->found.state = CB__FOUND_BEGUN;
    }
    if (decoder->core.too_long && decoder->on_overflow == CB_OVERFLOW_SKIP)
        pass_over(decoder);
    if (status == CB__END)
        decoder->core.stream = CB__STREAM_ENDED;
    return status;
}

/* One step forward: CB_OK if there may be something to return. */
static int advance(struct cb_decoder *decoder)
{
    if (decoder->error.code)
        return decoder->error.code;
    if (has_ended(decoder))
        return CB__END;
    int status = decoder->ops->advance(decoder);
    if (cb__unlikely(status != CB_OK || decoder->assembles || decoder->core.too_long ||
                     decoder->found.payload_seen - decoder->found.payload_start >
                         decoder->max_record))
        status = finish_step(decoder, status);
    if (decoder->core.given_to < decoder->found.payload_start)
        decoder->core.given_to = decoder->found.payload_start;
    return status;
}

/* Is there something to cut pieces from?  The beginning of a record whose payload has
 * not arrived is returned as an empty piece. */
static bool can_give(const struct cb_decoder *decoder)
{
    /* Bytes before the error are returned first, as if they had arrived alone. */
    if (cb__unlikely(decoder->error.code))
        return !decoder->whole && cb__has_begun(decoder) &&
               decoder->core.given_to < end_of_given(decoder);
    if (cb__is_complete(decoder) || decoder->whole)
        return cb__is_complete(decoder);
    if (cb__unlikely(decoder->core.too_long))
        return decoder->on_overflow == CB_OVERFLOW_TRUNCATE &&
               (decoder->core.given_to < end_of_given(decoder) || !has_given(decoder));
    return decoder->core.given_to < decoder->found.payload_seen ||
           (cb__has_begun(decoder) && !has_given(decoder) &&
            decoder->found.payload_end > decoder->found.scan);
}

/* May the fast path begin here? */
static bool at_frame(const struct cb_decoder *decoder)
{
    return at_rest(decoder) && !has_ended(decoder) && !decoder->error.code;
}

/* Records that are taken are held, and so have a limit even if there is none otherwise.
 * A record too long for that may still be returned in pieces, if all of it is still
 * there. */
static void change_limit(struct cb_decoder *decoder, uint64_t limit)
{
    const struct cb_buffer *source =
        decoder->core.assembled ? decoder->core.assembled : decoder->buffer;
    if (is_aside(decoder))
        return; /* it is truncated */
    decoder->max_record = limit;
    if (has_given(decoder) || source->position > decoder->found.payload_start)
        return;
    decoder->core.given_to = decoder->found.payload_start;
    decoder->core.too_long = false;
}

static inline void limit_to(struct cb_decoder *decoder, uint64_t limit)
{
    if (cb__unlikely(decoder->max_record != limit))
        change_limit(decoder, limit);
}

/* The available whole frames.  Cheap if there are none. */
static inline bool frames_at_hand(struct cb_decoder *decoder, const uint8_t **data, size_t *n)
{
    if (!at_frame(decoder) || !cb__decoder_span(decoder, data, n))
        return false;
    *n = cb__min(*n, CB__FIND_MAX);
    return true;
}

/* Advances over `count` whole records, of `used` bytes including dropped ones. */
static inline void pass_frames(struct cb_decoder *decoder, size_t used, uint64_t count)
{
    begin_at(decoder, decoder->found.scan + used, decoder->core.record + count);
}

size_t cb__decoder_cuts(struct cb_decoder *decoder, struct cb__cuts *found, size_t max)
{
    size_t n;
    found->count = found->used = 0;
    if (max < BATCH_MIN || !decoder->ops->cuts || !frames_at_hand(decoder, &found->data, &n))
        return 0;
    found->block = cb__buffer_block(decoder->buffer, &decoder->scan_cursor, decoder->found.scan);
    found->count = decoder->ops->cuts(decoder, found->data, n, found->cuts, cb__min(max, CB__CUTS),
                                      &found->used);
    return found->count;
}

void cb__decoder_took(struct cb_decoder *decoder, const struct cb__cuts *found, size_t count)
{
    const struct cb__cut *next = &found->cuts[count];
    pass_frames(decoder, count == found->count ? found->used : next->at - next->header, count);
}

static inline void build_one(struct cb_piece *piece, const struct cb__cuts *found, size_t i,
                             uint64_t base, uint64_t record)
{
    const struct cb__cut *cut = &found->cuts[i];
    *piece = (struct cb_piece){
        .data = found->data + cut->at,
        .length = cut->length,
        .record = record + i,
        .offset = base + cut->at,
        .total = cut->length,
        .block = found->block,
        .flags = CB_FIRST | CB_LAST,
        .header = cut->header,
    };
}

/* The pieces of whole records: four at a time, since counting them costs a quarter of
 * making them. */
static void build(const struct cb_decoder *decoder, const struct cb__cuts *found,
                  struct cb_piece *pieces)
{
    const uint64_t base = decoder->found.scan, record = decoder->core.record;
    const size_t count = found->count;
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        build_one(&pieces[i], found, i, base, record);
        build_one(&pieces[i + 1], found, i + 1, base, record);
        build_one(&pieces[i + 2], found, i + 2, base, record);
        build_one(&pieces[i + 3], found, i + 3, base, record);
    }
    for (; i < count; i++)
        build_one(&pieces[i], found, i, base, record);
}

/* The fast path: whole records in the span where the frame begins. */
static size_t give_frames(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max)
{
    struct cb__cuts found;
    size_t done = 0;
    do {
        cb__decoder_cuts(decoder, &found, max - done);
        build(decoder, &found, pieces + done);
        if (found.used)
            cb__decoder_took(decoder, &found, found.count);
        done += found.count;
    } while (found.count == CB__CUTS);
    return done;
}

static int give_batch(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max,
                      size_t *count)
{
    size_t done = 0;
    int status = CB_OK;
    while (done < max) {
        if (cb__has_begun(decoder)) {
            if (give_whole(decoder, &pieces[done])) {
                done++;
                continue;
            }
            if (can_give(decoder)) {
                done += give(decoder, pieces + done, max - done);
                continue;
            }
        } else if (max - done >= BATCH_MIN) {
            done += give_frames(decoder, pieces + done, max - done);
            if (done == max)
                break;
        }
        status = advance(decoder);
        if (status != CB_OK && !can_give(decoder))
            break;
    }
    if (cb__unlikely(decoder->core.too_long) && status == CB__MORE && decoder->whole)
        status = put_aside(decoder);
    *count = done;
    return done ? CB_PIECE : status;
}

/* Returns pieces that were cut for cb_reframe. */
static int hand_over(struct cb_decoder *decoder, struct cb_piece *pieces, size_t max, size_t *count)
{
    struct cb__kept *kept = decoder->core.kept;
    *count = cb__min(max, kept->count - kept->next);
    memcpy(pieces, kept->pieces + kept->next, *count * sizeof *pieces);
    kept->next += *count;
    return *count ? CB_PIECE : CB_OK;
}

ssize_t cb_decoder_batch(struct cb_decoder *decoder, struct cb_buffer *buffer,
                         struct cb_piece *pieces, size_t max)
{
    size_t count = 0;
    int status = attach(decoder, buffer);
    if (status)
        return cb__public(status);
    limit_to(decoder, decoder->core.max_given);
    if (cb__unlikely(cb__decoder_has_kept(decoder)))
        status = hand_over(decoder, pieces, max, &count);
    else
        status = give_batch(decoder, pieces, max, &count);
    return count ? (ssize_t)count : cb__public(status);
}

/* Skips at most `max` whole records, as fast as possible. */
static void skip_frames(struct cb_decoder *decoder, uint64_t max)
{
    struct cb__cuts found;
    const uint8_t *data;
    size_t n, used = 0;
    uint64_t count = 0;
    if (decoder->ops->skip && frames_at_hand(decoder, &data, &n))
        count = decoder->ops->skip(decoder, data, n, max, &used);
    if (used)
        pass_frames(decoder, used, count);
    while (!count && cb__decoder_cuts(decoder, &found, cb__clamp_u64(max))) {
        cb__decoder_took(decoder, &found, found.count);
        max -= found.count;
    }
}

int cb_decoder_skip(struct cb_decoder *decoder, struct cb_buffer *buffer, uint64_t max,
                    uint64_t *count)
{
    *count = 0;
    int status = attach(decoder, buffer);
    if (status)
        return cb__public(status);
    if (cb__unlikely(cb__decoder_has_kept(decoder)))
        return CB_ESTATE;
    limit_to(decoder, decoder->core.max_given);
    const uint64_t first = decoder->core.record;
    if (!max && decoder->ops->rest && at_frame(decoder) && !decoder->finished)
        status = decoder->ops->rest(decoder);
    while (decoder->core.record - first < max && status == CB_OK) {
        skip_frames(decoder, max - (decoder->core.record - first));
        if (decoder->core.record - first == max)
            break;
        if (!can_give(decoder))
            status = advance(decoder);
        /* (Bytes beyond the maximum length are not held.) */
        if (status == CB_OK &&
            (can_give(decoder) || decoder->found.payload_seen >= limit_of(decoder))) {
            decoder->core.given_to = decoder->found.payload_seen;
            decoder->found.header = 0;
            decoder->core.given = CB__GIVEN_SOME;
            if (cb__is_complete(decoder))
                cb__decoder_next_record(decoder);
        }
    }
    *count = decoder->core.record - first;
    release(decoder, buffer);
    if (*count || (!max && status == CB_OK))
        return CB_YES;
    return cb__public(status);
}

void cb_decoder_release(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    if (decoder->buffer == buffer && !cb__decoder_has_kept(decoder))
        release(decoder, buffer);
}

int cb_decoder_next(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_piece *piece)
{
    size_t count;
    int status = attach(decoder, buffer);
    if (status)
        return cb__public(status);
    limit_to(decoder, decoder->core.max_given);
    if (cb__unlikely(cb__decoder_has_kept(decoder)))
        return hand_over(decoder, piece, 1, &count);
    release(decoder, buffer);
    status = give_batch(decoder, piece, 1, &count);
    if (cb__unlikely(status == CB__END))
        release(decoder, buffer); /* the end marker */
    return cb__public(status);
}

/* Moves the current record, which is long enough to be truncated or was assembled, to
 * `record`. */
static int take_held(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_buffer *record)
{
    const uint64_t head = buffer->position;
    const uint64_t size = end_of_given(decoder) - decoder->found.payload_start;
    struct cb_buffer *source = is_aside(decoder) ? decoder->core.aside : decoder->core.assembled;
    int status;
    if (source) {
        /* Skips dropped records. */
        skip_to(source, is_aside(decoder) ? decoder->core.aside_at : decoder->found.payload_start);
        ssize_t n = cb_take(source, cb__clamp_u64(size), record);
        status = n < 0 ? (int)n : CB_OK;
    } else {
        status = cb__buffer_take_frame(buffer, cb__clamp_u64(decoder->found.payload_start - head),
                                       cb__clamp_u64(size),
                                       cb__clamp_u64(decoder->found.scan - head), record);
    }
    if (status != CB_OK)
        return status;
    cb__decoder_next_record(decoder);
    release(decoder, buffer);
    return CB_PIECE;
}

/* The same for a complete record in the input: the common case. */
static inline int take_whole(struct cb_decoder *decoder, struct cb_buffer *buffer,
                             struct cb_buffer *record)
{
    const uint64_t head = buffer->position;
    int status = cb__buffer_take_frame(
        buffer, cb__clamp_u64(decoder->found.payload_start - head),
        cb__clamp_u64(decoder->found.payload_seen - decoder->found.payload_start),
        cb__clamp_u64(decoder->found.scan - head), record);
    if (status != CB_OK)
        return status;
    begin_at(decoder, decoder->found.scan, decoder->core.record + 1);
    return CB_PIECE;
}

int cb_decoder_take(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_buffer *record)
{
    int status = attach(decoder, buffer);
    if (status)
        return cb__public(status);
    if (decoder->error.code)
        return decoder->error.code;
    if (has_given(decoder) || buffer == record || cb__decoder_has_kept(decoder))
        return CB_ESTATE;
    limit_to(decoder, decoder->core.max_taken);
    release(decoder, buffer);
    while (status == CB_OK && !cb__is_complete(decoder))
        status = advance(decoder);
    if (cb__unlikely(decoder->core.too_long) && status == CB__MORE)
        status = put_aside(decoder);
    if (cb__likely(status == CB_OK))
        return decoder->core.too_long || decoder->core.assembled
                   ? take_held(decoder, buffer, record)
                   : take_whole(decoder, buffer, record);
    if (status == CB__END)
        release(decoder, buffer); /* the end marker */
    return cb__public(status);
}

/* ---------------------------------------------------------- for cb_reframe */

int cb__decoder_prepare(struct cb_decoder *decoder, struct cb_buffer *buffer, bool whole)
{
    int status = attach(decoder, buffer);
    if (status)
        return status;
    if (cb__unlikely(!decoder->core.kept)) {
        decoder->core.kept =
            decoder->allocator->alloc(decoder->allocator->arg, sizeof *decoder->core.kept);
        if (!decoder->core.kept)
            return CB_ENOMEM;
        decoder->core.kept->next = decoder->core.kept->count = 0;
    }
    if (cb__unlikely(whole && !decoder->whole && at_rest(decoder))) {
        decoder->whole = true;
        decoder->core.max_given = decoder->core.max_taken;
    }
    limit_to(decoder, decoder->core.max_given);
    return CB_OK;
}

void cb__decoder_keep(struct cb_decoder *decoder, const struct cb__cuts *found, size_t first)
{
    struct cb__kept *kept = decoder->core.kept;
    kept->next = first;
    kept->count = found->count;
    if (first < found->count)
        build(decoder, found, kept->pieces);
    cb__decoder_took(decoder, found, found->count);
}

const struct cb__finder *cb__decoder_finder(struct cb_decoder *decoder, bool *drop_cr,
                                            const uint8_t **data, size_t *n)
{
    if (!decoder->ops->finder || decoder->whole || !frames_at_hand(decoder, data, n))
        return NULL;
    return decoder->ops->finder(decoder, drop_cr);
}

void cb__decoder_passed(struct cb_decoder *decoder, size_t used, size_t count)
{
    pass_frames(decoder, used, count);
}

int cb__decoder_refill(struct cb_decoder *decoder, size_t max)
{
    struct cb__kept *kept = decoder->core.kept;
    release(decoder, decoder->buffer);
    kept->next = kept->count = 0;
    return give_batch(decoder, kept->pieces, cb__min(max, CB__KEPT), &kept->count);
}

/* ---------------------------------------------- payload that goes elsewhere */

uint64_t cb_decoder_ahead(const struct cb_decoder *decoder)
{
    bool streaming = decoder->buffer && has_given(decoder) && !cb__is_complete(decoder) &&
                     !decoder->whole && !decoder->error.code &&
                     decoder->core.given_to == decoder->found.payload_seen &&
                     !cb__decoder_has_kept(decoder);
    if (!streaming || decoder->found.scan != cb__buffer_end(decoder->buffer) ||
        decoder->found.payload_end <= decoder->found.scan)
        return 0;
    uint64_t ahead = decoder->found.payload_end - decoder->found.scan;
    uint64_t allowed = decoder->core.too_long ? limit_of(decoder) - decoder->core.given_to : ahead;
    return ahead < allowed ? ahead : allowed;
}

int cb_decoder_pass(struct cb_decoder *decoder, struct cb_buffer *buffer, uint64_t n)
{
    uint64_t end;
    if (buffer != decoder->buffer)
        return CB_ESTATE;
    if (n > cb_decoder_ahead(decoder) || !cb__add_u64(cb__buffer_end(buffer), n, &end) ||
        end > CB__POSITION_MAX)
        return CB_EINVAL;
    release(decoder, buffer);
    cb__buffer_pass(buffer, n);
    if (decoder->core.assembled)
        cb__buffer_pass(decoder->core.assembled, n);
    decoder->found.scan += n;
    decoder->core.given_to += n;
    decoder->found.payload_seen = decoder->core.given_to;
    return CB_OK;
}
