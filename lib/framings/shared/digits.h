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

/* The two digits of each number below a hundred. */
extern const uint8_t cb__digit_pairs[100][2];

enum { CB__COUNTER_TEXT = 16, CB__COUNTER_ROOM = CB__COUNTER_TEXT + CB__DECIMAL_ROOM };

/* A number in base 10 after a text, in records of which each has a greater one, as a rule
 * not by much: all but its last four digits are those of the one before.  Initially all
 * zeros. */
struct cb__counter {
    uint64_t base; /* the number that `before` ends with, times ten thousand; 0: none */
    size_t size;   /* of `before` */
    uint8_t before[2 * CB__COUNTER_TEXT];
};

/* For a number that is not just after the last one. */
uint8_t *cb__put_counter_anew(uint8_t *to, struct cb__counter *counter, const char *text,
                              uint64_t number);

/* Writes the text, of at most CB__COUNTER_TEXT bytes and always the same one, and the number;
 * returns their end.  There is room for CB__COUNTER_ROOM bytes. */
static inline uint8_t *cb__put_counter(uint8_t *to, struct cb__counter *counter, const char *text,
                                       uint64_t number)
{
    const uint64_t low = number - counter->base;
    if (cb__unlikely(low >= 10000 || !counter->base))
        return cb__put_counter_anew(to, counter, text, number);
    const unsigned hundreds = (unsigned)low * 5243 >> 19;
    memcpy(to, counter->before, sizeof counter->before);
    to += counter->size;
    memcpy(to, cb__digit_pairs[hundreds], 2);
    memcpy(to + 2, cb__digit_pairs[(unsigned)low - 100 * hundreds], 2);
    return to + 4;
}

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
