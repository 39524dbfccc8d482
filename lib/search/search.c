/* SPDX-License-Identifier: MIT */
/*
 * Search: finding a needle in a buffer, and taking what comes before it.
 * Layer: base -> ... -> buffer -> search.
 *
 * The buffer keeps a search for each of the last needles.  Between two calls:
 *
 * - no match begins between `start` and the matcher's safe position, and the
 *   matcher's state represents all bytes up to its `at`;
 * - of the matches that begin at `found_from` or after it, `found` is the first.
 *
 * So a call for the same needle resumes at `at`, or has its answer already.  This
 * is why a record that arrives in many parts is scanned once, and why a sender of
 * such parts cannot make it cost more.  Skipping bytes keeps this true; anything
 * else that changes examined bytes records the first changed position
 * (`unchanged` in the buffer).
 */
#include <string.h>

#include "core/buffer.h"
#include "search/matcher.h"

struct cb__search {
    struct cb__matcher matcher;
    struct cb__cursor cursor;
    uint64_t start;      /* CB__NOWHERE: nothing known */
    uint64_t found_from; /* CB__NOWHERE: nothing found */
    struct cb__match found;
    /* For several needles: the needles, followed by their bytes in the same block. */
    struct cb__needle *set;
    size_t set_size;
};

static void free_search(struct cb_buffer *buffer, struct cb__search *search)
{
    cb__matcher_fini(&search->matcher);
    if (search->set)
        buffer->allocator->free(buffer->allocator->arg, search->set, search->set_size);
    buffer->allocator->free(buffer->allocator->arg, search, sizeof *search);
}

void cb__buffer_forget_searches(struct cb_buffer *buffer)
{
    for (size_t i = 0; i < CB__SEARCHES && buffer->searches[i]; i++)
        free_search(buffer, buffer->searches[i]);
    memset(buffer->searches, 0, sizeof buffer->searches);
}

/* The bytes from `end` on have changed since the search: forgets any match that would
 * extend beyond them, and the beginning of one. */
static void go_back(struct cb__search *search, uint64_t end)
{
    struct cb__matcher *matcher = &search->matcher;
    const uint64_t overlap = matcher->longest - 1;
    const uint64_t known = end > overlap ? end - overlap : 0;
    cb__matcher_forget(matcher);
    /* With several needles, the bytes of other possible matches were examined too. */
    if (search->found_from != CB__NOWHERE && search->found.start + matcher->longest > end)
        search->found_from = CB__NOWHERE;
    if (search->start > end)
        search->start = CB__NOWHERE;
    else if (matcher->seen > end || cb__matcher_safe(matcher) > known)
        cb__matcher_start(matcher, known > search->start ? known : search->start);
}

static void go_back_all(struct cb_buffer *buffer)
{
    for (size_t i = 0; i < CB__SEARCHES && buffer->searches[i]; i++)
        go_back(buffer->searches[i], buffer->unchanged);
    buffer->unchanged = CB__NOWHERE;
}

/* Moves the i-th search to the front. */
static void bring_to_front(struct cb_buffer *buffer, size_t i)
{
    struct cb__search **all = buffer->searches, *search = all[i];
    memmove(all + 1, all, i * sizeof *all);
    all[0] = search;
}

/* Creates a search for these needles, replaces the least recently used one if there are
 * too many, and puts it at the front. */
static int new_search(struct cb_buffer *buffer, const struct cb__needle *needles, size_t count)
{
    struct cb__search **all = buffer->searches;
    struct cb__search *search = buffer->allocator->alloc(buffer->allocator->arg, sizeof *search);
    if (!search)
        return CB_ENOMEM;
    int status = cb__matcher_init(&search->matcher, needles, count, buffer->allocator);
    if (status) {
        buffer->allocator->free(buffer->allocator->arg, search, sizeof *search);
        return status;
    }
    search->cursor = (struct cb__cursor){0};
    search->start = search->found_from = CB__NOWHERE;
    search->set = NULL;
    if (all[CB__SEARCHES - 1])
        free_search(buffer, all[CB__SEARCHES - 1]);
    all[CB__SEARCHES - 1] = search;
    bring_to_front(buffer, CB__SEARCHES - 1);
    return CB_OK;
}

/* Moves the search for this needle to the front. */
static int find_search(struct cb_buffer *buffer, const uint8_t *needle, size_t n)
{
    for (size_t i = 1; i < CB__SEARCHES && buffer->searches[i]; i++) {
        if (cb__matcher_is(&buffer->searches[i]->matcher, needle, n)) {
            bring_to_front(buffer, i);
            return CB_OK;
        }
    }
    return new_search(buffer, &(struct cb__needle){.data = needle, .length = n}, 1);
}

/* Is it the search for these needles, in this order? */
static bool is_for(const struct cb__search *search, const struct iovec *needles, size_t count)
{
    if (!search->set || search->matcher.needles != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct cb__needle *ours = &search->set[i];
        if (ours->length != needles[i].iov_len ||
            memcmp(ours->data, needles[i].iov_base, ours->length) != 0)
            return false;
    }
    return true;
}

/* A copy of several needles and their bytes, in a block of *size bytes. */
static struct cb__needle *copy_needles(const struct cb_buffer *buffer, const struct iovec *needles,
                                       size_t count, size_t *size)
{
    if (!cb__mul_size(count, sizeof(struct cb__needle), size)) /* not taken: see below */
        return NULL; /* not reached: the caller has them in memory */
    for (size_t i = 0; i < count; i++) {
        if (!cb__add_size(*size, needles[i].iov_len, size))
            return NULL;
    }
    struct cb__needle *set = buffer->allocator->alloc(buffer->allocator->arg, *size);
    if (!set)
        return NULL;
    uint8_t *bytes = (uint8_t *)(set + count);
    for (size_t i = 0; i < count; i++) {
        memcpy(bytes, needles[i].iov_base, needles[i].iov_len);
        set[i] = (struct cb__needle){.data = bytes, .length = needles[i].iov_len};
        bytes += needles[i].iov_len;
    }
    return set;
}

/* Moves the search for several needles to the front. */
static int find_set(struct cb_buffer *buffer, const struct iovec *needles, size_t count)
{
    size_t size;
    for (size_t i = 0; i < CB__SEARCHES && buffer->searches[i]; i++) {
        if (is_for(buffer->searches[i], needles, count)) {
            bring_to_front(buffer, i);
            return CB_OK;
        }
    }
    struct cb__needle *set = copy_needles(buffer, needles, count, &size);
    if (!set)
        return CB_ENOMEM;
    int status = new_search(buffer, set, count);
    if (status) {
        buffer->allocator->free(buffer->allocator->arg, set, size);
        return status;
    }
    buffer->searches[0]->set = set;
    buffer->searches[0]->set_size = size;
    return CB_OK;
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

/* Remembers the match that a search from `from` has found.  (By value: a match just
 * stored in two halves would make its load as a whole wait.) */
static inline void keep_found(struct cb__search *search, uint64_t from, struct cb__match match)
{
    search->found_from = from;
    search->found.start = match.start;
    search->start = search->found.end = match.end;
}

/* Is the match that is remembered the first one from there? */
static inline bool is_found(const struct cb__search *search, uint64_t from)
{
    return from >= search->found_from && from <= search->found.start;
}

/* Does the search know what begins at `from`, as far as it has come? */
static inline bool covers(const struct cb__search *search, uint64_t from)
{
    return from >= search->start && from <= cb__matcher_safe(&search->matcher);
}

/* Searches between two positions in the buffer.  CB__YES with *match set, or CB__NO. (A
 * call would cost each short record 20 instructions.) */
cb__always_inline int resume(struct cb_buffer *buffer, struct cb__search *search, uint64_t from,
                             uint64_t end, struct cb__match *match)
{
    struct cb__matcher *matcher = &search->matcher;
    if (is_found(search, from)) {
        *match = search->found;
        return match->end <= end ? CB__YES : CB__NO;
    }
    if (!covers(search, from)) {
        cb__matcher_start(matcher, from);
        search->start = from;
    } else if (matcher->seen > end) {
        return CB__NO; /* everything that could end before `end` was examined */
    }
    if (!cb__matcher_known(matcher, end, match) && scan(buffer, search, end, match) == CB__NO)
        return CB__NO;
    keep_found(search, from, *match);
    return CB__YES;
}

/* The same with several needles, of which one may be part of another, so the match
 * depends on `end`.  So nothing is known for an end before the examined bytes, and a
 * match that may still become a longer one is not remembered. */
static int resume_set(struct cb_buffer *buffer, struct cb__search *search, uint64_t from,
                      uint64_t end, struct cb__match *match)
{
    struct cb__matcher *matcher = &search->matcher;
    if (matcher->seen > end || (search->found_from != CB__NOWHERE && search->found.end > end)) {
        search->start = search->found_from = CB__NOWHERE;
        cb__matcher_start(matcher, from);
    }
    /* A longer needle that did not come leaves `at` before the bytes that it examined; they may
     * have been skipped since. */
    if (from > matcher->at && covers(search, from))
        matcher->at = from;
    const bool found = resume(buffer, search, from, end, match) == CB__YES;
    return found || cb__matcher_pending(matcher, match) ? CB__YES : CB__NO;
}

/* Finds the needle where the last match of the last search ended, if the next one was
 * seen by then: a record among many, in a few instructions. */
static inline bool find_seen(struct cb_buffer *buffer, const void *needle, size_t n, uint64_t from,
                             uint64_t end, struct cb__match *match)
{
    struct cb__search *search = buffer->searches[0];
    struct cb__match seen;
    if (cb__unlikely(!search || search->matcher.at != from || buffer->unchanged != CB__NOWHERE) ||
        !cb__matcher_is(&search->matcher, needle, n) ||
        !cb__matcher_known(&search->matcher, end, &seen))
        return false;
    keep_found(search, from, seen);
    *match = seen;
    return true;
}

/* Finds the needle between two positions in the buffer.  CB__YES with *match set,
 * CB__NO, or an error. */
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
    return resume(buffer, search, from, end, match);
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

/* Are these bytes at that position, near which the cursor is? */
static bool stands_at(const struct cb_buffer *buffer, struct cb__cursor cursor, uint64_t at,
                      const uint8_t *bytes, size_t n)
{
    const uint8_t *data;
    for (size_t there; n; at += there, bytes += there, n -= there) {
        if (!cb__buffer_span(buffer, &cursor, at, &data, &there))
            return false;
        there = cb__min(there, n);
        if (memcmp(data, bytes, there) != 0)
            return false;
    }
    return true;
}

int cb_find_any(struct cb_buffer *buffer, const struct iovec *needles, size_t count, size_t start,
                size_t end, size_t *at, size_t *which)
{
    struct cb__match match;
    if (!count)
        return CB_EINVAL;
    for (size_t i = 0; i < count; i++) {
        if (!needles[i].iov_len)
            return CB_EINVAL;
    }
    end = cb__min(end, buffer->length);
    if (start > end)
        return CB_NO;
    if (cb__unlikely(buffer->unchanged != CB__NOWHERE))
        go_back_all(buffer);
    int status = find_set(buffer, needles, count);
    if (status)
        return status;
    if (resume_set(buffer, buffer->searches[0], buffer->position + start, buffer->position + end,
                   &match) == CB__NO)
        return CB_NO;
    const size_t length = (size_t)(match.end - match.start);
    *at = (size_t)(match.start - buffer->position);
    *which = 0;
    while (needles[*which].iov_len != length ||
           !stands_at(buffer, buffer->searches[0]->cursor, match.start,
                      needles[*which].iov_base, length))
        ++*which;
    return CB_YES;
}

/* ------------------------------------------------------------ take a record */

/* Where a delimiter that ends a record of at most `limit` bytes must have ended, or the
 * buffer. */
static inline size_t end_in_time(const struct cb_buffer *buffer, size_t n, size_t limit)
{
    const size_t end = buffer->length;
    return n < end && limit < end - n ? limit + n : end;
}

/* Finds the delimiter that ends a record of at most `limit` bytes.  CB__YES with *match
 * set; CB__MORE; CB_EOVERFLOW if none can come in time; or an error. */
static int find_end(struct cb_buffer *buffer, const void *delimiter, size_t n, size_t start,
                    size_t limit, struct cb__match *match)
{
    const size_t end = end_in_time(buffer, n, limit);
    if (start > end)
        return end < buffer->length ? CB_EOVERFLOW : CB__MORE;
    int status =
        find_first(buffer, delimiter, n, buffer->position + start, buffer->position + end, match);
    if (status != CB__NO)
        return status;
    /* The first place where a delimiter can still begin. */
    const struct cb__search *search = buffer->searches[0];
    const uint64_t safe = is_found(search, buffer->position + start)
                              ? search->found.start
                              : cb__matcher_safe(&search->matcher);
    return safe - buffer->position > limit ? CB_EOVERFLOW : CB__MORE;
}

/* The same, if that takes only a few instructions; otherwise false.  *record is the
 * length of the record with its delimiter. */
static inline bool find_end_fast(struct cb_buffer *buffer, const void *delimiter, size_t n,
                                 size_t start, size_t limit, size_t *record)
{
    const uint64_t head = buffer->position;
    const size_t end = end_in_time(buffer, n, limit);
    struct cb__match match;
    if (start > end || !find_seen(buffer, delimiter, n, head + start, head + end, &match))
        return false;
    *record = (size_t)(match.end - head);
    return true;
}

/* Takes the first `payload` bytes and drops the rest of the record. */
static int take_record(struct cb_buffer *buffer, size_t payload, size_t record,
                       struct cb_buffer *target)
{
    int status = cb__buffer_take_frame(buffer, 0, payload, record, target);
    return status ? status : CB_YES;
}

/* cb_takeuntil with all that is rare. (Inlined, it would make the common case save
 * registers; so would takeline below.) */
static __attribute__((noinline)) int takeuntil(struct cb_buffer *buffer, const void *delimiter,
                                               size_t n, size_t start, size_t limit, unsigned flags,
                                               struct cb_buffer *target)
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

int cb_takeuntil(struct cb_buffer *buffer, const void *delimiter, size_t n, size_t start,
                 size_t limit, unsigned flags, struct cb_buffer *target)
{
    const size_t most = limit ? limit : CB_ALL;
    size_t record;
    if (cb__likely(flags <= CB_KEEP && find_end_fast(buffer, delimiter, n, start, most, &record) &&
                   cb__buffer_take_fast(buffer, 0, flags ? record : record - n, record, target)))
        return CB_YES;
    return takeuntil(buffer, delimiter, n, start, limit, flags, target);
}

/* Is the byte before the n-th a CR? */
static bool ends_in_cr(const struct cb_buffer *buffer, size_t n)
{
    struct cb__cursor cursor = {0};
    const uint8_t *before;
    size_t there;
    return n && cb__buffer_span(buffer, &cursor, buffer->position + n - 1, &before, &there) &&
           *before == '\r';
}

/* The length of a line whose LF is, or may be, n bytes from the head. */
static size_t line_length(const struct cb_buffer *buffer, size_t n)
{
    return ends_in_cr(buffer, n) ? n - 1 : n;
}

/* The same, if the line and its LF are in the first chunk; otherwise CB_ALL. */
static inline size_t line_length_fast(const struct cb_buffer *buffer, size_t n)
{
    const struct cb__chunk *head = cb__buffer_chunk(buffer, 0);
    if (cb__unlikely(n >= head->length))
        return CB_ALL;
    return n - (head->data[n - (n > 0)] == '\r'); /* the LF, if nothing is before it */
}

static __attribute__((noinline)) int takeline(struct cb_buffer *buffer, size_t start, size_t limit,
                                              unsigned flags, struct cb_buffer *target)
{
    struct cb__match match;
    if (buffer == target || !cb__flags_known(flags, CB_KEEP))
        return CB_EINVAL;
    if (!limit)
        limit = CB_ALL;
    /* one more for a CR */
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

int cb_takeline(struct cb_buffer *buffer, size_t start, size_t limit, unsigned flags,
                struct cb_buffer *target)
{
    const size_t most = limit ? limit : CB_ALL;
    size_t record;
    if (cb__likely(flags <= CB_KEEP &&
                   find_end_fast(buffer, "\n", 1, start, most + (most < CB_ALL), &record))) {
        const size_t length = line_length_fast(buffer, record - 1);
        if (cb__likely(length <= most &&
                       cb__buffer_take_fast(buffer, 0, flags ? record : length, record, target)))
            return CB_YES;
    }
    return takeline(buffer, start, limit, flags, target);
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
