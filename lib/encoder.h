/* SPDX-License-Identifier: MIT */
/*
 * Encoder: the bytes around a payload, and those that stand for it.
 * Layer: base -> ... -> framing -> encoder.
 */
#ifndef CB_ENCODER_H
#define CB_ENCODER_H

#include "framing.h"

/* The longest header that a family may make in `scratch`. */
enum { CB__HEADER_MAX = 4096 };

struct cb_encoder {
    const struct cb__encoder_ops *ops;
    void *state; /* the family's */
    struct cb__config config;
    const struct cb_allocator *allocator;
    unsigned traits;
    bool refuse_collisions;
    struct cb__bytes out; /* what a call gives */
    uint64_t record;      /* number of the current record, from 1 */
    uint64_t offset;      /* where its payload stands in the input */
    uint64_t left;        /* bytes of padding that are still to be given */
    struct cb_error error;
    uint8_t scratch[CB__HEADER_MAX];
};

/* Records the error, of the record that began last, and returns
 * CB_EUNENCODABLE. */
int cb__encoder_fail(struct cb_encoder *encoder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for the byte `at` of a piece that is looked at; modulo 2^64, where it
 * stands in a piece before. */
int cb__encoder_fail_at(struct cb_encoder *encoder, const struct cb_piece *piece, uint64_t at,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

static inline int cb__encoder_give(struct cb_encoder *encoder, const void *data, size_t n)
{
    encoder->out = (struct cb__bytes){.data = n ? data : (const uint8_t *)"", .length = n};
    return CB_OK;
}

#endif
