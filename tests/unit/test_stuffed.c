/* SPDX-License-Identifier: MIT */
/* Framings whose payload does not stand in the input as it is: slip, hdlc, cobs; and what these
 * have in common with sse and websocket. */
#include <string.h>

#include "expect.h"
#include "reading.h"
#include "steps.h"
#include "stuffed.h"

/* ----------------------------------------------------------------------- slip */

/* RFC 1055: END is 0xc0 (octal 300), ESC 0xdb (333), ESC_END 0xdc (334) and
 * ESC_ESC 0xdd (335). */
static const struct example slip[] = {
    {"slip", BYTES(""), GIVES("")},
    {"slip", BYTES("\xc0"), GIVES("")},
    {"slip", BYTES("\xc0\xc0\xc0\xc0"), GIVES("")},
    {"slip", BYTES("ab\xc0"), GIVES("[ab]")},
    {"slip",
     BYTES("\xc0"
           "ab\xc0"),
     GIVES("[ab]")},
    {"slip",
     BYTES("\xc0"
           "ab\xc0\xc0"
           "c\xc0"),
     GIVES("[ab][c]")},
    {"slip",
     BYTES("\xc0\xc0\xc0"
           "ab\xc0"
           "c\xc0\xc0"),
     GIVES("[ab][c]")},
    {"slip", BYTES("\xdb\xdc\xc0"), GIVES("[\\xc0]")},
    {"slip", BYTES("\xdb\xdd\xc0"), GIVES("[\\xdb]")},
    {"slip",
     BYTES("a\xdb\xdc\xdb\xdd\xdb\xdd"
           "b\xdc\xdd\xc0\xdb\xdc\xc0x\xc0"),
     GIVES("[a\\xc0\\xdb\\xdb"
           "b\\xdc\\xdd][\\xc0][x]")},
    {"slip",
     BYTES("a\xc0\xdb"
           "b\xc0"),
     MALFORMED("[a]", 3)},
    {"slip", BYTES("a\xdb\xc0"), MALFORMED("", 2)},
    {"slip", BYTES("a\xdb\xdb\xdc\xc0"), MALFORMED("", 2)},
    {"slip", BYTES("a\xc0x\xdb\xde\xc0"), MALFORMED("[a]", 4)},
    {"slip", BYTES("ab"), TRUNCATED("", 2)},
    {"slip",
     BYTES("\xc0"
           "ab\xc0"
           "c"),
     TRUNCATED("[ab]", 5)},
    {"slip", BYTES("a\xc0\xdb"), TRUNCATED("[a]", 3)},
    {"slip,keep",
     BYTES("\xc0"
           "ab\xc0\xc0"
           "c\xc0"),
     GIVES("[\\xc0"
           "ab\\xc0][\\xc0"
           "c\\xc0]")},
    {"slip,keep",
     BYTES("ab\xc0"
           "c\xc0\xc0\xc0\xdb\xdc\xc0\xc0"),
     GIVES("[ab\\xc0]"
           "[c\\xc0][\\xc0\\xdb\\xdc\\xc0]")},
    {"slip,keep", BYTES("ab\xc0\xdb\xc0"), MALFORMED("[ab\\xc0]", 4)},
    {"slip,keep", BYTES("ab\xc0\xc0z"), TRUNCATED("[ab\\xc0]", 5)},
};

START_TEST(slip_packets_end_at_their_mark)
{
    check_example(&slip[_i], true);
}
END_TEST

/* ----------------------------------------------------------------------- hdlc */

/* RFC 1662 section 4.2: the flag is 7e (~), Control Escape 7d (}), and what follows that has
 * bit 5 inverted: 7e is 7d 5e (}^), 7d is 7d 5d (}]), 11 is 7d 31 (}1). */
static const struct example hdlc[] = {
    {"hdlc", BYTES(""), GIVES("")},
    {"hdlc", BYTES("~"), GIVES("")},
    {"hdlc", BYTES("~~~~"), GIVES("")},
    {"hdlc", BYTES("~ab~"), GIVES("[ab]")},
    {"hdlc", BYTES("~ab~~c~d~"), GIVES("[ab][c][d]")},
    {"hdlc", BYTES("~}^}]}1}3~"), GIVES("[~}\\x11\\x13]")},
    {"hdlc", BYTES("~a}}b~"), GIVES("[a\\x5db]")},
    {"hdlc", BYTES("~\xff\x7d\x23\xc0\x21~"), GIVES("[\\xff\\x03\\xc0!]")},
    /* Section 4.3: a frame that ends with Control Escape is no frame, without an error. */
    {"hdlc", BYTES("~ab}~"), GIVES("")},
    {"hdlc", BYTES("~}~"), GIVES("")},
    {"hdlc", BYTES("~a~bc}~d~}~~e~"), GIVES("[a][d][e]")},
    {"hdlc", BYTES("~a}}~b~"), GIVES("[a\\x5d][b]")},
    {"hdlc,keep", BYTES("~a~b}1~~c}~d~~}~~"), GIVES("[~a~][b}1~][~d~]")},
    {"hdlc", BYTES("a~b~"), MALFORMED("", 0)},
    {"hdlc", BYTES("}~b~"), MALFORMED("", 0)},
    {"hdlc", BYTES("~ab"), TRUNCATED("", 3)},
    {"hdlc", BYTES("~ab~c}"), TRUNCATED("[ab]", 6)},
    {"hdlc", BYTES("~ab}~c"), TRUNCATED("", 6)},
};

START_TEST(hdlc_frames_stand_between_flags_unless_they_are_cancelled)
{
    check_example(&hdlc[_i], true);
}
END_TEST

/* ----------------------------------------------------------------------- cobs */

/* The wire of the short ones: en.wikipedia.org/wiki/Consistent_Overhead_Byte_Stuffing */
static const struct example cobs[] = {
    {"cobs", BYTES(""), GIVES("")},
    {"cobs", BYTES("\0\0\0"), GIVES("")},
    {"cobs", BYTES("\1\0"), GIVES("[]")},
    {"cobs", BYTES("\1\1\0"), GIVES("[\\x00]")},
    {"cobs", BYTES("\1\1\1\0"), GIVES("[\\x00\\x00]")},
    {"cobs", BYTES("\1\2\x11\1\0"), GIVES("[\\x00\\x11\\x00]")},
    {"cobs", BYTES("\3ab\2c\0"), GIVES("[ab\\x00c]")},
    {"cobs", BYTES("\5abcd\0"), GIVES("[abcd]")},
    {"cobs", BYTES("\2a\1\1\1\0"), GIVES("[a\\x00\\x00\\x00]")},
    {"cobs", BYTES("\2a\0\0\0\3bc\0\1\0\0"), GIVES("[a][bc][]")},
    {"cobs", BYTES("\2a\0\3b\0"), MALFORMED("[a]", 5)},
    {"cobs", BYTES("\xff\0"), MALFORMED("", 1)},
    {"cobs", BYTES("\2a\5"), TRUNCATED("", 3)},
    {"cobs", BYTES("\2a\0\3bc"), TRUNCATED("[a]", 6)},
    {"cobs", BYTES("\2a\0\0\1"), TRUNCATED("[a]", 5)},
    {"cobs,keep", BYTES("\0\2a\0\0\0\3bc\0\1\0\0"),
     GIVES("[\\x02a\\x00][\\x03bc\\x00][\\x01\\x00]")},
    {"cobs,keep", BYTES("\2a\0\3b\0"), MALFORMED("[\\x02a\\x00]", 5)},
};

START_TEST(cobs_frames_end_at_zero)
{
    check_example(&cobs[_i], true);
}
END_TEST

/* The bytes `first`, `first` + 1 ... `last` between others. */
struct span {
    const char *before;
    size_t before_size;
    uint8_t first, last;
    const char *after;
    size_t after_size;
};

static size_t span_make(const struct span *span, uint8_t *to)
{
    size_t n = span->before_size;

    memcpy(to, span->before, n);
    for (unsigned c = span->first; c <= span->last; c++)
        to[n++] = (uint8_t)c;
    memcpy(to + n, span->after, span->after_size);
    return n + span->after_size;
}

/* The same page's examples of blocks that are full. */
static const struct {
    struct span payload, wire;
} full_blocks[] = {
    {{BYTES(""), 1, 254, BYTES("")}, {BYTES("\xff"), 1, 254, BYTES("\0")}},
    {{BYTES("\0"), 1, 254, BYTES("")}, {BYTES("\1\xff"), 1, 254, BYTES("\0")}},
    {{BYTES(""), 1, 255, BYTES("")}, {BYTES("\xff"), 1, 254, BYTES("\2\xff\0")}},
    {{BYTES(""), 2, 255, BYTES("\0")}, {BYTES("\xff"), 2, 255, BYTES("\1\1\0")}},
    {{BYTES(""), 3, 255, BYTES("\0\1")}, {BYTES("\xfe"), 3, 255, BYTES("\2\1\0")}},
};

static void check_encoded(const char *specification, const uint8_t *payload, size_t size,
                          const uint8_t *wire, size_t wire_size);

START_TEST(full_blocks_go_both_ways)
{
    uint8_t payload[300], wire[300];
    size_t size = span_make(&full_blocks[_i].payload, payload);
    size_t wire_size = span_make(&full_blocks[_i].wire, wire);
    struct way way = {.cut = 1, .changed = true};

    check_encoded("cobs", payload, size, wire, wire_size);
    for (way.step = 1; way.step <= wire_size; way.step++) {
        struct record_list got;
        struct outcome outcome = read_input("cobs", NULL, wire, wire_size, &way, &got);

        expect(outcome.status == CB_END && got.count == 1 && got.size == size &&
                   memcmp(got.bytes, payload, size) == 0,
               "in steps of %zu: status %d, %zu bytes", way.step, outcome.status, got.size);
        list_free(&got);
    }
}
END_TEST

/* Without the block of no bytes that the paper's StuffData writes after a full
 * one, or with it: the payload is the same. */
START_TEST(an_empty_block_after_a_full_one_says_nothing)
{
    const struct span span = {BYTES("\xff"), 1, 254, BYTES("\1\0")};
    uint8_t wire[300];
    size_t size = span_make(&span, wire);
    struct way way = {.cut = 100, .step = 100, .changed = true};
    struct record_list got;

    struct outcome outcome = read_input("cobs", NULL, wire, size, &way, &got);
    ck_assert_int_eq(outcome.status, CB_END);
    ck_assert_uint_eq(got.count, 1);
    ck_assert_uint_eq(got.size, 254);
    list_free(&got);
}
END_TEST

/* --------------------------------------------------------------------- limits */

static const struct limited cut_short[] = {
    {"slip", BYTES("ab\xc0x\xdb\xdc"), 0, CB_PARTIAL_EMIT, GIVES("[ab][x\\xc0]")},
    {"slip", BYTES("ab\xc0x\xdb"), 0, CB_PARTIAL_EMIT, GIVES("[ab][x]")},
    {"slip", BYTES("ab\xc0x\xdb"), 0, CB_PARTIAL_DROP, GIVES("[ab]")},
    {"slip", BYTES("ab\xc0\xc0\xc0"), 0, CB_PARTIAL_EMIT, GIVES("[ab]")},
    {"slip,keep", BYTES("ab\xc0\xc0x\xdb"), 0, CB_PARTIAL_EMIT, GIVES("[ab\\xc0][\\xc0x\\xdb]")},
    {"slip,keep", BYTES("ab\xc0\xc0"), 0, CB_PARTIAL_EMIT, GIVES("[ab\\xc0]")},
    /* Limits are for what is given. */
    {"slip", BYTES("a\xdb\xdc\xc0"), 2, CB_PARTIAL_DEFAULT, GIVES("[a\\xc0]")},
    {"slip", BYTES("a\xdb\xdcx\xc0"), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"slip",
     BYTES("ab\xc0"
           "abc\xc0"),
     2, CB_PARTIAL_DEFAULT, FAILS("[ab]", CB_EOVERFLOW, 3)},
    {"hdlc", BYTES("~ab~x}^"), 0, CB_PARTIAL_EMIT, GIVES("[ab][x~]")},
    {"hdlc", BYTES("~ab~x}"), 0, CB_PARTIAL_EMIT, GIVES("[ab][x]")},
    {"hdlc", BYTES("~ab~x}~"), 0, CB_PARTIAL_EMIT, GIVES("[ab]")},
    {"hdlc", BYTES("~ab~x"), 0, CB_PARTIAL_DROP, GIVES("[ab]")},
    {"hdlc", BYTES("~ab~abc~"), 2, CB_PARTIAL_DEFAULT, FAILS("[ab]", CB_EOVERFLOW, 4)},
    {"hdlc", BYTES("~ab}~abc}~"), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 5)},
    {"hdlc,keep", BYTES("~ab}~"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"cobs", BYTES("\2a\0\5bc"), 0, CB_PARTIAL_EMIT, GIVES("[a][bc]")},
    {"cobs", BYTES("\2a\0\1"), 0, CB_PARTIAL_EMIT, GIVES("[a][]")},
    {"cobs", BYTES("\2a\0\2b"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"cobs", BYTES("\2a\0\3bc\0\4def\0"), 2, CB_PARTIAL_DEFAULT, FAILS("[a][bc]", CB_EOVERFLOW, 7)},
    {"sse", BYTES("a\n\nb\r\n"), 0, CB_PARTIAL_EMIT, GIVES("[a][b]")},
    {"sse,keep", BYTES("a\n\nb\r\n"), 0, CB_PARTIAL_EMIT, GIVES("[a\\x0a\\x0a][b\\x0d\\x0a]")},
    {"sse,data", BYTES("data:a\n\ndata:b\ndata:c"), 0, CB_PARTIAL_EMIT, GIVES("[a][b\\x0ac]")},
    {"sse,data", BYTES("data:a\n\nid:b\ndata"), 0, CB_PARTIAL_EMIT, GIVES("[a]")},
    {"sse,data", BYTES("data:a\n\nid:b\ndata"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"sse,data", BYTES("data:a\n\ndata:b\n"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a]", 15)},
    {"sse,data", BYTES("data:a\n\nid:b\n"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a]", 13)},
    {"sse,data", BYTES("data:ab\n\ndata:a\ndata:b\n\n"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[ab]", CB_EOVERFLOW, 9)},
    /* ... also if the input is wrong after them. */
    {"cobs", BYTES("\6abc\0"), 3, CB_PARTIAL_DEFAULT, MALFORMED("", 4)},
    {"cobs", BYTES("\6abc\0"), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"cobs,keep", BYTES("\6abc\0"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"slip", BYTES("abc\xdb\xdb"), 3, CB_PARTIAL_DEFAULT, MALFORMED("", 4)},
    {"slip", BYTES("abc\xdb\xdb"), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"slip,keep", BYTES("abc\xdb\xdb"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"websocket", BYTES("\x81\x05Hel"), 0, CB_PARTIAL_EMIT, GIVES("[Hel]")},
    {"websocket", BYTES("\x81\x85\x37\xfa\x21\x3d\x7f"), 0, CB_PARTIAL_EMIT, GIVES("[H]")},
    {"websocket", BYTES("\x81\x80zzzz\x81\x85\x37"), 0, CB_PARTIAL_EMIT, GIVES("[][]")},
    {"websocket,keep", BYTES("\x81\x85\x37"), 0, CB_PARTIAL_EMIT, GIVES("[\\x81\\x857]")},
    {"websocket,data", BYTES("\x82\x00\x89\x05\x37"), 0, CB_PARTIAL_EMIT, GIVES("[]")},
    {"websocket", BYTES("\x81\x01x\x81\x05Hel"), 0, CB_PARTIAL_DROP, GIVES("[x]")},
    {"websocket", BYTES("\x01\x01x"), 0, CB_PARTIAL_DROP, GIVES("[x]")},
    {"websocket", BYTES("\x01\x01x"), 0, CB_PARTIAL_EMIT, GIVES("[x]")},
    {"websocket", BYTES("\x01\x01x"), 0, CB_PARTIAL_FAIL, TRUNCATED("[x]", 3)},
    {MESSAGE, BYTES("\x01\x01x\x89\x00\x00\x02y"), 0, CB_PARTIAL_EMIT, GIVES("[xy]")},
    {MESSAGE, BYTES("\x01\x01x\x89\x02y"), 0, CB_PARTIAL_EMIT, GIVES("[x]")},
    {MESSAGE ",keep", BYTES("\x01\x01x\x89\x02y"), 0, CB_PARTIAL_EMIT,
     GIVES("[\\x01\\x01x\\x89\\x02y]")},
    {MESSAGE, BYTES("\x81\x01x\x01\x01y\x88\x00"), 0, CB_PARTIAL_DROP, GIVES("[x]")},
    {MESSAGE, BYTES("\x81\x01x\x89"), 0, CB_PARTIAL_EMIT, GIVES("[x]")},
    {MESSAGE, BYTES("\x01\x01x\x80\x01y\x01\x01x\x80\x02"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[xy]", CB_EOVERFLOW, 6)},
    {MESSAGE, BYTES("\x01\x82zzzzxx\x00\x81zzzz"), 2, CB_PARTIAL_DEFAULT,
     FAILS("", CB_EOVERFLOW, 0)},
    {"websocket", BYTES("\x81\x82zzzz\x15\x11\x81\x83"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[ok]", CB_ETRUNCATED, 10)},
    {"websocket", BYTES("\x81\x82zzzz\x15\x11\x81\x83zzzz"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[ok]", CB_EOVERFLOW, 8)},
    {"slip,keep", BYTES("a\xc0\xc0x\xc0"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[a\\xc0]", CB_EOVERFLOW, 2)},
};

START_TEST(what_is_cut_short_or_too_long_is_treated_as_asked)
{
    check_limited(&cut_short[_i], true);
}
END_TEST

/* ---------------------------------------------------------------- all of them */

/* Frames in these, and what to decode them by. */
static const struct {
    const char *to, *from;
} long_ones[] = {
    {"slip", "slip"},
    {"slip", "slip,keep"},
    {"hdlc", "hdlc"},
    {"hdlc", "hdlc,keep"},
    {"cobs", "cobs"},
    {"cobs", "cobs,keep"},
    {"sse", "sse"},
    {"sse", "sse,data"},
    {"sse", "sse,keep"},
    {"websocket", "websocket"},
    {"websocket,mask", "websocket"},
    {"websocket,mask", "websocket,keep"},
};

static void encode_some(const char *specification, struct prng *prng, struct record_list *wire)
{
    for (size_t left = prng_below(prng, 12); left > 0; left--) {
        uint8_t bytes[32];
        size_t n = 1 + prng_below(prng, sizeof bytes);

        prng_fill(prng, bytes, n, BYTES("ab\n\xc0\xdb~}\0"));
        check_encoded_in_steps(specification, bytes, n, n, wire);
    }
}

START_TEST(records_that_are_too_long_can_be_left_out_or_cut)
{
    struct prng prng = {900 + (uint64_t)_i};

    for (int round = 0; round < 300; round++) {
        struct record_list wire = {.count = 0}, wanted = {.count = 0}, all, got;
        struct cb_decoder_options options = {
            .size = sizeof options,
            .max_record = 1 + prng_below(&prng, 30),
            .on_overflow = round % 2 ? CB_OVERFLOW_SKIP : CB_OVERFLOW_TRUNCATE,
        };
        struct way way = {.call = (enum call)prng_below(&prng, BY_BATCH + 10),
                          .whole = prng_below(&prng, 2) == 1,
                          .cut = 1 + prng_below(&prng, 40),
                          .step = 1 + prng_below(&prng, 40),
                          .changed = true};

        if (way.call == BY_TAKE)
            way.cut = way.step = 40; /* a record in 64 chunks at most */
        encode_some(long_ones[_i].to, &prng, &wire);
        list_add(&wire, "", 0);
        read_input(long_ones[_i].from, NULL, wire.bytes, wire.size, &way, &all);
        list_limit(&all, (size_t)options.max_record, options.on_overflow, &wanted);
        read_input(long_ones[_i].from, &options, wire.bytes, wire.size, &way, &got);
        expect(got.count == wanted.count && got.size == wanted.size &&
                   (got.size == 0 || memcmp(got.bytes, wanted.bytes, got.size) == 0),
               "%s, call %d, %s, %s %d: %zu records of %zu, %zu bytes of %zu", long_ones[_i].from,
               (int)way.call, way.whole ? "whole" : "pieces", round % 2 ? "skip" : "truncate",
               (int)options.max_record, got.count, wanted.count, got.size, wanted.size);
        list_free(&got);
        list_free(&all);
        list_free(&wanted);
        list_free(&wire);
    }
}
END_TEST

/* Random bytes of these give frames and faults. */
static const struct {
    const char *specification, *alphabet;
    size_t letters;
} any_input[] = {
    {"slip", BYTES("ab\xc0\xc0\xdb\xdc\xdd")},
    {"slip,keep", BYTES("ab\xc0\xc0\xdb\xdc\xdd")},
    {"slip", BYTES("abcd\xc0")},
    {"hdlc", BYTES("ab~~}^")},
    {"hdlc,keep", BYTES("ab~~}^")},
    {"hdlc", BYTES("abcd~~~~~")},
    {"websocket", BYTES("\x01\x02\x00\x82\x81\x89\x04")},
    {"websocket,keep", BYTES("\x01\x02\x00\x82\x81\x89\x04")},
    {"websocket,data", BYTES("\x01\x02\x00\x82\x81\x89\x04")},
    {"websocket,message", BYTES("\x01\x01\x02\x00\x80\x81\x89\x04")},
    {"websocket,message,rsv1,keep", BYTES("\x01\x41\x01\x02\x00\x80\x81\x89\x88")},
    {"sse", BYTES("ab:\r\n\r\n\r\n")},
    {"sse,keep", BYTES("ab:\r\n\r\n\r\n")},
    {"sse", BYTES("\xef\xbb\xbf\n\n")},
    {"cobs", BYTES("\0\0\1\2\3\xff")},
    {"cobs,keep", BYTES("\0\0\1\2\3\4")},
};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    check_random(any_input[_i].specification, true, any_input[_i].alphabet, any_input[_i].letters,
                 (uint64_t)_i);
}
END_TEST

static const struct trip trips[] = {
    {"slip", NULL, 1, 600},     {"slip", "\xc0\xdb\xdc\xdd", 1, 300},
    {"slip", "abc\xdb", 1, 40}, {"cobs", NULL, 0, 600},
    {"cobs", "abc", 0, 600},    {"cobs", "abc", 250, 260},
    {"hdlc", NULL, 1, 600},     {"hdlc", "}~]^", 1, 300},
};

START_TEST(what_is_encoded_is_decoded_again)
{
    check_trip(&trips[_i], true, (uint64_t)_i);
}
END_TEST

/* ------------------------------------------------------------------- encoding */

struct encoded {
    const char *specification;
    const char *payload;
    size_t size;
    const char *wire;
    size_t wire_size;
};

static void check_encoded(const char *specification, const uint8_t *payload, size_t size,
                          const uint8_t *wire, size_t wire_size)
{
    for (size_t step = 1; step <= size + 1; step++) {
        struct record_list got = {.count = 0};

        check_encoded_in_steps(specification, payload, size, step, &got);
        expect(got.size == wire_size && memcmp(got.bytes, wire, wire_size) == 0,
               "%s, %zu bytes in steps of %zu: other bytes", specification, size, step);
        list_free(&got);
    }
}

static const struct encoded encoded[] = {
    {"slip", BYTES("ab"),
     BYTES("\xc0"
           "ab\xc0")},
    {"slip", BYTES("\xc0\xdb\xdc\xdd"), BYTES("\xc0\xdb\xdc\xdb\xdd\xdc\xdd\xc0")},
    {"hdlc", BYTES("ab"), BYTES("~ab~")},
    {"hdlc", BYTES("}~]^"), BYTES("~}]}^]^~")},
    {"websocket,text", BYTES("Hello"), BYTES("\x81\x05Hello")},
    {"websocket", BYTES("Hello"), BYTES("\x82\x05Hello")},
    {"websocket", BYTES(""), BYTES("\x82\x00")},
    {"sse", BYTES(""), BYTES("data: \n\n")},
    {"sse", BYTES("a b"), BYTES("data: a b\n\n")},
    {"sse", BYTES("a\nb\rc\r\nd\n\re"),
     BYTES("data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\n\n")},
    {"sse", BYTES("\r\n\r\n\r\r"), BYTES("data: \ndata: \ndata: \ndata: \ndata: \n\n")},
    {"sse", BYTES("\n"), BYTES("data: \ndata: \n\n")},
    {"cobs", BYTES(""), BYTES("\1\0")},
    {"cobs", BYTES("\0"), BYTES("\1\1\0")},
    {"cobs", BYTES("\0\0"), BYTES("\1\1\1\0")},
    {"cobs", BYTES("\0\x11\0"), BYTES("\1\2\x11\1\0")},
    {"cobs", BYTES("ab\0c"), BYTES("\3ab\2c\0")},
    {"cobs", BYTES("abcd"), BYTES("\5abcd\0")},
    {"cobs", BYTES("a\0\0\0"), BYTES("\2a\1\1\1\0")},
};

START_TEST(payloads_are_encoded_to_these_bytes)
{
    const struct encoded *example = &encoded[_i];

    check_encoded(example->specification, (const uint8_t *)example->payload, example->size,
                  (const uint8_t *)example->wire, example->wire_size);
}
END_TEST

/* A record of no bytes, in one piece or in two. */
START_TEST(slip_and_hdlc_have_no_empty_record)
{
    static const char *const specifications[] = {"slip", "hdlc"};
    struct cb_encoder *encoder = NULL;
    struct cb_piece piece = {.data = (const uint8_t *)"x", .offset = 7, .record = 3};

    ck_assert_int_eq(cb_encoder_new(&encoder, specifications[_i], NULL, NULL), CB_OK);
    for (int i = 0; i < 2; i++) {
        piece.flags = CB_FIRST | CB_LAST;
        piece.length = 1;
        ck_assert_int_eq(step_look(encoder, &piece), CB_OK);
        piece.length = 0;
        ck_assert_int_eq(step_look(encoder, &piece), CB_EUNENCODABLE);
        ck_assert_uint_eq(cb_encoder_error(encoder)->record, 3);
        ck_assert_uint_eq(cb_encoder_error(encoder)->offset, 7);
        piece.flags = CB_FIRST;
        ck_assert_int_eq(step_look(encoder, &piece), CB_OK);
        piece.flags = CB_LAST;
        ck_assert_int_eq(step_look(encoder, &piece), CB_EUNENCODABLE);
    }
    cb_encoder_free(encoder);
}
END_TEST

static Suite *stuffed_suite(void)
{
    Suite *suite = suite_create("stuffed");
    TCase *records_case = add_case(suite, "records");
    TCase *random_case = add_case(suite, "random");
    TCase *encoding_case = add_case(suite, "encoding");

    tcase_add_loop_test(records_case, slip_packets_end_at_their_mark, 0, (int)COUNT(slip));
    tcase_add_loop_test(records_case, hdlc_frames_stand_between_flags_unless_they_are_cancelled, 0,
                        (int)COUNT(hdlc));
    tcase_add_loop_test(records_case, cobs_frames_end_at_zero, 0, (int)COUNT(cobs));
    tcase_add_loop_test(records_case, full_blocks_go_both_ways, 0, (int)COUNT(full_blocks));
    tcase_add_test(records_case, an_empty_block_after_a_full_one_says_nothing);
    tcase_add_loop_test(records_case, what_is_cut_short_or_too_long_is_treated_as_asked, 0,
                        (int)COUNT(cut_short));
    tcase_add_loop_test(random_case, random_bytes_are_read_alike_in_every_way, 0,
                        (int)COUNT(any_input));
    tcase_add_loop_test(random_case, what_is_encoded_is_decoded_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(random_case, records_that_are_too_long_can_be_left_out_or_cut, 0,
                        (int)COUNT(long_ones));
    tcase_add_loop_test(encoding_case, payloads_are_encoded_to_these_bytes, 0, (int)COUNT(encoded));
    tcase_add_loop_test(encoding_case, slip_and_hdlc_have_no_empty_record, 0, 2);
    return suite;
}

int main(void)
{
    return run_suite(stuffed_suite());
}
