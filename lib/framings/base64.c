/* SPDX-License-Identifier: MIT */
/* Output only: a line of base64 (RFC 4648 section 4) per record. */
#include "framings/shared/base64.h"

#include <string.h>

#include "core/eight.h"
#include "framings/families.h"
#include "kernels/text.h"

/* Encodes the three collected bytes. */
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

/* The four characters of one or two bytes. */
static uint32_t padded(const struct cb__base64 *state)
{
    const unsigned one = state->bytes[0], two = state->count == 2 ? state->bytes[1] : 0;
    const unsigned third = state->count == 2 ? cb__base64_digits[(two & 15) << 2] : (unsigned)'=';
    return cb__base64_digits[one >> 2] |
           (uint32_t)cb__base64_digits[(one & 3) << 4 | two >> 4] << 8 | third << 16 |
           (uint32_t)'=' << 24;
}

/* All in one store: reading soon after several smaller stores would have to wait for
 * them. */
int cb__base64_end(struct cb__base64 *state, struct cb_encoder *encoder, const char *after)
{
    const size_t n = strlen(after);
    if (!state->count)
        return cb__encoder_give(encoder, after, n);
    uint64_t bytes = padded(state);
    for (size_t i = 0; i < n; i++)
        bytes |= (uint64_t)(uint8_t)after[i] << (32 + 8 * i);
    cb__store8(encoder->scratch, bytes);
    state->count = 0;
    return cb__encoder_give(encoder, encoder->scratch, 4 + n);
}

static void base64_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    cb__base64_payload(encoder->state, t);
}

/* An abandoned record may have left bytes. */
static int base64_begin(struct cb_encoder *encoder, uint64_t length)
{
    struct cb__base64 *state = encoder->state;
    (void)length;
    state->count = 0;
    return CB_OK;
}

static int base64_end(struct cb_encoder *encoder)
{
    return cb__base64_end(encoder->state, encoder, "\n");
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
