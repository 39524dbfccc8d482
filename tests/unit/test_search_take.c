/* SPDX-License-Identifier: MIT */
/* cb_takeuntil and cb_takeline: records and lines, and their limits. */
#include <string.h>

#include "support.h"
#include "searching.h"

/* ---------------------------------------------------------------- takeuntil */

START_TEST(takeuntil_takes_what_stands_before_the_delimiter)
{
    append_cut(buffer, BYTES("one--two----three"), (size_t[]){4}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "one", 3);
    ck_assert_uint_eq(cb_position(buffer), 5);
    cb_skip(record, CB_ALL);
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, CB_KEEP, record), CB_YES);
    assert_holds(record, "two--", 5);
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "two--", 5);
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
    assert_holds(record, "two--", 5);
    assert_holds(buffer, "three", 5);
    ck_assert_uint_eq(cb_position(buffer), 12);
}
END_TEST

START_TEST(takeuntil_with_an_empty_delimiter_is_refused)
{
    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(cb_takeuntil(buffer, "", 0, 0, 0, 0, record), CB_EINVAL);
    assert_holds(buffer, "abc", 3);
    assert_holds(record, "", 0);
}
END_TEST

START_TEST(flags_that_are_not_known_are_refused)
{
    append_block(buffer, BYTES("abc\n"));
    for (unsigned flag = 2; flag; flag <<= 1) {
        ck_assert_int_eq(cb_takeuntil(buffer, "c", 1, 0, 0, flag, record), CB_EINVAL);
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, CB_KEEP | flag, record), CB_EINVAL);
    }
    assert_holds(buffer, BYTES("abc\n"));
    assert_holds(record, "", 0);
}
END_TEST

START_TEST(takeuntil_looks_from_start_on)
{
    append_cut(buffer, BYTES("a;b;c"), (size_t[]){2}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 4, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 5, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 6, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, SIZE_MAX, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 2, 0, 0, record), CB_YES);
    assert_holds(record, "a;b", 3);
    assert_holds(buffer, "c", 1);
}
END_TEST

START_TEST(a_delimiter_that_begins_before_start_does_not_count)
{
    append_cut(buffer, BYTES("xaaay"), (size_t[]){1}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, "aa", 2, 2, 0, 0, record), CB_YES);
    assert_holds(record, "xa", 2);
    assert_holds(buffer, "y", 1);
}
END_TEST

START_TEST(takeuntil_that_would_pass_a_limit_changes_nothing)
{
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .limit = 4};
    struct cb_buffer *small = NULL;

    ck_assert_int_eq(cb_buffer_new(&small, &options), CB_OK);
    append_cut(buffer, BYTES("abcd;efg"), (size_t[]){3}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 0, 0, CB_KEEP, small), CB_ELIMIT);
    assert_holds(buffer, "abcd;efg", 8);
    assert_holds(small, "", 0);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 0, 0, 0, small), CB_YES);
    assert_holds(small, "abcd", 4);
    cb_buffer_free(small);
}
END_TEST

/* What a record of so many bytes, limit and delimiter gives as it arrives. */
struct limited {
    const char *delimiter; /* NULL: takeline */
    size_t limit;
    size_t length; /* of the record */
    size_t known;  /* so many bytes show that it is too long; 0: it is not */
    unsigned flags;
};

static void judge_limited(struct feed *feed, void *arg)
{
    const struct limited *limited = arg;
    struct cb_buffer *in = new_buffer(pool, 64), *out = new_buffer(pool, 64);

    while (feed_next(feed, in)) {
        int status = limited->delimiter == NULL
                         ? cb_takeline(in, 0, limited->limit, limited->flags, out)
                         : cb_takeuntil(in, limited->delimiter, strlen(limited->delimiter), 0,
                                        limited->limit, limited->flags, out);

        if (limited->known > 0 && feed->at >= limited->known) {
            ck_assert_int_eq(status, CB_EOVERFLOW);
        } else if (feed->at < feed->size) {
            ck_assert_int_eq(status, CB_MORE);
        } else {
            ck_assert_int_eq(status, CB_YES);
            assert_holds(out, feed->data, limited->flags ? feed->size : limited->length);
            ck_assert_uint_eq(cb_length(in), 0);
            break;
        }
        assert_holds(in, feed->data, feed->at);
        ck_assert_uint_eq(cb_length(out), 0);
    }
    cb_buffer_free(in);
    cb_buffer_free(out);
}

START_TEST(a_record_beyond_the_limit_is_refused_as_soon_as_that_is_sure)
{
    static const struct {
        const char *bytes;
        struct limited limited;
    } tests[] = {
        {"abc;", {";", 3, 3, 0, 0}},
        {"abcd;", {";", 3, 4, 4, 0}},
        {"abcd;", {";", 0, 4, 0, 0}},
        {"abcd;", {";", CB_ALL, 4, 0, 0}},
        {"abcd;", {";", CB_ALL - 1, 4, 0, 0}},
        {"abc;", {";", 3, 3, 0, CB_KEEP}},
        {";", {";", 1, 0, 0, 0}},
        {"abc\r\n", {"\r\n", 3, 3, 0, 0}},
        {"abc\r\r\n", {"\r\n", 3, 4, 5, 0}}, /* its first CR may begin a delimiter */
        {"abc\r\r\n", {"\r\n", 4, 4, 0, 0}},
        {"abcd\r\n", {"\r\n", 3, 4, 4, 0}},
        {"abaabab", {"abab", 3, 3, 0, 0}},
        {"abaabab", {"abab", 2, 3, 4, 0}}, /* after "abaa" it begins at 3, or later */
        {"abc\n", {NULL, 3, 3, 0, 0}},
        {"abcd\n", {NULL, 3, 4, 4, 0}},
        {"abc\r\n", {NULL, 3, 3, 0, 0}},
        {"abc\r\n", {NULL, 3, 3, 0, CB_KEEP}},
        {"abc\r\n", {NULL, 2, 3, 3, 0}},
        {"abc\r\r\n", {NULL, 3, 4, 5, 0}},
        {"ab\r\r\n", {NULL, 3, 3, 0, 0}},
        {"abcd\r\n", {NULL, 3, 4, 4, 0}},
        {"\r\n", {NULL, 1, 0, 0, 0}},
        {"abc\r\n", {NULL, CB_ALL - 1, 3, 0, 0}},
    };

    for (size_t i = 0; i < COUNT(tests); i++) {
        struct limited limited = tests[i].limited;

        feed_every_way(tests[i].bytes, strlen(tests[i].bytes), judge_limited, &limited);
    }
}
END_TEST

START_TEST(a_record_that_can_only_end_beyond_its_limit_is_refused)
{
    append_cut(buffer, BYTES("abcdefgh;"), (size_t[]){2}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 5, 4, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 9, 4, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(cb_takeline(buffer, 9, 4, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 8, 8, 0, record), CB_YES);
    assert_holds(record, "abcdefgh", 8);
}
END_TEST

/* A match that an earlier search found, after another one that stopped before it. */
START_TEST(a_delimiter_seen_beyond_the_limit_counts_after_other_searches)
{
    static const char text[] = "01234567890123456789;";

    append_block(buffer, text, strlen(text));
    ck_assert_int_eq(find(buffer, ";", 1, 10, CB_ALL), 20);
    ck_assert_int_eq(find(buffer, ";", 1, 0, 5), NOT_FOUND);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 10, 15, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(find(buffer, "\n", 1, 10, CB_ALL), NOT_FOUND);
    append_block(buffer, BYTES("\n"));
    ck_assert_int_eq(find(buffer, "\n", 1, 10, CB_ALL), 21);
    ck_assert_int_eq(find(buffer, "\n", 1, 0, 5), NOT_FOUND);
    ck_assert_int_eq(cb_takeline(buffer, 10, 15, 0, record), CB_EOVERFLOW);
}
END_TEST

START_TEST(no_byte_beyond_the_limit_is_looked_at)
{
    static char filler[100000];

    memset(filler, 'x', sizeof filler);
    append_block(buffer, filler, sizeof filler);
    uint64_t before = pool_stats(pool).scanned;
    ck_assert_int_eq(cb_takeuntil(buffer, "\r\n", 2, 0, 100, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(cb_takeline(buffer, 0, 100, 0, record), CB_EOVERFLOW);
    ck_assert_uint_le(pool_stats(pool).scanned - before, 2 * 110);
}
END_TEST

/* A way to take records, and what it should give. */
struct records {
    const char *delimiter; /* NULL: takeline */
    unsigned flags;
    const char *expected[12]; /* up to a NULL */
    const char *rest;
};

static void take_every_record(struct feed *feed, void *arg)
{
    const struct records *records = arg;
    struct cb_buffer *in = new_buffer(pool, 64), *out = new_buffer(pool, 64);
    size_t taken = 0;

    while (feed_next(feed, in)) {
        for (;;) {
            size_t length = cb_length(in);
            int status = records->delimiter == NULL
                             ? cb_takeline(in, 0, 0, records->flags, out)
                             : cb_takeuntil(in, records->delimiter, strlen(records->delimiter), 0,
                                            0, records->flags, out);

            if (status == CB_MORE) {
                ck_assert_uint_eq(cb_length(in), length);
                ck_assert_uint_eq(cb_length(out), 0);
                break;
            }
            ck_assert_int_eq(status, CB_YES);
            ck_assert_ptr_nonnull(records->expected[taken]);
            assert_holds(out, records->expected[taken], strlen(records->expected[taken]));
            taken++;
            cb_skip(out, CB_ALL);
        }
    }
    ck_assert_ptr_null(records->expected[taken]);
    assert_holds(in, records->rest, strlen(records->rest));
    cb_buffer_free(in);
    cb_buffer_free(out);
}

START_TEST(takeuntil_gives_the_same_records_however_they_arrive)
{
    struct records plain = {"\r\n\r\n", 0, {"a", "bc\r", "", "\r\nd", "e\r\nf"}, "\r\n\r"};
    struct records kept = {
        "\r\n\r\n",
        CB_KEEP,
        {"a\r\n\r\n", "bc\r\r\n\r\n", "\r\n\r\n", "\r\nd\r\n\r\n", "e\r\nf\r\n\r\n"},
        "\r\n\r"};
    struct records periodic = {"aab", 0, {"a", "", "aa", "aba", "b"}, "aa"};

    feed_every_way(BYTES("a\r\n\r\nbc\r\r\n\r\n\r\n\r\n\r\nd\r\n\r\ne\r\nf\r\n\r\n\r\n\r"),
                   take_every_record, &plain);
    feed_every_way(BYTES("a\r\n\r\nbc\r\r\n\r\n\r\n\r\n\r\nd\r\n\r\ne\r\nf\r\n\r\n\r\n\r"),
                   take_every_record, &kept);
    feed_every_way(BYTES("aaabaabaaaababaaabbaabaa"), take_every_record, &periodic);
}
END_TEST

/* ----------------------------------------------------------------- takeline */

START_TEST(takeline_gives_the_same_lines_however_they_arrive)
{
    struct records plain = {NULL, 0, {"a", "b", "", "c\r", "\rd", "", "\r", "e\rf"}, "g\r"};
    struct records kept = {NULL,
                           CB_KEEP,
                           {"a\r\n", "b\n", "\n", "c\r\r\n", "\rd\n", "\r\n", "\r\r\n", "e\rf\n"},
                           "g\r"};

    feed_every_way(BYTES("a\r\nb\n\nc\r\r\n\rd\n\r\n\r\r\ne\rf\ng\r"), take_every_record, &plain);
    feed_every_way(BYTES("a\r\nb\n\nc\r\r\n\rd\n\r\n\r\r\ne\rf\ng\r"), take_every_record, &kept);
}
END_TEST

START_TEST(takeline_drops_a_line_end_over_two_chunks)
{
    for (size_t size = 0; size < 150; size++) {
        char line[160];

        memset(line, 'x', size);
        memcpy(line + size, "\r\n", 2);
        append_block(buffer, line, size + 1);
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_MORE);
        append_block(buffer, "\n", 1);
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_YES);
        assert_holds(record, line, size);
        assert_holds(buffer, "", 0);
        cb_skip(record, CB_ALL);
    }
}
END_TEST

START_TEST(takeline_looks_for_lf_from_start_on)
{
    append_cut(buffer, BYTES("ab\r\nc\r\nd"), (size_t[]){3}, 1);
    ck_assert_int_eq(cb_takeline(buffer, 7, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeline(buffer, 100, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeline(buffer, 4, 0, 0, record), CB_YES);
    assert_holds(record, BYTES("ab\r\nc"));
    cb_skip(record, CB_ALL);
    cb_skip(buffer, CB_ALL);

    append_cut(buffer, BYTES("ab\r\nd"), (size_t[]){2}, 1);
    ck_assert_int_eq(cb_takeline(buffer, 3, 0, 0, record), CB_YES); /* at the LF */
    assert_holds(record, "ab", 2);
    assert_holds(buffer, "d", 1);
}
END_TEST

/* The LF is known, but not in the chunk in which the line begins. */
START_TEST(takeline_takes_a_line_whose_end_was_found_in_another_chunk)
{
    size_t at;

    append_cut(buffer, BYTES("abc\nd\r\ne\n"), (size_t[]){2, 9}, 2);
    ck_assert_int_eq(cb_find(buffer, "\n", 1, 0, CB_ALL, &at), CB_YES);
    ck_assert_uint_eq(at, 3);
    ck_assert_int_eq(cb_takeline(buffer, 4, 0, 0, record), CB_YES);
    assert_holds(record, BYTES("abc\nd"));
    assert_holds(buffer, BYTES("e\n"));
}
END_TEST

static Suite *search_take_suite(void)
{
    Suite *suite = suite_create("search_take");
    TCase *tcase = add_case(suite, "takeuntil, takeline");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, takeuntil_takes_what_stands_before_the_delimiter);
    tcase_add_test(tcase, takeuntil_with_an_empty_delimiter_is_refused);
    tcase_add_test(tcase, flags_that_are_not_known_are_refused);
    tcase_add_test(tcase, takeuntil_looks_from_start_on);
    tcase_add_test(tcase, a_delimiter_that_begins_before_start_does_not_count);
    tcase_add_test(tcase, takeuntil_that_would_pass_a_limit_changes_nothing);
    tcase_add_test(tcase, a_record_beyond_the_limit_is_refused_as_soon_as_that_is_sure);
    tcase_add_test(tcase, a_record_that_can_only_end_beyond_its_limit_is_refused);
    tcase_add_test(tcase, a_delimiter_seen_beyond_the_limit_counts_after_other_searches);
    tcase_add_test(tcase, no_byte_beyond_the_limit_is_looked_at);
    tcase_add_test(tcase, takeuntil_gives_the_same_records_however_they_arrive);
    tcase_add_test(tcase, takeline_gives_the_same_lines_however_they_arrive);
    tcase_add_test(tcase, takeline_drops_a_line_end_over_two_chunks);
    tcase_add_test(tcase, takeline_looks_for_lf_from_start_on);
    tcase_add_test(tcase, takeline_takes_a_line_whose_end_was_found_in_another_chunk);
    return suite;
}

int main(void)
{
    return run_suite(search_take_suite());
}
