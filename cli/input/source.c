/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/fd.h"

/* The longest datagram; one of UDP has less than 64 KiB. */
enum { DATAGRAM_MAX = 1 << 20 };

static void close_fd(const struct source *source)
{
    if (source->fd != STDIN_FILENO)
        close(source->fd);
}

const char *source_name(const char *path)
{
    return fd_names_stdin(path) ? "stdin" : path;
}

static bool is_directory(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

int source_open(struct source *source, const char *path, bool exact)
{
    *source = (struct source){.path = path,
                              .name = source_name(path),
                              .fd = STDIN_FILENO,
                              .null = -1,
                              .left = UINT64_MAX};
    if (!fd_names_stdin(path))
        source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (source->fd < 0)
        return errno;
    if (is_directory(source->fd)) {
        close_fd(source);
        return EISDIR;
    }
    source->has_datagrams = fd_has_datagrams(source->fd);
    fd_grow_pipe(source->fd);
    if (!exact || lseek(source->fd, 0, SEEK_CUR) >= 0)
        return 0;
    int status = peek_open(&source->peek, source->fd);
    source->by_need = !source->peek.way;
    if (status)
        close_fd(source);
    return status;
}

/* Adds the number of bytes that are left to read; false if that is unknown. */
static bool add_size(const char *path, uint64_t *total)
{
    struct stat status;
    if ((fd_names_stdin(path) ? fstat(STDIN_FILENO, &status) : stat(path, &status)) < 0)
        return true;
    if (S_ISDIR(status.st_mode))
        return true;
    off_t at = fd_names_stdin(path) ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
    if (!S_ISREG(status.st_mode) || at < 0)
        return false;
    *total += at < status.st_size ? (uint64_t)(status.st_size - at) : 0;
    return true;
}

uint64_t source_total(char *const *paths, int count)
{
    uint64_t total = 0;
    for (int i = 0; i < count; i++) {
        if (!add_size(paths[i], &total))
            return UINT64_MAX;
    }
    return total;
}

int source_limit(struct source *source, uint64_t from, uint64_t to)
{
    source->start = from;
    source->left = to - from;
    return lseek(source->fd, (off_t)from, SEEK_SET) < 0 ? errno : 0;
}

uint64_t source_allows(const struct source *source, uint64_t n)
{
    if (source->has_datagrams)
        return 0; /* the rest of one would be lost */
    return n < source->left ? n : source->left;
}

void source_moved(struct source *source, uint64_t n)
{
    if (source->left != UINT64_MAX)
        source->left -= n;
}

/* Looks at what follows the held bytes, instead of reading. */
static ssize_t peek_into(struct source *source, struct cb_buffer *buffer, size_t most)
{
    void *data;
    size_t size;
    int status = cb_get_chunk(buffer, most == CB_ALL ? 0 : most, &data, &size);
    if (status)
        return status;
    ssize_t n = peek_more(&source->peek, data, most < size ? most : size);
    int number = errno;
    cb_chunk_written(buffer, n > 0 ? (size_t)n : 0);
    errno = number;
    if (n < 0)
        return number == EAGAIN || number == EWOULDBLOCK ? CB_EAGAIN : CB_EIO;
    return n;
}

/* Reads a whole datagram. */
static ssize_t datagram_into(const struct source *source, struct cb_buffer *buffer)
{
    static unsigned char room[DATAGRAM_MAX];
    struct iovec area = {.iov_base = room, .iov_len = sizeof room};
    struct msghdr message = {.msg_iov = &area, .msg_iovlen = 1};
    ssize_t n;
    do {
        n = recvmsg(source->fd, &message, 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? CB_EAGAIN : CB_EIO;
    if (message.msg_flags & MSG_TRUNC) {
        errno = EMSGSIZE;
        return CB_EIO;
    }
    int status = cb_append(buffer, room, (size_t)n);
    return status ? status : n;
}

/* Reads once, by the way that this source needs. */
static ssize_t read_some(struct source *source, struct cb_buffer *buffer, size_t most)
{
    if (source->peek.way)
        return peek_into(source, buffer, most);
    if (source->has_datagrams)
        return datagram_into(source, buffer);
    return cb_readinto(buffer, source->fd, most);
}

ssize_t source_read(struct source *source, struct cb_buffer *buffer, size_t most)
{
    if (!source->left)
        return 0;
    if (source->left != UINT64_MAX)
        most = (size_t)source_allows(source, most);
    for (;;) {
        ssize_t n = read_some(source, buffer, most);
        if (n > 0)
            source_moved(source, (uint64_t)n);
        if (n != CB_EAGAIN)
            return n;
        fd_wait(source->fd, POLLIN);
    }
}

int source_pollable(struct source *source)
{
    return source->peek.way ? peek_pollable(&source->peek) : source->fd;
}

int source_take(struct source *source, uint64_t undecided)
{
    /* Bytes before the held ones were taken already. */
    size_t held = source->peek.held;
    return held ? peek_take(&source->peek, undecided < held ? (size_t)undecided : held) : 0;
}

bool source_can_leave(const struct source *source)
{
    return source->peek.way || lseek(source->fd, 0, SEEK_CUR) >= 0;
}

bool source_go_back(struct source *source, uint64_t n)
{
    if (source->peek.way || lseek(source->fd, -(off_t)n, SEEK_CUR) < 0)
        return false;
    if (source->left != UINT64_MAX)
        source->left += n;
    return true;
}

size_t source_discard(struct source *source, uint64_t n)
{
    if (source->null < 0)
        source->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    n = source_allows(source, n);
    return source->null < 0 ? 0 : fd_discard(source->fd, source->null, n);
}

/* The next reader of a file gets what we did not use.  Pipes and devices refuse. */
static int give_back(const struct source *source, uint64_t unused)
{
    struct stat status;
    if (lseek(source->fd, -(off_t)unused, SEEK_CUR) >= 0)
        return 0;
    int number = errno;
    return fstat(source->fd, &status) == 0 && S_ISREG(status.st_mode) ? number : 0;
}

int source_close(struct source *source, uint64_t unused)
{
    int status = 0;
    if (source->peek.way) {
        status = source_take(source, unused);
        peek_close(&source->peek);
    } else if (unused) {
        status = give_back(source, unused);
    }
    if (source->null >= 0)
        close(source->null);
    close_fd(source);
    source->fd = -1;
    return status;
}
