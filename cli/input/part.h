/* SPDX-License-Identifier: MIT */
/*
 * Part: which bytes of a file have the records that begin in one of N parts of
 * it.
 *
 * The file is cut at size * K / N.  A part goes from the first record that
 * begins at its cut or behind it, to the first that does so at the next cut; as
 * both are found in the same way, the parts make up the whole file, whatever it
 * holds.
 */
#ifndef PART_H
#define PART_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/exit_status.h"
#include "source.h"

struct part {
    uint64_t number, count; /* from 1; a count of 0: all of it */
};

/* Reads "K/N".  An exit status; what is wrong was said, by the name of the
 * option. */
enum exit_status part_read(struct part *part, const char *option, const char *text);

/* Can parts of what is framed like that be decoded?  The traits are those of its
 * decoder. */
bool part_is_possible(unsigned decoder_traits);

/* Makes an open file end and begin where its part does.  `from` is its framing.
 * An exit status; what is wrong was said. */
enum exit_status part_apply(const struct part *part, struct source *source, const char *from);

#endif
