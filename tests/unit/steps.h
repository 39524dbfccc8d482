/* SPDX-License-Identifier: MIT */
/*
 * An encoder step by step: the bytes before a payload, after it, and at the end
 * of a stream, as its family makes them.  The library's own calls do all of that
 * at once.
 */
#ifndef CB_TESTS_STEPS_H
#define CB_TESTS_STEPS_H

#include "chunkedbuffer.h"
#include "framing/framing.h"

/* Says the number of the next record, from 1, and where its payload stands. */
void step_place(struct cb_encoder *encoder, uint64_t record, uint64_t offset);

/* Shows a piece to an encoder that looks. */
int step_look(struct cb_encoder *encoder, const struct cb_piece *piece);

/* Each gives bytes, good until the next step.  CB_YES: the same step again, for
 * more. */
int step_begin(struct cb_encoder *encoder, uint64_t length, const void **data, size_t *size);
int step_end(struct cb_encoder *encoder, const void **data, size_t *size);
int step_finish(struct cb_encoder *encoder, const void **data, size_t *size);

/* Makes of *n bytes what is written for them in the *size bytes at `out`, and sets
 * both to how many were used.  CB_YES: again for the rest. */
int step_payload(struct cb_encoder *encoder, const void *data, size_t *n, void *out, size_t *size);

#endif
