/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "moving.h"

/* Ways to move, tried in this order from the last one on that could: the kernel knows best
 * which two descriptors it can join. */
typedef ssize_t move_fn(int in, int out, size_t n);

static ssize_t by_splice(int in, int out, size_t n)
{
    return splice(in, NULL, out, NULL, n, SPLICE_F_MOVE);
}

static ssize_t by_copy_file_range(int in, int out, size_t n)
{
    return copy_file_range(in, NULL, out, NULL, n, 0);
}

static ssize_t by_sendfile(int in, int out, size_t n)
{
    return sendfile(out, in, NULL, n);
}

ssize_t moving_some(int in, int out, size_t n)
{
    static move_fn *const ways[] = {by_splice, by_copy_file_range, by_sendfile};
    static size_t first; /* the one that could move last: most calls are for the same two */
    const size_t count = sizeof ways / sizeof *ways;
    for (size_t tried = 0; tried < count;) {
        const size_t way = (first + tried) % count;
        const ssize_t moved = ways[way](in, out, n);
        if (moved > 0 || (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))) {
            first = way;
            return moved;
        }
        if (moved == 0 || errno != EINTR)
            tried++;
    }
    return 0;
}
