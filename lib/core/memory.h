/* SPDX-License-Identifier: MIT */
/*
 * Memory: one reference-counted block of bytes.
 * Layer: base -> memory.
 *
 * The bytes follow the header in the same allocation, or belong to somebody
 * else and are released by a function (`foreign`).  Our own begin on a cache
 * line, and their writer may overwrite CB__SLACK bytes after them, so copies of
 * a fixed size need not check how many bytes count.
 *
 * Invariants:
 * - A block has at most one writer, the buffer whose tail it is.  The writer
 *   holds a reference and may fill data[used .. capacity); bytes before `used`
 *   never change while anyone else holds a reference.
 * - `used` may go back to 0 only if the writer holds the only reference,
 *   and never for a foreign block.
 * - Counts are plain additions unless the block is `shared`.
 */
#ifndef CB_MEMORY_H
#define CB_MEMORY_H

#include <stdalign.h>
#include <stdatomic.h>

#include "core/base.h"
#include "core/poison.h"

enum { CB__LINE = 64, CB__SLACK = 64 }; /* bytes */

struct cb_memory {
    _Atomic(size_t) refs;
    uint8_t *data;
    size_t capacity; /* bytes a writer may fill */
    size_t used;     /* of these, bytes filled */

    void (*retire)(struct cb_memory *memory); /* called when the last reference is dropped */
    struct cb_pool *pool;                     /* where it came from */
    struct cb_memory *next;                   /* in a list of idle blocks */
    cb_release_fn release;                    /* foreign: called by retire */
    void *release_arg;

    size_t size;        /* of the allocation */
    unsigned epoch;     /* of the pool when the block was made */
    unsigned char rank; /* its size class in the pool */
    bool shared;
    bool foreign;
    bool sealed; /* it has no writer any more */

    alignas(max_align_t) uint8_t bytes[];
};

/* malloc and free. */
extern const struct cb_allocator cb__malloc_allocator;

static inline void cb__memory_ref(struct cb_memory *memory)
{
    if (cb__unlikely(memory->shared)) {
        atomic_fetch_add_explicit(&memory->refs, 1, memory_order_relaxed);
        return;
    }
    size_t refs = atomic_load_explicit(&memory->refs, memory_order_relaxed);
    atomic_store_explicit(&memory->refs, refs + 1, memory_order_relaxed);
}

static inline void cb__memory_unref(struct cb_memory *memory)
{
    size_t before;
    if (cb__unlikely(memory->shared)) {
        before = atomic_fetch_sub_explicit(&memory->refs, 1, memory_order_acq_rel);
    } else {
        before = atomic_load_explicit(&memory->refs, memory_order_relaxed);
        atomic_store_explicit(&memory->refs, before - 1, memory_order_relaxed);
    }
    if (before == 1)
        memory->retire(memory);
}

/* Are these references of the caller's all there are?  Then nobody else can add one. */
static inline bool cb__memory_all(const struct cb_memory *memory, size_t refs)
{
    return atomic_load_explicit(&memory->refs, memory_order_acquire) == refs;
}

static inline bool cb__memory_sole(const struct cb_memory *memory)
{
    return cb__memory_all(memory, 1);
}

/* For its writer: goes back to the beginning of a block that nobody else sees. */
static inline void cb__memory_rewind(struct cb_memory *memory)
{
    if (!memory->used || !cb__memory_sole(memory))
        return;
    cb__unpoison(memory->data, memory->used);
    memory->used = 0;
}

/* A window gives up n bytes.  `others` is the number of references that are not windows: if
 * there is only one more, it is this window's, and nobody may read the bytes again. */
static inline void cb__memory_released(const struct cb_memory *memory, const uint8_t *data,
                                       size_t n, size_t others)
{
    if (CB__HAS_ASAN && !memory->foreign &&
        atomic_load_explicit(&memory->refs, memory_order_relaxed) == others + 1)
        cb__poison(data, n);
}

#endif
