/* SPDX-License-Identifier: MIT */
#include "framing/sums.h"

#include <string.h>

enum { ROOM_LEAST = 64 };

static uint64_t round_down(uint64_t position)
{
    return position - position % CB__SUMS_SPACING;
}

static uint64_t round_up(uint64_t position)
{
    return round_down(position + CB__SUMS_SPACING - 1);
}

/* Adds the bytes between two positions. */
static uint32_t add(struct cb__sums *sums, const struct cb_buffer *buffer, uint32_t sum,
                    uint64_t from, uint64_t to)
{
    const uint8_t *data;
    size_t n;
    for (; from < to && cb__buffer_span(buffer, &sums->cursor, from, &data, &n); from += n) {
        n = cb__min(n, cb__clamp_u64(to - from));
        sum = sums->checksum->add(sum, data, n);
    }
    return sum;
}

/* Forgets sums before a position. */
static void forget(struct cb__sums *sums, uint64_t position)
{
    if (position <= sums->first || !sums->count)
        return;
    const size_t n =
        cb__min(cb__clamp_u64((position - sums->first) / CB__SUMS_SPACING), sums->count);
    memmove(sums->at, sums->at + n, (sums->count - n) * sizeof *sums->at);
    sums->count -= n;
    sums->first += (uint64_t)n * CB__SUMS_SPACING;
}

/* Makes room for one more: not more than twice as much as the buffer needs. */
static bool make_room(struct cb__sums *sums, const struct cb_buffer *buffer)
{
    const struct cb_allocator *allocator = sums->allocator;
    if (sums->count < sums->room)
        return true;
    forget(sums, round_down(buffer->position));
    if (sums->count < sums->room / 2)
        return true;
    const size_t room = sums->room ? sums->room * 2 : ROOM_LEAST;
    uint32_t *at = allocator->alloc(allocator->arg, room * sizeof *at);
    if (!at)
        return sums->count < sums->room;
    if (sums->room) {
        memcpy(at, sums->at, sums->count * sizeof *at);
        allocator->free(allocator->arg, sums->at, sums->room * sizeof *at);
    }
    sums->at = at;
    sums->room = room;
    return true;
}

/* Keeps sums up to a multiple of the spacing.  False if out of memory. */
static bool reach(struct cb__sums *sums, const struct cb_buffer *buffer, uint64_t to)
{
    uint64_t last = sums->first + (uint64_t)(sums->count - !!sums->count) * CB__SUMS_SPACING;
    if (!sums->count || last < buffer->position) { /* from here on */
        sums->count = 0;
        if (!make_room(sums, buffer))
            return false;
        sums->first = last = round_up(buffer->position);
        sums->at[sums->count++] = 0;
    }
    for (; last < to; last += CB__SUMS_SPACING) {
        if (!make_room(sums, buffer))
            return false;
        sums->at[sums->count] =
            add(sums, buffer, sums->at[sums->count - 1], last, last + CB__SUMS_SPACING);
        sums->count++;
    }
    return true;
}

uint32_t cb__sums_of(struct cb__sums *sums, const struct cb_buffer *buffer, uint64_t from,
                     uint64_t to)
{
    const uint64_t begin = round_up(from), end = round_down(to);
    if (begin >= end || !reach(sums, buffer, end))
        return add(sums, buffer, 0, from, to);
    const uint32_t before = add(sums, buffer, 0, from, begin);
    const uint32_t old = sums->at[(begin - sums->first) / CB__SUMS_SPACING];
    const uint32_t all = sums->at[(end - sums->first) / CB__SUMS_SPACING];
    const uint32_t sum = sums->checksum->replace(all, old, before, end - begin);
    return add(sums, buffer, sum, end, to);
}

void cb__sums_clear(struct cb__sums *sums)
{
    if (sums->room)
        sums->allocator->free(sums->allocator->arg, sums->at, sums->room * sizeof *sums->at);
    *sums = (struct cb__sums){.checksum = NULL};
}
