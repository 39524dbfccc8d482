/* SPDX-License-Identifier: MIT */
#include "unread.h"

#include <stdlib.h>

#include "../common/fd.h"

/* A file that an input is or leads to, of several such inputs the last. */
struct known {
    dev_t device;
    ino_t inode;
    size_t input;
};

static int by_file(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return (x->inode > y->inode) - (x->inode < y->inode);
}

static int by_file_and_input(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    const int order = by_file(a, b);
    return order ? order : (x->input > y->input) - (x->input < y->input);
}

static void add(struct unread *unread, size_t input, const struct stat *file)
{
    unread->known[unread->count++] =
        (struct known){.device = file->st_dev, .inode = file->st_ino, .input = input};
}

/* Leaves one entry for each file, in order. */
static void sort(struct unread *unread)
{
    struct known *known = unread->known;
    size_t kept = 0;
    qsort(known, unread->count, sizeof *known, by_file_and_input);
    for (size_t i = 0; i < unread->count; i++) {
        kept -= kept && by_file(&known[kept - 1], &known[i]) == 0;
        known[kept++] = known[i];
    }
    unread->count = kept;
}

bool unread_init(struct unread *unread, char *const *paths)
{
    size_t n = 0;
    struct stat file;
    *unread = (struct unread){.paths = paths, .opened = 1};
    while (paths[n])
        n++;
    unread->known = calloc(2 * n + 1, sizeof *unread->known);
    for (size_t i = 0; unread->known && i < n; i++) {
        if (fd_names_stdin(paths[i]))
            continue;
        if (lstat(paths[i], &file) == 0)
            add(unread, i, &file);
        if (stat(paths[i], &file) == 0)
            add(unread, i, &file);
        else
            unread->lacks_some = true;
    }
    if (unread->known)
        sort(unread);
    return unread->known;
}

void unread_fini(struct unread *unread)
{
    free(unread->known);
}

/* Does the path lead to this file?  (The file may be a link that is on the way.) */
static bool leads_to(const char *path, const struct stat *file)
{
    struct stat link, end;
    return (lstat(path, &link) == 0 && link.st_dev == file->st_dev &&
            link.st_ino == file->st_ino) ||
           (stat(path, &end) == 0 && end.st_dev == file->st_dev && end.st_ino == file->st_ino);
}

/* Can it be one of them? */
static bool may_have(const struct unread *unread, const struct stat *file)
{
    const struct known key = {.device = file->st_dev, .inode = file->st_ino};
    if (unread->lacks_some)
        return true;
    const struct known *known =
        bsearch(&key, unread->known, unread->count, sizeof *unread->known, by_file);
    return known && known->input >= unread->opened;
}

bool unread_has(const struct unread *unread, const struct stat *file)
{
    if (!may_have(unread, file))
        return false;
    for (char *const *path = unread->paths + unread->opened; path[-1] && *path; path++) {
        if (!fd_names_stdin(*path) && leads_to(*path, file))
            return true;
    }
    return false;
}
