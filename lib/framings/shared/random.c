/* SPDX-License-Identifier: MIT */
#include "framings/shared/random.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#ifdef HAVE_GETRANDOM
#include <sys/random.h>
#endif

/* For systems without getrandom, or where a sandbox forbids it. */
static bool read_random(uint8_t *to, size_t n)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    size_t have = 0;
    ssize_t got = 0;
    if (fd < 0)
        return false;
    do {
        got = read(fd, to + have, n - have);
        have += got > 0 ? (size_t)got : 0;
    } while (have < n && (got > 0 || (got < 0 && errno == EINTR)));
    close(fd);
    return have == n;
}

bool cb__random(uint8_t *to, size_t n)
{
#ifdef HAVE_GETRANDOM
    ssize_t got;
    do
        got = getrandom(to, n, 0);
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)n)
        return true;
#endif
    return read_random(to, n);
}
