/* SPDX-License-Identifier: MIT */
#include "turns.h"

#include <stdlib.h>

enum { RING = TURNS_MOST + 1 };

static struct turn *at(const struct turns *turns, size_t i)
{
    return &turns->turn[(turns->first + i) % RING];
}

bool turns_init(struct turns *turns)
{
    *turns = (struct turns){.turn = calloc(RING, sizeof *turns->turn)};
    return turns->turn;
}

void turns_fini(struct turns *turns)
{
    while (turns->count)
        turns_next(turns);
    free(turns->turn);
}

void turns_next(struct turns *turns)
{
    cb_buffer_free(at(turns, 0)->whole);
    turns->first = (turns->first + 1) % RING;
    turns->count--;
}

bool turns_have_room(const struct turns *turns, size_t place)
{
    return turns->count < TURNS_MOST || turns_first(turns)->place == place;
}

void turns_add(struct turns *turns, size_t place, uint64_t first, uint64_t last, uint64_t left)
{
    struct turn *end = turns->count ? at(turns, turns->count - 1) : NULL;
    if (end && end->place == place && left != UINT64_MAX &&
        (end->last + 1 == first || turns->count >= TURNS_MOST)) {
        end->last = last;
        end->left += left;
        return;
    }
    *at(turns, turns->count++) =
        (struct turn){.place = place, .first = first, .last = last, .left = left};
}

struct turn *turns_find(const struct turns *turns, size_t place)
{
    for (size_t i = 0; i < turns->count; i++) {
        struct turn *turn = at(turns, i);
        if (turn->place == place && !turn->whole)
            return turn;
    }
    return NULL;
}
