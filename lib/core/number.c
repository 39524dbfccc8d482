/* SPDX-License-Identifier: MIT */
/* Numbers: read from the head of a buffer, appended at its tail. */
#include "core/buffer.h"
#include "core/byte_order.h"

int cb_read_uint(struct cb_buffer *buffer, unsigned width, enum cb_endian endian, uint64_t *value)
{
    uint8_t bytes[8];
    if (width < 1 || width > 8 || (endian != CB_BIG_ENDIAN && endian != CB_LITTLE_ENDIAN))
        return CB_EINVAL;
    if (buffer->length < width)
        return CB_MORE;
    cb_copyout(buffer, 0, width, bytes);
    cb_skip(buffer, width);
    *value = cb__load_uint(bytes, width, endian == CB_LITTLE_ENDIAN);
    return CB_YES;
}

int cb_read_varint(struct cb_buffer *buffer, uint64_t *value)
{
    uint8_t bytes[CB__LEB128_MAX];
    uint64_t number = 0;
    size_t n = cb_copyout(buffer, 0, sizeof bytes, bytes);
    for (unsigned i = 0; i < n; i++) {
        uint64_t digit = bytes[i] & 0x7f;
        if (i == CB__LEB128_MAX - 1 && bytes[i] > 1)
            return CB_EMALFORMED;
        number |= digit << (7 * i);
        if (!(bytes[i] & 0x80)) {
            cb_skip(buffer, i + 1);
            *value = number;
            return CB_YES;
        }
    }
    return CB_MORE;
}

/* the digits of 2^64 - 1 */
enum { DECIMAL_DIGITS = 20 };

int cb_read_decimal(struct cb_buffer *buffer, uint64_t *value)
{
    uint8_t bytes[DECIMAL_DIGITS + 1];
    uint64_t number = 0;
    size_t n = cb_copyout(buffer, 0, sizeof bytes, bytes), i = 0;
    for (; i < n && cb__is_digit(bytes[i]); i++) {
        if (i == DECIMAL_DIGITS || !cb__mul_u64(number, 10, &number) ||
            !cb__add_u64(number, bytes[i] - (uint64_t)'0', &number))
            return CB_EOVERFLOW;
    }
    if (i == n)
        return CB_MORE;
    if (!i)
        return CB_EMALFORMED;
    cb_skip(buffer, i);
    *value = number;
    return CB_YES;
}

int cb_append_uint(struct cb_buffer *buffer, uint64_t value, unsigned width, enum cb_endian endian)
{
    uint8_t bytes[8];
    if (width < 1 || width > 8 || (endian != CB_BIG_ENDIAN && endian != CB_LITTLE_ENDIAN))
        return CB_EINVAL;
    if (width < 8 && value >> 8 * width)
        return CB_EINVAL;
    cb__store_uint(bytes, width, endian == CB_LITTLE_ENDIAN, value);
    return cb_append(buffer, bytes, width);
}

int cb_append_varint(struct cb_buffer *buffer, uint64_t value)
{
    uint8_t bytes[CB__LEB128_MAX];
    return cb_append(buffer, bytes, cb__store_leb128(bytes, value));
}

int cb_append_decimal(struct cb_buffer *buffer, uint64_t value)
{
    uint8_t digits[DECIMAL_DIGITS];
    size_t at = sizeof digits;
    do {
        digits[--at] = (uint8_t)('0' + value % 10);
    } while (value /= 10);
    return cb_append(buffer, digits + at, sizeof digits - at);
}
