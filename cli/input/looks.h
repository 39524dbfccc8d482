/* SPDX-License-Identifier: MIT */
/*
 * Looks: what the first bytes of an input give away, when they are not what they were
 * taken for.
 */
#ifndef LOOKS_H
#define LOOKS_H

#include <chunkedbuffer.h>
#include "source.h"

enum { LOOKS_ROOM = 80 };

/*
 * For a message about an input whose first record is malformed as `framing`, and whose
 * beginning is still in the buffer: "; input looks like HTTP: try --from http", or "".
 *
 * Reads on, into the buffer, while the bytes at hand are the beginning of something that
 * is known, so that the answer does not depend on how they arrived.
 */
const char *looks_hint(struct source *source, struct cb_buffer *buffer, const char *framing,
                       char room[LOOKS_ROOM]);

#endif
