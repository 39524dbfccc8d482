/* SPDX-License-Identifier: MIT */
/*
 * Size lines: what stands before each chunk of HTTP's chunked transfer coding
 * (RFC 9112 sections 7.1 and 7.1.1, RFC 9110 sections 5.6.2 to 5.6.4).
 *
 *     size-line = 1*HEXDIG *( BWS ";" BWS token [ BWS "=" BWS value ] ) CRLF
 *     value     = token / quoted-string
 *
 * What the grammar does not have is refused, as two parsers may read it
 * differently (section 11.2: request smuggling).  The extensions are read and
 * not kept.
 */
#ifndef CB_SIZE_LINE_H
#define CB_SIZE_LINE_H

#include "../base.h"

struct cb__size_line { /* all zeros at first, but for what is allowed */
    bool lf;           /* LF without CR */
    bool pad;          /* white space between the size and the end of the line */
    bool digits;       /* there is one at least */
    unsigned phase;
    size_t seen;   /* bytes of the line, in the spans before */
    uint64_t size; /* what the line says */
    const char *why;
};

/*
 * Reads from n >= 1 bytes, and says in *used how many it looked at.  CB_OK:
 * the line is over, line->size is filled, and it is ready for the next one;
 * CB__MORE: all n belong to it; CB_EMALFORMED: data[*used] is wrong, and
 * line->why says why.
 */
int cb__size_line_read(struct cb__size_line *line, const uint8_t *data, size_t n, size_t *used);

#endif
