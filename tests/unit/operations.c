/* SPDX-License-Identifier: MIT */
#include "operations.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

struct world world;

size_t below(size_t bound)
{
    return world.choices->below(world.choices->arg, bound);
}

bool one_in(size_t n)
{
    return below(n) == 0;
}

/* Bytes among which delimiters, line ends and the like are frequent. */
void make_bytes(uint8_t *bytes, size_t size)
{
    static const char *const alphabets[] = {"ab", "ab,", "a\r\n", " a\tb\n", "\x80\xff\x01z"};
    const char *alphabet = alphabets[below(COUNT(alphabets))];
    struct prng prng = {.state = below(256)};

    prng_fill(&prng, bytes, size, alphabet, strlen(alphabet));
}

struct actor *any_actor(void)
{
    return &world.actors[below(BUFFERS)];
}

struct actor *any_other(const struct actor *than)
{
    const size_t at = (size_t)(than - world.actors);

    return &world.actors[(at + 1 + below(BUFFERS - 1)) % BUFFERS];
}

void model_insert(struct actor *actor, size_t at, const uint8_t *bytes, size_t n)
{
    if (actor->size + n > actor->room) {
        actor->room = 2 * (actor->size + n);
        actor->bytes = realloc(actor->bytes, actor->room);
        ck_assert_ptr_nonnull(actor->bytes);
    }
    if (n == 0)
        return;
    memmove(actor->bytes + at + n, actor->bytes + at, actor->size - at);
    memcpy(actor->bytes + at, bytes, n);
    actor->size += n;
}

void model_append(struct actor *actor, const uint8_t *bytes, size_t n)
{
    model_insert(actor, actor->size, bytes, n);
}

void model_skip(struct actor *actor, size_t n)
{
    if (n == 0)
        return;
    memmove(actor->bytes, actor->bytes + n, actor->size - n);
    actor->size -= n;
    actor->position += n;
}

bool fits(const struct actor *actor, size_t n)
{
    return actor->limit == 0 || actor->size + n <= actor->limit;
}

void check_actor(const struct actor *actor)
{
    size_t size;
    uint8_t *bytes = flatten(actor->buffer, &size);

    CHECK(size == actor->size);
    CHECK(size == 0 || memcmp(bytes, actor->bytes, size) == 0);
    CHECK(cb_length(actor->buffer) == actor->size);
    CHECK(cb_position(actor->buffer) == actor->position);
    free(bytes);
}

/* Bytes were added otherwise than by the open offer, which closes it. */
void after_adding(struct actor *actor, int status, size_t n)
{
    if (status < 0)
        return;
    if (n == 0) /* not promised either way */
        cb_commit(actor->buffer, 0);
    actor->offered = 0;
}

/* The needle of the last time, or a new one. */
void choose_needle(struct actor *actor)
{
    static const char *const usual[] = {"\n", "\r\n", ",", "ab", "aab", "abaababaab", ",,"};

    if (actor->needle_size > 0 && one_in(2))
        return;
    if (one_in(3)) {
        actor->needle_size = 1 + below(NEEDLE);
        make_bytes((uint8_t *)actor->needle, actor->needle_size);
    } else {
        const char *needle = usual[below(COUNT(usual))];

        actor->needle_size = strlen(needle);
        memcpy(actor->needle, needle, actor->needle_size);
    }
}

/* Where the needle first stands between two places; `end` if nowhere. */
size_t model_find(const struct actor *actor, const void *needle, size_t n, size_t start, size_t end)
{
    for (size_t at = start; at + n <= end; at++) {
        if (n == 0 || memcmp(actor->bytes + at, needle, n) == 0)
            return at;
    }
    return SIZE_MAX;
}

void check_added(int status, struct actor *actor, const uint8_t *bytes, size_t n)
{
    CHECK(status == (fits(actor, n) ? CB_OK : CB_ELIMIT));
    if (status == CB_OK)
        model_append(actor, bytes, n);
    after_adding(actor, status, n);
    check_actor(actor);
}

/* ---------------------------------------------------------- pools and lives */

static void renew(struct actor *actor)
{
    struct cb_buffer_options options = {
        .size = sizeof options,
        .pool = world.pools[below(POOLS)],
        .chunk_min = 1 + below(64),
        .cutoff = 1 + below(60),
        .copy_below = one_in(2) ? 0 : below(60),
        .limit = one_in(3) ? 1 + below(500) : 0,
        .release_fast = one_in(3),
        .allocator = one_in(2) ? &world.counting.hooks : NULL,
    };

    options.chunk_max = options.chunk_min + below(65 - options.chunk_min);
    cb_buffer_free(actor->buffer);
    free(actor->bytes);
    *actor = (struct actor){
        .limit = options.limit,
        .cutoff = options.cutoff,
        .chunk_min = options.chunk_min,
        .chunk_max = options.chunk_max,
    };
    CHECK(cb_buffer_new(&actor->buffer, &options) == CB_OK);
    check_actor(actor);
}

static void begin_anew(void)
{
    renew(any_actor());
}

static void reset_a_pool(void)
{
    struct cb_pool *pool = world.pools[1 + below(POOLS - 1)];

    cb_pool_reset(pool);
    CHECK(pool_stats(pool).idle_bytes == 0);
}

static const struct operation of_lives[] = {
    {"begin anew", begin_anew, 1},
    {"reset a pool", reset_a_pool, 1},
};
static const struct operations lives = {of_lives, COUNT(of_lives)};

static const struct operations *const kinds[] = {&operations_fill,  &operations_find,
                                                 &operations_take,  &operations_number,
                                                 &operations_split, &lives};

static unsigned weight_of(const struct operations *operations)
{
    unsigned total = 0;

    for (size_t i = 0; i < operations->count; i++)
        total += operations->all[i].weight;
    return total;
}

static const struct operation *any_operation(void)
{
    const struct operations *const *kind = kinds;
    size_t total = 0, i = 0;

    for (size_t k = 0; k < COUNT(kinds); k++)
        total += weight_of(kinds[k]);
    size_t at = below(total);
    for (; at >= weight_of(*kind); kind++)
        at -= weight_of(*kind);
    for (; at >= (*kind)->all[i].weight; i++)
        at -= (*kind)->all[i].weight;
    return &(*kind)->all[i];
}

void operations_open(const struct choices *choices)
{
    int ends[2];

    world = (struct world){.choices = choices, .operation = "beginning"};
    counting_init(&world.counting);
    world.idle_limits[1] = CB_ALL;
    world.idle_limits[2] = 600; /* a few blocks */
    world.idle_limits[3] = 16 << 20;
    for (size_t i = 1; i < POOLS; i++) {
        struct cb_pool_options options = {
            .size = sizeof options,
            .idle_limit = world.idle_limits[i],
            .shared = i == 3,
            .allocator = &world.counting.hooks,
        };

        CHECK(cb_pool_new(&world.pools[i], &options) == CB_OK);
    }
    CHECK(pipe(ends) == 0);
    world.from = ends[0];
    world.to = ends[1];
    for (size_t i = 0; i < BUFFERS; i++)
        renew(&world.actors[i]);
}

void operations_step(void)
{
    const struct operation *operation = any_operation();

    world.operation = operation->name;
    operation->run();
    for (size_t i = 0; i < BUFFERS; i++) {
        struct actor *actor = &world.actors[i];

        if (actor->size > LONG) {
            CHECK(cb_skip(actor->buffer, actor->size - 100) == actor->size - 100);
            model_skip(actor, actor->size - 100);
        }
        if (world.step % 32 == 0) /* views must not change behind one's back */
            check_actor(actor);
    }
    world.step++;
}

void operations_close(void)
{
    world.operation = "end";
    for (size_t i = 0; i < HELD; i++)
        let_go(&world.holdings[i]);
    for (size_t i = 0; i < BUFFERS; i++) {
        check_actor(&world.actors[i]);
        cb_buffer_free(world.actors[i].buffer);
        free(world.actors[i].bytes);
    }
    CHECK(world.referenced == 0);
    for (size_t i = 1; i < POOLS; i++) {
        struct cb_pool_stats now = pool_stats(world.pools[i]);

        CHECK(now.live_blocks == 0 && now.live_bytes == 0 && now.pinned_bytes == 0);
        cb_pool_unref(world.pools[i]);
    }
    close(world.from);
    close(world.to);
    counting_fini(&world.counting);
}
