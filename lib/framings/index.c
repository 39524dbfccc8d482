/* SPDX-License-Identifier: MIT */
/* Output only: a line per record with its place in the input, without its payload. */
#include "framings/families.h"
#include "framings/shared/digits.h"

struct index_state {
    uint64_t length; /* from the last piece */
    struct cb__counter record, offset;
};

static int index_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct index_state *state = encoder->state;
    state->length = piece->total;
    return CB_OK;
}

static uint8_t *put_line(const struct cb_encoder *encoder, uint64_t length, uint8_t *to)
{
    struct index_state *state = encoder->state;
    to = cb__put_counter(to, &state->record, "", encoder->record);
    to = cb__put_counter(to, &state->offset, "\t", encoder->offset);
    to = cb__put_decimal(cb__put_text(to, "\t"), length);
    return cb__put_text(to, "\n");
}

/* A record that does not end gets no line. */
static int index_end(struct cb_encoder *encoder)
{
    const struct index_state *state = encoder->state;
    return cb__give_scratch(encoder, put_line(encoder, state->length, encoder->scratch));
}

static uint8_t *index_whole(struct cb_encoder *encoder, const uint8_t *data, size_t n, uint8_t *to)
{
    (void)data;
    return put_line(encoder, n, to);
}

static const struct cb__encoder_ops index_ops = {
    .traits = CB_NEEDS_PLACE | CB_NO_PAYLOAD | CB_LOOKS,
    .state_size = sizeof(struct index_state),
    .look = index_look,
    .end = index_end,
    .whole = index_whole,
    .whole_more = 3 * CB__COUNTER_ROOM,
};

const struct cb__family cb__index_family = {
    .encode = &index_ops,
};
