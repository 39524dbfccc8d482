/* SPDX-License-Identifier: MIT */
/* The parts of a buffer, and its ends. */
#include <string.h>

#include "world.h"

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* A part of a model and the place after its separator. */
struct part {
    size_t start, end, next;
    bool last;
};

static bool part_by_separator(const struct actor *actor, size_t from, struct part *part)
{
    size_t at = model_find(actor, actor->needle, actor->needle_size, from, actor->size);

    part->start = from;
    part->last = at == SIZE_MAX;
    part->end = part->last ? actor->size : at;
    part->next = part->last ? actor->size : at + actor->needle_size;
    return true;
}

static bool part_by_space(const struct actor *actor, size_t from, struct part *part)
{
    while (from < actor->size && is_space(actor->bytes[from]))
        from++;
    part->start = from;
    while (from < actor->size && !is_space(actor->bytes[from]))
        from++;
    part->end = part->next = from;
    part->last = false;
    return part->end > part->start;
}

static bool part_by_kept_line(const struct actor *actor, size_t from, struct part *part)
{
    part->start = from;
    part->last = false;
    while (from < actor->size && actor->bytes[from] != '\n' && actor->bytes[from] != '\r')
        from++;
    if (from + 1 < actor->size && memcmp(actor->bytes + from, "\r\n", 2) == 0)
        from++;
    if (from < actor->size)
        from++;
    part->end = part->next = from;
    return part->end > part->start;
}

static bool part_by_line(const struct actor *actor, size_t from, struct part *part)
{
    bool there = part_by_kept_line(actor, from, part);

    while (part->end > part->start &&
           (actor->bytes[part->end - 1] == '\n' || actor->bytes[part->end - 1] == '\r')) {
        part->end--;
        if (actor->bytes[part->end] == '\r' || part->end == part->start ||
            actor->bytes[part->end - 1] != '\r')
            break;
    }
    return there;
}

static void walk(struct actor *actor, struct cb_split *split,
                 bool (*next)(const struct actor *, size_t, struct part *))
{
    struct actor *target = any_other(actor);
    struct part part = {.next = 0};

    for (;;) {
        bool there = !part.last && next(actor, part.next, &part);
        size_t n = part.end - part.start;
        int status = cb_split_next(split, target->buffer);

        if (!there) {
            CHECK(status == CB_END);
            break;
        }
        CHECK(status == (fits(target, n) ? CB_YES : CB_ELIMIT));
        if (status != CB_YES)
            break;
        model_append(target, actor->bytes + part.start, n);
        after_adding(target, status, n);
        check_actor(target);
        if (target->size > LONG) {
            cb_skip(target->buffer, CB_ALL);
            model_skip(target, target->size);
        }
    }
    cb_split_free(split);
    check_actor(actor);
}

static void split(void)
{
    struct actor *actor = any_actor();
    struct cb_split *walker = NULL;
    bool spaces = one_in(3);

    choose_needle(actor);
    if (actor->size == 0) /* its bytes may be nowhere */
        return;
    CHECK(cb_split_new(&walker, actor->buffer, spaces ? NULL : actor->needle, actor->needle_size,
                       CB_ALL) == CB_OK);
    walk(actor, walker, spaces ? part_by_space : part_by_separator);
}

static void splitlines(void)
{
    struct actor *actor = any_actor();
    struct cb_split *walker = NULL;
    bool keep = one_in(2);

    CHECK(cb_splitlines_new(&walker, actor->buffer, keep ? CB_KEEP : 0) == CB_OK);
    walk(actor, walker, keep ? part_by_kept_line : part_by_line);
}

static void strip(void)
{
    static const char *const sets[] = {NULL, "a", "ab", ",\r\n", ""};
    struct actor *actor = any_actor();
    const char *set = sets[below(COUNT(sets))];
    size_t before = actor->size, n = set == NULL ? 0 : strlen(set), lead = 0;

#define STRIPPED(byte) (!set ? is_space(byte) : memchr(set, (byte), n) != NULL)
    while (actor->size > 0 && STRIPPED(actor->bytes[actor->size - 1]))
        actor->size--;
    while (lead < actor->size && STRIPPED(actor->bytes[lead]))
        lead++;
#undef STRIPPED
    if (actor->size == 0) /* from which end they went is not promised */
        actor->position = cb_position(actor->buffer) + before;
    size_t dropped = cb_strip(actor->buffer, set, n);
    CHECK(dropped == before - (actor->size - lead));
    model_skip(actor, lead);
    if (actor->size == 0)
        actor->position = cb_position(actor->buffer);
    check_actor(actor);
}

static const struct operation all[] = {
    {"split", split, 1},
    {"splitlines", splitlines, 1},
    {"strip", strip, 1},
};
const struct operations operations_split = {all, COUNT(all)};
