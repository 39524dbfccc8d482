/* SPDX-License-Identifier: MIT */
/* Template: names of files with a number in them, `rec-%06d.bin`. */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text with one conversion as those of printf; `%%` is a percent sign. */
struct name_template {
    const char *text;
    size_t begin, end; /* where the conversion stands in it */
    size_t width;
    char fill; /* ' ', or '0' */
    bool left; /* the number stands at the left of its width */
    unsigned base;
    const char *digits;
};

enum { TEMPLATE_WIDTH_MAX = 255 };

/* Reads one, which must outlive it.  NULL, or what is wrong, with *at the place
 * in the text, counted from 1; 0: the whole of it. */
const char *template_parse(struct name_template *name, const char *text, size_t *at);

/* So much room is always enough for a name. */
size_t template_room(const struct name_template *name);

/* Puts the name with this number there. */
void template_format(const struct name_template *name, uint64_t number, char *to);

#endif
