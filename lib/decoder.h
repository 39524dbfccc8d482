/* SPDX-License-Identifier: MIT */
/*
 * Decoder: from a family's findings to pieces.
 * Layer: base -> ... -> framing -> decoder.
 *
 * A decoder keeps its place as stream positions:
 *
 *   frame_start <= payload_start <= given <= until <= scan
 *
 *   frame_start    where the frame of the current record begins
 *   payload_start  where what is given of it begins (once `begun`)
 *   given          all before was handed out as pieces, or is framing; the
 *                  bytes from here on must stay in the buffer
 *   until          all before is known to be payload
 *   scan           the next byte to look at; behind the frame once `complete`
 *
 * A stream stays in the buffer that it was begun in: positions mean nothing in
 * another one.  The buffer knows its decoder, and tells it when bytes move or go
 * away in any way but at the head (cb__buffer_set_reader); what may be missing
 * there is seen by comparing positions.
 *
 * The family moves scan, until and the flags; pieces are cut from
 * [given, until) here.
 *
 * A family whose payload does not stand in the input as it is (escapes, parts
 * with framing between them) assembles it in a buffer of the decoder's, `made`:
 * by reference where it can, else by a copy, in blocks of the pool that the
 * input has, so that they may go wherever its own blocks may.  Then payload_start, given and
 * until are positions in that buffer, and scan alone says what of the input is
 * needed no more.  With `keep` a record stands in the input as it is: there is
 * no `made`, and what the family adds is ignored.
 */
#ifndef CB_DECODER_H
#define CB_DECODER_H

#include "framing.h"

/* Whole frames that stand in one span, found and not yet turned into pieces. */
enum { CB__CUTS = 256 };

struct cb__cuts {
    const uint8_t *data;     /* the span */
    struct cb_memory *block; /* where it is */
    size_t count, used;      /* frames, and the bytes of the span up to the next one */
    struct cb__cut cuts[CB__CUTS];
};

/* Pieces that were cut and have not been handed over: those from `next` on. */
enum { CB__KEPT = 256 };

struct cb__kept {
    size_t next, count;
    struct cb_piece pieces[CB__KEPT];
};

struct cb_decoder {
    struct cb_buffer *buffer; /* what it reads, while that knows it; the first
                                 member: a buffer knows its decoder by it */
    const struct cb__decoder_ops *ops;
    void *state; /* the family's */
    struct cb__config config;
    const struct cb_allocator *allocator;

    uint64_t max_record; /* one of the two that follow */
    uint64_t max_given, max_taken;
    enum cb_partial on_partial; /* `open` may set what it is by default */
    bool partial_asked;         /* on_partial is what the caller said */
    enum cb_overflow on_overflow;
    bool whole;
    bool tells_length;
    bool assembles; /* for `open` to set */

    struct cb_buffer *made;         /* payload that was assembled, or NULL */
    struct cb_buffer *header_aside; /* the header of a record of which nothing was given
                                       before a release; NULL before any is */
    struct cb_buffer *aside;        /* the beginnings of records that are cut, held until
                                their frames are over; NULL before any is */
    struct cb__kept *kept;          /* NULL before cb_reframe needs it */
    struct cb__cursor scan_cursor, give_cursor;

    uint64_t frame_start, payload_start, given, until, scan;
    uint64_t payload_at;  /* with `made`: where in the input the payload begins */
    uint64_t header;      /* bytes of the frame right before the payload, of which nothing
                             was given: set by a family that keeps them at hand until
                             the payload begins */
    uint64_t header_at;   /* position of what is in header_aside; CB_UNKNOWN: nothing */
    uint64_t aside_at;    /* where that of the current record stands in `aside`;
                             CB_UNKNOWN: it does not */
    uint64_t record;      /* number of the current record */
    uint64_t total;       /* its length, CB_UNKNOWN if that is not known yet */
    uint64_t payload_end; /* bytes before are payload even if they have not
                             come yet; 0: not known */
    uint64_t needed;
    uint64_t undecided; /* bytes before `scan` that may stand behind this frame */
    bool unfinished;    /* for a family to set: more frames must follow this one */
    bool begun;         /* payload_start is known */
    bool open;          /* its first piece was given */
    bool complete;      /* its end was seen: the payload ends at `until` */
    bool excess;        /* it is longer than allowed, which is no error */
    bool met;           /* a stream was begun: its buffer is `buffer`, or lost */
    bool finished;      /* no more input will come */
    bool ended;         /* the framing says that nothing more follows */
    struct cb_error error;
};

/* As cb_decoder_new. */
int cb__decoder_make(struct cb_decoder **decoder, const struct cb__source *source,
                     const struct cb_decoder_options *options, struct cb_error *error);

/* Are there pieces that were cut for cb_reframe and not handed over? */
static inline bool cb__decoder_has_kept(const struct cb_decoder *decoder)
{
    return decoder->kept && decoder->kept->next < decoder->kept->count;
}

/*
 * The fast path, for whoever does without pieces: finds the next whole frames, at
 * most `max` of them and CB__CUTS, and returns how many: found->count.  Moves
 * nothing.  The stream was begun (cb__decoder_prepare), and nothing is kept.  0 also
 * where `max` is too small to be worth it, inside a record, or after an error: then
 * cb__decoder_refill goes on.
 *
 * The decoder goes on after the first `count` of them when cb__decoder_took says so:
 * before any other call for the decoder, and once.  That may be none; with all the
 * frames that are left out after them are passed over as well.  The number of the
 * first record is decoder->record before, and the span begins at decoder->scan.
 * Bytes are good until the next release.
 */
size_t cb__decoder_cuts(struct cb_decoder *decoder, struct cb__cuts *found, size_t max);
void cb__decoder_took(struct cb_decoder *decoder, const struct cb__cuts *found, size_t count);

/* The same in place of that: all were taken, but those from `first` on are kept as
 * pieces. */
void cb__decoder_keep(struct cb_decoder *decoder, const struct cb__cuts *found, size_t first);

/* What cb__rewrite can be done by on the span that the next frames begin in, as in
 * struct cb__decoder_ops; NULL where it cannot.  Its `used` bytes with `count` records
 * have then been passed. */
const struct cb__finder *cb__decoder_finder(struct cb_decoder *decoder, bool *drop_cr,
                                            const uint8_t **data, size_t *n);
void cb__decoder_passed(struct cb_decoder *decoder, size_t used, size_t count);

/* For cb_reframe.  The first call for a stream, or any other: the decoder gets a
 * place to keep pieces, and with `whole` holds records until their end from the
 * next one on.  CB_ENOMEM, CB_ESTATE. */
int cb__decoder_prepare(struct cb_decoder *decoder, struct cb_buffer *buffer, bool whole);

/* Cuts at most `max` pieces more into decoder->kept, which is empty, after what was
 * cut before has been released.  As cb_decoder_batch. */
int cb__decoder_refill(struct cb_decoder *decoder, size_t max);

/* The bytes from decoder->scan to the end of their chunk; false if none. */
static inline bool cb__decoder_span(struct cb_decoder *decoder, const uint8_t **data, size_t *n)
{
    return cb__buffer_span(decoder->buffer, &decoder->scan_cursor, decoder->scan, data, n);
}

/* The current record is over: the next frame begins at `scan`. */
void cb__decoder_next_record(struct cb_decoder *decoder);

/* The next frame begins at `scan`; what stands before it belongs to no record
 * (framing between records, one that is left out): it has no number. */
void cb__decoder_next_frame(struct cb_decoder *decoder);

/* Records an error at a stream position and returns its code.  For
 * CB_EMALFORMED the first bytes from there to decoder->scan follow the text: it
 * stands after the byte that shows the fault, or at the offset where that byte is
 * alone. */
int cb__decoder_fail(struct cb_decoder *decoder, int code, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* For a family that assembles: the payload of the record begins at a position
 * of the input; n bytes of it stand at another; these bytes belong to it (they
 * are copied).  CB_ENOMEM. */
void cb__decoder_begin(struct cb_decoder *decoder, uint64_t at);
int cb__decoder_add_span(struct cb_decoder *decoder, uint64_t at, uint64_t n);
int cb__decoder_add(struct cb_decoder *decoder, const void *data, size_t n);

/* Fails if a record of `length` bytes is longer than allowed. */
int cb__decoder_check_length(struct cb_decoder *decoder, uint64_t length);

#endif
