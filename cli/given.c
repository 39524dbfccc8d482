/* SPDX-License-Identifier: MIT */
#include "given.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

void given_add(struct given *given, uint64_t first, uint64_t last)
{
    if (given->count && !given->more && given->range[given->count - 1].last + 1 == first) {
        given->range[given->count - 1].last = last;
    } else if (given->count < GIVEN_RANGES) {
        given->range[given->count].first = first;
        given->range[given->count++].last = last;
    } else {
        given->more += last - first + 1;
    }
}

static size_t put_range(char *text, size_t size, uint64_t first, uint64_t last)
{
    int n = first == last ? snprintf(text, size, "%" PRIu64, first)
                          : snprintf(text, size, "%" PRIu64 "-%" PRIu64, first, last);
    return (size_t)n;
}

const char *given_describe(const struct given *given, char text[GIVEN_TEXT])
{
    /* The longest range, and what may come behind it. */
    enum { RANGE = 44, MORE = 40 };
    uint64_t more = given->more;
    if (!given->count)
        return "no record";
    bool one = given->count == 1 && given->range[0].first == given->range[0].last && !more;
    size_t used = (size_t)snprintf(text, GIVEN_TEXT, one ? "record " : "records ");
    for (size_t i = 0; i < given->count; i++) {
        const uint64_t first = given->range[i].first, last = given->range[i].last;
        if (used > GIVEN_TEXT - RANGE - MORE) {
            more += last - first + 1;
            continue;
        }
        if (i)
            used += (size_t)snprintf(text + used, GIVEN_TEXT - used, ", ");
        used += put_range(text + used, GIVEN_TEXT - used, first, last);
    }
    if (more)
        snprintf(text + used, GIVEN_TEXT - used, " and %" PRIu64 " more", more);
    return text;
}
