/* SPDX-License-Identifier: MIT */
/* What the program prints about itself, on standard output. */
#ifndef HELP_H
#define HELP_H

#include <stdbool.h>

#include "common/exit_status.h"

/* The parts of --help, in this order; the options come between them. */
void help_usage(void);
void help_heading(const char *text);
void help_option(char letter, const char *name, const char *argument, const char *text);
bool help_rest(void);

/* Each: false where standard output took it not; that was said already. */
bool help_list(void);
bool help_version(void);

/* The generic specification behind a framing; an exit status. */
enum exit_status help_explain(const char *specification);

#endif
