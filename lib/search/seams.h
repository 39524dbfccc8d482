/* SPDX-License-Identifier: MIT */
/*
 * Seams: the places in a stream that are inside no match.
 * Layer: base -> seams.
 *
 * A match is here any occurrence of what is searched for, whether a search accepts it or not.
 * No match that a search from the beginning of the stream accepts goes over a seam, and one that
 * it has begun there does not end; so after the seam it finds what a search finds that begins
 * there.
 *
 * A match that begins before a span may go on in it, and one may go on after it: there the worst
 * is assumed.
 *
 * The last seam of a span is found from the end, in blocks: an automaton for all matches runs
 * through each of them, from so far before it that the result is the same.  That is linear in
 * the span, unless a match can be longer than a block.
 */
#ifndef CB_SEAMS_H
#define CB_SEAMS_H

#include "core/base.h"

struct cb__seams {
    size_t reach; /* what is before so many bytes has no influence on whether a place is a seam */
    void *arg;
    /* Forgets all; data[at] is the next byte. */
    void (*start)(void *arg, const uint8_t *data, size_t at);
    /* May a search begin here? */
    bool (*may_begin)(const void *arg);
    /* One more byte: the length of the longest match that ends with it; 0 if none does. */
    size_t (*step)(void *arg, uint8_t byte);
    /* How many bytes a match has that may end later. */
    size_t (*begun)(const void *arg);
};

/* The last seam before data[n] where a search may begin: true with its index in *place.
 * `first`: the stream begins with these bytes. */
bool cb__seams_last(const struct cb__seams *seams, const uint8_t *data, size_t n, bool first,
                    size_t *place);

#endif
