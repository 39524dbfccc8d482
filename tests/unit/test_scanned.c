/* SPDX-License-Identifier: MIT */
/* Framings whose records end where their syntax says: csv, Redis values, syslog. */
#include <string.h>

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
    {"csv", BYTES("\"a\r\"\r\nb"), GIVES("[\"a\\x0d\"][b]")},
    {"csv", BYTES("a\n\"b\nc"), TRUNCATED("[a]", 6)},
    {"csv,sep=;", BYTES("a;\"b\nc\"\nd\n"), GIVES("[a;\"b\\x0ac\"][d]")},
    /* A byte order mark at the beginning stands before the first row; elsewhere
     * those bytes are text, as are some of them only. */
    {"csv", BYTES("\xef\xbb\xbf\"id\n(unique)\",name\r\n1,x\r\n"),
     GIVES("[\"id\\x0a(unique)\",name][1,x]")},
    {"csv", BYTES("\xef\xbb\xbf"), GIVES("")},
    {"csv", BYTES("\xef\xbb\xbf\n"), GIVES("[]")},
    {"csv", BYTES("\xef\xbb"), GIVES("[\\xef\\xbb]")},
    {"csv", BYTES("\xef\xbb\n\xbf"), GIVES("[\\xef\\xbb][\\xbf]")},
    {"csv", BYTES("\xef\"a\nb"), MALFORMED("", 1)},
    {"csv", BYTES("\xef\xbb\xbf\xef\xbb\xbf\"a\nb"), MALFORMED("", 6)},
    {"csv", BYTES("a\n\xef\xbb\xbf\"b\nc\""), MALFORMED("[a]", 5)},
    {"csv", BYTES("\xef\xbb\xbf\"a\nb"), TRUNCATED("", 7)},
    {"csv,keep", BYTES("\xef\xbb\xbf\"a\n\"\nb\n"), GIVES("[\"a\\x0a\"\\x0a][b\\x0a]")},
    {"csv,keep", BYTES("a\r\n\"\n\"\nb"), GIVES("[a\\x0d\\x0a][\"\\x0a\"\\x0a][b]")},
};

/* A quote in a field without quotes around it, and what is neither a separator nor a line end
 * after a closing one: the grammar of section 2 has neither. */
static const struct example stray_quotes[] = {
    {"csv", BYTES("5\" pipe,x\ny\n"), MALFORMED("", 1)},
    {"csv", BYTES("a\n1,b\"\n"), MALFORMED("[a]", 5)},
    {"csv", BYTES("a\nb\"c\"\n"), MALFORMED("[a]", 3)},
    {"csv", BYTES("a\n \"b\"\n"), MALFORMED("[a]", 3)},
    {"csv", BYTES("a\n\"b\"c\n"), MALFORMED("[a]", 5)},
    {"csv", BYTES("a\n\"b\" ,c\n"), MALFORMED("[a]", 5)},
    {"csv", BYTES("a\n\"b\"c\"\n"), MALFORMED("[a]", 5)},
    {"csv", BYTES("\"\"\"\"\n\"\"a"), MALFORMED("[\"\"\"\"]", 7)},
    {"csv", BYTES("a;\"b\nc\"\nd\n"), MALFORMED("", 2)},
    {"csv", BYTES("a\r\"b\"\n"), MALFORMED("", 2)},
    /* A CR alone is text, which no closing quote has after it. */
    {"csv", BYTES("\"a\"\r\n\"b\"\n"), GIVES("[\"a\"][\"b\"]")},
    {"csv", BYTES("\"a\"\r\"b\"\n"), MALFORMED("", 4)},
    {"csv", BYTES("\"a\"\rb\n"), MALFORMED("", 4)},
    {"csv", BYTES("\"a\"\r,b\n"), MALFORMED("", 4)},
    {"csv", BYTES("\"a\"\r\r\n"), MALFORMED("", 4)},
    {"csv", BYTES("x\n\"a\"\r"), TRUNCATED("[x]", 6)},
    /* The last row, with no line end. */
    {"csv", BYTES("x\n\"a\""), GIVES("[x][\"a\"]")},
    {"csv", BYTES("x\n\"a\"b"), MALFORMED("[x]", 5)},
    {"csv", BYTES("x\na\""), MALFORMED("[x]", 3)},
    {"csv", BYTES("x\n\"a\"\""), TRUNCATED("[x]", 6)},
    {"csv", BYTES("\xef\xbb\xbf\"a\"\n\"b"), TRUNCATED("[\"a\"]", 9)},
    {"csv", BYTES("\xef\xbb\xbf\"a\"b\n"), MALFORMED("", 6)},
    {"csv,keep", BYTES("\"a\"\r\nb\"\n"), MALFORMED("[\"a\"\\x0d\\x0a]", 6)},
    {"csv,keep", BYTES("\"a\"\rb\n"), MALFORMED("", 4)},
    {"csv,skip-empty", BYTES("\n\n\"a\"\n\nb\"\n"), MALFORMED("[\"a\"]", 8)},
    {"csv,sep=;", BYTES("\"a\",\"b\"\n"), MALFORMED("", 3)},
    {"csv,quote='", BYTES("'a'\nb\"c\n'd'\"\n"), MALFORMED("['a'][b\"c]", 11)},
    {"csv,quote='", BYTES("it's\n"), MALFORMED("", 2)},
    /* Byte by byte, too.  What is escaped is data, but nothing is after a closing quote. */
    {"csv,escape=\\\\", BYTES("\"a\"\"b\"\na\\\"b,\\\"\n\"\\\"\"\n"),
     GIVES("[\"a\"\"b\"][a\\x5c\"b,\\x5c\"][\"\\x5c\"\"]")},
    {"csv,escape=\\\\", BYTES("\"a\"\\\"\n"), MALFORMED("", 3)},
    {"csv,escape=\\\\", BYTES("a\\b\"\n"), MALFORMED("", 3)},
    {"csv,escape=\\\\", BYTES("\\a\"\n"), MALFORMED("", 2)},
    {"csv,escape=\\\\", BYTES("\"a\"\r\n\"b\"\rc"), MALFORMED("[\"a\"]", 9)},
    {"csv,escape=\\\\", BYTES("x\n\"b\"\r"), TRUNCATED("[x]", 6)},
    {"csv,escape=\"", BYTES("\"a\"\"b\"\na\"\n"), MALFORMED("[\"a\"\"b\"]", 8)},
    {"csv,cr", BYTES("\"a\"\r\"b\"\r\nc\"\r"), MALFORMED("[\"a\"][\"b\"]", 10)},
    {"csv,cr", BYTES("\"a\"\r\"b\" \r"), MALFORMED("[\"a\"]", 7)},
};

/* As Python's csv module has it: any other quote is text. */
static const struct example lazy_quotes[] = {
    {"csv,lazy-quotes", BYTES("5\" pipe,x\ny\n"), GIVES("[5\" pipe,x][y]")},
    {"csv,lazy-quotes", BYTES("a;\"b\nc\"\nd\n"), GIVES("[a;\"b][c\"][d]")},
    {"csv,lazy-quotes", BYTES("\xef\"a\nb"), GIVES("[\\xef\"a][b]")},
    {"csv,lazy-quotes", BYTES("\xef\xbb\xbf\xef\xbb\xbf\"a\nb"), GIVES("[\\xef\\xbb\\xbf\"a][b]")},
    {"csv,lazy-quotes", BYTES("a\n\xef\xbb\xbf\"b\nc\""), GIVES("[a][\\xef\\xbb\\xbf\"b][c\"]")},
    {"csv,lazy-quotes", BYTES("\"a\"b\"c\n\"d\" ,\"e\n\"f\n"),
     GIVES("[\"a\"b\"c][\"d\" ,\"e\\x0a\"f]")},
    {"csv,lazy-quotes", BYTES("\"a\"\r\"b\n\"c\"\rd\n\"e\"\r"),
     GIVES("[\"a\"\\x0d\"b][\"c\"\\x0dd][\"e\"\\x0d]")},
    {"csv,lazy-quotes,cr", BYTES("\"a\" \"\rb\"\r\n"), GIVES("[\"a\" \"][b\"]")},
    {"csv,lazy-quotes,escape=\\\\", BYTES("\"a\"\"\n\"\n\"b\"\\\nc\n"),
     GIVES("[\"a\"\"\\x0a\"][\"b\"\\x5c][c]")},
    {"csv,lazy-quotes,escape=\\\\", BYTES("a,\\,\"b\n\"c\n\"\n\"d\"\r\"\n"),
     GIVES("[a,\\x5c,\"b][\"c\\x0a\"][\"d\"\\x0d\"]")},
    {"csv,lazy-quotes,quote=;,sep=\"", BYTES("a\"b;\n;\n;"), GIVES("[a\"b;][;\\x0a;]")},
};

static const struct example dialects[] = {
    {"csv,quote='", BYTES("'a\n''b',\"c\n'd'\n"), GIVES("['a\\x0a''b',\"c]['d']")},
    {"csv,quote=;,sep=\"", BYTES("a\";b\n;\n"), GIVES("[a\";b\\x0a;]")},
    /* An escape: the next byte is data, inside quotes and outside. */
    {"csv,escape=\\\\", BYTES("\"a\\\"\nb\",c\nd\n"), GIVES("[\"a\\x5c\"\\x0ab\",c][d]")},
    {"csv,escape=\\\\", BYTES("a\\\nb\nc\\\r\nd\\\r\r\n"),
     GIVES("[a\\x5c\\x0ab][c\\x5c\\x0d][d\\x5c\\x0d]")},
    {"csv,escape=\\\\", BYTES("\\\"a\n\\\\\n\"\\\\\"\nb"),
     GIVES("[\\x5c\"a][\\x5c\\x5c][\"\\x5c\\x5c\"][b]")},
    {"csv,escape=\\\\", BYTES("\"a\"\"\n\"\n\"b\"\\\nc\n"), MALFORMED("[\"a\"\"\\x0a\"]", 10)},
    {"csv,escape=\\\\", BYTES("a,\\,\"b\n\"c\n\""), MALFORMED("", 4)},
    {"csv,escape=\\\\", BYTES("a\nb\\"), TRUNCATED("[a]", 4)},
    {"csv,escape=\\\\", BYTES("\"a\\\""), TRUNCATED("", 4)},
    {"csv,escape=\"", BYTES("\"a\"\"\nb\"\nc\n"), GIVES("[\"a\"\"\\x0ab\"][c]")},
    {"csv,escape=\\\\,keep", BYTES("a\\\r\nb\r\n"), GIVES("[a\\x5c\\x0d\\x0a][b\\x0d\\x0a]")},
    /* CR alone, as in files of old Macintoshes; CRLF is still one line end. */
    {"csv,cr", BYTES("a\rb\r\nc\n\r\r\nd"), GIVES("[a][b][c][][][d]")},
    {"csv,cr", BYTES("\"a\rb\"\r\"\r\n\"\rc\r"), GIVES("[\"a\\x0db\"][\"\\x0d\\x0a\"][c]")},
    {"csv,cr", BYTES("\n\r\n\r"), GIVES("[][][]")},
    {"csv,cr", BYTES("\xef\xbb\xbf\ra\r"), GIVES("[][a]")},
    {"csv,cr,keep", BYTES("a\rb\r\nc\n\r\n\r"),
     GIVES("[a\\x0d][b\\x0d\\x0a][c\\x0a][\\x0d\\x0a][\\x0d]")},
    {"csv,cr,escape=\\\\", BYTES("a\\\rb\rc\\\r\nd"), GIVES("[a\\x5c\\x0db][c\\x5c\\x0d][d]")},
    {"csv,cr,escape=\"", BYTES("\"a\"\"\rb\"\rc\r"), GIVES("[\"a\"\"\\x0db\"][c]")},
    {"csv,cr", BYTES("a\r\"b"), TRUNCATED("[a]", 4)},
    /* Empty rows, which are not rows of empty fields. */
    {"csv,skip-empty", BYTES("\n\r\na\n\n\n,\n\"\"\r\n\r\n \n"), GIVES("[a][,][\"\"][ ]")},
    {"csv,skip-empty", BYTES("\n\r\n\n"), GIVES("")},
    {"csv,skip-empty", BYTES("\r\r\n\ra\n\"\n\n\"\n"), GIVES("[\\x0d][\\x0da][\"\\x0a\\x0a\"]")},
    {"csv,skip-empty,keep", BYTES("\n\r\na\r\n\n\nb"), GIVES("[a\\x0d\\x0a][b]")},
    {"csv,skip-empty", BYTES("\xef\xbb\xbf\n\na"), GIVES("[a]")},
    {"csv,skip-empty,cr", BYTES("\r\n\r\r\na\r\r\n\nb\r\r"), GIVES("[a][b]")},
    {"csv,skip-empty,cr,keep", BYTES("\r\n\r\r\na\r\r\n\nb\r\n\r"), GIVES("[a\\x0d][b\\x0d\\x0a]")},
    {"csv,skip-empty,escape=\\\\", BYTES("\n\r\n\\\n\n\n"), GIVES("[\\x5c\\x0a]")},
};

START_TEST(rows_end_as_their_dialect_has_it)
{
    check_example(&dialects[_i], false);
}
END_TEST

START_TEST(a_quote_that_no_grammar_has_is_malformed)
{
    check_example(&stray_quotes[_i], false);
}
END_TEST

START_TEST(lazy_quotes_may_be_text)
{
    check_example(&lazy_quotes[_i], false);
}
END_TEST

START_TEST(rows_end_outside_quotes)
{
    check_example(&csv[_i], false);
}
END_TEST

/* The examples of redis.io/docs/latest/develop/reference/protocol-spec, and
 * those of RESP3.md in github.com/redis/redis-specifications. */
static const struct example resp[] = {
    {"resp", BYTES(""), GIVES("")},
    {"resp", BYTES("+OK\r\n-Error message\r\n:1000\r\n"),
     GIVES("[+OK\\x0d\\x0a][-Error message\\x0d\\x0a][:1000\\x0d\\x0a]")},
    {"resp", BYTES("$5\r\nhello\r\n$0\r\n\r\n$-1\r\n"),
     GIVES("[$5\\x0d\\x0ahello\\x0d\\x0a][$0\\x0d\\x0a\\x0d\\x0a][$-1\\x0d\\x0a]")},
    {"resp", BYTES("*2\r\n$5\r\nhello\r\n$5\r\nworld\r\n*0\r\n*-1\r\n"),
     GIVES("[*2\\x0d\\x0a$5\\x0d\\x0ahello\\x0d\\x0a$5\\x0d\\x0aworld\\x0d\\x0a][*0\\x0d\\x0a]"
           "[*-1\\x0d\\x0a]")},
    {"resp", BYTES("*2\r\n*3\r\n:1\r\n:2\r\n:3\r\n*2\r\n+Hello\r\n-World\r\n_\r\n"),
     GIVES(
         "[*2\\x0d\\x0a*3\\x0d\\x0a:1\\x0d\\x0a:2\\x0d\\x0a:3\\x0d\\x0a*2\\x0d\\x0a+Hello\\x0d\\x0a"
         "-World\\x0d\\x0a][_\\x0d\\x0a]")},
    {"resp", BYTES("*3\r\n$5\r\nhello\r\n$-1\r\n*-1\r\n#t\r\n"),
     GIVES("[*3\\x0d\\x0a$5\\x0d\\x0ahello\\x0d\\x0a$-1\\x0d\\x0a*-1\\x0d\\x0a][#t\\x0d\\x0a]")},
    {"resp", BYTES(",1.23\r\n,inf\r\n(3492890328409238509324850943850943825024385\r\n"),
     GIVES("[,1.23\\x0d\\x0a][,inf\\x0d\\x0a]"
           "[(3492890328409238509324850943850943825024385\\x0d\\x0a]")},
    {"resp", BYTES("!21\r\nSYNTAX invalid syntax\r\n=15\r\ntxt:Some string\r\n"),
     GIVES(
         "[!21\\x0d\\x0aSYNTAX invalid syntax\\x0d\\x0a][=15\\x0d\\x0atxt:Some string\\x0d\\x0a]")},
    {"resp", BYTES("%2\r\n+first\r\n:1\r\n+second\r\n:2\r\n%0\r\n"),
     GIVES(
         "[%2\\x0d\\x0a+first\\x0d\\x0a:1\\x0d\\x0a+second\\x0d\\x0a:2\\x0d\\x0a][%0\\x0d\\x0a]")},
    {"resp", BYTES("~2\r\n+orange\r\n#t\r\n>2\r\n+message\r\n+text\r\n:1\r\n"),
     GIVES("[~2\\x0d\\x0a+orange\\x0d\\x0a#t\\x0d\\x0a]"
           "[>2\\x0d\\x0a+message\\x0d\\x0a+text\\x0d\\x0a][:1\\x0d\\x0a]")},
    /* Attributes belong to what they stand before. */
    {"resp", BYTES("|1\r\n+pop\r\n%1\r\n$1\r\na\r\n,0.1\r\n*2\r\n:2\r\n:9\r\n:1\r\n"),
     GIVES("[|1\\x0d\\x0a+pop\\x0d\\x0a%1\\x0d\\x0a$1\\x0d\\x0aa\\x0d\\x0a,0.1\\x0d\\x0a*"
           "2\\x0d\\x0a:2"
           "\\x0d\\x0a:9\\x0d\\x0a][:1\\x0d\\x0a]")},
    {"resp", BYTES("*3\r\n:1\r\n:2\r\n|1\r\n+ttl\r\n:3600\r\n:3\r\n:4\r\n"),
     GIVES("[*3\\x0d\\x0a:1\\x0d\\x0a:2\\x0d\\x0a|1\\x0d\\x0a+ttl\\x0d\\x0a:3600\\x0d\\x0a:"
           "3\\x0d\\x0a]"
           "[:4\\x0d\\x0a]")},
    {"resp", BYTES("|0\r\n|0\r\n+\r\n"), GIVES("[|0\\x0d\\x0a|0\\x0d\\x0a+\\x0d\\x0a]")},
    {"resp", BYTES("$4\r\n\r\n$9\r\n"), GIVES("[$4\\x0d\\x0a\\x0d\\x0a$9\\x0d\\x0a]")},
    {"resp,keep", BYTES("$1\r\na\r\n_\r\n"), GIVES("[$1\\x0d\\x0aa\\x0d\\x0a][_\\x0d\\x0a]")},
    /* Cut short. */
    {"resp", BYTES("_\r\n*1\r\n"), TRUNCATED("[_\\x0d\\x0a]", 7)},
    {"resp", BYTES("$9\r\nhello"), TRUNCATED("", 9)},
    {"resp", BYTES("$1\r\na\r"), TRUNCATED("", 6)},
    {"resp", BYTES("|1\r\n_\r\n_\r\n"), TRUNCATED("", 10)},
    {"resp", BYTES("+"), TRUNCATED("", 1)},
    /* What no value is. */
    {"resp", BYTES("PING\r\n"), MALFORMED("", 0)},
    {"resp", BYTES("_\r\n\r\n"), MALFORMED("[_\\x0d\\x0a]", 3)},
    {"resp", BYTES("*1\r\n@"), MALFORMED("", 4)},
    {"resp", BYTES("+OK\n"), MALFORMED("", 3)},
    {"resp", BYTES("+O\rK"), MALFORMED("", 3)},
    {"resp", BYTES("$1\r\nab\r\n"), MALFORMED("", 5)},
    {"resp", BYTES("$1\r\na\n"), MALFORMED("", 5)},
    {"resp", BYTES("$1\r\na\r\r"), MALFORMED("", 6)},
    {"resp", BYTES("$1\n"), MALFORMED("", 2)},
    {"resp", BYTES("$1\ra"), MALFORMED("", 3)},
    {"resp", BYTES("$\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("$+1\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("$ 1\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("$-\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("$--1\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("$-2\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("*-01\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("%-1\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("!-1\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("$1234567890123456789\r\n"), MALFORMED("", 19)},
    {"resp", BYTES("$0000000000000000001\r\n"), MALFORMED("", 2)},
    /* Scalars are what they are said to be. */
    {"resp", BYTES(":0\r\n"), GIVES("[:0\\x0d\\x0a]")},
    {"resp", BYTES(":-0\r\n"), GIVES("[:-0\\x0d\\x0a]")},
    {"resp", BYTES(":+1\r\n"), GIVES("[:+1\\x0d\\x0a]")},
    {"resp", BYTES(":007\r\n"), GIVES("[:007\\x0d\\x0a]")},
    {"resp", BYTES(":9223372036854775807\r\n"), GIVES("[:9223372036854775807\\x0d\\x0a]")},
    {"resp", BYTES(":-9223372036854775808\r\n"), GIVES("[:-9223372036854775808\\x0d\\x0a]")},
    {"resp", BYTES(":00000000000000000000001\r\n"), GIVES("[:00000000000000000000001\\x0d\\x0a]")},
    {"resp", BYTES("#f\r\n"), GIVES("[#f\\x0d\\x0a]")},
    {"resp", BYTES(",10\r\n"), GIVES("[,10\\x0d\\x0a]")},
    {"resp", BYTES(",+1.5\r\n"), GIVES("[,+1.5\\x0d\\x0a]")},
    {"resp", BYTES(",-0\r\n"), GIVES("[,-0\\x0d\\x0a]")},
    {"resp", BYTES(",007.50\r\n"), GIVES("[,007.50\\x0d\\x0a]")},
    {"resp", BYTES(",1e5\r\n"), GIVES("[,1e5\\x0d\\x0a]")},
    {"resp", BYTES(",-1.5E-07\r\n"), GIVES("[,-1.5E-07\\x0d\\x0a]")},
    {"resp", BYTES(",1.0e+300\r\n"), GIVES("[,1.0e+300\\x0d\\x0a]")},
    {"resp", BYTES(",-inf\r\n"), GIVES("[,-inf\\x0d\\x0a]")},
    {"resp", BYTES(",nan\r\n"), GIVES("[,nan\\x0d\\x0a]")},
    {"resp", BYTES(",-nan\r\n"), GIVES("[,-nan\\x0d\\x0a]")},
    {"resp", BYTES("(0\r\n"), GIVES("[(0\\x0d\\x0a]")},
    {"resp", BYTES("(-1\r\n"), GIVES("[(-1\\x0d\\x0a]")},
    {"resp", BYTES("(+18446744073709551616\r\n"), GIVES("[(+18446744073709551616\\x0d\\x0a]")},
    {"resp", BYTES("=4\r\ntxt:\r\n=9\r\n\r\n::\r\n\r\nx\r\n"),
     GIVES("[=4\\x0d\\x0atxt:\\x0d\\x0a]"
           "[=9\\x0d\\x0a\\x0d\\x0a::\\x0d\\x0a\\x0d\\x0ax\\x0d\\x0a]")},
    {"resp", BYTES("=9\r\ntx"), TRUNCATED("", 6)},
    {"resp", BYTES("=9\r\ntxt:so"), TRUNCATED("", 10)},
    {"resp", BYTES(",1."), TRUNCATED("", 3)},
    {"resp", BYTES(":\r\n"), MALFORMED("", 1)},
    {"resp", BYTES(":abc\r\n"), MALFORMED("", 1)},
    {"resp", BYTES(":1a\r\n"), MALFORMED("", 2)},
    {"resp", BYTES(":1.0\r\n"), MALFORMED("", 2)},
    {"resp", BYTES(":+\r\n"), MALFORMED("", 2)},
    {"resp", BYTES(":--1\r\n"), MALFORMED("", 2)},
    {"resp", BYTES(":1 \r\n"), MALFORMED("", 2)},
    {"resp", BYTES(": 1\r\n"), MALFORMED("", 1)},
    {"resp", BYTES(":9223372036854775808\r\n"), MALFORMED("", 19)},
    {"resp", BYTES(":-9223372036854775809\r\n"), MALFORMED("", 20)},
    {"resp", BYTES(":99999999999999999999\r\n"), MALFORMED("", 19)},
    {"resp", BYTES("#\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("#maybe\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("#true\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("#T\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("#1\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("_x\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("_ \r\n"), MALFORMED("", 1)},
    {"resp", BYTES(",\r\n"), MALFORMED("", 1)},
    {"resp", BYTES(",x\r\n"), MALFORMED("", 1)},
    {"resp", BYTES(",.5\r\n"), MALFORMED("", 1)},
    {"resp", BYTES(",1.\r\n"), MALFORMED("", 3)},
    {"resp", BYTES(",1.e5\r\n"), MALFORMED("", 3)},
    {"resp", BYTES(",1..5\r\n"), MALFORMED("", 3)},
    {"resp", BYTES(",1e\r\n"), MALFORMED("", 3)},
    {"resp", BYTES(",1e+\r\n"), MALFORMED("", 4)},
    {"resp", BYTES(",1e5.0\r\n"), MALFORMED("", 4)},
    {"resp", BYTES(",1.5e1e1\r\n"), MALFORMED("", 6)},
    {"resp", BYTES(",in\r\n"), MALFORMED("", 3)},
    {"resp", BYTES(",infinity\r\n"), MALFORMED("", 4)},
    {"resp", BYTES(",+inf\r\n"), MALFORMED("", 2)},
    {"resp", BYTES(",+nan\r\n"), MALFORMED("", 2)},
    {"resp", BYTES(",Inf\r\n"), MALFORMED("", 1)},
    {"resp", BYTES(",NaN\r\n"), MALFORMED("", 1)},
    {"resp", BYTES(",0x1p3\r\n"), MALFORMED("", 2)},
    {"resp", BYTES(",--1\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("(\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("(12z\r\n"), MALFORMED("", 3)},
    {"resp", BYTES("(1.5\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("(-\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("(1e5\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("(not a number\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("*1\r\n:x\r\n"), MALFORMED("", 5)},
    {"resp", BYTES("$05\r\nhello\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("$00\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("*01\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("%00\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("!021\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("|01\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("$-01\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("$-11\r\n"), MALFORMED("", 3)},
    {"resp", BYTES("$-0\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("=3\r\nabc\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("=0\r\n\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("=4\r\ntxt.\r\n"), MALFORMED("", 7)},
    {"resp", BYTES("=9\r\ntx:some:t\r\n"), MALFORMED("", 7)},
    {"resp", BYTES("=-1\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("=04\r\ntxt:\r\n"), MALFORMED("", 2)},
    /* Streamed values, the examples of RESP3.md ("Streamed strings", "Streamed aggregated
     * data types"), and in each other. */
    {"resp", BYTES("$?\r\n;4\r\nHell\r\n;5\r\no wor\r\n;1\r\nd\r\n;0\r\n_\r\n"),
     GIVES(
         "[$?\\x0d\\x0a;4\\x0d\\x0aHell\\x0d\\x0a;5\\x0d\\x0ao wor\\x0d\\x0a;1\\x0d\\x0ad\\x0d\\x0a"
         ";0\\x0d\\x0a][_\\x0d\\x0a]")},
    {"resp", BYTES("*?\r\n:1\r\n:2\r\n:3\r\n.\r\n%?\r\n+a\r\n:1\r\n+b\r\n:2\r\n.\r\n"),
     GIVES("[*?\\x0d\\x0a:1\\x0d\\x0a:2\\x0d\\x0a:3\\x0d\\x0a.\\x0d\\x0a]"
           "[%?\\x0d\\x0a+a\\x0d\\x0a:1\\x0d\\x0a+b\\x0d\\x0a:2\\x0d\\x0a.\\x0d\\x0a]")},
    {"resp", BYTES("$?\r\n;0\r\n~?\r\n.\r\n"),
     GIVES("[$?\\x0d\\x0a;0\\x0d\\x0a][~?\\x0d\\x0a.\\x0d\\x0a]")},
    {"resp",
     BYTES("*2\r\n*?\r\n*1\r\n_\r\n|1\r\n_\r\n_\r\n_\r\n.\r\n%?\r\n$?\r\n;0\r\n~?\r\n.\r\n.\r\n_"
           "\r\n"),
     GIVES("[*2\\x0d\\x0a*?\\x0d\\x0a*1\\x0d\\x0a_\\x0d\\x0a|1\\x0d\\x0a_\\x0d\\x0a_\\x0d\\x0a_"
           "\\x0d\\x0a.\\x0d\\x0a"
           "%?\\x0d\\x0a$?\\x0d\\x0a;0\\x0d\\x0a~?\\x0d\\x0a.\\x0d\\x0a.\\x0d\\x0a][_\\x0d\\x0a]")},
    {"resp", BYTES("|1\r\n+a\r\n*?\r\n.\r\n*?\r\n.\r\n_\r\n"),
     GIVES(
         "[|1\\x0d\\x0a+a\\x0d\\x0a*?\\x0d\\x0a.\\x0d\\x0a*?\\x0d\\x0a.\\x0d\\x0a][_\\x0d\\x0a]")},
    {"resp", BYTES(".\r\n"), MALFORMED("", 0)},
    {"resp", BYTES("*1\r\n.\r\n"), MALFORMED("", 4)},
    {"resp", BYTES("*?\r\n*1\r\n.\r\n"), MALFORMED("", 8)},
    {"resp", BYTES("%?\r\n_\r\n.\r\n"), MALFORMED("", 7)},
    {"resp", BYTES("*?\r\n|0\r\n.\r\n"), MALFORMED("", 8)},
    {"resp", BYTES("*?\r\n.x"), MALFORMED("", 5)},
    {"resp", BYTES("*?\n"), MALFORMED("", 2)},
    {"resp", BYTES("*?1\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("*-?\r\n"), MALFORMED("", 2)},
    {"resp", BYTES("$1?\r\n"), MALFORMED("", 2)},
    {"resp", BYTES(">?\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("|?\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("=?\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("!?\r\n"), MALFORMED("", 1)},
    {"resp", BYTES(";0\r\n"), MALFORMED("", 0)},
    {"resp", BYTES("*1\r\n;0\r\n"), MALFORMED("", 4)},
    {"resp", BYTES("$?\r\n$0\r\n"), MALFORMED("", 4)},
    {"resp", BYTES("$?\r\n.\r\n"), MALFORMED("", 4)},
    {"resp", BYTES("$?\r\n;-1\r\n"), MALFORMED("", 5)},
    {"resp", BYTES("$?\r\n;?\r\n"), MALFORMED("", 5)},
    {"resp", BYTES("$?\r\n;01\r\n"), MALFORMED("", 6)},
    {"resp", BYTES("$?\r\n;1\r\nab"), MALFORMED("", 9)},
    {"resp", BYTES("$?\r\n;1\r\na\r\n"), TRUNCATED("", 11)},
    {"resp", BYTES("$?\r\n;999999999999999999\r\na"), TRUNCATED("", 26)},
    {"resp", BYTES("*?\r\n_\r\n"), TRUNCATED("", 7)},
};

/* What a server reads: "Inline commands", and "\n" that keeps a link alive. */
static const struct example commands[] = {
    {"resp,inline", BYTES("PING\r\nEXISTS some key\r\n*1\r\n$4\r\nPING\r\nget x\n"),
     GIVES("[PING\\x0d\\x0a][EXISTS some "
           "key\\x0d\\x0a][*1\\x0d\\x0a$4\\x0d\\x0aPING\\x0d\\x0a][get x\\x0a]")},
    {"resp,inline", BYTES("\n\r\n\n:1\r\n\n\nSET a \"\\n\x80\"\r\n\n"),
     GIVES("[:1\\x0d\\x0a][SET a \"\\x5cn\\x80\"\\x0d\\x0a]")},
    {"resp,inline,keep", BYTES("\na\n\nb\n\n"), GIVES("[a\\x0a][b\\x0a]")},
    {"resp,inline", BYTES(".\n;\n a\rb\n"), GIVES("[.\\x0a][;\\x0a][ a\\x0db\\x0a]")},
    {"resp,inline", BYTES("\n\n"), GIVES("")},
    {"resp,inline", BYTES("*1\r\nPING\r\n"), MALFORMED("", 4)},
    {"resp,inline", BYTES("*?\r\nPING\r\n"), MALFORMED("", 4)},
    {"resp,inline", BYTES("_\r\n\0\n"), MALFORMED("[_\\x0d\\x0a]", 3)},
    {"resp,inline", BYTES("\rPING\n"), MALFORMED("", 1)},
    {"resp,inline", BYTES("PING"), TRUNCATED("", 4)},
    {"resp,inline", BYTES("PING\r\n\r"), TRUNCATED("[PING\\x0d\\x0a]", 7)},
    {"resp", BYTES("_\r\n\n"), MALFORMED("[_\\x0d\\x0a]", 3)},
    /* redis/src/aof.c: annotations, and commands between them. */
    {"resp,aof",
     BYTES(
         "#TS:1628217470\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n#\r\n#TS:1\r\n*1\r\n$1\r\n#\r\n#x\n"),
     GIVES("[*2\\x0d\\x0a$6\\x0d\\x0aSELECT\\x0d\\x0a$1\\x0d\\x0a0\\x0d\\x0a][*1\\x0d\\x0a$"
           "1\\x0d\\x0a#\\x0d\\x0a]")},
    {"resp,aof,keep", BYTES("#a\r\n*0\r\n#b\r\n"), GIVES("[*0\\x0d\\x0a]")},
    {"resp,aof", BYTES("*1\r\n#t\r\n"), MALFORMED("", 4)},
    {"resp,aof", BYTES("*1\r\n*1\r\n"), MALFORMED("", 4)},
    {"resp,aof", BYTES("REDIS0009"), MALFORMED("", 0)},
    {"resp,aof", BYTES("*0\r\n$1\r\na\r\n"), MALFORMED("[*0\\x0d\\x0a]", 4)},
    {"resp,aof", BYTES("*?\r\n.\r\n"), MALFORMED("", 4)},
    {"resp,aof", BYTES("*0\r\n#TS:"), TRUNCATED("[*0\\x0d\\x0a]", 8)},
    {"resp", BYTES("#TS:1\r\n"), MALFORMED("", 1)},
    {"resp", BYTES("$-1\r\n*-1\r\n%-1\r\n"), MALFORMED("[$-1\\x0d\\x0a][*-1\\x0d\\x0a]", 11)},
};

START_TEST(commands_may_be_lines_or_stand_in_a_file)
{
    check_example(&commands[_i], false);
}
END_TEST

START_TEST(redis_values_end_with_all_that_is_nested_in_them)
{
    check_example(&resp[_i], false);
}
END_TEST

/* 18 arrays of 10^18 - 1 values, one in another, are less than 2^64 values still
 * to come, 19 are more. */
START_TEST(more_values_than_can_be_counted_are_refused)
{
    static const char array[] = "*999999999999999999\r\n";
    enum { SIZE = sizeof array - 1, ARRAYS = 20 };
    uint8_t input[ARRAYS * SIZE];

    for (size_t i = 0; i < ARRAYS; i++)
        memcpy(input + i * SIZE, array, SIZE);
    struct subject subject = {
        .specification = "resp",
        .input = input,
        .size = sizeof input,
        .expected = {"", CB_EMALFORMED, 19 * SIZE - 1},
    };
    check_way(&subject, &(struct way){.call = BY_NEXT, .cut = 100, .step = 100});
    subject.size = 18 * SIZE;
    subject.expected = (struct expected)TRUNCATED("", 18 * SIZE);
    check_way(&subject, &(struct way){.call = BY_NEXT, .cut = 1, .step = 1});
}
END_TEST

/* RFC 6587: sections 3.4.1 (octet counting) and 3.4.2 (a trailer). */
static const struct example syslog[] = {
    {"syslog", BYTES(""), GIVES("")},
    {"syslog", BYTES("5 hello11 <1>1 - - -\n"), GIVES("[hello][<1>1 - - -\\x0a]")},
    {"syslog", BYTES("<34>Oct 11 su: 'su' failed\n<13>a\n"),
     GIVES("[<34>Oct 11 su: 'su' failed][<13>a]")},
    /* A sender may change from one to the other. */
    {"syslog", BYTES("<1>a\n4 <2>b<3>c\n5 <4>\nd<5>e"),
     GIVES("[<1>a][<2>b][<3>c][<4>\\x0ad][<5>e]")},
    {"syslog", BYTES("<1>a\r\n"), GIVES("[<1>a\\x0d]")},
    /* An empty message is none, least of all the line end after a counted one. */
    {"syslog", BYTES("\n<1>\n\n"), GIVES("[<1>]")},
    {"syslog", BYTES("5 <13>a\n5 <13>b\n"), GIVES("[<13>a][<13>b]")},
    {"syslog", BYTES("5 <13>a\r\n5 <13>b\r\n"), GIVES("[<13>a][<13>b]")},
    {"syslog", BYTES("\r\n\n\r\n<1>\r\n\r\n"), GIVES("[<1>\\x0d]")},
    {"syslog", BYTES("\r\r\n\ra\n\n\r"), GIVES("[\\x0d\\x0d][\\x0da]")},
    {"syslog", BYTES("1 a\r"), GIVES("[a]")},
    {"syslog,keep", BYTES("1 a\n1 b\r\n<c>\n\n"), GIVES("[1 a][1 b][<c>\\x0a]")},
    {"syslog", BYTES("0 a\n 1 b\n"), GIVES("[0 a][ 1 b]")},
    {"syslog", BYTES("1  1 1"), GIVES("[ ][1]")},
    {"syslog", BYTES("10 012345678\n2 ab"), GIVES("[012345678\\x0a][ab]")},
    {"syslog,keep", BYTES("5 hello<1>a\n2 b\n<2>c"), GIVES("[5 hello][<1>a\\x0a][2 b\\x0a][<2>c]")},
    {"syslog", BYTES("2 a"), TRUNCATED("", 3)},
    {"syslog", BYTES("1 a12 "), TRUNCATED("[a]", 6)},
    {"syslog", BYTES("1 a12"), TRUNCATED("[a]", 5)},
    {"syslog", BYTES("1 a1:b"), MALFORMED("[a]", 4)},
    {"syslog", BYTES("12\n"), MALFORMED("", 2)},
    {"syslog", BYTES("999999999999999999 a"), TRUNCATED("", 20)},
    {"syslog", BYTES("1000000000000000000 a"), MALFORMED("", 18)},
};

START_TEST(syslog_messages_are_counted_or_end_at_lf)
{
    check_example(&syslog[_i], false);
}
END_TEST

static const struct limited limits[] = {
    {"csv", BYTES("ab\n\"c\n"), 3, CB_PARTIAL_EMIT, GIVES("[ab][\"c\\x0a]")},
    {"csv", BYTES("ab\n\"c\n"), 3, CB_PARTIAL_DROP, GIVES("[ab]")},
    {"csv", BYTES("ab\ncd"), 3, CB_PARTIAL_DROP, GIVES("[ab]")},
    {"csv,cr", BYTES("ab\rcd\r"), 2, CB_PARTIAL_FAIL, GIVES("[ab][cd]")},
    {"csv,cr,keep", BYTES("ab\rcd\r"), 3, CB_PARTIAL_FAIL, GIVES("[ab\\x0d][cd\\x0d]")},
    {"csv,cr,keep", BYTES("ab\rcd\r"), 3, CB_PARTIAL_DROP, GIVES("[ab\\x0d][cd\\x0d]")},
    {"csv,cr", BYTES("ab\rabc\r"), 2, CB_PARTIAL_DEFAULT, FAILS("[ab]", CB_EOVERFLOW, 3)},
    {"csv,cr,keep", BYTES("ab\rcd\r\n"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[ab\\x0d]", CB_EOVERFLOW, 3)},
    {"csv,escape=b", BYTES("a\nab"), 3, CB_PARTIAL_EMIT, GIVES("[a][ab]")},
    {"csv,escape=b", BYTES("a\nab"), 3, CB_PARTIAL_DROP, GIVES("[a]")},
    {"csv,skip-empty", BYTES("\n\nabc\n"), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 2)},
    {"csv", BYTES("ab\ncd\r"), 3, CB_PARTIAL_FAIL, TRUNCATED("[ab]", 6)},
    {"csv", BYTES("ab\n\"d\""), 3, CB_PARTIAL_FAIL, TRUNCATED("[ab]", 6)},
    {"csv", BYTES("ab\ncd"), 3, CB_PARTIAL_EMIT, GIVES("[ab][cd]")},
    {"csv", BYTES("ab\ncd\n"), 3, CB_PARTIAL_FAIL, GIVES("[ab][cd]")},
    {"csv", BYTES("ab\nabcd\n"), 3, CB_PARTIAL_DEFAULT, FAILS("[ab]", CB_EOVERFLOW, 3)},
    {"resp", BYTES("$1\r\na\r\n$9\r\nb"), 99, CB_PARTIAL_EMIT,
     GIVES("[$1\\x0d\\x0aa\\x0d\\x0a][$9\\x0d\\x0ab]")},
    {"resp", BYTES("$1\r\na\r\n$9\r\nb"), 99, CB_PARTIAL_DROP, GIVES("[$1\\x0d\\x0aa\\x0d\\x0a]")},
    {"resp", BYTES("$1\r\na\r\n$2\r\nbc\r\n"), 7, CB_PARTIAL_DEFAULT,
     FAILS("[$1\\x0d\\x0aa\\x0d\\x0a]", CB_EOVERFLOW, 7)},
    {"resp,inline", BYTES("PING\r\n\r"), 0, CB_PARTIAL_EMIT, GIVES("[PING\\x0d\\x0a]")},
    {"resp,inline", BYTES("PING\r\nPI"), 0, CB_PARTIAL_EMIT, GIVES("[PING\\x0d\\x0a][PI]")},
    {"resp,aof", BYTES("*0\r\n#TS:"), 0, CB_PARTIAL_EMIT, GIVES("[*0\\x0d\\x0a]")},
    {"resp,aof", BYTES("#TS:1\r\n*0\r\n*1\r\n"), 0, CB_PARTIAL_DROP, GIVES("[*0\\x0d\\x0a]")},
    {"resp", BYTES("*2\r\n$3\r\nfoo\r\nx"), 5, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"resp", BYTES("$1\r\nab"), 5, CB_PARTIAL_DEFAULT, MALFORMED("", 5)},
    {"resp", BYTES("$1\r\nab"), 4, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"syslog", BYTES("3 abc<b\n4 "), 3, CB_PARTIAL_DROP, GIVES("[abc][<b]")},
    {"syslog", BYTES("3 abc<b\n4"), 3, CB_PARTIAL_EMIT, GIVES("[abc][<b]")},
    {"syslog", BYTES("<13>a\n<13>b"), 9, CB_PARTIAL_FAIL, TRUNCATED("[<13>a]", 11)},
    {"syslog", BYTES("<13>a\n<13>b"), 9, CB_PARTIAL_DROP, GIVES("[<13>a]")},
    {"syslog", BYTES("<13>a\n<13>b"), 9, CB_PARTIAL_EMIT, GIVES("[<13>a][<13>b]")},
    {"syslog", BYTES("<13>a\n1 b"), 9, CB_PARTIAL_FAIL, GIVES("[<13>a][b]")},
    {"syslog", BYTES("3 abc<b\n4 d"), 3, CB_PARTIAL_EMIT, GIVES("[abc][<b][d]")},
    {"syslog", BYTES("3 abc4 defg"), 3, CB_PARTIAL_DEFAULT, FAILS("[abc]", CB_EOVERFLOW, 5)},
    {"syslog", BYTES("1 a\r\n<bc\r\n\r\n"), 4, CB_PARTIAL_DEFAULT, GIVES("[a][<bc\\x0d]")},
    {"syslog", BYTES("<ab\n<abc\n"), 3, CB_PARTIAL_DEFAULT, FAILS("[<ab]", CB_EOVERFLOW, 4)},
};

START_TEST(limits_and_unfinished_records_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

static const struct {
    const char *specification, *alphabet;
} any_input[] = {
    {"csv", "aab,,\"\"\"\r\n\n"},
    {"csv,lazy-quotes", "aab,,\"\"\"\r\n\n"},
    {"csv,lazy-quotes,escape=b,cr", "abb,,\"\"\"\r\n\n"},
    {"csv,keep", "aab,,\"\"\"\r\n\n"},
    {"csv", "\xef\xbb\xbf\"\n"},
    {"csv,sep=a", "aab,,\"\"\"\r\n\n"},
    {"csv,quote=a", "aab,,\"\"\r\n\n"},
    {"csv,escape=b", "abb,,\"\"\"\r\n\n"},
    {"csv,cr", "ab,,\"\"\"\r\r\n\n"},
    {"csv,cr,keep,skip-empty", "ab,,\"\"\r\r\r\n\n"},
    {"csv,skip-empty", "ab,,\"\"\r\r\n\n\n"},
    {"csv,skip-empty,escape=b,cr", "abb,,\"\"\r\r\n\n\n"},
    {"resp", "$*%|+_:0123\r\r\r\n\n\n"},
    {"resp", "_+\r\n"},
    {"resp", ":,(#-+019.einfat\r\r\r\n\n\n"},
    {"resp", "==45::txt\r\r\r\n\n\n"},
    {"resp", "$*%~????;;..012_\r\r\r\n\n\n"},
    {"resp,inline,keep", "$*a01_\r\r\r\n\n\n\n"},
    {"resp,aof", "*$##01\r\r\r\n\n\n\n"},
    {"syslog", "1223  <\n\n0"},
    {"syslog", "12 <\r\r\n\n"},
    {"syslog,keep", "12 <\r\r\n\n"},
    {"syslog,keep", "1223  <\n\n0"},
};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    const char *alphabet = any_input[_i].alphabet;
    check_random(any_input[_i].specification, false, alphabet, strlen(alphabet), (uint64_t)_i);
}
END_TEST

static Suite *scanned_suite(void)
{
    Suite *suite = suite_create("scanned");
    TCase *records = add_case(suite, "records");
    TCase *random = add_case(suite, "random");

    tcase_add_loop_test(records, rows_end_outside_quotes, 0, (int)COUNT(csv));
    tcase_add_loop_test(records, a_quote_that_no_grammar_has_is_malformed, 0,
                        (int)COUNT(stray_quotes));
    tcase_add_loop_test(records, lazy_quotes_may_be_text, 0, (int)COUNT(lazy_quotes));
    tcase_add_loop_test(records, rows_end_as_their_dialect_has_it, 0, (int)COUNT(dialects));
    tcase_add_loop_test(records, redis_values_end_with_all_that_is_nested_in_them, 0,
                        (int)COUNT(resp));
    tcase_add_loop_test(records, commands_may_be_lines_or_stand_in_a_file, 0, (int)COUNT(commands));
    tcase_add_test(records, more_values_than_can_be_counted_are_refused);
    tcase_add_loop_test(records, syslog_messages_are_counted_or_end_at_lf, 0, (int)COUNT(syslog));
    tcase_add_loop_test(records, limits_and_unfinished_records_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_loop_test(random, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    return suite;
}

int main(void)
{
    return run_suite(scanned_suite());
}
