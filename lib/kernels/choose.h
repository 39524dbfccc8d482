/* SPDX-License-Identifier: MIT */
/*
 * The choice between kernels, the same for all that have some.
 * Layer: base -> choose.
 */
#ifndef CB_CHOOSE_H
#define CB_CHOOSE_H

#include <stdatomic.h>

#include "core/base.h"

/* The most that are for one machine, besides the plain one. */
enum { CB__KERNELS = 4 };

/*
 * For kernels of type struct KERNEL, of which KERNEL##s_here has those of this machine, best
 * first, and PLAIN is for any: defines KERNEL##_get and KERNEL##_use, and kernel_now, which
 * returns the one in use.  That is chosen on first use.  Several threads may do so at once:
 * they choose the same one.
 */
#define CB__CHOOSE_KERNEL(KERNEL, PLAIN)                                                           \
    const struct KERNEL *KERNEL##_get(size_t i)                                                    \
    {                                                                                              \
        const struct KERNEL *here[CB__KERNELS];                                                    \
        const size_t count = KERNEL##s_here(here);                                                 \
        return i < count ? here[i] : i == count ? (PLAIN) : NULL;                                  \
    }                                                                                              \
                                                                                                   \
    static _Atomic(const struct KERNEL *) kernel_in_use;                                           \
                                                                                                   \
    void KERNEL##_use(const struct KERNEL *kernel)                                                 \
    {                                                                                              \
        atomic_store_explicit(&kernel_in_use, kernel, memory_order_release);                       \
    }                                                                                              \
                                                                                                   \
    static const struct KERNEL *kernel_now(void)                                                   \
    {                                                                                              \
        const struct KERNEL *kernel = atomic_load_explicit(&kernel_in_use, memory_order_acquire);  \
        if (cb__unlikely(!kernel)) {                                                               \
            kernel = KERNEL##_get(0);                                                              \
            KERNEL##_use(kernel);                                                                  \
        }                                                                                          \
        return kernel;                                                                             \
    }                                                                                              \
    struct KERNEL /* for the semicolon */

#endif
