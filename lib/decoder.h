/* SPDX-License-Identifier: MIT */
/*
 * Decoder: from a family's findings to pieces.
 * Layer: base -> ... -> framing -> decoder.
 *
 * A decoder keeps its place as stream positions:
 *
 *   frame_start <= payload_start <= given <= until <= scan
 *
 *   frame_start    beginning of the current record's frame
 *   payload_start  beginning of the payload to return (once `begun`)
 *   given          everything before was returned as pieces, or is framing; the
 *                  bytes from here on must stay in the buffer
 *   until          everything before is known to be payload
 *   scan           the next byte to examine; after the frame once `complete`
 *
 * A stream stays in the buffer where it began: positions mean nothing in another
 * one.  The buffer knows its decoder, and tells it when bytes move or leave
 * anywhere but at the head (cb__buffer_set_reader); bytes missing at the head are
 * detected by comparing positions.
 *
 * The family moves scan, until and the flags; decoder.c cuts pieces from
 * [given, until).
 *
 * If the payload of a family is not in the input as it is (escapes, parts with
 * framing between them), the family assembles it in a buffer of the decoder,
 * `made`: by reference if possible, otherwise by copy, in blocks of the input's
 * pool, so they may go wherever its own blocks may.  Then payload_start, given and
 * until are positions in that buffer, and only scan tells which input is no longer
 * needed.  With `keep` a record is in the input as it is: there is no `made`, and
 * what the family adds is ignored.
 */
#ifndef CB_DECODER_H
#define CB_DECODER_H

#include "framing.h"

/* Whole frames in one span, found but not yet turned into pieces. */
enum { CB__CUTS = 256 };

struct cb__cuts {
    const uint8_t *data;     /* the span */
    struct cb_memory *block; /* the block that contains it */
    size_t count, used;      /* number of frames, and bytes of the span before the next one */
    struct cb__cut cuts[CB__CUTS];
};

/* Pieces that were cut but not returned yet: those from `next` on. */
enum { CB__KEPT = 256 };

struct cb__kept {
    size_t next, count;
    struct cb_piece pieces[CB__KEPT];
};

struct cb_decoder {
    struct cb_buffer *buffer; /* the buffer it reads, as long as the buffer knows it; the first
                                 member: a buffer knows its decoder by it */
    const struct cb__decoder_ops *ops;
    void *state; /* of the family */
    struct cb__config config;
    const struct cb_allocator *allocator;

    uint64_t max_record; /* one of the following two */
    uint64_t max_given, max_taken;
    enum cb_partial on_partial; /* `open` may set the default */
    bool partial_asked;         /* the caller chose on_partial */
    enum cb_overflow on_overflow;
    bool whole;
    bool tells_length;
    bool assembles; /* for `open` to set */

    struct cb_buffer *made;         /* assembled payload, or NULL */
    struct cb_buffer *header_aside; /* the header of a record of which nothing was returned
                                       before a release; initially NULL */
    struct cb_buffer *aside;        /* the beginnings of truncated records, held until the end
                                       of their frames; initially NULL */
    struct cb__kept *kept;          /* NULL until cb_reframe needs it */
    struct cb__cursor scan_cursor, give_cursor;

    uint64_t frame_start, payload_start, given, until, scan;
    uint64_t payload_at;  /* with `made`: where the payload begins in the input */
    uint64_t header;      /* bytes of the frame right before the payload, of which nothing was
                             returned; set by a family that keeps them available until the
                             payload begins */
    uint64_t header_at;   /* position of the bytes in header_aside; CB_UNKNOWN: none */
    uint64_t aside_at;    /* position of the current record's beginning in `aside`; CB_UNKNOWN:
                             it is not there */
    uint64_t record;      /* number of the current record */
    uint64_t total;       /* its length, CB_UNKNOWN if not known yet */
    uint64_t payload_end; /* bytes before this are payload even if they have not arrived yet; 0:
                             unknown */
    uint64_t needed;
    uint64_t undecided; /* bytes before `scan` that may come after this frame */
    bool unfinished;    /* set by the family: more frames must follow this one */
    bool begun;         /* payload_start is known */
    bool open;          /* its first piece was returned */
    bool complete;      /* its end was found: the payload ends at `until` */
    bool excess;        /* it is longer than allowed, which is not an error */
    bool met;           /* a stream has begun: its buffer is `buffer`, or lost */
    bool finished;      /* no more input will come */
    bool ended;         /* the framing has ended: nothing more follows */
    struct cb_error error;
};

/* As cb_decoder_new. */
int cb__decoder_make(struct cb_decoder **decoder, const struct cb__source *source,
                     const struct cb_decoder_options *options, struct cb_error *error);

/* Are there pieces that were cut for cb_reframe and not returned? */
static inline bool cb__decoder_has_kept(const struct cb_decoder *decoder)
{
    return decoder->kept && decoder->kept->next < decoder->kept->count;
}

/*
 * The fast path, for callers that do not need pieces: finds the next whole frames, at
 * most `max` and CB__CUTS, and returns how many: found->count.  Moves nothing.  The
 * stream has begun (cb__decoder_prepare), and no pieces are kept.  Also returns 0 if
 * `max` is too small to be worth it, inside a record, or after an error: then
 * cb__decoder_refill continues.
 *
 * The decoder advances over the first `count` of them, possibly none, when
 * cb__decoder_took is called: once, and before any other call for the decoder.  With
 * all frames, dropped bytes after them are skipped too.  The number of the first record
 * is decoder->record before, and the span begins at decoder->scan.  Bytes are valid
 * until the next release.
 */
size_t cb__decoder_cuts(struct cb_decoder *decoder, struct cb__cuts *found, size_t max);
void cb__decoder_took(struct cb_decoder *decoder, const struct cb__cuts *found, size_t count);

/* The same instead: all were taken, but those from `first` on are kept as pieces. */
void cb__decoder_keep(struct cb_decoder *decoder, const struct cb__cuts *found, size_t first);

/* The finder for cb__rewrite in the span of the next frames, as in struct
 * cb__decoder_ops; NULL if not possible.  Call the next function after `used` bytes
 * with `count` records were rewritten. */
const struct cb__finder *cb__decoder_finder(struct cb_decoder *decoder, bool *drop_cr,
                                            const uint8_t **data, size_t *n);
void cb__decoder_passed(struct cb_decoder *decoder, size_t used, size_t count);

/* For cb_reframe.  The first call for a stream, or any later one: gives the decoder a
 * place to keep pieces, and with `whole` holds whole records, starting with the next
 * one.  CB_ENOMEM, CB_ESTATE. */
int cb__decoder_prepare(struct cb_decoder *decoder, struct cb_buffer *buffer, bool whole);

/* Cuts at most `max` more pieces into decoder->kept, which is empty, after releasing
 * the previous ones.  As cb_decoder_batch. */
int cb__decoder_refill(struct cb_decoder *decoder, size_t max);

/* The bytes from decoder->scan to the end of their chunk; false if none. */
static inline bool cb__decoder_span(struct cb_decoder *decoder, const uint8_t **data, size_t *n)
{
    return cb__buffer_span(decoder->buffer, &decoder->scan_cursor, decoder->scan, data, n);
}

/* The current record has ended: the next frame begins at `scan`. */
void cb__decoder_next_record(struct cb_decoder *decoder);

/* The next frame begins at `scan`; the bytes before it belong to no record (framing
 * between records, a dropped record): it has no number. */
void cb__decoder_next_frame(struct cb_decoder *decoder);

/* Records an error at a stream position and returns its code.  For CB_EMALFORMED, the
 * text ends with the first bytes from there to decoder->scan, which is after the byte
 * that reveals the error; `offset` if that byte alone does. */
int cb__decoder_fail(struct cb_decoder *decoder, int code, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* For a family that assembles: the payload of the record begins at a position of the
 * input; adds n bytes from another position; adds these bytes (copied).  CB_ENOMEM. */
void cb__decoder_begin(struct cb_decoder *decoder, uint64_t at);
int cb__decoder_add_span(struct cb_decoder *decoder, uint64_t at, uint64_t n);
int cb__decoder_add(struct cb_decoder *decoder, const void *data, size_t n);

/* Fails if a record of `length` bytes is longer than allowed. */
int cb__decoder_check_length(struct cb_decoder *decoder, uint64_t length);

#endif
