/* SPDX-License-Identifier: MIT */
/*
 * What every other file may use: checked arithmetic, digits, a few attributes.
 * Layer: the lowest one; it sees the public header only.
 */
#ifndef CB_BASE_H
#define CB_BASE_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdbool.h>

#include "chunkedbuffer.h"

#define cb__likely(x) __builtin_expect(!!(x), 1)
#define cb__unlikely(x) __builtin_expect(!!(x), 0)

/* *sum = a + b; false where that does not fit. */
static inline bool cb__add_size(size_t a, size_t b, size_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

static inline bool cb__add_u64(uint64_t a, uint64_t b, uint64_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

/* *product = a * b; false where that does not fit. */
static inline bool cb__mul_u64(uint64_t a, uint64_t b, uint64_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

static inline bool cb__mul_size(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

static inline size_t cb__min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t cb__max(size_t a, size_t b)
{
    return a > b ? a : b;
}

static inline bool cb__is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The value of a digit, in bases up to 16; 16 for what is none. */
static inline unsigned cb__digit_value(uint8_t c)
{
    if (cb__is_digit(c))
        return c - (unsigned)'0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10 : 16;
}

/* The part of n bytes that fits into a size_t. */
static inline size_t cb__clamp_u64(uint64_t n)
{
    return n > SIZE_MAX ? SIZE_MAX : (size_t)n;
}

/* The number of bytes from an option struct of the caller's that this version
 * of the library knows; false where the struct is not even large enough to say
 * its size. */
static inline bool cb__options_size(size_t theirs, size_t ours, size_t *n)
{
    *n = cb__min(theirs, ours);
    return theirs >= sizeof(size_t);
}

#endif
