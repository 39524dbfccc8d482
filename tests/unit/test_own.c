/* SPDX-License-Identifier: MIT */
/*
 * Framings of one's own: what is described by functions behaves as the same framing
 * of the table does, whatever comes and however it comes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "expect.h"
#include "twins.h"

/* The same, with its flag for keeping the framing on. */
static struct cb_own keeping(const struct cb_own *own)
{
    struct cb_own copy = *own;

    copy.flags |= CB_OWN_KEEP;
    return copy;
}

static void check_streams(const struct twin *twin, const struct cb_own *own, const char *decodes,
                          const struct cb_decoder_options *options, int rounds, uint64_t seed)
{
    struct prng prng = {.state = seed};
    uint8_t noise[24];

    for (int round = 0; round < rounds; round++) {
        size_t size, n = prng_below(&prng, sizeof noise + 1);
        uint8_t *stream = twin_stream(&prng, twin, 1 + prng_below(&prng, 3), 7, &size);

        check_own(own, decodes, options, stream, size);
        free(stream);
        prng_fill(&prng, noise, n, twin->alphabet, twin->letters);
        check_own(own, decodes, options, noise, n);
    }
}

START_TEST(it_decodes_as_the_table_does_at_every_cut)
{
    check_streams(&twins[_i], twins[_i].own, twins[_i].decodes, NULL, 20, (uint64_t)_i);
}
END_TEST

START_TEST(it_keeps_the_framing_on_as_the_table_does)
{
    const struct twin *twin = &twins[_i];
    const struct cb_own own = keeping(twin->own);
    char decodes[80];

    snprintf(decodes, sizeof decodes, "%s,keep", twin->decodes);
    check_streams(twin, &own, decodes, NULL, 10, 100 + (uint64_t)_i);
}
END_TEST

START_TEST(every_limit_and_end_is_as_in_the_table)
{
    const struct twin *twin = &twins[_i / 12];
    const struct cb_decoder_options options = {
        .size = sizeof options,
        .max_record = 1 + (uint64_t)_i % 5,
        .on_partial = (enum cb_partial)(_i % 4),
        .on_overflow = (enum cb_overflow)(_i / 4 % 3),
    };

    check_streams(twin, twin->own, twin->decodes, &options, 8, 200 + (uint64_t)_i);
}
END_TEST

/* ------------------------------------------------------------------ any to any */

struct pair {
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *in, *out;
};

static struct sums out_sums;

/* The same for an encoder that is used with a decoder: what they sum up is not one. */
static struct cb_own encoding(const struct cb_own *own)
{
    struct cb_own copy = *own;

    if (copy.arg == &twin_sums)
        copy.arg = &out_sums;
    return copy;
}

/* NULL: by the specification. */
static void make_pair(struct pair *pair, const struct cb_own *from, const char *decodes,
                      const struct cb_own *to, const char *encodes)
{
    const struct cb_encoder_options options = {.size = sizeof options, .refuse_collisions = 1};

    if (from)
        ck_assert_int_eq(cb_decoder_new_own(&pair->decoder, from, NULL, NULL), CB_OK);
    else
        ck_assert_int_eq(cb_decoder_new(&pair->decoder, decodes, NULL, NULL), CB_OK);
    if (to) {
        const struct cb_own own = encoding(to);

        ck_assert_int_eq(cb_encoder_new_own(&pair->encoder, &own, &options, NULL), CB_OK);
    } else {
        ck_assert_int_eq(cb_encoder_new(&pair->encoder, encodes, &options, NULL), CB_OK);
    }
    pair->in = new_buffer(NULL, 4096);
    pair->out = new_buffer(NULL, 4096);
}

static void free_pair(struct pair *pair)
{
    cb_decoder_free(pair->decoder);
    cb_encoder_free(pair->encoder);
    cb_buffer_free(pair->in);
    cb_buffer_free(pair->out);
}

/* What an input becomes, and how that ends. */
struct result {
    uint8_t *bytes;
    size_t size, records, refused;
    uint64_t refused_at; /* sum of the offsets */
    int status;
};

static struct result reframe(struct pair *pair, const uint8_t *input, size_t size, size_t step)
{
    struct feed feed = {.data = input, .size = size, .cut = step, .step = step};
    struct result result = {.status = CB_MORE};
    bool finished = false;

    while (result.status >= 0 || result.status == CB_EUNENCODABLE) {
        size_t count;

        result.status =
            cb_reframe(pair->decoder, pair->encoder, pair->in, pair->out, CB_ALL, &count);
        result.records += count;
        if (result.status == CB_EUNENCODABLE) {
            result.refused++;
            result.refused_at += cb_encoder_error(pair->encoder)->offset;
        }
        if (result.status == CB_MORE && !feed_next(&feed, pair->in)) {
            expect(!finished, "more than all is wanted");
            cb_decoder_finish(pair->decoder);
            finished = true;
        }
    }
    if (result.status == CB_END)
        ck_assert_int_eq(cb_encode_end(pair->encoder, pair->out), CB_OK);
    result.bytes = flatten(pair->out, &result.size);
    return result;
}

static void same(const struct result *got, const struct result *expected)
{
    ck_assert_int_eq(got->status, expected->status);
    expect(got->records == expected->records && got->refused == expected->refused &&
               got->refused_at == expected->refused_at,
           "%zu records, %zu refused, at %" PRIu64 "; not %zu, %zu, %" PRIu64, got->records,
           got->refused, got->refused_at, expected->records, expected->refused,
           expected->refused_at);
    expect(got->size == expected->size &&
               (got->size == 0 || memcmp(got->bytes, expected->bytes, got->size) == 0),
           "%zu other bytes than the %zu expected", got->size, expected->size);
}

/* In, out and both: three ways to the same bytes. */
START_TEST(it_reframes_as_the_table_does_in_both_directions)
{
    const struct twin *from = &twins[_i / (int)COUNT(twins)], *to = &twins[_i % (int)COUNT(twins)];
    struct prng prng = {.state = 300 + (uint64_t)_i};

    for (size_t round = 0; round < rounds(20, 60); round++) {
        size_t size, step = 1 + prng_below(&prng, round % 2 ? 8 : 3000);
        uint8_t *stream = twin_stream(&prng, from, 20, (size_t)(round % 5 == 0 ? 800 : 30), &size);
        struct result expected = {.status = CB_OK};

        for (unsigned own = 0; own < 4; own++) {
            struct pair pair;

            make_pair(&pair, own & 1 ? from->own : NULL, from->decodes, own & 2 ? to->own : NULL,
                      to->encodes);
            struct result result = reframe(&pair, stream, size, step);
            if (own == 0)
                expected = result;
            else
                same(&result, &expected);
            if (own > 0)
                free(result.bytes);
            free_pair(&pair);
        }
        free(expected.bytes);
        free(stream);
    }
}
END_TEST

START_TEST(records_are_counted_without_being_given)
{
    const struct twin *twin = &twins[_i];
    struct prng prng = {.state = 400};
    size_t size;
    uint8_t *stream = twin_stream(&prng, twin, 300, 20, &size);
    struct cb_decoder *decoder, *other;
    struct cb_buffer *buffer = buffer_of(NULL, stream, size, 100);
    struct cb_buffer *again = buffer_of(NULL, stream, size, 100);
    uint64_t count, expected;

    ck_assert_int_eq(cb_decoder_new_own(&decoder, twin->own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&other, twin->decodes, NULL, NULL), CB_OK);
    ck_assert_uint_eq(cb_decoder_traits(decoder) & CB_TELLS_LENGTH,
                      cb_decoder_traits(other) & CB_TELLS_LENGTH);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 50, &count),
                         cb_decoder_skip(other, again, 50, &expected));
        ck_assert_uint_eq(count, expected);
        ck_assert_uint_eq(cb_position(buffer), cb_position(again));
        ck_assert_uint_eq(cb_decoder_record(decoder), cb_decoder_record(other));
    }
    cb_decoder_free(decoder);
    cb_decoder_free(other);
    cb_buffer_free(buffer);
    cb_buffer_free(again);
    free(stream);
}
END_TEST

START_TEST(the_header_of_a_frame_is_at_hand)
{
    struct cb_decoder *decoder;
    struct cb_buffer *buffer = buffer_of(NULL, BYTES("3:one,12:twelve bytes,"), 2);
    struct cb_piece piece;
    char bytes[8];

    ck_assert_int_eq(cb_decoder_new_own(&decoder, &twin_digits, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.header, 2);
    ck_assert_uint_eq(cb_decoder_header(decoder, &piece, bytes, sizeof bytes), 2);
    ck_assert_mem_eq(bytes, "3:", 2);
    while (cb_decoder_next(decoder, buffer, &piece) > 0 && !(piece.flags & CB_FIRST))
        continue;
    ck_assert_uint_eq(cb_decoder_header(decoder, &piece, bytes, sizeof bytes), 3);
    ck_assert_mem_eq(bytes, "12:", 3);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

START_TEST(payload_that_nobody_sees_may_go_by)
{
    struct pair pair;

    make_pair(&pair, &twin_digits, NULL, &twin_padded, NULL);
    ck_assert_int_eq(cb_append(pair.in, BYTES("256:ab")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    assert_holds(pair.out, BYTES("\0\1\0\0ab"));
    cb_skip(pair.out, CB_ALL);
    ck_assert_uint_eq(cb_reframe_ahead(pair.decoder, pair.encoder, pair.out), 254);
    ck_assert_int_eq(cb_reframe_pass(pair.decoder, pair.encoder, pair.in, 254), CB_OK);
    ck_assert_int_eq(cb_append(pair.in, BYTES(",0:,")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    assert_holds(pair.out, BYTES(";\n\0\0\0\0;\n"));
    free_pair(&pair);
}
END_TEST

START_TEST(payload_that_is_summed_may_not_go_by)
{
    struct pair pair;

    make_pair(&pair, &twin_digits, NULL, &twin_summed, NULL);
    ck_assert_int_eq(cb_append(pair.in, BYTES("256:ab")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    cb_skip(pair.out, CB_ALL);
    ck_assert_uint_gt(cb_decoder_ahead(pair.decoder), 0);
    ck_assert_uint_eq(cb_reframe_ahead(pair.decoder, pair.encoder, pair.out), 0);
    free_pair(&pair);
}
END_TEST
/* --------------------------------------------------------------------- memory */

/* Both ways with the n-th allocation failing; CB_OK when it was not needed. */
static int with_failure(struct counting *counting, const struct twin *twin, const uint8_t *stream,
                        size_t size)
{
    const struct cb_decoder_options decoding = {
        .size = sizeof decoding, .allocator = &counting->hooks, .whole = 1};
    const struct cb_own own = encoding(twin->own);
    const struct cb_encoder_options encoding_options = {
        .size = sizeof encoding_options, .allocator = &counting->hooks, .refuse_collisions = 1};
    const struct cb_buffer_options buffers = {
        .size = sizeof buffers, .chunk_max = 64, .allocator = &counting->hooks};
    struct pair pair = {.decoder = NULL};
    int status = cb_decoder_new_own(&pair.decoder, twin->own, &decoding, NULL);

    if (status == CB_OK)
        status = cb_encoder_new_own(&pair.encoder, &own, &encoding_options, NULL);
    if (status == CB_OK)
        status = cb_buffer_new(&pair.in, &buffers);
    if (status == CB_OK)
        status = cb_buffer_new(&pair.out, &buffers);
    if (status == CB_OK)
        status = cb_append(pair.in, stream, size);
    while (status == CB_OK || status == CB_YES || status == CB_EUNENCODABLE) {
        status = cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL);
        if (status == CB_MORE)
            break;
    }
    expect(status == CB_OK || status == CB_ENOMEM || status == CB_EMALFORMED, "%d", status);
    free_pair(&pair);
    return status;
}

START_TEST(the_nth_allocation_may_fail)
{
    struct prng prng = {.state = 11};
    size_t size;
    uint8_t *stream = twin_stream(&prng, &twins[_i], 40, 20, &size);
    struct counting counting;
    int status = CB_ENOMEM;

    counting_init(&counting);
    for (uint64_t n = 1; status == CB_ENOMEM; n++) {
        counting_fail(&counting, n, false);
        status = with_failure(&counting, &twins[_i], stream, size);
        expect(status == CB_ENOMEM || !counting.failed, "a failure was not reported");
        counting.failed = false;
        ck_assert_uint_lt(n, 100);
    }
    counting_fini(&counting);
    free(stream);
}
END_TEST

static Suite *own_suite(void)
{
    Suite *suite = suite_create("own");
    TCase *alike = add_case(suite, "alike");

    tcase_add_loop_test(alike, it_decodes_as_the_table_does_at_every_cut, 0, TWINS);
    tcase_add_loop_test(alike, it_keeps_the_framing_on_as_the_table_does, 0, TWINS);
    tcase_add_loop_test(alike, every_limit_and_end_is_as_in_the_table, 0, 12 * TWINS);
    tcase_add_loop_test(alike, it_reframes_as_the_table_does_in_both_directions, 0, TWINS * TWINS);
    tcase_add_loop_test(alike, records_are_counted_without_being_given, 0, TWINS);
    tcase_add_test(alike, the_header_of_a_frame_is_at_hand);
    tcase_add_test(alike, payload_that_nobody_sees_may_go_by);
    tcase_add_test(alike, payload_that_is_summed_may_not_go_by);
    tcase_add_loop_test(alike, the_nth_allocation_may_fail, 0, TWINS);
    return suite;
}

int main(void)
{
    return run_suite(own_suite());
}
