/* SPDX-License-Identifier: MIT */
#include "selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../common/diagnostics.h"
#include "../common/quote.h"
#include "../common/text.h"

/* Reads N, N-M, N- or -M; returns what follows, or NULL with *why set. */
static const char *read_range(const char *at, struct range *range, const char **why)
{
    const enum text_result first = text_digits(&at, &range->first);
    enum text_result last = first;
    if (*at == '-') {
        at++;
        last = text_digits(&at, &range->last);
    } else {
        range->last = range->first;
    }
    *why = "neither a number nor a range";
    if ((*at && *at != ',') || (!first && !last))
        return NULL;
    *why = "the number is too large; the largest is 18446744073709551615";
    if (first == TEXT_TOO_LARGE || last == TEXT_TOO_LARGE)
        return NULL;
    range->first = first ? range->first : 1;
    range->last = last ? range->last : UINT64_MAX;
    *why = "records are numbered from 1";
    if (!range->first || !range->last)
        return NULL;
    *why = "the range is decreasing";
    return range->last < range->first ? NULL : at;
}

static int by_first(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

/* Sorts the ranges, and merges those that overlap or touch. */
static void merge(struct selection *selection)
{
    struct range *ranges = selection->ranges, *to = ranges;
    qsort(ranges, selection->count, sizeof *ranges, by_first);
    for (size_t i = 1; i < selection->count; i++) {
        if (ranges[i].first - 1 > to->last)
            *++to = ranges[i];
        else if (ranges[i].last > to->last)
            to->last = ranges[i].last;
    }
    selection->count = (size_t)(to - ranges) + 1;
}

/* Makes room for at most `count` ranges. */
static enum exit_status make_room(struct selection *selection, const char *option, size_t count)
{
    selection_free(selection);
    selection->ranges = calloc(count, sizeof *selection->ranges);
    if (selection->ranges)
        return EXIT_FINE;
    complain_errno(option, ENOMEM);
    return EXIT_IO;
}

enum exit_status selection_read(struct selection *selection, const char *option, const char *list)
{
    const char *at = list, *why;
    enum exit_status status = make_room(selection, option, strlen(list) / 2 + 1);
    while (!status) {
        const char *rest = read_range(at, &selection->ranges[selection->count++], &why);
        if (!rest)
            return usage_error("%s: %s, at character %zu of %s", option, why,
                               (size_t)(at - list) + 1, QUOTED(list));
        if (!*rest)
            break;
        at = rest + 1;
    }
    if (!status)
        merge(selection);
    return status;
}

/* Leaves at most `head` records, the first of which is `first` or a later one. */
static void cut(struct selection *selection, uint64_t first, uint64_t head)
{
    size_t kept = 0;
    for (size_t i = 0; i < selection->count && head; i++) {
        struct range range = selection->ranges[i];
        if (range.last < first)
            continue;
        if (range.first < first)
            range.first = first;
        if (range.last - range.first >= head)
            range.last = range.first + (head - 1);
        head -= range.last - range.first + 1;
        selection->ranges[kept++] = range;
    }
    selection->count = kept;
}

/* Selects the first records, too. */
static enum exit_status add_header(struct selection *selection, uint64_t header)
{
    struct range *ranges = calloc(selection->count + 1, sizeof *ranges);
    if (!ranges) {
        complain_errno("--header", ENOMEM);
        return EXIT_IO;
    }
    if (selection->count)
        memcpy(ranges + 1, selection->ranges, selection->count * sizeof *ranges);
    ranges[0] = (struct range){.first = 1, .last = header};
    free(selection->ranges);
    selection->ranges = ranges;
    selection->count++;
    merge(selection);
    return EXIT_FINE;
}

enum exit_status selection_cut(struct selection *selection, uint64_t header, uint64_t skip,
                               uint64_t head)
{
    if (!selection->ranges) {
        enum exit_status status = make_room(selection, "--select", 1);
        if (status)
            return status;
        selection->ranges[selection->count++] = (struct range){.first = 1, .last = UINT64_MAX};
    }
    uint64_t before;
    if (__builtin_add_overflow(header, skip, &before) || before == UINT64_MAX)
        selection->count = 0;
    else
        cut(selection, before + 1, head);
    return header ? add_header(selection, header) : EXIT_FINE;
}

void selection_free(struct selection *selection)
{
    free(selection->ranges);
    *selection = (struct selection){.ranges = NULL};
}
