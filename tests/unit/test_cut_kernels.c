/* SPDX-License-Identifier: MIT */
/* Every kernel for cuts against the definition in kernels/cuts.h, on random numbers that end
 * directly before an unreadable page, and nothing after the results is written. */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "kernels/cuts.h"
#include "kernels.h"
#include "support.h"

enum { MOST = 70, FENCE = 64, UNTOUCHED = 0xa5 };

EACH_KERNEL(cb__cuts_kernel);

static void check_fence(const void *end)
{
    const uint8_t *fence = end;
    for (size_t i = 0; i < FENCE; i++)
        ck_assert_uint_eq(fence[i], UNTOUCHED);
}

/* Any number of 32 bits, often one that has all bits or none. */
static uint32_t any_number(struct prng *prng)
{
    const uint32_t some[] = {0, 1, UINT32_MAX, UINT32_C(1) << 31};
    const size_t which = prng_below(prng, 8);
    return which < 4 ? some[which] : (uint32_t)prng_below(prng, UINT32_MAX);
}

static void fill_cuts(struct prng *prng, struct cb__cut *cuts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cuts[i] = (struct cb__cut){
            .at = any_number(prng),
            .length = any_number(prng),
            .header = (uint16_t)any_number(prng),
            .trailer = (uint16_t)any_number(prng),
        };
}

/* Sums of 64 bits; what is in no cut is that of the span, and there is no trailer. */
static void check_piece(const struct cb_piece *piece, const struct cb__cut *cut, size_t i,
                        const struct cb_piece *span)
{
    ck_assert_uint_eq((uintptr_t)piece->data, (uintptr_t)span->data + cut->at);
    ck_assert_uint_eq(piece->length, cut->length);
    ck_assert_uint_eq(piece->record, span->record + i);
    ck_assert_uint_eq(piece->offset, span->offset + cut->at);
    ck_assert_uint_eq(piece->total, cut->length);
    ck_assert_ptr_eq(piece->block, span->block);
    ck_assert_uint_eq(piece->flags, span->flags);
    ck_assert_uint_eq(piece->header, cut->header);
    ck_assert_uint_eq(piece->trailer, 0);
}

static void check_pieces(struct prng *prng, size_t n)
{
    static uint8_t nothing[1];
    struct cb__cut cuts[MOST] = {{0}};
    struct guard guard;
    const struct cb_piece span = {
        .data = nothing,
        .record = UINT32_MAX - 3,
        .offset = UINT64_C(0xfffffff0) << (n % 3 * 8),
        .block = cuts,
        .flags = CB_FIRST | CB_LAST,
    };
    struct cb_piece *pieces = malloc(n * sizeof *pieces + FENCE);
    ck_assert_ptr_nonnull(pieces);
    memset(pieces, UNTOUCHED, n * sizeof *pieces + FENCE);
    fill_cuts(prng, cuts, n);
    guard_init(&guard, cuts, n * sizeof *cuts);
    cb__cuts_to_pieces((const struct cb__cut *)(const void *)guard.data, n, &span, pieces);
    for (size_t i = 0; i < n; i++)
        check_piece(&pieces[i], &cuts[i], i, &span);
    check_fence(pieces + n);
    guard_fini(&guard);
    free(pieces);
}

START_TEST(pieces_are_as_defined)
{
    struct prng prng = {1};
    use_kernel(_i);
    for (size_t n = 0; n <= MOST; n++)
        check_pieces(&prng, n);
}
END_TEST

/* Hits with gaps of up to `gap` bytes between records, the last one up to 2^30. */
static void check_ends(struct prng *prng, size_t n, size_t gap, uint16_t kept, uint16_t dropped)
{
    const uint32_t from = (uint32_t)prng_below(prng, gap);
    const size_t first = prng_below(prng, from + 1);
    uint32_t hits[MOST] = {0};
    struct guard guard;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        at += prng_below(prng, gap);
        hits[i] = (uint32_t)at;
        at += (size_t)kept + dropped;
    }
    struct cb__cut *cuts = malloc(n * sizeof *cuts + FENCE);
    ck_assert_ptr_nonnull(cuts);
    memset(cuts, UNTOUCHED, n * sizeof *cuts + FENCE);
    guard_init(&guard, hits, n * sizeof *hits);
    const struct cb__ends ends = {
        .hits = (const uint32_t *)(const void *)guard.data,
        .count = n,
        .from = from,
        .kept = kept,
        .dropped = dropped,
    };
    const size_t end = cb__cuts_from_ends(&ends, first, cuts);
    size_t start = first;
    for (size_t i = 0; i < n; i++) {
        const size_t delimiter = from + (size_t)hits[i];
        ck_assert_uint_eq(cuts[i].at, start);
        ck_assert_uint_eq(cuts[i].length, delimiter + kept - start);
        ck_assert_uint_eq(cuts[i].header, 0);
        ck_assert_uint_eq(cuts[i].trailer, dropped);
        start = delimiter + kept + dropped;
    }
    ck_assert_uint_eq(end, start);
    check_fence(cuts + n);
    guard_fini(&guard);
    free(cuts);
}

START_TEST(cuts_are_as_defined)
{
    struct prng prng = {2};
    const size_t gaps[] = {1, 2, 100, 10000000};
    use_kernel(_i);
    for (size_t n = 0; n <= MOST; n++)
        for (size_t gap = 0; gap < 4; gap++) {
            check_ends(&prng, n, gaps[gap], 0, 1);
            check_ends(&prng, n, gaps[gap], 0, 2);
            check_ends(&prng, n, gaps[gap], 2, 0);
            check_ends(&prng, n, gaps[gap], 1, UINT16_MAX);
        }
}
END_TEST

static Suite *cut_kernels_suite(void)
{
    Suite *suite = suite_create("cut kernels");
    TCase *all = add_case(suite, "all");
    const int kernels = count_kernels();
    tcase_add_loop_test(all, pieces_are_as_defined, 0, kernels);
    tcase_add_loop_test(all, cuts_are_as_defined, 0, kernels);
    return suite;
}

int main(void)
{
    return run_suite(cut_kernels_suite());
}
