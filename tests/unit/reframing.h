/* SPDX-License-Identifier: MIT */
/* A decoder and an encoder for cb_reframe, and what comes of a stream. */
#ifndef CB_TESTS_REFRAMING_H
#define CB_TESTS_REFRAMING_H

#include "expect.h"
#include "outputs.h"
#include "reading.h"
#include "streams.h"

struct pair {
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *in, *out;
};

static inline void make_pair(struct pair *pair, const char *from, const char *to, bool refuses,
                             bool whole, size_t limit)
{
    struct cb_decoder_options decoding = {.size = sizeof decoding, .whole = whole};
    const struct cb_encoder_options encoding = {.size = sizeof encoding,
                                                .refuse_collisions = refuses};
    const struct cb_buffer_options output = {
        .size = sizeof output, .chunk_min = 64, .chunk_max = 4096, .limit = limit};
    struct cb_error error = {.code = CB_OK};

    expect(cb_encoder_new(&pair->encoder, to, &encoding, &error) == CB_OK, "%s: %s", to,
           error.text);
    /* (cb_reframe asks for them itself.) */
    if (whole && cb_encoder_traits(pair->encoder) & CB_NEEDS_TRAILER)
        decoding.trailers = 1;
    expect(cb_decoder_new(&pair->decoder, from, &decoding, &error) == CB_OK, "%s: %s", from,
           error.text);
    pair->in = new_buffer(NULL, 4096);
    ck_assert_int_eq(cb_buffer_new(&pair->out, &output), CB_OK);
}

static inline void free_pair(struct pair *pair)
{
    cb_decoder_free(pair->decoder);
    cb_encoder_free(pair->encoder);
    cb_buffer_free(pair->in);
    cb_buffer_free(pair->out);
}

#endif
