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

/* Where in a text one is. */
struct text {
    struct cb__json json;
    bool word; /* the byte before was one of a number or a name */
};

struct seq_state {
    struct cb__scanned scanned;
    struct text text;
    bool separated; /* RS has come */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

/* Goes on in a text: over all n bytes, or up to the LF that ends it. */
static size_t pass_text(struct text *text, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        i += cb__json_pass(&text->json, data + i, n - i);
        if (i == n || data[i] == '\n')
            return i;
        text->word =
            !cb__json_enter(&text->json, data[i]) && cb__json_class[data[i]] == CB__JSON_WORD;
    }
    return n;
}

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
    state->text = (struct text){.word = false};
    state->separated = false;
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
    *used = pass_text(&state->text, data, text);
    if (*used < text) {
        ++*used;
        return end(state, 1);
    }
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
    bool whole = !state->text.word && !cb__json_inside(&state->text.json);
    return whole ? cb__scanned_end(decoder) : cb__scanned_cut(decoder);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct seq_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut = cut,
};

/* With `refuse_collisions`: the record that is looked at. */
struct seq_encoder {
    struct text text;
    bool begun; /* a byte has come */
};

static int open_encoder(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    (void)spec;
    encoder->traits |= encoder->refuse_collisions ? (unsigned)CB_LOOKS : 0;
    return CB_OK;
}

/* What would be read back as another text, as several or as none. */
static const char *find_collision(struct seq_encoder *state, const struct cb_piece *piece,
                                  size_t *at)
{
    const uint8_t *data = piece->data;
    const size_t n = piece->length;
    const uint8_t *rs = memchr(data, RS, n);
    const size_t text = rs ? (size_t)(rs - data) : n;
    const bool first = n && !state->begun;
    *at = 0;
    state->begun |= first;
    if (first && cb__json_class[data[0]] == CB__JSON_SPACE)
        return "white space before a JSON text would be left out";
    *at = pass_text(&state->text, data, text);
    if (*at < text)
        return "the record contains LF outside of brackets and strings, which ends a text";
    if (rs)
        return "the record contains RS (1e), which begins the next text";
    if (!(piece->flags & CB_LAST))
        return NULL;
    if (!state->begun)
        return "an empty record would be left out";
    return cb__json_inside(&state->text.json) ? "a bracket or a string is not closed" : NULL;
}

static int look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct seq_encoder *state = encoder->state;
    size_t at;
    if (piece->flags & CB_FIRST)
        *state = (struct seq_encoder){.begun = false};
    const char *why = find_collision(state, piece, &at);
    return why ? cb__encoder_fail_at(encoder, piece, at, "%s", why) : CB_OK;
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
    .open = open_encoder,
    .begin = encode_begin,
    .end = encode_end,
    .look = look,
};

const struct cb__family cb__json_seq_family = {
    .keys = keys,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
