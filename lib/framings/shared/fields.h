/* SPDX-License-Identifier: MIT */
/*
 * Field lines (RFC 9112 section 5) and the empty line after them: the header
 * section of a message, or the trailers of a chunked body.
 *
 *     *( field-name ":" OWS field-value OWS CRLF ) CRLF
 *
 * Anything that two parsers may read differently is rejected (section 11.2:
 * request smuggling): white space before the colon or at the beginning of a line
 * (folding, section 5.2), control bytes, CR alone, and LF alone unless allowed.
 * Older grammars (RFC 5322 section 4.5, RFC 3261 section 25.1) have all but the last
 * two: `folds` allows them.
 * A section may have 64 KiB, the usual limit of servers.
 */
#ifndef CB_FIELDS_H
#define CB_FIELDS_H

#include "framing/spec.h"

enum { CB__HEAD_MAX = 65536, CB__FIELD_VALUE_MAX = 256 };

/* Results of reading besides CB_OK, CB__MORE and errors. */
enum { CB__FIELD = 100 };

struct cb__fields {
    const char *const *names; /* names of wanted fields, in lower case; NULL ends them */
    bool trailers;            /* it is a trailer section */
    bool lf;                  /* allow LF without CR */
    bool folds;               /* allow folded lines, white space before a colon, and control bytes
                                 in values; set by the caller for all sections */
    unsigned phase;
    size_t size;     /* bytes seen of the section */
    size_t which;    /* index in `names` */
    size_t value_at; /* bytes of the section before the value */
    size_t length;   /* bytes of `text`: the name, then the value */
    uint8_t text[CB__FIELD_VALUE_MAX];
    const char *why;
};

/* Begins a section, of which `size` bytes were already seen. */
void cb__fields_begin(struct cb__fields *fields, const char *const *names, bool lf, size_t size);
void cb__fields_begin_trailers(struct cb__fields *fields, bool lf);

/*
 * Reads from n >= 1 bytes; *used is how many it examined.  CB_OK: the section has
 * ended; CB__MORE: all n belong to it; CB__FIELD: a line with a wanted name has ended,
 * its value is in `text`; CB_EMALFORMED: data[*used] is wrong, and fields->why is the
 * reason.
 */
int cb__fields_read(struct cb__fields *fields, const uint8_t *data, size_t n, size_t *used);

/* The elements of a value that is a list (RFC 9110 section 5.6.1), without the white
 * space around them.  *at is initially 0; false if there are no more. */
bool cb__field_element(const struct cb__fields *fields, size_t *at, struct cb__bytes *element);

/* May this byte be in a token (RFC 9110 section 5.6.2)? */
bool cb__is_token(uint8_t c);

/* Control bytes, which are not allowed in any line of HTTP. */
static inline bool cb__is_control(uint8_t c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

#endif
