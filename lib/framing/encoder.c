/* SPDX-License-Identifier: MIT */
#include "framing/encoder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int fail(struct cb_encoder *encoder, uint64_t record, uint64_t offset, const char *format,
                va_list arguments)
{
    encoder->error.code = CB_EUNENCODABLE;
    encoder->error.record = record;
    encoder->error.offset = offset;
    encoder->error.start = encoder->frame;
    vsnprintf(encoder->error.text, sizeof encoder->error.text, format, arguments);
    return CB_EUNENCODABLE;
}

int cb__encoder_fail(struct cb_encoder *encoder, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = fail(encoder, encoder->record, encoder->frame, format, arguments);
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

int cb__encoder_pad(struct cb_encoder *encoder, uint64_t *left, uint8_t byte)
{
    const size_t n = cb__min(cb__clamp_u64(*left), sizeof encoder->scratch);
    memset(encoder->scratch, byte, n);
    *left -= n;
    cb__encoder_give(encoder, encoder->scratch, n);
    return *left ? CB__MORE : CB_OK;
}

/* Makes room for n bytes; what was there is no longer needed. */
static int make_room(const struct cb_allocator *allocator, struct cb__frame_part *part, size_t n)
{
    if (n <= part->room)
        return CB_OK;
    uint8_t *bytes = allocator->alloc(allocator->arg, n);
    if (!bytes)
        return CB_ENOMEM;
    if (part->bytes)
        allocator->free(allocator->arg, part->bytes, part->room);
    part->bytes = bytes;
    part->room = n;
    return CB_OK;
}

typedef size_t copy_fn(const struct cb_decoder *decoder, const struct cb_piece *piece, void *out,
                       size_t room);

/* Copies the n bytes at `where`; NULL: they are apart from the piece. */
static int take_part(struct cb_encoder *encoder, struct cb__frame_part *part,
                     const struct cb_piece *piece, const uint8_t *where, size_t n, copy_fn *copy)
{
    int status = make_room(encoder->allocator, part, n);
    if (status)
        return status;
    part->size = n;
    if (!n)
        return CB_OK;
    if (where)
        memcpy(part->bytes, where, n);
    else if (!encoder->followed || copy(encoder->followed, piece, part->bytes, n) < n)
        return CB_ESTATE;
    return CB_OK;
}

int cb__encoder_take_header(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const size_t n = piece->header;
    const uint8_t *where = n && !(piece->flags & CB_APART) ? piece->data - n : NULL;
    return take_part(encoder, &encoder->header, piece, where, n, cb_decoder_header);
}

int cb__encoder_take_trailer(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    const size_t n = piece->trailer;
    const uint8_t *where =
        n && !(piece->flags & CB_TRAILER_APART) ? piece->data + piece->length : NULL;
    return take_part(encoder, &encoder->trailer, piece, where, n, cb_decoder_trailer);
}

void cb_encoder_follow(struct cb_encoder *encoder, const struct cb_decoder *decoder)
{
    encoder->followed = decoder;
}

int cb__encoder_make(struct cb_encoder **result, const struct cb__source *source,
                     const struct cb_encoder_options *options, struct cb_error *error)
{
    struct cb_encoder_options o = {.size = sizeof o};
    struct cb__coder coder;
    if (!cb__options_read(options, &o, sizeof o) || !cb__flags_known(o.refuse_collisions, 1) ||
        !cb__flags_known(o.color, 1))
        return cb__error_set(error, CB_EINVAL, 0, "the options contain an unknown value");
    int status = cb__coder_new(&coder, sizeof **result, source, CB_ENCODES, o.allocator, error);
    if (status)
        return status;
    struct cb_encoder *encoder = coder.self;
    encoder->config = coder.config;
    encoder->allocator = coder.config.allocator;
    encoder->state = coder.state;
    encoder->ops = coder.config.family->encode;
    encoder->traits = encoder->ops->traits;
    encoder->by_length = encoder->ops->by_length;
    encoder->refuse_collisions = o.refuse_collisions;
    encoder->color = o.color;
    if (encoder->ops->open)
        status = encoder->ops->open(encoder, cb__config_spec(&encoder->config));
    if (status) {
        cb__error_set(error, status, encoder->error.offset, "%s",
                      encoder->error.text[0] ? encoder->error.text : cb_strerror(status));
        cb__coder_free(&coder);
        return status;
    }
    cb__encode_init(encoder);
    *result = encoder;
    return CB_OK;
}

int cb_encoder_new(struct cb_encoder **result, const char *specification,
                   const struct cb_encoder_options *options, struct cb_error *error)
{
    const struct cb__source source = {.specification = specification};
    return cb__encoder_make(result, &source, options, error);
}

static void free_part(const struct cb_allocator *allocator, const struct cb__frame_part *part)
{
    if (part->bytes)
        allocator->free(allocator->arg, part->bytes, part->room);
}

void cb_encoder_free(struct cb_encoder *encoder)
{
    if (!encoder)
        return;
    cb__encode_fini(encoder);
    free_part(encoder->allocator, &encoder->header);
    free_part(encoder->allocator, &encoder->trailer);
    if (encoder->ops->close)
        encoder->ops->close(encoder);
    cb__coder_free(&(struct cb__coder){
        .self = encoder,
        .size = sizeof *encoder,
        .state = encoder->state,
        .state_size = cb__max(encoder->ops->state_size, 1),
        .config = encoder->config,
    });
}

unsigned cb_encoder_traits(const struct cb_encoder *encoder)
{
    return encoder->traits;
}

const struct cb_error *cb_encoder_error(const struct cb_encoder *encoder)
{
    return &encoder->error;
}
