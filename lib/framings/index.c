/* SPDX-License-Identifier: MIT */
/* Out only: a line a record that tells where it stands in the input, without
 * what is in it. */
#include "digits.h"
#include "families.h"

/* A number with a text before it. */
static uint8_t *put(uint8_t *to, const char *text, uint64_t number)
{
    to = cb__put_text(to, text);
    return to + cb__put_number(to, number, 10, 1);
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
