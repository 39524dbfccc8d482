/* SPDX-License-Identifier: MIT */
/* Events sent by servers, as the HTML standard has them. */
#include <string.h>

#include "expect.h"
#include "reading.h"
#include "steps.h"
#include "stuffed.h"

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

/* ------------------------------------------------------------------- encoding */

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

static Suite *sse_suite(void)
{
    Suite *suite = suite_create("sse");
    TCase *records = add_case(suite, "records");
    TCase *encoding_case = add_case(suite, "encoding");

    tcase_add_loop_test(records, events_end_at_an_empty_line, 0, (int)COUNT(sse));
    tcase_add_test(records, events_are_those_of_the_standard);
    tcase_add_loop_test(records, an_event_that_ends_in_cr_is_not_held_back, 0, 3);
    tcase_add_test(encoding_case, sse_refuses_cr_only_if_asked);
    return suite;
}

int main(void)
{
    return run_suite(sse_suite());
}
