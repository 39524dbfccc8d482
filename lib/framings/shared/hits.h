/* SPDX-License-Identifier: MIT */
/*
 * Hits: the whole frames of one span, from the candidates that a kernel finds in it.
 * The loop of the fast paths (`cuts`) of families whose frames end, or begin, at bytes
 * that a finder knows.
 */
#ifndef CB_HITS_H
#define CB_HITS_H

#include "framing/decoder.h"
#include "kernels/find.h"

/* The frames found so far. */
struct cb__frames {
    const uint8_t *data;
    size_t n;
    size_t start; /* of the current frame: everything before is used */
    size_t next;  /* candidates before this were examined already; for the family */
    struct cb__cut *cuts;
    size_t count;
    uint64_t max_record;
};

/* Processes candidates, at data + from + hits[i], and returns how many it used.  The
 * next one is left to the slow path, and so is everything after it. */
typedef size_t (*cb__hits_fn)(struct cb__frames *frames, struct cb_decoder *decoder,
                              const uint32_t *hits, size_t count, size_t from);

enum { CB__HITS = 256 };

/* Finds at most `max` frames.  Returns how far the kernel looked, or the place of the
 * first candidate that was not used. */
cb__always_inline size_t cb__hits_cut(struct cb__frames *frames, struct cb_decoder *decoder,
                                      const struct cb__finder *finder, size_t max, cb__hits_fn use)
{
    uint32_t hits[CB__HITS + CB__FIND_SLACK];
    size_t from = 0;
    while (frames->count < max) {
        size_t wanted = cb__min(CB__HITS, max - frames->count), scanned;
        size_t found =
            cb__find_all(finder, frames->data + from, frames->n - from, hits, wanted, &scanned);
        size_t used = use(frames, decoder, hits, found, from);
        from += used < found ? hits[used] : scanned;
        if (used < found || found < wanted)
            break;
    }
    return from;
}

/* The current frame begins with a record of `length` bytes, and ends before `next`, at
 * most 65,535 bytes later. */
static inline void cb__hits_add(struct cb__frames *frames, size_t length, size_t next)
{
    frames->cuts[frames->count++] = cb__cut_of(frames->start, length, 0, next);
}

/* The same unless the record is empty. */
static inline void cb__hits_add_some(struct cb__frames *frames, size_t length, size_t next)
{
    frames->cuts[frames->count] = cb__cut_of(frames->start, length, 0, next);
    frames->count += length > 0;
}

#endif
