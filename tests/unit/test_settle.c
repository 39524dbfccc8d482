/* SPDX-License-Identifier: MIT */
/*
 * Records whose end only what follows would tell, when nothing follows for now
 * (cb_decoder_settle): they are given out, all others wait.
 */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "reading.h"
#include "streams.h"

/* "|" in the input is where nothing came for a while, in what is given where that was
 * said; "." where the input ended. */
static const struct pause {
    const char *specification, *input, *given;
} pauses[] = {
    /* More than one at once. */
    {"delim:a,or=aaa,keep", "xaa|b|", "|[xa][a]|.[b]"},
    {"delim:x,or=y,or=yx,or=xyx,keep", "xy|b", "|[x][y].[b]"},
    {"start:>,line", ">a\nb\n|c\n>d\n|", "|[>a\nb\n][c\n]|[>d\n]."},
    {"start:>,line", ">a\n>b|c\n>d\n|>e\n", "[>a\n]|[>bc\n]|[>d\n].[>e\n]"},
    {"start:>,line", "|>a\n||>b\n", "||[>a\n]|.[>b\n]"},
    {"start:ab,line", "ab\na|b\na|x\n", "|[ab\n]|.[ab\nax\n]"},
    {"start:ab,line,keep", "ab\n|ab\n", "|[ab\n].[ab\n]"},
    {"start:From ,blank", "From a\n|\n|b\n\r\n|\n", "||[From a\n\n]|[b\n\r\n].[\n]"},
    {"start:a", "xa|a|ab|", "[x]|[a]|[a]|[ab]."},
    {"start:abc", "xab|c|abc", "|[xab]|[c].[abc]"},
    {"start:\\d\\d,or=x,line", "12\n1|2\n|x\n|", "|[12\n]|[12\n]|[x\n]."},
    {"line,fold", "a\n|b\n b\n|c|\n| d\n", "|[a]|[b\n b]||[c].[ d]"},
    {"line,fold", "a\r\n|\n|\r|\n|", "|[a]|[]||[]."},
    {"line,fold", "|a\n||", "||[a]|."},
    {"line,fold,skip-empty", "\n|a\n\n|b", "|[a]|.[b]"},
    {"line,fold,keep", "a\r\n| b\n|", "|[a\r\n]|[ b\n]."},
    {"line", "a|b\n|c\r|\n", "|[ab]||[c]."},
    {"line,lines=2", "a\n|b\n|c\n|", "|[a\nb]||.[c]"},
    {"paragraph", "a\n|\n|b\n|c\n\n|", "|[a]||[b\nc]|."},
    {"delim:a,or=abc,keep", "xa|b|xab|c", "|[xa]||[bxa].[bc]"},
    {"delim:a,or=ab", "xa|b|ya|", "[x]||[y]|."},
    {"delim:bc,or=abcd", "xabc|dabc|", "|[xa]|[da]."},
    {"json", "1|2 [3|]-|4", "|[1][2]|[[3]]|.[-4]"},
    {"json", "tr|ue|12e|1|", "||[true]||[12e1]."},
    {"json,array", "[1|2]|", "|[12]|."},
    {"json-seq",
     "\x1e"
     "1|2\n",
     "|[12]."},
    {"json-seq,keep", "\x1e[]|\n\x1e[] \n|", "|[\x1e[]][\n\x1e[] \n]|."},
    {"sse,keep", "data:a\n\r|\ndata:b\n|\n|", "|[data:a\n\r]|[data:b\n\n]|."},
    {"csv", "1|,2\n|3", "|[1,2]|.[3]"},
    {"http", "HTTP/1.1 200 OK\r\n\r\na|b", "|.[ab]"},
    {"fixed:3", "ab|c", "|[abc]."},
};

struct work {
    struct cb_decoder *decoder;
    struct cb_buffer *buffer, *record;
    char given[256], part[64];
};

static void note(struct work *work, const char *format, const char *text)
{
    const size_t used = strlen(work->given);

    snprintf(work->given + used, sizeof work->given - used, format, text);
}

/* All that there is, by pieces or whole records. */
static void read_some(struct work *work, bool takes)
{
    struct cb_piece piece;
    char text[64];

    while (!takes && cb_decoder_next(work->decoder, work->buffer, &piece) > 0) {
        const size_t used = strlen(work->part);

        snprintf(work->part + used, sizeof work->part - used, "%.*s", (int)piece.length,
                 (const char *)piece.data);
        if (piece.flags & CB_LAST) {
            note(work, "[%s]", work->part);
            work->part[0] = '\0';
        }
    }
    while (takes && cb_decoder_take(work->decoder, work->buffer, work->record) > 0) {
        text[cb_remove(work->record, sizeof text - 1, text)] = '\0';
        note(work, "[%s]", text);
    }
}

static void check(const struct pause *pause, bool takes, size_t step)
{
    struct work work = {.decoder = NULL};

    ck_assert_int_eq(cb_buffer_new(&work.buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_buffer_new(&work.record, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&work.decoder, pause->specification, NULL, NULL), CB_OK);
    cb_decoder_settle(work.decoder); /* it has no buffer yet */
    for (const char *at = pause->input; *at;) {
        size_t n = strcspn(at, "|");

        n = n < step ? n : step;
        if (n == 0) {
            cb_decoder_settle(work.decoder);
            note(&work, "%s", "|");
            at++;
        }
        ck_assert_int_eq(cb_append(work.buffer, at - (n == 0), n), CB_OK);
        at += n;
        read_some(&work, takes);
    }
    cb_decoder_finish(work.decoder);
    note(&work, "%s", ".");
    read_some(&work, takes);
    expect(strcmp(work.given, pause->given) == 0, "%s, %zu at a time: '%s'", pause->specification,
           step, work.given);
    cb_decoder_free(work.decoder);
    cb_buffer_free(work.buffer);
    cb_buffer_free(work.record);
}

START_TEST(a_record_is_whole_if_nothing_follows_that_would_tell)
{
    for (size_t step = 1; step < 8; step++) {
        check(&pauses[_i], false, step);
        check(&pauses[_i], true, step);
    }
    check(&pauses[_i], false, SIZE_MAX);
    check(&pauses[_i], true, SIZE_MAX);
}
END_TEST

START_TEST(more_input_takes_it_back)
{
    struct cb_decoder *decoder;
    struct cb_buffer *buffer;
    struct cb_piece piece;

    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "line,fold", NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_append(buffer, "a\n", 2), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    cb_decoder_settle(decoder);
    ck_assert_int_eq(cb_append(buffer, " b\n", 3), CB_OK);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_PIECE);
    ck_assert_uint_eq(piece.flags & CB_LAST, 0);
    ck_assert_int_eq(cb_decoder_next(decoder, buffer, &piece), CB_MORE);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

START_TEST(a_record_that_is_too_long_is_so_then_too)
{
    const struct cb_decoder_options options = {.size = sizeof options, .max_record = 3};
    struct cb_decoder *decoder;
    struct cb_buffer *buffer;
    uint64_t count;

    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, "start:a", &options, NULL), CB_OK);
    ck_assert_int_eq(cb_append(buffer, "aab", 3), CB_OK);
    ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 9, &count), CB_PIECE);
    ck_assert_uint_eq(count, 1);
    cb_decoder_settle(decoder);
    ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 9, &count), CB_PIECE);
    ck_assert_int_eq(cb_append(buffer, "abcda", 5), CB_OK);
    ck_assert_int_eq(cb_decoder_skip(decoder, buffer, 9, &count), CB_EOVERFLOW);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

/* Framings where something may be whole for that reason. */
static bool settles(const char *specification)
{
    static const char *const some[] = {"start:", "line,fold", "json", "sse", "delim:aba"};

    for (size_t i = 0; i < COUNT(some); i++) {
        if (strncmp(specification, some[i], strlen(some[i])) == 0)
            return true;
    }
    return false;
}

/* All others give the same, wherever nothing came for a while. */
START_TEST(other_records_wait_for_their_end)
{
    static const struct way at_once = {
        .call = BY_NEXT, .cut = SIZE_MAX, .step = SIZE_MAX, .changed = true};
    const struct stream *stream = &streams[_i];
    struct record_list all = {0};

    read_input(stream->specification, NULL, (const uint8_t *)stream->bytes, stream->size, &at_once,
               &all);
    for (size_t cut = 0; cut <= stream->size && !settles(stream->specification); cut++) {
        struct cb_decoder *decoder;
        struct cb_buffer *buffer;
        uint64_t count, sum = 0;

        ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
        ck_assert_int_eq(cb_decoder_new(&decoder, stream->specification, NULL, NULL), CB_OK);
        ck_assert_int_eq(cb_append(buffer, stream->bytes, cut), CB_OK);
        for (int i = 0; i < 2; i++, cb_decoder_settle(decoder)) {
            while (cb_decoder_skip(decoder, buffer, 100, &count) > 0)
                sum += count;
        }
        ck_assert_int_eq(cb_append(buffer, stream->bytes + cut, stream->size - cut), CB_OK);
        cb_decoder_finish(decoder);
        while (cb_decoder_skip(decoder, buffer, 100, &count) > 0)
            sum += count;
        ck_assert_uint_eq(sum, all.count);
        cb_decoder_free(decoder);
        cb_buffer_free(buffer);
    }
    list_free(&all);
}
END_TEST

static Suite *settle_suite(void)
{
    Suite *suite = suite_create("settle");
    TCase *records = add_case(suite, "records");

    tcase_add_loop_test(records, a_record_is_whole_if_nothing_follows_that_would_tell, 0,
                        (int)COUNT(pauses));
    tcase_add_test(records, more_input_takes_it_back);
    tcase_add_test(records, a_record_that_is_too_long_is_so_then_too);
    tcase_add_loop_test(records, other_records_wait_for_their_end, 0, (int)COUNT(streams));
    return suite;
}

int main(void)
{
    return run_suite(settle_suite());
}
