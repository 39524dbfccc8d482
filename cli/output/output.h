/* SPDX-License-Identifier: MIT */
/*
 * Output: records in their framing, on the way to a descriptor or a command.
 * What the sinks that write records have in common.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>

#include <chunkedbuffer.h>

#include "sink.h"

struct output {
    struct sink *sink; /* whose records and errors these are */
    struct cb_encoder *encoder;
    struct cb_buffer *buffer; /* what is encoded and has not left yet */
    unsigned traits;          /* the encoder's */
};

/* The encoder becomes the output's.  False if out of memory; then it is still the
 * caller's. */
bool output_init(struct output *output, struct sink *sink, struct cb_encoder *encoder);
void output_fini(struct output *output);

/* How many of the pieces belong to the same record as the first: as many as there
 * are, or up to its last. */
static inline size_t output_record(const struct cb_piece *pieces, size_t count)
{
    size_t n = 1;
    while (n < count && !(pieces[n - 1].flags & CB_LAST))
        n++;
    return n;
}

/* Each of those below returns an exit status, with the sink's error filled. */

/* Encodes pieces, with a flush of the sink whenever enough is in the buffer. */
enum exit_status output_put(struct output *output, const struct cb_piece *pieces, size_t count);
/* Encodes what stands at the end of the stream. */
enum exit_status output_end(struct output *output);
/* Writes all to a descriptor, waiting as long as that takes. */
enum exit_status output_write(struct output *output, int fd);

/* Makes the sink's error of an errno, if it is one. */
enum exit_status output_failed(struct output *output, int number);

/* Does payload go out just as it is, and unseen? */
static inline bool output_is_transparent(const struct output *output)
{
    return !(output->traits & (CB_NO_PAYLOAD | CB_LOOKS | CB_NEEDS_WHOLE | CB_TRANSFORMS));
}

#endif
