/* SPDX-License-Identifier: MIT */
/*
 * Scanned frames: the end of a record is found only by examining its bytes.
 * The common part of the families with such a syntax; each provides a function
 * that steps through bytes.
 */
#ifndef CB_SCANNED_H
#define CB_SCANNED_H

#include "framing/decoder.h"

/* Results of a step besides CB__MORE and errors. */
enum { CB__BEGINS = 100, CB__ENDS, CB__CUT_SHORT };

/*
 * Examines the n >= 1 bytes at decoder->found.scan; *used is how far it got:
 *   CB__MORE       all of them, and the record continues (or has not begun);
 *                  the last scanned->held of them may turn out to be framing
 *   CB__BEGINS     the payload of a record begins at data[*used]
 *   CB__ENDS       the record ends before data[*used], with scanned->tail bytes of
 *                  framing; it has begun.  The step is ready for the next one
 *   CB__CUT_SHORT  the record is cut short before data[*used], as if the input
 *                  ended there, and scanned->why is the reason; it has begun.  The
 *                  step may be called once more for the same byte
 *   CB__END        nothing follows
 *   CB_EMALFORMED  the byte data[*used] is wrong, and scanned->why is the reason;
 *                  scanned->held of the bytes before it may have been framing
 * With decoder->found.payload_end (a position) it may declare that the bytes after
 * the used ones are payload whatever they are: it returns CB__MORE with any *used,
 * and is called again after them, unless scanned->ends_there.  It keeps what it
 * must remember in its own state.
 */
typedef int (*cb__scan_fn)(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used);

/* The state of such a decoder begins with this. */
struct cb__scanned {
    cb__scan_fn scan;
    size_t tail, held;
    bool ends_there; /* the record ends at payload_end */
    bool cr;         /* between two records, after a CR */
    const char *why;
};

void cb__scanned_reset(struct cb_decoder *decoder, cb__scan_fn scan);
int cb__scanned_advance(struct cb_decoder *decoder);
/* A step between two records, where line ends (LF or CRLF) belong to none: drops those
 * that come next.  CB_OK: something else comes next; CB__MORE: continue at data[*used]; or
 * CB_EMALFORMED. */
int cb__scanned_drop_lines(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used);
/* The input ends: a record that has begun is truncated. */
int cb__scanned_cut_short(struct cb_decoder *decoder);
/* The same if the last record may lack its end. */
int cb__scanned_unended(struct cb_decoder *decoder);
/* The same if the record is already complete, with `tail` bytes of framing before `scan`: what may
 * follow is framing, too. */
int cb__scanned_end(struct cb_decoder *decoder, size_t tail);

/* A step returns this for a malformed byte. */
static inline int cb__scanned_fail(struct cb__scanned *scanned, const char *why)
{
    scanned->why = why;
    return CB_EMALFORMED;
}

/* A step returns this before a record has begun: the n bytes at `scan` belong to none. */
static inline int cb__scanned_drop(struct cb_decoder *decoder, size_t n, size_t *used)
{
    decoder->found.scan += n;
    cb__decoder_next_frame(decoder);
    *used = 0;
    return CB__MORE;
}

/*
 * For values that declare their length.  A step examines one byte, which ends at
 * position `end`, and returns the result of a scan; CB_OK: continue with the next byte,
 * CB__MORE: with the byte that cb__scanned_pass set.
 */
typedef int (*cb__step_fn)(struct cb_decoder *decoder, uint8_t byte, uint64_t end);

/* After a step has returned CB__MORE, with *i bytes used of n: continues after the bytes
 * that it declared to be payload, if all of them are here. */
static inline int cb__scanned_jump(const struct cb_decoder *decoder, size_t n, size_t *i)
{
    const struct cb__scanned *scanned = decoder->state;
    if (decoder->found.payload_end - (decoder->found.scan + *i) > n - *i)
        return CB__MORE;
    *i = (size_t)(decoder->found.payload_end - decoder->found.scan);
    return scanned->ends_there ? CB__ENDS : CB_OK;
}

/* Such a scan, with a record that may begin with any byte. */
static inline int cb__scanned_steps(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                                    size_t *used, cb__step_fn step)
{
    int status = cb__has_begun(decoder) ? CB_OK : CB__BEGINS;
    size_t i = 0;
    while (status == CB_OK && i < n) {
        status = step(decoder, data[i], decoder->found.scan + i + 1);
        i += status >= CB_OK;
        if (status == CB__MORE)
            status = cb__scanned_jump(decoder, n, &i);
    }
    *used = i;
    return status ? status : CB__MORE;
}

/* Declares this many bytes from a position on to be payload whatever they are; with
 * `last` the record ends after them.  If they end at no position (see begin_payload in
 * counted.c), the item is malformed: of most items it is only a part that is so long. */
static inline int cb__scanned_pass(struct cb_decoder *decoder, uint64_t from, uint64_t bytes,
                                   bool last)
{
    struct cb__scanned *scanned = decoder->state;
    if (!cb__add_u64(from, bytes, &decoder->found.payload_end))
        return cb__scanned_fail(scanned, "length is longer than a stream can be");
    scanned->ends_there = last;
    return CB__MORE;
}

/* Adds to a count of outstanding values.  No stream has room for the maximum. */
static inline void cb__scanned_expect(uint64_t *left, uint64_t more)
{
    if (!cb__add_u64(*left, more, left))
        *left = UINT64_MAX;
}

#endif
