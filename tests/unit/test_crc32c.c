/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "expect.h"
#include "kernels/crc32c.h"
#include "support.h"

enum { MOST = 300 };

/* By the definition, bit by bit. */
static uint32_t slow(const uint8_t *data, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
    }
    return ~crc;
}

/* RFC 3720, appendix B.4, which has the bytes of each checksum in the order in
 * which they are sent: the least first. */
START_TEST(checksums_are_those_of_the_rfc)
{
    static const uint8_t read_pdu[48] = {
        0x01, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
        0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18, 0x28, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    };
    uint8_t bytes[32];

    memset(bytes, 0, sizeof bytes);
    ck_assert_uint_eq(cb__crc32c(0, bytes, sizeof bytes), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    ck_assert_uint_eq(cb__crc32c(0, bytes, sizeof bytes), 0x62a8ab43);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    ck_assert_uint_eq(cb__crc32c(0, bytes, sizeof bytes), 0x46dd794e);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(sizeof bytes - 1 - i);
    ck_assert_uint_eq(cb__crc32c(0, bytes, sizeof bytes), 0x113fdb5c);
    ck_assert_uint_eq(cb__crc32c(0, read_pdu, sizeof read_pdu), 0xd9963a56);
    ck_assert_uint_eq(cb__crc32c(0, "", 0), 0);
}
END_TEST

START_TEST(checksums_are_those_of_the_definition_at_every_length_and_place)
{
    struct prng prng = {7};
    uint8_t bytes[MOST];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)prng_next(&prng);
    for (size_t n = 0; n <= MOST; n++) {
        struct guard guard;

        guard_init(&guard, bytes + MOST - n, n);
        expect(cb__crc32c(0, guard.data, n) == slow(bytes + MOST - n, n), "%zu bytes", n);
        guard_fini(&guard);
    }
}
END_TEST

START_TEST(a_checksum_goes_on_after_every_cut)
{
    struct prng prng = {8};
    uint8_t bytes[MOST];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)prng_next(&prng);
    uint32_t expected = slow(bytes, MOST);
    for (size_t cut = 0; cut <= MOST; cut++) {
        uint32_t crc = cb__crc32c(0, bytes, cut);

        expect(cb__crc32c(crc, bytes + cut, MOST - cut) == expected, "cut at %zu", cut);
    }
}
END_TEST

static Suite *crc32c_suite(void)
{
    Suite *suite = suite_create("crc32c");
    TCase *sums = add_case(suite, "sums");

    tcase_add_test(sums, checksums_are_those_of_the_rfc);
    tcase_add_test(sums, checksums_are_those_of_the_definition_at_every_length_and_place);
    tcase_add_test(sums, a_checksum_goes_on_after_every_cut);
    return suite;
}

int main(void)
{
    return run_suite(crc32c_suite());
}
