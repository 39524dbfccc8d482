/* SPDX-License-Identifier: MIT */
/*
 * Framings whose payload does not stand in the input as it is: slip.
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
};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    check_random(any_input[_i].specification, true, any_input[_i].alphabet, any_input[_i].letters,
                 (uint64_t)_i);
}
END_TEST

static const struct trip trips[] = {
    {"slip", NULL, 1, 600},
    {"slip", "\xc0\xdb\xdc\xdd", 1, 300},
    {"slip", "abc\xdb", 1, 40},
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
static void check_encoded(const struct encoded *encoded, size_t step)
{
    struct record_list wire = {.count = 0};
    struct cb_encoder *encoder = NULL;
    const void *data;
    size_t size;

    expect(cb_encoder_new(&encoder, encoded->specification, NULL, NULL) == CB_OK, "%s",
           encoded->specification);
    int status = cb_encoder_begin(encoder, encoded->size, &data, &size);
    add(&wire, status, data, size);
    for (size_t at = 0; at < encoded->size;) {
        uint8_t room[CB_TRANSFORM_ROOM];
        size_t n = encoded->size - at < step ? encoded->size - at : step;

        size = sizeof(room);
        status = cb_encoder_payload(encoder, encoded->payload + at, &n, room, &size);
        ck_assert(status == CB_OK || status == CB_MORE);
        list_add(&wire, room, size);
        at += n;
    }
    status = cb_encoder_end(encoder, &data, &size);
    add(&wire, status, data, size);
    expect(wire.size == encoded->wire_size && memcmp(wire.bytes, encoded->wire, wire.size) == 0,
           "%s, %zu bytes in steps of %zu: other bytes", encoded->specification, encoded->size,
           step);
    list_free(&wire);
    cb_encoder_free(encoder);
}

static const struct encoded encoded[] = {
    {"slip", BYTES("ab"),
     BYTES("\xc0"
           "ab\xc0")},
    {"slip", BYTES("\xc0\xdb\xdc\xdd"), BYTES("\xc0\xdb\xdc\xdb\xdd\xdc\xdd\xc0")},
};

START_TEST(payloads_are_encoded_to_these_bytes)
{
    for (size_t step = 1; step <= encoded[_i].size + 1; step++)
        check_encoded(&encoded[_i], step);
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
