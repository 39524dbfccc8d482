/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../cli/reports/stats.h"
#include "expect.h"
#include "support.h"

static struct stats stats;
static char text[STATS_TEXT];

static void setup(void)
{
    stats_init(&stats);
}

static void add_all(const uint64_t *sizes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        stats_add(&stats, sizes[i]);
}

/* The text, as a string. */
static const char *printed(enum stats_form form, unsigned width)
{
    size_t n = stats_print(&stats, form, width, text);
    ck_assert_uint_lt(n, sizeof text);
    ck_assert_uint_eq(strlen(text), n);
    return text;
}

/* ----------------------------------------------------------------- buckets */

/* Sizes around everything that could be a boundary. */
START_TEST(buckets_are_in_the_order_of_sizes)
{
    size_t before = 0;
    for (uint64_t size = 0; size < 1 << 17; size++) {
        size_t bucket = stats_bucket(size);
        expect(bucket == before || bucket == before + 1 || !size, "size %" PRIu64, size);
        expect(size >= STATS_EXACT || bucket == size, "size %" PRIu64 " shares a bucket", size);
        before = bucket;
    }
    for (unsigned bit = 17; bit < 64; bit++) {
        uint64_t size = (uint64_t)1 << bit;
        expect(stats_bucket(size) == stats_bucket(size - 1) + 1, "size 2^%u", bit);
        expect(stats_bucket(size + (size >> 7)) == stats_bucket(size) + 1, "size 2^%u", bit);
        expect(stats_bucket(size + (size >> 7) - 1) == stats_bucket(size), "size 2^%u", bit);
    }
    ck_assert_uint_eq(stats_bucket(UINT64_MAX), STATS_BUCKETS - 1);
}
END_TEST

/* --------------------------------------------------------------- quantiles */

static int order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* All of `count` sizes that are as long as `bits` allows, most far shorter. */
static void fill(uint64_t *sizes, size_t count, unsigned bits, struct prng *prng)
{
    for (size_t i = 0; i < count; i++) {
        unsigned shift = 64 - 1 - (unsigned)(prng_next(prng) % bits);
        sizes[i] = prng_next(prng) >> shift;
    }
}

/* Compares with the place in the sorted array. */
static void check_quantiles(uint64_t *sizes, size_t n)
{
    static const uint64_t parts[] = {2, 3, 10, 100, 1000, UINT64_MAX};
    stats_init(&stats);
    add_all(sizes, n);
    qsort(sizes, n, sizeof *sizes, order);
    ck_assert_uint_eq(stats.smallest, sizes[0]);
    ck_assert_uint_eq(stats.largest, sizes[n - 1]);
    for (size_t i = 0; i < COUNT(parts); i++) {
        size_t longer = (size_t)(n / parts[i]);
        uint64_t truth = sizes[n - longer - 1], found = stats_quantile(&stats, parts[i]);
        uint64_t off = found > truth ? found - truth : truth - found;
        expect(truth >= STATS_EXACT || !off, "%" PRIu64 " in place of %" PRIu64, found, truth);
        expect(off <= truth / 256, "%" PRIu64 " in place of %" PRIu64, found, truth);
    }
}

START_TEST(quantiles_are_those_of_the_sorted_sizes)
{
    static uint64_t sizes[5000];
    struct prng prng = {1};
    for (unsigned bits = 1; bits <= 64; bits++) {
        fill(sizes, 5000, bits, &prng);
        check_quantiles(sizes, 5000);
        for (size_t n = 1; n < 12; n++) {
            fill(sizes, n, bits, &prng);
            check_quantiles(sizes, n);
        }
    }
}
END_TEST

START_TEST(quantiles_of_equal_sizes_are_that_size)
{
    for (uint64_t size = 1; size; size *= 3) {
        stats_init(&stats);
        add_all((uint64_t[]){size, size, size}, 3);
        ck_assert_uint_eq(stats_quantile(&stats, 2), size);
        ck_assert_uint_eq(stats_quantile(&stats, 100), size);
        if (size > UINT64_MAX / 3)
            break;
    }
}
END_TEST

START_TEST(quantiles_at_their_edges)
{
    ck_assert_uint_eq(stats_quantile(&stats, 2), 0);
    /* Of 1 to 100, fifty are longer than 50, and one is longer than 99. */
    for (uint64_t size = 1; size <= 100; size++)
        stats_add(&stats, size);
    ck_assert_uint_eq(stats_quantile(&stats, 2), 50);
    ck_assert_uint_eq(stats_quantile(&stats, 100), 99);
    /* Of 101 the middle one is the median; two would be more than a hundredth. */
    stats_add(&stats, 101);
    ck_assert_uint_eq(stats_quantile(&stats, 2), 51);
    ck_assert_uint_eq(stats_quantile(&stats, 100), 100);
}
END_TEST

/* ----------------------------------------------------------------- classes */

START_TEST(classes_are_powers_of_two)
{
    uint64_t classes[STATS_CLASSES];
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t size = (uint64_t)1 << bit;
        add_all((uint64_t[]){size, size + size / 2, size - 1 + size}, 3);
    }
    stats_add(&stats, 0);
    stats_classes(&stats, classes);
    ck_assert_uint_eq(classes[0], 1);
    for (unsigned i = 1; i < STATS_CLASSES; i++)
        ck_assert_uint_eq(classes[i], 3);
}
END_TEST

/* -------------------------------------------------------------------- text */

START_TEST(text_for_people)
{
    add_all((uint64_t[]){1, 2, 0, 3, 9, 2}, 6);
    ck_assert_str_eq(printed(STATS_FOR_PEOPLE, 20), "records          6\n"
                                                    "bytes            17\n"
                                                    "smallest         0\n"
                                                    "mean             2.8\n"
                                                    "median           2\n"
                                                    "99th percentile  9\n"
                                                    "largest          9\n"
                                                    "0     1 ####\n"
                                                    "1     1 ####\n"
                                                    "2-3   3 ############\n"
                                                    "4-7   0\n"
                                                    "8-15  1 ####\n");
}
END_TEST

START_TEST(text_for_programs)
{
    ck_assert_str_eq(printed(STATS_JSON, 80),
                     "{\"records\":0,\"bytes\":0,\"smallest\":null,\"mean\":null,\"median\":null,"
                     "\"p99\":null,\"largest\":null,\"histogram\":[]}\n");
    add_all((uint64_t[]){5, 20}, 2);
    ck_assert_str_eq(printed(STATS_JSON, 80),
                     "{\"records\":2,\"bytes\":25,\"smallest\":5,\"mean\":12.500,\"median\":5,"
                     "\"p99\":20,\"largest\":20,\"histogram\":[{\"from\":4,\"to\":7,\"records\":1},"
                     "{\"from\":8,\"to\":15,\"records\":0},"
                     "{\"from\":16,\"to\":31,\"records\":1}]}\n");
}
END_TEST

START_TEST(text_without_records)
{
    ck_assert_str_eq(printed(STATS_FOR_PEOPLE, 80), "records          0\nbytes            0\n");
    ck_assert_uint_eq(stats_print(&stats, STATS_NONE, 80, text), 0);
}
END_TEST

/* The longest lines there can be, and all of them. */
START_TEST(text_has_room_for_everything)
{
    for (size_t i = 0; i < STATS_BUCKETS; i++)
        stats.buckets[i] = UINT64_MAX / STATS_BUCKETS;
    stats.buckets[0] *= 100;
    stats.records = stats.bytes = stats.largest = UINT64_MAX;
    stats.smallest = 0;
    const char *json = printed(STATS_JSON, 80);
    ck_assert_str_eq(json + strlen(json) - 4, "}]}\n");
    ck_assert_ptr_nonnull(strstr(json, "\"to\":18446744073709551615"));
    for (unsigned width = 0; width < 300; width += 10) {
        const char *lines = printed(STATS_FOR_PEOPLE, width);
        ck_assert_ptr_nonnull(strstr(lines, "\n9223372036854775808-18446744073709551615  "));
        ck_assert_int_eq(lines[strlen(lines) - 1], '\n');
    }
}
END_TEST

START_TEST(bars_keep_to_the_width)
{
    for (uint64_t size = 0; size < 300; size++)
        stats_add(&stats, size);
    for (unsigned width = 25; width < 200; width++) {
        for (const char *line = printed(STATS_FOR_PEOPLE, width); *line;) {
            size_t n = strcspn(line, "\n");
            expect(n <= width, "%zu columns, not %u", n, width);
            line += n + 1;
        }
    }
}
END_TEST

static Suite *stats_suite(void)
{
    Suite *suite = suite_create("stats");
    TCase *tcase = add_case(suite, "stats");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, buckets_are_in_the_order_of_sizes);
    tcase_add_test(tcase, quantiles_are_those_of_the_sorted_sizes);
    tcase_add_test(tcase, quantiles_of_equal_sizes_are_that_size);
    tcase_add_test(tcase, quantiles_at_their_edges);
    tcase_add_test(tcase, classes_are_powers_of_two);
    tcase_add_test(tcase, text_for_people);
    tcase_add_test(tcase, text_for_programs);
    tcase_add_test(tcase, text_without_records);
    tcase_add_test(tcase, text_has_room_for_everything);
    tcase_add_test(tcase, bars_keep_to_the_width);
    return suite;
}

int main(void)
{
    return run_suite(stats_suite());
}
