/* SPDX-License-Identifier: MIT */
/*
 * TFRecord, the records of TensorFlow (tensorflow/core/lib/io/record_writer.h):
 *
 *     uint64 length
 *     uint32 masked CRC-32C of the length's 8 bytes
 *     byte   data[length]
 *     uint32 masked CRC-32C of the data
 *
 * all little-endian.  Checksums are masked because the checksum of data that
 * contains checksums is weak (tensorflow/core/lib/hash/crc32c.h).
 */
#include "core/byte_order.h"
#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/counted.h"
#include "kernels/crc32c.h"

enum { LENGTH = 8, CHECKSUM = 4, HEADER = LENGTH + CHECKSUM };

struct tfrecord_state {
    struct cb__counted counted;
    uint8_t bytes[HEADER];
    size_t have;               /* bytes of the header seen */
    uint32_t crc;              /* of the payload so far */
    uint8_t trailer[CHECKSUM]; /* the expected trailer */
};

static uint32_t mask(uint32_t crc)
{
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

/* Is this the stored checksum? */
static bool right(uint32_t crc, const uint8_t *checksum)
{
    return cb__load_little(checksum, CHECKSUM) == mask(crc);
}

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct tfrecord_state *state = decoder->state;
    if (cb__counted_collect(decoder, state->bytes, HEADER, &state->have, data, n, used) != CB_OK)
        return CB__MORE;
    state->have = 0;
    state->counted.frame.payload = cb__load_little(state->bytes, LENGTH);
    if (right(cb__crc32c(0, state->bytes, LENGTH), state->bytes + LENGTH))
        return CB_OK;
    state->counted.frame_is_wrong = true;
    state->counted.why = "checksum of the length is wrong";
    return CB_EMALFORMED;
}

static const struct cb__checksum checksum = {.add = cb__crc32c, .replace = cb__crc32c_replace};

static void expect(struct cb_decoder *decoder, uint32_t crc)
{
    struct tfrecord_state *state = decoder->state;
    cb__store_uint(state->trailer, CHECKSUM, true, mask(crc));
}

static int look(struct cb_decoder *decoder, uint64_t at, const uint8_t *data, size_t n)
{
    struct tfrecord_state *state = decoder->state;
    state->crc = cb__crc32c(at ? state->crc : 0, data, n);
    expect(decoder, state->crc);
    return CB_OK;
}

static void reset(struct cb_decoder *decoder)
{
    struct tfrecord_state *state = decoder->state;
    cb__counted_reset(decoder, header);
    state->counted.look = look;
    state->counted.expect = expect;
    state->counted.frame.trailer = (struct cb__bytes){.data = state->trailer, .length = CHECKSUM};
    state->counted.trailer_error = "checksum of the payload is wrong";
}

/* After damage: the checksums. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    (void)decoder;
    how->frames = 1;
    how->checksum = &checksum;
    return true;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct tfrecord_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cb__counted_cuts,
    .cut_short = cb__counted_cut_short,
    .recovery = recovery,
};

struct tfrecord_encoder {
    uint32_t crc; /* of the payload so far */
};

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    uint8_t *to = encoder->scratch;
    cb__store_uint(to, LENGTH, true, length);
    cb__store_uint(to + LENGTH, CHECKSUM, true, mask(cb__crc32c(0, to, LENGTH)));
    return cb__encoder_give(encoder, to, HEADER);
}

static int look_at_piece(struct cb_encoder *encoder, const struct cb_piece *piece)
{
    struct tfrecord_encoder *state = encoder->state;
    uint32_t crc = piece->flags & CB_FIRST ? 0 : state->crc;
    state->crc = cb__crc32c(crc, piece->data, piece->length);
    return CB_OK;
}

static int end(struct cb_encoder *encoder)
{
    struct tfrecord_encoder *state = encoder->state;
    cb__store_uint(encoder->scratch, CHECKSUM, true, mask(state->crc));
    state->crc = 0;
    return cb__encoder_give(encoder, encoder->scratch, CHECKSUM);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH | CB_LOOKS,
    .state_size = sizeof(struct tfrecord_encoder),
    .begin = begin,
    .end = end,
    .look = look_at_piece,
};

const struct cb__family cb__tfrecord_family = {
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
