/* SPDX-License-Identifier: MIT */
/*
 * Decoder: from a family's findings to pieces.
 * Layer: base -> ... -> framing -> decoder.
 *
 * A decoder has two halves.  The family's functions fill `found`: where the current
 * frame is, as stream positions, and how much of it was seen.  `core` is derived from
 * that: what was returned of the record, what must be kept of it, how long it may be.
 * Families use only the first half (tests/house/layers.sh), and the core writes to it
 * only when the next frame begins, or the input ends.
 *
 *   frame_start <= payload_start <= core.given_to <= payload_seen <= scan
 *
 * A stream stays in the buffer where it began: positions mean nothing in another
 * one.  The buffer knows its decoder, and tells it when bytes move or leave
 * anywhere but at the head (cb__buffer_set_reader); bytes missing at the head are
 * detected by comparing positions.
 *
 * If the payload of a family is not in the input as it is (escapes, parts with
 * framing between them), the family assembles it in a buffer of the decoder: by
 * reference if possible, otherwise by copy, in blocks of the input's pool, so they may
 * go wherever its own blocks may.  Then payload_start, payload_seen and given_to are
 * positions in that buffer, and only scan tells which input is no longer needed.  With
 * `keep` a record is in the input as it is: nothing is assembled, and what the family
 * adds is ignored.
 */
#ifndef CB_DECODER_H
#define CB_DECODER_H

#include "framing/framing.h"

/* Whole frames in one span, found but not yet turned into pieces. */
enum { CB__CUTS = 256 };

enum cb__cuts_place {
    CB__CUTS_IN_SPAN,
    CB__CUTS_UNPACKED, /* in room of the decoder; places[i] is that in the span */
    CB__CUTS_KEPT      /* the same, and pieces may refer to it */
};

struct cb__cuts {
    const uint8_t *data;     /* the span, or what it was unpacked to */
    uint64_t base;           /* position of the span in the stream */
    struct cb_memory *block; /* the block that contains the data */
    size_t count, used;      /* number of frames, and bytes of the span before the next one */
    bool all;                /* as many as were asked for: there may be more */
    uint64_t record;         /* number of the first */
    enum cb__cuts_place place;
    struct cb__cut cuts[CB__CUTS];
    struct cb__unpacked places[CB__CUTS];
};

/* Where the payload of the i-th frame is in the stream. */
static inline uint64_t cb__cuts_position(const struct cb__cuts *found, size_t i)
{
    const bool in_span = found->place == CB__CUTS_IN_SPAN;
    return found->base + (in_span ? found->cuts[i].at : found->places[i].payload);
}

/* Where it ends in the span. */
static inline size_t cb__cuts_end(const struct cb__cuts *found, size_t i)
{
    return found->place == CB__CUTS_IN_SPAN ? cb__cut_end(&found->cuts[i]) : found->places[i].end;
}

/*
 * Whole frames that cb_decoder_next and cb_decoder_take have found in one go, to return
 * them one by one: [next, end).  The decoder moves over a frame when it is returned, not
 * earlier.  So it always is as if there were no such frames: every other call continues
 * from there by its own means, and nothing must be undone.
 *
 * The frames are those that follow stream position `place`, perhaps after dropped
 * bytes.  While the decoder is there, nothing has happened since the last one was
 * returned; if it has come farther by other means, the frames after its own place are
 * still to be had.  Bytes appended or skipped do not matter, since a chunk stays where it
 * is.  All are void
 * - if bytes have moved otherwise: `shape` is not that of the buffer;
 * - after an error, and in another stream: `place` is CB__NOWHERE.
 *
 * So few bytes are searched at a time that they stay in the cache until their records are
 * returned, and that no record is too long to be taken (WHOLE_LIMIT_DEFAULT).
 */
enum { CB__AHEAD_CUTS = 128, CB__AHEAD_BYTES = 32 << 10 };

struct cb__lookahead {
    uint64_t place;
    size_t shape;
    uint64_t base;           /* position of the span */
    const uint8_t *data;     /* the span */
    struct cb_memory *block; /* the block that contains it */
    const struct cb__cut *next, *end;
    struct cb__cut cuts[CB__AHEAD_CUTS];
};

/*
 * Pieces that were cut but not returned yet: those from `next` on.  Between two calls they
 * hold their blocks, since the caller may have the chunks of the buffer joined (cb_data), or
 * drop them; those from `held` on still do when they are returned, until the next release.
 */
enum { CB__KEPT = 256 };

struct cb__kept {
    size_t next, count;
    size_t held;    /* `count`: none */
    uint64_t place; /* position of the buffer at the end of the call that kept them */
    struct cb_piece pieces[CB__KEPT];
};

/* How much of the current frame was seen. */
enum cb__found_state {
    CB__FOUND_NOTHING, /* payload_start is not known yet */
    CB__FOUND_BEGUN,   /* payload_start is known */
    CB__FOUND_COMPLETE /* the payload ends at payload_seen, the frame at scan */
};

/* What the family has found.  All members are stream positions unless noted otherwise. */
struct cb__found {
    enum cb__found_state state;
    uint64_t scan;          /* the next byte to examine */
    uint64_t frame_start;   /* beginning of the frame */
    uint64_t payload_start; /* beginning of the payload to return; before it is known, earlier
                               bytes are no longer needed */
    uint64_t payload_seen;  /* everything before is known to be payload, and has arrived */
    uint64_t payload_end;   /* everything before is payload even if it has not arrived yet; 0:
                               unknown */
    uint64_t payload_at;    /* if payload is assembled: its beginning in the input */
    uint64_t header;        /* bytes of the frame right before the payload, of which nothing was
                               returned; set by a family that keeps them available until the
                               payload begins */
    uint64_t total;         /* length of the record, CB_UNKNOWN if not known yet */
    uint64_t needed;        /* least number of bytes missing */
    uint64_t undecided;     /* bytes before `scan` that may come after this frame */
};

enum cb__stream_state {
    CB__STREAM_NONE,
    CB__STREAM_BEGUN, /* its buffer is decoder->buffer, or lost */
    CB__STREAM_ENDED  /* nothing follows the record that was found */
};

enum cb__given_state {
    CB__GIVEN_NOTHING,
    CB__GIVEN_SOME /* its first piece was returned, but not its last */
};

/* The frames that are tried at a place where one may begin, as far as they have arrived; the
 * state of the family belongs to it. */
struct cb__trial {
    bool begun;
    uint64_t records; /* whole ones */
    struct cb__found found;
};

/* What is derived from that: for decoder.c, pieces.c and take.c. */
struct cb__core {
    enum cb__stream_state stream;
    enum cb__given_state given;    /* of the current record */
    bool too_long;                 /* the record is longer than allowed, which is not an error */
    uint64_t record;               /* its number */
    uint64_t given_to;             /* everything before was returned, or is framing; the bytes
                                      from here on must stay in the buffer */
    uint64_t max_given, max_taken; /* decoder->max_record is one of these */

    struct cb_buffer *assembled;    /* payload, or NULL if it is in the input */
    struct cb_buffer *header_aside; /* the header of a record of which nothing was returned
                                       before a release; initially NULL */
    uint64_t header_at;             /* its position; CB_UNKNOWN: none */
    struct cb_buffer *aside;        /* the beginnings of truncated records, held until the end
                                       of their frames; initially NULL */
    uint64_t aside_at;              /* position of the current record's beginning there;
                                       CB_UNKNOWN: it is not there */
    uint64_t lost_from;             /* after a malformed frame: its beginning, */
    uint64_t lost_to;         /* and where the search for the next one is; CB_UNKNOWN: nowhere */
    struct cb__trial trial;
    unsigned unmarked;        /* calls of cb__decoder_mark that need not try */
    /* How `cuts` is tried (spans.c): */
    unsigned uncut;           /* not before so many more frames; */
    unsigned uncut_next;      /* uncut, if the next try finds hardly any; */
    size_t at_once;           /* for at most so many frames, */
    size_t reach;             /* in at most so many bytes */
    uint64_t tried_to;        /* where the frames end that the last try found */
    struct cb__kept *kept;    /* NULL until cb_reframe needs it */
    struct cb__cursor cursor; /* at given_to */
    struct cb__lookahead lookahead;
};

struct cb_decoder {
    struct cb_buffer *buffer; /* the buffer it reads, as long as the buffer knows it; the first
                                 member: a buffer knows its decoder by it */
    const struct cb__decoder_ops *ops;
    void *state; /* of the family */
    struct cb__config config;
    const struct cb_allocator *allocator;

    /* The options; `open` may change the first four: */
    bool assembles;
    bool whole; /* nothing of a record is returned before its end */
    bool tells_length;
    enum cb_partial on_partial;
    bool partial_asked; /* the caller chose on_partial */
    enum cb_overflow on_overflow;
    bool recovers; /* the caller may go on after a malformed frame */
    bool trailers; /* what follows the payload is returned, too */
    uint64_t max_record;

    bool finished;      /* no more input will come */
    uint64_t settle_at; /* ... for now, if the input ends here; CB_UNKNOWN: not said */
    bool expects_more;  /* set by the family: more frames must follow the previous one */
    uint64_t left_out;  /* counted by the family: right frames that are no records */
    bool trying;        /* a frame is tried that may be none (recover.c) */
    struct cb__sums sums; /* after damage, of the bytes of the buffer; without a checksum: none */
    struct cb__cursor scan_cursor;
    struct cb__found found;
    struct cb__core core;
    struct cb_error error;
};

/* As cb_decoder_new. */
int cb__decoder_make(struct cb_decoder **result, const struct cb__source *source,
                     const struct cb_decoder_options *options, struct cb_error *error);

static inline bool cb__has_begun(const struct cb_decoder *decoder)
{
    return decoder->found.state != CB__FOUND_NOTHING;
}

static inline bool cb__is_complete(const struct cb_decoder *decoder)
{
    return decoder->found.state == CB__FOUND_COMPLETE;
}

/* Does the caller see where the frame ends?  Then the record ends no sooner. */
static inline bool cb__shows_end(const struct cb_decoder *decoder)
{
    return decoder->config.keep || decoder->trailers;
}

/* Are there pieces that were cut for cb_reframe and not returned? */
static inline bool cb__decoder_has_kept(const struct cb_decoder *decoder)
{
    return decoder->core.kept && decoder->core.kept->next < decoder->core.kept->count;
}

/*
 * The fast path, for callers that do not need pieces: finds the next whole frames, at
 * most `max` and CB__CUTS, and returns how many: found->count.  Even if that is 0, there
 * may be frames that are no records: found->used.  Moves nothing.  The stream has begun
 * (cb__decoder_prepare), and no pieces are kept.  Also returns 0 if `max` is too small to
 * be worth it, inside a record, or after an error: then cb__decoder_refill continues.
 *
 * The decoder advances over the first `count` of them when cb__decoder_took is called:
 * once, and before any other call for the decoder, or never.  With all of them, it
 * advances over the dropped bytes after them, too.  Bytes are valid until the next release;
 * if they were unpacked, only until that call.
 */
size_t cb__decoder_cuts(struct cb_decoder *decoder, struct cb__cuts *found, size_t max);
void cb__decoder_took(struct cb_decoder *decoder, const struct cb__cuts *found, size_t count);

/* The span for `splice` of the next frames, as in struct cb__decoder_ops; false if not
 * possible.  Call cb__decoder_passed after it. */
bool cb__decoder_splices(struct cb_decoder *decoder, const uint8_t **data, size_t *n);

/* The same instead for one more, which is kept as a piece. */
void cb__decoder_keep(struct cb_decoder *decoder, struct cb__cuts *found, size_t count);

/* The pieces of `count` of these frames, from the first-th on. */
void cb__decoder_build(const struct cb_decoder *decoder, struct cb__cuts *found, size_t first,
                       size_t count, struct cb_piece *pieces);

/* The finder for cb__rewrite in the span of the next frames, as in struct
 * cb__decoder_ops; NULL if not possible.  Call the next function after `used` bytes
 * with `count` records were rewritten. */
const struct cb__finder *cb__decoder_finder(struct cb_decoder *decoder, bool *drop_cr,
                                            const uint8_t **data, size_t *n);
void cb__decoder_passed(struct cb_decoder *decoder, size_t used, size_t count);

/* The same for cb__rewrite_marked: marks what it needs in at most `most` bytes of the span, and
 * returns the number of records; 0 if not possible, or if long records are better put by
 * reference. */
size_t cb__decoder_mark(struct cb_decoder *decoder, size_t most, uint64_t *marks,
                        const uint8_t **data, struct cb__marked *marked);

/* The block of the span of the next frames; NULL if the pool of its buffer may not be left. */
struct cb_memory *cb__decoder_block(struct cb_decoder *decoder);

/* For cb_reframe.  The first call for a stream, or any later one: gives the decoder a
 * place to keep pieces, and with `whole` holds whole records, starting with the first of
 * which nothing was returned.  CB_ENOMEM, CB_ESTATE. */
int cb__decoder_prepare(struct cb_decoder *decoder, struct cb_buffer *buffer, bool whole);

/* The same for trailers: tells them, starting with the next record. */
void cb__decoder_tell_trailers(struct cb_decoder *decoder);

/* At the end of a call: the pieces that are kept hold their blocks; and the reverse, once
 * nobody needs them any more. */
void cb__decoder_hold_kept(struct cb_decoder *decoder);
void cb__decoder_drop_kept(struct cb_decoder *decoder);

/* Cuts at most `max` more pieces into decoder->core.kept, which is empty, after releasing
 * the previous ones.  As cb_decoder_batch. */
int cb__decoder_refill(struct cb_decoder *decoder, size_t max);

/* The bytes from decoder->found.scan to the end of their chunk; false if none. */
static inline bool cb__decoder_span(struct cb_decoder *decoder, const uint8_t **data, size_t *n)
{
    return cb__buffer_span(decoder->buffer, &decoder->scan_cursor, decoder->found.scan, data, n);
}

/* The current record has ended: the next frame begins at `scan`. */
void cb__decoder_next_record(struct cb_decoder *decoder);

/* The next frame begins at `scan`; the bytes before it belong to no record (framing
 * between records, a dropped record): it has no number. */
void cb__decoder_next_frame(struct cb_decoder *decoder);

/* Records an error at a stream position and returns its code.  For CB_EMALFORMED, the
 * text ends with the first bytes from there to decoder->found.scan, which is after the byte
 * that reveals the error; `offset` if that byte alone does. */
int cb__decoder_fail(struct cb_decoder *decoder, int code, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* For a family that assembles: the payload of the record begins at a position of the
 * input; adds n bytes from another position; adds these bytes (copied).  CB_ENOMEM. */
void cb__decoder_begin(struct cb_decoder *decoder, uint64_t at);
int cb__decoder_add_span(struct cb_decoder *decoder, uint64_t at, uint64_t n);
int cb__decoder_add(struct cb_decoder *decoder, const void *data, size_t n);

/* Where the next byte of payload will stand, in the buffer that payload_start is of. */
uint64_t cb__decoder_payload_place(const struct cb_decoder *decoder);

/* Fails if a record of `length` bytes is longer than allowed. */
int cb__decoder_check_length(struct cb_decoder *decoder, uint64_t length);

/* Fails: with so much payload the current frame ends at no position. */
int cb__decoder_fail_beyond(struct cb_decoder *decoder, uint64_t payload);

/* The current frame is no record.  If a record of `length` bytes would be too long, this frame
 * is not held for a recovery, either, nor right if it is tried: CB_EOVERFLOW. */
int cb__decoder_leave_out(struct cb_decoder *decoder, uint64_t length);

/* Are sums kept of the bytes of the current frame?  Otherwise they may leave before its end. */
bool cb__decoder_keeps_sums(const struct cb_decoder *decoder);

#endif
