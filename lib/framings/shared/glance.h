/* SPDX-License-Identifier: MIT */
/*
 * Glance: the fast paths (`cuts`, `splice`) for frames that begin with their length, most of
 * whose headers are simple enough for a few instructions.
 *
 * Where a frame begins is known only when the header of the one before it was read, so
 * the time from one header to the next is what a short record costs.  A function that
 * reads them has no branch that depends on a length, or on how many bytes represent it:
 * one that is predicted wrongly takes as long as two or three headers.  `splice` copies the
 * record meanwhile.
 */
#ifndef CB_GLANCE_H
#define CB_GLANCE_H

#include "core/byte_order.h"
#include "framing/splice.h"
#include "framings/shared/counted.h"
#include "framings/shared/length_field.h"

struct cb__glance {
    size_t header; /* bytes */
    uint64_t payload;
    uint64_t both; /* the sum: the next header waits for it */
};

enum { CB__GLANCE_TRAILER = 2 }; /* bytes, at most */

/* What is the same for all frames of a stream: a copy in local variables, which no store
 * can change.  A family sets what its function looks at. */
struct cb__glance_rules {
    size_t offset, header; /* where the number begins; bytes of a header with the shortest one */
    size_t width;          /* of a number of fixed width */
    struct cb__length_bounds bounds;      /* of the number; the scale is 1 */
    bool canonical;                       /* no more digits than needed */
    uint8_t end;                          /* the byte after the digits */
    unsigned zero;                        /* which byte is not the first of several digits */
    size_t trailer;                       /* bytes */
    uint32_t trailer_bytes, trailer_mask; /* two bytes, and which of their bits are its */
};

cb__always_inline void cb__glance_set_trailer(struct cb__glance_rules *rules,
                                              const struct cb__bytes *trailer)
{
    rules->trailer = trailer->length;
    rules->trailer_bytes = rules->trailer_mask = 0;
    for (size_t i = 0; i < trailer->length; i++) {
        rules->trailer_bytes |= (uint32_t)trailer->data[i] << 8 * i;
        rules->trailer_mask |= UINT32_C(0xff) << 8 * i;
    }
}

enum { CB__GLANCE_NO_ZERO = 256 };

cb__always_inline bool cb__glance_trailer(const struct cb__glance_rules *rules, const uint8_t *at)
{
    return !((cb__load_little2(at) ^ rules->trailer_bytes) & rules->trailer_mask);
}

/* Reads the header of a frame from n bytes; the result is what the header function
 * would find.  False if it is not all there, or is not a simple one: then nobody but the
 * header function knows. */
typedef bool (*cb__glance_fn)(const struct cb__glance_rules *rules, const uint8_t *data, size_t n,
                              struct cb__glance *frame);

/* cb__glance_on, with or without `keep`. */
cb__always_inline size_t cb__glance_loop(uint64_t max_record, const uint8_t *data, size_t n,
                                         struct cb__cut *cuts, size_t count, size_t max,
                                         size_t *used, cb__glance_fn glance,
                                         const struct cb__glance_rules *given, bool keep)
{
    const struct cb__glance_rules rules = *given;
    const size_t ahead = rules.trailer ? CB__GLANCE_TRAILER : 0;
    const uint8_t *at = data + *used, *const end = data + n;
    struct cb__cut *cut = cuts + count, *const cuts_end = cuts + max;
    for (; cut < cuts_end; cut++) {
        const uint8_t *const after = at + rules.trailer;
        struct cb__glance frame;
        if (cb__unlikely(!glance(&rules, at, (size_t)(end - at), &frame)))
            break;
        const uint8_t *const payload = at + frame.header;
        const size_t rest = (size_t)(end - payload);
        if (cb__unlikely(rest < ahead || frame.payload > rest - ahead))
            break;
        const uint8_t *const trailer = at + frame.both, *const next = after + frame.both;
        const size_t length = keep ? (size_t)(next - at) : (size_t)frame.payload;
        if (cb__unlikely((rules.trailer && !cb__glance_trailer(&rules, trailer)) ||
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
                                       const struct cb__glance_rules *rules)
{
    const uint64_t most = decoder->max_record;
    return decoder->config.keep
               ? cb__glance_loop(most, data, n, cuts, count, max, used, glance, rules, true)
               : cb__glance_loop(most, data, n, cuts, count, max, used, glance, rules, false);
}

/* `cuts` of a counted family: where the glance stops, the header function continues. */
cb__always_inline size_t cb__glance_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                                         struct cb__cut *cuts, size_t max, size_t *used,
                                         cb__glance_fn glance, const struct cb__glance_rules *rules)
{
    const struct cb__counted *counted = decoder->state;
    size_t count = 0, part = !counted->header_seen; /* otherwise the header goes on */
    *used = 0;
    while (part) {
        count = cb__glance_on(decoder, data, n, cuts, count, max, used, glance, rules);
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

/* cb__glance_splice for one kind of output. */
cb__always_inline size_t cb__glance_copy(const uint8_t *data, size_t n, struct cb__splice *given,
                                         size_t *used, cb__glance_fn glance,
                                         const struct cb__glance_rules *given_rules, bool heads,
                                         size_t most)
{
    struct cb__glance_rules rules = *given_rules;
    struct cb__splice splice = *given;
    const uint64_t first = rules.bounds.least + rules.bounds.shift;
    if (first > splice.longest)
        return 0;
    if (rules.bounds.span > splice.longest - first)
        rules.bounds.span = splice.longest - first;
    const uint8_t *at = data, *const end = data + n - CB__SPLICE_ROOM;
    size_t count = 0;
    while (at < end && splice.to < splice.end) {
        const uint8_t *const after = at + rules.trailer;
        struct cb__glance frame;
        if (cb__unlikely(!glance(&rules, at, CB__SPLICE_ROOM, &frame)))
            break;
        const uint8_t *const payload = at + frame.header, *const trailer = at + frame.both;
        if (cb__unlikely(!cb__glance_trailer(&rules, trailer) ||
                         !cb__splice_put(&splice, payload, (size_t)frame.payload, heads, most)))
            break;
        at = after + frame.both;
        count++;
    }
    given->to = splice.to;
    *used = (size_t)(at - data);
    return count;
}

/* `splice` for the same frames. */
cb__always_inline size_t cb__glance_splice(const uint8_t *data, size_t n, struct cb__splice *splice,
                                           size_t *used, cb__glance_fn glance,
                                           const struct cb__glance_rules *rules)
{
    enum { MOST = CB__SPLICE_STEP, LESS = MOST / 2 };
    *used = 0;
    if (rules->header > CB__SPLICE_HEADER)
        return 0;
    if (splice->most == MOST)
        return splice->heads ? cb__glance_copy(data, n, splice, used, glance, rules, true, MOST)
                             : cb__glance_copy(data, n, splice, used, glance, rules, false, MOST);
    return splice->heads ? cb__glance_copy(data, n, splice, used, glance, rules, true, LESS)
                         : cb__glance_copy(data, n, splice, used, glance, rules, false, LESS);
}

#endif
