/* SPDX-License-Identifier: MIT */
/* Numbers in digits, and what stands around them, for whoever writes them. */
#ifndef CB_DIGITS_H
#define CB_DIGITS_H

#include "../encoder.h"

/* Writes a number in base 10 or 16 (lower case) with `least` digits or more, at
 * most 20, and returns how many bytes that is.  printf takes ten times as long. */
size_t cb__put_number(uint8_t *out, uint64_t number, unsigned base, size_t least);

/* Writes a text without its NUL; returns its end. */
uint8_t *cb__put_text(uint8_t *to, const char *text);

/* Gives what was put into the encoder's scratch, up to `end`. */
static inline int cb__give_scratch(struct cb_encoder *encoder, const uint8_t *end)
{
    return cb__encoder_give(encoder, encoder->scratch, (size_t)(end - encoder->scratch));
}

/* Gives a number between two short texts, for an encoder's `begin`. */
int cb__give_number(struct cb_encoder *encoder, const char *before, uint64_t number, unsigned base,
                    const char *after);

#endif
