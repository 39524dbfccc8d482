/* SPDX-License-Identifier: MIT */
/*
 * Long random sequences of all operations on buffers.
 *
 * One iteration of the test is one seed, and the number that Check prints
 * after the name of a test that failed is its seed.  To run one seed alone,
 * give it as the argument or in CB_SEED.
 */
#include <stdlib.h>

#include "operations.h"
#include "support.h"

enum { STEPS = 8000 };

static size_t below(void *arg, size_t bound)
{
    return prng_below(arg, bound);
}

static void failed(int step, const char *operation, const char *condition)
{
    ck_abort_msg("step %d, %s: %s", step, operation, condition);
}

START_TEST(buffers_hold_what_a_flat_array_holds)
{
    struct prng prng = {.state = (uint64_t)_i};
    const struct choices choices = {.below = below, .failed = failed, .arg = &prng};

    operations_open(&choices);
    for (int i = 0; i < STEPS; i++)
        operations_step();
    operations_close();
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("random");
    TCase *tcase = add_case(suite, "random");
    const char *given = argc > 1 ? argv[1] : getenv("CB_SEED");
    int first = given == NULL ? 1 : (int)strtol(given, NULL, 0);
    int end = first + (given == NULL ? (int)rounds(40, 100) : 1);

    tcase_add_loop_test(tcase, buffers_hold_what_a_flat_array_holds, first, end);
    return run_suite(suite);
}
