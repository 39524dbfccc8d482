/* SPDX-License-Identifier: MIT */
/* Bytes that nobody can predict, from the system. */
#ifndef CB_RANDOM_H
#define CB_RANDOM_H

#include "core/base.h"

/* At most 256, which getrandom gives all at once.  False if there are none. */
bool cb__random(uint8_t *to, size_t n);

#endif
