/* SPDX-License-Identifier: MIT */
/* Each record to a file of its own. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "../common/diagnostics.h"
#include "../common/fd.h"
#include "../common/interrupt.h"
#include "output.h"

struct sink_files {
    struct sink sink;
    struct output output;
    const struct name_template *name;
    bool replace;
    char *path; /* of the file of the current record */
    int fd;     /* -1 between two records */
};

/* Creates the file, always a new one: the old one may be the input, or have other
 * names.  0, or an errno. */
static int create(struct sink_files *out)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY;
    out->fd = open(out->path, flags, 0666);
    if (out->fd < 0 && errno == EEXIST && out->replace) {
        if (unlink(out->path) < 0)
            return errno;
        out->fd = open(out->path, flags, 0666);
    }
    if (out->fd < 0)
        return errno;
    interrupt_file(out->path);
    return 0;
}

static enum exit_status begin_file(struct sink_files *out, uint64_t record)
{
    template_format(out->name, record, out->path);
    interrupt_hold();
    int number = create(out);
    interrupt_release();
    return output_failed(&out->output, number);
}

static enum exit_status close_file(struct sink_files *out)
{
    interrupt_hold();
    int number = close(out->fd) < 0 ? errno : 0;
    out->fd = -1;
    if (number)
        unlink(out->path);
    interrupt_file(NULL);
    interrupt_release();
    return output_failed(&out->output, number);
}

/* Leaves nothing of an incomplete record. */
static void remove_file(struct sink_files *out)
{
    if (out->fd < 0)
        return;
    interrupt_hold();
    close(out->fd);
    out->fd = -1;
    unlink(out->path);
    interrupt_file(NULL);
    interrupt_release();
    cb_skip(out->output.buffer, CB_ALL);
}

/* Each file is a stream of one record. */
static enum exit_status end_file(struct sink_files *out)
{
    enum exit_status status = output_end(&out->output);
    if (!status)
        status = output_write(&out->output, out->fd);
    return status ? status : close_file(out);
}

/* After an error, removes the file; the message is about it. */
static enum exit_status cleaned(struct sink_files *out, enum exit_status status)
{
    if (!status)
        return status;
    out->sink.name = out->path;
    remove_file(out);
    return status;
}

/* The pieces of one record. */
static enum exit_status put_record(struct sink_files *out, const struct cb_piece *pieces,
                                   size_t count)
{
    const bool is_last = pieces[count - 1].flags & CB_LAST;
    enum exit_status status = EXIT_FINE;
    if (pieces->flags & CB_FIRST)
        status = begin_file(out, out->sink.before + pieces->record);
    if (!status)
        status = output_put(&out->output, pieces, count);
    return is_last && !status ? end_file(out) : status;
}

static enum exit_status put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_files *out = (struct sink_files *)sink;
    enum exit_status status = EXIT_FINE;
    while (count && !status) {
        size_t n = output_record(pieces, count);
        status = put_record(out, pieces, n);
        pieces += n;
        count -= n;
    }
    return cleaned(out, status);
}

static size_t move(struct sink *sink, int fd, uint64_t n)
{
    const struct sink_files *out = (struct sink_files *)sink;
    return fd_move(fd, out->fd, n);
}

static enum exit_status flush(struct sink *sink)
{
    struct sink_files *out = (struct sink_files *)sink;
    return out->fd < 0 ? EXIT_FINE : cleaned(out, output_write(&out->output, out->fd));
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    (void)whole; /* then no file is open */
    remove_file((struct sink_files *)sink);
    return EXIT_FINE;
}

static void free_sink(struct sink *sink)
{
    struct sink_files *out = (struct sink_files *)sink;
    output_fini(&out->output);
    free(out->path);
    free(out);
}

#define FILES_OPS(...)                                                                             \
    {                                                                                              \
        .put = put, .flush = flush, .finish = finish, .free = free_sink, __VA_ARGS__               \
    }

static const struct sink_ops looking = FILES_OPS(.move = NULL);
static const struct sink_ops moving = FILES_OPS(.move = move);
static const struct sink_ops discarding = FILES_OPS(.ignores_payload = true);

struct sink *sink_files_new(struct cb_encoder *encoder, const struct name_template *name,
                            bool replace)
{
    struct sink_files *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    out->path = malloc(template_room(name));
    if (!out->path)
        goto err0;
    if (!output_init(&out->output, &out->sink, encoder))
        goto err1;
    out->name = name;
    out->replace = replace;
    out->fd = -1;
    if (output_is_transparent(&out->output))
        out->sink.ops = &moving;
    else
        out->sink.ops = out->output.traits & CB_NO_PAYLOAD ? &discarding : &looking;
    interrupt_catch();
    return &out->sink;
err1:
    free(out->path);
err0:
    free(out);
    return NULL;
}
