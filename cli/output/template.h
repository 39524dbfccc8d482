/* SPDX-License-Identifier: MIT */
/* Template: names of files with a number in them, `rec-%06d.bin`. */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text with one conversion like those of printf; `%%` is a percent sign. */
struct name_template {
    const char *text;
    size_t begin, end; /* of the conversion */
    size_t width;
    char fill; /* ' ', or '0' */
    bool left; /* the number is padded on the right */
    unsigned base;
    const char *digits;
};

enum { TEMPLATE_WIDTH_MAX = 255 };

/* Parses a text, which must outlive the template.  NULL, or what is wrong, with *at
 * the place in the text, counted from 1; 0: all of it. */
const char *template_parse(struct name_template *name, const char *text, size_t *at);

/* Bytes that are enough for any name. */
size_t template_room(const struct name_template *name);

/* Writes the name with this number. */
void template_format(const struct name_template *name, uint64_t number, char *to);

#endif
