/* SPDX-License-Identifier: MIT */
/*
 * Stuffing: payload in which one byte value is kept for the end of a frame.  SLIP and HDLC
 * replace it by an escape (RFC 1055; RFC 1662), COBS by the distance to the next one
 * (framings/cobs.c).
 * Layer: base -> stuffing -> rewrite, whose kernels have these functions, too.
 *
 * As with all rewriting, up to 64 bytes after the result may be overwritten.
 */
#ifndef CB_STUFFING_H
#define CB_STUFFING_H

#include "core/base.h"

/* Bytes that are escaped. */
struct cb__escapes {
    uint8_t end, escape;         /* END ends a packet, ESC begins an escape */
    uint8_t for_end, for_escape; /* what follows ESC instead of an END or ESC in the payload */
    uint8_t inverted;            /* any byte may follow ESC, with these bits inverted; 0: only
                                    those two */
};

/* Where a packet ends: the offset of its END in the input, and of the end of its payload in
 * the output. */
struct cb__packet_end {
    uint32_t in, out;
};

/* Entries that an array of these needs beyond `max`. */
enum { CB__PACKETS_SLACK = 64 };

enum { CB__COBS_CODE_MAX = 0xff, CB__COBS_BLOCK_MAX = CB__COBS_CODE_MAX - 1 };

static inline size_t cb__cobs_size(size_t n)
{
    return n + n / CB__COBS_BLOCK_MAX + 1;
}

/* Writes n bytes of a packet with escapes, without END; returns their end. */
typedef uint8_t *cb__escape_packet_fn(const struct cb__escapes *escapes, const uint8_t *data,
                                      size_t n, uint8_t *to);

/* Writes the payload of packets, one after another, and returns how many ends it found, at
 * most `max` >= 1: fewer only if no other is in data[0 .. n), or at most 64 bytes before an
 * escape that is wrong, which ESC before END or ESC always is.  ends has room for max +
 * CB__PACKETS_SLACK; n < 2^32. */
typedef size_t cb__unescape_fn(const struct cb__escapes *escapes, const uint8_t *data, size_t n,
                               uint8_t *to, struct cb__packet_end *ends, size_t max);

/* Writes the blocks of a frame of n bytes, cb__cobs_size(n) at most, without the zero after
 * it; returns their end. */
typedef uint8_t *cb__cobs_fn(const uint8_t *data, size_t n, uint8_t *to);

/* One implementation. */
struct cb__stuffing {
    cb__escape_packet_fn *escape;
    cb__unescape_fn *unescape;
    cb__cobs_fn *cobs;
};

/* Writes the payload of a frame, data[0 .. n), which has no zero, and returns its end; NULL
 * if the last block has not all its bytes.  Reads no byte from `limit` on. */
uint8_t *cb__uncobs(const uint8_t *data, size_t n, const uint8_t *limit, uint8_t *to);

/* In plain C. */
cb__escape_packet_fn cb__escape_packet_plain;
cb__unescape_fn cb__unescape_plain;
cb__cobs_fn cb__cobs_plain;

#endif
