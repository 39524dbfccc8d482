/* SPDX-License-Identifier: MIT */
/* Output only: a line of base64 (RFC 4648 section 4) per record. */
#include "framings/shared/base64.h"

#include <string.h>

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
    while (state->count && t->in < t->in_end) { /* there is room for the four bytes */
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

int cb__base64_end(struct cb__base64 *state, struct cb_encoder *encoder, const char *after)
{
    const size_t n = strlen(after), rest = state->count ? 4 : 0;
    cb__text_base64(state->bytes, state->count, encoder->scratch);
    memcpy(encoder->scratch + rest, after, n);
    state->count = 0;
    return cb__encoder_give(encoder, encoder->scratch, rest + n);
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

static uint8_t *base64_whole(struct cb_encoder *encoder, const uint8_t *data, size_t n,
                             uint8_t *to)
{
    (void)encoder;
    cb__text_base64(data, n, to);
    to += cb__base64_size(n);
    *to = '\n';
    return to + 1;
}

static const struct cb__encoder_ops base64_ops = {
    .traits = CB_TRANSFORMS,
    .state_size = sizeof(struct cb__base64),
    .begin = base64_begin,
    .payload = base64_payload,
    .end = base64_end,
    .whole = base64_whole,
    .whole_times = 2,
    .whole_more = 8,
};

const struct cb__family cb__base64_family = {
    .encode = &base64_ops,
};
