/* SPDX-License-Identifier: MIT */
/*
 * Short records that are copied while their frames are read: many of them in one span give
 * what they give in spans too short for that, where anything may be damaged, on the byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "framing/decoder.h"
#include "framing/splice.h"
#include "framings/shared/short_number.h"
#include "reading.h"

/* Where to and how, with what may stand between the records. */
struct work {
    const char *from, *to;
    const char *tokens[8];
};

static const struct work works[] = {
    {"u8", "lf", {"\1a"}},
    {"u16le,trailer=;", "netstring", {NULL}},
    {"u32be", "lf", {NULL}},
    {"u32be", "resp", {NULL}},
    {"u64le,max=300", "crlf", {NULL}},
    {"u24be,offset=2,header=7,inclusive", "varint", {NULL}},
    {"varint", "lf", {"\1a", "\x80\1", "\x81\x80\x80\1"}},
    {"varint", "netstring", {"\1a"}},
    {"varint,canonical,offset=1,trailer=;;", "u32be", {"x\x81\1", "x\1a;;"}},
    {"vlq,max-width=1", "lf", {"\x80\1a"}},
    {"vlq", "chunked", {"\x80\1a", "\1a"}},
    {"quic", "lf", {"\x40\1a", "\1a", "\x40"}},
    {"netstring", "lf", {"1:a,", "01:a,", "0:,", "00:,", "1:a", "1;a,", "000001:x,"}},
    {"netstring", "varint", {"1:a,", "2:a,,", ":", "-1:", "1000:"}},
    {"netstring,max=200", "delim:ab;", {"1:a,"}},
    {"dec,canonical", "lf", {"1\na", "01\na", "0\n", "00\n"}},
    {"hex:;", "u16be", {"1;a", "A;ten bytes,", "a;ten bytes,", "00a;ten bytes,", "g;"}},
    {"hex:;,trailer=\\r\\n,min=1", "nul", {"1;a\r\n", "1;a\r", "0;\r\n"}},
    {"chunked", "lf", {"1\r\na\r\n", "1;x=y\r\na\r\n", "0a\r\nten bytes,\r\n", "A\r\nten"}},
    {"chunked", "netstring", {"1\r\na\r\n", "1\na\n", "1\r*a\r\n", "\x16\r\na\r\n"}},
    {"resp", "lf", {"$1\r\na\r\n", "*1\r\n$1\r\na\r\n", "+x\r\n", "$-1\r\n", "$01\r\na\r\n"}},
    {"resp", "u32be", {"$1\r\na\r\n", "*2\r\n$1\r\na\r\n:1\r\n", "$0\r\n\r\n", "$1\r\na\r\r"}},
    {"resp,aof", "netstring", {"*1\r\n$1\r\na\r\n", "#x\n"}},
    /* Without the fast path. */
    {"dec,digits=4", "lf", {"0001a"}},
    {"dec:ab", "lf", {"1ab1"}},
    {"hex:;,trailer=abc", "lf", {"1;aabc"}},
    {"u16be,header=300", "lf", {NULL}},
    {"u16be,align=4", "lf", {NULL}},
    {"u16be,scale=2", "lf", {NULL}},
    {"varint,offset=299", "lf", {NULL}},
    {"varint,scale=2,align=4", "lf", {NULL}},
    {"varint,min=150", "lf", {NULL}},
    {"crlf", "varint", {"\r", "\n", "\r\n", "\r\r\n"}},
    {"line", "netstring", {"\r", "\n", "\r\n", "\r\r\n"}},
};

enum { ROOM = 40000 };

/* Records of lengths of one kind, which the writer of the framing takes. */
static size_t some_length(struct prng *prng, size_t kind)
{
    static const size_t below[] = {4, 32, 100, 255, 300, 520, 700};

    return 1 + prng_below(prng, below[kind % COUNT(below)]);
}

/* Fills a buffer with frames, with tokens between them as rarely as `rare` says. */
static void fill(struct cb_buffer *input, struct prng *prng, const struct work *work)
{
    const size_t rare = prng_below(prng, 3) ? 0 : 10 + prng_below(prng, 400);
    const size_t kind = prng_below(prng, 7), size = prng_below(prng, ROOM);
    struct cb_encoder *encoder;
    uint8_t payload[704];
    char text[80];
    size_t tokens = 0;

    snprintf(text, sizeof text, "%s", strcmp(work->from, "resp,aof") ? work->from : "resp");
    ck_assert_int_eq(cb_encoder_new(&encoder, text, NULL, NULL), CB_OK);
    while (tokens < COUNT(work->tokens) && work->tokens[tokens])
        tokens++;
    while (cb_length(input) < size) {
        const size_t n = some_length(prng, prng_below(prng, 50) ? kind : prng_below(prng, 7));

        prng_fill(prng, payload, n, "abcd0123:,;\r\n*$", 15);
        if (strstr(work->from, "lf") || strstr(work->from, "line"))
            prng_fill(prng, payload, n, "abc\r", 4);
        int status = cb_encode_bytes(encoder, payload, n, NULL, NULL, input);
        ck_assert(status == CB_OK || status == CB_EUNENCODABLE);
        if (tokens && rare && prng_below(prng, rare) == 0) {
            const char *token = work->tokens[prng_below(prng, tokens)];

            ck_assert_int_eq(cb_append(input, token, strlen(token)), CB_OK);
        }
    }
    cb_encoder_free(encoder);
}

struct result {
    struct record_list wire;
    uint64_t records, offset;
    int status;
};

/* The input comes in blocks of so many bytes. */
static void convert(const struct work *work, const struct guard *input, size_t step,
                    struct prng *prng, uint64_t max_record, struct result *result)
{
    const struct cb_buffer_options in_place = {.size = sizeof in_place, .cutoff = 1};
    const struct cb_decoder_options decoding = {.size = sizeof decoding, .max_record = max_record};
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *in, *out;
    size_t at = 0, count;

    *result = (struct result){.status = CB_MORE};
    ck_assert_int_eq(cb_decoder_new(&decoder, work->from, &decoding, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&encoder, work->to, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_buffer_new(&in, &in_place), CB_OK);
    out = new_buffer(NULL, prng_below(prng, 2) ? 65536 : 2048);
    while (result->status == CB_MORE || result->status == CB_YES) {
        const size_t n = input->size - at < step ? input->size - at : step;

        if (result->status == CB_MORE) {
            ck_assert_int_eq(cb_append_ref(in, input->data + at, n, NULL, NULL), CB_OK);
            at += n;
            if (at == input->size)
                cb_decoder_finish(decoder);
        }
        result->status = cb_reframe(decoder, encoder, in, out,
                                    prng_below(prng, 2) ? CB_ALL : prng_below(prng, 3000), &count);
        result->records += count;
        if (prng_below(prng, 3) == 0)
            list_add_buffer(&result->wire, out);
    }
    list_add_buffer(&result->wire, out);
    result->offset = cb_decoder_error(decoder)->offset;
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
    cb_buffer_free(in);
    cb_buffer_free(out);
}

static void same(const struct work *work, size_t round, const struct result *got,
                 const struct result *expected)
{
    size_t n = 0;

    while (n < got->wire.size && n < expected->wire.size &&
           got->wire.bytes[n] == expected->wire.bytes[n])
        n++;
    expect(got->status == expected->status && got->records == expected->records &&
               got->offset == expected->offset && got->wire.size == expected->wire.size &&
               n == got->wire.size,
           "%s to %s, %zu: status %d, %zu records, error at %zu, %zu bytes, other from %zu on; not "
           "%d, %zu, %zu, %zu",
           work->from, work->to, round, got->status, (size_t)got->records, (size_t)got->offset,
           got->wire.size, n, expected->status, (size_t)expected->records, (size_t)expected->offset,
           expected->wire.size);
}

/* A byte or two of the input become others, mostly such as are in headers. */
static void damage(struct prng *prng, uint8_t *bytes, size_t size)
{
    static const char likely[] = "0123456789:;,\r\n$*aA ";

    for (size_t n = prng_below(prng, 3); n > 0 && size > 0; n--)
        bytes[prng_below(prng, size)] =
            prng_below(prng, 4) ? (uint8_t)likely[prng_below(prng, 20)] : (uint8_t)prng_next(prng);
}

START_TEST(many_records_in_one_span_are_those_of_short_spans)
{
    const struct work *work = &works[_i];

    for (size_t round = 0; round < rounds(30, 80); round++) {
        struct prng prng = {.state = (uint64_t)_i * 1000 + round};
        struct cb_buffer *input = new_buffer(NULL, 4096);
        const uint64_t max_record = prng_below(&prng, 4) ? 0 : 1 + prng_below(&prng, 600);
        struct result expected, got;
        struct guard guard;
        size_t size;

        fill(input, &prng, work);
        uint8_t *bytes = flatten(input, &size);
        if (round % 2)
            damage(&prng, bytes, size);
        guard_init(&guard, bytes, size);
        convert(work, &guard, 1 + prng_below(&prng, CB__SPLICE_ROOM - 1), &prng, max_record,
                &expected);
        convert(work, &guard, round % 3 ? size : 1 + prng_below(&prng, 5000), &prng, max_record,
                &got);
        same(work, round, &got, &expected);
        guard_fini(&guard);
        free(bytes);
        list_free(&expected.wire);
        list_free(&got.wire);
        cb_buffer_free(input);
    }
}
END_TEST

/* Written down digit by digit. */
static bool read_number(const uint8_t *data, unsigned base, uint8_t end, uint64_t *value,
                        size_t *digits)
{
    *value = 0;
    for (*digits = 0; *digits < 4 && data[*digits] != end; ++*digits) {
        const unsigned digit = cb__digit_value(data[*digits]);

        if (digit >= base || *digits == 3)
            return false;
        *value = *value * base + digit;
    }
    return *digits > 0;
}

START_TEST(short_numbers_are_read_as_if_digit_by_digit)
{
    static const uint8_t ends[] = {':', '\r', '\n', 0, 0xff, 'g', '/'};
    static const uint8_t some[] = "09:/;AFGafg@`\r\n\0\x16\x2d\x30\xb0\xff";
    const unsigned base = _i ? 16 : 10;

    for (uint32_t word = 0; word < 65536 * sizeof some; word++) {
        const uint8_t data[4] = {(uint8_t)word, (uint8_t)(word >> 8), some[word >> 16],
                                 some[word % sizeof some]};
        const uint8_t end = ends[word % sizeof ends];
        uint64_t sum, should;
        size_t digits, count;
        const bool right = base == 16 ? cb__short_number(data, 16, end, &sum, &digits)
                                      : cb__short_number(data, 10, end, &sum, &digits);
        const uint64_t value = sum - digits;

        expect(right == read_number(data, base, end, &should, &count), "%02x%02x%02x%02x %02x: %d",
               data[0], data[1], data[2], data[3], end, right);
        if (right)
            expect(value == should && digits == count, "%.3s: %zu, %zu digits", (const char *)data,
                   (size_t)value, digits);
    }
}
END_TEST

static Suite *splice_suite(void)
{
    Suite *suite = suite_create("splice");
    TCase *all = add_case(suite, "all");

    tcase_add_loop_test(all, many_records_in_one_span_are_those_of_short_spans, 0,
                        (int)COUNT(works));
    tcase_add_loop_test(all, short_numbers_are_read_as_if_digit_by_digit, 0, 2);
    return suite;
}

int main(void)
{
    return run_suite(splice_suite());
}
