/* SPDX-License-Identifier: MIT */
/* What a decoder needs next, where it stands, and which record it is in. */
#include "decoders.h"

struct need {
    const char *specification;
    const char *input;
    size_t size;
    uint64_t needed; /* to finish the record, exactly */
};

static const struct need needs[] = {
    {"line", BYTES("abc"), 1},
    {"line", BYTES("abc\r"), 1},
    {"crlf", BYTES("abc"), 2},
    {"crlf", BYTES("abc\r"), 1},
    {"delim:abcd", BYTES("xab"), 2},
    {"fixed:10", BYTES("abc"), 7},
    {"u8", BYTES("\5ab"), 3},
    {"u32be", BYTES("\0"), 3},
    {"u32be", BYTES("\0\0"), 2},
    {"u32be", BYTES("\0\0\0"), 1},
    {"u32be", BYTES("\0\0\0\5"), 5},
    {"u32be,offset=4,header=12", BYTES("ab"), 10},
    {"u8,trailer=\\r\\n", BYTES("\5ab"), 5},
    {"u8,trailer=\\r\\n", BYTES("\2ab"), 2},
    {"u8,trailer=\\r\\n", BYTES("\2ab\r"), 1},
    {"varint", BYTES("\x80"), 1},
    {"vlq", BYTES("\x80\x80\5ab"), 3},
    {"quic", BYTES("\x40\5ab"), 3},
    {"varint,offset=2,header=5", BYTES("a"), 4},
    {"varint,offset=2,header=5", BYTES("ab\x80"), 3},
    {"varint,offset=2,header=5", BYTES("ab\x80\0?"), 1},
    {"netstring", BYTES("5:he"), 4},
    {"netstring", BYTES("5"), 1},
    {"chunked", BYTES("5\r\nhe"), 5},
    {"chunked,lf", BYTES("5\nhe"), 4}, /* LF alone may follow */
    {"chunked,lf", BYTES("5\nhello"), 1},
    {"http", BYTES("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhe"), 3},
    {"http", BYTES("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe"), 10},
    {"http,lf", BYTES("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n5\nhe"), 7},
    {"http", BYTES("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), 1},
    {"content-length", BYTES("Content-Length: 5\r\n\r\nhe"), 3},
};

START_TEST(needed_is_what_is_missing_at_least)
{
    const struct need *need = &needs[_i];

    /* However it arrived, and however often it was asked for. */
    for (size_t block = 1; block <= need->size; block++) {
        struct cb_decoder *decoder =
            new_decoder(need->specification, (struct cb_decoder_options){.whole = 1});
        struct cb_piece piece;

        cb_skip(buffer, CB_ALL);
        for (size_t at = 0; at < need->size; at += block) {
            size_t n = block < need->size - at ? block : need->size - at;

            append_block(buffer, need->input + at, n);
            ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
        }
        ck_assert_msg(cb_decoder_needed(decoder) == need->needed,
                      "%s in blocks of %zu: %" PRIu64 ", expected %" PRIu64, need->specification,
                      block, cb_decoder_needed(decoder), need->needed);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
        ck_assert_msg(cb_decoder_needed(decoder) == need->needed, "%s, asked again",
                      need->specification);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(needed_is_one_at_least_before_anything_came)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct cb_decoder *decoder = plain_decoder(samples[i].specification);
        struct cb_piece piece;

        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
        ck_assert_uint_ge(cb_decoder_needed(decoder), 1);
        cb_decoder_free(decoder);
    }
}
END_TEST

/* Where records begin that are found from a place on, as bits. */
static unsigned starts_from(struct cb_decoder *decoder, const char *text, size_t place)
{
    struct cb_piece piece;
    unsigned starts = 0;

    cb_skip(buffer, CB_ALL);
    ck_assert_int_eq(cb_set_position(buffer, place), CB_OK);
    cb_decoder_reset(decoder);
    if (text[place])
        put(text + place);
    cb_decoder_finish(decoder);
    while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE)
        starts |= piece.flags & CB_FIRST ? 1u << piece.offset : 0;
    return starts;
}

/* Every text of up to LONGEST letters, and every part of it that may be shown. */
enum { LONGEST = 7 };

static void check_places(const char *specification, const char *text, size_t *found)
{
    struct cb_decoder *decoder = plain_decoder(specification);
    const size_t size = strlen(text);
    const unsigned starts = starts_from(decoder, text, 0);

    for (size_t from = 0; from < size; from++) {
        for (size_t end = from + 1; end <= size; end++) {
            uint64_t place = UINT64_MAX;
            int status = cb_decoder_sync(decoder, text + from, end - from, from, &place);

            if (status == CB_NO && from > 0)
                continue;
            ck_assert_msg(status == CB_YES && place < end, "%s, '%s' [%zu, %zu)", specification,
                          text, from, end);
            unsigned after = ~0u << place << 1;
            ck_assert_msg((starts_from(decoder, text, (size_t)place) & after) == (starts & after),
                          "%s, '%s' [%zu, %zu): not at %" PRIu64, specification, text, from, end,
                          place);
            *found += from > 0;
        }
    }
    cb_skip(buffer, CB_ALL);
    cb_set_position(buffer, 0);
    cb_decoder_free(decoder);
}

START_TEST(sync_finds_places_from_which_the_same_records_begin)
{
    static const char *const specifications[] = {
        "delim:a",         "delim:aa",          "delim:ab",       "delim:aba",
        "delim:aab,or=b",  "delim:a,or=aa",     "delim:ab,or=ba", "delim:a,or=abab",
        "delim:aa,or=aab", "delim:abb,or=bbaa", "fixed:1",        "fixed:3",
        "start:a",         "start:aa",          "start:ab",       "start:aba",
        "start:aab,or=b",  "start:ab,or=ba",    "start:a,line",   "start:aa,or=ab,blank",
    };
    const char *specification = specifications[_i];
    const char other = _i < 18 ? 'b' : '\n';
    size_t found = 0;

    for (size_t size = 1; size <= LONGEST; size++) {
        for (unsigned bits = 0; bits < 1u << size; bits++) {
            char text[LONGEST + 1] = "";

            for (size_t i = 0; i < size; i++)
                text[i] = bits >> i & 1 ? other : 'a';
            check_places(specification, text, &found);
        }
    }
    ck_assert_uint_gt(found, 0);
}
END_TEST

START_TEST(sync_needs_a_byte_and_a_framing_that_has_it)
{
    struct cb_decoder *line = plain_decoder("line"), *counted = plain_decoder("u8");
    uint64_t place;

    ck_assert_int_eq(cb_decoder_sync(line, "a", 0, 5, &place), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_sync(counted, "a", 1, 5, &place), CB_EINVAL);
    /* One byte that does not overlap itself is never over a place. */
    ck_assert_int_eq(cb_decoder_sync(line, "\n", 1, 5, &place), CB_YES);
    ck_assert_uint_eq(place, 5);
    cb_decoder_free(line);
    cb_decoder_free(counted);
}
END_TEST

START_TEST(undecided_is_what_a_longer_delimiter_may_not_come_to_be)
{
    static const struct {
        const char *specification, *input;
        uint64_t undecided;
    } cases[] = {
        {"delim:ab,or=abcd", "1", 0},
        {"delim:ab,or=abcd", "1a", 0},
        {"delim:ab,or=abcd", "1ab", 0},
        {"delim:ab,or=abcd", "1abc", 1},
        {"delim:ab,or=abcd", "1abcd", 0},
        {"delim:ab,or=abcd", "1abc2", 0},
        {"delim:ab,or=abcd", "1abc2ab", 0},
        {"delim:ab,or=abcd", "1abc2abc", 1},
        {"delim:a,or=abcd", "abc", 2},
        {"delim:aa", "1a", 0},
        {"line", "1\r", 0},
        {"u8", "\5abc", 0},
        {"chunked", "1\r\na\r", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t block = 1; block <= 9; block += 8) {
            struct cb_decoder *decoder = plain_decoder(cases[i].specification);
            const char *input = cases[i].input;
            struct cb_piece piece;

            for (size_t at = 0, size = strlen(input); at < size; at += block) {
                append_block(buffer, input + at, block < size - at ? block : size - at);
                while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE)
                    continue;
            }
            ck_assert_msg(cb_decoder_undecided(decoder) == cases[i].undecided, "%s of %s",
                          cases[i].specification, input);
            cb_decoder_free(decoder);
            cb_skip(buffer, CB_ALL);
        }
    }
}
END_TEST

/* ... also where a longer one would follow, which is then passed over. */
START_TEST(a_record_is_given_as_soon_as_its_end_is_known)
{
    static const struct {
        const char *specification, *input, *more;
        size_t length; /* of the record */
        uint64_t undecided, end;
    } cases[] = {
        {"delim:\\r,or=\\n,or=\\r\\n", "10%\r", "\n", 3, 0, 5},
        {"delim:\\r,or=\\n,or=\\r\\n", "10%\r", "x", 3, 0, 4},
        {"delim:ab,or=abcd", "1ab", "cd", 1, 0, 5},
        {"delim:ab,or=abcd", "1abc", "d", 1, 1, 5},
        {"delim:ab,or=abcd", "1abc", "x", 1, 1, 3},
        {"delim:a,or=abc,or=abcde", "1abcd", "e", 1, 1, 6},
        {"delim:a,or=abc,or=abcde", "1abcd", "x", 1, 1, 4},
        {"csv,cr", "a\r", "\n", 1, 0, 3},
        {"csv,cr", "a\r", "x", 1, 0, 2},
        {"sse", "a\n\r", "\n", 1, 0, 4},
        {"sse", "a\n\r", "x", 1, 0, 3},
        {"sse,data", "data:a\r\r", "\n", 1, 0, 9},
        {"sse,data", "data:a\r\r", "\r", 1, 0, 8},
    };
    struct cb_piece piece;
    uint64_t count;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cb_decoder *decoder = plain_decoder(cases[i].specification);
        const uint64_t from = cb_position(buffer);

        put(cases[i].input);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        ck_assert_uint_eq(piece.flags, CB_FIRST | CB_LAST);
        ck_assert_uint_eq(piece.length, cases[i].length);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
        ck_assert_uint_eq(cb_decoder_needed(decoder), 1);
        ck_assert_uint_eq(cb_decoder_undecided(decoder), cases[i].undecided);
        ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 0, &count), CB_MORE);
        put(cases[i].more);
        ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 0, &count), CB_YES);
        ck_assert_uint_eq(count, 0);
        ck_assert_uint_eq(cb_decoder_position(decoder) - from, cases[i].end);
        ck_assert_uint_eq(cb_position(buffer) - from, cases[i].end);
        cb_decoder_free(decoder);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(needed_goes_on_to_the_end_of_a_frame_whose_record_is_cut)
{
    struct cb_decoder *decoder = new_decoder(
        "u8", (struct cb_decoder_options){.max_record = 3, .on_overflow = CB_OVERFLOW_TRUNCATE});
    struct cb_piece piece;

    append_block(buffer, BYTES("\5a"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_decoder_needed(decoder), 4);
    append_block(buffer, BYTES("bc"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_decoder_needed(decoder), 2);
    append_block(buffer, BYTES("de"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_LAST);
    ck_assert_uint_eq(piece.length, 0);
    ck_assert_uint_eq(piece.total, 3);
    cb_decoder_free(decoder);
}
END_TEST

/* The first part ends in what may be the longer delimiter; it is the shorter. */
START_TEST(take_of_a_record_that_is_cut_leaves_the_next_one_whole)
{
    struct cb_decoder *decoder = new_decoder(
        "delim:\\r\\n\\r\\n,or=\\n",
        (struct cb_decoder_options){.max_record = 1, .on_overflow = CB_OVERFLOW_TRUNCATE});
    struct cb_buffer *record;
    char bytes[8];

    ck_assert_int_eq(cb_buffer_new(&record, NULL), CB_OK);
    append_block(buffer, BYTES("ab\r\n\r"));
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    append_block(buffer, BYTES("\r\n\r\n")); /* LF it was; then CR, and CRLF CRLF */
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    ck_assert_uint_eq(cb_copyout(record, 0, sizeof bytes, bytes), 2);
    ck_assert(memcmp(bytes, "a\r", 2) == 0);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

/* The beginnings of two, held until their frames were over, are borrowed alike. */
START_TEST(records_that_are_cut_are_good_until_the_release)
{
    struct cb_decoder *decoder = new_decoder(
        "delim:;", (struct cb_decoder_options){
                       .max_record = 2, .on_overflow = CB_OVERFLOW_TRUNCATE, .whole = 1});
    static const char *const parts[] = {"abc", "d;ef", "g;h"};
    struct cb_piece piece[2];
    size_t given = 0, count;

    for (size_t i = 0; i < COUNT(parts); i++) {
        put(parts[i]);
        while (decode_batch(decoder, buffer, piece + given, 1, &count) == CB_PIECE)
            given++;
    }
    ck_assert_uint_eq(given, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(piece[i].flags, CB_FIRST | CB_LAST);
        ck_assert_uint_eq(piece[i].length, 2);
        ck_assert(memcmp(piece[i].data, i ? "ef" : "ab", 2) == 0);
    }
    cb_decoder_release(decoder, buffer);
    ck_assert_uint_eq(cb_length(buffer), 1);
    cb_decoder_free(decoder);
}
END_TEST

/* Its frame goes on after what will be given of it: that is kept once, and with it no
 * byte of the frame, not even of its header. */
START_TEST(a_record_that_is_cut_is_kept_once)
{
    struct cb_decoder *decoder =
        new_decoder("u8", (struct cb_decoder_options){
                              .max_record = 100, .on_overflow = CB_OVERFLOW_TRUNCATE, .whole = 1});
    char frame[1 + 200] = {(char)201};
    struct cb_piece piece;
    size_t count;

    append_block(buffer, frame, sizeof frame);
    ck_assert_int_eq(decode_batch(decoder, buffer, &piece, 1, &count), CB_MORE);
    const size_t bytes = counting.bytes;
    const uint64_t calls = counting.calls;
    for (size_t i = 0; i < 1000; i++)
        ck_assert_int_eq(decode_batch(decoder, buffer, &piece, 1, &count), CB_MORE);
    ck_assert_uint_eq(counting.bytes, bytes);
    ck_assert_uint_eq(counting.calls, calls);
    cb_decoder_release(decoder, buffer);
    ck_assert_uint_eq(cb_length(buffer), 0);
    put("z");
    ck_assert_int_eq(decode_batch(decoder, buffer, &piece, 1, &count), CB_PIECE);
    ck_assert_uint_eq(piece.length, 100);
    ck_assert_uint_eq(piece.header, 1);
    cb_decoder_free(decoder);
}
END_TEST

/* What a call to take has kept is given in pieces after all. */
START_TEST(pieces_may_follow_a_take_that_waits)
{
    struct cb_decoder *decoder = new_decoder(
        "u8", (struct cb_decoder_options){.max_record = 2, .on_overflow = CB_OVERFLOW_TRUNCATE});
    struct cb_buffer *record = new_buffer(NULL, 4096);
    struct cb_piece piece;

    put("\4abc");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags & (CB_FIRST | CB_LAST), CB_FIRST);
    ck_assert_uint_eq(piece.length, 2);
    ck_assert(memcmp(piece.data, "ab", 2) == 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    put("d");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_ESTATE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_LAST);
    ck_assert_uint_eq(piece.length, 0);
    cb_decoder_free(decoder);
    cb_buffer_free(record);
}
END_TEST

/* Its frame does not end, though as much has come as would be given. */
START_TEST(a_record_that_is_cut_is_dropped_where_the_input_ends_inside)
{
    struct cb_decoder *decoder =
        new_decoder("u8", (struct cb_decoder_options){.max_record = 3,
                                                      .on_overflow = CB_OVERFLOW_TRUNCATE,
                                                      .on_partial = CB_PARTIAL_DROP});
    struct cb_piece piece;

    append_block(buffer, BYTES("\5abcd"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_END);
    ck_assert_uint_eq(cb_decoder_record(decoder), 1);
    cb_decoder_free(decoder);
}
END_TEST

/* Too long by its length, but cut short before the limit. */
START_TEST(a_length_is_not_told_of_a_record_that_the_end_may_cut)
{
    struct cb_decoder *decoder =
        new_decoder("u8", (struct cb_decoder_options){.max_record = 3,
                                                      .on_overflow = CB_OVERFLOW_TRUNCATE,
                                                      .on_partial = CB_PARTIAL_EMIT});
    struct cb_piece piece;

    append_block(buffer, BYTES("\5ab"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.total, CB_UNKNOWN);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_LAST);
    ck_assert_uint_eq(piece.total, 2);
    cb_decoder_free(decoder);
    cb_skip(buffer, CB_ALL);

    /* Where each piece is to tell it, none comes before it is known. */
    decoder = new_decoder("u8", (struct cb_decoder_options){.max_record = 3,
                                                            .on_overflow = CB_OVERFLOW_TRUNCATE,
                                                            .on_partial = CB_PARTIAL_EMIT,
                                                            .whole = 1});
    append_block(buffer, BYTES("\5ab"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags & (CB_FIRST | CB_LAST), CB_FIRST | CB_LAST);
    ck_assert_uint_eq(piece.total, 2);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(needed_does_not_wrap_around)
{
    struct cb_decoder *decoder = plain_decoder("u64be,trailer=0123456789abcdef");
    struct cb_piece piece;

    /* A payload that ends with the last byte of any stream. */
    append_block(buffer, BYTES("\xff\xff\xff\xff\xff\xff\xff\xf7"));
    int status = cb_decoder_next(decoder, buffer, &piece);
    if (status == CB_PIECE)
        status = cb_decoder_next(decoder, buffer, &piece);
    if (status == CB_MORE)
        ck_assert_uint_ge(cb_decoder_needed(decoder), UINT64_C(0xfffffffffffffff7));
    else
        ck_assert_int_eq(status, CB_EOVERFLOW);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(position_is_after_what_was_given)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece piece;

    put("2:ab,4:cd");
    ck_assert_uint_eq(cb_decoder_position(decoder), 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(cb_decoder_position(decoder), 5);
    ck_assert_uint_eq(cb_decoder_record(decoder), 2);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.length, 2);
    ck_assert_uint_eq(cb_decoder_position(decoder), 9);
    ck_assert_uint_eq(cb_decoder_record(decoder), 2);
    put("ef,");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_LAST);
    ck_assert_uint_eq(cb_decoder_position(decoder), 12);
    ck_assert_uint_eq(cb_decoder_record(decoder), 3);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(position_does_not_count_what_was_only_looked_at)
{
    struct cb_decoder *decoder = new_decoder("line", (struct cb_decoder_options){.whole = 1});
    struct cb_piece piece;

    put("one\ntwo");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_decoder_position(decoder), 4);
    ck_assert_uint_eq(cb_decoder_record(decoder), 2);
    ck_assert_uint_eq(cb_length(buffer), 3);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(position_at_the_end_of_chunked_is_after_its_trailers)
{
    struct cb_decoder *decoder = plain_decoder("chunked");
    struct cb_piece pieces[8];
    size_t count;

    put("1\r\na\r\n0\r\nA: b\r\n\r\nGET /");
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_PIECE);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_END);
    ck_assert_uint_eq(cb_decoder_position(decoder), 17);
    cb_decoder_release(decoder, buffer);
    assert_holds(buffer, "GET /", 5);
    cb_decoder_free(decoder);
}
END_TEST

/* "0\r\n" left at the head could be taken for the beginning of something. */
START_TEST(at_the_end_the_head_is_at_what_follows)
{
    for (int taking = 0; taking < 2; taking++) {
        struct cb_decoder *decoder = plain_decoder("chunked");
        struct cb_buffer *record = new_buffer(pool, 4096);
        struct cb_piece piece;

        cb_skip(buffer, CB_ALL);
        put("3\r\nabc\r\n0\r\n\r\n4\r\nwxyz\r\n0\r\nA: b\r\n\r\nGET /");
        for (int i = 0; i < 2; i++) {
            ck_assert_int_eq(taking ? cb_decoder_take(decoder, buffer, record)
                                    : cb_decoder_next(decoder, buffer, &piece),
                             CB_PIECE);
            if (!taking)
                ck_assert_int_eq(cb_append(record, piece.data, piece.length), CB_OK);
            ck_assert_int_eq(taking ? cb_decoder_take(decoder, buffer, record)
                                    : cb_decoder_next(decoder, buffer, &piece),
                             CB_END);
            ck_assert_uint_eq(cb_position(buffer), cb_decoder_position(decoder));
            if (i == 0)
                cb_decoder_reset(decoder);
        }
        assert_holds(record, "abcwxyz", 7);
        assert_holds(buffer, "GET /", 5);
        /* It stays the end when that goes elsewhere. */
        cb_skip(buffer, 1);
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_END);
        assert_holds(buffer, "ET /", 4);
        cb_buffer_free(record);
        cb_decoder_free(decoder);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("place");
    TCase *place = add_case(suite, "place");

    tcase_add_checked_fixture(place, setup, teardown);
    tcase_add_loop_test(place, needed_is_what_is_missing_at_least, 0, (int)COUNT(needs));
    tcase_add_test(place, needed_is_one_at_least_before_anything_came);
    tcase_add_loop_test(place, sync_finds_places_from_which_the_same_records_begin, 0, 20);
    tcase_add_test(place, sync_needs_a_byte_and_a_framing_that_has_it);
    tcase_add_test(place, undecided_is_what_a_longer_delimiter_may_not_come_to_be);
    tcase_add_test(place, a_record_is_given_as_soon_as_its_end_is_known);
    tcase_add_test(place, needed_goes_on_to_the_end_of_a_frame_whose_record_is_cut);
    tcase_add_test(place, a_length_is_not_told_of_a_record_that_the_end_may_cut);
    tcase_add_test(place, a_record_that_is_cut_is_dropped_where_the_input_ends_inside);
    tcase_add_test(place, records_that_are_cut_are_good_until_the_release);
    tcase_add_test(place, a_record_that_is_cut_is_kept_once);
    tcase_add_test(place, pieces_may_follow_a_take_that_waits);
    tcase_add_test(place, take_of_a_record_that_is_cut_leaves_the_next_one_whole);
    tcase_add_test(place, needed_does_not_wrap_around);
    tcase_add_test(place, position_is_after_what_was_given);
    tcase_add_test(place, position_does_not_count_what_was_only_looked_at);
    tcase_add_test(place, position_at_the_end_of_chunked_is_after_its_trailers);
    tcase_add_test(place, at_the_end_the_head_is_at_what_follows);
    return run_suite(suite);
}
