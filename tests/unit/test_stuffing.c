/* SPDX-License-Identifier: MIT */
/* Every kernel against what RFC 1055, RFC 1662 and the paper on COBS tell to do, byte by byte. */
#include <string.h>

#include "expect.h"
#include "kernels/rewrite.h"
#include "kernels.h"
#include "support.h"

enum {
    LONGEST = 1100,
    WIDEST = 2 * LONGEST + 2,
    SLACK = 64, /* bytes that may be overwritten */
    FENCE = 64, /* bytes after those */
    UNTOUCHED = 0xa5
};

EACH_KERNEL(cb__rewrite_kernel);

/* ------------------------------------------------------------ what must be */

/* SLIP, and HDLC. */
static const struct cb__escapes kinds[] = {
    {.end = 0xc0, .escape = 0xdb, .for_end = 0xdc, .for_escape = 0xdd},
    {.end = 0x7e, .escape = 0x7d, .for_end = 0x5e, .for_escape = 0x5d, .inverted = 0x20},
};

/* RFC 1055, send_packet; RFC 1662 section 4.2. */
static size_t naive_escape(const struct cb__escapes *e, const uint8_t *data, size_t n, uint8_t *out)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++) {
        if (data[i] == e->end || data[i] == e->escape) {
            out[size++] = e->escape;
            out[size++] = data[i] == e->end ? e->for_end : e->for_escape;
        } else {
            out[size++] = data[i];
        }
    }
    return size;
}

/* Cheshire and Baker, figure 3: blocks that begin with their length. */
static size_t naive_cobs(const uint8_t *data, size_t n, uint8_t *out)
{
    size_t size = 1, code = 0;
    for (size_t i = 0; i < n; i++) {
        if (data[i])
            out[size++] = data[i];
        if (!data[i] || (size - code == 255 && i + 1 < n)) {
            out[code] = (uint8_t)(size - code);
            code = size++;
        }
    }
    out[code] = (uint8_t)(size - code);
    return size;
}

/* ... and back; false if a block has not all its bytes. */
static bool naive_uncobs(const uint8_t *data, size_t n, uint8_t *out, size_t *size)
{
    *size = 0;
    for (size_t i = 0; i < n;) {
        const size_t code = data[i++];
        for (size_t k = 1; k < code; k++, i++) {
            if (i == n)
                return false;
            out[(*size)++] = data[i];
        }
        if (code < 255 && i < n)
            out[(*size)++] = 0;
    }
    return true;
}

struct packets {
    size_t count;
    struct cb__packet_end ends[LONGEST];
    uint8_t bytes[LONGEST];
    size_t wrong; /* where an escape is wrong, or the input ends */
};

static bool is_wrong(const struct cb__escapes *e, uint8_t c)
{
    return e->inverted ? c == e->end || c == e->escape : c != e->for_end && c != e->for_escape;
}

static uint8_t literal(const struct cb__escapes *e, uint8_t c)
{
    return e->inverted ? c ^ e->inverted : c == e->for_end ? e->end : e->escape;
}

static void naive_unescape(const struct cb__escapes *e, const uint8_t *data, size_t n,
                           struct packets *packets)
{
    size_t size = 0;
    packets->count = 0;
    packets->wrong = n;
    for (size_t i = 0; i < n; i++) {
        if (data[i] == e->end) {
            packets->ends[packets->count++] =
                (struct cb__packet_end){.in = (uint32_t)i, .out = (uint32_t)size};
        } else if (data[i] != e->escape) {
            packets->bytes[size++] = data[i];
        } else if (i + 1 == n || is_wrong(e, data[i + 1])) {
            packets->wrong = i;
            return;
        } else {
            packets->bytes[size++] = literal(e, data[++i]);
        }
    }
}

/* ----------------------------------------------------------------- comparing */

static uint8_t room[WIDEST + SLACK + FENCE + 64];

/* A place to write `size` bytes to, aligned as the input is. */
static uint8_t *make_room(const uint8_t *like)
{
    memset(room, UNTOUCHED, sizeof room);
    return room + (uintptr_t)like % 64;
}

static void check_made(const uint8_t *out, const uint8_t *end, const uint8_t *wanted, size_t size,
                       const char *what, size_t n)
{
    expect((size_t)(end - out) == size && memcmp(out, wanted, size) == 0,
           "%s of %zu bytes: %zu made, not %zu", what, n, (size_t)(end - out), size);
    for (size_t i = 0; i < FENCE; i++)
        expect(out[size + SLACK + i] == UNTOUCHED, "%s of %zu: byte %zu after the room", what, n,
               i);
}

static void check_uncobs(const uint8_t *frame, size_t n)
{
    static uint8_t wanted[WIDEST];
    size_t size;
    const bool right = naive_uncobs(frame, n, wanted, &size);
    uint8_t *out = make_room(frame);
    const uint8_t *end = cb__uncobs(frame, n, frame + n, out);
    expect((end != NULL) == right, "a frame of %zu bytes: right or wrong", n);
    if (end)
        check_made(out, end, wanted, size, "uncobs", n);
}

static void check_unescape(const struct cb__escapes *escapes, const uint8_t *data, size_t n,
                           size_t max)
{
    static struct packets should;
    struct cb__packet_end ends[LONGEST + CB__PACKETS_SLACK];
    uint8_t *out = make_room(data);
    naive_unescape(escapes, data, n, &should);
    size_t count = cb__stuffing()->unescape(escapes, data, n, out, ends, max), least = 0;
    while (least < should.count && should.wrong - should.ends[least].in > SLACK)
        least++;
    least = cb__min(should.wrong == n ? should.count : least, max);
    expect(count <= cb__min(should.count, max) && count >= least,
           "%zu bytes: %zu packets, of %zu to %zu", n, count, least, should.count);
    for (size_t i = 0; i < count; i++)
        expect(ends[i].in == should.ends[i].in && ends[i].out == should.ends[i].out,
               "packet %zu ends at %u, %u, expected %u, %u", i, ends[i].in, ends[i].out,
               should.ends[i].in, should.ends[i].out);
    const size_t size = count ? ends[count - 1].out : 0;
    expect(memcmp(out, should.bytes, size) == 0, "%zu bytes: other payload", n);
    for (size_t i = 0; i < FENCE; i++)
        expect(out[n + SLACK + i] == UNTOUCHED, "unescape of %zu: byte %zu after the room", n, i);
}

static void check_cobs(const uint8_t *data, size_t n)
{
    static uint8_t wanted[WIDEST];
    const size_t size = naive_cobs(data, n, wanted);
    uint8_t *out = make_room(data);
    struct guard guard;
    expect(size <= cb__cobs_size(n), "cobs of %zu: %zu bytes", n, size);
    check_made(out, cb__stuffing()->cobs(data, n, out), wanted, size, "cobs", n);
    guard_init(&guard, wanted, size);
    check_uncobs(guard.data, size);
    guard_fini(&guard);
}

static void check_all(const uint8_t *data, size_t n)
{
    static uint8_t wanted[WIDEST];
    for (size_t k = 0; k < COUNT(kinds); k++) {
        const size_t size = naive_escape(&kinds[k], data, n, wanted);
        uint8_t *out = make_room(data);
        check_made(out, cb__stuffing()->escape(&kinds[k], data, n, out), wanted, size, "escape", n);
        check_unescape(&kinds[k], data, n, LONGEST);
        check_unescape(&kinds[k], data, n, 1 + n % 5);
    }
    check_cobs(data, n);
}

/* -------------------------------------------------------------------- inputs */

static void no_specials(struct prng *prng, uint8_t *data, size_t n)
{
    prng_fill(prng, data, n, "abcdefgh\xdc\xdd\x01\xff", 12);
}

static void many_zeros(struct prng *prng, uint8_t *data, size_t n)
{
    prng_fill(prng, data, n, "\0\0\0ab", 5);
}

/* Blocks of about the maximum length, and a zero now and then. */
static void long_blocks(struct prng *prng, uint8_t *data, size_t n)
{
    no_specials(prng, data, n);
    for (size_t at = prng_below(prng, 40); at < n; at += (size_t)250 + prng_below(prng, 8))
        data[at] = 0;
}

static void packets(struct prng *prng, uint8_t *data, size_t n)
{
    static const char *const some[][7] = {
        {"a", "bcd", "\xdb\xdc", "\xdb\xdd", "\xc0", "\xdc", "\xdd"},
        {"a", "bcd", "}^", "}]", "~", "}!", "^]"},
    };
    const char *const *which = some[prng_below(prng, 2)];
    for (size_t at = 0; at < n;) {
        for (const char *c = which[prng_below(prng, 7)]; *c && at < n; c++)
            data[at++] = (uint8_t)*c;
    }
}

static void damaged_packets(struct prng *prng, uint8_t *data, size_t n)
{
    packets(prng, data, n);
    data[prng_below(prng, n)] = (uint8_t) "\xdb}"[prng_below(prng, 2)];
}

typedef void fill_fn(struct prng *prng, uint8_t *data, size_t n);
static fill_fn *const fills[] = {prng_bytes,      no_specials, many_zeros, long_blocks,    packets,
                                 damaged_packets, packets,     packets,    damaged_packets};

START_TEST(every_length_before_an_unreadable_page_is_as_defined)
{
    struct prng prng = {1};
    uint8_t data[LONGEST];
    use_kernel(_i);
    for (size_t f = 0; f < COUNT(fills); f++) {
        struct guard guard;
        fills[f](&prng, data, sizeof data);
        guard_init(&guard, data, sizeof data);
        for (size_t n = 0; n <= sizeof data; n += n > 300 ? 2 : 1)
            check_all(guard.data + sizeof data - n, n);
        guard_fini(&guard);
    }
}
END_TEST

START_TEST(every_alignment_is_as_defined)
{
    struct prng prng = {2};
    uint8_t data[LONGEST];
    use_kernel(_i);
    for (size_t f = 0; f < COUNT(fills); f++) {
        fills[f](&prng, data, sizeof data);
        for (size_t from = 0; from < 64; from += 64 / rounds(21, 64)) {
            for (size_t n = from % 7; n <= 600; n += 31)
                check_all(data + from, n);
        }
    }
}
END_TEST

START_TEST(a_special_byte_is_one_in_every_place)
{
    static const uint8_t specials[] = {0x00, 0xc0, 0xdb, 0xdc, 0xdd, 0x7d, 0x7e};
    uint8_t data[300];
    use_kernel(_i);
    for (size_t s = 0; s < COUNT(specials); s++) {
        for (size_t at = 0; at < sizeof data; at++) {
            memset(data, 'x', sizeof data);
            data[at] = specials[s];
            check_all(data, sizeof data);
            data[(at + 1) % sizeof data] = specials[s] == 0x7d ? 0x5e : 0xdc;
            check_all(data, sizeof data);
        }
    }
}
END_TEST

START_TEST(wrong_blocks_are_refused)
{
    struct prng prng = {3};
    uint8_t frame[LONGEST];
    use_kernel(_i);
    for (int round = 0; round < 20000; round++) {
        const size_t n = 1 + prng_below(&prng, round % 2 ? 40 : LONGEST);
        for (size_t i = 0; i < n; i++)
            frame[i] = (uint8_t)(1 + prng_below(&prng, round % 3 ? 5 : 255));
        if (round % 5 == 0)
            frame[0] = 0xff;
        check_uncobs(frame, n);
    }
}
END_TEST

static Suite *stuffing_suite(void)
{
    Suite *suite = suite_create("stuffing");
    TCase *all = add_case(suite, "all");
    const int kernels = count_kernels();
    tcase_add_loop_test(all, every_length_before_an_unreadable_page_is_as_defined, 0, kernels);
    tcase_add_loop_test(all, every_alignment_is_as_defined, 0, kernels);
    tcase_add_loop_test(all, a_special_byte_is_one_in_every_place, 0, kernels);
    tcase_add_loop_test(all, wrong_blocks_are_refused, 0, kernels);
    return suite;
}

int main(void)
{
    return run_suite(stuffing_suite());
}
