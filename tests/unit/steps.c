/* SPDX-License-Identifier: MIT */
#include "steps.h"

#include "framing/encoder.h"

void step_place(struct cb_encoder *encoder, uint64_t record, uint64_t offset)
{
    encoder->record = record - 1;
    encoder->offset = offset;
}

int step_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct cb_piece shown = *piece;

    if (piece->flags & CB_FIRST)
        encoder->frame = piece->offset - piece->header;
    if (!(encoder->traits & CB_LOOKS))
        return CB_OK;
    if (!shown.data)
        shown.data = (const uint8_t *)"";
    int status = encoder->ops->look(encoder, &shown);
    if (status == CB_EUNENCODABLE)
        encoder->error.record = piece->record;
    return status;
}

static int give(struct cb_encoder *encoder, int status, const void **data, size_t *size)
{
    *data = encoder->out.data;
    *size = encoder->out.length;
    return status == CB__MORE ? CB_YES : status;
}

int step_begin(struct cb_encoder *encoder, uint64_t length, const void **data, size_t *size)
{
    cb__encoder_give(encoder, "", 0);
    encoder->record++;
    if (length == CB_UNKNOWN && encoder->traits & CB_NEEDS_LENGTH)
        return CB_EINVAL;
    return give(encoder, encoder->ops->begin ? encoder->ops->begin(encoder, length) : CB_OK, data,
                size);
}

int step_end(struct cb_encoder *encoder, const void **data, size_t *size)
{
    cb__encoder_give(encoder, "", 0);
    return give(encoder, encoder->ops->end ? encoder->ops->end(encoder) : CB_OK, data, size);
}

int step_finish(struct cb_encoder *encoder, const void **data, size_t *size)
{
    cb__encoder_give(encoder, "", 0);
    return give(encoder, encoder->ops->finish ? encoder->ops->finish(encoder) : CB_OK, data, size);
}

int step_payload(struct cb_encoder *encoder, const void *data, size_t *n, void *out, size_t *size)
{
    struct cb__transform t = {.in = *n ? data : "", .out = out};

    if (*size < CB__TRANSFORM_ROOM || !encoder->ops->payload)
        return CB_EINVAL;
    t.in_end = t.in + *n;
    t.out_end = t.out + *size;
    encoder->ops->payload(encoder, &t);
    *n -= (size_t)(t.in_end - t.in);
    *size -= (size_t)(t.out_end - t.out);
    return t.in < t.in_end ? CB_YES : CB_OK;
}
