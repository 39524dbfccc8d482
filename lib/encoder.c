/* SPDX-License-Identifier: MIT */
#include "encoder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int fail(struct cb_encoder *encoder, uint64_t record, uint64_t offset, const char *format,
                va_list arguments)
{
    encoder->error.code = CB_EUNENCODABLE;
    encoder->error.record = record;
    encoder->error.offset = offset;
    vsnprintf(encoder->error.text, sizeof encoder->error.text, format, arguments);
    return CB_EUNENCODABLE;
}

int cb__encoder_fail(struct cb_encoder *encoder, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = fail(encoder, encoder->record, encoder->offset, format, arguments);
    va_end(arguments);
    return status;
}

int cb__encoder_fail_at(struct cb_encoder *encoder, const struct cb_piece *piece, uint64_t at,
                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = fail(encoder, piece->record, piece->offset + at, format, arguments);
    va_end(arguments);
    return status;
}

int cb_encoder_new(struct cb_encoder **result, const char *specification,
                   const struct cb_encoder_options *options, struct cb_error *error)
{
    struct cb_encoder_options o = {.size = sizeof o};
    if (!cb__options_read(options, &o, sizeof o) || !cb__flags_known(o.refuse_collisions, 1))
        return cb__error_set(error, CB_EINVAL, 0, "the options hold what is not known");
    if (!cb__allocator_is_usable(o.allocator))
        return cb__error_set(error, CB_EINVAL, 0, "the allocator lacks a function");
    const struct cb_allocator *allocator = o.allocator ? o.allocator : &cb__malloc_allocator;
    struct cb_encoder *encoder = allocator->alloc(allocator->arg, sizeof *encoder);
    if (!encoder)
        return cb__error_set(error, CB_ENOMEM, 0, "out of memory");
    memset(encoder, 0, sizeof *encoder);
    encoder->allocator = allocator;
    encoder->refuse_collisions = o.refuse_collisions;
    int status = cb__config_init(&encoder->config, specification, CB_ENCODES, allocator, error);
    if (status)
        goto err0;
    encoder->ops = encoder->config.family->encode;
    encoder->traits = encoder->ops->traits;
    encoder->state = allocator->alloc(allocator->arg, cb__max(encoder->ops->state_size, 1));
    if (!encoder->state) {
        status = cb__error_set(error, CB_ENOMEM, 0, "out of memory");
        goto err1;
    }
    memset(encoder->state, 0, cb__max(encoder->ops->state_size, 1));
    if (encoder->ops->open) {
        status = encoder->ops->open(encoder, cb__config_spec(&encoder->config));
        if (status) {
            cb__error_set(error, status, 0, "%s", cb_strerror(status));
            goto err2;
        }
    }
    cb__encode_init(encoder);
    *result = encoder;
    return CB_OK;
err2:
    allocator->free(allocator->arg, encoder->state, cb__max(encoder->ops->state_size, 1));
err1:
    cb__config_fini(&encoder->config);
err0:
    allocator->free(allocator->arg, encoder, sizeof *encoder);
    return status;
}

void cb_encoder_free(struct cb_encoder *encoder)
{
    if (!encoder)
        return;
    const struct cb_allocator *allocator = encoder->allocator;
    cb__encode_fini(encoder);
    if (encoder->ops->close)
        encoder->ops->close(encoder);
    allocator->free(allocator->arg, encoder->state, cb__max(encoder->ops->state_size, 1));
    cb__config_fini(&encoder->config);
    allocator->free(allocator->arg, encoder, sizeof *encoder);
}

unsigned cb_encoder_traits(const struct cb_encoder *encoder)
{
    return encoder->traits;
}

void cb_encoder_place(struct cb_encoder *encoder, uint64_t record, uint64_t offset)
{
    encoder->record = record - 1;
    encoder->offset = offset;
    encoder->duties.next_placed = true;
}

int cb_encoder_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct cb_piece empty;
    struct cb__duties *duties = &encoder->duties;
    if (!encoder->ops->look || !(encoder->traits & CB_LOOKS))
        return CB_OK;
    duties->shown = piece->length + (piece->flags & CB_FIRST ? 0 : duties->shown);
    duties->all_shown = (piece->flags & CB_LAST) != 0;
    if (cb__unlikely(!piece->data)) {
        empty = *piece;
        empty.data = (const uint8_t *)"";
        piece = &empty;
    }
    return encoder->ops->look(encoder, piece);
}

int cb_encoder_payload(struct cb_encoder *encoder, const void *data, size_t *n, void *out,
                       size_t *size)
{
    struct cb__transform t = {.in = *n ? data : "", .out = out};
    if (*size < CB_TRANSFORM_ROOM || !encoder->ops->payload)
        return CB_EINVAL;
    t.in_end = t.in + *n;
    t.out_end = t.out + *size;
    encoder->ops->payload(encoder, &t);
    *n -= (size_t)(t.in_end - t.in);
    *size -= (size_t)(t.out_end - t.out);
    encoder->duties.passed += *n;
    encoder->duties.left_over = t.in < t.in_end;
    return t.in < t.in_end ? CB_YES : CB_OK;
}

static int hand_out(const struct cb_encoder *encoder, int status, const void **data, size_t *size)
{
    *data = encoder->out.data;
    *size = encoder->out.length;
    return status == CB__MORE ? CB_YES : status;
}

int cb_encoder_begin(struct cb_encoder *encoder, uint64_t length, const void **data, size_t *size)
{
    int status = CB_OK;
    cb__encoder_give(encoder, "", 0);
    encoder->record++;
    if (length == CB_UNKNOWN && encoder->traits & CB_NEEDS_LENGTH)
        return CB_EINVAL;
    if (encoder->ops->begin)
        status = encoder->ops->begin(encoder, length);
    struct cb__duties *duties = &encoder->duties;
    duties->open = duties->left_over = true;
    duties->length = length;
    duties->passed = 0;
    duties->placed = duties->next_placed;
    duties->next_placed = false;
    return hand_out(encoder, status, data, size);
}

/* Was all done that this encoder asks for?  What is the same for every record is
 * asked for once, without one. */
static bool duties_done(const struct cb_encoder *encoder)
{
    const struct cb__duties *duties = &encoder->duties;
    const unsigned traits = encoder->traits;
    const bool known = duties->length != CB_UNKNOWN;
    if (!duties->open || traits & CB_CONSTANT)
        return true;
    if (traits & CB_NEEDS_PLACE && !duties->placed)
        return false;
    if (traits & CB_LOOKS && (!duties->all_shown || (known && duties->shown != duties->length)))
        return false;
    if (traits & CB_TRANSFORMS)
        return known ? duties->passed == duties->length : !duties->left_over;
    return true;
}

int cb_encoder_end(struct cb_encoder *encoder, const void **data, size_t *size)
{
    int status = CB_OK;
    cb__encoder_give(encoder, "", 0);
    if (!duties_done(encoder))
        return hand_out(encoder, CB_ESTATE, data, size);
    encoder->duties.open = encoder->duties.all_shown = false;
    if (encoder->ops->end)
        status = encoder->ops->end(encoder);
    return hand_out(encoder, status, data, size);
}

int cb_encoder_finish(struct cb_encoder *encoder, const void **data, size_t *size)
{
    int status = CB_OK;
    cb__encoder_give(encoder, "", 0);
    if (encoder->ops->finish)
        status = encoder->ops->finish(encoder);
    return hand_out(encoder, status, data, size);
}

const struct cb_error *cb_encoder_error(const struct cb_encoder *encoder)
{
    return &encoder->error;
}
