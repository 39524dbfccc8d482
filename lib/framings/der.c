/* SPDX-License-Identifier: MIT */
/*
 * Values in the basic encoding rules of ASN.1 (ITU-T X.690, section 8.1), and so in
 * the distinguished ones (DER), one after another: a record is a whole value, with its
 * identifier and length, unchanged.
 *
 * The contents of a value of definite length are not examined.  The contents of a
 * value of indefinite length are values, of either kind, up to an end-of-contents; so
 * it is enough to count how many of them are open.
 */
#include "framings/families.h"
#include "framings/shared/scanned.h"

enum phase {
    TAG,
    HIGH_TAG, /* the first byte after the identifier byte of a high tag number */
    HIGH_TAG_REST,
    LENGTH,
    LONG_LENGTH,
    END_OF_CONTENTS /* its length */
};

enum { CONSTRUCTED = 0x20, NUMBER = 0x1f, MORE = 0x80, INDEFINITE = 0x80, RESERVED = 0xff };

struct der_state {
    struct cb__scanned scanned;
    enum phase phase;
    bool constructed;
    uint8_t missing; /* bytes of the length still to come */
    uint64_t length; /* as far as it was read */
    uint64_t depth;  /* values of indefinite length that are open */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

static int fail(struct der_state *state, const char *why)
{
    return cb__scanned_fail(&state->scanned, why);
}

static int go_on(struct der_state *state, enum phase phase)
{
    state->phase = phase;
    return CB_OK;
}

static int tag(struct der_state *state, uint8_t c)
{
    if (c == 0 && state->depth)
        return go_on(state, END_OF_CONTENTS);
    if (c == 0)
        return fail(state, "end-of-contents outside a value of indefinite length");
    if (c == CONSTRUCTED)
        return fail(state, "end-of-contents must be primitive");
    state->constructed = c & CONSTRUCTED;
    return go_on(state, (c & NUMBER) == NUMBER ? HIGH_TAG : LENGTH);
}

static int high_tag(struct der_state *state, uint8_t c)
{
    if (state->phase == HIGH_TAG && c == MORE)
        return fail(state, "tag number begins with zeros");
    if (state->phase == HIGH_TAG && c < NUMBER)
        return fail(state, "tag number below 31 must be in the first byte");
    return go_on(state, c & MORE ? HIGH_TAG_REST : LENGTH);
}

/* The length of a value was read up to the position `end`. */
static int contents(struct cb_decoder *decoder, uint64_t end)
{
    struct der_state *state = decoder->state;
    state->phase = TAG;
    return cb__scanned_pass(decoder, end, state->length, !state->depth);
}

static int length(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct der_state *state = decoder->state;
    state->length = c < MORE ? c : 0;
    state->missing = c & (uint8_t)~MORE;
    if (c < MORE)
        return contents(decoder, end);
    if (c == RESERVED)
        return fail(state, "reserved first byte of a length");
    if (c != INDEFINITE)
        return go_on(state, LONG_LENGTH);
    if (!state->constructed)
        return fail(state, "indefinite length of a primitive value");
    state->depth++;
    return go_on(state, TAG);
}

static int long_length(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct der_state *state = decoder->state;
    if (state->length >> 56)
        return fail(state, "length is longer than a stream can be");
    state->length = state->length << 8 | c;
    return --state->missing ? CB_OK : contents(decoder, end);
}

static int end_of_contents(struct der_state *state, uint8_t c)
{
    if (c)
        return fail(state, "end-of-contents must have length 0");
    state->phase = TAG;
    return --state->depth ? CB_OK : CB__ENDS;
}

static int step(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct der_state *state = decoder->state;
    switch (state->phase) {
    case TAG:
        return tag(state, c);
    case LENGTH:
        return length(decoder, c, end);
    case LONG_LENGTH:
        return long_length(decoder, c, end);
    case END_OF_CONTENTS:
        return end_of_contents(state, c);
    default:
        return high_tag(state, c);
    }
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    return cb__scanned_steps(decoder, data, n, used, step);
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct der_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut_short = cb__scanned_cut_short,
};

const struct cb__family cb__der_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
