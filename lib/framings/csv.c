/* SPDX-License-Identifier: MIT */
/*
 * Rows of comma-separated values (RFC 4180): a row ends at LF or CRLF outside
 * quotes.  A quote opens only at the beginning of a field; inside, two stand
 * for one.  The last row may lack its line end (section 2, rule 2).  A byte
 * order mark may precede the first one, as spreadsheets write it.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/mark.h"
#include "framings/shared/scanned.h"

struct csv_config {
    struct cb__bytes separator; /* one byte */
};

enum phase { FIELD, TEXT, QUOTED, QUOTE }; /* QUOTE: after one, inside a quoted field */

struct csv_state {
    struct cb__scanned scanned;
    enum phase phase;
    bool started; /* any byte order mark before the first row was skipped */
    bool cr;      /* the previous byte was one, outside quotes */
};

static const struct cb__key keys[] = {
    {"sep", CB__KEY_BYTE, offsetof(struct csv_config, separator)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct csv_config *config = data;
    (void)variant;
    config->separator = (struct cb__bytes){.data = (const uint8_t *)",", .length = 1};
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct csv_config *config = data;
    if (!memchr("\n\r\"", config->separator.data[0], 3))
        return CB_OK;
    return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "sep"),
                         "the sep must not be LF, CR or a quote");
}

/* The phase after a byte that does not end the row. */
static enum phase step(enum phase phase, uint8_t c, uint8_t separator)
{
    if (phase == QUOTED)
        return c == '"' ? QUOTE : QUOTED;
    if (c == '"' && phase != TEXT)
        return QUOTED;
    return c == separator ? FIELD : TEXT;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct csv_config *config = decoder->config.data;
    struct csv_state *state = decoder->state;
    const uint8_t separator = config->separator.data[0];
    *used = 0;
    if (!cb__has_begun(decoder))
        return CB__BEGINS;
    for (size_t i = 0; i < n; i++) {
        if (data[i] == '\n' && state->phase != QUOTED) {
            state->scanned.tail = 1 + state->cr;
            state->phase = FIELD;
            state->cr = false;
            *used = i + 1;
            return CB__ENDS;
        }
        state->phase = step(state->phase, data[i], separator);
        state->cr = data[i] == '\r' && state->phase != QUOTED;
    }
    state->scanned.held = state->cr;
    *used = n;
    return CB__MORE;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static int advance(struct cb_decoder *decoder)
{
    struct csv_state *state = decoder->state;
    if (!state->started && !cb__mark_pass(decoder))
        return CB__MORE;
    state->started = true;
    return cb__scanned_advance(decoder);
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct csv_state *state = decoder->state;
    return state->phase == QUOTED ? cb__scanned_cut_short(decoder) : cb__scanned_unended(decoder);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct csv_state),
    .reset = reset,
    .advance = advance,
    .cut_short = cut_short,
};

const struct cb__family cb__csv_family = {
    .keys = keys,
    .config_size = sizeof(struct csv_config),
    .init = init,
    .check = check,
    .decode = &decoder_ops,
};
