/* SPDX-License-Identifier: MIT */
/*
 * Measures the library against its peers, in medians of alternated runs, and
 * prints tables.
 *
 * Usage: library RUNS RESULTS [NAME=FILE]...
 *
 * A FILE has records ended by CRLF; NAME tells of their lengths.  The figures are
 * added to the file RESULTS too, in the form of those of measure.c.
 */
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_CASES = 16, MAX_RUNS = 101 };
enum { PIECE = 128 << 10, FILE_MOST = 4 << 20, RECORD_BYTES = 64 << 20, SEARCH_ROUNDS = 1024 };

static struct entry {
    const struct bench_case *bench;
    double seconds[MAX_RUNS];
} entries[MAX_CASES];
static size_t entry_count;
static FILE *results;

void fail(const char *what)
{
    fprintf(stderr, "library: %s failed\n", what);
    exit(EXIT_FAILURE);
}

/* Processor time: all of it is computation, and machines may be busy. */
static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void add(const struct bench_case *bench)
{
    for (; bench->label && entry_count < MAX_CASES; bench++)
        entries[entry_count++].bench = bench;
}

/* Fills in the medians, as the first of each entry's seconds. */
static void measure(struct work *work, long runs, uint64_t expected)
{
    for (long n = -1; n < runs; n++)
        for (size_t i = 0; i < entry_count; i++) {
            double started = now();
            if (entries[i].bench->run(work) != expected)
                fail(entries[i].bench->label);
            entries[i].seconds[n < 0 ? 0 : n] = now() - started;
        }
    for (size_t i = 0; i < entry_count; i++) {
        qsort(entries[i].seconds, (size_t)runs, sizeof(double), compare);
        entries[i].seconds[0] = entries[i].seconds[runs / 2];
    }
}

/* Adds a line for each entry to the results, which did `bytes` and `records`. */
static void put_results(const char *name, uint64_t bytes, uint64_t records)
{
    for (size_t i = 0; i < entry_count; i++)
        fprintf(results, "library-%s\tmemory\t%s\t%llu\t0\t%.6f\t%.6f\t0\t%.6f\t%llu\n", name,
                entries[i].bench->label, (unsigned long long)bytes, entries[i].seconds[0],
                entries[i].seconds[0], entries[i].seconds[0], (unsigned long long)records);
}

/* How many times as fast as each of its peers an entry is. */
static void print_ratios(const struct entry *entry)
{
    for (size_t i = 0; i < 3 && entry->bench->peers[i]; i++)
        for (size_t j = 0; j < entry_count; j++)
            if (strcmp(entries[j].bench->label, entry->bench->peers[i]) == 0)
                printf("  %.2f x %s", entries[j].seconds[0] / entry->seconds[0],
                       entry->bench->peers[i]);
}

static void print_target(const struct entry *entry)
{
    if (entry->bench->target[0])
        printf("  (target: %s)", entry->bench->target);
    putchar('\n');
}

/* Reads a file of records, and counts them. */
static struct work read_records(const char *path, uint64_t *records)
{
    static char data[FILE_MOST];
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(data, 1, sizeof data, file) : 0;
    if (!size || !feof(file))
        fail(path);
    fclose(file);
    *records = 0;
    for (const char *at = data; (at = memchr(at, '\r', (size_t)(data + size - at))); at++)
        ++*records;
    const unsigned rounds = (unsigned)(RECORD_BYTES / size) + 1;
    *records *= rounds;
    return (struct work){.data = data, .size = size, .piece = PIECE, .rounds = rounds};
}

static void measure_records(long runs, const char *name, const char *path)
{
    uint64_t records;
    struct work work = read_records(path, &records);

    entry_count = 0;
    add(cases_records);
    add(cases_peers);
    measure(&work, runs, records);
    put_results(name, (uint64_t)work.size * work.rounds, records);
    printf("records ended by CRLF, %s, in pieces of %d KiB\n", name, PIECE >> 10);
    printf("%-24s %9s %12s %12s\n", "", "ns", "allocations", "bytes copied");
    work.copied = 1; /* as read would bring them */
    for (size_t i = 0; i < entry_count; i++) {
        const struct bench_case *bench = entries[i].bench;
        printf("%-24s %9.2f", bench->label, entries[i].seconds[0] * 1e9 / (double)records);
        if (bench->is_ours) {
            bench->run(&work);
            printf(" %12.5f %12.5f", (double)work.allocations / (double)records,
                   (double)work.bytes_copied / (double)records);
        }
        print_ratios(&entries[i]);
        print_target(&entries[i]);
    }
    putchar('\n');
}

static void measure_search(long runs)
{
    static char data[PIECE];
    static const char text[] = "The quick-brown fox -jumps over the --lazy dog. ";
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = text[i % (sizeof text - 1)];
    struct work work = {.data = data, .size = sizeof data, .piece = PIECE, .rounds = SEARCH_ROUNDS};

    entry_count = 0;
    add(cases_search);
    measure(&work, runs, (uint64_t)SEARCH_ROUNDS * PIECE);
    put_results("search", (uint64_t)SEARCH_ROUNDS * PIECE, 0);
    printf("search in %d KiB for what is not there\n%-24s %9s\n", PIECE >> 10, "", "GB/s");
    for (size_t i = 0; i < entry_count; i++) {
        printf("%-24s %9.2f", entries[i].bench->label,
               (double)SEARCH_ROUNDS * PIECE / entries[i].seconds[0] / 1e9);
        print_ratios(&entries[i]);
        print_target(&entries[i]);
    }
}

int main(int argc, char **argv)
{
    long runs = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    if (runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr, "usage: library RUNS RESULTS [NAME=FILE]...\n");
        return EXIT_FAILURE;
    }
    results = fopen(argv[2], "a");
    if (!results)
        fail(argv[2]);
    for (int i = 3; i < argc; i++) {
        char *path = strchr(argv[i], '=');
        if (!path)
            fail(argv[i]);
        *path = '\0';
        measure_records(runs, argv[i], path + 1);
    }
    measure_search(runs);
    return fclose(results) ? EXIT_FAILURE : EXIT_SUCCESS;
}
