/* SPDX-License-Identifier: MIT */
/*
 * Length fields: from a number in a header to the length of the payload.
 *
 * payload = value * scale + adjust - (header if inclusive), for a value from min to max
 */
#ifndef CB_LENGTH_FIELD_H
#define CB_LENGTH_FIELD_H

#include "framing/encoder.h"

struct cb__length_field {
    uint64_t scale; /* bytes in a unit of the value */
    int64_t adjust;
    bool inclusive;
    uint64_t min, max;
};

/* The valid values: from `least` to `least` + `span`; multiplying by `scale` and adding
 * `shift` (modulo 2^64) gives the payload. */
struct cb__length_bounds {
    uint64_t least, span, scale, shift;
};

/* For a header of this size.  False if no value is valid. */
bool cb__length_bounds(const struct cb__length_field *field, uint64_t header,
                       struct cb__length_bounds *bounds);

/* The payload for a value; false if the value is invalid. */
static inline bool cb__length_payload(const struct cb__length_bounds *bounds, uint64_t value,
                                      uint64_t *payload)
{
    *payload = value * bounds->scale + bounds->shift;
    return value - bounds->least <= bounds->span;
}

/* The same, where the scale is 1. */
static inline bool cb__length_unscaled(const struct cb__length_bounds *bounds, uint64_t value,
                                       uint64_t *payload)
{
    *payload = value + bounds->shift;
    return value - bounds->least <= bounds->span;
}

/* Why a value is invalid. */
const char *cb__length_why(const struct cb__length_field *field, uint64_t value);

/* The value that decodes to a payload; false if there is none.  The caller checks that
 * it is from min to max. */
bool cb__length_value(const struct cb__length_field *field, uint64_t header, uint64_t payload,
                      uint64_t *value);

/* The same from min to max; rejects a payload for which there is none. */
int cb__length_encode(struct cb_encoder *encoder, const struct cb__length_field *field,
                      uint64_t header, uint64_t payload, uint64_t *value);

/* Rejects a payload that no value from min to max can represent. */
int cb__length_refuse(struct cb_encoder *encoder, uint64_t payload, uint64_t min, uint64_t max);

/* Fills the bounds for a header of this size, and rejects a field without valid values. */
int cb__length_check(const struct cb__length_field *field, uint64_t header,
                     struct cb__length_bounds *bounds, const struct cb__spec *spec,
                     struct cb_error *error);

extern const char cb__length_too_small[], cb__length_too_large[];

#endif
