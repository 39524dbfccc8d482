/* SPDX-License-Identifier: MIT */
#include "operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static struct world world;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            world.choices->failed(world.step, world.operation, #condition);                        \
    } while (0)

static size_t below(size_t bound)
{
    return world.choices->below(world.choices->arg, bound);
}

static bool one_in(size_t n)
{
    return below(n) == 0;
}

/* Bytes among which delimiters, line ends and the like are frequent. */
static void make_bytes(uint8_t *bytes, size_t size)
{
    static const char *const alphabets[] = {"ab", "ab,", "a\r\n", " a\tb\n", "\x80\xff\x01z"};
    const char *alphabet = alphabets[below(COUNT(alphabets))];
    struct prng prng = {.state = below(256)};

    prng_fill(&prng, bytes, size, alphabet, strlen(alphabet));
}

/* -------------------------------------------------------------------- model */

static struct actor *any_actor(void)
{
    return &world.actors[below(BUFFERS)];
}

static struct actor *any_other(const struct actor *than)
{
    const size_t at = (size_t)(than - world.actors);

    return &world.actors[(at + 1 + below(BUFFERS - 1)) % BUFFERS];
}

static void model_insert(struct actor *actor, size_t at, const uint8_t *bytes, size_t n)
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

static void model_append(struct actor *actor, const uint8_t *bytes, size_t n)
{
    model_insert(actor, actor->size, bytes, n);
}

static void model_skip(struct actor *actor, size_t n)
{
    if (n == 0)
        return;
    memmove(actor->bytes, actor->bytes + n, actor->size - n);
    actor->size -= n;
    actor->position += n;
}

static bool fits(const struct actor *actor, size_t n)
{
    return actor->limit == 0 || actor->size + n <= actor->limit;
}

static void check_actor(const struct actor *actor)
{
    size_t size;
    uint8_t *bytes = flatten(actor->buffer, &size);

    CHECK(size == actor->size);
    CHECK(size == 0 || memcmp(bytes, actor->bytes, size) == 0);
    CHECK(cb_length(actor->buffer) == actor->size);
    CHECK(cb_position(actor->buffer) == actor->position);
    free(bytes);
}

/* Bytes were to be added by something else than the offer: they close it. */
static void after_adding(struct actor *actor, int status, size_t n)
{
    if (status < 0)
        return;
    if (n == 0) /* not promised either way */
        cb_commit(actor->buffer, 0);
    actor->offered = 0;
}

/* -------------------------------------------------------- filling operations */

static void append(void)
{
    struct actor *actor = any_actor();
    uint8_t bytes[200];
    size_t n = below(sizeof bytes);

    make_bytes(bytes, n);
    int status = cb_append(actor->buffer, bytes, n);
    CHECK(status == (fits(actor, n) ? CB_OK : CB_ELIMIT));
    if (status == CB_OK)
        model_append(actor, bytes, n);
    after_adding(actor, status, n);
    check_actor(actor);
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
    CHECK(status == (fits(actor, n) ? CB_OK : CB_ELIMIT));
    if (status == CB_OK)
        model_append(actor, bytes, n);
    after_adding(actor, status, n);
    check_actor(actor);
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

/* Writes all over what was offered, and says that n bytes of it are meant. */
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

/* -------------------------------------------------------- looking operations */

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

/* ------------------------------------------------------ searching operations */

/* The needle of the last time, or a new one. */
static void choose_needle(struct actor *actor)
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
static size_t model_find(const struct actor *actor, const void *needle, size_t n, size_t start,
                         size_t end)
{
    for (size_t at = start; at + n <= end; at++) {
        if (n == 0 || memcmp(actor->bytes + at, needle, n) == 0)
            return at;
    }
    return SIZE_MAX;
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

/* The longest of those that begin first; of identical ones, the first. */
static void find_any(void)
{
    struct actor *actor = any_actor();
    static const char *const needles[] = {"\n", "ab", "abab", "b", "\r\n", ",", "ab", "aba"};
    struct iovec areas[3];
    const size_t count = 1 + below(COUNT(areas)), start = below(actor->size + 3);
    size_t at = 0, which = 0, first = SIZE_MAX, longest = 0;

    for (size_t i = 0; i < count; i++) {
        const char *needle = needles[below(COUNT(needles))];
        const size_t n = strlen(needle);
        const size_t found = model_find(actor, needle, n, start, actor->size);

        areas[i] = (struct iovec){.iov_base = (void *)(uintptr_t)needle, .iov_len = n};
        if (found == SIZE_MAX || found > first)
            continue;
        if (found < first || n > areas[longest].iov_len)
            longest = i;
        first = found;
    }
    int status = cb_find_any(actor->buffer, areas, count, start, CB_ALL, &at, &which);
    CHECK(status == (first == SIZE_MAX ? CB_NO : CB_YES));
    CHECK(status == CB_NO || (at == first && which == longest));
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

/* --------------------------------------------------------- taking operations */

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

static void read_uint(void)
{
    struct actor *actor = any_actor();
    unsigned width = 1 + (unsigned)below(8);
    bool big = one_in(2);
    uint64_t value = 0, expected = 0;
    int status = cb_read_uint(actor->buffer, width, big ? CB_BIG_ENDIAN : CB_LITTLE_ENDIAN, &value);

    CHECK(status == (actor->size < width ? CB_MORE : CB_YES));
    if (status == CB_YES) {
        for (unsigned i = 0; i < width; i++)
            expected |= (uint64_t)actor->bytes[i] << 8 * (big ? width - 1 - i : i);
        CHECK(value == expected);
        model_skip(actor, width);
    }
    check_actor(actor);
}

static void read_varint(void)
{
    struct actor *actor = any_actor();
    uint64_t value = 0, expected = 0;
    size_t n = 0;
    int status = cb_read_varint(actor->buffer, &value);

    while (n < actor->size && n < 10 && actor->bytes[n] >= 0x80)
        n++;
    if (n == 10 || (n == 9 && n < actor->size && actor->bytes[9] > 1)) {
        CHECK(status == CB_EMALFORMED || (status == CB_MORE && n == actor->size));
    } else if (n == actor->size) {
        CHECK(status == CB_MORE);
    } else {
        CHECK(status == CB_YES);
        for (size_t i = 0; i <= n; i++)
            expected |= (uint64_t)(actor->bytes[i] & 0x7f) << 7 * i;
        CHECK(value == expected);
        model_skip(actor, n + 1);
    }
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

static void append_number(void)
{
    struct actor *actor = any_actor();
    const unsigned width = 1 + (unsigned)below(8);
    const uint64_t value = UINT64_MAX >> below(64);
    const uint64_t most = UINT64_MAX >> (64 - 8 * width);
    const bool big = one_in(2);
    uint8_t bytes[8];
    int status =
        cb_append_uint(actor->buffer, value, width, big ? CB_BIG_ENDIAN : CB_LITTLE_ENDIAN);

    for (unsigned i = 0; i < width; i++)
        bytes[big ? width - 1 - i : i] = (uint8_t)(value >> 8 * i);
    if (value > most)
        CHECK(status == CB_EINVAL);
    else
        CHECK(status == (fits(actor, width) ? CB_OK : CB_ELIMIT));
    if (status == CB_OK)
        model_append(actor, bytes, width);
    after_adding(actor, status, width);
    check_actor(actor);
}

static void append_varint(void)
{
    struct actor *actor = any_actor();
    const uint64_t value = UINT64_MAX >> below(64);
    uint8_t bytes[10];
    size_t n = 0;

    for (uint64_t left = value; n == 0 || left > 0; left >>= 7)
        bytes[n++] = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    int status = cb_append_varint(actor->buffer, value);
    CHECK(status == (fits(actor, n) ? CB_OK : CB_ELIMIT));
    if (status == CB_OK)
        model_append(actor, bytes, n);
    after_adding(actor, status, n);
    check_actor(actor);
}

/* By number or by format. */
static void append_decimal(void)
{
    struct actor *actor = any_actor();
    const uint64_t value = UINT64_MAX >> below(64);
    const int width = one_in(2) ? 0 : 1 + (int)below(80);
    char text[100];
    int n = snprintf(text, sizeof text, "%*llu", width, (unsigned long long)value), status;

    if (width == 0)
        status = cb_append_decimal(actor->buffer, value);
    else
        status = cb_printf(actor->buffer, "%*llu", width, (unsigned long long)value);
    CHECK(status == (fits(actor, (size_t)n) ? CB_OK : CB_ELIMIT));
    if (status == CB_OK)
        model_append(actor, (const uint8_t *)text, (size_t)n);
    after_adding(actor, status, (size_t)n);
    check_actor(actor);
}

static void read_decimal(void)
{
    struct actor *actor = any_actor();
    uint64_t value = 0, expected = 0;
    size_t n = 0;
    bool large = false;
    int status = cb_read_decimal(actor->buffer, &value);

    for (; n < actor->size && actor->bytes[n] >= '0' && actor->bytes[n] <= '9'; n++) {
        large = large || __builtin_mul_overflow(expected, 10, &expected) ||
                __builtin_add_overflow(expected, actor->bytes[n] - '0', &expected);
    }
    if (n > 20 || large) {
        CHECK(status == CB_EOVERFLOW);
    } else if (n == actor->size) {
        CHECK(status == CB_MORE);
    } else if (n == 0) {
        CHECK(status == CB_EMALFORMED);
    } else {
        CHECK(status == CB_YES && value == expected);
        model_skip(actor, n);
    }
    check_actor(actor);
}

/* --------------------------------------------------------- holding operations */

static void let_go(struct holding *holding)
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

    CHECK(status == (fits(actor, n) ? CB_OK : CB_ELIMIT));
    if (status == CB_OK)
        model_append(actor, holding->copy, n);
    after_adding(actor, status, n);
    check_actor(actor);
}

static void drop(void)
{
    let_go(&world.holdings[below(HELD)]);
}

/* ------------------------------------------------------ splitting operations */

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

static const struct operation {
    const char *name;
    void (*run)(void);
    unsigned weight;
} operations[] = {
    {"append", append, 4},
    {"append_ref", append_ref, 4},
    {"extend_ref", extend_ref, 4},
    {"append_buffer", append_buffer, 1},
    {"extend", extend, 2},
    {"prepend", prepend, 2},
    {"merge", merge, 1},
    {"get_chunk", get_chunk, 6},
    {"reserve", reserve, 6},
    {"commit", commit, 12},
    {"readinto", readinto, 3},
    {"data", data, 2},
    {"copyout", copyout, 2},
    {"compare", compare, 2},
    {"stats", stats, 1},
    {"find", find, 4},
    {"find_any", find_any, 2},
    {"takeuntil", takeuntil, 6},
    {"takeline", takeline, 4},
    {"skip_if_startswith", skip_if_startswith, 2},
    {"take", take, 4},
    {"peek", peek, 2},
    {"slice", slice, 2},
    {"skip", skip, 4},
    {"truncate", truncate_at, 2},
    {"read_uint", read_uint, 2},
    {"read_varint", read_varint, 2},
    {"append_uint", append_number, 1},
    {"append_varint", append_varint, 1},
    {"append_decimal", append_decimal, 1},
    {"read_decimal", read_decimal, 1},
    {"hold", hold, 2},
    {"held_copy", copy_holding, 1},
    {"append_held", append_holding, 2},
    {"drop", drop, 1},
    {"writev", writev_all, 1},
    {"split", split, 1},
    {"splitlines", splitlines, 1},
    {"strip", strip, 1},
    {"begin anew", begin_anew, 1},
    {"reset a pool", reset_a_pool, 1},
};

static const struct operation *any_operation(void)
{
    size_t total = 0, i = 0;

    for (size_t k = 0; k < COUNT(operations); k++)
        total += operations[k].weight;
    for (size_t at = below(total); at >= operations[i].weight; i++)
        at -= operations[i].weight;
    return &operations[i];
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
