/* SPDX-License-Identifier: MIT */
#include "help.h"

#include <stdio.h>
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

/* A name that is in the table twice, once for output, has the keys of both. */
enum exit_status help_keys(const char *specification)
{
    struct cb_error error = {.code = CB_OK};
    const struct cb_framing *found = cb_framing_find(specification);
    if (!found) {
        (void)try_direction(specification, CB_DECODES, &error);
        return bad_specification("--list", specification, CB_DECODES | CB_ENCODES, &error);
    }
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

/* It must be valid in at least one direction; the error is that of the first one that
 * there is. */
enum exit_status help_explain(const char *specification)
{
    struct cb_error error = {.code = CB_OK};
    const struct cb_framing *framing = cb_framing_find(specification);
    const bool in = framing && cb_framing_can(framing) & CB_DECODES;
    const unsigned first = in ? CB_DECODES : CB_ENCODES, second = in ? CB_ENCODES : CB_DECODES;
    if (try_direction(specification, first, &error) && try_direction(specification, second, NULL))
        return bad_specification("--explain", specification,
                                 in ? CB_DECODES : CB_DECODES | CB_ENCODES, &error);
    const char *preset = cb_framing_preset(framing);
    if (preset)
        printf("%s%s\n", preset, specification + strlen(cb_framing_name(framing)));
    else
        puts(specification);
    return printed() ? EXIT_FINE : EXIT_IO;
}
