/* SPDX-License-Identifier: MIT */
/*
 * JSON values one after another (RFC 8259), with white space between them or
 * nothing.  An array, an object or a string ends where its bracket or quote is
 * closed; a number or a name where white space or another value begins.  A byte
 * order mark may stand before a value (section 8.1), as each of several files in
 * a row may have one.
 */
#include "families.h"
#include "json_text.h"
#include "mark.h"
#include "scanned.h"

struct json_state {
    struct cb__scanned scanned;
    struct cb__json json;
    unsigned mark; /* bytes of the mark before this value that came */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

static inline bool in_mark(const struct json_state *state)
{
    return state->mark && state->mark < CB__MARK_SIZE;
}

/* Between values. */
static int begin(struct json_state *state, const uint8_t *data, size_t n, size_t *used)
{
    size_t i = 0;
    for (; i < n; i++) {
        if (state->mark < CB__MARK_SIZE && data[i] == cb__mark[state->mark])
            state->mark++;
        else if (in_mark(state) || cb__json_class[data[i]] != CB__JSON_SPACE)
            break;
    }
    *used = i;
    if (i == n)
        return CB__MORE;
    if (in_mark(state))
        return cb__scanned_fail(&state->scanned, "incomplete byte order mark");
    if (!cb__json_begins(data[i]))
        return cb__scanned_fail(&state->scanned, cb__json_first_fault(data[i]));
    state->mark = 0;
    return CB__BEGINS;
}

/* A number or a name came to a byte that is none of it. */
static int end_word(struct json_state *state, uint8_t byte)
{
    const uint8_t class = cb__json_class[byte];
    const char *why = cb__json_word_fault(&state->json);
    if (!why && (class == CB__JSON_WORD || (class == CB__JSON_OTHER && byte != cb__mark[0])))
        why = "number or name is not followed by white space";
    if (why)
        return cb__scanned_fail(&state->scanned, why);
    state->json.word = 0;
    return CB__ENDS;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct json_state *state = decoder->state;
    size_t i = 0;
    if (!decoder->begun)
        return begin(state, data, n, used);
    if (!cb__json_open(&state->json)) {
        cb__json_enter(&state->json, data[0]);
        i = 1;
    }
    i += cb__json_pass(&state->json, data + i, n - i);
    *used = i;
    if (state->json.word && i < n)
        return end_word(state, data[i]);
    return cb__json_open(&state->json) ? CB__MORE : CB__ENDS;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static int cut(struct cb_decoder *decoder)
{
    const struct json_state *state = decoder->state;
    if (in_mark(state))
        return CB__END;
    const bool whole = !cb__json_inside(&state->json) && !cb__json_word_fault(&state->json);
    return whole ? cb__scanned_unended(decoder) : cb__scanned_cut(decoder);
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
