/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic on lengths, proved by Frama-C (make proof): contracts of the library's own
 * functions, whose sources are included.  In the contracts numbers are those of mathematics,
 * without an end.
 */
#include "overflow.h"

#include "core/base.h"

/*@ requires \valid(sum);
    assigns *sum;
    ensures \result == true <==> a + b <= UINT64_MAX;
    ensures \result == true ==> *sum == a + b; */
static inline bool cb__add_u64(uint64_t a, uint64_t b, uint64_t *sum);

/*@ requires \valid(sum);
    assigns *sum;
    ensures \result == true <==> a + b <= SIZE_MAX;
    ensures \result == true ==> *sum == a + b; */
static inline bool cb__add_size(size_t a, size_t b, size_t *sum);

/*@ requires \valid(difference);
    assigns *difference;
    ensures \result == true <==> a >= b;
    ensures \result == true ==> *difference == a - b; */
static inline bool cb__sub_u64(uint64_t a, uint64_t b, uint64_t *difference);

/*@ requires \valid(product);
    assigns *product;
    ensures \result == true <==> a * b <= UINT64_MAX;
    ensures \result == true ==> *product == a * b; */
static inline bool cb__mul_u64(uint64_t a, uint64_t b, uint64_t *product);

/*@ requires \valid(product);
    assigns *product;
    ensures \result == true <==> a * b <= SIZE_MAX;
    ensures \result == true ==> *product == a * b; */
static inline bool cb__mul_size(size_t a, size_t b, size_t *product);

/*@ assigns \nothing;
    ensures \result == (n > SIZE_MAX ? SIZE_MAX : n); */
static inline size_t cb__clamp_u64(uint64_t n);

#include "framings/shared/length_field.h"

/*@ // A header is at most some KiB (check_header), and the key's parser takes no INT64_MIN.
    predicate is_usable(struct cb__length_field *field, integer header) =
        \valid_read(field) && field->scale >= 1 && field->adjust > INT64_MIN && header < (1 << 20);
    logic integer added(struct cb__length_field *field) =
        field->adjust > 0 ? field->adjust : 0;
    logic integer taken(struct cb__length_field *field, integer header) =
        (field->adjust < 0 ? -field->adjust : 0) + (field->inclusive ? header : 0);
*/

/*@ requires \valid_read(field);
    assigns \nothing;
    ensures \result == added(field); */
static uint64_t plus(const struct cb__length_field *field);

/*@ requires is_usable(field, header);
    assigns \nothing;
    ensures \result == taken(field, header); */
static uint64_t minus(const struct cb__length_field *field, uint64_t header);

/*@ requires is_usable(field, header) && \valid(value) && \separated(value, field);
    assigns *value;
    // What is written decodes to the payload again.
    ensures \result == true ==>
        *value * field->scale + added(field) - taken(field, header) == payload; */
bool cb__length_value(const struct cb__length_field *field, uint64_t header, uint64_t payload,
                      uint64_t *value);

/*@ requires is_usable(field, header) && \valid(bounds) && \separated(bounds, field);
    assigns *bounds;
    ensures \result == true ==> bounds->scale == field->scale;
    ensures \result == true ==> bounds->least >= field->min;
    ensures \result == true ==> bounds->least + bounds->span <= field->max;
    // The least value is not below the rounded up quotient, the greatest not above the rounded
    // down one: so the payload is from 0 to 2^64 - 1.  (That step, by the definition of a
    // quotient, is too much for Z3 with products of two unknowns.)
    ensures \result == true && taken(field, header) > added(field) ==>
        bounds->least >= (taken(field, header) - added(field)) / field->scale +
            ((taken(field, header) - added(field)) % field->scale != 0 ? 1 : 0);
    ensures \result == true && added(field) >= taken(field, header) ==>
        bounds->least + bounds->span
            <= (UINT64_MAX - (added(field) - taken(field, header))) / field->scale;
    ensures \result == true && added(field) < taken(field, header) ==>
        bounds->least + bounds->span <= UINT64_MAX / field->scale; */
bool cb__length_bounds(const struct cb__length_field *field, uint64_t header,
                       struct cb__length_bounds *bounds);

#include "framings/shared/length_field.c"
