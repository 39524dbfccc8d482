/* SPDX-License-Identifier: MIT */
#include "framings/shared/short_number.h"

/* With one digit more it is 16 times its value, so it adds 15 times that; with two, 256 times,
 * 240 times more. */
#define DIGIT(n)                                                                                   \
    {                                                                                              \
        (n), 15 * (n), 240 * (n), 0                                                                \
    }
#define NONE DIGIT(16)
#define NONE_8 NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE
#define NONE_16 NONE_8, NONE_8
#define DIGITS_8 DIGIT(0), DIGIT(1), DIGIT(2), DIGIT(3), DIGIT(4), DIGIT(5), DIGIT(6), DIGIT(7)
#define LETTERS_8 NONE, DIGIT(10), DIGIT(11), DIGIT(12), DIGIT(13), DIGIT(14), DIGIT(15), NONE

const struct cb__short_digit cb__short_digits[256] = {
    NONE_16,   NONE_16,  NONE_16,                                                       /* 0x00 */
    DIGITS_8,  DIGIT(8), DIGIT(9), NONE,      NONE,    NONE,    NONE,    NONE,    NONE, /* 0x30 */
    LETTERS_8, NONE_8,   NONE_16,  LETTERS_8, NONE_8,  NONE_16,                         /* 0x40 */
    NONE_16,   NONE_16,  NONE_16,  NONE_16,   NONE_16, NONE_16, NONE_16, NONE_16,       /* 0x80 */
};
