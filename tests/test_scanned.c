/* SPDX-License-Identifier: MIT */
/* Framings whose records end where their syntax says: csv. */
#include "reading.h"

/* RFC 4180 section 2, with its own examples. */
static const struct example csv[] = {
    {"csv", BYTES(""), GIVES("")},
    {"csv", BYTES("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n"), GIVES("[aaa,bbb,ccc][zzz,yyy,xxx]")},
    {"csv", BYTES("aaa,bbb,ccc\r\nzzz,yyy,xxx"), GIVES("[aaa,bbb,ccc][zzz,yyy,xxx]")},
    {"csv", BYTES("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz"),
     GIVES("[\"aaa\",\"b\\x0d\\x0abb\",\"ccc\"][zzz]")},
    {"csv", BYTES("\"aaa\",\"b\"\"bb\",\"ccc\"\n"), GIVES("[\"aaa\",\"b\"\"bb\",\"ccc\"]")},
    {"csv", BYTES("\"\"\"\n\"\n"), GIVES("[\"\"\"\\x0a\"]")},
    {"csv", BYTES("\"\"\n\"\"\n"), GIVES("[\"\"][\"\"]")},
    {"csv", BYTES("\n\r\n,\n"), GIVES("[][][,]")},
    {"csv", BYTES("a\rb\r\r\n\r"), GIVES("[a\\x0db\\x0d][\\x0d]")},
    {"csv", BYTES("5\" pipe,x\ny\n"), GIVES("[5\" pipe,x][y]")},
    {"csv", BYTES("\"a\r\"\r\nb"), GIVES("[\"a\\x0d\"][b]")},
    {"csv", BYTES("a\n\"b\nc"), TRUNCATED("[a]", 6)},
    {"csv", BYTES("a;\"b\nc\"\nd\n"), GIVES("[a;\"b][c\"][d]")},
    {"csv,sep=;", BYTES("a;\"b\nc\"\nd\n"), GIVES("[a;\"b\\x0ac\"][d]")},
    {"csv,keep", BYTES("a\r\n\"\n\"\nb"), GIVES("[a\\x0d\\x0a][\"\\x0a\"\\x0a][b]")},
};

START_TEST(rows_end_outside_quotes)
{
    check_example(&csv[_i], false);
}
END_TEST

static const char *const any_input[] = {"csv", "csv,keep", "csv,sep=a"};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    static const char alphabet[] = "aab,,\"\"\"\r\n\n";
    check_random(any_input[_i], false, alphabet, sizeof(alphabet) - 1, (uint64_t)_i);
}
END_TEST

static Suite *scanned_suite(void)
{
    Suite *suite = suite_create("scanned");
    TCase *records = add_case(suite, "records");
    TCase *random = add_case(suite, "random");

    tcase_add_loop_test(records, rows_end_outside_quotes, 0, (int)COUNT(csv));
    tcase_add_loop_test(random, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    return suite;
}

int main(void)
{
    return run_suite(scanned_suite());
}
