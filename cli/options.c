/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"
#include "help.h"
#include "quote.h"
#include "text.h"

/* More commands at once than a system can run; a place for each is made. */
enum { JOBS_MAX = 1 << 16 };

struct option_row {
    char letter; /* 0: only a long name */
    const char *name;
    const char *argument; /* its name in the help, or NULL; optional: "[=NAME]" */
    enum exit_status (*set)(struct options *options, const char *argument);
    const char *help; /* or the heading, in a row without a name */
};

static enum exit_status set_from(struct options *options, const char *argument)
{
    options->from = argument;
    return EXIT_FINE;
}

static enum exit_status set_to(struct options *options, const char *argument)
{
    options->to = argument;
    return EXIT_FINE;
}

static enum exit_status add_delimiter(struct options *options, const char *argument)
{
    if (!*argument)
        return usage_error("--delim: the delimiter is empty");
    if (text_dangles(argument))
        return usage_error("--delim: nothing follows the last '\\', at character %zu of %s",
                           strlen(argument), QUOTED(argument));
    if (text_add_delimiter(&options->delimiters, argument))
        return EXIT_FINE;
    complain_errno("--delim", ENOMEM);
    return EXIT_IO;
}

static enum exit_status set_print0(struct options *options, const char *argument)
{
    (void)argument;
    options->to = "nul";
    return EXIT_FINE;
}

static enum exit_status set_number(const char *option, const char *argument, uint64_t *number)
{
    if (text_number(argument, number))
        return EXIT_FINE;
    return usage_error("--%s: %s is not a whole number", option, QUOTED(argument));
}

static enum exit_status set_skip(struct options *options, const char *argument)
{
    return set_number("skip", argument, &options->skip);
}

static enum exit_status set_head(struct options *options, const char *argument)
{
    return set_number("head", argument, &options->head);
}

static enum exit_status set_selection(struct options *options, const char *argument)
{
    return selection_read(&options->selection, "--select", argument);
}

static enum exit_status set_count(struct options *options, const char *argument)
{
    (void)argument;
    options->count = true;
    return EXIT_FINE;
}

static enum exit_status set_check(struct options *options, const char *argument)
{
    (void)argument;
    options->check = true;
    return EXIT_FINE;
}

static enum exit_status set_exact(struct options *options, const char *argument)
{
    (void)argument;
    options->exact = true;
    return EXIT_FINE;
}

static enum exit_status set_part(struct options *options, const char *argument)
{
    return part_read(&options->part, "--part", argument);
}

static enum exit_status set_output(struct options *options, const char *argument)
{
    size_t at;
    const char *wrong = template_parse(&options->output, argument, &at);
    if (!wrong)
        return EXIT_FINE;
    if (!at)
        return usage_error("--output: %s, in %s", wrong, QUOTED(argument));
    return usage_error("--output: %s, at character %zu of %s", wrong, at, QUOTED(argument));
}

static enum exit_status set_force(struct options *options, const char *argument)
{
    (void)argument;
    options->force = true;
    return EXIT_FINE;
}

static enum exit_status set_exec(struct options *options, const char *argument)
{
    options->exec = argument;
    return EXIT_FINE;
}

static enum exit_status set_worker(struct options *options, const char *argument)
{
    options->worker = argument;
    return EXIT_FINE;
}

static enum exit_status set_jobs(struct options *options, const char *argument)
{
    if (text_number(argument, &options->jobs) && options->jobs && options->jobs <= JOBS_MAX)
        return EXIT_FINE;
    return usage_error("--jobs: %s is not a whole number from 1 to %d", QUOTED(argument), JOBS_MAX);
}

static enum exit_status set_max_record(struct options *options, const char *argument)
{
    if (text_size(argument, &options->max_record) && options->max_record)
        return EXIT_FINE;
    return usage_error("--max-record: %s is not a size of one byte or more, such as 4096 or 64K",
                       QUOTED(argument));
}

/* One of a few words, each with a number; a row without a word ends them. */
struct word {
    const char *word;
    int value;
};

static enum exit_status set_word(const char *option, const struct word *words, const char *argument,
                                 int *value)
{
    char all[64];
    size_t used = 0;
    for (const struct word *word = words; word->word; word++) {
        if (strcmp(argument, word->word) == 0) {
            *value = word->value;
            return EXIT_FINE;
        }
        used +=
            (size_t)snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "", word->word);
    }
    return usage_error("--%s: %s is none of %s", option, QUOTED(argument), all);
}

static enum exit_status set_on_partial(struct options *options, const char *argument)
{
    static const struct word words[] = {
        {"fail", CB_PARTIAL_FAIL}, {"emit", CB_PARTIAL_EMIT}, {"drop", CB_PARTIAL_DROP}, {NULL, 0}};
    int value = CB_PARTIAL_DEFAULT;
    enum exit_status status = set_word("on-partial", words, argument, &value);
    options->on_partial = (enum cb_partial)value;
    return status;
}

static enum exit_status set_on_overflow(struct options *options, const char *argument)
{
    static const struct word words[] = {{"fail", CB_OVERFLOW_FAIL},
                                        {"skip", CB_OVERFLOW_SKIP},
                                        {"truncate", CB_OVERFLOW_TRUNCATE},
                                        {NULL, 0}};
    int value = CB_OVERFLOW_FAIL;
    enum exit_status status = set_word("on-overflow", words, argument, &value);
    options->on_overflow = (enum cb_overflow)value;
    return status;
}

static enum exit_status set_on_collision(struct options *options, const char *argument)
{
    static const struct word words[] = {{"pass", false}, {"fail", true}, {NULL, 0}};
    int value = false;
    enum exit_status status = set_word("on-collision", words, argument, &value);
    options->refuse_collisions = value;
    return status;
}

static enum exit_status set_progress(struct options *options, const char *argument)
{
    (void)argument;
    options->progress = true;
    return EXIT_FINE;
}

static enum exit_status set_stats(struct options *options, const char *argument)
{
    if (!argument || strcmp(argument, "text") == 0)
        options->stats = STATS_FOR_PEOPLE;
    else if (strcmp(argument, "json") == 0)
        options->stats = STATS_JSON;
    else
        return usage_error("--stats: %s is neither text nor json", QUOTED(argument));
    return EXIT_FINE;
}

static enum exit_status show_list(struct options *options, const char *argument)
{
    (void)argument;
    options->done = true;
    return help_list() ? EXIT_FINE : EXIT_IO;
}

static enum exit_status show_explanation(struct options *options, const char *argument)
{
    options->done = true;
    return help_explain(argument);
}

static enum exit_status show_help(struct options *options, const char *argument);

static enum exit_status show_version(struct options *options, const char *argument)
{
    (void)argument;
    options->done = true;
    return help_version() ? EXIT_FINE : EXIT_IO;
}

/* A row without a name is a heading. */
static const struct option_row table[] = {
    {0, NULL, NULL, NULL, "Framing"},
    {'f', "from", "FRAMING", set_from, "how the input is framed (line)"},
    {'d', "delim", "STRING", add_delimiter,
     "the same as --from=delim:STRING, with commas taken as they stand; again: any of them"},
    {'t', "to", "FRAMING", set_to,
     "how the output is framed (line; raw from chunked and http, and with --output and --exec)"},
    {'0', "print0", NULL, set_print0, "the same as --to=nul"},
    {0, NULL, NULL, NULL, "Selection"},
    {0, "skip", "N", set_skip, "leave out the first N records (0)"},
    {'n', "head", "N", set_head, "stop after N records (all)"},
    {0, "select", "LIST", set_selection,
     "only records with these numbers, such as 1,5-9,100- (all); stops after the last"},
    {0, "part", "K/N", set_part,
     "of a file cut into N parts of equal size, the records that begin in part K (all)"},
    {0, "exact", NULL, set_exact,
     "take no byte of a pipe or socket beyond the last record, so that the next command reads on "
     "from there"},
    {'c', "count", NULL, set_count, "print the number of records, nothing else"},
    {0, "check", NULL, set_check,
     "write no records but one line that says whether the input is well formed"},
    {0, NULL, NULL, NULL, "Files and commands"},
    {'o', "output", "TEMPLATE", set_output,
     "each record to a file of its own, its number in place of a conversion such as %06d"},
    {0, "force", NULL, set_force, "replace files that exist"},
    {0, "exec", "COMMAND", set_exec,
     "run a shell command for each record, which is its standard input"},
    {0, "worker", "COMMAND", set_worker,
     "run shell commands that read many records, each record by one of them"},
    {'j', "jobs", "N", set_jobs, "run so many commands at once (1)"},
    {0, NULL, NULL, NULL, "Limits"},
    {0, "max-record", "SIZE", set_max_record,
     "longest record (no limit where records can be passed on in pieces, else 64M)"},
    {0, "on-overflow", "fail|skip|truncate", set_on_overflow,
     "what becomes of a longer one (fail)"},
    {0, "on-partial", "fail|emit|drop", set_on_partial,
     "what becomes of an unfinished last record (emit for delimiters, lines and fixed, else "
     "fail)"},
    {0, "on-collision", "pass|fail", set_on_collision,
     "what becomes of a record that contains the output's own delimiter (pass)"},
    {0, NULL, NULL, NULL, "Reports"},
    {0, "progress", NULL, set_progress, "show on standard error how far the work is"},
    {0, "stats", "[=text|json]", set_stats,
     "at the end print figures about the records' sizes on standard error (text)"},
    {0, NULL, NULL, NULL, "Information"},
    {0, "list", NULL, show_list, "list every framing"},
    {0, "explain", "FRAMING", show_explanation, "print what a framing stands for"},
    {0, "help", NULL, show_help, "print this help"},
    {0, "version", NULL, show_version, "print the version"},
};

enum { ROWS = sizeof table / sizeof *table, FIRST_LONG = 256 };

static enum exit_status show_help(struct options *options, const char *argument)
{
    (void)argument;
    options->done = true;
    help_usage();
    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].name)
            help_option(table[i].letter, table[i].name, table[i].argument, table[i].help);
        else
            help_heading(table[i].help);
    }
    return help_rest() ? EXIT_FINE : EXIT_IO;
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

/* Does a long option begin with this word, up to its "="? */
static bool begins_option(const char *word)
{
    const size_t n = strcspn(word + 2, "=");
    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].name && strncmp(word + 2, table[i].name, n) == 0)
            return true;
    }
    return false;
}

/* Says what getopt found wrong, in our form; ':' is a missing argument. */
static enum exit_status refuse(int result, char **argv)
{
    const char *word = argv[optind - 1];
    if (result == ':')
        return usage_error("%s needs an argument", QUOTED(word));
    if (optopt >= FIRST_LONG)
        return usage_error("%s takes no argument", QUOTED(word));
    if (optopt)
        return usage_error("unknown option %s", QUOTED(((char[]){'-', (char)optopt, '\0'})));
    if (begins_option(word))
        return usage_error("%s is short for several options", QUOTED(word));
    return usage_error("unknown option %s", QUOTED(word));
}

static int argument_of(const struct option_row *row)
{
    if (!row->argument)
        return no_argument;
    return *row->argument == '[' ? optional_argument : required_argument;
}

static enum exit_status read_options(struct options *options, int argc, char **argv)
{
    struct option longs[ROWS + 1];
    char shorts[2 * ROWS + 2];
    size_t n = 0, s = 0;
    shorts[s++] = ':';
    for (size_t i = 0; i < ROWS; i++) {
        if (!table[i].name)
            continue;
        longs[n++] = (struct option){
            .name = table[i].name, .has_arg = argument_of(&table[i]), .val = (int)(FIRST_LONG + i)};
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
            return EXIT_FINE;
        const struct option_row *row = row_of(result);
        enum exit_status status = row ? row->set(options, optarg) : refuse(result, argv);
        if (status || options->done)
            return status;
    }
}

/* Where records go: one of these at most; and what belongs to which. */
static enum exit_status settle_output(struct options *options)
{
    const struct {
        const char *name;
        bool given;
        enum destination destination;
    } outputs[] = {
        {"check", options->check, TO_CHECK},
        {"count", options->count, TO_COUNT},
        {"output", options->output.text != NULL, TO_FILES},
        {"exec", options->exec != NULL, TO_COMMANDS},
        {"worker", options->worker != NULL, TO_WORKERS},
    };
    const char *first = NULL;
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        if (!outputs[i].given)
            continue;
        if (first)
            return usage_error("--%s and --%s exclude each other", first, outputs[i].name);
        first = outputs[i].name;
        options->destination = outputs[i].destination;
    }
    const enum destination to = options->destination;
    if (options->force && to != TO_FILES)
        return usage_error("--force is for --output only");
    if (options->jobs && to != TO_COMMANDS && to != TO_WORKERS)
        return usage_error("--jobs is for --exec and --worker only");
    /* What is a file's or a command's alone needs nothing around it. */
    if (!options->to && (to == TO_FILES || to == TO_COMMANDS))
        options->to = "raw";
    return EXIT_FINE;
}

/* What follows from several options together. */
static enum exit_status settle(struct options *options)
{
    const struct {
        bool both;
        const char *first, *second;
    } pairs[] = {
        {options->from && options->delimiters, "from", "delim"},
        {options->count && options->to, "count", "to"},
        {options->check && options->to, "check", "to"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (pairs[i].both)
            return usage_error("--%s and --%s exclude each other", pairs[i].first, pairs[i].second);
    }
    if (options->delimiters)
        options->from = options->delimiters;
    if (!options->from)
        options->from = "line";
    enum exit_status status = settle_output(options);
    return status ? status : selection_cut(&options->selection, options->skip, options->head);
}

enum exit_status options_parse(struct options *options, int argc, char **argv)
{
    static char dash[] = "-";
    static char *standard_input[] = {dash, NULL};
    *options = (struct options){.head = UINT64_MAX};
    enum exit_status status = read_options(options, argc, argv);
    if (!status && !options->done)
        status = settle(options);
    options->files = optind < argc ? argv + optind : standard_input;
    options->file_count = optind < argc ? argc - optind : 1;
    return status;
}

void options_free(struct options *options)
{
    free(options->delimiters);
    options->delimiters = NULL;
    selection_free(&options->selection);
}
