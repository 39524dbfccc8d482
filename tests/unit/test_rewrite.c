/* SPDX-License-Identifier: MIT */
/* Every kernel that rewrites delimiters gives what a plain loop gives. */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "kernels/rewrite.h"
#include "kernels.h"
#include "support.h"

EACH_KERNEL(cb__rewrite_kernel);

/* What is rewritten: needles separated by '|', and what to. */
struct rewriting {
    const char *needles;
    bool drop_cr;
    const char *tail;
};

static const struct rewriting rewritings[] = {
    {"\n", false, ""},      {"\n", false, ";"},     {"\n", false, "\n"},   {"\n", true, ""},
    {"\n", true, "\n"},     {"\n", true, "\r"},     {"\r\n", false, ""},   {"\r\n", false, "\n"},
    {"\r\n", false, "\r"},  {"\r\n", false, ";"},   {"\r\n", false, "; "}, {"\r\n", false, "\n\r"},
    {"ab", false, "ba"},    {"ab", false, "aa"},    {"a|b", false, ""},    {"a|b", false, "a"},
    {"\n|\r", false, "\n"}, {"a|\n|\r", false, ""}, {"\r", false, "a"},
};

static void make_finder(struct cb__finder *finder, const char *needles)
{
    size_t n = strcspn(needles, "|");

    cb__finder_init(finder, (const uint8_t *)needles, n);
    while (needles[n] == '|') {
        needles += n + 1;
        n = strcspn(needles, "|");
        cb__finder_add(finder, (const uint8_t *)needles, n);
    }
}

/* The length of the needle that stands at the beginning of data, or 0. */
static size_t naive_match(const char *needles, const uint8_t *data, size_t n)
{
    for (;;) {
        size_t length = strcspn(needles, "|");

        if (length <= n && memcmp(data, needles, length) == 0)
            return length;
        if (!needles[length])
            return 0;
        needles += length + 1;
    }
}

struct result {
    size_t records, used, made;
};

static struct result naive_rewrite(const struct rewriting *rewriting, const uint8_t *data, size_t n,
                                   uint8_t *to)
{
    struct result result = {0, 0, 0};
    size_t out = 0;

    for (size_t i = 0; i < n;) {
        size_t match = naive_match(rewriting->needles, data + i, n - i);

        if (!match) {
            to[out++] = data[i++];
            continue;
        }
        if (rewriting->drop_cr && i > result.used && data[i - 1] == '\r')
            out--;
        memcpy(to + out, rewriting->tail, strlen(rewriting->tail));
        out += strlen(rewriting->tail);
        i += match;
        result = (struct result){result.records + 1, i, out};
    }
    return result;
}

enum { MOST = 4096 };

/* All that cb__rewrite says and writes, with its room ending where it may. */
static void check_span(const struct rewriting *rewriting, const struct cb__finder *finder,
                       const uint8_t *data, size_t n)
{
    uint8_t expected[MOST];
    struct result is = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
    struct result should = naive_rewrite(rewriting, data, n, expected);
    uint8_t *to = malloc(n + CB__REWRITE_SLACK + 1);

    expect(n <= MOST && to, "too long");
    to[n + CB__REWRITE_SLACK] = 0xa5;
    is.records = cb__rewrite(finder, rewriting->drop_cr, (const uint8_t *)rewriting->tail,
                             strlen(rewriting->tail), data, n, to, &is.used, &is.made);
    expect(is.records == should.records, "'%s' to '%s': %zu of %zu records in %zu bytes",
           rewriting->needles, rewriting->tail, is.records, should.records, n);
    expect(is.used == should.used, "%zu bytes used, expected %zu", is.used, should.used);
    expect(is.made == should.made, "%zu bytes made, expected %zu", is.made, should.made);
    for (size_t i = 0; i < is.made; i++)
        expect(to[i] == expected[i], "'%s' to '%s': byte %zu of %zu is %u, expected %u",
               rewriting->needles, rewriting->tail, i, is.made, to[i], expected[i]);
    expect(to[n + CB__REWRITE_SLACK] == 0xa5, "%zu bytes: written beyond the room", n);
    free(to);
}

/* Calls fn for each rewriting, with its finder. */
static void each_rewriting(void (*fn)(const struct rewriting *, const struct cb__finder *))
{
    for (size_t i = 0; i < COUNT(rewritings); i++) {
        struct cb__finder finder;

        make_finder(&finder, rewritings[i].needles);
        expect(cb__rewrite_fits(&finder, rewritings[i].drop_cr, strlen(rewritings[i].tail)),
               "'%s' to '%s'", rewritings[i].needles, rewritings[i].tail);
        fn(&rewritings[i], &finder);
    }
}

/* -------------------------------------------------------------------- tests */

START_TEST(only_exact_matches_that_cannot_overlap_and_get_no_longer_fit)
{
    static const struct {
        const char *needles;
        bool drop_cr;
        size_t tail_size;
        bool fits;
    } cases[] = {
        {"\n", false, 0, true},    {"\n", false, 1, true},   {"\n", false, 2, false},
        {"\n", true, 1, true},     {"\n", true, 2, false},   {";", true, 1, false},
        {"\r\n", true, 1, false},  {"\r\n", false, 2, true}, {"\r\n", false, 3, false},
        {"\n\n", false, 1, false}, {"abc", false, 1, false}, {"a|b", false, 1, true},
        {"a|b", false, 2, false},  {"a|b", true, 1, false},  {"a|bb", false, 1, false},
        {"ab|a", false, 1, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cb__finder finder;

        make_finder(&finder, cases[i].needles);
        expect(cb__rewrite_fits(&finder, cases[i].drop_cr, cases[i].tail_size) == cases[i].fits,
               "'%s' to %zu bytes", cases[i].needles, cases[i].tail_size);
    }
}
END_TEST

static void before_an_unreadable_page(const struct rewriting *rewriting,
                                      const struct cb__finder *finder)
{
    struct prng prng = {1};
    uint8_t text[300];
    struct guard guard;

    prng_fill(&prng, text, sizeof text, "ab\n\r", 4);
    guard_init(&guard, text, sizeof text);
    for (size_t n = 0; n <= sizeof text; n++)
        check_span(rewriting, finder, guard.data + sizeof text - n, n);
    guard_fini(&guard);
}

START_TEST(every_span_before_an_unreadable_page_gives_what_a_loop_gives)
{
    use_kernel(_i);
    each_rewriting(before_an_unreadable_page);
}
END_TEST

/* What stands around a span would make other matches if it were looked at. */
static void at_every_alignment(const struct rewriting *rewriting, const struct cb__finder *finder)
{
    struct prng prng = {2};
    uint8_t text[1 + 65 + 200 + 1];

    prng_fill(&prng, text, sizeof text, "ab\r\n", 4);
    for (size_t from = 1; from < 66; from += 65 / rounds(16, 65)) {
        for (size_t n = 0; n <= 200; n += 1 + from % 3) {
            uint8_t before = text[from - 1], after = text[from + n];

            for (size_t i = 0; i < 4; i++) {
                text[from - 1] = (uint8_t) "\r\nab"[i];
                text[from + n] = (uint8_t) "\n\rba"[i];
                check_span(rewriting, finder, text + from, n);
            }
            text[from - 1] = before;
            text[from + n] = after;
        }
    }
}

START_TEST(every_alignment_and_length_gives_what_a_loop_gives)
{
    use_kernel(_i);
    each_rewriting(at_every_alignment);
}
END_TEST

static void sparse_and_dense(const struct rewriting *rewriting, const struct cb__finder *finder)
{
    static const char *const alphabets[] = {"\n",
                                            "\r",
                                            "\r\n",
                                            "\r\r\r\r\r\r\r\n",
                                            "a",
                                            "ab",
                                            "aaaaaaaaaaaaaaab",
                                            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxab\r\n"};
    struct prng prng = {3};
    uint8_t text[2000];

    for (size_t a = 0; a < COUNT(alphabets); a++) {
        for (size_t round = 0; round < 20; round++) {
            size_t n = sizeof text - prng_below(&prng, 200);

            prng_fill(&prng, text, n, alphabets[a], strlen(alphabets[a]));
            check_span(rewriting, finder, text, n);
        }
    }
}

START_TEST(sparse_and_dense_spans_give_what_a_loop_gives)
{
    use_kernel(_i);
    each_rewriting(sparse_and_dense);
}
END_TEST

static void lone_and_back_to_back(const struct rewriting *rewriting,
                                  const struct cb__finder *finder)
{
    uint8_t text[400];
    size_t length = strcspn(rewriting->needles, "|");

    for (size_t at = 0; at + length <= sizeof text; at++) {
        memset(text, 'x', sizeof text);
        memcpy(text + at, rewriting->needles, length);
        check_span(rewriting, finder, text, sizeof text);
        /* Matches from here on to the end; the last one may be cut off. */
        for (size_t i = at; i < sizeof text; i++)
            text[i] = (uint8_t)rewriting->needles[(i - at) % length];
        check_span(rewriting, finder, text, sizeof text);
        /* The same, with CRs before it. */
        memset(text, '\r', at);
        check_span(rewriting, finder, text, sizeof text);
    }
}

START_TEST(a_lone_match_and_a_row_of_them_are_rewritten_wherever_they_stand)
{
    use_kernel(_i);
    each_rewriting(lone_and_back_to_back);
}
END_TEST

START_TEST(records_of_every_length_are_rewritten)
{
    static const struct rewriting crlf = {"\r\n", false, "\n"};
    struct cb__finder finder;
    uint8_t text[MOST];

    use_kernel(_i);
    make_finder(&finder, crlf.needles);
    for (size_t length = 0; length <= 200; length++) {
        for (size_t i = 0; i < sizeof text; i++) {
            size_t at = i % (length + 2);

            text[i] = (uint8_t)(at < length ? 'a' : at == length ? '\r' : '\n');
        }
        check_span(&crlf, &finder, text, sizeof text);
    }
}
END_TEST

START_TEST(every_set_of_single_bytes_is_rewritten)
{
    static const struct rewriting lower = {"a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p", false, "q"};
    struct cb__finder finder;
    struct prng prng = {4};
    uint8_t text[1000];

    use_kernel(_i);
    make_finder(&finder, lower.needles);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)prng_next(&prng);
    check_span(&lower, &finder, text, sizeof text);
}
END_TEST

static size_t naive_marked(const uint64_t *marks, const uint8_t *tail, size_t tail_size,
                           const uint8_t *data, size_t n, uint8_t *to)
{
    size_t out = 0, from = 0;
    for (size_t i = 0; i < n; i++) {
        to[out++] = data[i];
        if (!(marks[i / 64] >> i % 64 & 1))
            continue;
        out -= 1 + (size_t)(i > from && data[i - 1] == '\r');
        memcpy(to + out, tail, tail_size);
        out += tail_size;
        from = i + 1;
    }
    return out;
}

/* One mark in so many bytes. */
static void check_marked(struct prng *prng, const uint8_t *data, size_t n, size_t rarity)
{
    static const uint8_t tail[] = {'T'};
    uint64_t marks[MOST / 64 + 2] = {0};
    uint8_t expected[MOST];
    for (size_t i = 0; i < n; i++)
        marks[i / 64] |= (uint64_t)(prng_below(prng, rarity) == 0) << i % 64;
    for (size_t size = 0; size <= 1; size++) {
        uint8_t *to = malloc(n + CB__REWRITE_SLACK + 1);
        to[n + CB__REWRITE_SLACK] = 0xa5;
        size_t should = naive_marked(marks, tail, size, data, n, expected);
        size_t is = cb__rewrite_marked(marks, tail, size, data, n, to);
        expect(is == should && memcmp(to, expected, is) == 0, "%zu bytes made of %zu, expected %zu",
               is, n, should);
        expect(to[n + CB__REWRITE_SLACK] == 0xa5, "%zu bytes: written beyond the room", n);
        free(to);
    }
}

START_TEST(marked_bytes_before_an_unreadable_page_give_what_a_loop_gives)
{
    struct prng prng = {5};
    uint8_t text[300];
    struct guard guard;

    use_kernel(_i);
    prng_fill(&prng, text, sizeof text, "ab\r\n", 4);
    guard_init(&guard, text, sizeof text);
    for (size_t n = 0; n <= sizeof text; n++) {
        for (size_t rarity = 1; rarity < 200; rarity *= 3)
            check_marked(&prng, guard.data + sizeof text - n, n, rarity);
    }
    guard_fini(&guard);
}
END_TEST

START_TEST(marked_bytes_at_every_alignment_give_what_a_loop_gives)
{
    struct prng prng = {6};
    uint8_t text[64 + MOST];

    use_kernel(_i);
    for (size_t from = 0; from < 64; from++) {
        prng_fill(&prng, text, sizeof text, "\r\ra\n", 4);
        check_marked(&prng, text + from, MOST - from, 1 + from % 40);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rewrite");
    TCase *tcase = add_case(suite, "kernels");
    int kernels = count_kernels();

    tcase_add_test(tcase, only_exact_matches_that_cannot_overlap_and_get_no_longer_fit);
    tcase_add_loop_test(tcase, every_span_before_an_unreadable_page_gives_what_a_loop_gives, 0,
                        kernels);
    tcase_add_loop_test(tcase, every_alignment_and_length_gives_what_a_loop_gives, 0, kernels);
    tcase_add_loop_test(tcase, sparse_and_dense_spans_give_what_a_loop_gives, 0, kernels);
    tcase_add_loop_test(tcase, a_lone_match_and_a_row_of_them_are_rewritten_wherever_they_stand, 0,
                        kernels);
    tcase_add_loop_test(tcase, records_of_every_length_are_rewritten, 0, kernels);
    tcase_add_loop_test(tcase, every_set_of_single_bytes_is_rewritten, 0, kernels);
    tcase_add_loop_test(tcase, marked_bytes_before_an_unreadable_page_give_what_a_loop_gives, 0,
                        kernels);
    tcase_add_loop_test(tcase, marked_bytes_at_every_alignment_give_what_a_loop_gives, 0, kernels);
    return run_suite(suite);
}
