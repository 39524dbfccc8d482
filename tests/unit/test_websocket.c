/* SPDX-License-Identifier: MIT */
/* WebSocket, RFC 6455: frames, fragments, lengths and masks. */
#include <string.h>

#include "expect.h"
#include "reading.h"
#include "steps.h"
#include "stuffed.h"

/* ------------------------------------------------------------------ websocket */

/* RFC 6455 section 5.7 has these, and section 5.2 the rules. */
static const struct example websocket[] = {
    {"websocket", BYTES(""), GIVES("")},
    {"websocket", BYTES("\x81\x05Hello"), GIVES("[Hello]")},
    {"websocket", BYTES("\x81\x85" MASKED_HELLO), GIVES("[Hello]")},
    {"websocket", BYTES("\x01\x03Hel\x80\x02lo"), GIVES("[Hel][lo]")},
    {"websocket", BYTES("\x89\x05Hello\x8a\x05Hello"), GIVES("[Hello][Hello]")},
    {"websocket", BYTES("\x8a\x85" MASKED_HELLO "\x81\x80zzzz\x81\x82" MASKED_LO),
     GIVES("[Hello][][lo]")},
    {"websocket",
     BYTES("\x81\x01"
           "a\x82\x00\x81\x05Hello\x81\x01"
           "b"),
     GIVES("[a][][Hello][b]")},
    {"websocket,data", BYTES("\x89\x05Hello\x01\x03Hel\x8a\x05Hello\x80\x02lo\x88\x00"),
     GIVES("[Hel][lo]")},
    {"websocket,data", BYTES("\x89\x00\x88\x02\x03\xe8\x8a\x00"), GIVES("")},
    {"websocket,keep", BYTES("\x81\x85" MASKED_HELLO "\x88\x80zzzz"),
     GIVES("[\\x81\\x857\\xfa!=\\x7f\\x9fMQX][\\x88\\x80zzzz]")},
    {"websocket,keep", BYTES("\x01\x03Hel\x88\x00"), GIVES("[\\x01\\x03Hel][\\x88\\x00]")},
    /* One side masks all its frames, the other one none (section 5.1). */
    {"websocket", BYTES("\x81\x01x\x82\x80zzzz"), MALFORMED("[x]", 4)},
    {"websocket", BYTES("\x82\x80zzzz\x81\x01x"), MALFORMED("[]", 7)},
    {"websocket,data", BYTES("\x89\x80zzzz\x81\x01x"), MALFORMED("", 7)},
    {"websocket,keep", BYTES("\x81\x01x\x81\x01x\x82\x80zzzz"),
     MALFORMED("[\\x81\\x01x][\\x81\\x01x]", 7)},
    {"websocket", BYTES("\x01\x01x\x80\x80zzzz"), MALFORMED("[x]", 4)},
    /* The body of a Close frame begins with a status of two bytes (section 5.5.1). */
    {"websocket", BYTES("\x88\x01\x03"), MALFORMED("", 1)},
    {"websocket", BYTES("\x88\x02\x03\xe8"), GIVES("[\\x03\\xe8]")},
    {"websocket", BYTES("\x88\x81zzzzz"), MALFORMED("", 1)},
    {"websocket,keep,data", BYTES("\x89\x01x\x01\x03Hel\x88\x00"), GIVES("[\\x01\\x03Hel]")},
    {"websocket",
     BYTES("\x81\x01"
           "a\xc1\x00"),
     MALFORMED("[a]", 3)},
    {"websocket", BYTES("\xa1\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x91\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x83\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x87\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x8b\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x8f\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x08\x00"), MALFORMED("", 0)},
    /* Section 5.4: a message is a frame with FIN, or one without, then frames of
     * opcode 0 up to one with FIN; only control frames come between. */
    {"websocket", BYTES("\x80\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x00\x01x"), MALFORMED("", 0)},
    {"websocket", BYTES("\x81\x01x\x89\x00\x80\x01y"), MALFORMED("[x][]", 5)},
    {"websocket", BYTES("\x01\x01x\x00\x01y\x80\x00\x80\x00"), MALFORMED("[x][y][]", 8)},
    {"websocket", BYTES("\x01\x01x\x81\x01y"), MALFORMED("[x]", 3)},
    {"websocket", BYTES("\x02\x00\x8a\x00\x02\x01y"), MALFORMED("[][]", 4)},
    {"websocket,data", BYTES("\x01\x01x\x89\x01y\x82\x00"), MALFORMED("[x]", 6)},
    {"websocket,keep", BYTES("\x01\x01x\x82\x00"), MALFORMED("[\\x01\\x01x]", 3)},
    {"websocket", BYTES("\x01\x81zzzzx\x01\x81zzzzx"), MALFORMED("[\\x02]", 7)},
    {"websocket", BYTES("\x01\x01x\x89\x00\x00\x01y\x80\x01z\x81\x00"), GIVES("[x][][y][z][]")},
    {"websocket", BYTES("\x01\x03Hel"), TRUNCATED("[Hel]", 5)},
    {"websocket", BYTES("\x01\x03Hel\x89\x00"), TRUNCATED("[Hel][]", 7)},
    {"websocket,data", BYTES("\x01\x03Hel\x00\x00\x89\x00"), TRUNCATED("[Hel][]", 9)},
    {"websocket,keep", BYTES("\x01\x00"), TRUNCATED("[\\x01\\x00]", 2)},
    /* Whoever sends Close sends no more data (section 5.5.1). */
    {"websocket", BYTES("\x01\x03Hel\x88\x00"), GIVES("[Hel][]")},
    {"websocket", BYTES("\x01\x03Hel\x88\x00\x80\x00"), MALFORMED("[Hel][]", 7)},
    {"websocket", BYTES("\x81\x01x\x88\x00\x81\x00"), MALFORMED("[x][]", 5)},
    {"websocket", BYTES("\x88\x00\x8a\x00\x82\x00"), MALFORMED("[][]", 4)},
    {"websocket,data", BYTES("\x88\x00\x01\x00"), MALFORMED("", 2)},
    {"websocket", BYTES("\x88\x00\x8a\x00\x88\x00"), GIVES("[][][]")},
    {"websocket", BYTES("\x81\x00\x89\x7e\x00\x7e"), MALFORMED("[]", 3)},
    {"websocket", BYTES("\x89\xff"), MALFORMED("", 1)},
    {"websocket", BYTES("\x81\x7e\x00\x7d"), MALFORMED("", 2)},
    {"websocket", BYTES("\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff"), MALFORMED("", 2)},
    {"websocket", BYTES("\x81\x7f\x80\x00\x00\x00\x00\x00\xff\xff"), MALFORMED("", 2)},
    {"websocket,data", BYTES("\x89\x01x\x09\x00"), MALFORMED("", 3)},
    {"websocket,keep", BYTES("\x81\x01x\xff\x00"), MALFORMED("[\\x81\\x01x]", 3)},
    {"websocket", BYTES("\x81"), TRUNCATED("", 1)},
    {"websocket", BYTES("\x81\x01x\x81\x05Hell"), TRUNCATED("[x]", 9)},
    {"websocket", BYTES("\x81\x85\x37\xfa"), TRUNCATED("", 4)},
    {"websocket", BYTES("\x81\x85\x37\xfa\x21\x3d\x7f"), TRUNCATED("", 7)},
    {"websocket,data", BYTES("\x89\x01"), TRUNCATED("", 2)},
    {"websocket", BYTES("\x81\x7f\x00\x00\x00\x00\x03\xff\xff\xff"), TRUNCATED("", 10)},
    {"websocket", BYTES("\x81\xff\x00\x00\x00\x00\x03\xff\xff\xff\1\2\3\4"), TRUNCATED("", 14)},
};

START_TEST(websocket_frames_are_unmasked)
{
    check_example(&websocket[_i], true);
}
END_TEST

/* Section 5.4: the fragments of a message, with control frames between them. */
static const struct example messages[] = {
    {MESSAGE, BYTES(""), GIVES("")},
    {MESSAGE, BYTES("\x81\x05Hello\x82\x00"), GIVES("[Hello][]")},
    {MESSAGE, BYTES("\x01\x03Hel\x80\x02lo\x01\x01x\x00\x01y\x80\x01z"), GIVES("[Hello][xyz]")},
    {MESSAGE, BYTES("\x89\x01p\x01\x03Hel\x8a\x05Hello\x80\x02lo\x88\x00"), GIVES("[Hello]")},
    {MESSAGE, BYTES("\x01\x80zzzz\x80\x85" MASKED_HELLO "\x81\x85" MASKED_HELLO),
     GIVES("[Hello][Hello]")},
    {MESSAGE, BYTES("\x02\x00\x00\x00\x80\x00\x81\x01x"), GIVES("[][x]")},
    {MESSAGE, BYTES("\x02\x00\x89\x01p\x00\x01x\x80\x00"), GIVES("[x]")},
    {MESSAGE, BYTES("\x89\x00\x8a\x00\x88\x00"), GIVES("")},
    {MESSAGE ",data", BYTES("\x01\x01x\x80\x01y\x89\x00"), GIVES("[xy]")},
    /* The message as it was sent, with all that came before its end. */
    {MESSAGE ",keep", BYTES("\x89\x00\x01\x01x\x89\x01p\x80\x01y\x82\x01z"),
     GIVES("[\\x01\\x01x\\x89\\x01p\\x80\\x01y][\\x82\\x01z]")},
    {MESSAGE, BYTES("\x01\x01x\x80\x80zzzz"), MALFORMED("", 4)},
    {MESSAGE, BYTES("\x01\x01x\x88\x01x"), MALFORMED("", 4)},
    {MESSAGE, BYTES("\x80\x00"), MALFORMED("", 0)},
    {MESSAGE, BYTES("\x01\x01x\x81\x01y"), MALFORMED("", 3)},
    {MESSAGE, BYTES("\x01\x01x\x89\x01p\x02\x01y"), MALFORMED("", 6)},
    {MESSAGE, BYTES("\x81\x01x\x01\x01x\x00\x7e\x00\x7d"), MALFORMED("[x]", 8)},
    {MESSAGE, BYTES("\x01\x01x\x89\x7e"), MALFORMED("", 4)},
    {MESSAGE, BYTES("\x01\x01x\xc0\x00"), MALFORMED("", 3)},
    {MESSAGE, BYTES("\x01\x01x\x00\x7f\x00\x00\x00\x00\x03\xff\xff\xff"), TRUNCATED("", 13)},
    /* Close inside a message: what was to come of it never will. */
    {MESSAGE, BYTES("\x01\x01x\x88\x00"), TRUNCATED("", 5)},
    {MESSAGE, BYTES("\x01\x01x\x88\x00\x80\x00"), MALFORMED("", 5)},
    {MESSAGE, BYTES("\x01\x01x"), TRUNCATED("", 3)},
    {MESSAGE, BYTES("\x01\x01x\x00\x02y"), TRUNCATED("", 6)},
    {MESSAGE, BYTES("\x01\x01x\x89\x02y"), TRUNCATED("", 6)},
    {MESSAGE, BYTES("\x81\x01x\x89"), TRUNCATED("[x]", 4)},
    /* RFC 7692, section 7.2.3: "Hello" compressed, and in two fragments (section 6.1). */
    {"websocket,rsv1", BYTES("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"),
     GIVES("[\\xf2H\\xcd\\xc9\\xc9\\x07\\x00]")},
    {"websocket,rsv1", BYTES("\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00"),
     GIVES("[\\xf2H\\xcd][\\xc9\\xc9\\x07\\x00]")},
    {MESSAGE ",rsv1", BYTES("\x41\x03\xf2\x48\xcd\x89\x00\x80\x04\xc9\xc9\x07\x00\x81\x01x"),
     GIVES("[\\xf2H\\xcd\\xc9\\xc9\\x07\\x00][x]")},
    {"websocket,rsv1", BYTES("\xc2\x81zzzzx"), GIVES("[\\x02]")},
    {"websocket,rsv1", BYTES("\x41\x00\xc0\x00"), MALFORMED("[]", 2)},
    {"websocket,rsv1", BYTES("\xc9\x00"), MALFORMED("", 0)},
    {"websocket,rsv1", BYTES("\x81\x00\xa1\x00"), MALFORMED("[]", 2)},
    {"websocket,rsv1", BYTES("\xd1\x00"), MALFORMED("", 0)},
};

START_TEST(websocket_fragments_are_joined_where_that_is_asked)
{
    check_example(&messages[_i], true);
}
END_TEST

/* Section 5.7 again, and the greatest and least lengths of each kind. */
static const struct {
    size_t size;
    const char *header;
    size_t header_size;
} long_frames[] = {
    {125, BYTES("\x82\x7d")},
    {126, BYTES("\x82\x7e\x00\x7e")},
    {256, BYTES("\x82\x7e\x01\x00")},
    {65535, BYTES("\x82\x7e\xff\xff")},
    {65536, BYTES("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00")},
};

static void check_long_frame(const uint8_t *wire, size_t wire_size, const uint8_t *payload,
                             size_t size)
{
    for (enum call call = BY_NEXT; call <= BY_BATCH + 5; call++) {
        struct way way = {.call = call, .cut = wire_size / 2, .step = wire_size, .changed = true};
        struct record_list got;

        read_input("websocket", NULL, wire, wire_size, &way, &got);
        expect(got.count == 1 && got.size == size && memcmp(got.bytes, payload, size) == 0,
               "call %d: %zu records, %zu bytes", (int)call, got.count, got.size);
        list_free(&got);
    }
}

START_TEST(websocket_lengths_are_of_three_kinds)
{
    static uint8_t payload[65536];
    const size_t size = long_frames[_i].size, header_size = long_frames[_i].header_size;
    struct record_list wire = {.count = 0}, masked = {.count = 0};
    struct prng prng = {(uint64_t)_i};

    for (size_t i = 0; i < size; i++)
        payload[i] = (uint8_t)prng_next(&prng);
    list_add(&wire, long_frames[_i].header, header_size);
    list_add(&wire, payload, size);
    check_long_frame(wire.bytes, wire.size, payload, size);

    /* By hand: the bit, a key, and each byte with a byte of it. */
    list_add(&masked, wire.bytes, header_size);
    masked.bytes[1] |= 0x80;
    list_add(&masked, "\xa5\x01\xff\x00", 4);
    for (size_t i = 0; i < size; i++)
        list_add(&masked, &(uint8_t){payload[i] ^ masked.bytes[header_size + i % 4]}, 1);
    check_long_frame(masked.bytes, masked.size, payload, size);
    list_free(&masked);
    list_free(&wire);
}
END_TEST

/* What is not masked need not go through the buffer. */
START_TEST(a_long_payload_can_go_by_elsewhere)
{
    static const char *const headers[] = {"\x82\x7e\x03\xe8", "\x82\xfe\x03\xe8"};
    const bool masked = _i == 1;
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *buffer = NULL;
    struct cb_piece piece;
    size_t length = 0;

    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "websocket", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append(buffer, headers[_i], 4), CB_OK);
    ck_assert_int_eq(cb_append(buffer, "\0\0\0\0abc", 7), CB_OK);
    while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE) {
        ck_assert_uint_eq(piece.total, 1000);
        length += piece.length;
    }
    ck_assert_uint_eq(length, masked ? 3 : 7);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), masked ? 0 : 993);
    if (!masked) {
        ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 992), CB_OK);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
        ck_assert_uint_eq(cb_decoder_needed(decoder), 1);
        ck_assert_int_eq(cb_append(buffer, "z\x81\x01x", 4), CB_OK);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        ck_assert_uint_eq(piece.length, 1);
        ck_assert_uint_eq(piece.offset, 4 + 999);
        ck_assert_uint_eq(piece.flags, CB_LAST);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        ck_assert_uint_eq(piece.offset, 4 + 1000 + 2);
        ck_assert(piece.length == 1 && piece.data[0] == 'x');
    }
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

/* ------------------------------------------------------------------- encoding */

/* `mask` differs by the bit and the key, which is another one each time. */
START_TEST(websocket_headers_tell_the_length)
{
    struct cb_encoder *encoder = NULL, *masking = NULL;
    const size_t size = long_frames[_i].header_size;
    uint8_t keys[200][4];
    const void *data;
    size_t n, same = 0;

    ck_assert_int_eq(cb_encoder_new(&encoder, "websocket", NULL, NULL), CB_OK);
    ck_assert_int_eq(step_begin(encoder, long_frames[_i].size, &data, &n), CB_OK);
    ck_assert_uint_eq(n, size);
    ck_assert(memcmp(data, long_frames[_i].header, n) == 0);
    ck_assert_int_eq(step_end(encoder, &data, &n), CB_OK);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(step_begin(encoder, UINT64_C(1) << 63, &data, &n), CB_EUNENCODABLE);
    cb_encoder_free(encoder);

    ck_assert_int_eq(cb_encoder_new(&masking, "websocket,mask", NULL, NULL), CB_OK);
    for (size_t i = 0; i < COUNT(keys); i++) {
        const uint8_t *header;

        ck_assert_int_eq(step_begin(masking, long_frames[_i].size, &data, &n), CB_OK);
        header = data;
        ck_assert_uint_eq(n, size + 4);
        ck_assert_uint_eq(header[1], (uint8_t)long_frames[_i].header[1] | 0x80);
        ck_assert(memcmp(header + 2, long_frames[_i].header + 2, size - 2) == 0);
        memcpy(keys[i], header + size, 4);
        for (size_t k = 0; k < i; k++)
            same += memcmp(keys[i], keys[k], 4) == 0;
    }
    cb_encoder_free(masking);
    ck_assert_uint_lt(same, 3); /* of 19900 pairs; one in 2^32 is by chance */
}
END_TEST

/* A key goes on where the part before ended. */
START_TEST(websocket_masks_in_parts)
{
    static const uint8_t payload[] = "a payload of 26 characters";

    for (size_t step = 1; step <= sizeof payload; step++) {
        struct way way = {.cut = 100, .step = 100, .changed = true};
        struct record_list wire = {.count = 0}, got;

        check_encoded_in_steps("websocket,mask", payload, sizeof payload, step, &wire);
        expect(memcmp(wire.bytes + 6, payload, sizeof payload) != 0, "it is not masked");
        read_input("websocket", NULL, wire.bytes, wire.size, &way, &got);
        expect(got.size == sizeof payload && memcmp(got.bytes, payload, got.size) == 0,
               "in steps of %zu: another payload", step);
        list_free(&got);
        list_free(&wire);
    }
}
END_TEST

static Suite *websocket_suite(void)
{
    Suite *suite = suite_create("websocket");
    TCase *records_case = add_case(suite, "records");
    TCase *encoding_case = add_case(suite, "encoding");

    tcase_add_loop_test(records_case, websocket_frames_are_unmasked, 0, (int)COUNT(websocket));
    tcase_add_loop_test(records_case, websocket_fragments_are_joined_where_that_is_asked, 0,
                        (int)COUNT(messages));
    tcase_add_loop_test(records_case, websocket_lengths_are_of_three_kinds, 0,
                        (int)COUNT(long_frames));
    tcase_add_loop_test(records_case, a_long_payload_can_go_by_elsewhere, 0, 2);
    tcase_add_loop_test(encoding_case, websocket_headers_tell_the_length, 0,
                        (int)COUNT(long_frames));
    tcase_add_test(encoding_case, websocket_masks_in_parts);
    return suite;
}

int main(void)
{
    return run_suite(websocket_suite());
}
