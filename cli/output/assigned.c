/* SPDX-License-Identifier: MIT */
#include "assigned.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

void assigned_add(struct assigned *assigned, uint64_t first, uint64_t last)
{
    if (assigned->count && !assigned->more &&
        assigned->range[assigned->count - 1].last + 1 == first) {
        assigned->range[assigned->count - 1].last = last;
    } else if (assigned->count < ASSIGNED_RANGES) {
        assigned->range[assigned->count].first = first;
        assigned->range[assigned->count++].last = last;
    } else {
        assigned->more += last - first + 1;
    }
}

static size_t put_range(char *text, size_t size, uint64_t first, uint64_t last)
{
    int n = first == last ? snprintf(text, size, "%" PRIu64, first)
                          : snprintf(text, size, "%" PRIu64 "-%" PRIu64, first, last);
    return (size_t)n;
}

const char *assigned_describe(const struct assigned *assigned, char text[ASSIGNED_TEXT])
{
    /* The longest range, and what may follow it. */
    enum { RANGE = 44, MORE = 40 };
    uint64_t more = assigned->more;
    if (!assigned->count)
        return "no record";
    bool one = assigned->count == 1 && assigned->range[0].first == assigned->range[0].last && !more;
    size_t used = (size_t)snprintf(text, ASSIGNED_TEXT, one ? "record " : "records ");
    for (size_t i = 0; i < assigned->count; i++) {
        const uint64_t first = assigned->range[i].first, last = assigned->range[i].last;
        if (used > ASSIGNED_TEXT - RANGE - MORE) {
            more += last - first + 1;
            continue;
        }
        if (i)
            used += (size_t)snprintf(text + used, ASSIGNED_TEXT - used, ", ");
        used += put_range(text + used, ASSIGNED_TEXT - used, first, last);
    }
    if (more)
        snprintf(text + used, ASSIGNED_TEXT - used, " and %" PRIu64 " more", more);
    return text;
}
