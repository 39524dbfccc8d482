/* SPDX-License-Identifier: MIT */
#include "kernels/find.h"

#include <string.h>

#include "kernels/choose.h"

/* How common a byte is; the lower, the better to search for.  The order comes from
 * counts in documents, C, Python and JavaScript sources, logs, and x86-64 programs of a
 * Debian system, each kind with the same weight. */
static size_t commonness(uint8_t byte)
{
    static const char common[] =
        " e\0tasrinol\ncd_/pufmh.gb0-12H,yA'E\xff()I6T4x>3\"L$8C:S=95v<DwkR\x8b"
        "97N;\tOP\x0f*FM#B\x01\bUG][}{\\@jzXW";
    const char *at = memchr(common, byte, sizeof common - 1);
    return at ? sizeof common - (size_t)(at - common) : 0;
}

/* A needle, and which of its bytes stand for themselves alone. */
struct places {
    const uint8_t *needle, *wild;
    size_t n;
};

static bool is_known(const struct places *places, size_t i)
{
    return !places->wild || !places->wild[i];
}

/* The number of places with a known byte, and the last of them. */
static size_t count_known(const struct places *places, size_t *last)
{
    size_t count = 0;
    *last = 0;
    for (size_t i = 0; i < places->n; i++) {
        if (!is_known(places, i))
            continue;
        *last = i;
        count++;
    }
    return count;
}

/* The places of the rarest byte of the needle and of the next rarest one that differs: two
 * different bytes are the least correlated.  If a byte occurs several times, its last place
 * is used.  `last` is the last place with a known byte; if it is the only one, it is the
 * result for both. */
static void choose_pair(const struct places *places, size_t last, size_t *rare, size_t *other)
{
    const uint8_t *const needle = places->needle;
    size_t first = last;
    *rare = last;
    for (size_t i = last; i-- > 0;) {
        if (!is_known(places, i))
            continue;
        if (commonness(needle[i]) < commonness(needle[*rare]))
            *rare = i;
        first = i;
    }
    *other = *rare == first ? last : first;
    for (size_t i = last + 1; i-- > 0;) {
        bool same = needle[*other] == needle[*rare];
        if (is_known(places, i) && needle[i] != needle[*rare] &&
            (same || commonness(needle[i]) < commonness(needle[*other])))
            *other = i;
    }
}

/* A needle that repeats one or two bytes has groups. */
static void choose_groups(struct cb__finder *finder, const uint8_t *needle, size_t n)
{
    finder->skim = finder->offset[finder->rarest];
    if (n < 7 || memcmp(needle, needle + 2, n - 2) != 0)
        return;
    finder->skim = 3;
    finder->groups = needle[0] == needle[1] ? 1 : 2;
    for (size_t i = 0; i < 2; i++)
        memcpy(&finder->group[i], needle + i, sizeof finder->group[i]);
}

static void add_members(struct cb__finder *finder, uint8_t byte, uint8_t wild)
{
    for (unsigned i = 0; i < 256; i++)
        finder->member[i] |= cb__wild_is(wild, byte, (uint8_t)i);
}

/* Fills the tables for look-ups by half bytes.  High halves that occur with the same
 * low halves share a bit.  There are eight bits; the rare set that needs more makes
 * some share that should not: more candidates, but none missed. */
static void split_halves(struct cb__finder *finder)
{
    uint16_t rows[16] = {0}, groups[8];
    unsigned count = 0;
    for (unsigned byte = 0; byte < 256; byte++)
        rows[byte >> 4] |= (uint16_t)((finder->member[byte] != 0) << (byte & 15));
    memset(finder->low, 0, sizeof finder->low);
    memset(finder->high, 0, sizeof finder->high);
    finder->halves_exact = true;
    for (unsigned high = 0; high < 16; high++) {
        unsigned group = 0;
        while (group < count && groups[group] != rows[high])
            group++;
        if (!rows[high])
            continue;
        if (group == 8)
            finder->halves_exact = false;
        group &= 7;
        groups[group] = rows[high];
        count += group == count;
        finder->high[high] = (uint8_t)(1u << group);
        for (unsigned low = 0; low < 16; low++) {
            if (rows[high] >> low & 1)
                finder->low[low] |= (uint8_t)(1u << group);
        }
    }
}

/* Searches for the members of the set. */
static void search_members(struct cb__finder *finder)
{
    unsigned members = 0;
    finder->reach = 1;
    for (unsigned i = 0; i < 256; i++) {
        if (finder->member[i]) {
            members++;
            finder->byte[0] = (uint8_t)i;
        }
    }
    finder->offset[0] = 0;
    finder->rarest = 0;
    finder->skim = 0;
    finder->groups = 0;
    finder->kind = members == 1 ? CB__FIND_BYTE : CB__FIND_SET;
    split_halves(finder);
    finder->exact = finder->exact && finder->halves_exact;
}

void cb__finder_init_wild(struct cb__finder *finder, const uint8_t *needle, const uint8_t *wild,
                          size_t n)
{
    const struct places places = {needle, wild, n};
    size_t rare, other, last;
    memset(finder, 0, sizeof *finder);
    add_members(finder, needle[0], wild ? wild[0] : CB__WILD_NONE);
    const size_t known = count_known(&places, &last);
    finder->exact = n == 1 || (n == 2 && known == 2);
    finder->reach = 1;
    finder->byte[0] = needle[0];
    if (!known) {
        search_members(finder);
        return;
    }
    if (!last) {
        finder->kind = CB__FIND_BYTE;
        return;
    }
    choose_pair(&places, last, &rare, &other);
    finder->kind = CB__FIND_PAIR;
    finder->rarest = rare > other;
    finder->offset[0] = cb__min(rare, other);
    finder->offset[1] = cb__max(rare, other);
    finder->byte[0] = needle[finder->offset[0]];
    finder->byte[1] = needle[finder->offset[1]];
    finder->reach = finder->offset[1] + 1;
    choose_groups(finder, needle, wild ? 0 : n);
}

void cb__finder_init(struct cb__finder *finder, const uint8_t *needle, size_t n)
{
    cb__finder_init_wild(finder, needle, NULL, n);
}

void cb__finder_add_wild(struct cb__finder *finder, const uint8_t *needle, const uint8_t *wild,
                         size_t n)
{
    finder->exact = finder->exact && n == 1 && finder->kind != CB__FIND_PAIR;
    add_members(finder, needle[0], wild ? wild[0] : CB__WILD_NONE);
    search_members(finder);
}

void cb__finder_add(struct cb__finder *finder, const uint8_t *needle, size_t n)
{
    cb__finder_add_wild(finder, needle, NULL, n);
}

static bool first_byte(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *at)
{
    const uint8_t *hit = n ? memchr(data, finder->byte[0], n) : NULL;
    *at = hit ? (size_t)(hit - data) : n;
    return hit != NULL;
}

static bool first_pair(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *at)
{
    if (n < finder->reach) {
        *at = 0;
        return false;
    }
    const uint8_t *from = data + finder->offset[0];
    const uint8_t *end = data + n - (finder->offset[1] - finder->offset[0]);
    size_t gap = finder->offset[1] - finder->offset[0];
    while (from < end) {
        from = memchr(from, finder->byte[0], (size_t)(end - from));
        if (!from)
            break;
        if (from[gap] == finder->byte[1]) {
            *at = (size_t)(from - data) - finder->offset[0];
            return true;
        }
        from++;
    }
    *at = n - finder->reach + 1;
    return false;
}

static bool first_of_set(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *at)
{
    for (size_t i = 0; i < n; i++) {
        if (finder->member[data[i]]) {
            *at = i;
            return true;
        }
    }
    *at = n;
    return false;
}

bool cb__find_first(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *at)
{
    switch (finder->kind) { /* not taken: there is no other kind */
    case CB__FIND_BYTE:
        return first_byte(finder, data, n, at);
    case CB__FIND_PAIR:
        return first_pair(finder, data, n, at);
    case CB__FIND_SET:
        break;
    }
    return first_of_set(finder, data, n, at);
}

size_t cb__find_all_plain(const struct cb__finder *finder, const uint8_t *data, size_t n,
                          uint32_t *hits, size_t max, size_t *scanned)
{
    size_t count = 0, from = 0, at = 0;
    while (count < max && cb__find_first(finder, data + from, n - from, &at)) {
        hits[count++] = (uint32_t)(from + at);
        from += at + 1;
    }
    *scanned = count == max ? from : from + at;
    return count;
}

size_t cb__find_count_plain(const struct cb__finder *finder, const uint8_t *data, size_t n,
                            size_t *last, size_t *scanned)
{
    size_t count = 0, from = 0, at;
    while (cb__find_first(finder, data + from, n - from, &at)) {
        *last = from + at;
        from += at + 1;
        count++;
    }
    *scanned = from + at;
    return count;
}

/* ----------------------------------------------------------------- kernels */

static const struct cb__kernel plain = {
    .name = "plain",
    .find = {cb__find_all_plain, cb__find_all_plain, cb__find_all_plain},
    .count = {cb__find_count_plain, cb__find_count_plain, cb__find_count_plain},
};

CB__CHOOSE_KERNEL(cb__kernel, &plain);

size_t cb__find_all(const struct cb__finder *finder, const uint8_t *data, size_t n, uint32_t *hits,
                    size_t max, size_t *scanned)
{
    return kernel_now()->find[finder->kind](finder, data, n, hits, max, scanned);
}

size_t cb__find_count(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *last,
                      size_t *scanned)
{
    return kernel_now()->count[finder->kind](finder, data, n, last, scanned);
}

/* Searches backwards in parts, each twice as long as the one before. */
bool cb__find_last(const struct cb__finder *finder, const uint8_t *data, size_t n, size_t *at)
{
    size_t end = n, from, scanned;
    for (size_t size = 256;; size *= 2, end = cb__min(n, from + finder->reach - 1)) {
        from = end > size ? end - size : 0;
        if (cb__find_count(finder, data + from, end - from, at, &scanned)) {
            *at += from;
            return true;
        }
        if (!from)
            return false;
    }
}
