/* SPDX-License-Identifier: MIT */
/* How the program exits. */
#ifndef EXIT_STATUS_H
#define EXIT_STATUS_H

enum exit_status {
    EXIT_FINE = 0,
    EXIT_IO = 1,           /* an input or output failed, or out of memory */
    EXIT_USAGE = 2,        /* the command line is wrong */
    EXIT_MALFORMED = 3,    /* the input is malformed */
    EXIT_TRUNCATED = 4,    /* the input ends inside a record */
    EXIT_OVERFLOW = 5,     /* a record is longer than --max-record */
    EXIT_UNENCODABLE = 6,  /* a record cannot be represented in the output framing */
    EXIT_COMMAND = 123,    /* a command failed; */
    EXIT_CANNOT_RUN = 126, /* ... the shell could not run it, */
    EXIT_NOT_FOUND = 127   /* ... or not find it */
};

#endif
