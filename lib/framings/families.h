/* SPDX-License-Identifier: MIT */
/* The families that the table of framings is made of, one file each. */
#ifndef CB_FAMILIES_H
#define CB_FAMILIES_H

#include "../framing.h"

extern const struct cb__family cb__delimiter_family;      /* delimiter.c */
extern const struct cb__family cb__line_family;           /* delimiter.c */
extern const struct cb__family cb__fixed_family;          /* fixed.c */
extern const struct cb__family cb__length_family;         /* length.c */
extern const struct cb__family cb__varint_family;         /* varint.c */
extern const struct cb__family cb__ascii_family;          /* ascii.c */
extern const struct cb__family cb__chunked_family;        /* chunked.c */
extern const struct cb__family cb__http_family;           /* http.c */
extern const struct cb__family cb__content_length_family; /* content_length.c */
extern const struct cb__family cb__csv_family;            /* csv.c */
extern const struct cb__family cb__raw_family;            /* plain.c */
extern const struct cb__family cb__none_family;           /* plain.c */

/* The variants of the length family: the width in bytes and the byte order. */
#define CB__LENGTH_BIG(width) ((unsigned)(width))
#define CB__LENGTH_LITTLE(width) ((unsigned)(width) | 16u)
#define CB__LENGTH_WIDTH(variant) ((variant)&15u)
#define CB__LENGTH_IS_LITTLE(variant) (((variant)&16u) != 0)

/* The variants of the ascii family: the base of the number. */
enum { CB__ASCII_DECIMAL = 10, CB__ASCII_HEX = 16 };

#endif
