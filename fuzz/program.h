/* SPDX-License-Identifier: MIT */
/*
 * The program, run inside a fuzzer: main is a function, the standard descriptors are files in
 * memory, the working folder is its own and emptied before each run.
 *
 * It must do no harm, whatever its arguments.  The caller refuses those with a slash; only a
 * few commands can be run; files stay short.
 */
#ifndef CB_FUZZ_PROGRAM_H
#define CB_FUZZ_PROGRAM_H

#include "fuzz.h"

enum { PROGRAM_ARGUMENTS = 32 };

struct program {
    /* Before a run: */
    char *arguments[PROGRAM_ARGUMENTS + 2]; /* the first is the name; NULL ends them */
    int count;
    const uint8_t *data; /* standard input, and a file named "in" */
    size_t size;
    bool from_pipe; /* standard input is one */
    bool to_full;   /* standard output is /dev/full */

    /* After it, until the next one: */
    int status;
    const char *printed, *messages; /* the beginnings of what it wrote, as strings */
};

/* The exit status is one of those documented, and a failure has a message. */
void program_run(struct program *program);

#endif
