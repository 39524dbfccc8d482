/* SPDX-License-Identifier: MIT */
/* Out only: a line of digits a record, hexadecimal or base64 (RFC 4648 section
 * 4). */
#include "digits.h"

#include <string.h>

#include "families.h"

static const char digits[] = "0123456789abcdef";

enum { DIGITS_MAX = 20 };

size_t cb__put_number(uint8_t *out, uint64_t number, unsigned base, size_t least)
{
    uint8_t text[DIGITS_MAX], *end = text + DIGITS_MAX, *at = end;
    if (base == 16) {
        for (; number; number >>= 4)
            *--at = (uint8_t)digits[number & 15];
    } else {
        for (; number; number /= 10)
            *--at = (uint8_t)digits[number % 10];
    }
    while ((size_t)(end - at) < cb__max(least, 1))
        *--at = '0';
    memcpy(out, at, (size_t)(end - at));
    return (size_t)(end - at);
}

int cb__give_number(struct cb_encoder *encoder, const char *before, uint64_t number, unsigned base,
                    const char *after)
{
    uint8_t *to = encoder->scratch;
    while (*before)
        *to++ = (uint8_t)*before++;
    to += cb__put_number(to, number, base, 1);
    while (*after)
        *to++ = (uint8_t)*after++;
    return cb__encoder_give(encoder, encoder->scratch, (size_t)(to - encoder->scratch));
}

/* -------------------------------------------------------------- hexadecimal */

static void hex_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    (void)encoder;
    size_t n = cb__min((size_t)(t->in_end - t->in), (size_t)(t->out_end - t->out) / 2);
    for (size_t i = 0; i < n; i++) {
        t->out[2 * i] = (uint8_t)digits[t->in[i] >> 4];
        t->out[2 * i + 1] = (uint8_t)digits[t->in[i] & 15];
    }
    t->in += n;
    t->out += 2 * n;
}

static int end_line(struct cb_encoder *encoder)
{
    return cb__encoder_give(encoder, "\n", 1);
}

static const struct cb__encoder_ops hex_ops = {
    .traits = CB_TRANSFORMS,
    .payload = hex_payload,
    .end = end_line,
};

const struct cb__family cb__hex_digits_family = {
    .encode = &hex_ops,
};

/* ------------------------------------------------------------------- base64 */

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void put_three(uint8_t *out, const uint8_t *in)
{
    uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
    out[0] = (uint8_t)base64_digits[bits >> 18];
    out[1] = (uint8_t)base64_digits[bits >> 12 & 63];
    out[2] = (uint8_t)base64_digits[bits >> 6 & 63];
    out[3] = (uint8_t)base64_digits[bits & 63];
}

void cb__base64_payload(struct cb__base64 *state, struct cb__transform *t)
{
    while (t->in < t->in_end && t->out_end - t->out >= 4) {
        while (!state->count && t->in_end - t->in >= 3 && t->out_end - t->out >= 4) {
            put_three(t->out, t->in);
            t->in += 3;
            t->out += 4;
        }
        if (t->in == t->in_end || t->out_end - t->out < 4)
            return;
        state->bytes[state->count++] = *t->in++;
        if (state->count == 3) {
            put_three(t->out, state->bytes);
            t->out += 4;
            state->count = 0;
        }
    }
}

size_t cb__base64_end(struct cb__base64 *state, uint8_t *out)
{
    const size_t count = state->count;
    if (!count)
        return 0;
    for (size_t i = count; i < 3; i++)
        state->bytes[i] = 0;
    put_three(out, state->bytes);
    for (size_t i = count + 1; i < 4; i++)
        out[i] = '=';
    state->count = 0;
    return 4;
}

static void base64_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    cb__base64_payload(encoder->state, t);
}

/* Of a record that was given up something may be left. */
static int base64_begin(struct cb_encoder *encoder, uint64_t length)
{
    struct cb__base64 *state = encoder->state;
    (void)length;
    state->count = 0;
    return CB_OK;
}

static int base64_end(struct cb_encoder *encoder)
{
    size_t n = cb__base64_end(encoder->state, encoder->scratch);
    encoder->scratch[n] = '\n';
    return cb__encoder_give(encoder, encoder->scratch, n + 1);
}

static const struct cb__encoder_ops base64_ops = {
    .traits = CB_TRANSFORMS,
    .state_size = sizeof(struct cb__base64),
    .begin = base64_begin,
    .payload = base64_payload,
    .end = base64_end,
};

const struct cb__family cb__base64_family = {
    .encode = &base64_ops,
};
