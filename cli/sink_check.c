/* SPDX-License-Identifier: MIT */
/* Whether the input is well formed: one line on standard output. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"
#include "sink.h"

struct sink_check {
    struct sink sink;
    uint64_t records, bytes, inputs;
    bool is_bad;
};

static void tally(struct sink *sink, uint64_t records)
{
    struct sink_check *check = (struct sink_check *)sink;
    check->records += records;
}

static void input(struct sink *sink, uint64_t bytes, bool whole)
{
    struct sink_check *check = (struct sink_check *)sink;
    check->bytes += bytes;
    check->inputs += whole;
    check->is_bad = check->is_bad || !whole;
}

static int flush(struct sink *sink)
{
    (void)sink;
    return EXIT_FINE;
}

static int finish(struct sink *sink, bool whole)
{
    const struct sink_check *check = (struct sink_check *)sink;
    /* How far it got in the record that is wrong says nothing. */
    if (whole && !check->is_bad)
        printf("ok: records %" PRIu64 ", bytes %" PRIu64 ", inputs %" PRIu64 "\n", check->records,
               check->bytes, check->inputs);
    else
        printf("bad: records %" PRIu64 ", inputs %" PRIu64 "\n", check->records, check->inputs);
    if (fclose(stdout) == 0)
        return EXIT_FINE;
    sink->error.code = CB_EIO;
    snprintf(sink->error.text, sizeof sink->error.text, "%s", strerror(errno));
    return EXIT_IO;
}

static void free_sink(struct sink *sink)
{
    free(sink);
}

static const struct sink_ops ops = {
    .tally = tally,
    .input = input,
    .flush = flush,
    .finish = finish,
    .free = free_sink,
};

struct sink *sink_check_new(void)
{
    struct sink_check *check = calloc(1, sizeof *check);
    if (!check)
        return NULL;
    check->sink.ops = &ops;
    check->sink.name = "stdout";
    return &check->sink;
}
