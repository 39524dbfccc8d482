/* SPDX-License-Identifier: MIT */
/* Kernels for x86-64: SSE2, which every processor has, AVX2 and AVX-512BW. */
#include <immintrin.h>

#include "kernels/avx512.h"
#include "kernels/find.h"
#include "kernels/processor_x86.h"

/* ------------------------------------------------------------------- SSE2 */

static inline uint64_t sse2_join(__m128i a, __m128i b, __m128i c, __m128i d)
{
    uint64_t low = (uint32_t)_mm_movemask_epi8(a) | (uint32_t)_mm_movemask_epi8(b) << 16;
    uint64_t high = (uint32_t)_mm_movemask_epi8(c) | (uint32_t)_mm_movemask_epi8(d) << 16;
    return low | high << 32;
}

static inline __m128i sse2_load(const uint8_t *data)
{
    return _mm_loadu_si128((const __m128i *)data);
}

static inline uint64_t sse2_byte(const uint8_t *p, __m128i byte)
{
    return sse2_join(_mm_cmpeq_epi8(sse2_load(p), byte), _mm_cmpeq_epi8(sse2_load(p + 16), byte),
                     _mm_cmpeq_epi8(sse2_load(p + 32), byte),
                     _mm_cmpeq_epi8(sse2_load(p + 48), byte));
}

static inline int sse2_no_byte(const uint8_t *p, __m128i byte)
{
    __m128i any = _mm_setzero_si128();
    for (size_t i = 0; i < 256; i += 16)
        any = _mm_or_si128(any, _mm_cmpeq_epi8(sse2_load(p + i), byte));
    return _mm_movemask_epi8(any) == 0;
}

static inline int sse2_no_group(const uint8_t *p, const struct cb__finder *finder, size_t groups)
{
    __m128i any = _mm_setzero_si128();
    for (size_t i = 0; i < 256; i += 16) {
        const __m128i bytes = sse2_load(p + i);
        for (size_t g = 0; g < groups; g++)
            any = _mm_or_si128(any, _mm_cmpeq_epi32(bytes, _mm_set1_epi32((int)finder->group[g])));
    }
    return _mm_movemask_epi8(any) == 0;
}

/* Matches are all ones, -1 in each byte of a sum that is taken before it can overflow:
 * that is less work than counting bits one by one. */
static inline size_t sse2_tally(const uint8_t *p, size_t blocks, __m128i byte)
{
    const __m128i zero = _mm_setzero_si128();
    __m128i total = zero;
    while (blocks) {
        __m128i sum = zero;
        size_t some = cb__min(blocks, 63);
        blocks -= some;
        for (const uint8_t *end = p + 64 * some; p < end; p += 16)
            sum = _mm_sub_epi8(sum, _mm_cmpeq_epi8(sse2_load(p), byte));
        total = _mm_add_epi64(total, _mm_sad_epu8(sum, zero));
    }
    total = _mm_add_epi64(total, _mm_unpackhi_epi64(total, total));
    return (size_t)_mm_cvtsi128_si64(total);
}

#define SCAN_NAME sse2_find_byte
#define SCAN_TALLY(p, n) sse2_tally(p, n, byte)
#define SCAN_COUNT sse2_count_byte
#define SCAN_TARGET
#define SCAN_SETUP __m128i byte = _mm_set1_epi8((char)finder->byte[0]);
#define SCAN_MASK(p, q) sse2_byte(p, byte)
#define SCAN_NONE(q) sse2_no_byte(q, byte)
#include "kernels/find_scan.h"

#define SCAN_NAME sse2_find_pair
#define SCAN_COUNT sse2_count_pair
#define SCAN_TARGET
#define SCAN_SETUP                                                                                 \
    __m128i first = _mm_set1_epi8((char)finder->byte[0]);                                          \
    __m128i second = _mm_set1_epi8((char)finder->byte[1]);
#define SCAN_MASK(p, q) (sse2_byte(p, first) & sse2_byte(q, second))
#define SCAN_NONE(q)                                                                               \
    (finder->groups == 1 ? sse2_no_group(q, finder, 1)                                             \
     : finder->groups    ? sse2_no_group(q, finder, 2)                                             \
                         : sse2_no_byte(q, finder->rarest ? second : first))
#include "kernels/find_scan.h"

static const struct cb__kernel sse2 = {
    .name = "sse2",
    .find = {sse2_find_byte, sse2_find_pair, cb__find_all_plain},
    .count = {sse2_count_byte, sse2_count_pair, cb__find_count_plain},
};

/* ------------------------------------------------------------------- AVX2 */

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline __m256i avx2_load(const uint8_t *data)
{
    return _mm256_loadu_si256((const __m256i *)data);
}

AVX2 static inline uint64_t avx2_join(__m256i a, __m256i b)
{
    return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

AVX2 static inline uint64_t avx2_byte(const uint8_t *p, __m256i byte)
{
    return avx2_join(_mm256_cmpeq_epi8(avx2_load(p), byte),
                     _mm256_cmpeq_epi8(avx2_load(p + 32), byte));
}

AVX2 static inline __m256i avx2_pair(const uint8_t *p, const uint8_t *q, __m256i first,
                                     __m256i second)
{
    return _mm256_and_si256(_mm256_cmpeq_epi8(avx2_load(p), first),
                            _mm256_cmpeq_epi8(avx2_load(q), second));
}

/* All ones if the byte is a member of the set. */
AVX2 static inline __m256i avx2_member(const uint8_t *p, __m256i low, __m256i high)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i bytes = avx2_load(p);
    __m256i a = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half));
    __m256i b = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(a, b), _mm256_setzero_si256());
    return _mm256_xor_si256(none, _mm256_set1_epi8(-1));
}

AVX2 static inline int avx2_no_byte(const uint8_t *p, __m256i byte)
{
    __m256i any = _mm256_setzero_si256();
    for (size_t i = 0; i < 256; i += 32)
        any = _mm256_or_si256(any, _mm256_cmpeq_epi8(avx2_load(p + i), byte));
    return _mm256_testz_si256(any, any);
}

AVX2 static inline int avx2_no_group(const uint8_t *p, const struct cb__finder *finder,
                                     size_t groups)
{
    __m256i any = _mm256_setzero_si256();
    for (size_t i = 0; i < 256; i += 32) {
        const __m256i bytes = avx2_load(p + i);
        for (size_t g = 0; g < groups; g++)
            any = _mm256_or_si256(
                any, _mm256_cmpeq_epi32(bytes, _mm256_set1_epi32((int)finder->group[g])));
    }
    return _mm256_testz_si256(any, any);
}

#define SCAN_NAME avx2_find_byte
#define SCAN_COUNT avx2_count_byte
#define SCAN_TARGET AVX2
#define SCAN_SETUP __m256i byte = _mm256_set1_epi8((char)finder->byte[0]);
#define SCAN_MASK(p, q) avx2_byte(p, byte)
#define SCAN_NONE(q) avx2_no_byte(q, byte)
#include "kernels/find_scan.h"

#define SCAN_NAME avx2_find_pair
#define SCAN_COUNT avx2_count_pair
#define SCAN_TARGET AVX2
#define SCAN_SETUP                                                                                 \
    __m256i first = _mm256_set1_epi8((char)finder->byte[0]);                                       \
    __m256i second = _mm256_set1_epi8((char)finder->byte[1]);
#define SCAN_MASK(p, q)                                                                            \
    avx2_join(avx2_pair(p, q, first, second), avx2_pair((p) + 32, (q) + 32, first, second))
#define SCAN_NONE(q)                                                                               \
    (finder->groups == 1 ? avx2_no_group(q, finder, 1)                                             \
     : finder->groups    ? avx2_no_group(q, finder, 2)                                             \
                         : avx2_no_byte(q, finder->rarest ? second : first))
#include "kernels/find_scan.h"

#define SCAN_NAME avx2_find_set
#define SCAN_COUNT avx2_count_set
#define SCAN_TARGET AVX2
#define SCAN_SETUP                                                                                 \
    __m256i low = _mm256_broadcastsi128_si256(sse2_load(finder->low));                             \
    __m256i high = _mm256_broadcastsi128_si256(sse2_load(finder->high));
#define SCAN_MASK(p, q) avx2_join(avx2_member(p, low, high), avx2_member((p) + 32, low, high))
#define SCAN_NONE(q) 0
#include "kernels/find_scan.h"

static const struct cb__kernel avx2 = {
    .name = "avx2",
    .find = {avx2_find_byte, avx2_find_pair, avx2_find_set},
    .count = {avx2_count_byte, avx2_count_pair, avx2_count_set},
};

/* ---------------------------------------------------------------- AVX-512 */

#define AVX512 __attribute__((target("avx512bw,avx512vl,avx512vbmi2,bmi,popcnt")))

AVX512 static inline __m512i avx512_load(const uint8_t *data)
{
    return _mm512_loadu_si512((const void *)data);
}

AVX512 static inline uint64_t avx512_member(const uint8_t *p, __m512i low, __m512i high)
{
    const __m512i half = _mm512_set1_epi8(15);
    __m512i bytes = avx512_load(p);
    __m512i a = _mm512_shuffle_epi8(low, _mm512_and_si512(bytes, half));
    __m512i b = _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), half));
    return _mm512_test_epi8_mask(a, b);
}

/* The minimum of the differences of 64 bytes is 0 if one of them is. */
AVX512 static inline int avx512_no_byte(const uint8_t *p, __m512i byte)
{
    __m512i a = _mm512_min_epu8(_mm512_xor_si512(avx512_load(p), byte),
                                _mm512_xor_si512(avx512_load(p + 64), byte));
    __m512i b = _mm512_min_epu8(_mm512_xor_si512(avx512_load(p + 128), byte),
                                _mm512_xor_si512(avx512_load(p + 192), byte));
    __m512i least = _mm512_min_epu8(a, b);
    return _mm512_testn_epi8_mask(least, least) == 0;
}

AVX512 static inline int avx512_no_group(const uint8_t *p, const struct cb__finder *finder,
                                         size_t groups)
{
    __m512i least = _mm512_set1_epi32(-1);
    for (size_t i = 0; i < 256; i += 64) {
        const __m512i bytes = avx512_load(p + i);
        for (size_t g = 0; g < groups; g++)
            least = _mm512_min_epu32(
                least, _mm512_xor_si512(bytes, _mm512_set1_epi32((int)finder->group[g])));
    }
    return _mm512_testn_epi32_mask(least, least) == 0;
}

static const uint8_t avx512_all[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
};

/* Writes the indexes of the set bits, always 64 entries: of the bytes 0 to 63, those whose
 * bit is set move to the front (as W. Muła and D. Lemire do it in simdjson). */
AVX512 static inline void avx512_indexes(uint64_t mask, uint32_t base, uint32_t *to)
{
    const __m512i first = _mm512_set1_epi32((int)base);
    const __m512i set = cb__compress(mask, avx512_load(avx512_all));
    __m512i some = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(set));
    _mm512_storeu_si512((void *)to, _mm512_add_epi32(some, first));
    some = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 1));
    _mm512_storeu_si512((void *)(to + 16), _mm512_add_epi32(some, first));
    some = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 2));
    _mm512_storeu_si512((void *)(to + 32), _mm512_add_epi32(some, first));
    some = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 3));
    _mm512_storeu_si512((void *)(to + 48), _mm512_add_epi32(some, first));
}

/* The same for number `quarter` of four masks, but only its first eight indexes.  Returns how
 * many bits are set. */
AVX512 static inline size_t avx512_first_indexes(uint64_t mask, unsigned quarter, __m256i base,
                                                 uint32_t *to)
{
    const __m512i all = avx512_load(avx512_all);
    const __m512i set =
        cb__compress(mask, _mm512_add_epi8(all, _mm512_set1_epi8((char)(64 * quarter))));
    const __m256i some = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(set));
    _mm256_storeu_si256((__m256i *)to, _mm256_add_epi32(some, base));
    return (unsigned)__builtin_popcountll(mask);
}

/* Nearly all masks have at most eight bits: one store instead of four for each. */
AVX512 static inline size_t avx512_indexes_4(uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                             uint32_t base, uint32_t *to)
{
    const __m256i first = _mm256_set1_epi32((int)base);
    const size_t from_b = avx512_first_indexes(a, 0, first, to);
    const size_t from_c = from_b + avx512_first_indexes(b, 1, first, to + from_b);
    const size_t from_d = from_c + avx512_first_indexes(c, 2, first, to + from_c);
    const size_t count = from_d + avx512_first_indexes(d, 3, first, to + from_d);
    const size_t any = from_b | (from_c - from_b) | (from_d - from_c) | (count - from_d);
    if (cb__likely(any <= 8))
        return count;
    avx512_indexes(a, base, to);
    avx512_indexes(b, base + 64, to + from_b);
    avx512_indexes(c, base + 128, to + from_c);
    avx512_indexes(d, base + 192, to + from_d);
    return count;
}

#define SCAN_NAME avx512_find_byte
#define SCAN_COUNT avx512_count_byte
#define SCAN_TARGET AVX512
#define SCAN_SETUP __m512i byte = _mm512_set1_epi8((char)finder->byte[0]);
#define SCAN_MASK(p, q) _mm512_cmpeq_epi8_mask(avx512_load(p), byte)
#define SCAN_NONE(q) avx512_no_byte(q, byte)
#define SCAN_INDEXES avx512_indexes
#define SCAN_INDEXES_4 avx512_indexes_4
#include "kernels/find_scan.h"

#define SCAN_NAME avx512_find_pair
#define SCAN_COUNT avx512_count_pair
#define SCAN_TARGET AVX512
#define SCAN_SETUP                                                                                 \
    __m512i first = _mm512_set1_epi8((char)finder->byte[0]);                                       \
    __m512i second = _mm512_set1_epi8((char)finder->byte[1]);
#define SCAN_MASK(p, q)                                                                            \
    _mm512_mask_cmpeq_epi8_mask(_mm512_cmpeq_epi8_mask(avx512_load(p), first), avx512_load(q),     \
                                second)
#define SCAN_NONE(q)                                                                               \
    (finder->groups == 1 ? avx512_no_group(q, finder, 1)                                           \
     : finder->groups    ? avx512_no_group(q, finder, 2)                                           \
                         : avx512_no_byte(q, finder->rarest ? second : first))
#define SCAN_INDEXES avx512_indexes
#define SCAN_INDEXES_4 avx512_indexes_4
#include "kernels/find_scan.h"

#define SCAN_NAME avx512_find_set
#define SCAN_COUNT avx512_count_set
#define SCAN_TARGET AVX512
#define SCAN_SETUP                                                                                 \
    __m512i low = _mm512_broadcast_i32x4(sse2_load(finder->low));                                  \
    __m512i high = _mm512_broadcast_i32x4(sse2_load(finder->high));
#define SCAN_MASK(p, q) avx512_member(p, low, high)
#define SCAN_NONE(q) 0
#define SCAN_INDEXES avx512_indexes
#define SCAN_INDEXES_4 avx512_indexes_4
#include "kernels/find_scan.h"

static const struct cb__kernel avx512 = {
    .name = "avx512",
    .find = {avx512_find_byte, avx512_find_pair, avx512_find_set},
    .count = {avx512_count_byte, avx512_count_pair, avx512_count_set},
};

size_t cb__kernels_here(const struct cb__kernel **kernels)
{
    size_t count = 0;
    /* not taken: the tests of one machine run on one processor */
    bool bits = cb__x86_has(CB__X86_BMI) && cb__x86_has(CB__X86_POPCNT);
    if (bits && cb__x86_has(CB__X86_AVX512BW) && cb__x86_has(CB__X86_AVX512VL) &&
        cb__x86_has(CB__X86_AVX512VBMI2))
        kernels[count++] = &avx512;
    if (bits && cb__x86_has(CB__X86_AVX2))
        kernels[count++] = &avx2;
    kernels[count++] = &sse2;
    return count;
}
