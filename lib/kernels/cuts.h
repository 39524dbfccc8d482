/* SPDX-License-Identifier: MIT */
/*
 * Cuts: whole records in one span, from the places where they end to the pieces that are
 * returned.  The work for a record has no branch and is mostly stores, so kernels write
 * several cuts, or a whole piece, with one store.
 * Layer: base -> cuts.
 */
#ifndef CB_CUTS_H
#define CB_CUTS_H

#include "core/base.h"

/*
 * A whole frame in a span: its payload begins `at` bytes after the beginning of the
 * span, right after the `header` bytes of the frame, and the frame ends `trailer` bytes
 * after it.  With `keep` the record is the frame, and both are 0.
 */
struct cb__cut {
    uint32_t at, length;
    uint16_t header, trailer; /* frames with longer ones are for `advance` */
};

static inline bool cb__cut_fits(size_t header, size_t trailer)
{
    return header <= UINT16_MAX && trailer <= UINT16_MAX;
}

/* The only way to make one.  `next` is where the frame ends; like `at`, it counts from the
 * beginning of the span. */
static inline struct cb__cut cb__cut_of(size_t at, size_t length, size_t header, size_t next)
{
    return (struct cb__cut){
        .at = (uint32_t)at,
        .length = (uint32_t)length,
        .header = (uint16_t)header,
        .trailer = (uint16_t)(next - at - length),
    };
}

static inline size_t cb__cut_end(const struct cb__cut *cut)
{
    return (size_t)cut->at + cut->length + cut->trailer;
}

/* The piece of the i-th of several cuts.  `span` is an empty piece at the beginning of the
 * span, with the record number of the first cut. */
static inline void cb__cut_piece(const struct cb__cut *cut, size_t i, const struct cb_piece *span,
                                 struct cb_piece *piece)
{
    *piece = (struct cb_piece){
        .data = span->data + cut->at,
        .length = cut->length,
        .record = span->record + i,
        .offset = span->offset + cut->at,
        .total = cut->length,
        .block = span->block,
        .flags = span->flags,
        .header = cut->header,
    };
}

/* The same for all of `count`. */
void cb__cuts_to_pieces(const struct cb__cut *cuts, size_t count, const struct cb_piece *span,
                        struct cb_piece *pieces);

/* Where records end: a delimiter begins at `from` plus each hit.  Its first `kept` bytes
 * belong to the record; the other `dropped` do not. */
struct cb__ends {
    const uint32_t *hits;
    size_t count;
    uint32_t from;
    uint16_t kept, dropped;
};

/* The cuts of these records, the first of which begins at `start`; they do not overlap.
 * Returns where the last one ends. */
size_t cb__cuts_from_ends(const struct cb__ends *ends, size_t start, struct cb__cut *cuts);

/* ----------------------------------------------------------------- kernels */

struct cb__cuts_kernel {
    const char *name;
    void (*to_pieces)(const struct cb__cut *cuts, size_t count, const struct cb_piece *span,
                      struct cb_piece *pieces);
    size_t (*from_ends)(const struct cb__ends *ends, size_t start, struct cb__cut *cuts);
};

/* As for struct cb__kernel (find.h). */
const struct cb__cuts_kernel *cb__cuts_kernel_get(size_t i);
void cb__cuts_kernel_use(const struct cb__cuts_kernel *kernel);
size_t cb__cuts_kernels_here(const struct cb__cuts_kernel **kernels);

/* In plain C, also for the last few, which a kernel cannot do at once. */
void cb__cuts_to_pieces_plain(const struct cb__cut *cuts, size_t count, const struct cb_piece *span,
                              struct cb_piece *pieces);
size_t cb__cuts_from_ends_plain(const struct cb__ends *ends, size_t start, struct cb__cut *cuts);

#endif
