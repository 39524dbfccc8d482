/* SPDX-License-Identifier: MIT */
/* Messages about framing specifications from the command line. */
#ifndef SPECIFICATION_H
#define SPECIFICATION_H

#include <chunkedbuffer.h>
#include "exit_status.h"

/* Prints why the library rejected a specification for decoding (CB_DECODES) or encoding,
 * and which name or key was meant, if one is near.  An exit status. */
enum exit_status bad_specification(const char *option, const char *specification,
                                   unsigned direction, const struct cb_error *error);

#endif
