/* SPDX-License-Identifier: MIT */
/* Descriptors: what read and write leave to be done. */
#ifndef FD_H
#define FD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* Fills the places of the standard descriptors that are closed, so that no file
 * opened later takes one of them; what is there then can neither be read nor
 * written as its place wants it.  False if standard output was closed. */
bool fd_fill_standard(void);

/* Has a write beyond the limit for the size of a file fail with EFBIG, as any other
 * that fails, where it would end the program. */
void fd_catch_limit(void);

/* Waits until a non-blocking descriptor is ready (POLLIN or POLLOUT). */
void fd_wait(int fd, short events);

/* Writes of the areas as much as can be written now, and changes them to what is
 * left.  0 if that is nothing, or an errno, EAGAIN among them. */
int fd_write_some(int fd, struct iovec **areas, size_t *count);

/* Writes all of the areas, whatever it takes: short writes, EINTR and EAGAIN
 * are gone on from.  The areas are changed on the way.  0, or an errno. */
int fd_write_all(int fd, struct iovec *areas, size_t count);

/* Moves at most n bytes from one descriptor to the other inside the kernel, as
 * soon as there are some; returns how many.  0: at the end of the input, or
 * where these two cannot do that, or one of them failed: to read and to write
 * will tell which. */
size_t fd_move(int in, int out, uint64_t n);

/* Lets go of at most n bytes that come next, without reading them; returns how
 * many.  0 as above.  `null` is open on /dev/null. */
size_t fd_discard(int in, int null, uint64_t n);

/* Is what is written still to be read, from the same file? */
bool fd_chases(int in, int out);

/* Makes a pipe as large as an unprivileged process may: fewer switches between
 * the two ends.  What is no pipe is left alone, a refusal is no matter. */
void fd_grow_pipe(int fd);

#endif
