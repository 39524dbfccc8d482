/* SPDX-License-Identifier: MIT */
/*
 * Delimiters, lengths and chunks against tables of inputs: what records they
 * give or which error, however the input is cut and by whichever call it is
 * read.
 */
#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
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

static const struct example lengths[] = {
    {"u8", BYTES(""), GIVES("")},
    {"u8", BYTES("\0"), GIVES("[]")},
    {"u8", BYTES("\3abc\0\1x"), GIVES("[abc][][x]")},
    {"u8", BYTES("\3ab"), TRUNCATED("", 3)},
    {"u8", BYTES("\1a\3"), TRUNCATED("[a]", 3)},
    {"u8,keep", BYTES("\3abc\0\1x"), GIVES("[\\x03abc][\\x00][\\x01x]")},
    {"u16be", BYTES("\0\2hi\0\0"), GIVES("[hi][]")},
    {"u16be", BYTES("\0\2hi\0"), TRUNCATED("[hi]", 5)},
    {"u16le", BYTES("\2\0hi\0\0"), GIVES("[hi][]")},
    {"u24be", BYTES("\0\0\2hi"), GIVES("[hi]")},
    {"u24le", BYTES("\2\0\0hi"), GIVES("[hi]")},
    {"u32be", BYTES("\0\0\0\2hi"), GIVES("[hi]")},
    {"u32le", BYTES("\2\0\0\0hi"), GIVES("[hi]")},
    {"u40be", BYTES("\0\0\0\0\2hi"), GIVES("[hi]")},
    {"u40le", BYTES("\2\0\0\0\0hi"), GIVES("[hi]")},
    {"u48be", BYTES("\0\0\0\0\0\2hi"), GIVES("[hi]")},
    {"u48le", BYTES("\2\0\0\0\0\0hi"), GIVES("[hi]")},
    {"u56be", BYTES("\0\0\0\0\0\0\2hi"), GIVES("[hi]")},
    {"u56le", BYTES("\2\0\0\0\0\0\0hi"), GIVES("[hi]")},
    {"u64be", BYTES("\0\0\0\0\0\0\0\2hi"), GIVES("[hi]")},
    {"u64le", BYTES("\2\0\0\0\0\0\0\0hi"), GIVES("[hi]")},
    {"u16be,offset=2", BYTES("XY\0\2hiZ\xff\0\0"), GIVES("[hi][]")},
    {"u16be,offset=2,keep", BYTES("XY\0\2hiZ\xff\0\0"),
     GIVES("[XY\\x00\\x02hi][Z\\xff\\x00\\x00]")},
    {"u8,header=4", BYTES("\2abchi\0abc"), GIVES("[hi][]")},
    {"u8,offset=1,header=4", BYTES("a\2bchia\0bc"), GIVES("[hi][]")},
    {"u8,inclusive", BYTES("\3hi\1\2x"), GIVES("[hi][][x]")},
    {"u16be,offset=2,inclusive", BYTES("\3\0\0\6hi\3\0\0\4"), GIVES("[hi][]")},
    {"u16be,offset=2,inclusive", BYTES("\3\0\0\4\3\0\0\3"), MALFORMED("[]", 4)},
    {"u8,inclusive", BYTES("\0"), MALFORMED("", 0)},
    {"u16be,inclusive", BYTES("\0\2\0\1"), MALFORMED("[]", 2)},
    {"u8,adjust=2", BYTES("\0hi\1abc"), GIVES("[hi][abc]")},
    {"u8,adjust=+2", BYTES("\0hi\1abc"), GIVES("[hi][abc]")},
    {"u8,adjust=-2", BYTES("\4hi\2"), GIVES("[hi][]")},
    {"u8,adjust=-2", BYTES("\2\1xxx"), MALFORMED("[]", 1)},
    {"u16be,adjust=-2", BYTES("\0\2\0\1xxx"), MALFORMED("[]", 2)},
    {"u8,adjust=-1,inclusive", BYTES("\4hi\2"), GIVES("[hi][]")},
    {"u8,adjust=-1,inclusive", BYTES("\1"), MALFORMED("", 0)},
    {"u8,adjust=3,inclusive", BYTES("\0hi"), GIVES("[hi]")},
    {"u8,trailer=\\r\\n", BYTES("\2hi\r\n\0\r\n"), GIVES("[hi][]")},
    {"u8,trailer=\\r\\n,keep", BYTES("\2hi\r\n\0\r\n"),
     GIVES("[\\x02hi\\x0d\\x0a][\\x00\\x0d\\x0a]")},
    {"u8,trailer=\\r\\n", BYTES("\2hi\r\n\0\r\r"), MALFORMED("[hi]", 6)},
    {"u8,trailer=\\r\\n", BYTES("\2hi\n"), MALFORMED("", 3)},
    {"u8,trailer=\\r\\n", BYTES("\2hi\r"), TRUNCATED("", 4)},
    {"u8,trailer=\\r\\n", BYTES("\2hi"), TRUNCATED("", 3)},
    {"u64be",
     BYTES("\0\0\0\0\0\0\0\1a\xff\xff\xff\xff\xff\xff\xff\xff"
           "b"),
     FAILS("[a]", CB_EOVERFLOW, 9)},
    {"u64be,adjust=-7", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"), FAILS("", CB_EOVERFLOW, 0)},
    {"u64be,adjust=1", BYTES("\0\0\0\0\0\0\0\0a"), GIVES("[a]")},
    {"u64be,scale=2", BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff"), FAILS("", CB_EOVERFLOW, 0)},
    {"u64be,scale=2", BYTES("\x80\0\0\0\0\0\0\0"), MALFORMED("", 0)},
    {"u64be,adjust=9223372036854775807", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"),
     MALFORMED("", 0)},
    /* The value has bounds, not the payload. */
    {"u8,max=3", BYTES("\3abc\4abcd"), MALFORMED("[abc]", 4)},
    {"u8,max=3,inclusive", BYTES("\3ab\4abc"), MALFORMED("[ab]", 3)},
    {"u16be,offset=1,max=256", BYTES("x\0\0x\1\1"), MALFORMED("[]", 3)},
    {"u8,min=2", BYTES("\2ab\3abc\1a"), MALFORMED("[ab][abc]", 7)},
    {"u8,max=3,keep", BYTES("\3abc\4abcd"), MALFORMED("[\\x03abc]", 4)},
    {"u64be,max=18446744073709551615", BYTES("\0\0\0\0\0\0\0\1a"), GIVES("[a]")},
    /* What bytes of the header must be. */
    {"u8,offset=1,byte=0:00-02", BYTES("\0\1a\2\0\3\1b"), MALFORMED("[a][]", 5)},
    {"u8,offset=1,byte=0:00-02", BYTES("\3"), MALFORMED("", 0)},
    {"u8,offset=1,byte=0:0-2|ff,keep", BYTES("\0\1a\xff\0\3\1b"),
     MALFORMED("[\\x00\\x01a][\\xff\\x00]", 5)},
    {"u8,header=3,byte=2:2a,byte=1:2b", BYTES("\1+*a\1+*b\1**c"), MALFORMED("[a][b]", 9)},
    {"u8,header=3,byte=2:2a,byte=1:2b", BYTES("\1+*a\1++b"), MALFORMED("[a]", 6)},
    {"u16be,byte=0:00", BYTES("\0\1a\1"), MALFORMED("[a]", 3)},
    {"u8,header=2,padding=1,byte=1:0-1,trailer=;", BYTES("\1\1a?;\1\0b;\0\2??;"),
     MALFORMED("[a][b]", 10)},
    /* A wrong byte is reported before a wrong length. */
    {"u8,header=2,byte=1:00,max=5", BYTES("\1\0a\6\1"), MALFORMED("[a]", 4)},
    /* Which frames are records. */
    {"u8,offset=1,only=0:01", BYTES("\1\1a\2\1b\1\0\2\0\1\1c\2\2dd"), GIVES("[a][][c]")},
    {"u8,offset=1,only=0:01", BYTES("\2\1b\2\0"), GIVES("")},
    {"u8,offset=1,only=0:01,keep", BYTES("\2\1b\1\1a\2\0\1\0"), GIVES("[\\x01\\x01a][\\x01\\x00]")},
    {"u8,offset=1,only=0:01", BYTES("\1\1a\2\5b"), TRUNCATED("[a]", 6)},
    {"u8,offset=1,only=0:01", BYTES("\1\1a\2"), TRUNCATED("[a]", 4)},
    {"u8,offset=1,only=0:01,trailer=;", BYTES("\2\2ab;\1\1a;\2\0:"), MALFORMED("[a]", 11)},
    {"u8,header=3,only=2:01,padding=1,trailer=;", BYTES("\1\2\2a??;\1\1\1b?;\0\3\2???;"),
     GIVES("[b]")},
    {"u8,offset=1,only=0:01-03,only=0:02-04", BYTES("\1\1a\2\1b\4\1c\3\1d"), GIVES("[b][d]")},
    {"u8,offset=1,only=0:01,byte=0:01-02", BYTES("\2\1b\1\1a\3\1c"), MALFORMED("[a]", 6)},
    {"u64be,offset=1,only=0:01", BYTES("\2\xff\xff\xff\xff\xff\xff\xff\xff"),
     FAILS("", CB_EOVERFLOW, 0)},
    /* Padding, whose length is in a byte before or after the length. */
    {"u8,header=2,padding=1", BYTES("\2\3hi???\0\1?\1\0x"), GIVES("[hi][][x]")},
    {"u8,header=2,padding=1,keep", BYTES("\2\3hi???\0\1?\1\0x"),
     GIVES("[\\x02\\x03hi???][\\x00\\x01?][\\x01\\x00x]")},
    {"u16le,offset=2,padding=0", BYTES("\3?\2\0hi???\0?\0\0"), GIVES("[hi][]")},
    {"u8,header=2,padding=1,trailer=;", BYTES("\2\1hi;;\0\0;"), GIVES("[hi][]")},
    {"u8,header=2,padding=1,trailer=;", BYTES("\2\1hi;?"), MALFORMED("", 5)},
    {"u8,header=2,padding=1,trailer=;,keep", BYTES("\2\1hi?;"), GIVES("[\\x02\\x01hi?;]")},
    {"u8,header=3,padding=2,inclusive", BYTES("\5-\2hi??\3-\0"), GIVES("[hi][]")},
    {"u8,header=2,padding=1", BYTES("\2\3hi??"), TRUNCATED("", 6)},
    {"u8,header=2,padding=1", BYTES("\1\1a?\2\3hi"), TRUNCATED("[a]", 8)},
    {"u8,header=2,padding=1", BYTES("\1\1a?\2"), TRUNCATED("[a]", 5)},
    {"u8,header=2,padding=1,trailer=;", BYTES("\2\1hi?"), TRUNCATED("", 5)},
    {"u8,header=2,padding=1,adjust=-1", BYTES("\2\1a?\0\0"), MALFORMED("[a]", 4)},
};

#define SEQUENCE "u8,offset=1,header=3,more=2,sequence=2"
/* A frame of the greatest length is not the last one of its record. */
static const struct example joined[] = {
    {"u8,more=3", BYTES(""), GIVES("")},
    {"u8,more=3", BYTES("\3one\3two\2th\0\3fou\0"), GIVES("[onetwoth][][fou]")},
    {"u8,more=3,keep", BYTES("\3one\2tw\1x"), GIVES("[\\x03one\\x02tw][\\x01x]")},
    {"u8,more=3", BYTES("\1a\3one"), TRUNCATED("[a]", 6)},
    {"u8,more=3", BYTES("\3one\3tw"), TRUNCATED("", 7)},
    {"u8,more=3", BYTES("\3one\4four"), MALFORMED("", 4)},
    {"u8,more=3,min=1", BYTES("\1a\3one\0"), MALFORMED("[a]", 6)},
    {"u16be,more=3", BYTES("\0\1a\0\3one\0"), TRUNCATED("[a]", 9)},
    {"u16be,more=3", BYTES("\0\1a\0"), TRUNCATED("[a]", 4)},
    {"u8,more=3,adjust=-1", BYTES("\3on\2e\1"), GIVES("[one][]")},
    {"u8,scale=2,more=2", BYTES("\2four\1tw"), GIVES("[fourtw]")},
    /* The number of a frame follows that of the one before in the same record. */
    {SEQUENCE, BYTES("a\2\1ona\1\2ea\0\0a\2\377twa\0\0"), GIVES("[one][][tw]")},
    {SEQUENCE, BYTES("a\1\7xa\1\5y"), GIVES("[x][y]")},
    {SEQUENCE, BYTES("a\2\1ona\1\3e"), MALFORMED("", 5)},
    {SEQUENCE, BYTES("a\2\1ona\1\1e"), MALFORMED("", 5)},
    {SEQUENCE, BYTES("a\2\1ona\1"), TRUNCATED("", 7)},
    {SEQUENCE, BYTES("a\1\1xa\1"), TRUNCATED("[x]", 6)},
    {"mysql", BYTES("\3\0\0\0one\0\0\0\1"), GIVES("[one][]")},
};

static const struct example varints[] = {
    {"varint", BYTES(""), GIVES("")},
    {"varint", BYTES("\0\2hi\0"), GIVES("[][hi][]")},
    {"varint", BYTES("\x82\0hi"), GIVES("[hi]")},
    {"varint", BYTES("\x82\x80\x80\x80\x80\x80\x80\x80\x80\0hi"), GIVES("[hi]")},
    {"varint", BYTES("\x82\x80\x80\x80\x80\x80\x80\x80\x80\x80\0hi"), MALFORMED("", 9)},
    {"varint", BYTES("\1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\2"), MALFORMED("[a]", 11)},
    {"varint", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"), FAILS("", CB_EOVERFLOW, 0)},
    {"varint", BYTES("\x82"), TRUNCATED("", 1)},
    {"varint", BYTES("\2h"), TRUNCATED("", 2)},
    {"varint,keep", BYTES("\0\2hi\x81\0x"), GIVES("[\\x00][\\x02hi][\\x81\\x00x]")},
    {"varint,offset=1", BYTES("X\2hi\xff\0"), GIVES("[hi][]")},
    {"varint,offset=1", BYTES("X\2hi\xff"), TRUNCATED("[hi]", 5)},
    {"varint,inclusive", BYTES("\3hi\1\x83\0x"), GIVES("[hi][][x]")},
    {"varint,inclusive", BYTES("\1\0"), MALFORMED("[]", 1)},
    {"varint,inclusive,max=1", BYTES("\1\x81\0"), MALFORMED("[]", 1)},
    {"varint,offset=1,inclusive", BYTES("X\4hi"), GIVES("[hi]")},
    {"varint,adjust=-1", BYTES("\3hi\1"), GIVES("[hi][]")},
    {"varint,adjust=-1", BYTES("\1\0"), MALFORMED("[]", 1)},
    {"varint,adjust=2", BYTES("\0hi"), GIVES("[hi]")},
    {"vlq", BYTES("\x82\x80\x80\x80\x80\x80\x80\x80\x80\0"), MALFORMED("", 9)},
    {"quic,max-width=2", BYTES("\1a\x40\1b\x80\0\0\1c"), MALFORMED("[a][b]", 5)},
    {"varint,canonical", BYTES("\1a\x81\0"), MALFORMED("[a]", 3)},
    {"varint,max-width=2", BYTES("\x81\0a\1b\x80\x80\1"), MALFORMED("[a][b]", 6)},
    {"varint,max-width=1", BYTES("\1a\x81\0b"), MALFORMED("[a]", 2)},
    {"varint,max=300", BYTES("\1a\xad\2"), MALFORMED("[a]", 2)},
    {"varint,min=1", BYTES("\1a\x80\0"), MALFORMED("[a]", 2)},
    {"varint,offset=2,byte=1:61-62", BYTES("xa\1axb\0xc\1a"), MALFORMED("[a][]", 8)},
    {"varint,byte=0:00-7f", BYTES("\1a\x81\0a"), MALFORMED("[a]", 2)},
    {"varint,offset=1,only=0:31", BYTES("1\1a2\x82\0bc1\0002"), TRUNCATED("[a][]", 11)},
    {"varint,offset=1,only=0:31", BYTES("1\1a2\x82\0bc1\0"), GIVES("[a][]")},
};

static const struct example asciis[] = {
    {"dec", BYTES(""), GIVES("")},
    {"dec", BYTES("2\nhi0\n10\n0123456789"), GIVES("[hi][][0123456789]")},
    {"dec", BYTES("002\nhi00\n"), GIVES("[hi][]")},
    {"dec", BYTES("2hi"), MALFORMED("", 1)},
    {"dec", BYTES("\n"), MALFORMED("", 0)},
    {"dec", BYTES("1\na-1\na"), MALFORMED("[a]", 3)},
    {"dec", BYTES("+1\na"), MALFORMED("", 0)},
    {"dec", BYTES(" 1\na"), MALFORMED("", 0)},
    {"dec", BYTES("1 \na"), MALFORMED("", 1)},
    {"dec", BYTES("1\r\na"), MALFORMED("", 1)},
    {"dec", BYTES("0x1\na"), MALFORMED("", 1)},
    {"dec", BYTES("2\nh"), TRUNCATED("", 3)},
    {"dec", BYTES("2\nhi2"), TRUNCATED("[hi]", 5)},
    {"dec", BYTES("00000000000000000002\nhi"), GIVES("[hi]")},
    {"dec", BYTES("000000000000000000002\nhi"), MALFORMED("", 20)},
    {"dec", BYTES("18446744073709551615\n"), FAILS("", CB_EOVERFLOW, 0)},
    {"dec", BYTES("18446744073709551616\n"), MALFORMED("", 19)},
    {"dec", BYTES("99999999999999999999\n"), MALFORMED("", 19)},
    {"dec:\\r\\n", BYTES("2\r\nhi0\r\n"), GIVES("[hi][]")},
    {"dec:\\r\\n", BYTES("2\rXhi"), MALFORMED("", 2)},
    {"dec:\\r\\n", BYTES("2\r2\nhi"), MALFORMED("", 2)},
    {"dec:\\r\\n,trailer=\\r\\n", BYTES("2\r\nhi\r\n0\r\n\r\n"), GIVES("[hi][]")},
    {"dec:\\r\\n,trailer=\\r\\n", BYTES("2\r\nhi\r\n0\r\n\n"), MALFORMED("[hi]", 10)},
    {"dec: 5,trailer=;", BYTES("1 5a;2 5hi;"), GIVES("[a][hi]")},
    {"dec,canonical", BYTES("0\n1\na10\n0123456789"), GIVES("[][a][0123456789]")},
    {"dec,canonical", BYTES("1\na01\na"), MALFORMED("[a]", 4)},
    {"dec,canonical", BYTES("00\n"), MALFORMED("", 1)},
    {"dec,keep", BYTES("2\nhi0\n"), GIVES("[2\\x0ahi][0\\x0a]")},
    {"dec,trailer=;,keep", BYTES("2\nhi;"), GIVES("[2\\x0ahi;]")},
    {"hex", BYTES("2\nhia\n0123456789A\n0123456789"), GIVES("[hi][0123456789][0123456789]")},
    {"hex", BYTES("0000000000000002\nhi"), GIVES("[hi]")},
    {"hex", BYTES("00000000000000002\nhi"), MALFORMED("", 16)},
    {"hex", BYTES("g\n"), MALFORMED("", 0)},
    {"hex", BYTES("ffffffffffffffff\n"), FAILS("", CB_EOVERFLOW, 0)},
    {"hex:;", BYTES("2;hi0;"), GIVES("[hi][]")},
    {"dec,max=10",
     BYTES("10\n0123456789"
           "11\n"),
     MALFORMED("[0123456789]", 13)},
    {"dec,min=2", BYTES("2\nhi1\na"), MALFORMED("[hi]", 4)},
    {"netstring", BYTES("5:hello,0:,12:hello world!,"), GIVES("[hello][][hello world!]")},
    {"netstring,keep", BYTES("5:hello,0:,"), GIVES("[5:hello,][0:,]")},
    {"netstring", BYTES("05:hello,"), MALFORMED("", 1)},
    {"netstring", BYTES("00:,"), MALFORMED("", 1)},
    {"netstring", BYTES("5 :hello,"), MALFORMED("", 1)},
    {"netstring", BYTES("5;hello,"), MALFORMED("", 1)},
    {"netstring", BYTES(":hello,"), MALFORMED("", 0)},
    {"netstring", BYTES("5:hello;"), MALFORMED("", 7)},
    {"netstring", BYTES("5:hello,5:hell"), TRUNCATED("[hello]", 14)},
    {"netstring", BYTES("5:hello,5:hello"), TRUNCATED("[hello]", 15)},
    {"netstring", BYTES("5:hello,5"), TRUNCATED("[hello]", 9)},
};

static const struct example digits[] = {
    {"dec,digits=3", BYTES("002hi0000100123456789"), GIVES("[hi][][0123456789]")},
    {"dec,digits=2", BYTES("02hi0003abc"), GIVES("[hi][][abc]")},
    {"dec,digits=2", BYTES("2\n"), MALFORMED("", 1)},
    {"dec,digits=2", BYTES("02hi 3abc"), MALFORMED("[hi]", 4)},
    {"dec,digits=2", BYTES("0"), TRUNCATED("", 1)},
    {"dec,digits=2", BYTES("03ab"), TRUNCATED("", 4)},
    {"dec,digits=2,trailer=;", BYTES("02hi;00;"), GIVES("[hi][]")},
    {"dec,digits=2,trailer=;", BYTES("02hi:"), MALFORMED("", 4)},
    {"dec,digits=2,keep", BYTES("02hi00"), GIVES("[02hi][00]")},
    {"dec,digits=2,max=3", BYTES("03abc04abcd"), MALFORMED("[abc]", 5)},
    {"dec,digits=2,min=1", BYTES("01a00"), MALFORMED("[a]", 3)},
    {"dec,digits=20", BYTES("18446744073709551616"), MALFORMED("", 19)},
    {"dec,digits=20", BYTES("18446744073709551615"), FAILS("", CB_EOVERFLOW, 0)},
    {"hex,digits=2", BYTES("02hi0A0123456789"), GIVES("[hi][0123456789]")},
    {"hex,digits=2,inclusive", BYTES("04hi02"), GIVES("[hi][]")},
    {"hex,digits=2,inclusive", BYTES("03a01"), MALFORMED("[a]", 3)},
    {"hex,digits=2,inclusive", BYTES("03a00"), MALFORMED("[a]", 3)},
    {"hex,digits=2,control=2", BYTES("000102hi"), GIVES("[][][hi]")},
    {"hex,digits=2,control=2,keep", BYTES("000102hi"), GIVES("[00][01][02hi]")},
    /* gitprotocol-common(5): its four examples, the marks, and the limits. */
    {"pkt-line", BYTES("0006a\n0005a000bfoobar\n0004"), GIVES("[a\\x0a][a][foobar\\x0a][]")},
    {"pkt-line", BYTES("0005a0000000100020005b"), GIVES("[a][][][][b]")},
    {"pkt-line,keep", BYTES("0005a0000000100020004"), GIVES("[0005a][0000][0001][0002][0004]")},
    {"pkt-line", BYTES("0005a0003"), MALFORMED("[a]", 5)},
    {"pkt-line", BYTES("0005afff1"), MALFORMED("[a]", 5)},
    {"pkt-line", BYTES("0005afff0a"), TRUNCATED("[a]", 10)},
    {"pkt-line", BYTES("0005aFFF0"), TRUNCATED("[a]", 9)},
    {"pkt-line", BYTES("0005a000"), TRUNCATED("[a]", 8)},
    {"pkt-line", BYTES("0005a00x0"), MALFORMED("[a]", 7)},
    {"pkt-line", BYTES("0005a-001"), MALFORMED("[a]", 5)},
};

/* Examples of the standards, and others made by hand after them. */
static const struct example presets[] = {
    /* RFC 6587, section 3.4.1; a message of RFC 5424 with nothing in it. */
    {"octet", BYTES("17 <13>1 - - - - - -4 <1>a"), GIVES("[<13>1 - - - - - -][<1>a]")},
    {"octet", BYTES("4 <1>a04 <1>a"), MALFORMED("[<1>a]", 7)}, /* NONZERO-DIGIT *DIGIT */
    {"octet", BYTES("4 <1>a0 "), MALFORMED("[<1>a]", 6)},
    {"octet", BYTES("<1>a\n"), MALFORMED("", 0)},
    /* gRPC over HTTP2, Length-Prefixed-Message: compressed or not, length. */
    {"grpc", BYTES("\0\0\0\0\7\n\5world\1\0\0\0\2??"), GIVES("[\\x0a\\x05world][??]")},
    /* Docker Engine API, "Stream format": STREAM_TYPE, 0, 0, 0, SIZE. */
    {"docker", BYTES("\1\0\0\0\0\0\0\6hello\n\2\0\0\0\0\0\0\4oops"), GIVES("[hello\\x0a][oops]")},
    {"docker,keep", BYTES("\2\0\0\0\0\0\0\4oops"),
     GIVES("[\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x04oops]")},
    {"docker", BYTES("\1\0\0\0\0\0\0\1a\033[34mINFO"), MALFORMED("[a]", 9)},
    {"docker", BYTES("\4\0\0\0\0\0\0\1a"), MALFORMED("", 0)},
    {"docker", BYTES("\1\0\0\1\0\0\0\1a"), MALFORMED("", 3)},
    {"docker,only=0:02", BYTES("\1\0\0\0\0\0\0\6hello\n\2\0\0\0\0\0\0\4oops"), GIVES("[oops]")},
    {"grpc", BYTES("\0\0\0\0\0\2\0\0\0\0"), MALFORMED("[]", 5)},
    /* RFC 1035, section 4.2.2; a question (4.1) of 29 bytes. */
    {"dns", BYTES("\0\x1d\1\2\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"),
     GIVES("[\\x01\\x02\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00"
           "\\x07example\\x03com\\x00\\x00\\x01\\x00\\x01]")},
    {"dns", BYTES("\0\xb"), MALFORMED("", 0)}, /* a header has 12 bytes */
    /* Kafka protocol guide: the size, int32; ApiVersions, correlation 7. */
    {"kafka", BYTES("\0\0\0\xa\0\x12\0\0\0\0\0\7\xff\xff"),
     GIVES("[\\x00\\x12\\x00\\x00\\x00\\x00\\x00\\x07\\xff\\xff]")},
    {"kafka", BYTES("\0\0\0\0\xff\xff\xff\xff"), MALFORMED("[]", 4)},
    /* RFC 1006, section 6; X.224 connection request of [MS-RDPBCGR] 4.1.1. */
    {"tpkt",
     BYTES("\3\0\0\x2c\x27\xe0\0\0\0\0\0Cookie: mstshash=eltons\r\n\1\0\x08\0\0\0\0\0"
           "\3\0\0\7\2\xf0\x80"),
     GIVES("['\\xe0\\x00\\x00\\x00\\x00\\x00Cookie: mstshash=eltons\\x0d\\x0a"
           "\\x01\\x00\\x08\\x00\\x00\\x00\\x00\\x00][\\x02\\xf0\\x80]")},
    {"tpkt", BYTES("\3\0\0\3"), MALFORMED("", 0)},
    {"tpkt", BYTES("\3\0\0\4\x9\0\0\4"), MALFORMED("[]", 4)},
    /* RFC 8446, section 5.1 and appendix D.4; alert close_notify of 6.1. */
    {"tls", BYTES("\x14\3\3\0\1\1\x15\3\3\0\2\1\0"), GIVES("[\\x01][\\x01\\x00]")},
    {"tls", BYTES("HTTP/1.1 200 OK\r\n"), MALFORMED("", 0)},
    {"tls", BYTES("\x19\3\3\0\0"), MALFORMED("", 0)},
    {"tls", BYTES("\x16\2\0\0\0"), MALFORMED("", 1)},
    {"tls", BYTES("\x17\3\3\x48\1"), MALFORMED("", 0)}, /* 2^14 + 2049 */
    {"tls", BYTES("\x17\3\3\x48\0"), TRUNCATED("", 5)},
    /* MQTT 3.1.1: CONNACK (3.2), PINGREQ (3.12), PUBLISH of 128 (0x80 0x01 in
     * table 2.4), cut short. */
    {"mqtt", BYTES("\x20\2\0\0\xc0\0"), GIVES("[\\x00\\x00][]")},
    {"mqtt", BYTES("\x30\x80\1\0\1a"), TRUNCATED("", 6)},
    {"mqtt", BYTES("\xc0\0\0\0"), MALFORMED("[]", 2)},
    {"mqtt", BYTES("\x36\0"), MALFORMED("", 0)}, /* of QoS 3 */
    /* Section 3.3.1.1: DUP must be 0 with QoS 0. */
    {"mqtt", BYTES("\x38\0"), MALFORMED("", 0)},
    {"mqtt", BYTES("\x3a\0\x39\0"), MALFORMED("[]", 2)},
    {"mqtt", BYTES("\x80\0"), MALFORMED("", 0)}, /* SUBSCRIBE is 0x82 */
    {"mqtt", BYTES("\x30\x80\x80\x80\x80\1"), MALFORMED("", 4)},
    /* bsonspec.org, the first example. */
    {"bson",
     BYTES("\x16\0\0\0\2hello\0\6\0\0\0world\0\0"
           "\5\0\0\0\0"),
     GIVES("[\\x16\\x00\\x00\\x00\\x02hello\\x00\\x06\\x00\\x00\\x00world\\x00\\x00]"
           "[\\x05\\x00\\x00\\x00\\x00]")},
    {"bson", BYTES("\5\0\0\0\0\3\0\0\0"), MALFORMED("[\\x05\\x00\\x00\\x00\\x00]", 5)},
    {"bson", BYTES("\x16\0\0\0\2hello\0\6\0\0\0world\0"), TRUNCATED("", 21)},
    {"bson", BYTES("\4\0\0\0"), MALFORMED("", 0)},
    {"bson", BYTES("\0\0\0\x80"), MALFORMED("", 0)},
    {"bson", BYTES("\5\0\0\0\1"), MALFORMED("", 4)},
    {"bson", BYTES("\5\0\0\0\0\6\0\0\0\0x"), MALFORMED("[\\x05\\x00\\x00\\x00\\x00]", 10)},
    {"bson,keep", BYTES("\5\0\0\0\0"), GIVES("[\\x05\\x00\\x00\\x00\\x00]")},
    /* PostgreSQL, "Message Formats": Query, Sync, ReadyForQuery; SSLRequest,
     * StartupMessage of version 3.0. */
    {"postgres", BYTES("Q\0\0\0\xdSELECT 1\0S\0\0\0\4Z\0\0\0\5I"), GIVES("[SELECT 1\\x00][][I]")},
    {"postgres", BYTES("Z\0\0\0\5IS\0\0\0\3"), MALFORMED("[I]", 6)},
    /* SSL is refused, and a message follows. */
    {"postgres", BYTES("NR\0\0\0\x8\0\0\0\0"), MALFORMED("", 0)},
    {"postgres", BYTES("S\0\0\0\4\0\0\0\4"), MALFORMED("[]", 5)},
    {"postgres", BYTES("D\x40\0\0\3"), MALFORMED("", 0)},
    {"postgres-startup", BYTES("\0\0\0\7"), MALFORMED("", 0)},
    {"postgres-startup", BYTES("\0\0\x27\x14"), TRUNCATED("", 4)},
    {"postgres-startup", BYTES("\0\0\x27\x15"), MALFORMED("", 0)},
    {"postgres-startup",
     BYTES("\0\0\0\x8\4\xd2\x16\x2f"
           "\0\0\0\x10\0\3\0\0user\0x\0\0"),
     GIVES("[\\x04\\xd2\\x16/][\\x00\\x03\\x00\\x00user\\x00x\\x00\\x00]")},
    /* FastCGI 1.0, appendix B, with padding to a multiple of 8 bytes:
     * FCGI_STDOUT twice, FCGI_END_REQUEST. */
    {"fcgi",
     BYTES("\1\6\0\1\0\4\4\0text\0\0\0\0"
           "\1\6\0\1\0\0\0\0"
           "\1\3\0\1\0\x8\0\0\0\0\0\0\0\0\0\0"),
     GIVES("[text][][\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00]")},
    {"fcgi,keep", BYTES("\1\6\0\1\0\4\2\0text??\1\6\0\1\0\0\0\0"),
     GIVES("[\\x01\\x06\\x00\\x01\\x00\\x04\\x02\\x00text??]"
           "[\\x01\\x06\\x00\\x01\\x00\\x00\\x00\\x00]")},
    {"fcgi", BYTES("\1\6\0\1\0\4\4\0text\0\0"), TRUNCATED("", 14)},
    {"fcgi", BYTES("\1\6\0\1\0\0\0\0\x9\6\0\1\0\0\0\0"), MALFORMED("[]", 8)},
};

/* The checksums are from a Python program that goes bit by bit:
 *
 *     def crc32c(data):
 *         crc = 0xffffffff
 *         for byte in data:
 *             crc ^= byte
 *             for _ in range(8):
 *                 crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
 *         return crc ^ 0xffffffff
 *     def masked(crc):
 *         return (crc >> 15 | crc << 17) + 0xa282ead8 & 0xffffffff
 */
#define TF_EMPTY "\0\0\0\0\0\0\0\0\x29\x03\x98\x07\xd8\xea\x82\xa2"
#define TF_2 "\2\0\0\0\0\0\0\0\x78\x27\x0b\x34"
#define TF_HI TF_2 "hi\x13\xd6\x08\x56"
static const struct example tfrecords[] = {
    {"tfrecord", BYTES(""), GIVES("")},
    {"tfrecord", BYTES(TF_HI TF_EMPTY TF_HI), GIVES("[hi][][hi]")},
    {"tfrecord,keep", BYTES(TF_EMPTY TF_HI),
     GIVES("[\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00)\\x03\\x98\\x07\\xd8\\xea\\x82\\xa2]"
           "[\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00x'\\x0b4hi\\x13\\xd6\\x08V]")},
    {"tfrecord", BYTES("\2\0\0\0\0\0\0\0\x78\x27\x0b\x35hi\x13\xd6\x08\x56"), MALFORMED("", 0)},
    {"tfrecord", BYTES(TF_HI "\3\0\0\0\0\0\0\0\x78\x27\x0b\x34hi\x13\xd6\x08\x56"),
     MALFORMED("[hi]", 18)},
    {"tfrecord", BYTES(TF_HI TF_2 "ha\x13\xd6\x08\x56" TF_HI), MALFORMED("[hi]", 32)},
    {"tfrecord", BYTES(TF_HI TF_2 "hi\x13\xd6\x08\x57"), MALFORMED("[hi]", 32)},
    {"tfrecord,keep", BYTES(TF_2 "hi\x12\xd6\x08\x56" TF_HI), MALFORMED("", 14)},
    {"tfrecord", BYTES("\0\0\0\0\0\0\0\0\x29\x03\x98\x07\xd8\xea\x82\xa3"), MALFORMED("", 12)},
    {"tfrecord", BYTES(TF_HI "\2\0\0\0\0\0\0\0\x78\x27\x0b"), TRUNCATED("[hi]", 29)},
    {"tfrecord", BYTES(TF_HI TF_2 "h"), TRUNCATED("[hi]", 31)},
    {"tfrecord", BYTES(TF_HI TF_2 "hi\x13\xd6\x08"), TRUNCATED("[hi]", 35)},
    /* Longer than any stream. */
    {"tfrecord", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xa6\x7b\x11\x3a"),
     FAILS("", CB_EOVERFLOW, 0)},
};

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

START_TEST(binary_lengths_are_followed_or_refused)
{
    check_example(&lengths[_i], false);
}
END_TEST

START_TEST(frames_of_one_record_are_joined_in_order)
{
    check_example(&joined[_i], true);
}
END_TEST

START_TEST(varint_lengths_are_followed_or_refused)
{
    check_example(&varints[_i], false);
}
END_TEST

START_TEST(ascii_lengths_are_followed_or_refused)
{
    check_example(&asciis[_i], false);
}
END_TEST

START_TEST(lengths_of_so_many_digits_are_followed_or_refused)
{
    check_example(&digits[_i], false);
}
END_TEST

START_TEST(presets_read_what_their_standards_show)
{
    check_example(&presets[_i], false);
}
END_TEST

START_TEST(tfrecords_are_followed_if_their_checksums_are_right)
{
    check_example(&tfrecords[_i], false);
}
END_TEST

START_TEST(chunks_are_read_as_the_rfc_has_them_or_refused)
{
    check_example(&chunked[_i], false);
}
END_TEST

/* ------------------------------------------------------- options and boundaries */

static const struct limited limits[] = {
    /* Exactly as long is not too long; the offset is that of the frame. */
    {"line", BYTES("abc\nde\n"), 3, CB_PARTIAL_DEFAULT, GIVES("[abc][de]")},
    {"line", BYTES("ab\nabcd\nef\n"), 3, CB_PARTIAL_DEFAULT, FAILS("[ab]", CB_EOVERFLOW, 3)},
    {"line", BYTES("abc\r\nabc"), 3, CB_PARTIAL_DEFAULT, GIVES("[abc][abc]")},
    {"line", BYTES("abcd"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"line", BYTES("abc\r"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"line,keep", BYTES("ab\nabc\n"), 3, CB_PARTIAL_DEFAULT, FAILS("[ab\\x0a]", CB_EOVERFLOW, 3)},
    {"delim:XY", BYTES("abcXYabcX"), 3, CB_PARTIAL_DEFAULT, FAILS("[abc]", CB_EOVERFLOW, 5)},
    {"delim:X,or=YY", BYTES("abcYYabcdX"), 3, CB_PARTIAL_DEFAULT, FAILS("[abc]", CB_EOVERFLOW, 5)},
    {"start:ab", BYTES("ab1ab2"), 3, CB_PARTIAL_DEFAULT, GIVES("[ab1][ab2]")},
    {"start:ab", BYTES("ab1ab22ab"), 3, CB_PARTIAL_DEFAULT, FAILS("[ab1]", CB_EOVERFLOW, 3)},
    {"start:a", BYTES("aa123"), 3, CB_PARTIAL_DEFAULT, FAILS("[a]", CB_EOVERFLOW, 1)},
    {"start:ab", BYTES("ab1ab2"), 9, CB_PARTIAL_DROP, GIVES("[ab1]")},
    {"start:ab", BYTES("xab1a"), 9, CB_PARTIAL_FAIL, TRUNCATED("[x]", 5)},
    {"start:ab", BYTES("xab1a"), 9, CB_PARTIAL_EMIT, GIVES("[x][ab1a]")},
    {"start:ab", BYTES(""), 9, CB_PARTIAL_FAIL, GIVES("")},
    {"start:>,line", BYTES(">ab\n>abc\n>"), 4, CB_PARTIAL_DEFAULT,
     FAILS("[>ab\\x0a]", CB_EOVERFLOW, 4)},
    {"start:>,line", BYTES(">a\n>b\n"), 0, CB_PARTIAL_DROP, GIVES("[>a\\x0a]")},
    {"fixed:3", BYTES("abcdef"), 3, CB_PARTIAL_DEFAULT, GIVES("[abc][def]")},
    {"fixed:4", BYTES("a"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"u8", BYTES("\3abc\4abcd"), 3, CB_PARTIAL_DEFAULT, FAILS("[abc]", CB_EOVERFLOW, 4)},
    {"u8", BYTES("\4"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"u8,keep", BYTES("\2ab\3abc"), 3, CB_PARTIAL_DEFAULT, FAILS("[\\x02ab]", CB_EOVERFLOW, 3)},
    {"netstring", BYTES("3:abc,4:abcd,"), 3, CB_PARTIAL_DEFAULT, FAILS("[abc]", CB_EOVERFLOW, 6)},
    {"chunked", BYTES("3\r\nabc\r\n4\r\nabcd\r\n0\r\n\r\n"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[abc]", CB_EOVERFLOW, 8)},
    {"u8,header=2,padding=1", BYTES("\3\5abc?????\4\0abcd"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[abc]", CB_EOVERFLOW, 10)},
    {"u8,header=2,padding=1,keep", BYTES("\1\3a???\1\4a????"), 6, CB_PARTIAL_DEFAULT,
     FAILS("[\\x01\\x03a???]", CB_EOVERFLOW, 6)},
    {"pkt-line", BYTES("0007abc00000008abcd"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[abc][]", CB_EOVERFLOW, 11)},
    {"tfrecord", BYTES(TF_EMPTY TF_HI), 1, CB_PARTIAL_DEFAULT, FAILS("[]", CB_EOVERFLOW, 16)},
    {"tfrecord,keep", BYTES(TF_EMPTY TF_HI), 17, CB_PARTIAL_DEFAULT,
     FAILS("[\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00)\\x03\\x98\\x07\\xd8\\xea\\x82\\xa2]",
           CB_EOVERFLOW, 16)},
    /* An unfinished last record. */
    {"line", BYTES("a\nb"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a]", 3)},
    {"line", BYTES("a\nb"), 0, CB_PARTIAL_EMIT, GIVES("[a][b]")},
    {"line", BYTES("a\nb"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"line", BYTES("a\n"), 0, CB_PARTIAL_FAIL, GIVES("[a]")},
    {"line", BYTES("a\n"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"line", BYTES(""), 0, CB_PARTIAL_EMIT, GIVES("")},
    {"delim:a,or=abc", BYTES("xab"), 0, CB_PARTIAL_FAIL, TRUNCATED("[x]", 3)},
    {"delim:a,or=abc", BYTES("xa"), 0, CB_PARTIAL_FAIL, GIVES("[x]")},
    {"delim:a,or=abc", BYTES("xab"), 0, CB_PARTIAL_EMIT, GIVES("[x][b]")},
    {"delim:a,or=abc", BYTES("xab"), 0, CB_PARTIAL_DROP, GIVES("[x]")},
    {"fixed:3", BYTES("abcd"), 0, CB_PARTIAL_FAIL, TRUNCATED("[abc]", 4)},
    {"fixed:3", BYTES("abcd"), 0, CB_PARTIAL_EMIT, GIVES("[abc][d]")},
    {"fixed:3", BYTES("abcd"), 0, CB_PARTIAL_DROP, GIVES("[abc]")},
    {"u8", BYTES("\1a\3bc"), 0, CB_PARTIAL_EMIT, GIVES("[a][bc]")},
    {"u8", BYTES("\1a\3bc"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"u8,keep", BYTES("\1a\3bc"), 0, CB_PARTIAL_EMIT, GIVES("[\\x01a][\\x03bc]")},
    {"u8,trailer=;", BYTES("\1a;\2bc"), 0, CB_PARTIAL_EMIT, GIVES("[a][bc]")},
    {"u8,trailer=;", BYTES("\1a;\2bc"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"u8,header=2,padding=1", BYTES("\1\0a\2\2bc?"), 0, CB_PARTIAL_EMIT, GIVES("[a][bc]")},
    {"u8,header=2,padding=1", BYTES("\1\0a\2\2bc?"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"u8,header=2,padding=1,keep", BYTES("\1\0a\2\2bc?"), 0, CB_PARTIAL_EMIT,
     GIVES("[\\x01\\x00a][\\x02\\x02bc?]")},
    {"pkt-line", BYTES("0005a0006b"), 0, CB_PARTIAL_EMIT, GIVES("[a][b]")},
    {"pkt-line", BYTES("0005a0006b"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"tfrecord", BYTES(TF_HI TF_2 "hi\x13"), 0, CB_PARTIAL_EMIT, GIVES("[hi][hi]")},
    {"tfrecord", BYTES(TF_HI TF_2 "h"), 0, CB_PARTIAL_EMIT, GIVES("[hi][h]")},
    {"tfrecord", BYTES(TF_HI TF_2 "hi\x13"), 0, CB_PARTIAL_DROP, GIVES("[hi]")},
    {"netstring", BYTES("1:a,3:b"), 0, CB_PARTIAL_EMIT, GIVES("[a][b]")},
    {"netstring", BYTES("1:a,3:b"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"chunked", BYTES("2\r\nhi\r\n3\r\na"), 0, CB_PARTIAL_EMIT, GIVES("[hi][a]")},
    {"chunked", BYTES("2\r\nhi\r\n3\r\na"), 0, CB_PARTIAL_DROP, GIVES("[hi]")},
    {"chunked", BYTES("2\r\nhi\r\n"), 0, CB_PARTIAL_DROP, GIVES("[hi]")},
    /* Malformed stays malformed. */
    {"netstring", BYTES("1:a,3;b"), 0, CB_PARTIAL_DROP, MALFORMED("[a]", 5)},
    {"tfrecord", BYTES(TF_HI TF_2 "ha\x13\xd6\x08\x56"), 0, CB_PARTIAL_DROP, MALFORMED("[hi]", 32)},
};

START_TEST(limits_and_unfinished_records_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

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

START_TEST(lengths_beyond_64_bits_are_refused_whatever_the_adjustment)
{
    static const char *const specifications[] = {
        "u64be,adjust=1", "u64be,adjust=9223372036854775807", "u64le,adjust=2,inclusive",
        "u64be,adjust=9,inclusive", "u64be,offset=8,trailer=x,adjust=8"};
    uint8_t input[64];

    memset(input, 0xff, sizeof input);
    for (size_t i = 0; i < COUNT(specifications); i++) {
        for (size_t step = 1; step <= sizeof input; step += 21) {
            struct way way = {.call = BY_BATCH + 3, .cut = step, .step = step};
            struct record_list records;
            struct outcome outcome =
                read_input(specifications[i], NULL, input, sizeof input, &way, &records);

            expect(outcome.status == CB_EMALFORMED || outcome.status == CB_EOVERFLOW, "%s gives %d",
                   specifications[i], outcome.status);
            expect(outcome.offset == 0, "%s fails at %" PRIu64, specifications[i], outcome.offset);
            expect(records.size == 0, "%s gives bytes", specifications[i]);
            list_free(&records);
        }
    }
}
END_TEST

/* ---------------------------------------------------------------- round trips */

static const struct trip trips[] = {
    {"line", "ab \t\x80", 0, 40},
    {"lf", "ab\r\x80", 0, 40},
    {"crlf", "ab\n\x80", 0, 40},
    {"nul", "ab\n\r,", 0, 40},
    {"delim:;", "ab\n\r,", 0, 40},
    {"delim:<end>", "abc<>", 0, 40}, /* of these letters "<end>" cannot be made */
    {"delim:;,or=!", "ab\n\r,", 0, 40},
    {"delim:ab,or=abcd", "ac\n", 0, 40},
    {"fixed:1", NULL, 1, 1},
    {"fixed:7", NULL, 7, 7},
    {"fixed:300", NULL, 300, 300},
    {"u8", NULL, 0, 255},
    {"u16be", NULL, 0, 600},
    {"u16le", NULL, 0, 600},
    {"u24be", NULL, 0, 600},
    {"u24le", NULL, 0, 600},
    {"u32be", NULL, 0, 600},
    {"u32le", NULL, 0, 600},
    {"u40be", NULL, 0, 300},
    {"u40le", NULL, 0, 300},
    {"u48be", NULL, 0, 300},
    {"u48le", NULL, 0, 300},
    {"u56be", NULL, 0, 300},
    {"u56le", NULL, 0, 300},
    {"u64be", NULL, 0, 300},
    {"u64le", NULL, 0, 300},
    {"u8,inclusive", NULL, 0, 254},
    {"u8,adjust=1", NULL, 1, 256},
    {"u8,adjust=-1", NULL, 0, 254},
    {"u8,adjust=-1,inclusive", NULL, 0, 253},
    {"u16be,offset=2,inclusive", NULL, 0, 600},
    {"u16le,offset=3,header=9", NULL, 0, 600},
    {"u16le,offset=3,header=9,inclusive,adjust=9", NULL, 0, 600},
    {"u32be,trailer=\\r\\n", NULL, 0, 600},
    {"u32le,offset=1,header=6,trailer=abcab,adjust=-3", NULL, 0, 600},
    {"varint", NULL, 0, 600},
    {"varint,offset=5", NULL, 0, 300},
    {"varint,inclusive", NULL, 0, 300},
    {"varint,offset=3,inclusive", NULL, 0, 300},
    {"varint,adjust=-4", NULL, 0, 300},
    {"varint,adjust=10", NULL, 10, 300},
    {"dec", NULL, 0, 600},
    {"dec:\\r\\n,trailer=\\r\\n", NULL, 0, 600},
    {"dec:; ,trailer=.,canonical", NULL, 0, 600},
    {"hex:\\n", NULL, 0, 600},
    {"hex:|", NULL, 0, 600},
    {"hex:\\r\\n,trailer=\\0", NULL, 0, 600},
    {"netstring", NULL, 0, 600},
    {"varint,max-width=2,min=5,max=305", NULL, 5, 300},
    {"u16le,min=1,max=600", NULL, 1, 600},
    {"dec,digits=3", NULL, 0, 600},
    {"dec,digits=20,inclusive,trailer=;", NULL, 0, 300},
    {"hex,digits=4,control=2", NULL, 2, 600},
    {"octet", NULL, 1, 600},
    {"grpc", NULL, 0, 600},
    {"docker", NULL, 0, 600},
    {"dns", NULL, 12, 600},
    {"kafka", NULL, 0, 600},
    {"tpkt", NULL, 0, 600},
    {"tls", NULL, 0, 600},
    {"mqtt", NULL, 0, 600},
    {"postgres", NULL, 0, 600},
    {"postgres-startup", NULL, 4, 600},
    {"fcgi", NULL, 0, 600},
    {"pkt-line", NULL, 0, 600},
    {"tfrecord", NULL, 0, 600},
    {"chunked", NULL, 1, 600},
};

/* Some keys are for one direction only. */
static const struct directed {
    struct trip out;
    const char *in;
} directed[] = {
    {{"u8,offset=3,lead=ab,header=6,trailer=;", NULL, 0, 255},
     "u8,offset=3,header=6,padding=5,byte=0:61,byte=1:62,byte=2:00,trailer=;"},
    {{"varint,offset=2,lead=a", NULL, 0, 300}, "varint,offset=2,byte=0:61"},
    {{"fixed:20,pad=;", NULL, 20, 20}, "fixed:20"},
    {{"postgres,lead=Q", NULL, 0, 600}, "postgres,byte=0:51,only=0:51"},
    {{"mqtt,lead=\\xe0", NULL, 0, 600}, "mqtt,only=0:e0"},
    {{"chunked", NULL, 1, 600}, "chunked,lf"},
};

START_TEST(what_is_encoded_is_decoded_again)
{
    check_trip(&trips[_i], false, (uint64_t)_i);
}
END_TEST

START_TEST(keys_of_one_direction_agree_with_those_of_the_other)
{
    check_trip_as(&directed[_i].out, directed[_i].in, false, (uint64_t)_i);
}
END_TEST

/* ---------------------------------------------------------------- random input */

static const char *const any_input[] = {
    "line",
    "line,keep",
    "line,skip-empty",
    "delim:ab",
    "delim:a,or=abab,or=bb",
    "delim:abcd,or=bc",
    "delim:aab,or=ab,skip-empty,keep",
    "start:ab",
    "start:aba",
    "start:aa",
    "start:b",
    "start:a,line",
    "start:ab,or=ba,or=\\n\\.,line",
    "start:a\\d,or=b\\.b,blank",
    "fixed:3",
    "u8",
    "u8,inclusive",
    "u8,adjust=-2,trailer=a",
    "u16be,offset=1,inclusive",
    "varint",
    "varint,inclusive",
    "dec",
    "dec:b,trailer=a,canonical",
    "hex:;",
    "netstring",
    "u8,header=2,padding=1",
    "u8,header=2,padding=1,trailer=a,keep",
    "hex,digits=2,inclusive,control=2,max=17",
    "tfrecord",
    "chunked",
    "chunked,lf",
    "chunked,lf,keep",
    "chunked,pad",
};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    static const char alphabet[] = "aabb\n\n\r\0\1\2\3\4\x80"
                                   "01:;,cd";
    check_random(any_input[_i], false, alphabet, sizeof alphabet - 1, (uint64_t)_i);
}
END_TEST

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

static Suite *framings_suite(void)
{
    Suite *suite = suite_create("framings");
    TCase *records = add_case(suite, "records");
    TCase *bounds = add_case(suite, "bounds");
    TCase *random = add_case(suite, "random");

    tcase_add_loop_test(records, delimiters_are_where_they_should_be, 0, (int)COUNT(delimiters));
    tcase_add_loop_test(records, records_begin_where_their_mark_stands, 0, (int)COUNT(starts));
    tcase_add_loop_test(records, records_of_fixed_size_are_cut_by_count, 0, (int)COUNT(fixed));
    tcase_add_loop_test(records, binary_lengths_are_followed_or_refused, 0, (int)COUNT(lengths));
    tcase_add_loop_test(records, frames_of_one_record_are_joined_in_order, 0, (int)COUNT(joined));
    tcase_add_loop_test(records, varint_lengths_are_followed_or_refused, 0, (int)COUNT(varints));
    tcase_add_loop_test(records, ascii_lengths_are_followed_or_refused, 0, (int)COUNT(asciis));
    tcase_add_loop_test(records, lengths_of_so_many_digits_are_followed_or_refused, 0,
                        (int)COUNT(digits));
    tcase_add_loop_test(records, presets_read_what_their_standards_show, 0, (int)COUNT(presets));
    tcase_add_loop_test(records, tfrecords_are_followed_if_their_checksums_are_right, 0,
                        (int)COUNT(tfrecords));
    tcase_add_loop_test(records, chunks_are_read_as_the_rfc_has_them_or_refused, 0,
                        (int)COUNT(chunked));

    tcase_add_loop_test(bounds, limits_and_unfinished_records_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_test(bounds, a_chunk_size_line_has_8192_bytes_at_most);
    tcase_add_test(bounds, a_chunk_size_line_is_bounded_anew_for_each_chunk);
    tcase_add_test(bounds, a_trailer_section_has_65536_bytes_at_most);
    tcase_add_test(bounds, lengths_beyond_64_bits_are_refused_whatever_the_adjustment);

    tcase_add_loop_test(random, what_is_encoded_is_decoded_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(random, keys_of_one_direction_agree_with_those_of_the_other, 0,
                        (int)COUNT(directed));
    tcase_add_loop_test(random, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    tcase_add_loop_test(random, a_size_line_is_taken_if_the_grammar_has_it, 0, 3);
    tcase_add_loop_test(random, random_size_lines_are_read_alike_in_every_way, 0, 3);
    return suite;
}

int main(void)
{
    return run_suite(framings_suite());
}
