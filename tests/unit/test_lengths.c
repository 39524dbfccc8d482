/* SPDX-License-Identifier: MIT */
/* Lengths in binary and in digits: what records they give or which error, however the input is cut
 * and by whichever call it is read. */
#include <inttypes.h>
#include <string.h>

#include "expect.h"
#include "reading.h"

/* -------------------------------------------------------------------- tables */

static const struct example lengths[] = {
    {"u8", BYTES(""), GIVES("")},
    {"u8", BYTES("\0"), GIVES("[]")},
    {"u8", BYTES("\3abc\0\1x"), GIVES("[abc][][x]")},
    {"u8", BYTES("\3ab"), TRUNCATED("", 3)},
    {"u8", BYTES("\1a\3"), TRUNCATED("[a]", 3)},
    {"u8,keep", BYTES("\3abc\0\1x"), GIVES("[\\x03abc][\\x00][\\x01x]")},
    {"u16be", BYTES("\0\2hi\0\0"), GIVES("[hi][]")},
    {"u16be", BYTES("\0\2hi\0"), TRUNCATED("[hi]", 5)},
    {"u16le", BYTES("\2\0hi\0\0"), GIVES("[hi][]")},
    {"u24be", BYTES("\0\0\2hi"), GIVES("[hi]")},
    {"u24le", BYTES("\2\0\0hi"), GIVES("[hi]")},
    {"u32be", BYTES("\0\0\0\2hi"), GIVES("[hi]")},
    {"u32le", BYTES("\2\0\0\0hi"), GIVES("[hi]")},
    {"u40be", BYTES("\0\0\0\0\2hi"), GIVES("[hi]")},
    {"u40le", BYTES("\2\0\0\0\0hi"), GIVES("[hi]")},
    {"u48be", BYTES("\0\0\0\0\0\2hi"), GIVES("[hi]")},
    {"u48le", BYTES("\2\0\0\0\0\0hi"), GIVES("[hi]")},
    {"u56be", BYTES("\0\0\0\0\0\0\2hi"), GIVES("[hi]")},
    {"u56le", BYTES("\2\0\0\0\0\0\0hi"), GIVES("[hi]")},
    {"u64be", BYTES("\0\0\0\0\0\0\0\2hi"), GIVES("[hi]")},
    {"u64le", BYTES("\2\0\0\0\0\0\0\0hi"), GIVES("[hi]")},
    {"u16be,offset=2", BYTES("XY\0\2hiZ\xff\0\0"), GIVES("[hi][]")},
    {"u16be,offset=2,keep", BYTES("XY\0\2hiZ\xff\0\0"),
     GIVES("[XY\\x00\\x02hi][Z\\xff\\x00\\x00]")},
    {"u8,header=4", BYTES("\2abchi\0abc"), GIVES("[hi][]")},
    {"u8,offset=1,header=4", BYTES("a\2bchia\0bc"), GIVES("[hi][]")},
    {"u8,inclusive", BYTES("\3hi\1\2x"), GIVES("[hi][][x]")},
    {"u16be,offset=2,inclusive", BYTES("\3\0\0\6hi\3\0\0\4"), GIVES("[hi][]")},
    {"u16be,offset=2,inclusive", BYTES("\3\0\0\4\3\0\0\3"), MALFORMED("[]", 4)},
    {"u8,inclusive", BYTES("\0"), MALFORMED("", 0)},
    {"u16be,inclusive", BYTES("\0\2\0\1"), MALFORMED("[]", 2)},
    {"u8,adjust=2", BYTES("\0hi\1abc"), GIVES("[hi][abc]")},
    {"u8,adjust=+2", BYTES("\0hi\1abc"), GIVES("[hi][abc]")},
    {"u8,adjust=-2", BYTES("\4hi\2"), GIVES("[hi][]")},
    {"u8,adjust=-2", BYTES("\2\1xxx"), MALFORMED("[]", 1)},
    {"u16be,adjust=-2", BYTES("\0\2\0\1xxx"), MALFORMED("[]", 2)},
    {"u8,adjust=-1,inclusive", BYTES("\4hi\2"), GIVES("[hi][]")},
    {"u8,adjust=-1,inclusive", BYTES("\1"), MALFORMED("", 0)},
    {"u8,adjust=3,inclusive", BYTES("\0hi"), GIVES("[hi]")},
    {"u8,trailer=\\r\\n", BYTES("\2hi\r\n\0\r\n"), GIVES("[hi][]")},
    {"u8,trailer=\\r\\n,keep", BYTES("\2hi\r\n\0\r\n"),
     GIVES("[\\x02hi\\x0d\\x0a][\\x00\\x0d\\x0a]")},
    {"u8,trailer=\\r\\n", BYTES("\2hi\r\n\0\r\r"), MALFORMED("[hi]", 6)},
    {"u8,trailer=\\r\\n", BYTES("\2hi\n"), MALFORMED("", 3)},
    {"u8,trailer=\\r\\n", BYTES("\2hi\r"), TRUNCATED("", 4)},
    {"u8,trailer=\\r\\n", BYTES("\2hi"), TRUNCATED("", 3)},
    {"u64be",
     BYTES("\0\0\0\0\0\0\0\1a\xff\xff\xff\xff\xff\xff\xff\xff"
           "b"),
     FAILS("[a]", CB_EOVERFLOW, 9)},
    {"u64be,adjust=-7", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"), FAILS("", CB_EOVERFLOW, 0)},
    {"u64be,adjust=1", BYTES("\0\0\0\0\0\0\0\0a"), GIVES("[a]")},
    {"u64be,scale=2", BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff"), FAILS("", CB_EOVERFLOW, 0)},
    {"u64be,scale=2", BYTES("\x80\0\0\0\0\0\0\0"), MALFORMED("", 0)},
    {"u64be,adjust=9223372036854775807", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"),
     MALFORMED("", 0)},
    /* The value has bounds, not the payload. */
    {"u8,max=3", BYTES("\3abc\4abcd"), MALFORMED("[abc]", 4)},
    {"u8,max=3,inclusive", BYTES("\3ab\4abc"), MALFORMED("[ab]", 3)},
    {"u16be,offset=1,max=256", BYTES("x\0\0x\1\1"), MALFORMED("[]", 3)},
    {"u8,min=2", BYTES("\2ab\3abc\1a"), MALFORMED("[ab][abc]", 7)},
    {"u8,max=3,keep", BYTES("\3abc\4abcd"), MALFORMED("[\\x03abc]", 4)},
    {"u64be,max=18446744073709551615", BYTES("\0\0\0\0\0\0\0\1a"), GIVES("[a]")},
    /* What bytes of the header must be. */
    {"u8,offset=1,byte=0:00-02", BYTES("\0\1a\2\0\3\1b"), MALFORMED("[a][]", 5)},
    {"u8,offset=1,byte=0:00-02", BYTES("\3"), MALFORMED("", 0)},
    {"u8,offset=1,byte=0:0-2|ff,keep", BYTES("\0\1a\xff\0\3\1b"),
     MALFORMED("[\\x00\\x01a][\\xff\\x00]", 5)},
    {"u8,header=3,byte=2:2a,byte=1:2b", BYTES("\1+*a\1+*b\1**c"), MALFORMED("[a][b]", 9)},
    {"u8,header=3,byte=2:2a,byte=1:2b", BYTES("\1+*a\1++b"), MALFORMED("[a]", 6)},
    {"u16be,byte=0:00", BYTES("\0\1a\1"), MALFORMED("[a]", 3)},
    {"u8,header=2,padding=1,byte=1:0-1,trailer=;", BYTES("\1\1a?;\1\0b;\0\2??;"),
     MALFORMED("[a][b]", 10)},
    /* A wrong byte is reported before a wrong length. */
    {"u8,header=2,byte=1:00,max=5", BYTES("\1\0a\6\1"), MALFORMED("[a]", 4)},
    /* Which frames are records. */
    {"u8,offset=1,only=0:01", BYTES("\1\1a\2\1b\1\0\2\0\1\1c\2\2dd"), GIVES("[a][][c]")},
    {"u8,offset=1,only=0:01", BYTES("\2\1b\2\0"), GIVES("")},
    {"u8,offset=1,only=0:01,keep", BYTES("\2\1b\1\1a\2\0\1\0"), GIVES("[\\x01\\x01a][\\x01\\x00]")},
    {"u8,offset=1,only=0:01", BYTES("\1\1a\2\5b"), TRUNCATED("[a]", 6)},
    {"u8,offset=1,only=0:01", BYTES("\1\1a\2"), TRUNCATED("[a]", 4)},
    {"u8,offset=1,only=0:01,trailer=;", BYTES("\2\2ab;\1\1a;\2\0:"), MALFORMED("[a]", 11)},
    {"u8,header=3,only=2:01,padding=1,trailer=;", BYTES("\1\2\2a??;\1\1\1b?;\0\3\2???;"),
     GIVES("[b]")},
    {"u8,offset=1,only=0:01-03,only=0:02-04", BYTES("\1\1a\2\1b\4\1c\3\1d"), GIVES("[b][d]")},
    {"u8,offset=1,only=0:01,byte=0:01-02", BYTES("\2\1b\1\1a\3\1c"), MALFORMED("[a]", 6)},
    {"u64be,offset=1,only=0:01", BYTES("\2\xff\xff\xff\xff\xff\xff\xff\xff"),
     FAILS("", CB_EOVERFLOW, 0)},
    /* Padding, whose length is in a byte before or after the length. */
    {"u8,header=2,padding=1", BYTES("\2\3hi???\0\1?\1\0x"), GIVES("[hi][][x]")},
    {"u8,header=2,padding=1,keep", BYTES("\2\3hi???\0\1?\1\0x"),
     GIVES("[\\x02\\x03hi???][\\x00\\x01?][\\x01\\x00x]")},
    {"u16le,offset=2,padding=0", BYTES("\3?\2\0hi???\0?\0\0"), GIVES("[hi][]")},
    {"u8,header=2,padding=1,trailer=;", BYTES("\2\1hi;;\0\0;"), GIVES("[hi][]")},
    {"u8,header=2,padding=1,trailer=;", BYTES("\2\1hi;?"), MALFORMED("", 5)},
    {"u8,header=2,padding=1,trailer=;,keep", BYTES("\2\1hi?;"), GIVES("[\\x02\\x01hi?;]")},
    {"u8,header=3,padding=2,inclusive", BYTES("\5-\2hi??\3-\0"), GIVES("[hi][]")},
    {"u8,header=2,padding=1", BYTES("\2\3hi??"), TRUNCATED("", 6)},
    {"u8,header=2,padding=1", BYTES("\1\1a?\2\3hi"), TRUNCATED("[a]", 8)},
    {"u8,header=2,padding=1", BYTES("\1\1a?\2"), TRUNCATED("[a]", 5)},
    {"u8,header=2,padding=1,trailer=;", BYTES("\2\1hi?"), TRUNCATED("", 5)},
    {"u8,header=2,padding=1,adjust=-1", BYTES("\2\1a?\0\0"), MALFORMED("[a]", 4)},
};

#define SEQUENCE "u8,offset=1,header=3,more=2,sequence=2"
/* A frame of the greatest length is not the last one of its record. */
static const struct example joined[] = {
    {"u8,more=3", BYTES(""), GIVES("")},
    {"u8,more=3", BYTES("\3one\3two\2th\0\3fou\0"), GIVES("[onetwoth][][fou]")},
    {"u8,more=3,keep", BYTES("\3one\2tw\1x"), GIVES("[\\x03one\\x02tw][\\x01x]")},
    {"u8,more=3", BYTES("\1a\3one"), TRUNCATED("[a]", 6)},
    {"u8,more=3", BYTES("\3one\3tw"), TRUNCATED("", 7)},
    {"u8,more=3", BYTES("\3one\4four"), MALFORMED("", 4)},
    {"u8,more=3,min=1", BYTES("\1a\3one\0"), MALFORMED("[a]", 6)},
    {"u16be,more=3", BYTES("\0\1a\0\3one\0"), TRUNCATED("[a]", 9)},
    {"u16be,more=3", BYTES("\0\1a\0"), TRUNCATED("[a]", 4)},
    {"u8,more=3,adjust=-1", BYTES("\3on\2e\1"), GIVES("[one][]")},
    {"u8,scale=2,more=2", BYTES("\2four\1tw"), GIVES("[fourtw]")},
    /* The number of a frame follows that of the one before in the same record. */
    {SEQUENCE, BYTES("a\2\1ona\1\2ea\0\0a\2\377twa\0\0"), GIVES("[one][][tw]")},
    {SEQUENCE, BYTES("a\1\7xa\1\5y"), GIVES("[x][y]")},
    {SEQUENCE, BYTES("a\2\1ona\1\3e"), MALFORMED("", 5)},
    {SEQUENCE, BYTES("a\2\1ona\1\1e"), MALFORMED("", 5)},
    {SEQUENCE, BYTES("a\2\1ona\1"), TRUNCATED("", 7)},
    {SEQUENCE, BYTES("a\1\1xa\1"), TRUNCATED("[x]", 6)},
    {"mysql", BYTES("\3\0\0\0one\0\0\0\1"), GIVES("[one][]")},
};

static const struct example varints[] = {
    {"varint", BYTES(""), GIVES("")},
    {"varint", BYTES("\0\2hi\0"), GIVES("[][hi][]")},
    {"varint", BYTES("\x82\0hi"), GIVES("[hi]")},
    {"varint", BYTES("\x82\x80\x80\x80\x80\x80\x80\x80\x80\0hi"), GIVES("[hi]")},
    {"varint", BYTES("\x82\x80\x80\x80\x80\x80\x80\x80\x80\x80\0hi"), MALFORMED("", 9)},
    {"varint", BYTES("\1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\2"), MALFORMED("[a]", 11)},
    {"varint", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"), FAILS("", CB_EOVERFLOW, 0)},
    {"varint", BYTES("\x82"), TRUNCATED("", 1)},
    {"varint", BYTES("\2h"), TRUNCATED("", 2)},
    {"varint,keep", BYTES("\0\2hi\x81\0x"), GIVES("[\\x00][\\x02hi][\\x81\\x00x]")},
    {"varint,offset=1", BYTES("X\2hi\xff\0"), GIVES("[hi][]")},
    {"varint,offset=1", BYTES("X\2hi\xff"), TRUNCATED("[hi]", 5)},
    {"varint,inclusive", BYTES("\3hi\1\x83\0x"), GIVES("[hi][][x]")},
    {"varint,inclusive", BYTES("\1\0"), MALFORMED("[]", 1)},
    {"varint,inclusive,max=1", BYTES("\1\x81\0"), MALFORMED("[]", 1)},
    {"varint,offset=1,inclusive", BYTES("X\4hi"), GIVES("[hi]")},
    {"varint,adjust=-1", BYTES("\3hi\1"), GIVES("[hi][]")},
    {"varint,adjust=-1", BYTES("\1\0"), MALFORMED("[]", 1)},
    {"varint,adjust=2", BYTES("\0hi"), GIVES("[hi]")},
    {"vlq", BYTES("\x82\x80\x80\x80\x80\x80\x80\x80\x80\0"), MALFORMED("", 9)},
    {"quic,max-width=2", BYTES("\1a\x40\1b\x80\0\0\1c"), MALFORMED("[a][b]", 5)},
    {"varint,canonical", BYTES("\1a\x81\0"), MALFORMED("[a]", 3)},
    {"varint,max-width=2", BYTES("\x81\0a\1b\x80\x80\1"), MALFORMED("[a][b]", 6)},
    {"varint,max-width=1", BYTES("\1a\x81\0b"), MALFORMED("[a]", 2)},
    {"varint,max=300", BYTES("\1a\xad\2"), MALFORMED("[a]", 2)},
    {"varint,min=1", BYTES("\1a\x80\0"), MALFORMED("[a]", 2)},
    {"varint,offset=2,byte=1:61-62", BYTES("xa\1axb\0xc\1a"), MALFORMED("[a][]", 8)},
    {"varint,byte=0:00-7f", BYTES("\1a\x81\0a"), MALFORMED("[a]", 2)},
    {"varint,offset=1,only=0:31", BYTES("1\1a2\x82\0bc1\0002"), TRUNCATED("[a][]", 11)},
    {"varint,offset=1,only=0:31", BYTES("1\1a2\x82\0bc1\0"), GIVES("[a][]")},
};

static const struct example asciis[] = {
    {"dec", BYTES(""), GIVES("")},
    {"dec", BYTES("2\nhi0\n10\n0123456789"), GIVES("[hi][][0123456789]")},
    {"dec", BYTES("002\nhi00\n"), GIVES("[hi][]")},
    {"dec", BYTES("2hi"), MALFORMED("", 1)},
    {"dec", BYTES("\n"), MALFORMED("", 0)},
    {"dec", BYTES("1\na-1\na"), MALFORMED("[a]", 3)},
    {"dec", BYTES("+1\na"), MALFORMED("", 0)},
    {"dec", BYTES(" 1\na"), MALFORMED("", 0)},
    {"dec", BYTES("1 \na"), MALFORMED("", 1)},
    {"dec", BYTES("1\r\na"), MALFORMED("", 1)},
    {"dec", BYTES("0x1\na"), MALFORMED("", 1)},
    {"dec", BYTES("2\nh"), TRUNCATED("", 3)},
    {"dec", BYTES("2\nhi2"), TRUNCATED("[hi]", 5)},
    {"dec", BYTES("00000000000000000002\nhi"), GIVES("[hi]")},
    {"dec", BYTES("000000000000000000002\nhi"), MALFORMED("", 20)},
    {"dec", BYTES("18446744073709551615\n"), FAILS("", CB_EOVERFLOW, 0)},
    {"dec", BYTES("18446744073709551616\n"), MALFORMED("", 19)},
    {"dec", BYTES("99999999999999999999\n"), MALFORMED("", 19)},
    {"dec:\\r\\n", BYTES("2\r\nhi0\r\n"), GIVES("[hi][]")},
    {"dec:\\r\\n", BYTES("2\rXhi"), MALFORMED("", 2)},
    {"dec:\\r\\n", BYTES("2\r2\nhi"), MALFORMED("", 2)},
    {"dec:\\r\\n,trailer=\\r\\n", BYTES("2\r\nhi\r\n0\r\n\r\n"), GIVES("[hi][]")},
    {"dec:\\r\\n,trailer=\\r\\n", BYTES("2\r\nhi\r\n0\r\n\n"), MALFORMED("[hi]", 10)},
    {"dec: 5,trailer=;", BYTES("1 5a;2 5hi;"), GIVES("[a][hi]")},
    {"dec,canonical", BYTES("0\n1\na10\n0123456789"), GIVES("[][a][0123456789]")},
    {"dec,canonical", BYTES("1\na01\na"), MALFORMED("[a]", 4)},
    {"dec,canonical", BYTES("00\n"), MALFORMED("", 1)},
    {"dec,keep", BYTES("2\nhi0\n"), GIVES("[2\\x0ahi][0\\x0a]")},
    {"dec,trailer=;,keep", BYTES("2\nhi;"), GIVES("[2\\x0ahi;]")},
    {"hex", BYTES("2\nhia\n0123456789A\n0123456789"), GIVES("[hi][0123456789][0123456789]")},
    {"hex", BYTES("0000000000000002\nhi"), GIVES("[hi]")},
    {"hex", BYTES("00000000000000002\nhi"), MALFORMED("", 16)},
    {"hex", BYTES("g\n"), MALFORMED("", 0)},
    {"hex", BYTES("ffffffffffffffff\n"), FAILS("", CB_EOVERFLOW, 0)},
    {"hex:;", BYTES("2;hi0;"), GIVES("[hi][]")},
    {"dec,max=10",
     BYTES("10\n0123456789"
           "11\n"),
     MALFORMED("[0123456789]", 13)},
    {"dec,min=2", BYTES("2\nhi1\na"), MALFORMED("[hi]", 4)},
    {"netstring", BYTES("5:hello,0:,12:hello world!,"), GIVES("[hello][][hello world!]")},
    {"netstring,keep", BYTES("5:hello,0:,"), GIVES("[5:hello,][0:,]")},
    {"netstring", BYTES("05:hello,"), MALFORMED("", 1)},
    {"netstring", BYTES("00:,"), MALFORMED("", 1)},
    {"netstring", BYTES("5 :hello,"), MALFORMED("", 1)},
    {"netstring", BYTES("5;hello,"), MALFORMED("", 1)},
    {"netstring", BYTES(":hello,"), MALFORMED("", 0)},
    {"netstring", BYTES("5:hello;"), MALFORMED("", 7)},
    {"netstring", BYTES("5:hello,5:hell"), TRUNCATED("[hello]", 14)},
    {"netstring", BYTES("5:hello,5:hello"), TRUNCATED("[hello]", 15)},
    {"netstring", BYTES("5:hello,5"), TRUNCATED("[hello]", 9)},
};

static const struct example digits[] = {
    {"dec,digits=3", BYTES("002hi0000100123456789"), GIVES("[hi][][0123456789]")},
    {"dec,digits=2", BYTES("02hi0003abc"), GIVES("[hi][][abc]")},
    {"dec,digits=2", BYTES("2\n"), MALFORMED("", 1)},
    {"dec,digits=2", BYTES("02hi 3abc"), MALFORMED("[hi]", 4)},
    {"dec,digits=2", BYTES("0"), TRUNCATED("", 1)},
    {"dec,digits=2", BYTES("03ab"), TRUNCATED("", 4)},
    {"dec,digits=2,trailer=;", BYTES("02hi;00;"), GIVES("[hi][]")},
    {"dec,digits=2,trailer=;", BYTES("02hi:"), MALFORMED("", 4)},
    {"dec,digits=2,keep", BYTES("02hi00"), GIVES("[02hi][00]")},
    {"dec,digits=2,max=3", BYTES("03abc04abcd"), MALFORMED("[abc]", 5)},
    {"dec,digits=2,min=1", BYTES("01a00"), MALFORMED("[a]", 3)},
    {"dec,digits=20", BYTES("18446744073709551616"), MALFORMED("", 19)},
    {"dec,digits=20", BYTES("18446744073709551615"), FAILS("", CB_EOVERFLOW, 0)},
    {"hex,digits=2", BYTES("02hi0A0123456789"), GIVES("[hi][0123456789]")},
    {"hex,digits=2,inclusive", BYTES("04hi02"), GIVES("[hi][]")},
    {"hex,digits=2,inclusive", BYTES("03a01"), MALFORMED("[a]", 3)},
    {"hex,digits=2,inclusive", BYTES("03a00"), MALFORMED("[a]", 3)},
    {"hex,digits=2,control=2", BYTES("000102hi"), GIVES("[][][hi]")},
    {"hex,digits=2,control=2,keep", BYTES("000102hi"), GIVES("[00][01][02hi]")},
    /* gitprotocol-common(5): its four examples, the marks, and the limits. */
    {"pkt-line", BYTES("0006a\n0005a000bfoobar\n0004"), GIVES("[a\\x0a][a][foobar\\x0a][]")},
    {"pkt-line", BYTES("0005a0000000100020005b"), GIVES("[a][][][][b]")},
    {"pkt-line,keep", BYTES("0005a0000000100020004"), GIVES("[0005a][0000][0001][0002][0004]")},
    {"pkt-line", BYTES("0005a0003"), MALFORMED("[a]", 5)},
    {"pkt-line", BYTES("0005afff1"), MALFORMED("[a]", 5)},
    {"pkt-line", BYTES("0005afff0a"), TRUNCATED("[a]", 10)},
    {"pkt-line", BYTES("0005aFFF0"), TRUNCATED("[a]", 9)},
    {"pkt-line", BYTES("0005a000"), TRUNCATED("[a]", 8)},
    {"pkt-line", BYTES("0005a00x0"), MALFORMED("[a]", 7)},
    {"pkt-line", BYTES("0005a-001"), MALFORMED("[a]", 5)},
};

START_TEST(binary_lengths_are_followed_or_refused)
{
    check_example(&lengths[_i], false);
}
END_TEST

START_TEST(frames_of_one_record_are_joined_in_order)
{
    check_example(&joined[_i], true);
}
END_TEST

START_TEST(varint_lengths_are_followed_or_refused)
{
    check_example(&varints[_i], false);
}
END_TEST

START_TEST(ascii_lengths_are_followed_or_refused)
{
    check_example(&asciis[_i], false);
}
END_TEST

START_TEST(lengths_of_so_many_digits_are_followed_or_refused)
{
    check_example(&digits[_i], false);
}
END_TEST

/* ------------------------------------------------------- options and boundaries */

START_TEST(lengths_beyond_64_bits_are_refused_whatever_the_adjustment)
{
    static const char *const specifications[] = {
        "u64be,adjust=1", "u64be,adjust=9223372036854775807", "u64le,adjust=2,inclusive",
        "u64be,adjust=9,inclusive", "u64be,offset=8,trailer=x,adjust=8"};
    uint8_t input[64];

    memset(input, 0xff, sizeof input);
    for (size_t i = 0; i < COUNT(specifications); i++) {
        for (size_t step = 1; step <= sizeof input; step += 21) {
            struct way way = {.call = BY_BATCH + 3, .cut = step, .step = step};
            struct record_list records;
            struct outcome outcome =
                read_input(specifications[i], NULL, input, sizeof input, &way, &records);

            expect(outcome.status == CB_EMALFORMED || outcome.status == CB_EOVERFLOW, "%s gives %d",
                   specifications[i], outcome.status);
            expect(outcome.offset == 0, "%s fails at %" PRIu64, specifications[i], outcome.offset);
            expect(records.size == 0, "%s gives bytes", specifications[i]);
            list_free(&records);
        }
    }
}
END_TEST

static Suite *lengths_suite(void)
{
    Suite *suite = suite_create("lengths");
    TCase *records_case = add_case(suite, "records");
    TCase *bounds_case = add_case(suite, "bounds");

    tcase_add_loop_test(records_case, binary_lengths_are_followed_or_refused, 0,
                        (int)COUNT(lengths));
    tcase_add_loop_test(records_case, frames_of_one_record_are_joined_in_order, 0,
                        (int)COUNT(joined));
    tcase_add_loop_test(records_case, varint_lengths_are_followed_or_refused, 0,
                        (int)COUNT(varints));
    tcase_add_loop_test(records_case, ascii_lengths_are_followed_or_refused, 0, (int)COUNT(asciis));
    tcase_add_loop_test(records_case, lengths_of_so_many_digits_are_followed_or_refused, 0,
                        (int)COUNT(digits));
    tcase_add_test(bounds_case, lengths_beyond_64_bits_are_refused_whatever_the_adjustment);
    return suite;
}

int main(void)
{
    return run_suite(lengths_suite());
}
