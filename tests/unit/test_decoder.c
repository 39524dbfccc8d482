/* SPDX-License-Identifier: MIT */
/* Errors, life and memory of a decoder, and whole records. */
#include "decoders.h"

/* ---------------------------------------------------------------------- whole */

START_TEST(whole_gives_no_piece_before_the_end_is_here)
{
    const struct sample *sample = &samples[_i];
    struct cb_decoder *decoder =
        new_decoder(sample->specification, (struct cb_decoder_options){.whole = 1});
    size_t records = 0, begun = 0;

    for (size_t at = 0; at < sample->size; at++) {
        struct cb_piece piece;

        append_block(buffer, sample->input + at, 1);
        while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE) {
            ck_assert_uint_ne(piece.total, CB_UNKNOWN);
            begun += piece.flags & CB_FIRST ? 1 : 0;
            records += piece.flags & CB_LAST ? 1 : 0;
        }
        ck_assert_uint_eq(begun, records);
    }
    ck_assert_uint_eq(records, 3);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(traits_tell_whether_lengths_are_known)
{
    const struct sample *sample = &samples[_i];
    struct cb_decoder *decoder = plain_decoder(sample->specification);

    ck_assert_uint_eq(cb_decoder_traits(decoder) & CB_TELLS_LENGTH,
                      sample->tells ? CB_TELLS_LENGTH : 0);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_key_may_make_lengths_unknown)
{
    static const struct {
        const char *specification;
        bool tells;
    } cases[] = {
        {"chunked,keep", true},
        {"chunked,lf", true},
        {"chunked,lf,keep", false}, /* the line end after the data has one byte or two */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cb_decoder *decoder = plain_decoder(cases[i].specification);

        ck_assert_msg((cb_decoder_traits(decoder) & CB_TELLS_LENGTH) ==
                          (cases[i].tells ? CB_TELLS_LENGTH : 0),
                      "%s", cases[i].specification);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(only_the_records_of_chunked_are_parts_of_a_body)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct cb_decoder *decoder = plain_decoder(samples[i].specification);
        bool chunked = strcmp(samples[i].specification, "chunked") == 0;

        ck_assert_uint_eq(cb_decoder_traits(decoder) & CB_PARTS, chunked ? CB_PARTS : 0);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(traits_tell_where_decoding_may_begin)
{
    static const struct {
        const char *specification;
        unsigned traits;
    } cases[] = {
        {"line", CB_SYNC},
        {"delim:a,or=ab,keep", CB_SYNC},
        {"crlf", CB_SYNC},
        {"fixed:3", CB_SYNC | CB_INDEPENDENT},
        {"u16be", CB_INDEPENDENT},
        {"varint", CB_INDEPENDENT},
        {"netstring,keep", CB_INDEPENDENT},
        {"hex", CB_INDEPENDENT},
        {"chunked", 0},   /* its end mark comes once */
        {"websocket", 0}, /* a continuation is right only inside a message */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cb_decoder *decoder = plain_decoder(cases[i].specification);

        ck_assert_msg((cb_decoder_traits(decoder) & (CB_SYNC | CB_INDEPENDENT)) == cases[i].traits,
                      "%s", cases[i].specification);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(lengths_that_the_end_may_cut_are_not_promised)
{
    struct cb_decoder *emit =
        new_decoder("u16be", (struct cb_decoder_options){.on_partial = CB_PARTIAL_EMIT});
    struct cb_decoder *fail =
        new_decoder("fixed:4", (struct cb_decoder_options){.on_partial = CB_PARTIAL_FAIL});
    struct cb_piece piece;

    ck_assert_uint_eq(cb_decoder_traits(emit) & CB_TELLS_LENGTH, 0);
    ck_assert_uint_eq(cb_decoder_traits(fail) & CB_TELLS_LENGTH, CB_TELLS_LENGTH);
    append_block(buffer, BYTES("\0\5ab"));
    ck_assert_int_eq(cb_decoder_next(emit, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.total, CB_UNKNOWN);
    cb_decoder_finish(emit);
    ck_assert_int_eq(cb_decoder_next(emit, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "", 1, 4, 2, CB_LAST);
    cb_decoder_free(emit);
    cb_decoder_free(fail);
}
END_TEST

/* --------------------------------------------------------------------- errors */

START_TEST(an_error_says_what_and_where_and_stays)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_buffer *record = new_buffer(pool, 4096);
    struct cb_piece pieces[4];
    size_t count;

    put("1:a,2:bc;3:def,");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, pieces), CB_PIECE);
    int status;
    while ((status = cb_decoder_next(decoder, buffer, pieces)) == CB_PIECE)
        ck_assert_uint_eq(pieces[0].flags & CB_LAST, 0);
    ck_assert_int_eq(status, CB_EMALFORMED);
    struct cb_error error = *cb_decoder_error(decoder);
    ck_assert_int_eq(error.code, CB_EMALFORMED);
    ck_assert_uint_eq(error.record, 2);
    ck_assert_uint_eq(error.offset, 8);
    ck_assert_msg(strstr(error.text, ": 3b") != NULL, "%s", error.text);
    put("1:a,");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, pieces), CB_EMALFORMED);
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 4, &count), CB_EMALFORMED);
    ck_assert_uint_eq(count, 0);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, pieces), CB_EMALFORMED);
    ck_assert(memcmp(cb_decoder_error(decoder), &error, sizeof error) == 0);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(records_before_an_error_are_given_first)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece pieces[8];
    size_t count;

    put("1:a,1:b,x");
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_PIECE);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_EMALFORMED);
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(cb_decoder_error(decoder)->record, 3);
    ck_assert_uint_eq(cb_decoder_error(decoder)->offset, 8);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_record_that_is_too_long_is_never_given_whole)
{
    static const struct {
        const char *specification, *input;
    } inputs[] = {
        {"line", "ab\nabcdef\nab\n"},
        {"delim:;,or=!", "ab;abcdef!ab;"},
        {"netstring", "2:ab,6:abcdef,2:ab,"},
        {"chunked", "2\r\nab\r\n6\r\nabcdef\r\n0\r\n\r\n"},
    };

    for (size_t i = 0; i < COUNT(inputs); i++) {
        for (size_t max = 1; max <= 8; max++) {
            struct cb_decoder *decoder =
                new_decoder(inputs[i].specification, (struct cb_decoder_options){.max_record = 5});
            struct cb_piece pieces[8];
            size_t count, ends = 0;
            int status;

            cb_skip(buffer, CB_ALL);
            put(inputs[i].input);
            while ((status = decode_batch(decoder, buffer, pieces, max, &count)) == CB_PIECE) {
                for (size_t p = 0; p < count; p++)
                    ends += (pieces[p].flags & CB_LAST) != 0;
            }
            ck_assert_int_eq(status, CB_EOVERFLOW);
            ck_assert_uint_eq(ends, 1);
            ck_assert_uint_eq(cb_decoder_error(decoder)->record, 2);
            /* And not at the next call either. */
            ck_assert_int_eq(decode_batch(decoder, buffer, pieces, max, &count), CB_EOVERFLOW);
            ck_assert_int_eq(cb_decoder_next(decoder, buffer, pieces), CB_EOVERFLOW);
            cb_decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(take_after_an_error_gives_the_error)
{
    struct cb_decoder *decoder = new_decoder("line", (struct cb_decoder_options){.max_record = 3});
    struct cb_buffer *record = new_buffer(pool, 4096);

    put("abc\nabcd\nabc\n");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_EOVERFLOW);
    assert_holds(record, "abc", 3);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(no_error_is_told_before_one_is_returned)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece piece;

    ck_assert_int_eq(cb_decoder_error(decoder)->code, CB_OK);
    put("a\nb");
    while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE)
        ck_assert_int_eq(cb_decoder_error(decoder)->code, CB_OK);
    ck_assert_int_eq(cb_decoder_error(decoder)->code, CB_OK);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(truncation_tells_how_much_is_missing)
{
    static const struct {
        const char *specification, *text;
    } cases[] = {
        {"u8", "input ends inside a record: 6 bytes of its payload are missing"},
        /* A frame of 9 goes on in the next. */
        {"u8,more=9", "input ends inside a record: at least 6 bytes of its payload are missing"},
    };
    struct cb_decoder *decoder = plain_decoder(cases[_i].specification);
    struct cb_piece piece;
    int status;

    append_block(buffer, BYTES("\x9"
                               "abc"));
    cb_decoder_finish(decoder);
    while ((status = cb_decoder_next(decoder, buffer, &piece)) == CB_PIECE)
        ck_assert_uint_eq(piece.flags & CB_LAST, 0);
    ck_assert_int_eq(status, CB_ETRUNCATED);
    ck_assert_uint_eq(cb_decoder_error(decoder)->offset, 4);
    ck_assert_uint_eq(cb_decoder_error(decoder)->record, 1);
    ck_assert_str_eq(cb_decoder_error(decoder)->text, cases[_i].text);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_dropped_record_is_not_begun)
{
    struct cb_decoder *decoder =
        new_decoder("u8", (struct cb_decoder_options){.on_partial = CB_PARTIAL_DROP});
    struct cb_piece piece;

    append_block(buffer, BYTES("\1a\5bcd"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "a", 1, 1, 1, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_END);
    ck_assert_uint_eq(cb_decoder_record(decoder), 2);
    cb_decoder_free(decoder);
}
END_TEST

/* ----------------------------------------------------------------------- life */

START_TEST(reset_begins_another_stream)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct cb_decoder *decoder = plain_decoder(samples[i].specification);

        for (size_t cut = 0; cut <= samples[i].size; cut++) {
            struct cb_buffer *other = new_buffer(pool, 4096);
            struct cb_piece piece;
            struct seen seen;

            /* A stream left anywhere, also by its end or by an error ... */
            append_block(other, samples[i].input, cut);
            if (cut % 2)
                cb_decoder_finish(decoder);
            while (cb_decoder_next(decoder, other, &piece) == CB_PIECE)
                ck_assert_ptr_nonnull(piece.data);
            cb_decoder_reset(decoder);
            ck_assert_int_eq(cb_decoder_error(decoder)->code, CB_OK);
            ck_assert_uint_eq(cb_decoder_record(decoder), 1);
            cb_buffer_free(other);

            /* ... and one from its beginning. */
            cb_skip(buffer, CB_ALL);
            append_block(buffer, samples[i].input, samples[i].size);
            batch_all(decoder, 16, &seen);
            ck_assert_uint_eq(seen.records, 3);
            ck_assert(memcmp(seen.text, "first", 5) == 0);
            cb_decoder_reset(decoder);
        }
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(the_head_of_the_same_buffer_may_begin_another_stream)
{
    struct cb_decoder *decoder = plain_decoder("chunked");
    struct cb_piece pieces[8];
    size_t count;

    put("1\r\na\r\n0\r\n\r\n1\r\nb\r\n0\r\n\r\n");
    for (uint64_t i = 0; i < 2; i++) {
        ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_PIECE);
        ck_assert_uint_eq(count, 1);
        assert_piece(&pieces[0], i == 0 ? "a" : "b", 1, 3 + 11 * i, 1, CB_FIRST | CB_LAST);
        ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_END);
        cb_decoder_release(decoder, buffer);
        cb_decoder_reset(decoder);
    }
    ck_assert_uint_eq(cb_length(buffer), 0);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(another_buffer_has_a_say_after_the_last_record_only)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer *other = new_buffer(pool, 4096);
    struct cb_piece piece;

    put("ab");
    put("cd");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "ab", 1, 0, CB_UNKNOWN, CB_FIRST);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, other, &piece), CB_ESTATE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "cd", 1, 2, CB_UNKNOWN, 0);
    ck_assert_int_eq(cb_decoder_next(decoder, other, &piece), CB_ESTATE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "", 1, 4, 4, CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_END);
    ck_assert_int_eq(cb_decoder_next(decoder, other, &piece), CB_END);
    cb_buffer_free(other);
    cb_decoder_free(decoder);
}
END_TEST

/* The end of the input makes this a whole record, of which only a part was returned. */
START_TEST(a_last_record_of_two_pieces_is_given_in_full)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer *other = new_buffer(pool, 4096);
    struct cb_piece piece;

    put("ab");
    put("cd");
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "ab", 1, 0, piece.total, CB_FIRST);
    ck_assert_int_eq(cb_decoder_next(decoder, other, &piece), CB_ESTATE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(memcmp(piece.data, "cd", 2), 0);
    cb_buffer_free(other);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(payload_is_unpacked_or_memory_is_out)
{
    bool failed = true;

    for (uint64_t n = 1; failed; n++) {
        struct cb_decoder *decoder = plain_decoder("slip");
        struct seen seen = {.size = 0};
        struct cb_piece pieces[16];
        size_t count = 0;

        cb_skip(buffer, CB_ALL);
        put("a\xdb\xdc\300b\300c\300d\300e\300");
        counting_fail(&counting, n, false);
        int status = decode_batch(decoder, buffer, pieces, 16, &count);
        failed = counting.failed;
        counting_fail(&counting, 0, false);
        see(&seen, pieces, count);
        if (status == CB_ENOMEM && !cb_decoder_error(decoder)->code) {
            status = decode_batch(decoder, buffer, pieces, 16, &count);
            see(&seen, pieces, count);
        }
        while (status == CB_PIECE) {
            status = decode_batch(decoder, buffer, pieces, 16, &count);
            see(&seen, pieces, count);
        }
        ck_assert(status == CB_MORE || (failed && status == CB_ENOMEM));
        if (status == CB_MORE)
            ck_assert(seen.size == 6 && memcmp(seen.text, "a\300bcde", 6) == 0);
        ck_assert(status != CB_MORE || seen.records == 5);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(the_specification_is_not_needed_afterwards)
{
    char specification[] = "delim:<end-of-record>,or=!";
    struct cb_decoder *decoder = plain_decoder(specification);
    struct cb_piece piece;

    memset(specification, 'x', sizeof specification - 1);
    put("one<end-of-record>two!");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "one", 1, 0, 3, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "two", 2, 18, 3, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(bad_options_are_refused)
{
    struct cb_decoder_options no_size = {.size = 0};
    struct cb_decoder_options partial = {
        .size = sizeof partial,
        .on_partial = (enum cb_partial)(CB_PARTIAL_DROP + 1),
    };
    struct cb_decoder_options malformed = {
        .size = sizeof malformed,
        .on_malformed = (enum cb_malformed)(CB_MALFORMED_SKIP + 1),
    };
    struct cb_decoder_options overflow = {
        .size = sizeof overflow,
        .on_overflow = (enum cb_overflow)(CB_OVERFLOW_TRUNCATE + 1),
    };
    struct cb_decoder_options trailers = {.size = sizeof trailers, .trailers = 2};
    struct cb_decoder *decoder = NULL;
    struct cb_error error = {.code = CB_OK};

    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &no_size, &error), CB_EINVAL);
    ck_assert_int_eq(error.code, CB_EINVAL);
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &partial, &error), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &partial, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_new(&decoder, "netstring", &malformed, &error), CB_EINVAL);
    ck_assert_str_eq(error.text, "unknown value for on_malformed");
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &overflow, &error), CB_EINVAL);
    ck_assert_str_eq(error.text, "unknown value for on_overflow");
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &trailers, &error), CB_EINVAL);
    ck_assert_ptr_null(decoder);
}
END_TEST

START_TEST(what_options_hold_that_is_not_known_is_refused)
{
    struct longer {
        struct cb_decoder_options known;
        uint8_t more[9];
    } options = {.known.size = sizeof options};
    const struct cb_allocator nothing = {.alloc = NULL};
    struct cb_decoder *decoder = NULL;
    struct cb_error error;

    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &options.known, &error), CB_OK);
    cb_decoder_free(decoder);
    decoder = NULL;
    options.more[0] = 1;
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &options.known, &error), CB_EINVAL);
    ck_assert_int_eq(error.code, CB_EINVAL);
    options.known.size = sizeof options.known;
    options.known.whole = 3;
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &options.known, &error), CB_EINVAL);
    options.known.whole = 0;
    options.known.allocator = &nothing;
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &options.known, &error), CB_EINVAL);
    ck_assert_ptr_null(decoder);
}
END_TEST

START_TEST(options_are_read_as_far_as_their_size_reaches)
{
    struct cb_decoder_options options = {
        .size = offsetof(struct cb_decoder_options, on_partial),
        .max_record = 3,
        .on_partial = (enum cb_partial)77,
    };
    struct cb_decoder *decoder = NULL;
    struct cb_piece piece;

    ck_assert_int_eq(cb_decoder_new(&decoder, "u8", &options, NULL), CB_OK);
    append_block(buffer, BYTES("\4"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EOVERFLOW);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(no_decoder_can_be_freed)
{
    cb_decoder_free(NULL);
}
END_TEST

static const char *const made_of[] = {
    "line",
    "crlf",
    "delim:;",
    "delim:longer than a few bytes,or=;",
    "fixed:3",
    "u16be,trailer=;",
    "varint",
    "netstring",
    "chunked,lf,keep",
};

START_TEST(every_failed_allocation_of_a_new_decoder_is_reported)
{
    bool failed = true;

    for (uint64_t n = 1; failed; n++) {
        struct cb_decoder_options options = {
            .size = sizeof options,
            .allocator = &counting.hooks,
        };
        struct cb_decoder *decoder = NULL;
        struct cb_error error = {.code = CB_OK};
        size_t blocks = counting.blocks;

        counting_fail(&counting, n, _i % 2);
        int status = cb_decoder_new(&decoder, made_of[_i], &options, &error);
        failed = counting.failed;
        counting_fail(&counting, 0, false);
        ck_assert_int_eq(status, failed ? CB_ENOMEM : CB_OK);
        ck_assert_int_eq(error.code, status);
        ck_assert(n > 1 || failed);
        cb_decoder_free(decoder);
        ck_assert_uint_eq(counting.blocks, blocks);
    }
}
END_TEST

START_TEST(a_take_without_memory_fails_and_can_be_tried_again)
{
    bool failed = true;

    for (uint64_t n = 1; failed; n++) {
        struct cb_decoder *decoder = plain_decoder("netstring");
        struct cb_buffer *record = new_buffer(pool, 4096);
        const size_t block = 1;
        int status;

        /* Twenty chunks: the ring of the record must grow. */
        cb_skip(buffer, CB_ALL);
        append_cut(buffer, BYTES("20:0123456789abcdefghij,"), &block, 1);
        counting_fail(&counting, n, false);
        status = cb_decoder_take(decoder, buffer, record);
        failed = counting.failed;
        counting_fail(&counting, 0, false);
        ck_assert_int_eq(status, failed ? CB_ENOMEM : CB_PIECE);
        ck_assert(n > 1 || failed);
        if (failed) {
            ck_assert_uint_eq(cb_length(record), 0);
            ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
        }
        assert_holds(record, "0123456789abcdefghij", 20);
        cb_buffer_free(record);
        cb_decoder_free(decoder);
    }
}
END_TEST

/* Fills the buffer with records of a sample, without allocating once warm. */
static void refill(const struct sample *sample, size_t size)
{
    for (size_t i = 0; i < 10; i++) {
        void *data;
        size_t n;

        expect(cb_get_chunk(buffer, size, &data, &n) == CB_OK && n >= size, "no chunk");
        memcpy(data, sample->input, size);
        expect(cb_chunk_written(buffer, size) == CB_OK, "not written");
    }
}

START_TEST(a_hundred_thousand_records_allocate_nothing)
{
    const struct sample *sample = &samples[_i];
    /* Chunked without its end, so that it goes on. */
    size_t size = strcmp(sample->specification, "chunked") == 0 ? sample->size - 5 : sample->size;
    struct cb_decoder *decoder = plain_decoder(sample->specification);
    struct cb_buffer *record = new_buffer(pool, 4096);
    struct cb_piece pieces[16];
    uint64_t warm = 0;
    size_t count;

    for (int way = 0; cb_decoder_record(decoder) < 100000; way++) {
        refill(sample, size);
        if (way % 3 == 0) {
            while (decode_batch(decoder, buffer, pieces, COUNT(pieces), &count) == CB_PIECE)
                cb_decoder_release(decoder, buffer);
        } else if (way % 3 == 1) {
            while (cb_decoder_next(decoder, buffer, pieces) == CB_PIECE)
                count++;
        } else {
            while (cb_decoder_take(decoder, buffer, record) == CB_PIECE)
                cb_skip(record, CB_ALL);
        }
        expect(cb_decoder_error(decoder)->code == CB_OK, "%s", cb_decoder_error(decoder)->text);
        if (way == 30)
            warm = counting.calls;
    }
    ck_assert_uint_gt(warm, 0);
    ck_assert_uint_eq(counting.calls, warm);
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

/* ---------------------------------------------------------- assembled payload */

/* Framings that assemble payload, and a record of each. */
static const struct {
    const char *specification;
    const char *begin; /* what comes before n bytes of "x", and after them */
    size_t begin_size, n;
    const char *end;
    size_t end_size;
} assemblers[] = {
    {"http", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n"), 300, BYTES("")},
    {"slip", BYTES("\xdb\xdc"), 300, BYTES("\xc0")},
    {"sse,data", BYTES("data:"), 300, BYTES("\ndata: a\n\n")},
    {"websocket,data", BYTES("\x81\x7e\x01\x2c"), 300, BYTES("")},
    {"cobs", BYTES("\2a\xff"), 254, BYTES("\0")},
};

START_TEST(assembled_payload_comes_from_the_pool_of_the_input)
{
    struct cb_pool_options shared = {
        .size = sizeof shared, .shared = 1, .allocator = &counting.hooks};
    struct cb_buffer_options options = {.size = sizeof options, .copy_below = 4096};
    struct cb_decoder *decoder = plain_decoder(assemblers[_i].specification);
    struct cb_buffer *in, *record;
    char text[300];

    memset(text, 'x', sizeof text);
    ck_assert_int_eq(cb_pool_new(&options.pool, &shared), CB_OK);
    ck_assert_int_eq(cb_buffer_new(&in, &options), CB_OK);
    ck_assert_int_eq(cb_buffer_new(&record, &options), CB_OK);
    ck_assert_int_eq(cb_append(in, assemblers[_i].begin, assemblers[_i].begin_size), CB_OK);
    ck_assert_int_eq(cb_append(in, text, assemblers[_i].n), CB_OK);
    ck_assert_int_eq(cb_append(in, assemblers[_i].end, assemblers[_i].end_size), CB_OK);
    const uint64_t before = pool_stats(options.pool).copied;
    ck_assert_int_eq(cb_decoder_take(decoder, in, record), CB_PIECE);
    ck_assert_uint_ge(cb_length(record), assemblers[_i].n);
    ck_assert_uint_ge(pool_stats(options.pool).copied, before + cb_length(record));
    cb_decoder_free(decoder);
    cb_buffer_free(in);
    /* All of the record is in blocks of this pool, and not in those of the input. */
    ck_assert_uint_eq(pool_stats(options.pool).live_blocks, 1);
    cb_buffer_free(record);
    ck_assert_uint_eq(pool_stats(options.pool).live_blocks, 0);
    cb_pool_unref(options.pool);
}
END_TEST

START_TEST(the_first_call_without_memory_can_be_made_again)
{
    bool failed = true;

    for (uint64_t n = 1; failed; n++) {
        struct cb_decoder *decoder = plain_decoder("http");
        struct cb_piece piece;

        cb_skip(buffer, CB_ALL);
        put("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
        counting_fail(&counting, n, false);
        int status = cb_decoder_next(decoder, buffer, &piece);
        failed = counting.failed;
        counting_fail(&counting, 0, false);
        ck_assert(n > 1 || failed);
        ck_assert_int_eq(status, failed ? CB_ENOMEM : CB_PIECE);
        ck_assert_int_eq(cb_decoder_error(decoder)->code, CB_OK);
        put("abc");
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        cb_decoder_free(decoder);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decoder");
    TCase *whole = add_case(suite, "whole");
    TCase *errors = add_case(suite, "errors");
    TCase *life = add_case(suite, "life");
    TCase *assembled = add_case(suite, "assembled");
    int n = (int)COUNT(samples);

    tcase_add_checked_fixture(whole, setup, teardown);
    tcase_add_loop_test(whole, whole_gives_no_piece_before_the_end_is_here, 0, n);
    tcase_add_loop_test(whole, traits_tell_whether_lengths_are_known, 0, n);
    tcase_add_test(whole, a_key_may_make_lengths_unknown);
    tcase_add_test(whole, only_the_records_of_chunked_are_parts_of_a_body);
    tcase_add_test(whole, traits_tell_where_decoding_may_begin);
    tcase_add_test(whole, lengths_that_the_end_may_cut_are_not_promised);

    tcase_add_checked_fixture(errors, setup, teardown);
    tcase_add_test(errors, an_error_says_what_and_where_and_stays);
    tcase_add_test(errors, records_before_an_error_are_given_first);
    tcase_add_test(errors, a_record_that_is_too_long_is_never_given_whole);
    tcase_add_test(errors, take_after_an_error_gives_the_error);
    tcase_add_test(errors, no_error_is_told_before_one_is_returned);
    tcase_add_loop_test(errors, truncation_tells_how_much_is_missing, 0, 2);
    tcase_add_test(errors, a_dropped_record_is_not_begun);

    tcase_add_checked_fixture(life, setup, teardown);
    tcase_add_test(life, reset_begins_another_stream);
    tcase_add_test(life, the_head_of_the_same_buffer_may_begin_another_stream);
    tcase_add_test(life, another_buffer_has_a_say_after_the_last_record_only);
    tcase_add_test(life, a_last_record_of_two_pieces_is_given_in_full);
    tcase_add_test(life, payload_is_unpacked_or_memory_is_out);
    tcase_add_test(life, the_specification_is_not_needed_afterwards);
    tcase_add_test(life, bad_options_are_refused);
    tcase_add_test(life, what_options_hold_that_is_not_known_is_refused);
    tcase_add_test(life, options_are_read_as_far_as_their_size_reaches);
    tcase_add_test(life, no_decoder_can_be_freed);
    tcase_add_loop_test(life, every_failed_allocation_of_a_new_decoder_is_reported, 0,
                        (int)COUNT(made_of));
    tcase_add_test(life, a_take_without_memory_fails_and_can_be_tried_again);
    tcase_add_loop_test(life, a_hundred_thousand_records_allocate_nothing, 0, n);

    tcase_add_checked_fixture(assembled, setup, teardown);
    tcase_add_loop_test(assembled, assembled_payload_comes_from_the_pool_of_the_input, 0,
                        (int)COUNT(assemblers));
    tcase_add_test(assembled, the_first_call_without_memory_can_be_made_again);
    return run_suite(suite);
}
