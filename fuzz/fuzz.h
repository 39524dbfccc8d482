/* SPDX-License-Identifier: MIT */
/*
 * What the fuzzers share: choices made by the input, and streams brought in cuts.
 *
 * An input is text as far as it can be: most begin with a specification, ended by a line
 * feed.  A choice takes one byte, or 0 when there are no more.
 */
#ifndef CB_FUZZ_H
#define CB_FUZZ_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chunkedbuffer.h"

/* Says what does not hold, for those who read the report. */
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Runs once for each input; 0, or -1 for one that is not worth keeping. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ------------------------------------------------------------------ choices */

struct input {
    const uint8_t *data;
    size_t size;
};

static inline unsigned input_byte(struct input *input)
{
    if (!input->size)
        return 0;
    input->size--;
    return *input->data++;
}

/* From 0 to bound - 1; bound is 1 or more. */
static inline unsigned input_below(struct input *input, unsigned bound)
{
    unsigned value = input_byte(input);
    if (bound > 256)
        value = value << 8 | input_byte(input);
    return value % bound;
}

/* At most n bytes. */
static inline struct input input_take(struct input *input, size_t n)
{
    const struct input taken = {input->data, n < input->size ? n : input->size};
    input->data += taken.size;
    input->size -= taken.size;
    return taken;
}

/* A line, without the line feed that ends it: false if it is too long, or has a NUL. */
static inline bool input_line(struct input *input, char *line, size_t room)
{
    const uint8_t *end = input->size ? memchr(input->data, '\n', input->size) : NULL;
    const struct input text = input_take(input, end ? (size_t)(end - input->data) : input->size);
    input_take(input, 1);
    if (text.size >= room || (text.size && memchr(text.data, 0, text.size)))
        return false;
    memcpy(line, text.size ? (const char *)text.data : "", text.size);
    line[text.size] = '\0';
    return true;
}

/* --------------------------------------------------------------------- cuts */

/* Sizes that come one after another, over and over; none: no limit. */
struct cuts {
    struct input sizes;
    size_t next;
};

static inline struct cuts cuts_read(struct input *input)
{
    return (struct cuts){.sizes = input_take(input, input_byte(input) % 8)};
}

static inline size_t cuts_next(struct cuts *cuts)
{
    if (!cuts->sizes.size)
        return SIZE_MAX;
    return 1 + cuts->sizes.data[cuts->next++ % cuts->sizes.size] % 64U;
}

/* ------------------------------------------------------------------- stream */

/* Bytes on their way into a buffer. */
struct stream {
    const uint8_t *data;
    size_t size, arrived;
    struct cuts cuts;
    struct cb_buffer *buffer;
};

/* Takes by reference whatever is appended. */
static inline struct cb_buffer *buffer_of_references(void)
{
    const struct cb_buffer_options options = {.size = sizeof options, .cutoff = 1};
    struct cb_buffer *buffer = NULL;
    REQUIRE(cb_buffer_new(&buffer, &options) == CB_OK);
    return buffer;
}

static inline void stream_release(void *arg, const void *data, size_t size)
{
    (void)data;
    (void)size;
    free(arg);
}

/* Brings the next bytes, in a block of their own, so that reading beyond it is found;
 * false if there are none. */
static inline bool stream_bring(struct stream *stream)
{
    const size_t left = stream->size - stream->arrived, most = cuts_next(&stream->cuts);
    const size_t n = most < left ? most : left;
    if (!n)
        return false;
    uint8_t *copy = malloc(n);
    REQUIRE(copy);
    memcpy(copy, stream->data + stream->arrived, n);
    REQUIRE(cb_append_ref(stream->buffer, copy, n, stream_release, copy) == CB_OK);
    stream->arrived += n;
    return true;
}

/* ------------------------------------------------------------------- digest */

/* FNV-1a. */
enum { DIGEST_END = 0x100 }; /* after a record */

static inline uint64_t digest_value(uint64_t digest, uint64_t value)
{
    return (digest ^ value) * UINT64_C(0x100000001b3);
}

static inline uint64_t digest_bytes(uint64_t digest, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        digest = digest_value(digest, data[i]);
    return digest;
}

/* Takes all out of a buffer. */
static inline uint64_t digest_buffer(uint64_t digest, struct cb_buffer *buffer)
{
    while (cb_length(buffer)) {
        struct iovec chunk;
        cb_chunks(buffer, &chunk, 1);
        digest = digest_bytes(digest, chunk.iov_base, chunk.iov_len);
        cb_skip(buffer, chunk.iov_len);
    }
    return digest;
}

/* The decoder's options, from two bytes. */
static inline struct cb_decoder_options input_options(struct input *input)
{
    const unsigned limits = input_byte(input), more = input_byte(input);
    return (struct cb_decoder_options){
        .size = sizeof(struct cb_decoder_options),
        .on_partial = (enum cb_partial)(limits & 3),
        .on_overflow = (enum cb_overflow)((limits >> 2 & 3) % 3),
        /* The default depends on `whole`. */
        .max_record = limits >> 4 ? limits >> 4 : UINT64_C(1) << 40,
        .on_malformed = (enum cb_malformed)(more & 1),
        .trailers = more >> 1 & 1,
    };
}

#endif
