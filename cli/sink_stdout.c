/* SPDX-License-Identifier: MIT */
/* Records in any framing, to standard output. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnostics.h"
#include "fd.h"
#include "sink.h"

/* Bytes of the block that short records are copied to on their way out. */
enum { OUT_SIZE = 256 << 10 };

struct sink_stdout {
    struct sink sink;
    struct cb_encoder *encoder;
    struct cb_buffer *out;
};

/* Nothing more goes out. */
static int failed(struct sink_stdout *out, int number)
{
    cb_skip(out->out, CB_ALL);
    out->sink.error.code = CB_EIO;
    snprintf(out->sink.error.text, sizeof out->sink.error.text, "%s", strerror(number));
    return EXIT_IO;
}

static int flush(struct sink *sink)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    while (cb_length(out->out)) {
        ssize_t n = cb_writev(out->out, STDOUT_FILENO, CB_ALL);
        if (n == CB_EAGAIN)
            fd_wait(STDOUT_FILENO, POLLOUT);
        else if (n < 0)
            return failed(out, n == CB_EIO ? errno : ENOMEM);
    }
    return EXIT_FINE;
}

static int put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    size_t taken;
    cb_encoder_number(out->encoder, sink->before + 1);
    for (;;) {
        int status = cb_encode_pieces(out->encoder, pieces, count, out->out, &taken);
        if (status == CB_OK)
            return EXIT_FINE;
        if (status == CB_EUNENCODABLE) {
            sink->error = *cb_encoder_error(out->encoder);
            return EXIT_UNENCODABLE;
        }
        if (status < 0)
            return failed(out, ENOMEM);
        pieces += taken;
        count -= taken;
        status = flush(sink);
        if (status)
            return status;
    }
}

static size_t move(struct sink *sink, int fd, uint64_t n)
{
    (void)sink;
    return fd_move(fd, STDOUT_FILENO, n);
}

static int finish(struct sink *sink, bool whole)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    int status = EXIT_FINE;
    if (whole && cb_encode_end(out->encoder, out->out) != CB_OK)
        status = failed(out, ENOMEM);
    if (!status)
        status = flush(sink);
    /* Some file systems tell only now that the bytes found no place. */
    if (!status && close(STDOUT_FILENO) < 0 && errno != EBADF)
        status = failed(out, errno);
    return status;
}

static void free_sink(struct sink *sink)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    cb_buffer_free(out->out);
    cb_encoder_free(out->encoder);
    free(out);
}

#define STDOUT_OPS(...)                                                                            \
    {                                                                                              \
        .put = put, .flush = flush, .finish = finish, .free = free_sink, __VA_ARGS__               \
    }

static const struct sink_ops looking = STDOUT_OPS(.move = NULL);
static const struct sink_ops moving = STDOUT_OPS(.move = move);
static const struct sink_ops discarding = STDOUT_OPS(.ignores_payload = true);

struct sink *sink_stdout_new(struct cb_encoder *encoder)
{
    const unsigned traits = cb_encoder_traits(encoder);
    const struct cb_buffer_options options = {
        .size = sizeof options, .chunk_min = OUT_SIZE, .chunk_max = OUT_SIZE};
    struct sink_stdout *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    if (cb_buffer_new(&out->out, &options)) {
        free(out);
        errno = ENOMEM;
        return NULL;
    }
    out->encoder = encoder;
    out->sink.name = "stdout";
    if (traits & CB_NO_PAYLOAD)
        out->sink.ops = &discarding;
    else
        out->sink.ops = traits & (CB_LOOKS | CB_NEEDS_WHOLE | CB_TRANSFORMS) ? &looking : &moving;
    fd_grow_pipe(STDOUT_FILENO);
    return &out->sink;
}
