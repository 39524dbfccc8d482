/* SPDX-License-Identifier: MIT */
/*
 * Framing: what a framing is to the rest of the library.
 * Layer: base -> ... -> buffer, byte_rules -> framing.
 *
 * A framing is a row of a table: a name and a family with a variant, or a name
 * and the generic specification that it stands for (a preset).  A family is
 * one file under framings/: the keys that its specifications may have, the
 * struct that they are parsed into, and functions to decode and encode by it.
 *
 * A decoder's functions see stream positions and fill in what they found; how
 * pieces are cut from that, how records are counted, held back, limited and
 * ended is decoder.c's business, once for all families.
 */
#ifndef CB_FRAMING_H
#define CB_FRAMING_H

#include "buffer.h"
#include "byte_rules.h"

enum {
    CB__KEY_FLAG,   /* bool */
    CB__KEY_SIZE,   /* uint64_t */
    CB__KEY_SIGNED, /* int64_t, with a sign or without */
    CB__KEY_BYTES,  /* struct cb__bytes, at least one */
    CB__KEY_BYTE,   /* struct cb__bytes, exactly one */
    CB__KEY_LIST,   /* bytes, may be given again and again: read from the spec */
    CB__KEY_RULE,   /* struct cb__byte_rules, may be given again and again */
    CB__KEY_SELECT, /* the same, for a rule that selects */
    CB__KEY_KIND = 15,
    /* A key that means something in one direction only is refused in the other,
     * unless it comes from a preset, which serves both. */
    CB__KEY_IN = 16,
    CB__KEY_OUT = 32,
    /* A preset's value is but a default: the key may be given again. */
    CB__KEY_REPLACES = 64
};

struct cb__key {
    const char *name; /* "" for the argument; NULL ends a table */
    unsigned kind;    /* one of the kinds, and flags */
    size_t offset;    /* of the member of the family's struct */
};

/*
 * A whole frame in a span: its payload begins `at` bytes after the span does, and
 * `header` bytes of the frame stand right before it.  With `keep` the record is the
 * frame, and the header is a part of it: 0.
 */
struct cb__cut {
    uint32_t at, length, header;
};

/* What `cut` tells besides CB__YES and its like. */
enum { CB__UNENDED = 100 };

struct cb__decoder_ops {
    size_t state_size;      /* of what the decoder keeps between calls */
    bool tells_length;      /* the length of a record is known at its beginning */
    bool partial_is_record; /* an unfinished last record is one, by default */
    bool parts;             /* the records are parts of one body */
    bool needs_end;         /* the input is cut short if it ends before `advance`
                               says so, even between two records */
    bool in_order;          /* what a frame may be depends on those before it */

    /* Called once for a new decoder: may allocate, and set `assembles`.
     * Optional. */
    int (*open)(struct cb_decoder *decoder, const struct cb__spec *spec);
    /* Undoes `open`.  Optional. */
    void (*close)(struct cb_decoder *decoder);
    /* Begins a new stream; the decoder's place was reset. */
    void (*reset)(struct cb_decoder *decoder);

    /*
     * Looks at the bytes from decoder->scan on and moves on: sets `begun` with
     * payload_start, and moves `until`, or sets `complete`.
     * CB_OK: something was found; CB__MORE: all bytes were looked at, and
     * decoder->needed more are missing at least (and decoder->undecided of those
     * looked at may belong to the next frame); CB__END; or an error.
     */
    int (*advance)(struct cb_decoder *decoder);

    /*
     * The fast path: finds at most `max` >= 1 whole frames in the n >= 1 bytes of a
     * span that begins with a frame, and returns how many; *used is how many bytes
     * they take, with those between them that are left out.  n <= CB__FIND_MAX.
     * Optional.
     *
     * It gives right frames only, checked in all that `advance` checks, and no
     * record longer than max_record.  At any other frame, at the end mark, and
     * where it would have to remember something, it stops: `advance` looks at that
     * frame again and reports what there is to report.  So it never fails, and the
     * decoder is as before: the core moves `scan` and the record number, perhaps
     * not over all that was found, and only then the next call for this decoder
     * is made.
     */
    size_t (*cuts)(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used);

    /* The same without a place for each: at most `max` records are counted, 0 where
     * they cannot be.  Optional, for what is faster than `cuts`. */
    uint64_t (*skip)(struct cb_decoder *decoder, const uint8_t *data, size_t n, uint64_t max,
                     size_t *used);

    /* What cb__rewrite needs where it can do what `cuts` does: where each match of the
     * finder, with *drop_cr also a CR before it, is all of a frame that is not
     * payload, and no length matters.  Else NULL.  Optional. */
    const struct cb__finder *(*finder)(const struct cb_decoder *decoder, bool *drop_cr);

    /* Goes over what may still belong to the frame of the record that ended last:
     * CB_OK, or CB__MORE where that depends on bytes to come.  Optional. */
    int (*rest)(struct cb_decoder *decoder);

    /* The input ends inside a record.  CB__YES: it turned out that something was
     * whole, `advance` may go on.  CB__NO: `until` and payload_start were set to
     * what there is of its payload.  CB__UNENDED: the same, and a last record may
     * go without its end, so that it is one unless on_partial was asked for.
     * CB__END: what is cut short is no record.  CB__MORE: nothing is, what is left
     * belongs to no record. */
    int (*cut)(struct cb_decoder *decoder);

    /* As cb_decoder_sync.  For a framing whose frames begin with the payload.
     * Optional. */
    int (*sync)(const struct cb_decoder *decoder, const uint8_t *data, size_t n, uint64_t position,
                uint64_t *place);
};

/* Payload on its way through an encoder: what is used of `in` and filled of
 * `out` moves the pointers on. */
enum { CB__TRANSFORM_ROOM = 64 }; /* bytes of `out` that the work begins with, at least */

struct cb__transform {
    const uint8_t *in, *in_end;
    uint8_t *out, *out_end;
};

struct cb__encoder_ops {
    unsigned traits;   /* CB_NEEDS_LENGTH ... of all encoders of this family */
    bool by_length;    /* what `begin` gives depends on the length alone, and `end`
                          gives the same for every record */
    size_t state_size; /* of what an encoder keeps; all zeros at first */

    /* Called once for a new encoder: may allocate, and add to its traits.
     * Optional. */
    int (*open)(struct cb_encoder *encoder, const struct cb__spec *spec);
    /* Undoes `open`.  Optional. */
    void (*close)(struct cb_encoder *encoder);

    /* Ends a stream: what is kept of it is forgotten.  Optional. */
    void (*reset)(struct cb_encoder *encoder);

    /* Each sets encoder->out to the bytes; a missing one means none.  CB_OK;
     * CB__MORE, to be called again; or an error, with none. */
    int (*begin)(struct cb_encoder *encoder, uint64_t length);
    int (*end)(struct cb_encoder *encoder);
    int (*finish)(struct cb_encoder *encoder);

    /* With CB_LOOKS: the next piece of the payload. */
    int (*look)(struct cb_encoder *encoder, const struct cb_piece *piece);
    /* With CB_TRANSFORMS: takes all of `in`, or as much as `out` has room for,
     * which is CB__TRANSFORM_ROOM bytes at least when it begins. */
    void (*payload)(struct cb_encoder *encoder, struct cb__transform *transform);
};

struct cb__family {
    const struct cb__key *keys;
    size_t config_size;
    /* Sets the defaults of a variant in a zeroed struct.  Optional. */
    void (*init)(void *config, unsigned variant);
    /* Refuses what does not go together.  Optional. */
    int (*check)(void *config, const struct cb__spec *spec, struct cb_error *error);
    const struct cb__decoder_ops *decode; /* NULL: out only */
    const struct cb__encoder_ops *encode; /* NULL: in only */
};

struct cb_framing {
    const char *name;
    const char *summary;
    const char *preset; /* the specification it stands for, or NULL */
    const struct cb__family *family;
    unsigned variant;
};

/* The table, in the order in which it is shown; a row without a name ends it.
 * (framings/table.c) */
extern const struct cb_framing cb__framings[];

/* A specification made into the struct of its family. */
struct cb__config {
    const struct cb__family *family;
    void *data;
    bool keep;              /* records have their framing on; an encoder sees this
                               only where a preset says so */
    struct cb__spec spec;   /* what the caller asked for */
    struct cb__spec preset; /* what the name stands for; memory NULL if it is none */
    const struct cb_allocator *allocator;
};

/* What a coder is made from: a specification, or a family with its struct, which is
 * copied. */
struct cb__source {
    const char *specification; /* NULL: the others count */
    const struct cb__family *family;
    const void *config;
    bool keep;
};

/* For decoding (CB_DECODES) or encoding.  CB_ENOMEM; CB_EINVAL; with *error filled. */
int cb__config_init(struct cb__config *config, const struct cb__source *source, unsigned direction,
                    const struct cb_allocator *allocator, struct cb_error *error);
void cb__config_fini(struct cb__config *config);

/* What a decoder and an encoder are both made of. */
struct cb__coder {
    void *self; /* the struct itself, of `size` bytes; all zeros at first */
    size_t size;
    void *state; /* what the family keeps, in the same way; never NULL */
    size_t state_size;
    struct cb__config config;
};

/* Makes one of `size` bytes from a source and the caller's allocator, which may
 * be NULL: coder->config.allocator is the one to use.  CB_ENOMEM; CB_EINVAL; each with
 * *error filled. */
int cb__coder_new(struct cb__coder *coder, size_t size, const struct cb__source *source,
                  unsigned direction, const struct cb_allocator *allocator, struct cb_error *error);
/* Frees all of it. */
void cb__coder_free(struct cb__coder *coder);

/* The specification that has the family's own settings: that of the preset
 * where there is one. */
static inline const struct cb__spec *cb__config_spec(const struct cb__config *config)
{
    return config->preset.memory ? &config->preset : &config->spec;
}

#endif
