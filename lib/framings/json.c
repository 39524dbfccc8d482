/* SPDX-License-Identifier: MIT */
/*
 * JSON values one after another (RFC 8259), with white space between them or
 * nothing.  An array, an object or a string ends where its bracket or quote is
 * closed; a number or a name where white space or another value begins.
 */
#include "families.h"
#include "json_text.h"
#include "scanned.h"

static const uint8_t mark[] = {0xef, 0xbb, 0xbf}; /* U+FEFF, the byte order mark */

struct json_state {
    struct cb__scanned scanned;
    struct cb__json json;
    bool word;        /* in a number or a name */
    unsigned mark_at; /* bytes of the mark that came, or all if there is none */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

/* Between values. */
static int begin(struct json_state *state, const uint8_t *data, size_t n, size_t *used)
{
    size_t i = 0;
    for (; i < n && state->mark_at < sizeof mark; i++, state->mark_at++) {
        if (data[i] == mark[state->mark_at])
            continue;
        *used = i;
        if (state->mark_at)
            return cb__scanned_fail(&state->scanned, "incomplete byte order mark");
        state->mark_at = sizeof mark;
        break;
    }
    while (i < n && cb__json_class[data[i]] == CB__JSON_SPACE)
        i++;
    *used = i;
    if (i == n)
        return CB_MORE;
    if (cb__json_class[data[i]] == CB__JSON_CLOSE)
        return cb__scanned_fail(&state->scanned, "closing bracket without an opening one");
    if (cb__json_class[data[i]] == CB__JSON_POINT)
        return cb__scanned_fail(&state->scanned, "comma or colon outside of brackets");
    return CB__BEGINS;
}

static int scan_word(struct json_state *state, const uint8_t *data, size_t n, size_t *used)
{
    size_t i = 0;
    while (i < n && cb__json_class[data[i]] == CB__JSON_WORD)
        i++;
    *used = i;
    state->word = i == n;
    return i == n ? CB_MORE : CB__ENDS;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct json_state *state = decoder->state;
    size_t first = 0;
    if (!decoder->begun)
        return begin(state, data, n, used);
    if (!state->word && !cb__json_inside(&state->json))
        first = cb__json_enter(&state->json, data[0]);
    if (!cb__json_inside(&state->json))
        return scan_word(state, data, n, used);
    *used = first + cb__json_pass(&state->json, data + first, n - first);
    return cb__json_inside(&state->json) ? CB_MORE : CB__ENDS;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static int cut(struct cb_decoder *decoder)
{
    const struct json_state *state = decoder->state;
    if (!decoder->begun && state->mark_at && state->mark_at < sizeof mark)
        return CB_END;
    return cb__json_inside(&state->json) ? cb__scanned_cut(decoder) : cb__scanned_unended(decoder);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct json_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut = cut,
};

const struct cb__family cb__json_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
