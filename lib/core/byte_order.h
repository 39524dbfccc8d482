/* SPDX-License-Identifier: MIT */
/*
 * Byte order: unsigned numbers of 1 to 8 bytes, in either byte order, and of 1 to 10, as
 * LEB128.
 * Layer: base -> byte_order.
 */
#ifndef CB_BYTE_ORDER_H
#define CB_BYTE_ORDER_H

#include "core/base.h"

static inline uint64_t cb__load_big(const uint8_t *bytes, size_t width)
{
    uint64_t value = 0;
    for (const uint8_t *end = bytes + width; bytes < end; bytes++)
        value = value << 8 | *bytes;
    return value;
}

static inline uint64_t cb__load_little(const uint8_t *bytes, size_t width)
{
    uint64_t value = 0;
    while (width--)
        value = value << 8 | bytes[width];
    return value;
}

/* Eight bytes at once, which compilers make one load of. */
static inline uint64_t cb__load_big8(const uint8_t *b)
{
    return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
           (uint64_t)b[3] << 32 | (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
           (uint64_t)b[6] << 8 | b[7];
}

static inline uint64_t cb__load_little8(const uint8_t *b)
{
    return (uint64_t)b[7] << 56 | (uint64_t)b[6] << 48 | (uint64_t)b[5] << 40 |
           (uint64_t)b[4] << 32 | (uint64_t)b[3] << 24 | (uint64_t)b[2] << 16 |
           (uint64_t)b[1] << 8 | b[0];
}

static inline uint32_t cb__load_little2(const uint8_t *b)
{
    return (uint32_t)b[1] << 8 | b[0];
}

static inline uint64_t cb__load_uint(const uint8_t *bytes, size_t width, bool little)
{
    return little ? cb__load_little(bytes, width) : cb__load_big(bytes, width);
}

enum { CB__LEB128_MAX = 10 }; /* bytes of a 64-bit number */

/* Stores a number in as few bytes as possible, and returns how many: seven bits in each,
 * the lowest first (LEB128; DWARF 5, section 7.6). */
static inline size_t cb__store_leb128(uint8_t *to, uint64_t value)
{
    size_t n = 0;
    for (; value > 0x7f; value >>= 7)
        to[n++] = (uint8_t)(value | 0x80);
    to[n++] = (uint8_t)value;
    return n;
}

/* Stores the lowest `width` bytes of a number. */
static inline void cb__store_uint(uint8_t *to, size_t width, bool little, uint64_t value)
{
    for (size_t i = 0; i < width; i++, value >>= 8)
        to[little ? i : width - 1 - i] = (uint8_t)value;
}

#endif
