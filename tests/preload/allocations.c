/* SPDX-License-Identifier: MIT */
/* malloc and its like: each can fail, and what main has allocated is counted. */
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "preload.h"

static atomic_long held;

long allocations_held(void)
{
    return held;
}

static bool may_allocate(void)
{
    size_t most = SIZE_MAX;
    return may_go_on(CALL_allocation, &most);
}

static void *hold(void *memory)
{
    held += started && memory;
    return memory;
}

/* dlsym may itself call calloc, before there is one to be called. */
static void *early_calloc(size_t size)
{
    static union {
        max_align_t align;
        char bytes[4096];
    } memory;
    static size_t used;
    size_t at = used;
    used += (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    return used <= sizeof memory ? memory.bytes + at : NULL;
}

void *malloc(size_t size)
{
    static void *(*real)(size_t);
    FIND_REAL(real, "malloc");
    return may_allocate() ? hold(real(size)) : NULL;
}

void *calloc(size_t count, size_t size)
{
    static void *(*real)(size_t, size_t);
    static bool searching;
    if (searching)
        return early_calloc(count * size);
    searching = !real;
    FIND_REAL(real, "calloc");
    searching = false;
    return may_allocate() ? hold(real(count, size)) : NULL;
}

void *realloc(void *memory, size_t size)
{
    static void *(*real)(void *, size_t);
    FIND_REAL(real, "realloc");
    if (!may_allocate())
        return NULL;
    return memory ? real(memory, size) : hold(real(memory, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    static void *(*real)(size_t, size_t);
    FIND_REAL(real, "aligned_alloc");
    return may_allocate() ? hold(real(alignment, size)) : NULL;
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    static int (*real)(void **, size_t, size_t);
    FIND_REAL(real, "posix_memalign");
    if (!may_allocate())
        return ENOMEM;
    int error = real(memory, alignment, size);
    if (!error)
        hold(*memory);
    return error;
}

void free(void *memory)
{
    static void (*real)(void *);
    FIND_REAL(real, "free");
    held -= started && memory;
    real(memory);
}
