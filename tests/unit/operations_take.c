/* SPDX-License-Identifier: MIT */
/* Operations that take from a buffer, and hold bytes of it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

static void check_taken(ssize_t status, struct actor *target, const uint8_t *bytes, size_t n)
{
    CHECK(status == (fits(target, n) ? (ssize_t)n : CB_ELIMIT));
    if (status >= 0)
        model_append(target, bytes, n);
    after_adding(target, (int)status, n);
    check_actor(target);
}

static void take(void)
{
    struct actor *actor = any_actor(), *target = any_other(actor);
    size_t n = one_in(10) ? CB_ALL : below(actor->size + 3);
    size_t there = n < actor->size ? n : actor->size;
    ssize_t status = cb_take(actor->buffer, n, target->buffer);

    check_taken(status, target, actor->bytes, there);
    if (status > 0)
        model_skip(actor, (size_t)status);
    check_actor(actor);
    CHECK(cb_take(actor->buffer, n, actor->buffer) == CB_EINVAL);
}

static void peek(void)
{
    struct actor *actor = any_actor(), *target = any_other(actor);
    size_t n = one_in(10) ? CB_ALL : below(actor->size + 3);
    size_t there = n < actor->size ? n : actor->size;

    check_taken(cb_peek(actor->buffer, n, target->buffer), target, actor->bytes, there);
    check_actor(actor);
}

static void slice(void)
{
    struct actor *actor = any_actor(), *target = any_other(actor);
    size_t offset = below(actor->size + 3);
    size_t n = one_in(10) ? CB_ALL : below(actor->size + 3);
    size_t there = offset < actor->size ? actor->size - offset : 0;

    there = there < n ? there : n;
    check_taken(cb_slice(actor->buffer, offset, n, target->buffer), target,
                there > 0 ? actor->bytes + offset : actor->bytes, there);
    check_actor(actor);
}

static void skip(void)
{
    struct actor *actor = any_actor();
    size_t n = one_in(5) ? CB_ALL : below(actor->size + 3);
    size_t there = n < actor->size ? n : actor->size;

    CHECK(cb_skip(actor->buffer, n) == there);
    model_skip(actor, there);
    check_actor(actor);
}

static void truncate_at(void)
{
    struct actor *actor = any_actor();
    size_t n = below(actor->size + 3);
    size_t dropped = n < actor->size ? actor->size - n : 0;

    CHECK(cb_truncate(actor->buffer, n) == dropped);
    actor->size -= dropped;
    check_actor(actor);
}

static void writev_all(void)
{
    struct actor *actor = any_actor();
    uint8_t out[2 * LONG];
    size_t got = 0;

    CHECK(cb_writev(actor->buffer, world.to, CB_ALL) == (ssize_t)actor->size);
    while (got < actor->size) {
        ssize_t n = read(world.from, out + got, sizeof out - got);

        CHECK(n > 0);
        got += (size_t)n;
    }
    CHECK(got == actor->size && (got == 0 || memcmp(out, actor->bytes, got) == 0));
    model_skip(actor, actor->size);
    check_actor(actor);
}

void let_go(struct holding *holding)
{
    const size_t n = holding->held.length;

    CHECK(n == 0 || memcmp(holding->held.data, holding->copy, n) == 0);
    cb_drop(&holding->held);
    CHECK(holding->held.length == 0 && !holding->held.block);
    free(holding->copy);
    holding->copy = NULL;
}

static void hold(void)
{
    struct actor *actor = any_actor();
    struct holding *holding = &world.holdings[below(HELD)], other = {.copy = NULL};
    const size_t offset = below(actor->size + 3), n = 1 + below(20);
    int status = cb_hold_bytes(actor->buffer, offset, n, &other.held);

    CHECK(status == CB_NO || offset + n <= actor->size);
    if (status != CB_YES)
        return;
    let_go(holding);
    other.copy = malloc(n + 1);
    ck_assert_ptr_nonnull(other.copy);
    memcpy(other.copy, actor->bytes + offset, n);
    CHECK(memcmp(other.held.data, other.copy, n) == 0);
    *holding = other;
}

static void copy_holding(void)
{
    const struct holding *from = &world.holdings[below(HELD)];
    struct holding *to = &world.holdings[below(HELD)], copy = {.copy = NULL};

    if (from == to || from->held.length == 0)
        return;
    let_go(to);
    cb_held_copy(&from->held, &copy.held);
    copy.copy = malloc(copy.held.length);
    ck_assert_ptr_nonnull(copy.copy);
    memcpy(copy.copy, from->copy, copy.held.length);
    *to = copy;
}

static void append_holding(void)
{
    struct actor *actor = any_actor();
    const struct holding *holding = &world.holdings[below(HELD)];
    const size_t n = holding->held.length;
    int status = cb_append_held(actor->buffer, &holding->held);

    check_added(status, actor, holding->copy, n);
}

static void drop(void)
{
    let_go(&world.holdings[below(HELD)]);
}

static const struct operation all[] = {
    {"take", take, 4},
    {"peek", peek, 2},
    {"slice", slice, 2},
    {"skip", skip, 4},
    {"truncate", truncate_at, 2},
    {"hold", hold, 2},
    {"held_copy", copy_holding, 1},
    {"append_held", append_holding, 2},
    {"drop", drop, 1},
    {"writev", writev_all, 1},
};
const struct operations operations_take = {all, COUNT(all)};
