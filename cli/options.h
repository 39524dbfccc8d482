/* SPDX-License-Identifier: MIT */
/* The command line, from one table. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <chunkedbuffer.h>

#include "destination.h"
#include "common/exit_status.h"
#include "input/part.h"
#include "input/selection.h"
#include "reports/stats.h"
#include "output/template.h"

struct options {
    const char *from; /* specification of the input's framing */
    const char *to;   /* of the output's; NULL: what suits the input */
    char *delimiters; /* what --delim adds up to, or NULL; owned */
    uint64_t skip;
    uint64_t head;              /* UINT64_MAX: all */
    struct selection selection; /* of these two and --select */
    const struct destination *destination;
    bool exact;
    struct part part;
    struct name_template output; /* of files to write; its text is NULL: none */
    bool force;
    const char *command;  /* of --exec or --worker */
    uint64_t jobs;        /* 0: not given */
    uint64_t max_record;  /* 0: none given */
    unsigned on_partial;  /* enum cb_partial */
    unsigned on_overflow; /* enum cb_overflow */
    unsigned refuse_collisions;
    bool progress;
    unsigned stats; /* enum stats_form */
    bool done;      /* nothing is left to do: all that was asked for was help */
    char **files;   /* at least one; "-" is standard input */
    int file_count;
};

/* Reads the command line.  Unless this gives EXIT_FINE, a message was printed. */
enum exit_status options_parse(struct options *options, int argc, char **argv);
void options_free(struct options *options);

#endif
