/* SPDX-License-Identifier: MIT */
/* Messages on standard error; and whether what was printed to standard output got there. */
#ifndef DIAGNOSTICS_H
#define DIAGNOSTICS_H

#include <stddef.h>
#include <stdint.h>

#include <chunkedbuffer.h>
#include "exit_status.h"

/* The exit status for a CB_E... code. */
enum exit_status exit_status_of(int code);

/* What a message appends to the name of what there are n of: "1 byte", "2 bytes". */
static inline const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* Sets how messages are printed from now on; by default, by one write. */
void complain_by(void (*other)(const char *line, size_t n));

/* Prints "cbsplit: ", the message and a newline. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

enum { CAUSE_ROOM = 320 };

/* "record R at byte S: TEXT, at byte O": where the record begins, and where the fault is,
 * if that is somewhere else. */
const char *place_and_cause(const struct cb_error *error, char room[CAUSE_ROOM]);

/* "cbsplit: NAME: ", these, and `more`. */
void complain_at(const char *name, const struct cb_error *error, const char *more);

/* "cbsplit: NAME: TEXT" for an errno value. */
void complain_errno(const char *name, int number);

/* Writes all that was printed to standard output, however it is buffered.  0, or the errno
 * of a write that failed since the program began. */
int flush_printed(void);

/* Prints the message and where to get help; returns EXIT_USAGE. */
enum exit_status usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
