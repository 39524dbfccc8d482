/* SPDX-License-Identifier: MIT */
/*
 * Header: the first records of the input, which go to the beginning of every file,
 * command or worker.
 */
#ifndef HEADER_H
#define HEADER_H

#include "output.h"

struct header {
    uint64_t left;           /* records that are still to come */
    struct cb_buffer *bytes; /* its records, encoded; NULL if it has none */
};

/* It will have so many records.  False if out of memory. */
bool header_init(struct header *header, uint64_t records);
void header_fini(struct header *header);

/* How many of the pieces belong to it. */
size_t header_pieces(const struct header *header, const struct cb_piece *pieces, size_t count);

/* Adds these pieces.  As long as it is incomplete, the sink's flush must call
 * header_keep.  Both return an exit status, with the sink's error filled. */
enum exit_status header_put(struct header *header, struct output *output,
                            const struct cb_piece *pieces, size_t count);
/* Moves all that is in the output to the header. */
enum exit_status header_keep(struct header *header, struct output *output);

static inline size_t header_length(const struct header *header)
{
    return header->bytes ? cb_length(header->bytes) : 0;
}

#endif
