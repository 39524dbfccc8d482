/* SPDX-License-Identifier: MIT */
/*
 * Length fields: what a number in a header says of the payload after it.
 *
 * payload = value + adjust - (header if inclusive), for a value from min to max
 */
#ifndef CB_LENGTH_FIELD_H
#define CB_LENGTH_FIELD_H

#include "../encoder.h"

struct cb__length_field {
    int64_t adjust;
    bool inclusive;
    uint64_t min, max;
};

/* The rows for its keys in the table of a family whose struct has it as `field`. */
#define CB__LENGTH_FIELD_KEYS(type)                                                                \
    {"adjust", CB__KEY_SIGNED, offsetof(type, field.adjust)},                                      \
        {"inclusive", CB__KEY_FLAG, offsetof(type, field.inclusive)},                              \
        {"min", CB__KEY_SIZE, offsetof(type, field.min)},                                          \
    {                                                                                              \
        "max", CB__KEY_SIZE, offsetof(type, field.max)                                             \
    }

/* Which values have a payload: those from `least` to `least` + `span`, to which
 * `shift` is added (modulo 2^64). */
struct cb__length_bounds {
    uint64_t least, span, shift;
};

/* For a header of so many bytes.  False where no value has one. */
bool cb__length_bounds(const struct cb__length_field *field, uint64_t header,
                       struct cb__length_bounds *bounds);

/* The payload that a value tells; false if the value is wrong. */
static inline bool cb__length_payload(const struct cb__length_bounds *bounds, uint64_t value,
                                      uint64_t *payload)
{
    *payload = value + bounds->shift;
    return value - bounds->least <= bounds->span;
}

/* Why it is. */
const char *cb__length_why(const struct cb__length_field *field, uint64_t value);

/* The value that decodes to a payload; false where there is none.  Whether it is
 * one from min to max is for the caller to see. */
bool cb__length_value(const struct cb__length_field *field, uint64_t header, uint64_t payload,
                      uint64_t *value);

/* Refuses a payload for which the values from min to max do not suffice. */
int cb__length_refuse(struct cb_encoder *encoder, uint64_t payload, uint64_t min, uint64_t max);

/* Fills the bounds for a header of so many bytes, and refuses a field that no
 * value suits. */
int cb__length_check(const struct cb__length_field *field, uint64_t header,
                     struct cb__length_bounds *bounds, const struct cb__spec *spec,
                     struct cb_error *error);

extern const char cb__length_too_small[], cb__length_too_large[];

#endif
