/* SPDX-License-Identifier: MIT */
/*
 * Counts the records of standard input, and the bytes in them:
 *
 *     lines [FRAMING]       (default: line)
 *
 * The loop is the one that most programs want: decode all that is there,
 * release it, read more.
 *
 *     cc lines.c $(pkg-config --cflags --libs libchunkedbuffer)
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <chunkedbuffer.h>

enum { PIECES = 256 };

struct tally {
    uint64_t records, bytes;
};

static void count(struct tally *tally, const struct cb_piece *pieces, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tally->records += (pieces[i].flags & CB_LAST) != 0; /* a long one has several */
        tally->bytes += pieces[i].length;
    }
}

/* CB_END at the end, or an error. */
static int run(struct cb_decoder *decoder, struct cb_buffer *buffer, struct tally *tally)
{
    struct cb_piece pieces[PIECES];
    for (;;) {
        ssize_t n = cb_decoder_batch(decoder, buffer, pieces, PIECES);
        if (n > 0) {
            count(tally, pieces, (size_t)n);
            cb_decoder_release(decoder, buffer);
            continue;
        }
        if (n < 0)
            return (int)n;
        ssize_t got = cb_readinto(buffer, STDIN_FILENO, CB_ALL);
        if (got < 0)
            return (int)got;
        if (got == 0)
            cb_decoder_finish(decoder);
    }
}

/* Says what is wrong; returns the exit status. */
static int report(int status, const struct cb_error *error)
{
    if (status == CB_END)
        return 0;
    if (error->code)
        fprintf(stderr, "lines: record %" PRIu64 " at byte %" PRIu64 ": %s\n", error->record,
                error->offset, error->text);
    else
        fprintf(stderr, "lines: %s\n", cb_strerror(status));
    return 1;
}

int main(int argc, char **argv)
{
    const char *framing = argc > 1 ? argv[1] : "line";
    struct cb_decoder *decoder;
    struct cb_buffer *buffer;
    struct cb_error error;
    struct tally tally = {0, 0};
    if (cb_decoder_new(&decoder, framing, NULL, &error)) {
        fprintf(stderr, "lines: %s: %s\n", framing, error.text);
        return 2;
    }
    if (cb_buffer_new(&buffer, NULL)) {
        fprintf(stderr, "lines: out of memory\n");
        cb_decoder_free(decoder);
        return 1;
    }
    int status = report(run(decoder, buffer, &tally), cb_decoder_error(decoder));
    printf("%" PRIu64 " records, %" PRIu64 " bytes\n", tally.records, tally.bytes);
    cb_buffer_free(buffer);
    cb_decoder_free(decoder);
    return status;
}
