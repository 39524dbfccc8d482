/* SPDX-License-Identifier: MIT */
/* One call of cb_reframe after another: how much each does, and what
 * is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outputs.h"
#include "reading.h"
#include "streams.h"
#include "reframing.h"

/* ------------------------------------------------------------ one by one */

START_TEST(no_record_beyond_those_asked_for_is_begun)
{
    struct pair pair;
    size_t count;

    make_pair(&pair, "netstring", "line", false, false, 0);
    ck_assert_int_eq(cb_append(pair.in, BYTES("1:a,2:bb,3:ccc,x")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, 2, &count), CB_YES);
    ck_assert_uint_eq(count, 2);
    assert_holds(pair.in, BYTES("3:ccc,x"));
    assert_holds(pair.out, BYTES("a\nbb\n"));
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, 1, NULL), CB_YES);
    assert_holds(pair.in, BYTES("x"));
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, 1, NULL),
                     CB_EMALFORMED);
    free_pair(&pair);
}
END_TEST

START_TEST(one_call_does_no_more_than_its_share)
{
    enum { SIZE = 4 << 20 };
    struct pair pair;
    size_t calls = 0, made = 0;
    char *bytes = malloc(SIZE);

    ck_assert_ptr_nonnull(bytes);
    memset(bytes, 'x', SIZE);
    for (size_t i = 99; i < SIZE; i += 100)
        bytes[i] = '\n';
    make_pair(&pair, "lf", "u32be", false, false, 0);
    ck_assert_int_eq(cb_append(pair.in, bytes, SIZE), CB_OK);
    while (cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL) == CB_YES) {
        ck_assert_uint_le(cb_length(pair.out), 256 << 10);
        made += cb_length(pair.out);
        cb_skip(pair.out, CB_ALL);
        calls++;
    }
    ck_assert_uint_ge(calls, 16);
    ck_assert_uint_eq(made + cb_length(pair.out), (SIZE / 100) * 103);
    free(bytes);
    free_pair(&pair);
}
END_TEST

/* (As one chunk, which adds nothing to a share of chunks; and without any output.) */
START_TEST(nor_where_nothing_is_copied)
{
    static const char *const to[] = {"lf", "none"};
    enum { SIZE = 40 << 20, LINE = 1000 };
    char *bytes = malloc(SIZE);

    ck_assert_ptr_nonnull(bytes);
    memset(bytes, '0', SIZE);
    for (size_t i = 0; i + LINE <= SIZE; i += LINE) {
        bytes[i] = bytes[i + LINE - 2] = '"';
        bytes[i + LINE - 1] = '\n';
    }
    for (size_t i = 0; i < 2 * COUNT(to); i++) {
        struct pair pair;
        size_t count, records = 0;

        make_pair(&pair, i % 2 ? "lf" : "ndjson", to[i / 2], false, false, 0);
        ck_assert_int_eq(cb_append_ref(pair.in, bytes, SIZE / LINE * LINE, NULL, NULL), CB_OK);
        while (cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, &count) ==
               CB_YES) {
            records += count;
            ck_assert_uint_le(count, (17 << 20) / LINE);
            cb_skip(pair.out, CB_ALL);
        }
        ck_assert_uint_eq(records + count, SIZE / LINE);
        free_pair(&pair);
    }
    free(bytes);
}
END_TEST

/* Which way a frame goes depends on its length and on those before it; what comes of it
 * does not. */
START_TEST(short_and_long_records_may_alternate)
{
    static const char *const to[] = {"lf", "u32be", "netstring"};
    static const size_t lengths[] = {0, 1, 15, 80, 511, 512, 4093, 4094, 4095, 9000, 40000};
    struct prng prng = {(uint64_t)_i};
    struct record_list expected = {.count = 0}, wire = {.count = 0};
    struct pair pair;
    struct cb_encoder *encoder = NULL;
    struct cb_buffer *plain = new_buffer(NULL, 4096);
    char *bytes = malloc(40000);

    ck_assert_ptr_nonnull(bytes);
    make_pair(&pair, "crlf", to[_i % 3], false, false, _i % 2 ? 3000 : 0);
    ck_assert_int_eq(cb_encoder_new(&encoder, to[_i % 3], NULL, NULL), CB_OK);
    for (int i = 0; i < 300; i++) {
        const size_t few = 1 + prng_below(&prng, COUNT(lengths));
        const size_t n = lengths[prng_below(&prng, few)];

        memset(bytes, 'a' + i % 26, n);
        ck_assert_int_eq(cb_append(pair.in, bytes, n), CB_OK);
        ck_assert_int_eq(cb_append(pair.in, "\r\n", 2), CB_OK);
        ck_assert_int_eq(cb_encode_bytes(encoder, bytes, n, NULL, NULL, plain), CB_OK);
        if (prng_below(&prng, 40) && i < 299)
            continue;
        while (cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, 1 + prng_below(&prng, 100),
                          NULL) == CB_YES)
            list_add_buffer(&wire, pair.out);
    }
    list_add_buffer(&wire, pair.out);
    list_add_buffer(&expected, plain);
    ck_assert_uint_eq(wire.size, expected.size);
    ck_assert_mem_eq(wire.bytes, expected.bytes, expected.size);
    list_free(&wire);
    list_free(&expected);
    free(bytes);
    cb_encoder_free(encoder);
    cb_buffer_free(plain);
    free_pair(&pair);
}
END_TEST

START_TEST(another_input_is_refused_inside_a_stream)
{
    struct cb_buffer *other = buffer_of(NULL, BYTES("two\n"), 4);
    struct pair pair;
    size_t count = 7;

    make_pair(&pair, "line", "u8", false, false, 0);
    ck_assert_int_eq(cb_append(pair.in, BYTES("one\ntw")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, other, pair.out, CB_ALL, &count),
                     CB_ESTATE);
    ck_assert_uint_eq(count, 0);
    assert_holds(other, BYTES("two\n"));
    assert_holds(pair.out, BYTES("\3one"));
    cb_buffer_free(other);
    free_pair(&pair);
}
END_TEST

START_TEST(payload_that_nobody_sees_may_go_by)
{
    struct pair pair;

    make_pair(&pair, "u32be", "netstring", false, false, 0);
    ck_assert_int_eq(cb_append(pair.in, BYTES("\0\0\1\0ab")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    ck_assert_uint_eq(cb_reframe_ahead(pair.decoder, pair.encoder, pair.out), 0);
    assert_holds(pair.out, BYTES("256:ab"));
    cb_skip(pair.out, CB_ALL);
    ck_assert_uint_eq(cb_reframe_ahead(pair.decoder, pair.encoder, pair.out), 254);
    ck_assert_int_eq(cb_reframe_pass(pair.decoder, pair.encoder, pair.in, 255), CB_EINVAL);
    ck_assert_int_eq(cb_reframe_pass(pair.decoder, pair.encoder, pair.in, 254), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_MORE);
    assert_holds(pair.out, BYTES(","));
    ck_assert_int_eq(cb_reframe_pass(pair.decoder, pair.encoder, pair.in, 0), CB_ESTATE);
    free_pair(&pair);
}
END_TEST

/* By one trait each, as far as there are such outputs: it is changed, dropped, or searched. */
START_TEST(payload_that_does_not_go_through_as_it_is_may_not_go_by)
{
    static const char *const into[] = {"hex", "none", "index", "lf"};

    for (size_t i = 0; i < COUNT(into); i++) {
        struct pair pair;

        make_pair(&pair, "u32be", into[i], true, false, 0);
        ck_assert_int_eq(cb_append(pair.in, BYTES("\0\0\1\0ab")), CB_OK);
        ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                         CB_MORE);
        cb_skip(pair.out, CB_ALL);
        ck_assert_uint_eq(cb_reframe_ahead(pair.decoder, pair.encoder, pair.out), 0);
        free_pair(&pair);
    }
}
END_TEST

START_TEST(a_buffer_is_not_reframed_into_itself)
{
    struct pair pair;

    make_pair(&pair, "lf", "u8", false, false, 0);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.in, CB_ALL, NULL),
                     CB_EINVAL);
    free_pair(&pair);
}
END_TEST

/* Lengths are not told by lines: they are held, wherever the reads fall. */
START_TEST(a_length_that_the_input_does_not_tell_is_waited_for)
{
    static const char lines[] = "a longer line than that\nx\n";

    for (size_t step = 1; step < sizeof lines; step++) {
        struct feed feed = {
            .data = (const uint8_t *)lines, .size = sizeof lines - 1, .cut = step, .step = step};
        struct pair pair;

        make_pair(&pair, "line", "u32be", false, false, 0);
        while (feed_next(&feed, pair.in))
            ck_assert_int_eq(
                cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL), CB_MORE);
        assert_holds(pair.out, BYTES("\0\0\0\x17"
                                     "a longer line than that\0\0\0\1x"));
        free_pair(&pair);
    }
}
END_TEST

/* Copies of a few bytes at a time neither read nor write another one. */
START_TEST(no_byte_after_a_record_is_read)
{
    static const char *const into[] = {"lf", "netstring", "delim:0123456789"};
    static const uint8_t zeros[160];

    for (size_t i = 0; i < COUNT(into); i++) {
        for (size_t n = 1; n < sizeof zeros; n++) {
            char from[32];
            struct pair pair;
            struct guard guard;

            snprintf(from, sizeof from, "fixed:%zu", n);
            guard_init(&guard, zeros, n);
            make_pair(&pair, from, into[i], false, false, 0);
            ck_assert_int_eq(cb_append_ref(pair.in, guard.data, n, NULL, NULL), CB_OK);
            ck_assert_int_eq(
                cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL), CB_MORE);
            free_pair(&pair);
            guard_fini(&guard);
        }
    }
}
END_TEST

/* The last value has no line end in the input, and needs one in the output. */
START_TEST(no_more_is_written_than_there_is_room_for)
{
    for (size_t size = 4080; size < 4110; size++) {
        for (size_t limit = 4096; limit < 4100; limit++) {
            static uint8_t values[4112];
            struct pair pair;
            size_t written = 0;
            int status;

            memset(values, '1', size);
            memcpy(values, "[1]\n[2]\n[", 9);
            values[size - 1] = ']';
            values[size] = '\n';
            make_pair(&pair, "json", "line", false, false, limit);
            ck_assert_int_eq(cb_append(pair.in, values, size), CB_OK);
            do {
                status = cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL);
                const size_t n = cb_length(pair.out);
                uint8_t bytes[4112];

                ck_assert_uint_le(n, limit);
                ck_assert_uint_eq(cb_copyout(pair.out, 0, n, bytes), n);
                ck_assert(memcmp(bytes, values + written, n) == 0);
                written += n;
                cb_skip(pair.out, n);
            } while (status == CB_YES);
            ck_assert_int_eq(status, CB_MORE);
            ck_assert_uint_eq(written, size + 1);
            free_pair(&pair);
        }
    }
}
END_TEST

START_TEST(lines_that_are_right_go_by_reference)
{
    static const char *const from[] = {"csv,lazy-quotes", "json", "ndjson"};
    uint8_t values[2048];

    for (size_t i = 0; i < sizeof values; i++)
        values[i] = (uint8_t) "{\"a\":1}\n"[i % 8];
    for (size_t i = 0; i < COUNT(from); i++) {
        struct cb_pool *pool = new_pool(NULL);
        struct pair pair = {.in = new_buffer(pool, 4096), .out = new_buffer(pool, 4096)};
        size_t count;

        ck_assert_int_eq(cb_decoder_new(&pair.decoder, from[i], NULL, NULL), CB_OK);
        ck_assert_int_eq(cb_encoder_new(&pair.encoder, "line", NULL, NULL), CB_OK);
        append_offered(pair.in, values, sizeof values, sizeof values);
        const uint64_t before = pool_stats(pool).copied;
        ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, &count),
                         CB_MORE);
        ck_assert_uint_eq(count, sizeof values / 8);
        /* (The first row of CSV is looked at for a byte order mark.) */
        ck_assert_uint_le(pool_stats(pool).copied, before + 8);
        assert_holds(pair.out, values, sizeof values);
        free_pair(&pair);
        cb_pool_unref(pool);
    }
}
END_TEST

static Suite *reframe_calls_suite(void)
{
    Suite *suite = suite_create("reframe_calls");
    TCase *tcase = add_case(suite, "calls");

    tcase_add_test(tcase, no_record_beyond_those_asked_for_is_begun);
    tcase_add_test(tcase, no_byte_after_a_record_is_read);
    tcase_add_test(tcase, no_more_is_written_than_there_is_room_for);
    tcase_add_test(tcase, lines_that_are_right_go_by_reference);
    tcase_add_test(tcase, one_call_does_no_more_than_its_share);
    tcase_add_test(tcase, nor_where_nothing_is_copied);
    tcase_add_loop_test(tcase, short_and_long_records_may_alternate, 0, 60);
    tcase_add_test(tcase, another_input_is_refused_inside_a_stream);
    tcase_add_test(tcase, payload_that_nobody_sees_may_go_by);
    tcase_add_test(tcase, payload_that_does_not_go_through_as_it_is_may_not_go_by);
    tcase_add_test(tcase, a_buffer_is_not_reframed_into_itself);
    tcase_add_test(tcase, a_length_that_the_input_does_not_tell_is_waited_for);
    return suite;
}

int main(void)
{
    return run_suite(reframe_calls_suite());
}
