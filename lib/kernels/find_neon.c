/* SPDX-License-Identifier: MIT */
/* Kernels for 64-bit Arm, whose processors all have NEON. */
#include "kernels/find.h"
#include "kernels/neon.h"

static inline uint64_t join(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
    return cb__neon_bits((uint8x16x4_t){{a, b, c, d}});
}

static inline uint64_t mask_byte(const uint8_t *p, uint8x16_t byte)
{
    return join(vceqq_u8(vld1q_u8(p), byte), vceqq_u8(vld1q_u8(p + 16), byte),
                vceqq_u8(vld1q_u8(p + 32), byte), vceqq_u8(vld1q_u8(p + 48), byte));
}

static inline uint8x16_t pair(const uint8_t *p, const uint8_t *q, uint8x16_t first,
                              uint8x16_t second)
{
    return vandq_u8(vceqq_u8(vld1q_u8(p), first), vceqq_u8(vld1q_u8(q), second));
}

static inline uint8x16_t member(const uint8_t *p, uint8x16_t low, uint8x16_t high)
{
    uint8x16_t bytes = vld1q_u8(p);
    return vtstq_u8(vqtbl1q_u8(low, vandq_u8(bytes, vdupq_n_u8(15))),
                    vqtbl1q_u8(high, vshrq_n_u8(bytes, 4)));
}

static inline int no_group(const uint8_t *p, const struct cb__finder *finder, size_t groups)
{
    uint32x4_t any = vdupq_n_u32(0);
    for (size_t i = 0; i < 256; i += 16) {
        const uint32x4_t bytes = vreinterpretq_u32_u8(vld1q_u8(p + i));
        for (size_t g = 0; g < groups; g++)
            any = vorrq_u32(any, vceqq_u32(bytes, vdupq_n_u32(finder->group[g])));
    }
    return vmaxvq_u32(any) == 0;
}

/* Matches are all ones, -1 in each byte of a sum that is taken before it can overflow. */
static inline size_t tally(const uint8_t *p, size_t blocks, uint8x16_t byte)
{
    size_t total = 0;
    while (blocks) {
        uint8x16_t sum = vdupq_n_u8(0);
        size_t some = cb__min(blocks, 63);
        blocks -= some;
        for (const uint8_t *end = p + 64 * some; p < end; p += 16)
            sum = vsubq_u8(sum, vceqq_u8(vld1q_u8(p), byte));
        total += vaddlvq_u8(sum);
    }
    return total;
}

#define SCAN_NAME find_byte
#define SCAN_TALLY(p, n) tally(p, n, byte)
#define SCAN_COUNT count_byte
#define SCAN_TARGET
#define SCAN_SETUP const uint8x16_t byte = vdupq_n_u8(finder->byte[0]);
#define SCAN_MASK(p, q) mask_byte(p, byte)
#define SCAN_NONE(q) 0
#include "kernels/find_scan.h"

#define SCAN_NAME find_pair
#define SCAN_COUNT count_pair
#define SCAN_TARGET
#define SCAN_SETUP                                                                                 \
    const uint8x16_t first = vdupq_n_u8(finder->byte[0]), second = vdupq_n_u8(finder->byte[1]);
#define SCAN_MASK(p, q)                                                                            \
    join(pair(p, q, first, second), pair((p) + 16, (q) + 16, first, second),                       \
         pair((p) + 32, (q) + 32, first, second), pair((p) + 48, (q) + 48, first, second))
#define SCAN_NONE(q)                                                                               \
    (finder->groups == 1 ? no_group(q, finder, 1) : finder->groups ? no_group(q, finder, 2) : 0)
#include "kernels/find_scan.h"

#define SCAN_NAME find_set
#define SCAN_COUNT count_set
#define SCAN_TARGET
#define SCAN_SETUP const uint8x16_t low = vld1q_u8(finder->low), high = vld1q_u8(finder->high);
#define SCAN_MASK(p, q)                                                                            \
    join(member(p, low, high), member((p) + 16, low, high), member((p) + 32, low, high),           \
         member((p) + 48, low, high))
#define SCAN_NONE(q) 0
#include "kernels/find_scan.h"

static const struct cb__kernel neon = {
    .name = "neon",
    .find = {find_byte, find_pair, find_set},
    .count = {count_byte, count_pair, count_set},
};

size_t cb__kernels_here(const struct cb__kernel **kernels)
{
    kernels[0] = &neon;
    return 1;
}
