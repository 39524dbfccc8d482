/* SPDX-License-Identifier: MIT */
/* What kernels for AVX-512 share.  Empty on other processors. */
#ifndef CB_AVX512_H
#define CB_AVX512_H

#ifdef __x86_64__

#include <immintrin.h>
#include <stdint.h>

/*
 * The bytes that are wanted, moved to the front; zeros after them.
 *
 * On AMD processors the instruction waits for its destination to be written, even if all of it
 * is replaced: without the zero, made anew each time, no block would begin before the last one
 * has ended.  (The compiler must not see that it is one, or it leaves it out.)
 */
static inline __attribute__((target("avx512bw,avx512vbmi2"))) __m512i cb__compress(uint64_t wanted,
                                                                                   __m512i bytes)
{
    __m512i zero = _mm512_setzero_si512();
    __asm__("" : "+v"(zero));
    return _mm512_mask_compress_epi8(zero, wanted, bytes);
}

#endif

#endif
