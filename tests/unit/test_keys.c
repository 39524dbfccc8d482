/* SPDX-License-Identifier: MIT */
/*
 * Which specifications framings accept, and which they refuse: keys and values that are wrong
 * or cannot be combined, each with the column of the error.  (test_spec.c has the grammar.)
 */
#include <stdio.h>

#include "reading.h"

struct fault {
    const char *specification;
    uint64_t column;
};

static const struct fault faults[] = {
    {"nonsense", 0},
    {"Line", 0},
    {"", 0},
    {"raw", 0},
    {"none", 0},
    {"line:x", 5},
    {"line,or=x", 5},
    {"line,skip-empty=yes", 5},
    {"line,skip-empty,skip-empty", 16},
    {"line,keep=1", 5},
    {"line,keep,keep", 10},
    {"lf:x", 3},
    {"lf,or=x", 3},
    {"delim", 5},
    {"delim,or=x", 5},
    {"delim:", 6},
    {"delim:a,or=", 8},
    {"delim:a,or", 8},
    {"delim:a,or=\\q", 11},
    {"delim:a,b", 8},
    {"start", 5},
    {"start:", 6},
    {"start:a,skip-empty", 8},
    {"start,or=a", 5},
    {"start:a,or", 8},
    {"start:a,or=", 8},
    {"start:a,line=1", 8},
    {"start:a,or=\\w", 11},
    {"delim:a\\d", 7},
    {"delim:a,or=\\.", 11},
    {"u8,trailer=\\d", 11},
    {"u8,byte=\\d", 8},
    {"fixed", 5},
    {"fixed:0", 6},
    {"fixed:-1", 6},
    {"fixed:x", 6},
    {"fixed:", 6},
    {"fixed:1K", 6},
    {"fixed:18446744073709551616", 6},
    {"fixed:3,pad=", 8},
    {"fixed:3,pad=xy", 8},
    {"u8:1", 3},
    {"u12be", 0},
    {"u16", 0},
    {"u16be,offset=-1", 6},
    {"u16be,offset", 6},
    {"u16be,offset=4095", 6},
    {"u16be,offset=18446744073709551615", 6},
    {"u16be,header=1", 6},
    {"u16be,offset=2,header=3", 15},
    {"u16be,header=4097", 6},
    {"u16be,adjust=", 6},
    {"u16be,adjust=+", 6},
    {"u16be,adjust=--1", 6},
    {"u16be,adjust=9223372036854775808", 6},
    {"u16be,inclusive=1", 6},
    {"u16be,trailer=", 6},
    {"u16be,offset=1,offset=1", 15},
    {"u16be,padding=2", 6},
    {"u16be,padding=0", 6},
    {"u16be,padding=1", 6},
    {"u16be,header=4,padding=4", 15},
    {"u16be,padding=x", 6},
    {"u16be,padding=18446744073709551614", 6},
    {"u16be,padding=18446744073709551615", 6},
    {"u16be,more=9,sequence=18446744073709551615", 13},
    {"u64be,more=18446744073709551615", 6},
    {"u16be,more=18446744073709551615", 6},
    {"u16be,header=18446744073709551615", 6},
    {"u8,byte=18446744073709551616:0", 3},
    {"u16be,offset=1,lead=a", 15},
    {"varint,offset=1,lead=a", 16},
    {"fixed:3,pad=x", 8},
    {"fcgi,lead=x", 5},
    {"docker,lead=x", 7},
    /* Where the other key is not the caller's. */
    {"kafka,more=0", 6},
    {"mysql,trailer=x", 6},
    {"mysql,max=9", 6},
    {"mysql,align=2", 6},
    {"mysql,padding=0", 6},
    {"mysql,offset=3", 6},
    {"mysql,offset=1", 6},
    {"mysql,min=16777215", 6},
    {"mysql,scale=18446744073709551615", 6},
    {"octet,max=0", 6},
    {"pkt-line,min=1", 9},
    {"pkt-line,trailer=x", 9},
    {"u8,offset=255,inclusive", 14},
    {"u8,min=1,max=0", 3},
    {"tpkt,more=1", 5},
    {"csv,quote=\\,", 4},
    {"websocket,mask", 10},
    {"websocket,data,text", 15},
    {"u8,offset=1,byte=0", 12},
    {"u8,byte", 3},
    {"u8,byte=", 3},
    {"u8,byte=0:", 3},
    {"u8,byte=:0", 3},
    {"u8,byte=x:0", 3},
    {"u8,byte=-1:0", 3},
    {"u8,byte=0:g", 3},
    {"u8,byte=0:000", 3},
    {"u8,byte=0:0-", 3},
    {"u8,byte=0:2-1", 3},
    {"u8,byte=0:0|", 3},
    {"u8,byte=0:|0", 3},
    {"u8,byte=0:0 ", 3},
    {"u8,byte=0:0,byte=1:0", 12},
    {"u8,byte=18446744073709551615:0", 3},
    {"u8,only=1:0", 3},
    {"varint,byte=1:0", 7},
    {"fixed:2,byte=2:0", 8},
    {"fixed:2,only=x", 8},
    {"docker,byte=8:0", 7},
    {"u8,max=x", 3},
    {"u8,max=256", 3},
    {"u24be,offset=1,max=16777216", 15},
    {"u8,min=2,max=1", 3},
    {"u8,min=256", 3},
    {"u8,adjust=-256", 3},
    {"u8,adjust=-2,max=1", 3},
    {"varint,inclusive,max=0", 7},
    {"varint,min=2,max=1", 7},
    {"varint,max-width=0", 7},
    {"varint,max-width=11", 7},
    {"kafka,max=9", 6},
    {"dec,min=2,max=1", 4},
    {"hex,digits=4,control=1,min=1", 23},
    {"varint,offset=1,padding=0", 16},
    {"varint:1", 7},
    {"varint,offset=1,header=1", 16},
    {"varint,header=4088", 7},
    {"varint,offset=4087", 7},
    {"dec:0", 4},
    {"dec:9x", 4},
    {"dec:", 4},
    {"dec,trailer", 4},
    {"hex:f", 4},
    {"hex:A", 4},
    {"hex:0", 4},
    {"dec,digits=0", 4},
    {"dec,digits=21", 4},
    {"hex,digits=17", 4},
    {"hex,digits=4294967297", 4},
    {"hex,digits=x", 4},
    {"dec:;,digits=4", 6},
    {"dec,digits=4,canonical", 13},
    {"dec,inclusive", 4},
    {"dec,control=1", 4},
    {"dec,digits=2,max=100", 13},
    {"hex,digits=2,max=256", 13},
    {"hex,digits=4,inclusive,max=3", 23},
    {"hex,digits=4,max=9,control=10", 19},
    {"hex,digits=4,control=1,trailer=x", 23},
    {"netstring,digits=2", 10},
    {"pkt-line,digits=4", 9},
    {"pkt-line:x", 9},
    {"tfrecord:x", 9},
    {"tfrecord,offset=1", 9},
    {"bson,keep,keep", 10},
    {"netstring:x", 10},
    {"chunked:x", 8},
    {"chunked,lf=1", 8},
    {"chunked,crlf", 8},
    {"chunked,pad=1", 8},
    {"http:x", 5},
    {"http,lf=1", 5},
    {"content-length:5", 15},
    {"content-length,or=a23456789b123456789c123456789d123", 15},
    {"content-length,or=a\\x20b", 15},
    {"resp,inline,aof", 12},
    {"u8,header=2,align=2,padding=1", 12},
    {"u8,align=0", 3},
    {"u8,align=2147483648", 3},
    {"u8,scale=0", 3},
    {"u8,more=3,align=2", 3},
    {"u8,more=3,trailer=x", 3},
    {"u8,more=256", 3},
    {"u8,more=3,max=4", 10},
    {"u8,min=3,more=3", 9},
    {"u8,more=3,adjust=-3", 3},
    {"u8,more=3,adjust=-4", 10},
    {"u64be,more=18446744073709551614,adjust=8", 6},
    {"u8,sequence=0", 3},
    {"csv,quote=\\n", 4},
    {"csv,escape=\\r", 4},
    {"csv,sep=\\n", 4},
    {"csv,sep=\"", 4},
    {"csv,quote=;,sep=;", 12},
    {"csv,sep=;,escape=;", 10},
};

START_TEST(a_wrong_specification_is_refused_with_its_column)
{
    check_wrong_specification(faults[_i].specification, faults[_i].column);
}
END_TEST

static const char *const accepted[] = {
    "line,keep,skip-empty",
    "delim:a,skip-empty,or=b,keep,or=c",
    "start:\\,,keep",
    "start:\\d\\.,or=a,line,blank,or=\\n",
    "fixed:1,keep",
    "fixed:18446744073709551615",
    "u16be,offset=4094,header=4096",
    "u8,max=255",
    "u16be,offset=0,adjust=0",
    "u64le,adjust=-9223372036854775807",
    "varint,offset=4086",
    "varint,offset=1,header=4087,trailer=;",
    "varint,max=18446744073709551615",
    "hex:g",
    "dec:a",
    "dec:x9",
    "netstring,keep",
    "crlf,skip-empty",
    "chunked,lf,pad,keep",
    "content-length,or=a23456789b123456789c123456789d12",
    "u16be,offset=1,padding=0",
    "u16be,header=3,padding=2",
    "u16be,offset=3,padding=2",
    "u8,byte=0:00-7f|80-FF,byte=0:0,only=0:0",
    "u8,byte=0:41-41",
    "docker,byte=7:00,only=0:01",
    "fixed:18446744073709551615,byte=18446744073709551614:0",
    "dec,max=9",
    "bson,keep",
    "dec:;,canonical,min=1,max=1",
    "dec,digits=20,max=18446744073709551615",
    "hex,digits=16",
    "hex,digits=4,max=65535,control=65535",
    "hex,digits=4,inclusive,max=4",
    "pkt-line,keep",
    "tfrecord,keep",
    "http,lf,keep",
    "content-length,lf,keep",
};

/* cb-framing(7) has the number. */
START_TEST(marks_have_4096_bytes_together_at_most)
{
    static char specification[8192];
    struct cb_decoder *decoder;

    snprintf(specification, sizeof specification, "start:%02048d,or=%02048d", 0, 0);
    ck_assert_int_eq(cb_decoder_new(&decoder, specification, NULL, NULL), CB_OK);
    cb_decoder_free(decoder);
    snprintf(specification, sizeof specification, "start:%02048d,or=%02049d", 0, 0);
    check_wrong_specification(specification, 6 + 2048 + 1);
}
END_TEST

START_TEST(a_right_specification_is_accepted)
{
    struct cb_error error = {.code = CB_OK};
    struct cb_decoder *decoder = NULL;

    ck_assert_msg(cb_decoder_new(&decoder, accepted[_i], NULL, &error) == CB_OK, "'%s': %s",
                  accepted[_i], error.text);
    cb_decoder_free(decoder);
}
END_TEST

static Suite *keys_suite(void)
{
    Suite *suite = suite_create("keys");
    TCase *specifications = add_case(suite, "specifications");

    tcase_add_loop_test(specifications, a_wrong_specification_is_refused_with_its_column, 0,
                        (int)COUNT(faults));
    tcase_add_test(specifications, marks_have_4096_bytes_together_at_most);
    tcase_add_loop_test(specifications, a_right_specification_is_accepted, 0, (int)COUNT(accepted));
    return suite;
}

int main(void)
{
    return run_suite(keys_suite());
}
