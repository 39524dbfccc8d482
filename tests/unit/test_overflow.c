/* SPDX-License-Identifier: MIT */
/* Records that are longer than allowed: left out, or cut. */
#include <string.h>

#include "reading.h"

struct overflow {
    const char *specification;
    const char *input;
    size_t size;
    uint64_t max_record;
    const char *cut, *skipped; /* what is read with each of the two */
};

static const struct overflow overflows[] = {
    {"line", BYTES("abc\nde\n"), 3, "[abc][de]", "[abc][de]"},
    {"line", BYTES("ab\nabcd\nef\n"), 3, "[ab][abc][ef]", "[ab][ef]"},
    {"line", BYTES("abcdefghijklmnop\nabcd\nef"), 3, "[abc][abc][ef]", "[ef]"},
    {"line", BYTES("ef\nabcd"), 3, "[ef][abc]", "[ef]"},
    {"line", BYTES("abc\r\nabcd\r\nabc\rd\r\n"), 3, "[abc][abc][abc]", "[abc]"},
    {"line,keep", BYTES("ab\nabc\nb"), 3, "[ab\\x0a][abc][b]", "[ab\\x0a][b]"},
    {"delim:XY", BYTES("abcXYabcXZXYq"), 3, "[abc][abc][q]", "[abc][q]"},
    {"delim:X,or=YY", BYTES("abcYYabcdXYYe"), 3, "[abc][abc][][e]", "[abc][][e]"},
    {"fixed:4", BYTES("abcdefghij"), 3, "[abc][efg][ij]", ""},
    {"u8", BYTES("\3abc\4abcd\1x\0\6ghijkl"), 3, "[abc][abc][x][][ghi]", "[abc][x][]"},
    {"u8,keep", BYTES("\2ab\3abc\1x"), 3, "[\\x02ab][\\x03ab][\\x01x]", "[\\x02ab][\\x01x]"},
    {"netstring", BYTES("3:abc,4:abcd,1:x,"), 3, "[abc][abc][x]", "[abc][x]"},
    {"varint", BYTES("\5abcde\1x"), 1, "[a][x]", "[x]"},
    {"chunked", BYTES("3\r\nabc\r\n4\r\nabcd\r\n1\r\nx\r\n0\r\n\r\n"), 3, "[abc][abc][x]",
     "[abc][x]"},
    /* What is kept of a frame that ends in LF is one byte shorter. */
    {"chunked,lf,keep", BYTES("1\nx\n1\ny\r\n0\n\n"), 4, "[1\\x0ax\\x0a][1\\x0ay\\x0d]",
     "[1\\x0ax\\x0a]"},
    {"csv", BYTES("a,b\n\"a\n\"\n\"\n\"\n"), 3, "[a,b][\"a\\x0a][\"\\x0a\"]", "[a,b][\"\\x0a\"]"},
    {"csv", BYTES("\xef\xbb\xbf,bc\nabcd\n"), 3, "[,bc][abc]", "[,bc]"},
    {"csv", BYTES("\xef\xbb\n\xef\xbb\xbf\n"), 2, "[\\xef\\xbb][\\xef\\xbb]", "[\\xef\\xbb]"},
    {"json", BYTES("1 [1,2]\n\"abc\"123 1234"), 3, "[1][\\x5b1,][\"ab][123][123]", "[1][123]"},
    {"json-seq", BYTES("\x1e[1,2]\x1e[]\n1234\n"), 3, "[\\x5b1,][\\x5b\\x5d][123]", "[\\x5b\\x5d]"},
};

/* Frames that turn out to be wrong after the greatest length: their records do not
 * end. */
static const struct {
    const char *specification;
    const char *input;
    size_t size;
    uint64_t max_record;
    struct expected expected;
} unended[] = {
    {"u8", BYTES("\5abc"), 2, TRUNCATED("", 4)},
    {"u8", BYTES("\1x\5abc"), 3, TRUNCATED("[x]", 6)},
    {"u8,trailer=;", BYTES("\1x;\3abc!"), 2, MALFORMED("[x]", 7)},
    {"netstring", BYTES("3:abc;"), 2, MALFORMED("", 5)},
    {"cobs", BYTES("\4ab\0"), 1, MALFORMED("", 3)},
    {"slip", BYTES("abc\xdbx"), 1, MALFORMED("", 4)},
    {"resp", BYTES("*2\r\n:1\r\nx"), 2, MALFORMED("", 8)},
    {"chunked", BYTES("3\r\nabcd"), 2, MALFORMED("", 6)},
    {"http", BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx"), 2,
     MALFORMED("", 55)},
    {"http", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcd"), 2, TRUNCATED("", 42)},
};

START_TEST(a_record_that_is_cut_ends_only_with_its_frame)
{
    struct cb_decoder_options options = {.size = sizeof options,
                                         .max_record = unended[_i].max_record,
                                         .on_overflow = CB_OVERFLOW_TRUNCATE};
    struct subject subject = {
        .specification = unended[_i].specification,
        .options = &options,
        .input = (const uint8_t *)unended[_i].input,
        .size = unended[_i].size,
        .expected = unended[_i].expected,
        .changed = true,
    };
    check_every_way(&subject);
}
END_TEST

static void check(const struct overflow *o, enum cb_overflow on_overflow, const char *records)
{
    struct cb_decoder_options options = {
        .size = sizeof options, .max_record = o->max_record, .on_overflow = on_overflow};
    struct subject subject = {
        .specification = o->specification,
        .options = &options,
        .input = (const uint8_t *)o->input,
        .size = o->size,
        .expected = {records, CB_END, o->size},
    };
    check_every_way(&subject);
}

START_TEST(a_long_record_is_cut)
{
    check(&overflows[_i], CB_OVERFLOW_TRUNCATE, overflows[_i].cut);
}
END_TEST

START_TEST(a_long_record_is_left_out_and_has_no_number)
{
    check(&overflows[_i], CB_OVERFLOW_SKIP, overflows[_i].skipped);
}
END_TEST

enum how { IN_PIECES, WHOLE, TAKEN, SKIPPED };

static int read_some(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_buffer *taken,
                     enum how how)
{
    struct cb_piece piece;
    uint64_t count;

    if (how == TAKEN)
        return cb_decoder_take(decoder, buffer, taken);
    if (how == SKIPPED)
        return cb_decoder_skip(decoder, buffer, 1, &count);
    return cb_decoder_next(decoder, buffer, &piece);
}

/* Reads in parts and drops what was given. */
static size_t held_at_most(enum cb_overflow on_overflow, const char *specification, enum how how)
{
    struct cb_decoder_options options = {.size = sizeof options,
                                         .max_record = 1000,
                                         .on_overflow = on_overflow,
                                         .whole = how == WHOLE};
    struct cb_buffer *buffer = new_buffer(NULL, 4096), *taken = new_buffer(NULL, 4096);
    struct cb_decoder *decoder = NULL;
    uint8_t part[4096];
    size_t most = 0;

    memset(part, 'x', sizeof part);
    ck_assert_int_eq(cb_decoder_new(&decoder, specification, &options, NULL), CB_OK);
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(cb_append(buffer, part, sizeof part), CB_OK);
        while (read_some(decoder, buffer, taken, how) == CB_PIECE)
            continue;
        most = cb_length(buffer) > most ? cb_length(buffer) : most;
    }
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
    cb_buffer_free(taken);
    return most;
}

START_TEST(what_is_passed_over_is_not_held)
{
    static const enum cb_overflow ways[] = {CB_OVERFLOW_SKIP, CB_OVERFLOW_TRUNCATE};

    for (size_t i = 0; i < COUNT(ways); i++) {
        for (enum how how = IN_PIECES; how <= SKIPPED; how++) {
            ck_assert_uint_le(held_at_most(ways[i], "line", how), 8192);
            ck_assert_uint_le(held_at_most(ways[i], "u32be", how), 8192); /* "xxxx" is a length */
            ck_assert_uint_le(held_at_most(ways[i], "slip", how), 8192);
        }
    }
}
END_TEST

/* Pieces say how long a record that is cut will be, if it ends. */
START_TEST(the_length_of_a_record_that_is_cut_is_told)
{
    struct cb_decoder_options options = {
        .size = sizeof options, .max_record = 3, .on_overflow = CB_OVERFLOW_TRUNCATE};
    static const uint8_t input[] = "\5abcde\2xy";
    static const uint64_t totals[] = {3, 2};
    struct cb_buffer *buffer = new_buffer(NULL, 4096);
    struct cb_decoder *decoder = NULL;
    struct cb_piece piece;
    size_t ended = 0;

    ck_assert_int_eq(cb_decoder_new(&decoder, "u8", &options, NULL), CB_OK);
    ck_assert(cb_decoder_traits(decoder) & CB_TELLS_LENGTH);
    for (size_t i = 0; i + 1 < sizeof input; i++) {
        ck_assert_int_eq(cb_append(buffer, input + i, 1), CB_OK);
        while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE) {
            ck_assert_uint_eq(piece.total, totals[ended]);
            ended += (piece.flags & CB_LAST) != 0;
        }
        ck_assert_uint_eq(ended, i < 5 ? 0 : i < 8 ? 1 : 2);
    }
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

/* Lengths that fit in 63 bits, after as many bytes as can have passed. */
static const struct {
    const char *specification, *input;
    size_t size;
} endless[] = {
    {"websocket", BYTES("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff")},
};

START_TEST(a_record_does_not_end_after_the_last_position)
{
    struct cb_buffer *buffer = new_buffer(NULL, 64);
    struct cb_decoder *decoder = NULL;
    struct cb_piece piece;

    ck_assert_int_eq(cb_decoder_new(&decoder, endless[_i].specification, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_set_position(buffer, INT64_MAX), CB_OK);
    ck_assert_int_eq(cb_append(buffer, endless[_i].input, endless[_i].size), CB_OK);
    ck_assert_int_lt(cb_decoder_next(decoder, buffer, &piece), 0);
    ck_assert_ptr_nonnull(strstr(cb_decoder_error(decoder)->text, "longer than a stream can be"));
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

START_TEST(an_unknown_value_is_refused)
{
    const struct cb_decoder_options options[] = {
        {.size = sizeof *options, .on_overflow = (enum cb_overflow)(CB_OVERFLOW_TRUNCATE + 1)},
        {.size = sizeof *options, .on_partial = (enum cb_partial)(CB_PARTIAL_DROP + 1)},
        {.size = sizeof *options, .on_malformed = (enum cb_malformed)(CB_MALFORMED_SKIP + 1)},
    };
    struct cb_decoder *decoder = NULL;
    for (size_t i = 0; i < COUNT(options); i++)
        ck_assert_int_eq(cb_decoder_new(&decoder, "line", &options[i], NULL), CB_EINVAL);
}
END_TEST

static Suite *overflow_suite(void)
{
    Suite *suite = suite_create("overflow");
    TCase *records = add_case(suite, "records");

    tcase_add_loop_test(records, a_long_record_is_cut, 0, (int)COUNT(overflows));
    tcase_add_loop_test(records, a_long_record_is_left_out_and_has_no_number, 0,
                        (int)COUNT(overflows));
    tcase_add_loop_test(records, a_record_that_is_cut_ends_only_with_its_frame, 0,
                        (int)COUNT(unended));
    tcase_add_test(records, what_is_passed_over_is_not_held);
    tcase_add_test(records, the_length_of_a_record_that_is_cut_is_told);
    tcase_add_loop_test(records, a_record_does_not_end_after_the_last_position, 0,
                        (int)COUNT(endless));
    tcase_add_test(records, an_unknown_value_is_refused);
    return suite;
}

int main(void)
{
    return run_suite(overflow_suite());
}
