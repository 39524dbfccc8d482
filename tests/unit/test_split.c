/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "support.h"

static struct counting counting;
static struct cb_pool *pool;
static struct cb_buffer *part;

static void setup(void)
{
    counting_init(&counting);
    pool = new_pool(&counting.hooks);
    part = new_buffer(pool, 64);
}

static void teardown(void)
{
    cb_buffer_free(part);
    cb_pool_unref(pool);
    counting_fini(&counting);
}

struct text {
    const char *bytes;
    size_t size;
};

/* The tables were made by Python 3, by bytes.split, bytes.splitlines and
 * bytes.strip. */
struct split_case {
    const char *input;
    size_t size;
    const char *separator; /* NULL: white space, or lines */
    size_t n;
    size_t count;
    struct text parts[8];
};

static const struct split_case split_cases[] = {
    {BYTES("a,,b,"), BYTES(","), 4, {{BYTES("a")}, {BYTES("")}, {BYTES("b")}, {BYTES("")}}},
    {BYTES(""), BYTES(","), 1, {{BYTES("")}}},
    {BYTES(","), BYTES(","), 2, {{BYTES("")}, {BYTES("")}}},
    {BYTES(",,"), BYTES(","), 3, {{BYTES("")}, {BYTES("")}, {BYTES("")}}},
    {BYTES("abc"), BYTES(","), 1, {{BYTES("abc")}}},
    {BYTES("a,b"), BYTES(","), 2, {{BYTES("a")}, {BYTES("b")}}},
    {BYTES(",a"), BYTES(","), 2, {{BYTES("")}, {BYTES("a")}}},
    {BYTES("a,b,c"), BYTES("abc"), 1, {{BYTES("a,b,c")}}},
    {BYTES("a, b, c"), BYTES(", "), 3, {{BYTES("a")}, {BYTES("b")}, {BYTES("c")}}},
    {BYTES("aaa"), BYTES("aa"), 2, {{BYTES("")}, {BYTES("a")}}},
    {BYTES("aaaa"), BYTES("aa"), 3, {{BYTES("")}, {BYTES("")}, {BYTES("")}}},
    {BYTES("aaaaa"), BYTES("aa"), 3, {{BYTES("")}, {BYTES("")}, {BYTES("a")}}},
    {BYTES("abababa"), BYTES("aba"), 3, {{BYTES("")}, {BYTES("b")}, {BYTES("")}}},
    {BYTES("a--b---c----d"),
     BYTES("--"),
     5,
     {{BYTES("a")}, {BYTES("b")}, {BYTES("-c")}, {BYTES("")}, {BYTES("d")}}},
    {BYTES("one\r\ntwo\n\r\r\nthree\r"),
     BYTES("\r\n"),
     3,
     {{BYTES("one")}, {BYTES("two\n\r")}, {BYTES("three\r")}}},
    {BYTES("a\000b\000\000c"),
     BYTES("\000"),
     4,
     {{BYTES("a")}, {BYTES("b")}, {BYTES("")}, {BYTES("c")}}},
    {BYTES("\377\376\377\377"),
     BYTES("\377"),
     4,
     {{BYTES("")}, {BYTES("\376")}, {BYTES("")}, {BYTES("")}}},
    {BYTES("x=1&y=2&&z"),
     BYTES("&"),
     4,
     {{BYTES("x=1")}, {BYTES("y=2")}, {BYTES("")}, {BYTES("z")}}},
    {BYTES("first--a long separator--second--a long separato--a long separator--"),
     BYTES("--a long separator--"),
     3,
     {{BYTES("first")}, {BYTES("second--a long separato")}, {BYTES("")}}},
    {BYTES("short"), BYTES("a separator longer than all"), 1, {{BYTES("short")}}},
    {BYTES("abc"), BYTES("abc"), 2, {{BYTES("")}, {BYTES("")}}},
    {BYTES("abcabc"), BYTES("abc"), 3, {{BYTES("")}, {BYTES("")}, {BYTES("")}}},
    {BYTES(""), NULL, 0, 0, {{NULL, 0}}},
    {BYTES("   "), NULL, 0, 0, {{NULL, 0}}},
    {BYTES("a"), NULL, 0, 1, {{BYTES("a")}}},
    {BYTES(" a "), NULL, 0, 1, {{BYTES("a")}}},
    {BYTES("a b"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b")}}},
    {BYTES(" \t\n\r\v\fa \v\fb\034\205\240c\r\n"),
     NULL,
     0,
     2,
     {{BYTES("a")}, {BYTES("b\034\205\240c")}}},
    {BYTES("one  two\tthree\n\nfour"),
     NULL,
     0,
     4,
     {{BYTES("one")}, {BYTES("two")}, {BYTES("three")}, {BYTES("four")}}},
    {BYTES("\000 \000"), NULL, 0, 2, {{BYTES("\000")}, {BYTES("\000")}}},
};
struct maximum_case {
    struct split_case split;
    size_t maximum;
};

static const struct maximum_case maximum_cases[] = {
    {{BYTES("a,,b,"), BYTES(","), 1, {{BYTES("a,,b,")}}}, 0},
    {{BYTES("a,,b,"), BYTES(","), 2, {{BYTES("a")}, {BYTES(",b,")}}}, 1},
    {{BYTES("a,,b,"), BYTES(","), 3, {{BYTES("a")}, {BYTES("")}, {BYTES("b,")}}}, 2},
    {{BYTES("a,,b,"), BYTES(","), 4, {{BYTES("a")}, {BYTES("")}, {BYTES("b")}, {BYTES("")}}}, 3},
    {{BYTES(""), BYTES(","), 1, {{BYTES("")}}}, 0},
    {{BYTES(""), BYTES(","), 1, {{BYTES("")}}}, 1},
    {{BYTES(""), BYTES(","), 1, {{BYTES("")}}}, 2},
    {{BYTES(""), BYTES(","), 1, {{BYTES("")}}}, 3},
    {{BYTES(","), BYTES(","), 1, {{BYTES(",")}}}, 0},
    {{BYTES(","), BYTES(","), 2, {{BYTES("")}, {BYTES("")}}}, 1},
    {{BYTES(","), BYTES(","), 2, {{BYTES("")}, {BYTES("")}}}, 2},
    {{BYTES(","), BYTES(","), 2, {{BYTES("")}, {BYTES("")}}}, 3},
    {{BYTES("abc"), BYTES(","), 1, {{BYTES("abc")}}}, 0},
    {{BYTES("abc"), BYTES(","), 1, {{BYTES("abc")}}}, 1},
    {{BYTES("abc"), BYTES(","), 1, {{BYTES("abc")}}}, 2},
    {{BYTES("abc"), BYTES(","), 1, {{BYTES("abc")}}}, 3},
    {{BYTES("aaaaa"), BYTES("aa"), 1, {{BYTES("aaaaa")}}}, 0},
    {{BYTES("aaaaa"), BYTES("aa"), 2, {{BYTES("")}, {BYTES("aaa")}}}, 1},
    {{BYTES("aaaaa"), BYTES("aa"), 3, {{BYTES("")}, {BYTES("")}, {BYTES("a")}}}, 2},
    {{BYTES("aaaaa"), BYTES("aa"), 3, {{BYTES("")}, {BYTES("")}, {BYTES("a")}}}, 3},
    {{BYTES("k: v: w"), BYTES(": "), 1, {{BYTES("k: v: w")}}}, 0},
    {{BYTES("k: v: w"), BYTES(": "), 2, {{BYTES("k")}, {BYTES("v: w")}}}, 1},
    {{BYTES("k: v: w"), BYTES(": "), 3, {{BYTES("k")}, {BYTES("v")}, {BYTES("w")}}}, 2},
    {{BYTES("k: v: w"), BYTES(": "), 3, {{BYTES("k")}, {BYTES("v")}, {BYTES("w")}}}, 3},
    {{BYTES(" a b  c "), NULL, 0, 1, {{BYTES("a b  c ")}}}, 0},
    {{BYTES(" a b  c "), NULL, 0, 2, {{BYTES("a")}, {BYTES("b  c ")}}}, 1},
    {{BYTES(" a b  c "), NULL, 0, 3, {{BYTES("a")}, {BYTES("b")}, {BYTES("c ")}}}, 2},
    {{BYTES(" a b  c "), NULL, 0, 3, {{BYTES("a")}, {BYTES("b")}, {BYTES("c")}}}, 3},
    {{BYTES("a b"), NULL, 0, 1, {{BYTES("a b")}}}, 0},
    {{BYTES("a b"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b")}}}, 1},
    {{BYTES("a b"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b")}}}, 2},
    {{BYTES("a b"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b")}}}, 3},
    {{BYTES(""), NULL, 0, 0, {{NULL, 0}}}, 0},
    {{BYTES(""), NULL, 0, 0, {{NULL, 0}}}, 1},
    {{BYTES(""), NULL, 0, 0, {{NULL, 0}}}, 2},
    {{BYTES(""), NULL, 0, 0, {{NULL, 0}}}, 3},
    {{BYTES("   "), NULL, 0, 0, {{NULL, 0}}}, 0},
    {{BYTES("   "), NULL, 0, 0, {{NULL, 0}}}, 1},
    {{BYTES("   "), NULL, 0, 0, {{NULL, 0}}}, 2},
    {{BYTES("   "), NULL, 0, 0, {{NULL, 0}}}, 3},
    {{BYTES(" \t a\n\nb\v"), NULL, 0, 1, {{BYTES("a\n\nb\v")}}}, 0},
    {{BYTES(" \t a\n\nb\v"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b\v")}}}, 1},
    {{BYTES(" \t a\n\nb\v"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b")}}}, 2},
    {{BYTES(" \t a\n\nb\v"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b")}}}, 3},
    {{BYTES("a "), NULL, 0, 1, {{BYTES("a ")}}}, 0},
    {{BYTES("a "), NULL, 0, 1, {{BYTES("a")}}}, 1},
    {{BYTES("a "), NULL, 0, 1, {{BYTES("a")}}}, 2},
    {{BYTES("a "), NULL, 0, 1, {{BYTES("a")}}}, 3},
    {{BYTES("a"), NULL, 0, 1, {{BYTES("a")}}}, 0},
    {{BYTES("a"), NULL, 0, 1, {{BYTES("a")}}}, 1},
    {{BYTES("a"), NULL, 0, 1, {{BYTES("a")}}}, 2},
    {{BYTES("a"), NULL, 0, 1, {{BYTES("a")}}}, 3},
};
static const struct split_case line_cases[] = {
    {BYTES(""), NULL, 0, 0, {{NULL, 0}}},
    {BYTES("\n"), NULL, 0, 1, {{BYTES("")}}},
    {BYTES("\r"), NULL, 0, 1, {{BYTES("")}}},
    {BYTES("\r\n"), NULL, 0, 1, {{BYTES("")}}},
    {BYTES("\n\r"), NULL, 0, 2, {{BYTES("")}, {BYTES("")}}},
    {BYTES("a"), NULL, 0, 1, {{BYTES("a")}}},
    {BYTES("a\n"), NULL, 0, 1, {{BYTES("a")}}},
    {BYTES("a\r"), NULL, 0, 1, {{BYTES("a")}}},
    {BYTES("a\r\n"), NULL, 0, 1, {{BYTES("a")}}},
    {BYTES("\na"), NULL, 0, 2, {{BYTES("")}, {BYTES("a")}}},
    {BYTES("a\nb"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b")}}},
    {BYTES("a\rb"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b")}}},
    {BYTES("a\r\nb"), NULL, 0, 2, {{BYTES("a")}, {BYTES("b")}}},
    {BYTES("a\n\rb"), NULL, 0, 3, {{BYTES("a")}, {BYTES("")}, {BYTES("b")}}},
    {BYTES("a\r\rb"), NULL, 0, 3, {{BYTES("a")}, {BYTES("")}, {BYTES("b")}}},
    {BYTES("a\n\nb"), NULL, 0, 3, {{BYTES("a")}, {BYTES("")}, {BYTES("b")}}},
    {BYTES("a\r\n\r\nb\r\r\nc\n"),
     NULL,
     0,
     5,
     {{BYTES("a")}, {BYTES("")}, {BYTES("b")}, {BYTES("")}, {BYTES("c")}}},
    {BYTES("a\r\r"), NULL, 0, 2, {{BYTES("a")}, {BYTES("")}}},
    {BYTES("a\r\n\r"), NULL, 0, 2, {{BYTES("a")}, {BYTES("")}}},
    {BYTES("a\vb\fc\034d\205e\342\200\250f\000g\n"),
     NULL,
     0,
     1,
     {{BYTES("a\vb\fc\034d\205e\342\200\250f\000g")}}},
    {BYTES("one\ntwo\r\nthree\rfour"),
     NULL,
     0,
     4,
     {{BYTES("one")}, {BYTES("two")}, {BYTES("three")}, {BYTES("four")}}},
};
static const struct split_case kept_line_cases[] = {
    {BYTES(""), NULL, 0, 0, {{NULL, 0}}},
    {BYTES("\n"), NULL, 0, 1, {{BYTES("\n")}}},
    {BYTES("\r"), NULL, 0, 1, {{BYTES("\r")}}},
    {BYTES("\r\n"), NULL, 0, 1, {{BYTES("\r\n")}}},
    {BYTES("\n\r"), NULL, 0, 2, {{BYTES("\n")}, {BYTES("\r")}}},
    {BYTES("a"), NULL, 0, 1, {{BYTES("a")}}},
    {BYTES("a\n"), NULL, 0, 1, {{BYTES("a\n")}}},
    {BYTES("a\r"), NULL, 0, 1, {{BYTES("a\r")}}},
    {BYTES("a\r\n"), NULL, 0, 1, {{BYTES("a\r\n")}}},
    {BYTES("\na"), NULL, 0, 2, {{BYTES("\n")}, {BYTES("a")}}},
    {BYTES("a\nb"), NULL, 0, 2, {{BYTES("a\n")}, {BYTES("b")}}},
    {BYTES("a\rb"), NULL, 0, 2, {{BYTES("a\r")}, {BYTES("b")}}},
    {BYTES("a\r\nb"), NULL, 0, 2, {{BYTES("a\r\n")}, {BYTES("b")}}},
    {BYTES("a\n\rb"), NULL, 0, 3, {{BYTES("a\n")}, {BYTES("\r")}, {BYTES("b")}}},
    {BYTES("a\r\rb"), NULL, 0, 3, {{BYTES("a\r")}, {BYTES("\r")}, {BYTES("b")}}},
    {BYTES("a\n\nb"), NULL, 0, 3, {{BYTES("a\n")}, {BYTES("\n")}, {BYTES("b")}}},
    {BYTES("a\r\n\r\nb\r\r\nc\n"),
     NULL,
     0,
     5,
     {{BYTES("a\r\n")}, {BYTES("\r\n")}, {BYTES("b\r")}, {BYTES("\r\n")}, {BYTES("c\n")}}},
    {BYTES("a\r\r"), NULL, 0, 2, {{BYTES("a\r")}, {BYTES("\r")}}},
    {BYTES("a\r\n\r"), NULL, 0, 2, {{BYTES("a\r\n")}, {BYTES("\r")}}},
    {BYTES("a\vb\fc\034d\205e\342\200\250f\000g\n"),
     NULL,
     0,
     1,
     {{BYTES("a\vb\fc\034d\205e\342\200\250f\000g\n")}}},
    {BYTES("one\ntwo\r\nthree\rfour"),
     NULL,
     0,
     4,
     {{BYTES("one\n")}, {BYTES("two\r\n")}, {BYTES("three\r")}, {BYTES("four")}}},
};

typedef int (*split_fn)(struct cb_split **split, struct cb_buffer *source,
                        const struct split_case *test);

static int by_separator(struct cb_split **split, struct cb_buffer *source,
                        const struct split_case *test)
{
    return cb_split_new(split, source, test->separator, test->n, CB_ALL);
}

static int by_maximum(struct cb_split **split, struct cb_buffer *source,
                      const struct split_case *test)
{
    const struct maximum_case *maximum = (const struct maximum_case *)test; /* its first member */

    return cb_split_new(split, source, test->separator, test->n, maximum->maximum);
}

static int by_line(struct cb_split **split, struct cb_buffer *source, const struct split_case *test)
{
    (void)test;
    return cb_splitlines_new(split, source, 0);
}

static int by_kept_line(struct cb_split **split, struct cb_buffer *source,
                        const struct split_case *test)
{
    (void)test;
    return cb_splitlines_new(split, source, CB_KEEP);
}

/* Walks over a source however it is chunked; the walk must end where it
 * should, copy nothing and leave the source alone. */
static void check_split(struct cb_buffer *source, const struct split_case *test, split_fn by)
{
    struct cb_split *split = NULL;

    ck_assert_int_eq(by(&split, source, test), CB_OK);
    for (size_t i = 0; i < test->count; i++) {
        ck_assert_int_eq(cb_split_next(split, part), CB_YES);
        assert_holds(part, test->parts[i].bytes, test->parts[i].size);
        cb_skip(part, CB_ALL);
    }
    for (int again = 0; again < 3; again++)
        ck_assert_int_eq(cb_split_next(split, part), CB_END);
    assert_holds(part, "", 0);
    assert_holds(source, test->input, test->size);
    cb_split_free(split);
}

static void check_splits(const struct split_case *tests, size_t count, split_fn by)
{
    for (const struct split_case *test = tests; test < tests + count; test++) {
        for (size_t block = 1; block <= test->size + 1; block++) {
            struct cb_buffer *source = buffer_of(pool, test->input, test->size, block);

            check_split(source, test, by);
            cb_buffer_free(source);
        }
        for (size_t cut = 1; cut < test->size; cut++) {
            struct cb_buffer *source = new_buffer(pool, 64);

            append_block(source, test->input, cut);
            append_block(source, test->input + cut, test->size - cut);
            check_split(source, test, by);
            cb_buffer_free(source);
        }
    }
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
}

START_TEST(split_agrees_with_pythons_bytes_split)
{
    check_splits(split_cases, COUNT(split_cases), by_separator);
}
END_TEST

START_TEST(split_with_a_maximum_agrees_with_pythons_bytes_split)
{
    for (size_t i = 0; i < COUNT(maximum_cases); i++)
        check_splits(&maximum_cases[i].split, 1, by_maximum);
}
END_TEST

START_TEST(splitlines_agrees_with_pythons_bytes_splitlines)
{
    check_splits(line_cases, COUNT(line_cases), by_line);
}
END_TEST

START_TEST(kept_line_ends_agree_with_pythons_bytes_splitlines)
{
    check_splits(kept_line_cases, COUNT(kept_line_cases), by_kept_line);
}
END_TEST

START_TEST(an_empty_separator_is_refused)
{
    struct cb_buffer *source = buffer_of(pool, BYTES("abc"), 1);
    struct cb_split *split = NULL;

    ck_assert_int_eq(cb_split_new(&split, source, "", 0, CB_ALL), CB_EINVAL);
    ck_assert_ptr_null(split);
    cb_buffer_free(source);
}
END_TEST

START_TEST(flags_that_are_not_known_are_refused)
{
    struct cb_buffer *source = buffer_of(pool, BYTES("a\nb"), 2);
    struct cb_split *split = NULL;

    ck_assert_int_eq(cb_splitlines_new(&split, source, 2), CB_EINVAL);
    ck_assert_int_eq(cb_splitlines_new(&split, source, CB_KEEP | 4), CB_EINVAL);
    ck_assert_ptr_null(split);
    cb_buffer_free(source);
}
END_TEST

START_TEST(freeing_no_split_is_fine)
{
    cb_split_free(NULL);
}
END_TEST

START_TEST(a_split_may_be_given_up_half_way)
{
    struct cb_buffer *source = buffer_of(pool, BYTES("a a separator b a separator c"), 5);
    struct cb_split *split = NULL;

    ck_assert_int_eq(cb_split_new(&split, source, BYTES(" a separator "), CB_ALL), CB_OK);
    ck_assert_int_eq(cb_split_next(split, part), CB_YES);
    cb_split_free(split);
    assert_holds(part, "a", 1);
    cb_buffer_free(source);
}
END_TEST

START_TEST(parts_are_appended_and_outlive_their_source)
{
    struct cb_buffer *source = buffer_of(pool, BYTES("one,two,three"), 4);
    struct cb_split *split = NULL;

    append_block(part, "<", 1);
    ck_assert_int_eq(cb_split_new(&split, source, ",", 1, CB_ALL), CB_OK);
    while (cb_split_next(split, part) == CB_YES)
        append_block(part, "|", 1);
    cb_split_free(split);
    cb_buffer_free(source);
    assert_holds(part, BYTES("<one|two|three|"));
}
END_TEST

START_TEST(a_separator_need_not_stay_as_it_was)
{
    struct cb_buffer *source = buffer_of(pool, BYTES("1<a separator>2<a separator>3"), 6);
    struct cb_split *split = NULL;
    char separator[] = "<a separator>";

    ck_assert_int_eq(cb_split_new(&split, source, separator, 13, CB_ALL), CB_OK);
    memset(separator, '?', sizeof separator);
    while (cb_split_next(split, part) == CB_YES)
        append_block(part, ";", 1);
    assert_holds(part, "1;2;3;", 6);
    cb_split_free(split);
    cb_buffer_free(source);
}
END_TEST

START_TEST(a_split_begins_at_the_head_wherever_that_is)
{
    struct cb_buffer *source = buffer_of(pool, BYTES("x,y,a,b"), 3);
    struct cb_split *split = NULL;

    cb_skip(source, 4);
    ck_assert_int_eq(cb_split_new(&split, source, ",", 1, CB_ALL), CB_OK);
    ck_assert_int_eq(cb_split_next(split, part), CB_YES);
    assert_holds(part, "a", 1);
    ck_assert_int_eq(cb_split_next(split, part), CB_YES);
    assert_holds(part, "ab", 2);
    ck_assert_int_eq(cb_split_next(split, part), CB_END);
    cb_split_free(split);
    cb_buffer_free(source);
}
END_TEST

START_TEST(two_walks_over_one_source_do_not_disturb_each_other)
{
    struct cb_buffer *source = buffer_of(pool, BYTES("a,b c,d"), 2);
    struct cb_split *commas = NULL, *words = NULL;

    ck_assert_int_eq(cb_split_new(&commas, source, ",", 1, CB_ALL), CB_OK);
    ck_assert_int_eq(cb_split_new(&words, source, NULL, 0, CB_ALL), CB_OK);
    ck_assert_int_eq(cb_split_next(commas, part), CB_YES);
    ck_assert_int_eq(cb_split_next(words, part), CB_YES);
    assert_holds(part, BYTES("aa,b"));
    ck_assert_int_eq(cb_split_next(commas, part), CB_YES);
    ck_assert_int_eq(cb_split_next(words, part), CB_YES);
    assert_holds(part, BYTES("aa,bb cc,d"));
    cb_split_free(commas);
    cb_split_free(words);
    cb_buffer_free(source);
}
END_TEST

START_TEST(a_part_that_does_not_fit_can_be_had_elsewhere)
{
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .limit = 3};
    struct cb_buffer *source = buffer_of(pool, BYTES("abc,defg,h"), 2);
    struct cb_buffer *small = NULL;
    struct cb_split *split = NULL;

    ck_assert_int_eq(cb_buffer_new(&small, &options), CB_OK);
    ck_assert_int_eq(cb_split_new(&split, source, ",", 1, CB_ALL), CB_OK);
    ck_assert_int_eq(cb_split_next(split, small), CB_YES);
    ck_assert_int_eq(cb_split_next(split, small), CB_ELIMIT);
    assert_holds(small, "abc", 3);
    ck_assert_int_eq(cb_split_next(split, part), CB_YES);
    assert_holds(part, "defg", 4);
    ck_assert_int_eq(cb_split_next(split, part), CB_YES);
    assert_holds(part, "defgh", 5);
    ck_assert_int_eq(cb_split_next(split, part), CB_END);
    cb_split_free(split);
    cb_buffer_free(source);
    cb_buffer_free(small);
}
END_TEST

START_TEST(a_split_of_many_parts_is_linear)
{
    /* Half a million parts, each in three chunks: a walk that looks for its
     * place from the head on would take minutes. */
    struct cb_buffer *source = buffer_of(pool, BYTES("ab,"), 1);
    struct cb_split *split = NULL;
    size_t count = 0;

    for (int i = 0; i < 19; i++) {
        struct cb_buffer *twice = new_buffer(pool, 64);

        ck_assert_int_eq(cb_merge(twice, (struct cb_buffer *[]){source, source}, 2), CB_OK);
        cb_buffer_free(source);
        source = twice;
    }
    ck_assert_int_eq(cb_split_new(&split, source, ",", 1, CB_ALL), CB_OK);
    while (cb_split_next(split, part) == CB_YES) {
        ck_assert_uint_eq(cb_skip(part, CB_ALL), count < (1 << 19) ? 2 : 0);
        count++;
    }
    ck_assert_uint_eq(count, (1 << 19) + 1);
    cb_split_free(split);
    cb_buffer_free(source);
}
END_TEST

/* -------------------------------------------------------------------- strip */

struct strip_case {
    const char *input;
    size_t size;
    const char *set; /* NULL: white space */
    size_t n;
    const char *left;
    size_t left_size;
    uint64_t position; /* of the head afterwards */
};

static const struct strip_case strip_cases[] = {
    {BYTES(""), NULL, 0, BYTES(""), 0},
    {BYTES("   "), NULL, 0, BYTES(""), 3},
    {BYTES("a"), NULL, 0, BYTES("a"), 0},
    {BYTES(" a "), NULL, 0, BYTES("a"), 1},
    {BYTES("\t\n\r\v\f a b \f\v\r\n\t"), NULL, 0, BYTES("a b"), 6},
    {BYTES("\034 a \205\240"), NULL, 0, BYTES("\034 a \205\240"), 0},
    {BYTES("\000 a \000"), NULL, 0, BYTES("\000 a \000"), 0},
    {BYTES("xxaxx"), BYTES("x"), BYTES("a"), 2},
    {BYTES("xyxaxbyx"), BYTES("xy"), BYTES("axb"), 3},
    {BYTES("xyxy"), BYTES("yx"), BYTES(""), 4},
    {BYTES("abc"), BYTES(""), BYTES("abc"), 0},
    {BYTES("abc"), BYTES("z"), BYTES("abc"), 0},
    {BYTES("abc"), BYTES("b"), BYTES("abc"), 0},
    {BYTES("abcba"), BYTES("ab"), BYTES("c"), 2},
    {BYTES("\377\000a\000\377"), BYTES("\000\377"), BYTES("a"), 2},
    {BYTES("www.example.com"), BYTES("cmowz."), BYTES("example"), 4},
};

START_TEST(strip_agrees_with_pythons_bytes_strip)
{
    for (size_t i = 0; i < COUNT(strip_cases); i++) {
        const struct strip_case *test = &strip_cases[i];

        for (size_t block = 1; block <= test->size + 1; block++) {
            struct cb_buffer *buffer = buffer_of(pool, test->input, test->size, block);

            ck_assert_uint_eq(cb_strip(buffer, test->set, test->n), test->size - test->left_size);
            assert_holds(buffer, test->left, test->left_size);
            if (test->left_size > 0)
                ck_assert_uint_eq(cb_position(buffer), test->position);
            ck_assert_uint_eq(cb_strip(buffer, test->set, test->n), 0);
            cb_buffer_free(buffer);
        }
    }
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
}
END_TEST

START_TEST(strip_does_not_touch_views)
{
    struct cb_buffer *buffer = buffer_of(pool, BYTES("  a  "), 2);

    ck_assert_int_eq(cb_peek(buffer, CB_ALL, part), 5);
    cb_strip(buffer, NULL, 0);
    ck_assert_int_eq(cb_append(buffer, "bcdef", 5), CB_OK);
    assert_holds(buffer, "abcdef", 6);
    assert_holds(part, "  a  ", 5);
    cb_buffer_free(buffer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("split");
    TCase *split = add_case(suite, "split");
    TCase *strip = add_case(suite, "strip");

    tcase_add_checked_fixture(split, setup, teardown);
    tcase_add_test(split, split_agrees_with_pythons_bytes_split);
    tcase_add_test(split, split_with_a_maximum_agrees_with_pythons_bytes_split);
    tcase_add_test(split, splitlines_agrees_with_pythons_bytes_splitlines);
    tcase_add_test(split, kept_line_ends_agree_with_pythons_bytes_splitlines);
    tcase_add_test(split, an_empty_separator_is_refused);
    tcase_add_test(split, flags_that_are_not_known_are_refused);
    tcase_add_test(split, freeing_no_split_is_fine);
    tcase_add_test(split, a_split_may_be_given_up_half_way);
    tcase_add_test(split, parts_are_appended_and_outlive_their_source);
    tcase_add_test(split, a_separator_need_not_stay_as_it_was);
    tcase_add_test(split, a_split_begins_at_the_head_wherever_that_is);
    tcase_add_test(split, two_walks_over_one_source_do_not_disturb_each_other);
    tcase_add_test(split, a_part_that_does_not_fit_can_be_had_elsewhere);
    tcase_add_test(split, a_split_of_many_parts_is_linear);

    tcase_add_checked_fixture(strip, setup, teardown);
    tcase_add_test(strip, strip_agrees_with_pythons_bytes_strip);
    tcase_add_test(strip, strip_does_not_touch_views);
    return run_suite(suite);
}
