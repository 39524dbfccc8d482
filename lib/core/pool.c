/* SPDX-License-Identifier: MIT */
#include "core/pool.h"

#include <pthread.h>
#include <string.h>

enum {
    RANK_MIN_BITS = 6,  /* the smallest class with payload has 64 bytes */
    RANK_MAX_BITS = 26, /* the largest has 64 MiB; longer blocks are not kept */
    RANK_HEADER = 0,    /* a header alone */
    RANK_FIRST = 1,
    RANKS = RANK_FIRST + RANK_MAX_BITS - RANK_MIN_BITS + 1,
    RANK_HUGE = RANKS
};

#define IDLE_LIMIT_DEFAULT ((size_t)16 << 20)

struct cb_pool {
    size_t refs; /* owners and blocks in use */
    const struct cb_allocator *allocator;
    bool shared;
    pthread_mutex_t lock; /* if shared, held for every access */
    size_t idle_limit;
    unsigned epoch;
    struct cb_memory *idle[RANKS]; /* last in, first out */

    size_t live_bytes, live_blocks;
    size_t idle_bytes, idle_blocks;
    size_t pinned_bytes;
    uint64_t allocations, copied, scanned;
};

static void lock(struct cb_pool *pool)
{
    if (pool->shared)
        pthread_mutex_lock(&pool->lock);
}

static void unlock(struct cb_pool *pool)
{
    if (pool->shared)
        pthread_mutex_unlock(&pool->lock);
}

static struct cb_pool *new_pool(const struct cb_allocator *allocator, size_t idle_limit,
                                bool shared)
{
    struct cb_pool *pool = cb__alloc_zeroed(allocator, sizeof *pool);
    if (!pool)
        return NULL;
    pool->refs = 1;
    pool->allocator = allocator;
    pool->shared = shared;
    pool->idle_limit = idle_limit;
    if (shared && pthread_mutex_init(&pool->lock, NULL) != 0) { /* not taken: see below */
        /* not reached: neither glibc nor musl ever fails here */
        allocator->free(allocator->arg, pool, sizeof *pool);
        return NULL;
    }
    return pool;
}

int cb_pool_new(struct cb_pool **result, const struct cb_pool_options *options)
{
    struct cb_pool_options o = {.size = sizeof o};
    if (!cb__options_read(options, &o, sizeof o) || !cb__flags_known(o.shared, 1) ||
        !cb__allocator_is_usable(o.allocator))
        return CB_EINVAL;
    const struct cb_allocator *allocator = o.allocator ? o.allocator : &cb__malloc_allocator;
    struct cb_pool *pool =
        new_pool(allocator, o.idle_limit ? o.idle_limit : IDLE_LIMIT_DEFAULT, o.shared);
    if (!pool)
        return CB_ENOMEM;
    *result = pool;
    return CB_OK;
}

struct cb_pool *cb__pool_new_empty(const struct cb_allocator *allocator)
{
    return new_pool(allocator, 0, false);
}

const struct cb_allocator *cb__pool_allocator(const struct cb_pool *pool)
{
    return pool->allocator;
}

bool cb__pool_is_shared(const struct cb_pool *pool)
{
    return pool->shared;
}

struct cb_pool *cb_pool_ref(struct cb_pool *pool)
{
    if (!pool)
        return NULL;
    lock(pool);
    pool->refs++;
    unlock(pool);
    return pool;
}

/* Removes all idle blocks from the pool, as one list. */
static struct cb_memory *empty_idle(struct cb_pool *pool)
{
    struct cb_memory *all = NULL;
    for (size_t rank = 0; rank < RANKS; rank++) {
        while (pool->idle[rank]) {
            struct cb_memory *memory = pool->idle[rank];
            pool->idle[rank] = memory->next;
            memory->next = all;
            all = memory;
        }
    }
    pool->idle_bytes = 0;
    pool->idle_blocks = 0;
    return all;
}

static void free_list(const struct cb_allocator *allocator, struct cb_memory *list)
{
    while (list) {
        struct cb_memory *next = list->next;
        cb__unpoison(list, list->size);
        allocator->free(allocator->arg, list, list->size);
        list = next;
    }
}

void cb_pool_unref(struct cb_pool *pool)
{
    if (!pool)
        return;
    lock(pool);
    bool last = --pool->refs == 0;
    unlock(pool);
    if (!last)
        return;
    const struct cb_allocator *allocator = pool->allocator;
    free_list(allocator, empty_idle(pool));
    if (pool->shared)
        pthread_mutex_destroy(&pool->lock);
    allocator->free(allocator->arg, pool, sizeof *pool);
}

void cb_pool_reset(struct cb_pool *pool)
{
    lock(pool);
    pool->epoch++;
    struct cb_memory *list = empty_idle(pool);
    unlock(pool);
    free_list(pool->allocator, list);
}

int cb_pool_stats(const struct cb_pool *pool, struct cb_pool_stats *stats)
{
    struct cb_pool *p = (struct cb_pool *)pool; /* only for the lock */
    lock(p);
    const struct cb_pool_stats now = {
        .size = sizeof now,
        .live_bytes = pool->live_bytes,
        .pinned_bytes = pool->pinned_bytes,
        .idle_bytes = pool->idle_bytes,
        .live_blocks = pool->live_blocks,
        .idle_blocks = pool->idle_blocks,
        .allocations = pool->allocations,
        .copied = pool->copied,
        .scanned = pool->scanned,
    };
    unlock(p);
    return cb__stats_write(stats, &now, sizeof now) ? CB_OK : CB_EINVAL;
}

/* Returns a block without references to its pool. */
static void retire(struct cb_memory *memory)
{
    struct cb_pool *pool = memory->pool;
    if (memory->foreign && memory->release)
        memory->release(memory->release_arg, memory->data, memory->capacity);
    lock(pool);
    pool->live_bytes -= memory->size;
    pool->live_blocks--;
    if (memory->sealed)
        pool->pinned_bytes -= memory->size;
    bool keep = memory->epoch == pool->epoch && memory->rank != RANK_HUGE &&
                memory->size <= pool->idle_limit &&
                pool->idle_bytes <= pool->idle_limit - memory->size;
    if (keep) {
        if (!memory->foreign)
            cb__poison(memory->data, memory->capacity);
        memory->next = pool->idle[memory->rank];
        pool->idle[memory->rank] = memory;
        pool->idle_bytes += memory->size;
        pool->idle_blocks++;
    }
    unlock(pool);
    if (!keep) {
        cb__unpoison(memory, memory->size);
        pool->allocator->free(pool->allocator->arg, memory, memory->size);
    }
    cb_pool_unref(pool);
}

static unsigned char rank_of(size_t capacity, size_t *rounded)
{
    unsigned bits = RANK_MIN_BITS;
    while (bits <= RANK_MAX_BITS && ((size_t)1 << bits) < capacity)
        bits++;
    if (bits > RANK_MAX_BITS) {
        *rounded = capacity;
        return RANK_HUGE;
    }
    *rounded = (size_t)1 << bits;
    return (unsigned char)(RANK_FIRST + bits - RANK_MIN_BITS);
}

/* A block of this rank with one reference, idle or new.  The caller initializes its
 * bytes. */
static struct cb_memory *get_block(struct cb_pool *pool, unsigned char rank, size_t room)
{
    size_t size = sizeof(struct cb_memory) + (room ? CB__LINE - 1 + CB__SLACK : 0);
    if (!cb__add_size(size, room, &size)) /* not taken: see below */
        return NULL;                      /* not reached: a buffer holds at most SSIZE_MAX bytes */
    lock(pool);
    struct cb_memory *memory = rank == RANK_HUGE ? NULL : pool->idle[rank];
    if (memory) {
        pool->idle[rank] = memory->next;
        pool->idle_bytes -= memory->size;
        pool->idle_blocks--;
    } else {
        memory = pool->allocator->alloc(pool->allocator->arg, size);
        if (!memory)
            goto out;
        pool->allocations++;
        memory->size = size;
        memory->rank = rank;
        memory->pool = pool;
        memory->retire = retire;
        memory->shared = pool->shared;
    }
    atomic_init(&memory->refs, 1);
    memory->epoch = pool->epoch;
    memory->sealed = false;
    pool->refs++;
    pool->live_bytes += memory->size;
    pool->live_blocks++;
out:
    unlock(pool);
    return memory;
}

struct cb_memory *cb__pool_get(struct cb_pool *pool, size_t capacity)
{
    size_t room;
    unsigned char rank = rank_of(capacity, &room);
    struct cb_memory *memory = get_block(pool, rank, room);
    if (!memory)
        return NULL;
    memory->data =
        (uint8_t *)(((uintptr_t)memory->bytes + CB__LINE - 1) & ~(uintptr_t)(CB__LINE - 1));
    memory->capacity = capacity;
    memory->used = 0;
    memory->foreign = false;
    cb__unpoison(memory, memory->size);
    return memory;
}

struct cb_memory *cb__pool_wrap(struct cb_pool *pool, const void *data, size_t size,
                                cb_release_fn release, void *arg)
{
    struct cb_memory *memory = get_block(pool, RANK_HEADER, 0);
    if (!memory)
        return NULL;
    memory->data = (uint8_t *)data; /* never written, since the block is foreign */
    memory->capacity = size;
    memory->used = size;
    memory->foreign = true;
    memory->release = release;
    memory->release_arg = arg;
    return memory;
}

void cb__pool_seal(struct cb_memory *memory)
{
    struct cb_pool *pool = memory->pool;
    lock(pool);
    memory->sealed = true;
    pool->pinned_bytes += memory->size;
    unlock(pool);
    cb__memory_unref(memory);
}

void cb__pool_count_copied(struct cb_pool *pool, size_t n)
{
    lock(pool);
    pool->copied += n;
    unlock(pool);
}

void cb__pool_count_scanned(struct cb_pool *pool, size_t n)
{
    lock(pool);
    pool->scanned += n;
    unlock(pool);
}
