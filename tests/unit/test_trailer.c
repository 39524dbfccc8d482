/* SPDX-License-Identifier: MIT */
/*
 * What follows the payload in a record's frame, as its last piece tells with the option
 * `trailers`: the same however the input comes.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ways.h"

enum { RECORDS = 4, ROOM = 64 };

struct bytes {
    const char *bytes;
    size_t size;
};

static const struct sample {
    const char *specification;
    const char *bytes;
    size_t size;
    struct bytes payloads[RECORDS], trailers[RECORDS]; /* as the format has them */
} samples[] = {
    {"line",
     BYTES("a\r\n\nbc"),
     {{BYTES("a")}, {BYTES("")}, {BYTES("bc")}},
     {{BYTES("\r\n")}, {BYTES("\n")}, {BYTES("")}}},
    {"line,keep", BYTES("a\r\nb"), {{BYTES("a\r\n")}, {BYTES("b")}}, {{BYTES("")}, {BYTES("")}}},
    {"line,skip-empty",
     BYTES("a\n\nb\n"),
     {{BYTES("a")}, {BYTES("b")}},
     {{BYTES("\n")}, {BYTES("\n")}}},
    {"line,fold",
     BYTES("a\r\n b\r\nc\n"),
     {{BYTES("a\r\n b")}, {BYTES("c")}},
     {{BYTES("\r\n")}, {BYTES("\n")}}},
    {"paragraph",
     BYTES("\na\nb\n\n\nc\n"),
     {{BYTES("a\nb")}, {BYTES("c")}},
     {{BYTES("\n\n")}, {BYTES("\n")}}},
    {"delim:;,or=;;",
     BYTES("a;b;;c"),
     {{BYTES("a")}, {BYTES("b")}, {BYTES("c")}},
     {{BYTES(";")}, {BYTES(";;")}, {BYTES("")}}},
    {"delim:\\r,or=\\r\\n",
     BYTES("a\rb\r\n\r"),
     {{BYTES("a")}, {BYTES("b")}, {BYTES("")}},
     {{BYTES("\r")}, {BYTES("\r\n")}, {BYTES("\r")}}},
    {"start:>",
     BYTES("a>b>"),
     {{BYTES("a")}, {BYTES(">b")}, {BYTES(">")}},
     {{BYTES("")}, {BYTES("")}, {BYTES("")}}},
    {"between:<,end=-->",
     BYTES("<a-->\n<b-->"),
     {{BYTES("a")}, {BYTES("b")}},
     {{BYTES("-->")}, {BYTES("-->")}}},
    {"fixed:2",
     BYTES("abcde"),
     {{BYTES("ab")}, {BYTES("cd")}, {BYTES("e")}},
     {{BYTES("")}, {BYTES("")}, {BYTES("")}}},
    {"u8,trailer=--",
     BYTES("\1a--\0--\2bc--"),
     {{BYTES("a")}, {BYTES("")}, {BYTES("bc")}},
     {{BYTES("--")}, {BYTES("--")}, {BYTES("--")}}},
    {"u8,align=4",
     BYTES("\1a??\4abcd???"),
     {{BYTES("a")}, {BYTES("abcd")}},
     {{BYTES("??")}, {BYTES("???")}}},
    {"u8,keep,trailer=;", BYTES("\1a;"), {{BYTES("\1a;")}}, {{BYTES("")}}},
    {"netstring", BYTES("1:a,0:,"), {{BYTES("a")}, {BYTES("")}}, {{BYTES(",")}, {BYTES(",")}}},
    {"chunked",
     BYTES("1\r\na\r\n2;x\r\nbc\r\n0\r\n\r\n"),
     {{BYTES("a")}, {BYTES("bc")}},
     {{BYTES("\r\n")}, {BYTES("\r\n")}}},
    {"chunked,lf",
     BYTES("1\na\n1\nb\r\n0\n\n"),
     {{BYTES("a")}, {BYTES("b")}},
     {{BYTES("\n")}, {BYTES("\r\n")}}},
    {"tfrecord",
     BYTES("\0\0\0\0\0\0\0\0\x29\x03\x98\x07\xd8\xea\x82\xa2"),
     {{BYTES("")}},
     {{BYTES("\xd8\xea\x82\xa2")}}},
    {"csv",
     BYTES("a\r\n\"b\n\"\nc\r\n"),
     {{BYTES("a")}, {BYTES("\"b\n\"")}, {BYTES("c")}},
     {{BYTES("\r\n")}, {BYTES("\n")}, {BYTES("\r\n")}}},
    {"csv,cr",
     BYTES("a\rb\r\nc"),
     {{BYTES("a")}, {BYTES("b")}, {BYTES("c")}},
     {{BYTES("\r")}, {BYTES("\r\n")}, {BYTES("")}}},
    {"csv,cr",
     BYTES("a\r\rb\r"),
     {{BYTES("a")}, {BYTES("")}, {BYTES("b")}},
     {{BYTES("\r")}, {BYTES("\r")}, {BYTES("\r")}}},
    {"csv,cr,skip-empty", BYTES("\rab\r"), {{BYTES("ab")}}, {{BYTES("\r")}}},
    {"json-seq",
     BYTES("\x1e[1]\n\x1e"
           "2\n"),
     {{BYTES("[1]")}, {BYTES("2")}},
     {{BYTES("")}, {BYTES("")}}},
    {"ndjson",
     BYTES("1\n\n[2]\r\n"),
     {{BYTES("1")}, {BYTES("[2]")}},
     {{BYTES("\n")}, {BYTES("\r\n")}}},
    {"sse",
     BYTES("data:a\r\n\r\ndata:b\r\r"),
     {{BYTES("data:a")}, {BYTES("data:b")}},
     {{BYTES("\r\n\r\n")}, {BYTES("\r\r")}}},
    /* The LF belongs to no event: none is awaited where lines end in CR. */
    {"sse",
     BYTES("data:a\r\r\ndata:b\r\n\r\n"),
     {{BYTES("data:a")}, {BYTES("data:b")}},
     {{BYTES("\r\r")}, {BYTES("\r\n\r\n")}}},
    {"warc",
     BYTES("WARC/1.0\r\nContent-Length: 1\r\n\r\na\r\n\r\n"),
     {{BYTES("a")}},
     {{BYTES("\r\n\r\n")}}},
    {"slip",
     BYTES("a\xc0"
           "b\xdb\xdc\xc0"),
     {{BYTES("a")}, {BYTES("b\xc0")}},
     {{BYTES("")}, {BYTES("")}}}, /* not in the input as it is */
};

/* What was read of the current record. */
struct record {
    char bytes[ROOM];
    size_t size;
};

static void check_end(const struct sample *sample, const struct cb_decoder *decoder,
                      const struct cb_piece *piece, const struct record *record)
{
    const struct bytes *payload = &sample->payloads[piece->record - 1];
    const struct bytes *trailer = &sample->trailers[piece->record - 1];
    char bytes[ROOM];
    const size_t n = cb_decoder_trailer(decoder, piece, bytes, sizeof bytes);

    expect(record->size == payload->size &&
               memcmp(record->bytes, payload->bytes, payload->size) == 0,
           "%s, record %" PRIu64 ": a payload of %zu bytes", sample->specification, piece->record,
           record->size);
    expect(n == trailer->size && memcmp(bytes, trailer->bytes, n) == 0,
           "%s, record %" PRIu64 ": a trailer of %zu bytes", sample->specification, piece->record,
           n);
    ck_assert_uint_eq(piece->trailer, n);
    ck_assert_uint_eq(cb_decoder_trailer(decoder, piece, bytes, 1), n > 0);
    ck_assert(n || !(piece->flags & CB_TRAILER_APART));
    if (n && !(piece->flags & CB_TRAILER_APART))
        ck_assert(memcmp(piece->data + piece->length, trailer->bytes, n) == 0);
}

static void check_piece(const void *arg, const struct cb_decoder *decoder,
                        const struct cb_piece *piece)
{
    static struct record record;

    if (piece->flags & CB_FIRST)
        record.size = 0;
    memcpy(record.bytes + record.size, piece->data, piece->length);
    record.size += piece->length;
    if (piece->flags & CB_LAST)
        check_end(arg, decoder, piece, &record);
    else
        ck_assert_uint_eq(piece->trailer, 0);
}

START_TEST(a_trailer_is_the_same_however_the_input_comes)
{
    const struct sample *sample = &samples[_i];
    struct ways ways = {.specification = sample->specification,
                        .bytes = sample->bytes,
                        .size = sample->size,
                        .trailers = true,
                        .arg = sample,
                        .see = check_piece};

    while (ways.records < RECORDS && sample->payloads[ways.records].bytes)
        ways.records++;
    ways_try_all(&ways);
}
END_TEST

START_TEST(without_the_option_there_is_none)
{
    struct cb_decoder_options options = {.size = sizeof options, .trailers = 2};
    struct cb_buffer *buffer = buffer_of(NULL, BYTES("1:a,1:b,"), 3);
    struct cb_decoder *decoder;
    struct cb_piece piece;

    ck_assert_int_eq(cb_decoder_new(&decoder, "netstring", &options, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_new(&decoder, "netstring", NULL, NULL), CB_OK);
    while (cb_decoder_next(decoder, buffer, &piece) > 0)
        ck_assert_uint_eq(piece.trailer, 0);
    ck_assert_uint_eq(cb_decoder_record(decoder), 3);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

START_TEST(a_truncated_record_has_none)
{
    struct cb_decoder_options options = {.size = sizeof options,
                                         .trailers = 1,
                                         .max_record = 2,
                                         .on_overflow = CB_OVERFLOW_TRUNCATE};
    struct cb_buffer *buffer = buffer_of(NULL, BYTES("abcd\nef\n"), 8);
    struct cb_decoder *decoder;
    struct cb_piece piece;
    size_t trailers = 0;

    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &options, NULL), CB_OK);
    while (cb_decoder_next(decoder, buffer, &piece) > 0) {
        ck_assert(piece.record == 2 || !piece.trailer);
        trailers += piece.trailer;
    }
    ck_assert_uint_eq(trailers, 1);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

START_TEST(a_trailer_that_is_apart_is_only_had_from_the_decoder)
{
    struct cb_decoder_options options = {.size = sizeof options, .trailers = 1};
    struct cb_buffer *in = buffer_of(NULL, BYTES("1:a,"), 3), *out;
    struct cb_encoder *dump, *line;
    struct cb_decoder *decoder;
    struct cb_piece piece;
    size_t taken;

    ck_assert_int_eq(cb_buffer_new(&out, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "netstring", &options, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&dump, "dump", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&line, "line", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, in, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_FIRST | CB_LAST | CB_TRAILER_APART);
    ck_assert_int_eq(cb_encode_pieces(dump, &piece, 1, out, &taken), CB_ESTATE);
    ck_assert_uint_eq(taken, 0);
    ck_assert_uint_eq(cb_length(out), 0);
    /* It is nothing to one that does not write it. */
    ck_assert_int_eq(cb_encode_pieces(line, &piece, 1, out, &taken), CB_OK);
    assert_holds(out, BYTES("a\n"));
    cb_encoder_follow(dump, decoder);
    ck_assert_int_eq(cb_encode_pieces(dump, &piece, 1, out, &taken), CB_OK);
    ck_assert_uint_eq(taken, 1);
    cb_encoder_free(dump);
    cb_encoder_free(line);
    cb_decoder_free(decoder);
    cb_buffer_free(in);
    cb_buffer_free(out);
}
END_TEST

/* The bytes between them were skipped. */
START_TEST(a_trailer_elsewhere_in_the_block_of_the_payload_is_apart)
{
    struct cb_decoder_options options = {.size = sizeof options, .trailers = 1};
    struct cb_buffer *source = buffer_of(NULL, BYTES("1:a??,"), 6), *in = new_buffer(NULL, 64);
    struct cb_decoder *decoder;
    struct cb_piece piece;
    char byte;

    ck_assert_int_eq(cb_take(source, 3, in), 3);
    cb_skip(source, 2);
    ck_assert_int_eq(cb_take(source, 1, in), 1);
    ck_assert_int_eq(cb_decoder_new(&decoder, "netstring", &options, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, in, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_FIRST | CB_LAST | CB_TRAILER_APART);
    ck_assert_uint_eq(cb_decoder_trailer(decoder, &piece, &byte, 1), 1);
    ck_assert_int_eq(byte, ',');
    cb_decoder_free(decoder);
    cb_buffer_free(source);
    cb_buffer_free(in);
}
END_TEST

START_TEST(a_trailer_that_follows_the_payload_needs_no_decoder)
{
    struct cb_decoder_options options = {.size = sizeof options, .trailers = 1};
    struct cb_buffer *in = buffer_of(NULL, BYTES("1:a,"), 4), *out[2];
    struct cb_decoder *decoder;
    struct cb_piece piece;
    size_t taken;

    ck_assert_int_eq(cb_decoder_new(&decoder, "netstring", &options, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, in, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_FIRST | CB_LAST);
    for (size_t i = 0; i < COUNT(out); i++) {
        struct cb_encoder *dump;

        out[i] = new_buffer(NULL, 4096);
        ck_assert_int_eq(cb_encoder_new(&dump, "dump", NULL, NULL), CB_OK);
        if (i)
            cb_encoder_follow(dump, decoder);
        ck_assert_int_eq(cb_encode_pieces(dump, &piece, 1, out[i], &taken), CB_OK);
        ck_assert_uint_eq(taken, 1);
        cb_encoder_free(dump);
    }
    ck_assert_uint_gt(cb_length(out[0]), 0);
    ck_assert_int_eq(cb_equal(out[0], out[1]), CB_YES);
    cb_decoder_free(decoder);
    cb_buffer_free(in);
    cb_buffer_free(out[0]);
    cb_buffer_free(out[1]);
}
END_TEST

START_TEST(what_is_apart_is_had_until_it_is_released)
{
    struct cb_decoder_options options = {.size = sizeof options, .trailers = 1};

    for (int resets = 0; resets < 2; resets++) {
        struct cb_buffer *in = buffer_of(NULL, BYTES("1:a,"), 1), *out = new_buffer(NULL, 4096);
        struct cb_decoder *decoder;
        struct cb_encoder *dump;
        size_t taken;
        struct cb_piece piece;
        char bytes[2];

        ck_assert_int_eq(cb_decoder_new(&decoder, "netstring", &options, NULL), CB_OK);
        ck_assert_int_eq(cb_decoder_next(decoder, in, &piece), CB_PIECE);
        ck_assert_uint_eq(piece.flags, CB_FIRST | CB_LAST | CB_APART | CB_TRAILER_APART);
        ck_assert_uint_eq(cb_decoder_header(decoder, &piece, bytes, 2), 2);
        ck_assert(memcmp(bytes, "1:", 2) == 0);
        ck_assert_uint_eq(cb_decoder_trailer(decoder, &piece, bytes, 2), 1);
        ck_assert_int_eq(bytes[0], ',');
        ck_assert_int_eq(cb_encoder_new(&dump, "dump", NULL, NULL), CB_OK);
        if (resets)
            cb_decoder_reset(decoder);
        else
            cb_decoder_release(decoder, in);
        ck_assert_uint_eq(cb_decoder_header(decoder, &piece, bytes, 2), 0);
        ck_assert_uint_eq(cb_decoder_trailer(decoder, &piece, bytes, 2), 0);
        cb_encoder_follow(dump, decoder);
        ck_assert_int_eq(cb_encode_pieces(dump, &piece, 1, out, &taken), CB_ESTATE);
        ck_assert_uint_eq(taken + cb_length(out), 0);
        cb_encoder_free(dump);
        cb_buffer_free(out);
        cb_decoder_free(decoder);
        cb_buffer_free(in);
    }
}
END_TEST

/* A dump of records whose trailers get longer, where the n-th allocation of the encoder
 * fails.  Has one failed? */
static bool dump_all(uint64_t n, struct cb_buffer *out)
{
    struct cb_buffer *in = buffer_of(NULL, BYTES("a;b;;c;;;d"), 10);
    struct counting counting;
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    int status = CB_ENOMEM;

    counting_init(&counting);
    const struct cb_encoder_options options = {.size = sizeof options,
                                               .allocator = &counting.hooks};
    ck_assert_int_eq(cb_decoder_new(&decoder, "delim:;,or=;;,or=;;;", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&encoder, "dump", &options, NULL), CB_OK);
    cb_decoder_finish(decoder);
    counting_fail(&counting, n, false);
    for (int i = 0; i < 2 && status == CB_ENOMEM; i++)
        status = cb_reframe(decoder, encoder, in, out, CB_ALL, NULL);
    const bool failed = counting.failed;
    ck_assert_int_eq(status, CB_END);
    cb_encoder_free(encoder);
    counting_fini(&counting);
    cb_decoder_free(decoder);
    cb_buffer_free(in);
    return failed;
}

START_TEST(trailers_of_growing_length_leave_no_memory)
{
    struct cb_buffer *expected = new_buffer(NULL, 4096);
    size_t size;
    bool failed = true;

    ck_assert(!dump_all(0, expected));
    uint8_t *bytes = flatten(expected, &size);
    for (uint64_t n = 1; failed; n++) {
        struct cb_buffer *out = new_buffer(NULL, 4096);

        failed = dump_all(n, out);
        ck_assert(failed || n > 3);
        assert_holds(out, bytes, size);
        cb_buffer_free(out);
    }
    free(bytes);
    cb_buffer_free(expected);
}
END_TEST

/* (If each were looked up from the end of the buffer, this would take minutes.) */
START_TEST(headers_and_trailers_in_many_chunks_are_told_in_linear_time)
{
    enum { CHUNKS = 400000, PIECES = 1000 };
    static struct cb_piece pieces[PIECES];
    const struct cb_decoder_options options = {.size = sizeof options, .trailers = 1};
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *one = new_buffer(NULL, 64), *many = new_buffer(NULL, 64);
    struct cb_held held;
    uint64_t told = 0;
    ssize_t n;

    ck_assert_int_eq(cb_decoder_new(&decoder, "netstring", &options, NULL), CB_OK);
    ck_assert_int_eq(cb_append(many, "5:ab", 4), CB_OK);
    ck_assert_int_eq(cb_append(one, "cde,5:ab", 8), CB_OK);
    ck_assert_int_eq(cb_hold_bytes(one, 0, 8, &held), CB_YES);
    for (size_t i = 0; i < CHUNKS; i++)
        ck_assert_int_eq(cb_append_held(many, &held), CB_OK);
    while ((n = cb_decoder_batch(decoder, many, pieces, PIECES)) > 0) { /* none is released */
        for (ssize_t i = 0; i < n; i++)
            told += pieces[i].flags & CB_FIRST ? pieces[i].header : pieces[i].trailer;
    }
    ck_assert_int_eq((int)n, CB_MORE);
    ck_assert_uint_eq(told, 2 + 3 * (uint64_t)CHUNKS);
    cb_drop(&held);
    cb_decoder_free(decoder);
    cb_buffer_free(one);
    cb_buffer_free(many);
}
END_TEST

static Suite *trailer_suite(void)
{
    Suite *suite = suite_create("trailer");
    TCase *pieces = add_case(suite, "pieces");

    tcase_add_loop_test(pieces, a_trailer_is_the_same_however_the_input_comes, 0,
                        (int)COUNT(samples));
    tcase_add_test(pieces, without_the_option_there_is_none);
    tcase_add_test(pieces, a_truncated_record_has_none);
    tcase_add_test(pieces, a_trailer_that_is_apart_is_only_had_from_the_decoder);
    tcase_add_test(pieces, a_trailer_elsewhere_in_the_block_of_the_payload_is_apart);
    tcase_add_test(pieces, a_trailer_that_follows_the_payload_needs_no_decoder);
    tcase_add_test(pieces, what_is_apart_is_had_until_it_is_released);
    tcase_add_test(pieces, trailers_of_growing_length_leave_no_memory);
    tcase_add_test(pieces, headers_and_trailers_in_many_chunks_are_told_in_linear_time);
    return suite;
}

int main(void)
{
    return run_suite(trailer_suite());
}
