/* SPDX-License-Identifier: MIT */
/*
 * JSON text sequences (RFC 7464): RS, a JSON text, LF.
 *
 * A value ends with its closing bracket or quote, a number or a name at white
 * space; so there is no need to wait for the next RS, and each of several values in
 * one text is a record.  RS inside a value cuts it short (section 2.3), and so it
 * does after a number or a name without white space, which may have been longer
 * (section 2.4).
 */
#include <string.h>

#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/json_text.h"
#include "framings/shared/scanned.h"

enum { RS = 0x1e };

struct seq_state {
    struct cb__scanned scanned;
    struct cb__json json;
    bool separated; /* RS was seen */
    bool over;      /* with `keep`: the value has ended, but not its line */
    uint64_t clear; /* from `scan` up to this position there is no RS */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

/* How many of n bytes come before RS.  Each byte is examined once, however many values
 * there are: an RS that was found is at `clear`. */
static size_t text_size(struct seq_state *state, uint64_t at, const uint8_t *data, size_t n)
{
    const size_t from = state->clear > at ? cb__clamp_u64(state->clear - at) : 0;
    if (from >= n || data[from] == RS)
        return cb__min(from, n);
    const uint8_t *next = memchr(data + from, RS, n - from);
    const size_t size = next ? (size_t)(next - data) : n;
    state->clear = at + size;
    return size;
}

/* Before a value: several RS in a row have no empty texts between them (section 2.1). */
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
        return CB__MORE;
    if (!state->separated)
        return cb__scanned_fail(&state->scanned, "text does not begin with RS (1e)");
    if (!cb__json_begins(data[i]))
        return cb__scanned_fail(&state->scanned, cb__json_first_fault(data[i]));
    state->json = (struct cb__json){.word = 0};
    state->over = false;
    return CB__BEGINS;
}

/* After a value, with `keep`: the white space up to LF belongs to it. */
static int end_line(const uint8_t *data, size_t n, size_t *used)
{
    for (; *used < n && cb__json_class[data[*used]] == CB__JSON_SPACE; ++*used) {
        if (data[*used] == '\n') {
            ++*used;
            return CB__ENDS;
        }
    }
    return *used < n ? CB__ENDS : CB__MORE;
}

/* Continues in a value; CB__MORE if that takes all n bytes. */
static int scan_value(struct seq_state *state, const uint8_t *data, size_t n, size_t *used)
{
    size_t i = 0;
    if (!n)
        return CB__MORE;
    if (!cb__json_open(&state->json)) {
        cb__json_enter(&state->json, data[0]);
        i = 1;
    }
    i += cb__json_pass(&state->json, data + i, n - i);
    *used = i;
    const char *why = cb__json_fault(&state->json);
    if (why)
        return cb__scanned_fail(&state->scanned, why);
    if (!state->json.word)
        return cb__json_inside(&state->json) ? CB__MORE : CB__ENDS;
    if (i == n)
        return CB__MORE;
    why = cb__json_word_fault(&state->json);
    if (!why && cb__json_class[data[i]] != CB__JSON_SPACE)
        why = "number or name is not followed by white space";
    return why ? cb__scanned_fail(&state->scanned, why) : CB__ENDS;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct seq_state *state = decoder->state;
    int status = CB__ENDS;
    *used = 0;
    if (!cb__has_begun(decoder))
        return begin(state, data, n, used);
    const size_t text = text_size(state, decoder->found.scan, data, n);
    if (!state->over)
        status = scan_value(state, data, text, used);
    if (status == CB__ENDS && decoder->config.keep) {
        state->over = true;
        status = end_line(data, text, used);
    }
    if (status != CB__MORE || text == n)
        return status;
    state->scanned.why = "RS (1e) cuts a text short";
    return state->over ? CB__ENDS : CB__CUT_SHORT;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct seq_state *state = decoder->state;
    return state->over ? cb__scanned_end(decoder, 0) : cb__scanned_cut_short(decoder);
}

/* After damage: the next RS begins a text. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    static const uint8_t mark[] = {RS};
    (void)decoder;
    *how = (struct cb__recovery){.mark = {mark, sizeof mark}, .after = false};
    return true;
}

/* With `keep`: the line end that may follow a value does not come. */
static int settle(struct cb_decoder *decoder)
{
    const struct seq_state *state = decoder->state;
    return state->over && cb__has_begun(decoder) ? cb__scanned_end(decoder, 0) : CB__NO;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct seq_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut_short = cut_short,
    .recovery = recovery,
    .settle = settle,
};

/* With `refuse_collisions`: the current record. */
struct seq_encoder {
    struct cb__json json;
    bool begun; /* it has a byte */
};

static int open_encoder(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    (void)spec;
    encoder->traits |= encoder->refuse_collisions ? (unsigned)CB_LOOKS : 0;
    return CB_OK;
}

/* Examines n bytes without an RS; *at is how far it got. */
static const char *look_value(struct seq_encoder *state, const uint8_t *data, size_t n, size_t *at)
{
    if (!state->begun && n) {
        state->begun = true;
        if (cb__json_class[data[0]] == CB__JSON_SPACE)
            return "a reader would drop white space before a JSON text";
        if (!cb__json_enter(&state->json, data[0]))
            return cb__json_first_fault(data[0]);
        *at = 1;
    }
    if (*at < n && cb__json_open(&state->json))
        *at += cb__json_pass(&state->json, data + *at, n - *at);
    if (*at == n)
        return NULL;
    const char *why = cb__json_fault(&state->json);
    if (!why)
        why = cb__json_word_fault(&state->json);
    return why ? why : "the record continues after a complete JSON value";
}

/* A record that would read back as a different text, as several or as none. */
static const char *find_collision(struct seq_encoder *state, const struct cb_piece *piece,
                                  size_t *at)
{
    const uint8_t *data = piece->data;
    const size_t n = piece->length;
    const uint8_t *rs = n ? memchr(data, RS, n) : NULL;
    *at = 0;
    const char *why = look_value(state, data, rs ? (size_t)(rs - data) : n, at);
    if (why)
        return why;
    if (rs)
        return "the record contains RS (1e), which begins the next text";
    if (!(piece->flags & CB_LAST))
        return NULL;
    if (!state->begun)
        return "a reader would drop an empty record";
    if (cb__json_inside(&state->json))
        return "a bracket or string is not closed";
    return cb__json_word_fault(&state->json);
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
