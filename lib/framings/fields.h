/* SPDX-License-Identifier: MIT */
/*
 * Field lines (RFC 9112 section 5) up to the empty line behind them: the head
 * of a message, or the trailers of a chunked body.
 *
 *     *( field-name ":" OWS field-value OWS CRLF ) CRLF
 *
 * What two parsers may read differently is refused (section 11.2: request
 * smuggling): white space before the colon or at the beginning of a line
 * (folding, section 5.2), control bytes, CR alone, and LF alone unless that is
 * allowed.  A section may be 64 KiB long, as servers take it.
 */
#ifndef CB_FIELDS_H
#define CB_FIELDS_H

#include "../spec.h"

enum { CB__HEAD_MAX = 65536, CB__FIELD_VALUE_MAX = 256 };

/* What reading tells besides CB_OK, CB__MORE and errors. */
enum { CB__FIELD = 100 };

struct cb__fields {
    const char *const *names; /* whose values are wanted, in lower case; NULL ends them */
    bool trailers;            /* the section is one of trailers */
    bool lf;                  /* LF without CR will do */
    unsigned phase;
    size_t size;     /* bytes seen of the section */
    size_t which;    /* of the names */
    size_t value_at; /* bytes of the section before the value */
    size_t length;   /* bytes of `text`: the name, then the value */
    uint8_t text[CB__FIELD_VALUE_MAX];
    const char *why;
};

/* A section begins, of which `size` bytes were seen already. */
void cb__fields_begin(struct cb__fields *fields, const char *const *names, bool lf, size_t size);
void cb__fields_begin_trailers(struct cb__fields *fields, bool lf);

/*
 * Reads from n >= 1 bytes, and says in *used how many it looked at.  CB_OK:
 * the section is over; CB__MORE: all n belong to it; CB__FIELD: a line with a
 * wanted name is over, its value is in `text`; CB_EMALFORMED: data[*used] is
 * wrong, and fields->why says why.
 */
int cb__fields_read(struct cb__fields *fields, const uint8_t *data, size_t n, size_t *used);

/* The elements of a value that is a list (RFC 9110 section 5.6.1), without the
 * white space around them.  *at is 0 at first; false if there is no further. */
bool cb__field_element(const struct cb__fields *fields, size_t *at, struct cb__bytes *element);

/* Does a token (RFC 9110 section 5.6.2) consist of such bytes? */
bool cb__is_token(uint8_t c);

/* Control bytes, which none of the lines of HTTP may have. */
static inline bool cb__is_control(uint8_t c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

#endif
