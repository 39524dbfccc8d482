/* SPDX-License-Identifier: MIT */
/*
 * Sums: the checksum of any bytes of a buffer, though each byte is added about once.
 * Layer: base -> ... -> buffer -> sums.
 *
 * After damage, frames are tried that overlap, and each has a checksum at its end.  So the
 * checksum of all bytes from `first` on is kept, up to every CB__SUMS_SPACING-th byte of the
 * stream.  That of other bytes follows from two of these, and from the bytes before and
 * after.
 *
 * - at[i] is the checksum of the bytes before first + i * CB__SUMS_SPACING.
 * - `first` is a multiple of the spacing.  What leaves the buffer at its head is forgotten
 *   when room is needed.
 * - Out of memory, the bytes are added anew: that is slow, but no error.
 */
#ifndef CB_SUMS_H
#define CB_SUMS_H

#include "core/buffer.h"

enum { CB__SUMS_SPACING = 512 };

struct cb__checksum {
    /* The checksum after n more bytes; 0 is that of no bytes. */
    uint32_t (*add)(uint32_t sum, const void *data, size_t n);
    /* The checksum of bytes that had `all`, after those before the last n of them, which had
     * `old`, were replaced by others, which have `now`. */
    uint32_t (*replace)(uint32_t all, uint32_t old, uint32_t now, uint64_t n);
};

/* Initially all zeros. */
struct cb__sums {
    const struct cb__checksum *checksum; /* NULL: nothing is kept */
    const struct cb_allocator *allocator;
    uint64_t first;                      /* stream position */
    size_t count, room;
    uint32_t *at;
    struct cb__cursor cursor;
};

/* The checksum of the bytes between two stream positions; the buffer has all of them. */
uint32_t cb__sums_of(struct cb__sums *sums, const struct cb_buffer *buffer, uint64_t from,
                     uint64_t to);

/* Forgets all of the buffer, which was that of each call. */
void cb__sums_clear(struct cb__sums *sums);

#endif
