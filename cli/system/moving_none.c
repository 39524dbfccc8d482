/* SPDX-License-Identifier: MIT */
#include "moving.h"

ssize_t moving_some(int in, int out, size_t n)
{
    (void)in;
    (void)out;
    (void)n;
    return 0;
}
