/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "support.h"

static struct cb_buffer *buffer;

static void setup(void)
{
    buffer = new_buffer(NULL, 64);
}

static void teardown(void)
{
    cb_buffer_free(buffer);
}

/* --------------------------------------------------------------------- uint */

static const uint8_t digits[] = {0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8};

static const struct {
    unsigned width;
    uint64_t big, little; /* of the first bytes of `digits` */
} numbers[] = {
    {1, UINT64_C(0x81), UINT64_C(0x81)},
    {2, UINT64_C(0x8192), UINT64_C(0x9281)},
    {3, UINT64_C(0x8192a3), UINT64_C(0xa39281)},
    {4, UINT64_C(0x8192a3b4), UINT64_C(0xb4a39281)},
    {5, UINT64_C(0x8192a3b4c5), UINT64_C(0xc5b4a39281)},
    {6, UINT64_C(0x8192a3b4c5d6), UINT64_C(0xd6c5b4a39281)},
    {7, UINT64_C(0x8192a3b4c5d6e7), UINT64_C(0xe7d6c5b4a39281)},
    {8, UINT64_C(0x8192a3b4c5d6e7f8), UINT64_C(0xf8e7d6c5b4a39281)},
};

/* What a buffer fed in parts should give. */
struct expected {
    unsigned width;
    enum cb_endian endian;
    uint64_t value;
};

static void read_one_uint(struct feed *feed, void *arg)
{
    const struct expected *expected = arg;
    struct cb_buffer *in = new_buffer(NULL, 64);

    while (feed_next(feed, in)) {
        uint64_t value = 99;
        int status = cb_read_uint(in, expected->width, expected->endian, &value);

        if (feed->at < expected->width) {
            ck_assert_int_eq(status, CB_MORE);
            ck_assert_uint_eq(value, 99);
            ck_assert_uint_eq(cb_length(in), feed->at);
            continue;
        }
        ck_assert_int_eq(status, CB_YES);
        ck_assert_uint_eq(value, expected->value);
        ck_assert_uint_eq(cb_length(in), feed->at - expected->width);
        ck_assert_uint_eq(cb_position(in), expected->width);
        break;
    }
    cb_buffer_free(in);
}

START_TEST(numbers_of_every_width_are_read_however_they_arrive)
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct expected big = {numbers[i].width, CB_BIG_ENDIAN, numbers[i].big};
        struct expected little = {numbers[i].width, CB_LITTLE_ENDIAN, numbers[i].little};

        feed_every_way(digits, numbers[i].width, read_one_uint, &big);
        feed_every_way(digits, numbers[i].width, read_one_uint, &little);
        feed_every_way(digits, sizeof digits, read_one_uint, &big);
        feed_every_way(digits, sizeof digits, read_one_uint, &little);
    }
}
END_TEST

START_TEST(numbers_follow_one_another)
{
    uint64_t value;

    append_cut(buffer, BYTES("\x01\x02\x03\x04\x05\x06\xff"), (size_t[]){1, 2}, 2);
    ck_assert_int_eq(cb_read_uint(buffer, 2, CB_BIG_ENDIAN, &value), CB_YES);
    ck_assert_uint_eq(value, 0x0102);
    ck_assert_int_eq(cb_read_uint(buffer, 4, CB_LITTLE_ENDIAN, &value), CB_YES);
    ck_assert_uint_eq(value, 0x06050403);
    ck_assert_int_eq(cb_read_uint(buffer, 2, CB_BIG_ENDIAN, &value), CB_MORE);
    ck_assert_int_eq(cb_read_uint(buffer, 1, CB_BIG_ENDIAN, &value), CB_YES);
    ck_assert_uint_eq(value, 255);
    ck_assert_int_eq(cb_read_uint(buffer, 1, CB_BIG_ENDIAN, &value), CB_MORE);
}
END_TEST

START_TEST(widths_other_than_1_to_8_are_refused)
{
    uint64_t value = 99;

    append_block(buffer, digits, sizeof digits);
    append_block(buffer, digits, sizeof digits);
    ck_assert_int_eq(cb_read_uint(buffer, 0, CB_BIG_ENDIAN, &value), CB_EINVAL);
    ck_assert_int_eq(cb_read_uint(buffer, 9, CB_BIG_ENDIAN, &value), CB_EINVAL);
    ck_assert_int_eq(cb_read_uint(buffer, UINT32_MAX, CB_LITTLE_ENDIAN, &value), CB_EINVAL);
    ck_assert_uint_eq(value, 99);
    ck_assert_uint_eq(cb_length(buffer), 16);
}
END_TEST

START_TEST(an_endianness_that_is_none_is_refused)
{
    uint64_t value = 99;

    append_block(buffer, digits, sizeof digits);
    ck_assert_int_eq(cb_read_uint(buffer, 2, (enum cb_endian)0, &value), CB_EINVAL);
    ck_assert_int_eq(cb_read_uint(buffer, 2, (enum cb_endian)3, &value), CB_EINVAL);
    ck_assert_uint_eq(cb_length(buffer), 8);
}
END_TEST

/* ------------------------------------------------------------------- varint */

static const struct {
    const char *bytes;
    size_t size;
    uint64_t value;
} varints[] = {
    {BYTES("\x00"), 0},
    {BYTES("\x01"), 1},
    {BYTES("\x7f"), 127},
    {BYTES("\x80\x01"), 128},
    {BYTES("\xac\x02"), 300},
    {BYTES("\xff\x7f"), 16383},
    {BYTES("\x80\x80\x01"), 16384},
    {BYTES("\xe5\x8e\x26"), 624485},
    {BYTES("\xff\xff\xff\xff\x0f"), UINT32_MAX},
    {BYTES("\x80\x80\x80\x80\x10"), UINT64_C(1) << 32},
    {BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), INT64_MAX},
    {BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), UINT64_C(1) << 63},
    {BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), UINT64_MAX},
    /* longer than they need to be */
    {BYTES("\x80\x00"), 0},
    {BYTES("\xff\x80\x00"), 127},
    {BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), 0},
};

/* Which of them a feed brings. */
static void read_one_varint(struct feed *feed, void *arg)
{
    size_t i = *(const size_t *)arg;
    struct cb_buffer *in = new_buffer(NULL, 64);

    while (feed_next(feed, in)) {
        uint64_t value = 99;
        int status = cb_read_varint(in, &value);

        if (feed->at < varints[i].size) {
            ck_assert_int_eq(status, CB_MORE);
            ck_assert_uint_eq(value, 99);
            ck_assert_uint_eq(cb_length(in), feed->at);
            continue;
        }
        ck_assert_int_eq(status, CB_YES);
        ck_assert_uint_eq(value, varints[i].value);
        ck_assert_uint_eq(cb_length(in), feed->at - varints[i].size);
        ck_assert_uint_eq(cb_position(in), varints[i].size);
        break;
    }
    cb_buffer_free(in);
}

START_TEST(varints_are_read_however_they_arrive)
{
    for (size_t i = 0; i < COUNT(varints); i++) {
        uint8_t followed[16];

        feed_every_way(varints[i].bytes, varints[i].size, read_one_varint, &i);
        memcpy(followed, varints[i].bytes, varints[i].size);
        memset(followed + varints[i].size, 0xff, sizeof followed - varints[i].size);
        feed_every_way(followed, varints[i].size + 3, read_one_varint, &i);
    }
}
END_TEST

START_TEST(a_varint_of_more_than_64_bits_is_malformed)
{
    static const char *bad[] = {
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
        "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f",
        "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x03",
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        uint64_t value = 99;

        append_cut(buffer, bad[i], 10, (size_t[]){3}, 1);
        ck_assert_int_eq(cb_read_varint(buffer, &value), CB_EMALFORMED);
        ck_assert_uint_eq(value, 99);
        assert_holds(buffer, bad[i], 10);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

static void judge_long_varint(struct feed *feed, void *arg)
{
    struct cb_buffer *in = new_buffer(NULL, 64);
    uint64_t value;

    (void)arg;
    while (feed_next(feed, in)) {
        int status = cb_read_varint(in, &value);

        if (feed->at < 10)
            ck_assert_int_eq(status, CB_MORE);
        if (feed->at > 10)
            ck_assert_int_eq(status, CB_EMALFORMED);
        ck_assert_uint_eq(cb_length(in), feed->at);
    }
    cb_buffer_free(in);
}

START_TEST(a_varint_of_more_than_ten_bytes_is_malformed)
{
    feed_every_way(BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), judge_long_varint, NULL);
    feed_every_way(BYTES("\x81\x80\x80\x80\x80\x80\x80\x80\x80\x81\x00"), judge_long_varint, NULL);
}
END_TEST

START_TEST(no_varint_in_an_empty_buffer)
{
    uint64_t value;

    ck_assert_int_eq(cb_read_varint(buffer, &value), CB_MORE);
}
END_TEST

/* ------------------------------------------------------------------ decimal */

struct decimal {
    const char *bytes;
    uint64_t value;
    size_t known;  /* so many bytes tell */
    size_t digits; /* taken; 0: status is an error */
    int status;
};

static void judge_decimal(struct feed *feed, void *arg)
{
    const struct decimal *decimal = arg;
    struct cb_buffer *in = new_buffer(NULL, 64);

    while (feed_next(feed, in)) {
        uint64_t value = 99;
        int status = cb_read_decimal(in, &value);

        ck_assert_int_eq(status, feed->at < decimal->known ? CB_MORE : decimal->status);
        if (status == CB_YES) {
            ck_assert_uint_eq(value, decimal->value);
            ck_assert_uint_eq(cb_length(in), feed->at - decimal->digits);
            break;
        }
        ck_assert_uint_eq(value, 99);
        ck_assert_uint_eq(cb_length(in), feed->at);
    }
    cb_buffer_free(in);
}

START_TEST(decimals_are_read_however_they_arrive)
{
    static const struct decimal decimals[] = {
        {"0 ", 0, 2, 1, CB_YES},
        {"007,", 7, 4, 3, CB_YES},
        {"12\r\n", 12, 3, 2, CB_YES},
        {"18446744073709551615\n", UINT64_MAX, 21, 20, CB_YES},
        {"00000000000000000001;", 1, 21, 20, CB_YES},
        {"18446744073709551616\n", 0, 20, 0, CB_EOVERFLOW},
        {"99999999999999999999\n", 0, 20, 0, CB_EOVERFLOW},
        {"184467440737095516150", 0, 21, 0, CB_EOVERFLOW},
        {"000000000000000000001", 0, 21, 0, CB_EOVERFLOW},
        {"123", 0, 4, 0, CB_MORE},
        {"-1", 0, 1, 0, CB_EMALFORMED},
        {"+1", 0, 1, 0, CB_EMALFORMED},
        {" 1", 0, 1, 0, CB_EMALFORMED},
        {"/1", 0, 1, 0, CB_EMALFORMED},
        {":1", 0, 1, 0, CB_EMALFORMED},
    };

    for (size_t i = 0; i < COUNT(decimals); i++) {
        struct decimal decimal = decimals[i];

        feed_every_way(decimal.bytes, strlen(decimal.bytes), judge_decimal, &decimal);
    }
}
END_TEST

START_TEST(no_decimal_in_an_empty_buffer)
{
    uint64_t value;

    ck_assert_int_eq(cb_read_decimal(buffer, &value), CB_MORE);
}
END_TEST

/* ------------------------------------------------------------------- append */

START_TEST(numbers_are_appended_as_they_are_read)
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        ck_assert_int_eq(cb_append_uint(buffer, numbers[i].big, numbers[i].width, CB_BIG_ENDIAN),
                         CB_OK);
        assert_holds(buffer, digits, numbers[i].width);
        cb_skip(buffer, CB_ALL);
        ck_assert_int_eq(
            cb_append_uint(buffer, numbers[i].little, numbers[i].width, CB_LITTLE_ENDIAN), CB_OK);
        assert_holds(buffer, digits, numbers[i].width);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(a_number_that_does_not_fit_is_refused)
{
    for (unsigned width = 1; width < 8; width++) {
        uint64_t most = (UINT64_C(1) << (8 * width)) - 1;

        ck_assert_int_eq(cb_append_uint(buffer, most, width, CB_LITTLE_ENDIAN), CB_OK);
        cb_skip(buffer, CB_ALL);
        ck_assert_int_eq(cb_append_uint(buffer, most + 1, width, CB_LITTLE_ENDIAN), CB_EINVAL);
        ck_assert_int_eq(cb_append_uint(buffer, UINT64_MAX, width, CB_BIG_ENDIAN), CB_EINVAL);
    }
    ck_assert_int_eq(cb_append_uint(buffer, 0, 0, CB_BIG_ENDIAN), CB_EINVAL);
    ck_assert_int_eq(cb_append_uint(buffer, 0, 9, CB_BIG_ENDIAN), CB_EINVAL);
    ck_assert_int_eq(cb_append_uint(buffer, 0, 2, (enum cb_endian)0), CB_EINVAL);
    ck_assert_int_eq(cb_append_uint(buffer, 0, 2, (enum cb_endian)3), CB_EINVAL);
    ck_assert_uint_eq(cb_length(buffer), 0);
}
END_TEST

START_TEST(varints_are_appended_in_their_shortest_form)
{
    for (size_t i = 0; i < 13; i++) { /* the others are longer than they need to be */
        ck_assert_int_eq(cb_append_varint(buffer, varints[i].value), CB_OK);
        assert_holds(buffer, varints[i].bytes, varints[i].size);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(decimals_are_appended)
{
    ck_assert_int_eq(cb_append_decimal(buffer, 0), CB_OK);
    ck_assert_int_eq(cb_append_decimal(buffer, 10), CB_OK);
    ck_assert_int_eq(cb_append_decimal(buffer, UINT64_MAX), CB_OK);
    assert_holds(buffer, BYTES("01018446744073709551615"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number");
    TCase *uint = add_case(suite, "uint");
    TCase *varint = add_case(suite, "varint");
    TCase *decimal = add_case(suite, "decimal");
    TCase *append = add_case(suite, "append");

    tcase_add_checked_fixture(uint, setup, teardown);
    tcase_add_test(uint, numbers_of_every_width_are_read_however_they_arrive);
    tcase_add_test(uint, numbers_follow_one_another);
    tcase_add_test(uint, widths_other_than_1_to_8_are_refused);
    tcase_add_test(uint, an_endianness_that_is_none_is_refused);

    tcase_add_checked_fixture(varint, setup, teardown);
    tcase_add_test(varint, varints_are_read_however_they_arrive);
    tcase_add_test(varint, a_varint_of_more_than_64_bits_is_malformed);
    tcase_add_test(varint, a_varint_of_more_than_ten_bytes_is_malformed);
    tcase_add_test(varint, no_varint_in_an_empty_buffer);

    tcase_add_checked_fixture(decimal, setup, teardown);
    tcase_add_test(decimal, decimals_are_read_however_they_arrive);
    tcase_add_test(decimal, no_decimal_in_an_empty_buffer);

    tcase_add_checked_fixture(append, setup, teardown);
    tcase_add_test(append, numbers_are_appended_as_they_are_read);
    tcase_add_test(append, a_number_that_does_not_fit_is_refused);
    tcase_add_test(append, varints_are_appended_in_their_shortest_form);
    tcase_add_test(append, decimals_are_appended);
    return run_suite(suite);
}
