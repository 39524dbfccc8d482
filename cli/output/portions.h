/* SPDX-License-Identifier: MIT */
/*
 * Portions: a portion is what goes to one file or command, a stream of its own: one
 * record, or a group of them, after the header.
 *
 * A portion consists of whole records.  One that is incomplete so far is held while it is
 * short, or while it is open whether it fits, so that the records before it are not lost
 * if it is never completed; the stream then ends without its end mark.  The first of a
 * portion is passed on as it arrives: without it there is no portion.
 */
#ifndef PORTIONS_H
#define PORTIONS_H

#include "header.h"

/* What a sink does with a portion.  All but `abandon` return an exit status, with the
 * sink's error filled. */
struct portion_ops {
    /* Begins one with the record of this piece.  `number` is what it is known by: that of
     * the record if it has just one, else portions are counted from 1. */
    enum exit_status (*open)(struct sink *sink, uint64_t number, const struct cb_piece *piece);
    /* Sends the first n bytes of the buffer (CB_ALL: all), which leave it. */
    enum exit_status (*send)(struct sink *sink, struct cb_buffer *buffer, size_t n);
    /* It has whole records up to this number.  Optional. */
    void (*added)(struct sink *sink, uint64_t record);
    enum exit_status (*close)(struct sink *sink);
    /* Ends it inside a record: only its first `keep` bytes are whole records, and none if
     * that is 0. */
    enum exit_status (*abandon)(struct sink *sink, uint64_t keep);
};

struct portions {
    const struct portion_ops *ops;
    struct output *output;
    struct grouping grouping;
    struct header header;
    struct cb_buffer *ending; /* the bytes at the end of each portion's stream */
    struct cb_buffer *copy;   /* of the header or the ending; empty between calls */
    uint64_t number;          /* of the current portion, from 1 */
    bool is_open;
    bool in_batch; /* the output has whole records, and will have more */
    enum part part;
    struct cb_piece first; /* of the current record */
    uint64_t records;      /* whole ones in the portion */
    uint64_t begin, end;   /* where they are, as positions in the buffer of the output */
};

/* False if out of memory. */
bool portions_init(struct portions *portions, const struct portion_ops *ops, struct output *output,
                   const struct grouping *grouping);
void portions_fini(struct portions *portions);

/* These are for the functions of the sink with the same names. */
enum exit_status portions_put(struct portions *portions, const struct cb_piece *pieces,
                              size_t count);
enum exit_status portions_flush(struct portions *portions);
enum exit_status portions_finish(struct portions *portions, bool whole);

#endif
