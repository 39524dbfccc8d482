/* SPDX-License-Identifier: MIT */
/*
 * Sink: where records go.  One file for each kind, sink_*.c, and one table of
 * functions; the engine knows nothing else of it.
 *
 * Pieces arrive in order, each record from its first piece to its last.  Their
 * bytes are borrowed until `flush` has been called.
 */
#ifndef SINK_H
#define SINK_H

#include <stdbool.h>

#include <chunkedbuffer.h>

#include "../common/exit_status.h"
#include "template.h"

struct output;
struct sink;

struct sink_ops {
    /* Takes pieces. */
    enum exit_status (*put)(struct sink *sink, const struct cb_piece *pieces, size_t count);
    /* Instead of `put`, for a sink that looks at no piece: so many records
     * ended. */
    void (*tally)(struct sink *sink, uint64_t records);
    /* Takes at most n of the bytes that come next from a descriptor as payload
     * of the record that was begun, after a flush: they need not come through
     * this process.  Returns how many; 0 if that is not possible.  Optional. */
    size_t (*move)(struct sink *sink, int fd, uint64_t n);
    /* An input has ended, and so many of its bytes were taken; not `whole`: because
     * of an error.  Optional. */
    void (*input)(struct sink *sink, uint64_t bytes, bool whole);
    /* Lets go of all bytes it was given: everything is on its way. */
    enum exit_status (*flush)(struct sink *sink);
    /* Waits until a descriptor has input (-1: until no bytes are left that are on
     * their way), and gets on with its own work meanwhile.  For a sink whose work
     * goes on after a flush.  Optional. */
    void (*wait)(struct sink *sink, int fd);
    /* There are no more records; not `whole`: because of an error. */
    enum exit_status (*finish)(struct sink *sink, bool whole);
    void (*free)(struct sink *sink);
    bool ignores_payload; /* what is not in a piece yet may be discarded */
};

/*
 * put, flush and finish return an exit status.  When that is not EXIT_FINE,
 * *error has what is to be said: with code CB_EUNENCODABLE of a record of the
 * input's, with code CB_EIO of the sink, by its name, and of a record over all
 * inputs if that is not 0, with code CB_OK nothing more.
 */
struct sink {
    const struct sink_ops *ops;
    const char *name;
    struct cb_error error;
    uint64_t before;       /* records that were in the inputs before this one */
    struct output *stream; /* instead of `put` records may be encoded into this, one after
                              another; NULL: not in this sink */
};

/* Records in a framing to standard output.  The encoder becomes the sink's.
 * NULL where memory is out, and the encoder is not. */
struct sink *sink_stdout_new(struct cb_encoder *encoder);

/*
 * Those below take an encoder in the same way.  NULL with errno set.
 *
 * Each record to a file of its own, named by its number over all inputs.  An
 * existing file is an error, or with `replace` makes way.  The template must
 * outlive the sink.
 */
struct sink *sink_files_new(struct cb_encoder *encoder, const struct name_template *name,
                            bool replace);

/* Each record to the standard input of a `sh -c command` of its own, `jobs` of
 * them at once.  `total` must be in its first piece.  What waits for a command is
 * held in blocks of the pool, which must outlive the sink. */
struct sink *sink_exec_new(struct cb_encoder *encoder, const char *command, size_t jobs,
                           struct cb_pool *pool);

/* Each record to one of `jobs` processes `sh -c command` that read streams of
 * them. */
struct sink *sink_workers_new(struct cb_encoder *encoder, const char *command, size_t jobs,
                              struct cb_pool *pool);

/* The number of records, in the end. */
struct sink *sink_count_new(void);

/* Whether all of it was well formed, and how much that was. */
struct sink *sink_check_new(void);

#endif
