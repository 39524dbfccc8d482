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
    gather->count = 0;
    gather->used = 0;
    return gather;
}

void gather_free(struct gather *gather)
{
    free(gather);
}

int gather_flush(struct gather *gather)
{
    int status = fd_write_all(gather->fd, gather->areas, gather->count);
    gather->count = 0;
    gather->used = 0;
    return status;
}

int gather_long(struct gather *gather, const void *data, size_t n)
{
    if (!gather_touches(gather, data)) {
        int status = gather_room(gather, 0);
        if (status)
            return status;
    }
    gather_area(gather, data, n);
    return 0;
}
