/* SPDX-License-Identifier: MIT */
/* Kernels for x86-64: AVX2, and AVX-512 with VBMI and VBMI2. */
#include <immintrin.h>
#include <string.h>

#include "kernels/avx512.h"
#include "kernels/processor_x86.h"
#include "kernels/text.h"

/* ------------------------------------------------------------------- AVX2 */

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline __m128i load_16(const uint8_t *data)
{
    return _mm_loadu_si128((const __m128i *)data);
}

AVX2 static inline __m256i load_32(const uint8_t *data)
{
    return _mm256_loadu_si256((const __m256i *)data);
}

AVX2 static inline void store_32(uint8_t *out, __m256i bytes)
{
    _mm256_storeu_si256((__m256i *)out, bytes);
}

AVX2 static inline __m256i twice(const uint8_t *table)
{
    return _mm256_broadcastsi128_si256(load_16(table));
}

/* The 32 digits of 16 bytes: each byte in a word, its halves side by side, looked up. */
AVX2 static inline __m256i avx2_hex_16(__m128i bytes)
{
    __m256i words = _mm256_cvtepu8_epi16(bytes);
    __m256i halves = _mm256_or_si256(_mm256_slli_epi16(words, 8), _mm256_srli_epi16(words, 4));
    return _mm256_shuffle_epi8(twice(cb__hex_digits),
                               _mm256_and_si256(halves, _mm256_set1_epi8(15)));
}

/* The last 16 bytes overlap the ones before. */
AVX2 static void avx2_hex(const uint8_t *in, size_t n, uint8_t *out)
{
    if (n < 16) {
        cb__text_plain.hex(in, n, out);
        return;
    }
    for (size_t i = 0; i + 16 < n; i += 16)
        store_32(out + 2 * i, avx2_hex_16(load_16(in + i)));
    store_32(out + 2 * n - 32, avx2_hex_16(load_16(in + n - 16)));
}

/* The characters of 24 bytes, 12 at the beginning of each lane (W.  Muła and D.
 * Lemire, "Faster Base64 Encoding and Decoding using AVX2 Instructions", 2018):
 * multiplication moves six bits into each byte, then a look-up gives what to add to
 * make a character. */
AVX2 static inline __m256i avx2_base64_24(__m256i bytes)
{
    const __m256i order = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0,
                                           2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    const __m256i shift =
        _mm256_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                         '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0,
                         'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                         '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
    __m256i in = _mm256_shuffle_epi8(bytes, order);
    __m256i odd = _mm256_mulhi_epu16(_mm256_and_si256(in, _mm256_set1_epi32(0x0fc0fc00)),
                                     _mm256_set1_epi32(0x04000040));
    __m256i even = _mm256_mullo_epi16(_mm256_and_si256(in, _mm256_set1_epi32(0x003f03f0)),
                                      _mm256_set1_epi32(0x01000010));
    __m256i six = _mm256_or_si256(odd, even);
    /* 0 for 26 to 51, 1 to 12 for 52 to 63, 13 for less than 26. */
    __m256i kind = _mm256_subs_epu8(six, _mm256_set1_epi8(51));
    __m256i capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), six);
    kind = _mm256_or_si256(kind, _mm256_and_si256(capital, _mm256_set1_epi8(13)));
    return _mm256_add_epi8(six, _mm256_shuffle_epi8(shift, kind));
}

/* The second load ends four bytes after the bytes it needs. */
AVX2 static void avx2_base64(const uint8_t *in, size_t n, uint8_t *out)
{
    for (; n >= 28; n -= 24, in += 24, out += 32) {
        __m256i low = _mm256_castsi128_si256(load_16(in));
        store_32(out, avx2_base64_24(_mm256_inserti128_si256(low, load_16(in + 12), 1)));
    }
    cb__text_plain.base64(in, n, out);
}

AVX2 static inline uint32_t avx2_need_escape(__m256i bytes)
{
    __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes);
    __m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
    __m256i backslash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
    return (uint32_t)_mm256_movemask_epi8(
        _mm256_or_si256(control, _mm256_or_si256(quote, backslash)));
}

/* The last vector overlaps the one before. */
AVX2 static size_t avx2_as_is(const uint8_t *data, size_t n, uint8_t *out)
{
    if (n < 32)
        return cb__text_as_is(data, n, out);
    for (size_t i = 0;; i = n - i >= 64 ? i + 32 : n - 32) {
        __m256i bytes = load_32(data + i);
        if (avx2_need_escape(bytes) | (uint32_t)_mm256_movemask_epi8(bytes))
            return i;
        store_32(out + i, bytes);
        if (i + 32 == n)
            return n;
    }
}

/* Bytes that are not 0 are errors: `before` are the 32 bytes before these. */
AVX2 static inline __m256i avx2_faults(__m256i bytes, __m256i before)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i joint = _mm256_permute2x128_si256(before, bytes, 0x21);
    __m256i one = _mm256_alignr_epi8(bytes, joint, 15);
    __m256i two = _mm256_alignr_epi8(bytes, joint, 14);
    __m256i three = _mm256_alignr_epi8(bytes, joint, 13);
    __m256i a = _mm256_shuffle_epi8(twice(cb__utf8_faults[0]),
                                    _mm256_and_si256(_mm256_srli_epi16(one, 4), half));
    __m256i b = _mm256_shuffle_epi8(twice(cb__utf8_faults[1]), _mm256_and_si256(one, half));
    __m256i c = _mm256_shuffle_epi8(twice(cb__utf8_faults[2]),
                                    _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    __m256i pair = _mm256_and_si256(_mm256_and_si256(a, b), c);
    /* The third and fourth bytes of a character must be a second continuation. */
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8((char)(0xe0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8((char)(0xf0 - 0x80)));
    __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(must, pair);
}

/* 64 bytes. */
struct avx2 {
    __m256i low, high;
};

AVX2 static inline struct avx2 avx2_part(const uint8_t *data, size_t n)
{
    uint8_t part[64];
    if (cb__unlikely(n < 64)) {
        memset(part, ' ', sizeof part);
        data = memcpy(part, data, n);
    }
    return (struct avx2){load_32(data), load_32(data + 32)};
}

AVX2 static inline void avx2_store(uint8_t *to, struct avx2 v)
{
    store_32(to, v.low);
    store_32(to + 32, v.high);
}

AVX2 static inline struct avx2 avx2_zeros(void)
{
    return (struct avx2){_mm256_setzero_si256(), _mm256_setzero_si256()};
}

AVX2 static inline struct avx2 avx2_either(struct avx2 v, struct avx2 w)
{
    return (struct avx2){_mm256_or_si256(v.low, w.low), _mm256_or_si256(v.high, w.high)};
}

AVX2 static inline bool avx2_is_zero(struct avx2 v)
{
    const __m256i any = _mm256_or_si256(v.low, v.high);
    return _mm256_testz_si256(any, any);
}

AVX2 static inline uint64_t avx2_special(struct avx2 v)
{
    return avx2_need_escape(v.low) | (uint64_t)avx2_need_escape(v.high) << 32;
}

AVX2 static inline uint64_t avx2_high(struct avx2 v)
{
    return (uint32_t)_mm256_movemask_epi8(v.low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(v.high)
                                                       << 32;
}

AVX2 static inline __m256i avx2_below(__m256i bytes, uint8_t limit)
{
    return _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8((char)(limit - 1))), bytes);
}

AVX2 static inline uint64_t avx2_controls(struct avx2 v)
{
    return avx2_high((struct avx2){avx2_below(v.low, 0x20), avx2_below(v.high, 0x20)});
}

AVX2 static inline struct avx2 avx2_faults_64(struct avx2 v, struct avx2 before)
{
    return (struct avx2){avx2_faults(v.low, before.high), avx2_faults(v.high, v.low)};
}

AVX2 static inline __m256i avx2_letters_32(__m256i bytes)
{
    const __m256i letters = _mm256_shuffle_epi8(twice(cb__escape_short), bytes);
    return _mm256_blendv_epi8(bytes, letters, avx2_below(bytes, 0x10));
}

AVX2 static inline struct avx2 avx2_letters(struct avx2 v)
{
    return (struct avx2){avx2_letters_32(v.low), avx2_letters_32(v.high)};
}

/* Eight bytes become up to sixteen. */
AVX2 static inline uint8_t *avx2_spread_8(uint8_t *to, __m128i bytes, uint64_t special)
{
    const __m128i shuffle = load_16(cb__escape_shuffles[special & 255]);
    const __m128i pool = _mm_unpacklo_epi64(bytes, _mm_set1_epi8('\\'));
    _mm_storeu_si128((__m128i *)to, _mm_shuffle_epi8(pool, shuffle));
    return to + 8 + __builtin_popcountll(special & 255);
}

AVX2 static inline uint8_t *avx2_spread_16(uint8_t *to, __m128i bytes, uint64_t special)
{
    to = avx2_spread_8(to, bytes, special);
    return avx2_spread_8(to, _mm_unpackhi_epi64(bytes, bytes), special >> 8);
}

AVX2 static inline void avx2_put(uint8_t *to, struct avx2 v, uint64_t special)
{
    if (!special) {
        avx2_store(to, v);
        return;
    }
    to = avx2_spread_16(to, _mm256_castsi256_si128(v.low), special);
    to = avx2_spread_16(to, _mm256_extracti128_si256(v.low, 1), special >> 16);
    to = avx2_spread_16(to, _mm256_castsi256_si128(v.high), special >> 32);
    avx2_spread_16(to, _mm256_extracti128_si256(v.high, 1), special >> 48);
}

#define TEXT_TARGET AVX2
#define TEXT_NAME(name) avx2_##name
#define TEXT_V struct avx2
#define TEXT_PART(p, n) avx2_part(p, n)
#define TEXT_STORE(to, v) avx2_store(to, v)
#define TEXT_ZEROS avx2_zeros()
#define TEXT_EITHER(v, w) avx2_either(v, w)
#define TEXT_IS_ZERO(v) avx2_is_zero(v)
#define TEXT_SPECIAL(v) avx2_special(v)
#define TEXT_CONTROLS(v) avx2_controls(v)
#define TEXT_HIGH(v) avx2_high(v)
#define TEXT_FAULTS(v, w) avx2_faults_64(v, w)
#define TEXT_LETTERS(v) avx2_letters(v)
#define TEXT_SPREAD(to, v, special) avx2_put(to, v, special)
#define TEXT_AS_IS(p, n, to) avx2_as_is(p, n, to)
#include "kernels/text_scan.h"

static const struct cb__text_kernel avx2 = {
    .name = "avx2",
    .hex = avx2_hex,
    .base64 = avx2_base64,
    .escape = avx2_escape,
    .utf8 = avx2_utf8,
    .string = avx2_string,
};

/* ---------------------------------------------------------------- AVX-512 */

#define AVX512                                                                                     \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")))

/* The first n of a vector's bytes. */
AVX512 static inline uint64_t first(size_t n)
{
    return _bzhi_u64(UINT64_MAX, (unsigned)n);
}

AVX512 static inline __m512i four_times(const uint8_t *table)
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)table));
}

AVX512 static inline __m512i avx512_hex_32(__m256i bytes)
{
    __m512i words = _mm512_cvtepu8_epi16(bytes);
    __m512i halves = _mm512_or_si512(_mm512_slli_epi16(words, 8), _mm512_srli_epi16(words, 4));
    return _mm512_shuffle_epi8(four_times(cb__hex_digits),
                               _mm512_and_si512(halves, _mm512_set1_epi8(15)));
}

AVX512 static void avx512_hex(const uint8_t *in, size_t n, uint8_t *out)
{
    for (; n >= 32; n -= 32, in += 32, out += 64)
        _mm512_storeu_si512(out, avx512_hex_32(_mm256_loadu_si256((const __m256i *)in)));
    if (n)
        _mm512_mask_storeu_epi8(out, first(2 * n),
                                avx512_hex_32(_mm256_maskz_loadu_epi8((__mmask32)first(n), in)));
}

/* The characters of 48 bytes (W. Muła and D. Lemire, "Base64 encoding and decoding
 * at almost the speed of a memory copy", 2020). */
AVX512 static inline __m512i avx512_base64_48(__m512i bytes)
{
    const __m512i order =
        _mm512_setr_epi32(0x01020001, 0x04050304, 0x07080607, 0x0a0b090a, 0x0d0e0c0d, 0x10110f10,
                          0x13141213, 0x16171516, 0x191a1819, 0x1c1d1b1c, 0x1f201e1f, 0x22232122,
                          0x25262425, 0x28292728, 0x2b2c2a2b, 0x2e2f2d2e);
    const __m512i shifts = _mm512_set1_epi64(0x3036242a1016040a);
    __m512i six = _mm512_multishift_epi64_epi8(shifts, _mm512_permutexvar_epi8(order, bytes));
    return _mm512_permutexvar_epi8(six, _mm512_loadu_si512(cb__base64_digits));
}

AVX512 static void avx512_base64(const uint8_t *in, size_t n, uint8_t *out)
{
    const uint64_t most = first(48);
    for (; n >= 48; n -= 48, in += 48, out += 64)
        _mm512_storeu_si512(out, avx512_base64_48(_mm512_maskz_loadu_epi8(most, in)));
    if (!n)
        return;
    /* (The bits after the last byte are zeros.) */
    const uint64_t all = first(cb__base64_size(n)), digits = first((4 * n + 2) / 3);
    __m512i characters = avx512_base64_48(_mm512_maskz_loadu_epi8(first(n), in));
    characters = _mm512_mask_blend_epi8(digits, _mm512_set1_epi8('='), characters);
    _mm512_mask_storeu_epi8(out, all, characters);
}

AVX512 static inline __m512i avx512_part(const uint8_t *data, size_t n)
{
    return _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), first(n), data);
}

AVX512 static inline uint64_t avx512_special(__m512i bytes)
{
    return _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20)) |
           _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) |
           _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
}

/* Are all bytes of both ASCII, and need no escape?  (As signed numbers, what is not ASCII is
 * below zero.) */
AVX512 static inline bool avx512_all_plain(__m512i low, __m512i high)
{
    const __m512i quote = _mm512_set1_epi8('"'), backslash = _mm512_set1_epi8('\\');
    uint64_t is = _mm512_cmpgt_epi8_mask(_mm512_min_epi8(low, high), _mm512_set1_epi8(0x1f));
    is = _mm512_mask_cmpneq_epi8_mask(is, low, quote);
    is = _mm512_mask_cmpneq_epi8_mask(is, low, backslash);
    is = _mm512_mask_cmpneq_epi8_mask(is, high, quote);
    return _mm512_mask_cmpneq_epi8_mask(is, high, backslash) == UINT64_MAX;
}

/* 128 bytes at a time, with one branch for the length of the rest. */
AVX512 static inline size_t avx512_as_is(const uint8_t *data, size_t n, uint8_t *out)
{
    size_t i = 0;
    for (; n - i >= 128; i += 128) {
        const __m512i low = _mm512_loadu_si512(data + i), high = _mm512_loadu_si512(data + i + 64);
        if (!avx512_all_plain(low, high))
            return i;
        _mm512_storeu_si512(out + i, low);
        _mm512_storeu_si512(out + i + 64, high);
    }
    const size_t left = n - i, second = left > 64 ? left - 64 : 0;
    const __m512i low = avx512_part(data + i, left);
    const __m512i high = avx512_part(data + i + (left - second), second);
    if (!avx512_all_plain(low, high))
        return i;
    _mm512_storeu_si512(out + i, low);
    _mm512_storeu_si512(out + i + 64, high);
    return n;
}

AVX512 static inline __m512i avx512_letters(__m512i bytes)
{
    const uint64_t low = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x10));
    return _mm512_mask_shuffle_epi8(bytes, low, four_times(cb__escape_short), bytes);
}

/* Interleaves 32 bytes with backslashes, and drops those that are not wanted. */
AVX512 static inline uint8_t *avx512_spread_32(uint8_t *to, __m256i bytes, uint32_t special)
{
    const uint64_t wanted = UINT64_C(0xaaaaaaaaaaaaaaaa) | _pdep_u64(special, 0x5555555555555555);
    __m512i pairs = _mm512_slli_epi16(_mm512_cvtepu8_epi16(bytes), 8);
    pairs = _mm512_or_si512(pairs, _mm512_set1_epi16('\\'));
    _mm512_storeu_si512(to, cb__compress(wanted, pairs));
    return to + 32 + __builtin_popcount(special);
}

AVX512 static inline void avx512_put(uint8_t *to, __m512i bytes, uint64_t special)
{
    to = avx512_spread_32(to, _mm512_castsi512_si256(bytes), (uint32_t)special);
    avx512_spread_32(to, _mm512_extracti64x4_epi64(bytes, 1), (uint32_t)(special >> 32));
}

/* Bytes that are not 0 are errors: `before` are the 64 bytes before these. */
AVX512 static inline __m512i avx512_faults(__m512i bytes, __m512i before)
{
    const __m512i half = _mm512_set1_epi8(15);
    __m512i joint = _mm512_alignr_epi64(bytes, before, 6);
    __m512i one = _mm512_alignr_epi8(bytes, joint, 15);
    __m512i two = _mm512_alignr_epi8(bytes, joint, 14);
    __m512i three = _mm512_alignr_epi8(bytes, joint, 13);
    __m512i a = _mm512_shuffle_epi8(four_times(cb__utf8_faults[0]),
                                    _mm512_and_si512(_mm512_srli_epi16(one, 4), half));
    __m512i b = _mm512_shuffle_epi8(four_times(cb__utf8_faults[1]), _mm512_and_si512(one, half));
    __m512i c = _mm512_shuffle_epi8(four_times(cb__utf8_faults[2]),
                                    _mm512_and_si512(_mm512_srli_epi16(bytes, 4), half));
    __m512i pair = _mm512_and_si512(_mm512_and_si512(a, b), c);
    __m512i third = _mm512_subs_epu8(two, _mm512_set1_epi8((char)(0xe0 - 0x80)));
    __m512i fourth = _mm512_subs_epu8(three, _mm512_set1_epi8((char)(0xf0 - 0x80)));
    __m512i must = _mm512_and_si512(_mm512_or_si512(third, fourth), _mm512_set1_epi8((char)0x80));
    return _mm512_xor_si512(must, pair);
}

#define TEXT_TARGET AVX512
#define TEXT_NAME(name) avx512_##name
#define TEXT_V __m512i
#define TEXT_PART(p, n) avx512_part(p, n)
#define TEXT_STORE(to, v) _mm512_storeu_si512(to, v)
#define TEXT_ZEROS _mm512_setzero_si512()
#define TEXT_EITHER(v, w) _mm512_or_si512(v, w)
#define TEXT_IS_ZERO(v) !_mm512_test_epi8_mask(v, v)
#define TEXT_SPECIAL(v) avx512_special(v)
#define TEXT_CONTROLS(v) _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20))
#define TEXT_HIGH(v) (uint64_t) _mm512_movepi8_mask(v)
#define TEXT_FAULTS(v, w) avx512_faults(v, w)
#define TEXT_LETTERS(v) avx512_letters(v)
#define TEXT_SPREAD(to, v, special) avx512_put(to, v, special)
#define TEXT_AS_IS(p, n, to) avx512_as_is(p, n, to)
#include "kernels/text_scan.h"

static const struct cb__text_kernel avx512 = {
    .name = "avx512",
    .hex = avx512_hex,
    .base64 = avx512_base64,
    .escape = avx512_escape,
    .utf8 = avx512_utf8,
    .string = avx512_string,
};

size_t cb__text_kernels_here(const struct cb__text_kernel **kernels)
{
    size_t count = 0;
    /* not taken: the tests of one machine run on one processor */
    bool bits = cb__x86_has(CB__X86_BMI) && cb__x86_has(CB__X86_POPCNT);
    if (bits && cb__x86_has(CB__X86_BMI2) && cb__x86_has(CB__X86_AVX512BW) &&
        cb__x86_has(CB__X86_AVX512VL) && cb__x86_has(CB__X86_AVX512VBMI) &&
        cb__x86_has(CB__X86_AVX512VBMI2))
        kernels[count++] = &avx512;
    if (bits && cb__x86_has(CB__X86_AVX2))
        kernels[count++] = &avx2;
    return count;
}
