/* SPDX-License-Identifier: MIT */
/* A sink around another one, which counts the sizes of records. */
#ifndef SINK_STATS_H
#define SINK_STATS_H

#include <pthread.h>

#include "../output/sink.h"
#include "stats.h"

/* Passes everything to `inner`, which it owns, and counts in *stats the records that
 * inner took, under *lock.  NULL if out of memory; then the caller still owns
 * inner. */
struct sink *sink_stats_new(struct sink *inner, struct stats *stats, pthread_mutex_t *lock);

#endif
