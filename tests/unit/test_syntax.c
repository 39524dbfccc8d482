/* SPDX-License-Identifier: MIT */
/* Every kernel that finds where records end finds what a machine that steps through the
 * bytes finds. */
#include <string.h>

#include "expect.h"
#include "kernels/syntax.h"
#include "kernels.h"
#include "support.h"

EACH_KERNEL(cb__syntax_kernel);

enum { MOST = 4096 };

/* Check cuts longer messages short. */
static int shown(size_t n)
{
    return (int)cb__min(n, 300);
}

/* ----------------------------------------------------------------------- CSV */

/* RFC 4180, and what Python's csv module does with a quote in the middle of a field. */
enum { WRONG = CB__CSV_PLACES };

static int naive_step(const struct cb__csv *csv, int place, uint8_t c)
{
    if (place == CB__CSV_QUOTED)
        return c == csv->quote ? CB__CSV_CLOSED : CB__CSV_QUOTED;
    if (c == '\n' || (c == csv->separator && place != CB__CSV_CR))
        return CB__CSV_FIELD;
    if (c == csv->quote && (place == CB__CSV_FIELD || place == CB__CSV_CLOSED))
        return CB__CSV_QUOTED;
    if (c == csv->quote && !csv->lazy)
        return WRONG;
    if (place == CB__CSV_CLOSED && !csv->lazy)
        return c == '\r' ? CB__CSV_CR : WRONG;
    return place == CB__CSV_CR ? WRONG : CB__CSV_TEXT;
}

struct ends {
    size_t count;
    uint32_t at[MOST];
    int place;   /* after the last byte, or before the wrong one */
    size_t stop; /* the offset of that, or n */
};

static void naive_rows(const struct cb__csv *csv, const uint8_t *data, size_t n, struct ends *ends)
{
    ends->count = 0;
    ends->place = CB__CSV_FIELD;
    ends->stop = n;
    for (size_t i = 0; i < n; i++) {
        const int next = naive_step(csv, ends->place, data[i]);
        if (next == WRONG) {
            ends->stop = i;
            return;
        }
        if (data[i] == '\n' && ends->place != CB__CSV_QUOTED)
            ends->at[ends->count++] = (uint32_t)i;
        ends->place = next;
    }
}

/* Scans on to `to`, at most `max` rows at a time; false if it stops before. */
static bool scan_rows(const struct cb__csv *csv, enum cb__csv_place *place, const uint8_t *data,
                      size_t *at, size_t to, size_t max, struct ends *is)
{
    uint32_t hits[MOST + CB__FIND_SLACK];
    while (*at < to) {
        size_t scanned = SIZE_MAX;
        size_t found = cb__csv_find(csv, place, data + *at, to - *at, hits, max, &scanned);
        expect(found <= max && scanned <= to - *at, "%zu of %zu rows, %zu of %zu bytes", found, max,
               scanned, to - *at);
        expect(found < max || scanned == hits[max - 1] + 1, "it went on after the last row");
        for (size_t i = 0; i < found; i++)
            is->at[is->count++] = (uint32_t)*at + hits[i];
        *at += scanned;
        if (found < max && *at < to)
            return false;
    }
    return true;
}

/* In two parts, which end at `cut` and n. */
static void check_rows(const struct cb__csv *csv, const uint8_t *data, size_t n, size_t cut,
                       size_t max, const struct ends *should)
{
    static struct ends is;
    enum cb__csv_place place = CB__CSV_FIELD;
    size_t at = 0;
    is.count = 0;
    if (scan_rows(csv, &place, data, &at, cut, max, &is))
        scan_rows(csv, &place, data, &at, n, max, &is);
    expect(is.count == should->count, "%zu rows, expected %zu: %.*s, cut at %zu", is.count,
           should->count, shown(n), (const char *)data, cut);
    for (size_t i = 0; i < is.count; i++)
        expect(is.at[i] == should->at[i], "row %zu ends at %u, expected %u: %.*s, cut at %zu", i,
               is.at[i], should->at[i], shown(n), (const char *)data, cut);
    expect(at == should->stop, "it stops at %zu, expected %zu: %.*s, cut at %zu", at, should->stop,
           shown(n), (const char *)data, cut);
    const bool closed = should->place == CB__CSV_CLOSED;
    expect((int)place == (csv->lazy && closed ? CB__CSV_FIELD : should->place),
           "place %d, expected %d: %.*s, cut at %zu", (int)place, should->place, shown(n),
           (const char *)data, cut);
}

static void check_marks(const struct cb__csv *csv, const uint8_t *data, size_t n,
                        const struct ends *should)
{
    uint64_t marks[MOST / 64 + 1], wanted[MOST / 64 + 1] = {0};
    for (size_t i = 0; i < should->count; i++)
        wanted[should->at[i] / 64] |= UINT64_C(1) << should->at[i] % 64;
    for (int round = 0; round < 2; round++) {
        size_t last = SIZE_MAX, count = round ? cb__csv_mark(csv, data, n, &last, marks)
                                              : cb__csv_count(csv, data, n, &last);
        expect(count == should->count, "%zu rows counted, expected %zu", count, should->count);
        expect(!count || last == should->at[count - 1], "the last one ends at %zu, expected %u",
               last, should->at[count - 1]);
    }
    const size_t blocks = should->stop < n ? should->stop / 64 + 1 : (n + 63) / 64;
    expect(memcmp(marks, wanted, blocks * sizeof *marks) == 0, "other marks: %.*s", shown(n),
           (const char *)data);
}

static void check_reading(const struct cb__csv *csv, const uint8_t *data, size_t n, size_t cut)
{
    static struct ends should;
    naive_rows(csv, data, n, &should);
    check_rows(csv, data, n, cut, 1 + cut % 7, &should);
    check_rows(csv, data, n, n, MOST, &should);
    check_marks(csv, data, n, &should);
}

static void check_csv(const struct cb__csv *csv, const uint8_t *data, size_t n, size_t cut)
{
    const struct cb__csv lazy = {csv->quote, csv->separator, true};
    check_reading(csv, data, n, cut);
    check_reading(&lazy, data, n, cut);
}

/* ---------------------------------------------------------------------- JSON */

struct hits {
    size_t count;
    uint32_t at[MOST];
    struct cb__json_place place; /* after the last byte, or at the stop */
    uint8_t open[MOST];          /* the brackets that are */
    size_t stop;                 /* where a scan must not go on: the end of the last value */
    bool stops;
};

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A bracket in a value, or its first one.  False if it closes one of another kind, and which that
 * is has not been forgotten. */
static bool naive_bracket(struct cb__json_place *place, uint8_t *open, uint8_t c)
{
    if (c == '[' || c == '{') {
        const uint64_t forgotten = place->depth < 64 ? 0 : place->depth - 63;
        if (forgotten > place->kinds.unknown && open[forgotten - 1] == '[')
            place->kinds.unknown = forgotten;
        open[place->depth++] = c;
        return true;
    }
    const bool known = place->depth > place->kinds.unknown;
    if (known && open[place->depth - 1] != (c == ']' ? '[' : '{'))
        return false;
    place->depth--;
    if (place->kinds.unknown > place->depth)
        place->kinds.unknown = place->depth;
    return true;
}

/* Inside a value; true at its last byte. */
static bool naive_inside(struct cb__json_place *place, uint8_t *open, uint8_t c)
{
    if (place->string) {
        const bool escaped = place->escaped;
        place->escaped = !escaped && c == '\\';
        place->string = escaped || c != '"';
        return !place->string && !place->depth;
    }
    if (memchr("[]{}", c, 4))
        place->mismatched = !naive_bracket(place, open, c);
    place->string = c == '"';
    return !place->depth && !place->string;
}

static void naive_values(bool commas, const uint8_t *data, size_t n, struct hits *hits)
{
    struct cb__json_place *place = &hits->place;
    bool comma = !commas;
    *hits = (struct hits){.count = 0};
    for (size_t i = 0; i < n && !hits->stops; i++) {
        const uint8_t c = data[i];
        if (cb__json_is_inside(place)) {
            if (naive_inside(place, hits->open, c)) {
                hits->at[hits->count++] = (uint32_t)i;
                hits->stop = i + 1;
                comma = !commas;
            }
            if (place->mismatched) {
                hits->stop = i;
                hits->stops = true;
            }
        } else if (!comma && c == ',') {
            comma = true;
        } else if (!is_space(c)) {
            *place = (struct cb__json_place){.string = comma && c == '"'};
            if (comma && (c == '[' || c == '{'))
                naive_bracket(place, hits->open, c);
            hits->stops = !cb__json_is_inside(place);
            hits->at[hits->count] = (uint32_t)i;
            hits->count += !hits->stops;
        }
    }
}

/* Scans on to `to`, or as far as it goes, at most `max` values at a time. */
static void scan_values(bool commas, struct cb__json_place *place, const uint8_t *data, size_t *at,
                        size_t to, size_t max, struct hits *is)
{
    static uint32_t hits[MOST + CB__FIND_SLACK];
    size_t count = 0, most = 0;
    while (*at < to && count == most && !place->mismatched) {
        size_t scanned = SIZE_MAX;
        most = cb__json_is_inside(place) ? 2 * max - 1 : 2 * max;
        count = cb__json_find(place, commas, data + *at, to - *at, hits, most, &scanned);
        expect(count <= most && scanned <= to - *at, "%zu of %zu hits, %zu of %zu bytes", count,
               most, scanned, to - *at);
        const bool ends = cb__json_is_inside(place);
        expect(count < most || !ends, "it stops inside of a value");
        expect(place->mismatched ? ends : true, "it stops outside of a value");
        expect(scanned == (place->mismatched ? scanned
                           : ends  ? to - *at
                           : count ? hits[count - 1] + (size_t)1
                                   : 0),
               "%zu of %zu bytes scanned", scanned, to - *at);
        for (size_t i = 0; i < count; i++)
            is->at[is->count++] = (uint32_t)*at + hits[i];
        *at += scanned;
    }
}

/* In two parts: one that ends at `cut`, and from where that stopped to n. */
static void check_values(bool commas, const uint8_t *data, size_t n, size_t cut, size_t max,
                         const struct hits *should)
{
    static struct hits is;
    struct cb__json_place place = {0};
    size_t at = 0;
    is.count = 0;
    scan_values(commas, &place, data, &at, cut, max, &is);
    scan_values(commas, &place, data, &at, n, max, &is);
    expect(is.count == should->count, "%zu hits, expected %zu: %.*s, cut at %zu", is.count,
           should->count, shown(n), (const char *)data, cut);
    for (size_t i = 0; i < is.count; i++)
        expect(is.at[i] == should->at[i], "hit %zu is at %u, expected %u: %.*s, cut at %zu", i,
               is.at[i], should->at[i], shown(n), (const char *)data, cut);
    const bool inside = cb__json_is_inside(&should->place);
    expect(at == (inside && !should->place.mismatched ? n : should->stop),
           "it stops at %zu: %.*s, cut at %zu", at, shown(n), (const char *)data, cut);
    expect(place.depth == should->place.depth && place.string == should->place.string &&
               place.escaped == should->place.escaped &&
               place.mismatched == should->place.mismatched &&
               place.kinds.unknown == should->place.kinds.unknown,
           "another place (%ju in brackets, %ju of them not known, %d %d %d): %.*s, cut at %zu",
           (uintmax_t)place.depth, (uintmax_t)place.kinds.unknown, place.string, place.escaped,
           place.mismatched, shown(n), (const char *)data, cut);
}

/* The end of the value that begins at `at`; 0 if none does, or it does not end, or not in
 * its line. */
static size_t naive_end(bool lines, const uint8_t *data, size_t n, size_t at)
{
    struct cb__json_place place = {0};
    uint8_t open[MOST];
    if (at == n || !strchr("[{\"", data[at]) || !data[at])
        return 0;
    for (size_t i = at; i < n && !(lines && data[i] == '\n') && !place.mismatched; i++) {
        if (naive_inside(&place, open, data[i]))
            return i + 1;
    }
    return 0;
}

static size_t naive_marks(bool lines, const uint8_t *data, size_t n, size_t *used, uint64_t *marks)
{
    size_t count = 0, at = 0, end;
    *used = 0;
    while ((end = naive_end(lines, data, n, at)) > 0) {
        const bool lf = end < n && data[end] == '\n';
        if (lines && !lf)
            break;
        if (at)
            marks[(at - 1) / 64] |= UINT64_C(1) << (at - 1) % 64;
        count++;
        *used = end + lines;
        at = end + 1;
        if (!lf)
            break;
    }
    if (lines && count)
        marks[(at - 1) / 64] |= UINT64_C(1) << (at - 1) % 64;
    return count;
}

static void check_json_marks(bool lines, const uint8_t *data, size_t n)
{
    uint64_t marks[MOST / 64 + 2], wanted[MOST / 64 + 2] = {0};
    size_t used = SIZE_MAX, should;
    if (!n)
        return;
    const size_t wanted_count = naive_marks(lines, data, n, &should, wanted);
    const size_t count = cb__json_mark(lines, data, n, &used, marks);
    expect(count == wanted_count && used == should,
           "%zu values in %zu bytes, expected %zu in %zu: %.*s", count, used, wanted_count, should,
           shown(n), (const char *)data);
    expect(!used || memcmp(marks, wanted, (used / 64 + 1) * sizeof *marks) == 0,
           "other marks: %.*s", shown(n), (const char *)data);
    expect(!used || !marks[used / 64 + 1], "marks after %zu of %zu bytes", used, n);
}

static void check_json(bool commas, const uint8_t *data, size_t n, size_t cut)
{
    static struct hits should;
    check_json_marks(commas, data, n);
    check_json_marks(!commas, data, n);
    naive_values(commas, data, n, &should);
    check_values(commas, data, n, cut, 1 + cut % 7, &should);
    check_values(commas, data, n, n, MOST / 2, &should);
}

/* -------------------------------------------------------------------- inputs */

/* Letters to mix: the common case, and each with one kind many times. */
static const char *const csv_letters[] = {
    "aaaaaaa,,,\"\n\r", "\"", "\"\n", "\",", "a\"", "\",\n", "aaaaaaaaaaaaaaaaaaaaaaaaaa\n", "a\n,",
};
static const char *const json_letters[] = {
    "[]{}\",\\ \na1:",
    "[]",
    "\"",
    "\"\\",
    "\\",
    "[{",
    "]}",
    "[\"\\]",
    "[] ",
    "\"a \n",
    "[]\\\"a",
    "[[]\"\"\\,aaaaaaaaaaaaaaaaaaa",
};
static const struct cb__csv dialects[] = {
    {'"', ',', 0}, {'\'', '\t', 0}, {0, ';', 0}, {'"', 0, 0}, {'a', 0xff, 0},
};

/* With the bytes of a dialect in place of those of the usual one. */
static void fill_csv(struct prng *prng, const struct cb__csv *csv, uint8_t *data, size_t n,
                     size_t kind)
{
    prng_fill(prng, data, n, csv_letters[kind], strlen(csv_letters[kind]));
    for (size_t i = 0; i < n; i++)
        data[i] = data[i] == '"' ? csv->quote : data[i] == ',' ? csv->separator : data[i];
}

/* Rows that are right, but for a byte now and then. */
static void fill_rows(struct prng *prng, uint8_t *data, size_t n)
{
    static const char *const fields[] = {
        "\"\",",
        "\"a,b\n\",",
        "\"\"\"\",",
        "\"a\"\"\r\n\",",
        "a,",
        "\r,",
        ",",
        "\n",
        "\"a\"\n",
        "\"a\"\r\n",
        "\r\n",
        "a\rb\r\n",
        "\"\"\n",
        "\"a much longer field, with a line end\nand with \"\"quotes\"\" in its text\",",
    };
    for (size_t at = 0; at < n;) {
        const char *field = fields[prng_below(prng, COUNT(fields))];
        const size_t size = cb__min(strlen(field), n - at);
        memcpy(data + at, field, size);
        at += size;
    }
    for (size_t i = prng_below(prng, 3); i; i--)
        data[prng_below(prng, n)] = (uint8_t) "\"a,\n\r"[prng_below(prng, 5)];
}

/* The values begin at once, or none may be there at all. */
static void fill_json(struct prng *prng, uint8_t *data, size_t n, size_t kind)
{
    prng_fill(prng, data, n, json_letters[kind], strlen(json_letters[kind]));
    for (size_t i = 0; i < cb__min(n, prng_below(prng, 5)); i++)
        data[i] = (uint8_t) "[[\"{,"[prng_below(prng, 5)];
}

/* Values in lines, with something else in between now and then. */
static void fill_lines(struct prng *prng, uint8_t *data, size_t n)
{
    static const char *const values[] = {
        "{}",
        "[1,[2]]",
        "\"a\"",
        "\"\\\"]\"",
        "{\"a\":{\"b\":\"c\"}}",
        ("[[[[[[[[[[[[[[[[[[[[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]]]]]"
         "]]]]]]]]]]]]]]]")};
    static const char *const others[] = {"\n",     " ", "\r\n", "1\n", "[\n]",
                                         "\"\n\"", "]", "\\",   "{",   "\""};
    const size_t rare = 1 + prng_below(prng, 40);
    for (size_t at = 0; at < n;) {
        const char *c = prng_below(prng, rare) ? values[prng_below(prng, COUNT(values))]
                                               : others[prng_below(prng, COUNT(others))];
        for (; *c && at < n; c++)
            data[at++] = (uint8_t)*c;
        if (at < n && prng_below(prng, 50))
            data[at++] = '\n';
    }
}

/* Calls both checks for bytes at `from`, of each kind. */
static void check_kinds(struct prng *prng, uint8_t *data, size_t n, size_t cut)
{
    for (size_t kind = 0; kind < COUNT(csv_letters); kind++) {
        const struct cb__csv *csv = &dialects[prng_below(prng, COUNT(dialects))];
        fill_csv(prng, csv, data, n, kind);
        check_csv(csv, data, n, cut);
    }
    fill_lines(prng, data, n);
    check_json(false, data, n, cut);
    for (size_t kind = 0; kind < COUNT(json_letters); kind++) {
        fill_json(prng, data, n, kind);
        check_json(kind % 2, data, n, cut);
        check_json(!(kind % 2), data, n, cut);
    }
}

/* -------------------------------------------------------------------- tests */

START_TEST(every_length_and_alignment_gives_what_a_machine_gives)
{
    struct prng prng = {1};
    uint8_t data[64 + 300];
    use_kernel(_i);
    for (size_t n = 0; n <= 300; n++)
        check_kinds(&prng, data + n % 64, n, prng_below(&prng, n + 1));
}
END_TEST

START_TEST(every_cut_gives_what_a_machine_gives)
{
    struct prng prng = {2};
    uint8_t data[200];
    use_kernel(_i);
    for (size_t round = rounds(4, 10); round > 0; round--) {
        for (size_t cut = 0; cut <= sizeof data; cut++)
            check_kinds(&prng, data, sizeof data, cut);
    }
}
END_TEST

START_TEST(nothing_is_read_beyond_the_end)
{
    struct prng prng = {3};
    uint8_t csv[200], json[200];
    struct guard csv_guard, json_guard;
    use_kernel(_i);
    fill_csv(&prng, &dialects[0], csv, sizeof csv, 0);
    fill_json(&prng, json, sizeof json, 0);
    guard_init(&csv_guard, csv, sizeof csv);
    guard_init(&json_guard, json, sizeof json);
    for (size_t n = 0; n <= sizeof csv; n++) {
        check_csv(&dialects[0], csv_guard.data + sizeof csv - n, n, n / 2);
        check_json(n % 2, json_guard.data + sizeof json - n, n, n / 2);
    }
    guard_fini(&csv_guard);
    guard_fini(&json_guard);
}
END_TEST

/* Long runs of one kind, across blocks: what would make a carry go wrong. */
START_TEST(runs_across_blocks_give_what_a_machine_gives)
{
    static const char runs[] = "\\\\\"\"[[]{}, a\n";
    struct prng prng = {4};
    uint8_t data[MOST];
    use_kernel(_i);
    for (size_t round = 0; round < 500; round++) {
        for (size_t at = 0, n; at < sizeof data; at += n) {
            n = cb__min(1 + prng_below(&prng, 200), sizeof data - at);
            memset(data + at, runs[prng_below(&prng, sizeof runs - 1)], n);
        }
        data[0] = (uint8_t) "[\""[round % 2];
        check_csv(&dialects[0], data, sizeof data, prng_below(&prng, sizeof data));
        check_json(false, data, sizeof data, prng_below(&prng, sizeof data));
    }
}
END_TEST

START_TEST(rows_end_before_what_is_wrong)
{
    struct prng prng = {5};
    static uint8_t data[MOST];
    use_kernel(_i);
    for (size_t round = 0; round < 4000; round++) {
        const size_t n = 1 + prng_below(&prng, round % 16 ? 300 : MOST);
        struct guard guard;
        fill_rows(&prng, data, n);
        guard_init(&guard, data, n);
        check_csv(&dialects[0], guard.data, n, prng_below(&prng, n + 1));
        guard_fini(&guard);
    }
}
END_TEST

/* At the end of a block or after it, and at the end of the bytes or not. */
START_TEST(a_cr_after_a_closing_quote_is_part_of_a_line_end)
{
    static const char *const ends[] = {"\"\r\n", "\"\r\"", "\"\r", "\"\r,", "\"\ra", "\"\r\r\n"};
    uint8_t data[200];
    use_kernel(_i);
    for (size_t at = 1; at < 190; at++) {
        for (size_t kind = 0; kind < COUNT(ends); kind++) {
            const size_t end = at + strlen(ends[kind]);
            memset(data, 'x', sizeof data);
            data[0] = '"';
            memcpy(data + at, ends[kind], end - at);
            for (size_t cut = at; cut <= end; cut++) {
                check_csv(&dialects[0], data, end, cut);
                check_csv(&dialects[0], data, sizeof data, cut);
            }
        }
    }
}
END_TEST

START_TEST(brackets_nested_deeper_than_a_block_are_counted)
{
    static uint8_t data[MOST];
    use_kernel(_i);
    for (size_t depth = 1; depth < sizeof data / 2; depth += 61) {
        memset(data, '[', depth);
        memset(data + depth, ']', depth);
        data[2 * depth] = '{';
        check_json(false, data, 2 * depth + 1, depth);
        check_json(false, data, 2 * depth - 1, depth);
    }
}
END_TEST

/* One at any depth; all others match. */
START_TEST(a_bracket_that_closes_another_kind_is_found)
{
    struct prng prng = {7};
    uint8_t data[1000];
    use_kernel(_i);
    for (size_t round = rounds(500, 5000); round > 0; round--) {
        uint8_t open[sizeof data];
        size_t depth = 0, n = 0;
        const bool flat = round % 4 == 0; /* and one a line */
        const size_t most = flat ? 1 : 1 + prng_below(&prng, round % 2 ? 5 : 200);
        const size_t size = 1 + prng_below(&prng, sizeof data - 400);
        const size_t wrong = prng_below(&prng, size);
        const char *kinds = round % 3 ? "[{" : round % 2 ? "{{" : "[[";
        while (n < size || depth) {
            const bool opens = n < size && (!depth || prng_below(&prng, 2)) && depth < most;
            if (opens)
                open[depth++] = (uint8_t)kinds[prng_below(&prng, 2)];
            data[n] = opens ? open[depth - 1] : open[--depth] == '[' ? ']' : '}';
            if (n == wrong && round % 5)
                data[n] ^= 0x20;
            n++;
            if (!depth && (flat || prng_below(&prng, 2)))
                data[n++] = '\n';
        }
        check_json(false, data, n, prng_below(&prng, n));
    }
}
END_TEST

START_TEST(lines_of_values_are_marked)
{
    struct prng prng = {7};
    static uint8_t data[MOST];
    use_kernel(_i);
    for (size_t round = 0; round < 2000; round++) {
        const size_t n = 1 + prng_below(&prng, round % 2 ? MOST : 300);
        struct guard guard;
        fill_lines(&prng, data, n);
        guard_init(&guard, data, n);
        check_json_marks(false, guard.data, n);
        check_json_marks(true, guard.data, n);
        guard_fini(&guard);
    }
}
END_TEST

START_TEST(a_line_that_ends_deep_in_a_value_is_seen)
{
    uint8_t data[700];
    use_kernel(_i);
    for (size_t depth = 1; depth < 300; depth++) {
        for (size_t lf = depth; lf < depth + 70; lf += 3) {
            memset(data, ']', sizeof data);
            data[0] = data[1] = '"';
            data[2] = '\n';
            memset(data + 3, '[', depth);
            data[3 + lf] = '\n';
            check_json_marks(true, data, sizeof data);
            check_json_marks(false, data, sizeof data);
        }
    }
}
END_TEST

/* The brackets that nest may stand in blocks that are not looked at. */
START_TEST(a_block_that_begins_nested_is_not_taken_for_flat)
{
    uint8_t data[400];
    use_kernel(_i);
    for (size_t opens = 64; opens < 128; opens += 7) {
        for (size_t closes = 128; closes < 192; closes += 5) {
            memset(data, ' ', sizeof data);
            memcpy(data, "[]\n[1,", 6);
            data[opens] = '[';
            memcpy(data + closes, "],[1]]\n[]\n{}", 12);
            memset(data + closes + 12, '\n', sizeof data - closes - 12);
            check_json_marks(false, data, sizeof data);
            check_json_marks(true, data, sizeof data);
        }
    }
}
END_TEST

static Suite *syntax_suite(void)
{
    Suite *suite = suite_create("syntax");
    TCase *tcase = add_case(suite, "kernels");
    const int kernels = count_kernels();
    tcase_add_loop_test(tcase, every_length_and_alignment_gives_what_a_machine_gives, 0, kernels);
    tcase_add_loop_test(tcase, every_cut_gives_what_a_machine_gives, 0, kernels);
    tcase_add_loop_test(tcase, nothing_is_read_beyond_the_end, 0, kernels);
    tcase_add_loop_test(tcase, lines_of_values_are_marked, 0, kernels);
    tcase_add_loop_test(tcase, a_block_that_begins_nested_is_not_taken_for_flat, 0, kernels);
    tcase_add_loop_test(tcase, a_line_that_ends_deep_in_a_value_is_seen, 0, kernels);
    tcase_add_loop_test(tcase, runs_across_blocks_give_what_a_machine_gives, 0, kernels);
    tcase_add_loop_test(tcase, rows_end_before_what_is_wrong, 0, kernels);
    tcase_add_loop_test(tcase, a_cr_after_a_closing_quote_is_part_of_a_line_end, 0, kernels);
    tcase_add_loop_test(tcase, brackets_nested_deeper_than_a_block_are_counted, 0, kernels);
    tcase_add_loop_test(tcase, a_bracket_that_closes_another_kind_is_found, 0, kernels);
    return suite;
}

int main(void)
{
    return run_suite(syntax_suite());
}
