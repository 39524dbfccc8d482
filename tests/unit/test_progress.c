/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "../../cli/reports/progress.h"
#include "expect.h"
#include "support.h"

#define MIB ((uint64_t)1 << 20)

static struct progress progress;
static char line[PROGRESS_LINE + 1];

/* The line at a time, as a string. */
static const char *drawn(double now, uint64_t bytes, uint64_t records, unsigned width)
{
    line[progress_draw(&progress, now, bytes, records, width, line)] = '\0';
    return line;
}

static const char *summed_up(double now, uint64_t bytes, uint64_t records, unsigned width)
{
    line[progress_sum_up(&progress, now, bytes, records, width, line)] = '\0';
    return line;
}

START_TEST(known_size)
{
    progress_begin(&progress, 10 * MIB, 100);
    /* Half of it in two seconds: two more.  A bar has what is left of 80. */
    ck_assert_str_eq(drawn(102, 5 * MIB, 7, 80), " 50%  5.0M of 10M  0:02 left  2.5M/s  7 records  "
                                                 "[##############               ]");
    /* At the same rate. */
    ck_assert_str_eq(drawn(104, 10 * MIB, 1, 60),
                     "100%  10M of 10M  0:00 left  2.5M/s  1 record  [###########]");
    ck_assert_str_eq(summed_up(105, 10 * MIB, 1000, 80),
                     "100%  10M of 10M  in 0:05  2.0M/s  1000 records");
}
END_TEST

START_TEST(unknown_size)
{
    progress_begin(&progress, PROGRESS_UNKNOWN, 0);
    ck_assert_str_eq(drawn(0.5, 0, 0, 80), "0B  0:00  0B/s  0 records");
    ck_assert_str_eq(summed_up(3661, 3661 * MIB, 12, 80), "3.6G  in 1:01:01  1.0M/s  12 records");
}
END_TEST

/* Files grow, and some tell no size at all. */
START_TEST(more_than_was_known)
{
    progress_begin(&progress, 0, 0);
    ck_assert_str_eq(summed_up(2, 0, 0, 80), "100%  0B of 0B  in 0:02  0B/s  0 records");
    ck_assert_str_eq(summed_up(2, 2048, 5, 80), "2.0K  in 0:02  1.0K/s  5 records");
    progress_begin(&progress, 5, 0);
    ck_assert_str_eq(drawn(2, 6, 5, 80), "6B  0:02  3B/s  5 records");
}
END_TEST

/* Nothing comes for a while: the rate goes down, the time left goes up. */
START_TEST(rate_follows_what_happens)
{
    progress_begin(&progress, 100 * MIB, 0);
    drawn(1, 10 * MIB, 0, 80);
    ck_assert_double_eq(progress.rate, 10.0 * MIB);
    drawn(4, 10 * MIB, 0, 80); /* three seconds of nothing count one half */
    ck_assert_double_eq(progress.rate, 5.0 * MIB);
    for (double now = 4.2; now < 60; now += 0.2)
        drawn(now, 10 * MIB, 0, 80);
    ck_assert_double_lt(progress.rate, 1.0);
    progress.rate = 0;
    ck_assert_str_eq(drawn(60, 10 * MIB, 0, 40), " 10%  10M of 100M  -:-- left  0B/s");
}
END_TEST

START_TEST(numbers_have_three_digits_or_so)
{
    static const struct {
        uint64_t bytes;
        const char *said;
    } table[] = {
        {0, "0B"},
        {999, "999B"},
        {1000, "1.0K"},
        {1024 * 9 + 1000, "10K"},
        {1024 * 999, "999K"},
        {1024 * 1000, "1.0M"},
        {MIB * 3 / 2, "1.5M"},
        {MIB << 10, "1.0G"},
        {MIB << 20, "1.0T"},
        {MIB << 30, "1.0P"},
        {MIB << 40, "1.0E"},
        {UINT64_MAX - 1, "16E"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        progress_begin(&progress, PROGRESS_UNKNOWN, 0);
        ck_assert_str_eq(summed_up(0, table[i].bytes, 0, (unsigned)strlen(table[i].said)),
                         table[i].said);
    }
}
END_TEST

START_TEST(no_line_is_wider_than_it_may_be)
{
    static const uint64_t totals[] = {0, 1, 1000 * MIB, UINT64_MAX - 1, PROGRESS_UNKNOWN};
    for (size_t i = 0; i < COUNT(totals); i++) {
        for (unsigned width = 0; width < 1000; width++) {
            unsigned most = width < PROGRESS_LINE ? width : PROGRESS_LINE;
            progress_begin(&progress, totals[i], 0);
            memset(line, '!', sizeof line);
            size_t n = progress_draw(&progress, 1e300, UINT64_MAX - 2, UINT64_MAX, width, line);
            expect(n <= most && line[n] == '!', "%zu of %u columns", n, width);
            n = progress_draw(&progress, 1e300, totals[i] / 2, 1, width, line);
            expect(n <= most, "%zu of %u columns", n, width);
            n = progress_sum_up(&progress, 1e-300, UINT64_MAX, UINT64_MAX, width, line);
            expect(n <= most, "%zu of %u columns", n, width);
        }
    }
}
END_TEST

/* Where there is little room, the first things stay. */
START_TEST(narrow_lines)
{
    progress_begin(&progress, 10 * MIB, 0);
    ck_assert_str_eq(drawn(2, 5 * MIB, 7, 19), " 50%  5.0M of 10M");
    ck_assert_str_eq(drawn(2, 5 * MIB, 7, 16), " 50%  0:02 left");
    ck_assert_str_eq(drawn(2, 5 * MIB, 7, 10), " 50%");
    ck_assert_str_eq(drawn(2, 5 * MIB, 7, 3), "");
}
END_TEST

static Suite *progress_suite(void)
{
    Suite *suite = suite_create("progress");
    TCase *tcase = add_case(suite, "progress");
    tcase_add_test(tcase, known_size);
    tcase_add_test(tcase, unknown_size);
    tcase_add_test(tcase, more_than_was_known);
    tcase_add_test(tcase, rate_follows_what_happens);
    tcase_add_test(tcase, numbers_have_three_digits_or_so);
    tcase_add_test(tcase, no_line_is_wider_than_it_may_be);
    tcase_add_test(tcase, narrow_lines);
    return suite;
}

int main(void)
{
    return run_suite(progress_suite());
}
