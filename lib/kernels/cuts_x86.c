/* SPDX-License-Identifier: MIT */
/* Cuts on x86-64: AVX-512BW, and AVX2 for pieces. */
#include <immintrin.h>
#include <stddef.h>

#include "kernels/cuts.h"
#include "kernels/processor_x86.h"

/*
 * A piece is eight words of 64 bits.  Each is the word of `span` plus a field of the cut, or
 * plus nothing, or plus the number of the cut; so a shuffle and a sum make a piece, and
 * nothing is carried from one word to the next.
 */
enum { NONE = 0x80 };
#define WORD_NONE NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE
#define WORD_AT 0, 1, 2, 3, NONE, NONE, NONE, NONE
#define WORD_LENGTH 4, 5, 6, 7, NONE, NONE, NONE, NONE
#define WORD_HEADER NONE, NONE, NONE, NONE, 8, 9, NONE, NONE

static const uint8_t shuffle[64] = {
    WORD_AT,     /* data */
    WORD_LENGTH, /* length */
    WORD_NONE,   /* record */
    WORD_AT,     /* offset */
    WORD_LENGTH, /* total */
    WORD_NONE,   /* block */
    WORD_HEADER, /* flags, header */
    WORD_NONE,   /* trailer */
};

/* What each piece adds to the one before: 1 to the number of the record. */
static const uint64_t next[8] = {[offsetof(struct cb_piece, record) / 8] = 1};

#define IS_AT(member, place) (offsetof(struct cb_piece, member) == (place))
_Static_assert(IS_AT(data, 0) && IS_AT(length, 8) && IS_AT(record, 16) && IS_AT(offset, 24) &&
                   IS_AT(total, 32) && IS_AT(block, 40) && IS_AT(flags, 48) && IS_AT(header, 52) &&
                   IS_AT(trailer, 56) && sizeof(struct cb_piece) == 64,
               "pieces are as they are made here");
_Static_assert(sizeof(struct cb__cut) == 12, "so are cuts");

/* (The bytes after a cut are read, too, but not those after the last one.) */
static inline __m128i load_cut(const struct cb__cut *cut)
{
    return _mm_loadu_si128((const __m128i *)cut);
}

/* ------------------------------------------------------------------- AVX2 */

#define AVX2 __attribute__((target("avx2")))

AVX2 static void avx2_to_pieces(const struct cb__cut *cuts, size_t count,
                                const struct cb_piece *span, struct cb_piece *pieces)
{
    const __m256i *const from = (const __m256i *)shuffle, *const step = (const __m256i *)next;
    const __m256i left = _mm256_loadu_si256(from), right = _mm256_loadu_si256(from + 1);
    const __m256i one = _mm256_loadu_si256(step);
    __m256i first = _mm256_loadu_si256((const __m256i *)span);
    const __m256i last = _mm256_loadu_si256((const __m256i *)span + 1);
    size_t i = 0;
    for (; i + 1 < count; i++) {
        const __m256i cut = _mm256_broadcastsi128_si256(load_cut(&cuts[i]));
        __m256i *to = (__m256i *)&pieces[i];
        _mm256_storeu_si256(to, _mm256_add_epi64(first, _mm256_shuffle_epi8(cut, left)));
        _mm256_storeu_si256(to + 1, _mm256_add_epi64(last, _mm256_shuffle_epi8(cut, right)));
        first = _mm256_add_epi64(first, one);
    }
    if (i < count)
        cb__cut_piece(&cuts[i], i, span, &pieces[i]);
}

static const struct cb__cuts_kernel avx2 = {
    .name = "avx2",
    .to_pieces = avx2_to_pieces,
    .from_ends = cb__cuts_from_ends_plain,
};

/* ---------------------------------------------------------------- AVX-512 */

#define AVX512 __attribute__((target("avx512bw")))

AVX512 static void avx512_to_pieces(const struct cb__cut *cuts, size_t count,
                                    const struct cb_piece *span, struct cb_piece *pieces)
{
    const __m512i from = _mm512_loadu_si512((const void *)shuffle);
    const __m512i one = _mm512_loadu_si512((const void *)next);
    __m512i piece = _mm512_loadu_si512((const void *)span);
    size_t i = 0;
    for (; i + 1 < count; i++) {
        const __m512i cut = _mm512_broadcast_i32x4(load_cut(&cuts[i]));
        _mm512_storeu_si512((void *)&pieces[i],
                            _mm512_add_epi64(piece, _mm512_shuffle_epi8(cut, from)));
        piece = _mm512_add_epi64(piece, one);
    }
    if (i < count)
        cb__cut_piece(&cuts[i], i, span, &pieces[i]);
}

/* Sixteen cuts are three vectors of beginnings, lengths, and what is in all of them. */
#define CUT(i) (i), 16 + (i), 0
static const uint32_t interleave[48] = {
    CUT(0), CUT(1), CUT(2),  CUT(3),  CUT(4),  CUT(5),  CUT(6),  CUT(7),
    CUT(8), CUT(9), CUT(10), CUT(11), CUT(12), CUT(13), CUT(14), CUT(15),
};
enum { THIRD_1 = 0x4924, THIRD_2 = 0x2492, THIRD_3 = 0x9249 };

AVX512 static inline void avx512_put_cuts(__m512i starts, __m512i lengths, __m512i rest,
                                          struct cb__cut *cuts)
{
    static const __mmask16 thirds[3] = {THIRD_1, THIRD_2, THIRD_3};
    uint8_t *to = (uint8_t *)cuts;
    for (size_t i = 0; i < 3; i++) {
        const __m512i from = _mm512_loadu_si512((const void *)(interleave + 16 * i));
        const __m512i both = _mm512_permutex2var_epi32(starts, from, lengths);
        _mm512_storeu_si512((void *)(to + 64 * i), _mm512_mask_mov_epi32(both, thirds[i], rest));
    }
}

AVX512 static size_t avx512_from_ends(const struct cb__ends *ends, size_t start,
                                      struct cb__cut *cuts)
{
    const uint32_t length = (uint32_t)ends->kept + ends->dropped;
    const __m512i after = _mm512_set1_epi32((int)(ends->from + length));
    const __m512i dropped = _mm512_set1_epi32(ends->dropped);
    const __m512i rest = _mm512_slli_epi32(dropped, 16);
    __m512i before = _mm512_set1_epi32((int)(uint32_t)start);
    size_t i = 0;
    for (; i + 16 <= ends->count; i += 16) {
        const __m512i hits = _mm512_loadu_si512((const void *)(ends->hits + i));
        const __m512i stops = _mm512_add_epi32(hits, after);
        const __m512i starts = _mm512_alignr_epi32(stops, before, 15);
        const __m512i lengths = _mm512_sub_epi32(_mm512_sub_epi32(stops, dropped), starts);
        avx512_put_cuts(starts, lengths, rest, cuts + i);
        before = stops;
    }
    if (i)
        start = (size_t)ends->from + ends->hits[i - 1] + length;
    struct cb__ends others = *ends;
    others.hits += i;
    others.count -= i;
    return cb__cuts_from_ends_plain(&others, start, cuts + i);
}

static const struct cb__cuts_kernel avx512 = {
    .name = "avx512",
    .to_pieces = avx512_to_pieces,
    .from_ends = avx512_from_ends,
};

size_t cb__cuts_kernels_here(const struct cb__cuts_kernel **kernels)
{
    size_t count = 0;
    /* not taken: the tests of one machine run on one processor */
    if (cb__x86_has(CB__X86_AVX512BW))
        kernels[count++] = &avx512;
    if (cb__x86_has(CB__X86_AVX2))
        kernels[count++] = &avx2;
    return count;
}
