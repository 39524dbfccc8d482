/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "search/matcher.h"
#include "support.h"

/* What the library gives the matcher where it is not told otherwise. */
static void *plain_alloc(void *arg, size_t size)
{
    (void)arg;
    return malloc(size);
}

static void plain_free(void *arg, void *memory, size_t size)
{
    (void)arg;
    (void)size;
    free(memory);
}

static const struct cb_allocator plain = {.alloc = plain_alloc, .free = plain_free};

enum { NEEDLES = 64, MATCHES = 4096 };

struct set {
    struct cb__needle needles[NEEDLES];
    size_t count;
};

/* A set from a list such as "a|ab". */
static struct set set_of(const char *list)
{
    struct set set = {.count = 0};

    for (;;) {
        size_t n = strcspn(list, "|");

        ck_assert_uint_lt(set.count, NEEDLES);
        set.needles[set.count++] = (struct cb__needle){.data = (const uint8_t *)list, .length = n};
        if (!list[n])
            return set;
        list += n + 1;
    }
}

static void init(struct cb__matcher *matcher, const struct set *set)
{
    expect(cb__matcher_init(matcher, set->needles, set->count, &plain) == CB_OK, "no matcher");
    cb__matcher_start(matcher, 0);
}

/* -------------------------------------------------------------------- model */

/* The longest needle that data begins with; 0 if none. */
static size_t naive_at(const struct set *set, const uint8_t *data, size_t n)
{
    size_t longest = 0;

    for (size_t i = 0; i < set->count; i++) {
        const struct cb__needle *needle = &set->needles[i];

        if (needle->length <= n && needle->length > longest &&
            memcmp(data, needle->data, needle->length) == 0)
            longest = needle->length;
    }
    return longest;
}

/* Could bytes after these n make one of the needles of them? */
static bool naive_may_go_on(const struct set *set, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct cb__needle *needle = &set->needles[i];

        if (needle->length > n && memcmp(data, needle->data, n) == 0)
            return true;
    }
    return false;
}

/* All matches of a whole text, leftmost first, longest there. */
static size_t naive_matches(const struct set *set, const uint8_t *text, size_t n,
                            struct cb__match *matches)
{
    size_t count = 0;

    for (size_t at = 0; at < n;) {
        size_t length = naive_at(set, text + at, n - at);

        if (length > 0) {
            expect(count < MATCHES, "too many matches");
            matches[count++] = (struct cb__match){.start = at, .end = at + length};
        }
        at += length > 0 ? length : 1;
    }
    return count;
}

/* ------------------------------------------------------------------ driving */

struct run {
    struct cb__matcher *matcher;
    struct cb__match matches[MATCHES];
    size_t count;
    uint64_t safe;  /* no match to be found begins before this */
    uint64_t least; /* none is found before so many bytes are here */
};

static void note(struct run *run, const struct cb__match *match, uint64_t arrived)
{
    expect(run->count < MATCHES, "too many matches");
    expect(match->start >= run->safe, "a match at %ju, but all before %ju was safe",
           (uintmax_t)match->start, (uintmax_t)run->safe);
    expect(arrived >= run->least, "found with %ju bytes, but %ju were needed", (uintmax_t)arrived,
           (uintmax_t)run->least);
    expect(run->matcher->at == match->end, "the place is not after the match");
    run->matches[run->count++] = *match;
    run->safe = match->end;
    run->least = 0;
}

/* Feeds what the matcher wants of text[0 .. arrived). */
static void feed_up_to(struct run *run, const uint8_t *text, size_t arrived)
{
    struct cb__match match;

    while (cb__matcher_feed(run->matcher, text + run->matcher->at,
                            arrived - (size_t)run->matcher->at, &match) == CB__YES)
        note(run, &match, arrived);
    expect(run->matcher->at == arrived, "more is wanted, but not all was looked at");
    uint64_t safe = cb__matcher_safe(run->matcher);
    expect(safe <= arrived && safe >= run->safe, "what was safe is not any more");
    run->safe = safe;
    expect(cb__matcher_needed(run->matcher) >= 1, "nothing more is needed");
    run->least = arrived + cb__matcher_needed(run->matcher);
}

static void finish(struct run *run, const uint8_t *text, size_t n)
{
    struct cb__match match;

    run->least = 0;
    while (cb__matcher_finish(run->matcher, &match) == CB__YES) {
        note(run, &match, n);
        feed_up_to(run, text, n);
        run->least = 0;
    }
}

static void check_matches(const struct run *run, const struct cb__match *expected, size_t count)
{
    for (size_t i = 0; i < count && i < run->count; i++) {
        expect(run->matches[i].start == expected[i].start && run->matches[i].end == expected[i].end,
               "match %zu is %ju-%ju, expected %ju-%ju", i, (uintmax_t)run->matches[i].start,
               (uintmax_t)run->matches[i].end, (uintmax_t)expected[i].start,
               (uintmax_t)expected[i].end);
    }
    expect(run->count == count, "%zu matches, expected %zu", run->count, count);
}

/* One way to cut a text: the first span has `first` bytes, the others between
 * 1 and `most`. */
static void check_cut(const struct set *set, const uint8_t *text, size_t n, size_t first,
                      size_t most, uint64_t seed)
{
    struct prng prng = {seed};
    struct cb__match expected[MATCHES];
    size_t count = naive_matches(set, text, n, expected);
    struct cb__matcher matcher;
    struct run run = {.matcher = &matcher};

    init(&matcher, set);
    feed_up_to(&run, text, first);
    for (size_t at = first; at < n;) {
        size_t step = 1 + prng_below(&prng, most);

        at = step < n - at ? at + step : n;
        feed_up_to(&run, text, at);
    }
    finish(&run, text, n);
    check_matches(&run, expected, count);
    cb__matcher_fini(&matcher);
}

static void check_every_cut(const struct set *set, const uint8_t *text, size_t n)
{
    for (size_t cut = 0; cut <= n; cut++)
        check_cut(set, text, n, cut, n > 0 ? n : 1, 1);
    check_cut(set, text, n, 0, 1, 1);
    for (uint64_t seed = 1; seed < 5; seed++)
        check_cut(set, text, n, 0, 5, seed);
}

/* -------------------------------------------------------------------- tests */

struct example {
    const char *needles;
    const char *text;
    const char *marked; /* the same, each match in < > */
};

static const struct example examples[] = {
    {"\r\n", "a\r\nb\r\r\n\n\r", "a<\r\n>b\r<\r\n>\n\r"},
    {"aa", "aaaaa", "<aa><aa>a"},
    {"aab", "aaaabaab", "aa<aab><aab>"},
    {"abab", "abaababab", "aba<abab>ab"},
    {"abcabd", "abcabcabdabcabd", "abc<abcabd><abcabd>"},
    {"a|ab", "aabab", "<a><ab><ab>"},
    {"ab|a", "aabab", "<a><ab><ab>"},
    {"a|abc", "ababcab", "<a>b<abc><a>b"},
    {"abcd|bc", "abcdabcx", "<abcd>a<bc>x"},
    {"abcd|b", "abcabcdab", "a<b>c<abcd>a<b>"},
    {"abcde|cd|d", "abcdabcdex", "ab<cd><abcde>x"},
    {"\n|\n\n|\r\n", "a\n\n\nb\r\n\n", "a<\n\n><\n>b<\r\n><\n>"},
    {"b|aaab", "aaaabaab", "a<aaab>aa<b>"},
    {"a|b|c", "xabcx", "x<a><b><c>x"},
    {"a|a", "aa", "<a><a>"},
};

/* Reads the marks: the matches, and the text without them. */
static size_t marked_matches(const struct example *example, struct cb__match *matches)
{
    size_t count = 0, at = 0;

    for (const char *c = example->marked; *c; c++) {
        if (*c == '<') {
            matches[count].start = at;
        } else if (*c == '>') {
            matches[count++].end = at;
        } else {
            ck_assert_int_eq(*c, example->text[at]);
            at++;
        }
    }
    ck_assert_uint_eq(at, strlen(example->text));
    return count;
}

START_TEST(the_leftmost_match_wins_and_there_the_longest)
{
    const struct example *example = &examples[_i];
    const uint8_t *text = (const uint8_t *)example->text;
    size_t n = strlen(example->text);
    struct set set = set_of(example->needles);
    struct cb__match expected[MATCHES], naive[MATCHES];
    size_t count = marked_matches(example, expected);

    ck_assert_uint_eq(naive_matches(&set, text, n, naive), count);
    ck_assert(memcmp(naive, expected, count * sizeof *naive) == 0);
    check_every_cut(&set, text, n);
}
END_TEST

START_TEST(random_needles_in_random_texts_match_as_in_a_naive_search)
{
    struct prng prng = {11 + (uint64_t)_i};
    uint8_t text[80], bytes[NEEDLES][8];

    for (int round = 0; round < 250; round++) {
        struct set set = {.count = 1 + prng_below(&prng, _i % 2 == 0 ? 1 : 4)};
        size_t letters = 1 + prng_below(&prng, 3);

        for (size_t i = 0; i < set.count; i++) {
            size_t length = 1 + prng_below(&prng, sizeof bytes[i]);

            prng_fill(&prng, bytes[i], length, "abc", letters);
            set.needles[i] = (struct cb__needle){.data = bytes[i], .length = length};
        }
        size_t n = prng_below(&prng, sizeof text);
        prng_fill(&prng, text, n, "abc", letters < 3 ? letters + prng_below(&prng, 2) : letters);
        check_every_cut(&set, text, n);
    }
}
END_TEST

/* Repeats a word of one to three letters, and ends as it likes. */
static size_t repeat(struct prng *prng, uint8_t *bytes, size_t most)
{
    uint8_t word[3];
    const size_t period = 1 + prng_below(prng, sizeof word), n = 1 + prng_below(prng, most);

    prng_fill(prng, word, period, "ab", 2);
    for (size_t i = 0; i < n; i++)
        bytes[i] = word[i % period];
    if (prng_below(prng, 2))
        bytes[n - 1] = (uint8_t) "abc"[prng_below(prng, 3)];
    return n;
}

START_TEST(needles_that_repeat_themselves_match_as_in_a_naive_search)
{
    struct prng prng = {17 + (uint64_t)_i};
    uint8_t text[160], bytes[6][24];

    for (size_t round = rounds(80, 1000); round > 0; round--) {
        struct set set = {.count = 2 + prng_below(&prng, COUNT(bytes) - 1)};
        size_t n = 0;

        for (size_t i = 0; i < set.count; i++)
            set.needles[i] = (struct cb__needle){
                .data = bytes[i], .length = repeat(&prng, bytes[i], i % 2 ? 24 : 4)};
        while (n < sizeof text - 24)
            n += repeat(&prng, text + n, 24);
        check_every_cut(&set, text, n);
    }
}
END_TEST

/* Of each length around that of what is compared at once. */
START_TEST(a_needle_among_near_misses_is_found_and_they_are_not)
{
    struct prng prng = {13};
    uint8_t needle[20], text[200];

    for (size_t length = 3; length <= sizeof needle; length++) {
        struct set set = {.needles = {{.data = needle, .length = length}}, .count = 1};

        prng_fill(&prng, needle, length, "-END\n", 5);
        size_t n = 0;
        while (n + length <= sizeof text) {
            size_t at = prng_below(&prng, 2 * length); /* where it is wrong, if it is */

            memcpy(text + n, needle, length);
            if (at < length)
                text[n + at] = (uint8_t) "-ENDx"[prng_below(&prng, 5)];
            n += prng_below(&prng, 3) ? length : 1 + prng_below(&prng, length);
        }
        check_every_cut(&set, text, n);
    }
}
END_TEST

START_TEST(needles_longer_than_the_inline_room_match_over_borders)
{
    uint8_t needle[300], text[2000];
    struct prng prng = {12};

    prng_fill(&prng, needle, sizeof needle, "ab", 2);
    memset(text, 'a', sizeof text);
    memcpy(text + 100, needle, sizeof needle - 1); /* all but its last byte */
    memcpy(text + 700, needle, sizeof needle);
    memcpy(text + 1000, needle, sizeof needle);
    struct set set = {.needles = {{.data = needle, .length = sizeof needle}}, .count = 1};
    struct cb__match matches[MATCHES];
    ck_assert_uint_eq(naive_matches(&set, text, sizeof text, matches), 2);
    for (size_t cut = 0; cut < sizeof text; cut += 7)
        check_cut(&set, text, sizeof text, cut, 40, cut);
}
END_TEST

/* The root has more children than are listed, or the nodes after one byte or two have. */
START_TEST(needles_that_branch_widely_match_as_few_do)
{
    static const char letters[] = "abcdefghijklmnopqrst";
    struct prng prng = {14 + (uint64_t)_i};
    uint8_t bytes[NEEDLES][8], text[120];

    for (size_t round = rounds(7, 20); round > 0; round--) {
        struct set set = {.count = NEEDLES};
        for (size_t i = 0; i < NEEDLES; i++) {
            const size_t length = 1 + (size_t)_i + prng_below(&prng, 3);
            memset(bytes[i], 'a', sizeof bytes[i]);
            prng_fill(&prng, bytes[i] + _i, length - (size_t)_i, letters, sizeof letters - 1);
            set.needles[i] = (struct cb__needle){.data = bytes[i], .length = length};
        }
        prng_fill(&prng, text, sizeof text, letters, 1 + prng_below(&prng, sizeof letters - 1));
        check_every_cut(&set, text, sizeof text);
    }
}
END_TEST

START_TEST(a_span_is_not_read_beyond_its_end)
{
    struct set sets[] = {set_of("\r\n"), set_of("abcab"), set_of("a|abc|b")};
    struct prng prng = {13};
    uint8_t text[64];

    for (size_t s = 0; s < COUNT(sets); s++) {
        for (size_t n = 0; n < sizeof text; n++) {
            struct guard guard;

            prng_fill(&prng, text, n, "abc\r\n", 5);
            guard_init(&guard, text, n);
            check_cut(&sets[s], guard.data, n, n, 1, 1);
            guard_fini(&guard);
        }
    }
}
END_TEST

/* Feeds a text in spans and returns how many bytes were looked at. */
static uint64_t cost(const struct set *set, const uint8_t *text, size_t n, size_t step,
                     size_t *matches)
{
    struct cb__matcher matcher;
    struct cb__match match;
    uint64_t scanned;

    init(&matcher, set);
    *matches = 0;
    for (size_t arrived = 0; arrived < n;) {
        arrived = step < n - arrived ? arrived + step : n;
        while (cb__matcher_feed(&matcher, text + matcher.at, arrived - (size_t)matcher.at,
                                &match) == CB__YES)
            ++*matches;
    }
    scanned = matcher.scanned;
    cb__matcher_fini(&matcher);
    return scanned;
}

/* Once by a kernel, and by the automaton where the kernel has a candidate: once to take it,
 * and once where what was begun fails. */
START_TEST(one_needle_looks_at_no_byte_more_than_three_times_however_bad_the_text)
{
    static const char *const bad[] = {"aaaaaaaaaaaaaaab", "baaaaaaaaaaaaaaa", "abababababababac",
                                      "aaaaaaaabaaaaaaa"};
    enum { SIZE = 100000 };
    uint8_t *text = malloc(SIZE);
    size_t matches;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct set set = set_of(bad[i]);

        memset(text, 'a', SIZE);
        ck_assert_uint_le(cost(&set, text, SIZE, SIZE, &matches), 3 * SIZE);
        ck_assert_uint_le(cost(&set, text, SIZE, 1, &matches), 3 * SIZE);
        for (size_t at = 0; at < SIZE; at++)
            text[at] = (uint8_t) "ab"[at % 2];
        ck_assert_uint_le(cost(&set, text, SIZE, 7, &matches), 3 * SIZE);
    }
    free(text);
}
END_TEST

/* Longer needles that nearly come at each place, where shorter ones are matches. */
START_TEST(nor_do_several_needles)
{
    static const char *const bad[] = {
        "a|aaaaaaab",
        "b|aaaaaaaaab",
        "a|aa|aaab",
        "ab|abababababac",
        "aa|a|aaa|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac",
        "b|ab|bababababababababababababababababababac|abababababababababababababababac",
        "ba|abaabaabaabaabaabaabaabaabaabaabaabaabaac|aabaabaabaabaabaabaabaabaabaabac",
        "a|b|aab|aabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbc",
    };
    static const char *const periods[] = {"a", "ab", "aab", "aabb", "abb"};
    enum { SIZE = 50000 };
    uint8_t *text = malloc(SIZE);
    struct prng prng = {14};
    size_t matches;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct set set = set_of(bad[i]);
        for (size_t p = 0; p < COUNT(periods); p++) {
            const size_t period = strlen(periods[p]);

            for (size_t at = 0; at < SIZE; at++)
                text[at] = (uint8_t)periods[p][at % period];
            ck_assert_uint_le(cost(&set, text, SIZE, 1, &matches), 3 * SIZE);
            ck_assert_uint_le(cost(&set, text, SIZE, 1000, &matches), 3 * SIZE);
        }
        for (int round = 0; round < 3; round++) {
            static const char *const alphabets[] = {"a", "ab", "aaaaaaab"};

            prng_fill(&prng, text, SIZE, alphabets[round], strlen(alphabets[round]));
            uint64_t scanned = cost(&set, text, SIZE, 1 + (size_t)round * 100, &matches);
            ck_assert_uint_le(scanned, 3 * SIZE);
        }
    }
    free(text);
}
END_TEST

START_TEST(a_match_that_cannot_grow_is_given_at_once)
{
    struct set set = set_of("a|abc|\n");
    struct cb__matcher matcher;
    struct cb__match match;

    init(&matcher, &set);
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"x\n", 2, &match), CB__YES);
    ck_assert_uint_eq(match.start, 1);
    ck_assert_uint_eq(match.end, 2);
    /* "a" may become "abc" ... */
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"a", 1, &match), CB__MORE);
    ck_assert_uint_eq(cb__matcher_needed(&matcher), 1);
    ck_assert_uint_eq(cb__matcher_safe(&matcher), 2);
    /* ... and does not. */
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"a", 1, &match), CB__YES);
    ck_assert_uint_eq(match.start, 2);
    ck_assert_uint_eq(match.end, 3);
    ck_assert_uint_eq(matcher.at, 3);
    cb__matcher_fini(&matcher);
}
END_TEST

START_TEST(one_needle_needs_what_is_missing_of_it)
{
    struct set set = set_of("abcab");
    struct cb__matcher matcher;
    struct cb__match match;

    init(&matcher, &set);
    ck_assert_uint_eq(cb__matcher_needed(&matcher), 5);
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"xxabc", 5, &match), CB__MORE);
    ck_assert_uint_eq(cb__matcher_needed(&matcher), 2);
    ck_assert_uint_eq(cb__matcher_safe(&matcher), 2);
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"ac", 2, &match), CB__MORE);
    ck_assert_uint_eq(cb__matcher_needed(&matcher), 5);
    ck_assert_uint_eq(cb__matcher_safe(&matcher), 7);
    cb__matcher_fini(&matcher);
}
END_TEST

START_TEST(finish_gives_the_pending_match_and_nothing_half_done)
{
    struct set set = set_of("a|abc");
    struct cb__matcher matcher;
    struct cb__match match;

    init(&matcher, &set);
    ck_assert_int_eq(cb__matcher_finish(&matcher, &match), CB__NO);
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"xab", 3, &match), CB__MORE);
    ck_assert_int_eq(cb__matcher_finish(&matcher, &match), CB__YES);
    ck_assert_uint_eq(match.start, 1);
    ck_assert_uint_eq(match.end, 2);
    ck_assert_uint_eq(matcher.at, 2);
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"b", 1, &match), CB__MORE);
    ck_assert_int_eq(cb__matcher_finish(&matcher, &match), CB__NO);
    /* What has begun may still go on. */
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"xab", 3, &match), CB__MORE);
    ck_assert_int_eq(cb__matcher_finish(&matcher, &match), CB__YES);
    cb__matcher_fini(&matcher);
    set = set_of("abc");
    init(&matcher, &set);
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"ab", 2, &match), CB__MORE);
    ck_assert_int_eq(cb__matcher_finish(&matcher, &match), CB__NO);
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"c", 1, &match), CB__YES);
    cb__matcher_fini(&matcher);
}
END_TEST

START_TEST(start_forgets_what_was_seen_and_counts_from_a_position)
{
    const uint64_t far = UINT64_C(0xffffffff00000000);
    struct set set = set_of("ab|a");
    struct cb__matcher matcher;
    struct cb__match match;

    init(&matcher, &set);
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"a", 1, &match), CB__MORE);
    cb__matcher_start(&matcher, far);
    ck_assert_int_eq(cb__matcher_feed(&matcher, (const uint8_t *)"bab", 3, &match), CB__YES);
    ck_assert_uint_eq(match.start, far + 1);
    ck_assert_uint_eq(match.end, far + 3);
    cb__matcher_fini(&matcher);
}
END_TEST

START_TEST(at_tells_what_stands_at_a_place_or_that_it_depends)
{
    static const char *const lists[] = {"\r\n", "a|ab", "abc|b|ba", "aaaa|aa", "ab|abab|ababab"};
    struct prng prng = {15};
    uint8_t text[8];

    for (size_t s = 0; s < COUNT(lists); s++) {
        struct set set = set_of(lists[s]);
        struct cb__matcher matcher;

        init(&matcher, &set);
        for (int round = 0; round < 2000; round++) {
            size_t n = 1 + prng_below(&prng, sizeof text);

            prng_fill(&prng, text, n, s == 0 ? "\r\nx" : "abc", 3);
            ssize_t expected =
                naive_may_go_on(&set, text, n) ? CB__UNDECIDED : (ssize_t)naive_at(&set, text, n);
            size_t examined = 0;
            expect(cb__matcher_at(&matcher, text, n, &examined) == expected, "'%.*s' is not %zd",
                   (int)n, text, expected);
            ck_assert_uint_le(examined, n);
        }
        ck_assert_uint_eq(matcher.at, 0);
        ck_assert_uint_eq(matcher.scanned, 0);
        cb__matcher_fini(&matcher);
    }
}
END_TEST

START_TEST(is_knows_its_one_needle)
{
    struct set one = set_of("abc"), two = set_of("abc|abd");
    struct cb__matcher matcher;

    init(&matcher, &one);
    ck_assert(cb__matcher_is(&matcher, (const uint8_t *)"abc", 3));
    ck_assert(!cb__matcher_is(&matcher, (const uint8_t *)"abcd", 4));
    ck_assert(!cb__matcher_is(&matcher, (const uint8_t *)"ab", 2));
    ck_assert(!cb__matcher_is(&matcher, (const uint8_t *)"abd", 3));
    cb__matcher_fini(&matcher);
    init(&matcher, &two);
    ck_assert(!cb__matcher_is(&matcher, (const uint8_t *)"abc", 3));
    ck_assert(!cb__matcher_is(&matcher, (const uint8_t *)"abd", 3));
    cb__matcher_fini(&matcher);
}
END_TEST

START_TEST(the_needles_are_not_needed_afterwards)
{
    uint8_t bytes[20];
    struct set set = {.needles = {{.data = bytes, .length = sizeof bytes}}, .count = 1};
    struct cb__matcher matcher;
    struct cb__match match;

    memset(bytes, 'n', sizeof bytes);
    init(&matcher, &set);
    memset(bytes, 'x', sizeof bytes);
    ck_assert_int_eq(
        cb__matcher_feed(&matcher, (const uint8_t *)"nnnnnnnnnnnnnnnnnnnn", 20, &match), CB__YES);
    cb__matcher_fini(&matcher);
}
END_TEST

START_TEST(without_memory_a_matcher_is_not_made)
{
    /* The second one also needs a table. */
    struct set sets[] = {set_of("a needle that is longer than a few bytes"),
                         set_of("a|b|c|d|e|f|g|h|i|j")};
    struct counting counting;
    struct cb__matcher matcher;

    for (unsigned fail_at = 1; fail_at <= COUNT(sets); fail_at++) {
        const struct set *set = &sets[fail_at - 1];
        counting_init(&counting);
        counting_fail(&counting, fail_at, true);
        ck_assert_int_eq(cb__matcher_init(&matcher, set->needles, set->count, &counting.hooks),
                         CB_ENOMEM);
        counting_fail(&counting, 0, false);
        ck_assert_int_eq(cb__matcher_init(&matcher, set->needles, set->count, &counting.hooks),
                         CB_OK);
        cb__matcher_fini(&matcher);
        counting_fini(&counting);
    }
}
END_TEST

START_TEST(eight_bytes_of_needle_need_no_memory)
{
    struct set set = set_of("\r\n\r\n|\n\n|ab");
    struct counting counting;
    struct cb__matcher matcher;

    counting_init(&counting);
    ck_assert_int_eq(cb__matcher_init(&matcher, set.needles, set.count, &counting.hooks), CB_OK);
    ck_assert_uint_eq(counting.calls, 0);
    cb__matcher_fini(&matcher);
    counting_fini(&counting);
}
END_TEST

START_TEST(a_matcher_is_no_larger_than_cb_find_says)
{
    struct set set = set_of("a needle that is longer than a few bytes");
    struct counting counting;
    struct cb__matcher matcher;

    ck_assert_uint_le(sizeof matcher, 2500);
    counting_init(&counting);
    ck_assert_int_eq(cb__matcher_init(&matcher, set.needles, set.count, &counting.hooks), CB_OK);
    ck_assert_uint_le(counting.bytes, 60 * (1 + set.needles[0].length));
    cb__matcher_fini(&matcher);
    counting_fini(&counting);
}
END_TEST

START_TEST(too_many_bytes_of_needles_are_refused)
{
    struct set set = set_of("ab|cd");
    struct cb__matcher matcher;

    set.needles[1].length = (size_t)1 << 31;
    ck_assert_int_eq(cb__matcher_init(&matcher, set.needles, 2, &plain), CB_EINVAL);
    set.needles[1].length = SIZE_MAX;
    ck_assert_int_eq(cb__matcher_init(&matcher, set.needles, 2, &plain), CB_EINVAL);
}
END_TEST

static Suite *matcher_suite(void)
{
    Suite *suite = suite_create("matcher");
    TCase *matches = add_case(suite, "matches");
    TCase *costs = add_case(suite, "cost");
    TCase *state = add_case(suite, "state");
    TCase *memory = add_case(suite, "memory");

    tcase_add_loop_test(matches, the_leftmost_match_wins_and_there_the_longest, 0,
                        (int)COUNT(examples));
    tcase_add_loop_test(matches, random_needles_in_random_texts_match_as_in_a_naive_search, 0, 4);
    tcase_add_loop_test(matches, needles_that_repeat_themselves_match_as_in_a_naive_search, 0, 3);
    tcase_add_test(matches, a_needle_among_near_misses_is_found_and_they_are_not);
    tcase_add_test(matches, needles_longer_than_the_inline_room_match_over_borders);
    tcase_add_loop_test(matches, needles_that_branch_widely_match_as_few_do, 0, 3);
    tcase_add_test(matches, a_span_is_not_read_beyond_its_end);

    tcase_add_test(costs, one_needle_looks_at_no_byte_more_than_three_times_however_bad_the_text);
    tcase_add_test(costs, nor_do_several_needles);

    tcase_add_test(state, a_match_that_cannot_grow_is_given_at_once);
    tcase_add_test(state, one_needle_needs_what_is_missing_of_it);
    tcase_add_test(state, finish_gives_the_pending_match_and_nothing_half_done);
    tcase_add_test(state, start_forgets_what_was_seen_and_counts_from_a_position);
    tcase_add_test(state, at_tells_what_stands_at_a_place_or_that_it_depends);
    tcase_add_test(state, is_knows_its_one_needle);

    tcase_add_test(memory, the_needles_are_not_needed_afterwards);
    tcase_add_test(memory, without_memory_a_matcher_is_not_made);
    tcase_add_test(memory, eight_bytes_of_needle_need_no_memory);
    tcase_add_test(memory, a_matcher_is_no_larger_than_cb_find_says);
    tcase_add_test(memory, too_many_bytes_of_needles_are_refused);
    return suite;
}

int main(void)
{
    return run_suite(matcher_suite());
}
