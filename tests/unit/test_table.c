/* SPDX-License-Identifier: MIT */
/* The table of framings, as a program reads it: names, presets, keys and names of others. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "support.h"

START_TEST(the_table_names_each_framing_once_for_what_it_can)
{
    size_t count = 0;

    for (const struct cb_framing *row = cb_framing_next(NULL); row; row = cb_framing_next(row)) {
        const char *name = cb_framing_name(row);

        count++;
        /* Another row of this name comes later, and does something else too. */
        const struct cb_framing *first = cb_framing_find(name);
        ck_assert(first <= row);
        ck_assert(first == row || cb_framing_can(first) != cb_framing_can(row));
        ck_assert_uint_gt(strlen(cb_framing_summary(row)), 0);
        ck_assert_ptr_null(strchr(cb_framing_summary(row), '\n'));
        ck_assert_uint_ne(cb_framing_can(row), 0);
    }
    ck_assert_uint_ge(count, 25);
}
END_TEST

/* What the rows of a name can do together. */
static unsigned all_of_name(const char *name)
{
    unsigned can = 0;

    for (const struct cb_framing *row = cb_framing_next(NULL); row; row = cb_framing_next(row))
        can |= strcmp(cb_framing_name(row), name) == 0 ? cb_framing_can(row) : 0;
    return can;
}

/* What a name needs after it. */
static const struct need {
    const char *name, *in, *out;
} needs[] = {
    {"delim", ":5", ":5"},
    {"start", ":5", ":5"},
    {"between", ":<,end=>", ":<,end=>"},
    {"fixed", ":5", ":5"},
    {"sip", "", ",lead=MESSAGE sip:a SIP/2.0\\r\\n"},
    {"warc", "", ",lead=WARC/1.0\\r\\n"},
};

static struct need needs_of(const char *name)
{
    for (size_t i = 0; i < COUNT(needs); i++) {
        if (strcmp(name, needs[i].name) == 0)
            return needs[i];
    }
    return (struct need){name, "", ""};
}

START_TEST(a_framing_can_do_what_the_table_says)
{
    for (const struct cb_framing *row = cb_framing_next(NULL); row; row = cb_framing_next(row)) {
        const struct need need = needs_of(cb_framing_name(row));
        struct cb_decoder *decoder = NULL;
        struct cb_encoder *encoder = NULL;
        char in[64], out[64];

        snprintf(in, sizeof in, "%s%s", need.name, need.in);
        snprintf(out, sizeof out, "%s%s", need.name, need.out);
        int decodes = cb_decoder_new(&decoder, in, NULL, NULL);
        int encodes = cb_encoder_new(&encoder, out, NULL, NULL);
        unsigned can = all_of_name(cb_framing_name(row));
        ck_assert_int_eq(decodes, can & CB_DECODES ? CB_OK : CB_EINVAL);
        ck_assert_int_eq(encodes, can & CB_ENCODES ? CB_OK : CB_EINVAL);
        cb_decoder_free(decoder);
        cb_encoder_free(encoder);
    }
}
END_TEST

START_TEST(a_framing_is_found_by_the_name_alone)
{
    const struct cb_framing *dec = cb_framing_find("dec");

    ck_assert_ptr_nonnull(dec);
    ck_assert_str_eq(cb_framing_name(dec), "dec");
    ck_assert_ptr_eq(cb_framing_find("dec:;"), dec);
    ck_assert_ptr_eq(cb_framing_find("dec,nonsense=\\q"), dec);
    ck_assert_ptr_null(cb_framing_find("de"));
    ck_assert_ptr_null(cb_framing_find("decc"));
    ck_assert_ptr_null(cb_framing_find("DEC"));
    ck_assert_ptr_null(cb_framing_find(""));
    ck_assert_ptr_null(cb_framing_find(":;"));
}
END_TEST

/* Without the key that is for the output; in `text`. */
static const char *without_lead(const char *specification, char *text, size_t size)
{
    const char *lead = strstr(specification, ",lead=");

    if (!lead)
        return specification;
    snprintf(text, size, "%.*s%s", (int)(lead - specification), specification,
             lead + 1 + strcspn(lead + 1, ","));
    return text;
}

START_TEST(a_preset_decodes_as_what_it_stands_for)
{
    char text[200];

    ck_assert_ptr_null(cb_framing_preset(cb_framing_find("line")));
    ck_assert_str_eq(cb_framing_preset(cb_framing_find("crlf")), "delim:\\r\\n");
    ck_assert_str_eq(cb_framing_preset(cb_framing_find("nul")), "delim:\\0");
    for (const struct cb_framing *row = cb_framing_next(NULL); row; row = cb_framing_next(row)) {
        const char *preset = cb_framing_preset(row);

        struct cb_decoder *decoder = NULL;

        if (!preset)
            continue;
        ck_assert_ptr_nonnull(cb_framing_find(preset));
        preset = without_lead(preset, text, sizeof text);
        ck_assert_int_eq(cb_decoder_new(&decoder, preset, NULL, NULL),
                         cb_framing_can(row) & CB_DECODES ? CB_OK : CB_EINVAL);
        cb_decoder_free(decoder);
    }
}
END_TEST

/* What uses a row says that a key has; 0 if it does not have it. */
static unsigned uses_of(const char *framing, const char *key)
{
    const struct cb_framing *row = cb_framing_find(framing);
    unsigned uses;
    const char *name;

    for (size_t i = 0; (name = cb_framing_key(row, i, &uses)) != NULL; i++) {
        if (strcmp(name, key) == 0)
            return uses;
    }
    return 0;
}

START_TEST(the_keys_of_a_framing_are_listed)
{
    const unsigned both = CB_DECODES | CB_ENCODES;

    ck_assert_uint_eq(uses_of("u16be", "offset"), both | CB_TAKES_VALUE);
    ck_assert_uint_eq(uses_of("line", "fold"), CB_DECODES);
    ck_assert_uint_eq(uses_of("line", "lines"), CB_DECODES | CB_TAKES_VALUE);
    ck_assert_uint_eq(uses_of("line", "skip-empty"), both);
    ck_assert_uint_eq(uses_of("u16be", "inclusive"), both);
    ck_assert_uint_eq(uses_of("u16be", "byte"), CB_DECODES | CB_TAKES_VALUE);
    ck_assert_uint_eq(uses_of("u16be", "lead"), CB_ENCODES | CB_TAKES_VALUE);
    ck_assert_uint_eq(uses_of("u16be", "keep"), CB_DECODES);
    ck_assert_uint_eq(uses_of("u16be", ""), 0);
    ck_assert_uint_eq(uses_of("delim", ""), both | CB_TAKES_VALUE);
    ck_assert_uint_eq(uses_of("csv", "keep"), CB_DECODES);
    ck_assert_uint_eq(uses_of("raw", "keep"), 0);
    /* What a preset has set is not open, but more rules and another lead are. */
    ck_assert_uint_eq(uses_of("tls", "offset"), 0);
    ck_assert_uint_eq(uses_of("tls", "min"), both | CB_TAKES_VALUE);
    ck_assert_uint_eq(uses_of("tls", "byte"), CB_DECODES | CB_TAKES_VALUE);
    ck_assert_uint_eq(uses_of("tls", "lead"), CB_ENCODES | CB_TAKES_VALUE);
    ck_assert_uint_eq(uses_of("netstring", "canonical"), 0);
    ck_assert_uint_eq(uses_of("netstring", "trailer"), 0);
    ck_assert_uint_eq(uses_of("netstring", "digits"), both | CB_TAKES_VALUE);
    ck_assert_uint_eq(uses_of("lf", ""), 0);
    ck_assert_uint_eq(uses_of("lf", "or"), 0);
    ck_assert_uint_eq(uses_of("lf", "skip-empty"), both);
}
END_TEST

/* Does a specification exist whose only setting is this key?  Values differ, but some
 * reason other than an unknown key shows that it is known. */
static bool is_known(const struct cb_framing *row, const char *key, unsigned uses,
                     unsigned direction)
{
    char text[80];
    struct cb_error error = {.code = CB_OK};
    struct cb_decoder *decoder = NULL;
    struct cb_encoder *encoder = NULL;

    snprintf(text, sizeof text, "%s%s%s%s", cb_framing_name(row), *key ? "," : ":", key,
             uses & CB_TAKES_VALUE && *key ? "=1" : "");
    int status = direction == CB_DECODES ? cb_decoder_new(&decoder, text, NULL, &error)
                                         : cb_encoder_new(&encoder, text, NULL, &error);
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
    return status == CB_OK ||
           (!strstr(error.text, "unknown key") && !strstr(error.text, "already part") &&
            !strstr(error.text, "only valid") && !strstr(error.text, "takes no") &&
            !strstr(error.text, "needs a value"));
}

START_TEST(every_listed_key_is_accepted_in_its_directions)
{
    for (const struct cb_framing *row = cb_framing_next(NULL); row; row = cb_framing_next(row)) {
        unsigned uses;
        const char *key;

        for (size_t i = 0; (key = cb_framing_key(row, i, &uses)) != NULL; i++) {
            ck_assert_msg(uses & (CB_DECODES | CB_ENCODES), "%s,%s", cb_framing_name(row), key);
            for (unsigned direction = CB_DECODES; direction <= CB_ENCODES; direction *= 2)
                ck_assert_msg(!(uses & direction) || is_known(row, key, uses, direction),
                              "%s,%s: %u", cb_framing_name(row), key, direction);
        }
    }
}
END_TEST

START_TEST(names_of_others_belong_to_one_row_and_are_not_in_the_table)
{
    ck_assert_str_eq(cb_framing_also(cb_framing_find("resp")), "redis");
    ck_assert_ptr_null(cb_framing_also(cb_framing_find("crlf")));
    for (const struct cb_framing *row = cb_framing_next(NULL); row; row = cb_framing_next(row)) {
        const char *also = cb_framing_also(row);
        char name[40];

        while (also && *also) {
            const size_t n = strcspn(also, " ");
            snprintf(name, sizeof name, "%.*s", (int)n, also);
            ck_assert_msg(!cb_framing_find(name), "%s", name);
            also += n + strspn(also + n, " ");
        }
    }
}
END_TEST

static Suite *table_suite(void)
{
    Suite *suite = suite_create("table");
    TCase *rows = add_case(suite, "rows");

    tcase_add_test(rows, the_table_names_each_framing_once_for_what_it_can);
    tcase_add_test(rows, a_framing_can_do_what_the_table_says);
    tcase_add_test(rows, a_framing_is_found_by_the_name_alone);
    tcase_add_test(rows, a_preset_decodes_as_what_it_stands_for);
    tcase_add_test(rows, the_keys_of_a_framing_are_listed);
    tcase_add_test(rows, every_listed_key_is_accepted_in_its_directions);
    tcase_add_test(rows, names_of_others_belong_to_one_row_and_are_not_in_the_table);
    return suite;
}

int main(void)
{
    return run_suite(table_suite());
}
