/* SPDX-License-Identifier: MIT */
/*
 * Search: finding a needle in a buffer, and taking what stands before it.
 * Layer: base -> ... -> buffer -> search.
 *
 * The buffer keeps one matcher, for the needle last asked for.  Between two
 * calls it says: no match begins between `needle_start` and the matcher's safe
 * position, and its state stands for all bytes up to `at`.  A call that asks
 * for the same needle from a place between these two goes on at `at`; that is
 * why a record that arrives in many parts is scanned once.  Skipping bytes
 * leaves this true; whatever moves bytes to other positions makes it void.
 */
#include <string.h>

#include "buffer.h"

/* Makes the buffer's matcher one for this needle. */
static int prepare(struct cb_buffer *buffer, const uint8_t *needle, size_t n)
{
    if (buffer->needle) {
        cb__matcher_fini(buffer->needle);
    } else {
        buffer->needle = buffer->allocator->alloc(buffer->allocator->arg, sizeof *buffer->needle);
        if (!buffer->needle)
            return CB_ENOMEM;
    }
    buffer->needle_start = CB__NO_SEARCH;
    int status = cb__matcher_init(buffer->needle, &(struct cb__needle){.data = needle, .length = n},
                                  1, buffer->allocator);
    if (status) {
        buffer->allocator->free(buffer->allocator->arg, buffer->needle, sizeof *buffer->needle);
        buffer->needle = NULL;
    }
    return status;
}

/* Finds the needle between two positions that the buffer holds.  CB_YES with
 * *match set, CB_NO, or an error. */
static int search(struct cb_buffer *buffer, const void *needle, size_t n, uint64_t from,
                  uint64_t end, struct cb__match *match)
{
    int status = CB_OK;
    if (!buffer->needle || !cb__matcher_is(buffer->needle, needle, n))
        status = prepare(buffer, needle, n);
    if (status)
        return status;
    struct cb__matcher *matcher = buffer->needle;
    bool go_on = buffer->needle_start != CB__NO_SEARCH && from >= buffer->needle_start &&
                 from <= cb__matcher_safe(matcher) && matcher->at <= end;
    if (buffer->needle_start == CB__NO_SEARCH)
        cb__matcher_forget(matcher);
    if (!go_on) {
        cb__matcher_start(matcher, from);
        buffer->needle_start = from;
    }
    if (cb__matcher_known(matcher, end, match)) {
        buffer->needle_start = match->end;
        return CB_YES;
    }
    struct cb__cursor cursor = {0};
    const uint8_t *data;
    size_t size;
    uint64_t before = matcher->scanned;
    status = CB_NO;
    while (matcher->at < end && cb__buffer_span(buffer, &cursor, matcher->at, &data, &size)) {
        size = cb__min(size, cb__clamp_u64(end - matcher->at));
        if (cb__matcher_feed(matcher, data, size, match) == CB_YES) {
            buffer->needle_start = match->end;
            status = CB_YES;
            break;
        }
    }
    if (matcher->scanned > before)
        cb__pool_count_scanned(buffer->pool, (size_t)(matcher->scanned - before));
    return status;
}

int cb_find(struct cb_buffer *buffer, const void *needle, size_t n, int64_t start, int64_t end,
            size_t *at)
{
    struct cb__match match;
    if (start < 0 || end < 0)
        return CB_EINVAL;
    uint64_t from = (uint64_t)start, to = (uint64_t)end;
    if (to > buffer->length)
        to = buffer->length;
    if (from > to || n > to - from)
        return CB_NO;
    if (!n) {
        *at = (size_t)from;
        return CB_YES;
    }
    int status = search(buffer, needle, n, buffer->position + from, buffer->position + to, &match);
    if (status == CB_YES)
        *at = (size_t)(match.start - buffer->position);
    return status;
}

/* Takes the first `payload` bytes, and drops the others of the record. */
static int take_record(struct cb_buffer *buffer, size_t payload, size_t record,
                       struct cb_buffer *target)
{
    int status = cb__buffer_take_frame(buffer, 0, payload, record, target);
    return status ? status : CB_YES;
}

int cb_takeuntil(struct cb_buffer *buffer, const void *delimiter, size_t n, unsigned flags,
                 size_t start, struct cb_buffer *target)
{
    struct cb__match match;
    if (!n || buffer == target)
        return CB_EINVAL;
    if (start > buffer->length)
        return CB_MORE;
    int status =
        search(buffer, delimiter, n, buffer->position + start, cb__buffer_end(buffer), &match);
    if (status != CB_YES)
        return status == CB_NO ? CB_MORE : status;
    size_t record = (size_t)(match.end - buffer->position);
    return take_record(buffer, flags & CB_KEEP ? record : record - n, record, target);
}

int cb_takeline(struct cb_buffer *buffer, unsigned flags, size_t start, struct cb_buffer *target)
{
    struct cb__match match;
    if (buffer == target)
        return CB_EINVAL;
    if (start > buffer->length)
        return CB_MORE;
    int status = search(buffer, "\n", 1, buffer->position + start, cb__buffer_end(buffer), &match);
    if (status != CB_YES)
        return status == CB_NO ? CB_MORE : status;
    size_t record = (size_t)(match.end - buffer->position), payload = record;
    if (!(flags & CB_KEEP)) {
        struct cb__cursor cursor = {0};
        const uint8_t *before;
        size_t n;
        payload--;
        if (payload && cb__buffer_span(buffer, &cursor, match.start - 1, &before, &n) &&
            *before == '\r')
            payload--;
    }
    return take_record(buffer, payload, record, target);
}

int cb_skip_if_startswith(struct cb_buffer *buffer, const void *prefix, size_t n)
{
    const uint8_t *bytes = prefix;
    size_t common = cb__min(n, buffer->length);
    for (size_t i = 0, left = common; left; i++) {
        const struct cb__chunk *chunk = cb__buffer_chunk(buffer, i);
        size_t part = cb__min(left, chunk->length);
        if (memcmp(chunk->data, bytes, part) != 0)
            return CB_NO;
        bytes += part;
        left -= part;
    }
    if (common < n)
        return CB_MORE;
    cb_skip(buffer, n);
    return CB_YES;
}
