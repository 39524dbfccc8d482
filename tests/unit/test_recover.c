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

/* What comes out of damaged input: records, each with a "|" after it, and "<N>" for N bytes
 * left out. */
struct outcome {
    char text[256];
    size_t size;
};

static void note(struct outcome *outcome, const void *data, size_t n)
{
    ck_assert_uint_le(outcome->size + n, sizeof outcome->text - 1);
    memcpy(outcome->text + outcome->size, data, n);
    outcome->size += n;
    outcome->text[outcome->size] = '\0';
}

/* Decodes until more input is needed. */
static int decode_some(struct cb_decoder *decoder, struct outcome *outcome)
{
    struct cb_piece piece;
    char lost_text[32];
    uint64_t lost;
    int got;
    for (;;) {
        while ((got = cb_decoder_next(decoder, buffer, &piece)) == CB_PIECE) {
            note(outcome, piece.data, piece.length);
            note(outcome, "|", piece.flags & CB_LAST ? 1 : 0);
        }
        if (got != CB_EMALFORMED)
            return got;
        got = cb_decoder_recover(decoder, buffer, &lost);
        if (got == CB_MORE)
            return got;
        note(outcome, lost_text,
             (size_t)snprintf(lost_text, sizeof lost_text, "<%u>", (unsigned)lost));
        if (got == CB_END)
            return got;
        ck_assert_int_eq(got, CB_YES);
    }
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
    static const char *const cannot[] = {"line",    "delim:;", "fixed:3",   "u8,only=0:1",
                                         "u16be",   "chunked", "websocket", "json",
                                         "csv",     "varint",  "cbor",      "dec"};
    for (size_t i = 0; i < COUNT(cannot); i++) {
        const struct cb_decoder_options options = {.size = sizeof options,
                                                   .on_malformed = CB_MALFORMED_SKIP};
        struct cb_decoder *decoder = NULL;
        struct cb_error error = {.code = CB_OK};
        const char *specification =
            strcmp(cannot[i], "u8,only=0:1") ? cannot[i] : "u8,offset=1,only=0:01";
        ck_assert_msg(cb_decoder_new(&decoder, specification, &options, &error) == CB_EINVAL, "%s",
                      specification);
        ck_assert_str_eq(error.text, i < 3 ? "no input is malformed in this framing"
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
    tcase_add_checked_fixture(recover, setup, teardown);
    tcase_add_loop_test(recover, the_same_is_left_out_wherever_the_input_is_cut, 0,
                        (int)COUNT(inputs));
    tcase_add_test(recover, a_record_of_the_greatest_length_is_found);
    tcase_add_test(recover, noise_without_end_is_not_held);
    tcase_add_test(recover, the_error_stays_until_the_place_is_found);
    tcase_add_test(recover, a_search_whose_bytes_have_left_does_not_go_on);
    tcase_add_loop_test(recover, without_memory_the_search_goes_on_in_the_next_call, 0, 2);
    tcase_add_test(recover, only_framings_that_can_find_their_place_recover);
    tcase_add_test(recover, without_the_option_an_error_is_for_good);
    return run_suite(suite);
}
