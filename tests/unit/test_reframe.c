/* SPDX-License-Identifier: MIT */
/*
 * Any framing in, any framing out: every stream of the table into every output,
 * however the input comes and the output is emptied, gives the bytes that a
 * decoder and an encoder give one after the other.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "outputs.h"
#include "reading.h"
#include "streams.h"

/* What a stream gives in an output framing, and how it ends. */
struct result {
    struct record_list wire;
    size_t records, refused;
    int status;
};

struct pair {
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *in, *out;
};

static void make_pair(struct pair *pair, const char *from, const char *to, bool refuses, bool whole,
                      size_t limit)
{
    struct cb_decoder_options decoding = {.size = sizeof decoding, .whole = whole};
    const struct cb_encoder_options encoding = {.size = sizeof encoding,
                                                .refuse_collisions = refuses};
    const struct cb_buffer_options output = {
        .size = sizeof output, .chunk_min = 64, .chunk_max = 4096, .limit = limit};
    struct cb_error error = {.code = CB_OK};

    expect(cb_encoder_new(&pair->encoder, to, &encoding, &error) == CB_OK, "%s: %s", to,
           error.text);
    /* (cb_reframe asks for them itself.) */
    if (whole && cb_encoder_traits(pair->encoder) & CB_NEEDS_TRAILER)
        decoding.trailers = 1;
    expect(cb_decoder_new(&pair->decoder, from, &decoding, &error) == CB_OK, "%s: %s", from,
           error.text);
    pair->in = new_buffer(NULL, 4096);
    ck_assert_int_eq(cb_buffer_new(&pair->out, &output), CB_OK);
}

static void free_pair(struct pair *pair)
{
    cb_decoder_free(pair->decoder);
    cb_encoder_free(pair->encoder);
    cb_buffer_free(pair->in);
    cb_buffer_free(pair->out);
}

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

START_TEST(what_is_kept_for_the_next_call_is_not_lost_to_others)
{
    struct pair pair;
    struct cb_piece piece;
    struct cb_buffer *record = new_buffer(NULL, 64);
    uint64_t n;

    make_pair(&pair, "lf", "u8", false, false, 64);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(cb_append(pair.in, BYTES("0123456789\n")), CB_OK);
    ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                     CB_YES);
    ck_assert_uint_le(cb_length(pair.out), 64);
    ck_assert_int_eq(cb_decoder_take(pair.decoder, pair.in, record), CB_ESTATE);
    ck_assert_int_eq(cb_decoder_skip(pair.decoder, pair.in, 1, &n), CB_ESTATE);
    ck_assert_int_eq(cb_decoder_next(pair.decoder, pair.in, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.record, 6); /* five and a part of this one are out */
    cb_buffer_free(record);
    free_pair(&pair);
}
END_TEST

START_TEST(the_pieces_that_are_kept_come_first)
{
    for (size_t max = 1; max < 8; max++) {
        struct pair pair;
        struct cb_piece pieces[8];
        uint64_t record = 6; /* five and a part of this one are out */
        ssize_t n;

        make_pair(&pair, "lf", "u8", false, false, 64);
        for (int i = 0; i < 20; i++)
            ck_assert_int_eq(cb_append(pair.in, BYTES("0123456789\n")), CB_OK);
        ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                         CB_YES);
        while ((n = cb_decoder_batch(pair.decoder, pair.in, pieces, max)) > 0) {
            for (ssize_t i = 0; i < n; i++, record++) {
                ck_assert_uint_eq(pieces[i].record, record);
                ck_assert_uint_eq(pieces[i].flags, CB_FIRST | CB_LAST);
                ck_assert_uint_eq(pieces[i].length, 10);
                ck_assert_uint_eq(pieces[i].offset, 11 * (record - 1));
                ck_assert_int_eq(memcmp(pieces[i].data, "0123456789", 10), 0);
            }
        }
        ck_assert_int_eq((int)n, CB_MORE);
        ck_assert_uint_eq(record, 21);
        free_pair(&pair);
    }
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

        make_pair(&pair, "lf", "u8", false, false, 64);
        for (int i = 0; i < 20; i++)
            ck_assert_int_eq(cb_append(pair.in, BYTES("0123456789\n")), CB_OK);
        ck_assert_int_eq(cb_reframe(pair.decoder, pair.encoder, pair.in, pair.out, CB_ALL, NULL),
                         CB_YES);
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

static Suite *reframe_suite(void)
{
    Suite *suite = suite_create("reframe");
    TCase *all = add_case(suite, "all"), *calls = add_case(suite, "calls");

    tcase_add_loop_test(all, every_stream_goes_into_every_output, 0, (int)COUNT(streams));
    tcase_add_loop_test(all, many_records_at_once_are_those_one_by_one, 0, (int)COUNT(mixtures));
    tcase_add_loop_test(all, what_is_replaced_or_counted_at_once_is_as_one_by_one, 0,
                        (int)COUNT(replaced));
    tcase_add_test(all, many_short_frames_are_those_one_by_one);
    tcase_add_test(calls, no_record_beyond_those_asked_for_is_begun);
    tcase_add_test(calls, no_byte_after_a_record_is_read);
    tcase_add_test(calls, no_more_is_written_than_there_is_room_for);
    tcase_add_test(calls, lines_that_are_right_go_by_reference);
    tcase_add_test(calls, no_header_is_lost_where_memory_is_short);
    tcase_add_test(calls, no_record_is_lost_where_there_is_no_memory_to_step_aside);
    tcase_add_test(calls, one_call_does_no_more_than_its_share);
    tcase_add_test(calls, nor_where_nothing_is_copied);
    tcase_add_loop_test(calls, short_and_long_records_may_alternate, 0, 60);
    tcase_add_test(calls, what_is_kept_for_the_next_call_is_not_lost_to_others);
    tcase_add_test(calls, the_pieces_that_are_kept_come_first);
    tcase_add_loop_test(calls, what_is_kept_stays_whatever_happens_to_the_input, 0, BETWEEN);
    tcase_add_test(calls, what_is_kept_must_not_be_dropped);
    tcase_add_test(calls, to_pass_nothing_changes_nothing);
    tcase_add_test(calls, another_input_is_refused_inside_a_stream);
    tcase_add_test(calls, payload_that_nobody_sees_may_go_by);
    tcase_add_test(calls, payload_that_does_not_go_through_as_it_is_may_not_go_by);
    tcase_add_test(calls, a_buffer_is_not_reframed_into_itself);
    tcase_add_test(calls, a_length_that_the_input_does_not_tell_is_waited_for);
    tcase_add_test(calls, a_record_of_which_nothing_was_returned_is_held_from_its_beginning);
    return suite;
}

int main(void)
{
    return run_suite(reframe_suite());
}
