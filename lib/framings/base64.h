/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648 section 4) of what comes in parts, for whoever writes it. */
#ifndef CB_BASE64_H
#define CB_BASE64_H

#include "../encoder.h"

/* Bytes that are not three yet; all zeros at first. */
struct cb__base64 {
    uint8_t bytes[3];
    uint8_t count;
};

void cb__base64_payload(struct cb__base64 *state, struct cb__transform *transform);
/* Puts what is left, padded, into the 4 bytes at `out`, and returns how many
 * bytes that is: 0 or 4. */
size_t cb__base64_end(struct cb__base64 *state, uint8_t *out);

#endif
