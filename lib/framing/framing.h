/* SPDX-License-Identifier: MIT */
/*
 * Framing: the interface between framings and the rest of the library.
 * Layer: base -> ... -> buffer, byte_rules -> framing.
 *
 * A framing is a row of a table: a name and a family with a variant, or a name
 * and the generic specification that it stands for (a preset).  A family is
 * one file under framings/: the keys of its specifications, the struct that they
 * are parsed into, and functions to decode and encode.
 *
 * The functions of a decoder work with stream positions and report what they
 * found.  decoder.c, pieces.c and take.c do everything else, once for all families:
 * they cut pieces, and count, hold back, limit and end records (doc/decoder.md).
 */
#ifndef CB_FRAMING_H
#define CB_FRAMING_H

#include "core/buffer.h"
#include "framing/byte_rules.h"
#include "framing/sums.h"
#include "kernels/cuts.h"

enum {
    CB__KEY_FLAG,   /* bool */
    CB__KEY_SIZE,   /* uint64_t */
    CB__KEY_SIGNED, /* int64_t, with or without a sign */
    CB__KEY_BYTES,  /* struct cb__bytes, at least one */
    CB__KEY_BYTE,   /* struct cb__bytes, exactly one */
    CB__KEY_LIST,   /* bytes, may be repeated: read from the spec */
    CB__KEY_RULE,   /* struct cb__byte_rules, may be repeated */
    CB__KEY_SELECT, /* the same, for a rule that selects */
    CB__KEY_KIND = 15,
    /* A key for one direction is rejected in the other, unless it comes from a preset,
     * which serves both. */
    CB__KEY_IN = 16,
    CB__KEY_OUT = 32,
    /* The value in a preset is only a default: the key may be given again. */
    CB__KEY_REPLACES = 64,
    /* The value is a pattern, with bytes that stand for several. */
    CB__KEY_PATTERN = 128
};

struct cb__key {
    const char *name; /* "" for the argument; NULL ends a table */
    unsigned kind;    /* one of the kinds, and flags */
    size_t offset;    /* of the member of the family's struct */
};

struct cb__splice;

/* Where a frame that was unpacked is in its span. */
struct cb__unpacked {
    uint32_t payload, end;
};

/* Bytes with whole frames and nothing else: those of a span from `from` on and before `used`. */
struct cb__marked {
    size_t from, used;
    bool open; /* what would be marked in the last one comes after it, or never */
    bool lf;   /* each marked byte is LF, with no CR before it ... */
    bool next; /* ... and so is the first byte after `used`, which belongs to the next frame */
};

/* Results of `cut_short` besides CB__YES and the like. */
enum { CB__UNENDED = 100 };

/* How the next frame is found after damage: at a mark, or anywhere, where so many frames in
 * a row are right.  One is enough if a checksum or the like shows that it is right, none if
 * no frame contains the mark.  Or by the family, with `pass`. */
struct cb__recovery {
    /* Reads on in the bad frame, from the byte on that showed the damage, in the n >= 1 bytes of
     * a span: CB__YES, the next frame begins before data[*used]; CB__MORE, not in these bytes.
     * It remembers what it must in the decoder's state, until `resume` is called. */
    int (*pass)(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used);
    struct cb__bytes mark; /* empty: any place may be the right one */
    bool after;            /* the place is after the mark, which ends a frame; not before it */
    unsigned frames;       /* fewer are enough, but for the first, where the input ends */
    bool header;           /* ... and of the last of several its header, which has constants */
    const struct cb__checksum *checksum; /* of the payload, which its frame contains; or NULL */
};

struct cb__decoder_ops {
    size_t state_size;      /* size of the state between calls */
    bool tells_length;      /* the length of a record is known at its beginning */
    bool partial_is_record; /* by default, an unfinished last record is a record */
    bool parts;             /* the records are parts of one body */
    bool needs_end;         /* the input is truncated if it ends before `advance` returns
                               CB__END, even between two records */
    bool in_order;          /* whether a frame is valid depends on earlier ones */
    bool takes_all;         /* no input is malformed, unless there is a recovery */

    /* Called once for a new decoder: may allocate, and set `assembles`.  Optional. */
    int (*open)(struct cb_decoder *decoder, const struct cb__spec *spec);
    /* Undoes `open`.  Optional. */
    void (*close)(struct cb_decoder *decoder);
    /* Starts a new stream; the decoder's place was reset. */
    void (*reset)(struct cb_decoder *decoder);

    /*
     * Examines the bytes from found.scan on, and fills decoder->found (see struct
     * cb__found).  CB_OK: found something; CB__MORE: all bytes were examined, at least
     * found.needed more are missing (and found.undecided of the examined bytes may
     * belong to the next frame); CB__END; or an error.
     */
    int (*advance)(struct cb_decoder *decoder);

    /*
     * The fast path: finds at most `max` >= 1 whole frames in the n >= 1 bytes of a
     * span that begins with a frame, and returns how many; *used is the number of bytes
     * in them, including dropped bytes between them. n <= CB__FIND_MAX.  Optional.
     *
     * It only reports valid frames, checked as thoroughly as by `advance`, and no
     * record longer than max_record.  At any other frame, at the end marker, and where
     * it would have to remember something, it stops: `advance` examines that frame
     * again and reports any error.  So it never fails, and does not change the decoder:
     * the core moves `scan` and the record number over all that was found, not at all, or
     * to the end of one of the cuts, where `advance` would be after that record.
     */
    size_t (*cuts)(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used);

    /* The same for the first frames with short records, as long as all that surrounds them
     * is as usual and there are CB__SPLICE_ROOM bytes from the beginning of each; no `keep`.
     * Copies the records.  The span has CB__SPLICE_ROOM bytes or more.  Optional. */
    size_t (*splice)(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                     struct cb__splice *splice, size_t *used);

    /* The same for a family that assembles, whose payload is not in the input as it is:
     * writes it to `out`, record after record.  Each cut->at is a place there; header and
     * trailer are 0.  There is room for n bytes and CB__SLACK more.  Optional. */
    size_t (*unpack)(struct cb_decoder *decoder, const uint8_t *data, size_t n, uint8_t *out,
                     struct cb__cut *cuts, struct cb__unpacked *places, size_t max, size_t *used);

    /* The same without storing places: counts at most `max` records, or returns 0 if it
     * cannot.  Optional, if it is faster than `cuts`. */
    uint64_t (*skip)(struct cb_decoder *decoder, const uint8_t *data, size_t n, uint64_t max,
                     size_t *used);

    /* What cb__rewrite needs, if it can replace `cuts`: if each match of the finder
     * (with *drop_cr also a CR before it) is everything in a frame that is not payload,
     * and lengths do not matter.  Otherwise NULL.  Optional. */
    const struct cb__finder *(*finder)(const struct cb_decoder *decoder, bool *drop_cr);
    /* The same for cb__rewrite_marked: marks in some of the n bytes of a span the last byte of
     * each whole frame, which is not payload, nor is a CR before it, but all else.  Returns
     * how many; 0 if there are none, or it is not possible.  Optional. */
    size_t (*mark)(const struct cb_decoder *decoder, const uint8_t *data, size_t n,
                   struct cb__marked *marked, uint64_t *marks);

    /* Skips bytes that may still belong to the frame of the last record: CB_OK, or
     * CB__MORE if that depends on bytes to come.  Optional. */
    int (*rest)(struct cb_decoder *decoder);

    /* The input ends inside a record.  CB__YES: something turned out to be complete,
     * `advance` may continue.  CB__NO: payload_start and payload_seen were set to
     * the available part of the payload.  CB__UNENDED: the same, and a last record may lack
     * its end, so it is a record unless on_partial says otherwise.  CB__END: the
     * truncated rest is not a record.  CB__MORE: nothing is truncated, the rest belongs
     * to no record. */
    int (*cut_short)(struct cb_decoder *decoder);

    /* Starts again at a place where a frame may begin, after damage: as `reset`, but what
     * earlier frames have said still holds.  Optional, if it is the same as `reset`. */
    void (*resume)(struct cb_decoder *decoder);

    /* How the next frame is found after damage; false if it cannot be, with these settings.
     * Optional. */
    bool (*recovery)(const struct cb_decoder *decoder, struct cb__recovery *recovery);

    /* As cb_decoder_settle, with all bytes examined: CB__YES, with the frame complete or
     * dropped, if only what follows would tell that it is; otherwise CB__NO, with nothing
     * changed.  Optional. */
    int (*settle)(struct cb_decoder *decoder);

    /* As cb_decoder_sync.  For framings whose frames begin with the payload.  Optional. */
    int (*sync)(const struct cb_decoder *decoder, const uint8_t *data, size_t n, uint64_t position,
                uint64_t *place);
};

/* Payload on its way through an encoder; both pointers advance by what is consumed from
 * `in` and written to `out`. */
enum { CB__TRANSFORM_ROOM = 64 }; /* least room in `out` at the start */

enum { CB__WHOLE_ROOM = 4096 }; /* the most for a record that is written whole */

struct cb__transform {
    const uint8_t *in, *in_end;
    uint8_t *out, *out_end;
};

struct cb__encoder_ops {
    unsigned traits;   /* CB_NEEDS_LENGTH ... of all encoders of this family */
    bool by_length;    /* the result of `begin` depends only on the length, and `end` gives the
                          same for every record */
    size_t state_size; /* size of the encoder's state; initially all zeros */

    /* Called once for a new encoder: may allocate, and add to its traits.  An error may
     * be described in encoder->error.  Optional. */
    int (*open)(struct cb_encoder *encoder, const struct cb__spec *spec);
    /* Undoes `open`.  Optional. */
    void (*close)(struct cb_encoder *encoder);

    /* Ends a stream: resets its state.  Optional. */
    void (*reset)(struct cb_encoder *encoder);

    /* Each sets encoder->out to the bytes; a missing function means none.  CB_OK;
     * CB__MORE, to be called again; or an error, without bytes. */
    int (*begin)(struct cb_encoder *encoder, uint64_t length);
    int (*end)(struct cb_encoder *encoder);
    int (*finish)(struct cb_encoder *encoder);

    /* The same for what follows the result of `begin` before the payload.  Optional. */
    int (*head)(struct cb_encoder *encoder);

    /* With CB_LOOKS: the next piece of the payload. */
    int (*look)(struct cb_encoder *encoder, const struct cb_piece *piece);
    /* With CB_TRANSFORMS: consumes all of `in`, or as much as fits in `out`, which has
     * room for at least CB__TRANSFORM_ROOM bytes at the start. */
    void (*payload)(struct cb_encoder *encoder, struct cb__transform *transform);

    /* Writes record encoder->record, n bytes at encoder->offset, with all that the other
     * functions write for it, to `to`, and returns its end; NULL if they must do it.  There
     * are n * whole_times + whole_more bytes of room, all of which it may overwrite.  For
     * records for which that is at most CB__WHOLE_ROOM.  Optional: it takes a fraction of
     * the time of the steps. */
    uint8_t *(*whole)(struct cb_encoder *encoder, const uint8_t *data, size_t n, uint8_t *to);
    unsigned whole_times, whole_more;
};

struct cb__family {
    const struct cb__key *keys;
    const struct cb__key *listed; /* those of all that `choose` may return; NULL: keys */
    size_t config_size;
    /* Sets the defaults of a variant in a zeroed struct.  Optional. */
    void (*init)(void *config, unsigned variant);
    /* Rejects conflicting settings.  Optional. */
    int (*check)(void *config, const struct cb__spec *spec, struct cb_error *error);
    /* The family for these settings, if that is another one.  Optional. */
    const struct cb__family *(*choose)(const struct cb__spec *spec);
    const struct cb__decoder_ops *decode; /* NULL: output only */
    const struct cb__encoder_ops *encode; /* NULL: input only */
};

struct cb_framing {
    const char *name;
    const char *summary;
    const char *preset; /* the specification it stands for, or NULL */
    const char *also;   /* names that others have for it, separated by spaces; or NULL */
    const struct cb__family *family;
    unsigned variant;
};

/* The table, in listing order; a row without a name ends it. (framings/table.c) */
extern const struct cb_framing cb__framings[];

/* A specification parsed into the struct of its family. */
struct cb__config {
    const struct cb__family *family;
    void *data;
    bool keep;              /* records keep their framing; an encoder sees this only from a
                               preset */
    struct cb__spec spec;   /* the caller's specification */
    struct cb__spec preset; /* the specification the name stands for; memory NULL if none */
    const struct cb_allocator *allocator;
};

/* What a coder is created from: a specification, or a family with its struct, which is
 * copied. */
struct cb__source {
    const char *specification; /* NULL: use the other members */
    const struct cb__family *family;
    const void *config;
    bool keep;
};

/* For decoding (CB_DECODES) or encoding.  CB_ENOMEM; CB_EINVAL; with *error filled. */
int cb__config_init(struct cb__config *config, const struct cb__source *source, unsigned direction,
                    const struct cb_allocator *allocator, struct cb_error *error);
void cb__config_fini(struct cb__config *config);

/* What decoders and encoders have in common. */
struct cb__coder {
    void *self; /* the struct itself, of `size` bytes; initially all zeros */
    size_t size;
    void *state; /* the family's state, likewise; never NULL */
    size_t state_size;
    struct cb__config config;
};

/* Creates a coder of `size` bytes from a source and the caller's allocator, which may
 * be NULL: coder->config.allocator is the one to use.  CB_ENOMEM; CB_EINVAL; each with
 * *error filled. */
int cb__coder_new(struct cb__coder *coder, size_t size, const struct cb__source *source,
                  unsigned direction, const struct cb_allocator *allocator, struct cb_error *error);
/* Frees all of it. */
void cb__coder_free(struct cb__coder *coder);

/* The specification that has the family's own settings: that of the preset, if there is
 * one. */
static inline const struct cb__spec *cb__config_spec(const struct cb__config *config)
{
    return config->preset.memory ? &config->preset : &config->spec;
}

#endif
