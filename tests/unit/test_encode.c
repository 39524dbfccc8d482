/* SPDX-License-Identifier: MIT */
/*
 * Records into a buffer: whatever the pieces, the room and the memory, the
 * bytes are those that the encoder gives for each record on its own.
 */
#include "expect.h"
#include "framing/framing.h"
#include "outputs.h"
#include "reading.h"
#include "encoding.h"

/* ------------------------------------------------- pieces cut in any way */

/* Encodes them with so many at a call and a limit on the output, which is written
 * now and then.  Returns how many records were refused. */
static size_t encode_cuts(struct prng *prng, struct cb_encoder *encoder, const struct cuts *cuts,
                          size_t limit, struct record_list *wire)
{
    const struct cb_buffer_options options = {
        .size = sizeof options, .chunk_min = 32, .chunk_max = 4096, .limit = limit};
    struct cb_buffer *out = NULL;
    size_t refused = 0;

    ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
    *wire = (struct record_list){.count = 0};
    for (size_t i = 0; i < cuts->count;) {
        size_t taken, n = prng_below(prng, cuts->count - i + 1);
        int status = cb_encode_pieces(encoder, cuts->pieces + i, n, out, &taken);

        i += taken;
        expect(taken <= n && (status != CB_OK || taken == n), "%zu of %zu taken", taken, n);
        expect(limit == 0 || cb_length(out) <= limit, "beyond the limit");
        refused += status == CB_EUNENCODABLE;
        if (status == 1 || (limit && prng_below(prng, 2)))
            list_add_buffer(wire, out);
        else
            expect(status == CB_OK || status == CB_EUNENCODABLE, "%d", status);
    }
    int status;
    while ((status = cb_encode_end(encoder, out)) == CB_ELIMIT)
        list_add_buffer(wire, out);
    ck_assert_int_eq(status, CB_OK);
    list_add_buffer(wire, out);
    cb_buffer_free(out);
    return refused;
}

START_TEST(pieces_are_encoded_alike_however_they_are_cut)
{
    const char *specification = outputs[_i];
    static struct cuts cuts;

    for (uint64_t seed = 0; seed < 24; seed++) {
        struct prng prng = {.state = seed * 977 + (uint64_t)_i};
        struct record_list records, expected, wire;
        const bool refuses = seed % 2;

        make_records(&prng, seed % 3 ? 100 : 2500, &records);
        encode_each(specification, refuses, &records, &expected);
        struct cb_buffer *input =
            buffer_of(NULL, records.bytes, records.size, prng_below(&prng, 700) + 64);
        cuts.count = 0;
        for (size_t i = 0, start = 0; i < records.count; start = records.ends[i++])
            cut_record(&prng, input, i, start, records.ends[i] - start, &cuts);
        struct cb_encoder *encoder = new_encoder(specification, refuses, NULL);
        size_t refused = encode_cuts(&prng, encoder, &cuts, 0, &wire);
        same(specification, &wire, &expected);
        list_free(&wire);
        if (!refused) { /* of one that is refused later some may have been written */
            encode_cuts(&prng, encoder, &cuts, 64 + prng_below(&prng, 3000), &wire);
            same(specification, &wire, &expected);
            list_free(&wire);
        }
        cb_encoder_free(encoder);
        cb_buffer_free(input);
        list_free(&records);
        list_free(&expected);
    }
}
END_TEST

/* ------------------------------------------------------------- whole records */

START_TEST(whole_records_are_encoded_as_their_pieces_are)
{
    const char *specification = outputs[_i];

    for (uint64_t seed = 0; seed < 24; seed++) {
        struct prng prng = {.state = seed * 31 + (uint64_t)_i};
        struct record_list records, expected, wire = {.count = 0};
        const bool refuses = seed % 2;
        size_t released = 0, given = 0;

        make_records(&prng, 2500, &records);
        encode_each(specification, refuses, &records, &expected);
        struct cb_encoder *encoder = new_encoder(specification, refuses, NULL);
        struct cb_buffer *out = new_buffer(NULL, 4096);
        bool has_places = false;
        for (size_t i = 0; i < records.count; i++) {
            size_t n, before = cb_length(out);
            const uint8_t *data = record_at(&records, i, &n);
            unsigned way = (unsigned)prng_below(&prng, 3);
            int status = encode_whole(encoder, data, n, way, &released, out);

            given += way == 1 && status == CB_OK;
            expect(status == CB_OK || (status == CB_EUNENCODABLE && cb_length(out) == before),
                   "%s: %d", specification, status);
            has_places |= status != CB_OK; /* those after it are numbered otherwise */
        }
        ck_assert_int_eq(cb_encode_end(encoder, out), CB_OK);
        list_add_buffer(&wire, out);
        cb_buffer_free(out);
        expect(released == given, "%zu of %zu released", released, given);
        if (!has_places || !(cb_encoder_traits(encoder) & CB_NEEDS_PLACE))
            same(specification, &wire, &expected);
        cb_encoder_free(encoder);
        list_free(&wire);
        list_free(&records);
        list_free(&expected);
    }
}
END_TEST

START_TEST(a_whole_record_that_does_not_fit_leaves_the_output_as_it_was)
{
    const char *specification = outputs[_i];
    struct record_list expected;
    struct record_list records = {.count = 0};

    list_add(&records, "abcdefghijklmnop", 16);
    list_end(&records);
    encode_each(specification, false, &records, &expected);
    const size_t frame = expected.ends[0];
    for (size_t limit = 1; limit <= frame + 64; limit++) {
        const struct cb_buffer_options options = {.size = sizeof options, .limit = limit};
        struct cb_encoder *encoder = new_encoder(specification, false, NULL);
        struct cb_buffer *out = NULL;

        ck_assert_int_eq(cb_buffer_new(&out, &options), CB_OK);
        int status = cb_encode_bytes(encoder, "abcdefghijklmnop", 16, NULL, NULL, out);
        if (status == CB_EUNENCODABLE && !frame)
            status = CB_ELIMIT; /* bson wants its own length in it */
        expect(status == CB_OK || (status == CB_ELIMIT && cb_length(out) == 0),
               "%s: %d with %zu bytes", specification, status, cb_length(out));
        expect(status == CB_OK || limit < frame + CB__TRANSFORM_ROOM || !frame,
               "%s: a limit of %zu is enough", specification, limit);
        if (status == CB_OK && frame)
            assert_holds(out, expected.bytes, frame);
        cb_buffer_free(out);
        cb_encoder_free(encoder);
    }
    list_free(&records);
    list_free(&expected);
}
END_TEST

/* A queue with a limit, for which a record is too much now and then. */
START_TEST(a_record_that_does_not_fit_does_not_disturb_the_reader_of_the_output)
{
    const struct cb_buffer_options options = {.size = sizeof options, .limit = 100};
    struct cb_buffer *queue,
        *record = buffer_of(NULL, BYTES("two of these, and no more, have room"), 8);
    struct cb_encoder *encoder = new_encoder("lf", true, NULL);
    struct cb_decoder *decoder;
    struct cb_piece pieces[4];
    size_t records = 0;

    ck_assert_int_eq(cb_buffer_new(&queue, &options), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "lf", NULL, NULL), CB_OK);
    ck_assert_int_eq((int)cb_decoder_batch(decoder, queue, pieces, 4), CB_MORE);
    for (int round = 0; round < 10; round++) {
        int status;

        while ((status = cb_encode(encoder, record, queue)) == CB_OK)
            records++;
        ck_assert_int_eq(status, CB_ELIMIT);
        ck_assert_int_eq(cb_encode_bytes(encoder, "a\nb", 3, NULL, NULL, queue), CB_EUNENCODABLE);
        const ssize_t n = cb_decoder_batch(decoder, queue, pieces, 4);
        ck_assert_int_eq((int)n, 2);
        cb_decoder_release(decoder, queue);
    }
    ck_assert_uint_eq(records, 20);
    cb_encoder_free(encoder);
    cb_decoder_free(decoder);
    cb_buffer_free(queue);
    cb_buffer_free(record);
}
END_TEST

/* Short ones take another way than long ones, and both that of cb_encode_bytes. */
START_TEST(a_piece_that_is_a_whole_record_needs_no_total)
{
    static const size_t lengths[] = {0, 5, 100, 5000, 100000};
    static const uint64_t totals[] = {CB_UNKNOWN, 3};
    static uint8_t text[100000];

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < COUNT(lengths) * COUNT(totals); i++) {
        struct cb_encoder *encoder = new_encoder(outputs[_i], false, NULL);
        struct cb_buffer *out = new_buffer(NULL, 4096), *expected = new_buffer(NULL, 4096);
        const struct cb_piece piece = {
            .data = text,
            .length = lengths[i / COUNT(totals)],
            .record = 1,
            .total = totals[i % COUNT(totals)],
            .flags = CB_FIRST | CB_LAST,
        };
        size_t taken;
        int status;

        do
            status = cb_encode_pieces(encoder, &piece, 1, out, &taken);
        while (status == CB_YES);
        cb_encoder_reset(encoder);
        expect(cb_encode_bytes(encoder, text, piece.length, NULL, NULL, expected) == status,
               "%s: %d with %zu bytes", outputs[_i], status, piece.length);
        expect(cb_compare(out, expected) == 0, "%s: %zu bytes", outputs[_i], piece.length);
        cb_encoder_free(encoder);
        cb_buffer_free(out);
        cb_buffer_free(expected);
    }
}
END_TEST

static Suite *encode_suite(void)
{
    Suite *suite = suite_create("encode");
    TCase *tcase = add_case(suite, "bytes");

    tcase_add_loop_test(tcase, pieces_are_encoded_alike_however_they_are_cut, 0,
                        (int)COUNT(outputs));
    tcase_add_loop_test(tcase, whole_records_are_encoded_as_their_pieces_are, 0,
                        (int)COUNT(outputs));
    tcase_add_test(tcase, a_record_that_does_not_fit_does_not_disturb_the_reader_of_the_output);
    tcase_add_loop_test(tcase, a_whole_record_that_does_not_fit_leaves_the_output_as_it_was, 0,
                        (int)COUNT(outputs));
    tcase_add_loop_test(tcase, a_piece_that_is_a_whole_record_needs_no_total, 0,
                        (int)COUNT(outputs));
    return suite;
}

int main(void)
{
    return run_suite(encode_suite());
}
