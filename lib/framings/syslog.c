/* SPDX-License-Identifier: MIT */
/*
 * Syslog messages over TCP (RFC 6587), each by octet counting (section 3.4.1)
 * or up to LF (section 3.4.2): a digit from 1 to 9 begins the count, anything
 * else begins a message.
 *
 * An empty message, even with a CR before its LF, is dropped: some senders add a
 * line end after a counted message.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/scanned.h"

enum { DIGITS_MAX = 18 };

struct syslog_state {
    struct cb__scanned scanned;
    unsigned digits; /* of the count; 0 for a message that ends at LF */
    bool cr;         /* one byte of that message has arrived, a CR */
    uint64_t count;
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

/* The count ends at the position of its space. */
static int counted(struct cb_decoder *decoder, uint64_t space)
{
    struct syslog_state *state = decoder->state;
    decoder->found.payload_end = space + 1 + state->count; /* of 18 digits */
    state->scanned.ends_there = true;
    state->count = 0;
    return CB__BEGINS;
}

static int scan_count(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct syslog_state *state = decoder->state;
    size_t i = 0;
    for (; i < n && cb__is_digit(data[i]); i++) {
        *used = i;
        if (++state->digits > DIGITS_MAX)
            return cb__scanned_fail(&state->scanned, "message length has more than 18 digits");
        state->count = 10 * state->count + data[i] - '0';
    }
    *used = i;
    if (i == n)
        return CB__MORE;
    if (data[i] != ' ')
        return cb__scanned_fail(&state->scanned, "message length is not followed by a space");
    ++*used;
    return counted(decoder, decoder->found.scan + i);
}

static int scan_line(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct syslog_state *state = decoder->state;
    if (decoder->found.scan == decoder->found.frame_start && data[0] == '\r') {
        state->cr = true;
        state->scanned.held = *used = 1;
        return CB__MORE;
    }
    const bool cr = state->cr;
    state->cr = false;
    state->scanned.held = 0;
    if (cr && data[0] == '\n')
        return cb__scanned_drop(decoder, 1, used); /* an empty message */
    const uint8_t *lf = memchr(data, '\n', n);
    *used = lf ? (size_t)(lf - data) + 1 : n;
    state->scanned.tail = 1;
    return lf ? CB__ENDS : CB__MORE;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct syslog_state *state = decoder->state;
    if (cb__has_begun(decoder))
        return scan_line(decoder, data, n, used);
    if (decoder->found.scan == decoder->found.frame_start) {
        state->digits = 0;
        if (data[0] == '\n')
            return cb__scanned_drop(decoder, 1, used); /* an empty message */
        if (data[0] == '0' || !cb__is_digit(data[0])) {
            *used = 0;
            return CB__BEGINS;
        }
    }
    return scan_count(decoder, data, n, used);
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct syslog_state *state = decoder->state;
    if (!cb__has_begun(decoder))
        return CB__END;
    if (state->cr) { /* an empty message, without its LF */
        cb__decoder_next_frame(decoder);
        return CB__MORE;
    }
    return state->scanned.ends_there ? cb__scanned_cut_short(decoder)
                                     : cb__scanned_unended(decoder);
}

/* After damage: the next line. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    static const uint8_t mark[] = {'\n'};
    (void)decoder;
    *how = (struct cb__recovery){.mark = {mark, sizeof mark}, .after = true};
    return true;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct syslog_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut_short = cut_short,
    .recovery = recovery,
};

const struct cb__family cb__syslog_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
