/* SPDX-License-Identifier: MIT */
/*
 * Numbers of one to three digits, as nearly all short records have before them.
 *
 * How many digits there are is no branch.  The next header waits for the value, so that is
 * found as soon as possible: from three loads at once, each further digit adding something
 * or nothing.  Whether they are digits, and what follows the third, is found out meanwhile.
 */
#ifndef CB_SHORT_NUMBER_H
#define CB_SHORT_NUMBER_H

#include "core/base.h"

/* Least number of bytes at hand. */
enum { CB__SHORT_NUMBER = 4 };

/* The value of each digit in base 16; of any other byte, CB__NO_DIGIT. */
enum { CB__NO_DIGIT = 0x40 };
extern const uint8_t cb__short_digits[256];

/* The value of a digit; of any other byte, any. */
cb__always_inline uint64_t cb__short_digit(uint8_t c, unsigned base)
{
    return base == 10 ? c ^ (uint64_t)'0' : cb__short_digits[c];
}

/* Nothing but the low four bits, if that was a digit. */
cb__always_inline uint64_t cb__short_check(uint64_t value, unsigned base)
{
    return base == 10 ? value + 6 : value;
}

/* The number at `data`, of one to three digits that `end` follows.  False for anything
 * else. */
cb__always_inline bool cb__short_number(const uint8_t *data, unsigned base, uint8_t end,
                                        uint64_t *value, size_t *digits)
{
    const uint64_t a = cb__short_digit(data[0], base), b = cb__short_digit(data[1], base);
    const uint64_t c = cb__short_digit(data[2], base);
    /* All bits, or none. */
    const uint64_t second = -(uint64_t)(data[1] != end);
    const uint64_t third = -(uint64_t)(data[2] != end) & second;
    *value = a + (((base - 1) * a + b) & second) + (((base - 1) * (base * a + b) + c) & third);
    *digits = (size_t)(1 - second - third);
    const uint64_t check = cb__short_check(a, base) | (cb__short_check(b, base) & second) |
                           (cb__short_check(c, base) & third);
    return check < 16 && data[*digits] == end;
}

#endif
