/* SPDX-License-Identifier: MIT */
/* Output only, for eyes: a line with the place of a record, then its bytes in rows of
 * hexadecimal digits and text, as xxd has them; the header and trailer of its frame in
 * rows of their own. */
#include "framings/families.h"
#include "framings/shared/digits.h"
#include "kernels/text.h"

enum {
    ROW = 16,       /* bytes in a row */
    ROW_MOST = 128, /* the length of a row: a label, a place, digits, text, colors */
    ROWS = 32       /* at most so many at a time */
};

struct dump_config {
    bool color;
};

struct dump_state {
    uint64_t length;    /* bytes of the payload in rows so far */
    bool tells;         /* the first line has the length of the record */
    size_t shown;       /* bytes of the header or trailer that are in rows */
    size_t count;       /* bytes of the next row */
    uint8_t bytes[ROW]; /* these */
    uint8_t row[ROW_MOST];
    size_t row_size, row_done; /* what is written of the row; size 0: there is none */
};

static const struct cb__key keys[] = {
    {"color", CB__KEY_FLAG | CB__KEY_OUT, offsetof(struct dump_config, color)},
    {NULL, CB__KEY_FLAG, 0},
};

static bool is_colored(const struct cb_encoder *encoder)
{
    const struct dump_config *config = encoder->config.data;
    return encoder->color || config->color;
}

/* A line, or a row, in bold or in another color. */
static const char bold[] = "\033[1m", cyan[] = "\033[36m", plain[] = "\033[0m";

static uint8_t *put_color(const struct cb_encoder *encoder, uint8_t *to, const char *color)
{
    return is_colored(encoder) ? cb__put_text(to, color) : to;
}

/* In groups of two bytes; missing ones are blank. */
static uint8_t *put_digits(uint8_t *to, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < ROW; i++) {
        *to++ = i < n ? cb__hex_digits[bytes[i] >> 4] : ' ';
        *to++ = i < n ? cb__hex_digits[bytes[i] & 15] : ' ';
        if (i % 2)
            *to++ = ' ';
    }
    return to;
}

/* A row of n <= ROW bytes that begin at a position, without the line end. */
static uint8_t *put_row(uint8_t *to, const char *label, uint64_t at, const uint8_t *bytes, size_t n)
{
    to = cb__put_text(to, label);
    to += cb__put_number(to, at, 16, 8);
    to = put_digits(cb__put_text(to, ": "), bytes, n);
    *to++ = ' ';
    for (size_t i = 0; i < n; i++)
        *to++ = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '.';
    return to;
}

static uint8_t *put_payload(const struct cb_encoder *encoder, uint8_t *to, const uint8_t *bytes,
                            size_t n)
{
    const struct dump_state *state = encoder->state;
    to = put_row(to, "         ", encoder->offset + state->length, bytes, n);
    return cb__put_text(to, "\n");
}

/* The next rows of a header or trailer that begins at a position.  Each has its color, for
 * pagers that begin lines anew. */
static uint8_t *put_part(struct cb_encoder *encoder, uint8_t *to, const char *label,
                         const struct cb__frame_part *part, uint64_t at)
{
    struct dump_state *state = encoder->state;
    for (size_t i = 0; i < ROWS && state->shown < part->size; i++) {
        const size_t n = cb__min(part->size - state->shown, ROW);
        to = put_color(encoder, to, cyan);
        to = put_row(to, label, at + state->shown, part->bytes + state->shown, n);
        to = cb__put_text(put_color(encoder, to, plain), "\n");
        state->shown += n;
        label = "         ";
    }
    return to;
}

/* The length is in the first line if the framing declares it, else in the last one: so the
 * lines do not depend on how bytes arrive, and no record is held. */
static int begin(struct cb_encoder *encoder, uint64_t length)
{
    struct dump_state *state = encoder->state;
    const struct cb_decoder *decoder = encoder->followed;
    uint8_t *to = put_color(encoder, encoder->scratch, bold);
    *state =
        (struct dump_state){.tells = length != CB_UNKNOWN &&
                                     (!decoder || cb_decoder_traits(decoder) & CB_TELLS_LENGTH)};
    to = cb__put_decimal(cb__put_text(to, "record "), encoder->record);
    to = cb__put_decimal(cb__put_text(to, " at byte "), encoder->frame);
    if (state->tells)
        to = cb__put_decimal(cb__put_text(to, ", length "), length);
    to = cb__put_text(put_color(encoder, to, plain), "\n");
    return cb__give_scratch(encoder, to);
}

static int head(struct cb_encoder *encoder)
{
    struct dump_state *state = encoder->state;
    const struct cb__frame_part *part = &encoder->header;
    const char *label = state->shown ? "         " : "header   ";
    cb__give_scratch(encoder, put_part(encoder, encoder->scratch, label, part, encoder->frame));
    if (state->shown < part->size)
        return CB__MORE;
    state->shown = 0;
    return CB_OK;
}

/* Writes the row as far as there is room; true if all of it is written. */
static bool write_row(struct dump_state *state, struct cb__transform *t)
{
    const size_t n = cb__min(state->row_size - state->row_done, (size_t)(t->out_end - t->out));
    memcpy(t->out, state->row + state->row_done, n);
    t->out += n;
    state->row_done += n;
    return state->row_done == state->row_size;
}

/* The last byte of a row counts as taken when the row is written. */
static void payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    struct dump_state *state = encoder->state;
    while (t->in < t->in_end) {
        if (state->count < ROW - 1) {
            state->bytes[state->count++] = *t->in++;
            continue;
        }
        if (!state->row_size) {
            state->bytes[ROW - 1] = *t->in;
            uint8_t *end = put_payload(encoder, state->row, state->bytes, ROW);
            state->row_size = (size_t)(end - state->row);
        }
        if (!write_row(state, t))
            return;
        t->in++;
        state->length += ROW;
        state->count = state->row_size = state->row_done = 0;
    }
}

static int end(struct cb_encoder *encoder)
{
    struct dump_state *state = encoder->state;
    const struct cb__frame_part *part = &encoder->trailer;
    const char *label = state->shown ? "         " : "trailer  ";
    uint8_t *to = encoder->scratch;
    if (state->count)
        to = put_payload(encoder, to, state->bytes, state->count);
    state->length += state->count;
    state->count = 0;
    to = put_part(encoder, to, label, part, encoder->offset + state->length);
    const bool more = state->shown < part->size;
    if (!more && !state->tells) {
        to = cb__put_text(put_color(encoder, to, bold), "length   ");
        to = cb__put_text(put_color(encoder, cb__put_decimal(to, state->length), plain), "\n");
    }
    cb__give_scratch(encoder, to);
    return more ? CB__MORE : CB_OK;
}

static const struct cb__encoder_ops ops = {
    .traits = CB_NEEDS_PLACE | CB_NEEDS_HEADER | CB_NEEDS_TRAILER | CB_TRANSFORMS,
    .state_size = sizeof(struct dump_state),
    .begin = begin,
    .head = head,
    .payload = payload,
    .end = end,
};

const struct cb__family cb__dump_family = {
    .keys = keys,
    .config_size = sizeof(struct dump_config),
    .encode = &ops,
};
