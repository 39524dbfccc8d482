/* SPDX-License-Identifier: MIT */
/*
 * Size lines: the line before each chunk of HTTP's chunked transfer coding
 * (RFC 9112 sections 7.1 and 7.1.1, RFC 9110 sections 5.6.2 to 5.6.4).
 *
 *     size-line = 1*HEXDIG *( BWS ";" BWS token [ BWS "=" BWS value ] ) CRLF
 *     value     = token / quoted-string
 *
 * Anything else is rejected, as two parsers may read it differently (section 11.2:
 * request smuggling).  Extensions are checked and dropped.
 */
#ifndef CB_SIZE_LINE_H
#define CB_SIZE_LINE_H

#include "core/base.h"

struct cb__size_line { /* initially all zeros, except for what is allowed */
    bool lf;           /* LF without CR */
    bool pad;          /* white space between the size and the end of the line */
    bool digits;       /* it has at least one */
    unsigned phase;
    size_t seen;   /* bytes of the line in earlier spans */
    uint64_t size; /* the chunk size */
    const char *why;
};

/*
 * Reads from n >= 1 bytes; *used is how many it examined.  CB_OK: the line has ended,
 * line->size is filled, and it is ready for the next one; CB__MORE: all n belong to it;
 * CB_EMALFORMED: data[*used] is wrong, and line->why is the reason.
 */
int cb__size_line_read(struct cb__size_line *line, const uint8_t *data, size_t n, size_t *used);

#endif
