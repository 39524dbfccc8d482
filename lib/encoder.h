/* SPDX-License-Identifier: MIT */
/*
 * Encoder: the bytes around a payload, and those that stand for it.
 * Layer: base -> ... -> framing -> encoder.
 */
#ifndef CB_ENCODER_H
#define CB_ENCODER_H

#include "framing.h"

/* The longest header that a family may make in `scratch`. */
enum { CB__HEADER_MAX = 4096 };

/* Where cb_encode_pieces and the like are; see encode.c. */
enum cb__encode_step {
    CB__ENCODE_RECORD,  /* between two records */
    CB__ENCODE_PIECE,   /* in a record, between two pieces */
    CB__ENCODE_HEADER,  /* what is left of it is in `out` */
    CB__ENCODE_PAYLOAD, /* `done` bytes of the piece are out */
    CB__ENCODE_TRAILER, /* as the header; with `gives` there is more */
    CB__ENCODE_PASS,    /* the record was refused: up to its last piece */
    CB__ENCODE_END      /* the end of the stream, as the trailer */
};

struct cb__appender;
struct cb__cuts;

/* What stands before a payload of a certain length, ready to be copied by one
 * store. */
struct cb__head {
    uint8_t bytes[15];
    uint8_t size; /* CB__HEAD_NEW: not asked for yet; CB__HEAD_NONE: not to be had */
};

enum { CB__HEAD_NEW = 255, CB__HEAD_NONE = 254 };

/* Payload from this length on goes by reference: a copy costs less than a reference
 * and an area of its own in writev below it.  On x86-64 the two meet at about 500
 * bytes (bench/README.md). */
enum { CB__COPY_BELOW = 512 };

/* What one record of cb__encode_cuts takes at most, what is overwritten after it
 * included. */
enum { CB__CUT_ROOM = CB__COPY_BELOW + 64 };

/* Puts short whole records into the output, as many of the pieces as it can, and
 * returns how many. */
typedef size_t cb__encode_fn(struct cb_encoder *encoder, struct cb__appender *appender,
                             const struct cb_piece *pieces, size_t count);

struct cb_encoder {
    const struct cb__encoder_ops *ops;
    void *state; /* the family's */
    struct cb__config config;
    const struct cb_allocator *allocator;
    unsigned traits;
    bool refuse_collisions;
    struct cb__bytes out; /* what a call gives */
    uint64_t record;      /* number of the current record, from 1 */
    uint64_t offset;      /* where its payload stands in the input */
    struct cb_error error;

    enum cb__encode_step step;
    cb__encode_fn *copies;       /* the way for short records, or NULL */
    struct cb__bytes head, tail; /* with CB_CONSTANT, what stands around a record */
    struct cb__head *heads;      /* by length, CB__COPY_BELOW of them; or NULL */
    bool gives;                  /* the family may have more for `out` */
    size_t done;                 /* bytes of the current piece's payload */
    uint64_t start;              /* position in the output where the record begins */
    uint64_t before;             /* records before the one that pieces call 1 */
    uint64_t records, bytes;     /* whole records that were put, and their bytes */
    struct cb_buffer *held;      /* the pieces of a record that must be seen whole */

    uint8_t scratch[CB__HEADER_MAX];
};

/* As cb_encoder_new. */
int cb__encoder_make(struct cb_encoder **encoder, const struct cb__source *source,
                     const struct cb_encoder_options *options, struct cb_error *error);

/* Records the error, of the record that began last, and returns
 * CB_EUNENCODABLE. */
int cb__encoder_fail(struct cb_encoder *encoder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for the byte `at` of a piece that is looked at; modulo 2^64, where it
 * stands in a piece before. */
int cb__encoder_fail_at(struct cb_encoder *encoder, const struct cb_piece *piece, uint64_t at,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Puts pieces through an encoder.  CB_OK: all were taken; CB__FULL: the work of this
 * call is done; else as cb_encode_pieces. */
int cb__encode_all(struct cb_encoder *encoder, struct cb__appender *appender,
                   const struct cb_piece *pieces, size_t count, size_t *taken);

/* Does cb__encode_cuts serve this encoder now?  May make its table of heads; without
 * memory for it, no. */
bool cb__encode_takes_cuts(struct cb_encoder *encoder);

/* Puts whole short records out of one span into the output, from found->cuts[first]
 * on, and returns how many.  It stops at a payload that had better be referred to, or
 * is refused, and where there is less room at hand than CB__CUT_ROOM. */
size_t cb__encode_cuts(struct cb_encoder *encoder, struct cb__appender *appender,
                       const struct cb__cuts *found, size_t first);

/* What an encoder has besides its family's part, and the end of that.  (encode.c) */
void cb__encode_init(struct cb_encoder *encoder);
void cb__encode_fini(struct cb_encoder *encoder);

static inline int cb__encoder_give(struct cb_encoder *encoder, const void *data, size_t n)
{
    encoder->out = (struct cb__bytes){.data = n ? data : (const uint8_t *)"", .length = n};
    return CB_OK;
}

#endif
