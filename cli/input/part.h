/* SPDX-License-Identifier: MIT */
/*
 * Part: which bytes of a file hold the records that begin in one of N parts of it.
 *
 * The file is cut at size * K / N.  A part goes from the first record that begins at
 * its cut or after it to the first that begins at the next cut or after it; as both
 * are found in the same way, the parts make up the whole file, whatever it holds.
 */
#ifndef PART_H
#define PART_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/exit_status.h"
#include "source.h"

struct part {
    uint64_t number, count; /* from 1; count 0: all of it */
};

/* Reads "K/N".  An exit status; error messages begin with the name of the option. */
enum exit_status part_read(struct part *part, const char *option, const char *text);

/* Can a part of such a stream be decoded?  The traits are those of the decoder. */
bool part_is_possible(unsigned decoder_traits);

/* Makes an open file begin and end where its part does.  `from` is its framing.  An
 * exit status; errors are printed. */
enum exit_status part_apply(const struct part *part, struct source *source, const char *from);

#endif
