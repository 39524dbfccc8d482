/* SPDX-License-Identifier: MIT */
/* What every decoder promises, whatever its framing. */
#include "expect.h"
#include "support.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct counting counting;
static struct cb_pool *pool;
static struct cb_buffer *buffer;

static void setup(void)
{
    counting_init(&counting);
    pool = new_pool(&counting.hooks);
    buffer = new_buffer(pool, 4096);
}

static void teardown(void)
{
    cb_buffer_free(buffer);
    cb_pool_unref(pool);
    counting_fini(&counting);
}

static struct cb_decoder *new_decoder(const char *specification, struct cb_decoder_options options)
{
    struct cb_decoder *decoder = NULL;
    struct cb_error error = {.code = CB_OK};

    options.size = sizeof(options);
    options.allocator = &counting.hooks;
    ck_assert_msg(cb_decoder_new(&decoder, specification, &options, &error) == CB_OK, "%s: %s",
                  specification, error.text);
    return decoder;
}

static struct cb_decoder *plain_decoder(const char *specification)
{
    return new_decoder(specification, (struct cb_decoder_options){.size = 0});
}

static void put(const char *text)
{
    append_block(buffer, text, strlen(text));
}

/* What a piece should be; `total` of the record. */
#define assert_piece(piece, text, number, at, whole, bits)                                         \
    do {                                                                                           \
        ck_assert_uint_eq((piece)->length, strlen(text));                                          \
        ck_assert(memcmp((piece)->data, text, strlen(text)) == 0);                                 \
        ck_assert_uint_eq((piece)->record, number);                                                \
        ck_assert_uint_eq((piece)->offset, at);                                                    \
        ck_assert_uint_eq((piece)->total, whole);                                                  \
        ck_assert_uint_eq((piece)->flags, bits);                                                   \
    } while (0)

/* --------------------------------------------------------------------- pieces */

START_TEST(a_whole_record_is_one_piece)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece piece;

    put("one\n\ntwo\n");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "one", 1, 0, 3, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "", 2, 4, 0, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "two", 3, 5, 3, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_END);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_END);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_record_that_arrives_in_parts_is_given_in_parts)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece piece;

    put("ab");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "ab", 1, 0, CB_UNKNOWN, CB_FIRST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    put("cd");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "cd", 1, 2, CB_UNKNOWN, 0);
    put("e\nf");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "e", 1, 4, 5, CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "f", 2, 6, CB_UNKNOWN, CB_FIRST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_length_is_told_from_the_first_piece_on)
{
    struct cb_decoder *decoder = plain_decoder("u8");
    struct cb_piece piece;

    append_block(buffer, BYTES("\5"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "", 1, 1, 5, CB_FIRST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    put("ab");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "ab", 1, 1, 5, 0);
    put("cde");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "cde", 1, 3, 5, CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_record_over_chunks_is_a_piece_for_each)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece pieces[8];
    size_t count;

    put("ab");
    put("cd");
    put("e\nfg\nh");
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_PIECE);
    ck_assert_uint_eq(count, 5);
    assert_piece(&pieces[0], "ab", 1, 0, 5, CB_FIRST);
    assert_piece(&pieces[1], "cd", 1, 2, 5, 0);
    assert_piece(&pieces[2], "e", 1, 4, 5, CB_LAST);
    assert_piece(&pieces[3], "fg", 2, 6, 2, CB_FIRST | CB_LAST);
    assert_piece(&pieces[4], "h", 3, 9, CB_UNKNOWN, CB_FIRST);
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 8, &count), CB_MORE);
    ck_assert_uint_eq(count, 0);
    cb_decoder_free(decoder);
}
END_TEST

/* The framings that the generic tests below run with, and three records in
 * them. */
static const struct sample {
    const char *specification;
    const char *input;
    size_t size;
    bool tells;
} samples[] = {
    {"line", BYTES("first\n\nthird\n"), false},
    {"delim:<>,or=<e>", BYTES("first<><>third<e>"), false},
    {"fixed:5", BYTES("firstAAAAAthird"), false},
    {"u16be", BYTES("\0\5first\0\0\0\5third"), true},
    {"varint", BYTES("\5first\0\5third"), true},
    {"netstring", BYTES("5:first,0:,5:third,"), true},
    {"chunked", BYTES("5\r\nfirst\r\n1\r\nx\r\n5;e\r\nthird\r\n0\r\n\r\n"), true},
};

/* All bytes and ends of records that batches of `max` pieces give. */
struct seen {
    char text[64];
    size_t size;
    size_t ends[16];
    uint64_t offsets[16];
    size_t records;
};

static void see(struct seen *seen, const struct cb_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_le(seen->size + pieces[i].length, sizeof(seen->text));
        memcpy(seen->text + seen->size, pieces[i].data, pieces[i].length);
        seen->size += pieces[i].length;
        if (pieces[i].flags & CB_FIRST)
            seen->offsets[seen->records] = pieces[i].offset;
        ck_assert_uint_eq(pieces[i].record, seen->records + 1);
        if (pieces[i].flags & CB_LAST)
            seen->ends[seen->records++] = seen->size;
    }
}

static void batch_all(struct cb_decoder *decoder, size_t max, struct seen *seen)
{
    struct cb_piece pieces[16];
    size_t count;

    *seen = (struct seen){.size = 0};
    while (decode_batch(decoder, buffer, pieces, max, &count) == CB_PIECE) {
        ck_assert_uint_ge(count, 1);
        ck_assert_uint_le(count, max);
        see(seen, pieces, count);
        cb_decoder_release(decoder, buffer);
    }
    ck_assert_uint_eq(count, 0);
}

START_TEST(batches_of_any_size_give_the_same)
{
    const struct sample *sample = &samples[_i];

    for (size_t block = 1; block <= sample->size; block++) {
        for (size_t max = 1; max <= 16; max++) {
            struct cb_decoder *decoder = plain_decoder(sample->specification);
            struct seen seen;

            cb_skip(buffer, CB_ALL);
            uint64_t base = cb_position(buffer);
            append_cut(buffer, sample->input, sample->size, &block, 1);
            batch_all(decoder, max, &seen);
            ck_assert_uint_eq(seen.records, 3);
            ck_assert_uint_eq(seen.ends[0], 5);
            ck_assert_uint_eq(seen.ends[2] - seen.ends[1], 5);
            ck_assert(memcmp(seen.text, "first", 5) == 0);
            ck_assert(memcmp(seen.text + seen.ends[1], "third", 5) == 0);
            ck_assert_uint_ge(seen.offsets[0], base);
            ck_assert(memcmp(sample->input + (seen.offsets[2] - base), "third", 5) == 0);
            cb_decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(records_that_are_skipped_are_counted_and_the_next_is_the_right_one)
{
    const struct sample *sample = &samples[_i];

    for (size_t block = 1; block <= sample->size; block++) {
        for (uint64_t skip = 1; skip <= 4; skip++) {
            struct cb_decoder *decoder = plain_decoder(sample->specification);
            uint64_t skipped = 0, count;
            int status = CB_PIECE;
            struct seen seen = {.records = 0};
            struct cb_piece piece;

            cb_skip(buffer, CB_ALL);
            append_cut(buffer, sample->input, sample->size, &block, 1);
            while (skipped < skip && status == CB_PIECE) {
                status = cb_decoder_skip(decoder, buffer, skip - skipped, &count);
                ck_assert_uint_le(count, skip - skipped);
                ck_assert_int_eq(status == CB_PIECE, count > 0);
                skipped += count;
            }
            ck_assert_uint_eq(skipped, skip > 3 ? 3 : skip);
            ck_assert_uint_eq(cb_decoder_record(decoder), skipped + 1);
            ck_assert_uint_eq(cb_decoder_position(decoder), cb_position(buffer));
            while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE) {
                ck_assert_uint_eq(piece.record, seen.records + skipped + 1);
                memcpy(seen.text + seen.size, piece.data, piece.length);
                seen.size += piece.length;
                if (piece.flags & CB_LAST)
                    seen.ends[seen.records++] = seen.size;
            }
            ck_assert_uint_eq(seen.records, 3 - skipped);
            if (skipped < 3)
                ck_assert(memcmp(seen.text + seen.size - 5, "third", 5) == 0);
            cb_decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(a_skipped_record_is_no_longer_than_allowed)
{
    struct cb_decoder *decoder = new_decoder("line", (struct cb_decoder_options){.max_record = 3});
    uint64_t count;

    put("abc\nabcd\nabc\n");
    ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 3, &count), CB_PIECE);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 2, &count), CB_EOVERFLOW);
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(cb_decoder_error(decoder)->record, 2);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(pieces_stay_good_while_input_is_appended)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece pieces[4];
    size_t count;

    append_offered(buffer, BYTES("one\ntwo\nthr"), 5);
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 2, &count), CB_PIECE);
    ck_assert_uint_eq(count, 2);
    for (int i = 0; i < 2000; i++)
        append_offered(buffer, BYTES("more and more and more"), 1 + (size_t)i % 9);
    for (int i = 0; i < 100; i++)
        put("by reference");
    assert_piece(&pieces[0], "one", 1, 0, 3, CB_FIRST | CB_LAST);
    assert_piece(&pieces[1], "two", 2, 4, 3, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(nothing_leaves_the_buffer_before_release)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece pieces[4];
    size_t count;

    put("3:one,3:two,3:th");
    ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 2, &count), CB_PIECE);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(cb_position(buffer), 0);
    ck_assert_uint_eq(cb_length(buffer), 16);
    cb_decoder_release(decoder, buffer);
    ck_assert_uint_eq(cb_position(buffer), 12);
    assert_holds(buffer, "3:th", 4);
    cb_decoder_release(decoder, buffer);
    ck_assert_uint_eq(cb_position(buffer), 12);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(two_batches_may_be_held_before_one_release)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece first[2], second[2];
    size_t count;

    put("a\nb\nc\nd\n");
    ck_assert_int_eq(decode_batch(decoder, buffer, first, 2, &count), CB_PIECE);
    ck_assert_int_eq(decode_batch(decoder, buffer, second, 2, &count), CB_PIECE);
    assert_piece(&first[0], "a", 1, 0, 1, CB_FIRST | CB_LAST);
    assert_piece(&second[1], "d", 4, 6, 1, CB_FIRST | CB_LAST);
    cb_decoder_release(decoder, buffer);
    ck_assert_uint_eq(cb_length(buffer), 0);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(next_releases_the_piece_before)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece piece;

    put("one\ntwo\n");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(cb_position(buffer), 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(cb_position(buffer), 4);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_position(buffer), 8);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(offsets_count_from_where_the_stream_stands)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece piece;

    put("0123456789");
    cb_skip(buffer, 10);
    put("one\ntwo\n");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "one", 1, 10, 3, CB_FIRST | CB_LAST);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "two", 2, 14, 3, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

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

/* ----------------------------------------------------------------------- take */

START_TEST(take_moves_whole_records_without_a_copy)
{
    const struct sample *sample = &samples[_i];

    for (size_t block = 1; block <= sample->size; block++) {
        struct cb_decoder *decoder = plain_decoder(sample->specification);
        struct cb_buffer *record = new_buffer(pool, 4096);

        cb_skip(buffer, CB_ALL);
        append_cut(buffer, sample->input, sample->size, &block, 1);
        uint64_t copied = pool_stats(pool).copied;
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
        assert_holds(record, "first", 5);
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
        cb_skip(record, CB_ALL);
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
        assert_holds(record, "third", 5);
        ck_assert_uint_eq(cb_decoder_record(decoder), 4);
        ck_assert_uint_eq(pool_stats(pool).copied, copied);
        cb_buffer_free(record);
        cb_decoder_free(decoder);
    }
}
END_TEST

START_TEST(take_appends_to_what_the_target_holds)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer *record = buffer_of(pool, BYTES("before "), 3);

    put("one\n");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    assert_holds(record, "before one", 10);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(take_waits_for_the_whole_record)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer *record = new_buffer(pool, 4096);

    put("on");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    put("e");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    ck_assert_uint_eq(cb_length(record), 0);
    put("\n");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    assert_holds(record, "one", 3);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(take_is_refused_inside_a_record)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer *record = new_buffer(pool, 4096);
    struct cb_piece piece;

    put("one\ntw");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_FIRST);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_ESTATE);
    put("o\nthree\n");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_ESTATE);
    ck_assert_uint_eq(cb_length(record), 0);
    /* Afterwards it goes on. */
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "o", 2, 6, 3, CB_LAST);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    assert_holds(record, "three", 5);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(take_and_next_may_take_turns)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_buffer *record = new_buffer(pool, 4096);
    struct cb_piece piece;

    put("1:a,1:b,1:c,1:d,");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
        assert_piece(&piece, i == 0 ? "a" : "c", (uint64_t)(2 * i + 1), (uint64_t)(8 * i + 2), 1,
                     CB_FIRST | CB_LAST);
        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    }
    assert_holds(record, "bd", 2);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_take_that_fails_can_be_tried_again)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_buffer_options small = {.size = sizeof(small), .pool = pool, .limit = 2};
    struct cb_buffer *record = NULL;

    ck_assert_int_eq(cb_buffer_new(&record, &small), CB_OK);
    put("one\ntwo\n");
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_ELIMIT);
    ck_assert_uint_eq(cb_length(record), 0);
    cb_buffer_free(record);
    record = new_buffer(pool, 4096);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_PIECE);
    assert_holds(record, "onetwo", 6);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(take_is_bounded_at_64_mib_without_a_limit)
{
    struct cb_decoder *decoder = plain_decoder("u32be");
    struct cb_buffer *record = new_buffer(pool, 4096);

    append_block(buffer, BYTES("\x04\0\0\0")); /* 64 MiB exactly */
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    ck_assert_uint_eq(cb_decoder_needed(decoder), UINT64_C(64) << 20);
    cb_decoder_reset(decoder);
    cb_skip(buffer, CB_ALL);
    append_block(buffer, BYTES("\x04\0\0\1"));
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_EOVERFLOW);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_record_too_long_to_be_taken_can_still_be_given)
{
    const uint64_t size = UINT64_C(100) << 20;

    for (int have = 0; have < 2; have++) {
        for (enum cb_overflow how = CB_OVERFLOW_SKIP; how <= CB_OVERFLOW_TRUNCATE; how++) {
            struct cb_decoder *decoder =
                new_decoder("u32be", (struct cb_decoder_options){.on_overflow = how});
            struct cb_buffer *record = new_buffer(pool, 4096);
            struct cb_piece piece;

            cb_skip(buffer, CB_ALL);
            append_block(buffer, BYTES("\x06\x40\0\0"));
            append_block(buffer, "abc", have ? 3 : 0);
            ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
            /* What is cut is over with its frame. */
            ck_assert_uint_eq(cb_decoder_needed(decoder), size - (have ? 3 : 0));
            append_block(buffer, "abc", have ? 0 : 3);
            ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
            ck_assert_uint_eq(piece.total, size);
            ck_assert_uint_eq(piece.flags & (CB_FIRST | CB_LAST), CB_FIRST);
            if (piece.length == 0)
                ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
            ck_assert_uint_eq(piece.length, 3);
            ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
            ck_assert_uint_eq(cb_decoder_needed(decoder), size - 3);
            ck_assert_uint_eq(cb_decoder_ahead(decoder), size - 3);
            cb_buffer_free(record);
            cb_decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(what_take_has_begun_to_leave_out_stays_out)
{
    struct cb_decoder *decoder =
        new_decoder("u32be", (struct cb_decoder_options){.on_overflow = CB_OVERFLOW_SKIP});
    struct cb_buffer *record = new_buffer(pool, 4096);
    struct cb_piece piece;
    uint64_t left = (UINT64_C(64) << 20) + 1;
    static uint8_t zeros[1 << 20];

    append_block(buffer, BYTES("\x04\0\0\1"));
    while (left > 0) {
        size_t n = left < sizeof(zeros) ? (size_t)left : sizeof(zeros);

        ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
        ck_assert_int_eq(cb_append_ref(buffer, zeros, n, NULL, NULL), CB_OK);
        left -= n;
    }
    append_block(buffer, BYTES("\0\0\0\1x"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "x", 1, (UINT64_C(64) << 20) + 9, 1, CB_FIRST | CB_LAST);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(pieces_are_not_bounded_without_a_limit)
{
    struct cb_decoder *decoder = plain_decoder("u64be");
    struct cb_piece piece;

    append_block(buffer, BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.total, INT64_MAX);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(a_promised_length_reserves_nothing)
{
    struct cb_decoder *decoder = plain_decoder("u32be");
    struct cb_buffer *record = new_buffer(pool, 4096);

    append_block(buffer, BYTES("\x03\xff\xff\xff"
                               "abc"));
    size_t bytes = counting.bytes;
    ck_assert_int_eq(cb_decoder_take(decoder, buffer, record), CB_MORE);
    ck_assert_uint_le(counting.bytes, bytes);
    cb_buffer_free(record);
    cb_decoder_free(decoder);
}
END_TEST

/* -------------------------------------------------------------------- errors */

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
    ck_assert(memcmp(cb_decoder_error(decoder), &error, sizeof(error)) == 0);
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
    struct cb_decoder *decoder = plain_decoder("u8");
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
    ck_assert_msg(strstr(cb_decoder_error(decoder)->text, " 6 ") != NULL, "%s",
                  cb_decoder_error(decoder)->text);
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

/* -------------------------------------------------- needed, position, record */

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
            unsigned behind = ~0u << place << 1;
            ck_assert_msg((starts_from(decoder, text, (size_t)place) & behind) == (starts & behind),
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
    };
    const char *specification = specifications[_i];
    size_t found = 0;

    for (size_t size = 1; size <= LONGEST; size++) {
        for (unsigned bits = 0; bits < 1u << size; bits++) {
            char text[LONGEST + 1] = "";

            for (size_t i = 0; i < size; i++)
                text[i] = bits >> i & 1 ? 'b' : 'a';
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
        size_t length;    /* of the record */
        uint64_t undecided, end;
    } cases[] = {
        {"delim:\\r,or=\\n,or=\\r\\n", "10%\r", "\n", 3, 0, 5},
        {"delim:\\r,or=\\n,or=\\r\\n", "10%\r", "x", 3, 0, 4},
        {"delim:ab,or=abcd", "1ab", "cd", 1, 0, 5},
        {"delim:ab,or=abcd", "1abc", "d", 1, 1, 5},
        {"delim:ab,or=abcd", "1abc", "x", 1, 1, 3},
        {"delim:a,or=abc,or=abcde", "1abcd", "e", 1, 1, 6},
        {"delim:a,or=abc,or=abcde", "1abcd", "x", 1, 1, 4},
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
    ck_assert_uint_eq(cb_copyout(record, 0, sizeof(bytes), bytes), 2);
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

START_TEST(position_is_behind_what_was_given)
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

START_TEST(position_at_the_end_of_chunked_is_behind_its_trailers)
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

/* ---------------------------------------------------------- ahead and pass */

/* Reads an input as a program does that moves payload past the decoder
 * wherever it may: the bytes of all records, in order. */
static size_t read_past(const char *specification, const uint8_t *input, size_t size, size_t step,
                        size_t most, uint8_t *out, size_t *passed, size_t *records)
{
    struct cb_decoder *decoder = plain_decoder(specification);
    struct cb_piece piece;
    size_t arrived = 0, n = 0;

    cb_skip(buffer, CB_ALL);
    uint64_t base = cb_position(buffer);
    *passed = *records = 0;
    for (;;) {
        int status = cb_decoder_next(decoder, buffer, &piece);

        if (status == CB_END)
            break;
        expect(status == CB_PIECE || status == CB_MORE, "%s: %s", specification,
               cb_decoder_error(decoder)->text);
        if (status == CB_PIECE) {
            memcpy(out + n, piece.data, piece.length);
            expect(piece.offset + piece.length <= base + arrived, "a piece of what is not here");
            expect(memcmp(input + (piece.offset - base), piece.data, piece.length) == 0,
                   "another place");
            n += piece.length;
            *records += (piece.flags & CB_LAST) != 0;
            continue;
        }
        uint64_t ahead = cb_decoder_ahead(decoder);
        size_t left = size - arrived;
        expect(ahead == 0 || cb_length(buffer) == 0 ||
                   cb_decoder_position(decoder) == cb_position(buffer) + cb_length(buffer),
               "payload ahead, but not of all here");
        if (left == 0) {
            cb_decoder_finish(decoder);
        } else if (ahead > 0) {
            size_t part = ahead < left ? (size_t)ahead : left;

            part = part < most ? part : most;
            memcpy(out + n, input + arrived, part);
            expect(cb_decoder_pass(decoder, buffer, ahead + 1) == CB_EINVAL, "too much is passed");
            expect(cb_decoder_pass(decoder, buffer, part) == CB_OK, "pass is refused");
            expect(cb_position(buffer) == base + arrived + part, "the buffer is elsewhere");
            expect(cb_decoder_position(decoder) == base + arrived + part, "the decoder too");
            expect(cb_decoder_ahead(decoder) == ahead - part, "ahead is wrong");
            n += part;
            *passed += part;
            arrived += part;
        } else {
            size_t part = step < left ? step : left;

            append_block(buffer, input + arrived, part);
            arrived += part;
        }
    }
    expect(cb_decoder_position(decoder) == base + size, "not at the end");
    cb_decoder_free(decoder);
    return n;
}

START_TEST(payload_that_goes_by_elsewhere_leaves_the_records_as_they_are)
{
    static const struct {
        const char *specification;
        const char *input;
        size_t size;
        const char *payload;
        size_t records;
    } inputs[] = {
        {"u8", BYTES("\xahelloworld\0\3abc"), "helloworldabc", 3},
        {"u8,trailer=;", BYTES("\xahelloworld;\0;\3abc;"), "helloworldabc", 3},
        {"u8,keep", BYTES("\xahelloworld\0\3abc"), "\xahelloworld\0\3abc", 3},
        {"fixed:7", BYTES("helloworldabc"), "helloworldabc", 2},
        {"netstring", BYTES("10:helloworld,0:,3:abc,"), "helloworldabc", 3},
        {"u8,header=2,padding=1", BYTES("\xa\3helloworld???\0\1?\3\0abc"), "helloworldabc", 3},
        {"dec,digits=2", BYTES("10helloworld0003abc"), "helloworldabc", 3},
        {"chunked", BYTES("a\r\nhelloworld\r\n3\r\nabc\r\n0\r\n\r\n"), "helloworldabc", 2},
        {"http",
         BYTES("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
               "a\r\nhelloworld\r\n0\r\n\r\n\r\n"
               "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
         "helloworldabc", 2},
        {"http,keep",
         BYTES("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
               "a\r\nhelloworld\r\n0\r\n\r\n"),
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhelloworld\r\n0\r\n\r\n", 1},
    };

    for (size_t i = 0; i < COUNT(inputs); i++) {
        for (size_t step = 1; step <= 8; step++) {
            for (size_t most = 1; most <= 11; most += 3) {
                uint8_t out[256];
                size_t passed, records;
                bool keep = strstr(inputs[i].specification, "keep") != NULL;
                size_t n = read_past(inputs[i].specification, (const uint8_t *)inputs[i].input,
                                     inputs[i].size, step, most, out, &passed, &records);

                ck_assert_uint_eq(n, keep ? inputs[i].size : strlen(inputs[i].payload));
                ck_assert(memcmp(out, inputs[i].payload, n) == 0);
                ck_assert_uint_eq(records, inputs[i].records);
                ck_assert(passed > 0 || step > 3);
            }
        }
    }
}
END_TEST

START_TEST(all_of_a_payload_is_ahead_behind_its_header)
{
    struct cb_decoder *decoder = plain_decoder("u64be");
    struct cb_piece piece;

    append_block(buffer, BYTES("\x10\0\0\0\0\0\0\0"));
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.length, 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), UINT64_C(1) << 60);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, (UINT64_C(1) << 60) - 1), CB_OK);
    ck_assert_uint_eq(cb_position(buffer), (UINT64_C(1) << 60) + 7);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 1);
    put("x");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "x", 1, (UINT64_C(1) << 60) + 7, UINT64_C(1) << 60, CB_LAST);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(nothing_is_passed_beyond_the_last_position_of_a_stream)
{
    struct cb_decoder *decoder = plain_decoder("u64be");
    struct cb_piece piece;

    append_block(buffer, BYTES("\xff\xff\xff\xff\xff\xff\xff\x00"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    const uint64_t ahead = cb_decoder_ahead(decoder);
    ck_assert_uint_eq(ahead, UINT64_MAX - 255);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, ahead), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, INT64_MAX - 8 + 1), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, INT64_MAX - 8), CB_OK);
    ck_assert_uint_eq(cb_position(buffer), INT64_MAX);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(nothing_is_ahead_where_the_next_byte_must_be_seen)
{
    static const char *const inputs[][2] = {
        {"line", "abc"},
        {"delim:ab", "abc"},
        {"netstring", "5"},
        {"netstring", "2:ab"},
        {"chunked", "2\r\nab"},
        {"chunked", "2\r\nab\r\n"},
        {"u8", "\2ab"},
        {"dec", "2\nab"},
        {"u16be,offset=2", "abc"},
        {"pkt-line", "0006a\n"},
        {"u8,header=2,padding=1", "\2\1ab"},
    };
    struct cb_piece piece;

    for (size_t i = 0; i < COUNT(inputs); i++) {
        struct cb_decoder *decoder = plain_decoder(inputs[i][0]);

        cb_skip(buffer, CB_ALL);
        put(inputs[i][1]);
        while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE)
            ck_assert_uint_ge(piece.flags + piece.length, 1);
        ck_assert_msg(cb_decoder_ahead(decoder) == 0, "%s", inputs[i][0]);
        ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 1), CB_EINVAL);
        cb_decoder_free(decoder);
    }
}
END_TEST

/* Its checksum must be made. */
START_TEST(nothing_is_ahead_of_a_tfrecord)
{
    static const char begun[] = "\2\0\0\0\0\0\0\0\x78\x27\x0b\x34h";
    struct cb_decoder *decoder = plain_decoder("tfrecord");
    struct cb_piece piece;

    ck_assert_uint_ne(cb_decoder_traits(decoder) & CB_TELLS_LENGTH, 0);
    for (size_t n = 0; n < sizeof(begun) - 1; n++) {
        append_block(buffer, begun + n, 1);
        while (cb_decoder_next(decoder, buffer, &piece) == CB_PIECE)
            ck_assert_uint_eq(piece.total, 2);
        ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
        ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 1), CB_EINVAL);
    }
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(nothing_is_ahead_where_records_are_held_whole)
{
    struct cb_decoder *decoder = new_decoder("u8", (struct cb_decoder_options){.whole = 1});
    struct cb_piece piece;

    append_block(buffer, BYTES("\5ab"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    cb_decoder_free(decoder);
}
END_TEST

/* line tells no length before the end, u8 does. */
START_TEST(records_whose_length_is_not_told_are_held_where_that_is_asked_for)
{
    const struct cb_decoder_options untold = {.whole = CB_WHOLE_UNTOLD};
    struct cb_decoder *line = new_decoder("line", untold), *u8 = new_decoder("u8", untold);
    struct cb_piece piece;

    append_block(buffer, BYTES("\5ab"));
    ck_assert_int_eq(cb_decoder_next(line, buffer, &piece), CB_MORE);
    cb_decoder_free(line);
    ck_assert_int_eq(cb_decoder_next(u8, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.length, 2);
    ck_assert_uint_eq(piece.total, 5);
    cb_decoder_free(u8);
}
END_TEST

START_TEST(input_that_ends_after_a_pass_is_truncated)
{
    struct cb_decoder *decoder = plain_decoder("u8");
    struct cb_piece piece;

    append_block(buffer, BYTES("\5"));
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    ck_assert_int_eq(cb_decoder_pass(decoder, buffer, 3), CB_OK);
    cb_decoder_finish(decoder);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_ETRUNCATED);
    ck_assert_uint_eq(cb_decoder_error(decoder)->offset, 4);
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

START_TEST(the_specification_is_not_needed_afterwards)
{
    char specification[] = "delim:<end-of-record>,or=!";
    struct cb_decoder *decoder = plain_decoder(specification);
    struct cb_piece piece;

    memset(specification, 'x', sizeof(specification) - 1);
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
        .size = sizeof(partial),
        .on_partial = (enum cb_partial)(CB_PARTIAL_DROP + 1),
    };
    struct cb_decoder *decoder = NULL;
    struct cb_error error = {.code = CB_OK};

    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &no_size, &error), CB_EINVAL);
    ck_assert_int_eq(error.code, CB_EINVAL);
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &partial, &error), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &partial, NULL), CB_EINVAL);
    ck_assert_ptr_null(decoder);
}
END_TEST

START_TEST(what_options_hold_that_is_not_known_is_refused)
{
    struct longer {
        struct cb_decoder_options known;
        uint8_t more[9];
    } options = {.known.size = sizeof(options)};
    const struct cb_allocator nothing = {.alloc = NULL};
    struct cb_decoder *decoder = NULL;
    struct cb_error error;

    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &options.known, &error), CB_OK);
    cb_decoder_free(decoder);
    decoder = NULL;
    options.more[0] = 1;
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &options.known, &error), CB_EINVAL);
    ck_assert_int_eq(error.code, CB_EINVAL);
    options.known.size = sizeof(options.known);
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
            .size = sizeof(options),
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

/* ------------------------------------------------------------------ its buffer */

/* Every call is refused, and changes nothing; a reset ends that. */
static void assert_lost(struct cb_decoder *decoder, struct cb_buffer *from)
{
    struct cb_buffer *record = new_buffer(pool, 4096);
    const size_t length = cb_length(from);
    struct cb_piece pieces[8];
    uint64_t skipped = 7;
    size_t count = 7;

    ck_assert_int_eq(cb_decoder_next(decoder, from, pieces), CB_ESTATE);
    ck_assert_int_eq(decode_batch(decoder, from, pieces, 8, &count), CB_ESTATE);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(cb_decoder_skip(decoder, from, 8, &skipped), CB_ESTATE);
    ck_assert_uint_eq(skipped, 0);
    ck_assert_int_eq(cb_decoder_take(decoder, from, record), CB_ESTATE);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    ck_assert_int_ne(cb_decoder_pass(decoder, from, 1), CB_OK);
    ck_assert_uint_eq(cb_length(from), length);
    ck_assert_uint_eq(cb_length(record), 0);
    cb_buffer_free(record);
}

/* Has it lost its buffer?  A reset helps. */
static void assert_lost_and_found(struct cb_decoder *decoder, struct cb_buffer *from)
{
    struct cb_piece piece;

    assert_lost(decoder, from);
    cb_decoder_reset(decoder);
    cb_skip(from, CB_ALL);
    append_block(from, BYTES("3:new,"));
    ck_assert_int_eq(cb_decoder_next(decoder, from, &piece), CB_PIECE);
    assert_piece(&piece, "new", 1, cb_position(from) + 2, 3, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
    cb_skip(from, CB_ALL);
}

/* A decoder that has given one record of two and a half. */
static struct cb_decoder *busy_decoder(void)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece piece;

    put("1:a,2:bc,5:de");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    return decoder;
}

START_TEST(a_second_buffer_in_mid_stream_is_refused)
{
    struct cb_decoder *decoder = busy_decoder();
    struct cb_buffer *other = new_buffer(pool, 4096);
    struct cb_piece piece;

    append_block(other, BYTES("1:x,2:yz,"));
    assert_lost(decoder, other);
    /* In its own one it goes on. */
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "bc", 2, 6, 2, CB_FIRST | CB_LAST);
    assert_lost_and_found(decoder, other);
    cb_buffer_free(other);
}
END_TEST

START_TEST(a_buffer_that_was_freed_is_not_taken_for_a_new_one)
{
    struct cb_decoder *decoder = busy_decoder();

    /* It may well be in the same place of memory. */
    cb_buffer_free(buffer);
    buffer = new_buffer(pool, 4096);
    put("1:a,2:xx,5:de");
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(a_decoder_may_outlive_its_buffer)
{
    struct cb_decoder *decoder = busy_decoder();

    cb_buffer_free(buffer);
    buffer = new_buffer(pool, 4096);
    ck_assert_uint_eq(cb_decoder_ahead(decoder), 0);
    ck_assert_uint_eq(cb_decoder_position(decoder), 4);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(bytes_put_before_the_head_are_not_read_in_mid_stream)
{
    struct cb_decoder *decoder = busy_decoder();

    cb_decoder_release(decoder, buffer);
    ck_assert_int_eq(cb_prepend(buffer, "3:new,", 6), CB_OK);
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(bytes_that_take_the_place_of_others_are_not_read_in_mid_stream)
{
    struct cb_decoder *decoder = plain_decoder("line");
    struct cb_piece pieces[8];
    size_t count;

    for (int released = 0; released < 2; released++) {
        cb_decoder_reset(decoder);
        put("one\ntwo\nthr");
        ck_assert_int_eq(decode_batch(decoder, buffer, pieces, 2, &count), CB_PIECE);
        ck_assert_uint_eq(count, 2);
        if (released)
            cb_decoder_release(decoder, buffer);
        cb_truncate(buffer, 0);
        put("other\n");
        assert_lost(decoder, buffer);
        cb_skip(buffer, CB_ALL);
    }
    cb_decoder_free(decoder);

    decoder = busy_decoder();
    put("  ");
    cb_strip(buffer, NULL, 0);
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(a_position_that_is_set_is_another_stream)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece piece;

    put("1:a,");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    cb_decoder_release(decoder, buffer);
    ck_assert_int_eq(cb_set_position(buffer, 1000), CB_OK);
    put("2:bc,");
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(what_was_given_may_be_skipped_and_no_more)
{
    struct cb_decoder *decoder = busy_decoder();
    struct cb_piece piece;

    cb_skip(buffer, 3);
    cb_skip(buffer, 1);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "bc", 2, 6, 2, CB_FIRST | CB_LAST);
    cb_skip(buffer, 6); /* one byte of the record after that */
    assert_lost_and_found(decoder, buffer);
}
END_TEST

START_TEST(an_error_stays_the_same_whatever_becomes_of_the_buffer)
{
    struct cb_decoder *decoder = plain_decoder("netstring");
    struct cb_piece piece;

    put("x");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    cb_skip(buffer, 1);
    put("1:a,");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    cb_truncate(buffer, 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_EMALFORMED);
    cb_decoder_free(decoder);
}
END_TEST

START_TEST(two_decoders_may_read_one_buffer_in_turn)
{
    struct cb_decoder *head = plain_decoder("delim:\\n\\n"), *body = plain_decoder("netstring");
    struct cb_piece piece;

    put("length=1\n\n1:a,next\n\n1:b,");
    for (uint64_t i = 0; i < 2; i++) {
        ck_assert_int_eq(cb_decoder_next(head, buffer, &piece), CB_PIECE);
        /* What was given is still in the buffer. */
        ck_assert_int_eq(cb_decoder_next(body, buffer, &piece), CB_ESTATE);
        cb_decoder_release(head, buffer);
        ck_assert_int_eq(cb_decoder_next(body, buffer, &piece), CB_PIECE);
        assert_piece(&piece, i ? "b" : "a", 1, i ? 22 : 12, 1, CB_FIRST | CB_LAST);
        cb_decoder_release(body, buffer);
        /* The first has lost it. */
        ck_assert_int_eq(cb_decoder_next(head, buffer, &piece), CB_ESTATE);
        cb_decoder_reset(head);
        if (i == 0) {
            ck_assert_int_eq(cb_decoder_next(head, buffer, &piece), CB_PIECE);
            ck_assert_int_eq(cb_decoder_next(body, buffer, &piece), CB_ESTATE);
            cb_decoder_reset(body);
            cb_decoder_reset(head);
        }
    }
    ck_assert_uint_eq(cb_length(buffer), 0);
    cb_decoder_free(head);
    cb_decoder_free(body);
}
END_TEST

START_TEST(no_decoder_begins_inside_the_record_of_another)
{
    struct cb_decoder *decoder = busy_decoder(), *other = plain_decoder("netstring");
    struct cb_piece piece;

    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags, CB_FIRST);
    cb_decoder_release(decoder, buffer);
    assert_lost(other, buffer);
    put("fgh,2:ij,");
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "fgh", 3, 13, 5, CB_LAST);
    /* It has come to the record's end: they may take turns now. */
    cb_decoder_release(decoder, buffer);
    ck_assert_int_eq(cb_decoder_next(other, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "ij", 1, 19, 2, CB_FIRST | CB_LAST);
    cb_decoder_free(decoder);
    cb_decoder_free(other);
}
END_TEST

START_TEST(a_decoder_that_is_gone_leaves_the_buffer_to_others)
{
    struct cb_decoder *decoder = busy_decoder(), *other = plain_decoder("netstring");
    struct cb_piece piece;

    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    cb_decoder_free(decoder);
    ck_assert_int_eq(cb_decoder_next(other, buffer, &piece), CB_PIECE);
    assert_piece(&piece, "bc", 1, 6, 2, CB_FIRST | CB_LAST);
    cb_decoder_free(other);
}
END_TEST

/* ------------------------------------------------------------ assembled payload */

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
        .size = sizeof(shared), .shared = 1, .allocator = &counting.hooks};
    struct cb_buffer_options options = {.size = sizeof(options), .copy_below = 4096};
    struct cb_decoder *decoder = plain_decoder(assemblers[_i].specification);
    struct cb_buffer *in, *record;
    char text[300];

    memset(text, 'x', sizeof(text));
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

static Suite *decoder_suite(void)
{
    Suite *suite = suite_create("decoder");
    TCase *pieces = add_case(suite, "pieces");
    TCase *whole = add_case(suite, "whole");
    TCase *take = add_case(suite, "take");
    TCase *errors = add_case(suite, "errors");
    TCase *place = add_case(suite, "place");
    TCase *ahead = add_case(suite, "ahead");
    TCase *life = add_case(suite, "life");
    TCase *its_buffer = add_case(suite, "buffer");
    TCase *assembled = add_case(suite, "assembled");
    int n = (int)COUNT(samples);

    tcase_add_checked_fixture(pieces, setup, teardown);
    tcase_add_test(pieces, a_whole_record_is_one_piece);
    tcase_add_loop_test(pieces, records_that_are_skipped_are_counted_and_the_next_is_the_right_one,
                        0, n);
    tcase_add_test(pieces, a_skipped_record_is_no_longer_than_allowed);
    tcase_add_test(pieces, a_record_that_arrives_in_parts_is_given_in_parts);
    tcase_add_test(pieces, a_length_is_told_from_the_first_piece_on);
    tcase_add_test(pieces, a_record_over_chunks_is_a_piece_for_each);
    tcase_add_loop_test(pieces, batches_of_any_size_give_the_same, 0, n);
    tcase_add_test(pieces, pieces_stay_good_while_input_is_appended);
    tcase_add_test(pieces, nothing_leaves_the_buffer_before_release);
    tcase_add_test(pieces, two_batches_may_be_held_before_one_release);
    tcase_add_test(pieces, next_releases_the_piece_before);
    tcase_add_test(pieces, offsets_count_from_where_the_stream_stands);

    tcase_add_checked_fixture(whole, setup, teardown);
    tcase_add_loop_test(whole, whole_gives_no_piece_before_the_end_is_here, 0, n);
    tcase_add_loop_test(whole, traits_tell_whether_lengths_are_known, 0, n);
    tcase_add_test(whole, only_the_records_of_chunked_are_parts_of_a_body);
    tcase_add_test(whole, traits_tell_where_decoding_may_begin);
    tcase_add_test(whole, lengths_that_the_end_may_cut_are_not_promised);

    tcase_add_checked_fixture(take, setup, teardown);
    tcase_add_loop_test(take, take_moves_whole_records_without_a_copy, 0, n);
    tcase_add_test(take, take_appends_to_what_the_target_holds);
    tcase_add_test(take, take_waits_for_the_whole_record);
    tcase_add_test(take, take_is_refused_inside_a_record);
    tcase_add_test(take, take_and_next_may_take_turns);
    tcase_add_test(take, a_take_that_fails_can_be_tried_again);
    tcase_add_test(take, take_is_bounded_at_64_mib_without_a_limit);
    tcase_add_test(take, a_record_too_long_to_be_taken_can_still_be_given);
    tcase_add_test(take, what_take_has_begun_to_leave_out_stays_out);
    tcase_add_test(take, pieces_are_not_bounded_without_a_limit);
    tcase_add_test(take, a_promised_length_reserves_nothing);

    tcase_add_checked_fixture(errors, setup, teardown);
    tcase_add_test(errors, an_error_says_what_and_where_and_stays);
    tcase_add_test(errors, records_before_an_error_are_given_first);
    tcase_add_test(errors, a_record_that_is_too_long_is_never_given_whole);
    tcase_add_test(errors, take_after_an_error_gives_the_error);
    tcase_add_test(errors, no_error_is_told_before_one_is_returned);
    tcase_add_test(errors, truncation_tells_how_much_is_missing);
    tcase_add_test(errors, a_dropped_record_is_not_begun);

    tcase_add_checked_fixture(place, setup, teardown);
    tcase_add_loop_test(place, needed_is_what_is_missing_at_least, 0, (int)COUNT(needs));
    tcase_add_test(place, needed_is_one_at_least_before_anything_came);
    tcase_add_loop_test(place, sync_finds_places_from_which_the_same_records_begin, 0, 12);
    tcase_add_test(place, sync_needs_a_byte_and_a_framing_that_has_it);
    tcase_add_test(place, undecided_is_what_a_longer_delimiter_may_not_come_to_be);
    tcase_add_test(place, a_record_is_given_as_soon_as_its_end_is_known);
    tcase_add_test(place, needed_goes_on_to_the_end_of_a_frame_whose_record_is_cut);
    tcase_add_test(place, a_length_is_not_told_of_a_record_that_the_end_may_cut);
    tcase_add_test(place, a_record_that_is_cut_is_dropped_where_the_input_ends_inside);
    tcase_add_test(place, records_that_are_cut_are_good_until_the_release);
    tcase_add_test(place, pieces_may_follow_a_take_that_waits);
    tcase_add_test(place, take_of_a_record_that_is_cut_leaves_the_next_one_whole);
    tcase_add_test(place, needed_does_not_wrap_around);
    tcase_add_test(place, position_is_behind_what_was_given);
    tcase_add_test(place, position_does_not_count_what_was_only_looked_at);
    tcase_add_test(place, position_at_the_end_of_chunked_is_behind_its_trailers);
    tcase_add_test(place, at_the_end_the_head_is_at_what_follows);

    tcase_add_checked_fixture(ahead, setup, teardown);
    tcase_add_test(ahead, payload_that_goes_by_elsewhere_leaves_the_records_as_they_are);
    tcase_add_test(ahead, all_of_a_payload_is_ahead_behind_its_header);
    tcase_add_test(ahead, nothing_is_passed_beyond_the_last_position_of_a_stream);
    tcase_add_test(ahead, nothing_is_ahead_where_the_next_byte_must_be_seen);
    tcase_add_test(ahead, nothing_is_ahead_of_a_tfrecord);
    tcase_add_test(ahead, nothing_is_ahead_where_records_are_held_whole);
    tcase_add_test(ahead, records_whose_length_is_not_told_are_held_where_that_is_asked_for);
    tcase_add_test(ahead, input_that_ends_after_a_pass_is_truncated);

    tcase_add_checked_fixture(life, setup, teardown);
    tcase_add_test(life, reset_begins_another_stream);
    tcase_add_test(life, the_head_of_the_same_buffer_may_begin_another_stream);
    tcase_add_test(life, the_specification_is_not_needed_afterwards);
    tcase_add_test(life, bad_options_are_refused);
    tcase_add_test(life, what_options_hold_that_is_not_known_is_refused);
    tcase_add_test(life, options_are_read_as_far_as_their_size_reaches);
    tcase_add_test(life, no_decoder_can_be_freed);
    tcase_add_loop_test(life, every_failed_allocation_of_a_new_decoder_is_reported, 0,
                        (int)COUNT(made_of));
    tcase_add_test(life, a_take_without_memory_fails_and_can_be_tried_again);
    tcase_add_loop_test(life, a_hundred_thousand_records_allocate_nothing, 0, n);

    tcase_add_checked_fixture(its_buffer, setup, teardown);
    tcase_add_test(its_buffer, a_second_buffer_in_mid_stream_is_refused);
    tcase_add_test(its_buffer, a_buffer_that_was_freed_is_not_taken_for_a_new_one);
    tcase_add_test(its_buffer, a_decoder_may_outlive_its_buffer);
    tcase_add_test(its_buffer, bytes_put_before_the_head_are_not_read_in_mid_stream);
    tcase_add_test(its_buffer, bytes_that_take_the_place_of_others_are_not_read_in_mid_stream);
    tcase_add_test(its_buffer, a_position_that_is_set_is_another_stream);
    tcase_add_test(its_buffer, what_was_given_may_be_skipped_and_no_more);
    tcase_add_test(its_buffer, an_error_stays_the_same_whatever_becomes_of_the_buffer);
    tcase_add_test(its_buffer, two_decoders_may_read_one_buffer_in_turn);
    tcase_add_test(its_buffer, no_decoder_begins_inside_the_record_of_another);
    tcase_add_test(its_buffer, a_decoder_that_is_gone_leaves_the_buffer_to_others);

    tcase_add_checked_fixture(assembled, setup, teardown);
    tcase_add_loop_test(assembled, assembled_payload_comes_from_the_pool_of_the_input, 0,
                        (int)COUNT(assemblers));
    tcase_add_test(assembled, the_first_call_without_memory_can_be_made_again);
    return suite;
}

int main(void)
{
    return run_suite(decoder_suite());
}
