/* SPDX-License-Identifier: MIT */
/* Out only: a line of base64 (RFC 4648 section 4) a record. */
#include "base64.h"

#include "families.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void put_three(uint8_t *out, const uint8_t *in)
{
    uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
    out[0] = (uint8_t)digits[bits >> 18];
    out[1] = (uint8_t)digits[bits >> 12 & 63];
    out[2] = (uint8_t)digits[bits >> 6 & 63];
    out[3] = (uint8_t)digits[bits & 63];
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
