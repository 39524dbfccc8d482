/* SPDX-License-Identifier: MIT */
/*
 * Unread: the inputs that have not been opened yet, so that no output takes the place of
 * one.
 *
 * What the inputs were at the beginning is known by device and inode.  Only for a file that
 * is one of those are the paths looked at again: it may be another file by now that has the
 * same inode.
 */
#ifndef UNREAD_H
#define UNREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct unread {
    char *const *paths; /* of all inputs, up to NULL */
    size_t opened;      /* so many have been, the one that is read now among them */
    struct known *known;
    size_t count;
    bool lacks_some; /* one was missing at the beginning, and may be there now */
};

/* At the beginning, when the first input is read.  False if out of memory. */
bool unread_init(struct unread *unread, char *const *paths);
void unread_fini(struct unread *unread);

/* The next one is read now. */
static inline void unread_next(struct unread *unread)
{
    unread->opened += unread->paths[unread->opened - 1] != NULL;
}

/* Is it one of them, or on the way of a link to one? */
bool unread_has(const struct unread *unread, const struct stat *file);

#endif
