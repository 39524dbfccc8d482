/* SPDX-License-Identifier: MIT */
/*
 * Sink: where records go.  One file for each kind, sink_*.c, and one table of
 * functions; the engine knows nothing else about it.
 *
 * Pieces arrive in order, each record from its first piece to its last.  Their
 * bytes are borrowed until `flush` has been called.
 */
#ifndef SINK_H
#define SINK_H

#include <stdbool.h>
#include <stdint.h>

#include <chunkedbuffer.h>
#include "../common/exit_status.h"
#include "template.h"

struct deadline;
struct output;
struct sink;

/* What became of an input. */
struct sink_input {
    const char *path; /* as on the command line */
    uint64_t bytes;
    bool opened;
    bool whole; /* it ended without an error */
};

struct sink_ops {
    /* Takes pieces. */
    enum exit_status (*put)(struct sink *sink, const struct cb_piece *pieces, size_t count);
    /* Instead of `put`, for a sink that does not look at pieces: `records`
     * more records ended. */
    void (*tally)(struct sink *sink, uint64_t records);
    /* After a flush, takes at most n of the next bytes of a descriptor as payload
     * of the current record, without a copy through this process.  Returns how
     * many; 0 if that is not possible.  Optional. */
    size_t (*move)(struct sink *sink, int fd, uint64_t n);
    /* An input has ended.  Optional. */
    void (*input)(struct sink *sink, const struct sink_input *input);
    /* Sends everything on its way, and releases the bytes of all pieces. */
    enum exit_status (*flush)(struct sink *sink);
    /* Waits until a descriptor has input (-1: until nothing is queued), but not beyond
     * the deadline, and does its own work meanwhile.  For a sink that has work left
     * after a flush.  Optional. */
    enum exit_status (*wait)(struct sink *sink, int fd, const struct deadline *deadline);
    /* There are no more records; if not `whole`, because of an error. */
    enum exit_status (*finish)(struct sink *sink, bool whole);
    void (*free)(struct sink *sink);
    bool ignores_payload; /* payload that is not in a piece yet may be discarded */
};

/*
 * put, flush, wait and finish return an exit status.  If it is not EXIT_FINE, `error` has
 * the message: with code CB_EUNENCODABLE it is about a record, numbered within its
 * input; with CB_EIO about the sink, by name, and about `record`, numbered over all
 * inputs, unless that is 0; with CB_OK the sink has printed it already.
 */
struct sink {
    const struct sink_ops *ops;
    const char *name;
    struct cb_error error;
    uint64_t failed;       /* after a put that failed: the first record that was not taken, by
                              its number in this input; 0: perhaps none was */
    uint64_t before;       /* records in the inputs before this one */
    struct output *stream; /* records may be encoded into this, one after another,
                              instead of `put`; NULL: not possible */
};

/* Which records go to one file or command. */
struct grouping {
    uint64_t records; /* so many; UINT64_MAX: as many as fit */
    uint64_t size;    /* most bytes, with their framing, unless one record has more; 0: any */
    uint64_t header;  /* the first records go to each of them before all others */
};

/* Each record alone? */
static inline bool grouping_is_plain(const struct grouping *grouping)
{
    return grouping->records == 1 && !grouping->size && !grouping->header;
}

/* How the output of commands is written to standard output. */
struct collecting {
    const char *framing;        /* of what they print; NULL: as it stands */
    struct cb_encoder *encoder; /* of what is written; NULL: they write it themselves */
    uint64_t max_record;        /* the longest record they may print */
    bool in_order;              /* of the input */
};

/* Each constructor returns NULL with errno set on failure.  One that takes an encoder
 * owns it from then on, except on failure. */

/* Records in a framing to standard output. */
struct sink *sink_stdout_new(struct cb_encoder *encoder);

/*
 * Each record to a file of its own, named by its number over all inputs; or each group of
 * records, numbered from 1.  An existing file is an error, or is replaced with `replace`, but
 * not if it is one of `inputs`, up to NULL, that has not been opened yet.  The template and
 * the inputs must outlive the sink.
 */
struct sink *sink_files_new(struct cb_encoder *encoder, const struct name_template *name,
                            bool replace, char *const *inputs, const struct grouping *grouping);

/* Each record, or group of them, to the standard input of a `sh -c command` of its own,
 * `jobs` of them at once.  If they are not grouped, `total` must be in a record's first
 * piece.  What waits for a command is in blocks of the pool, which must outlive the
 * sink. */
struct sink *sink_exec_new(struct cb_encoder *encoder, const char *command, size_t jobs,
                           const struct grouping *grouping, const struct collecting *collecting,
                           struct cb_pool *pool);

/* Each record to one of `jobs` processes `sh -c command` that read streams of
 * them, the first `header` records to all of them. */
struct sink *sink_workers_new(struct cb_encoder *encoder, const char *command, size_t jobs,
                              uint64_t header, const struct collecting *collecting,
                              struct cb_pool *pool);

/* Prints the number of records at the end; of `several` inputs also that of each, in
 * columns as wide as wc makes them for inputs of `bytes` bytes (UINT64_MAX: unknown). */
struct sink *sink_count_new(bool several, uint64_t bytes);

/* Prints at the end whether the input was well formed, and its size; of `several` inputs
 * also whether each was. */
struct sink *sink_check_new(bool several);

#endif
