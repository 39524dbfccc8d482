/* SPDX-License-Identifier: MIT */
/*
 * Entries of systemd's journal export format (https://systemd.io/JOURNAL_EXPORT_FORMATS),
 * as `journalctl -o export` writes it: fields, then an empty line.  More empty lines are
 * dropped.
 *
 *     NAME=text LF
 *     NAME LF size LF     size, 8 bytes, little-endian: of the bytes up to the last LF
 *
 * A record is an entry as it stands, without the empty line.  Field names are checked,
 * as journald does (journal_field_valid): where a name is wrong, a size would be too.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/scanned.h"

enum phase {
    LINE, /* at the beginning of one */
    NAME,
    TEXT,
    SIZE,
    BYTES_END /* after the bytes of a field */
};

enum { SIZE_BYTES = 8 };

struct journal_state {
    struct cb__scanned scanned;
    enum phase phase;
    unsigned have; /* bytes of the size */
    uint64_t size; /* as far as it was read */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

static int fail(struct journal_state *state, const char *why)
{
    return cb__scanned_fail(&state->scanned, why);
}

static int go_to(struct journal_state *state, enum phase phase)
{
    state->phase = phase;
    return CB_OK;
}

static bool is_in_name(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || cb__is_digit(c) || c == '_';
}

/* Each of these steps through the n >= 1 bytes of a phase, or some of them, and adds to
 * *used how many.  CB_OK: the next phase continues, or the same one with more bytes. */

static int step_line(struct journal_state *state, const uint8_t *data, size_t *used)
{
    if (data[0] == '\n') {
        ++*used;
        state->scanned.tail = 1;
        return CB__ENDS;
    }
    if (!is_in_name(data[0]) || cb__is_digit(data[0]))
        return fail(state, "field name must begin with a capital letter or '_'");
    return go_to(state, NAME);
}

static int step_name(struct journal_state *state, const uint8_t *data, size_t n, size_t *used)
{
    size_t i = 0;
    while (i < n && is_in_name(data[i]))
        i++;
    *used += i;
    if (i == n)
        return CB_OK;
    if (data[i] != '=' && data[i] != '\n')
        return fail(state, "field name must have capital letters, digits and '_' only");
    ++*used;
    return go_to(state, data[i] == '=' ? TEXT : SIZE);
}

static int step_text(struct journal_state *state, const uint8_t *data, size_t n, size_t *used)
{
    const uint8_t *lf = memchr(data, '\n', n);
    *used += lf ? (size_t)(lf - data) + 1 : n;
    return lf ? go_to(state, LINE) : CB_OK;
}

/* Returns CB__MORE after the size: the bytes that it counts are passed over. */
static int step_size(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct journal_state *state = decoder->state;
    size_t i = 0;
    for (; i < n && state->have < SIZE_BYTES; i++)
        state->size |= (uint64_t)data[i] << 8 * state->have++;
    *used += i;
    if (state->have < SIZE_BYTES)
        return CB_OK;
    const uint64_t size = state->size;
    state->size = state->have = 0;
    state->phase = BYTES_END;
    int status = cb__scanned_pass(decoder, decoder->found.scan + *used, size, false);
    *used -= status == CB_EMALFORMED; /* the last byte of the size is wrong */
    return status;
}

static int step_bytes_end(struct journal_state *state, const uint8_t *data, size_t *used)
{
    if (data[0] != '\n')
        return fail(state, "bytes of a field are not followed by LF");
    ++*used;
    return go_to(state, LINE);
}

static int step(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct journal_state *state = decoder->state;
    switch (state->phase) {
    case LINE:
        return step_line(state, data, used);
    case NAME:
        return step_name(state, data, n, used);
    case TEXT:
        return step_text(state, data, n, used);
    case SIZE:
        return step_size(decoder, data, n, used);
    default:
        return step_bytes_end(state, data, used);
    }
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    int status = CB_OK;
    *used = 0;
    if (!cb__has_begun(decoder))
        return data[0] == '\n' ? cb__scanned_drop(decoder, 1, used) : CB__BEGINS;
    while (status == CB_OK && *used < n)
        status = step(decoder, data + *used, n - *used, used);
    return status == CB_OK ? CB__MORE : status;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct journal_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut_short = cb__scanned_cut_short,
};

const struct cb__family cb__journal_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
