/* SPDX-License-Identifier: MIT */
/*
 * Framings whose payload does not stand in the input as it is: slip, hdlc, cobs, sse,
 * websocket.
 */
#include <string.h>

#include "expect.h"
#include "reading.h"
#include "steps.h"

/* ----------------------------------------------------------------------- slip */

/* RFC 1055: END is 0xc0 (octal 300), ESC 0xdb (333), ESC_END 0xdc (334) and
 * ESC_ESC 0xdd (335). */
static const struct example slip[] = {
    {"slip", BYTES(""), GIVES("")},
    {"slip", BYTES("\xc0"), GIVES("")},
    {"slip", BYTES("\xc0\xc0\xc0\xc0"), GIVES("")},
    {"slip", BYTES("ab\xc0"), GIVES("[ab]")},
    {"slip",
     BYTES("\xc0"
           "ab\xc0"),
     GIVES("[ab]")},
    {"slip",
     BYTES("\xc0"
           "ab\xc0\xc0"
           "c\xc0"),
     GIVES("[ab][c]")},
    {"slip",
     BYTES("\xc0\xc0\xc0"
           "ab\xc0"
           "c\xc0\xc0"),
     GIVES("[ab][c]")},
    {"slip", BYTES("\xdb\xdc\xc0"), GIVES("[\\xc0]")},
    {"slip", BYTES("\xdb\xdd\xc0"), GIVES("[\\xdb]")},
    {"slip",
     BYTES("a\xdb\xdc\xdb\xdd\xdb\xdd"
           "b\xdc\xdd\xc0\xdb\xdc\xc0x\xc0"),
     GIVES("[a\\xc0\\xdb\\xdb"
           "b\\xdc\\xdd][\\xc0][x]")},
    {"slip",
     BYTES("a\xc0\xdb"
           "b\xc0"),
     MALFORMED("[a]", 3)},
    {"slip", BYTES("a\xdb\xc0"), MALFORMED("", 2)},
    {"slip", BYTES("a\xdb\xdb\xdc\xc0"), MALFORMED("", 2)},
    {"slip", BYTES("a\xc0x\xdb\xde\xc0"), MALFORMED("[a]", 4)},
    {"slip", BYTES("ab"), TRUNCATED("", 2)},
    {"slip",
     BYTES("\xc0"
           "ab\xc0"
           "c"),
     TRUNCATED("[ab]", 5)},
    {"slip", BYTES("a\xc0\xdb"), TRUNCATED("[a]", 3)},
    {"slip,keep",
     BYTES("\xc0"
           "ab\xc0\xc0"
           "c\xc0"),
     GIVES("[\\xc0"
           "ab\\xc0][\\xc0"
           "c\\xc0]")},
    {"slip,keep",
     BYTES("ab\xc0"
           "c\xc0\xc0\xc0\xdb\xdc\xc0\xc0"),
     GIVES("[ab\\xc0]"
           "[c\\xc0][\\xc0\\xdb\\xdc\\xc0]")},
    {"slip,keep", BYTES("ab\xc0\xdb\xc0"), MALFORMED("[ab\\xc0]", 4)},
    {"slip,keep", BYTES("ab\xc0\xc0z"), TRUNCATED("[ab\\xc0]", 5)},
};

START_TEST(slip_packets_end_at_their_mark)
{
    check_example(&slip[_i], true);
}
END_TEST

/* ----------------------------------------------------------------------- hdlc */

/* RFC 1662 section 4.2: the flag is 7e (~), Control Escape 7d (}), and what follows that has
 * bit 5 inverted: 7e is 7d 5e (}^), 7d is 7d 5d (}]), 11 is 7d 31 (}1). */
static const struct example hdlc[] = {
    {"hdlc", BYTES(""), GIVES("")},
    {"hdlc", BYTES("~"), GIVES("")},
    {"hdlc", BYTES("~~~~"), GIVES("")},
    {"hdlc", BYTES("~ab~"), GIVES("[ab]")},
    {"hdlc", BYTES("~ab~~c~d~"), GIVES("[ab][c][d]")},
    {"hdlc", BYTES("~}^}]}1}3~"), GIVES("[~}\\x11\\x13]")},
    {"hdlc", BYTES("~a}}b~"), GIVES("[a\\x5db]")},
    {"hdlc", BYTES("~\xff\x7d\x23\xc0\x21~"), GIVES("[\\xff\\x03\\xc0!]")},
    /* Section 4.3: a frame that ends with Control Escape is no frame, without an error. */
    {"hdlc", BYTES("~ab}~"), GIVES("")},
    {"hdlc", BYTES("~}~"), GIVES("")},
    {"hdlc", BYTES("~a~bc}~d~}~~e~"), GIVES("[a][d][e]")},
    {"hdlc", BYTES("~a}}~b~"), GIVES("[a\\x5d][b]")},
    {"hdlc,keep", BYTES("~a~b}1~~c}~d~~}~~"), GIVES("[~a~][b}1~][~d~]")},
    {"hdlc", BYTES("a~b~"), MALFORMED("", 0)},
    {"hdlc", BYTES("}~b~"), MALFORMED("", 0)},
    {"hdlc", BYTES("~ab"), TRUNCATED("", 3)},
    {"hdlc", BYTES("~ab~c}"), TRUNCATED("[ab]", 6)},
    {"hdlc", BYTES("~ab}~c"), TRUNCATED("", 6)},
};

START_TEST(hdlc_frames_stand_between_flags_unless_they_are_cancelled)
{
    check_example(&hdlc[_i], true);
}
END_TEST

/* ----------------------------------------------------------------------- cobs */

/* The wire of the short ones: en.wikipedia.org/wiki/Consistent_Overhead_Byte_Stuffing */
static const struct example cobs[] = {
    {"cobs", BYTES(""), GIVES("")},
    {"cobs", BYTES("\0\0\0"), GIVES("")},
    {"cobs", BYTES("\1\0"), GIVES("[]")},
    {"cobs", BYTES("\1\1\0"), GIVES("[\\x00]")},
    {"cobs", BYTES("\1\1\1\0"), GIVES("[\\x00\\x00]")},
    {"cobs", BYTES("\1\2\x11\1\0"), GIVES("[\\x00\\x11\\x00]")},
    {"cobs", BYTES("\3ab\2c\0"), GIVES("[ab\\x00c]")},
    {"cobs", BYTES("\5abcd\0"), GIVES("[abcd]")},
    {"cobs", BYTES("\2a\1\1\1\0"), GIVES("[a\\x00\\x00\\x00]")},
    {"cobs", BYTES("\2a\0\0\0\3bc\0\1\0\0"), GIVES("[a][bc][]")},
    {"cobs", BYTES("\2a\0\3b\0"), MALFORMED("[a]", 5)},
    {"cobs", BYTES("\xff\0"), MALFORMED("", 1)},
    {"cobs", BYTES("\2a\5"), TRUNCATED("", 3)},
    {"cobs", BYTES("\2a\0\3bc"), TRUNCATED("[a]", 6)},
    {"cobs", BYTES("\2a\0\0\1"), TRUNCATED("[a]", 5)},
    {"cobs,keep", BYTES("\0\2a\0\0\0\3bc\0\1\0\0"),
     GIVES("[\\x02a\\x00][\\x03bc\\x00][\\x01\\x00]")},
    {"cobs,keep", BYTES("\2a\0\3b\0"), MALFORMED("[\\x02a\\x00]", 5)},
};

START_TEST(cobs_frames_end_at_zero)
{
    check_example(&cobs[_i], true);
}
END_TEST

/* The bytes `first`, `first` + 1 ... `last` between others. */
struct span {
    const char *before;
    size_t before_size;
    uint8_t first, last;
    const char *after;
    size_t after_size;
};

static size_t span_make(const struct span *span, uint8_t *to)
{
    size_t n = span->before_size;

    memcpy(to, span->before, n);
    for (unsigned c = span->first; c <= span->last; c++)
        to[n++] = (uint8_t)c;
    memcpy(to + n, span->after, span->after_size);
    return n + span->after_size;
}

/* The same page's examples of blocks that are full. */
static const struct {
    struct span payload, wire;
} full_blocks[] = {
    {{BYTES(""), 1, 254, BYTES("")}, {BYTES("\xff"), 1, 254, BYTES("\0")}},
    {{BYTES("\0"), 1, 254, BYTES("")}, {BYTES("\1\xff"), 1, 254, BYTES("\0")}},
    {{BYTES(""), 1, 255, BYTES("")}, {BYTES("\xff"), 1, 254, BYTES("\2\xff\0")}},
    {{BYTES(""), 2, 255, BYTES("\0")}, {BYTES("\xff"), 2, 255, BYTES("\1\1\0")}},
    {{BYTES(""), 3, 255, BYTES("\0\1")}, {BYTES("\xfe"), 3, 255, BYTES("\2\1\0")}},
};

static void check_encoded(const char *specification, const uint8_t *payload, size_t size,
                          const uint8_t *wire, size_t wire_size);

START_TEST(full_blocks_go_both_ways)
{
    uint8_t payload[300], wire[300];
    size_t size = span_make(&full_blocks[_i].payload, payload);
    size_t wire_size = span_make(&full_blocks[_i].wire, wire);
    struct way way = {.cut = 1, .changed = true};

    check_encoded("cobs", payload, size, wire, wire_size);
    for (way.step = 1; way.step <= wire_size; way.step++) {
        struct record_list got;
        struct outcome outcome = read_input("cobs", NULL, wire, wire_size, &way, &got);

        expect(outcome.status == CB_END && got.count == 1 && got.size == size &&
                   memcmp(got.bytes, payload, size) == 0,
               "in steps of %zu: status %d, %zu bytes", way.step, outcome.status, got.size);
        list_free(&got);
    }
}
END_TEST

/* Without the block of no bytes that the paper's StuffData writes after a full
 * one, or with it: the payload is the same. */
START_TEST(an_empty_block_after_a_full_one_says_nothing)
{
    const struct span span = {BYTES("\xff"), 1, 254, BYTES("\1\0")};
    uint8_t wire[300];
    size_t size = span_make(&span, wire);
    struct way way = {.cut = 100, .step = 100, .changed = true};
    struct record_list got;

    struct outcome outcome = read_input("cobs", NULL, wire, size, &way, &got);
    ck_assert_int_eq(outcome.status, CB_END);
    ck_assert_uint_eq(got.count, 1);
    ck_assert_uint_eq(got.size, 254);
    list_free(&got);
}
END_TEST

/* ------------------------------------------------------------------------ sse */

/* WHATWG HTML, section 9.2.6, has the streams of these words. */
static const struct example sse[] = {
    {"sse", BYTES(""), GIVES("")},
    {"sse", BYTES("\n\r\r\n\n"), GIVES("")},
    {"sse", BYTES("data: a\n\n"), GIVES("[data: a]")},
    {"sse", BYTES("data: a\r\rb\r\r"), GIVES("[data: a][b]")},
    {"sse", BYTES("data: a\r\n\r\nb\r\n\r\n"), GIVES("[data: a][b]")},
    {"sse", BYTES("a\r\rb\n\rc\r\n\rd\r\n\ne\r\n\n"), GIVES("[a][b][c][d][e]")},
    {"sse", BYTES("\n\ndata: a\nid: 1\r\nx\ry\n\n\n\n\nb\n\n"),
     GIVES("[data: a\\x0aid: 1\\x0d\\x0ax\\x0dy][b]")},
    {"sse", BYTES(": hi\n\n:\n\n"), GIVES("[: hi][:]")},
    {"sse",
     BYTES("\xef\xbb\xbf"
           "a\n\n"),
     GIVES("[a]")},
    {"sse", BYTES("\xef\xbb\xbf\n\na\n\n\xef\xbb\xbf\n\n"), GIVES("[a][\\xef\\xbb\\xbf]")},
    {"sse",
     BYTES("\xef\xbb"
           "a\n\n"),
     GIVES("[\\xef\\xbb"
           "a]")},
    {"sse", BYTES("\xef\xbb\xbf"), GIVES("")},
    {"sse", BYTES("\xef\xbb"), TRUNCATED("", 2)},
    {"sse", BYTES("a\n\nb"), TRUNCATED("[a]", 4)},
    {"sse", BYTES("a\n\nb\r\n"), TRUNCATED("[a]", 6)},
    {"sse,keep",
     BYTES("\xef\xbb\xbf"
           "a\n\n\n"
           "b\nc\n\n"),
     GIVES("[a\\x0a\\x0a][b\\x0ac\\x0a\\x0a]")},
    {"sse,keep", BYTES("a\r\n\r\nb\n\r\nc\n\rd\n\n"),
     GIVES("[a\\x0d\\x0a\\x0d\\x0a][b\\x0a\\x0d\\x0a][c\\x0a\\x0d][d\\x0a\\x0a]")},
    {"sse,keep", BYTES("a\r\rb\r\r\nc\n\r"), GIVES("[a\\x0d\\x0d][b\\x0d\\x0d][c\\x0a\\x0d]")},
    {"sse,keep", BYTES("\r\n\ra\r\n\r\n\r"), GIVES("[a\\x0d\\x0a\\x0d\\x0a]")},
    {"sse,data",
     BYTES("data: This is the first message.\n\ndata: This is the second message, "
           "it\ndata: has two lines.\n\ndata: This is the third message.\n\n"),
     GIVES("[This is the first message.][This is the second message, it\\x0ahas two lines.]"
           "[This is the third message.]")},
    {"sse,data", BYTES("event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n"),
     GIVES("[73857293][2153]")},
    {"sse,data", BYTES("data: YHOO\ndata: +2\ndata: 10\n\n"), GIVES("[YHOO\\x0a+2\\x0a10]")},
    /* "The third event block has just one line ... two spaces": one is kept. */
    {"sse,data",
     BYTES(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
           "data:  third event\n\n"),
     GIVES("[first event][second event][ third event]")},
    /* "fires two events", "the last block is discarded". */
    {"sse,data", BYTES("data\n\ndata\ndata\n\ndata:"), GIVES("[][\\x0a]")},
    {"sse,data", BYTES("data:test\n\ndata: test\n\n"), GIVES("[test][test]")},
    {"sse,data", BYTES("data:\n\ndata: \r\rdata:\rdata:\r\n\r\n"), GIVES("[][][\\x0a]")},
    {"sse,data", BYTES("dat\ndata1: x\nData: x\n data: x\ndata : x\n\ndata: y\n\n"), GIVES("[y]")},
    {"sse,data", BYTES("data: a\rid: 1\r\n:c\n\nid: 2\n\ndata: b:c\n\n"), GIVES("[a][b:c]")},
    {"sse,data",
     BYTES("\xef\xbb\xbf"
           "data: a\n\n\xef\xbb\xbf"
           "data: b\n\n"),
     GIVES("[a]")},
    {"sse,data", BYTES("data: a\n\n: bye\n"), GIVES("[a]")},
    {"sse,data", BYTES("data: a\n\n: bye"), GIVES("[a]")},
    {"sse,data", BYTES("data: a\n\nid: 1\n"), GIVES("[a]")},
    {"sse,data", BYTES("data: a\n\ndata: b\n"), GIVES("[a]")},
    {"sse,data", BYTES("data: a\n\ndata: b"), GIVES("[a]")},
    {"sse,data,keep", BYTES("data: a\n\ndata: b\n"), GIVES("[data: a\\x0a\\x0a]")},
    {"sse,data,keep", BYTES(":c\n\nid: 1\rdata: a\r\n\r\n\nid: 2\n\ndata\n\n"),
     GIVES("[id: 1\\x0ddata: a\\x0d\\x0a\\x0d\\x0a][data\\x0a\\x0a]")},
};

START_TEST(events_end_at_an_empty_line)
{
    check_example(&sse[_i], true);
}
END_TEST

/* A line, by the rules of section 9.2.6; an empty one dispatches the event. */
static void model_line(const char *line, size_t n, bool *has_data, struct record_list *events)
{
    const char *colon = memchr(line, ':', n);
    size_t name = colon != NULL ? (size_t)(colon - line) : n;
    size_t value = colon != NULL ? name + 1 : n;

    if (n == 0 && *has_data) {
        list_end(events);
        *has_data = false;
    }
    if (name != 4 || memcmp(line, "data", 4) != 0)
        return;
    if (value < n && line[value] == ' ')
        value++;
    if (*has_data)
        list_add(events, "\n", 1);
    list_add(events, line + value, n - value);
    *has_data = true;
}

/* All lines that have an end; each way to end one was made LF. */
static void model(const char *text, size_t n, struct record_list *events)
{
    bool has_data = false;
    const char *end = text + n, *lf;

    for (; (lf = memchr(text, '\n', (size_t)(end - text))) != NULL; text = lf + 1)
        model_line(text, (size_t)(lf - text), &has_data, events);
    events->size = events->count > 0 ? events->ends[events->count - 1] : 0;
}

START_TEST(events_are_those_of_the_standard)
{
    static const char *const words[] = {"data", "data:", "data: ", "id: 1", ":",
                                        "",     "x",     " ",      "dat"};
    static const char *const line_ends[] = {"\n", "\r", "\r\n"};
    struct prng prng = {404};

    for (int round = 0; round < 2000; round++) {
        struct record_list input = {.count = 0}, lines = {.count = 0};
        struct record_list wanted = {.count = 0}, got;
        struct way way = {.call = (enum call)prng_below(&prng, BY_BATCH + 10),
                          .cut = 1 + prng_below(&prng, 9),
                          .step = 1 + prng_below(&prng, 9),
                          .changed = true};

        for (size_t left = prng_below(&prng, 40); left > 0; left--) {
            const char *word = words[prng_below(&prng, COUNT(words))];
            const char *line_end = line_ends[prng_below(&prng, COUNT(line_ends))];

            list_add(&input, word, strlen(word));
            list_add(&lines, word, strlen(word));
            if (prng_below(&prng, 4) == 0)
                continue;
            /* CR and LF of two lines would be one line end. */
            if (line_end[0] == '\n' && input.size > 0 && input.bytes[input.size - 1] == '\r')
                line_end = "\r";
            list_add(&input, line_end, strlen(line_end));
            list_add(&lines, "\n", 1);
        }
        list_add(&lines, "", 0);
        list_add(&input, "", 0);
        model((const char *)lines.bytes, lines.size, &wanted);
        read_input("sse,data", NULL, input.bytes, input.size, &way, &got);
        expect(got.count == wanted.count && got.size == wanted.size &&
                   (got.size == 0 || memcmp(got.bytes, wanted.bytes, got.size) == 0) &&
                   (got.count == 0 ||
                    memcmp(got.ends, wanted.ends, got.count * sizeof *got.ends) == 0),
               "round %d: %zu events of %zu", round, got.count, wanted.count);
        list_free(&got);
        list_free(&wanted);
        list_free(&lines);
        list_free(&input);
    }
}
END_TEST

/* The event is over before it is known what follows its CR. */
START_TEST(an_event_that_ends_in_cr_is_not_held_back)
{
    static const char *const specifications[] = {"sse", "sse,data", "sse,keep"};
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *buffer = NULL;
    struct cb_piece piece;

    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, specifications[_i], NULL, NULL), CB_OK);
    for (uint64_t record = 1; record < 4; record++) {
        bool last = false;

        ck_assert_int_eq(cb_append(buffer, "data: a\r\r", 9), CB_OK);
        while (!last) {
            ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
            ck_assert_uint_eq(piece.record, record);
            last = (piece.flags & CB_LAST) != 0;
        }
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
        if (record == 2)
            ck_assert_int_eq(cb_append(buffer, "\n", 1), CB_OK);
    }
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

/* ------------------------------------------------------------------ websocket */

#define MASKED_HELLO "\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58" /* its key first */
#define MASKED_LO "\x5a\x5a\x5a\x5a\x36\x35"

/* RFC 6455 section 5.7 has these, and section 5.2 the rules. */
static const struct example websocket[] = {
    {"websocket", BYTES(""), GIVES("")},
    {"websocket", BYTES("\x81\x05Hello"), GIVES("[Hello]")},
    {"websocket", BYTES("\x81\x85" MASKED_HELLO), GIVES("[Hello]")},
    {"websocket", BYTES("\x01\x03Hel\x80\x02lo"), GIVES("[Hel][lo]")},
    {"websocket", BYTES("\x89\x05Hello\x8a\x05Hello"), GIVES("[Hello][Hello]")},
    {"websocket", BYTES("\x8a\x85" MASKED_HELLO "\x81\x80zzzz\x81\x82" MASKED_LO),
     GIVES("[Hello][][lo]")},
    {"websocket",
     BYTES("\x81\x01"
           "a\x82\x00\x81\x05Hello\x81\x01"
           "b"),
     GIVES("[a][][Hello][b]")},
    {"websocket,data", BYTES("\x89\x05Hello\x01\x03Hel\x8a\x05Hello\x80\x02lo\x88\x00"),
     GIVES("[Hel][lo]")},
    {"websocket,data", BYTES("\x89\x00\x88\x02\x03\xe8\x8a\x00"), GIVES("")},
    {"websocket,keep", BYTES("\x81\x85" MASKED_HELLO "\x88\x80zzzz"),
     GIVES("[\\x81\\x857\\xfa!=\\x7f\\x9fMQX][\\x88\\x80zzzz]")},
    {"websocket,keep", BYTES("\x01\x03Hel\x88\x00"), GIVES("[\\x01\\x03Hel][\\x88\\x00]")},
    /* One side masks all its frames, the other one none (section 5.1). */
    {"websocket", BYTES("\x81\x01x\x82\x80zzzz"), MALFORMED("[x]", 4)},
    {"websocket", BYTES("\x82\x80zzzz\x81\x01x"), MALFORMED("[]", 7)},
    {"websocket,data", BYTES("\x89\x80zzzz\x81\x01x"), MALFORMED("", 7)},
    {"websocket,keep", BYTES("\x81\x01x\x81\x01x\x82\x80zzzz"),
     MALFORMED("[\\x81\\x01x][\\x81\\x01x]", 7)},
    {"websocket", BYTES("\x01\x01x\x80\x80zzzz"), MALFORMED("[x]", 4)},
    /* The body of a Close frame begins with a status of two bytes (section 5.5.1). */
    {"websocket", BYTES("\x88\x01\x03"), MALFORMED("", 1)},
    {"websocket", BYTES("\x88\x02\x03\xe8"), GIVES("[\\x03\\xe8]")},
    {"websocket", BYTES("\x88\x81zzzzz"), MALFORMED("", 1)},
    {"websocket,keep,data", BYTES("\x89\x01x\x01\x03Hel\x88\x00"), GIVES("[\\x01\\x03Hel]")},
    {"websocket",
     BYTES("\x81\x01"
           "a\xc1\x00"),
     MALFORMED("[a]", 3)},
    {"websocket", BYTES("\xa1\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x91\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x83\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x87\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x8b\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x8f\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x08\x00"), MALFORMED("", 0)},
    /* Section 5.4: a message is a frame with FIN, or one without, then frames of
     * opcode 0 up to one with FIN; only control frames come between. */
    {"websocket", BYTES("\x80\x00"), MALFORMED("", 0)},
    {"websocket", BYTES("\x00\x01x"), MALFORMED("", 0)},
    {"websocket", BYTES("\x81\x01x\x89\x00\x80\x01y"), MALFORMED("[x][]", 5)},
    {"websocket", BYTES("\x01\x01x\x00\x01y\x80\x00\x80\x00"), MALFORMED("[x][y][]", 8)},
    {"websocket", BYTES("\x01\x01x\x81\x01y"), MALFORMED("[x]", 3)},
    {"websocket", BYTES("\x02\x00\x8a\x00\x02\x01y"), MALFORMED("[][]", 4)},
    {"websocket,data", BYTES("\x01\x01x\x89\x01y\x82\x00"), MALFORMED("[x]", 6)},
    {"websocket,keep", BYTES("\x01\x01x\x82\x00"), MALFORMED("[\\x01\\x01x]", 3)},
    {"websocket", BYTES("\x01\x81zzzzx\x01\x81zzzzx"), MALFORMED("[\\x02]", 7)},
    {"websocket", BYTES("\x01\x01x\x89\x00\x00\x01y\x80\x01z\x81\x00"), GIVES("[x][][y][z][]")},
    {"websocket", BYTES("\x01\x03Hel"), TRUNCATED("[Hel]", 5)},
    {"websocket", BYTES("\x01\x03Hel\x89\x00"), TRUNCATED("[Hel][]", 7)},
    {"websocket,data", BYTES("\x01\x03Hel\x00\x00\x89\x00"), TRUNCATED("[Hel][]", 9)},
    {"websocket,keep", BYTES("\x01\x00"), TRUNCATED("[\\x01\\x00]", 2)},
    /* Whoever sends Close sends no more data (section 5.5.1). */
    {"websocket", BYTES("\x01\x03Hel\x88\x00"), GIVES("[Hel][]")},
    {"websocket", BYTES("\x01\x03Hel\x88\x00\x80\x00"), MALFORMED("[Hel][]", 7)},
    {"websocket", BYTES("\x81\x01x\x88\x00\x81\x00"), MALFORMED("[x][]", 5)},
    {"websocket", BYTES("\x88\x00\x8a\x00\x82\x00"), MALFORMED("[][]", 4)},
    {"websocket,data", BYTES("\x88\x00\x01\x00"), MALFORMED("", 2)},
    {"websocket", BYTES("\x88\x00\x8a\x00\x88\x00"), GIVES("[][][]")},
    {"websocket", BYTES("\x81\x00\x89\x7e\x00\x7e"), MALFORMED("[]", 3)},
    {"websocket", BYTES("\x89\xff"), MALFORMED("", 1)},
    {"websocket", BYTES("\x81\x7e\x00\x7d"), MALFORMED("", 2)},
    {"websocket", BYTES("\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff"), MALFORMED("", 2)},
    {"websocket", BYTES("\x81\x7f\x80\x00\x00\x00\x00\x00\xff\xff"), MALFORMED("", 2)},
    {"websocket,data", BYTES("\x89\x01x\x09\x00"), MALFORMED("", 3)},
    {"websocket,keep", BYTES("\x81\x01x\xff\x00"), MALFORMED("[\\x81\\x01x]", 3)},
    {"websocket", BYTES("\x81"), TRUNCATED("", 1)},
    {"websocket", BYTES("\x81\x01x\x81\x05Hell"), TRUNCATED("[x]", 9)},
    {"websocket", BYTES("\x81\x85\x37\xfa"), TRUNCATED("", 4)},
    {"websocket", BYTES("\x81\x85\x37\xfa\x21\x3d\x7f"), TRUNCATED("", 7)},
    {"websocket,data", BYTES("\x89\x01"), TRUNCATED("", 2)},
    {"websocket", BYTES("\x81\x7f\x00\x00\x00\x00\x03\xff\xff\xff"), TRUNCATED("", 10)},
    {"websocket", BYTES("\x81\xff\x00\x00\x00\x00\x03\xff\xff\xff\1\2\3\4"), TRUNCATED("", 14)},
};

START_TEST(websocket_frames_are_unmasked)
{
    check_example(&websocket[_i], true);
}
END_TEST

/* Section 5.4: the fragments of a message, with control frames between them. */
#define MESSAGE "websocket,message"
static const struct example messages[] = {
    {MESSAGE, BYTES(""), GIVES("")},
    {MESSAGE, BYTES("\x81\x05Hello\x82\x00"), GIVES("[Hello][]")},
    {MESSAGE, BYTES("\x01\x03Hel\x80\x02lo\x01\x01x\x00\x01y\x80\x01z"), GIVES("[Hello][xyz]")},
    {MESSAGE, BYTES("\x89\x01p\x01\x03Hel\x8a\x05Hello\x80\x02lo\x88\x00"), GIVES("[Hello]")},
    {MESSAGE, BYTES("\x01\x80zzzz\x80\x85" MASKED_HELLO "\x81\x85" MASKED_HELLO),
     GIVES("[Hello][Hello]")},
    {MESSAGE, BYTES("\x02\x00\x00\x00\x80\x00\x81\x01x"), GIVES("[][x]")},
    {MESSAGE, BYTES("\x02\x00\x89\x01p\x00\x01x\x80\x00"), GIVES("[x]")},
    {MESSAGE, BYTES("\x89\x00\x8a\x00\x88\x00"), GIVES("")},
    {MESSAGE ",data", BYTES("\x01\x01x\x80\x01y\x89\x00"), GIVES("[xy]")},
    /* The message as it was sent, with all that came before its end. */
    {MESSAGE ",keep", BYTES("\x89\x00\x01\x01x\x89\x01p\x80\x01y\x82\x01z"),
     GIVES("[\\x01\\x01x\\x89\\x01p\\x80\\x01y][\\x82\\x01z]")},
    {MESSAGE, BYTES("\x01\x01x\x80\x80zzzz"), MALFORMED("", 4)},
    {MESSAGE, BYTES("\x01\x01x\x88\x01x"), MALFORMED("", 4)},
    {MESSAGE, BYTES("\x80\x00"), MALFORMED("", 0)},
    {MESSAGE, BYTES("\x01\x01x\x81\x01y"), MALFORMED("", 3)},
    {MESSAGE, BYTES("\x01\x01x\x89\x01p\x02\x01y"), MALFORMED("", 6)},
    {MESSAGE, BYTES("\x81\x01x\x01\x01x\x00\x7e\x00\x7d"), MALFORMED("[x]", 8)},
    {MESSAGE, BYTES("\x01\x01x\x89\x7e"), MALFORMED("", 4)},
    {MESSAGE, BYTES("\x01\x01x\xc0\x00"), MALFORMED("", 3)},
    {MESSAGE, BYTES("\x01\x01x\x00\x7f\x00\x00\x00\x00\x03\xff\xff\xff"), TRUNCATED("", 13)},
    /* Close inside a message: what was to come of it never will. */
    {MESSAGE, BYTES("\x01\x01x\x88\x00"), TRUNCATED("", 5)},
    {MESSAGE, BYTES("\x01\x01x\x88\x00\x80\x00"), MALFORMED("", 5)},
    {MESSAGE, BYTES("\x01\x01x"), TRUNCATED("", 3)},
    {MESSAGE, BYTES("\x01\x01x\x00\x02y"), TRUNCATED("", 6)},
    {MESSAGE, BYTES("\x01\x01x\x89\x02y"), TRUNCATED("", 6)},
    {MESSAGE, BYTES("\x81\x01x\x89"), TRUNCATED("[x]", 4)},
    /* RFC 7692, section 7.2.3: "Hello" compressed, and in two fragments (section 6.1). */
    {"websocket,rsv1", BYTES("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"),
     GIVES("[\\xf2H\\xcd\\xc9\\xc9\\x07\\x00]")},
    {"websocket,rsv1", BYTES("\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00"),
     GIVES("[\\xf2H\\xcd][\\xc9\\xc9\\x07\\x00]")},
    {MESSAGE ",rsv1", BYTES("\x41\x03\xf2\x48\xcd\x89\x00\x80\x04\xc9\xc9\x07\x00\x81\x01x"),
     GIVES("[\\xf2H\\xcd\\xc9\\xc9\\x07\\x00][x]")},
    {"websocket,rsv1", BYTES("\xc2\x81zzzzx"), GIVES("[\\x02]")},
    {"websocket,rsv1", BYTES("\x41\x00\xc0\x00"), MALFORMED("[]", 2)},
    {"websocket,rsv1", BYTES("\xc9\x00"), MALFORMED("", 0)},
    {"websocket,rsv1", BYTES("\x81\x00\xa1\x00"), MALFORMED("[]", 2)},
    {"websocket,rsv1", BYTES("\xd1\x00"), MALFORMED("", 0)},
};

START_TEST(websocket_fragments_are_joined_where_that_is_asked)
{
    check_example(&messages[_i], true);
}
END_TEST

/* Section 5.7 again, and the greatest and least lengths of each kind. */
static const struct {
    size_t size;
    const char *header;
    size_t header_size;
} long_frames[] = {
    {125, BYTES("\x82\x7d")},
    {126, BYTES("\x82\x7e\x00\x7e")},
    {256, BYTES("\x82\x7e\x01\x00")},
    {65535, BYTES("\x82\x7e\xff\xff")},
    {65536, BYTES("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00")},
};

static void check_long_frame(const uint8_t *wire, size_t wire_size, const uint8_t *payload,
                             size_t size)
{
    for (enum call call = BY_NEXT; call <= BY_BATCH + 5; call++) {
        struct way way = {.call = call, .cut = wire_size / 2, .step = wire_size, .changed = true};
        struct record_list got;

        read_input("websocket", NULL, wire, wire_size, &way, &got);
        expect(got.count == 1 && got.size == size && memcmp(got.bytes, payload, size) == 0,
               "call %d: %zu records, %zu bytes", (int)call, got.count, got.size);
        list_free(&got);
    }
}

START_TEST(websocket_lengths_are_of_three_kinds)
{
    static uint8_t payload[65536];
    const size_t size = long_frames[_i].size, header_size = long_frames[_i].header_size;
    struct record_list wire = {.count = 0}, masked = {.count = 0};
    struct prng prng = {(uint64_t)_i};

    for (size_t i = 0; i < size; i++)
        payload[i] = (uint8_t)prng_next(&prng);
    list_add(&wire, long_frames[_i].header, header_size);
    list_add(&wire, payload, size);
    check_long_frame(wire.bytes, wire.size, payload, size);

    /* By hand: the bit, a key, and each byte with a byte of it. */
    list_add(&masked, wire.bytes, header_size);
    masked.bytes[1] |= 0x80;
    list_add(&masked, "\xa5\x01\xff\x00", 4);
    for (size_t i = 0; i < size; i++)
        list_add(&masked, &(uint8_t){payload[i] ^ masked.bytes[header_size + i % 4]}, 1);
    check_long_frame(masked.bytes, masked.size, payload, size);
    list_free(&masked);
    list_free(&wire);
}
END_TEST

/* What is not masked need not go through the buffer. */
START_TEST(a_long_payload_can_go_by_elsewhere)
{
    static const char *const headers[] = {"\x82\x7e\x03\xe8", "\x82\xfe\x03\xe8"};
    const bool masked = _i == 1;
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *buffer = NULL;
    struct cb_piece piece;
    size_t length = 0;

    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "websocket", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append(buffer, headers[_i], 4), CB_OK);
    ck_assert_int_eq(cb_append(buffer, "\0\0\0\0abc", 7), CB_OK);
    while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE) {
        ck_assert_uint_eq(piece.total, 1000);
        length += piece.length;
    }
    ck_assert_uint_eq(length, masked ? 3 : 7);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), masked ? 0 : 993);
    if (!masked) {
        ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 992), CB_OK);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
        ck_assert_uint_eq(cb_decoder_needed(decoder), 1);
        ck_assert_int_eq(cb_append(buffer, "z\x81\x01x", 4), CB_OK);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        ck_assert_uint_eq(piece.length, 1);
        ck_assert_uint_eq(piece.offset, 4 + 999);
        ck_assert_uint_eq(piece.flags, CB_LAST);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        ck_assert_uint_eq(piece.offset, 4 + 1000 + 2);
        ck_assert(piece.length == 1 && piece.data[0] == 'x');
    }
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

/* --------------------------------------------------------------------- limits */

static const struct limited cut_short[] = {
    {"slip", BYTES("ab\xc0x\xdb\xdc"), 0, CB_PARTIAL_EMIT, GIVES("[ab][x\\xc0]")},
    {"slip", BYTES("ab\xc0x\xdb"), 0, CB_PARTIAL_EMIT, GIVES("[ab][x]")},
    {"slip", BYTES("ab\xc0x\xdb"), 0, CB_PARTIAL_DROP, GIVES("[ab]")},
    {"slip", BYTES("ab\xc0\xc0\xc0"), 0, CB_PARTIAL_EMIT, GIVES("[ab]")},
    {"slip,keep", BYTES("ab\xc0\xc0x\xdb"), 0, CB_PARTIAL_EMIT, GIVES("[ab\\xc0][\\xc0x\\xdb]")},
    {"slip,keep", BYTES("ab\xc0\xc0"), 0, CB_PARTIAL_EMIT, GIVES("[ab\\xc0]")},
    /* Limits are for what is given. */
    {"slip", BYTES("a\xdb\xdc\xc0"), 2, CB_PARTIAL_DEFAULT, GIVES("[a\\xc0]")},
    {"slip", BYTES("a\xdb\xdcx\xc0"), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"slip",
     BYTES("ab\xc0"
           "abc\xc0"),
     2, CB_PARTIAL_DEFAULT, FAILS("[ab]", CB_EOVERFLOW, 3)},
    {"hdlc", BYTES("~ab~x}^"), 0, CB_PARTIAL_EMIT, GIVES("[ab][x~]")},
    {"hdlc", BYTES("~ab~x}"), 0, CB_PARTIAL_EMIT, GIVES("[ab][x]")},
    {"hdlc", BYTES("~ab~x}~"), 0, CB_PARTIAL_EMIT, GIVES("[ab]")},
    {"hdlc", BYTES("~ab~x"), 0, CB_PARTIAL_DROP, GIVES("[ab]")},
    {"hdlc", BYTES("~ab~abc~"), 2, CB_PARTIAL_DEFAULT, FAILS("[ab]", CB_EOVERFLOW, 4)},
    {"hdlc", BYTES("~ab}~abc}~"), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 5)},
    {"hdlc,keep", BYTES("~ab}~"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"cobs", BYTES("\2a\0\5bc"), 0, CB_PARTIAL_EMIT, GIVES("[a][bc]")},
    {"cobs", BYTES("\2a\0\1"), 0, CB_PARTIAL_EMIT, GIVES("[a][]")},
    {"cobs", BYTES("\2a\0\2b"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"cobs", BYTES("\2a\0\3bc\0\4def\0"), 2, CB_PARTIAL_DEFAULT, FAILS("[a][bc]", CB_EOVERFLOW, 7)},
    {"sse", BYTES("a\n\nb\r\n"), 0, CB_PARTIAL_EMIT, GIVES("[a][b]")},
    {"sse,keep", BYTES("a\n\nb\r\n"), 0, CB_PARTIAL_EMIT, GIVES("[a\\x0a\\x0a][b\\x0d\\x0a]")},
    {"sse,data", BYTES("data:a\n\ndata:b\ndata:c"), 0, CB_PARTIAL_EMIT, GIVES("[a][b\\x0ac]")},
    {"sse,data", BYTES("data:a\n\nid:b\ndata"), 0, CB_PARTIAL_EMIT, GIVES("[a]")},
    {"sse,data", BYTES("data:a\n\nid:b\ndata"), 0, CB_PARTIAL_DROP, GIVES("[a]")},
    {"sse,data", BYTES("data:a\n\ndata:b\n"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a]", 15)},
    {"sse,data", BYTES("data:a\n\nid:b\n"), 0, CB_PARTIAL_FAIL, TRUNCATED("[a]", 13)},
    {"sse,data", BYTES("data:ab\n\ndata:a\ndata:b\n\n"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[ab]", CB_EOVERFLOW, 9)},
    /* ... also if the input is wrong after them. */
    {"cobs", BYTES("\6abc\0"), 3, CB_PARTIAL_DEFAULT, MALFORMED("", 4)},
    {"cobs", BYTES("\6abc\0"), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"cobs,keep", BYTES("\6abc\0"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"slip", BYTES("abc\xdb\xdb"), 3, CB_PARTIAL_DEFAULT, MALFORMED("", 4)},
    {"slip", BYTES("abc\xdb\xdb"), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"slip,keep", BYTES("abc\xdb\xdb"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"websocket", BYTES("\x81\x05Hel"), 0, CB_PARTIAL_EMIT, GIVES("[Hel]")},
    {"websocket", BYTES("\x81\x85\x37\xfa\x21\x3d\x7f"), 0, CB_PARTIAL_EMIT, GIVES("[H]")},
    {"websocket", BYTES("\x81\x80zzzz\x81\x85\x37"), 0, CB_PARTIAL_EMIT, GIVES("[][]")},
    {"websocket,keep", BYTES("\x81\x85\x37"), 0, CB_PARTIAL_EMIT, GIVES("[\\x81\\x857]")},
    {"websocket,data", BYTES("\x82\x00\x89\x05\x37"), 0, CB_PARTIAL_EMIT, GIVES("[]")},
    {"websocket", BYTES("\x81\x01x\x81\x05Hel"), 0, CB_PARTIAL_DROP, GIVES("[x]")},
    {"websocket", BYTES("\x01\x01x"), 0, CB_PARTIAL_DROP, GIVES("[x]")},
    {"websocket", BYTES("\x01\x01x"), 0, CB_PARTIAL_EMIT, GIVES("[x]")},
    {"websocket", BYTES("\x01\x01x"), 0, CB_PARTIAL_FAIL, TRUNCATED("[x]", 3)},
    {MESSAGE, BYTES("\x01\x01x\x89\x00\x00\x02y"), 0, CB_PARTIAL_EMIT, GIVES("[xy]")},
    {MESSAGE, BYTES("\x01\x01x\x89\x02y"), 0, CB_PARTIAL_EMIT, GIVES("[x]")},
    {MESSAGE ",keep", BYTES("\x01\x01x\x89\x02y"), 0, CB_PARTIAL_EMIT,
     GIVES("[\\x01\\x01x\\x89\\x02y]")},
    {MESSAGE, BYTES("\x81\x01x\x01\x01y\x88\x00"), 0, CB_PARTIAL_DROP, GIVES("[x]")},
    {MESSAGE, BYTES("\x81\x01x\x89"), 0, CB_PARTIAL_EMIT, GIVES("[x]")},
    {MESSAGE, BYTES("\x01\x01x\x80\x01y\x01\x01x\x80\x02"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[xy]", CB_EOVERFLOW, 6)},
    {MESSAGE, BYTES("\x01\x82zzzzxx\x00\x81zzzz"), 2, CB_PARTIAL_DEFAULT,
     FAILS("", CB_EOVERFLOW, 0)},
    {"websocket", BYTES("\x81\x82zzzz\x15\x11\x81\x83"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[ok]", CB_ETRUNCATED, 10)},
    {"websocket", BYTES("\x81\x82zzzz\x15\x11\x81\x83zzzz"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[ok]", CB_EOVERFLOW, 8)},
    {"slip,keep", BYTES("a\xc0\xc0x\xc0"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[a\\xc0]", CB_EOVERFLOW, 2)},
};

START_TEST(what_is_cut_short_or_too_long_is_treated_as_asked)
{
    check_limited(&cut_short[_i], true);
}
END_TEST

/* ---------------------------------------------------------------- all of them */

static void check_encoded_in_steps(const char *specification, const uint8_t *payload, size_t size,
                                   size_t step, struct record_list *wire);

/* Of `limit` bytes at most: longer ones are left out, or cut. */
static void limit_records(const struct record_list *all, size_t limit, enum cb_overflow how,
                          struct record_list *wanted)
{
    size_t at = 0;

    for (size_t i = 0; i < all->count; at = all->ends[i++]) {
        size_t n = all->ends[i] - at;

        if (n > limit && how == CB_OVERFLOW_SKIP)
            continue;
        list_add(wanted, all->bytes + at, n < limit ? n : limit);
        list_end(wanted);
    }
}

/* Frames in these, and what to decode them by. */
static const struct {
    const char *to, *from;
} long_ones[] = {
    {"slip", "slip"},
    {"slip", "slip,keep"},
    {"hdlc", "hdlc"},
    {"hdlc", "hdlc,keep"},
    {"cobs", "cobs"},
    {"cobs", "cobs,keep"},
    {"sse", "sse"},
    {"sse", "sse,data"},
    {"sse", "sse,keep"},
    {"websocket", "websocket"},
    {"websocket,mask", "websocket"},
    {"websocket,mask", "websocket,keep"},
};

static void encode_some(const char *specification, struct prng *prng, struct record_list *wire)
{
    for (size_t left = prng_below(prng, 12); left > 0; left--) {
        uint8_t bytes[32];
        size_t n = 1 + prng_below(prng, sizeof bytes);

        prng_fill(prng, bytes, n, BYTES("ab\n\xc0\xdb~}\0"));
        check_encoded_in_steps(specification, bytes, n, n, wire);
    }
}

START_TEST(records_that_are_too_long_can_be_left_out_or_cut)
{
    struct prng prng = {900 + (uint64_t)_i};

    for (int round = 0; round < 300; round++) {
        struct record_list wire = {.count = 0}, wanted = {.count = 0}, all, got;
        struct cb_decoder_options options = {
            .size = sizeof options,
            .max_record = 1 + prng_below(&prng, 30),
            .on_overflow = round % 2 ? CB_OVERFLOW_SKIP : CB_OVERFLOW_TRUNCATE,
        };
        struct way way = {.call = (enum call)prng_below(&prng, BY_BATCH + 10),
                          .whole = prng_below(&prng, 2) == 1,
                          .cut = 1 + prng_below(&prng, 40),
                          .step = 1 + prng_below(&prng, 40),
                          .changed = true};

        if (way.call == BY_TAKE)
            way.cut = way.step = 40; /* a record in 64 chunks at most */
        encode_some(long_ones[_i].to, &prng, &wire);
        list_add(&wire, "", 0);
        read_input(long_ones[_i].from, NULL, wire.bytes, wire.size, &way, &all);
        limit_records(&all, (size_t)options.max_record, options.on_overflow, &wanted);
        read_input(long_ones[_i].from, &options, wire.bytes, wire.size, &way, &got);
        expect(got.count == wanted.count && got.size == wanted.size &&
                   (got.size == 0 || memcmp(got.bytes, wanted.bytes, got.size) == 0),
               "%s, call %d, %s, %s %d: %zu records of %zu, %zu bytes of %zu", long_ones[_i].from,
               (int)way.call, way.whole ? "whole" : "pieces", round % 2 ? "skip" : "truncate",
               (int)options.max_record, got.count, wanted.count, got.size, wanted.size);
        list_free(&got);
        list_free(&all);
        list_free(&wanted);
        list_free(&wire);
    }
}
END_TEST

/* Random bytes of these give frames and faults. */
static const struct {
    const char *specification, *alphabet;
    size_t letters;
} any_input[] = {
    {"slip", BYTES("ab\xc0\xc0\xdb\xdc\xdd")},
    {"slip,keep", BYTES("ab\xc0\xc0\xdb\xdc\xdd")},
    {"slip", BYTES("abcd\xc0")},
    {"hdlc", BYTES("ab~~}^")},
    {"hdlc,keep", BYTES("ab~~}^")},
    {"hdlc", BYTES("abcd~~~~~")},
    {"websocket", BYTES("\x01\x02\x00\x82\x81\x89\x04")},
    {"websocket,keep", BYTES("\x01\x02\x00\x82\x81\x89\x04")},
    {"websocket,data", BYTES("\x01\x02\x00\x82\x81\x89\x04")},
    {"websocket,message", BYTES("\x01\x01\x02\x00\x80\x81\x89\x04")},
    {"websocket,message,rsv1,keep", BYTES("\x01\x41\x01\x02\x00\x80\x81\x89\x88")},
    {"sse", BYTES("ab:\r\n\r\n\r\n")},
    {"sse,keep", BYTES("ab:\r\n\r\n\r\n")},
    {"sse", BYTES("\xef\xbb\xbf\n\n")},
    {"cobs", BYTES("\0\0\1\2\3\xff")},
    {"cobs,keep", BYTES("\0\0\1\2\3\4")},
};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    check_random(any_input[_i].specification, true, any_input[_i].alphabet, any_input[_i].letters,
                 (uint64_t)_i);
}
END_TEST

static const struct trip trips[] = {
    {"slip", NULL, 1, 600},     {"slip", "\xc0\xdb\xdc\xdd", 1, 300},
    {"slip", "abc\xdb", 1, 40}, {"cobs", NULL, 0, 600},
    {"cobs", "abc", 0, 600},    {"cobs", "abc", 250, 260},
    {"hdlc", NULL, 1, 600},     {"hdlc", "}~]^", 1, 300},
};

START_TEST(what_is_encoded_is_decoded_again)
{
    check_trip(&trips[_i], true, (uint64_t)_i);
}
END_TEST

/* ------------------------------------------------------------------- encoding */

struct encoded {
    const char *specification;
    const char *payload;
    size_t size;
    const char *wire;
    size_t wire_size;
};

static void add(struct record_list *wire, int status, const void *data, size_t n)
{
    ck_assert_int_eq(status, CB_OK);
    list_add(wire, data, n);
}

/* The payload comes `step` bytes at a time. */
static void check_encoded_in_steps(const char *specification, const uint8_t *payload, size_t size,
                                   size_t step, struct record_list *wire)
{
    struct cb_encoder *encoder = NULL;
    const void *data;
    size_t given;

    expect(cb_encoder_new(&encoder, specification, NULL, NULL) == CB_OK, "%s", specification);
    int status = step_begin(encoder, size, &data, &given);
    add(wire, status, data, given);
    for (size_t at = 0; at < size;) {
        uint8_t room[CB__TRANSFORM_ROOM];
        size_t n = size - at < step ? size - at : step;
        const struct cb_piece piece = {
            .data = payload + at,
            .length = n,
            .record = 1,
            .total = size,
            .flags = (at ? 0 : (unsigned)CB_FIRST) | (at + n == size ? (unsigned)CB_LAST : 0),
        };

        ck_assert_int_eq(step_look(encoder, &piece), CB_OK);
        if (!(cb_encoder_traits(encoder) & CB_TRANSFORMS)) {
            list_add(wire, payload + at, n);
            at += n;
            continue;
        }
        given = sizeof room;
        status = step_payload(encoder, payload + at, &n, room, &given);
        ck_assert(status == CB_OK || status == CB_YES);
        list_add(wire, room, given);
        at += n;
    }
    status = step_end(encoder, &data, &given);
    add(wire, status, data, given);
    cb_encoder_free(encoder);
}

static void check_encoded(const char *specification, const uint8_t *payload, size_t size,
                          const uint8_t *wire, size_t wire_size)
{
    for (size_t step = 1; step <= size + 1; step++) {
        struct record_list got = {.count = 0};

        check_encoded_in_steps(specification, payload, size, step, &got);
        expect(got.size == wire_size && memcmp(got.bytes, wire, wire_size) == 0,
               "%s, %zu bytes in steps of %zu: other bytes", specification, size, step);
        list_free(&got);
    }
}

static const struct encoded encoded[] = {
    {"slip", BYTES("ab"),
     BYTES("\xc0"
           "ab\xc0")},
    {"slip", BYTES("\xc0\xdb\xdc\xdd"), BYTES("\xc0\xdb\xdc\xdb\xdd\xdc\xdd\xc0")},
    {"hdlc", BYTES("ab"), BYTES("~ab~")},
    {"hdlc", BYTES("}~]^"), BYTES("~}]}^]^~")},
    {"websocket,text", BYTES("Hello"), BYTES("\x81\x05Hello")},
    {"websocket", BYTES("Hello"), BYTES("\x82\x05Hello")},
    {"websocket", BYTES(""), BYTES("\x82\x00")},
    {"sse", BYTES(""), BYTES("data: \n\n")},
    {"sse", BYTES("a b"), BYTES("data: a b\n\n")},
    {"sse", BYTES("a\nb\rc\r\nd\n\re"),
     BYTES("data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\n\n")},
    {"sse", BYTES("\r\n\r\n\r\r"), BYTES("data: \ndata: \ndata: \ndata: \ndata: \n\n")},
    {"sse", BYTES("\n"), BYTES("data: \ndata: \n\n")},
    {"cobs", BYTES(""), BYTES("\1\0")},
    {"cobs", BYTES("\0"), BYTES("\1\1\0")},
    {"cobs", BYTES("\0\0"), BYTES("\1\1\1\0")},
    {"cobs", BYTES("\0\x11\0"), BYTES("\1\2\x11\1\0")},
    {"cobs", BYTES("ab\0c"), BYTES("\3ab\2c\0")},
    {"cobs", BYTES("abcd"), BYTES("\5abcd\0")},
    {"cobs", BYTES("a\0\0\0"), BYTES("\2a\1\1\1\0")},
};

START_TEST(payloads_are_encoded_to_these_bytes)
{
    const struct encoded *example = &encoded[_i];

    check_encoded(example->specification, (const uint8_t *)example->payload, example->size,
                  (const uint8_t *)example->wire, example->wire_size);
}
END_TEST

/* A record of no bytes, in one piece or in two. */
START_TEST(slip_and_hdlc_have_no_empty_record)
{
    static const char *const specifications[] = {"slip", "hdlc"};
    struct cb_encoder *encoder = NULL;
    struct cb_piece piece = {.data = (const uint8_t *)"x", .offset = 7, .record = 3};

    ck_assert_int_eq(cb_encoder_new(&encoder, specifications[_i], NULL, NULL), CB_OK);
    for (int i = 0; i < 2; i++) {
        piece.flags = CB_FIRST | CB_LAST;
        piece.length = 1;
        ck_assert_int_eq(step_look(encoder, &piece), CB_OK);
        piece.length = 0;
        ck_assert_int_eq(step_look(encoder, &piece), CB_EUNENCODABLE);
        ck_assert_uint_eq(cb_encoder_error(encoder)->record, 3);
        ck_assert_uint_eq(cb_encoder_error(encoder)->offset, 7);
        piece.flags = CB_FIRST;
        ck_assert_int_eq(step_look(encoder, &piece), CB_OK);
        piece.flags = CB_LAST;
        ck_assert_int_eq(step_look(encoder, &piece), CB_EUNENCODABLE);
    }
    cb_encoder_free(encoder);
}
END_TEST

/* `mask` differs by the bit and the key, which is another one each time. */
START_TEST(websocket_headers_tell_the_length)
{
    struct cb_encoder *encoder = NULL, *masking = NULL;
    const size_t size = long_frames[_i].header_size;
    uint8_t keys[200][4];
    const void *data;
    size_t n, same = 0;

    ck_assert_int_eq(cb_encoder_new(&encoder, "websocket", NULL, NULL), CB_OK);
    ck_assert_int_eq(step_begin(encoder, long_frames[_i].size, &data, &n), CB_OK);
    ck_assert_uint_eq(n, size);
    ck_assert(memcmp(data, long_frames[_i].header, n) == 0);
    ck_assert_int_eq(step_end(encoder, &data, &n), CB_OK);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(step_begin(encoder, UINT64_C(1) << 63, &data, &n), CB_EUNENCODABLE);
    cb_encoder_free(encoder);

    ck_assert_int_eq(cb_encoder_new(&masking, "websocket,mask", NULL, NULL), CB_OK);
    for (size_t i = 0; i < COUNT(keys); i++) {
        const uint8_t *header;

        ck_assert_int_eq(step_begin(masking, long_frames[_i].size, &data, &n), CB_OK);
        header = data;
        ck_assert_uint_eq(n, size + 4);
        ck_assert_uint_eq(header[1], (uint8_t)long_frames[_i].header[1] | 0x80);
        ck_assert(memcmp(header + 2, long_frames[_i].header + 2, size - 2) == 0);
        memcpy(keys[i], header + size, 4);
        for (size_t k = 0; k < i; k++)
            same += memcmp(keys[i], keys[k], 4) == 0;
    }
    cb_encoder_free(masking);
    ck_assert_uint_lt(same, 3); /* of 19900 pairs; one in 2^32 is by chance */
}
END_TEST

/* A key goes on where the part before ended. */
START_TEST(websocket_masks_in_parts)
{
    static const uint8_t payload[] = "a payload of 26 characters";

    for (size_t step = 1; step <= sizeof payload; step++) {
        struct way way = {.cut = 100, .step = 100, .changed = true};
        struct record_list wire = {.count = 0}, got;

        check_encoded_in_steps("websocket,mask", payload, sizeof payload, step, &wire);
        expect(memcmp(wire.bytes + 6, payload, sizeof payload) != 0, "it is not masked");
        read_input("websocket", NULL, wire.bytes, wire.size, &way, &got);
        expect(got.size == sizeof payload && memcmp(got.bytes, payload, got.size) == 0,
               "in steps of %zu: another payload", step);
        list_free(&got);
        list_free(&wire);
    }
}
END_TEST

START_TEST(sse_refuses_cr_only_if_asked)
{
    struct cb_encoder_options options = {.size = sizeof options, .refuse_collisions = 1};
    const struct cb_piece piece = {
        .data = (const uint8_t *)"ab\r\nc", .length = 5, .offset = 10, .record = 4};
    struct cb_encoder *encoder = NULL;

    ck_assert_int_eq(cb_encoder_new(&encoder, "sse", NULL, NULL), CB_OK);
    ck_assert(!(cb_encoder_traits(encoder) & CB_LOOKS));
    ck_assert_int_eq(step_look(encoder, &piece), CB_OK);
    cb_encoder_free(encoder);
    ck_assert_int_eq(cb_encoder_new(&encoder, "sse", &options, NULL), CB_OK);
    ck_assert(cb_encoder_traits(encoder) & CB_LOOKS);
    ck_assert_int_eq(step_look(encoder, &piece), CB_EUNENCODABLE);
    ck_assert_uint_eq(cb_encoder_error(encoder)->offset, 12);
    ck_assert_uint_eq(cb_encoder_error(encoder)->record, 4);
    cb_encoder_free(encoder);
}
END_TEST

static Suite *stuffed_suite(void)
{
    Suite *suite = suite_create("stuffed");
    TCase *records = add_case(suite, "records");
    TCase *random = add_case(suite, "random");
    TCase *encoding = add_case(suite, "encoding");

    tcase_add_loop_test(records, slip_packets_end_at_their_mark, 0, (int)COUNT(slip));
    tcase_add_loop_test(records, hdlc_frames_stand_between_flags_unless_they_are_cancelled, 0,
                        (int)COUNT(hdlc));
    tcase_add_loop_test(records, cobs_frames_end_at_zero, 0, (int)COUNT(cobs));
    tcase_add_loop_test(records, full_blocks_go_both_ways, 0, (int)COUNT(full_blocks));
    tcase_add_test(records, an_empty_block_after_a_full_one_says_nothing);
    tcase_add_loop_test(records, events_end_at_an_empty_line, 0, (int)COUNT(sse));
    tcase_add_test(records, events_are_those_of_the_standard);
    tcase_add_loop_test(records, an_event_that_ends_in_cr_is_not_held_back, 0, 3);
    tcase_add_loop_test(records, websocket_frames_are_unmasked, 0, (int)COUNT(websocket));
    tcase_add_loop_test(records, websocket_fragments_are_joined_where_that_is_asked, 0,
                        (int)COUNT(messages));
    tcase_add_loop_test(records, websocket_lengths_are_of_three_kinds, 0, (int)COUNT(long_frames));
    tcase_add_loop_test(records, a_long_payload_can_go_by_elsewhere, 0, 2);
    tcase_add_loop_test(records, what_is_cut_short_or_too_long_is_treated_as_asked, 0,
                        (int)COUNT(cut_short));
    tcase_add_loop_test(random, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    tcase_add_loop_test(random, what_is_encoded_is_decoded_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(random, records_that_are_too_long_can_be_left_out_or_cut, 0,
                        (int)COUNT(long_ones));
    tcase_add_loop_test(encoding, payloads_are_encoded_to_these_bytes, 0, (int)COUNT(encoded));
    tcase_add_loop_test(encoding, websocket_headers_tell_the_length, 0, (int)COUNT(long_frames));
    tcase_add_loop_test(encoding, slip_and_hdlc_have_no_empty_record, 0, 2);
    tcase_add_test(encoding, websocket_masks_in_parts);
    tcase_add_test(encoding, sse_refuses_cr_only_if_asked);
    return suite;
}

int main(void)
{
    return run_suite(stuffed_suite());
}
