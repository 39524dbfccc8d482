/* SPDX-License-Identifier: MIT */
/*
 * Eight bytes as one number (Warren, "Hacker's Delight", section 6-1).
 */
#ifndef CB_EIGHT_H
#define CB_EIGHT_H

#include <string.h>

#include "core/base.h"

/* Eight copies of a byte, and the high bit of each. */
#define CB__EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))
#define CB__EIGHT_HIGH CB__EIGHT(0x80)

static inline uint64_t cb__load8(const uint8_t *data)
{
    uint64_t bytes;
    memcpy(&bytes, data, sizeof bytes);
    return bytes;
}

/* Stores the lowest byte first. (Compilers make one store of it.) */
static inline void cb__store8(uint8_t *to, uint64_t bytes)
{
    to[0] = (uint8_t)bytes;
    to[1] = (uint8_t)(bytes >> 8);
    to[2] = (uint8_t)(bytes >> 16);
    to[3] = (uint8_t)(bytes >> 24);
    to[4] = (uint8_t)(bytes >> 32);
    to[5] = (uint8_t)(bytes >> 40);
    to[6] = (uint8_t)(bytes >> 48);
    to[7] = (uint8_t)(bytes >> 56);
}

/* The same for four of them. */
static inline void cb__store4(uint8_t *to, uint32_t bytes)
{
    to[0] = (uint8_t)bytes;
    to[1] = (uint8_t)(bytes >> 8);
    to[2] = (uint8_t)(bytes >> 16);
    to[3] = (uint8_t)(bytes >> 24);
}

/* Is one of them less than `least`, at most 0x80? (Subtracting `least` borrows from its
 * high bit.) */
static inline bool cb__any_below(uint64_t bytes, uint8_t least)
{
    return ((bytes - CB__EIGHT(least)) & ~bytes & CB__EIGHT_HIGH) != 0;
}

/* Is one of them this byte? */
static inline bool cb__any_is(uint64_t bytes, uint8_t byte)
{
    return cb__any_below(bytes ^ CB__EIGHT(byte), 1);
}

#endif
