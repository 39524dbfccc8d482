/* SPDX-License-Identifier: MIT */
/* cbsplit: splits a byte stream into records and writes them in another
 * framing. */
#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "coders.h"
#include "common/diagnostics.h"
#include "common/fd.h"
#include "common/quote.h"
#include "probe/probe.h"
#include "reframe.h"
#include "reports/progress.h"
#include "reports/reporter.h"

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

/* Would what we write spoil what we read? */
static bool feeds_on_itself(const struct options *options, const struct source *source)
{
    const struct selection *selection = &options->selection;
    const bool writes =
        options->destination == &destinations[TO_STDOUT] || options_collect(options);
    const bool ends =
        options->part.count || selection->ranges[selection->count - 1].last != UINT64_MAX;
    return writes && fd_chases(source->fd, STDOUT_FILENO, ends);
}

static bool open_input(const struct options *options, const char *path, struct source *source)
{
    int number = source_open(source, path, options->exact);
    if (number) {
        complain_errno(source->name, number);
        return false;
    }
    if (!feeds_on_itself(options, source))
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
    return reframe_finish(reframe, result);
}

/* Makes all that the options ask for, except the sink.  The caller frees it, also after
 * a failure. */
static enum exit_status prepare(const struct options *options, struct reframe *reframe,
                                struct supplies *supplies)
{
    enum exit_status status = coders_new(options, &reframe->decoder, supplies);
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
    struct reframe reframe = {.from = options->from,
                              .selection = &options->selection,
                              .idle = options->idle,
                              .skips_damage = options->on_malformed == CB_MALFORMED_SKIP,
                              .meter = reporter_watch()};
    struct supplies supplies = {.options = options};
    enum exit_status status = prepare(options, &reframe, &supplies);
    if (!status) {
        reframe.sink = options->destination->make(&supplies);
        if (!reframe.sink) {
            if (errno)
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
        enum exit_status reported = reporter_stop();
        status = status ? status : reported;
        reframe.sink->ops->free(reframe.sink);
    }
    cb_pool_unref(reframe.pool);
    cb_decoder_free(reframe.decoder);
    return status;
}

/* Standard output is closed, and we would write to it. */
static enum exit_status refuse_closed(void)
{
    complain_errno("stdout", EBADF);
    return EXIT_IO;
}

int main(int argc, char **argv)
{
    struct options options;
    bool has_output = fd_fill_standard();
    fd_catch_limit();
    enum exit_status status = options_parse(&options, argc, argv);
    if (!status && !options.done) {
        if (has_output || (!options.destination->writes_stdout && !options_collect(&options)))
            status = options.probe ? probe_run(options.files, options.file_count) : work(&options);
        else
            status = refuse_closed();
    }
    options_free(&options);
    return (int)status;
}
