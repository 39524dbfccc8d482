/* SPDX-License-Identifier: MIT */
/*
 * The calls of a decoder in any order, on a buffer that others use too: what is found
 * ahead for some of them shows in none.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "framing/decoding.h"
#include "framing/encoder.h"
#include "reading.h"
#include "streams.h"

/* A record, read one by one without the fast path, and where the decoder was then. */
struct record {
    uint8_t *data, *header;
    size_t length, header_size;
    uint64_t place;
};

struct reference {
    struct record *records;
    size_t count;
};

enum { RECORDS = 1200, HELD = 4 };

static struct cb_decoder *new_decoder(const char *specification, bool whole)
{
    const struct cb_decoder_options options = {.size = sizeof options, .whole = whole};
    struct cb_decoder *decoder = NULL;

    ck_assert_msg(cb_decoder_new(&decoder, specification, &options, NULL) == CB_OK, "%s",
                  specification);
    return decoder;
}

static struct cb_buffer *plain_buffer(void)
{
    const struct cb_buffer_options options = {.size = sizeof options, .cutoff = 1};
    struct cb_buffer *buffer = NULL;

    ck_assert_int_eq(cb_buffer_new(&buffer, &options), CB_OK);
    return buffer;
}

static uint8_t *copy_of(const void *data, size_t n)
{
    uint8_t *copy = malloc(n + 1);

    expect(copy, "out of memory");
    if (n)
        memcpy(copy, data, n);
    return copy;
}

static void read_reference(struct reference *reference, const char *specification,
                           const uint8_t *input, size_t size)
{
    struct cb_decoder *decoder = new_decoder(specification, true);
    struct cb_buffer *buffer = plain_buffer();
    struct cb_piece piece;

    *reference = (struct reference){.records = calloc(RECORDS, sizeof *reference->records)};
    expect(reference->records, "out of memory");
    append_block(buffer, input, size);
    cb_decoder_finish(decoder);
    while (cb_decoder_batch(decoder, buffer, &piece, 1) > 0) {
        struct record *record = &reference->records[reference->count++];

        expect(reference->count < RECORDS, "too many records for this test");
        expect(piece.flags & CB_LAST, "a record in parts");
        record->data = copy_of(piece.data, piece.length);
        record->length = piece.length;
        record->header = calloc(1, piece.header + 1U);
        expect(record->header, "out of memory");
        record->header_size = cb_decoder_header(decoder, &piece, record->header, piece.header);
        record->place = cb_decoder_position(decoder);
        cb_decoder_release(decoder, buffer);
    }
    ck_assert_int_eq(cb_decoder_error(decoder)->code, CB_OK);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}

static void free_reference(struct reference *reference)
{
    for (size_t i = 0; i < reference->count; i++) {
        free(reference->records[i].data);
        free(reference->records[i].header);
    }
    free(reference->records);
}

/* ----------------------------------------------------------------- one mixture */

struct mixture {
    const char *specification;
    const struct reference *reference;
    const uint8_t *input;
    size_t size, arrived;
    struct prng prng;
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *buffer, *out;
    size_t done; /* records returned */
    size_t part; /* bytes of the next one that were returned */
    bool in_record;
    struct cb_held held[HELD];
    uint8_t *copies[HELD];
};

static const struct record *next_record(const struct mixture *mix)
{
    expect(mix->done < mix->reference->count, "%s: more records than there are",
           mix->specification);
    return &mix->reference->records[mix->done];
}

/* Keeps a piece, and drops another one, whose bytes are what they were. */
static void hold(struct mixture *mix, const struct cb_piece *piece)
{
    const size_t i = prng_below(&mix->prng, HELD);
    const struct cb_held *held = &mix->held[i];

    expect(!held->length || memcmp(held->data, mix->copies[i], held->length) == 0,
           "%s: held bytes have changed", mix->specification);
    cb_drop(&mix->held[i]);
    free(mix->copies[i]);
    cb_hold(piece, &mix->held[i]);
    mix->copies[i] = copy_of(piece->data, piece->length);
}

static void see_header(const struct mixture *mix, const struct cb_piece *piece)
{
    const struct record *record = next_record(mix);
    uint8_t *header = calloc(1, piece->header + 1U);
    expect(header, "out of memory");
    size_t n = cb_decoder_header(mix->decoder, piece, header, piece->header);

    expect(n == record->header_size && memcmp(header, record->header, n) == 0,
           "%s: record %zu has another header", mix->specification, mix->done + 1);
    free(header);
}

static void see_piece(struct mixture *mix, const struct cb_piece *piece)
{
    const struct record *record = next_record(mix);
    const bool first = piece->flags & CB_FIRST, last = piece->flags & CB_LAST;

    expect(
        first == !mix->in_record && piece->record == mix->done + 1 &&
            piece->length <= record->length - mix->part &&
            (!piece->length || memcmp(piece->data, record->data + mix->part, piece->length) == 0),
        "%s: a piece of record %zu is another one", mix->specification, mix->done + 1);
    if (first)
        see_header(mix, piece);
    if (prng_below(&mix->prng, 8) == 0)
        hold(mix, piece);
    mix->part += piece->length;
    mix->in_record = !last;
    if (!last)
        return;
    expect(mix->part == record->length, "%s: record %zu is too short", mix->specification,
           mix->done + 1);
    mix->done++;
    mix->part = 0;
}

/* The decoder, or the head of the buffer, is where it was after the last record that was
 * returned; perhaps before bytes that may belong to its frame. */
static void check_place(const struct mixture *mix, uint64_t place)
{
    const uint64_t last = mix->done ? mix->reference->records[mix->done - 1].place : 0;

    expect(cb_decoder_record(mix->decoder) == mix->done + 1 &&
               (mix->decoder->ops->rest ? place <= last : place == last),
           "%s: after record %zu at %" PRIu64 ", not %" PRIu64, mix->specification, mix->done,
           place, last);
}

static int by_next(struct mixture *mix)
{
    struct cb_piece piece;
    int status = 0;

    for (size_t n = 1 + prng_below(&mix->prng, 40); n; n--) {
        /* What was returned leaves, and nothing else but dropped frames. */
        const uint64_t place = cb_decoder_position(mix->decoder);

        status = cb_decoder_next(mix->decoder, mix->buffer, &piece);
        if (status <= 0)
            break;
        expect(mix->in_record || mix->decoder->core.assembled ||
                   (cb_position(mix->buffer) >= place &&
                    cb_position(mix->buffer) <= piece.offset - piece.header),
               "%s: at %" PRIu64 ", released to %" PRIu64, mix->specification, place,
               cb_position(mix->buffer));
        see_piece(mix, &piece);
        if (!mix->in_record)
            check_place(mix, cb_decoder_position(mix->decoder));
    }
    return status;
}

static int by_take(struct mixture *mix)
{
    struct cb_buffer *record = plain_buffer();
    const size_t before = prng_below(&mix->prng, 3);
    int status = 0;

    ck_assert_int_eq(cb_append(record, "xy", before), CB_OK);
    for (size_t n = 1 + prng_below(&mix->prng, 40); n; n--) {
        status = cb_decoder_take(mix->decoder, mix->buffer, record);
        expect((status == CB_ESTATE) == mix->in_record, "%s: take: %d", mix->specification, status);
        if (status <= 0)
            break;
        const struct record *expected = next_record(mix);
        size_t size;
        uint8_t *data = flatten(record, &size);

        expect(
            size == before + expected->length &&
                (!expected->length || memcmp(data + before, expected->data, expected->length) == 0),
            "%s: record %zu is taken wrong", mix->specification, mix->done + 1);
        free(data);
        cb_truncate(record, before);
        mix->done++;
        check_place(mix, cb_decoder_position(mix->decoder));
        check_place(mix, cb_position(mix->buffer));
    }
    cb_buffer_free(record);
    return status == CB_ESTATE ? 0 : status;
}

static int by_batch(struct mixture *mix)
{
    struct cb_piece pieces[12];
    const size_t max = 1 + prng_below(&mix->prng, COUNT(pieces));
    ssize_t count = cb_decoder_batch(mix->decoder, mix->buffer, pieces, max);

    for (ssize_t i = 0; i < count; i++)
        see_piece(mix, &pieces[i]);
    if (prng_below(&mix->prng, 2))
        cb_decoder_release(mix->decoder, mix->buffer);
    return (int)count;
}

static int arrive(struct mixture *mix)
{
    const size_t left = mix->size - mix->arrived;
    size_t n = 1 + prng_below(&mix->prng, prng_below(&mix->prng, 2) ? 9 : 3000);

    if (!left) {
        cb_decoder_finish(mix->decoder);
        return 0;
    }
    n = n < left ? n : left;
    if (prng_below(&mix->prng, 2))
        append_block(mix->buffer, mix->input + mix->arrived, n);
    else
        append_offered(mix->buffer, mix->input + mix->arrived, n, n);
    mix->arrived += n;
    return 0;
}

/* Up to the end of a record. */
static int by_skip(struct mixture *mix)
{
    uint64_t count, most = 1 + prng_below(&mix->prng, 9);
    int status = 0;

    while (most && status != CB_END) {
        status = cb_decoder_skip(mix->decoder, mix->buffer, most, &count);
        mix->done += (size_t)count;
        mix->in_record = mix->in_record && !count;
        mix->part = mix->in_record ? mix->part : 0;
        most -= count;
        if (status == CB_MORE)
            arrive(mix);
    }
    return status;
}

/* Asks for some bytes of the buffer in one area. */
static void join(struct mixture *mix)
{
    const void *data;

    ck_assert_int_eq(
        cb_data(mix->buffer, prng_below(&mix->prng, cb_length(mix->buffer) + 1), &data), CB_YES);
}

/* To lines, through an output that is soon full. */
static int by_reframe(struct mixture *mix)
{
    const size_t most = 1 + prng_below(&mix->prng, 9);
    struct record_list lines = {.count = 0};
    size_t left = most, count, size;
    int status = CB_YES;

    if (mix->in_record || !mix->decoder->whole)
        return 0;
    while (status == CB_YES && left) {
        status = cb_reframe(mix->decoder, mix->encoder, mix->buffer, mix->out, left, &count);
        uint8_t *data = flatten(mix->out, &size);

        list_add(&lines, data, size);
        free(data);
        cb_skip(mix->out, CB_ALL);
        left -= count;
        if (prng_below(&mix->prng, 2))
            join(mix);
    }
    expect(!cb__decoder_has_kept(mix->decoder), "%s: pieces are left", mix->specification);
    size = 0;
    for (size_t n = most - left; n; n--) {
        const struct record *record = next_record(mix);

        expect(size + record->length < lines.size &&
                   memcmp(lines.bytes + size, record->data, record->length) == 0,
               "%s: record %zu is reframed wrong", mix->specification, mix->done + 1);
        size += record->length + 1;
        mix->done++;
    }
    expect(size == lines.size, "%s: something else is in the output", mix->specification);
    list_free(&lines);
    return status;
}

/* What others may do to the buffer. */
static int disturb(struct mixture *mix)
{
    const size_t length = cb_length(mix->buffer);
    const uint64_t place = cb_decoder_position(mix->decoder), head = cb_position(mix->buffer);

    if (prng_below(&mix->prng, 2))
        join(mix);
    else if (place > head && place - head <= length)
        cb_skip(mix->buffer, (size_t)(place - head));
    return 0;
}

typedef int step_fn(struct mixture *mix);

static step_fn *const steps[] = {
    by_next, by_next, by_take, by_take, by_batch, by_skip, by_reframe, arrive, arrive, disturb,
};

static void check_mixture(const char *specification, const struct reference *reference,
                          const uint8_t *input, size_t size, uint64_t seed)
{
    const struct cb_buffer_options narrow = {.size = sizeof narrow, .limit = 40};
    struct mixture mix = {
        .specification = specification,
        .reference = reference,
        .input = input,
        .size = size,
        .prng = {seed},
        .decoder = new_decoder(specification, seed % 2),
        .buffer = plain_buffer(),
    };
    int status = 0;

    ck_assert_int_eq(cb_buffer_new(&mix.out, &narrow), CB_OK);
    ck_assert_int_eq(cb_encoder_new(&mix.encoder, "lf", NULL, NULL), CB_OK);
    while (status != CB_END) {
        status = steps[prng_below(&mix.prng, COUNT(steps))](&mix);
        expect(status >= 0 || status == CB_END, "%s: status %d", specification, status);
    }
    expect(mix.done == reference->count && mix.arrived == size, "%s: %zu records of %zu",
           specification, mix.done, reference->count);
    for (size_t i = 0; i < HELD; i++) {
        cb_drop(&mix.held[i]);
        free(mix.copies[i]);
    }
    cb_encoder_free(mix.encoder);
    cb_decoder_free(mix.decoder);
    cb_buffer_free(mix.buffer);
    cb_buffer_free(mix.out);
}

/* ------------------------------------------------------------------- the tests */

static void check_stream(const char *specification, const uint8_t *input, size_t size,
                         unsigned seeds)
{
    struct reference reference;

    read_reference(&reference, specification, input, size);
    for (unsigned seed = 0; seed < seeds; seed++)
        check_mixture(specification, &reference, input, size, seed);
    free_reference(&reference);
}

START_TEST(calls_may_be_mixed_on_a_short_stream)
{
    const struct stream *stream = &streams[_i / 2];
    char text[80];

    snprintf(text, sizeof text, "%s%s", stream->specification, _i % 2 ? ",keep" : "");
    check_stream(text, (const uint8_t *)stream->bytes, stream->size, 60);
}
END_TEST

/* Frames that may be repeated, some of which belong to no record. */
static const struct stream repeated[] = {
    {"line", BYTES("one\r\n\ntwo\r\r\nfour\n")},
    {"crlf", BYTES("one\r\n\r\ntwo\r\r\nfour\r\n")},
    {"lf,skip-empty", BYTES("\n\none\n\n\ntwo\nfour\n\n")},
    {"crlf,skip-empty", BYTES("one\r\n\r\n\r\ntwo\r\n\r\n")},
    {"delim:aba,or=;;,or=b", BYTES("xaba;;;;xab;aab;ababa;;")},
    {"start:aba", BYTES("aba1abaab")},
    {"start:>,line", BYTES(">one>\n\n>\n>two\n")},
    {"start:a,or=b\\n,blank", BYTES("a\n\nb\n\na\n\n\nx\n\n")},
    {"line,fold", BYTES("one\r\n two\n\nfour\n\tfive\r\n\n")},
    {"line,lines=2", BYTES("one\r\n\ntwo\r\r\nfour\n")},
    {"between:<,end=>", BYTES("<one>\n<>\n\n<two>")},
    {"paragraph", BYTES("\n\none\r\ntwo\n\r\n\nfour\n\n\r\n")},
    {"fixed:4", BYTES("four")},
    {"fixed:3,byte=1:62,only=0:61", BYTES("abcxbcab?ybc")},
    {"u8", BYTES("\3one\0\5three")},
    {"u16le", BYTES("\3\0one\0\0\5\0three")},
    {"u8,header=2,padding=1,trailer=;", BYTES("\2\3hi???;\0\1?;\1\0x;")},
    {"u8,offset=1,only=0:61", BYTES("b\0a\3oneb\2toa\0b\0a\5three")},
    {"u8,more=3", BYTES("\3one\3two\2th\0\3fou\0")},
    {"varint", BYTES("\3one\0\x82\0hi")},
    {"quic,inclusive,header=2,trailer=;", BYTES("\5?one;\x40\5?hi;\2?;")},
    {"netstring", BYTES("3:one,0:,5:three,")},
    {"fix", BYTES(FIX_HEARTBEAT FIX_NEWS)},
    {"content-length,start-line,trailer=;",
     BYTES("x\r\nContent-Length: 3\r\n\r\none;y: z\r\ncontent-length:0\r\n\r\n;")},
    {"journal", BYTES("\n_A=b=\nM\n\5\0\0\0\0\0\0\0a\n\nb=\nC=\n\n\nA1\n\0\0\0\0\0\0\0\0\n\n")},
    {"pkt-line", BYTES("0007one0000000100020006a\n")},
    {"tfrecord", BYTES(TF_HI TF_EMPTY)},
    {"websocket", BYTES("\x81\3one\x89\1x\2\0\0\1x\x8a\0\x80\0")},
    {"websocket", BYTES("\x81\x83zzzzone\x89\x81\1\2\3\4x\2\x80zzzz\0\x81zzzzx\x80\x80zzzz")},
    {"slip", BYTES("\xc0one\xc0\xc0t\xdb\xdcwo\xdb\xdd\xc0")},
    {"cobs", BYTES("\4one\0\1\1\0\3tw\2o\0")},
    {"csv", BYTES("1,\"a\n\"\"\"\r\n\n2,3\n")},
    {"json", BYTES("{\"a\":[1]}\n\"x\" 12 true\n[]")},
    {"ndjson", BYTES("{\"a\":\"\\\"\"}\r\n\n \r\n12 \n")},
    {"resp", BYTES("*2\r\n$3\r\none\r\n%1\r\n+a\r\n:1\r\n$-1\r\n")},
};

START_TEST(calls_may_be_mixed_on_a_long_stream)
{
    const struct stream *stream = &repeated[_i / 2];
    struct record_list input = {.count = 0};
    char text[80];

    for (int i = 0; i < 140; i++)
        list_add(&input, stream->bytes, stream->size);
    snprintf(text, sizeof text, "%s%s", stream->specification, _i % 2 ? ",keep" : "");
    check_stream(text, input.bytes, input.size, 24);
    list_free(&input);
}
END_TEST

/* The records that were found before cannot be had any more. */
START_TEST(an_error_in_another_call_is_final)
{
    const struct stream *stream = &repeated[_i];
    const struct cb_buffer_options plain = {.size = sizeof plain, .cutoff = 1};
    struct cb_decoder_options options = {.size = sizeof options};
    struct counting counting;
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *buffer = NULL;
    struct cb_piece piece;
    ssize_t status = CB_PIECE;

    counting_init(&counting);
    options.allocator = &counting.hooks;
    ck_assert_int_eq(cb_decoder_new(&decoder, stream->specification, &options, NULL), CB_OK);
    ck_assert_int_eq(cb_buffer_new(&buffer, &plain), CB_OK);
    for (int i = 0; i < 9; i++)
        append_block(buffer, stream->bytes, stream->size);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    counting_fail(&counting, 1, true);
    while (status > 0)
        status = cb_decoder_batch(decoder, buffer, &piece, 1);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), (int)status);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, buffer),
                     status == CB_MORE ? CB_ESTATE : (int)status);
    counting_fail(&counting, 0, false);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
    counting_fini(&counting);
}
END_TEST

static Suite *mixed_suite(void)
{
    Suite *suite = suite_create("mixed");
    TCase *any = add_case(suite, "any order");

    tcase_add_loop_test(any, calls_may_be_mixed_on_a_short_stream, 0, 2 * (int)COUNT(streams));
    tcase_add_loop_test(any, calls_may_be_mixed_on_a_long_stream, 0, 2 * (int)COUNT(repeated));
    tcase_add_loop_test(any, an_error_in_another_call_is_final, 0, (int)COUNT(repeated));
    return suite;
}

int main(void)
{
    return run_suite(mixed_suite());
}
