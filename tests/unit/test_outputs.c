/* SPDX-License-Identifier: MIT */
/*
 * What an encoder writes in the place of a payload, and what it refuses: hex,
 * base64, index, json, and collisions with delimiters.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "reading.h"
#include "steps.h"

/* ----------------------------------------------------------------- writing */

static struct cb_encoder *new_encoder(const char *specification, bool refuse)
{
    struct cb_encoder_options options = {.size = sizeof options, .refuse_collisions = refuse};
    struct cb_encoder *encoder = NULL;
    struct cb_error error;
    expect(cb_encoder_new(&encoder, specification, &options, &error) == CB_OK, "%s: %s",
           specification, error.text);
    return encoder;
}

static void put_begin(struct cb_encoder *encoder, size_t length, struct record_list *out)
{
    const void *data;
    size_t n;
    ck_assert_int_eq(step_begin(encoder, length, &data, &n), CB_OK);
    list_add(out, data, n);
}

static void put_end(struct cb_encoder *encoder, struct record_list *out)
{
    const void *data;
    size_t n;
    ck_assert_int_eq(step_end(encoder, &data, &n), CB_OK);
    list_add(out, data, n);
}

/* A piece of a payload, given `room` bytes to put it in at a time. */
static void put_payload(struct cb_encoder *encoder, const uint8_t *data, size_t left, size_t room,
                        struct record_list *out)
{
    uint8_t *bytes = malloc(room);
    int status = left > 0 ? CB_YES : CB_OK;
    expect(bytes, "out of memory");
    while (status == CB_YES) {
        size_t n = left, size = room;
        status = step_payload(encoder, data, &n, bytes, &size);
        expect(n > 0 || size > 0, "it goes on and on");
        list_add(out, bytes, size);
        data += n;
        left -= n;
    }
    expect(status == CB_OK && left == 0, "status %d with %zu left", status, left);
    free(bytes);
}

/* One record, in pieces of `step` bytes. */
static void write_record(struct cb_encoder *encoder, const char *payload, size_t n, size_t step,
                         size_t room, struct record_list *out)
{
    const unsigned traits = cb_encoder_traits(encoder);
    struct cb_piece piece = {.record = 1, .total = n};
    for (size_t at = 0; at < n || at == 0; at += step) {
        piece.data = (const uint8_t *)payload + at;
        piece.length = n - at < step ? n - at : step;
        piece.flags = (at == 0 ? (unsigned)CB_FIRST : 0) | (at + step >= n ? (unsigned)CB_LAST : 0);
        ck_assert_int_eq(step_look(encoder, &piece), CB_OK);
    }
    put_begin(encoder, n, out);
    for (size_t at = 0; at < n && !(traits & CB_NO_PAYLOAD); at += step)
        put_payload(encoder, (const uint8_t *)payload + at, n - at < step ? n - at : step, room,
                    out);
    put_end(encoder, out);
}

struct output {
    const char *specification;
    const char *payload;
    size_t size;
    const char *line;
};

static const struct output outputs[] = {
    /* RFC 4648 section 10. */
    {"base64", BYTES(""), "\n"},
    {"base64", BYTES("f"), "Zg==\n"},
    {"base64", BYTES("fo"), "Zm8=\n"},
    {"base64", BYTES("foo"), "Zm9v\n"},
    {"base64", BYTES("foob"), "Zm9vYg==\n"},
    {"base64", BYTES("fooba"), "Zm9vYmE=\n"},
    {"base64", BYTES("foobar"), "Zm9vYmFy\n"},
    {"base64", BYTES("\xfb\xff\xbf"), "+/+/\n"}, /* 62 and 63, table 1 */
    {"hex", BYTES(""), "\n"},
    {"hex", BYTES("foobar"), "666f6f626172\n"},
    {"hex", BYTES("\0\x7f\x80\xff"), "007f80ff\n"},
    {"index", BYTES("four"), "7\t1234567890123\t4\n"},
    /* Rows as those of xxd -s; the frame begins at 0 in this test. */
    {"dump", BYTES(""), "record 7 at byte 0, length 0\n"},
    {"dump", BYTES("0123456789abcdef\x1f \x7e\x7f"),
     "record 7 at byte 0, length 20\n"
     "         11f71fb04cb: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef\n"
     "         11f71fb04db: 1f20 7e7f                                . ~.\n"},
    /* RFC 8259 section 7: what has to be escaped, and its short forms. */
    {"json", BYTES(""), "{\"record\":7,\"offset\":1234567890123,\"length\":0,\"text\":\"\"}\n"},
    {"json", BYTES("a\"b\\c/d"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":7,\"text\":\"a\\\"b\\\\c/d\"}\n"},
    {"json", BYTES("\b\t\n\f\r"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":5,\"text\":\"\\b\\t\\n\\f\\r\"}\n"},
    {"json", BYTES("\0\x01\x0b\x1f\x7f"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":5,"
     "\"text\":\"\\u0000\\u0001\\u000b\\u001f\x7f\"}\n"},
    {"json", BYTES("sixteen letters, and \"more\" of them"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":35,"
     "\"text\":\"sixteen letters, and \\\"more\\\" of them\"}\n"},
    /* RFC 3629 section 4: the first and last of every row of its table, and
     * their neighbours. */
    {"json", BYTES("\xc2\x80\xdf\xbf"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":4,\"text\":\"\xc2\x80\xdf\xbf\"}\n"},
    {"json", BYTES("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":12,"
     "\"text\":\"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"}\n"},
    {"json", BYTES("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":8,"
     "\"text\":\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"}\n"},
    {"json", BYTES("\x80"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":1,\"base64\":\"gA==\"}\n"},
    {"json", BYTES("\xc1\xbf"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":2,\"base64\":\"wb8=\"}\n"},
    {"json", BYTES("\xe0\x9f\xbf"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":3,\"base64\":\"4J+/\"}\n"},
    {"json", BYTES("\xed\xa0\x80"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":3,\"base64\":\"7aCA\"}\n"},
    {"json", BYTES("\xf0\x8f\xbf\xbf"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":4,\"base64\":\"8I+/vw==\"}\n"},
    {"json", BYTES("\xf4\x90\x80\x80"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":4,\"base64\":\"9JCAgA==\"}\n"},
    {"json", BYTES("\xf5"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":1,\"base64\":\"9Q==\"}\n"},
    {"json", BYTES("\xc2"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":1,\"base64\":\"wg==\"}\n"},
    {"json", BYTES("letters, and then \xff"),
     "{\"record\":7,\"offset\":1234567890123,\"length\":19,"
     "\"base64\":\"bGV0dGVycywgYW5kIHRoZW4g/w==\"}\n"},
};

START_TEST(lines_that_stand_for_a_record)
{
    const struct output *output = &outputs[_i];
    for (size_t step = 1; step <= output->size + 1; step++) {
        for (size_t room = CB__TRANSFORM_ROOM; room < CB__TRANSFORM_ROOM + 9; room++) {
            struct record_list out = {.count = 0};
            struct cb_encoder *encoder = new_encoder(output->specification, false);
            step_place(encoder, 7, 1234567890123);
            write_record(encoder, output->payload, output->size, step, room, &out);
            expect(out.size == strlen(output->line) &&
                       memcmp(out.bytes, output->line, out.size) == 0,
                   "pieces of %zu, room %zu: %.*s", step, room, (int)out.size, out.bytes);
            /* The next record knows nothing of this one. */
            out.size = 0;
            step_place(encoder, 7, 1234567890123);
            write_record(encoder, output->payload, output->size, step, room, &out);
            expect(out.size == strlen(output->line), "the second one differs");
            list_free(&out);
            cb_encoder_free(encoder);
        }
    }
}
END_TEST

/* Also after a number that is nearly the same, or not. */
static void check_number(uint64_t number)
{
    static const uint64_t more[] = {0, 1, 9999, 10000, 20001, 0 - UINT64_C(1)};
    struct cb_encoder *encoder = new_encoder("index", false);
    for (size_t i = 0; i < COUNT(more); i++) {
        struct record_list out = {.count = 0};
        const uint64_t record = number + more[i], offset = number - more[i];
        char line[60];
        int n = snprintf(line, sizeof line, "%" PRIu64 "\t%" PRIu64 "\t1\n", record, offset);
        step_place(encoder, record, offset);
        write_record(encoder, "x", 1, 1, CB__TRANSFORM_ROOM, &out);
        expect(out.size == (size_t)n && memcmp(out.bytes, line, out.size) == 0, "%.*s, not %s",
               (int)out.size, out.bytes, line);
        list_free(&out);
    }
    cb_encoder_free(encoder);
}

START_TEST(numbers_of_every_length_are_written_as_printf_does)
{
    struct prng prng = {5};
    uint64_t power = 1;
    for (int digits = 1; digits <= 20; digits++, power *= 10) {
        check_number(power - 1);
        check_number(power);
        check_number(power + 1);
        for (int round = 0; round < 100; round++)
            check_number(prng_next(&prng) % power * (digits < 20 ? 10 : 1));
    }
    check_number(UINT64_MAX);
}
END_TEST

START_TEST(room_that_is_too_little_is_refused)
{
    struct cb_encoder *encoder = new_encoder("hex", false);
    uint8_t room[CB__TRANSFORM_ROOM];
    size_t n = 1, size = CB__TRANSFORM_ROOM - 1;
    ck_assert_int_eq(step_payload(encoder, "a", &n, room, &size), CB_EINVAL);
    cb_encoder_free(encoder);
    encoder = new_encoder("line", false);
    size = sizeof room;
    ck_assert_int_eq(step_payload(encoder, "a", &n, room, &size), CB_EINVAL);
    cb_encoder_free(encoder);
}
END_TEST

/* -------------------------------------------------------------- collisions */

struct collision {
    const char *specification;
    const char *payload;
    size_t size;
    uint64_t at; /* where; GOOD: it is none */
};

#define GOOD UINT64_MAX

static const struct collision collisions[] = {
    {"lf", BYTES("abc"), GOOD},
    {"lf", BYTES(""), GOOD},
    {"lf", BYTES("ab\ncd\n"), 2},
    {"lf", BYTES("abc\n"), 3},
    {"lf", BYTES("abc\r"), GOOD},
    {"line", BYTES("abc\r"), 3},
    {"line", BYTES("a\rbc"), GOOD},
    {"line", BYTES("a\r\nbc"), 2},
    {"crlf", BYTES("a\nb\rc\r"), GOOD},
    {"crlf", BYTES("a\nb\r\nc"), 3},
    {"nul", BYTES("a\0b"), 1},
    {"delim:;,or=!", BYTES("ab!c"), 2},
    /* "xa" and "aa" would be "x" and "a...": the delimiter comes too early. */
    {"delim:aa", BYTES("xa"), 1},
    {"delim:aa", BYTES("ax"), GOOD},
    {"delim:aba", BYTES("xab"), 1},
    {"delim:aba", BYTES("xb"), GOOD},
    {"delim:<end>", BYTES("<<en"), GOOD},
    {"delim:<end>", BYTES("<<end>"), 1},
    {"delim:ab,or=cab", BYTES("xc"), 1},
    {"paragraph", BYTES("a\nb"), GOOD},
    {"paragraph", BYTES("a\n\nb"), 2},
    {"paragraph", BYTES("a\n"), 1},
    {"paragraph", BYTES("ab\r"), 2},
    {"paragraph", BYTES(""), 0},
    {"line,skip-empty", BYTES(""), 0},
    {"between:<,end=--", BYTES("a-"), 1},
    {"between:<,end=--", BYTES("a--b"), 1},
    {"delim:;,skip-empty", BYTES(""), 0},
    {"delim:;,skip-empty", BYTES("x"), GOOD},
    /* RFC 7464: RS begins a text (section 2.2), and LF ends one. */
    {"json-seq", BYTES("{\"a\":\n[1, 2]}"), GOOD},
    {"json-seq", BYTES("true"), GOOD},
    {"json-seq", BYTES("-1.5e3"), GOOD},
    /* What follows a value would be left out, or be another one. */
    {"json-seq", BYTES("true "), 4},
    {"json-seq", BYTES("1 2"), 1},
    {"json-seq", BYTES("[][]"), 2},
    {"json-seq", BYTES("{}}"), 2},
    {"json-seq", BYTES("[1}"), 2},
    {"json-seq", BYTES("{\"a\":[{]}]}"), 7},
    /* What is no value would not be read back. */
    {"json-seq", BYTES("]"), 0},
    {"json-seq", BYTES("hello"), 0},
    {"json-seq", BYTES("\xef\xbb\xbf[]"), 0},
    {"json-seq", BYTES("01"), 1},
    {"json-seq", BYTES("truth"), 3},
    {"json-seq", BYTES("1."), 2},
    {"json-seq", BYTES("nul"), 3},
    {"json-seq", BYTES("1\x1e"), 1},
    {"json-seq", BYTES("\"a\\\"\n\""), GOOD},
    {"json-seq", BYTES("\"a\x1e\""), 2},
    {"json-seq", BYTES("\x1e{}"), 0},
    {"json-seq", BYTES("[1]\n[2]"), 3},
    {"json-seq", BYTES("12\n"), 2},
    {"json-seq", BYTES(" 1"), 0},
    {"json-seq", BYTES(""), 0},
    {"json-seq", BYTES("[1,"), 3},
    {"json-seq", BYTES("\"ab"), 3},
    {"sse", BYTES("ab\ncd\n"), GOOD},
    {"sse", BYTES("ab\r\ncd"), 2},
    {"slip", BYTES(""), 0},
    {"slip", BYTES("\xc0\xdb"), GOOD},
    {"hdlc", BYTES(""), 0},
    {"hdlc", BYTES("}~"), GOOD},
    /* These records are whole frames. */
    {"bson", BYTES("\5\0\0\0\0"), GOOD},
    {"bson", BYTES("\6\0\0\0\0"), 0},
    {"bson", BYTES("\5\0\0\0x"), 4},
    {"bson", BYTES("hi"), 0},
    {"bson", BYTES(""), 0},
    {"u8", BYTES("a\nb"), GOOD},
    {"raw", BYTES("a\nb"), GOOD},
};

/* Where a record in pieces of `step` bytes is refused, the last of them perhaps empty. */
static uint64_t find_collision(const struct collision *c, size_t step, bool ends_empty)
{
    struct cb_encoder *encoder = new_encoder(c->specification, true);
    uint64_t found = GOOD;
    size_t at = 0;
    bool last;
    do {
        const size_t left = c->size - at;
        last = ends_empty ? !left : left <= step;
        struct cb_piece piece = {
            .data = (const uint8_t *)c->payload + at,
            .length = left < step ? left : step,
            .record = 5,
            .offset = 100 + at,
            .total = c->size,
            .flags = (at == 0 ? (unsigned)CB_FIRST : 0) | (last ? (unsigned)CB_LAST : 0),
        };
        int status = step_look(encoder, &piece);
        const struct cb_error *error = cb_encoder_error(encoder);
        at += piece.length;
        if (status == CB_OK)
            continue;
        ck_assert_int_eq(status, CB_EUNENCODABLE);
        ck_assert_int_eq(error->code, CB_EUNENCODABLE);
        ck_assert_uint_eq(error->record, 5);
        found = error->offset - 100;
    } while (!last && found == GOOD);
    cb_encoder_free(encoder);
    return found;
}

START_TEST(a_collision_is_refused_where_it_is)
{
    const struct collision *c = &collisions[_i];
    for (size_t step = 1; step <= c->size + 1; step++) {
        for (unsigned ends_empty = 0; ends_empty <= 1; ends_empty++) {
            const uint64_t found = find_collision(c, step, ends_empty);
            expect(found == c->at, "pieces of %zu: at %" PRIu64 ", not %" PRIu64, step, found,
                   c->at);
        }
    }
}
END_TEST

START_TEST(collisions_pass_unless_they_are_to_be_refused)
{
    struct cb_encoder *encoder = new_encoder("lf", false);
    struct cb_piece piece = {
        .data = (const uint8_t *)"a\nb", .length = 3, .flags = CB_FIRST | CB_LAST};
    ck_assert_uint_eq(cb_encoder_traits(encoder) & CB_LOOKS, 0);
    ck_assert_int_eq(step_look(encoder, &piece), CB_OK);
    cb_encoder_free(encoder);
}
END_TEST

/* Writes what there is to begin or end a record with. */
static int put_bytes(int status, const void *data, size_t n, struct record_list *out)
{
    if (status == CB_OK)
        list_add(out, data, n);
    return status;
}

/* A record, or why it is refused. */
static int put_record(struct cb_encoder *encoder, const uint8_t *payload, size_t n,
                      struct record_list *out)
{
    struct cb_piece piece = {.data = payload, .length = n, .total = n, .flags = CB_FIRST | CB_LAST};
    const bool transforms = cb_encoder_traits(encoder) & CB_TRANSFORMS;
    const void *data;
    size_t size;
    int status = step_look(encoder, &piece);

    if (status == CB_OK)
        status = step_begin(encoder, n, &data, &size);
    if (status != CB_OK)
        return status;
    put_bytes(status, data, size, out);
    if (transforms)
        put_payload(encoder, payload, n, CB__TRANSFORM_ROOM, out);
    else
        list_add(out, payload, n);
    status = step_end(encoder, &data, &size);
    return put_bytes(status, data, size, out);
}

/* A framing, and what there is to trip over in it. */
struct promise {
    const char *to, *from, *alphabet;
    size_t letters;
};

/* The promise: whatever is not refused is read back as it was.  And what would
 * be read back is not refused. */
static void check_promise(const struct promise *promise, struct prng *prng)
{
    struct cb_encoder *encoder = new_encoder(promise->to, true);
    struct cb_encoder *careless = new_encoder(promise->to, false);
    struct record_list wire = {.count = 0}, got;
    uint8_t payload[8];
    size_t n = prng_below(prng, sizeof payload + 1), size;
    struct way way = {.call = BY_NEXT, .whole = true, .cut = 100, .step = 100, .changed = true};
    const void *data;

    prng_fill(prng, payload, n, promise->alphabet, promise->letters);
    int status = put_record(encoder, payload, n, &wire);
    if (status != CB_OK) {
        wire.size = 0;
        put_record(careless, payload, n, &wire);
    }
    int finished = step_finish(encoder, &data, &size);
    put_bytes(finished, data, size, &wire);
    list_add(&wire, "", 0);
    read_input(promise->from, NULL, wire.bytes, wire.size, &way, &got);
    bool same = got.count == 1 && got.size == n && (n == 0 || memcmp(got.bytes, payload, n) == 0);
    expect(same == (status == CB_OK), "%s: a record of %zu bytes, %.*s, is %s, and %s", promise->to,
           n, (int)n, payload, status == CB_OK ? "let through" : "refused",
           same ? "the same" : "another");
    list_free(&got);
    list_free(&wire);
    cb_encoder_free(encoder);
    cb_encoder_free(careless);
}

#define DELIMITED(specification)                                                                   \
    {                                                                                              \
        specification, specification, BYTES("aab\r\n;")                                            \
    }
#define STUFFED(to, from)                                                                          \
    {                                                                                              \
        to, from, BYTES("a0\r\n: \0\1\x1e\xc0\xdb\xdc\xdd")                                        \
    }

static const struct promise promised[] = {
    DELIMITED("line"),
    DELIMITED("lf"),
    DELIMITED("crlf"),
    DELIMITED("delim:a"),
    DELIMITED("delim:aa"),
    DELIMITED("delim:ab"),
    DELIMITED("delim:aab"),
    DELIMITED("delim:aba"),
    DELIMITED("delim:b,or=a"),
    DELIMITED("delim:ab,or=ba"),
    DELIMITED("delim:abaab"),
    DELIMITED("delim:;,or=aba,or=\\n\\n"),
    DELIMITED("lf,skip-empty"),
    DELIMITED("delim:ab,or=b,or=aab"),
    {"line,skip-empty", "line,skip-empty", BYTES("a\r\n")},
    {"nul", "nul", BYTES("a\0")},
    {"json-seq", "json-seq", BYTES("[]{}\"\"\\ \n\x1e,1a")},
    {"json-seq", "json-seq", BYTES("[]\"\n1")},
    {"json-seq", "json-seq", BYTES("1 \n\x1e")},
    {"json-seq", "json-seq", BYTES("01-+.eE ")},
    STUFFED("sse", "sse,data"),
    STUFFED("slip", "slip"),
    STUFFED("hdlc", "hdlc"),
    STUFFED("cobs", "cobs"),
    STUFFED("websocket,mask", "websocket"),
    STUFFED("chunked", "chunked"),
    STUFFED("content-length", "content-length"),
    STUFFED("netstring", "netstring"),
    STUFFED("octet", "octet"),
    STUFFED("hex:\\n,trailer=\\n", "hex:\\n,trailer=\\n"),
    STUFFED("pkt-line", "pkt-line"),
    STUFFED("fcgi", "fcgi"),
    STUFFED("tfrecord", "tfrecord"),
    STUFFED("fixed:4", "fixed:4"),
};

START_TEST(what_is_not_refused_is_read_back_as_it_was)
{
    struct prng prng = {17 + (uint64_t)_i};
    for (size_t round = rounds(1500, 4000); round > 0; round--)
        check_promise(&promised[_i], &prng);
}
END_TEST

static Suite *outputs_suite(void)
{
    Suite *suite = suite_create("outputs");
    TCase *lines = add_case(suite, "lines");
    TCase *collision = add_case(suite, "collisions");

    tcase_add_loop_test(lines, lines_that_stand_for_a_record, 0, (int)COUNT(outputs));
    tcase_add_test(lines, numbers_of_every_length_are_written_as_printf_does);
    tcase_add_test(lines, room_that_is_too_little_is_refused);

    tcase_add_loop_test(collision, a_collision_is_refused_where_it_is, 0, (int)COUNT(collisions));
    tcase_add_test(collision, collisions_pass_unless_they_are_to_be_refused);
    tcase_add_loop_test(collision, what_is_not_refused_is_read_back_as_it_was, 0,
                        (int)COUNT(promised));
    return suite;
}

int main(void)
{
    return run_suite(outputs_suite());
}
