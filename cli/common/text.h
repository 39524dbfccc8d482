/* SPDX-License-Identifier: MIT */
/* Parts of the command line: numbers, sizes, delimiters. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads digits; returns what follows them, or NULL if there are none or the number
 * does not fit. */
const char *text_digits(const char *text, uint64_t *number);

/* Reads a whole number.  False if it is not one, or does not fit. */
bool text_number(const char *text, uint64_t *number);

/* Reads a number of bytes: 512, 64K, 2M, 1G (powers of 1024), 10KB, 1MB (of 1000). */
bool text_size(const char *text, uint64_t *size);

/* Reads seconds, perhaps with a decimal point, as nanoseconds. */
bool text_seconds(const char *text, uint64_t *nanoseconds);

/* Does it end in a backslash that nothing follows? */
bool text_dangles(const char *text);

/* Adds `,or=STRING` (or `delim:STRING` to an empty specification) to what
 * *specification, and escapes the commas in STRING.  The result is malloced, and
 * the old one freed; false if out of memory. */
bool text_add_delimiter(char **specification, const char *string);

#endif
