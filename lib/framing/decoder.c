/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "framing/decoding.h"
#include "kernels/find.h"

#define WHOLE_LIMIT_DEFAULT ((uint64_t)64 << 20)
enum { SHOWN_BYTES = 4 }; /* of malformed input, in a message */

/* -------------------------------------------------------------------- errors */

/* Appends the bytes from `offset` on, as ": 0d 78": only those needed to detect the
 * error, since what else is available depends on how the input arrived. */
static void show_bytes(struct cb_decoder *decoder, uint64_t offset)
{
    uint8_t bytes[SHOWN_BYTES];
    const uint64_t head = decoder->buffer->position;
    const size_t most =
        decoder->found.scan > offset ? cb__clamp_u64(decoder->found.scan - offset) : 1;
    const size_t n = cb_copyout(decoder->buffer, cb__clamp_u64(offset - head),
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
    cb__forget_ahead(decoder);
    error->code = code;
    error->record = decoder->core.record;
    error->offset = offset;
    error->start = decoder->found.frame_start;
    if (decoder->trying)
        return code; /* nobody is told */
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    if (code == CB_EMALFORMED)
        show_bytes(decoder, offset);
    return code;
}

int cb__decoder_fail_beyond(struct cb_decoder *decoder, uint64_t payload)
{
    return cb__decoder_fail(decoder, CB_EOVERFLOW, decoder->found.frame_start,
                            "payload of %" PRIu64 " bytes is longer than a stream can be", payload);
}

int cb__decoder_leave_out(struct cb_decoder *decoder, uint64_t length)
{
    if (cb__likely(!decoder->recovers || length <= decoder->max_record))
        return CB_OK;
    decoder->core.too_long = true;
    return decoder->trying ? CB_EOVERFLOW : CB_OK;
}

bool cb__decoder_keeps_sums(const struct cb_decoder *decoder)
{
    return decoder->sums.checksum && (decoder->trying || cb__holds_frame(decoder));
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
                            "record is longer than %" PRIu64 " byte%s", decoder->max_record,
                            cb__plural(decoder->max_record));
}

/* ------------------------------------------------------------------ assembly */

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

/* ---------------------------------------------------------------------- life */

static int read_options(struct cb_decoder_options *o, const struct cb_decoder_options *options,
                        struct cb_error *error)
{
    if (!cb__options_read(options, o, sizeof *o) || o->whole > CB_WHOLE_UNTOLD ||
        !cb__flags_known(o->trailers, 1))
        return cb__error_set(error, CB_EINVAL, 0, "the options contain an unknown value");
    if (o->on_partial > CB_PARTIAL_DROP)
        return cb__error_set(error, CB_EINVAL, 0, "unknown value for on_partial");
    if (o->on_malformed > CB_MALFORMED_SKIP)
        return cb__error_set(error, CB_EINVAL, 0, "unknown value for on_malformed");
    if (o->on_overflow > CB_OVERFLOW_TRUNCATE)
        return cb__error_set(error, CB_EINVAL, 0, "unknown value for on_overflow");
    return CB_OK;
}

/* (`open` may have set the default of on_partial.) */
static void apply_options(struct cb_decoder *decoder, const struct cb_decoder_options *o)
{
    decoder->on_overflow = o->on_overflow;
    decoder->recovers = o->on_malformed == CB_MALFORMED_SKIP;
    decoder->trailers = o->trailers;
    decoder->partial_asked = o->on_partial != CB_PARTIAL_DEFAULT;
    if (decoder->partial_asked)
        decoder->on_partial = o->on_partial;
    const bool tells = cb_decoder_traits(decoder) & CB_TELLS_LENGTH;
    const bool asked = o->whole == CB_WHOLE || (o->whole == CB_WHOLE_UNTOLD && !tells);
    /* Return nothing of a record that may still turn out to be dropped. */
    decoder->whole |= asked || decoder->recovers || decoder->on_partial == CB_PARTIAL_DROP ||
                      (o->on_overflow == CB_OVERFLOW_SKIP && !decoder->tells_length);
    decoder->core.max_taken = o->max_record ? o->max_record : WHOLE_LIMIT_DEFAULT;
    decoder->core.max_given =
        o->max_record || decoder->whole ? decoder->core.max_taken : UINT64_MAX;
    decoder->max_record = decoder->core.max_given;
    decoder->core.at_once = CB__CUTS;
    decoder->core.reach = CB__FIND_MAX;
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
    struct cb__recovery recovery;
    if (decoder->recovers && !cb__decoder_recovery(decoder, &recovery)) {
        const char *why = decoder->ops->takes_all ? "no input is malformed in this framing"
                                                  : "cannot find its place again after damage";
        cb_decoder_free(decoder);
        return cb__error_set(error, CB_EINVAL, 0, "%s", why);
    }
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
    cb__decoder_drop_kept(decoder);
    cb_buffer_free(decoder->core.assembled);
    cb_buffer_free(decoder->core.aside);
    cb_buffer_free(decoder->core.header_aside);
    decoder->core.assembled = decoder->core.aside = decoder->core.header_aside = NULL;
    decoder->core.header_at = CB_UNKNOWN;
    decoder->core.stream = CB__STREAM_NONE;
    decoder->core.trial.begun = false;
    cb__sums_clear(&decoder->sums);
    cb__forget_ahead(decoder);
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

void cb__decoder_next_record(struct cb_decoder *decoder)
{
    cb__begin_at(decoder, decoder->found.scan, decoder->core.record + 1);
}

void cb__decoder_next_frame(struct cb_decoder *decoder)
{
    cb__begin_at(decoder, decoder->found.scan, decoder->core.record);
}

void cb_decoder_reset(struct cb_decoder *decoder)
{
    leave(decoder);
    decoder->finished = decoder->expects_more = false;
    decoder->core.lost_to = CB_UNKNOWN;
    decoder->settle_at = CB_UNKNOWN;
    decoder->error = (struct cb_error){.code = CB_OK};
    cb__begin_at(decoder, 0, 1);
}

/* Is another decoder of this buffer at a place where it may be replaced?  Everything
 * that it returned has left the buffer, and nothing else. */
static bool is_free(const struct cb_buffer *buffer)
{
    const struct cb_decoder *other = (const void *)buffer->reader;
    if (!other)
        return true;
    return !cb__has_given(other) &&
           (buffer->position == other->found.frame_start ||
            (buffer->position > other->found.frame_start && cb__at_rest(other)));
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
    return cb__has_ended(decoder) && !cb__is_complete(decoder) ? CB__END : CB_ESTATE;
}

/* The first call for a stream, which begins at the head of the buffer. */
int cb__decoder_meet(struct cb_decoder *decoder, struct cb_buffer *buffer)
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
    cb__begin_at(decoder, buffer->position, 1);
    decoder->ops->reset(decoder);
    decoder->scan_cursor = decoder->core.cursor = (struct cb__cursor){0};
    return CB_OK;
}

/* -------------------------------------------------------------- what is held */

/* Keeps the header of the current record, of which nothing was returned yet. */
static int put_header_aside(struct cb_decoder *decoder)
{
    const uint64_t at = cb__payload_in_input(decoder) - decoder->found.header;
    struct cb__cursor cursor = decoder->scan_cursor;
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

/* Where the bytes begin that a recovery may need. */
static uint64_t hold_from(const struct cb_decoder *decoder)
{
    const uint64_t done = cb__done_to(decoder);
    const uint64_t damage = decoder->error.code ? decoder->error.offset : done;
    if (cb__holds_frame(decoder))
        return decoder->found.frame_start;
    return damage < done ? damage : done;
}

/* Drops what was returned, if something is kept in place of the input: so is the header
 * of the current record, if nothing of that was returned.  If out of memory for this,
 * nothing is dropped. */
void cb__decoder_release_held(struct cb_decoder *decoder, struct cb_buffer *buffer)
{
    struct cb__core *core = &decoder->core;
    if (decoder->found.header && (core->assembled || core->too_long) &&
        put_header_aside(decoder) != CB_OK)
        return;
    cb__skip_to(buffer,
                cb__unlikely(decoder->recovers) ? hold_from(decoder) : cb__done_to(decoder));
    if (core->assembled)
        cb__skip_to(core->assembled, cb__payload_done(decoder));
    if (core->aside)
        cb__skip_to(core->aside,
                    cb__is_aside(decoder) ? cb__given_aside(decoder) : cb__buffer_end(core->aside));
}

/* A record that is held until the end of its frame, and truncated, has reached its
 * maximum length: keeps that part, so that the rest need not be held. */
int cb__decoder_put_aside(struct cb_decoder *decoder)
{
    const struct cb_buffer *source =
        decoder->core.assembled ? decoder->core.assembled : decoder->buffer;
    struct cb__cursor start = {0};
    if (decoder->on_overflow != CB_OVERFLOW_TRUNCATE || cb__is_aside(decoder) ||
        decoder->found.payload_seen < cb__limit_of(decoder))
        return CB__MORE;
    if ((!decoder->core.aside && make_alike(&decoder->core.aside, decoder, decoder->buffer)) ||
        cb__buffer_slice(source, &start, decoder->found.payload_start,
                         cb__clamp_u64(decoder->max_record), decoder->core.aside) < 0)
        return cb__decoder_fail(decoder, CB_ENOMEM, decoder->found.scan, "out of memory");
    decoder->core.aside_at = cb__buffer_end(decoder->core.aside) - decoder->max_record;
    return CB__MORE;
}

/* Records that are taken are held, and so have a limit even if there is none otherwise.
 * A record too long for that may still be returned in pieces, if all of it is still
 * there.  (Nothing of it was returned: then it cannot be taken.) */
void cb__decoder_change_limit(struct cb_decoder *decoder, uint64_t limit)
{
    const struct cb_buffer *source =
        decoder->core.assembled ? decoder->core.assembled : decoder->buffer;
    if (cb__is_aside(decoder))
        return; /* it is truncated */
    decoder->max_record = limit;
    if (source->position > decoder->found.payload_start)
        return;
    decoder->core.given_to = decoder->found.payload_start;
    decoder->core.too_long = false;
}

/* ------------------------------------------------------------------- advance */

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
    if (missing_from > end) {
        const uint64_t missing = missing_from - end;
        return cb__decoder_fail(decoder, CB_ETRUNCATED, end,
                                "input ends inside a record: %s%" PRIu64
                                " byte%s of its payload %s missing",
                                decoder->found.total == CB_UNKNOWN ? "at least " : "", missing,
                                cb__plural(missing), missing == 1 ? "is" : "are");
    }
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

/* The family needs more input, but none comes for now.  (After a record that this has made
 * complete, there may be another one.) */
static int settle(struct cb_decoder *decoder)
{
    if (decoder->ops->settle && decoder->ops->settle(decoder) == CB__YES)
        return CB_OK;
    decoder->settle_at = CB_UNKNOWN;
    return CB__MORE;
}

/* Interprets the result of a step of the family, if that is more than payload. */
static int finish_step(struct cb_decoder *decoder, int status)
{
    if (decoder->assembles && show_assembled(decoder) && status == CB__MORE)
        status = CB_OK;
    if (status == CB__MORE && decoder->settle_at == cb__buffer_end(decoder->buffer))
        status = settle(decoder);
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
int cb__decoder_advance(struct cb_decoder *decoder)
{
    if (decoder->error.code)
        return decoder->error.code;
    if (cb__has_ended(decoder))
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

/* --------------------------------------------------------- what can be asked */

unsigned cb_decoder_traits(const struct cb_decoder *decoder)
{
    /* A record that the end of input may truncate does not reveal its length until
     * then. */
    const struct cb__decoder_ops *ops = decoder->ops;
    struct cb__recovery recovery;
    bool tells = decoder->tells_length && decoder->on_partial != CB_PARTIAL_EMIT;
    bool independent = ops->tells_length && !ops->parts && !ops->needs_end && !ops->in_order;
    return (tells ? (unsigned)CB_TELLS_LENGTH : 0) | (ops->parts ? (unsigned)CB_PARTS : 0) |
           (ops->sync ? (unsigned)CB_SYNC : 0) |
           (cb__decoder_recovery(decoder, &recovery) ? (unsigned)CB_RECOVERS : 0) |
           (independent ? (unsigned)CB_INDEPENDENT : 0);
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

void cb_decoder_settle(struct cb_decoder *decoder)
{
    if (decoder->buffer)
        decoder->settle_at = cb__buffer_end(decoder->buffer);
}

uint64_t cb_decoder_needed(const struct cb_decoder *decoder)
{
    return decoder->found.needed;
}

uint64_t cb_decoder_undecided(const struct cb_decoder *decoder)
{
    return decoder->found.undecided;
}

uint64_t cb_decoder_position(const struct cb_decoder *decoder)
{
    if (!cb__has_given(decoder) || decoder->error.code)
        return decoder->found.frame_start;
    return cb__done_to(decoder);
}

uint64_t cb_decoder_record(const struct cb_decoder *decoder)
{
    return decoder->core.record;
}

const struct cb_error *cb_decoder_error(const struct cb_decoder *decoder)
{
    return &decoder->error;
}

/* ----------------------------------------------- payload that goes elsewhere */

uint64_t cb_decoder_ahead(const struct cb_decoder *decoder)
{
    bool streaming = decoder->buffer && cb__has_given(decoder) && !cb__is_complete(decoder) &&
                     !decoder->error.code &&
                     decoder->core.given_to == decoder->found.payload_seen &&
                     !cb__decoder_has_kept(decoder);
    if (!streaming || decoder->found.scan != cb__buffer_end(decoder->buffer) ||
        decoder->found.payload_end <= decoder->found.scan)
        return 0;
    /* Only a byte beyond the limit that is seen makes the record too long. */
    uint64_t ahead = decoder->found.payload_end - decoder->found.scan;
    uint64_t allowed = cb__limit_of(decoder) - decoder->core.given_to;
    return ahead < allowed ? ahead : allowed;
}

int cb_decoder_pass(struct cb_decoder *decoder, struct cb_buffer *buffer, uint64_t n)
{
    if (buffer != decoder->buffer)
        return CB_ESTATE;
    /* (A frame ends before UINT64_MAX.) */
    if (n > cb_decoder_ahead(decoder) || cb__buffer_end(buffer) + n > CB__POSITION_MAX)
        return CB_EINVAL;
    cb_decoder_release(decoder, buffer);
    if (!n)
        return CB_OK;
    cb__buffer_pass(buffer, n);
    if (decoder->core.assembled)
        cb__buffer_pass(decoder->core.assembled, n);
    decoder->found.scan += n;
    decoder->core.given_to += n;
    decoder->found.payload_seen = decoder->core.given_to;
    return CB_OK;
}
