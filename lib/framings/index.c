/* SPDX-License-Identifier: MIT */
/*
 * Out only: a line a record that tells where it is from: index (without what is
 * in it) and json, an object (RFC 8259) with the payload as text where that is
 * UTF-8 (RFC 3629), else in base64.
 */
#include <string.h>

#include "../encoder.h"
#include "digits.h"
#include "eight.h"
#include "families.h"

/* -------------------------------------------------------------------- index */

static uint8_t *put_text(uint8_t *to, const char *text)
{
    while (*text)
        *to++ = (uint8_t)*text++;
    return to;
}

/* A number with a text before it. */
static uint8_t *put(uint8_t *to, const char *text, uint64_t number)
{
    to = put_text(to, text);
    return to + cb__put_number(to, number, 10, 1);
}

static int give_to(struct cb_encoder *encoder, const uint8_t *end)
{
    return cb__encoder_give(encoder, encoder->scratch, (size_t)(end - encoder->scratch));
}

struct index_state {
    uint64_t length; /* as the last piece tells it */
};

static int index_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct index_state *state = encoder->state;
    state->length = piece->total;
    return CB_OK;
}

/* There is no line for a record that does not end. */
static int index_end(struct cb_encoder *encoder)
{
    const struct index_state *state = encoder->state;
    uint8_t *to = put(encoder->scratch, "", encoder->record);
    to = put(to, "\t", encoder->offset);
    to = put(to, "\t", state->length);
    return give_to(encoder, put_text(to, "\n"));
}

static const struct cb__encoder_ops index_ops = {
    .traits = CB_NEEDS_PLACE | CB_NO_PAYLOAD | CB_LOOKS,
    .state_size = sizeof(struct index_state),
    .look = index_look,
    .end = index_end,
};

const struct cb__family cb__index_family = {
    .encode = &index_ops,
};

/* --------------------------------------------------------------------- UTF-8 */

/* Continuation bytes that are still to come, and between what the next one has
 * to be: the first one also keeps out what is too long or no character. */
struct utf8 {
    uint8_t left, least, most;
    bool wrong;
};

static struct utf8 utf8_begin(uint8_t c)
{
    struct utf8 next = {.least = 0x80, .most = 0xbf};
    if (c < 0x80)
        return next;
    next.left = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    next.wrong = c < 0xc2 || c > 0xf4;
    if (c == 0xe0)
        next.least = 0xa0;
    else if (c == 0xed)
        next.most = 0x9f;
    else if (c == 0xf0)
        next.least = 0x90;
    else if (c == 0xf4)
        next.most = 0x8f;
    return next;
}

static void utf8_look(struct utf8 *utf8, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n && !utf8->wrong; i++) {
        if (!utf8->left) {
            while (n - i > 8 && !(cb__load8(data + i) & CB__EIGHT_HIGH))
                i += 8;
            *utf8 = utf8_begin(data[i]);
            continue;
        }
        utf8->wrong = data[i] < utf8->least || data[i] > utf8->most;
        utf8->left--;
        utf8->least = 0x80;
        utf8->most = 0xbf;
    }
}

/* --------------------------------------------------------------------- json */

struct json_state {
    struct utf8 utf8;
    struct cb__base64 base64;
};

static bool is_text(const struct json_state *state)
{
    return !state->utf8.wrong && !state->utf8.left;
}

static int json_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct json_state *state = encoder->state;
    if (piece->flags & CB_FIRST)
        state->utf8 = (struct utf8){.left = 0};
    utf8_look(&state->utf8, piece->data, piece->length);
    return CB_OK;
}

static int json_begin(struct cb_encoder *encoder, uint64_t length)
{
    struct json_state *state = encoder->state;
    uint8_t *to = put(encoder->scratch, "{\"record\":", encoder->record);
    state->base64.count = 0; /* of a record that was given up something may be left */
    to = put(to, ",\"offset\":", encoder->offset);
    to = put(to, ",\"length\":", length);
    to = put_text(to, is_text(encoder->state) ? ",\"text\":\"" : ",\"base64\":\"");
    return give_to(encoder, to);
}

/* The letter that stands behind a backslash for a byte: 'u' for those that have
 * none of their own, 0 for those that stand for themselves. */
static char escape_of(uint8_t c)
{
    static const char controls[32] = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";
    if (c < 0x20)
        return controls[c];
    return c == '"' || c == '\\' ? (char)c : '\0';
}

static uint8_t *put_escape(uint8_t *out, uint8_t c, char escape)
{
    static const char digits[] = "0123456789abcdef";
    *out++ = '\\';
    *out++ = (uint8_t)escape;
    if (escape != 'u')
        return out;
    *out++ = '0';
    *out++ = '0';
    *out++ = (uint8_t)digits[c >> 4];
    *out++ = (uint8_t)digits[c & 15];
    return out;
}

/* Do none of eight bytes need an escape? */
static bool all_plain(uint64_t bytes)
{
    return !cb__any_below(bytes, 0x20) && !cb__any_is(bytes, '"') && !cb__any_is(bytes, '\\');
}

static void escape_text(struct cb__transform *t)
{
    while (t->in < t->in_end && t->out_end - t->out >= 8) {
        if (t->in_end - t->in >= 8 && all_plain(cb__load8(t->in))) {
            memcpy(t->out, t->in, 8);
            t->in += 8;
            t->out += 8;
            continue;
        }
        uint8_t c = *t->in++;
        char escape = escape_of(c);
        if (cb__unlikely(escape))
            t->out = put_escape(t->out, c, escape);
        else
            *t->out++ = c;
    }
}

static void json_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    struct json_state *state = encoder->state;
    if (is_text(state))
        escape_text(t);
    else
        cb__base64_payload(&state->base64, t);
}

static int json_end(struct cb_encoder *encoder)
{
    struct json_state *state = encoder->state;
    size_t n = cb__base64_end(&state->base64, encoder->scratch);
    return give_to(encoder, put_text(encoder->scratch + n, "\"}\n"));
}

static const struct cb__encoder_ops json_ops = {
    .traits = CB_NEEDS_LENGTH | CB_NEEDS_PLACE | CB_LOOKS | CB_NEEDS_WHOLE | CB_TRANSFORMS,
    .state_size = sizeof(struct json_state),
    .look = json_look,
    .begin = json_begin,
    .payload = json_payload,
    .end = json_end,
};

const struct cb__family cb__object_family = {
    .encode = &json_ops,
};
