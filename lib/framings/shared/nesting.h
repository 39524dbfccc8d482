/* SPDX-License-Identifier: MIT */
/*
 * Values nested in each other: where a record, one whole value, ends.  Without recursion,
 * whatever the depth.
 *
 * One count of outstanding values is enough as long as each value tells how many are in
 * it, however deeply they are nested.  A value may also be open: it ends with a mark,
 * which is valid only if no value in it is outstanding; then the outstanding values
 * around it count again.  So that number is kept for each open one, on a stack that takes
 * no more bytes than the beginnings of the open values.
 */
#ifndef CB_NESTING_H
#define CB_NESTING_H

#include "framings/shared/scanned.h"

struct cb__nesting { /* initially all zeros, and after a record has ended */
    uint64_t left;   /* outstanding values, including the current one, before another value
                        or the mark may come in an open one */
    bool pairs;      /* an open value contains pairs */
    uint8_t *stack;  /* for each open value, the state around it: 2 * left + pairs */
    size_t used, room;
};

/* Forgets a record, but keeps the memory. */
void cb__nesting_reset(struct cb__nesting *nesting);
void cb__nesting_free(struct cb__nesting *nesting, const struct cb_allocator *allocator);

/* A value begins. */
static inline void cb__nesting_begin(struct cb__nesting *nesting)
{
    if (!nesting->left)
        nesting->left = nesting->pairs ? 2 : 1;
}

/* The current value has ended: CB__ENDS if it was the whole record, otherwise CB_OK. */
static inline int cb__nesting_end(struct cb__nesting *nesting)
{
    return --nesting->left || nesting->used ? CB_OK : CB__ENDS;
}

/* This many more values are in the current one.  False if there are more than any stream
 * has room for, which then never end. */
static inline bool cb__nesting_expect(struct cb__nesting *nesting, uint64_t more)
{
    cb__scanned_expect(&nesting->left, more);
    return nesting->left < UINT64_MAX;
}

/* The current value is open.  CB_ENOMEM; CB_EMALFORMED if too many are: the stack has at
 * most 2 MiB. */
int cb__nesting_open(struct cb__nesting *nesting, bool pairs, const struct cb_allocator *allocator);

/* Has the record begun? */
static inline bool cb__nesting_has_begun(const struct cb__nesting *nesting)
{
    return nesting->left || nesting->used;
}

/* Is there an open value, and may it end here? */
static inline bool cb__nesting_is_open(const struct cb__nesting *nesting)
{
    return nesting->used;
}

static inline bool cb__nesting_may_close(const struct cb__nesting *nesting)
{
    return !nesting->left;
}

/* It ends, as the current value. */
int cb__nesting_close(struct cb__nesting *nesting);

#endif
