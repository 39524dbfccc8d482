/* SPDX-License-Identifier: MIT */
/*
 * Decoders: what an input gives must not depend on how it is brought and read.
 *
 * Byte 0 chooses the specification, byte 1 the options, byte 2 the sizes in
 * which the rest arrives.  It is read once at once by cb_decoder_next, and then
 * cut, by next, batch and take; every run must give the same records and the
 * same end.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chunkedbuffer.h"

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

/* fuzz/make-corpus.sh reads these lines. */
static const struct {
    const char *text;
    bool changed; /* payload need not stand in the input as it is */
} specifications[] = {
    {"line", false},
    {"line,keep", false},
    {"line,skip-empty", false},
    {"crlf", false},
    {"nul", false},
    {"delim:ab", false},
    {"delim:a,or=abab,or=bb", false},
    {"delim:abcd,or=bc", false},
    {"delim:aab,or=ab,skip-empty,keep", false},
    {"delim:\\r\\n\\r\\n,or=\\n", false},
    {"fixed:7", false},
    {"u8", false},
    {"u8,inclusive", false},
    {"u16le,offset=1,header=5,adjust=-2,trailer=a", false},
    {"u32be", false},
    {"u64be,adjust=3", false},
    {"u16le,offset=1,scale=3,align=8,trailer=a", false},
    {"u8,more=3", true},
    {"u8,offset=1,header=3,more=2,sequence=2,only=0:61,keep", false},
    {"varint", false},
    {"varint,offset=1,inclusive,adjust=-1", false},
    {"varint,offset=1,header=3,trailer=;", false},
    {"varint,scale=2,align=4,keep", false},
    {"vlq", false},
    {"vlq,offset=1,inclusive,canonical", false},
    {"quic", false},
    {"quic,max-width=4,canonical,keep", false},
    {"dec", false},
    {"dec:\\r\\n,trailer=\\r\\n,keep", false},
    {"hex:;,canonical", false},
    {"netstring", false},
    {"chunked", false},
    {"chunked,lf", false},
    {"chunked,keep", false},
    {"chunked,lf,keep", false},
    {"chunked,pad", false},
    {"json", false},
    {"json,array", false},
    {"json,array,keep", false},
    {"ndjson", false},
    {"ndjson,keep", false},
    {"cbor", false},
    {"msgpack", false},
    {"der", false},
    {"json-seq", false},
    {"resp", false},
    {"resp,inline", false},
    {"resp,aof,keep", false},
    {"syslog", false},
    {"start:ab", false},
    {"start:aba", false},
    {"start:a\\d,or=b\\.b,line", false},
    {"start:a,or=bb,blank", false},
    {"line,fold", false},
    {"line,fold,skip-empty,keep", false},
    {"line,lines=3", false},
    {"between:<,end=>>", false},
    {"between:\\n\\n<,end=>,keep", false},
    {"paragraph", false},
    {"paragraph,keep", false},
    {"u8,header=2,padding=1", false},
    {"u16le,offset=2,padding=0,trailer=a,keep", false},
    {"dec,digits=3", false},
    {"pkt-line", false},
    {"hex,digits=2,control=3,max=20,keep", false},
    {"u8,offset=1,byte=0:00-7f,only=0:00-3f,trailer=a", false},
    {"fixed:3,byte=1:00-7f,only=0:00-3f", false},
    {"octet", false},
    {"fcgi", false},
    {"bson", false},
    {"tfrecord", false},
    {"tfrecord,keep", false},
    {"pcap", false},
    {"pcap,max=100,keep", false},
    {"pcapng", false},
    {"pcapng,keep", false},
    {"journal", false},
    {"journal,keep", false},
    {"fix", false},
    {"slip", true},
    {"slip,keep", false},
    {"hdlc", true},
    {"hdlc,keep", false},
    {"websocket", true},
    {"websocket,keep", false},
    {"websocket,data", true},
    {"websocket,message", true},
    {"websocket,message,rsv1,keep", false},
    {"sse", false},
    {"sse,keep", false},
    {"sse,data", true},
    {"sse,data,keep", false},
    {"cobs", true},
    {"cobs,keep", false},
    {"csv", false},
    {"csv,cr,skip-empty,escape=a", false},
    {"csv,cr,keep,quote=;", false},
    {"http", true},
    {"http,keep", false},
    {"http,lf", true},
    {"http,lf,keep", false},
    {"http,head", true},
    {"content-length", false},
    {"content-length,lf,keep", false},
    {"content-length,start-line,fold,lf,or=l", false},
    {"sip", false},
    {"warc,keep", false},
    {"stomp", false},
    {"stomp,keep", false},
};

enum { SPECIFICATIONS = sizeof specifications / sizeof *specifications };

/* What a run gave: a digest of the records, and how it ended. */
struct result {
    uint64_t digest, records;
    int status;
    uint64_t record, offset; /* of the error, or where the end is */
    char text[sizeof((struct cb_error *)NULL)->text];
};

/* FNV-1a, of the bytes and of where records end. */
static uint64_t digest_byte(uint64_t digest, unsigned byte)
{
    return (digest ^ byte) * UINT64_C(0x100000001b3);
}

static uint64_t digest_bytes(uint64_t digest, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        digest = digest_byte(digest, data[i]);
    return digest;
}

enum way { NEXT, BATCH, TAKE };

struct run {
    enum way way;
    const uint8_t *input;
    size_t size, arrived, step, max;
    struct cb_decoder *decoder;
    struct cb_buffer *buffer, *taken;
    bool whole, open, changed;
    uint64_t next_offset, length, pending;
    struct result result;
};

static void release(void *arg, const void *data, size_t size)
{
    (void)data;
    (void)size;
    free(arg);
}

/* In blocks of their own, so that reading beyond one is found. */
static bool arrive(struct run *run)
{
    size_t left = run->size - run->arrived;
    size_t n = run->step < left ? run->step : left;
    if (!n)
        return false;
    uint8_t *copy = malloc(n);
    REQUIRE(copy);
    memcpy(copy, run->input + run->arrived, n);
    REQUIRE(cb_append_ref(run->buffer, copy, n, release, copy) == CB_OK);
    run->arrived += n;
    return true;
}

static void end_record(struct run *run)
{
    run->result.digest = digest_byte(run->pending, 0x100);
    run->result.records++;
}

static void see(struct run *run, const struct cb_piece *piece)
{
    bool first = piece->flags & CB_FIRST, last = piece->flags & CB_LAST;
    REQUIRE(first != run->open);
    REQUIRE(piece->record == run->result.records + 1);
    REQUIRE(piece->offset >= run->next_offset);
    REQUIRE(first || piece->offset == run->next_offset);
    REQUIRE(piece->offset + piece->length <= run->arrived);
    REQUIRE(!piece->length || run->changed ||
            !memcmp(run->input + piece->offset, piece->data, piece->length));
    bool tells = run->whole || cb_decoder_traits(run->decoder) & CB_TELLS_LENGTH;
    REQUIRE(!tells || piece->total != CB_UNKNOWN);
    run->length = (first ? 0 : run->length) + piece->length;
    run->next_offset = piece->offset + piece->length;
    if (first)
        run->pending = run->result.digest;
    run->pending = digest_bytes(run->pending, piece->data, piece->length);
    run->open = !last;
    if (!last)
        return;
    REQUIRE(piece->total == run->length);
    end_record(run);
}

static int take(struct run *run)
{
    int status = cb_decoder_take(run->decoder, run->buffer, run->taken);
    if (status != CB_PIECE) {
        REQUIRE(!cb_length(run->taken));
        return status;
    }
    run->pending = run->result.digest;
    while (cb_length(run->taken)) {
        struct iovec chunk;
        cb_chunks(run->taken, &chunk, 1);
        run->pending = digest_bytes(run->pending, chunk.iov_base, chunk.iov_len);
        cb_skip(run->taken, chunk.iov_len);
    }
    end_record(run);
    return status;
}

static int step(struct run *run)
{
    struct cb_piece pieces[64];
    ssize_t count;
    if (run->way == TAKE)
        return take(run);
    if (run->way == NEXT)
        count = cb_decoder_next(run->decoder, run->buffer, pieces);
    else
        count = cb_decoder_batch(run->decoder, run->buffer, pieces, run->max);
    REQUIRE(count <= (ssize_t)run->max);
    for (ssize_t i = 0; i < count; i++)
        see(run, &pieces[i]);
    if (run->way == BATCH)
        cb_decoder_release(run->decoder, run->buffer);
    return count > 0 ? CB_PIECE : (int)count;
}

/* An error, or the end, stays what it is. */
static void see_end(struct run *run, int status)
{
    const bool failed = status != CB_END;
    const struct cb_error *error = cb_decoder_error(run->decoder);
    run->result.status = status;
    run->result.record = error->record;
    snprintf(run->result.text, sizeof run->result.text, "%s", error->text);
    run->result.offset = failed ? error->offset : cb_decoder_position(run->decoder);
    REQUIRE(error->code == (failed ? status : CB_OK));
    REQUIRE(failed || !run->open);
    REQUIRE(failed || cb_decoder_record(run->decoder) == run->result.records + 1);
    for (int i = 0; i < 2; i++)
        REQUIRE(step(run) == status || (run->way == TAKE && run->open));
    REQUIRE(!failed || error->offset == run->result.offset);
}

static void decode(struct run *run)
{
    /* Each call gives something, or the input goes on. */
    size_t calls = 8 * run->size + 64;
    bool finished = false;
    for (;;) {
        REQUIRE(calls--);
        int status = step(run);
        if (status == CB_PIECE)
            continue;
        if (status != CB_MORE) {
            see_end(run, status);
            return;
        }
        REQUIRE(!finished);
        REQUIRE(cb_decoder_needed(run->decoder) >= 1);
        if (!arrive(run)) {
            cb_decoder_finish(run->decoder);
            finished = true;
        }
    }
}

static struct result run_once(const char *specification, struct cb_decoder_options options,
                              struct run run)
{
    struct cb_buffer_options plain = {.size = sizeof plain, .cutoff = 1};
    run.whole = options.whole || options.on_partial == CB_PARTIAL_DROP;
    REQUIRE(cb_buffer_new(&run.buffer, &plain) == CB_OK);
    REQUIRE(cb_buffer_new(&run.taken, &plain) == CB_OK);
    REQUIRE(cb_decoder_new(&run.decoder, specification, &options, NULL) == CB_OK);
    decode(&run);
    cb_decoder_free(run.decoder);
    cb_buffer_free(run.buffer);
    cb_buffer_free(run.taken);
    return run.result;
}

static void same(const struct result *a, const struct result *b)
{
    REQUIRE(a->status == b->status);
    REQUIRE(a->offset == b->offset);
    REQUIRE(a->records == b->records);
    REQUIRE(a->digest == b->digest);
    REQUIRE(a->record == b->record);
    REQUIRE(!strcmp(a->text, b->text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    const char *specification = specifications[data[0] % SPECIFICATIONS].text;
    struct cb_decoder_options options = {
        .size = sizeof options,
        .on_partial = (enum cb_partial)(data[1] & 3),
        .on_overflow = (enum cb_overflow)((data[1] >> 2 & 3) % 3),
        .max_record = data[1] >> 4,
    };
    /* The default depends on `whole`. */
    if (!options.max_record)
        options.max_record = UINT64_C(1) << 40;
    struct run run = {.input = data + 3,
                      .size = size - 3,
                      .max = 1,
                      .changed = specifications[data[0] % SPECIFICATIONS].changed};
    run.step = run.size + 1;
    struct result expected = run_once(specification, options, run);

    for (unsigned whole = 0; whole <= 1; whole++) {
        options.whole = whole;
        run.way = BATCH;
        run.step = run.size + 1;
        run.max = 64;
        struct result result = run_once(specification, options, run);
        same(&result, &expected);
        for (run.way = NEXT; run.way <= TAKE; run.way++) {
            run.step = 1 + data[2] % 16;
            run.max = run.way == BATCH ? 1 + data[2] / 16U : 1;
            result = run_once(specification, options, run);
            same(&result, &expected);
        }
    }
    return 0;
}
