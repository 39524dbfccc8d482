/* SPDX-License-Identifier: MIT */
/*
 * Trial: decodes a sample by a guess, and counts what that explains.
 *
 * A byte of a frame is *predicted* if the encoder, given the record, writes the same byte
 * at the same place.  All others have to be told: those of the payload, and those that
 * are framing but could be different.
 */
#ifndef PROBE_TRIAL_H
#define PROBE_TRIAL_H

#include <chunkedbuffer.h>
#include "bits.h"
#include "guess.h"
#include "sample.h"

enum { OUTCOME_EXAMPLES = 3, TRIAL_EXAMPLE = 16, PREFIX_MOST = 4, HEADER_MOST = 16 };

struct example {
    uint8_t data[TRIAL_EXAMPLE];
    size_t length; /* of the record, which may be more */
};

struct outcome {
    uint64_t records;                   /* whole ones */
    uint64_t empty;                     /* those without a byte */
    uint64_t used;                      /* bytes of their frames */
    bool refused;                       /* the sample breaks the rules */
    bool open;                          /* ... or ends inside a frame, or goes on after the end */
    bool ended;                         /* ... or it says itself that it ends here */
    bool stopped;                       /* there may be more records than were counted */
    uint64_t digest;                    /* of all payload and where the records end */
    uint64_t shortest, longest;         /* record */
    uint64_t fields_least, fields_most; /* separators in a record, outside quotes */
    uint8_t prefix[PREFIX_MOST];        /* what all frames begin with, */
    size_t prefix_length;               /* ... as far as compared; */
    bool same[PREFIX_MOST];             /* in these columns */
    struct example examples[OUTCOME_EXAMPLES];
};

struct trial {
    bool encodes; /* the framing can be written */
    struct outcome outcome;
    struct counts whole;                   /* bytes of all frames: */
    struct counts payload;                 /* of records, */
    struct counts untold;                  /* of framing that is not predicted */
    struct counts odd_frames, odd_payload; /* of frames that the encoder would not write */
    uint64_t odd;                          /* how many these are */
    uint64_t wrong[HEADER_MOST + 1];       /* bytes not predicted, by their place in a frame */
};

/* Decodes at most `most` records.  *work is how many records and KiB may still be decoded by
 * all trials; it gets less.  0, or CB_ENOMEM.  A guess that the library does not accept is
 * refused. */
int trial_run(struct trial *trial, const struct guess *guess, const struct sample *sample,
              uint64_t most, uint64_t *work);

#endif
