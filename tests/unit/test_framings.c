/* SPDX-License-Identifier: MIT */
/*
 * What the framings of the table have in common: presets read what their standards show, limits
 * and ends are those asked for, all go out and in again, and random bytes are read alike.
 */
#include "reading.h"

/* -------------------------------------------------------------------- tables */

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

static Suite *framings_suite(void)
{
    Suite *suite = suite_create("framings");
    TCase *records = add_case(suite, "records");
    TCase *bounds = add_case(suite, "bounds");
    TCase *random_case = add_case(suite, "random");

    tcase_add_loop_test(records, presets_read_what_their_standards_show, 0, (int)COUNT(presets));
    tcase_add_loop_test(records, tfrecords_are_followed_if_their_checksums_are_right, 0,
                        (int)COUNT(tfrecords));
    tcase_add_loop_test(bounds, limits_and_unfinished_records_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_loop_test(random_case, what_is_encoded_is_decoded_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(random_case, keys_of_one_direction_agree_with_those_of_the_other, 0,
                        (int)COUNT(directed));
    tcase_add_loop_test(random_case, random_bytes_are_read_alike_in_every_way, 0,
                        (int)COUNT(any_input));
    return suite;
}

int main(void)
{
    return run_suite(framings_suite());
}
