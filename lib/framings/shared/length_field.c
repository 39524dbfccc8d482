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
    uint64_t least = field->min, most = field->max;
    bounds->shift = up - down;
    if (down > up && least < down - up)
        least = down - up;
    if (up > down && most > UINT64_MAX - (up - down))
        most = UINT64_MAX - (up - down);
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
    if (!cb__add_u64(value, plus(field), &sum))
        return "length does not fit in 64 bits after adjustment";
    return field->inclusive ? "length is less than the header that it includes"
                            : "length is negative after adjustment";
}

bool cb__length_value(const struct cb__length_field *field, uint64_t header, uint64_t payload,
                      uint64_t *value)
{
    return cb__add_u64(payload, minus(field, header), value) &&
           cb__sub_u64(*value, plus(field), value);
}

int cb__length_refuse(struct cb_encoder *encoder, uint64_t payload, uint64_t min, uint64_t max)
{
    return cb__encoder_fail(encoder,
                            "a length of %" PRIu64 " does not fit in a length field of %" PRIu64
                            " to %" PRIu64,
                            payload, min, max);
}

int cb__length_check(const struct cb__length_field *field, uint64_t header,
                     struct cb__length_bounds *bounds, const struct cb__spec *spec,
                     struct cb_error *error)
{
    if (field->min > field->max)
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "min"),
                             "the min is greater than the max");
    if (!cb__length_bounds(field, header, bounds))
        return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "adjust"),
                             "no length is valid after this adjustment");
    return CB_OK;
}
