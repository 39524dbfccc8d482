/* SPDX-License-Identifier: MIT */
#include "destination.h"

#include "input/source.h"
#include "options.h"

static struct sink *make_stdout(const struct supplies *supplies)
{
    return sink_stdout_new(supplies->encoder);
}

static struct sink *make_count(const struct supplies *supplies)
{
    const struct options *options = supplies->options;
    return sink_count_new(options->file_count > 1,
                          source_total(options->files, options->file_count));
}

static struct sink *make_check(const struct supplies *supplies)
{
    return sink_check_new(supplies->options->file_count > 1);
}

static struct sink *make_files(const struct supplies *supplies)
{
    const struct options *options = supplies->options;
    return sink_files_new(supplies->encoder, &options->output, options->force, options->files,
                          &options->grouping);
}

static size_t job_count(const struct options *options)
{
    return options->jobs ? (size_t)options->jobs : 1;
}

static struct sink *make_commands(const struct supplies *supplies)
{
    const struct options *options = supplies->options;
    return sink_exec_new(supplies->encoder, options->command, job_count(options),
                         &options->grouping, &supplies->collecting, supplies->pool);
}

static struct sink *make_workers(const struct supplies *supplies)
{
    const struct options *options = supplies->options;
    return sink_workers_new(supplies->encoder, options->command, job_count(options),
                            options->header, &supplies->collecting, supplies->pool);
}

/* A single record in a file or command of its own needs no framing. */
const struct destination destinations[] = {
    [TO_STDOUT] = {.name = "stdout", .writes_stdout = true, .encodes = true, .make = make_stdout},
    [TO_COUNT] = {.option = "count", .name = "stdout", .writes_stdout = true, .make = make_count},
    [TO_CHECK] = {.option = "check",
                  .name = "stdout",
                  .writes_stdout = true,
                  .reads_on = true,
                  .make = make_check},
    [TO_FILES] = {.option = "output",
                  .name = "output",
                  .encodes = true,
                  .framing = "raw",
                  .takes_force = true,
                  .takes_groups = true,
                  .takes_header = true,
                  .make = make_files},
    [TO_COMMANDS] = {.option = "exec",
                     .name = "exec",
                     .encodes = true,
                     .framing = "raw",
                     .traits = CB_NEEDS_LENGTH, /* for CBSPLIT_LENGTH */
                     .takes_jobs = true,
                     .takes_groups = true,
                     .takes_header = true,
                     .make = make_commands},
    [TO_WORKERS] = {.option = "worker",
                    .name = "worker",
                    .encodes = true,
                    .takes_jobs = true,
                    .takes_header = true,
                    .make = make_workers},
};
