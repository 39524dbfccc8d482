/* SPDX-License-Identifier: MIT */
/*
 * Records of several lines: folded ones, a number of them, paragraphs.  What they give,
 * however the input is cut; tests/model has a slow model of them.
 */
#include <string.h>

#include "expect.h"
#include "reading.h"

static const struct example folded[] = {
    {"line,fold", BYTES(""), GIVES("")},
    {"line,fold", BYTES("a"), GIVES("[a]")},
    {"line,fold", BYTES("a\nb\n"), GIVES("[a][b]")},
    {"line,fold", BYTES("a\n b\n\tc\nd\n e"), GIVES("[a\\x0a b\\x0a\\x09c][d\\x0a e]")},
    {"line,fold", BYTES("a\r\n b\r\nc\r\n"), GIVES("[a\\x0d\\x0a b][c]")},
    {"line,fold", BYTES(" a\n b\nc\n"), GIVES("[ a\\x0a b][c]")},
    {"line,fold", BYTES("a\n\n b\n\n\nc\n"), GIVES("[a][\\x0a b][][][c]")},
    {"line,fold", BYTES("a\n \n\t\nb"), GIVES("[a\\x0a \\x0a\\x09][b]")},
    {"line,fold", BYTES("a\n "), GIVES("[a\\x0a ]")},
    {"line,fold", BYTES("a\r\r\n\rb\r\n\r"), GIVES("[a\\x0d][\\x0db][\\x0d]")},
    {"line,fold", BYTES("\r\n \r\n"), GIVES("[\\x0d\\x0a ]")},
    {"line,fold", BYTES("\n"), GIVES("[]")},
    {"line,fold,keep", BYTES("a\r\n b\r\n\nc\n d"),
     GIVES("[a\\x0d\\x0a b\\x0d\\x0a][\\x0a][c\\x0a d]")},
    {"line,fold,skip-empty", BYTES("\n\r\na\n b\n\n\n c\n\n"), GIVES("[a\\x0a b][\\x0a c]")},
    {"line,fold,skip-empty,keep", BYTES("\na\n\r\n\n"), GIVES("[a\\x0a]")},
};

START_TEST(a_line_that_begins_with_a_blank_continues_the_record)
{
    check_example(&folded[_i], false);
}
END_TEST

static const struct example counted[] = {
    {"line,lines=2", BYTES(""), GIVES("")},
    {"line,lines=2", BYTES("a\nb\nc\nd\n"), GIVES("[a\\x0ab][c\\x0ad]")},
    {"line,lines=2", BYTES("a\r\nb\r\nc\r\nd\r\n"), GIVES("[a\\x0d\\x0ab][c\\x0d\\x0ad]")},
    {"line,lines=2", BYTES("\n\n\n\n"), GIVES("[\\x0a][\\x0a]")},
    {"line,lines=2", BYTES("\r\n\r\n\r\n"), GIVES("[\\x0d\\x0a][]")},
    {"line,lines=2", BYTES("a\nb\nc\nd"), GIVES("[a\\x0ab][c\\x0ad]")},
    {"line,lines=2", BYTES("a\nb\nc\n"), GIVES("[a\\x0ab][c]")},
    {"line,lines=2", BYTES("a\nb\nc\r"), GIVES("[a\\x0ab][c\\x0d]")},
    {"line,lines=1", BYTES("a\n\nb\r\n"), GIVES("[a][][b]")},
    {"line,lines=4", BYTES("@1\nAC\n+\n@!\n@2\nG\n+2\n#\n"),
     GIVES("[@1\\x0aAC\\x0a+\\x0a@!][@2\\x0aG\\x0a+2\\x0a#]")},
    {"line,lines=2,keep", BYTES("a\r\nb\r\nc\nd\ne\n"),
     GIVES("[a\\x0d\\x0ab\\x0d\\x0a][c\\x0ad\\x0a][e\\x0a]")},
    {"line,lines=18446744073709551615", BYTES("a\nb\n"), GIVES("[a\\x0ab]")},
};

START_TEST(so_many_lines_are_a_record)
{
    check_example(&counted[_i], false);
}
END_TEST

static const struct example paragraphs[] = {
    {"paragraph", BYTES(""), GIVES("")},
    {"paragraph", BYTES("\n\n\r\n"), GIVES("")},
    {"paragraph", BYTES("a"), GIVES("[a]")},
    {"paragraph", BYTES("a\nb\n\nc\n"), GIVES("[a\\x0ab][c]")},
    {"paragraph", BYTES("\n\n\na\n\n\n\nb\n\n\n"), GIVES("[a][b]")},
    {"paragraph", BYTES("a\r\nb\r\n\r\n\r\nc\r\n"), GIVES("[a\\x0d\\x0ab][c]")},
    {"paragraph", BYTES("\r\na\r\n\nb\n\r\nc"), GIVES("[a][b][c]")},
    {"paragraph", BYTES("a\n \nb\n\t\n\nc"), GIVES("[a\\x0a \\x0ab\\x0a\\x09][c]")},
    {"paragraph", BYTES("a\n\rb\n\r\r\n\nc\n\r"), GIVES("[a\\x0a\\x0db\\x0a\\x0d][c\\x0a\\x0d]")},
    {"paragraph", BYTES("\r"), GIVES("[\\x0d]")},
    {"paragraph", BYTES("\r\r\n\n\ra"), GIVES("[\\x0d][\\x0da]")},
    {"paragraph", BYTES("a\0\n\n\0"), GIVES("[a\\x00][\\x00]")},
    {"paragraph,keep", BYTES("\na\nb\r\n\r\n\nc\n\n\nd\n"),
     GIVES("[a\\x0ab\\x0d\\x0a\\x0d\\x0a][c\\x0a\\x0a][d\\x0a]")},
};

START_TEST(a_paragraph_ends_at_an_empty_line)
{
    check_example(&paragraphs[_i], false);
}
END_TEST

static const struct limited limits[] = {
    {"line,fold", BYTES("a\n b\ncde\n f\ng"), 4, CB_PARTIAL_DEFAULT,
     FAILS("[a\\x0a b]", CB_EOVERFLOW, 5)},
    {"line,fold", BYTES("abc\r\nd"), 3, CB_PARTIAL_DEFAULT, GIVES("[abc][d]")},
    {"line,fold", BYTES("a\n b\nc"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a\\x0a b]", 6)},
    {"line,fold", BYTES("a\n b\n"), 0, CB_PARTIAL_FAIL, GIVES("[a\\x0a b]")},
    {"line,fold", BYTES("a\n b"), 0, CB_PARTIAL_DROP, GIVES("")},
    {"line,fold", BYTES("a\n b\n"), 0, CB_PARTIAL_DROP, GIVES("[a\\x0a b]")},
    {"line,lines=2", BYTES("a\nb\na\nbc\n"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[a\\x0ab]", CB_EOVERFLOW, 4)},
    {"line,lines=2", BYTES("a\nb\nc\n"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a\\x0ab]", 6)},
    {"line,lines=2", BYTES("a\nb\nc\nd"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a\\x0ab]", 7)},
    {"line,lines=2", BYTES("a\nb\nc\n"), 0, CB_PARTIAL_DROP, GIVES("[a\\x0ab]")},
    {"line,lines=2", BYTES("a\nb\n"), 0, CB_PARTIAL_FAIL, GIVES("[a\\x0ab]")},
    {"paragraph", BYTES("\n\nabc\n\nabcd\n"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[abc]", CB_EOVERFLOW, 7)},
    {"paragraph", BYTES("a\n\nb"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a]", 4)},
    {"paragraph", BYTES("a\n\nb\n"), 0, CB_PARTIAL_FAIL, GIVES("[a][b]")},
    {"paragraph", BYTES("a\n\n\n\n"), 0, CB_PARTIAL_FAIL, GIVES("[a]")},
    {"paragraph", BYTES("a\n\nb\n\r"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a]", 6)},
    {"paragraph", BYTES("a\n\nb"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"paragraph,keep", BYTES("ab\n\na\n\n"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
};

START_TEST(limits_and_unfinished_records_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

static const char *const any_input[] = {
    "line,fold",    "line,fold,skip-empty", "line,fold,keep", "line,lines=1",
    "line,lines=3", "line,lines=2,keep",    "paragraph",      "paragraph,keep",
};

START_TEST(random_lines_are_read_alike_in_every_way)
{
    check_random(any_input[_i], false, BYTES("aab \t\r\r\n\n\n\n"), (uint64_t)_i);
}
END_TEST

/* ------------------------------------------------------------------- output */

static const struct {
    const char *record;
    size_t size;
    bool fits;
} records[] = {
    {BYTES("a"), true},         {BYTES("a\nb\n c"), true},  {BYTES(" "), true},
    {BYTES("\ra"), true},       {BYTES("a\r\nb"), true},    {BYTES("a\n\rb"), true},
    {BYTES(""), false},         {BYTES("\n"), false},       {BYTES("\na"), false},
    {BYTES("\r\na"), false},    {BYTES("a\n"), false},      {BYTES("a\r"), false},
    {BYTES("a\n\nb"), false},   {BYTES("a\n\r\nb"), false}, {BYTES("\r"), false},
    {BYTES("a\r\n\nb"), false},
};

/* What is written reads back, or is refused. */
START_TEST(a_paragraph_with_an_empty_line_is_refused_if_asked)
{
    static const struct way at_once = {.call = BY_NEXT, .cut = SIZE_MAX, .step = SIZE_MAX};
    const struct cb_encoder_options options = {.size = sizeof options, .refuse_collisions = 1};
    struct cb_buffer *out;
    struct cb_encoder *encoder;
    struct record_list list = {0};
    const void *data = NULL;

    ck_assert_int_eq(cb_buffer_new(&out, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&encoder, "paragraph", &options, NULL), CB_OK);
    int status = cb_encode_bytes(encoder, records[_i].record, records[_i].size, NULL, NULL, out);
    ck_assert_int_eq(status, records[_i].fits ? CB_OK : CB_EUNENCODABLE);
    cb_encoder_free(encoder);

    /* A reader of what is written without that rule would take it for something else. */
    cb_skip(out, CB_ALL);
    ck_assert_int_eq(cb_encoder_new(&encoder, "paragraph", NULL, NULL), CB_OK);
    ck_assert_int_eq(
        cb_encode_bytes(encoder, records[_i].record, records[_i].size, NULL, NULL, out), CB_OK);
    ck_assert_uint_eq(cb_length(out), records[_i].size + 2);
    ck_assert_int_eq(cb_data(out, cb_length(out), &data), CB_YES);
    read_input("paragraph", NULL, data, cb_length(out), &at_once, &list);
    ck_assert(records[_i].fits == (list.count == 1 && list.size == records[_i].size &&
                                   memcmp(list.bytes, records[_i].record, list.size) == 0));
    list_free(&list);
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

/* ------------------------------------------------------------ specifications */

static const struct {
    const char *specification;
    uint64_t column;
} faults[] = {
    {"line,fold=1", 5},
    {"line,lines", 5},
    {"line,lines=0", 5},
    {"line,lines=x", 5},
    {"line,fold,lines=2", 10},
    {"line,lines=2,skip-empty", 13},
    {"line,lines=2,or=x", 13},
    {"line,fold,fold", 10},
    {"lf,fold", 3},
    {"paragraph:x", 10},
    {"paragraph,skip-empty", 10},
    {"paragraph,fold", 10},
};

START_TEST(a_wrong_specification_is_refused_with_its_column)
{
    check_wrong_specification(faults[_i].specification, faults[_i].column);
}
END_TEST

START_TEST(the_keys_are_for_input_only)
{
    struct cb_error error = {.code = CB_OK};
    struct cb_encoder *encoder = NULL;

    ck_assert_int_eq(cb_encoder_new(&encoder, "line,fold", NULL, &error), CB_EINVAL);
    ck_assert_str_eq(error.text, "'fold' is only valid for input");
    ck_assert_int_eq(cb_encoder_new(&encoder, "line,lines=2", NULL, &error), CB_EINVAL);
    ck_assert_str_eq(error.text, "'lines' is only valid for input");
}
END_TEST

static Suite *lines_suite(void)
{
    Suite *suite = suite_create("lines");
    TCase *lines = add_case(suite, "lines");
    TCase *output = add_case(suite, "output");
    TCase *specifications = add_case(suite, "specifications");

    tcase_add_loop_test(lines, a_line_that_begins_with_a_blank_continues_the_record, 0,
                        (int)COUNT(folded));
    tcase_add_loop_test(lines, so_many_lines_are_a_record, 0, (int)COUNT(counted));
    tcase_add_loop_test(lines, a_paragraph_ends_at_an_empty_line, 0, (int)COUNT(paragraphs));
    tcase_add_loop_test(lines, limits_and_unfinished_records_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_loop_test(lines, random_lines_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    tcase_add_loop_test(output, a_paragraph_with_an_empty_line_is_refused_if_asked, 0,
                        (int)COUNT(records));
    tcase_add_loop_test(specifications, a_wrong_specification_is_refused_with_its_column, 0,
                        (int)COUNT(faults));
    tcase_add_test(specifications, the_keys_are_for_input_only);
    return suite;
}

int main(void)
{
    return run_suite(lines_suite());
}
