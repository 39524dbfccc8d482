/* SPDX-License-Identifier: MIT */
/*
 * CRC-32C, the checksum of Castagnoli's polynomial (RFC 3720 section 12.1).
 * Layer: base -> crc32c.
 */
#ifndef CB_CRC32C_H
#define CB_CRC32C_H

#include "core/base.h"

/* The checksum after n more bytes, where `crc` is the checksum before them, 0 at the
 * beginning. */
uint32_t cb__crc32c(uint32_t crc, const void *data, size_t n);

/* Bytes have the checksum `all`.  Those before the last n, whose checksum is `old`, are
 * replaced by others, whose checksum is `now`: what is the checksum of all then?  O(log n). */
uint32_t cb__crc32c_replace(uint32_t all, uint32_t old, uint32_t now, uint64_t n);

#endif
