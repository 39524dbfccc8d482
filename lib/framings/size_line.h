/* SPDX-License-Identifier: MIT */
/*
 * Size lines: what stands before each chunk of HTTP's chunked transfer coding
 * (RFC 9112 section 7.1).
 *
 *     chunk-size [ chunk-ext ] CRLF
 *
 * What two parsers may read differently is refused (sections 7.1.1 and 11.2:
 * request smuggling): anything but hex digits up to ';' or CRLF, control bytes
 * in extensions, and LF without CR unless that is allowed.
 */
#ifndef CB_SIZE_LINE_H
#define CB_SIZE_LINE_H

#include "../base.h"

struct cb__size_line { /* all zeros at first */
    unsigned phase;
    unsigned digits;
    size_t seen;   /* bytes of the line, in the spans before */
    uint64_t size; /* what the line says */
    const char *why;
};

/*
 * Reads from n >= 1 bytes, and says in *used how many it looked at.  CB_OK:
 * the line is over, line->size is filled, and it is ready for the next one;
 * CB_MORE: all n belong to it; CB_EMALFORMED: data[*used] is wrong, and
 * line->why says why.  `lf`: LF without CR will do.
 */
int cb__size_line_read(struct cb__size_line *line, bool lf, const uint8_t *data, size_t n,
                       size_t *used);

#endif
