/* SPDX-License-Identifier: MIT */
/* Assigned: which records a worker was given, for a message. */
#ifndef ASSIGNED_H
#define ASSIGNED_H

#include <stddef.h>
#include <stdint.h>

/* Ranges that are kept; of later records only the number. */
enum { ASSIGNED_RANGES = 64, ASSIGNED_TEXT = 1536 };

struct assigned {
    struct {
        uint64_t first, last;
    } range[ASSIGNED_RANGES];
    size_t count;
    uint64_t more;
};

/* Adds records first...last, which are higher than all before. */
void assigned_add(struct assigned *assigned, uint64_t first, uint64_t last);

/* Writes "records 3, 7-9 and 120 more"; returns `text`. */
const char *assigned_describe(const struct assigned *assigned, char text[ASSIGNED_TEXT]);

#endif
