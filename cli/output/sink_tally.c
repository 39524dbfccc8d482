/* SPDX-License-Identifier: MIT */
/* Writes no records, but one line about all of them: how many there were, or whether
 * the input is well formed. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/diagnostics.h"
#include "sink.h"

struct sink_tally {
    struct sink sink;
    void (*print)(const struct sink_tally *out, bool whole);
    uint64_t records, bytes, inputs;
    bool is_bad;
};

static void print_count(const struct sink_tally *out, bool whole)
{
    (void)whole;
    printf("%" PRIu64 "\n", out->records);
}

static void print_check(const struct sink_tally *out, bool whole)
{
    /* The position within the malformed record has no meaning. */
    if (whole && !out->is_bad)
        printf("ok: records %" PRIu64 ", bytes %" PRIu64 ", inputs %" PRIu64 "\n", out->records,
               out->bytes, out->inputs);
    else
        printf("bad: records %" PRIu64 ", inputs %" PRIu64 "\n", out->records, out->inputs);
}

static void tally(struct sink *sink, uint64_t records)
{
    struct sink_tally *out = (struct sink_tally *)sink;
    out->records += records;
}

static void input(struct sink *sink, uint64_t bytes, bool whole)
{
    struct sink_tally *out = (struct sink_tally *)sink;
    out->bytes += bytes;
    out->inputs += whole;
    out->is_bad = out->is_bad || !whole;
}

static enum exit_status flush(struct sink *sink)
{
    (void)sink;
    return EXIT_FINE;
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    const struct sink_tally *out = (struct sink_tally *)sink;
    out->print(out, whole);
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

#define TALLY_OPS(...)                                                                             \
    {                                                                                              \
        .tally = tally, .input = input, .flush = flush, .finish = finish, .free = free_sink,       \
        __VA_ARGS__                                                                                \
    }

/* To check payload, it has to be read; to count records, it may be discarded. */
static const struct sink_ops checking = TALLY_OPS(.ignores_payload = false);
static const struct sink_ops counting = TALLY_OPS(.ignores_payload = true);

static struct sink *new_sink(const struct sink_ops *ops,
                             void (*print)(const struct sink_tally *out, bool whole))
{
    struct sink_tally *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    out->sink.ops = ops;
    out->sink.name = "stdout";
    out->print = print;
    return &out->sink;
}

struct sink *sink_count_new(void)
{
    return new_sink(&counting, print_count);
}

struct sink *sink_check_new(void)
{
    return new_sink(&checking, print_check);
}
