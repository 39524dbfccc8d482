/* SPDX-License-Identifier: MIT */
/* Help on standard output. */
#ifndef HELP_H
#define HELP_H

#include <stdbool.h>

#include "common/exit_status.h"

/* The parts of --help, in this order. */
void help_usage(void);
void help_heading(const char *text);
void help_option(char letter, const char *name, const char *argument, const char *text);
bool help_rest(void);

/* False if writing to standard output failed; that is printed. */
bool help_list(void);
bool help_version(void);

/* Prints the keys of a framing, each with its directions, as help_list does for framings.
 * An exit status. */
enum exit_status help_keys(const char *specification);

/* Prints the generic specification of a framing.  An exit status. */
enum exit_status help_explain(const char *specification);

#endif
