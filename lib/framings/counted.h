/* SPDX-License-Identifier: MIT */
/*
 * Counted frames: a header that tells how long the payload is, the payload,
 * and perhaps a trailer that is known beforehand.  What the families with a
 * length have in common; each brings a function that reads its header.
 */
#ifndef CB_COUNTED_H
#define CB_COUNTED_H

#include "../decoder.h"

/*
 * Reads a header from the n >= 1 bytes that stand at decoder->scan, and says
 * in *used how many it looked at.  CB_OK: the header is over, and counted->frame
 * is filled; CB_MORE: all n belong to it, and decoder->needed is set; CB_END:
 * nothing follows; CB_EMALFORMED: the byte data[*used] is wrong, or with
 * `frame_is_wrong` the header as a whole, and counted->why says why.  It keeps
 * what it must remember in its own state and leaves that ready for the next
 * header.
 */
typedef int (*cb__header_fn)(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                             size_t *used);

struct cb__frame {
    uint64_t payload;         /* bytes */
    struct cb__bytes trailer; /* must follow the payload */
    bool bare_lf;             /* the trailer is CRLF, and LF alone will do */
};

enum cb__counted_phase { CB__COUNTED_HEADER, CB__COUNTED_PAYLOAD, CB__COUNTED_TRAILER };

/* The state of such a decoder begins with this. */
struct cb__counted {
    cb__header_fn header;
    enum cb__counted_phase phase;
    struct cb__frame frame;
    size_t trailer_at;         /* bytes of the trailer seen */
    const char *why;           /* a header is malformed because of this */
    bool frame_is_wrong;       /* ... and it is reported where its frame begins */
    const char *trailer_error; /* the same for the trailer */
};

void cb__counted_reset(struct cb_decoder *decoder, cb__header_fn header);
int cb__counted_advance(struct cb_decoder *decoder);
size_t cb__counted_batch(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                         struct cb_piece *pieces, size_t max);
int cb__counted_cut(struct cb_decoder *decoder);

#endif
