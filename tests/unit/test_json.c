/* SPDX-License-Identifier: MIT */
/*
 * JSON values one after another, in arrays or one a line, and JSON text sequences.
 * The expected records are what RFC 8259 and RFC 7464 say, worked out by hand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "reading.h"

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
    /* What is inside need not be valid. */
    {"json", BYTES("{,:}1[nonsense]]tru"), MALFORMED("[{,:}][1][\\x5bnonsense\\x5d]", 15)},
    {"json", BYTES("{[1]}\"\1\"0"), GIVES("[{\\x5b1\\x5d}][\"\\x01\"][0]")},
    /* Each bracket closes one of its kind. */
    {"json", BYTES("[]{[1}]"), MALFORMED("[\\x5b\\x5d]", 5)},
    {"json", BYTES("{}[}"), MALFORMED("[{}]", 3)},
    {"json", BYTES("{} {]"), MALFORMED("[{}]", 4)},
    {"json", BYTES("[[],{},\"]\"}"), MALFORMED("", 10)},
    /* Numbers (section 6) and names (section 3) must be. */
    {"json", BYTES("0 -0 10 -105 1.5 0.0 -1.50e+3 1E5 1e-05 0e0"),
     GIVES("[0][-0][10][-105][1.5][0.0][-1.50e+3][1E5][1e-05][0e0]")},
    {"json", BYTES("01"), MALFORMED("", 1)},
    {"json", BYTES("-01"), MALFORMED("", 2)},
    {"json", BYTES("+1"), MALFORMED("", 0)},
    {"json", BYTES(".5"), MALFORMED("", 0)},
    {"json", BYTES("- 1"), MALFORMED("", 1)},
    {"json", BYTES("--1"), MALFORMED("", 1)},
    {"json", BYTES("1. "), MALFORMED("", 2)},
    {"json", BYTES("1.e5"), MALFORMED("", 2)},
    {"json", BYTES("1.5.5"), MALFORMED("", 3)},
    {"json", BYTES("1e "), MALFORMED("", 2)},
    {"json", BYTES("1e+\n"), MALFORMED("", 3)},
    {"json", BYTES("1e5.0"), MALFORMED("", 3)},
    {"json", BYTES("1e5e"), MALFORMED("", 3)},
    {"json", BYTES("0x1"), MALFORMED("", 1)},
    {"json", BYTES("1_000"), MALFORMED("", 1)},
    {"json", BYTES("1-2"), MALFORMED("", 1)},
    {"json", BYTES("-Infinity"), MALFORMED("", 1)},
    {"json", BYTES("NaN"), MALFORMED("", 0)},
    {"json", BYTES("[] tru "), MALFORMED("[\\x5b\\x5d]", 6)},
    {"json", BYTES("truth"), MALFORMED("", 3)},
    {"json", BYTES("True"), MALFORMED("", 0)},
    {"json", BYTES("nan"), MALFORMED("", 1)},
    {"json", BYTES("falsely"), MALFORMED("", 5)},
    {"json", BYTES("truefalse"), MALFORMED("", 4)},
    {"json", BYTES("true1"), MALFORMED("", 4)},
    {"json", BYTES("1true"), MALFORMED("", 1)},
    {"json", BYTES("[] 1\0"), MALFORMED("[\\x5b\\x5d]", 4)},
    {"json", BYTES("1."), TRUNCATED("", 2)},
    {"json", BYTES("-"), TRUNCATED("", 1)},
    {"json", BYTES("2 1e"), TRUNCATED("[2]", 4)},
    {"json", BYTES("2 1e-"), TRUNCATED("[2]", 5)},
    {"json", BYTES("tru"), TRUNCATED("", 3)},
    /* One byte order mark before a value (section 8.1). */
    {"json", BYTES("\xef\xbb\xbf{}"), GIVES("[{}]")},
    {"json", BYTES("\xef\xbb\xbf\n 1"), GIVES("[1]")},
    {"json", BYTES("\xef\xbb\xbf"), GIVES("")},
    {"json", BYTES(" \xef\xbb\xbf"), GIVES("")},
    {"json",
     BYTES("\xef\xbb\xbf{}\n\xef\xbb\xbf{}\xef\xbb\xbf\"a\"1\xef\xbb\xbf"
           "2\n\xef\xbb\xbf\n"),
     GIVES("[{}][{}][\"a\"][1][2]")},
    {"json", BYTES("\xef\xbb\xbf\xef\xbb\xbf{}"), MALFORMED("", 3)},
    {"json", BYTES("\xef\xbb\xbf \xef\xbb\xbf{}"), MALFORMED("", 4)},
    {"json", BYTES("1 \xef\xbb\xbf\xef"), MALFORMED("[1]", 5)},
    {"json", BYTES("\xef\xbb{}"), MALFORMED("", 2)},
    {"json", BYTES("[]\xef\xbb []"), MALFORMED("[\\x5b\\x5d]", 4)},
    {"json", BYTES("1\xef"), TRUNCATED("[1]", 2)},
    {"json", BYTES("\xef\xbb"), TRUNCATED("", 2)},
    /* What cannot begin a value. */
    {"json", BYTES("1,2"), MALFORMED("[1]", 1)},
    {"json", BYTES("[1],[2]"), MALFORMED("[\\x5b1\\x5d]", 3)},
    {"json", BYTES("\"a\" : 1"), MALFORMED("[\"a\"]", 4)},
    {"json", BYTES("{}}"), MALFORMED("[{}]", 2)},
    {"json", BYTES("] 1"), MALFORMED("", 0)},
    {"json", BYTES("hello world {]"), MALFORMED("", 0)},
    {"json", BYTES("{\"a\":1}\0{\"b\":2}"), MALFORMED("[{\"a\":1}]", 7)},
    {"json", BYTES("{}\x1e{}"), MALFORMED("[{}]", 2)},
    {"json", BYTES("\x1e{}"), MALFORMED("", 0)},
    {"json", BYTES("'a'"), MALFORMED("", 0)},
    {"json", BYTES("1 // one"), MALFORMED("[1]", 2)},
    {"json", BYTES("{} \x80"), MALFORMED("[{}]", 3)},
    {"json", BYTES("{}\v"), MALFORMED("[{}]", 2)},
    {"json", BYTES("1]"), MALFORMED("[1]", 1)},
    {"json", BYTES("[1]}"), MALFORMED("[\\x5b1\\x5d]", 3)},
    /* Cut short. */
    {"json", BYTES("1 [1, 2"), TRUNCATED("[1]", 7)},
    {"json", BYTES("{\"a\":{}"), TRUNCATED("", 7)},
    {"json", BYTES("\"a"), TRUNCATED("", 2)},
    {"json", BYTES("\"a\\\""), TRUNCATED("", 4)},
    {"json", BYTES("[\"]"), TRUNCATED("", 3)},
    {"json", BYTES("[1]\n12"), GIVES("[\\x5b1\\x5d][12]")},
    /* With what stands before it. */
    {"json,keep", BYTES(" 1\n {}[]\n"), GIVES("[ 1][\\x0a {}][\\x5b\\x5d]")},
    {"json,keep", BYTES("1\xef\xbb\xbf 2"), GIVES("[1][\\xef\\xbb\\xbf 2]")},
    {"json,keep", BYTES("\xef\xbb\xbf{}"), GIVES("[\\xef\\xbb\\xbf{}]")},
};

START_TEST(json_values_end_where_their_brackets_or_quotes_do)
{
    check_example(&json[_i], false);
}
END_TEST

#define CUT_TEXTS                                                                                  \
    "\x1e"                                                                                         \
    "12\x1e"                                                                                       \
    "345\n\x1etrue\x1e\"x\"\n\x1e[1,2\n\x1e"                                                       \
    "3\n4\n\x1e{\"\x1e"                                                                            \
    "5"

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
    {"json", BYTES("1 tru"), 9, CB_PARTIAL_EMIT, GIVES("[1][tru]")},
    {"json", BYTES("1 tru"), 9, CB_PARTIAL_DROP, GIVES("[1]")},
    {"json", BYTES("1 12345x"), 4, CB_PARTIAL_DEFAULT, FAILS("[1]", CB_EOVERFLOW, 1)},
    {"json-seq", BYTES(CUT_TEXTS), 9, CB_PARTIAL_EMIT,
     GIVES("[12][345][true][\"x\"][\\x5b1,2\\x0a][3][4][{\"][5]")},
    {"json-seq", BYTES(CUT_TEXTS), 9, CB_PARTIAL_DROP, GIVES("[345][\"x\"][3][4]")},
    {"json-seq", BYTES(CUT_TEXTS), 9, CB_PARTIAL_FAIL, TRUNCATED("", 3)},
    {"json-seq,keep", BYTES(CUT_TEXTS), 9, CB_PARTIAL_EMIT,
     GIVES("[\\x1e12][\\x1e345\\x0a][\\x1etrue][\\x1e\"x\"\\x0a][\\x1e\\x5b1,2\\x0a][\\x1e3\\x0a]"
           "[4\\x0a][\\x1e{\"][\\x1e5]")},
    {"json-seq,keep", BYTES(CUT_TEXTS), 9, CB_PARTIAL_DROP,
     GIVES("[\\x1e345\\x0a][\\x1e\"x\"\\x0a][\\x1e3\\x0a][4\\x0a]")},
    {"json-seq,keep", BYTES("\x1e{}"), 9, CB_PARTIAL_FAIL, GIVES("[\\x1e{}]")},
    {"json-seq", BYTES("\x1e[1,2\x1e{}"), 3, CB_PARTIAL_DROP, FAILS("", CB_EOVERFLOW, 0)},
    {"json-seq", BYTES("\x1e[1,2\x1e{}"), 3, CB_PARTIAL_EMIT, FAILS("", CB_EOVERFLOW, 0)},
    {"json-seq", BYTES("\x1e[]\n\x1e[1]\n"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[\\x5b\\x5d]", CB_EOVERFLOW, 3)},
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

            memset(input, ' ', sizeof input);
            memset(input + before, 'a', length + 2);
            input[before + length + 2] = '0';
            input[before] = input[before + length + 1] = '"';
            if (length >= 2)
                memcpy(input + before + length - 1, "\\\"", 2);
            snprintf(expected, sizeof expected, "[\"%.*s%s",
                     (int)(length >= 2 ? length - 2 : length), "aaaaaaaaaaaaaaaaaaaa",
                     length >= 2 ? "\\x5c\"\"][0]" : "\"][0]");
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

/* ------------------------------------------------------------------ json,array */

#define BOM "\xef\xbb\xbf"

static const struct example arrays[] = {
    {"json,array", BYTES(""), GIVES("")},
    {"json,array", BYTES(" \n"), GIVES("")},
    {"json,array", BYTES("[]"), GIVES("")},
    {"json,array", BYTES("[ \n]\n[][]"), GIVES("")},
    {"json,array", BYTES("[1]"), GIVES("[1]")},
    {"json,array", BYTES("[1,2]\n"), GIVES("[1][2]")},
    {"json,array", BYTES(" [ 1 , -2.5e1\n,\r\n\ttrue ] "), GIVES("[1][-2.5e1][true]")},
    {"json,array", BYTES("[[],{},\"\",[[1]],{\"a\":[2]}]"),
     GIVES("[\\x5b\\x5d][{}][\"\"][\\x5b\\x5b1\\x5d\\x5d][{\"a\":\\x5b2\\x5d}]")},
    {"json,array", BYTES("[\"]\",\"\\\"]\",{\"}\":\"[\"}]"),
     GIVES("[\"\\x5d\"][\"\\x5c\"\\x5d\"][{\"}\":\"\\x5b\"}]")},
    {"json,array", BYTES("[1][2]\n[]\n[null]"), GIVES("[1][2][null]")},
    {"json,array", BYTES(BOM "[1]\n" BOM "[2]" BOM), GIVES("[1][2]")},
    /* What stands before an element is kept, what stands after the last is not. */
    {"json,array,keep", BYTES("[1, \"a\" ,[]]\n[2]\n"),
     GIVES("[\\x5b1][, \"a\"][ ,\\x5b\\x5d][\\x5d\\x0a\\x5b2]")},
    /* Elements are separated by one comma each (section 5). */
    {"json,array", BYTES("[,1]"), MALFORMED("", 1)},
    {"json,array", BYTES("[1,]"), MALFORMED("[1]", 3)},
    {"json,array", BYTES("[1,,2]"), MALFORMED("[1]", 3)},
    {"json,array", BYTES("[1 2]"), MALFORMED("[1]", 3)},
    {"json,array", BYTES("[[]{}]"), MALFORMED("[\\x5b\\x5d]", 3)},
    {"json,array", BYTES("[\"a\":1]"), MALFORMED("[\"a\"]", 4)},
    {"json,array", BYTES("[\"a\"}"), MALFORMED("[\"a\"]", 4)},
    {"json,array", BYTES("[1}"), MALFORMED("", 2)},
    {"json,array", BYTES("[[1],{2]]"), MALFORMED("[\\x5b1\\x5d]", 7)},
    {"json,array", BYTES("[1:2]"), MALFORMED("", 2)},
    {"json,array", BYTES("[1\"a\"]"), MALFORMED("", 2)},
    {"json,array", BYTES("[1[]]"), MALFORMED("", 2)},
    {"json,array", BYTES("[1" BOM), MALFORMED("", 2)},
    {"json,array", BYTES("[" BOM "1]"), MALFORMED("", 1)},
    {"json,array", BYTES("[x]"), MALFORMED("", 1)},
    {"json,array", BYTES("[1]]"), MALFORMED("[1]", 3)},
    {"json,array", BYTES("[1],[2]"), MALFORMED("[1]", 3)},
    {"json,array", BYTES("[tru]"), MALFORMED("", 4)},
    {"json,array", BYTES("[01]"), MALFORMED("", 2)},
    {"json,array", BYTES("[1.]"), MALFORMED("", 3)},
    /* All values are arrays. */
    {"json,array", BYTES("{\"a\":[1]}"), MALFORMED("", 0)},
    {"json,array", BYTES("[1] 2"), MALFORMED("[1]", 4)},
    {"json,array", BYTES("[1]\"a\""), MALFORMED("[1]", 3)},
    /* An array must end. */
    {"json,array", BYTES("["), TRUNCATED("", 1)},
    {"json,array", BYTES("[ "), TRUNCATED("", 2)},
    {"json,array", BYTES("[1"), TRUNCATED("", 2)},
    {"json,array", BYTES("[1 "), TRUNCATED("[1]", 3)},
    {"json,array", BYTES("[[]"), TRUNCATED("[\\x5b\\x5d]", 3)},
    {"json,array", BYTES("[\"a\",\n"), TRUNCATED("[\"a\"]", 6)},
    {"json,array", BYTES("[1][2,[3"), TRUNCATED("[1][2]", 8)},
    {"json,array,keep", BYTES("[1, "), TRUNCATED("[\\x5b1]", 4)},
};

START_TEST(elements_of_arrays_end_where_they_are_separated)
{
    check_example(&arrays[_i], false);
}
END_TEST

/* --------------------------------------------------------------------- ndjson */

static const struct example lines[] = {
    {"ndjson", BYTES(""), GIVES("")},
    {"ndjson", BYTES("\n\r\n \t\n"), GIVES("")},
    /* The example of ndjson-spec, and jsonlines.org's of nested values. */
    {"ndjson",
     BYTES("{\"some\":\"thing\"}\n{\"foo\":17,\"bar\":false,\"quux\":true}\n"
           "{\"may\":{\"include\":\"nested\",\"objects\":[\"and\",\"arrays\"]}}\n"),
     GIVES("[{\"some\":\"thing\"}][{\"foo\":17,\"bar\":false,\"quux\":true}]"
           "[{\"may\":{\"include\":\"nested\",\"objects\":\\x5b\"and\",\"arrays\"\\x5d}}]")},
    {"ndjson", BYTES("1\r\n\r\n2\n\n\ntrue"), GIVES("[1][2][true]")},
    {"ndjson", BYTES("\"\\n\"\n[\"}\",\"\\\"\"]\n"),
     GIVES("[\"\\x5cn\"][\\x5b\"}\",\"\\x5c\"\"\\x5d]")},
    /* White space before the value is none of the record; after it, it is. */
    {"ndjson", BYTES(" \t[ 1 ] \t\n  2 \r\n"), GIVES("[\\x5b 1 \\x5d \\x09][2 ]")},
    {"ndjson,keep", BYTES("\n [1] \r\n\r\n2\n3"),
     GIVES("[\\x0a \\x5b1\\x5d \\x0d\\x0a][\\x0d\\x0a2\\x0a][3]")},
    /* The last line may lack its end, but not a part of its value. */
    {"ndjson", BYTES("1\n[]"), GIVES("[1][\\x5b\\x5d]")},
    {"ndjson", BYTES("1\n[] "), GIVES("[1][\\x5b\\x5d ]")},
    {"ndjson", BYTES("1\n-2"), GIVES("[1][-2]")},
    {"ndjson", BYTES("1\n[2"), TRUNCATED("[1]", 4)},
    {"ndjson", BYTES("1\n\"2"), TRUNCATED("[1]", 4)},
    {"ndjson", BYTES("1\nfals"), TRUNCATED("[1]", 6)},
    {"ndjson", BYTES("1\n2."), TRUNCATED("[1]", 4)},
    /* A value is in one line. */
    {"ndjson", BYTES("[1,\n2]\n"), MALFORMED("", 3)},
    {"ndjson", BYTES("{\"a\":{}\r\n"), MALFORMED("", 8)},
    {"ndjson", BYTES("\"a\nb\"\n"), MALFORMED("", 2)},
    {"ndjson", BYTES("\"a\\\n\"\n"), MALFORMED("", 3)},
    {"ndjson", BYTES("0\ntru\n"), MALFORMED("[0]", 5)},
    {"ndjson", BYTES("1.\n"), MALFORMED("", 2)},
    /* A line is one value. */
    {"ndjson", BYTES("1 2\n"), MALFORMED("", 2)},
    {"ndjson", BYTES("{}{}\n"), MALFORMED("", 2)},
    {"ndjson", BYTES("[] []\n"), MALFORMED("", 3)},
    {"ndjson", BYTES("{}}\n"), MALFORMED("", 2)},
    {"ndjson", BYTES("[1]\n{\"a\":[2}\n"), MALFORMED("[\\x5b1\\x5d]", 11)},
    {"ndjson", BYTES("{]\n"), MALFORMED("", 1)},
    {"ndjson", BYTES("[1],\n"), MALFORMED("", 3)},
    {"ndjson", BYTES("\"a\"b\n"), MALFORMED("", 3)},
    {"ndjson", BYTES("truex\n"), MALFORMED("", 4)},
    {"ndjson", BYTES("01\n"), MALFORMED("", 1)},
    {"ndjson", BYTES("{}\0\n"), MALFORMED("", 2)},
    {"ndjson", BYTES("]\n"), MALFORMED("", 0)},
    {"ndjson", BYTES("# no\n"), MALFORMED("", 0)},
    {"ndjson", BYTES("1\n,2\n"), MALFORMED("[1]", 2)},
    /* CR outside of strings stands before LF only. */
    {"ndjson", BYTES("1\r2\n"), MALFORMED("", 2)},
    {"ndjson", BYTES("1\r\r\n"), MALFORMED("", 2)},
    {"ndjson", BYTES("{} \r \n"), MALFORMED("", 4)},
    /* A byte order mark may stand before a value. */
    {"ndjson", BYTES(BOM "1\n" BOM "2\n" BOM), GIVES("[1][2]")},
    {"ndjson", BYTES("1" BOM "\n"), MALFORMED("", 1)},
    {"ndjson", BYTES("\xef\xbb\n1"), MALFORMED("", 2)},
    {"ndjson", BYTES("1\n\xef"), TRUNCATED("[1]", 3)},
};

START_TEST(a_line_is_one_json_value)
{
    check_example(&lines[_i], false);
}
END_TEST

static const struct limited line_limits[] = {
    {"ndjson", BYTES("1\n[2"), 9, CB_PARTIAL_EMIT, GIVES("[1][\\x5b2]")},
    {"ndjson", BYTES("1\n[2"), 9, CB_PARTIAL_DROP, GIVES("[1]")},
    {"ndjson", BYTES("1\n2"), 9, CB_PARTIAL_DROP, GIVES("[1]")},
    {"ndjson", BYTES("1\n2"), 9, CB_PARTIAL_FAIL, TRUNCATED("[1]", 3)},
    {"ndjson", BYTES("12\r\n123\n"), 2, CB_PARTIAL_DEFAULT, FAILS("[12]", CB_EOVERFLOW, 4)},
    {"json,array", BYTES("[1,[2"), 9, CB_PARTIAL_EMIT, GIVES("[1][\\x5b2]")},
    {"json,array", BYTES("[1,[2"), 9, CB_PARTIAL_DROP, GIVES("[1]")},
    {"json,array", BYTES("[1,"), 9, CB_PARTIAL_EMIT, GIVES("[1]")},
    {"json,array", BYTES("[[]"), 9, CB_PARTIAL_DROP, GIVES("[\\x5b\\x5d]")},
    {"json,array", BYTES("[12,123]"), 2, CB_PARTIAL_DEFAULT, FAILS("[12]", CB_EOVERFLOW, 3)},
};

START_TEST(limits_and_unfinished_lines_and_elements_are_treated_as_asked)
{
    check_limited(&line_limits[_i], false);
}
END_TEST

/* ------------------------------------------------------------------- json-seq */

/* RS before what would else be more digits of its escape. */
#define RS "\x1e"

static const struct example seq[] = {
    {"json-seq", BYTES(""), GIVES("")},
    {"json-seq", BYTES(RS "{}\n" RS "[1]\n"), GIVES("[{}][\\x5b1\\x5d]")},
    {"json-seq", BYTES(RS "1\n" RS "\"a\"\n" RS "true\n"), GIVES("[1][\"a\"][true]")},
    /* As jq --seq writes it. */
    {"json-seq", BYTES(RS "{\n  \"a\": 1\n}\n" RS "2\n"), GIVES("[{\\x0a  \"a\": 1\\x0a}][2]")},
    /* Section 2.1: RS in a row; white space is none of a value. */
    {"json-seq", BYTES(RS RS RS "1\n" RS), GIVES("[1]")},
    {"json-seq", BYTES(RS " \n" RS "\n" RS "1\n"), GIVES("[1]")},
    {"json-seq", BYTES(" \n" RS " \n[ ]\n \n"), GIVES("[\\x5b \\x5d]")},
    {"json-seq", BYTES(RS "1 \r\n" RS "[] \n"), GIVES("[1][\\x5b\\x5d]")},
    {"json-seq", BYTES(RS "{\"a\":\"\n\"}\n"), GIVES("[{\"a\":\"\\x0a\"}]")},
    /* Several values in a text. */
    {"json-seq", BYTES(RS "1\n2\n"), GIVES("[1][2]")},
    {"json-seq", BYTES(RS "[1]{} \"a\"\"b\"\nnull 3\t" RS "4\n5\r\n"),
     GIVES("[\\x5b1\\x5d][{}][\"a\"][\"b\"][null][3][4][5]")},
    /* Section 2.3: RS cuts a text short, wherever. */
    {"json-seq", BYTES(RS "{\"a\":[" RS "2\n"), TRUNCATED("", 7)},
    {"json-seq", BYTES(RS "\"a\\" RS "\"b\"\n"), TRUNCATED("", 4)},
    {"json-seq", BYTES(RS "[1,2\n" RS "3\n"), TRUNCATED("", 6)},
    /* Section 2.4: a number or a name needs white space, a string does not. */
    {"json-seq", BYTES(RS "1" RS "2\n"), TRUNCATED("", 2)},
    {"json-seq", BYTES(RS "12" RS "345\n"), TRUNCATED("", 3)},
    {"json-seq", BYTES(RS "[]" RS "true" RS "1\n"), TRUNCATED("[\\x5b\\x5d]", 8)},
    {"json-seq", BYTES(RS "tr" RS "1\n"), TRUNCATED("", 3)},
    {"json-seq", BYTES(RS "1." RS "1\n"), TRUNCATED("", 3)},
    {"json-seq", BYTES(RS "\"a\"" RS "{}" RS "[]" RS), GIVES("[\"a\"][{}][\\x5b\\x5d]")},
    {"json-seq", BYTES(RS "12"), TRUNCATED("", 3)},
    {"json-seq", BYTES(RS "12 "), GIVES("[12]")},
    {"json-seq", BYTES(RS "nul"), TRUNCATED("", 4)},
    {"json-seq", BYTES(RS "\"a\""), GIVES("[\"a\"]")},
    {"json-seq", BYTES(RS "{}"), GIVES("[{}]")},
    {"json-seq", BYTES(RS "{} 1"), TRUNCATED("[{}]", 5)},
    {"json-seq", BYTES(RS "{"), TRUNCATED("", 2)},
    {"json-seq", BYTES(RS "\"a"), TRUNCATED("", 3)},
    /* What no JSON text is. */
    {"json-seq", BYTES(RS "truefalse" RS), MALFORMED("", 5)},
    {"json-seq", BYTES(RS "]}\n"), MALFORMED("", 1)},
    {"json-seq", BYTES(RS "[]\n" RS "{\"a\":[2}\n"), MALFORMED("[\\x5b\\x5d]", 12)},
    {"json-seq", BYTES(RS "{]" RS "[]\n"), MALFORMED("", 2)},
    {"json-seq", BYTES(RS "1\n,\n"), MALFORMED("[1]", 3)},
    {"json-seq", BYTES(RS "1[]\n"), MALFORMED("", 2)},
    {"json-seq", BYTES(RS "01\n"), MALFORMED("", 2)},
    {"json-seq", BYTES(RS "-\n"), MALFORMED("", 2)},
    {"json-seq", BYTES(RS "tru\n"), MALFORMED("", 4)},
    {"json-seq", BYTES(RS "x\n"), MALFORMED("", 1)},
    {"json-seq", BYTES(RS "{}\0"), MALFORMED("[{}]", 3)},
    /* Outside of texts. */
    {"json-seq", BYTES("1\n"), MALFORMED("", 0)},
    {"json-seq", BYTES(" {}" RS), MALFORMED("", 1)},
    {"json-seq", BYTES("\xef\xbb\xbf" RS "1\n"), MALFORMED("", 0)},
    {"json-seq", BYTES(RS "\xef\xbb\xbf[]\n"), MALFORMED("", 1)},
    /* What stands before it, and up to LF after. */
    {"json-seq,keep", BYTES(RS "1\n" RS RS " {}\n"), GIVES("[\\x1e1\\x0a][\\x1e\\x1e {}\\x0a]")},
    {"json-seq,keep", BYTES(RS "1 \r\n\n2\n[] {}" RS "\"a\"\t"),
     GIVES("[\\x1e1 \\x0d\\x0a][\\x0a2\\x0a][\\x5b\\x5d ][{}][\\x1e\"a\"\\x09]")},
    {"json-seq,keep", BYTES(RS "[1" RS "2\n"), TRUNCATED("", 3)},
};

START_TEST(values_of_a_sequence_end_as_json_or_are_cut_short)
{
    check_example(&seq[_i], false);
}
END_TEST

static const struct trip trips[] = {
    {"json-seq", "123", 1, 40},
};

START_TEST(what_is_encoded_is_decoded_again)
{
    check_trip(&trips[_i], false, (uint64_t)_i);
}
END_TEST

static const char *const any_input[] = {
    "json",     "json,keep",     "json,array", "json,array,keep",
    "json-seq", "json-seq,keep", "ndjson",     "ndjson,keep",
};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    static const char *const alphabets[] = {"01\"\"\"[]{}\\ \n\x1e\x1e\x1e\xef,",
                                            "01\"\"\"[]{}\\ \n\x1e\x1e\x1e",
                                            "0123456789-+.eE   \n\x1e",
                                            "\xef\xbb\xbf 1[]",
                                            "[[[]]],,,1 \n{}\"",
                                            "11[]\"{}\\ \r\r\n\n\n"};
    for (size_t i = 0; i < COUNT(alphabets); i++)
        check_random(any_input[_i], false, alphabets[i], strlen(alphabets[i]), (uint64_t)_i);
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
    tcase_add_loop_test(values, elements_of_arrays_end_where_they_are_separated, 0,
                        (int)COUNT(arrays));
    tcase_add_loop_test(values, a_line_is_one_json_value, 0, (int)COUNT(lines));
    tcase_add_loop_test(values, limits_and_unfinished_lines_and_elements_are_treated_as_asked, 0,
                        (int)COUNT(line_limits));
    tcase_add_loop_test(sequences, values_of_a_sequence_end_as_json_or_are_cut_short, 0,
                        (int)COUNT(seq));
    tcase_add_loop_test(random, what_is_encoded_is_decoded_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(random, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    return suite;
}

int main(void)
{
    return run_suite(json_suite());
}
