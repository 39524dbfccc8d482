/* SPDX-License-Identifier: MIT */
#include "framings/shared/layout.h"

#include <inttypes.h>
#include <string.h>

#define ALIGN_MAX INT32_MAX

void cb__layout_init(struct cb__layout *layout, uint64_t largest)
{
    layout->align = layout->field.scale = 1;
    layout->field.max = layout->largest = largest;
}

static int check_header(struct cb__layout *layout, size_t least, size_t most,
                        const struct cb__spec *spec, struct cb_error *error)
{
    const size_t room = CB__HEADER_MAX - most;
    if (layout->offset > room)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "offset"),
                             "the offset is greater than %zu", room);
    const uint64_t end = layout->offset + least;
    if (!cb__spec_has(spec, "header"))
        layout->header = end;
    if (layout->header < end)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "header offset"),
                             "the header ends before the length field, at %" PRIu64, end);
    if (layout->header > room + least)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "header"),
                             "the header is longer than %zu", room + least);
    layout->rest = (size_t)(layout->header - end);
    if (layout->lead.length > layout->offset)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "lead offset"),
                             "the lead is longer than the offset, %" PRIu64, layout->offset);
    return CB_OK;
}

int cb__layout_check(struct cb__layout *layout, size_t least, size_t most,
                     const struct cb__spec *spec, struct cb_error *error)
{
    int status = check_header(layout, least, most, spec, error);
    if (status)
        return status;
    if (!layout->align || layout->align > ALIGN_MAX)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "align"),
                             "the align must be from 1 to %d", ALIGN_MAX);
    layout->plain = layout->align == 1 && layout->field.scale == 1;
    if (layout->field.max > layout->largest)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "max"),
                             "the max is greater than a length field can be, %" PRIu64,
                             layout->largest);
    /* Of a number that may be longer, only the first byte has a fixed place. */
    const bool varies = most > least;
    status = cb__length_check(&layout->field, layout->header, &layout->bounds, spec, error);
    return status
               ? status
               : cb__byte_rules_check(&layout->rules, varies ? layout->offset + 1 : layout->header,
                                      varies ? "fixed part of the header" : "header", &layout->lead,
                                      spec, error);
}

void cb__layout_reset(struct cb_decoder *decoder, const struct cb__layout *layout,
                      cb__header_fn header)
{
    struct cb__counted *counted = decoder->state;
    cb__counted_reset(decoder, header);
    cb__counted_apply(decoder, &layout->rules, "header");
    counted->frame.trailer = layout->trailer;
}

bool cb__layout_glances(const struct cb__layout *layout, const struct cb__length_bounds *bounds,
                        struct cb__glance_rules *rules)
{
    if (!layout->plain || layout->trailer.length > CB__GLANCE_TRAILER || layout->rules.count)
        return false;
    rules->offset = (size_t)layout->offset;
    rules->header = (size_t)layout->header;
    rules->bounds = *bounds;
    cb__glance_set_trailer(rules, &layout->trailer);
    return true;
}

void cb__layout_open(struct cb_encoder *encoder, const struct cb__layout *layout)
{
    /* How much padding follows depends on the payload. */
    encoder->by_length = layout->align == 1;
}

uint8_t *cb__layout_place(struct cb_encoder *encoder, const struct cb__layout *layout)
{
    const size_t offset = (size_t)layout->offset;
    if (offset)
        memset(encoder->scratch, 0, offset);
    if (layout->lead.length)
        memcpy(encoder->scratch, layout->lead.data, layout->lead.length);
    return encoder->scratch + offset;
}

int cb__layout_begin(struct cb_encoder *encoder, const struct cb__layout *layout, size_t n,
                     uint64_t payload)
{
    struct cb__layout_encoder *state = encoder->state;
    const size_t end = (size_t)layout->offset + n, header = end + layout->rest;
    if (layout->rest)
        memset(encoder->scratch + end, 0, layout->rest);
    if (cb__unlikely(layout->align > 1))
        state->padding = cb__layout_padding(layout, header + payload);
    return cb__encoder_give(encoder, encoder->scratch, header);
}

int cb__layout_end(struct cb_encoder *encoder, const struct cb__layout *layout)
{
    struct cb__layout_encoder *state = encoder->state;
    if (cb__likely(!state->padding))
        return cb__encoder_give(encoder, layout->trailer.data, layout->trailer.length);
    cb__encoder_pad(encoder, &state->padding, 0);
    return CB__MORE;
}
