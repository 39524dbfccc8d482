/* SPDX-License-Identifier: MIT */
/*
 * Buffers: after each operation, what a flat array would hold.  The input makes the choices
 * of tests/unit/operations.c, until it ends.
 */
#include "../tests/unit/operations.h"
#include "fuzz.h"

static size_t below(void *arg, size_t bound)
{
    return input_below(arg, (unsigned)bound);
}

static void failed(int step, const char *operation, const char *condition)
{
    fprintf(stderr, "step %d, %s: %s\n", step, operation, condition);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const struct choices choices = {.below = below, .failed = failed, .arg = &input};
    operations_open(&choices);
    while (input.size)
        operations_step();
    operations_close();
    return 0;
}
