/* SPDX-License-Identifier: MIT */
/*
 * Specifications: any text makes a decoder and an encoder, or is refused with a
 * place in it.  What was accepted is put to use.
 */
#include "fuzz.h"

static void check_refusal(int status, const struct cb_error *error, size_t length)
{
    REQUIRE(status == CB_EINVAL || status == CB_ENOMEM);
    REQUIRE(error->code == status);
    REQUIRE(error->record == 0);
    REQUIRE(error->offset <= length);
    REQUIRE(error->text[0] && memchr(error->text, 0, sizeof error->text));
}

static void use_decoder(struct cb_decoder *decoder)
{
    struct cb_buffer *buffer = NULL;
    struct cb_piece piece;
    int status, calls = 0;
    REQUIRE(cb_buffer_new(&buffer, NULL) == CB_OK);
    REQUIRE(cb_append(buffer, "1\n2\r\n3;", 7) == CB_OK);
    cb_decoder_finish(decoder);
    while ((status = cb_decoder_next(decoder, buffer, &piece)) == CB_PIECE)
        REQUIRE(calls++ < 100);
    REQUIRE(status < 0);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}

static void use_encoder(struct cb_encoder *encoder)
{
    const struct cb_piece piece = {
        .data = (const uint8_t *)"a\nb", .length = 3, .total = 3, .flags = CB_FIRST | CB_LAST};
    struct cb_buffer *out = NULL;
    size_t taken;
    int status = CB_YES;
    REQUIRE(cb_buffer_new(&out, NULL) == CB_OK);
    /* Padding may be as long as the specification says: not all of it. */
    for (int calls = 0; calls < 3 && status == CB_YES; calls++) {
        status = cb_encode_pieces(encoder, &piece, 1, out, &taken);
        cb_skip(out, CB_ALL);
    }
    REQUIRE(status == CB_OK || status == CB_YES || status == CB_EUNENCODABLE);
    if (status != CB_YES)
        REQUIRE(cb_encode_end(encoder, out) == CB_OK);
    cb_encoder_free(encoder);
    cb_buffer_free(out);
}

/* What the rows of the table can do that have the name of a specification. */
static unsigned can(const char *specification)
{
    const size_t n = strcspn(specification, ":,");
    unsigned all = 0;
    for (const struct cb_framing *f = cb_framing_next(NULL); f; f = cb_framing_next(f)) {
        if (strlen(cb_framing_name(f)) == n && !strncmp(cb_framing_name(f), specification, n))
            all |= cb_framing_can(f);
    }
    REQUIRE(!all == !cb_framing_find(specification));
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_decoder *decoder = NULL;
    struct cb_encoder *encoder = NULL;
    struct cb_error error;
    char *text = malloc(size + 1);
    REQUIRE(text);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    const size_t length = strlen(text);

    int status = cb_decoder_new(&decoder, text, NULL, &error);
    if (status == CB_OK) {
        REQUIRE(can(text) & CB_DECODES);
        use_decoder(decoder);
    } else {
        check_refusal(status, &error, length);
    }
    status = cb_encoder_new(&encoder, text, NULL, &error);
    if (status == CB_OK) {
        REQUIRE(can(text) & CB_ENCODES);
        use_encoder(encoder);
    } else {
        check_refusal(status, &error, length);
    }
    free(text);
    return 0;
}
