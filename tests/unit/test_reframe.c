/* SPDX-License-Identifier: MIT */
/*
 * Any framing in, any framing out: every stream of the table into every output,
 * however the input comes and the output is emptied, gives the bytes that a
 * decoder and an encoder give one after the other.
 */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "outputs.h"
#include "reading.h"
#include "streams.h"
#include "reframing.h"

/* What a stream gives in an output framing, and how it ends. */
struct result {
    struct record_list wire;
    size_t records, refused;
    int status;
};

static void end_stream(struct pair *pair, struct result *result)
{
    int status;

    if (result->status == CB_END) {
        while ((status = cb_encode_end(pair->encoder, pair->out)) == CB_ELIMIT)
            list_add_buffer(&result->wire, pair->out);
        ck_assert_int_eq(status, CB_OK);
    }
    list_add_buffer(&result->wire, pair->out);
}

/* By a decoder and an encoder, one whole piece after another. */
static void by_hand(const struct stream *stream, const char *to, bool refuses,
                    struct result *result)
{
    struct cb_piece piece;
    struct pair pair;
    size_t count, taken;

    *result = (struct result){.status = CB_OK};
    make_pair(&pair, stream->specification, to, refuses, true, 0);
    cb_encoder_follow(pair.encoder, pair.decoder);
    ck_assert_int_eq(cb_append(pair.in, stream->bytes, stream->size), CB_OK);
    cb_decoder_finish(pair.decoder);
    while ((result->status = decode_batch(pair.decoder, pair.in, &piece, 1, &count)) == CB_PIECE) {
        int status = cb_encode_pieces(pair.encoder, &piece, 1, pair.out, &taken);

        ck_assert_uint_eq(taken, 1);
        result->refused += status == CB_EUNENCODABLE;
        result->records += (piece.flags & CB_LAST) != 0;
    }
    end_stream(&pair, result);
    free_pair(&pair);
}

/* By cb_reframe, the input coming in parts. */
static void by_reframe(struct prng *prng, const struct stream *stream, const char *to, bool refuses,
                       size_t limit, bool drains, struct result *result)
{
    struct feed feed = {.data = (const uint8_t *)stream->bytes,
                        .size = stream->size,
                        .cut = 1 + prng_below(prng, stream->size),
                        .step = 1 + prng_below(prng, 20)};
    struct pair pair;
    bool finished = false;

    *result = (struct result){.status = CB_MORE};
    make_pair(&pair, stream->specification, to, refuses, false, limit);
    while (result->status == CB_MORE || result->status == CB_YES ||
           result->status == CB_EUNENCODABLE) {
        size_t count, max = prng_below(prng, 3) ? CB_ALL : 1 + prng_below(prng, 3);

        result->status = cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, max, &count);
        expect(count <= max, "%zu records, not %zu", count, max);
        result->records += count;
        result->refused += result->status == CB_EUNENCODABLE;
        if (limit || (drains && prng_below(prng, 4) == 0))
            list_add_buffer(&result->wire, pair.out);
        if (result->status == CB_MORE && !feed_next(&feed, pair.in)) {
            expect(!finished, "%s to %s: more than all is wanted", stream->specification, to);
            cb_decoder_finish(pair.decoder);
            finished = true;
        }
    }
    end_stream(&pair, result);
    free_pair(&pair);
}

static void same(const struct stream *stream, const char *to, const struct result *got,
                 const struct result *expected)
{
    expect(
        got->status == expected->status && got->records == expected->records &&
            got->refused == expected->refused && got->wire.size == expected->wire.size &&
            (!got->wire.size || memcmp(got->wire.bytes, expected->wire.bytes, got->wire.size) == 0),
        "%s to %s: status %d, %zu records (%zu refused), %.*s; not %d, %zu (%zu), %.*s",
        stream->specification, to, got->status, got->records, got->refused, (int)got->wire.size,
        (const char *)got->wire.bytes, expected->status, expected->records, expected->refused,
        (int)expected->wire.size, (const char *)expected->wire.bytes);
}

START_TEST(every_stream_goes_into_every_output)
{
    const struct stream *stream = &streams[_i];

    for (size_t i = 0; i < COUNT(outputs); i++) {
        for (int refuses = 0; refuses < 2; refuses++) {
            struct prng prng = {.state = (uint64_t)_i * 1000 + i};
            struct result expected, got;

            by_hand(stream, outputs[i], refuses, &expected);
            for (size_t n = 0; n < rounds(3, 6); n++) {
                /* Of a record that is refused late some may have been written. */
                size_t limit = expected.refused || n % 2 ? 0 : 64 + prng_below(&prng, 200);

                by_reframe(&prng, stream, outputs[i], refuses, limit, !expected.refused, &got);
                same(stream, outputs[i], &got, &expected);
                list_free(&got.wire);
            }
            list_free(&expected.wire);
        }
    }
}
END_TEST

/* As many as are copied while their frames are read. */
START_TEST(many_short_frames_are_those_one_by_one)
{
    enum { FRAMES = 400, LONG = 600 };
    static char bytes[FRAMES * (LONG + 8)];
    struct prng prng = {31};
    struct stream stream = {"netstring", bytes, 0};

    for (size_t i = 0; i < FRAMES; i++) {
        const size_t n = prng_below(&prng, prng_below(&prng, 50) ? 40 : LONG);

        stream.size += (size_t)snprintf(bytes + stream.size, sizeof bytes - stream.size, "%zu:", n);
        memset(bytes + stream.size, 'a' + (int)(i % 26), n);
        stream.size += n;
        bytes[stream.size++] = ',';
    }
    for (size_t i = 0; i < COUNT(outputs); i++) {
        struct result expected, got;

        by_hand(&stream, outputs[i], false, &expected);
        for (int n = 0; n < 2; n++) {
            by_reframe(&prng, &stream, outputs[i], false, 0, !expected.refused, &got);
            same(&stream, outputs[i], &got, &expected);
            list_free(&got.wire);
        }
        list_free(&expected.wire);
    }
}
END_TEST

/* Records in lines as a rule, so that many go by at once, and something else now and then. */
struct mixture {
    const char *specification;
    const char *tokens[8];
};

static const struct mixture mixtures[] = {
    {"json", {"{}", "[1,\n2]", "\"a\"", "{\"b\":\"\\\"]\"}", " ", "\n", "12", "\r\n[]"}},
    {"ndjson",
     {"{}\n", "[1,2]\n", "\"a\"\n", "{\"b\":\"\\\"]\"}\n", "\n", "\n\n", "12\n", "[] \r\n"}},
    {"csv", {"a,b,", "\"c\nd\",", "\"\"\"\",", ",", "\n", "\"e\"\r\n", "\r\n", ",f\n"}},
    {"csv,lazy-quotes", {"a,b", "\"c\nd\",e", "\"\"\"\"", ",", "\n", "\r\n", "\r", "f\"g"}},
    {"line", {"a", "bcd", "e\rf", "g", "\n", "\r\n", "\n\n", "h\r\r\n"}},
    {"slip", {"a", "bcd", "\xdb\xdc", "\xdb\xdd", "e\xc0", "\xc0\xc0", "\xc0", "f"}},
};

/* The first four more often, each with one line end. */
static size_t mix(struct prng *prng, const struct mixture *mixture, uint8_t *text, size_t room)
{
    const size_t rare = 2 + prng_below(prng, 60);
    const char end = strcmp(mixture->specification, "slip") == 0 ? '\xc0' : '\n';
    const size_t target = prng_below(prng, room - 6000);
    size_t n = 0;

    while (n < target) {
        const char *token = mixture->tokens[prng_below(prng, prng_below(prng, rare) ? 4 : 8)];

        if (end == '\n' && prng_below(prng, 300) == 0 &&
            strcmp(mixture->specification, "ndjson") != 0) {
            memset(text + n, '"', 2); /* a long string, or an empty quoted field */
            n += 2;
            if (strcmp(mixture->specification, "csv") == 0)
                text[n++] = ',';
        }
        if (end != '\n' && prng_below(prng, 300) == 0) {
            memset(text + n, 'x', 5000);
            n += 5000;
        }
        for (; *token; token++)
            text[n++] = (uint8_t)*token;
        if (prng_below(prng, rare) && strcmp(mixture->specification, "ndjson") != 0)
            text[n++] = (uint8_t)end;
    }
    text[n++] = (uint8_t)end;
    return n;
}

START_TEST(many_records_at_once_are_those_one_by_one)
{
    static const char *const to[] = {"lf", "nul", "u32be", "json"};
    static uint8_t text[70000];
    const struct mixture *mixture = &mixtures[_i];

    for (size_t round = 0; round < 60; round++) {
        struct prng prng = {.state = (uint64_t)_i * 1000 + round};
        const struct stream stream = {.specification = mixture->specification,
                                      .bytes = (const char *)text,
                                      .size = mix(&prng, mixture, text, sizeof text)};
        struct result expected, got;
        struct pair pair;

        by_hand(&stream, to[round % COUNT(to)], false, &expected);
        make_pair(&pair, stream.specification, to[round % COUNT(to)], false, false, 0);
        got = (struct result){.status = CB_MORE};
        for (size_t at = 0; got.status >= 0;) {
            const size_t most = 1 + prng_below(&prng, 40000);
            const size_t n = stream.size - at < most ? stream.size - at : most;
            size_t count;

            ck_assert_int_eq(cb_append(pair.in, text + at, n), CB_OK);
            at += n;
            if (at == stream.size)
                cb_decoder_finish(pair.decoder);
            do {
                got.status =
                    cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out,
                               prng_below(&prng, 2) ? CB_ALL : prng_below(&prng, 5000), &count);
                got.records += count;
            } while (got.status == CB_YES);
        }
        end_stream(&pair, &got);
        same(&stream, to[round % COUNT(to)], &got, &expected);
        list_free(&expected.wire);
        list_free(&got.wire);
        free_pair(&pair);
    }
}
END_TEST

/* Streams of which only the delimiters are replaced, unless something else matters: the
 * greatest length, what is kept, or left out. */
static const struct {
    const char *from;
    uint64_t max_record;
    const char *input, *output; /* with '|' for the new delimiter */
    int status;
    uint64_t offset; /* of the error */
} replaced[] = {
    {"line", 4, "abc\nde\nlonger\nx\n", "abc|de|", CB_EOVERFLOW, 7},
    {"line", 0, "abc\r\n\nx\n", "abc||x|", CB_END, 0},
    {"line,keep", 0, "ab\n\nc\r\n", "ab\n|\n|c\r\n|", CB_END, 0},
    {"line,skip-empty", 0, "\nab\n\r\nc\n", "ab|c|", CB_END, 0},
    {"delim:;", 4, "abc;de;longer;", "abc|de|", CB_EOVERFLOW, 7},
    {"delim:;,keep", 0, "abc;de;", "abc;|de;|", CB_END, 0},
    {"delim:a,or=ab", 0, "xaxabx", "x|x|x|", CB_END, 0},
    {"csv", 4, "a,b\n\"\n\"\n12345\n", "a,b|\"\n\"|", CB_EOVERFLOW, 8},
    {"csv", 0, "a,b\r\n\"\n\"\nx\n", "a,b|\"\n\"|x|", CB_END, 0},
    {"csv,keep", 0, "a\n\"\n\"\r\n", "a\n|\"\n\"\r\n|", CB_END, 0},
    {"csv,cr", 0, "a\rb\r\nc\n", "a|b|c|", CB_END, 0},
    {"csv,skip-empty", 0, "a\n\n\r\nb\n", "a|b|", CB_END, 0},
    {"json", 4, "1 [2] 34567 8", "1|[2]|", CB_EOVERFLOW, 5},
    {"json", 0, "[1][2]\n{}", "[1]|[2]|{}|", CB_END, 0},
    {"ndjson", 4, "[1]\n2\n\"long\"\n", "[1]|2|", CB_EOVERFLOW, 6},
    {"ndjson", 0, "[1]\n \n2\n", "[1]|2|", CB_END, 0},
    {"ndjson,keep", 0, "[1]\n2\n", "[1]\n|2\n|", CB_END, 0},
};

static void check_replaced(size_t i, bool counts)
{
    const struct cb_decoder_options decoding = {.size = sizeof decoding,
                                                .max_record = replaced[i].max_record};
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *in = buffer_of(NULL, replaced[i].input, strlen(replaced[i].input), 100);
    struct cb_buffer *out = new_buffer(NULL, 4096);
    uint64_t records = 0, expected = 0;
    int status = CB_YES;

    for (const char *at = replaced[i].output; *at; at++)
        expected += *at == '|';
    ck_assert_int_eq(cb_decoder_new(&decoder, replaced[i].from, &decoding, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&encoder, "delim:|", NULL, NULL), CB_OK);
    cb_decoder_finish(decoder);
    while (status == CB_YES) {
        uint64_t skipped = 0;
        size_t count = 0;

        status = counts ? cb_decoder_skip(decoder, in, CB_ALL, &skipped)
                        : cb_reframe(decoder, encoder, in, out, CB_ALL, &count);
        records += counts ? skipped : count;
    }
    expect(status == replaced[i].status && records == expected &&
               cb_decoder_error(decoder)->offset == replaced[i].offset,
           "%s: %d, %d records, error at %d", replaced[i].from, status, (int)records,
           (int)cb_decoder_error(decoder)->offset);
    /* A record that turns out to be too long may have begun. */
    if (!counts && status != CB_END)
        cb_truncate(out, strlen(replaced[i].output));
    if (!counts)
        assert_holds(out, replaced[i].output, strlen(replaced[i].output));
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
    cb_buffer_free(in);
    cb_buffer_free(out);
}

START_TEST(what_is_replaced_or_counted_at_once_is_as_one_by_one)
{
    check_replaced((size_t)_i, false);
    check_replaced((size_t)_i, true);
}
END_TEST

static Suite *reframe_suite(void)
{
    Suite *suite = suite_create("reframe");
    TCase *tcase = add_case(suite, "all");

    tcase_add_loop_test(tcase, every_stream_goes_into_every_output, 0, (int)COUNT(streams));
    tcase_add_loop_test(tcase, many_records_at_once_are_those_one_by_one, 0, (int)COUNT(mixtures));
    tcase_add_loop_test(tcase, what_is_replaced_or_counted_at_once_is_as_one_by_one, 0,
                        (int)COUNT(replaced));
    tcase_add_test(tcase, many_short_frames_are_those_one_by_one);
    return suite;
}

int main(void)
{
    return run_suite(reframe_suite());
}
