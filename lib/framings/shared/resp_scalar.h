/* SPDX-License-Identifier: MIT */
/*
 * Scalars of the Redis serialization protocol (resp.c): an integer of 64 bits, a double,
 * a big number, a boolean or null, up to the CR at the end of their line.  Checked in
 * full.
 */
#ifndef CB_RESP_SCALAR_H
#define CB_RESP_SCALAR_H

#include "core/base.h"

struct cb__resp_scalar {
    uint8_t type;
    uint8_t place; /* in the grammar */
    bool minus;
    uint64_t number;  /* an integer without its sign */
    const char *rest; /* of a word */
    const char *why;
};

/* Begins after the type: one of : , ( # _ */
void cb__resp_scalar_begin(struct cb__resp_scalar *scalar, uint8_t type);

/* Reads from n >= 1 bytes; *used is how many it examined.  CB_OK: the last of them is
 * the CR after the scalar; CB__MORE: all n belong to it; CB_EMALFORMED: data[*used] is
 * wrong, and scalar->why is the reason. */
int cb__resp_scalar_read(struct cb__resp_scalar *scalar, const uint8_t *data, size_t n,
                         size_t *used);

#endif
