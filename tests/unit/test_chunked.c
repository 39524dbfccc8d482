/* SPDX-License-Identifier: MIT */
/* Chunked bodies: what RFC 9112 has is taken, the rest refused at its first byte, however the input
 * is cut and by whichever call it is read. */
#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "reading.h"

/* -------------------------------------------------------------------- tables */

/* RFC 9112, section 7.1; what is refused is what another parser may take for
 * something else. */
static const struct example chunked[] = {
    {"chunked", BYTES("0\r\n\r\n"), GIVES("")},
    {"chunked", BYTES("5\r\nhello\r\n0\r\n\r\n"), GIVES("[hello]")},
    {"chunked", BYTES("4\r\nWiki\r\n5\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\n\r\n"),
     GIVES("[Wiki][pedia][ in\\x0d\\x0a\\x0d\\x0achunks.]")},
    {"chunked", BYTES("A\r\n0123456789\r\na\r\n0123456789\r\n00\r\n\r\n"),
     GIVES("[0123456789][0123456789]")},
    {"chunked", BYTES("2\r\n\r\n\r\n0\r\n\r\n"), GIVES("[\\x0d\\x0a]")},
    {"chunked", BYTES("0000000000000002\r\nhi\r\n0000000000000000\r\n\r\n"), GIVES("[hi]")},
    /* Nothing after its end is touched. */
    {"chunked", BYTES("2\r\nhi\r\n0\r\n\r\nGET / HTTP/1.1\r\n"), GIVES_UP_TO("[hi]", 12)},
    /* Extensions, section 7.1.1. */
    {"chunked", BYTES("2;a\r\nhi\r\n0;b=c\r\n\r\n"), GIVES("[hi]")},
    {"chunked", BYTES("2;a;b=c;d=\"e\"\r\nhi\r\n0\r\n\r\n"), GIVES("[hi]")},
    {"chunked", BYTES("2; a = \"b;\tc\"\r\nhi\r\n0\r\n\r\n"), GIVES("[hi]")},
    {"chunked", BYTES("2;!#$%&'*+-.^_`|~09azAZ=!#$%&'*+-.^_`|~09azAZ\r\nhi\r\n0\r\n\r\n"),
     GIVES("[hi]")},
    {"chunked", BYTES("4 ; a = b\r\nWiki\r\n0\r\n\r\n"), GIVES("[Wiki]")},
    {"chunked", BYTES("2\t \t;\t a \t=\t b \t; \tc \t;d= \"e\"\t ;f\r\nhi\r\n0 ;g\r\n\r\n"),
     GIVES("[hi]")},
    {"chunked", BYTES("2;a=\"\"\r\nhi\r\n0;a=\"\\\"\\\\\\\t\\ \\a\\\xe9\"\r\n\r\n"), GIVES("[hi]")},
    {"chunked", BYTES("2;a=\" \t!#[]~\x80\xff;=,\"\r\nhi\r\n0\r\n\r\n"), GIVES("[hi]")},
    {"chunked", BYTES("2;\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("2; \r\nhi\r\n0\r\n\r\n"), MALFORMED("", 3)},
    {"chunked", BYTES("2;;a\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("2;=v\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("2;\"a\"\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("2;\xe9\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("2;a\xe9\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 3)},
    {"chunked", BYTES("2;a,b\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 3)},
    {"chunked", BYTES("2;a\"b\"\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 3)},
    {"chunked", BYTES("2;a b\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 4)},
    {"chunked", BYTES("2;a \r\nhi\r\n0\r\n\r\n"), MALFORMED("", 4)},
    {"chunked", BYTES("2;a=\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 4)},
    {"chunked", BYTES("2;a= \r\nhi\r\n0\r\n\r\n"), MALFORMED("", 5)},
    {"chunked", BYTES("2;a==b\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 4)},
    {"chunked", BYTES("2;a=;b\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 4)},
    {"chunked", BYTES("2;a=\xe9\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 4)},
    {"chunked", BYTES("2;a=b;\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 6)},
    {"chunked", BYTES("2;a=b=c\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 5)},
    {"chunked", BYTES("2;a=b c\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 6)},
    {"chunked", BYTES("2;a=b \r\nhi\r\n0\r\n\r\n"), MALFORMED("", 6)},
    {"chunked", BYTES("2;a=b\\c\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 5)},
    {"chunked", BYTES("2;a=b\"c\"\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 5)},
    {"chunked", BYTES("2;a=\"b\"c\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 7)},
    {"chunked", BYTES("2;a=\"b\"\"c\"\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 7)},
    {"chunked", BYTES("2;a=\"b\" \r\nhi\r\n0\r\n\r\n"), MALFORMED("", 8)},
    {"chunked", BYTES("2;a=\"b\" c\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 8)},
    /* A line ends where it ends, in quotes or not: else "4c" is text to one
     * reader and a size to another. */
    {"chunked", BYTES("2;a=\"\r\nxx\r\n4c\r\n\";b\r\n0\r\n\r\n"), MALFORMED("", 5)},
    {"chunked", BYTES("2;a=\"\\\r\nxx\r\n4c\r\n\";b\r\n0\r\n\r\n"), MALFORMED("", 6)},
    {"chunked", BYTES("2;a=\"b\0\"\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 6)},
    {"chunked", BYTES("2;a=\"b\\\0\"\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 7)},
    {"chunked", BYTES("2;a=\"b\x7f\"\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 6)},
    {"chunked", BYTES("2;a=\"b\nhi\r\n0\r\n\r\n"), MALFORMED("", 6)},
    {"chunked,lf", BYTES("2;a=\"b\nhi\n0\n\n"), MALFORMED("", 6)},
    {"chunked,lf", BYTES("2;a=\nhi\n0\n\n"), MALFORMED("", 4)},
    {"chunked,lf", BYTES("2;a=b \nhi\n0\n\n"), MALFORMED("", 6)},
    {"chunked", BYTES("2;a\0b\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 3)},
    {"chunked", BYTES("2;a\x7f\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 3)},
    {"chunked", BYTES("2;a\x0b\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 3)},
    {"chunked", BYTES("2;a\nhi\r\n0\r\n\r\n"), MALFORMED("", 3)},
    {"chunked", BYTES("2;a\rb\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 4)},
    {"chunked", BYTES("0;a\n\r\n"), MALFORMED("", 3)},
    /* Sizes. */
    {"chunked", BYTES("\r\n\r\n"), MALFORMED("", 0)},
    {"chunked", BYTES(";a\r\n\r\n"), MALFORMED("", 0)},
    {"chunked", BYTES(" 2\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 0)},
    {"chunked", BYTES("2 \r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("2\t\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("2 2\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("+2\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 0)},
    {"chunked", BYTES("-2\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 0)},
    {"chunked", BYTES("0x2\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 1)},
    {"chunked", BYTES("0_2\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 1)},
    {"chunked", BYTES("2,\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 1)},
    {"chunked", BYTES("2\0\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 1)},
    {"chunked", BYTES("zz\r\n"), MALFORMED("", 0)},
    {"chunked", BYTES("g\r\n"), MALFORMED("", 0)},
    /* 1*HEXDIG: zeros before it do not make a size large. */
    {"chunked", BYTES("00000000000000002\r\nhi\r\n0\r\n\r\n"), GIVES("[hi]")},
    {"chunked", BYTES("0000000000000000000000000000000000002;a\r\nhi\r\n00000000000000000\r\n\r\n"),
     GIVES("[hi]")},
    {"chunked", BYTES("ffffffffffffffff0\r\nhi"), MALFORMED("", 16)},
    {"chunked", BYTES("10000000000000000\r\nhi"), MALFORMED("", 16)},
    {"chunked", BYTES("000010000000000000000\r\nhi"), MALFORMED("", 20)},
    {"chunked", BYTES("00000ffffffffffffffff\r\nhi"), FAILS("", CB_EOVERFLOW, 0)},
    {"chunked", BYTES("ffffffffffffffff\r\nhi"), FAILS("", CB_EOVERFLOW, 0)},
    /* Line ends. */
    {"chunked", BYTES("2\nhi\r\n0\r\n\r\n"), MALFORMED("", 1)},
    {"chunked", BYTES("2\r\nhi\n0\r\n\r\n"), MALFORMED("", 5)},
    {"chunked", BYTES("2\rXhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("2\r\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked", BYTES("2\r\nhiX\r\n0\r\n\r\n"), MALFORMED("", 5)},
    {"chunked", BYTES("2\r\nhi\rX0\r\n\r\n"), MALFORMED("", 5)},
    {"chunked", BYTES("2\r\nhi0\r\n\r\n"), MALFORMED("", 5)},
    {"chunked", BYTES("2\r\nhi\r\n\r\n0\r\n\r\n"), MALFORMED("[hi]", 7)},
    {"chunked", BYTES("2\r\nhi\r\n0\n\r\n"), MALFORMED("[hi]", 8)},
    {"chunked", BYTES("2\r\nhi\r\n0\r\n\n"), MALFORMED("[hi]", 10)},
    {"chunked", BYTES("0\r\n\rX"), MALFORMED("", 4)},
    /* Trailers, section 7.1.2. */
    {"chunked", BYTES("0\r\nA: b\r\nC-d:\r\n\r\n"), GIVES("")},
    {"chunked", BYTES("2\r\nhi\r\n0\r\nX-Sum: \"1\"\t,\xe9\r\n\r\nmore"), GIVES_UP_TO("[hi]", 27)},
    {"chunked", BYTES("0\r\nA: b\n\r\n"), MALFORMED("", 7)},
    {"chunked", BYTES("0\r\nA: b\r\n\n"), MALFORMED("", 9)},
    {"chunked", BYTES("0\r\nA: b\rX\r\n\r\n"), MALFORMED("", 8)},
    {"chunked", BYTES("0\r\nA: b\r\n c\r\n\r\n"), MALFORMED("", 9)},
    {"chunked", BYTES("0\r\nA: b\r\n\tc\r\n\r\n"), MALFORMED("", 9)},
    {"chunked", BYTES("0\r\nA : b\r\n\r\n"), MALFORMED("", 4)},
    {"chunked", BYTES("0\r\nA\r\n\r\n"), MALFORMED("", 4)},
    {"chunked", BYTES("0\r\n: b\r\n\r\n"), MALFORMED("", 3)},
    {"chunked", BYTES("0\r\nA: b\0\r\n\r\n"), MALFORMED("", 7)},
    {"chunked", BYTES("0\r\nA\0: b\r\n\r\n"), MALFORMED("", 4)},
    /* Cut short. */
    {"chunked", BYTES(""), TRUNCATED("", 0)},
    {"chunked", BYTES("2"), TRUNCATED("", 1)},
    {"chunked", BYTES("2\r\nh"), TRUNCATED("", 4)},
    {"chunked", BYTES("2\r\nhi"), TRUNCATED("", 5)},
    {"chunked", BYTES("2\r\nhi\r"), TRUNCATED("", 6)},
    {"chunked", BYTES("2\r\nhi\r\n"), TRUNCATED("[hi]", 7)},
    {"chunked", BYTES("2\r\nhi\r\n0\r\n"), TRUNCATED("[hi]", 10)},
    {"chunked", BYTES("2\r\nhi\r\n0\r\n\r"), TRUNCATED("[hi]", 11)},
    {"chunked", BYTES("2\r\nhi\r\n0\r\nA: b\r\n"), TRUNCATED("[hi]", 16)},
    /* LF alone where it is allowed. */
    {"chunked,lf", BYTES("2\nhi\n1\r\nx\n1\ny\r\n0\n\n"), GIVES("[hi][x][y]")},
    {"chunked,lf", BYTES("2;a\nhi\n0;b\nA: b\nC: d\r\n\n"), GIVES("[hi]")},
    {"chunked,lf", BYTES("1\n\n\n0\n\n"), GIVES("[\\x0a]")},
    {"chunked,lf", BYTES("2\nhi\n0\n\nmore"), GIVES_UP_TO("[hi]", 8)},
    {"chunked,lf", BYTES("2\rhi\n0\n\n"), MALFORMED("", 2)},
    {"chunked,lf", BYTES("2\nhi\r0\n\n"), MALFORMED("", 4)},
    {"chunked,lf", BYTES("2\nhi0\n\n"), MALFORMED("", 4)},
    {"chunked,lf", BYTES("2 \nhi\n0\n\n"), MALFORMED("", 2)},
    {"chunked,lf", BYTES("000000000000000002\nhi\n0\n\n"), GIVES("[hi]")},
    /* Sizes padded, as some servers do. */
    {"chunked,pad", BYTES("2   \r\nhi\r\n0\t \r\n\r\n"), GIVES("[hi]")},
    {"chunked,pad", BYTES("2 ;a\r\nhi\r\n0\r\n\r\n"), GIVES("[hi]")},
    {"chunked,pad,lf", BYTES("2 \nhi\n1 \r\nx\n0 \n\n"), GIVES("[hi][x]")},
    {"chunked,pad", BYTES("2 \nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked,pad", BYTES("2 \rhi\r\n0\r\n\r\n"), MALFORMED("", 3)},
    {"chunked,pad", BYTES("2 2\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 2)},
    {"chunked,pad", BYTES(" 2\r\nhi\r\n0\r\n\r\n"), MALFORMED("", 0)},
    {"chunked,pad", BYTES("2;a \r\nhi\r\n0\r\n\r\n"), MALFORMED("", 4)},
    {"chunked,pad", BYTES("2;a=b \r\nhi\r\n0\r\n\r\n"), MALFORMED("", 6)},
    {"chunked,lf", BYTES("\n"), MALFORMED("", 0)},
    /* With what stands around it. */
    {"chunked,keep", BYTES("2;a\r\nhi\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n"),
     GIVES("[2;a\\x0d\\x0ahi\\x0d\\x0a][1\\x0d\\x0ax\\x0d\\x0a]")},
    {"chunked,lf,keep", BYTES("2\nhi\n1\nx\r\n0\n\n"), GIVES("[2\\x0ahi\\x0a][1\\x0ax\\x0d\\x0a]")},
};

START_TEST(chunks_are_read_as_the_rfc_has_them_or_refused)
{
    check_example(&chunked[_i], false);
}
END_TEST

/* ------------------------------------------------------- options and boundaries */

/* Reads once at once, once in parts of 100 bytes. */
static void check_large(const char *specification, const uint8_t *input, size_t size,
                        struct expected expected)
{
    static const struct way ways[] = {
        {.call = BY_NEXT, .cut = SIZE_MAX, .step = SIZE_MAX},
        {.call = BY_BATCH + 63, .cut = SIZE_MAX, .step = SIZE_MAX},
        {.call = BY_BATCH + 63, .cut = 100, .step = 100},
        {.call = BY_TAKE, .cut = 1, .step = 4095},
    };
    struct subject subject = {
        .specification = specification,
        .input = input,
        .size = size,
        .expected = expected,
    };

    for (size_t i = 0; i < COUNT(ways); i++)
        check_way(&subject, &ways[i]);
}

START_TEST(a_chunk_size_line_has_8192_bytes_at_most)
{
    /* "0;xxx...\r\n", of which the line is all but the last CRLF. */
    for (size_t line = 8191; line <= 8193; line++) {
        uint8_t *input = malloc(line + 2);

        ck_assert_ptr_nonnull(input);
        memset(input, 'x', line);
        memcpy(input, "0;", 2);
        memcpy(input + line - 2, "\r\n\r\n", 4);
        if (line <= 8192)
            check_large("chunked", input, line + 2, (struct expected)GIVES_UP_TO("", line + 2));
        else
            check_large("chunked", input, line + 2, (struct expected)MALFORMED("", 8192));
        /* The same with zeros: they are as good as any digits, and no better. */
        memset(input, '0', line - 2);
        if (line <= 8192)
            check_large("chunked", input, line + 2, (struct expected)GIVES_UP_TO("", line + 2));
        else
            check_large("chunked", input, line + 2, (struct expected)MALFORMED("", 8192));
        free(input);
    }
}
END_TEST

START_TEST(a_chunk_size_line_is_bounded_anew_for_each_chunk)
{
    enum { CHUNKS = 3, LINE = 5000 };
    uint8_t *input = malloc(CHUNKS * (LINE + 3) + 5), *to = input;

    ck_assert_ptr_nonnull(input);
    for (size_t i = 0; i < CHUNKS; i++) {
        memset(to, 'x', LINE);
        memcpy(to, "1;", 2);
        memcpy(to + LINE - 2, "\r\na\r\n", 5);
        to += LINE + 3;
    }
    memcpy(to, "0\r\n\r\n", 5);
    to += 5;
    check_large("chunked", input, (size_t)(to - input),
                (struct expected)GIVES_UP_TO("[a][a][a]", (uint64_t)(to - input)));
    free(input);
}
END_TEST

START_TEST(a_trailer_section_has_65536_bytes_at_most)
{
    /* The section is all after "0\r\n": lines of 16 bytes, a last longer one,
     * and the empty line. */
    for (size_t section = 65535; section <= 65537; section++) {
        static uint8_t input[65600];

        memcpy(input, "0\r\n", 3);
        for (size_t i = 0; i < section; i++)
            input[3 + i] = (uint8_t) "Name: 9 letter\r\n"[i % 16];
        /* The last line begins where one does, and reaches to the end. */
        size_t last = (section - 40) / 16 * 16;
        for (size_t i = last; i < section; i++)
            input[3 + i] = 'a';
        input[3 + last + 1] = ':';
        memcpy(input + 3 + section - 4, "\r\n\r\n", 4);
        if (section <= 65536)
            check_large("chunked", input, section + 3,
                        (struct expected)GIVES_UP_TO("", section + 3));
        else
            check_large("chunked", input, section + 3, (struct expected)MALFORMED("", 3 + 65536));
    }
}
END_TEST

/* ---------------------------------------------------------------- random input */

/* RFC 9112, sections 7.1 and 7.1.1, RFC 9110, sections 5.6.2 to 5.6.4. */
#define BWS "[ \t]*"
#define TOKEN "[-!#$%&'*+.^_`|~0-9A-Za-z]+"
#define QUOTED "\"([\t !#-[^-~]|]|\\\\[\t -~])*\""
static const char size_line[] =
    "^[0-9A-Fa-f]+(" BWS ";" BWS TOKEN "(" BWS "=" BWS "(" TOKEN "|" QUOTED "))?)*\r\n$";

/* Can the text be completed to a size line? */
static bool begins_a_size_line(const regex_t *grammar, const char *text, size_t n)
{
    static const char *const endings[] = {"", "\n", "\r\n", "a\r\n", ";a\r\n", "\"\r\n", "a\"\r\n"};
    char line[64];

    for (size_t i = 0; i < COUNT(endings); i++) {
        snprintf(line, sizeof line, "%.*s%s", (int)n, text, endings[i]);
        if (regexec(grammar, line, 0, NULL, 0) == 0)
            return true;
    }
    return false;
}

/* The byte that is named is the first one with which no line can go on. */
START_TEST(a_size_line_is_taken_if_the_grammar_has_it)
{
    static const char alphabet[] = ";;;===  \t\"\"\"\\\\aa1,\r\x01";
    static const struct way at_once = {.call = BY_NEXT, .cut = SIZE_MAX, .step = SIZE_MAX};
    struct prng prng = {(uint64_t)_i};
    int taken = 0;
    regex_t grammar;

    ck_assert_int_eq(regcomp(&grammar, size_line, REG_EXTENDED | REG_NOSUB), 0);
    for (int round = 0; round < 20000; round++) {
        char line[32] = "0;a";
        struct record_list records = {0};
        size_t from = 1 + 2 * prng_below(&prng, 2), size = from + prng_below(&prng, 10), right = 0;

        prng_fill(&prng, line + from, size - from, alphabet, sizeof alphabet - 1);
        memcpy(line + size, "\r\n\r\n", 5);
        while (right < size + 2 && begins_a_size_line(&grammar, line, right + 1))
            right++;
        struct outcome outcome =
            read_input("chunked", NULL, (const uint8_t *)line, size + 4, &at_once, &records);
        expect(right < size + 2 ? outcome.status == CB_EMALFORMED && outcome.offset == right
                                : outcome.status == CB_END || outcome.offset >= right,
               "'%s': status %d at %" PRIu64 ", not %zu", line, outcome.status, outcome.offset,
               right);
        taken += right == size + 2;
        list_free(&records);
    }
    regfree(&grammar);
    ck_assert_int_gt(taken, 100);
}
END_TEST

START_TEST(random_size_lines_are_read_alike_in_every_way)
{
    static const char *const specifications[] = {"chunked", "chunked,lf", "chunked,pad"};
    static const char alphabet[] = "0;; ==\t\"\"\\ab\r\n";

    check_random(specifications[_i], false, alphabet, sizeof alphabet - 1, 500 + (uint64_t)_i);
}
END_TEST

static Suite *chunked_suite(void)
{
    Suite *suite = suite_create("chunked");
    TCase *records_case = add_case(suite, "records");
    TCase *bounds = add_case(suite, "bounds");
    TCase *random_case = add_case(suite, "random");

    tcase_add_loop_test(records_case, chunks_are_read_as_the_rfc_has_them_or_refused, 0,
                        (int)COUNT(chunked));
    tcase_add_test(bounds, a_chunk_size_line_has_8192_bytes_at_most);
    tcase_add_test(bounds, a_chunk_size_line_is_bounded_anew_for_each_chunk);
    tcase_add_test(bounds, a_trailer_section_has_65536_bytes_at_most);
    tcase_add_loop_test(random_case, a_size_line_is_taken_if_the_grammar_has_it, 0, 3);
    tcase_add_loop_test(random_case, random_size_lines_are_read_alike_in_every_way, 0, 3);
    return suite;
}

int main(void)
{
    return run_suite(chunked_suite());
}
