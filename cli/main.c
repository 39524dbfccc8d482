/* SPDX-License-Identifier: MIT */
/* cbsplit: splits a byte stream into records and writes them in another
 * framing. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "common/diagnostics.h"
#include "common/fd.h"
#include "common/quote.h"
#include "common/specification.h"
#include "options.h"
#include "reframe.h"
#include "reports/progress.h"
#include "reports/reporter.h"

/* Can this specification be decoded? */
static bool is_right(const char *specification)
{
    struct cb_decoder *decoder;
    if (cb_decoder_new(&decoder, specification, NULL, NULL))
        return false;
    cb_decoder_free(decoder);
    return true;
}

/* Refuses --on-malformed=skip for this framing, with those that can do it. */
static enum exit_status refuse_skip(const char *from)
{
    static const struct cb_decoder_options skip = {.size = sizeof skip,
                                                   .on_malformed = CB_MALFORMED_SKIP};
    char names[512];
    size_t n = 0;
    *names = '\0';
    for (const struct cb_framing *f = NULL; (f = cb_framing_next(f)) && n < sizeof names;) {
        struct cb_decoder *decoder;
        if (cb_decoder_new(&decoder, cb_framing_name(f), &skip, NULL))
            continue;
        cb_decoder_free(decoder);
        n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "",
                              cb_framing_name(f));
    }
    return usage_error("--on-malformed=skip: after damage %s cannot find its place again; these "
                       "can: %s, and others with byte= or trailer=",
                       QUOTED(from), names);
}

static enum exit_status new_decoder(const struct options *options, unsigned whole,
                                    struct cb_decoder **decoder)
{
    const struct cb_decoder_options o = {
        .size = sizeof o,
        .max_record = options->max_record,
        .on_partial = (enum cb_partial)options->on_partial,
        .on_overflow = (enum cb_overflow)options->on_overflow,
        .on_malformed = (enum cb_malformed)options->on_malformed,
        .whole = whole,
    };
    struct cb_error error;
    if (cb_decoder_new(decoder, options->from, &o, &error) == CB_OK)
        return EXIT_FINE;
    if (options->on_malformed && is_right(options->from))
        return refuse_skip(options->from);
    return bad_specification(options->delimiters ? "--delim" : "--from", options->from, CB_DECODES,
                             &error);
}

/* `option` names it, in messages. */
static enum exit_status new_encoder(const struct options *options, const char *option,
                                    const char *to, struct cb_encoder **encoder)
{
    const struct cb_encoder_options o = {
        .size = sizeof o,
        .refuse_collisions = options->refuse_collisions,
    };
    struct cb_error error;
    if (cb_encoder_new(encoder, to, &o, &error) == CB_OK)
        return EXIT_FINE;
    return bad_specification(option, to, CB_ENCODES, &error);
}

/* A record whose header has its length cannot be written before that is known. */
static unsigned hold_whole(const struct options *options, const struct cb_encoder *encoder)
{
    const bool is_plain = grouping_is_plain(&options->grouping);
    unsigned traits = is_plain ? options->destination->traits : 0;
    traits |= encoder ? cb_encoder_traits(encoder) : 0;
    if (traits & CB_NEEDS_WHOLE)
        return CB_WHOLE;
    return traits & CB_NEEDS_LENGTH ? CB_WHOLE_UNTOLD : 0;
}

/* The default output framing depends on the decoder, and needs nothing from it. */
static enum exit_status new_coders(const struct options *options, struct cb_decoder **decoder,
                                   struct cb_encoder **encoder)
{
    const bool encodes = options->destination->encodes;
    enum exit_status status = EXIT_FINE;
    if (encodes && options->to)
        status = new_encoder(options, "--to", options->to, encoder);
    if (!status)
        status = new_decoder(options, hold_whole(options, *encoder), decoder);
    if (!status && encodes && !options->to)
        status = new_encoder(options, "--to",
                             cb_decoder_traits(*decoder) & CB_PARTS ? "raw" : "line", encoder);
    return status;
}

/* Can what commands print be read in this framing? */
static enum exit_status check_collect(const char *framing)
{
    struct cb_error error;
    struct cb_decoder *decoder = NULL;
    int status = cb_decoder_new(&decoder, framing, NULL, &error);
    cb_decoder_free(decoder);
    return status ? bad_specification("--collect", framing, CB_DECODES, &error) : EXIT_FINE;
}

/* ... and written in the same?  Another framing may have the name of one that is for input
 * only. */
static enum exit_status check_collect_both_ways(const char *framing)
{
    struct cb_error error;
    struct cb_encoder *encoder = NULL;
    int status = CB_EINVAL;
    if (cb_framing_can(cb_framing_find(framing)) & CB_ENCODES)
        status = cb_encoder_new(&encoder, framing, NULL, &error);
    cb_encoder_free(encoder);
    if (status == CB_EINVAL)
        return usage_error("--collect: %s cannot be written; choose another framing for that by "
                           "--collect-to",
                           QUOTED(framing));
    return status ? bad_specification("--collect", framing, CB_ENCODES, &error) : EXIT_FINE;
}

/* As long a record as can be held anyway. */
enum { COLLECT_MOST = 64 << 20 };

static enum exit_status new_collecting(const struct options *options, struct collecting *collecting)
{
    const char *to = options->collect_to ? options->collect_to : options->collect;
    enum exit_status status = EXIT_FINE;
    if (!options_collect(options))
        return EXIT_FINE;
    collecting->framing = options->collect;
    collecting->in_order = options->keep_order;
    collecting->max_record =
        options->max_record > COLLECT_MOST ? options->max_record : COLLECT_MOST;
    if (options->collect)
        status = check_collect(options->collect);
    if (!status && options->collect && !options->collect_to)
        status = check_collect_both_ways(options->collect);
    return status ? status
                  : new_encoder(options, "--collect-to", to ? to : "raw", &collecting->encoder);
}

/* Is --part possible with this input? */
static enum exit_status check_part(const struct options *options, unsigned decoder_traits)
{
    if (!options->part.count)
        return EXIT_FINE;
    if (options->file_count > 1)
        return usage_error("--part: only one FILE is possible");
    if (part_is_possible(decoder_traits))
        return EXIT_FINE;
    return usage_error("--part: %s cannot be decoded from the middle of a file",
                       QUOTED(options->from));
}

/* Would we read what we write, without end? */
static bool has_no_end(const struct options *options, const struct source *source)
{
    const struct selection *selection = &options->selection;
    const bool writes =
        options->destination == &destinations[TO_STDOUT] || options_collect(options);
    return writes && !options->part.count &&
           selection->ranges[selection->count - 1].last == UINT64_MAX &&
           fd_chases(source->fd, STDOUT_FILENO);
}

static bool open_input(const struct options *options, const char *path, struct source *source)
{
    int number = source_open(source, path, options->exact);
    if (number) {
        complain_errno(source->name, number);
        return false;
    }
    if (!has_no_end(options, source))
        return true;
    complain("%s: input file is output file", QUOTED_NAME(source->name));
    source_close(source, 0);
    return false;
}

/* Reads an input, and closes it. */
static enum exit_status run_one(struct reframe *reframe, const struct options *options,
                                const char *path, bool *opened)
{
    struct source source;
    enum exit_status status = EXIT_FINE;
    *opened = open_input(options, path, &source);
    if (!*opened) {
        reframe_missing(reframe, path);
        return EXIT_IO;
    }
    if (options->part.count)
        status = part_apply(&options->part, &source, options->from);
    if (!status)
        return reframe_run(reframe, &source);
    source_close(&source, 0);
    return status;
}

/* Reads one input after another, up to one with an error; --check reads on, and so does
 * all else after one that cannot be opened. */
static enum exit_status run_all(struct reframe *reframe, const struct options *options)
{
    enum exit_status result = EXIT_FINE;
    for (int i = 0; i < options->file_count && !reframe_done(reframe); i++) {
        bool opened;
        enum exit_status status = run_one(reframe, options, options->files[i], &opened);
        if (status == EXIT_USAGE)
            return status;
        if (status && opened && !options->destination->reads_on)
            return reframe_finish(reframe, status);
        result = result ? result : status;
    }
    enum exit_status ended = reframe_finish(reframe, EXIT_FINE);
    return result ? result : ended;
}

/* Makes all that the options ask for, except the sink.  The caller frees it, also after
 * a failure. */
static enum exit_status prepare(const struct options *options, struct reframe *reframe,
                                struct supplies *supplies)
{
    enum exit_status status = new_coders(options, &reframe->decoder, &supplies->encoder);
    if (!status)
        status = new_collecting(options, &supplies->collecting);
    if (!status && supplies->encoder)
        cb_encoder_follow(supplies->encoder, reframe->decoder);
    if (!status)
        status = check_part(options, cb_decoder_traits(reframe->decoder));
    if (!status && cb_pool_new(&reframe->pool, NULL)) {
        complain_errno("stdin", ENOMEM);
        status = EXIT_IO;
    }
    supplies->pool = reframe->pool;
    return status;
}

/* Bytes of all inputs, if known.  The bounds of a part are found later. */
static uint64_t total_size(const struct options *options)
{
    return options->part.count ? PROGRESS_UNKNOWN
                               : source_total(options->files, options->file_count);
}

/* Makes what the options ask for, and runs it. */
static enum exit_status work(const struct options *options)
{
    struct reframe reframe = {.selection = &options->selection,
                              .skips_damage = options->on_malformed == CB_MALFORMED_SKIP,
                              .meter = reporter_watch()};
    struct supplies supplies = {.options = options};
    enum exit_status status = prepare(options, &reframe, &supplies);
    if (!status) {
        reframe.sink = options->destination->make(&supplies);
        if (!reframe.sink) {
            complain_errno(options->destination->name, errno);
            status = EXIT_IO;
        }
    }
    if (status) {
        cb_encoder_free(supplies.encoder);
        cb_encoder_free(supplies.collecting.encoder);
    } else {
        status = reporter_start(options->progress, (enum stats_form)options->stats,
                                total_size(options), &reframe.sink);
        if (!status)
            status = run_all(&reframe, options);
        reporter_stop();
        reframe.sink->ops->free(reframe.sink);
    }
    cb_pool_unref(reframe.pool);
    cb_decoder_free(reframe.decoder);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    bool has_output = fd_fill_standard();
    fd_catch_limit();
    enum exit_status status = options_parse(&options, argc, argv);
    if (!status && !options.done) {
        if (has_output || (!options.destination->writes_stdout && !options_collect(&options)))
            status = work(&options);
        else
            status = (complain_errno("stdout", EBADF), EXIT_IO);
    }
    options_free(&options);
    return (int)status;
}
