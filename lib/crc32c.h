/* SPDX-License-Identifier: MIT */
/*
 * CRC-32C, the checksum of Castagnoli's polynomial (RFC 3720 section 12.1).
 * Layer: base -> crc32c.
 */
#ifndef CB_CRC32C_H
#define CB_CRC32C_H

#include "base.h"

/* The checksum of n more bytes behind those that have the checksum `crc`, which
 * is 0 for none. */
uint32_t cb__crc32c(uint32_t crc, const void *data, size_t n);

#endif
