/* SPDX-License-Identifier: MIT */
/*
 * Peek: looks at the bytes of a pipe or socket, and takes them later, or not.
 *
 * What was looked at and not taken yet is held: it is still there for whoever
 * reads from the descriptor next.
 */
#ifndef PEEK_H
#define PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct peek {
    const struct peek_way *way; /* NULL: it cannot be looked at */
    int fd;
    size_t held;
    int copy[2]; /* a pipe of our own, to look into */
    int null;    /* /dev/null */
    int events;  /* tells of more than what is held; -1 before it is needed */
    bool ended;  /* it told that nothing more will come */
    char *scratch;
};

enum { PEEK_MOST = 64 << 10 }; /* bytes, at once and held */

/* Begins on a descriptor.  0, also where `way` is NULL then, as it is no pipe or
 * stream, or the system does not let us look; or an errno. */
int peek_open(struct peek *peek, int fd);

/* Gives at most `size` of the bytes behind those that are held, waiting until
 * there are some, and holds them too.  0 at the end, -1 with errno set. */
ssize_t peek_more(struct peek *peek, void *data, size_t size);

/* Takes all that is held but the last `left` bytes.  0, or an errno. */
int peek_take(struct peek *peek, size_t left);

void peek_close(struct peek *peek);

#endif
