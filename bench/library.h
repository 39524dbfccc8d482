/* SPDX-License-Identifier: MIT */
/*
 * What the parts of bench/library share: a case does a piece of work once, and
 * is measured by library.c.
 */
#ifndef BENCH_LIBRARY_H
#define BENCH_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

/* Bytes to work on, given `rounds` times, in pieces as a read would bring
 * them.  Records have a CRLF at their end. */
struct work {
    const char *data;
    size_t size;
    size_t piece;
    unsigned rounds;
    unsigned copied;                    /* nonzero: pieces are copied into the buffer, as by read;
                        else they are handed over by reference */
    uint64_t allocations, bytes_copied; /* counted by the library's own cases */
};

/* Returns how many records there were (for a search: bytes), so that no case
 * can be fast by doing less. */
typedef uint64_t case_fn(struct work *work);

struct bench_case {
    const char *label;
    case_fn *run;
    const char *peers[3]; /* labels of those to compare it with */
    const char *target;
    unsigned is_ours;
};

/* Each ends with an entry without a label. */
extern const struct bench_case cases_records[]; /* library_records.c */
extern const struct bench_case cases_peers[];   /* library_peers.c */
extern const struct bench_case cases_search[];  /* library_search.c */

void fail(const char *what);

#endif
