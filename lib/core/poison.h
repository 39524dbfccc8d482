/* SPDX-License-Identifier: MIT */
/*
 * Poison: with the address sanitizer, marks released bytes, so that the use of an
 * old piece is reported; otherwise does nothing.
 * Layer: base -> poison.
 */
#ifndef CB_POISON_H
#define CB_POISON_H

#include "core/base.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define CB__HAS_ASAN 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ && !defined CB__HAS_ASAN
#define CB__HAS_ASAN 1
#endif
#ifndef CB__HAS_ASAN
#define CB__HAS_ASAN 0
#endif

#if CB__HAS_ASAN
#include <sanitizer/asan_interface.h>
#endif

/* Nobody may read or write these bytes. */
static inline void cb__poison(const void *data, size_t n)
{
#if CB__HAS_ASAN
    __asan_poison_memory_region(data, n);
#else
    (void)data;
    (void)n;
#endif
}

static inline void cb__unpoison(const void *data, size_t n)
{
#if CB__HAS_ASAN
    __asan_unpoison_memory_region(data, n);
#else
    (void)data;
    (void)n;
#endif
}

#endif
