/* SPDX-License-Identifier: MIT */
/* Framings of one's own, on the way in: what their functions may do and when they are called. */
#include <string.h>

#include "expect.h"
#include "twins.h"
#include "own_lies.h"

/* Runs of bytes that end at '.', a '!' alone ends the stream; '?' is wrong. */
static int dotted_scan(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    size_t i = 0;

    (void)arg;
    while (i < n && data[i] != '.' && data[i] != '!' && data[i] != '?')
        i++;
    span->used = i + (i < n && data[i] != '?');
    span->tail = i < n && data[i] == '.';
    if (i == n)
        return CB_MORE;
    return data[i] == '.' ? CB_YES : data[i] == '!' ? CB_END : CB_EMALFORMED;
}

static const struct cb_own dotted = {.size = sizeof dotted, .scan = dotted_scan};

static void check_one(const struct cb_own *own, const char *input, size_t size,
                      struct expected expected)
{
    const struct subject subject = {
        .specification = "own",
        .own = own,
        .input = (const uint8_t *)input,
        .size = size,
        .expected = expected,
    };

    check_every_way(&subject);
}

START_TEST(the_end_mark_ends_the_stream_and_what_follows_stays)
{
    check_one(&dotted, BYTES("a.bc.!rest"), (struct expected)GIVES_UP_TO("[a][bc]", 6));
    check_one(&bytewise, BYTES("\2hi\0!rest"), (struct expected)GIVES_UP_TO("[hi][]", 5));
}
END_TEST

START_TEST(a_wrong_byte_is_reported_where_it_is)
{
    check_one(&dotted, BYTES("a.?c."), (struct expected)MALFORMED("[a]", 2));
    check_one(&bytewise, BYTES("\2hi?"), (struct expected)MALFORMED("[hi]", 3));
}
END_TEST

/* The cause is `arg`. */
static int refuse_all(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    (void)data;
    (void)n;
    frame->why = arg;
    frame->header = 1;
    return CB_EMALFORMED;
}

START_TEST(a_cause_of_any_length_is_cut_to_its_room)
{
    for (size_t n = 200; n < 300; n++) {
        struct cb_own own = {.size = sizeof own, .header = refuse_all};
        struct cb_buffer *in = buffer_of(NULL, BYTES("?"), 1);
        struct cb_decoder *decoder;
        struct cb_piece piece;
        const size_t room = sizeof((struct cb_error *)0)->text;
        char why[320];

        memset(why, 'x', n);
        why[n] = '\0';
        own.arg = why;
        ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
        ck_assert_int_eq(cb_decoder_next(decoder, in, &piece), CB_EMALFORMED);
        memcpy(why + n, ": 3f", 5);
        why[room - 1] = '\0';
        ck_assert_str_eq(cb_decoder_error(decoder)->text, why);
        cb_decoder_free(decoder);
        cb_buffer_free(in);
    }
}
END_TEST

START_TEST(a_last_record_without_its_end_is_truncated_unless_said_otherwise)
{
    struct cb_own own = dotted;

    check_one(&dotted, BYTES("a.bc"), (struct expected)TRUNCATED("[a]", 4));
    own.flags = CB_OWN_UNENDED;
    check_one(&own, BYTES("a.bc"), (struct expected)GIVES_UP_TO("[a][bc]", 4));
}
END_TEST

/* Netstrings by scan: the payload is passed over unseen. */
struct passing {
    uint64_t value;
    bool counted;
    uint64_t shown; /* bytes, all in all */
};

static void passing_reset(void *arg)
{
    *(struct passing *)arg = (struct passing){.value = 0};
}

static int passing_scan(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    struct passing *state = arg;
    size_t i = 0;

    state->shown += n;
    while (i < n && !state->counted) {
        state->counted = data[i] == ':';
        if (!state->counted)
            state->value = 10 * state->value + data[i] - '0';
        i++;
    }
    if (!state->counted)
        return CB_MORE;
    if (n - i < state->value || n == i) {
        span->skip = state->value - (n - i);
        state->value = 0;
        return CB_MORE;
    }
    span->used = (size_t)(i + state->value + 1);
    if (span->used > n) { /* the comma is still to come */
        state->value = 0;
        return CB_MORE;
    }
    *state = (struct passing){.shown = state->shown};
    return CB_YES;
}

START_TEST(a_scan_may_pass_over_payload_unseen)
{
    struct passing state;
    const struct cb_own own = {
        .size = sizeof own, .arg = &state, .scan = passing_scan, .reset = passing_reset};
    struct cb_decoder *decoder;
    struct cb_buffer *buffer = new_buffer(NULL, 64);
    struct cb_piece piece;

    check_one(&own, BYTES("3:one,0:,5:three,"),
              (struct expected)GIVES_UP_TO("[3:one,][0:,][5:three,]", 17));
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append(buffer, BYTES("1000000:ab")), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_decoder_needed(decoder), 999998);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 999998);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 999998), CB_OK);
    ck_assert_int_eq(cb_append(buffer, BYTES(",1:x,")), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.total, 1000009);
    ck_assert_int_eq(piece.flags, CB_LAST);
    ck_assert_uint_eq(state.shown, 10 + 5);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

/* A header of any length up to '=', which tells of no payload. */
static int long_header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    const uint8_t *end = memchr(data, '=', n);
    size_t *calls = arg;

    ++*calls;
    frame->needed = n + 1;
    frame->header = end != NULL ? (size_t)(end - data) + 1 : 0;
    frame->payload = 1;
    return end ? CB_YES : CB_MORE;
}

START_TEST(a_header_comes_in_one_piece_of_up_to_4096_bytes)
{
    size_t calls;
    const struct cb_own own = {.size = sizeof own, .arg = &calls, .header = long_header};

    for (size_t block = 1; block <= CB_OWN_HEADER + 1; block += block < 16 ? 1 : 500) {
        for (size_t length = CB_OWN_HEADER - 1; length <= CB_OWN_HEADER + 1; length++) {
            static uint8_t bytes[CB_OWN_HEADER + 2];
            struct cb_decoder *decoder;
            struct cb_piece piece;

            memset(bytes, 'h', sizeof bytes);
            bytes[length - 1] = '=';
            struct cb_buffer *buffer = buffer_of(NULL, bytes, length + 1, block);
            ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
            calls = 0;
            int status = cb_decoder_next(decoder, buffer, &piece);
            expect(status == (length <= CB_OWN_HEADER ? CB_PIECE : CB_EMALFORMED),
                   "header of %zu in blocks of %zu: %d", length, block, status);
            ck_assert_uint_le(calls, 6); /* four times as many bytes each time */
            cb_decoder_free(decoder);
            cb_buffer_free(buffer);
        }
    }
}
END_TEST

static size_t shown_in_all;

static int short_header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    (void)arg;
    shown_in_all += n;
    frame->needed = 4;
    frame->header = 4;
    frame->payload = n < 4 ? 0 : data[3];
    return n < 4 ? CB_MORE : CB_YES;
}

static int short_end(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    const uint8_t *end = memchr(data, '\4', n);
    (void)arg;
    shown_in_all += n;
    span->used = end ? (size_t)(end - data) + 1 : 0;
    span->again = end ? 0 : 1;
    return end ? CB_YES : CB_MORE;
}

/* What is shown of chunks that are apart is copied. */
START_TEST(not_many_more_bytes_are_shown_than_are_needed)
{
    static const char frame[] = "\0\0\0\4four";
    enum { FRAMES = 1000, SIZE = sizeof frame - 1 };
    const struct cb_own own[] = {{.size = sizeof own[0], .header = short_header},
                                 {.size = sizeof own[1], .scan = short_end}};
    struct cb_decoder *decoder;
    struct cb_piece piece;

    for (size_t i = 0; i < COUNT(own); i++) {
        for (size_t block = 1; block < 5; block++) {
            struct cb_buffer *buffer = new_buffer(NULL, block);

            for (size_t k = 0; k < FRAMES; k++)
                append_block(buffer, frame, SIZE);
            ck_assert_int_eq(cb_decoder_new_own(&decoder, &own[i], NULL, NULL), CB_OK);
            shown_in_all = 0;
            size_t records = 0;
            while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE)
                records += piece.flags & CB_LAST ? 1 : 0;
            ck_assert_uint_eq(records, FRAMES);
            ck_assert_uint_le(shown_in_all, FRAMES * 3 * 68);
            cb_decoder_free(decoder);
            cb_buffer_free(buffer);
        }
    }
}
END_TEST

START_TEST(a_length_beyond_any_stream_is_an_overflow)
{
    const struct cb_decoder_options limited = {.size = sizeof limited, .max_record = UINT64_MAX};

    check_own(&twin_digits, "netstring", NULL, (const uint8_t *)BYTES("18446744073709551615:x"));
    check_own(&twin_digits, "netstring", &limited,
              (const uint8_t *)BYTES("18446744073709551615:x"));
    check_own(&twin_digits, "netstring", NULL, (const uint8_t *)BYTES("18446744073709551616:x"));
}
END_TEST

START_TEST(what_is_missing_of_the_longest_frame_does_not_wrap)
{
    struct lie longest = {
        .status = CB_YES,
        .frame = {.header = 1, .payload = UINT64_MAX - 1, .padding = 255},
    };
    const struct cb_own own = {.size = sizeof own, .arg = &longest, .header = lying_header};
    struct cb_buffer *buffer = buffer_of(NULL, BYTES("hp"), 2);
    struct cb_decoder *decoder;
    struct cb_piece piece;

    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_decoder_needed(decoder), UINT64_MAX);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

/* Any part of a frame but one may be empty. */
START_TEST(a_frame_may_have_a_part_only)
{
    static const struct {
        struct lie frame;
        const char *input, *records;
        bool looks;
    } cases[] = {
        {{CB_YES, {.payload = 3}, {0}}, "abcdef", "[abc][def]", false},
        {{CB_YES, {.payload = 3}, {0}}, "abcdef", "[abc][def]", true},
        {{CB_YES, {.header = 1}, {0}}, "ab", "[][]", false},
        {{CB_YES, {.header = 1}, {0}}, "ab", "[][]", true},
        {{CB_YES, {.padding = 2}, {0}}, "abcd", "[][]", false},
        {{CB_YES, {.trailer = 1}, {0}}, ",,", "[][]", false},
        {{CB_YES, {.trailer = 1}, {0}}, ",,", "[][]", true},
        {{CB_YES, {.payload = 1, .trailer = 1}, {0}}, "a,,,", "[a][,]", true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct lie frame = cases[i].frame;
        const struct cb_own own = {
            .size = sizeof own,
            .arg = &frame,
            .header = lying_header,
            .tail = twin_digits.tail,
            .look = cases[i].looks ? look_at_nothing : NULL,
        };
        struct subject subject = {
            .own = &own,
            .input = (const uint8_t *)cases[i].input,
            .size = strlen(cases[i].input),
            .expected = GIVES_UP_TO(cases[i].records, strlen(cases[i].input)),
        };

        frame.frame.needed = 1;
        check_every_way(&subject);
    }
}
END_TEST

/* A header that came in parts is shown where it stands if they are in one chunk. */
START_TEST(bytes_that_join_in_a_chunk_are_not_copied)
{
    static const char input[] = "10:ten bytes,,2:ab,";
    struct cb_buffer *buffer;
    struct cb_decoder *decoder;
    struct record_list records = {.count = 0};
    struct cb_piece piece;

    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &twin_digits, NULL, NULL), CB_OK);
    for (size_t i = 0; i < sizeof input - 1; i++) {
        ck_assert_int_eq(cb_append(buffer, input + i, 1), CB_OK);
        while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE) {
            list_add(&records, piece.data, piece.length);
            if (piece.flags & CB_LAST)
                list_end(&records);
        }
    }
    ck_assert_uint_eq(records.count, 2);
    ck_assert_uint_eq(records.size, 12);
    ck_assert(memcmp(records.bytes, "ten bytes,ab", 12) == 0);
    list_free(&records);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

/* Accepts nothing, but wants to see the last bytes again. */
static int seeing_scan(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    const size_t *again = arg;

    (void)data;
    span->again = n < *again ? n : *again;
    return CB_MORE;
}

START_TEST(a_scan_sees_less_than_a_header_again)
{
    static const uint8_t bytes[2 * CB_OWN_HEADER];
    struct cb_piece piece;

    for (size_t again = CB_OWN_HEADER - 1; again <= CB_OWN_HEADER; again++) {
        struct cb_own own = {.size = sizeof own, .scan = seeing_scan};
        size_t wanted = again;
        struct cb_buffer *buffer = buffer_of(NULL, bytes, sizeof bytes, sizeof bytes);
        struct cb_decoder *decoder;
        int status;

        own.arg = &wanted;
        ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
        cb_decoder_finish(decoder);
        while ((status = cb_decoder_next(decoder, buffer, &piece)) == CB_PIECE)
            continue;
        ck_assert_int_eq(status, again < CB_OWN_HEADER ? CB_ETRUNCATED : CB_EINVAL);
        cb_decoder_free(decoder);
        cb_buffer_free(buffer);
    }
}
END_TEST

/* With the reason that is given, or one of ours. */
START_TEST(the_reason_for_a_refusal_is_told)
{
    static const struct {
        const char *why, *told;
    } reasons[] = {{"so it is", "so it is"}, {NULL, "record is wrong"}};

    for (size_t i = 0; i < COUNT(reasons); i++) {
        struct lie lie = {.status = CB_EMALFORMED, .span = {.why = reasons[i].why}};
        const struct cb_own own = {.size = sizeof own, .arg = &lie, .scan = lying_scan};
        struct cb_buffer *buffer = buffer_of(NULL, "x", 1, 1);
        struct cb_decoder *decoder;
        struct cb_piece piece;

        ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
        ck_assert_ptr_nonnull(strstr(cb_decoder_error(decoder)->text, reasons[i].told));
        cb_decoder_free(decoder);
        cb_buffer_free(buffer);
    }
    static uint8_t bytes[UINT16_MAX + 1];
    struct cb_own own = twin_padded;
    struct cb_buffer *out = new_buffer(NULL, 64);
    struct cb_encoder *encoder;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, bytes, sizeof bytes, NULL, NULL, out),
                     CB_EUNENCODABLE);
    ck_assert_ptr_nonnull(strstr(cb_encoder_error(encoder)->text, "the record is too long"));
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

static Suite *own_contract_suite(void)
{
    Suite *suite = suite_create("own_contract");
    TCase *tcase = add_case(suite, "contract");

    tcase_add_test(tcase, the_end_mark_ends_the_stream_and_what_follows_stays);
    tcase_add_test(tcase, a_wrong_byte_is_reported_where_it_is);
    tcase_add_test(tcase, a_cause_of_any_length_is_cut_to_its_room);
    tcase_add_test(tcase, a_last_record_without_its_end_is_truncated_unless_said_otherwise);
    tcase_add_test(tcase, a_scan_may_pass_over_payload_unseen);
    tcase_add_test(tcase, a_header_comes_in_one_piece_of_up_to_4096_bytes);
    tcase_add_test(tcase, not_many_more_bytes_are_shown_than_are_needed);
    tcase_add_test(tcase, a_length_beyond_any_stream_is_an_overflow);
    tcase_add_test(tcase, what_is_missing_of_the_longest_frame_does_not_wrap);
    tcase_add_test(tcase, a_frame_may_have_a_part_only);
    tcase_add_test(tcase, bytes_that_join_in_a_chunk_are_not_copied);
    tcase_add_test(tcase, a_scan_sees_less_than_a_header_again);
    tcase_add_test(tcase, the_reason_for_a_refusal_is_told);
    return suite;
}

int main(void)
{
    return run_suite(own_contract_suite());
}
