/* SPDX-License-Identifier: MIT */
/* Where records end, on x86-64: AVX-512 and AVX2, both with carry-less multiplication, and
 * SSE2. */
#include <immintrin.h>

#include "kernels/processor_x86.h"
#include "kernels/syntax.h"

static inline __m128i spaces(void)
{
    return _mm_loadu_si128((const __m128i *)cb__syntax_spaces);
}

/* ------------------------------------------------------------------- SSE2 */

/* 64 bytes. */
struct sse2 {
    __m128i parts[4];
};

static inline struct sse2 sse2_load(const uint8_t *p)
{
    struct sse2 v;
    for (size_t i = 0; i < 4; i++)
        v.parts[i] = _mm_loadu_si128((const __m128i *)(p + 16 * i));
    return v;
}

static inline uint64_t sse2_equal(struct sse2 v, uint8_t byte)
{
    const __m128i bytes = _mm_set1_epi8((char)byte);
    uint64_t mask = 0;
    for (size_t i = 0; i < 4; i++)
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v.parts[i], bytes)) << 16 * i;
    return mask;
}

/* (Moved to the highest bit of each byte.) */
static inline uint64_t sse2_bit5(struct sse2 v)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < 4; i++)
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_slli_epi16(v.parts[i], 2)) << 16 * i;
    return mask;
}

static inline struct sse2 sse2_lower(struct sse2 v)
{
    for (size_t i = 0; i < 4; i++)
        v.parts[i] = _mm_or_si128(v.parts[i], _mm_set1_epi8(0x20));
    return v;
}

#define SYNTAX_TARGET
#define SYNTAX_NAME(name) sse2_##name
#define SYNTAX_V struct sse2
#define SYNTAX_LOAD(p) sse2_load(p)
#define SYNTAX_EQUAL(v, b) sse2_equal(v, b)
#define SYNTAX_LOWER(v) sse2_lower(v)
#define SYNTAX_BIT5(v) sse2_bit5(v)
#define SYNTAX_SOLID(p, mask) cb__syntax_solid(p, mask)
#define SYNTAX_PREFIX(mask) cb__syntax_prefix(mask)
#define SYNTAX_COUNT(mask) cb__syntax_count(mask)
#define SYNTAX_DEPTHS(opens, closes, depth) cb__json_depths(opens, closes, depth)
#define SYNTAX_SKIPS 0
#include "kernels/syntax_scan.h"

static const struct cb__syntax_kernel sse2 = {.name = "sse2", SYNTAX_TABLE(sse2)};

/* ------------------------------------------------------------------- AVX2 */

#define AVX2 __attribute__((target("avx2,pclmul,bmi,popcnt")))

/* 64 bytes. */
struct avx2 {
    __m256i low, high;
};

AVX2 static inline struct avx2 avx2_load(const uint8_t *p)
{
    return (struct avx2){_mm256_loadu_si256((const __m256i *)p),
                         _mm256_loadu_si256((const __m256i *)(p + 32))};
}

/* Where the bytes of both are the same. */
AVX2 static inline uint64_t avx2_same(struct avx2 v, __m256i low, __m256i high)
{
    const uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v.low, low));
    const uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v.high, high));
    return a | (uint64_t)b << 32;
}

AVX2 static inline uint64_t avx2_equal(struct avx2 v, uint8_t byte)
{
    const __m256i bytes = _mm256_set1_epi8((char)byte);
    return avx2_same(v, bytes, bytes);
}

AVX2 static inline uint64_t avx2_bit5(struct avx2 v)
{
    const uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(v.low, 2));
    const uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(v.high, 2));
    return low | (uint64_t)high << 32;
}

AVX2 static inline struct avx2 avx2_lower(struct avx2 v)
{
    const __m256i bit = _mm256_set1_epi8(0x20);
    return (struct avx2){_mm256_or_si256(v.low, bit), _mm256_or_si256(v.high, bit)};
}

AVX2 static inline uint64_t avx2_spaces(struct avx2 v)
{
    const __m256i table = _mm256_broadcastsi128_si256(spaces());
    return avx2_same(v, _mm256_shuffle_epi8(table, v.low), _mm256_shuffle_epi8(table, v.high));
}

/* The product with all ones, without carries. */
AVX2 static inline uint64_t avx2_prefix(uint64_t mask)
{
    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)mask), _mm_set1_epi8((char)0xff), 0));
}

/* A byte of ones for each bit that is set. */
AVX2 static inline __m256i avx2_spread(uint64_t bits)
{
    const __m256i order =
        _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i others = _mm256_set1_epi64x(0x7fbfdfeff7fbfdfe);
    const __m256i eights = _mm256_shuffle_epi8(_mm256_set1_epi32((int)(uint32_t)bits), order);
    return _mm256_cmpeq_epi8(_mm256_or_si256(eights, others), _mm256_set1_epi8(-1));
}

/* Sums within 16 bytes of each and those before. */
AVX2 static inline __m256i avx2_sums(__m256i v)
{
    v = _mm256_add_epi8(v, _mm256_slli_si256(v, 1));
    v = _mm256_add_epi8(v, _mm256_slli_si256(v, 2));
    v = _mm256_add_epi8(v, _mm256_slli_si256(v, 4));
    return _mm256_add_epi8(v, _mm256_slli_si256(v, 8));
}

/* (The difference of two bytes of ones, which are -1.) */
AVX2 static inline __m256i avx2_steps(uint64_t opens, uint64_t closes)
{
    return _mm256_sub_epi8(avx2_spread(closes), avx2_spread(opens));
}

AVX2 static inline struct cb__json_depths avx2_depths(uint64_t opens, uint64_t closes,
                                                      uint64_t depth)
{
    const __m256i last = _mm256_set1_epi8(15);
    const __m256i low = avx2_steps(opens, closes), high = avx2_steps(opens >> 32, closes >> 32);
    __m256i low_sums = avx2_sums(low), high_sums = avx2_sums(high);
    /* The sums of each 16 bytes, and of the 16 before. */
    const __m256i low_all = _mm256_shuffle_epi8(low_sums, last);
    const __m256i high_all = _mm256_shuffle_epi8(high_sums, last);
    const __m256i low_first = _mm256_permute2x128_si256(low_all, low_all, 0x08);
    const __m256i high_first = _mm256_permute2x128_si256(high_all, high_all, 0x08);
    const __m256i low_other = _mm256_permute2x128_si256(low_all, low_all, 0x01);
    const __m256i half = _mm256_add_epi8(low_all, low_other);
    low_sums = _mm256_add_epi8(low_sums, low_first);
    high_sums = _mm256_add_epi8(high_sums, _mm256_add_epi8(high_first, half));
    /* Of the bytes before each, without itself. */
    const struct avx2 before = {_mm256_sub_epi8(low_sums, low), _mm256_sub_epi8(high_sums, high)};
    return (struct cb__json_depths){avx2_equal(before, (uint8_t)(0 - depth)),
                                    avx2_equal(before, (uint8_t)(1 - depth))};
}

#define SYNTAX_TARGET AVX2
#define SYNTAX_NAME(name) avx2_##name
#define SYNTAX_V struct avx2
#define SYNTAX_LOAD(p) avx2_load(p)
#define SYNTAX_EQUAL(v, b) avx2_equal(v, b)
#define SYNTAX_LOWER(v) avx2_lower(v)
#define SYNTAX_BIT5(v) avx2_bit5(v)
#define SYNTAX_SOLID(p, mask) ((mask) & ~avx2_spaces(avx2_load(p)))
#define SYNTAX_PREFIX(mask) avx2_prefix(mask)
#define SYNTAX_COUNT(mask) (unsigned)__builtin_popcountll(mask)
#define SYNTAX_DEPTHS(opens, closes, depth) avx2_depths(opens, closes, depth)
#define SYNTAX_SKIPS 0
#include "kernels/syntax_scan.h"

static const struct cb__syntax_kernel avx2 = {.name = "avx2", SYNTAX_TABLE(avx2)};

/* ---------------------------------------------------------------- AVX-512 */

#define AVX512 __attribute__((target("avx512bw,pclmul,bmi,popcnt")))

AVX512 static inline __m512i avx512_load(const uint8_t *p)
{
    return _mm512_loadu_si512((const void *)p);
}

AVX512 static inline uint64_t avx512_spaces(__m512i bytes)
{
    const __m512i table = _mm512_broadcast_i32x4(spaces());
    return _mm512_cmpeq_epi8_mask(bytes, _mm512_shuffle_epi8(table, bytes));
}

AVX512 static inline uint64_t avx512_prefix(uint64_t mask)
{
    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)mask), _mm_set1_epi8((char)0xff), 0));
}

AVX512 static inline struct cb__json_depths avx512_depths(uint64_t opens, uint64_t closes,
                                                          uint64_t depth)
{
    const __m512i none = _mm512_setzero_si512();
    const __m512i steps =
        _mm512_mask_blend_epi8(opens, _mm512_movm_epi8(closes), _mm512_set1_epi8(1));
    /* The sums within 16 bytes of each and those before. */
    __m512i sums = _mm512_add_epi8(steps, _mm512_bslli_epi128(steps, 1));
    sums = _mm512_add_epi8(sums, _mm512_bslli_epi128(sums, 2));
    sums = _mm512_add_epi8(sums, _mm512_bslli_epi128(sums, 4));
    sums = _mm512_add_epi8(sums, _mm512_bslli_epi128(sums, 8));
    /* With those of the 16, 32 and 48 bytes before, and without the byte itself. */
    const __m512i all = _mm512_shuffle_epi8(sums, _mm512_set1_epi8(15));
    const __m512i first = _mm512_alignr_epi64(all, none, 6);
    const __m512i second = _mm512_alignr_epi64(all, none, 4);
    const __m512i third = _mm512_alignr_epi64(all, none, 2);
    const __m512i others = _mm512_add_epi8(first, _mm512_add_epi8(second, third));
    const __m512i before = _mm512_add_epi8(others, _mm512_sub_epi8(sums, steps));
    return (struct cb__json_depths){
        _mm512_cmpeq_epi8_mask(before, _mm512_set1_epi8((char)(0 - depth))),
        _mm512_cmpeq_epi8_mask(before, _mm512_set1_epi8((char)(1 - depth))),
    };
}

#define SYNTAX_TARGET AVX512
#define SYNTAX_NAME(name) avx512_##name
#define SYNTAX_V __m512i
#define SYNTAX_LOAD(p) avx512_load(p)
#define SYNTAX_EQUAL(v, b) _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)(b)))
#define SYNTAX_LOWER(v) _mm512_or_si512(v, _mm512_set1_epi8(0x20))
#define SYNTAX_BIT5(v) _mm512_test_epi8_mask(v, _mm512_set1_epi8(0x20))
#define SYNTAX_SOLID(p, mask) ((mask) & ~avx512_spaces(avx512_load(p)))
#define SYNTAX_PREFIX(mask) avx512_prefix(mask)
#define SYNTAX_COUNT(mask) (unsigned)__builtin_popcountll(mask)
#define SYNTAX_DEPTHS(opens, closes, depth) avx512_depths(opens, closes, depth)
#define SYNTAX_SKIPS 0
#include "kernels/syntax_scan.h"

static const struct cb__syntax_kernel avx512 = {.name = "avx512", SYNTAX_TABLE(avx512)};

size_t cb__syntax_kernels_here(const struct cb__syntax_kernel **kernels)
{
    size_t count = 0;
    /* not taken: the tests of one machine run on one processor */
    bool bits =
        cb__x86_has(CB__X86_BMI) && cb__x86_has(CB__X86_POPCNT) && cb__x86_has(CB__X86_PCLMUL);
    if (bits && cb__x86_has(CB__X86_AVX512BW))
        kernels[count++] = &avx512;
    if (bits && cb__x86_has(CB__X86_AVX2))
        kernels[count++] = &avx2;
    kernels[count++] = &sse2;
    return count;
}
