/* SPDX-License-Identifier: MIT */
#include "search/seams.h"

/* Places of a block. */
enum { BLOCK = 2048 };

struct block {
    size_t from;     /* its first place */
    size_t earliest; /* of the places where matches begin that end in it, or after it */
    size_t count;
    uint16_t seams[BLOCK]; /* counted from its first place, in ascending order */
};

/* A match that begins at `start` ends at the place where the automaton is, or after it. */
static void drop(struct block *block, size_t start)
{
    block->earliest = cb__min(block->earliest, start);
    while (block->count && block->from + block->seams[block->count - 1] > start)
        block->count--;
}

/* Finds the seams in [from, end), as far as matches show that begin before `end`. */
static void search(const struct cb__seams *seams, const uint8_t *data, struct block *block,
                   size_t end)
{
    size_t at = block->from - cb__min(block->from, seams->reach);
    seams->start(seams->arg, data, at);
    for (; at < end; at++) {
        if (at >= block->from && seams->may_begin(seams->arg))
            block->seams[block->count++] = (uint16_t)(at - block->from);
        const size_t length = seams->step(seams->arg, data[at]);
        if (length && at >= block->from)
            drop(block, at + 1 - length);
    }
}

bool cb__seams_last(const struct cb__seams *seams, const uint8_t *data, size_t n, bool first,
                    size_t *place)
{
    const size_t least = first ? 0 : seams->reach;
    struct block block;
    size_t later = n; /* what ends after the block begins here, or after it */
    for (size_t end = n; end > least; end = block.from) {
        block.from = end - cb__min(end - least, BLOCK);
        block.earliest = later;
        block.count = 0;
        search(seams, data, &block, end);
        drop(&block, end == n ? n - seams->begun(seams->arg) : later);
        if (block.count) {
            *place = block.from + block.seams[block.count - 1];
            return true;
        }
        later = block.earliest;
    }
    return false;
}
