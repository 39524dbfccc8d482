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

/* cb__glance_on, with or without `keep`. */
cb__always_inline size_t cb__glance_loop(const struct cb_decoder *decoder, const uint8_t *data,
                                         size_t n, struct cb__cut *cuts, size_t count, size_t max,
                                         size_t *used, cb__glance_fn glance,
                                         const struct cb__bytes *trailer, bool keep)
{
    const struct cb__glance_end last = cb__glance_end(trailer);
    const uint64_t max_record = decoder->max_record;
    const size_t tail = trailer->length, ahead = tail ? CB__GLANCE_TRAILER : 0;
    const uint8_t *at = data + *used, *const end = data + n;
    struct cb__cut *cut = cuts + count, *const cuts_end = cuts + max;
    for (; cut < cuts_end; cut++) {
        struct cb__glance frame;
        if (cb__unlikely(!glance(decoder, at, (size_t)(end - at), &frame)))
            break;
        const uint8_t *const payload = at + frame.header;
        const size_t rest = (size_t)(end - payload);
        if (cb__unlikely(rest < ahead || frame.payload > rest - ahead))
            break;
        const uint8_t *const trail = payload + frame.payload, *const next = trail + tail;
        const size_t length = keep ? (size_t)(next - at) : (size_t)frame.payload;
        if (cb__unlikely((tail && ((cb__load_little2(trail) ^ last.bytes) & last.mask)) ||
                         length > max_record))
            break;
        *cut = cb__cut_of((size_t)((keep ? at : payload) - data), length, keep ? 0 : frame.header,
                          (size_t)(next - data));
        at = next;
    }
    *used = (size_t)(at - data);
    return (size_t)(cut - cuts);
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
    return decoder->config.keep
               ? cb__glance_loop(decoder, data, n, cuts, count, max, used, glance, trailer, true)
               : cb__glance_loop(decoder, data, n, cuts, count, max, used, glance, trailer, false);
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
