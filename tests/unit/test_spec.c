/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "framing/spec.h"
#include "support.h"

static struct counting counting;

static void setup(void)
{
    counting_init(&counting);
}

static void teardown(void)
{
    counting_fini(&counting);
}

static void parse(struct cb__spec *spec, const char *text)
{
    struct cb_error error = {.code = CB_OK};

    ck_assert_msg(cb__spec_parse(spec, text, &counting.hooks, &error) == CB_OK, "'%s': %s", text,
                  error.text);
}

static void assert_bytes(const struct cb__bytes *bytes, const void *data, size_t size)
{
    ck_assert_uint_eq(bytes->length, size);
    ck_assert(memcmp(bytes->data, data, size) == 0);
}

/* ------------------------------------------------------------------ grammar */

START_TEST(a_name_alone_has_no_settings)
{
    struct cb__spec spec;

    parse(&spec, "line");
    assert_bytes(&spec.name, BYTES("line"));
    ck_assert_uint_eq(spec.count, 0);
    cb__spec_fini(&spec);
}
END_TEST

START_TEST(an_argument_and_keys_are_told_apart)
{
    struct cb__spec spec;

    parse(&spec, "dec::,trailer=\\,,canonical,x=");
    assert_bytes(&spec.name, BYTES("dec"));
    ck_assert_uint_eq(spec.count, 4);

    assert_bytes(&spec.settings[0].key, BYTES(""));
    assert_bytes(&spec.settings[0].value, BYTES(":"));
    ck_assert(spec.settings[0].has_value);
    ck_assert_uint_eq(spec.settings[0].column, 4);

    assert_bytes(&spec.settings[1].key, BYTES("trailer"));
    assert_bytes(&spec.settings[1].value, BYTES(","));
    ck_assert(spec.settings[1].has_value);
    ck_assert_uint_eq(spec.settings[1].column, 6);

    assert_bytes(&spec.settings[2].key, BYTES("canonical"));
    assert_bytes(&spec.settings[2].value, BYTES(""));
    ck_assert(!spec.settings[2].has_value);
    ck_assert_uint_eq(spec.settings[2].column, 17);

    assert_bytes(&spec.settings[3].key, BYTES("x"));
    assert_bytes(&spec.settings[3].value, BYTES(""));
    ck_assert(spec.settings[3].has_value);
    ck_assert_uint_eq(spec.settings[3].column, 27);
    cb__spec_fini(&spec);
}
END_TEST

START_TEST(an_argument_may_hold_colons_and_equal_signs)
{
    struct cb__spec spec;

    parse(&spec, "delim:a:=b,or=c=:d");
    ck_assert_uint_eq(spec.count, 2);
    assert_bytes(&spec.settings[0].value, BYTES("a:=b"));
    assert_bytes(&spec.settings[1].value, BYTES("c=:d"));
    cb__spec_fini(&spec);
}
END_TEST

START_TEST(an_empty_argument_is_one)
{
    struct cb__spec spec;

    parse(&spec, "delim:");
    ck_assert_uint_eq(spec.count, 1);
    ck_assert(spec.settings[0].has_value);
    assert_bytes(&spec.settings[0].value, BYTES(""));
    ck_assert_uint_eq(spec.settings[0].column, 6);
    cb__spec_fini(&spec);
}
END_TEST

START_TEST(the_last_setting_of_a_key_is_found)
{
    struct cb__spec spec;

    parse(&spec, "delim:a,or=b,or=c");
    assert_bytes(&cb__spec_get(&spec, "or")->value, BYTES("c"));
    assert_bytes(&cb__spec_get(&spec, "")->value, BYTES("a"));
    ck_assert_ptr_null(cb__spec_get(&spec, "o"));
    ck_assert_ptr_null(cb__spec_get(&spec, "orr"));
    ck_assert_uint_eq(cb__spec_column(&spec, "or"), 13);
    ck_assert_uint_eq(cb__spec_column(&spec, "none"), 0);
    cb__spec_fini(&spec);
}
END_TEST

START_TEST(bytes_are_a_word_only_if_all_of_them_are)
{
    const struct cb__bytes bytes = {.data = (const uint8_t *)"line", .length = 4};

    ck_assert(cb__bytes_are(&bytes, "line"));
    ck_assert(!cb__bytes_are(&bytes, "lin"));
    ck_assert(!cb__bytes_are(&bytes, "lines"));
    ck_assert(!cb__bytes_are(&bytes, "lime"));
}
END_TEST

START_TEST(many_settings_are_all_kept)
{
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "delim:0");
    struct cb__spec spec;

    for (int i = 1; i < 300; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, ",k%d=%d", i, i);
    parse(&spec, text);
    ck_assert_uint_eq(spec.count, 300);
    for (size_t i = 1; i < 300; i++) {
        char number[16];
        int n = snprintf(number, sizeof number, "%zu", i);

        assert_bytes(&spec.settings[i].value, number, (size_t)n);
    }
    cb__spec_fini(&spec);
}
END_TEST

/* ------------------------------------------------------------------ escapes */

struct escape {
    const char *text;
    const char *value;
    size_t size;
};

static const struct escape escapes[] = {
    {"\\n", BYTES("\x0a")},
    {"\\r", BYTES("\x0d")},
    {"\\t", BYTES("\x09")},
    {"\\0", BYTES("\0")},
    {"\\a", BYTES("\x07")},
    {"\\b", BYTES("\x08")},
    {"\\e", BYTES("\x1b")},
    {"\\f", BYTES("\x0c")},
    {"\\v", BYTES("\x0b")},
    {"\\\\", BYTES("\\")},
    {"\\,", BYTES(",")},
    {"\\x00", BYTES("\0")},
    {"\\x41", BYTES("A")},
    {"\\xfF", BYTES("\xff")},
    {"\\xAb", BYTES("\xab")},
    {"\\x411", BYTES("A1")},
    {"\\00", BYTES("\0"
                   "0")},
    {"a\\nb\\0c", BYTES("a\nb\0c")},
    {"\\\\n", BYTES("\\n")},
    {"\\\\\\,", BYTES("\\,")},
    {" x ", BYTES(" x ")},
    {"\xc3\xa9", BYTES("\xc3\xa9")},
};

START_TEST(each_escape_is_decoded_in_arguments_and_values)
{
    const struct escape *escape = &escapes[_i];
    struct cb__spec spec;
    char text[64];

    snprintf(text, sizeof text, "delim:%s,or=%s,end", escape->text, escape->text);
    parse(&spec, text);
    ck_assert_uint_eq(spec.count, 3);
    assert_bytes(&spec.settings[0].value, escape->value, escape->size);
    assert_bytes(&spec.settings[1].value, escape->value, escape->size);
    assert_bytes(&spec.settings[2].key, BYTES("end"));
    cb__spec_fini(&spec);
}
END_TEST

/* ------------------------------------------------------------------- errors */

struct fault {
    const char *text;
    uint64_t column;
};

static const struct fault faults[] = {
    {"", 0},
    {":x", 0},
    {",x", 0},
    {"line,", 5},
    {"line,,keep", 5},
    {"line,=x", 5},
    {"delim:a,", 8},
    {"delim:\\", 6},
    {"delim:ab\\", 8},
    {"delim:\\q", 6},
    {"delim:a\\N", 7},
    {"delim:\\1", 6},
    {"delim:\\:", 6},
    {"delim:\\x", 6},
    {"delim:\\x4", 6},
    {"delim:\\x4g", 6},
    {"delim:\\xg4", 6},
    {"delim:\\x,4", 6},
    {"delim:\\X41", 6},
    {"delim:a,or=\\n\\z", 13},
};

START_TEST(each_fault_is_refused_with_its_column)
{
    const struct fault *fault = &faults[_i];
    struct cb_error error = {.code = CB_OK, .record = 7, .offset = 999};
    struct cb__spec spec;

    ck_assert_int_eq(cb__spec_parse(&spec, fault->text, &counting.hooks, &error), CB_EINVAL);
    ck_assert_int_eq(error.code, CB_EINVAL);
    ck_assert_uint_eq(error.record, 0);
    ck_assert_msg(error.offset == fault->column, "'%s': column %ju, expected %ju", fault->text,
                  (uintmax_t)error.offset, (uintmax_t)fault->column);
    ck_assert_uint_gt(strlen(error.text), 0);
    ck_assert_int_eq(cb__spec_parse(&spec, fault->text, &counting.hooks, NULL), CB_EINVAL);
}
END_TEST

START_TEST(an_error_text_is_cut_to_its_room)
{
    char long_text[1000];
    struct cb_error error;

    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    ck_assert_int_eq(cb__error_set(&error, CB_EINVAL, 3, "%s", long_text), CB_EINVAL);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
    ck_assert_int_eq(cb__error_set(NULL, CB_ENOMEM, 3, "%s", long_text), CB_ENOMEM);
}
END_TEST

START_TEST(an_error_text_has_no_byte_that_a_terminal_obeys)
{
    struct cb_decoder *decoder = NULL;
    struct cb_error error;

    ck_assert_int_eq(cb_decoder_new(&decoder, "a\x1b\x7f\xff~ ", NULL, &error), CB_EINVAL);
    ck_assert_str_eq(error.text, "unknown framing 'a???~ '");
    ck_assert_ptr_null(decoder);
}
END_TEST

START_TEST(a_number_is_one_of_64_bits)
{
    static const struct {
        const char *text;
        bool is_number;
        uint64_t number;
    } cases[] = {
        {"0", true, 0},
        {"007", true, 7},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"184467440737095516150", false, 0},
        {"99999999999999999999999", false, 0},
        {"", false, 0},
        {"-1", false, 0},
        {"1 ", false, 0},
        {"1:", false, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct cb__bytes bytes = {.data = (const uint8_t *)cases[i].text,
                                        .length = strlen(cases[i].text)};
        uint64_t number;

        expect(cb__bytes_number(&bytes, &number) == cases[i].is_number, "'%s'", cases[i].text);
        ck_assert(!cases[i].is_number || number == cases[i].number);
    }
}
END_TEST

START_TEST(there_are_sixteen_rules_for_bytes_at_most)
{
    char text[400] = "u8,offset=20";
    struct cb_decoder *decoder = NULL;
    struct cb_error error;

    for (int i = 0; i < 16; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ",byte=%d:00", i);
    ck_assert_int_eq(cb_decoder_new(&decoder, text, NULL, &error), CB_OK);
    cb_decoder_free(decoder);
    decoder = NULL;
    const size_t column = strlen(text) + 1;
    snprintf(text + strlen(text), sizeof text - strlen(text), ",only=17:00");
    ck_assert_int_eq(cb_decoder_new(&decoder, text, NULL, &error), CB_EINVAL);
    ck_assert_str_eq(error.text, "there are more than 16 'byte' and 'only' rules");
    ck_assert_uint_eq(error.offset, column);
    ck_assert_ptr_null(decoder);
}
END_TEST

START_TEST(without_memory_parsing_fails)
{
    struct cb_error error = {.code = CB_OK};
    struct cb__spec spec;

    counting_fail(&counting, 1, true);
    ck_assert_int_eq(cb__spec_parse(&spec, "delim:a", &counting.hooks, &error), CB_ENOMEM);
    ck_assert_int_eq(error.code, CB_ENOMEM);
}
END_TEST

START_TEST(any_text_is_parsed_or_refused_within_its_bounds)
{
    struct prng prng = {21};
    char text[24];

    for (int round = 0; round < 20000; round++) {
        size_t n = prng_below(&prng, sizeof text);
        struct cb_error error = {.offset = 0};
        struct cb__spec spec;

        prng_fill(&prng, text, n, "a:,=\\nx04", 9);
        char *copy = malloc(n + 1);
        expect(copy, "out of memory");
        memcpy(copy, text, n);
        copy[n] = '\0';
        if (cb__spec_parse(&spec, copy, &counting.hooks, &error) == CB_OK) {
            for (size_t i = 0; i < spec.count; i++)
                expect(spec.settings[i].column + spec.settings[i].key.length <= n, "'%s'", copy);
            cb__spec_fini(&spec);
        } else {
            expect(error.offset <= n, "'%s'", copy);
        }
        free(copy);
    }
}
END_TEST

static Suite *spec_suite(void)
{
    Suite *suite = suite_create("spec");
    TCase *grammar = add_case(suite, "grammar");
    TCase *values = add_case(suite, "escapes");
    TCase *errors = add_case(suite, "errors");

    tcase_add_checked_fixture(grammar, setup, teardown);
    tcase_add_test(grammar, a_name_alone_has_no_settings);
    tcase_add_test(grammar, an_argument_and_keys_are_told_apart);
    tcase_add_test(grammar, an_argument_may_hold_colons_and_equal_signs);
    tcase_add_test(grammar, an_empty_argument_is_one);
    tcase_add_test(grammar, the_last_setting_of_a_key_is_found);
    tcase_add_test(grammar, bytes_are_a_word_only_if_all_of_them_are);
    tcase_add_test(grammar, many_settings_are_all_kept);

    tcase_add_checked_fixture(values, setup, teardown);
    tcase_add_loop_test(values, each_escape_is_decoded_in_arguments_and_values, 0,
                        (int)COUNT(escapes));

    tcase_add_checked_fixture(errors, setup, teardown);
    tcase_add_loop_test(errors, each_fault_is_refused_with_its_column, 0, (int)COUNT(faults));
    tcase_add_test(errors, an_error_text_is_cut_to_its_room);
    tcase_add_test(errors, an_error_text_has_no_byte_that_a_terminal_obeys);
    tcase_add_test(errors, a_number_is_one_of_64_bits);
    tcase_add_test(errors, there_are_sixteen_rules_for_bytes_at_most);
    tcase_add_test(errors, without_memory_parsing_fails);
    tcase_add_test(errors, any_text_is_parsed_or_refused_within_its_bounds);
    return suite;
}

int main(void)
{
    return run_suite(spec_suite());
}
