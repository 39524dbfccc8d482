/* SPDX-License-Identifier: MIT */
#include "kernels/text.h"

#include <string.h>

#include "core/eight.h"
#include "kernels/choose.h"

const uint8_t cb__hex_digits[16] = {'0', '1', '2', '3', '4', '5', '6', '7',
                                    '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

/* ----------------------------------------------------- hexadecimal and base64 */

// clang-format off
#define TWO(macro, i) macro(i), macro((i) + 1)
#define FOUR(macro, i) TWO(macro, i), TWO(macro, (i) + 2)
#define SIXTEEN(macro, i) \
    FOUR(macro, i), FOUR(macro, (i) + 4), FOUR(macro, (i) + 8), FOUR(macro, (i) + 12)
#define SIXTY_FOUR(macro, i) \
    SIXTEEN(macro, i), SIXTEEN(macro, (i) + 16), SIXTEEN(macro, (i) + 32), SIXTEEN(macro, (i) + 48)

#define HEX_DIGIT(i) (uint8_t)((i) < 10 ? '0' + (i) : 'a' + (i) - 10)
#define HEX_PAIR(i) {HEX_DIGIT((i) >> 4), HEX_DIGIT((i) & 15)}
static const uint8_t hex_pairs[256][2] = {
    SIXTY_FOUR(HEX_PAIR, 0), SIXTY_FOUR(HEX_PAIR, 64),
    SIXTY_FOUR(HEX_PAIR, 128), SIXTY_FOUR(HEX_PAIR, 192),
};

/* RFC 4648, table 1. */
#define BASE64_DIGIT(i) \
    (uint8_t)((i) < 26 ? 'A' + (i) : (i) < 52 ? 'a' + (i) - 26 : (i) < 62 ? '0' + (i) - 52 : \
              (i) == 62 ? '+' : '/')
const uint8_t cb__base64_digits[64] = {SIXTY_FOUR(BASE64_DIGIT, 0)};
// clang-format on

static void hex(const uint8_t *in, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        memcpy(out + 2 * i, hex_pairs[in[i]], 2);
}

/* Four characters, of which the first is in the lowest byte. */
static inline uint32_t base64_four(uint32_t bits)
{
    return cb__base64_digits[bits >> 18] | (uint32_t)cb__base64_digits[bits >> 12 & 63] << 8 |
           (uint32_t)cb__base64_digits[bits >> 6 & 63] << 16 |
           (uint32_t)cb__base64_digits[bits & 63] << 24;
}

static void base64(const uint8_t *in, size_t n, uint8_t *out)
{
    for (; n >= 3; n -= 3, in += 3, out += 4)
        cb__store4(out, base64_four((uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2]));
    if (!n)
        return;
    const uint32_t two = n == 2 ? (uint32_t)in[1] << 8 : 0, third = n == 2 ? 0 : '=' ^ 'A';
    const uint32_t four = base64_four((uint32_t)in[0] << 16 | two);
    /* (What has no bits is an A.) */
    cb__store4(out, four ^ (third << 16 | (uint32_t)('=' ^ 'A') << 24));
}

/* ---------------------------------------------------------------------- JSON */

const uint8_t cb__escape_letters[32] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
};

const uint8_t cb__escape_short[16] = {
    0, 1, 2, 3, 4, 5, 6, 7, 'b', 't', 'n', 11, 'f', 'r', 14, 15,
};

// clang-format off
/* Byte b of eight, with a backslash before those of mask m, is at this place. */
#define PLACE(m, b) ((b) + __builtin_popcount((m) & ((2 << (b)) - 1)))
#define IS_AT(m, i, b) (PLACE(m, b) == (i) ? (b) - 8 : 0)
#define AT(m, i) \
    (8 + IS_AT(m, i, 0) + IS_AT(m, i, 1) + IS_AT(m, i, 2) + IS_AT(m, i, 3) + \
     IS_AT(m, i, 4) + IS_AT(m, i, 5) + IS_AT(m, i, 6) + IS_AT(m, i, 7))
#define SHUFFLE(m) \
    {AT(m, 0), AT(m, 1), AT(m, 2), AT(m, 3), AT(m, 4), AT(m, 5), AT(m, 6), AT(m, 7), \
     AT(m, 8), AT(m, 9), AT(m, 10), AT(m, 11), AT(m, 12), AT(m, 13), AT(m, 14), AT(m, 15)}
const uint8_t cb__escape_shuffles[256][16] = {
    SIXTY_FOUR(SHUFFLE, 0), SIXTY_FOUR(SHUFFLE, 64),
    SIXTY_FOUR(SHUFFLE, 128), SIXTY_FOUR(SHUFFLE, 192),
};
// clang-format on

static bool needs_escape(uint8_t c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

/* Does none of eight bytes need an escape? */
static bool all_plain(uint64_t bytes)
{
    return !cb__any_below(bytes, 0x20) && !cb__any_is(bytes, '"') && !cb__any_is(bytes, '\\');
}

static void escape(const uint8_t **in, const uint8_t *in_end, uint8_t **out, const uint8_t *out_end)
{
    const uint8_t *from = *in;
    uint8_t *to = *out;
    while (from < in_end && out_end - to >= 8) {
        if (in_end - from >= 8 && all_plain(cb__load8(from))) {
            memcpy(to, from, 8);
            from += 8;
            to += 8;
            continue;
        }
        uint8_t c = *from++;
        if (cb__unlikely(needs_escape(c)))
            to = cb__put_escape(to, c);
        else
            *to++ = c;
    }
    *in = from;
    *out = to;
}

/* The last eight bytes overlap the ones before. */
size_t cb__text_as_is(const uint8_t *data, size_t n, uint8_t *out)
{
    size_t i = 0;
    for (; i + 8 <= n; i = n - i >= 16 || i + 8 == n ? i + 8 : n - 8) {
        const uint64_t bytes = cb__load8(data + i);
        if (bytes & CB__EIGHT_HIGH || !all_plain(bytes))
            return i;
        memcpy(out + i, &bytes, 8);
    }
    for (; i < n && data[i] < 0x80 && !needs_escape(data[i]); i++)
        out[i] = data[i];
    return i;
}

/* --------------------------------------------------------------------- UTF-8 */

enum {
    TOO_SHORT = 1 << 0,  /* a continuation is missing */
    TOO_LONG = 1 << 1,   /* a continuation after ASCII */
    OVERLONG_3 = 1 << 2, /* the character fits in fewer bytes */
    TOO_LARGE = 1 << 3,  /* beyond U+10FFFF: F4 90 and above */
    SURROGATE = 1 << 4,
    OVERLONG_2 = 1 << 5,
    OVERLONG_4 = 1 << 6, /* or F5 and above, followed by 80 to 8F */
    TWO_CONTS = 1 << 7,  /* two continuations: valid in a character of three or four bytes */
    ANY = TOO_SHORT | TOO_LONG | TWO_CONTS,
    LARGE = ANY | TOO_LARGE | OVERLONG_4,
    CONT = TOO_LONG | OVERLONG_2 | TWO_CONTS,
};

const uint8_t cb__utf8_faults[3][16] = {
    {TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TWO_CONTS,
     TWO_CONTS, TWO_CONTS, TWO_CONTS, TOO_SHORT | OVERLONG_2, TOO_SHORT,
     TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4},
    {ANY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, ANY | OVERLONG_2, ANY, ANY, ANY | TOO_LARGE, LARGE,
     LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE | SURROGATE, LARGE, LARGE},
    {TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
     CONT | OVERLONG_3 | OVERLONG_4, CONT | OVERLONG_3 | TOO_LARGE, CONT | SURROGATE | TOO_LARGE,
     CONT | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT},
};

static bool is_between(uint8_t c, uint8_t least, uint8_t most)
{
    return c >= least && c <= most;
}

/* The length of the multibyte character that begins here, or 0. */
static size_t character(const uint8_t *data, size_t n)
{
    const uint8_t c = data[0];
    const size_t length = 2U + (c >= 0xe0) + (c >= 0xf0);
    if (!is_between(c, 0xc2, 0xf4) || n < length)
        return 0;
    if (!is_between(data[1],
                    c == 0xe0   ? 0xa0
                    : c == 0xf0 ? 0x90
                                : 0x80,
                    c == 0xed   ? 0x9f
                    : c == 0xf4 ? 0x8f
                                : 0xbf))
        return 0;
    for (size_t i = 2; i < length; i++) {
        if ((data[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

static size_t utf8(const uint8_t *data, size_t n)
{
    size_t i = 0;
    while (i < n) {
        while (n - i >= 8 && !(cb__load8(data + i) & CB__EIGHT_HIGH))
            i += 8;
        for (; i < n && data[i] < 0x80; i++)
            ;
        while (i < n && data[i] >= 0x80) {
            size_t length = character(data + i, n - i);
            if (!length)
                return i;
            i += length;
        }
    }
    return i;
}

/* Most strings need no escape, and are copied as they are. */
static uint8_t *string(const uint8_t *data, size_t n, uint8_t *out)
{
    const size_t done = cb__text_as_is(data, n, out);
    const uint8_t *in = data + done, *end = data + n;
    out += done;
    if (cb__likely(done == n))
        return out;
    if (utf8(in, n - done) < n - done)
        return NULL;
    escape(&in, end, &out, out + CB__ESCAPE_MAX * (n - done) + CB__STRING_ROOM);
    return out;
}

/* ----------------------------------------------------------------- kernels */

const struct cb__text_kernel cb__text_plain = {
    .name = "plain",
    .hex = hex,
    .base64 = base64,
    .escape = escape,
    .utf8 = utf8,
    .string = string,
};

CB__CHOOSE_KERNEL(cb__text_kernel, &cb__text_plain);

void cb__text_hex(const uint8_t *in, size_t n, uint8_t *out)
{
    kernel_now()->hex(in, n, out);
}

void cb__text_base64(const uint8_t *in, size_t n, uint8_t *out)
{
    kernel_now()->base64(in, n, out);
}

void cb__text_escape(const uint8_t **in, const uint8_t *in_end, uint8_t **out,
                     const uint8_t *out_end)
{
    kernel_now()->escape(in, in_end, out, out_end);
}

size_t cb__text_utf8(const uint8_t *data, size_t n)
{
    return kernel_now()->utf8(data, n);
}

uint8_t *cb__text_string(const uint8_t *data, size_t n, uint8_t *out)
{
    return kernel_now()->string(data, n, out);
}
