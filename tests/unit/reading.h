/* SPDX-License-Identifier: MIT */
/*
 * Reading inputs in every way: at once, a byte at a time, cut at every place,
 * by each of the decoder's calls; and round trips through an encoder.  For tests
 * of framings.
 *
 * Records are written down as "[first][second]", with bytes that cannot be
 * printed, brackets and backslashes as \xHH.
 */
#ifndef CB_TESTS_READING_H
#define CB_TESTS_READING_H

#include "support.h"

/* The records of one run: their bytes one after another, and their ends. */
struct record_list {
    uint8_t *bytes;
    size_t size, room;
    size_t *ends;
    size_t count, ends_room;
};

void list_add(struct record_list *list, const void *data, size_t n);
/* All bytes of the buffer, which is empty after that. */
void list_add_buffer(struct record_list *list, struct cb_buffer *buffer);
void list_end(struct record_list *list);
/* Adds records of at most `limit` bytes: longer ones are left out, or cut, or end it all. */
void list_limit(const struct record_list *all, size_t limit, enum cb_overflow how,
                struct record_list *wanted);
void list_free(struct record_list *list);

enum call { BY_NEXT, BY_TAKE, BY_BATCH }; /* BY_BATCH + n: n + 1 pieces a call */

/* How an input is brought and read. */
struct way {
    enum call call;
    bool whole;
    bool finish_first;        /* cb_decoder_finish before the first call */
    size_t cut, step;         /* of what arrives: the first part, and the others */
    size_t block;             /* what arrives comes in blocks of so many bytes; 0: one */
    bool in_place;            /* by reference to the input itself, which ends at an
                          unreadable page, and not as copies */
    bool changed;             /* payload need not stand in the input as it is */
    const struct cb_own *own; /* the framing, in place of a specification */
};

/* How an input ended. */
struct outcome {
    int status;
    uint64_t offset;
};

/* Reads an input in one way; free the records. */
struct outcome read_input(const char *specification, const struct cb_decoder_options *options,
                          const uint8_t *input, size_t size, const struct way *way,
                          struct record_list *records);

struct expected {
    const char *records;
    int status;
    uint64_t offset; /* of the error, or where the end is */
};

struct subject {
    const char *specification;
    const struct cb_decoder_options *options;
    const uint8_t *input;
    size_t size;
    struct expected expected;
    bool changed; /* as in struct way */
    const struct cb_own *own;
};

void check_way(const struct subject *subject, const struct way *way);
void check_every_way(const struct subject *subject);

struct example {
    const char *specification;
    const char *input;
    size_t size;
    struct expected expected;
};

#define GIVES(records)                                                                             \
    {                                                                                              \
        (records), CB_END, UINT64_MAX                                                              \
    }
#define GIVES_UP_TO(records, end)                                                                  \
    {                                                                                              \
        (records), CB_END, (end)                                                                   \
    }
#define FAILS(records, code, offset)                                                               \
    {                                                                                              \
        (records), (code), (offset)                                                                \
    }
#define MALFORMED(records, offset) FAILS(records, CB_EMALFORMED, offset)
#define TRUNCATED(records, offset) FAILS(records, CB_ETRUNCATED, offset)

/* In every way; `changed` as in struct way. */
void check_example(const struct example *example, bool changed);

struct limited {
    const char *specification;
    const char *input;
    size_t size;
    uint64_t max_record;
    enum cb_partial on_partial;
    struct expected expected;
};

void check_limited(const struct limited *example, bool changed);

/* A framing, and the records that it can represent. */
struct trip {
    const char *specification;
    const char *alphabet; /* NULL: all bytes */
    size_t least, most;   /* bytes in a record */
};

/* What is encoded is decoded again, also with `keep`: random records, read in
 * random ways. */
void check_trip(const struct trip *trip, bool changed, uint64_t seed);

/* The same where the decoder has another specification: some keys are for one
 * direction only. */
void check_trip_as(const struct trip *trip, const char *decoded, bool changed, uint64_t seed);

/* A decoder's specification is refused, and the error names this column of it. */
void check_wrong_specification(const char *specification, uint64_t column);

/* An input is read alike in every way, whatever it gives. */
void check_alike(const char *specification, bool changed, const uint8_t *input, size_t size);

/* An input is read in every way by a framing of one's own as by a specification in
 * the simplest, with the same options. */
void check_own(const struct cb_own *own, const char *specification,
               const struct cb_decoder_options *options, const uint8_t *input, size_t size);

/* Random bytes of an alphabet are read alike in every way. */
void check_random(const char *specification, bool changed, const char *alphabet, size_t letters,
                  uint64_t seed);

#endif
