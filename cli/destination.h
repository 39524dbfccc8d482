/* SPDX-License-Identifier: MIT */
/* Destination: where records go, and what follows from that.  One row for each. */
#ifndef DESTINATION_H
#define DESTINATION_H

#include <stdbool.h>

#include <chunkedbuffer.h>

struct options;
struct sink;

/* What sinks are made of. */
struct supplies {
    const struct options *options;
    struct cb_encoder *encoder; /* NULL unless the destination encodes */
    struct cb_pool *pool;       /* of the input */
};

struct destination {
    const char *option;  /* that asks for it; NULL: it is the default */
    const char *name;    /* in messages, as long as there is no sink */
    bool writes_stdout;  /* by this process */
    bool encodes;        /* so --to has a meaning */
    const char *framing; /* of the output by default; NULL: what suits the input */
    unsigned traits;     /* what it needs besides what the encoder needs */
    bool takes_jobs, takes_force;
    /* Makes its sink, which owns the encoder from then on.  NULL with errno set. */
    struct sink *(*make)(const struct supplies *supplies);
};

enum { TO_STDOUT, TO_COUNT, TO_CHECK, TO_FILES, TO_COMMANDS, TO_WORKERS };

extern const struct destination destinations[];

#endif
