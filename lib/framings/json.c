/* SPDX-License-Identifier: MIT */
/*
 * JSON values one after another (RFC 8259), with or without white space between
 * them.  An array, an object or a string ends with its closing bracket or quote; a
 * number or a name ends where white space or another value begins.  A byte order
 * mark may precede a value (section 8.1), since each of several concatenated
 * files may have one.
 *
 * With `array` such values are arrays, and their elements are the records.
 */
#include "framings/families.h"
#include "framings/shared/json_cuts.h"
#include "framings/shared/json_text.h"
#include "framings/shared/bom.h"
#include "framings/shared/scanned.h"

/* The place in an array. */
enum place { OUTSIDE, OPENED, AFTER_ELEMENT, AFTER_COMMA };

struct json_config {
    bool array;
};

struct json_state {
    struct cb__scanned scanned;
    struct cb__json json;
    unsigned bom; /* bytes of the byte order mark before this value that have arrived */
    enum place place;
};

static const struct cb__key keys[] = {
    {"array", CB__KEY_FLAG, offsetof(struct json_config, array)},
    {NULL, CB__KEY_FLAG, 0},
};

static const char neither[] = "element is followed by neither a comma nor a bracket";

static bool in_arrays(const struct cb_decoder *decoder)
{
    const struct json_config *config = decoder->config.data;
    return config->array;
}

/* Between values. */
static int begin(struct json_state *state, const uint8_t *data, size_t n, size_t *used)
{
    const char *why = NULL;
    *used = cb__bom_before(&state->bom, data, n, &why);
    if (why)
        return cb__scanned_fail(&state->scanned, why);
    return *used < n ? CB__BEGINS : CB__MORE;
}

/* The array continues or ends. */
static int go_to(struct cb_decoder *decoder, enum place place)
{
    struct json_state *state = decoder->state;
    state->place = place;
    decoder->expects_more = place != OUTSIDE;
    return CB_OK;
}

/* A byte in an array, but not in an element: CB_OK, or the result of a scan. */
static int pass_between(struct cb_decoder *decoder, uint8_t byte)
{
    struct json_state *state = decoder->state;
    if (cb__json_class[byte] == CB__JSON_SPACE)
        return CB_OK;
    if (byte == ']' && state->place != AFTER_COMMA)
        return go_to(decoder, OUTSIDE);
    if (byte == ',' && state->place == AFTER_ELEMENT)
        return go_to(decoder, AFTER_COMMA);
    if (state->place == AFTER_ELEMENT)
        return cb__scanned_fail(&state->scanned, neither);
    if (!cb__json_begins(byte))
        return cb__scanned_fail(&state->scanned, "this byte cannot begin an element");
    go_to(decoder, AFTER_ELEMENT);
    return CB__BEGINS;
}

/* Up to the next element, of this array or another. */
static int begin_element(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct json_state *state = decoder->state;
    int status = CB_OK;
    size_t i = 0, more;
    while (status == CB_OK && i < n) {
        if (state->place != OUTSIDE) {
            status = pass_between(decoder, data[i]);
            i += status == CB_OK;
            continue;
        }
        status = begin(state, data + i, n - i, &more);
        i += more;
        if (status != CB__BEGINS)
            break;
        if (data[i] != '[')
            status = cb__scanned_fail(&state->scanned, "value is not an array");
        else
            status = go_to(decoder, OPENED), i++;
    }
    *used = i;
    return status ? status : CB__MORE;
}

/* May this byte follow a number or a name directly? */
static bool may_follow(const struct cb_decoder *decoder, uint8_t byte)
{
    const uint8_t class = cb__json_class[byte];
    if (in_arrays(decoder))
        return class == CB__JSON_SPACE || byte == ',' || byte == ']';
    return class != CB__JSON_WORD && (class != CB__JSON_OTHER || byte == cb__bom[0]);
}

/* A number or a name has reached a byte that does not belong to it. */
static int end_word(struct cb_decoder *decoder, uint8_t byte)
{
    struct json_state *state = decoder->state;
    const char *why = cb__json_word_fault(&state->json);
    if (!why && !may_follow(decoder, byte))
        why = in_arrays(decoder) ? neither : "number or name is not followed by white space";
    if (why)
        return cb__scanned_fail(&state->scanned, why);
    state->json.word = 0;
    return CB__ENDS;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct json_state *state = decoder->state;
    size_t i = 0;
    if (!cb__has_begun(decoder))
        return in_arrays(decoder) ? begin_element(decoder, data, n, used)
                                  : begin(state, data, n, used);
    if (!cb__json_open(&state->json)) {
        cb__json_enter(&state->json, data[0]);
        i = 1;
    }
    i += cb__json_pass(&state->json, data + i, n - i);
    *used = i;
    const char *why = cb__json_fault(&state->json);
    if (why)
        return cb__scanned_fail(&state->scanned, why);
    if (state->json.word && i < n)
        return end_word(decoder, data[i]);
    return cb__json_open(&state->json) ? CB__MORE : CB__ENDS;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct json_state *state = decoder->state;
    if (cb__bom_is_cut(state->bom))
        return CB__END;
    if (in_arrays(decoder) && cb__has_begun(decoder))
        return cb__scanned_cut_short(decoder);
    if (in_arrays(decoder)) {
        /* The input ends next, which must not happen inside an array. */
        cb__decoder_next_frame(decoder);
        return CB__YES;
    }
    const bool whole = !cb__json_inside(&state->json) && !cb__json_word_fault(&state->json);
    return whole ? cb__scanned_unended(decoder) : cb__scanned_cut_short(decoder);
}

/* ------------------------------------------------------- whole values of a span */

static bool cut(struct cb__json_cuts *values, size_t from, size_t to)
{
    const bool word = cb__json_class[values->data[from]] == CB__JSON_WORD;
    return (!word || may_follow(values->decoder, values->data[to])) &&
           cb__json_cut(values, from, to, to);
}

static size_t find_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                        struct cb__cut *cuts, size_t max, size_t *used)
{
    const struct json_state *state = decoder->state;
    struct cb__json_cuts values = {
        .decoder = decoder,
        .data = data,
        .n = n,
        .cuts = cuts,
        .commas = in_arrays(decoder),
    };
    if (!values.commas || state->place == AFTER_ELEMENT)
        cb__json_cuts_find(&values, max, cut);
    *used = values.start;
    return values.count;
}

static size_t mark(const struct cb_decoder *decoder, const uint8_t *data, size_t n,
                   struct cb__marked *marked, uint64_t *marks)
{
    return in_arrays(decoder) ? 0 : cb__json_cuts_mark(decoder, false, data, n, marked, marks);
}

/* A number or a name ends here, if it is one. */
static int settle(struct cb_decoder *decoder)
{
    struct json_state *state = decoder->state;
    if (!state->json.word || in_arrays(decoder) || cb__json_word_fault(&state->json))
        return CB__NO;
    state->json.word = 0;
    return cb__scanned_end(decoder, 0);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct json_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cuts = find_cuts,
    .mark = mark,
    .cut_short = cut_short,
    .settle = settle,
};

const struct cb__family cb__json_family = {
    .keys = keys,
    .config_size = sizeof(struct json_config),
    .decode = &decoder_ops,
};
