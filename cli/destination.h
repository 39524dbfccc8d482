/* SPDX-License-Identifier: MIT */
/* Destination: where records go, and what that implies.  One row each. */
#ifndef DESTINATION_H
#define DESTINATION_H

#include <stdbool.h>

#include <chunkedbuffer.h>
#include "output/sink.h"

struct options;

/* What a sink needs. */
struct supplies {
    const struct options *options;
    struct cb_encoder *encoder; /* NULL unless the destination encodes */
    struct cb_pool *pool;       /* of the input */
    struct collecting collecting;
};

struct destination {
    const char *option;  /* that selects it; NULL: the default */
    const char *name;    /* in messages, before there is a sink */
    bool writes_stdout;  /* this process does */
    bool encodes;        /* --to has a meaning */
    const char *framing; /* default of --to; NULL, or records in groups: depends on the input */
    unsigned traits;     /* needs that it adds to those of the encoder, unless in groups */
    bool reads_on;       /* after an input with an error, the next one is read */
    bool takes_jobs, takes_force, takes_groups, takes_header;
    /* Makes its sink, which then owns the encoders.  NULL with errno set, to 0 if
     * it has said why. */
    struct sink *(*make)(const struct supplies *supplies);
};

enum { TO_STDOUT, TO_COUNT, TO_CHECK, TO_FILES, TO_COMMANDS, TO_WORKERS };

extern const struct destination destinations[];

#endif
