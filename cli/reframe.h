/* SPDX-License-Identifier: MIT */
/*
 * Reframe: the engine.  Records go to standard output by one call of the library,
 * to other sinks in batches of pieces:
 *
 *     read -> cb_reframe -------------> sink.flush -> read
 *     read -> cb_decoder_batch -> sink.put -> ... -> sink.flush -> read
 *
 * Everything that is at hand is on its way out before the next read, so a
 * finished record never waits for input.
 */
#ifndef REFRAME_H
#define REFRAME_H

#include "reports/meter.h"
#include "input/selection.h"
#include "output/sink.h"
#include "input/source.h"

struct reframe {
    struct cb_decoder *decoder;
    struct cb_pool *pool;
    struct sink *sink;
    const struct selection *selection;
    size_t range;        /* of the selection, the one that is being read or comes next */
    struct meter *meter; /* says how far it is */
    uint64_t before;     /* records in the inputs before this one */
    uint64_t read;       /* bytes in these */
};

/* Works through one input and closes it.  An exit status; what is wrong was
 * said. */
enum exit_status reframe_run(struct reframe *reframe, struct source *source);

/* The same for an input that could not be opened. */
void reframe_missing(struct reframe *reframe);

/* Have all records that are wanted gone through? */
bool reframe_done(const struct reframe *reframe);

/* Ends the output; `status` is how the input ended.  An exit status. */
enum exit_status reframe_finish(struct reframe *reframe, enum exit_status status);

#endif
