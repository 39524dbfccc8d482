/* SPDX-License-Identifier: MIT */
/* Source: one input after another, as descriptors with names. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <chunkedbuffer.h>
#include "peek.h"

struct source {
    const char *path; /* as on the command line */
    const char *name; /* for messages */
    int fd;
    int null;       /* /dev/null, or -1 before it is needed */
    uint64_t start; /* position of the first byte: not 0 for a part of a file */
    uint64_t left;  /* bytes of the part that are left; UINT64_MAX: all */
    bool goes_on;   /* ... but another one follows them */
    bool has_datagrams; /* a read takes a whole one: nothing can be left or moved */
    struct peek peek;
    bool by_need; /* bytes can neither be left unread nor be looked at before: read
                     no more than the decoder needs */
};

/* Opens a file, or standard input for "-", but no directory.  With `exact` no byte is taken
 * until source_take or source_close takes it.  0, or an errno. */
int source_open(struct source *source, const char *path, bool exact);

/* The name for messages. */
const char *source_name(const char *path);

/* The number of bytes in all these files that are left to read; UINT64_MAX if that is
 * unknown, as for a pipe.  A missing file has none, nor has a directory. */
uint64_t source_total(char *const *paths, int count);

/* Makes a file begin and end at these positions.  0, or an errno. */
int source_limit(struct source *source, uint64_t from, uint64_t to);

/* How many of n bytes may be moved or discarded; and some were. */
uint64_t source_allows(const struct source *source, uint64_t n);
void source_moved(struct source *source, uint64_t n);

/* Reads what there is, at most `most` >= 1 bytes (CB_ALL: as many as the buffer
 * takes; a datagram is always read as a whole), and waits until there is something.
 * The number of bytes, 0 at the end, or CB_E... with errno set for CB_EIO. */
ssize_t source_read(struct source *source, struct cb_buffer *buffer, size_t most);

/* A descriptor that is ready when there is something to be read; -1: there is none. */
int source_pollable(struct source *source);

/* Takes what was read, except the last `undecided` bytes.  0, or an errno. */
int source_take(struct source *source, uint64_t undecided);

/* Can bytes that were read be left for the next reader? */
bool source_can_leave(const struct source *source);

/* Goes back over the last n bytes that were read, to read them again.  False if that
 * cannot be. */
bool source_go_back(struct source *source, uint64_t n);

/* Discards at most n of the next bytes; returns how many, 0 if that is not possible
 * without reading them. */
size_t source_discard(struct source *source, uint64_t n);

/* Closes it.  If the input is seekable, or exact, the last `unused` bytes that were
 * read are left for the next process that reads from the descriptor.  0, or an
 * errno. */
int source_close(struct source *source, uint64_t unused);

#endif
