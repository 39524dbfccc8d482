/* SPDX-License-Identifier: MIT */
#include "probe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/diagnostics.h"
#include "../common/quote.h"
#include "../input/source.h"
#include "sample.h"
#include "score.h"

enum { SHOWN = 5 };

/* As a shell has to see it; no specification here has a quote. */
static void print_specification(const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,=:.+-_";
    printf(text[strspn(text, plain)] ? "--from '%s'" : "--from %s", text);
}

static void print_example(const struct example *example)
{
    fputs(" \"", stdout);
    for (size_t i = 0; i < example->length && i < TRIAL_EXAMPLE; i++) {
        const uint8_t byte = example->data[i];
        if (byte == '"' || byte == '\\')
            printf("\\%c", byte);
        else
            printf(byte >= ' ' && byte < 0x7f ? "%c" : "\\x%02x", byte);
    }
    fputs(example->length > TRIAL_EXAMPLE ? "...\"" : "\"", stdout);
}

/* Why it has its score. */
static const char *reason(const struct finding *finding)
{
    if (finding->rules > 0)
        return "rules";
    return finding->gain > 0 ? "framing" : "text";
}

static void print_finding(const struct finding *finding, const struct sample *sample)
{
    const struct outcome *outcome = &finding->outcome;
    print_specification(finding->guess.text);
    printf("\n  records %" PRIu64 ", bytes %" PRIu64 " of %zu, bits %.0f (%s):", outcome->records,
           outcome->used, sample->size, finding->score, reason(finding));
    for (size_t i = 0; i < OUTCOME_EXAMPLES && i < outcome->records; i++)
        print_example(&outcome->examples[i]);
    putchar('\n');
}

/* Is one of those before it the same, record by record? */
static bool is_repeated(const struct scores *scores, size_t at)
{
    const struct outcome *outcome = &scores->findings[at].outcome;
    for (size_t i = 0; i < at; i++) {
        const struct outcome *before = &scores->findings[i].outcome;
        if (before->records == outcome->records && before->digest == outcome->digest)
            return true;
    }
    return false;
}

/* Those that have at least half of the best one's score. */
static void print_scores(const struct scores *scores)
{
    const double least = scores->findings[0].score / 2;
    size_t shown = 0;
    for (size_t i = 0; i < scores->count && shown < SHOWN; i++) {
        if (scores->findings[i].score < least || is_repeated(scores, i))
            continue;
        print_finding(&scores->findings[i], scores->sample);
        shown++;
    }
}

static enum exit_status probe_sample(struct scores *scores, const struct sample *sample,
                                     const char *name)
{
    score_all(scores, sample);
    if (scores->no_memory) {
        complain_errno(name, ENOMEM);
        return EXIT_IO;
    }
    if (!scores->count) {
        complain(sample->size ? "%s: none of the framings fits" : "%s: the input is empty",
                 QUOTED_NAME(name));
        return EXIT_MALFORMED;
    }
    print_scores(scores);
    return EXIT_FINE;
}

/* Leaves the input where it was, if that is possible. */
static int read_sample(struct sample *sample, const char *path)
{
    struct source source;
    int number = source_open(&source, path, false);
    if (number)
        return number;
    number = sample_read(sample, &source);
    const int closed = source_close(&source, sample->size);
    return number ? number : closed;
}

static enum exit_status probe_one(const char *path)
{
    const char *name = source_name(path);
    struct sample sample = {.data = NULL};
    struct scores *scores = malloc(sizeof *scores);
    const int number = scores ? read_sample(&sample, path) : ENOMEM;
    enum exit_status status = EXIT_IO;
    if (number)
        complain_errno(name, number);
    else
        status = probe_sample(scores, &sample, name);
    free(sample.data);
    free(scores);
    return status;
}

/* Prints what is there, so that messages come where they belong. */
static bool print_now(void)
{
    const int number = flush_printed();
    if (number)
        complain_errno("stdout", number);
    return !number;
}

enum exit_status probe_run(char *const *paths, int count)
{
    enum exit_status result = EXIT_FINE;
    for (int i = 0; i < count; i++) {
        if (count > 1)
            printf(i ? "\n%s:\n" : "%s:\n", QUOTED_NAME(source_name(paths[i])));
        if (!print_now())
            return EXIT_IO;
        const enum exit_status status = probe_one(paths[i]);
        if (!print_now())
            return EXIT_IO;
        result = result ? result : status;
    }
    return result;
}
