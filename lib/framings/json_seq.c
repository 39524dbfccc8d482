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

/* With `refuse_collisions`: where in its text the record is. */
struct seq_encoder {
    struct cb__json json;
    bool begun; /* a byte of it has been seen */
};

static int encode_open(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    (void)spec;
    if (encoder->refuse_collisions)
        encoder->traits |= CB_LOOKS;
    return CB_OK;
}

/* The byte at which a reader would end the text, or n. */
static size_t text_size(struct cb__json *json, const uint8_t *data, size_t n)
{
    const uint8_t *rs = n ? memchr(data, RS, n) : NULL;
    const size_t most = rs ? (size_t)(rs - data) : n;
    for (size_t i = 0; i < most; i++) {
        i += cb__json_pass(json, data + i, most - i);
        if (i == most)
            break;
        if (data[i] == '\n')
            return i;
        cb__json_enter(json, data[i]);
    }
    return most;
}

static int encode_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct seq_encoder *state = encoder->state;
    const size_t n = piece->length;
    if (piece->flags & CB_FIRST)
        *state = (struct seq_encoder){0};
    if (n && !state->begun && cb__json_class[piece->data[0]] == CB__JSON_SPACE)
        return cb__encoder_fail_at(encoder, piece, 0,
                                   "white space before the text would be left out");
    state->begun = state->begun || n;
    if (!state->begun && piece->flags & CB_LAST)
        return cb__encoder_fail_at(encoder, piece, 0, "an empty record would be left out");
    const size_t size = text_size(&state->json, piece->data, n);
    if (size < n)
        return cb__encoder_fail_at(encoder, piece, size,
                                   "the record contains the output's delimiter");
    if (piece->flags & CB_LAST && cb__json_inside(&state->json))
        return cb__encoder_fail_at(encoder, piece, n ? n - 1 : 0,
                                   "the text ends inside of brackets or a string");
    return CB_OK;
}

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
    .state_size = sizeof(struct seq_encoder),
    .open = encode_open,
    .begin = encode_begin,
    .end = encode_end,
    .look = encode_look,
};

const struct cb__family cb__json_seq_family = {
    .keys = keys,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
