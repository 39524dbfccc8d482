/* SPDX-License-Identifier: MIT */
/* Operations that fill a buffer. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

static void append(void)
{
    struct actor *actor = any_actor();
    uint8_t bytes[200];
    size_t n = below(sizeof bytes);

    make_bytes(bytes, n);
    int status = cb_append(actor->buffer, bytes, n);
    check_added(status, actor, bytes, n);
}

/* Bytes that were lent, and what they were. */
struct lent {
    size_t size;
    uint8_t *data, *copy;
};

static struct lent *lend(size_t size)
{
    struct lent *lent = malloc(sizeof *lent);

    ck_assert_ptr_nonnull(lent);
    *lent = (struct lent){.size = size, .data = malloc(size + 1), .copy = malloc(size + 1)};
    ck_assert(lent->data && lent->copy);
    make_bytes(lent->data, size);
    memcpy(lent->copy, lent->data, size);
    world.referenced++;
    return lent;
}

static void take_back(void *arg, const void *data, size_t size)
{
    struct lent *lent = arg;

    CHECK(data == lent->data && size == lent->size);
    CHECK(memcmp(lent->data, lent->copy, size) == 0);
    free(lent->data);
    free(lent->copy);
    free(lent);
    world.referenced--;
}

static void append_ref(void)
{
    struct actor *actor = any_actor();
    struct lent *lent = lend(below(200));
    size_t size = lent->size, before = world.referenced;
    bool fitting = fits(actor, size);

    if (fitting)
        model_append(actor, lent->data, size);
    int status = cb_append_ref(actor->buffer, lent->data, size, take_back, lent);
    CHECK(status == (fitting ? CB_OK : CB_ELIMIT));
    if (fitting && size < actor->cutoff)
        CHECK(world.referenced == before - 1);
    else
        CHECK(world.referenced == before);
    if (!fitting)
        take_back(lent, lent->data, size);
    after_adding(actor, status, size);
    check_actor(actor);
}

static void take_back_area(void *arg, const void *data, size_t size)
{
    memset((void *)data, 0, size);
    free((void *)data);
    CHECK(arg == &world);
    world.referenced--;
}

static void extend_ref(void)
{
    struct actor *actor = any_actor();
    uint8_t bytes[240];
    struct iovec areas[6];
    size_t count = below(COUNT(areas) + 1), n = 0, before = world.referenced;

    make_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < count; i++, world.referenced++) {
        areas[i].iov_len = below(40);
        areas[i].iov_base = malloc(areas[i].iov_len + 1);
        memcpy(areas[i].iov_base, bytes + n, areas[i].iov_len);
        n += areas[i].iov_len;
    }
    int status = cb_extend(actor->buffer, areas, count, take_back_area, &world);
    CHECK(status == (fits(actor, n) ? CB_OK : CB_ELIMIT));
    CHECK(status == CB_OK || world.referenced == before + count);
    if (status == CB_OK)
        model_append(actor, bytes, n);
    for (size_t i = 0; i < count && status != CB_OK; i++)
        take_back_area(&world, areas[i].iov_base, areas[i].iov_len);
    after_adding(actor, status, n);
    check_actor(actor);
}

static void append_buffer(void)
{
    struct actor *actor = any_actor(), *source = any_other(actor);
    int status = cb_append_buffer(actor->buffer, source->buffer);

    CHECK(status == (fits(actor, source->size) ? CB_OK : CB_ELIMIT));
    if (status == CB_OK)
        model_append(actor, source->bytes, source->size);
    after_adding(actor, status, source->size);
    check_actor(actor);
    check_actor(source);
}

static void extend(void)
{
    struct actor *actor = any_actor();
    uint8_t bytes[120];
    struct iovec areas[6];
    size_t count = below(COUNT(areas) + 1), n = 0;

    make_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < count; i++) {
        areas[i] = (struct iovec){.iov_base = bytes + n, .iov_len = below(20)};
        n += areas[i].iov_len;
    }
    int status = cb_extend(actor->buffer, areas, count, NULL, NULL);
    check_added(status, actor, bytes, n);
}

static void prepend(void)
{
    struct actor *actor = any_actor();
    uint8_t bytes[100];
    size_t n = below(sizeof bytes);

    make_bytes(bytes, n);
    int status = cb_prepend(actor->buffer, bytes, n);
    CHECK(status == (fits(actor, n) ? CB_OK : CB_ELIMIT));
    if (status == CB_OK) {
        model_insert(actor, 0, bytes, n);
        actor->position = actor->position < n ? 0 : actor->position - n;
    }
    after_adding(actor, status, n);
    check_actor(actor);
}

static void merge(void)
{
    struct actor *actor = any_actor(), *sources[3];
    struct cb_buffer *buffers[3];
    size_t count = below(4), n = 0;

    for (size_t i = 0; i < count; i++) {
        sources[i] = any_other(actor);
        buffers[i] = sources[i]->buffer;
        n += sources[i]->size;
    }
    int status = cb_merge(actor->buffer, buffers, count);
    CHECK(status == (fits(actor, n) ? CB_OK : CB_ELIMIT));
    for (size_t i = 0; i < count && status == CB_OK; i++)
        model_append(actor, sources[i]->bytes, sources[i]->size);
    after_adding(actor, status, n);
    check_actor(actor);
}

static bool is_full(const struct actor *actor)
{
    return actor->limit > 0 && actor->size == actor->limit;
}

static void check_offer(const struct actor *actor, size_t hint, size_t max)
{
    size_t needed = hint;

    CHECK(actor->area_count >= 1 && actor->area_count <= max);
    for (size_t i = 0; i < actor->area_count; i++)
        CHECK(actor->areas[i].iov_len >= 1 &&
              /* the first may be what is left of a block that cb_data joined */
              (i == 0 || actor->areas[i].iov_len <= actor->chunk_max));
    CHECK(fits(actor, actor->offered));
    if (needed > actor->chunk_max * (max > 1 ? max - 1 : 1))
        return; /* more than the areas can be sure to hold */
    if (actor->limit > 0 && needed > actor->limit - actor->size)
        needed = actor->limit - actor->size;
    CHECK(actor->offered >= needed);
}

static void get_chunk(void)
{
    struct actor *actor = any_actor();
    size_t hint = one_in(2) ? 0 : below(150);
    void *data = NULL;
    int status = cb_get_chunk(actor->buffer, hint, &data, &actor->offered);

    CHECK(status == (is_full(actor) ? CB_ELIMIT : CB_OK));
    if (status != CB_OK) {
        actor->offered = 0;
        return;
    }
    actor->area_count = 1;
    actor->areas[0] = (struct iovec){.iov_base = data, .iov_len = actor->offered};
    check_offer(actor, hint, 1);
    check_actor(actor);
}

static void reserve(void)
{
    struct actor *actor = any_actor();
    size_t hint = one_in(2) ? 0 : below(150), max = 1 + below(COUNT(actor->areas));
    ssize_t count = cb_reserve(actor->buffer, hint, actor->areas, max);

    actor->offered = 0;
    CHECK((count < 0) == is_full(actor));
    if (count < 0) {
        CHECK(count == CB_ELIMIT);
        return;
    }
    actor->area_count = (size_t)count;
    for (size_t i = 0; i < actor->area_count; i++)
        actor->offered += actor->areas[i].iov_len;
    check_offer(actor, hint, max);
    check_actor(actor);
}

/* Fills the whole offer, and commits n bytes of it. */
static void commit(void)
{
    struct actor *actor = any_actor();
    size_t n = one_in(3) ? actor->offered : below(actor->offered + 2);
    size_t left = n;

    for (size_t i = 0; i < actor->area_count && actor->offered > 0; i++)
        make_bytes(actor->areas[i].iov_base, actor->areas[i].iov_len);
    int status = one_in(2) ? cb_commit(actor->buffer, n) : cb_chunk_written(actor->buffer, n);
    if (actor->offered == 0 || n > actor->offered) {
        CHECK(status == CB_ESTATE);
        check_actor(actor);
        return;
    }
    CHECK(status == CB_OK);
    for (size_t i = 0; left > 0; i++) {
        size_t part = left < actor->areas[i].iov_len ? left : actor->areas[i].iov_len;

        model_append(actor, actor->areas[i].iov_base, part);
        left -= part;
    }
    actor->offered = 0;
    check_actor(actor);
}

static void readinto(void)
{
    struct actor *actor = any_actor();
    uint8_t bytes[200];
    size_t n = 1 + below(sizeof bytes), got = 0;

    make_bytes(bytes, n);
    CHECK(write(world.to, bytes, n) == (ssize_t)n);
    actor->offered = 0;
    while (got < n) {
        bool full = is_full(actor);
        size_t most = one_in(2) ? CB_ALL : 1 + below(100);
        ssize_t part = cb_readinto(actor->buffer, world.from, most);

        if (full) {
            CHECK(part == CB_ELIMIT);
            CHECK(read(world.from, bytes, sizeof bytes) == (ssize_t)(n - got));
            break;
        }
        CHECK(part >= 1 && (size_t)part <= n - got && (size_t)part <= most);
        model_append(actor, bytes + got, (size_t)part);
        CHECK(fits(actor, 0));
        got += (size_t)part;
    }
    check_actor(actor);
}

static const struct operation all[] = {
    {"append", append, 4},         {"append_ref", append_ref, 4},
    {"extend_ref", extend_ref, 4}, {"append_buffer", append_buffer, 1},
    {"extend", extend, 2},         {"prepend", prepend, 2},
    {"merge", merge, 1},           {"get_chunk", get_chunk, 6},
    {"reserve", reserve, 6},       {"commit", commit, 12},
    {"readinto", readinto, 3},
};
const struct operations operations_fill = {all, COUNT(all)};
