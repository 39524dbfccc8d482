/* SPDX-License-Identifier: MIT */
#include "reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "steps.h"

/* ------------------------------------------------------------------ recording */

void list_add(struct record_list *list, const void *data, size_t n)
{
    if (list->size + n >= list->room) {
        list->room = 2 * (list->size + n) + 64;
        list->bytes = realloc(list->bytes, list->room);
        expect(list->bytes, "out of memory");
    }
    if (n > 0)
        memcpy(list->bytes + list->size, data, n);
    list->size += n;
}

void list_add_buffer(struct record_list *list, struct cb_buffer *buffer)
{
    size_t size;
    uint8_t *bytes = flatten(buffer, &size);

    list_add(list, bytes, size);
    free(bytes);
    cb_skip(buffer, CB_ALL);
}

void list_end(struct record_list *list)
{
    if (list->count == list->ends_room) {
        list->ends_room = 2 * list->count + 16;
        list->ends = realloc(list->ends, list->ends_room * sizeof *list->ends);
        expect(list->ends, "out of memory");
    }
    list->ends[list->count++] = list->size;
}

void list_limit(const struct record_list *all, size_t limit, enum cb_overflow how,
                struct record_list *wanted)
{
    size_t at = 0;

    for (size_t i = 0; i < all->count; at = all->ends[i++]) {
        size_t n = all->ends[i] - at;

        if (n > limit && how == CB_OVERFLOW_FAIL)
            break;
        if (n > limit && how == CB_OVERFLOW_SKIP)
            continue;
        list_add(wanted, all->bytes + at, n < limit ? n : limit);
        list_end(wanted);
    }
}

void list_free(struct record_list *list)
{
    free(list->bytes);
    free(list->ends);
}

static size_t put_byte(char *to, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";

    if (byte >= 0x20 && byte < 0x7f && byte != '[' && byte != ']' && byte != '\\') {
        to[0] = (char)byte;
        return 1;
    }
    memcpy(to, "\\x", 2);
    to[2] = digits[byte >> 4];
    to[3] = digits[byte & 15];
    return 4;
}

/* "[first][second]"; free it. */
static char *rendered(const struct record_list *list)
{
    char *text = malloc(4 * list->size + 2 * list->count + 1), *to = text;
    size_t at = 0;

    expect(text, "out of memory");
    for (size_t i = 0; i < list->count; i++) {
        *to++ = '[';
        while (at < list->ends[i])
            to += put_byte(to, list->bytes[at++]);
        *to++ = ']';
    }
    *to = '\0';
    return text;
}

/* -------------------------------------------------------------------- reading */

/* A decoder at work on an input, and what was seen of it. */
struct reading {
    const struct way *way;
    const uint8_t *input;
    size_t size;
    size_t arrived;
    bool finished;
    struct cb_decoder *decoder;
    struct cb_buffer *buffer;
    struct cb_buffer *taken;
    struct record_list records;
    bool in_record;     /* pieces of a record were given, not yet its last */
    size_t record_from; /* where its bytes begin in records.bytes */
    uint64_t next_offset;
    uint64_t total;
    uint64_t least; /* no record ends before so many bytes have arrived */
};

static void free_block(void *arg, const void *data, size_t size)
{
    (void)data;
    (void)size;
    free(arg);
}

static void append_part(struct reading *reading, const uint8_t *data, size_t n)
{
    uint8_t *copy = NULL;

    if (!reading->way->in_place) {
        copy = malloc(n);
        expect(copy, "out of memory");
        memcpy(copy, data, n);
        data = copy;
    }
    expect(cb_append_ref(reading->buffer, data, n, free_block, copy) == CB_OK, "cannot append");
}

/* The next part of the input; false at its end. */
static bool arrive(struct reading *reading)
{
    const struct way *way = reading->way;
    size_t left = reading->size - reading->arrived;
    size_t n = reading->arrived == 0 ? way->cut : way->step;

    if (left == 0)
        return false;
    n = n < left ? n : left;
    for (size_t part; n > 0; n -= part) {
        part = way->block > 0 && way->block < n ? way->block : n;
        append_part(reading, reading->input + reading->arrived, part);
        reading->arrived += part;
    }
    return true;
}

static void see_piece(struct reading *reading, const struct cb_piece *piece)
{
    struct record_list *records = &reading->records;
    const bool first = (piece->flags & CB_FIRST) != 0, last = (piece->flags & CB_LAST) != 0;

    expect(first == !reading->in_record, "the flag FIRST is wrong");
    if (first) {
        reading->record_from = records->size;
        reading->total = CB_UNKNOWN;
    } else {
        expect(piece->offset == reading->next_offset, "a piece is not where the last one ended");
    }
    expect(piece->offset >= reading->next_offset, "pieces run backwards");
    expect(piece->offset + piece->length <= reading->arrived, "a piece ends beyond the input");
    expect(piece->length == 0 || reading->way->changed ||
               memcmp(reading->input + piece->offset, piece->data, piece->length) == 0,
           "a piece differs from the input at its offset");
    expect(piece->record == records->count + 1, "record %" PRIu64 " is number %zu", piece->record,
           records->count + 1);
    if (reading->way->whole || (cb_decoder_traits(reading->decoder) & CB_TELLS_LENGTH))
        expect(piece->total != CB_UNKNOWN, "the length of a record is not told");
    if (reading->total != CB_UNKNOWN)
        expect(piece->total == reading->total, "the length of a record changes");
    reading->total = piece->total;
    reading->next_offset = piece->offset + piece->length;
    list_add(records, piece->data, piece->length);
    reading->in_record = !last;
    if (!last)
        return;
    expect(piece->total == records->size - reading->record_from, "a length was told wrong");
    list_end(records);
}

static int take_record(struct reading *reading)
{
    int status = cb_decoder_take(reading->decoder, reading->buffer, reading->taken);

    if (status != CB_PIECE) {
        expect(cb_length(reading->taken) == 0, "bytes were taken without a record");
        return status;
    }
    struct iovec chunks[512];
    size_t count = cb_chunks(reading->taken, chunks, COUNT(chunks));
    expect(count <= COUNT(chunks), "too many chunks for this test");
    for (size_t i = 0; i < count; i++)
        list_add(&reading->records, chunks[i].iov_base, chunks[i].iov_len);
    cb_skip(reading->taken, CB_ALL);
    list_end(&reading->records);
    return status;
}

static int read_some(struct reading *reading)
{
    struct cb_piece pieces[64];
    size_t count = 1, max = 1 + (size_t)(reading->way->call - BY_BATCH);
    int status;

    switch (reading->way->call) {
    case BY_TAKE:
        return take_record(reading);
    case BY_NEXT:
        status = cb_decoder_next(reading->decoder, reading->buffer, pieces);
        break;
    default:
        status = decode_batch(reading->decoder, reading->buffer, pieces, max, &count);
        expect(status == CB_PIECE ? count >= 1 && count <= max : count == 0, "%zu pieces", count);
        break;
    }
    for (size_t i = 0; status == CB_PIECE && i < count; i++)
        see_piece(reading, &pieces[i]);
    if (reading->way->call >= BY_BATCH)
        cb_decoder_release(reading->decoder, reading->buffer);
    return status;
}

/* What an error must be like, and that it stays. */
static struct outcome see_error(struct reading *reading, int status)
{
    const struct cb_error first = *cb_decoder_error(reading->decoder);

    expect(status < 0, "status %d", status);
    expect(first.code == status, "the error says %d, not %d", first.code, status);
    expect(first.record == reading->records.count + 1,
           "the error is in record %" PRIu64 ", not %zu", first.record, reading->records.count + 1);
    expect(first.text[0], "the error says nothing");
    expect(first.start <= first.offset, "the record begins after its fault");
    expect(first.start == cb_decoder_position(reading->decoder), "it begins elsewhere");
    for (int i = 0; i < 3; i++) {
        size_t count = reading->records.size;

        int again = read_some(reading);
        expect(again == status, "after error %d a further call gives %d", status, again);
        expect(reading->records.size == count, "something is given after an error");
    }
    const struct cb_error *later = cb_decoder_error(reading->decoder);
    expect(later->code == first.code && later->record == first.record &&
               later->offset == first.offset && later->start == first.start &&
               strcmp(later->text, first.text) == 0,
           "the error changes");
    return (struct outcome){.status = status, .offset = first.offset};
}

static struct outcome see_end(struct reading *reading)
{
    uint64_t position = cb_decoder_position(reading->decoder);

    expect(!reading->in_record, "the end comes inside a record");
    expect(cb_decoder_error(reading->decoder)->code == CB_OK, "an error at the end");
    expect(cb_decoder_record(reading->decoder) == reading->records.count + 1, "wrong number");
    expect(read_some(reading) == CB_END, "the end is not the end");
    cb_decoder_release(reading->decoder, reading->buffer);
    expect(cb_position(reading->buffer) == position, "the head is not at the decoder's position");
    expect(position + cb_length(reading->buffer) == reading->arrived, "bytes are lost");
    return (struct outcome){.status = CB_END, .offset = position};
}

static struct outcome read_all(struct reading *reading)
{
    for (size_t steps = 0;; steps++) {
        size_t before = reading->records.count;

        expect(steps < 8 * reading->size + 64, "it goes on and on");
        int status = read_some(reading);

        if (status == CB_END)
            return see_end(reading);
        if (status < 0)
            return see_error(reading, status);
        if (status == CB_PIECE) {
            expect(reading->records.count == before || reading->finished ||
                       reading->arrived >= reading->least,
                   "%" PRIu64 " bytes were needed, but a record ended with %zu", reading->least,
                   reading->arrived);
            continue;
        }
        expect(status == CB_MORE, "status %d", status);
        expect(!reading->finished, "more is wanted when there is no more");
        expect(cb_decoder_needed(reading->decoder) >= 1, "more is wanted, but nothing needed");
        reading->least = reading->arrived + cb_decoder_needed(reading->decoder);
        if (!arrive(reading)) {
            cb_decoder_finish(reading->decoder);
            reading->finished = true;
        }
    }
}

/* Reads an input in one way; free the records. */
struct outcome read_input(const char *specification, const struct cb_decoder_options *options,
                          const uint8_t *input, size_t size, const struct way *way,
                          struct record_list *records)
{
    struct cb_decoder_options o = {.size = sizeof o};
    struct cb_buffer_options plain = {.size = sizeof plain, .cutoff = 1};
    struct reading reading = {.way = way, .input = input, .size = size};
    struct cb_error error;

    if (options)
        o = *options;
    o.whole = way->whole;
    expect(cb_buffer_new(&reading.buffer, &plain) == CB_OK, "out of memory");
    expect(cb_buffer_new(&reading.taken, &plain) == CB_OK, "out of memory");
    int status = way->own != NULL ? cb_decoder_new_own(&reading.decoder, way->own, &o, &error)
                                  : cb_decoder_new(&reading.decoder, specification, &o, &error);
    expect(status == CB_OK, "%s: %s", specification, error.text);
    if (way->finish_first) {
        arrive(&reading);
        cb_decoder_finish(reading.decoder);
        reading.finished = true;
    }
    struct outcome outcome = read_all(&reading);
    cb_decoder_free(reading.decoder);
    cb_buffer_free(reading.buffer);
    cb_buffer_free(reading.taken);
    *records = reading.records;
    return outcome;
}

/* ------------------------------------------------------------------ every way */

void check_way(const struct subject *subject, const struct way *way)
{
    struct record_list records;
    struct outcome outcome = read_input(subject->specification, subject->options, subject->input,
                                        subject->size, way, &records);
    char *text = rendered(&records);

    expect(strcmp(text, subject->expected.records) == 0 &&
               outcome.status == subject->expected.status &&
               outcome.offset == subject->expected.offset,
           "%s, call %d, %s, cut %zu, step %zu, blocks of %zu%s:\n"
           "    gives    %s, %d at %" PRIu64 "\n    expected %s, %d at %" PRIu64,
           subject->specification, (int)way->call, way->whole ? "whole" : "pieces", way->cut,
           way->step, way->block, way->finish_first ? ", finished first" : "", text, outcome.status,
           outcome.offset, subject->expected.records, subject->expected.status,
           subject->expected.offset);
    free(text);
    list_free(&records);
}

static void check_cuts(const struct subject *subject, struct way way)
{
    const size_t size = subject->size > 0 ? subject->size : 1;

    way.cut = way.step = size;
    way.in_place = true;
    check_way(subject, &way);
    way.finish_first = true;
    check_way(subject, &way);
    way.in_place = way.finish_first = false;
    for (way.block = 0; way.block <= 3; way.block++)
        check_way(subject, &way);
    way.block = 0;
    way.cut = way.step = 1;
    check_way(subject, &way);
    way.step = size;
    for (way.cut = 1; way.cut < size; way.cut++) {
        check_way(subject, &way); /* arrives in two parts */
        way.block = way.cut;      /* lies in blocks */
        size_t cut = way.cut;
        way.cut = size;
        check_way(subject, &way);
        way.cut = cut;
        way.block = 0;
    }
}

void check_every_way(const struct subject *subject)
{
    static const enum call calls[] = {BY_NEXT, BY_TAKE, BY_BATCH, BY_BATCH + 2, BY_BATCH + 63};
    struct guard guard;
    struct subject guarded = *subject;

    guard_init(&guard, subject->input, subject->size);
    guarded.input = guard.data;
    for (size_t i = 0; i < COUNT(calls); i++) {
        struct way way = {.call = calls[i], .changed = subject->changed, .own = subject->own};
        check_cuts(&guarded, way);
        way.whole = true;
        check_cuts(&guarded, way);
    }
    guard_fini(&guard);
}

void check_example(const struct example *example, bool changed)
{
    struct subject subject = {
        .specification = example->specification,
        .input = (const uint8_t *)example->input,
        .size = example->size,
        .expected = example->expected,
        .changed = changed,
    };

    if (subject.expected.offset == UINT64_MAX)
        subject.expected.offset = example->size;
    check_every_way(&subject);
}

/* -------------------------------------------------------- limits and round trips */

void check_limited(const struct limited *example, bool changed)
{
    struct cb_decoder_options options = {
        .size = sizeof options,
        .max_record = example->max_record,
        .on_partial = example->on_partial,
    };
    struct subject subject = {
        .specification = example->specification,
        .options = &options,
        .input = (const uint8_t *)example->input,
        .size = example->size,
        .expected = example->expected,
        .changed = changed,
    };

    if (subject.expected.offset == UINT64_MAX)
        subject.expected.offset = example->size;
    check_every_way(&subject);
}

static void encode_step(int (*step)(struct cb_encoder *, const void **, size_t *),
                        struct cb_encoder *encoder, struct record_list *wire)
{
    const void *data;
    size_t n;
    int status;

    do {
        status = step(encoder, &data, &n);
        expect(status == CB_OK || status == CB_YES, "%s", cb_encoder_error(encoder)->text);
        list_add(wire, data, n);
    } while (status == CB_YES);
}

/* The payload, or what stands for it, made in little room. */
static void encode_payload(struct cb_encoder *encoder, const uint8_t *data, size_t left,
                           struct record_list *wire)
{
    if (!(cb_encoder_traits(encoder) & CB_TRANSFORMS)) {
        list_add(wire, data, left);
        return;
    }
    while (left > 0) {
        uint8_t room[CB__TRANSFORM_ROOM];
        size_t n = left, size = sizeof room;
        int status = step_payload(encoder, data, &n, room, &size);

        expect(status == CB_OK ? n == left : status == CB_YES, "status %d", status);
        expect(n > 0 || size > 0, "it goes on and on");
        list_add(wire, room, size);
        data += n;
        left -= n;
    }
}

/* Encodes records as a writer would; the frames are marked in `wire`. */
static void encode(const char *specification, const struct record_list *records,
                   struct record_list *wire)
{
    struct cb_encoder *encoder = NULL;
    struct cb_error error;
    size_t at = 0;

    expect(cb_encoder_new(&encoder, specification, NULL, &error) == CB_OK, "%s: %s", specification,
           error.text);
    for (size_t i = 0; i < records->count; i++) {
        size_t length = records->ends[i] - at, n;
        const void *data;
        struct cb_piece piece = {
            .data = records->bytes + at,
            .length = length,
            .record = i + 1,
            .total = length,
            .flags = CB_FIRST | CB_LAST,
        };

        expect(step_look(encoder, &piece) == CB_OK, "%s: %s", specification,
               cb_encoder_error(encoder)->text);
        expect(step_begin(encoder, length, &data, &n) == CB_OK, "%s: %zu bytes: %s", specification,
               length, cb_encoder_error(encoder)->text);
        list_add(wire, data, n);
        encode_payload(encoder, records->bytes + at, length, wire);
        encode_step(step_end, encoder, wire);
        list_end(wire); /* a whole frame */
        at = records->ends[i];
    }
    encode_step(step_finish, encoder, wire);
    cb_encoder_free(encoder);
}

static void make_records(struct prng *prng, const struct trip *trip, struct record_list *records)
{
    size_t count = prng_below(prng, 30);

    for (size_t i = 0; i < count; i++) {
        size_t spread = trip->most - trip->least + 1;
        size_t length = trip->least + prng_below(prng, i % 3 ? spread : spread < 4 ? spread : 4);
        uint8_t bytes[600];

        for (size_t b = 0; b < length; b++)
            bytes[b] = (uint8_t)(prng_below(prng, 2) ? prng_next(prng) : prng_below(prng, 14));
        if (trip->alphabet)
            prng_fill(prng, bytes, length, trip->alphabet, strlen(trip->alphabet));
        list_add(records, bytes, length);
        list_end(records);
    }
}

static void check_same(const char *specification, const struct record_list *got,
                       const struct record_list *sent)
{
    expect(got->count == sent->count, "%s: %zu records of %zu", specification, got->count,
           sent->count);
    for (size_t i = 0; i < sent->count; i++)
        expect(got->ends[i] == sent->ends[i], "%s: record %zu has another length", specification,
               i + 1);
    size_t size = sent->count > 0 ? sent->ends[sent->count - 1] : 0;
    expect(size == 0 || memcmp(got->bytes, sent->bytes, size) == 0, "%s: the bytes differ",
           specification);
}

void check_trip_as(const struct trip *trip, const char *decoded, bool changed, uint64_t seed)
{
    struct prng prng = {31 + seed};

    for (size_t round = rounds(20, 40); round > 0; round--) {
        struct record_list sent = {.count = 0}, wire = {.count = 0};
        struct record_list got, framed;
        size_t most = 1 + prng_below(&prng, round % 2 ? 9 : 2000);
        struct way way = {
            .call = (enum call)prng_below(&prng, BY_BATCH + 64),
            .whole = prng_below(&prng, 2) == 1,
            .cut = most,
            .step = most,
            .changed = changed,
            .block = round % 4 < 2 ? 0 : 1 + prng_below(&prng, 50),
        };
        char keep[80];

        if (way.call == BY_TAKE && most < 20)
            way.cut = way.step = 20; /* a record in 64 chunks at most */
        if (way.call == BY_TAKE)
            way.block = 0;
        make_records(&prng, trip, &sent);
        encode(trip->specification, &sent, &wire);
        struct outcome outcome = read_input(decoded, NULL, wire.bytes, wire.size, &way, &got);
        expect(outcome.status == CB_END && outcome.offset == wire.size, "%s: %d at %" PRIu64,
               decoded, outcome.status, outcome.offset);
        check_same(decoded, &got, &sent);

        /* With `keep` the records are what the encoder wrote for each. */
        snprintf(keep, sizeof keep, "%s,keep", decoded);
        outcome = read_input(keep, NULL, wire.bytes, wire.size, &way, &framed);
        expect(outcome.status == CB_END, "%s: %d", keep, outcome.status);
        check_same(keep, &framed, &wire);
        list_free(&framed);
        list_free(&got);
        list_free(&wire);
        list_free(&sent);
    }
}

void check_trip(const struct trip *trip, bool changed, uint64_t seed)
{
    check_trip_as(trip, trip->specification, changed, seed);
}

void check_alike(const char *specification, bool changed, const uint8_t *input, size_t size)
{
    struct way simple = {.call = BY_NEXT, .whole = true, .cut = 1, .step = 1, .changed = changed};
    struct subject subject = {
        .specification = specification, .input = input, .size = size, .changed = changed};
    struct record_list records;

    struct outcome outcome = read_input(specification, NULL, input, size, &simple, &records);
    char *text = rendered(&records);
    subject.expected = (struct expected){text, outcome.status, outcome.offset};
    check_every_way(&subject);
    free(text);
    list_free(&records);
}

void check_own(const struct cb_own *own, const char *specification,
               const struct cb_decoder_options *options, const uint8_t *input, size_t size)
{
    struct way simple = {.call = BY_NEXT, .whole = true, .cut = 1, .step = 1};
    struct subject subject = {
        .specification = specification,
        .options = options,
        .own = own,
        .input = input,
        .size = size,
    };
    struct record_list records;

    struct outcome outcome = read_input(specification, options, input, size, &simple, &records);
    char *text = rendered(&records);
    subject.expected = (struct expected){text, outcome.status, outcome.offset};
    check_every_way(&subject);
    free(text);
    list_free(&records);
}

void check_random(const char *specification, bool changed, const char *alphabet, size_t letters,
                  uint64_t seed)
{
    struct prng prng = {77 + seed};
    uint8_t input[24];

    for (size_t round = rounds(20, 60); round > 0; round--) {
        size_t n = prng_below(&prng, sizeof input + 1);

        prng_fill(&prng, input, n, alphabet, letters);
        check_alike(specification, changed, input, n);
    }
}

void check_wrong_specification(const char *specification, uint64_t column)
{
    struct cb_error error = {.code = CB_OK, .record = 9, .offset = 9999};
    struct cb_decoder *decoder = NULL;

    ck_assert_int_eq(cb_decoder_new(&decoder, specification, NULL, &error), CB_EINVAL);
    ck_assert_ptr_null(decoder);
    ck_assert_int_eq(error.code, CB_EINVAL);
    ck_assert_uint_eq(error.record, 0);
    ck_assert_msg(error.offset == column, "'%s': column %" PRIu64 ", expected %" PRIu64,
                  specification, error.offset, column);
    ck_assert_uint_gt(strlen(error.text), 0);
    ck_assert_int_eq(cb_decoder_new(&decoder, specification, NULL, NULL), CB_EINVAL);
}
