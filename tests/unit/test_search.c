/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "support.h"

static struct counting counting;
static struct cb_pool *pool;
static struct cb_buffer *buffer; /* takes all by reference: its chunks are known */
static struct cb_buffer *record;

static void setup(void)
{
    counting_init(&counting);
    pool = new_pool(&counting.hooks);
    buffer = new_buffer(pool, 64);
    record = new_buffer(pool, 64);
}

static void teardown(void)
{
    cb_buffer_free(buffer);
    cb_buffer_free(record);
    cb_pool_unref(pool);
    counting_fini(&counting);
}

/* --------------------------------------------------------------------- find */

enum { NOT_FOUND = -1 };

/* bytes.find of Python. */
static int64_t python_find(const char *data, size_t size, const char *needle, size_t n,
                           size_t start, size_t end)
{
    if (end > size)
        end = size;
    for (size_t at = start; at <= end && n <= end - at; at++) {
        if (memcmp(data + at, needle, n) == 0)
            return (int64_t)at;
    }
    return NOT_FOUND;
}

static int64_t find(struct cb_buffer *in, const void *needle, size_t n, size_t start, size_t end)
{
    size_t at = 12345;
    int status = cb_find(in, needle, n, start, end, &at);

    if (status == CB_YES)
        return (int64_t)at;
    ck_assert_int_eq(status, CB_NO);
    return NOT_FOUND;
}

/* Each line was made by Python 3. */
static const struct {
    const char *data, *needle;
    size_t start, end;
    int64_t at;
} python_cases[] = {
    {"", "", 0, 0, 0},
    {"", "", 1, 1, -1},
    {"", "a", 0, CB_ALL, -1},
    {"abc", "", 0, 3, 0},
    {"abc", "", 2, 3, 2},
    {"abc", "", 3, 3, 3},
    {"abc", "", 3, CB_ALL, 3},
    {"abc", "", 4, CB_ALL, -1},
    {"abc", "", 2, 1, -1},
    {"abc", "", 3, 2, -1},
    {"abc", "", 0, 0, 0},
    {"abc", "c", 0, 2, -1},
    {"abc", "c", 0, 3, 2},
    {"abc", "c", 2, 3, 2},
    {"abc", "c", 3, 3, -1},
    {"abcabc", "abc", 1, 6, 3},
    {"abcabc", "abc", 1, 5, -1},
    {"abcabc", "abc", 3, CB_ALL, 3},
    {"abcabc", "abcabca", 0, CB_ALL, -1},
    {"aaaaab", "aab", 0, CB_ALL, 3},
    {"mississippi", "issip", 0, CB_ALL, 4},
    {"mississippi", "issip", 2, 9, 4},
    {"mississippi", "issip", 2, 8, -1},
    {"abababac", "abac", 0, CB_ALL, 4},
};

START_TEST(find_agrees_with_pythons_bytes_find)
{
    for (size_t i = 0; i < COUNT(python_cases); i++) {
        const char *data = python_cases[i].data, *needle = python_cases[i].needle;

        for (size_t block = 1; block <= strlen(data) + 1; block++) {
            append_cut(buffer, data, strlen(data), &block, 1);
            ck_assert_msg(find(buffer, needle, strlen(needle), python_cases[i].start,
                               python_cases[i].end) == python_cases[i].at,
                          "case %zu in chunks of %zu", i, block);
            cb_skip(buffer, CB_ALL);
        }
    }
}
END_TEST

/* Tries all needles of at most 3 bytes, all bounds, in the buffer as it is. */
static void try_all_needles(struct cb_buffer *in, const char *data, size_t size)
{
    char needle[3];

    for (unsigned code = 1; code < 16; code++) { /* its bits after the first one are bytes */
        size_t n = 0;

        for (unsigned bits = code; bits > 1; bits >>= 1)
            needle[n++] = bits & 1 ? 'a' : 'b';
        for (size_t start = 0; start <= size + 1; start++)
            for (size_t end = 0; end <= size + 1; end++) {
                int64_t expected = python_find(data, size, needle, n, start, end);
                int64_t at = find(in, needle, n, start, end);

                ck_assert_msg(at == expected, "%.*s in %.*s from %d to %d: %d, expected %d", (int)n,
                              needle, (int)size, data, (int)start, (int)end, (int)at,
                              (int)expected);
            }
    }
}

START_TEST(find_is_right_for_all_short_strings_bounds_and_chunks)
{
    char data[5];

    for (unsigned code = 1; code < 64; code++) {
        size_t size = 0;

        for (unsigned bits = code; bits > 1; bits >>= 1)
            data[size++] = bits & 1 ? 'a' : 'b';
        unsigned ways = size > 0 ? 1U << (size - 1) : 1; /* to cut or not after each byte */
        for (unsigned cuts = 0; cuts < ways; cuts++) {
            struct cb_buffer *in = new_buffer(NULL, 64);

            for (size_t from = 0, to = 1; to <= size; to++) {
                if (to == size || (cuts >> (to - 1) & 1) != 0) {
                    ck_assert_int_eq(cb_append_ref(in, data + from, to - from, NULL, NULL), CB_OK);
                    from = to;
                }
            }
            try_all_needles(in, data, size);
            cb_buffer_free(in);
        }
    }
}
END_TEST

START_TEST(find_is_right_for_long_needles_over_many_chunks)
{
    struct prng prng = {.state = 1};

    for (int round = 0; round < 20000; round++) {
        char data[400], needle[70];
        size_t size = prng_below(&prng, sizeof data + 1);
        size_t n = 1 + prng_below(&prng, sizeof needle);
        size_t letters = 1 + prng_below(&prng, 3);
        const size_t sizes[] = {1 + prng_below(&prng, 40), 1 + prng_below(&prng, 3),
                                1 + prng_below(&prng, 150)};
        size_t start = round % 2 ? prng_below(&prng, sizeof data) : 0;
        size_t end = round % 3 ? prng_below(&prng, sizeof data) : CB_ALL;

        prng_fill(&prng, data, size, "abc", letters);
        prng_fill(&prng, needle, n, "abc", letters);
        if (n <= size && round % 5 > 0) /* mostly it is there somewhere */
            memcpy(data + prng_below(&prng, size - n + 1), needle, n);
        append_cut(buffer, data, size, sizes, COUNT(sizes));
        int64_t expected = python_find(data, size, needle, n, start, end);
        int64_t at = find(buffer, needle, n, start, end);
        ck_assert_msg(at == expected, "round %d: found at %d, expected %d", round, (int)at,
                      (int)expected);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(a_needle_is_found_at_every_place_before_an_unreadable_page)
{
    static const char *needles[] = {"\n", "\r\n", "\r\n\r\n", "a\nb", "0123456789\r\n"};
    char data[300];
    struct guard guard;

    for (size_t i = 0; i < COUNT(needles); i++) {
        size_t n = strlen(needles[i]);

        for (size_t size = n; size <= 200; size++) {
            memset(data, 'x', size);
            guard_init(&guard, data, size);
            ck_assert_int_eq(cb_append_ref(buffer, guard.data, size, NULL, NULL), CB_OK);
            ck_assert_int_eq(find(buffer, needles[i], n, 0, CB_ALL), NOT_FOUND);
            cb_skip(buffer, CB_ALL);
            guard_fini(&guard);
        }
        for (size_t at = 0; at + n <= 200; at++) {
            memset(data, 'x', 200);
            memcpy(data + at, needles[i], n);
            guard_init(&guard, data, 200);
            ck_assert_int_eq(cb_append_ref(buffer, guard.data, 200, NULL, NULL), CB_OK);
            ck_assert_int_eq(find(buffer, needles[i], n, 0, CB_ALL), (int64_t)at);
            ck_assert_int_eq(find(buffer, needles[i], n, at + 1, CB_ALL), NOT_FOUND);
            ck_assert_int_eq(find(buffer, needles[i], n, 0, at + n - 1), NOT_FOUND);
            cb_skip(buffer, CB_ALL);
            guard_fini(&guard);
        }
    }
}
END_TEST

START_TEST(all_byte_values_can_be_found)
{
    uint8_t data[256];

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    append_cut(buffer, data, sizeof data, (size_t[]){100}, 1);
    for (size_t i = 0; i < sizeof data; i++) {
        ck_assert_int_eq(find(buffer, data + i, 1, 0, CB_ALL), (int64_t)i);
        if (i < 255)
            ck_assert_int_eq(find(buffer, data + i, 2, 0, CB_ALL), (int64_t)i);
    }
}
END_TEST

START_TEST(bounds_far_beyond_the_end_are_cut)
{
    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(find(buffer, "c", 1, 0, CB_ALL), 2);
    ck_assert_int_eq(find(buffer, "c", 1, CB_ALL, CB_ALL), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "", 0, CB_ALL, CB_ALL), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "c", 1, CB_ALL - 1, 3), NOT_FOUND);
}
END_TEST

START_TEST(find_counts_from_the_head_wherever_that_is)
{
    append_cut(buffer, BYTES("abcabcabc"), (size_t[]){2}, 1);
    for (int64_t skipped = 0; skipped < 7; skipped++) {
        ck_assert_int_eq(find(buffer, "ca", 2, 0, CB_ALL),
                         python_find(&"abcabcabc"[skipped], 9 - (size_t)skipped, "ca", 2, 0, 9));
        cb_skip(buffer, 1);
    }
}
END_TEST

START_TEST(the_first_search_of_a_buffer_may_begin_anywhere)
{
    static const char data[] = "xxxxxxxxxxxxxxxxxxxx\r\n\r\n0123456789";

    for (size_t n = 1; n <= 12; n++) {
        const char *needle = data + 20;

        for (size_t start = 0; start <= sizeof data; start++) {
            struct cb_buffer *fresh = buffer_of(pool, BYTES(data), 50);

            ck_assert_int_eq(find(fresh, needle, n, start, CB_ALL),
                             python_find(BYTES(data), needle, n, start, CB_ALL));
            cb_buffer_free(fresh);
        }
    }
}
END_TEST

START_TEST(find_after_find_is_not_misled)
{
    append_cut(buffer, BYTES("xaxbxaxb"), (size_t[]){3}, 1);
    ck_assert_int_eq(find(buffer, "a", 1, 0, CB_ALL), 1);
    ck_assert_int_eq(find(buffer, "a", 1, 2, CB_ALL), 5);
    ck_assert_int_eq(find(buffer, "a", 1, 6, CB_ALL), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "a", 1, 0, CB_ALL), 1);
    ck_assert_int_eq(find(buffer, "a", 1, 0, 1), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "a", 1, 0, 2), 1);
    ck_assert_int_eq(find(buffer, "xb", 2, 0, 3), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "xb", 2, 0, 4), 2);
    ck_assert_int_eq(find(buffer, "xb", 2, 3, 7), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "xb", 2, 1, 8), 2);
}
END_TEST

START_TEST(a_match_that_was_seen_before_must_still_end_before_the_end)
{
    append_block(buffer, BYTES("abxabxab"));
    ck_assert_int_eq(find(buffer, "ab", 2, 0, CB_ALL), 0);
    ck_assert_int_eq(find(buffer, "ab", 2, 1, CB_ALL), 3); /* and sees the last one */
    ck_assert_int_eq(find(buffer, "ab", 2, 4, 7), NOT_FOUND);
    ck_assert_int_eq(find(buffer, "ab", 2, 4, 8), 6);
}
END_TEST

/* ------------------------------------------------------------------- linear */

enum { HAY = 4 << 20, LONG_NEEDLE = 64 << 10 };

/* Searches a needle that is not in the hay; a search whose time is the product
 * of the two would take minutes, one that counts honestly shows it. */
static void search_in_vain(const uint8_t *hay, const uint8_t *needle, size_t n, size_t block)
{
    uint64_t before = pool_stats(pool).scanned;

    append_cut(buffer, hay, HAY, &block, 1);
    ck_assert_int_eq(find(buffer, needle, n, 0, CB_ALL), NOT_FOUND);
    uint64_t scanned = pool_stats(pool).scanned - before;
    ck_assert_uint_le(scanned, 3 * (uint64_t)HAY);
    cb_skip(buffer, CB_ALL);
}

START_TEST(search_is_linear_whatever_the_needle)
{
    uint8_t *hay = malloc(HAY), *needle = malloc(LONG_NEEDLE);
    const size_t blocks[] = {HAY, 1460};

    ck_assert(hay && needle);
    for (size_t i = 0; i < COUNT(blocks); i++) {
        memset(hay, 'a', HAY);
        memset(needle, 'a', LONG_NEEDLE);
        needle[LONG_NEEDLE - 1] = 'b'; /* aaa...ab */
        search_in_vain(hay, needle, LONG_NEEDLE, blocks[i]);
        needle[LONG_NEEDLE - 1] = 'a';
        needle[0] = 'b'; /* baaa...a */
        search_in_vain(hay, needle, LONG_NEEDLE, blocks[i]);
        needle[0] = 'a';
        needle[LONG_NEEDLE / 2] = 'b'; /* a...aba...a */
        search_in_vain(hay, needle, LONG_NEEDLE, blocks[i]);
        for (size_t at = 0; at < HAY; at += 2)
            hay[at] = 'b'; /* baba... */
        for (size_t at = 0; at < LONG_NEEDLE; at++)
            needle[at] = at % 2 == 0 ? 'a' : 'b';
        needle[LONG_NEEDLE - 1] = 'a'; /* abab...aa */
        search_in_vain(hay, needle, LONG_NEEDLE, blocks[i]);
    }
    free(hay);
    free(needle);
}
END_TEST

START_TEST(a_long_needle_is_found_after_many_near_misses)
{
    size_t n = 1000, at = 100 * 999;
    uint8_t *hay = malloc(HAY), needle[1000];

    ck_assert_ptr_nonnull(hay);
    memset(hay, 'a', HAY);
    for (size_t i = 999; i < at + n - 1; i += 999)
        hay[i - 1] = 'c'; /* runs of 998 */
    memset(hay + at, 'a', 999);
    hay[at + 999] = 'b';
    memset(needle, 'a', 999);
    needle[999] = 'b';
    append_cut(buffer, hay, HAY, (size_t[]){1460, 7, 300}, 3);
    ck_assert_int_eq(find(buffer, needle, n, 0, CB_ALL), (int64_t)at);
    free(hay);
}
END_TEST

/* ---------------------------------------------------------------- takeuntil */

START_TEST(takeuntil_takes_what_stands_before_the_delimiter)
{
    append_cut(buffer, BYTES("one--two----three"), (size_t[]){4}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "one", 3);
    ck_assert_uint_eq(cb_position(buffer), 5);
    cb_skip(record, CB_ALL);
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, CB_KEEP, record), CB_YES);
    assert_holds(record, "two--", 5);
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "two--", 5);
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
    assert_holds(record, "two--", 5);
    assert_holds(buffer, "three", 5);
    ck_assert_uint_eq(cb_position(buffer), 12);
}
END_TEST

START_TEST(takeuntil_with_an_empty_delimiter_is_refused)
{
    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(cb_takeuntil(buffer, "", 0, 0, 0, 0, record), CB_EINVAL);
    assert_holds(buffer, "abc", 3);
    assert_holds(record, "", 0);
}
END_TEST

START_TEST(flags_that_are_not_known_are_refused)
{
    append_block(buffer, BYTES("abc\n"));
    for (unsigned flag = 2; flag; flag <<= 1) {
        ck_assert_int_eq(cb_takeuntil(buffer, "c", 1, 0, 0, flag, record), CB_EINVAL);
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, CB_KEEP | flag, record), CB_EINVAL);
    }
    assert_holds(buffer, BYTES("abc\n"));
    assert_holds(record, "", 0);
}
END_TEST

START_TEST(takeuntil_looks_from_start_on)
{
    append_cut(buffer, BYTES("a;b;c"), (size_t[]){2}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 4, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 5, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 6, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, SIZE_MAX, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 2, 0, 0, record), CB_YES);
    assert_holds(record, "a;b", 3);
    assert_holds(buffer, "c", 1);
}
END_TEST

START_TEST(a_delimiter_that_begins_before_start_does_not_count)
{
    append_cut(buffer, BYTES("xaaay"), (size_t[]){1}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, "aa", 2, 2, 0, 0, record), CB_YES);
    assert_holds(record, "xa", 2);
    assert_holds(buffer, "y", 1);
}
END_TEST

START_TEST(takeuntil_that_would_pass_a_limit_changes_nothing)
{
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .limit = 4};
    struct cb_buffer *small = NULL;

    ck_assert_int_eq(cb_buffer_new(&small, &options), CB_OK);
    append_cut(buffer, BYTES("abcd;efg"), (size_t[]){3}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 0, 0, CB_KEEP, small), CB_ELIMIT);
    assert_holds(buffer, "abcd;efg", 8);
    assert_holds(small, "", 0);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 0, 0, 0, small), CB_YES);
    assert_holds(small, "abcd", 4);
    cb_buffer_free(small);
}
END_TEST

/* What a record of so many bytes, limit and delimiter gives as it arrives. */
struct limited {
    const char *delimiter; /* NULL: takeline */
    size_t limit;
    size_t length; /* of the record */
    size_t known;  /* so many bytes show that it is too long; 0: it is not */
    unsigned flags;
};

static void judge_limited(struct feed *feed, void *arg)
{
    const struct limited *limited = arg;
    struct cb_buffer *in = new_buffer(pool, 64), *out = new_buffer(pool, 64);

    while (feed_next(feed, in)) {
        int status = limited->delimiter == NULL
                         ? cb_takeline(in, 0, limited->limit, limited->flags, out)
                         : cb_takeuntil(in, limited->delimiter, strlen(limited->delimiter), 0,
                                        limited->limit, limited->flags, out);

        if (limited->known > 0 && feed->at >= limited->known) {
            ck_assert_int_eq(status, CB_EOVERFLOW);
        } else if (feed->at < feed->size) {
            ck_assert_int_eq(status, CB_MORE);
        } else {
            ck_assert_int_eq(status, CB_YES);
            assert_holds(out, feed->data, limited->flags ? feed->size : limited->length);
            ck_assert_uint_eq(cb_length(in), 0);
            break;
        }
        assert_holds(in, feed->data, feed->at);
        ck_assert_uint_eq(cb_length(out), 0);
    }
    cb_buffer_free(in);
    cb_buffer_free(out);
}

START_TEST(a_record_beyond_the_limit_is_refused_as_soon_as_that_is_sure)
{
    static const struct {
        const char *bytes;
        struct limited limited;
    } tests[] = {
        {"abc;", {";", 3, 3, 0, 0}},
        {"abcd;", {";", 3, 4, 4, 0}},
        {"abcd;", {";", 0, 4, 0, 0}},
        {"abcd;", {";", CB_ALL, 4, 0, 0}},
        {"abcd;", {";", CB_ALL - 1, 4, 0, 0}},
        {"abc;", {";", 3, 3, 0, CB_KEEP}},
        {";", {";", 1, 0, 0, 0}},
        {"abc\r\n", {"\r\n", 3, 3, 0, 0}},
        {"abc\r\r\n", {"\r\n", 3, 4, 5, 0}}, /* its first CR may begin a delimiter */
        {"abc\r\r\n", {"\r\n", 4, 4, 0, 0}},
        {"abcd\r\n", {"\r\n", 3, 4, 4, 0}},
        {"abaabab", {"abab", 3, 3, 0, 0}},
        {"abaabab", {"abab", 2, 3, 4, 0}}, /* after "abaa" it begins at 3, or later */
        {"abc\n", {NULL, 3, 3, 0, 0}},
        {"abcd\n", {NULL, 3, 4, 4, 0}},
        {"abc\r\n", {NULL, 3, 3, 0, 0}},
        {"abc\r\n", {NULL, 3, 3, 0, CB_KEEP}},
        {"abc\r\n", {NULL, 2, 3, 3, 0}},
        {"abc\r\r\n", {NULL, 3, 4, 5, 0}},
        {"ab\r\r\n", {NULL, 3, 3, 0, 0}},
        {"abcd\r\n", {NULL, 3, 4, 4, 0}},
        {"\r\n", {NULL, 1, 0, 0, 0}},
        {"abc\r\n", {NULL, CB_ALL - 1, 3, 0, 0}},
    };

    for (size_t i = 0; i < COUNT(tests); i++) {
        struct limited limited = tests[i].limited;

        feed_every_way(tests[i].bytes, strlen(tests[i].bytes), judge_limited, &limited);
    }
}
END_TEST

START_TEST(a_record_that_can_only_end_beyond_its_limit_is_refused)
{
    append_cut(buffer, BYTES("abcdefgh;"), (size_t[]){2}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 5, 4, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 9, 4, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(cb_takeline(buffer, 9, 4, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 8, 8, 0, record), CB_YES);
    assert_holds(record, "abcdefgh", 8);
}
END_TEST

/* A match that an earlier search found, after another one that stopped before it. */
START_TEST(a_delimiter_seen_beyond_the_limit_counts_after_other_searches)
{
    static const char text[] = "01234567890123456789;";

    append_block(buffer, text, strlen(text));
    ck_assert_int_eq(find(buffer, ";", 1, 10, CB_ALL), 20);
    ck_assert_int_eq(find(buffer, ";", 1, 0, 5), NOT_FOUND);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 10, 15, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(find(buffer, "\n", 1, 10, CB_ALL), NOT_FOUND);
    append_block(buffer, BYTES("\n"));
    ck_assert_int_eq(find(buffer, "\n", 1, 10, CB_ALL), 21);
    ck_assert_int_eq(find(buffer, "\n", 1, 0, 5), NOT_FOUND);
    ck_assert_int_eq(cb_takeline(buffer, 10, 15, 0, record), CB_EOVERFLOW);
}
END_TEST

START_TEST(no_byte_beyond_the_limit_is_looked_at)
{
    static char filler[100000];

    memset(filler, 'x', sizeof filler);
    append_block(buffer, filler, sizeof filler);
    uint64_t before = pool_stats(pool).scanned;
    ck_assert_int_eq(cb_takeuntil(buffer, "\r\n", 2, 0, 100, 0, record), CB_EOVERFLOW);
    ck_assert_int_eq(cb_takeline(buffer, 0, 100, 0, record), CB_EOVERFLOW);
    ck_assert_uint_le(pool_stats(pool).scanned - before, 2 * 110);
}
END_TEST

/* A way to take records, and what it should give. */
struct records {
    const char *delimiter; /* NULL: takeline */
    unsigned flags;
    const char *expected[12]; /* up to a NULL */
    const char *rest;
};

static void take_every_record(struct feed *feed, void *arg)
{
    const struct records *records = arg;
    struct cb_buffer *in = new_buffer(pool, 64), *out = new_buffer(pool, 64);
    size_t taken = 0;

    while (feed_next(feed, in)) {
        for (;;) {
            size_t length = cb_length(in);
            int status = records->delimiter == NULL
                             ? cb_takeline(in, 0, 0, records->flags, out)
                             : cb_takeuntil(in, records->delimiter, strlen(records->delimiter), 0,
                                            0, records->flags, out);

            if (status == CB_MORE) {
                ck_assert_uint_eq(cb_length(in), length);
                ck_assert_uint_eq(cb_length(out), 0);
                break;
            }
            ck_assert_int_eq(status, CB_YES);
            ck_assert_ptr_nonnull(records->expected[taken]);
            assert_holds(out, records->expected[taken], strlen(records->expected[taken]));
            taken++;
            cb_skip(out, CB_ALL);
        }
    }
    ck_assert_ptr_null(records->expected[taken]);
    assert_holds(in, records->rest, strlen(records->rest));
    cb_buffer_free(in);
    cb_buffer_free(out);
}

START_TEST(takeuntil_gives_the_same_records_however_they_arrive)
{
    struct records plain = {"\r\n\r\n", 0, {"a", "bc\r", "", "\r\nd", "e\r\nf"}, "\r\n\r"};
    struct records kept = {
        "\r\n\r\n",
        CB_KEEP,
        {"a\r\n\r\n", "bc\r\r\n\r\n", "\r\n\r\n", "\r\nd\r\n\r\n", "e\r\nf\r\n\r\n"},
        "\r\n\r"};
    struct records periodic = {"aab", 0, {"a", "", "aa", "aba", "b"}, "aa"};

    feed_every_way(BYTES("a\r\n\r\nbc\r\r\n\r\n\r\n\r\n\r\nd\r\n\r\ne\r\nf\r\n\r\n\r\n\r"),
                   take_every_record, &plain);
    feed_every_way(BYTES("a\r\n\r\nbc\r\r\n\r\n\r\n\r\n\r\nd\r\n\r\ne\r\nf\r\n\r\n\r\n\r"),
                   take_every_record, &kept);
    feed_every_way(BYTES("aaabaabaaaababaaabbaabaa"), take_every_record, &periodic);
}
END_TEST

/* ----------------------------------------------------------------- takeline */

START_TEST(takeline_gives_the_same_lines_however_they_arrive)
{
    struct records plain = {NULL, 0, {"a", "b", "", "c\r", "\rd", "", "\r", "e\rf"}, "g\r"};
    struct records kept = {NULL,
                           CB_KEEP,
                           {"a\r\n", "b\n", "\n", "c\r\r\n", "\rd\n", "\r\n", "\r\r\n", "e\rf\n"},
                           "g\r"};

    feed_every_way(BYTES("a\r\nb\n\nc\r\r\n\rd\n\r\n\r\r\ne\rf\ng\r"), take_every_record, &plain);
    feed_every_way(BYTES("a\r\nb\n\nc\r\r\n\rd\n\r\n\r\r\ne\rf\ng\r"), take_every_record, &kept);
}
END_TEST

START_TEST(takeline_drops_a_line_end_over_two_chunks)
{
    for (size_t size = 0; size < 150; size++) {
        char line[160];

        memset(line, 'x', size);
        memcpy(line + size, "\r\n", 2);
        append_block(buffer, line, size + 1);
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_MORE);
        append_block(buffer, "\n", 1);
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_YES);
        assert_holds(record, line, size);
        assert_holds(buffer, "", 0);
        cb_skip(record, CB_ALL);
    }
}
END_TEST

START_TEST(takeline_looks_for_lf_from_start_on)
{
    append_cut(buffer, BYTES("ab\r\nc\r\nd"), (size_t[]){3}, 1);
    ck_assert_int_eq(cb_takeline(buffer, 7, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeline(buffer, 100, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeline(buffer, 4, 0, 0, record), CB_YES);
    assert_holds(record, BYTES("ab\r\nc"));
    cb_skip(record, CB_ALL);
    cb_skip(buffer, CB_ALL);

    append_cut(buffer, BYTES("ab\r\nd"), (size_t[]){2}, 1);
    ck_assert_int_eq(cb_takeline(buffer, 3, 0, 0, record), CB_YES); /* at the LF */
    assert_holds(record, "ab", 2);
    assert_holds(buffer, "d", 1);
}
END_TEST

/* The LF is known, but not in the chunk in which the line begins. */
START_TEST(takeline_takes_a_line_whose_end_was_found_in_another_chunk)
{
    size_t at;

    append_cut(buffer, BYTES("abc\nd\r\ne\n"), (size_t[]){2, 9}, 2);
    ck_assert_int_eq(cb_find(buffer, "\n", 1, 0, CB_ALL, &at), CB_YES);
    ck_assert_uint_eq(at, 3);
    ck_assert_int_eq(cb_takeline(buffer, 4, 0, 0, record), CB_YES);
    assert_holds(record, BYTES("abc\nd"));
    assert_holds(buffer, BYTES("e\n"));
}
END_TEST

/* ------------------------------------------------------------------- resume */

enum { RECORD = 8 << 20, SEGMENT = 1460 };

/* Lets one long record arrive in segments, and asks for it after each. */
static void receive_long_record(const char *delimiter, size_t n, const char *filling)
{
    char segment[SEGMENT];
    uint64_t before = pool_stats(pool).scanned;
    size_t total = 0;

    for (size_t i = 0; i < sizeof segment; i++)
        segment[i] = filling[i % strlen(filling)];
    while (total < RECORD) {
        ck_assert_int_eq(cb_append_ref(buffer, segment, sizeof segment, NULL, NULL), CB_OK);
        total += sizeof segment;
        int status = delimiter == NULL ? cb_takeline(buffer, 0, 0, 0, record)
                                       : cb_takeuntil(buffer, delimiter, n, 0, 0, 0, record);
        ck_assert_int_eq(status, CB_MORE);
    }
    ck_assert_int_eq(cb_append(buffer, delimiter == NULL ? "\n" : delimiter, n), CB_OK);
    ck_assert_int_eq(!delimiter ? cb_takeline(buffer, 0, 0, 0, record)
                                : cb_takeuntil(buffer, delimiter, n, 0, 0, 0, record),
                     CB_YES);
    ck_assert_uint_eq(cb_length(record), total);
    cb_skip(record, CB_ALL);

    uint64_t scanned = pool_stats(pool).scanned - before;
    ck_assert_uint_ge(scanned, total / n); /* a search may skip, but not by more */
    ck_assert_uint_le(scanned, 2 * total);
}

START_TEST(a_record_that_arrives_in_pieces_is_scanned_at_most_twice)
{
    receive_long_record(";", 1, "abc");
    receive_long_record("\r\n", 2, "abc\r");
    receive_long_record("\r\n\r\n", 4, "\r\n\rx");
    receive_long_record("--boundary of some length--", 27, "--boundary of some length-x");
    receive_long_record(NULL, 1, "ab\rc");
}
END_TEST

enum { TRICKLE = 4000, NEEDLES = 8 }; /* the header promises this many needles */

/* Asks for a record in one of several ways; there is none. */
static void ask_in_vain(size_t way)
{
    static const char *const needles[] = {"\r\n", "\n\n", "--boundary of some length--", ";", "END",
                                          "ab;",  "z"};

    if (way == 0)
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_MORE);
    else if (way % 2)
        ck_assert_int_eq(
            cb_takeuntil(buffer, needles[way - 1], strlen(needles[way - 1]), 0, 0, 0, record),
            CB_MORE);
    else
        ck_assert_int_eq(find(buffer, needles[way - 1], strlen(needles[way - 1]), 0, CB_ALL),
                         NOT_FOUND);
}

START_TEST(each_of_several_needles_is_looked_for_where_its_search_stopped)
{
    for (size_t first = 0; first < NEEDLES; first++) {
        for (size_t count = 1; first + count <= NEEDLES; count++) {
            uint64_t before = pool_stats(pool).scanned;

            for (size_t i = 0; i < TRICKLE; i++) {
                append_block(buffer, &"ab-\rc"[i % 5], 1);
                for (size_t way = 0; way < count; way++)
                    ask_in_vain(first + way);
            }
            uint64_t scanned = pool_stats(pool).scanned - before;
            ck_assert_uint_le(scanned, 2 * (uint64_t)TRICKLE * count);
            cb_skip(buffer, CB_ALL);
        }
    }
}
END_TEST

START_TEST(a_needle_that_was_found_is_not_looked_for_again)
{
    /* The head of a message is here, and its body comes byte by byte. */
    uint64_t before = pool_stats(pool).scanned;

    for (size_t i = 0; i < TRICKLE; i++)
        append_block(buffer, &"ab-\rc"[i % 5], 1);
    append_block(buffer, BYTES("\r\n\r\n"));
    for (size_t i = 0; i < TRICKLE; i++) {
        ck_assert_int_eq(find(buffer, "\r\n\r\n", 4, 0, CB_ALL), TRICKLE);
        ck_assert_int_eq(find(buffer, "\r\n\r\n", 4, 7, CB_ALL), TRICKLE);
        ck_assert_int_eq(find(buffer, "\r\n\r\n", 4, 7, TRICKLE + 3), NOT_FOUND);
        ck_assert_int_eq(find(buffer, "\r\n\r\n", 4, 7, 100), NOT_FOUND);
        append_block(buffer, "x", 1);
    }
    ck_assert_uint_le(pool_stats(pool).scanned - before, 3 * TRICKLE);
}
END_TEST

START_TEST(a_nearer_end_does_not_make_a_search_begin_anew)
{
    uint64_t before = pool_stats(pool).scanned;

    for (size_t i = 0; i < TRICKLE; i++) {
        append_block(buffer, "x", 1);
        ck_assert_int_eq(find(buffer, "--", 2, 0, CB_ALL), NOT_FOUND);
        ck_assert_int_eq(find(buffer, "--", 2, 0, i / 2), NOT_FOUND);
    }
    ck_assert_uint_le(pool_stats(pool).scanned - before, 2 * TRICKLE);
}
END_TEST

START_TEST(stripping_between_two_calls_does_not_make_a_search_begin_anew)
{
    uint64_t before = pool_stats(pool).scanned;

    for (size_t i = 0; i < TRICKLE; i++) {
        append_block(buffer, "x ", 2);
        ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
        ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_MORE);
        ck_assert_uint_eq(cb_strip(buffer, NULL, 0), 1);
    }
    ck_assert_uint_le(pool_stats(pool).scanned - before, 8 * TRICKLE);
}
END_TEST

START_TEST(a_walk_from_match_to_match_is_linear)
{
    /* A quarter of a million matches, each in four chunks: a search that looks
     * for its place from the head on would take minutes. */
    struct cb_buffer *source = buffer_of(pool, BYTES("abc,"), 1);
    size_t at = 0;

    for (int i = 0; i < 18; i++) {
        struct cb_buffer *twice = new_buffer(pool, 64);

        ck_assert_int_eq(cb_merge(twice, (struct cb_buffer *[]){source, source}, 2), CB_OK);
        cb_buffer_free(source);
        source = twice;
    }
    for (size_t from = 0; cb_find(source, ",", 1, from, CB_ALL, &at) == CB_YES; from = at + 1)
        ck_assert_uint_eq(at, from + 3);
    ck_assert_uint_eq(at, (size_t)(4 << 18) - 1);
    cb_buffer_free(source);
}
END_TEST

/* The bytes of `buffer` in a flat array. */
struct flat {
    char bytes[600];
    size_t size;
};

static void prepend_to_both(struct flat *flat, const char *more, size_t n)
{
    ck_assert_int_eq(cb_prepend(buffer, more, n), CB_OK);
    memmove(flat->bytes + n, flat->bytes, flat->size);
    memcpy(flat->bytes, more, n);
    flat->size += n;
}

static void append_to_both(struct flat *flat, const char *more, size_t n)
{
    append_block(buffer, more, n);
    memcpy(flat->bytes + flat->size, more, n);
    flat->size += n;
}

/* Now and then adds or removes a few bytes at either end of both.  False if it is time for
 * a search. */
static bool change_both(struct prng *prng, struct flat *flat)
{
    char more[8];
    size_t n = prng_below(prng, sizeof more);
    const bool room = flat->size + n <= 500;

    switch (prng_below(prng, 12)) {
    case 0:
        n = cb_skip(buffer, prng_below(prng, 3) ? n : flat->size);
        memmove(flat->bytes, flat->bytes + n, flat->size -= n);
        return true;
    case 1:
        flat->size -= cb_truncate(buffer, flat->size > n ? flat->size - n : 0);
        return true;
    case 2:
        prng_fill(prng, more, n, "ab", 2);
        if (room && prng_below(prng, 4) == 0)
            prepend_to_both(flat, more, n);
        return true;
    case 3:
    case 4:
        prng_fill(prng, more, n, "aab", 3);
        if (room)
            append_to_both(flat, more, n);
        return true;
    default:
        return false;
    }
}

/* Bounds of a search: mostly all bytes. */
static size_t any_start(struct prng *prng, const struct flat *flat)
{
    return prng_below(prng, 3) ? 0 : prng_below(prng, flat->size + 2);
}

static size_t any_end(struct prng *prng, const struct flat *flat)
{
    return prng_below(prng, 3) ? CB_ALL : prng_below(prng, flat->size + 2);
}

/* The same operations on a buffer and on a flat array, with needles that take
 * turns: whatever is remembered of one, the answer is that of a fresh search. */
START_TEST(searches_that_take_turns_are_right_whatever_happens_between_them)
{
    static const char *const needles[] = {"a",   "ab",  "aa",    "aab",   "abab", "b",
                                          "bba", "abb", "aabab", "bbbba", "ba"};
    struct prng prng = {.state = 6};
    struct flat flat = {.size = 0};

    for (size_t round = rounds(60000, 200000); round > 0; round--) {
        if (change_both(&prng, &flat))
            continue;
        const char *needle = needles[prng_below(&prng, COUNT(needles))];
        const size_t n = strlen(needle), from = any_start(&prng, &flat);
        const size_t end = any_end(&prng, &flat);
        int64_t at = find(buffer, needle, n, from, end);
        int64_t expected = python_find(flat.bytes, flat.size, needle, n, from, end);
        ck_assert_msg(at == expected, "%s from %zu to %d in %.*s: %d, expected %d", needle, from,
                      (int)end, (int)flat.size, flat.bytes, (int)at, (int)expected);
    }
}
END_TEST

/* -------------------------------------------------------- several needles */

/* The first of the longest needles that begin first; *which is COUNT where none is. */
static int64_t find_any_slowly(const char *data, size_t size, const struct iovec *needles,
                               size_t count, size_t start, size_t end, size_t *which)
{
    size_t longest = 0;

    *which = count;
    end = end < size ? end : size;
    for (size_t at = start; at < end; at++) {
        for (size_t i = 0; i < count; i++) {
            size_t n = needles[i].iov_len;

            if (n > longest && n <= end - at && memcmp(data + at, needles[i].iov_base, n) == 0) {
                longest = n;
                *which = i;
            }
        }
        if (longest > 0)
            return (int64_t)at;
    }
    return NOT_FOUND;
}

#define NEEDLE(string)                                                                             \
    {                                                                                              \
        .iov_base = (char[]){string}, .iov_len = sizeof string - 1                                 \
    }
enum { IN_SET = 4, SETS = 7 };

static void check_any(const char *flat, size_t size, const struct iovec *needles, size_t count,
                      size_t start, size_t end)
{
    size_t at = 777, which = 888, expected_which;
    int64_t expected = find_any_slowly(flat, size, needles, count, start, end, &expected_which);
    int status = cb_find_any(buffer, needles, count, start, end, &at, &which);

    expect(status == (expected == NOT_FOUND ? CB_NO : CB_YES), "%.*s: status %d", (int)size, flat,
           status);
    if (status == CB_YES)
        expect(at == (size_t)expected && which == expected_which,
               "from %zu to %zu in %.*s: %zu at %zu, expected %zu at %d", start, end, (int)size,
               flat, which, at, expected_which, (int)expected);
    else
        expect(at == 777 && which == 888, "results were set");
}

/* As with single needles, above: whatever is remembered, the answer is that of a
 * search by hand. */
START_TEST(sets_of_needles_that_take_turns_are_right_whatever_happens_between_them)
{
    struct iovec sets[SETS][IN_SET] = {
        {NEEDLE("a"), NEEDLE("b"), NEEDLE("a"), NEEDLE("b")},
        {NEEDLE("ab"), NEEDLE("abab"), NEEDLE("b"), NEEDLE("aab")},
        {NEEDLE("bbba"), NEEDLE("bb"), NEEDLE("abba"), NEEDLE("aaaaab")},
        {NEEDLE("ba"), NEEDLE("bab"), NEEDLE("babb"), NEEDLE("babba")},
        {NEEDLE("aabba"), NEEDLE("abb"), NEEDLE("bb"), NEEDLE("bbab")},
        {NEEDLE("b"), NEEDLE("ab"), NEEDLE("aab"), NEEDLE("aaab")},
        {NEEDLE("aaaa"), NEEDLE("bbbb"), NEEDLE("aaaa"), NEEDLE("ababab")},
    };
    struct prng prng = {.state = 8};
    struct flat flat = {.size = 0};

    for (size_t round = rounds(60000, 200000); round > 0; round--) {
        if (change_both(&prng, &flat))
            continue;
        const struct iovec *needles = sets[prng_below(&prng, SETS)];
        const size_t count = 1 + prng_below(&prng, IN_SET), start = any_start(&prng, &flat);
        check_any(flat.bytes, flat.size, needles, count, start, any_end(&prng, &flat));
    }
}
END_TEST

START_TEST(the_first_needle_wins_and_there_the_longest)
{
    const struct iovec ends[] = {NEEDLE("\n"), NEEDLE("\r\n"), NEEDLE("\r")};
    size_t at, which;

    append_block(buffer, BYTES("one\r"));
    ck_assert_int_eq(cb_find_any(buffer, ends, 3, 0, CB_ALL, &at, &which), CB_YES);
    ck_assert_uint_eq(at, 3);
    ck_assert_uint_eq(which, 2); /* as yet */
    append_block(buffer, BYTES("\ntwo\n"));
    ck_assert_int_eq(cb_find_any(buffer, ends, 3, 0, CB_ALL, &at, &which), CB_YES);
    ck_assert_uint_eq(at, 3);
    ck_assert_uint_eq(which, 1);
    ck_assert_int_eq(cb_find_any(buffer, ends, 3, 0, 4, &at, &which), CB_YES);
    ck_assert_uint_eq(which, 2);
    ck_assert_int_eq(cb_find_any(buffer, ends, 3, 5, CB_ALL, &at, &which), CB_YES);
    ck_assert_uint_eq(at, 8);
    ck_assert_uint_eq(which, 0);
}
END_TEST

START_TEST(no_needle_and_an_empty_one_are_refused)
{
    const struct iovec needles[] = {NEEDLE("a"), NEEDLE("")};
    size_t at = 77, which = 88;

    append_block(buffer, BYTES("abc"));
    ck_assert_int_eq(cb_find_any(buffer, needles, 2, 0, CB_ALL, &at, &which), CB_EINVAL);
    ck_assert_int_eq(cb_find_any(buffer, NULL, 0, 0, CB_ALL, &at, &which), CB_EINVAL);
    ck_assert_uint_eq(at + which, 77 + 88);
}
END_TEST

START_TEST(a_set_goes_on_where_its_search_stopped)
{
    const struct iovec needles[] = {NEEDLE("--b"), NEEDLE("\r\n"), NEEDLE("END")};
    uint64_t before = pool_stats(pool).scanned;
    size_t at, which;

    for (size_t i = 0; i < TRICKLE; i++) {
        append_block(buffer, &"ab-\rc"[i % 5], 1);
        expect(cb_find_any(buffer, needles, 3, 0, CB_ALL, &at, &which) == CB_NO, "found");
        expect(find(buffer, "\n\n", 2, 0, CB_ALL) == NOT_FOUND, "found"); /* takes turns */
    }
    ck_assert_uint_le(pool_stats(pool).scanned - before, 2 * 2 * TRICKLE);
}
END_TEST

/* (If each place were looked up from the end of the buffer, this would take minutes.) */
START_TEST(a_walk_from_match_to_match_over_many_chunks_is_linear)
{
    enum { CHUNKS = 400000 };
    const struct iovec needles[] = {NEEDLE("\n"), NEEDLE("\r")};
    struct cb_buffer *one = new_buffer(NULL, 64), *many = new_buffer(NULL, 64);
    struct cb_held held;
    size_t at, which, count = 0;

    ck_assert_int_eq(cb_append(one, "line\n", 5), CB_OK);
    ck_assert_int_eq(cb_hold_bytes(one, 0, 5, &held), CB_YES);
    for (size_t i = 0; i < CHUNKS; i++)
        ck_assert_int_eq(cb_append_held(many, &held), CB_OK);
    for (size_t start = 0; cb_find_any(many, needles, 2, start, CB_ALL, &at, &which) == CB_YES;
         start = at + 1) {
        ck_assert_uint_eq(at, 5 * count++ + 4);
        ck_assert_uint_eq(which, 0);
    }
    ck_assert_uint_eq(count, CHUNKS);
    cb_drop(&held);
    cb_buffer_free(one);
    cb_buffer_free(many);
}
END_TEST

START_TEST(bytes_skipped_between_two_calls_do_not_mislead_them)
{
    for (size_t skip = 0; skip <= 10; skip++) {
        append_cut(buffer, BYTES("xxxxxxxxEN"), (size_t[]){3}, 1);
        ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_MORE);
        cb_skip(buffer, skip);
        append_block(buffer, BYTES("DzEND"));
        ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_YES);
        if (skip <= 8)
            assert_holds(record, "xxxxxxxx", 8 - skip);
        else
            assert_holds(record, &"xxxxxxxxENDz"[skip], 12 - skip);
        cb_skip(record, CB_ALL);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(bytes_prepended_between_two_calls_are_looked_at)
{
    append_block(buffer, BYTES("Dxxxxx"));
    ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_prepend(buffer, "aEN", 3), CB_OK);
    ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_YES);
    assert_holds(record, "a", 1);
    assert_holds(buffer, "xxxxx", 5);

    ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_prepend(buffer, "bENDc", 5), CB_OK);
    ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_YES);
    assert_holds(record, "ab", 2);
    assert_holds(buffer, "cxxxxx", 6);
}
END_TEST

/* Bytes that begin a needle are replaced by others, and then its rest comes; also where the stream
 * begins, with less before them than a needle has. */
START_TEST(the_beginning_of_a_match_that_is_truncated_counts_no_more)
{
    static const char *const needles[] = {"ab", "aab", "abab", "abcdefgh"};

    for (size_t i = 0; i < COUNT(needles); i++) {
        const size_t n = strlen(needles[i]);

        for (size_t before = 0; before < 12; before++) {
            for (size_t begun = 1; begun < n; begun++) {
                for (size_t keep = 0; keep < begun; keep++) {
                    struct cb_buffer *in = new_buffer(NULL, 64), *out = new_buffer(NULL, 64);
                    const struct iovec set[] = {{(void *)(uintptr_t)needles[i], n},
                                                {(void *)(uintptr_t) "##", 2}};
                    size_t at, which;

                    ck_assert_int_eq(cb_append(in, "xxxxxxxxxxxx", before), CB_OK);
                    ck_assert_int_eq(cb_append(in, needles[i], begun), CB_OK);
                    ck_assert_int_eq(cb_takeuntil(in, needles[i], n, 0, 0, 0, out), CB_MORE);
                    ck_assert_int_eq(cb_find_any(in, set, COUNT(set), 0, CB_ALL, &at, &which),
                                     CB_NO);
                    cb_truncate(in, before + keep);
                    ck_assert_int_eq(cb_append(in, "????????", begun - keep), CB_OK);
                    ck_assert_int_eq(cb_append(in, needles[i] + begun, n - begun), CB_OK);
                    expect(cb_takeuntil(in, needles[i], n, 0, 0, 0, out) == CB_MORE,
                           "%s, %zu of it, %zu kept, after %zu", needles[i], begun, keep, before);
                    ck_assert_int_eq(cb_find_any(in, set, COUNT(set), 0, CB_ALL, &at, &which),
                                     CB_NO);
                    cb_buffer_free(in);
                    cb_buffer_free(out);
                }
            }
        }
    }
}
END_TEST

START_TEST(bytes_truncated_between_two_calls_do_not_mislead_them)
{
    for (size_t keep = 0; keep <= 10; keep++) {
        append_cut(buffer, BYTES("xxxxxxxxEN"), (size_t[]){4}, 1);
        ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_MORE);
        cb_truncate(buffer, keep);
        ck_assert_int_eq(cb_append(buffer, "DEND", 4), CB_OK);
        ck_assert_int_eq(cb_takeuntil(buffer, "END", 3, 0, 0, 0, record), CB_YES);
        if (keep == 10) {
            assert_holds(record, "xxxxxxxx", 8);
            assert_holds(buffer, "END", 3);
        } else {
            ck_assert_uint_eq(cb_length(record), keep + 1);
            assert_holds(buffer, "", 0);
        }
        cb_skip(record, CB_ALL);
        cb_skip(buffer, CB_ALL);
    }
}
END_TEST

START_TEST(records_after_the_one_taken_are_not_remembered_wrongly)
{
    /* A search may look ahead; what it saw there is void when bytes move. */
    for (size_t taken = 0; taken < 20; taken++) {
        for (int way = 0; way < 3; way++) {
            struct cb_buffer *in = new_buffer(pool, 64);

            for (int i = 0; i < 30; i++)
                ck_assert_int_eq(cb_append(in, "ab\r\n", 4), CB_OK);
            for (size_t i = 0; i < taken; i++) {
                ck_assert_int_eq(cb_takeuntil(in, "\r\n", 2, 0, 0, 0, record), CB_YES);
                ck_assert_uint_eq(cb_skip(record, CB_ALL), 2);
            }
            if (way == 0) {
                ck_assert_int_eq(cb_prepend(in, "a longer record\r\n ", 18), CB_OK);
            } else {
                cb_truncate(in, way == 1 ? 1 : 0);
                ck_assert_int_eq(cb_append(in, " longer record\r\n ", 17), CB_OK);
            }
            ck_assert_int_eq(cb_takeuntil(in, "\r\n", 2, 0, 0, 0, record), CB_YES);
            if (way == 2)
                assert_holds(record, BYTES(" longer record"));
            else
                assert_holds(record, BYTES("a longer record"));
            cb_skip(record, CB_ALL);
            cb_buffer_free(in);
        }
    }
}
END_TEST

START_TEST(a_delimiter_changed_in_place_is_a_new_delimiter)
{
    char delimiter[13] = "a delimiter!";

    append_cut(buffer, BYTES("one;two;;;three4567890ab"), (size_t[]){4}, 1);
    ck_assert_int_eq(cb_takeuntil(buffer, delimiter, 12, 0, 0, 0, record), CB_MORE);
    memcpy(delimiter, "three4567890", 12);
    ck_assert_int_eq(cb_takeuntil(buffer, delimiter, 12, 0, 0, 0, record), CB_YES);
    assert_holds(record, "one;two;;;", 10);
    assert_holds(buffer, "ab", 2);

    memcpy(delimiter, "c", 1);
    ck_assert_int_eq(cb_takeuntil(buffer, delimiter, 1, 0, 0, 0, record), CB_MORE);
    delimiter[0] = 'a';
    ck_assert_int_eq(cb_takeuntil(buffer, delimiter, 1, 0, 0, 0, record), CB_YES);
    assert_holds(buffer, "b", 1);
}
END_TEST

START_TEST(a_delimiter_that_begins_like_the_one_before_is_a_new_one)
{
    append_block(buffer, BYTES("x\ry\r\nz"));
    ck_assert_int_eq(cb_takeuntil(buffer, "\r\n\r", 3, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, "\r\n", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "x\ry", 3);
    ck_assert_int_eq(cb_prepend(buffer, "x\ry\r\n", 5), CB_OK);
    ck_assert_int_eq(cb_takeuntil(buffer, "\r\n\r\n", 4, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, "\r", 1, 0, 0, 0, record), CB_YES);
    assert_holds(record, "x\ryx", 4);
}
END_TEST

START_TEST(a_smaller_start_than_before_is_respected)
{
    append_block(buffer, BYTES("a;bcdefgh"));
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 5, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";", 1, 0, 0, 0, record), CB_YES);
    assert_holds(record, "a", 1);
}
END_TEST

START_TEST(a_larger_start_than_before_is_respected)
{
    append_block(buffer, BYTES("abcde"));
    ck_assert_int_eq(cb_takeuntil(buffer, ";;", 2, 0, 0, 0, record), CB_MORE);
    append_block(buffer, BYTES(";;;f;;"));
    ck_assert_int_eq(cb_takeuntil(buffer, ";;", 2, 6, 0, 0, record), CB_YES);
    assert_holds(record, "abcde;", 6);
    assert_holds(buffer, "f;;", 3);
    cb_skip(record, CB_ALL);
    ck_assert_int_eq(cb_takeuntil(buffer, ";;", 2, 2, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeuntil(buffer, ";;", 2, 1, 0, 0, record), CB_YES);
    assert_holds(record, "f", 1);
}
END_TEST

START_TEST(find_and_takeline_between_two_calls_do_not_mislead_them)
{
    size_t at;

    append_block(buffer, BYTES("ab;\ncd"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_find(buffer, "--", 2, 1, 3, &at), CB_NO);
    ck_assert_int_eq(cb_find(buffer, ";", 1, 0, CB_ALL, &at), CB_YES);
    ck_assert_uint_eq(at, 2);
    append_block(buffer, BYTES("-"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_takeline(buffer, 0, 0, 0, record), CB_YES);
    assert_holds(record, "ab;", 3);
    append_block(buffer, BYTES("-e"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "ab;cd", 5);
    assert_holds(buffer, "e", 1);
}
END_TEST

START_TEST(taking_by_length_between_two_calls_does_not_mislead_them)
{
    append_block(buffer, BYTES("12345-"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_MORE);
    ck_assert_int_eq(cb_take(buffer, 5, record), 5);
    append_block(buffer, BYTES("-6--"));
    ck_assert_int_eq(cb_takeuntil(buffer, "--", 2, 0, 0, 0, record), CB_YES);
    assert_holds(record, "12345", 5);
    assert_holds(buffer, "6--", 3);
}
END_TEST

/* --------------------------------------------------------------- startswith */

/* Tries to drop a prefix; how many bytes are missing must be as expected. */
static int skip_prefix(struct cb_buffer *from, const void *prefix, size_t n, size_t expected)
{
    size_t missing = 99;
    int status = cb_skip_if_startswith(from, prefix, n, &missing);

    ck_assert_uint_eq(missing, expected);
    return status;
}

/* (Nothing reads those bytes.) */
START_TEST(needles_longer_than_a_size_can_count_find_no_memory)
{
    const struct iovec needles[] = {{(void *)(uintptr_t) "a", SIZE_MAX},
                                    {(void *)(uintptr_t) "b", 1}};
    size_t at, which;

    ck_assert_int_eq(cb_append(buffer, "ab", 2), CB_OK);
    ck_assert_int_eq(cb_find_any(buffer, needles, 2, 0, CB_ALL, &at, &which), CB_ENOMEM);
}
END_TEST

START_TEST(a_prefix_is_dropped_if_it_is_there)
{
    static const char text[] = "prefix and more";

    for (size_t block = 1; block < sizeof text; block++) {
        append_cut(buffer, BYTES(text), &block, 1);
        ck_assert_int_eq(skip_prefix(buffer, BYTES("prefiy"), 0), CB_NO);
        ck_assert_int_eq(skip_prefix(buffer, BYTES("xrefix and more and more"), 0), CB_NO);
        ck_assert_int_eq(skip_prefix(buffer, BYTES("prefix and more."), 1), CB_NO);
        assert_holds(buffer, BYTES(text));
        ck_assert_int_eq(skip_prefix(buffer, BYTES("prefix"), 0), CB_YES);
        assert_holds(buffer, BYTES(" and more"));
        ck_assert_uint_eq(cb_position(buffer) % (sizeof text - 1), 6);
        ck_assert_int_eq(skip_prefix(buffer, BYTES(" and more"), 0), CB_YES);
        assert_holds(buffer, "", 0);
    }
}
END_TEST

START_TEST(an_empty_prefix_is_always_there)
{
    ck_assert_int_eq(skip_prefix(buffer, "", 0, 0), CB_YES);
    append_block(buffer, BYTES("a"));
    ck_assert_int_eq(skip_prefix(buffer, "", 0, 0), CB_YES);
    assert_holds(buffer, "a", 1);
}
END_TEST

static void expect_prefix_when_known(struct feed *feed, void *arg)
{
    struct cb_buffer *in = new_buffer(pool, 64);
    size_t differs = *(size_t *)arg; /* first byte that is not the prefix's */

    while (feed_next(feed, in)) {
        size_t missing;
        int status = cb_skip_if_startswith(in, BYTES("HTTP/1.1"), &missing);

        if (feed->at > differs) {
            ck_assert_uint_eq(missing, 0);
            ck_assert_int_eq(status, CB_NO);
            break;
        }
        if (feed->at >= 8) {
            ck_assert_int_eq(status, CB_YES);
            break;
        }
        ck_assert_int_eq(status, CB_NO);
        ck_assert_uint_eq(missing, 8 - feed->at);
        ck_assert_uint_eq(cb_length(in), feed->at);
    }
    cb_buffer_free(in);
}

START_TEST(a_prefix_is_judged_as_soon_as_it_can_be)
{
    size_t never = SIZE_MAX, seventh = 7, first = 0;

    feed_every_way(BYTES("HTTP/1.1 200"), expect_prefix_when_known, &never);
    feed_every_way(BYTES("HTTP/1.0 200"), expect_prefix_when_known, &seventh);
    feed_every_way(BYTES("SIP/2.0 200"), expect_prefix_when_known, &first);
}
END_TEST

static void add_find(Suite *suite)
{
    TCase *tcase = add_case(suite, "find");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, find_agrees_with_pythons_bytes_find);
    tcase_add_test(tcase, find_is_right_for_all_short_strings_bounds_and_chunks);
    tcase_add_test(tcase, find_is_right_for_long_needles_over_many_chunks);
    tcase_add_test(tcase, a_needle_is_found_at_every_place_before_an_unreadable_page);
    tcase_add_test(tcase, all_byte_values_can_be_found);
    tcase_add_test(tcase, bounds_far_beyond_the_end_are_cut);
    tcase_add_test(tcase, find_counts_from_the_head_wherever_that_is);
    tcase_add_test(tcase, the_first_search_of_a_buffer_may_begin_anywhere);
    tcase_add_test(tcase, find_after_find_is_not_misled);
    tcase_add_test(tcase, a_match_that_was_seen_before_must_still_end_before_the_end);
    tcase_add_test(tcase, search_is_linear_whatever_the_needle);
    tcase_add_test(tcase, a_long_needle_is_found_after_many_near_misses);
}

static void add_take(Suite *suite)
{
    TCase *tcase = add_case(suite, "takeuntil, takeline");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, takeuntil_takes_what_stands_before_the_delimiter);
    tcase_add_test(tcase, takeuntil_with_an_empty_delimiter_is_refused);
    tcase_add_test(tcase, flags_that_are_not_known_are_refused);
    tcase_add_test(tcase, takeuntil_looks_from_start_on);
    tcase_add_test(tcase, a_delimiter_that_begins_before_start_does_not_count);
    tcase_add_test(tcase, takeuntil_that_would_pass_a_limit_changes_nothing);
    tcase_add_test(tcase, a_record_beyond_the_limit_is_refused_as_soon_as_that_is_sure);
    tcase_add_test(tcase, a_record_that_can_only_end_beyond_its_limit_is_refused);
    tcase_add_test(tcase, a_delimiter_seen_beyond_the_limit_counts_after_other_searches);
    tcase_add_test(tcase, no_byte_beyond_the_limit_is_looked_at);
    tcase_add_test(tcase, takeuntil_gives_the_same_records_however_they_arrive);
    tcase_add_test(tcase, takeline_gives_the_same_lines_however_they_arrive);
    tcase_add_test(tcase, takeline_drops_a_line_end_over_two_chunks);
    tcase_add_test(tcase, takeline_looks_for_lf_from_start_on);
    tcase_add_test(tcase, takeline_takes_a_line_whose_end_was_found_in_another_chunk);
}

static void add_resume(Suite *suite)
{
    TCase *tcase = add_case(suite, "resume");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_record_that_arrives_in_pieces_is_scanned_at_most_twice);
    tcase_add_test(tcase, each_of_several_needles_is_looked_for_where_its_search_stopped);
    tcase_add_test(tcase, a_needle_that_was_found_is_not_looked_for_again);
    tcase_add_test(tcase, a_nearer_end_does_not_make_a_search_begin_anew);
    tcase_add_test(tcase, stripping_between_two_calls_does_not_make_a_search_begin_anew);
    tcase_add_test(tcase, a_walk_from_match_to_match_is_linear);
    tcase_add_test(tcase, searches_that_take_turns_are_right_whatever_happens_between_them);
    tcase_add_test(tcase, sets_of_needles_that_take_turns_are_right_whatever_happens_between_them);
    tcase_add_test(tcase, the_first_needle_wins_and_there_the_longest);
    tcase_add_test(tcase, no_needle_and_an_empty_one_are_refused);
    tcase_add_test(tcase, a_set_goes_on_where_its_search_stopped);
    tcase_add_test(tcase, a_walk_from_match_to_match_over_many_chunks_is_linear);
    tcase_add_test(tcase, bytes_skipped_between_two_calls_do_not_mislead_them);
    tcase_add_test(tcase, bytes_prepended_between_two_calls_are_looked_at);
    tcase_add_test(tcase, the_beginning_of_a_match_that_is_truncated_counts_no_more);
    tcase_add_test(tcase, bytes_truncated_between_two_calls_do_not_mislead_them);
    tcase_add_test(tcase, records_after_the_one_taken_are_not_remembered_wrongly);
    tcase_add_test(tcase, a_delimiter_changed_in_place_is_a_new_delimiter);
    tcase_add_test(tcase, a_delimiter_that_begins_like_the_one_before_is_a_new_one);
    tcase_add_test(tcase, a_smaller_start_than_before_is_respected);
    tcase_add_test(tcase, a_larger_start_than_before_is_respected);
    tcase_add_test(tcase, find_and_takeline_between_two_calls_do_not_mislead_them);
    tcase_add_test(tcase, taking_by_length_between_two_calls_does_not_mislead_them);
}

static void add_startswith(Suite *suite)
{
    TCase *tcase = add_case(suite, "startswith");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_prefix_is_dropped_if_it_is_there);
    tcase_add_test(tcase, an_empty_prefix_is_always_there);
    tcase_add_test(tcase, a_prefix_is_judged_as_soon_as_it_can_be);
    tcase_add_test(tcase, needles_longer_than_a_size_can_count_find_no_memory);
}

int main(void)
{
    Suite *suite = suite_create("search");

    add_find(suite);
    add_take(suite);
    add_resume(suite);
    add_startswith(suite);
    return run_suite(suite);
}
