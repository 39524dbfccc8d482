/* SPDX-License-Identifier: MIT */
/*
 * Numbers of one to three digits, as nearly all short records have before them.
 *
 * How many digits there are is no branch.  Four bytes are one word; the digits are moved
 * to its high end, with zeros before them, and examined all at once.  (Known art: SWAR,
 * "SIMD within a register"; finding a byte in a word: A. Mycroft, 1987.)
 */
#ifndef CB_SHORT_NUMBER_H
#define CB_SHORT_NUMBER_H

#include "core/byte_order.h"

/* Least number of bytes at hand. */
enum { CB__SHORT_NUMBER = 4 };

#define CB__EACH_BYTE(byte) (UINT32_C(0x01010101) * (byte))

/* Are these digits in base 10?  They come exclusive-or '0'. */
cb__always_inline bool cb__short_decimal(uint32_t word)
{
    return !(((word + CB__EACH_BYTE(0x80 - 10)) | word) & CB__EACH_BYTE(0x80));
}

/* The same in base 16.  Letters have bit 6, and lower-case ones bit 5, too; the low half
 * is 1 to 6. */
cb__always_inline bool cb__short_hex(uint32_t word)
{
    const uint32_t bytes = word ^ CB__EACH_BYTE('0');
    const uint32_t letter = (bytes >> 6) & CB__EACH_BYTE(1), low = bytes & CB__EACH_BYTE(0x0f);
    const uint32_t high = (bytes & ~(letter << 5)) & CB__EACH_BYTE(0xf0);
    const uint32_t offset = low - letter; /* 0 to 9, or 0 to 5 */
    const uint32_t large = (offset + CB__EACH_BYTE(0x80 - 10) + 4 * letter) | offset;
    return !((high ^ (CB__EACH_BYTE(0x30) + (letter << 4))) | (large & CB__EACH_BYTE(0x80)));
}

/* The value of a digit; of any other byte, any. */
cb__always_inline uint32_t cb__short_digit(uint8_t c, unsigned base)
{
    return base == 10 ? c - (uint32_t)'0' : (c & 15U) + (c >> 6) * 9U;
}

/*
 * The number at `data`, if it has one to three digits and `end` follows; returns how many,
 * or 0 for anything else.  The value does not wait for that, since the next header
 * waits for the value: it is one of three.
 */
cb__always_inline size_t cb__short_number(const uint8_t *data, unsigned base, uint8_t end,
                                          uint64_t *value)
{
    /* (A number does not begin with `end`.) */
    const uint32_t word = cb__load_little4(data), other = (word ^ CB__EACH_BYTE(end)) | 1;
    /* The lowest bit is that of the first `end`. */
    const uint32_t ends = (other - CB__EACH_BYTE(1)) & ~other & CB__EACH_BYTE(0x80);
    const uint64_t one = -(uint64_t)(data[1] == end), two = -(uint64_t)(data[2] == end) & ~one;
    const uint64_t three = ~(one | two);
    const uint32_t a = cb__short_digit(data[0], base), b = cb__short_digit(data[1], base);
    const uint32_t c = cb__short_digit(data[2], base);
    *value = (a & one) | ((a * base + b) & two) | ((a * base * base + b * base + c) & three);
    if (cb__unlikely(!ends))
        return 0;
    const unsigned bits = (unsigned)__builtin_ctz(ends) - 7;
    const uint32_t digits = (uint32_t)((uint64_t)(word ^ CB__EACH_BYTE('0')) << (32 - bits));
    if (cb__unlikely(!(base == 10 ? cb__short_decimal(digits) : cb__short_hex(digits))))
        return 0;
    return (size_t)(3 + 2 * one + two); /* these two are 0 or -1 */
}

#endif
