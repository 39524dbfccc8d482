/* SPDX-License-Identifier: MIT */
#ifndef CB__KERNELS_PROCESSOR_X86_H
#define CB__KERNELS_PROCESSOR_X86_H
/*
 * What this processor has, and the system lets programs use.  cb__x86_has(CB__X86_AVX2) is
 * asked once for each set of kernels.
 *
 * glibc's loader has found it out before main, and tells from 2.33 on (sys/platform/x86.h).
 * Elsewhere the compiler's own table is asked, which fills itself by a dozen CPUID before
 * main.  In a virtual machine each of them leaves it, for 2 to 12 µs; together that was a tenth
 * of the time in which cbsplit starts and ends.
 */
#include <stdbool.h>
#include <stdint.h> /* __GLIBC__ */

#ifdef __GLIBC__
#define CB__X86_BY_LOADER __GLIBC_PREREQ(2, 33)
#else
#define CB__X86_BY_LOADER 0
#endif

#if CB__X86_BY_LOADER
#include <sys/platform/x86.h>

#define CB__X86_AVX2 x86_cpu_AVX2
#define CB__X86_AVX512BW x86_cpu_AVX512BW
#define CB__X86_AVX512VL x86_cpu_AVX512VL
#define CB__X86_AVX512VBMI x86_cpu_AVX512_VBMI
#define CB__X86_AVX512VBMI2 x86_cpu_AVX512_VBMI2
#define CB__X86_BMI x86_cpu_BMI1
#define CB__X86_BMI2 x86_cpu_BMI2
#define CB__X86_PCLMUL x86_cpu_PCLMULQDQ
#define CB__X86_POPCNT x86_cpu_POPCNT

/* (CPU_FEATURE_ACTIVE shifts an int by 31 bits.) */
static inline bool cb__x86_has(unsigned feature)
{
    enum { WORD = 32, LEAF = 4 * WORD }; /* bits */
    const struct cpuid_feature *leaf = __x86_get_cpuid_feature_leaf(feature / LEAF);
    return leaf->active_array[feature % LEAF / WORD] >> feature % WORD & 1;
}

#else

#define CB__X86_AVX2 "avx2"
#define CB__X86_AVX512BW "avx512bw"
#define CB__X86_AVX512VL "avx512vl"
#define CB__X86_AVX512VBMI "avx512vbmi"
#define CB__X86_AVX512VBMI2 "avx512vbmi2"
#define CB__X86_BMI "bmi"
#define CB__X86_BMI2 "bmi2"
#define CB__X86_PCLMUL "pclmul"
#define CB__X86_POPCNT "popcnt"

#define cb__x86_has(feature) (__builtin_cpu_init(), __builtin_cpu_supports(feature) != 0)

#endif

#endif
