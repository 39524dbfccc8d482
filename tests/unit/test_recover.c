/* SPDX-License-Identifier: MIT */
/* Decoding that goes on after damage. */
#include <stdio.h>

#include "decoders.h"
#include "streams.h"

static struct cb_decoder *recovering(const char *specification)
{
    return new_decoder(specification,
                       (struct cb_decoder_options){.on_malformed = CB_MALFORMED_SKIP});
}

static struct cb_encoder *encoder; /* for cb_reframe */

static void set_up(void)
{
    setup();
    ck_assert_int_eq(cb_encoder_new(&encoder, "netstring", NULL, NULL), CB_OK);
}

static void tear_down(void)
{
    cb_encoder_free(encoder);
    teardown();
}

/* What comes out of damaged input: records, each with a "|" after it, "<N>" for N bytes left
 * out, and at the end a "!" if that is an error. */
struct outcome {
    char text[512];
    size_t size;
};

static void note(struct outcome *outcome, const void *data, size_t n)
{
    ck_assert_uint_le(outcome->size + n, sizeof outcome->text - 1);
    if (n)
        memcpy(outcome->text + outcome->size, data, n);
    outcome->size += n;
    outcome->text[outcome->size] = '\0';
}

/* Ways to read all records at hand; each returns why there is none any more. */
typedef int (*read_fn)(struct cb_decoder *decoder, struct outcome *outcome);

static int read_pieces(struct cb_decoder *decoder, struct outcome *outcome)
{
    struct cb_piece piece;
    int got;
    while ((got = cb_decoder_next(decoder, buffer, &piece)) == CB_PIECE) {
        note(outcome, piece.data, piece.length);
        note(outcome, "|", piece.flags & CB_LAST ? 1 : 0);
    }
    return got;
}

static int read_batches(struct cb_decoder *decoder, struct outcome *outcome)
{
    struct cb_piece pieces[5];
    ssize_t count;
    while ((count = cb_decoder_batch(decoder, buffer, pieces, COUNT(pieces))) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            note(outcome, pieces[i].data, pieces[i].length);
            note(outcome, "|", pieces[i].flags & CB_LAST ? 1 : 0);
        }
        cb_decoder_release(decoder, buffer);
    }
    cb_decoder_release(decoder, buffer);
    return (int)count;
}

static int read_whole(struct cb_decoder *decoder, struct outcome *outcome)
{
    struct cb_buffer *record = new_buffer(pool, 4096);
    const void *data = NULL;
    int got;
    while ((got = cb_decoder_take(decoder, buffer, record)) == CB_PIECE) {
        const size_t n = cb_length(record);
        ck_assert_int_ge(cb_data(record, n, &data), CB_OK);
        note(outcome, data, n);
        note(outcome, "|", 1);
        cb_skip(record, CB_ALL);
    }
    cb_buffer_free(record);
    return got;
}

/* (Notes nothing but the ends.) */
static int skip_records(struct cb_decoder *decoder, struct outcome *outcome)
{
    uint64_t count;
    int got;
    do {
        got = cb_decoder_skip(decoder, buffer, 2, &count);
        for (; count; count--)
            note(outcome, "|", 1);
    } while (got == CB_YES);
    return got;
}

static int reframe_records(struct cb_decoder *decoder, struct outcome *outcome)
{
    struct cb_buffer *out = new_buffer(pool, 4096);
    const void *data = NULL;
    int got;
    while ((got = cb_reframe(decoder, encoder, buffer, out, CB_ALL, NULL)) == CB_YES)
        ;
    ck_assert_int_ge(cb_data(out, cb_length(out), &data), CB_OK);
    note(outcome, data, cb_length(out));
    cb_buffer_free(out);
    return got;
}

static const read_fn readers[] = {read_pieces, read_batches, read_whole, skip_records,
                                  reframe_records};

/* Decodes until more input is needed. */
static int decode_by(read_fn reader, struct cb_decoder *decoder, struct outcome *outcome)
{
    char lost_text[32];
    uint64_t lost;
    for (;;) {
        int got = reader(decoder, outcome);
        if (got == CB_EMALFORMED)
            got = cb_decoder_recover(decoder, buffer, &lost);
        else
            return got;
        if (got == CB_MORE || got == CB_ESTATE)
            return got;
        note(outcome, lost_text,
             (size_t)snprintf(lost_text, sizeof lost_text, "<%u>", (unsigned)lost));
        if (got == CB_END)
            return got;
        ck_assert_int_eq(got, CB_YES);
    }
}

static int decode_some(struct cb_decoder *decoder, struct outcome *outcome)
{
    return decode_by(read_pieces, decoder, outcome);
}

static const struct damaged {
    const char *specification;
    const char *input;
    size_t size;
    const char *expected;
} inputs[] = {
    /* ESC, then neither of the two that may follow; the next END ends that packet. */
    {"slip", BYTES("a\300b\333x\300c\300"), "a|<4>c|"},
    {"slip", BYTES("a\300b\333\300c\300"), "a|<3>c|"},
    {"slip", BYTES("\333a"), "<2>"},
    {"slip,keep", BYTES("a\300b\333x\300c\300"), "a\300|<4>c\300|"},
    /* Only what stands before the first flag is wrong. */
    {"hdlc", BYTES("xy}~a~b}~c~"), "<3>a|c|"},
    {"hdlc,keep", BYTES("xy~a~b}~c~"), "<2>~a~|~c~|"},
    {"hdlc", BYTES("xyz"), "<3>"},
    {"cobs", BYTES("\2a\0\3b\0\2c\0"), "a|<3>c|"},
    {"ndjson", BYTES("1\n[\n2\n"), "1|<2>2|"},
    {"ndjson", BYTES("1\n]"), "1|<1>"},
    {"json-seq", BYTES("\036[1]\n\036]\n\036[2]\n"), "[1]|<4>[2]|"},
    /* Rows are left out as `lazy-quotes` has them. */
    {"csv", BYTES("a\n5\" b\nc\n"), "a|<5>c|"},
    {"csv", BYTES("a\r\n5\" b,\"x\ny\"\r\nc\n"), "a|<12>c|"},
    {"csv", BYTES("\"a\"b,\"\n\"\nc\n\"d\" \ne\n"), "<9>c|<5>e|"},
    {"csv", BYTES("a\n\"b\"\rc\nd\n\"e\"\r\"\nf"), "a|<6>d|<6>f|"},
    {"csv", BYTES("a\n\"b\"\r,\"c\n\"\nd\n"), "a|<10>d|"},
    {"csv",
     BYTES("\xef\xbb\xbf"
           "a\"\n\xef\xbb\xbf\"b\nc"),
     "<3><6>c|"},
    {"csv", BYTES("a\nb\",\"c\nd\n"), "a|<8>"},
    {"csv", BYTES("a\nb\""), "a|<2>"},
    {"csv,keep", BYTES("a\r\nb\"\r\nc\r\n"), "a\r\n|<4>c\r\n|"},
    {"csv,cr", BYTES("a\r5\" b\r\nc\r\"d\" \re\r"), "a|<6>c|<5>e|"},
    {"csv,cr,skip-empty", BYTES("a\"\r\r\nb\"\r\n\nc"), "<3><4>c|"},
    {"csv,cr", BYTES("a\rb\"\r"), "a|<3>"},
    {"csv,escape=\\\\", BYTES("a\"\\\nb\nc\n\"d\"\\\ne\n"), "<6>c|<5>e|"},
    {"csv,escape=\\\\", BYTES("\"a\"\rb\nc\n"), "<6>c|"},
    {"syslog", BYTES("5x abc\nnext\n"), "<7>next|"},
    /* What is tried has no zero byte in its header. */
    {"stomp", BYTES("X\0SEND\na:\0b\n\n\0ACK\n\n\0"), "<14>ACK\n\n|"},
    {"between:<,end=>", BYTES("<a>xy<b> <c>"), "a|<2>b|c|"},
    {"between:<!,end=>", BYTES("<!a> <<!b>>"), "a|<1>b|<1>"},
    {"mllp", BYTES("\va\034\r\034\r\vb\034\r"), "a|<2>b|"},
    /* A message proves itself: its neighbours may be bad. */
    {"fix",
     BYTES("8=FIX.4.2\0019=5\00135=0\00110=161\001"
           "8=FIX.4.2\0019=5\00135=5\00110=167\001"
           "8=FIX.4.2\0019=5\00135=1\00110=162\001"
           "8=FIX.4.2\0019=40\00135=5\00110=213\001"
           "8=FIX.4.2\0019=18\00135=A\00196=8=FIX.4.2\00110=177\001"),
     "8=FIX.4.2\0019=5\00135=0\00110=161\001|<26>8=FIX.4.2\0019=5\00135=1\00110=162\001|<27>8=FIX."
     "4.2\0019=18\00135=A\00196=8=FIX.4.2\00110=177\001|"},
    {"fix", BYTES("noise8=FIX.4.2\0019=5\00135=0\00110=161\001"),
     "<5>8=FIX.4.2\0019=5\00135=0\00110=161\001|"},
    /* (The checksums are by a program that divides bit by bit.) */
    {"tfrecord",
     BYTES("\001\000\000\000\000\000\000\000\001\165\336\101\141\170\156\344\050"
           "\001\000\000\000\000\000\000\000\001\165\336\101\142\331\217\016\004"
           "\001\000\000\000\000\000\000\000\001\165\336\101\143\256\054\021\012"
           "\001\000\000\000\000\000\000\000\001\165\336\101\144\032\323\336\120"),
     "a|<17>c|<17>"},
    {"pcapng",
     BYTES("\n\r\r\n\x1c\0\0\0M<+\x1avvvvllllllll\x1c\0\0\0"
           "type\x14\0\0\0"
           "one!----\x14\0\0\0"
           "type\x14\0\0\0"
           "bad!----\x15\0\0\0"
           "type\x14\0\0\0"
           "two!----\x14\0\0\0"
           "type\x12\0\0\0"
           "bad!----\x14\0\0\0"
           "type\x14\0\0\0"
           "end!----\x14\0\0\0"),
     "M<+\x1avvvvllllllll|one!----|<20>two!----|<20>end!----|"},
    /* The byte order is that of the last right section. */
    {"pcapng",
     BYTES("\n\r\r\n\x1c\0\0\0M<+\x1avvvvllllllll\x1c\0\0\0"
           "\n\r\r\n\0\0\0\x1c\x1a+<Mvvvvllllllll\0\0\0\x1d"
           "type\x14\0\0\0"
           "one!----\x14\0\0\0"),
     "M<+\x1avvvvllllllll|<28>one!----|"},
    {"pcapng",
     BYTES("xx"
           "\n\r\r\n\x1c\0\0\0M<+\x1avvvvllllllll\x1c\0\0\0"
           "type\x14\0\0\0"
           "one!----\x14\0\0\0"),
     "<2>M<+\x1avvvvllllllll|one!----|"},
    {"pcapng",
     BYTES("type\x14\0\0\0"
           "one!----\x14\0\0\0"),
     "<20>"},
    {"stomp", BYTES("ACK\n\n\0NO\n\n\0ACK\nid:1\n\n\0NO\0"), "ACK\n\n|<5>ACK\nid:1\n\n|<3>"},
    {"stomp", BYTES("NO\n\0\n\nACK\n\n\0"), "<4>ACK\n\n|"},
    {"stomp", BYTES("SEND\ncontent-length:5\n\na\0b\0cX\0ACK\n\n\0"), "<30>ACK\n\n|"},
    {"stomp", BYTES("ACK\n\n\0\0ACK\n\n\0"), "ACK\n\n|<1>ACK\n\n|"},
    /* Right is what another right frame follows, or the end. */
    {"fixed:3,byte=0:47", BYTES("G12xxG34G56"), "G12|<2>G34|G56|"},
    {"fixed:3,byte=0:47", BYTES("G12xG4xG78G90"), "G12|<1>G4x|G78|G90|"},
    {"fixed:3,byte=0:47", BYTES("xxxx"), "<4>"},
    {"netstring", BYTES("3:one,x3:two,1:a,"), "one|<1>two|a|"},
    {"netstring", BYTES("x7:a3:two,,1:b,"), "<1>a3:two,|b|"},
    {"netstring,keep", BYTES("3:one,x3:two,"), "3:one,|<1>3:two,|"},
    {"u8,offset=1,byte=0:41", BYTES("A\1xB\1yA\1zA\0"), "x|<3>z||"},
    {"u8,offset=1,byte=0:41-42,only=0:41", BYTES("A\1xZB\1yA\1z"), "x|<1>z|"},
    {"u8,offset=1,byte=0:41-42,only=0:41", BYTES("A\1xZB\3A\1q"), "x|<1>"},
    {"u8,offset=1,byte=0:00-7f,only=0:00,padding=0", BYTES("\xff\1\1x?\0\1y"), "<1>y|"},
    /* Of that its header is enough, if it has constants. */
    {"netstring", BYTES("x3:one,2:two,3:two,"), "<1>one|<6>two|"},
    {"u8,offset=1,byte=0:41,trailer=;", BYTES("A\1x!A\1y;A\1z!A\1z;"), "<4>y|<4>z|"},
    {"u8,offset=1,byte=0:41-42,only=0:41,trailer=;", BYTES("A\1x!A\1y;B\1z!A\1z;"), "<12>z|"},
    {"u8,trailer=;", BYTES("\1x!\1y;\1z!\0;"), "<9>|"},
    {"u8,trailer=;", BYTES("\1x;\1y!\1z;\0;"), "x|<3>z||"},
    {"varint,offset=1,byte=0:41", BYTES("A\1xB\1yA\1zA\0"), "x|<3>z||"},
};

START_TEST(the_same_is_left_out_wherever_the_input_is_cut)
{
    const struct damaged *damaged = &inputs[_i];
    for (size_t cut = 0; cut <= damaged->size; cut++) {
        for (size_t step = 1; step <= damaged->size; step += damaged->size - 1) {
            struct cb_decoder *decoder = recovering(damaged->specification);
            struct outcome outcome = {.size = 0};
            size_t at = 0;
            while (at < damaged->size) {
                const size_t left = damaged->size - at;
                size_t n = at < cut ? cut - at : left;
                n = n < step ? n : step;
                append_block(buffer, damaged->input + at, n);
                at += n;
                decode_some(decoder, &outcome);
            }
            cb_decoder_finish(decoder);
            ck_assert_int_eq(decode_some(decoder, &outcome), CB_END);
            ck_assert_str_eq(outcome.text, damaged->expected);
            ck_assert_uint_eq(cb_decoder_position(decoder), cb_position(buffer));
            cb_skip(buffer, CB_ALL);
            cb_decoder_free(decoder);
        }
    }
}
END_TEST

/* How an input arrives. */
struct blocks {
    size_t cut, step;  /* the first block ends at `cut`; all are at most `step` bytes */
    bool finish_early; /* the end is told with the last one */
};

static void decode_in_blocks(const char *specification, struct cb_decoder_options options,
                             read_fn reader, const void *input, size_t size,
                             const struct blocks *blocks, struct outcome *outcome)
{
    struct cb_decoder *decoder = new_decoder(specification, options);
    int got = CB_MORE;
    outcome->size = 0;
    outcome->text[0] = '\0';
    for (size_t at = 0; at < size && got == CB_MORE;) {
        size_t n = at < blocks->cut ? blocks->cut - at : size - at;
        n = n < blocks->step ? n : blocks->step;
        append_block(buffer, (const char *)input + at, n);
        at += n;
        if (at == size && blocks->finish_early)
            cb_decoder_finish(decoder);
        got = decode_by(reader, decoder, outcome);
    }
    cb_decoder_finish(decoder);
    if (got == CB_MORE)
        got = decode_by(reader, decoder, outcome);
    if (got != CB_END)
        note(outcome, "!", 1);
    cb_skip(buffer, CB_ALL);
    cb_encoder_reset(encoder);
    cb_decoder_free(decoder);
}

/* An input that is read in the same way however it arrives.  (What does not depend on the cut is
 * tried with the first ones, by each reader.) */
static void compare_blocks(const char *specification, const void *input, size_t size,
                           struct cb_decoder_options options, read_fn reader, size_t cut)
{
    const struct blocks at_once = {size, size, false};
    const struct blocks ways[] = {{cut, size, false}, {size, size, true}, {size, 1, false}};
    struct outcome first, other;
    decode_in_blocks(specification, options, reader, input, size, &at_once, &first);
    for (size_t i = 0; i < (cut < COUNT(readers) ? COUNT(ways) : 1); i++) {
        decode_in_blocks(specification, options, reader, input, size, &ways[i], &other);
        ck_assert_msg(!strcmp(first.text, other.text), "%s: cut at %zu, way %zu: %s, not %s",
                      specification, cut, i, other.text, first.text);
    }
}

/* ------------------------------------------------------------ and with limits */

static const struct limited {
    const char *specification;
    const char *input;
    size_t size;
    uint64_t max_record;
    const char *skipped, *cut; /* what is read where longer records are left out, or cut */
} limited[] = {
    /* The bytes of a record that is too long are gone when its end turns out to be wrong. */
    {"netstring", BYTES("8:3:abc,1:x,1:y,"), 2, "<12>y|", "<12>y|"},
    {"netstring,keep", BYTES("8:3:abc,1:x,1:y,"), 4, "<12>1:y,|", "<12>1:y,|"},
    {"netstring", BYTES("3:abc2:xy,1:z,"), 2, "<5>xy|z|", "<5>xy|z|"},
    {"u8,trailer=;", BYTES("\6\1a;\1b;\1c;\0;"), 4, "<7>c||", "<7>c||"},
    {"u8,offset=1,byte=0:41-42,only=0:41,trailer=;", BYTES("B\7A\1x;A\1!A\1z;"), 3, "<9>z|",
     "<9>z|"},
    {"u8,header=2,padding=1,trailer=;", BYTES("\5\7abcde\1\0x;\0\0;!\0\0;"), 4, "<15>|", "<15>|"},
    /* One that is not is searched. */
    {"netstring", BYTES("8:3:abc,1:x,1:y,"), 8, "<2>abc|x|y|", "<2>abc|x|y|"},
    {"u8,offset=1,byte=0:41-42,only=0:41,trailer=;", BYTES("B\7A\1x;A\1!A\1z;"), 7, "<2>x|<3>z|",
     "<2>x|<3>z|"},
    /* After damage a record that is too long is one all the same, and none is in it, */
    {"netstring", BYTES("1:q,X9:1:a,1:b,x,1:z,"), 3, "q|<1>z|", "q|<1>1:a|z|"},
    {"u8,trailer=;", BYTES("\1x!\5\1a;\1b;\0;"), 3, "<3>|", "<3>\1a;||"},
    {"fix", BYTES("noise" FIX_HEARTBEAT "noise" FIX_NEWS), 30,
     "<5>8=FIX.4.2\0019=5\00135=0\00110=161\001|<5>",
     "<5>8=FIX.4.2\0019=5\00135=0\00110=161\001|<5>"
     "8=FIXT.1.1\0019=022\00135=B\00195=8\00196=|"},
    /* unless it is wrong itself. */
    {"netstring", BYTES("1:q,X9:1:a,1:b,xx1:z,"), 3, "q|<3>a|b|<2>z|", "q|<3>a|b|<2>z|"},
};

START_TEST(a_record_that_is_too_long_is_believed)
{
    const struct limited *limit = &limited[_i];
    const struct blocks at_once = {limit->size, limit->size, false};
    for (size_t i = 0; i < 2 * (limit->size + 1) * COUNT(readers); i++) {
        const struct cb_decoder_options options = {
            .max_record = limit->max_record,
            .on_malformed = CB_MALFORMED_SKIP,
            .on_overflow = i % 2 ? CB_OVERFLOW_SKIP : CB_OVERFLOW_TRUNCATE,
        };
        struct outcome outcome;
        decode_in_blocks(limit->specification, options, read_pieces, limit->input, limit->size,
                         &at_once, &outcome);
        ck_assert_str_eq(outcome.text, i % 2 ? limit->skipped : limit->cut);
        compare_blocks(limit->specification, limit->input, limit->size, options,
                       readers[i / 2 % COUNT(readers)], i / 2 / COUNT(readers));
    }
}
END_TEST

/* (No further, since all of it is held meanwhile.) */
START_TEST(what_is_tried_may_be_too_long_by_a_mebibyte)
{
    const uint64_t length = 3 + (1 << 20) + (uint64_t)_i, size = length + 14;
    const struct cb_decoder_options options = {
        .max_record = 3, .on_malformed = CB_MALFORMED_SKIP, .on_overflow = CB_OVERFLOW_SKIP};
    struct outcome outcome;
    char *input = malloc(size + 1);
    expect(input, "out of memory");
    memset(input, 'y', size);
    ck_assert_int_eq(snprintf(input, 10, "X%u:", (unsigned)length), 9);
    memcpy(input + size - 5, ",1:a,", 6);
    input[9] = 'y';
    decode_in_blocks("netstring", options, read_pieces, input, size,
                     &(struct blocks){size, size, false}, &outcome);
    ck_assert_str_eq(outcome.text, _i ? "<1048590>a|" : "<1>a|");
    free(input);
}
END_TEST

/* With each limit, and all that can be done with what is beyond it or wrong. */
static void compare_limits(const char *specification, const void *input, size_t size)
{
    static const uint64_t limits[] = {1, 4, 9, 20};
    struct cb_decoder *decoder = plain_decoder(specification);
    const unsigned ways = cb_decoder_traits(decoder) & CB_RECOVERS ? 2 : 1;
    cb_decoder_free(decoder);
    for (size_t i = 0; i < COUNT(limits) * 3 * ways; i++) {
        const struct cb_decoder_options options = {
            .max_record = limits[i % COUNT(limits)],
            .on_overflow = (enum cb_overflow)(i / COUNT(limits) % 3),
            .on_malformed = (enum cb_malformed)(i / COUNT(limits) / 3),
        };
        for (size_t cut = 0; cut <= size; cut++)
            compare_blocks(specification, input, size, options, readers[cut % COUNT(readers)], cut);
    }
}

START_TEST(limits_do_not_depend_on_where_damaged_input_is_cut)
{
    compare_limits(inputs[_i].specification, inputs[_i].input, inputs[_i].size);
}
END_TEST

/* Unfinished input where that matters. */
static const struct stream unfinished[] = {
    {"varint,trailer=;", BYTES("\1\2\0\1a;\x80\x80\x80\1")},
    {"json-seq,keep", BYTES("\0361\n12345\0361\n")},
};

START_TEST(limits_do_not_depend_on_where_unfinished_input_is_cut)
{
    compare_limits(unfinished[_i].specification, unfinished[_i].bytes, unfinished[_i].size);
}
END_TEST

/* (The framings that do not recover, too.) */
START_TEST(limits_do_not_depend_on_where_any_input_is_cut)
{
    uint8_t bytes[512];
    const struct stream *stream = &streams[_i];
    ck_assert_uint_le(stream->size, sizeof bytes);
    memcpy(bytes, stream->bytes, stream->size);
    for (size_t at = stream->size / 3; at < stream->size; at += stream->size / 3) {
        const uint8_t was = bytes[at];
        bytes[at] = 'x';
        compare_limits(stream->specification, bytes, stream->size);
        bytes[at] = was;
    }
}
END_TEST

/* Beginnings of frames that are too long. */
static const struct {
    const char *specification;
    const char *input;
    size_t size;
} long_frames[] = {
    {"netstring", BYTES("300000000:")},
    {"netstring,keep", BYTES("300000000:")},
    {"netstring", BYTES("X300000000:")},
    {"u32be,trailer=;", BYTES("\x10\0\0\0")},
    {"u32be,offset=1,byte=0:41,trailer=;", BYTES("A\0\0\0\1a!A\x10\0\0\0")},
    {"u32be,offset=1,byte=0:41-42,only=0:41", BYTES("B\x10\0\0\0")},
    {"u32be,offset=1,byte=0:41-42,only=0:41,keep", BYTES("B\x10\0\0\0")},
    {"u32be,offset=1,byte=0:41-42,only=0:41", BYTES("XB\x10\0\0\0")},
    {"varint,trailer=;", BYTES("\x80\x80\x80\x80\1")},
    {"slip", BYTES("")},
    {"slip,keep", BYTES("")},
    {"hdlc", BYTES("~")},
    {"hdlc,keep", BYTES("~")},
    {"cobs", BYTES("")},
    {"cobs,keep", BYTES("")},
    {"ndjson", BYTES("\"")},
    {"json-seq", BYTES("\036\"")},
    {"syslog", BYTES("300000000 ")},
    {"syslog", BYTES("<1>")},
    {"stomp", BYTES("SEND\n\n")},
    {"stomp", BYTES("SEND\ncontent-length:300000000\n\n")},
    {"between:<,end=>", BYTES("<")},
    {"mllp", BYTES("\v")},
    {"fix", BYTES("8=FIX.4.2\0019=300000000\00135=0\001")},
    {"pcapng", BYTES("\n\r\r\n\x1c\0\0\0M<+\x1avvvvllllllll\x1c\0\0\0type\0\0\0\x10")},
};

START_TEST(what_is_too_long_is_not_held)
{
    static char noise[1 << 16];
    memset(noise, 'x', sizeof noise);
    for (size_t i = 0; i < 2 * COUNT(readers); i++) {
        struct outcome outcome = {.size = 0};
        struct cb_decoder *decoder =
            new_decoder(long_frames[_i].specification,
                        (struct cb_decoder_options){
                            .max_record = 1000,
                            .on_malformed = CB_MALFORMED_SKIP,
                            .on_overflow = i % 2 ? CB_OVERFLOW_SKIP : CB_OVERFLOW_TRUNCATE,
                        });
        append_block(buffer, long_frames[_i].input, long_frames[_i].size);
        for (int block = 0; block < 32; block++) {
            append_block(buffer, noise, sizeof noise);
            ck_assert_int_eq(decode_by(readers[i / 2], decoder, &outcome), CB_MORE);
            cb_decoder_release(decoder, buffer);
            ck_assert_msg(cb_length(buffer) <= 1024, "%s: %zu", long_frames[_i].specification,
                          cb_length(buffer));
        }
        cb_skip(buffer, CB_ALL);
        cb_encoder_reset(encoder);
        cb_decoder_free(decoder);
    }
}
END_TEST

/* 'a' would be a length beyond the limit; 3 is one that is not. */
START_TEST(a_record_of_the_greatest_length_is_found)
{
    struct cb_decoder *decoder =
        new_decoder("u8,trailer=;", (struct cb_decoder_options){.max_record = 3,
                                                                .on_malformed = CB_MALFORMED_SKIP});
    struct outcome outcome = {.size = 0};
    put("\1a;\1a?\3abc;\3def;");
    decode_some(decoder, &outcome);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(decode_some(decoder, &outcome), CB_END);
    ck_assert_str_eq(outcome.text, "a|<3>abc|def|");
    cb_decoder_free(decoder);
}
END_TEST

/* What may be tried beyond it would be more than there are numbers for. */
START_TEST(the_limit_may_be_as_great_as_a_number)
{
    static const uint64_t limits[] = {0, UINT64_MAX, UINT64_MAX - 1};
    for (size_t i = 0; i < COUNT(limits); i++) {
        const struct cb_decoder_options options = {.max_record = limits[i],
                                                   .on_overflow = CB_OVERFLOW_SKIP,
                                                   .on_malformed = CB_MALFORMED_SKIP};
        struct cb_decoder *decoder = new_decoder("netstring", options);
        struct outcome outcome = {.size = 0};
        put("1:a,xx1:b,3:cde,");
        cb_decoder_finish(decoder);
        ck_assert_int_eq(decode_some(decoder, &outcome), CB_END);
        ck_assert_str_eq(outcome.text, "a|<2>b|cde|");
        cb_decoder_free(decoder);
        teardown();
        setup();
    }
}
END_TEST

START_TEST(noise_without_end_is_not_held)
{
    static const char noise[1000] = {0};
    struct cb_decoder *decoder = recovering("slip");
    struct outcome outcome = {.size = 0};
    put("\333x");
    for (int i = 0; i < 1000; i++) {
        append_block(buffer, noise, sizeof noise);
        ck_assert_int_eq(decode_some(decoder, &outcome), CB_MORE);
        ck_assert_uint_le(cb_length(buffer), 1);
    }
    put("\300end\300");
    ck_assert_int_eq(decode_some(decoder, &outcome), CB_MORE);
    ck_assert_str_eq(outcome.text, "<1000003>end|");
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(the_error_stays_until_the_place_is_found)
{
    struct cb_decoder *decoder = recovering("ndjson");
    struct cb_piece piece;
    uint64_t lost = 9, count;
    put("1\n]");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_recover(decoder, buffer, &lost), CB_ESTATE);
    ck_assert_uint_eq(lost, 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(cb_decoder_recover(decoder, buffer, &lost), CB_MORE);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
        ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 1, &count), CB_EMALFORMED);
        ck_assert_uint_eq(cb_decoder_error(decoder)->record, 2);
        ck_assert_uint_le(cb_decoder_undecided(decoder), cb_length(buffer));
        put("x");
    }
    put("\n2\n");
    ck_assert_int_eq(cb_decoder_recover(decoder, buffer, &lost), CB_YES);
    ck_assert_uint_eq(lost, 5);
    ck_assert_int_eq(cb_decoder_error(decoder)->code, CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "2", 2, 7, 1, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_recover(decoder, buffer, &lost), CB_ESTATE);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_search_whose_bytes_have_left_does_not_go_on)
{
    struct cb_decoder *decoder = recovering("netstring");
    struct cb_piece piece;
    uint64_t lost;

    put("x3:on");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    ck_assert_int_eq(cb_decoder_recover(decoder, buffer, &lost), CB_MORE);
    cb_skip(buffer, 2);
    put("e,1:a,");
    ck_assert_int_eq(cb_decoder_recover(decoder, buffer, &lost), CB_ESTATE);
    ck_assert_uint_eq(lost, 0);
    assert_holds(buffer, BYTES("one,1:a,"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(only_framings_that_can_find_their_place_recover)
{
    static const char *const cannot[] = {"line",   "delim:;",   "fixed:3", "csv,lazy-quotes",
                                         "u16be",  "chunked",   "json",    "u8,only=0:1",
                                         "varint", "websocket", "cbor",    "dec"};
    for (size_t i = 0; i < COUNT(cannot); i++) {
        const struct cb_decoder_options options = {.size = sizeof options,
                                                   .on_malformed = CB_MALFORMED_SKIP};
        struct cb_decoder *decoder = NULL;
        struct cb_error error = {.code = CB_OK};
        const char *specification =
            strcmp(cannot[i], "u8,only=0:1") ? cannot[i] : "u8,offset=1,only=0:01";
        ck_assert_msg(cb_decoder_new(&decoder, specification, &options, &error) == CB_EINVAL, "%s",
                      specification);
        ck_assert_str_eq(error.text, i < 4 ? "no input is malformed in this framing"
                                           : "cannot find its place again after damage");
        decoder = plain_decoder(specification);
        ck_assert(!(cb_decoder_traits(decoder) & CB_RECOVERS));
        cb_decoder_free(decoder);
    }
    for (size_t i = 0; i < COUNT(inputs); i++) {
        struct cb_decoder *decoder = plain_decoder(inputs[i].specification);
        ck_assert(cb_decoder_traits(decoder) & CB_RECOVERS);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(without_memory_the_search_goes_on_in_the_next_call)
{
    static const struct {
        const char *specification, *input;
        size_t lost;
    } cases[] = {
        {"slip", "\333xyz\300a\300", 5},
        {"fix", "8=FIX.4.2\0019=5\00135=0\00110=000\001" FIX_HEARTBEAT, 26},
    };
    bool failed = true;

    for (uint64_t n = 1; failed; n++) {
        struct cb_decoder *decoder = recovering(cases[_i].specification);
        const uint64_t at = cb_position(buffer) + cases[_i].lost;
        struct cb_piece piece;
        uint64_t lost;

        for (const char *byte = cases[_i].input; *byte; byte++)
            append_block(buffer, byte, 1);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
        counting_fail(&counting, n, false);
        int status = cb_decoder_recover(decoder, buffer, &lost);
        failed = counting.failed;
        counting_fail(&counting, 0, false);
        if (status == CB_ENOMEM) {
            ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
            status = cb_decoder_recover(decoder, buffer, &lost);
        }
        ck_assert_int_eq(status, CB_YES);
        ck_assert_uint_eq(lost, cases[_i].lost);
        ck_assert_uint_eq(cb_position(buffer), at);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        ck_assert_uint_eq(piece.record, 1);
        cb_decoder_free(decoder);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(without_the_option_an_error_is_for_good)
{
    struct cb_decoder *decoder = plain_decoder("slip");
    struct cb_piece piece;
    uint64_t lost;
    put("\333x\300a\300");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    ck_assert_int_eq(cb_decoder_recover(decoder, buffer, &lost), CB_ESTATE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    cb_decoder_free(decoder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recover");
    TCase *recover = add_case(suite, "recover");
    TCase *limits = add_case(suite, "limits");
    tcase_add_checked_fixture(recover, set_up, tear_down);
    tcase_add_checked_fixture(limits, set_up, tear_down);
    tcase_add_loop_test(recover, the_same_is_left_out_wherever_the_input_is_cut, 0,
                        (int)COUNT(inputs));
    tcase_add_loop_test(limits, a_record_that_is_too_long_is_believed, 0, (int)COUNT(limited));
    tcase_add_loop_test(limits, what_is_tried_may_be_too_long_by_a_mebibyte, 0, 2);
    tcase_add_loop_test(limits, limits_do_not_depend_on_where_damaged_input_is_cut, 0,
                        (int)COUNT(inputs));
    tcase_add_loop_test(limits, limits_do_not_depend_on_where_unfinished_input_is_cut, 0,
                        (int)COUNT(unfinished));
    tcase_add_loop_test(limits, limits_do_not_depend_on_where_any_input_is_cut, 0,
                        (int)COUNT(streams));
    tcase_add_loop_test(limits, what_is_too_long_is_not_held, 0, (int)COUNT(long_frames));
    tcase_add_test(limits, a_record_of_the_greatest_length_is_found);
    tcase_add_test(limits, the_limit_may_be_as_great_as_a_number);
    tcase_add_test(recover, noise_without_end_is_not_held);
    tcase_add_test(recover, the_error_stays_until_the_place_is_found);
    tcase_add_test(recover, a_search_whose_bytes_have_left_does_not_go_on);
    tcase_add_loop_test(recover, without_memory_the_search_goes_on_in_the_next_call, 0, 2);
    tcase_add_test(recover, only_framings_that_can_find_their_place_recover);
    tcase_add_test(recover, without_the_option_an_error_is_for_good);
    return run_suite(suite);
}
