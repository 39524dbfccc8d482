/* SPDX-License-Identifier: MIT */
#include "framings/shared/short_number.h"

#define NONE 16
#define NONE_8 NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE
#define NONE_16 NONE_8, NONE_8
#define LETTERS_8 NONE, 10, 11, 12, 13, 14, 15, NONE

const uint8_t cb__short_digits[256] = {
    NONE_16,   NONE_16, NONE_16,                                          /* 0x00 */
    0,         1,       2,       3,         4,       5,       6,       7, /* 0x30 */
    8,         9,       NONE,    NONE,      NONE,    NONE,    NONE,    NONE,
    LETTERS_8, NONE_8,  NONE_16, LETTERS_8, NONE_8,  NONE_16,                   /* 0x40 */
    NONE_16,   NONE_16, NONE_16, NONE_16,   NONE_16, NONE_16, NONE_16, NONE_16, /* 0x80 */
};
