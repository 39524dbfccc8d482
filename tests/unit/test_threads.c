/* SPDX-License-Identifier: MIT */
/*
 * Records that cross threads: one thread decodes, from an input whose pool is
 * shared, others look at the records and free them.  For every framing (that the
 * streams are of all of them, tests/unit/test_every.c checks), as each brings its
 * payload about in its own way.  Meant for the thread sanitizer too.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "outputs.h"
#include "streams.h"

enum { ROUNDS = 40, WORKERS = 2, SLOTS = 8 };

/* Records on their way to the workers, and what becomes of them. */
struct channel {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void *slots[SLOTS];
    size_t sent, received;
    bool ended;
    size_t bytes, sum; /* of all records received */
};

/* Any order of the records gives the same. */
static size_t sum_of(const struct cb_buffer *record)
{
    struct iovec chunks[64];
    size_t count = cb_chunks(record, chunks, COUNT(chunks)), sum = 0;

    for (size_t i = 0; i < count && i < COUNT(chunks); i++) {
        const uint8_t *bytes = chunks[i].iov_base;

        for (size_t k = 0; k < chunks[i].iov_len; k++)
            sum = sum * 31 + bytes[k];
    }
    return sum;
}

static void channel_init(struct channel *channel)
{
    *channel = (struct channel){.sent = 0};
    pthread_mutex_init(&channel->lock, NULL);
    pthread_cond_init(&channel->changed, NULL);
}

static void channel_fini(struct channel *channel)
{
    pthread_cond_destroy(&channel->changed);
    pthread_mutex_destroy(&channel->lock);
}

static void channel_send(struct channel *channel, void *record)
{
    pthread_mutex_lock(&channel->lock);
    while (record && channel->sent - channel->received == SLOTS)
        pthread_cond_wait(&channel->changed, &channel->lock);
    if (record)
        channel->slots[channel->sent++ % SLOTS] = record;
    else
        channel->ended = true;
    pthread_cond_broadcast(&channel->changed);
    pthread_mutex_unlock(&channel->lock);
}

static void *channel_receive(struct channel *channel)
{
    void *record = NULL;

    pthread_mutex_lock(&channel->lock);
    while (channel->sent == channel->received && !channel->ended)
        pthread_cond_wait(&channel->changed, &channel->lock);
    if (channel->sent > channel->received)
        record = channel->slots[channel->received++ % SLOTS];
    pthread_cond_broadcast(&channel->changed);
    pthread_mutex_unlock(&channel->lock);
    return record;
}

static void *worker(void *arg)
{
    struct channel *channel = arg;
    struct cb_buffer *record;
    size_t bytes = 0, sum = 0;

    while ((record = channel_receive(channel)) != NULL) {
        bytes += cb_length(record);
        sum += sum_of(record);
        cb_buffer_free(record);
    }
    pthread_mutex_lock(&channel->lock);
    channel->bytes += bytes;
    channel->sum += sum;
    pthread_mutex_unlock(&channel->lock);
    return NULL;
}

static struct cb_buffer *buffer_from(struct cb_pool *pool, size_t copy_below)
{
    struct cb_buffer_options options = {
        .size = sizeof options, .pool = pool, .chunk_min = 16, .chunk_max = 64};
    struct cb_buffer *buffer = NULL;

    options.copy_below = copy_below;
    expect(cb_buffer_new(&buffer, &options) == CB_OK, "no buffer");
    return buffer;
}

/* Reads a stream once, and sends its records, or counts them where there is no
 * channel. */
static void read_stream(const struct stream *stream, struct cb_decoder *decoder,
                        struct cb_buffer *input, struct cb_pool *records, struct channel *channel,
                        size_t *bytes, size_t *sum)
{
    size_t at = 0;
    bool finished = false;

    for (;;) {
        struct cb_buffer *record = buffer_from(records, 0);
        int status = cb_decoder_take(decoder, input, record);

        if (status == CB_PIECE && channel) {
            channel_send(channel, record);
            continue;
        }
        if (status == CB_PIECE) {
            *bytes += cb_length(record);
            *sum += sum_of(record);
        }
        cb_buffer_free(record);
        if (status == CB_END)
            break;
        if (status == CB_MORE && at < stream->size) {
            size_t n = stream->size - at < 7 ? stream->size - at : 7;

            expect(cb_append(input, stream->bytes + at, n) == CB_OK, "no input");
            at += n;
        } else if (status == CB_MORE && !finished) {
            cb_decoder_finish(decoder);
            finished = true;
        } else {
            expect(status == CB_PIECE, "%s: %d: %s", stream->specification, status,
                   cb_decoder_error(decoder)->text);
        }
    }
    cb_decoder_reset(decoder);
    cb_skip(input, CB_ALL);
}

static void check_stream(const struct stream *stream, const char *specification, size_t copy_below)
{
    struct cb_pool_options shared = {.size = sizeof shared, .shared = 1};
    struct channel channel;
    struct cb_decoder *decoder = NULL;
    struct cb_pool *pool = NULL;
    pthread_t threads[WORKERS];
    size_t bytes = 0, sum = 0;

    channel_init(&channel);
    expect(cb_pool_new(&pool, &shared) == CB_OK, "no pool");
    expect(cb_decoder_new(&decoder, specification, NULL, NULL) == CB_OK, "no decoder");
    struct cb_buffer *input = buffer_from(pool, copy_below);
    read_stream(stream, decoder, input, pool, NULL, &bytes, &sum);
    for (size_t i = 0; i < WORKERS; i++)
        expect(pthread_create(&threads[i], NULL, worker, &channel) == 0, "no thread");
    for (size_t i = 0; i < ROUNDS; i++)
        read_stream(stream, decoder, input, pool, &channel, NULL, NULL);
    channel_send(&channel, NULL);
    for (size_t i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    expect(channel.bytes == ROUNDS * bytes && channel.sum == ROUNDS * sum,
           "%s: %zu bytes of %zu arrived, or others", specification, channel.bytes, ROUNDS * bytes);
    cb_decoder_free(decoder);
    cb_buffer_free(input);
    expect(pool_stats(pool).live_blocks == 0, "%s: a block is missing", specification);
    cb_pool_unref(pool);
    channel_fini(&channel);
}

START_TEST(records_of_any_framing_cross_threads)
{
    const struct stream *stream = &streams[_i];

    for (size_t copy_below = 0; copy_below <= 8; copy_below += 8)
        check_stream(stream, stream->specification, copy_below);
}
END_TEST

/* ------------------------------------------------------------------- encoders */

/* A thread that encodes what others have read, and sends it on. */
struct encoding {
    struct channel *in, *out;
    const char *specification;
    struct cb_pool *pool;
};

static void *encoding_worker(void *arg)
{
    struct encoding *encoding = arg;
    struct cb_encoder *encoder = NULL;
    struct cb_buffer *record;

    expect(cb_encoder_new(&encoder, encoding->specification, NULL, NULL) == CB_OK, "no encoder");
    while ((record = channel_receive(encoding->in)) != NULL) {
        struct cb_buffer *frame = buffer_from(encoding->pool, 0);

        /* A payload that has to be of some kind may be of another. */
        int status = cb_encode(encoder, record, frame);
        expect(status == CB_OK ||
                   (status == CB_EUNENCODABLE && cb_encoder_traits(encoder) & CB_LOOKS),
               "%s: %s", encoding->specification, cb_encoder_error(encoder)->text);
        cb_buffer_free(record);
        channel_send(encoding->out, frame);
    }
    cb_encoder_free(encoder);
    return NULL;
}

static void read_and_encode(struct cb_pool *pool, struct channel *in)
{
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *input = buffer_from(pool, 0);

    expect(cb_decoder_new(&decoder, "lf", NULL, NULL) == CB_OK, "no decoder");
    for (size_t i = 0; i < ROUNDS; i++) {
        struct cb_buffer *record = buffer_from(pool, 0);

        expect(cb_append(input, BYTES("sixteenletterslf\n")) == CB_OK &&
                   cb_decoder_take(decoder, input, record) == CB_PIECE,
               "no record");
        channel_send(in, record);
    }
    channel_send(in, NULL);
    cb_decoder_free(decoder);
    cb_buffer_free(input);
}

START_TEST(frames_of_any_framing_are_encoded_by_one_thread_and_freed_by_another)
{
    struct cb_pool_options shared = {.size = sizeof shared, .shared = 1};
    struct channel in, out;
    struct encoding encoding = {.in = &in, .out = &out, .specification = outputs[_i]};
    pthread_t encoders[WORKERS], writer;

    channel_init(&in);
    channel_init(&out);
    expect(cb_pool_new(&encoding.pool, &shared) == CB_OK, "no pool");
    for (size_t i = 0; i < WORKERS; i++)
        expect(pthread_create(&encoders[i], NULL, encoding_worker, &encoding) == 0, "no thread");
    expect(pthread_create(&writer, NULL, worker, &out) == 0, "no thread");
    read_and_encode(encoding.pool, &in);
    for (size_t i = 0; i < WORKERS; i++)
        pthread_join(encoders[i], NULL);
    channel_send(&out, NULL);
    pthread_join(writer, NULL);
    ck_assert_uint_eq(out.received, ROUNDS);
    ck_assert_uint_eq(pool_stats(encoding.pool).live_blocks, 0);
    cb_pool_unref(encoding.pool);
    channel_fini(&out);
    channel_fini(&in);
}
END_TEST

/* The reader's own pool is not shared: its records are copied on their way into
 * buffers whose pool is. */
static void *unshared_reader(void *arg)
{
    struct channel *channel = arg;
    struct cb_pool_options options = {.size = sizeof options, .shared = 1};
    struct cb_pool *shared = NULL, *private = NULL;
    struct cb_decoder *decoder = NULL;

    expect(cb_pool_new(&shared, &options) == CB_OK && cb_pool_new(&private, NULL) == CB_OK,
           "no pools");
    expect(cb_decoder_new(&decoder, "lf", NULL, NULL) == CB_OK, "no decoder");
    struct cb_buffer *input = buffer_from(private, 0);
    for (size_t i = 0; i < 1000; i++) {
        struct cb_buffer *record = buffer_from(shared, 0);

        expect(cb_append(input, BYTES("a line that is longer than a block\n")) == CB_OK &&
                   cb_decoder_take(decoder, input, record) == CB_PIECE,
               "no record");
        channel_send(channel, record);
    }
    channel_send(channel, NULL);
    cb_decoder_free(decoder);
    cb_buffer_free(input);
    cb_pool_unref(private);
    cb_pool_unref(shared);
    return NULL;
}

START_TEST(records_of_a_private_pool_cross_in_buffers_of_a_shared_one)
{
    struct channel channel;
    pthread_t reader, threads[WORKERS];

    channel_init(&channel);
    expect(pthread_create(&reader, NULL, unshared_reader, &channel) == 0, "no thread");
    for (size_t i = 0; i < WORKERS; i++)
        expect(pthread_create(&threads[i], NULL, worker, &channel) == 0, "no thread");
    pthread_join(reader, NULL);
    for (size_t i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(channel.bytes, 34000);
    channel_fini(&channel);
}
END_TEST

static void *held_worker(void *arg)
{
    struct channel *channel = arg;
    struct cb_held *held, copy;
    size_t bytes = 0, sum = 0;

    while ((held = channel_receive(channel)) != NULL) {
        cb_held_copy(held, &copy);
        cb_drop(held);
        free(held);
        for (size_t i = 0; i < copy.length; i++)
            sum += copy.data[i];
        bytes += copy.length;
        cb_drop(&copy);
    }
    pthread_mutex_lock(&channel->lock);
    channel->bytes += bytes;
    channel->sum += sum;
    pthread_mutex_unlock(&channel->lock);
    return NULL;
}

static atomic_uint released;

static void count_release(void *arg, const void *data, size_t size)
{
    (void)arg;
    (void)data;
    (void)size;
    atomic_fetch_add(&released, 1);
}

/* Sends the payload of each line, some of them in blocks of the pool's, some in one
 * that has to be released. */
static void send_held(struct channel *channel, struct cb_decoder *decoder, struct cb_buffer *input)
{
    static const char more[] = "of the pool's\n", lent[] = "lent\nand again\n";

    for (size_t i = 0; i < ROUNDS; i++) {
        struct cb_piece piece;

        expect(cb_append(input, BYTES(more)) == CB_OK, "no input");
        expect(cb_append_ref(input, BYTES(lent), count_release, NULL) == CB_OK, "no input");
        while (cb_decoder_next(decoder, input, &piece) == CB_PIECE) {
            struct cb_held *held = malloc(sizeof *held);

            expect(held, "no memory");
            cb_hold(&piece, held);
            channel_send(channel, held);
        }
    }
    channel_send(channel, NULL);
}

START_TEST(held_pieces_of_a_shared_pool_are_dropped_by_other_threads)
{
    struct cb_pool_options shared = {.size = sizeof shared, .shared = 1};
    struct cb_buffer_options options = {
        .size = sizeof options, .chunk_min = 64, .chunk_max = 64, .cutoff = 1};
    struct channel channel;
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *input = NULL;
    struct cb_pool *pool = NULL;
    pthread_t threads[WORKERS];

    atomic_store(&released, 0);
    channel_init(&channel);
    expect(cb_pool_new(&pool, &shared) == CB_OK, "no pool");
    options.pool = pool;
    expect(cb_buffer_new(&input, &options) == CB_OK, "no buffer");
    expect(cb_decoder_new(&decoder, "lf", NULL, NULL) == CB_OK, "no decoder");
    for (size_t i = 0; i < WORKERS; i++)
        expect(pthread_create(&threads[i], NULL, held_worker, &channel) == 0, "no thread");
    send_held(&channel, decoder, input);
    cb_decoder_free(decoder);
    cb_buffer_free(input);
    for (size_t i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(channel.bytes, ROUNDS * (13 + 4 + 9));
    ck_assert_uint_eq(atomic_load(&released), ROUNDS);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    cb_pool_unref(pool);
    channel_fini(&channel);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads");
    TCase *tcase = add_case(suite, "threads");

    tcase_add_loop_test(tcase, records_of_any_framing_cross_threads, 0, (int)COUNT(streams));
    tcase_add_loop_test(tcase, frames_of_any_framing_are_encoded_by_one_thread_and_freed_by_another,
                        0, (int)COUNT(outputs));
    tcase_add_test(tcase, records_of_a_private_pool_cross_in_buffers_of_a_shared_one);
    tcase_add_test(tcase, held_pieces_of_a_shared_pool_are_dropped_by_other_threads);
    return run_suite(suite);
}
