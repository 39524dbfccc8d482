/* SPDX-License-Identifier: MIT */
/* Functions of framings of one's own, for the tests of what these may do. */
#ifndef CB_TESTS_OWN_LIES_H
#define CB_TESTS_OWN_LIES_H

#include "twins.h"

/* What a function answers whatever it is asked. */
struct lie {
    int status;
    struct cb_frame frame;
    struct cb_span span;
};

static inline int lying_header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    const struct lie *lie = arg;

    (void)data;
    (void)n;
    *frame = lie->frame;
    return lie->status;
}

static inline int lying_scan(void *arg, const uint8_t *data, size_t n, struct cb_span *span)
{
    const struct lie *lie = arg;

    (void)data;
    (void)n;
    *span = lie->span;
    return lie->status;
}

/* Frames of one length byte, of which '!' ends the stream and '?' is wrong. */
static inline int byte_header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    (void)arg;
    (void)n;
    frame->header = 1;
    frame->payload = data[0];
    frame->why = "no question";
    return data[0] == '!' ? CB_END : data[0] == '?' ? CB_EMALFORMED : CB_YES;
}

static const struct cb_own bytewise = {.size = sizeof bytewise, .header = byte_header};

static inline void look_at_nothing(void *arg, uint64_t at, const uint8_t *data, size_t n)
{
    (void)arg;
    (void)at;
    (void)data;
    (void)n;
}

#endif
