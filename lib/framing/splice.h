/* SPDX-License-Identifier: MIT */
/*
 * Splice: the payloads of short records, written to the output one after another, each
 * with what stands around it there: a head that may depend on the length, and a tail.
 * Layer: base -> splice -> encoder.
 *
 * A head, a payload of `most` bytes or less, and a tail are each copied without asking
 * for their length: a branch that is predicted wrongly takes longer than the bytes that
 * were copied for nothing.  So both sides have CB__SPLICE_ROOM bytes at hand for each
 * record, of which some are read and some are overwritten for nothing.
 */
#ifndef CB_SPLICE_H
#define CB_SPLICE_H

#include <string.h>

#include "core/base.h"

/* The bytes before a payload of a certain length, ready to be copied by one store. */
struct cb__head {
    uint8_t bytes[15];
    uint8_t size; /* CB__HEAD_NEW: not computed yet; CB__HEAD_NONE: not available */
};

enum { CB__HEAD_NEW = 255, CB__HEAD_NONE = 254 };

/* Payload of this length and more is referenced: below it, a copy costs less than a
 * reference and a separate area in writev.  On x86-64 the two are equal at about 500
 * bytes (bench/README.md). */
enum { CB__COPY_BELOW = 512 };

/* A short constant, of which the first bytes count. */
enum { CB__CONSTANT = 8 };

struct cb__constant {
    uint8_t bytes[CB__CONSTANT];
    size_t length;
};

static inline uint8_t *cb__put_constant(uint8_t *to, const struct cb__constant *constant)
{
    memcpy(to, constant->bytes, CB__CONSTANT);
    return to + constant->length;
}

/* A payload longer than `most` is continued in steps of this size. */
enum { CB__SPLICE_STEP = 128 };

/* More than the longest record takes, with what is copied for nothing and what it has around it
 * in the input or the output: the longest header there. */
enum { CB__SPLICE_HEADER = 32, CB__SPLICE_ROOM = CB__COPY_BELOW + CB__SPLICE_STEP + 64 };

struct cb__splice {
    uint8_t *to, *end;            /* the output has CB__SPLICE_ROOM bytes from `end` on */
    const struct cb__head *heads; /* for each length below CB__COPY_BELOW; NULL: no heads */
    struct cb__constant tail;
    size_t most;    /* CB__SPLICE_STEP or half of it: better for short records */
    size_t longest; /* record, below CB__COPY_BELOW */
};

/* Writes one record; false if its head is not there.  `heads` and `most` are those of the
 * splice, as constants. */
cb__always_inline bool cb__splice_put(struct cb__splice *splice, const uint8_t *from, size_t n,
                                      bool heads, size_t most)
{
    uint8_t *to = splice->to;
    if (heads) {
        const struct cb__head *head = &splice->heads[n];
        if (cb__unlikely(head->size >= CB__HEAD_NONE))
            return false;
        memcpy(to, head->bytes, sizeof *head);
        to += head->size;
    }
    memcpy(to, from, most);
    for (size_t i = most; cb__unlikely(i < n); i += CB__SPLICE_STEP)
        memcpy(to + i, from + i, CB__SPLICE_STEP);
    splice->to = cb__put_constant(to + n, &splice->tail);
    return true;
}

#endif
