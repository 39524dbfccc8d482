/* SPDX-License-Identifier: MIT */
/* Output only: a JSON object (RFC 8259) per record, on its own line, with the payload
 * as text if it is UTF-8, otherwise in base64; with `header` also the header of its
 * frame, in hexadecimal digits. */
#include "framings/families.h"
#include "framings/shared/base64.h"
#include "framings/shared/digits.h"
#include "framings/shared/utf8.h"
#include "kernels/text.h"

/* Bytes of a header that are shown at a time. */
enum { HEADER_PART = 1024 };

/* Room for all but the payload of a record. */
enum { WHOLE_MORE = 3 * CB__COUNTER_ROOM + CB__STRING_ROOM };

/* What is between the offset and the text of a record, for one copy. */
struct middle {
    uint8_t bytes[31], size; /* 0: not made yet */
};

/* Records of fewer bytes have theirs ready. */
enum { MIDDLES = 512 };

struct json_config {
    bool header;
};

struct json_state {
    struct cb__utf8 utf8;
    struct cb__base64 base64;
    struct cb__counter record, offset;
    bool in_header; /* the payload is written, */
    size_t shown;   /* ... and so many bytes of the header */
    struct middle middles[MIDDLES];
};

static const struct cb__key keys[] = {
    {"header", CB__KEY_FLAG | CB__KEY_OUT, offsetof(struct json_config, header)},
    {NULL, CB__KEY_FLAG, 0},
};

static int json_open(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    const struct json_config *config = encoder->config.data;
    (void)spec;
    encoder->traits |= config->header ? (unsigned)CB_NEEDS_HEADER : 0;
    return CB_OK;
}

static const char text[] = ",\"text\":\"", base64[] = ",\"base64\":\"";

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

/* The members before the length. */
static uint8_t *put_place(const struct cb_encoder *encoder, uint8_t *to)
{
    struct json_state *state = encoder->state;
    to = cb__put_counter(to, &state->record, "{\"record\":", encoder->record);
    return cb__put_counter(to, &state->offset, ",\"offset\":", encoder->offset);
}

/* The length, and the name of the next member with its quotes and what follows. */
static uint8_t *put_length(uint8_t *to, uint64_t length, const char *name)
{
    to = cb__put_decimal(cb__put_text(to, ",\"length\":"), length);
    return cb__put_text(to, name);
}

static int json_begin(struct cb_encoder *encoder, uint64_t length)
{
    struct json_state *state = encoder->state;
    uint8_t *to = put_place(encoder, encoder->scratch);
    state->base64.count = 0; /* an abandoned record may have left bytes */
    state->in_header = false;
    return cb__give_scratch(encoder, put_length(to, length, is_text(state) ? text : base64));
}

static void json_payload(struct cb_encoder *encoder, struct cb__transform *t)
{
    struct json_state *state = encoder->state;
    if (is_text(state))
        cb__text_escape(&t->in, t->in_end, &t->out, t->out_end);
    else
        cb__base64_payload(&state->base64, t);
}

/* The rest of the header, as far as it fits in the scratch. */
static int put_header(struct cb_encoder *encoder)
{
    struct json_state *state = encoder->state;
    const struct cb__frame_part *header = &encoder->header;
    uint8_t *to = encoder->scratch;
    const size_t n = cb__min(header->size - state->shown, HEADER_PART);
    if (!state->shown)
        to = cb__put_text(to, ",\"header\":\"");
    if (n)
        cb__text_hex(header->bytes + state->shown, n, to);
    to += 2 * n;
    state->shown += n;
    const bool more = state->shown < header->size;
    cb__give_scratch(encoder, more ? to : cb__put_text(to, "\"}\n"));
    return more ? CB__MORE : CB_OK;
}

static int json_end(struct cb_encoder *encoder)
{
    struct json_state *state = encoder->state;
    if (state->in_header)
        return put_header(encoder);
    if (!(encoder->traits & CB_NEEDS_HEADER))
        return cb__base64_end(&state->base64, encoder, "\"}\n");
    state->in_header = true;
    state->shown = 0;
    cb__base64_end(&state->base64, encoder, "\"");
    return CB__MORE;
}

static uint8_t *put_middle(struct json_state *state, size_t n, uint8_t *to)
{
    if (n >= MIDDLES)
        return put_length(to, n, text);
    struct middle *middle = &state->middles[n];
    if (cb__unlikely(!middle->size))
        middle->size = (uint8_t)(put_length(middle->bytes, n, text) - middle->bytes);
    memcpy(to, middle, sizeof *middle);
    return to + middle->size;
}

static uint8_t *json_whole(struct cb_encoder *encoder, const uint8_t *data, size_t n, uint8_t *to)
{
    to = put_place(encoder, to);
    uint8_t *end = cb__text_string(data, n, put_middle(encoder->state, n, to));
    if (!end) {
        to = put_length(to, n, base64);
        cb__text_base64(data, n, to);
        end = to + cb__base64_size(n);
    }
    return cb__put_text(end, "\"}\n");
}

static const struct cb__encoder_ops json_ops = {
    .traits = CB_NEEDS_LENGTH | CB_NEEDS_PLACE | CB_LOOKS | CB_NEEDS_WHOLE | CB_TRANSFORMS,
    .state_size = sizeof(struct json_state),
    .open = json_open,
    .look = json_look,
    .begin = json_begin,
    .payload = json_payload,
    .end = json_end,
    .whole = json_whole,
    .whole_times = CB__ESCAPE_MAX,
    .whole_more = WHOLE_MORE,
};

const struct cb__family cb__object_family = {
    .keys = keys,
    .config_size = sizeof(struct json_config),
    .encode = &json_ops,
};
