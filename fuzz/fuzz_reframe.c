/* SPDX-License-Identifier: MIT */
/*
 * cb_reframe: any framing in, any framing out, as if each piece were decoded and encoded
 * by hand.
 *
 * Two lines: the specifications of the input and of the output; two bytes: the options of
 * the decoder; one: those of the output; the cuts in which the stream arrives; those in
 * which records are asked for; the stream.  It is reframed by hand, one piece after
 * another; then by cb_reframe, at once, in cuts, to an output with a limit, and with payload
 * that goes by elsewhere.  All must write the same bytes, reject the same records, and end
 * in the same way.
 */
#include "fuzz.h"

enum { LEAST_LIMIT = 64 };

/* What a run gave. */
struct result {
    uint64_t digest, size, records, rejected, reasons;
    int status;
    uint64_t offset; /* of the error, or where the end is */
    char text[sizeof((struct cb_error *)NULL)->text];
};

/* How cb_reframe is used. */
struct way {
    const char *name;
    bool cut;     /* the input arrives in cuts */
    bool some;    /* a few records at a time */
    bool limited; /* to an output with a limit */
    bool passes;  /* payload goes by elsewhere */
    bool joined;  /* the caller looks at the input between two calls, in one area */
};

static const struct way by_hand = {.name = "by hand"};
static const struct way ways[] = {
    {.name = "at once"},
    {.name = "some at once", .some = true},
    {.name = "in cuts", .cut = true},
    {.name = "some in cuts", .cut = true, .some = true},
    {.name = "limited", .limited = true},
    {.name = "limited in cuts", .cut = true, .limited = true},
    {.name = "passed", .cut = true, .passes = true},
    {.name = "some joined", .cut = true, .some = true, .joined = true},
};

struct run {
    const struct way *way;
    const char *from, *to;
    struct cb_decoder_options options;
    bool refuses, transforms;
    size_t limit;
    struct stream stream;
    struct cuts cuts, asks;
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *out;
    bool finished;
    struct result result;
};

/* ---------------------------------------------------------------- the output */

static void write_out(struct run *run)
{
    run->result.size += cb_length(run->out);
    run->result.digest = digest_buffer(run->result.digest, run->out);
}

/* The encoder stopped: makes room if that is what it needs.  False if there is too much of
 * it already. */
static bool make_room(struct run *run, int status)
{
    if (!run->way->limited)
        return status == CB_YES;
    REQUIRE(status == CB_YES || cb_length(run->out) || run->limit < 4096);
    const bool empty = !cb_length(run->out);
    write_out(run);
    return status == CB_YES || !empty;
}

static void note_rejected(struct run *run)
{
    const struct cb_error *error = cb_encoder_error(run->encoder);
    run->result.rejected++;
    run->result.reasons = digest_value(run->result.reasons, error->record << 16 ^ error->offset);
    run->result.reasons =
        digest_bytes(run->result.reasons, (const uint8_t *)error->text, strlen(error->text));
}

static int end_output(struct run *run)
{
    int status;
    while ((status = cb_encode_end(run->encoder, run->out)) == CB_ELIMIT && make_room(run, status))
        continue;
    return status;
}

/* ----------------------------------------------------------------- the input */

static void bring_more(struct run *run)
{
    REQUIRE(!run->finished);
    REQUIRE(cb_decoder_needed(run->decoder) >= 1);
    if (stream_bring(&run->stream))
        return;
    cb_decoder_finish(run->decoder);
    run->finished = true;
}

/* CB_YES to go on. */
static int recover(struct run *run)
{
    int status;
    uint64_t lost = 0;
    while ((status = cb_decoder_recover(run->decoder, run->stream.buffer, &lost)) == CB_MORE)
        bring_more(run);
    run->result.reasons = digest_value(run->result.reasons, lost);
    return status;
}

/* ------------------------------------------------------------------- by hand */

static int encode(struct run *run, const struct cb_piece *piece)
{
    size_t taken;
    int status;
    do
        status = cb_encode_pieces(run->encoder, piece, 1, run->out, &taken);
    while (status == CB_YES);
    if (status == CB_EUNENCODABLE) {
        note_rejected(run);
        return CB_OK;
    }
    return status;
}

static int step_by_hand(struct run *run)
{
    struct cb_piece piece;
    const ssize_t status = cb_decoder_batch(run->decoder, run->stream.buffer, &piece, 1);
    if (status <= 0)
        return (int)status;
    run->result.records += (piece.flags & CB_LAST) != 0;
    REQUIRE(encode(run, &piece) == CB_OK);
    cb_decoder_release(run->decoder, run->stream.buffer);
    return CB_YES;
}

/* ------------------------------------------------------------- by cb_reframe */

static int step_by_call(struct run *run)
{
    size_t count = 0;
    const size_t max = run->way->some ? cuts_next(&run->asks) : CB_ALL;
    int status = cb_reframe(run->decoder, run->encoder, run->stream.buffer, run->out, max, &count);
    REQUIRE(count <= max);
    run->result.records += count;
    if (run->way->joined) {
        const void *all;
        REQUIRE(cb_data(run->stream.buffer, cb_length(run->stream.buffer), &all) == CB_YES);
    }
    if (status == CB_EUNENCODABLE && cb_decoder_error(run->decoder)->code != CB_EUNENCODABLE) {
        note_rejected(run);
        return CB_YES;
    }
    if (status == CB_YES || status == CB_ELIMIT)
        status = make_room(run, status) ? CB_YES : status;
    return status;
}

/* Payload goes from the input to the output without them. */
static bool pass(struct run *run)
{
    if (!run->way->passes)
        return false;
    write_out(run);
    const uint64_t ahead = cb_reframe_ahead(run->decoder, run->encoder, run->out);
    const size_t left = run->stream.size - run->stream.arrived;
    const size_t most = ahead < left ? (size_t)ahead : left;
    if (!most)
        return false;
    size_t n = cuts_next(&run->asks);
    n = n < most ? n : most;
    run->result.digest =
        digest_bytes(run->result.digest, run->stream.data + run->stream.arrived, n);
    run->result.size += n;
    REQUIRE(cb_reframe_pass(run->decoder, run->encoder, run->stream.buffer, n) == CB_OK);
    run->stream.arrived += n;
    return true;
}

/* -------------------------------------------------------------------- a run */

static void see_end(struct run *run, int status)
{
    const struct cb_error *error = cb_decoder_error(run->decoder);
    if (status == CB_END) {
        const int ended = end_output(run);
        REQUIRE(ended == CB_OK || (ended == CB_ELIMIT && run->way->limited));
        status = ended == CB_OK ? status : ended;
    }
    run->result.status = status;
    run->result.offset = status == CB_END ? cb_decoder_position(run->decoder) : error->offset;
    snprintf(run->result.text, sizeof run->result.text, "%s", error->text);
    write_out(run);
}

static void reframe(struct run *run)
{
    size_t calls = 64 * (run->stream.size + 64) * 16;
    int status;
    for (;;) {
        REQUIRE(calls--);
        status = run->way == &by_hand ? step_by_hand(run) : step_by_call(run);
        if (status == CB_EMALFORMED && run->options.on_malformed)
            status = recover(run);
        if (status == CB_MORE && !pass(run))
            bring_more(run);
        if (status < 0)
            break;
    }
    see_end(run, status);
}

static void make_coders(struct run *run)
{
    const struct cb_encoder_options encoding = {.size = sizeof encoding,
                                                .refuse_collisions = run->refuses};
    const struct cb_buffer_options out = {.size = sizeof out,
                                          .limit = run->way->limited ? run->limit : 0};
    REQUIRE(cb_encoder_new(&run->encoder, run->to, &encoding, NULL) == CB_OK);
    const unsigned needs = cb_encoder_traits(run->encoder);
    if (run->way == &by_hand) {
        run->options.trailers = (needs & CB_NEEDS_TRAILER) != 0;
        if (needs & CB_NEEDS_WHOLE)
            run->options.whole = CB_WHOLE;
        else if (needs & CB_NEEDS_LENGTH && !run->options.whole)
            run->options.whole = CB_WHOLE_UNTOLD;
    }
    REQUIRE(cb_decoder_new(&run->decoder, run->from, &run->options, NULL) == CB_OK);
    if (run->way == &by_hand)
        cb_encoder_follow(run->encoder, run->decoder);
    REQUIRE(cb_buffer_new(&run->out, &out) == CB_OK);
    run->stream.buffer = buffer_of_references();
    if (run->way->cut)
        run->stream.cuts = run->cuts;
}

static struct result run_once(struct run run)
{
    make_coders(&run);
    reframe(&run);
    cb_decoder_free(run.decoder);
    cb_encoder_free(run.encoder);
    cb_buffer_free(run.out);
    cb_buffer_free(run.stream.buffer);
    return run.result;
}

static void show(const char *name, const struct result *result)
{
    fprintf(stderr, "%s: %d, %llu bytes of %llu records, %llu rejected, at %llu: %s\n", name,
            result->status, (unsigned long long)result->size, (unsigned long long)result->records,
            (unsigned long long)result->rejected, (unsigned long long)result->offset, result->text);
}

/* Does an encoder that transforms payload hold some of it back?  It may, where it has no room;
 * a record that is cut short so ends a few bytes sooner. */
static bool may_hold_back(const struct run *run, const struct result *result)
{
    return run->way->limited && run->transforms && result->status != CB_END;
}

/* Masks are random. */
static bool same_output(const struct run *run, const struct result *a, const struct result *b)
{
    const bool random = strstr(run->to, "mask");
    return may_hold_back(run, b) || (a->size == b->size && (random || a->digest == b->digest));
}

static void compare(const struct run *run, const struct result *a, const struct result *b)
{
    if (a->status == b->status && a->offset == b->offset && a->records == b->records &&
        a->rejected == b->rejected && a->reasons == b->reasons && !strcmp(a->text, b->text) &&
        same_output(run, a, b))
        return;
    show(run->way->name, a);
    show(by_hand.name, b);
    abort();
}

static void run_all(struct run run)
{
    run.way = &by_hand;
    const struct result expected = run_once(run);
    for (size_t i = 0; i < COUNT(ways); i++) {
        run.way = &ways[i];
        /* How much of a rejected record was written before depends on the room. */
        if (expected.rejected && (run.way->limited || run.way->passes))
            continue;
        const struct result result = run_once(run);
        if (result.status != CB_ELIMIT)
            compare(&run, &result, &expected);
    }
}

/* Can both be made?  Not all decoders recover. */
static bool check(struct run *run)
{
    struct cb_decoder *decoder = NULL;
    struct cb_encoder *encoder = NULL;
    if (cb_decoder_new(&decoder, run->from, &run->options, NULL) != CB_OK)
        run->options.on_malformed = CB_MALFORMED_FAIL;
    cb_decoder_free(decoder);
    decoder = NULL;
    const bool good = cb_decoder_new(&decoder, run->from, &run->options, NULL) == CB_OK &&
                      cb_encoder_new(&encoder, run->to, NULL, NULL) == CB_OK;
    run->transforms = good && cb_encoder_traits(encoder) & CB_TRANSFORMS;
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char from[200], to[200];
    struct run run = {.from = from, .to = to};
    if (!input_line(&input, from, sizeof from) || !input_line(&input, to, sizeof to))
        return -1;
    run.options = input_options(&input);
    const unsigned output = input_byte(&input);
    run.refuses = output & 1;
    run.limit = LEAST_LIMIT + output;
    run.options.whole = output >> 1 & 1;
    run.options.trailers = 0;
    run.cuts = cuts_read(&input);
    run.asks = cuts_read(&input);
    run.stream.data = input.data;
    run.stream.size = input.size;
    if (!check(&run))
        return -1;
    run_all(run);
    return 0;
}
