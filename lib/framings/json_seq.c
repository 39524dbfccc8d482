/* SPDX-License-Identifier: MIT */
/*
 * JSON text sequences (RFC 7464): RS, a JSON text, LF.  A text ends at the
 * first LF outside of brackets and strings, so that nobody has to wait for the
 * next RS; and at any RS, which so gets a reader on its way again behind a text
 * that was cut short (section 2.3).
 */
#include <string.h>

#include "../encoder.h"
#include "families.h"
#include "json_text.h"
#include "scanned.h"

enum { RS = 0x1e };

struct seq_state {
    struct cb__scanned scanned;
    struct cb__json json;
    bool separated; /* RS has come */
    bool word;      /* the byte before was one of a number or a name */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

/* Before a text: several RS in a row have no empty texts between them
 * (section 2.1). */
static int begin(struct seq_state *state, const uint8_t *data, size_t n, size_t *used)
{
    size_t i = 0;
    for (; i < n; i++) {
        if (data[i] == RS)
            state->separated = true;
        else if (cb__json_class[data[i]] != CB__JSON_SPACE)
            break;
    }
    *used = i;
    if (i == n)
        return CB_MORE;
    if (!state->separated)
        return cb__scanned_fail(&state->scanned, "text does not begin with RS (1e)");
    return CB__BEGINS;
}

static int end(struct seq_state *state, size_t tail)
{
    state->json = (struct cb__json){0};
    state->separated = state->word = false;
    state->scanned.tail = tail;
    return CB__ENDS;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct seq_state *state = decoder->state;
    if (!decoder->begun)
        return begin(state, data, n, used);
    const uint8_t *next = memchr(data, RS, n);
    const size_t text = next ? (size_t)(next - data) : n;
    for (size_t i = 0; i < text;) {
        i += cb__json_pass(&state->json, data + i, text - i);
        if (i == text)
            break;
        uint8_t c = data[i++];
        if (c == '\n') {
            *used = i;
            return end(state, 1);
        }
        state->word = !cb__json_enter(&state->json, c) && cb__json_class[c] == CB__JSON_WORD;
    }
    *used = text;
    return next ? end(state, 0) : CB_MORE;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

/* A number or a name with nothing behind it may have been longer
 * (section 2.4). */
static int cut(struct cb_decoder *decoder)
{
    const struct seq_state *state = decoder->state;
    bool whole = !state->word && !cb__json_inside(&state->json);
    return whole ? cb__scanned_end(decoder) : cb__scanned_cut(decoder);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct seq_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut = cut,
};

static int encode_begin(struct cb_encoder *encoder, uint64_t length)
{
    (void)length;
    return cb__encoder_give(encoder, "\x1e", 1);
}

static int encode_end(struct cb_encoder *encoder)
{
    return cb__encoder_give(encoder, "\n", 1);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_CONSTANT,
    .begin = encode_begin,
    .end = encode_end,
};

const struct cb__family cb__json_seq_family = {
    .keys = keys,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
