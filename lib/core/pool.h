/* SPDX-License-Identifier: MIT */
/*
 * Pool: idle blocks by size class.
 * Layer: base -> memory -> pool.
 *
 * Every block belongs to a pool: a buffer created without one has its own, which
 * keeps no idle blocks.  Each block in use holds a reference to its pool, so the
 * pool is freed with the last of them.
 *
 * An epoch makes `reset` cheap: a released block with the number of an earlier
 * epoch is freed instead of kept.
 */
#ifndef CB_POOL_H
#define CB_POOL_H

#include "core/memory.h"

/* A pool that keeps no idle blocks; NULL if out of memory. */
struct cb_pool *cb__pool_new_empty(const struct cb_allocator *allocator);

const struct cb_allocator *cb__pool_allocator(const struct cb_pool *pool);

/* May its blocks cross threads? */
bool cb__pool_is_shared(const struct cb_pool *pool);

/* A block with one reference, nothing used, and exactly `capacity` bytes to fill; NULL
 * if out of memory.  O(1). */
struct cb_memory *cb__pool_get(struct cb_pool *pool, size_t capacity);

/* A header around somebody else's bytes; `release` may be NULL. */
struct cb_memory *cb__pool_wrap(struct cb_pool *pool, const void *data, size_t size,
                                cb_release_fn release, void *arg);

/* The writer of a block is done with it: drops the writer's reference. */
void cb__pool_seal(struct cb_memory *memory);

/* For the statistics. */
void cb__pool_count_copied(struct cb_pool *pool, size_t n);
void cb__pool_count_scanned(struct cb_pool *pool, size_t n);

#endif
