/* SPDX-License-Identifier: MIT */
#include "units.h"

/* Fewer records than these are shared evenly. */
enum { FEW_RECORDS = 256 };

static size_t count_records(const struct unit *unit)
{
    return (size_t)(unit->last - unit->first) + 1;
}

/* How many of the records at hand one worker may have: if they are few, an even
 * share. */
static size_t share(const struct workers *workers, size_t records)
{
    const size_t reading = workers_reading(workers);
    return reading && records < FEW_RECORDS ? (records + reading - 1) / reading : records;
}

/* How many of the units from `first` on make the next group for the target, with at
 * most `most` records if possible. */
static size_t group_size(const struct units *units, size_t first, size_t most,
                         struct workers *workers, uint64_t begin)
{
    const struct unit *unit = units->unit + first;
    const uint64_t grant = workers_grant(workers);
    size_t records = count_records(unit), n = 1;
    while (first + n < units->count && unit[n - 1].end - begin < grant) {
        records += count_records(&unit[n]);
        if (records > most)
            break;
        n++;
    }
    workers->worker[workers->target].grant = (size_t)(unit[n - 1].end - begin);
    return n;
}

/* Gives the target as many bytes of n units as it takes now, and the rest of the last
 * unit among them.  Returns how many units it got. */
static size_t send_group(const struct unit *unit, size_t n, struct workers *workers,
                         struct cb_buffer *buffer)
{
    struct child *child = workers_child(workers);
    const uint64_t begin = cb_position(buffer);
    uint64_t end = begin;
    size_t sent = 0;
    child_try(child, buffer, (size_t)(unit[n - 1].end - begin));
    while (sent < n && end < cb_position(buffer))
        end = unit[sent++].end;
    while (sent < n && unit[sent].end == end)
        sent++; /* it has no bytes */
    for (size_t i = 0; i < sent; i++)
        workers_assign(workers, unit[i].first, unit[i].last);
    children_give(&workers->set, child, buffer, (size_t)(end - cb_position(buffer)));
    workers->worker[workers->target].filled += (size_t)(end - begin);
    return sent;
}

void units_add(struct units *units, uint64_t first, uint64_t last, const struct cb_buffer *buffer)
{
    units->unit[units->count++] =
        (struct unit){.first = first, .last = last, .end = cb_position(buffer) + cb_length(buffer)};
}

enum exit_status units_send(struct units *units, struct workers *workers, struct cb_buffer *buffer)
{
    size_t records = 0;
    enum exit_status status = EXIT_FINE;
    for (size_t i = 0; i < units->count; i++)
        records += count_records(&units->unit[i]);
    const size_t most = share(workers, records);
    for (size_t first = 0; first < units->count && !status;) {
        status = workers_choose(workers, units->unit[first].first);
        if (status)
            break;
        size_t n = group_size(units, first, most, workers, cb_position(buffer));
        first += send_group(units->unit + first, n, workers, buffer);
    }
    units->count = 0;
    return status;
}
