/* SPDX-License-Identifier: MIT */
#include "gather.h"

#include <stdlib.h>

#include "fd.h"

struct gather *gather_new(int fd)
{
    struct gather *gather = malloc(sizeof *gather);
    if (!gather)
        return NULL;
    gather->fd = fd;
    gather->write = NULL;
    gather->arg = NULL;
    gather_drop(gather);
    return gather;
}

void gather_free(struct gather *gather)
{
    free(gather);
}

/* Adds an area, for which there is room, or makes the last one longer. */
static void add_area(struct gather *gather, const void *data, size_t n)
{
    struct iovec *next = &gather->areas[gather->count];
    if (gather->count && (const char *)next[-1].iov_base + next[-1].iov_len == data)
        next[-1].iov_len += n;
    else if (n)
        gather->areas[gather->count++] = (struct iovec){.iov_base = (void *)data, .iov_len = n};
}

/* What was copied since the last area becomes one. */
static void end_run(struct gather *gather)
{
    add_area(gather, gather->stage + gather->run, gather->used - gather->run);
    gather->run = gather->used;
}

int gather_flush(struct gather *gather)
{
    end_run(gather);
    int status = gather->write ? gather->write(gather->arg, gather->areas, gather->count)
                               : fd_write_all(gather->fd, gather->areas, gather->count);
    gather_drop(gather);
    return status;
}

int gather_long(struct gather *gather, const void *data, size_t n)
{
    if (gather->count > GATHER_AREAS - 3) { /* the run, this one, and a last run */
        int status = gather_flush(gather);
        if (status)
            return status;
    }
    end_run(gather);
    add_area(gather, data, n);
    gather->lent += n;
    return 0;
}
