/* SPDX-License-Identifier: MIT */
/* Blocks of 64 bytes in four registers of NEON, for the kernels that work on them.  Empty
 * on other processors. */
#ifndef CB_NEON_H
#define CB_NEON_H

#ifdef __ARM_NEON

#include <arm_neon.h>
#include <stdint.h>

static inline uint8x16x4_t cb__neon_load(const uint8_t *p)
{
    return (uint8x16x4_t){{vld1q_u8(p), vld1q_u8(p + 16), vld1q_u8(p + 32), vld1q_u8(p + 48)}};
}

/* One bit for each byte of all ones or all zeros. */
static inline uint64_t cb__neon_bits(uint8x16x4_t k)
{
    const uint8x16_t weight = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
    for (int i = 0; i < 4; i++)
        k.val[i] = vandq_u8(k.val[i], weight);
    uint8x16_t sums = vpaddq_u8(vpaddq_u8(k.val[0], k.val[1]), vpaddq_u8(k.val[2], k.val[3]));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
}

#endif

#endif
