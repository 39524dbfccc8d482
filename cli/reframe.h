/* SPDX-License-Identifier: MIT */
/*
 * Reframe: the engine.  Records go to standard output by one call of the library, and
 * to other sinks in batches of pieces:
 *
 *     read -> cb_reframe -------------> sink.flush -> read
 *     read -> cb_decoder_batch -> sink.put -> ... -> sink.flush -> read
 *
 * Everything at hand is written before the next read, so a complete record never
 * waits for input.
 */
#ifndef REFRAME_H
#define REFRAME_H

#include "input/selection.h"
#include "input/source.h"
#include "output/sink.h"
#include "reports/meter.h"

struct reframe {
    const char *from; /* the specification of the decoder */
    struct cb_decoder *decoder;
    struct cb_pool *pool;
    struct sink *sink;
    const struct selection *selection;
    size_t range;        /* index in the selection of the current or next one */
    struct meter *meter; /* shows the progress */
    uint64_t before;     /* records in the inputs before this one */
    uint64_t read;       /* bytes in these */
    uint64_t idle;       /* nanoseconds without input after which the decoder settles; 0: never */
    bool skips_damage;   /* malformed input is left out */
    uint64_t damages;    /* how often it was, */
    uint64_t unreported; /* ... without a message, */
    uint64_t lost;       /* and the bytes of these */
};

/* Processes one input and closes it.  An exit status; errors are printed. */
enum exit_status reframe_run(struct reframe *reframe, struct source *source);

/* The same for an input that could not be opened. */
void reframe_missing(struct reframe *reframe, const char *path);

/* Are all selected records done? */
bool reframe_done(const struct reframe *reframe);

/* Ends the output; `status` says how the input ended.  An exit status. */
enum exit_status reframe_finish(struct reframe *reframe, enum exit_status status);

#endif
