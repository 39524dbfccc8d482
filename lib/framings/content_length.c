/* SPDX-License-Identifier: MIT */
/*
 * A header like that of HTTP with the length of the payload, then the payload: the
 * base protocol of the Language Server Protocol and of the Debug Adapter
 * Protocol.
 *
 *     Content-Length: 5\r\n\r\nhello
 */
#include "framings/families.h"
#include "framings/shared/counted.h"
#include "framings/shared/digits.h"
#include "framings/shared/fields.h"

struct content_length_config {
    bool lf;
};

struct content_length_state {
    struct cb__counted counted;
    struct cb__fields fields;
    bool has_length;
};

static const struct cb__key keys[] = {
    {"lf", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct content_length_config, lf)},
    {NULL, CB__KEY_FLAG, 0},
};

static void begin_fields(const struct cb_decoder *decoder)
{
    static const char *const wanted[] = {"content-length", NULL};
    const struct content_length_config *config = decoder->config.data;
    struct content_length_state *state = decoder->state;
    cb__fields_begin(&state->fields, wanted, config->lf, 0);
    state->has_length = false;
}

static int fail_frame(struct content_length_state *state, const char *why)
{
    state->counted.why = why;
    state->counted.frame_is_wrong = true;
    return CB_EMALFORMED;
}

/* At the end of a Content-Length line. */
static int add_length(struct content_length_state *state)
{
    const struct cb__fields *fields = &state->fields;
    const struct cb__bytes value = {.data = fields->text, .length = fields->length};
    if (state->has_length)
        return fail_frame(state, "header has Content-Length twice");
    if (!cb__bytes_number(&value, &state->counted.frame.payload))
        return fail_frame(state, "Content-Length is not a number below 2^64");
    state->has_length = true;
    return CB__MORE;
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct content_length_state *state = decoder->state;
    size_t i = 0;
    int status = CB__MORE;
    while (status == CB__MORE && i < n) {
        status = cb__fields_read(&state->fields, data + i, n - i, used);
        i += *used;
        if (status == CB__FIELD)
            status = add_length(state);
    }
    *used = i;
    if (status == CB_EMALFORMED && !state->counted.frame_is_wrong)
        state->counted.why = state->fields.why;
    if (status == CB_OK && !state->has_length)
        status = fail_frame(state, "header has no Content-Length");
    if (status == CB_OK)
        begin_fields(decoder);
    return status;
}

static void reset(struct cb_decoder *decoder)
{
    cb__counted_reset(decoder, header);
    begin_fields(decoder);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct content_length_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cb__counted_cuts,
    .cut_short = cb__counted_cut_short,
};

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    return cb__give_number(encoder, "Content-Length: ", length, 10, "\r\n\r\n");
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .begin = begin,
};

const struct cb__family cb__content_length_family = {
    .keys = keys,
    .config_size = sizeof(struct content_length_config),
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
