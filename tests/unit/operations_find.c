/* SPDX-License-Identifier: MIT */
/* Operations that look at a buffer, search in it, and take what they find. */
#include <string.h>

#include "world.h"

static void data(void)
{
    struct actor *actor = any_actor();
    size_t n = below(actor->size + 3);
    const void *bytes;
    int status = cb_data(actor->buffer, n, &bytes);

    CHECK(status == (n <= actor->size ? CB_YES : CB_MORE));
    if (status == CB_YES && n > 0)
        CHECK(memcmp(bytes, actor->bytes, n) == 0);
    check_actor(actor);
}

static void copyout(void)
{
    struct actor *actor = any_actor();
    uint8_t out[LONG + 1000];
    size_t offset = below(actor->size + 3), n = below(sizeof out);
    size_t there = offset > actor->size ? 0 : actor->size - offset;

    there = there < n ? there : n;
    CHECK(cb_copyout(actor->buffer, offset, n, out) == there);
    CHECK(there == 0 || memcmp(out, actor->bytes + offset, there) == 0);
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void compare(void)
{
    struct actor *a = any_actor(), *b = any_actor();
    size_t common = a->size < b->size ? a->size : b->size;
    int expected = common == 0 ? 0 : sign(memcmp(a->bytes, b->bytes, common));

    if (expected == 0)
        expected = (a->size > b->size) - (a->size < b->size);
    CHECK(sign(cb_compare(a->buffer, b->buffer)) == expected);
    CHECK(cb_equal(a->buffer, b->buffer) == (expected == 0 ? CB_YES : CB_NO));
    CHECK(cb_equal_bytes(a->buffer, b->bytes, b->size) == (expected == 0 ? CB_YES : CB_NO));
    CHECK(cb_equal_bytes(a->buffer, a->bytes, a->size) == CB_YES);
}

static void stats(void)
{
    struct actor *actor = any_actor();
    struct cb_buffer_stats now = buffer_stats(actor->buffer);

    CHECK(now.length == actor->size);
    CHECK(now.chunks == cb_chunks(actor->buffer, NULL, 0));
    CHECK(now.pinned_bytes >= (actor->size > 0 ? 1 : 0));
    CHECK(now.chunk_size >= actor->chunk_min && now.chunk_size <= actor->chunk_max);
    for (size_t i = 1; i < POOLS; i++)
        CHECK(pool_stats(world.pools[i]).idle_bytes <= world.idle_limits[i]);
}

static void find(void)
{
    struct actor *actor = any_actor();
    size_t start = below(actor->size + 3), end = below(actor->size + 10), at;

    choose_needle(actor);
    size_t n = one_in(20) ? 0 : actor->needle_size;
    size_t bound = end < actor->size ? end : actor->size;
    size_t expected = model_find(actor, actor->needle, n, start, bound);
    int status = cb_find(actor->buffer, actor->needle, n, start, end, &at);
    CHECK(status == (expected == SIZE_MAX ? CB_NO : CB_YES));
    CHECK(status == CB_NO || at == expected);
}

/* Those of the last time, mostly, or others. */
static void choose_needles(struct actor *actor)
{
    static const char *const needles[] = {"\n", "a", "ab", "abab", "b", "abb", ",", "ab", "aba"};

    if (actor->set_size > 0 && !one_in(8))
        return;
    actor->set_size = 1 + below(COUNT(actor->set));
    for (size_t i = 0; i < actor->set_size; i++) {
        const char *needle = needles[below(COUNT(needles))];

        actor->set[i] =
            (struct iovec){.iov_base = (void *)(uintptr_t)needle, .iov_len = strlen(needle)};
    }
}

/* The longest of those that begin first; of identical ones, the first. */
static void find_first_of(struct actor *actor, size_t start, size_t end)
{
    const size_t bound = end < actor->size ? end : actor->size;
    size_t at = 0, which = 0, first = SIZE_MAX, longest = 0;

    for (size_t i = 0; i < actor->set_size; i++) {
        const size_t n = actor->set[i].iov_len;
        const size_t found = model_find(actor, actor->set[i].iov_base, n, start, bound);

        if (found == SIZE_MAX || found > first)
            continue;
        if (found < first || n > actor->set[longest].iov_len)
            longest = i;
        first = found;
    }
    int status =
        cb_find_any(actor->buffer, actor->set, actor->set_size, start, end, &at, &which);
    CHECK(status == (first == SIZE_MAX ? CB_NO : CB_YES));
    CHECK(status == CB_NO || (at == first && which == longest));
}

static void find_any(void)
{
    struct actor *actor = any_actor();
    const size_t start = below(actor->size + 3);

    choose_needles(actor);
    find_first_of(actor, start, below(actor->size + 10));
}

/* As a reader does: a search, and on from what it found or a bit further. */
static void find_and_skip(void)
{
    struct actor *actor = any_actor();

    choose_needles(actor);
    for (size_t round = below(6); round > 0; round--) {
        find_first_of(actor, below(2), CB_ALL);
        const size_t n = cb_skip(actor->buffer, below(6));
        model_skip(actor, n);
    }
    check_actor(actor);
}

/* The first place from `start` to `limit` where a delimiter is, or may be when more
 * comes; SIZE_MAX if there is none. */
static size_t model_end(const struct actor *actor, const void *delimiter, size_t n, size_t start,
                        size_t limit)
{
    for (size_t at = start; at <= limit && at <= actor->size; at++) {
        size_t there = actor->size - at < n ? actor->size - at : n;

        if (there == 0 || memcmp(actor->bytes + at, delimiter, there) == 0)
            return at;
    }
    return SIZE_MAX;
}

/* Moves `payload` bytes of the first `record` from one model to another; expected
 * is CB_YES where the record has an end. */
static void check_record(int status, int expected, struct actor *actor, struct actor *target,
                         size_t payload, size_t record)
{
    if (expected != CB_YES)
        CHECK(status == expected);
    else
        CHECK(status == (fits(target, payload) ? CB_YES : CB_ELIMIT));
    if (status == CB_YES) {
        model_append(target, actor->bytes, payload);
        model_skip(actor, record);
        after_adding(target, status, payload);
    }
    check_actor(actor);
    check_actor(target);
}

static void takeuntil(void)
{
    struct actor *actor = any_actor(), *target = any_other(actor);
    size_t start = one_in(3) ? below(actor->size + 3) : 0;
    size_t limit = one_in(2) ? 1 + below(actor->size + 3) : CB_ALL;
    unsigned flags = one_in(2) ? CB_KEEP : 0;

    choose_needle(actor);
    size_t n = actor->needle_size, at = start;
    int expected = CB_MORE;
    if (start <= actor->size) {
        at = model_find(actor, actor->needle, n, start, actor->size);
        if (model_end(actor, actor->needle, n, start, limit) == SIZE_MAX)
            expected = CB_EOVERFLOW;
        else if (at <= limit && at != SIZE_MAX)
            expected = CB_YES;
    } else if (actor->size > n && actor->size - n > limit) {
        expected = CB_EOVERFLOW;
    }
    int status = cb_takeuntil(actor->buffer, actor->needle, n, start, limit, flags, target->buffer);
    check_record(status, expected, actor, target, flags == CB_KEEP ? at + n : at, at + n);
}

/* The length of a line that ends at `at`, or goes on there. */
static size_t model_line(const struct actor *actor, size_t at)
{
    return at > 0 && actor->bytes[at - 1] == '\r' ? at - 1 : at;
}

static void takeline(void)
{
    struct actor *actor = any_actor(), *target = any_other(actor);
    size_t start = one_in(3) ? below(actor->size + 3) : 0;
    size_t limit = one_in(2) ? 1 + below(actor->size + 3) : CB_ALL;
    unsigned flags = one_in(2) ? CB_KEEP : 0;
    size_t at = model_find(actor, "\n", 1, start, actor->size);
    size_t end = at == SIZE_MAX ? actor->size : at;
    int expected = at == SIZE_MAX ? CB_MORE : CB_YES;

    if (model_line(actor, end) > limit)
        expected = CB_EOVERFLOW;
    int status = cb_takeline(actor->buffer, start, limit, flags, target->buffer);
    check_record(status, expected, actor, target,
                 flags == CB_KEEP ? at + 1 : model_line(actor, end), at + 1);
}

static void skip_if_startswith(void)
{
    struct actor *actor = any_actor();
    uint8_t prefix[40];
    size_t n = below(sizeof prefix);
    size_t common = n < actor->size ? n : actor->size;

    make_bytes(prefix, n);
    if (one_in(2) && common > 0)
        memcpy(prefix, actor->bytes, common);
    bool same = common == 0 || memcmp(prefix, actor->bytes, common) == 0;
    size_t missing;
    int status = cb_skip_if_startswith(actor->buffer, prefix, n, &missing);
    CHECK(status == (same && common == n ? CB_YES : CB_NO));
    CHECK(missing == (same ? n - common : 0));
    if (status == CB_YES)
        model_skip(actor, n);
    check_actor(actor);
}

static const struct operation all[] = {
    {"data", data, 2},
    {"copyout", copyout, 2},
    {"compare", compare, 2},
    {"stats", stats, 1},
    {"find", find, 4},
    {"find_any", find_any, 3},
    {"find_and_skip", find_and_skip, 3},
    {"takeuntil", takeuntil, 6},
    {"takeline", takeline, 4},
    {"skip_if_startswith", skip_if_startswith, 2},
};
const struct operations operations_find = {all, COUNT(all)};
