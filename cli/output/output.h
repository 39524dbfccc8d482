/* SPDX-License-Identifier: MIT */
/*
 * Output: encoded records on their way to a descriptor or a command.  What the sinks
 * that write records have in common.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>

#include <chunkedbuffer.h>
#include "sink.h"

struct output {
    struct sink *sink; /* gets the errors */
    struct cb_encoder *encoder;
    struct cb_buffer *buffer; /* encoded, not yet written */
    unsigned traits;          /* the encoder's */
};

/* With this many encoded bytes, write before encoding more. */
enum { OUTPUT_ENOUGH = 256 << 10 };

/* Of a record that has not come whole, for a reader that must not take a part for all of it: */
enum part {
    NO_PART, /* there is none */
    HELD,    /* the reader has nothing of it: it is at the end of the output */
    SENT     /* the reader has all of it that has come */
};

/* The longest record that is held until it is whole. */
enum { HOLD_MOST = 64 << 10 };

/* The output owns the encoder from then on.  False if out of memory; then the caller
 * still owns it. */
bool output_init(struct output *output, struct sink *sink, struct cb_encoder *encoder);
void output_fini(struct output *output);

/* How many of the pieces belong to the record of the first one. */
static inline size_t output_record(const struct cb_piece *pieces, size_t count)
{
    size_t n = 1;
    while (n < count && !(pieces[n - 1].flags & CB_LAST))
        n++;
    return n;
}

/* Each of these returns an exit status, with the sink's error filled. */

/* Encodes pieces, and flushes the sink whenever the buffer has enough. */
enum exit_status output_put(struct output *output, const struct cb_piece *pieces, size_t count);
/* Encodes the end of the stream. */
enum exit_status output_end(struct output *output);
/* Writes everything to a descriptor, and waits as long as that takes. */
enum exit_status output_write(struct output *output, int fd);
/* The same for the first n bytes of any buffer (CB_ALL: all), which leave it. */
enum exit_status output_write_from(struct output *output, struct cb_buffer *buffer, size_t n,
                                   int fd);
/* The same, but 0 or an errno.  After an error the buffer is empty. */
int output_drain(struct cb_buffer *buffer, size_t n, int fd);

/* Ends the stream, if it is `whole`, on standard output, and closes it. */
enum exit_status output_finish(struct output *output, bool whole);

/* Turns an errno into the sink's error; EXIT_FINE for 0. */
enum exit_status output_failed(struct output *output, int number);

/* Makes this the sink's error. */
void output_refuse(struct output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Is payload written unchanged, without a look at it? */
static inline bool output_is_transparent(const struct output *output)
{
    return !(output->traits & (CB_NO_PAYLOAD | CB_LOOKS | CB_NEEDS_WHOLE | CB_TRANSFORMS));
}

#endif
