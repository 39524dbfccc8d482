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

/* The value of a digit in base 16, and what it adds if one digit more follows, or two.  Any
 * other byte has a value above 15. */
struct cb__short_digit {
    uint16_t value, second, third;
    uint16_t padding; /* to a size that needs no multiplication */
};

extern const struct cb__short_digit cb__short_digits[256];

/* Three digits, of which the first counts, or the first two; of any other bytes, anything. */
struct cb__short_digits {
    uint64_t first;  /* the number if there is one digit */
    uint64_t second; /* what a second one adds to it */
    uint64_t third;
    uint64_t check[3]; /* above 15 if it is no digit */
};

cb__always_inline struct cb__short_digits cb__short_decimal(const uint8_t *data)
{
    const uint64_t a = data[0] ^ (uint64_t)'0', b = data[1] ^ (uint64_t)'0';
    const uint64_t c = data[2] ^ (uint64_t)'0', ab = 10 * a + b;
    return (struct cb__short_digits){
        .first = a,
        .second = ab - a,
        .third = 9 * ab + c,
        .check = {a + 6, b + 6, c + 6},
    };
}

cb__always_inline struct cb__short_digits cb__short_hex(const uint8_t *data)
{
    const struct cb__short_digit *const a = &cb__short_digits[data[0]];
    const struct cb__short_digit *const b = &cb__short_digits[data[1]];
    const struct cb__short_digit *const c = &cb__short_digits[data[2]];
    return (struct cb__short_digits){
        .first = a->value,
        .second = (uint64_t)a->second + b->value,
        .third = (uint64_t)a->third + b->second + c->value,
        .check = {a->value, b->value, c->value},
    };
}

/* The number at `data`, of one to three digits that `end` follows.  False for anything
 * else. */
cb__always_inline bool cb__short_number(const uint8_t *data, unsigned base, uint8_t end,
                                        uint64_t *value, size_t *digits)
{
    const struct cb__short_digits d = base == 10 ? cb__short_decimal(data) : cb__short_hex(data);
    /* All bits, or none. */
    const uint64_t second = -(uint64_t)(data[1] != end);
    const uint64_t third = -(uint64_t)(data[2] != end) & second;
    *value = d.first + (d.second & second) + (d.third & third);
    *digits = (size_t)(1 - second - third);
    const uint64_t check = d.check[0] | (d.check[1] & second) | (d.check[2] & third);
    return check < 16 && data[*digits] == end;
}

#endif
