/* SPDX-License-Identifier: MIT */
/*
 * Spec: the grammar of framing specifications.
 * Layer: base -> memory -> spec.
 *
 *     NAME[:ARGUMENT][,KEY[=VALUE]]...
 *
 * The parser knows nothing of framings: it returns the name and a list of
 * settings with the escapes decoded.  The argument is the setting with an empty key.
 * Where a framing takes patterns, the escapes \d and \. stand for any digit and any byte;
 * elsewhere they are errors, which framing.c reports.
 */
#ifndef CB_SPEC_H
#define CB_SPEC_H

#include "core/base.h"

struct cb__bytes {
    const uint8_t *data;
    size_t length;
};

struct cb__setting {
    struct cb__bytes key; /* empty for the argument */
    struct cb__bytes value;
    const uint8_t *wild; /* for each byte of the value, what it stands for (enum cb__wild);
                            NULL: itself */
    size_t wild_column;  /* of the first escape that stands for several bytes */
    bool has_value;
    size_t column; /* of the key, or of the argument, in the specification */
};

struct cb__spec {
    const char *text;              /* borrowed from the caller of cb__spec_parse */
    const struct cb__spec *caller; /* of a preset: the specification that columns refer to */
    struct cb__bytes name;
    struct cb__setting *settings;
    size_t count;
    void *memory; /* settings and bytes */
    size_t size;
    const struct cb_allocator *allocator;
};

/* Fills *error (which may be NULL) and returns its code. */
int cb__error_set(struct cb_error *error, int code, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* CB_ENOMEM; CB_EINVAL with *error filled. */
int cb__spec_parse(struct cb__spec *spec, const char *text, const struct cb_allocator *allocator,
                   struct cb_error *error);
void cb__spec_fini(struct cb__spec *spec);

/* Is the key, or the name, this word? */
bool cb__bytes_are(const struct cb__bytes *bytes, const char *word);

/* Are they decimal digits that fit in 64 bits, and nothing else? */
bool cb__bytes_number(const struct cb__bytes *bytes, uint64_t *number);

/* ... or a number that may be larger? */
bool cb__bytes_are_digits(const struct cb__bytes *bytes);

/* The last setting with this key, or NULL. */
const struct cb__setting *cb__spec_get(const struct cb__spec *spec, const char *key);

/* Is the key given, by the caller or the preset? */
bool cb__spec_has(const struct cb__spec *spec, const char *key);

/* The column to report for a fault: of the first of several keys, separated by spaces, that is
 * in the caller's specification.  The others may have defaults, or be the preset's.  Or 0. */
size_t cb__spec_column(const struct cb__spec *spec, const char *keys);

/* Settings that are wrong, or cannot be combined: the keys at fault, as above, and why. */
struct cb__conflict {
    bool wrong; /* it is there */
    const char *keys, *why;
};

/* CB_EINVAL with *error filled for the first conflict that is there; or CB_OK. */
int cb__spec_refuse(const struct cb__spec *spec, const struct cb__conflict *conflicts, size_t count,
                    struct cb_error *error);

#endif
