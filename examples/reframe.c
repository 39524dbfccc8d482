/* SPDX-License-Identifier: MIT */
/*
 * Reads records from standard input in one framing, and writes them to standard
 * output in another:
 *
 *     reframe FROM TO        (such as: reframe line netstring)
 *
 * `run` is the loop.  Memory stays bounded: a long record goes through in parts,
 * unless TO must know its length first and FROM does not tell it.  All records
 * before an error are written.
 *
 *     cc reframe.c $(pkg-config --cflags --libs libchunkedbuffer)
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <chunkedbuffer.h>

/* Reports a failure; returns the exit status. */
static int fail(const char *what, int status)
{
    fprintf(stderr, "reframe: %s: %s\n", what,
            status == CB_EIO ? strerror(errno) : cb_strerror(status));
    return 1;
}

/* The same for a failure of cb_reframe: the decoder or the encoder may know the place. */
static int fail_record(int status, const struct cb_error *in, const struct cb_error *out)
{
    const struct cb_error *error = in->code == status ? in : out;
    if (error->code != status)
        return fail("records", status);
    fprintf(stderr, "reframe: record %" PRIu64 " at byte %" PRIu64 ": %s\n", error->record,
            error->offset, error->text);
    return 1;
}

static int run(struct cb_decoder *decoder, struct cb_encoder *encoder, struct cb_buffer *in,
               struct cb_buffer *out)
{
    for (;;) {
        int more = cb_reframe(decoder, encoder, in, out, CB_ALL, NULL);
        int end = more == CB_END ? cb_encode_end(encoder, out) : CB_OK;
        ssize_t written = cb_writev(out, STDOUT_FILENO, CB_ALL);
        if (written < 0)
            return fail("standard output", (int)written);
        if (more == CB_END)
            return end == CB_OK ? 0 : fail("end of output", end);
        if (more < 0)
            return fail_record(more, cb_decoder_error(decoder), cb_encoder_error(encoder));
        if (more > 0)
            continue; /* one call does a bounded amount of work */
        ssize_t n = cb_readinto(in, STDIN_FILENO, CB_ALL);
        if (n < 0)
            return fail("standard input", (int)n);
        if (n == 0)
            cb_decoder_finish(decoder);
    }
}

int main(int argc, char **argv)
{
    struct cb_decoder *decoder = NULL;
    struct cb_encoder *encoder = NULL;
    struct cb_buffer *in = NULL, *out = NULL;
    struct cb_error error;
    int status = 2;
    if (argc != 3)
        fprintf(stderr, "usage: reframe FROM TO\n");
    else if (cb_decoder_new(&decoder, argv[1], NULL, &error) != CB_OK)
        fprintf(stderr, "reframe: %s: %s\n", argv[1], error.text);
    else if (cb_encoder_new(&encoder, argv[2], NULL, &error) != CB_OK)
        fprintf(stderr, "reframe: %s: %s\n", argv[2], error.text);
    else if (cb_buffer_new(&in, NULL) != CB_OK || cb_buffer_new(&out, NULL) != CB_OK)
        status = fail("buffers", CB_ENOMEM);
    else
        status = run(decoder, encoder, in, out);
    cb_buffer_free(out);
    cb_buffer_free(in);
    cb_encoder_free(encoder);
    cb_decoder_free(decoder);
    return status;
}
