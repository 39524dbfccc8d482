/* SPDX-License-Identifier: MIT */
/*
 * A scenario that uses every call, played again and again with the n-th
 * allocation failing, for all n.  A call that fails must leave every buffer as
 * it was and work when it is made again; at the end everything must be as it
 * is without a failure, and no block may be left.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

enum { BUFFERS = 3, STEPS_MAX = 80 };

/* What the steps work with. */
struct scene {
    struct counting counting;
    size_t idle_limit; /* of the pool; 0: no pool */
    struct cb_pool *pool;
    struct cb_buffer *a, *b, *c;
    struct cb_split *split;
    struct iovec areas[8]; /* of the open offer in a */
    bool offer_is_open;    /* the step before made it */
    unsigned released;     /* blocks that were appended by reference */
    int from, to;          /* a pipe with some bytes in it */
    size_t at;             /* found */
    const void *data;      /* borrowed */
    uint64_t number;       /* read */
};

static uint8_t numbers[256]; /* 0, 1, 2 ... */

static void count_release(void *arg, const void *data, size_t size)
{
    struct scene *scene = arg;

    (void)data;
    (void)size;
    scene->released++;
}

/* -------------------------------------------------------------------- steps */

static int make_pool(struct scene *s)
{
    struct cb_pool_options options = {
        .size = sizeof options, .idle_limit = s->idle_limit, .allocator = &s->counting.hooks};

    return s->idle_limit == 0 ? CB_OK : cb_pool_new(&s->pool, &options);
}

static int make_buffer(struct scene *s, struct cb_buffer **buffer, size_t copy_below)
{
    struct cb_buffer_options options = {
        .size = sizeof options,
        .pool = s->pool,
        .chunk_min = 16,
        .chunk_max = 64,
        .cutoff = 10,
        .copy_below = copy_below,
        .allocator = &s->counting.hooks,
    };

    return cb_buffer_new(buffer, &options);
}

static int make_a(struct scene *s)
{
    return make_buffer(s, &s->a, 0);
}

static int make_b(struct scene *s)
{
    return make_buffer(s, &s->b, 0);
}

static int make_c(struct scene *s)
{
    return make_buffer(s, &s->c, 10);
}

static int append_little(struct scene *s)
{
    return cb_append(s->a, "head", 4);
}

static int append_much(struct scene *s)
{
    return cb_append(s->a, numbers, 256);
}

static int append_much_to_b(struct scene *s)
{
    return cb_append(s->b, numbers, 200);
}

static int append_by_reference(struct scene *s)
{
    return cb_append_ref(s->a, numbers, 100, count_release, s);
}

static int append_below_cutoff(struct scene *s)
{
    return cb_append_ref(s->a, "nine char", 9, count_release, s);
}

static int extend(struct scene *s)
{
    const struct iovec areas[] = {
        {.iov_base = numbers, .iov_len = 100},
        {.iov_base = numbers + 50, .iov_len = 150},
    };

    return cb_extend(s->a, areas, 2, NULL, NULL);
}

static int extend_by_reference(struct scene *s)
{
    const struct iovec areas[] = {
        {.iov_base = numbers, .iov_len = 9},       {.iov_base = numbers, .iov_len = 100},
        {.iov_base = numbers + 50, .iov_len = 80}, {.iov_base = numbers + 9, .iov_len = 8},
        {.iov_base = numbers, .iov_len = 30},
    };

    return cb_extend(s->a, areas, 5, count_release, s);
}

static int print_short(struct scene *s)
{
    return cb_printf(s->a, "%d, %s", 42, "nine char");
}

static int print_long(struct scene *s)
{
    return cb_printf(s->a, "%0200d", 42);
}

static int append_numbers(struct scene *s)
{
    int status = cb_append_uint(s->b, UINT64_MAX, 8, CB_BIG_ENDIAN);

    return status == CB_OK ? cb_truncate(s->b, cb_length(s->b) - 8), CB_OK : status;
}

static int find_any(struct scene *s)
{
    const struct iovec needles[] = {
        {.iov_base = numbers + 200, .iov_len = 30},
        {.iov_base = numbers + 20, .iov_len = 2},
    };
    size_t which;

    return cb_find_any(s->a, needles, 2, 0, CB_ALL, &s->at, &which);
}

static int append_held(struct scene *s)
{
    struct cb_held held;

    ck_assert_int_eq(cb_hold_bytes(s->a, 0, 3, &held), CB_YES);
    int status = cb_append_held(s->b, &held);
    cb_drop(&held);
    return status;
}

static int prepend(struct scene *s)
{
    return cb_prepend(s->a, numbers, 77);
}

static int get_chunk(struct scene *s)
{
    return cb_get_chunk(s->a, 30, &s->areas[0].iov_base, &s->areas[0].iov_len);
}

static int write_chunk(struct scene *s)
{
    memset(s->areas[0].iov_base, 'w', 20);
    return cb_chunk_written(s->a, 20);
}

static int reserve(struct scene *s)
{
    ssize_t count = cb_reserve(s->a, 150, s->areas, 8);

    return count >= 0 ? CB_OK : (int)count;
}

static int commit(struct scene *s)
{
    size_t left = 150;

    for (size_t i = 0; left > 0; i++) {
        size_t n = left < s->areas[i].iov_len ? left : s->areas[i].iov_len;

        memcpy(s->areas[i].iov_base, numbers, n);
        left -= n;
    }
    return cb_commit(s->a, 90); /* and the rest stays unused */
}

static int read_from_pipe(struct scene *s)
{
    return (int)cb_readinto(s->a, s->from, 40);
}

static int write_to_pipe(struct scene *s)
{
    return (int)cb_writev(s->c, s->to, CB_ALL);
}

static int append_buffer(struct scene *s)
{
    return cb_append_buffer(s->c, s->a);
}

static int merge(struct scene *s)
{
    struct cb_buffer *sources[] = {s->b, s->c, s->b, s->c};

    return cb_merge(s->a, sources, 4);
}

static int peek(struct scene *s)
{
    return (int)cb_peek(s->a, 300, s->b);
}

static int slice(struct scene *s)
{
    return (int)cb_slice(s->a, 100, 300, s->b);
}

static int take(struct scene *s)
{
    return (int)cb_take(s->a, 333, s->b);
}

static int take_copy(struct scene *s)
{
    return (int)cb_take(s->c, 9, s->b);
}

static int slice_copy(struct scene *s)
{
    return (int)cb_slice(s->c, 60, 9, s->b);
}

static int join(struct scene *s)
{
    return cb_data(s->a, 250, &s->data);
}

static int find_short(struct scene *s)
{
    return cb_find(s->a, "ww", 2, 0, CB_ALL, &s->at);
}

static int find_long(struct scene *s)
{
    return cb_find(s->a, numbers + 20, 20, 0, CB_ALL, &s->at);
}

static int find_longer(struct scene *s)
{
    return cb_find(s->a, numbers + 10, 60, 0, CB_ALL, &s->at);
}

static int takeuntil(struct scene *s)
{
    return cb_takeuntil(s->b, numbers + 150, 15, 0, 0, 0, s->c);
}

static int takeuntil_short(struct scene *s)
{
    return cb_takeuntil(s->b, numbers + 50, 2, 0, 0, CB_KEEP, s->c);
}

static int takeline(struct scene *s)
{
    return cb_takeline(s->b, 20, 0, 0, s->c);
}

static int split_by_long(struct scene *s)
{
    return cb_split_new(&s->split, s->a, numbers + 30, 12, CB_ALL);
}

static int split_by_space(struct scene *s)
{
    return cb_split_new(&s->split, s->a, NULL, 0, CB_ALL);
}

static int split_lines(struct scene *s)
{
    return cb_splitlines_new(&s->split, s->a, CB_KEEP);
}

static int next_part(struct scene *s)
{
    return cb_split_next(s->split, s->c);
}

static int end_split(struct scene *s)
{
    cb_split_free(s->split);
    s->split = NULL;
    return CB_OK;
}

static int empty_c(struct scene *s)
{
    return (int)cb_skip(s->c, CB_ALL);
}

static int read_numbers(struct scene *s)
{
    int status = cb_read_uint(s->a, 5, CB_BIG_ENDIAN, &s->number);

    return status == CB_YES ? cb_read_varint(s->a, &s->number) : status;
}

static int look(struct scene *s)
{
    uint8_t out[300];
    size_t missing;

    ck_assert_int_eq(cb_equal(s->a, s->b), CB_NO);
    ck_assert_int_ne(cb_compare(s->a, s->b), 0);
    ck_assert_int_eq(cb_skip_if_startswith(s->a, "no", 2, &missing), CB_NO);
    ck_assert_uint_eq(buffer_stats(s->a).length, cb_length(s->a));
    return (int)cb_copyout(s->a, 0, sizeof out, out);
}

static int cut(struct scene *s)
{
    return (int)(cb_strip(s->a, numbers, 10) + cb_truncate(s->a, 50));
}

static int reset_pool(struct scene *s)
{
    if (s->pool)
        cb_pool_reset(s->pool);
    return CB_OK;
}

static const struct step {
    const char *name;
    int (*run)(struct scene *scene);
} steps[] = {
    {"make_pool", make_pool},
    {"make_a", make_a},
    {"make_b", make_b},
    {"make_c", make_c},
    {"append_little", append_little},
    {"get_chunk", get_chunk},
    {"append_much, while an offer is open", append_much},
    {"get_chunk", get_chunk},
    {"write_chunk", write_chunk},
    {"get_chunk", get_chunk},
    {"append_by_reference, while an offer is open", append_by_reference},
    {"append_below_cutoff", append_below_cutoff},
    {"extend", extend},
    {"print_short", print_short},
    {"get_chunk", get_chunk},
    {"print_short, while an offer is open", print_short},
    {"get_chunk", get_chunk},
    {"print_long, while an offer is open", print_long},
    {"append_numbers", append_numbers},
    {"get_chunk", get_chunk},
    {"extend_by_reference, while an offer is open", extend_by_reference},
    {"get_chunk", get_chunk},
    {"prepend, while an offer is open", prepend},
    {"reserve", reserve},
    {"commit", commit},
    {"append_much_to_b", append_much_to_b},
    {"read_from_pipe", read_from_pipe},
    {"append_buffer", append_buffer},
    {"get_chunk", get_chunk},
    {"merge, while an offer is open", merge},
    {"find_short", find_short},
    {"find_long", find_long},
    {"find_longer", find_longer},
    {"find_long", find_long},
    {"find_any", find_any},
    {"append_held", append_held},
    {"append_held", append_held},
    {"append_held", append_held},
    {"peek", peek},
    {"slice", slice},
    {"join", join},
    {"take", take},
    {"take_copy", take_copy},
    {"slice_copy", slice_copy},
    {"empty_c", empty_c},
    {"takeuntil", takeuntil},
    {"takeuntil_short", takeuntil_short},
    {"takeline", takeline},
    {"takeuntil", takeuntil},
    {"write_to_pipe", write_to_pipe},
    {"split_by_long", split_by_long},
    {"next_part", next_part},
    {"next_part", next_part},
    {"next_part", next_part},
    {"end_split", end_split},
    {"reset_pool", reset_pool},
    {"split_by_space", split_by_space},
    {"next_part", next_part},
    {"next_part", next_part},
    {"next_part", next_part},
    {"end_split", end_split},
    {"split_lines", split_lines},
    {"next_part", next_part},
    {"next_part", next_part},
    {"end_split", end_split},
    {"read_numbers", read_numbers},
    {"look", look},
    {"cut", cut},
};

/* ---------------------------------------------------------------- snapshots */

/* All that can be seen of the buffers. */
struct snapshot {
    uint8_t *bytes[BUFFERS];
    size_t sizes[BUFFERS];
    uint64_t positions[BUFFERS];
    bool there[BUFFERS];
    unsigned released;
};

static struct snapshot take_snapshot(const struct scene *scene)
{
    const struct cb_buffer *buffers[BUFFERS] = {scene->a, scene->b, scene->c};
    struct snapshot snapshot = {.released = scene->released};

    for (size_t i = 0; i < BUFFERS; i++) {
        if (!buffers[i])
            continue;
        snapshot.there[i] = true;
        snapshot.bytes[i] = flatten(buffers[i], &snapshot.sizes[i]);
        snapshot.positions[i] = cb_position(buffers[i]);
        ck_assert_uint_eq(cb_length(buffers[i]), snapshot.sizes[i]);
    }
    return snapshot;
}

static void free_snapshot(struct snapshot *snapshot)
{
    for (size_t i = 0; i < BUFFERS; i++)
        free(snapshot->bytes[i]);
}

static bool is_as_in(const struct scene *scene, const struct snapshot *before)
{
    struct snapshot now = take_snapshot(scene);
    bool same = now.released == before->released;

    for (size_t i = 0; i < BUFFERS; i++) {
        same = same && now.there[i] == before->there[i] && now.sizes[i] == before->sizes[i] &&
               now.positions[i] == before->positions[i];
        if (same && now.there[i])
            same = memcmp(now.bytes[i], before->bytes[i], now.sizes[i]) == 0;
    }
    free_snapshot(&now);
    return same;
}

/* -------------------------------------------------------------- the scenario */

/* Which allocation fails, and what comes then. */
struct plan {
    size_t idle_limit;
    uint64_t fail_at; /* 0: none */
    bool give_up;     /* all fail from there on, and nothing is tried again */
};

/* How it went without a failure. */
struct outcome {
    int statuses[STEPS_MAX];
    struct snapshot end;
};

static void begin(struct scene *scene, const struct plan *plan)
{
    int ends[2];

    *scene = (struct scene){.idle_limit = plan->idle_limit};
    counting_init(&scene->counting);
    ck_assert_int_eq(pipe(ends), 0);
    scene->from = ends[0];
    scene->to = ends[1];
    ck_assert_int_eq(write(scene->to, numbers + 100, 40), 40);
    counting_fail(&scene->counting, plan->fail_at, plan->give_up);
}

static void end(struct scene *scene)
{
    cb_split_free(scene->split);
    cb_buffer_free(scene->a);
    cb_buffer_free(scene->b);
    cb_buffer_free(scene->c);
    cb_pool_unref(scene->pool);
    close(scene->from);
    close(scene->to);
    counting_fini(&scene->counting);
}

/* A failed call must not have closed an offer, unless it asked for one. */
static void check_offer(struct scene *scene, const struct step *step, uint64_t fail_at)
{
    if (scene->offer_is_open)
        ck_assert_msg(cb_chunk_written(scene->a, 1) == CB_OK,
                      "%s closed the offer when allocation %u failed", step->name,
                      (unsigned)fail_at);
}

/* Plays all steps; with an outcome to compare with, these must agree. */
static bool play(const struct plan *plan, struct outcome *outcome, const struct outcome *expected)
{
    struct scene scene;
    bool gave_up = false;

    begin(&scene, plan);
    for (size_t i = 0; i < COUNT(steps) && !gave_up; i++) {
        struct snapshot before = take_snapshot(&scene);
        int status = steps[i].run(&scene);

        if (status == CB_ENOMEM) {
            ck_assert_msg(scene.counting.failed, "%s found no memory", steps[i].name);
            ck_assert_msg(is_as_in(&scene, &before),
                          "%s left a trace when allocation %u failed (pool %zu)", steps[i].name,
                          (unsigned)plan->fail_at, plan->idle_limit);
            gave_up = plan->give_up;
            if (gave_up && steps[i].run != get_chunk && steps[i].run != reserve)
                check_offer(&scene, &steps[i], plan->fail_at);
            else
                status = steps[i].run(&scene);
        }
        if (!gave_up) {
            ck_assert_msg(status >= 0, "%s: %s (allocation %u, pool %zu)", steps[i].name,
                          cb_strerror(status), (unsigned)plan->fail_at, plan->idle_limit);
            ck_assert_msg(!expected || status == expected->statuses[i],
                          "%s gave %d, expected %d, after allocation %u failed", steps[i].name,
                          status, !expected ? 0 : expected->statuses[i], (unsigned)plan->fail_at);
            if (outcome)
                outcome->statuses[i] = status;
        }
        scene.offer_is_open = steps[i].run == get_chunk || steps[i].run == reserve;
        free_snapshot(&before);
    }
    bool failed = scene.counting.failed;
    ck_assert(gave_up || !expected || is_as_in(&scene, &expected->end));
    if (outcome)
        outcome->end = take_snapshot(&scene);
    end(&scene);
    return failed;
}

static void fail_each_allocation(size_t idle_limit, bool give_up)
{
    struct plan plan = {.idle_limit = idle_limit};
    struct outcome expected;

    ck_assert_uint_le(COUNT(steps), STEPS_MAX);
    for (size_t i = 0; i < sizeof numbers; i++)
        numbers[i] = (uint8_t)i;
    ck_assert(!play(&plan, &expected, NULL));
    plan.give_up = give_up;
    plan.fail_at = 1;
    while (play(&plan, NULL, &expected))
        plan.fail_at++;
    ck_assert_uint_ge(plan.fail_at, 20); /* so many there are at least */
    free_snapshot(&expected.end);
}

static const size_t idle_limits[] = {0, 1, CB_ALL};

START_TEST(a_call_without_memory_changes_nothing_and_works_again)
{
    fail_each_allocation(idle_limits[_i], false);
}
END_TEST

START_TEST(without_any_more_memory_all_can_still_be_freed)
{
    fail_each_allocation(idle_limits[_i], true);
}
END_TEST

/* A value that no call gives. */
#define UNTOUCHED ((void *)&counting)

START_TEST(results_are_left_alone_by_a_call_without_memory)
{
    static struct counting counting;
    struct cb_pool_options options = {.size = sizeof options, .allocator = &counting.hooks};
    struct cb_decoder_options of_decoder = {.size = sizeof of_decoder,
                                            .allocator = &counting.hooks};
    struct cb_encoder_options of_encoder = {.size = sizeof of_encoder,
                                            .allocator = &counting.hooks};
    struct cb_pool *pool = UNTOUCHED;
    struct cb_buffer *buffer = NULL, *none = UNTOUCHED;
    struct cb_decoder *decoder = UNTOUCHED;
    struct cb_encoder *encoder = UNTOUCHED;
    struct cb_split *split = UNTOUCHED;
    const void *joined = UNTOUCHED;
    void *data = UNTOUCHED;
    size_t size = 77;

    counting_init(&counting);
    counting_fail(&counting, 1, true);
    ck_assert_int_eq(cb_pool_new(&pool, &options), CB_ENOMEM);
    ck_assert_ptr_eq(pool, UNTOUCHED);
    ck_assert_int_eq(cb_decoder_new(&decoder, "line", &of_decoder, NULL), CB_ENOMEM);
    ck_assert_ptr_eq(decoder, UNTOUCHED);
    ck_assert_int_eq(cb_encoder_new(&encoder, "line", &of_encoder, NULL), CB_ENOMEM);
    ck_assert_ptr_eq(encoder, UNTOUCHED);

    counting_fail(&counting, 0, false);
    pool = new_pool(&counting.hooks);
    buffer = new_buffer(pool, 64);
    append_block(buffer, "ab", 2);
    append_block(buffer, "cd", 2);
    counting_fail(&counting, 1, true);
    struct cb_buffer_options of_buffer = {.size = sizeof of_buffer, .pool = pool};
    ck_assert_int_eq(cb_buffer_new(&none, &of_buffer), CB_ENOMEM);
    ck_assert_ptr_eq(none, UNTOUCHED);
    ck_assert_int_eq(cb_split_new(&split, buffer, NULL, 0, CB_ALL), CB_ENOMEM);
    ck_assert_int_eq(cb_splitlines_new(&split, buffer, 0), CB_ENOMEM);
    ck_assert_ptr_eq(split, UNTOUCHED);
    ck_assert_int_eq(cb_get_chunk(buffer, 10, &data, &size), CB_ENOMEM);
    ck_assert_ptr_eq(data, UNTOUCHED);
    ck_assert_int_eq(cb_data(buffer, 3, &joined), CB_ENOMEM);
    ck_assert_ptr_eq(joined, UNTOUCHED);
    ck_assert_int_eq(cb_find(buffer, "c", 1, 0, CB_ALL, &size), CB_ENOMEM);
    ck_assert_uint_eq(size, 77);
    assert_holds(buffer, BYTES("abcd"));
    cb_buffer_free(buffer);
    cb_pool_unref(pool);
    counting_fini(&counting);
}
END_TEST

/* As many chunks as a ring has room for. */
enum { CHUNKS = 16 };

static int prepend_one(struct cb_buffer *buffer)
{
    return cb_prepend(buffer, "x", 1);
}

static int join_all(struct cb_buffer *buffer)
{
    const void *data;
    return cb_data(buffer, 2 * CHUNKS, &data);
}

static int reserve_areas(struct cb_buffer *buffer)
{
    struct iovec areas[8];
    return cb_reserve(buffer, 1000, areas, 8) < 0 ? CB_ENOMEM : CB_OK;
}

static int (*const growing[])(struct cb_buffer *) = {prepend_one, join_all, reserve_areas};

START_TEST(a_buffer_of_many_chunks_stays_as_it_is_without_memory)
{
    bool failed = true;

    for (uint64_t n = 1; failed; n++) {
        struct counting counting;

        counting_init(&counting);
        struct cb_pool *pool = new_pool(&counting.hooks);
        struct cb_buffer *buffer = new_buffer(pool, 64);
        for (size_t i = 0; i < CHUNKS; i++)
            append_block(buffer, "ab", 2);
        counting_fail(&counting, n, false);
        int status = growing[_i](buffer);
        failed = counting.failed;
        counting_fail(&counting, 0, false);
        ck_assert_int_eq(failed, status == CB_ENOMEM);
        ck_assert(n > 1 || failed);
        if (failed)
            assert_holds(buffer, BYTES("abababababababababababababababab"));
        cb_buffer_free(buffer);
        cb_pool_unref(pool);
        counting_fini(&counting);
    }
}
END_TEST

#define TEN_X "xxxxxxxxxx"
#define TEN_OPEN "\x9f\x9f\x9f\x9f\x9f\x9f\x9f\x9f\x9f\x9f"
#define TEN_ENDS "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

/* Frames whose payload is not in the input as it is, or which end far from where they
 * begin. */
static const struct {
    const char *specification, *start;
    size_t before;
    const char *end;
    size_t after;
} frames[] = {
    {"slip", BYTES("a\xdb\xdc"), BYTES("\xc0")},
    {"hdlc", BYTES("~a}]"), BYTES("~")},
    /* 'x' is 120, and 40 + LONG_RECORD a multiple of that. */
    {"cobs", BYTES(TEN_X TEN_X TEN_X TEN_X), BYTES("\0")},
    {"sse,data", BYTES("data:a\ndata:"), BYTES("\n\n")},
    {"websocket", BYTES("\x82\xfe\x4e\x20zzzz"), BYTES("")},
    {"websocket,message", BYTES("\2\1y\x80\x7e\x4e\x20"), BYTES("")},
    {"http", BYTES("HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n4e20\r\n"),
     BYTES("\r\n0\r\n\r\n")},
    {"u16be,more=20000", BYTES("\x4e\x20"), BYTES("\0\1y")},
    {"json-seq", BYTES("\x1e\""), BYTES("\"\n")},
    {"between:<,end=>", BYTES("<"), BYTES(">")},
    {"between:" TEN_X TEN_X TEN_X "<,end=>" TEN_X TEN_X TEN_X, BYTES(TEN_X TEN_X TEN_X "<"),
     BYTES(">" TEN_X TEN_X TEN_X)},
    {"delim:aa,or=b", BYTES(""), BYTES("aa")},
    {"line,fold", BYTES("a\n "), BYTES("\nb")},
    {"csv", BYTES("\"a"), BYTES("\"\n")},
    {"paragraph", BYTES("a\n"), BYTES("\n\n")},
    {"start:a,or=bb", BYTES("a"), BYTES("bb")},
    /* Values that are open: more than the first block of the stack has room for. */
    {"cbor", BYTES(TEN_OPEN TEN_OPEN TEN_OPEN TEN_OPEN TEN_OPEN TEN_OPEN "\x79\x4e\x20"),
     BYTES(TEN_ENDS TEN_ENDS TEN_ENDS TEN_ENDS TEN_ENDS TEN_ENDS)},
    {"resp", BYTES("*?\r\n$20000\r\n"), BYTES("\r\n.\r\n")},
};

enum { LONG_RECORD = 20000, LONG_FRAME = LONG_RECORD + 128 };

/* The status at the end: CB_END with the length of all records, or an error. */
static int take_all(const char *specification, const struct cb_decoder_options *options,
                    const uint8_t *input, size_t size, size_t *length)
{
    struct cb_buffer_options plain = {
        .size = sizeof plain, .allocator = options->allocator, .chunk_min = 64, .chunk_max = 1024};
    struct cb_buffer *buffer = NULL, *taken = NULL;
    struct cb_decoder *decoder = NULL;
    int status = cb_buffer_new(&buffer, &plain);

    if (status == CB_OK)
        status = cb_buffer_new(&taken, &plain);
    if (status == CB_OK)
        status = cb_decoder_new(&decoder, specification, options, NULL);
    for (size_t at = 0; status == CB_OK && at < size; at += 3000) {
        status = cb_append(buffer, input + at, size - at < 3000 ? size - at : 3000);
        int got = status == CB_OK ? CB_YES : CB_END;
        while (got == CB_YES)
            got = cb_decoder_take(decoder, buffer, taken);
        if (got < 0 && got != CB_END)
            status = got;
    }
    if (status == CB_OK) {
        cb_decoder_finish(decoder);
        do
            status = cb_decoder_take(decoder, buffer, taken);
        while (status == CB_YES);
    }
    *length = taken ? cb_length(taken) : 0;
    cb_decoder_free(decoder);
    cb_buffer_free(taken);
    cb_buffer_free(buffer);
    return status;
}

/* (Some memory only makes it faster.) */
START_TEST(a_long_record_without_memory_is_an_error_or_read_all_the_same)
{
    const size_t before = frames[_i].before, after = frames[_i].after;
    uint8_t input[LONG_FRAME];
    struct counting counting;

    memcpy(input, frames[_i].start, before);
    memset(input + before, 'x', LONG_RECORD);
    memcpy(input + before + LONG_RECORD, frames[_i].end, after);
    for (int way = 0; way < 4; way++) {
        struct cb_decoder_options options = {
            .size = sizeof options,
            .allocator = &counting.hooks,
            .whole = way & 1,
            .max_record = way & 2 ? 1000 : 0,
            .on_overflow = way & 2 ? CB_OVERFLOW_TRUNCATE : CB_OVERFLOW_FAIL,
        };
        bool failed = true;
        size_t expected, length;

        counting_init(&counting);
        ck_assert_int_eq(take_all(frames[_i].specification, &options, input,
                                  before + LONG_RECORD + after, &expected),
                         CB_END);
        for (uint64_t n = 1; failed; n++) {
            counting_fail(&counting, n, false);
            int status = take_all(frames[_i].specification, &options, input,
                                  before + LONG_RECORD + after, &length);
            failed = counting.failed;
            ck_assert_msg(status == CB_END ? length == expected : failed && status == CB_ENOMEM,
                          "%s, allocation %u: %d, %zu bytes of %zu", frames[_i].specification,
                          (unsigned)n, status, length, expected);
            counting.failed = false;
        }
        counting_fini(&counting);
    }
}
END_TEST

/* Short records, many of which are unpacked at once. */
START_TEST(short_records_without_memory_are_an_error_or_read_all_the_same)
{
    enum { RECORDS = 50 };
    bool failed = true;

    for (uint64_t n = 1; failed; n++) {
        struct counting counting;
        struct cb_decoder *decoder;
        struct cb_piece pieces[RECORDS + 1];
        struct cb_buffer *buffer;
        ssize_t got;
        size_t count = 0;

        counting_init(&counting);
        const struct cb_decoder_options options = {.size = sizeof options,
                                                   .allocator = &counting.hooks};
        const struct cb_buffer_options input = {.size = sizeof input,
                                                .allocator = &counting.hooks};
        ck_assert_int_eq(cb_buffer_new(&buffer, &input), CB_OK);
        for (int i = 0; i < RECORDS; i++)
            ck_assert_int_eq(cb_append(buffer, BYTES("a\333\334b\300")), CB_OK);
        ck_assert_int_eq(cb_decoder_new(&decoder, "slip", &options, NULL), CB_OK);
        counting_fail(&counting, n, false);
        while ((got = cb_decoder_batch(decoder, buffer, pieces, COUNT(pieces))) > 0) {
            for (ssize_t i = 0; i < got; i++) {
                ck_assert_uint_eq(pieces[i].length, 3);
                ck_assert(memcmp(pieces[i].data, "a\300b", 3) == 0);
            }
            count += (size_t)got;
        }
        failed = counting.failed;
        ck_assert_int_eq(got, failed && count < RECORDS ? CB_ENOMEM : CB_MORE);
        ck_assert(failed || count == RECORDS);
        cb_decoder_free(decoder);
        cb_buffer_free(buffer);
        counting_fini(&counting);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("failures");
    TCase *tcase = add_case(suite, "allocations");

    tcase_add_loop_test(tcase, a_call_without_memory_changes_nothing_and_works_again, 0,
                        (int)COUNT(idle_limits));
    tcase_add_loop_test(tcase, without_any_more_memory_all_can_still_be_freed, 0,
                        (int)COUNT(idle_limits));
    tcase_add_test(tcase, results_are_left_alone_by_a_call_without_memory);
    tcase_add_loop_test(tcase, a_buffer_of_many_chunks_stays_as_it_is_without_memory, 0,
                        (int)COUNT(growing));
    tcase_add_loop_test(tcase, a_long_record_without_memory_is_an_error_or_read_all_the_same, 0,
                        (int)COUNT(frames));
    tcase_add_test(tcase, short_records_without_memory_are_an_error_or_read_all_the_same);
    return run_suite(suite);
}
