/* SPDX-License-Identifier: MIT */
/* Records to standard output. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../common/diagnostics.h"
#include "../common/fd.h"
#include "output.h"

struct sink_stdout {
    struct sink sink;
    struct output output;
};

static enum exit_status flush(struct sink *sink)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    return output_write(&out->output, STDOUT_FILENO);
}

static enum exit_status put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    return output_put(&out->output, pieces, count);
}

static size_t move(struct sink *sink, int fd, uint64_t n)
{
    (void)sink;
    return fd_move(fd, STDOUT_FILENO, n);
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    return output_finish(&((struct sink_stdout *)sink)->output, whole);
}

static void free_sink(struct sink *sink)
{
    struct sink_stdout *out = (struct sink_stdout *)sink;
    output_fini(&out->output);
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
    struct sink_stdout *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    if (!output_init(&out->output, &out->sink, encoder)) {
        free(out);
        errno = ENOMEM;
        return NULL;
    }
    out->sink.name = "stdout";
    out->sink.stream = &out->output;
    if (output_is_transparent(&out->output))
        out->sink.ops = &moving;
    else
        out->sink.ops = out->output.traits & CB_NO_PAYLOAD ? &discarding : &looking;
    fd_grow_pipe(STDOUT_FILENO);
    return &out->sink;
}
