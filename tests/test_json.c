/* SPDX-License-Identifier: MIT */
/*
 * JSON values one after another, and JSON text sequences.  The expected records
 * are what RFC 8259 and RFC 7464 say, worked out by hand.
 */
#include "expect.h"
#include "reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------- json */

static const struct example json[] = {
    {"json", BYTES(""), GIVES("")},
    {"json", BYTES(" \t\r\n"), GIVES("")},
    {"json", BYTES("1\"a\"[2]{}"), GIVES("[1][\"a\"][\\x5b2\\x5d][{}]")},
    {"json", BYTES("{}{}\n[]\r\n\"\"\"\"0"), GIVES("[{}][{}][\\x5b\\x5d][\"\"][\"\"][0]")},
    {"json", BYTES("{\"a\":1}\n{\"b\":[2,{}]}\n"), GIVES("[{\"a\":1}][{\"b\":\\x5b2,{}\\x5d}]")},
    {"json", BYTES("{\n  \"a\": [\n    1\n  ]\n}\n7"),
     GIVES("[{\\x0a  \"a\": \\x5b\\x0a    1\\x0a  \\x5d\\x0a}][7]")},
    {"json", BYTES("true false\tnull\n-1.5e+3\r0 "), GIVES("[true][false][null][-1.5e+3][0]")},
    {"json", BYTES("true[]null{}1\"x\"false"),
     GIVES("[true][\\x5b\\x5d][null][{}][1][\"x\"][false]")},
    /* Brackets and quotes in strings, escaped and not. */
    {"json", BYTES("\"[\" \"}\" {\"]\":\"{\"}"), GIVES("[\"\\x5b\"][\"}\"][{\"\\x5d\":\"{\"}]")},
    {"json", BYTES("\"a\\\"b\"\"\\\\\"\"\\\\\\\"\""),
     GIVES("[\"a\\x5c\"b\"][\"\\x5c\\x5c\"][\"\\x5c\\x5c\\x5c\"\"]")},
    {"json", BYTES("[\"\\\\\",\"\\\"]\"]1"),
     GIVES("[\\x5b\"\\x5c\\x5c\",\"\\x5c\"\\x5d\"\\x5d][1]")},
    {"json", BYTES("\"\\u0022\" \"\\/\""), GIVES("[\"\\x5cu0022\"][\"\\x5c/\"]")},
    {"json", BYTES("\"0123456789abcdef\\\\\"\"0123456\\\"89abcdef0\""),
     GIVES("[\"0123456789abcdef\\x5c\\x5c\"][\"0123456\\x5c\"89abcdef0\"]")},
    {"json", BYTES("\"\xe2\x82\xac\"\"a\nb\0\""), GIVES("[\"\\xe2\\x82\\xac\"][\"a\\x0ab\\x00\"]")},
    {"json", BYTES("[[[[{\"a\":[[]]}]]]][]"),
     GIVES("[\\x5b\\x5b\\x5b\\x5b{\"a\":\\x5b\\x5b\\x5d\\x5d}\\x5d\\x5d\\x5d\\x5d][\\x5b\\x5d]")},
    /* What is inside need not be valid, nor need a word be one. */
    {"json", BYTES("[,:}1[nonsense]]tru"), MALFORMED("[\\x5b,:}][1][\\x5bnonsense\\x5d]", 15)},
    {"json", BYTES("{[1}]tru e+ \xff"), GIVES("[{\\x5b1}\\x5d][tru][e+][\\xff]")},
    /* The byte order mark, only at the beginning. */
    {"json", BYTES("\xef\xbb\xbf{}"), GIVES("[{}]")},
    {"json", BYTES("\xef\xbb\xbf\n 1"), GIVES("[1]")},
    {"json", BYTES("\xef\xbb\xbf"), GIVES("")},
    {"json", BYTES(" \xef\xbb\xbf"), GIVES("[\\xef\\xbb\\xbf]")},
    {"json", BYTES("\xef\xbb\xbf\xef\xbb\xbf"), GIVES("[\\xef\\xbb\\xbf]")},
    {"json", BYTES("\xef\xbb{}"), MALFORMED("", 2)},
    {"json", BYTES("\xef\xbb"), TRUNCATED("", 2)},
    /* What cannot begin a value. */
    {"json", BYTES("1,2"), MALFORMED("[1]", 1)},
    {"json", BYTES("[1],[2]"), MALFORMED("[\\x5b1\\x5d]", 3)},
    {"json", BYTES("\"a\" : 1"), MALFORMED("[\"a\"]", 4)},
    {"json", BYTES("{}}"), MALFORMED("[{}]", 2)},
    {"json", BYTES("] 1"), MALFORMED("", 0)},
    {"json", BYTES("1]"), MALFORMED("[1]", 1)},
    /* Cut short. */
    {"json", BYTES("1 [1, 2"), TRUNCATED("[1]", 7)},
    {"json", BYTES("{\"a\":{}"), TRUNCATED("", 7)},
    {"json", BYTES("\"a"), TRUNCATED("", 2)},
    {"json", BYTES("\"a\\\""), TRUNCATED("", 4)},
    {"json", BYTES("[\"]"), TRUNCATED("", 3)},
    {"json", BYTES("[1]\n12"), GIVES("[\\x5b1\\x5d][12]")},
    /* With what stands before it. */
    {"json,keep", BYTES(" 1\n {}[]\n"), GIVES("[ 1][\\x0a {}][\\x5b\\x5d]")},
    {"json,keep", BYTES("\xef\xbb\xbf{}"), GIVES("[\\xef\\xbb\\xbf{}]")},
};

START_TEST(json_values_end_where_their_brackets_or_quotes_do)
{
    check_example(&json[_i], false);
}
END_TEST

static const struct limited limits[] = {
    {"json", BYTES("12 345 6789 "), 3, CB_PARTIAL_DEFAULT, FAILS("[12][345]", CB_EOVERFLOW, 6)},
    {"json", BYTES("{} {\"a\":1}"), 3, CB_PARTIAL_DEFAULT, FAILS("[{}]", CB_EOVERFLOW, 2)},
    {"json", BYTES("1 [2"), 9, CB_PARTIAL_EMIT, GIVES("[1][\\x5b2]")},
    {"json", BYTES("1 [2"), 9, CB_PARTIAL_DROP, GIVES("[1]")},
    {"json", BYTES("1 2"), 9, CB_PARTIAL_DROP, GIVES("[1]")},
    {"json", BYTES("1 2"), 9, CB_PARTIAL_FAIL, TRUNCATED("[1]", 3)},
    {"json", BYTES("1 2"), 9, CB_PARTIAL_EMIT, GIVES("[1][2]")},
    {"json", BYTES("1 \"2\""), 9, CB_PARTIAL_FAIL, GIVES("[1][\"2\"]")},
    {"json", BYTES("1 2 "), 9, CB_PARTIAL_FAIL, GIVES("[1][2]")},
    {"json-seq",
     BYTES("\x1e"
           "1\n\x1e"
           "2"),
     9, CB_PARTIAL_EMIT, GIVES("[1][2]")},
    {"json-seq",
     BYTES("\x1e"
           "1\n\x1e"
           "2"),
     9, CB_PARTIAL_DROP, GIVES("[1]")},
    {"json-seq", BYTES("\x1e[]\n\x1e[1]\n"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[\\x5b\\x5d]", CB_EOVERFLOW, 4)},
};

START_TEST(limits_and_unfinished_values_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

/* A string with one quote or backslash at every distance from every border of
 * eight bytes. */
START_TEST(a_string_may_end_at_any_byte)
{
    for (size_t before = 0; before < 20; before++) {
        for (size_t length = 0; length < 20; length++) {
            uint8_t input[64];
            char expected[64];

            memset(input, ' ', sizeof(input));
            memset(input + before, 'a', length + 3);
            input[before] = input[before + length + 1] = '"';
            if (length >= 2)
                memcpy(input + before + length - 1, "\\\"", 2);
            snprintf(expected, sizeof(expected), "[\"%.*s%s",
                     (int)(length >= 2 ? length - 2 : length), "aaaaaaaaaaaaaaaaaaaa",
                     length >= 2 ? "\\x5c\"\"][a]" : "\"][a]");
            struct subject subject = {
                .specification = "json",
                .input = input,
                .size = before + length + 3,
                .expected = {expected, CB_END, before + length + 3},
            };
            check_way(&subject, &(struct way){.call = BY_NEXT, .cut = 64, .step = 64});
            check_way(&subject, &(struct way){.call = BY_NEXT, .cut = before + 2, .step = 7});
        }
    }
}
END_TEST

START_TEST(nesting_may_be_deep)
{
    enum { DEPTH = 1000000 };
    uint8_t *input = malloc(2 * DEPTH + 1);
    struct record_list records;
    struct way way = {.call = BY_NEXT, .cut = 65536, .step = 65536};

    ck_assert_ptr_nonnull(input);
    memset(input, '[', DEPTH);
    memset(input + DEPTH, ']', DEPTH);
    input[2 * DEPTH] = '0';
    struct outcome outcome = read_input("json", NULL, input, 2 * DEPTH + 1, &way, &records);
    ck_assert_int_eq(outcome.status, CB_END);
    ck_assert_uint_eq(records.count, 2);
    ck_assert_uint_eq(records.ends[0], 2 * DEPTH);
    list_free(&records);
    free(input);
}
END_TEST

/* ------------------------------------------------------------------- json-seq */

static const struct example seq[] = {
    {"json-seq", BYTES(""), GIVES("")},
    {"json-seq", BYTES("\x1e{}\n\x1e[1]\n"), GIVES("[{}][\\x5b1\\x5d]")},
    {"json-seq",
     BYTES("\x1e"
           "1\n\x1e\"a\"\n\x1e"
           "true\n"),
     GIVES("[1][\"a\"][true]")},
    /* As jq --seq writes it. */
    {"json-seq",
     BYTES("\x1e{\n  \"a\": 1\n}\n\x1e"
           "2\n"),
     GIVES("[{\\x0a  \"a\": 1\\x0a}][2]")},
    /* Section 2.1: RS in a row; white space is none of a text. */
    {"json-seq",
     BYTES("\x1e\x1e\x1e"
           "1\n\x1e"),
     GIVES("[1]")},
    {"json-seq",
     BYTES("\x1e \n\x1e\n\x1e"
           "1\n"),
     GIVES("[1]")},
    {"json-seq", BYTES(" \n\x1e \n[ ]\n \n"), GIVES("[\\x5b \\x5d]")},
    {"json-seq",
     BYTES("\x1e"
           "1 \r\n\x1e[] \n"),
     GIVES("[1 \\x0d][\\x5b\\x5d ]")},
    {"json-seq", BYTES("\x1e{\"a\":\"\n\"}\n"), GIVES("[{\"a\":\"\\x0a\"}]")},
    /* Section 2.3: RS ends a text that was cut short, wherever. */
    {"json-seq",
     BYTES("\x1e{\"a\":[\x1e"
           "2\n"),
     GIVES("[{\"a\":\\x5b][2]")},
    {"json-seq", BYTES("\x1e\"a\\\x1e\"b\"\n"), GIVES("[\"a\\x5c][\"b\"]")},
    {"json-seq",
     BYTES("\x1e"
           "1\x1e"
           "2\n"),
     GIVES("[1][2]")},
    {"json-seq", BYTES("\x1e]}\n\x1e,\n"), GIVES("[\\x5d}][,]")},
    /* Section 2.4: a number at the end needs white space, a string does not. */
    {"json-seq",
     BYTES("\x1e"
           "12"),
     TRUNCATED("", 3)},
    {"json-seq",
     BYTES("\x1e"
           "12 "),
     GIVES("[12 ]")},
    {"json-seq",
     BYTES("\x1e"
           "nul"),
     TRUNCATED("", 4)},
    {"json-seq", BYTES("\x1e\"a\""), GIVES("[\"a\"]")},
    {"json-seq", BYTES("\x1e{}"), GIVES("[{}]")},
    {"json-seq", BYTES("\x1e{} 1"), TRUNCATED("", 5)},
    {"json-seq", BYTES("\x1e{"), TRUNCATED("", 2)},
    {"json-seq", BYTES("\x1e\"a"), TRUNCATED("", 3)},
    /* Outside of texts. */
    {"json-seq", BYTES("1\n"), MALFORMED("", 0)},
    {"json-seq", BYTES(" {}\x1e"), MALFORMED("", 1)},
    {"json-seq",
     BYTES("\x1e"
           "1\n2\n"),
     MALFORMED("[1]", 3)},
    {"json-seq",
     BYTES("\xef\xbb\xbf\x1e"
           "1\n"),
     MALFORMED("", 0)},
    {"json-seq,keep",
     BYTES("\x1e"
           "1\n\x1e\x1e {}\n"),
     GIVES("[\\x1e1\\x0a][\\x1e\\x1e {}\\x0a]")},
};

START_TEST(texts_of_a_sequence_end_at_lf_or_rs)
{
    check_example(&seq[_i], false);
}
END_TEST

static const struct trip trips[] = {
    {"json-seq", "ab1", 1, 40},
};

START_TEST(what_is_encoded_is_decoded_again)
{
    check_trip(&trips[_i], false, (uint64_t)_i);
}
END_TEST

static const char *const any_input[] = {"json", "json,keep", "json-seq", "json-seq,keep"};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    static const char alphabet[] = "a1\"\"\"[]{}\\ \n\x1e\x1e\x1e\xef,";
    size_t letters = sizeof(alphabet) - 1;
    check_random(any_input[_i], false, alphabet, letters, (uint64_t)_i);
    check_random(any_input[_i], false, alphabet, letters - 2, (uint64_t)_i);
}
END_TEST

static Suite *json_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *values = add_case(suite, "values");
    TCase *sequences = add_case(suite, "sequences");
    TCase *random = add_case(suite, "random");

    tcase_add_loop_test(values, json_values_end_where_their_brackets_or_quotes_do, 0,
                        (int)COUNT(json));
    tcase_add_loop_test(values, limits_and_unfinished_values_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_test(values, a_string_may_end_at_any_byte);
    tcase_add_test(values, nesting_may_be_deep);
    tcase_add_loop_test(sequences, texts_of_a_sequence_end_at_lf_or_rs, 0, (int)COUNT(seq));
    tcase_add_loop_test(random, what_is_encoded_is_decoded_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(random, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    return suite;
}

int main(void)
{
    return run_suite(json_suite());
}
