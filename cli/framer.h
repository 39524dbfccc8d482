/* SPDX-License-Identifier: MIT */
/*
 * Framer: records on their way through an encoder to a descriptor.  What the
 * sinks that write records have in common.
 *
 * Bytes are collected, as in gather.h: those of a piece are borrowed until
 * framer_flush.
 */
#ifndef FRAMER_H
#define FRAMER_H

#include "gather.h"

#include <stdbool.h>

#include <chunkedbuffer.h>

#include "sink.h"

struct framer {
    struct sink *sink; /* whose records and errors these are */
    struct cb_encoder *encoder;
    struct gather *gather; /* its descriptor may be changed after a flush */
    unsigned traits;       /* the encoder's */

    int (*put)(struct framer *framer, const struct cb_piece *pieces, size_t count);
    /* With an encoder that does the same for every record: */
    const void *head, *tail; /* what stands before and after it */
    size_t head_size, tail_size;
    bool is_short; /* no head, and a tail of at most this many bytes: */
    uint8_t short_tail[8];
    /* With one that wants to see records whole: */
    struct cb_piece *held; /* what has come of this one */
    size_t held_count, held_room;
};

/* The encoder becomes the framer's.  An errno; then the encoder is still the
 * caller's. */
int framer_init(struct framer *framer, struct sink *sink, struct cb_encoder *encoder, int fd);
void framer_fini(struct framer *framer);

/* How many of the pieces belong to the same record as the first: as many as there
 * are, or up to its last. */
static inline size_t framer_record(const struct cb_piece *pieces, size_t count)
{
    size_t n = 1;
    while (n < count && !(pieces[n - 1].flags & CB_LAST))
        n++;
    return n;
}

/* Each returns an exit status, with the sink's error filled. */
int framer_put(struct framer *framer, const struct cb_piece *pieces, size_t count);
/* What stands at the end of the stream. */
int framer_finish(struct framer *framer);
int framer_flush(struct framer *framer);

/* Makes the sink's error of an errno, if it is one. */
int framer_failed(struct framer *framer, int number);

/* Does payload go out just as it is, and unseen? */
static inline bool framer_is_transparent(const struct framer *framer)
{
    return !(framer->traits & (CB_NO_PAYLOAD | CB_LOOKS | CB_NEEDS_WHOLE | CB_TRANSFORMS));
}

#endif
