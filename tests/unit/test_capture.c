/* SPDX-License-Identifier: MIT */
/* Capture files, by draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng. */
#include <string.h>

#include "reading.h"
#include "streams.h"

#define TIME "\x65\x53\xf1\0\0\0\0\1"

/* ------------------------------------------------------------------------ pcap */

/* A packet of three bytes and one of none. */
#define PACKETS_BIG TIME "\0\0\0\3\0\0\0\x9one" TIME "\0\0\0\0\0\0\0\0"
#define PACKETS_LITTLE TIME "\3\0\0\0\x9\0\0\0one" TIME "\0\0\0\0\0\0\0\0"

static const struct example pcap[] = {
    /* The magic numbers: microseconds and nanoseconds, in both byte orders. */
    {"pcap", BYTES("\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\1" PACKETS_BIG),
     GIVES("[one][]")},
    {"pcap", BYTES("\xa1\xb2\x3c\x4d\0\2\0\4\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\1" PACKETS_BIG),
     GIVES("[one][]")},
    {"pcap", BYTES("\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0" PACKETS_LITTLE),
     GIVES("[one][]")},
    {"pcap", BYTES("\x4d\x3c\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0" PACKETS_LITTLE),
     GIVES("[one][]")},
    {"pcap", BYTES(PCAP_BIG), GIVES("")},
    /* Readers ignore the reserved fields, and older writers filled them. */
    {"pcap",
     BYTES("\xd4\xc3\xb2\xa1\2\0\4\0\xf0\xf1\xff\xff\6\0\0\0\3\0\0\0\xe4\0\0\0" PACKETS_LITTLE),
     GIVES("[one][]")},
    {"pcap,keep", BYTES(PCAP_LITTLE "sec.sub.\3\0\0\0\x9\0\0\0onesec.sub.\0\0\0\0\0\0\0\0"),
     GIVES("[sec.sub.\\x03\\x00\\x00\\x00\\x09\\x00\\x00\\x00one]"
           "[sec.sub.\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00]")},
    /* The snapshot length is the limit, if there is no other. */
    {"pcap", BYTES(PCAP_BIG TIME "\0\0\0\x9\0\0\0\x9packet 01"), GIVES("[packet 01]")},
    {"pcap", BYTES(PCAP_BIG PACKETS_BIG TIME "\0\0\0\xa\0\0\0\xapacket 012"),
     MALFORMED("[one][]", 59)},
    {"pcap,max=10", BYTES(PCAP_BIG TIME "\0\0\0\xa\0\0\0\xapacket 012"), GIVES("[packet 012]")},
    {"pcap,max=2", BYTES(PCAP_BIG PACKETS_BIG), MALFORMED("", 24)},
    {"pcap", BYTES("\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1" PACKETS_BIG),
     MALFORMED("", 0)},
    {"pcap,max=4294967295",
     BYTES("\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1" PACKETS_BIG),
     GIVES("[one][]")},
    /* Other magic numbers, and the versions with other fields. */
    {"pcap", BYTES("\xa1\xb2\xcd\x34"), MALFORMED("", 0)},
    {"pcap", BYTES("\n\r\r\n"), MALFORMED("", 0)},
    {"pcap", BYTES("\xa1\xb2\xc3\xd4\0\2\0\3\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\1"), MALFORMED("", 0)},
    {"pcap", BYTES("\xa1\xb2\xc3\xd4\0\3\0\4\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\1"), MALFORMED("", 0)},
    {"pcap", BYTES("\xa1\xb2\xc3\xd4\2\0\4\0\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\1"), MALFORMED("", 0)},
    /* A file is never empty. */
    {"pcap", BYTES(""), TRUNCATED("", 0)},
    {"pcap", BYTES("\xa1\xb2\xc3"), TRUNCATED("", 3)},
    {"pcap", BYTES("\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\x9\0\0\0"), TRUNCATED("", 23)},
    {"pcap", BYTES(PCAP_BIG TIME "\0\0\0\3\0\0\0"), TRUNCATED("", 39)},
    {"pcap", BYTES(PCAP_BIG TIME "\0\0\0\3\0\0\0\3on"), TRUNCATED("", 42)},
};

START_TEST(packets_are_read_in_either_byte_order)
{
    check_example(&pcap[_i], false);
}
END_TEST

/* ---------------------------------------------------------------------- pcapng */

#define BODY_BIG "\\x1a+<M\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x08"
#define BODY_LITTLE "M<+\\x1a\\x01\\x00\\x00\\x00\\x08\\x00\\x00\\x00\\x00\\x00\\x00\\x00"

static const struct example pcapng[] = {
    {"pcapng", BYTES(SECTION_BIG), GIVES("[" BODY_BIG "]")},
    {"pcapng", BYTES(SECTION_LITTLE), GIVES("[" BODY_LITTLE "]")},
    {"pcapng",
     BYTES(SECTION_BIG "\0\0\0\6\0\0\0\x10"
                       "four\0\0\0\x10\x80\0\0\1\0\0\0\xc\0\0\0\xc"),
     GIVES("[" BODY_BIG "][four][]")},
    /* Each section has a byte order of its own. */
    {"pcapng",
     BYTES(SECTION_LITTLE "\6\0\0\0\x10\0\0\0one.\x10\0\0\0" SECTION_BIG
                          "\0\0\0\6\0\0\0\x10two.\0\0\0\x10" SECTION_LITTLE SECTION_LITTLE
                          "\6\0\0\0\x10\0\0\0"
                          "four\x10\0\0\0"),
     GIVES("[" BODY_LITTLE "][one.][" BODY_BIG "][two.][" BODY_LITTLE "][" BODY_LITTLE "][four]")},
    {"pcapng,keep",
     BYTES(SECTION_BIG "\0\0\0\6\0\0\0\x10"
                       "four\0\0\0\x10"),
     GIVES("[\\x0a\\x0d\\x0d\\x0a\\x00\\x00\\x00\\x1c" BODY_BIG "\\x00\\x00\\x00\\x1c]"
           "[\\x00\\x00\\x00\\x06\\x00\\x00\\x00\\x10four\\x00\\x00\\x00\\x10]")},
    /* Blocks of any version have this layout. */
    {"pcapng", BYTES("\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4d\0\7\0\7abcdefgh\0\0\0\x1c"),
     GIVES("[\\x1a+<M\\x00\\x07\\x00\\x07"
           "abcdefgh]")},
    /* The two lengths, multiples of 4, and no less than the fields of the block. */
    {"pcapng",
     BYTES(SECTION_BIG "\0\0\0\6\0\0\0\x10"
                       "four\0\0\0\x11"),
     MALFORMED("[" BODY_BIG "]", 40)},
    {"pcapng",
     BYTES(SECTION_BIG "\0\0\0\6\0\0\0\x10"
                       "four\x10\0\0\0"),
     MALFORMED("[" BODY_BIG "]", 40)},
    {"pcapng", BYTES(SECTION_BIG "\0\0\0\6\0\0\0\x8"), MALFORMED("[" BODY_BIG "]", 28)},
    {"pcapng", BYTES(SECTION_BIG "\0\0\0\6\0\0\0\xe"), MALFORMED("[" BODY_BIG "]", 28)},
    {"pcapng", BYTES("\n\r\r\n\0\0\0\x18\x1a\x2b\x3c\x4d"), MALFORMED("", 0)},
    {"pcapng", BYTES("\n\r\r\n\0\0\0\x1d\x1a\x2b\x3c\x4d"), MALFORMED("", 0)},
    {"pcapng", BYTES("\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4e"), MALFORMED("", 0)},
    {"pcapng", BYTES(SECTION_BIG "\n\r\r\n\0\0\0\x1c\xa1\xb2\xc3\xd4"),
     MALFORMED("[" BODY_BIG "]", 28)},
    /* A file begins with a section. */
    {"pcapng", BYTES("\xa1\xb2\xc3\xd4"), MALFORMED("", 0)},
    {"pcapng", BYTES("\0\0\0\6"), MALFORMED("", 0)},
    {"pcapng", BYTES(""), TRUNCATED("", 0)},
    {"pcapng", BYTES("\n\r\r"), TRUNCATED("", 3)},
    {"pcapng", BYTES("\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c"), TRUNCATED("", 11)},
    {"pcapng", BYTES("\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4d\0"), TRUNCATED("", 13)},
    {"pcapng",
     BYTES(SECTION_BIG "\0\0\0\6\0\0\0\x10"
                       "four\0\0\0"),
     TRUNCATED("[" BODY_BIG "]", 43)},
};

START_TEST(blocks_are_read_in_the_byte_order_of_their_section)
{
    check_example(&pcapng[_i], false);
}
END_TEST

/* ------------------------------------------------------------------------ both */

static const struct limited limits[] = {
    {"pcap", BYTES(PCAP_BIG), 2, CB_PARTIAL_DEFAULT, GIVES("")},
    {"pcap", BYTES(PCAP_BIG PACKETS_BIG), 2, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 24)},
    {"pcap", BYTES("\xa1\xb2\xc3\xd4\0\2"), 9, CB_PARTIAL_EMIT, GIVES("")},
    {"pcap", BYTES("\xa1\xb2\xc3\xd4\0\2"), 9, CB_PARTIAL_DROP, GIVES("")},
    {"pcap", BYTES(""), 9, CB_PARTIAL_EMIT, GIVES("")},
    {"pcap", BYTES(PCAP_BIG TIME "\0\0\0\3\0\0\0\3on"), 9, CB_PARTIAL_EMIT, GIVES("[on]")},
    {"pcap", BYTES(PCAP_BIG TIME "\0\0\0\3\0\0\0\3on"), 9, CB_PARTIAL_DROP, GIVES("")},
    /* A claim takes nothing. */
    {"pcap,max=4294967295", BYTES(PCAP_BIG TIME "\0\xff\xff\xff\0\0\0\3on"), 0, CB_PARTIAL_DEFAULT,
     TRUNCATED("", 42)},
    {"pcapng",
     BYTES(SECTION_BIG "\0\0\0\6\xff\xff\xff\xfc"
                       "four"),
     16, CB_PARTIAL_DEFAULT, FAILS("[" BODY_BIG "]", CB_EOVERFLOW, 28)},
    {"pcapng",
     BYTES(SECTION_BIG "\0\0\0\6\0\xff\xff\xfc"
                       "four"),
     0, CB_PARTIAL_EMIT, GIVES("[" BODY_BIG "][four]")},
};

START_TEST(limits_and_unfinished_packets_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

/* Files with a few wrong bytes: of one byte order each, since in the other one a length is
 * longer than what a decoder holds. */
static const struct {
    const char *specification, *bytes;
    size_t size;
} files[] = {
    {"pcap", BYTES(PCAP_LITTLE TIME "\3\0\0\0\x9\0\0\0one" TIME "\0\0\0\0\0\0\0\0")},
    {"pcap,keep", BYTES(PCAP_BIG PACKETS_BIG)},
    {"pcapng", BYTES(SECTION_BIG SECTION_BIG "\0\0\0\6\0\0\0\x10"
                                             "four\0\0\0\x10")},
    {"pcapng,keep", BYTES(SECTION_LITTLE SECTION_LITTLE "\6\0\0\0\x10\0\0\0"
                                                        "four\x10\0\0\0")},
};

START_TEST(files_with_wrong_bytes_are_read_alike_in_every_way)
{
    struct prng prng = {.state = (uint64_t)_i};
    uint8_t bytes[128];

    for (size_t i = rounds(15, 40); i > 0; i--) {
        memcpy(bytes, files[_i].bytes, files[_i].size);
        for (size_t changes = prng_below(&prng, 3); changes > 0; changes--)
            prng_fill(&prng, bytes + prng_below(&prng, files[_i].size), 1, BYTES("\0\1\2"));
        check_alike(files[_i].specification, false, bytes, files[_i].size);
    }
}
END_TEST

static Suite *capture_suite(void)
{
    Suite *suite = suite_create("capture");
    TCase *files_case = add_case(suite, "files");
    TCase *random = add_case(suite, "random");

    tcase_add_loop_test(files_case, packets_are_read_in_either_byte_order, 0, (int)COUNT(pcap));
    tcase_add_loop_test(files_case, blocks_are_read_in_the_byte_order_of_their_section, 0,
                        (int)COUNT(pcapng));
    tcase_add_loop_test(files_case, limits_and_unfinished_packets_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_loop_test(random, files_with_wrong_bytes_are_read_alike_in_every_way, 0,
                        (int)COUNT(files));
    return suite;
}

int main(void)
{
    return run_suite(capture_suite());
}
