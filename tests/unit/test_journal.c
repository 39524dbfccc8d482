/* SPDX-License-Identifier: MIT */
/* Entries of the journal export format, https://systemd.io/JOURNAL_EXPORT_FORMATS. */
#include "reading.h"
#include "streams.h"

static const struct example entries[] = {
    {"journal", BYTES(""), GIVES("")},
    {"journal", BYTES("A=b\n\nC=d\nE=f\n\n"), GIVES("[A=b\\x0a][C=d\\x0aE=f\\x0a]")},
    {"journal,keep", BYTES("A=b\n\nC=d\nE=f\n\n"), GIVES("[A=b\\x0a\\x0a][C=d\\x0aE=f\\x0a\\x0a]")},
    /* Empty lines before an entry belong to none. */
    {"journal", BYTES("\n\nA=b\n\n\n\nC=d\n\n\n"), GIVES("[A=b\\x0a][C=d\\x0a]")},
    {"journal,keep", BYTES("\nA=b\n\n\nC=d\n\n\n"), GIVES("[A=b\\x0a\\x0a][C=d\\x0a\\x0a]")},
    {"journal", BYTES("\n\n\n"), GIVES("")},
    /* The example of the specification, and bytes that look like the end of an entry. */
    {"journal", BYTES("MESSAGE\n\7\0\0\0\0\0\0\0foo\nbar\n_PID=1\n\n"),
     GIVES("[MESSAGE\\x0a\\x07\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
           "foo\\x0abar\\x0a_PID=1\\x0a]")},
    {"journal", BYTES("M\n\4\0\0\0\0\0\0\0\n\n\n\n\n\nA=\n\n"),
     GIVES("[M\\x0a\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x0a\\x0a\\x0a\\x0a\\x0a][A=\\x0a]")},
    {"journal", BYTES("M\n\0\0\0\0\0\0\0\0\n\n"),
     GIVES("[M\\x0a\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x0a]")},
    {"journal", BYTES("A0_9==\r\xff\n\n"), GIVES("[A0_9==\\x0d\\xff\\x0a]")},
    /* Names. */
    {"journal", BYTES("=b\n\n"), MALFORMED("", 0)},
    {"journal", BYTES("A=b\n=\n\n"), MALFORMED("", 4)},
    {"journal", BYTES("A=b\n0A=\n\n"), MALFORMED("", 4)},
    {"journal", BYTES("A=b\nMESSAGe=\n\n"), MALFORMED("", 10)},
    {"journal", BYTES("A B=\n\n"), MALFORMED("", 1)},
    {"journal", BYTES("A=b\r\n\r\n"), MALFORMED("", 5)},
    /* Sizes. */
    {"journal", BYTES("A\n\1\0\0\0\0\0\0\0bc=\n\n"), MALFORMED("", 11)},
    {"journal",
     BYTES("A\n\xff\xff\xff\xff\xff\xff\xff\xff"
           "b"),
     MALFORMED("", 9)},
    /* The last entry has an empty line, too. */
    {"journal", BYTES("A=b\n\nC=d\n"), TRUNCATED("[A=b\\x0a]", 9)},
    {"journal", BYTES("A=b\n\nC=d"), TRUNCATED("[A=b\\x0a]", 8)},
    {"journal", BYTES("A=b\n\nC"), TRUNCATED("[A=b\\x0a]", 6)},
    {"journal", BYTES("A\n\1\0\0"), TRUNCATED("", 5)},
    {"journal", BYTES("A\n\3\0\0\0\0\0\0\0bc"), TRUNCATED("", 12)},
    {"journal", BYTES("A\n\1\0\0\0\0\0\0\0b"), TRUNCATED("", 11)},
};

START_TEST(entries_end_at_an_empty_line)
{
    check_example(&entries[_i], false);
}
END_TEST

static const struct limited limits[] = {
    {"journal", BYTES("A=b\n\nCD=e\n\n"), 4, CB_PARTIAL_DEFAULT,
     FAILS("[A=b\\x0a]", CB_EOVERFLOW, 5)},
    {"journal", BYTES("A=b\n\nCD=e\n"), 9, CB_PARTIAL_EMIT, GIVES("[A=b\\x0a][CD=e\\x0a]")},
    {"journal", BYTES("A=b\n\nCD=e\n"), 9, CB_PARTIAL_DROP, GIVES("[A=b\\x0a]")},
    {"journal", BYTES("A=b\n\nCD=e"), 9, CB_PARTIAL_EMIT, GIVES("[A=b\\x0a][CD=e]")},
    {"journal",
     BYTES("A\n\0\0\0\0\0\0\0\x7f"
           "b"),
     0, CB_PARTIAL_DEFAULT, TRUNCATED("", 11)},
};

START_TEST(limits_and_unfinished_entries_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

START_TEST(random_entries_are_read_alike_in_every_way)
{
    check_random("journal", false, BYTES("\n\n\nAB=\0\0\0\0\0\0\0\0\1"), (uint64_t)_i);
    check_random("journal,keep", false, BYTES("\n\nA="), (uint64_t)_i);
}
END_TEST

static Suite *journal_suite(void)
{
    Suite *suite = suite_create("journal");
    TCase *all = add_case(suite, "entries");

    tcase_add_loop_test(all, entries_end_at_an_empty_line, 0, (int)COUNT(entries));
    tcase_add_loop_test(all, limits_and_unfinished_entries_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_loop_test(all, random_entries_are_read_alike_in_every_way, 0, 2);
    return suite;
}

int main(void)
{
    return run_suite(journal_suite());
}
