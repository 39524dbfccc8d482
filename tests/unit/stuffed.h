/* SPDX-License-Identifier: MIT */
/* Frames of WebSocket, and payloads encoded in steps, for the tests of what is rewritten. */
#ifndef CB_TESTS_STUFFED_H
#define CB_TESTS_STUFFED_H

#include "expect.h"
#include "reading.h"
#include "steps.h"

#define MASKED_HELLO "\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58" /* its key first */
#define MASKED_LO "\x5a\x5a\x5a\x5a\x36\x35"
#define MESSAGE "websocket,message"

static inline void add(struct record_list *wire, int status, const void *data, size_t n)
{
    ck_assert_int_eq(status, CB_OK);
    list_add(wire, data, n);
}

/* The payload comes `step` bytes at a time. */
static inline void check_encoded_in_steps(const char *specification, const uint8_t *payload,
                                          size_t size, size_t step, struct record_list *wire)
{
    struct cb_encoder *encoder = NULL;
    const void *data;
    size_t given;

    expect(cb_encoder_new(&encoder, specification, NULL, NULL) == CB_OK, "%s", specification);
    int status = step_begin(encoder, size, &data, &given);
    add(wire, status, data, given);
    for (size_t at = 0; at < size;) {
        uint8_t room[CB__TRANSFORM_ROOM];
        size_t n = size - at < step ? size - at : step;
        const struct cb_piece piece = {
            .data = payload + at,
            .length = n,
            .record = 1,
            .total = size,
            .flags = (at ? 0 : (unsigned)CB_FIRST) | (at + n == size ? (unsigned)CB_LAST : 0),
        };

        ck_assert_int_eq(step_look(encoder, &piece), CB_OK);
        if (!(cb_encoder_traits(encoder) & CB_TRANSFORMS)) {
            list_add(wire, payload + at, n);
            at += n;
            continue;
        }
        given = sizeof room;
        status = step_payload(encoder, payload + at, &n, room, &given);
        ck_assert(status == CB_OK || status == CB_YES);
        list_add(wire, room, given);
        at += n;
    }
    status = step_end(encoder, &data, &given);
    add(wire, status, data, given);
    cb_encoder_free(encoder);
}

#endif
