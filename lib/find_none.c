/* SPDX-License-Identifier: MIT */
/* No kernels beside the plain one, for machines that have none of their own. */
#include "find.h"

size_t cb__kernels_here(const struct cb__kernel **kernels)
{
    (void)kernels;
    return 0;
}
