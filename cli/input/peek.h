/* SPDX-License-Identifier: MIT */
/*
 * Peek: looks at the bytes of a pipe or socket, and takes them later, or not.
 *
 * Bytes that were looked at and not taken yet are *held*: the next process that
 * reads from the descriptor still gets them.
 */
#ifndef PEEK_H
#define PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct peek {
    const struct peek_way *way; /* NULL: peeking is not possible */
    int fd;
    size_t held;
    int copy[2]; /* a pipe of our own, to look into */
    int null;    /* /dev/null */
    int events;  /* an epoll for what arrives after the held bytes; -1: not needed yet */
    bool ended;  /* nothing more will arrive */
    char *scratch;
};

enum { PEEK_MOST = 64 << 10 }; /* bytes, at once and held */

/* Begins on a descriptor.  0, or an errno.  0 with `way` NULL if it is neither a pipe
 * nor a stream, or the system does not let us peek. */
int peek_open(struct peek *peek, int fd);

/* Copies at most `size` of the bytes after the held ones, and holds them too; waits
 * until there are some.  0 at the end, -1 with errno set. */
ssize_t peek_more(struct peek *peek, void *data, size_t size);

/* A descriptor that is ready to be read when peek_more would not wait, or nearly always
 * so; -1: there is none. */
int peek_pollable(struct peek *peek);

/* Takes all held bytes except the last `left`.  0, or an errno. */
int peek_take(struct peek *peek, size_t left);

void peek_close(struct peek *peek);

#endif
