/* SPDX-License-Identifier: MIT */
/* Output only: payloads with nothing around them (raw), and nothing (none). */
#include "framing/encoder.h"
#include "framings/families.h"

static const struct cb__encoder_ops raw_ops = {
    .traits = CB_CONSTANT,
};

static const struct cb__encoder_ops none_ops = {
    .traits = CB_CONSTANT | CB_NO_PAYLOAD,
};

const struct cb__family cb__raw_family = {
    .encode = &raw_ops,
};

const struct cb__family cb__none_family = {
    .encode = &none_ops,
};
