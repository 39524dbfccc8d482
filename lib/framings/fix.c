/* SPDX-License-Identifier: MIT */
/*
 * Messages of the Financial Information eXchange protocol, in its tag=value encoding
 * (FIX TagValue Encoding, section "Message structure"):
 *
 *     8=FIX.4.2 SOH 9=BodyLength SOH 35=... SOH 10=CheckSum SOH
 *
 * A record is a whole message.  BodyLength counts the bytes from MsgType (35) to the SOH
 * before CheckSum; only it tells where a message ends, since data fields may contain
 * "SOH 10=".  CheckSum is the sum of all bytes before "10=", modulo 256, in three digits.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/counted.h"

enum { SOH = 1 };

enum phase {
    BEGIN,        /* in "8=FIX" */
    BEGIN_STRING, /* in the rest of BeginString */
    LENGTH,       /* in "9=" */
    DIGITS,       /* in BodyLength */
    TYPE          /* in "35=" */
};

static const char *const tags[] = {[BEGIN] = "8=FIX", [LENGTH] = "9=", [TYPE] = "35="};

static const char *const tag_errors[] = {
    [BEGIN] = "message does not begin with 8=FIX",
    [LENGTH] = "BeginString is not followed by BodyLength, 9=",
    [TYPE] = "BodyLength is not followed by MsgType, 35=",
};

enum {
    BEGIN_STRING_MAX = 32,
    DIGITS_MAX = 20,
    TYPE_SIZE = 3,
    BODY_LEAST = 5 /* a MsgType of one byte, and SOH */
};

/* The SOH that ends the body, then CheckSum. */
#define TRAILER                                                                                    \
    "\1"                                                                                           \
    "10=000\1"
#define TRAILER_ERROR "body does not end with SOH and 10=000"
enum { TRAILER_SIZE = sizeof TRAILER - 1, CHECKSUM_AT = 4, CHECKSUM_DIGITS = 3 };
enum { ERROR_DIGITS_AT = sizeof TRAILER_ERROR - 1 - CHECKSUM_DIGITS };

struct fix_state {
    struct cb__counted counted;
    enum phase phase;
    size_t at;       /* bytes seen in this phase */
    uint64_t length; /* BodyLength, as far as it was read */
    uint8_t header;  /* the sum of the header so far, */
    uint32_t sum;    /* ... and of the body */
    uint8_t trailer[TRAILER_SIZE];
    char trailer_error[sizeof TRAILER_ERROR];
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

static int fail(struct fix_state *state, const char *why)
{
    state->counted.why = why;
    return CB_EMALFORMED;
}

static int go_to(struct fix_state *state, enum phase phase)
{
    state->phase = phase;
    state->at = 0;
    return CB__MORE;
}

/* After the last tag the next header begins. */
static int step_tag(struct fix_state *state, uint8_t c)
{
    const char *tag = tags[state->phase];
    if (c != (uint8_t)tag[state->at])
        return fail(state, tag_errors[state->phase]);
    if (!tag[++state->at])
        go_to(state, state->phase == TYPE ? BEGIN : state->phase + 1);
    return CB__MORE;
}

static int step_begin_string(struct fix_state *state, uint8_t c)
{
    if (c == SOH && state->at)
        return go_to(state, LENGTH);
    if (c <= ' ' || c > '~' || state->at++ == BEGIN_STRING_MAX)
        return fail(state, "BeginString is empty, too long or has a control byte");
    return CB__MORE;
}

static int step_digits(struct fix_state *state, uint8_t c)
{
    if (c == SOH && state->at)
        return state->length < BODY_LEAST ? fail(state, "BodyLength is too small for a MsgType")
                                          : go_to(state, TYPE);
    if (!cb__is_digit(c))
        return fail(state, "BodyLength is not a number");
    const uint64_t digit = c - (uint64_t)'0';
    if (state->at++ == DIGITS_MAX || state->length > (UINT64_MAX - digit) / 10)
        return fail(state, "BodyLength does not fit in 64 bits");
    state->length = 10 * state->length + digit;
    return CB__MORE;
}

static int step(struct fix_state *state, uint8_t c)
{
    switch (state->phase) {
    case BEGIN_STRING:
        return step_begin_string(state, c);
    case DIGITS:
        return step_digits(state, c);
    default:
        return step_tag(state, c);
    }
}

static bool at_beginning(const struct fix_state *state)
{
    return state->phase == BEGIN && !state->at;
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct fix_state *state = decoder->state;
    if (at_beginning(state))
        state->header = 0;
    for (*used = 0; *used < n;) {
        const uint8_t c = data[*used];
        if (step(state, c) == CB_EMALFORMED)
            return CB_EMALFORMED;
        ++*used;
        state->header = (uint8_t)(state->header + c);
        if (at_beginning(state)) { /* of the next one */
            state->counted.frame.payload = state->length - TYPE_SIZE - 1;
            state->length = 0;
            return CB_OK;
        }
    }
    return CB__MORE;
}

static void put_checksum(uint8_t sum, uint8_t *digits)
{
    for (size_t i = CHECKSUM_DIGITS; i--; sum /= 10)
        digits[i] = (uint8_t)('0' + sum % 10);
}

static uint32_t add(uint32_t sum, const void *data, size_t n)
{
    const uint8_t *bytes = data;
    uint8_t low = (uint8_t)sum;
    for (size_t i = 0; i < n; i++)
        low = (uint8_t)(low + bytes[i]);
    return low;
}

static uint32_t replace(uint32_t all, uint32_t old, uint32_t now, uint64_t n)
{
    (void)n;
    return all - old + now;
}

static const struct cb__checksum checksum = {.add = add, .replace = replace};

/* (The last SOH of the body is in the trailer.) */
static void expect(struct cb_decoder *decoder, uint32_t sum)
{
    struct fix_state *state = decoder->state;
    put_checksum((uint8_t)(state->header + sum + SOH), state->trailer + CHECKSUM_AT);
    memcpy(state->trailer_error + ERROR_DIGITS_AT, state->trailer + CHECKSUM_AT, CHECKSUM_DIGITS);
}

static int look(struct cb_decoder *decoder, uint64_t at, const uint8_t *data, size_t n)
{
    struct fix_state *state = decoder->state;
    state->sum = add(at ? state->sum : 0, data, n);
    expect(decoder, state->sum);
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    struct fix_state *state = decoder->state;
    cb__counted_reset(decoder, header);
    decoder->config.keep = true;
    memcpy(state->trailer, TRAILER, TRAILER_SIZE);
    memcpy(state->trailer_error, TRAILER_ERROR, sizeof TRAILER_ERROR);
    state->counted.look = look;
    state->counted.expect = expect;
    state->counted.frame.trailer =
        (struct cb__bytes){.data = state->trailer, .length = TRAILER_SIZE};
    state->counted.trailer_error = state->trailer_error;
}

/* After damage: the next message whose checksum is right. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct cb__bytes begin = {(const uint8_t *)tags[BEGIN], strlen(tags[BEGIN])};
    (void)decoder;
    *how = (struct cb__recovery){.mark = begin, .frames = 1, .checksum = &checksum};
    return true;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct fix_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cb__counted_cuts,
    .cut_short = cb__counted_cut_short,
    .recovery = recovery,
};

const struct cb__family cb__fix_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
