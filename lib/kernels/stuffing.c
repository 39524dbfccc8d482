/* SPDX-License-Identifier: MIT */
#include "kernels/stuffing.h"

#include <string.h>

#include "core/eight.h"

/* --------------------------------------------------------------------- escapes */

static inline bool is_special(const struct cb__escapes *escapes, uint8_t c)
{
    return c == escapes->end || c == escapes->escape;
}

static inline bool has_special(const struct cb__escapes *escapes, const uint8_t *data)
{
    const uint64_t bytes = cb__load8(data);
    return cb__any_is(bytes, escapes->end) || cb__any_is(bytes, escapes->escape);
}

uint8_t *cb__escape_packet_plain(const struct cb__escapes *escapes, const uint8_t *data, size_t n,
                                 uint8_t *to)
{
    const uint8_t *const end = data + n;
    while (data < end) {
        if (end - data >= 8 && !has_special(escapes, data)) {
            memcpy(to, data, 8);
            data += 8;
            to += 8;
            continue;
        }
        const uint8_t c = *data++;
        if (is_special(escapes, c)) {
            *to++ = escapes->escape;
            *to++ = c == escapes->end ? escapes->for_end : escapes->for_escape;
        } else {
            *to++ = c;
        }
    }
    return to;
}

/* What the byte after ESC stands for; false if it may not be there. */
static inline bool unescape(const struct cb__escapes *escapes, uint8_t c, uint8_t *literal)
{
    if (escapes->inverted) {
        *literal = c ^ escapes->inverted;
        return !is_special(escapes, c);
    }
    *literal = c == escapes->for_end ? escapes->end : escapes->escape;
    return c == escapes->for_end || c == escapes->for_escape;
}

size_t cb__unescape_plain(const struct cb__escapes *escapes, const uint8_t *data, size_t n,
                          uint8_t *to, struct cb__packet_end *ends, size_t max)
{
    uint8_t *out = to;
    size_t count = 0;
    for (size_t i = 0; i < n && count < max; i++) {
        if (n - i >= 8 && !has_special(escapes, data + i)) {
            memcpy(out, data + i, 8);
            out += 8;
            i += 7;
        } else if (data[i] == escapes->end) {
            ends[count++] = (struct cb__packet_end){.in = (uint32_t)i, .out = (uint32_t)(out - to)};
        } else if (data[i] != escapes->escape) {
            *out++ = data[i];
        } else if (++i == n || !unescape(escapes, data[i], out++)) {
            break;
        }
    }
    return count;
}

/* ---------------------------------------------------------------------- COBS */

uint8_t *cb__cobs_plain(const uint8_t *data, size_t n, uint8_t *to)
{
    const uint8_t *const end = data + n;
    for (;;) {
        const size_t most = cb__min((size_t)(end - data), CB__COBS_BLOCK_MAX);
        const uint8_t *zero = memchr(data, 0, most);
        const size_t size = zero ? (size_t)(zero - data) : most;
        *to++ = (uint8_t)(size + 1);
        memcpy(to, data, size);
        to += size;
        data += size + (zero != NULL);
        if (data == end && !zero)
            return to;
    }
}

/* Copies n bytes, and perhaps more. */
static inline void copy_ahead(uint8_t *to, const uint8_t *from, size_t n, const uint8_t *limit)
{
    if (cb__unlikely((size_t)(limit - from) < n + 64)) {
        memcpy(to, from, n);
        return;
    }
    for (size_t i = 0; i < n; i += 64)
        memcpy(to + i, from + i, 64);
}

/* The payload of a frame without a block of maximum length is as long as the rest of it
 * after the first code: all codes but that become zeros. */
static uint8_t *uncobs_short(const uint8_t *data, size_t n, const uint8_t *limit, uint8_t *to)
{
    size_t code = data[0];
    copy_ahead(to, data + 1, n - 1, limit);
    while (code < n) {
        to[code - 1] = 0;
        code += data[code];
    }
    return code == n ? to + n - 1 : NULL;
}

uint8_t *cb__uncobs(const uint8_t *data, size_t n, const uint8_t *limit, uint8_t *to)
{
    const uint8_t *const end = data + n;
    if (cb__likely(n <= CB__COBS_BLOCK_MAX))
        return uncobs_short(data, n, limit, to);
    while (data < end) {
        const size_t code = *data++, size = code - 1;
        if (size > (size_t)(end - data))
            return NULL;
        copy_ahead(to, data, size, limit);
        data += size;
        to += size;
        if (code < CB__COBS_CODE_MAX && data < end)
            *to++ = 0;
    }
    return to;
}
