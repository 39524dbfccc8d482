/* SPDX-License-Identifier: MIT */
/*
 * What every other file may use: checked arithmetic, classes of bytes, option structs, a
 * few attributes.
 * Layer: the lowest one; it sees the public header only.
 */
#ifndef CB_BASE_H
#define CB_BASE_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdbool.h>
#include <string.h>

#include "chunkedbuffer.h"

#define cb__likely(x) __builtin_expect(!!(x), 1)
#define cb__unlikely(x) __builtin_expect(!!(x), 0)

/* For a loop that calls a function or tests a flag it is given: inlined, it is compiled for
 * that function or flag. */
#define cb__always_inline static inline __attribute__((always_inline))

/* What internal functions return besides CB_OK and the errors.  Public functions use
 * other values, some of which coincide: see enum cb_status.  (The enum has no name, since
 * functions return these and the public values as ints.) */
enum {
    CB__NO = 0,
    CB__YES = 1,
    CB__MORE = 2, /* more input is needed */
    CB__END = 4   /* nothing follows */
};

/* What a public function returns instead of these. */
static inline int cb__public(int status)
{
    return status == CB__MORE ? CB_MORE : status == CB__END ? CB_END : status;
}

/* *sum = a + b; false if that does not fit. */
static inline bool cb__add_size(size_t a, size_t b, size_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

static inline bool cb__add_u64(uint64_t a, uint64_t b, uint64_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

/* *difference = a - b; false if that is negative. */
static inline bool cb__sub_u64(uint64_t a, uint64_t b, uint64_t *difference)
{
    return !__builtin_sub_overflow(a, b, difference);
}

/* *product = a * b; false if that does not fit. */
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

/* The ending of a noun in a message: "1 byte", "2 bytes". */
static inline const char *cb__plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static inline bool cb__is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool cb__is_line_end(uint8_t c)
{
    return c == '\n' || c == '\r';
}

/* What a byte of a pattern matches. */
enum cb__wild {
    CB__WILD_NONE,  /* itself */
    CB__WILD_DIGIT, /* any ASCII digit */
    CB__WILD_ANY    /* any byte */
};

/* Does a byte of a pattern match `c`? */
static inline bool cb__wild_is(uint8_t wild, uint8_t byte, uint8_t c)
{
    return wild == CB__WILD_NONE ? byte == c : wild == CB__WILD_ANY || cb__is_digit(c);
}

/* The value of a digit, in bases up to 16; 16 if it is not a digit. */
static inline unsigned cb__digit_value(uint8_t c)
{
    if (cb__is_digit(c))
        return c - (unsigned)'0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10 : 16;
}

/* n, limited to what fits in a size_t. */
static inline size_t cb__clamp_u64(uint64_t n)
{
    return n > SIZE_MAX ? SIZE_MAX : (size_t)n;
}

/* No option struct is longer than this: a greater size was never initialized. */
enum { CB__OPTIONS_MAX = 4096 };

/* Reads the caller's option struct, of which this version of the library knows the
 * first `known` bytes, over the defaults in *ours; NULL leaves the defaults.  False if
 * its size is impossible, or if a byte beyond the known ones is not zero. */
static inline bool cb__options_read(const void *theirs, void *ours, size_t known)
{
    const uint8_t *bytes = theirs;
    size_t size;
    if (!theirs)
        return true;
    memcpy(&size, theirs, sizeof size);
    if (size < sizeof size || size > CB__OPTIONS_MAX)
        return false;
    for (size_t i = known; i < size; i++) {
        if (bytes[i])
            return false;
    }
    memcpy(ours, theirs, cb__min(size, known));
    return true;
}

/* The other way round: fills the caller's struct, whose size is set, from *ours.  What
 * this version does not know becomes zero. */
static inline bool cb__stats_write(void *theirs, const void *ours, size_t known)
{
    uint8_t *bytes = theirs;
    size_t size;
    memcpy(&size, theirs, sizeof size);
    if (size < sizeof size || size > CB__OPTIONS_MAX)
        return false;
    memcpy(bytes + sizeof size, (const uint8_t *)ours + sizeof size,
           cb__min(size, known) - sizeof size);
    if (size > known)
        memset(bytes + known, 0, size - known);
    return true;
}

/* Is it usable?  NULL stands for the default. */
static inline bool cb__allocator_is_usable(const struct cb_allocator *allocator)
{
    return !allocator || (allocator->alloc && allocator->free);
}

/* size zeroed bytes; NULL if out of memory. */
static inline void *cb__alloc_zeroed(const struct cb_allocator *allocator, size_t size)
{
    void *memory = allocator->alloc(allocator->arg, size);
    return memory ? memset(memory, 0, size) : NULL;
}

/* Are all of these flags known?  A yes-or-no option has `known` 1. */
static inline bool cb__flags_known(unsigned flags, unsigned known)
{
    return !(flags & ~known);
}

#endif
