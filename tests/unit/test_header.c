/* SPDX-License-Identifier: MIT */
/*
 * The header of a record's frame, as its first piece tells of it: the same however
 * the input comes.
 */
#include <inttypes.h>
#include <string.h>

#include "expect.h"
#include "streams.h"

enum { RECORDS = 4, PIECES = 16 };

static const struct sample {
    const char *specification;
    const char *bytes;
    size_t size;
    struct {
        const char *bytes;
        size_t size;
    } headers[RECORDS]; /* as the format has them */
} samples[] = {
    {"docker",
     BYTES("\1\0\0\0\0\0\0\3one\2\0\0\0\0\0\0\0\2\0\0\0\0\0\0\1x"),
     {{BYTES("\1\0\0\0\0\0\0\3")}, {BYTES("\2\0\0\0\0\0\0\0")}, {BYTES("\2\0\0\0\0\0\0\1")}}},
    {"postgres", BYTES("Z\0\0\0\5IC\0\0\0\7ab\0"), {{BYTES("Z\0\0\0\5")}, {BYTES("C\0\0\0\7")}}},
    {"u8,offset=1,only=0:61", BYTES("a\3oneb\2toa\1x"), {{BYTES("a\3")}, {BYTES("a\1")}}},
    {"u16be,keep", BYTES("\0\3one\0\1x"), {{BYTES("")}, {BYTES("")}}},
    {"varint", BYTES("\3one\x81\0x"), {{BYTES("\3")}, {BYTES("\x81\0")}}},
    {"netstring", BYTES("3:one,0:,10:0123456789,"), {{BYTES("3:")}, {BYTES("0:")}, {BYTES("10:")}}},
    {"chunked",
     BYTES("3;a=b\r\none\r\n1\r\nx\r\n0\r\n\r\n"),
     {{BYTES("3;a=b\r\n")}, {BYTES("1\r\n")}}},
    {"pcap",
     BYTES(PCAP_BIG "sec.sub.\0\0\0\3\0\0\0\3onesec.sub.\0\0\0\0\0\0\0\x9"),
     {{BYTES("sec.sub.\0\0\0\3\0\0\0\3")}, {BYTES("sec.sub.\0\0\0\0\0\0\0\x9")}}},
    {"pcapng",
     BYTES(SECTION_BIG "\0\0\0\6\0\0\0\xc\0\0\0\xc" SECTION_LITTLE),
     {{BYTES("\n\r\r\n\0\0\0\x1c")}, {BYTES("\0\0\0\6\0\0\0\xc")}, {BYTES("\n\r\r\n\x1c\0\0\0")}}},
    {"fix", BYTES(FIX_HEARTBEAT), {{BYTES("")}}},
    {"journal", BYTES("A=b\n\nC=d\n\n"), {{BYTES("")}, {BYTES("")}}},
    {"content-length",
     BYTES("Content-Length: 2\r\nX: y\r\n\r\nhi"),
     {{BYTES("Content-Length: 2\r\nX: y\r\n\r\n")}}},
    {"websocket",
     BYTES("\x82\3one\x81\x82"
           "abcd"
           "\t\v"),
     {{BYTES("\x82\3")},
      {BYTES("\x81\x82"
             "abcd")}}},
    {"http",
     BYTES("GET / HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
     {{BYTES("GET / HTTP/1.1\r\n\r\n")}, {BYTES("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")}}},
    {"http",
     BYTES(
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"),
     {{BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n")}}},
    {"crlf", BYTES("one\r\ntwo\r\n"), {{BYTES("")}, {BYTES("")}}},
    {"slip", BYTES("one\xc0\xc0two\xc0"), {{BYTES("")}, {BYTES("")}}},
    {"json", BYTES(" [1] {} "), {{BYTES("")}, {BYTES("")}}},
};

/* How an input comes and is read. */
struct way {
    size_t block; /* in blocks of so many bytes */
    bool slowly;  /* one at a time */
    bool whole;
    size_t max; /* pieces a call */
};

static void check_header(const struct sample *sample, const struct cb_decoder *decoder,
                         const struct cb_piece *piece)
{
    char header[80] = "";
    size_t expected = 0, n = cb_decoder_header(decoder, piece, header, sizeof header);

    if (piece->flags & CB_FIRST) {
        expected = sample->headers[piece->record - 1].size;
        expect(n == expected && memcmp(header, sample->headers[piece->record - 1].bytes, n) == 0,
               "%s, record %" PRIu64 ": a header of %zu bytes", sample->specification,
               piece->record, n);
        ck_assert_uint_eq(cb_decoder_header(decoder, piece, header, 1), n > 0);
    }
    ck_assert_uint_eq(piece->header, expected);
    ck_assert(expected > 0 || !(piece->flags & CB_APART));
    if (expected > 0 && !(piece->flags & CB_APART))
        ck_assert(memcmp(piece->data - n, header, n) == 0);
}

/* Reads all there is; the headers are asked for when the last piece was given. */
static void read_all(const struct sample *sample, const struct way *way, struct cb_decoder *decoder,
                     struct cb_buffer *buffer)
{
    struct cb_piece pieces[PIECES];
    ssize_t n;

    for (;;) {
        if (way->max == 1)
            n = cb_decoder_next(decoder, buffer, pieces);
        else
            n = cb_decoder_batch(decoder, buffer, pieces, way->max);
        ck_assert(n >= 0 || n == CB_END);
        if (n <= 0)
            return;
        for (ssize_t i = 0; i < n; i++)
            check_header(sample, decoder, &pieces[i]);
        if (way->max > 1)
            cb_decoder_release(decoder, buffer);
    }
}

static void check_way(const struct sample *sample, const struct way *way)
{
    struct cb_decoder_options options = {.size = sizeof options, .whole = way->whole};
    struct cb_buffer *buffer;
    struct cb_decoder *decoder;
    uint64_t records = 0;

    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, sample->specification, &options, NULL), CB_OK);
    for (size_t at = 0; at < sample->size; at += way->block) {
        const size_t n = sample->size - at < way->block ? sample->size - at : way->block;

        append_block(buffer, sample->bytes + at, n);
        if (way->slowly)
            read_all(sample, way, decoder, buffer);
    }
    read_all(sample, way, decoder, buffer);
    cb_decoder_finish(decoder);
    read_all(sample, way, decoder, buffer);
    while (records < RECORDS && sample->headers[records].bytes)
        records++;
    ck_assert_uint_eq(cb_decoder_record(decoder), records + 1);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}

START_TEST(a_header_is_the_same_however_the_input_comes)
{
    const struct sample *sample = &samples[_i];

    for (size_t block = 1; block <= sample->size; block++) {
        for (unsigned i = 0; i < 8; i++) {
            const struct way way = {
                .block = block, .slowly = i & 1, .whole = i & 2, .max = i & 4 ? PIECES : 1};
            check_way(sample, &way);
        }
    }
}
END_TEST

START_TEST(a_header_in_the_same_block_ends_at_the_payload)
{
    struct cb_piece pieces[PIECES];
    struct cb_buffer *buffer;
    struct cb_decoder *decoder;

    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "u16be", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append(buffer, BYTES("\0\3one\0\0\0\3two")), CB_OK);
    for (size_t max = 1; max <= PIECES; max *= PIECES) {
        ck_assert_int_ge(cb_decoder_batch(decoder, buffer, pieces, max), 1);
        ck_assert_uint_eq(pieces[0].flags, CB_FIRST | CB_LAST);
        ck_assert_uint_eq(pieces[0].header, 2);
    }
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

static Suite *header_suite(void)
{
    Suite *suite = suite_create("header");
    TCase *pieces = add_case(suite, "pieces");

    tcase_add_loop_test(pieces, a_header_is_the_same_however_the_input_comes, 0,
                        (int)COUNT(samples));
    tcase_add_test(pieces, a_header_in_the_same_block_ends_at_the_payload);
    return suite;
}

int main(void)
{
    return run_suite(header_suite());
}
