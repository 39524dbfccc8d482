/* SPDX-License-Identifier: MIT */
/*
 * Framings whose payload does not stand in the input as it is: slip, cobs.
 */
#include "reading.h"

#include <string.h>

#include "expect.h"

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

/* Without the block of no bytes that the paper's StuffData writes behind a full
 * one, or with it: the payload is the same. */
START_TEST(an_empty_block_behind_a_full_one_says_nothing)
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
    {"cobs", BYTES("\2a\0\5bc"), 0, CB_PARTIAL_EMIT, GIVES("[a][bc]")},
    {"cobs", BYTES("\2a\0\1"), 0, CB_PARTIAL_EMIT, GIVES("[a][]")},
    {"cobs", BYTES("\2a\0\2b"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"cobs", BYTES("\2a\0\3bc\0\4def\0"), 2, CB_PARTIAL_DEFAULT, FAILS("[a][bc]", CB_EOVERFLOW, 7)},
    {"slip,keep", BYTES("a\xc0\xc0x\xc0"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[a\\xc0]", CB_EOVERFLOW, 2)},
};

START_TEST(what_is_cut_short_or_too_long_is_treated_as_asked)
{
    check_limited(&cut_short[_i], true);
}
END_TEST

/* ---------------------------------------------------------------- all of them */

/* Random bytes of these give frames and faults. */
static const struct {
    const char *specification, *alphabet;
    size_t letters;
} any_input[] = {
    {"slip", BYTES("ab\xc0\xc0\xdb\xdc\xdd")},
    {"slip,keep", BYTES("ab\xc0\xc0\xdb\xdc\xdd")},
    {"slip", BYTES("abcd\xc0")},
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

static void add(struct record_list *wire, int status, const void *data, size_t n)
{
    ck_assert_int_eq(status, CB_OK);
    list_add(wire, data, n);
}

/* The payload comes `step` bytes at a time. */
static void check_encoded_in_steps(const char *specification, const uint8_t *payload, size_t size,
                                   size_t step, struct record_list *wire)
{
    struct cb_encoder *encoder = NULL;
    const void *data;
    size_t given;

    expect(cb_encoder_new(&encoder, specification, NULL, NULL) == CB_OK, "%s", specification);
    int status = cb_encoder_begin(encoder, size, &data, &given);
    add(wire, status, data, given);
    for (size_t at = 0; at < size;) {
        uint8_t room[CB_TRANSFORM_ROOM];
        size_t n = size - at < step ? size - at : step;

        given = sizeof(room);
        status = cb_encoder_payload(encoder, payload + at, &n, room, &given);
        ck_assert(status == CB_OK || status == CB_MORE);
        list_add(wire, room, given);
        at += n;
    }
    status = cb_encoder_end(encoder, &data, &given);
    add(wire, status, data, given);
    cb_encoder_free(encoder);
}

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
START_TEST(slip_has_no_empty_record)
{
    struct cb_encoder *encoder = NULL;
    struct cb_piece piece = {.data = (const uint8_t *)"x", .offset = 7, .record = 3};

    ck_assert_int_eq(cb_encoder_new(&encoder, "slip", NULL, NULL), CB_OK);
    for (int i = 0; i < 2; i++) {
        piece.flags = CB_FIRST | CB_LAST;
        piece.length = 1;
        ck_assert_int_eq(cb_encoder_look(encoder, &piece), CB_OK);
        piece.length = 0;
        ck_assert_int_eq(cb_encoder_look(encoder, &piece), CB_EUNENCODABLE);
        ck_assert_uint_eq(cb_encoder_error(encoder)->record, 3);
        ck_assert_uint_eq(cb_encoder_error(encoder)->offset, 7);
        piece.flags = CB_FIRST;
        ck_assert_int_eq(cb_encoder_look(encoder, &piece), CB_OK);
        piece.flags = CB_LAST;
        ck_assert_int_eq(cb_encoder_look(encoder, &piece), CB_EUNENCODABLE);
    }
    cb_encoder_free(encoder);
}
END_TEST

static Suite *stuffed_suite(void)
{
    Suite *suite = suite_create("stuffed");
    TCase *records = add_case(suite, "records");
    TCase *random = add_case(suite, "random");
    TCase *encoding = add_case(suite, "encoding");

    tcase_add_loop_test(records, slip_packets_end_at_their_mark, 0, (int)COUNT(slip));
    tcase_add_loop_test(records, cobs_frames_end_at_zero, 0, (int)COUNT(cobs));
    tcase_add_loop_test(records, full_blocks_go_both_ways, 0, (int)COUNT(full_blocks));
    tcase_add_test(records, an_empty_block_behind_a_full_one_says_nothing);
    tcase_add_loop_test(records, what_is_cut_short_or_too_long_is_treated_as_asked, 0,
                        (int)COUNT(cut_short));
    tcase_add_loop_test(random, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    tcase_add_loop_test(random, what_is_encoded_is_decoded_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(encoding, payloads_are_encoded_to_these_bytes, 0, (int)COUNT(encoded));
    tcase_add_test(encoding, slip_has_no_empty_record);
    return suite;
}

int main(void)
{
    return run_suite(stuffed_suite());
}
