/* SPDX-License-Identifier: MIT */
/*
 * Rewrite: copies one contiguous span and replaces each delimiter that a finder
 * finds, or that is marked, with another one.
 * Layer: base -> find -> rewrite.
 *
 * With records of a few bytes the cost is not the copy but the branch on the
 * length of each record.  Here there is none: 64 bytes are compared at once, those
 * of a delimiter are overwritten, and superfluous bytes are dropped by one
 * instruction or by shuffles from a table.
 */
#ifndef CB_REWRITE_H
#define CB_REWRITE_H

#include "kernels/find.h"
#include "kernels/stuffing.h"

/* Can matches of this finder be rewritten to a tail of this size?  The finder must be
 * exact, with matches that cannot overlap and are not shorter than the tail; `drop_cr`
 * is for a finder of LF alone. */
bool cb__rewrite_fits(const struct cb__finder *finder, bool drop_cr, size_t tail_size);

/* Bytes of room that `to` needs beyond n: kernels write whole vectors. */
enum { CB__REWRITE_SLACK = 64 };

/*
 * Copies data[0 .. n) to `to` with `tail` instead of each match (with drop_cr also
 * instead of a CR before it), and returns the number of matches.  *used is the end of
 * the last match in data, *made the end of its tail in `to`; both are 0 if there is
 * none.  So if data begins between records, it ends between records.  The contents of
 * `to` after *made are undefined.
 *
 * Requires cb__rewrite_fits; `to` has room for n + CB__REWRITE_SLACK bytes and does not
 * overlap data; nothing is read beyond data + n.
 */
size_t cb__rewrite(const struct cb__finder *finder, bool drop_cr, const uint8_t *tail,
                   size_t tail_size, const uint8_t *data, size_t n, uint8_t *to, size_t *used,
                   size_t *made);

/*
 * Copies data[0 .. n) to `to` with `tail`, of at most one byte, instead of each marked byte
 * and of a CR before it that is not marked, and returns the length of the copy.  marks has a
 * bit for each byte, the first one in the lowest bit of marks[0]; one more number, 0, follows
 * that of the last byte.  Otherwise as above.
 */
size_t cb__rewrite_marked(const uint64_t *marks, const uint8_t *tail, size_t tail_size,
                          const uint8_t *data, size_t n, uint8_t *to);

/* The functions of struct cb__stuffing in use. */
const struct cb__stuffing *cb__stuffing(void);

/* ----------------------------------------------------------------- kernels */

/* What a match is; the first three are enum cb__finder_kind. */
enum cb__rewrite_shape {
    CB__REWRITE_BYTE = CB__FIND_BYTE,
    CB__REWRITE_PAIR = CB__FIND_PAIR,
    CB__REWRITE_SET = CB__FIND_SET,
    CB__REWRITE_LINE, /* LF, and a CR before it */
    CB__REWRITE_SHAPES
};

/* As cb__rewrite, but *made counts the whole copy: the bytes after the last match are
 * as long in `to` as in data. */
typedef size_t cb__rewrite_fn(const struct cb__finder *finder, const uint8_t *tail,
                              const uint8_t *data, size_t n, uint8_t *to, size_t *made);

/* As cb__rewrite_marked. */
typedef size_t cb__rewrite_marked_fn(const uint64_t *marks, const uint8_t *tail,
                                     const uint8_t *data, size_t n, uint8_t *to);

/* One implementation: functions by shape and by size of the tail. */
struct cb__rewrite_kernel {
    const char *name;
    cb__rewrite_fn *rewrite[CB__REWRITE_SHAPES][3];
    cb__rewrite_marked_fn *marked[2];
    struct cb__stuffing stuffing;
};

/* The kernels that this machine can run, the fastest first, plain C last; NULL after
 * the last. */
const struct cb__rewrite_kernel *cb__rewrite_kernel_get(size_t i);

/* Selects a kernel, for tests. */
void cb__rewrite_kernel_use(const struct cb__rewrite_kernel *kernel);

/* The kernels of one instruction set that this machine supports, the fastest first;
 * returns how many, at most CB__KERNELS. (rewrite_x86.c, rewrite_neon.c, or
 * rewrite_none.c) */
size_t cb__rewrite_kernels_here(const struct cb__rewrite_kernel **kernels);

/* The indexes of the set bits in each mask of eight bits, in order: a shuffle that
 * moves the bytes to keep to the front. */
extern const uint8_t cb__rewrite_shuffles[256][8];

/* Copies n < 64 bytes, where a vector of so many cannot be loaded. */
static inline void cb__rewrite_part(uint8_t part[64], const uint8_t *data, size_t n)
{
    memset(part, 0, 64);
    memcpy(part, data, n);
}

#endif
