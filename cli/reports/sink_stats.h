/* SPDX-License-Identifier: MIT */
/* A sink around another one: looks at the sizes of the records that pass. */
#ifndef SINK_STATS_H
#define SINK_STATS_H

#include <pthread.h>

#include "../output/sink.h"
#include "stats.h"

/* Gives everything to `inner`, which becomes its own, and counts in *stats the
 * records that inner took, under *lock.  NULL if out of memory, and inner is the
 * caller's. */
struct sink *sink_stats_new(struct sink *inner, struct stats *stats, pthread_mutex_t *lock);

#endif
