/* SPDX-License-Identifier: MIT */
/*
 * Framings whose values tell their own end: CBOR, MessagePack, ASN.1's BER.  Inputs
 * are hexadecimal; where they come from stands above each table.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "reading.h"

enum { LONGEST = 1024 };

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The bytes that digits say; spaces between them mean nothing. */
static size_t unhex(const char *hex, uint8_t *bytes)
{
    size_t n = 0;

    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        expect(n < LONGEST, "an input is too long");
        bytes[n++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
        hex++;
    }
    return n;
}

/* A record, as reading.h has them written down. */
static char *render(char *to, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    *to++ = '[';
    for (size_t i = 0; i < n; i++) {
        const uint8_t c = bytes[i];

        if (c >= 0x20 && c < 0x7f && strchr("[]\\", c) == NULL) {
            *to++ = (char)c;
        } else {
            memcpy(to, "\\x", 2);
            to[2] = digits[c >> 4];
            to[3] = digits[c & 15];
            to += 4;
        }
    }
    *to++ = ']';
    *to = '\0';
    return to;
}

/* A value is a record in every way it may come, followed by another that makes the
 * end of it seen, and cut short it is none. */
static void check_value(const char *specification, const char *hex)
{
    uint8_t input[LONGEST];
    char records[8 * LONGEST];
    size_t n = unhex(hex, input);
    struct subject subject = {.specification = specification, .input = input};

    for (size_t i = 1; i < n; i++) {
        subject.size = i;
        subject.expected = (struct expected)TRUNCATED("", i);
        check_way(&subject, &(struct way){.call = BY_NEXT, .cut = i, .step = i});
        check_way(&subject, &(struct way){.call = BY_TAKE, .cut = 1, .step = 1});
    }
    subject.size = n;
    render(records, input, n);
    subject.expected = (struct expected){records, CB_END, n};
    if (n < 70)
        check_every_way(&subject);
    memcpy(input + n, input, n);
    subject.size = 2 * n;
    render(render(records, input, n), input, n);
    subject.expected = (struct expected){records, CB_END, 2 * n};
    check_way(&subject, &(struct way){.call = BY_BATCH + 3, .cut = n + 1, .step = 1});
    check_way(&subject, &(struct way){.call = BY_NEXT, .cut = 2 * n, .step = 1});
}

/* All of them are the records of one stream. */
static void check_sequence(const char *specification, const char *const *values, size_t count)
{
    static uint8_t input[32 * LONGEST];
    static char records[128 * LONGEST];
    static const size_t steps[] = {1, 2, 3, 5, 64, 4096};
    char *to = records;
    size_t size = 0;

    for (size_t i = 0; i < count; i++) {
        const size_t n = unhex(values[i], input + size);

        to = render(to, input + size, n);
        size += n;
    }
    struct subject subject = {
        .specification = specification,
        .input = input,
        .size = size,
        .expected = {records, CB_END, size},
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        check_way(&subject, &(struct way){.call = BY_NEXT, .cut = size, .step = steps[i]});
        check_way(&subject, &(struct way){.call = BY_BATCH + 9, .cut = 7, .step = steps[i]});
        check_way(&subject, &(struct way){.call = BY_TAKE, .cut = steps[i], .step = steps[i]});
        check_way(&subject,
                  &(struct way){.call = BY_NEXT, .whole = true, .cut = size, .block = steps[i]});
    }
}

/* What is no value: where the fault is, or that the input ends too soon. */
struct fault {
    const char *hex;
    int offset;
};

enum { TOO_SHORT = -1 };

static void check_fault(const char *specification, const struct fault *fault)
{
    uint8_t input[LONGEST];
    const size_t size = unhex(fault->hex, input);
    const bool wrong = fault->offset != TOO_SHORT;
    struct subject subject = {
        .specification = specification,
        .input = input,
        .size = size,
        .expected = {"", wrong ? CB_EMALFORMED : CB_ETRUNCATED,
                     wrong ? (uint64_t)fault->offset : size},
    };

    check_every_way(&subject);
    /* Not by its first bytes. */
    for (size_t n = 1; wrong && n <= (size_t)fault->offset; n++) {
        subject.size = n;
        subject.expected = (struct expected)TRUNCATED("", n);
        check_way(&subject, &(struct way){.call = BY_NEXT, .cut = n, .step = n});
    }
}

/* ---------------------------------------------------------------------- cbor */

/* RFC 8949, appendix A: all of it, in its order. */
static const char *const cbor_values[] = {
    "00",
    "01",
    "0a",
    "17",
    "1818",
    "1819",
    "1864",
    "1903e8",
    "1a000f4240",
    "1b000000e8d4a51000",
    "1bffffffffffffffff",
    "c249010000000000000000",
    "3bffffffffffffffff",
    "c349010000000000000000",
    "20",
    "29",
    "3863",
    "3903e7",
    "f90000",
    "f98000",
    "f93c00",
    "fb3ff199999999999a",
    "f93e00",
    "f97bff",
    "fa47c35000",
    "fa7f7fffff",
    "fb7e37e43c8800759c",
    "f90001",
    "f90400",
    "f9c400",
    "fbc010666666666666",
    "f97c00",
    "f97e00",
    "f9fc00",
    "fa7f800000",
    "fa7fc00000",
    "faff800000",
    "fb7ff0000000000000",
    "fb7ff8000000000000",
    "fbfff0000000000000",
    "f4",
    "f5",
    "f6",
    "f7",
    "f0",
    "f8ff",
    "c0 74323031332d30332d32315432303a30343a30305a",
    "c1 1a514b67b0",
    "c1 fb41d452d9ec200000",
    "d7 4401020304",
    "d818 456449455446",
    "d820 76687474703a2f2f7777772e6578616d706c652e636f6d",
    "40",
    "4401020304",
    "60",
    "6161",
    "6449455446",
    "62225c",
    "62c3bc",
    "63e6b0b4",
    "64f0908591",
    "80",
    "83 01 02 03",
    "83 01 820203 820405",
    "9819 0102030405060708090a0b0c0d0e0f10111213141516171818 1819",
    "a0",
    "a2 01 02 03 04",
    "a2 6161 01 6162 820203",
    "82 6161 a1 6162 6163",
    "a5 6161 6141 6162 6142 6163 6143 6164 6144 6165 6145",
    "5f 420102 43030405 ff",
    "7f 657374726561 646d696e67 ff",
    "9f ff",
    "9f 01 820203 9f0405ff ff",
    "9f 01 820203 820405 ff",
    "83 01 820203 9f0405ff",
    "83 01 9f0203ff 820405",
    "9f 0102030405060708090a0b0c0d0e0f10111213141516171818 1819 ff",
    "bf 6161 01 6162 9f0203ff ff",
    "82 6161 bf 6162 6163 ff",
    "bf 6346756e f5 63416d74 21 ff",
};

/* Well-formed by section 3, and not among those. */
static const char *const cbor_more[] = {
    "f820",
    "e0",
    "5fff",
    "7fff",
    "5f40ff",
    "7f 7803616263 60 ff",
    "bfff",
    "9f 5f41 61ff 7fff ff",
    "bf 9fff bfff ff",
    "82 9fff 9f9fffff",
    "d9d9f7 9f c1 00 d820 60 ff",
    "c6 c6 c6 c6 00",
    "a1 80 a0",
    "81 81 81 81 80",
    "a2 81 a1 00 01 02 03 9f 04 ff",
    "9f a1 9f ff 00 00 ff",
    "9f bf ff 00 ff",
    "9b0000000000000001 00",
    "bb0000000000000001 00 00",
    "5b0000000000000001 61",
    "5a00000002 6162",
    "590003 616263",
    "bf 00 9f 00 bf 00 00 ff ff 01 02 ff",
    /* 64 and more are to come around an item of indefinite length. */
    "9841 9fff"
    "00000000000000000000000000000000 00000000000000000000000000000000"
    "00000000000000000000000000000000 00000000000000000000000000000000",
};

/* RFC 8949, appendix F.1, with the place worked out by hand. */
static const struct fault cbor_faults[] = {
    /* End of input in a head. */
    {"18", TOO_SHORT},
    {"19", TOO_SHORT},
    {"1a", TOO_SHORT},
    {"1b", TOO_SHORT},
    {"1901", TOO_SHORT},
    {"1a0102", TOO_SHORT},
    {"1b01020304050607", TOO_SHORT},
    {"38", TOO_SHORT},
    {"58", TOO_SHORT},
    {"78", TOO_SHORT},
    {"98", TOO_SHORT},
    {"9a01ff00", TOO_SHORT},
    {"b8", TOO_SHORT},
    {"d8", TOO_SHORT},
    {"f8", TOO_SHORT},
    {"f900", TOO_SHORT},
    {"fa0000", TOO_SHORT},
    {"fb000000", TOO_SHORT},
    /* Strings with short data; the longest are longer than any stream. */
    {"41", TOO_SHORT},
    {"61", TOO_SHORT},
    {"5affffffff00", TOO_SHORT},
    {"5bffffffffffffffff010203", 8},
    {"7affffffff00", TOO_SHORT},
    {"7b7fffffffffffffff010203", TOO_SHORT},
    /* Arrays and maps without enough items, a tag without its content. */
    {"81", TOO_SHORT},
    {"818181818181818181", TOO_SHORT},
    {"8200", TOO_SHORT},
    {"a1", TOO_SHORT},
    {"a20102", TOO_SHORT},
    {"a100", TOO_SHORT},
    {"a2000000", TOO_SHORT},
    {"c0", TOO_SHORT},
    /* Indefinite lengths that no break ends. */
    {"5f4100", TOO_SHORT},
    {"7f6100", TOO_SHORT},
    {"9f", TOO_SHORT},
    {"9f0102", TOO_SHORT},
    {"bf", TOO_SHORT},
    {"bf01020102", TOO_SHORT},
    {"819f", TOO_SHORT},
    {"9f8000", TOO_SHORT},
    {"9f9f9f9f9fffffffff", TOO_SHORT},
    {"9f819f819f9fffffff", TOO_SHORT},
    /* Reserved additional information. */
    {"1c", 0},
    {"1d", 0},
    {"1e", 0},
    {"3c", 0},
    {"3d", 0},
    {"3e", 0},
    {"5c", 0},
    {"5d", 0},
    {"5e", 0},
    {"7c", 0},
    {"7d", 0},
    {"7e", 0},
    {"9c", 0},
    {"9d", 0},
    {"9e", 0},
    {"bc", 0},
    {"bd", 0},
    {"be", 0},
    {"dc", 0},
    {"dd", 0},
    {"de", 0},
    {"fc", 0},
    {"fd", 0},
    {"fe", 0},
    /* Simple values that one byte is enough for. */
    {"f800", 1},
    {"f801", 1},
    {"f818", 1},
    {"f81f", 1},
    /* Chunks of the wrong type, or not of definite length. */
    {"5f00ff", 1},
    {"5f21ff", 1},
    {"5f6100ff", 1},
    {"5f80ff", 1},
    {"5fa0ff", 1},
    {"5fc000ff", 1},
    {"5fe0ff", 1},
    {"7f4100ff", 1},
    {"5f5f4100ffff", 1},
    {"7f7f6100ffff", 1},
    /* Breaks where none may be. */
    {"ff", 0},
    {"81ff", 1},
    {"8200ff", 2},
    {"a1ff", 1},
    {"a1ff00", 1},
    {"a100ff", 2},
    {"a20000ff", 3},
    {"9f81ff", 2},
    {"9f829f819f9fffffffff", 9},
    {"bf00ff", 2},
    {"bf000000ff", 4},
    {"c0ff", 1},
    {"9fc0ff", 2},
    /* The same after an item of indefinite length in the map. */
    {"bf9fffff", 3},
    {"bf009fff01ff", 5},
    {"9fbf00bfff01ffff", 6},
    /* Indefinite lengths of what has none. */
    {"1f", 0},
    {"3f", 0},
    {"df", 0},
};

START_TEST(cbor_items_end_with_all_that_is_nested_in_them)
{
    check_value("cbor", cbor_values[_i]);
    check_value("cbor,keep", cbor_values[_i]);
}
END_TEST

START_TEST(cbor_items_of_either_length_may_be_in_each_other)
{
    check_value("cbor", cbor_more[_i]);
}
END_TEST

START_TEST(cbor_that_is_not_well_formed_is_refused)
{
    check_fault("cbor", &cbor_faults[_i]);
}
END_TEST

/* ------------------------------------------------------------------- msgpack */

/* Every format of spec.md, as its own section of it shows it, with the example of
 * msgpack.org before. */
static const char *const msgpack_values[] = {
    "82 a7636f6d70616374 c3 a6736368656d61 00",
    "c0",
    "c2",
    "c3",
    "00",
    "7f",
    "e0",
    "ff",
    "cc80",
    "cd0100",
    "ce00010000",
    "cf0000000100000000",
    "d080",
    "d18000",
    "d280000000",
    "d38000000000000000",
    "ca3fc00000",
    "cb3ff8000000000000",
    "a0",
    "a3 616263",
    "bf 61616161616161616161616161616161616161616161616161616161616161",
    "d900",
    "d903 616263",
    "da0003 616263",
    "db00000003 616263",
    "db00000000",
    "c400",
    "c403 c10000",
    "c50003 c1c1c1",
    "c600000003 000000",
    "90",
    "93 01 02 03",
    "9f 000102030405060708090a0b0c0d0e",
    "dc0000",
    "dc0002 c0 c0",
    "dd00000000",
    "dd00000002 90 a161",
    "80",
    "81 a161 01",
    "8f 0000 0101 0202 0303 0404 0505 0606 0707 0808 0909 0a0a 0b0b 0c0c 0d0d 0e0e",
    "de0000",
    "de0001 c0 c0",
    "df00000000",
    "df00000001 c0 91 c0",
    "d401 c1",
    "d501 c1c1",
    "d601 c1c1c1c1",
    "d701 c1c1c1c1c1c1c1c1",
    "d801 c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1",
    "c70001",
    "c70301 c1c1c1",
    "c8000001",
    "c8000301 c1c1c1",
    "c90000000001",
    "c90000000301 c1c1c1",
    /* Timestamps of 32, 64 and 96 bits. */
    "d6ff 5a4af6a5",
    "d7ff 00000004 5a4af6a5",
    "c70cff 00000001 000000005a4af6a5",
    "92 81 c0 92 80 90 c3",
    "91 91 91 91 90",
    "92 dc0001 df00000001 c0 dd00000001 c2 00",
};

static const struct fault msgpack_faults[] = {
    {"c1", 0},
    {"92 00 c1", 2},
    {"81 c1", 1},
    {"dfffffffff c1", 5},
    {"c4", TOO_SHORT},
    {"c6ffffffff", TOO_SHORT},
    {"c9ffffffff00", TOO_SHORT},
    {"ddffffffff 00", TOO_SHORT},
    {"dfffffffff dfffffffff dfffffffff", TOO_SHORT},
    {"dbffffffff 61", TOO_SHORT},
};

START_TEST(messagepack_objects_end_with_all_that_is_nested_in_them)
{
    check_value("msgpack", msgpack_values[_i]);
    check_value("msgpack,keep", msgpack_values[_i]);
}
END_TEST

START_TEST(messagepack_that_is_none_is_refused)
{
    check_fault("msgpack", &msgpack_faults[_i]);
}
END_TEST

/* ----------------------------------------------------------------------- der */

/* Zero bytes. */
#define Z5 "0000000000"
#define Z25 Z5 Z5 Z5 Z5 Z5

/* X.690, section 8, with the examples of 8.2 to 8.19, and what its text allows. */
static const char *const der_values[] = {
    "0101ff",
    "0304 0a3b5f29",
    "0307 040a3b5f291cd0",
    "2380 0303000a3b 0305045f291cd0 0000",
    "0500",
    "300a 1605536d697468 0101ff",
    "1a05 4a6f6e6573",
    "4305 4a6f6e6573",
    "a207 43054a6f6e6573",
    "6707 43054a6f6e6573",
    "8205 4a6f6e6573",
    "0603 883703",
    "0804 c27b0305",
    /* Lengths: short, long, and longer than needed. */
    "0400",
    "0481 01 aa",
    "0482 0001 aa",
    "0488 0000000000000001 aa",
    "0484 00000000",
    "04 fe" Z25 Z25 Z25 Z25 Z25 "01 aa",
    /* Tag numbers: 31, 127, 128, and one that needs more than 64 bits. */
    "1f1f 00",
    "5f7f 01 aa",
    "9f8100 01 aa",
    "7f ffffffffffffffffffff7f 03 020100",
    "bf8f7f 80 bf8f7f 80 0000 0000",
    /* Values of indefinite length in each other, and of definite length in them. */
    "3080 0000",
    "3080 3080 0000 0000",
    "3080 3080 020100 0000 3080 0000 0000",
    "3080 04020000 30040000 0000 040100 0000",
    "2480 0402 c1c1 2480 0400 0000 0000",
    "a080 0400 0500 1f8101 00 0000",
    /* Nobody looks at contents of definite length. */
    "3003 80ffff",
    "3080 3002 ff00 0000",
};

static const struct fault der_faults[] = {
    /* End-of-contents (8.1.5) where there is nothing to end. */
    {"0000", 0},
    {"2000", 0},
    {"3080 2000", 2},
    {"3080 0001", 3},
    {"3080 0080", 3},
    {"3080 008100", 3},
    /* Tag numbers (8.1.2.4.2 c, 8.1.2.2). */
    {"1f80", 1},
    {"1f801f00", 1},
    {"1f00", 1},
    {"1f1e00", 1},
    {"3080 bf05", 3},
    /* Lengths (8.1.3.2 a, 8.1.3.5 c), and one longer than any stream. */
    {"0480", 1},
    {"1f1f80", 2},
    {"3080 0280", 3},
    {"04ff", 1},
    {"30ff", 1},
    {"0489 010000000000000000", 10},
    {"0489 000000000000000100aa", TOO_SHORT},
    {"0488 ffffffffffffffff", 9},
    {"0488 7fffffffffffff00", TOO_SHORT},
    {"30", TOO_SHORT},
    {"1f", TOO_SHORT},
    {"1fff", TOO_SHORT},
    {"0482", TOO_SHORT},
    {"048200", TOO_SHORT},
    {"3080 020100 00", TOO_SHORT},
};

START_TEST(values_of_asn1_end_by_their_length_or_end_of_contents)
{
    check_value("der", der_values[_i]);
    check_value("der,keep", der_values[_i]);
}
END_TEST

START_TEST(what_x690_forbids_is_refused)
{
    check_fault("der", &der_faults[_i]);
}
END_TEST

/* ------------------------------------------------------------------ all of them */

START_TEST(values_follow_each_other)
{
    check_sequence("cbor", cbor_values, COUNT(cbor_values));
    check_sequence("msgpack", msgpack_values, COUNT(msgpack_values));
    check_sequence("der", der_values, COUNT(der_values));
}
END_TEST

/* Each open item is `open`, then comes `inner`, and each is closed by `close`. */
static const struct {
    const char *specification, *open, *inner, *close;
    size_t depth;
    int status;
} nestings[] = {
    {"cbor", "81", "00", "", 1000000, CB_END},
    {"cbor", "a180", "00", "", 1000000, CB_END},
    {"cbor", "c1", "00", "", 1000000, CB_END},
    {"cbor", "9f", "", "ff", 1000000, CB_END},
    {"cbor", "bf00", "00", "ff", 1000000, CB_END},
    {"cbor", "829f", "", "ff00", 1000000, CB_END},
    {"resp", "2a3f0d0a", "", "2e0d0a", 1000000, CB_END},            /* *?, . */
    {"resp", "2a310d0a", "5f0d0a", "", 1000000, CB_END},            /* *1, _ */
    {"resp", "253f0d0a5f0d0a", "5f0d0a", "2e0d0a", 100000, CB_END}, /* %?, _ */
    /* More than the stack is for. */
    {"resp", "2a3f0d0a", "", "2e0d0a", 2200000, CB_EMALFORMED},
    {"cbor", "9f", "", "ff", 2200000, CB_EMALFORMED},
    {"cbor", "9bffffffffffffffff9f", "", "", 209714, CB_ETRUNCATED},
    {"cbor", "9bffffffffffffffff9f", "", "", 209716, CB_EMALFORMED},
    /* A claim takes nothing. */
    {"cbor", "5b7fffffffffffff00", "61", "", 1, CB_ETRUNCATED},
    {"cbor", "bbffffffffffffffff", "61", "", 1000, CB_ETRUNCATED},
    {"msgpack", "c6ffffffff", "61", "", 1, CB_ETRUNCATED},
    {"der", "04887fffffffffffff00", "61", "", 1, CB_ETRUNCATED},
    {"msgpack", "91", "c0", "", 1000000, CB_END},
    {"msgpack", "81c0", "c0", "", 1000000, CB_END},
    {"msgpack", "92", "c0", "c0", 1000000, CB_END},
    {"msgpack", "dfffffffff", "", "", 1000000, CB_ETRUNCATED},
    {"der", "3080", "", "0000", 1000000, CB_END},
    {"der", "bf8f7f80", "0500", "0000", 1000000, CB_END},
};

/* Repeats the bytes. */
static uint8_t *put(uint8_t *to, const char *hex, size_t times)
{
    uint8_t bytes[LONGEST];
    const size_t n = unhex(hex, bytes);

    for (size_t i = 0; i < times; i++, to += n)
        memcpy(to, bytes, n);
    return to;
}

/* Reads all of the input in parts and lets go of it; returns how it ended, and the
 * greatest number of bytes that were taken on the way. */
static int read_parts(const char *specification, const uint8_t *input, size_t size, size_t *most)
{
    enum { PART = 4096 };
    struct counting counting;
    struct cb_buffer *buffer;
    struct cb_decoder *decoder;
    struct cb_piece piece;
    uint64_t given = 0;
    int status = CB_MORE;

    counting_init(&counting);
    struct cb_buffer_options plain = {.size = sizeof plain, .allocator = &counting.hooks};
    struct cb_decoder_options options = {.size = sizeof options, .allocator = &counting.hooks};
    expect(cb_buffer_new(&buffer, &plain) == CB_OK, "out of memory");
    expect(cb_decoder_new(&decoder, specification, &options, NULL) == CB_OK, "out of memory");
    *most = 0;
    for (size_t at = 0; status == CB_MORE || status == CB_PIECE;) {
        status = cb_decoder_next(decoder, buffer, &piece);
        given += status == CB_PIECE ? piece.length : 0;
        *most = counting.bytes > *most ? counting.bytes : *most;
        if (status != CB_MORE)
            continue;
        const size_t n = size - at < PART ? size - at : PART;
        expect(cb_append(buffer, input + at, n) == CB_OK, "out of memory");
        at += n;
        if (n == 0)
            cb_decoder_finish(decoder);
    }
    expect(status != CB_END || (given == size && cb_decoder_record(decoder) == 2),
           "%s: %" PRIu64 " bytes", specification, given);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
    counting_fini(&counting);
    return status;
}

START_TEST(nesting_of_a_million_takes_little_memory)
{
    const size_t depth = nestings[_i].depth;
    uint8_t *input = malloc(12 * depth);
    size_t most;

    ck_assert_ptr_nonnull(input);
    uint8_t *end = put(input, nestings[_i].open, depth);
    end = put(end, nestings[_i].inner, 1);
    end = put(end, nestings[_i].close, depth);
    int status = read_parts(nestings[_i].specification, input, (size_t)(end - input), &most);
    expect(status == nestings[_i].status, "%s: %d", nestings[_i].open, status);
    /* The stack of open values, twice while it grows; and the input's part. */
    const char *specification = nestings[_i].specification;
    const bool open = strcmp(specification, "cbor") == 0 || strcmp(specification, "resp") == 0;
    const size_t stack = open ? 3 << 20 : 0;
    expect(most < stack + (1 << 18), "%s: %zu bytes were taken", nestings[_i].open, most);
    free(input);
}
END_TEST

static const struct limited limits[] = {
    {"cbor", BYTES("\0\x62hi\x62h"), 9, CB_PARTIAL_EMIT, GIVES("[\\x00][bhi][bh]")},
    {"cbor", BYTES("\0\x62hi\x62h"), 9, CB_PARTIAL_DROP, GIVES("[\\x00][bhi]")},
    {"cbor", BYTES("\x61h\x62hi"), 2, CB_PARTIAL_DEFAULT, FAILS("[ah]", CB_EOVERFLOW, 2)},
    {"cbor", BYTES("\x5a\xff\xff\xff\xff"), 8, CB_PARTIAL_DEFAULT, TRUNCATED("", 5)},
    {"msgpack", BYTES("\x92\0\0\x92\0"), 9, CB_PARTIAL_EMIT,
     GIVES("[\\x92\\x00\\x00][\\x92\\x00]")},
    {"msgpack", BYTES("\x92\0\0\x92\0"), 9, CB_PARTIAL_DROP, GIVES("[\\x92\\x00\\x00]")},
    {"msgpack", BYTES("\x91\0\x92\0\0"), 2, CB_PARTIAL_DEFAULT,
     FAILS("[\\x91\\x00]", CB_EOVERFLOW, 2)},
    {"der", BYTES("\4\1a\4\2b"), 9, CB_PARTIAL_EMIT, GIVES("[\\x04\\x01a][\\x04\\x02b]")},
    {"der", BYTES("\4\1a\4\2b"), 9, CB_PARTIAL_DROP, GIVES("[\\x04\\x01a]")},
    {"der", BYTES("\4\1a\4\2bc"), 3, CB_PARTIAL_DEFAULT, FAILS("[\\x04\\x01a]", CB_EOVERFLOW, 3)},
};

START_TEST(limits_and_unfinished_values_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

static const struct {
    const char *specification, *alphabet;
    size_t letters;
} any_input[] = {
    {"cbor", BYTES("\0\x18\x41\x5f\x61\x7f\x80\x81\x82\x9f\x9f\xa0\xa1\xbf\xbf\xc1\xff\xff\xff")},
    {"cbor,keep", BYTES("\0\x41\x5f\x82\x9f\xa1\xbf\xbf\xff\xff\xff")},
    {"cbor", BYTES("\x9f\xbf\xff\xff\0")},
    {"msgpack", BYTES("\0\x81\x92\xa2\xc0\xc4\xc7\xcd\xd5\xd9\xdc\xde\1\2")},
    {"msgpack,keep", BYTES("\x82\x91\xa1\xc0\xc8\1\0")},
    {"der", BYTES("\x30\x80\x80\4\2\1\0\0\0\0\x1f\x81\x24\x82")},
    {"der,keep", BYTES("\x30\x80\4\1\0\0\0\x81")},
};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    check_random(any_input[_i].specification, false, any_input[_i].alphabet, any_input[_i].letters,
                 (uint64_t)_i);
}
END_TEST

static Suite *values_suite(void)
{
    Suite *suite = suite_create("values");
    TCase *values = add_case(suite, "values");
    TCase *nested = add_case(suite, "nested");
    TCase *random = add_case(suite, "random");

    tcase_add_loop_test(values, cbor_items_end_with_all_that_is_nested_in_them, 0,
                        (int)COUNT(cbor_values));
    tcase_add_loop_test(values, cbor_items_of_either_length_may_be_in_each_other, 0,
                        (int)COUNT(cbor_more));
    tcase_add_loop_test(values, cbor_that_is_not_well_formed_is_refused, 0,
                        (int)COUNT(cbor_faults));
    tcase_add_loop_test(values, messagepack_objects_end_with_all_that_is_nested_in_them, 0,
                        (int)COUNT(msgpack_values));
    tcase_add_loop_test(values, messagepack_that_is_none_is_refused, 0, (int)COUNT(msgpack_faults));
    tcase_add_loop_test(values, values_of_asn1_end_by_their_length_or_end_of_contents, 0,
                        (int)COUNT(der_values));
    tcase_add_loop_test(values, what_x690_forbids_is_refused, 0, (int)COUNT(der_faults));
    tcase_add_test(values, values_follow_each_other);
    tcase_add_loop_test(values, limits_and_unfinished_values_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_loop_test(nested, nesting_of_a_million_takes_little_memory, 0, (int)COUNT(nestings));
    tcase_add_loop_test(random, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    return suite;
}

int main(void)
{
    return run_suite(values_suite());
}
