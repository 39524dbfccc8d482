/* SPDX-License-Identifier: MIT */
/* Text that the command line is made of: numbers, sizes, delimiters. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads digits; returns what follows them, NULL where the number does not fit
 * or there are none. */
const char *text_digits(const char *text, uint64_t *number);

/* A whole number.  False where it is none, or does not fit. */
bool text_number(const char *text, uint64_t *number);

/* A number of bytes: 512, 64K, 2M, 1G (powers of 1024), 10KB, 1MB (of 1000). */
bool text_size(const char *text, uint64_t *size);

/* Does it end in a backslash that nothing follows? */
bool text_dangles(const char *text);

/* Adds `,or=STRING` (or `delim:STRING` to an empty specification) to what
 * *specification has, with the commas in STRING taken as they stand.  The result
 * is malloced, and what was there freed; false where memory is out. */
bool text_add_delimiter(char **specification, const char *string);

#endif
