/* SPDX-License-Identifier: MIT */
/* What must hold for every framing of the table: records that are cut short or too long are treated
 * as asked. */
#include <inttypes.h>
#include <string.h>

#include "expect.h"
#include "outputs.h"
#include "reading.h"
#include "steps.h"
#include "streams.h"
#include "every.h"

/* -------------------------------------------------------- cut short, too long */

/* Of whole records, that is. */
static size_t size_of(const struct record_list *list)
{
    return list->count > 0 ? list->ends[list->count - 1] : 0;
}

static bool begins_with(const struct record_list *list, const struct record_list *start)
{
    const size_t size = size_of(start);

    return list->count >= start->count && list->size >= size &&
           (size == 0 || memcmp(list->bytes, start->bytes, size) == 0) &&
           (start->count == 0 ||
            memcmp(list->ends, start->ends, start->count * sizeof *list->ends) == 0);
}

/* How many records cb_decoder_skip counts. */
static uint64_t count_records(const char *specification, const struct cb_decoder_options *options,
                              const char *bytes, size_t size, size_t step)
{
    struct work work;
    uint64_t sum = 0, count;
    size_t at = 0;
    bool finished = false;

    ck_assert_int_eq(make_work(&work, "line", NULL), CB_OK);
    cb_decoder_free(work.decoder);
    ck_assert_int_eq(cb_decoder_new(&work.decoder, specification, options, NULL), CB_OK);
    for (;;) {
        int status = cb_decoder_skip(work.decoder, work.buffer, 2, &count);

        if (status == CB_PIECE) {
            sum += count;
        } else if (status == CB_MORE && at < size) {
            size_t n = size - at < step ? size - at : step;

            ck_assert_int_eq(cb_append(work.buffer, bytes + at, n), CB_OK);
            at += n;
        } else if (status == CB_MORE && !finished) {
            cb_decoder_finish(work.decoder);
            finished = true;
        } else {
            break;
        }
    }
    free_work(&work);
    return sum;
}

static void check_limits(const char *specification, const struct stream *stream, size_t size,
                         struct cb_decoder_options options, struct prng *prng)
{
    const size_t limit = (size_t)options.max_record;
    const struct way simple = {.whole = true, .cut = 100, .step = 100, .changed = true};
    struct cb_decoder_options unlimited = {.size = sizeof unlimited,
                                           .on_partial = options.on_partial};
    struct way way = {.call = (enum call)prng_below(prng, BY_BATCH + 10),
                      .whole = prng_below(prng, 2) == 1,
                      .cut = 1 + prng_below(prng, 40),
                      .step = 1 + prng_below(prng, 40),
                      .changed = true};
    struct record_list all, whole, begun, got, wanted = {.count = 0};
    const uint8_t *bytes = (const uint8_t *)stream->bytes;

    struct outcome free_end = read_input(specification, &unlimited, bytes, size, &simple, &all);
    unlimited.on_partial = CB_PARTIAL_DROP;
    read_input(specification, &unlimited, bytes, size, &simple, &whole);
    unlimited.on_partial = CB_PARTIAL_EMIT;
    read_input(specification, &unlimited, bytes, size, &simple, &begun);
    struct outcome end = read_input(specification, &options, bytes, size, &way, &got);
    list_limit(&all, limit, options.on_overflow, &wanted);
    const bool unfinished = begun.count > whole.count;
    /* What there is of an unfinished one may be short enough, but not what was
     * told of it. */
    const bool told =
        options.on_overflow != CB_OVERFLOW_TRUNCATE && unfinished && got.count + 1 == wanted.count;
    const bool fails = options.on_overflow == CB_OVERFLOW_FAIL && wanted.count < all.count;
    bool right = told ? begins_with(&wanted, &got) : begins_with(&got, &wanted);
    right = right && (told || got.count == wanted.count);
    if (fails || (told && options.on_overflow == CB_OVERFLOW_FAIL))
        right = right && end.status == CB_EOVERFLOW;
    else
        right =
            right && (end.status == free_end.status || (options.on_overflow == CB_OVERFLOW_FAIL &&
                                                        unfinished && end.status == CB_EOVERFLOW));
    expect(right,
           "%s, %zu bytes, max %zu, overflow %d, partial %d, call %d%s, cut %zu, step %zu: "
           "%zu records of %zu, status %d, not %d",
           specification, size, limit, (int)options.on_overflow, (int)options.on_partial,
           (int)way.call, way.whole ? ", whole" : "", way.cut, way.step, got.count, wanted.count,
           end.status, free_end.status);
    uint64_t skipped =
        count_records(specification, &options, stream->bytes, size, 1 + prng_below(prng, 40));
    expect(skipped == got.count,
           "%s, %zu bytes, max %zu, overflow %d, partial %d: %zu records, but %" PRIu64 " skipped",
           specification, size, limit, (int)options.on_overflow, (int)options.on_partial, got.count,
           skipped);
    list_free(&all);
    list_free(&whole);
    list_free(&begun);
    list_free(&got);
    list_free(&wanted);
}

START_TEST(what_is_cut_short_or_too_long_is_treated_alike)
{
    const struct stream *stream = &streams[_i / 2];
    struct prng prng = {600 + (uint64_t)_i};
    char text[80];
    const char *specification = specification_of(stream, _i, text, sizeof text);

    for (size_t size = 0; size <= stream->size; size++) {
        for (size_t kind = 0; kind < rounds(2, 3) * 4 * 3; kind++) {
            struct cb_decoder_options options = {
                .size = sizeof options,
                .on_overflow = (enum cb_overflow)(kind % 3),
                .on_partial = (enum cb_partial)(kind / 3 % 4),
                .max_record = 1 + prng_below(&prng, kind < 12 ? 4 : 24),
            };

            check_limits(specification, stream, size, options, &prng);
        }
    }
}
END_TEST

/* Reads the first `size` bytes of a stream, at once and then in some way, which
 * gives the same records. */
static struct outcome read_partly(const char *specification, const struct stream *stream,
                                  size_t size, enum cb_partial on_partial, struct prng *prng,
                                  struct record_list *records)
{
    const struct cb_decoder_options options = {.size = sizeof options, .on_partial = on_partial};
    const struct way simple = {.whole = true, .cut = 100, .step = 100, .changed = true};
    const struct way way = {.call = (enum call)prng_below(prng, BY_BATCH + 10),
                            .whole = prng_below(prng, 2) == 1,
                            .cut = 1 + prng_below(prng, 40),
                            .step = 1 + prng_below(prng, 40),
                            .changed = true};
    const uint8_t *bytes = (const uint8_t *)stream->bytes;
    struct record_list again;

    struct outcome end = read_input(specification, &options, bytes, size, &simple, records);
    struct outcome other = read_input(specification, &options, bytes, size, &way, &again);
    expect(other.status == end.status && again.count == records->count &&
               begins_with(&again, records),
           "%s, %zu bytes, partial %d, call %d%s, cut %zu, step %zu: %zu records of %zu, status "
           "%d, not %d",
           specification, size, (int)on_partial, (int)way.call, way.whole ? ", whole" : "", way.cut,
           way.step, again.count, records->count, other.status, end.status);
    list_free(&again);
    return end;
}

/* Does the end of the input settle what more bytes would have made something
 * else of, though no record is cut short there?  A message of HTTP may end with
 * its connection; a record may go on in another line; a delimiter, or what belongs to a
 * record with `keep`, may be longer. */
static bool is_settled_by_the_end(const char *specification)
{
    static const char *const some[] = {
        "http",      "delim:aba", "sse,keep",          "json-seq,keep",
        "line,fold", "paragraph", "csv,escape=\\\\,cr"};
    bool found = false;

    for (size_t i = 0; i < COUNT(some); i++)
        found = found || strncmp(specification, some[i], strlen(some[i])) == 0;
    return found;
}

START_TEST(what_on_partial_asks_for_is_done_by_every_framing)
{
    const struct stream *stream = &streams[_i / 2];
    struct prng prng = {700 + (uint64_t)_i};
    struct record_list all;
    char text[80];
    const char *specification = specification_of(stream, _i, text, sizeof text);

    ck_assert_int_eq(read_well(specification, stream, &all), CB_END);
    for (size_t size = 0; size <= stream->size; size++) {
        struct record_list records[CB_PARTIAL_DROP + 1];
        struct outcome ends[COUNT(records)];

        for (enum cb_partial how = CB_PARTIAL_DEFAULT; how <= CB_PARTIAL_DROP; how++)
            ends[how] = read_partly(specification, stream, size, how, &prng, &records[how]);
        const struct record_list *fail = &records[CB_PARTIAL_FAIL];
        const struct record_list *emit = &records[CB_PARTIAL_EMIT];
        const struct record_list *drop = &records[CB_PARTIAL_DROP];
        const bool unfinished = emit->count > drop->count;
        expect(ends[CB_PARTIAL_DROP].status == CB_END && ends[CB_PARTIAL_EMIT].status == CB_END,
               "%s, %zu bytes: not at the end", specification, size);
        expect(begins_with(emit, drop) && emit->count <= drop->count + 1,
               "%s, %zu bytes: emits %zu records, %zu of them whole", specification, size,
               emit->count, drop->count);
        expect(fail->count == drop->count && begins_with(fail, drop) &&
                   ends[CB_PARTIAL_FAIL].status ==
                       (unfinished ? CB_ETRUNCATED : ends[CB_PARTIAL_FAIL].status),
               "%s, %zu bytes: fails with %d", specification, size, ends[CB_PARTIAL_FAIL].status);
        /* No record is whole that would be another one if more bytes came. */
        expect(begins_with(&all, drop) || is_settled_by_the_end(specification),
               "%s, %zu bytes: what is dropped is whole", specification, size);
        bool known = false;
        for (enum cb_partial how = CB_PARTIAL_FAIL; how <= CB_PARTIAL_DROP; how++)
            known = known || (ends[how].status == ends[CB_PARTIAL_DEFAULT].status &&
                              same_lists(&records[how], &records[CB_PARTIAL_DEFAULT]));
        expect(known, "%s, %zu bytes: the default is none of the three", specification, size);
        for (size_t i = 0; i < COUNT(records); i++)
            list_free(&records[i]);
    }
    list_free(&all);
}
END_TEST

static Suite *every_end_suite(void)
{
    Suite *suite = suite_create("every_end");
    TCase *tcase = add_case(suite, "decoders");

    tcase_add_loop_test(tcase, what_is_cut_short_or_too_long_is_treated_alike, 0,
                        2 * (int)COUNT(streams));
    tcase_add_loop_test(tcase, what_on_partial_asks_for_is_done_by_every_framing, 0,
                        2 * (int)COUNT(streams));
    return suite;
}

int main(void)
{
    return run_suite(every_end_suite());
}
