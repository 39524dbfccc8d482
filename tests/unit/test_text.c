/* SPDX-License-Identifier: MIT */
/* Each kernel against definitions that are written down as plainly as can be. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "framing/framing.h"
#include "kernels/text.h"
#include "kernels.h"
#include "support.h"

enum {
    LONGEST = 300,
    WIDEST = 6 * LONGEST, /* what that may become */
    FENCE = 80,           /* bytes after the room that must stay as they are */
    UNTOUCHED = 0xa5
};

EACH_KERNEL(cb__text_kernel);

/* ------------------------------------------------------------ what must be */

static size_t naive_hex(const uint8_t *in, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < 2 * n; i++)
        out[i] = (uint8_t) "0123456789abcdef"[i % 2 ? in[i / 2] % 16 : in[i / 2] / 16];
    return 2 * n;
}

/* RFC 4648 section 4: six bits at a time, from the first one on, with zero bits after the
 * last byte; padded to four characters. */
static size_t naive_base64(const uint8_t *in, size_t n, uint8_t *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = 0;
    for (size_t first = 0; first < 8 * n; first += 6) {
        unsigned six = 0;
        for (size_t bit = first; bit < first + 6; bit++)
            six = six * 2 + (bit < 8 * n ? in[bit / 8] >> (7 - bit % 8) & 1U : 0);
        out[size++] = (uint8_t)alphabet[six];
    }
    while (size % 4)
        out[size++] = '=';
    return size;
}

/* RFC 8259 section 7. */
static size_t naive_escape(const uint8_t *in, size_t n, uint8_t *out)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    size_t size = 0;
    for (size_t i = 0; i < n; i++) {
        const char *known = in[i] ? strchr(shorts, in[i]) : NULL;
        if (known && (known - shorts) % 2 == 0)
            size += (size_t)snprintf((char *)out + size, 7, "\\%c", known[1]);
        else if (in[i] < 0x20)
            size += (size_t)snprintf((char *)out + size, 7, "\\u%04x", (unsigned)in[i]);
        else
            out[size++] = in[i];
    }
    return size;
}

/* The bytes of the character at the beginning, 0 if there is none (RFC 3629
 * section 3): decoded, and compared with the limits of its length. */
static size_t naive_character(const uint8_t *data, size_t n)
{
    static const unsigned least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t length = data[0] < 0x80   ? 1
                          : data[0] < 0xc0 ? 0
                          : data[0] < 0xe0 ? 2
                          : data[0] < 0xf0 ? 3
                          : data[0] < 0xf8 ? 4
                                           : 0;
    if (length < 2 || length > n)
        return length > n ? 0 : length;
    unsigned code = data[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if (data[i] / 64 != 2)
            return 0;
        code = code * 64 + data[i] % 64;
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    return length;
}

static size_t naive_utf8(const uint8_t *data, size_t n)
{
    size_t at = 0, length;
    while (at < n && (length = naive_character(data + at, n - at)) > 0)
        at += length;
    return at;
}

/* ----------------------------------------------------------------- comparing */

/* A place to write to, with a fence after it. */
struct room {
    uint8_t bytes[WIDEST + CB__STRING_ROOM + FENCE + 64];
    uint8_t *out;
    size_t size;
};

/* Room for `size` bytes, aligned as the input is. */
static void room_init(struct room *room, const uint8_t *like, size_t size)
{
    room->out = room->bytes + (uintptr_t)like % 64;
    room->size = size;
    memset(room->bytes, UNTOUCHED, sizeof room->bytes);
}

static void check_fence(const struct room *room, const char *what, size_t n)
{
    for (size_t i = 0; i < FENCE; i++)
        expect(room->out[room->size + i] == UNTOUCHED, "%s of %zu: byte %zu after the room", what,
               n, i);
}

static void check_room(const struct room *room, const uint8_t *wanted, const char *what, size_t n)
{
    expect(memcmp(room->out, wanted, room->size) == 0, "%s of %zu bytes: %.*s", what, n,
           (int)room->size, (const char *)room->out);
    check_fence(room, what, n);
}

static void check_digits(const uint8_t *data, size_t n)
{
    uint8_t wanted[2 * LONGEST];
    struct room room;
    room_init(&room, data, naive_hex(data, n, wanted));
    cb__text_hex(data, n, room.out);
    check_room(&room, wanted, "hex", n);
    room_init(&room, data, naive_base64(data, n, wanted));
    expect(room.size == cb__base64_size(n), "base64 of %zu: %zu", n, cb__base64_size(n));
    cb__text_base64(data, n, room.out);
    check_room(&room, wanted, "base64", n);
}

/* With so much room at a time. */
static void check_escape(const uint8_t *data, size_t n, size_t space)
{
    uint8_t wanted[WIDEST + 8];
    const size_t size = naive_escape(data, n, wanted);
    const uint8_t *in = data;
    size_t at = 0;
    struct room room;
    do {
        room_init(&room, data, space);
        uint8_t *out = room.out;
        cb__text_escape(&in, data + n, &out, room.out + space);
        const size_t made = (size_t)(out - room.out);
        expect(made <= space && at + made <= size, "%zu bytes, space %zu: too much", n, space);
        expect(in == data + n || space - made < CB__TRANSFORM_ROOM,
               "%zu bytes, space %zu: it stops with %zu left", n, space, space - made);
        expect(memcmp(room.out, wanted + at, made) == 0, "%zu bytes, space %zu: %.*s", n, space,
               (int)made, (const char *)room.out);
        check_fence(&room, "escape", n);
        at += made;
    } while (in < data + n);
    expect(at == size && in == data + n, "%zu bytes, space %zu: %zu of %zu made", n, space, at,
           size);
}

static void check_utf8(const uint8_t *data, size_t n)
{
    size_t is = cb__text_utf8(data, n), must = naive_utf8(data, n);
    expect(is == must, "%zu bytes: UTF-8 up to %zu, not %zu", n, is, must);
}

static void check_string(const uint8_t *data, size_t n)
{
    uint8_t wanted[WIDEST + 8];
    const size_t size = naive_escape(data, n, wanted);
    const bool is_text = naive_utf8(data, n) == n;
    struct room room;
    room_init(&room, data, CB__ESCAPE_MAX * n + CB__STRING_ROOM);
    const uint8_t *end = cb__text_string(data, n, room.out);
    expect((end != NULL) == is_text, "string of %zu: is it text?", n);
    expect(!end || (end == room.out + size && memcmp(room.out, wanted, size) == 0),
           "string of %zu bytes: %.*s", n, (int)size, (const char *)room.out);
    check_fence(&room, "string", n);
}

static void check_all(const uint8_t *data, size_t n)
{
    check_string(data, n);
    check_digits(data, n);
    check_escape(data, n, WIDEST);
    check_escape(data, n, CB__TRANSFORM_ROOM + n % 90);
    check_utf8(data, n);
}

/* -------------------------------------------------------------------- inputs */

static void letters(struct prng *prng, uint8_t *data, size_t n)
{
    prng_fill(prng, data, n, "abc /+{}[]~ 123\x7f", 16);
}

static void rare_escapes(struct prng *prng, uint8_t *data, size_t n)
{
    letters(prng, data, n);
    for (size_t i = 0; i < n / 40; i++)
        data[prng_below(prng, n)] = (uint8_t) "\"\\\n\x1b"[prng_below(prng, 4)];
}

static void short_escapes(struct prng *prng, uint8_t *data, size_t n)
{
    prng_fill(prng, data, n, "ab\"\\\b\f\n\r\t!", 10);
}

static void long_escapes(struct prng *prng, uint8_t *data, size_t n)
{
    prng_fill(prng, data, n, "\0\1\x0b\x1f\x1b ", 6);
}

/* Characters of all lengths, the last one cut short where it does not fit. */
static void characters(struct prng *prng, uint8_t *data, size_t n)
{
    static const char *const some[] = {"a",
                                       "~",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    for (size_t at = 0; at < n;) {
        const char *c = some[prng_below(prng, COUNT(some))];
        for (; *c && at < n; c++)
            data[at++] = (uint8_t)*c;
    }
}

/* Characters with escapes of both kinds among them, not in the middle of one. */
static void mixed(struct prng *prng, uint8_t *data, size_t n)
{
    characters(prng, data, n);
    for (size_t i = 0; i < n; i++) {
        if (data[i] < 0x80 && prng_below(prng, 3) == 0)
            data[i] = (uint8_t) "\"\\\n\x1b\x1f\0"[prng_below(prng, 6)];
    }
}

/* The same, with all characters whole. */
static void whole_characters(struct prng *prng, uint8_t *data, size_t n)
{
    mixed(prng, data, n);
    size_t is = naive_utf8(data, n);
    memset(data + is, '"', n - is);
}

typedef void fill_fn(struct prng *prng, uint8_t *data, size_t n);
static fill_fn *const fills[] = {prng_bytes,   letters,    rare_escapes, short_escapes,
                                 long_escapes, characters, mixed,        whole_characters};

START_TEST(every_length_before_an_unreadable_page_is_as_defined)
{
    struct prng prng = {1};
    uint8_t data[LONGEST];
    use_kernel(_i);
    for (size_t f = 0; f < COUNT(fills); f++) {
        struct guard guard;
        fills[f](&prng, data, sizeof data);
        guard_init(&guard, data, sizeof data);
        for (size_t n = 0; n <= sizeof data; n++)
            check_all(guard.data + sizeof data - n, n);
        guard_fini(&guard);
    }
}
END_TEST

START_TEST(every_alignment_and_length_is_as_defined)
{
    struct prng prng = {2};
    uint8_t data[LONGEST + 64];
    const size_t step = 64 / rounds(21, 64);
    use_kernel(_i);
    for (size_t f = 0; f < COUNT(fills); f++) {
        fills[f](&prng, data, sizeof data);
        for (size_t from = 0; from < 64; from += step) {
            for (size_t n = from % 5; n <= LONGEST; n += 5)
                check_all(data + from, n);
        }
    }
}
END_TEST

START_TEST(every_byte_is_as_defined_in_every_place)
{
    uint8_t data[130];
    use_kernel(_i);
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t at = 0; at < sizeof data; at++) {
            memset(data, 'x', sizeof data);
            data[at] = (uint8_t)byte;
            check_all(data, sizeof data);
        }
    }
}
END_TEST

START_TEST(every_room_is_kept)
{
    struct prng prng = {3};
    uint8_t data[LONGEST];
    use_kernel(_i);
    for (size_t f = 0; f < COUNT(fills); f++) {
        fills[f](&prng, data, sizeof data);
        for (size_t space = CB__TRANSFORM_ROOM; space < CB__TRANSFORM_ROOM + 200; space++)
            check_escape(data, sizeof data, space);
    }
}
END_TEST

/* Every byte that begins or ends a range of RFC 3629 section 4, and those beside. */
static const uint8_t edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
                                0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
                                0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff};

START_TEST(every_four_bytes_at_the_edges_are_utf8_or_not)
{
    /* Across the end of each vector and at the end of the input. */
    static const size_t places[] = {0, 13, 14, 15, 29, 30, 31, 32, 61, 62, 63, 64, 68};
    use_kernel(_i);
    for (size_t p = 0; p < COUNT(places); p++) {
        uint8_t data[72];
        memset(data, 'x', sizeof data);
        for (size_t i = 0; i < COUNT(edges) * COUNT(edges) * COUNT(edges) * COUNT(edges); i++) {
            size_t left = i;
            if ((i + p) % rounds(3, 1) != 0)
                continue; /* each at a third of the places, and at each of them a third */
            for (size_t k = 0; k < 4; k++, left /= COUNT(edges))
                data[places[p] + k] = edges[left % COUNT(edges)];
            check_utf8(data, sizeof data);
            if (i % 7 == 0)
                check_string(data, sizeof data);
        }
    }
}
END_TEST

START_TEST(a_wrong_byte_anywhere_in_long_text_is_seen)
{
    struct prng prng = {4};
    uint8_t data[LONGEST];
    use_kernel(_i);
    for (size_t round = rounds(6, 20); round > 0; round--) {
        (round % 2 ? mixed : characters)(&prng, data, sizeof data);
        for (size_t at = 0; at < sizeof data; at++) {
            const uint8_t was = data[at];
            for (size_t e = 0; e < COUNT(edges); e++) {
                const size_t n = sizeof data - prng_below(&prng, 70);
                data[at] = edges[e];
                check_utf8(data, n);
                check_string(data, n);
            }
            data[at] = was;
        }
    }
}
END_TEST

static Suite *text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *all = add_case(suite, "all"), *utf8 = add_case(suite, "utf8");
    const int kernels = count_kernels();
    tcase_add_loop_test(all, every_length_before_an_unreadable_page_is_as_defined, 0, kernels);
    tcase_add_loop_test(all, every_alignment_and_length_is_as_defined, 0, kernels);
    tcase_add_loop_test(all, every_byte_is_as_defined_in_every_place, 0, kernels);
    tcase_add_loop_test(all, every_room_is_kept, 0, kernels);
    tcase_add_loop_test(utf8, every_four_bytes_at_the_edges_are_utf8_or_not, 0, kernels);
    tcase_add_loop_test(utf8, a_wrong_byte_anywhere_in_long_text_is_seen, 0, kernels);
    return suite;
}

int main(void)
{
    return run_suite(text_suite());
}
