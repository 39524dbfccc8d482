/* SPDX-License-Identifier: MIT */
/*
 * For Frama-C, which does not know them: what GCC's manual promises of the built-in functions
 * for arithmetic with overflow checking, for 64-bit unsigned numbers, the only ones that the
 * library gives them.  This is assumed, not proved.
 */
#ifndef CB_PROOF_OVERFLOW_H
#define CB_PROOF_OVERFLOW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No proof is about atomic variables, or where in memory something is. */
#undef _Atomic
#define _Atomic(type) type
#define _Alignas(size)

/*@ requires \valid(result);
    assigns *result;
    ensures \result == false <==> a + b <= UINT64_MAX;
    ensures a + b <= UINT64_MAX ==> *result == a + b;
    ensures a + b > UINT64_MAX ==> *result == a + b - UINT64_MAX - 1; */
bool __builtin_add_overflow(uint64_t a, uint64_t b, uint64_t *result);

/*@ requires \valid(result);
    assigns *result;
    ensures \result == false <==> a >= b;
    ensures a >= b ==> *result == a - b; */
bool __builtin_sub_overflow(uint64_t a, uint64_t b, uint64_t *result);

/*@ requires \valid(result);
    assigns *result;
    ensures \result == false <==> a * b <= UINT64_MAX;
    ensures a * b <= UINT64_MAX ==> *result == a * b; */
bool __builtin_mul_overflow(uint64_t a, uint64_t b, uint64_t *result);

#endif
