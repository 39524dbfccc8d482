/* SPDX-License-Identifier: MIT */
#include "core/memory.h"

#include <stdlib.h>

static void *malloc_alloc(void *arg, size_t size)
{
    (void)arg;
    return malloc(size);
}

static void malloc_free(void *arg, void *memory, size_t size)
{
    (void)arg;
    (void)size;
    free(memory);
}

const struct cb_allocator cb__malloc_allocator = {
    .alloc = malloc_alloc,
    .free = malloc_free,
};
