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

const struct cb_error *cb_encoder_error(const struct cb_encoder *encoder)
{
    return &encoder->error;
}
