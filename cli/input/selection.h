/* SPDX-License-Identifier: MIT */
/* Selection: which records are wanted, by their numbers over all inputs. */
#ifndef SELECTION_H
#define SELECTION_H

#include <stddef.h>
#include <stdint.h>

#include "../common/exit_status.h"

struct range {
    uint64_t first, last; /* numbers from 1; both belong to it */
};

/* Ranges in ascending order, none touching the next. */
struct selection {
    struct range *ranges; /* malloced */
    size_t count;
};

/* Reads a list such as "1,5-9,100-" in place of what was selected.  An exit
 * status; what is wrong was said, by the name of the option. */
enum exit_status selection_read(struct selection *selection, const char *option, const char *list);

/* Takes away the records up to number `skip`, and of the rest all but the first
 * `head`.  A selection that was never read has all records.  An exit status, as
 * above. */
enum exit_status selection_cut(struct selection *selection, uint64_t skip, uint64_t head);

void selection_free(struct selection *selection);

#endif
