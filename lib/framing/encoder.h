/* SPDX-License-Identifier: MIT */
/*
 * Encoder: the bytes around a payload, and those that replace it.
 * Layer: base -> ... -> framing -> encoder.
 */
#ifndef CB_ENCODER_H
#define CB_ENCODER_H

#include "framing/framing.h"
#include "framing/splice.h"

/* The longest header that a family may make in `scratch`. */
enum { CB__HEADER_MAX = 4096 };

/* The state of cb_encode_pieces and the like; see encode.c. */
enum cb__encode_step {
    CB__ENCODE_RECORD,  /* between two records */
    CB__ENCODE_PIECE,   /* in a record, between two pieces */
    CB__ENCODE_HEADER,  /* the rest of it is in `out` */
    CB__ENCODE_PAYLOAD, /* `done` bytes of the piece are written */
    CB__ENCODE_TRAILER, /* like the header; with `gives` there is more */
    CB__ENCODE_PASS,    /* the record was rejected: up to its last piece */
    CB__ENCODE_END      /* the end of the stream, like the trailer */
};

struct cb__appender;
struct cb__cuts;

/* The most room that one record of cb__encode_cuts uses, including bytes overwritten
 * after it. */
enum { CB__CUT_ROOM = CB__COPY_BELOW + 64 };

/* Writes short whole records to the output, as many of the pieces as possible, and
 * returns how many. */
typedef size_t cb__encode_fn(struct cb_encoder *encoder, struct cb__appender *appender,
                             const struct cb_piece *pieces, size_t count);

/* A copy of a frame's header or trailer. */
struct cb__frame_part {
    uint8_t *bytes; /* memory of `room` bytes; NULL: none yet */
    size_t size, room;
};

struct cb_encoder {
    const struct cb__encoder_ops *ops;
    void *state; /* of the family */
    struct cb__config config;
    const struct cb_allocator *allocator;
    unsigned traits;
    bool by_length; /* as in ops; `open` may change both */
    bool refuse_collisions;
    bool color;           /* for a terminal */
    struct cb__bytes out; /* the result of a call */
    uint64_t record;      /* number of the current record, from 1 */
    uint64_t offset;      /* where its payload is in the input, */
    uint64_t frame;       /* ... and its frame, as far as pieces tell */
    struct cb_error error;

    enum cb__encode_step step;
    cb__encode_fn *copies;       /* the fast path for short records, or NULL */
    bool whole;                  /* ... in which the family writes them */
    struct cb__bytes head, tail; /* with CB_CONSTANT, the bytes around a record */
    struct cb__head *heads;      /* by length, CB__COPY_BELOW of them; or NULL */
    bool gives;                  /* the family may have more for `out` */
    size_t done;                 /* bytes of the current piece's payload that are written */
    uint64_t start;              /* position in the output where the record begins */
    uint64_t before;             /* records before the one that has number 1 in its pieces */
    uint64_t records, bytes;     /* whole records written, and their bytes */
    struct cb_buffer *held;      /* the pieces of a record that must be seen whole */

    /* With CB_NEEDS_HEADER and CB_NEEDS_TRAILER: these parts of the current record's
     * frame, and the decoder that has those apart from their pieces, or NULL. */
    struct cb__frame_part header, trailer;
    const struct cb_decoder *followed;

    uint8_t scratch[CB__HEADER_MAX];
};

/* As cb_encoder_new. */
int cb__encoder_make(struct cb_encoder **result, const struct cb__source *source,
                     const struct cb_encoder_options *options, struct cb_error *error);

/* Records the error, for the last record that began, and returns CB_EUNENCODABLE. */
int cb__encoder_fail(struct cb_encoder *encoder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for byte `at` of the examined piece; modulo 2^64 if it is in an earlier
 * piece. */
int cb__encoder_fail_at(struct cb_encoder *encoder, const struct cb_piece *piece, uint64_t at,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Copies the header of the record that begins with this piece, or the trailer of the one
 * that ends with it.  CB_ENOMEM, CB_ESTATE. */
int cb__encoder_take_header(struct cb_encoder *encoder, const struct cb_piece *piece);
int cb__encoder_take_trailer(struct cb_encoder *encoder, const struct cb_piece *piece);

/* Encodes pieces.  CB_OK: all of them; CB__FULL: the work of this call is done;
 * otherwise as cb_encode_pieces. */
int cb__encode_all(struct cb_encoder *encoder, struct cb__appender *appender,
                   const struct cb_piece *pieces, size_t count, size_t *taken);

/* Can this encoder use cb__encode_cuts now?  May allocate its table of heads; false if
 * out of memory. */
bool cb__encode_takes_cuts(struct cb_encoder *encoder);

/* Writes whole short records from one span to the output, starting with
 * found->cuts[first], and returns how many.  It stops at a payload that is better
 * referenced, or is rejected, and when less room than CB__CUT_ROOM is left. */
size_t cb__encode_cuts(struct cb_encoder *encoder, struct cb__appender *appender,
                       const struct cb__cuts *found, size_t first);

/* Fills in what a splice needs to know of the output, for as many bytes as the appender has
 * room for.  False if that is too little, or the encoder does not work in this way; it can
 * use cb__encode_cuts. */
bool cb__encode_splice(const struct cb_encoder *encoder, const struct cb__appender *appender,
                       struct cb__splice *splice);

/* What an encoder has besides its family's part, and its destruction. (encode.c) */
void cb__encode_init(struct cb_encoder *encoder);
void cb__encode_fini(struct cb_encoder *encoder);

/* Gives at most *left padding bytes, and counts them off: CB__MORE if more are left. */
int cb__encoder_pad(struct cb_encoder *encoder, uint64_t *left, uint8_t byte);

static inline int cb__encoder_give(struct cb_encoder *encoder, const void *data, size_t n)
{
    encoder->out = (struct cb__bytes){.data = n ? data : (const uint8_t *)"", .length = n};
    return CB_OK;
}

#endif
