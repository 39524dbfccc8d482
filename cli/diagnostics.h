/* SPDX-License-Identifier: MIT */
/* What the program says on standard error, and how it exits. */
#ifndef DIAGNOSTICS_H
#define DIAGNOSTICS_H

#include <stddef.h>

#include <chunkedbuffer.h>

enum exit_status {
    EXIT_FINE = 0,
    EXIT_IO = 1,         /* an input or output failed, or memory is out */
    EXIT_USAGE = 2,      /* the command line is wrong */
    EXIT_MALFORMED = 3,  /* the input is malformed */
    EXIT_TRUNCATED = 4,  /* the input ends inside a record */
    EXIT_OVERFLOW = 5,   /* a record is longer than --max-record */
    EXIT_UNENCODABLE = 6 /* a record cannot be said in the output framing */
};

/* The exit status for a CB_E... code. */
int exit_status_of(int code);

/* How messages are printed from now on: by default, in one write. */
void complain_by(void (*print)(const char *line, size_t n));

/* Prints "cbsplit: ", the message and a newline. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "cbsplit: NAME: record R at byte O: TEXT", without what is not known. */
void complain_at(const char *name, const struct cb_error *error);

/* "cbsplit: NAME: TEXT" for an errno value. */
void complain_errno(const char *name, int number);

/* Prints the message and where to get help; returns EXIT_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a specification that the library refused. */
int bad_specification(const char *option, const char *specification, const struct cb_error *error);

#endif
