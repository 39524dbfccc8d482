/* SPDX-License-Identifier: MIT */
/* What cb_reframe keeps for its next call, and what is held until its record is whole: whatever is
 * done to the input in between, and where memory is short. */
#include <string.h>

#include "expect.h"
#include "outputs.h"
#include "reading.h"
#include "streams.h"
#include "reframing.h"

/* ------------------------------------------------------------ one by one */

/* 20 lines of 10 bytes, and an output that has taken five and a part of the next one. */
static void make_kept(struct pair *pair)
{
    make_pair(pair, "lf", "u8", false, false, 64);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(cb_append(pair->in, BYTES("0123456789\n")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair->decoder, pair->encoder, pair->in, pair->out, CB_ALL, NULL),
                     CB_YES);
}

START_TEST(what_is_kept_for_the_next_call_is_not_lost_to_others)
{
    struct pair pair;
    struct cb_piece piece;
    struct cb_buffer *record = new_buffer(NULL, 64);
    uint64_t n;

    make_kept(&pair);
    ck_assert_uint_le(cb_length(pair.out), 64);
    ck_assert_int_eq(cb_decoder_take(pair.decoder, pair.in, record), CB_ESTATE);
    ck_assert_int_eq(cb_decoder_skip(pair.decoder, pair.in, 1, &n), CB_ESTATE);
    ck_assert_int_eq(cb_decoder_next(pair.decoder, pair.in, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.record, 6);
    cb_buffer_free(record);
    free_pair(&pair);
}
END_TEST

/* (With and without a release after each call; what is kept is not dropped by one.) */
START_TEST(the_pieces_that_are_kept_come_first)
{
    for (size_t max = 1; max < 8; max++) {
        struct pair pair;
        struct cb_piece pieces[8];
        uint64_t record = 6;
        ssize_t n;

        make_kept(&pair);
        while ((n = cb_decoder_batch(pair.decoder, pair.in, pieces, max)) > 0) {
            for (ssize_t i = 0; i < n; i++, record++) {
                ck_assert_uint_eq(pieces[i].record, record);
                ck_assert_uint_eq(pieces[i].flags, CB_FIRST | CB_LAST);
                ck_assert_uint_eq(pieces[i].length, 10);
                ck_assert_uint_eq(pieces[i].offset, 11 * (record - 1));
                ck_assert_int_eq(memcmp(pieces[i].data, "0123456789", 10), 0);
            }
            if (_i)
                cb_decoder_release(pair.decoder, pair.in);
        }
        ck_assert_int_eq((int)n, CB_MORE);
        ck_assert_uint_eq(record, 21);
        ck_assert_uint_eq(cb_length(pair.in), _i ? 0 : 220);
        free_pair(&pair);
    }
}
END_TEST

START_TEST(once_it_is_returned_the_next_record_follows)
{
    struct pair pair;
    struct cb_piece piece;

    make_kept(&pair);
    cb_skip(pair.out, CB_ALL);
    ck_assert_int_eq((int)cb_decoder_batch(pair.decoder, pair.in, &piece, 1), 1);
    ck_assert_uint_eq(piece.record, 6);
    cb_encoder_reset(pair.encoder);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_YES);
    ck_assert_uint_eq(cb_length(pair.out), 64);
    ck_assert_int_eq((int)cb_decoder_batch(pair.decoder, pair.in, &piece, 1), 1);
    ck_assert_uint_eq(piece.record, 12);
    free_pair(&pair);
}
END_TEST

/* What a caller may do with the input between two calls. */
enum between { NOTHING, JOINED, PASSED_NONE, RECOVERED, BETWEEN };

/* Does that, and overwrites the blocks that this frees. */
static void do_between(struct pair *pair, struct cb_pool *pool, enum between what)
{
    struct cb_buffer *other = new_buffer(pool, 64);
    const void *data;
    uint64_t lost;
    uint8_t x[2048];

    if (what == JOINED)
        ck_assert_int_eq(cb_data(pair->in, cb_length(pair->in), &data), CB_YES);
    if (what == PASSED_NONE)
        ck_assert_int_eq(cb_decoder_pass(pair->decoder, pair->in, 0), CB_OK);
    if (what == RECOVERED)
        ck_assert_int_eq(cb_decoder_recover(pair->decoder, pair->in, &lost), CB_ESTATE);
    memset(x, 'x', sizeof x);
    ck_assert_int_eq(cb_append(other, x, sizeof x), CB_OK);
    cb_buffer_free(other);
}

/* Reframes an input in short chunks to an output without much room. */
static void reframe_and_disturb(const char *from, const char *to, enum between what,
                                struct record_list *wire)
{
    const struct cb_decoder_options options = {.size = sizeof options,
                                               .on_malformed = CB_MALFORMED_SKIP};
    struct cb_pool *pool;
    struct pair pair;
    int status;

    ck_assert_int_eq(cb_pool_new(&pool, NULL), CB_OK);
    make_pair(&pair, from, to, false, false, 100);
    if (what == RECOVERED) {
        cb_decoder_free(pair.decoder);
        ck_assert_int_eq(cb_decoder_new(&pair.decoder, from, &options, NULL), CB_OK);
    }
    cb_buffer_free(pair.in);
    pair.in = new_buffer(pool, 64);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(cb_printf(pair.in, "{\"number\":%d,\"is\":\"that of a line\"}\n", i), 0);
    ck_assert_int_eq(cb_append(pair.in, BYTES("}\n")), CB_OK);
    while ((status = cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL)) ==
           CB_YES) {
        list_add_buffer(wire, pair.out);
        do_between(&pair, pool, what);
    }
    list_add_buffer(wire, pair.out);
    ck_assert_int_eq(status, from[0] == 'n' ? CB_EMALFORMED : CB_MORE);
    free_pair(&pair);
    cb_pool_unref(pool);
}

/* (Records in one chunk, records in several, and such as are held until their end.) */
START_TEST(what_is_kept_stays_whatever_happens_to_the_input)
{
    static const char *const from[] = {"lf", "ndjson", "sse"}, *const to[] = {"u8", "json", "dump"};
    const enum between what = (enum between)_i;

    for (size_t i = 0; i < COUNT(from); i++) {
        for (size_t k = 0; k < COUNT(to); k++) {
            struct record_list got = {.size = 0}, expected = {.size = 0};

            if (what == RECOVERED && i != 1)
                continue;
            reframe_and_disturb(from[i], to[k], NOTHING, &expected);
            reframe_and_disturb(from[i], to[k], what, &got);
            expect(got.size == expected.size && !memcmp(got.bytes, expected.bytes, got.size),
                   "%s to %s, %d: %.*s", from[i], to[k], what, (int)got.size, (char *)got.bytes);
            list_free(&expected);
            list_free(&got);
        }
    }
}
END_TEST

START_TEST(what_is_kept_must_not_be_dropped)
{
    for (size_t n = 1; n < 100; n++) {
        struct cb_piece pieces[2];
        struct pair pair;

        make_kept(&pair);
        cb_skip(pair.out, CB_ALL);
        const uint64_t kept = 55, before = cb_position(pair.in) + n;
        cb_skip(pair.in, n);
        ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                         before > kept ? CB_ESTATE : CB_YES);
        if (before > kept) {
            ck_assert_int_eq((int)cb_decoder_batch(pair.decoder, pair.in, pieces, 2), CB_ESTATE);
            ck_assert_int_eq(cb_decoder_next(pair.decoder, pair.in, pieces), CB_ESTATE);
        }
        free_pair(&pair);
    }
}
END_TEST

/* The beginning of a truncated record was put aside, and its bytes have left the input. */
START_TEST(what_is_kept_of_a_truncated_record_needs_no_input)
{
    const struct cb_decoder_options truncates = {.size = sizeof truncates,
                                                 .whole = CB_WHOLE,
                                                 .max_record = 100,
                                                 .on_overflow = CB_OVERFLOW_TRUNCATE};
    char record[121] = {0};
    struct pair pair;

    memset(record, 'x', 120);
    make_pair(&pair, "lf", "u8", false, false, 64);
    cb_decoder_free(pair.decoder);
    ck_assert_int_eq(cb_decoder_new(&pair.decoder, "lf", &truncates, NULL), CB_OK);
    append_block(pair.in, record, 120);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    ck_assert_uint_eq(cb_length(pair.in), 0);
    append_block(pair.in, "\n", 1);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_YES);
    ck_assert_uint_eq(cb_length(pair.out), 64);
    cb_skip(pair.out, CB_ALL);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    assert_holds(pair.out, record, 37); /* a byte of length came before the others */
    free_pair(&pair);
}
END_TEST

/* Two pieces were seen, one was returned. */
START_TEST(to_pass_nothing_changes_nothing)
{
    struct cb_buffer *in = buffer_of(NULL, BYTES("one line of some bytes\nan"), 8);
    struct cb_decoder *decoder;
    struct cb_piece piece;
    size_t length = 0;

    ck_assert_int_eq(cb_decoder_new(&decoder, "lf", NULL, NULL), CB_OK);
    while (cb_decoder_batch(decoder, in, &piece, 1) == 1) {
        ck_assert_int_eq(cb_decoder_pass(decoder, in, 0), CB_OK);
        length += piece.length;
    }
    ck_assert_uint_eq(length, 24);
    cb_decoder_free(decoder);
    cb_buffer_free(in);
}
END_TEST

/* ... also those that another call has begun to read, as long as it returned nothing. */
START_TEST(a_record_of_which_nothing_was_returned_is_held_from_its_beginning)
{
    struct cb_buffer *record = new_buffer(NULL, 64);
    struct cb_piece piece;
    struct pair pair;

    make_pair(&pair, "line", "u32be", false, false, 0);
    ck_assert_int_eq(cb_append(pair.in, BYTES("a line in")), CB_OK);
    ck_assert_int_eq(cb_decoder_take(pair.decoder, pair.in, record), CB_MORE);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    ck_assert_int_eq(cb_append(pair.in, BYTES(" two parts\nx\n")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    assert_holds(pair.out, BYTES("\0\0\0\x13"
                                 "a line in two parts\0\0\0\1x"));
    free_pair(&pair);
    /* What was returned is not the encoder's any more. */
    make_pair(&pair, "line", "u32be", false, false, 0);
    ck_assert_int_eq(cb_append(pair.in, BYTES("a line in")), CB_OK);
    ck_assert_int_eq(cb_decoder_next(pair.decoder, pair.in, &piece), CB_PIECE);
    ck_assert_int_eq(cb_append(pair.in, BYTES(" two parts\nx\n")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_ESTATE);
    free_pair(&pair);
    cb_buffer_free(record);
}
END_TEST

/* Whichever allocation fails: what is written is right, and the call may be made again. */
START_TEST(no_header_is_lost_where_memory_is_short)
{
    static const char in_bytes[] = "one\ntwo\nthree\nfour\nfive\nsix\n";
    static const char out_bytes[] = "3:one,3:two,5:three,4:four,4:five,3:six,";
    struct counting counting;

    for (uint64_t at = 1; at < 12; at++) {
        counting_init(&counting);
        const struct cb_decoder_options decoding = {.size = sizeof decoding,
                                                    .allocator = &counting.hooks};
        const struct cb_encoder_options encoding = {.size = sizeof encoding,
                                                    .allocator = &counting.hooks};
        const struct cb_buffer_options output = {.size = sizeof output,
                                                 .allocator = &counting.hooks};
        struct pair pair = {.in = new_buffer(NULL, 4096)};
        int status = CB_ENOMEM;

        ck_assert_int_eq(cb_decoder_new(&pair.decoder, "line", &decoding, NULL), CB_OK);
        ck_assert_int_eq(cb_encoder_new(&pair.encoder, "netstring", &encoding, NULL), CB_OK);
        ck_assert_int_eq(cb_buffer_new(&pair.out, &output), CB_OK);
        ck_assert_int_eq(cb_append(pair.in, in_bytes, sizeof in_bytes - 1), CB_OK);
        counting_fail(&counting, at, false);
        for (int i = 0; i < 3 && status == CB_ENOMEM; i++)
            status = cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL);
        ck_assert_int_eq(status, CB_MORE);
        assert_holds(pair.out, out_bytes, sizeof out_bytes - 1);
        free_pair(&pair);
        counting_fini(&counting);
    }
}
END_TEST

/* Short records are copied to another place of the page than they come from, which may need
 * room for one more chunk. */
START_TEST(no_record_is_lost_where_there_is_no_memory_to_step_aside)
{
    enum { RECORDS = 1000, PAGE = 4096, CHUNKS = 6 };
    static _Alignas(PAGE) uint8_t bytes[PAGE + RECORDS * 9];
    static uint8_t expected[CHUNKS + RECORDS * 12];

    for (size_t i = 0; i < RECORDS; i++)
        memcpy(expected + CHUNKS + 12 * i, "\0\0\0\10abcdefgh", 12);
    memset(expected, '-', CHUNKS);
    for (size_t shift = 0; shift < PAGE; shift += 256) {
        bool failed = true;

        for (size_t i = 0; i < RECORDS; i++)
            memcpy(bytes + shift + 9 * i, "\10abcdefgh", 9);
        for (uint64_t at = 1; failed; at++) {
            struct counting counting;
            struct pair pair;
            int status = CB_ENOMEM;

            counting_init(&counting);
            const struct cb_buffer_options output = {.size = sizeof output,
                                                     .allocator = &counting.hooks,
                                                     .chunk_min = 65536,
                                                     .cutoff = 1};
            make_pair(&pair, "u8", "u32be", false, false, 0);
            cb_buffer_free(pair.out);
            ck_assert_int_eq(cb_buffer_new(&pair.out, &output), CB_OK);
            for (size_t i = 0; i < CHUNKS; i++)
                append_block(pair.out, "-", 1);
            ck_assert_int_eq(cb_append_ref(pair.in, bytes + shift, RECORDS * 9, NULL, NULL), CB_OK);
            counting_fail(&counting, at, false);
            for (int i = 0; i < 2 && status == CB_ENOMEM; i++)
                status = cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL);
            failed = counting.failed;
            ck_assert_int_eq(status, CB_MORE);
            assert_holds(pair.out, expected, sizeof expected);
            free_pair(&pair);
            counting_fini(&counting);
        }
    }
}
END_TEST

static Suite *reframe_kept_suite(void)
{
    Suite *suite = suite_create("reframe_kept");
    TCase *tcase = add_case(suite, "calls");

    tcase_add_test(tcase, no_header_is_lost_where_memory_is_short);
    tcase_add_test(tcase, no_record_is_lost_where_there_is_no_memory_to_step_aside);
    tcase_add_test(tcase, what_is_kept_for_the_next_call_is_not_lost_to_others);
    tcase_add_loop_test(tcase, the_pieces_that_are_kept_come_first, 0, 2);
    tcase_add_test(tcase, once_it_is_returned_the_next_record_follows);
    tcase_add_loop_test(tcase, what_is_kept_stays_whatever_happens_to_the_input, 0, BETWEEN);
    tcase_add_test(tcase, what_is_kept_must_not_be_dropped);
    tcase_add_test(tcase, what_is_kept_of_a_truncated_record_needs_no_input);
    tcase_add_test(tcase, to_pass_nothing_changes_nothing);
    tcase_add_test(tcase, a_record_of_which_nothing_was_returned_is_held_from_its_beginning);
    return suite;
}

int main(void)
{
    return run_suite(reframe_kept_suite());
}
