/* SPDX-License-Identifier: MIT */
/* Parts of the command line: numbers, sizes, delimiters. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Was it a number?  If it is too large for 64 bits, what was read is UINT64_MAX. */
enum text_result { TEXT_WRONG, TEXT_FINE, TEXT_TOO_LARGE };

/* Reads digits, and moves *text after them. */
enum text_result text_digits(const char **text, uint64_t *number);

/* Reads a whole number. */
enum text_result text_number(const char *text, uint64_t *number);

/* Reads a number of bytes: 512, 64K, 2M, 1G (powers of 1024), 10KB, 1MB (of 1000). */
enum text_result text_size(const char *text, uint64_t *size);

/* Reads seconds, perhaps with a decimal point, as nanoseconds; parts of one are left out. */
enum text_result text_seconds(const char *text, uint64_t *nanoseconds);

/* Does it end in a backslash that nothing follows? */
bool text_dangles(const char *text);

/* Adds `,or=STRING` (or `delim:STRING` to an empty specification) to what
 * *specification, and escapes the commas in STRING.  The result is malloced, and
 * the old one freed; false if out of memory. */
bool text_add_delimiter(char **specification, const char *string);

#endif
