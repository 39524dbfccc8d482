/* SPDX-License-Identifier: MIT */
/*
 * Work on records by several threads, the results in the order of the input:
 *
 *     pipeline [FRAMING]        (default: line)
 *
 * writes each record of standard input after its hash (64-bit FNV-1a), as a line.
 * A thread reads and decodes, WORKERS of them hash, and the main one writes.
 *
 * Records are taken from the input without a copy.  Their bytes stay in the blocks
 * that were read into, which cross threads: so the pool is a shared one.  Batches go
 * round in a ring of fixed size, so that nobody gets far ahead of the others; one that
 * is not full goes on as soon as the reader would have to wait for more.
 *
 *     cc pipeline.c $(pkg-config --cflags --libs libchunkedbuffer) -pthread
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <chunkedbuffer.h>

enum { WORKERS = 4, BATCHES = 16, RECORDS = 64 };

/* Belongs to one thread at a time: the reader, a worker, the writer. */
struct batch {
    size_t count;
    int status; /* of the work on it */
    bool done;
    struct cb_buffer *records[RECORDS];
};

struct pipeline {
    pthread_mutex_t lock; /* for the ring: its three counts, `over`, and each `done` */
    pthread_cond_t changed;
    struct batch ring[BATCHES];
    size_t read, claimed, written; /* batches that each stage is past */
    bool over;                     /* no more will be read */
    int status;                    /* why: CB_END or an error, with its errno */
    int error_number;
    struct cb_decoder *decoder; /* the reader's, until it is over */
    struct cb_buffer *in;
    struct cb_encoder *encoder; /* the writer's */
    struct cb_buffer *out;
};

/* ---------------------------------------------------------------- the reader */

/* Waits for a place in the ring. */
static struct batch *next_empty(struct pipeline *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->read - p->written == BATCHES)
        pthread_cond_wait(&p->changed, &p->lock);
    struct batch *batch = &p->ring[p->read % BATCHES];
    pthread_mutex_unlock(&p->lock);
    batch->count = 0;
    batch->status = CB_OK;
    batch->done = false;
    return batch;
}

/* Takes the records that are at hand, as many as the batch has room for; reads only
 * for the first one.  CB_OK, CB_END, or an error. */
static int fill(struct pipeline *p, struct batch *batch)
{
    while (batch->count < RECORDS) {
        int status = cb_decoder_take(p->decoder, p->in, batch->records[batch->count]);
        if (status == CB_PIECE) {
            batch->count++;
            continue;
        }
        if (status < 0)
            return status;
        if (batch->count)
            break;
        ssize_t n = cb_readinto(p->in, STDIN_FILENO, CB_ALL);
        if (n < 0)
            return (int)n;
        if (n == 0)
            cb_decoder_finish(p->decoder);
    }
    return CB_OK;
}

static void *reader(void *arg)
{
    struct pipeline *p = arg;
    int status = CB_OK;
    while (status == CB_OK) {
        struct batch *batch = next_empty(p);
        status = fill(p, batch);
        const int saved = errno;
        pthread_mutex_lock(&p->lock);
        p->read += batch->count != 0;
        p->over = status != CB_OK;
        p->status = status;
        p->error_number = saved;
        pthread_cond_broadcast(&p->changed);
        pthread_mutex_unlock(&p->lock);
    }
    return NULL;
}

/* --------------------------------------------------------------- the workers */

/* Puts its hash before a record.  FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
static int hash(struct cb_buffer *record)
{
    uint64_t value = 0xcbf29ce484222325;
    const void *data;
    char text[32];
    int status = cb_data(record, cb_length(record), &data);
    if (status < 0)
        return status;
    const uint8_t *bytes = data;
    for (size_t i = 0; i < cb_length(record); i++)
        value = (value ^ bytes[i]) * 0x100000001b3;
    int n = snprintf(text, sizeof text, "%016" PRIx64 " ", value);
    return cb_prepend(record, text, (size_t)n);
}

static void *worker(void *arg)
{
    struct pipeline *p = arg;
    pthread_mutex_lock(&p->lock);
    while (!p->over || p->claimed < p->read) {
        if (p->claimed == p->read) {
            pthread_cond_wait(&p->changed, &p->lock);
            continue;
        }
        struct batch *batch = &p->ring[p->claimed++ % BATCHES];
        pthread_mutex_unlock(&p->lock);
        for (size_t i = 0; i < batch->count && batch->status == CB_OK; i++)
            batch->status = hash(batch->records[i]);
        pthread_mutex_lock(&p->lock);
        batch->done = true;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---------------------------------------------------------------- the writer */

/* Ends the process where a result is an error: other threads may be in a read that
 * never returns. */
static void must(const char *what, ssize_t result)
{
    if (result >= 0)
        return;
    fprintf(stderr, "pipeline: %s: %s\n", what,
            result == CB_EIO ? strerror(errno) : cb_strerror((int)result));
    _exit(1);
}

/* The next batch in the order of the input; NULL after the last. */
static struct batch *next_done(struct pipeline *p)
{
    struct batch *batch = &p->ring[p->written % BATCHES];
    pthread_mutex_lock(&p->lock);
    while (p->written == p->read ? !p->over : !batch->done)
        pthread_cond_wait(&p->changed, &p->lock);
    const bool last = p->written == p->read;
    pthread_mutex_unlock(&p->lock);
    return last ? NULL : batch;
}

static void write_all(struct pipeline *p)
{
    struct batch *batch;
    while ((batch = next_done(p))) {
        must("work", batch->status);
        for (size_t i = 0; i < batch->count; i++) {
            must("record", cb_encode(p->encoder, batch->records[i], p->out));
            cb_skip(batch->records[i], CB_ALL);
        }
        must("standard output", cb_writev(p->out, STDOUT_FILENO, CB_ALL));
        pthread_mutex_lock(&p->lock);
        p->written++;
        pthread_cond_broadcast(&p->changed);
        pthread_mutex_unlock(&p->lock);
    }
}

/* All is written that came before the end: was that the right one? */
static int report(const struct pipeline *p)
{
    const struct cb_error *error = cb_decoder_error(p->decoder);
    if (p->status == CB_END)
        return 0;
    if (error->code == p->status)
        fprintf(stderr, "pipeline: record %" PRIu64 " at byte %" PRIu64 ": %s\n", error->record,
                error->offset, error->text);
    else
        fprintf(stderr, "pipeline: standard input: %s\n",
                p->status == CB_EIO ? strerror(p->error_number) : cb_strerror(p->status));
    return 1;
}

/* ----------------------------------------------------------- all of them */

static void start(pthread_t *thread, void *(*stage)(void *), struct pipeline *p)
{
    errno = pthread_create(thread, NULL, stage, p);
    must("thread", errno ? CB_EIO : CB_OK);
}

static void open_buffers(struct pipeline *p)
{
    const struct cb_pool_options shared = {.size = sizeof shared, .shared = 1};
    struct cb_buffer_options options = {.size = sizeof options};
    must("pool", cb_pool_new(&options.pool, &shared));
    must("buffer", cb_buffer_new(&p->in, &options));
    must("buffer", cb_buffer_new(&p->out, &options));
    for (size_t i = 0; i < BATCHES * RECORDS; i++)
        must("buffer", cb_buffer_new(&p->ring[i / RECORDS].records[i % RECORDS], &options));
    cb_pool_unref(options.pool); /* the buffers have it now */
}

static void close_pipeline(struct pipeline *p)
{
    for (size_t i = 0; i < BATCHES * RECORDS; i++)
        cb_buffer_free(p->ring[i / RECORDS].records[i % RECORDS]);
    cb_buffer_free(p->out);
    cb_buffer_free(p->in);
    cb_encoder_free(p->encoder);
    cb_decoder_free(p->decoder);
}

int main(int argc, char **argv)
{
    static struct pipeline p = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                .changed = PTHREAD_COND_INITIALIZER};
    pthread_t threads[1 + WORKERS];
    struct cb_error error;
    const char *framing = argc > 1 ? argv[1] : "line";
    if (cb_decoder_new(&p.decoder, framing, NULL, &error) != CB_OK) {
        fprintf(stderr, "pipeline: %s: %s\n", framing, error.text);
        return 2;
    }
    must("encoder", cb_encoder_new(&p.encoder, "line", NULL, NULL));
    open_buffers(&p);
    for (int i = 0; i <= WORKERS; i++)
        start(&threads[i], i ? worker : reader, &p);
    write_all(&p);
    for (int i = 0; i <= WORKERS; i++)
        pthread_join(threads[i], NULL);
    int status = report(&p);
    close_pipeline(&p);
    return status;
}
