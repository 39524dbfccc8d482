/* SPDX-License-Identifier: MIT */
/* Output only: a line of hexadecimal digits per record. */
#include "framing/encoder.h"
#include "framings/families.h"
#include "kernels/text.h"

static void hex_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    (void)encoder;
    size_t n = cb__min((size_t)(t->in_end - t->in), (size_t)(t->out_end - t->out) / 2);
    cb__text_hex(t->in, n, t->out);
    t->in += n;
    t->out += 2 * n;
}

static int end_line(struct cb_encoder *encoder)
{
    return cb__encoder_give(encoder, "\n", 1);
}

static uint8_t *hex_whole(struct cb_encoder *encoder, const uint8_t *data, size_t n, uint8_t *to)
{
    (void)encoder;
    cb__text_hex(data, n, to);
    to[2 * n] = '\n';
    return to + 2 * n + 1;
}

static const struct cb__encoder_ops hex_ops = {
    .traits = CB_TRANSFORMS,
    .payload = hex_payload,
    .end = end_line,
    .whole = hex_whole,
    .whole_times = 2,
    .whole_more = 1,
};

const struct cb__family cb__hex_digits_family = {
    .encode = &hex_ops,
};
