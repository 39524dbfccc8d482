/* SPDX-License-Identifier: MIT */
/* Delimiters, marks and sizes: what records they give or which error, however the input is cut and
 * by whichever call it is read. */
#include "reading.h"

/* -------------------------------------------------------------------- tables */

static const struct example delimiters[] = {
    {"line", BYTES(""), GIVES("")},
    {"line", BYTES("\n"), GIVES("[]")},
    {"line", BYTES("\r\n"), GIVES("[]")},
    {"line", BYTES("a\nbc\r\n\nd"), GIVES("[a][bc][][d]")},
    {"line", BYTES("a\r\r\nb\rc\n\r"), GIVES("[a\\x0d][b\\x0dc][\\x0d]")},
    {"line", BYTES("\r\r\n\r"), GIVES("[\\x0d][\\x0d]")},
    {"line", BYTES("\r\n\r\n"), GIVES("[][]")},
    {"line", BYTES("a\0b\n\xff\n"), GIVES("[a\\x00b][\\xff]")},
    {"line,keep", BYTES("a\nbc\r\n\nd"), GIVES("[a\\x0a][bc\\x0d\\x0a][\\x0a][d]")},
    {"line,skip-empty", BYTES("\n\r\na\n\n\r\nb\n\n"), GIVES("[a][b]")},
    {"line,skip-empty", BYTES("\n\n\n"), GIVES("")},
    {"line,skip-empty", BYTES("\r\r\n"), GIVES("[\\x0d]")},
    {"line,skip-empty,keep", BYTES("\na\r\n\r\nb\n"), GIVES("[a\\x0d\\x0a][b\\x0a]")},
    {"lf", BYTES("a\r\n\nb"), GIVES("[a\\x0d][][b]")},
    {"lf,keep", BYTES("a\r\n\nb"), GIVES("[a\\x0d\\x0a][\\x0a][b]")},
    {"lf,skip-empty", BYTES("\n\na\n\n"), GIVES("[a]")},
    {"crlf", BYTES("a\r\nb\n\r\n\r\r\n\r"), GIVES("[a][b\\x0a][\\x0d][\\x0d]")},
    {"crlf", BYTES("\r\n\r\n"), GIVES("[][]")},
    {"nul", BYTES("a\0\0b\nc\0d"), GIVES("[a][][b\\x0ac][d]")},
    {"delim:\\,", BYTES("a,,b,"), GIVES("[a][][b]")},
    {"delim:ab", BYTES("xabaabb"), GIVES("[x][a][b]")},
    {"delim:aa", BYTES("aaaaa"), GIVES("[][][a]")},
    {"delim:aab", BYTES("aaabaaaabaa"), GIVES("[a][aa][aa]")},
    {"delim:abab", BYTES("abaababab"), GIVES("[aba][ab]")},
    {"delim:END\\n", BYTES("oneEND\ntwoEN\nEND\nEND"), GIVES("[one][twoEN\\x0a][END]")},
    {"delim:\\r\\n\\r\\n", BYTES("a\r\n\r\n\r\nb\r\n\r\r\n\r\n"),
     GIVES("[a][\\x0d\\x0ab\\x0d\\x0a\\x0d]")},
    {"delim:ab,keep", BYTES("xabaabb"), GIVES("[xab][aab][b]")},
    {"delim:a,or=b", BYTES("xaybz"), GIVES("[x][y][z]")},
    {"delim:a,or=b,keep", BYTES("xaybz"), GIVES("[xa][yb][z]")},
    {"delim:a,or=a", BYTES("xaa"), GIVES("[x][]")},
    {"delim:a,or=ab", BYTES("xaxabxa"), GIVES("[x][x][x]")},
    {"delim:ab,or=a,or=abc", BYTES("1a2ab3abc4ab"), GIVES("[1][2][3][4]")},
    {"delim:\\n,or=\\r\\n,or=\\r", BYTES("a\rb\r\nc\n\rd\r\r\n"), GIVES("[a][b][c][][d][]")},
    {"delim:\\n,or=\\n\\n", BYTES("a\n\n\nb\nc\n\n"), GIVES("[a][][b][c]")},
    {"delim:a,or=aaaab", BYTES("aaaxaaaabaaaa"), GIVES("[][][][x][][][][]")},
    {"delim:abcd,or=bc", BYTES("abcdabcxbcabc"), GIVES("[][a][x][a]")},
    {"delim:abcd,or=b,skip-empty", BYTES("abcdbabcabcdb"), GIVES("[a][c]")},
    {"delim:a,or=bb,skip-empty", BYTES("aabbxabba"), GIVES("[x]")},
    {"delim:a,or=ab,skip-empty", BYTES("abaxabaab"), GIVES("[x]")},
    {"delim:a,or=bb,skip-empty,keep", BYTES("aabbxabba"), GIVES("[xa]")},
};

static const struct example starts[] = {
    {"start:ab", BYTES(""), GIVES("")},
    {"start:ab", BYTES("ab"), GIVES("[ab]")},
    {"start:ab", BYTES("ab1ab2"), GIVES("[ab1][ab2]")},
    {"start:ab", BYTES("xab1aab2a"), GIVES("[x][ab1a][ab2a]")},
    {"start:ab", BYTES("aabab"), GIVES("[a][ab][ab]")},
    {"start:ab", BYTES("xyz"), GIVES("[xyz]")},
    {"start:>", BYTES(">1>>2\n"), GIVES("[>1][>][>2\\x0a]")},
    {"start:>", BYTES("1>>"), GIVES("[1][>][>]")},
    {"start:aa", BYTES("aaa"), GIVES("[aaa]")},
    {"start:aa", BYTES("aaaaxaa"), GIVES("[aa][aax][aa]")},
    {"start:aa", BYTES("xaaaxaaaa"), GIVES("[x][aaax][aa][aa]")},
    {"start:aab", BYTES("aaabaaaabaa"), GIVES("[a][aabaa][aabaa]")},
    {"start:abab", BYTES("ababababab"), GIVES("[abab][ababab]")},
    {"start:abab", BYTES("abaababab"), GIVES("[aba][ababab]")},
    {"start:\\nFrom ", BYTES("From a\nFrom\n\nFrom b\n"),
     GIVES("[From a\\x0aFrom\\x0a][\\x0aFrom b\\x0a]")},
    {"start:\\0\\xff", BYTES("\0\xff\0\0\xff"), GIVES("[\\x00\\xff\\x00][\\x00\\xff]")},
    {"start:abcdefghijkl", BYTES("abcdefghijklabcdefghijkabcdefghijkl"),
     GIVES("[abcdefghijklabcdefghijk][abcdefghijkl]")},
    {"start:ab,keep", BYTES("xab1ab2"), GIVES("[x][ab1][ab2]")},
    /* Several: what is whole first counts, and ends the record at once. */
    {"start:a,or=bc", BYTES("xaabcbbc"), GIVES("[x][a][a][bcb][bc]")},
    {"start:ab,or=abab", BYTES("ababab"), GIVES("[ab][ab][ab]")},
    {"start:abcd,or=bc", BYTES("xabcdabcd"), GIVES("[xa][bcda][bcd]")},
    {"start:abcd,or=cd", BYTES("xabcdcd"), GIVES("[x][abcd][cd]")},
    {"start:abcx,or=c", BYTES("abcxc"), GIVES("[ab][cx][c]")},
    /* At the beginning of a line. */
    {"start:>,line", BYTES(">a > b\nAC\n>c>\r\n>\nGT"),
     GIVES("[>a > b\\x0aAC\\x0a][>c>\\x0d\\x0a][>\\x0aGT]")},
    {"start:>,line", BYTES("x\n\n>a\n >b\n>c"), GIVES("[x\\x0a\\x0a][>a\\x0a >b\\x0a][>c]")},
    {"start:>,line", BYTES("\n>"), GIVES("[\\x0a][>]")},
    {"start:ab,line", BYTES("abab\nab\na\nab"), GIVES("[abab\\x0a][ab\\x0aa\\x0a][ab]")},
    {"start:\\n,line", BYTES("a\n\n\nb\n"), GIVES("[a\\x0a][\\x0a][\\x0ab\\x0a]")},
    {"start:a\\na,line", BYTES("a\na\na\na\n"), GIVES("[a\\x0aa\\x0a][a\\x0aa\\x0a]")},
    {"start:a,or=b\\n,line", BYTES("a\nb\na\nb"), GIVES("[a\\x0a][b\\x0a][a\\x0ab]")},
    /* After an empty line. */
    {"start:From ,blank", BYTES("From a\nFrom b\n\nFrom c\n\nFrom\n\r\nFrom d\n"),
     GIVES("[From a\\x0aFrom b\\x0a\\x0a][From c\\x0a\\x0aFrom\\x0a\\x0d\\x0a][From d\\x0a]")},
    {"start:From ,blank", BYTES("\nFrom a\n\n\nFrom b"),
     GIVES("[\\x0a][From a\\x0a\\x0a\\x0a][From b]")},
    {"start:From ,blank,line", BYTES("\r\nFrom a\n \nFrom b"),
     GIVES("[\\x0d\\x0a][From a\\x0a \\x0aFrom b]")},
    {"start:a,blank", BYTES("a\na\n\r\ra\n\r\na"),
     GIVES("[a\\x0aa\\x0a\\x0d\\x0da\\x0a\\x0d\\x0a][a]")},
    {"start:\\n,blank", BYTES("a\n\n\n\nb"), GIVES("[a\\x0a\\x0a][\\x0a][\\x0ab]")},
    /* Bytes that stand for several. */
    {"start:\\d\\d:\\d,line", BYTES("12:3 12:3\n1x:3\n00:9"),
     GIVES("[12:3 12:3\\x0a1x:3\\x0a][00:9]")},
    {"start:\\d\\d:", BYTES("x112:34:56"), GIVES("[x1][12:][34:56]")},
    {"start:a\\.c", BYTES("xa\ncabcac"), GIVES("[x][a\\x0ac][abcac]")},
    {"start:\\.", BYTES("ab\n"), GIVES("[a][b][\\x0a]")},
    {"start:\\.\\.,line", BYTES("ab\nc\n\nde"), GIVES("[ab\\x0a][c\\x0a][\\x0ade]")},
    {"start:2\\d,or=\\d-,line", BYTES("2-\n3-\n24\n2x"), GIVES("[2-\\x0a][3-\\x0a][24\\x0a2x]")},
};

static const struct example fixed[] = {
    {"fixed:3", BYTES(""), GIVES("")},
    {"fixed:3", BYTES("abc"), GIVES("[abc]")},
    {"fixed:3", BYTES("abcdefgh"), GIVES("[abc][def][gh]")},
    {"fixed:1", BYTES("ab\n"), GIVES("[a][b][\\x0a]")},
    {"fixed:3,keep", BYTES("abcdefg"), GIVES("[abc][def][g]")},
    /* MPEG-TS packets begin with 0x47 (ISO/IEC 13818-1 section 2.4.3.2). */
    {"fixed:4,byte=0:47", BYTES("G123G456"), GIVES("[G123][G456]")},
    {"fixed:4,byte=0:47", BYTES("G123GG"), GIVES("[G123][GG]")},
    {"fixed:4,byte=0:47", BYTES("G123H"), MALFORMED("[G123]", 4)},
    {"fixed:4,byte=0:47", BYTES("H123"), MALFORMED("", 0)},
    {"fixed:4,byte=0:47,keep", BYTES("G123GHHHxG"), MALFORMED("[G123][GHHH]", 8)},
    {"fixed:4,byte=2:00-1f|FF",
     BYTES("ab\0dab\x1f"
           "dab\xff"
           "dab d"),
     MALFORMED("[ab\\x00d][ab\\x1fd][ab\\xffd]", 14)},
    {"fixed:4,byte=3:64,byte=0:61", BYTES("abcdxbcx"), MALFORMED("[abcd]", 4)},
    {"fixed:4,byte=3:64,byte=0:61", BYTES("abcdabcxabcd"), MALFORMED("[abcd]", 7)},
    {"fixed:3,only=0:61-62", BYTES("a12x34b56yy"), GIVES("[a12][b56]")},
    {"fixed:3,only=0:61-62", BYTES("x12y34z56"), GIVES("")},
    {"fixed:3,only=0:61,only=2:7a", BYTES("a1za12b1za2z"), GIVES("[a1z][a2z]")},
    {"fixed:3,only=0:61,byte=1:31", BYTES("a1zb1za1yb2z"), MALFORMED("[a1z][a1y]", 10)},
};

START_TEST(delimiters_are_where_they_should_be)
{
    check_example(&delimiters[_i], false);
}
END_TEST

START_TEST(records_begin_where_their_mark_stands)
{
    check_example(&starts[_i], false);
}
END_TEST

START_TEST(records_of_fixed_size_are_cut_by_count)
{
    check_example(&fixed[_i], false);
}
END_TEST

static Suite *delimiters_suite(void)
{
    Suite *suite = suite_create("delimiters");
    TCase *tcase = add_case(suite, "records");

    tcase_add_loop_test(tcase, delimiters_are_where_they_should_be, 0, (int)COUNT(delimiters));
    tcase_add_loop_test(tcase, records_begin_where_their_mark_stands, 0, (int)COUNT(starts));
    tcase_add_loop_test(tcase, records_of_fixed_size_are_cut_by_count, 0, (int)COUNT(fixed));
    return suite;
}

int main(void)
{
    return run_suite(delimiters_suite());
}
