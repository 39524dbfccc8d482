/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BAR_MAX = 50 };

void stats_init(struct stats *stats)
{
    memset(stats, 0, sizeof *stats);
    stats->smallest = UINT64_MAX;
}

/* The sizes of a bucket are the 2^shift ones from *from on. */
static unsigned bucket_range(size_t bucket, uint64_t *from)
{
    unsigned shift = bucket < STATS_EXACT ? 0 : (unsigned)(bucket >> STATS_BITS) - 1;
    *from = (uint64_t)(bucket - ((size_t)shift << STATS_BITS)) << shift;
    return shift;
}

/* The size that represents a bucket: the middle, within the smallest and largest. */
static uint64_t bucket_size(const struct stats *stats, size_t bucket)
{
    uint64_t size;
    unsigned shift = bucket_range(bucket, &size);
    size += (((uint64_t)1 << shift) - 1) / 2;
    if (size < stats->smallest)
        return stats->smallest;
    return size > stats->largest ? stats->largest : size;
}

uint64_t stats_quantile(const struct stats *stats, uint64_t part)
{
    uint64_t rank = stats->records - stats->records / part, seen = 0;
    for (size_t i = 0; i < STATS_BUCKETS; i++) {
        seen += stats->buckets[i];
        if (seen && seen >= rank)
            return bucket_size(stats, i);
    }
    return 0;
}

/* How many bits a size has. */
static unsigned class_of(uint64_t size)
{
    return size ? 64 - (unsigned)__builtin_clzll(size) : 0;
}

void stats_classes(const struct stats *stats, uint64_t classes[STATS_CLASSES])
{
    memset(classes, 0, STATS_CLASSES * sizeof *classes);
    for (size_t i = 0; i < STATS_BUCKETS; i++) {
        uint64_t from;
        bucket_range(i, &from);
        classes[class_of(from)] += stats->buckets[i];
    }
}

/* The bounds of a class. */
static uint64_t class_from(unsigned class)
{
    return class ? (uint64_t)1 << (class - 1) : 0;
}

static uint64_t class_to(unsigned class)
{
    return class ? 2 * class_from(class) - 1 : 0;
}

/* ------------------------------------------------------------------- print */

struct text {
    char *start;
    size_t used;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    size_t room = STATS_TEXT - text->used;
    va_start(arguments, format);
    int n = vsnprintf(text->start + text->used, room, format, arguments);
    va_end(arguments);
    if (n > 0)
        text->used += (size_t)n < room ? (size_t)n : room - 1;
}

static double mean(const struct stats *stats)
{
    return (double)stats->bytes / (double)stats->records;
}

/* "4-7", and its length. */
static int label(char out[48], unsigned class)
{
    return class < 2
               ? snprintf(out, 48, "%u", class)
               : snprintf(out, 48, "%" PRIu64 "-%" PRIu64, class_from(class), class_to(class));
}

static void add_bar(struct text *text, uint64_t count, uint64_t most, int room)
{
    static const char bar[] = "##################################################";
    _Static_assert(sizeof bar - 1 == BAR_MAX, "a bar of that length");
    /* Rounded up, so that even one record is visible. */
    int n = (int)((double)count / (double)most * room + 0.999);
    add(text, n > 0 ? " %.*s\n" : "\n", n, bar);
}

/* A line for each class from the smallest size to the largest. */
static void add_histogram(struct text *text, const struct stats *stats, unsigned width)
{
    uint64_t classes[STATS_CLASSES], most = 0;
    char name[48];
    unsigned first = class_of(stats->smallest), last = class_of(stats->largest);
    stats_classes(stats, classes);
    for (unsigned i = first; i <= last; i++)
        most = classes[i] > most ? classes[i] : most;
    int names = label(name, last), counts = snprintf(NULL, 0, "%" PRIu64, most);
    int room = (int)(width < 256 ? width : 256) - names - counts - 3;
    room = room < 0 ? 0 : room > BAR_MAX ? BAR_MAX : room;
    for (unsigned i = first; i <= last; i++) {
        label(name, i);
        add(text, "%-*s  %*" PRIu64, names, name, counts, classes[i]);
        add_bar(text, classes[i], most, room);
    }
}

static void print_for_people(struct text *text, const struct stats *stats, unsigned width)
{
    add(text, "records          %" PRIu64 "\n", stats->records);
    add(text, "bytes            %" PRIu64 "\n", stats->bytes);
    if (!stats->records)
        return;
    add(text, "smallest         %" PRIu64 "\n", stats->smallest);
    add(text, "mean             %.1f\n", mean(stats));
    add(text, "median           %" PRIu64 "\n", stats_quantile(stats, 2));
    add(text, "99th percentile  %" PRIu64 "\n", stats_quantile(stats, 100));
    add(text, "largest          %" PRIu64 "\n", stats->largest);
    add_histogram(text, stats, width);
}

static void print_json(struct text *text, const struct stats *stats)
{
    uint64_t classes[STATS_CLASSES];
    unsigned first = class_of(stats->smallest), last = class_of(stats->largest);
    add(text, "{\"records\":%" PRIu64 ",\"bytes\":%" PRIu64, stats->records, stats->bytes);
    if (stats->records)
        add(text,
            ",\"smallest\":%" PRIu64 ",\"mean\":%.3f,\"median\":%" PRIu64 ",\"p99\":%" PRIu64
            ",\"largest\":%" PRIu64,
            stats->smallest, mean(stats), stats_quantile(stats, 2), stats_quantile(stats, 100),
            stats->largest);
    else
        add(text, ",\"smallest\":null,\"mean\":null,\"median\":null,\"p99\":null,\"largest\":null");
    add(text, ",\"histogram\":[");
    stats_classes(stats, classes);
    for (unsigned i = first; i <= last; i++)
        add(text, "%s{\"from\":%" PRIu64 ",\"to\":%" PRIu64 ",\"records\":%" PRIu64 "}",
            i == first ? "" : ",", class_from(i), class_to(i), classes[i]);
    add(text, "]}\n");
}

size_t stats_print(const struct stats *stats, enum stats_form form, unsigned width,
                   char text[STATS_TEXT])
{
    struct text out = {.start = text};
    if (form == STATS_JSON)
        print_json(&out, stats);
    else if (form == STATS_FOR_PEOPLE)
        print_for_people(&out, stats, width);
    return out.used;
}
