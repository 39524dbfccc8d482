/* SPDX-License-Identifier: MIT */
/* Numbers in digits, and base64, for whoever writes them. */
#ifndef CB_DIGITS_H
#define CB_DIGITS_H

#include "../encoder.h"

/* Writes a number in base 10 or 16 (lower case) with `least` digits or more, at
 * most 20, and returns how many bytes that is.  printf takes ten times as long. */
size_t cb__put_number(uint8_t *out, uint64_t number, unsigned base, size_t least);

/* Gives a number between two short texts, for an encoder's `begin`. */
int cb__give_number(struct cb_encoder *encoder, const char *before, uint64_t number, unsigned base,
                    const char *after);

/* Bytes that are not three yet; all zeros at first. */
struct cb__base64 {
    uint8_t bytes[3];
    uint8_t count;
};

void cb__base64_payload(struct cb__base64 *state, struct cb__transform *transform);
/* Puts what is left, padded, into the 4 bytes at `out`, and returns how many
 * bytes that is: 0 or 4. */
size_t cb__base64_end(struct cb__base64 *state, uint8_t *out);

#endif
