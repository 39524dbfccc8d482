/* SPDX-License-Identifier: MIT */
#include "twins.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "kernels/crc32c.h"

static void store(uint8_t *to, size_t width, bool little, uint64_t value)
{
    for (size_t i = 0; i < width; i++)
        to[little ? i : width - 1 - i] = (uint8_t)(value >> (8 * i));
}

static uint64_t load(const uint8_t *from, size_t width, bool little)
{
    uint64_t value = 0;

    for (size_t i = 0; i < width; i++)
        value = value << 8 | from[little ? width - 1 - i : i];
    return value;
}

/* u16be,offset=1,header=4,padding=3,trailer=;\n and without the padding. */
static int padded_header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    (void)arg;
    frame->needed = frame->header = 4;
    if (n < 4)
        return CB_MORE;
    frame->payload = load(data + 1, 2, false);
    frame->padding = data[3];
    frame->trailer = 2;
    return CB_YES;
}

static size_t semicolon_line(void *arg, uint8_t *to)
{
    (void)arg;
    memcpy(to, ";\n", 2);
    return 2;
}

static ssize_t padded_head(void *arg, uint64_t length, uint8_t *to, const char **why)
{
    (void)arg;
    *why = "the record is too long";
    if (length > UINT16_MAX)
        return CB_EUNENCODABLE;
    memset(to, 0, 4);
    store(to + 1, 2, false, length);
    return 4;
}

const struct cb_own twin_padded = {
    .size = sizeof twin_padded,
    .header = padded_header,
    .head = padded_head,
    .tail = semicolon_line,
};

/* tfrecord */
struct sums twin_sums;

static uint32_t masked(uint32_t crc)
{
    return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

static void reset_sums(void *arg)
{
    struct sums *s = arg;

    s->resets++;
}

static int summed_header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    (void)arg;
    frame->needed = frame->header = 12;
    if (n < 12)
        return CB_MORE;
    frame->payload = load(data, 8, true);
    frame->trailer = 4;
    frame->why = "checksum of the length is wrong";
    if (load(data + 8, 4, true) != masked(cb__crc32c(0, data, 8)))
        return CB_EMALFORMED;
    frame->why = "checksum of the payload is wrong";
    return CB_YES;
}

static void add_sum(void *arg, uint64_t at, const uint8_t *data, size_t n)
{
    struct sums *s = arg;

    s->crc = cb__crc32c(at > 0 ? s->crc : 0, data, n);
}

static size_t put_sum(void *arg, uint8_t *to)
{
    const struct sums *s = arg;

    store(to, 4, true, masked(s->crc));
    return 4;
}

static ssize_t summed_head(void *arg, uint64_t length, uint8_t *to, const char **why)
{
    (void)arg;
    (void)why;
    store(to, 8, true, length);
    store(to + 8, 4, true, masked(cb__crc32c(0, to, 8)));
    return 12;
}

const struct cb_own twin_summed = {
    .size = sizeof twin_summed,
    .arg = &twin_sums,
    .header = summed_header,
    .reset = reset_sums,
    .look = add_sum,
    .tail = put_sum,
    .head = summed_head,
};

/* netstring */
static int digit_header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    uint64_t value = 0;

    (void)arg;
    for (size_t i = 0; i < n; i++) {
        const bool digit = data[i] >= '0' && data[i] <= '9';

        frame->at = i;
        if (digit && i == 1 && data[0] == '0')
            return CB_EMALFORMED;
        if (digit && (__builtin_mul_overflow(value, 10, &value) ||
                      __builtin_add_overflow(value, data[i] - (unsigned)'0', &value)))
            return CB_EMALFORMED;
        if (!digit && (i == 0 || data[i] != ':'))
            return CB_EMALFORMED;
        if (!digit) {
            frame->header = i + 1;
            frame->payload = value;
            frame->trailer = 1;
            return CB_YES;
        }
    }
    frame->needed = n + 1;
    return CB_MORE;
}

static size_t comma(void *arg, uint8_t *to)
{
    (void)arg;
    *to = ',';
    return 1;
}

static ssize_t digit_head(void *arg, uint64_t length, uint8_t *to, const char **why)
{
    (void)arg;
    (void)why;
    return snprintf((char *)to, CB_OWN_ROOM, "%" PRIu64 ":", length);
}

const struct cb_own twin_digits = {
    .size = sizeof twin_digits,
    .header = digit_header,
    .tail = comma,
    .head = digit_head,
};

/* line */
static int line_scan(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    const uint8_t *lf = memchr(data, '\n', n);

    (void)arg;
    if (!lf) {
        span->again = data[n - 1] == '\r';
        return CB_MORE;
    }
    span->used = (size_t)(lf - data) + 1;
    span->tail = lf > data && lf[-1] == '\r' ? 2 : 1;
    return CB_YES;
}

static size_t lf_tail(void *arg, uint8_t *to)
{
    (void)arg;
    *to = '\n';
    return 1;
}

static const char *line_collides(void *arg, const struct cb_piece *piece, size_t *at)
{
    const uint8_t *lf = piece->length > 0 ? memchr(piece->data, '\n', piece->length) : NULL;
    bool *cr = arg;

    if (lf) {
        *at = (size_t)(lf - piece->data);
        return "the record contains the output's delimiter";
    }
    if (piece->flags & CB_FIRST)
        *cr = false;
    if (piece->length > 0)
        *cr = piece->data[piece->length - 1] == '\r';
    *at = piece->length - 1;
    return *cr && piece->flags & CB_LAST ? "the record ends in CR" : NULL;
}

static bool line_cr;

const struct cb_own twin_lines = {
    .size = sizeof twin_lines,
    .flags = CB_OWN_UNENDED | CB_OWN_CONSTANT,
    .arg = &line_cr,
    .scan = line_scan,
    .tail = lf_tail,
    .collides = line_collides,
};

/* delim:-+-, whose delimiter may begin in one chunk and end in the next but one. */
static int dash_scan(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    static const char dash[] = "-+-";
    size_t i = 0, same = 0;

    (void)arg;
    for (; i < n; i++) {
        for (same = 0; same < 3 && i + same < n && data[i + same] == (uint8_t)dash[same];)
            same++;
        if (same == 3 || i + same == n)
            break;
    }
    span->used = i + 3;
    span->tail = 3;
    span->again = same < 3 ? same : 0;
    return same == 3 ? CB_YES : CB_MORE;
}

static size_t dash_tail(void *arg, uint8_t *to)
{
    (void)arg;
    memcpy(to, "-+-", 3);
    return 3;
}

/* What was seen of a record, and that its delimiter follows, may hold one before that. */
static const char *dash_collides(void *arg, const struct cb_piece *piece, size_t *at)
{
    static const char dash[] = "-+-";
    size_t *seen = arg; /* bytes of the delimiter at the end of what came before */

    if (piece->flags & CB_FIRST)
        *seen = 0;
    for (size_t i = 0; i < piece->length; i++) {
        if (piece->data[i] == (uint8_t)dash[*seen])
            ++*seen;
        else
            *seen = piece->data[i] == '-';
        *at = i - 2;
        if (*seen == 3)
            return "the record contains the output's delimiter";
    }
    *at = piece->length - 2;
    return *seen == 2 && piece->flags & CB_LAST ? "the record ends in a part of one" : NULL;
}

static size_t dash_seen;

const struct cb_own twin_dashes = {
    .size = sizeof twin_dashes,
    .flags = CB_OWN_UNENDED | CB_OWN_CONSTANT,
    .arg = &dash_seen,
    .scan = dash_scan,
    .tail = dash_tail,
    .collides = dash_collides,
};

const struct twin twins[TWINS] = {
    {&twin_padded, "u16be,offset=1,header=4,padding=3,trailer=;\\n",
     "u16be,offset=1,header=4,trailer=;\\n", "\0\0\0\0\0\1\2\3;;\nx", 12},
    {&twin_summed, "tfrecord", "tfrecord", "\0\0\0\0\0\0\1\2x", 9},
    {&twin_digits, "netstring", "netstring", "00123:::,,,,x", 13},
    {&twin_lines, "line", "line", "\n\n\r\rab", 6},
    {&twin_dashes, "delim:-+-", "delim:-+-", "--++x", 5},
};

uint8_t *twin_stream(struct prng *prng, const struct twin *twin, size_t records, size_t most,
                     size_t *size)
{
    struct cb_buffer *out = new_buffer(NULL, 4096);
    struct cb_encoder *encoder;

    ck_assert_int_eq(cb_encoder_new(&encoder, twin->encodes, NULL, NULL), CB_OK);
    for (size_t i = 0; i < records; i++) {
        uint8_t bytes[800];
        size_t n = prng_below(prng, most + 1);

        prng_fill(prng, bytes, n, twin->alphabet, twin->letters);
        expect(cb_encode_bytes(encoder, bytes, n, NULL, NULL, out) == CB_OK, "not encoded");
    }
    uint8_t *stream = flatten(out, size);
    if (*size > 0 && prng_below(prng, 2))
        stream[prng_below(prng, *size)] ^= (uint8_t)(1U << prng_below(prng, 8));
    if (*size > 0 && prng_below(prng, 3) == 0)
        *size = prng_below(prng, *size);
    cb_encoder_free(encoder);
    cb_buffer_free(out);
    return stream;
}
