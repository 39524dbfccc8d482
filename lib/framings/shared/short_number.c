/* SPDX-License-Identifier: MIT */
#include "framings/shared/short_number.h"

#define NONE CB__NO_DIGIT
#define NONE_8 NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE
#define NONE_16 NONE_8, NONE_8
#define LETTERS NONE, 10, 11, 12, 13, 14, 15, NONE, NONE_8

/* One line for each sixteen bytes. */
const uint8_t cb__short_digits[256] = {
    NONE_16, NONE_16, NONE_16, /* to 0x2f */
    0,       1,       2,       3,       4,       5,       6,       7,
    8,       9,       NONE,    NONE,    NONE,    NONE,    NONE,    NONE, /* 0x30 */
    LETTERS, NONE_16, LETTERS, NONE_16,                                  /* 0x40 */
    NONE_16, NONE_16, NONE_16, NONE_16, NONE_16, NONE_16, NONE_16, NONE_16,
};
