/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648 section 4) of bytes that arrive in parts. */
#ifndef CB_BASE64_H
#define CB_BASE64_H

#include "framing/encoder.h"

/* Bytes that do not make a group of three yet; initially all zeros. */
struct cb__base64 {
    uint8_t bytes[3];
    uint8_t count;
};

void cb__base64_payload(struct cb__base64 *state, struct cb__transform *transform);

/* Writes the rest, padded, and at most 4 bytes after it. */
int cb__base64_end(struct cb__base64 *state, struct cb_encoder *encoder, const char *after);

#endif
