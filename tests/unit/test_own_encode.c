/* SPDX-License-Identifier: MIT */
/* Framings of one's own, on the way out: what their functions may do and when they are called;
 * those that lie do no harm. */
#include <stdlib.h>
#include <string.h>

#include "twins.h"
#include "own_lies.h"

START_TEST(reset_is_called_once_for_each_stream)
{
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_own own = twin_summed;
    struct sums in = {.resets = 0}, out = {.resets = 0};
    struct prng prng = {.state = 7};
    size_t size;
    struct cb_piece pieces[16];

    own.arg = &in;
    ck_assert_int_eq(cb_decoder_new_own(&decoder, &own, NULL, NULL), CB_OK);
    own.arg = &out;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    for (unsigned stream = 1; stream <= 3; stream++) {
        uint8_t *bytes = twin_stream(&prng, &twins[1], 40, 20, &size);
        struct cb_buffer *buffer = buffer_of(NULL, bytes, size, 50);

        while (cb_decoder_batch(decoder, buffer, pieces, COUNT(pieces)) > 0)
            continue;
        ck_assert_uint_eq(in.resets, stream);
        ck_assert_uint_eq(out.resets, stream);
        ck_assert_int_eq(cb_encode_bytes(encoder, "x", 1, NULL, NULL, buffer), CB_OK);
        ck_assert_int_eq(cb_encode_end(encoder, buffer), CB_OK);
        cb_decoder_reset(decoder);
        cb_buffer_free(buffer);
        free(bytes);
    }
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
}
END_TEST

static size_t bye(void *arg, uint8_t *to)
{
    (void)arg;
    memcpy(to, "bye", 3);
    return 3;
}

START_TEST(finish_stands_at_the_end_of_a_stream)
{
    struct cb_own own = twin_lines;
    struct cb_encoder *encoder;
    struct cb_buffer *out = new_buffer(NULL, 64);

    own.finish = bye;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(cb_encode_bytes(encoder, "one", 3, NULL, NULL, out), CB_OK);
        ck_assert_int_eq(cb_encode_end(encoder, out), CB_OK);
    }
    assert_holds(out, BYTES("one\nbyeone\nbye"));
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

/* How often it was called. */
static ssize_t counting_head(void *arg, uint64_t length, uint8_t *to, const char **why)
{
    unsigned *calls = arg;

    (void)length;
    (void)why;
    *to = (uint8_t)('0' + ++*calls);
    return 1;
}

static const char *bang_collides(void *arg, const struct cb_piece *piece, size_t *at)
{
    (void)arg;
    *at = 0;
    return piece->data[0] == '!' ? "it begins with '!'" : NULL;
}

/* Also of one that follows a record of the same length, which was not finished. */
START_TEST(a_head_is_made_for_each_record)
{
    struct cb_own own = {.size = sizeof own, .head = counting_head, .tail = twin_lines.tail};
    const struct cb_encoder_options refusing = {.size = sizeof refusing, .refuse_collisions = 1};
    struct cb_piece piece = {.length = 1, .record = 1, .total = 2};

    own.collides = bang_collides;
    for (int looks = 0; looks < 2; looks++) {
        struct cb_buffer *out = new_buffer(NULL, 64);
        struct cb_encoder *encoder;
        unsigned calls = 0;
        size_t taken;

        own.arg = &calls;
        own.look = looks ? look_at_nothing : NULL;
        ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, &refusing, NULL), CB_OK);
        ck_assert_int_eq(cb_encode_bytes(encoder, "ab", 2, NULL, NULL, out), CB_OK);
        ck_assert_int_eq(cb_encode_bytes(encoder, "cd", 2, NULL, NULL, out), CB_OK);
        assert_holds(out, BYTES("1ab\n2cd\n"));
        piece.data = (const uint8_t *)"e";
        piece.flags = CB_FIRST;
        ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_OK);
        piece.data = (const uint8_t *)"!";
        piece.flags = CB_LAST;
        ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_EUNENCODABLE);
        ck_assert_int_eq(cb_encode_bytes(encoder, "gh", 2, NULL, NULL, out), CB_OK);
        assert_holds(out, BYTES("1ab\n2cd\n4gh\n"));
        piece.data = (const uint8_t *)"i";
        piece.flags = CB_FIRST;
        ck_assert_int_eq(cb_encode_pieces(encoder, &piece, 1, out, &taken), CB_OK);
        cb_encoder_reset(encoder);
        cb_skip(out, CB_ALL);
        ck_assert_int_eq(cb_encode_bytes(encoder, "jk", 2, NULL, NULL, out), CB_OK);
        assert_holds(out, BYTES("6jk\n"));
        cb_encoder_free(encoder);
        cb_buffer_free(out);
    }
}
END_TEST

/* How often it was called. */
static size_t counting_tail(void *arg, uint8_t *to)
{
    unsigned *calls = arg;

    *to = (uint8_t)('0' + ++*calls);
    return 1;
}

START_TEST(a_tail_is_made_for_each_record)
{
    struct cb_buffer *out = new_buffer(NULL, 64);
    unsigned calls = 0;
    const struct cb_own own = {.size = sizeof own, .tail = counting_tail, .arg = &calls};
    struct cb_encoder *encoder;

    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "ab", 2, NULL, NULL, out), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "cd", 2, NULL, NULL, out), CB_OK);
    assert_holds(out, BYTES("ab1cd2"));
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

/* An encoder that looks at payload for its sum, but not for what collides. */
START_TEST(collisions_are_looked_for_only_if_asked)
{
    struct cb_own own = {.size = sizeof own, .head = counting_head, .look = look_at_nothing};
    struct cb_buffer *out = new_buffer(NULL, 64);
    struct cb_encoder *encoder;
    unsigned calls = 0;

    own.collides = bang_collides;
    own.arg = &calls;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "!", 1, NULL, NULL, out), CB_OK);
    assert_holds(out, BYTES("1!"));
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

/* ------------------------------------------------------------------------ lies */

struct written {
    ssize_t head;
    size_t tail;
};

static ssize_t lying_head(void *arg, uint64_t length, uint8_t *to, const char **why)
{
    const struct written *written = arg;

    (void)length;
    (void)why;
    memset(to, 'h', CB_OWN_ROOM);
    return written->head;
}

static size_t lying_tail(void *arg, uint8_t *to)
{
    const struct written *written = arg;

    memset(to, 't', CB_OWN_ROOM);
    return written->tail;
}

/* One record after another, the second of which is refused. */
static void check_refused(const struct written *bad, unsigned long n, bool looks)
{
    struct written written = {.head = 1, .tail = 1};
    const struct cb_own own = {
        .size = sizeof own,
        .arg = &written,
        .head = lying_head,
        .tail = lying_tail,
        .look = looks ? look_at_nothing : NULL,
    };
    struct cb_encoder *encoder;
    struct cb_buffer *out = new_buffer(NULL, 4096);
    uint8_t *bytes = calloc(1, n + 1);
    const struct cb_piece whole = {
        .data = bytes, .length = n, .record = 1, .total = n, .flags = CB_FIRST | CB_LAST};
    size_t taken;

    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    for (int pieces = 0; pieces < 2; pieces++) {
        for (int i = 0; i < 3; i++) {
            written = i == 1 ? *bad : (struct written){.head = 1, .tail = 1};
            int status = pieces ? cb_encode_pieces(encoder, &whole, 1, out, &taken)
                                : cb_encode_bytes(encoder, bytes, n, NULL, NULL, out);
            ck_assert_int_eq(status, i == 1 ? CB_EUNENCODABLE : CB_OK);
        }
        ck_assert_uint_eq(cb_length(out), 2 * (n + 2));
        cb_skip(out, CB_ALL);
    }
    cb_encoder_free(encoder);
    cb_buffer_free(out);
    free(bytes);
}

START_TEST(a_head_or_tail_that_lies_does_no_harm)
{
    const struct written lies[] = {
        {.head = 65, .tail = 1},
        {.head = INT32_MAX, .tail = 1},
        {.head = -1, .tail = 1},
        {.head = CB_ENOMEM, .tail = 1},
        {.head = 1, .tail = 65},
        {.head = 1, .tail = SIZE_MAX},
        {.head = CB_EUNENCODABLE, .tail = 1},
    };

    for (size_t i = 0; i < COUNT(lies); i++) {
        for (unsigned long n = 0; n <= 1000; n += 500) {
            check_refused(&lies[i], n, false);
            check_refused(&lies[i], n, true);
        }
    }
}
END_TEST

START_TEST(a_constant_that_lies_makes_no_encoder)
{
    struct written written = {.head = 1, .tail = 65};
    const struct cb_own own = {
        .size = sizeof own,
        .flags = CB_OWN_CONSTANT,
        .arg = &written,
        .head = lying_head,
        .tail = lying_tail,
    };
    struct cb_encoder *encoder;

    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    written = (struct written){.head = CB_EUNENCODABLE, .tail = 1};
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_EINVAL);
    written = (struct written){.head = 64, .tail = 64};
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    cb_encoder_free(encoder);
}
END_TEST

/* The next stream goes on, though the end of this one has nothing. */
START_TEST(a_finish_that_lies_does_no_harm)
{
    struct written written = {.tail = 65};
    struct cb_own own = {.size = sizeof own, .arg = &written, .tail = twin_lines.tail};
    struct cb_encoder *encoder;
    struct cb_buffer *out = new_buffer(NULL, 64);

    own.finish = lying_tail;
    ck_assert_int_eq(cb_encoder_new_own(&encoder, &own, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "one", 3, NULL, NULL, out), CB_OK);
    ck_assert_int_eq(cb_encode_end(encoder, out), CB_EUNENCODABLE);
    ck_assert_str_ne(cb_encoder_error(encoder)->text, "");
    ck_assert_int_eq(cb_encode_end(encoder, out), CB_OK);
    ck_assert_int_eq(cb_encode_bytes(encoder, "two", 3, NULL, NULL, out), CB_OK);
    assert_holds(out, BYTES("one\ntwo\n"));
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}
END_TEST

static Suite *own_encode_suite(void)
{
    Suite *suite = suite_create("own_encode");
    TCase *contract = add_case(suite, "contract");
    TCase *lies_case = add_case(suite, "lies");

    tcase_add_test(contract, reset_is_called_once_for_each_stream);
    tcase_add_test(contract, finish_stands_at_the_end_of_a_stream);
    tcase_add_test(contract, a_head_is_made_for_each_record);
    tcase_add_test(contract, a_tail_is_made_for_each_record);
    tcase_add_test(contract, collisions_are_looked_for_only_if_asked);
    tcase_add_test(lies_case, a_head_or_tail_that_lies_does_no_harm);
    tcase_add_test(lies_case, a_finish_that_lies_does_no_harm);
    tcase_add_test(lies_case, a_constant_that_lies_makes_no_encoder);
    return suite;
}

int main(void)
{
    return run_suite(own_encode_suite());
}
