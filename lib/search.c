/* SPDX-License-Identifier: MIT */
/*
 * Search: finding a needle in a buffer, and taking what stands before it.
 * Layer: base -> ... -> buffer -> search.
 *
 * The buffer keeps a search for each of the needles last asked for.  Between
 * two calls it says:
 *
 * - no match begins between `start` and the matcher's safe position, and the
 *   matcher's state represents all bytes up to its `at`;
 * - of the matches that begin at `found_from` or after it, `found` is the first.
 *
 * So a call that asks for the same needle again goes on at `at`, or has its
 * answer already; that is why a record that arrives in many parts is scanned
 * once, and why nobody who sends such parts can make it cost more.  Skipping
 * bytes leaves this true; whatever else changes bytes that were looked at says
 * from which position on (`unchanged` in the buffer).
 */
#include <string.h>

#include "buffer.h"

struct cb__search {
    struct cb__matcher matcher;
    struct cb__cursor cursor;
    uint64_t start;      /* CB__NOWHERE: nothing is known */
    uint64_t found_from; /* CB__NOWHERE: nothing was found */
    struct cb__match found;
};

static void free_search(struct cb_buffer *buffer, struct cb__search *search)
{
    cb__matcher_fini(&search->matcher);
    buffer->allocator->free(buffer->allocator->arg, search, sizeof *search);
}

void cb__buffer_forget_searches(struct cb_buffer *buffer)
{
    for (size_t i = 0; i < CB__SEARCHES && buffer->searches[i]; i++)
        free_search(buffer, buffer->searches[i]);
    memset(buffer->searches, 0, sizeof buffer->searches);
}

/* The bytes from `end` on are others than those that the search has looked at: of
 * a match that would go beyond them nothing is known. */
static void go_back(struct cb__search *search, uint64_t end)
{
    struct cb__matcher *matcher = &search->matcher;
    const uint64_t overlap = matcher->longest - 1;
    const uint64_t known = end > overlap ? end - overlap : 0;
    cb__matcher_forget(matcher);
    if (search->found_from != CB__NOWHERE && search->found.end > end)
        search->found_from = CB__NOWHERE;
    if (search->start > end)
        search->start = CB__NOWHERE;
    else if (cb__matcher_safe(matcher) > known)
        cb__matcher_start(matcher, known > search->start ? known : search->start);
}

static void go_back_all(struct cb_buffer *buffer)
{
    for (size_t i = 0; i < CB__SEARCHES && buffer->searches[i]; i++)
        go_back(buffer->searches[i], buffer->unchanged);
    buffer->unchanged = CB__NOWHERE;
}

/* Makes a search for this needle, in place of the one that was asked for the
 * longest time ago where there are too many, and puts it first. */
static int new_search(struct cb_buffer *buffer, const uint8_t *needle, size_t n)
{
    struct cb__search **all = buffer->searches;
    struct cb__search *search = buffer->allocator->alloc(buffer->allocator->arg, sizeof *search);
    if (!search)
        return CB_ENOMEM;
    int status = cb__matcher_init(
        &search->matcher, &(struct cb__needle){.data = needle, .length = n}, 1, buffer->allocator);
    if (status) {
        buffer->allocator->free(buffer->allocator->arg, search, sizeof *search);
        return status;
    }
    search->cursor = (struct cb__cursor){0};
    search->start = search->found_from = CB__NOWHERE;
    if (all[CB__SEARCHES - 1])
        free_search(buffer, all[CB__SEARCHES - 1]);
    memmove(all + 1, all, (CB__SEARCHES - 1) * sizeof *all);
    all[0] = search;
    return CB_OK;
}

/* Brings the search for this needle to the front. */
static int find_search(struct cb_buffer *buffer, const uint8_t *needle, size_t n)
{
    struct cb__search **all = buffer->searches;
    for (size_t i = 1; i < CB__SEARCHES && all[i]; i++) {
        if (cb__matcher_is(&all[i]->matcher, needle, n)) {
            struct cb__search *search = all[i];
            memmove(all + 1, all, i * sizeof *all);
            all[0] = search;
            return CB_OK;
        }
    }
    return new_search(buffer, needle, n);
}

/* The next match that ends before `end`, from where the search stopped. */
static int scan(struct cb_buffer *buffer, struct cb__search *search, uint64_t end,
                struct cb__match *match)
{
    struct cb__matcher *matcher = &search->matcher;
    const uint8_t *data;
    size_t size;
    uint64_t before = matcher->scanned;
    int status = CB__NO;
    while (status != CB__YES && matcher->at < end &&
           cb__buffer_span(buffer, &search->cursor, matcher->at, &data, &size)) {
        size = cb__min(size, cb__clamp_u64(end - matcher->at));
        status = cb__matcher_feed(matcher, data, size, match);
    }
    if (matcher->scanned > before)
        cb__pool_count_scanned(buffer->pool, (size_t)(matcher->scanned - before));
    return status == CB__YES ? CB__YES : CB__NO;
}

/* Finds the needle between two positions that the buffer holds.  CB__YES with
 * *match set, CB__NO, or an error. */
static int find_first(struct cb_buffer *buffer, const void *needle, size_t n, uint64_t from,
                      uint64_t end, struct cb__match *match)
{
    if (cb__unlikely(buffer->unchanged != CB__NOWHERE))
        go_back_all(buffer);
    struct cb__search *search = buffer->searches[0];
    if (cb__unlikely(!search || !cb__matcher_is(&search->matcher, needle, n))) {
        int status = find_search(buffer, needle, n);
        if (status)
            return status;
        search = buffer->searches[0];
    }
    struct cb__matcher *matcher = &search->matcher;
    if (from >= search->found_from && from <= search->found.start) {
        *match = search->found;
        return match->end <= end ? CB__YES : CB__NO;
    }
    if (from < search->start || from > cb__matcher_safe(matcher)) {
        cb__matcher_start(matcher, from);
        search->start = from;
    } else if (matcher->at > end) {
        return CB__NO; /* all that could end before `end` was looked at */
    }
    if (!cb__matcher_known(matcher, end, match) && scan(buffer, search, end, match) == CB__NO)
        return CB__NO;
    search->found_from = from;
    search->found = *match;
    search->start = match->end;
    return CB__YES;
}

int cb_find(struct cb_buffer *buffer, const void *needle, size_t n, size_t start, size_t end,
            size_t *at)
{
    struct cb__match match;
    end = cb__min(end, buffer->length);
    if (start > end || n > end - start)
        return CB__NO;
    if (!n) {
        *at = start;
        return CB__YES;
    }
    int status =
        find_first(buffer, needle, n, buffer->position + start, buffer->position + end, &match);
    if (status == CB__YES)
        *at = (size_t)(match.start - buffer->position);
    return status;
}

/* Takes the first `payload` bytes, and drops the others of the record. */
static int take_record(struct cb_buffer *buffer, size_t payload, size_t record,
                       struct cb_buffer *target)
{
    int status = cb__buffer_take_frame(buffer, 0, payload, record, target);
    return status ? status : CB__YES;
}

/* Finds the delimiter that ends a record of at most `limit` bytes.  CB__YES with
 * *match set; CB__MORE; CB_EOVERFLOW where none can come in time; or an error. */
static int find_end(struct cb_buffer *buffer, const void *delimiter, size_t n, size_t start,
                    size_t limit, struct cb__match *match)
{
    size_t end = buffer->length;
    if (n < end && limit < end - n)
        end = limit + n; /* where the last delimiter in time ends */
    if (start > end)
        return end < buffer->length ? CB_EOVERFLOW : CB__MORE;
    int status =
        find_first(buffer, delimiter, n, buffer->position + start, buffer->position + end, match);
    if (status != CB__NO)
        return status;
    /* The first place where a delimiter can still begin. */
    uint64_t safe = cb__matcher_safe(&buffer->searches[0]->matcher);
    return safe - buffer->position > limit ? CB_EOVERFLOW : CB__MORE;
}

int cb_takeuntil(struct cb_buffer *buffer, const void *delimiter, size_t n, size_t start,
                 size_t limit, unsigned flags, struct cb_buffer *target)
{
    struct cb__match match;
    if (!n || buffer == target || !cb__flags_known(flags, CB_KEEP))
        return CB_EINVAL;
    int status = find_end(buffer, delimiter, n, start, limit ? limit : CB_ALL, &match);
    if (status != CB__YES)
        return cb__public(status);
    size_t record = (size_t)(match.end - buffer->position);
    return take_record(buffer, flags & CB_KEEP ? record : record - n, record, target);
}

/* Does CR stand before the n-th byte? */
static bool ends_in_cr(const struct cb_buffer *buffer, size_t n)
{
    struct cb__cursor cursor = {0};
    const uint8_t *before;
    size_t there;
    return n && cb__buffer_span(buffer, &cursor, buffer->position + n - 1, &before, &there) &&
           *before == '\r';
}

/* The length of a line whose LF is, or may come, n bytes from the head. */
static size_t line_length(const struct cb_buffer *buffer, size_t n)
{
    return ends_in_cr(buffer, n) ? n - 1 : n;
}

int cb_takeline(struct cb_buffer *buffer, size_t start, size_t limit, unsigned flags,
                struct cb_buffer *target)
{
    struct cb__match match;
    if (buffer == target || !cb__flags_known(flags, CB_KEEP))
        return CB_EINVAL;
    if (!limit)
        limit = CB_ALL;
    /* One more for CR. */
    int status = find_end(buffer, "\n", 1, start, limit + (limit < CB_ALL), &match);
    if (status == CB__MORE && buffer->length > limit && line_length(buffer, buffer->length) > limit)
        return CB_EOVERFLOW;
    if (status != CB__YES)
        return cb__public(status);
    size_t record = (size_t)(match.end - buffer->position);
    size_t length = line_length(buffer, record - 1);
    if (length > limit)
        return CB_EOVERFLOW;
    return take_record(buffer, flags & CB_KEEP ? record : length, record, target);
}

int cb_skip_if_startswith(struct cb_buffer *buffer, const void *prefix, size_t n, size_t *missing)
{
    const uint8_t *bytes = prefix;
    *missing = 0;
    size_t common = cb__min(n, buffer->length);
    for (size_t i = 0, left = common; left; i++) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        size_t part = cb__min(left, chunk->length);
        if (memcmp(chunk->data, bytes, part) != 0)
            return CB_NO;
        bytes += part;
        left -= part;
    }
    *missing = n - common;
    if (*missing)
        return CB_NO;
    cb_skip(buffer, n);
    return CB_YES;
}
