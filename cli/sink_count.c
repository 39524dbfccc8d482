/* SPDX-License-Identifier: MIT */
/* How many records there were, on standard output. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"
#include "sink.h"

struct sink_count {
    struct sink sink;
    uint64_t count;
};

static void tally(struct sink *sink, uint64_t records)
{
    struct sink_count *counter = (struct sink_count *)sink;
    counter->count += records;
}

static int flush(struct sink *sink)
{
    (void)sink;
    return EXIT_FINE;
}

static int finish(struct sink *sink, bool whole)
{
    struct sink_count *counter = (struct sink_count *)sink;
    (void)whole;
    printf("%" PRIu64 "\n", counter->count);
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
    .flush = flush,
    .finish = finish,
    .free = free_sink,
    .ignores_payload = true,
};

struct sink *sink_count_new(void)
{
    struct sink_count *counter = calloc(1, sizeof *counter);
    if (!counter)
        return NULL;
    counter->sink.ops = &ops;
    counter->sink.name = "stdout";
    return &counter->sink;
}
