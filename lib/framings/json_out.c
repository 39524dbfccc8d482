/* SPDX-License-Identifier: MIT */
/* Output only: a JSON object (RFC 8259) per record, on its own line, with the payload
 * as text if it is UTF-8, otherwise in base64. */
#include "framings/families.h"
#include "framings/shared/base64.h"
#include "framings/shared/digits.h"
#include "framings/shared/utf8.h"
#include "kernels/text.h"

struct json_state {
    struct cb__utf8 utf8;
    struct cb__base64 base64;
};

static bool is_text(const struct json_state *state)
{
    return cb__utf8_is_whole(&state->utf8);
}

static int json_look(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct json_state *state = encoder->state;
    if (piece->flags & CB_FIRST)
        state->utf8 = (struct cb__utf8){.left = 0};
    cb__utf8_look(&state->utf8, piece->data, piece->length);
    return CB_OK;
}

static int json_begin(struct cb_encoder *encoder, uint64_t length)
{
    struct json_state *state = encoder->state;
    uint8_t *to = cb__put_text(encoder->scratch, "{\"record\":");
    state->base64.count = 0; /* an abandoned record may have left bytes */
    to = cb__put_text(cb__put_decimal(to, encoder->record), ",\"offset\":");
    to = cb__put_text(cb__put_decimal(to, encoder->offset), ",\"length\":");
    to = cb__put_decimal(to, length);
    to = is_text(state) ? cb__put_text(to, ",\"text\":\"") : cb__put_text(to, ",\"base64\":\"");
    return cb__give_scratch(encoder, to);
}

static void json_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    struct json_state *state = encoder->state;
    if (is_text(state))
        cb__text_escape(&t->in, t->in_end, &t->out, t->out_end);
    else
        cb__base64_payload(&state->base64, t);
}

static int json_end(struct cb_encoder *encoder)
{
    struct json_state *state = encoder->state;
    return cb__base64_end(&state->base64, encoder, "\"}\n");
}

static const struct cb__encoder_ops json_ops = {
    .traits = CB_NEEDS_LENGTH | CB_NEEDS_PLACE | CB_LOOKS | CB_NEEDS_WHOLE | CB_TRANSFORMS,
    .state_size = sizeof(struct json_state),
    .look = json_look,
    .begin = json_begin,
    .payload = json_payload,
    .end = json_end,
};

const struct cb__family cb__object_family = {
    .encode = &json_ops,
};
