/* SPDX-License-Identifier: MIT */
/* Numbers in a buffer. */
#include <stdio.h>

#include "world.h"

static void read_uint(void)
{
    struct actor *actor = any_actor();
    unsigned width = 1 + (unsigned)below(8);
    bool big = one_in(2);
    uint64_t value = 0, expected = 0;
    int status = cb_read_uint(actor->buffer, width, big ? CB_BIG_ENDIAN : CB_LITTLE_ENDIAN, &value);

    CHECK(status == (actor->size < width ? CB_MORE : CB_YES));
    if (status == CB_YES) {
        for (unsigned i = 0; i < width; i++)
            expected |= (uint64_t)actor->bytes[i] << 8 * (big ? width - 1 - i : i);
        CHECK(value == expected);
        model_skip(actor, width);
    }
    check_actor(actor);
}

static void read_varint(void)
{
    struct actor *actor = any_actor();
    uint64_t value = 0, expected = 0;
    size_t n = 0;
    int status = cb_read_varint(actor->buffer, &value);

    while (n < actor->size && n < 10 && actor->bytes[n] >= 0x80)
        n++;
    if (n == 10 || (n == 9 && n < actor->size && actor->bytes[9] > 1)) {
        CHECK(status == CB_EMALFORMED || (status == CB_MORE && n == actor->size));
    } else if (n == actor->size) {
        CHECK(status == CB_MORE);
    } else {
        CHECK(status == CB_YES);
        for (size_t i = 0; i <= n; i++)
            expected |= (uint64_t)(actor->bytes[i] & 0x7f) << 7 * i;
        CHECK(value == expected);
        model_skip(actor, n + 1);
    }
    check_actor(actor);
}

static void append_number(void)
{
    struct actor *actor = any_actor();
    const unsigned width = 1 + (unsigned)below(8);
    const uint64_t value = UINT64_MAX >> below(64);
    const uint64_t most = UINT64_MAX >> (64 - 8 * width);
    const bool big = one_in(2);
    uint8_t bytes[8];
    int status =
        cb_append_uint(actor->buffer, value, width, big ? CB_BIG_ENDIAN : CB_LITTLE_ENDIAN);

    for (unsigned i = 0; i < width; i++)
        bytes[big ? width - 1 - i : i] = (uint8_t)(value >> 8 * i);
    if (value > most)
        CHECK(status == CB_EINVAL);
    else
        check_added(status, actor, bytes, width);
}

static void append_varint(void)
{
    struct actor *actor = any_actor();
    const uint64_t value = UINT64_MAX >> below(64);
    uint8_t bytes[10];
    size_t n = 0;

    for (uint64_t left = value; n == 0 || left > 0; left >>= 7)
        bytes[n++] = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    int status = cb_append_varint(actor->buffer, value);
    check_added(status, actor, bytes, n);
}

/* By number or by format. */
static void append_decimal(void)
{
    struct actor *actor = any_actor();
    const uint64_t value = UINT64_MAX >> below(64);
    const int width = one_in(2) ? 0 : 1 + (int)below(80);
    char text[100];
    int n = snprintf(text, sizeof text, "%*llu", width, (unsigned long long)value), status;

    if (width == 0)
        status = cb_append_decimal(actor->buffer, value);
    else
        status = cb_printf(actor->buffer, "%*llu", width, (unsigned long long)value);
    check_added(status, actor, (const uint8_t *)text, (size_t)n);
}

static void read_decimal(void)
{
    struct actor *actor = any_actor();
    uint64_t value = 0, expected = 0;
    size_t n = 0;
    bool large = false;
    int status = cb_read_decimal(actor->buffer, &value);

    for (; n < actor->size && actor->bytes[n] >= '0' && actor->bytes[n] <= '9'; n++) {
        large = large || __builtin_mul_overflow(expected, 10, &expected) ||
                __builtin_add_overflow(expected, actor->bytes[n] - '0', &expected);
    }
    if (n > 20 || large) {
        CHECK(status == CB_EOVERFLOW);
    } else if (n == actor->size) {
        CHECK(status == CB_MORE);
    } else if (n == 0) {
        CHECK(status == CB_EMALFORMED);
    } else {
        CHECK(status == CB_YES && value == expected);
        model_skip(actor, n);
    }
    check_actor(actor);
}

static const struct operation all[] = {
    {"read_uint", read_uint, 2},           {"read_varint", read_varint, 2},
    {"append_uint", append_number, 1},     {"append_varint", append_varint, 1},
    {"append_decimal", append_decimal, 1}, {"read_decimal", read_decimal, 1},
};
const struct operations operations_number = {all, COUNT(all)};
