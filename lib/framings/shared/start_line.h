/* SPDX-License-Identifier: MIT */
/*
 * Start lines of HTTP/1.x: the first line of a message.
 *
 *     request-line = method SP request-target SP HTTP-version    RFC 9112, section 3
 *     status-line  = HTTP-version SP status-code SP [ reason ]   section 4
 *
 * They are read strictly, so that no two parsers find different ones.  The only
 * exceptions: an empty line before a request (section 2.2), a status line without
 * its last space, and bytes from 0x80 on in a target, which many clients send.
 */
#ifndef CB_START_LINE_H
#define CB_START_LINE_H

#include "core/base.h"

enum cb__start_kind { CB__EMPTY_LINE, CB__REQUEST, CB__RESPONSE };

struct cb__start_line { /* initially all zeros, except for what is allowed */
    unsigned phase;
    unsigned at; /* bytes of the method, the target, the version, or the status */
    bool may_be_response;
    bool after_empty;         /* an empty line precedes this one */
    size_t size;              /* bytes seen */
    enum cb__start_kind kind; /* of the previous line, until that of this one is known */
    unsigned minor;           /* of the version, HTTP/1.minor */
    unsigned status;          /* of a response */
    const char *why;
};

/* As cb__size_line_read.  `size` stays valid until the next line begins. */
int cb__start_line_read(struct cb__start_line *line, bool lf, const uint8_t *data, size_t n,
                        size_t *used);

#endif
