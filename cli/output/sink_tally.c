/* SPDX-License-Identifier: MIT */
/* Writes no records, but one line about all of them: how many there were, or whether
 * the input is well formed; and before it, one line about each of several inputs. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/diagnostics.h"
#include "../common/quote.h"
#include "../input/source.h"
#include "sink.h"

/* Of one input, or of all. */
struct tally {
    uint64_t records, bytes, inputs;
    bool is_bad;
};

struct sink_tally {
    struct sink sink;
    void (*print)(const struct sink_tally *out, const struct tally *tally, const char *path);
    bool several;
    bool lists_missing; /* inputs that could not be opened have a line, too */
    int width;          /* of a number in a column */
    struct tally one, all;
    int number; /* the errno of a write that failed, or 0 */
};

static void print_count(const struct sink_tally *out, const struct tally *tally, const char *path)
{
    if (out->several)
        printf("%*" PRIu64 " %s\n", out->width, tally->records, QUOTED_NAME(path));
    else
        printf("%" PRIu64 "\n", tally->records);
}

/* The position within a malformed record has no meaning: no bytes of bad ones. */
static void print_check(const struct sink_tally *out, const struct tally *tally, const char *path)
{
    const bool is_one = tally == &out->one;
    if (is_one)
        printf("%s: ", QUOTED_NAME(source_name(path)));
    printf("%s: records %" PRIu64, tally->is_bad ? "bad" : "ok", tally->records);
    if (!tally->is_bad)
        printf(", bytes %" PRIu64, tally->bytes);
    if (!is_one)
        printf(", inputs %" PRIu64, tally->inputs);
    putchar('\n');
}

static void print_tally(struct sink_tally *out, const struct tally *tally, const char *path)
{
    out->print(out, tally, path);
    if (!out->number)
        out->number = flush_printed();
}

static void tally(struct sink *sink, uint64_t records)
{
    struct sink_tally *out = (struct sink_tally *)sink;
    out->one.records += records;
    out->all.records += records;
}

static void input(struct sink *sink, const struct sink_input *input)
{
    struct sink_tally *out = (struct sink_tally *)sink;
    out->one.bytes = input->bytes;
    out->one.is_bad = !input->whole;
    out->all.bytes += input->bytes;
    out->all.inputs += input->whole;
    out->all.is_bad |= !input->whole;
    if (out->several && (input->opened || out->lists_missing)) {
        /* Written now, so that it comes before messages about the next one. */
        print_tally(out, &out->one, input->path);
    }
    out->one = (struct tally){0};
}

static enum exit_status flush(struct sink *sink)
{
    (void)sink;
    return EXIT_FINE;
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    struct sink_tally *out = (struct sink_tally *)sink;
    out->all.is_bad |= !whole;
    print_tally(out, &out->all, "total");
    if (fclose(stdout) && !out->number)
        out->number = errno;
    if (!out->number)
        return EXIT_FINE;
    sink->error.code = CB_EIO;
    snprintf(sink->error.text, sizeof sink->error.text, "%s", strerror(out->number));
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

/* As wc: as wide as the number of all bytes, or 7 if that is unknown. */
static int width_for(uint64_t bytes)
{
    return bytes == UINT64_MAX ? 7 : snprintf(NULL, 0, "%" PRIu64, bytes);
}

static struct sink *new_sink(const struct sink_tally *model)
{
    struct sink_tally *out = malloc(sizeof *out);
    if (!out)
        return NULL;
    *out = *model;
    return &out->sink;
}

struct sink *sink_count_new(bool several, uint64_t bytes)
{
    const struct sink_tally model = {.sink = {.ops = &counting, .name = "stdout"},
                                     .print = print_count,
                                     .several = several,
                                     .width = width_for(bytes)};
    return new_sink(&model);
}

struct sink *sink_check_new(bool several)
{
    const struct sink_tally model = {.sink = {.ops = &checking, .name = "stdout"},
                                     .print = print_check,
                                     .several = several,
                                     .lists_missing = true};
    return new_sink(&model);
}
