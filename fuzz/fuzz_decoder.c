/* SPDX-License-Identifier: MIT */
/*
 * Decoders: what an input gives must not depend on how it is brought and read.
 *
 * A line: the specification; two bytes: the options; the cuts in which the stream arrives;
 * those in which records are asked for; the stream.  It is read once at once, one piece
 * after another, without any fast path; then in every other way.  All must give the same
 * records, the same damage passed over, and the same end.
 */
#include "framing/decoding.h"
#include "fuzz.h"

/* What a run gave: a digest of the records, and how it ended. */
struct result {
    uint64_t digest, records, lost;
    int status;
    uint64_t record, offset, start; /* of the error, or where the end is */
    char text[sizeof((struct cb_error *)NULL)->text];
};

struct run;

/* A way to read: CB_PIECE, or what a decoder returns instead. */
struct way {
    const char *name;
    int (*step)(struct run *run);
    bool plain;  /* without the fast paths of the family */
    bool counts; /* shows no payload */
    bool passes; /* lets payload go by elsewhere */
};

struct run {
    const struct way *way;
    struct stream stream;
    struct cuts asks; /* how many records or pieces at once */
    struct cb_decoder *decoder;
    struct cb__decoder_ops plain;
    struct cb_buffer *taken;
    bool whole, trailers, open, changed;
    uint64_t next_offset, length, pending;
    struct result result;
};

/* -------------------------------------------------------------------- pieces */

static void end_record(struct run *run)
{
    run->result.digest = digest_value(run->pending, DIGEST_END);
    run->result.records++;
}

static void see_trailer(struct run *run, const struct cb_piece *piece)
{
    uint8_t trailer[256];
    const size_t n = cb_decoder_trailer(run->decoder, piece, trailer, sizeof trailer);
    REQUIRE(n == (piece->trailer < sizeof trailer ? piece->trailer : sizeof trailer));
    REQUIRE(run->trailers || !piece->trailer);
    if (run->trailers)
        run->pending = digest_bytes(run->pending, trailer, n);
}

static void see_header(struct run *run, const struct cb_piece *piece)
{
    uint8_t header[256];
    const size_t n = cb_decoder_header(run->decoder, piece, header, sizeof header);
    REQUIRE(n == (piece->header < sizeof header ? piece->header : sizeof header));
    if (piece->flags & CB_APART || n < piece->header)
        return;
    REQUIRE(!memcmp(header, piece->data - n, n));
}

static void see_place(const struct run *run, const struct cb_piece *piece)
{
    const bool first = piece->flags & CB_FIRST;
    REQUIRE(first != run->open);
    REQUIRE(piece->record == run->result.records + 1);
    REQUIRE(piece->offset >= run->next_offset);
    REQUIRE(first || piece->offset == run->next_offset);
    REQUIRE(piece->offset + piece->length <= run->stream.arrived);
    REQUIRE(!piece->length || run->changed ||
            !memcmp(run->stream.data + piece->offset, piece->data, piece->length));
    const bool tells = run->whole || cb_decoder_traits(run->decoder) & CB_TELLS_LENGTH;
    REQUIRE(!tells || piece->total != CB_UNKNOWN);
}

static void see(struct run *run, const struct cb_piece *piece)
{
    const bool first = piece->flags & CB_FIRST, last = piece->flags & CB_LAST;
    see_place(run, piece);
    run->length = (first ? 0 : run->length) + piece->length;
    run->next_offset = piece->offset + piece->length;
    if (first) {
        run->pending = run->result.digest;
        see_header(run, piece);
    }
    run->pending = digest_bytes(run->pending, piece->data, piece->length);
    run->open = !last;
    if (!last)
        return;
    REQUIRE(piece->total == run->length);
    see_trailer(run, piece);
    end_record(run);
}

/* ---------------------------------------------------------------------- ways */

static int read_next(struct run *run)
{
    struct cb_piece piece;
    const int status = cb_decoder_next(run->decoder, run->stream.buffer, &piece);
    if (status == CB_PIECE)
        see(run, &piece);
    return status;
}

static int read_some(struct run *run, size_t max)
{
    struct cb_piece pieces[64];
    const ssize_t count = cb_decoder_batch(run->decoder, run->stream.buffer, pieces, max);
    REQUIRE(count <= (ssize_t)max);
    for (ssize_t i = 0; i < count; i++)
        see(run, &pieces[i]);
    cb_decoder_release(run->decoder, run->stream.buffer);
    return count > 0 ? CB_PIECE : (int)count;
}

static int read_one(struct run *run)
{
    return read_some(run, 1);
}

static int read_batch(struct run *run)
{
    const size_t max = cuts_next(&run->asks);
    return read_some(run, max < 64 ? max : 64);
}

/* Without trailers: the record alone. */
static int read_taken(struct run *run)
{
    const int status = cb_decoder_take(run->decoder, run->stream.buffer, run->taken);
    REQUIRE(status == CB_PIECE || !cb_length(run->taken));
    if (status != CB_PIECE)
        return status;
    run->pending = digest_buffer(run->result.digest, run->taken);
    end_record(run);
    return status;
}

static int read_count(struct run *run)
{
    const size_t max = cuts_next(&run->asks);
    uint64_t count = 0;
    const int status = cb_decoder_skip(run->decoder, run->stream.buffer, max, &count);
    REQUIRE((status == CB_PIECE) == (count > 0) && count <= max);
    run->result.records += count;
    return status;
}

static const struct way ways[] = {
    {.name = "plain", .step = read_one, .plain = true}, /* the first: what others must give */
    {.name = "next", .step = read_next},
    {.name = "batch", .step = read_batch},
    {.name = "take", .step = read_taken},
    {.name = "skip", .step = read_count, .counts = true},
    {.name = "ahead", .step = read_batch, .passes = true},
};

/* -------------------------------------------------------------------- a run */

static void pass(struct run *run, uint64_t ahead)
{
    const size_t left = run->stream.size - run->stream.arrived;
    size_t n = cuts_next(&run->stream.cuts);
    n = n < left ? n : left;
    n = n < ahead ? n : (size_t)ahead;
    run->pending = digest_bytes(run->pending, run->stream.data + run->stream.arrived, n);
    REQUIRE(cb_decoder_pass(run->decoder, run->stream.buffer, n) == CB_OK);
    run->stream.arrived += n;
    run->next_offset += n;
    run->length += n;
}

/* More of the input, or its end. */
static void bring_more(struct run *run)
{
    const uint64_t ahead = run->way->passes ? cb_decoder_ahead(run->decoder) : 0;
    REQUIRE(cb_decoder_needed(run->decoder) >= 1);
    if (ahead && run->stream.arrived < run->stream.size)
        pass(run, ahead);
    else if (!stream_bring(&run->stream))
        cb_decoder_finish(run->decoder);
}

static void note_error(struct run *run)
{
    const struct cb_error *error = cb_decoder_error(run->decoder);
    run->result.record = error->record;
    run->result.offset = error->offset;
    run->result.start = error->start;
    snprintf(run->result.text, sizeof run->result.text, "%s", error->text);
}

/* The damage counts as a record that is different from all others. */
static int recover(struct run *run)
{
    int status;
    uint64_t lost = 0;
    note_error(run);
    while ((status = cb_decoder_recover(run->decoder, run->stream.buffer, &lost)) == CB_MORE) {
        if (!stream_bring(&run->stream))
            cb_decoder_finish(run->decoder);
    }
    REQUIRE(status == CB_YES || status == CB_END);
    run->result.lost += lost;
    run->result.digest = digest_value(run->result.digest, run->result.offset << 9 | 0x101);
    run->result.digest = digest_bytes(run->result.digest, (const uint8_t *)run->result.text,
                                      strlen(run->result.text));
    run->result.digest = digest_value(run->result.digest, lost);
    return status == CB_YES ? CB_PIECE : status;
}

/* An error, or the end, stays what it is. */
static void see_end(struct run *run, int status)
{
    const bool failed = status != CB_END;
    const struct cb_error *error = cb_decoder_error(run->decoder);
    run->result.status = status;
    note_error(run);
    if (!failed)
        run->result.offset = cb_decoder_position(run->decoder);
    REQUIRE(failed ? error->code == status : error->code == CB_OK || run->result.lost);
    REQUIRE(failed || !run->open);
    for (int i = 0; i < 2; i++)
        REQUIRE(run->way->step(run) == status || run->result.lost);
    REQUIRE(!failed || error->offset == run->result.offset);
}

static void decode(struct run *run)
{
    /* Each call gives something, or the input goes on. */
    size_t calls = 16 * run->stream.size + 64;
    int status;
    for (;;) {
        REQUIRE(calls--);
        status = run->way->step(run);
        if (status == CB_EMALFORMED && run->decoder->recovers)
            status = recover(run);
        if (status != CB_PIECE && status != CB_MORE)
            break;
        if (status == CB_MORE) {
            REQUIRE(!run->decoder->finished);
            bring_more(run);
        }
    }
    see_end(run, status);
}

/* Keeps what finds one frame after another. */
static void make_plain(struct run *run)
{
    run->plain = *run->decoder->ops;
    run->plain.cuts = NULL;
    run->plain.unpack = NULL;
    run->plain.skip = NULL;
    run->plain.finder = NULL;
    run->plain.mark = NULL;
    run->decoder->ops = &run->plain;
}

/* Is payload not in the stream as it is? */
static bool changes_payload(const struct run *run, const char *specification)
{
    const bool http = !strncmp(specification, "http", 4);
    return run->decoder->assembles || (http && !run->decoder->config.keep);
}

static struct result run_once(const char *specification, struct cb_decoder_options options,
                              struct run run)
{
    run.whole = options.whole || options.on_partial == CB_PARTIAL_DROP || options.on_malformed;
    run.trailers = options.trailers && run.way->step != read_taken;
    run.stream.buffer = buffer_of_references();
    run.taken = buffer_of_references();
    REQUIRE(cb_decoder_new(&run.decoder, specification, &options, NULL) == CB_OK);
    run.changed = changes_payload(&run, specification);
    if (run.way->plain)
        make_plain(&run);
    decode(&run);
    cb_decoder_free(run.decoder);
    cb_buffer_free(run.stream.buffer);
    cb_buffer_free(run.taken);
    return run.result;
}

static void compare(const struct run *run, const struct result *a, const struct result *b)
{
    const bool same = a->status == b->status && a->offset == b->offset &&
                      a->records == b->records && a->record == b->record && a->start == b->start &&
                      a->lost == b->lost && !strcmp(a->text, b->text) &&
                      (run->way->counts || a->digest == b->digest);
    if (same)
        return;
    fprintf(stderr, "%s: %d, %llu records, %llu lost, at %llu from %llu: %s\n", run->way->name,
            a->status, (unsigned long long)a->records, (unsigned long long)a->lost,
            (unsigned long long)a->offset, (unsigned long long)a->start, a->text);
    fprintf(stderr, "expected: %d, %llu records, %llu lost, at %llu from %llu: %s\n", b->status,
            (unsigned long long)b->records, (unsigned long long)b->lost,
            (unsigned long long)b->offset, (unsigned long long)b->start, b->text);
    abort();
}

/* Every way, at once and in cuts. */
static void run_all(const char *specification, const struct cb_decoder_options *options,
                    struct run run, const struct cuts *cuts)
{
    const struct cuts at_once = {.next = 0};
    const struct cb_decoder_options plain = *options;
    run.way = ways;
    run.stream.cuts = at_once;
    const struct result expected = run_once(specification, plain, run);
    for (unsigned i = 0; i < 4 * COUNT(ways); i++) {
        struct cb_decoder_options other = *options;
        run.way = &ways[i / 4];
        run.stream.cuts = i & 1 ? *cuts : at_once;
        other.whole = i >> 1 & 1;
        /* Records that are taken have no trailers. */
        if (run.way->step == read_taken && options->trailers)
            continue;
        const struct result result = run_once(specification, other, run);
        compare(&run, &result, &expected);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char specification[200];
    struct cb_decoder *decoder = NULL;
    if (!input_line(&input, specification, sizeof specification))
        return -1;
    struct cb_decoder_options options = input_options(&input);
    /* Not all can recover. */
    if (cb_decoder_new(&decoder, specification, &options, NULL) != CB_OK)
        options.on_malformed = CB_MALFORMED_FAIL;
    cb_decoder_free(decoder);
    decoder = NULL;
    if (cb_decoder_new(&decoder, specification, &options, NULL) != CB_OK)
        return -1;
    cb_decoder_free(decoder);
    const struct cuts cuts = cuts_read(&input);
    struct run run = {.asks = cuts_read(&input)};
    run.stream.data = input.data;
    run.stream.size = input.size;
    run_all(specification, &options, run, &cuts);
    return 0;
}
