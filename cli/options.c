/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"
#include "help.h"
#include "text.h"

/* What a function of the table tells besides an exit status that is an error:
 * the program is done (--help). */
enum { GO_ON = 0, DONE = -1 };

struct option_row {
    char letter; /* 0: only a long name */
    const char *name;
    const char *argument; /* its name in the help, or NULL */
    int (*set)(struct options *options, const char *argument);
    const char *help; /* or the heading, in a row without a name */
};

static int set_from(struct options *options, const char *argument)
{
    options->from = argument;
    return GO_ON;
}

static int set_to(struct options *options, const char *argument)
{
    options->to = argument;
    return GO_ON;
}

static int add_delimiter(struct options *options, const char *argument)
{
    if (!*argument)
        return usage_error("--delim: the delimiter is empty");
    if (text_dangles(argument))
        return usage_error("--delim: nothing follows the last '\\', at character %zu of '%s'",
                           strlen(argument), argument);
    if (text_add_delimiter(&options->delimiters, argument))
        return GO_ON;
    complain_errno("--delim", ENOMEM);
    return EXIT_IO;
}

static int set_print0(struct options *options, const char *argument)
{
    (void)argument;
    options->to = "nul";
    return GO_ON;
}

static int set_number(const char *option, const char *argument, uint64_t *number)
{
    if (text_number(argument, number))
        return GO_ON;
    return usage_error("--%s: '%s' is not a whole number", option, argument);
}

static int set_skip(struct options *options, const char *argument)
{
    return set_number("skip", argument, &options->skip);
}

static int set_head(struct options *options, const char *argument)
{
    return set_number("head", argument, &options->head);
}

static int set_count(struct options *options, const char *argument)
{
    (void)argument;
    options->count = true;
    return GO_ON;
}

static int set_max_record(struct options *options, const char *argument)
{
    if (text_size(argument, &options->max_record) && options->max_record)
        return GO_ON;
    return usage_error("--max-record: '%s' is not a size of one byte or more, such as 4096 or 64K",
                       argument);
}

static int set_on_partial(struct options *options, const char *argument)
{
    static const struct {
        const char *name;
        enum cb_partial value;
    } values[] = {{"fail", CB_PARTIAL_FAIL}, {"emit", CB_PARTIAL_EMIT}, {"drop", CB_PARTIAL_DROP}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (strcmp(argument, values[i].name) == 0) {
            options->on_partial = values[i].value;
            return GO_ON;
        }
    }
    return usage_error("--on-partial: '%s' is none of fail, emit, drop", argument);
}

static int show_list(struct options *options, const char *argument)
{
    (void)options;
    (void)argument;
    return help_list() ? DONE : EXIT_IO;
}

static int show_explanation(struct options *options, const char *argument)
{
    (void)options;
    int status = help_explain(argument);
    return status ? status : DONE;
}

static int show_help(struct options *options, const char *argument);

static int show_version(struct options *options, const char *argument)
{
    (void)options;
    (void)argument;
    return help_version() ? DONE : EXIT_IO;
}

/* A row without a name is a heading. */
static const struct option_row table[] = {
    {0, NULL, NULL, NULL, "Framing"},
    {'f', "from", "FRAMING", set_from, "how the input is framed (line)"},
    {'d', "delim", "STRING", add_delimiter,
     "the same as --from=delim:STRING, with commas taken as they stand; again: any of them"},
    {'t', "to", "FRAMING", set_to, "how the output is framed (line; raw from chunked, http)"},
    {'0', "print0", NULL, set_print0, "the same as --to=nul"},
    {0, NULL, NULL, NULL, "Selection"},
    {0, "skip", "N", set_skip, "leave out the first N records (0)"},
    {'n', "head", "N", set_head, "stop after N records (all)"},
    {'c', "count", NULL, set_count, "print the number of records, nothing else"},
    {0, NULL, NULL, NULL, "Limits"},
    {0, "max-record", "SIZE", set_max_record,
     "longest record; a longer one is an error (no limit where records can be passed on in "
     "pieces, else 64M)"},
    {0, "on-partial", "fail|emit|drop", set_on_partial,
     "what becomes of an unfinished last record (emit for delimiters, lines and fixed, else "
     "fail)"},
    {0, NULL, NULL, NULL, "Information"},
    {0, "list", NULL, show_list, "list every framing"},
    {0, "explain", "FRAMING", show_explanation, "print what a framing stands for"},
    {0, "help", NULL, show_help, "print this help"},
    {0, "version", NULL, show_version, "print the version"},
};

enum { ROWS = sizeof table / sizeof *table, FIRST_LONG = 256 };

static int show_help(struct options *options, const char *argument)
{
    (void)options;
    (void)argument;
    help_usage();
    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].name)
            help_option(table[i].letter, table[i].name, table[i].argument, table[i].help);
        else
            help_heading(table[i].help);
    }
    return help_rest() ? DONE : EXIT_IO;
}

/* The row for what getopt_long returned; NULL for '?'. */
static const struct option_row *row_of(int result)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (result == (int)(FIRST_LONG + i) || (table[i].letter && result == table[i].letter))
            return &table[i];
    }
    return NULL;
}

/* Says what getopt found wrong, in our form; ':' is a missing argument. */
static int refuse(int result, char **argv)
{
    const char *word = argv[optind - 1];
    if (result == ':')
        return usage_error("'%s' needs an argument", word);
    if (optopt >= FIRST_LONG)
        return usage_error("'%s' takes no argument", word);
    if (optopt)
        return usage_error("unknown option '-%c'", optopt);
    return usage_error("unknown option '%s', or short for several", word);
}

static int read_options(struct options *options, int argc, char **argv)
{
    struct option longs[ROWS + 1];
    char shorts[2 * ROWS + 2];
    size_t n = 0, s = 0;
    shorts[s++] = ':';
    for (size_t i = 0; i < ROWS; i++) {
        if (!table[i].name)
            continue;
        longs[n++] = (struct option){.name = table[i].name,
                                     .has_arg = table[i].argument != NULL,
                                     .val = (int)(FIRST_LONG + i)};
        if (table[i].letter)
            shorts[s++] = table[i].letter;
        if (table[i].letter && table[i].argument)
            shorts[s++] = ':';
    }
    shorts[s] = '\0';
    longs[n] = (struct option){.name = NULL};
    for (;;) {
        int result = getopt_long(argc, argv, shorts, longs, NULL);
        if (result < 0)
            return GO_ON;
        const struct option_row *row = row_of(result);
        int status = row ? row->set(options, optarg) : refuse(result, argv);
        if (status != GO_ON)
            return status;
    }
}

/* What follows from several options together. */
static int settle(struct options *options)
{
    if (options->from && options->delimiters)
        return usage_error("--from and --delim exclude each other");
    if (options->count && options->to)
        return usage_error("--count and --to exclude each other");
    if (options->delimiters)
        options->from = options->delimiters;
    if (!options->from)
        options->from = "line";
    return GO_ON;
}

bool options_parse(struct options *options, int argc, char **argv, int *status)
{
    static char dash[] = "-";
    static char *standard_input[] = {dash, NULL};
    *options = (struct options){.head = UINT64_MAX};
    int result = read_options(options, argc, argv);
    if (result == GO_ON)
        result = settle(options);
    options->files = optind < argc ? argv + optind : standard_input;
    options->file_count = optind < argc ? argc - optind : 1;
    *status = result == DONE ? EXIT_FINE : result;
    return result == GO_ON;
}

void options_free(struct options *options)
{
    free(options->delimiters);
    options->delimiters = NULL;
}
