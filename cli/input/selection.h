/* SPDX-License-Identifier: MIT */
/* Selection: which records are wanted, by number, counted over all inputs. */
#ifndef SELECTION_H
#define SELECTION_H

#include <stddef.h>
#include <stdint.h>

#include "../common/exit_status.h"

struct range {
    uint64_t first, last; /* numbers from 1, both included */
};

/* Ranges in ascending order that do not touch. */
struct selection {
    struct range *ranges; /* malloced */
    size_t count;
};

/* Reads a list such as "1,5-9,100-", and replaces the selection.  An exit status;
 * error messages begin with the name of the option. */
enum exit_status selection_read(struct selection *selection, const char *option, const char *list);

/* Removes the first `skip` records, and of the rest all except the first `head`; neither
 * counts the first `header` records, which are always selected.  A selection that was
 * never read has all records.  An exit status, as above. */
enum exit_status selection_cut(struct selection *selection, uint64_t header, uint64_t skip,
                               uint64_t head);

void selection_free(struct selection *selection);

#endif
