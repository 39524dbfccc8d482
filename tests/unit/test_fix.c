/* SPDX-License-Identifier: MIT */
/* FIX messages in the tag=value encoding.  Checksums are from Python: "%03d" % (sum(b) % 256). */
#include "reading.h"
#include "streams.h"

/* In the notation of reading.h. */
#define HEARTBEAT "[8=FIX.4.2\\x019=5\\x0135=0\\x0110=161\\x01]"
#define NEWS "[8=FIXT.1.1\\x019=022\\x0135=B\\x0195=8\\x0196=x\\x0110=000\\x0110=154\\x01]"

static const struct example messages[] = {
    {"fix", BYTES(""), GIVES("")},
    {"fix", BYTES(FIX_HEARTBEAT FIX_HEARTBEAT), GIVES(HEARTBEAT HEARTBEAT)},
    /* Only BodyLength tells where a message ends. */
    {"fix", BYTES(FIX_NEWS FIX_HEARTBEAT), GIVES(NEWS HEARTBEAT)},
    {"fix,keep", BYTES(FIX_HEARTBEAT FIX_NEWS), GIVES(HEARTBEAT NEWS)},
    /* What stands between messages, before one, or in its fields' place. */
    {"fix", BYTES(FIX_HEARTBEAT "\n" FIX_HEARTBEAT), MALFORMED(HEARTBEAT, 26)},
    {"fix", BYTES("20240101: "), MALFORMED("", 0)},
    {"fix", BYTES("8=FIY"), MALFORMED("", 4)},
    {"fix", BYTES("8=FIX\1"), MALFORMED("", 5)},
    {"fix", BYTES("8=FIX.4.2|9=5|"), TRUNCATED("", 14)},
    {"fix", BYTES("8=FIX.4.2\n"), MALFORMED("", 9)},
    {"fix", BYTES("8=FIX.4.2\x7f"), MALFORMED("", 9)},
    {"fix", BYTES("8=FIX.4.2.4.2.4.4.2.4.2.4.2.4.2.4.2.4.2\1"), MALFORMED("", 37)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "35=0\1"),
     MALFORMED("", 10)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=\1"),
     MALFORMED("", 12)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=-5\1"),
     MALFORMED("", 12)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=5 \1"),
     MALFORMED("", 13)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=4\1"),
     MALFORMED("", 13)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=18446744073709551616\1"),
     MALFORMED("", 31)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=000000000000000000005\1"),
     MALFORMED("", 32)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=5\1"
           "34=0\1"),
     MALFORMED("", 15)},
    /* The checksum, and the fields around it. */
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=5\1"
           "35=0\1"
           "10=162\1"),
     MALFORMED("", 18)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=5\1"
           "35=0|10=161\1"),
     MALFORMED("", 18)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=5\1"
           "35=0\1"
           "58=161\1"),
     MALFORMED("", 18)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=5\1"
           "35=0\1"
           "10=161|"),
     MALFORMED("", 18)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=5\1"
           "35=0\1"
           "10=16"),
     TRUNCATED("", 24)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=5\1"
           "35="),
     TRUNCATED("", 17)},
    {"fix", BYTES("8=FIX.4"), TRUNCATED("", 7)},
};

START_TEST(messages_end_by_their_body_length)
{
    check_example(&messages[_i], false);
}
END_TEST

static const struct limited limits[] = {
    {"fix", BYTES(FIX_HEARTBEAT FIX_NEWS), 26, CB_PARTIAL_DEFAULT,
     FAILS(HEARTBEAT, CB_EOVERFLOW, 26)},
    {"fix",
     BYTES(FIX_HEARTBEAT "8=FIX.4.2\1"
                         "9=5\1"
                         "35=0\1"),
     99, CB_PARTIAL_EMIT, GIVES(HEARTBEAT "[8=FIX.4.2\\x019=5\\x0135=0\\x01]")},
    {"fix",
     BYTES(FIX_HEARTBEAT "8=FIX.4.2\1"
                         "9=5\1"
                         "35=0\1"),
     99, CB_PARTIAL_DROP, GIVES(HEARTBEAT)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=18446744073709551615\1"
           "35=0"),
     99, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"fix",
     BYTES("8=FIX.4.2\1"
           "9=9999999\1"
           "35=0"),
     0, CB_PARTIAL_DEFAULT, TRUNCATED("", 24)},
};

START_TEST(limits_and_unfinished_messages_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

START_TEST(random_messages_are_read_alike_in_every_way)
{
    check_random("fix", false,
                 BYTES("8=FIX\1"
                       "9=5\1"
                       "350"),
                 (uint64_t)_i);
}
END_TEST

static Suite *fix_suite(void)
{
    Suite *suite = suite_create("fix");
    TCase *all = add_case(suite, "messages");

    tcase_add_loop_test(all, messages_end_by_their_body_length, 0, (int)COUNT(messages));
    tcase_add_loop_test(all, limits_and_unfinished_messages_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_loop_test(all, random_messages_are_read_alike_in_every_way, 0, 2);
    return suite;
}

int main(void)
{
    return run_suite(fix_suite());
}
