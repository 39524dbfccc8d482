/* SPDX-License-Identifier: MIT */
#include "noise.h"

#include <chunkedbuffer.h>
#include "bits.h"

/* Strings that are tried at first; if a fourth is accepted, there are no rules. */
enum { FEW = 64, MANY = 1 << NOISE_BITS };

/* A generator of random numbers (Marsaglia's xorshift64), always with the same seed. */
struct random {
    uint64_t state;
};

static size_t below(struct random *random, size_t n)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return (size_t)((random->state >> 11) % n);
}

/* What is decoded again and again. */
struct noise {
    struct cb_decoder *decoder;
    struct cb_buffer *buffer;
    const struct sample *sample;
    size_t n;
    uint64_t most; /* records, which must end where the noise does; 0: any */
    struct random random;
};

/* Does the decoder accept n random ones of the sample's bytes? */
static int accepts(struct noise *noise)
{
    uint8_t bytes[NOISE_MOST];
    uint64_t count, all = 0;
    int status;
    for (size_t i = 0; i < noise->n; i++)
        bytes[i] = noise->sample->data[below(&noise->random, noise->sample->size)];
    cb_decoder_reset(noise->decoder);
    cb_skip(noise->buffer, CB_ALL);
    if (cb_append(noise->buffer, bytes, noise->n))
        return CB_ENOMEM;
    if (noise->most)
        cb_decoder_finish(noise->decoder);
    do {
        status = cb_decoder_skip(noise->decoder, noise->buffer, UINT64_MAX, &count);
        all += status == CB_PIECE ? count : 0;
    } while (status == CB_PIECE);
    if (noise->most)
        return status == CB_END && all <= noise->most ? CB_YES : CB_NO;
    return status == CB_ENOMEM ? CB_ENOMEM : status == CB_MORE || status == CB_END;
}

static double measure(struct noise *noise)
{
    int accepted = 0, tried = 0;
    while (tried < MANY && (tried < FEW || 4 * accepted < tried)) {
        const int status = accepts(noise);
        if (status < 0)
            return -1;
        accepted += status;
        tried++;
    }
    return 4 * accepted < tried ? bits_log2((double)(tried + 1) / (accepted + 1)) : 0;
}

double noise_evidence(const struct guess *guess, const struct sample *sample, size_t n,
                      uint64_t most)
{
    const struct cb_decoder_options options = {.size = sizeof options,
                                               .on_partial = CB_PARTIAL_FAIL};
    struct noise noise = {.sample = sample, .most = most, .random = {.state = 0x9e3779b97f4a7c15}};
    double bits = -1;
    noise.n = n < NOISE_MOST ? n : NOISE_MOST;
    if (!cb_decoder_new(&noise.decoder, guess->decode, &options, NULL) &&
        !cb_buffer_new(&noise.buffer, NULL))
        bits = measure(&noise);
    cb_decoder_free(noise.decoder);
    cb_buffer_free(noise.buffer);
    return bits;
}
