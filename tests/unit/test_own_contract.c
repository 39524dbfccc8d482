/* SPDX-License-Identifier: MIT */
/* Framings of one's own: what their functions may do and when they are called; those that lie do
 * no harm. */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "twins.h"

/* What a function answers whatever it is asked. */
struct lie {
    int status;
    struct cb_frame frame;
    struct cb_span span;
};

static int lying_header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    const struct lie *lie = arg;

    (void)data;
    (void)n;
    *frame = lie->frame;
    return lie->status;
}

static int lying_scan(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    const struct lie *lie = arg;

    (void)data;
    (void)n;
    *span = lie->span;
    return lie->status;
}

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

/* Frames of one length byte, of which '!' ends the stream and '?' is wrong. */
static int byte_header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    (void)arg;
    (void)n;
    frame->header = 1;
    frame->payload = data[0];
    frame->why = "no question";
    return data[0] == '!' ? CB_END : data[0] == '?' ? CB_EMALFORMED : CB_YES;
}

static const struct cb_own bytewise = {.size = sizeof bytewise, .header = byte_header};

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
            ck_assert_uint_le(calls, 3);
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

START_TEST(reset_is_called_once_for_each_stream)
{
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_own own = twin_summed;
    struct sums in = {.resets = 0}, out = {.resets = 0};
    struct prng prng = {.state = 7};
    size_t size;
    struct cb_piece pieces[16];

    own.arg = &in;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
    own.arg = &out;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    for (unsigned stream = 1; stream <= 3; stream++) {
        uint8_t *bytes = twin_stream(&prng, &twins[1], 40, 20, &size);
        struct cb_buffer *buffer = buffer_of(NULL, bytes, size, 50);

        while (cb_decoder_batch(decoder, buffer, pieces, COUNT(pieces)) > 0)
            continue;
        ck_assert_uint_eq(in.resets, stream);
        ck_assert_uint_eq(out.resets, stream);
        ck_assert_int_eq(cb_encode_bytes(encoder, "x", 1, NULL, NULL, buffer), CB_OK);
        ck_assert_int_eq(cb_encode_end(encoder, buffer), CB_OK);
        cb_decoder_reset(decoder);
        cb_buffer_free(buffer);
        free(bytes);
    }
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
}
END_TEST

static size_t bye(void *arg, uint8_t *to)
{
    (void)arg;
    memcpy(to, "bye", 3);
    return 3;
}

START_TEST(finish_stands_at_the_end_of_a_stream)
{
    struct cb_own own = twin_lines;
    struct cb_encoder *encoder;
    struct cb_buffer *out = new_buffer(NULL, 64);

    own.finish = bye;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(cb_encode_bytes(encoder, "one", 3, NULL, NULL, out), CB_OK);
        ck_assert_int_eq(cb_encode_end(encoder, out), CB_OK);
    }
    assert_holds(out, BYTES("one\nbyeone\nbye"));
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

static void look_at_nothing(void *arg, uint64_t at, const uint8_t *data, size_t n)
{
    (void)arg;
    (void)at;
    (void)data;
    (void)n;
}

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

/* How often it was called. */
static ssize_t counting_head(void *arg, uint64_t length, uint8_t *to, const char **why)
{
    unsigned *calls = arg;

    (void)length;
    (void)why;
    *to = (uint8_t)('0' + ++*calls);
    return 1;
}

static const char *bang_collides(void *arg, const struct cb_piece *piece, size_t *at)
{
    (void)arg;
    *at = 0;
    return piece->data[0] == '!' ? "it begins with '!'" : NULL;
}

/* Also of one that follows a record of the same length, which was not finished. */
START_TEST(a_head_is_made_for_each_record)
{
    struct cb_own own = {.size = sizeof own, .head = counting_head, .tail = twin_lines.tail};
    const struct cb_encoder_options refusing = {.size = sizeof refusing, .refuse_collisions = 1};
    struct cb_piece piece = {.length = 1, .record = 1, .total = 2};

    own.collides = bang_collides;
    for (int looks = 0; looks < 2; looks++) {
        struct cb_buffer *out = new_buffer(NULL, 64);
        struct cb_encoder *encoder;
        unsigned calls = 0;
        size_t taken;

        own.arg = &calls;
        own.look = looks ? look_at_nothing : NULL;
        ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, &refusing, NULL), CB_OK);
        ck_assert_int_eq(cb_encode_bytes(encoder, "ab", 2, NULL, NULL, out), CB_OK);
        ck_assert_int_eq(cb_encode_bytes(encoder, "cd", 2, NULL, NULL, out), CB_OK);
        assert_holds(out, BYTES("1ab\n2cd\n"));
        piece.data = (const uint8_t *)"e";
        piece.flags = CB_FIRST;
        ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_OK);
        piece.data = (const uint8_t *)"!";
        piece.flags = CB_LAST;
        ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_EUNENCODABLE);
        ck_assert_int_eq(cb_encode_bytes(encoder, "gh", 2, NULL, NULL, out), CB_OK);
        assert_holds(out, BYTES("1ab\n2cd\n4gh\n"));
        piece.data = (const uint8_t *)"i";
        piece.flags = CB_FIRST;
        ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_OK);
        cb_encoder_reset(encoder);
        cb_skip(out, CB_ALL);
        ck_assert_int_eq(cb_encode_bytes(encoder, "jk", 2, NULL, NULL, out), CB_OK);
        assert_holds(out, BYTES("6jk\n"));
        cb_encoder_free(encoder);
        cb_buffer_free(out);
    }
}
END_TEST

/* How often it was called. */
static size_t counting_tail(void *arg, uint8_t *to)
{
    unsigned *calls = arg;

    *to = (uint8_t)('0' + ++*calls);
    return 1;
}

START_TEST(a_tail_is_made_for_each_record)
{
    struct cb_buffer *out = new_buffer(NULL, 64);
    unsigned calls = 0;
    const struct cb_own own = {.size = sizeof own, .tail = counting_tail, .arg = &calls};
    struct cb_encoder *encoder;

    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "ab", 2, NULL, NULL, out), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "cd", 2, NULL, NULL, out), CB_OK);
    assert_holds(out, BYTES("ab1cd2"));
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

/* An encoder that looks at payload for its sum, but not for what collides. */
START_TEST(collisions_are_looked_for_only_if_asked)
{
    struct cb_own own = {.size = sizeof own, .head = counting_head, .look = look_at_nothing};
    struct cb_buffer *out = new_buffer(NULL, 64);
    struct cb_encoder *encoder;
    unsigned calls = 0;

    own.collides = bang_collides;
    own.arg = &calls;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "!", 1, NULL, NULL, out), CB_OK);
    assert_holds(out, BYTES("1!"));
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

/* ------------------------------------------------------------------------ lies */

/* Reads to the end in one way, and says how it ended. */
static int end_of(const struct cb_own *own, size_t block, size_t batch)
{
    static const uint8_t bytes[40];
    struct cb_buffer *buffer = buffer_of(NULL, bytes, sizeof bytes, block);
    struct cb_decoder *decoder;
    struct cb_piece pieces[64];
    ssize_t status = CB_MORE;

    ck_assert_int_eq(cb_decoder_new_own(&decoder, own, NULL, NULL), CB_OK);
    for (int steps = 0; steps < 200; steps++) {
        status = cb_decoder_batch(decoder, buffer, pieces, batch);
        if (status < 0)
            break;
        if (status == CB_MORE)
            cb_decoder_finish(decoder);
        cb_decoder_release(decoder, buffer);
    }
    expect(status < 0, "it goes on and on");
    ck_assert_int_eq((int)status, cb_decoder_error(decoder)->code);
    ck_assert_str_ne(cb_decoder_error(decoder)->text, "");
    ck_assert_int_eq((int)cb_decoder_batch(decoder, buffer, pieces, batch), (int)status);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
    return (int)status;
}

static void check_lie(const struct cb_own *own, int expected, size_t i)
{
    for (size_t block = 1; block <= 40; block += block < 8 ? 1 : 32) {
        for (size_t batch = 1; batch <= 64; batch *= 8) {
            int status = end_of(own, block, batch);

            expect(status == expected, "lie %zu, blocks of %zu: %d, not %d", i, block, status,
                   expected);
        }
    }
}

START_TEST(a_header_that_lies_does_no_harm)
{
    const struct {
        struct lie lie;
        int status;
    } lies[] = {
        {{CB_YES, {.header = 0}, {0}}, CB_EINVAL},                      /* no progress */
        {{CB_YES, {.header = 41}, {0}}, CB_EINVAL},                     /* not shown */
        {{CB_YES, {.header = SIZE_MAX, .payload = 1}, {0}}, CB_EINVAL}, /* overflows */
        {{CB_YES, {.header = 1, .padding = SIZE_MAX}, {0}}, CB_EINVAL},
        {{CB_YES, {.header = 1, .trailer = 65}, {0}}, CB_EINVAL},
        {{CB_YES, {.header = 1, .trailer = SIZE_MAX}, {0}}, CB_EINVAL},
        {{CB_YES, {.header = 1, .trailer = 1}, {0}}, CB_EINVAL}, /* no tail */
        {{CB_YES, {.header = 1, .payload = UINT64_MAX}, {0}}, CB_EOVERFLOW},
        {{CB_YES, {.header = 1, .payload = UINT64_MAX - 50, .padding = INT32_MAX}, {0}},
         CB_ETRUNCATED},
        {{CB_MORE, {.needed = 0}, {0}}, CB_EINVAL}, /* no progress */
        {{CB_MORE, {.needed = 1}, {0}}, CB_EINVAL},
        {{CB_MORE, {.needed = CB_OWN_HEADER + 1}, {0}}, CB_EMALFORMED},
        {{CB_MORE, {.needed = SIZE_MAX}, {0}}, CB_EMALFORMED},
        {{CB_MORE, {.needed = 41}, {0}}, CB_ETRUNCATED},
        {{CB_END, {.header = 41}, {0}}, CB_EINVAL},
        {{CB_EMALFORMED, {.at = SIZE_MAX}, {0}}, CB_EMALFORMED},
        {{2, {.header = 1}, {0}}, CB_EINVAL},
        {{CB_ENOMEM, {.header = 1}, {0}}, CB_EINVAL},
    };

    for (size_t i = 0; i < COUNT(lies); i++) {
        struct lie lie = lies[i].lie;
        const struct cb_own own = {.size = sizeof own, .arg = &lie, .header = lying_header};

        check_lie(&own, lies[i].status, i);
    }
}
END_TEST

START_TEST(a_scan_that_lies_does_no_harm)
{
    const struct {
        struct lie lie;
        int status;
    } lies[] = {
        {{CB_YES, {0}, {.used = 0}}, CB_EINVAL},  /* no progress */
        {{CB_YES, {0}, {.used = 41}}, CB_EINVAL}, /* not shown */
        {{CB_YES, {0}, {.used = SIZE_MAX}}, CB_EINVAL},
        {{CB_YES, {0}, {.used = 1, .tail = 2}}, CB_EINVAL}, /* more than the frame */
        {{CB_MORE, {0}, {.again = SIZE_MAX}}, CB_EINVAL},
        {{CB_MORE, {0}, {.again = CB_OWN_HEADER}}, CB_EINVAL},
        {{CB_MORE, {0}, {.again = 1, .skip = 1}}, CB_EINVAL},
        {{CB_MORE, {0}, {.skip = UINT64_MAX}}, CB_EOVERFLOW},
        {{CB_MORE, {0}, {.skip = UINT64_MAX - 40}}, CB_ETRUNCATED},
        {{CB_MORE, {0}, {.again = 1}}, CB_ETRUNCATED},
        {{CB_END, {0}, {.used = 41}}, CB_EINVAL},
        {{CB_EMALFORMED, {0}, {.used = SIZE_MAX, .tail = SIZE_MAX}}, CB_EMALFORMED},
        {{2, {0}, {.used = 1}}, CB_EINVAL},
        {{CB_ENOMEM, {0}, {.used = 1}}, CB_EINVAL},
    };

    for (size_t i = 0; i < COUNT(lies); i++) {
        struct lie lie = lies[i].lie;
        const struct cb_own own = {.size = sizeof own, .arg = &lie, .scan = lying_scan};

        check_lie(&own, lies[i].status, i);
    }
}
END_TEST

/* Bytes of a record, and then the end of the stream. */
static int ending_scan(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    bool *began = arg;

    (void)data;
    span->used = n;
    if (*began)
        return CB_END;
    *began = true;
    return CB_MORE;
}

START_TEST(the_end_of_the_stream_is_not_inside_a_record)
{
    bool began = false;
    const struct cb_own own = {.size = sizeof own, .arg = &began, .scan = ending_scan};

    ck_assert_int_eq(end_of(&own, 20, 64), CB_EINVAL);
}
END_TEST

/* A tail of other bytes than its header has told, which must not stand there. */
static size_t long_tail(void *arg, uint8_t *to)
{
    (void)arg;
    memset(to, 'x', 2);
    return 2;
}

START_TEST(a_tail_that_lies_does_no_harm_to_who_decodes)
{
    struct lie lie = {.status = CB_YES, .frame = {.header = 1, .payload = 1, .trailer = 1}};
    struct cb_own own = {
        .size = sizeof own, .arg = &lie, .header = lying_header, .tail = long_tail};

    check_lie(&own, CB_EINVAL, 0);
    own.look = look_at_nothing;
    check_lie(&own, CB_EINVAL, 1);
}
END_TEST

struct written {
    ssize_t head;
    size_t tail;
};

static ssize_t lying_head(void *arg, uint64_t length, uint8_t *to, const char **why)
{
    const struct written *written = arg;

    (void)length;
    (void)why;
    memset(to, 'h', CB_OWN_ROOM);
    return written->head;
}

static size_t lying_tail(void *arg, uint8_t *to)
{
    const struct written *written = arg;

    memset(to, 't', CB_OWN_ROOM);
    return written->tail;
}

/* One record after another, the second of which is refused. */
static void check_refused(const struct written *bad, unsigned long n, bool looks)
{
    struct written written = {.head = 1, .tail = 1};
    const struct cb_own own = {
        .size = sizeof own,
        .arg = &written,
        .head = lying_head,
        .tail = lying_tail,
        .look = looks ? look_at_nothing : NULL,
    };
    struct cb_encoder *encoder;
    struct cb_buffer *out = new_buffer(NULL, 4096);
    uint8_t *bytes = calloc(1, n + 1);
    const struct cb_piece whole = {
        .data = bytes, .length = n, .record = 1, .total = n, .flags = CB_FIRST | CB_LAST};
    size_t taken;

    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    for (int pieces = 0; pieces < 2; pieces++) {
        for (int i = 0; i < 3; i++) {
            written = i == 1 ? *bad : (struct written){.head = 1, .tail = 1};
            int status = pieces ? cb_encode_pieces(encoder, &whole, 1, out, &taken)
                                : cb_encode_bytes(encoder, bytes, n, NULL, NULL, out);
            ck_assert_int_eq(status, i == 1 ? CB_EUNENCODABLE : CB_OK);
        }
        ck_assert_uint_eq(cb_length(out), 2 * (n + 2));
        cb_skip(out, CB_ALL);
    }
    cb_encoder_free(encoder);
    cb_buffer_free(out);
    free(bytes);
}

START_TEST(a_head_or_tail_that_lies_does_no_harm)
{
    const struct written lies[] = {
        {.head = 65, .tail = 1},
        {.head = INT32_MAX, .tail = 1},
        {.head = -1, .tail = 1},
        {.head = CB_ENOMEM, .tail = 1},
        {.head = 1, .tail = 65},
        {.head = 1, .tail = SIZE_MAX},
        {.head = CB_EUNENCODABLE, .tail = 1},
    };

    for (size_t i = 0; i < COUNT(lies); i++) {
        for (unsigned long n = 0; n <= 1000; n += 500) {
            check_refused(&lies[i], n, false);
            check_refused(&lies[i], n, true);
        }
    }
}
END_TEST

START_TEST(a_constant_that_lies_makes_no_encoder)
{
    struct written written = {.head = 1, .tail = 65};
    const struct cb_own own = {
        .size = sizeof own,
        .flags = CB_OWN_CONSTANT,
        .arg = &written,
        .head = lying_head,
        .tail = lying_tail,
    };
    struct cb_encoder *encoder;

    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    written = (struct written){.head = CB_EUNENCODABLE, .tail = 1};
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    written = (struct written){.head = 64, .tail = 64};
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    cb_encoder_free(encoder);
}
END_TEST

/* The next stream goes on, though the end of this one has nothing. */
START_TEST(a_finish_that_lies_does_no_harm)
{
    struct written written = {.tail = 65};
    struct cb_own own = {.size = sizeof own, .arg = &written, .tail = twin_lines.tail};
    struct cb_encoder *encoder;
    struct cb_buffer *out = new_buffer(NULL, 64);

    own.finish = lying_tail;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "one", 3, NULL, NULL, out), CB_OK);
    ck_assert_int_eq(cb_encode_end(encoder, out), CB_EUNENCODABLE);
    ck_assert_str_ne(cb_encoder_error(encoder)->text, "");
    ck_assert_int_eq(cb_encode_end(encoder, out), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "two", 3, NULL, NULL, out), CB_OK);
    assert_holds(out, BYTES("one\ntwo\n"));
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

START_TEST(a_framing_that_says_too_little_or_too_much_is_refused)
{
    struct cb_decoder *decoder = NULL;
    struct cb_encoder *encoder = NULL;
    struct cb_error error;
    struct cb_own own = {.size = sizeof own};
    struct {
        struct cb_own own;
        char more;
    } longer = {.own = twin_digits, .more = 1};

    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, &error), CB_EINVAL);
    ck_assert_str_ne(error.text, "");
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, &error), CB_EINVAL);
    own.header = twin_digits.header;
    own.scan = twin_lines.scan;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    own = twin_summed;
    own.flags = CB_OWN_CONSTANT;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    own = twin_lines;
    own.flags |= 1U << 31;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_new_own(&decoder, NULL, NULL, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_encoder_new_own(&encoder, NULL, NULL, NULL), CB_EINVAL);
    own = twin_lines;
    own.size = 1;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_EINVAL);
    longer.own.size = sizeof longer;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &longer.own, NULL, NULL), CB_EINVAL);
    longer.more = 0;
    ck_assert_ptr_null(decoder);
    ck_assert_ptr_null(encoder);
}
END_TEST

/* A program made with an older header knows fewer members. */
START_TEST(a_shorter_struct_is_read_as_far_as_it_goes)
{
    struct cb_own own;
    struct cb_decoder *decoder;

    memset(&own, 0xff, sizeof own);
    memcpy(&own, &bytewise, offsetof(struct cb_own, scan));
    own.size = offsetof(struct cb_own, scan);
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
    cb_decoder_free(decoder);
}
END_TEST
static Suite *own_contract_suite(void)
{
    Suite *suite = suite_create("own_contract");
    TCase *contract = add_case(suite, "contract"), *lies = add_case(suite, "lies");

    tcase_add_test(contract, the_end_mark_ends_the_stream_and_what_follows_stays);
    tcase_add_test(contract, a_wrong_byte_is_reported_where_it_is);
    tcase_add_test(contract, a_cause_of_any_length_is_cut_to_its_room);
    tcase_add_test(contract, a_last_record_without_its_end_is_truncated_unless_said_otherwise);
    tcase_add_test(contract, a_scan_may_pass_over_payload_unseen);
    tcase_add_test(contract, a_header_comes_in_one_piece_of_up_to_4096_bytes);
    tcase_add_test(contract, a_length_beyond_any_stream_is_an_overflow);
    tcase_add_test(contract, what_is_missing_of_the_longest_frame_does_not_wrap);
    tcase_add_test(contract, reset_is_called_once_for_each_stream);
    tcase_add_test(contract, finish_stands_at_the_end_of_a_stream);
    tcase_add_test(contract, a_head_is_made_for_each_record);
    tcase_add_test(contract, a_tail_is_made_for_each_record);
    tcase_add_test(contract, collisions_are_looked_for_only_if_asked);
    tcase_add_test(contract, a_frame_may_have_a_part_only);
    tcase_add_test(contract, bytes_that_join_in_a_chunk_are_not_copied);
    tcase_add_test(contract, a_scan_sees_less_than_a_header_again);
    tcase_add_test(contract, the_reason_for_a_refusal_is_told);
    tcase_add_test(lies, a_header_that_lies_does_no_harm);
    tcase_add_test(lies, a_scan_that_lies_does_no_harm);
    tcase_add_test(lies, the_end_of_the_stream_is_not_inside_a_record);
    tcase_add_test(lies, a_tail_that_lies_does_no_harm_to_who_decodes);
    tcase_add_test(lies, a_head_or_tail_that_lies_does_no_harm);
    tcase_add_test(lies, a_finish_that_lies_does_no_harm);
    tcase_add_test(lies, a_constant_that_lies_makes_no_encoder);
    tcase_add_test(lies, a_framing_that_says_too_little_or_too_much_is_refused);
    tcase_add_test(lies, a_shorter_struct_is_read_as_far_as_it_goes);
    return suite;
}

int main(void)
{
    return run_suite(own_contract_suite());
}
