/* SPDX-License-Identifier: MIT */
/*
 * What the test programs share: an allocator that counts, repeatable random
 * numbers, bytes before an unreadable page, buffers cut as a test wants them,
 * and feeders that bring an input in every way it can be cut.
 *
 * A helper that cannot do its part fails the test that called it.
 */
#ifndef CB_TESTS_SUPPORT_H
#define CB_TESTS_SUPPORT_H

#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chunkedbuffer.h"
#include "expect.h"

/* The bytes of a string literal and their number, NULs inside included. */
#define BYTES(literal) (literal), (sizeof literal - 1)

/* The number of elements of an array. */
#define COUNT(array) (sizeof array / sizeof((array)[0]))

/* --------------------------------------------------------------- allocator */

/*
 * Give &counting.hooks to the library.  Every block is filled with garbage
 * when it is given and when it comes back, and its size is checked.
 * Requests of more than 1 GiB are refused.
 */
struct counting {
    struct cb_allocator hooks;
    pthread_mutex_t lock;
    uint64_t calls;   /* of alloc, those that failed included */
    uint64_t fail_at; /* number of the call to fail, from 1; 0: none */
    bool fail_after;  /* the calls after it fail too */
    bool failed;      /* at least one was made to fail */
    size_t blocks;    /* outstanding */
    size_t bytes;     /* in them */
};

void counting_init(struct counting *counting);
/* Fails the test if a block is still out. */
void counting_fini(struct counting *counting);
/* Makes the n-th call from now on fail (1: the next; 0: none). */
void counting_fail(struct counting *counting, uint64_t n, bool and_all_after);

/* ------------------------------------------------------------------ random */

/* Vigna's splitmix64: the same seed gives the same numbers everywhere. */
struct prng {
    uint64_t state;
};

uint64_t prng_next(struct prng *prng);
/* A number from 0 to bound - 1; bound is 1 or more. */
size_t prng_below(struct prng *prng, size_t bound);
/* Fills n bytes at random. */
void prng_bytes(struct prng *prng, uint8_t *data, size_t n);
/* Fills `size` bytes with characters of `alphabet`, a string of `letters`. */
void prng_fill(struct prng *prng, void *data, size_t size, const char *alphabet, size_t letters);

/* ------------------------------------------------------------------- guard */

/* Read-only bytes that end directly before an unreadable page. */
struct guard {
    const uint8_t *data;
    size_t size;
    void *map;
    size_t map_size;
};

void guard_init(struct guard *guard, const void *data, size_t size);
void guard_fini(struct guard *guard);

/* ----------------------------------------------------------------- buffers */

struct cb_pool *new_pool(const struct cb_allocator *allocator);
struct cb_pool_stats pool_stats(const struct cb_pool *pool);
struct cb_buffer_stats buffer_stats(const struct cb_buffer *buffer);

/* A buffer of chunks of one size to read into, that takes everything of one
 * byte and more by reference. */
struct cb_buffer *new_buffer(struct cb_pool *pool, size_t chunk_size);

/* Appends a copy in a block of its own, exactly as long as the data.  The
 * buffer must have a cutoff of 1. */
void append_block(struct cb_buffer *buffer, const void *data, size_t size);
/* Appends blocks of the given sizes, over and over, until all is in. */
void append_cut(struct cb_buffer *buffer, const void *data, size_t size, const size_t *sizes,
                size_t count);
/* Appends by cb_get_chunk and cb_chunk_written, at most `step` bytes a time. */
void append_offered(struct cb_buffer *buffer, const void *data, size_t size, size_t step);
/* A buffer with blocks of one size that holds the data. */
struct cb_buffer *buffer_of(struct cb_pool *pool, const void *data, size_t size, size_t block);

/* What the buffer holds, by cb_chunks, checked against cb_copyout; free it. */
uint8_t *flatten(const struct cb_buffer *buffer, size_t *size);

/* Fails the test if the buffer does not hold exactly these bytes: a pointer and
 * a number, or BYTES("..."). */
#define assert_holds(buffer, ...)                                                                  \
    assert_holds_at(__FILE__, __LINE__, #buffer, (buffer), __VA_ARGS__)
void assert_holds_at(const char *file, int line, const char *name, const struct cb_buffer *buffer,
                     const void *data, size_t size);

/* ---------------------------------------------------------------- decoding */

/* cb_decoder_batch with the number of pieces in *count: CB_PIECE where there are
 * some. */
int decode_batch(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_piece *pieces,
                 size_t max, size_t *count);

/* ----------------------------------------------------------------- feeding */

/* An input that arrives in parts: the first `cut` bytes, then `step` each. */
struct feed {
    const uint8_t *data;
    size_t size;
    size_t cut;
    size_t step;
    size_t at; /* bytes that have arrived */
};

/* Appends the next part as a block of its own; false where there is none. */
bool feed_next(struct feed *feed, struct cb_buffer *buffer);

typedef void (*feed_fn)(struct feed *feed, void *arg);
/* Calls fn with the input at once, a byte at a time, and cut in two at every
 * place. */
void feed_every_way(const void *data, size_t size, feed_fn fn, void *arg);

/* ------------------------------------------------------------------ running */

/* How often to go through a loop whose turns are alike: `few` times, or `all` where THOROUGH is
 * in the environment. */
size_t rounds(size_t few, size_t all);
/* A test case of the suite that may take a minute. */
TCase *add_case(Suite *suite, const char *name);
/* Runs the suite; returns what main() should. */
int run_suite(Suite *suite);

#endif
