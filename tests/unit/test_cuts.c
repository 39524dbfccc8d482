/* SPDX-License-Identifier: MIT */
/*
 * The fast path by itself: what a family's `cuts` finds, and what it leaves as it
 * was.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "expect.h"
#include "framing/decoder.h"
#include "reading.h"
#include "streams.h"

/* A decoder, what it reads, and the records that came of it. */
struct work {
    struct cb_decoder *decoder;
    struct cb_buffer *buffer;
    struct record_list records;
    bool keep;
    /* Where each record that was read slowly began, and the decoder was after it. */
    uint64_t starts[1024], ends[1024];
};

static void make_work(struct work *work, const char *specification, bool keep)
{
    char text[80];

    *work = (struct work){.keep = keep};
    snprintf(text, sizeof text, "%s%s", specification, keep ? ",keep" : "");
    ck_assert_int_eq(cb_buffer_new(&work->buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&work->decoder, text, NULL, NULL), CB_OK);
}

static void free_work(struct work *work)
{
    cb_decoder_free(work->decoder);
    cb_buffer_free(work->buffer);
    list_free(&work->records);
}

/* Reads pieces in batches of one, which is without the fast path, at most `max` of them. */
static int read_slowly(struct work *work, size_t max)
{
    struct cb_piece piece;
    ssize_t status = CB_PIECE;

    while (max-- > 0 && (status = cb_decoder_batch(work->decoder, work->buffer, &piece, 1)) > 0) {
        list_add(&work->records, piece.data, piece.length);
        ck_assert_uint_lt(work->records.count, COUNT(work->ends));
        if (piece.flags & CB_FIRST)
            work->starts[work->records.count] = piece.offset;
        cb_decoder_release(work->decoder, work->buffer);
        if (!(piece.flags & CB_LAST))
            continue;
        work->ends[work->records.count] = cb_decoder_position(work->decoder);
        list_end(&work->records);
    }
    return (int)status;
}

/* The frames found stand one after another, their records are the next ones, and each
 * ends where the slow path would be after it. */
static void check_found(const struct work *work, const struct work *slow,
                        const struct cb__cuts *found, size_t size)
{
    const struct record_list *all = &work->records;
    const uint64_t base = work->decoder->found.scan;
    uint64_t end = 0;

    ck_assert_uint_le(found->used, size);
    for (size_t i = 0; i < found->count; i++) {
        const struct cb__cut *cut = &found->cuts[i];

        ck_assert_uint_ge(cut->at - cut->header, end);
        ck_assert(!work->keep || cut->header == 0);
        end = cb__cut_end(cut);
        ck_assert_uint_lt(all->count + i, slow->records.count);
        ck_assert_uint_eq(cb__cuts_position(found, i), slow->starts[all->count + i]);
        ck_assert_uint_le(cb__cuts_end(found, i), found->used);
        ck_assert_uint_eq(base + cb__cuts_end(found, i), slow->ends[all->count + i]);
    }
    ck_assert_uint_eq(work->decoder->core.record, all->count + 1);
}

/* Takes frames on the fast path, at most `most` at once or none (if that is odd, half of
 * those found), and then one piece after the other, over and over. */
static int read_both(struct work *work, const struct work *slow, size_t size, size_t most,
                     size_t *fast)
{
    struct cb__cuts found;
    int status = CB_PIECE;

    while (status > 0) {
        ck_assert_int_eq(cb__decoder_prepare(work->decoder, work->buffer, false), CB_OK);
        const uint64_t scan = work->decoder->found.scan, record = work->decoder->core.record;

        cb__decoder_cuts(work->decoder, &found, most ? most : 8);
        ck_assert_uint_eq(work->decoder->found.scan, scan);
        ck_assert_uint_eq(work->decoder->core.record, record);
        check_found(work, slow, &found, size);
        if (most && found.used > 0) {
            const size_t taken = most % 2 ? (found.count + 1) / 2 : found.count;

            for (size_t i = 0; i < taken; i++) {
                list_add(&work->records, found.data + found.cuts[i].at, found.cuts[i].length);
                list_end(&work->records);
            }
            cb__decoder_took(work->decoder, &found, taken);
            *fast += taken;
        }
        status = read_slowly(work, 1);
    }
    return status;
}

/* The same bytes, with the same ends? */
static bool same_records(const struct record_list *a, const struct record_list *b)
{
    if (a->count != b->count || a->size != b->size)
        return false;
    return (!a->size || memcmp(a->bytes, b->bytes, a->size) == 0) &&
           (!a->count || memcmp(a->ends, b->ends, a->count * sizeof *a->ends) == 0);
}

/* Of an input that comes in two parts. */
static void check_cut(const struct stream *stream, bool keep, size_t cut, size_t most,
                      const struct work *slow, size_t *fast)
{
    const struct record_list *expected = &slow->records;
    struct work work;

    make_work(&work, stream->specification, keep);
    ck_assert_int_eq(cb_append(work.buffer, stream->bytes, cut), CB_OK);
    int status = read_both(&work, slow, cut, most, fast);
    if (status == CB_MORE) {
        ck_assert_int_eq(cb_append(work.buffer, stream->bytes + cut, stream->size - cut), CB_OK);
        cb_decoder_finish(work.decoder);
        status = read_both(&work, slow, stream->size, most, fast);
    }
    expect(status == CB_END, "%s, cut at %zu: %d", stream->specification, cut, status);
    expect(same_records(&work.records, expected),
           "%s%s, cut at %zu, %zu at once: %zu records of %zu", stream->specification,
           keep ? ",keep" : "", cut, most, work.records.count, expected->count);
    free_work(&work);
}

START_TEST(frames_found_in_a_span_are_those_of_the_slow_path)
{
    const struct stream *stream = &streams[_i / 2];
    const bool keep = _i % 2;
    struct work slow;
    size_t fast = 0;

    make_work(&slow, stream->specification, keep);
    ck_assert_int_eq(cb_append(slow.buffer, stream->bytes, stream->size), CB_OK);
    cb_decoder_finish(slow.decoder);
    ck_assert_int_eq(read_slowly(&slow, 1000), CB_END);
    for (size_t cut = 0; cut <= stream->size; cut++) {
        for (size_t most = 0; most <= 8; most += most == 4 ? 3 : most == 7 ? 1 : 4)
            check_cut(stream, keep, cut, most, &slow, &fast);
    }
    const struct cb__decoder_ops *ops = slow.decoder->ops;
    const bool in_place = ops->cuts && !slow.decoder->assembles;
    expect(fast > 0 || !(in_place || (ops->unpack && !keep)),
           "%s has a fast path that finds nothing", stream->specification);
    free_work(&slow);
}
END_TEST

/* The byte after the span is in an unreadable page. */
START_TEST(a_fast_path_reads_no_byte_beyond_its_span)
{
    const struct cb_buffer_options in_place = {.size = sizeof in_place, .cutoff = 1};
    const struct stream *stream = &streams[_i / 2];

    for (size_t n = 1; n <= stream->size; n++) {
        struct cb__cuts found;
        struct guard guard;
        struct work work;

        make_work(&work, stream->specification, _i % 2);
        cb_buffer_free(work.buffer);
        ck_assert_int_eq(cb_buffer_new(&work.buffer, &in_place), CB_OK);
        guard_init(&guard, stream->bytes, n);
        ck_assert_int_eq(cb_append_ref(work.buffer, guard.data, n, NULL, NULL), CB_OK);
        ck_assert_int_eq(cb__decoder_prepare(work.decoder, work.buffer, false), CB_OK);
        cb__decoder_cuts(work.decoder, &found, CB__CUTS);
        ck_assert_uint_le(found.used, n);
        free_work(&work);
        guard_fini(&guard);
    }
}
END_TEST

START_TEST(a_fast_path_stops_before_a_record_that_is_too_long)
{
    const struct stream *stream = &streams[_i / 2];
    struct cb_decoder_options options = {.size = sizeof options, .max_record = 3};
    struct cb_buffer *buffer;
    struct cb_decoder *decoder;
    struct cb__cuts found;
    char text[80];

    snprintf(text, sizeof text, "%s%s", stream->specification, _i % 2 ? ",keep" : "");
    ck_assert_int_eq(cb_buffer_new(&buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&decoder, text, &options, NULL), CB_OK);
    ck_assert_int_eq(cb_append(buffer, stream->bytes, stream->size), CB_OK);
    ck_assert_int_eq(cb__decoder_prepare(decoder, buffer, false), CB_OK);
    cb__decoder_cuts(decoder, &found, CB__CUTS);
    for (size_t i = 0; i < found.count; i++)
        ck_assert_uint_le(found.cuts[i].length, 3);
    ck_assert_int_eq(cb_decoder_error(decoder)->code, CB_OK);
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
}
END_TEST

/* A frame must not leave behind what makes the fast path stop at the next one. */
START_TEST(a_fast_path_stops_only_where_the_slow_one_is_needed)
{
    const struct stream *stream = &streams[_i / 2];
    struct cb__cuts found;
    struct work work;

    make_work(&work, stream->specification, _i % 2);
    ck_assert_int_eq(cb_append(work.buffer, stream->bytes, stream->size), CB_OK);
    do {
        ck_assert_int_eq(cb__decoder_prepare(work.decoder, work.buffer, false), CB_OK);
        cb__decoder_cuts(work.decoder, &found, CB__CUTS);
        const bool unpacks = work.decoder->ops->unpack; /* where it stops at first */
        for (int calls = 0; found.used > 0 && calls < (unpacks ? 1000 : 1); calls++) {
            cb__decoder_took(work.decoder, &found, found.count);
            cb__decoder_cuts(work.decoder, &found, CB__CUTS);
        }
        expect(found.used == 0, "%s: %zu more frames were found by a second call",
               stream->specification, found.count);
    } while (read_slowly(&work, 1) > 0);
    free_work(&work);
}
END_TEST

/* Two records, all in one span, and in spans of 4096 bytes. */
static void check_long(const char *specification, const uint8_t *input, size_t size)
{
    const struct subject subject = {
        .specification = specification,
        .input = input,
        .size = size,
        .expected = GIVES_UP_TO("[a][b]", size),
    };
    check_way(&subject, &(struct way){.call = BY_BATCH + 7, .in_place = true, .cut = size});
    check_way(&subject, &(struct way){.call = BY_NEXT, .cut = 1, .step = 4096});
}

/* A cut has room for 65,535 bytes before a record, or after it. */
START_TEST(what_stands_around_a_record_may_be_long)
{
    enum { LONG = 70000, ALIGN = 131072 };
    static char mark[LONG + 1], specification[LONG + 40];
    static uint8_t input[2 * ALIGN];

    memset(mark, 'x', LONG);
    for (size_t i = 0; i < 2; i++) {
        memcpy(input + i * (LONG + 1), i ? "b" : "a", 1);
        memcpy(input + i * (LONG + 1) + 1, mark, LONG);
    }
    snprintf(specification, sizeof specification, "delim:%s", mark);
    check_long(specification, input, 2 * (LONG + 1));
    for (size_t i = 0; i < 2; i++) {
        memcpy(input + i * (LONG + 2), mark, LONG);
        memcpy(input + i * (LONG + 2) + LONG, i ? "b>" : "a>", 2);
    }
    snprintf(specification, sizeof specification, "between:%s,end=>", mark);
    check_long(specification, input, 2 * (LONG + 2));
    memset(input, 0, sizeof input);
    memcpy(input, "\1a", 2);
    memcpy(input + ALIGN, "\1b", 2);
    check_long("u8,align=131072", input, sizeof input);
}
END_TEST

/* Syntax mixed at random, mostly malformed somewhere. */
struct mixture {
    const char *specification;
    const char *tokens[20];
};

#define TEN "0123456789"
#define TENS TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct mixture mixtures[] = {
    /* What begins like a delimiter, over and over. */
    {"delim:aaaaaaaab,or=aaaaaaaac",
     {"a", "aaaa", "aaaaaaaaaaaa", "aaaaaaaab", "aaaaaaaac", "b", "x"}},
    {"between:<!,end=->", {"<!", "->", "-", ">", "-x", "x>", " ", "<!x->", "\n"}},
    {"between:<,end=aaaaaaaaaaaaaaaa",
     {"<", "aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "x", " ", "<x"}},
    {"between:<,end=ab-----cd",
     {"<", "ab-----cd", "ab-----xd", "ab-----c", "ab", "cd", "-", "<ab-----cd"}},
    {"csv",
     {"a", "bc", ",", ",", "\n", "\r\n", "\r", "\"", "\"", "\"\"", "\"a\nb\"", ",\"", "\",",
      "\"\n"}},
    {"csv,escape=\\\\,skip-empty", {"a\n", "\n", "\\\n", "\"\\\"\"\n", "\"", "\\"}},
    {"websocket", {"\x81\3abc", "\x82\1x", "\x89\1y", "\x81\x81zzzza", "\x1\1x", "\x80\1z"}},
    {"websocket", {"\x81\x81zzzza", "\x82\x81zzzza", "\x89\x81zzzzy", "\x81\1x"}},
    {"websocket", {"\x81\3abc", "\x82\1x", "\x81\2yz"}},
    {"csv,sep=a", {"a", "\"", "\n", "b", "\r\n"}},
    /* Right as a rule. */
    {"csv",
     {"a,", "\"b\"\r\n", "\"c\"\n", "\"\n\",", "d\n", ",", "\r\n", "\"\"\"\",", "\"\"\n", "e\r\n",
      "\"f,f\"\r\n", "ggggggg\n", "\"h", "\",", "\r"}},
    {"csv,lazy-quotes",
     {"a", "bc", ",", ",", "\n", "\r\n", "\r", "\"", "\"", "\"\"", "\"a\nb\"", ",\"", "\",",
      "\"\n"}},
    {"csv,escape=x,lazy-quotes", {"a\n", "\n", "x", "\r", "\"\"\"\n", "\"", "\"\r"}},
    {"json",
     {"{}", "[]", "[{", "}]", "\"x\"", "\"[\\\"\"", "12 ", "true", "\n", " ", "{\"a\":", "1", "}",
      "\n", "-1.5e3", "\\", "\"", "{}\n", "[1,2]\n"}},
    {"json", {"{}\n", "1.5 ", "1. ", "tru ", "[ ]", "\"\\\\\"", "1 ", "null ", "[\"]\",{}]"}},
    {"json,array",
     {"{}", ",", ",", ",", "[]", "[", "]", "\"]\"", "12", "null", " ", "[1]", ",{}", ",[]", "\n"}},
    {"ndjson",
     {"{}", "[]", "\n", "\n", "\r\n", "\r", " ", "12", "\"x\"", "{\"a\":1}\n", "null\n", "\t\n",
      "\"\\\"\n\"", "tru\n"}},
    {"ndjson", {"{}\n", "[1,2]\r\n", "\n", " 1.5\n", "true\t\r\n", "\"]\" \n", "{\"\\\\\":[]}\n"}},
    {"slip", {"\xc0", "\xc0", "a", "bc", "defghi\xc0", "\xdb\xdc", "\xdb\xdd", "\xdb\xdc\xdb\xdd"}},
    {"slip", {"\xc0", "abcdefghijklmno\xc0", "\xdb\xdc", "\xdb\xdd", "\xdc", "\xdb", "\xdb\xc0"}},
    {"hdlc", {"~", "~", "a", "bc", "defghi~", "}^", "}]", "}^}]", "}!"}},
    {"hdlc", {"~", "~~", "abcdefghijklmno~", "}^", "}]", "^", "}", "}~", "}}"}},
    {"cobs", {"Z", "\1", "\2a", "\3bc", "\4def", "\2gZ", "\1\1Z", "\12ijklmnopqZ"}},
    {"cobs", {"Z", "\1Z", "\2aZ", "\3bc\1Z", "\3bc", "\5defg", "\3d", "\xff"}},
    {"json,array", {",1", ",{}", ", []", ",\"]\\\"\"", ",[1,{}] ", ",true\n"}},
    {"netstring",
     {"0:,", "1:a,", "3:abc,", "9:nine,byte,", "10:ten bytes,,", "12:twelve bytes,", "1:a,",
      "2:,,,", "100:" TENS ","}},
    {"netstring", {"1:a,", "1:a", "01:a,", "10", "0:,", "3:ab,,", ",", ":", "x", "0100:", "1000:"}},
    {"dec,canonical", {"0\n", "1\na", "10\nten bytes,", "100\n" TENS, "00\n", "1\n7"}},
    {"dec", {"0\n", "1\na", "010\nten bytes,", "100\n" TENS, "000\n", "0001\nx", "1\n\n"}},
    {"hex:;,max=15",
     {"0;", "1;a", "A;ten bytes,", "a;ten bytes,", "00f;fifteen bytes,,", "10;", "g"}},
    {"hex:;,trailer=\\r\\n", {"0;\r\n", "00064;" TENS "\r\n", "064;" TENS "\r\n", "1;a\r", "\n"}},
    {"chunked",
     {"1\r\na\r\n", "a\r\nten bytes,\r\n", "0A\r\nten bytes,\r\n", "64\r\n" TENS "\r\n",
      "1;a=b\r\n2\r\n", "0064\r\n" TENS "\r\n"}},
    {"chunked", {"1\r\na\r\n", "1\na\r\n", "2\r\na\r\n\r\n", "1\r\na\n", "0\r\n\r\n", "g\r\n"}},
    {"chunked,lf", {"1\r\na\r\n", "1\na\n", "64\r\n" TENS "\r\n", "1\r\na\n", "a\nten bytes,\r\n"}},
    {"varint",
     {"\1a", "\3abc", "\x64" TENS, "\xe4\1" TENS TENS TENS "0123456789012345678901234567",
      "\x83\x80\x80\1", "\n..........", "\x81\1"}},
    {"varint,canonical", {"\1a", "\3abc", "\x81\1" TENS "01234567890123456789012345678", "\x81\1"}},
    {"vlq",
     {"\1a", "\3abc", "\x64" TENS, "\x81\x1" TENS "01234567890123456789012345678", "\x80\1a"}},
    {"vlq,canonical", {"\1a", "\3abc", "\x64" TENS, "\x80\1a", "\x80\x80\1", "\x81\x81\x81"}},
    {"quic", {"\1a", "\3abc", "\x40\x64" TENS, "\x40\1a", "\x80\0\0\1a", "\x41\x81\x81"}},
    {"quic,canonical,trailer=;;", {"\1a;;", "\3abc;;", "\x40\x64" TENS ";;", "\x40\1a", "a;;"}},
    {"varint,max-width=1,min=1", {"\1a", "\3abc", "\x64" TENS, "\1a", "\3abc", "\xe4\1"}},
    {"varint,offset=1,trailer=;", {"x\1a;", "\2\3abc;", "y\x64" TENS ";", "z\1aa", "a\x81\1"}},
    {"resp",
     {"$1\r\na\r\n", "$0\r\n\r\n", "$-1\r\n", "$100\r\n" TENS "\r\n", "+a\r\n", "*0\r\n", "*1\r\n",
      "*2\r\n$1\r\na\r\n$2\r\nbc\r\n", "$3\r\nabc\r\n", ":1\r\n", "*-1\r\n"}},
    {"resp", {"$1\r\na\r\n", "$01\r\na\r\n", "$1\r\na\n", "$1\na\r\n", "*1\r\n$1\r\na\r\n", "$x"}},
    {"resp,aof", {"*1\r\n$1\r\na\r\n", "*2\r\n$0\r\n\r\n$1\r\na\r\n", "#x\n", "$1\r\na\r\n"}},
    {"resp,inline", {"$1\r\na\r\n", "*1\r\n$1\r\na\r\n", "a b\r\n", "\n", "*1\r\n"}},
};

/* Returns the size. */
static size_t mix(struct prng *prng, const struct mixture *mixture, char *text, size_t room)
{
    size_t count = 0, size = 0;

    while (mixture->tokens[count])
        count++;
    if (strstr(mixture->specification, "array"))
        size = (size_t)snprintf(text, room, "[0");
    for (size_t n = prng_below(prng, 60); n > 0; n--)
        size += (size_t)snprintf(text + size, room - size, "%s",
                                 mixture->tokens[prng_below(prng, count)]);
    size = size < room ? size : room - 1;
    for (size_t i = 0; i < size && strcmp(mixture->specification, "cobs") == 0; i++)
        text[i] = text[i] == 'Z' ? 0 : text[i];
    return size;
}

static int read_bytewise(struct work *work, const char *text, size_t size)
{
    int status = CB_MORE;

    for (size_t i = 0; i < size && status == CB_MORE; i++) {
        ck_assert_int_eq(cb_append(work->buffer, text + i, 1), CB_OK);
        status = read_slowly(work, 1000);
    }
    cb_decoder_finish(work->decoder);
    return status == CB_MORE ? read_slowly(work, 1000) : status;
}

START_TEST(random_syntax_at_once_gives_what_it_gives_byte_by_byte)
{
    const struct mixture *mixture = &mixtures[_i / 2];
    struct prng prng = {(uint64_t)_i};

    for (size_t round = rounds(100, 300); round > 0; round--) {
        struct work slow, fast;
        char text[8192];
        size_t size = mix(&prng, mixture, text, sizeof text), passed = 0;

        make_work(&slow, mixture->specification, _i % 2);
        make_work(&fast, mixture->specification, _i % 2);
        int should = read_bytewise(&slow, text, size);
        ck_assert_int_eq(cb_append(fast.buffer, text, size), CB_OK);
        cb_decoder_finish(fast.decoder);
        int is = read_both(&fast, &slow, size, 4 + prng_below(&prng, 30), &passed);
        const struct cb_error *why = cb_decoder_error(fast.decoder),
                              *why_slow = cb_decoder_error(slow.decoder);
        expect(is == should && why->offset == why_slow->offset && why->record == why_slow->record &&
                   strcmp(why->text, why_slow->text) == 0,
               "%.*s: %d at %" PRIu64 " %s, expected %d at %" PRIu64 " %s", (int)size, text, is,
               why->offset, why->text, should, why_slow->offset, why_slow->text);
        expect(same_records(&fast.records, &slow.records), "%.*s: other records", (int)size, text);
        free_work(&slow);
        free_work(&fast);
    }
}
END_TEST

/* A family's `cuts`, counted, how many frames it was asked for, and in how many bytes. */
static const struct cb__decoder_ops *counted_ops;
static struct cb__decoder_ops counting_ops;
static size_t tries, asked, searched;

static size_t count_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                         struct cb__cut *cuts, size_t max, size_t *used)
{
    tries++;
    asked += max;
    searched += n;
    return counted_ops->cuts(decoder, data, n, cuts, max, used);
}

static void make_counted(struct work *work, const char *specification,
                         const struct cb_decoder_options *options)
{
    *work = (struct work){.keep = false};
    ck_assert_int_eq(cb_buffer_new(&work->buffer, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_new(&work->decoder, specification, options, NULL), CB_OK);
    counted_ops = work->decoder->ops;
    counting_ops = *counted_ops;
    counting_ops.cuts = count_cuts;
    work->decoder->ops = &counting_ops;
    tries = asked = searched = 0;
}

/* Appends n bytes of a repeated text, takes all records of it, and returns how often cuts were
 * tried. */
static size_t tries_in(struct work *work, const char *text, size_t n, size_t *records)
{
    struct cb_piece pieces[64];
    ssize_t count;

    tries = *records = 0;
    for (size_t i = 0; i < n; i += strlen(text))
        ck_assert_int_eq(cb_append(work->buffer, text, strlen(text)), CB_OK);
    while ((count = cb_decoder_batch(work->decoder, work->buffer, pieces, COUNT(pieces))) > 0)
        for (ssize_t i = 0; i < count; i++)
            *records += pieces[i].flags & CB_LAST ? 1 : 0;
    ck_assert_int_eq(count, CB_MORE);
    cb_decoder_release(work->decoder, work->buffer);
    return tries;
}

/* Where a delimiter ends is known only after the longer one would have ended. */
START_TEST(cuts_that_fail_again_and_again_are_tried_more_seldom)
{
    char specification[4200] = "delim:aa,or=";
    struct work work;
    size_t records;

    memset(specification + strlen(specification), 'a', 4000);
    specification[strlen(specification)] = 'b';
    make_counted(&work, specification, NULL);

    size_t seldom = tries_in(&work, "a", 100000, &records);
    /* The last one is empty whichever of them ends it. */
    ck_assert_uint_eq(records, (100000 - 4000) / 2 + 1);
    ck_assert_uint_ge(seldom, 1);
    ck_assert_uint_le(seldom, records / 4);
    /* Where they do not fail, they are tried each time. */
    tries_in(&work, "x\n-aa", 5000, &records);
    size_t always = tries_in(&work, "x\n-aa", 100000, &records);
    ck_assert_uint_eq(records, 20000);
    ck_assert_uint_ge(always, records / 64);
    ck_assert_uint_le(always, records / 8);
    free_work(&work);
}
END_TEST

/* Frames that are no records are passed over by the same try. */
START_TEST(what_is_left_out_is_searched_once)
{
    static const char frame[] = "b\2to";
    enum { FRAMES = 5000, SIZE = sizeof frame - 1 };
    char *frames = malloc(FRAMES * SIZE);
    uint64_t count;
    struct work work;

    ck_assert_ptr_nonnull(frames);
    for (size_t i = 0; i < FRAMES; i++)
        memcpy(frames + i * SIZE, frame, SIZE);
    make_counted(&work, "u8,offset=1,byte=0:61-62,only=0:61", NULL);
    ck_assert_int_eq(cb_append_ref(work.buffer, frames, FRAMES * SIZE, NULL, NULL), CB_OK);
    ck_assert_int_eq(cb_decoder_skip(work.decoder, work.buffer, CB_ALL, &count), CB_MORE);
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(cb_length(work.buffer), 0);
    ck_assert_uint_ge(tries, 1);
    ck_assert_uint_le(tries, 8);
    free_work(&work);
    free(frames);
}
END_TEST

/* Ways to read some pieces or records; each returns how many, 0 if there is none any more. */
typedef size_t (*read_fn)(struct work *work);

static size_t read_next(struct work *work)
{
    struct cb_piece piece;
    return cb_decoder_next(work->decoder, work->buffer, &piece) == CB_PIECE;
}

static size_t read_batch(struct work *work)
{
    struct cb_piece pieces[64];
    ssize_t count = cb_decoder_batch(work->decoder, work->buffer, pieces, COUNT(pieces));
    return count > 0 ? (size_t)count : 0;
}

static size_t skip_some(struct work *work)
{
    uint64_t count;
    int status = cb_decoder_skip(work->decoder, work->buffer, 1000, &count);
    ck_assert(status == CB_YES || status == CB_MORE);
    return (size_t)count;
}

static const read_fn readers[] = {read_next, read_batch, skip_some};

/* A record that is too long is for the slow path, and what a kernel finds beyond it is lost. */
START_TEST(no_more_is_searched_for_than_is_of_use)
{
    static const char *const specifications[] = {"json", "ndjson", "line", "csv,lazy-quotes",
                                                 "start:["};
    const struct cb_decoder_options options = {
        .size = sizeof options, .max_record = 300, .on_overflow = CB_OVERFLOW_TRUNCATE};
    enum { PAIRS = 500 };
    char record[400] = "[1]\n[\"";

    memset(record + 6, 'x', 391);
    memcpy(record + 397, "\"]\n", 3);
    for (size_t i = 0; i < COUNT(specifications); i++) {
        for (size_t how = 0; how < COUNT(readers); how++) {
            struct work work;
            size_t records = 0, some;

            make_counted(&work, specifications[i], &options);
            for (size_t pair = 0; pair < PAIRS; pair++)
                ck_assert_int_eq(cb_append_ref(work.buffer, record, sizeof record, NULL, NULL),
                                 CB_OK);
            const void *joined;
            ck_assert_int_eq(cb_data(work.buffer, PAIRS * sizeof record, &joined), CB_YES);
            while ((some = readers[how](&work)) > 0)
                records += some;
            ck_assert_uint_ge(records, 2 * PAIRS - 1);
            ck_assert_uint_ge(tries, 1);
            ck_assert_uint_le(asked, 1000 + PAIRS);
            free_work(&work);
        }
    }
}
END_TEST

/* A value that is not closed is looked for in all that has arrived. */
START_TEST(a_search_in_vain_makes_the_next_one_short)
{
    static const char *const patterns[] = {"[]\n[]\n[]\n[]\n[\n", "[\n", "{}\n{\n"};
    const struct cb_decoder_options options = {.size = sizeof options,
                                               .on_malformed = CB_MALFORMED_SKIP};
    enum { TIMES = 5000 };
    struct cb_piece pieces[64];
    uint64_t lost;

    for (size_t i = 0; i < COUNT(patterns); i++) {
        const size_t length = strlen(patterns[i]), size = length * TIMES;
        char *text = malloc(size);
        struct work work;
        ssize_t status;

        ck_assert_ptr_nonnull(text);
        for (size_t at = 0; at < size; at += length)
            memcpy(text + at, patterns[i], length);
        make_counted(&work, "ndjson", &options);
        ck_assert_int_eq(cb_append_ref(work.buffer, text, size, NULL, NULL), CB_OK);
        do {
            while ((status = cb_decoder_batch(work.decoder, work.buffer, pieces, 64)) > 0)
                cb_decoder_release(work.decoder, work.buffer);
        } while (status == CB_EMALFORMED &&
                 cb_decoder_recover(work.decoder, work.buffer, &lost) == CB_YES);
        ck_assert_uint_le(cb_length(work.buffer), 2);
        ck_assert_uint_ge(searched, 1);
        ck_assert_uint_le(searched, 200 * size);
        free_work(&work);
        free(text);
    }
}
END_TEST

static Suite *cuts_suite(void)
{
    Suite *suite = suite_create("cuts");
    TCase *spans = add_case(suite, "spans");
    const int twice = 2 * (int)COUNT(streams);

    tcase_add_loop_test(spans, frames_found_in_a_span_are_those_of_the_slow_path, 0, twice);
    tcase_add_loop_test(spans, a_fast_path_stops_only_where_the_slow_one_is_needed, 0, twice);
    tcase_add_loop_test(spans, a_fast_path_reads_no_byte_beyond_its_span, 0, twice);
    tcase_add_loop_test(spans, a_fast_path_stops_before_a_record_that_is_too_long, 0, twice);
    tcase_add_test(spans, what_stands_around_a_record_may_be_long);
    tcase_add_test(spans, cuts_that_fail_again_and_again_are_tried_more_seldom);
    tcase_add_test(spans, what_is_left_out_is_searched_once);
    tcase_add_test(spans, a_search_in_vain_makes_the_next_one_short);
    tcase_add_test(spans, no_more_is_searched_for_than_is_of_use);
    tcase_add_loop_test(spans, random_syntax_at_once_gives_what_it_gives_byte_by_byte, 0,
                        2 * (int)COUNT(mixtures));
    return suite;
}

int main(void)
{
    return run_suite(cuts_suite());
}
