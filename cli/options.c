/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/diagnostics.h"
#include "common/nearest.h"
#include "common/quote.h"
#include "common/text.h"
#include "help.h"

/* More commands than a system can run; each gets a place in memory. */
enum { JOBS_MAX = 1 << 16 };

/* How an option is handled. */
enum kind {
    HEADING,
    TEXT,        /* sets the member to its argument, or to `value` if it takes none */
    FLAG,        /* sets the member to true */
    NUMBER,      /* sets the member to its argument, a number */
    WORD,        /* sets the member to that of one of the words in `value` */
    DESTINATION, /* chooses where records go */
    CALL         /* calls a function */
};

typedef enum exit_status call_fn(struct options *options, const char *argument);

struct option_row {
    char letter; /* 0: only a long name */
    const char *name;
    const char *argument; /* its name in the help, or NULL; optional: "[=NAME]" */
    const char *help;     /* or the heading */
    const char *also;     /* names that others have for it, separated by spaces */
    enum kind kind;
    size_t member; /* offset in struct options */
    const void *value;
    size_t to;
    call_fn *call; /* with DESTINATION: for the argument, or NULL */
};

/* A word and what it stands for; a row without a word ends a table. */
struct word {
    const char *word;
    unsigned value;
};

static const struct word partials[] = {
    {"fail", CB_PARTIAL_FAIL}, {"emit", CB_PARTIAL_EMIT}, {"drop", CB_PARTIAL_DROP}, {NULL, 0}};
static const struct word overflows[] = {{"fail", CB_OVERFLOW_FAIL},
                                        {"skip", CB_OVERFLOW_SKIP},
                                        {"truncate", CB_OVERFLOW_TRUNCATE},
                                        {NULL, 0}};
static const struct word malformeds[] = {
    {"fail", CB_MALFORMED_FAIL}, {"skip", CB_MALFORMED_SKIP}, {NULL, 0}};
static const struct word collisions[] = {
    {"pass", COLLISION_PASS}, {"fail", COLLISION_FAIL}, {NULL, 0}};
static const struct word stats_forms[] = {
    {"text", STATS_FOR_PEOPLE}, {"json", STATS_JSON}, {NULL, 0}};

/* Without an argument: the first of them. */
static enum exit_status set_word(const char *option, const struct word *words, const char *argument,
                                 unsigned *value)
{
    char all[64];
    size_t used = 0;
    for (const struct word *word = words; word->word; word++) {
        if (!argument || strcmp(argument, word->word) == 0) {
            *value = word->value;
            return EXIT_FINE;
        }
        used +=
            (size_t)snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "", word->word);
    }
    return usage_error("--%s: must be one of %s, not %s", option, all, QUOTED(argument));
}

/* The argument is too large, or not what is wanted. */
static enum exit_status bad_number(const char *option, const char *argument,
                                   enum text_result result, uint64_t largest, const char *wanted)
{
    if (result == TEXT_TOO_LARGE)
        return usage_error("--%s: %s is too large; the largest is %" PRIu64, option,
                           QUOTED(argument), largest);
    return usage_error("--%s: %s is not %s", option, QUOTED(argument), wanted);
}

static enum exit_status set_number(const char *option, const char *argument, uint64_t *number)
{
    const enum text_result result = text_number(argument, number);
    if (result == TEXT_FINE)
        return EXIT_FINE;
    return bad_number(option, argument, result, UINT64_MAX, "a whole number");
}

static enum exit_status set_destination(struct options *options, size_t to)
{
    const struct destination *before = options->destination;
    options->destination = &destinations[to];
    if (!before || before == options->destination)
        return EXIT_FINE;
    return usage_error("--%s and --%s exclude each other", before->option,
                       options->destination->option);
}

/* ------------------------------------------------- options with a function */

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

static enum exit_status set_selection(struct options *options, const char *argument)
{
    return selection_read(&options->selection, "--select", argument);
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

static enum exit_status set_group(struct options *options, const char *argument)
{
    const enum text_result result = text_number(argument, &options->group);
    if (result == TEXT_FINE && options->group)
        return EXIT_FINE;
    return bad_number("group", argument, result, UINT64_MAX, "a whole number from 1 on");
}

static enum exit_status set_jobs(struct options *options, const char *argument)
{
    if (text_number(argument, &options->jobs) == TEXT_FINE && options->jobs &&
        options->jobs <= JOBS_MAX)
        return EXIT_FINE;
    return usage_error("--jobs: %s is not a whole number from 1 to %d", QUOTED(argument), JOBS_MAX);
}

static enum exit_status set_size(const char *option, const char *argument, uint64_t *size)
{
    const enum text_result result = text_size(argument, size);
    if (result == TEXT_FINE && *size)
        return EXIT_FINE;
    return bad_number(option, argument, result, UINT64_MAX,
                      "a size of one byte or more, such as 4096 or 64K");
}

static enum exit_status set_group_size(struct options *options, const char *argument)
{
    return set_size("group-size", argument, &options->group_size);
}

static enum exit_status set_max_record(struct options *options, const char *argument)
{
    return set_size("max-record", argument, &options->max_record);
}

static enum exit_status set_idle(struct options *options, const char *argument)
{
    const uint64_t second = 1000000000;
    const enum text_result result = text_seconds(argument, &options->idle);
    if (result == TEXT_FINE && options->idle)
        return EXIT_FINE;
    return bad_number("idle", argument, result, UINT64_MAX / second,
                      "a number of seconds above 0, such as 2 or 0.5");
}

static enum exit_status set_command(struct options *options, const char *argument)
{
    options->command = argument;
    return EXIT_FINE;
}

static call_fn show_help;

/* An argument may also be the next word, since there are no other words to it. */
static enum exit_status show_list(struct options *options, const char *argument)
{
    options->done = true;
    if (!argument && options->next && *options->next != '-')
        argument = options->next;
    if (argument)
        return help_keys(argument);
    return help_list() ? EXIT_FINE : EXIT_IO;
}

static enum exit_status show_explanation(struct options *options, const char *argument)
{
    options->done = true;
    return help_explain(argument);
}

static enum exit_status show_version(struct options *options, const char *argument)
{
    (void)argument;
    options->done = true;
    return help_version() ? EXIT_FINE : EXIT_IO;
}

#define MEMBER(of_kind, name) .kind = (of_kind), .member = offsetof(struct options, name)
#define WORDS(name, words) MEMBER(WORD, name), .value = (words)
#define TO(row) .kind = DESTINATION, .to = (row)
#define FUNCTION(function) .kind = CALL, .call = (function)

static const struct option_row table[] = {
    {.help = "Framing"},
    {'f', "from", "FRAMING", "how the input is framed (line)", MEMBER(TEXT, from)},
    {'d', "delim", "STRING",
     "the same as --from=delim:STRING, but commas need no escape; if repeated, any of them",
     FUNCTION(add_delimiter), .also = "separator"},
    {'t', "to", "FRAMING",
     "how the output is framed (line; raw from chunked and http, and with --output and --exec)",
     MEMBER(TEXT, to)},
    {'0', "print0", NULL, "the same as --to=nul", MEMBER(TEXT, to), .value = "nul",
     .also = "null zero-terminated"},
    {.help = "Selection"},
    {0, "skip", "N", "leave out the first N records (0)", MEMBER(NUMBER, skip)},
    {'n', "head", "N", "stop after N records (all)", MEMBER(NUMBER, head), .also = "lines limit"},
    {0, "select", "LIST",
     "only records with these numbers, such as 1,5-9,100- (all); stops after the last",
     FUNCTION(set_selection)},
    {0, "part", "K/N",
     "of a file cut into N parts of equal size, the records that begin in part K (all)",
     FUNCTION(set_part)},
    {0, "exact", NULL,
     "take no byte of a pipe or socket beyond the last record, so that the next command reads on "
     "from there",
     MEMBER(FLAG, exact)},
    {'c', "count", NULL, "print the number of records, nothing else", TO(TO_COUNT)},
    {0, "check", NULL, "write no records, but one line that says whether the input is well formed",
     TO(TO_CHECK)},
    {.help = "Files and commands"},
    {'o', "output", "TEMPLATE",
     "each record to a file of its own, its number in place of a conversion such as %06d",
     TO(TO_FILES), .call = set_output},
    {0, "force", NULL, "replace files that exist", MEMBER(FLAG, force)},
    {0, "group", "N", "with --output and --exec, N records for each file or command (1)",
     FUNCTION(set_group)},
    {0, "group-size", "SIZE",
     "with --output and --exec, as many records for each file or command as fit in SIZE",
     FUNCTION(set_group_size)},
    {0, "header", "N",
     "write the first N records at the beginning of every file, command or worker (0)",
     MEMBER(NUMBER, header)},
    {0, "exec", "COMMAND", "run a shell command for each record, which is its standard input",
     TO(TO_COMMANDS), .call = set_command},
    {0, "worker", "COMMAND",
     "run shell commands that read many records, each record by one of them", TO(TO_WORKERS),
     .call = set_command},
    {'j', "jobs", "N", "run N commands at once (1)", FUNCTION(set_jobs)},
    {0, "collect", "FRAMING",
     "read what commands and workers print as records in this framing, and write whole records",
     MEMBER(TEXT, collect)},
    {0, "collect-to", "FRAMING", "the framing to write them in (that of --collect)",
     MEMBER(TEXT, collect_to)},
    {'k', "keep-order", NULL,
     "write what commands print in the order of their records; with --worker and --collect, one "
     "record for each",
     MEMBER(FLAG, keep_order)},
    {.help = "Limits"},
    {0, "max-record", "SIZE",
     "longest record (no limit where records can be passed on in pieces, else 64M)",
     FUNCTION(set_max_record)},
    {0, "on-overflow", "fail|skip|truncate", "what to do with a longer one (fail)",
     WORDS(on_overflow, overflows)},
    {0, "on-partial", "fail|emit|drop",
     "what to do with an unfinished last record (emit for delimiters, lines and fixed, else fail)",
     WORDS(on_partial, partials)},
    {0, "idle", "SECONDS",
     "when no input came for so long, do not wait for what would show that a record is complete "
     "(never)",
     FUNCTION(set_idle), .also = "timeout"},
    {0, "on-malformed", "fail|skip",
     "what to do with input that breaks the rules of the framing (fail); skip leaves it out",
     WORDS(on_malformed, malformeds)},
    {0, "on-collision", "pass|fail",
     "what to do with a record that contains the output delimiter (pass)",
     WORDS(on_collision, collisions)},
    {.help = "Reports"},
    {0, "progress", NULL, "show the progress on standard error", MEMBER(FLAG, progress)},
    {0, "stats", "[=text|json]",
     "at the end print statistics of record sizes on standard error (text)",
     WORDS(stats, stats_forms)},
    {.help = "Information"},
    {0, "probe", NULL, "print which framings the beginning of the input may be in, best first",
     MEMBER(FLAG, probe), .also = "detect guess"},
    {0, "list", "[=FRAMING]", "list every framing, or the keys of one", FUNCTION(show_list)},
    {0, "explain", "FRAMING", "print what a framing stands for", FUNCTION(show_explanation)},
    {'h', "help", NULL, "print this help", FUNCTION(show_help)},
    {'V', "version", NULL, "print the version", FUNCTION(show_version)},
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

/* Does the name of a long option begin with this word, up to its "="? */
static bool begins_option(const char *word)
{
    const size_t n = strcspn(word + 2, "=");
    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].name && strncmp(word + 2, table[i].name, n) == 0)
            return true;
    }
    return false;
}

/* "; did you mean '--name'?", or "". */
static const char *hint_option(const char *name, char room[NEAREST_ROOM])
{
    struct nearest nearest = nearest_to(name, strcspn(name, "="));
    for (size_t i = 0; i < ROWS; i++) {
        nearest_offer(&nearest, table[i].name, table[i].name);
        nearest_offer(&nearest, table[i].also, table[i].name);
    }
    return nearest_hint(&nearest, "--", room);
}

/* Is the word a long option after one dash? */
static bool lacks_dash(const char *word)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].name && *word == '-' && strcmp(word + 1, table[i].name) == 0)
            return true;
    }
    return false;
}

/* "; did you mean '--name'?" of "-name", which getopt has read up to a letter that is no option;
 * or "".  It goes to the next word after the last letter. */
static const char *hint_dashes(int argc, char **argv, char room[NEAREST_ROOM])
{
    room[0] = '\0';
    for (int i = optind - 1; !room[0] && i <= optind && i < argc; i++) {
        if (lacks_dash(argv[i]))
            snprintf(room, NEAREST_ROOM, "; did you mean '-%s'?", argv[i]);
    }
    return room;
}

/* Prints what getopt refused, in our form.  Whether it has returned '?' or ':' says nothing: the
 * BSDs return ':' for an argument too many as well. */
static enum exit_status refuse(int argc, char **argv)
{
    /* Where the argument of a letter is missing, musl is beyond the end of argv. */
    const char letter[] = {'-', (char)optopt, '\0'};
    const char *word = optind <= argc && argv[optind - 1] ? argv[optind - 1] : letter;
    const struct option_row *row = optopt ? row_of(optopt) : NULL;
    if (row)
        return usage_error(row->argument ? "%s needs an argument" : "%s takes no argument",
                           QUOTED(word));
    char room[NEAREST_ROOM];
    if (optopt)
        return usage_error("unknown option %s%s", QUOTED(letter), hint_dashes(argc, argv, room));
    if (begins_option(word))
        return usage_error("%s is ambiguous", QUOTED(word));
    return usage_error("unknown option %s%s", QUOTED(word), hint_option(word + 2, room));
}

/* Does what an option asks for. */
static enum exit_status apply(const struct option_row *row, struct options *options,
                              const char *argument)
{
    void *member = (char *)options + row->member;
    enum exit_status status;
    switch (row->kind) {
    case TEXT:
        *(const char **)member = argument ? argument : row->value;
        return EXIT_FINE;
    case FLAG:
        *(bool *)member = true;
        return EXIT_FINE;
    case NUMBER:
        return set_number(row->name, argument, member);
    case WORD:
        return set_word(row->name, row->value, argument, member);
    case DESTINATION:
        status = set_destination(options, row->to);
        return status || !row->call ? status : row->call(options, argument);
    case CALL:
        return row->call(options, argument);
    case HEADING:
        break;
    }
    return EXIT_FINE;
}

static int argument_of(const struct option_row *row)
{
    if (!row->argument)
        return no_argument;
    return *row->argument == '[' ? optional_argument : required_argument;
}

static bool is_probe(const struct option_row *row)
{
    return row->kind == FLAG && row->member == offsetof(struct options, probe);
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
        optopt = 0; /* it is not set for a word that is ambiguous */
        int result = getopt_long(argc, argv, shorts, longs, NULL);
        if (result < 0)
            return EXIT_FINE;
        const struct option_row *row = row_of(result);
        options->next = optind < argc ? argv[optind] : NULL;
        enum exit_status status = row ? apply(row, options, optarg) : refuse(argc, argv);
        options->others |= !row || !is_probe(row);
        if (status || options->done)
            return status;
    }
}

/* Refuses options that have no meaning for the destination. */
static enum exit_status check_destination(const struct options *options)
{
    const struct destination *destination = options->destination;
    const char *of_output = options->to ? "to" : options->on_collision ? "on-collision" : NULL;
    if (of_output && !destination->encodes)
        return usage_error("--%s and --%s exclude each other", destination->option, of_output);
    if (options->force && !destination->takes_force)
        return usage_error("--force requires --output");
    if (options->jobs && !destination->takes_jobs)
        return usage_error("--jobs requires --exec or --worker");
    if ((options->group || options->group_size) && !destination->takes_groups)
        return usage_error("--%s requires --output or --exec",
                           options->group ? "group" : "group-size");
    if (options->header && !destination->takes_header)
        return usage_error("--header requires --output, --exec or --worker");
    return EXIT_FINE;
}

static enum exit_status check_collecting(const struct options *options)
{
    const struct destination *destination = options->destination;
    if (options->collect_to && !options->collect)
        return usage_error("--collect-to requires --collect");
    if (options_collect(options) && !destination->takes_jobs)
        return usage_error("--%s requires --exec or --worker",
                           options->collect ? "collect" : "keep-order");
    if (options->keep_order && !options->collect && destination == &destinations[TO_WORKERS])
        return usage_error("--keep-order requires --collect with --worker");
    return EXIT_FINE;
}

/* As many records as fit, unless there is a number. */
static struct grouping find_grouping(const struct options *options)
{
    const uint64_t others = options->group_size ? UINT64_MAX : 1;
    return (struct grouping){.records = options->group ? options->group : others,
                             .size = options->group_size,
                             .header = options->header};
}

/* Checks combinations of options, and fills in defaults. */
static enum exit_status complete(struct options *options)
{
    if (options->probe && options->others)
        return usage_error("--probe excludes all other options");
    if (options->from && options->delimiters)
        return usage_error("--from and --delim exclude each other");
    if (options->delimiters)
        options->from = options->delimiters;
    if (!options->from)
        options->from = "line";
    if (!options->destination)
        options->destination = &destinations[TO_STDOUT];
    enum exit_status status = check_destination(options);
    if (!status)
        status = check_collecting(options);
    if (status)
        return status;
    options->grouping = find_grouping(options);
    if (!options->to && grouping_is_plain(&options->grouping))
        options->to = options->destination->framing;
    if (options->header && options->part.count)
        return usage_error("--header and --part exclude each other");
    if (options->on_malformed && options->part.count)
        return usage_error("--on-malformed=skip and --part exclude each other");
    return selection_cut(&options->selection, options->header, options->skip, options->head);
}

enum exit_status options_parse(struct options *options, int argc, char **argv)
{
    static char dash[] = "-";
    static char *standard_input[] = {dash, NULL};
    *options = (struct options){.head = UINT64_MAX};
    enum exit_status status = read_options(options, argc, argv);
    if (!status && !options->done)
        status = complete(options);
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
