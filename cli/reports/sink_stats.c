/* SPDX-License-Identifier: MIT */
#include "sink_stats.h"

#include <stdlib.h>

#include "../common/diagnostics.h"

struct sink_stats {
    struct sink sink;
    struct sink_ops ops; /* those that the inner sink has */
    struct sink *inner;
    struct stats *stats;
    pthread_mutex_t *lock;
};

/* Takes over the error of the inner sink. */
static enum exit_status same(struct sink_stats *outer, enum exit_status status)
{
    if (status) {
        outer->sink.name = outer->inner->name;
        outer->sink.error = outer->inner->error;
    }
    return status;
}

/* The last piece of a record always has its length. */
static uint64_t count_records(struct stats *stats, const struct cb_piece *pieces, size_t count)
{
    uint64_t before = stats->records;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].flags & CB_LAST)
            stats_add(stats, pieces[i].total);
    }
    return stats->records - before;
}

static uint64_t count_under_lock(const struct sink_stats *outer, const struct cb_piece *pieces,
                                 size_t count)
{
    pthread_mutex_lock(outer->lock);
    uint64_t records = count_records(outer->stats, pieces, count);
    pthread_mutex_unlock(outer->lock);
    return records;
}

static enum exit_status put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_stats *outer = (struct sink_stats *)sink;
    struct sink *inner = outer->inner;
    inner->before = sink->before;
    enum exit_status status = inner->ops->put(inner, pieces, count);
    while (status && count && pieces[count - 1].record >= inner->failed)
        count--;
    count_under_lock(outer, pieces, count);
    return same(outer, status);
}

static enum exit_status put_to_tally(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_stats *outer = (struct sink_stats *)sink;
    outer->inner->ops->tally(outer->inner, count_under_lock(outer, pieces, count));
    return EXIT_FINE;
}

static size_t move(struct sink *sink, int fd, uint64_t n)
{
    struct sink *inner = ((struct sink_stats *)sink)->inner;
    return inner->ops->move(inner, fd, n);
}

static void input(struct sink *sink, const struct sink_input *input)
{
    struct sink *inner = ((struct sink_stats *)sink)->inner;
    inner->ops->input(inner, input);
}

static enum exit_status flush(struct sink *sink)
{
    struct sink_stats *outer = (struct sink_stats *)sink;
    return same(outer, outer->inner->ops->flush(outer->inner));
}

static enum exit_status wait_for_input(struct sink *sink, int fd,
                                       const struct deadline *deadline)
{
    struct sink_stats *outer = (struct sink_stats *)sink;
    return same(outer, outer->inner->ops->wait(outer->inner, fd, deadline));
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    struct sink_stats *outer = (struct sink_stats *)sink;
    return same(outer, outer->inner->ops->finish(outer->inner, whole));
}

static void free_sink(struct sink *sink)
{
    struct sink *inner = ((struct sink_stats *)sink)->inner;
    inner->ops->free(inner);
    free(sink);
}

struct sink *sink_stats_new(struct sink *inner, struct stats *stats, pthread_mutex_t *lock)
{
    struct sink_stats *outer = calloc(1, sizeof *outer);
    if (!outer)
        return NULL;
    outer->inner = inner;
    outer->stats = stats;
    outer->lock = lock;
    outer->sink.name = inner->name;
    outer->sink.ops = &outer->ops;
    outer->ops = (struct sink_ops){
        .put = inner->ops->tally ? put_to_tally : put,
        .move = inner->ops->move ? move : NULL,
        .input = inner->ops->input ? input : NULL,
        .flush = flush,
        .wait = inner->ops->wait ? wait_for_input : NULL,
        .finish = finish,
        .free = free_sink,
        .ignores_payload = inner->ops->ignores_payload,
    };
    return &outer->sink;
}
