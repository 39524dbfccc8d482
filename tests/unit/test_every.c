/* SPDX-License-Identifier: MIT */
/*
 * What must hold for every framing of the table: memory that runs out at any
 * place, a decoder that is used again after a stream was given up, input that
 * is malformed.
 */
#include <inttypes.h>
#include <string.h>

#include "expect.h"
#include "outputs.h"
#include "reading.h"
#include "steps.h"
#include "streams.h"
#include "every.h"

/* ------------------------------------------------------------------- decoders */

/* Another one that ends in an error, or nothing: what a decoder was at before. */
static const struct stream given_up[] = {
    {"slip", BYTES("one\xc0two\xdb\xdb")},
    {"hdlc", BYTES("~one~two}")},
    {"cobs", BYTES("\3on\0\4t\0")},
    {"json", BYTES("[1,{\"a]")},
    {"json", BYTES("1]")},
    {"json", BYTES("1\xef\xbb")},
    {"json", BYTES("tru")},
    {"json,array", BYTES("[1,")},
    {"json,array", BYTES("[[{\"a")},
    {"ndjson", BYTES("1\n\"a\" \r")},
    {"ndjson", BYTES("[tru\n")},
    {"cbor", BYTES("\x9f\xbf\1\x5f\x58")},
    {"cbor", BYTES("\x83\x9f\xff\x61")},
    {"msgpack", BYTES("\x92\x91\xdd\0\1")},
    {"der", BYTES("\x30\x80\x30\x80\4\x84\1")},
    {"der", BYTES("\x30\x80\x9f\xff")},
    {"json-seq", BYTES("\x1e[{\"\\")},
    {"json-seq", BYTES("\x1e[]-1.")},
    {"resp", BYTES("*3\r\n$10\r\nab")},
    {"resp", BYTES("*3\r\n$x")},
    {"resp", BYTES("%?\r\n*?\r\n$?\r\n;12")},
    {"resp,inline", BYTES("PING\r\n\r")},
    {"resp,aof", BYTES("#TS:1")},
    {"csv", BYTES("1,\"a")},
    {"csv", BYTES("\xef\xbb")},
    {"csv", BYTES("1,\"a\"\r")},
    {"csv,cr", BYTES("a\rb\r")},
    {"csv,escape=\\\\", BYTES("a\r\n\"b\\")},
    {"syslog", BYTES("99 abc")},
    {"http", BYTES("GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n")},
    {"http", BYTES("HTTP/1.1 101\r\n\r\n")},
    {"http", BYTES(HTTP_HEAD "Transfer-Encoding: chunked\r\n\r\nff\r\nabc")},
    {"sse,data", BYTES("data: x\rdata: y\r")},
    {"websocket", BYTES("\x82\xff\0\0\0\0\0\1\0\0"
                        "abcdef")},
    {"websocket", BYTES("\1\3one")},
    {"websocket,message", BYTES("\1\3one\x88\0\x8a\5a")},
    {"tfrecord", BYTES(TF_HI "\1")},
    {"pcap", BYTES(PCAP_LITTLE "sec.sub.\3\0")},
    {"pcap", BYTES(PCAP_BIG "sec.sub.\0\0\0\5\0\0\0\5ab")},
    {"pcapng", BYTES(SECTION_BIG SECTION_LITTLE "\6\0\0\0\x10\0\0\0fo")},
    {"fix", BYTES("8=FIX.4.2\1"
                  "9=5\1"
                  "35=0\1"
                  "1")},
    {"journal", BYTES("M\n\5\0\0")},
    {"journal", BYTES("A=b\nM\n\5\0\0\0\0\0\0\0a\n")},
    {"chunked", BYTES("ff;a=\"b")},
    {"content-length", BYTES("Content-Length: 1\r\nContent-Le")},
    {"content-length,start-line", BYTES("x\r\nContent-Length: 1\r\n\r\na\r")},
    {"sip", BYTES("SIP/2.0 200 OK\r\nl: 1\r\n\t1")},
    {"warc", BYTES("WARC/1")},
    {"stomp", BYTES("ACK\n\n\0\n\r")},
    {"stomp", BYTES("SEND\ncontent-length: 123\r\ncontent-l")},
    {"line", BYTES("abc\r")},
    {"line,fold", BYTES("abc\r\n")},
    {"line,lines=2", BYTES("abc\r\nab\r")},
    {"paragraph", BYTES("abc\r\n\r")},
    {"pkt-line", BYTES("00x")},
    {"dec", BYTES("123")},
    {"varint", BYTES("\x80")},
    {"vlq", BYTES("\x81\x82")},
    {"quic", BYTES("\1x\xc1\2")},
    {"u64be", BYTES("\0\0\0\1")},
    {"u8,more=3", BYTES("\3one\3")},
    {"u8,offset=1,more=2,only=0:61", BYTES("b\2one\2t")},
    {"start:aba", BYTES("xabaab")},
    {"start:>,line", BYTES(">a\n\n")},
    {"between:<!,end=->", BYTES("<!one-> <")},
    {"between:\\n\\n.,end=;", BYTES("\n\n")},
    {"mllp", BYTES("\vone\x1c")},
    {"start:a\\d-,or=b\\.,or=\\n,line", BYTES("b\na1")},
    {"start:a,or=b\\n,blank", BYTES("a\n\nb")},
};

static bool is_named(const char *specification, const char *name)
{
    size_t n = strlen(name);

    return strncmp(specification, name, n) == 0 && strchr(":,", specification[n]) != NULL;
}

START_TEST(the_streams_are_of_every_framing)
{
    for (const struct cb_framing *f = NULL; (f = cb_framing_next(f)) != NULL;) {
        bool found = !(cb_framing_can(f) & CB_DECODES);

        for (size_t i = 0; i < COUNT(streams); i++)
            found = found || is_named(streams[i].specification, cb_framing_name(f));
        expect(found, "there is no stream of %s", cb_framing_name(f));
    }
}
END_TEST

/* One allocation fails, or all from there on; true if there were so many. */
static bool fail_allocation(const char *specification, const struct stream *stream, uint64_t at,
                            bool all_after, bool taking, const struct record_list *expected)
{
    struct counting counting;
    struct work work;

    counting_init(&counting);
    counting_fail(&counting, at, all_after);
    int status = make_work(&work, specification, &counting.hooks);
    if (status == CB_OK)
        status = read_stream(&work, stream->bytes, stream->size, 5, taking);
    const bool failed = counting.failed;
    expect(failed ? status == CB_ENOMEM || status == CB_END : status == CB_END,
           "%s: allocation %" PRIu64 " fails: status %d", specification, at, status);
    counting_fail(&counting, 0, false);
    if (work.decoder) {
        const struct cb_error *error = cb_decoder_error(work.decoder);

        expect(error->code == CB_OK || error->code == CB_ENOMEM, "the error says %d", error->code);
        /* It reads another stream as if nothing had been. */
        cb_decoder_reset(work.decoder);
        cb_skip(work.buffer, CB_ALL);
        cb_skip(work.taken, CB_ALL);
        empty(&work.records);
        status = read_stream(&work, stream->bytes, stream->size, 5, taking);
        expect(status == CB_END && same_lists(&work.records, expected),
               "%s: after failure %" PRIu64 " and a reset: %d, %zu records of %zu", specification,
               at, status, work.records.count, expected->count);
    }
    free_work(&work);
    counting_fini(&counting);
    return failed;
}

START_TEST(a_decoder_without_memory_fails_and_leaks_nothing)
{
    const struct stream *stream = &streams[_i / 2];
    struct record_list expected;
    char text[80];
    const char *specification = specification_of(stream, _i, text, sizeof text);

    ck_assert_int_eq(read_well(specification, stream, &expected), CB_END);
    ck_assert_uint_ge(expected.count, 2);
    for (int kind = 0; kind < 4; kind++) {
        uint64_t at = 1;

        while (fail_allocation(specification, stream, at, kind & 1, kind & 2, &expected))
            at++;
        ck_assert_uint_ge(at, 5);
    }
    list_free(&expected);
}
END_TEST

/* Reads `size` bytes of a stream, leaves it there, and reads another one from
 * another buffer, whose head is at a position of its own. */
static void reset_in(const char *specification, const struct stream *first, size_t size,
                     const struct stream *second, bool finish, const struct record_list *expected)
{
    struct cb_buffer_options plain = {.size = sizeof plain};
    struct work work;
    struct cb_piece pieces[8];
    size_t count;

    ck_assert_int_eq(make_work(&work, specification, NULL), CB_OK);
    ck_assert_int_eq(cb_append(work.buffer, first->bytes, size), CB_OK);
    if (finish)
        cb_decoder_finish(work.decoder);
    while (decode_batch(work.decoder, work.buffer, pieces, COUNT(pieces), &count) == CB_PIECE)
        continue;
    cb_decoder_reset(work.decoder);
    ck_assert_uint_eq(cb_decoder_record(work.decoder), 1);
    ck_assert_int_eq(cb_decoder_error(work.decoder)->code, CB_OK);
    cb_buffer_free(work.buffer);
    ck_assert_int_eq(cb_buffer_new(&work.buffer, &plain), CB_OK);
    ck_assert_int_eq(cb_set_position(work.buffer, 1003), CB_OK);
    int status = read_stream(&work, second->bytes, second->size, 3, false);
    expect(status == CB_END && same_lists(&work.records, expected),
           "%s: after %zu bytes of another stream: %d, %zu records of %zu", specification, size,
           status, work.records.count, expected->count);
    expect(cb_decoder_position(work.decoder) == 1003 + second->size ||
               strncmp(specification, "http", 4) == 0,
           "%s: it ends at %" PRIu64, specification, cb_decoder_position(work.decoder));
    free_work(&work);
}

START_TEST(a_reset_forgets_the_stream)
{
    const struct stream *stream = &streams[_i / 2];
    struct record_list expected;
    char text[80];
    const char *specification = specification_of(stream, _i, text, sizeof text);

    ck_assert_int_eq(read_well(specification, stream, &expected), CB_END);
    for (size_t size = 0; size <= stream->size; size++) {
        reset_in(specification, stream, size, stream, false, &expected);
        reset_in(specification, stream, size, stream, true, &expected);
    }
    for (size_t i = 0; i < COUNT(given_up); i++) {
        if (strcmp(given_up[i].specification, stream->specification) == 0)
            reset_in(specification, &given_up[i], given_up[i].size, stream, false, &expected);
    }
    list_free(&expected);
}
END_TEST

/* What is known to be payload goes by elsewhere, at most `most` bytes at a time;
 * the rest arrives a byte at a time. */
static int read_passing(struct work *work, const char *bytes, size_t size, size_t most,
                        size_t *passed)
{
    size_t at = 0;
    bool finished = false;

    for (;;) {
        struct cb_piece piece;
        int status = cb_decoder_next(work->decoder, work->buffer, &piece);
        uint64_t ahead = status == CB_MORE ? cb_decoder_ahead(work->decoder) : 0;

        if (status == CB_PIECE) {
            list_add(&work->records, piece.data, piece.length);
            if (piece.flags & CB_LAST)
                list_end(&work->records);
        } else if (status == CB_MORE && at < size && ahead > 0) {
            size_t n = size - at < most ? size - at : most;

            n = ahead < n ? (size_t)ahead : n;
            list_add(&work->records, bytes + at, n);
            ck_assert_int_eq(cb_decoder_pass(work->decoder, work->buffer, ahead + 1), CB_EINVAL);
            ck_assert_int_eq(cb_decoder_pass(work->decoder, work->buffer, n), CB_OK);
            at += n;
            *passed += n;
        } else if (status == CB_MORE && at < size) {
            ck_assert_int_eq(cb_append(work->buffer, bytes + at++, 1), CB_OK);
        } else if (status == CB_MORE && !finished) {
            cb_decoder_finish(work->decoder);
            finished = true;
        } else {
            return status;
        }
    }
}

START_TEST(payload_may_go_by_elsewhere)
{
    const struct stream *stream = &streams[_i / 2];
    struct record_list expected;
    struct work work;
    size_t passed = 0;
    char text[80];
    const char *specification = specification_of(stream, _i, text, sizeof text);

    ck_assert_int_eq(read_well(specification, stream, &expected), CB_END);
    for (size_t most = 1; most < 6; most++) {
        ck_assert_int_eq(make_work(&work, specification, NULL), CB_OK);
        int status = read_passing(&work, stream->bytes, stream->size, most, &passed);
        expect(status == CB_END && same_lists(&work.records, &expected),
               "%s, %zu at a time: %d, %zu records of %zu", specification, most, status,
               work.records.count, expected.count);
        free_work(&work);
    }
    expect(passed > 0 || strncmp(specification, "u32", 3) != 0, "%s: nothing went by",
           specification);
    list_free(&expected);
}
END_TEST

/* -------------------------------------------------------------------- malformed */

#define TF_HI_BAD_LENGTH "\2\0\0\0\0\0\0\0\x78\x27\x0b\x35hi"
#define TF_HI_BAD_DATA "\2\0\0\0\0\0\0\0\x78\x27\x0b\x34hi\x13\xd6QV"

/* One of each kind of fault, a good record before most, and bytes after all. */
static const struct stream malformed[] = {
    {"u8,trailer=xyz", BYTES("\1axyz\2bcxyQ more")},
    {"u16be,offset=2,inclusive", BYTES("\0\0\0\5a\0\0\0\3 more")},
    {"u8,adjust=-2", BYTES("\3a\1 more")},
    {"varint", BYTES("\1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02 more")},
    {"varint,adjust=-2,offset=1", BYTES("?\3a?\1 more")},
    {"dec", BYTES("1\nax more")},
    {"dec:\r\n,trailer=\r\n", BYTES("1\r\na\r\n2\r\nbc\rQ more")},
    {"hex:;", BYTES("1;a1234567890abcdef0;")},
    {"netstring", BYTES("1:a,2:bc; more")},
    {"netstring", BYTES("1:a,02:bc, more")},
    {"octet", BYTES("1 a1x more")},
    {"pkt-line", BYTES("0005a0003 more")},
    {"pkt-line", BYTES("0005a00x3 more")},
    {"tfrecord", BYTES(TF_HI TF_HI_BAD_LENGTH " more")},
    {"tfrecord", BYTES(TF_HI TF_HI_BAD_DATA " more")},
    {"pcap", BYTES("\n\r\r\n more")},
    {"pcap", BYTES("\xa1\xb2\xc3\xd4\0\2\0\3 the file header, and more")},
    {"pcap", BYTES(PCAP_BIG "sec.sub.\0\0\0\0\0\0\0\3sec.sub.\0\0\0\xa\0\0\0\xa 0123456789")},
    {"pcapng", BYTES("\0\0\0\6 more")},
    {"pcapng", BYTES(SECTION_BIG "\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4e more")},
    {"pcapng", BYTES(SECTION_BIG "\n\r\r\n\0\0\0\x18\x1a\x2b\x3c\x4d more")},
    {"pcapng", BYTES(SECTION_LITTLE "\6\0\0\0\xb\0\0\0 more")},
    {"pcapng", BYTES(SECTION_LITTLE "\6\0\0\0\xd\0\0\0 more")},
    {"pcapng", BYTES(SECTION_LITTLE "\6\0\0\0\xc\0\0\0\xc\0\0\1 more")},
    {"fix", BYTES(FIX_HEARTBEAT "9=FIX more")},
    {"fix", BYTES("8=FIX.4.2\1"
                  "9=5\1"
                  "35=0\1"
                  "10=162\1 more")},
    {"fix", BYTES("8=FIX.4.2\1"
                  "9=6\1"
                  "35=0\1"
                  "10=161\1 more")},
    {"fix", BYTES("8=FIX.4.2\1"
                  "9=4\1"
                  "35=0\1"
                  "10=161\1 more")},
    {"fix", BYTES("8=FIX.4.2\1"
                  "9=5\1"
                  "34=0\1"
                  "10=161\1 more")},
    {"journal", BYTES("A=b\n\nA=b\nmore")},
    {"journal", BYTES("A=b\nB.=more")},
    {"journal", BYTES("A=b\n\nB\n\1\0\0\0\0\0\0\0abmore")},
    {"journal", BYTES("A\n\xff\xff\xff\xff\xff\xff\xff\xff more")},
    {"chunked", BYTES("1\r\na\r\nzz\r\nmore")},
    {"chunked", BYTES("1\r\na\r\n2\r\nbc\rQ more")},
    {"chunked", BYTES("1\r\na\r\n0\r\nA : b\r\n")},
    {"http", BYTES("GET / HTTP/2.0\r\n\r\n")},
    {"http", BYTES(HTTP_HEAD "Content-Length: 1\r\n\r\naGET / HTTP/1.1\r\nContent-Length: x1\r\n")},
    {"http", BYTES(HTTP_HEAD "Content-Length: 1, 2\r\n\r\nabc")},
    {"http", BYTES("POST / HTTP/1.1\r\nContent-Length: 1\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n1\r\n")},
    {"http", BYTES(HTTP_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nbcQ more")},
    {"http", BYTES(HTTP_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx more")},
    {"http", BYTES(HTTP_HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\nA b\r\n")},
    {"content-length", BYTES("Content-Length: 1\r\n\r\naContent-Length: 1\r\n"
                             "Content-Length: 1\r\n\r\n")},
    {"content-length", BYTES("Content-Length: 1\r\n\r\naA: b\r\n\r\nmore")},
    {"content-length", BYTES("Content-Length: 1\r\n\r\na b\r\n\r\nmore")},
    {"websocket", BYTES("\x81\1a\xf1\1 more")},
    {"websocket", BYTES("\x81\1a\x81\x7e\0\1 more")},
    {"websocket", BYTES("\x81\1a\x89\x7e more")},
    {"u8,header=2,more=2,sequence=1", BYTES("\1\7x\2\0ab\2\2cd more")},
    {"u8,offset=1,more=2,byte=0:61", BYTES("a\2xya\1za\2xyb\2 more")},
    {"u8,more=2", BYTES("\1x\2ab\3 more")},
    {"u16be,offset=2,more=2", BYTES("..\0\1x..\0\2ab..\0\3 more")},
    {"u16be,offset=2,more=2", BYTES("..\0\1x..\1\2ab more")},
    {"varint,canonical", BYTES("\1x\x80\0 more")},
    {"vlq", BYTES("\1x\x83\xff\xff\xff\xff\xff\xff\xff\xff\x7f more")},
    {"vlq,canonical", BYTES("\1x\x80\1 more")},
    {"quic,canonical,offset=1", BYTES("a\1xa\x80\0\1\2 more")},
    {"quic,max-width=2", BYTES("\1x\x80\0\1\2 more")},
    {"varint,offset=1,header=3,trailer=;", BYTES("a\1?x;b\x80\0?x more")},
    {"between:<!,end=->", BYTES("<!a-> <x more")},
    {"between:\\n\\n.,end=;", BYTES("\n\n.a;\n\n\n more")},
    {"mllp", BYTES("\va\x1c\rmore")},
    {"slip", BYTES("one\xc0two\xdbQ more")},
    {"hdlc", BYTES("one~two~ more")},
    {"cobs", BYTES("\2a\0\4on\0 more")},
    {"json", BYTES("[1][2]] more")},
    {"json", BYTES("[1],more")},
    {"json", BYTES("\xef\xbb[1]")},
    {"json,array", BYTES("[1, [2],]")},
    {"json,array", BYTES("[1] [2 3]")},
    {"json,array", BYTES("[\"a\":1] more")},
    {"json,array", BYTES("[1] 2 more")},
    {"ndjson", BYTES("1\n[\n more")},
    {"ndjson", BYTES("1\n2 \t3 more")},
    {"ndjson", BYTES("1\n2\r \n more")},
    {"ndjson", BYTES("1\ntru\n more")},
    {"cbor", BYTES("\x61"
                   "a\x5f\x42hi\x61 more")},
    {"cbor", BYTES("\0\x83\1\xbf\1\xff more")},
    {"msgpack", BYTES("\xa1"
                      "a\x92\0\xc1 more")},
    {"der", BYTES("\4\1a\x30\x80\0\1 more")},
    {"der", BYTES("\4\1a\x24\x80\4\x80 more")},
    {"json-seq", BYTES("\x1e[1]\nx more")},
    {"resp", BYTES("+a\r\n$x more")},
    {"resp", BYTES("+a\r\n$2\r\nbcQ more")},
    {"resp", BYTES("+a\r\n*1\r\n+b\rQ more")},
    {"syslog", BYTES("1 a1x more")},
};

/* Everything that there is to compare of how a stream ended. */
static void check_fault(const char *specification, const struct stream *stream, size_t cut,
                        size_t step, bool taking, const struct work *wanted)
{
    const struct cb_error *error, *good = cb_decoder_error(wanted->decoder);
    struct work work;

    ck_assert_int_eq(make_work(&work, specification, NULL), CB_OK);
    ck_assert_int_eq(cb_append(work.buffer, stream->bytes, cut), CB_OK);
    int status = read_stream(&work, stream->bytes + cut, stream->size - cut, step, taking);
    error = cb_decoder_error(work.decoder);
    expect(status == good->code && error->record == good->record && error->offset == good->offset &&
               error->start == good->start && strcmp(error->text, good->text) == 0,
           "%s, cut at %zu, then by %zu: record %" PRIu64 " at %" PRIu64 ": %s, at %" PRIu64 ",\n"
           "    not record %" PRIu64 " at %" PRIu64 ": %s, at %" PRIu64,
           specification, cut, step, error->record, error->start, error->text, error->offset,
           good->record, good->start, good->text, good->offset);
    expect(work.records.count == wanted->records.count &&
               (taking || same_lists(&work.records, &wanted->records)),
           "%s, cut at %zu, then by %zu: %zu bytes of %zu records were given, not %zu of %zu",
           specification, cut, step, work.records.size, work.records.count, wanted->records.size,
           wanted->records.count);
    free_work(&work);
}

START_TEST(a_fault_is_the_same_however_the_input_is_cut)
{
    const struct stream *stream = &malformed[_i / 2];
    struct work wanted;
    char text[80];
    const char *specification = specification_of(stream, _i, text, sizeof text);

    ck_assert_int_eq(make_work(&wanted, specification, NULL), CB_OK);
    ck_assert_int_eq(read_stream(&wanted, stream->bytes, stream->size, 1, false), CB_EMALFORMED);
    for (size_t cut = 0; cut <= stream->size; cut++) {
        check_fault(specification, stream, cut, stream->size, false, &wanted);
        check_fault(specification, stream, cut, stream->size, true, &wanted);
        check_fault(specification, stream, cut, 1, false, &wanted);
    }
    free_work(&wanted);
}
END_TEST

/* ------------------------------------------------------------------- encoders */

START_TEST(the_outputs_are_all_there_are)
{
    for (const struct cb_framing *f = NULL; (f = cb_framing_next(f)) != NULL;) {
        bool found = !(cb_framing_can(f) & CB_ENCODES);

        for (size_t i = 0; i < COUNT(outputs); i++)
            found = found || is_named(outputs[i], cb_framing_name(f));
        expect(found, "%s is not among the outputs", cb_framing_name(f));
    }
}
END_TEST

/* The page after what has come cannot be read: in every prefix of a stream. */
START_TEST(no_byte_is_read_that_has_not_come)
{
    const struct stream *stream = &streams[_i];

    for (size_t size = 1; size <= stream->size; size++) {
        struct cb_piece pieces[16];
        struct guard guard;
        struct cb_buffer *in = new_buffer(NULL, 4096);
        struct cb_decoder *decoder = NULL;
        ssize_t n;

        guard_init(&guard, stream->bytes, size);
        ck_assert_int_eq(cb_append_ref(in, guard.data, size, NULL, NULL), CB_OK);
        ck_assert_int_eq(cb_decoder_new(&decoder, stream->specification, NULL, NULL), CB_OK);
        do {
            n = cb_decoder_batch(decoder, in, pieces, COUNT(pieces));
            cb_decoder_release(decoder, in);
        } while (n > 0);
        ck_assert_msg(n == CB_MORE || n == CB_END, "%s", stream->specification);
        cb_decoder_free(decoder);
        cb_buffer_free(in);
        guard_fini(&guard);
    }
}
END_TEST

static Suite *every_suite(void)
{
    Suite *suite = suite_create("every");
    TCase *decoders_case = add_case(suite, "decoders");
    TCase *encoders_case = add_case(suite, "encoders");

    tcase_add_loop_test(decoders_case, no_byte_is_read_that_has_not_come, 0, (int)COUNT(streams));
    tcase_add_test(decoders_case, the_streams_are_of_every_framing);
    tcase_add_loop_test(decoders_case, a_decoder_without_memory_fails_and_leaks_nothing, 0,
                        2 * (int)COUNT(streams));
    tcase_add_loop_test(decoders_case, a_reset_forgets_the_stream, 0, 2 * (int)COUNT(streams));
    tcase_add_loop_test(decoders_case, payload_may_go_by_elsewhere, 0, 2 * (int)COUNT(streams));
    tcase_add_loop_test(decoders_case, a_fault_is_the_same_however_the_input_is_cut, 0,
                        2 * (int)COUNT(malformed));
    tcase_add_test(encoders_case, the_outputs_are_all_there_are);
    return suite;
}

int main(void)
{
    return run_suite(every_suite());
}
