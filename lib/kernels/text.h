/* SPDX-License-Identifier: MIT */
/*
 * Text: bytes as digits, as JSON characters, and UTF-8 validation.
 * Layer: base -> text.  The kernels know nothing of chunks or framings.
 *
 * Nothing is read beyond the given bytes, and nothing written beyond the given
 * room.
 */
#ifndef CB_TEXT_H
#define CB_TEXT_H

#include "core/base.h"

/* Writes the 2 n hexadecimal digits of n bytes. */
void cb__text_hex(const uint8_t *in, size_t n, uint8_t *out);

/* Writes the cb__base64_size(n) characters of n bytes in base64, padded. */
void cb__text_base64(const uint8_t *in, size_t n, uint8_t *out);

static inline size_t cb__base64_size(size_t n)
{
    return (n + 2) / 3 * 4;
}

/* Writes bytes as they appear in a JSON string (RFC 8259 section 7), and advances both:
 * consumes all of `in`, or leaves less than CB__TRANSFORM_ROOM in `out`. */
void cb__text_escape(const uint8_t **in, const uint8_t *in_end, uint8_t **out,
                     const uint8_t *out_end);

/* How many of the n bytes are whole UTF-8 characters, from the beginning. */
size_t cb__text_utf8(const uint8_t *data, size_t n);

/* Writes n bytes of UTF-8 as they appear in a JSON string, and returns the end; NULL if they
 * are not UTF-8.  There is room for CB__ESCAPE_MAX * n + CB__STRING_ROOM bytes. */
uint8_t *cb__text_string(const uint8_t *data, size_t n, uint8_t *out);

enum { CB__ESCAPE_MAX = 6, CB__STRING_ROOM = 256 };

/* ----------------------------------------------------------------- kernels */

typedef void cb__digits_fn(const uint8_t *in, size_t n, uint8_t *out);
typedef void cb__escape_fn(const uint8_t **in, const uint8_t *in_end, uint8_t **out,
                           const uint8_t *out_end);
typedef size_t cb__utf8_fn(const uint8_t *data, size_t n);
typedef uint8_t *cb__string_fn(const uint8_t *data, size_t n, uint8_t *out);

/* One implementation. */
struct cb__text_kernel {
    const char *name;
    cb__digits_fn *hex, *base64;
    cb__escape_fn *escape;
    cb__utf8_fn *utf8;
    cb__string_fn *string;
};

/* The kernels that this machine can run, the fastest first, plain C last; NULL after
 * the last. */
const struct cb__text_kernel *cb__text_kernel_get(size_t i);

/* Selects a kernel, for tests. */
void cb__text_kernel_use(const struct cb__text_kernel *kernel);

/* The kernels of one instruction set that this machine supports, the fastest first;
 * returns how many, at most CB__KERNELS. (text_x86.c, text_neon.c, or text_none.c) */
size_t cb__text_kernels_here(const struct cb__text_kernel **kernels);

/* What they share: the plain functions, for input shorter than a vector. */
extern const struct cb__text_kernel cb__text_plain;

/* Copies bytes that are ASCII and need no escape, from the beginning, and returns how many:
 * perhaps not all of those.  May overwrite 8 bytes more. */
size_t cb__text_as_is(const uint8_t *data, size_t n, uint8_t *out);

extern const uint8_t cb__hex_digits[16], cb__base64_digits[64];

/* The letter after the backslash for each byte below 0x20; 'u' if it has no letter of
 * its own, and four hexadecimal digits follow. */
extern const uint8_t cb__escape_letters[32];

/* The same for those below 0x10, where a byte without a letter of its own stays as it is. */
extern const uint8_t cb__escape_short[16];

/* Shuffles that put a backslash (index 8 and above) before those of eight bytes whose bit is
 * set. */
extern const uint8_t cb__escape_shuffles[256][16];

/* Possible errors of two adjacent bytes, one bit each: by the high and the low half of
 * the first, and by the high half of the second.  A bit set in all three is an error
 * (Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte", 2020). */
extern const uint8_t cb__utf8_faults[3][16];

/* data[0 .. at) is UTF-8, but its last character may be truncated: returns where that begins,
 * or `at`. */
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

/* As cb__text_utf8, where data[0 .. at) is as above, and an error or a truncated character is
 * near: checks the rest, one character at a time. */
static inline size_t cb__utf8_rest(const uint8_t *data, size_t at, size_t n)
{
    at = cb__utf8_boundary(data, at);
    return at + cb__text_plain.utf8(data + at, n - at);
}

/* Writes a byte as an escape of at most 6 bytes, and returns the end of it. */
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
