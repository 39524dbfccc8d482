/* SPDX-License-Identifier: MIT */
/* Coders: the decoder of the input, the encoder of records, and the one of what commands
 * print, as the options say. */
#ifndef CODERS_H
#define CODERS_H

#include "options.h"

/* Makes those that are needed.  An exit status; errors are printed.  The caller frees them,
 * also after a failure. */
enum exit_status coders_new(const struct options *options, struct cb_decoder **decoder,
                            struct supplies *supplies);

#endif
