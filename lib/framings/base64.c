/* SPDX-License-Identifier: MIT */
/* Out only: a line of base64 (RFC 4648 section 4) a record. */
#include "base64.h"

#include "../text.h"
#include "families.h"

/* Puts the three that are at hand. */
static void put_three(struct cb__base64 *state, uint8_t *out)
{
    cb__text_base64(state->bytes, 3, out);
    state->count = 0;
}

void cb__base64_payload(struct cb__base64 *state, struct cb__transform *t)
{
    while (state->count && t->in < t->in_end && t->out_end - t->out >= 4) {
        state->bytes[state->count++] = *t->in++;
        if (state->count == 3) {
            put_three(state, t->out);
            t->out += 4;
        }
    }
    if (state->count)
        return;
    size_t n = cb__min((size_t)(t->in_end - t->in) / 3, (size_t)(t->out_end - t->out) / 4);
    cb__text_base64(t->in, 3 * n, t->out);
    t->in += 3 * n;
    t->out += 4 * n;
    while (t->in < t->in_end && t->in_end - t->in + state->count < 3)
        state->bytes[state->count++] = *t->in++;
}

size_t cb__base64_end(struct cb__base64 *state, uint8_t *out)
{
    const size_t count = state->count;
    if (!count)
        return 0;
    for (size_t i = count; i < 3; i++)
        state->bytes[i] = 0;
    put_three(state, out);
    for (size_t i = count + 1; i < 4; i++)
        out[i] = '=';
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
