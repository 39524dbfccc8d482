/* SPDX-License-Identifier: MIT */
/* Framings of one's own, on the way in, whose functions lie, or that say too little, do no harm. */
#include <string.h>

#include "expect.h"
#include "twins.h"
#include "own_lies.h"

/* ------------------------------------------------------------------------ lies */

/* Reads to the end in one way, and says how it ended. */
static int end_of(const struct cb_own *own, size_t block, size_t batch)
{
    static const uint8_t bytes[40];
    struct cb_buffer *buffer = buffer_of(NULL, bytes, sizeof bytes, block);
    struct cb_decoder *decoder;
    struct cb_piece pieces[64];
    ssize_t status = CB_MORE;

    ck_assert_int_eq(cb_decoder_new_own(&decoder, own, NULL, NULL), CB_OK);
    for (int steps = 0; steps < 200; steps++) {
        status = cb_decoder_batch(decoder, buffer, pieces, batch);
        if (status < 0)
            break;
        if (status == CB_MORE)
            cb_decoder_finish(decoder);
        cb_decoder_release(decoder, buffer);
    }
    expect(status < 0, "it goes on and on");
    ck_assert_int_eq((int)status, cb_decoder_error(decoder)->code);
    ck_assert_str_ne(cb_decoder_error(decoder)->text, "");
    ck_assert_int_eq((int)cb_decoder_batch(decoder, buffer, pieces, batch), (int)status);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
    return (int)status;
}

static void check_lie(const struct cb_own *own, int expected, size_t i)
{
    for (size_t block = 1; block <= 40; block += block < 8 ? 1 : 32) {
        for (size_t batch = 1; batch <= 64; batch *= 8) {
            int status = end_of(own, block, batch);

            expect(status == expected, "lie %zu, blocks of %zu: %d, not %d", i, block, status,
                   expected);
        }
    }
}

START_TEST(a_header_that_lies_does_no_harm)
{
    const struct {
        struct lie lie;
        int status;
    } lies[] = {
        {{CB_YES, {.header = 0}, {0}}, CB_EINVAL},                      /* no progress */
        {{CB_YES, {.header = 41}, {0}}, CB_EINVAL},                     /* not shown */
        {{CB_YES, {.header = SIZE_MAX, .payload = 1}, {0}}, CB_EINVAL}, /* overflows */
        {{CB_YES, {.header = 1, .padding = SIZE_MAX}, {0}}, CB_EINVAL},
        {{CB_YES, {.header = 1, .trailer = 65}, {0}}, CB_EINVAL},
        {{CB_YES, {.header = 1, .trailer = SIZE_MAX}, {0}}, CB_EINVAL},
        {{CB_YES, {.header = 1, .trailer = 1}, {0}}, CB_EINVAL}, /* no tail */
        {{CB_YES, {.header = 1, .payload = UINT64_MAX}, {0}}, CB_EOVERFLOW},
        {{CB_YES, {.header = 1, .payload = UINT64_MAX - 50, .padding = INT32_MAX}, {0}},
         CB_ETRUNCATED},
        {{CB_MORE, {.needed = 0}, {0}}, CB_EINVAL}, /* no progress */
        {{CB_MORE, {.needed = 1}, {0}}, CB_EINVAL},
        {{CB_MORE, {.needed = CB_OWN_HEADER + 1}, {0}}, CB_EMALFORMED},
        {{CB_MORE, {.needed = SIZE_MAX}, {0}}, CB_EMALFORMED},
        {{CB_MORE, {.needed = 41}, {0}}, CB_ETRUNCATED},
        {{CB_END, {.header = 41}, {0}}, CB_EINVAL},
        {{CB_EMALFORMED, {.at = SIZE_MAX}, {0}}, CB_EMALFORMED},
        {{2, {.header = 1}, {0}}, CB_EINVAL},
        {{CB_ENOMEM, {.header = 1}, {0}}, CB_EINVAL},
    };

    for (size_t i = 0; i < COUNT(lies); i++) {
        struct lie lie = lies[i].lie;
        const struct cb_own own = {.size = sizeof own, .arg = &lie, .header = lying_header};

        check_lie(&own, lies[i].status, i);
    }
}
END_TEST

START_TEST(a_scan_that_lies_does_no_harm)
{
    const struct {
        struct lie lie;
        int status;
    } lies[] = {
        {{CB_YES, {0}, {.used = 0}}, CB_EINVAL},  /* no progress */
        {{CB_YES, {0}, {.used = 41}}, CB_EINVAL}, /* not shown */
        {{CB_YES, {0}, {.used = SIZE_MAX}}, CB_EINVAL},
        {{CB_YES, {0}, {.used = 1, .tail = 2}}, CB_EINVAL}, /* more than the frame */
        {{CB_MORE, {0}, {.again = SIZE_MAX}}, CB_EINVAL},
        {{CB_MORE, {0}, {.again = CB_OWN_HEADER}}, CB_EINVAL},
        {{CB_MORE, {0}, {.again = 1, .skip = 1}}, CB_EINVAL},
        {{CB_MORE, {0}, {.skip = UINT64_MAX}}, CB_EOVERFLOW},
        {{CB_MORE, {0}, {.skip = UINT64_MAX - 40}}, CB_ETRUNCATED},
        {{CB_MORE, {0}, {.again = 1}}, CB_ETRUNCATED},
        {{CB_END, {0}, {.used = 41}}, CB_EINVAL},
        {{CB_EMALFORMED, {0}, {.used = SIZE_MAX, .tail = SIZE_MAX}}, CB_EMALFORMED},
        {{2, {0}, {.used = 1}}, CB_EINVAL},
        {{CB_ENOMEM, {0}, {.used = 1}}, CB_EINVAL},
    };

    for (size_t i = 0; i < COUNT(lies); i++) {
        struct lie lie = lies[i].lie;
        const struct cb_own own = {.size = sizeof own, .arg = &lie, .scan = lying_scan};

        check_lie(&own, lies[i].status, i);
    }
}
END_TEST

/* Bytes of a record, and then the end of the stream. */
static int ending_scan(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    bool *began = arg;

    (void)data;
    span->used = n;
    if (*began)
        return CB_END;
    *began = true;
    return CB_MORE;
}

START_TEST(the_end_of_the_stream_is_not_inside_a_record)
{
    bool began = false;
    const struct cb_own own = {.size = sizeof own, .arg = &began, .scan = ending_scan};

    ck_assert_int_eq(end_of(&own, 20, 64), CB_EINVAL);
}
END_TEST

/* A tail of other bytes than its header has told, which must not stand there. */
static size_t long_tail(void *arg, uint8_t *to)
{
    (void)arg;
    memset(to, 'x', 2);
    return 2;
}

/* The same with those that do, of which only the number is wrong. */
static size_t short_tail(void *arg, uint8_t *to)
{
    (void)arg;
    (void)to;
    return 0;
}

static size_t zero_tail(void *arg, uint8_t *to)
{
    (void)arg;
    memset(to, 0, 2);
    return 2;
}

START_TEST(a_tail_that_lies_does_no_harm_to_who_decodes)
{
    size_t (*const tails[])(void *, uint8_t *) = {long_tail, short_tail, zero_tail};
    for (size_t i = 0; i < 4 * COUNT(tails); i++) {
        struct lie lie = {.status = CB_YES, .frame = {.header = 1, .payload = i & 1, .trailer = 1}};
        const struct cb_own own = {
            .size = sizeof own,
            .arg = &lie,
            .header = lying_header,
            .look = i & 2 ? look_at_nothing : NULL,
            .tail = tails[i / 4],
        };
        check_lie(&own, CB_EINVAL, i);
    }
}
END_TEST

START_TEST(a_framing_that_says_too_little_or_too_much_is_refused)
{
    struct cb_decoder *decoder = NULL;
    struct cb_encoder *encoder = NULL;
    struct cb_error error;
    struct cb_own own = {.size = sizeof own};
    struct {
        struct cb_own own;
        char more;
    } longer = {.own = twin_digits, .more = 1};

    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, &error), CB_EINVAL);
    ck_assert_str_ne(error.text, "");
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, &error), CB_EINVAL);
    own.header = twin_digits.header;
    own.scan = twin_lines.scan;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    own = twin_summed;
    own.flags = CB_OWN_CONSTANT;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    own = twin_lines;
    own.flags |= 1U << 31;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_decoder_new_own(&decoder, NULL, NULL, NULL), CB_EINVAL);
    ck_assert_int_eq(cb_encoder_new_own(&encoder, NULL, NULL, NULL), CB_EINVAL);
    own = twin_lines;
    own.size = 1;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_EINVAL);
    longer.own.size = sizeof longer;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &longer.own, NULL, NULL), CB_EINVAL);
    longer.more = 0;
    ck_assert_ptr_null(decoder);
    ck_assert_ptr_null(encoder);
}
END_TEST

/* A program made with an older header knows fewer members. */
START_TEST(a_shorter_struct_is_read_as_far_as_it_goes)
{
    struct cb_own own;
    struct cb_decoder *decoder;

    memset(&own, 0xff, sizeof own);
    memcpy(&own, &bytewise, offsetof(struct cb_own, scan));
    own.size = offsetof(struct cb_own, scan);
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
    cb_decoder_free(decoder);
}
END_TEST

static Suite *own_lies_suite(void)
{
    Suite *suite = suite_create("own_lies");
    TCase *tcase = add_case(suite, "lies");

    tcase_add_test(tcase, a_header_that_lies_does_no_harm);
    tcase_add_test(tcase, a_scan_that_lies_does_no_harm);
    tcase_add_test(tcase, the_end_of_the_stream_is_not_inside_a_record);
    tcase_add_test(tcase, a_tail_that_lies_does_no_harm_to_who_decodes);
    tcase_add_test(tcase, a_framing_that_says_too_little_or_too_much_is_refused);
    tcase_add_test(tcase, a_shorter_struct_is_read_as_far_as_it_goes);
    return suite;
}

int main(void)
{
    return run_suite(own_lies_suite());
}
