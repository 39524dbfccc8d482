/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "steps.h"
#include "support.h"

static struct cb_encoder *new_encoder(const char *specification)
{
    struct cb_encoder *encoder = NULL;
    struct cb_error error = {.code = CB_OK};

    ck_assert_msg(cb_encoder_new(&encoder, specification, NULL, &error) == CB_OK, "%s: %s",
                  specification, error.text);
    return encoder;
}

/* -------------------------------------------------------------- bytes by hand */

struct example {
    const char *specification;
    uint64_t length;
    const char *before;
    size_t before_size;
    const char *after;
    size_t after_size;
};

static const struct example examples[] = {
    {"raw", 5, BYTES(""), BYTES("")},
    {"none", 5, BYTES(""), BYTES("")},
    {"line", 5, BYTES(""), BYTES("\n")},
    {"lf", 0, BYTES(""), BYTES("\n")},
    {"crlf", 5, BYTES(""), BYTES("\r\n")},
    {"nul", 5, BYTES(""), BYTES("\0")},
    {"delim:\\,", 5, BYTES(""), BYTES(",")},
    {"delim:ab,or=c,skip-empty", 5, BYTES(""), BYTES("ab")},
    {"fixed:5", 5, BYTES(""), BYTES("")},
    {"fixed:5,pad=\\0", 2, BYTES(""), BYTES("\0\0\0")},
    {"fixed:5,pad=x", 0, BYTES(""), BYTES("xxxxx")},
    {"fixed:5,pad=x", 5, BYTES(""), BYTES("")},
    {"u8", 0, BYTES("\0"), BYTES("")},
    {"u8", 255, BYTES("\xff"), BYTES("")},
    {"u16be", 0x1234, BYTES("\x12\x34"), BYTES("")},
    {"u16le", 0x1234, BYTES("\x34\x12"), BYTES("")},
    {"u16be", 0xffff, BYTES("\xff\xff"), BYTES("")},
    {"u24be", 0x123456, BYTES("\x12\x34\x56"), BYTES("")},
    {"u24le", 0x123456, BYTES("\x56\x34\x12"), BYTES("")},
    {"u32be", 0x12345678, BYTES("\x12\x34\x56\x78"), BYTES("")},
    {"u32le", 0x12345678, BYTES("\x78\x56\x34\x12"), BYTES("")},
    {"u40be", UINT64_C(0x123456789a), BYTES("\x12\x34\x56\x78\x9a"), BYTES("")},
    {"u40le", UINT64_C(0x123456789a), BYTES("\x9a\x78\x56\x34\x12"), BYTES("")},
    {"u48be", UINT64_C(0x123456789abc), BYTES("\x12\x34\x56\x78\x9a\xbc"), BYTES("")},
    {"u48le", UINT64_C(0x123456789abc), BYTES("\xbc\x9a\x78\x56\x34\x12"), BYTES("")},
    {"u56be", UINT64_C(0x123456789abcde), BYTES("\x12\x34\x56\x78\x9a\xbc\xde"), BYTES("")},
    {"u56le", UINT64_C(0x123456789abcde), BYTES("\xde\xbc\x9a\x78\x56\x34\x12"), BYTES("")},
    /* RFC 9000, section A.1, and section 16. */
    {"quic", UINT64_C(151288809941952652), BYTES("\xc2\x19\x7c\x5e\xff\x14\xe8\x8c"), BYTES("")},
    {"quic", 494878333, BYTES("\x9d\x7f\x3e\x7d"), BYTES("")},
    {"quic", 15293, BYTES("\x7b\xbd"), BYTES("")},
    {"quic", 37, BYTES("\x25"), BYTES("")},
    {"quic", 63, BYTES("\x3f"), BYTES("")},
    {"quic", 64, BYTES("\x40\x40"), BYTES("")},
    {"quic", 16384, BYTES("\x80\0\x40\0"), BYTES("")},
    {"quic", 1 << 30, BYTES("\xc0\0\0\0\x40\0\0\0"), BYTES("")},
    {"u64be", UINT64_C(0x123456789abcdef0), BYTES("\x12\x34\x56\x78\x9a\xbc\xde\xf0"), BYTES("")},
    {"u64le", UINT64_C(0x123456789abcdef0), BYTES("\xf0\xde\xbc\x9a\x78\x56\x34\x12"), BYTES("")},
    {"u64be", UINT64_MAX - 1, BYTES("\xff\xff\xff\xff\xff\xff\xff\xfe"), BYTES("")},
    {"u16be,offset=2", 5, BYTES("\0\0\0\5"), BYTES("")},
    {"u16le,offset=1,header=6", 5, BYTES("\0\5\0\0\0\0"), BYTES("")},
    {"u16be,inclusive", 5, BYTES("\0\7"), BYTES("")},
    {"u16be,offset=2,inclusive", 5, BYTES("\0\0\0\x9"), BYTES("")},
    {"u16be,header=8,inclusive", 5, BYTES("\0\xd\0\0\0\0\0\0"), BYTES("")},
    {"u8,adjust=2", 5, BYTES("\3"), BYTES("")},
    {"u8,adjust=5", 5, BYTES("\0"), BYTES("")},
    {"u8,adjust=-2", 5, BYTES("\7"), BYTES("")},
    {"u8,adjust=-250", 5, BYTES("\xff"), BYTES("")},
    {"u8,adjust=2,inclusive", 5, BYTES("\4"), BYTES("")},
    {"u8,adjust=200", 455, BYTES("\xff"), BYTES("")},
    {"u8,trailer=\\r\\n", 5, BYTES("\5"), BYTES("\r\n")},
    {"varint", 0, BYTES("\0"), BYTES("")},
    {"varint", 127, BYTES("\x7f"), BYTES("")},
    {"varint", 128, BYTES("\x80\1"), BYTES("")},
    {"varint", 300, BYTES("\xac\2"), BYTES("")},
    {"varint", 16383, BYTES("\xff\x7f"), BYTES("")},
    {"varint", 16384, BYTES("\x80\x80\1"), BYTES("")},
    {"varint", UINT64_MAX - 1, BYTES("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\1"), BYTES("")},
    {"varint,offset=2", 300, BYTES("\0\0\xac\2"), BYTES("")},
    {"varint,inclusive", 0, BYTES("\1"), BYTES("")},
    {"varint,inclusive", 126, BYTES("\x7f"), BYTES("")},
    {"varint,inclusive", 127, BYTES("\x81\1"), BYTES("")}, /* 129: itself two bytes */
    {"varint,inclusive", 16381, BYTES("\xff\x7f"), BYTES("")},
    {"varint,inclusive", 16382, BYTES("\x81\x80\1"), BYTES("")}, /* 16385: itself three */
    {"varint,offset=1,inclusive", 125, BYTES("\0\x7f"), BYTES("")},
    {"varint,adjust=3", 5, BYTES("\2"), BYTES("")},
    {"varint,adjust=-3", 125, BYTES("\x80\1"), BYTES("")},
    {"dec", 0, BYTES("0\n"), BYTES("")},
    {"dec", 1234567890, BYTES("1234567890\n"), BYTES("")},
    {"dec", UINT64_MAX - 1, BYTES("18446744073709551614\n"), BYTES("")},
    {"dec:\\r\\n,trailer=\\r\\n", 5, BYTES("5\r\n"), BYTES("\r\n")},
    {"dec: ,canonical", 10, BYTES("10 "), BYTES("")},
    {"hex:\\n", 0xabc, BYTES("abc\n"), BYTES("")},
    {"hex:;,trailer=\\0", 16, BYTES("10;"), BYTES("\0")},
    {"hex:\\n", UINT64_MAX - 1, BYTES("fffffffffffffffe\n"), BYTES("")},
    {"netstring", 12, BYTES("12:"), BYTES(",")},
    {"netstring", 0, BYTES("0:"), BYTES(",")},
    {"u16be,offset=3,lead=ab,header=6", 5, BYTES("ab\0\0\5\0"), BYTES("")},
    {"u16be,offset=2,lead=ab,inclusive", 5, BYTES("ab\0\x9"), BYTES("")},
    {"u8,header=3,trailer=;", 5, BYTES("\5\0\0"), BYTES(";")},
    {"varint,max-width=2", 16383, BYTES("\xff\x7f"), BYTES("")},
    {"varint,offset=2,lead=a", 300, BYTES("a\0\xac\2"), BYTES("")},
    {"dec,digits=3", 0, BYTES("000"), BYTES("")},
    {"dec,digits=3", 999, BYTES("999"), BYTES("")},
    {"dec,digits=20", UINT64_MAX - 1, BYTES("18446744073709551614"), BYTES("")},
    {"hex,digits=16", UINT64_MAX - 1, BYTES("fffffffffffffffe"), BYTES("")},
    {"hex,digits=4,trailer=;", 0xabc, BYTES("0abc"), BYTES(";")},
    {"hex,digits=4,inclusive", 0, BYTES("0004"), BYTES("")},
    {"hex,digits=4,inclusive", 0xfffb, BYTES("ffff"), BYTES("")},
    {"hex,digits=2,control=4", 0, BYTES("00"), BYTES("")},
    {"hex,digits=2,control=4", 4, BYTES("04"), BYTES("")},
    {"octet", 17, BYTES("17 "), BYTES("")},
    {"grpc", 7, BYTES("\0\0\0\0\7"), BYTES("")},
    {"docker", 6, BYTES("\0\0\0\0\0\0\0\6"), BYTES("")},
    {"docker,lead=\\x01", 6, BYTES("\1\0\0\0\0\0\0\6"), BYTES("")},
    {"dns", 29, BYTES("\0\x1d"), BYTES("")},
    {"kafka", 10, BYTES("\0\0\0\xa"), BYTES("")},
    {"tpkt", 40, BYTES("\3\0\0\x2c"), BYTES("")}, /* RFC 1006, section 6 */
    {"tls", 2, BYTES("\x17\3\3\0\2"), BYTES("")},
    {"tls,lead=\\x15\\x03\\x03", 2, BYTES("\x15\3\3\0\2"), BYTES("")},
    /* MQTT 3.1.1, table 2.4: the least and the most of each number of digits. */
    {"mqtt", 0, BYTES("0\0"), BYTES("")},
    {"mqtt,lead=\\xe0", 0, BYTES("\xe0\0"), BYTES("")},
    {"mqtt,lead=0", 127, BYTES("0\x7f"), BYTES("")},
    {"mqtt,lead=0", 128, BYTES("0\x80\x01"), BYTES("")},
    {"mqtt,lead=0", 16383, BYTES("0\xff\x7f"), BYTES("")},
    {"mqtt,lead=0", 16384, BYTES("0\x80\x80\x01"), BYTES("")},
    {"mqtt,lead=0", 2097151, BYTES("0\xff\xff\x7f"), BYTES("")},
    {"mqtt,lead=0", 2097152, BYTES("0\x80\x80\x80\x01"), BYTES("")},
    {"mqtt,lead=0", 268435455, BYTES("0\xff\xff\xff\x7f"), BYTES("")},
    /* PostgreSQL, "Message Formats": Query, Sync, StartupMessage. */
    {"postgres,lead=Q", 9, BYTES("Q\0\0\0\xd"), BYTES("")},
    {"postgres", 1, BYTES("d\0\0\0\5"), BYTES("")},
    {"postgres,lead=S", 0, BYTES("S\0\0\0\4"), BYTES("")},
    {"postgres-startup", 4, BYTES("\0\0\0\x8"), BYTES("")},
    /* FastCGI 1.0, section 3.3: version 1, FCGI_STDOUT, request 1. */
    {"fcgi", 0x1234, BYTES("\1\6\0\1\x12\x34\0\0"), BYTES("")},
    {"fcgi", 0, BYTES("\1\6\0\1\0\0\0\0"), BYTES("")},
    /* gitprotocol-common(5): an example, a flush-pkt, the longest. */
    {"pkt-line", 7, BYTES("000b"), BYTES("")},
    {"pkt-line", 0, BYTES("0000"), BYTES("")},
    {"pkt-line", 65516, BYTES("fff0"), BYTES("")},
    /* The checksums are those of test_framings.c; nothing was shown. */
    {"tfrecord", 0, BYTES("\0\0\0\0\0\0\0\0\x29\x03\x98\x07"), BYTES("\xd8\xea\x82\xa2")},
    {"chunked", 1, BYTES("1\r\n"), BYTES("\r\n")},
    {"chunked", 0x1a2b, BYTES("1a2b\r\n"), BYTES("\r\n")},
    {"content-length", 5, BYTES("Content-Length: 5\r\n\r\n"), BYTES("")},
    {"content-length", UINT64_MAX - 1, BYTES("Content-Length: 18446744073709551614\r\n\r\n"),
     BYTES("")},
};

/* Twice, since a record must leave nothing behind for the next. */
START_TEST(a_record_stands_between_these_bytes)
{
    const struct example *example = &examples[_i];
    struct cb_encoder *encoder = new_encoder(example->specification);
    const struct cb_piece nothing = {.data = NULL, .flags = CB_FIRST | CB_LAST};

    for (int i = 0; i < 2; i++) {
        const void *data = NULL;
        size_t n = 999;

        if (example->length == 0)
            ck_assert_int_eq(step_look(encoder, &nothing), CB_OK);
        ck_assert_int_eq(step_begin(encoder, example->length, &data, &n), CB_OK);
        ck_assert_msg(n == example->before_size &&
                          (n == 0 || memcmp(data, example->before, n) == 0),
                      "%s: %zu bytes before", example->specification, n);
        ck_assert_int_eq(step_end(encoder, &data, &n), CB_OK);
        ck_assert_msg(n == example->after_size && (n == 0 || memcmp(data, example->after, n) == 0),
                      "%s: %zu bytes after", example->specification, n);
    }
    ck_assert_int_eq(cb_encoder_error(encoder)->code, CB_OK);
    cb_encoder_free(encoder);
}
END_TEST

/* The checksums are those of test_framings.c. */
START_TEST(a_checksum_is_of_all_pieces_of_a_record_and_no_other)
{
    struct cb_encoder *encoder = new_encoder("tfrecord");
    const struct cb_piece head = {.data = (const uint8_t *)"he", .length = 2, .flags = CB_FIRST};
    const struct cb_piece tail = {.data = (const uint8_t *)"llo", .length = 3, .flags = CB_LAST};
    const void *data;
    size_t n;

    ck_assert_uint_ne(cb_encoder_traits(encoder) & CB_LOOKS, 0);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(step_begin(encoder, 5, &data, &n), CB_OK);
        ck_assert_int_eq(step_look(encoder, &head), CB_OK);
        ck_assert_int_eq(step_look(encoder, &tail), CB_OK);
        ck_assert_int_eq(step_end(encoder, &data, &n), CB_OK);
        ck_assert_mem_eq(data, "\xbb\x1f\x1c\x19", 4);
    }
    /* One that was not written to its end. */
    ck_assert_int_eq(step_begin(encoder, 5, &data, &n), CB_OK);
    ck_assert_int_eq(step_look(encoder, &tail), CB_OK);
    ck_assert_int_eq(step_begin(encoder, 5, &data, &n), CB_OK);
    ck_assert_int_eq(step_look(encoder, &head), CB_OK);
    ck_assert_int_eq(step_look(encoder, &tail), CB_OK);
    ck_assert_int_eq(step_end(encoder, &data, &n), CB_OK);
    ck_assert_mem_eq(data, "\xbb\x1f\x1c\x19", 4);
    cb_encoder_free(encoder);
}
END_TEST

/* So it can be given to memcpy, and to writev with others. */
START_TEST(no_bytes_are_no_null_pointer)
{
    static const char *const specifications[] = {"raw",       "none",    "line",   "fixed:3",
                                                 "u16be",     "hex:\\n", "varint", "dec",
                                                 "netstring", "chunked"};

    for (size_t i = 0; i < COUNT(specifications); i++) {
        struct cb_encoder *encoder = new_encoder(specifications[i]);
        const void *before = NULL, *after = NULL, *finish = NULL;
        size_t n;

        ck_assert_int_eq(step_begin(encoder, 3, &before, &n), CB_OK);
        ck_assert_int_eq(step_end(encoder, &after, &n), CB_OK);
        ck_assert_int_eq(step_finish(encoder, &finish, &n), CB_OK);
        ck_assert_msg(before && after && finish, "%s", specifications[i]);
        cb_encoder_free(encoder);
    }
}
END_TEST

START_TEST(only_chunked_writes_at_the_end_of_the_stream)
{
    static const char *const silent[] = {"raw",   "none",   "line", "delim:x", "fixed:3,pad=x",
                                         "u16be", "varint", "dec",  "hex:\\n", "netstring"};
    const void *data;
    size_t n;

    for (size_t i = 0; i < COUNT(silent); i++) {
        struct cb_encoder *encoder = new_encoder(silent[i]);

        n = 999;
        ck_assert_int_eq(step_finish(encoder, &data, &n), CB_OK);
        ck_assert_uint_eq(n, 0);
        cb_encoder_free(encoder);
    }
    struct cb_encoder *chunked = new_encoder("chunked");
    ck_assert_int_eq(step_finish(chunked, &data, &n), CB_OK);
    ck_assert_uint_eq(n, 5);
    ck_assert(memcmp(data, "0\r\n\r\n", 5) == 0);
    cb_encoder_free(chunked);
}
END_TEST

START_TEST(long_padding_comes_in_parts)
{
    enum { SIZE = 100000 };
    struct cb_encoder *encoder = new_encoder("fixed:100000,pad=\\xee");
    size_t calls = 0, total = 0, n;
    const void *data;
    int status;

    for (size_t length = 1; length <= 90001; length += 90000) {
        ck_assert_int_eq(step_begin(encoder, length, &data, &n), CB_OK);
        ck_assert_uint_eq(n, 0);
        total = 0;
        do {
            status = step_end(encoder, &data, &n);
            ck_assert(status == CB_OK || status == CB_YES);
            for (size_t i = 0; i < n; i++)
                expect(((const uint8_t *)data)[i] == 0xee, "another byte");
            total += n;
            calls++;
        } while (status == CB_YES);
        ck_assert_uint_eq(total, SIZE - length);
    }
    ck_assert_uint_gt(calls, 2); /* so MORE was seen */
    cb_encoder_free(encoder);
}
END_TEST

/* --------------------------------------------------------------- unencodable */

struct refused {
    const char *specification;
    uint64_t length;
    uint64_t possible; /* a length that goes */
};

static const struct refused refusals[] = {
    {"fixed:5", 6, 5},
    {"fixed:5", 4, 5},
    {"fixed:5", 0, 5},
    {"fixed:5,pad=x", 6, 0},
    {"u8", 256, 255},
    {"dec,digits=3", 1000, 999},
    {"hex,digits=2", 256, 255},
    {"hex,digits=2,inclusive", 254, 253},
    {"hex,digits=2,control=4", 3, 4},
    {"dec,digits=20,inclusive", UINT64_MAX - 19, UINT64_MAX - 20},
    {"fcgi", 65536, 65535},
    {"tls", 18433, 18432},
    {"mqtt", 268435456, 268435455},
    {"octet", 0, 1},
    {"dns", 11, 12},
    {"kafka", UINT64_C(1) << 31, INT32_MAX},
    {"postgres-startup", 3, 4},
    {"postgres-startup", 10001, 10000},
    {"u8,min=3,max=7", 2, 3},
    {"u8,min=3,max=7", 8, 7},
    {"u8,max=7,inclusive", 7, 6},
    {"varint,max-width=2", 16384, 16383},
    {"quic", UINT64_C(1) << 62, (UINT64_C(1) << 62) - 1},
    {"varint,max-width=2,inclusive", 16382, 16381},
    {"varint,min=3,max=7", 8, 7},
    {"dec,min=3,max=7", 2, 3},
    {"dec,max=7", 8, 7},
    {"tpkt", 65532, 65531},
    {"pkt-line", 65517, 65516},
    {"postgres", 0x3fffffff, 0x3ffffffe}, /* less than MaxAllocSize */
    {"u32be,adjust=-4", UINT32_MAX - 3, UINT32_MAX - 4},
    {"u16be", 65536, 65535},
    {"u16le", 65536, 65535},
    {"u24be", 1 << 24, (1 << 24) - 1},
    {"u32le", UINT64_C(1) << 32, UINT32_MAX},
    {"u40be", UINT64_C(1) << 40, (UINT64_C(1) << 40) - 1},
    {"u48le", UINT64_C(1) << 48, (UINT64_C(1) << 48) - 1},
    {"u56be", UINT64_C(1) << 56, (UINT64_C(1) << 56) - 1},
    {"u8,inclusive", 255, 254},
    {"u8,offset=3,inclusive", 252, 251},
    {"u8,adjust=-3", 253, 252},
    {"u8,adjust=3", 2, 3},
    {"u8,adjust=3", 259, 258},
    {"u8,adjust=3,inclusive", 1, 2},
    {"u64be,inclusive", UINT64_MAX - 7, UINT64_MAX - 8},
    {"u64le,adjust=-5", UINT64_MAX - 4, UINT64_MAX - 5},
    {"varint,adjust=3", 2, 3},
    {"varint,adjust=-5", UINT64_MAX - 4, UINT64_MAX - 5},
    {"varint,inclusive", UINT64_MAX - 9, UINT64_MAX - 10},
    {"chunked", 0, 1},
    {"u8,more=10,min=2", 11, 2}, /* the last frame would be of one byte */
    {"u8,more=10,min=2", 10, 2},
    {"u8,more=10,min=2", 1, 2},
};

START_TEST(a_length_that_cannot_be_said_is_refused)
{
    const struct refused *refused = &refusals[_i];
    struct cb_encoder *encoder = new_encoder(refused->specification);
    const void *data;
    size_t n;

    ck_assert_int_eq(step_begin(encoder, refused->possible, &data, &n), CB_OK);
    do {
    } while (step_end(encoder, &data, &n) == CB_YES);
    ck_assert_int_eq(step_begin(encoder, refused->length, &data, &n), CB_EUNENCODABLE);
    const struct cb_error *error = cb_encoder_error(encoder);
    ck_assert_int_eq(error->code, CB_EUNENCODABLE);
    ck_assert_uint_eq(error->record, 2);
    ck_assert_uint_gt(strlen(error->text), 0);
    cb_encoder_free(encoder);
}
END_TEST

/* Scratch has room for the digits, but not for any terminator. */
START_TEST(a_terminator_may_be_too_long_to_be_written)
{
    static char specification[8192] = "dec:";
    const void *data;
    size_t n;

    memset(specification + 4, ';', sizeof specification - 5);
    struct cb_encoder *encoder = new_encoder(specification);
    ck_assert_int_eq(step_begin(encoder, 1, &data, &n), CB_EUNENCODABLE);
    ck_assert_ptr_nonnull(strstr(cb_encoder_error(encoder)->text, "terminator"));
    cb_encoder_free(encoder);
}
END_TEST

/* What a record in one piece or two is refused for. */
static const struct {
    const char *specification, *first, *last;
    size_t first_size, last_size;
    bool right;
} looked_at[] = {
    /* A document of BSON begins with its own length. */
    {"bson", "\5\0\0\0\0", NULL, 5, 0, true},
    {"bson", "\5\0", "\0\0\0", 2, 3, true},
    {"bson", "\4\0\0\0\0", NULL, 5, 0, false},
    {"bson", "\6\0\0\0\0", NULL, 5, 0, false},
    {"bson", "\6\0\0\0", "\0", 4, 1, false},
    {"bson", "\x7f\0\0\0\0", NULL, 5, 0, false},
    {"bson", "\5\0\0\0x", NULL, 5, 0, false},
    {"bson", "\5\0\0", NULL, 3, 0, false},
    /* Where empty records are left out, an empty first piece may be more. */
    {"line,skip-empty", "", "x", 0, 1, true},
    {"line,skip-empty", "", "", 0, 0, false},
    {"line,skip-empty", "", NULL, 0, 0, false},
    {"line", "", "", 0, 0, true},
    /* A delimiter that may become a longer one. */
    {"delim:a,or=ab", "x", NULL, 1, 0, true},
    {"delim:a,or=ab", "", "x", 0, 1, true},
    {"delim:a,or=ab", "xa", NULL, 2, 0, false},
    {"delim:a,or=ab", "x", "a", 1, 1, false},
    {"delim:aa,or=aab", "xa", NULL, 2, 0, false},
};

START_TEST(a_lead_has_4032_bytes_at_most)
{
    enum { MOST = 4032 };
    static const char before[] = "content-length,lead=X: ";
    char specification[sizeof before + MOST + 8];
    struct cb_error error;
    struct cb_encoder *encoder;
    const size_t at = sizeof before - 1 - strlen("X: ");

    for (size_t n = MOST; n <= MOST + 1; n++) { /* of the lead, in which CRLF is written \\r\\n */
        memset(specification, 'x', sizeof specification);
        memcpy(specification, before, sizeof before - 1);
        memcpy(specification + at + n - 2, "\\r\\n", 5);
        if (n > MOST) {
            ck_assert_int_eq(cb_encoder_new(&encoder, specification, NULL, &error), CB_EINVAL);
            ck_assert_uint_eq(error.offset, strlen("content-length,"));
            break;
        }
        struct cb_buffer *out = new_buffer(NULL, 8192);
        ck_assert_int_eq(cb_encoder_new(&encoder, specification, NULL, &error), CB_OK);
        ck_assert_int_eq(cb_encode_bytes(encoder, "", 0, NULL, NULL, out), CB_OK);
        ck_assert_uint_eq(cb_length(out), MOST + strlen("Content-Length: 0\r\n\r\n"));
        cb_buffer_free(out);
        cb_encoder_free(encoder);
    }
}
END_TEST

START_TEST(a_record_that_would_not_be_read_back_is_refused)
{
    const struct cb_encoder_options options = {.size = sizeof options, .refuse_collisions = 1};
    const size_t first = looked_at[_i].first_size, last = looked_at[_i].last_size;
    const bool two = looked_at[_i].last != NULL;
    struct cb_piece piece = {.data = (const uint8_t *)looked_at[_i].first,
                             .length = first,
                             .record = 1,
                             .total = first + last,
                             .flags = CB_FIRST | (two ? 0U : (unsigned)CB_LAST)};
    struct cb_encoder *encoder;

    ck_assert_int_eq(cb_encoder_new(&encoder, looked_at[_i].specification, &options, NULL), CB_OK);
    int status = step_look(encoder, &piece);
    if (status == CB_OK && two) {
        piece.data = (const uint8_t *)looked_at[_i].last;
        piece.length = last;
        piece.flags = CB_LAST;
        status = step_look(encoder, &piece);
    }
    expect(status == (looked_at[_i].right ? CB_OK : CB_EUNENCODABLE), "%s, %d: %d",
           looked_at[_i].specification, _i, status);
    cb_encoder_free(encoder);
}
END_TEST

START_TEST(what_needs_a_length_refuses_an_unknown_one)
{
    static const char *const needs[] = {"fixed:5", "u16be",     "varint",  "dec",
                                        "hex:\\n", "netstring", "chunked", "websocket"};
    const void *data;
    size_t n;

    for (size_t i = 0; i < COUNT(needs); i++) {
        struct cb_encoder *encoder = new_encoder(needs[i]);

        ck_assert_msg(cb_encoder_traits(encoder) & CB_NEEDS_LENGTH, "%s", needs[i]);
        ck_assert_int_eq(step_begin(encoder, CB_UNKNOWN, &data, &n), CB_EINVAL);
        cb_encoder_free(encoder);
    }
}
END_TEST
START_TEST(what_is_constant_is_alike_for_every_record)
{
    static const char *const constant[] = {"raw", "none", "line", "lf", "crlf", "nul", "delim:ab"};
    static const uint64_t sizes[] = {0, 1, 300, UINT64_MAX - 1, CB_UNKNOWN};

    for (size_t i = 0; i < COUNT(constant); i++) {
        struct cb_encoder *encoder = new_encoder(constant[i]);
        size_t before, after, n;
        const void *data;

        ck_assert_msg(cb_encoder_traits(encoder) & CB_CONSTANT, "%s", constant[i]);
        ck_assert(!(cb_encoder_traits(encoder) & CB_NEEDS_LENGTH));
        ck_assert_int_eq(step_begin(encoder, 7, &data, &before), CB_OK);
        ck_assert_int_eq(step_end(encoder, &data, &after), CB_OK);
        for (size_t s = 0; s < COUNT(sizes); s++) {
            ck_assert_int_eq(step_begin(encoder, sizes[s], &data, &n), CB_OK);
            ck_assert_uint_eq(n, before);
            ck_assert_int_eq(step_end(encoder, &data, &n), CB_OK);
            ck_assert_uint_eq(n, after);
        }
        cb_encoder_free(encoder);
    }
}
END_TEST

START_TEST(lengths_are_not_constant)
{
    static const char *const varying[] = {"fixed:5,pad=x", "u8",   "varint", "dec",      "chunked",
                                          "slip",          "cobs", "sse",    "websocket"};

    for (size_t i = 0; i < COUNT(varying); i++) {
        struct cb_encoder *encoder = new_encoder(varying[i]);

        ck_assert_msg(!(cb_encoder_traits(encoder) & CB_CONSTANT), "%s", varying[i]);
        cb_encoder_free(encoder);
    }
}
END_TEST

START_TEST(only_none_leaves_the_payload_out)
{
    struct cb_encoder *none = new_encoder("none"), *raw = new_encoder("raw");

    ck_assert(cb_encoder_traits(none) & CB_NO_PAYLOAD);
    ck_assert(!(cb_encoder_traits(raw) & CB_NO_PAYLOAD));
    cb_encoder_free(none);
    cb_encoder_free(raw);
}
END_TEST

/* ---------------------------------------------------------------------- life */

static const struct {
    const char *specification;
    uint64_t column;
} faults[] = {
    {"nonsense", 0},  {"line,keep", 5},      {"u16be,keep", 6}, {"fixed", 5},
    {"delim", 5},     {"fixed:3,pad=ab", 8}, {"raw:x", 4},      {"raw,x", 4},
    {"none,keep", 5}, {"delim:\\q", 6},      {"line,", 5},      {"u8,trailer=", 3},
    {"content-length,start-line", 15},
};

START_TEST(a_wrong_specification_is_refused_with_its_column)
{
    struct cb_error error = {.code = CB_OK, .record = 9, .offset = 9999};
    struct cb_encoder *encoder = NULL;

    ck_assert_int_eq(cb_encoder_new(&encoder, faults[_i].specification, NULL, &error), CB_EINVAL);
    ck_assert_ptr_null(encoder);
    ck_assert_int_eq(error.code, CB_EINVAL);
    ck_assert_uint_eq(error.record, 0);
    ck_assert_msg(error.offset == faults[_i].column, "%s: column %" PRIu64,
                  faults[_i].specification, error.offset);
    ck_assert_int_eq(cb_encoder_new(&encoder, faults[_i].specification, NULL, NULL), CB_EINVAL);
}
END_TEST

START_TEST(options_without_a_size_are_refused)
{
    struct cb_encoder_options options = {.size = 0};
    struct cb_encoder *encoder = NULL;
    struct cb_error error;

    ck_assert_int_eq(cb_encoder_new(&encoder, "line", &options, &error), CB_EINVAL);
    ck_assert_int_eq(error.code, CB_EINVAL);
}
END_TEST

START_TEST(colors_are_asked_for_or_not)
{
    struct cb_encoder_options options = {.size = sizeof options, .color = 1};
    struct cb_encoder *encoder = NULL;
    struct cb_error error;

    ck_assert_int_eq(cb_encoder_new(&encoder, "line", &options, &error), CB_OK);
    cb_encoder_free(encoder);
    options.color = 2;
    ck_assert_int_eq(cb_encoder_new(&encoder, "line", &options, &error), CB_EINVAL);
    ck_assert_uint_eq(error.offset, 0);
}
END_TEST

START_TEST(what_options_hold_that_is_not_known_is_refused)
{
    struct longer {
        struct cb_encoder_options known;
        uint8_t more[9];
    } options = {.known.size = sizeof options};
    const struct cb_allocator nothing = {.alloc = NULL};
    struct cb_encoder *encoder = NULL;
    struct cb_error error;

    ck_assert_int_eq(cb_encoder_new(&encoder, "line", &options.known, &error), CB_OK);
    cb_encoder_free(encoder);
    encoder = NULL;
    options.more[0] = 1;
    ck_assert_int_eq(cb_encoder_new(&encoder, "line", &options.known, &error), CB_EINVAL);
    ck_assert_int_eq(error.code, CB_EINVAL);
    options.known.size = sizeof options.known;
    options.known.refuse_collisions = 2;
    ck_assert_int_eq(cb_encoder_new(&encoder, "line", &options.known, &error), CB_EINVAL);
    options.known.refuse_collisions = 0;
    options.known.allocator = &nothing;
    ck_assert_int_eq(cb_encoder_new(&encoder, "line", &options.known, &error), CB_EINVAL);
    ck_assert_ptr_null(encoder);
}
END_TEST

START_TEST(every_failed_allocation_is_reported_and_nothing_leaks)
{
    static const char *const specifications[] = {
        "line",           "crlf",      "delim:a,or=b", "delim:0123456789abcdef,or=0123456789ABCDEF",
        "u16be,offset=3", "netstring", "chunked",      "slip",
        "hdlc",           "cobs",      "sse",          "websocket,mask"};

    for (size_t i = 0; i < 2 * COUNT(specifications); i++) {
        bool failed = true;

        for (uint64_t n = 1; failed; n++) {
            struct counting counting;
            const struct cb_encoder_options options = {.size = sizeof options,
                                                       .allocator = &counting.hooks,
                                                       .refuse_collisions = i % 2};
            struct cb_encoder *encoder = NULL;
            struct cb_error error = {.code = CB_OK};

            counting_init(&counting);
            counting_fail(&counting, n, false);
            int status = cb_encoder_new(&encoder, specifications[i / 2], &options, &error);
            failed = counting.failed;
            ck_assert_int_eq(status, failed ? CB_ENOMEM : CB_OK);
            ck_assert_int_eq(error.code, status);
            ck_assert(n > 1 || failed);
            cb_encoder_free(encoder);
            counting_fini(&counting);
        }
    }
}
END_TEST

START_TEST(encoding_allocates_nothing)
{
    static const char *const specifications[] = {
        "line", "u16be", "varint", "netstring", "chunked", "slip", "cobs", "sse", "websocket,mask"};
    struct counting counting;
    struct cb_encoder_options options = {.size = sizeof options};

    counting_init(&counting);
    options.allocator = &counting.hooks;
    for (size_t i = 0; i < COUNT(specifications); i++) {
        const char payload[100] = "a payload";
        const struct cb_piece piece = {.data = (const uint8_t *)payload,
                                       .length = 100,
                                       .record = 1,
                                       .total = 100,
                                       .flags = CB_FIRST | CB_LAST};
        struct cb_encoder *encoder = NULL;
        char room[1000];
        const void *data;
        size_t n, size;

        ck_assert_int_eq(cb_encoder_new(&encoder, specifications[i], &options, NULL), CB_OK);
        uint64_t calls = counting.calls;
        for (int record = 0; record < 1000; record++) {
            expect(step_look(encoder, &piece) == CB_OK, "look");
            expect(step_begin(encoder, 100, &data, &n) == CB_OK, "begin");
            n = 100;
            size = sizeof room;
            if (cb_encoder_traits(encoder) & CB_TRANSFORMS)
                expect(step_payload(encoder, payload, &n, room, &size) == CB_OK, "payload");
            expect(step_end(encoder, &data, &n) == CB_OK, "end");
        }
        ck_assert_uint_eq(counting.calls, calls);
        cb_encoder_free(encoder);
    }
    counting_fini(&counting);
}
END_TEST

START_TEST(no_encoder_can_be_freed)
{
    cb_encoder_free(NULL);
}
END_TEST

START_TEST(the_specification_is_not_needed_afterwards)
{
    char specification[] = "dec:<end>,trailer=|tail|";
    struct cb_encoder *encoder = new_encoder(specification);
    const void *data;
    size_t n;

    memset(specification, 'x', sizeof specification - 1);
    ck_assert_int_eq(step_begin(encoder, 3, &data, &n), CB_OK);
    ck_assert_uint_eq(n, 6);
    ck_assert(memcmp(data, "3<end>", 6) == 0);
    ck_assert_int_eq(step_end(encoder, &data, &n), CB_OK);
    ck_assert_uint_eq(n, 6);
    ck_assert(memcmp(data, "|tail|", 6) == 0);
    cb_encoder_free(encoder);
}
END_TEST

static Suite *encoder_suite(void)
{
    Suite *suite = suite_create("encoder");
    TCase *bytes = add_case(suite, "bytes");
    TCase *refused = add_case(suite, "refused");
    TCase *traits = add_case(suite, "traits");
    TCase *life = add_case(suite, "life");

    tcase_add_loop_test(bytes, a_record_stands_between_these_bytes, 0, (int)COUNT(examples));
    tcase_add_test(bytes, a_checksum_is_of_all_pieces_of_a_record_and_no_other);
    tcase_add_test(bytes, no_bytes_are_no_null_pointer);
    tcase_add_test(bytes, only_chunked_writes_at_the_end_of_the_stream);
    tcase_add_test(bytes, long_padding_comes_in_parts);

    tcase_add_loop_test(refused, a_length_that_cannot_be_said_is_refused, 0, (int)COUNT(refusals));
    tcase_add_test(refused, what_needs_a_length_refuses_an_unknown_one);
    tcase_add_test(refused, a_terminator_may_be_too_long_to_be_written);
    tcase_add_test(refused, a_lead_has_4032_bytes_at_most);
    tcase_add_loop_test(refused, a_record_that_would_not_be_read_back_is_refused, 0,
                        (int)COUNT(looked_at));

    tcase_add_test(traits, what_is_constant_is_alike_for_every_record);
    tcase_add_test(traits, lengths_are_not_constant);
    tcase_add_test(traits, only_none_leaves_the_payload_out);

    tcase_add_loop_test(life, a_wrong_specification_is_refused_with_its_column, 0,
                        (int)COUNT(faults));
    tcase_add_test(life, options_without_a_size_are_refused);
    tcase_add_test(life, colors_are_asked_for_or_not);
    tcase_add_test(life, what_options_hold_that_is_not_known_is_refused);
    tcase_add_test(life, every_failed_allocation_is_reported_and_nothing_leaks);
    tcase_add_test(life, encoding_allocates_nothing);
    tcase_add_test(life, no_encoder_can_be_freed);
    tcase_add_test(life, the_specification_is_not_needed_afterwards);
    return suite;
}

int main(void)
{
    return run_suite(encoder_suite());
}
