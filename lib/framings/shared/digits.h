/* SPDX-License-Identifier: MIT */
/* Numbers in digits, and the text around them, for encoders. */
#ifndef CB_DIGITS_H
#define CB_DIGITS_H

#include <string.h>

#include "framing/encoder.h"

/* Room for a number in base 10: its digits, and the bytes overwritten after them. */
enum { CB__DECIMAL_ROOM = 28 };

/* Writes a number in base 10; returns its end. */
uint8_t *cb__put_decimal(uint8_t *to, uint64_t number);

/* Writes a number in base 10 or 16 (lower case) with at least `least` digits, at most
 * 20, and returns the number of bytes. */
size_t cb__put_number(uint8_t *out, uint64_t number, unsigned base, size_t least);

/* Writes a text without its NUL; returns its end. (For a literal, a few stores.) */
static inline uint8_t *cb__put_text(uint8_t *to, const char *text)
{
    const size_t n = strlen(text);
    memcpy(to, text, n);
    return to + n;
}

/* Returns the bytes in the encoder's scratch, up to `end`. */
static inline int cb__give_scratch(struct cb_encoder *encoder, const uint8_t *end)
{
    return cb__encoder_give(encoder, encoder->scratch, (size_t)(end - encoder->scratch));
}

/* Returns a number between two short texts, for an encoder's `begin`. */
int cb__give_number(struct cb_encoder *encoder, const char *before, uint64_t number, unsigned base,
                    const char *after);

#endif
