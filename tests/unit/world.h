/* SPDX-License-Identifier: MIT */
/*
 * The world of tests/unit/operations.h: buffers, what each should hold, and what all the
 * operations share.
 */
#ifndef CB_TESTS_WORLD_H
#define CB_TESTS_WORLD_H

#include "operations.h"
#include "support.h"

enum { BUFFERS = 5, POOLS = 4, LONG = 1500, NEEDLE = 12, HELD = 4 };

/* A buffer, and what it should hold. */
struct actor {
    struct cb_buffer *buffer;
    uint8_t *bytes;
    size_t size, room;
    uint64_t position;

    size_t limit, cutoff, chunk_min, chunk_max;
    struct iovec areas[8]; /* of the open offer, if there is one */
    size_t area_count, offered;
    char needle[NEEDLE]; /* the last one, to ask for it again */
    size_t needle_size;
    struct iovec set[3]; /* the same of several */
    size_t set_size;
};

/* Bytes that are held, and what they were; none: a length of 0 and no copy. */
struct holding {
    struct cb_held held;
    uint8_t *copy;
};

struct world {
    const struct choices *choices;
    struct counting counting;
    struct cb_pool *pools[POOLS]; /* the first is none */
    size_t idle_limits[POOLS];
    struct actor actors[BUFFERS];
    struct holding holdings[HELD];
    size_t referenced; /* blocks that were appended by reference and not released */
    int from, to;      /* a pipe */
    const char *operation;
    int step;
};

extern struct world world;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            world.choices->failed(world.step, world.operation, #condition);                        \
    } while (0)

/* Each kind of operation, with how often it comes. */
struct operation {
    const char *name;
    void (*run)(void);
    unsigned weight;
};

struct operations {
    const struct operation *all;
    size_t count;
};

extern const struct operations operations_fill, operations_find, operations_take, operations_number,
    operations_split;

size_t below(size_t bound);
bool one_in(size_t n);
/* Bytes among which delimiters, line ends and the like are frequent. */
void make_bytes(uint8_t *bytes, size_t size);
struct actor *any_actor(void);
struct actor *any_other(const struct actor *than);
void model_insert(struct actor *actor, size_t at, const uint8_t *bytes, size_t n);
void model_append(struct actor *actor, const uint8_t *bytes, size_t n);
void model_skip(struct actor *actor, size_t n);
bool fits(const struct actor *actor, size_t n);
void check_actor(const struct actor *actor);
/* Bytes were to be added by something else than the offer: they close it. */
void after_adding(struct actor *actor, int status, size_t n);
/* The needle of the last time, or a new one. */
void choose_needle(struct actor *actor);
/* Where the needle first stands between two places; `end` if nowhere. */
size_t model_find(const struct actor *actor, const void *needle, size_t n, size_t start,
                  size_t end);
/* The end of a call that adds these bytes, or has no room for them. */
void check_added(int status, struct actor *actor, const uint8_t *bytes, size_t n);
/* Drops the bytes, which must be what they were. */
void let_go(struct holding *holding);

#endif
