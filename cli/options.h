/* SPDX-License-Identifier: MIT */
/* The command line, from one table. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <chunkedbuffer.h>
#include "common/exit_status.h"
#include "destination.h"
#include "input/part.h"
#include "input/selection.h"
#include "output/sink.h"
#include "output/template.h"
#include "reports/stats.h"

/* What to do with a record that contains the output delimiter. */
enum collision { COLLISION_DEFAULT, COLLISION_PASS, COLLISION_FAIL };

struct options {
    const char *from; /* specification of the input's framing */
    const char *to;   /* of the output's; NULL: depends on the input */
    char *delimiters; /* from all --delim, or NULL; owned */
    uint64_t skip;
    uint64_t head;              /* UINT64_MAX: all */
    struct selection selection; /* from these two and --select */
    const struct destination *destination;
    bool exact;
    struct part part;
    struct name_template output; /* names of files; text NULL: none */
    bool force;
    uint64_t group; /* 0: not set */
    uint64_t group_size;
    uint64_t header;
    struct grouping grouping; /* from these three */
    const char *command;      /* of --exec or --worker */
    uint64_t jobs;            /* 0: not set */
    const char *collect;      /* specification of what commands print, or NULL */
    const char *collect_to;   /* of what is written of it; NULL: the same */
    bool keep_order;
    uint64_t max_record;   /* 0: not set */
    unsigned on_partial;   /* enum cb_partial */
    unsigned on_overflow;  /* enum cb_overflow */
    unsigned on_malformed; /* enum cb_malformed */
    unsigned on_collision; /* enum collision */
    uint64_t idle;         /* nanoseconds; 0: not set */
    bool progress;
    unsigned stats; /* enum stats_form */
    bool probe;
    bool others;      /* than --probe are given */
    const char *next; /* the word after the current one, or NULL */
    bool done;        /* help was printed, nothing is left to do */
    char **files;     /* at least one; "-" is standard input */
    int file_count;
};

/* Parses the command line.  An exit status; errors are printed. */
enum exit_status options_parse(struct options *options, int argc, char **argv);
void options_free(struct options *options);

/* Do we write to standard output what commands print? */
static inline bool options_collect(const struct options *options)
{
    return options->collect || options->keep_order;
}

#endif
