/* SPDX-License-Identifier: MIT */
/*
 * Glance: a fast path (`cuts`) for frames that begin with their length, most of whose
 * headers are simple enough for a few instructions.
 *
 * Where a frame begins is known only when the header of the one before it was read, so
 * the time from one header to the next is what a short record costs.  A function that
 * reads them has no branch that depends on a length, or on how many bytes represent it:
 * one that is predicted wrongly takes as long as two or three headers.
 */
#ifndef CB_GLANCE_H
#define CB_GLANCE_H

#include "core/byte_order.h"
#include "framings/shared/counted.h"

struct cb__glance {
    size_t header; /* bytes */
    uint64_t payload;
};

/* Reads the header of a frame from n bytes; the result is what the header function
 * would find.  False if it is not all there, or is not a simple one: then nobody but the
 * header function knows. */
typedef bool (*cb__glance_fn)(const struct cb_decoder *decoder, const uint8_t *data, size_t n,
                              struct cb__glance *frame);

enum { CB__GLANCE_TRAILER = 2 }; /* bytes, at most */

/* The two bytes where such a trailer is, and which of their bits are its. */
struct cb__glance_end {
    uint32_t bytes, mask;
};

cb__always_inline struct cb__glance_end cb__glance_end(const struct cb__bytes *trailer)
{
    struct cb__glance_end end = {0};
    for (size_t i = 0; i < trailer->length; i++) {
        end.bytes |= (uint32_t)trailer->data[i] << 8 * i;
        end.mask |= UINT32_C(0xff) << 8 * i;
    }
    return end;
}

/*
 * `cuts` for frames of such a header, the payload and a trailer: from *used on, with
 * `count` frames before.  It stops at the first frame with another header, or that is
 * wrong, or too long, or not followed by CB__GLANCE_TRAILER bytes after the payload.
 */
cb__always_inline size_t cb__glance_on(const struct cb_decoder *decoder, const uint8_t *data,
                                       size_t n, struct cb__cut *cuts, size_t count, size_t max,
                                       size_t *used, cb__glance_fn glance,
                                       const struct cb__bytes *trailer)
{
    const struct cb__glance_end last = cb__glance_end(trailer);
    const uint64_t max_record = decoder->max_record;
    const bool keep = decoder->config.keep;
    const size_t tail = trailer->length, ahead = tail ? CB__GLANCE_TRAILER : 0;
    size_t at = *used;
    for (; count < max; count++) {
        struct cb__glance frame;
        if (cb__unlikely(!glance(decoder, data + at, n - at, &frame)))
            break;
        const size_t payload = at + frame.header, rest = n - payload;
        if (cb__unlikely(rest < ahead || frame.payload > rest - ahead))
            break;
        const size_t end = payload + (size_t)frame.payload, next = end + tail;
        if (cb__unlikely(tail && ((cb__load_little2(data + end) ^ last.bytes) & last.mask)))
            break;
        const struct cb__cut cut =
            keep ? cb__cut_of(at, next - at, 0, next)
                 : cb__cut_of(payload, (size_t)frame.payload, frame.header, next);
        if (cb__unlikely(cut.length > max_record))
            break;
        cuts[count] = cut;
        at = next;
    }
    *used = at;
    return count;
}

/* `cuts` of a counted family: where the glance stops, the header function continues. */
cb__always_inline size_t cb__glance_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                                         struct cb__cut *cuts, size_t max, size_t *used,
                                         cb__glance_fn glance, const struct cb__bytes *trailer)
{
    const struct cb__counted *counted = decoder->state;
    size_t count = 0, part = !counted->header_seen; /* otherwise the header goes on */
    *used = 0;
    while (part) {
        count = cb__glance_on(decoder, data, n, cuts, count, max, used, glance, trailer);
        const size_t from = *used;
        part = 0;
        if (count == max || from == n)
            break;
        if (cb__counted_cuts(decoder, data + from, n - from, cuts + count, 1, &part))
            cuts[count++].at += (uint32_t)from;
        *used += part;
    }
    return count;
}

#endif
