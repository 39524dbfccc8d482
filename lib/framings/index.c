/* SPDX-License-Identifier: MIT */
/* Output only: a line per record with its place in the input, without its payload. */
#include "framings/families.h"
#include "framings/shared/digits.h"

struct index_state {
    uint64_t length; /* from the last piece */
};

static int index_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct index_state *state = encoder->state;
    state->length = piece->total;
    return CB_OK;
}

/* A record that does not end gets no line. */
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
