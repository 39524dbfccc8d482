/* SPDX-License-Identifier: MIT */
/* Descriptors: what read and write do not do by themselves. */
#ifndef FD_H
#define FD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "deadline.h"

/* Opens /dev/null for each standard descriptor that is closed, in the wrong
 * direction, so that no file opened later gets its number and using it fails.
 * False if standard output was closed. */
bool fd_fill_standard(void);

/* Makes a write beyond the limit for the size of a file fail with EFBIG, like any
 * other error, instead of ending the program. */
void fd_catch_limit(void);

/* Makes a pipe that commands do not inherit, whose `own` end does not block.  An errno.  (No
 * other thread may start a process in the meantime.) */
int fd_pipe(int ends[2], int own);

/* Waits until a descriptor is ready (POLLIN or POLLOUT). */
void fd_wait(int fd, short events);
/* The same, up to a deadline: false if it is not ready then. */
bool fd_wait_until(int fd, short events, const struct deadline *deadline);

/* Is it a terminal that can do more than show plain text (TERM)? */
bool fd_is_screen(int fd);

/* Is it one that shows colors, and does the user want them (NO_COLOR)? */
bool fd_takes_color(int fd);

/* Writes all of the areas, and continues after short writes, EINTR and EAGAIN.
 * Changes the areas on the way.  0, or an errno. */
int fd_write_all(int fd, struct iovec *areas, size_t count);

/* Moves at most n bytes from one descriptor to the other inside the kernel, as
 * soon as there are some; returns how many.  0 at the end of the input, or if
 * that is not possible with these two, or if one of them failed: read and write
 * show which. */
size_t fd_move(int in, int out, uint64_t n);

/* Discards at most n of the next bytes without reading them; returns how many.
 * 0 as above.  `null` is open on /dev/null. */
size_t fd_discard(int in, int null, uint64_t n);

/* Does this operand of the command line name standard input? */
static inline bool fd_names_stdin(const char *path)
{
    return path[0] == '-' && !path[1];
}

/* Are both the same file, so that what is written would be read again, or would take the place of
 * what has not been read?  (Output may be longer than the input it is made of.)  `ends`: reading
 * stops before the end of the file, so output beyond that does neither. */
bool fd_chases(int in, int out, bool ends);

/* Is it a socket of which a read takes a whole datagram, and loses what it has no room for? */
bool fd_has_datagrams(int fd);

/* Makes a pipe as large as an unprivileged process may: fewer switches between
 * the two ends.  Does nothing if it is not a pipe, or the system refuses. */
void fd_grow_pipe(int fd);

#endif
