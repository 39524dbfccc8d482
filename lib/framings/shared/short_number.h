/* SPDX-License-Identifier: MIT */
/* Numbers of one to three digits, as nearly all short records have before them. */
#ifndef CB_SHORT_NUMBER_H
#define CB_SHORT_NUMBER_H

#include "core/base.h"

/* Least number of bytes at hand. */
enum { CB__SHORT_NUMBER = 4 };

/* The value of a digit, in base 10 or 16; any other byte has any value. */
cb__always_inline unsigned cb__short_digit(uint8_t c, unsigned base)
{
    return base == 10 ? c - (unsigned)'0' : (c & 15U) + (c >> 6) * 9U;
}

cb__always_inline bool cb__is_short_digit(uint8_t c, unsigned base)
{
    const bool digit = (uint8_t)(c - '0') < 10;
    return base == 10 ? digit : digit | ((uint8_t)((c | 0x20) - 'a') < 6);
}

/*
 * The number at `data`, if it has one to three digits and `end` follows; returns how many,
 * or 0 for anything else.  How many there are is no branch: all three numbers are
 * computed, and one of them is selected.
 */
cb__always_inline size_t cb__short_number(const uint8_t *data, unsigned base, uint8_t end,
                                          uint64_t *value)
{
    const unsigned one = data[1] == end, two = ~one & (data[2] == end), three = 1 ^ (one | two);
    const uint64_t first = cb__short_digit(data[0], base);
    const uint64_t second = first * base + cb__short_digit(data[1], base);
    const uint64_t third = second * base + cb__short_digit(data[2], base);
    const unsigned a = cb__is_short_digit(data[0], base), b = cb__is_short_digit(data[1], base);
    const unsigned c = cb__is_short_digit(data[2], base) & (data[3] == end);
    const unsigned right = a & (one | b) & (one | two | c);
    *value = (first & -(uint64_t)one) | (second & -(uint64_t)two) | (third & -(uint64_t)three);
    return cb__likely(right) ? one + 2 * two + 3 * three : 0;
}

#endif
