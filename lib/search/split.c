/* SPDX-License-Identifier: MIT */
/*
 * Split and strip: the parts of a buffer, by reference.
 * Layer: base -> ... -> buffer -> split.
 */
#include "core/buffer.h"
#include "search/matcher.h"

struct cb_split {
    struct cb_buffer *source;
    const struct cb_allocator *allocator;
    struct cb__matcher matcher;
    struct cb__cursor cursor;      /* for the search, */
    struct cb__cursor part_cursor; /* and for the parts after it */
    uint64_t from;                 /* position where the next part begins */
    size_t left;                   /* how many more splits are allowed */
    bool skip_empty;               /* no part is empty */
    bool skip_empty_last;          /* the part after the last separator is not empty */
    bool keep;                     /* the separator stays on the part */
    bool done;
};

#define NEEDLE(string)                                                                             \
    {                                                                                              \
        .data = (const uint8_t *)(string), .length = sizeof(string) - 1                            \
    }

/* bytes.isspace() in Python. */
static const struct cb__needle spaces[] = {
    NEEDLE(" "), NEEDLE("\t"), NEEDLE("\n"), NEEDLE("\r"), NEEDLE("\v"), NEEDLE("\f"),
};
static const struct cb__needle line_ends[] = {NEEDLE("\n"), NEEDLE("\r"), NEEDLE("\r\n")};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int new_split(struct cb_split **result, struct cb_buffer *source,
                     const struct cb__needle *needles, size_t count)
{
    const struct cb_allocator *allocator = source->allocator;
    struct cb_split *split = allocator->alloc(allocator->arg, sizeof *split);
    if (!split)
        return CB_ENOMEM;
    *split = (struct cb_split){
        .source = source, .allocator = allocator, .from = source->position, .left = CB_ALL};
    int status = cb__matcher_init(&split->matcher, needles, count, allocator);
    if (status) {
        allocator->free(allocator->arg, split, sizeof *split);
        return status;
    }
    cb__matcher_start(&split->matcher, source->position);
    *result = split;
    return CB_OK;
}

int cb_split_new(struct cb_split **result, struct cb_buffer *source, const void *separator,
                 size_t n, size_t maximum)
{
    const struct cb__needle needle = {.data = separator, .length = n};
    if (separator && !n)
        return CB_EINVAL;
    int status = separator ? new_split(result, source, &needle, 1)
                           : new_split(result, source, spaces, COUNT(spaces));
    if (status)
        return status;
    (*result)->skip_empty = !separator;
    (*result)->left = maximum;
    return CB_OK;
}

int cb_splitlines_new(struct cb_split **result, struct cb_buffer *source, unsigned flags)
{
    if (!cb__flags_known(flags, CB_KEEP))
        return CB_EINVAL;
    int status = new_split(result, source, line_ends, COUNT(line_ends));
    if (status)
        return status;
    (*result)->skip_empty_last = true;
    (*result)->keep = (flags & CB_KEEP) != 0;
    return CB_OK;
}

/* The next separator, or an empty one at the end: CB__NO. */
static int next_separator(struct cb_split *split, struct cb__match *match)
{
    const uint64_t end = cb__buffer_end(split->source);
    const uint8_t *data;
    size_t n;
    while (cb__buffer_span(split->source, &split->cursor, split->matcher.at, &data, &n)) {
        if (cb__matcher_feed(&split->matcher, data, n, match) == CB__YES)
            return CB__YES;
    }
    if (cb__matcher_finish(&split->matcher, match) == CB__YES)
        return CB__YES;
    *match = (struct cb__match){.start = end, .end = end};
    return CB__NO;
}

/* Makes the rest the next part; if parts must not be empty, without the separators at
 * its beginning. */
static int take_rest(struct cb_split *split, struct cb__match *match)
{
    while (split->skip_empty && next_separator(split, match) && match->start == split->from)
        split->from = match->end;
    const uint64_t end = cb__buffer_end(split->source);
    *match = (struct cb__match){.start = end, .end = end};
    return CB__NO;
}

int cb_split_next(struct cb_split *split, struct cb_buffer *part)
{
    struct cb__match match;
    while (!split->done) {
        int found = split->left ? next_separator(split, &match) : take_rest(split, &match);
        uint64_t from = split->from, end = split->keep ? match.end : match.start;
        bool empty = from == end;
        bool leave_out = empty && (split->skip_empty || (!found && split->skip_empty_last));
        if (!leave_out) {
            ssize_t n = cb__buffer_slice(split->source, &split->part_cursor, from,
                                         (size_t)(end - from), part);
            if (n < 0) {
                cb__matcher_start(&split->matcher, from); /* return the same part again */
                return (int)n;
            }
        }
        split->from = match.end;
        split->done = !found;
        if (leave_out)
            continue;
        if (split->left != CB_ALL)
            split->left--;
        return CB_YES;
    }
    return CB_END;
}

void cb_split_free(struct cb_split *split)
{
    if (!split)
        return;
    const struct cb_allocator *allocator = split->allocator;
    cb__matcher_fini(&split->matcher);
    allocator->free(allocator->arg, split, sizeof *split);
}

/* How many bytes at the beginning of the buffer are members of a set. */
static size_t count_first(const struct cb_buffer *buffer, const bool member[256])
{
    size_t count = 0;
    for (size_t i = 0; i < buffer->count; i++) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        size_t k = 0;
        while (k < chunk->length && member[chunk->data[k]])
            k++;
        count += k;
        if (k < chunk->length)
            break;
    }
    return count;
}

/* The same at its end. */
static size_t count_last(const struct cb_buffer *buffer, const bool member[256])
{
    size_t count = 0;
    for (size_t i = buffer->count; i--;) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        size_t k = 0;
        while (k < chunk->length && member[chunk->data[chunk->length - 1 - k]])
            k++;
        count += k;
        if (k < chunk->length)
            break;
    }
    return count;
}

size_t cb_strip(struct cb_buffer *buffer, const void *set, size_t n)
{
    bool member[256] = {false};
    const uint8_t *bytes = set;
    if (set) {
        for (size_t i = 0; i < n; i++)
            member[bytes[i]] = true;
    } else {
        for (size_t i = 0; i < COUNT(spaces); i++)
            member[spaces[i].data[0]] = true;
    }
    const size_t first = cb_skip(buffer, count_first(buffer, member));
    return first + cb_truncate(buffer, buffer->length - count_last(buffer, member));
}
