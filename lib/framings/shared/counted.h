/* SPDX-License-Identifier: MIT */
/*
 * Counted frames: a header with the length of the payload, the payload, perhaps
 * padding with any bytes, and perhaps a trailer that is known by then.  A record may
 * continue in the next frame, if the decoder assembles payload; an `only` rule selects
 * it by its first frame.
 * The common part of the families with a length; each provides a function that
 * reads its header.
 */
#ifndef CB_COUNTED_H
#define CB_COUNTED_H

#include <string.h>

#include "framing/decoder.h"

/* Result of a header function besides those of `advance`. */
enum { CB__DROPPED = 101 };

/*
 * Reads a header from the n >= 1 bytes at decoder->found.scan; *used is how many it
 * examined.  CB_OK: the header is complete, and counted->frame is filled; CB__MORE: it
 * continues after those, and decoder->found.needed is set; CB__END: nothing follows;
 * CB__DROPPED: what was examined up to there belongs to no frame, the next one begins;
 * CB_EMALFORMED: the byte data[*used] is wrong, or with `frame_is_wrong` the header as
 * a whole or from `wrong_at` on, as the *used bytes show, and counted->why is the
 * reason.  It keeps what it must remember in its own state, and leaves that ready for
 * the next header, as the family's `reset` does.
 */
typedef int (*cb__header_fn)(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                             size_t *used);

/*
 * Sees the payload in the parts in which it arrives, even an empty one; `at` is how
 * much came before.  It may store the expected trailer in the bytes of
 * counted->frame.trailer.  CB_OK, or an error.
 */
typedef int (*cb__look_fn)(struct cb_decoder *decoder, uint64_t at, const uint8_t *data, size_t n);

/* Stores the trailer of a payload with this checksum: all that `look` is for, where the
 * family's `recovery` tells the checksum. */
typedef void (*cb__expect_fn)(struct cb_decoder *decoder, uint32_t sum);

struct cb__frame {
    uint64_t payload;         /* bytes */
    size_t examined;          /* bytes of the payload that were examined with the header;
                                 `cuts` must not find such a frame: its header returns
                                 CB__MORE there */
    size_t padding;           /* bytes of any value after the payload */
    struct cb__bytes trailer; /* must follow the padding */
    bool bare_lf;             /* the trailer is CRLF, and LF alone is enough */
    bool more;                /* the record continues in the next frame */
};

enum cb__counted_phase {
    CB__COUNTED_HEADER,
    CB__COUNTED_PAYLOAD,
    CB__COUNTED_PADDING,
    CB__COUNTED_TRAILER
};

/* The state of such a decoder begins with this. */
struct cb__counted {
    cb__header_fn header;
    cb__look_fn look;
    cb__expect_fn expect;
    enum cb__counted_phase phase;
    struct cb__frame frame;             /* members that a header does not set are kept */
    uint64_t header_seen;               /* bytes of a header from `scan` on that were read, but
                                           must stay; not on the fast path */
    bool continues;                     /* the frame continues a record, */
    uint64_t frame_at;                  /* ... begins at this stream position, */
    uint64_t before;                    /* ... and so much of the record came before it */
    uint64_t payload_end;               /* stream position */
    size_t trailer_at;                  /* bytes of the trailer seen */
    const char *why;                    /* why a header is malformed */
    bool frame_is_wrong;                /* ... and reported in its frame, */
    size_t wrong_at;                    /* ... at this byte of it */
    const char *trailer_error;          /* the same for the trailer */
    const struct cb__byte_rules *rules; /* of the header's bytes, or NULL */
    const char *rules_of;               /* what messages call these bytes */
    const struct cb__byte_rule *broken; /* the rule that a malformed header breaks */
    bool left_out;                      /* the rules do not select the frame */
    bool stateless;                     /* a header leaves no state to forget */
};

/* For a new stream.  `look`, and what is the same for every frame, may be set after
 * this. */
void cb__counted_reset(struct cb_decoder *decoder, cb__header_fn header);
/* The same, with rules for bytes of the header: every header contains all bytes that
 * the rules refer to. */
void cb__counted_apply(struct cb_decoder *decoder, const struct cb__byte_rules *rules,
                       const char *what);
int cb__counted_advance(struct cb_decoder *decoder);
size_t cb__counted_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                        struct cb__cut *cuts, size_t max, size_t *used);
int cb__counted_cut_short(struct cb_decoder *decoder);

/* For a header function: collects the first `size` bytes of a header, of which it has
 * *have.  CB_OK: that is all of them; otherwise CB__MORE, as the function returns it. */
static inline int cb__counted_collect(struct cb_decoder *decoder, uint8_t *header, size_t size,
                                      size_t *have, const uint8_t *data, size_t n, size_t *used)
{
    *used = cb__min(n, size - *have);
    memcpy(header + *have, data, *used);
    *have += *used;
    decoder->found.needed = size - *have;
    return *have < size ? CB__MORE : CB_OK;
}

#endif
