/* SPDX-License-Identifier: MIT */
/* Records between two strings, and HL7's MLLP, which is one of them. */
#include <string.h>

#include "expect.h"
#include "reading.h"

static const struct example records[] = {
    {"between:<,end=>", BYTES(""), GIVES("")},
    {"between:<,end=>", BYTES(" \t\r\n"), GIVES("")},
    {"between:<,end=>", BYTES("<>"), GIVES("[]")},
    {"between:<,end=>", BYTES("<a><bc>\n <d>\r\n"), GIVES("[a][bc][d]")},
    {"between:<,end=>", BYTES(" <a<b> < c > "), GIVES("[a<b][ c ]")},
    {"between:<!--,end=-->", BYTES("<!--a-->\n<!----><!-- - -- ->--->"), GIVES("[a][][ - -- ->-]")},
    {"between:aa,end=aab", BYTES("aaaab aaaaaab\naaxaaab"), GIVES("[][aa][xa]")},
    {"between:|,end=|", BYTES("|a||b| ||"), GIVES("[a][b][]")},
    {"between:\\x02,end=\\x03", BYTES("\2a\0\3\2\2\3"), GIVES("[a\\x00][\\x02]")},
    /* START begins like what is dropped. */
    {"between:\\n>,end=\\n", BYTES("\n>a\n\n\n>b\n \n\n"), GIVES("[a][b]")},
    {"between: \\n .,end=.", BYTES(" \n \n .a. \n  \n .b."), GIVES("[a][b]")},
    {"between:\\n\\n\\n,end=x", BYTES("\n\n\nax\n\n\n\nbx\n\n"), GIVES("[a][\\x0ab]")},
    {"between:<,end=>,keep", BYTES(" <a> <<b>\n"), GIVES("[<a>][<<b>]")},
    {"mllp", BYTES("\vMSH|^~\\&|a\rPID|1\r\x1c\r\vMSH|b\x1c\r"),
     GIVES("[MSH|^~\\x5c&|a\\x0dPID|1\\x0d][MSH|b]")},
    {"mllp", BYTES("\va\x1c\x1c\n\x1c\r\r\n\v\x1c\r"), GIVES("[a\\x1c\\x1c\\x0a][]")},
    /* Not what stands between records. */
    {"between:<,end=>", BYTES("x<a>"), MALFORMED("", 0)},
    {"between:<,end=>", BYTES("<a> \n x<b>"), MALFORMED("[a]", 6)},
    {"between:<,end=>", BYTES("<a>>"), MALFORMED("[a]", 3)},
    {"between:<!,end=>", BYTES("<!a> <<!b>"), MALFORMED("[a]", 5)},
    {"between:<!,end=>", BYTES("<!a><x"), MALFORMED("[a]", 4)},
    {"between:\\n>,end=\\n", BYTES("\n>a\n\n\nb"), MALFORMED("[a]", 6)},
    {"between: \\n .,end=.", BYTES(" \n  \n x"), MALFORMED("", 6)},
    {"between:aab,end=b", BYTES("aaab"), MALFORMED("", 0)},
    {"mllp", BYTES("\va\x1c\r\0"), MALFORMED("[a]", 4)},
    {"mllp", BYTES("MSH|a\r"), MALFORMED("", 0)},
    /* The input ends. */
    {"between:<,end=>", BYTES("<a> <"), TRUNCATED("[a]", 5)},
    {"between:<,end=>", BYTES("<a> <b"), TRUNCATED("[a]", 6)},
    {"between:<!,end=>", BYTES("<!a><"), TRUNCATED("[a]", 5)},
    {"between:\\n>,end=\\n", BYTES("\n>a\n\n"), GIVES("[a]")},
    {"between: x,end=.", BYTES(" xa.  "), GIVES("[a]")},
    {"between: x\\n,end=.", BYTES(" x\na.  x"), TRUNCATED("[a]", 8)},
    {"mllp", BYTES("\va\x1c"), TRUNCATED("", 3)},
};

START_TEST(records_stand_between_two_strings_and_nothing_else_does)
{
    check_example(&records[_i], false);
}
END_TEST

static const struct limited limits[] = {
    {"between:<,end=>", BYTES("<abc> <abcd>"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[abc]", CB_EOVERFLOW, 6)},
    {"between:<,end=>>", BYTES("<abc>><abc>"), 3, CB_PARTIAL_EMIT, FAILS("[abc]", CB_EOVERFLOW, 6)},
    {"between:<,end=>,keep", BYTES("<a> <ab>"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[<a>]", CB_EOVERFLOW, 4)},
    {"between:<,end=>", BYTES("<a> <b"), 0, CB_PARTIAL_EMIT, GIVES("[a][b]")},
    {"between:<,end=>", BYTES("<a> <b"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"between:<!,end=>", BYTES("<!a> <"), 0, CB_PARTIAL_EMIT, GIVES("[a]")},
    {"between:<!,end=>", BYTES("<!a> <"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"mllp", BYTES("\va\x1c"), 0, CB_PARTIAL_EMIT, GIVES("[a\\x1c]")},
};

START_TEST(limits_and_unfinished_records_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

static const char *const any_input[] = {
    "between:<,end=>",        "between:<,end=>,keep", "between:<>,end=><", "between:\\n<,end=\\n",
    "between:\\n\\n ,end=<<", "between:<<>,end=>>>",  "between:>,end=>",
};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    check_random(any_input[_i], false, BYTES("<<<>>> \n\n\ra"), (uint64_t)_i);
}
END_TEST

static const struct trip trips[] = {
    {"between:<,end=>", "ab <\n", 0, 300},
    {"between:<!--,end=-->", "ab <", 0, 300},
    {"mllp", "ab \r\v", 0, 300},
};

START_TEST(what_is_written_is_read_again)
{
    check_trip(&trips[_i], false, (uint64_t)_i);
}
END_TEST

static const struct {
    const char *specification, *record;
    bool fits;
} collisions[] = {
    {"between:<,end=>", "a<b", true},
    {"between:<,end=>", "a>", false},
    {"between:<,end=-->", "a--", true},
    {"between:<,end=-->", "a-->b", false},
    {"between:<,end=aab", "xa", true},
    {"between:<,end=aab", "xaa", true},
    {"between:<,end=aba", "xab", false},
    {"between:<,end=aba", "xb", true},
    {"mllp", "a\x1c\x1c", true},
    {"mllp", "a\x1c\rb", false},
    {"mllp", "", true},
};

START_TEST(a_record_that_contains_the_end_is_refused_if_asked)
{
    static const struct way at_once = {.call = BY_NEXT, .cut = SIZE_MAX, .step = SIZE_MAX};
    const struct cb_encoder_options options = {.size = sizeof options, .refuse_collisions = 1};
    const char *record = collisions[_i].record;
    struct cb_buffer *out;
    struct cb_encoder *encoder;
    struct record_list list = {0};
    const void *data = NULL;

    ck_assert_int_eq(cb_buffer_new(&out, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&encoder, collisions[_i].specification, &options, NULL), CB_OK);
    int status = cb_encode_bytes(encoder, record, strlen(record), NULL, NULL, out);
    ck_assert_int_eq(status, collisions[_i].fits ? CB_OK : CB_EUNENCODABLE);
    if (status == CB_OK) {
        ck_assert_int_eq(cb_data(out, cb_length(out), &data), CB_YES);
        read_input(collisions[_i].specification, NULL, data, cb_length(out), &at_once, &list);
        ck_assert_uint_eq(list.count, 1);
        ck_assert_uint_eq(list.size, strlen(record));
        list_free(&list);
    }
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

static const struct {
    const char *specification;
    uint64_t column;
} faults[] = {
    {"between", 7},         {"between:<", 7},          {"between,end=>", 7},
    {"between:,end=>", 8},  {"between:<,end=", 10},    {"between:<,end", 10},
    {"between:<,or=>", 10}, {"between:<,end=\\d", 14}, {"mllp:x", 5},
    {"mllp,end=x", 5},
};

START_TEST(a_wrong_specification_is_refused_with_its_column)
{
    check_wrong_specification(faults[_i].specification, faults[_i].column);
}
END_TEST

START_TEST(the_header_of_a_record_is_what_begins_it)
{
    struct cb_decoder *decoder;
    struct cb_buffer *buffer;
    struct cb_piece piece;
    char header[8];

    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "between:<!,end=>", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append(buffer, " <!a><", 6), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.header, 2);
    ck_assert_uint_eq(cb_decoder_header(decoder, &piece, header, sizeof header), 2);
    ck_assert_int_eq(memcmp(header, "<!", 2), 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_int_eq(cb_append(buffer, "!b", 2), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(cb_decoder_header(decoder, &piece, header, sizeof header), 2);
    ck_assert_int_eq(memcmp(header, "<!", 2), 0);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

static Suite *between_suite(void)
{
    Suite *suite = suite_create("between");
    TCase *input = add_case(suite, "input");
    TCase *output = add_case(suite, "output");

    tcase_add_loop_test(input, records_stand_between_two_strings_and_nothing_else_does, 0,
                        (int)COUNT(records));
    tcase_add_loop_test(input, limits_and_unfinished_records_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_loop_test(input, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    tcase_add_test(input, the_header_of_a_record_is_what_begins_it);
    tcase_add_loop_test(input, a_wrong_specification_is_refused_with_its_column, 0,
                        (int)COUNT(faults));
    tcase_add_loop_test(output, what_is_written_is_read_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(output, a_record_that_contains_the_end_is_refused_if_asked, 0,
                        (int)COUNT(collisions));
    return suite;
}

int main(void)
{
    return run_suite(between_suite());
}
