/* SPDX-License-Identifier: MIT */
/* Source: one input after another, as descriptors with names. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdint.h>
#include <sys/types.h>

#include <chunkedbuffer.h>

struct source {
    const char *name; /* for messages */
    int fd;
    int null; /* /dev/null, or -1 before it is needed */
};

/* Opens a file, or standard input for "-".  0, or an errno. */
int source_open(struct source *source, const char *path);

/* Reads what there is, at most `most` bytes (0: as many as the buffer likes),
 * waiting until there is something.  The number of bytes, 0 at the end, or
 * CB_E... with errno set for CB_EIO. */
ssize_t source_read(struct source *source, struct cb_buffer *buffer, size_t most);

/* Lets go of at most n of the bytes that come next; returns how many, 0 if that
 * is not possible without reading them. */
size_t source_discard(struct source *source, uint64_t n);

/* Closes it; of a seekable input the last `unused` bytes that were read are
 * left to be read by whoever has the descriptor next. */
void source_close(struct source *source, uint64_t unused);

#endif
