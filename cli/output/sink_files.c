/* SPDX-License-Identifier: MIT */
/* Each record, or group of records, to a file of its own. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/diagnostics.h"
#include "../common/fd.h"
#include "../common/interrupt.h"
#include "portions.h"
#include "unread.h"

struct sink_files {
    struct sink sink;
    struct output output;
    struct portions portions;
    const struct name_template *name;
    bool replace;
    struct unread unread; /* if it replaces files */
    char *path;           /* of the current file, or the last; empty: there was none */
    int fd;               /* -1 between two files */
};

/* Would the file take the place of an input that has not been opened yet? */
static bool is_unread(const struct sink_files *out)
{
    struct stat old;
    return lstat(out->path, &old) == 0 && unread_has(&out->unread, &old);
}

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

static enum exit_status open_file(struct sink *sink, uint64_t number, const struct cb_piece *piece)
{
    struct sink_files *out = (struct sink_files *)sink;
    (void)piece;
    template_format(out->name, number, out->path);
    if (out->replace && is_unread(out)) {
        output_refuse(&out->output, "it is an input that is yet to be read");
        return EXIT_IO;
    }
    interrupt_hold();
    int error = create(out);
    interrupt_release();
    return output_failed(&out->output, error);
}

static enum exit_status send(struct sink *sink, struct cb_buffer *buffer, size_t n)
{
    struct sink_files *out = (struct sink_files *)sink;
    return output_write_from(&out->output, buffer, n, out->fd);
}

static enum exit_status close_file(struct sink *sink)
{
    struct sink_files *out = (struct sink_files *)sink;
    interrupt_hold();
    int number = close(out->fd) < 0 ? errno : 0;
    out->fd = -1;
    if (number)
        unlink(out->path);
    interrupt_file(NULL);
    interrupt_release();
    return output_failed(&out->output, number);
}

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

/* Leaves nothing of an incomplete record. */
static enum exit_status cut_file(struct sink *sink, uint64_t keep)
{
    struct sink_files *out = (struct sink_files *)sink;
    if (keep && ftruncate(out->fd, (off_t)keep) < 0)
        return output_failed(&out->output, errno);
    if (keep)
        return close_file(sink);
    remove_file(out);
    return EXIT_FINE;
}

static const struct portion_ops file_ops = {
    .open = open_file, .send = send, .close = close_file, .abandon = cut_file};

/* After an error, removes the file; the message is about it. */
static enum exit_status cleaned(struct sink_files *out, enum exit_status status)
{
    if (status && out->sink.error.code == CB_EIO) {
        out->sink.error.record = 0;
        if (*out->path)
            out->sink.name = out->path;
        remove_file(out);
        out->portions.is_open = false;
    }
    return status;
}

static enum exit_status put(struct sink *sink, const struct cb_piece *pieces, size_t count)
{
    struct sink_files *out = (struct sink_files *)sink;
    return cleaned(out, portions_put(&out->portions, pieces, count));
}

static size_t move(struct sink *sink, int fd, uint64_t n)
{
    const struct sink_files *out = (struct sink_files *)sink;
    return fd_move(fd, out->fd, n);
}

static void input(struct sink *sink, const struct sink_input *ended)
{
    struct sink_files *out = (struct sink_files *)sink;
    (void)ended;
    if (out->replace)
        unread_next(&out->unread);
}

static enum exit_status flush(struct sink *sink)
{
    struct sink_files *out = (struct sink_files *)sink;
    return cleaned(out, portions_flush(&out->portions));
}

static enum exit_status finish(struct sink *sink, bool whole)
{
    struct sink_files *out = (struct sink_files *)sink;
    enum exit_status status = cleaned(out, portions_finish(&out->portions, whole));
    if (!status)
        sink->error.code = CB_OK;
    remove_file(out);
    return status;
}

static void free_sink(struct sink *sink)
{
    struct sink_files *out = (struct sink_files *)sink;
    portions_fini(&out->portions);
    output_fini(&out->output);
    unread_fini(&out->unread);
    free(out->path);
    free(out);
}

#define FILES_OPS(...)                                                                             \
    {                                                                                              \
        .put = put, .input = input, .flush = flush, .finish = finish, .free = free_sink,           \
        __VA_ARGS__                                                                                \
    }

static const struct sink_ops looking = FILES_OPS(.move = NULL);
static const struct sink_ops moving = FILES_OPS(.move = move);
static const struct sink_ops discarding = FILES_OPS(.ignores_payload = true);

/* Payload can be moved if nobody has to know how much it is. */
static const struct sink_ops *choose_ops(const struct sink_files *out)
{
    if (out->output.traits & CB_NO_PAYLOAD)
        return &discarding;
    const bool can_move =
        output_is_transparent(&out->output) && grouping_is_plain(&out->portions.grouping);
    return can_move ? &moving : &looking;
}

struct sink *sink_files_new(struct cb_encoder *encoder, const struct name_template *name,
                            bool replace, char *const *inputs, const struct grouping *grouping)
{
    struct sink_files *out = calloc(1, sizeof *out);
    if (!out)
        return NULL;
    out->path = calloc(1, template_room(name));
    if (!out->path)
        goto err0;
    if (!output_init(&out->output, &out->sink, encoder))
        goto err1;
    if (replace && !unread_init(&out->unread, inputs))
        goto err2;
    if (!portions_init(&out->portions, &file_ops, &out->output, grouping))
        goto err3;
    out->name = name;
    out->replace = replace;
    out->fd = -1;
    out->sink.ops = choose_ops(out);
    out->sink.name = "output";
    interrupt_catch();
    return &out->sink;
err3:
    unread_fini(&out->unread);
err2:
    out->output.encoder = NULL; /* the caller still owns it */
    output_fini(&out->output);
err1:
    free(out->path);
err0:
    free(out);
    errno = ENOMEM;
    return NULL;
}
