/* SPDX-License-Identifier: MIT */
/*
 * The header of a record's frame, as its first piece tells of it: the same however
 * the input comes.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ways.h"

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
     BYTES("\x82\x83"
           "zzzzone\x81\x82"
           "abcd\t\v"),
     {{BYTES("\x82\x83"
             "zzzz")},
      {BYTES("\x81\x82"
             "abcd")}}},
    {"websocket", BYTES("\x82\3one\x81\2hi"), {{BYTES("\x82\3")}, {BYTES("\x81\2")}}},
    {"http",
     BYTES("GET / HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
     {{BYTES("GET / HTTP/1.1\r\n\r\n")}, {BYTES("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")}}},
    {"http",
     BYTES(
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"),
     {{BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n")}}},
    {"crlf", BYTES("one\r\ntwo\r\n"), {{BYTES("")}, {BYTES("")}}},
    {"slip", BYTES("one\xc0\xc0two\xc0"), {{BYTES("")}, {BYTES("")}}},
    {"hdlc", BYTES("~one~~two~"), {{BYTES("")}, {BYTES("")}}},
    {"json", BYTES(" [1] {} "), {{BYTES("")}, {BYTES("")}}},
};

static void check_header(const void *arg, const struct cb_decoder *decoder,
                         const struct cb_piece *piece)
{
    const struct sample *sample = arg;
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

START_TEST(a_header_is_the_same_however_the_input_comes)
{
    const struct sample *sample = &samples[_i];
    struct ways ways = {.specification = sample->specification,
                        .bytes = sample->bytes,
                        .size = sample->size,
                        .arg = sample,
                        .see = check_header};

    while (ways.records < RECORDS && sample->headers[ways.records].bytes)
        ways.records++;
    ways_try_all(&ways);
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

/* ----------------------------------------------- outputs that write the header */

struct text {
    char bytes[16384];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    const size_t room = sizeof text->bytes - text->length;
    va_list arguments;

    va_start(arguments, format);
    const int n = vsnprintf(text->bytes + text->length, room, format, arguments);
    va_end(arguments);
    expect(n >= 0 && (size_t)n < room, "a text is too long");
    text->length += (size_t)n;
}

static void put_digits(struct text *text, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put(text, "%02x", (uint8_t)bytes[i]);
}

/* The "header" members of the objects of a sample, one after another, as they should be. */
static void wanted_members(const struct sample *sample, struct text *text)
{
    text->length = 0;
    for (size_t i = 0; i < RECORDS && sample->headers[i].bytes; i++) {
        put(text, "\"header\":\"");
        put_digits(text, sample->headers[i].bytes, sample->headers[i].size);
        put(text, "\"}\n");
    }
}

/* The same from what was written. */
static void written_members(struct cb_buffer *out, struct text *members)
{
    size_t size;
    char *text = (char *)flatten(out, &size);

    members->length = 0;
    for (char *at = text, *end; (end = memchr(at, '\n', size - (size_t)(at - text)));
         at = end + 1) {
        *end = '\0';
        const char *member = strstr(at, "\"header\"");
        put(members, "%s\n", member ? member : "none");
        if ((size_t)(end + 1 - text) == size)
            break;
    }
    free(text);
}

START_TEST(a_header_is_written_however_the_input_comes)
{
    const struct sample *sample = &samples[_i];
    struct cb_decoder_options options = {.size = sizeof options, .whole = CB_WHOLE};
    static struct text wanted, written;

    wanted_members(sample, &wanted);
    for (size_t block = 1; block <= sample->size; block++) {
        struct cb_buffer *in = buffer_of(NULL, sample->bytes, sample->size, block), *out;
        struct cb_decoder *decoder;
        struct cb_encoder *encoder;
        struct cb_piece pieces[PIECES];
        ssize_t n;
        size_t taken;

        ck_assert_int_eq(cb_buffer_new(&out, NULL), CB_OK);
        ck_assert_int_eq(cb_decoder_new(&decoder, sample->specification, &options, NULL), CB_OK);
        ck_assert_int_eq(cb_encoder_new(&encoder, "json,header", NULL, NULL), CB_OK);
        cb_decoder_finish(decoder);
        if (block % 2) {
            while (cb_reframe(decoder, encoder, in, out, CB_ALL, NULL) == CB_YES)
                continue;
        } else {
            cb_encoder_follow(encoder, decoder);
            while ((n = cb_decoder_batch(decoder, in, pieces, PIECES)) > 0) {
                ck_assert_int_eq(cb_encode_pieces(encoder, pieces, (size_t)n, out, &taken), CB_OK);
                cb_decoder_release(decoder, in);
            }
        }
        written_members(out, &written);
        ck_assert_str_eq(written.bytes, wanted.bytes);
        cb_decoder_free(decoder);
        cb_encoder_free(encoder);
        cb_buffer_free(in);
        cb_buffer_free(out);
    }
}
END_TEST

START_TEST(a_header_that_is_apart_is_only_had_from_the_decoder)
{
    struct cb_buffer *in = buffer_of(NULL, BYTES("\0\3one"), 1), *out;
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_piece piece;
    size_t taken;

    ck_assert_int_eq(cb_buffer_new(&out, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "u16be", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&encoder, "json,header", NULL, NULL), CB_OK);
    ck_assert_uint_ne(cb_encoder_traits(encoder) & CB_NEEDS_HEADER, 0);
    ck_assert_int_eq(cb_decoder_next(decoder, in, &piece), CB_PIECE);
    ck_assert_uint_ne(piece.flags & CB_APART, 0);
    ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_ESTATE);
    ck_assert_uint_eq(taken, 0);
    cb_encoder_follow(encoder, decoder);
    ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_OK);
    cb_encoder_reset(encoder);
    /* A record of the caller has none. */
    cb_skip(out, CB_ALL);
    ck_assert_int_eq(cb_encode_bytes(encoder, BYTES("x"), NULL, NULL, out), CB_OK);
    assert_holds(
        out, BYTES("{\"record\":1,\"offset\":0,\"length\":1,\"text\":\"x\",\"header\":\"\"}\n"));
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
    cb_buffer_free(in);
    cb_buffer_free(out);
}
END_TEST

START_TEST(a_header_at_its_piece_is_had_without_the_decoder)
{
    struct cb_buffer *in = buffer_of(NULL, BYTES("\0\3one"), 5), *out;
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_piece piece;
    size_t taken;

    ck_assert_int_eq(cb_buffer_new(&out, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "u16be", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&encoder, "json,header", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, in, &piece), CB_PIECE);
    ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_OK);
    assert_holds(
        out,
        BYTES("{\"record\":1,\"offset\":2,\"length\":3,\"text\":\"one\",\"header\":\"0003\"}\n"));
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
    cb_buffer_free(in);
    cb_buffer_free(out);
}
END_TEST

/* Longer than what is written at a time. */
START_TEST(a_long_header_is_written_in_full)
{
    enum { LONG = 5000 };
    static struct text head, wanted;
    struct cb_buffer *in, *out;
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;

    put(&head, "Content-Length: 1\r\nX: %0*d\r\n\r\n", LONG, 0);
    put(&wanted, "{\"record\":1,\"offset\":%zu,\"length\":1,\"base64\":\"/w==\",\"header\":\"",
        head.length);
    put_digits(&wanted, head.bytes, head.length);
    put(&wanted, "\"}\n");
    for (size_t limit = 0; limit < 5; limit++) {
        struct cb_buffer_options options = {.size = sizeof options, .limit = 100 * limit * limit};
        struct cb_buffer *all;
        int status;

        in = new_buffer(NULL, 4096);
        ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
        ck_assert_int_eq(cb_buffer_new(&all, NULL), CB_OK);
        ck_assert_int_eq(cb_append(in, head.bytes, head.length), CB_OK);
        ck_assert_int_eq(cb_append(in, "\xff", 1), CB_OK);
        ck_assert_int_eq(cb_decoder_new(&decoder, "content-length", NULL, NULL), CB_OK);
        ck_assert_int_eq(cb_encoder_new(&encoder, "json,header", NULL, NULL), CB_OK);
        while ((status = cb_reframe(decoder, encoder, in, out, CB_ALL, NULL)) == CB_YES)
            ck_assert_int_ge(cb_take(out, CB_ALL, all), 0);
        ck_assert_int_eq(status, CB_MORE);
        ck_assert_int_ge(cb_take(out, CB_ALL, all), 0);
        assert_holds(all, wanted.bytes, wanted.length);
        cb_decoder_free(decoder);
        cb_encoder_free(encoder);
        cb_buffer_free(in);
        cb_buffer_free(out);
        cb_buffer_free(all);
    }
}
END_TEST

/* Longer than a cut can tell. */
START_TEST(a_header_of_any_length_is_told)
{
    for (size_t length = 65530; length <= 65536; length++) { /* the most that is allowed */
        struct cb_buffer *in = new_buffer(NULL, 1 << 20);
        struct cb_decoder *decoder;
        struct cb_piece pieces[8];
        static char head[70000];
        const int n = snprintf(head, sizeof head, "Content-Length: 1\r\nX: ");

        memset(head + n, 'x', length - (size_t)n - 4);
        memcpy(head + length - 4, "\r\n\r\n?", 5);
        for (int i = 0; i < 5; i++)
            ck_assert_int_eq(cb_append(in, head, length + 1), CB_OK);
        ck_assert_int_eq(cb_decoder_new(&decoder, "content-length", NULL, NULL), CB_OK);
        for (size_t count = 0; count < 5;) {
            const ssize_t got = cb_decoder_batch(decoder, in, pieces, COUNT(pieces));

            ck_assert_int_gt((int)got, 0);
            for (ssize_t i = 0; i < got; i++, count++) {
                ck_assert_uint_eq(pieces[i].record, count + 1);
                ck_assert_uint_eq(pieces[i].header, length);
                ck_assert_uint_eq(pieces[i].length, 1);
                ck_assert_int_eq(pieces[i].data[0], '?');
            }
        }
        cb_decoder_free(decoder);
        cb_buffer_free(in);
    }
}
END_TEST

/* Room for it is taken as headers get longer, and all of it is given back. */
START_TEST(headers_of_growing_length_leave_no_memory)
{
#define OBJECT(record, offset, text, header)                                                       \
    "{\"record\":" #record ",\"offset\":" #offset ",\"length\":1,\"text\":\"" #text                \
    "\",\"header\":\"" #header "\"}\n"
    static const char wanted[] = OBJECT(1, 1, x, 01) OBJECT(2, 4, y, 8100) OBJECT(3, 8, z, 818000);
    bool failed = true;

    for (uint64_t n = 1; failed; n++) {
        struct cb_buffer *in = buffer_of(NULL, BYTES("\1x\x81\0y\x81\x80\0z"), 9), *out;
        struct counting counting;
        struct cb_encoder *encoder;
        struct cb_decoder *decoder;
        int status = CB_ENOMEM;

        counting_init(&counting);
        const struct cb_encoder_options options = {.size = sizeof options,
                                                   .allocator = &counting.hooks};
        ck_assert_int_eq(cb_buffer_new(&out, NULL), CB_OK);
        ck_assert_int_eq(cb_decoder_new(&decoder, "varint", NULL, NULL), CB_OK);
        ck_assert_int_eq(cb_encoder_new(&encoder, "json,header", &options, NULL), CB_OK);
        counting_fail(&counting, n, false);
        for (int i = 0; i < 2 && status == CB_ENOMEM; i++)
            status = cb_reframe(decoder, encoder, in, out, CB_ALL, NULL);
        failed = counting.failed;
        ck_assert(failed || n > 3);
        ck_assert_int_eq(status, CB_MORE);
        assert_holds(out, wanted, sizeof wanted - 1);
        cb_encoder_free(encoder);
        counting_fini(&counting);
        cb_decoder_free(decoder);
        cb_buffer_free(in);
        cb_buffer_free(out);
    }
}
END_TEST

static Suite *header_suite(void)
{
    Suite *suite = suite_create("header");
    TCase *pieces = add_case(suite, "pieces");
    TCase *outputs = add_case(suite, "outputs");

    tcase_add_loop_test(pieces, a_header_is_the_same_however_the_input_comes, 0,
                        (int)COUNT(samples));
    tcase_add_test(pieces, a_header_in_the_same_block_ends_at_the_payload);
    tcase_add_loop_test(outputs, a_header_is_written_however_the_input_comes, 0,
                        (int)COUNT(samples));
    tcase_add_test(outputs, a_header_that_is_apart_is_only_had_from_the_decoder);
    tcase_add_test(outputs, a_header_at_its_piece_is_had_without_the_decoder);
    tcase_add_test(outputs, a_long_header_is_written_in_full);
    tcase_add_test(pieces, a_header_of_any_length_is_told);
    tcase_add_test(outputs, headers_of_growing_length_leave_no_memory);
    return suite;
}

int main(void)
{
    return run_suite(header_suite());
}
