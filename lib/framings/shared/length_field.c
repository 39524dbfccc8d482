/* SPDX-License-Identifier: MIT */
#include "framings/shared/length_field.h"

#include <inttypes.h>

const char cb__length_too_small[] = "length is less than the minimum";
const char cb__length_too_large[] = "length is greater than the maximum";

/* What to add to a value, and subtract from it, to get the payload. */
static uint64_t plus(const struct cb__length_field *field)
{
    return field->adjust > 0 ? (uint64_t)field->adjust : 0;
}

static uint64_t minus(const struct cb__length_field *field, uint64_t header)
{
    return (field->adjust < 0 ? (uint64_t)-field->adjust : 0) + (field->inclusive ? header : 0);
}

bool cb__length_bounds(const struct cb__length_field *field, uint64_t header,
                       struct cb__length_bounds *bounds)
{
    const uint64_t up = plus(field), down = minus(field, header);
    const uint64_t gain = up > down ? up - down : 0, lack = down > up ? down - up : 0;
    const uint64_t scale = field->scale;
    uint64_t least = lack / scale + (lack % scale != 0), most = (UINT64_MAX - gain) / scale;
    if (least < field->min)
        least = field->min;
    if (most > field->max)
        most = field->max;
    bounds->scale = scale;
    bounds->shift = up - down;
    bounds->least = least;
    bounds->span = most - least;
    return least <= most;
}

const char *cb__length_why(const struct cb__length_field *field, uint64_t value)
{
    uint64_t sum;
    if (value < field->min)
        return cb__length_too_small;
    if (value > field->max)
        return cb__length_too_large;
    if (!cb__mul_u64(value, field->scale, &sum) || !cb__add_u64(sum, plus(field), &sum))
        return "length does not fit in 64 bits after adjustment";
    return field->inclusive ? "length is less than the header that it includes"
                            : "length is negative after adjustment";
}

bool cb__length_value(const struct cb__length_field *field, uint64_t header, uint64_t payload,
                      uint64_t *value)
{
    if (!cb__add_u64(payload, minus(field, header), value) ||
        !cb__sub_u64(*value, plus(field), value))
        return false;
    if (cb__likely(field->scale == 1))
        return true;
    const bool whole = *value % field->scale == 0;
    *value /= field->scale;
    return whole;
}

int cb__length_refuse(struct cb_encoder *encoder, uint64_t payload, uint64_t min, uint64_t max)
{
    return cb__encoder_fail(encoder,
                            "a length of %" PRIu64 " does not fit in a length field of %" PRIu64
                            " to %" PRIu64,
                            payload, min, max);
}

int cb__length_encode(struct cb_encoder *encoder, const struct cb__length_field *field,
                      uint64_t header, uint64_t payload, uint64_t *value)
{
    if (cb__length_value(field, header, payload, value)) {
        if (*value >= field->min && *value <= field->max)
            return CB_OK;
    } else if (field->scale > 1) {
        return cb__encoder_fail(
            encoder, "a length of %" PRIu64 " does not fit in units of %" PRIu64 " bytes", payload,
            field->scale);
    }
    return cb__length_refuse(encoder, payload, field->min, field->max);
}

int cb__length_check(const struct cb__length_field *field, uint64_t header,
                     struct cb__length_bounds *bounds, const struct cb__spec *spec,
                     struct cb_error *error)
{
    static const char at_fault[] = "adjust inclusive header offset scale min max more";
    if (!field->scale)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "scale"), "the scale is 0");
    if (field->min > field->max)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "min max"),
                             "the min is greater than the max");
    if (!cb__length_bounds(field, header, bounds))
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, at_fault),
                             "no length is valid after this adjustment");
    return CB_OK;
}
