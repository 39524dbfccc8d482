/* SPDX-License-Identifier: MIT */
/* Descriptors: what read and write leave to be done. */
#ifndef FD_H
#define FD_H

#include <poll.h>
#include <stddef.h>
#include <sys/uio.h>

/* Waits until a non-blocking descriptor is ready (POLLIN or POLLOUT). */
void fd_wait(int fd, short events);

/* Writes all of the areas, whatever it takes: short writes, EINTR and EAGAIN
 * are gone on from.  The areas are changed on the way.  0, or an errno. */
int fd_write_all(int fd, struct iovec *areas, size_t count);

/* Makes a pipe as large as an unprivileged process may: fewer switches between
 * the two ends.  What is no pipe is left alone, a refusal is no matter. */
void fd_grow_pipe(int fd);

#endif
