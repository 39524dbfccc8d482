/* SPDX-License-Identifier: MIT */
/*
 * Chunk: a read-only window into a block; it holds one reference to it.
 * Layer: base -> memory -> pool -> chunk.
 */
#ifndef CB_CHUNK_H
#define CB_CHUNK_H

#include "core/memory.h"

struct cb__chunk {
    struct cb_memory *memory;
    const uint8_t *data;
    size_t length; /* never 0 */
};

/* Does `next` continue where `chunk` ends, in the same block? */
static inline bool cb__chunk_touches(const struct cb__chunk *chunk, const struct cb__chunk *next)
{
    return chunk->memory == next->memory && chunk->data + chunk->length == next->data;
}

static inline void cb__chunk_advance(struct cb__chunk *chunk, size_t n)
{
    chunk->data += n;
    chunk->length -= n;
}

#endif
