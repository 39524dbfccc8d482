/* SPDX-License-Identifier: MIT */
#include "digits.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

enum { DIGITS_MAX = 20 };

size_t cb__put_number(uint8_t *out, uint64_t number, unsigned base, size_t least)
{
    uint8_t text[DIGITS_MAX], *end = text + DIGITS_MAX, *at = end;
    if (base == 16) {
        for (; number; number >>= 4)
            *--at = (uint8_t)digits[number & 15];
    } else {
        for (; number; number /= 10)
            *--at = (uint8_t)digits[number % 10];
    }
    while ((size_t)(end - at) < cb__max(least, 1))
        *--at = '0';
    memcpy(out, at, (size_t)(end - at));
    return (size_t)(end - at);
}

uint8_t *cb__put_text(uint8_t *to, const char *text)
{
    while (*text)
        *to++ = (uint8_t)*text++;
    return to;
}

int cb__give_number(struct cb_encoder *encoder, const char *before, uint64_t number, unsigned base,
                    const char *after)
{
    uint8_t *to = cb__put_text(encoder->scratch, before);
    to += cb__put_number(to, number, base, 1);
    return cb__give_scratch(encoder, cb__put_text(to, after));
}
