/* SPDX-License-Identifier: MIT */
/* Nearly all records are short and whole.  Here each step is done in one go; a record
 * for which it cannot be is left to the steps. */
#include "framing/decoder.h"
#include "framing/encoding.h"

/* The longest input delimiter that is searched for the output delimiter. */
enum { NEAR = 16 };

/* Copies n < CB__COPY_BELOW bytes, for which memcpy would take longer to choose a
 * method: 16 at a time, the last 16 overlapping the ones before.  It reads and writes
 * no byte beyond the n. */
static inline void copy_short(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n >= 16) {
        for (size_t i = 0; i + 16 < n; i += 16)
            memcpy(to + i, from + i, 16);
        memcpy(to + n - 16, from + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, from, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else if (n) {
        to[0] = from[0];
        to[n / 2] = from[n / 2];
        to[n - 1] = from[n - 1];
    }
}

static inline bool is_short(const struct cb_piece *piece)
{
    return cb__is_whole(piece) && piece->length < CB__COPY_BELOW;
}

/* Does nothing need checking, or nothing fail the check?  The steps will find an error
 * again. */
static inline bool passes(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    return cb__likely(!(encoder->traits & CB_LOOKS)) || cb__encode_show(encoder, piece) == CB_OK;
}

static inline bool is_long(const struct cb_piece *piece)
{
    return cb__is_whole(piece) && piece->length >= CB__COPY_BELOW;
}

static struct cb__constant constant_of(const struct cb__bytes *bytes)
{
    struct cb__constant constant = {.length = bytes->length};
    memcpy(constant.bytes, bytes->data, bytes->length);
    return constant;
}

/* Copies leading short records. */
static size_t copy_constant(struct cb_encoder *encoder, struct cb__appender *appender,
                            const struct cb_piece *pieces, size_t count)
{
    const struct cb__constant head = constant_of(&encoder->head),
                              tail = constant_of(&encoder->tail);
    const bool looks = encoder->traits & CB_LOOKS;
    const uint8_t *end = appender->end;
    uint8_t *to = appender->to;
    size_t i = 0;
    for (; i < count && end - to >= CB__COPY_BELOW + 2 * CB__CONSTANT; i++) {
        const struct cb_piece *piece = &pieces[i];
        if (!is_short(piece) || (looks && !passes(encoder, piece)))
            break;
        if (head.length)
            to = cb__put_constant(to, &head);
        copy_short(to, piece->data, piece->length);
        to = cb__put_constant(to + piece->length, &tail);
    }
    appender->to = to;
    return i;
}

/* Is the constant trailer between a payload and the next one, in one block, like the LF
 * of a CRLF?  By reference it becomes one chunk with the next payload. */
static inline bool tail_precedes(const struct cb_encoder *encoder, const struct cb_piece *piece,
                                 const struct cb_piece *next)
{
    const size_t n = encoder->tail.length;
    if (!is_long(next) || next->block != piece->block)
        return false;
    const size_t gap = (size_t)(next->data - (piece->data + piece->length));
    return gap >= n && gap <= NEAR && memcmp(next->data - n, encoder->tail.data, n) == 0;
}

/* References leading long records, which have no header. */
static size_t refer_constant(struct cb_encoder *encoder, struct cb__appender *appender,
                             const struct cb_piece *pieces, size_t count)
{
    const struct cb__constant tail = constant_of(&encoder->tail);
    size_t i = 0, lead = 0; /* bytes of the last trailer that are in the input */
    for (; i < count && cb__appender_ready(appender, CB__CONSTANT); i++) {
        const struct cb_piece *piece = &pieces[i];
        if (!is_long(piece) || !cb__appender_takes(appender, piece->block) ||
            !passes(encoder, piece))
            break;
        cb__appender_push(appender, piece->block, piece->data - lead, piece->length + lead);
        lead = i + 1 < count && tail_precedes(encoder, piece, piece + 1) ? tail.length : 0;
        if (!lead)
            appender->to = cb__put_constant(appender->to, &tail);
    }
    if (lead)
        appender->to = cb__put_constant(appender->to, &tail);
    return i;
}

static size_t put_constants(struct cb_encoder *encoder, struct cb__appender *appender,
                            const struct cb_piece *pieces, size_t count)
{
    size_t done = 0, before;
    do {
        before = done;
        done += copy_constant(encoder, appender, pieces + done, count - done);
        if (!encoder->head.length)
            done += refer_constant(encoder, appender, pieces + done, count - done);
    } while (done > before);
    return done;
}

/* Writes the payload of a whole record, if possible in one go. */
static inline bool put_at_once(struct cb_encoder *encoder, struct cb__appender *appender,
                               const struct cb_piece *piece)
{
    if (cb__unlikely(encoder->traits & (CB_NO_PAYLOAD | CB_TRANSFORMS)))
        return cb__encode_put_payload(encoder, appender, piece) == CB_OK;
    if (!piece->length)
        return true;
    if (is_short(piece) && (size_t)(appender->end - appender->to) >= piece->length) {
        copy_short(appender->to, piece->data, piece->length);
        appender->to += piece->length;
        return true;
    }
    if (!is_long(piece) || !cb__appender_ready(appender, 0) ||
        !cb__appender_takes(appender, piece->block))
        return false;
    cb__appender_push(appender, piece->block, piece->data, piece->length);
    return true;
}

/* Writes a header or trailer in one go. */
static inline bool put_out_at_once(struct cb_encoder *encoder, struct cb__appender *appender)
{
    const size_t n = encoder->out.length;
    if (!n)
        return true;
    if (n >= CB__COPY_BELOW || (size_t)(appender->end - appender->to) < n)
        return false;
    copy_short(appender->to, encoder->out.data, n);
    appender->to += n;
    encoder->out.length = 0;
    return true;
}

/* Whole records, each with the bytes that the encoder puts around it.  What cannot be
 * done in one go is left where put_piece continues. */
static size_t put_framed(struct cb_encoder *encoder, struct cb__appender *appender,
                         const struct cb_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cb_piece *piece = &pieces[i];
        if (!cb__is_whole(piece) || !passes(encoder, piece))
            return i;
        encoder->record = encoder->before + piece->record;
        encoder->offset = piece->offset;
        encoder->frame = piece->offset - piece->header;
        encoder->start = cb__appender_position(appender);
        cb__encoder_give(encoder, "", 0);
        if (encoder->ops->begin && encoder->ops->begin(encoder, piece->length) != CB_OK)
            return i;
        encoder->done = 0;
        encoder->step = CB__ENCODE_HEADER;
        if (!put_out_at_once(encoder, appender))
            return i;
        encoder->step = CB__ENCODE_PAYLOAD;
        if (!put_at_once(encoder, appender, piece))
            return i;
        encoder->step = CB__ENCODE_TRAILER;
        encoder->gives = encoder->ops->end && encoder->ops->end(encoder) != CB_OK;
        if (!put_out_at_once(encoder, appender) || encoder->gives)
            return i;
        encoder->step = CB__ENCODE_RECORD;
    }
    return count;
}

/* ------------------------------------------------- records that are only cuts */

/* Copies n < CB__COPY_BELOW bytes with one branch for most lengths: `most` at once, and
 * then 128.  It may write up to 128 bytes more, and reads no byte from `end` on. */
static inline void copy_ahead(uint8_t *to, const uint8_t *from, size_t n, const uint8_t *end,
                              size_t most)
{
    if (cb__unlikely((size_t)(end - from) < n + 160)) {
        copy_short(to, from, n);
        return;
    }
    memcpy(to, from, most);
    for (size_t i = most; i < n; i += 128)
        memcpy(to + i, from + i, 128);
}

/* Asks for the head of a record of this length.  False if there is none. */
static bool fill_head(struct cb_encoder *encoder, size_t length)
{
    struct cb__head *head = &encoder->heads[length];
    if (head->size == CB__HEAD_NONE)
        return false;
    head->size = CB__HEAD_NONE;
    cb__encoder_give(encoder, "", 0);
    if (encoder->ops->begin(encoder, length) != CB_OK || encoder->out.length > sizeof head->bytes)
        return false;
    memcpy(head->bytes, encoder->out.data, encoder->out.length);
    head->size = (uint8_t)encoder->out.length;
    return true;
}

cb__always_inline size_t emit(struct cb_encoder *encoder, struct cb__appender *appender,
                              const struct cb__cuts *found, size_t first,
                              const struct cb__head *heads, size_t most)
{
    const struct cb__constant head = constant_of(heads ? &encoder->tail : &encoder->head);
    const struct cb__constant tail = constant_of(&encoder->tail);
    const uint8_t *const data = found->data, *const data_end = data + found->used;
    const uint8_t *const end = appender->end;
    uint8_t *to = appender->to;
    size_t i = first;
    for (; i < found->count && end - to >= CB__CUT_ROOM; i++) {
        const size_t length = found->cuts[i].length;
        if (cb__unlikely(length >= CB__COPY_BELOW))
            break;
        if (heads) {
            if (cb__unlikely(heads[length].size >= CB__HEAD_NONE) && !fill_head(encoder, length))
                break;
            memcpy(to, heads[length].bytes, sizeof *heads);
            to += heads[length].size;
        } else if (head.length) {
            to = cb__put_constant(to, &head);
        }
        copy_ahead(to, data + found->cuts[i].at, length, data_end, most);
        to = cb__put_constant(to + length, &tail);
    }
    appender->to = to;
    return i - first;
}

size_t cb__encode_cuts(struct cb_encoder *encoder, struct cb__appender *appender,
                       const struct cb__cuts *found, size_t first)
{
    if (encoder->whole)
        return cb__encode_whole_cuts(encoder, appender, found, first);
    /* A copy of more bytes takes less time than a branch that is predicted wrongly. */
    if (found->used < 64 * found->count)
        return encoder->heads ? emit(encoder, appender, found, first, encoder->heads, 32)
                              : emit(encoder, appender, found, first, NULL, 32);
    return encoder->heads ? emit(encoder, appender, found, first, encoder->heads, 128)
                          : emit(encoder, appender, found, first, NULL, 128);
}

bool cb__encode_splice(const struct cb_encoder *encoder, const struct cb__appender *appender,
                       struct cb__splice *splice)
{
    const bool constant = encoder->traits & CB_CONSTANT;
    const size_t room = (size_t)(appender->end - appender->to);
    if (encoder->whole || (constant && encoder->head.length) || room <= CB__SPLICE_ROOM)
        return false;
    splice->to = appender->to;
    splice->end = appender->end - CB__SPLICE_ROOM;
    splice->heads = encoder->heads;
    splice->tail = constant_of(&encoder->tail);
    return true;
}

static bool make_heads(struct cb_encoder *encoder)
{
    const size_t size = CB__COPY_BELOW * sizeof *encoder->heads;
    encoder->heads = encoder->allocator->alloc(encoder->allocator->arg, size);
    if (!encoder->heads)
        return false;
    for (size_t i = 0; i < CB__COPY_BELOW; i++)
        encoder->heads[i].size = CB__HEAD_NEW;
    return true;
}

bool cb__encode_takes_cuts(struct cb_encoder *encoder)
{
    const unsigned sees =
        CB_NO_PAYLOAD | CB_LOOKS | CB_TRANSFORMS | CB_NEEDS_WHOLE | CB_NEEDS_HEADER;
    if (encoder->whole)
        return encoder->step == CB__ENCODE_RECORD;
    if (encoder->step != CB__ENCODE_RECORD || encoder->traits & sees)
        return false;
    if (encoder->traits & CB_CONSTANT)
        return encoder->copies == put_constants;
    return encoder->heads ||
           (encoder->by_length && encoder->tail.length <= CB__CONSTANT && make_heads(encoder));
}

/* The fast path for short records that this encoder may use, or NULL. */
cb__encode_fn *cb__encode_short_way(const struct cb_encoder *encoder)
{
    const bool is_short =
        encoder->head.length <= CB__CONSTANT && encoder->tail.length <= CB__CONSTANT;
    if (encoder->traits & CB_NEEDS_HEADER)
        return NULL; /* the steps take it */
    if (!(encoder->traits & CB_CONSTANT))
        return put_framed;
    return is_short && !(encoder->traits & CB_NO_PAYLOAD) ? put_constants : put_framed;
}
