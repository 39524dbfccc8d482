/* SPDX-License-Identifier: MIT */
/*
 * Text: bytes as digits, as characters of JSON, and whether they are UTF-8.
 * Layer: base -> text.  The kernels know nothing of chunks or framings.
 *
 * Nothing is read beyond the bytes at hand, and nothing written beyond the room
 * that is named.
 */
#ifndef CB_TEXT_H
#define CB_TEXT_H

#include "base.h"

/* Writes the 2 n hexadecimal digits of n bytes. */
void cb__text_hex(const uint8_t *in, size_t n, uint8_t *out);

/* Writes the 4 n / 3 characters of n bytes in base64; n is a multiple of 3. */
void cb__text_base64(const uint8_t *in, size_t n, uint8_t *out);

/* Writes bytes as they stand in a string of JSON (RFC 8259 section 7), and moves
 * both on: takes all of `in`, or leaves less than CB__TRANSFORM_ROOM in `out`. */
void cb__text_escape(const uint8_t **in, const uint8_t *in_end, uint8_t **out,
                     const uint8_t *out_end);

/* How many bytes at the beginning of n are whole characters of UTF-8. */
size_t cb__text_utf8(const uint8_t *data, size_t n);

/* ----------------------------------------------------------------- kernels */

typedef void cb__digits_fn(const uint8_t *in, size_t n, uint8_t *out);
typedef void cb__escape_fn(const uint8_t **in, const uint8_t *in_end, uint8_t **out,
                           const uint8_t *out_end);
typedef size_t cb__utf8_fn(const uint8_t *data, size_t n);

/* One way to do it. */
struct cb__text_kernel {
    const char *name;
    cb__digits_fn *hex, *base64;
    cb__escape_fn *escape;
    cb__utf8_fn *utf8;
};

/* The kernels that this machine can run, the best first, the plain one last;
 * NULL beyond. */
const struct cb__text_kernel *cb__text_kernel_get(size_t i);

/* Makes this one run from now on, for tests. */
void cb__text_kernel_use(const struct cb__text_kernel *kernel);

/* Those of an instruction set that this machine has, the best first; returns
 * how many, at most CB__TEXT_KERNELS.  (text_x86.c, text_neon.c, or text_none.c) */
enum { CB__TEXT_KERNELS = 2 };
size_t cb__text_kernels_here(const struct cb__text_kernel **kernels);

/* What they have in common: for what is shorter than a vector, the plain ones. */
extern const struct cb__text_kernel cb__text_plain;
extern const uint8_t cb__hex_digits[16], cb__base64_digits[64];

/* The letter after the backslash for each byte below 0x20; 'u' where it has none
 * of its own, and four hexadecimal digits follow. */
extern const uint8_t cb__escape_letters[32];

/* What may be wrong with two bytes that follow each other, a bit for each fault:
 * by the high and the low half of the first, and by the high half of the second.
 * What all three have in common is wrong (Keiser and Lemire, "Validating UTF-8 in
 * less than one instruction per byte", 2020). */
extern const uint8_t cb__utf8_faults[3][16];

/* Data[0 .. at) is UTF-8, but for a character that may be cut short: where does
 * that begin? */
static inline size_t cb__utf8_boundary(const uint8_t *data, size_t at)
{
    for (size_t back = 1; back <= 3 && back <= at; back++) {
        const uint8_t c = data[at - back];
        if (c >= 0xc0)
            return back < 2U + (c >= 0xe0) + (c >= 0xf0) ? at - back : at;
        if (c < 0x80)
            break;
    }
    return at;
}

/* The same where something from `at` on is wrong or cut short: the rest, one
 * character at a time. */
static inline size_t cb__utf8_rest(const uint8_t *data, size_t at, size_t n)
{
    at = cb__utf8_boundary(data, at);
    return at + cb__text_plain.utf8(data + at, n - at);
}

/* Writes a byte that needs it as an escape, of at most 6 bytes, and returns where
 * that ends. */
static inline uint8_t *cb__put_escape(uint8_t *out, uint8_t c)
{
    const uint8_t letter = c < 0x20 ? cb__escape_letters[c] : c;
    out[0] = '\\';
    out[1] = letter;
    if (letter != 'u')
        return out + 2;
    out[2] = '0';
    out[3] = '0';
    out[4] = cb__hex_digits[c >> 4];
    out[5] = cb__hex_digits[c & 15];
    return out + 6;
}

#endif
