/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>

#include "orphans.h"

void orphans_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}
