/* SPDX-License-Identifier: MIT */
#include "part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/diagnostics.h"
#include "../common/quote.h"
#include "../common/text.h"

/* A size is multiplied by the number of a part. */
#define MOST_PARTS UINT32_MAX

/* To find a place to begin at, we look back WINDOW_MIN bytes, then more and more; the
 * largest windows overlap by half, which is more than a delimiter on a command line
 * can have. */
enum { WINDOW_MIN = 4 << 10, WINDOW_MAX = 1 << 20, WINDOW_GROWTH = 16 };

/* Bytes of a read.  A payload with HOP_MIN bytes left is skipped, and a read of
 * HEADER_READ brings the next header. */
enum { READ_SIZE = 128 << 10, HOP_MIN = 4 << 10, HEADER_READ = 512 };

enum exit_status part_read(struct part *part, const char *option, const char *text)
{
    const char *at = text;
    if (!text_digits(&at, &part->number) || *at != '/' || !text_number(at + 1, &part->count))
        return usage_error("%s: %s is not K/N, such as 1/8", option, QUOTED(text));
    if (part->number < 1 || part->number > part->count || part->count > MOST_PARTS)
        return usage_error("%s: K must be from 1 to N, and N at most %u, in %s", option, MOST_PARTS,
                           QUOTED(text));
    return EXIT_FINE;
}

bool part_is_possible(unsigned decoder_traits)
{
    return decoder_traits & (CB_SYNC | CB_INDEPENDENT);
}

/* -------------------------------------------------------- where records begin */

struct search {
    struct source *source;
    struct cb_decoder *decoder;
    struct cb_buffer *buffer;
    unsigned char *window;
    bool syncs; /* decoding may begin at a place that cb_decoder_sync finds */
    bool has_hopped;
    bool forgives; /* malformed input is not an error: whatever decodes it will report it */
    uint64_t size; /* of the file */
    uint64_t at;   /* a record begins here, or before every place that is asked for;
                      UINT64_MAX: not begun yet */
};

static enum exit_status failed(const struct search *search, int number)
{
    complain_errno(search->source->name, number);
    return EXIT_IO;
}

static enum exit_status new_search(struct search *search, const char *from)
{
    const struct cb_buffer_options in = {
        .size = sizeof in, .chunk_min = READ_SIZE, .chunk_max = READ_SIZE};
    /* An incomplete last record is not an error here. */
    const struct cb_decoder_options how = {.size = sizeof how, .on_partial = CB_PARTIAL_EMIT};
    search->window = malloc(WINDOW_MAX);
    if (!search->window || cb_buffer_new(&search->buffer, &in) ||
        cb_decoder_new(&search->decoder, from, &how, NULL))
        return failed(search, ENOMEM);
    search->syncs = cb_decoder_traits(search->decoder) & CB_SYNC;
    return EXIT_FINE;
}

static void free_search(struct search *search)
{
    cb_decoder_free(search->decoder);
    cb_buffer_free(search->buffer);
    free(search->window);
}

/* Begins to decode at a position. */
static enum exit_status begin_at(struct search *search, uint64_t place)
{
    cb_skip(search->buffer, CB_ALL);
    cb_set_position(search->buffer, place);
    cb_decoder_reset(search->decoder);
    search->at = place;
    search->has_hopped = false;
    int number = source_limit(search->source, place, search->size);
    return number ? failed(search, number) : EXIT_FINE;
}

/* The bytes [from, end) into the window. */
static enum exit_status look(const struct search *search, uint64_t from, uint64_t end)
{
    size_t got = 0, wanted = (size_t)(end - from);
    while (got < wanted) {
        ssize_t n =
            pread(search->source->fd, search->window + got, wanted - got, (off_t)(from + got));
        if (n == 0 || (n < 0 && errno != EINTR))
            return failed(search, n == 0 ? EIO : errno); /* 0: it is shorter now */
        got += n > 0 ? (size_t)n : 0;
    }
    return EXIT_FINE;
}

/* The last place before `cut` at which decoding may begin. */
static enum exit_status sync_before(struct search *search, uint64_t cut, uint64_t *place)
{
    size_t size = WINDOW_MIN;
    for (uint64_t end = cut;;) {
        uint64_t from = end > size ? end - size : 0;
        enum exit_status status = look(search, from, end);
        if (status || cb_decoder_sync(search->decoder, search->window, (size_t)(end - from), from,
                                      place) == CB_YES)
            return status;
        if (size < WINDOW_MAX)
            size *= WINDOW_GROWTH;
        else
            end = from + size / 2;
    }
}

/* Brings what the decoder needs next. */
static enum exit_status bring_more(struct search *search)
{
    uint64_t ahead = cb_decoder_ahead(search->decoder);
    size_t hopped = ahead >= HOP_MIN ? source_discard(search->source, ahead) : 0;
    if (hopped) {
        source_moved(search->source, hopped);
        search->has_hopped = true;
        cb_decoder_pass(search->decoder, search->buffer, hopped);
        return EXIT_FINE;
    }
    ssize_t n =
        source_read(search->source, search->buffer, search->has_hopped ? HEADER_READ : READ_SIZE);
    search->has_hopped = false;
    if (n == 0)
        cb_decoder_finish(search->decoder);
    return n < 0 ? failed(search, n == CB_EIO ? errno : ENOMEM) : EXIT_FINE;
}

/* Decodes until a record begins at `cut` or after it. */
static enum exit_status walk_to(struct search *search, uint64_t cut)
{
    enum exit_status status = EXIT_FINE;
    while (!status && search->at < cut) {
        struct cb_piece piece;
        int got = cb_decoder_next(search->decoder, search->buffer, &piece);
        if (got == CB_MORE)
            status = bring_more(search);
        else if (got == CB_END || (got < 0 && search->forgives))
            search->at = search->size;
        else if (got < 0) {
            complain_at(search->source->name, cb_decoder_error(search->decoder), "");
            status = exit_status_of(got);
        } else if (search->syncs && piece.flags & CB_FIRST && piece.offset >= cut)
            search->at = piece.offset; /* dropped bytes come before it */
        else if (piece.flags & CB_LAST)
            search->at = cb_decoder_position(search->decoder);
    }
    return status;
}

/* Where the first record begins at `cut` or after it.  Cuts only grow from call to
 * call. */
static enum exit_status find_start(struct search *search, uint64_t cut, uint64_t *start)
{
    enum exit_status status = EXIT_FINE;
    *start = cut;
    if (!cut || cut == search->size)
        return EXIT_FINE;
    if (search->syncs) {
        uint64_t place = 0;
        status = sync_before(search, cut, &place);
        if (!status)
            status = begin_at(search, place);
    } else if (search->at == UINT64_MAX) {
        status = begin_at(search, 0);
    }
    if (!status)
        status = walk_to(search, cut);
    *start = search->at;
    return status;
}

/* -------------------------------------------------------------------- the part */

/* size * k / n, without overflow. */
static uint64_t cut_at(uint64_t size, uint64_t k, uint64_t n)
{
    return size / n * k + size % n * k / n;
}

/* Does a file have bytes, though its size is 0, as those of /proc? */
static bool hides_size(int fd)
{
    char byte;
    return pread(fd, &byte, 1, 0) > 0;
}

enum exit_status part_apply(const struct part *part, struct source *source, const char *from)
{
    struct search search = {.source = source, .at = UINT64_MAX};
    struct stat file;
    uint64_t begin, end;
    if (fstat(source->fd, &file) < 0)
        return failed(&search, errno);
    if (!S_ISREG(file.st_mode))
        return usage_error("--part: %s is not a regular file", QUOTED_NAME(source->name));
    if (!file.st_size && hides_size(source->fd))
        return usage_error("--part: the size of %s is not known", QUOTED_NAME(source->name));
    search.size = (uint64_t)file.st_size;
    enum exit_status status = new_search(&search, from);
    if (!status)
        status = find_start(&search, cut_at(search.size, part->number - 1, part->count), &begin);
    if (!status) {
        search.forgives = true;
        status = find_start(&search, cut_at(search.size, part->number, part->count), &end);
    }
    if (!status) {
        int number = source_limit(source, begin, end);
        source->goes_on = end < search.size;
        status = number ? failed(&search, number) : EXIT_FINE;
    }
    free_search(&search);
    return status;
}
