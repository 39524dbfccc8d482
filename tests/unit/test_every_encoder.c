/* SPDX-License-Identifier: MIT */
/* What must hold for every framing that encodes: memory that runs out at any place, an encoder that
 * is used again after a record was given up, pieces without bytes. */
#include "expect.h"
#include "outputs.h"
#include "reading.h"
#include "steps.h"
#include "streams.h"
#include "every.h"

/* ------------------------------------------------------------------- encoders */

static int make_encoder(struct cb_encoder **encoder, const char *specification,
                        const struct cb_allocator *allocator)
{
    struct cb_encoder_options options = {
        .size = sizeof options, .allocator = allocator, .refuse_collisions = 1};

    *encoder = NULL;
    return cb_encoder_new(encoder, specification, &options, NULL);
}

START_TEST(an_encoder_without_memory_is_none)
{
    for (uint64_t at = 1;; at++) {
        struct counting counting;
        struct cb_encoder *encoder;

        counting_init(&counting);
        counting_fail(&counting, at, at % 2);
        int status = make_encoder(&encoder, outputs[_i], &counting.hooks);
        const bool failed = counting.failed;
        expect(status == (failed ? CB_ENOMEM : CB_OK), "%s: %d", outputs[_i], status);
        cb_encoder_free(encoder);
        counting_fini(&counting);
        if (!failed)
            break;
    }
}
END_TEST

static void put(struct record_list *wire, int (*step)(struct cb_encoder *, const void **, size_t *),
                struct cb_encoder *encoder)
{
    const void *data;
    size_t n;
    int status;

    do {
        status = step(encoder, &data, &n);
        expect(status >= 0, "%d: %s", status, cb_encoder_error(encoder)->text);
        list_add(wire, data, n);
    } while (status == CB_YES);
}

enum { PAYLOAD = 16 };

/* How far a record is brought: all the way, or given up before. */
enum extent { LOOKED, BEGUN, HALF, ALL };

static void encode_record(struct cb_encoder *encoder, const char *payload, enum extent extent,
                          struct record_list *wire)
{
    const unsigned traits = cb_encoder_traits(encoder);
    struct cb_piece piece = {.data = (const uint8_t *)payload,
                             .length = PAYLOAD / 2,
                             .record = 3,
                             .total = PAYLOAD,
                             .flags = CB_FIRST};
    const void *data;
    size_t n;

    step_place(encoder, 3, 0);
    if (step_look(encoder, &piece) != CB_OK || extent == LOOKED)
        return;
    piece.data += PAYLOAD / 2;
    piece.flags = CB_LAST;
    if (step_look(encoder, &piece) != CB_OK || step_begin(encoder, PAYLOAD, &data, &n) != CB_OK)
        return;
    list_add(wire, data, n);
    if (extent == BEGUN)
        return;
    size_t left = extent == HALF ? PAYLOAD / 2 + 1 : PAYLOAD;
    if (traits & CB_TRANSFORMS) {
        uint8_t room[2 * CB__TRANSFORM_ROOM];
        size_t size = sizeof room;

        ck_assert_int_eq(step_payload(encoder, payload, &left, room, &size), CB_OK);
        list_add(wire, room, size);
    } else {
        list_add(wire, payload, left);
    }
    if (extent == ALL)
        put(wire, step_end, encoder);
}

START_TEST(an_encoder_forgets_a_record_that_was_given_up)
{
    /* Open strings and brackets, delimiters, bytes that need an escape. */
    static const char before[][PAYLOAD + 1] = {"[{\"abcdefg\\klmn", "abcdefgh\nbcdefg\r",
                                               "\xc3 \xe2\x82 \0\0abcdefg\r\xf0",
                                               "\x1e\x1e;;;\xdb\xc0lmnop;"};
    static const char good[] = "[\"bcdefghijklm\"]";
    struct record_list expected = {.count = 0};
    struct cb_encoder *encoder;

    ck_assert_uint_eq(sizeof good - 1, PAYLOAD);
    ck_assert_int_eq(make_encoder(&encoder, outputs[_i], NULL), CB_OK);
    encode_record(encoder, good, ALL, &expected);
    put(&expected, step_finish, encoder);
    cb_encoder_free(encoder);
    for (size_t i = 0; i < COUNT(before); i++) {
        for (enum extent extent = LOOKED; extent <= ALL; extent++) {
            struct record_list wire = {.count = 0};

            ck_assert_int_eq(make_encoder(&encoder, outputs[_i], NULL), CB_OK);
            encode_record(encoder, before[i], extent, &wire);
            empty(&wire);
            encode_record(encoder, good, ALL, &wire);
            put(&wire, step_finish, encoder);
            expect(same_lists(&wire, &expected), "%s, after %zu up to %d: %.*s, not %.*s",
                   outputs[_i], i, (int)extent, (int)wire.size, wire.bytes, (int)expected.size,
                   expected.bytes);
            cb_encoder_free(encoder);
            list_free(&wire);
        }
    }
    list_free(&expected);
}
END_TEST

/* An empty piece may have any address, even NULL. */
START_TEST(an_empty_piece_needs_no_address)
{
    const struct cb_piece piece = {
        .data = NULL, .length = 0, .record = 1, .flags = CB_FIRST | CB_LAST};
    uint8_t room[CB__TRANSFORM_ROOM];
    struct cb_encoder *encoder;
    const void *data;
    size_t n = 0, size = sizeof room;

    ck_assert_int_eq(make_encoder(&encoder, outputs[_i], NULL), CB_OK);
    step_place(encoder, 1, 0);
    step_look(encoder, &piece);
    step_begin(encoder, 0, &data, &n);
    n = 0;
    if (cb_encoder_traits(encoder) & CB_TRANSFORMS) {
        ck_assert_int_eq(step_payload(encoder, NULL, &n, room, &size), CB_OK);
        ck_assert_uint_eq(size, 0);
    }
    ck_assert_int_ge(step_end(encoder, &data, &n), 0);
    cb_encoder_free(encoder);
}
END_TEST

static Suite *every_encoder_suite(void)
{
    Suite *suite = suite_create("every_encoder");
    TCase *tcase = add_case(suite, "encoders");

    tcase_add_loop_test(tcase, an_encoder_without_memory_is_none, 0, (int)COUNT(outputs));
    tcase_add_loop_test(tcase, an_encoder_forgets_a_record_that_was_given_up, 0,
                        (int)COUNT(outputs));
    tcase_add_loop_test(tcase, an_empty_piece_needs_no_address, 0, (int)COUNT(outputs));
    return suite;
}

int main(void)
{
    return run_suite(every_encoder_suite());
}
