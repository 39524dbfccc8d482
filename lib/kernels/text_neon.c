/* SPDX-License-Identifier: MIT */
/* Kernels for 64-bit Arm, whose processors all have NEON. */
#include <arm_neon.h>

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

/* Four bits for each byte that needs an escape. */
static inline uint64_t need_escape(uint8x16_t bytes)
{
    uint8x16_t is =
        vorrq_u8(vcltq_u8(bytes, vdupq_n_u8(0x20)),
                 vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\'))));
    uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(is), 4);
    return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
}

/* A whole vector is stored; only the bytes before the first escape count. */
static void neon_escape(const uint8_t **in, const uint8_t *in_end, uint8_t **out,
                        const uint8_t *out_end)
{
    const uint8_t *from = *in;
    uint8_t *to = *out;
    while (in_end - from >= 16 && out_end - to >= 16 + 6) {
        uint8x16_t bytes = vld1q_u8(from);
        uint64_t escapes = need_escape(bytes);
        vst1q_u8(to, bytes);
        if (cb__likely(!escapes)) {
            from += 16;
            to += 16;
            continue;
        }
        unsigned before = (unsigned)__builtin_ctzll(escapes) / 4;
        to = cb__put_escape(to + before, from[before]);
        from += before + 1;
    }
    *in = from;
    *out = to;
    cb__text_plain.escape(in, in_end, out, out_end);
}

/* The last vector overlaps the one before. */
static size_t neon_as_is(const uint8_t *data, size_t n, uint8_t *out)
{
    if (n < 16)
        return cb__text_plain.as_is(data, n, out);
    for (size_t i = 0;; i = n - i >= 32 ? i + 16 : n - 16) {
        uint8x16_t bytes = vld1q_u8(data + i);
        if (need_escape(bytes) || vmaxvq_u8(bytes) >= 0x80)
            return i;
        vst1q_u8(out + i, bytes);
        if (i + 16 == n)
            return n;
    }
}

/* `before` are the 16 bytes before these. */
static inline bool is_faulty(uint8x16_t bytes, uint8x16_t before)
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
    return vmaxvq_u8(veorq_u8(must, pair)) != 0;
}

static size_t neon_utf8(const uint8_t *data, size_t n)
{
    uint8x16_t before = vdupq_n_u8(0);
    bool open = false; /* may a character continue in the next vector? */
    size_t i = 0;
    for (; n - i >= 16; i += 16) {
        uint8x16_t bytes = vld1q_u8(data + i);
        bool high = vmaxvq_u8(bytes) >= 0x80;
        if ((high || open) && is_faulty(bytes, before))
            break;
        open = high;
        before = bytes;
    }
    return cb__utf8_rest(data, i, n);
}

static const struct cb__text_kernel neon = {
    .name = "neon",
    .hex = neon_hex,
    .base64 = neon_base64,
    .escape = neon_escape,
    .utf8 = neon_utf8,
    .as_is = neon_as_is,
};

size_t cb__text_kernels_here(const struct cb__text_kernel **kernels)
{
    kernels[0] = &neon;
    return 1;
}
