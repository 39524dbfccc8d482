/* SPDX-License-Identifier: MIT */
/* Where records end, on 64-bit Arm, whose processors all have NEON. */
#include "kernels/neon.h"
#include "kernels/syntax.h"

static inline uint64_t equal(uint8x16x4_t v, uint8_t byte)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = vceqq_u8(v.val[i], vdupq_n_u8(byte));
    return cb__neon_bits(v);
}

static inline uint64_t bit5(uint8x16x4_t v)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = vtstq_u8(v.val[i], vdupq_n_u8(0x20));
    return cb__neon_bits(v);
}

static inline uint8x16x4_t lower(uint8x16x4_t v)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = vorrq_u8(v.val[i], vdupq_n_u8(0x20));
    return v;
}

static inline uint64_t spaces(uint8x16x4_t v)
{
    const uint8x16_t table = vld1q_u8(cb__syntax_spaces);
    for (int i = 0; i < 4; i++)
        v.val[i] = vceqq_u8(v.val[i], vqtbl1q_u8(table, vandq_u8(v.val[i], vdupq_n_u8(15))));
    return cb__neon_bits(v);
}

/* A byte of ones for each of the 16 lowest bits that is set. */
static inline uint8x16_t spread(uint64_t bits)
{
    const uint8x16_t weight = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
    return vtstq_u8(vcombine_u8(vdup_n_u8((uint8_t)bits), vdup_n_u8((uint8_t)(bits >> 8))), weight);
}

/* The sums of each byte and those before. */
static inline uint8x16_t add_before(uint8x16_t v)
{
    const uint8x16_t zero = vdupq_n_u8(0);
    v = vaddq_u8(v, vextq_u8(zero, v, 15));
    v = vaddq_u8(v, vextq_u8(zero, v, 14));
    v = vaddq_u8(v, vextq_u8(zero, v, 12));
    return vaddq_u8(v, vextq_u8(zero, v, 8));
}

static inline struct cb__json_depths depths(uint64_t opens, uint64_t closes, uint64_t depth)
{
    uint8x16x4_t before;
    uint8x16_t total = vdupq_n_u8(0);
    for (int i = 0; i < 4; i++, opens >>= 16, closes >>= 16) {
        /* (The difference of two bytes of ones, which are -1.) */
        const uint8x16_t steps = vsubq_u8(spread(closes), spread(opens));
        const uint8x16_t all = vaddq_u8(total, add_before(steps));
        before.val[i] = vsubq_u8(all, steps);
        total = vdupq_laneq_u8(all, 15);
    }
    return (struct cb__json_depths){equal(before, (uint8_t)(0 - depth)),
                                    equal(before, (uint8_t)(1 - depth))};
}

#define SYNTAX_TARGET
#define SYNTAX_NAME(name) neon_##name
#define SYNTAX_V uint8x16x4_t
#define SYNTAX_LOAD(p) cb__neon_load(p)
#define SYNTAX_EQUAL(v, b) equal(v, b)
#define SYNTAX_LOWER(v) lower(v)
#define SYNTAX_BIT5(v) bit5(v)
#define SYNTAX_SOLID(p, mask) ((mask) & ~spaces(cb__neon_load(p)))
#define SYNTAX_PREFIX(mask) cb__syntax_prefix(mask)
#define SYNTAX_COUNT(mask) (unsigned)__builtin_popcountll(mask)
#define SYNTAX_DEPTHS(opens, closes, depth) depths(opens, closes, depth)
#define SYNTAX_SKIPS 0
#include "kernels/syntax_scan.h"

static const struct cb__syntax_kernel neon = {.name = "neon", SYNTAX_TABLE(neon)};

size_t cb__syntax_kernels_here(const struct cb__syntax_kernel **kernels)
{
    kernels[0] = &neon;
    return 1;
}
