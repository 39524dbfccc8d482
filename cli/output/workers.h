/* SPDX-License-Identifier: MIT */
/*
 * Workers: commands that run as long as there are records, each record to one of them.
 *
 * Here is what is known of them: which can take the next bytes, which records each was
 * given, and whether one that has ended had read them all.
 */
#ifndef WORKERS_H
#define WORKERS_H

#include "assigned.h"
#include "collect.h"

struct worker {
    struct assigned assigned;
    size_t grant;  /* bytes in its last group of records */
    size_t filled; /* bytes in its pipe and queue after that */
    bool missed;   /* there was a record after it had stopped reading */
    bool reported; /* it ended, and a message about that was printed */
};

struct workers {
    struct sink *sink; /* gets the errors */
    struct children set;
    struct collect collect;
    struct worker *worker;    /* one for each child */
    size_t next;              /* the one to begin the search with */
    size_t target;            /* the one that gets the next bytes */
    enum exit_status failure; /* the exit status for what failed */
};

enum { WORKERS_SAID = -1 };

/* Starts `count` of them, each with its number in CBSPLIT_WORKER.  An errno, or WORKERS_SAID
 * if a message has said why; then the caller still owns the encoder. */
int workers_init(struct workers *workers, struct sink *sink, const char *command, size_t count,
                 const struct collecting *collecting, struct cb_pool *pool);
/* Stops those that still run. */
void workers_fini(struct workers *workers);

static inline struct child *workers_child(const struct workers *workers)
{
    return &workers->set.child[workers->target];
}

/* How many of them still read. */
size_t workers_reading(const struct workers *workers);

/* There is another record, for those that still read. */
void workers_note_record(struct workers *workers);

/* Waits until one can take this record, and makes it the target: the one with the least
 * left to read.  Fails, with the sink's error filled, if none is left. */
enum exit_status workers_choose(struct workers *workers, uint64_t record);

/* Waits for all of them to end, whose inputs must have ended; `whole` as in `finish` of a
 * sink.  An exit status, with the sink's error filled. */
enum exit_status workers_finish(struct workers *workers, bool whole);

/* The target was given these records. */
void workers_assign(struct workers *workers, uint64_t first, uint64_t last);

/* How many bytes the next group of records for the target may have: twice as many as the
 * last if all were read, else twice what was read since then, or as many as are unread.
 * So it follows how much the worker reads at a time. */
size_t workers_grant(struct workers *workers);

/* Stops the target, which has a part of a record that will not be completed. */
void workers_give_up(struct workers *workers, uint64_t record);

#endif
