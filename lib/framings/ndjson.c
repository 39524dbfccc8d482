/* SPDX-License-Identifier: MIT */
/*
 * A JSON value (RFC 8259) per line, as described by github.com/ndjson/ndjson-spec and
 * jsonlines.org.  A record is a line without its end and the white space at its
 * beginning; empty lines are dropped.  A line must contain one whole value, which is
 * checked as far as json_text.h does.  A byte order mark may precede each, as in
 * json.c.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/json_cuts.h"
#include "framings/shared/json_text.h"
#include "framings/shared/bom.h"
#include "framings/shared/scanned.h"

struct ndjson_state {
    struct cb__scanned scanned; /* `held`: the last byte was a CR after the value */
    struct cb__json json;
    unsigned bom; /* bytes of the byte order mark before this value that have arrived */
    bool over;    /* the value has ended, but not the line */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

/* Between the values of lines. */
static int begin(struct ndjson_state *state, const uint8_t *data, size_t n, size_t *used)
{
    const char *why = NULL;
    *used = cb__bom_before(&state->bom, data, n, &why);
    state->over = false;
    if (why)
        return cb__scanned_fail(&state->scanned, why);
    return *used < n ? CB__BEGINS : CB__MORE;
}

/* Continues in the value, at most to the n-th byte: returns how far it got. */
static size_t pass_value(struct ndjson_state *state, const uint8_t *data, size_t n)
{
    size_t i = 0;
    if (!cb__json_open(&state->json)) {
        cb__json_enter(&state->json, data[0]);
        i = 1;
    }
    i += cb__json_pass(&state->json, data + i, n - i);
    state->over = !cb__json_open(&state->json);
    return i;
}

/* The value ends here, or is wrong: NULL, or the error in it. */
static const char *end_value(struct ndjson_state *state)
{
    const char *why = cb__json_fault(&state->json);
    if (why)
        return why;
    why = cb__json_inside(&state->json) ? "line ends inside a value"
                                        : cb__json_word_fault(&state->json);
    state->json.word = 0;
    state->over = true;
    return why;
}

/* The rest of the line after the value: only white space, and CR only at its end. */
static const char *check_rest(struct ndjson_state *state, const uint8_t *data, size_t n, size_t *i)
{
    for (; *i < n; ++*i) {
        if (state->scanned.held)
            return "CR is not followed by LF";
        if (data[*i] != ' ' && data[*i] != '\t' && data[*i] != '\r')
            return cb__json_begins(data[*i]) ? "line has more than one value"
                                             : "value is not followed by the end of its line";
        state->scanned.held = data[*i] == '\r';
    }
    return NULL;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct ndjson_state *state = decoder->state;
    if (!cb__has_begun(decoder))
        return begin(state, data, n, used);
    const uint8_t *lf = memchr(data, '\n', n);
    const size_t end = lf ? (size_t)(lf - data) : n;
    const char *why = NULL;
    size_t i = 0;
    if (!state->over)
        i = pass_value(state, data, end);
    if (!state->over && (i < end || lf || cb__json_fault(&state->json)))
        why = end_value(state);
    if (state->over && !why)
        why = check_rest(state, data, end, &i);
    *used = i;
    if (why)
        return cb__scanned_fail(&state->scanned, why);
    if (!lf)
        return CB__MORE;
    *used = i + 1;
    state->scanned.tail = 1 + state->scanned.held;
    return CB__ENDS;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct ndjson_state *state = decoder->state;
    if (cb__bom_is_cut(state->bom))
        return CB__END;
    const bool whole = !cb__json_inside(&state->json) && !cb__json_word_fault(&state->json);
    return whole ? cb__scanned_unended(decoder) : cb__scanned_cut_short(decoder);
}

/* After damage: the next line. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    static const uint8_t mark[] = {'\n'};
    (void)decoder;
    *how = (struct cb__recovery){.mark = {mark, sizeof mark}, .after = true};
    return true;
}

/* A line that is not as it must be is for the slow path. */
static bool cut(struct cb__json_cuts *values, size_t from, size_t to)
{
    const uint8_t *data = values->data, *lf = memchr(data + from, '\n', values->n - from);
    const size_t end = lf ? (size_t)(lf - data) : 0;
    size_t rest = to;
    while (rest < end && (data[rest] == ' ' || data[rest] == '\t'))
        rest++;
    const size_t cr = rest < end && data[rest] == '\r';
    return end >= to && rest + cr == end && cb__json_cut(values, from, rest, end + 1);
}

static size_t find_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                        struct cb__cut *cuts, size_t max, size_t *used)
{
    struct cb__json_cuts values = {.decoder = decoder, .data = data, .n = n, .cuts = cuts};
    cb__json_cuts_find(&values, max, cut);
    *used = values.start;
    return values.count;
}

static size_t mark(const struct cb_decoder *decoder, const uint8_t *data, size_t n,
                   struct cb__marked *marked, uint64_t *marks)
{
    return cb__json_cuts_mark(decoder, true, data, n, marked, marks);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct ndjson_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cuts = find_cuts,
    .mark = mark,
    .cut_short = cut_short,
    .recovery = recovery,
};

const struct cb__family cb__ndjson_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
