/* SPDX-License-Identifier: MIT */
/* Out only: a line a record that tells where it stands in the input, without
 * what is in it. */
#include "digits.h"
#include "families.h"

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
    uint8_t *to = cb__put_decimal(encoder->scratch, encoder->record);
    to = cb__put_decimal(cb__put_text(to, "\t"), encoder->offset);
    to = cb__put_decimal(cb__put_text(to, "\t"), state->length);
    return cb__give_scratch(encoder, cb__put_text(to, "\n"));
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
