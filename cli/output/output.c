/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/diagnostics.h"
#include "../common/fd.h"

/* Size of the block that short records are copied to. */
enum { BLOCK = 256 << 10 };

/* Fewer bytes are copied into the queue of a slow command, so that they do not keep
 * blocks of the input alive. */
enum { COPY_BELOW = 64 << 10 };

bool output_init(struct output *output, struct sink *sink, struct cb_encoder *encoder)
{
    const struct cb_buffer_options options = {
        .size = sizeof options,
        .chunk_min = BLOCK,
        .chunk_max = BLOCK,
        .copy_below = COPY_BELOW,
    };
    void *block;
    size_t size;
    *output =
        (struct output){.sink = sink, .encoder = encoder, .traits = cb_encoder_traits(encoder)};
    if (cb_buffer_new(&output->buffer, &options))
        return false;
    /* Allocate the block before any record has begun. */
    if (cb_get_chunk(output->buffer, 0, &block, &size) == CB_OK &&
        cb_chunk_written(output->buffer, 0) == CB_OK)
        return true;
    cb_buffer_free(output->buffer);
    return false;
}

void output_fini(struct output *output)
{
    cb_encoder_free(output->encoder);
    cb_buffer_free(output->buffer);
}

void output_refuse(struct output *output, const char *format, ...)
{
    struct cb_error *error = &output->sink->error;
    va_list arguments;
    error->code = CB_EIO;
    error->record = 0;
    output->sink->failed = 0;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
}

enum exit_status output_failed(struct output *output, int number)
{
    if (!number)
        return EXIT_FINE;
    output_refuse(output, "%s", strerror(number));
    return EXIT_IO;
}

/* A call of the library failed. */
static enum exit_status refused(struct output *output, int status)
{
    if (status != CB_EUNENCODABLE)
        return output_failed(output, ENOMEM);
    output->sink->error = *cb_encoder_error(output->encoder);
    output->sink->failed = output->sink->error.record;
    return EXIT_UNENCODABLE;
}

enum exit_status output_put(struct output *output, const struct cb_piece *pieces, size_t count)
{
    struct sink *sink = output->sink;
    cb_encoder_number(output->encoder, sink->before + 1);
    for (;;) {
        size_t taken;
        int status = cb_encode_pieces(output->encoder, pieces, count, output->buffer, &taken);
        if (status <= 0)
            return status ? refused(output, status) : EXIT_FINE;
        pieces += taken;
        count -= taken;
        enum exit_status flushed = sink->ops->flush(sink);
        if (flushed)
            return flushed;
    }
}

enum exit_status output_end(struct output *output)
{
    int status = cb_encode_end(output->encoder, output->buffer);
    return status < 0 ? refused(output, status) : EXIT_FINE;
}

int output_drain(struct cb_buffer *buffer, size_t n, int fd)
{
    size_t left = n < cb_length(buffer) ? n : cb_length(buffer);
    while (left) {
        ssize_t written = cb_writev(buffer, fd, left);
        if (written >= 0) {
            left -= (size_t)written;
        } else if (written == CB_EAGAIN) {
            fd_wait(fd, POLLOUT);
        } else {
            int number = errno;
            cb_skip(buffer, CB_ALL); /* nothing more can be written */
            return number;
        }
    }
    return 0;
}

enum exit_status output_write_from(struct output *output, struct cb_buffer *buffer, size_t n,
                                   int fd)
{
    return output_failed(output, output_drain(buffer, n, fd));
}

enum exit_status output_write(struct output *output, int fd)
{
    return output_write_from(output, output->buffer, CB_ALL, fd);
}

enum exit_status output_finish(struct output *output, bool whole)
{
    enum exit_status status = whole ? output_end(output) : EXIT_FINE;
    if (!status)
        status = output_write(output, STDOUT_FILENO);
    /* Some file systems report only now that they are full. */
    if (!status && close(STDOUT_FILENO) < 0 && errno != EBADF)
        status = output_failed(output, errno);
    return status;
}
