/* SPDX-License-Identifier: MIT */
/* Numbers: typed reads from the head of a buffer. */
#include "buffer.h"

int cb_read_uint(struct cb_buffer *buffer, unsigned width, enum cb_endian endian, uint64_t *value)
{
    uint8_t bytes[8];
    uint64_t number = 0;
    if (width < 1 || width > 8 || (endian != CB_BIG_ENDIAN && endian != CB_LITTLE_ENDIAN))
        return CB_EINVAL;
    if (buffer->length < width)
        return CB_MORE;
    cb_copyout(buffer, 0, width, bytes);
    for (unsigned i = 0; i < width; i++)
        number = number << 8 | bytes[endian == CB_BIG_ENDIAN ? i : width - 1 - i];
    cb_skip(buffer, width);
    *value = number;
    return CB_YES;
}

/* LEB128 as in the DWARF standard (section 7.6) and protocol buffers. */
int cb_read_varint(struct cb_buffer *buffer, uint64_t *value)
{
    uint8_t bytes[10];
    uint64_t number = 0;
    size_t n = cb_copyout(buffer, 0, sizeof bytes, bytes);
    for (unsigned i = 0; i < n; i++) {
        uint64_t digit = bytes[i] & 0x7f;
        if (i == 9 && bytes[i] > 1)
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
