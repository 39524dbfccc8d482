/* SPDX-License-Identifier: MIT */
/*
 * Whole JSON values of one span, for the fast path of families that have one after another.
 */
#ifndef CB_JSON_CUTS_H
#define CB_JSON_CUTS_H

#include "framing/decoder.h"
#include "framings/shared/json_text.h"

/* The span, and what was cut from it. */
struct cb__json_cuts {
    const struct cb_decoder *decoder;
    const uint8_t *data;
    size_t n;
    size_t start; /* of the next frame */
    struct cb__cut *cuts;
    size_t count;
    bool commas; /* one before each value */
};

/* Cuts the value data[from .. to), which is right by itself, out of the span, by
 * cb__json_cut; false if the slow path must look at it. */
typedef bool (*cb__json_cut_fn)(struct cb__json_cuts *values, size_t from, size_t to);

/* A frame whose record is data[from .. to) ends at `end`.  False if it is too long. */
static inline bool cb__json_cut(struct cb__json_cuts *values, size_t from, size_t to, size_t end)
{
    const bool keep = values->decoder->config.keep;
    const size_t at = keep ? values->start : from, length = (keep ? end : to) - at;
    if (length > values->decoder->max_record)
        return false;
    values->cuts[values->count++] = cb__cut_of(at, length, 0, end);
    values->start = end;
    return true;
}

/* As the `mark` of a family, where values are alone in lines; with `lines`, so they must
 * be. */
size_t cb__json_cuts_mark(const struct cb_decoder *decoder, bool lines, const uint8_t *data,
                          size_t n, struct cb__marked *marked, uint64_t *marks);

/* The first and last byte of the next value if it is a number or a name, and ends in the
 * span; false if not. */
bool cb__json_cuts_word(const struct cb__json_cuts *values, size_t *from, size_t *to);

/* Cuts the arrays, objects and strings that are next, at most `max`.  False if nothing can
 * follow. */
cb__always_inline bool cb__json_cuts_others(struct cb__json_cuts *values, size_t max,
                                            cb__json_cut_fn cut)
{
    uint32_t hits[2 * CB__CUTS + CB__FIND_SLACK];
    struct cb__json_place place = {.depth = 0};
    const size_t at = values->start;
    size_t scanned, i = 0;
    size_t count = cb__json_find(&place, values->commas, values->data + at, values->n - at, hits,
                                 2 * cb__min(max, CB__CUTS), &scanned);
    while (i + 1 < count && cut(values, at + hits[i], at + hits[i + 1] + 1))
        i += 2;
    return i && i == count;
}

/* Cuts values, until there are `max` of them. */
cb__always_inline void cb__json_cuts_find(struct cb__json_cuts *values, size_t max,
                                          cb__json_cut_fn cut)
{
    size_t from, to;
    bool more = true;
    while (more) {
        while (values->count < max && cb__json_cuts_word(values, &from, &to) &&
               cut(values, from, to))
            ;
        more = values->count < max && cb__json_cuts_others(values, max - values->count, cut);
    }
}

#endif
