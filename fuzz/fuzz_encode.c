/* SPDX-License-Identifier: MIT */
/*
 * Encoders: what is written does not depend on how records are handed over, and what is
 * not refused is read back as it was.
 *
 * A line: the specification; a byte: whether collisions are refused; the cuts in which
 * records are handed over; those in which the stream arrives at the decoder; records, each
 * with a byte before it that says how long it is.  They are written whole, from a buffer in
 * pieces, and as pieces, to an output with a limit and without; and read back.
 */
#include "framing/encoder.h"
#include "fuzz.h"

/* ROOM: each byte of the records in a frame of its own, with a header or padding of 999. */
enum { RECORDS = 32, ROOM = 16 << 20, LEAST_LIMIT = 64 };

/* The framings whose records are read by another specification, or by none. */
static const struct {
    const char *name, *from;
} readers[] = {{"sse", "sse,data"}, {"websocket", "websocket"}, {"json", NULL}, {"resp", NULL}};

struct records {
    struct input all[RECORDS];
    size_t count;
};

struct run {
    const char *to, *from; /* NULL: is not read */
    bool refuses;
    size_t limit; /* 0: none */
    struct records records;
    struct cuts cuts;
    struct cb_encoder *encoder;
    struct cb_buffer *out;
    int statuses[RECORDS];
    uint64_t reasons; /* a digest of what was said about those refused */
    uint8_t *wire;
    size_t size;
};

static void write_out(struct run *run)
{
    const size_t n = cb_length(run->out);
    REQUIRE(n <= ROOM - run->size);
    cb_remove(run->out, n, run->wire + run->size);
    run->size += n;
}

/* ------------------------------------------------------------ ways to encode */

static int encode_bytes(struct run *run, const struct input *record, uint64_t number)
{
    (void)number;
    return cb_encode_bytes(run->encoder, record->data, record->size, NULL, NULL, run->out);
}

static int encode_buffer(struct run *run, const struct input *record, uint64_t number)
{
    struct stream stream = {.data = record->data,
                            .size = record->size,
                            .cuts = run->cuts,
                            .buffer = buffer_of_references()};
    (void)number;
    while (stream_bring(&stream))
        continue;
    const int status = cb_encode(run->encoder, stream.buffer, run->out);
    REQUIRE(cb_length(stream.buffer) == record->size);
    cb_buffer_free(stream.buffer);
    return status;
}

static int encode_piece(struct run *run, const struct cb_piece *piece)
{
    int status;
    size_t taken;
    for (;;) {
        status = cb_encode_pieces(run->encoder, piece, 1, run->out, &taken);
        if (status != CB_YES && status != CB_ELIMIT)
            return status;
        if (status == CB_ELIMIT && !cb_length(run->out))
            return status;
        if (run->limit)
            write_out(run);
    }
}

/* The pieces of a record after one that was refused are passed over. */
static int encode_pieces(struct run *run, const struct input *record, uint64_t number)
{
    struct cuts cuts = run->cuts;
    size_t at = 0;
    int status, refused = CB_OK;
    do {
        const size_t left = record->size - at, most = cuts_next(&cuts);
        const struct cb_piece piece = {
            .data = record->data + at,
            .length = most < left ? most : left,
            .record = number,
            .offset = at,
            .total = record->size,
            .flags = (at ? 0U : CB_FIRST) | (most < left ? 0U : CB_LAST),
        };
        at += piece.length;
        status = encode_piece(run, &piece);
        if (status == CB_EUNENCODABLE) {
            REQUIRE(refused == CB_OK);
            refused = status;
        }
    } while ((status == CB_OK || refused) && at < record->size);
    return refused ? refused : status;
}

static const struct way {
    const char *name;
    int (*encode)(struct run *run, const struct input *record, uint64_t number);
    bool limited;
} ways[] = {
    {"bytes", encode_bytes, false},
    {"a buffer", encode_buffer, false},
    {"pieces", encode_pieces, false},
    {"pieces, limited", encode_pieces, true},
};

/* False if the limit is too small for what must be written. */
static bool encode_all(struct run *run, const struct way *way)
{
    const struct cb_encoder_options options = {.size = sizeof options,
                                               .refuse_collisions = run->refuses};
    const struct cb_buffer_options out = {.size = sizeof out, .limit = run->limit};
    int status = CB_OK;
    REQUIRE(cb_encoder_new(&run->encoder, run->to, &options, NULL) == CB_OK);
    REQUIRE(cb_buffer_new(&run->out, &out) == CB_OK);
    for (size_t i = 0; i < run->records.count && status != CB_ELIMIT; i++) {
        status = way->encode(run, &run->records.all[i], i + 1);
        REQUIRE(status == CB_OK || status == CB_EUNENCODABLE ||
                (status == CB_ELIMIT && run->limit));
        run->statuses[i] = status;
        if (status == CB_EUNENCODABLE) {
            const char *text = cb_encoder_error(run->encoder)->text;
            run->reasons = digest_bytes(run->reasons, (const uint8_t *)text, strlen(text));
        }
    }
    write_out(run);
    if (status != CB_ELIMIT)
        status = cb_encode_end(run->encoder, run->out);
    REQUIRE(status == CB_OK || (status == CB_ELIMIT && run->limit));
    write_out(run);
    cb_buffer_free(run->out);
    return status != CB_ELIMIT;
}

/* ------------------------------------------------------------------ the way back */

/* The next record that was not refused. */
static const struct input *next_record(const struct run *run, size_t *at)
{
    while (*at < run->records.count && run->statuses[*at] != CB_OK)
        (*at)++;
    return *at < run->records.count ? &run->records.all[(*at)++] : NULL;
}

static void complain(const struct run *run, const struct cb_decoder *decoder, size_t record)
{
    fprintf(stderr, "%s: record %zu is not read back by %s: %s\n", run->to, record, run->from,
            cb_decoder_error(decoder)->text);
    abort();
}

static void read_back(const struct run *run, const struct cuts *cuts)
{
    struct stream stream = {
        .data = run->wire, .size = run->size, .cuts = *cuts, .buffer = buffer_of_references()};
    struct cb_buffer *taken = buffer_of_references();
    struct cb_decoder *decoder = NULL;
    const struct input *record;
    size_t at = 0;
    int status;
    REQUIRE(cb_decoder_new(&decoder, run->from, NULL, NULL) == CB_OK);
    while ((status = cb_decoder_take(decoder, stream.buffer, taken)) >= 0) {
        if (status == CB_MORE && !stream_bring(&stream))
            cb_decoder_finish(decoder);
        if (status != CB_PIECE)
            continue;
        record = next_record(run, &at);
        if (!record || cb_equal_bytes(taken, record->data, record->size) != CB_YES)
            complain(run, decoder, at);
        cb_skip(taken, CB_ALL);
    }
    if (status != CB_END || next_record(run, &at))
        complain(run, decoder, at);
    cb_decoder_free(decoder);
    cb_buffer_free(taken);
    cb_buffer_free(stream.buffer);
}

/* ------------------------------------------------------------------------- all */

/* The specification that reads what this one writes; NULL: none. */
static const char *reader_of(const char *to)
{
    struct cb_decoder *decoder = NULL;
    const size_t name = strcspn(to, ":,");
    for (size_t i = 0; i < COUNT(readers); i++) {
        if (strlen(readers[i].name) == name && !strncmp(to, readers[i].name, name))
            return readers[i].from;
    }
    /* hex alone writes digits. */
    if (!strcmp(to, "hex") || cb_decoder_new(&decoder, to, NULL, NULL) != CB_OK)
        return NULL;
    cb_decoder_free(decoder);
    return to;
}

/* Padding may be as long as a specification says: not here. */
static bool has_long_number(const char *text)
{
    size_t digits = 0;
    for (; *text && digits < 4; text++)
        digits = *text >= '0' && *text <= '9' ? digits + 1 : 0;
    return digits == 4;
}

static void compare(const struct run *run, const struct run *expected, const struct way *way)
{
    const bool random = strstr(run->to, "mask");
    if (run->reasons == expected->reasons && run->size == expected->size &&
        !memcmp(run->statuses, expected->statuses, sizeof run->statuses) &&
        (random || !memcmp(run->wire, expected->wire, run->size)))
        return;
    fprintf(stderr, "%s: %s make %zu bytes instead of %zu\n", run->to, way->name, run->size,
            expected->size);
    abort();
}

static void encode_every_way(struct run run)
{
    static uint8_t expected_wire[ROOM], wire[ROOM];
    struct run expected = run;
    expected.wire = expected_wire;
    expected.limit = 0;
    encode_all(&expected, ways);
    const unsigned traits = cb_encoder_traits(expected.encoder);
    for (const struct way *way = ways + 1; way < ways + COUNT(ways); way++) {
        struct run other = run;
        other.wire = wire;
        other.limit = way->limited ? run.limit : 0;
        const bool fits = encode_all(&other, way);
        /* A place is that of the first byte of a record, which whole ones do not have; and
         * what was written of a refused record stays written. */
        if (fits && !(way->encode == encode_pieces && traits & CB_NEEDS_PLACE) &&
            !(way->limited && expected.reasons))
            compare(&other, &expected, way);
        cb_encoder_free(other.encoder);
    }
    cb_encoder_free(expected.encoder);
    if (run.refuses && run.from)
        read_back(&expected, &run.cuts);
}

static void read_records(struct records *records, struct input *input)
{
    records->count = 0;
    while (input->size && records->count < RECORDS) {
        const size_t n = input_byte(input);
        records->all[records->count++] = input_take(input, n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char to[200];
    struct cb_encoder *encoder = NULL;
    if (!input_line(&input, to, sizeof to) || has_long_number(to) ||
        cb_encoder_new(&encoder, to, NULL, NULL) != CB_OK)
        return -1;
    cb_encoder_free(encoder);
    const unsigned flags = input_byte(&input);
    struct run run = {.to = to, .refuses = flags & 1, .limit = LEAST_LIMIT + flags};
    run.from = reader_of(to);
    run.cuts = cuts_read(&input);
    read_records(&run.records, &input);
    encode_every_way(run);
    return 0;
}
