/* SPDX-License-Identifier: MIT */
/*
 * Eight bytes a step (M.  E.  Kounavis and F.  L.  Berry, "A Systematic Approach to
 * Building High Performance Software-based CRC Generators", 2005: slicing by eight).
 *
 * tables[k][i] is the remainder of byte i followed by k zero bytes.  A CRC is linear,
 * so it is the sum, by exclusive or, of the remainders of its bits.  These are a single
 * sequence: the first is the polynomial, bit-reversed, and each next one is the one
 * before followed by a zero bit: x >> 1, plus the polynomial if a bit was shifted out.
 */
#include "kernels/crc32c.h"

#include "core/byte_order.h"

// clang-format off
#define ENTRY(i, a, b, c, d, e, f, g, h)                                                           \
    (((i) & 0x80 ? (a) : 0u) ^ ((i) & 0x40 ? (b) : 0u) ^ ((i) & 0x20 ? (c) : 0u) ^                 \
     ((i) & 0x10 ? (d) : 0u) ^ ((i) & 0x08 ? (e) : 0u) ^ ((i) & 0x04 ? (f) : 0u) ^                 \
     ((i) & 0x02 ? (g) : 0u) ^ ((i) & 0x01 ? (h) : 0u))
#define TABLE_0(i) \
    ENTRY(i, 0x82f63b78u, 0x417b1dbcu, 0x20bd8edeu, 0x105ec76fu, \
          0x8ad958cfu, 0xc79a971fu, 0xe13b70f7u, 0xf26b8303u)
#define TABLE_1(i) \
    ENTRY(i, 0xfbc3faf9u, 0xff17c604u, 0x7f8be302u, 0x3fc5f181u, \
          0x9d14c3b8u, 0x4e8a61dcu, 0x274530eeu, 0x13a29877u)
#define TABLE_2(i) \
    ENTRY(i, 0x8b277743u, 0xc76580d9u, 0xe144fb14u, 0x70a27d8au, \
          0x38513ec5u, 0x9edea41au, 0x4f6f520du, 0xa541927eu)
#define TABLE_3(i) \
    ENTRY(i, 0x52a0c93fu, 0xaba65fe7u, 0xd725148bu, 0xe964b13du, \
          0xf64463e6u, 0x7b2231f3u, 0xbf672381u, 0xdd45aab8u)
#define TABLE_4(i) \
    ENTRY(i, 0x6ea2d55cu, 0x37516aaeu, 0x1ba8b557u, 0x8f2261d3u, \
          0xc5670b91u, 0xe045beb0u, 0x7022df58u, 0x38116facu)
#define TABLE_5(i) \
    ENTRY(i, 0x1c08b7d6u, 0x0e045bebu, 0x85f4168du, 0xc00c303eu, \
          0x6006181fu, 0xb2f53777u, 0xdb8ca0c3u, 0xef306b19u)
#define TABLE_6(i) \
    ENTRY(i, 0xf56e0ef4u, 0x7ab7077au, 0x3d5b83bdu, 0x9c5bfaa6u, \
          0x4e2dfd53u, 0xa5e0c5d1u, 0xd0065990u, 0x68032cc8u)
#define TABLE_7(i) \
    ENTRY(i, 0x34019664u, 0x1a00cb32u, 0x0d006599u, 0x847609b4u, \
          0x423b04dau, 0x211d826du, 0x9278fa4eu, 0x493c7d27u)
#define FOUR(t, i) t(i), t((i) + 1), t((i) + 2), t((i) + 3)
#define SIXTEEN(t, i) FOUR(t, i), FOUR(t, (i) + 4), FOUR(t, (i) + 8), FOUR(t, (i) + 12)
#define SIXTY_FOUR(t, i) \
    SIXTEEN(t, i), SIXTEEN(t, (i) + 16), SIXTEEN(t, (i) + 32), SIXTEEN(t, (i) + 48)
#define ALL(t) {SIXTY_FOUR(t, 0), SIXTY_FOUR(t, 64), SIXTY_FOUR(t, 128), SIXTY_FOUR(t, 192)}
// clang-format on

static const uint32_t tables[8][256] = {
    ALL(TABLE_0), ALL(TABLE_1), ALL(TABLE_2), ALL(TABLE_3),
    ALL(TABLE_4), ALL(TABLE_5), ALL(TABLE_6), ALL(TABLE_7),
};

static uint32_t load(const uint8_t *bytes)
{
    return (uint32_t)cb__load_little(bytes, 4);
}

/* The remainders of four bytes followed by `zeros` and up to three more. */
static uint32_t four(uint32_t bytes, unsigned zeros)
{
    return tables[zeros + 3][bytes & 0xff] ^ tables[zeros + 2][bytes >> 8 & 0xff] ^
           tables[zeros + 1][bytes >> 16 & 0xff] ^ tables[zeros][bytes >> 24];
}

uint32_t cb__crc32c(uint32_t crc, const void *data, size_t n)
{
    const uint8_t *bytes = data;
    crc = ~crc;
    for (; n >= 8; n -= 8, bytes += 8)
        crc = four(crc ^ load(bytes), 4) ^ four(load(bytes + 4), 0);
    for (; n; n--)
        crc = crc >> 8 ^ tables[0][(crc ^ *bytes++) & 0xff];
    return ~crc;
}

/* Polynomials modulo that of the CRC, bit-reversed: the highest bit is x^0. */
enum { X0 = 31, X8 = X0 - 8 };

static uint32_t multiply(uint32_t a, uint32_t b)
{
    uint32_t product = 0;
    for (; a; a <<= 1) {
        product ^= b & (0u - (a >> X0));
        b = b >> 1 ^ (0x82f63b78u & (0u - (b & 1)));
    }
    return product;
}

/* A CRC is linear, so what differs is the difference of the two, followed by n bytes: times
 * x^8n, by repeated squaring. */
uint32_t cb__crc32c_replace(uint32_t all, uint32_t old, uint32_t now, uint64_t n)
{
    uint32_t difference = old ^ now;
    uint32_t power = (uint32_t)1 << X8;
    for (; n && difference; n >>= 1) {
        if (n & 1)
            difference = multiply(power, difference);
        power = multiply(power, power);
    }
    return all ^ difference;
}
