/* SPDX-License-Identifier: MIT */
#include "encoder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cb__encoder_fail(struct cb_encoder *encoder, const char *format, ...)
{
    va_list arguments;
    encoder->error.code = CB_EUNENCODABLE;
    encoder->error.record = encoder->record;
    encoder->error.offset = 0;
    va_start(arguments, format);
    vsnprintf(encoder->error.text, sizeof encoder->error.text, format, arguments);
    va_end(arguments);
    return CB_EUNENCODABLE;
}

int cb_encoder_new(struct cb_encoder **result, const char *specification,
                   const struct cb_encoder_options *options, struct cb_error *error)
{
    struct cb_encoder_options o = {.size = sizeof o};
    size_t n = 0;
    if (options && !cb__options_size(options->size, sizeof o, &n))
        return cb__error_set(error, CB_EINVAL, 0, "the options have no size");
    if (options)
        memcpy(&o, options, n);
    const struct cb_allocator *allocator = o.allocator ? o.allocator : &cb__malloc_allocator;
    struct cb_encoder *encoder = allocator->alloc(allocator->arg, sizeof *encoder);
    if (!encoder)
        return cb__error_set(error, CB_ENOMEM, 0, "out of memory");
    memset(encoder, 0, sizeof *encoder);
    encoder->allocator = allocator;
    int status = cb__config_init(&encoder->config, specification, CB_ENCODES, allocator, error);
    if (status) {
        allocator->free(allocator->arg, encoder, sizeof *encoder);
        return status;
    }
    encoder->ops = encoder->config.family->encode;
    *result = encoder;
    return CB_OK;
}

void cb_encoder_free(struct cb_encoder *encoder)
{
    if (!encoder)
        return;
    const struct cb_allocator *allocator = encoder->allocator;
    cb__config_fini(&encoder->config);
    allocator->free(allocator->arg, encoder, sizeof *encoder);
}

unsigned cb_encoder_traits(const struct cb_encoder *encoder)
{
    return encoder->ops->traits;
}

static int hand_out(const struct cb_encoder *encoder, int status, const void **data, size_t *size)
{
    *data = encoder->out.data;
    *size = encoder->out.length;
    return status;
}

int cb_encoder_begin(struct cb_encoder *encoder, uint64_t length, const void **data, size_t *size)
{
    int status = CB_OK;
    cb__encoder_give(encoder, "", 0);
    encoder->record++;
    if (length == CB_UNKNOWN && encoder->ops->traits & CB_NEEDS_LENGTH)
        return CB_EINVAL;
    if (encoder->ops->begin)
        status = encoder->ops->begin(encoder, length);
    return hand_out(encoder, status, data, size);
}

int cb_encoder_end(struct cb_encoder *encoder, const void **data, size_t *size)
{
    int status = CB_OK;
    cb__encoder_give(encoder, "", 0);
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
