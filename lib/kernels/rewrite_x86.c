/* SPDX-License-Identifier: MIT */
/* Rewriting on x86-64: AVX-512 with VBMI2, and AVX2. */
#include <immintrin.h>

#include "kernels/avx512.h"
#include "kernels/processor_x86.h"
#include "kernels/rewrite.h"

/* ---------------------------------------------------------- AVX-512 VBMI2 */

#define VBMI2 __attribute__((target("avx512bw,avx512vbmi2,bmi,bmi2,popcnt")))

VBMI2 static inline __mmask64 vbmi2_member(__m512i bytes, const struct cb__finder *finder)
{
    const __m512i half = _mm512_set1_epi8(15);
    __m512i low = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)finder->low));
    __m512i high = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)finder->high));
    __m512i a = _mm512_shuffle_epi8(low, _mm512_and_si512(bytes, half));
    __m512i b = _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), half));
    return _mm512_test_epi8_mask(a, b);
}

/* Packs into a register and then stores: packing directly to memory takes many times as
 * long on AMD processors. */
VBMI2 static inline uint8_t *vbmi2_pack(uint8_t *to, __m512i bytes, uint64_t keep)
{
    _mm512_storeu_si512((void *)to, cb__compress(keep, bytes));
    return to + __builtin_popcountll(keep);
}

VBMI2 static inline __m512i vbmi2_part(const uint8_t *p, size_t n)
{
    return _mm512_maskz_loadu_epi8(_bzhi_u64(UINT64_MAX, (unsigned)n), (const void *)p);
}

#define REWRITE_TARGET VBMI2
#define REWRITE_NAME(name) vbmi2_##name
#define REWRITE_V __m512i
#define REWRITE_K __mmask64
#define REWRITE_LOAD(p) _mm512_loadu_si512((const void *)(p))
#define REWRITE_PART(p, n) vbmi2_part(p, n)
#define REWRITE_STORE(to, v) _mm512_storeu_si512((void *)(to), v)
#define REWRITE_EQUAL(v, b) _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)(b)))
#define REWRITE_MEMBER(v, finder) vbmi2_member(v, finder)
#define REWRITE_WHERE(m) (m)
#define REWRITE_BOTH(k, l) ((k) & (l))
#define REWRITE_BITS(k) (k)
#define REWRITE_BLEND(v, k, b) _mm512_mask_blend_epi8(k, v, _mm512_set1_epi8((char)(b)))
#define REWRITE_INVERT(v, k, b) _mm512_xor_si512(v, _mm512_maskz_set1_epi8(k, (char)(b)))
#define REWRITE_PACK(to, v, keep) vbmi2_pack(to, v, keep)
#include "kernels/rewrite_scan.h"

static const struct cb__rewrite_kernel vbmi2 = {
    .name = "vbmi2",
    REWRITE_TABLE(vbmi2),
};

/* ------------------------------------------------------------------- AVX2 */

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

/* 64 bytes, or a byte of ones or zeros for each. */
struct avx2 {
    __m256i low, high;
};

AVX2 static inline struct avx2 avx2_load(const uint8_t *p)
{
    return (struct avx2){_mm256_loadu_si256((const __m256i *)p),
                         _mm256_loadu_si256((const __m256i *)(p + 32))};
}

AVX2 static inline void avx2_store(uint8_t *to, struct avx2 v)
{
    _mm256_storeu_si256((__m256i *)to, v.low);
    _mm256_storeu_si256((__m256i *)(to + 32), v.high);
}

AVX2 static inline struct avx2 avx2_equal(struct avx2 v, uint8_t byte)
{
    __m256i bytes = _mm256_set1_epi8((char)byte);
    return (struct avx2){_mm256_cmpeq_epi8(v.low, bytes), _mm256_cmpeq_epi8(v.high, bytes)};
}

/* All ones in each byte whose bit is set: each byte gets the eight bits it is among, all but
 * its own are set, and the result is compared with all ones. */
AVX2 static inline __m256i avx2_where_32(uint32_t bits)
{
    const __m256i order =
        _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i others = _mm256_set1_epi64x(0x7fbfdfeff7fbfdfe);
    const __m256i eights = _mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), order);
    return _mm256_cmpeq_epi8(_mm256_or_si256(eights, others), _mm256_set1_epi8(-1));
}

AVX2 static inline struct avx2 avx2_where(uint64_t bits)
{
    return (struct avx2){avx2_where_32((uint32_t)bits), avx2_where_32((uint32_t)(bits >> 32))};
}

AVX2 static inline struct avx2 avx2_both(struct avx2 k, struct avx2 l)
{
    return (struct avx2){_mm256_and_si256(k.low, l.low), _mm256_and_si256(k.high, l.high)};
}

AVX2 static inline uint64_t avx2_bits(struct avx2 k)
{
    return (uint32_t)_mm256_movemask_epi8(k.low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(k.high)
                                                       << 32;
}

AVX2 static inline struct avx2 avx2_blend(struct avx2 v, struct avx2 k, uint8_t byte)
{
    __m256i bytes = _mm256_set1_epi8((char)byte);
    return (struct avx2){_mm256_blendv_epi8(v.low, bytes, k.low),
                         _mm256_blendv_epi8(v.high, bytes, k.high)};
}

AVX2 static inline __m256i avx2_member_32(__m256i bytes, __m256i low, __m256i high)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i a = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half));
    __m256i b = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(a, b), _mm256_setzero_si256());
    return _mm256_xor_si256(none, _mm256_set1_epi8(-1));
}

AVX2 static inline struct avx2 avx2_member(struct avx2 v, const struct cb__finder *finder)
{
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)finder->low));
    __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)finder->high));
    return (struct avx2){avx2_member_32(v.low, low, high), avx2_member_32(v.high, low, high)};
}

/* Moves eight bytes at a time to the front, twice eight per shuffle. */
AVX2 static inline uint8_t *avx2_pack_16(uint8_t *to, __m128i bytes, uint64_t keep)
{
    const uint8_t *const first = cb__rewrite_shuffles[keep & 255];
    const uint8_t *const second = cb__rewrite_shuffles[keep >> 8 & 255];
    __m128i shuffle = _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)first),
                                         _mm_loadl_epi64((const __m128i *)second));
    shuffle = _mm_or_si128(shuffle, _mm_set_epi64x(0x0808080808080808, 0));
    __m128i packed = _mm_shuffle_epi8(bytes, shuffle);
    _mm_storel_epi64((__m128i *)to, packed);
    to += __builtin_popcountll(keep & 255);
    _mm_storeh_pi((__m64 *)to, _mm_castsi128_ps(packed));
    return to + __builtin_popcountll(keep & 0xff00);
}

AVX2 static inline uint8_t *avx2_pack(uint8_t *to, struct avx2 v, uint64_t keep)
{
    to = avx2_pack_16(to, _mm256_castsi256_si128(v.low), keep);
    to = avx2_pack_16(to, _mm256_extracti128_si256(v.low, 1), keep >> 16);
    to = avx2_pack_16(to, _mm256_castsi256_si128(v.high), keep >> 32);
    return avx2_pack_16(to, _mm256_extracti128_si256(v.high, 1), keep >> 48);
}

AVX2 static inline struct avx2 avx2_invert(struct avx2 v, struct avx2 k, uint8_t bits)
{
    __m256i bytes = _mm256_set1_epi8((char)bits);
    return (struct avx2){_mm256_xor_si256(v.low, _mm256_and_si256(k.low, bytes)),
                         _mm256_xor_si256(v.high, _mm256_and_si256(k.high, bytes))};
}

AVX2 static inline struct avx2 avx2_part(const uint8_t *p, size_t n)
{
    uint8_t part[64];
    cb__rewrite_part(part, p, n);
    return avx2_load(part);
}

#define REWRITE_TARGET AVX2
#define REWRITE_NAME(name) avx2_##name
#define REWRITE_V struct avx2
#define REWRITE_K struct avx2
#define REWRITE_LOAD(p) avx2_load(p)
#define REWRITE_PART(p, n) avx2_part(p, n)
#define REWRITE_STORE(to, v) avx2_store(to, v)
#define REWRITE_EQUAL(v, b) avx2_equal(v, b)
#define REWRITE_MEMBER(v, finder) avx2_member(v, finder)
#define REWRITE_WHERE(m) avx2_where(m)
#define REWRITE_BOTH(k, l) avx2_both(k, l)
#define REWRITE_BITS(k) avx2_bits(k)
#define REWRITE_BLEND(v, k, b) avx2_blend(v, k, b)
#define REWRITE_INVERT(v, k, b) avx2_invert(v, k, b)
#define REWRITE_PACK(to, v, keep) avx2_pack(to, v, keep)
#include "kernels/rewrite_scan.h"

static const struct cb__rewrite_kernel avx2 = {
    .name = "avx2",
    REWRITE_TABLE(avx2),
};

size_t cb__rewrite_kernels_here(const struct cb__rewrite_kernel **kernels)
{
    size_t count = 0;
    /* not taken: the tests of one machine run on one processor */
    bool bits = cb__x86_has(CB__X86_BMI) && cb__x86_has(CB__X86_POPCNT);
    if (bits && cb__x86_has(CB__X86_BMI2) && cb__x86_has(CB__X86_AVX512BW) &&
        cb__x86_has(CB__X86_AVX512VBMI2))
        kernels[count++] = &vbmi2;
    if (bits && cb__x86_has(CB__X86_AVX2))
        kernels[count++] = &avx2;
    return count;
}
