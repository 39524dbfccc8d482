/* SPDX-License-Identifier: MIT */
/*
 * Numbers of one to three digits: the length of nearly every short record.
 *
 * There is no branch on the number of digits.  The next header waits for the value, so it is
 * found as soon as possible: three loads at once make a number of one, of two and of three
 * digits, and the right one is chosen.  Meanwhile it is checked that they are digits, and
 * what follows them.
 */
#ifndef CB_SHORT_NUMBER_H
#define CB_SHORT_NUMBER_H

#include "core/base.h"

/* How many bytes must be available. */
enum { CB__SHORT_NUMBER = 4 };

/* The value of a digit in base 16.  Any other byte has a value above 15. */
extern const uint8_t cb__short_digits[256];

/* One, two or three digits: how many, the number plus that, and something above 15 if one of
 * them is not a digit. */
struct cb__short_digits {
    uint64_t size, with_size, check;
};

/* The numbers that begin at `data`, of any bytes: all[i] of i + 1 digits. */
cb__always_inline void cb__short_decimal(const uint8_t *data, struct cb__short_digits *all)
{
    const uint64_t a = data[0], b = data[1], c = data[2], zero = '0';
    const uint64_t one = (a ^ zero) + 6, two = one | ((b ^ zero) + 6), three = (c ^ zero) + 6;
    all[0] = (struct cb__short_digits){1, a + (1 - zero), one};
    all[1] = (struct cb__short_digits){2, 10 * a + b + (2 - 11 * zero), two};
    all[2] = (struct cb__short_digits){3, 100 * a + (10 * b + c + (3 - 111 * zero)), two | three};
}

cb__always_inline void cb__short_hex(const uint8_t *data, struct cb__short_digits *all)
{
    const uint64_t a = cb__short_digits[data[0]], b = cb__short_digits[data[1]];
    const uint64_t c = cb__short_digits[data[2]];
    all[0] = (struct cb__short_digits){1, a + 1, a};
    all[1] = (struct cb__short_digits){2, (a << 4) + (b + 2), a | b};
    all[2] = (struct cb__short_digits){3, (a << 8) + ((b << 4) + (c + 3)), a | b | c};
}

/* Takes `other` if the byte is the end.  In C compilers make a branch of it, or a mask that
 * the number has to wait for. */
cb__always_inline void cb__short_choose(struct cb__short_digits *digits, uint8_t byte, uint8_t end,
                                        const struct cb__short_digits *other)
{
#ifdef __x86_64__
    __asm__("cmpb %[end], %[byte]\n\t"
            "cmove %[with_size], %[to_with_size]\n\t"
            "cmove %[size], %[to_size]\n\t"
            "cmove %[check], %[to_check]"
            : [to_with_size] "+&r"(digits->with_size), [to_size] "+&r"(digits->size),
              [to_check] "+&r"(digits->check)
            : [byte] "q"(byte), [end] "qi"(end), [with_size] "r"(other->with_size),
              [size] "r"(other->size), [check] "r"(other->check)
            : "cc");
#else
    const uint64_t mask = -(uint64_t)(byte == end);
    digits->with_size ^= (digits->with_size ^ other->with_size) & mask;
    digits->size ^= (digits->size ^ other->size) & mask;
    digits->check ^= (digits->check ^ other->check) & mask;
#endif
}

/* A number of one to three digits at `data`, followed by `end`.  *with_digits is the number
 * plus the number of digits: what the next header waits for.  False for anything else. */
cb__always_inline bool cb__short_number(const uint8_t *data, unsigned base, uint8_t end,
                                        uint64_t *with_digits, size_t *digits)
{
    struct cb__short_digits all[3], right;
    if (base == 10) {
        cb__short_decimal(data, all);
        right = all[2];
        cb__short_choose(&right, data[2], end, &all[1]);
        cb__short_choose(&right, data[1], end, &all[0]);
    } else {
        /* Few short records have three digits in base 16, so that is a branch. */
        cb__short_hex(data, all);
        right = all[1];
        cb__short_choose(&right, data[1], end, &all[0]);
        if (cb__unlikely(data[right.size] != end) && right.size == 2)
            right = all[2];
    }
    *with_digits = right.with_size;
    *digits = (size_t)right.size;
    return right.check < 16 && data[right.size] == end;
}

#endif
