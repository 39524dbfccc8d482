/* SPDX-License-Identifier: MIT */
/* For tests that run once with each kernel that this machine has. */
#ifndef CB_TESTS_KERNELS_H
#define CB_TESTS_KERNELS_H

#include <stddef.h>

/* For kernels of type struct KERNEL (kernels/choose.h) defines count_kernels(), the bound of
 * a loop of tests, and use_kernel(_i), with which each test of it begins. */
#define EACH_KERNEL(KERNEL)                                                                        \
    static void use_kernel(int i)                                                                  \
    {                                                                                              \
        KERNEL##_use(KERNEL##_get((size_t)i));                                                     \
    }                                                                                              \
                                                                                                   \
    static int count_kernels(void)                                                                 \
    {                                                                                              \
        size_t n = 0;                                                                              \
        while (KERNEL##_get(n) != NULL)                                                            \
            n++;                                                                                   \
        return (int)n;                                                                             \
    }                                                                                              \
    struct KERNEL /* for the semicolon */

#endif
