/* SPDX-License-Identifier: MIT */
/* Rewriting on 64-bit Arm. */
#include "kernels/neon.h"
#include "kernels/rewrite.h"

static inline void store(uint8_t *to, uint8x16x4_t v)
{
    for (int i = 0; i < 4; i++)
        vst1q_u8(to + 16 * i, v.val[i]);
}

static inline uint8x16x4_t equal(uint8x16x4_t v, uint8_t byte)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = vceqq_u8(v.val[i], vdupq_n_u8(byte));
    return v;
}

static inline uint8x16x4_t member(uint8x16x4_t v, const struct cb__finder *finder)
{
    const uint8x16_t low = vld1q_u8(finder->low), high = vld1q_u8(finder->high);
    for (int i = 0; i < 4; i++)
        v.val[i] = vtstq_u8(vqtbl1q_u8(low, vandq_u8(v.val[i], vdupq_n_u8(15))),
                            vqtbl1q_u8(high, vshrq_n_u8(v.val[i], 4)));
    return v;
}

static inline uint8x16x4_t where(uint64_t bits)
{
    const uint8x16_t weight = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
    uint8x16x4_t k;
    for (int i = 0; i < 4; i++, bits >>= 16)
        k.val[i] = vtstq_u8(vcombine_u8(vdup_n_u8((uint8_t)bits), vdup_n_u8((uint8_t)(bits >> 8))),
                            weight);
    return k;
}

static inline uint8x16x4_t both(uint8x16x4_t k, uint8x16x4_t l)
{
    for (int i = 0; i < 4; i++)
        k.val[i] = vandq_u8(k.val[i], l.val[i]);
    return k;
}

static inline uint8x16x4_t blend(uint8x16x4_t v, uint8x16x4_t k, uint8_t byte)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = vbslq_u8(k.val[i], vdupq_n_u8(byte), v.val[i]);
    return v;
}

/* Moves eight bytes at a time to the front, twice eight per shuffle.  The counts of set
 * bits, per eight, are summed for all at once. */
static inline uint8_t *pack(uint8_t *to, uint8x16x4_t v, uint64_t keep)
{
    const uint8x16_t second = vcombine_u8(vdup_n_u8(0), vdup_n_u8(8));
    uint64_t ends = vget_lane_u64(vreinterpret_u64_u8(vcnt_u8(vcreate_u8(keep))), 0);
    ends *= 0x0101010101010101;
    for (int i = 0; i < 4; i++, keep >>= 16) {
        uint8x16_t shuffle = vcombine_u8(vld1_u8(cb__rewrite_shuffles[keep & 255]),
                                         vld1_u8(cb__rewrite_shuffles[keep >> 8 & 255]));
        uint8x16_t packed = vqtbl1q_u8(v.val[i], vorrq_u8(shuffle, second));
        vst1_u8(to + (i ? ends >> (16 * i - 8) & 255 : 0), vget_low_u8(packed));
        vst1_u8(to + (ends >> 16 * i & 255), vget_high_u8(packed));
    }
    return to + (ends >> 56);
}

static inline uint8x16x4_t invert(uint8x16x4_t v, uint8x16x4_t k, uint8_t bits)
{
    for (int i = 0; i < 4; i++)
        v.val[i] = veorq_u8(v.val[i], vandq_u8(k.val[i], vdupq_n_u8(bits)));
    return v;
}

static inline uint8x16x4_t part(const uint8_t *p, size_t n)
{
    uint8_t bytes[64];
    cb__rewrite_part(bytes, p, n);
    return cb__neon_load(bytes);
}

#define REWRITE_TARGET
#define REWRITE_NAME(name) neon_##name
#define REWRITE_V uint8x16x4_t
#define REWRITE_K uint8x16x4_t
#define REWRITE_LOAD(p) cb__neon_load(p)
#define REWRITE_PART(p, n) part(p, n)
#define REWRITE_STORE(to, v) store(to, v)
#define REWRITE_EQUAL(v, b) equal(v, b)
#define REWRITE_MEMBER(v, finder) member(v, finder)
#define REWRITE_WHERE(m) where(m)
#define REWRITE_BOTH(k, l) both(k, l)
#define REWRITE_BITS(k) cb__neon_bits(k)
#define REWRITE_BLEND(v, k, b) blend(v, k, b)
#define REWRITE_INVERT(v, k, b) invert(v, k, b)
#define REWRITE_PACK(to, v, keep) pack(to, v, keep)
#include "kernels/rewrite_scan.h"

static const struct cb__rewrite_kernel neon = {
    .name = "neon",
    REWRITE_TABLE(neon),
};

size_t cb__rewrite_kernels_here(const struct cb__rewrite_kernel **kernels)
{
    kernels[0] = &neon;
    return 1;
}
