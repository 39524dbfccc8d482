/* SPDX-License-Identifier: MIT */
/*
 * Rewrite: the bytes of one contiguous span copied, with another delimiter in
 * place of each that a finder finds.
 * Layer: base -> find -> rewrite.
 *
 * What costs in records of a few bytes is not the copy but the branch on the
 * length of each.  Here there is none: 64 bytes are compared at once, those of a
 * delimiter are overwritten, and those that are too many are dropped by one
 * instruction or by shuffles from a table.
 */
#ifndef CB_REWRITE_H
#define CB_REWRITE_H

#include "find.h"

/* May matches of this finder be rewritten to a tail of this size?  It has to be
 * exact, of matches that cannot overlap and are not shorter than the tail;
 * `drop_cr` is for one that finds LF alone. */
bool cb__rewrite_fits(const struct cb__finder *finder, bool drop_cr, size_t tail_size);

/* Bytes that `to` must have room for beyond n: kernels write whole vectors. */
enum { CB__REWRITE_SLACK = 64 };

/*
 * Copies data[0 .. n) to `to` with `tail` in place of each match, with drop_cr
 * also of a CR before it, and returns how many matches there are.  *used is the
 * end of the last one in data, *made the end of its tail in `to`: both 0 if
 * there is none.  So it ends between records where data begins between them.
 * What `to` holds after *made means nothing.
 *
 * cb__rewrite_fits holds; `to` has room for n + CB__REWRITE_SLACK bytes and does
 * not overlap data; nothing is read beyond data + n.
 */
size_t cb__rewrite(const struct cb__finder *finder, bool drop_cr, const uint8_t *tail,
                   size_t tail_size, const uint8_t *data, size_t n, uint8_t *to, size_t *used,
                   size_t *made);

/* ----------------------------------------------------------------- kernels */

/* What a match is; the first three are enum cb__finder_kind. */
enum cb__rewrite_shape {
    CB__REWRITE_BYTE = CB__FIND_BYTE,
    CB__REWRITE_PAIR = CB__FIND_PAIR,
    CB__REWRITE_SET = CB__FIND_SET,
    CB__REWRITE_LINE, /* LF, and a CR before it */
    CB__REWRITE_SHAPES
};

/* As cb__rewrite, but *made counts all of the copy: what stands after the last
 * match is as long in `to` as in data. */
typedef size_t cb__rewrite_fn(const struct cb__finder *finder, const uint8_t *tail,
                              const uint8_t *data, size_t n, uint8_t *to, size_t *made);

/* One way to do it: functions by shape and by size of the tail. */
struct cb__rewrite_kernel {
    const char *name;
    cb__rewrite_fn *rewrite[CB__REWRITE_SHAPES][3];
};

/* The kernels that this machine can run, the best first, the plain one last;
 * NULL beyond. */
const struct cb__rewrite_kernel *cb__rewrite_kernel_get(size_t i);

/* Makes this one run from now on, for tests. */
void cb__rewrite_kernel_use(const struct cb__rewrite_kernel *kernel);

/* Those of an instruction set that this machine has, the best first; returns
 * how many, at most CB__KERNELS.  (rewrite_x86.c, rewrite_neon.c, or
 * rewrite_none.c) */
size_t cb__rewrite_kernels_here(const struct cb__rewrite_kernel **kernels);

/* For each mask of eight bits the numbers of those that are set, in order: a
 * shuffle that brings the bytes to keep to the front. */
extern const uint8_t cb__rewrite_shuffles[256][8];

#endif
