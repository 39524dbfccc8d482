/* SPDX-License-Identifier: MIT */
#include "help.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <chunkedbuffer.h>
#include "common/diagnostics.h"
#include "common/specification.h"

enum { TEXT_COLUMN = 28, LAST_COLUMN = 79 };

/* Was everything written? */
static bool printed(void)
{
    const int number = flush_printed();
    if (number)
        complain_errno("stdout", number);
    return !number;
}

void help_usage(void)
{
    fputs("Usage: cbsplit [-f FRAMING | -d STRING...] [-t FRAMING] [OPTION]... [FILE]...\n"
          "Split FILEs, or standard input, into records and write them in another framing.\n",
          stdout);
}

void help_heading(const char *text)
{
    printf("\n%s:\n", text);
}

/* Prints words from a column on, in lines of at most LAST_COLUMN. */
static void print_words(const char *text, int column)
{
    for (int at = column; *text;) {
        int n = (int)strcspn(text, " ");
        if (at > column && at + 1 + n > LAST_COLUMN)
            at = (printf("\n%*s", column, ""), column);
        at += at > column ? printf(" %.*s", n, text) : printf("%.*s", n, text);
        text += n;
        text += strspn(text, " ");
    }
    putchar('\n');
}

void help_option(char letter, const char *name, const char *argument, const char *text)
{
    int n = letter ? printf("  -%c, --%s", letter, name) : printf("      --%s", name);
    if (argument)
        n += printf(*argument == '[' ? "%s" : "=%s", argument);
    if (n + 2 > TEXT_COLUMN)
        n = (putchar('\n'), 0);
    printf("%*s", TEXT_COLUMN - n, "");
    print_words(text, TEXT_COLUMN);
}

static void print_framings(void)
{
    for (const struct cb_framing *f = cb_framing_next(NULL); f; f = cb_framing_next(f)) {
        unsigned can = cb_framing_can(f);
        printf("  %-17s%-5s%-5s%s\n", cb_framing_name(f), can & CB_DECODES ? "in" : "-",
               can & CB_ENCODES ? "out" : "-", cb_framing_summary(f));
    }
}

bool help_rest(void)
{
    fputs("\n"
          "FRAMING is NAME[:ARGUMENT][,KEY[=VALUE]]...; in arguments and values \\n \\r \\t \\0\n"
          "\\a \\b \\e \\f \\v \\\\ \\, and \\xHH are decoded.  SIZE may end in K, M, G (1024)\n"
          "or KB, MB, GB (1000).  FILE - is standard input.\n"
          "\nFramings:\n",
          stdout);
    print_framings();
    fputs("\nExamples:\n"
          "  nc host 6514 | cbsplit --delim '\\r\\n'        lines as they arrive\n"
          "  cbsplit -d ';' -d '\\n' -0 list | xargs -0    either one; output with NUL\n"
          "  curl -s --http1.1 --raw URL | cbsplit -f chunked\n"
          "                                               the body of a chunked response\n"
          "  cbsplit -f http -t netstring < stream        the body of each message\n"
          "  cbsplit -f u32be -t netstring < frames       from one framing to another\n"
          "  cbsplit -f fixed:188 -c capture.ts           how many records\n"
          "  cbsplit -f 'u16be,offset=2,inclusive' -n 10 -t raw tpkt\n"
          "                                               the first ten in a custom framing\n"
          "\nExit status: 0 success; 1 input or output failed; 2 wrong usage; 3 malformed\n"
          "input; 4 the input ends inside a record; 5 a record is longer than --max-record;\n"
          "6 a record cannot be represented in the output framing; 123 a command failed;\n"
          "126 or 127 as in a shell.\n",
          stdout);
    return printed();
}

bool help_list(void)
{
    print_framings();
    return printed();
}

/* Is the specification valid in this direction? */
static int try_direction(const char *specification, unsigned direction, struct cb_error *error)
{
    struct cb_decoder *decoder = NULL;
    struct cb_encoder *encoder = NULL;
    int status = direction == CB_DECODES ? cb_decoder_new(&decoder, specification, NULL, error)
                                         : cb_encoder_new(&encoder, specification, NULL, error);
    cb_decoder_free(decoder);
    cb_encoder_free(encoder);
    return status;
}

static void print_keys(const struct cb_framing *framing)
{
    const char *key;
    unsigned uses;
    for (size_t i = 0; (key = cb_framing_key(framing, i, &uses)); i++) {
        const int width =
            printf("  %s%s", *key ? key : ":", *key && uses & CB_TAKES_VALUE ? "=" : "");
        printf("%*s%-5s%s\n", 19 - width, "", uses & CB_DECODES ? "in" : "-",
               uses & CB_ENCODES ? "out" : "-");
    }
}

/* The direction whose errors are told: the first one that the framing has. */
static unsigned first_direction(const char *specification)
{
    const struct cb_framing *framing = cb_framing_find(specification);
    return framing && cb_framing_can(framing) & CB_DECODES ? CB_DECODES : CB_ENCODES;
}

/* In which directions is the specification valid?  If in none, *error is that of the first
 * direction, unless a setting shows that the other one was meant. */
static unsigned find_directions(const char *specification, struct cb_error *error)
{
    const unsigned first = first_direction(specification);
    const unsigned second = first == CB_DECODES ? CB_ENCODES : CB_DECODES;
    struct cb_error other;
    const int status = try_direction(specification, first, error);
    const int other_status = try_direction(specification, second, &other);
    if (status && other_status && strstr(error->text, "' is only valid for "))
        *error = other;
    return (status ? 0 : first) | (other_status ? 0 : second);
}

/* Says why it is valid in none. */
static enum exit_status refuse(const char *option, const char *specification,
                               const struct cb_error *error)
{
    const bool in = first_direction(specification) == CB_DECODES;
    return bad_specification(option, specification, in ? CB_DECODES : CB_DECODES | CB_ENCODES,
                             error);
}

/* A name that is in the table twice, once for output, has the keys of both.  Settings after it
 * may be left out, even those that are needed. */
enum exit_status help_keys(const char *specification)
{
    struct cb_error error = {.code = CB_OK};
    const struct cb_framing *found = cb_framing_find(specification);
    const bool is_name = found && strcmp(cb_framing_name(found), specification) == 0;
    if (!is_name && !find_directions(specification, &error))
        return refuse("--list", specification, &error);
    for (const struct cb_framing *framing = cb_framing_next(NULL); framing;
         framing = cb_framing_next(framing))
        if (strcmp(cb_framing_name(framing), cb_framing_name(found)) == 0)
            print_keys(framing);
    return printed() ? EXIT_FINE : EXIT_IO;
}

bool help_version(void)
{
    printf("cbsplit (chunkedbuffer) %s\n", cb_version());
    return printed();
}

/* The end of the setting at `at`, which is a comma or the end of the text. */
static char *end_of_setting(char *at)
{
    for (; *at && *at != ','; at++)
        at += *at == '\\' && at[1];
    return at;
}

/* Removes the first setting that begins at `place` or has the same key as the one there. */
static void remove_setting(char *text, size_t place)
{
    const size_t n = strcspn(text + place, "=,");
    for (char *at = end_of_setting(text); *at; at = end_of_setting(at + 1)) {
        if (strcspn(at + 1, "=,") != n || strncmp(at + 1, text + place, n) != 0)
            continue;
        const char *rest = end_of_setting(at + 1);
        memmove(at, rest, strlen(rest) + 1);
        return;
    }
    *text = '\0'; /* not reached: errors about valid presets are about settings */
}

/* What a valid specification stands for in this direction, which the caller frees; NULL without
 * memory.  A preset serves both directions, and some of its settings may be given again: what is
 * of no use in it is left out. */
static char *expand(const char *specification, unsigned direction)
{
    const struct cb_framing *framing = cb_framing_find(specification);
    const char *preset = cb_framing_preset(framing);
    const char *settings = specification + strlen(cb_framing_name(framing));
    struct cb_error error;
    const size_t size = strlen(preset ? preset : specification) + strlen(settings) + 1;
    char *text = malloc(size);
    if (!text)
        return NULL;
    snprintf(text, size, "%s%s", preset ? preset : specification, preset ? settings : "");
    while (try_direction(text, direction, &error) == CB_EINVAL && *text)
        remove_setting(text, (size_t)error.offset);
    return text;
}

/* One line if both directions have the same, or one is NULL. */
static void print_explanation(const char *in, const char *out)
{
    if (in && out && strcmp(in, out) != 0)
        printf("--from %s\n--to %s\n", in, out);
    else if (in)
        puts(in);
    else if (out)
        puts(out);
}

/* It must be valid in at least one direction. */
enum exit_status help_explain(const char *specification)
{
    struct cb_error error = {.code = CB_OK};
    const unsigned directions = find_directions(specification, &error);
    if (!directions)
        return refuse("--explain", specification, &error);
    char *in = directions & CB_DECODES ? expand(specification, CB_DECODES) : NULL;
    char *out = directions & CB_ENCODES ? expand(specification, CB_ENCODES) : NULL;
    const bool has_memory = !in == !(directions & CB_DECODES) && !out == !(directions & CB_ENCODES);
    if (has_memory)
        print_explanation(in, out);
    else
        complain_errno("--explain", ENOMEM);
    free(in);
    free(out);
    return has_memory && printed() ? EXIT_FINE : EXIT_IO;
}
