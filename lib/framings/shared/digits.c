/* SPDX-License-Identifier: MIT */
#include "framings/shared/digits.h"

#include "core/eight.h"
#include "kernels/text.h"

enum { DIGITS_MAX = 20, TEN_THOUSAND = 10000, HUNDRED_MILLION = 100000000 };

#define PAIRS(tens)                                                                                \
    {tens, '0'}, {tens, '1'}, {tens, '2'}, {tens, '3'}, {tens, '4'}, {tens, '5'}, {tens, '6'},     \
        {tens, '7'}, {tens, '8'},                                                                  \
    {                                                                                              \
        tens, '9'                                                                                  \
    }

const uint8_t cb__digit_pairs[100][2] = {PAIRS('0'), PAIRS('1'), PAIRS('2'), PAIRS('3'),
                                         PAIRS('4'), PAIRS('5'), PAIRS('6'), PAIRS('7'),
                                         PAIRS('8'), PAIRS('9')};

/* Eight digits, as numbers, of a value below a hundred million: the first in the lowest
 * byte.  One number holds two halves of four digits each, then four pairs, then all
 * digits (P.  Khuong, "How to print integers really fast", 2017). */
static inline uint64_t eight_digits(uint64_t number)
{
    uint64_t fours = number / 10000 | number % 10000 << 32;
    uint64_t hundreds = fours * 10486 >> 20 & UINT64_C(0x0000007f0000007f);
    uint64_t pairs = hundreds | (fours - 100 * hundreds) << 16;
    uint64_t tens = pairs * 103 >> 10 & UINT64_C(0x000f000f000f000f);
    return tens | (pairs - 10 * tens) << 8;
}

static inline void store_digits(uint8_t *to, uint64_t digits)
{
    cb__store8(to, digits | CB__EIGHT('0'));
}

static inline uint8_t *put_eight(uint8_t *to, uint64_t number)
{
    store_digits(to, eight_digits(number));
    return to + 8;
}

/* Without leading zeros, but at least one digit. */
static inline uint8_t *put_up_to_eight(uint8_t *to, uint64_t number)
{
    uint64_t digits = eight_digits(number);
    unsigned zeros = (unsigned)__builtin_ctzll(digits | UINT64_C(1) << 56) / 8;
    store_digits(to, digits >> 8 * zeros);
    return to + 8 - zeros;
}

/* The same for a number below ten thousand, in the lower four bytes. */
static inline uint32_t four_digits(uint32_t number)
{
    const uint32_t hundreds = number * 5243 >> 19;
    const uint32_t pairs = hundreds | (number - 100 * hundreds) << 16;
    const uint32_t tens = pairs * 103 >> 10 & 0x000f000f;
    return tens | (pairs - 10 * tens) << 8;
}

static inline uint8_t *put_up_to_four(uint8_t *to, uint32_t number)
{
    const uint32_t digits = four_digits(number);
    const unsigned zeros = (unsigned)__builtin_ctz(digits | UINT32_C(1) << 24) / 8;
    cb__store4(to, (digits | 0x30303030) >> 8 * zeros);
    return to + 4 - zeros;
}

uint8_t *cb__put_decimal(uint8_t *to, uint64_t number)
{
    if (number < TEN_THOUSAND)
        return put_up_to_four(to, (uint32_t)number);
    if (cb__likely(number < HUNDRED_MILLION))
        return put_up_to_eight(to, number);
    uint64_t more = number / HUNDRED_MILLION;
    if (cb__likely(more < HUNDRED_MILLION)) {
        to = put_up_to_eight(to, more);
    } else {
        to = put_up_to_eight(to, more / HUNDRED_MILLION);
        to = put_eight(to, more % HUNDRED_MILLION);
    }
    return put_eight(to, number % HUNDRED_MILLION);
}

uint8_t *cb__put_counter_anew(uint8_t *to, struct cb__counter *counter, const char *text,
                              uint64_t number)
{
    const uint64_t high = number / TEN_THOUSAND;
    const uint8_t *end = cb__put_decimal(cb__put_text(counter->before, text), high);
    counter->size = (size_t)(end - counter->before);
    counter->base = high * TEN_THOUSAND;
    if (counter->base > UINT64_MAX - TEN_THOUSAND)
        counter->base = 0; /* a number after the last one would seem near */
    return cb__put_decimal(cb__put_text(to, text), number);
}

static uint8_t *put_hex(uint8_t *to, uint64_t number)
{
    uint8_t text[DIGITS_MAX], *end = text + DIGITS_MAX, *at = end;
    do {
        *--at = cb__hex_digits[number & 15];
        number >>= 4;
    } while (number);
    memcpy(to, at, (size_t)(end - at));
    return to + (end - at);
}

size_t cb__put_number(uint8_t *out, uint64_t number, unsigned base, size_t least)
{
    uint8_t text[CB__DECIMAL_ROOM];
    uint8_t *end = base == 16 ? put_hex(text, number) : cb__put_decimal(text, number);
    const size_t n = (size_t)(end - text), zeros = n < least ? least - n : 0;
    memset(out, '0', zeros);
    memcpy(out + zeros, text, n);
    return zeros + n;
}

int cb__give_number(struct cb_encoder *encoder, const char *before, uint64_t number, unsigned base,
                    const char *after)
{
    uint8_t *to = cb__put_text(encoder->scratch, before);
    to = base == 16 ? put_hex(to, number) : cb__put_decimal(to, number);
    return cb__give_scratch(encoder, cb__put_text(to, after));
}
