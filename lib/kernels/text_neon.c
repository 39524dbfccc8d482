/* SPDX-License-Identifier: MIT */
/* Kernels for 64-bit Arm, whose processors all have NEON. */
#include <string.h>

#include "kernels/neon.h"
#include "kernels/text.h"

static void neon_hex(const uint8_t *in, size_t n, uint8_t *out)
{
    const uint8x16_t digits = vld1q_u8(cb__hex_digits);
    for (; n >= 16; n -= 16, in += 16, out += 32) {
        uint8x16_t bytes = vld1q_u8(in);
        uint8x16x2_t pairs = {{vqtbl1q_u8(digits, vshrq_n_u8(bytes, 4)),
                               vqtbl1q_u8(digits, vandq_u8(bytes, vdupq_n_u8(15)))}};
        vst2q_u8(out, pairs);
    }
    cb__text_plain.hex(in, n, out);
}

/* Loads and stores that deinterleave three and four vectors do most of the work. */
static void neon_base64(const uint8_t *in, size_t n, uint8_t *out)
{
    const uint8x16x4_t digits = vld1q_u8_x4(cb__base64_digits);
    const uint8x16_t six = vdupq_n_u8(63);
    for (; n >= 48; n -= 48, in += 48, out += 64) {
        uint8x16x3_t b = vld3q_u8(in);
        uint8x16_t second = vorrq_u8(vshlq_n_u8(b.val[0], 4), vshrq_n_u8(b.val[1], 4));
        uint8x16_t third = vorrq_u8(vshlq_n_u8(b.val[1], 2), vshrq_n_u8(b.val[2], 6));
        uint8x16x4_t characters = {{
            vqtbl4q_u8(digits, vshrq_n_u8(b.val[0], 2)),
            vqtbl4q_u8(digits, vandq_u8(second, six)),
            vqtbl4q_u8(digits, vandq_u8(third, six)),
            vqtbl4q_u8(digits, vandq_u8(b.val[2], six)),
        }};
        vst4q_u8(out, characters);
    }
    cb__text_plain.base64(in, n, out);
}

/* All ones for each byte that needs an escape. */
static inline uint8x16_t need_escape(uint8x16_t bytes)
{
    return vorrq_u8(vcltq_u8(bytes, vdupq_n_u8(0x20)),
                    vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\'))));
}

/* The last vector overlaps the one before. */
static size_t as_is(const uint8_t *data, size_t n, uint8_t *out)
{
    if (n < 16)
        return cb__text_as_is(data, n, out);
    for (size_t i = 0;; i = n - i >= 32 ? i + 16 : n - 16) {
        uint8x16_t bytes = vld1q_u8(data + i);
        if (vmaxvq_u8(vorrq_u8(need_escape(bytes), bytes)) >= 0x80)
            return i;
        vst1q_u8(out + i, bytes);
        if (i + 16 == n)
            return n;
    }
}

static inline uint8x16x4_t part(const uint8_t *data, size_t n)
{
    uint8_t bytes[64];
    if (cb__unlikely(n < 64)) {
        memset(bytes, ' ', sizeof bytes);
        data = memcpy(bytes, data, n);
    }
    return cb__neon_load(data);
}

static inline void store(uint8_t *to, uint8x16x4_t v)
{
    for (int i = 0; i < 4; i++)
        vst1q_u8(to + 16 * i, v.val[i]);
}

static inline uint8x16x4_t zeros(void)
{
    const uint8x16_t zero = vdupq_n_u8(0);
    return (uint8x16x4_t){{zero, zero, zero, zero}};
}

static inline uint8x16x4_t either(uint8x16x4_t v, uint8x16x4_t w)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = vorrq_u8(v.val[i], w.val[i]);
    return v;
}

static inline bool is_zero(uint8x16x4_t v)
{
    return !vmaxvq_u8(vorrq_u8(vorrq_u8(v.val[0], v.val[1]), vorrq_u8(v.val[2], v.val[3])));
}

static inline uint64_t neon_special(uint8x16x4_t v)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = need_escape(v.val[i]);
    return cb__neon_bits(v);
}

static inline uint64_t controls(uint8x16x4_t v)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = vcltq_u8(v.val[i], vdupq_n_u8(0x20));
    return cb__neon_bits(v);
}

static inline uint64_t neon_high(uint8x16x4_t v)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = vcgeq_u8(v.val[i], vdupq_n_u8(0x80));
    return cb__neon_bits(v);
}

/* Bytes that are not 0 are errors: `before` are the 16 bytes before these. */
static inline uint8x16_t faults_16(uint8x16_t bytes, uint8x16_t before)
{
    uint8x16_t one = vextq_u8(before, bytes, 15);
    uint8x16_t two = vextq_u8(before, bytes, 14);
    uint8x16_t three = vextq_u8(before, bytes, 13);
    uint8x16_t a = vqtbl1q_u8(vld1q_u8(cb__utf8_faults[0]), vshrq_n_u8(one, 4));
    uint8x16_t b = vqtbl1q_u8(vld1q_u8(cb__utf8_faults[1]), vandq_u8(one, vdupq_n_u8(15)));
    uint8x16_t c = vqtbl1q_u8(vld1q_u8(cb__utf8_faults[2]), vshrq_n_u8(bytes, 4));
    uint8x16_t pair = vandq_u8(vandq_u8(a, b), c);
    /* The third and fourth bytes of a character must be a second continuation. */
    uint8x16_t third = vqsubq_u8(two, vdupq_n_u8(0xe0 - 0x80));
    uint8x16_t fourth = vqsubq_u8(three, vdupq_n_u8(0xf0 - 0x80));
    uint8x16_t must = vandq_u8(vorrq_u8(third, fourth), vdupq_n_u8(0x80));
    return veorq_u8(must, pair);
}

static inline uint8x16x4_t neon_faults(uint8x16x4_t v, uint8x16x4_t before)
{
    uint8x16_t last = before.val[3];
    for (int i = 0; i < 4; i++) {
        const uint8x16_t bytes = v.val[i];
        v.val[i] = faults_16(bytes, last);
        last = bytes;
    }
    return v;
}

/* (A look-up of 16 and more leaves the byte as it is.) */
static inline uint8x16x4_t letters(uint8x16x4_t v)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = vqtbx1q_u8(v.val[i], vld1q_u8(cb__escape_short), v.val[i]);
    return v;
}

/* Eight bytes become up to sixteen. */
static inline uint8_t *spread_8(uint8_t *to, uint8x8_t bytes, uint64_t special)
{
    const uint8x16_t shuffle = vld1q_u8(cb__escape_shuffles[special & 255]);
    vst1q_u8(to, vqtbl1q_u8(vcombine_u8(bytes, vdup_n_u8('\\')), shuffle));
    return to + 8 + __builtin_popcountll(special & 255);
}

static inline void put(uint8_t *to, uint8x16x4_t v, uint64_t special)
{
    if (!special) {
        store(to, v);
        return;
    }
    for (int i = 0; i < 4; i++, special >>= 16) {
        to = spread_8(to, vget_low_u8(v.val[i]), special);
        to = spread_8(to, vget_high_u8(v.val[i]), special >> 8);
    }
}

#define TEXT_TARGET
#define TEXT_NAME(name) neon_##name
#define TEXT_V uint8x16x4_t
#define TEXT_PART(p, n) part(p, n)
#define TEXT_STORE(to, v) store(to, v)
#define TEXT_ZEROS zeros()
#define TEXT_EITHER(v, w) either(v, w)
#define TEXT_IS_ZERO(v) is_zero(v)
#define TEXT_SPECIAL(v) neon_special(v)
#define TEXT_CONTROLS(v) controls(v)
#define TEXT_HIGH(v) neon_high(v)
#define TEXT_FAULTS(v, w) neon_faults(v, w)
#define TEXT_LETTERS(v) letters(v)
#define TEXT_SPREAD(to, v, special) put(to, v, special)
#define TEXT_AS_IS(p, n, to) as_is(p, n, to)
#include "kernels/text_scan.h"

static const struct cb__text_kernel neon = {
    .name = "neon",
    .hex = neon_hex,
    .base64 = neon_base64,
    .escape = neon_escape,
    .utf8 = neon_utf8,
    .string = neon_string,
};

size_t cb__text_kernels_here(const struct cb__text_kernel **kernels)
{
    kernels[0] = &neon;
    return 1;
}
