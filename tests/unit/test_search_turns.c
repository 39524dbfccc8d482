/* SPDX-License-Identifier: MIT */
/* Searches that take turns, and cb_find_any: several needles, among changes to the buffer, against
 * a search of plain loops. */
#include <string.h>

#include "expect.h"
#include "support.h"
#include "searching.h"

/* ------------------------------------------------------------------- resume */

/* The bytes of `buffer` in a flat array. */
struct flat {
    char bytes[600];
    size_t size;
};

static void prepend_to_both(struct flat *flat, const char *more, size_t n)
{
    ck_assert_int_eq(cb_prepend(buffer, more, n), CB_OK);
    memmove(flat->bytes + n, flat->bytes, flat->size);
    memcpy(flat->bytes, more, n);
    flat->size += n;
}

static void append_to_both(struct flat *flat, const char *more, size_t n)
{
    append_block(buffer, more, n);
    memcpy(flat->bytes + flat->size, more, n);
    flat->size += n;
}

/* Now and then adds or removes a few bytes at either end of both.  False if it is time for
 * a search. */
static bool change_both(struct prng *prng, struct flat *flat)
{
    char more[8];
    size_t n = prng_below(prng, sizeof more);
    const bool room = flat->size + n <= 500;

    switch (prng_below(prng, 12)) {
    case 0:
        n = cb_skip(buffer, prng_below(prng, 3) ? n : flat->size);
        memmove(flat->bytes, flat->bytes + n, flat->size -= n);
        return true;
    case 1:
        flat->size -= cb_truncate(buffer, flat->size > n ? flat->size - n : 0);
        return true;
    case 2:
        prng_fill(prng, more, n, "ab", 2);
        if (room && prng_below(prng, 4) == 0)
            prepend_to_both(flat, more, n);
        return true;
    case 3:
    case 4:
        prng_fill(prng, more, n, "aab", 3);
        if (room)
            append_to_both(flat, more, n);
        return true;
    default:
        return false;
    }
}

/* Bounds of a search: mostly all bytes. */
static size_t any_start(struct prng *prng, const struct flat *flat)
{
    return prng_below(prng, 3) ? 0 : prng_below(prng, flat->size + 2);
}

static size_t any_end(struct prng *prng, const struct flat *flat)
{
    return prng_below(prng, 3) ? CB_ALL : prng_below(prng, flat->size + 2);
}

/* The same operations on a buffer and on a flat array, with needles that take
 * turns: whatever is remembered of one, the answer is that of a fresh search. */
START_TEST(searches_that_take_turns_are_right_whatever_happens_between_them)
{
    static const char *const needles[] = {"a",   "ab",  "aa",    "aab",   "abab", "b",
                                          "bba", "abb", "aabab", "bbbba", "ba"};
    struct prng prng = {.state = 6};
    struct flat flat = {.size = 0};

    for (size_t round = rounds(60000, 200000); round > 0; round--) {
        if (change_both(&prng, &flat))
            continue;
        const char *needle = needles[prng_below(&prng, COUNT(needles))];
        const size_t n = strlen(needle), from = any_start(&prng, &flat);
        const size_t end = any_end(&prng, &flat);
        int64_t at = find(buffer, needle, n, from, end);
        int64_t expected = python_find(flat.bytes, flat.size, needle, n, from, end);
        ck_assert_msg(at == expected, "%s from %zu to %d in %.*s: %d, expected %d", needle, from,
                      (int)end, (int)flat.size, flat.bytes, (int)at, (int)expected);
    }
}
END_TEST

/* -------------------------------------------------------- several needles */

/* The first of the longest needles that begin first; *which is COUNT where none is. */
static int64_t find_any_slowly(const char *data, size_t size, const struct iovec *needles,
                               size_t count, size_t start, size_t end, size_t *which)
{
    size_t longest = 0;

    *which = count;
    end = end < size ? end : size;
    for (size_t at = start; at < end; at++) {
        for (size_t i = 0; i < count; i++) {
            size_t n = needles[i].iov_len;

            if (n > longest && n <= end - at && memcmp(data + at, needles[i].iov_base, n) == 0) {
                longest = n;
                *which = i;
            }
        }
        if (longest > 0)
            return (int64_t)at;
    }
    return NOT_FOUND;
}

static void check_any(const char *flat, size_t size, const struct iovec *needles, size_t count,
                      size_t start, size_t end)
{
    size_t at = 777, which = 888, expected_which;
    int64_t expected = find_any_slowly(flat, size, needles, count, start, end, &expected_which);
    int status = cb_find_any(buffer, needles, count, start, end, &at, &which);

    expect(status == (expected == NOT_FOUND ? CB_NO : CB_YES), "%.*s: status %d", (int)size, flat,
           status);
    if (status == CB_YES)
        expect(at == (size_t)expected && which == expected_which,
               "from %zu to %zu in %.*s: %zu at %zu, expected %zu at %d", start, end, (int)size,
               flat, which, at, expected_which, (int)expected);
    else
        expect(at == 777 && which == 888, "results were set");
}

/* As with single needles, above: whatever is remembered, the answer is that of a
 * search by hand. */
START_TEST(sets_of_needles_that_take_turns_are_right_whatever_happens_between_them)
{
    struct iovec sets[SETS][IN_SET] = {
        {NEEDLE("a"), NEEDLE("b"), NEEDLE("a"), NEEDLE("b")},
        {NEEDLE("ab"), NEEDLE("abab"), NEEDLE("b"), NEEDLE("aab")},
        {NEEDLE("bbba"), NEEDLE("bb"), NEEDLE("abba"), NEEDLE("aaaaab")},
        {NEEDLE("ba"), NEEDLE("bab"), NEEDLE("babb"), NEEDLE("babba")},
        {NEEDLE("aabba"), NEEDLE("abb"), NEEDLE("bb"), NEEDLE("bbab")},
        {NEEDLE("b"), NEEDLE("ab"), NEEDLE("aab"), NEEDLE("aaab")},
        {NEEDLE("aaaa"), NEEDLE("bbbb"), NEEDLE("aaaa"), NEEDLE("ababab")},
    };
    struct prng prng = {.state = 8};
    struct flat flat = {.size = 0};

    for (size_t round = rounds(60000, 200000); round > 0; round--) {
        if (change_both(&prng, &flat))
            continue;
        const struct iovec *needles = sets[prng_below(&prng, SETS)];
        const size_t count = 1 + prng_below(&prng, IN_SET), start = any_start(&prng, &flat);
        check_any(flat.bytes, flat.size, needles, count, start, any_end(&prng, &flat));
    }
}
END_TEST

START_TEST(the_first_needle_wins_and_there_the_longest)
{
    const struct iovec ends[] = {NEEDLE("\n"), NEEDLE("\r\n"), NEEDLE("\r")};
    size_t at, which;

    append_block(buffer, BYTES("one\r"));
    ck_assert_int_eq(cb_find_any(buffer, ends, 3, 0, CB_ALL, &at, &which), CB_YES);
    ck_assert_uint_eq(at, 3);
    ck_assert_uint_eq(which, 2); /* as yet */
    append_block(buffer, BYTES("\ntwo\n"));
    ck_assert_int_eq(cb_find_any(buffer, ends, 3, 0, CB_ALL, &at, &which), CB_YES);
    ck_assert_uint_eq(at, 3);
    ck_assert_uint_eq(which, 1);
    ck_assert_int_eq(cb_find_any(buffer, ends, 3, 0, 4, &at, &which), CB_YES);
    ck_assert_uint_eq(which, 2);
    ck_assert_int_eq(cb_find_any(buffer, ends, 3, 5, CB_ALL, &at, &which), CB_YES);
    ck_assert_uint_eq(at, 8);
    ck_assert_uint_eq(which, 0);
}
END_TEST

START_TEST(no_needle_and_an_empty_one_are_refused)
{
    const struct iovec needles[] = {NEEDLE("a"), NEEDLE("")};
    size_t at = 77, which = 88;

    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(cb_find_any(buffer, needles, 2, 0, CB_ALL, &at, &which), CB_EINVAL);
    ck_assert_int_eq(cb_find_any(buffer, NULL, 0, 0, CB_ALL, &at, &which), CB_EINVAL);
    ck_assert_uint_eq(at + which, 77 + 88);
}
END_TEST

/* --------------------------------------------------------------- startswith */

/* (Nothing reads those bytes.) */
START_TEST(needles_longer_than_a_size_can_count_find_no_memory)
{
    const struct iovec needles[] = {{(void *)(uintptr_t) "a", SIZE_MAX},
                                    {(void *)(uintptr_t) "b", 1}};
    size_t at, which;

    ck_assert_int_eq(cb_append(buffer, "ab", 2), CB_OK);
    ck_assert_int_eq(cb_find_any(buffer, needles, 2, 0, CB_ALL, &at, &which), CB_ENOMEM);
}
END_TEST

static Suite *search_turns_suite(void)
{
    Suite *suite = suite_create("search_turns");
    TCase *resume_case = add_case(suite, "resume");
    TCase *startswith_case = add_case(suite, "startswith");

    tcase_add_checked_fixture(resume_case, setup, teardown);
    tcase_add_checked_fixture(startswith_case, setup, teardown);
    tcase_add_test(resume_case, searches_that_take_turns_are_right_whatever_happens_between_them);
    tcase_add_test(resume_case,
                   sets_of_needles_that_take_turns_are_right_whatever_happens_between_them);
    tcase_add_test(resume_case, the_first_needle_wins_and_there_the_longest);
    tcase_add_test(resume_case, no_needle_and_an_empty_one_are_refused);
    tcase_add_test(startswith_case, needles_longer_than_a_size_can_count_find_no_memory);
    return suite;
}

int main(void)
{
    return run_suite(search_turns_suite());
}
