/* SPDX-License-Identifier: MIT */
/*
 * Moving: bytes from one descriptor to another inside the kernel.
 *
 * moving_splice.c is for Linux, moving_none.c for systems that have no calls for it.
 */
#ifndef MOVING_H
#define MOVING_H

#include <stddef.h>
#include <sys/types.h>

/* Moves at most n bytes; returns how many.  0 at the end of the input, or if that is not
 * possible with these two, or if one of them failed; -1 if one of them is not ready. */
ssize_t moving_some(int in, int out, size_t n);

#endif
